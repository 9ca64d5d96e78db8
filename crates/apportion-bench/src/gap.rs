//! Published generalized assignment instances: every job to one agent, within capacities.
//!
//! A file holds whole numbers: agents m and jobs n, m rows of n costs, m rows of n weights and m
//! capacities. Answers are checked here from the file's numbers alone.

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use apportion::prices::gap::{self, Options, Sense, Solution, Status};
use serde_json::{Value, json};

use crate::counting::peak_of;

/// The numbers of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Name of the file.
    pub name: String,
    agents: usize,
    jobs: usize,
    costs: Vec<i64>,
    weights: Vec<i64>,
    capacities: Vec<i64>,
}

impl Instance {
    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read, holds something other than whole numbers, or too few or too many.
    pub fn read(path: &Path) -> Result<Self, Box<dyn Error>> {
        let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let text = fs::read_to_string(path).map_err(|error| told(&error))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Self::parse(&name, &text).map_err(|error| told(&error).into())
    }

    fn parse(name: &str, text: &str) -> Result<Self, Box<dyn Error>> {
        let numbers = text.split_ascii_whitespace().map(str::parse);
        let numbers: Vec<i64> = numbers.collect::<Result<_, _>>()?;
        let [agents, jobs, rest @ ..] = &numbers[..] else {
            return Err("no numbers of agents and jobs".into());
        };
        let (agents, jobs) = (usize::try_from(*agents)?, usize::try_from(*jobs)?);
        let pairs = agents.checked_mul(jobs).ok_or("too many pairs")?;
        let expected = pairs
            .checked_mul(2)
            .and_then(|count| count.checked_add(agents));
        if expected != Some(rest.len()) {
            return Err(
                format!("{} numbers for {agents} agents and {jobs} jobs", rest.len()).into(),
            );
        }
        Ok(Self {
            name: name.to_owned(),
            agents,
            jobs,
            costs: rest[..pairs].to_vec(),
            weights: rest[pairs..2 * pairs].to_vec(),
            capacities: rest[2 * pairs..].to_vec(),
        })
    }

    /// Sum of costs of an assignment, an agent for every job.
    ///
    /// # Errors
    /// If a job has no agent or there are more, an agent does not exist or has too much.
    pub fn check(&self, assignment: &[u32]) -> Result<i64, Box<dyn Error>> {
        if assignment.len() != self.jobs {
            return Err(format!("{}: {} jobs assigned", self.name, assignment.len()).into());
        }
        let mut total = 0;
        let mut loads = vec![0; self.agents];
        for (job, &agent) in assignment.iter().enumerate() {
            let pair = agent as usize * self.jobs + job;
            let load = loads.get_mut(agent as usize).ok_or("no such agent")?;
            *load += self.weights[pair];
            total += self.costs[pair];
        }
        let over = loads
            .iter()
            .zip(&self.capacities)
            .position(|(load, room)| load > room);
        match over {
            Some(agent) => Err(format!("{}: agent {agent} has too much", self.name).into()),
            None => Ok(total),
        }
    }

    /// Solves the instance and returns the figures.
    ///
    /// # Errors
    /// If the numbers are no instance, or the answer does not pass the check.
    pub fn run(&self, task: &Task, known: Option<i64>) -> Result<Value, Box<dyn Error>> {
        let instance = gap::Instance::new(
            self.agents,
            self.jobs,
            self.costs.clone(),
            self.weights.clone(),
            self.capacities.clone(),
        )?;
        let options = Options {
            time_limit: Some(task.limit),
            relative_gap: 0.0,
            threads: task.threads,
            seed: task.seed,
            sense: task.sense,
        };
        let begin = Instant::now();
        let (solution, peak) = peak_of(|| gap::solve(&instance, &options, &|| false));
        let seconds = begin.elapsed().as_secs_f64();
        self.verify(task.sense, &solution)?;
        let known = known.filter(|_| task.sense == Sense::Minimize);
        Ok(json!({
            "instance": self.name,
            "sense": match task.sense {
                Sense::Minimize => "min",
                Sense::Maximize => "max",
            },
            "status": match solution.status {
                Status::Optimal => "optimal",
                Status::Feasible => "feasible",
                Status::Infeasible => "infeasible",
                Status::Unknown => "unknown",
            },
            "objective": solution.objective,
            "bound": solution.bound,
            "gap": share(solution.objective, known),
            "own_gap": share(solution.objective, solution.bound),
            "seconds": seconds,
            "peak_mib": peak.div_ceil(1 << 20),
            "assignment": solution.assignment,
        }))
    }

    fn verify(&self, sense: Sense, solution: &Solution) -> Result<(), Box<dyn Error>> {
        let Some(assignment) = &solution.assignment else {
            return Ok(());
        };
        let total = self.check(assignment)?;
        if solution.objective != Some(total) {
            return Err(format!("{}: the sum is {total}", self.name).into());
        }
        let wrong = solution.bound.is_none_or(|bound| match sense {
            Sense::Minimize => bound > total,
            Sense::Maximize => bound < total,
        });
        if wrong {
            return Err(format!("{}: the bound excludes the answer", self.name).into());
        }
        Ok(())
    }
}

/// How to solve.
#[derive(Clone, Copy, Debug)]
pub struct Task {
    /// Time for each instance.
    pub limit: Duration,
    /// Threads, 1 or more.
    pub threads: usize,
    /// Seed of random choices.
    pub seed: u64,
    /// Small or large sums.
    pub sense: Sense,
}

/// (value − from)/|from|.
fn share(value: Option<i64>, from: Option<i64>) -> Option<f64> {
    #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
    let (value, from) = (value? as f64, from? as f64);
    (from.abs() > 0.0).then(|| (value - from) / from.abs())
}

/// Lower bounds of published instances by name, from the nearest `best_known.csv` in the file's
/// folder or above; empty where there is none.
///
/// # Errors
/// If the table is there but not as published.
pub fn lower_bounds(file: &Path) -> Result<HashMap<String, i64>, Box<dyn Error>> {
    let file = fs::canonicalize(file)?;
    let candidates = file
        .ancestors()
        .skip(1)
        .take(3)
        .map(|folder| folder.join("best_known.csv"));
    let tables: Vec<PathBuf> = candidates.filter(|path| path.is_file()).collect();
    let Some(table) = tables.first() else {
        return Ok(HashMap::new());
    };
    let text = fs::read_to_string(table)?;
    let mut lines = text
        .lines()
        .map(|line| line.split(',').collect::<Vec<&str>>());
    let titles = lines.next().unwrap_or_default();
    let column = |title: &str| titles.iter().position(|other| *other == title);
    let (Some(name), Some(bound)) = (column("instance"), column("lower_bound")) else {
        return Err(format!("{}: no instance or lower_bound", table.display()).into());
    };
    let mut bounds = HashMap::new();
    for line in lines {
        if let (Some(name), Some(bound)) = (line.get(name), line.get(bound)) {
            bounds.insert((*name).to_owned(), bound.parse()?);
        }
    }
    Ok(bounds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_sees_what_is_wrong() -> Result<(), Box<dyn Error>> {
        let instance = Instance::parse("two", "2 2  1 2 3 4  5 6 7 8  6 8")?;
        assert_eq!(instance.check(&[0, 1])?, 5);
        assert!(instance.check(&[0, 0]).is_err());
        assert!(instance.check(&[0]).is_err());
        assert!(instance.check(&[0, 2]).is_err());
        assert!(Instance::parse("short", "2 2  1 2 3 4  5 6 7 8  6").is_err());
        Ok(())
    }

    #[test]
    fn a_run_tells_the_optimum() -> Result<(), Box<dyn Error>> {
        let instance = Instance::parse("two", "2 2  1 2 3 4  5 6 7 8  6 8")?;
        let task = Task {
            limit: Duration::from_secs(5),
            threads: 2,
            seed: 0,
            sense: Sense::Minimize,
        };
        let figures = instance.run(&task, Some(5))?;
        assert_eq!(figures["objective"], 5);
        assert_eq!(figures["status"], "optimal");
        assert_eq!(figures["gap"], 0.0);
        Ok(())
    }
}
