//! Results as a Parquet table.

use crate::args::ExportArgs;
use crate::exit::{Exit, Failure};

#[cfg(not(feature = "parquet"))]
pub(super) fn run(_: &ExportArgs) -> Result<Exit, Failure> {
    Err(Failure::usage(
        "this program was built without Parquet: build it with --features parquet",
    ))
}
