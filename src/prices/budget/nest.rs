//! Nested limits with concave cells: one price for each limit that binds.
//!
//! With a price on money a group spends what its parts would, cut to its floor and ceiling; so one pass
//! over the cells from the inside out gives the spend of everything at a price. The price at which the
//! total fits is found by Newton's method on its logarithm inside a bracket; a group that was cut gets a
//! price of its own in the same way. Where the answer jumps (straight lines) the price is one of the
//! slopes in the bracket, and the cells of that slope are filled in order.

use rayon::prelude::*;

use super::cell::Ready;

/// Passes for one price at most.
const PASSES: usize = 300;
/// More cells than this are answered by several threads; sums are made in the same order by one.
const MANY: usize = 32_768;
/// Jumps of this many cells are looked at one by one.
const FEW: usize = 64;
/// A total is met within this part of what could be spent.
const MET: f64 = 1e-13;
/// A total within this part of what could be spent is met along the slopes of the cells: what that leaves
/// is as small as this squared.
const CLOSE: f64 = 1e-6;
/// The bracket of a price is as small as numbers get.
const NARROW: f64 = 1e-15;

/// Groups in the order of a walk from the total inwards; the first is the total.
#[derive(Clone, Debug)]
pub(super) struct Nest {
    /// The group around each; the total is its own.
    pub(super) up: Vec<usize>,
    pub(super) floor: Vec<f64>,
    pub(super) ceiling: Vec<f64>,
    /// End of the groups inside each, which follow it.
    pub(super) end: Vec<usize>,
    /// Cells of a group itself, and then of the groups inside, up to `last`.
    pub(super) first: Vec<usize>,
    pub(super) own: Vec<usize>,
    pub(super) last: Vec<usize>,
    least: Vec<f64>,
    most: Vec<f64>,
    fall: Vec<f64>,
    reach: Vec<(f64, f64)>,
    /// The price of each group in the last answer.
    pub(super) price: Vec<f64>,
    /// Whether the group's price is only nominal, as it can spend nothing else.
    pub(super) forced: Vec<bool>,
    pub(super) spend: Vec<f64>,
}

impl Nest {
    /// Groups as (parent, floor, ceiling, end, first, own, last), scaled.
    pub(super) fn new(
        up: Vec<usize>,
        limits: Vec<(f64, f64)>,
        ranges: &Ranges,
        cells: usize,
    ) -> Self {
        let groups = up.len();
        Self {
            up,
            floor: limits.iter().map(|limit| limit.0).collect(),
            ceiling: limits.iter().map(|limit| limit.1).collect(),
            end: ranges.end.clone(),
            first: ranges.first.clone(),
            own: ranges.own.clone(),
            last: ranges.last.clone(),
            least: vec![0.0; groups],
            most: vec![0.0; groups],
            fall: vec![0.0; groups],
            reach: vec![(0.0, 0.0); groups],
            price: vec![0.0; groups],
            forced: vec![false; groups],
            spend: vec![0.0; cells],
        }
    }

    /// Spends for the best value at a charge for money; the price of the total starts at `guess`.
    /// False if the limits cannot be met.
    pub(super) fn solve(&mut self, cells: &mut [Ready<'_>], charge: f64, guess: f64) -> bool {
        if !self.measure(cells) {
            return false;
        }
        self.settle(cells, 0, charge, guess);
        true
    }

    /// The same for one group without charge, whose price is close to `guess`.
    pub(super) fn solve_near(&mut self, cells: &mut [Ready<'_>], guess: f64) -> bool {
        if !self.measure(cells) {
            return false;
        }
        let ceiling = self.ceiling[0];
        if guess > 0.0 && ceiling < self.reach[0].1 {
            let price = self.find(cells, 0, ceiling, guess);
            if price > 0.0 {
                self.price[0] = price;
                self.forced[0] = price.is_infinite();
                self.spread(cells, 0, price, ceiling);
                return true;
            }
        }
        self.settle(cells, 0, 0.0, guess);
        true
    }

    /// Least and most that each group can spend; false if a limit cannot be met.
    fn measure(&mut self, cells: &[Ready<'_>]) -> bool {
        let mut fits = true;
        for group in (0..self.up.len()).rev() {
            let mut reach = (0.0, 0.0);
            for cell in &cells[self.first[group]..self.own[group]] {
                reach.0 += cell.left;
                reach.1 += cell.domain.high;
            }
            let mut inner = group + 1;
            while inner < self.end[group] {
                reach.0 += self.reach[inner].0.max(self.floor[inner]);
                reach.1 += self.reach[inner].1.min(self.ceiling[inner]);
                inner = self.end[inner];
            }
            let slack = 1e-12 * reach.1;
            fits &= reach.0 <= self.ceiling[group] + slack;
            fits &= reach.1 >= self.floor[group] - slack;
            self.reach[group] = reach;
        }
        fits
    }

    /// Spend of a group and all inside it at a price, before its own limit is applied.
    fn sums(&mut self, cells: &mut [Ready<'_>], group: usize, price: f64) {
        let all = &mut cells[self.first[group]..self.last[group]];
        let many = all.len() > MANY;
        if many {
            let respond =
                |part: &mut [Ready<'_>]| part.iter_mut().for_each(|cell| cell.respond(price));
            all.par_chunks_mut(MANY / 8).for_each(respond);
        }

        for inner in (group..self.end[group]).rev() {
            let (mut least, mut most, mut fall) = (0.0, 0.0, 0.0);
            for cell in &mut cells[self.first[inner]..self.own[inner]] {
                if !many {
                    cell.respond(price);
                }
                least += cell.least;
                most += cell.most;
                fall += cell.fall;
            }
            let mut part = inner + 1;
            while part < self.end[inner] {
                let (floor, ceiling) = (self.floor[part], self.ceiling[part]);
                least += self.least[part].clamp(floor, ceiling);
                most += self.most[part].clamp(floor, ceiling);
                if self.least[part] > floor && self.most[part] < ceiling {
                    fall += self.fall[part];
                }
                part = self.end[part];
            }
            (self.least[inner], self.most[inner], self.fall[inner]) = (least, most, fall);
        }
    }

    /// Gives a group what it would take at the price around it, within its limits.
    fn settle(&mut self, cells: &mut [Ready<'_>], group: usize, price: f64, guess: f64) {
        self.sums(cells, group, price);
        let (floor, ceiling) = (self.floor[group], self.ceiling[group]);
        let target = self.least[group].clamp(floor, ceiling);
        self.give(cells, group, price, target, guess);
    }

    /// Spends `target` in a group: at the price of the last sums if it fits, else at another.
    fn give(&mut self, cells: &mut [Ready<'_>], group: usize, price: f64, target: f64, guess: f64) {
        let slack = MET * self.reach[group].1;
        let fits = self.least[group] <= target + slack && target <= self.most[group] + slack;
        let price = if fits {
            price
        } else {
            self.find(cells, group, target, guess)
        };
        self.price[group] = price;
        self.forced[group] = price.is_infinite();
        self.spread(cells, group, price, target);
    }

    /// Hands a target down at a price whose sums are at hand.
    fn spread(&mut self, cells: &mut [Ready<'_>], group: usize, price: f64, target: f64) {
        let mut rest = (target - self.least[group]).max(0.0);
        let own = self.first[group]..self.own[group];
        for (ready, spend) in cells[own.clone()].iter().zip(&mut self.spend[own]) {
            let more = rest.min(ready.most - ready.least);
            *spend = ready.least + more;
            rest -= more;
        }
        let mut part = group + 1;
        while part < self.end[group] {
            let (floor, ceiling) = (self.floor[part], self.ceiling[part]);
            let least = self.least[part].clamp(floor, ceiling);
            let most = self.most[part].clamp(floor, ceiling);
            let more = rest.min(most - least);
            rest -= more;
            let guess = if price.is_finite() { price } else { 1.0 };
            self.give(cells, part, price, least + more, guess);
            part = self.end[part];
        }
    }

    /// The price at which a group spends `target`; its sums are those at that price.
    fn find(&mut self, cells: &mut [Ready<'_>], group: usize, target: f64, guess: f64) -> f64 {
        let (low, high) = self.reach[group];
        let slack = MET * high;
        for (met, price) in [
            (target <= low + slack, f64::INFINITY),
            (target >= high - slack, f64::NEG_INFINITY),
        ] {
            if met {
                self.sums(cells, group, price);
                return price;
            }
        }
        let mut search = Search::new(guess);
        let range = self.first[group]..self.last[group];
        for _ in 0..PASSES {
            self.sums(cells, group, search.price);
            let (least, most) = (self.least[group], self.most[group]);
            if least <= target + slack && most >= target - slack {
                break;
            }
            let miss = if least > target { least } else { most } - target;
            if let Some(price) = self.finish(cells, group, search.price, miss) {
                return price;
            }
            if !search.narrow(miss, self.fall[group], &cells[range.clone()]) {
                break;
            }
        }
        search.price
    }

    /// Makes up for a small miss by a step of each cell along its slope, which saves a pass; the price
    /// after that step, or `None` where cells jump or reach an end.
    fn finish(
        &mut self,
        cells: &mut [Ready<'_>],
        group: usize,
        price: f64,
        miss: f64,
    ) -> Option<f64> {
        let high = self.reach[group].1;
        let inner = self.end[group] > group + 1;
        let jumps = self.least[group] < self.most[group];
        if inner || jumps || miss.abs() > CLOSE * high || self.fall[group] >= 0.0 {
            return None;
        }
        let step = -miss / self.fall[group];
        let cells = &mut cells[self.first[group]..self.own[group]];
        let moved = |cell: &Ready<'_>| cell.least + cell.fall * step;
        let fits = |cell: &Ready<'_>| (cell.left..=cell.domain.high).contains(&moved(cell));
        if !cells.iter().all(|cell| cell.fall == 0.0 || fits(cell)) {
            return None;
        }
        let mut sum = 0.0;
        for cell in cells {
            cell.least = moved(cell);
            cell.most = cell.least;
            sum += cell.least;
        }
        (self.least[group], self.most[group]) = (sum, sum);
        Some(price + step)
    }
}

impl Nest {
    /// A limit on envelope value less charge that the prices prove: for a group with a price, what its
    /// cells gain at it and the worth of its limit; for a group that can spend but one amount, the
    /// envelope there.
    pub(super) fn bound(&self, cells: &mut [Ready<'_>], charge: f64) -> f64 {
        let groups = self.up.len();
        let mut gain = vec![0.0; groups];
        let mut spent = vec![0.0; groups];
        for group in (0..groups).rev() {
            let price = self.price[group];
            let own = self.first[group]..self.own[group];
            for (ready, spend) in cells[own.clone()].iter_mut().zip(&self.spend[own]) {
                let mut spend = *spend;
                spent[group] += spend;
                let mut paid = ready.offset;
                if !self.forced[group] {
                    ready.respond(price);
                    spend = ready.least;
                    paid += price;
                }
                gain[group] += ready.envelope(spend) - paid * spend;
            }
            if group > 0 {
                let up = self.up[group];
                gain[up] += self.seen_from(group, gain[group], spent[group], self.price[up]);
                spent[up] += spent[group];
            }
        }
        self.seen_from(0, gain[0], spent[0], charge)
    }

    /// What a group's best value less the price around it times its spend is at most.
    fn seen_from(&self, group: usize, gain: f64, spent: f64, around: f64) -> f64 {
        match (self.forced[group], around.is_infinite()) {
            (true, true) => gain,
            (true, false) => gain - around * spent,
            (false, true) => gain + self.price[group] * spent,
            (false, false) => {
                let worth = self.price[group] - around;
                let limit = if worth > 0.0 {
                    self.ceiling[group]
                } else {
                    self.floor[group]
                };
                gain + if limit.is_finite() {
                    worth * limit
                } else {
                    0.0
                }
            }
        }
    }
}

/// Where cells and groups inside a group lie.
#[derive(Clone, Debug, Default)]
pub(super) struct Ranges {
    pub(super) end: Vec<usize>,
    pub(super) first: Vec<usize>,
    pub(super) own: Vec<usize>,
    pub(super) last: Vec<usize>,
}

/// The search for a price: a bracket and what was tried last.
struct Search {
    price: f64,
    /// Too low.
    below: f64,
    /// Too high.
    above: f64,
    /// Width of the bracket two passes ago.
    width: [f64; 2],
    /// How far the last pass missed, either way.
    miss: f64,
    /// How many jumps to pass over while the bracket is open.
    stride: usize,
}

impl Search {
    fn new(guess: f64) -> Self {
        let start = if guess.is_finite() { guess } else { 1.0 };
        Self {
            price: start,
            below: f64::NEG_INFINITY,
            above: f64::INFINITY,
            width: [f64::INFINITY; 2],
            miss: f64::INFINITY,
            stride: 0,
        }
    }

    /// Chooses the next price after a miss; false if the bracket is as narrow as numbers get.
    fn narrow(&mut self, miss: f64, fall: f64, cells: &[Ready<'_>]) -> bool {
        if miss > 0.0 {
            self.below = self.price;
        } else {
            self.above = self.price;
        }
        if cells.len() <= FEW
            && let Some(jump) = self.jump(cells)
        {
            self.price = jump;
            return true;
        }
        let newton = self.newton(miss, fall);
        if !(self.below.is_finite() && self.above.is_finite()) {
            self.price = self.outward(newton);
            return true;
        }
        let width = self.above - self.below;
        if width <= NARROW * self.above.abs().max(self.below.abs()) {
            return false;
        }
        let slow = width > 0.5 * self.width[0] && miss.abs() > 0.25 * self.miss;
        self.miss = miss.abs();
        self.width = [self.width[1], width];
        let inside = newton > self.below && newton < self.above;
        self.price = if inside && !slow {
            newton
        } else {
            let middle = self.middle();
            let near = if inside { newton } else { middle };
            self.nearest_jump(near, cells).unwrap_or(middle)
        };
        true
    }

    fn newton(&self, miss: f64, fall: f64) -> f64 {
        if fall >= 0.0 {
            return f64::NAN;
        }
        let step = -miss / fall;
        if self.price > 0.0 {
            self.price * (step / self.price).clamp(-20.0, 20.0).exp()
        } else {
            self.price + step
        }
    }

    /// A price beyond the end that is still open.
    fn outward(&self, newton: f64) -> f64 {
        let up = self.above.is_infinite();
        let onward = if up {
            newton > self.price
        } else {
            newton < self.price
        };
        if onward {
            return newton;
        }
        match (up, self.price > 1e-200) {
            (true, true) => 8.0 * self.price,
            (true, false) => (0.125 * self.price).max(1e-12),
            (false, true) => 0.125 * self.price,
            (false, false) => 8.0 * self.price.min(-1e-12),
        }
    }

    fn middle(&self) -> f64 {
        if self.below > 0.0 && self.above > 4.0 * self.below {
            (self.below * self.above).sqrt()
        } else {
            0.5 * (self.below + self.above)
        }
    }

    /// A jump in the bracket: the middle one, or farther and farther ones on the side that is open.
    fn jump(&mut self, cells: &[Ready<'_>]) -> Option<f64> {
        let mut jumps = [0.0; 2 * FEW];
        let mut count = 0;
        for cell in cells {
            cell.jumps(self.below, self.above, |price| {
                if count < jumps.len() {
                    jumps[count] = price;
                    count += 1;
                }
            });
        }
        let last = count.checked_sub(1)?;
        let stride = self.stride.min(last);
        let place = match (self.below.is_finite(), self.above.is_finite()) {
            (true, false) => stride,
            (false, true) => last - stride,
            _ => count / 2,
        };
        self.stride = 2 * self.stride + 1;
        let (_, jump, _) = jumps[..count].select_nth_unstable_by(place, f64::total_cmp);
        Some(*jump)
    }

    fn nearest_jump(&self, near: f64, cells: &[Ready<'_>]) -> Option<f64> {
        let mut nearest: Option<f64> = None;
        for cell in cells {
            cell.jumps(self.below, self.above, |price| {
                let closer = |best: f64| (price - near).abs() < (best - near).abs();
                if nearest.is_none_or(closer) {
                    nearest = Some(price);
                }
            });
        }
        nearest
    }
}
