//! Plans of the named baselines: made, checked, and set beside a limit that needs no solver.

use std::time::Instant;

use super::bound::assignment_bound;
use super::{Engine, Error, Outcome, Proof, Solved, WhyNoPlan};
use crate::backend::Stopped;
use crate::check::verify;
use crate::domain::Problem;
use crate::plan::Attainment;
use crate::strategy;

/// Makes a baseline's plan. Where it breaks a rule there is no plan, and the outcome says which
/// rules are broken.
pub(super) fn run(engine: &Engine, problem: &Problem) -> Result<Outcome, Error> {
    let started = Instant::now();
    let plan = strategy::baseline(problem, engine.strategy, u64::from(engine.seed));
    let verification = verify(problem, &plan);
    let levels = &problem.policy().objective.levels;
    let attainments: Vec<Attainment> = (levels.iter().zip(&verification.values))
        .map(|(level, &value)| Attainment::new(value, assignment_bound(problem, &level.weights)))
        .collect();
    let elapsed = started.elapsed();
    if !verification.is_valid() {
        return Ok(Outcome::NoPlan(WhyNoPlan {
            stopped: Stopped::Finished,
            bound: attainments[0].bound,
            violations: verification.violations,
            elapsed,
        }));
    }
    let optimal = attainments
        .iter()
        .all(|attainment| attainment.gap() <= engine.relative_gap);
    Ok(Outcome::Solved(Box::new(Solved {
        plan,
        goals: verification.goals,
        levels: attainments,
        hour_prices: Vec::new(),
        proof: Proof {
            optimal,
            stopped: Stopped::Finished,
            found_by: engine.strategy.name().to_owned(),
            proved_by: "best candidate of each slot".to_owned(),
            elapsed,
        },
    })))
}
