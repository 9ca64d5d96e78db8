//! Ctrl-C: the first stops the run and lets the best plan be written, the second ends at once.

use std::process;

use apportion::backend::Cancel;

use crate::exit::Failure;
use crate::terminal;

/// Exit code of a program that was stopped by Ctrl-C.
const INTERRUPTED: i32 = 130;

/// Raises a flag on Ctrl-C, and on the signals that end a session.
pub(crate) fn listen() -> Result<Cancel, Failure> {
    let cancel = Cancel::new();
    let raised = cancel.clone();
    ctrlc::set_handler(move || {
        if raised.is_cancelled() {
            process::exit(INTERRUPTED);
        }
        terminal::complain("stopping; press Ctrl-C again to end at once");
        raised.cancel();
    })
    .map_err(Failure::internal)?;
    Ok(cancel)
}
