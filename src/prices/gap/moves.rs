//! The tables and the state that the search works on.

use super::bound::Ascent;
use super::core::{Core, NONE, exact};
use super::instance::Instance;

/// Agents that a job is tried at, at most: those with the least reduced costs.
const CANDIDATES: usize = 24;

/// Cost and weight of a job at an agent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// Cost − price of the job; infinite where the core lacks the pair.
    pub(super) cost: f32,
    /// Capacity taken.
    pub(super) weight: u32,
}

/// What all streams of a search share.
#[derive(Debug)]
pub(super) struct Table<'a> {
    pub(super) instance: &'a Instance,
    pub(super) core: &'a Core,
    agents: usize,
    /// Job by job, an entry per agent.
    entries: Vec<Entry>,
    /// First candidate of every job.
    first: Vec<usize>,
    /// Agents of every job in order of reduced cost.
    candidates: Vec<u32>,
    /// Jobs with two candidates or more.
    pub(super) jobs: Vec<u32>,
    /// Cost of a unit of capacity, per agent, above 0.
    pub(super) price: Vec<f32>,
    /// Mean difference of a job's two least reduced costs, above 0.
    pub(super) spread: f64,
}

impl<'a> Table<'a> {
    /// Prepares the tables from the prices of jobs and capacities.
    pub(super) fn new(instance: &'a Instance, core: &'a Core, ascent: &Ascent) -> Self {
        let (agents, jobs) = (instance.agents(), instance.jobs());
        let lacking = Entry { cost: f32::INFINITY, weight: 0 };
        let mut table = Self {
            instance,
            core,
            agents,
            entries: vec![lacking; agents * jobs],
            first: Vec::with_capacity(jobs + 1),
            candidates: Vec::new(),
            jobs: Vec::new(),
            price: Vec::new(),
            spread: 0.0,
        };
        let mut of_job: Vec<Vec<(f64, u32)>> = vec![Vec::new(); jobs];
        for (number, agent) in (0..).zip(0..agents) {
            for pair in core.range(agent) {
                let job = core.job[pair] as usize;
                let cost = core.cost[pair] - ascent.prices[job];
                let weight = core.weight[pair];
                table.entries[job * agents + agent] = Entry { cost: single(cost), weight };
                let reduced = cost + ascent.relaxed.best[agent].price * f64::from(weight);
                of_job[job].push((reduced, number));
            }
        }
        table.list(&mut of_job);
        table.set_prices(ascent);
        table
    }

    fn list(&mut self, of_job: &mut [Vec<(f64, u32)>]) {
        let mut total = 0.0;
        for (job, list) in (0..).zip(of_job) {
            list.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            list.truncate(CANDIDATES);
            self.first.push(self.candidates.len());
            self.candidates.extend(list.iter().map(|&(_, agent)| agent));
            if list.len() > 1 {
                self.jobs.push(job);
                total += list[1].0 - list[0].0;
            }
        }
        self.first.push(self.candidates.len());
        let count = exact(i64::try_from(self.jobs.len().max(1)).unwrap_or(1));
        self.spread = (total / count).max(0.05);
    }

    fn set_prices(&mut self, ascent: &Ascent) {
        let best = &ascent.relaxed.best;
        let total: f64 = best.iter().map(|best| best.price).sum();
        let count = exact(i64::try_from(best.len().max(1)).unwrap_or(1));
        let least = (0.3 * total / count).max(1e-3);
        self.price.extend(best.iter().map(|best| single(best.price.max(least))));
    }

    /// Entry of a pair.
    pub(super) fn entry(&self, job: u32, agent: u32) -> Entry {
        self.entries[job as usize * self.agents + agent as usize]
    }

    /// Agents of a job in order of reduced cost.
    pub(super) fn candidates(&self, job: u32) -> &[u32] {
        &self.candidates[self.first[job as usize]..self.first[job as usize + 1]]
    }
}

/// An assignment of the open jobs, with loads and who has what.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// Agent of every job, settled jobs included.
    pub(super) agent_of: Vec<u32>,
    /// Capacity left, per agent; below 0 where there is too much load.
    pub(super) slack: Vec<i64>,
    /// Open jobs of every agent, in any order.
    pub(super) members: Vec<Vec<u32>>,
    /// Place of every open job among its agent's members.
    place: Vec<u32>,
    /// Sum of loads above capacities.
    pub(super) over: i64,
    /// Cost of all jobs, settled ones included.
    pub(super) cost: i64,
}

impl State {
    /// Every open job at the agent that `start` names, or at its first candidate where the core
    /// lacks that pair.
    pub(super) fn new(table: &Table<'_>, start: &[u32]) -> Self {
        let core = table.core;
        let mut state = Self {
            agent_of: core.settled.clone(),
            slack: core.room.clone(),
            members: vec![Vec::new(); core.agents()],
            place: vec![0; core.settled.len()],
            over: 0,
            cost: 0,
        };
        for &job in &core.open {
            let wanted = start.get(job as usize).copied().unwrap_or(NONE);
            let usable = wanted != NONE && table.entry(job, wanted).cost.is_finite();
            let agent = if usable { wanted } else { table.candidates(job)[0] };
            state.agent_of[job as usize] = agent;
            state.slack[agent as usize] -= i64::from(table.entry(job, agent).weight);
            state.join(job, agent);
        }
        state.over = state.slack.iter().map(|slack| (-slack).max(0)).sum();
        let pairs = state.agent_of.iter().enumerate();
        state.cost = pairs.map(|(job, &agent)| table.instance.cost(agent as usize, job)).sum();
        state
    }

    fn join(&mut self, job: u32, agent: u32) {
        let members = &mut self.members[agent as usize];
        self.place[job as usize] = u32::try_from(members.len()).unwrap_or(NONE);
        members.push(job);
    }

    /// Gives a job to another agent, which must be a candidate.
    pub(super) fn shift(&mut self, table: &Table<'_>, job: u32, to: u32) {
        let from = self.agent_of[job as usize];
        let (place, members) = (self.place[job as usize], &mut self.members[from as usize]);
        members.swap_remove(place as usize);
        if let Some(&moved) = members.get(place as usize) {
            self.place[moved as usize] = place;
        }
        self.join(job, to);
        self.agent_of[job as usize] = to;
        self.load(from, -i64::from(table.entry(job, from).weight));
        self.load(to, i64::from(table.entry(job, to).weight));
        let cost = |agent: u32| table.instance.cost(agent as usize, job as usize);
        self.cost += cost(to) - cost(from);
    }

    fn load(&mut self, agent: u32, weight: i64) {
        let slack = &mut self.slack[agent as usize];
        self.over -= (-*slack).max(0);
        *slack -= weight;
        self.over += (-*slack).max(0);
    }
}

#[allow(clippy::cast_possible_truncation, reason = "a rounded guide for moves, not a result")]
pub(super) fn single(value: f64) -> f32 {
    value as f32
}
