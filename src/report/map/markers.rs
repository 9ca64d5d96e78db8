//! Markets as circles, home bases as numbered diamonds.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::{Canvas, GREY, INK, MapError, Shown, failed};
use crate::domain::{MarketId, Problem, SlotId};
use crate::plan::Plan;

/// Radius of the largest market among few, and among many, in pixels.
const LARGEST: (f64, f64) = (30.0, 9.0);
/// Smallest radius, in pixels.
const SMALLEST: f64 = 2.0;
/// Half the diagonal of a diamond, in pixels.
pub(super) const DIAMOND: i32 = 11;
/// Rings of places around a base that is taken already, and places on the first ring.
const RINGS: i32 = 8;

/// Turns longitude and latitude into pixels.
type Pixel<'a> = &'a dyn Fn(f64, f64) -> (i32, i32);

/// Radius of a market in pixels: its area stands for its potential.
pub(super) fn radius(problem: &Problem, potential: f64) -> i32 {
    let largest = problem.markets().iter().map(|m| m.potential);
    let largest = largest.fold(f64::MIN_POSITIVE, f64::max);
    #[allow(clippy::cast_precision_loss, reason = "only a size")]
    let count = problem.markets().len().max(1) as f64;
    let reach = (420.0 / count.sqrt()).clamp(LARGEST.1, LARGEST.0);
    let radius = (reach * (potential / largest).sqrt()).max(SMALLEST);
    #[allow(
        clippy::cast_possible_truncation,
        reason = "at most the largest radius"
    )]
    let pixels = radius.round() as i32;
    pixels
}

/// Draws every market, large ones first so that small ones stay visible.
pub(super) fn draw_markets(
    area: &Canvas<'_>,
    problem: &Problem,
    shown: &Shown<'_>,
    pixel: Pixel<'_>,
) -> Result<(), MapError> {
    let mut order: Vec<usize> = (0..problem.markets().len()).collect();
    let potential = |at: usize| problem.markets()[at].potential;
    order.sort_by(|&a, &b| potential(b).total_cmp(&potential(a)));
    for at in order {
        let market = &problem.markets()[at];
        let center = pixel(market.position.longitude_deg, market.position.latitude_deg);
        let radius = radius(problem, market.potential);
        let mut slots = problem.slots_of(MarketId::at(at)).map(SlotId::at);
        let rep = |slot: SlotId| {
            let candidate = shown.ledger.cover(slot)?;
            Some(problem.candidate(candidate).rep)
        };
        let color = slots.next().and_then(rep).map(|rep| shown.color(rep));
        draw_market(area, center, radius, color)?;
        if let Some(rep) = slots.next().and_then(rep) {
            let ring = shown.color(rep).stroke_width(2);
            let circle = Circle::new(center, radius + 2, ring);
            area.draw(&circle).map_err(failed)?;
        }
    }
    Ok(())
}

/// A market in the color of its rep; hollow and grey where it is unserved.
pub(super) fn draw_market(
    area: &Canvas<'_>,
    center: (i32, i32),
    radius: i32,
    color: Option<RGBColor>,
) -> Result<(), MapError> {
    match color {
        Some(color) => {
            let fill = Circle::new(center, radius, color.mix(0.82).filled());
            area.draw(&fill).map_err(failed)?;
            let edge = Circle::new(center, radius, WHITE.mix(0.9).stroke_width(1));
            area.draw(&edge).map_err(failed)
        }
        None => {
            let edge = Circle::new(center, radius, GREY.stroke_width(2));
            area.draw(&edge).map_err(failed)
        }
    }
}

/// Draws the base of every rep on the map. Where bases would cover each other they stand aside,
/// with a line to the true place.
pub(super) fn draw_bases(
    area: &Canvas<'_>,
    problem: &Problem,
    plan: &Plan,
    shown: &Shown<'_>,
    pixel: Pixel<'_>,
) -> Result<(), MapError> {
    let mut taken: Vec<(i32, i32)> = Vec::new();
    let mut moved = Vec::new();
    for &rep in &shown.reps {
        let Some(base) = plan.bases[rep.index()] else {
            continue;
        };
        let position = problem.rep(rep).bases[base as usize].position;
        let home = pixel(position.longitude_deg, position.latitude_deg);
        let place = free_place(home, &taken);
        taken.push(place);
        if place != home {
            moved.push((home, place));
        }
    }
    for (home, place) in moved {
        let line = PathElement::new(vec![home, place], INK.stroke_width(1));
        area.draw(&line).map_err(failed)?;
        let dot = Circle::new(home, 2, INK.filled());
        area.draw(&dot).map_err(failed)?;
    }
    for (number, (&rep, &place)) in shown.reps.iter().zip(&taken).enumerate() {
        draw_diamond(area, place, number, shown.color(rep))?;
    }
    Ok(())
}

/// The place nearest to home where a diamond covers no other; home itself when all are taken.
fn free_place(home: (i32, i32), taken: &[(i32, i32)]) -> (i32, i32) {
    let step = DIAMOND + 1;
    let free = |place: (i32, i32)| {
        let apart = |other: &(i32, i32)| (place.0 - other.0).abs() + (place.1 - other.1).abs();
        taken.iter().all(|other| apart(other) >= 2 * step)
    };
    for ring in 0..RINGS {
        // The places of a ring are all equally far in the metric in which diamonds are balls.
        let reach = ring * step;
        for across in -2 * ring..=2 * ring {
            let x = across * step / 2;
            let y = reach - x.abs();
            for place in [(home.0 + x, home.1 - y), (home.0 + x, home.1 + y)] {
                if free(place) {
                    return place;
                }
            }
        }
    }
    home
}

/// A diamond with a number, counted from 1.
pub(super) fn draw_diamond(
    area: &Canvas<'_>,
    (x, y): (i32, i32),
    number: usize,
    color: RGBColor,
) -> Result<(), MapError> {
    let corners = vec![
        (x, y - DIAMOND),
        (x + DIAMOND, y),
        (x, y + DIAMOND),
        (x - DIAMOND, y),
    ];
    let body = Polygon::new(corners.clone(), color.filled());
    area.draw(&body).map_err(failed)?;
    let mut outline = corners;
    outline.push(outline[0]);
    let outline = PathElement::new(outline, INK.stroke_width(1));
    area.draw(&outline).map_err(failed)?;
    let ink = if is_dark(color) { WHITE } else { INK };
    let style = ("sans-serif", 11)
        .into_font()
        .style(FontStyle::Bold)
        .color(&ink)
        .pos(Pos::new(HPos::Center, VPos::Center));
    let text = (number + 1).to_string();
    area.draw_text(&text, &style, (x, y)).map_err(failed)
}

/// Whether white is easier to read on a color than black (luma of ITU-R BT.601).
fn is_dark(color: RGBColor) -> bool {
    let luma = 0.299 * f64::from(color.0) + 0.587 * f64::from(color.1) + 0.114 * f64::from(color.2);
    luma < 150.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Diamonds overlap exactly when their centers are closer than two half diagonals, measured
    /// along the axes.
    #[test]
    fn bases_in_one_place_do_not_cover_each_other() {
        let mut taken = Vec::new();
        for _ in 0..12 {
            taken.push(free_place((100, 100), &taken));
        }
        for (at, a) in taken.iter().enumerate() {
            for b in &taken[..at] {
                assert!((a.0 - b.0).abs() + (a.1 - b.1).abs() >= 2 * DIAMOND);
            }
        }
    }
}
