//! Small budgets of all kinds against every plan of a grid. The grid's plans keep the limits exactly, so
//! the best of them is at most the optimum: the proved bound must not be below it, nor the answer.

use apportion::curve::Curve;
use apportion::prices::budget::{
    Across, Budget, Cell, Channel, Group, Limit, Options, Refusal, check, solve,
};

use super::Random;

/// Budgets that were solved wrongly once: flat lines, prices equal to a line's slope, jumps at negative
/// slopes, guesses at an inflection, limits with hardly any room.
const HARD: [u64; 9] = [638, 1239, 1311, 7351, 7551, 8613, 10_666, 19_748, 21_247];
/// Steps of the grid.
const STEPS: usize = 12;

/// A budget of two channels in two periods, or four cells of one period, all amounts on the grid of 1.
fn small<'a>(random: &mut Random, curves: &'a [Curve]) -> Budget<'a> {
    let steps = |random: &mut Random, most: usize| random.below(most + 1) as f64;
    let mut cells = vec![];
    for (at, curve) in curves.iter().enumerate() {
        let mut cell = Cell::new(curve, 3.0 + steps(random, STEPS - 3));
        if random.chance(0.2) {
            cell.low = steps(random, 2);
        }
        if random.chance(0.4) {
            cell.minimum = steps(random, 3);
        }
        if random.chance(0.4) {
            cell.fee = random.between(0.0, 0.2);
        }
        cell.stock = if random.chance(0.2) { 1.0 } else { 0.0 };
        cell.weight = random.between(0.5, 2.0);
        cell.channel = Some(at / 2);
        cell.group = random.chance(0.8).then_some(at % 2);
        cells.push(cell);
    }
    let total = if random.chance(0.5) {
        Limit::exactly("total", STEPS as f64)
    } else {
        Limit::at_most("total", STEPS as f64)
    };
    let mut budget = Budget::new(cells, total);
    for period in 0..2 {
        let floor = if random.chance(0.4) {
            steps(random, 3)
        } else {
            0.0
        };
        let ceiling = if random.chance(0.6) {
            4.0 + steps(random, 6)
        } else {
            f64::INFINITY
        };
        budget.groups.push(Group {
            limit: Limit::between(&format!("period {period}"), floor, ceiling),
            parent: None,
        });
    }
    let crossing = random.chance(0.7);
    for channel in 0..2 {
        let some = |random: &mut Random, share| crossing && random.chance(share);
        let floor = if some(random, 0.3) {
            steps(random, 3)
        } else {
            0.0
        };
        let ceiling = if some(random, 0.6) {
            4.0 + steps(random, 6)
        } else {
            f64::INFINITY
        };
        budget.channels.push(Channel {
            limit: Limit::between(&format!("channel {channel}"), floor, ceiling),
            fee: if some(random, 0.4) {
                random.between(0.0, 0.3)
            } else {
                0.0
            },
            minimum: if some(random, 0.4) {
                steps(random, 5)
            } else {
                0.0
            },
        });
    }
    if crossing && random.chance(0.3) {
        budget.most_active = Some(1);
    }
    if crossing && random.chance(0.2) {
        budget.conflicts.push((0, 1));
    }
    budget.charge = if random.chance(0.3) {
        random.between(0.0, 0.2)
    } else {
        0.0
    };
    budget
}

/// Sets of two or three cells each, across periods and channels. Ceilings lie between steps of the grid, so
/// that limits do not meet in a single plan, which interior points only come near.
fn across(random: &mut Random) -> Vec<Across> {
    let set = |at: usize, random: &mut Random| {
        let left_out = random.below(5);
        let cells = (0..4).filter(|cell| *cell != left_out && (at == 0 || *cell != 3));
        let floor = if random.chance(0.5) {
            random.below(4) as f64
        } else {
            0.0
        };
        Across {
            limit: Limit::between(&format!("set {at}"), floor, 3.5 + random.below(5) as f64),
            cells: cells.collect(),
        }
    };
    (0..2).map(|at| set(at, random)).collect()
}

/// The best net of all plans of the grid.
fn brute(budget: &Budget<'_>) -> Option<f64> {
    let cells = budget.cells.len();
    let mut best: Option<f64> = None;
    let mut spend = vec![0_usize; cells];
    loop {
        if spend.iter().sum::<usize>() <= STEPS {
            let money: Vec<f64> = spend.iter().map(|steps| *steps as f64).collect();
            let checked = check(budget, &money);
            if checked.broken.is_empty() {
                let net = checked.value - budget.charge * checked.spent;
                best = Some(best.map_or(net, |best| best.max(net)));
            }
        }
        let Some(at) = spend.iter().position(|steps| *steps < STEPS) else {
            return best;
        };
        spend[at] += 1;
        spend[..at].fill(0);
    }
}

#[test]
fn no_plan_of_a_grid_is_better() {
    let solved = compare((0..500).chain(HARD), |_, _| {});
    assert!(solved >= 300, "{solved} solved");
}

#[test]
fn no_plan_of_a_grid_is_better_with_sets_across() {
    let solved = compare(0..500, |random, budget| budget.across = across(random));
    assert!(solved >= 200, "{solved} solved");
}

/// Solves random budgets, more of which is set by `more`, and compares them with their grids.
fn compare(seeds: impl Iterator<Item = u64>, more: impl Fn(&mut Random, &mut Budget<'_>)) -> usize {
    let (mut solved, mut refused) = (0, 0);
    for seed in seeds {
        let mut random = Random::new(1000 + seed);
        let curves: Vec<Curve> = (0..4)
            .map(|_| {
                let (top, half) = (random.between(0.5, 3.0), random.between(1.0, 6.0));
                Curve::hill(top, half, random.between(0.6, 4.0)).unwrap()
            })
            .collect();
        let mut budget = small(&mut random, &curves);
        more(&mut random, &mut budget);
        let grid = brute(&budget);
        match solve(&budget, &Options::default()) {
            Ok(answer) => {
                solved += 1;
                let checked = check(&budget, &answer.spend);
                assert_eq!(checked.broken, Vec::<String>::new(), "seed {seed}");
                let net = checked.value - budget.charge * checked.spent;
                let slack = 1e-6 * net.abs().max(1e-3);
                assert!(
                    (net - answer.net).abs() <= 1e-9 * net.abs().max(1e-3),
                    "seed {seed}"
                );
                assert!(answer.bound >= net - slack, "seed {seed}");
                assert!(
                    answer.bound - net <= slack,
                    "seed {seed}: gap {}",
                    answer.gap
                );
                if let Some(grid) = grid {
                    assert!(
                        answer.bound >= grid - 1e-9,
                        "seed {seed}: {} below {grid}",
                        answer.bound
                    );
                    assert!(net >= grid - slack, "seed {seed}: {net} below {grid}");
                }
            }
            Err(refusals) => {
                refused += 1;
                assert_eq!(grid, None, "seed {seed}: {refusals}");
                let unfinished = |refusal: &Refusal| matches!(refusal, Refusal::Unfinished { .. });
                assert!(!refusals.0.iter().any(unfinished), "seed {seed}");
            }
        }
    }
    assert!(refused >= 20, "{refused} refused");
    solved
}
