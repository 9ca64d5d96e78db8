//! First prices: those of the linear relaxation, from the few prices of capacity.
//!
//! With a price `λ_i ≥ 0` on every unit of capacity each job chooses its agent alone:
//!
//! ```text
//! R(λ) = Σ_j min_i (c_ij + λ_i a_ij) − Σ_i λ_i b_i
//! ```
//!
//! Its maximum is the value of the linear relaxation, and the minima there are prices of the jobs at
//! which the knapsack bound is at least as good. It has one dimension for every agent, so the volume
//! algorithm comes near its maximum in few steps.

use super::bound::Ascent;
use super::control::Control;
use super::core::{Core, NONE, exact};

/// Steps at most.
const STEPS: u32 = 400;
/// Share of a new choice in the mean choice.
const SHARE: f64 = 0.1;
/// Failures in a row after which the step shrinks.
const PATIENCE: u32 = 8;

/// Prices of all jobs, 0 for settled ones; every open job needs a pair.
pub(super) fn prices(core: &Core, control: &Control<'_>) -> Vec<f64> {
    let mut search = Search::new(core);
    search.climb(core, control);
    search.minima
}

/// An assignment that keeps capacities: pairs in order of how often recent relaxed solutions had
/// them, then of reduced cost, as long as they fit. Jobs without a place have no agent.
pub(super) fn draft(core: &Core, ascent: &Ascent) -> Vec<u32> {
    let mut order: Vec<(f32, f64, u32, usize)> = Vec::with_capacity(core.pairs());
    for (number, agent) in (0..).zip(0..core.agents()) {
        let price = ascent.relaxed.best[agent].price;
        for pair in core.range(agent) {
            let cost = core.cost[pair] - ascent.prices[core.job[pair] as usize];
            let reduced = cost + price * f64::from(core.weight[pair]);
            order.push((core.mean[pair], reduced, number, pair));
        }
    }
    order.sort_by(|a, b| {
        b.0.total_cmp(&a.0)
            .then(a.1.total_cmp(&b.1))
            .then(a.3.cmp(&b.3))
    });
    let mut agent_of = core.settled.clone();
    let mut room = core.room.clone();
    for (_, _, agent, pair) in order {
        let (job, weight) = (core.job[pair] as usize, i64::from(core.weight[pair]));
        if agent_of[job] == NONE && weight <= room[agent as usize] {
            agent_of[job] = agent;
            room[agent as usize] -= weight;
        }
    }
    agent_of
}

struct Search {
    /// Best prices of capacity.
    best: Vec<f64>,
    value: f64,
    trial: Vec<f64>,
    /// Per job: the least cost at the trial's prices, its agent and the weight there.
    minima: Vec<f64>,
    choice: Vec<(usize, u32)>,
    /// Load − room of the mean choice and of the last one.
    mean: Vec<f64>,
    last: Vec<f64>,
}

impl Search {
    fn new(core: &Core) -> Self {
        let agents = core.agents();
        Self {
            best: vec![0.0; agents],
            value: f64::NEG_INFINITY,
            trial: vec![0.0; agents],
            minima: vec![0.0; core.settled.len()],
            choice: vec![(0, 0); core.settled.len()],
            mean: vec![0.0; agents],
            last: vec![0.0; agents],
        }
    }

    fn climb(&mut self, core: &Core, control: &Control<'_>) {
        self.value = self.evaluate(core);
        self.mean.clone_from(&self.last);
        let (mut step, mut failures) = (0.05, 0);
        for _ in 0..STEPS {
            let norm: f64 = self.mean.iter().map(|excess| excess * excess).sum();
            if norm < 1e-9 || step < 1e-5 || control.stopped() {
                break;
            }
            let length = step * self.value.abs().max(1.0) / norm;
            for agent in 0..core.agents() {
                let price = self.best[agent] + length * self.mean[agent];
                self.trial[agent] = price.max(0.0);
            }
            let value = self.evaluate(core);
            for (mean, &last) in self.mean.iter_mut().zip(&self.last) {
                *mean += SHARE * (last - *mean);
            }
            if value > self.value {
                self.value = value;
                std::mem::swap(&mut self.best, &mut self.trial);
                failures = 0;
            } else {
                failures += 1;
                if failures >= PATIENCE {
                    failures = 0;
                    step *= 0.6;
                }
            }
        }
        self.trial.clone_from(&self.best);
        self.evaluate(core);
    }

    /// R at the trial's prices.
    fn evaluate(&mut self, core: &Core) -> f64 {
        for &job in &core.open {
            self.minima[job as usize] = f64::INFINITY;
        }
        for agent in 0..core.agents() {
            let price = self.trial[agent];
            for pair in core.range(agent) {
                let job = core.job[pair] as usize;
                let cost = core.cost[pair] + price * f64::from(core.weight[pair]);
                if cost < self.minima[job] {
                    self.minima[job] = cost;
                    self.choice[job] = (agent, core.weight[pair]);
                }
            }
        }
        let mut value = core.base;
        let rooms = core.room.iter().zip(&self.trial).zip(&mut self.last);
        for ((&room, &price), last) in rooms {
            *last = -exact(room);
            value += price * *last;
        }
        for &job in &core.open {
            let (agent, weight) = self.choice[job as usize];
            self.last[agent] += f64::from(weight);
            value += self.minima[job as usize];
        }
        value
    }
}
