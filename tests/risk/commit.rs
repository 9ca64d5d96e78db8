//! Committed spend: closed forms, and all commitments on a grid.

use apportion::curve::Curve;
use apportion::fault::{Code, Faults};
use apportion::prices::budget::{Budget, Cell, Limit, Options, solve};
use apportion::risk::commit;
use apportion::risk::decide::Measure;
use apportion::sweep::budgets::BudgetScenarios;

use super::common::Random;

/// Scenarios that multiply the weights of cells.
struct Factors(Vec<Vec<f64>>);

impl BudgetScenarios for Factors {
    fn count(&self) -> u64 {
        self.0.len() as u64
    }

    fn apply(&self, index: u64, budget: &mut Budget<'_>) -> Result<(), Faults> {
        let factors = &self.0[usize::try_from(index).unwrap()];
        for (cell, factor) in budget.cells.iter_mut().zip(factors) {
            cell.weight *= factor;
        }
        Ok(())
    }
}

const MEAN: Measure = Measure::Tail {
    alpha: 0.5,
    weight: 0.0,
};

fn options() -> (Options, f64) {
    let options = Options {
        relative: 1e-9,
        ..Options::default()
    };
    (options, 1e-4)
}

/// a·ln(1 + x) is committed, b·ln(1 + y) takes the rest: (1 + x) : (1 + y) = a : mean of b, with
/// x + y = 100.
#[test]
fn two_logarithms_share_by_the_mean() {
    let curves = [1, 2].map(|_| Curve::logarithmic(1.0, 1.0).unwrap());
    let cells: Vec<Cell<'_>> = curves.iter().map(|curve| Cell::new(curve, 100.0)).collect();
    let base = Budget::new(cells, Limit::exactly("total", 100.0));
    let scenarios = Factors(vec![vec![2.0, 0.5], vec![2.0, 1.5], vec![2.0, 4.0]]);
    let (options, gap) = options();
    let found = commit(&base, &scenarios, &[true, false], MEAN, (&options, gap)).unwrap();
    let truth = 102.0 / 2.0 - 1.0;
    assert!((found.spend[0] - truth).abs() < 2.0, "{found:?}");
    let at = |x: f64| 2.0 * (1.0 + x).ln() + 2.0 * (101.0 - x).ln();
    assert!((found.value - at(found.spend[0])).abs() < 1e-9);
    assert!(
        found.bound >= at(truth) - 1e-9 && found.gap <= gap,
        "{found:?}"
    );
}

/// Two committed and two other cells, S-shaped ones among them, three scenarios: no commitment on a
/// grid is worth more than the limit, or more than the one found by more than its gap; and the limit is
/// near where all curves are concave.
#[test]
fn no_commitment_on_a_grid_is_better_than_proved() {
    let mut near = 0;
    for seed in 0..12 {
        let random = &mut Random::new(seed);
        let concave = seed % 2 == 0;
        let curves: Vec<Curve> = (0..4)
            .map(|_| {
                let shape = if concave {
                    1.0
                } else {
                    random.between(1.0, 3.0)
                };
                let (top, half) = (random.between(20.0, 60.0), random.between(10.0, 60.0));
                Curve::hill(top, half, shape).unwrap()
            })
            .collect();
        let cells: Vec<Cell<'_>> = curves.iter().map(|curve| Cell::new(curve, 100.0)).collect();
        let base = Budget::new(cells, Limit::at_most("total", 100.0));
        let factors = (0..3).map(|_| (0..4).map(|_| random.between(0.2, 2.0)).collect());
        let scenarios = Factors(factors.collect());
        let committed = [true, true, false, false];
        let (options, gap) = options();
        let tail = Measure::Tail {
            alpha: 0.4,
            weight: 0.5,
        };
        let alone = best_alone(&base, &scenarios, &options);
        for measure in [MEAN, tail, Measure::Worst, Measure::Regret] {
            let against = if measure == Measure::Regret {
                alone.clone()
            } else {
                vec![0.0; 3]
            };
            let scale = alone.iter().sum::<f64>() / 3.0;
            let found = commit(&base, &scenarios, &committed, measure, (&options, gap)).unwrap();
            let mut best = f64::NEG_INFINITY;
            for first in 0..=20 {
                for second in 0..=20 - first {
                    let spend = [5.0 * f64::from(first), 5.0 * f64::from(second)];
                    let values = values(&base, &scenarios, spend, &options);
                    best = best.max(measured(measure, &values, &against));
                }
            }
            let what = format!("seed {seed}, {measure:?}: {best} on the grid, {found:?}");
            assert!(found.bound >= best - 1e-6 * scale, "{what}");
            let over = if measure == Measure::Regret {
                scale
            } else {
                found.bound
            };
            assert!(found.value >= best - (found.gap + 1e-6) * over, "{what}");
            let own = values(
                &base,
                &scenarios,
                [found.spend[0], found.spend[1]],
                &options,
            );
            assert!(
                (measured(measure, &own, &against) - found.value).abs() < 1e-6,
                "{what}"
            );
            near += usize::from(concave && found.gap <= gap);
        }
    }
    assert_eq!(near, 24, "all commitments under concave curves are proved");
}

/// The best of each scenario, if it were known.
fn best_alone(base: &Budget<'_>, scenarios: &Factors, options: &Options) -> Vec<f64> {
    let each = (0..scenarios.count()).map(|index| {
        let mut budget = base.clone();
        scenarios.apply(index, &mut budget).unwrap();
        solve(&budget, options).unwrap().net
    });
    each.collect()
}

/// Value in each scenario, by solving what is left anew with the committed cells held by limits.
fn values(base: &Budget<'_>, scenarios: &Factors, spend: [f64; 2], options: &Options) -> Vec<f64> {
    let each = (0..scenarios.count()).map(|index| {
        let mut budget = base.clone();
        scenarios.apply(index, &mut budget).unwrap();
        for (cell, money) in budget.cells.iter_mut().zip(spend) {
            (cell.low, cell.high) = (money, money);
        }
        solve(&budget, options).unwrap().net
    });
    each.collect()
}

/// The measure of three equally likely values, written out.
fn measured(measure: Measure, values: &[f64], against: &[f64]) -> f64 {
    let less = values.iter().zip(against).map(|(value, best)| value - best);
    let mut sorted: Vec<f64> = less.collect();
    sorted.sort_by(f64::total_cmp);
    let mean = sorted.iter().sum::<f64>() / 3.0;
    match measure {
        // The worst 0.4 are all of the worst and 0.0667 of the next.
        Measure::Tail { weight, .. } => {
            let tail = (sorted[0] / 3.0 + (0.4 - 1.0 / 3.0) * sorted[1]) / 0.4;
            (1.0 - weight) * mean + weight * tail
        }
        _ => sorted[0],
    }
}

#[test]
fn other_limits_are_refused_by_name() {
    let curve = Curve::logarithmic(1.0, 1.0).unwrap();
    let mut cell = Cell::new(&curve, 100.0);
    cell.fee = 1.0;
    let mut base = Budget::new(
        vec![cell, Cell::new(&curve, 50.0)],
        Limit::at_most("total", 100.0),
    );
    base.target_return = 2.0;
    let (options, gap) = options();
    let refused = commit(
        &base,
        &Factors(vec![vec![1.0]]),
        &[true],
        Measure::Regret,
        (&options, gap),
    );
    let faults = refused.unwrap_err();
    let codes: Vec<Code> = faults.iter().map(|fault| fault.code).collect();
    assert_eq!(
        codes,
        [Code::BadLength, Code::NotOneTotal, Code::NotOneTotal],
        "{faults}"
    );
}
