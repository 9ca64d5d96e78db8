//! What a run of the engine says: a plan exists only in the variant that has one.

use std::time::Duration;

use crate::backend::Stopped;
use crate::check::Violation;
use crate::domain::Goals;
use crate::explain::Conflict;
use crate::plan::{Attainment, Plan};

/// The outcome of a run.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// A plan, checked, with its proof.
    Solved(Box<Solved>),
    /// No plan can satisfy all rules; the conflict says why and what would help.
    Infeasible(Box<Conflict>),
    /// No plan was found, and it is not proved that there is none.
    NoPlan(WhyNoPlan),
}

/// A checked plan.
#[derive(Clone, Debug)]
pub struct Solved {
    /// The plan.
    pub plan: Plan,
    /// Value of each goal, in money, recomputed by the check.
    pub goals: Goals,
    /// For each level of the objective what was reached and what is proved; one level unless the
    /// policy has priorities.
    pub levels: Vec<Attainment>,
    /// What one more hour would be worth if assignments could follow, by rep and period, rep after
    /// rep, in money: the prices that prove the limit of the most important level. Empty where no
    /// prices were found.
    pub hour_prices: Vec<f64>,
    /// How the run ended.
    pub proof: Proof,
}

/// How a run ended and what did the work.
#[derive(Clone, Debug, PartialEq)]
pub struct Proof {
    /// Whether the gap that was asked for is proved on every level.
    pub optimal: bool,
    /// Why the run stopped.
    pub stopped: Stopped,
    /// Name of the solver or strategy that found the plan.
    pub found_by: String,
    /// Name of the solver that proved the bound.
    pub proved_by: String,
    /// Wall-clock time of the whole run.
    pub elapsed: Duration,
}

impl Solved {
    /// Weighted value of the most important level, in money.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.levels[0].value
    }

    /// Proved limit on [`value`](Self::value), in money.
    #[must_use]
    pub fn bound(&self) -> f64 {
        self.levels[0].bound
    }

    /// The largest gap of any level.
    #[must_use]
    pub fn gap(&self) -> f64 {
        self.levels.iter().map(Attainment::gap).fold(0.0, f64::max)
    }
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq)]
pub struct WhyNoPlan {
    /// Why the run stopped.
    pub stopped: Stopped,
    /// Proved limit on the value of any plan, in money; `+∞` when nothing is proved.
    pub bound: f64,
    /// Rules that the only plan at hand breaks; empty where there is no plan at all.
    pub violations: Vec<Violation>,
    /// Wall-clock time of the run.
    pub elapsed: Duration,
}

impl std::fmt::Display for WhyNoPlan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let reason = match self.stopped {
            Stopped::TimeLimit => "the time limit was reached",
            Stopped::Cancelled => "the run was cancelled",
            Stopped::SolverLimit => "the solver reached a limit of its own",
            Stopped::Numerical => "the solver had numerical trouble",
            Stopped::Finished => "the solver gave up",
        };
        let seconds = self.elapsed.as_secs_f64();
        write!(f, "no plan after {seconds:.1} s: {reason}")?;
        if self.bound.is_finite() {
            write!(f, "; no plan can be worth more than {:.0}", self.bound)?;
        }
        match self.violations.as_slice() {
            [] => {}
            [only] => write!(f, "; the plan at hand breaks a rule: {}", only.message)?,
            [first, ..] => {
                let count = self.violations.len();
                write!(
                    f,
                    "; the plan at hand breaks {count} rules, first: {}",
                    first.message
                )?;
            }
        }
        f.write_str("; that there is none has not been proved")
    }
}
