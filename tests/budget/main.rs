//! Budgets from input to plan: faults with their places, closed forms, what changes nothing, what is said
//! about a plan.

#![cfg(feature = "files")]
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test fails by panicking; some numbers are exact"
)]

mod extremes;
mod faults;
#[cfg(feature = "fit")]
mod history;

use apportion::budget::{BudgetPlan, Options, Refusal, evaluate, plan};
use apportion::domain::BudgetProblem;
use apportion::fault::Faults;
use apportion::input::BudgetInput;
use serde_json::{Value, json};

/// Two channels, two periods.
fn sound() -> Value {
    json!({
        "total": { "max_money": 100.0 },
        "periods": [{ "id": "spring" }, { "id": "autumn", "season": 2.0 }],
        "channels": [
            {
                "id": "online", "margin": 0.5,
                "curve": { "family": "logarithmic", "scale": 100.0, "rate": 0.5 }
            },
            {
                "id": "fairs",
                "curve": { "family": "hill", "top": 300.0, "half": 30.0, "shape": 2.0 }
            }
        ]
    })
}

/// `sound` with values put at places such as `/channels/0/margin`.
fn changed(changes: &[(&str, Value)]) -> Value {
    let mut input = sound();
    for (place, value) in changes {
        let (parent, key) = place.rsplit_once('/').unwrap();
        match input.pointer_mut(parent).unwrap() {
            Value::Object(map) => {
                map.insert(key.to_owned(), value.clone());
            }
            Value::Array(list) => list[key.parse::<usize>().unwrap()] = value.clone(),
            _ => panic!("{place}"),
        }
    }
    input
}

fn problem(input: &Value) -> Result<BudgetProblem, Faults> {
    let input: BudgetInput = serde_json::from_value(input.clone()).unwrap();
    BudgetProblem::new(&input)
}

fn solved(input: &Value) -> BudgetPlan {
    let solved = plan(&problem(input).unwrap(), &Options::default()).unwrap();
    assert_eq!(solved.broken, Vec::<String>::new());
    assert!(solved.gap <= 1e-6, "{}", solved.gap);
    solved
}

fn near(found: f64, expected: f64, relative: f64) {
    let slack = relative * expected.abs().max(1e-9);
    assert!(
        (found - expected).abs() <= slack,
        "{found} is not {expected}"
    );
}

/// With scale·season·ln(1 + rate·x), 1/rate + x is proportional to the season.
#[test]
fn one_channel_is_its_closed_form() {
    let mut input = sound();
    input["channels"].as_array_mut().unwrap().pop();
    let found = solved(&input);
    let level = (100.0 + 2.0 * 2.0) / 3.0;
    near(found.cells[0].money, level - 2.0, 1e-7);
    near(found.cells[1].money, 2.0 * level - 2.0, 1e-7);
    let worth = |total: f64| {
        let level = (total + 4.0) / 3.0;
        50.0 * (level / 2.0).ln() + 100.0 * level.ln()
    };
    near(found.value, worth(100.0), 1e-9);
    near(found.total_price.unwrap(), 150.0 / 104.0, 1e-6);
    near(
        found.channels[0].marginal_return.unwrap(),
        150.0 / 104.0,
        1e-6,
    );
    near(found.channels[0].response, 2.0 * found.value, 1e-9);
    // The last 1 000 is more than there is.
    assert_eq!(found.last, None);
    near(
        found.next.unwrap().value,
        worth(1100.0) - worth(100.0),
        1e-7,
    );
    assert_eq!(found.limits[0].name, "total");
    assert_eq!(found.limits[0].binds, "ceiling");
    let input = changed(&[
        (
            "/channels/1/curve",
            json!({ "family": "logarithmic", "scale": 1e-6, "rate": 1e-6 }),
        ),
        ("/total/max_money", json!(3000.0)),
    ]);
    near(
        solved(&input).last.unwrap().value,
        worth(3000.0) - worth(2000.0),
        1e-5,
    );
}

/// Regions, halves of periods and units of amounts are ways of writing the same budget.
#[test]
fn other_words_for_the_same_budget() {
    let concave = json!({ "family": "michaelis_menten", "top": 300.0, "half": 30.0 });
    let base = ("/channels/1/curve", concave);
    let whole = solved(&changed(std::slice::from_ref(&base)));
    let regions = json!([{ "id": "north", "size": 0.3 }, { "id": "south", "size": 0.7 }]);
    let found = solved(&changed(&[base.clone(), ("/regions", regions)]));
    near(found.value, whole.value, 1e-7);
    let spend = |region: &str| -> f64 {
        let own = found.cells.iter().filter(|cell| cell.region == region);
        own.map(|cell| cell.money).sum()
    };
    near(spend("north") / spend("south"), 3.0 / 7.0, 1e-4);

    let half = |id: &str, season: f64| json!({ "id": id, "length": 0.5, "season": season });
    let halves = json!([
        half("a", 1.0),
        half("b", 1.0),
        half("c", 2.0),
        half("d", 2.0)
    ]);
    let found = solved(&changed(&[base.clone(), ("/periods", halves)]));
    near(found.value, whole.value, 1e-7);

    // Hours at 25 a piece.
    let hours = json!({ "family": "michaelis_menten", "top": 300.0, "half": 1.2 });
    let input = changed(&[
        ("/channels/1/curve", hours),
        ("/channels/1/cost_per_unit", json!(25.0)),
    ]);
    near(solved(&input).value, whole.value, 1e-9);

    // A commission and a rebate are taken off the margin.
    let input = changed(&[
        base,
        ("/channels/0/margin", json!(0.9)),
        ("/channels/0/commission", json!(0.3)),
        ("/channels/0/rebate", json!(0.1)),
    ]);
    near(solved(&input).value, whole.value, 1e-9);
}

/// A season of a channel's own replaces the period's.
#[test]
fn seasons_of_single_channels() {
    let seasons = json!([
        { "channel": "online", "period": "autumn", "factor": 1.0 },
        { "channel": "online", "period": "spring", "factor": 2.0 }
    ]);
    let mut input = changed(&[("/seasons", seasons)]);
    input["channels"].as_array_mut().unwrap().pop();
    let level = 104.0 / 3.0;
    near(solved(&input).cells[0].money, 2.0 * level - 2.0, 1e-7);
}

/// The document's sums, made from the facts, agree with the check of the solver's budget.
#[test]
fn carry_over_adds_up() {
    let carry = json!({ "kernel": "geometric", "retention": 0.6, "window_periods": 5 });
    let regions = json!([{ "id": "north", "size": 0.25 }, { "id": "south", "size": 0.75 }]);
    let input = changed(&[
        ("/channels/0/carry", carry.clone()),
        ("/channels/1/carry", carry),
        ("/channels/1/past_amounts", json!([10.0, 20.0])),
        ("/channels/1/after_plan_share", json!(0.5)),
        ("/channels/1/fee_money", json!(7.0)),
        ("/channels/0/period_fee_money", json!(1.0)),
        ("/regions", regions),
    ]);
    let problem = problem(&input).unwrap();
    let spend = [5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0];
    let checked = evaluate(&problem, &spend);
    assert!(checked.broken.is_empty(), "{:?}", checked.broken);
    let found = plan(&problem, &Options::default()).unwrap();
    assert!(found.broken.is_empty(), "{:?}", found.broken);
    assert!(found.value >= checked.value - 1e-9);
    assert!(found.bound >= found.value - 1e-9);
    let active = found.cells[..4]
        .iter()
        .filter(|cell| cell.money > 0.0)
        .count() as f64;
    let fair = if found.channels[1].money > 0.0 {
        7.0
    } else {
        0.0
    };
    near(found.fees, active + fair, 1e-6);
    let cells: f64 = found.cells.iter().map(|cell| cell.value).sum();
    let channels: f64 = found.channels.iter().map(|line| line.value).sum();
    near(cells + found.after_plan, channels, 1e-9);
    near(found.value, channels - found.fees, 1e-9);
    let periods: f64 = found.periods.iter().map(|line| line.value).sum();
    near(periods, cells, 1e-9);
}

#[test]
fn limits_bind_and_say_so() {
    let limits = json!([
        { "period": "autumn", "max_money": 40.0 },
        { "channel": "online", "min_money": 30.0 },
        { "channel": "fairs", "period": "spring", "max_money": 10.0 }
    ]);
    let found = solved(&changed(&[("/limits", limits)]));
    let line = |name: &str| found.limits.iter().find(|line| line.name == name).unwrap();
    assert_eq!(line("autumn").binds, "ceiling");
    near(line("autumn").money, 40.0, 1e-9);
    assert!(line("autumn").price.unwrap() > 0.0);
    assert_eq!(line("online").binds, "neither");
    assert!(line("fairs in spring").money <= 10.0 + 1e-9);
    let text = found.to_string();
    assert!(
        text.contains("binds           autumn: ceiling of 40"),
        "{text}"
    );
}

/// Ceilings of a period and of a region over all periods cross. The optimality conditions are the
/// certificate: what the next money brings in a cell is the price of the total and of all limits around it.
#[test]
fn limits_of_periods_and_regions_cross() {
    let regions = json!([{ "id": "north" }, { "id": "south", "size": 2.0 }]);
    let limits =
        json!([{ "period": "spring", "max_money": 20 }, { "region": "south", "max_money": 30 }]);
    let mut input = changed(&[("/regions", regions), ("/limits", limits)]);
    input["channels"].as_array_mut().unwrap().truncate(1);
    let found = solved(&input);
    let line = |name: &str| found.limits.iter().find(|line| line.name == name).unwrap();
    for (name, money) in [("spring", 20.0), ("south", 30.0), ("total", found.spent)] {
        assert_eq!(line(name).binds, "ceiling", "{name}");
        near(line(name).money, money, 1e-9);
        assert!(line(name).price.unwrap() > 0.0, "{name}");
    }
    for cell in &found.cells {
        let around = [("total", true), ("spring", cell.period == "spring")];
        let around = around
            .into_iter()
            .chain([("south", cell.region == "south")]);
        let prices = around
            .filter(|own| own.1)
            .map(|own| line(own.0).price.unwrap());
        near(cell.marginal_return.unwrap(), prices.sum(), 1e-6);
    }
}

/// What is kept back is not spent; what is not worth its while is not spent either.
#[test]
fn reserves_and_target_returns() {
    let found = solved(&changed(&[("/total/reserve_money", json!(25.0))]));
    near(found.spent, 75.0, 1e-9);
    // Scale·margin·season·rate/(1 + rate·x) = 1 at 48 in spring, 98 in autumn.
    let mut input = changed(&[(
        "/total",
        json!({ "max_money": 1e4, "min_marginal_return": 1.0 }),
    )]);
    input["channels"].as_array_mut().unwrap().pop();
    let found = solved(&input);
    near(found.cells[0].money, 48.0, 1e-6);
    near(found.cells[1].money, 98.0, 1e-6);
    assert_eq!(found.next, None);
    assert_eq!(found.limits[0].binds, "neither");
}

/// 50·ln(1 + x/2) returns exactly 2 for each unit at one x: there the plan stops; and the value there
/// takes as much money. What cannot be had is said by name and amount.
#[test]
fn targets_for_return_and_value() {
    let target = |changes: &[(&str, Value)]| {
        let mut input = changed(changes);
        input["channels"].as_array_mut().unwrap().pop();
        input["periods"].as_array_mut().unwrap().pop();
        input
    };
    let found = solved(&target(&[("/total/min_return", json!(2.0))]));
    near(50.0 * (0.5 * found.spent).ln_1p(), 2.0 * found.spent, 1e-8);
    near(found.value, 2.0 * found.spent, 1e-8);
    assert!(found.unspent.unwrap() > 1.0);
    let asked = target(&[("/total/min_value_money", json!(100.0))]);
    let found = solved(&asked);
    near(found.spent, 2.0 * (2.0_f64.exp() - 1.0), 1e-8);
    near(found.least_money.unwrap(), found.spent, 1e-5);
    assert!(found.to_string().contains("are needed for the value"));
    for (field, amount, most) in [("min_value_money", 1e6, "196"), ("min_return", 30.0, "25")] {
        let place = format!("/total/{field}");
        let input = target(&[(place.as_str(), json!(amount))]);
        let told = plan(&problem(&input).unwrap(), &Options::default());
        let told = told.unwrap_err().to_string();
        assert!(told.contains(&amount.to_string()), "{told}");
        assert!(told.contains(most) || told.contains("24.99"), "{told}");
    }
    let both = target(&[
        ("/total/min_value_money", json!(10.0)),
        ("/total/min_return", json!(1.0)),
    ]);
    assert!(
        problem(&both)
            .unwrap_err()
            .to_string()
            .contains("min_value_money")
    );
}

/// Of channels that exclude each other the better one runs.
#[test]
fn one_of_two_channels() {
    let alone = |other: usize| {
        let mut input = sound();
        input["channels"].as_array_mut().unwrap().remove(other);
        solved(&input).value
    };
    let best = alone(0).max(alone(1));
    let conflict = json!([{ "first": "online", "second": "fairs" }]);
    let found = solved(&changed(&[("/conflicts", conflict)]));
    near(found.value, best, 1e-6);
    let found = solved(&changed(&[("/total/max_active_channels", json!(1))]));
    near(found.value, best, 1e-6);
}

#[test]
fn requests_that_cannot_be_met_are_refused_by_name_and_amount() {
    let limits = json!([
        { "channel": "online", "min_money": 70.0 },
        { "channel": "fairs", "min_money": 60.0 },
        { "period": "autumn", "min_money": 120.0 }
    ]);
    let problem = problem(&changed(&[("/limits", limits)])).unwrap();
    let refusals = plan(&problem, &Options::default()).unwrap_err();
    let told = refusals.to_string();
    assert!(told.contains("total") && told.contains("100"), "{told}");
    let above = |refusal: &Refusal| matches!(refusal, Refusal::FloorsAbove { .. });
    assert!(refusals.0.iter().any(above), "{told}");
}

#[test]
fn the_plan_is_compared_with_what_is_spent_now() {
    let current = json!([
        { "channel": "online", "period": "spring", "money": 60.0 },
        { "channel": "fairs", "period": "autumn", "money": 60.0 }
    ]);
    let input = changed(&[("/current", current)]);
    let found = solved(&input);
    let now = found.current.as_ref().unwrap();
    let worth = 50.0 * 31.0_f64.ln() + 600.0 * 3600.0 / 4500.0;
    near(now.value, worth, 1e-9);
    near(now.money, 120.0, 1e-12);
    assert!(now.broken[0].contains("total"), "{:?}", now.broken);
    near(found.channels[0].current_money.unwrap(), 60.0, 1e-12);
    near(found.channels[1].current_response.unwrap(), 480.0, 1e-9);
    near(
        found.periods[0].current_value.unwrap(),
        50.0 * 31.0_f64.ln(),
        1e-9,
    );
    let text = found.to_string();
    assert!(
        text.contains("spend now") && text.contains("it breaks a limit"),
        "{text}"
    );
}
