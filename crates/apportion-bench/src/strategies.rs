//! Every named strategy on generated tasks, held against the proved limit: a table and a picture.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use apportion::backend::microlp::Microlp;
use apportion::domain::Problem;
use apportion::engine::{Engine, Outcome};
use apportion::report::{Entry, League, Reached};
use apportion::strategy::{self, Strategy};
use plotters::prelude::*;
use serde_json::{Value, json};

use crate::generate::Size;
use crate::scale::BELOW_TARGET;

/// Width and height of the picture, in pixels.
const PICTURE: (u32, u32) = (900, 420);
/// Room for the names of strategies on the right, and for one of them.
const LEGEND: (f64, f64) = (2.0, 7.5);
/// Width of a group of bars, as a share of the distance between groups.
const GROUP: f64 = 0.84;

/// The strategies on one task.
#[derive(Debug)]
pub struct Compared {
    /// Markets × reps.
    pub name: String,
    /// The league table.
    pub league: League,
}

/// Strategies that are compared: all that plan without a backend.
fn strategies() -> impl Iterator<Item = Strategy> {
    let alone = |strategy: &Strategy| strategy.is_baseline() || *strategy == Strategy::Prices;
    Strategy::ALL.into_iter().filter(alone)
}

impl Compared {
    /// Runs every strategy on a generated task; the structured solver has a time limit in seconds
    /// and stops at a quarter of the target.
    ///
    /// # Errors
    /// When the generator makes a bad task, or the solver fails.
    pub fn measure(
        size: Size,
        (limit, target): (u64, f64),
        threads: u32,
    ) -> Result<Self, Box<dyn Error>> {
        let problem = Problem::new(&size.input())?;
        let mut entries = Vec::new();
        let mut bound = f64::INFINITY;
        for strategy in strategies() {
            let started = Instant::now();
            let seconds = || started.elapsed().as_secs_f64();
            if strategy.is_baseline() {
                let plan = strategy::baseline(&problem, strategy, 0);
                let seconds = seconds();
                let reached = Reached::of(&problem, &plan);
                entries.push(Entry::reached(strategy.name(), reached, seconds));
                continue;
            }
            let engine = Engine::new(Arc::new(Microlp::new()))
                .strategy(strategy)
                .time_limit(Duration::from_secs(limit))
                .relative_gap(target * BELOW_TARGET)
                .threads(threads);
            let outcome = engine.solve(&problem)?;
            let seconds = seconds();
            entries.push(match outcome {
                Outcome::Solved(solved) => {
                    bound = bound.min(solved.bound());
                    let reached = Reached::of(&problem, &solved.plan);
                    Entry::reached(strategy.name(), reached, seconds)
                }
                Outcome::NoPlan(why) => {
                    bound = bound.min(why.bound);
                    Entry::without_plan(strategy.name(), why.to_string(), seconds)
                }
                Outcome::Infeasible(_) => return Err("a generated task is infeasible".into()),
            });
        }
        Ok(Self {
            name: format!("{} × {}", size.markets(), size.reps()),
            league: League::new(&problem, entries, bound),
        })
    }

    /// The league table as a JSON object.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({ "task": self.name, "league": self.league })
    }

    fn entry(&self, strategy: Strategy) -> Option<&Entry> {
        let mut entries = self.league.entries.iter();
        entries.find(|entry| entry.strategy == strategy.name())
    }
}

/// Titles of [`rows`].
#[must_use]
pub fn header(compared: &[Compared]) -> Vec<String> {
    let tasks = compared.iter().map(|one| one.name.clone());
    std::iter::once("strategy".to_owned())
        .chain(tasks)
        .collect()
}

/// A line for each strategy: what share of the proved limit it reaches at each size, how many limits
/// its plan breaks, and how long it takes.
#[must_use]
pub fn rows(compared: &[Compared]) -> Vec<Vec<String>> {
    let cell = |entry: Option<&Entry>| {
        let Some((entry, reached)) = entry.and_then(|e| Some((e, e.reached.as_ref()?))) else {
            return "no plan".to_owned();
        };
        let share = 100.0 * entry.share_of_bound.unwrap_or(f64::NAN);
        let broken = match reached.breaches {
            0 => String::new(),
            breaches => format!(", breaks {breaches}"),
        };
        format!("{share:.2} %{broken}, {:.2} s", entry.seconds)
    };
    let row = |strategy: Strategy| {
        let cells = compared.iter().map(|one| cell(one.entry(strategy)));
        std::iter::once(strategy.name().to_owned())
            .chain(cells)
            .collect()
    };
    strategies().map(row).collect()
}

/// A picture of the table: a group of bars for each task, hollow where the plan breaks limits.
///
/// # Errors
/// When the picture cannot be drawn.
pub fn picture(compared: &[Compared]) -> Result<String, Box<dyn Error>> {
    let mut svg = String::new();
    draw(
        &SVGBackend::with_string(&mut svg, PICTURE).into_drawing_area(),
        compared,
    )?;
    Ok(svg)
}

#[allow(
    clippy::cast_precision_loss,
    reason = "a handful of tasks and strategies"
)]
fn draw(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    compared: &[Compared],
) -> Result<(), Box<dyn Error>> {
    area.fill(&WHITE)?;
    let groups = compared.len() as f64;
    let mut chart = ChartBuilder::on(area)
        .margin(12)
        .caption(
            "Share of the proved limit; hollow: the plan breaks limits",
            ("sans-serif", 17),
        )
        .x_label_area_size(30)
        .y_label_area_size(48)
        .build_cartesian_2d(0.0..groups + LEGEND.0 / 2.0, 0.0..100.0)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .x_labels(0)
        .y_labels(6)
        .y_label_formatter(&|share| format!("{share:.0} %"))
        .draw()?;
    let all: Vec<Strategy> = strategies().collect();
    let width = GROUP / all.len() as f64;
    let label = ("sans-serif", 14).into_font();
    for (group, one) in compared.iter().enumerate() {
        for (at, &strategy) in all.iter().enumerate() {
            let Some(entry) = one.entry(strategy) else {
                continue;
            };
            let share = 100.0 * entry.share_of_bound.unwrap_or(0.0).max(0.0);
            let from = group as f64 + (1.0 - GROUP) / 2.0 + width * at as f64;
            let broken = entry
                .reached
                .as_ref()
                .is_none_or(|reached| reached.breaches > 0);
            let color = Palette99::pick(at).to_rgba();
            let style = if broken {
                color.stroke_width(1)
            } else {
                color.filled()
            };
            let corners = [(from, 0.0), (from + 0.9 * width, share)];
            chart.draw_series([Rectangle::new(corners, style)])?;
        }
        let name = Text::new(one.name.clone(), (group as f64 + 0.32, -4.5), label.clone());
        chart.plotting_area().draw(&name)?;
    }
    for (at, strategy) in all.iter().enumerate() {
        let top = 96.0 - LEGEND.1 * at as f64;
        let color = Palette99::pick(at).filled();
        let corners = [(groups + 0.04, top), (groups + 0.1, top - 4.0)];
        chart.draw_series([Rectangle::new(corners, color)])?;
        let name = Text::new(strategy.name(), (groups + 0.14, top), label.clone());
        chart.plotting_area().draw(&name)?;
    }
    area.present()?;
    Ok(())
}
