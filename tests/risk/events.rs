//! Reactions to events and thresholds.

use apportion::check::verify;
use apportion::domain::{Goal, Problem};
use apportion::fault::Code;
use apportion::input::{Calendar, Input, Market, Policy, Rep, Travel};
use apportion::plan::Plan;
use apportion::risk::contingency::each_leaves;
use apportion::risk::threshold::{Finding, Observable, Search};
use apportion::risk::{Error, contingency, threshold};
use apportion::scenario::{Amount, Change, Markets, Reps, Scenario, apply};
use apportion::sweep::carried;

use super::{close, common, engine, planned, small};

/// What enumeration says of an event: the best value within some moves and without limit, and the
/// fewest moves with which everybody is served whom somebody may serve.
struct Truth {
    within: Option<f64>,
    free: Option<f64>,
    fewest: Option<usize>,
}

fn truth(problem: &Problem, plan: &Plan, event: &Scenario, most: usize) -> Truth {
    // Moves are counted here, not by the policy.
    let mut changes = event.changes.clone();
    let set = |name: &str, amount| Change::Policy {
        name: name.to_owned(),
        amount,
    };
    changes.push(set("continuity.cost_per_move", Amount::Set(0.0)));
    changes.push(set("continuity.max_moves", Amount::Set(1000.0)));
    let changed = apply(problem, &changes).unwrap();
    let known = carried(problem, plan, &changed);
    let price = problem.policy().cost_per_move * problem.weights()[Goal::Continuity];
    let mut truth = Truth {
        within: None,
        free: None,
        fewest: None,
    };
    let served_before: Vec<usize> = (0..known.coverage.len())
        .filter(|&slot| plan.coverage[slot].is_some() && known.coverage[slot].is_none())
        .filter(|&slot| {
            let slot = apportion::domain::SlotId::at(slot);
            !changed.candidates_of(slot).is_empty()
        })
        .collect();
    common::every_plan(&changed, &mut |other, verification| {
        if !verification.is_valid() {
            return;
        }
        let pairs = known.coverage.iter().zip(&other.coverage);
        let moves = pairs.filter(|(a, b)| a.is_some() && a != b).count();
        let value = verification.values[0] - price * moves as f64;
        let better = |best: Option<f64>| Some(best.map_or(value, |best| best.max(value)));
        truth.free = better(truth.free);
        if moves <= most {
            truth.within = better(truth.within);
        }
        if served_before
            .iter()
            .all(|&slot| other.coverage[slot].is_some())
        {
            truth.fewest = Some(truth.fewest.map_or(moves, |fewest| fewest.min(moves)));
        }
    });
    truth
}

/// Every rep leaves small problems with every rule on or off: values, the cost of the limit and the
/// moves needed are those of enumeration.
#[test]
fn reactions_are_those_of_enumeration() {
    let (mut events, mut limited, mut short, mut none) = (0, 0, 0, 0);
    for (seed, problem) in small(0..60, 3000.0) {
        let Some(plan) = planned(&problem) else {
            continue;
        };
        for most in [0, 1] {
            let leaving = each_leaves(&problem, &plan);
            let prepared = contingency(&problem, &plan, &leaving, most, &engine()).unwrap();
            for (event, found) in leaving.iter().zip(&prepared) {
                let what = format!("seed {seed}, {}, {most} moves", event.id);
                let truth = truth(&problem, &plan, event, most as usize);
                events += 1;
                assert_eq!(found.reaction.is_some(), truth.within.is_some(), "{what}");
                assert_eq!(found.infeasible, truth.within.is_none(), "{what}");
                match (found.free_value, truth.free) {
                    (Some(free), Some(truth)) => close(free, truth, &what),
                    (free, truth) => assert_eq!(free, truth, "{what}"),
                }
                if let (Some(reaction), Some(within)) = (&found.reaction, truth.within) {
                    close(reaction.value, within, &what);
                    close(reaction.bound.unwrap(), within, &what);
                    assert!(reaction.moves <= most as usize, "{what}");
                    close(reaction.cost_of_limit, truth.free.unwrap() - within, &what);
                    limited += usize::from(reaction.cost_of_limit > 1.0);
                } else {
                    none += 1;
                }
                if let Some(needed) = &found.needed {
                    let enough = truth.fewest.map(|fewest| fewest as u32);
                    assert_eq!(needed.enough, enough, "{what}");
                    assert_eq!(needed.impossible, enough.is_none(), "{what}");
                    if let Some(enough) = enough {
                        assert_eq!(needed.at_least, enough, "{what}");
                        short += usize::from(enough > most);
                    }
                }
            }
        }
    }
    assert!(events > 60, "only {events} events");
    assert!(
        limited > 2,
        "the limit on moves costs something in {limited} only"
    );
    assert!(short > 2, "moves are short in {short} only");
    assert!(none > 2, "there is no reaction in {none} only");
}

/// A rep with 8 hours a day and two markets of which hours allow one.
fn rivals() -> (Problem, Plan) {
    let mut calendar = Calendar::quarters(2027);
    calendar.periods = 1;
    let near = Travel {
        overhead_hours_per_trip: 0.0,
        ..Travel::default()
    };
    let market = |id: &str, potential| {
        Market::new(id)
            .at(31.0, 121.0)
            .potential(potential)
            .visits(1.0, 100.0)
    };
    let input = Input::new("rivals")
        .calendar(calendar)
        .policy(Policy::new().margin(1.0).travel(near))
        .rep(Rep::new("ann").home(31.0, 121.0).hours_per_day(7.0))
        .market(market("a", 100.0))
        .market(market("b", 60.0));
    let problem = Problem::new(&input).unwrap();
    let plan = planned(&problem).unwrap();
    assert_eq!(plan.served(), 1);
    assert!(verify(&problem, &plan).is_valid());
    (problem, plan)
}

fn search(farthest: f64) -> Search {
    Search {
        farthest,
        allowed: 5.0,
        tolerance: 0.001,
        moves: None,
    }
}

/// Closed form: the plan serves `a` for 100·f, the other one `b` for 60; regret is 60 − 100·f, and
/// exceeds 5 below f = 0.55.
#[test]
fn the_potential_at_which_the_plan_should_change() {
    let (problem, plan) = rivals();
    let watched = Observable::Potential(Markets::one("a"));
    let found = threshold(&problem, &plan, &watched, &search(0.0), &engine()).unwrap();
    let (holds, changes) = (found.holds_at.unwrap(), found.changes_at.unwrap());
    assert!((0.55..0.5511).contains(&holds), "{holds}");
    assert!((0.5489..0.55).contains(&changes), "{changes}");
    assert!(found.between_proved);
    for one in &found.tested {
        close(
            one.regret.unwrap(),
            (60.0 - 100.0 * one.factor).max(0.0),
            "regret",
        );
    }
    let up = threshold(&problem, &plan, &watched, &search(3.0), &engine()).unwrap();
    assert_eq!((up.holds_at, up.changes_at), (Some(3.0), None));
    assert!(up.tested.iter().all(|one| one.finding == Finding::Holds));
}

/// The market takes 300 of the rep's hours, whatever they are: below that share of them the plan
/// breaks a rule. Hours are not convex, so nothing is claimed between.
#[test]
fn the_hours_at_which_the_plan_breaks() {
    let (problem, plan) = rivals();
    let needed = 3.0 * 100.0 / problem.reps()[0].hours[0];
    let watched = Observable::Hours(Reps::one("ann"));
    let found = threshold(&problem, &plan, &watched, &search(0.0), &engine()).unwrap();
    assert!(!found.between_proved);
    assert!(found.changes_at.unwrap() < needed && needed <= found.holds_at.unwrap());
    assert!(found.holds_at.unwrap() - found.changes_at.unwrap() <= 0.001);
    let broken = found.tested.last().unwrap();
    assert_eq!((broken.kept, broken.finding), (None, Finding::Change));
}

#[test]
fn impossible_searches_are_refused_with_all_faults() {
    let (problem, plan) = rivals();
    let watched = Observable::Hours(Reps::all());
    let wrong = Search {
        farthest: -1.0,
        allowed: f64::NAN,
        tolerance: 0.0,
        moves: None,
    };
    let Err(Error::Faults(faults)) = threshold(&problem, &plan, &watched, &wrong, &engine()) else {
        panic!("it is refused");
    };
    assert_eq!(faults.len(), 3);
    assert!(faults.iter().all(|fault| fault.code == Code::OutOfRange));
}
