//! The check on random plans: it agrees with the ledger and with the lists of eligible reps, which
//! are written apart from it, and takes plans of any shape.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "tests fail by panicking, and their numbers are small"
)]

mod common;

use apportion::check::verify;
use apportion::domain::{Problem, RepId, Rule, SlotId};
use apportion::input::{Input, Market, Rep};
use apportion::plan::{Ledger, Plan};
use common::{Random, small_input};
use proptest::prelude::*;

/// Two reps with one base each and three markets that may be unserved and ask for little.
fn easy() -> Input {
    let mut input = Input::new("easy");
    for id in ["li", "wang"] {
        input = input.rep(Rep::new(id).home(0.0, 0.0));
    }
    for id in ["a", "b", "c"] {
        input = input.market(Market::new(id).visits(4.0, 3.0));
    }
    input
}

/// A plan for a random problem: with `eligible`, only reps who may serve.
fn random_plan(problem: &Problem, random: &mut Random, eligible: bool) -> Plan {
    let mut plan = Plan::empty(problem);
    for (rep, base) in problem.reps().iter().zip(&mut plan.bases) {
        if rep.is_open() && !(rep.candidate && random.chance(0.3)) {
            *base = Some(random.below(rep.bases.len()) as u32);
        }
    }
    for slot in (0..problem.slots().len()).map(SlotId::at) {
        let rep = RepId::at(random.below(problem.reps().len()));
        let works = plan.bases[rep.index()];
        let may = works.is_some_and(|base| problem.find_candidate(slot, rep, base).is_some());
        if works.is_some() && (may || !eligible) && random.chance(0.9) {
            plan.coverage[slot.index()] = Some(rep);
        }
    }
    plan
}

/// Rules whose misses the ledger adds up.
const TOTALS: [Rule; 6] = [
    Rule::Concentration,
    Rule::Capacity,
    Rule::Count,
    Rule::Balance,
    Rule::Continuity,
    Rule::Sizing,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Two independent writings of the goals and of the limits on totals agree.
    #[test]
    fn agrees_with_the_ledger(seed in 0_u64..1_000_000) {
        let problem = Problem::new(&small_input(seed)).unwrap();
        let plan = random_plan(&problem, &mut Random::new(!seed), true);
        let ledger = Ledger::of(&problem, &plan);
        let found = verify(&problem, &plan);
        for (goal, value) in ledger.goals().iter() {
            let checked = found.goals[goal];
            let slack = 1e-9 * value.abs().max(1.0);
            prop_assert!((checked - value).abs() <= slack, "{}: {} and {}", goal, checked, value);
        }
        let broken = found.violations.iter().any(|v| TOTALS.contains(&v.rule));
        prop_assert_eq!(broken, ledger.excess() > 0.0, "{:?}", found.violations);
        for violation in &found.violations {
            prop_assert!(!matches!(violation.rule, Rule::Eligibility | Rule::Travel));
        }
    }

    /// A rep is a candidate exactly where the check finds nothing against rep and distance.
    #[test]
    fn agrees_with_eligibility(seed in 0_u64..1_000_000) {
        let problem = Problem::new(&small_input(seed)).unwrap();
        let plan = random_plan(&problem, &mut Random::new(!seed), false);
        let found = verify(&problem, &plan).violations;
        for slot in (0..problem.slots().len()).map(SlotId::at) {
            let Some(rep) = plan.coverage[slot.index()] else { continue };
            let entry = problem.slot(slot);
            let (market, role) = (
                &problem.market(entry.market).id,
                &problem.roles()[entry.role.index()].id,
            );
            let ids = [market.clone(), role.clone(), problem.rep(rep).id.clone()];
            let barred = found.iter().any(|violation| {
                matches!(violation.rule, Rule::Eligibility | Rule::Travel)
                    && violation.concerns == ids
            });
            prop_assert_eq!(barred, plan.candidate(&problem, slot).is_none());
        }
    }

    /// Plans of any shape are told apart from well-formed ones and never make the check panic.
    #[test]
    fn any_shape_is_checked(
        coverage in proptest::collection::vec(proptest::option::of(0_u32..4), 0..6),
        bases in proptest::collection::vec(proptest::option::of(0_u32..3), 0..5),
    ) {
        let problem = Problem::new(&easy()).unwrap();
        let plan = Plan {
            coverage: coverage.iter().map(|rep| rep.map(RepId)).collect(),
            bases: bases.clone(),
        };
        let well_formed = coverage.len() == 3
            && coverage.iter().flatten().all(|&rep| rep < 2)
            && bases == [Some(0), Some(0)];
        let found = verify(&problem, &plan);
        prop_assert_eq!(found.is_valid(), well_formed);
        prop_assert!(found.violations.iter().all(|v| matches!(v.rule, Rule::Assignment | Rule::Sizing)));
    }
}
