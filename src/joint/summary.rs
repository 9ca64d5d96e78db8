//! A joint plan on a page.

use std::fmt;

use super::document::{JointPlan, TeamHours};
use crate::effort::{tell_aside, tell_visits};
use crate::explain::words::money;

/// Teams and periods that are named.
const NAMED: usize = 5;

impl fmt::Display for JointPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paid = |amount: f64| money(amount, &self.currency);
        let title = if self.name.is_empty() {
            "Hours and money"
        } else {
            &self.name
        };
        writeln!(
            f,
            "{title}: value {}, proved to be at most {} ({:.3} % more)",
            paid(self.value),
            paid(self.bound),
            100.0 * self.gap
        )?;
        writeln!(
            f,
            "hours bring     {}, at a cost of {} for reps, overtime and travel",
            paid(self.effort_value),
            paid(self.effort_cost)
        )?;
        writeln!(
            f,
            "money brings    {} for {}",
            paid(self.budget_value),
            paid(self.spent)
        )?;
        if let Some(shared) = self.shared_money {
            writeln!(
                f,
                "shared money    {} of {}; one more would bring {:.2} beside itself",
                paid(self.effort_cost + self.spent),
                paid(shared),
                self.money_price
            )?;
        }
        self.apart(f)?;
        self.follow_ups(f)?;
        writeln!(f, "moves           {}", self.moves)?;
        tell_visits(f, &self.classes, &self.obligations)?;
        let dearest = self.dearest();
        if !dearest.is_empty() {
            writeln!(f, "one more hour   for follow-ups would bring, about")?;
        }
        for line in dearest {
            let team = named(&line.team);
            let price = paid(line.money_per_hour);
            writeln!(f, "  {team:<14}{price} in {}", line.period)?;
        }
        write!(f, "left aside      {}", tell_aside(&self.left_aside))
    }
}

impl JointPlan {
    fn apart(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(apart) = self.apart_value else {
            return Ok(());
        };
        let more = self.value - apart;
        writeln!(
            f,
            "planned apart   {}; together brings {} more ({:+.2} %)",
            money(apart, &self.currency),
            money(more, &self.currency),
            100.0 * more / apart.abs().max(f64::MIN_POSITIVE)
        )
    }

    fn follow_ups(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paid = |amount: f64| money(amount, &self.currency);
        for channel in &self.channels {
            write!(
                f,
                "  {:<14}{} bring {}",
                channel.channel,
                paid(channel.money),
                paid(channel.value)
            )?;
            let lost = channel.response - channel.followed;
            if channel.hours > 0.0 || lost > 0.0 {
                let part = 100.0 * channel.followed / channel.response.max(f64::MIN_POSITIVE);
                write!(
                    f,
                    "; {part:.0} % of the response is followed up in {:.0} hours",
                    channel.hours
                )?;
            }
            writeln!(f)?;
        }
        Ok(())
    }

    /// Teams and periods in which an hour is worth most.
    fn dearest(&self) -> Vec<&TeamHours> {
        let mut lines: Vec<&TeamHours> = (self.teams.iter())
            .filter(|line| line.money_per_hour > 0.0)
            .collect();
        lines.sort_by(|a, b| b.money_per_hour.total_cmp(&a.money_per_hour));
        lines.truncate(NAMED);
        lines
    }
}

fn named(team: &str) -> &str {
    if team.is_empty() { "no team" } else { team }
}
