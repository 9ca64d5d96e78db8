//! A plan as a map in SVG: markets sized by potential and colored by rep, home bases, a legend.
//!
//! The projection is equirectangular, longitudes scaled by the cosine of the mean latitude, so that
//! distances near the middle of the map are true in both directions.

mod legend;
mod markers;
mod view;

use std::fmt::Display;

use plotters::coord::Shift;
use plotters::prelude::*;

use super::palette;
use crate::domain::{Problem, RepId};
use crate::plan::{Ledger, Plan};
use view::View;

/// Width and height of the picture in pixels.
const SIZE: (u32, u32) = (1400, 1000);
/// Height of the title, in pixels.
const TITLE: u32 = 72;
/// Width of the map with its axes; the rest is the legend.
const MAP: u32 = 1050;
/// Margin around the plot, width of the latitude labels, height of the longitude labels, in pixels.
const MARGINS: (u32, u32, u32) = (12, 48, 28);
/// Color of text and outlines.
const INK: RGBColor = RGBColor(38, 44, 52);
/// Color of what stands back: grid, unserved markets, notes.
const GREY: RGBColor = RGBColor(120, 126, 134);

type Canvas<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// The map could not be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the map could not be drawn: {0}")]
pub struct MapError(String);

/// Any failure of the plotting library, in words.
fn failed(error: impl Display) -> MapError {
    MapError(error.to_string())
}

/// Draws a plan. `caption` is the line under the title, such as
/// [`Summary::headline`](super::Summary::headline).
///
/// A market has the color of the rep who has its first role, and a ring in the color of the rep who
/// has its second role. Candidates that are not hired are left out.
///
/// # Errors
/// When the plotting library fails.
///
/// # Panics
/// When the plan was made for another problem.
pub fn map_svg(problem: &Problem, plan: &Plan, caption: &str) -> Result<String, MapError> {
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        root.fill(&WHITE).map_err(failed)?;
        draw_title(&root, problem.name(), caption)?;
        let (_, body) = root.split_vertically(TITLE);
        let (map, side) = body.split_horizontally(MAP);
        let shown = Shown::of(problem, plan);
        draw_map(&map, problem, plan, &shown)?;
        legend::draw(&side, problem, &shown)?;
        root.present().map_err(failed)?;
    }
    Ok(svg)
}

/// The reps on the map.
struct Shown<'p> {
    ledger: Ledger<'p>,
    /// Reps with a base, in the order of their numbers.
    reps: Vec<RepId>,
    /// Number of each rep, from 0, by rep.
    number: Vec<Option<usize>>,
}

impl<'p> Shown<'p> {
    fn of(problem: &'p Problem, plan: &Plan) -> Self {
        let based = (plan.bases.iter().enumerate()).filter(|(_, base)| base.is_some());
        let reps: Vec<RepId> = based.map(|(at, _)| RepId::at(at)).collect();
        let mut number = vec![None; plan.bases.len()];
        for (at, rep) in reps.iter().enumerate() {
            number[rep.index()] = Some(at);
        }
        Self {
            ledger: Ledger::of(problem, plan),
            reps,
            number,
        }
    }

    fn color(&self, rep: RepId) -> RGBColor {
        self.number[rep.index()].map_or(GREY, palette::color)
    }
}

fn draw_title(root: &Canvas<'_>, title: &str, caption: &str) -> Result<(), MapError> {
    let title = if title.is_empty() { "Plan" } else { title };
    for (text, size, y, color) in [(title, 26, 14, INK), (caption, 15, 46, GREY)] {
        let text = clip(text, f64::from(SIZE.0 - 40), f64::from(size));
        let style = ("sans-serif", size).into_font().color(&color);
        root.draw_text(&text, &style, (20, y)).map_err(failed)?;
    }
    Ok(())
}

fn draw_map(
    area: &Canvas<'_>,
    problem: &Problem,
    plan: &Plan,
    shown: &Shown<'_>,
) -> Result<(), MapError> {
    let (margin, left, bottom) = MARGINS;
    let plot = (
        MAP - left - 2 * margin,
        SIZE.1 - TITLE - bottom - 2 * margin,
    );
    let view = View::of(problem, plan, plot);
    let mut chart = ChartBuilder::on(area)
        .margin(margin)
        .x_label_area_size(bottom)
        .y_label_area_size(left)
        .build_cartesian_2d(view.longitudes.clone(), view.latitudes.clone())
        .map_err(failed)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GREY.mix(0.18))
        .axis_style(GREY)
        .label_style(("sans-serif", 12).into_font().color(&GREY))
        .x_label_formatter(&|degrees| view::tick(*degrees, ("E", "W")))
        .y_label_formatter(&|degrees| view::tick(*degrees, ("N", "S")))
        .draw()
        .map_err(failed)?;
    let origin = area.get_pixel_range();
    let pixel = |longitude: f64, latitude: f64| {
        let (x, y) = chart.backend_coord(&(longitude, latitude));
        (x - origin.0.start, y - origin.1.start)
    };
    markers::draw_markets(area, problem, shown, &pixel)?;
    markers::draw_bases(area, problem, plan, shown, &pixel)
}

/// Text without characters that XML forbids, cut to a width in pixels at a font size.
fn clip(text: &str, width: f64, size: f64) -> String {
    let mut left = width / size;
    let mut short = String::new();
    let legal = |c: &char| !c.is_control() && !matches!(c, '\u{FFFE}' | '\u{FFFF}');
    for c in text.chars().filter(legal) {
        // Latin letters are about half as wide as high, Chinese ones as wide as high.
        left -= if c.is_ascii() { 0.54 } else { 1.0 };
        if left < 1.0 {
            short.push('…');
            break;
        }
        short.push(c);
    }
    short
}
