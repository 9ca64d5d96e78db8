//! A tree to start from, built market by market at estimated prices.
//!
//! Markets that lose most without their best rep choose first. A market whose best rep has too little
//! room takes what there is, which closes that rep – it now hangs below the market – and looks
//! further. So full reps are tied to their marginal markets, as they are in an optimal basis, and get
//! prices near the right ones; a start without such ties needs about twice the pivots.

use super::model::{Transport, id};
use super::pricing::{best_arc, regret};
use super::tree::{Basis, NONE, Node};

/// A market's turn to choose.
#[derive(Clone, Copy, Debug)]
struct Turn {
    regret: f64,
    market: u32,
    /// Its best arc at the estimated prices; [`NONE`] for staying unserved.
    arc: u32,
}

/// Builds trees, in memory that is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Start {
    /// Estimated price of each rep, infinite once the rep is closed.
    price: Vec<f64>,
    /// Hours that each rep has left.
    room: Vec<f64>,
    turns: Vec<Turn>,
}

impl Start {
    /// Replaces a basis by one built at its prices; negative and infinite ones count as 0.
    pub(super) fn build(&mut self, problem: &Transport, basis: &mut Basis) {
        let (markets, reps) = (problem.markets(), problem.reps());
        self.estimate(problem, &basis.price);
        self.take_turns(problem);
        basis.nodes.clear();
        basis.nodes.resize(reps + 1 + markets, Node::ALONE);
        for at in 0..markets {
            self.place(problem, basis, self.turns[at]);
        }
        for (rep, &room) in self.room.iter().enumerate() {
            if room > 0.0 {
                basis.hang(rep, reps, NONE, room);
            }
            let closed = problem.capacity[rep] <= 0.0;
            basis.price[rep] = if closed { f64::INFINITY } else { 0.0 };
        }
        basis.reprice(problem, reps);
    }

    fn estimate(&mut self, problem: &Transport, prices: &[f64]) {
        self.room.clone_from(&problem.capacity);
        self.price.clear();
        let estimates = prices.iter().zip(&self.room).map(|(&price, &room)| {
            if room <= 0.0 {
                f64::INFINITY
            } else if price.is_finite() {
                price.max(0.0)
            } else {
                0.0
            }
        });
        self.price.extend(estimates);
    }

    fn take_turns(&mut self, problem: &Transport) {
        self.turns.clear();
        for market in 0..problem.markets() {
            let best = best_arc(problem, &self.price, market);
            self.turns.push(Turn {
                regret: regret(problem, &mut self.price, market, best),
                market: id(market),
                arc: best.1,
            });
        }
        self.turns.sort_unstable_by(|a, b| {
            let most_first = b.regret.total_cmp(&a.regret);
            most_first.then(a.market.cmp(&b.market))
        });
    }

    /// Finds reps for all hours of a market.
    fn place(&mut self, problem: &Transport, basis: &mut Basis, turn: Turn) {
        let market = turn.market as usize;
        let node = basis.market(market);
        let (mut arc, mut rest) = (turn.arc, problem.demand[market]);
        loop {
            if arc == NONE {
                basis.hang(node, basis.root(), NONE, rest);
                return;
            }
            let rep = problem.rep[arc as usize] as usize;
            let room = self.room[rep];
            // A rep's own arc needs flow, so a market that takes all the room closes it.
            if room > rest {
                self.room[rep] = room - rest;
                basis.hang(node, rep, arc, rest);
                return;
            }
            if room > 0.0 {
                basis.hang(rep, node, arc, room);
                rest -= room;
                self.room[rep] = 0.0;
                self.price[rep] = f64::INFINITY;
            }
            arc = best_arc(problem, &self.price, market).1;
        }
    }
}
