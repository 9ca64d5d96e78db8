//! The price of a site's hours in a period at which the hours that pay best just fill it.
//!
//! Overtime is a second stretch of hours, offered from its cost on: below that price there is none, above
//! it all of it, and at that price as much as is wanted. No hour is sold for less than it is worth left over.

use super::layout::Layout;
use super::task::Site;

/// What a first step is, as a part of the gain for each hour, or of the price.
const FIRST: f64 = 0.02;
/// Steps up or down at most until a price on the other side is found; each is longer than the last.
const FAR: usize = 60;
/// What the price is multiplied by at most in the first of these steps, and in any.
const LEAP: f64 = 4.0;
const LONGEST: f64 = 1e6;
/// Where more than this multiple of what an hour brings is no price high enough, hours are required that do not fit.
const DEAR: f64 = 1e9;
/// A bracket of prices narrower than this part of them holds a jump.
const JUMP: f64 = 1e-10;
/// A room is full where the load is no farther from it than this part of it.
const NEARLY: f64 = 1e-6;

/// A choice that may take hours of the room.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) choice: u32,
    /// What it brings besides, less what it costs: it takes hours only while that and its gain in the
    /// period are more than 0.
    pub(super) rest: f64,
    /// The part of its hours that counts.
    pub(super) part: f64,
}

impl Entry {
    /// A choice that takes hours at any price.
    pub(super) fn always(choice: u32) -> Self {
        Self::partly(choice, 1.0)
    }

    /// A choice of which a part takes hours at any price.
    pub(super) fn partly(choice: u32, part: f64) -> Self {
        Self {
            choice,
            rest: f64::INFINITY,
            part,
        }
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

/// What is wanted at a price.
#[derive(Clone, Copy)]
struct Wanted {
    price: f64,
    /// Hours beyond the room.
    over: f64,
    /// Hours that are wanted less for a unit of price more.
    give: f64,
    gain: f64,
}

impl Filled<'_, '_> {
    fn at(&self, price: f64) -> Wanted {
        let mut wanted = Wanted {
            price,
            over: -self.room,
            give: 0.0,
            gain: 0.0,
        };
        for entry in self.entries {
            let best = self.layout.answer(entry.choice, self.period, price);
            if entry.rest + best.gain > 0.0 {
                wanted.over += entry.part * best.hours;
                wanted.give += entry.part * best.give;
                wanted.gain += entry.part * best.gain;
            }
        }
        wanted
    }

    /// The price at which just the room would be wanted if hours were a power of it.
    fn next(&self, wanted: &Wanted) -> f64 {
        let load = wanted.over + self.room;
        if !(load > 0.0 && wanted.give > 0.0) {
            return f64::NAN;
        }
        if wanted.price <= 0.0 {
            return wanted.over / wanted.give;
        }
        let power = load / (wanted.price * wanted.give);
        wanted.price * (load / self.room).powf(power)
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

    /// Whether a load leaves neither hours nor part of the overtime, so that more of it raises the price.
    pub(super) fn is_full(&self, load: f64) -> bool {
        let near = |room: f64| (load - room).abs() <= NEARLY * room;
        near(self.hours) || near(self.hours + self.overtime)
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
    let least = |hours: f64, guess: f64| least_price(layout, (entries, period, hours), guess, how);
    if room.overtime <= 0.0 {
        return least(room.hours, guess);
    }
    let all = room.hours + room.overtime;
    // A guess above the cost of overtime says that all of it is wanted.
    if guess > room.cost {
        let price = least(all, guess);
        if price >= room.cost {
            return price;
        }
        return least(room.hours, room.cost).min(room.cost);
    }
    let plain = least(room.hours, guess);
    if plain <= room.cost {
        return plain;
    }
    least(all, room.cost).max(room.cost)
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
    let first = filled.at(guess);
    if first.over.abs() <= near || (first.over <= 0.0 && guess <= 0.0) {
        return guess;
    }
    match other_side(&filled, first, near) {
        Bracket::Between(low, high) => narrowed(&filled, low, high, (near, how.steps)),
        Bracket::At(price) => price,
    }
}

/// Prices at which too many hours are wanted and at which too few are.
enum Bracket {
    Between(Wanted, Wanted),
    At(f64),
}

/// Goes up or down until the price is passed at which the room is filled.
fn other_side(filled: &Filled<'_, '_>, mut last: Wanted, near: f64) -> Bracket {
    let up = last.over > 0.0;
    let (mut leap, mut stretch) = (LEAP, 1.0 + FIRST);
    let least = FIRST * last.gain.abs() / (last.over + filled.room).max(f64::MIN_POSITIVE);
    let dear = DEAR * (least / FIRST + last.price);
    for _ in 0..FAR {
        let next = filled.next(&last);
        let price = last.price;
        // A little farther than where hours would just fit, and ever more, so that a step ends on the other side.
        let farther = price + stretch * (next - price);
        stretch *= 2.0;
        let (short, long) = if up {
            (price * (1.0 + 1e-6) + 1e-9 * least, leap * price + least)
        } else {
            (price * (1.0 - 1e-6), price / leap - least)
        };
        let price = if !farther.is_finite() {
            long
        } else if up {
            farther.clamp(short, long.max(short))
        } else {
            farther.clamp(long.min(short), short)
        };
        let found = filled.at(price.max(0.0));
        if found.over.abs() <= near {
            return Bracket::At(found.price);
        }
        match (up, found.over > 0.0) {
            (true, false) => return Bracket::Between(last, found),
            (false, true) => return Bracket::Between(found, last),
            (false, false) if found.price <= 0.0 => return Bracket::At(0.0),
            _ => last = found,
        }
        if up && last.price > dear {
            break;
        }
        leap = (leap * leap).min(LONGEST);
    }
    Bracket::At(if up { f64::INFINITY } else { 0.0 })
}

/// Newton's method as for a power, or halves of the bracket where that leads out of it; returns a price at
/// which no more is wanted than there is, but for what counts as near.
fn narrowed(
    filled: &Filled<'_, '_>,
    mut low: Wanted,
    mut high: Wanted,
    (near, steps): (f64, usize),
) -> f64 {
    let mut last = if low.over < -high.over { low } else { high };
    for step in 0..steps {
        let (from, to) = (low.price, high.price);
        if to - from <= JUMP * to {
            break;
        }
        let next = filled.next(&last);
        // Where hours jump Newton's steps creep towards the jump, halves do not.
        let price = if step % 3 < 2 && next > from && next < to {
            next
        } else {
            0.5 * (from + to)
        };
        last = filled.at(price);
        if last.over.abs() <= near {
            return price;
        }
        if last.over > 0.0 {
            low = last;
        } else {
            high = last;
        }
    }
    high.price
}
