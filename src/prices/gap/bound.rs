//! The Lagrangian bound: the rule that every job goes to one agent is priced, and what is left is a
//! knapsack per agent.
//!
//! ```text
//! L(u) = base + Σ_j u_j − Σ_i max { Σ_j (u_j − c_ij) x_ij : Σ_j a_ij x_ij ≤ b_i, x binary }
//! ```
//!
//! is a lower bound at any prices u (Ross & Soland 1975; Fisher, Jaikumar & Van Wassenhove 1986).
//! The volume algorithm (Barahona & Anbil 2000) raises it and keeps the mean of relaxed solutions.

use std::ops::Range;

use super::control::Control;
use super::core::Core;
use super::knapsack::{Best, Knapsack, View};

/// Pairs above which agents are spread over threads; below, starting threads costs more.
const PARALLEL_PAIRS: usize = 12_000;

/// The relaxed solution at some prices.
#[derive(Debug, Clone, Default)]
pub(super) struct Relaxed {
    /// L(u), exact.
    pub(super) value: f64,
    /// Whether the agent of a pair takes its job.
    pub(super) taken: Vec<bool>,
    /// Best value and capacity price of every agent.
    pub(super) best: Vec<Best>,
}

impl Core {
    /// An agent's pairs as a knapsack sees them.
    pub(super) fn view(&self, agent: usize) -> View<'_> {
        let pairs = self.range(agent);
        View {
            job: &self.job[pairs.clone()],
            weight: &self.weight[pairs.clone()],
            cost: &self.cost[pairs],
            room: self.room[agent],
        }
    }

    /// Splits the agents into one run per part, with about the same number of pairs each.
    pub(super) fn parts(&self, parts: usize) -> Vec<Range<usize>> {
        let mut runs = Vec::with_capacity(parts);
        let mut first = 0;
        for part in 1..=parts {
            let end = self
                .start
                .partition_point(|&pair| pair * parts < self.pairs() * part);
            let end = if part == parts {
                self.agents()
            } else {
                end.clamp(first, self.agents())
            };
            runs.push(first..end);
            first = end;
        }
        runs
    }

    /// Threads worth using, at most `most`.
    pub(super) fn worthwhile(&self, most: usize) -> usize {
        if self.pairs() < PARALLEL_PAIRS {
            1
        } else {
            most.min(self.agents())
        }
    }
}

/// Solves every agent's knapsack at the prices, on as many threads as there are knapsacks. The
/// answer does not depend on their number.
pub(super) fn relax(core: &Core, prices: &[f64], knapsacks: &mut [Knapsack], out: &mut Relaxed) {
    out.taken.resize(core.pairs(), false);
    out.best.resize(core.agents(), Best::default());
    let threads = core.worthwhile(knapsacks.len());
    if threads == 1 {
        let (taken, best) = (&mut out.taken[..], &mut out.best[..]);
        relax_run(
            core,
            prices,
            0..core.agents(),
            &mut knapsacks[0],
            taken,
            best,
        );
    } else {
        std::thread::scope(|scope| {
            let (mut taken, mut best) = (&mut out.taken[..], &mut out.best[..]);
            for (run, knapsack) in core.parts(threads).into_iter().zip(&mut *knapsacks) {
                let pairs = core.start[run.end] - core.start[run.start];
                let (my_taken, rest) = std::mem::take(&mut taken).split_at_mut(pairs);
                taken = rest;
                let (my_best, rest) = std::mem::take(&mut best).split_at_mut(run.len());
                best = rest;
                scope.spawn(move || relax_run(core, prices, run, knapsack, my_taken, my_best));
            }
        });
    }
    let priced: f64 = core.open.iter().map(|&job| prices[job as usize]).sum();
    let earned: f64 = out.best.iter().map(|best| best.value).sum();
    out.value = core.base + priced - earned;
}

fn relax_run(
    core: &Core,
    prices: &[f64],
    agents: Range<usize>,
    knapsack: &mut Knapsack,
    taken: &mut [bool],
    best: &mut [Best],
) {
    let first = core.start[agents.start];
    for (agent, best) in agents.zip(best) {
        let pairs = core.range(agent);
        let taken = &mut taken[pairs.start - first..pairs.end - first];
        *best = knapsack.solve(core.view(agent), prices, taken);
    }
}

/// Prices on a grid: multiples of a power of two, so that every sum of prices and costs is exact.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grid {
    /// Adding and subtracting it rounds to the grid.
    rounder: f64,
    /// Largest absolute price.
    limit: f64,
}

impl Grid {
    /// The finest grid, down to 2⁻¹⁰, on which sums over all jobs stay below 2⁵².
    pub(super) fn of(core: &Core) -> Self {
        let largest = core
            .cost
            .iter()
            .fold(0.0f64, |largest, cost| largest.max(cost.abs()));
        let limit = 4.0 * (largest + 1.0);
        let jobs = super::core::exact(i64::try_from(core.settled.len()).unwrap_or(i64::MAX));
        let mut step = 1.0 / 1024.0;
        while step < 1.0 && 2.0 * jobs * limit / step > 2f64.powi(52) {
            step *= 2.0;
        }
        Self {
            rounder: 1.5 * 2f64.powi(52) * step,
            limit,
        }
    }

    fn round(self, price: f64) -> f64 {
        (price.clamp(-self.limit, self.limit) + self.rounder) - self.rounder
    }
}

/// Raises the bound from the best prices so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Ascent {
    /// Best prices, per job.
    pub(super) prices: Vec<f64>,
    /// Relaxed solution at the best prices.
    pub(super) relaxed: Relaxed,
    trial: Vec<f64>,
    trial_relaxed: Relaxed,
    /// 1 − how often the mean solution has a job; and the same of the last solution.
    violation: Vec<f64>,
    last: Vec<f64>,
    pub(super) step: f64,
    share: f64,
    failures: u32,
}

/// Share of a new solution in the mean, at most and at least.
const SHARES: (f64, f64) = (0.1, 0.01);
/// Failures in a row after which the step shrinks.
const PATIENCE: u32 = 12;

impl Ascent {
    /// Starts at prices; the mean solution is the relaxed one.
    pub(super) fn start(
        &mut self,
        core: &mut Core,
        grid: &Grid,
        prices: impl Iterator<Item = f64>,
        knapsacks: &mut [Knapsack],
    ) {
        self.prices.clear();
        let rounded = prices.map(|price| grid.round(price));
        self.prices.extend(rounded);
        relax(core, &self.prices, knapsacks, &mut self.relaxed);
        for (mean, &taken) in core.mean.iter_mut().zip(&self.relaxed.taken) {
            *mean = f32::from(u8::from(taken));
        }
        self.step = 0.2;
        self.share = SHARES.0;
        self.failures = 0;
    }

    /// Goes on from prices of a part that this one belongs to.
    pub(super) fn resume(&mut self, prices: &[f64], step: f64) {
        self.prices.clear();
        self.prices.extend_from_slice(prices);
        self.step = step;
        self.share = SHARES.0;
        self.failures = 0;
    }

    /// Makes the steps long again.
    pub(super) fn warm(&mut self) {
        self.step = self.step.max(0.05);
        self.share = SHARES.0;
        self.failures = 0;
    }

    /// Solves the relaxation again at the best prices: needed where the core has shrunk.
    pub(super) fn refresh(&mut self, core: &Core, knapsacks: &mut [Knapsack]) {
        relax(core, &self.prices, knapsacks, &mut self.relaxed);
    }

    /// L at the best prices.
    pub(super) fn bound(&self) -> f64 {
        self.relaxed.value
    }

    /// At most `iterations` steps towards `target`, a value just above the largest bound hoped for.
    /// Ends early when the bound passes `enough`, when the mean solution breaks no rule by much, or
    /// when stopped. Returns the steps done.
    #[allow(clippy::too_many_arguments, reason = "every one is a different thing")]
    pub(super) fn climb(
        &mut self,
        core: &mut Core,
        grid: &Grid,
        target: f64,
        enough: f64,
        iterations: u32,
        knapsacks: &mut [Knapsack],
        control: &Control<'_>,
    ) -> u32 {
        violations(core, |pair| f64::from(core.mean[pair]), &mut self.violation);
        for done in 0..iterations {
            let norm = square(&self.violation);
            if self.bound() > enough || norm < 1e-6 || self.step < 1e-4 || control.stopped() {
                return done;
            }
            let length = self.step * (target - self.bound()).max(0.25) / norm;
            self.trial.clone_from(&self.prices);
            for &job in &core.open {
                let job = job as usize;
                let price = self.prices[job] + length * self.violation[job];
                self.trial[job] = grid.round(price);
            }
            relax(core, &self.trial, knapsacks, &mut self.trial_relaxed);
            let taken = &self.trial_relaxed.taken;
            violations(
                core,
                |pair| f64::from(u8::from(taken[pair])),
                &mut self.last,
            );
            let agrees = dot(&self.violation, &self.last) >= 0.0;
            self.average(core);
            self.accept_or_not(agrees);
        }
        iterations
    }

    /// Mixes the trial's solution into the mean, by the share that makes the violation smallest.
    fn average(&mut self, core: &mut Core) {
        let (mut along, mut length) = (0.0, 0.0);
        for (&mean, &last) in self.violation.iter().zip(&self.last) {
            along += mean * (mean - last);
            length += (mean - last) * (mean - last);
        }
        let best = if length > 0.0 {
            along / length
        } else {
            self.share
        };
        let share = best.clamp(self.share / 10.0, self.share);
        #[allow(clippy::cast_possible_truncation, reason = "a share in (0, 1)")]
        let part = share as f32;
        for (mean, &taken) in core.mean.iter_mut().zip(&self.trial_relaxed.taken) {
            *mean += part * (f32::from(u8::from(taken)) - *mean);
        }
        for (mean, &last) in self.violation.iter_mut().zip(&self.last) {
            *mean += share * (last - *mean);
        }
    }

    fn accept_or_not(&mut self, agrees: bool) {
        if self.trial_relaxed.value > self.relaxed.value {
            std::mem::swap(&mut self.prices, &mut self.trial);
            std::mem::swap(&mut self.relaxed, &mut self.trial_relaxed);
            self.failures = 0;
            if agrees {
                self.step = (self.step * 1.1).min(2.0);
            }
            return;
        }
        self.failures += 1;
        if self.failures >= PATIENCE {
            self.failures = 0;
            self.step *= 0.7;
            self.share = (self.share * 0.9).max(SHARES.1);
        }
    }
}

/// 1 − how often every open job is taken, by a measure of pairs; 0 for settled jobs.
fn violations(core: &Core, amount: impl Fn(usize) -> f64, out: &mut Vec<f64>) {
    out.clear();
    out.resize(core.settled.len(), 0.0);
    for &job in &core.open {
        out[job as usize] = 1.0;
    }
    for (pair, &job) in core.job.iter().enumerate() {
        out[job as usize] -= amount(pair);
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn square(a: &[f64]) -> f64 {
    dot(a, a)
}
