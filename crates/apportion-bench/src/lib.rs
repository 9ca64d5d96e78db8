//! Generated tasks and measurements behind `BENCHMARK.md` and the Criterion benches.

pub mod budget;
pub mod budget_sweep;
pub mod build;
pub mod carry_over;
pub mod cities;
pub mod counting;
pub mod export;
pub mod figures;
pub mod full_sweep;
pub mod gap;
pub mod gap_table;
pub mod generate;
#[cfg(feature = "highs")]
pub mod highs_read;
pub mod machine;
pub mod peers;
pub mod report;
pub mod runs;
pub mod salesforce;
pub mod scale;
pub mod solvers;
pub mod stages;
pub mod strategies;
pub mod sweep;
pub mod sweeps;
pub mod transport;
