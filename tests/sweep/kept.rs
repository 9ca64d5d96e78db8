//! Kept plans: the flat arrays against the check of the changed problem.

use apportion::check::verify;
use apportion::domain::{Goal, Problem, Rule};
use apportion::scenario::{Draft, Names, Scaled, apply_draft};
use apportion::sweep::carried;
use apportion::sweep::kept::{Compiled, Evaluator};

use crate::cases;
use crate::common::Random;

/// Sums in another order agree to this share of the money involved.
const RELATIVE: f64 = 1e-9;

/// Now and then scales all numbers of a kind, each by a factor of its own.
fn scale_all(problem: &Problem, random: &mut Random, draft: &mut Draft) {
    for numbers in [Scaled::Potentials, Scaled::Visits] {
        if random.chance(0.3) {
            let factors = draft.scale_each(numbers, problem);
            factors.fill_with(|| random.between(0.5, 1.6));
        }
    }
}

/// The check knows nothing of flat arrays. One evaluator goes through many scenarios, so what it
/// fails to put back shows.
#[test]
fn flat_arrays_agree_with_the_check_of_the_changed_problem() {
    let (mut compared, mut faulty, mut broken, mut concentrated) = (0, 0, 0, 0);
    for seed in 0..cases::cases() {
        let Some(problem) = cases::problem(seed) else {
            continue;
        };
        let random = &mut Random::new(seed + 1);
        let plan = cases::plan(&problem, random);
        let compiled = Compiled::new(&problem, &plan);
        let mut evaluator = Evaluator::new(&compiled);
        let names = Names::new(&problem);
        for _ in 0..10 {
            let scenario = cases::scenario(&problem, random);
            let mut draft = Draft::default();
            names.draft(&scenario, &mut draft).unwrap();
            scale_all(&problem, random, &mut draft);
            let found = evaluator.evaluate(&draft);
            let changed = match apply_draft(&problem, &draft) {
                Ok(changed) => changed,
                Err(faults) => {
                    assert_eq!(found.unwrap_err(), faults, "seed {seed}");
                    faulty += 1;
                    continue;
                }
            };
            let found = found.unwrap();
            let there = carried(&problem, &plan, &changed);
            let expected = verify(&changed, &there);
            let size: f64 = expected.goals.iter().map(|(_, value)| value.abs()).sum();
            for goal in Goal::ALL {
                let (a, b) = (found.goals[goal], expected.goals[goal]);
                assert!(
                    (a - b).abs() <= RELATIVE * (1.0 + size),
                    "seed {seed}: {goal} is {a}, the check says {b}: {scenario:?}"
                );
            }
            for rule in Rule::ALL {
                let count = expected.violations.iter().filter(|v| v.rule == *rule);
                assert_eq!(
                    found.broken[*rule as usize] as usize,
                    count.count(),
                    "seed {seed}, {rule}: {scenario:?}"
                );
            }
            compared += 1;
            broken += u32::from(found.violations() > 0);
            concentrated += u32::from(found.broken[Rule::Concentration as usize] > 0);
        }
    }
    assert!(compared > 1_000 && broken > 100 && faulty > 0 && concentrated > 100);
    assert!(broken < compared, "{broken} of {compared}");
}
