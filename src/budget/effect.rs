//! What spend brings where and when, worked out from the facts alone.

use super::assemble::series;
use crate::domain::BudgetProblem;

/// What each cell brings.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Effect {
    /// Response of each cell in the unit of its curve.
    pub(crate) response: Vec<f64>,
    /// Money of each cell.
    pub(crate) value: Vec<f64>,
    /// Money that each channel brings after the plan, as far as it counts.
    pub(crate) after: Vec<f64>,
}

/// The effect of a spend for each cell.
pub(crate) fn effect(problem: &BudgetProblem, spend: &[f64]) -> Effect {
    let cells = problem.cells();
    let mut work: Vec<f64> = (cells.iter().zip(spend))
        .map(|(cell, spend)| cell.units * spend)
        .collect();
    let mut after = vec![0.0; problem.channels().len()];
    for series in series(problem) {
        let bought: Vec<f64> = series.cells.iter().map(|cell| work[*cell]).collect();
        let stock = series.carry.adstock(&series.before, &bought);
        for (cell, stock) in series.cells.iter().zip(&stock) {
            work[*cell] = *stock;
        }
        let Some(last) = series.cells.last() else {
            continue;
        };
        let (cell, left) = (&cells[*last], &stock[series.cells.len()..]);
        let channel = &problem.channels()[cell.channel];
        let above = |amount: &f64| channel.curve.value(*amount) - channel.curve.value(0.0);
        let brought: f64 = left.iter().map(above).sum();
        after[cell.channel] += channel.after_plan_share * cell.weight * brought;
    }
    let each = cells.iter().zip(&work);
    let value: Vec<f64> = each
        .map(|(cell, amount)| {
            let channel = &problem.channels()[cell.channel];
            cell.weight * channel.curve.value(*amount)
        })
        .collect();
    let each = cells.iter().zip(&value);
    let response = each.map(|(cell, value)| value / problem.channels()[cell.channel].margin);
    Effect {
        response: response.collect(),
        value,
        after,
    }
}
