//! Totals that follow from a target: as much as still returns enough on all spend, or as little as brings
//! a value.
//!
//! With V(s) the most that s of money brings within all other limits, the first is the largest s with
//! V(s) − target·s ≥ 0, the second the smallest with V(s) − target ≥ 0. Where V is concave both are
//! concave in s, with one change of sign on the side that is looked for. Chords between the two sides of
//! it, tangents (V′ is the price of the total) and halves close in on it, a budget with that total solved
//! each time.
//!
//! Proofs hold for any curves. A value that money s is proved not to bring needs more than s. For the
//! return, with m ≥ 0,
//!
//! ```text
//! net ≤ net + m·(value − target·spend) = (1 + m)·(value − c·spend),  c = (charge + m·target)/(1 + m)
//! ```
//!
//! so the proved bound at the charge c, times 1 + m, is one.

use std::time::Instant;

use super::answer::{Answer, Binding};
use super::model::Budget;
use super::refuse::{Refusal, Refusals};
use super::{Options, solve_as_given};

/// Totals that are tried at most.
const TRIES: usize = 60;
/// Targets are met, and totals found, within this part.
const MET: f64 = 1e-10;
/// How much less than the spend that was found is tried, to prove that it is not enough.
const LESS: [f64; 6] = [1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4];
/// Rates that are tried for the best return at most.
const RATIOS: usize = 30;
/// Part of the time left that one solution may take.
const SHARE: f64 = 0.3;

/// Solutions of one budget with other totals and charges, all in the same time.
struct Solver<'b, 'a> {
    budget: &'b Budget<'a>,
    options: &'b Options,
    began: Instant,
    nodes: usize,
}

/// A total that was tried, and how much more it brings than is asked for, or less.
struct Tried {
    total: f64,
    excess: f64,
    slope: f64,
    answer: Option<Answer>,
}

/// As much as still returns `target` times all spend.
pub(super) fn at_return(
    budget: &Budget<'_>,
    options: &Options,
    target: f64,
) -> Result<Answer, Refusals> {
    let mut solver = Solver::new(budget, options);
    let most = solver.most();
    let outer = solver.at(most, budget.charge)?;
    let over = |answer: &Answer| answer.value - target * answer.spent;
    if over(&outer) >= -MET * target * outer.spent {
        return Ok(solver.finish(outer));
    }
    let inner = solver.at(most, target)?;
    if over(&inner) < -MET * target * inner.spent {
        let most = solver.best_return(inner)?;
        return Err(out_of_reach(target, most));
    }
    let (bound, first) = (outer.bound, outer.clone());
    let outside = Tried {
        total: outer.spent,
        excess: over(&outer),
        slope: outer.total_price - target,
        answer: None,
    };
    let inside = Tried {
        total: inner.spent,
        excess: over(&inner),
        slope: inner.total_price - target,
        answer: Some(inner),
    };
    let (inside, outside) = solver.close_in(inside, outside, &|answer| {
        let size = target * answer.spent;
        (over(answer), answer.total_price - target, size)
    });
    let Some(mut found) = inside.answer else {
        return Err(Refusal::Unfinished {
            nodes: solver.nodes,
        }
        .into());
    };
    if found.spent <= MET * most && found.spent < first.spent {
        // Nothing spent returns nothing: not what was asked for.
        let most = solver.best_return(first)?;
        return Err(out_of_reach(target, most));
    }
    found.bound = bound;
    for price in [inside.slope + target, outside.slope + target] {
        let charge = price.max(budget.charge);
        if charge < target {
            let factor = (target - budget.charge) / (target - charge);
            let net = solver.at(most, charge)?.bound;
            found.bound = found.bound.min(factor * net);
        }
    }
    found.net = found.value - budget.charge * found.spent;
    Ok(solver.finish(found))
}

fn out_of_reach(target: f64, most: f64) -> Refusals {
    let refusal = Refusal::Target {
        name: "return on spend".to_owned(),
        asked: target,
        most,
    };
    refusal.into()
}

/// As little as brings a value.
pub(super) fn at_value(
    budget: &Budget<'_>,
    options: &Options,
    target: f64,
) -> Result<Answer, Refusals> {
    let mut solver = Solver::new(budget, options);
    let most = solver.most();
    let high = solver.at(most, 0.0)?;
    if high.bound < target * (1.0 - MET) {
        return Err(Refusal::Target {
            name: "value".to_owned(),
            asked: target,
            most: high.bound,
        }
        .into());
    }
    let floor = budget.total.floor;
    let mut least = floor;
    let low = solver.at(floor, 0.0).ok();
    if let Some(low) = low.as_ref().filter(|low| low.value >= target) {
        let mut low = low.clone();
        low.least = Some(floor);
        return Ok(solver.finish(low));
    }
    let outside = Tried {
        total: floor,
        excess: low.as_ref().map_or(-target, |low| low.value - target),
        slope: low.map_or(f64::NAN, |low| low.total_price),
        answer: None,
    };
    let inside = Tried {
        total: high.spent,
        excess: high.value - target,
        slope: high.total_price,
        answer: Some(high),
    };
    if inside.excess < -MET * target {
        return Err(Refusal::Unfinished {
            nodes: solver.nodes,
        }
        .into());
    }
    let (inside, outside) = solver.close_in(inside, outside, &|answer| {
        (answer.value - target, answer.total_price, target)
    });
    let Some(mut found) = inside.answer else {
        return Err(Refusal::Unfinished {
            nodes: solver.nodes,
        }
        .into());
    };
    let fails = |answer: &Answer| answer.bound < target;
    if outside.answer.as_ref().is_some_and(fails) {
        least = outside.total;
    }
    for less in LESS {
        let total = (1.0 - less) * found.spent;
        if total <= least || solver.is_late() {
            break;
        }
        // Where floors leave no plan, none brings the value either.
        if solver.at(total, 0.0).as_ref().map_or(true, fails) {
            least = total;
            break;
        }
    }
    found.least = Some(least.min(found.spent));
    Ok(solver.finish(found))
}

impl<'b, 'a> Solver<'b, 'a> {
    fn new(budget: &'b Budget<'a>, options: &'b Options) -> Self {
        Self {
            budget,
            options,
            began: Instant::now(),
            nodes: 0,
        }
    }

    /// The most that may be spent.
    fn most(&self) -> f64 {
        let cells: f64 = self.budget.cells.iter().map(|cell| cell.high).sum();
        self.budget.available().min(cells)
    }

    fn is_late(&self) -> bool {
        let late = |time| self.began.elapsed() >= time;
        self.options.time.is_some_and(late)
    }

    /// The best with at most a total, at a charge.
    fn at(&mut self, total: f64, charge: f64) -> Result<Answer, Refusals> {
        let mut budget = self.budget.clone();
        (budget.target_return, budget.target_value) = (0.0, 0.0);
        budget.reserve = 0.0;
        budget.total.ceiling = total;
        budget.total.floor = budget.total.floor.min(total);
        budget.charge = charge;
        let left = |time: std::time::Duration| {
            let left = time.saturating_sub(self.began.elapsed());
            left.mul_f64(SHARE)
        };
        let options = Options {
            time: self.options.time.map(left),
            ..*self.options
        };
        let answer = solve_as_given(&budget, &options)?;
        self.nodes += answer.nodes;
        Ok(answer)
    }

    /// Moves two totals, one that meets the target and one that does not, toward each other. `measure`
    /// gives an answer's excess, its slope, and the size that it is small against.
    fn close_in(
        &mut self,
        mut inside: Tried,
        mut outside: Tried,
        measure: &dyn Fn(&Answer) -> (f64, f64, f64),
    ) -> (Tried, Tried) {
        for round in 0..TRIES {
            let width = (inside.total - outside.total).abs();
            let size = inside
                .answer
                .as_ref()
                .map_or(0.0, |answer| measure(answer).2);
            let met = inside.excess <= MET * size;
            if met || width <= MET * inside.total.max(outside.total) || self.is_late() {
                break;
            }
            let total = next(&inside, &outside, round);
            let Ok(answer) = self.at(total, self.search_charge()) else {
                outside.total = total;
                outside.slope = f64::NAN;
                continue;
            };
            let (excess, slope, size) = measure(&answer);
            let tried = Tried {
                total,
                excess,
                slope,
                answer: Some(answer),
            };
            if excess >= -MET * size {
                inside = tried;
            } else {
                outside = tried;
            }
        }
        (inside, outside)
    }

    /// The charge while totals are tried: none where the least spend is looked for.
    fn search_charge(&self) -> f64 {
        if self.budget.target_value > 0.0 {
            0.0
        } else {
            self.budget.charge
        }
    }

    /// The best value for spend: while some plan returns more than a rate, that is the next rate
    /// (Dinkelbach 1967).
    fn best_return(&mut self, mut answer: Answer) -> Result<f64, Refusals> {
        let most = self.most();
        let mut rate = answer.value / answer.spent;
        for _ in 0..RATIOS {
            answer = self.at(most, rate)?;
            let better = answer.value / answer.spent;
            if !better.is_finite() || better <= rate * (1.0 + MET) || self.is_late() {
                break;
            }
            rate = better;
        }
        Ok(rate)
    }

    /// The answer as one to the whole budget.
    fn finish(&self, mut answer: Answer) -> Answer {
        let budget = self.budget;
        answer.nodes = self.nodes;
        answer.unspent = (budget.available() - answer.spent).max(0.0);
        answer.total_binding = Binding::of(budget.total.floor, budget.available(), answer.spent);
        if answer.total_binding == Binding::Neither {
            answer.total_price = 0.0;
        }
        answer.gap = match answer.least {
            Some(least) if answer.spent > 0.0 => (answer.spent - least) / answer.spent,
            Some(_) => 0.0,
            None if answer.bound > answer.net => (answer.bound - answer.net) / answer.net.abs(),
            None => 0.0,
        };
        answer
    }
}

/// A total between two: by the tangent outside, by the chord, or half-way.
fn next(inside: &Tried, outside: &Tried, round: usize) -> f64 {
    let tangent = outside.total - outside.excess / outside.slope;
    let share = outside.excess / (outside.excess - inside.excess);
    let chord = outside.total + share * (inside.total - outside.total);
    let middle = 0.5 * (inside.total + outside.total);
    let total = [tangent, chord, middle][round % 3];
    let (low, high) = if inside.total < outside.total {
        (inside.total, outside.total)
    } else {
        (outside.total, inside.total)
    };
    if total > low && total < high {
        total
    } else {
        middle
    }
}
