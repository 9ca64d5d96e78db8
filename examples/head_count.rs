//! A head-count frontier: where the next rep stops paying.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use apportion::backend::microlp::Microlp;
use apportion::domain::Problem;
use apportion::engine::Engine;
use apportion::input::{Calendar, Input, Market, Policy, Rep};
use apportion::risk::frontier;
use apportion::risk::frontier::Axis;

/// What a rep costs over the year.
const SALARY: f64 = 400_000.0;

fn main() -> Result<(), Box<dyn Error>> {
    let problem = Problem::new(&task())?;
    // With the gap below what a rep brings, the steps are proved.
    let engine = Engine::new(Arc::new(Microlp::new()))
        .relative_gap(0.002)
        .time_limit(Duration::from_secs(3));
    let levels = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
    let found = frontier(&problem, None, &Axis::HeadCount, &levels, 0.0, &engine)?;
    print!("{found}");
    Ok(())
}

/// Two reps, six candidates in six cities, and 90 markets around them, some worth ten times others.
fn task() -> Input {
    let mut input = Input::new("Head count")
        .calendar(Calendar::quarters(2027).hours_per_day(4.0))
        .policy(Policy::new().margin(0.3));
    let cities = [
        (31.2, 121.5),
        (30.3, 120.2),
        (32.1, 118.8),
        (31.3, 120.6),
        (29.9, 121.6),
        (32.0, 120.9),
        (31.8, 119.9),
        (30.9, 118.3),
    ];
    for (at, &(latitude, longitude)) in cities.iter().enumerate() {
        let rep = Rep::new(format!("rep-{at}")).home(latitude, longitude);
        let there = at < 2;
        input = input.rep(if there { rep } else { rep.candidate(SALARY) });
    }
    for at in 0..90_u32 {
        let (latitude, longitude) = cities[at as usize % cities.len()];
        let (a, b) = (f64::from(at * 37 % 101), f64::from(at * 53 % 97));
        let market = Market::new(format!("market-{at:02}"))
            .at(latitude + a / 300.0 - 0.15, longitude + b / 300.0 - 0.15)
            .potential(25_000.0 * f64::from(1 + at * 71 % 10))
            .visits(2.0 + f64::from(at % 3), 3.0);
        input = input.market(market);
    }
    input
}
