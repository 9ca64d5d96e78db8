//! Hours as decisions by a general solver, with all rules of the problem.

use super::assemble::Assembled;
use super::{Error, Lines, Places, verified};
use crate::backend::{Backend, Proved, Scaled, SolveOptions};
use crate::domain::{Goal, Problem, SlotId};
use crate::plan::Plan;
use crate::prices::effort::{self, Options, Pair, Rules, Solution, Task, solve};
use crate::program::{EffortCandidate, EffortFormulation, EffortTerm, formulate_effort};

/// Straight pieces differ from the response by at most this part of the response to visits as planned.
const PIECES: f64 = 1e-3;

/// A solution with what the rules of the problem say of it.
pub(super) struct Exact {
    pub(super) solution: Solution,
    pub(super) lines: Lines,
}

/// Solves the whole formulation. Its limit holds with the error of the pieces added.
pub(super) fn solve_exactly(
    problem: &Problem,
    assembled: &Assembled,
    backend: &dyn Backend,
    options: &SolveOptions<'_>,
) -> Result<Exact, Error> {
    let task = assembled.task(problem, &problem.weights());
    let pieced = Pieced::of(problem, &task);
    let made = formulate_effort(problem, &pieced.candidates);
    let mut session = Scaled::new(backend).load(&made.formulation.program)?;
    let answer = session.solve(options)?;
    let bound = answer.bound + pieced.error;
    let Some(point) = answer.point else {
        return Err(if answer.proved == Proved::Infeasible {
            Error::Infeasible
        } else {
            effort::Unsolved::NoPlan { bound }.into()
        });
    };
    let plan = made.formulation.decode(problem, &point.values);
    let given = solution(problem, (&task, &pieced), &made, (&plan, &point.values));
    let refilled = refilled(&task, &given, options.relative_gap);
    let better = |one: &Solution| {
        let checked = effort::check(&task, one);
        (checked.broken.is_empty(), checked.value)
    };
    let mut best = match refilled {
        Some(refilled) if better(&refilled) > better(&given) => refilled,
        _ => given,
    };
    let checked = effort::check(&task, &best);
    if !checked.broken.is_empty() {
        return Err(effort::Unsolved::Unverified(checked.broken).into());
    }
    verified(problem, &best).map_err(Error::Unverified)?;
    best.value = checked.value;
    best.bound = bound.max(best.value);
    best.gap = (best.bound - best.value) / best.bound.abs().max(f64::MIN_POSITIVE);
    let lines = Lines::new(problem, &task, &best, assembled.obligations());
    Ok(Exact {
        solution: best,
        lines,
    })
}

/// Candidates with straight pieces, and what the pieces may miss of the value of any plan.
struct Pieced {
    candidates: Vec<EffortCandidate>,
    error: f64,
}

impl Pieced {
    fn of(problem: &Problem, task: &Task<'_>) -> Self {
        let places = Places::of(problem);
        let mut errors = vec![0.0_f64; task.units.len()];
        let candidates = task.pairs.iter().map(|pair| {
            let slot = SlotId::at(pair.unit);
            let (rep, base) = places.at(pair.site);
            let id = problem
                .find_candidate(slot, rep, base)
                .expect("pairs are candidates");
            let moved = (problem.slot(slot).current).is_some_and(|current| current != rep);
            let (terms, error) = terms(task, pair);
            errors[pair.unit] = errors[pair.unit].max(error);
            let windows = task
                .rules
                .windows
                .iter()
                .filter(|one| one.unit == pair.unit);
            EffortCandidate {
                id,
                // Moves are a goal of their own in the formulation.
                constant: pair.constant
                    + if moved {
                        problem.weights()[Goal::Continuity] * problem.policy().cost_per_move
                    } else {
                        0.0
                    },
                terms,
                windows: windows
                    .map(|window| {
                        let size = &task.units[pair.unit].size;
                        let weights = window.periods.iter().map(|at| (*at, size[*at]));
                        (weights.collect(), window.hours)
                    })
                    .collect(),
            }
        });
        Self {
            candidates: candidates.collect(),
            error: errors.iter().sum(),
        }
    }
}

/// Pieces of a pair in each period, in amounts of its unit's sizes; and their errors in money.
fn terms(task: &Task<'_>, pair: &Pair) -> (Vec<EffortTerm>, f64) {
    let unit = &task.units[pair.unit];
    let near = PIECES * unit.curve.value(1.0);
    let mut error = 0.0;
    let term = |period: usize| {
        let (size, weight) = (unit.size[period], unit.weight[period] * pair.ability);
        let least = unit.least_hours[period] / size;
        let most = if weight > 0.0 {
            unit.most_hours / size
        } else {
            least
        };
        let pieces = unit.curve.pieces(least, most.max(least), near);
        error += weight * pieces.error;
        let hours = size / pair.productive;
        let corners = pieces.x.iter().zip(&pieces.y);
        EffortTerm {
            value: corners
                .map(|(amount, response)| weight * response - pair.hour_cost * hours * amount)
                .collect(),
            amount: pieces.x,
            hours,
        }
    };
    let terms = (0..task.periods).map(term).collect();
    (terms, error)
}

/// The point as a solution of the task.
fn solution(
    problem: &Problem,
    (task, pieced): (&Task<'_>, &Pieced),
    made: &EffortFormulation,
    (plan, point): (&Plan, &[f64]),
) -> Solution {
    let places = Places::of(problem);
    let mut reps = vec![0; task.sites.len()];
    let site = |rep: usize| Some(places.of_rep(rep).start + plan.bases[rep]? as usize);
    for site in (0..plan.bases.len()).filter_map(site) {
        reps[site] = 1;
    }
    let coverage = plan.coverage.iter();
    let mut solution = Solution {
        site: coverage
            .map(|rep| rep.and_then(|rep| site(rep.index())))
            .collect(),
        reps,
        hours: vec![vec![0.0; task.periods]; task.units.len()],
        hour_price: vec![vec![0.0; task.periods]; task.sites.len()],
        unit_price: vec![],
        limit_price: vec![],
        row_price: vec![],
        value: 0.0,
        bound: f64::INFINITY,
        gap: f64::INFINITY,
        evaluations: 0,
    };
    let each = task.pairs.iter().zip(&pieced.candidates).enumerate();
    for (at, (pair, candidate)) in each {
        if solution.site[pair.unit] != Some(pair.site) {
            continue;
        }
        let amounts = made.amounts(at, point);
        for (period, (amount, term)) in amounts.iter().zip(&candidate.terms).enumerate() {
            solution.hours[pair.unit][period] = amount * term.hours;
        }
    }
    solution
}

/// The same assignment with hours by the curves themselves, and prices of hours.
fn refilled(task: &Task<'_>, given: &Solution, relative: f64) -> Option<Solution> {
    let mut fixed = task.clone();
    fixed
        .pairs
        .retain(|pair| given.site[pair.unit] == Some(pair.site));
    for (site, reps) in fixed.sites.iter_mut().zip(&given.reps) {
        (site.least, site.most) = (*reps, *reps);
    }
    // Who serves what is decided, and so is what that costs.
    let windows = std::mem::take(&mut fixed.rules.windows);
    fixed.rules = Rules {
        windows,
        ..Rules::default()
    };
    let options = Options {
        relative: 0.1 * relative,
        ..Options::default()
    };
    solve(&fixed, &options, &|| false).ok()
}
