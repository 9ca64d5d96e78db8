//! Expected: closed forms, a grid of all plans, the two parts solved alone.

mod grid;
mod moved;

use super::*;
use crate::curve::Curve;
use crate::prices::budget::{Budget, Cell, Limit};
use crate::prices::effort::{self, Options, Pair, Site, Unit};

/// One rep and some units over one period or more.
pub(super) fn effort<'a>(hours: Vec<f64>, units: &[(&'a Curve, f64)]) -> effort::Task<'a> {
    let periods = hours.len();
    let unit = |(curve, weight): &(&'a Curve, f64)| Unit {
        curve,
        weight: vec![*weight; periods],
        size: vec![1.0; periods],
        least_hours: vec![0.0; periods],
        most_hours: 1_000.0,
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
    effort::Task {
        periods,
        sites: vec![Site {
            fixed: 0.0,
            rep_cost: 0.0,
            overtime: vec![0.0; periods],
            overtime_cost: 0.0,
            hour_worth: vec![0.0; periods],
            hours,
            least: 1,
            most: 1,
            own: None,
        }],
        units: units.iter().map(unit).collect(),
        pairs: (0..units.len()).map(pair).collect(),
        rules: effort::Rules::default(),
    }
}

pub(super) fn cell<'a>(curve: &'a Curve, weight: f64, high: f64) -> Cell<'a> {
    Cell {
        weight,
        ..Cell::new(curve, high)
    }
}

fn solved(task: &Task<'_>) -> Solution {
    let options = Options {
        relative: 1e-5,
        ..Options::default()
    };
    solve(task, &options, &|| false).expect("a plan")
}

/// 4√h of a unit against 10 responses that bring 1 for an hour each: of 12 hours the unit takes 4, where an
/// hour brings 1, and 8 responses are followed up: 4·2 + 8 = 16.
#[test]
fn responses_are_followed_up_while_an_hour_brings_more() {
    let curve = Curve::power(1.0, 0.5).expect("in range");
    let budget = Budget::new(
        vec![cell(&curve, 1.0, 100.0)],
        Limit::exactly("total", 100.0),
    );
    let task = Task {
        effort: effort(vec![12.0], &[(&curve, 4.0)]),
        budget,
        crews: vec![0],
        follow_ups: vec![FollowUp {
            cell: 0,
            period: 0,
            crew: Some(0),
            hours: 1.0,
        }],
        money: None,
    };
    let plan = solved(&task);
    assert!((plan.value - 16.0).abs() < 1e-3, "{}", plan.value);
    assert!(plan.gap < 1e-4, "{}", plan.gap);
    assert!((plan.checked.followed[0] - 0.8).abs() < 0.01);
    assert!((plan.crew_price[0][0] - 1.0).abs() < 0.01);
    // Apart the unit takes all hours, and nothing is followed up: 4·√12.
    let apart = plan.apart.expect("no money is shared");
    assert!((apart - 4.0 * 12.0_f64.sqrt()).abs() < 1e-6, "{apart}");
}

/// Money of 25 for overtime that brings 8√h and spend that brings 6√x: 4/√h − 1 = 3/√x = λ.
#[test]
fn overtime_and_spend_share_money() {
    let curve = Curve::power(1.0, 0.5).expect("in range");
    let mut effort = effort(vec![0.0], &[(&curve, 8.0)]);
    effort.sites[0].overtime = vec![100.0];
    effort.sites[0].overtime_cost = 1.0;
    let task = Task {
        effort,
        budget: Budget::new(
            vec![cell(&curve, 6.0, 100.0)],
            Limit::at_most("total", 100.0),
        ),
        crews: vec![0],
        follow_ups: vec![],
        money: Some(25.0),
    };
    let worth = |h: f64| 8.0 * h.sqrt() - h + 6.0 * (25.0 - h).sqrt();
    let best = (0..25_000).map(|at| worth(f64::from(at) / 1_000.0));
    let best = best.fold(0.0, f64::max);
    let plan = solved(&task);
    assert!(
        (plan.value - best).abs() < 1e-3 * best,
        "{} {best}",
        plan.value
    );
    assert!(
        plan.bound >= best * (1.0 - 1e-9) && plan.gap < 2e-3,
        "{}",
        plan.gap
    );
    let spent: f64 = plan.spend.iter().sum();
    assert!(plan.checked.effort_cost + spent <= 25.0 * (1.0 + 1e-6));
    assert!((plan.money_price - 3.0 / spent.sqrt()).abs() < 0.05);
}

/// Without anything that joins them the two are what their own solvers say.
#[test]
fn nothing_shared_is_each_alone() {
    let curve = Curve::hill(50.0, 20.0, 2.0).expect("in range");
    let concave = Curve::power(2.0, 0.4).expect("in range");
    let task = Task {
        effort: effort(vec![12.0, 7.0], &[(&concave, 4.0), (&concave, 2.0)]),
        budget: Budget::new(
            vec![cell(&curve, 1.0, 60.0), cell(&curve, 1.5, 60.0)],
            Limit::at_most("total", 60.0),
        ),
        crews: vec![0],
        follow_ups: vec![],
        money: None,
    };
    let plan = solved(&task);
    let alone = effort::solve(&task.effort, &Options::default(), &|| false).expect("a plan");
    let money = crate::prices::budget::solve(&task.budget, &Default::default()).expect("a plan");
    assert!((plan.value - alone.value - money.value).abs() < 1e-6 * plan.value);
    assert_eq!(plan.apart, Some(plan.value));
}

#[test]
fn all_faults_are_told_and_a_broken_plan_is_found() {
    let curve = Curve::power(1.0, 0.5).expect("in range");
    let follow_up = FollowUp {
        cell: 0,
        period: 0,
        crew: Some(0),
        hours: 1.0,
    };
    let task = Task {
        effort: effort(vec![12.0], &[(&curve, 4.0)]),
        budget: Budget::new(
            vec![cell(&curve, 1.0, 100.0)],
            Limit::exactly("total", 100.0),
        ),
        crews: vec![0],
        follow_ups: vec![follow_up],
        money: Some(100.0),
    };
    let mut wrong = task.clone();
    wrong.follow_ups.push(follow_up);
    wrong.money = Some(f64::NAN);
    wrong.budget.target_value = 1.0;
    wrong.effort.sites[0].hour_worth[0] = 1.0;
    let Err(Unsolved::Faults(faults)) = solve(&wrong, &Options::default(), &|| false) else {
        panic!("solved");
    };
    assert!(matches!(
        &faults[..],
        [
            Fault::FollowUp(1),
            Fault::Money(_),
            Fault::Target,
            Fault::Worth(0)
        ]
    ));
    let mut plan = solved(&task);
    assert_eq!(check(&task, &plan).broken, []);
    plan.given[0].hours += 12.0;
    assert_eq!(
        check(&task, &plan).broken,
        [Broken::FollowUp(0), Broken::Capacity(0, 0)]
    );
    plan.spend[0] = 120.0;
    let broken = check(&task, &plan).broken;
    assert!(broken.iter().any(|one| matches!(one, Broken::Money(_))));
    assert!(broken.iter().any(|one| matches!(one, Broken::Budget(_))));
}
