//! The Lagrangian dual: with a price on every scarce thing each block chooses alone, and the sum of
//! what they choose is a proved limit on the value of any plan.
//!
//! Priced are hours by rep and period, hard and soft balance, fewest and most slots of a rep,
//! concentration, moves and moved potential. Signed prices stand for two-sided limits: positive for the upper one.
//! Distinct roles and the link between a base and its slots are left out, which only raises the
//! limit. (Geoffrion 1974; the relaxed rows have the integrality property, so the best limit is that
//! of the linear relaxation without those two rules.)

use rayon::prelude::*;

use super::core::{Core, NOBODY, Seat};
use super::price::Prices;
use super::shares::Covered;

/// What a block may choose.
#[derive(Clone, Copy, Debug)]
struct Pick {
    choice: u32,
    /// Rep of the choice; [`NOBODY`] for leaving the block.
    rep: u32,
    worth: f64,
}

/// The best of two blocks that must have different reps.
fn apart(own: [Pick; 2], other: [Pick; 2]) -> (Pick, Pick) {
    if own[0].rep != other[0].rep || own[0].rep == NOBODY {
        (own[0], other[0])
    } else if own[1].worth + other[0].worth > own[0].worth + other[1].worth {
        (own[1], other[0])
    } else {
        (own[0], other[1])
    }
}

/// One look at the dual: the limit, who would be chosen, and how far each priced thing is from its
/// limit. Memory is used again from look to look.
#[derive(Debug)]
pub(super) struct Look {
    /// Proved limit on the value of any plan, in money.
    pub(super) bound: f64,
    /// The choice of each block, [`NOBODY`] where leaving it is best.
    pub(super) chosen: Vec<u32>,
    /// Slope of the limit with each price: what is left of each limit; in the layout of prices.
    pub(super) slope: Prices,
    /// Price of an hour of each profile, by rep: rep after rep.
    by_profile: Vec<f64>,
    /// Price of a unit of each balance, by rep: rep after rep.
    by_balance: Vec<f64>,
    /// Hours chosen by rep and profile.
    load: Vec<f64>,
    /// Amounts chosen by balance and rep.
    amount: Vec<f64>,
    /// Slots chosen by rep.
    slots: Vec<f64>,
    /// What serving a unit of potential costs in limits on concentration by rep, by rep; and what it
    /// earns in all such limits.
    at_reps: Vec<f64>,
    earned: f64,
    /// Potential chosen by source.
    covered: Covered,
    /// What each choice is worth beyond leaving its block.
    worths: Vec<f64>,
    kept: f64,
    kept_potential: f64,
}

impl Look {
    pub(super) fn new(core: &Core<'_>) -> Self {
        let reps = core.problem.reps().len();
        let balances = core.problem.policy().balance.len();
        Self {
            bound: f64::INFINITY,
            chosen: vec![NOBODY; core.blocks.len()],
            slope: Prices::zero(core),
            by_profile: vec![0.0; reps * core.profile_count()],
            by_balance: vec![0.0; reps * balances],
            load: vec![0.0; reps * core.profile_count()],
            amount: vec![0.0; reps * balances],
            slots: vec![0.0; reps],
            at_reps: vec![0.0; if core.shares.is_empty() { 0 } else { reps }],
            earned: 0.0,
            covered: Covered::new(&core.shares),
            worths: Vec::new(),
            kept: 0.0,
            kept_potential: 0.0,
        }
    }

    /// Looks at the dual at some prices.
    pub(super) fn at(&mut self, core: &Core<'_>, prices: &Prices) {
        self.price(core, prices);
        self.value(core, prices);
        let blocks = self.choose(core);
        let limits = self.limits(core, prices);
        // Rounding of sums over many blocks must not let the limit fall below the truth.
        let sum = core.idle + blocks + limits;
        let rounding = 1e-11 * (core.idle.abs() + blocks.abs() + limits.abs());
        self.bound = if sum == f64::NEG_INFINITY {
            sum
        } else {
            sum + rounding
        };
    }

    /// Prices of an hour by profile and of a unit of each balance.
    fn price(&mut self, core: &Core<'_>, prices: &Prices) {
        let (periods, profiles) = (core.problem.periods(), core.profile_count());
        let reps = core.problem.reps().len();
        for rep in 0..reps {
            let hour = &prices.hour[rep * periods..][..periods];
            for profile in 0..profiles {
                let shares = &core.profiles[profile * periods..][..periods];
                let price = shares.iter().zip(hour).map(|(share, price)| share * price);
                self.by_profile[rep * profiles + profile] = price.sum();
            }
        }
        self.earned = core.shares.earned(&prices.share);
        core.shares.at_reps(&prices.share, &mut self.at_reps);
        let balances = &core.problem.policy().balance;
        for (at, balance) in balances.iter().enumerate() {
            // What a unit more of the total is worth to everyone's limits.
            let mut total = 0.0;
            for (rep, share) in balance.shares.iter().enumerate() {
                let (hard, soft) = (prices.hard[at * reps + rep], prices.soft[at * reps + rep]);
                let ratio = if hard > 0.0 {
                    balance.max_ratio
                } else {
                    balance.min_ratio
                };
                let band = if soft > 0.0 {
                    balance.ideal_within
                } else {
                    -balance.ideal_within
                };
                total += share * (hard * ratio.unwrap_or(0.0) + soft * (1.0 + band));
            }
            for (rep, share) in balance.shares.iter().enumerate() {
                let own = prices.hard[at * reps + rep] + prices.soft[at * reps + rep];
                self.by_balance[rep * balances.len() + at] =
                    if *share > 0.0 { own - total } else { 0.0 };
            }
        }
    }

    /// What each choice is worth beyond leaving its block.
    fn value(&mut self, core: &Core<'_>, prices: &Prices) {
        let mut worths = std::mem::take(&mut self.worths);
        worths.resize(core.rep.len(), 0.0);
        let mut rest = worths.as_mut_slice();
        let mut jobs = Vec::new();
        for blocks in core.portions() {
            let count = (core.start[blocks.end] - core.start[blocks.start]) as usize;
            let (own, others) = rest.split_at_mut(count);
            rest = others;
            jobs.push((blocks, own));
        }
        let one = |(blocks, own): (std::ops::Range<usize>, &mut [f64])| {
            let mut at = 0;
            for block in blocks {
                let first = at;
                for choice in core.choices(block) {
                    own[at] = self.worth(core, prices, block, choice);
                    at += 1;
                }
                if !core.shares.is_empty() {
                    self.charge(core, prices, block, &mut own[first..at]);
                }
            }
        };
        match jobs.len() {
            1 => jobs.into_iter().for_each(one),
            _ => jobs.into_par_iter().for_each(one),
        }
        self.worths = worths;
    }

    /// What a choice of a block is worth at the prices.
    fn worth(&self, core: &Core<'_>, prices: &Prices, block: usize, choice: usize) -> f64 {
        let (profiles, rep) = (core.profile_count(), core.rep[choice] as usize);
        let balances = core.problem.policy().balance.len();
        let by_profile = &self.by_profile[rep * profiles..][..profiles];
        let mut worth = core.gain[choice]
            + prices.moves * core.kept[choice]
            + prices.moved_potential * core.kept_potential[choice];
        for (&hours, &profile) in core.hours_of(block, choice).iter().zip(core.parts(block)) {
            worth -= hours * by_profile[profile as usize];
        }
        let by_balance = &self.by_balance[rep * balances..][..balances];
        for (amount, price) in core.amounts_of(choice).iter().zip(by_balance) {
            worth -= amount * price;
        }
        worth - core.blocks[block].size() * prices.count[rep]
    }

    /// Takes what limits on concentration charge from the worth of a block's choices.
    fn charge(&self, core: &Core<'_>, prices: &Prices, block: usize, worths: &mut [f64]) {
        let cost = core.shares.cost(block, &prices.share, self.earned);
        let potential = core.shares.potential(block);
        for (worth, choice) in worths.iter_mut().zip(core.choices(block)) {
            *worth -= cost + potential * self.at_reps[core.rep[choice] as usize];
        }
    }

    /// What a choice was worth at the prices of the last look, beyond leaving its block.
    pub(super) fn worth_of(&self, choice: usize) -> f64 {
        self.worths[choice]
    }

    /// Each block chooses; the sum of what they are worth. Totals are taken along.
    fn choose(&mut self, core: &Core<'_>) -> f64 {
        self.load.fill(0.0);
        self.amount.fill(0.0);
        self.slots.fill(0.0);
        self.covered.clear();
        self.kept = 0.0;
        self.kept_potential = 0.0;
        let mut sum = 0.0;
        for block in 0..core.blocks.len() {
            let partner = core.partner[block] as usize;
            if partner < block {
                continue;
            }
            let own = self.two_best(core, block);
            if partner == block {
                sum += self.settle(core, block, own[0]);
            } else {
                let other = self.two_best(core, partner);
                let (own, other) = apart(own, other);
                sum += self.settle(core, block, own) + self.settle(core, partner, other);
            }
        }
        sum
    }

    /// The best choice of a block and the best with another rep, leaving it among them.
    #[allow(
        clippy::cast_possible_truncation,
        reason = "the core has checked that choices fit into 32 bits"
    )]
    fn two_best(&self, core: &Core<'_>, block: usize) -> [Pick; 2] {
        let leave = if core.blocks[block].mandatory {
            f64::NEG_INFINITY
        } else {
            0.0
        };
        let nobody = Pick {
            choice: NOBODY,
            rep: NOBODY,
            worth: leave,
        };
        let mut best = [nobody, nobody];
        best[1].worth = f64::NEG_INFINITY;
        for choice in core.choices(block) {
            let worth = self.worths[choice];
            if worth <= best[1].worth {
                continue;
            }
            let rep = core.rep[choice];
            let pick = Pick {
                choice: choice as u32,
                rep,
                worth,
            };
            if worth > best[0].worth {
                if rep != best[0].rep {
                    best[1] = best[0];
                }
                best[0] = pick;
            } else if rep != best[0].rep {
                best[1] = pick;
            }
        }
        best
    }

    /// The most that a block's partner is worth when the block has a rep; 0 without a partner.
    pub(super) fn partner_worth(&self, core: &Core<'_>, block: usize, rep: u32) -> f64 {
        let partner = core.partner[block] as usize;
        if partner == block {
            return 0.0;
        }
        let best = self.two_best(core, partner);
        let other = best.iter().find(|pick| pick.rep != rep || rep == NOBODY);
        other.map_or(f64::NEG_INFINITY, |pick| pick.worth)
    }

    /// What a block would pay to be served: what its best choice is worth, or the second best where the
    /// best rep is also that of its partner, who can have only one of them.
    pub(super) fn price_of(&self, core: &Core<'_>, block: usize) -> f64 {
        let (own, partner) = (self.two_best(core, block), core.partner[block] as usize);
        let torn = partner != block && own[0].rep != NOBODY && {
            self.two_best(core, partner)[0].rep == own[0].rep
        };
        own[usize::from(torn)].worth
    }

    /// Notes what a block has chosen; what that is worth.
    fn settle(&mut self, core: &Core<'_>, block: usize, pick: Pick) -> f64 {
        self.chosen[block] = pick.choice;
        if pick.choice != NOBODY {
            self.enter(core, block, pick.choice as usize);
        }
        pick.worth
    }

    fn enter(&mut self, core: &Core<'_>, block: usize, choice: usize) {
        let (profiles, rep) = (core.profile_count(), core.rep[choice] as usize);
        for (&hours, &profile) in core.hours_of(block, choice).iter().zip(core.parts(block)) {
            self.load[rep * profiles + profile as usize] += hours;
        }
        let reps = core.problem.reps().len();
        for (at, amount) in core.amounts_of(choice).iter().enumerate() {
            self.amount[at * reps + rep] += amount;
        }
        self.slots[rep] += core.blocks[block].size();
        self.covered.enter(&core.shares, block, rep, 1.0);
        self.kept += core.kept[choice];
        self.kept_potential += core.kept_potential[choice];
    }

    /// What the limits themselves are worth at the prices, and the slope with each price.
    fn limits(&mut self, core: &Core<'_>, prices: &Prices) -> f64 {
        let policy = core.problem.policy();
        let mut sum = self.reps(core, prices);
        for at in 0..policy.balance.len() {
            self.balance(core, prices, at);
        }
        self.covered.slopes(&core.shares, &mut self.slope.share);
        if let Some(most) = policy.max_moves {
            let room = f64::from(most) - core.held;
            sum += prices.moves * room;
            self.slope.moves = room + self.kept;
        }
        if let Some(share) = policy.max_moved_potential_share {
            let room = (share - 1.0) * core.held_potential;
            sum += prices.moved_potential * room;
            self.slope.moved_potential = room + self.kept_potential;
        }
        sum
    }

    /// Hours and counts of all reps. A candidate about whom nothing is decided is hired when its hours
    /// are worth more than it costs, within the limits on hires.
    fn reps(&mut self, core: &Core<'_>, prices: &Prices) -> f64 {
        let mut sum = 0.0;
        let mut hired = 0;
        let mut open = Vec::new();
        for (at, rep) in core.problem.reps().iter().enumerate() {
            let worth = self.rep(core, prices, at) - core.fixed_cost(at);
            match core.seats[at] {
                Seat::Away => self.unhired(core, at),
                Seat::Open if rep.candidate => open.push((worth, at)),
                Seat::Open | Seat::At(_) => {
                    sum += worth;
                    hired += u32::from(rep.candidate);
                }
            }
        }
        open.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let policy = core.problem.policy();
        let least = policy.min_hires.unwrap_or(0).saturating_sub(hired);
        let most = policy.max_hires.unwrap_or(u32::MAX).saturating_sub(hired);
        for (place, (worth, at)) in (0_u32..).zip(open) {
            if place < most && (place < least || worth > 0.0) {
                sum += worth;
            } else {
                self.unhired(core, at);
            }
        }
        sum
    }

    /// What a rep's own limits are worth, as if the rep were there; slopes are set.
    fn rep(&mut self, core: &Core<'_>, prices: &Prices, at: usize) -> f64 {
        let (periods, profiles) = (core.problem.periods(), core.profile_count());
        let rep = &core.problem.reps()[at];
        let overtime_price = core.overtime_price(at);
        let mut sum = 0.0;
        for period in 0..periods {
            let load: f64 = (0..profiles)
                .map(|profile| {
                    self.load[at * profiles + profile] * core.profiles[profile * periods + period]
                })
                .sum();
            let (hours, more) = (rep.hours[period], rep.overtime_hours[period]);
            let price = prices.hour[at * periods + period];
            sum += price * hours + (price - overtime_price).max(0.0) * more;
            let overtime = if price < overtime_price {
                0.0
            } else if price > overtime_price {
                more
            } else {
                (load - hours).clamp(0.0, more)
            };
            self.slope.hour[at * periods + period] = hours + overtime - load;
        }
        let (least, most) = (rep.min_slots.map(f64::from), rep.max_slots.map(f64::from));
        let price = prices.count[at];
        sum += price * if price > 0.0 { most } else { least }.unwrap_or(0.0);
        self.slope.count[at] = within(self.slots[at], price, least, most);
        sum
    }

    /// Slopes of a candidate who is not hired: there are no hours and no limits.
    fn unhired(&mut self, core: &Core<'_>, at: usize) {
        let (periods, profiles) = (core.problem.periods(), core.profile_count());
        for period in 0..periods {
            let load = (0..profiles).map(|profile| {
                self.load[at * profiles + profile] * core.profiles[profile * periods + period]
            });
            self.slope.hour[at * periods + period] = -load.sum::<f64>();
        }
        self.slope.count[at] = -self.slots[at];
    }

    /// Slopes of a balance. Its limits have no constant part.
    fn balance(&mut self, core: &Core<'_>, prices: &Prices, at: usize) {
        let balance = &core.problem.policy().balance[at];
        let reps = balance.shares.len();
        let own = &self.amount[at * reps..][..reps];
        let taking_part = own
            .iter()
            .zip(&balance.shares)
            .filter(|(_, share)| **share > 0.0);
        let total: f64 = taking_part.map(|(amount, _)| amount).sum();
        for (rep, (amount, share)) in own.iter().zip(&balance.shares).enumerate() {
            let place = at * reps + rep;
            let fair = share * total;
            let limit = |ratio: Option<f64>| ratio.map(|ratio| ratio * fair);
            let (least, most) = (limit(balance.min_ratio), limit(balance.max_ratio));
            self.slope.hard[place] = within(*amount, prices.hard[place], least, most);
            let band = balance.ideal_within * fair;
            let (least, most) = (Some(fair - band), Some(fair + band));
            self.slope.soft[place] = within(*amount, prices.soft[place], least, most);
        }
    }
}

/// Slope of a two-sided limit with its signed price: what is left of the side that is priced, or of
/// the side that is broken where none is.
fn within(amount: f64, price: f64, least: Option<f64>, most: Option<f64>) -> f64 {
    let above = most.map_or(0.0, |most| most - amount);
    let below = least.map_or(0.0, |least| least - amount);
    if price > 0.0 {
        above
    } else if price < 0.0 {
        below
    } else {
        above.min(0.0) + below.max(0.0)
    }
}
