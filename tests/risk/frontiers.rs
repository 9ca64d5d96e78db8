//! Value along an axis.

use apportion::domain::Problem;
use apportion::domain::concentration::Source;
use apportion::fault::Code;
use apportion::input::{Calendar, Input, Market, Policy, Rep, Travel};
use apportion::risk::frontier::{Axis, Pays};
use apportion::risk::{Error, frontier};
use apportion::scenario::{Amount, Change, apply};

use super::{close, common, engine, small};

/// Values along the axis of moves are those of enumeration, rise weakly, and what a unit brings
/// lies within what is said of it.
#[test]
fn moves_are_worth_what_enumeration_says() {
    let levels = [0.0, 1.0, 2.0];
    let (mut rises, mut problems) = (0, 0);
    for (seed, problem) in small(0..120, 3000.0) {
        let found = frontier(&problem, None, &Axis::Moves, &levels, 0.0, &engine()).unwrap();
        problems += 1;
        let mut truths = Vec::new();
        for point in &found.points {
            let limit = Change::Policy {
                name: "continuity.max_moves".to_owned(),
                amount: Amount::Set(point.level),
            };
            let changed = apply(&problem, &[limit]).unwrap();
            let truth = common::brute_force(&changed).map(|values| values[0]);
            assert_eq!(point.value.is_some(), truth.is_some(), "seed {seed}");
            assert_eq!(point.infeasible, truth.is_none(), "seed {seed}");
            if let (Some(value), Some(truth)) = (point.value, truth) {
                close(value, truth, &format!("seed {seed}, level {}", point.level));
                close(point.bound.unwrap(), truth, "bound");
                truths.push((point.level, truth));
            }
        }
        for (pair, step) in truths.windows(2).zip(&found.steps) {
            assert!(pair[0].1 <= pair[1].1 + 1e-6, "seed {seed}");
            close(step.marginal, pair[1].1 - pair[0].1, "marginal");
            rises += usize::from(step.pays == Pays::Yes);
        }
    }
    assert!(
        problems > 15 && rises > 5,
        "{problems} problems, {rises} rises"
    );
}

/// Four candidates who cost 30 each, one market of 100, 60, 40 and 20 for each; a candidate has hours
/// for one market. The n-th is worth the n-th market − 30: 70, 30, 10, −10.
fn hires() -> Problem {
    let mut calendar = Calendar::quarters(2027);
    calendar.periods = 1;
    let near = Travel {
        overhead_hours_per_trip: 0.0,
        ..Travel::default()
    };
    let mut input = Input::new("hires")
        .calendar(calendar)
        .policy(Policy::new().margin(1.0).travel(near))
        .rep(Rep::new("boss").home(31.0, 121.0).hours_per_day(0.1));
    for (at, potential) in [100.0, 60.0, 40.0, 20.0].into_iter().enumerate() {
        let candidate = Rep::new(format!("c{at}")).home(31.0, 121.0);
        input = input.rep(candidate.hours_per_day(7.0).candidate(30.0));
        let market = Market::new(format!("m{at}")).at(31.0, 121.0);
        input = input.market(market.potential(potential).visits(1.0, 100.0));
    }
    Problem::new(&input).unwrap()
}

#[test]
fn the_next_rep_stops_paying_where_the_closed_form_says() {
    let problem = hires();
    let levels = [0.0, 1.0, 2.0, 3.0, 4.0];
    let found = frontier(&problem, None, &Axis::HeadCount, &levels, 0.0, &engine()).unwrap();
    let values: Vec<f64> = found
        .points
        .iter()
        .map(|point| point.value.unwrap())
        .collect();
    for (value, truth) in values.iter().zip([0.0, 70.0, 100.0, 110.0, 100.0]) {
        close(*value, truth, "value");
    }
    assert!(found.points.iter().all(|point| point.on_hull));
    let pays: Vec<Pays> = found.steps.iter().map(|step| step.pays).collect();
    assert_eq!(pays, [Pays::Yes, Pays::Yes, Pays::Yes, Pays::No]);
    assert_eq!((found.best, found.best_proved), (Some(3.0), true));
    // With 20 more for each, the third stops paying.
    let found = frontier(&problem, None, &Axis::HeadCount, &levels, 20.0, &engine()).unwrap();
    assert_eq!((found.best, found.best_proved), (Some(2.0), true));
    let hired: Vec<_> = found
        .points
        .iter()
        .map(|point| point.hired.unwrap())
        .collect();
    assert_eq!(hired, [0, 1, 2, 3, 4]);
}

#[test]
fn levels_that_cannot_be_are_refused() {
    let problem = hires();
    let Err(Error::Faults(faults)) = frontier(
        &problem,
        None,
        &Axis::HeadCount,
        &[5.0, -1.0],
        0.0,
        &engine(),
    ) else {
        panic!("it is refused");
    };
    assert_eq!(faults.len(), 2);
    assert!(faults.iter().all(|fault| fault.code == Code::OutOfRange));
    let axis = Axis::Policy("travel.comfort".to_owned());
    let found = frontier(&problem, None, &axis, &[1.0], 0.0, &engine());
    assert!(matches!(found, Err(Error::Faults(_))));
}

/// Values along a limit on concentration are those of enumeration and rise weakly: more only allows
/// more.
#[test]
fn concentration_is_worth_what_enumeration_says() {
    let levels = [0.22, 0.27, 0.33, 0.4, 0.5, 0.7, 1.0];
    let name = "concentration.market.max_share".to_owned();
    let axis = Axis::Policy(name.clone());
    let (mut rises, mut problems) = (0, 0);
    for (seed, problem) in small(0..400, 3000.0) {
        let limits = &problem.policy().concentration;
        if !limits.iter().any(|limit| limit.source == Source::Market) {
            continue;
        }
        problems += 1;
        let found = frontier(&problem, None, &axis, &levels, 0.0, &engine()).unwrap();
        let mut last = f64::NEG_INFINITY;
        for point in &found.points {
            let change = Change::Policy {
                name: name.clone(),
                amount: Amount::Set(point.level),
            };
            let changed = apply(&problem, &[change]).unwrap();
            let truth = common::brute_force(&changed).map(|values| values[0]);
            assert_eq!(point.value.is_some(), truth.is_some(), "seed {seed}");
            let Some((value, truth)) = point.value.zip(truth) else {
                continue;
            };
            close(value, truth, &format!("seed {seed}, level {}", point.level));
            assert!(truth >= last - 1e-6, "seed {seed}");
            rises += usize::from(truth > last + 1.0 && point.level > levels[0]);
            last = truth;
        }
    }
    assert!(
        problems > 5 && rises > 3,
        "{problems} problems, {rises} rises"
    );
}
