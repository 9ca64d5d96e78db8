//! Summaries as planners read them.

use std::fmt::Write as _;

use super::regret::RegretTable;
use super::summary::SummaryReport;
use super::tornado::{Bar, Impact};
use crate::explain::words::money;

/// Rows of a table that are shown.
const ROWS: usize = 20;

fn percent(share: f64) -> String {
    format!("{:.1} %", 1e2 * share)
}

fn label(text: &mut String, name: &str, rest: &str) {
    // Writing into a string cannot fail.
    let _ = writeln!(text, "{name:<16}{rest}");
}

impl SummaryReport {
    /// The summary in lines, with money in a currency.
    #[must_use]
    pub fn text(&self, currency: &str) -> String {
        let mut text = String::new();
        let statuses = self
            .statuses
            .iter()
            .map(|(status, count)| format!("{count} {status}"));
        let statuses = statuses.collect::<Vec<_>>().join(", ");
        label(
            &mut text,
            "scenarios",
            &format!("{}: {statuses}", self.scenarios),
        );
        if self.valued < 1.0 - 1e-12 {
            let without = percent(1.0 - self.valued);
            label(
                &mut text,
                "without a value",
                &format!("{without} of the cases; what follows is about the others"),
            );
        }
        if let Some((mean, sd)) = self.mean.zip(self.sd) {
            let (mean, sd) = (money(mean, currency), money(sd, currency));
            label(
                &mut text,
                "mean",
                &format!("{mean}, standard deviation {sd}"),
            );
        }
        let at = |share: f64| {
            self.quantiles
                .iter()
                .find(|one| (one.0 - share).abs() < 1e-9)
        };
        if let [Some(low), Some(middle), Some(high)] = [at(0.05), at(0.5), at(0.95)] {
            let values = [low, middle, high].map(|one| money(one.1, currency));
            label(&mut text, "5, 50, 95 %", &values.join(" · "));
        }
        if let Some(mean) = self.tail_mean {
            let name = format!("worst {} %", 1e2 * self.tail);
            label(
                &mut text,
                &name,
                &format!("{} in the mean (CVaR)", money(mean, currency)),
            );
        }
        for (name, extreme) in [("worst", &self.worst), ("best", &self.best)] {
            if let Some(extreme) = extreme {
                let value = money(extreme.value, currency);
                label(&mut text, name, &format!("{value} in {}", extreme.id));
            }
        }
        if let Some((mean, most)) = self.mean_moves.zip(self.most_moves) {
            label(
                &mut text,
                "moves",
                &format!("{mean:.1} in the mean, {most} at most"),
            );
        }
        if !self.exact {
            label(
                &mut text,
                "",
                "quantiles and tail within 0.1 % of the value",
            );
        }
        for one in self.moved.iter().take(ROWS) {
            let to = one.mostly_to.as_deref().unwrap_or("nobody");
            let (market, role, stays) = (&one.market, &one.role, percent(one.survives));
            label(
                &mut text,
                &format!("stays {stays}"),
                &format!("{market} ({role}), else mostly to {to}"),
            );
        }
        text
    }
}

impl RegretTable {
    /// The table in lines, with money in a currency.
    #[must_use]
    pub fn text(&self, currency: &str) -> String {
        let mut text = String::new();
        let heads = [
            "mean",
            "worst",
            "mean regret",
            "most regret",
            "best in",
            "broken in",
        ];
        let heads = heads.map(|head| format!("{head:>14}")).concat();
        let _ = writeln!(text, "{heads}  plan");
        for plan in &self.plans {
            let amounts = [
                plan.mean,
                plan.worst,
                plan.expected_regret,
                plan.maximum_regret,
            ];
            let cells = amounts
                .map(|amount| format!("{:>14}", money(amount, "")))
                .concat();
            let shares =
                [plan.best_in, plan.broken_in].map(|share| format!("{:>14}", percent(share)));
            let _ = writeln!(text, "{cells}{}  {}", shares.concat(), plan.name);
        }
        let money = |amount| money(amount, currency);
        let left = if self.left_out > 0 {
            format!("; {} without a value left out", self.left_out)
        } else {
            String::new()
        };
        label(&mut text, "scenarios", &format!("{}{left}", self.scenarios));
        let regretted = self.plans.iter().filter(|plan| plan.maximum_regret > 0.0);
        for plan in regretted {
            let most = money(plan.maximum_regret);
            label(
                &mut text,
                "most regret",
                &format!("{most} in {} for {}", plan.regretted_in, plan.name),
            );
        }
        for plan in self.plans.iter().skip(1) {
            let gain = money(plan.gain_over_first);
            label(
                &mut text,
                "over the first",
                &format!("{gain} in the mean for {}", plan.name),
            );
        }
        if let Some(value) = self.perfect_information {
            let rest = format!(
                "{} in the mean for knowing the scenario in advance",
                money(value)
            );
            label(&mut text, "information", &rest);
        }
        text
    }
}

/// Bars of a tornado in lines, the widest first.
#[must_use]
pub fn tornado_text(bars: &[Bar], currency: &str) -> String {
    let mut text = format!(
        "{:>16}{:>16}{:>16}  axis: lowest, highest\n",
        "range", "low", "high"
    );
    for bar in bars {
        let cells =
            [bar.range, bar.low.1, bar.high.1].map(|amount| format!("{:>16}", money(amount, "")));
        let (axis, low, high) = (&bar.axis, &bar.low.0, &bar.high.0);
        let _ = writeln!(text, "{}  {axis}: {low}, {high}", cells.concat());
    }
    text + &amounts_in(currency)
}

/// What risks cost alone, the dearest first.
#[must_use]
pub fn impacts_text(impacts: &[Impact], currency: &str) -> String {
    // Reps and channels that leave have no probability: their loss is all there is to tell.
    let likely = impacts.iter().any(|impact| impact.probability.is_some());
    let row = |probability: &str, loss: &str, expected: &str, id: &str| {
        if likely {
            format!("{probability:>12}{loss:>16}{expected:>16}  {id}\n")
        } else {
            format!("{loss:>16}  {id}\n")
        }
    };
    let mut text = row("probability", "loss", "expected loss", "alone");
    for impact in impacts.iter().take(ROWS) {
        let probability = impact.probability.map_or(String::new(), percent);
        let loss = impact.loss.map(|loss| money(loss, ""));
        let loss = loss.unwrap_or_else(|| "no plan".to_owned());
        let expected = impact.expected_loss.map(|loss| money(loss, ""));
        let expected = expected.unwrap_or_default();
        text += &row(&probability, &loss, &expected, &impact.id);
    }
    if impacts.len() > ROWS {
        let _ = writeln!(
            text,
            "{:>12}{} more in summary.json",
            "",
            impacts.len() - ROWS
        );
    }
    text + &amounts_in(currency)
}

fn amounts_in(currency: &str) -> String {
    if currency.is_empty() {
        return String::new();
    }
    format!("amounts in {currency}\n")
}
