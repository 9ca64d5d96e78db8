//! Numbers and lists as planners read them.

/// Entries of a list that are named before the rest is counted.
const NAMED: usize = 6;

/// `3 reps`, `1 rep`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// `12 h`, `0.4 h`.
pub(crate) fn hours(hours: f64) -> String {
    if hours.abs() >= 10.0 {
        format!("{hours:.0} h")
    } else {
        format!("{hours:.1} h")
    }
}

/// `1 234 567 CNY`, with thin groups of three digits.
#[cfg_attr(
    not(feature = "report"),
    allow(unreachable_pub, reason = "reports use it, where they are compiled in")
)]
pub fn money(amount: f64, currency: &str) -> String {
    let digits = format!("{:.0}", amount.abs());
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    let sign = if amount < 0.0 && digits != "0" {
        "−"
    } else {
        ""
    };
    let gap = if currency.is_empty() { "" } else { " " };
    format!("{sign}{grouped}{gap}{currency}")
}

/// `A, B and 3 more`.
pub(crate) fn join(names: &[String]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        _ if names.len() <= NAMED => {
            let (last, rest) = names.split_last().expect("two names or more");
            format!("{} and {last}", rest.join(", "))
        }
        _ => format!(
            "{} and {} more",
            names[..NAMED].join(", "),
            names.len() - NAMED
        ),
    }
}

/// The smallest whole number that is not below an amount of 0 or more, rounding aside.
pub(crate) fn whole(amount: f64) -> usize {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float cast saturates, and counts are small"
    )]
    let whole = (amount - 1e-6).ceil().max(0.0) as usize;
    whole
}
