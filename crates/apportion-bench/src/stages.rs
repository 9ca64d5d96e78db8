//! The stages from input to explanation, each measured alone.

use std::hint::black_box;
use std::time::Instant;

use apportion::check::verify;
use apportion::domain::{Problem, SlotId};
use apportion::explain::{hour_values, why};
use apportion::fault::Faults;
use apportion::input::Input;
use apportion::plan::Plan;
use apportion::program::{Formulation, formulate};

use crate::counting::peak_of;
use crate::generate::{Size, todays_plan};

/// Everything that a stage starts from.
#[derive(Debug)]
pub struct Case {
    /// The size.
    pub size: Size,
    /// The task.
    pub input: Input,
    /// The task, valid.
    pub problem: Problem,
    /// Its program.
    pub formulation: Formulation,
    /// A plan that keeps every rule.
    pub plan: Plan,
    /// The same as a point of the program.
    pub point: Vec<f64>,
    /// The slot with the most candidates among those that have a rep: the slowest to explain.
    pub slot: SlotId,
}

impl Case {
    /// Generates the task of a size and takes it through every stage once.
    ///
    /// # Errors
    /// Faults of the generated input: a bug of the generator.
    pub fn new(size: Size) -> Result<Self, Faults> {
        let input = size.input();
        let problem = Problem::new(&input)?;
        let formulation = formulate(&problem, &problem.weights(), &[]);
        let plan = todays_plan(&problem);
        let point = formulation.encode(&problem, &plan);
        let served = (0..problem.slots().len()).filter(|&slot| plan.coverage[slot].is_some());
        let slot = served
            .map(SlotId::at)
            .max_by_key(|&slot| problem.candidates_of(slot).len())
            .unwrap_or(SlotId(0));
        Ok(Self {
            size,
            input,
            problem,
            formulation,
            plan,
            point,
            slot,
        })
    }

    /// From the input to a valid problem.
    pub fn validate(&self) {
        black_box(Problem::new(&self.input).is_ok());
    }

    /// From the problem to its program.
    pub fn formulate(&self) {
        black_box(formulate(&self.problem, &self.problem.weights(), &[]));
    }

    /// From a plan to a point.
    pub fn encode(&self) {
        black_box(self.formulation.encode(&self.problem, &self.plan));
    }

    /// From a point to a plan.
    pub fn decode(&self) {
        black_box(self.formulation.decode(&self.problem, &self.point));
    }

    /// Every rule and goal of the plan.
    pub fn check(&self) {
        black_box(verify(&self.problem, &self.plan));
    }

    /// Why one slot has its rep.
    pub fn why(&self) {
        black_box(why(&self.problem, &self.plan, self.slot));
    }

    /// The value of one more hour for every rep and period.
    pub fn hours(&self) {
        black_box(hour_values(&self.problem, &self.plan, &[]));
    }
}

/// Runs of a measurement; the median counts.
pub const RUNS: usize = 5;

/// A stage of a case.
pub type Stage = fn(&Case);

/// Name and work of every stage.
pub const STAGES: [(&str, Stage); 7] = [
    ("validate", Case::validate),
    ("formulate", Case::formulate),
    ("encode", Case::encode),
    ("decode", Case::decode),
    ("check", Case::check),
    ("explain: why", Case::why),
    ("explain: hours", Case::hours),
];

/// Median wall-clock seconds of several runs.
pub fn median_seconds(runs: usize, mut step: impl FnMut()) -> f64 {
    let mut seconds: Vec<f64> = (0..runs)
        .map(|_| {
            let started = Instant::now();
            step();
            started.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    seconds[runs / 2]
}

/// Peak bytes of formulating beyond those that the problem itself takes.
#[must_use]
pub fn formulate_peak_bytes(problem: &Problem) -> usize {
    let (formulation, peak) = peak_of(|| formulate(problem, &problem.weights(), &[]));
    black_box(formulation);
    peak
}
