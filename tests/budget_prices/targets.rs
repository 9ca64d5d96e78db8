//! Totals that follow from a target.

use apportion::curve::Curve;
use apportion::prices::budget::{Budget, Cell, Limit, Options, solve};

use super::{Random, near, proved};

/// √x with all money at one place: value/spend = 1/√x.
#[test]
fn one_root_is_its_closed_form() {
    let root = Curve::power(1.0, 0.5).unwrap();
    let mut budget = Budget::new(vec![Cell::new(&root, 100.0)], Limit::at_most("total", 50.0));
    budget.target_return = 0.25;
    let answer = proved(&budget);
    near(answer.spent, 16.0, 1e-8);
    near(answer.value, 4.0, 1e-8);
    near(answer.unspent, 34.0, 1e-8);
    // 1/√50 is all right, so the total binds.
    budget.target_return = 0.1;
    near(proved(&budget).spent, 50.0, 1e-9);
    (budget.target_return, budget.target_value) = (0.0, 5.0);
    let answer = proved(&budget);
    near(answer.spent, 25.0, 1e-8);
    near(answer.least.unwrap(), 25.0, 1e-6);
    budget.target_value = 7.1;
    let told = solve(&budget, &Options::default()).unwrap_err().to_string();
    assert!(
        told.contains("7.1") && told.contains("value") && told.contains("7.07"),
        "{told}"
    );
}

/// Of x²/(1 + x²) a return of 1/2 is the most, at x = 1; what asks for more is told so.
#[test]
fn a_return_out_of_reach_is_refused_with_the_best() {
    let curve = Curve::hill(1.0, 1.0, 2.0).unwrap();
    let mut cell = Cell::new(&curve, 10.0);
    cell.low = 0.2;
    let mut budget = Budget::new(vec![cell], Limit::at_most("total", 5.0));
    budget.target_return = 0.6;
    let told = solve(&budget, &Options::default()).unwrap_err().to_string();
    assert!(
        told.contains("0.6") && told.contains("return") && told.contains("0.5"),
        "{told}"
    );
    // x/(1 + x²) = 0.4 at 2 and at 1/2: as much as possible is 2.
    budget.target_return = 0.4;
    near(proved(&budget).spent, 2.0, 1e-7);
}

/// The best value at the total that was found is the value itself, and the next money would break the
/// target; on concave curves.
#[test]
fn targets_are_met_exactly() {
    for seed in 0..12 {
        let mut random = Random::new(seed);
        let curves: Vec<Curve> = (0..10).map(|_| random.concave()).collect();
        let cells = curves.iter().map(|curve| Cell::new(curve, 3.0)).collect();
        let mut budget = Budget::new(cells, Limit::at_most("total", 20.0));
        let at = |budget: &Budget<'_>, total: f64| {
            let mut budget = budget.clone();
            (budget.target_return, budget.target_value) = (0.0, 0.0);
            budget.total = Limit::at_most("total", total);
            proved(&budget).value
        };
        let all = at(&budget, 20.0) / 20.0;
        budget.target_return = 1.4 * all;
        let answer = proved(&budget);
        near(answer.value / answer.spent, 1.4 * all, 1e-8);
        near(at(&budget, answer.spent), answer.value, 1e-8);
        assert!(at(&budget, 1.01 * answer.spent) < 1.4 * all * 1.01 * answer.spent);
        (budget.target_return, budget.target_value) = (0.0, 0.7 * at(&budget, 20.0));
        let answer = proved(&budget);
        assert!(answer.value >= budget.target_value * (1.0 - 1e-9));
        assert!(at(&budget, 0.999 * answer.spent) < budget.target_value);
        near(answer.least.unwrap(), answer.spent, 1e-6);
    }
}

/// Bounds hold on S-shaped curves: no total of a fine list brings the value for less than is proved, nor
/// more value at the return than is proved.
#[test]
fn proofs_hold_on_s_shaped_curves() {
    for seed in 0..6 {
        let mut random = Random::new(100 + seed);
        let curves: Vec<Curve> = (0..5).map(|_| random.any()).collect();
        let cells = curves.iter().map(|curve| Cell::new(curve, 3.0)).collect();
        let budget = Budget::new(cells, Limit::at_most("total", 8.0));
        let frontier: Vec<(f64, f64)> = (0..=80)
            .map(|step| {
                let mut budget = budget.clone();
                let total = 0.1 * f64::from(step);
                budget.total = Limit::at_most("total", total);
                (total, proved(&budget).value)
            })
            .collect();
        let all = frontier[80].1;
        let mut asked = budget.clone();
        asked.target_value = 0.6 * all;
        let answer = solve(&asked, &Options::default()).unwrap();
        let first = frontier
            .iter()
            .find(|(_, value)| *value >= 0.6 * all)
            .unwrap()
            .0;
        let least = answer.least.unwrap();
        assert!(
            least <= first && answer.spent <= first + 1e-9,
            "seed {seed}"
        );
        assert!(
            first <= answer.spent + 0.1 + 1e-9 && answer.gap < 1e-5,
            "seed {seed}: {}",
            answer.gap
        );
        let mut asked = budget.clone();
        asked.target_return = 1.2 * all / 8.0;
        let answer = solve(&asked, &Options::default()).unwrap();
        assert!(answer.value >= asked.target_return * answer.spent * (1.0 - 1e-9));
        let meets = |(total, value): &&(f64, f64)| *value >= asked.target_return * total;
        let best = frontier.iter().rfind(meets).unwrap().1;
        assert!(answer.bound >= best - 1e-9, "seed {seed}");
        assert!(
            answer.value >= best - 1e-6,
            "seed {seed}: {} below {best}",
            answer.value
        );
    }
}
