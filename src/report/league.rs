//! Strategies side by side.

use std::fmt;

use serde::Serialize;

use super::spread::{Spread, spreads};
use crate::check::verify;
use crate::domain::{Goals, Problem, Rule};
use crate::explain::words::{count, join, money};
use crate::plan::{Ledger, Plan};

/// A league table, best first; plans that break rules and runs without a plan stand below.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct League {
    /// Title of the problem.
    pub problem: String,
    /// Currency of all money.
    pub currency: String,
    /// Best proved limit on the value of any plan, in money; absent when nothing is proved.
    pub bound: Option<f64>,
    /// One for each strategy.
    pub entries: Vec<Entry>,
}

/// A strategy and what it reached.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// Name of the strategy.
    pub strategy: String,
    /// Place among the plans that keep every rule, from 1; absent for the others.
    pub rank: Option<usize>,
    /// What the plan reaches; absent where there is none.
    pub reached: Option<Reached>,
    /// 1 − (bound − value)/|bound|, at most 1; absent where there is no plan or no bound.
    pub share_of_bound: Option<f64>,
    /// Wall-clock time in seconds.
    pub seconds: f64,
    /// Why there is no plan; empty where there is one.
    pub no_plan: String,
}

/// What a plan reaches. Pairs given to a rep who may not serve them count as unserved.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reached {
    /// Weighted value of the most important level, in money.
    pub value: f64,
    /// Value of each goal, in money.
    pub goals: Goals,
    /// How evenly each balanced metric is spread.
    pub balance: Vec<Spread>,
    /// Pairs that change hands.
    pub moves: u32,
    /// Pairs without a rep.
    pub unserved: usize,
    /// Number of breaches of rules.
    pub breaches: usize,
    /// Rules that are broken.
    pub rules_broken: Vec<Rule>,
}

impl Reached {
    /// Checks a plan and sums it up.
    ///
    /// # Panics
    /// When the plan was made for another problem.
    #[must_use]
    pub fn of(problem: &Problem, plan: &Plan) -> Self {
        let verification = verify(problem, plan);
        let ledger = Ledger::of(problem, plan);
        let mut rules: Vec<Rule> = (verification.violations.iter())
            .map(|violation| violation.rule)
            .collect();
        rules.sort_unstable();
        rules.dedup();
        Self {
            value: verification.values[0],
            goals: verification.goals,
            balance: spreads(problem, &ledger),
            moves: ledger.moves(),
            unserved: problem.slots().len() - plan.served(),
            breaches: verification.violations.len(),
            rules_broken: rules,
        }
    }

    fn keeps_rules(&self) -> bool {
        self.breaches == 0
    }

    fn breaks(&self) -> String {
        let rules: Vec<String> = self.rules_broken.iter().map(Rule::to_string).collect();
        format!("breaks {}: {}", count(self.breaches, "limit"), join(&rules))
    }
}

impl Entry {
    /// A strategy with its plan, to be ranked by [`League::new`].
    #[must_use]
    pub fn reached(strategy: &str, reached: Reached, seconds: f64) -> Self {
        Self {
            strategy: strategy.to_owned(),
            rank: None,
            reached: Some(reached),
            share_of_bound: None,
            seconds,
            no_plan: String::new(),
        }
    }

    /// A strategy that has no plan.
    #[must_use]
    pub fn without_plan(strategy: &str, reason: String, seconds: f64) -> Self {
        Self {
            strategy: strategy.to_owned(),
            rank: None,
            reached: None,
            share_of_bound: None,
            seconds,
            no_plan: reason,
        }
    }

    /// Order in the table: valid plans by value, then the others by value, then those without.
    fn order(&self, other: &Self) -> std::cmp::Ordering {
        let class = |entry: &Self| match &entry.reached {
            Some(reached) if reached.keeps_rules() => 0,
            Some(_) => 1,
            None => 2,
        };
        let value = |entry: &Self| entry.reached.as_ref().map_or(0.0, |reached| reached.value);
        (class(self).cmp(&class(other))).then(value(other).total_cmp(&value(self)))
    }
}

impl League {
    /// Ranks strategies by value. `bound` is the best limit that any of them proved, in money;
    /// `+∞` when nothing is proved.
    #[must_use]
    pub fn new(problem: &Problem, mut entries: Vec<Entry>, bound: f64) -> Self {
        entries.sort_by(Entry::order);
        let bound = Some(bound).filter(|bound| bound.is_finite());
        for (at, entry) in entries.iter_mut().enumerate() {
            let Some(reached) = &entry.reached else {
                continue;
            };
            entry.rank = reached.keeps_rules().then_some(at + 1);
            entry.share_of_bound = bound
                .map(|bound| 1.0 - (bound - reached.value) / bound.abs().max(f64::MIN_POSITIVE));
        }
        Self {
            problem: problem.name().to_owned(),
            currency: problem.currency().to_owned(),
            bound,
            entries,
        }
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let metrics = self.metrics();
        let mut head = vec!["", "strategy", "value", "of limit"];
        head.extend(metrics.iter().copied());
        head.extend(["moves", "unserved", "seconds", ""]);
        let mut rows = vec![head.into_iter().map(str::to_owned).collect()];
        for entry in &self.entries {
            let rank = entry
                .rank
                .map_or_else(|| "–".to_owned(), |rank| rank.to_string());
            let mut row = vec![rank, entry.strategy.clone()];
            match &entry.reached {
                Some(reached) => {
                    row.push(money(reached.value, &self.currency));
                    row.push(entry.share_of_bound.map_or_else(String::new, percent));
                    row.extend(metrics.iter().map(|metric| {
                        let spread = reached.balance.iter().find(|s| s.metric == *metric);
                        spread.map_or_else(String::new, |s| format!("±{}", percent(s.deviation())))
                    }));
                    row.push(reached.moves.to_string());
                    row.push(reached.unserved.to_string());
                }
                None => row.extend(std::iter::repeat_n(String::new(), metrics.len() + 4)),
            }
            row.push(format!("{:.1}", entry.seconds));
            row.push(match &entry.reached {
                Some(reached) if reached.keeps_rules() => String::new(),
                Some(reached) => reached.breaks(),
                None => entry.no_plan.clone(),
            });
            rows.push(row);
        }
        rows
    }

    /// Names of the balanced metrics, in the order of the policy.
    fn metrics(&self) -> Vec<&str> {
        let mut metrics: Vec<&str> = Vec::new();
        let reached = self
            .entries
            .iter()
            .filter_map(|entry| entry.reached.as_ref());
        for spread in reached.flat_map(|reached| &reached.balance) {
            if !metrics.contains(&spread.metric.as_str()) {
                metrics.push(&spread.metric);
            }
        }
        metrics
    }
}

/// `97.3 %`.
fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

impl fmt::Display for League {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.bound {
            Some(bound) => write!(
                f,
                "no plan can be worth more than {}",
                money(bound, &self.currency)
            )?,
            None => f.write_str("nothing is proved about the best value")?,
        }
        if !self.metrics().is_empty() {
            f.write_str("; ± is the largest distance of any rep from its fair share")?;
        }
        let rows = self.rows();
        let last = rows[0].len() - 1;
        let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max();
        let widths: Vec<usize> = (0..last).map(|at| width(at).unwrap_or(0)).collect();
        for row in &rows {
            f.write_str("\n")?;
            for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
                if at == 1 {
                    write!(f, "{cell:<width$}  ")?;
                } else {
                    write!(f, "{cell:>width$}  ")?;
                }
            }
            f.write_str(&row[last])?;
        }
        Ok(())
    }
}
