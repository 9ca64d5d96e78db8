//! Exported tasks mean what the task means.
//!
//! Where the expected answers come from: microlp's proved optimum of the task, against all choices of
//! the JSON tried one by one with arithmetic that shares nothing with the library; and the value that
//! the check finds for a plan, against the objective read from the text of the MPS file.
#![allow(
    clippy::unwrap_used,
    reason = "a test should fail at the first surprise"
)]

use std::collections::HashMap;
use std::sync::Arc;

use apportion::backend::microlp::Microlp;
use apportion::check::verify;
use apportion::domain::Problem;
use apportion::engine::{Engine, Outcome, Solved};
use apportion::input::Input;
use apportion::program::{formulate, write_mps};
use apportion::strategy::Strategy;
use apportion_bench::export::compact;
use apportion_bench::generate::generate;
use serde_json::Value;

/// Seeds of the tasks, and how many of these have a plan.
const SEEDS: std::ops::Range<u64> = 0..20;
const FEASIBLE: usize = 10;

/// Six markets and five reps: a specialist, a candidate with two bases, a family, hard limits.
fn tiny(seed: u64) -> Problem {
    let mut input: Input = generate(6, 5, seed);
    let changed = [input.reps[3].id.clone(), input.reps[4].id.clone()];
    for market in &mut input.markets {
        market
            .current
            .retain(|current| !changed.contains(&current.rep));
    }
    input.reps[3].team = "specialist".to_owned();
    let (latitude, longitude) = (
        input.reps[4].latitude_deg.take(),
        input.reps[4].longitude_deg.take(),
    );
    let (latitude, longitude) = (latitude.unwrap(), longitude.unwrap());
    input.reps[4] = std::mem::take(&mut input.reps[4])
        .candidate(150_000.0)
        .base("first", latitude, longitude, 90_000.0)
        .base("second", latitude + 1.0, longitude, 20_000.0);
    input.policy.continuity.max_moves = Some(2);
    input.policy.balance[1].max_ratio = Some(3.0);
    Problem::new(&input).unwrap()
}

/// The optimum; none where no plan keeps every rule.
fn solved(problem: &Problem) -> Option<Box<Solved>> {
    let engine = Engine::new(Arc::new(Microlp::new()))
        .strategy(Strategy::Exact)
        .relative_gap(0.0);
    match engine.solve(problem).unwrap() {
        Outcome::Solved(solved) => Some(solved),
        Outcome::Infeasible(_) => None,
        Outcome::NoPlan(why) => panic!("{why}"),
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn index(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

/// All ways to take one of each list, as positions.
fn all_ways(sizes: &[usize]) -> Vec<Vec<usize>> {
    let mut ways = vec![Vec::new()];
    for &size in sizes {
        let longer = ways.iter().flat_map(|way: &Vec<usize>| {
            (0..size).map(move |at| way.iter().copied().chain([at]).collect())
        });
        ways = longer.collect();
    }
    ways
}

/// The best value over all choices and bases.
fn brute_force(task: &Value) -> f64 {
    let blocks = list(&task["blocks"]);
    let sizes = blocks.iter().map(|block| list(&block["choices"]).len() + 1);
    let choices = all_ways(&sizes.collect::<Vec<_>>());
    let seats = list(&task["reps"]).iter().map(|rep| {
        let bases = list(&rep["fixed_cost"]).len();
        bases + usize::from(rep["candidate"] == true)
    });
    let seats = all_ways(&seats.collect::<Vec<_>>());
    let mut best = f64::NEG_INFINITY;
    for choice in &choices {
        for seat in &seats {
            best = best.max(value(task, choice, seat).unwrap_or(f64::NEG_INFINITY));
        }
    }
    best
}

/// Value of a choice for each block (the last: nobody) and a base for each rep (the last of a
/// candidate: not hired); none where a rule is broken.
fn value(task: &Value, choice: &[usize], seat: &[usize]) -> Option<f64> {
    let reps = list(&task["reps"]);
    let works = |rep: usize| seat[rep] < list(&reps[rep]["fixed_cost"]).len();
    let mut total = number(&task["offset"]);
    let mut loads: Vec<Vec<f64>> = (reps.iter())
        .map(|rep| vec![0.0; list(&rep["hours"]).len()])
        .collect();
    let balances = list(&task["balances"]);
    let mut amounts = vec![vec![0.0; reps.len()]; balances.len()];
    let (mut slots, mut kept, mut kept_potential) = (vec![0; reps.len()], 0.0, 0.0);
    let mut holder: Vec<Option<usize>> = Vec::new();
    for (block, &at) in list(&task["blocks"]).iter().zip(choice) {
        let Some(chosen) = list(&block["choices"]).get(at) else {
            if block["mandatory"] == true {
                return None;
            }
            total += number(&block["idle"]);
            holder.push(None);
            continue;
        };
        let rep = index(&chosen[0]);
        if !works(rep) || (reps[rep]["open"] == true && seat[rep] != index(&chosen[1])) {
            return None;
        }
        holder.push(Some(rep));
        total += number(&chosen[2]);
        kept += number(&chosen[3]);
        kept_potential += number(&chosen[4]);
        for (visits, hours) in list(&block["visits"]).iter().zip(list(&chosen[5])) {
            slots[rep] += 1;
            for (load, visits) in loads[rep].iter_mut().zip(list(visits)) {
                *load += number(visits) * number(hours);
            }
        }
        for (amounts, amount) in amounts.iter_mut().zip(list(&chosen[6])) {
            amounts[rep] += number(amount);
        }
    }
    for (at, block) in list(&task["blocks"]).iter().enumerate() {
        let others = list(&block["distinct"]).iter().map(index);
        if (others.into_iter()).any(|other| holder[at].is_some() && holder[at] == holder[other]) {
            return None;
        }
    }
    for (at, rep) in reps.iter().enumerate() {
        if rep["open"] == true && works(at) {
            total -= number(&rep["fixed_cost"][seat[at]]);
        }
        let limits = list(&rep["hours"]).iter().zip(list(&rep["overtime_hours"]));
        for (load, (hours, overtime)) in loads[at].iter().zip(limits) {
            let hours = if works(at) { number(hours) } else { 0.0 };
            let over = (load - hours).max(0.0);
            if over > number(overtime) + 1e-9 {
                return None;
            }
            total -= number(&rep["overtime_cost"]) * over;
        }
        if rep["max_slots"]
            .as_u64()
            .is_some_and(|most| slots[at] > most)
        {
            return None;
        }
    }
    for (balance, amounts) in balances.iter().zip(&amounts) {
        total -= deviation(balance, amounts)?;
    }
    let least = |name: &str| task[name].as_f64().unwrap_or(f64::NEG_INFINITY) - 1e-9;
    let enough = kept >= least("min_kept") && kept_potential >= least("min_kept_potential");
    enough.then_some(total)
}

/// Cost of what lies outside the ideal band; none where a hard limit is broken.
fn deviation(balance: &Value, amounts: &[f64]) -> Option<f64> {
    let shares: Vec<f64> = list(&balance["shares"]).iter().map(number).collect();
    let taking_part = || {
        amounts
            .iter()
            .zip(&shares)
            .filter(|(_, share)| **share > 0.0)
    };
    let whole: f64 = taking_part().map(|(amount, _)| amount).sum();
    let ideal = number(&balance["ideal_within"]);
    let mut outside: Vec<f64> = Vec::new();
    for (amount, share) in taking_part() {
        let fair = share * whole;
        let most = balance["max_ratio"].as_f64().unwrap_or(f64::INFINITY);
        let least = balance["min_ratio"].as_f64().unwrap_or(0.0);
        if *amount > most * fair + 1e-6 || *amount < least * fair - 1e-6 {
            return None;
        }
        outside.push(((amount - fair).abs() - ideal * fair).max(0.0));
    }
    let counts = if balance["largest"] == true {
        outside.into_iter().fold(0.0, f64::max)
    } else {
        outside.into_iter().sum()
    };
    Some(number(&balance["cost_per_unit"]) * counts)
}

#[test]
fn the_best_of_all_choices_in_the_json_is_the_optimum_of_the_task() {
    let mut feasible = 0;
    for seed in SEEDS {
        let problem = tiny(seed);
        let task: Value = serde_json::from_str(&compact(&problem).unwrap().to_string()).unwrap();
        let found = brute_force(&task);
        let Some(solved) = solved(&problem) else {
            assert!(
                found.is_infinite(),
                "seed {seed}: {found} by trying all, proved infeasible"
            );
            continue;
        };
        let optimum = solved.value();
        let near = (found - optimum).abs() <= 1e-6 * optimum.abs();
        assert!(near, "seed {seed}: {found} by trying all, {optimum} proved");
        feasible += 1;
    }
    assert!(feasible >= FEASIBLE, "only {feasible}");
}

#[test]
fn the_objective_in_the_mps_file_is_the_value_of_the_plan() {
    let mut feasible = 0;
    for seed in SEEDS {
        let problem = tiny(seed);
        let Some(solved) = solved(&problem) else {
            continue;
        };
        let value = verify(&problem, &solved.plan).goals.dot(&problem.weights());
        let formulation = formulate(&problem, &problem.weights(), &[]);
        let point = formulation.encode(&problem, &solved.plan);
        let mut text = Vec::new();
        write_mps(&formulation.program, &mut text).unwrap();
        let objective = objective(&String::from_utf8(text).unwrap(), &point);
        let near = (objective - value).abs() <= 1e-9 * value.abs();
        assert!(
            near,
            "seed {seed}: {objective} in the file, {value} by the check"
        );
        feasible += 1;
    }
    assert!(feasible >= FEASIBLE, "only {feasible}");
}

/// Objective of a point: its costs, less the right-hand side of the objective.
fn objective(mps: &str, point: &[f64]) -> f64 {
    assert!(mps.contains("OBJSENSE\n MAX\n"));
    let mut costs: HashMap<usize, f64> = HashMap::new();
    let mut constant = 0.0;
    for line in mps.lines() {
        match line.split_whitespace().collect::<Vec<_>>()[..] {
            ["RHS", "OBJ", value] => constant = -value.parse::<f64>().unwrap(),
            [column, "OBJ", value] => {
                let column = column.trim_start_matches('C').parse().unwrap();
                costs.insert(column, value.parse().unwrap());
            }
            _ => {}
        }
    }
    constant
        + costs
            .iter()
            .map(|(&at, cost)| cost * point[at])
            .sum::<f64>()
}

#[test]
fn a_task_with_several_levels_has_no_single_value() {
    let mut input = generate(6, 5, 1);
    input.policy = (input.policy)
        .priority([("contribution", 1.0)], 0.1)
        .priority([("travel", 1.0)], 0.0);
    let problem = Problem::new(&input).unwrap();
    assert!(compact(&problem).is_err());
}
