//! How the program ends.

use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;

use apportion::fault::Faults;

use crate::terminal;

/// An end that the program's contract names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Done,
    Internal,
    BadInput,
    NoPlan,
    Infeasible,
    Broken,
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Internal => 1,
            Exit::BadInput => 2,
            Exit::NoPlan => 3,
            Exit::Infeasible => 4,
            Exit::Broken => 5,
            Exit::Interrupted => 130,
        })
    }
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What was handed in has faults.
    Faults {
        /// The file or folder.
        source: String,
        faults: Faults,
        /// Whether they are also wanted as JSON on standard output.
        json: bool,
    },
    /// Something else is wrong with the command line or with files.
    Usage(String),
    /// A failure that is nobody's fault but ours or the machine's.
    Internal(String),
}

impl Failure {
    pub(crate) fn faults(source: &Path, faults: Faults, json: bool) -> Self {
        Self::Faults {
            source: source.display().to_string(),
            faults,
            json,
        }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    pub(crate) fn internal(error: impl Display) -> Self {
        Self::Internal(error.to_string())
    }

    /// Tells the failure on standard error and says how to end.
    pub(crate) fn report(&self) -> Exit {
        match self {
            Self::Faults {
                source,
                faults,
                json,
            } => {
                if *json {
                    let value = serde_json::json!({ "status": "invalid", "faults": faults });
                    // Nothing is left to be done where even this cannot be printed.
                    terminal::say_json(&value).ok();
                }
                let count = faults.len();
                let noun = if count == 1 { "fault" } else { "faults" };
                terminal::complain(&format!("{count} {noun} in {source}"));
                for fault in faults {
                    terminal::complain(&format!("  {fault}"));
                }
                Exit::BadInput
            }
            Self::Usage(message) => {
                terminal::complain(&format!("error: {message}"));
                Exit::BadInput
            }
            Self::Internal(message) => {
                terminal::complain(&format!("internal error: {message}"));
                Exit::Internal
            }
        }
    }
}
