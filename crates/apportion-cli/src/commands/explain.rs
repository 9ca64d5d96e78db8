//! `apportion explain`: why a market has its rep, or what binds each rep.

use std::path::PathBuf;

use apportion::domain::{MarketId, Problem, Rep, SlotId};
use apportion::explain::{HourValue, hour_values, why};
use apportion::plan::{Plan, fingerprint};
use apportion::report::money;

use crate::args::ExplainArgs;
use crate::exit::{Exit, Failure};
use crate::read::{self, ReadPlan};
use crate::terminal;

/// Names that are suggested for one that does not exist.
const SUGGESTED: usize = 3;

pub(crate) fn run(args: &ExplainArgs) -> Result<Exit, Failure> {
    let file = read::plan(&args.plan, args.json)?;
    let (_, problem) = read::problem(&problem_path(args, &file)?, args.json)?;
    let checked = file.check(&problem, args.json)?;
    if !file.document.fingerprint.is_empty() && file.document.fingerprint != fingerprint(&problem) {
        terminal::complain("note: the problem has changed since the plan was made");
    }
    let broken = checked.verification.violations.len();
    if broken > 0 {
        let see = "`apportion verify` lists them";
        terminal::complain(&format!("note: the plan breaks {broken} rules; {see}"));
    }
    match &args.market {
        Some(market) => tell_market(args, &problem, &checked.plan, market)?,
        None => tell_reps(args, &problem, &checked.plan, &hour_prices(&problem, &file))?,
    }
    Ok(Exit::Done)
}

fn problem_path(args: &ExplainArgs, file: &ReadPlan) -> Result<PathBuf, Failure> {
    match &args.problem {
        Some(path) => Ok(path.clone()),
        None if file.problem_path.is_empty() => Err(Failure::usage(
            "the plan does not say which problem it was made for; name it with --problem",
        )),
        None => {
            let path = PathBuf::from(&file.problem_path);
            if path.exists() {
                return Ok(path);
            }
            let path = path.display();
            Err(Failure::usage(format!(
                "the problem that the plan records, {path}, is not there; name it with --problem"
            )))
        }
    }
}

fn tell_market(
    args: &ExplainArgs,
    problem: &Problem,
    plan: &Plan,
    market: &str,
) -> Result<(), Failure> {
    let slots = slots(problem, find_market(problem, market)?, args.role.as_deref())?;
    let answers: Vec<_> = (slots.into_iter())
        .map(|slot| why(problem, plan, slot))
        .collect();
    if args.json {
        return terminal::say_json(&answers);
    }
    let texts: Vec<String> = answers.iter().map(ToString::to_string).collect();
    terminal::say(&texts.join("\n\n"))
}

/// The market of an id, or of a name that only one market has.
fn find_market(problem: &Problem, wanted: &str) -> Result<MarketId, Failure> {
    if let Some(id) = problem.find_market(wanted) {
        return Ok(id);
    }
    let named = |at: &usize| problem.markets()[*at].name == wanted;
    let all: Vec<usize> = (0..problem.markets().len()).filter(named).collect();
    match all.as_slice() {
        [only] => Ok(MarketId::at(*only)),
        [] => {
            let near = similar(problem, wanted);
            let hint = format!("did you mean {}?", near.join(", "));
            Err(Failure::usage(format!(
                "no market has the id or name {wanted:?}; {hint}"
            )))
        }
        _ => {
            let ids: Vec<&str> = all
                .iter()
                .map(|&at| problem.markets()[at].id.as_str())
                .collect();
            Err(Failure::usage(format!(
                "{} markets are named {wanted:?}; give one of their ids: {}",
                ids.len(),
                ids.join(", ")
            )))
        }
    }
}

/// Ids, with names, of the markets whose id or name is most like a text.
fn similar(problem: &Problem, wanted: &str) -> Vec<String> {
    let likeness = |text: &str| strsim::jaro_winkler(text, wanted);
    let mut all: Vec<(f64, String)> = (problem.markets().iter())
        .map(|market| {
            let shown = if market.name == market.id {
                market.id.clone()
            } else {
                format!("{} ({})", market.id, market.name)
            };
            (likeness(&market.id).max(likeness(&market.name)), shown)
        })
        .collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    all.truncate(SUGGESTED);
    all.into_iter().map(|(_, shown)| shown).collect()
}

/// The slots of a market, or the one of a role.
fn slots(problem: &Problem, market: MarketId, role: Option<&str>) -> Result<Vec<SlotId>, Failure> {
    let name = &problem.market(market).id;
    let all: Vec<SlotId> = problem.slots_of(market).map(SlotId::at).collect();
    let Some(role) = role else {
        return if all.is_empty() {
            Err(Failure::usage(format!("{name} needs no role")))
        } else {
            Ok(all)
        };
    };
    let Some(id) = problem.find_role(role) else {
        let known: Vec<&str> = problem
            .roles()
            .iter()
            .map(|role| role.id.as_str())
            .collect();
        let known = known.join(", ");
        return Err(Failure::usage(format!(
            "no role {role:?}; there are: {known}"
        )));
    };
    match problem.find_slot(market, id) {
        Some(slot) => Ok(vec![slot]),
        None => Err(Failure::usage(format!(
            "{name} does not need the role {role}"
        ))),
    }
}

/// Prices of hours as the plan records them, rep after rep; empty where one is missing.
fn hour_prices(problem: &Problem, file: &ReadPlan) -> Vec<f64> {
    let entries = &file.document.reps;
    let of = |rep: &Rep| {
        let entry = entries.iter().find(|entry| entry.rep == rep.id);
        entry.map(|entry| entry.hour_price.as_slice())
    };
    let prices = problem.reps().iter().map(|rep| {
        let own = of(rep).filter(|prices| prices.len() == problem.periods());
        own.map(<[f64]>::to_vec)
    });
    prices
        .collect::<Option<Vec<_>>>()
        .map_or_else(Vec::new, |prices| prices.concat())
}

fn tell_reps(
    args: &ExplainArgs,
    problem: &Problem,
    plan: &Plan,
    prices: &[f64],
) -> Result<(), Failure> {
    let values = hour_values(problem, plan, prices);
    if args.json {
        return terminal::say_json(&values);
    }
    let lines: Vec<String> = values
        .chunk_by(|a, b| a.rep == b.rep)
        .map(|rows| rep_line(rows, problem.currency()))
        .collect();
    terminal::say(&lines.join("\n"))
}

/// Hours of a rep over all periods, what one more is worth and where nothing more fits.
fn rep_line(rows: &[HourValue], currency: &str) -> String {
    let sum = |of: fn(&HourValue) -> f64| rows.iter().map(of).sum::<f64>();
    let (hours, load, overtime) = (sum(|r| r.hours), sum(|r| r.load), sum(|r| r.overtime));
    let used = if hours > 0.0 {
        100.0 * load / hours
    } else {
        0.0
    };
    let mut line = format!("{}: {load:.0} of {hours:.0} h ({used:.0} %)", rows[0].rep);
    if overtime > 0.0 {
        line += &format!(", {overtime:.1} h of overtime");
    }
    let in_periods = |keep: fn(&HourValue) -> bool| {
        let kept = rows.iter().filter(|row| keep(row));
        kept.map(|row| row.period.as_str()).collect::<Vec<_>>()
    };
    let worth = rows
        .iter()
        .map(|row| row.value_per_hour)
        .fold(0.0, f64::max);
    let price = |row: &HourValue| row.price_per_hour.unwrap_or(0.0);
    if worth > 0.0 {
        let worth = money(worth, currency);
        let periods = in_periods(|row| row.value_per_hour > 0.0).join(", ");
        line += &format!("; one more hour is worth {worth} in {periods}");
    }
    let dearest = rows.iter().max_by(|a, b| price(a).total_cmp(&price(b)));
    if let Some(row) = dearest.filter(|row| price(row) >= 0.5) {
        let price = money(price(row), currency);
        line += &format!(
            "; if assignments could follow, up to {price} in {}",
            row.period
        );
    }
    let full = in_periods(|row| row.full);
    if !full.is_empty() {
        line += &format!("; nothing more fits in {}", full.join(", "));
    }
    line
}
