//! The plan for people and programs.

use serde::Serialize;

use super::assemble::Joined;
use crate::budget::{Effect, effect};
use crate::domain::{BudgetProblem, Problem};
use crate::effort::{ClassHours, Lines, ObligationVisits, Places, RepHours, SlotHours};
use crate::prices::joint::{Solution, Task};

/// Who serves what with how many hours, how much money each channel gets, and the proof.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JointPlan {
    /// Name of the problem.
    pub name: String,
    /// Currency of all money.
    pub currency: String,
    /// Value over the plan, in money: what slots and followed responses bring less costs of reps, overtime,
    /// travel and fees, and less `min_marginal_return` times the spend.
    pub value: f64,
    /// Proved limit on the value of any plan under the rules considered, in money.
    pub bound: f64,
    /// (bound − value)/|bound|.
    pub gap: f64,
    /// The part of the value that hours for slots bring.
    pub effort_value: f64,
    /// The part of it that money brings.
    pub budget_value: f64,
    /// Value where hours and money are planned each by itself, and what hours are left then follow up; absent where
    /// that breaks the limit of shared money.
    pub apart_value: Option<f64>,
    /// All spend.
    pub spent: f64,
    /// Fixed costs of reps in the plan, overtime and travel, in money.
    pub effort_cost: f64,
    /// Money that both share; absent where they do not.
    pub shared_money: Option<f64>,
    /// What one more unit of shared money would bring beside itself, about; 0 where it is not shared.
    pub money_price: f64,
    /// Each channel, in the order of the budget.
    pub channels: Vec<FollowedChannel>,
    /// Each channel, period and region.
    pub cells: Vec<FollowedCell>,
    /// Each team and period.
    pub teams: Vec<TeamHours>,
    /// Slots with a current rep that another one serves, or none.
    pub moves: usize,
    /// Reps in the order of the problem.
    pub reps: Vec<JointRep>,
    /// Slots in the order of the problem.
    pub slots: Vec<SlotHours>,
    /// Customer classes in the order of their names.
    pub classes: Vec<ClassHours>,
    /// What became of each obligation of the response, in its order.
    pub obligations: Vec<ObligationVisits>,
    /// Rules of the problem that were not considered.
    pub left_aside: Vec<&'static str>,
}

/// A channel over the plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FollowedChannel {
    /// Id of the channel.
    pub channel: String,
    /// Money spent.
    pub money: f64,
    /// Response in the unit of the curve, within the plan.
    pub response: f64,
    /// The part of it that is followed up, all of it where that takes no hours.
    pub followed: f64,
    /// Hours of reps that follow up.
    pub hours: f64,
    /// Money that it brings, before fees, with what counts after the plan.
    pub value: f64,
}

/// A channel in a period and region.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FollowedCell {
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
    /// The part of it that is followed up.
    pub followed: f64,
    /// Hours of reps that follow up.
    pub hours: f64,
    /// Money that comes here.
    pub value: f64,
}

/// Hours of a team's reps in a period.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TeamHours {
    /// The team; empty for reps without one.
    pub team: String,
    /// Name of the period.
    pub period: String,
    /// Hours for slots, the way included.
    pub slot_hours: f64,
    /// Hours for follow-ups.
    pub follow_up_hours: f64,
    /// Hours that reps in the plan have, overtime aside.
    pub available_hours: f64,
    /// Money that one more hour for follow-ups would bring, about: at this price the limit was proved.
    pub money_per_hour: f64,
}

/// Hours of a rep.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JointRep {
    /// Hours for slots; overtime is that for slots and follow-ups together.
    #[serde(flatten)]
    pub slots: RepHours,
    /// Team; empty for none.
    pub team: String,
    /// Hours for follow-ups in each period.
    pub follow_up_hours: Vec<f64>,
}

/// Everything that lines are made from.
struct Maker<'a> {
    problem: &'a Problem,
    budget: &'a BudgetProblem,
    solution: &'a Solution,
    effect: Effect,
    /// Of each cell: part followed up, and hours for that.
    followed: Vec<(f64, f64)>,
}

/// The document of a solution.
pub(super) fn document(
    (problem, budget): (&Problem, &BudgetProblem),
    (task, joined): (&Task<'_>, &Joined),
    solution: &Solution,
    lines: Lines,
) -> JointPlan {
    let mut followed = vec![(1.0, 0.0); budget.cells().len()];
    for (follow_up, part) in task.follow_ups.iter().zip(&solution.checked.followed) {
        followed[follow_up.cell].0 = *part;
    }
    let places = Places::of(problem);
    let mut hours = vec![vec![0.0; problem.periods()]; problem.reps().len()];
    for given in &solution.given {
        let follow_up = &task.follow_ups[given.follow_up];
        followed[follow_up.cell].1 += given.hours;
        let rep = places.at(given.site).0;
        hours[rep.index()][follow_up.period] += given.hours;
    }
    let maker = Maker {
        problem,
        budget,
        solution,
        effect: effect(budget, &solution.spend),
        followed,
    };
    let reps = reps(problem, lines.reps, hours);
    let checked = &solution.checked;
    JointPlan {
        name: problem.name().to_owned(),
        currency: problem.currency().to_owned(),
        value: solution.value,
        bound: solution.bound,
        gap: solution.gap,
        effort_value: checked.effort_value,
        budget_value: solution.value - checked.effort_value,
        apart_value: solution.apart,
        spent: solution.spend.iter().sum(),
        effort_cost: checked.effort_cost,
        shared_money: task.money,
        money_price: solution.money_price,
        channels: maker.channels(),
        cells: maker.cells(),
        teams: maker.teams(&joined.teams, &reps),
        moves: lines.moves,
        reps,
        slots: lines.slots,
        classes: lines.classes,
        obligations: lines.obligations,
        left_aside: lines.left_aside,
    }
}

fn reps(problem: &Problem, lines: Vec<RepHours>, hours: Vec<Vec<f64>>) -> Vec<JointRep> {
    let each = lines.into_iter().zip(hours).zip(problem.reps());
    each.map(|((mut slots, follow_up_hours), rep)| {
        if slots.in_plan {
            let given = slots.hours.iter().zip(&follow_up_hours);
            let over = given.zip(&slots.available_hours);
            let over = over.map(|((slots, more), there)| (slots + more - there).max(0.0));
            slots.overtime_hours = over.collect();
        }
        JointRep {
            slots,
            team: rep.team.clone(),
            follow_up_hours,
        }
    })
    .collect()
}

impl Maker<'_> {
    fn cells(&self) -> Vec<FollowedCell> {
        let cells = self.budget.cells().iter().enumerate();
        let line = |(at, cell): (usize, &crate::domain::budget::CellFact)| FollowedCell {
            channel: self.budget.channels()[cell.channel].id.clone(),
            period: self.budget.periods()[cell.period].clone(),
            region: self.budget.regions()[cell.region].0.clone(),
            money: self.solution.spend[at],
            response: self.effect.response[at],
            followed: self.followed[at].0 * self.effect.response[at],
            hours: self.followed[at].1,
            value: self.followed[at].0 * self.effect.value[at],
        };
        cells.map(line).collect()
    }

    fn channels(&self) -> Vec<FollowedChannel> {
        let cells = self.cells();
        let each = self.budget.channels().iter().enumerate();
        each.map(|(at, channel)| {
            let own = || cells.iter().filter(|cell| cell.channel == channel.id);
            FollowedChannel {
                channel: channel.id.clone(),
                money: own().map(|cell| cell.money).sum(),
                response: own().map(|cell| cell.response).sum(),
                followed: own().map(|cell| cell.followed).sum(),
                hours: own().map(|cell| cell.hours).sum(),
                value: own().map(|cell| cell.value).sum::<f64>() + self.effect.after[at],
            }
        })
        .collect()
    }

    fn teams(&self, teams: &[String], reps: &[JointRep]) -> Vec<TeamHours> {
        let mut lines = vec![];
        for (crew, team) in teams.iter().enumerate() {
            let own = || (reps.iter()).filter(|rep| rep.team == *team && rep.slots.in_plan);
            for (at, period) in self.problem.calendar().periods.iter().enumerate() {
                lines.push(TeamHours {
                    team: team.clone(),
                    period: period.name.clone(),
                    slot_hours: own().map(|rep| rep.slots.hours[at]).sum(),
                    follow_up_hours: own().map(|rep| rep.follow_up_hours[at]).sum(),
                    available_hours: own().map(|rep| rep.slots.available_hours[at]).sum(),
                    money_per_hour: self.solution.crew_price[crew][at],
                });
            }
        }
        lines
    }
}
