//! `apportion convert`: a problem folder as one JSON document.

use crate::args::ConvertArgs;
use crate::exit::{Exit, Failure};
use crate::{read, stage, terminal};

pub(crate) fn run(args: &ConvertArgs) -> Result<Exit, Failure> {
    // Only valid problems are written: JSON has no way to say NaN or infinity.
    let (input, _) = read::problem(&args.problem, false)?;
    let mut json = serde_json::to_vec_pretty(&input).map_err(Failure::internal)?;
    json.push(b'\n');
    stage::write_file(&args.json, &json)?;
    terminal::say(&format!("written: {}", args.json.display()))?;
    Ok(Exit::Done)
}
