//! Answers that carry their own certificate.

use super::model::{Transport, id};
use super::pricing::best_gain;
use super::simplex::Simplex;
use super::tree::NONE;

/// Hours that flow along an arc.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flow {
    /// The market.
    pub market: u32,
    /// The rep.
    pub rep: u32,
    /// Position of the arc in the problem.
    pub arc: u32,
    /// Hours, > 0.
    pub hours: f64,
}

/// Flows and prices of a basis. Flows keep every limit and prices bound every plan, whether or not the
/// solve came to its end; at the optimum objective and bound are equal up to rounding.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Arcs with flow; those of whole markets by market, then one for each rep that shares a market.
    pub flows: Vec<Flow>,
    /// Hours of each market that nobody serves, ≥ 0.
    pub unserved: Vec<f64>,
    /// What one more hour of each rep is worth: money per hour, ≥ 0.
    pub rep_price: Vec<f64>,
    /// What one more hour of demand of each market is worth: money per hour, any sign.
    pub market_price: Vec<f64>,
    /// Value of the flows less the loss of what is unserved, in money.
    pub objective: f64,
    /// Limit on the objective of every plan, from the prices alone: Σ capacity · rep price +
    /// Σ demand · market price.
    pub bound: f64,
}

impl Answer {
    /// (bound − objective) relative to the larger magnitude of the two; 0 where both are 0.
    #[must_use]
    pub fn gap(&self) -> f64 {
        let size = self.bound.abs().max(self.objective.abs());
        if size > 0.0 {
            (self.bound - self.objective) / size
        } else {
            0.0
        }
    }
}

impl Simplex {
    /// The present flows and prices, with their certificate.
    ///
    /// # Panics
    /// When the problem has another shape than this was made for.
    #[must_use]
    pub fn answer(&self, problem: &Transport) -> Answer {
        let mut answer = Answer::default();
        self.answer_into(problem, &mut answer);
        answer
    }

    /// As [`answer`](Self::answer), in the memory of an answer that is no longer needed.
    ///
    /// # Panics
    /// As [`answer`](Self::answer).
    pub fn answer_into(&self, problem: &Transport, answer: &mut Answer) {
        self.flows_into(problem, answer);
        self.prices_into(problem, answer);
        let served = |flow: &Flow| problem.value[flow.arc as usize] * flow.hours;
        let served: f64 = answer.flows.iter().map(served).sum();
        answer.objective = served - dot(&problem.loss, &answer.unserved);
        answer.bound =
            dot(&problem.capacity, &answer.rep_price) + dot(&problem.demand, &answer.market_price);
    }

    fn flows_into(&self, problem: &Transport, answer: &mut Answer) {
        let basis = &self.basis;
        answer.flows.clear();
        answer.unserved.clear();
        for market in 0..problem.markets() {
            let node = basis.nodes[basis.market(market)];
            let unserved = node.arc == NONE;
            answer.unserved.push(if unserved { node.flow } else { 0.0 });
            if !unserved && node.flow > 0.0 {
                answer.flows.push(Flow {
                    market: id(market),
                    rep: node.parent,
                    arc: node.arc,
                    hours: node.flow,
                });
            }
        }
        for rep in 0..problem.reps() {
            let node = basis.nodes[rep];
            if node.arc != NONE
                && let Some(market) = basis.market_at(node.parent as usize)
            {
                answer.flows.push(Flow {
                    market: id(market),
                    rep: id(rep),
                    arc: node.arc,
                    hours: node.flow,
                });
            }
        }
    }

    /// Prices of reps, and of markets from those of reps. A rep without hours has no price in the basis:
    /// its first hour would be worth the most that any market gains by it.
    fn prices_into(&self, problem: &Transport, answer: &mut Answer) {
        let price = &self.basis.price;
        answer.rep_price.clear();
        answer.rep_price.extend(price.iter().map(|p| p.max(0.0)));
        answer.market_price.clear();
        for market in 0..problem.markets() {
            let best = best_gain(problem, &answer.rep_price, market);
            answer.market_price.push(best.max(-problem.loss[market]));
        }
        if price.iter().all(|price| price.is_finite()) {
            return;
        }
        for (price, own) in answer.rep_price.iter_mut().zip(price) {
            *price = if own.is_finite() { *price } else { 0.0 };
        }
        for market in 0..problem.markets() {
            for arc in problem.span(market) {
                let rep = problem.rep[arc] as usize;
                if price[rep].is_infinite() {
                    let gain = problem.value[arc] - answer.market_price[market];
                    answer.rep_price[rep] = answer.rep_price[rep].max(gain);
                }
            }
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
