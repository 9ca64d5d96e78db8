//! The plan that is best over many futures: by mean and tail, worst case, or largest regret.
//!
//! Who has what and who is hired is decided now, before it is known which scenario comes; the plan
//! keeps every rule of the problem. Scenarios change values (potential, competitors, margins,
//! prices, losses of unserved work), hours, and who is there: a rep who leaves serves nobody any
//! more, a rep with other hours makes those visits that bring most. Scenarios that change abilities,
//! visits or the policy are refused, by name. Balances, concentration and limits on moved potential
//! go by the potential of the problem as it is; fixed costs are paid in every scenario.
//!
//! First a game ([`Method::Game`]) gives a plan and a limit with any number of scenarios; then, for
//! few, the whole program goes to the backend ([`Method::Exact`]). What lies between value and
//! bound after the game is the gap of its inner solves and what one plan falls short of a mixture
//! of plans.

mod events;
mod exact;
mod futures;
mod game;
pub(in crate::risk) mod measure;

use rayon::prelude::*;
use serde::Serialize;

pub use measure::Measure;

use super::Error;
use super::force::{Best, solve};
use crate::domain::Problem;
use crate::engine::Engine;
use crate::plan::Plan;
use crate::scenario::Scenario;
use events::Cuts;
use futures::Futures;
use measure::{Gauge, mean, tail};

/// Rounds of the game at most.
const ROUNDS: u32 = 24;
/// Rounds at most for the best plan of a scenario that changes hours.
const ROUNDS_ALONE: u32 = 6;
/// Entries of the rows of values at most for which the whole program is handed to the backend.
const MOST_ENTRIES: usize = 100_000;
/// Share of the worst that is told where the measure has none.
const TOLD_ALPHA: f64 = 0.1;

/// How a decision is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// The game, then the whole program where it is small and the gap is not reached.
    #[default]
    Auto,
    /// The game alone.
    Game,
    /// The whole program, from the plan of the first round of the game.
    Exact,
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Decision {
    /// What was made as large as can be.
    pub measure: Measure,
    /// Measure of the plan, in money; for regret, minus the largest regret against the proved
    /// limits of the scenarios.
    pub value: f64,
    /// Proved limit on the measure of any plan, in money.
    pub bound: Option<f64>,
    /// (bound − value)/|bound|, for regret over the mean of the best values; 0 or more.
    pub gap: Option<f64>,
    /// Who proved the bound.
    pub proved_by: String,
    /// Share of the worst in the tails below.
    pub alpha: f64,
    /// The plan and, where it is another one, the best found for the mean.
    pub plans: Vec<Valued>,
    /// Scenarios in the order given, with their probabilities.
    pub scenarios: Vec<Future>,
    /// Problems solved.
    pub solves: usize,
    /// The plan.
    #[serde(skip)]
    pub plan: Plan,
}

/// A scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Future {
    /// Id.
    pub id: String,
    /// Probability; all add up to 1.
    pub probability: f64,
    /// Value of the best plan found for it alone, in money; only for regret.
    pub best: Option<f64>,
    /// Proved limit on that, in money; only for regret.
    pub best_bound: Option<f64>,
}

/// A plan over all scenarios.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Valued {
    /// `decided` or `mean`.
    pub name: String,
    /// What the measure says of it, in money.
    pub measure: f64,
    /// Mean, in money.
    pub mean: f64,
    /// Mean of the worst share alpha, in money.
    pub tail: f64,
    /// Worst value, in money.
    pub worst: f64,
    /// Value in each scenario, in money.
    pub values: Vec<f64>,
}

/// What is said where there is no plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoDecision {
    /// Whether it is proved that no plan keeps the rules.
    pub infeasible: bool,
    /// Why.
    pub reason: String,
}

/// What is known while a decision is made.
#[derive(Debug)]
struct Known {
    /// Plans with their values, as they were found.
    plans: Vec<(Plan, Vec<f64>)>,
    /// The best of them.
    top: Option<(usize, f64)>,
    /// The plan found for the mean.
    mean: Option<usize>,
    bound: f64,
    proved_by: String,
    solves: usize,
    infeasible: bool,
    reason: String,
}

impl Known {
    /// Takes a plan if it keeps every rule and is new.
    fn offer(&mut self, futures: &Futures<'_>, gauge: &Gauge, plan: Plan) {
        let Some(values) = futures.values(&plan) else {
            return;
        };
        let measure = gauge.of(&values);
        if self.top.is_none_or(|(_, best)| measure > best) {
            self.top = Some((self.plans.len(), measure));
            // Rounding aside, no plan is better than a proved limit.
            self.bound = self.bound.max(measure);
        }
        self.plans.push((plan, values));
    }

    fn best(&self) -> Option<&Plan> {
        self.top.map(|(at, _)| &self.plans[at].0)
    }

    fn values(&self) -> Option<&[f64]> {
        self.top.map(|(at, _)| self.plans[at].1.as_slice())
    }

    fn value(&self) -> f64 {
        self.top.map_or(f64::NEG_INFINITY, |top| top.1)
    }
}

/// Decides over scenarios. The engine gives backend, gap, limits and seed; its time limit holds for
/// each solve.
///
/// # Errors
/// All faults of the scenarios and of the measure; and when a solver fails.
pub fn decide(
    problem: &Problem,
    scenarios: &[Scenario],
    measure: Measure,
    method: Method,
    engine: &Engine,
) -> Result<Result<Decision, NoDecision>, Error> {
    measure.check()?;
    let futures = Futures::new(problem, scenarios, engine)?;
    let mut gauge = Gauge {
        measure,
        probabilities: futures.probabilities.clone(),
        against: vec![0.0; futures.count()],
    };
    let mut known = Known {
        plans: Vec::new(),
        top: None,
        mean: None,
        bound: f64::INFINITY,
        proved_by: "prices and weights of scenarios".to_owned(),
        solves: 0,
        infeasible: false,
        reason: String::new(),
    };
    let alone = match measure {
        Measure::Regret => best_of_each(&futures, engine)?,
        _ => Vec::new(),
    };
    known.solves += alone.len();
    for (best, against) in alone.iter().zip(&mut gauge.against) {
        *against = best.bound;
    }
    if let Some(without) = alone.iter().find(|best| best.plan.is_none()) {
        return Ok(Err(NoDecision {
            infeasible: without.infeasible,
            reason: without.reason.clone(),
        }));
    }
    let rounds = if method == Method::Exact { 1 } else { ROUNDS };
    game::play(&futures, &gauge, engine, (rounds, engine.gap()), &mut known)?;
    for best in &alone {
        if let Some((plan, _)) = &best.plan {
            known.offer(&futures, &gauge, plan.clone());
        }
    }
    if wants_exact(method, &futures, &known, &gauge, engine) {
        exact::solve(&futures, &gauge, engine, &mut known)?;
    }
    let Some(plan) = known.best().cloned() else {
        return Ok(Err(NoDecision {
            infeasible: known.infeasible,
            reason: known.reason,
        }));
    };
    let told: Vec<Future> = (0..futures.count())
        .map(|at| Future {
            id: futures.ids[at].clone(),
            probability: futures.probabilities[at],
            best: alone.get(at).and_then(Best::value),
            best_bound: alone.get(at).map(|best| best.bound),
        })
        .collect();
    Ok(Ok(decision(&gauge, &known, plan, told)))
}

/// The best plan of each scenario alone.
fn best_of_each(futures: &Futures<'_>, engine: &Engine) -> Result<Vec<Best>, Error> {
    let engine = engine.clone().threads(1);
    let scenarios: Vec<usize> = (0..futures.count()).collect();
    let solved: Vec<Result<_, Error>> = (scenarios.par_iter())
        .map(|&at| best_of(futures, at, &engine))
        .collect();
    solved.into_iter().collect()
}

/// The best plan of a scenario alone. Where it changes hours, limits are proved anew with the prices
/// of the plans met.
fn best_of(futures: &Futures<'_>, scenario: usize, engine: &Engine) -> Result<Best, Error> {
    let mixture = futures.alone(scenario);
    let mut cuts = Cuts::new(futures);
    let mut best: Option<Best> = None;
    let changes_hours = futures.events[scenario].iter().any(|event| !event.left);
    for _ in 0..if changes_hours { ROUNDS_ALONE } else { 1 } {
        let mut found = solve(engine, &futures.mixed(&mixture, &cuts))?;
        found.bound += cuts.room(futures, &mixture);
        if let Some((plan, value)) = &mut found.plan {
            cuts.learn(futures, plan);
            if let Some(values) = futures.values(plan) {
                *value = values[scenario];
            }
        }
        let Some(known) = &mut best else {
            best = Some(found);
            continue;
        };
        known.bound = known.bound.min(found.bound);
        if found.value() > known.value() {
            known.plan = found.plan;
        }
        let reached = known.value().is_some_and(|value| {
            known.bound - value <= engine.gap() * known.bound.abs().max(f64::MIN_POSITIVE)
        });
        if reached || engine.flag().is_cancelled() {
            break;
        }
    }
    Ok(best.expect("a round at least"))
}

fn wants_exact(
    method: Method,
    futures: &Futures<'_>,
    known: &Known,
    gauge: &Gauge,
    engine: &Engine,
) -> bool {
    let reached = known.bound - known.value() <= engine.gap() * game::gauge_scale(known, gauge);
    let entries = futures.problem.candidates().len() * futures.count();
    match method {
        Method::Game => false,
        Method::Exact => !known.infeasible,
        Method::Auto => !known.infeasible && !reached && entries <= MOST_ENTRIES,
    }
}

fn decision(gauge: &Gauge, known: &Known, plan: Plan, scenarios: Vec<Future>) -> Decision {
    let alpha = match gauge.measure {
        Measure::Tail { alpha, .. } => alpha,
        Measure::Worst | Measure::Regret => TOLD_ALPHA,
    };
    let valued = |name: &str, values: &[f64]| Valued {
        name: name.to_owned(),
        measure: gauge.of(values),
        mean: mean(values, &gauge.probabilities),
        tail: tail(values, &gauge.probabilities, alpha),
        worst: values.iter().copied().fold(f64::INFINITY, f64::min),
        values: values.to_vec(),
    };
    let mut plans = vec![valued("decided", known.values().unwrap_or_default())];
    if let Some((other, values)) = known.mean.and_then(|at| known.plans.get(at))
        && *other != plan
    {
        plans.push(valued("mean", values));
    }
    let value = known.value();
    let bound = Some(known.bound).filter(|bound| bound.is_finite());
    Decision {
        measure: gauge.measure,
        value,
        bound,
        gap: bound.map(|bound| (bound - value).max(0.0) / game::gauge_scale(known, gauge)),
        proved_by: known.proved_by.clone(),
        alpha,
        plans,
        scenarios,
        solves: known.solves,
        plan,
    }
}
