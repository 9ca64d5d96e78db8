//! A year planned from history: curves fitted to four years of months, money for three channels with a
//! spring and an autumn season, and how much the plan loses to one that knows the truth.
//!
//! ```sh
//! cargo run --release --features fit --example budget_year
//! ```

use std::error::Error;
use std::path::Path;

use apportion::budget::{Options, evaluate, plan};
use apportion::domain::BudgetProblem;
use apportion::input::files;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new("examples/seasons");
    let fitted = read(folder)?;
    let proposed = plan(&fitted, &Options::default())?;
    print!("{proposed}");

    // The generator of the history knows the curves that made it.
    let truth = read(&folder.join("truth"))?;
    let best = plan(&truth, &Options::default())?;
    let spend: Vec<f64> = proposed.cells.iter().map(|cell| cell.money).collect();
    let reached = evaluate(&truth, &spend);
    println!(
        "under the true curves the plan brings {:.0}, at most {:.0} could be had: {:.2} % are lost",
        reached.value,
        best.bound,
        100.0 * (1.0 - reached.value / best.bound)
    );
    Ok(())
}

fn read(folder: &Path) -> Result<BudgetProblem, Box<dyn Error>> {
    let loaded = files::read_budget(folder)?;
    Ok(BudgetProblem::new(&loaded.input).map_err(|faults| loaded.locate(faults))?)
}
