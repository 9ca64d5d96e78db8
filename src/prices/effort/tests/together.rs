//! What several periods, or all sites, must keep together.

use super::by_hand::{best_by_hand, best_with_moves};
use super::*;

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
            hour_worth: vec![0.0; 2],
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
        rules: Rules {
            windows: vec![Window {
                unit: 0,
                periods: vec![0, 1],
                hours: asked,
            }],
            ..Rules::default()
        },
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
        let mut random = Random::new(900 + seed);
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
                    task.rules.windows.push(window);
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
            let mut other = task.clone();
            other.rules.windows.clear();
            for window in &task.rules.windows {
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

/// Moves by enumeration: no plan breaks the limit, the limit proved holds, and the plans are near the best.
#[test]
fn moves_are_those_of_enumeration_within_the_proved_gap() {
    let (mut plans, mut missed, mut tight, mut near) = (0, 0, 0, 0);
    for seed in 0..80 {
        let mut random = Random::new(2_000 + seed);
        let curves = curves(&mut random, 4, false);
        let mut task = task(&mut random, &curves, 3, 1);
        let site = |random: &mut Random| (0..2).take_while(|_| random.chance(0.6)).count();
        let now: Vec<Option<usize>> = (0..4)
            .map(|_| random.chance(0.8).then(|| site(&mut random)))
            .collect();
        let most = (seed % 3) as usize;
        let each = now.iter().enumerate();
        let held = each.filter_map(|(unit, now)| {
            Some(Held {
                unit,
                homes: vec![(*now)?],
                uses: 1.0,
            })
        });
        task.rules.limits = vec![Limit {
            least: 0.0,
            most: most as f64,
            of_site: vec![],
            of_unit: held.collect(),
        }];
        let best = best_with_moves(&task, &now, most);
        let slack = 1e-6 * best.abs().max(1.0);
        tight += u32::from(best < best_by_hand(&task) - slack);
        match solve(&task, &Options::default(), &|| false) {
            Ok(plan) => {
                plans += 1;
                assert_eq!(check(&task, &plan).broken, [], "seed {seed}");
                assert!(
                    plan.value <= best + slack,
                    "seed {seed}: {} {best}",
                    plan.value
                );
                assert!(
                    plan.bound >= best - slack,
                    "seed {seed}: {} {best}",
                    plan.bound
                );
                near += u32::from(plan.value >= best - 0.02 * best.abs());
            }
            Err(Unsolved::NoPlan { bound }) => {
                missed += u32::from(best.is_finite());
                assert!(best.is_infinite() || bound >= best - slack, "seed {seed}");
            }
            Err(other) => panic!("seed {seed}: {other}"),
        }
    }
    let told = format!("{plans} plans, {missed} missed, {tight} tight, {near} near");
    assert!(plans > 45 && tight > 20 && missed <= 3, "{told}");
    assert!(10 * near > 9 * plans, "{told}");
}
