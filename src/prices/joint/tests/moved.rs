//! Larger tasks: no plan near the one that was found is worth more than the limit.

use super::{cell, effort};
use crate::curve::Curve;
use crate::curve::carry::{Carry, Kernel, Terminal};
use crate::prices::budget::{Budget, Group, Limit, Series};
use crate::prices::effort::tests::Random;
use crate::prices::effort::{Options, Pair};
use crate::prices::joint::{FollowUp, Solution, Task, check, solve};

const PERIODS: usize = 3;
const UNITS: usize = 6;
const COUNT: u32 = 24;
const CHANNELS: usize = 2;

fn curves(random: &mut Random) -> (Vec<Curve>, Vec<Curve>) {
    let units =
        (0..UNITS).map(|_| Curve::power(random.between(1.0, 4.0), random.between(0.3, 0.7)));
    let units: Vec<Curve> = units.map(|curve| curve.expect("in range")).collect();
    let channels = (0..CHANNELS).map(|at| {
        let (top, half) = (random.between(5.0, 20.0), random.between(5.0, 30.0));
        Curve::hill(top, half, 1.0 + at as f64).expect("in range")
    });
    (units, channels.collect())
}

/// Three reps of two crews, the last of whom need not be there; two channels in three periods with limits, one
/// of which works on; follow-ups by one crew and by any.
fn task<'a>(
    random: &mut Random,
    (units, channels): (&'a [Curve], &'a [Curve]),
    seed: u32,
) -> Task<'a> {
    let given: Vec<(&Curve, f64)> = units
        .iter()
        .map(|curve| (curve, random.between(0.5, 1.5)))
        .collect();
    let mut hours = effort(vec![0.0; PERIODS], &given);
    hours.sites = vec![hours.sites[0].clone(); 3];
    for site in &mut hours.sites {
        site.hours = (0..PERIODS).map(|_| random.between(4.0, 12.0)).collect();
        site.overtime = vec![random.between(0.0, 3.0); PERIODS];
        site.overtime_cost = random.between(0.2, 1.0);
        site.fixed = random.between(0.0, 5.0);
    }
    hours.sites[2].least = 0;
    for unit in &mut hours.units {
        unit.unserved = Some(-random.between(0.0, 2.0));
    }
    hours.pairs.clear();
    for unit in 0..UNITS {
        for site in 0..3 {
            hours.pairs.push(Pair {
                site,
                unit,
                productive: random.between(0.5, 1.0),
                ability: random.between(0.5, 1.0),
                hour_cost: random.between(0.0, 0.1),
                constant: 0.0,
            });
        }
    }
    let mut cells = vec![];
    let mut follow_ups = vec![];
    for (at, curve) in channels.iter().enumerate() {
        for period in 0..PERIODS {
            let mut one = cell(curve, random.between(0.3, 2.0), 60.0);
            one.group = Some(period);
            follow_ups.push(FollowUp {
                cell: cells.len(),
                period,
                crew: (at == 0).then_some((seed % 2) as usize),
                hours: random.between(0.2, 1.0),
            });
            cells.push(one);
        }
    }
    let mut budget = Budget::new(cells, Limit::at_most("total", 80.0));
    let group = |period: usize| Group {
        limit: Limit::between(&period.to_string(), 5.0, 50.0),
        parent: None,
    };
    budget.groups = (0..PERIODS).map(group).collect();
    if seed.is_multiple_of(3) {
        let carry = Carry::new(Kernel::Geometric { retention: 0.5 }, 3, true).expect("in range");
        budget.series = vec![Series {
            name: "first".to_owned(),
            cells: (0..PERIODS).collect(),
            carry,
            before: vec![],
            terminal: Terminal::Credited(0.5),
        }];
    }
    Task {
        effort: hours,
        budget,
        crews: vec![0, 1, 1],
        follow_ups,
        money: seed.is_multiple_of(4).then(|| random.between(70.0, 90.0)),
    }
}

/// A plan with hours of units, of follow-ups, and money moved.
fn moved(random: &mut Random, plan: &Solution, size: f64) -> Solution {
    let mut other = plan.clone();
    for _ in 0..1 + random.below(4) {
        let (period, step) = (random.below(3), random.between(0.0, size));
        let (one, two) = (random.below(6), random.below(6));
        let hours = &mut other.effort.hours;
        let taken = step.min(hours[one][period]);
        hours[one][period] -= taken;
        if other.effort.site[two].is_some() && random.between(0.0, 1.0) < 0.5 {
            hours[two][period] += taken;
        } else if !other.given.is_empty() {
            let at = random.below(u32::try_from(other.given.len()).expect("few"));
            other.given[at].hours += taken * random.between(-1.0, 1.0);
            other.given[at].hours = other.given[at].hours.max(0.0);
        }
        let (from, to) = (random.below(6), random.below(6));
        let money = (4.0 * step).min(other.spend[from]);
        other.spend[from] -= money;
        other.spend[to] += money;
    }
    other
}

#[test]
fn no_plan_nearby_is_worth_more_than_the_limit() {
    let (mut kept, mut tight) = (0, 0);
    for seed in 0..COUNT {
        let mut random = Random::new(u64::from(seed));
        let (units, channels) = curves(&mut random);
        let task = task(&mut random, (&units, &channels), seed);
        let plan = solve(&task, &Options::default(), &|| false).expect("a plan");
        assert_eq!(check(&task, &plan).broken, [], "seed {seed}");
        let mut best = plan.clone();
        for round in 0..3_000 {
            let size = if round % 2 == 0 { 2.0 } else { 0.2 };
            let other = moved(&mut random, &best, size);
            let checked = check(&task, &other);
            if !checked.broken.is_empty() {
                continue;
            }
            kept += 1;
            let near = 1e-6 * plan.bound.abs();
            assert!(
                checked.value <= plan.bound + near,
                "seed {seed}: {} {}",
                checked.value,
                plan.bound
            );
            // Climbs, to come as near to the limit as such moves can.
            if checked.value > best.value {
                best = other;
                best.value = checked.value;
            }
        }
        tight += u32::from(plan.gap < 0.02);
    }
    assert!(kept > 5_000 && tight * 3 >= COUNT, "{kept} {tight}");
}
