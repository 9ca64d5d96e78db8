//! Trees to start from: one made from nothing, and one mended after demands or capacities changed.

use super::model::{Transport, id};
use super::tree::{Basis, NONE, Node};

impl Basis {
    /// Serves every market by the rep of most value that still has room for all its hours.
    pub(super) fn cold(problem: &Transport) -> Self {
        let (markets, reps) = (problem.markets(), problem.reps());
        let mut basis = Self {
            nodes: vec![Node::ALONE; reps + 1 + markets],
            price: vec![0.0; reps],
        };
        let mut room = problem.capacity.clone();
        for market in 0..markets {
            let demand = problem.demand[market];
            let (parent, arc) = match roomiest(problem, market, &room) {
                Some(arc) => (problem.rep[arc] as usize, id(arc)),
                None => (reps, NONE),
            };
            if parent < reps {
                room[parent] -= demand;
            }
            basis.hang(basis.market(market), parent, arc, demand);
        }
        for (rep, &hours) in room.iter().enumerate() {
            if problem.capacity[rep] > 0.0 {
                basis.hang(rep, reps, NONE, hours);
            } else {
                basis.price[rep] = f64::INFINITY;
            }
        }
        basis.reprice(problem, reps);
        basis
    }
}

/// The market's arc of most value, above that of leaving it unserved, to a rep that keeps idle hours.
fn roomiest(problem: &Transport, market: usize, room: &[f64]) -> Option<usize> {
    let (mut best, mut most) = (None, -problem.loss[market]);
    for arc in problem.span(market) {
        let fits = room[problem.rep[arc] as usize] > problem.demand[market];
        if fits && problem.value[arc] > most {
            (best, most) = (Some(arc), problem.value[arc]);
        }
    }
    best
}
