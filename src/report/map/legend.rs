//! Who has which color, and what the signs mean.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::markers::{draw_diamond, draw_market, radius};
use super::{Canvas, GREY, INK, MAP, MapError, SIZE, Shown, TITLE, clip, failed};
use crate::domain::{Problem, RepId};
use crate::explain::words::money;

/// Width of the legend in pixels.
const WIDTH: i32 = (SIZE.0 - MAP) as i32;
/// Height of the heading of the list, and of the signs below it, in pixels.
const HEADING: i32 = 30;
const SIGNS: i32 = 150;
/// Highest and lowest row of the list, in pixels.
const ROW: (i32, i32) = (24, 17);
/// Right edges of the two columns of numbers, in pixels.
const COLUMNS: (i32, i32) = (WIDTH - 90, WIDTH - 20);

pub(super) fn draw(
    area: &Canvas<'_>,
    problem: &Problem,
    shown: &Shown<'_>,
) -> Result<(), MapError> {
    let room = (SIZE.1 - TITLE) as i32 - HEADING - SIGNS;
    let most = usize::try_from(room / ROW.1).unwrap_or(1);
    let fits = shown.reps.len() <= most;
    let listed = if fits { shown.reps.len() } else { most - 1 };
    let rows = i32::try_from(listed.max(1)).unwrap_or(1);
    let height = (room / rows).clamp(ROW.1, ROW.0);
    let size = if height >= 20 { 14 } else { 13 };
    text(area, "rep", (46, 12), (12, GREY), HPos::Left)?;
    text(area, "assigned", (COLUMNS.0, 12), (12, GREY), HPos::Right)?;
    text(area, "hours", (COLUMNS.1, 12), (12, GREY), HPos::Right)?;
    let mut y = HEADING + height / 2;
    for (number, &rep) in shown.reps.iter().take(listed).enumerate() {
        draw_rep(area, problem, shown, (number, rep), (y, size))?;
        y += height;
    }
    if !fits {
        let more = format!("and {} more", shown.reps.len() - listed);
        text(area, &more, (46, y), (size, GREY), HPos::Left)?;
        y += height;
    }
    draw_signs(area, problem, y + 14)
}

fn draw_rep(
    area: &Canvas<'_>,
    problem: &Problem,
    shown: &Shown<'_>,
    (number, rep): (usize, RepId),
    (y, size): (i32, i32),
) -> Result<(), MapError> {
    draw_diamond(area, (24, y), number, shown.color(rep))?;
    let name = &problem.rep(rep).name;
    let name = clip(name, f64::from(COLUMNS.0 - 46 - 24), f64::from(size));
    text(area, &name, (46, y), (size, INK), HPos::Left)?;
    let count = shown.ledger.count(rep).to_string();
    text(area, &count, (COLUMNS.0, y), (size, INK), HPos::Right)?;
    let hours = money(shown.ledger.load(rep).iter().sum(), "");
    text(area, &hours, (COLUMNS.1, y), (size, INK), HPos::Right)
}

/// What circles, rings and diamonds mean.
fn draw_signs(area: &Canvas<'_>, problem: &Problem, top: i32) -> Result<(), MapError> {
    let rule = PathElement::new(vec![(14, top), (WIDTH - 20, top)], GREY.mix(0.5));
    area.draw(&rule).map_err(failed)?;
    let largest = problem.markets().iter().map(|m| m.potential);
    let largest = largest.fold(0.0, f64::max);
    let mut y = top + 8;
    for potential in [largest, largest / 4.0] {
        let radius = radius(problem, potential);
        y += radius.max(9);
        draw_market(area, (34, y), radius, Some(GREY))?;
        let label = format!("potential {}", money(potential, problem.currency()));
        let label = clip(&label, f64::from(WIDTH - 90), 12.0);
        text(area, &label, (72, y), (12, INK), HPos::Left)?;
        y += radius.max(9) + 4;
    }
    y += 8;
    draw_market(area, (34, y), 6, None)?;
    text(area, "unserved", (72, y), (12, INK), HPos::Left)?;
    if let Some(second) = problem.roles().get(1) {
        y += 22;
        draw_market(area, (34, y), 6, Some(GREY))?;
        let ring = Circle::new((34, y), 8, palette_ring());
        area.draw(&ring).map_err(failed)?;
        let label = clip(
            &format!("ring: who is {}", second.id),
            f64::from(WIDTH - 90),
            12.0,
        );
        text(area, &label, (72, y), (12, INK), HPos::Left)?;
    }
    Ok(())
}

/// The ring of the legend's sample.
fn palette_ring() -> ShapeStyle {
    super::palette::color(0).stroke_width(2)
}

/// Text at a height, aligned at a place.
fn text(
    area: &Canvas<'_>,
    text: &str,
    place: (i32, i32),
    (size, color): (i32, RGBColor),
    align: HPos,
) -> Result<(), MapError> {
    let style = ("sans-serif", size)
        .into_font()
        .color(&color)
        .pos(Pos::new(align, VPos::Center));
    area.draw_text(text, &style, place).map_err(failed)
}
