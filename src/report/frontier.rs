//! A frontier as a picture: values with their proved limits.

use std::fmt::Display;

use plotters::prelude::*;

use crate::explain::words::money;
use crate::risk::frontier::Frontier;

/// Width and height, in pixels.
const SIZE: (u32, u32) = (720, 420);
/// Room around the values, as a share of their range.
const ROOM: f64 = 0.08;
/// Radius of a point, in pixels.
const DOT: u32 = 4;

/// The picture could not be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the frontier could not be drawn: {0}")]
pub struct FrontierError(String);

fn failed(error: impl Display) -> FrontierError {
    FrontierError(error.to_string())
}

/// Draws values less price along an axis as SVG: for each level a point, with a line up to its proved
/// limit, and the concave hull. Levels without a plan are left out.
///
/// # Errors
/// When the plotting library fails.
pub fn frontier_svg(
    frontier: &Frontier,
    axis: &str,
    currency: &str,
) -> Result<String, FrontierError> {
    let mut svg = String::new();
    {
        let points: Vec<(f64, f64, f64, bool)> = (frontier.points.iter())
            .filter_map(|point| {
                let price = frontier.price * point.level;
                let value = point.value? - price;
                let limit = point.bound.map_or(value, |bound| bound - price);
                Some((point.level, value, limit, point.on_hull))
            })
            .collect();
        let across = range(points.iter().map(|point| point.0));
        let up = range(points.iter().flat_map(|point| [point.1, point.2]));
        let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        root.fill(&WHITE).map_err(failed)?;
        let mut chart = ChartBuilder::on(&root)
            .margin(14)
            .caption("Best value found, and what is proved", ("sans-serif", 17))
            .x_label_area_size(40)
            .y_label_area_size(110)
            .build_cartesian_2d(across.0..across.1, up.0..up.1)
            .map_err(failed)?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .x_desc(axis)
            .y_labels(6)
            .y_label_formatter(&|value| money(*value, currency))
            .draw()
            .map_err(failed)?;
        let hull = points.iter().filter(|point| point.3);
        let hull: Vec<(f64, f64)> = hull.map(|point| (point.0, point.1)).collect();
        let hull = PathElement::new(hull, BLUE.mix(0.5));
        chart.draw_series(std::iter::once(hull)).map_err(failed)?;
        let limit = |point: &(f64, f64, f64, bool)| {
            PathElement::new(vec![(point.0, point.1), (point.0, point.2)], RED.mix(0.6))
        };
        chart
            .draw_series(points.iter().map(limit))
            .map_err(failed)?;
        let dot =
            |point: &(f64, f64, f64, bool)| Circle::new((point.0, point.1), DOT, BLUE.filled());
        chart.draw_series(points.iter().map(dot)).map_err(failed)?;
        root.present().map_err(failed)?;
    }
    Ok(svg)
}

/// The range of some numbers with room around.
fn range(numbers: impl Iterator<Item = f64>) -> (f64, f64) {
    let ends = numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), number| {
        (low.min(number), high.max(number))
    });
    if ends.0 > ends.1 {
        return (0.0, 1.0);
    }
    let room = ((ends.1 - ends.0) * ROOM).max(1e-9 + 1e-6 * ends.1.abs());
    (ends.0 - room, ends.1 + room)
}
