//! Generated tasks and measurements behind `BENCHMARK.md` and the Criterion benches.

pub mod budget;
pub mod build;
pub mod cities;
pub mod counting;
pub mod generate;
#[cfg(feature = "highs")]
pub mod highs_read;
pub mod machine;
pub mod report;
pub mod runs;
pub mod salesforce;
pub mod solvers;
pub mod stages;
pub mod sweep;
pub mod transport;
