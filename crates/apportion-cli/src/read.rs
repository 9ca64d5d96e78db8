//! Problems and plans from files.

use std::fs;
use std::path::{Path, PathBuf};

use apportion::check::{Verification, verify};
use apportion::domain::{BudgetProblem, Problem};
use apportion::fault::{Code, Fault, Faults, Place};
use apportion::input::{Input, files};
use apportion::plan::{Plan, PlanDocument};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::exit::Failure;

/// Largest plan document that is read, in bytes: 1 GiB.
const MOST_BYTES: u64 = 1 << 30;

/// A plan document with the path of its problem, as this program writes it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "Plan")]
pub(crate) struct PlanFile {
    /// Path of the problem as it was given on the command line; a relative path starts at the
    /// folder that the program ran in.
    pub(crate) problem_path: String,
    #[serde(flatten)]
    pub(crate) document: PlanDocument,
}

/// What `explain` needs besides the document itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Origin {
    problem_path: String,
}

/// A plan document that was read.
#[derive(Debug)]
pub(crate) struct ReadPlan {
    pub(crate) path: PathBuf,
    pub(crate) document: PlanDocument,
    /// Empty where the document does not record it.
    pub(crate) problem_path: String,
}

/// A plan in the terms of its problem, and what the check says of it.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) plan: Plan,
    pub(crate) verification: Verification,
}

/// Reads and checks a problem; faults name the file and line that they come from.
pub(crate) fn problem(path: &Path, json: bool) -> Result<(Input, Problem), Failure> {
    let found = |faults| Failure::faults(path, faults, json);
    let loaded = files::read(path).map_err(found)?;
    let problem = Problem::new(&loaded.input).map_err(|faults| found(loaded.locate(faults)))?;
    Ok((loaded.input, problem))
}

/// Reads a JSON document without checking what it says.
pub(crate) fn json<T: DeserializeOwned>(
    path: &Path,
    expected: &str,
    json: bool,
) -> Result<T, Failure> {
    let fault = |code, found: String| {
        let place = Place::file(path.to_string_lossy(), "");
        let faults: Faults = Fault::new(code, place, found, expected).into();
        Failure::faults(path, faults, json)
    };
    let text =
        fs::read_to_string(path).map_err(|error| fault(Code::Unreadable, error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| fault(Code::Syntax, error.to_string()))
}

/// Reads and checks a budget; faults name the file and line that they come from.
pub(crate) fn budget(path: &Path, json: bool) -> Result<BudgetProblem, Failure> {
    let found = |faults| Failure::faults(path, faults, json);
    let loaded = files::read_budget(path).map_err(found)?;
    BudgetProblem::new(&loaded.input).map_err(|faults| found(loaded.locate(faults)))
}

/// Reads a plan document from a file, or from `plan.json` in a folder.
pub(crate) fn plan(path: &Path, json: bool) -> Result<ReadPlan, Failure> {
    let path = if path.is_dir() {
        path.join("plan.json")
    } else {
        path.to_owned()
    };
    let (document, origin) = parse(&path).map_err(|faults| Failure::faults(&path, faults, json))?;
    Ok(ReadPlan {
        document,
        problem_path: origin.problem_path,
        path,
    })
}

fn parse(path: &Path) -> Result<(PlanDocument, Origin), Faults> {
    let name = path.file_name().unwrap_or(path.as_os_str());
    let name = name.to_string_lossy();
    let unreadable = |error: std::io::Error| {
        let place = Place::file(path.to_string_lossy(), "");
        Faults::from(Fault::new(
            Code::Unreadable,
            place,
            error.to_string(),
            "a plan.json",
        ))
    };
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > MOST_BYTES {
        let place = Place::file(name.as_ref(), "");
        let found = format!("{size} bytes");
        return Err(Fault::new(Code::TooLarge, place, found, "at most 1 GiB").into());
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let found = format!("other bytes at position {}", error.valid_up_to());
        let place = Place::file(name.as_ref(), "");
        Faults::from(Fault::new(Code::NotUtf8, place, found, "UTF-8 text"))
    })?;
    let malformed = |error: serde_json::Error| {
        let place = Place::file(format!("{name}:{}", error.line()), "");
        let message = error.to_string();
        let found = message.split(" at line ").next().unwrap_or(&message);
        Faults::from(Fault::new(Code::Syntax, place, found, "a plan as JSON"))
    };
    let document = serde_json::from_str(text).map_err(malformed)?;
    let origin = serde_json::from_str(text).map_err(malformed)?;
    Ok((document, origin))
}

impl ReadPlan {
    /// Puts the plan into the terms of a problem and checks it.
    pub(crate) fn check(&self, problem: &Problem, json: bool) -> Result<Checked, Failure> {
        let plan = (self.document.plan(problem))
            .map_err(|faults| Failure::faults(&self.path, faults, json))?;
        let verification = verify(problem, &plan);
        Ok(Checked { plan, verification })
    }
}
