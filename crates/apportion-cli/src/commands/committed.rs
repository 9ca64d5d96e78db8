//! `apportion budget --scenarios FILE --commit CHANNELS`: spend that is committed before the future is
//! known.

use apportion::budget::Options;
use apportion::domain::BudgetProblem;
use apportion::fault::{Code, Fault, Faults, Place};
use apportion::risk::commit;
use apportion::risk::commit::Commitment;
use serde::Serialize;

use super::futures;
use crate::args::BudgetArgs;
use crate::exit::{Exit, Failure};
use crate::stage::Stage;
use crate::terminal;

/// `commitment.json`.
#[derive(Serialize)]
struct Document<'c> {
    #[serde(flatten)]
    commitment: &'c Commitment,
    /// Money of each committed cell, by name.
    cells: Vec<(String, f64)>,
}

pub(crate) fn run(args: &BudgetArgs, problem: &BudgetProblem) -> Result<Exit, Failure> {
    let path = args.scenarios.as_deref().unwrap_or(&args.problem);
    let told = |faults| Failure::faults(path, faults, args.json);
    let scenarios = futures::read(args, problem)?;
    let committed = marked(&args.commit, problem).map_err(told)?;
    let options = Options {
        time: Some(args.time_limit),
        ..Options::default()
    };
    let measure = args.measure.of(args.alpha, args.weight);
    let how = (&options, args.gap);
    let found = commit(scenarios.base(), &scenarios, &committed, measure, how).map_err(told)?;
    let cells = (0..committed.len()).filter(|&cell| committed[cell]);
    let document = Document {
        cells: cells
            .map(|cell| (problem.cell_name(cell), found.spend[cell]))
            .collect(),
        commitment: &found,
    };
    if let Some(out) = &args.out {
        let mut stage = Stage::for_folder(out)?;
        let json = serde_json::to_vec_pretty(&document).map_err(Failure::internal)?;
        stage.write("commitment.json", &json)?;
        stage.commit()?;
    }
    if args.json {
        terminal::say_json(&document)?;
    } else {
        terminal::say(&text(&document, problem.currency()))?;
    }
    Ok(Exit::Done)
}

/// For each cell whether its channel is named.
fn marked(channels: &[String], problem: &BudgetProblem) -> Result<Vec<bool>, Faults> {
    let mut faults = Faults::new();
    for id in channels {
        if !problem.channels().iter().any(|channel| channel.id == *id) {
            let place = Place::section("commit", "");
            faults.push(Fault::new(
                Code::UnknownName,
                place,
                id,
                "the id of a channel",
            ));
        }
    }
    let cells = problem.cells().iter();
    let named = cells.map(|cell| channels.contains(&problem.channels()[cell.channel].id));
    faults.or(named.collect())
}

fn text(document: &Document<'_>, currency: &str) -> String {
    let found = document.commitment;
    let mut text = format!(
        "committed {:.0} {currency}: measure {:.0}, proved to be at most {:.0} (gap {:.2} %), worst \
         scenario {:.0}",
        found.spend.iter().sum::<f64>(),
        found.value,
        found.bound,
        100.0 * found.gap,
        found.values.iter().copied().fold(f64::INFINITY, f64::min),
    );
    for (name, money) in &document.cells {
        text.push_str(&format!("\n  {name:<28}{money:>14.0}"));
    }
    text
}
