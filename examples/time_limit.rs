//! Embedding: a time limit, progress, and a flag that another thread raises.

use std::error::Error;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use apportion::backend::Cancel;
use apportion::backend::microlp::Microlp;
use apportion::domain::Problem;
use apportion::engine::{Engine, Outcome};
use apportion::input::{Calendar, Input, Market, Rep};

fn main() -> Result<(), Box<dyn Error>> {
    let problem = Problem::new(&task())?;
    let cancel = Cancel::new();
    // In a service this would be the request's own cancellation.
    let flag = cancel.clone();
    let watchdog = thread::spawn(move || {
        thread::sleep(Duration::from_secs(2));
        flag.cancel();
    });
    let engine = Engine::new(Arc::new(Microlp::new()))
        .time_limit(Duration::from_secs(60))
        .relative_gap(0.0)
        .cancel(cancel)
        .progress(|progress| {
            println!(
                "{:.1} s: {:?} of {:?}",
                progress.elapsed.as_secs_f64(),
                progress.incumbent,
                progress.bound
            )
        });
    match engine.solve(&problem)? {
        Outcome::Solved(solved) => println!(
            "stopped: {:?} after {:.1} s, value {:.0}, gap {:.2} %",
            solved.proof.stopped,
            solved.proof.elapsed.as_secs_f64(),
            solved.value(),
            100.0 * solved.gap()
        ),
        other => println!("{other:?}"),
    }
    watchdog.join().map_err(|_| "the watchdog failed")?;
    Ok(())
}

/// Hours so tight that the last per mille of the proof takes long.
fn task() -> Input {
    let mut input = Input::new("Tight").calendar(Calendar::quarters(2027).hours_per_day(1.1));
    for at in 0..12_u32 {
        input = input.rep(
            Rep::new(format!("r{at:02}")).home(30.0 + f64::from(at % 4), 110.0 + f64::from(at / 4)),
        );
    }
    for at in 0..150_u32 {
        let (a, b) = (f64::from(at * 37 % 101), f64::from(at * 53 % 97));
        let market = Market::new(format!("m{at:03}"))
            .at(29.0 + a / 20.0, 109.0 + b / 20.0)
            .potential(50_000.0 + 1_000.0 * f64::from(at * 71 % 89))
            .visits(1.0 + f64::from(at % 3), 1.5 + f64::from(at % 5) / 3.0);
        input = input.market(market);
    }
    input
}
