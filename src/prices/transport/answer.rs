//! Answers and their certificates.

use super::model::Transport;
use super::simplex::Simplex;
use super::tree::NONE;

/// Hours that flow along an arc.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flow {
    /// Position of the arc.
    pub arc: u32,
    /// The market.
    pub market: u32,
    /// The rep.
    pub rep: u32,
    /// Hours, > 0.
    pub hours: f64,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    pub flows: Vec<Flow>,
    pub unserved: Vec<f64>,
    pub rep_price: Vec<f64>,
    pub market_price: Vec<f64>,
    pub objective: f64,
    pub bound: f64,
}

impl Simplex {
    pub fn objective(&self, problem: &Transport) -> (f64, f64) {
        let mut o = 0.0;
        for m in 0..problem.markets() {
            let n = &self.basis.nodes[self.basis.market(m)];
            o += n.flow * if n.arc == NONE { -problem.loss[m] } else { problem.value[n.arc as usize] };
        }
        for r in 0..problem.reps() {
            let n = &self.basis.nodes[r];
            if n.arc != NONE { o += n.flow * problem.value[n.arc as usize]; }
        }
        let mut b = 0.0;
        for r in 0..problem.reps() {
            if problem.capacity[r] > 0.0 { b += problem.capacity[r] * self.basis.price[r].max(0.0); }
        }
        for m in 0..problem.markets() {
            let g = problem.span(m).map(|a| problem.value[a] - self.basis.price[problem.rep[a] as usize].max(0.0)).fold(-problem.loss[m], f64::max);
            b += g * problem.demand[m];
        }
        (o, b)
    }
}
