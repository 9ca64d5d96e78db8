//! The rules of a problem that couple slots and reps, as rules of a task.

use super::assemble::{Places, candidates};
use crate::domain::blocks::blocks;
use crate::domain::{
    Balance, Candidate, Concentration, Goal, Goals, Penalty, Problem, RepId, Slot,
};
use crate::prices::effort::{Count, Held, Ideal, Limit, Rules, Spread};

/// All of them.
pub(super) fn rules(problem: &Problem, places: &Places, weights: &Goals) -> Rules {
    let policy = problem.policy();
    let blocks = blocks(problem).into_iter().filter(|slots| slots.len() > 1);
    let balances = policy
        .balance
        .iter()
        .map(|one| balance((problem, weights), one));
    let concentration = policy.concentration.iter();
    let concentration = concentration.map(|limit| concentrated(problem, limit));
    let mut limits = limits(problem, places);
    limits.extend(bases(problem, places));
    Rules {
        windows: vec![],
        limits,
        together: blocks
            .map(|slots| slots.iter().map(|slot| slot.index()).collect())
            .collect(),
        apart: apart(problem),
        counts: counts(problem, places),
        spreads: balances.chain(concentration).collect(),
    }
}

/// Limits on moves, on the potential that moves, and on hires.
fn limits(problem: &Problem, places: &Places) -> Vec<Limit> {
    let policy = problem.policy();
    let held = |uses: fn(&Slot) -> f64| -> Vec<Held> {
        let each = problem.slots().iter().enumerate();
        let each = each.filter_map(|(unit, slot)| Some((unit, slot, slot.current?)));
        each.map(|(unit, slot, rep)| Held {
            unit,
            homes: places.of_rep(rep.index()).collect(),
            uses: uses(slot),
        })
        .collect()
    };
    let moves = policy.max_moves.map(|most| Limit {
        least: 0.0,
        most: f64::from(most),
        of_site: vec![],
        of_unit: held(|_| 1.0),
    });
    let potential = policy.max_moved_potential_share.map(|share| {
        let of_unit = held(|slot| slot.potential);
        Limit {
            least: 0.0,
            most: share * of_unit.iter().map(|held| held.uses).sum::<f64>(),
            of_site: vec![],
            of_unit,
        }
    });
    let hired = places.all().enumerate();
    let hired = hired.filter(|(_, (rep, _))| problem.rep(*rep).candidate);
    let hires = (policy.min_hires.is_some() || policy.max_hires.is_some()).then(|| Limit {
        least: f64::from(policy.min_hires.unwrap_or(0)),
        most: policy.max_hires.map_or(f64::INFINITY, f64::from),
        of_site: hired.map(|(site, _)| (site, 1.0)).collect(),
        of_unit: vec![],
    });
    [moves, potential, hires].into_iter().flatten().collect()
}

/// Reps with several bases work from one of them, candidates from one at most.
fn bases<'a>(problem: &'a Problem, places: &'a Places) -> impl Iterator<Item = Limit> + 'a {
    let reps = problem.reps().iter().enumerate();
    let several = reps.filter(|(_, rep)| rep.bases.len() > 1);
    several.map(|(at, rep)| Limit {
        least: if rep.candidate { 0.0 } else { 1.0 },
        most: 1.0,
        of_site: places.of_rep(at).map(|site| (site, 1.0)).collect(),
        of_unit: vec![],
    })
}

/// Slots of a market whose roles need different reps.
fn apart(problem: &Problem) -> Vec<[usize; 2]> {
    let slots = problem.slots();
    let mut apart = vec![];
    for (at, slot) in slots.iter().enumerate() {
        let distinct = &problem.roles()[slot.role.index()].distinct_from;
        let later = slots.iter().enumerate().skip(at + 1);
        // Slots of a market follow each other.
        let here = later.take_while(|(_, other)| other.market == slot.market);
        let differ = here.filter(|(_, other)| distinct.contains(&other.role));
        apart.extend(differ.map(|(other, _)| [at, other]));
    }
    apart
}

/// Fewest and most slots of reps, at each of their bases, of which one is open.
fn counts(problem: &Problem, places: &Places) -> Vec<Count> {
    let count = |(site, (rep, _)): (usize, (RepId, u32))| {
        let rep = problem.rep(rep);
        let limited = rep.min_slots.is_some() || rep.max_slots.is_some();
        limited.then(|| Count {
            site,
            least: rep.min_slots.unwrap_or(0),
            most: rep.max_slots.unwrap_or(u32::MAX),
        })
    };
    places.all().enumerate().filter_map(count).collect()
}

/// Visits and ways as planned count, whatever hours are decided; reps without a share are left out.
fn amount(problem: &Problem, balance: &Balance, candidate: &Candidate) -> f64 {
    if balance.shares[candidate.rep.index()] > 0.0 {
        problem.amount(balance, candidate)
    } else {
        0.0
    }
}

/// Amounts of reps around their shares of the whole.
fn balance((problem, weights): (&Problem, &Goals), balance: &Balance) -> Spread {
    let cost = weights[Goal::Balance] * balance.cost_per_unit;
    let times = |ratio: f64| {
        balance
            .shares
            .iter()
            .map(move |share| ratio * share)
            .collect()
    };
    let band = balance.ideal_within;
    let most = |ratio: f64| -> Vec<f64> {
        let shares = balance.shares.iter();
        let each = shares.map(|share| {
            if *share > 0.0 {
                ratio * share
            } else {
                f64::INFINITY
            }
        });
        each.collect()
    };
    Spread {
        amount: candidates(problem)
            .map(|one| amount(problem, balance, one))
            .collect(),
        part: candidates(problem)
            .map(|one| Some(one.rep.index()))
            .collect(),
        least: times(balance.min_ratio.unwrap_or(0.0)),
        most: most(balance.max_ratio.unwrap_or(f64::INFINITY)),
        ideal: (cost > 0.0).then(|| Ideal {
            low: times((1.0 - band).max(0.0)),
            high: most(1.0 + band),
            cost,
            largest: balance.penalty == Penalty::Largest,
        }),
    }
}

/// Revenue of single sources within a share of all that is covered.
fn concentrated(problem: &Problem, limit: &Concentration) -> Spread {
    let sources = limit.sources(problem);
    let source = |one: &Candidate| {
        let market = problem.slot(one.slot).market;
        limit
            .source_of(market, one.rep)
            .map(|source| source as usize)
    };
    Spread {
        amount: candidates(problem)
            .map(|one| problem.slot(one.slot).potential)
            .collect(),
        part: candidates(problem).map(source).collect(),
        least: vec![0.0; sources],
        most: vec![limit.max_share; sources],
        ideal: None,
    }
}
