//! Improves an assignment by deciding anew on all jobs of a few agents at a time.
//!
//! The agents are split into groups at random. Every group is a small problem of its own, with the
//! prices of the whole: a search of limited length looks for a better solution. Groups have no
//! agent and no job in common, so all that is found is taken.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::bound::Grid;
use super::control::{Control, Random};
use super::core::{NONE, exact};
use super::instance::Instance;
use super::tree::{Tree, Verdict};

/// Jobs of a group at first.
const JOBS: usize = 50;
/// Nodes of a group's search.
const NODES: u64 = 60;
/// Shares of the way from the bound to what there is that searches aim at, one after the other.
const AIMS: [f64; 3] = [0.2, 0.5, 1.0];

/// Chooses the groups and remembers how large they should be.
#[derive(Debug)]
pub(super) struct Improver {
    /// Agents of a group.
    size: usize,
    workers: Vec<Tree>,
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
            random,
            work: 0,
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
        let mut order: Vec<u32> = (0..).take(instance.agents()).collect();
        for place in (1..order.len()).rev() {
            order.swap(place, self.random.below(place + 1));
        }
        let groups: Vec<&mut [u32]> = order
            .chunks_mut(self.size)
            .filter(|group| group.len() > 1)
            .collect();
        let mut groups: Vec<Vec<u32>> = groups.into_iter().map(|group| group.to_vec()).collect();
        groups.iter_mut().for_each(|group| group.sort_unstable());
        let extra = self.deal(agent_of, groups.len());
        let current = &*agent_of;
        let outcomes = spread(&mut self.workers, groups.len(), |tree, task| {
            search(
                instance,
                current,
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

    /// Deals the jobs without an agent out to the groups.
    fn deal(&mut self, agent_of: &[u32], groups: usize) -> Vec<Vec<u32>> {
        let mut extra = vec![Vec::new(); groups];
        for (job, _) in (0..).zip(agent_of).filter(|&(_, &agent)| agent == NONE) {
            if groups > 0 {
                extra[self.random.below(groups)].push(job);
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
    agent_of: &[u32],
    (group, extra): (&[u32], &[u32]),
    prices: &[f64],
    grid: &Grid,
    tree: &mut Tree,
    control: &Control<'_>,
) -> Outcome {
    let mut inside = vec![false; instance.agents()];
    group
        .iter()
        .for_each(|&agent| inside[agent as usize] = true);
    let mut jobs = Vec::new();
    let mut cost = 0;
    for (job, &agent) in (0..).zip(agent_of) {
        if agent != NONE && inside[agent as usize] {
            jobs.push(job);
            cost += instance.cost(agent as usize, job as usize);
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
    tree.begin(worth, &prices, |core| core.fill(instance, group, &jobs));
    let mut work = 0;
    let mut verdict = Verdict::Exhausted;
    if let Some((prices, bound)) = tree.raise(grid, control)
        && bound <= worth
    {
        for share in AIMS {
            work += tree.work;
            let aim = (bound + share * (worth - bound)).floor();
            tree.begin(aim, &prices, |core| core.fill(instance, group, &jobs));
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
