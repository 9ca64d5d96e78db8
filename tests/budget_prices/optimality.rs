//! Concave budgets with nested limits: the conditions of Karush, Kuhn and Tucker, worked out from slopes
//! alone, and closed forms.

use apportion::curve::Curve;
use apportion::prices::budget::{Budget, Cell, Group, Limit};

use super::{Random, near, proved};

/// A total, periods in it, regions in those, cells everywhere.
fn nested<'a>(random: &mut Random, curves: &'a [Curve]) -> Budget<'a> {
    let count = curves.len() as f64;
    let mut groups = vec![];
    for period in 0..3 {
        let share = count / 3.0;
        let (floor, ceiling) = (random.between(0.0, 0.3), random.between(0.3, 0.6));
        groups.push(Group {
            limit: Limit::between(&format!("period {period}"), floor * share, ceiling * share),
            parent: None,
        });
        let around = groups.len() - 1;
        for region in 0..2 {
            groups.push(Group {
                limit: Limit::at_most(
                    &format!("region {region}"),
                    random.between(0.05, 0.3) * share,
                ),
                parent: Some(around),
            });
        }
    }
    let cell = |random: &mut Random, curve: &'a Curve| {
        let low = if random.chance(0.2) { 0.02 } else { 0.0 };
        Cell {
            low,
            weight: random.between(0.3, 3.0),
            stock: if random.chance(0.3) { 0.2 } else { 0.0 },
            group: random.chance(0.9).then(|| random.below(groups.len())),
            ..Cell::new(curve, random.between(0.1, 2.0))
        }
    };
    let cells = curves.iter().map(|curve| cell(random, curve)).collect();
    let mut budget = Budget::new(cells, Limit::exactly("total", 0.35 * count));
    budget.groups = groups;
    budget
}

/// At an optimum no money can be moved with gain: from every cell that may spend less to every cell that
/// may spend more, as the limits around both allow, the slope does not rise. The limits that matter are
/// those between each cell and the innermost group around both.
#[test]
fn no_money_can_be_moved_with_gain() {
    for seed in 0..40 {
        let mut random = Random::new(seed);
        let count = 6 + random.below(40);
        let curves: Vec<Curve> = (0..count).map(|_| random.concave()).collect();
        let budget = nested(&mut random, &curves);
        let Ok(answer) = apportion::prices::budget::solve(&budget, &Default::default()) else {
            continue;
        };
        assert!(answer.gap <= 1e-9, "{}", answer.gap);
        let sum = |group: usize| -> f64 {
            let inside = |mut at: Option<usize>| {
                while let Some(own) = at {
                    if own == group {
                        return true;
                    }
                    at = budget.groups[own].parent;
                }
                false
            };
            let own = budget.cells.iter().zip(&answer.spend);
            own.filter(|(cell, _)| inside(cell.group))
                .map(|(_, spend)| spend)
                .sum()
        };
        let sums: Vec<f64> = (0..budget.groups.len()).map(sum).collect();
        near(answer.spend.iter().sum(), budget.total.ceiling, 1e-9);
        let chain = |cell: usize| {
            let mut groups = vec![];
            let mut at = budget.cells[cell].group;
            while let Some(group) = at {
                groups.push(group);
                at = budget.groups[group].parent;
            }
            groups
        };
        let slope = |at: usize| {
            let cell = &budget.cells[at];
            cell.weight
                * cell.units
                * cell
                    .curve
                    .derivative(cell.stock + cell.units * answer.spend[at])
        };
        for from in 0..count {
            let less = answer.spend[from] > budget.cells[from].low + 1e-9;
            for to in (0..count).filter(|to| less && *to != from) {
                if answer.spend[to] >= budget.cells[to].high - 1e-9 {
                    continue;
                }
                let (out, into) = (chain(from), chain(to));
                let left = out.iter().filter(|group| !into.contains(group));
                let entered = into.iter().filter(|group| !out.contains(group));
                let limit = |group: &usize| &budget.groups[*group].limit;
                let free = left
                    .clone()
                    .all(|group| sums[*group] > limit(group).floor + 1e-9)
                    && entered
                        .clone()
                        .all(|group| sums[*group] < limit(group).ceiling - 1e-9);
                if free {
                    let (lost, won) = (slope(from), slope(to));
                    assert!(
                        won <= lost * (1.0 + 1e-9),
                        "seed {seed}: {from} to {to}: {won} above {lost}"
                    );
                }
            }
        }
    }
}

/// a·ln(1 + x) and b·ln(1 + y) with x + y = s: (1 + x)/(1 + y) = a/b.
#[test]
fn two_logarithms_are_their_closed_form() {
    let unit = Curve::logarithmic(1.0, 1.0).unwrap();
    for (a, b, s) in [
        (1.0, 1.0, 3.0),
        (2.0, 1.0, 10.0),
        (1.0, 5.0, 7.0),
        (9.0, 1.0, 2.0),
    ] {
        let cell = |weight| Cell {
            weight,
            ..Cell::new(&unit, s)
        };
        let answer = proved(&Budget::new(
            vec![cell(a), cell(b)],
            Limit::exactly("total", s),
        ));
        let x = (a / (a + b) * (s + 2.0) - 1.0).clamp(0.0, s);
        near(answer.spend[0], x, 1e-9);
        near(answer.spend[1], s - x, 1e-9);
        near(answer.value, a * x.ln_1p() + b * (s - x).ln_1p(), 1e-12);
    }
}

/// Two equal Hill curves x²/(1 + x²): both halves of s bring 2s²/(4 + s²), which is more than s at one
/// place from s = √2 on.
#[test]
fn equal_s_shapes_share_only_what_is_enough_for_both() {
    let curve = Curve::hill(1.0, 1.0, 2.0).unwrap();
    let solved = |total: f64| {
        let cells = vec![Cell::new(&curve, total); 2];
        proved(&Budget::new(cells, Limit::exactly("total", total)))
    };
    near(solved(1.0).value, 0.5, 1e-9);
    let answer = solved(4.0);
    near(answer.spend[0], 2.0, 1e-6);
    near(answer.value, 2.0 * 4.0 / 5.0, 1e-9);
}
