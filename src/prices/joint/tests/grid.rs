//! Small tasks against a grid of all plans.

use super::{cell, effort};
use crate::curve::Curve;
use crate::prices::budget::{Budget, Limit};
use crate::prices::effort::Options;
use crate::prices::joint::{FollowUp, Task, solve};
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

fn between(random: &mut Pcg64Mcg, low: f64, high: f64) -> f64 {
    low + (high - low) * (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

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
    let (mut near, mut tight, count) = (0, 0, 60);
    for seed in 0..count {
        let mut random = Pcg64Mcg::seed_from_u64(seed);
        let draw = &mut random;
        let unit =
            Curve::power(between(draw, 1.0, 4.0), between(draw, 0.3, 0.7)).expect("in range");
        let shape = if seed % 3 == 0 { 2.0 } else { 1.0 };
        let channels = [0, 1].map(|_| {
            let (top, half) = (between(draw, 5.0, 20.0), between(draw, 5.0, 30.0));
            Curve::hill(top, half, shape).expect("in range")
        });
        let cells = channels.iter();
        let cells = cells.map(|curve| cell(curve, between(draw, 0.3, 2.0), 50.0));
        let budget = Budget::new(cells.collect(), Limit::at_most("total", 50.0));
        let mut hours = effort(vec![between(draw, 5.0, 25.0)], &[(&unit, 1.0)]);
        hours.sites[0].overtime = vec![between(draw, 0.0, 8.0)];
        hours.sites[0].overtime_cost = between(draw, 0.2, 1.0);
        let follow_up = |cell: usize, hours: f64| FollowUp {
            cell,
            period: 0,
            crew: (seed % 2 == 0).then_some(0),
            hours,
        };
        let task = Task {
            follow_ups: vec![
                follow_up(0, between(draw, 0.3, 2.0)),
                follow_up(1, between(draw, 0.3, 2.0)),
            ],
            money: (seed % 5 == 0).then(|| between(draw, 20.0, 50.0)),
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
        near += usize::from(plan.value >= best * (1.0 - 0.005));
        tight += usize::from(plan.gap <= 0.01);
        if plan.value < best * 0.995 || plan.gap > 0.01 {
            println!(
                "{seed} value {} grid {best} bound {} gap {} money {:?} rounds {}",
                plan.value, plan.bound, plan.gap, task.money, plan.rounds
            );
        }
    }
    println!("{near} near, {tight} tight of {count}");
    assert!(near == count as usize && tight * 10 >= count as usize * 9);
}
