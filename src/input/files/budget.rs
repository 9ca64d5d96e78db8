//! A budget's folder: `budget.toml` for what is short, CSV tables for what is long.

use std::collections::HashMap;
use std::path::Path;

use crate::fault::{Code, Fault, Faults};

use super::origin::Origin;
use super::table::{Row, Shape, Table};
use super::{LoadedBudget, read_toml};
use crate::input::budget::{
    BudgetInput, BudgetLimit, BudgetPeriod, BudgetRegion, CarryInput, Channel, ChannelConflict,
    ChannelSeason, CurrentSpend, CurveInput, CurvePoint, FitInput, HistoryPeriod,
};

/// Name of the document that every folder has.
const DOCUMENT: &str = "budget.toml";

const CHANNELS: Shape = Shape {
    file: "channels.csv",
    required: &["id"],
    optional: &[
        "name",
        "margin",
        "commission",
        "rebate",
        "cost_per_unit",
        "curve",
        "slope",
        "cap",
        "scale",
        "exponent",
        "rate",
        "top",
        "half",
        "shape",
        "low",
        "high",
        "divisor",
        "middle",
        "kernel",
        "retention",
        "delay_periods",
        "kernel_shape",
        "kernel_scale_periods",
        "window_periods",
        "normalized",
        "after_plan_share",
        "fee_money",
        "period_fee_money",
        "min_if_active_money",
        "period_min_if_active_money",
        "fit_family",
        "fit_base",
        "fit_carry",
    ],
};
const POINTS: Shape = Shape {
    file: "points.csv",
    required: &["channel", "amount", "response"],
    optional: &[],
};
const PAST: Shape = Shape {
    file: "past.csv",
    required: &["channel", "amount"],
    optional: &[],
};
const HISTORY: Shape = Shape {
    file: "history.csv",
    required: &["channel", "period", "amount", "outcome"],
    optional: &["season"],
};
const PERIODS: Shape = Shape {
    file: "periods.csv",
    required: &["id"],
    optional: &["length", "season"],
};
const REGIONS: Shape = Shape {
    file: "regions.csv",
    required: &["id"],
    optional: &["size"],
};
const SEASONS: Shape = Shape {
    file: "seasons.csv",
    required: &["channel", "period", "factor"],
    optional: &[],
};
const LIMITS: Shape = Shape {
    file: "limits.csv",
    required: &[],
    optional: &["channel", "period", "region", "min_money", "max_money"],
};
const CONFLICTS: Shape = Shape {
    file: "conflicts.csv",
    required: &["first", "second"],
    optional: &[],
};
const CURRENT: Shape = Shape {
    file: "current.csv",
    required: &["channel", "period", "money"],
    optional: &["region"],
};

/// What is read so far.
struct Reading<'a> {
    folder: &'a Path,
    origin: Origin,
    faults: Faults,
}

/// Reads a folder.
pub(super) fn read(folder: &Path) -> Result<LoadedBudget, Faults> {
    let mut faults = Faults::new();
    let mut input: BudgetInput = read_toml(folder, DOCUMENT, &mut faults);
    let mut reading = Reading {
        folder,
        origin: Origin::document(DOCUMENT.to_owned()),
        faults,
    };
    reading.list("channels", CHANNELS, &mut input.channels, channel);
    reading.list("periods", PERIODS, &mut input.periods, |row| BudgetPeriod {
        id: row.text("id"),
        length: row.number("length").unwrap_or(1.0),
        season: row.number("season").unwrap_or(1.0),
    });
    reading.list("regions", REGIONS, &mut input.regions, |row| BudgetRegion {
        id: row.text("id"),
        size: row.number("size").unwrap_or(1.0),
    });
    reading.list("seasons", SEASONS, &mut input.seasons, |row| {
        ChannelSeason {
            channel: row.text("channel"),
            period: row.text("period"),
            factor: row.needed("factor"),
        }
    });
    reading.list("limits", LIMITS, &mut input.limits, |row| BudgetLimit {
        channel: row.text("channel"),
        period: row.text("period"),
        region: row.text("region"),
        min_money: row.number("min_money").unwrap_or_default(),
        max_money: row.number("max_money"),
    });
    reading.list("conflicts", CONFLICTS, &mut input.conflicts, |row| {
        ChannelConflict {
            first: row.text("first"),
            second: row.text("second"),
        }
    });
    reading.list("current", CURRENT, &mut input.current, |row| CurrentSpend {
        channel: row.text("channel"),
        period: row.text("period"),
        region: row.text("region"),
        money: row.needed("money"),
    });
    reading.of_channels(&mut input.channels);
    let Reading { origin, faults, .. } = reading;
    faults.or(LoadedBudget { input, origin })
}

impl Reading<'_> {
    /// A table of the folder, unless the same entries stand in `budget.toml` already.
    fn table(&mut self, shape: Shape, already: usize) -> Option<Table> {
        let table = Table::read(self.folder, shape, &mut self.faults)?;
        if already > 0 {
            let place = crate::fault::Place::file(shape.file, "");
            let found = format!("{already} entries of the same list in {DOCUMENT}");
            let fault = Fault::new(Code::DuplicateId, place, found, "one list");
            self.faults
                .push(fault.hint("Keep the list in one of the two files."));
            return None;
        }
        Some(table)
    }

    /// Fills a list from its table, if there is one.
    fn list<T>(
        &mut self,
        list: &'static str,
        shape: Shape,
        entries: &mut Vec<T>,
        read: impl Fn(&mut Row<'_>) -> T,
    ) {
        let Some(table) = self.table(shape, entries.len()) else {
            return;
        };
        self.origin.table(list, shape.file);
        let origin = &mut self.origin;
        table.each(&mut self.faults, |row| {
            origin.entry(list, row.line);
            entries.push(read(row));
        });
    }

    /// The tables whose rows belong to channels.
    fn of_channels(&mut self, channels: &mut [Channel]) {
        let mut index = HashMap::new();
        for (at, channel) in channels.iter().enumerate() {
            index.entry(channel.id.clone()).or_insert(at);
        }
        let already = channels.iter().map(|each| each.curve.points.len()).sum();
        let points = self.rows(POINTS, "curve.points", &index, already, |row| CurvePoint {
            amount: row.needed("amount"),
            response: row.needed("response"),
        });
        let already = channels.iter().map(|each| each.past_amounts.len()).sum();
        let past = self.rows(PAST, "past_amounts", &index, already, |row| {
            row.needed("amount")
        });
        let already = channels.iter().map(|each| each.history.len()).sum();
        let history = self.rows(HISTORY, "history", &index, already, |row| HistoryPeriod {
            period: row.text("period"),
            amount: row.number("amount"),
            outcome: row.number("outcome"),
            season: row.number("season").unwrap_or(1.0),
        });
        for (at, point) in points {
            channels[at].curve.points.push(point);
        }
        for (at, amount) in past {
            channels[at].past_amounts.push(amount);
        }
        for (at, period) in history {
            channels[at].history.push(period);
        }
    }

    /// Rows of a table with the position of the channel that each belongs to.
    fn rows<T>(
        &mut self,
        shape: Shape,
        inner: &'static str,
        index: &HashMap<String, usize>,
        already: usize,
        read: impl Fn(&mut Row<'_>) -> T,
    ) -> Vec<(usize, T)> {
        let mut rows = vec![];
        let Some(table) = self.table(shape, already) else {
            return rows;
        };
        let origin = &mut self.origin;
        table.each(&mut self.faults, |row| {
            let entry = read(row);
            let id = row.text("channel");
            if let Some(&at) = index.get(&id) {
                origin.nested(("channels", at, inner), row.spot(None));
                rows.push((at, entry));
            } else {
                let place = row.place("channel");
                row.fault(Fault::new(
                    Code::UnknownName,
                    place,
                    id,
                    "the id of a channel",
                ));
            }
        });
        rows
    }
}

fn channel(row: &mut Row<'_>) -> Channel {
    let unset = Channel::default();
    Channel {
        id: row.text("id"),
        name: row.text("name"),
        margin: row.number("margin").unwrap_or(unset.margin),
        commission: row.number("commission").unwrap_or_default(),
        rebate: row.number("rebate").unwrap_or_default(),
        cost_per_unit: row.number("cost_per_unit").unwrap_or(unset.cost_per_unit),
        curve: curve(row),
        carry: carry(row),
        after_plan_share: row.number("after_plan_share").unwrap_or_default(),
        fee_money: row.number("fee_money").unwrap_or_default(),
        period_fee_money: row.number("period_fee_money").unwrap_or_default(),
        min_if_active_money: row.number("min_if_active_money").unwrap_or_default(),
        period_min_if_active_money: row.number("period_min_if_active_money").unwrap_or_default(),
        fit: fit(row),
        ..unset
    }
}

fn curve(row: &mut Row<'_>) -> CurveInput {
    CurveInput {
        family: row.text("curve"),
        slope: row.number("slope"),
        cap: row.number("cap"),
        scale: row.number("scale"),
        exponent: row.number("exponent"),
        rate: row.number("rate"),
        top: row.number("top"),
        half: row.number("half"),
        shape: row.number("shape"),
        low: row.number("low"),
        high: row.number("high"),
        divisor: row.number("divisor"),
        middle: row.number("middle"),
        points: vec![],
    }
}

fn carry(row: &mut Row<'_>) -> CarryInput {
    let unset = CarryInput::default();
    CarryInput {
        kernel: row.text("kernel"),
        retention: row.number("retention").unwrap_or(unset.retention),
        delay_periods: row.number("delay_periods").unwrap_or(unset.delay_periods),
        shape: row.number("kernel_shape").unwrap_or(unset.shape),
        scale_periods: row
            .number("kernel_scale_periods")
            .unwrap_or(unset.scale_periods),
        window_periods: row.whole("window_periods").unwrap_or(unset.window_periods),
        normalized: row.maybe_flag("normalized").unwrap_or(unset.normalized),
    }
}

fn fit(row: &mut Row<'_>) -> FitInput {
    let unset = FitInput::default();
    let family = row.text("fit_family");
    FitInput {
        family: if family.is_empty() {
            unset.family
        } else {
            family
        },
        base: row.maybe_flag("fit_base").unwrap_or(unset.base),
        carry: row.maybe_flag("fit_carry").unwrap_or(unset.carry),
    }
}
