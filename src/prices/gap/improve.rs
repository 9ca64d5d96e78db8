//! Improves an assignment by deciding anew on all jobs of a few agents at a time.
//!
//! The agents are split into groups at random. Every group is a small problem of its own, with the
//! prices of the whole: a search of limited length looks for a better solution. Groups have no
//! agent and no job in common, so all that is found is taken.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::bound::{Ascent, Grid};
use super::control::{Control, Random};
use super::core::{NONE, exact};
use super::instance::Instance;
use super::tree::{Tree, Verdict};

/// Jobs of a group at first.
const JOBS: usize = 50;
/// Nodes of a group's search.
const NODES: u64 = 150;
/// Shares of the way from the bound to what there is that searches aim at, one after the other.
const AIMS: [f64; 3] = [0.1, 0.3, 0.7];

/// Agents that count as near to a job.
const NEAR: usize = 4;
/// One in so many jobs of a group is decided on, the group being larger by that factor.
const SPREADS: [usize; 4] = [1, 2, 4, 8];
/// Jobs without an agent that a group is given at most.
const EXTRA: usize = 3;

/// Chooses the groups and remembers how large they should be.
#[derive(Debug)]
pub(super) struct Improver {
    /// Agents of a group.
    size: usize,
    workers: Vec<Tree>,
    /// The agents of least reduced cost for every job, `width` each.
    near: Vec<u32>,
    width: usize,
    /// Jobs that the round decides on anew.
    free: Vec<bool>,
    random: Random,
    /// Pairs looked at.
    pub(super) work: u64,
}

/// What became of a group.
struct Outcome {
    verdict: Verdict,
    /// The group's jobs with their new agents; empty where nothing better was found.
    found: Vec<(u32, u32)>,
    work: u64,
}

impl Improver {
    /// Begins with small groups.
    pub(super) fn new(instance: &Instance, threads: usize, random: Random) -> Self {
        let size = (JOBS * instance.agents()).div_ceil(instance.jobs().max(1));
        let mut workers = Vec::new();
        workers.resize_with(threads, Tree::default);
        let size = size.clamp(2, instance.agents().max(2));
        Self {
            size,
            workers,
            near: Vec::new(),
            width: 0,
            free: Vec::new(),
            random,
            work: 0,
        }
    }

    /// Learns which agents are near to which jobs, at the ascent's prices.
    pub(super) fn learn(&mut self, instance: &Instance, ascent: &Ascent) {
        self.width = NEAR.min(instance.agents());
        self.near.clear();
        let mut order: Vec<(f64, u32)> = Vec::new();
        for job in 0..instance.jobs() {
            order.clear();
            for (number, agent) in (0..).zip(0..instance.agents()) {
                let price = ascent.relaxed.best[agent].price;
                let weight = exact(instance.weight(agent, job));
                let reduced = exact(instance.cost(agent, job)) + price * weight;
                let fits = instance.weight(agent, job) <= instance.capacity(agent);
                order.push((if fits { reduced } else { f64::INFINITY }, number));
            }
            order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            self.near
                .extend(order[..self.width].iter().map(|&(_, agent)| agent));
        }
    }

    /// One round over all agents. Returns whether the assignment has changed; its cost is lower
    /// then.
    pub(super) fn round(
        &mut self,
        instance: &Instance,
        agent_of: &mut [u32],
        prices: &[f64],
        grid: &Grid,
        control: &Control<'_>,
    ) -> bool {
        if instance.agents() < 2 {
            self.work = u64::MAX;
            return false;
        }
        let spread_by = SPREADS[self.random.below(SPREADS.len())];
        let size = (self.size * spread_by).min(instance.agents());
        let groups = self.groups(instance, agent_of, size);
        self.choose_free(agent_of, spread_by);
        let extra = self.deal(agent_of, &groups, instance.agents());
        let (current, free) = (&*agent_of, &self.free[..]);
        let outcomes = spread(&mut self.workers, groups.len(), |tree, task| {
            search(
                instance,
                (current, free),
                (&groups[task], &extra[task]),
                prices,
                grid,
                tree,
                control,
            )
        });
        let mut changed = false;
        self.work += 1;
        let mut spent = 0;
        for outcome in &outcomes {
            self.work += outcome.work;
            spent += usize::from(outcome.verdict == Verdict::Spent);
            for &(job, agent) in &outcome.found {
                agent_of[job as usize] = agent;
                changed = true;
            }
        }
        self.adapt(spent, outcomes.len(), instance.agents());
        changed
    }

    /// Splits the agents into groups: a random one, and those that most of the group's jobs could
    /// also go to, or that have jobs which could come, in a random measure.
    fn groups(&mut self, instance: &Instance, agent_of: &[u32], size: usize) -> Vec<Vec<u32>> {
        let agents = instance.agents();
        let mut ties = vec![0.0f32; agents * agents];
        for (job, &agent) in agent_of
            .iter()
            .enumerate()
            .filter(|&(_, &agent)| agent != NONE)
        {
            for &other in &self.near[job * self.width..(job + 1) * self.width] {
                ties[agent as usize * agents + other as usize] += 1.0;
                ties[other as usize * agents + agent as usize] += 1.0;
            }
        }
        let mut left: Vec<u32> = (0..).take(agents).collect();
        let mut groups = Vec::new();
        while left.len() > 1 {
            let seed = left.swap_remove(self.random.below(left.len()));
            let mut group = vec![seed];
            let mut pull: Vec<f32> = vec![0.01; agents];
            while group.len() < size && !left.is_empty() {
                let last = group[group.len() - 1] as usize;
                let mut best = (f32::NEG_INFINITY, 0);
                for (place, &agent) in left.iter().enumerate() {
                    pull[agent as usize] += ties[last * agents + agent as usize];
                    let chance = single(1 + self.random.below(1024));
                    let score = pull[agent as usize] * chance;
                    if score > best.0 {
                        best = (score, place);
                    }
                }
                group.push(left.swap_remove(best.1));
            }
            group.sort_unstable();
            groups.push(group);
        }
        groups
    }

    /// Chooses one of `spread_by` jobs at random, and every other of those that are far from home.
    fn choose_free(&mut self, agent_of: &[u32], spread_by: usize) {
        self.free.clear();
        for (job, agent) in agent_of.iter().enumerate() {
            let near = &self.near[job * self.width..(job + 1) * self.width];
            let far = !near[..near.len().min(2)].contains(agent);
            let chances = if far { spread_by.min(2) } else { spread_by };
            self.free.push(self.random.below(chances) == 0);
        }
    }

    /// Deals the jobs without an agent out to the groups.
    fn deal(&mut self, agent_of: &[u32], groups: &[Vec<u32>], agents: usize) -> Vec<Vec<u32>> {
        let mut group_of = vec![usize::MAX; agents];
        for (number, group) in groups.iter().enumerate() {
            group
                .iter()
                .for_each(|&agent| group_of[agent as usize] = number);
        }
        let mut extra = vec![Vec::new(); groups.len()];
        let most = 1 + self.random.below(EXTRA);
        for (job, _) in (0..).zip(agent_of).filter(|&(_, &agent)| agent == NONE) {
            let near = self.near[job as usize * self.width + self.random.below(self.width)];
            if let Some(list) = extra.get_mut(group_of[near as usize])
                && list.len() < most
            {
                list.push(job);
            }
        }
        extra
    }

    /// Larger groups where most searches end, smaller ones where few do.
    fn adapt(&mut self, spent: usize, of: usize, agents: usize) {
        if spent * 4 <= of {
            self.size = (self.size + 1).min(agents);
        } else if spent * 4 > of * 3 {
            self.size = (self.size - 1).max(2);
        }
    }
}

/// Searches one group for something better than it has.
fn search(
    instance: &Instance,
    (agent_of, free): (&[u32], &[bool]),
    (group, extra): (&[u32], &[u32]),
    prices: &[f64],
    grid: &Grid,
    tree: &mut Tree,
    control: &Control<'_>,
) -> Outcome {
    let mut inside = vec![usize::MAX; instance.agents()];
    for (number, &agent) in group.iter().enumerate() {
        inside[agent as usize] = number;
    }
    let rooms = group.iter().map(|&agent| instance.capacity(agent as usize));
    let mut rooms: Vec<i64> = rooms.collect();
    let mut jobs = Vec::new();
    let mut cost = 0;
    for (job, &agent) in (0..).zip(agent_of) {
        if agent == NONE || inside[agent as usize] == usize::MAX {
            continue;
        }
        if free[job as usize] {
            jobs.push(job);
            cost += instance.cost(agent as usize, job as usize);
        } else {
            rooms[inside[agent as usize]] -= instance.weight(agent as usize, job as usize);
        }
    }
    if !extra.is_empty() {
        jobs.extend_from_slice(extra);
        jobs.sort_unstable();
        let largest = |&job: &u32| {
            let costs = group
                .iter()
                .map(|&agent| instance.cost(agent as usize, job as usize));
            costs.max().unwrap_or(0)
        };
        cost += extra.iter().map(largest).sum::<i64>() + cost.abs() / 20;
    }
    let worth = exact(cost - 1);
    let prices: Vec<f64> = jobs.iter().map(|&job| prices[job as usize]).collect();
    tree.begin(worth, &prices, |core| {
        core.fill(instance, group, &rooms, &jobs)
    });
    let mut work = 0;
    let mut verdict = Verdict::Exhausted;
    if let Some((prices, bound)) = tree.raise(grid, control)
        && bound <= worth
    {
        for share in AIMS {
            work += tree.work;
            let aim = (bound + share * (worth - bound)).floor();
            tree.begin(aim, &prices, |core| {
                core.fill(instance, group, &rooms, &jobs)
            });
            verdict = tree.run(grid, NODES, control);
            if !tree.found.is_empty() {
                break;
            }
        }
    }
    let own = jobs.iter().zip(&tree.found);
    let found = own
        .map(|(&job, &agent)| (job, group[agent as usize]))
        .collect();
    Outcome {
        verdict,
        found,
        work: work + tree.work,
    }
}

/// Does the tasks on as many threads as there are workers; results are in order of tasks.
fn spread<R: Send>(
    workers: &mut [Tree],
    tasks: usize,
    work: impl Fn(&mut Tree, usize) -> R + Sync,
) -> Vec<R> {
    if workers.len() == 1 || tasks <= 1 {
        return (0..tasks).map(|task| work(&mut workers[0], task)).collect();
    }
    let next = AtomicUsize::new(0);
    let drain = |worker: &mut Tree| {
        let mut mine = Vec::new();
        loop {
            let task = next.fetch_add(1, Ordering::Relaxed);
            if task >= tasks {
                return mine;
            }
            mine.push((task, work(worker, task)));
        }
    };
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let threads: Vec<_> = workers
            .iter_mut()
            .map(|worker| scope.spawn(|| drain(worker)))
            .collect();
        let joined = threads.into_iter().map(|thread| thread.join());
        joined
            .flat_map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    done.sort_by_key(|&(task, _)| task);
    done.into_iter().map(|(_, result)| result).collect()
}

#[allow(clippy::cast_precision_loss, reason = "a small random number")]
fn single(value: usize) -> f32 {
    value as f32
}
