//! Generalized assignment.

mod bound;
mod control;
mod core;
mod fixing;
mod instance;
mod knapsack;
mod moves;
mod search;

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
    let start: Vec<f64> = (0..instance.jobs())
        .map(|j| {
            core::exact((0..instance.agents()).map(|i| instance.cost(i, j)).min().unwrap_or(0))
        })
        .collect();
    ascent.start(&mut core, &grid, start.iter().copied(), &mut knapsacks);
    let mut ub = f64::INFINITY;
    for round in 0..10 {
        let target = ub.min(ascent.bound() * 1.02);
        let n = ascent.climb(&mut core, &grid, target, 1e18, 100, &mut knapsacks, &control);
        println!("{round} it {n} bound {} t {:.2}", ascent.bound(), control.elapsed());
    }
    let mut losses = fixing::Losses::default();
    let table = moves::Table::new(instance, &core, &ascent);
    println!("spread {}", table.spread);
    let before = control.elapsed();
    let effort = search::Effort { proposals: 20_000_000, seconds: control.left(), heat: 1.0 };
    let found = search::anneal(&table, &[], effort, i64::MAX, control::Random::new(1, 1), &control);
    println!("found {:?} in {:.2}", found.as_ref().map(|f| f.0), control.elapsed() - before);
    if let Some((cost, _)) = found {
        ub = core::exact(cost);
        let before = control.elapsed();
        let pairs = core.pairs();
        losses.tighten(&mut core, &mut ascent, ub - 1.0, &mut knapsacks);
        println!("pairs {pairs} -> {} in {:.2}", core.pairs(), control.elapsed() - before);
    }
}
