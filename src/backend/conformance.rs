//! The suite that every backend must pass (feature `conformance`), for authors of backends.
//!
//! Each case is a small program whose answer is known from a closed form or by enumeration. Cases
//! that need what a backend does not declare are skipped, saying so; what it declares is tested.

use std::time::{Duration, Instant};

use super::{
    Answer, Backend, BackendError, Cancel, Change, Proved, Session, SolveOptions, Stopped,
};
use crate::program::{LinearProgram, LinearProgramBuilder};

/// Values of a solver may differ from the known ones by this, relative to the larger of 1 and them.
const TOLERANCE: f64 = 1e-6;
/// What a solver may take beyond its time limit on the hard case.
const OVERSHOOT: Duration = Duration::from_secs(5);
const FREE: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);
const POSITIVE: (f64, f64) = (0.0, f64::INFINITY);

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Passed,
    /// The backend does not declare what the case needs.
    Skipped(&'static str),
    /// Otherwise, with what was found.
    Failed(String),
}

/// A case with its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseReport {
    /// What is tested.
    pub name: &'static str,
    /// How it ended.
    pub verdict: Verdict,
}

type Check = Result<Verdict, String>;
type Case = (&'static str, fn(&dyn Backend) -> Check);

const CASES: &[Case] = &[
    ("a linear optimum at a vertex", vertex),
    ("an equality", equality),
    ("a row with two limits", two_limits),
    ("a free column", free_column),
    ("a negative upper bound", negative_upper),
    ("a fixed column", fixed_column),
    ("empty rows and columns, and no columns at all", empty),
    ("a constant in the objective", constant),
    ("a degenerate vertex", degenerate),
    ("money in billions beside hours in tens", scales),
    ("an infeasible program", infeasible),
    ("an unbounded program", unbounded),
    ("a knapsack", knapsack),
    ("integers below zero", negative_integers),
    ("fractional bounds of integers", fractional_bounds),
    ("an infeasible integer program", infeasible_integers),
    ("duals as gains of the maximized objective", duals),
    ("changes answer as a program loaded anew", changes),
    ("a refused change changes nothing", refused),
    ("an initial point", initial_point),
    ("a raised flag stops before the start", cancelled),
    ("the time limit", time_limit),
    ("a wrong start, gap or number is refused", wrong_options),
];

/// Runs every case.
#[must_use]
pub fn run(backend: &dyn Backend) -> Vec<CaseReport> {
    let report = |&(name, case): &Case| CaseReport {
        name,
        verdict: case(backend).unwrap_or_else(Verdict::Failed),
    };
    CASES.iter().map(report).collect()
}

/// A program of columns (cost, bounds, integer) and rows (limits, terms).
fn program(
    columns: &[(f64, (f64, f64), bool)],
    rows: &[((f64, f64), &[(u32, f64)])],
) -> LinearProgram {
    let mut builder = LinearProgramBuilder::new();
    for &(cost, (lower, upper), integer) in columns {
        builder.column(cost, lower, upper, integer);
    }
    for &((lower, upper), terms) in rows {
        builder.row(lower, upper, &mut terms.to_vec());
    }
    builder.finish()
}

fn load(backend: &dyn Backend, program: &LinearProgram) -> Result<Box<dyn Session>, String> {
    backend.load(program).map_err(told)
}

fn told(error: BackendError) -> String {
    error.to_string()
}

fn exact() -> SolveOptions<'static> {
    SolveOptions {
        relative_gap: 0.0,
        ..SolveOptions::default()
    }
}

fn solve(backend: &dyn Backend, program: &LinearProgram) -> Result<Answer, String> {
    load(backend, program)?.solve(&exact()).map_err(told)
}

fn near(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= TOLERANCE * expected.abs().max(1.0)
}

/// The answer is optimal with a value, its point holds, and its bound is not below it.
fn is_optimal(program: &LinearProgram, answer: &Answer, value: f64) -> Check {
    let Some(point) = &answer.point else {
        return Err(format!(
            "no point: {:?}, {:?}",
            answer.proved, answer.stopped
        ));
    };
    let violation = program.violation(&point.values);
    let objective = program.objective(&point.values);
    if answer.proved != Proved::Optimal || answer.stopped != Stopped::Finished {
        Err(format!("{:?}, {:?}", answer.proved, answer.stopped))
    } else if violation > TOLERANCE {
        Err(format!("the point misses a limit by {violation}"))
    } else if !near(objective, value) || !near(point.objective, objective) {
        Err(format!("value {}, expected {value}", point.objective))
    } else if answer.bound < value - TOLERANCE * value.abs().max(1.0) {
        Err(format!("bound {} below the optimum {value}", answer.bound))
    } else {
        Ok(Verdict::Passed)
    }
}

fn optimal(backend: &dyn Backend, program: &LinearProgram, value: f64) -> Check {
    is_optimal(program, &solve(backend, program)?, value)
}

/// The same where the program has integers, which the backend may refuse.
fn optimal_integers(backend: &dyn Backend, program: &LinearProgram, value: f64) -> Check {
    if backend.capabilities().integers {
        return optimal(backend, program, value);
    }
    match backend.load(program) {
        Err(BackendError::Unsupported { .. }) => Ok(Verdict::Skipped("no integers")),
        Err(other) => Err(format!("integers refused with {other}")),
        Ok(_) => Err("integers are not declared but loaded".to_owned()),
    }
}

// max 3x + 2y, x + y ≤ 4, x + 3y ≤ 6, x ≤ 3: vertex (3, 1).
fn vertex_program() -> LinearProgram {
    program(
        &[(3.0, (0.0, 3.0), false), (2.0, POSITIVE, false)],
        &[
            ((f64::NEG_INFINITY, 4.0), &[(0, 1.0), (1, 1.0)]),
            ((f64::NEG_INFINITY, 6.0), &[(0, 1.0), (1, 3.0)]),
        ],
    )
}

fn vertex(backend: &dyn Backend) -> Check {
    optimal(backend, &vertex_program(), 11.0)
}

// max −x − 2y, x + y = 5, x ≤ 3: (3, 2).
fn equality(backend: &dyn Backend) -> Check {
    let p = program(
        &[(-1.0, (0.0, 3.0), false), (-2.0, POSITIVE, false)],
        &[((5.0, 5.0), &[(0, 1.0), (1, 1.0)])],
    );
    optimal(backend, &p, -7.0)
}

// max and min of x with 2 ≤ x + y ≤ 6, y = 1: 5 and −1.
fn two_limits(backend: &dyn Backend) -> Check {
    for (cost, value) in [(1.0, 5.0), (-1.0, -1.0)] {
        let p = program(
            &[(cost, POSITIVE, false), (0.0, (1.0, 1.0), false)],
            &[((2.0, 6.0), &[(0, 1.0), (1, 1.0)])],
        );
        optimal(backend, &p, value)?;
    }
    Ok(Verdict::Passed)
}

// max −x, x ≥ −7 by a row, x free: 7.
fn free_column(backend: &dyn Backend) -> Check {
    let p = program(
        &[(-1.0, FREE, false)],
        &[((-7.0, f64::INFINITY), &[(0, 1.0)])],
    );
    optimal(backend, &p, 7.0)
}

// max x, x ≤ −2: −2.
fn negative_upper(backend: &dyn Backend) -> Check {
    let p = program(
        &[(1.0, (f64::NEG_INFINITY, -2.0), false)],
        &[((-10.0, f64::INFINITY), &[(0, 1.0)])],
    );
    optimal(backend, &p, -2.0)
}

// x fixed at 2.5, max x + y, x + y ≤ 4: 4.
fn fixed_column(backend: &dyn Backend) -> Check {
    let p = program(
        &[(1.0, (2.5, 2.5), false), (1.0, POSITIVE, false)],
        &[((f64::NEG_INFINITY, 4.0), &[(0, 1.0), (1, 1.0)])],
    );
    optimal(backend, &p, 4.0)
}

fn empty(backend: &dyn Backend) -> Check {
    let p = program(
        &[(1.0, (0.0, 2.0), false), (0.0, (0.0, 1.0), false)],
        &[((-1.0, 1.0), &[]), ((f64::NEG_INFINITY, 1.5), &[(0, 1.0)])],
    );
    optimal(backend, &p, 1.5)?;
    let nothing = program(&[], &[]);
    optimal(backend, &nothing, 0.0)?;
    let impossible = program(&[(1.0, (0.0, 1.0), false)], &[((1.0, 2.0), &[])]);
    settled(&solve(backend, &impossible)?, &[Proved::Infeasible])
}

fn constant(backend: &dyn Backend) -> Check {
    let mut p = vertex_program();
    p.offset = 1000.0;
    optimal(backend, &p, 1011.0)
}

// Five rows through the optimum (1, 1) of max x + y.
fn degenerate(backend: &dyn Backend) -> Check {
    let below = |limit| (f64::NEG_INFINITY, limit);
    let p = program(
        &[(1.0, POSITIVE, false), (1.0, POSITIVE, false)],
        &[
            (below(1.0), &[(0, 1.0)]),
            (below(1.0), &[(1, 1.0)]),
            (below(2.0), &[(0, 1.0), (1, 1.0)]),
            (below(3.0), &[(0, 2.0), (1, 1.0)]),
            (below(3.0), &[(0, 1.0), (1, 2.0)]),
        ],
    );
    optimal(backend, &p, 2.0)
}

// max money, money = 2e9 · hours, hours ≤ 12.5: 2.5e10.
fn scales(backend: &dyn Backend) -> Check {
    let p = program(
        &[(1.0, POSITIVE, false), (0.0, POSITIVE, false)],
        &[
            ((0.0, 0.0), &[(0, 1.0), (1, -2e9)]),
            ((f64::NEG_INFINITY, 12.5), &[(1, 1.0)]),
        ],
    );
    let scaled = super::Scaled::new(backend);
    optimal(&scaled, &p, 2.5e10)
}

fn settled(answer: &Answer, allowed: &[Proved]) -> Check {
    if allowed.contains(&answer.proved) && answer.point.is_none() {
        Ok(Verdict::Passed)
    } else {
        let point = answer.point.is_some();
        Err(format!(
            "{:?}, {:?}, point: {point}",
            answer.proved, answer.stopped
        ))
    }
}

fn infeasible(backend: &dyn Backend) -> Check {
    let p = program(
        &[(1.0, (0.0, 5.0), false), (1.0, (0.0, 5.0), false)],
        &[((11.0, f64::INFINITY), &[(0, 1.0), (1, 1.0)])],
    );
    let allowed = [Proved::Infeasible, Proved::InfeasibleOrUnbounded];
    settled(&solve(backend, &p)?, &allowed)
}

fn unbounded(backend: &dyn Backend) -> Check {
    let p = program(
        &[(1.0, POSITIVE, false), (1.0, POSITIVE, false)],
        &[((f64::NEG_INFINITY, 1.0), &[(0, 1.0), (1, -1.0)])],
    );
    let answer = solve(backend, &p)?;
    let honest = answer.proved == Proved::Nothing && answer.stopped == Stopped::Numerical;
    if honest && answer.point.is_none() {
        return Ok(Verdict::Passed);
    }
    settled(&answer, &[Proved::Unbounded, Proved::InfeasibleOrUnbounded])
}

// Weights 3, 4, 5, 6 and values 4, 5, 7, 9 within 11: 5 + 6 for 16, by enumeration of 16 subsets.
fn knapsack_program() -> LinearProgram {
    let column = |value| (value, (0.0, 1.0), true);
    program(
        &[column(4.0), column(5.0), column(7.0), column(9.0)],
        &[(
            (f64::NEG_INFINITY, 11.0),
            &[(0, 3.0), (1, 4.0), (2, 5.0), (3, 6.0)],
        )],
    )
}

fn knapsack(backend: &dyn Backend) -> Check {
    optimal_integers(backend, &knapsack_program(), 16.0)
}

// max −x, 2x ≥ −7, x whole: x = −3.
fn negative_integers(backend: &dyn Backend) -> Check {
    let p = program(
        &[(-1.0, (-10.0, 10.0), true)],
        &[((-7.0, f64::INFINITY), &[(0, 2.0)])],
    );
    optimal_integers(backend, &p, 3.0)
}

// 1.5 ≤ x ≤ 3.5 whole: 3 at most and 2 at least.
fn fractional_bounds(backend: &dyn Backend) -> Check {
    for (cost, value) in [(1.0, 3.0), (-1.0, -2.0)] {
        let p = program(
            &[(cost, (1.5, 3.5), true)],
            &[((f64::NEG_INFINITY, 100.0), &[(0, 1.0)])],
        );
        let verdict = optimal_integers(backend, &p, value)?;
        if verdict != Verdict::Passed {
            return Ok(verdict);
        }
    }
    Ok(Verdict::Passed)
}

// 2x + 2y = 3 has no whole solution.
fn infeasible_integers(backend: &dyn Backend) -> Check {
    if !backend.capabilities().integers {
        return Ok(Verdict::Skipped("no integers"));
    }
    let p = program(
        &[(1.0, (0.0, 3.0), true), (1.0, (0.0, 3.0), true)],
        &[((3.0, 3.0), &[(0, 2.0), (1, 2.0)])],
    );
    let allowed = [Proved::Infeasible, Proved::InfeasibleOrUnbounded];
    settled(&solve(backend, &p)?, &allowed)
}

/// Each dual is held against the change of the optimum when its limit moves by a little.
fn duals(backend: &dyn Backend) -> Check {
    if !backend.capabilities().duals {
        return Ok(Verdict::Skipped("no duals"));
    }
    let p = program(
        &[
            (3.0, (0.0, 3.0), false),
            (2.0, POSITIVE, false),
            (-1.0, (1.0, 9.0), false),
        ],
        &[
            ((f64::NEG_INFINITY, 4.0), &[(0, 1.0), (1, 1.0)]),
            ((2.0, f64::INFINITY), &[(2, 1.0), (1, -1.0)]),
            ((f64::NEG_INFINITY, 60.0), &[(0, 1.0), (1, 3.0)]),
        ],
    );
    let point = solve(backend, &p)?.point.ok_or("no point")?;
    let duals = point.duals.ok_or("duals are declared but missing")?;
    let step = 1e-3;
    let gain = |changed: &LinearProgram| -> Result<f64, String> {
        let moved = solve(backend, changed)?.point.ok_or("no point")?;
        Ok((moved.objective - point.objective) / step)
    };
    for row in 0..p.rows() {
        let mut changed = p.clone();
        changed.row_upper[row] += step;
        changed.row_lower[row] += step;
        let gain = gain(&changed)?;
        if !near(gain, duals.rows[row]) && (gain - duals.rows[row]).abs() > 1e-4 {
            return Err(format!("row {row}: dual {}, gain {gain}", duals.rows[row]));
        }
    }
    let mut changed = p.clone();
    changed.upper[0] += step;
    let gain = gain(&changed)?;
    if (gain - duals.columns[0]).abs() > 1e-4 {
        return Err(format!("reduced cost {}, gain {gain}", duals.columns[0]));
    }
    Ok(Verdict::Passed)
}

fn changes(backend: &dyn Backend) -> Check {
    let p = vertex_program();
    let mut session = load(backend, &p)?;
    session.solve(&exact()).map_err(told)?;
    // Each change on top of those before: costs (1, 4), x ≤ 2, x + 3y ≤ 9, then x + 2y ≤ 9.
    let steps = [
        (Change::Costs(vec![(0, 1.0), (1, 4.0)]), 9.0),
        (Change::ColumnBounds(vec![(0, 0.0, 2.0)]), 26.0 / 3.0),
        (Change::RowBounds(vec![(1, f64::NEG_INFINITY, 9.0)]), 13.0),
        (Change::Coefficients(vec![(1, 1, 2.0)]), 16.0),
    ];
    let mut fresh = p;
    for (change, _) in &steps {
        super::guard::apply("suite", &mut fresh, change).map_err(told)?;
        session.update(change).map_err(told)?;
        let anew = solve(backend, &fresh)?.point.ok_or("no point")?.objective;
        let answer = session.solve(&exact()).map_err(told)?;
        is_optimal(&fresh, &answer, anew)?;
    }
    // Closed form of the last step: max x + 4y, x + y ≤ 4, x + 2y ≤ 9, x ≤ 2: (0, 4).
    let last = session.solve(&exact()).map_err(told)?;
    is_optimal(&fresh, &last, steps[3].1)
}

fn refused(backend: &dyn Backend) -> Check {
    let p = vertex_program();
    let mut session = load(backend, &p)?;
    let wrong = [
        Change::Costs(vec![(0, 5.0), (9, 1.0)]),
        Change::Costs(vec![(0, f64::NAN)]),
        Change::RowBounds(vec![(7, 0.0, 1.0)]),
        Change::Coefficients(vec![(0, 5, 1.0)]),
    ];
    for change in &wrong {
        if session.update(change).is_ok() {
            return Err(format!("{change:?} was taken"));
        }
    }
    is_optimal(&p, &session.solve(&exact()).map_err(told)?, 11.0)
}

fn initial_point(backend: &dyn Backend) -> Check {
    if !backend.capabilities().initial_point {
        return Ok(Verdict::Skipped("no initial point"));
    }
    let p = knapsack_program();
    // A feasible point that is not optimal, then one that is not feasible: the answer is the same.
    for start in [[1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]] {
        let options = SolveOptions {
            start: Some(&start),
            ..exact()
        };
        let answer = load(backend, &p)?.solve(&options).map_err(told)?;
        is_optimal(&p, &answer, 16.0)?;
    }
    Ok(Verdict::Passed)
}

fn cancelled(backend: &dyn Backend) -> Check {
    let cancel = Cancel::new();
    cancel.cancel();
    let options = SolveOptions {
        cancel: Some(&cancel),
        ..exact()
    };
    let answer = load(backend, &vertex_program())?
        .solve(&options)
        .map_err(told)?;
    if answer.stopped == Stopped::Cancelled && answer.proved == Proved::Nothing {
        Ok(Verdict::Passed)
    } else {
        Err(format!("{:?}, {:?}", answer.proved, answer.stopped))
    }
}

/// A market split of 5 rows and 40 columns (Cornuéjols and Dawande 1998), which no branch and bound
/// solves in the time allowed.
fn hard() -> LinearProgram {
    let mut builder = LinearProgramBuilder::new();
    let mut state = 12345_u64;
    let mut draw = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        f64::from(u8::try_from(state >> 57).unwrap_or(0) % 100)
    };
    let columns: Vec<u32> = (0..40)
        .map(|_| builder.column(0.0, 0.0, 1.0, true))
        .collect();
    for _ in 0..5 {
        let over = builder.column(-1.0, 0.0, f64::INFINITY, false);
        let under = builder.column(-1.0, 0.0, f64::INFINITY, false);
        let weights: Vec<f64> = columns.iter().map(|_| draw()).collect();
        let half = (weights.iter().sum::<f64>() / 2.0).floor();
        let mut terms: Vec<(u32, f64)> = columns.iter().copied().zip(weights).collect();
        terms.extend([(over, -1.0), (under, 1.0)]);
        builder.row(half, half, &mut terms);
    }
    builder.finish()
}

fn time_limit(backend: &dyn Backend) -> Check {
    let able = backend.capabilities();
    if !able.time_limit || !able.integers {
        return Ok(Verdict::Skipped("no time limit, or no integers"));
    }
    let p = hard();
    let limit = Duration::from_millis(300);
    let options = SolveOptions {
        time_limit: Some(limit),
        ..exact()
    };
    let began = Instant::now();
    let answer = load(backend, &p)?.solve(&options).map_err(told)?;
    let took = began.elapsed();
    if took > limit + OVERSHOOT {
        return Err(format!("{took:?} for a limit of {limit:?}"));
    }
    if answer.proved == Proved::Optimal {
        return is_optimal(&p, &answer, 0.0);
    }
    match &answer.point {
        Some(point) if answer.bound < point.objective - TOLERANCE => Err(format!(
            "bound {} below the value {}",
            answer.bound, point.objective
        )),
        _ if answer.stopped == Stopped::TimeLimit => Ok(Verdict::Passed),
        _ => Err(format!("{:?}, {:?}", answer.proved, answer.stopped)),
    }
}

fn wrong_options(backend: &dyn Backend) -> Check {
    let p = vertex_program();
    let wrong = [
        SolveOptions {
            relative_gap: -1.0,
            ..exact()
        },
        SolveOptions {
            start: Some(&[1.0]),
            ..exact()
        },
        SolveOptions {
            threads: 0,
            ..exact()
        },
    ];
    for options in &wrong {
        if load(backend, &p)?.solve(options).is_ok() {
            return Err(format!("{options:?} was taken"));
        }
    }
    let mut infinite = vertex_program();
    infinite.cost[0] = f64::INFINITY;
    match backend.load(&infinite) {
        Err(BackendError::Rejected { .. }) => Ok(Verdict::Passed),
        other => Err(format!("an infinite cost: {:?}", other.map(|_| "taken"))),
    }
}
