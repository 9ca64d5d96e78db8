//! The plan of a budget as a document: `budget.json`, and the rows of its tables.

use serde::Serialize;

use super::assemble::TOTAL;
use super::effect::{Effect, effect};
use crate::domain::BudgetProblem;
use crate::domain::budget::Range;
use crate::prices::budget::{Answer, Binding, Checked};

/// A plan for the money, proved, with what a planner asks about it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BudgetPlan {
    /// `apportion-budget`.
    pub format: &'static str,
    /// Version of the format, 1.
    pub version: u32,
    /// Title of the budget.
    pub name: String,
    /// Currency of all money, for display.
    pub currency: String,
    /// Money that the spend brings, less fees; the spend itself is not taken off.
    pub value: f64,
    /// Proved limit on the value of every plan that spends as much, or on value less
    /// `min_marginal_return` times spend where that is above 0.
    pub bound: f64,
    /// (bound − value)/value, proved; the same for value less charged spend. With a value to reach, the
    /// part of the spend that is not proved to be needed.
    pub gap: f64,
    /// Spend that every plan needs that brings `min_value_money`, proved; absent without such a target.
    pub least_money: Option<f64>,
    /// All spend.
    pub spent: f64,
    /// Money that may be spent but is not; absent where the total has no ceiling.
    pub unspent: Option<f64>,
    /// Money kept back.
    pub reserve: f64,
    /// Fees of what is active.
    pub fees: f64,
    /// Part of the value that comes after the last period.
    pub after_plan: f64,
    /// What one more unit of the total would bring; absent where it cannot be told.
    pub total_price: Option<f64>,
    /// What the next 1 000 would bring; absent where the total does not bind, or too little is proved
    /// to tell.
    pub next: Option<StepLine>,
    /// What the last 1 000 brought; absent in the same cases.
    pub last: Option<StepLine>,
    /// What the current spend brings; absent where none was given.
    pub current: Option<CurrentLine>,
    /// Each channel, in the order of the input.
    pub channels: Vec<ChannelLine>,
    /// Each period.
    pub periods: Vec<PeriodLine>,
    /// Each channel, period and region.
    pub cells: Vec<SpendLine>,
    /// Each limit.
    pub limits: Vec<LimitLine>,
    /// Each curve that was fitted.
    pub fits: Vec<FitLine>,
    /// Limits that the plan breaks, a sentence each: none, or this program has a fault.
    pub broken: Vec<String>,
    /// Parts of the search that were looked at.
    pub nodes: usize,
}

/// What a step of money brings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StepLine {
    /// The money.
    pub money: f64,
    /// What it brings, best spent.
    pub value: f64,
}

/// The current spend.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CurrentLine {
    /// All spend.
    pub money: f64,
    /// What it brings, less fees.
    pub value: f64,
    /// Limits that it breaks, a sentence each.
    pub broken: Vec<String>,
}

/// A channel over the plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChannelLine {
    /// Id of the channel.
    pub channel: String,
    /// Money spent.
    pub money: f64,
    /// Response in the unit of the curve, within the plan.
    pub response: f64,
    /// Money that it brings, before fees, with what counts after the plan.
    pub value: f64,
    /// What one more unit of money would bring in the period and region where it brings most, among
    /// those that are not full; absent where all are full or the slope is infinite.
    pub marginal_return: Option<f64>,
    /// Money spent now; absent where no current spend was given.
    pub current_money: Option<f64>,
    /// Response to the current spend.
    pub current_response: Option<f64>,
    /// Money that the current spend brings, before fees.
    pub current_value: Option<f64>,
}

/// A period over all channels.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PeriodLine {
    /// Id of the period.
    pub period: String,
    /// Money spent.
    pub money: f64,
    /// Money that comes in it, before fees.
    pub value: f64,
    /// Money spent now; absent where no current spend was given.
    pub current_money: Option<f64>,
    /// Money that the current spend brings in it, before fees.
    pub current_value: Option<f64>,
}

/// A channel in a period and region.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SpendLine {
    /// Id of the channel.
    pub channel: String,
    /// Id of the period.
    pub period: String,
    /// Id of the region; empty where there are none.
    pub region: String,
    /// Money to spend.
    pub money: f64,
    /// Response that comes here, also from earlier spend, in the unit of the curve.
    pub response: f64,
    /// Money that comes here.
    pub value: f64,
    /// What one more unit of money would bring, here and later; absent where the slope is infinite.
    pub marginal_return: Option<f64>,
    /// Money spent now; absent where no current spend was given.
    pub current_money: Option<f64>,
}

/// A limit and whether it binds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LimitLine {
    /// `total`, a channel, a period, a region, or what they make together.
    pub name: String,
    /// Money spent.
    pub money: f64,
    /// Floor.
    pub min_money: f64,
    /// Ceiling; absent where there is none.
    pub max_money: Option<f64>,
    /// `floor`, `ceiling`, `both` or `neither`.
    pub binds: &'static str,
    /// What one more unit of this limit would bring, negative for a floor; absent for single cells and
    /// where it cannot be told.
    pub price: Option<f64>,
}

/// A curve that was fitted.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FitLine {
    /// Id of the channel.
    pub channel: String,
    /// Family of the curve.
    pub family: &'static str,
    /// Parameters, those of the curve first.
    pub parameters: Vec<ParameterLine>,
    /// Past periods.
    pub periods: usize,
    /// Part of the variance that is explained.
    pub r_squared: f64,
    /// Residual standard deviation, in the unit of the response.
    pub deviation: f64,
    /// What to be careful about.
    pub warnings: Vec<String>,
}

/// A fitted parameter.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ParameterLine {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: f64,
    /// Its standard error; absent where none can be told.
    pub standard_error: Option<f64>,
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

fn word(binding: Binding) -> &'static str {
    match binding {
        Binding::Neither => "neither",
        Binding::Floor => "floor",
        Binding::Ceiling => "ceiling",
        Binding::Both => "both",
    }
}

/// Everything that lines are made from.
struct Maker<'a> {
    problem: &'a BudgetProblem,
    answer: &'a Answer,
    effect: Effect,
    /// Spend and effect of now, where they were given.
    now: Option<(Vec<f64>, Effect)>,
}

/// The document of an answer.
pub(super) fn document(
    problem: &BudgetProblem,
    answer: &Answer,
    checked: &Checked,
    current: Option<&Checked>,
    [next, last]: [Option<StepLine>; 2],
) -> BudgetPlan {
    let spend =
        |_: &Checked| -> Vec<f64> { problem.cells().iter().map(|cell| cell.current).collect() };
    let now = current.map(spend).map(|spend| {
        let brings = effect(problem, &spend);
        (spend, brings)
    });
    let maker = Maker {
        problem,
        answer,
        effect: effect(problem, &answer.spend),
        now,
    };
    let gross: f64 = maker.effect.value.iter().sum();
    let after_plan: f64 = maker.effect.after.iter().sum();
    BudgetPlan {
        format: "apportion-budget",
        version: 1,
        name: problem.name().to_owned(),
        currency: problem.currency().to_owned(),
        value: checked.value,
        bound: answer.bound + problem.min_marginal_return() * answer.spent,
        gap: answer.gap,
        least_money: answer.least,
        spent: answer.spent,
        unspent: finite(answer.unspent),
        reserve: problem.reserve(),
        fees: gross + after_plan - checked.value,
        after_plan,
        total_price: finite(answer.total_price),
        next,
        last,
        current: current.map(|current| CurrentLine {
            money: current.spent,
            value: current.value,
            broken: current.broken.clone(),
        }),
        channels: maker.channels(),
        periods: maker.periods(),
        cells: maker.cells(),
        limits: maker.limits(),
        fits: fits(problem),
        broken: checked.broken.clone(),
        nodes: answer.nodes,
    }
}

impl Maker<'_> {
    /// Sum of some numbers of the cells for which something holds.
    fn sum(&self, numbers: &[f64], holds: impl Fn(usize) -> bool) -> f64 {
        let each = numbers.iter().enumerate();
        each.filter(|(at, _)| holds(*at))
            .map(|(_, number)| number)
            .sum()
    }

    fn channels(&self) -> Vec<ChannelLine> {
        let cells = self.problem.cells();
        let each = self.problem.channels().iter().enumerate();
        each.map(|(at, channel)| {
            let own = |cell: usize| cells[cell].channel == at;
            let room = |cell: &usize| {
                let most = cells[*cell].limit.ceiling;
                own(*cell) && self.answer.spend[*cell] < most * (1.0 - 1e-9)
            };
            let open = (0..cells.len()).filter(room);
            let marginal = open.map(|cell| self.answer.marginal[cell]);
            let now = self.now.as_ref();
            ChannelLine {
                channel: channel.id.clone(),
                money: self.sum(&self.answer.spend, own),
                response: self.sum(&self.effect.response, own),
                value: self.sum(&self.effect.value, own) + self.effect.after[at],
                marginal_return: marginal.reduce(f64::max).and_then(finite),
                current_money: now.map(|(spend, _)| self.sum(spend, own)),
                current_response: now.map(|(_, effect)| self.sum(&effect.response, own)),
                current_value: now
                    .map(|(_, effect)| self.sum(&effect.value, own) + effect.after[at]),
            }
        })
        .collect()
    }

    fn periods(&self) -> Vec<PeriodLine> {
        let cells = self.problem.cells();
        let each = self.problem.periods().iter().enumerate();
        each.map(|(at, period)| {
            let own = |cell: usize| cells[cell].period == at;
            let now = self.now.as_ref();
            PeriodLine {
                period: period.clone(),
                money: self.sum(&self.answer.spend, own),
                value: self.sum(&self.effect.value, own),
                current_money: now.map(|(spend, _)| self.sum(spend, own)),
                current_value: now.map(|(_, effect)| self.sum(&effect.value, own)),
            }
        })
        .collect()
    }

    fn cells(&self) -> Vec<SpendLine> {
        let each = self.problem.cells().iter().enumerate();
        each.map(|(at, cell)| SpendLine {
            channel: self.problem.channels()[cell.channel].id.clone(),
            period: self.problem.periods()[cell.period].clone(),
            region: self.problem.regions()[cell.region].0.clone(),
            money: self.answer.spend[at],
            response: self.effect.response[at],
            value: self.effect.value[at],
            marginal_return: finite(self.answer.marginal[at]),
            current_money: self.now.as_ref().map(|(spend, _)| spend[at]),
        })
        .collect()
    }

    fn limits(&self) -> Vec<LimitLine> {
        let (problem, answer) = (self.problem, self.answer);
        let line = |name: &str, money: f64, limit: Range, binding, price: f64| LimitLine {
            name: name.to_owned(),
            money,
            min_money: limit.floor,
            max_money: finite(limit.ceiling),
            binds: word(binding),
            price: finite(price),
        };
        let total = Range {
            ceiling: problem.total().ceiling - problem.reserve(),
            ..problem.total()
        };
        let mut lines = vec![line(
            TOTAL,
            answer.spent,
            total,
            answer.total_binding,
            answer.total_price,
        )];
        for (at, channel) in problem.channels().iter().enumerate() {
            if channel.limit.limits() {
                let money = self.sum(&answer.spend, |cell| problem.cells()[cell].channel == at);
                let price = answer.channel_price.get(at).copied().unwrap_or(f64::NAN);
                let binding = answer.channel_binding[at];
                lines.push(line(&channel.name, money, channel.limit, binding, price));
            }
        }
        for (at, group) in problem.groups().iter().enumerate() {
            let inside = |cell: usize| {
                let mut around = problem.cells()[cell].group;
                while let Some(outer) = around.filter(|outer| *outer != at) {
                    around = problem.groups()[outer].parent;
                }
                around.is_some()
            };
            let money = self.sum(&answer.spend, inside);
            let binding = answer.group_binding[at];
            let price = answer.group_price[at];
            lines.push(line(&group.name, money, group.limit, binding, price));
        }
        for (at, set) in problem.across().iter().enumerate() {
            let money = set.cells.iter().map(|cell| answer.spend[*cell]).sum();
            let binding = answer.across_binding[at];
            let price = answer.across_price.get(at).copied().unwrap_or(f64::NAN);
            lines.push(line(&set.name, money, set.limit, binding, price));
        }
        let limited = problem.cells().iter().enumerate();
        for (at, cell) in limited.filter(|(_, cell)| cell.limited) {
            let money = answer.spend[at];
            let slack = 1e-9 * money.max(cell.limit.floor);
            let low = cell.limit.floor > 0.0 && money <= cell.limit.floor + slack;
            let high = money >= cell.limit.ceiling - slack;
            let binding = match (low, high) {
                (true, true) => Binding::Both,
                (true, false) => Binding::Floor,
                (false, true) => Binding::Ceiling,
                (false, false) => Binding::Neither,
            };
            lines.push(line(
                &problem.cell_name(at),
                money,
                cell.limit,
                binding,
                f64::NAN,
            ));
        }
        lines
    }
}

fn fits(problem: &BudgetProblem) -> Vec<FitLine> {
    let fitted = problem.channels().iter();
    fitted
        .filter_map(|channel| {
            let fit = channel.fit.as_ref()?;
            let parameters = fit.parameters.iter();
            let parameters = parameters.map(|(name, value, standard_error)| ParameterLine {
                name,
                value: *value,
                standard_error: *standard_error,
            });
            Some(FitLine {
                channel: channel.id.clone(),
                family: fit.family,
                parameters: parameters.collect(),
                periods: fit.periods,
                r_squared: fit.r_squared,
                deviation: fit.deviation,
                warnings: fit.warnings.clone(),
            })
        })
        .collect()
}
