//! What is left to decide: the jobs without an agent yet, the pairs that may still be chosen and
//! the capacity that is left for them.

use super::instance::Instance;

/// No agent.
pub(super) const NONE: u32 = u32::MAX;

/// A residual problem: pairs (agent, job) agent by agent, in order of jobs.
///
/// Costs and prices are whole multiples of a power of two, small enough that `f64` adds them
/// without rounding: bounds are exact.
#[derive(Debug, Clone, Default)]
pub(super) struct Core {
    /// Cost of the jobs that are settled.
    pub(super) base: f64,
    /// Capacity left, per agent.
    pub(super) room: Vec<i64>,
    /// First pair of an agent; the last entry is the number of pairs.
    pub(super) start: Vec<usize>,
    /// Job of a pair.
    pub(super) job: Vec<u32>,
    /// Weight of a pair.
    pub(super) weight: Vec<u32>,
    /// Cost of a pair.
    pub(super) cost: Vec<f64>,
    /// Share of recent relaxed solutions that took a pair, in [0, 1].
    pub(super) mean: Vec<f32>,
    /// Agent of every job that is settled, `NONE` for the others.
    pub(super) settled: Vec<u32>,
    /// Pairs left of every job; 0 for settled ones.
    pub(super) options: Vec<u32>,
    /// Jobs that are not settled, in order.
    pub(super) open: Vec<u32>,
}

impl Core {
    /// The whole instance, without pairs above a capacity.
    pub(super) fn of(instance: &Instance) -> Self {
        let jobs: Vec<u32> = (0..).take(instance.jobs()).collect();
        let agents: Vec<u32> = (0..).take(instance.agents()).collect();
        let mut core = Self::default();
        let rooms: Vec<i64> = (0..instance.agents())
            .map(|agent| instance.capacity(agent))
            .collect();
        core.fill(instance, &agents, &rooms, &jobs);
        core
    }

    /// Overwrites the core with some agents and jobs of an instance, keeping its memory, with
    /// a capacity for every agent. Both are numbered anew, in the order given.
    pub(super) fn fill(
        &mut self,
        instance: &Instance,
        agents: &[u32],
        rooms: &[i64],
        jobs: &[u32],
    ) {
        self.base = 0.0;
        self.room.clear();
        self.room.extend_from_slice(rooms);
        self.start.clear();
        self.job.clear();
        self.weight.clear();
        self.cost.clear();
        self.settled.clear();
        self.settled.resize(jobs.len(), NONE);
        self.options.clear();
        self.options.resize(jobs.len(), 0);
        self.open.clear();
        self.open
            .extend((0..).zip(jobs).map(|(number, _): (u32, _)| number));
        for (&agent, &room) in agents.iter().zip(&self.room) {
            self.start.push(self.job.len());
            for (number, &job) in (0..).zip(jobs) {
                let weight = instance.weight(agent as usize, job as usize);
                if weight <= room {
                    self.job.push(number);
                    self.weight.push(u32::try_from(weight).unwrap_or(u32::MAX));
                    self.cost
                        .push(exact(instance.cost(agent as usize, job as usize)));
                    self.options[number as usize] += 1;
                }
            }
        }
        self.start.push(self.job.len());
        self.mean.clear();
        self.mean.resize(self.job.len(), 0.0);
    }

    /// Copies another core into this one's memory.
    pub(super) fn copy_from(&mut self, other: &Self) {
        self.base = other.base;
        self.room.clone_from(&other.room);
        self.start.clone_from(&other.start);
        self.job.clone_from(&other.job);
        self.weight.clone_from(&other.weight);
        self.cost.clone_from(&other.cost);
        self.mean.clone_from(&other.mean);
        self.settled.clone_from(&other.settled);
        self.options.clone_from(&other.options);
        self.open.clone_from(&other.open);
    }

    /// Number of agents.
    pub(super) fn agents(&self) -> usize {
        self.room.len()
    }

    /// Number of pairs.
    pub(super) fn pairs(&self) -> usize {
        self.job.len()
    }

    /// Pairs of an agent.
    pub(super) fn range(&self, agent: usize) -> std::ops::Range<usize> {
        self.start[agent]..self.start[agent + 1]
    }

    /// Drops marked pairs, settles jobs with one pair left, drops pairs that no longer fit, and so
    /// on until nothing changes. Returns whether every job still has a pair. `dropped` has one
    /// entry per pair.
    pub(super) fn shrink(&mut self, dropped: &mut [bool]) -> bool {
        for (pair, &gone) in dropped.iter().enumerate() {
            if gone {
                self.options[self.job[pair] as usize] -= 1;
            }
        }
        let mut changed = true;
        while changed {
            changed = false;
            for agent in 0..self.agents() {
                for pair in self.range(agent) {
                    changed |=
                        !dropped[pair] && self.settle_or_drop(agent, pair, &mut dropped[pair]);
                }
            }
        }
        self.compact(dropped);
        let (settled, options) = (&self.settled, &self.options);
        self.open.retain(|&job| settled[job as usize] == NONE);
        self.open.iter().all(|&job| options[job as usize] > 0)
    }

    fn settle_or_drop(&mut self, agent: usize, pair: usize, gone: &mut bool) -> bool {
        let job = self.job[pair] as usize;
        let weight = i64::from(self.weight[pair]);
        if weight > self.room[agent] {
            self.options[job] -= 1;
            *gone = true;
        } else if self.options[job] == 1 {
            self.options[job] = 0;
            self.settled[job] = u32::try_from(agent).unwrap_or(NONE);
            self.room[agent] -= weight;
            self.base += self.cost[pair];
            *gone = true;
        }
        *gone
    }

    fn compact(&mut self, dropped: &[bool]) {
        let mut kept = 0;
        let mut first = 0;
        for agent in 0..self.agents() {
            let pairs = first..self.start[agent + 1];
            first = pairs.end;
            self.start[agent] = kept;
            for pair in pairs {
                if !dropped[pair] {
                    self.job[kept] = self.job[pair];
                    self.weight[kept] = self.weight[pair];
                    self.cost[kept] = self.cost[pair];
                    self.mean[kept] = self.mean[pair];
                    kept += 1;
                }
            }
        }
        let agents = self.agents();
        self.start[agents] = kept;
        self.job.truncate(kept);
        self.weight.truncate(kept);
        self.cost.truncate(kept);
        self.mean.truncate(kept);
    }
}

/// A whole number below 2⁵³ as `f64`, without rounding.
#[allow(
    clippy::cast_precision_loss,
    reason = "instances hold no costs beyond 2^47"
)]
pub(super) fn exact(value: i64) -> f64 {
    value as f64
}

/// A whole `f64` below 2⁵³ as `i64`.
#[allow(
    clippy::cast_possible_truncation,
    reason = "bounds and costs stay below 2^53"
)]
pub(super) fn whole(value: f64) -> i64 {
    value as i64
}
