//! Expected: enumeration of all sites, staffs and assignments with hours found by golden sections or on
//! a grid; closed forms; the location solver.

use super::*;
use crate::curve::Curve;
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

struct Random(Pcg64Mcg);

impl Random {
    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
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
        windows: vec![],
    }
}

/// What a pair brings in a period with hours of its rep.
fn brought(task: &Task<'_>, pair: &Pair, period: usize, hours: f64) -> f64 {
    let unit = &task.units[pair.unit];
    let response = unit
        .curve
        .value(pair.productive * hours / unit.size[period]);
    pair.ability * unit.weight[period] * response - pair.hour_cost * hours
}

/// What pairs bring in a period, and the hours they take, where an hour costs a price: each unit's hours
/// by golden section. Concave curves only.
fn at_price(task: &Task<'_>, pairs: &[&Pair], period: usize, price: f64) -> (f64, f64) {
    let hours = |pair: &Pair| {
        let unit = &task.units[pair.unit];
        let worth = |h: f64| brought(task, pair, period, h) - price * h;
        let (mut low, mut high) = (unit.least_hours[period], unit.most_hours);
        (low, high) = (low / pair.productive, high / pair.productive);
        for _ in 0..200 {
            let (a, b) = (low + 0.382 * (high - low), high - 0.382 * (high - low));
            if worth(a) < worth(b) {
                low = a
            } else {
                high = b
            }
        }
        0.5 * (low + high)
    };
    let each = pairs.iter().map(|pair| (pair, hours(pair)));
    each.fold((0.0, 0.0), |sum, (pair, hours)| {
        (sum.0 + brought(task, pair, period, hours), sum.1 + hours)
    })
}

/// The most that pairs bring in a period within hours, by hand: the price by halving. −∞ where required
/// hours do not fit.
fn by_hand(task: &Task<'_>, pairs: &[&Pair], period: usize, room: f64) -> f64 {
    let least: f64 = (pairs.iter())
        .map(|pair| task.units[pair.unit].least_hours[period] / pair.productive)
        .sum();
    if least > room {
        return f64::NEG_INFINITY;
    }
    let all = |price: f64| at_price(task, pairs, period, price).1;
    let (mut low, mut high) = (0.0, 1e4);
    if all(0.0) <= room {
        high = 0.0;
    }
    for _ in 0..100 {
        let price = 0.5 * (low + high);
        if all(price) > room {
            low = price
        } else {
            high = price
        }
    }
    at_price(task, pairs, period, high).0
}

/// The same with overtime at a cost, which is worth having where an hour brings more than that.
fn with_overtime(task: &Task<'_>, site: usize, reps: u32, pairs: &[&Pair], period: usize) -> f64 {
    let (given, reps) = (&task.sites[site], f64::from(reps));
    let (hours, more) = (reps * given.hours[period], reps * given.overtime[period]);
    let (brings, wanted) = at_price(task, pairs, period, given.overtime_cost);
    if wanted <= hours {
        by_hand(task, pairs, period, hours)
    } else if wanted <= hours + more {
        brings - given.overtime_cost * (wanted - hours)
    } else {
        by_hand(task, pairs, period, hours + more) - given.overtime_cost * more
    }
}

/// Worth of a site for units and reps.
fn site_by_hand(task: &Task<'_>, site: usize, reps: u32, pairs: &[&Pair]) -> f64 {
    let given = &task.sites[site];
    if reps == 0 {
        return if pairs.is_empty() {
            0.0
        } else {
            f64::NEG_INFINITY
        };
    }
    if given
        .own
        .is_some_and(|own| pairs.iter().all(|pair| pair.unit != own))
    {
        return f64::NEG_INFINITY;
    }
    let periods = 0..task.periods;
    let hours = periods.map(|t| with_overtime(task, site, reps, pairs, t));
    let constants: f64 = pairs.iter().map(|pair| pair.constant).sum();
    hours.sum::<f64>() + constants - given.fixed - given.rep_cost * f64::from(reps)
}

/// The best of all plans; −∞ if there is none.
fn best_by_hand(task: &Task<'_>) -> f64 {
    let (sites, units) = (task.sites.len(), task.units.len());
    // Worth of every site for every set of units, at its best staff.
    let mut worth = vec![vec![f64::NEG_INFINITY; 1 << units]; sites];
    for (site, row) in worth.iter_mut().enumerate() {
        for (set, worth) in row.iter_mut().enumerate() {
            let inside = |pair: &&Pair| pair.site == site && set >> pair.unit & 1 == 1;
            let pairs: Vec<&Pair> = task.pairs.iter().filter(inside).collect();
            if pairs.len() == set.count_ones() as usize {
                let given = &task.sites[site];
                let staffs = given.least..=given.most;
                let each = staffs.map(|reps| site_by_hand(task, site, reps, &pairs));
                *worth = each.fold(f64::NEG_INFINITY, f64::max);
            }
        }
    }
    let mut best = vec![f64::NEG_INFINITY; 1 << units];
    best[0] = 0.0;
    for row in &worth {
        let before = best.clone();
        for (set, best) in best.iter_mut().enumerate() {
            let splits = (0..=set).filter(|part| part & !set == 0);
            let value = splits.map(|part| before[set & !part] + row[part]);
            *best = value.fold(f64::NEG_INFINITY, f64::max);
        }
    }
    let left = |set: usize| -> f64 {
        let out = (0..units).filter(|unit| set >> unit & 1 == 0);
        out.map(|unit| task.units[unit].unserved.unwrap_or(f64::NEG_INFINITY))
            .sum()
    };
    let all = best
        .iter()
        .enumerate()
        .map(|(set, value)| value + left(set));
    all.fold(f64::NEG_INFINITY, f64::max)
}

#[test]
fn plans_are_those_of_enumeration_within_the_proved_gap() {
    let (mut exact, mut plans) = (0, 0);
    for seed in 0..150 {
        let mut random = Random(Pcg64Mcg::seed_from_u64(seed));
        let curves = curves(&mut random, 4, false);
        let periods = 1 + (seed % 2) as usize;
        let task = task(&mut random, &curves, 3, periods);
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
        let mut random = Random(Pcg64Mcg::seed_from_u64(1_000 + seed));
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
            least: 1,
            most: 1,
            own: None,
        }],
        units: vec![unit(1.0), unit(2.0)],
        pairs: vec![pair(0), pair(1)],
        windows: vec![],
    };
    let plan = solve(&task, &Options::default(), &|| false).expect("a plan");
    assert!((plan.hours[0][0] - 2.0).abs() < 1e-6 && (plan.hours[1][0] - 8.0).abs() < 1e-6);
    assert!((plan.value - 50.0_f64.sqrt()).abs() < 1e-8);
    assert!((plan.hour_price[0][0] - 0.5 / 2.0_f64.sqrt()).abs() < 1e-6);
    assert!(plan.gap < 1e-3, "{}", plan.gap);
}

#[test]
fn threads_change_nothing() {
    let mut random = Random(Pcg64Mcg::seed_from_u64(5));
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
    let mut random = Random(Pcg64Mcg::seed_from_u64(6));
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
    let mut random = Random(Pcg64Mcg::seed_from_u64(7));
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

/// √h and 3·√h in two periods at a cost of half for each hour: 1 and 9 hours where nothing is asked; under a
/// window of both, hours stay as 1 : 9 whatever it asks for.
#[test]
fn a_window_is_its_closed_form() {
    let curve = Curve::power(1.0, 0.5).expect("in range");
    let task = |asked: f64| Task {
        periods: 2,
        sites: vec![Site {
            fixed: 0.0,
            rep_cost: 0.0,
            hours: vec![f64::INFINITY; 2],
            overtime: vec![0.0; 2],
            overtime_cost: 0.0,
            least: 1,
            most: 1,
            own: None,
        }],
        units: vec![Unit {
            curve: &curve,
            weight: vec![1.0, 3.0],
            size: vec![1.0; 2],
            least_hours: vec![0.0; 2],
            most_hours: 100.0,
            unserved: None,
        }],
        pairs: vec![Pair {
            site: 0,
            unit: 0,
            productive: 1.0,
            ability: 1.0,
            hour_cost: 0.5,
            constant: 0.0,
        }],
        windows: vec![Window {
            unit: 0,
            periods: vec![0, 1],
            hours: asked,
        }],
    };
    for (asked, given) in [(5.0, 10.0), (20.0, 20.0), (90.0, 90.0)] {
        let plan = solve(&task(asked), &Options::default(), &|| false).expect("a plan");
        let (low, high) = (0.1 * given, 0.9 * given);
        assert!((plan.hours[0][0] - low).abs() < 1e-4 * low, "{plan:?}");
        assert!((plan.hours[0][1] - high).abs() < 1e-4 * high, "{plan:?}");
        let value = low.sqrt() + 3.0 * high.sqrt() - 0.5 * given;
        assert!((plan.value - value).abs() < 1e-6, "{plan:?}");
        assert!((plan.bound - value).abs() < 1e-3 * value.abs(), "{plan:?}");
    }
    assert_eq!(task(201.0).faults(), [Fault::Window(0)]);
}

/// Runs of periods, as rolling windows are: every plan keeps them, and no plan with random least hours that
/// keep them is worth more than the limit.
#[test]
fn no_plan_that_keeps_windows_is_worth_more_than_the_limit() {
    let (mut planned, mut others, mut good) = (0, 0, 0);
    for seed in 0..60 {
        let mut random = Random(Pcg64Mcg::seed_from_u64(900 + seed));
        let count = 2 + (seed % 3) as usize;
        let curves = curves(&mut random, count, seed % 4 == 3);
        let mut task = task(&mut random, &curves, 2, 3);
        for unit in 0..count {
            for periods in [vec![0, 1], vec![1, 2]] {
                if random.chance(0.7) {
                    let hours = random.between(0.5, 4.0);
                    let window = Window {
                        unit,
                        periods,
                        hours,
                    };
                    task.windows.push(window);
                }
            }
        }
        let Ok(plan) = solve(&task, &Options::default(), &|| false) else {
            continue;
        };
        planned += 1;
        assert_eq!(check(&task, &plan).broken, [], "seed {seed}");
        let mut best = f64::NEG_INFINITY;
        for _ in 0..20 {
            let mut other = Task {
                windows: vec![],
                ..task.clone()
            };
            for window in &task.windows {
                let part = random.between(0.0, 1.0);
                for (period, part) in window.periods.iter().zip([part, 1.0 - part]) {
                    let least = &mut other.units[window.unit].least_hours[*period];
                    *least = least.max(part * window.hours);
                }
            }
            if let Ok(found) = solve(&other, &Options::default(), &|| false) {
                others += 1;
                best = best.max(found.value);
                assert_eq!(check(&task, &found).broken, [], "seed {seed}");
                let slack = 1e-9 * plan.bound.abs().max(1.0);
                assert!(
                    found.value <= plan.bound + slack,
                    "seed {seed}: {found:?} {plan:?}"
                );
            }
        }
        good += u32::from(plan.value >= best - 0.01 * best.abs());
    }
    assert!(
        planned > 40 && others > 500,
        "{planned} plans, {others} others"
    );
    assert!(
        4 * good > 3 * planned,
        "{good} of {planned} are as good as the best of others"
    );
}
