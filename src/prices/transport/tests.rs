#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::Cell;

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

use super::{Answer, Ended, Limits, Simplex, Transport, TransportError};

struct Random(Pcg64Mcg);

impl Random {
    fn new(seed: u64) -> Self {
        Self(Pcg64Mcg::seed_from_u64(seed))
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0.next_u64() % end
    }

    /// A position in a list.
    fn position(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap()
    }

    /// A whole number from 1 to `most`.
    fn whole(&mut self, most: u64) -> f64 {
        (1 + self.below(most)) as f64
    }

    /// A number from 0 to 1.
    fn share(&mut self) -> f64 {
        self.below(1 << 53) as f64 / (1_u64 << 53) as f64
    }

    fn amounts(&mut self, count: usize, mut draw: impl FnMut(&mut Self) -> f64) -> Vec<f64> {
        (0..count).map(|_| draw(self)).collect()
    }
}

fn dense(random: &mut Random, reps: usize, markets: usize) -> Transport {
    let value = random.amounts(reps * markets, |r| 1000.0 - r.whole(1000));
    let demand = random.amounts(markets, |r| r.whole(20));
    let weight = random.amounts(reps, Random::share);
    let (hours, weights): (f64, f64) = (demand.iter().sum(), weight.iter().sum());
    let capacity = weight.iter().map(|w| w / weights * 1.2 * hours).collect();
    Transport::dense(demand, vec![0.0; markets], capacity, value).unwrap()
}

/// Few reps and markets with ties, zeros and missing arcs.
fn small(random: &mut Random) -> Transport {
    let (markets, reps) = (random.position(8), random.position(5));
    let (mut start, mut rep, mut value) = (vec![0], vec![], vec![]);
    for _ in 0..markets {
        for at in 0..reps {
            if random.below(3) > 0 {
                rep.push(u32::try_from(at).unwrap());
                value.push(random.whole(12) - 4.0);
            }
        }
        start.push(u32::try_from(rep.len()).unwrap());
    }
    let demand = random.amounts(markets, |r| r.below(5) as f64);
    let loss = random.amounts(markets, |r| r.below(4) as f64 - 1.0);
    let capacity = random.amounts(reps, |r| r.below(9) as f64);
    Transport::new(demand, loss, capacity, start, rep, value).unwrap()
}

/// Holds an answer against the problem: flows keep every limit, prices bound every plan, and both meet.
fn certify(problem: &Transport, answer: &Answer) {
    feasible(problem, answer);
    let size: f64 = answer.objective.abs().max(answer.bound.abs());
    let gap = answer.bound - answer.objective;
    assert!(gap.abs() <= 1e-9 * size, "gap {gap} of {size}");
}

fn feasible(problem: &Transport, answer: &Answer) {
    let mut unmet = problem.demand.clone();
    let mut room = problem.capacity.clone();
    let mut objective = 0.0;
    for flow in &answer.flows {
        let arc = flow.arc as usize;
        assert!(flow.hours > 0.0);
        assert!(problem.span(flow.market as usize).contains(&arc));
        assert_eq!(problem.rep[arc], flow.rep);
        unmet[flow.market as usize] -= flow.hours;
        room[flow.rep as usize] -= flow.hours;
        objective += flow.hours * problem.value[arc];
    }
    for (market, &left) in answer.unserved.iter().enumerate() {
        assert!(left >= 0.0);
        let hours = problem.demand[market];
        assert!((unmet[market] - left).abs() <= 1e-9 * hours.max(1.0));
        objective -= left * problem.loss[market];
    }
    for (room, hours) in room.iter().zip(&problem.capacity) {
        assert!(*room >= -1e-9 * hours.max(1.0), "{room} left of {hours}");
    }
    let size = objective.abs().max(1.0);
    assert!((objective - answer.objective).abs() <= 1e-9 * size);
    for market in 0..problem.markets() {
        let price = answer.market_price[market];
        assert!(price >= -problem.loss[market]);
        for arc in problem.span(market) {
            let rep = answer.rep_price[problem.rep[arc] as usize];
            let slack = price + rep - problem.value[arc];
            assert!(slack >= -1e-12 * problem.scale, "slack {slack}");
        }
    }
    assert!(answer.rep_price.iter().all(|&p| p >= 0.0 && p.is_finite()));
}

fn solved(problem: &Transport) -> Answer {
    let mut simplex = Simplex::cold(problem);
    feasible(problem, &simplex.answer(problem));
    assert_eq!(simplex.solve(problem, &Limits::default()), Ended::Optimal);
    let answer = simplex.answer(problem);
    certify(problem, &answer);
    answer
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

#[test]
fn generated_sizes_are_certified() {
    for (seed, reps, markets) in [(1, 50, 1000), (2, 7, 300), (3, 100, 100), (4, 3, 2000)] {
        solved(&dense(&mut Random::new(seed), reps, markets));
    }
}

#[cfg(feature = "microlp")]
#[test]
fn general_solver_agrees() {
    use crate::backend::microlp::Microlp;
    use crate::backend::{Backend, SolveOptions};
    use crate::program::LinearProgramBuilder;

    let mut random = Random::new(11);
    for _ in 0..200 {
        let problem = small(&mut random);
        let mut builder = LinearProgramBuilder::new();
        for &value in &problem.value {
            builder.column(value, 0.0, f64::INFINITY, false);
        }
        let mut by_rep = vec![Vec::new(); problem.reps()];
        for market in 0..problem.markets() {
            let unserved = builder.column(-problem.loss[market], 0.0, f64::INFINITY, false);
            let mut terms = vec![(unserved, 1.0)];
            for arc in problem.span(market) {
                let column = u32::try_from(arc).unwrap();
                terms.push((column, 1.0));
                by_rep[problem.rep[arc] as usize].push((column, 1.0));
            }
            let hours = problem.demand[market];
            builder.row(hours, hours, &mut terms);
        }
        for (terms, &hours) in by_rep.iter_mut().zip(&problem.capacity) {
            builder.row(f64::NEG_INFINITY, hours, terms);
        }
        let mut session = Microlp::new().load(&builder.finish()).unwrap();
        let answer = session.solve(&SolveOptions::default()).unwrap();
        let expected = answer.point.unwrap().objective;
        let found = solved(&problem).objective;
        assert!((expected - found).abs() <= 1e-6, "{expected} {found}");
    }
}

/// A change of each kind, on the problem as it then stands.
fn change(random: &mut Random, problem: &mut Transport, kind: u64) {
    let (markets, reps) = (problem.markets(), problem.reps());
    match kind {
        0 => {
            let values = problem.values().to_vec();
            let scaled = values.iter().map(|v| v * (0.9 + 0.2 * random.share()));
            let scaled: Vec<f64> = scaled.collect();
            problem.set_values(&scaled).unwrap();
        }
        1 => {
            let rep = random.position(reps);
            let factor = 2.0 * random.share();
            for arc in 0..problem.arcs() {
                if problem.rep[arc] as usize == rep {
                    let value = problem.value[arc];
                    problem.set_value(arc, factor * value).unwrap();
                }
            }
        }
        2 => {
            let demands = random.amounts(markets, |r| r.below(21) as f64);
            problem.set_demands(&demands).unwrap();
        }
        _ => {
            let rep = random.position(reps);
            let hours = random.below(3) as f64 * problem.capacities()[rep];
            let hours = if hours > 0.0 {
                hours
            } else {
                random.below(40) as f64
            };
            problem.set_capacity(rep, hours / 2.0).unwrap();
        }
    }
}

#[test]
fn warm_equals_cold() {
    let mut random = Random::new(5);
    let mut changes = 0;
    for (reps, markets) in [(1, 30), (3, 20), (8, 60), (20, 50)] {
        let mut problem = dense(&mut random, reps, markets);
        let mut simplex = Simplex::cold(&problem);
        let mut again = simplex.clone();
        simplex.solve(&problem, &Limits::default());
        for _ in 0..125 {
            let kind = random.below(4);
            change(&mut random, &mut problem, kind);
            if kind < 2 {
                simplex.resolve_values(&problem, &Limits::default());
            } else {
                simplex.resolve_quantities(&problem, &Limits::default());
            }
            again.load(simplex.basis());
            again.restart(&problem, &Limits::default());
            let (warm, restarted) = (simplex.answer(&problem), again.answer(&problem));
            certify(&problem, &warm);
            certify(&problem, &restarted);
            let cold = solved(&problem).objective;
            assert!(same(cold, warm.objective) && same(cold, restarted.objective));
            changes += 1;
        }
    }
    assert_eq!(changes, 500);
}

#[test]
fn sparse_and_tiny_problems_take_changes_too() {
    let mut random = Random::new(6);
    for _ in 0..300 {
        let mut problem = small(&mut random);
        let mut simplex = Simplex::cold(&problem);
        simplex.solve(&problem, &Limits::default());
        for _ in 0..3 {
            if problem.reps() > 0 {
                let kind = 1 + random.below(3);
                change(&mut random, &mut problem, kind);
            }
            simplex.resolve_quantities(&problem, &Limits::default());
            let warm = simplex.answer(&problem);
            certify(&problem, &warm);
            assert!(same(warm.objective, solved(&problem).objective));
        }
    }
}

#[test]
fn equal_values_serve_what_capacity_allows() {
    for hours in [10.0, 25.0] {
        let problem =
            Transport::dense(vec![1.0; 60], vec![2.0; 60], vec![hours; 3], vec![7.0; 180]);
        let served = (3.0 * hours).min(60.0);
        let expected = 7.0 * served - 2.0 * (60.0 - served);
        assert!(same(solved(&problem.unwrap()).objective, expected));
    }
}

#[test]
fn reps_without_hours_have_the_price_of_their_first_hour() {
    let problem = Transport::dense(
        vec![5.0, 5.0],
        vec![0.0, 0.0],
        vec![0.0, 6.0],
        vec![9.0, 10.0, 3.0, 4.0],
    );
    let answer = solved(&problem.unwrap());
    assert!(same(answer.objective, 54.0));
    // Unserved hours of the second market are worth 3 to the first rep, 4 to the second.
    assert_eq!(answer.rep_price, [3.0, 4.0]);
    assert_eq!(answer.unserved, [0.0, 4.0]);
}

#[test]
fn empty_sides_are_solved() {
    let nobody = Transport::dense(vec![3.0, 4.0], vec![2.0, 1.0], vec![], vec![]).unwrap();
    assert!(same(solved(&nobody).objective, -10.0));
    let nothing = Transport::dense(vec![], vec![], vec![5.0], vec![]).unwrap();
    assert!(same(solved(&nothing).objective, 0.0));
    let no_arcs = Transport::new(vec![3.0], vec![1.0], vec![5.0], vec![0, 0], vec![], vec![]);
    assert!(same(solved(&no_arcs.unwrap()).objective, -3.0));
    let idle = Transport::dense(vec![0.0; 3], vec![1.0; 3], vec![5.0; 2], vec![1.0; 6]).unwrap();
    assert!(same(solved(&idle).objective, 0.0));
    let one = Transport::dense(vec![9.0], vec![1.0], vec![5.0, 2.0], vec![2.0, 8.0]).unwrap();
    assert!(same(solved(&one).objective, 24.0));
}

#[test]
fn tight_capacities_and_losses_are_kept() {
    let mut random = Random::new(8);
    for _ in 0..50 {
        let value = random.amounts(120, |r| r.whole(9));
        // Five groups of 4 markets of 3 hours fill 5 reps of 12 hours exactly.
        let problem = Transport::dense(vec![3.0; 24], vec![100.0; 24], vec![12.0; 5], value);
        let answer = solved(&problem.unwrap());
        assert!(same(answer.unserved.iter().sum(), 12.0));
    }
}

#[test]
fn values_may_span_twelve_digits() {
    let mut random = Random::new(9);
    for _ in 0..20 {
        let (reps, markets) = (10, 80);
        let value = random.amounts(reps * markets, |r| 10.0_f64.powf(12.0 * r.share() - 6.0));
        let demand = random.amounts(markets, |r| r.whole(20));
        let capacity = random.amounts(reps, |r| r.whole(120));
        let loss = vec![0.0; markets];
        solved(&Transport::dense(demand, loss, capacity, value).unwrap());
    }
}

/// Assignments: every basis is degenerate, and whole numbers stay whole.
#[test]
fn assignments_of_a_hundred() {
    let mut random = Random::new(10);
    let most = [1, 5, 1000];
    for largest in most {
        let value = random.amounts(100 * 100, |r| r.whole(largest));
        let ones = vec![1.0; 100];
        let problem = Transport::dense(ones.clone(), vec![0.0; 100], ones, value).unwrap();
        let answer = solved(&problem);
        assert_eq!(answer.flows.len(), 100);
        assert!(answer.flows.iter().all(|flow| same(flow.hours, 1.0)));
        assert!(same(answer.objective.fract(), 0.0));
    }
}

#[test]
fn limits_end_a_solve_with_feasible_flows() {
    let problem = dense(&mut Random::new(12), 20, 400);
    let mut simplex = Simplex::cold(&problem);
    let questions = Cell::new(0);
    let stop = || {
        questions.set(questions.get() + 1);
        questions.get() > 1
    };
    let limits = Limits {
        stop: &stop,
        ..Limits::default()
    };
    assert_eq!(simplex.solve(&problem, &limits), Ended::Stopped);
    assert_eq!(questions.get(), 2);
    feasible(&problem, &simplex.answer(&problem));
    let limits = Limits {
        pivots: 3,
        ..Limits::default()
    };
    assert_eq!(simplex.solve(&problem, &limits), Ended::PivotLimit);
    let answer = simplex.answer(&problem);
    feasible(&problem, &answer);
    assert!(answer.gap() > 0.0);
    simplex.solve(&problem, &Limits::default());
    certify(&problem, &simplex.answer(&problem));
}

#[test]
fn the_same_calls_give_the_same_answers() {
    let problem = dense(&mut Random::new(13), 20, 400);
    assert_eq!(solved(&problem), solved(&problem));
}

#[test]
fn wrong_input_is_told() {
    let build = |start: Vec<u32>, rep: Vec<u32>, value: Vec<f64>| {
        Transport::new(vec![1.0], vec![0.0], vec![1.0, 1.0], start, rep, value).unwrap_err()
    };
    let list = "value";
    let (expected, found) = (1, 0);
    assert_eq!(
        build(vec![0, 1], vec![0], vec![]),
        TransportError::Length {
            list,
            expected,
            found
        }
    );
    assert_eq!(
        build(vec![0, 1], vec![0], vec![f64::NAN]),
        TransportError::Number { list, at: 0 }
    );
    let starts = build(vec![0, 2], vec![0], vec![1.0]);
    assert_eq!(starts, TransportError::Starts);
    for reps in [vec![1, 0], vec![0, 0], vec![0, 2]] {
        let error = build(vec![0, 2], reps, vec![1.0, 1.0]);
        assert_eq!(error, TransportError::Arc { at: 1 });
    }
    let mut problem = Transport::dense(vec![1.0], vec![0.0], vec![1.0], vec![1.0]).unwrap();
    let before = problem.clone();
    assert!(problem.set_values(&[f64::INFINITY]).is_err());
    assert!(problem.set_value(1, 0.0).is_err());
    assert!(problem.set_demands(&[-1.0]).is_err());
    assert!(problem.set_capacity(0, f64::NAN).is_err());
    assert_eq!(problem, before);
}
