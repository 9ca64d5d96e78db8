//! Periods, working days, holidays and seasons.

use serde::{Deserialize, Serialize};

/// The periods of a plan and the working time in them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Calendar {
    /// First day of the first period, `YYYY-MM-DD`. Months and quarters must start on the first
    /// day of a month.
    pub start: String,
    /// Length of a period.
    pub unit: PeriodUnit,
    /// Number of periods, 1 to 520.
    pub periods: u32,
    /// Working hours of a full day, above 0 and at most 24.
    pub hours_per_day: f64,
    /// Share of the working time that is spent on customers and travel to them, above 0 and at most 1.
    pub selling_share: f64,
    /// Working days of the week, 1 = Monday to 7 = Sunday. Empty: Monday to Friday.
    pub workdays: Vec<u8>,
    /// Days on which nobody works, `YYYY-MM-DD`.
    pub holidays: Vec<String>,
    /// Days outside [`workdays`](Self::workdays) on which everybody works, `YYYY-MM-DD`.
    pub extra_workdays: Vec<String>,
}

/// Length of a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PeriodUnit {
    /// Seven days; 84/365.25 of a month for monthly rates.
    Week,
    /// A calendar month.
    #[default]
    Month,
    /// Three calendar months.
    Quarter,
}

impl Default for Calendar {
    fn default() -> Self {
        Self::months(2027)
    }
}

impl Calendar {
    /// The twelve months of a year, eight hours a day, Monday to Friday.
    #[must_use]
    pub fn months(year: i16) -> Self {
        Self::starting(format!("{year:04}-01-01"), PeriodUnit::Month, 12)
    }

    /// The four quarters of a year.
    #[must_use]
    pub fn quarters(year: i16) -> Self {
        Self::starting(format!("{year:04}-01-01"), PeriodUnit::Quarter, 4)
    }

    /// Weeks from a day on.
    #[must_use]
    pub fn weeks(start: impl Into<String>, periods: u32) -> Self {
        Self::starting(start.into(), PeriodUnit::Week, periods)
    }

    fn starting(start: String, unit: PeriodUnit, periods: u32) -> Self {
        Self {
            start,
            unit,
            periods,
            hours_per_day: 8.0,
            selling_share: 1.0,
            workdays: Vec::new(),
            holidays: Vec::new(),
            extra_workdays: Vec::new(),
        }
    }

    /// Adds a holiday, `YYYY-MM-DD`.
    #[must_use]
    pub fn holiday(mut self, day: impl Into<String>) -> Self {
        self.holidays.push(day.into());
        self
    }

    /// Sets the working hours of a full day.
    #[must_use]
    pub fn hours_per_day(mut self, hours: f64) -> Self {
        self.hours_per_day = hours;
        self
    }

    /// Sets the share of working time spent on customers and travel.
    #[must_use]
    pub fn selling_share(mut self, share: f64) -> Self {
        self.selling_share = share;
        self
    }
}

/// A seasonal profile: how visits are spread over the periods.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Season {
    /// Id that workloads refer to.
    pub id: String,
    /// Factor on the visits of each period, 0 or more; 1 means the plain monthly rate.
    pub factors: Vec<f64>,
}

impl Season {
    /// A profile with one factor for each period.
    #[must_use]
    pub fn new(id: impl Into<String>, factors: impl Into<Vec<f64>>) -> Self {
        Self {
            id: id.into(),
            factors: factors.into(),
        }
    }
}
