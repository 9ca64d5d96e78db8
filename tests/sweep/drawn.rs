//! Drawn scenarios through whole sweeps, and what their results come to.

use apportion::domain::Problem;
use apportion::plan::Plan;
use apportion::scenario::{Amount, Change, Distribution, Draws, Event, MonteCarlo, Sampling};
use apportion::scenario::{Markets, Scenario, Scenarios, Uncertain};
use apportion::sweep::{Outcome, Reaction, Record, Regret, Status, Summary, Sweep};

use crate::runs::{engine, hash, records, with_plan};

fn draws(problem: &Problem, sampling: Sampling, count: u64) -> Draws {
    let potential = |markets| Change::Potential {
        markets,
        periods: Vec::new(),
        amount: Amount::Scale(1.0),
    };
    let uncertain = |name: &str, change, distribution| Uncertain {
        name: name.to_owned(),
        changes: vec![change],
        distribution,
        min: None,
        max: None,
    };
    Draws {
        seed: 5,
        count,
        sampling,
        uncertain: vec![
            uncertain(
                "north",
                potential(Markets::region("north")),
                Distribution::Lognormal { mean: 1.0, sd: 0.3 },
            ),
            uncertain(
                "all",
                potential(Markets::all()),
                Distribution::Pert {
                    min: 0.5,
                    mode: 1.0,
                    max: 1.3,
                    shape: 4.0,
                },
            ),
        ],
        correlation: vec![("north".to_owned(), "all".to_owned(), 0.4)],
        events: vec![Event {
            id: "gone".to_owned(),
            probability: 0.25,
            changes: vec![Change::RemoveRep {
                rep: problem.reps()[0].id.clone(),
            }],
            uncertain: Vec::new(),
        }],
    }
}

#[test]
fn threads_and_shards_draw_the_same() {
    let engine = engine();
    for (problem, plan, _) in (0..).filter_map(with_plan).take(2) {
        for sampling in [Sampling::Plain, Sampling::LatinHypercube] {
            let source = MonteCarlo::new(&problem, &draws(&problem, sampling, 24)).unwrap();
            let policies = [
                Reaction::KeepPlan(&plan),
                Reaction::Replan {
                    engine: &engine,
                    base: Some(&plan),
                },
            ];
            for policy in policies {
                let sweep = || Sweep::new(&problem).scenarios(&source).policy(policy);
                let whole = records(sweep().threads(1));
                assert_eq!(whole.len(), 24);
                for threads in [2, 8] {
                    assert_eq!(hash(&records(sweep().threads(threads))), hash(&whole));
                }
                let mut merged: Vec<Record> = (0..3)
                    .flat_map(|part| records(sweep().shard(part, 3)))
                    .collect();
                merged.sort_by_key(|record| record.index);
                assert_eq!(hash(&merged), hash(&whole));
                // The same scenarios as people write them give the same results.
                let written: Vec<Scenario> = (0..24)
                    .map(|at| source.written(&problem, at).unwrap())
                    .collect();
                let again = Sweep::new(&problem).scenarios(&written).policy(policy);
                assert_eq!(hash(&records(again)), hash(&whole));
            }
        }
    }
}

/// A potential that no plan can change makes the value of a kept plan linear in the factor, so
/// the mean over all draws is that of the mean factor: 1 for a Latin hypercube, nearly.
#[test]
fn the_mean_of_a_linear_value_is_the_value_of_the_mean() {
    let linear = |(problem, plan, _): &(Problem, Plan, Vec<Scenario>)| {
        let base = Scenario::new("base");
        let kept = Reaction::KeepPlan(plan);
        let found = records(Sweep::new(problem).scenarios(&vec![base]).policy(kept));
        (found[0].status == Status::Kept).then(|| found[0].terms.unwrap())
    };
    let mut tried = 0;
    for case in (0..).filter_map(with_plan) {
        let Some(base) = linear(&case) else { continue };
        let (problem, plan, _) = &case;
        let mut drawn = draws(problem, Sampling::LatinHypercube, 2_000);
        drawn.events.clear();
        drawn.correlation.clear();
        drawn.uncertain.remove(0);
        drawn.uncertain[0].distribution = Distribution::Normal { mean: 1.1, sd: 0.1 };
        let source = MonteCarlo::new(problem, &drawn).unwrap();
        let mut sum = 0.0;
        let policy = Reaction::KeepPlan(plan);
        for record in records(Sweep::new(problem).scenarios(&source).policy(policy)) {
            sum += record.terms.unwrap()[apportion::domain::Goal::Contribution] / 2_000.0;
        }
        let expected = 1.1 * base[apportion::domain::Goal::Contribution];
        assert!(
            (sum - expected).abs() <= 1e-4 * expected.abs(),
            "{sum} {expected}"
        );
        tried += 1;
        if tried == 5 {
            return;
        }
    }
}

#[test]
fn listed_moves_are_those_of_the_plans() {
    let engine = engine();
    let mut moved = 0;
    for (problem, plan, _) in (0..).filter_map(with_plan).take(6) {
        let source = MonteCarlo::new(&problem, &draws(&problem, Sampling::Plain, 12)).unwrap();
        let policy = Reaction::Replan {
            engine: &engine,
            base: Some(&plan),
        };
        let mut summary = Summary::default();
        let mut check = |outcome: &Outcome| {
            let record = &outcome.record;
            summary.add(record);
            let Some(new) = &outcome.plan else {
                return Ok(());
            };
            assert_eq!(record.moves.unwrap() as usize, record.moved.len());
            for one in &record.moved {
                let (market, role) = (
                    problem.find_market(&one.market),
                    problem.find_role(&one.role),
                );
                let slot = problem
                    .find_slot(market.unwrap(), role.unwrap())
                    .unwrap()
                    .index();
                let rep = one.rep.as_ref().map(|rep| problem.find_rep(rep).unwrap());
                assert_ne!(plan.coverage[slot], rep);
                assert_eq!(new.coverage[slot], rep);
                moved += 1;
            }
            Ok(())
        };
        let sweep = Sweep::new(&problem).scenarios(&source).policy(policy);
        sweep.list_moves(true).threads(1).run(&mut check).unwrap();
        let report = summary.report();
        assert!(
            report
                .moved
                .iter()
                .all(|one| (-1e-9..1.0).contains(&one.survives))
        );
    }
    assert!(moved > 50, "{moved}");
}

/// The table against plain loops over all values; a new plan is worth no less than a kept one that
/// breaks no rule.
#[test]
fn regrets_agree_with_enumeration() {
    let engine = engine();
    for (problem, plan, scenarios) in (0..).filter_map(with_plan).take(5) {
        let other = Plan::empty(&problem);
        let run = |policy| records(Sweep::new(&problem).scenarios(&scenarios).policy(policy));
        let rows = [
            run(Reaction::KeepPlan(&plan)),
            run(Reaction::KeepPlan(&other)),
        ];
        let new = run(Reaction::Replan {
            engine: &engine,
            base: None,
        });
        let names = ["plan", "nobody"].map(str::to_owned);
        let mut regret = Regret::new(&names, true);
        let mut all: Vec<[f64; 3]> = Vec::new();
        for at in 0..scenarios.len() {
            let both = [rows[0][at].clone(), rows[1][at].clone()];
            regret.add(&both, Some(&new[at]));
            if let (Some(a), Some(b), Some(c)) = (both[0].value, both[1].value, new[at].value) {
                all.push([a, b, c]);
                let single = problem.policy().objective.levels.len() == 1;
                if single && both[0].status == Status::Kept {
                    assert!(c >= a - 1e-5 * a.abs().max(1.0), "{a} {c}");
                }
            }
        }
        let Some(table) = regret.table() else {
            continue;
        };
        let count = all.len() as f64;
        assert_eq!(table.scenarios, all.len() as u64);
        let mean = |of: &dyn Fn(&[f64; 3]) -> f64| all.iter().map(of).sum::<f64>() / count;
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs()));
        for (at, row) in table.plans.iter().enumerate() {
            let regret = |values: &[f64; 3]| values[0].max(values[1]) - values[at];
            assert!(near(row.mean, mean(&|values| values[at])));
            assert!(near(row.expected_regret, mean(&regret)));
            assert!(near(
                row.maximum_regret,
                all.iter().map(regret).fold(0.0, f64::max)
            ));
        }
        let best = mean(&|values| values[0]).max(mean(&|values| values[1]));
        assert!(near(
            table.perfect_information.unwrap(),
            mean(&|values| values[2]) - best
        ));
    }
}
