//! Generalized assignment.

mod bound;
mod control;
mod core;
mod fixing;
mod instance;
mod knapsack;
mod moves;
mod search;
mod start;
mod tree;
use core::exact;

pub use instance::{Instance, InstanceError};

/// Scratch.
pub fn scratch(instance: &Instance, seconds: f64) {
    use std::time::Duration;
    let never = || false;
    let control = control::Control::new(Duration::from_secs_f64(seconds), &never);
    let mut core = core::Core::of(instance);
    let grid = bound::Grid::of(&core, instance.jobs());
    let mut knapsacks = vec![knapsack::Knapsack::default(), knapsack::Knapsack::default()];
    let mut ascent = bound::Ascent::default();
    let start = start::prices(&core);
    println!("lp {} t {:.3}", start.iter().sum::<f64>(), control.elapsed());
    ascent.start(&mut core, &grid, start.iter().copied(), &mut knapsacks);
    let mut ub = f64::INFINITY;
    for round in 0..10 {
        let target = ub.min(ascent.bound() * 1.001);
        let n = ascent.climb(&mut core, &grid, target, 1e18, 100, &mut knapsacks, &control);
        println!("{round} step {:.4} it {n} bound {} t {:.2}", ascent.step, ascent.bound(), control.elapsed());
    }
    let mut tree = tree::Tree::default();
    let base = ascent.bound().ceil();
    for add in 0..100 {
        let worth = base + exact(add);
        let before = control.elapsed();
        let agents: Vec<u32> = (0..).take(instance.agents()).collect();
        let jobs: Vec<u32> = (0..).take(instance.jobs()).collect();
        tree.nodes = 0;
        tree.begin(worth, &ascent.prices, |core| {
            core.fill(instance, &agents, &jobs, |agent| instance.capacity(agent), |_, _| true);
        });
        let verdict = tree.run(&grid, 1_000_000, &control);
        println!("worth {worth} {verdict:?} nodes {} found {:?} in {:.2}", tree.nodes, instance.price(&tree.found), control.elapsed() - before);
        if control.stopped() || !tree.found.is_empty() { break; }
    }
}
