//! The solver against brute force, on published instances, and on the edges of what it accepts.
#![allow(
    clippy::unwrap_used,
    reason = "a test should fail at the first surprise"
)]

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::control::Random;
use super::core::exact;
use super::knapsack::{Knapsack, View};
use super::{Instance, InstanceError, Options, Sense, Solution, Status, solve};

fn number(random: &mut Random, from: i64, to: i64) -> i64 {
    let count = usize::try_from(to - from + 1).unwrap();
    from + i64::try_from(random.below(count)).unwrap()
}

fn exactly(instance: &Instance, options: &Options) -> Solution {
    let solution = solve(instance, options, &|| false);
    check(instance, options.sense, &solution);
    solution
}

/// Holds a solution against the instance alone.
fn check(instance: &Instance, sense: Sense, solution: &Solution) {
    let Some(assignment) = &solution.assignment else {
        assert_eq!(solution.objective, None);
        return;
    };
    let mut loads = vec![0; instance.agents()];
    let mut cost = 0;
    assert_eq!(assignment.len(), instance.jobs());
    for (job, &agent) in assignment.iter().enumerate() {
        loads[agent as usize] += instance.weight(agent as usize, job);
        cost += instance.cost(agent as usize, job);
    }
    for (agent, &load) in loads.iter().enumerate() {
        assert!(load <= instance.capacity(agent));
    }
    assert_eq!(solution.objective, Some(cost));
    let bound = solution.bound.unwrap();
    match sense {
        Sense::Minimize => assert!(bound <= cost),
        Sense::Maximize => assert!(bound >= cost),
    }
}

/// The least cost, by trying everything.
fn brute(instance: &Instance, job: usize, rooms: &mut [i64]) -> Option<i64> {
    if job == instance.jobs() {
        return Some(0);
    }
    let mut best = None;
    for agent in 0..instance.agents() {
        let weight = instance.weight(agent, job);
        if weight <= rooms[agent] {
            rooms[agent] -= weight;
            let rest = brute(instance, job + 1, rooms);
            rooms[agent] += weight;
            if let Some(rest) = rest {
                let cost = rest + instance.cost(agent, job);
                best = Some(best.map_or(cost, |best: i64| best.min(cost)));
            }
        }
    }
    best
}

fn least(instance: &Instance) -> Option<i64> {
    let mut rooms: Vec<i64> = (0..instance.agents())
        .map(|agent| instance.capacity(agent))
        .collect();
    brute(instance, 0, &mut rooms)
}

/// A small instance; `tightness` in hundredths of the mean load that capacities allow.
fn small(random: &mut Random, most_weight: i64, costs: (i64, i64), tightness: i64) -> Instance {
    let agents = 1 + random.below(4);
    let jobs = 1 + random.below(7);
    let pairs = agents * jobs;
    let cost = (0..pairs)
        .map(|_| number(random, costs.0, costs.1))
        .collect();
    let weight: Vec<i64> = (0..pairs).map(|_| number(random, 0, most_weight)).collect();
    let of_agent = weight
        .chunks(jobs)
        .map(|weights| weights.iter().sum::<i64>());
    let room = of_agent.map(|sum| sum * tightness / 100 / i64::try_from(agents).unwrap());
    let room = room.collect();
    Instance::new(agents, jobs, cost, weight, room).unwrap()
}

fn agrees_with_brute_force(instance: &Instance) {
    let solution = exactly(instance, &Options::default());
    let expected = least(instance);
    assert_eq!(solution.objective, expected, "{instance:?}");
    let status = if expected.is_some() {
        Status::Optimal
    } else {
        Status::Infeasible
    };
    assert_eq!(solution.status, status, "{instance:?}");
    if expected.is_some() {
        assert_eq!(solution.bound, expected);
    }
}

#[test]
fn small_instances_equal_brute_force() {
    let mut random = Random::new(1, 0);
    let mut infeasible = 0;
    for round in 0..600 {
        let tightness = [0, 60, 90, 110, 140, 400][round % 6];
        let costs = [(0, 50), (-20, 20), (7, 7), (0, 1)][round / 6 % 4];
        let instance = small(&mut random, [1, 9, 100][round / 24 % 3], costs, tightness);
        infeasible += u32::from(least(&instance).is_none());
        agrees_with_brute_force(&instance);
    }
    assert!((50..500).contains(&infeasible), "{infeasible}");
}

#[test]
fn large_weights_equal_brute_force() {
    let mut random = Random::new(2, 0);
    for round in 0..60 {
        let tightness = [90, 120, 200][round % 3];
        agrees_with_brute_force(&small(&mut random, 2_000_000_000, (0, 1000), tightness));
    }
}

#[test]
fn tight_capacities_equal_brute_force() {
    let mut random = Random::new(3, 0);
    for _ in 0..100 {
        let jobs = 1 + random.below(7);
        let agents = 1 + random.below(3);
        let pairs = agents * jobs;
        let weight: Vec<i64> = (0..pairs).map(|_| number(&mut random, 1, 30)).collect();
        let cost = (0..pairs).map(|_| number(&mut random, 1, 30)).collect();
        let mut room = vec![0; agents];
        for job in 0..jobs {
            let agent = random.below(agents);
            room[agent] += weight[agent * jobs + job];
        }
        agrees_with_brute_force(&Instance::new(agents, jobs, cost, weight, room).unwrap());
    }
}

#[test]
fn maximizing_is_minimizing_the_negated_costs() {
    let mut random = Random::new(4, 0);
    let options = Options {
        sense: Sense::Maximize,
        ..Options::default()
    };
    for _ in 0..100 {
        let instance = small(&mut random, 9, (-5, 30), 130);
        let solution = exactly(&instance, &options);
        let expected = least(&instance.negated()).map(|cost| -cost);
        assert_eq!(solution.objective, expected);
        assert_eq!(solution.bound, expected);
    }
}

#[test]
fn no_jobs_cost_nothing_and_no_agents_serve_nothing() {
    let none = Instance::new(2, 0, vec![], vec![], vec![1, 1]).unwrap();
    let solution = exactly(&none, &Options::default());
    assert_eq!(
        (solution.status, solution.objective),
        (Status::Optimal, Some(0))
    );
    let nobody = Instance::new(0, 2, vec![], vec![], vec![]).unwrap();
    assert_eq!(
        exactly(&nobody, &Options::default()).status,
        Status::Infeasible
    );
    let nothing = Instance::new(0, 0, vec![], vec![], vec![]).unwrap();
    assert_eq!(exactly(&nothing, &Options::default()).objective, Some(0));
}

#[test]
fn what_is_no_instance_is_refused() {
    let shape = Instance::new(1, 2, vec![1], vec![1, 1], vec![1]);
    assert_eq!(
        shape,
        Err(InstanceError::Shape {
            table: "costs",
            found: 1,
            expected: 2
        })
    );
    let negative = Instance::new(1, 2, vec![1, 1], vec![1, -3], vec![1]);
    assert_eq!(
        negative,
        Err(InstanceError::Negative {
            table: "weights",
            index: 1,
            value: -3
        })
    );
    let heavy = Instance::new(1, 1, vec![1], vec![1 << 31], vec![1]);
    assert!(matches!(
        heavy,
        Err(InstanceError::Overflow {
            table: "weights",
            ..
        })
    ));
    let dear = Instance::new(1, 2, vec![1 << 45, i64::MIN], vec![1, 1], vec![1]);
    assert!(matches!(
        dear,
        Err(InstanceError::Overflow { table: "costs", .. })
    ));
    let many = Instance::new(usize::MAX, 2, vec![], vec![], vec![]);
    assert!(matches!(
        many,
        Err(InstanceError::Overflow {
            table: "agents",
            ..
        })
    ));
}

/// Weights up to 100 and costs that fall with them: the hard published type.
fn hard(agents: usize, jobs: usize, seed: u64) -> Instance {
    let mut random = Random::new(seed, 0);
    let weight: Vec<i64> = (0..agents * jobs)
        .map(|_| number(&mut random, 1, 100))
        .collect();
    let cost = weight
        .iter()
        .map(|weight| 111 - weight + number(&mut random, -10, 10))
        .collect();
    let of_agent = weight
        .chunks(jobs)
        .map(|weights| weights.iter().sum::<i64>());
    let room = of_agent
        .map(|sum| sum * 8 / 10 / i64::try_from(agents).unwrap())
        .collect();
    Instance::new(agents, jobs, cost, weight, room).unwrap()
}

#[test]
fn answers_do_not_depend_on_threads() {
    for (agents, jobs) in [(5, 40), (8, 40), (5, 60)] {
        let instance = hard(agents, jobs, 7);
        let options = Options {
            relative_gap: 0.002,
            ..Options::default()
        };
        let one = exactly(&instance, &options);
        for threads in [2, 3, 9] {
            assert_eq!(exactly(&instance, &Options { threads, ..options }), one);
        }
    }
}

#[test]
fn the_time_limit_is_kept() {
    let instance = hard(40, 400, 5);
    for (threads, milliseconds) in [(1, 0), (1, 30), (2, 300), (2, 1500)] {
        let limit = Duration::from_millis(milliseconds);
        let options = Options {
            time_limit: Some(limit),
            threads,
            ..Options::default()
        };
        let begin = Instant::now();
        let solution = exactly(&instance, &options);
        let took = begin.elapsed();
        assert!(
            took < limit + Duration::from_millis(250),
            "{took:?} for {limit:?}"
        );
        assert!(matches!(
            solution.status,
            Status::Feasible | Status::Unknown
        ));
    }
}

#[test]
fn a_wish_to_stop_is_heard() {
    let instance = hard(40, 400, 6);
    let wish = AtomicBool::new(false);
    let begin = Instant::now();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(400));
            wish.store(true, Ordering::Relaxed);
        });
        let options = Options {
            threads: 2,
            ..Options::default()
        };
        let solution = solve(&instance, &options, &|| wish.load(Ordering::Relaxed));
        check(&instance, Sense::Minimize, &solution);
    });
    let took = begin.elapsed();
    assert!(took < Duration::from_millis(650), "{took:?}");
}

/// Reads a published file: agents, jobs, costs, weights, capacities.
fn read(path: &std::path::Path) -> Instance {
    let text = std::fs::read_to_string(path).unwrap();
    let mut numbers = text
        .split_ascii_whitespace()
        .map(|text| text.parse::<i64>().unwrap());
    let agents = usize::try_from(numbers.next().unwrap()).unwrap();
    let jobs = usize::try_from(numbers.next().unwrap()).unwrap();
    let mut table = |count: usize| numbers.by_ref().take(count).collect();
    let (cost, weight) = (table(agents * jobs), table(agents * jobs));
    Instance::new(agents, jobs, cost, weight, table(agents)).unwrap()
}

#[test]
fn published_optima_are_proved() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/gap");
    if !folder.is_dir() {
        println!("skipped: {} is not there", folder.display());
        return;
    }
    let table = std::fs::read_to_string(folder.join("best_known.csv")).unwrap();
    let mut seen = 0;
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let small = cells[1].starts_with("cattrysse1994") || cells[0].starts_with(['a', 'b', 'c']);
        if !small || cells[1].starts_with("yagiura2004") {
            continue;
        }
        let solution = exactly(&read(&folder.join(cells[1])), &Options::default());
        assert_eq!(solution.status, Status::Optimal, "{}", cells[0]);
        assert_eq!(solution.objective, cells[5].parse().ok(), "{}", cells[0]);
        seen += 1;
    }
    assert_eq!(seen, 39);
}

/// Best value of a knapsack with every pair free, chosen or left out as `forced` says.
fn best_set(weight: &[u32], profit: &[f64], room: i64, forced: Option<(usize, bool)>) -> f64 {
    let mut best = f64::NEG_INFINITY;
    for set in 0..1u32 << weight.len() {
        let has = |pair: usize| set >> pair & 1 == 1;
        let load: i64 = (0..weight.len())
            .filter(|&pair| has(pair))
            .map(|pair| i64::from(weight[pair]))
            .sum();
        if load <= room && forced.is_none_or(|(pair, chosen)| has(pair) == chosen) {
            best = best.max(
                (0..weight.len())
                    .filter(|&pair| has(pair))
                    .map(|pair| profit[pair])
                    .sum(),
            );
        }
    }
    best
}

#[test]
fn knapsacks_and_their_losses_equal_brute_force() {
    let mut random = Random::new(8, 0);
    let mut knapsack = Knapsack::default();
    for round in 0..3000 {
        let count = 1 + random.below(9);
        let job: Vec<u32> = (0..).take(count).collect();
        let weight: Vec<u32> = (0..count)
            .map(|_| u32::try_from(random.below(10)).unwrap())
            .collect();
        let cost: Vec<f64> = (0..count)
            .map(|_| exact(number(&mut random, -9, 9)))
            .collect();
        let prices: Vec<f64> = (0..count)
            .map(|_| exact(number(&mut random, -9, 19)) / 2.0)
            .collect();
        let room = number(&mut random, 0, 30);
        let profit: Vec<f64> = prices
            .iter()
            .zip(&cost)
            .map(|(price, cost)| price - cost)
            .collect();
        let view = View {
            job: &job,
            weight: &weight,
            cost: &cost,
            room,
        };
        let mut taken = vec![false; count];
        let best = knapsack.solve(view, &prices, &mut taken);
        let expected = best_set(&weight, &profit, room, None);
        assert!((best.value - expected).abs() < 1e-9);
        let slack = [0.0, 1.0, 5.0, 100.0][round % 4];
        let (mut loss_in, mut loss_out) = (vec![0.0; count], vec![0.0; count]);
        knapsack.losses(view, &prices, best, slack, &mut loss_in, &mut loss_out);
        for pair in 0..count {
            for (loss, chosen) in [(loss_in[pair], true), (loss_out[pair], false)] {
                let exactly = expected - best_set(&weight, &profit, room, Some((pair, chosen)));
                assert!(
                    loss <= exactly.max(slack + 1e-6) || exactly > slack,
                    "{loss} {exactly} {slack}"
                );
            }
        }
    }
}
