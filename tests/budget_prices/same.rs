//! Changes whose effect on the optimum is known without solving.

use apportion::curve::Curve;
use apportion::curve::carry::{Carry, Kernel, Terminal};
use apportion::prices::budget::{
    Budget, Cell, Channel, Group, Limit, Options, Refusal, Series, solve,
};

use super::{Random, near, proved};

/// Three channels in four periods, with limits of both.
fn crossing<'a>(random: &mut Random, curves: &'a [Curve]) -> Budget<'a> {
    let mut cells = vec![];
    for (at, curve) in curves.iter().enumerate() {
        let mut cell = Cell::new(curve, 3.0);
        cell.weight = random.between(0.5, 2.0);
        (cell.channel, cell.group) = (Some(at / 4), Some(at % 4));
        if at / 4 == 1 {
            (cell.fee, cell.minimum) = (0.02, 0.3);
        }
        cells.push(cell);
    }
    let mut budget = Budget::new(cells, Limit::at_most("total", 8.0));
    for period in 0..4 {
        let limit = Limit::between(&format!("period {period}"), 1.0, 3.0);
        budget.groups.push(Group {
            limit,
            parent: None,
        });
    }
    for channel in 0..3 {
        budget.channels.push(Channel {
            limit: Limit::between(&format!("channel {channel}"), 0.5, 4.0),
            fee: 0.0,
            minimum: 0.0,
        });
    }
    budget
}

fn curves(random: &mut Random, count: usize) -> Vec<Curve> {
    (0..count).map(|_| random.any()).collect()
}

/// Units of money and value are words: powers of two change no bit, other factors only rounding.
#[test]
fn units_change_no_decision() {
    for seed in 0..6 {
        let mut random = Random::new(seed);
        let given: Vec<[f64; 3]> = (0..12)
            .map(|_| {
                [
                    random.between(0.5, 3.0),
                    random.between(0.2, 2.0),
                    random.between(0.6, 3.0),
                ]
            })
            .collect();
        let solved = |money: f64, value: f64| {
            let curves: Vec<Curve> = given
                .iter()
                .map(|[top, half, shape]| Curve::hill(value * top, money * half, *shape).unwrap())
                .collect();
            let mut budget = crossing(&mut Random::new(seed), &curves);
            for cell in &mut budget.cells {
                cell.high *= money;
                cell.minimum *= money;
                cell.fee *= value;
            }
            let groups = budget.groups.iter_mut().map(|group| &mut group.limit);
            let channels = budget.channels.iter_mut().map(|channel| &mut channel.limit);
            for limit in groups.chain(channels).chain([&mut budget.total]) {
                limit.floor *= money;
                limit.ceiling *= money;
            }
            proved(&budget)
        };
        let base = solved(1.0, 1.0);
        for money in [1e-6, 1e-3, 1e3, 1e6] {
            for value in [1e-12, 1e-6, 1.0, 1e6, 1e12] {
                let found = solved(money, value);
                near(found.value, value * base.value, 3e-7);
                for (found, base) in found.spend.iter().zip(&base.spend) {
                    assert_eq!(*found > 0.0, *base > 0.0, "seed {seed}, {money}, {value}");
                    assert!(
                        (found / money - base).abs() < 2e-2,
                        "{found} and {base} of {money}"
                    );
                }
            }
        }
        let found = solved(1024.0, 2.0_f64.powi(-40));
        let expected: Vec<f64> = base.spend.iter().map(|spend| 1024.0 * spend).collect();
        assert_eq!(found.spend, expected);
    }
}

/// Carry-over of nothing is the plain model, bit for bit; carry-over of next to nothing is nearly it.
#[test]
fn carrying_nothing_over_changes_nothing() {
    for seed in 0..6 {
        let mut random = Random::new(20 + seed);
        let curves = curves(&mut random, 12);
        let plain = crossing(&mut random, &curves);
        let carried = |retention: f64| {
            let mut budget = plain.clone();
            for channel in 0..3 {
                budget.series.push(Series {
                    name: format!("channel {channel}"),
                    cells: (4 * channel..4 * channel + 4).collect(),
                    carry: Carry::new(Kernel::Geometric { retention }, 4, false).unwrap(),
                    before: vec![],
                    terminal: Terminal::Lost,
                });
            }
            budget
        };
        let (with, without) = (proved(&carried(0.0)), proved(&plain));
        assert_eq!(with.spend, without.spend, "seed {seed}");
        assert_eq!(with.value, without.value);
        assert_eq!(with.bound, without.bound);
    }
}

/// Two equal halves of a period, each with half the response at half the spend, are the whole period.
#[test]
fn halves_of_a_period_are_the_period() {
    for seed in 0..10 {
        let mut random = Random::new(40 + seed);
        let given: Vec<[f64; 3]> = (0..8)
            .map(|_| {
                [
                    random.between(0.5, 3.0),
                    random.between(0.2, 2.0),
                    random.between(0.5, 1.0),
                ]
            })
            .collect();
        let solved = |parts: usize| {
            let share = 1.0 / parts as f64;
            let curves: Vec<Curve> = given
                .iter()
                .map(|[top, half, shape]| Curve::hill(share * top, share * half, *shape).unwrap())
                .collect();
            let mut budget = Budget::new(vec![], Limit::exactly("total", 5.0));
            for period in 0..2 {
                let limit = Limit::at_most(&format!("period {period}"), 2.7);
                budget.groups.push(Group {
                    limit,
                    parent: None,
                });
            }
            for part in 0..parts {
                for (at, curve) in curves.iter().enumerate() {
                    let mut cell = Cell::new(curve, 2.0 * share);
                    cell.group = Some((at + 2 * part) % 2);
                    budget.cells.push(cell);
                }
            }
            proved(&budget).value
        };
        near(solved(2), solved(1), 1e-10);
    }
}

/// Plans that keep a stricter limit keep the laxer one.
#[test]
fn stricter_limits_never_bring_more() {
    for seed in 0..12 {
        let mut random = Random::new(60 + seed);
        let curves = curves(&mut random, 12);
        let budget = crossing(&mut random, &curves);
        let base = proved(&budget);
        for turn in 0..8 {
            let mut strict = budget.clone();
            match turn {
                0 => strict.total.ceiling *= 0.9,
                1 => strict.total.floor = 8.0,
                2 => strict.groups[1].limit.ceiling *= 0.7,
                3 => strict.groups[2].limit.floor *= 1.8,
                4 => strict.channels[0].limit.ceiling *= 0.5,
                5 => strict.channels[2].limit.floor *= 3.0,
                6 => strict.cells[5].high *= 0.5,
                _ => strict.cells[9].low = 0.7,
            }
            if let Ok(found) = solve(&strict, &Options::default()) {
                let slack = 2e-7 * base.value;
                assert!(
                    found.value <= base.bound + slack,
                    "seed {seed}, change {turn}"
                );
                assert!(
                    found.value <= base.value + slack,
                    "seed {seed}, change {turn}"
                );
            }
        }
    }
}

/// 3 + 3 + 3 does not go into 8, and the message says who asks for how much; nor do more channels with
/// floors than may run.
#[test]
fn impossible_limits_are_refused_by_name_and_amount() {
    let mut random = Random::new(80);
    let curves = curves(&mut random, 12);
    let sound = crossing(&mut random, &curves);
    let refused = |change: &dyn Fn(&mut Budget<'_>), told: &[&str]| {
        let mut budget = sound.clone();
        change(&mut budget);
        let refusals = solve(&budget, &Options::default()).unwrap_err().to_string();
        for part in told {
            assert!(refusals.contains(part), "{part} is not in: {refusals}");
        }
    };
    refused(
        &|budget| {
            budget
                .groups
                .iter_mut()
                .for_each(|group| group.limit.floor = 3.0)
        },
        &["total", "12", "4 above", "8"],
    );
    refused(&|budget| budget.total.floor = 50.0, &["total", "50"]);
    refused(
        &|budget| {
            budget.total = Limit::exactly("total", 30.0);
        },
        &["total", "12", "18 below", "30"],
    );
    refused(
        &|budget| budget.channels[1].limit = Limit::between("online", 20.0, 25.0),
        &["online", "12", "8 below", "20"],
    );
    refused(
        &|budget| budget.most_active = Some(1),
        &["channel 0", "channel 2", "active"],
    );
    refused(
        &|budget| budget.cells[3].weight = f64::NAN,
        &["cells[3].weight", "NaN"],
    );
    let mut budget = sound.clone();
    // Each fits on its own; together the channels leave 1 for two periods that ask for 2.
    budget.channels[0].limit.floor = 4.0;
    budget.channels[1].limit.floor = 3.0;
    for cell in [2, 3, 6, 7] {
        budget.cells[cell].high = 0.0;
        (budget.cells[cell].minimum, budget.cells[cell].fee) = (0.0, 0.0);
    }
    budget.channels[2].limit.ceiling = 1.0;
    let refusals = solve(&budget, &Options::default()).unwrap_err();
    let conflict = |refusal: &Refusal| matches!(refusal, Refusal::Conflict { .. });
    assert!(refusals.0.iter().any(conflict), "{refusals}");
}
