//! What the rules are measured on: who serves what from where, over how many kilometres, in how
//! many hours and for what value, all worked out anew.
//!
//! Distance: the caller's, or detour · R · atan2(|a × b|, a · b) for the unit vectors a, b that
//! point from the center of the Earth to base and market (R = 6371.0088 km).
//! Hours of a visit: hours there + (overhead + 2 km / speed) / visits per trip.
//! Value: margin · value share · potential · fit · (newness · acquisition + (1 − newness) ·
//! relationship), fit = Σ weight · level / Σ weight over what market and role ask for, 1 where
//! nothing has a weight.

use crate::domain::geo::{EARTH_RADIUS_KM, Position};
use crate::domain::{Problem, Rep, RepId, Slot, SlotId};
use crate::plan::Plan;

/// A slot that is served by a rep from a base.
#[derive(Clone, Copy, Debug)]
pub(super) struct Service {
    pub(super) rep: RepId,
    /// One-way distance in kilometres.
    pub(super) km: f64,
    /// Hours of a visit, its share of travel included.
    pub(super) hours_per_visit: f64,
    /// Visits over the whole plan.
    pub(super) visits: f64,
    /// Kilometres over the whole plan, there and back.
    pub(super) driven_km: f64,
    /// Value over the whole plan, in money.
    pub(super) value: f64,
}

/// The plan as far as it makes sense, with recomputed numbers.
#[derive(Debug)]
pub(super) struct Facts<'p> {
    pub(super) problem: &'p Problem,
    /// The rep of each slot, where there is such a rep.
    pub(super) reps: Vec<Option<RepId>>,
    /// The base of each rep, where there is such a base.
    pub(super) bases: Vec<Option<u32>>,
    /// Each slot that is served from a base.
    pub(super) services: Vec<Option<Service>>,
    /// Hours of work by rep and period, rep after rep.
    load: Vec<f64>,
    /// Slots by rep.
    pub(super) counts: Vec<usize>,
}

impl<'p> Facts<'p> {
    pub(super) fn of(problem: &'p Problem, plan: &Plan) -> Self {
        let known = |at: usize| {
            let rep = plan.coverage.get(at).copied().flatten();
            rep.filter(|rep| rep.index() < problem.reps().len())
        };
        let existing = |(at, rep): (usize, &Rep)| {
            let base = plan.bases.get(at).copied().flatten();
            base.filter(|&base| (base as usize) < rep.bases.len())
        };
        let mut facts = Self {
            problem,
            reps: (0..problem.slots().len()).map(known).collect(),
            bases: problem.reps().iter().enumerate().map(existing).collect(),
            services: Vec::with_capacity(problem.slots().len()),
            load: vec![0.0; problem.reps().len() * problem.periods()],
            counts: vec![0; problem.reps().len()],
        };
        let globe = Globe::of(problem);
        for slot in (0..problem.slots().len()).map(SlotId::at) {
            let service = facts.serve(slot, &globe);
            if let Some(rep) = facts.reps[slot.index()] {
                facts.counts[rep.index()] += 1;
            }
            if let Some(service) = service {
                facts.add_load(slot, &service);
            }
            facts.services.push(service);
        }
        facts
    }

    fn serve(&self, slot: SlotId, globe: &Globe) -> Option<Service> {
        let problem = self.problem;
        let rep = self.reps[slot.index()]?;
        let base = self.bases[rep.index()]?;
        let entry = problem.slot(slot);
        let travel = &problem.policy().travel;
        let km = problem
            .given_km(rep, base, entry.market)
            .unwrap_or_else(|| {
                let (from, to) = globe.ends(rep, base, entry);
                travel.detour_factor * EARTH_RADIUS_KM * angle(from, to)
            });
        let trip = travel.overhead_hours_per_trip + (km + km) / travel.speed_km_per_hour;
        let visits: f64 = problem.visits_of(slot).iter().sum();
        Some(Service {
            rep,
            km,
            hours_per_visit: entry.hours_per_visit + trip / travel.visits_per_trip,
            visits,
            driven_km: (km + km) * (visits / travel.visits_per_trip),
            value: value(problem, entry, problem.rep(rep)) + problem.bonus(slot, rep, base),
        })
    }

    fn add_load(&mut self, slot: SlotId, service: &Service) {
        let periods = self.problem.periods();
        let load = &mut self.load[service.rep.index() * periods..][..periods];
        for (hours, visits) in load.iter_mut().zip(self.problem.visits_of(slot)) {
            *hours += service.hours_per_visit * visits;
        }
    }

    /// Hours of work of a rep in each period.
    pub(super) fn load(&self, rep: usize) -> &[f64] {
        let periods = self.problem.periods();
        &self.load[rep * periods..][..periods]
    }

    /// Each slot with its id and the rep it has, in order.
    pub(super) fn covered(&self) -> impl Iterator<Item = (SlotId, &'p Slot, RepId)> + '_ {
        let slots = self.problem.slots().iter().zip(&self.reps).enumerate();
        slots.filter_map(|(at, (slot, rep))| Some((SlotId::at(at), slot, (*rep)?)))
    }

    /// Attainable revenue of a slot in money: value share × potential of the market.
    pub(super) fn potential(&self, slot: &Slot) -> f64 {
        potential(self.problem, slot)
    }
}

fn potential(problem: &Problem, slot: &Slot) -> f64 {
    problem.roles()[slot.role.index()].value_share * problem.market(slot.market).potential
}

fn value(problem: &Problem, slot: &Slot, rep: &Rep) -> f64 {
    let market = problem.market(slot.market);
    let needs = (market.needs.iter()).chain(&problem.roles()[slot.role.index()].needs);
    let weight: f64 = needs.clone().map(|need| need.weight).sum();
    let weighed: f64 = needs
        .map(|need| need.weight * rep.skills[need.skill.index()])
        .sum();
    let fit = if weight > 0.0 { weighed / weight } else { 1.0 };
    let ability = rep.relationship + market.newness * (rep.acquisition - rep.relationship);
    market.margin * potential(problem, slot) * fit * ability
}

/// Unit vectors of all bases and markets.
struct Globe {
    bases: Vec<Vec<[f64; 3]>>,
    markets: Vec<[f64; 3]>,
}

impl Globe {
    fn of(problem: &Problem) -> Self {
        let bases = |rep: &Rep| {
            let points = rep.bases.iter().map(|base| unit_vector(base.position));
            points.collect()
        };
        Self {
            bases: problem.reps().iter().map(bases).collect(),
            markets: (problem.markets().iter())
                .map(|market| unit_vector(market.position))
                .collect(),
        }
    }

    fn ends(&self, rep: RepId, base: u32, slot: &Slot) -> ([f64; 3], [f64; 3]) {
        (
            self.bases[rep.index()][base as usize],
            self.markets[slot.market.index()],
        )
    }
}

fn unit_vector(position: Position) -> [f64; 3] {
    let (sin_lat, cos_lat) = position.latitude_deg.to_radians().sin_cos();
    let (sin_lon, cos_lon) = position.longitude_deg.to_radians().sin_cos();
    [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
}

/// The angle between two unit vectors in radians, precise for small and for large angles.
fn angle(a: [f64; 3], b: [f64; 3]) -> f64 {
    let cross = [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ];
    let sine = cross.iter().map(|x| x * x).sum::<f64>().sqrt();
    let cosine: f64 = a.iter().zip(&b).map(|(x, y)| x * y).sum();
    sine.atan2(cosine)
}
