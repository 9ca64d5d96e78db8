//! The whole program handed to the backend, level by level, with heuristic plans as start and
//! fallback.

use std::time::{Duration, Instant};

use super::bound::assignment_bound;
use super::{Engine, Error, Outcome, Proof, Solved, WhyNoPlan, incumbent};
use crate::backend::{Answer, Backend, Progress, Proved, Scaled, Session, SolveOptions, Stopped};
use crate::check::{Verification, verify};
use crate::domain::{Goals, Problem};
use crate::explain::conflict;
use crate::plan::{Attainment, Plan};
use crate::prices;
use crate::program::{Formulation, LinearProgram, formulate};
use crate::strategy::Strategy;

/// Share of the time left that heuristics may take before the solver starts.
const HEURISTIC_SHARE: f64 = 0.1;
/// Most seconds that heuristics may take before the solver starts.
const HEURISTIC_SECONDS: f64 = 5.0;
/// Share of the time left for the relaxation without integers, which gives a bound and fractions to
/// round. A solver that cannot solve it in this time would not solve the whole program either.
const RELAXATION_SHARE: f64 = 0.5;
/// How far the value of a plan by the program may lie from the recomputed one, relative to the larger
/// of 1 and it: both are sums of the same terms, in another order.
const VALUE_TOLERANCE: f64 = 1e-6;
/// Most candidates for which the whole program is handed to the backend after the prices: with more,
/// general solvers are still busy with the relaxation when a planner gives up.
const MOST_CANDIDATES: usize = 20_000;
/// Share of the time left that prices may take where the backend comes after them.
const PRICES_SHARE: f64 = 0.5;
/// Searches by prices under the same decisions where the backend comes after them, and where not.
const FEW_SEARCHES: u32 = 2;
const MANY_SEARCHES: u32 = 8;
/// What an earlier level may lose to rounding, relative to its value.
const FLOOR_SLACK: f64 = 1e-9;

/// Name of the structured solver in proofs.
const PRICES: &str = "prices and local search";

/// A plan that has passed the check.
struct Checked {
    plan: Plan,
    goals: Goals,
    found_by: String,
}

/// One run: what is known so far.
struct Run<'a> {
    engine: &'a Engine,
    problem: &'a Problem,
    started: Instant,
    best: Option<Checked>,
    levels: Vec<Attainment>,
    /// Prices of hours on the most important level.
    hour_prices: Vec<f64>,
    stopped: Stopped,
    optimal: bool,
    proved_by: String,
}

/// Plans a problem exactly, as far as limits allow.
pub(super) fn run(engine: &Engine, problem: &Problem) -> Result<Outcome, Error> {
    let mut run = Run {
        engine,
        problem,
        started: Instant::now(),
        best: None,
        levels: Vec::new(),
        hour_prices: Vec::new(),
        stopped: Stopped::Finished,
        optimal: true,
        proved_by: PRICES.to_owned(),
    };
    let mut floors = Vec::new();
    for level in &problem.policy().objective.levels {
        match run.level(&level.weights, &floors)? {
            Step::Reached(attainment) => {
                let slack = (level.allowed_loss + FLOOR_SLACK) * attainment.value.abs();
                floors.push((level.weights, attainment.value - slack));
                run.levels.push(attainment);
            }
            Step::Infeasible => {
                let left = run.options(1.0);
                let found = conflict::find(problem, &*engine.backend, &left)?;
                return Ok(Outcome::Infeasible(Box::new(found)));
            }
            Step::NoPlan(bound) => {
                return Ok(Outcome::NoPlan(WhyNoPlan {
                    stopped: run.stopped,
                    bound,
                    violations: Vec::new(),
                    elapsed: run.started.elapsed(),
                }));
            }
        }
    }
    let proved_by = run.proved_by;
    let elapsed = run.started.elapsed();
    let best = run.best.expect("every level that was reached has a plan");
    let mut levels = run.levels;
    for (attainment, level) in levels.iter_mut().zip(&problem.policy().objective.levels) {
        attainment.value = best.goals.dot(&level.weights);
    }
    Ok(Outcome::Solved(Box::new(Solved {
        plan: best.plan,
        goals: best.goals,
        levels,
        hour_prices: run.hour_prices,
        proof: Proof {
            optimal: run.optimal,
            stopped: run.stopped,
            found_by: best.found_by,
            proved_by,
            elapsed,
        },
    })))
}

/// How a level ended.
enum Step {
    Reached(Attainment),
    Infeasible,
    NoPlan(f64),
}

impl Run<'_> {
    /// Time left, or none without a limit.
    fn left(&self) -> Option<Duration> {
        let limit = self.engine.time_limit?;
        Some(limit.saturating_sub(self.started.elapsed()))
    }

    /// Options for a solve that may take a share of the time left.
    fn options(&self, share: f64) -> SolveOptions<'_> {
        SolveOptions {
            time_limit: self.left().map(|left| left.mul_f64(share)),
            relative_gap: self.engine.relative_gap,
            threads: self.engine.threads,
            seed: self.engine.seed,
            cancel: Some(&self.engine.cancel),
            progress: None,
            start: None,
        }
    }

    /// Maximizes the goals of one level.
    fn level(&mut self, weights: &Goals, floors: &[(Goals, f64)]) -> Result<Step, Error> {
        let mut bound = assignment_bound(self.problem, weights);
        if floors.is_empty() && self.engine.strategy != Strategy::Exact {
            bound = bound.min(self.solve_by_prices(weights)?);
        }
        if self.suffices(weights, bound) {
            return Ok(self.reached(weights, bound));
        }
        if self.is_for_backend() {
            return self.solve_by_backend(weights, floors, bound);
        }
        if self.stopped == Stopped::Finished {
            self.stopped = Stopped::SolverLimit;
        }
        Ok(self.reached(weights, bound))
    }

    /// Whether the best plan is within the gap that is asked for.
    fn suffices(&self, weights: &Goals, bound: f64) -> bool {
        self.value(weights)
            .is_some_and(|value| Attainment::new(value, bound).gap() <= self.engine.relative_gap)
    }

    /// Whether the whole program is handed to the backend.
    fn is_for_backend(&self) -> bool {
        match self.engine.strategy {
            Strategy::Prices => false,
            Strategy::Exact => true,
            _ => self.best.is_none() || self.problem.candidates().len() <= MOST_CANDIDATES,
        }
    }

    /// What a level has come to.
    fn reached(&mut self, weights: &Goals, bound: f64) -> Step {
        match self.value(weights) {
            Some(value) => {
                let attainment = Attainment::new(value, bound.max(value));
                self.optimal &= attainment.gap() <= self.engine.relative_gap;
                Step::Reached(attainment)
            }
            None => Step::NoPlan(bound),
        }
    }

    /// Solves by prices; the limit that they prove.
    fn solve_by_prices(&mut self, weights: &Goals) -> Result<f64, Error> {
        let alone = !self.is_for_backend();
        let share = if alone { 1.0 } else { PRICES_SHARE };
        let until = self.left().map(|left| Instant::now() + left.mul_f64(share));
        let late = || until.is_some_and(|until| Instant::now() >= until);
        let cancel = &self.engine.cancel;
        let stop = || cancel.is_cancelled() || late();
        let started = self.started;
        let report = |incumbent, bound| {
            if let Some(tell) = &self.engine.progress {
                let bound = Some(bound);
                tell(Progress {
                    incumbent,
                    bound,
                    elapsed: started.elapsed(),
                });
            }
        };
        let solution = prices::solve(
            self.problem,
            &prices::Options {
                weights: *weights,
                relative_gap: self.engine.relative_gap,
                searches: if alone || until.is_some() {
                    MANY_SEARCHES
                } else {
                    FEW_SEARCHES
                },
                threads: self.engine.threads,
                seed: u64::from(self.engine.seed),
                stop: &stop,
                progress: &report,
                start: self.engine.start.as_deref().filter(|_| self.best.is_none()),
            },
        );
        if alone && late() {
            self.stopped = Stopped::TimeLimit;
        }
        if cancel.is_cancelled() {
            self.stopped = Stopped::Cancelled;
        }
        if self.hour_prices.is_empty() {
            self.hour_prices = solution.hour_prices;
        }
        if let Some((plan, _)) = solution.plan {
            self.offer(plan, weights, None, PRICES)?;
        }
        Ok(solution.bound)
    }

    /// Solves by the backend: the relaxation, then the whole program.
    fn solve_by_backend(
        &mut self,
        weights: &Goals,
        floors: &[(Goals, f64)],
        mut bound: f64,
    ) -> Result<Step, Error> {
        let formulation = formulate(self.problem, weights, floors);
        if self.best.is_none() {
            self.start_from_baselines(weights)?;
        }
        if formulation.program.has_integers() {
            match self.relax(&formulation, weights, floors)? {
                Relaxed::Bound(limit) => self.tighten(&mut bound, limit),
                Relaxed::Infeasible if self.best.is_none() => return Ok(Step::Infeasible),
                Relaxed::Infeasible | Relaxed::Nothing => {}
            }
        }
        if self.suffices(weights, bound) {
            return Ok(self.reached(weights, bound));
        }
        let answer = self.solve(&formulation, bound)?;
        self.tighten(&mut bound, answer.bound);
        self.note(&answer);
        if let Some(point) = &answer.point {
            let plan = formulation.decode(self.problem, &point.values);
            let name = self.engine.backend.name();
            // Of the solver's own objective nothing is trusted: rows hold only within a tolerance, which
            // prices of overtime or imbalance make large.
            let claimed = formulation
                .program
                .objective(&formulation.encode(self.problem, &plan));
            self.offer(plan, weights, Some(claimed), &name)?;
        } else if answer.proved == Proved::Infeasible && self.best.is_none() {
            return Ok(Step::Infeasible);
        }
        Ok(self.reached(weights, bound))
    }

    /// Takes over a limit that the backend has proved, if it is better.
    fn tighten(&mut self, bound: &mut f64, limit: f64) {
        if limit < *bound {
            *bound = limit;
            self.proved_by = self.engine.backend.name();
        }
    }

    fn note(&mut self, answer: &Answer) {
        if answer.stopped != Stopped::Finished {
            self.stopped = answer.stopped;
        }
    }

    /// Weighted value of the best plan so far.
    fn value(&self, weights: &Goals) -> Option<f64> {
        self.best.as_ref().map(|best| best.goals.dot(weights))
    }

    fn start_from_baselines(&mut self, weights: &Goals) -> Result<(), Error> {
        let stop = self.heuristic_stop();
        let seed = u64::from(self.engine.seed);
        if let Some(plan) = incumbent::from_baselines(self.problem, weights, seed, &stop) {
            self.offer(plan, weights, None, "baselines and local search")?;
        }
        Ok(())
    }

    /// A test that says when heuristics have had their time.
    fn heuristic_stop(&self) -> impl Fn() -> bool + use<> {
        let seconds = self.left().map_or(HEURISTIC_SECONDS, |left| {
            (left.as_secs_f64() * HEURISTIC_SHARE).min(HEURISTIC_SECONDS)
        });
        let until = Instant::now() + Duration::from_secs_f64(seconds);
        let cancel = self.engine.cancel.clone();
        move || cancel.is_cancelled() || Instant::now() >= until
    }

    /// Solves the program without integers: a bound, and fractions to round.
    fn relax(
        &mut self,
        formulation: &Formulation,
        weights: &Goals,
        floors: &[(Goals, f64)],
    ) -> Result<Relaxed, Error> {
        let mut program = formulation.program.clone();
        program.integer.fill(false);
        let mut session = Scaled::new(&*self.engine.backend).load(&program)?;
        let answer = session.solve(&self.options(RELAXATION_SHARE))?;
        if answer.proved == Proved::Infeasible {
            return Ok(Relaxed::Infeasible);
        }
        if answer.proved != Proved::Optimal {
            self.note(&answer);
            return Ok(Relaxed::Nothing);
        }
        if floors.is_empty()
            && let Some(point) = &answer.point
        {
            let stop = self.heuristic_stop();
            let shares = &point.values[..self.problem.candidates().len()];
            let seed = u64::from(self.engine.seed);
            let plan = incumbent::from_fractions(self.problem, shares, weights, seed, &stop);
            if let Some(plan) = plan {
                self.offer(plan, weights, None, "rounded relaxation and local search")?;
            }
        }
        Ok(Relaxed::Bound(answer.bound))
    }

    /// Solves the program, from the best plan so far where there is one.
    fn solve(&self, formulation: &Formulation, bound: f64) -> Result<Answer, Error> {
        let start = (self.best.as_ref()).map(|best| formulation.encode(self.problem, &best.plan));
        let incumbent = start.as_ref().map(|s| formulation.program.objective(s));
        let started = self.started;
        let report = |progress: Progress| {
            let better = |a: Option<f64>, b: Option<f64>, pick: fn(f64, f64) -> f64| match (a, b) {
                (Some(a), Some(b)) => Some(pick(a, b)),
                (a, b) => a.or(b),
            };
            if let Some(tell) = &self.engine.progress {
                tell(Progress {
                    incumbent: better(progress.incumbent, incumbent, f64::max),
                    bound: better(progress.bound, Some(bound), f64::min),
                    elapsed: started.elapsed(),
                });
            }
        };
        let options = SolveOptions {
            progress: Some(&report),
            start: start.as_deref(),
            ..self.options(1.0)
        };
        let mut session = self.session(&formulation.program)?;
        Ok(session.solve(&options)?)
    }

    fn session(&self, program: &LinearProgram) -> Result<Box<dyn Session>, Error> {
        Ok(Scaled::new(&*self.engine.backend).load(program)?)
    }

    /// Checks a plan and keeps it if it is better than the best so far.
    fn offer(
        &mut self,
        plan: Plan,
        weights: &Goals,
        claimed: Option<f64>,
        found_by: &str,
    ) -> Result<(), Error> {
        let Verification {
            violations, goals, ..
        } = verify(self.problem, &plan);
        let found_by = found_by.to_owned();
        if !violations.is_empty() {
            return Err(Error::Unverified {
                found_by,
                violations,
            });
        }
        let value = goals.dot(weights);
        if let Some(claimed) = claimed
            && claimed - value > VALUE_TOLERANCE * value.abs().max(1.0)
        {
            return Err(Error::ValueMismatch {
                found_by,
                claimed,
                recomputed: value,
            });
        }
        // Later levels start from a plan that keeps the floors; a plan of the solver does too.
        if self.value(weights).is_none_or(|best| value > best) {
            self.best = Some(Checked {
                plan,
                goals,
                found_by,
            });
        }
        Ok(())
    }
}

/// What the relaxation says.
enum Relaxed {
    Bound(f64),
    Infeasible,
    Nothing,
}
