//! A plan with the builder: three reps, four hospitals.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use apportion::backend::microlp::Microlp;
use apportion::domain::Problem;
use apportion::engine::{Engine, Outcome};
use apportion::explain;
use apportion::input::{Balance, Calendar, Input, Market, Policy, Rep};

fn main() -> Result<(), Box<dyn Error>> {
    let input = Input::new("Hospitals 2027")
        .calendar(Calendar::quarters(2027).hours_per_day(2.0))
        .skill("medical")
        .rep(Rep::new("li").home(31.23, 121.47).skill("medical", 0.9))
        .rep(Rep::new("wang").home(30.57, 104.07).skill("medical", 0.5))
        .rep(
            Rep::new("zhao")
                .home(39.90, 116.40)
                .skill("medical", 0.7)
                .leave("2027-05-03", "2027-05-14"),
        )
        .market(
            Market::new("suzhou")
                .at(31.30, 120.58)
                .potential(2.4e6)
                .visits(4.0, 3.0)
                .needs("medical", 0.5),
        )
        .market(
            Market::new("chengdu")
                .at(30.66, 104.06)
                .potential(1.8e6)
                .visits(3.0, 3.0)
                .needs("medical", 0.3),
        )
        .market(
            Market::new("tianjin")
                .at(39.14, 117.18)
                .potential(2.1e6)
                .visits(4.0, 3.0)
                .needs("medical", 0.6),
        )
        .market(
            Market::new("jinan")
                .at(36.67, 117.00)
                .potential(0.9e6)
                .visits(2.0, 3.0)
                .needs("medical", 0.2)
                .current("zhao"),
        )
        .policy(
            Policy::new()
                .margin(0.3)
                .balance(Balance::of("workload").ideal(0.2, 50.0))
                .cost_per_move(5_000.0),
        );
    let problem = Problem::new(&input)?;
    let engine = Engine::new(Arc::new(Microlp::new())).time_limit(Duration::from_secs(10));
    match engine.solve(&problem)? {
        Outcome::Solved(solved) => {
            println!(
                "value {:.0}, bound {:.0}, gap {:.2} %",
                solved.value(),
                solved.bound(),
                100.0 * solved.gap()
            );
            let market = problem.find_market("jinan").ok_or("no such market")?;
            let slot = problem.find_slot(market, problem.find_role("owner").ok_or("no such role")?);
            println!(
                "{}",
                explain::why(&problem, &solved.plan, slot.ok_or("no such slot")?)
            );
        }
        Outcome::Infeasible(conflict) => println!("{conflict}"),
        Outcome::NoPlan(why) => println!("{why}"),
    }
    Ok(())
}
