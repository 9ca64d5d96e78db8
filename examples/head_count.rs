//! A head-count frontier: where the next rep stops paying.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use apportion::backend::microlp::Microlp;
use apportion::domain::Problem;
use apportion::engine::{Engine, Outcome};
use apportion::input::files;
use apportion::risk::frontier;
use apportion::risk::frontier::Axis;
use apportion::scenario::{Change, NewRep, apply};

/// What a rep costs over the year.
const SALARY: f64 = 450_000.0;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/china");
    let problem = Problem::new(&files::read(&folder)?.input)?;
    // Beside the candidate of the problem, five more where many reps are short of hours.
    let joins = ["rep-06", "rep-11", "rep-20", "rep-31", "rep-04"].map(|like| Change::AddRep {
        rep: NewRep {
            id: format!("hire-like-{like}"),
            like: like.to_owned(),
            fixed_cost: Some(SALARY),
            candidate: true,
            ..NewRep::default()
        },
    });
    let problem = apply(&problem, &joins)?;
    // A loose gap keeps the example short; a planner would wait longer for a smaller one.
    let engine = Engine::new(Arc::new(Microlp::new()))
        .relative_gap(0.01)
        .time_limit(Duration::from_secs(2));
    let Outcome::Solved(solved) = engine.solve(&problem)? else {
        return Err("there is no plan".into());
    };
    println!("value {:.0} as it comes", solved.value());
    let levels = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    let found = frontier(&problem, None, &Axis::HeadCount, &levels, 0.0, &engine)?;
    print!("{found}");
    Ok(())
}
