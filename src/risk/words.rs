//! What was found, as planners read it. Money is in the currency of the problem.

use std::fmt::{self, Display, Formatter};

use super::contingency::{Contingency, Handover, Needed, Response};
use super::decide::{Decision, Measure};
use super::frontier::{Frontier, Pays};
use super::threshold::{Finding, Threshold};
use crate::explain::words::{count, money};

/// Changes of hands that are listed before the rest is counted.
const LISTED: usize = 40;

fn sum(amount: f64) -> String {
    money(amount, "")
}

fn maybe(amount: Option<f64>) -> String {
    amount.map_or_else(|| "–".to_owned(), sum)
}

fn percent(gap: Option<f64>) -> String {
    gap.map_or_else(|| "–".to_owned(), |gap| format!("{:.2} %", 100.0 * gap))
}

impl Display for Contingency {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.event)?;
        match &self.reaction {
            Some(reaction) => self.reaction(reaction, f)?,
            None if self.infeasible => writeln!(
                f,
                "  no plan keeps the rules within {}: {}",
                moves(self.moves_allowed as usize),
                self.reason
            )?,
            None => writeln!(f, "  no reaction found: {}", self.reason)?,
        }
        if let Some(needed) = &self.needed {
            self.needed(needed, f)?;
        }
        Ok(())
    }
}

fn moves(number: usize) -> String {
    count(number, "move")
}

impl Contingency {
    fn reaction(&self, reaction: &Response, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "  value {} after {} (limit {}, gap {}); {} of {} allowed",
            sum(reaction.value),
            sum(self.before),
            maybe(reaction.bound),
            percent(reaction.gap),
            moves(reaction.moves),
            self.moves_allowed,
        )?;
        writeln!(
            f,
            "  the event costs {}; the limit on moves {} of it, at most {}",
            sum(reaction.cost),
            sum(reaction.cost_of_limit),
            maybe(reaction.cost_of_limit_at_most),
        )?;
        writeln!(
            f,
            "  {} without a rep, {} left unserved",
            count(self.orphaned, "pair"),
            reaction.dropped.len(),
        )?;
        for handover in reaction.changes.iter().take(LISTED) {
            writeln!(f, "    {handover}")?;
        }
        if let Some(more) = reaction.changes.len().checked_sub(LISTED + 1) {
            writeln!(f, "    and {} more", more + 1)?;
        }
        Ok(())
    }

    fn needed(&self, needed: &Needed, f: &mut Formatter<'_>) -> fmt::Result {
        if !needed.nobody_may.is_empty() {
            let names = needed.nobody_may.join(", ");
            writeln!(f, "  nobody who is left may serve {names}")?;
        }
        if needed.impossible && self.orphaned == 0 {
            return writeln!(f, "  no number of moves keeps the rules");
        }
        if needed.impossible {
            return writeln!(f, "  no number of moves lets the others be served");
        }
        let limit = self.moves_allowed;
        let aim = if self.orphaned == 0 {
            "keep the rules"
        } else {
            "cover them"
        };
        match needed.enough {
            Some(enough) if enough <= limit => writeln!(
                f,
                "  all that somebody may serve could be served with {}; the reaction is worth more",
                moves(enough as usize)
            ),
            Some(enough) if needed.at_least > limit => writeln!(
                f,
                "  {limit} moves cannot {aim}: {} needed at least, {enough} do",
                needed.at_least
            ),
            Some(enough) => writeln!(
                f,
                "  {} would {aim}; that fewer do not is proved up to {}",
                moves(enough as usize),
                needed.at_least
            ),
            None => writeln!(
                f,
                "  {} needed at least to {aim}; how many do was not found",
                moves(needed.at_least as usize)
            ),
        }
    }
}

impl Display for Handover {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = |rep: &Option<String>| rep.clone().unwrap_or_else(|| "nobody".to_owned());
        let (from, to) = (name(&self.from), name(&self.to));
        let kind = match (self.is_move, &self.to) {
            (true, _) => "move",
            (false, Some(_)) => "takes over",
            (false, None) => "left",
        };
        write!(f, "{} {}: {from} → {to} ({kind})", self.market, self.role)
    }
}

impl Display for Threshold {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (self.holds_at, self.changes_at) {
            (None, _) => writeln!(f, "the plan does not hold even without a change")?,
            (Some(holds), None) => {
                writeln!(
                    f,
                    "holds at {holds:.4}; no factor found at which it should change"
                )?;
            }
            (Some(holds), Some(changes)) => {
                writeln!(f, "holds at {holds:.4}, should change at {changes:.4}")?;
            }
        }
        writeln!(
            f,
            "{}; {}",
            if self.between_proved {
                "proved also between 1 and the first, and beyond the second"
            } else {
                "nothing is proved but at the factors tested"
            },
            count(self.solves, "solve")
        )?;
        writeln!(
            f,
            "{:>8}  {:>16}  {:>14}  {:>14}",
            "factor", "kept", "regret", "at most"
        )?;
        for one in &self.tested {
            let finding = match one.finding {
                Finding::Holds => "holds",
                Finding::Change => "change",
                Finding::Unknown => "within the gap",
            };
            writeln!(
                f,
                "{:8.4}  {:>16}  {:>14}  {:>14}  {finding}",
                one.factor,
                one.kept.map_or_else(|| "breaks rules".to_owned(), sum),
                maybe(one.regret),
                maybe(one.regret_at_most),
            )?;
        }
        Ok(())
    }
}

impl Display for Frontier {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:>8}  {:>16}  {:>16}  {:>8}  {:>6}  {:>6}  hull",
            "level", "value", "limit", "gap", "moves", "hired"
        )?;
        for point in &self.points {
            let number = |number: Option<usize>| {
                number.map_or_else(|| "–".to_owned(), |number| number.to_string())
            };
            let value = match point.value {
                Some(value) => sum(value),
                None if point.infeasible => "infeasible".to_owned(),
                None => "no plan found".to_owned(),
            };
            writeln!(
                f,
                "{:>8}  {value:>16}  {:>16}  {:>8}  {:>6}  {:>6}  {}",
                point.level,
                maybe(point.bound),
                percent(point.gap),
                number(point.moves),
                number(point.hired),
                if point.on_hull { "yes" } else { "" },
            )?;
        }
        for step in &self.steps {
            writeln!(
                f,
                "{} → {}: {} a unit ({} to {}), {}",
                step.from,
                step.to,
                sum(step.marginal),
                maybe(step.at_least),
                maybe(step.at_most),
                match step.pays {
                    Pays::Yes => "pays",
                    Pays::No => "does not pay",
                    Pays::WithinGap => "within the gap",
                }
            )?;
        }
        match self.best {
            Some(best) if self.best_proved => {
                writeln!(f, "best level {best}, proved among these")
            }
            Some(best) => writeln!(f, "best level found {best}; others lie within the gap"),
            None => writeln!(f, "no level has a plan"),
        }
    }
}

impl Display for Decision {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = match self.measure {
            Measure::Tail { alpha, weight } => {
                format!("{} · mean + {weight} · tail of {alpha}", 1.0 - weight)
            }
            Measure::Worst => "worst case".to_owned(),
            Measure::Regret => "minus the largest regret".to_owned(),
        };
        writeln!(
            f,
            "{name}: {}, limit {}, gap {}, proved by {}, {}",
            sum(self.value),
            maybe(self.bound),
            percent(self.gap),
            self.proved_by,
            count(self.solves, "solve"),
        )?;
        let tail = format!("tail {}", self.alpha);
        writeln!(
            f,
            "{:>8}  {:>16}  {:>16}  {:>16}  {:>16}",
            "plan", "measure", "mean", tail, "worst"
        )?;
        for plan in &self.plans {
            writeln!(
                f,
                "{:>8}  {:>16}  {:>16}  {:>16}  {:>16}",
                plan.name,
                sum(plan.measure),
                sum(plan.mean),
                sum(plan.tail),
                sum(plan.worst)
            )?;
        }
        Ok(())
    }
}
