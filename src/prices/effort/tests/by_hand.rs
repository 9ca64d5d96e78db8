//! The best of all plans by enumeration, hours by golden sections.

use super::*;

/// What a pair brings in a period with hours of its rep.
pub(super) fn brought(task: &Task<'_>, pair: &Pair, period: usize, hours: f64) -> f64 {
    let unit = &task.units[pair.unit];
    let response = unit
        .curve
        .value(pair.productive * hours / unit.size[period]);
    pair.ability * unit.weight[period] * response - pair.hour_cost * hours
}

/// What pairs bring in a period, and the hours they take, where an hour costs a price: each unit's hours
/// by golden section. Concave curves only.
fn at_price(task: &Task<'_>, pairs: &[&Pair], period: usize, price: f64) -> (f64, f64) {
    let hours = |pair: &Pair| {
        let unit = &task.units[pair.unit];
        let worth = |h: f64| brought(task, pair, period, h) - price * h;
        let (mut low, mut high) = (unit.least_hours[period], unit.most_hours);
        (low, high) = (low / pair.productive, high / pair.productive);
        for _ in 0..200 {
            let (a, b) = (low + 0.382 * (high - low), high - 0.382 * (high - low));
            if worth(a) < worth(b) {
                low = a
            } else {
                high = b
            }
        }
        0.5 * (low + high)
    };
    let each = pairs.iter().map(|pair| (pair, hours(pair)));
    each.fold((0.0, 0.0), |sum, (pair, hours)| {
        (sum.0 + brought(task, pair, period, hours), sum.1 + hours)
    })
}

/// The most that pairs bring in a period within hours, by hand: the price by halving. −∞ where required
/// hours do not fit.
fn by_hand(task: &Task<'_>, pairs: &[&Pair], period: usize, room: f64) -> f64 {
    let least: f64 = (pairs.iter())
        .map(|pair| task.units[pair.unit].least_hours[period] / pair.productive)
        .sum();
    if least > room {
        return f64::NEG_INFINITY;
    }
    let all = |price: f64| at_price(task, pairs, period, price).1;
    let (mut low, mut high) = (0.0, 1e4);
    if all(0.0) <= room {
        high = 0.0;
    }
    for _ in 0..100 {
        let price = 0.5 * (low + high);
        if all(price) > room {
            low = price
        } else {
            high = price
        }
    }
    at_price(task, pairs, period, high).0
}

/// The same with hours that may be left over and are worth something then: none are taken that bring less.
fn with_rest(task: &Task<'_>, site: usize, reps: u32, pairs: &[&Pair], period: usize) -> f64 {
    let (given, count) = (&task.sites[site], f64::from(reps));
    let (worth, cost) = (given.hour_worth[period], given.overtime_cost);
    let more = if worth > cost {
        count * given.overtime[period]
    } else {
        0.0
    };
    let hours = count * given.hours[period];
    let (brings, wanted) = at_price(task, pairs, period, worth);
    if worth > 0.0 && wanted <= hours + more {
        brings + worth * (hours + more - wanted) - cost * more
    } else {
        with_overtime(task, site, reps, pairs, period)
    }
}

/// The same with overtime at a cost, which is worth having where an hour brings more than that.
fn with_overtime(task: &Task<'_>, site: usize, reps: u32, pairs: &[&Pair], period: usize) -> f64 {
    let (given, reps) = (&task.sites[site], f64::from(reps));
    let (hours, more) = (reps * given.hours[period], reps * given.overtime[period]);
    let (brings, wanted) = at_price(task, pairs, period, given.overtime_cost);
    if wanted <= hours {
        by_hand(task, pairs, period, hours)
    } else if wanted <= hours + more {
        brings - given.overtime_cost * (wanted - hours)
    } else {
        by_hand(task, pairs, period, hours + more) - given.overtime_cost * more
    }
}

/// Worth of a site for units and reps.
fn site_by_hand(task: &Task<'_>, site: usize, reps: u32, pairs: &[&Pair]) -> f64 {
    let given = &task.sites[site];
    if reps == 0 {
        return if pairs.is_empty() {
            0.0
        } else {
            f64::NEG_INFINITY
        };
    }
    if given
        .own
        .is_some_and(|own| pairs.iter().all(|pair| pair.unit != own))
    {
        return f64::NEG_INFINITY;
    }
    let periods = 0..task.periods;
    let hours = periods.map(|t| with_rest(task, site, reps, pairs, t));
    let constants: f64 = pairs.iter().map(|pair| pair.constant).sum();
    hours.sum::<f64>() + constants - given.fixed - given.rep_cost * f64::from(reps)
}

/// Worth of every site for every set of units and every staff, by site, set and reps.
pub(super) fn worths_by_hand(task: &Task<'_>) -> Vec<Vec<Vec<f64>>> {
    let of_set = |site: usize, set: usize| -> Vec<f64> {
        let inside = |pair: &&Pair| pair.site == site && set >> pair.unit & 1 == 1;
        let pairs: Vec<&Pair> = task.pairs.iter().filter(inside).collect();
        let staffs = 0..=task.sites[site].most;
        let worth = |reps: u32| {
            let enough = reps >= task.sites[site].least;
            if enough && pairs.len() == set.count_ones() as usize {
                site_by_hand(task, site, reps, &pairs)
            } else {
                f64::NEG_INFINITY
            }
        };
        staffs.map(worth).collect()
    };
    let sets = 0..1_usize << task.units.len();
    let of_site = |site: usize| sets.clone().map(|set| of_set(site, set)).collect();
    (0..task.sites.len()).map(of_site).collect()
}

/// The best of all plans; −∞ if there is none.
pub(super) fn best_by_hand(task: &Task<'_>) -> f64 {
    best_with_moves(task, &vec![None; task.units.len()], task.units.len())
}

/// The best of all plans in which so many units at most are not served from where they are now.
pub(super) fn best_with_moves(task: &Task<'_>, now: &[Option<usize>], most: usize) -> f64 {
    let (sites, units) = (task.sites.len(), task.units.len());
    // Worth of every site for every set of units, at its best staff.
    let mut worth = vec![vec![f64::NEG_INFINITY; 1 << units]; sites];
    for (site, row) in worth.iter_mut().enumerate() {
        for (set, worth) in row.iter_mut().enumerate() {
            let inside = |pair: &&Pair| pair.site == site && set >> pair.unit & 1 == 1;
            let pairs: Vec<&Pair> = task.pairs.iter().filter(inside).collect();
            if pairs.len() == set.count_ones() as usize {
                let given = &task.sites[site];
                let staffs = given.least..=given.most;
                let each = staffs.map(|reps| site_by_hand(task, site, reps, &pairs));
                *worth = each.fold(f64::NEG_INFINITY, f64::max);
            }
        }
    }
    let moved = |set: usize, site: Option<usize>| {
        let inside = (0..units).filter(|unit| set >> unit & 1 == 1);
        inside
            .filter(|&unit| now[unit].is_some() && now[unit] != site)
            .count()
    };
    let full = (1 << units) - 1;
    // By moves and units served.
    let mut best = vec![vec![f64::NEG_INFINITY; 1 << units]; units + 1];
    best[0][0] = 0.0;
    for (site, row) in worth.iter().enumerate() {
        let before = std::mem::replace(
            &mut best,
            vec![vec![f64::NEG_INFINITY; 1 << units]; units + 1],
        );
        for set in 0..=full {
            for part in (0..=set).filter(|part| part & !set == 0) {
                let more = moved(part, Some(site));
                for moves in more..=units {
                    let value = before[moves - more][set & !part] + row[part];
                    best[moves][set] = best[moves][set].max(value);
                }
            }
        }
    }
    let left = |set: usize| -> f64 {
        let out = (0..units).filter(|unit| set >> unit & 1 == 0);
        out.map(|unit| task.units[unit].unserved.unwrap_or(f64::NEG_INFINITY))
            .sum()
    };
    let mut all = f64::NEG_INFINITY;
    for (moves, row) in best.iter().enumerate() {
        for (set, value) in row.iter().enumerate() {
            if moves + moved(full & !set, None) <= most {
                all = all.max(value + left(set));
            }
        }
    }
    all
}
