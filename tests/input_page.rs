//! `docs/input.md` and `docs/budget-input.md` are made from the JSON Schemas of the inputs and the text
//! below.
//!
//! `BLESS=1 cargo test --features schema --test input_page` writes it anew.

#![cfg(feature = "schema")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

const HEAD: &str = "\
# Input

Made from the code. A task comes as one JSON document, as a folder, or from the builder in
`apportion::input`; the fields are the same. Every field has a default; an unknown field is a fault.
Money is one currency, hours and kilometers are what they say, shares go from 0 to 1, dates are
`YYYY-MM-DD`, latitude and longitude are degrees (WGS 84). All amounts cover the whole plan unless the
name says otherwise (`per_month`, `per_day`).

## A folder

`plan.toml` holds what is short: name, currency, calendar, seasons, skills, roles, policy. Long lists
are CSV tables (UTF-8, comma, a header row, columns in any order, empty cell = absent):

| file | must have | may have |
|---|---|---|
| `reps.csv` | id | name, team, latitude_deg, longitude_deg, candidate, fixed_cost, hours_per_day, selling_share, start_date, ramp_months, overtime_max_share, overtime_cost_per_hour, acquisition, relationship, min_markets, max_markets |
| `markets.csv` | id, latitude_deg, longitude_deg, potential | name, region, class, margin, newness, visits_per_month, hours_per_visit, family, current_rep, protected, must_serve, unserved_loss |
| `workloads.csv` | class, visits_per_month, hours_per_visit | role, season |
| `rep_skills.csv` | rep, skill, level | |
| `bases.csv` | rep, id, latitude_deg, longitude_deg | fixed_cost |
| `leave.csv` | rep, from, to | |
| `needs.csv` | market, skill, minimum | weight |
| `current.csv` | market, rep | role |
| `market_metrics.csv` | market, metric, amount | |
| `locks.csv`, `forbidden.csv` | market, rep | role |
| `distances.csv` | rep, market, km | base |

Only `plan.toml` must be there; a list may stand in `plan.toml` or in its table, not in both.
`examples/china` is such a folder. `apportion convert` turns one form into the other, `apportion check`
says what is wrong with either: all faults at once, each with file and line.

";

const BUDGET_HEAD: &str = "\
# Input of a budget

Made from the code. A budget comes as one JSON document, as a folder, or as
`apportion::input::BudgetInput`; the fields are the same. Every field has a default; an unknown field is
a fault. Money is one currency. A curve maps the amount of an ordinary period (a month where periods are
months) to what it brings; amounts are money, or units that cost `cost_per_unit` each.

With curve f, a channel in a period of length L and a region of size z brings, for x money,
margin · season · L · z · f(x / (cost_per_unit · L · z)), the margin after commission and rebate.

## A folder

`budget.toml` holds what is short: name, currency, total. Long lists are CSV tables (UTF-8, comma, a
header row, columns in any order, empty cell = absent):

| file | must have | may have |
|---|---|---|
| `channels.csv` | id | name, margin, commission, rebate, cost_per_unit, curve (the family), slope, cap, scale, exponent, rate, top, half, shape, low, high, divisor, middle, kernel, retention, delay_periods, kernel_shape, kernel_scale_periods, window_periods, normalized, after_plan_share, fee_money, period_fee_money, min_if_active_money, period_min_if_active_money, fit_family, fit_base, fit_carry |
| `points.csv` | channel, amount, response | |
| `history.csv` | channel, period, amount, outcome | season |
| `past.csv` | channel, amount | |
| `periods.csv` | id | length, season |
| `regions.csv` | id | size |
| `seasons.csv` | channel, period, factor | |
| `limits.csv` | | channel, period, region, min_money, max_money |
| `conflicts.csv` | first, second | |
| `current.csv` | channel, period, money | region |

Only `budget.toml` must be there; a list may stand in it or in its table, not in both. `examples/seasons`
is such a folder. `apportion budget FOLDER --out DIR` plans it and writes `budget.json` (fields:
`apportion schema budget-plan`), `spend.csv`, `channels.csv` and `periods.csv`; without `--out` it only says
what it found. Faults come all at once, each with file and line; nothing is written then.

## Limits

A limit names a channel, a period, a region, or any of them together; what it leaves empty is taken
together. All kinds go together, also those that cross each other, such as limits of periods and limits of
regions over all periods. Floors and ceilings that cannot be met together are refused by name and amount.

## History

A channel without a curve has one fitted to its history: outcome = season · (base + f(adstock)) by least
squares, with standard errors and warnings in the answer. The history ends where the plan begins, and is
the past whose carry-over the plan starts with. It must vary: constant spend tells nothing.

";

/// What type a field has, in words.
fn kind(field: &Value) -> String {
    if let Some(reference) = field.get("$ref").and_then(Value::as_str) {
        let name = reference.rsplit('/').next().unwrap();
        return format!("[{name}](#{})", name.to_lowercase());
    }
    if let Some(choices) = field.get("anyOf").and_then(Value::as_array) {
        let kinds: Vec<String> = choices.iter().map(kind).filter(|k| k != "null").collect();
        return kinds.join(" or ");
    }
    let list;
    let names: Vec<&str> = match &field["type"] {
        Value::Array(names) => {
            list = names.clone();
            list.iter()
                .filter_map(Value::as_str)
                .filter(|name| *name != "null")
                .collect()
        }
        Value::String(name) => vec![name.as_str()],
        _ => vec![],
    };
    match names.first().copied() {
        Some("string") => "text".to_owned(),
        Some("boolean") => "true or false".to_owned(),
        Some("integer") => "whole number".to_owned(),
        Some("array") => format!("list of {}", kind(&field["items"])),
        Some("object") => format!("{} by name", kind(&field["additionalProperties"])),
        Some(other) => other.to_owned(),
        None => String::new(),
    }
}

/// A description on one line, without links into the code: `[x](Self::x)` is `x`.
fn about(schema: &Value) -> String {
    let text = schema["description"]
        .as_str()
        .unwrap_or_default()
        .replace('\n', " ");
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("](Self::") {
        let (start, name) = before.rsplit_once('[').unwrap();
        plain.push_str(start);
        plain.push_str(name);
        rest = after.split_once(')').unwrap().1;
    }
    plain + rest
}

/// A heading, what it is, and a table of its fields.
fn section(name: &str, schema: &Value, text: &mut String) {
    writeln!(text, "## {name}\n\n{}\n", about(schema)).unwrap();
    let Some(fields) = schema["properties"].as_object() else {
        for choice in schema["oneOf"].as_array().into_iter().flatten() {
            let value = choice["const"].as_str().unwrap_or_default();
            writeln!(text, "- `{value}`: {}", about(choice)).unwrap();
        }
        text.push('\n');
        return;
    };
    text.push_str("| field | type | default | meaning |\n|---|---|---|---|\n");
    for (field, schema) in fields {
        let simple = |value: &&Value| value.is_number() || value.is_boolean();
        let default = schema
            .get("default")
            .filter(simple)
            .map_or(String::new(), Value::to_string);
        writeln!(
            text,
            "| `{field}` | {} | {default} | {} |",
            kind(schema),
            about(schema)
        )
        .unwrap();
    }
    text.push('\n');
}

/// A page is as committed, or is written where `BLESS` is set.
fn agrees(page: &str, head: &str, name: &str, schema: &Value) {
    let mut text = head.to_owned();
    section(name, schema, &mut text);
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        section(name, definition, &mut text);
    }
    let text = text.trim_end().to_owned() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "{page} is out of date: run with BLESS=1");
}

#[test]
fn the_page_of_the_input_is_up_to_date() {
    let schema = serde_json::to_value(schemars::schema_for!(apportion::input::Input)).unwrap();
    agrees("docs/input.md", HEAD, "Input", &schema);
}

#[test]
fn the_page_of_budgets_is_up_to_date() {
    let schema = schemars::schema_for!(apportion::input::BudgetInput);
    let schema = serde_json::to_value(schema).unwrap();
    agrees("docs/budget-input.md", BUDGET_HEAD, "BudgetInput", &schema);
}
