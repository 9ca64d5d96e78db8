//! A budget's plan on a page.

use std::fmt;

use super::document::{BudgetPlan, FitLine, LimitLine, StepLine};
use crate::explain::words::money;

/// Periods that are listed; more are left to the tables.
const MOST_PERIODS: usize = 24;

impl fmt::Display for BudgetPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paid = |amount: f64| money(amount, &self.currency);
        let title = if self.name.is_empty() {
            "Budget"
        } else {
            &self.name
        };
        writeln!(
            f,
            "{title}: value {}, proved to be at most {} ({} % more)",
            paid(self.value),
            paid(self.bound),
            percent(if self.value > 0.0 && self.least_money.is_some() {
                self.bound / self.value - 1.0
            } else {
                self.gap
            })
        )?;
        let unspent = match self.unspent {
            Some(unspent) if unspent >= 0.5 => format!("; {} left unspent", paid(unspent)),
            _ => String::new(),
        };
        writeln!(f, "spend           {}{unspent}", paid(self.spent))?;
        if let Some(least) = self.least_money {
            let least = paid(least);
            writeln!(
                f,
                "at least        {least} are needed for the value asked for, proved"
            )?;
        }
        if let Some(current) = &self.current {
            let share = 100.0 * (self.value / current.value - 1.0);
            let against = if share.is_finite() {
                format!(", the plan brings {share:+.1} %")
            } else {
                String::new()
            };
            writeln!(
                f,
                "now             {} bring {}{against}",
                paid(current.money),
                paid(current.value)
            )?;
            for broken in &current.broken {
                writeln!(f, "                it breaks a limit: {broken}")?;
            }
        }
        self.steps(f)?;
        if self.fees >= 0.5 {
            writeln!(f, "fees            {}, taken off", paid(self.fees))?;
        }
        if self.after_plan.abs() >= 0.5 {
            writeln!(f, "after the plan  {} of the value", paid(self.after_plan))?;
        }
        self.table_of_channels(f)?;
        self.table_of_periods(f)?;
        self.binding(f)?;
        for fit in &self.fits {
            write!(f, "{fit}")?;
        }
        for broken in &self.broken {
            writeln!(f, "BROKEN          {broken}")?;
        }
        Ok(())
    }
}

/// A share as per cent, with two digits that say something.
fn percent(share: f64) -> String {
    let per_cent = 100.0 * share;
    if per_cent == 0.0 || per_cent >= 0.01 {
        format!("{per_cent:.2}")
    } else {
        format!("{per_cent:.0e}")
    }
}

impl BudgetPlan {
    fn steps(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = |step: &StepLine| {
            let brought = money(step.value, &self.currency);
            (money(step.money, &self.currency), brought)
        };
        if let Some((step, value)) = self.last.as_ref().map(told) {
            writeln!(f, "the last        {step} brought {value}")?;
        }
        if let Some((step, value)) = self.next.as_ref().map(told) {
            writeln!(f, "the next        {step} would bring {value}")?;
        }
        Ok(())
    }

    fn table_of_channels(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.channels.iter().map(|line| Row {
            name: &line.channel,
            money: line.money,
            value: line.value,
            now: line.current_money.zip(line.current_value),
            marginal: Some(line.marginal_return),
        });
        table(f, "channel", &rows.collect::<Vec<_>>())
    }

    fn table_of_periods(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.periods.len() < 2 || self.periods.len() > MOST_PERIODS {
            return Ok(());
        }
        let rows = self.periods.iter().map(|line| Row {
            name: &line.period,
            money: line.money,
            value: line.value,
            now: line.current_money.zip(line.current_value),
            marginal: None,
        });
        table(f, "period", &rows.collect::<Vec<_>>())
    }

    fn binding(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let binds = |line: &&LimitLine| line.binds != "neither";
        let mut none = true;
        for line in self.limits.iter().filter(binds) {
            none = false;
            let side = match line.binds {
                "floor" => format!("floor of {}", money(line.min_money, &self.currency)),
                "both" => format!("exactly {}", money(line.min_money, &self.currency)),
                _ => {
                    let most = line.max_money.unwrap_or(line.money);
                    format!("ceiling of {}", money(most, &self.currency))
                }
            };
            let price = line.price.map_or(String::new(), |price| {
                format!("; one more would bring {price:.2}")
            });
            writeln!(f, "binds           {}: {side}{price}", line.name)?;
        }
        if none {
            writeln!(f, "binds           no limit")?;
        }
        Ok(())
    }
}

impl fmt::Display for FitLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parameters = self.parameters.iter().map(|parameter| {
            let error = parameter
                .standard_error
                .map_or(String::new(), |error| format!(" ± {}", short(error)));
            format!("{} {}{error}", parameter.name, short(parameter.value))
        });
        writeln!(
            f,
            "fitted          {}: {} ({}), {:.1} % explained in {} periods",
            self.channel,
            self.family,
            parameters.collect::<Vec<_>>().join(", "),
            100.0 * self.r_squared,
            self.periods
        )?;
        for warning in &self.warnings {
            writeln!(f, "                careful: {warning}")?;
        }
        Ok(())
    }
}

/// A number in four digits.
fn short(value: f64) -> String {
    let size = value.abs();
    if size >= 1000.0 {
        money(value, "")
    } else if size >= 1.0 || size == 0.0 {
        format!("{value:.2}")
    } else if size >= 1e-3 {
        format!("{value:.4}")
    } else {
        format!("{value:.2e}")
    }
}

/// A line of a table.
struct Row<'a> {
    name: &'a str,
    money: f64,
    value: f64,
    now: Option<(f64, f64)>,
    marginal: Option<Option<f64>>,
}

fn table(f: &mut fmt::Formatter<'_>, what: &str, rows: &[Row<'_>]) -> fmt::Result {
    let names = rows.iter().map(|row| row.name.chars().count());
    let width = names.max().unwrap_or(0).max(what.len());
    write!(f, "{what:<width$} {:>14} {:>14}", "spend", "brings")?;
    if rows.iter().any(|row| row.now.is_some()) {
        write!(f, " {:>14} {:>14}", "spend now", "brings now")?;
    }
    if rows.iter().any(|row| row.marginal.is_some()) {
        write!(f, " {:>10}", "one more")?;
    }
    writeln!(f)?;
    for row in rows {
        let pad = width - row.name.chars().count();
        write!(f, "{}{:pad$}", row.name, "")?;
        write!(
            f,
            " {:>14} {:>14}",
            money(row.money, ""),
            money(row.value, "")
        )?;
        if let Some((spend, value)) = row.now {
            write!(f, " {:>14} {:>14}", money(spend, ""), money(value, ""))?;
        }
        if let Some(marginal) = row.marginal {
            let told = marginal.map_or("full".to_owned(), |value| format!("{value:.3}"));
            write!(f, " {told:>10}")?;
        }
        writeln!(f)?;
    }
    Ok(())
}
