//! The local search against brute force, and its running totals against totals made anew.

use std::time::Instant;

use apportion::check::verify;
use apportion::domain::{CandidateId, Goal, Goals, Problem, RepId, SlotId};
use apportion::input::{Balance, Calendar, Input, Market, Policy, Rep};
use apportion::plan::{Ledger, Plan};
use apportion::strategy::{Strategy, baseline, improve};
use proptest::prelude::{ProptestConfig, any, proptest};

use super::common::{Random, every_plan, plans, small_input};
use super::{BASELINES, example};

/// Broken limits, and mandatory markets unserved, as the check counts rules; then value.
fn standing(problem: &Problem, plan: &Plan) -> (bool, f64) {
    let verification = verify(problem, plan);
    let value = verification.goals.dot(&problem.weights());
    (verification.is_valid(), value)
}

#[test]
fn improve_never_worsens() {
    for seed in 0..150 {
        let problem = Problem::new(&small_input(seed)).unwrap();
        for strategy in BASELINES {
            let before = baseline(&problem, strategy, seed);
            for after_steps in [0, 3, usize::MAX] {
                let mut ledger = Ledger::of(&problem, &before);
                let (excess, value) = (ledger.excess(), ledger.goals().dot(&problem.weights()));
                let was_valid = standing(&problem, &before).0;
                let left = std::cell::Cell::new(after_steps);
                let stop = || {
                    let now = left.get();
                    left.set(now.saturating_sub(1));
                    now == 0
                };
                improve(&problem, &mut ledger, &problem.weights(), &stop, seed);
                let (now_valid, now_value) = standing(&problem, &ledger.plan());
                assert!(
                    now_valid || !was_valid,
                    "seed {seed} {strategy}: rules broken"
                );
                if was_valid {
                    assert!(ledger.excess() <= excess);
                    assert!(
                        now_value >= value - 1e-9 * value.abs().max(1.0),
                        "seed {seed} {strategy}: {value} became {now_value}"
                    );
                }
            }
        }
    }
}

/// Best value over all valid plans; none if there are none. By enumeration.
fn best_by_enumeration(problem: &Problem) -> Option<f64> {
    let weights = problem.weights();
    let mut best: Option<f64> = None;
    every_plan(problem, &mut |_, verification| {
        if verification.is_valid() {
            let value = verification.goals.dot(&weights);
            best = Some(best.map_or(value, |best| best.max(value)));
        }
    });
    best
}

/// From the greedy plan, the search reaches a valid plan wherever there is one, and the optimum in
/// nearly all cases. Expected: all plans enumerated, valued by the check.
#[test]
fn improve_reaches_the_optimum_of_small_problems() {
    let (mut solvable, mut valid, mut optimal) = (0, 0, 0);
    for seed in 0..400 {
        let problem = Problem::new(&small_input(seed)).unwrap();
        if plans(&problem) > 5_000.0 {
            continue;
        }
        let Some(best) = best_by_enumeration(&problem) else {
            continue;
        };
        solvable += 1;
        let mut ledger = Ledger::of(&problem, &baseline(&problem, Strategy::Greedy, 0));
        improve(&problem, &mut ledger, &problem.weights(), &|| false, 0);
        let (is_valid, value) = standing(&problem, &ledger.plan());
        let slack = 1e-6 * best.abs().max(1.0);
        assert!(
            !is_valid || value <= best + slack,
            "seed {seed}: beats enumeration"
        );
        valid += u32::from(is_valid);
        optimal += u32::from(is_valid && value >= best - slack);
        if !is_valid {
            println!("seed {seed}: no valid plan, best {best}");
        } else if value < best - slack {
            println!("seed {seed}: {value} of {best}");
        }
    }
    println!("{solvable} solvable, {valid} valid, {optimal} optimal");
    assert!(solvable >= 100);
    assert!(valid * 100 >= solvable * 97, "{valid} of {solvable} valid");
    assert!(
        optimal * 100 >= solvable * 95,
        "{optimal} of {solvable} optimal"
    );
}

/// The first total in which two ledgers differ.
fn difference(ledger: &Ledger<'_>, fresh: &Ledger<'_>) -> Option<String> {
    let problem = ledger.problem();
    let mut pairs: Vec<(String, f64, f64)> = Vec::new();
    for (goal, value) in fresh.goals().iter() {
        pairs.push((goal.to_string(), ledger.goals()[goal], value));
    }
    for at in 0..problem.reps().len() {
        let rep = RepId::at(at);
        for (&a, &b) in ledger.load(rep).iter().zip(fresh.load(rep)) {
            pairs.push((format!("load {at}"), a, b));
        }
        let (a, b) = (ledger.count(rep), fresh.count(rep));
        pairs.push((format!("count {at}"), f64::from(a), f64::from(b)));
        let base = |ledger: &Ledger<'_>| ledger.base(rep).map_or(-1.0, f64::from);
        pairs.push((format!("base {at}"), base(ledger), base(fresh)));
    }
    for at in 0..problem.policy().balance.len() {
        for (&a, &b) in ledger.amounts(at).iter().zip(fresh.amounts(at)) {
            pairs.push((format!("balance {at}"), a, b));
        }
    }
    pairs.push(("excess".to_owned(), ledger.excess(), fresh.excess()));
    pairs.push((
        "moves".to_owned(),
        f64::from(ledger.moves()),
        f64::from(fresh.moves()),
    ));
    let differs =
        |(_, a, b): &(String, f64, f64)| (a - b).abs() > 1e-9 * a.abs().max(b.abs()).max(1.0);
    let found = pairs.into_iter().find(differs);
    found.map(|(what, a, b)| format!("{what}: {a} and afresh {b}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Totals kept up over many changes equal those of a ledger made afresh from the plan, and
    /// going back to a savepoint gives the same numbers to the last bit.
    #[test]
    fn ledger_totals_are_those_of_its_plan(seed in any::<u32>()) {
        let seed = u64::from(seed);
        let problem = Problem::new(&small_input(seed)).unwrap();
        let random = &mut Random::new(seed ^ 0xABCD);
        let mut ledger = Ledger::new(&problem);
        for _ in 0..60 {
            let slot = SlotId::at(random.below(problem.slots().len()));
            let range = problem.candidate_range(slot);
            let drawn = range.start + random.below(range.len() + 1);
            let candidate = range.contains(&drawn)
                .then(|| CandidateId::at(drawn));
            let one_base = candidate.is_none_or(|candidate| {
                let candidate = problem.candidate(candidate);
                ledger.count(candidate.rep) == 0
                    || ledger.base(candidate.rep) == Some(candidate.base)
            });
            if !one_base {
                continue;
            }
            let before = (ledger.goals(), ledger.excess(), ledger.plan());
            let reps = [ledger.cover(slot), candidate];
            let mut reps: Vec<_> = (reps.into_iter().flatten())
                .map(|candidate| problem.candidate(candidate).rep)
                .collect();
            reps.dedup();
            let mut point = apportion::plan::Savepoint::default();
            ledger.save(&mut point, [slot], reps);
            ledger.assign(slot, candidate);
            if random.chance(0.3) {
                ledger.restore(&point);
                assert_eq!((ledger.goals(), ledger.excess(), ledger.plan()), before);
            }
        }
        let fresh = Ledger::of(&problem, &ledger.plan());
        let differ = difference(&ledger, &fresh);
        assert_eq!(differ, None, "seed {seed}");
    }
}

/// A sales organization spread over 8 cities: as many hours as work, three hard balances.
fn clustered(markets: usize, reps: usize, seed: u64) -> Input {
    let random = &mut Random::new(seed);
    let cities: Vec<(f64, f64)> = (0..8)
        .map(|_| (random.between(25.0, 35.0), random.between(105.0, 120.0)))
        .collect();
    let near = |random: &mut Random, at: usize| {
        let (lat, lon) = cities[at % cities.len()];
        (
            lat + random.between(-1.0, 1.0),
            lon + random.between(-1.0, 1.0),
        )
    };
    let mut input = Input::new("clustered")
        .calendar(Calendar::months(2027))
        .skill("medical");
    for at in 0..reps {
        let (lat, lon) = near(random, at);
        let levels = (random.between(0.5, 1.0), random.between(0.5, 1.0));
        let rep = Rep::new(format!("r{at:03}"))
            .home(lat, lon)
            .abilities(levels.0, levels.1);
        input
            .reps
            .push(rep.skill("medical", random.between(0.0, 1.0)));
    }
    for at in 0..markets {
        let (lat, lon) = near(random, at);
        let mut market = Market::new(format!("m{at:04}"))
            .at(lat, lon)
            .potential(random.between(1e4, 5e5))
            .newness(random.between(0.0, 1.0))
            .visits(random.between(0.5, 4.0), random.between(1.0, 3.0))
            .current(format!("r{:03}", random.below(reps)));
        if random.chance(0.3) {
            market = market.needs("medical", 0.3);
        }
        if random.chance(0.05) {
            market = market.must_serve();
        }
        input.markets.push(market);
    }
    let mut policy = Policy::new()
        .margin(0.5)
        .overtime(0.1, 60.0)
        .cost_per_move(2_000.0);
    policy.travel.cost_per_km = 0.8;
    for (metric, within) in [("workload", 0.1), ("potential", 0.15), ("count", 0.2)] {
        policy = policy.balance(Balance::of(metric).within(within).ideal(0.05, 1.0));
    }
    input.policy(policy)
}

/// On a problem of middling size with three hard balances, the search turns each start into a
/// valid plan.
#[test]
fn improve_makes_a_clustered_problem_feasible() {
    let (markets, reps) = (240, 16);
    let problem = Problem::new(&clustered(markets, reps, 1)).unwrap();
    for strategy in [Strategy::Greedy, Strategy::Waterfall, Strategy::KeepAsIs] {
        let mut ledger = Ledger::of(&problem, &baseline(&problem, strategy, 0));
        let before = (ledger.excess(), ledger.goals().dot(&problem.weights()));
        let started = Instant::now();
        improve(&problem, &mut ledger, &problem.weights(), &|| false, 0);
        let seconds = started.elapsed().as_secs_f64();
        let (valid, value) = standing(&problem, &ledger.plan());
        println!("{strategy}: {before:?} to {valid} {value} in {seconds:.2} s");
        assert!(valid, "{strategy}");
    }
}

/// Weights that leave out a goal leave it out of the search: with the weight on travel alone,
/// serving nobody is best (closed form: travel is never gain).
#[test]
fn weights_decide() {
    let mut input = example();
    input.policy.travel.cost_per_km = 1.0;
    for (at, market) in input.markets.iter_mut().enumerate() {
        market.longitude_deg += 0.1 * (at + 1) as f64;
    }
    let problem = Problem::new(&input).unwrap();
    let mut ledger = Ledger::of(&problem, &baseline(&problem, Strategy::Greedy, 0));
    let mut travel = Goals::default();
    travel[Goal::Travel] = 1.0;
    improve(&problem, &mut ledger, &travel, &|| false, 0);
    assert_eq!(ledger.plan().served(), 0);
}
