//! Efficient frontiers: value against a limit, a number of reps or a budget of hours.
//!
//! Each level of the axis is a problem of its own, with a plan and a proved limit. A plan found at
//! one level is tried at all others. What a unit more brings between two levels is known from the
//! values up to the gaps: it lies between (value there − limit here) and (limit there − value here),
//! divided by the distance.

use serde::Serialize;

use super::Error;
use super::force::{Best, InForce, gap};
use crate::domain::Problem;
use crate::engine::Engine;
use crate::fault::{Code, Fault, Faults, Place};
use crate::plan::Plan;
use crate::scenario::{Amount, Change, Reps, Scenario};
use crate::sweep::carried;

/// What is varied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Most moves against a plan.
    Moves,
    /// Candidates for hire who are hired: exactly so many.
    HeadCount,
    /// Hours of reps, by a factor.
    Hours(Reps),
    /// A number of the policy, by its name in the input, such as `travel.max_km`.
    Policy(String),
}

impl Axis {
    /// Whether more of it only allows more, so that no value may fall along it.
    fn only_allows(&self) -> bool {
        match self {
            Self::Moves => true,
            Self::HeadCount => false,
            // A balance of workload does not depend on hours, and idle hours cost nothing.
            Self::Hours(_) => true,
            Self::Policy(name) => {
                matches!(
                    name.as_str(),
                    "continuity.max_moves"
                        | "continuity.max_moved_potential_share"
                        | "sizing.max_hires"
                        | "travel.max_km"
                ) || name.starts_with("concentration.")
            }
        }
    }

    fn change(&self, level: f64) -> Vec<Change> {
        let set = |name: &str| Change::Policy {
            name: name.to_owned(),
            amount: Amount::Set(level),
        };
        match self {
            Self::Moves => vec![set("continuity.max_moves")],
            Self::HeadCount => vec![set("sizing.max_hires"), set("sizing.min_hires")],
            Self::Hours(reps) => vec![Change::Hours {
                reps: reps.clone(),
                periods: Vec::new(),
                amount: Amount::Scale(level),
            }],
            Self::Policy(name) => vec![set(name)],
        }
    }
}

/// A level of the axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    /// The level.
    pub level: f64,
    /// Value of the best plan found, in money; none where there is none.
    pub value: Option<f64>,
    /// Proved limit on the value of any plan, in money.
    pub bound: Option<f64>,
    /// (bound − value)/|bound|, 0 or more.
    pub gap: Option<f64>,
    /// Moves of the plan against the plan in force.
    pub moves: Option<usize>,
    /// Candidates hired.
    pub hired: Option<usize>,
    /// Whether it is proved that no plan keeps the rules here.
    pub infeasible: bool,
    /// Why there is no plan; empty otherwise.
    pub reason: String,
    /// Whether the point lies on the upper concave hull of the values.
    pub on_hull: bool,
    /// The plan, in the terms of the problem.
    #[serde(skip)]
    pub plan: Option<Plan>,
}

/// Whether more is worth its price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pays {
    /// Proved.
    Yes,
    /// Proved not to.
    No,
    /// The difference lies within the gaps.
    WithinGap,
}

/// What lies between two levels that both have a plan.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Step {
    /// The lower level.
    pub from: f64,
    /// The higher level.
    pub to: f64,
    /// Money for a unit more, from the values.
    pub marginal: f64,
    /// It is at least this much; none where nothing is proved.
    pub at_least: Option<f64>,
    /// It is at most this much; none where nothing is proved.
    pub at_most: Option<f64>,
    /// Whether a unit is worth more than its price.
    pub pays: Pays,
}

/// Value along an axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Frontier {
    /// Levels, rising.
    pub points: Vec<Point>,
    /// What lies between neighbors that have a plan.
    pub steps: Vec<Step>,
    /// Price of a unit that is not in the values, in money.
    pub price: f64,
    /// The level with the highest value after its price, as far as plans are known.
    pub best: Option<f64>,
    /// Whether it is proved that no other level of the list is better.
    pub best_proved: bool,
}

/// Plans a problem at each level of an axis. With a plan in force, moves are counted and priced
/// against it; otherwise against current reps, as in the problem. `price` is what a unit of the axis
/// costs that is not in the values, such as a salary, in money.
///
/// # Errors
/// All faults of levels that cannot be set; and when a solver fails.
pub fn frontier(
    problem: &Problem,
    in_force: Option<&Plan>,
    axis: &Axis,
    levels: &[f64],
    price: f64,
    engine: &Engine,
) -> Result<Frontier, Error> {
    let mut levels = levels.to_vec();
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    check(problem, axis, &levels, price)?;
    let empty = Plan::empty(problem);
    let force = InForce::new(problem, in_force.unwrap_or(&empty), engine);
    let mut known = in_force.cloned();
    let mut solved: Vec<(Problem, Best)> = Vec::new();
    for &level in &levels {
        let changed = at_level(&force, in_force, axis, level)?;
        let best = force.solve(&changed, known.as_ref())?;
        if let Some((plan, _)) = &best.plan {
            known = Some(plan.clone());
        }
        solved.push((changed, best));
    }
    share(&mut solved);
    if axis.only_allows() {
        lower(&mut solved);
    }
    let mut points: Vec<Point> = (levels.iter().zip(solved))
        .map(|(&level, (changed, best))| point(&force, level, &changed, best))
        .collect();
    hull(&mut points, price);
    Ok(told(points, price))
}

fn check(problem: &Problem, axis: &Axis, levels: &[f64], price: f64) -> Result<(), Faults> {
    let mut faults = Faults::new();
    let mut wrong = |code, field, found: String, expected: &str| {
        let place = Place::section("frontier", field);
        faults.push(Fault::new(code, place, found, expected));
    };
    if levels.is_empty() {
        wrong(
            Code::EmptyTable,
            "levels",
            "none".to_owned(),
            "a level or more",
        );
    }
    for level in levels
        .iter()
        .filter(|level| !(level.is_finite() && **level >= 0.0))
    {
        wrong(Code::OutOfRange, "levels", level.to_string(), "0 or more");
    }
    if !price.is_finite() {
        wrong(Code::OutOfRange, "price", price.to_string(), "money");
    }
    let candidates = problem.reps().iter().filter(|rep| rep.candidate).count();
    if *axis == Axis::HeadCount {
        #[allow(clippy::cast_precision_loss, reason = "counts are small")]
        let most = candidates as f64;
        for level in levels.iter().filter(|level| **level > most) {
            let expected = format!("at most {candidates}, the candidates for hire");
            wrong(Code::OutOfRange, "levels", level.to_string(), &expected);
        }
    }
    faults.or(())
}

/// The problem at a level.
fn at_level(
    force: &InForce<'_>,
    in_force: Option<&Plan>,
    axis: &Axis,
    level: f64,
) -> Result<Problem, Error> {
    let scenario = Scenario {
        changes: axis.change(level),
        ..Scenario::default()
    };
    if in_force.is_none() {
        return Ok(crate::scenario::apply(force.problem, &scenario.changes)?);
    }
    let most = force.problem.policy().max_moves;
    let (mut changed, known) = force.after(&scenario, None)?;
    // What the level says of moves holds against the plan in force; so does what the policy says.
    let stated = crate::scenario::apply(force.problem, &scenario.changes)?;
    let limit = stated.policy().max_moves.or(most);
    super::force::count_against(&mut changed, &known, limit);
    Ok(changed)
}

/// Tries the plan of every level at every other.
fn share(solved: &mut [(Problem, Best)]) {
    let plans: Vec<Plan> = (solved.iter())
        .filter_map(|(_, best)| best.plan.as_ref().map(|plan| plan.0.clone()))
        .collect();
    for (problem, best) in solved {
        for plan in &plans {
            best.offer(problem, plan);
        }
    }
}

/// A higher level allows whatever a lower one does, so its limit holds below, too.
fn lower(solved: &mut [(Problem, Best)]) {
    let mut limit = f64::INFINITY;
    for (_, best) in solved.iter_mut().rev() {
        limit = limit.min(best.bound);
        best.bound = limit;
    }
}

fn point(force: &InForce<'_>, level: f64, changed: &Problem, best: Best) -> Point {
    let value = best.value();
    let plan = best.plan.map(|plan| plan.0);
    let moves = plan.as_ref().map(|plan| {
        let slots = changed.slots().iter().zip(&plan.coverage);
        let moved = slots.filter(|(slot, rep)| slot.current.is_some() && slot.current != **rep);
        moved.count()
    });
    let hired = plan.as_ref().map(|plan| {
        let reps = changed.reps().iter().zip(&plan.bases);
        reps.filter(|(rep, base)| rep.candidate && base.is_some())
            .count()
    });
    Point {
        level,
        value,
        bound: Some(best.bound).filter(|bound| bound.is_finite()),
        gap: value.and_then(|value| gap(value, best.bound)),
        moves,
        hired,
        infeasible: best.infeasible,
        reason: best.reason,
        on_hull: false,
        plan: plan.map(|plan| carried(changed, &plan, force.problem)),
    }
}

/// Marks the points of the upper concave hull of value less price, from left to right.
fn hull(points: &mut [Point], price: f64) {
    let worth = |point: &Point| point.value.map(|value| value - price * point.level);
    let mut kept: Vec<(usize, f64, f64)> = Vec::new();
    for (at, point) in points.iter().enumerate() {
        let Some(y) = worth(point) else { continue };
        let x = point.level;
        while let [.., (_, x0, y0), (_, x1, y1)] = kept[..] {
            // The middle one goes if it lies on or below the line between its neighbors.
            if (y1 - y0) * (x - x0) > (y - y0) * (x1 - x0) {
                break;
            }
            kept.pop();
        }
        kept.push((at, x, y));
    }
    for (at, ..) in kept {
        points[at].on_hull = true;
    }
}

fn told(points: Vec<Point>, price: f64) -> Frontier {
    let planned: Vec<(&Point, f64)> = (points.iter())
        .filter_map(|point| Some((point, point.value?)))
        .collect();
    let steps: Vec<Step> = planned.windows(2).map(|pair| step(pair, price)).collect();
    let worth = |(point, value): &(&Point, f64)| value - price * point.level;
    let mut best: Option<&(&Point, f64)> = None;
    for one in &planned {
        if best.is_none_or(|best| worth(one) > worth(best)) {
            best = Some(one);
        }
    }
    let beaten = |own: &(&Point, f64), other: &Point| {
        let most = other.bound.unwrap_or(f64::INFINITY);
        other.infeasible || most - price * other.level <= worth(own)
    };
    let best_proved = best.is_some_and(|own| {
        let others = points.iter().filter(|other| !std::ptr::eq(*other, own.0));
        others.into_iter().all(|other| beaten(own, other))
    });
    Frontier {
        best: best.map(|best| best.0.level),
        best_proved,
        steps,
        price,
        points,
    }
}

fn step(pair: &[(&Point, f64)], price: f64) -> Step {
    let [(from, low), (to, high)] = [pair[0], pair[1]];
    let width = to.level - from.level;
    let at_least = from.bound.map(|bound| (high - bound) / width);
    let at_most = to.bound.map(|bound| (bound - low) / width);
    let pays = if at_least.is_some_and(|least| least > price) {
        Pays::Yes
    } else if at_most.is_some_and(|most| most <= price) {
        Pays::No
    } else {
        Pays::WithinGap
    };
    Step {
        from: from.level,
        to: to.level,
        marginal: (high - low) / width,
        at_least,
        at_most,
        pays,
    }
}
