//! The price of a site's hours in a period at which the hours that pay best just fill it.
//!
//! Overtime is a second stretch of hours, offered from its cost on: below that price there is none, above
//! it all of it, and at that price as much as is wanted. No hour is sold for less than it is worth left over.

use super::layout::Layout;
use super::task::Site;

/// What a first step is, as a part of the gain for each hour.
const FIRST: f64 = 0.02;
/// Steps up at most, each four times the last.
const RISES: usize = 80;

/// A choice that may take hours of the room.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) choice: u32,
    /// What it brings besides, less what it costs: it takes hours only while that and its gain in the
    /// period are more than 0.
    pub(super) rest: f64,
}

impl Entry {
    /// A choice that takes hours at any price.
    pub(super) fn always(choice: u32) -> Self {
        let rest = f64::INFINITY;
        Self { choice, rest }
    }
}

/// When a search ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Search {
    /// Hours of the room that may be left, as a part of it.
    pub(super) near: f64,
    /// Steps at most.
    pub(super) steps: usize,
}

impl Search {
    /// To the last digits.
    pub(super) const EXACT: Self = Self {
        near: 1e-9,
        steps: 100,
    };
}

/// Hours and gains of some choices of a site in one period.
struct Filled<'f, 'a> {
    layout: &'f Layout<'a>,
    entries: &'f [Entry],
    period: usize,
    room: f64,
}

impl Filled<'_, '_> {
    /// Hours beyond the room, and the gain, at a price.
    fn at(&self, price: f64) -> (f64, f64) {
        let mut hours = -self.room;
        let mut gain = 0.0;
        for entry in self.entries {
            let best = self.layout.best(entry.choice, self.period, price);
            if entry.rest + best.gain > 0.0 {
                hours += best.hours;
                gain += best.gain;
            }
        }
        (hours, gain)
    }
}

/// Hours of a site in a period.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    /// Overtime aside.
    pub(super) hours: f64,
    /// Of overtime, and what one of them costs.
    pub(super) overtime: f64,
    pub(super) cost: f64,
    /// What an hour that is left is worth.
    pub(super) worth: f64,
}

impl Room {
    /// Room of some reps of a site.
    pub(super) fn of(site: &Site, period: usize, reps: f64) -> Self {
        Self {
            hours: reps * site.hours[period],
            overtime: reps * site.overtime[period],
            cost: site.overtime_cost,
            worth: site.hour_worth[period],
        }
    }

    /// What is left of the hours beside a load, and what that is worth less the cost of overtime.
    pub(super) fn rest(&self, load: f64) -> f64 {
        let overtime = if self.worth > self.cost {
            self.overtime
        } else {
            0.0
        };
        let left = if self.worth > 0.0 {
            (self.hours + overtime - load).max(0.0)
        } else {
            0.0
        };
        self.worth * left - self.cost * (load + left - self.hours).max(0.0)
    }
}

/// The price at which hours and overtime are wanted as much as they are offered, or what they are worth left
/// over if that is more; see [`least_price`].
pub(super) fn price(
    layout: &Layout<'_>,
    (entries, period, room): (&[Entry], usize, Room),
    guess: f64,
    how: Search,
) -> f64 {
    wanted_price(layout, (entries, period, room), guess, how).max(room.worth)
}

fn wanted_price(
    layout: &Layout<'_>,
    (entries, period, room): (&[Entry], usize, Room),
    guess: f64,
    how: Search,
) -> f64 {
    let plain = least_price(layout, (entries, period, room.hours), guess, how);
    if plain <= room.cost || room.overtime <= 0.0 {
        return plain;
    }
    let filled = Filled {
        layout,
        entries,
        period,
        room: room.hours + room.overtime,
    };
    if filled.at(room.cost).0 <= 0.0 {
        return room.cost;
    }
    let all = least_price(
        layout,
        (entries, period, filled.room),
        plain.min(guess),
        how,
    );
    all.max(room.cost)
}

/// The least price at which the entries want no more hours than there are; 0 where they do not fill the
/// room. Begins at `guess`. Infinite where hours that must be given exceed the room.
fn least_price(
    layout: &Layout<'_>,
    (entries, period, room): (&[Entry], usize, f64),
    guess: f64,
    how: Search,
) -> f64 {
    if room.is_infinite() || entries.is_empty() {
        return 0.0;
    }
    let filled = Filled {
        layout,
        entries,
        period,
        room,
    };
    let near = how.near * room;
    let (over, gain) = filled.at(guess);
    if over <= 0.0 && (over >= -near || guess <= 0.0) {
        return guess;
    }
    let first = (FIRST * gain.abs() / (over + room).max(f64::MIN_POSITIVE)).max(FIRST * guess);
    let bracket = if over > 0.0 {
        above(&filled, (guess, over), first)
    } else {
        below(&filled, (guess, over), first)
    };
    match bracket {
        Bracket::Between(low, high) => narrowed(&filled, low, high, (near, how.steps)),
        Bracket::At(price) => price,
    }
}

/// Prices with the hours beyond the room that they leave: too many at the first, none at the second.
enum Bracket {
    Between((f64, f64), (f64, f64)),
    At(f64),
}

fn above(filled: &Filled<'_, '_>, mut low: (f64, f64), first: f64) -> Bracket {
    let mut step = first.max(f64::MIN_POSITIVE);
    for _ in 0..RISES {
        let price = low.0 + step;
        let over = filled.at(price).0;
        if over <= 0.0 {
            return Bracket::Between(low, (price, over));
        }
        low = (price, over);
        step *= 4.0;
    }
    Bracket::At(f64::INFINITY)
}

fn below(filled: &Filled<'_, '_>, mut high: (f64, f64), first: f64) -> Bracket {
    let mut step = first.max(f64::MIN_POSITIVE);
    loop {
        let price = (high.0 - step).max(0.0);
        let over = filled.at(price).0;
        if over > 0.0 {
            return Bracket::Between((price, over), high);
        }
        if price <= 0.0 {
            return Bracket::At(0.0);
        }
        high = (price, over);
        step *= 4.0;
    }
}

/// False position with the Illinois rule; returns a price that leaves nothing beyond the room.
fn narrowed(
    filled: &Filled<'_, '_>,
    mut low: (f64, f64),
    mut high: (f64, f64),
    (near, steps): (f64, usize),
) -> f64 {
    let mut high_over = high.1;
    let mut last = 0;
    for step in 0..steps {
        if high.1 >= -near || high.0 - low.0 <= 1e-15 * high.0 {
            break;
        }
        let part = low.1 / (low.1 - high_over);
        // S-shaped curves jump: false position may creep towards a jump, halving does not.
        let part = if step % 4 == 3 { 0.5 } else { part };
        let price = low.0 + part * (high.0 - low.0);
        let over = filled.at(price).0;
        if over > 0.0 {
            low = (price, over);
            if last == 1 {
                high_over *= 0.5;
            }
            last = 1;
        } else {
            high = (price, over);
            high_over = over;
            if last == 2 {
                low.1 *= 0.5;
            }
            last = 2;
        }
    }
    high.0
}
