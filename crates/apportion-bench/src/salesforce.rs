//! Published sales force deployment scenarios: where to place reps, and who covers which area.
//!
//! A grid is `weight_<g>.csv` (people of each area, one a line) and `distance_<g>.csv` (kilometers,
//! tab-separated). With w people, d kilometers, b = 0.3 and the scenario's α, h, g and fixed cost:
//!
//! ```text
//! β = 0.1 + min(0.9, 2·d/800)                         part of the time that is lost on the road
//! t = ((h·β + g)/(α·w·(1 − β)^b·b))^(1/(b − 1))       hours that pay best
//! p = α·w·((1 − β)·t)^b − (h·β + g)·t                 for pairs with d < 360
//! ```

use std::error::Error;
use std::fs;
use std::path::Path;
use std::str::FromStr;

use apportion::prices::location::{Instance, Task};

/// Exponent of the response to hours.
pub const RESPONSE: f64 = 0.3;
/// Kilometers from which on a pair is left out.
const REACH: f64 = 360.0;

/// Areas of a grid and the distances between them.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Name, as in the files' names.
    pub name: String,
    people: Vec<f64>,
    /// Pairs of area j lie at `start[j]..start[j + 1]`, nearest site first.
    start: Vec<usize>,
    site: Vec<u32>,
    kilometers: Vec<f64>,
}

/// One published scenario.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scenario {
    /// Response to selling time; > 0.
    pub alpha: f64,
    /// Cost of an hour on the road.
    pub travel: f64,
    /// Cost of an hour of work.
    pub work: f64,
    /// Cost of a location.
    pub fixed: f64,
}

/// A scenario with its published optimum.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    /// Name of the grid.
    pub grid: String,
    /// The scenario.
    pub scenario: Scenario,
    /// Published optimal value.
    pub value: f64,
    /// Published seconds of the general solver.
    pub seconds: f64,
}

impl Scenario {
    /// The published 625: every combination of five values of each of the four parameters, fixed
    /// costs changing fastest.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let steps = [10.0, 20.0, 30.0, 40.0, 50.0];
        let mut all = Vec::new();
        for alpha in steps {
            for travel in steps {
                for work in steps {
                    all.extend(steps.map(|fixed| Self {
                        alpha,
                        travel,
                        work: work + 30.0,
                        fixed: fixed * 1_000.0,
                    }));
                }
            }
        }
        all
    }

    /// Whether two scenarios differ at most in the fixed cost.
    #[must_use]
    pub fn same_profits(&self, other: &Self) -> bool {
        let parts = |s: &Self| [s.alpha, s.travel, s.work].map(f64::to_bits);
        parts(self) == parts(other)
    }
}

impl Grid {
    /// Reads a grid from a folder.
    ///
    /// # Errors
    /// If a file cannot be read, holds something other than numbers, or has another shape.
    pub fn read(folder: &Path, name: &str) -> Result<Self, Box<dyn Error>> {
        let text = |kind: &str| {
            let path = folder.join(format!("{kind}_{name}.csv"));
            fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
        };
        let people: Vec<f64> = numbers(&text("weight")?)?;
        let table: Vec<f64> = numbers(&text("distance")?)?;
        if table.len() != people.len() * people.len() {
            return Err(format!("grid {name}: {} distances", table.len()).into());
        }
        let mut grid = Self {
            name: name.to_owned(),
            people,
            start: vec![0],
            site: Vec::new(),
            kilometers: Vec::new(),
        };
        grid.take_pairs(&table)?;
        Ok(grid)
    }

    fn take_pairs(&mut self, table: &[f64]) -> Result<(), Box<dyn Error>> {
        let areas = self.people.len();
        for area in 0..areas {
            let mut near: Vec<(f64, u32)> = Vec::new();
            for site in 0..areas {
                let kilometers = table[site * areas + area];
                if kilometers < REACH {
                    near.push((kilometers, u32::try_from(site)?));
                }
            }
            near.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            self.kilometers.extend(near.iter().map(|pair| pair.0));
            self.site.extend(near.iter().map(|pair| pair.1));
            self.start.push(self.site.len());
        }
        Ok(())
    }

    /// Number of areas.
    #[must_use]
    pub fn areas(&self) -> usize {
        self.people.len()
    }

    /// People of each area.
    #[must_use]
    pub fn people(&self) -> &[f64] {
        &self.people
    }

    /// Sites within reach of an area, with their kilometers.
    pub fn near(&self, area: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let pairs = self.start[area]..self.start[area + 1];
        let sites = self.site[pairs.clone()].iter().map(|&site| site as usize);
        sites.zip(self.kilometers[pairs].iter().copied())
    }

    /// The scenario as a task.
    ///
    /// The hours that pay best leave p = (1/b − 1)·(h·β + g)·t, so one power of each area and one
    /// of each distance suffice.
    ///
    /// # Errors
    /// If a profit is not finite.
    pub fn instance(&self, scenario: &Scenario) -> Result<Instance, Box<dyn Error>> {
        let power = 1.0 / (1.0 - RESPONSE);
        let mut profit = Vec::with_capacity(self.site.len());
        for (area, people) in self.people.iter().enumerate() {
            let scale = (1.0 / RESPONSE - 1.0) * (scenario.alpha * people * RESPONSE).powf(power);
            let pairs = self.start[area]..self.start[area + 1];
            profit.extend(self.kilometers[pairs].iter().map(|&kilometers| {
                let lost = lost_on_the_road(kilometers);
                let hour = scenario.travel * lost + scenario.work;
                scale * ((1.0 - lost).max(0.0) / hour).powf(RESPONSE * power)
            }));
        }
        let own: Vec<Option<u32>> = (0..).map(Some).take(self.areas()).collect();
        Ok(Instance::new(&Task {
            fixed: &vec![scenario.fixed; self.areas()],
            start: &self.start,
            site: &self.site,
            profit: &profit,
            unserved: None,
            own: Some(&own),
        })?)
    }

    /// Value of an assignment (site of each area) by the published formulas: pays every site that
    /// is used or is in `open`. `None` where an area has no site, one out of reach, one that is not
    /// open, or where an open site does not serve itself.
    #[must_use]
    pub fn value(&self, scenario: &Scenario, open: &[u32], site: &[Option<u32>]) -> Option<f64> {
        if site.len() != self.areas() {
            return None;
        }
        let serves_itself = |&number: &u32| site.get(number as usize) == Some(&Some(number));
        if !open.iter().all(serves_itself) {
            return None;
        }
        let mut value = -scenario.fixed * open.iter().map(|_| 1.0).sum::<f64>();
        for (area, &site) in site.iter().enumerate() {
            let site = site.filter(|site| open.contains(site))?;
            let mut pairs = self.start[area]..self.start[area + 1];
            let pair = pairs.find(|&pair| self.site[pair] == site)?;
            value += published_profit(scenario, self.people[area], self.kilometers[pair]);
        }
        Some(value)
    }
}

impl Published {
    /// Reads `best_known.csv` of a folder; empty where there is none.
    ///
    /// # Errors
    /// If the file is there but not as published.
    pub fn read(folder: &Path) -> Result<Vec<Self>, Box<dyn Error>> {
        let path = folder.join("best_known.csv");
        if !path.exists() {
            return Ok(Vec::new());
        }
        let text = fs::read_to_string(&path)?;
        let mut lines = text
            .lines()
            .map(|line| line.split(',').map(str::trim).collect());
        let titles: Vec<&str> = lines.next().unwrap_or_default();
        lines.map(|cells| Self::line(&titles, &cells)).collect()
    }

    fn line(titles: &[&str], cells: &[&str]) -> Result<Self, Box<dyn Error>> {
        let cell = |title: &str| {
            let at = titles.iter().position(|other| *other == title);
            let found = at.and_then(|at| cells.get(at));
            found.ok_or_else(|| format!("best_known.csv: no {title} in {cells:?}"))
        };
        let number = |title: &str| -> Result<f64, Box<dyn Error>> { Ok(cell(title)?.parse()?) };
        Ok(Self {
            grid: (*cell("grid")?).to_owned(),
            scenario: Scenario {
                alpha: number("alpha")?,
                travel: number("h_travel")?,
                work: number("g_worker")?,
                fixed: number("fix")?,
            },
            value: number("objective_opt")?,
            seconds: number("gurobi_s")?,
        })
    }
}

fn numbers(text: &str) -> Result<Vec<f64>, Box<dyn Error>> {
    let cells = text.split_whitespace().map(f64::from_str);
    Ok(cells.collect::<Result<_, _>>()?)
}

/// β of the header: the part of the time that is lost on the road.
#[must_use]
pub fn lost_on_the_road(kilometers: f64) -> f64 {
    0.1 + (2.0 * kilometers / 800.0).min(0.9)
}

/// p of the header, word for word; no time is worth spending where all of it is lost.
fn published_profit(scenario: &Scenario, people: f64, kilometers: f64) -> f64 {
    let lost = lost_on_the_road(kilometers);
    if lost >= 1.0 || people <= 0.0 {
        return 0.0;
    }
    let hour = scenario.travel * lost + scenario.work;
    let response = scenario.alpha * people;
    let slope = response * (1.0 - lost).powf(RESPONSE) * RESPONSE;
    let hours = (hour / slope).powf(1.0 / (RESPONSE - 1.0));
    response * ((1.0 - lost) * hours).powf(RESPONSE) - hour * hours
}
