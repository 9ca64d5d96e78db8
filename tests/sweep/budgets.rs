//! Sweeps over budgets. Expected: closed forms, and the solver without a base.

use apportion::domain::BudgetProblem;
use apportion::input::BudgetInput;
use apportion::prices::budget::{Options, solve};
use apportion::sweep::Status;
use apportion::sweep::budgets::{
    BudgetReaction, BudgetRecord, BudgetScenarios, NamedBudgets, budget_sweep,
};
use apportion::sweep::runner::RunOptions;
use serde_json::json;

fn problem(curve: &serde_json::Value) -> BudgetProblem {
    with_limits(curve, &json!([{ "period": "autumn", "max_money": 40 }]))
}

fn with_limits(curve: &serde_json::Value, limits: &serde_json::Value) -> BudgetProblem {
    let channel = |id: &str, margin: f64| json!({ "id": id, "margin": margin, "curve": curve });
    let input: BudgetInput = serde_json::from_value(json!({
        "total": { "max_money": 100 },
        "periods": [
            { "id": "spring", "season": 1.5 }, { "id": "summer", "season": 0.5 }, { "id": "autumn" }
        ],
        "channels": [channel("online", 1.0), channel("fairs", 0.5)],
        "limits": limits
    }))
    .unwrap();
    BudgetProblem::new(&input).unwrap()
}

fn root() -> serde_json::Value {
    json!({ "family": "power", "scale": 1.0, "exponent": 0.5 })
}

fn ran(
    scenarios: &NamedBudgets<'_>,
    reaction: BudgetReaction<'_>,
    threads: usize,
) -> Vec<BudgetRecord> {
    let mut records = vec![];
    let options = RunOptions {
        threads: Some(threads),
        ..RunOptions::default()
    };
    let mut take = |record: &BudgetRecord| {
        records.push(record.clone());
        Ok(())
    };
    budget_sweep(
        scenarios.base(),
        scenarios,
        reaction,
        &options,
        &mut take,
        &|_| {},
    )
    .unwrap();
    records
}

/// Lines that touch everything a line can, in turn; two of them are wrong.
fn lines() -> String {
    [
        r#"{"id":"as it is","changes":[]}"#,
        r#"{"id":"cut","changes":[{"change":"total","amount":{"scale":0.5}}]}"#,
        r#"{"id":"more","changes":[{"change":"total","amount":{"add":100}}]}"#,
        r#"{"id":"no fairs","changes":[{"change":"stop","channels":["fairs"]}]}"#,
        r#"{"id":"early","changes":[{"change":"shift_season","by":-1}]}"#,
        r#"{"id":"dear","changes":[{"change":"cost","channels":["online"],"periods":["spring"],"factor":2}]}"#,
        r#"{"id":"weak","changes":[{"change":"response","factor":0.25}]}"#,
        r#"{"id":"unknown","changes":[{"change":"stop","channels":["radio"]}]}"#,
        "{\"id\":",
        r#"{"id":"tight","changes":[{"change":"limit","name":"autumn","max_money":5}]}"#,
        r#"{"id":"choosy","changes":[{"change":"min_marginal_return","amount":{"set":0.08}}]}"#,
    ]
    .join("\n")
}

#[test]
fn warm_results_are_those_of_a_solve_alone_on_any_threads() {
    let shaped = json!({ "family": "hill", "top": 90.0, "half": 12.0, "shape": 2.5 });
    for curve in [root(), shaped] {
        let problem = problem(&curve);
        let scenarios = NamedBudgets::read(&problem, lines().as_bytes()).unwrap();
        let reaction = BudgetReaction::Replan(Options::default());
        let records = ran(&scenarios, reaction, 1);
        assert_eq!(records, ran(&scenarios, reaction, 2));
        for record in &records {
            let mut budget = scenarios.base().clone();
            let Ok(()) = scenarios.apply(record.index, &mut budget) else {
                assert_eq!(record.status, Status::Failed);
                continue;
            };
            let alone = solve(&budget, &Options::default()).unwrap();
            let value = record.value.unwrap();
            assert_eq!(record.status, Status::Optimal, "{}", record.id);
            assert!(
                (value - alone.value).abs() <= 3e-7 * alone.value,
                "{}",
                record.id
            );
            assert!(
                record.bound.unwrap() >= alone.net * (1.0 - 1e-9),
                "{}",
                record.id
            );
        }
    }
}

/// Without limits of periods, Σ w·√x under Σ x = B is worth √(B·Σ w²).
#[test]
fn changes_have_their_closed_forms() {
    let problem = problem(&root());
    let scenarios = NamedBudgets::read(&problem, lines().as_bytes()).unwrap();
    let records = ran(&scenarios, BudgetReaction::Replan(Options::default()), 2);
    let value = |id: &str| {
        records
            .iter()
            .find(|one| one.id == id)
            .unwrap()
            .value
            .unwrap()
    };
    let seasons = 1.5_f64.powi(2) + 0.5_f64.powi(2) + 1.0;
    let worth = |total: f64, squares: f64| (total * squares).sqrt();
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-6 * b, "{a} {b}");
    near(value("as it is"), worth(100.0, seasons * 1.25));
    near(value("cut"), worth(50.0, seasons * 1.25));
    near(value("no fairs"), worth(100.0, seasons));
    near(value("weak"), 0.25 * value("as it is"));
    // The limit of autumn binds where its season is 1.5.
    near(
        value("early"),
        1.25_f64.sqrt() * (1.5 * 40_f64.sqrt() + worth(60.0, 0.25 + 1.0)),
    );
    // A price of 2 halves what money buys, which weighs √½ as much.
    let dear = 1.5_f64.powi(2) * (0.5 + 0.25) + 1.25 * 1.25;
    near(value("dear"), worth(100.0, dear));
}

/// By the same closed form. The floor of a channel goes with it.
#[test]
fn channels_stop_alone_and_in_pairs() {
    let problem = with_limits(&root(), &json!([{ "channel": "fairs", "min_money": 10 }]));
    let seasons: f64 = 1.5_f64.powi(2) + 0.5_f64.powi(2) + 1.0;
    let expected = [
        ("without online", (100.0 * seasons * 0.25).sqrt()),
        ("without fairs", (100.0 * seasons).sqrt()),
        ("without online and fairs", 0.0),
    ];
    let reaction = || BudgetReaction::Replan(Options::default());
    let alone = ran(&NamedBudgets::without_one(&problem), reaction(), 2);
    let all = ran(&NamedBudgets::without_one_or_two(&problem), reaction(), 2);
    assert_eq!((alone.len(), all.len()), (2, 3));
    assert_eq!(alone, all[..2]);
    for (record, (id, value)) in all.iter().zip(expected) {
        assert_eq!(record.id, id);
        let found = record.value.unwrap();
        assert!((found - value).abs() <= 1e-6 * value, "{id}: {found}");
    }
}

#[test]
fn what_is_wrong_fails_its_scenario_alone() {
    let problem = problem(&root());
    let scenarios = NamedBudgets::read(&problem, lines().as_bytes()).unwrap();
    let records = ran(&scenarios, BudgetReaction::Replan(Options::default()), 2);
    assert_eq!(records.len(), 11);
    let failed = records.iter().filter(|one| one.status == Status::Failed);
    let reasons: Vec<&str> = failed.map(|one| one.reason.as_str()).collect();
    assert_eq!(reasons.len(), 2);
    assert!(reasons[0].contains("E604 line 8"), "{}", reasons[0]);
    assert!(reasons[1].contains("line 9"), "{}", reasons[1]);
}

#[test]
fn a_kept_spend_is_valued_and_tells_what_it_breaks() {
    let problem = problem(&root());
    let scenarios = NamedBudgets::read(&problem, lines().as_bytes()).unwrap();
    let spend = solve(scenarios.base(), &Options::default()).unwrap().spend;
    let records = ran(&scenarios, BudgetReaction::Keep(&spend), 2);
    let find = |id: &str| records.iter().find(|one| one.id == id).unwrap();
    assert_eq!(find("as it is").status, Status::Kept);
    assert_eq!(find("cut").status, Status::Broken);
    assert!(
        find("cut").reason.contains("total"),
        "{}",
        find("cut").reason
    );
    let (weak, now) = (find("weak").value.unwrap(), find("as it is").value.unwrap());
    assert!((weak - 0.25 * now).abs() < 1e-9 * now);
}
