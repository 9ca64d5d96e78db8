//! The changed problem against the problem of the changed input.

use apportion::domain::Problem;
use apportion::fault::Code;
use apportion::input::Input;
use apportion::scenario::{Ability, Amount, Change, Markets, NewRep, Reps, apply};

use crate::cases;
use crate::common::small_input;

/// The problem of an input after changes, and the problem of the input as an edit would make it.
fn same(seed: u64, changes: &[Change], edit: impl Fn(&mut Input)) -> bool {
    let input = small_input(seed);
    let mut changed = input.clone();
    edit(&mut changed);
    let (Ok(problem), Ok(expected)) = (Problem::new(&input), Problem::new(&changed)) else {
        return false;
    };
    let found = match apply(&problem, changes) {
        Ok(found) => found,
        // No market is of the class.
        Err(faults) if faults.iter().all(|f| f.code == Code::UnknownName) => return false,
        Err(faults) => panic!("seed {seed}: {faults}"),
    };
    assert_eq!(found, expected, "seed {seed}: {changes:?}");
    true
}

/// The domain makes the expected problem from the changed input, bit for bit.
#[test]
fn changes_to_inputs_and_to_problems_lead_to_the_same_problem() {
    let mut compared = 0;
    for seed in 0..cases::cases() / 10 {
        let double = Amount::Scale(2.0);
        let potential = Change::Potential {
            markets: Markets::segment("a"),
            periods: Vec::new(),
            amount: double,
        };
        compared += u32::from(same(seed, &[potential], |input| {
            let own = input.markets.iter_mut().filter(|m| m.class == "a");
            own.for_each(|market| market.potential *= 2.0);
        }));
        let margin = Change::Margin {
            markets: Markets::all(),
            amount: Amount::Set(0.25),
        };
        compared += u32::from(same(seed, &[margin], |input| {
            input.policy.margin = 0.25;
        }));
        let visits = Change::Visits {
            markets: Markets::segment("b"),
            roles: vec!["owner".to_owned()],
            periods: Vec::new(),
            amount: double,
        };
        compared += u32::from(same(seed, &[visits], |input| {
            let own = input
                .workloads
                .iter_mut()
                .filter(|w| w.class == "b" && w.role == "owner");
            own.for_each(|workload| workload.visits_per_month *= 2.0);
        }));
        let skill = Change::Skill {
            reps: Reps::one("r0"),
            skill: "medical".to_owned(),
            amount: Amount::Set(0.1),
        };
        compared += u32::from(same(seed, &[skill], |input| {
            input.reps[0].skills[0].level = 0.1;
        }));
        let ability = Change::Ability {
            reps: Reps::all(),
            ability: Ability::Relationship,
            amount: Amount::Set(0.5),
        };
        compared += u32::from(same(seed, &[ability], |input| {
            input.reps.iter_mut().for_each(|rep| rep.relationship = 0.5);
        }));
        let policy = |name: &str, amount| Change::Policy {
            name: name.to_owned(),
            amount,
        };
        let several = [
            policy("travel.max_km", Amount::Set(90.0)),
            policy("travel.speed_km_per_hour", Amount::Set(50.0)),
            policy("continuity.max_moves", Amount::Lift),
            policy("continuity.cost_per_move", Amount::Set(7.0)),
        ];
        compared += u32::from(same(seed, &several, |input| {
            input.policy.travel.max_km = Some(90.0);
            input.policy.travel.speed_km_per_hour = 50.0;
            input.policy.continuity.max_moves = None;
            input.policy.continuity.cost_per_move = 7.0;
        }));
    }
    assert!(compared > 100, "{compared}");
}

/// A rep who leaves, and one who joins: the domain makes the expected problem from an input in
/// which nobody has what the leaver has now.
#[test]
fn reps_leave_and_join() {
    let mut compared = 0;
    for seed in 0..cases::cases() / 10 {
        let input = small_input(seed);
        // Shares of balances name reps; normalized twice they differ in the last bits.
        let named = input.policy.balance.iter().any(|b| !b.shares.is_empty());
        let locked = input.locks.iter().any(|lock| lock.rep == "r1");
        if named || locked || !input.policy.balance.is_empty() {
            continue;
        }
        let leaves = Change::RemoveRep {
            rep: "r1".to_owned(),
        };
        compared += u32::from(same(seed, &[leaves], |input| {
            input.reps.retain(|rep| rep.id != "r1");
            input.forbidden.retain(|pair| pair.rep != "r1");
            for market in &mut input.markets {
                market.current.retain(|current| current.rep != "r1");
            }
        }));
        let joins = Change::AddRep {
            rep: NewRep {
                id: "q".to_owned(),
                like: "r0".to_owned(),
                latitude_deg: Some(31.0),
                longitude_deg: Some(120.5),
                ..NewRep::default()
            },
        };
        compared += u32::from(same(seed, &[joins], |input| {
            let mut rep = input.reps[0].clone();
            rep.id = "q".to_owned();
            rep.name = String::new();
            (rep.latitude_deg, rep.longitude_deg) = (Some(31.0), Some(120.5));
            input.reps.push(rep);
        }));
    }
    assert!(compared > 10, "{compared}");
}

#[test]
fn all_faults_are_told_at_once_with_their_places() {
    let problem = (0..).find_map(cases::problem).unwrap();
    let changes = [
        Change::RemoveRep {
            rep: "nobody".to_owned(),
        },
        Change::Margin {
            markets: Markets::all(),
            amount: Amount::Set(1.5),
        },
        Change::Potential {
            markets: Markets::region("nort"),
            periods: vec!["2027-13".to_owned()],
            amount: Amount::Scale(1.0),
        },
        Change::Competitor {
            markets: Markets::all(),
            share: f64::NAN,
        },
        Change::Policy {
            name: "travel.fuel".to_owned(),
            amount: Amount::Lift,
        },
    ];
    let faults = apply(&problem, &changes).unwrap_err();
    let told = |code: Code, place: &str| {
        let found = faults
            .iter()
            .find(|f| f.code == code && f.place.to_string() == place);
        assert!(found.is_some(), "{code} at {place} is not in {faults}");
    };
    told(Code::UnknownRep, "changes[0].rep");
    told(Code::OutOfRange, "changes[1].amount");
    told(Code::UnknownName, "changes[2].periods");
    told(Code::UnknownName, "changes[2].markets.regions");
    told(Code::OutOfRange, "changes[3].share");
    told(Code::UnknownName, "changes[4].name");
}

/// By hand: a line from 0 over two periods has means 1/4 and 3/4.
#[test]
fn a_ramp_grows_linearly() {
    let problem = (0..)
        .filter_map(cases::problem)
        .find(|problem| problem.periods() == 3)
        .unwrap();
    let names: Vec<String> = (problem.calendar().periods.iter())
        .map(|p| p.name.clone())
        .collect();
    let rep = problem.reps()[0].clone();
    let ramp = |from: usize, periods| {
        let change = Change::Ramp {
            rep: rep.id.clone(),
            from: names[from].clone(),
            periods,
        };
        let changed = apply(&problem, &[change]).unwrap();
        let pairs = changed.reps()[0].hours.iter().zip(&rep.hours);
        pairs.map(|(new, old)| new / old).collect::<Vec<f64>>()
    };
    let near = |found: Vec<f64>, expected: [f64; 3]| {
        assert!(
            found
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 1e-12),
            "{found:?}"
        );
    };
    near(ramp(0, 2.0), [0.25, 0.75, 1.0]);
    near(ramp(1, 0.0), [0.0, 1.0, 1.0]);
    near(ramp(1, 0.5), [0.0, 0.75, 1.0]);
}
