//! A folder: `plan.toml` for everything that is short, CSV tables for everything that is long.

use std::collections::HashMap;
use std::path::Path;

use crate::fault::{Code, Fault, Faults, Place};

use super::origin::Origin;
use super::table::{Row, Shape, Table};
use super::{Loaded, read_toml};
use crate::input::{
    Base, CurrentRep, CustomMetric, Distance, Input, Leave, Market, Need, Pair, Rep, SkillLevel,
    Workload,
};

/// Name of the document that every folder has.
const PLAN: &str = "plan.toml";

const REPS: Shape = Shape {
    file: "reps.csv",
    required: &["id"],
    optional: &[
        "name",
        "team",
        "latitude_deg",
        "longitude_deg",
        "candidate",
        "fixed_cost",
        "hours_per_day",
        "selling_share",
        "start_date",
        "ramp_months",
        "overtime_max_share",
        "overtime_cost_per_hour",
        "acquisition",
        "relationship",
        "min_markets",
        "max_markets",
    ],
};
const MARKETS: Shape = Shape {
    file: "markets.csv",
    required: &["id", "latitude_deg", "longitude_deg", "potential"],
    optional: &[
        "name",
        "region",
        "class",
        "margin",
        "newness",
        "visits_per_month",
        "hours_per_visit",
        "family",
        "current_rep",
        "protected",
        "must_serve",
        "unserved_loss",
    ],
};
const WORKLOADS: Shape = Shape {
    file: "workloads.csv",
    required: &["class", "visits_per_month", "hours_per_visit"],
    optional: &["role", "season"],
};
const REP_SKILLS: Shape = Shape {
    file: "rep_skills.csv",
    required: &["rep", "skill", "level"],
    optional: &[],
};
const BASES: Shape = Shape {
    file: "bases.csv",
    required: &["rep", "id", "latitude_deg", "longitude_deg"],
    optional: &["fixed_cost"],
};
const LEAVE: Shape = Shape {
    file: "leave.csv",
    required: &["rep", "from", "to"],
    optional: &[],
};
const NEEDS: Shape = Shape {
    file: "needs.csv",
    required: &["market", "skill", "minimum"],
    optional: &["weight"],
};
const CURRENT: Shape = Shape {
    file: "current.csv",
    required: &["market", "rep"],
    optional: &["role"],
};
const MARKET_METRICS: Shape = Shape {
    file: "market_metrics.csv",
    required: &["market", "metric", "amount"],
    optional: &[],
};
const LOCKS: Shape = Shape {
    file: "locks.csv",
    required: &["market", "rep"],
    optional: &["role"],
};
const FORBIDDEN: Shape = Shape {
    file: "forbidden.csv",
    required: &["market", "rep"],
    optional: &["role"],
};
const DISTANCES: Shape = Shape {
    file: "distances.csv",
    required: &["rep", "market", "km"],
    optional: &["base"],
};

/// What is read so far.
struct Reading<'a> {
    folder: &'a Path,
    input: Input,
    origin: Origin,
    faults: Faults,
}

/// Reads a folder.
pub(super) fn read(folder: &Path) -> Result<Loaded, Faults> {
    let mut faults = Faults::new();
    let input = read_toml(folder, PLAN, &mut faults);
    let mut reading = Reading {
        folder,
        input,
        origin: Origin::document(PLAN.to_owned()),
        faults,
    };
    reading.reps();
    reading.markets();
    reading.workloads();
    reading.rep_tables();
    reading.market_tables();
    reading.pairs();
    reading.distances();
    let Reading {
        input,
        origin,
        faults,
        ..
    } = reading;
    faults.or(Loaded { input, origin })
}

impl Reading<'_> {
    /// A table that fills a list, unless the same list stands in `plan.toml` already.
    fn list(&mut self, list: &'static str, shape: Shape, already: usize) -> Option<Table> {
        let table = self.table(shape, already)?;
        self.origin.table(list, shape.file);
        Some(table)
    }

    /// A table of the folder, unless the same entries stand in `plan.toml` already.
    fn table(&mut self, shape: Shape, already: usize) -> Option<Table> {
        let table = Table::read(self.folder, shape, &mut self.faults)?;
        if already > 0 {
            let place = Place::file(shape.file, "");
            let found = format!("{already} entries of the same list in {PLAN}");
            let fault = Fault::new(Code::DuplicateId, place, found, "one list");
            self.faults
                .push(fault.hint("Keep the list in one of the two files."));
            return None;
        }
        Some(table)
    }

    fn reps(&mut self) {
        let Some(table) = self.list("reps", REPS, self.input.reps.len()) else {
            return;
        };
        let (reps, origin) = (&mut self.input.reps, &mut self.origin);
        table.each(&mut self.faults, |row| {
            origin.entry("reps", row.line);
            reps.push(rep(row));
        });
    }

    fn markets(&mut self) {
        let Some(table) = self.list("markets", MARKETS, self.input.markets.len()) else {
            return;
        };
        let (markets, origin) = (&mut self.input.markets, &mut self.origin);
        table.each(&mut self.faults, |row| {
            origin.entry("markets", row.line);
            let market = market(row);
            if !market.current.is_empty() {
                let list = ("markets", markets.len(), "current");
                origin.nested(list, row.spot(Some("current_rep")));
            }
            markets.push(market);
        });
    }

    fn workloads(&mut self) {
        let Some(table) = self.list("workloads", WORKLOADS, self.input.workloads.len()) else {
            return;
        };
        let (workloads, origin) = (&mut self.input.workloads, &mut self.origin);
        table.each(&mut self.faults, |row| {
            origin.entry("workloads", row.line);
            workloads.push(Workload {
                class: row.text("class"),
                role: row.text("role"),
                visits_per_month: row.needed("visits_per_month"),
                hours_per_visit: row.needed("hours_per_visit"),
                season: row.text("season"),
            });
        });
    }

    /// Reads a table whose rows belong to entries of another list.
    fn children<T>(
        &mut self,
        shape: Shape,
        (parent, list, inner): (&'static str, &'static str, &'static str),
        index: &HashMap<String, usize>,
        already: usize,
        read: impl Fn(&mut Row<'_>) -> T,
    ) -> Vec<(usize, T)> {
        let mut children = Vec::new();
        let Some(table) = self.table(shape, already) else {
            return children;
        };
        let origin = &mut self.origin;
        let unknown = if parent == "rep" {
            Code::UnknownRep
        } else {
            Code::UnknownMarket
        };
        table.each(&mut self.faults, |row| {
            let child = read(row);
            let id = row.text(parent);
            if let Some(&at) = index.get(&id) {
                origin.nested((list, at, inner), row.spot(None));
                children.push((at, child));
            } else {
                let expected = format!("the id of a {parent}");
                let fault = Fault::new(unknown, row.place(parent), id, expected);
                row.fault(fault);
            }
        });
        children
    }

    fn rep_tables(&mut self) {
        let index = positions(self.input.reps.iter().map(|rep| &rep.id));
        let at = |inner| ("rep", "reps", inner);
        let known = |count: fn(&Rep) -> usize, reps: &[Rep]| reps.iter().map(count).sum();
        let already = known(|rep| rep.skills.len(), &self.input.reps);
        let skills = self.children(REP_SKILLS, at("skills"), &index, already, |row| {
            SkillLevel {
                skill: row.text("skill"),
                level: row.needed("level"),
            }
        });
        let already = known(|rep| rep.bases.len(), &self.input.reps);
        let bases = self.children(BASES, at("bases"), &index, already, |row| Base {
            id: row.text("id"),
            latitude_deg: row.needed("latitude_deg"),
            longitude_deg: row.needed("longitude_deg"),
            fixed_cost: row.number("fixed_cost").unwrap_or_default(),
        });
        let already = known(|rep| rep.leave.len(), &self.input.reps);
        let leave = self.children(LEAVE, at("leave"), &index, already, |row| Leave {
            from: row.text("from"),
            to: row.text("to"),
        });
        let reps = &mut self.input.reps;
        skills
            .into_iter()
            .for_each(|(at, s)| reps[at].skills.push(s));
        bases.into_iter().for_each(|(at, b)| reps[at].bases.push(b));
        leave.into_iter().for_each(|(at, l)| reps[at].leave.push(l));
    }

    fn market_tables(&mut self) {
        let index = positions(self.input.markets.iter().map(|market| &market.id));
        let at = |inner| ("market", "markets", inner);
        let known = |count: fn(&Market) -> usize, markets: &[Market]| -> usize {
            markets.iter().map(count).sum()
        };
        let already = known(|market| market.needs.len(), &self.input.markets);
        let needs = self.children(NEEDS, at("needs"), &index, already, |row| Need {
            skill: row.text("skill"),
            minimum: row.needed("minimum"),
            weight: row.number("weight").unwrap_or(1.0),
        });
        // The column `current_rep` of markets.csv and current.csv complement each other.
        let already = match self.origin.has_table("markets") {
            true => 0,
            false => known(|market| market.current.len(), &self.input.markets),
        };
        let current = self.children(CURRENT, at("current"), &index, already, |row| CurrentRep {
            role: row.text("role"),
            rep: row.text("rep"),
        });
        let already = known(|market| market.metrics.len(), &self.input.markets);
        let metrics = self.children(MARKET_METRICS, at("metrics"), &index, already, |row| {
            CustomMetric {
                metric: row.text("metric"),
                amount: row.needed("amount"),
            }
        });
        let markets = &mut self.input.markets;
        needs
            .into_iter()
            .for_each(|(at, n)| markets[at].needs.push(n));
        current
            .into_iter()
            .for_each(|(at, c)| markets[at].current.push(c));
        metrics
            .into_iter()
            .for_each(|(at, m)| markets[at].metrics.push(m));
    }

    fn pairs(&mut self) {
        let pair = |row: &mut Row<'_>| Pair {
            market: row.text("market"),
            role: row.text("role"),
            rep: row.text("rep"),
        };
        if let Some(table) = self.list("locks", LOCKS, self.input.locks.len()) {
            table.each(&mut self.faults, |row| {
                self.origin.entry("locks", row.line);
                self.input.locks.push(pair(row));
            });
        }
        if let Some(table) = self.list("forbidden", FORBIDDEN, self.input.forbidden.len()) {
            table.each(&mut self.faults, |row| {
                self.origin.entry("forbidden", row.line);
                self.input.forbidden.push(pair(row));
            });
        }
    }

    fn distances(&mut self) {
        let Some(table) = self.list("distances", DISTANCES, self.input.distances.len()) else {
            return;
        };
        table.each(&mut self.faults, |row| {
            self.origin.entry("distances", row.line);
            self.input.distances.push(Distance {
                rep: row.text("rep"),
                base: row.text("base"),
                market: row.text("market"),
                km: row.needed("km"),
            });
        });
    }
}

/// Position of each id; of the first entry where an id comes twice.
fn positions<'a>(ids: impl Iterator<Item = &'a String>) -> HashMap<String, usize> {
    let mut positions = HashMap::new();
    for (at, id) in ids.enumerate() {
        positions.entry(id.clone()).or_insert(at);
    }
    positions
}

fn rep(row: &mut Row<'_>) -> Rep {
    let unset = Rep::default();
    Rep {
        id: row.text("id"),
        name: row.text("name"),
        team: row.text("team"),
        latitude_deg: row.number("latitude_deg"),
        longitude_deg: row.number("longitude_deg"),
        candidate: row.flag("candidate"),
        fixed_cost: row.number("fixed_cost").unwrap_or(unset.fixed_cost),
        hours_per_day: row.number("hours_per_day"),
        selling_share: row.number("selling_share"),
        start_date: row.text("start_date"),
        ramp_months: row.number("ramp_months").unwrap_or(unset.ramp_months),
        overtime_max_share: row.number("overtime_max_share"),
        overtime_cost_per_hour: row.number("overtime_cost_per_hour"),
        acquisition: row.number("acquisition").unwrap_or(unset.acquisition),
        relationship: row.number("relationship").unwrap_or(unset.relationship),
        min_markets: row.whole("min_markets"),
        max_markets: row.whole("max_markets"),
        ..unset
    }
}

fn market(row: &mut Row<'_>) -> Market {
    let current = row.text("current_rep");
    let current = (!current.is_empty()).then(|| CurrentRep {
        role: String::new(),
        rep: current,
    });
    Market {
        id: row.text("id"),
        name: row.text("name"),
        region: row.text("region"),
        latitude_deg: row.needed("latitude_deg"),
        longitude_deg: row.needed("longitude_deg"),
        class: row.text("class"),
        potential: row.needed("potential"),
        margin: row.number("margin"),
        newness: row.number("newness").unwrap_or_default(),
        visits_per_month: row.number("visits_per_month"),
        hours_per_visit: row.number("hours_per_visit"),
        family: row.text("family"),
        current: current.into_iter().collect(),
        protected: row.flag("protected"),
        must_serve: row.flag("must_serve"),
        unserved_loss: row.number("unserved_loss"),
        ..Market::default()
    }
}
