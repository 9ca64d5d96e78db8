//! The suite that every backend must pass (feature `conformance`).
//!
//! It tests what a backend declares in [`Capabilities`]: what it says it can do must work, and what
//! it says it cannot do must be refused or left alone. Each expected answer is known without a
//! solver: from a closed form, from enumeration, from a construction with its own certificate, or
//! from duality. On top, *every* answer of every case is held to the contract: a point satisfies
//! the program, its objective is that of its values, no bound lies below it, an optimum has a point
//! and an infeasible program none, and duals close the gap between the two by arithmetic.
//!
//! ```
//! # #[cfg(feature = "microlp")] {
//! use apportion::backend::conformance;
//! use apportion::backend::microlp::Microlp;
//!
//! let report = conformance::run(&Microlp::new());
//! assert!(report.passed(), "{report}");
//! # }
//! ```

mod integers;
mod limits;
mod linear;
mod updates;
mod verdicts;

use std::fmt;

use super::tolerance::FEASIBILITY;
use super::{Answer, Backend, Capabilities, Duals, Point, Proved, SolveOptions};
use crate::program::{LinearProgram, LinearProgramBuilder};

/// What one case said about a backend.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It did what it must.
    Passed,
    /// The case needs what the backend says it lacks.
    Skipped(String),
    /// It did not, and how.
    Failed(String),
}

/// The verdict of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseResult {
    /// The case's name, unique in the suite.
    pub case: &'static str,
    /// What it said.
    pub verdict: Verdict,
}

/// What the suite found about a backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The backend's name.
    pub backend: String,
    /// One entry a case, always in the same order.
    pub results: Vec<CaseResult>,
}

impl Report {
    /// Whether no case failed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures().next().is_none()
    }

    /// The cases that failed, with how.
    pub fn failures(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.results
            .iter()
            .filter_map(|result| match &result.verdict {
                Verdict::Failed(reason) => Some((result.case, reason.as_str())),
                _ => None,
            })
    }

    /// Names of the cases that were skipped.
    pub fn skipped(&self) -> impl Iterator<Item = &'static str> {
        self.results.iter().filter_map(|result| {
            matches!(result.verdict, Verdict::Skipped(_)).then_some(result.case)
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.backend)?;
        for result in &self.results {
            match &result.verdict {
                Verdict::Passed => writeln!(f, "  passed   {}", result.case)?,
                Verdict::Skipped(need) => writeln!(f, "  skipped  {}: needs {need}", result.case)?,
                Verdict::Failed(reason) => writeln!(f, "  FAILED   {}: {reason}", result.case)?,
            }
        }
        Ok(())
    }
}

/// What a case needs of a backend.
#[derive(Clone, Copy)]
enum Need {
    Nothing,
    Integers,
    NoIntegers,
    /// Integers, and one more capability with its name.
    IntegersAnd(fn(&Capabilities) -> bool, &'static str),
}

impl Need {
    /// What is missing, if anything.
    fn missing(self, capabilities: &Capabilities) -> Option<&'static str> {
        let unless = |has: bool, need: &'static str| (!has).then_some(need);
        match self {
            Self::Nothing => None,
            Self::Integers => unless(capabilities.integers, "integers"),
            Self::NoIntegers => unless(!capabilities.integers, "a backend without integers"),
            Self::IntegersAnd(has, need) => unless(capabilities.integers, "integers")
                .or_else(|| unless(has(capabilities), need)),
        }
    }
}

/// One case: `Err` says what went wrong.
struct Case {
    name: &'static str,
    need: Need,
    body: fn(&dyn Backend) -> Result<(), String>,
}

const fn case(
    name: &'static str,
    need: Need,
    body: fn(&dyn Backend) -> Result<(), String>,
) -> Case {
    Case { name, need, body }
}

/// Runs every case against a backend. Takes a few seconds: some cases wait for a limit.
#[must_use]
pub fn run(backend: &dyn Backend) -> Report {
    let capabilities = backend.capabilities();
    let groups: [&[Case]; 5] = [
        linear::CASES,
        verdicts::CASES,
        integers::CASES,
        updates::CASES,
        limits::CASES,
    ];
    let results = groups
        .into_iter()
        .flatten()
        .map(|case| CaseResult {
            case: case.name,
            verdict: match case.need.missing(&capabilities) {
                Some(need) => Verdict::Skipped(need.to_owned()),
                None => match (case.body)(backend) {
                    Ok(()) => Verdict::Passed,
                    Err(reason) => Verdict::Failed(reason),
                },
            },
        })
        .collect();
    Report {
        backend: backend.name(),
        results,
    }
}

/// No lower limit.
const FREE: f64 = f64::NEG_INFINITY;
/// No upper limit.
const OPEN: f64 = f64::INFINITY;

/// Limits and terms of a row.
type RowSpec<'a> = (f64, f64, &'a [(u32, f64)]);

/// A program from (cost, lower, upper, integer) columns and (lower, upper, terms) rows.
fn program(columns: &[(f64, f64, f64, bool)], rows: &[RowSpec<'_>]) -> LinearProgram {
    let mut builder = LinearProgramBuilder::new();
    for &(cost, lower, upper, integer) in columns {
        builder.column(cost, lower, upper, integer);
    }
    for &(lower, upper, terms) in rows {
        builder.row(lower, upper, &mut terms.to_vec());
    }
    builder.finish()
}

/// Whether two numbers agree to 1e-6, relative to the larger of 1 and the second.
fn close(have: f64, want: f64) -> bool {
    (have - want).abs() <= 1e-6 * want.abs().max(1.0)
}

/// Loads and solves a program, and holds the answer to the contract.
fn solve(
    backend: &dyn Backend,
    program: &LinearProgram,
    options: &SolveOptions<'_>,
) -> Result<Answer, String> {
    let mut session = backend.load(program).map_err(|error| error.to_string())?;
    let answer = session.solve(options).map_err(|error| error.to_string())?;
    sound(&backend.capabilities(), program, &answer)?;
    Ok(answer)
}

/// Options that ask for the exact optimum.
fn exact() -> SolveOptions<'static> {
    SolveOptions {
        relative_gap: 0.0,
        ..SolveOptions::default()
    }
}

/// The program's optimum must be `want`.
fn expect(backend: &dyn Backend, program: &LinearProgram, want: f64) -> Result<Answer, String> {
    let answer = solve(backend, program, &exact())?;
    expect_value(&answer, want)?;
    Ok(answer)
}

/// The answer must be the optimum `want`.
fn expect_value(answer: &Answer, want: f64) -> Result<(), String> {
    let value = answer.point.as_ref().map(|point| point.objective);
    match (answer.proved, value) {
        (Proved::Optimal, Some(value)) if close(value, want) => Ok(()),
        (proved, value) => Err(format!(
            "expected the optimum {want}, found {proved:?} ({:?}) at {value:?}",
            answer.stopped
        )),
    }
}

/// One of `allowed` must be proved, without a point.
fn expect_proof(
    backend: &dyn Backend,
    program: &LinearProgram,
    allowed: &[Proved],
) -> Result<(), String> {
    let answer = solve(backend, program, &exact())?;
    if allowed.contains(&answer.proved) {
        Ok(())
    } else {
        Err(format!(
            "expected one of {allowed:?}, found {:?} ({:?})",
            answer.proved, answer.stopped
        ))
    }
}

/// The contract of every answer.
fn sound(
    capabilities: &Capabilities,
    program: &LinearProgram,
    answer: &Answer,
) -> Result<(), String> {
    if answer.bound.is_nan() {
        return Err("the bound is not a number".to_owned());
    }
    let Some(point) = &answer.point else {
        return if answer.proved == Proved::Optimal {
            Err("an optimum without a point".to_owned())
        } else {
            Ok(())
        };
    };
    if matches!(
        answer.proved,
        Proved::Infeasible | Proved::InfeasibleOrUnbounded
    ) {
        return Err(format!("{:?}, and yet a point", answer.proved));
    }
    if point.values.len() != program.columns() {
        return Err(format!("{} values", point.values.len()));
    }
    let violation = program.violation(&point.values);
    if violation > FEASIBILITY {
        return Err(format!("the point misses a limit by {violation:e}"));
    }
    let objective = program.objective(&point.values);
    if !close(point.objective, objective) {
        return Err(format!(
            "the objective is given as {}, its values make {objective}",
            point.objective
        ));
    }
    if answer.bound < objective - 1e-6 * objective.abs().max(1.0) {
        return Err(format!(
            "the bound {} is below the point's {objective}",
            answer.bound
        ));
    }
    sound_duals(capabilities, program, answer, point)
}

/// Duals must be there exactly where they are declared, and must prove the optimum.
fn sound_duals(
    capabilities: &Capabilities,
    program: &LinearProgram,
    answer: &Answer,
    point: &Point,
) -> Result<(), String> {
    let promised = capabilities.duals && !program.has_integers();
    match &point.duals {
        Some(_) if !promised => Err("duals that were not declared".to_owned()),
        None if promised && answer.proved == Proved::Optimal => {
            Err("an optimum without the declared duals".to_owned())
        }
        Some(duals) if answer.proved == Proved::Optimal => certify(program, point, duals),
        _ => Ok(()),
    }
}

/// Proves a point optimal from its duals alone: reduced costs are costs less priced rows, each price
/// has a limit to bind, and the priced limits add up to the objective (strong duality).
fn certify(program: &LinearProgram, point: &Point, duals: &Duals) -> Result<(), String> {
    if duals.rows.len() != program.rows() || duals.columns.len() != program.columns() {
        return Err("duals of another shape".to_owned());
    }
    let mut reduced = program.cost.clone();
    let mut scale: Vec<f64> = program
        .cost
        .iter()
        .map(|cost| cost.abs().max(1.0))
        .collect();
    for (row, dual) in duals.rows.iter().enumerate() {
        for (column, a) in program.row(row) {
            reduced[column] -= dual * a;
            scale[column] = scale[column].max((dual * a).abs());
        }
    }
    let mut total = program.offset;
    for (column, &cost) in reduced.iter().enumerate() {
        if (cost - duals.columns[column]).abs() > 1e-6 * scale[column] {
            return Err(format!(
                "the reduced cost of column {column} is {}, priced rows make {cost}",
                duals.columns[column]
            ));
        }
        let limits = (program.lower[column], program.upper[column]);
        total += priced(duals.columns[column], limits, scale[column])
            .ok_or_else(|| format!("column {column} has a price and no limit on that side"))?;
    }
    for (row, &dual) in duals.rows.iter().enumerate() {
        let limits = (program.row_lower[row], program.row_upper[row]);
        total += priced(dual, limits, 1.0)
            .ok_or_else(|| format!("row {row} has a price and no limit on that side"))?;
    }
    if close(total, point.objective) {
        Ok(())
    } else {
        Err(format!(
            "priced limits make {total}, the objective is {}",
            point.objective
        ))
    }
}

/// A positive price is for the upper limit, a negative one for the lower. `None` when there is no
/// such limit, and the price is more than rounding on the given scale.
fn priced(price: f64, (lower, upper): (f64, f64), scale: f64) -> Option<f64> {
    let limit = if price > 0.0 { upper } else { lower };
    if limit.is_finite() {
        Some(price * limit)
    } else {
        (price.abs() <= 1e-6 * scale).then_some(0.0)
    }
}

/// A small generator of pseudo-random numbers, so that cases are the same everywhere (the constants
/// of Knuth's MMIX).
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    /// A whole number from `least` to `most`.
    fn whole(&mut self, least: i32, most: i32) -> f64 {
        let width = u64::from(most.abs_diff(least)) + 1;
        let step = u32::try_from(self.next() % width).unwrap_or(0);
        f64::from(least) + f64::from(step)
    }
}
