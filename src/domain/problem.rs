//! The immutable, valid problem.

use std::ops::Range;

use super::calendar::Calendar;
use super::concentration::Concentration;
use super::geo::Position;
use super::goal::{Goal, Goals};
use super::ids::{CandidateId, FamilyId, MarketId, RepId, RoleId, SkillId, SlotId};

pub use crate::input::Penalty;

/// A valid planning task with dense ids. Made by [`Problem::new`]; never changes.
///
/// Tables are sorted by string id (roles keep their declared order), so that the same task in
/// another order is the same problem and has the same plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    pub(crate) name: String,
    pub(crate) currency: String,
    pub(crate) calendar: Calendar,
    pub(crate) skills: Vec<String>,
    pub(crate) roles: Vec<Role>,
    pub(crate) families: Vec<String>,
    pub(crate) reps: Vec<Rep>,
    pub(crate) markets: Vec<Market>,
    pub(crate) slots: Vec<Slot>,
    /// Visits of each slot and period: slot after slot, one entry a period.
    pub(crate) visits: Vec<f64>,
    pub(crate) candidates: Vec<Candidate>,
    /// First candidate of each slot, and the number of candidates at the end.
    pub(crate) slot_start: Vec<u32>,
    /// (rep, base, market, km) given by the caller, sorted.
    pub(crate) distances: Vec<(RepId, u32, MarketId, f64)>,
    /// (slot, rep) pairs that are forbidden, sorted.
    pub(crate) forbidden: Vec<(SlotId, RepId)>,
    /// (slot, rep, base, money) of pairs that bring more or less than potential and abilities tell,
    /// sorted. No input has any; decisions over events value pairs of their own.
    pub(crate) bonus: Vec<(SlotId, RepId, u32, f64)>,
    pub(crate) policy: Policy,
}

/// A role.
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    /// The caller's id.
    pub id: String,
    /// Share of a market's potential that the role brings, 0 to 1.
    pub value_share: f64,
    /// Skills asked for in every market.
    pub needs: Vec<Need>,
    /// Teams whose reps may play the role. Empty: all.
    pub teams: Vec<String>,
    /// Roles that need another rep in the same market; mutual, sorted.
    pub distinct_from: Vec<RoleId>,
    /// The first of the roles that share one rep in a market: the role itself if it shares with none
    /// before it.
    pub same_as: RoleId,
}

/// A skill that is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Need {
    /// The skill.
    pub skill: SkillId,
    /// Lowest level that is good enough, 0 to 1.
    pub minimum: f64,
    /// Weight in the fit, 0 or more.
    pub weight: f64,
}

/// A place a rep works from.
#[derive(Clone, Debug, PartialEq)]
pub struct Base {
    /// The caller's id; `home` for the home position.
    pub id: String,
    /// Where it is.
    pub position: Position,
    /// Cost over the whole plan, in money, 0 or more.
    pub fixed_cost: f64,
}

/// A rep.
#[derive(Clone, Debug, PartialEq)]
pub struct Rep {
    /// The caller's id.
    pub id: String,
    /// Name for display.
    pub name: String,
    /// Team; may be empty.
    pub team: String,
    /// At least one base.
    pub bases: Vec<Base>,
    /// Whether the plan decides about hiring.
    pub candidate: bool,
    /// Hours for customers and travel in each period, 0 or more.
    pub hours: Vec<f64>,
    /// Overtime at most in each period, 0 or more.
    pub overtime_hours: Vec<f64>,
    /// Cost of an hour of overtime, in money, 0 or more.
    pub overtime_cost_per_hour: f64,
    /// Level of each skill, 0 to 1.
    pub skills: Vec<f64>,
    /// Ability to win new markets, 0 to 1.
    pub acquisition: f64,
    /// Ability to keep established markets, 0 to 1.
    pub relationship: f64,
    /// Fewest slots.
    pub min_slots: Option<u32>,
    /// Most slots.
    pub max_slots: Option<u32>,
}

impl Rep {
    /// Whether something is to be decided about the rep besides assignments: hiring or the base.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.candidate || self.bases.len() > 1
    }
}

/// A market.
#[derive(Clone, Debug, PartialEq)]
pub struct Market {
    /// The caller's id.
    pub id: String,
    /// Name for display.
    pub name: String,
    /// Region; may be empty.
    pub region: String,
    /// Customer class; may be empty.
    pub class: String,
    /// Where it is.
    pub position: Position,
    /// Attainable revenue over the whole plan, in money, 0 or more.
    pub potential: f64,
    /// Contribution margin, 0 to 1.
    pub margin: f64,
    /// 0 established to 1 new.
    pub newness: f64,
    /// Skills asked for by every role.
    pub needs: Vec<Need>,
    /// Family, if any.
    pub family: Option<FamilyId>,
    /// Amount of each custom metric named by a balance, 0 or more.
    pub metrics: Vec<f64>,
}

/// A (market, role) pair that is to be filled.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// The market.
    pub market: MarketId,
    /// The role.
    pub role: RoleId,
    /// Hours of a visit, travel aside, 0 or more.
    pub hours_per_visit: f64,
    /// Visits over the whole plan, 0 or more.
    pub visits: f64,
    /// Attainable revenue of the role: value_share × potential, in money, 0 or more.
    pub potential: f64,
    /// Loss when unserved, in money, 0 or more.
    pub unserved_loss: f64,
    /// The loss as a share of potential × margin; `None` where it is stated in money.
    pub loss_share: Option<f64>,
    /// Whether it must be served.
    pub mandatory: bool,
    /// The rep who has it now.
    pub current: Option<RepId>,
    /// The rep it is locked to.
    pub locked: Option<RepId>,
}

/// A rep at a base who may fill a slot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// The slot.
    pub slot: SlotId,
    /// The rep.
    pub rep: RepId,
    /// Position in the rep's bases.
    pub base: u32,
    /// Value of the assignment over the whole plan, in money.
    pub value: f64,
    /// One-way distance in kilometres.
    pub km: f64,
    /// Hours of a visit, its share of travel included.
    pub hours_per_visit: f64,
}

/// Limits, prices and goals.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// What is maximized.
    pub objective: Objective,
    /// How trips are made.
    pub travel: Travel,
    /// Metrics that are balanced.
    pub balance: Vec<Balance>,
    /// Limits on concentration, each source at most once.
    pub concentration: Vec<Concentration>,
    /// Price of a move, in money.
    pub cost_per_move: f64,
    /// Most moves.
    pub max_moves: Option<u32>,
    /// Largest share of potential with current reps that may move, 0 to 1.
    pub max_moved_potential_share: Option<f64>,
    /// Fewest candidates hired.
    pub min_hires: Option<u32>,
    /// Most candidates hired.
    pub max_hires: Option<u32>,
}

/// What is maximized: levels in order of importance; one level is a plain weighted sum.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// At least one.
    pub levels: Vec<Level>,
}

/// Goals that are maximized together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// Weight of each goal, 0 or more.
    pub weights: Goals,
    /// Share of the level's value that later levels may take, 0 to 1.
    pub allowed_loss: f64,
}

/// How trips are made; see [`crate::input::Travel`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Travel {
    /// Kilometres an hour, above 0.
    pub speed_km_per_hour: f64,
    /// Road kilometres for each great-circle kilometre, 1 or more.
    pub detour_factor: f64,
    /// Hours of a trip besides the way, 0 or more.
    pub overhead_hours_per_trip: f64,
    /// Visits on one trip, above 0.
    pub visits_per_trip: f64,
    /// Money for a kilometre, 0 or more.
    pub cost_per_km: f64,
    /// Farthest market in kilometres.
    pub max_km: Option<f64>,
}

/// A metric that is spread over reps.
#[derive(Clone, Debug, PartialEq)]
pub struct Balance {
    /// The metric's name.
    pub name: String,
    /// What is counted.
    pub metric: Metric,
    /// For each role, whether its slots count.
    pub roles: Vec<bool>,
    /// Hard minimum as a multiple of the fair share.
    pub min_ratio: Option<f64>,
    /// Hard maximum as a multiple of the fair share.
    pub max_ratio: Option<f64>,
    /// Half-width of the free band, as a share of the fair share, 0 or more.
    pub ideal_within: f64,
    /// Money for a unit outside the free band, 0 or more.
    pub cost_per_unit: f64,
    /// Whether all deviations count or the largest.
    pub penalty: Penalty,
    /// Each rep's part of the whole: 0 for reps left out, adding up to 1.
    pub shares: Vec<f64>,
}

/// What a balance counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Hours over the whole plan, travel included.
    Workload,
    /// Attainable revenue of the slots, in money.
    Potential,
    /// Slots.
    Count,
    /// Kilometres over the whole plan, there and back.
    TravelKm,
    /// A market's own amount, by position in [`Market::metrics`].
    Custom(u32),
}

impl Problem {
    /// Title of the plan.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Currency of all money, for display.
    #[must_use]
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// Periods.
    #[must_use]
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// Number of periods.
    #[must_use]
    pub fn periods(&self) -> usize {
        self.calendar.periods.len()
    }

    /// Names of skills.
    #[must_use]
    pub fn skills(&self) -> &[String] {
        &self.skills
    }

    /// Roles.
    #[must_use]
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// Names of families.
    #[must_use]
    pub fn families(&self) -> &[String] {
        &self.families
    }

    /// Reps.
    #[must_use]
    pub fn reps(&self) -> &[Rep] {
        &self.reps
    }

    /// Markets.
    #[must_use]
    pub fn markets(&self) -> &[Market] {
        &self.markets
    }

    /// Slots.
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Candidates of all slots.
    #[must_use]
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// Goals, limits and prices.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// A rep.
    #[must_use]
    pub fn rep(&self, id: RepId) -> &Rep {
        &self.reps[id.index()]
    }

    /// A market.
    #[must_use]
    pub fn market(&self, id: MarketId) -> &Market {
        &self.markets[id.index()]
    }

    /// A slot.
    #[must_use]
    pub fn slot(&self, id: SlotId) -> &Slot {
        &self.slots[id.index()]
    }

    /// A candidate.
    #[must_use]
    pub fn candidate(&self, id: CandidateId) -> &Candidate {
        &self.candidates[id.index()]
    }

    /// Positions of a slot's candidates in [`candidates`](Self::candidates).
    #[must_use]
    pub fn candidate_range(&self, slot: SlotId) -> Range<usize> {
        self.slot_start[slot.index()] as usize..self.slot_start[slot.index() + 1] as usize
    }

    /// A slot's candidates.
    #[must_use]
    pub fn candidates_of(&self, slot: SlotId) -> &[Candidate] {
        &self.candidates[self.candidate_range(slot)]
    }

    /// The candidate of a slot that is a given rep at a given base, if eligible.
    #[must_use]
    pub fn find_candidate(&self, slot: SlotId, rep: RepId, base: u32) -> Option<CandidateId> {
        let range = self.candidate_range(slot);
        let first = range.start;
        self.candidates[range]
            .binary_search_by_key(&(rep, base), |c| (c.rep, c.base))
            .ok()
            .map(|at| CandidateId::at(first + at))
    }

    /// Visits of a slot in each period.
    #[must_use]
    pub fn visits_of(&self, slot: SlotId) -> &[f64] {
        let first = slot.index() * self.periods();
        &self.visits[first..first + self.periods()]
    }

    /// Hours over the whole plan that a candidate's assignment takes.
    #[must_use]
    pub fn total_hours(&self, candidate: &Candidate) -> f64 {
        self.slot(candidate.slot).visits * candidate.hours_per_visit
    }

    /// Kilometres over the whole plan, there and back, of a candidate's assignment.
    #[must_use]
    pub fn travel_km(&self, candidate: &Candidate) -> f64 {
        let trips = self.slot(candidate.slot).visits / self.policy.travel.visits_per_trip;
        2.0 * candidate.km * trips
    }

    /// Amount of a balanced metric that a candidate's assignment brings its rep, 0 or more.
    #[must_use]
    pub fn amount(&self, balance: &Balance, candidate: &Candidate) -> f64 {
        let slot = self.slot(candidate.slot);
        if !balance.roles[slot.role.index()] {
            return 0.0;
        }
        match balance.metric {
            Metric::Workload => self.total_hours(candidate),
            Metric::Potential => slot.potential,
            Metric::Count => 1.0,
            Metric::TravelKm => self.travel_km(candidate),
            Metric::Custom(at) => self.market(slot.market).metrics[at as usize],
        }
    }

    /// Weight of each goal in a plain sum over all levels; with one level, the objective itself.
    #[must_use]
    pub fn weights(&self) -> Goals {
        let mut weights = Goals::default();
        for level in &self.policy.objective.levels {
            for goal in Goal::ALL {
                weights[goal] += level.weights[goal];
            }
        }
        weights
    }

    /// A readable name of a slot: its market, and its role where there are several.
    #[must_use]
    pub fn slot_name(&self, id: SlotId) -> String {
        let slot = self.slot(id);
        let market = &self.market(slot.market).id;
        if self.roles.len() == 1 {
            market.clone()
        } else {
            format!("{market}/{}", self.roles[slot.role.index()].id)
        }
    }

    /// The rep of a string id.
    #[must_use]
    pub fn find_rep(&self, id: &str) -> Option<RepId> {
        let at = self.reps.binary_search_by(|rep| rep.id.as_str().cmp(id));
        at.ok().map(RepId::at)
    }

    /// The market of a string id.
    #[must_use]
    pub fn find_market(&self, id: &str) -> Option<MarketId> {
        let at = self
            .markets
            .binary_search_by(|market| market.id.as_str().cmp(id));
        at.ok().map(MarketId::at)
    }

    /// The role of a string id.
    #[must_use]
    pub fn find_role(&self, id: &str) -> Option<RoleId> {
        let at = self.roles.iter().position(|role| role.id == id);
        at.map(RoleId::at)
    }

    /// The slot of a market and a role.
    #[must_use]
    pub fn find_slot(&self, market: MarketId, role: RoleId) -> Option<SlotId> {
        self.slots
            .binary_search_by_key(&(market, role), |slot| (slot.market, slot.role))
            .ok()
            .map(SlotId::at)
    }

    /// The slots of a market, as positions in [`slots`](Self::slots).
    #[must_use]
    pub fn slots_of(&self, market: MarketId) -> Range<usize> {
        let first = self.slots.partition_point(|slot| slot.market < market);
        let count = self.slots[first..].partition_point(|slot| slot.market == market);
        first..first + count
    }
}
