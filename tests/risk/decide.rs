//! Decisions over futures.

use apportion::check::verify;
use apportion::domain::{Problem, SlotId};
use apportion::fault::Code;
use apportion::plan::Plan;
use apportion::risk::decide::{Decision, Measure, Method};
use apportion::risk::{Error, decide};
use apportion::scenario::{Ability, Amount, Change, Markets, Reps, Scenario, apply};

use super::common::{self, Random};
use super::{close, engine, small};

const MEASURES: [Measure; 4] = [
    Measure::Tail {
        alpha: 0.4,
        weight: 0.6,
    },
    Measure::Tail {
        alpha: 0.25,
        weight: 1.0,
    },
    Measure::Worst,
    Measure::Regret,
];

/// Four scenarios that scale each market's potential on its own.
fn futures(problem: &Problem, seed: u64) -> Vec<Scenario> {
    let random = &mut Random::new(seed);
    (0..4)
        .map(|at| {
            let mut scenario =
                Scenario::new(format!("s{at}")).probability(0.1 + 0.1 * f64::from(at));
            for market in problem.markets() {
                scenario = scenario.change(Change::Potential {
                    markets: Markets::one(&market.id),
                    periods: Vec::new(),
                    amount: Amount::Scale(random.between(0.0, 2.5)),
                });
            }
            scenario
        })
        .collect()
}

/// Every valid plan with its value in each scenario, by the check of the changed problems.
fn table(problem: &Problem, scenarios: &[Scenario]) -> Vec<Vec<f64>> {
    let changed: Vec<Problem> = (scenarios.iter())
        .map(|scenario| apply(problem, &scenario.changes).unwrap())
        .collect();
    let mut rows = Vec::new();
    common::every_plan(problem, &mut |plan, verification| {
        if verification.is_valid() {
            let value = |changed| verify(changed, plan).values[0];
            rows.push(changed.iter().map(value).collect());
        }
    });
    rows
}

/// The measure of a row by the definition of Rockafellar and Uryasev, max over η of
/// η − Σ p·max(0, η − v)/α, at every value as η.
fn measured(measure: Measure, row: &[f64], p: &[f64], best: &[f64]) -> f64 {
    match measure {
        Measure::Tail { alpha, weight } => {
            let mean: f64 = row.iter().zip(p).map(|(v, p)| v * p).sum();
            let at = |eta: f64| {
                let short = row.iter().zip(p).map(|(v, p)| p * (eta - v).max(0.0));
                eta - short.sum::<f64>() / alpha
            };
            let tail = row
                .iter()
                .map(|eta| at(*eta))
                .fold(f64::NEG_INFINITY, f64::max);
            (1.0 - weight) * mean + weight * tail
        }
        Measure::Worst => row.iter().copied().fold(f64::INFINITY, f64::min),
        Measure::Regret => {
            let less = row.iter().zip(best).map(|(v, best)| v - best);
            less.fold(f64::INFINITY, f64::min)
        }
    }
}

const PROBABILITIES: [f64; 4] = [0.1, 0.2, 0.3, 0.4];

fn truth(measure: Measure, rows: &[Vec<f64>]) -> Option<f64> {
    let best: Vec<f64> = (0..4)
        .map(|at| {
            rows.iter()
                .map(|row| row[at])
                .fold(f64::NEG_INFINITY, f64::max)
        })
        .collect();
    let all = rows
        .iter()
        .map(|row| measured(measure, row, &PROBABILITIES, &best));
    all.reduce(f64::max)
}

fn decided(
    problem: &Problem,
    scenarios: &[Scenario],
    measure: Measure,
    method: Method,
) -> Option<Decision> {
    decide(problem, scenarios, measure, method, &engine())
        .unwrap()
        .ok()
}

/// By enumeration of all plans: the whole program finds the optimum and proves it; the game never
/// claims more and its limit holds.
#[test]
fn decisions_are_those_of_enumeration() {
    let (mut problems, mut gaps) = (0, 0);
    for (seed, problem) in small(0..60, 3000.0) {
        let scenarios = futures(&problem, seed);
        let rows = table(&problem, &scenarios);
        problems += 1;
        for measure in MEASURES {
            let what = format!("seed {seed}, {measure:?}");
            let truth = truth(measure, &rows);
            let exact = decided(&problem, &scenarios, measure, Method::Exact);
            let auto = decided(&problem, &scenarios, measure, Method::Auto);
            let game = decided(&problem, &scenarios, measure, Method::Game);
            let Some(truth) = truth else {
                assert!(
                    exact.is_none() && auto.is_none() && game.is_none(),
                    "{what}"
                );
                continue;
            };
            for found in [exact.unwrap(), auto.unwrap()] {
                close(found.value, truth, &what);
                // Whole numbers are whole up to a tolerance of the backend, which moves its bound.
                let excess = found.bound.unwrap() - truth;
                assert!(
                    excess.abs() <= 1e-5 * truth.abs().max(1.0),
                    "{what}: {excess}"
                );
                assert!(verify(&problem, &found.plan).is_valid());
            }
            let game = game.unwrap();
            let slack = 1e-6 * truth.abs().max(1.0);
            assert!(game.value <= truth + slack, "{what}");
            assert!(game.bound.unwrap() >= truth - slack, "{what}");
            gaps += usize::from(game.bound.unwrap() > game.value + slack);
        }
    }
    assert!(problems > 20, "only {problems} problems");
    assert!(
        gaps > 0,
        "the game never has a gap: it is not tested apart from the program"
    );
}

/// The values told of a plan are those of the check of each changed problem.
#[test]
fn values_are_those_of_the_changed_problems() {
    for (seed, problem) in small(0..40, 1e9).into_iter().take(12) {
        let scenarios = futures(&problem, seed);
        let Some(found) = decided(&problem, &scenarios, Measure::Worst, Method::Game) else {
            continue;
        };
        for (scenario, value) in scenarios.iter().zip(&found.plans[0].values) {
            let changed = apply(&problem, &scenario.changes).unwrap();
            close(
                *value,
                verify(&changed, &found.plan).values[0],
                &scenario.id,
            );
        }
    }
}

/// On proved optima the mean falls weakly and the tail rises weakly with the weight of the tail;
/// weight 0 is the best mean.
#[test]
fn more_weight_on_the_tail_never_lowers_it() {
    let (mut checked, mut moved) = (0, 0);
    for (seed, problem) in small(100..300, 1e6).into_iter().take(60) {
        let scenarios = futures(&problem, seed);
        let mut last: Option<(f64, f64)> = None;
        for weight in [0.0, 0.25, 0.5, 0.75, 1.0] {
            let measure = Measure::Tail { alpha: 0.3, weight };
            let Some(found) = decided(&problem, &scenarios, measure, Method::Auto) else {
                break;
            };
            close(found.bound.unwrap(), found.value, "proved");
            let plan = &found.plans[0];
            if let Some((mean, tail)) = last {
                let slack = 1e-6 * mean.abs().max(1.0);
                assert!(plan.tail >= tail - slack, "seed {seed}, weight {weight}");
                if weight < 1.0 {
                    assert!(plan.mean <= mean + slack, "seed {seed}, weight {weight}");
                }
                moved += usize::from(plan.tail > tail + slack);
                checked += 1;
            } else {
                close(plan.measure, plan.mean, "weight 0");
                assert_eq!(found.plans.len(), 1, "the plan for the mean is the plan");
            }
            last = Some((plan.mean, plan.tail));
        }
    }
    assert!(
        checked > 40 && moved > 3,
        "{checked} steps, {moved} of them rise"
    );
}

/// Without limits between scenarios the plan for a single scenario is the plan of that problem.
#[test]
fn one_scenario_is_the_changed_problem() {
    for (seed, problem) in small(0..20, 1e6).into_iter().take(6) {
        let one = &futures(&problem, seed)[..1];
        let changed = apply(&problem, &one[0].changes).unwrap();
        let Some(plan) = super::planned(&changed) else {
            continue;
        };
        let truth = verify(&changed, &plan).values[0];
        for measure in [
            Measure::Tail {
                alpha: 0.1,
                weight: 0.5,
            },
            Measure::Worst,
        ] {
            let found = decided(&problem, one, measure, Method::Auto).unwrap();
            close(found.value, truth, &format!("seed {seed}"));
        }
        let regret = decided(&problem, one, Measure::Regret, Method::Auto).unwrap();
        assert!(regret.value.abs() <= 1e-6 * truth.abs().max(1.0));
    }
}

#[test]
fn scenarios_that_change_more_than_values_and_hours_are_refused_by_name() {
    let (_, problem) = small(0..20, 1e6).swap_remove(0);
    let rep = problem.reps()[0].id.clone();
    let visits = Change::Visits {
        markets: Markets::all(),
        roles: Vec::new(),
        periods: Vec::new(),
        amount: Amount::Scale(1.5),
    };
    let able = Change::Ability {
        reps: Reps::one(rep),
        ability: Ability::Acquisition,
        amount: Amount::Scale(0.5),
    };
    let scenarios = [
        Scenario::new("ill").change(able),
        Scenario::new("as it is"),
        Scenario::new("busy").change(visits),
        Scenario::new("likely").probability(7.0),
    ];
    let wrong = Measure::Tail {
        alpha: 0.0,
        weight: 2.0,
    };
    let refused = |measure| match decide(&problem, &scenarios, measure, Method::Auto, &engine()) {
        Err(Error::Faults(faults)) => faults,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(wrong).len(), 2);
    let faults = refused(Measure::Worst);
    let named: Vec<_> = faults
        .iter()
        .filter(|fault| fault.code == Code::NotOfValues)
        .collect();
    assert_eq!(named.len(), 2, "{faults}");
    assert!(named[0].found.contains("ill") && named[1].found.contains("busy"));
    // Three without a probability while one has one, and that one out of range.
    assert_eq!(faults.len(), 2 + 3 + 1, "{faults}");
}

#[test]
fn the_same_decision_on_any_number_of_threads() {
    let (seed, problem) = small(0..40, 1e9).swap_remove(0);
    let scenarios = futures(&problem, seed);
    let plans: Vec<Plan> = [1, 2]
        .into_iter()
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            let engine = engine();
            let found = pool
                .install(|| decide(&problem, &scenarios, Measure::Regret, Method::Game, &engine));
            found.unwrap().unwrap().plan
        })
        .collect();
    assert_eq!(plans[0], plans[1]);
}

/// Four scenarios: values, a rep who leaves, two with other hours; potentials differ in each.
fn events(problem: &Problem, seed: u64) -> Vec<Scenario> {
    let random = &mut Random::new(!seed);
    let hours = |rep: &str, factor| Change::Hours {
        reps: Reps::one(rep),
        periods: Vec::new(),
        amount: Amount::Scale(factor),
    };
    let ids: Vec<&str> = problem.reps().iter().map(|rep| rep.id.as_str()).collect();
    let mut scenarios = futures(problem, seed);
    let leaver = ids[random.below(ids.len())].to_owned();
    scenarios[1].changes.push(Change::RemoveRep { rep: leaver });
    for scenario in &mut scenarios[2..] {
        for rep in &ids {
            if random.chance(0.6) {
                scenario.changes.push(hours(rep, random.between(0.0, 1.4)));
            }
        }
    }
    scenarios
}

/// Value of a plan after the events of a scenario in a single period, by closed form: a rep whose
/// hours change serves what brings most an hour first, in overtime as long as it brings more than it
/// costs; the markets of a rep who has left are unserved. All else is as the check of the problem with
/// the values of the scenario says.
fn after_events(problem: &Problem, scenario: &Scenario, plan: &Plan) -> f64 {
    let is_event =
        |change: &&Change| matches!(change, Change::RemoveRep { .. } | Change::Hours { .. });
    let (events, values): (Vec<&Change>, Vec<&Change>) =
        scenario.changes.iter().partition(is_event);
    let owned = |changes: &[&Change]| -> Vec<Change> {
        changes.iter().map(|&change| change.clone()).collect()
    };
    let valued = apply(problem, &owned(&values)).unwrap();
    let after = apply(problem, &owned(&events)).unwrap();
    let mut value = verify(&valued, plan).values[0];
    for (at, rep) in problem.reps().iter().enumerate() {
        let now = after.find_rep(&rep.id).map(|id| after.rep(id));
        if now.is_some_and(|now| now.hours == rep.hours) {
            continue;
        }
        let mut own = Vec::new();
        for (slot, entry) in valued.slots().iter().enumerate() {
            let id = plan.candidate(&valued, SlotId::at(slot));
            let Some(candidate) = id.map(|id| valued.candidate(id)) else {
                continue;
            };
            if candidate.rep.index() == at {
                let travel = problem.policy().travel.cost_per_km * valued.travel_km(candidate);
                let worth = candidate.value - travel + entry.unserved_loss;
                own.push((worth, valued.total_hours(candidate)));
            }
        }
        let price = rep.overtime_cost_per_hour;
        let (worth, load) = own
            .iter()
            .fold((0.0, 0.0), |sum, item| (sum.0 + item.0, sum.1 + item.1));
        value -= worth - price * (load - rep.hours[0]).max(0.0);
        let Some(now) = now else { continue };
        own.retain(|item| item.0 > 0.0);
        own.sort_by(|a, b| (b.0 * a.1).total_cmp(&(a.0 * b.1)));
        let (mut free, mut more) = (now.hours[0], now.overtime_hours[0]);
        for (worth, hours) in own {
            let first = hours.min(free);
            free -= first;
            let rate = worth / hours.max(f64::MIN_POSITIVE);
            let second = if rate > price {
                (hours - first).min(more)
            } else {
                0.0
            };
            more -= second;
            let share = if hours > 0.0 {
                (first + second) / hours
            } else {
                1.0
            };
            value += worth * share - price * second;
        }
    }
    value
}

/// By enumeration of all plans and the closed form above: the whole program proves the optimum, the
/// game's limit holds, and values told are those of the closed form.
#[test]
fn decisions_over_events_are_those_of_enumeration() {
    let (mut problems, mut tight) = (0, 0);
    for (seed, problem) in small(0..160, 3000.0) {
        if problem.periods() > 1 {
            continue;
        }
        let scenarios = events(&problem, seed);
        let mut rows: Vec<Vec<f64>> = Vec::new();
        common::every_plan(&problem, &mut |plan, verification| {
            if verification.is_valid() {
                let value = |scenario| after_events(&problem, scenario, plan);
                rows.push(scenarios.iter().map(value).collect());
            }
        });
        problems += 1;
        let mean = Measure::Tail {
            alpha: 0.5,
            weight: 0.0,
        };
        for measure in MEASURES.into_iter().chain([mean]) {
            let what = format!("seed {seed}, {measure:?}");
            let exact = decided(&problem, &scenarios, measure, Method::Exact);
            let game = decided(&problem, &scenarios, measure, Method::Game);
            let Some(truth) = truth(measure, &rows) else {
                assert!(exact.is_none() && game.is_none(), "{what}");
                continue;
            };
            let (exact, game) = (exact.unwrap(), game.unwrap());
            for (scenario, value) in scenarios.iter().zip(&exact.plans[0].values) {
                close(*value, after_events(&problem, scenario, &exact.plan), &what);
            }
            let slack = 1e-5 * rows[0].iter().fold(1.0_f64, |most, v| most.max(v.abs()));
            if measure == Measure::Regret {
                // Measured against proved limits of each scenario, which may lie above its best value.
                assert!(exact.value <= truth + slack, "{what}");
            } else {
                assert!(
                    (exact.value - truth).abs() <= slack,
                    "{what}: {} {truth}",
                    exact.value
                );
                assert!(exact.bound.unwrap() >= truth - slack, "{what}");
                assert!(exact.bound.unwrap() <= truth + slack, "{what}");
                assert!(game.value <= truth + slack, "{what}");
                assert!(game.bound.unwrap() >= truth - slack, "{what}");
                tight += usize::from(game.bound.unwrap() <= truth + slack);
            }
            assert!(game.bound.unwrap() >= game.value - slack, "{what}");
        }
    }
    assert!(problems > 15, "only {problems} problems");
    assert!(
        tight > problems,
        "the game proves {tight} optima of {problems} problems"
    );
}
