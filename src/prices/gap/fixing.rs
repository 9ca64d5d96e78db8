//! Drops the pairs that no solution of at most a given cost can have.

use super::bound::{Ascent, relax};
use super::control::Control;
use super::core::Core;
use super::knapsack::Knapsack;

/// Relative error allowed for sums of losses: a pair is dropped only where it is beyond doubt.
const ROUNDING: f64 = 1e-9;

/// Bounds of every pair, and memory to compute them.
#[derive(Debug, Clone, Default)]
pub(super) struct Losses {
    /// How much the bound rises at least where a pair is chosen.
    pub(super) of_pair: Vec<f64>,
    /// How much the bound rises at least where a pair is not chosen.
    pub(super) out: Vec<f64>,
    of_job: Vec<f64>,
    dropped: Vec<bool>,
}

impl Losses {
    /// Computes the losses at the ascent's best prices, whose relaxed solution must be that of the
    /// core. Losses above `slack` need not be tight.
    ///
    /// A job at an agent is at no other agent: so a pair's loss is the one of having it, plus
    /// those of all other agents that would have to give the job up.
    pub(super) fn measure(
        &mut self,
        core: &Core,
        ascent: &Ascent,
        slack: f64,
        knapsacks: &mut [Knapsack],
        control: &Control<'_>,
    ) {
        self.of_pair.resize(core.pairs(), 0.0);
        self.out.resize(core.pairs(), 0.0);
        let threads = core.worthwhile(knapsacks.len());
        let (mut loss_in, mut loss_out) = (&mut self.of_pair[..], &mut self.out[..]);
        if threads == 1 {
            let task = Task {
                core,
                ascent,
                slack,
                control,
            };
            task.run(0..core.agents(), &mut knapsacks[0], loss_in, loss_out);
        } else {
            std::thread::scope(|scope| {
                for (agents, knapsack) in core.parts(threads).into_iter().zip(knapsacks) {
                    let pairs = core.start[agents.end] - core.start[agents.start];
                    let (my_in, rest) = std::mem::take(&mut loss_in).split_at_mut(pairs);
                    loss_in = rest;
                    let (my_out, rest) = std::mem::take(&mut loss_out).split_at_mut(pairs);
                    loss_out = rest;
                    let task = Task {
                        core,
                        ascent,
                        slack,
                        control,
                    };
                    scope.spawn(move || task.run(agents, knapsack, my_in, my_out));
                }
            });
        }
        // Sums of small numbers have small errors, which `ROUNDING` covers.
        let cap = 2.0 * slack + 2.0;
        for loss in self.of_pair.iter_mut().chain(&mut self.out) {
            *loss = loss.min(cap);
        }
        self.of_job.clear();
        self.of_job.resize(core.settled.len(), 0.0);
        for (&job, &loss) in core.job.iter().zip(&self.out) {
            self.of_job[job as usize] += loss;
        }
        for (pair, &job) in core.job.iter().enumerate() {
            self.of_pair[pair] += self.of_job[job as usize] - self.out[pair];
        }
    }

    /// No losses: where any cost will do. Returns true, as every pair stays.
    pub(super) fn none(&mut self, core: &Core) -> bool {
        self.of_pair.clear();
        self.of_pair.resize(core.pairs(), 0.0);
        self.out.clear();
        self.out.resize(core.pairs(), 0.0);
        true
    }

    /// Measures, drops every pair whose bound is above `worth`, and follows the consequences until
    /// few pairs fall. Returns whether a solution of cost `worth` is still possible. The ascent's
    /// relaxed solution is that of the shrunk core afterwards.
    pub(super) fn tighten(
        &mut self,
        core: &mut Core,
        ascent: &mut Ascent,
        worth: f64,
        knapsacks: &mut [Knapsack],
        control: &Control<'_>,
    ) -> bool {
        loop {
            let slack = worth - ascent.relaxed.value;
            if slack < 0.0 {
                return false;
            }
            self.measure(core, ascent, slack, knapsacks, control);
            let limit = slack + ROUNDING * (1.0 + slack);
            self.dropped.clear();
            self.dropped
                .extend(self.of_pair.iter().map(|&loss| loss > limit));
            let before = core.pairs();
            if !core.shrink(&mut self.dropped) {
                return false;
            }
            retain(&mut self.of_pair, &self.dropped);
            retain(&mut self.out, &self.dropped);
            relax(core, &ascent.prices, knapsacks, &mut ascent.relaxed);
            if core.pairs() * 20 >= before * 19 {
                return ascent.relaxed.value <= worth;
            }
        }
    }
}

/// What the losses of a run of agents are measured with.
struct Task<'a> {
    core: &'a Core,
    ascent: &'a Ascent,
    slack: f64,
    control: &'a Control<'a>,
}

impl Task<'_> {
    /// Losses of all pairs of some agents; 0 where the time is over.
    fn run(
        &self,
        agents: std::ops::Range<usize>,
        knapsack: &mut Knapsack,
        loss_in: &mut [f64],
        loss_out: &mut [f64],
    ) {
        let first = self.core.start[agents.start];
        for agent in agents {
            let pairs = self.core.range(agent);
            let pairs = pairs.start - first..pairs.end - first;
            let (loss_in, loss_out) = (&mut loss_in[pairs.clone()], &mut loss_out[pairs]);
            if self.control.stopped() {
                loss_in.fill(0.0);
                loss_out.fill(0.0);
                continue;
            }
            let (view, best) = (self.core.view(agent), self.ascent.relaxed.best[agent]);
            knapsack.losses(
                view,
                &self.ascent.prices,
                best,
                self.slack,
                loss_in,
                loss_out,
            );
        }
    }
}

/// Removes the entries that are marked.
fn retain(values: &mut Vec<f64>, dropped: &[bool]) {
    let mut marks = dropped.iter();
    values.retain(|_| marks.next().is_none_or(|&gone| !gone));
}
