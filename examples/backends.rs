//! The same task with every backend that is compiled in. Try `--features highs` or `--features good_lp`.

use std::error::Error;
use std::sync::Arc;

use apportion::backend::Backend;
use apportion::domain::Problem;
use apportion::engine::{Engine, Outcome};
use apportion::input::{Calendar, Input, Market, Policy, Rep};

fn main() -> Result<(), Box<dyn Error>> {
    let mut input = Input::new("Backends")
        .calendar(Calendar::quarters(2027).hours_per_day(0.5))
        .policy(Policy::new().overtime(0.1, 80.0));
    for at in 0..4_u32 {
        input = input.rep(Rep::new(format!("r{at}")).home(30.0, 110.0 + f64::from(at)));
    }
    for at in 0..20_u32 {
        let market = Market::new(format!("m{at:02}")).at(30.0, 109.5 + f64::from(at) / 4.0);
        input = input.market(
            market
                .potential(10_000.0 * f64::from(1 + at % 7))
                .visits(2.0, 1.0 + f64::from(at % 3)),
        );
    }
    let problem = Problem::new(&input)?;
    for backend in backends() {
        let name = backend.name();
        let able = backend.capabilities();
        match Engine::new(backend).solve(&problem)? {
            Outcome::Solved(solved) => println!(
                "{name}: value {:.0}, gap {:.4} %, {:.0} ms, duals: {}, warm start: {}",
                solved.value(),
                100.0 * solved.gap(),
                1000.0 * solved.proof.elapsed.as_secs_f64(),
                able.duals,
                able.warm_start
            ),
            other => println!("{name}: {other:?}"),
        }
    }
    Ok(())
}

/// The backend is a value that the caller passes; features only decide which there are.
fn backends() -> Vec<Arc<dyn Backend>> {
    let mut backends: Vec<Arc<dyn Backend>> =
        vec![Arc::new(apportion::backend::microlp::Microlp::new())];
    #[cfg(feature = "highs")]
    backends.push(Arc::new(apportion::backend::highs::Highs::new()));
    #[cfg(feature = "good_lp")]
    backends.push(Arc::new(apportion::backend::good_lp::GoodLp::new(
        "microlp 0.6",
        true,
        good_lp::microlp,
    )));
    backends.shrink_to_fit();
    backends
}
