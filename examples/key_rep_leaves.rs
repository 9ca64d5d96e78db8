//! A key rep leaves: who covers, at what cost, within ten moves.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use apportion::backend::microlp::Microlp;
use apportion::domain::Problem;
use apportion::engine::{Engine, Outcome};
use apportion::input::files;
use apportion::risk::contingency;
use apportion::scenario::{Change, Scenario};

/// Most moves besides the markets that are given away.
const MOVES: u32 = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/china");
    let problem = Problem::new(&files::read(&folder)?.input)?;
    // A loose gap keeps the example short; a planner would wait longer for a smaller one.
    let engine = Engine::new(Arc::new(Microlp::new()))
        .relative_gap(0.01)
        .time_limit(Duration::from_secs(4));
    let Outcome::Solved(solved) = engine.solve(&problem)? else {
        return Err("there is no plan".into());
    };
    // The rep with the most valuable markets.
    let mut values = vec![0.0; problem.reps().len()];
    for (slot, rep) in problem.slots().iter().zip(&solved.plan.coverage) {
        if let Some(rep) = rep {
            values[rep.index()] += slot.potential;
        }
    }
    let reps = problem.reps().iter().zip(&values);
    let key = reps.max_by(|a, b| a.1.total_cmp(b.1));
    let key = key.map(|(rep, _)| rep.id.clone()).unwrap_or_default();
    let event = Scenario::new(format!("{key} leaves")).change(Change::RemoveRep { rep: key });

    let prepared = contingency(&problem, &solved.plan, &[event], MOVES, &engine)?;
    for plan in &prepared {
        println!("{plan}");
    }
    Ok(())
}
