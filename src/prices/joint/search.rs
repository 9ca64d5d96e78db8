//! Plans from prices: a budget beside a plan for hours, follow-ups with the hours that are left, and hours
//! filled anew beside follow-ups.

use super::check::{check, cost};
use super::follow::{Left, follow};
use super::price::Prices;
use super::solve::{Run, Solution, Unsolved};
use crate::prices::budget;
use crate::prices::effort::{self, solve_like};

/// Times that spend is lowered because follow-ups take overtime that costs money, too.
const LOWERED: usize = 4;
/// How much more than what is missing the spend is lowered by.
const MORE: f64 = 1.001;

/// A plan, or why there is none: what the plan for hours costs.
pub(super) struct Fitted {
    pub(super) plan: Option<Solution>,
    pub(super) effort_cost: f64,
}

/// The best budget at prices of hours beside a plan for hours, or a spend that is known to be, and who follows
/// up.
pub(super) fn fit(
    run: &Run<'_, '_>,
    effort: &effort::Solution,
    (prices, mut known): (&Prices, Option<Vec<f64>>),
    part: f64,
) -> Fitted {
    let task = run.task;
    let mut plan = Solution::unpriced(effort.clone());
    let effort_cost = cost(task, &plan);
    let none = Fitted {
        plan: None,
        effort_cost,
    };
    let left = Left::of(&task.effort, effort);
    let mut budget = task.priced_budget(&Prices {
        hours: prices.hours.clone(),
        money: 0.0,
    });
    let mut free = task.money.map(|money| money - effort_cost);
    for _ in 0..LOWERED {
        if let Some(free) = free {
            let ceiling = (free + budget.reserve).min(task.budget.total.ceiling);
            if free < 0.0 || ceiling < budget.total.floor {
                return none;
            }
            budget.total.ceiling = ceiling;
        }
        let solved = || budget::solve(&budget, &run.for_budget(part.max(0.5))).ok();
        let spend = known.take().or_else(|| solved().map(|answer| answer.spend));
        let Some(spend) = spend else { return none };
        plan.spend = spend;
        plan.given = follow(task, &left, &plan.spend, 1.0 + prices.money);
        let (Some(limit), Some(free)) = (task.money, &mut free) else {
            break;
        };
        let spent: f64 = plan.spend.iter().sum();
        let over = check(task, &plan).effort_cost + spent - limit;
        if over <= 0.0 {
            break;
        }
        *free = (free.min(spent) - MORE * over).max(0.0);
    }
    Fitted {
        plan: Some(plan),
        effort_cost,
    }
}

/// The plan with the hours of units filled anew beside those that follow-ups take, with the reps that it has.
pub(super) fn refill(
    run: &Run<'_, '_>,
    best: &Solution,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Solution>, Unsolved> {
    let task = run.task;
    let mut rest = task.effort.clone();
    for (site, reps) in rest.sites.iter_mut().zip(&best.effort.reps) {
        (site.least, site.most) = (*reps, *reps);
    }
    for one in &best.given {
        let site = &mut rest.sites[one.site];
        let period = task.follow_ups[one.follow_up].period;
        let each = one.hours / f64::from(site.most.max(1));
        let plain = each.min(site.hours[period]);
        site.hours[period] -= plain;
        let overtime = &mut site.overtime[period];
        *overtime = (*overtime - (each - plain)).max(0.0);
    }
    match solve_like(&rest, Some(&best.effort), &run.until(1.0), stop) {
        Ok(effort) => Ok(Some(Solution {
            effort,
            ..best.clone()
        })),
        Err(effort::Unsolved::NoPlan { .. }) => Ok(None),
        Err(other) => Err(other.into()),
    }
}
