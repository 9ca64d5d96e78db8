//! Early warning: how far a number must move before another plan is worth it.
//!
//! The number is scaled by a factor. At each factor tested, the plan in force is valued and a new
//! plan made, from prices that are known; the regret of keeping the plan then lies between the
//! value of the new plan and its proved limit, both less the value of the plan in force. Moves are
//! priced against the plan in force, as is any limit on them.
//!
//! Where only potential is scaled, and no rule and no cost but values depend on it, the regret is
//! convex in the factor: the best value is a maximum of functions that are affine in it, and the
//! value kept is affine. The factors at which the regret stays within a sum are then an interval,
//! so what holds at two factors holds between them, and beyond a factor where it is broken it stays
//! broken. In all other cases only the factors tested are known.

use serde::Serialize;

use super::Error;
use super::force::{InForce, value_of};
use crate::domain::{Metric, Problem};
use crate::engine::Engine;
use crate::fault::{Code, Fault, Place};
use crate::plan::Plan;
use crate::scenario::{Amount, Change, Markets, Reps, Scenario};

/// Factors tested on the way to the farthest before the search narrows down.
const STEPS: u32 = 4;

/// What is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observable {
    /// Potential of markets.
    Potential(Markets),
    /// Hours of reps.
    Hours(Reps),
}

/// How a threshold is looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Search {
    /// The farthest factor that is looked at, 0 or more; below 1 looks down, above 1 up.
    pub farthest: f64,
    /// Regret of the plan that is put up with, in money, 0 or more.
    pub allowed: f64,
    /// Distance of two factors at which the search ends, above 0.
    pub tolerance: f64,
    /// Most moves of the other plan; none for no limit.
    pub moves: Option<u32>,
}

/// What is known at a factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// No plan is better than the plan in force by more than is allowed: proved.
    Holds,
    /// The plan in force breaks rules, or a plan is known that is better by more than is allowed.
    Change,
    /// Neither is proved: the threshold lies within the gap of the solver.
    Unknown,
}

/// A factor that was tested.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Tested {
    /// The factor.
    pub factor: f64,
    /// Value of the plan in force, in money; none where it breaks rules.
    pub kept: Option<f64>,
    /// Regret at least, by the best plan found, in money.
    pub regret: Option<f64>,
    /// Regret at most, by the proved limit, in money.
    pub regret_at_most: Option<f64>,
    /// What follows.
    pub finding: Finding,
}

/// Where the plan should change.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Threshold {
    /// The factor farthest from 1, of those before the first that does not hold, at which the plan
    /// holds; none where it does not even hold at 1.
    pub holds_at: Option<f64>,
    /// The nearest factor beyond at which it should change; none where none was found.
    pub changes_at: Option<f64>,
    /// Whether what is said of the two factors is proved for all factors up to the first and from
    /// the second on, too.
    pub between_proved: bool,
    /// Factors tested, from 1 away.
    pub tested: Vec<Tested>,
    /// New plans that were made.
    pub solves: usize,
}

/// Looks for the factor at which a plan that keeps every rule should change.
///
/// # Errors
/// Faults of names and numbers; and when a solver fails.
pub fn threshold(
    problem: &Problem,
    plan: &Plan,
    observable: &Observable,
    search: &Search,
    engine: &Engine,
) -> Result<Threshold, Error> {
    fair(search)?;
    let seeker = Seeker {
        force: InForce::new(problem, plan, engine),
        observable,
        search,
    };
    let mut tested = vec![seeker.test(1.0)?];
    let mut bracket = None;
    for step in 1..=STEPS {
        let last = tested[tested.len() - 1];
        if last.finding != Finding::Holds {
            break;
        }
        let share = f64::from(step) / f64::from(STEPS);
        let next = seeker.test(1.0 + share * (search.farthest - 1.0))?;
        tested.push(next);
        if next.finding != Finding::Holds {
            bracket = Some((last.factor, next));
        }
    }
    if let Some((mut holds, mut beyond)) = bracket {
        while (beyond.factor - holds).abs() > search.tolerance {
            let next = seeker.test(0.5 * (holds + beyond.factor))?;
            tested.push(next);
            match next.finding {
                Finding::Holds => holds = next.factor,
                _ => beyond = next,
            }
        }
    }
    tested.sort_by(|a, b| (a.factor - 1.0).abs().total_cmp(&(b.factor - 1.0).abs()));
    let first = tested
        .iter()
        .take_while(|one| one.finding == Finding::Holds);
    let holds_at = first.last().map(|one| one.factor);
    let change = tested.iter().find(|one| one.finding == Finding::Change);
    Ok(Threshold {
        holds_at,
        changes_at: change.map(|one| one.factor),
        between_proved: holds_at.is_some() && is_convex(problem, observable),
        solves: tested.len(),
        tested,
    })
}

/// Whether regret is convex in the factor: see the head of this file.
fn is_convex(problem: &Problem, observable: &Observable) -> bool {
    let policy = problem.policy();
    let potential = |metric: Metric| metric == Metric::Potential;
    matches!(observable, Observable::Potential(_))
        && policy.objective.levels.len() == 1
        && policy.max_moved_potential_share.is_none()
        && policy.concentration.is_empty()
        && !policy
            .balance
            .iter()
            .any(|balance| potential(balance.metric))
}

fn fair(search: &Search) -> Result<(), Error> {
    let place = |field| Place::section("threshold", field);
    let mut faults = crate::fault::Faults::new();
    let mut hold = |fits: bool, field, found: f64, expected| {
        if !fits {
            let found = found.to_string();
            faults.push(Fault::new(Code::OutOfRange, place(field), found, expected));
        }
    };
    let positive = |number: f64| number.is_finite() && number > 0.0;
    hold(
        search.farthest.is_finite() && search.farthest >= 0.0,
        "farthest",
        search.farthest,
        "a factor of 0 or more",
    );
    hold(
        search.allowed.is_finite() && search.allowed >= 0.0,
        "allowed",
        search.allowed,
        "money, 0 or more",
    );
    hold(
        positive(search.tolerance),
        "tolerance",
        search.tolerance,
        "a number above 0",
    );
    Ok(faults.or(())?)
}

struct Seeker<'a> {
    force: InForce<'a>,
    observable: &'a Observable,
    search: &'a Search,
}

impl Seeker<'_> {
    fn test(&self, factor: f64) -> Result<Tested, Error> {
        let amount = Amount::Scale(factor);
        let change = match self.observable {
            Observable::Potential(markets) => Change::Potential {
                markets: markets.clone(),
                periods: Vec::new(),
                amount,
            },
            Observable::Hours(reps) => Change::Hours {
                reps: reps.clone(),
                periods: Vec::new(),
                amount,
            },
        };
        let scenario = Scenario::new("").change(change);
        let (changed, known) = self.force.after(&scenario, self.search.moves)?;
        let kept = value_of(&changed, &known);
        let mut best = self.force.solve(&changed, Some(&known))?;
        best.offer(&changed, &known);
        let less = |value: f64| kept.map(|kept| (value - kept).max(0.0));
        let regret = best.value().and_then(less);
        let regret_at_most = less(best.bound).filter(|regret| regret.is_finite());
        let allowed = self.search.allowed;
        let finding = match (kept, regret, regret_at_most) {
            (None, ..) => Finding::Change,
            (_, Some(regret), _) if regret > allowed => Finding::Change,
            (_, _, Some(most)) if most <= allowed => Finding::Holds,
            _ => Finding::Unknown,
        };
        Ok(Tested {
            factor,
            kept,
            regret,
            regret_at_most,
            finding,
        })
    }
}
