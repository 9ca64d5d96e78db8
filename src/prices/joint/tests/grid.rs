//! Small tasks against a grid of all plans.

use super::{cell, effort};
use crate::curve::Curve;
use crate::prices::budget::{Budget, Limit};
use crate::prices::effort::Options;
use crate::prices::effort::tests::Random;
use crate::prices::joint::{FollowUp, Task, solve};

/// Random tasks.
const COUNT: u32 = 60;
/// Steps of the grid.
const STEPS: u32 = 120;

/// The most that hours bring for two units of the rep, and for follow-ups of two cells.
fn best_of_hours(task: &Task<'_>, hours: f64, response: [f64; 2]) -> f64 {
    let worth = |at: usize| task.budget.cells[at].weight / task.follow_ups[at].hours;
    let (first, second) = if worth(0) >= worth(1) { (0, 1) } else { (1, 0) };
    let wanted = |at: usize| response[at] * task.follow_ups[at].hours;
    let mut best = 0.0_f64;
    let units = &task.effort.units;
    for one in 0..=STEPS {
        let own = f64::from(one) / f64::from(STEPS) * hours;
        // The better follow-up has what it wants before the other gets any.
        let left = hours - own;
        let given = left.min(wanted(first));
        let more = (left - given).min(wanted(second));
        let value = units[0].weight[0] * units[0].curve.value(own)
            + worth(first) * given
            + worth(second) * more;
        best = best.max(value);
    }
    best
}

fn best_by_grid(task: &Task<'_>) -> f64 {
    let (total, hours) = (task.budget.total.ceiling, task.effort.sites[0].hours[0]);
    let overtime = task.effort.sites[0].overtime[0];
    let cost = task.effort.sites[0].overtime_cost;
    let mut best = f64::NEG_INFINITY;
    for more in 0..=8 {
        let more = overtime * f64::from(more) / 8.0;
        let free = total.min(
            task.money
                .map_or(f64::INFINITY, |money| money - cost * more),
        );
        for a in 0..=40 {
            for b in 0..=40 - a {
                let spend = [a, b].map(|part| f64::from(part) / 40.0 * free);
                let cells = &task.budget.cells;
                let response = [0, 1].map(|at| cells[at].curve.value(spend[at]));
                let value = best_of_hours(task, hours + more, response) - cost * more;
                best = best.max(value);
            }
        }
    }
    best
}

/// No plan of a grid is worth more than the bound, and the plan is worth about as much as the best of them;
/// S-shaped channels and shared money in some.
#[test]
fn no_plan_of_a_grid_is_worth_more_than_the_bound() {
    let (mut near, mut tight) = (0, 0);
    for seed in 0..COUNT {
        let draw = &mut Random::new(u64::from(seed));
        let unit = Curve::power(draw.between(1.0, 4.0), draw.between(0.3, 0.7)).expect("in range");
        let shape = if seed.is_multiple_of(3) { 2.0 } else { 1.0 };
        let channels = [0, 1].map(|_| {
            let (top, half) = (draw.between(5.0, 20.0), draw.between(5.0, 30.0));
            Curve::hill(top, half, shape).expect("in range")
        });
        let cells = channels.iter();
        let cells = cells.map(|curve| cell(curve, draw.between(0.3, 2.0), 50.0));
        let budget = Budget::new(cells.collect(), Limit::at_most("total", 50.0));
        let mut hours = effort(vec![draw.between(5.0, 25.0)], &[(&unit, 1.0)]);
        hours.sites[0].overtime = vec![draw.between(0.0, 8.0)];
        hours.sites[0].overtime_cost = draw.between(0.2, 1.0);
        let follow_up = |cell: usize, hours: f64| FollowUp {
            cell,
            period: 0,
            crew: seed.is_multiple_of(2).then_some(0),
            hours,
        };
        let task = Task {
            follow_ups: vec![
                follow_up(0, draw.between(0.3, 2.0)),
                follow_up(1, draw.between(0.3, 2.0)),
            ],
            money: seed.is_multiple_of(5).then(|| draw.between(20.0, 50.0)),
            effort: hours,
            budget,
            crews: vec![0],
        };
        let best = best_by_grid(&task);
        let plan = solve(&task, &Options::default(), &|| false).expect("a plan");
        assert!(
            plan.bound >= best * (1.0 - 1e-9),
            "seed {seed}: {} {best}",
            plan.bound
        );
        near += u32::from(plan.value >= best * (1.0 - 0.005));
        tight += u32::from(plan.gap <= 0.01);
    }
    assert!(near == COUNT && tight * 10 >= COUNT * 9, "{near} {tight}");
}
