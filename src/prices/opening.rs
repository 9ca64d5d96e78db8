//! Prices to begin with: those of a transportation problem that is like the task.
//!
//! Each block demands its average hours, each rep offers the hours of the month that is full first,
//! and hours may be split among reps. The network simplex solves that exactly in a fraction of the
//! time of a hundred looks at the dual. What a block takes of one rep more or less than on average is
//! charged at the prices found, twice over. Balance, counts and moves are left to the descent.

use super::core::Core;
use super::price::Prices;
use super::transport::{Limits, Simplex, Transport};

/// Times that the problem is solved, each at the prices of the one before.
const ROUNDS: usize = 3;

/// Share of the prices found that the descent begins at: budgets of moves, which are left out, make
/// hours less scarce.
const CAUTION: f64 = 0.5;

/// An arc: a rep who may take a block.
struct Arc {
    block: usize,
    rep: usize,
    gain: f64,
    hours: f64,
}

/// The task as a transportation problem.
struct Opening {
    arcs: Vec<Arc>,
    problem: Transport,
    /// Hours over the whole plan that each rep offers, and the period that is full first.
    offer: Vec<f64>,
    tightest: Vec<usize>,
    /// Share of all hours in each period.
    shares: Vec<f64>,
}

/// Prices of hours; all others are 0.
pub(super) fn opening(core: &Core<'_>, stop: &dyn Fn() -> bool) -> Prices {
    let mut prices = Prices::zero(core);
    let Some(mut opening) = Opening::of(core) else {
        return prices;
    };
    let periods = core.problem.periods();
    for (rep, price) in opening.solve(stop).into_iter().enumerate() {
        let period = opening.tightest[rep];
        prices.hour[rep * periods + period] = CAUTION * price / opening.shares[period];
    }
    prices
}

impl Opening {
    /// `None` where nothing takes hours.
    fn of(core: &Core<'_>) -> Option<Self> {
        let arcs = arcs(core);
        let mut demand = vec![0.0; core.blocks.len()];
        let mut start = vec![0];
        let mut at = 0;
        for (block, demand) in demand.iter_mut().enumerate() {
            let own = arcs[at..].iter().take_while(|arc| arc.block == block);
            let (count, hours) = own.fold((0, 0.0), |sum, arc| (sum.0 + 1, sum.1 + arc.hours));
            *demand = hours / f64::from(u32::try_from(count.max(1)).ok()?);
            at += count;
            start.push(u32::try_from(at).ok()?);
        }
        let shares = shares(core);
        let (offer, tightest) = offers(core, &shares)?;
        let value: Vec<f64> = arcs
            .iter()
            .map(|arc| per_hour(arc.gain, demand[arc.block]))
            .collect();
        let most = value
            .iter()
            .fold(1.0_f64, |most, value| most.max(value.abs()));
        let loss = core
            .blocks
            .iter()
            .map(|block| if block.mandatory { 2.0 * most } else { 0.0 });
        let rep = arcs
            .iter()
            .map(|arc| u32::try_from(arc.rep).unwrap_or(u32::MAX));
        let (loss, rep) = (loss.collect(), rep.collect());
        let problem = Transport::new(demand, loss, offer.clone(), start, rep, value).ok()?;
        Some(Self {
            arcs,
            problem,
            offer,
            tightest,
            shares,
        })
    }

    /// What an hour of each rep is worth, in money.
    fn solve(&mut self, stop: &dyn Fn() -> bool) -> Vec<f64> {
        let limits = Limits {
            stop,
            ..Limits::default()
        };
        let mut simplex = Simplex::cold(&self.problem);
        simplex.solve(&self.problem, &limits);
        let mut answer = simplex.answer(&self.problem);
        for _ in 1..ROUNDS {
            self.charge(&answer.rep_price);
            self.fit(&answer.flows);
            simplex.restart(&self.problem, &limits);
            simplex.answer_into(&self.problem, &mut answer);
        }
        answer.rep_price
    }

    /// Charges what an arc takes beyond the block's average hours.
    fn charge(&mut self, price: &[f64]) {
        let demand = self.problem.demands();
        let value: Vec<f64> = (self.arcs.iter())
            .map(|arc| {
                let more = arc.hours - demand[arc.block];
                per_hour(arc.gain - price[arc.rep] * more, demand[arc.block])
            })
            .collect();
        // Finite by construction: gains, prices and hours are.
        let _ = self.problem.set_values(&value);
    }

    /// Offers in hours of demand, at the mix of blocks that reps had last.
    fn fit(&mut self, flows: &[super::transport::Flow]) {
        let demand = self.problem.demands();
        let mut taken = vec![(0.0, 0.0); self.offer.len()];
        for flow in flows {
            let arc = &self.arcs[flow.arc as usize];
            let sum = &mut taken[arc.rep];
            sum.0 += flow.hours;
            sum.1 += flow.hours * per_hour(arc.hours, demand[arc.block]);
        }
        for (rep, (flow, hours)) in taken.into_iter().enumerate() {
            if flow > 0.0 && hours > 0.0 {
                let _ = self
                    .problem
                    .set_capacity(rep, self.offer[rep] * flow / hours);
            }
        }
    }
}

/// The best choice of each rep for each block.
fn arcs(core: &Core<'_>) -> Vec<Arc> {
    let mut arcs: Vec<Arc> = Vec::with_capacity(core.rep.len());
    for block in 0..core.blocks.len() {
        let first = arcs.len();
        for choice in core.choices(block) {
            let next = Arc {
                block,
                rep: core.rep[choice] as usize,
                gain: core.gain[choice],
                hours: core.hours_of(block, choice).iter().sum(),
            };
            match arcs[first..].last_mut().filter(|last| last.rep == next.rep) {
                Some(last) if next.gain > last.gain => *last = next,
                Some(_) => {}
                None => arcs.push(next),
            }
        }
    }
    arcs
}

/// Share of all hours in each period, if each block goes to its first choice.
fn shares(core: &Core<'_>) -> Vec<f64> {
    let mut shares = vec![0.0; core.problem.periods()];
    for block in 0..core.blocks.len() {
        let Some(choice) = core.choices(block).next() else {
            continue;
        };
        for (&hours, &profile) in core.hours_of(block, choice).iter().zip(core.parts(block)) {
            for (sum, share) in shares.iter_mut().zip(core.profile(profile)) {
                *sum += hours * share;
            }
        }
    }
    let total: f64 = shares.iter().sum();
    for share in &mut shares {
        *share /= total.max(f64::MIN_POSITIVE);
    }
    shares
}

/// Hours over the whole plan that each rep can give, spread like all hours, and the period that is
/// full first.
fn offers(core: &Core<'_>, shares: &[f64]) -> Option<(Vec<f64>, Vec<usize>)> {
    let mut offers = (Vec::new(), Vec::new());
    for rep in core.problem.reps() {
        let room = rep.hours.iter().zip(&rep.overtime_hours);
        let full = room
            .zip(shares)
            .enumerate()
            .filter(|(_, (_, share))| **share > 0.0);
        let full = full.map(|(period, ((hours, more), share))| (period, (hours + more) / share));
        let (period, hours) = full.min_by(|a, b| a.1.total_cmp(&b.1))?;
        offers.0.push(hours);
        offers.1.push(period);
    }
    Some(offers)
}

fn per_hour(amount: f64, hours: f64) -> f64 {
    if hours > 0.0 { amount / hours } else { 0.0 }
}
