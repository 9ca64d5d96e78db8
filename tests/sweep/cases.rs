//! Random problems, plans and scenarios.

use apportion::domain::{Problem, SlotId};
use apportion::input::{Concentration, Source};
use apportion::plan::{Ledger, Plan};
use apportion::scenario::{Ability, Amount, Change, Markets, NewRep, Reps, Scenario};

use crate::common::{Random, small_input};

/// How many random cases a test looks at: 500, or what the environment says.
pub(crate) fn cases() -> u64 {
    let own = std::env::var("APPORTION_CASES").ok();
    own.map_or(500, |text| text.parse().unwrap())
}

/// A random problem, if the seed makes a valid one.
pub(crate) fn problem(seed: u64) -> Option<Problem> {
    let mut input = small_input(seed);
    let regions = ["north", "south"];
    for (at, market) in input.markets.iter_mut().enumerate() {
        market.region = regions[at % 2].to_owned();
    }
    if seed % 4 == 3 {
        input.policy.concentration = vec![limit(Source::Rep, 0.5), limit(Source::Region, 0.7)];
    }
    Problem::new(&input).ok()
}

fn limit(by: Source, max_share: f64) -> Concentration {
    Concentration { by, max_share }
}

/// A random plan in which every assignment is eligible; it may break other rules.
pub(crate) fn plan(problem: &Problem, random: &mut Random) -> Plan {
    let mut ledger = Ledger::new(problem);
    for slot in (0..problem.slots().len()).map(SlotId::at) {
        let range = problem.candidate_range(slot);
        let fits = |at: usize| {
            let candidate = &problem.candidates()[at];
            let base = ledger.base(candidate.rep);
            base.is_none_or(|base| base == candidate.base)
        };
        let eligible: Vec<usize> = range.filter(|&at| fits(at)).collect();
        if !eligible.is_empty() && random.chance(0.85) {
            let at = eligible[random.below(eligible.len())];
            ledger.assign(slot, Some(apportion::domain::CandidateId::at(at)));
        }
    }
    ledger.plan()
}

/// A random scenario of one to four changes.
pub(crate) fn scenario(problem: &Problem, random: &mut Random) -> Scenario {
    let mut scenario = Scenario::new(format!("s{}", random.below(1_000)));
    for _ in 0..=random.below(4) {
        scenario.changes.push(change(problem, random));
    }
    scenario
}

fn amount(random: &mut Random) -> Amount {
    Amount::Scale(random.between(0.5, 1.6))
}

fn share(random: &mut Random) -> Amount {
    match random.below(2) {
        0 => Amount::Scale(random.between(0.3, 1.0)),
        _ => Amount::Set(random.between(0.0, 1.0)),
    }
}

fn markets(problem: &Problem, random: &mut Random) -> Markets {
    match random.below(4) {
        0 => Markets::all(),
        1 => Markets::region(if random.chance(0.5) { "north" } else { "south" }),
        2 => Markets::segment(&problem.markets()[0].class),
        _ => Markets::one(&problem.markets()[random.below(problem.markets().len())].id),
    }
}

fn rep(problem: &Problem, random: &mut Random) -> String {
    problem.reps()[random.below(problem.reps().len())]
        .id
        .clone()
}

fn reps(problem: &Problem, random: &mut Random) -> Reps {
    match random.below(3) {
        0 => Reps::all(),
        _ => Reps::one(rep(problem, random)),
    }
}

fn periods(problem: &Problem, random: &mut Random) -> Vec<String> {
    let all = &problem.calendar().periods;
    match random.below(2) {
        0 => Vec::new(),
        _ => vec![all[random.below(all.len())].name.clone()],
    }
}

/// A random change of any kind.
pub(crate) fn change(problem: &Problem, random: &mut Random) -> Change {
    if random.chance(0.5) {
        market_change(problem, random)
    } else {
        rep_change(problem, random)
    }
}

fn market_change(problem: &Problem, random: &mut Random) -> Change {
    let markets = markets(problem, random);
    let roles = Vec::new();
    match random.below(8) {
        0 => Change::Potential {
            markets,
            periods: periods(problem, random),
            amount: amount(random),
        },
        1 => Change::Competitor {
            markets,
            share: random.between(0.0, 1.0),
        },
        2 => Change::Margin {
            markets,
            amount: share(random),
        },
        3 => Change::Price {
            markets,
            factor: random.between(0.9, 1.3),
        },
        4 => Change::Visits {
            markets,
            roles,
            periods: periods(problem, random),
            amount: amount(random),
        },
        5 => Change::HoursPerVisit {
            markets,
            roles,
            amount: Amount::Add(random.between(0.0, 2.0)),
        },
        6 => Change::ShiftSeason {
            markets,
            roles,
            by: 1 - i32::try_from(random.below(3)).unwrap(),
        },
        _ => Change::UnservedLoss {
            markets,
            roles,
            amount: amount(random),
        },
    }
}

fn rep_change(problem: &Problem, random: &mut Random) -> Change {
    let reps = reps(problem, random);
    let limits = &problem.policy().concentration;
    match random.below(11) {
        0 => Change::Hours {
            reps,
            periods: periods(problem, random),
            amount: amount(random),
        },
        1 => Change::Leave {
            reps,
            periods: periods(problem, random),
            share: random.between(0.0, 0.9),
        },
        2 => Change::Ramp {
            rep: rep(problem, random),
            from: problem.calendar().periods[0].name.clone(),
            periods: random.between(0.0, 3.0),
        },
        3 => Change::Overtime {
            reps,
            max_share: Some(random.between(0.0, 0.5)),
            cost_per_hour: Some(amount(random)),
        },
        4 => Change::Skill {
            reps,
            skill: "medical".to_owned(),
            amount: share(random),
        },
        5 => Change::Ability {
            reps,
            ability: if random.chance(0.5) {
                Ability::Acquisition
            } else {
                Ability::Relationship
            },
            amount: share(random),
        },
        6 => Change::RemoveRep {
            rep: rep(problem, random),
        },
        7 => Change::AddRep {
            rep: NewRep {
                id: format!("new{}", random.below(1_000)),
                like: rep(problem, random),
                latitude_deg: Some(31.0),
                longitude_deg: Some(121.0),
                ..NewRep::default()
            },
        },
        8 => Change::Count {
            reps,
            min: None,
            max: Some(Amount::Set(3.0)),
        },
        9 if !limits.is_empty() => Change::Policy {
            name: format!("concentration.{}.max_share", limits[0].source.name()),
            amount: share(random),
        },
        9 => Change::Policy {
            name: "continuity.cost_per_move".to_owned(),
            amount: Amount::Add(random.between(0.0, 1_000.0)),
        },
        _ => Change::Policy {
            name: "travel.cost_per_km".to_owned(),
            amount: Amount::Set(random.between(0.0, 3.0)),
        },
    }
}
