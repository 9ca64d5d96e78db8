//! The part of the globe that the map shows.

use std::ops::Range;

use crate::domain::Problem;
use crate::domain::geo::Position;
use crate::plan::Plan;

/// Space around the outermost positions, as a share of the extent.
const PADDING: f64 = 0.05;
/// Smallest extent in degrees, for plans of a single place.
const SMALLEST: f64 = 0.1;
/// Smallest cosine of the mean latitude, so that polar plans stay finite.
const SMALLEST_COSINE: f64 = 0.05;

/// Ranges of longitude and latitude, in degrees, that fill the plot at one scale.
#[derive(Debug)]
pub(super) struct View {
    pub(super) longitudes: Range<f64>,
    pub(super) latitudes: Range<f64>,
}

impl View {
    /// The smallest view of all markets and bases for a plot of a width and height in pixels.
    pub(super) fn of(problem: &Problem, plan: &Plan, (width, height): (u32, u32)) -> Self {
        let bases = (problem.reps().iter().zip(&plan.bases))
            .filter_map(|(rep, base)| Some(rep.bases[(*base)? as usize].position));
        let markets = problem.markets().iter().map(|market| market.position);
        let positions: Vec<Position> = markets.chain(bases).collect();
        let (west, east) = extent(positions.iter().map(|p| p.longitude_deg));
        let (south, north) = extent(positions.iter().map(|p| p.latitude_deg));
        let middle = f64::midpoint(south, north);
        let cosine = middle.to_radians().cos().max(SMALLEST_COSINE);
        let (width, height) = (f64::from(width), f64::from(height));
        let scale = (height / (north - south)).min(width / ((east - west) * cosine));
        Self {
            longitudes: around(f64::midpoint(west, east), width / (scale * cosine)),
            latitudes: around(middle, height / scale),
        }
    }
}

/// Smallest and largest number, moved apart by the padding.
fn extent(numbers: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let low = numbers.clone().fold(f64::INFINITY, f64::min);
    let high = numbers.fold(f64::NEG_INFINITY, f64::max);
    let pad = PADDING * (high - low).max(SMALLEST);
    (low - pad, high + pad)
}

fn around(middle: f64, extent: f64) -> Range<f64> {
    middle - extent / 2.0..middle + extent / 2.0
}

/// `110°E`, `22.5°S`, `0°`.
pub(super) fn tick(degrees: f64, (plus, minus): (&str, &str)) -> String {
    let rounded = (100.0 * degrees).round() / 100.0;
    let side = if rounded > 0.0 {
        plus
    } else if rounded < 0.0 {
        minus
    } else {
        ""
    };
    format!("{}°{side}", rounded.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_name_the_side() {
        assert_eq!(tick(110.0, ("E", "W")), "110°E");
        assert_eq!(tick(-22.5, ("N", "S")), "22.5°S");
        assert_eq!(tick(-0.0001, ("N", "S")), "0°");
    }
}
