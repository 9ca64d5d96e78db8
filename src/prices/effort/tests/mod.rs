//! Expected: enumeration of all sites, staffs and assignments with hours found by golden sections or on
//! a grid; closed forms; the location solver.

mod by_hand;
mod coupled;
mod together;

use super::*;
use crate::curve::Curve;
use by_hand::{best_by_hand, brought};
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

/// Numbers by a seed.
pub(in crate::prices) struct Random(Pcg64Mcg);

impl Random {
    pub(in crate::prices) fn new(seed: u64) -> Self {
        Self(Pcg64Mcg::seed_from_u64(seed))
    }

    pub(in crate::prices) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A whole number below `count`.
    pub(in crate::prices) fn below(&mut self, count: u32) -> usize {
        let number = self.0.next_u64() % u64::from(count);
        usize::try_from(number).expect("below a small count")
    }

    fn chance(&mut self, part: f64) -> bool {
        self.between(0.0, 1.0) < part
    }
}

fn curves(random: &mut Random, count: usize, shaped: bool) -> Vec<Curve> {
    let mut one = |at: usize| {
        let (top, half) = (random.between(5.0, 30.0), random.between(1.0, 6.0));
        if shaped {
            return Curve::hill(top, half, random.between(1.5, 3.0));
        }
        match at % 3 {
            0 => Curve::power(0.3 * top, random.between(0.3, 0.7)),
            1 => Curve::exponential(top, 1.0 / half),
            _ => Curve::hill(top, half, 1.0),
        }
    };
    (0..count).map(|at| one(at).expect("in range")).collect()
}

fn task<'a>(random: &mut Random, curves: &'a [Curve], sites: usize, periods: usize) -> Task<'a> {
    let unit = |random: &mut Random, curve: &'a Curve| Unit {
        curve,
        weight: (0..periods).map(|_| random.between(0.3, 1.5)).collect(),
        size: (0..periods).map(|_| random.between(0.5, 2.0)).collect(),
        least_hours: (0..periods)
            .map(|_| {
                if random.chance(0.2) {
                    random.between(0.0, 0.8)
                } else {
                    0.0
                }
            })
            .collect(),
        most_hours: 40.0,
        unserved: random.chance(0.5).then_some(-1.0),
    };
    let units: Vec<Unit<'a>> = curves.iter().map(|curve| unit(random, curve)).collect();
    let own = random.chance(0.5);
    let site = |random: &mut Random, at: usize| Site {
        fixed: random.between(0.0, 6.0),
        rep_cost: random.between(0.0, 6.0),
        hours: (0..periods).map(|_| random.between(2.0, 9.0)).collect(),
        overtime: (0..periods)
            .map(|_| random.between(-3.0, 4.0).max(0.0))
            .collect(),
        overtime_cost: random.between(0.0, 1.5),
        hour_worth: vec![0.0; periods],
        least: u32::from(random.chance(0.2)),
        most: if random.chance(0.5) { 2 } else { 1 },
        own: (own && at < curves.len()).then_some(at),
    };
    let sites: Vec<Site> = (0..sites).map(|at| site(random, at)).collect();
    let mut pairs = vec![];
    for unit in 0..curves.len() {
        for site in 0..sites.len() {
            if site == unit % sites.len() || site == unit || random.chance(0.7) {
                pairs.push(Pair {
                    site,
                    unit,
                    productive: random.between(0.3, 0.9),
                    ability: random.between(0.5, 1.0),
                    hour_cost: random.between(0.0, 1.0),
                    constant: random.between(-1.0, 1.0),
                });
            }
        }
    }
    Task {
        periods,
        sites,
        units,
        pairs,
        rules: Rules::default(),
    }
}

#[test]
fn plans_are_those_of_enumeration_within_the_proved_gap() {
    let (mut exact, mut plans) = (0, 0);
    for seed in 0..150 {
        let mut random = Random::new(seed);
        let curves = curves(&mut random, 4, false);
        let periods = 1 + (seed % 2) as usize;
        let mut task = task(&mut random, &curves, 3, periods);
        // In a third of them hours left over are worth something.
        if seed % 3 == 0 {
            for worth in task.sites.iter_mut().flat_map(|site| &mut site.hour_worth) {
                *worth = random.between(-1.0, 2.5).max(0.0);
            }
        }
        let best = best_by_hand(&task);
        let near = 1e-6 * best.abs().max(1.0);
        match solve(&task, &Options::default(), &|| false) {
            Ok(plan) => {
                assert!(
                    plan.value <= best + near,
                    "seed {seed}: {} {best}",
                    plan.value
                );
                assert!(
                    plan.bound >= best - near,
                    "seed {seed}: {} {best}",
                    plan.bound
                );
                plans += 1;
                exact += usize::from(plan.value >= best - near);
            }
            Err(Unsolved::NoPlan { bound }) => assert!(bound >= best - near, "seed {seed}"),
            Err(other) => panic!("seed {seed}: {other}"),
        }
    }
    assert!(
        plans >= 120 && exact * 20 >= plans * 19,
        "{exact} of {plans}"
    );
}

/// Two S-shaped units at one rep, by a grid of hours.
#[test]
fn shaped_curves_stay_within_the_bound() {
    for seed in 0..40 {
        let mut random = Random::new(1_000 + seed);
        let curves = curves(&mut random, 2, true);
        let mut task = task(&mut random, &curves, 1, 1);
        (task.sites[0].least, task.sites[0].most, task.sites[0].own) = (1, 1, None);
        for unit in &mut task.units {
            (unit.unserved, unit.least_hours[0]) = (None, 0.0);
        }
        let room = task.sites[0].hours[0];
        let worth = |pair: &Pair, h: f64| brought(&task, pair, 0, h) + pair.constant;
        let mut best = f64::NEG_INFINITY;
        for a in 0..=200 {
            for b in 0..=200 - a {
                let hours = [a, b].map(|part| f64::from(part) / 200.0 * room);
                best = best.max(worth(&task.pairs[0], hours[0]) + worth(&task.pairs[1], hours[1]));
            }
        }
        best -= task.sites[0].fixed + task.sites[0].rep_cost;
        let plan = solve(&task, &Options::default(), &|| false).expect("a plan");
        assert!(
            plan.bound >= best - 1e-9,
            "seed {seed}: {} {best}",
            plan.bound
        );
        assert!(plan.value <= plan.bound);
    }
}

/// √ of hours: two units of one rep share 10 hours as the squares of their weights, 1 : 4, and the price
/// of an hour is the slope of either.
#[test]
fn two_units_share_hours_in_closed_form() {
    let curve = Curve::power(1.0, 0.5).expect("in range");
    let unit = |weight: f64| Unit {
        curve: &curve,
        weight: vec![weight],
        size: vec![1.0],
        least_hours: vec![0.0],
        most_hours: 100.0,
        unserved: None,
    };
    let pair = |unit: usize| Pair {
        site: 0,
        unit,
        productive: 1.0,
        ability: 1.0,
        hour_cost: 0.0,
        constant: 0.0,
    };
    let task = Task {
        periods: 1,
        sites: vec![Site {
            fixed: 0.0,
            rep_cost: 0.0,
            hours: vec![10.0],
            overtime: vec![0.0],
            overtime_cost: 0.0,
            hour_worth: vec![0.0],
            least: 1,
            most: 1,
            own: None,
        }],
        units: vec![unit(1.0), unit(2.0)],
        pairs: vec![pair(0), pair(1)],
        rules: Rules::default(),
    };
    let plan = solve(&task, &Options::default(), &|| false).expect("a plan");
    assert!((plan.hours[0][0] - 2.0).abs() < 1e-6 && (plan.hours[1][0] - 8.0).abs() < 1e-6);
    assert!((plan.value - 50.0_f64.sqrt()).abs() < 1e-8);
    assert!((plan.hour_price[0][0] - 0.5 / 2.0_f64.sqrt()).abs() < 1e-6);
    assert!(plan.gap < 1e-3, "{}", plan.gap);
}

#[test]
fn threads_change_nothing() {
    let mut random = Random::new(5);
    let curves = curves(&mut random, 30, false);
    let task = task(&mut random, &curves, 8, 2);
    let on = |threads: usize| {
        let options = Options {
            evaluations: 200,
            threads,
            ..Options::default()
        };
        solve(&task, &options, &|| false)
    };
    assert_eq!(on(1), on(2));
}

#[test]
fn all_faults_are_told() {
    let mut random = Random::new(6);
    let curves = curves(&mut random, 3, false);
    let mut task = task(&mut random, &curves, 2, 1);
    task.sites[0].fixed = -1.0;
    task.sites[1].hours = vec![];
    task.units[2].weight[0] = f64::NAN;
    task.pairs[0].productive = 0.0;
    let Err(Unsolved::Faults(faults)) = solve(&task, &Options::default(), &|| false) else {
        panic!("solved");
    };
    let expected = [
        Fault::Number("fixed", 0),
        Fault::Periods("hours", 1),
        Fault::Number("weight", 2),
        Fault::Number("productive", 0),
    ];
    assert_eq!(faults, expected);
}

#[test]
fn a_broken_plan_is_found() {
    let mut random = Random::new(7);
    let curves = curves(&mut random, 3, false);
    let mut task = task(&mut random, &curves, 2, 1);
    for site in &mut task.sites {
        site.least = 1;
    }
    let mut plan = solve(&task, &Options::default(), &|| false).expect("a plan");
    assert!(check(&task, &plan).broken.is_empty());
    let served = plan
        .site
        .iter()
        .position(Option::is_some)
        .expect("one is served");
    let site = plan.site[served].expect("just found");
    plan.hours[served][0] = 1e4;
    let broken = check(&task, &plan).broken;
    assert_eq!(
        broken,
        [Broken::Effort(served, 0), Broken::Capacity(site, 0)]
    );
    plan.hours[served][0] = 0.0;
    plan.reps[site] = 3;
    assert!(check(&task, &plan).broken.contains(&Broken::Sizing(site)));
}
