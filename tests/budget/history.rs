//! Curves that a budget asks to be fitted to history.

use crate::{changed, problem};
use serde_json::{Value, json};

/// Months of 200·x/(30 + x).
fn months(count: usize) -> Value {
    let row = |at: usize| {
        let amount = (at * 7 % 13) as f64 * 10.0;
        let outcome = 200.0 * amount / (30.0 + amount);
        let period = format!("{}-{:02}", 2025 + at / 12, at % 12 + 1);
        json!({ "period": period, "amount": amount, "outcome": outcome })
    };
    (0..count).map(row).collect()
}

fn with(history: Value) -> Value {
    changed(&[
        ("/channels/0/curve", json!({})),
        (
            "/channels/0/fit",
            json!({ "family": "michaelis_menten", "base": false }),
        ),
        ("/channels/0/history", history),
    ])
}

#[test]
fn gives_the_curve() {
    let problem = problem(&with(months(18))).unwrap();
    let channel = &problem.channels()[0];
    assert!((channel.curve.value(60.0) - 200.0 * 60.0 / 90.0).abs() < 1e-6);
    let fit = channel.fit.as_ref().unwrap();
    assert_eq!(fit.family, "michaelis_menten");
    assert!(fit.r_squared > 1.0 - 1e-9 && fit.warnings.is_empty());
    assert_eq!(channel.before.len(), 18, "the history is the past");
}

#[test]
fn has_faults_with_their_places() {
    let mut gap = months(18);
    gap.as_array_mut().unwrap().remove(5);
    let mut holes = months(18);
    holes[3]["amount"] = json!(null);
    holes[4]["outcome"] = json!(-5.0);
    let mut dates = months(18);
    dates[2]["period"] = json!("March");
    let mut constant = months(18);
    for row in constant.as_array_mut().unwrap() {
        row["amount"] = json!(50.0);
    }
    let cases = [
        (gap, vec![("E603", "channels[0].history[5].period")]),
        (
            holes,
            vec![
                ("E605", "channels[0].history[3].amount"),
                ("E204", "channels[0].history[4].outcome"),
            ],
        ),
        (dates, vec![("E207", "channels[0].history[2].period")]),
        (constant, vec![("E602", "channels[0].history.amount")]),
        (months(4), vec![("E601", "channels[0].history")]),
    ];
    for (history, expected) in cases {
        let faults = problem(&with(history)).unwrap_err();
        let found: Vec<(String, String)> = faults
            .iter()
            .map(|fault| (fault.code.to_string(), fault.place.to_string()))
            .collect();
        let found: Vec<(&str, &str)> = found.iter().map(|(a, b)| (&**a, &**b)).collect();
        assert_eq!(found, expected);
    }
    let unknown = changed(&[
        ("/channels/0/curve", json!({})),
        ("/channels/0/fit", json!({ "family": "hil" })),
        ("/channels/0/history", months(18)),
    ]);
    let faults = problem(&unknown).unwrap_err();
    let fault = faults.iter().next().unwrap();
    assert_eq!(fault.place.to_string(), "channels[0].fit.family");
    assert!(fault.hint.contains("hill"), "{fault}");
}

#[test]
fn may_be_weekly() {
    let mut weeks = months(8);
    for (at, row) in weeks.as_array_mut().unwrap().iter_mut().enumerate() {
        let day = 1 + 7 * (at % 4);
        row["period"] = json!(format!("2026-0{}-{day:02}", 2 + at / 4));
    }
    // February of 2026 has four weeks, so the days of March go on with them.
    let faults = problem(&with(weeks.clone())).map(|_| ());
    assert_eq!(faults, Ok(()));
    weeks[3]["period"] = json!("2026-02-23");
    assert!(problem(&with(weeks)).is_err());
}
