//! From the facts to what is solved.

use crate::curve::carry::Terminal;
use crate::domain::BudgetProblem;
use crate::domain::budget::Range;
use crate::prices::budget::{Across, Budget, Cell, Channel, Group, Limit, Series};

/// Name of the limit of all money.
pub(super) const TOTAL: &str = "total";

fn limit(name: &str, range: Range) -> Limit {
    Limit::between(name, range.floor, range.ceiling)
}

/// The budget to solve; it borrows the curves.
pub(super) fn budget(problem: &BudgetProblem) -> Budget<'_> {
    let cells = problem.cells().iter().map(|fact| {
        // What can never reach its minimum is never active.
        let idle = fact.minimum > fact.limit.ceiling && fact.limit.floor <= 0.0;
        Cell {
            curve: &problem.channels()[fact.channel].curve,
            weight: fact.weight,
            units: fact.units,
            stock: 0.0,
            low: fact.limit.floor,
            high: if idle { 0.0 } else { fact.limit.ceiling },
            fee: fact.fee,
            minimum: if idle { 0.0 } else { fact.minimum },
            group: fact.group,
            channel: Some(fact.channel),
        }
    });
    let mut budget = Budget::new(cells.collect(), limit(TOTAL, problem.total()));
    let groups = problem.groups().iter().map(|fact| Group {
        limit: limit(&fact.name, fact.limit),
        parent: fact.parent,
    });
    budget.groups = groups.collect();
    let channels = problem.channels().iter().map(|fact| Channel {
        limit: limit(&fact.name, fact.limit),
        fee: fact.fee,
        minimum: fact.minimum,
    });
    budget.channels = channels.collect();
    let across = problem.across().iter().map(|fact| Across {
        limit: limit(&fact.name, fact.limit),
        cells: fact.cells.clone(),
    });
    budget.across = across.collect();
    budget.series = series(problem);
    budget.charge = problem.min_marginal_return();
    budget.target_return = problem.min_return();
    budget.target_value = problem.min_value();
    budget.most_active = problem.most_active();
    budget.conflicts = problem.conflicts().to_vec();
    budget.reserve = problem.reserve();
    budget
}

/// Cells of a channel in a region over the periods, where spend carries over.
pub(super) fn series(problem: &BudgetProblem) -> Vec<Series> {
    let periods = problem.periods().len();
    let regions = problem.regions();
    let whole: f64 = regions.iter().map(|(_, size)| size).sum();
    let mut series = vec![];
    for (at, channel) in problem.channels().iter().enumerate() {
        let Some(carry) = &channel.carry else {
            continue;
        };
        for (region, (id, _)) in regions.iter().enumerate() {
            let first = (at * regions.len() + region) * periods;
            let name = if id.is_empty() {
                channel.name.clone()
            } else {
                format!("{} in {id}", channel.name)
            };
            series.push(Series {
                name,
                cells: (first..first + periods).collect(),
                carry: carry.clone(),
                // Every region had its share by size.
                before: channel.before.iter().map(|all| all / whole).collect(),
                terminal: Terminal::Credited(channel.after_plan_share),
            });
        }
    }
    series
}
