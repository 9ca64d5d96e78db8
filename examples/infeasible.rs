//! A task that no plan can satisfy, and what would make it possible.

use std::error::Error;
use std::sync::Arc;

use apportion::backend::microlp::Microlp;
use apportion::domain::Problem;
use apportion::engine::{Engine, Outcome};
use apportion::input::{Calendar, Input, Market, Rep};

fn main() -> Result<(), Box<dyn Error>> {
    let mut input = Input::new("Too much for two")
        .calendar(Calendar::months(2027))
        .skill("medical")
        .rep(Rep::new("li").home(23.1, 113.3).skill("medical", 0.9))
        .rep(Rep::new("wang").home(22.5, 114.1));
    for at in 0..8_u32 {
        let market = Market::new(format!("hospital-{at}"))
            .at(23.0, 113.0 + f64::from(at) / 10.0)
            .region("South")
            .potential(1e6)
            .visits(8.0, 3.0)
            .needs("medical", 0.5)
            .must_serve();
        input = input.market(market);
    }
    let problem = Problem::new(&input)?;
    match Engine::new(Arc::new(Microlp::new())).solve(&problem)? {
        Outcome::Infeasible(conflict) => println!("{conflict}"),
        other => return Err(format!("expected a conflict, found {other:?}").into()),
    }
    Ok(())
}
