//! From string ids to dense ids.

use std::collections::BTreeMap;
use std::ops::Range;

use super::change::{Amount, Change, Markets, Reps, Scenario};
use super::edit::{Draft, Edit, Factors, Scaled};
use super::policy;
use crate::domain::validate::nearest;
use crate::domain::{MarketId, Problem, RepId, RoleId, SkillId, SlotId};
use crate::fault::{Code, Fault, Faults, Place};

/// The names of a problem, looked up many times.
#[derive(Debug)]
pub struct Names<'p> {
    problem: &'p Problem,
    regions: BTreeMap<&'p str, Vec<MarketId>>,
    segments: BTreeMap<&'p str, Vec<MarketId>>,
    teams: BTreeMap<&'p str, Vec<RepId>>,
    periods: BTreeMap<&'p str, u32>,
    /// First slot of each market, and the number of slots at the end.
    first_slot: Vec<usize>,
}

impl<'p> Names<'p> {
    /// The names of a problem.
    #[must_use]
    pub fn new(problem: &'p Problem) -> Self {
        let mut names = Self {
            problem,
            regions: BTreeMap::new(),
            segments: BTreeMap::new(),
            teams: BTreeMap::new(),
            periods: BTreeMap::new(),
            first_slot: Vec::with_capacity(problem.markets().len() + 1),
        };
        let mut slot = 0;
        for market in (0..=problem.markets().len()).map(MarketId::at) {
            let own = problem.slots()[slot..].iter();
            slot += own.take_while(|slot| slot.market < market).count();
            names.first_slot.push(slot);
        }
        for (at, market) in problem.markets().iter().enumerate() {
            let id = MarketId::at(at);
            names.regions.entry(&market.region).or_default().push(id);
            names.segments.entry(&market.class).or_default().push(id);
        }
        for (at, rep) in problem.reps().iter().enumerate() {
            names
                .teams
                .entry(&rep.team)
                .or_default()
                .push(RepId::at(at));
        }
        let periods = problem.calendar().periods.iter().zip(0..);
        names.periods = periods.map(|(period, at)| (&*period.name, at)).collect();
        names
    }

    /// The problem.
    #[must_use]
    pub fn problem(&self) -> &'p Problem {
        self.problem
    }

    /// The slots of a market, as [`Problem::slots_of`] gives them, without a search.
    ///
    /// # Panics
    /// When the problem has no such market.
    #[must_use]
    pub fn slots_of(&self, market: MarketId) -> Range<usize> {
        self.first_slot[market.index()]..self.first_slot[market.index() + 1]
    }

    /// Puts a scenario into a draft. An empty id stays empty.
    ///
    /// # Errors
    /// Every name that the problem does not have; the draft then has the other edits.
    pub fn draft(&self, scenario: &Scenario, draft: &mut Draft) -> Result<(), Faults> {
        draft.clear();
        draft.id.push_str(&scenario.id);
        draft.probability = scenario.probability;
        let mut faults = Faults::new();
        if let Some(probability) = scenario.probability
            && !(0.0..=1.0).contains(&probability)
        {
            faults.push(Fault::new(
                Code::OutOfRange,
                Place::section("scenario", "probability"),
                probability.to_string(),
                "a share from 0 to 1",
            ));
        }
        for (at, change) in scenario.changes.iter().enumerate() {
            if let Err(more) = self.add(change, at, draft) {
                faults.extend(more);
            }
        }
        faults.or(())
    }

    /// Adds a change at a position of its scenario to a draft.
    ///
    /// # Errors
    /// Every name that the problem does not have.
    pub(super) fn add(&self, change: &Change, at: usize, draft: &mut Draft) -> Result<(), Faults> {
        draft.begin_change(at);
        let mut faults = Faults::new();
        let mut search = Search {
            names: self,
            at,
            faults: &mut faults,
        };
        search.resolve(change, draft);
        faults.or(())
    }
}

/// The names of one change, looked up with faults gathered.
struct Search<'a, 'p> {
    names: &'a Names<'p>,
    at: usize,
    faults: &'a mut Faults,
}

impl Search<'_, '_> {
    fn resolve(&mut self, change: &Change, draft: &mut Draft) {
        match change {
            Change::Potential { .. }
            | Change::Competitor { .. }
            | Change::Margin { .. }
            | Change::Price { .. } => self.market_change(change, draft),
            Change::Visits { .. }
            | Change::HoursPerVisit { .. }
            | Change::ShiftSeason { .. }
            | Change::UnservedLoss { .. } => self.slot_change(change, draft),
            Change::Policy { name, amount } => {
                let number = policy::number(self.names.problem, name);
                let known = "the name of a number of the policy";
                if let Some(number) = self.known(number, Code::UnknownName, "name", name, known) {
                    let amount = *amount;
                    draft.push(Edit::Policy { number, amount });
                }
            }
            _ => self.rep_change(change, draft),
        }
    }

    fn market_change(&mut self, change: &Change, draft: &mut Draft) {
        match change {
            Change::Potential {
                markets,
                periods,
                amount,
            } => {
                let (part, amount) = (self.part(periods), *amount);
                self.potentials(markets, part, amount, draft);
            }
            Change::Competitor { markets, share } => {
                self.share("share", *share);
                self.potentials(markets, 1.0, Amount::Scale(1.0 - share), draft);
            }
            Change::Margin { markets, amount } => {
                let amount = *amount;
                self.each_market(markets, |market| {
                    draft.push(Edit::Margin { market, amount })
                });
            }
            Change::Price { markets, factor } => {
                let factor = *factor;
                self.each_market(markets, |market| draft.push(Edit::Price { market, factor }));
            }
            _ => {}
        }
    }

    /// A part of the potential of markets.
    fn potentials(&mut self, markets: &Markets, part: f64, amount: Amount, draft: &mut Draft) {
        if let (Amount::Scale(factor), true) = (amount, part >= 1.0 && *markets == Markets::all()) {
            let by = Factors::Same(factor);
            let numbers = Scaled::Potentials;
            return draft.push(Edit::ScaleAll { numbers, by });
        }
        self.each_market(markets, |market| {
            draft.push(Edit::Potential {
                market,
                part,
                amount,
            });
        });
    }

    fn slot_change(&mut self, change: &Change, draft: &mut Draft) {
        match change {
            Change::Visits {
                markets,
                roles,
                periods,
                amount,
            } => {
                let (periods, amount) = (self.periods(periods), *amount);
                let all = *markets == Markets::all() && roles.is_empty() && periods == [None];
                if let (Amount::Scale(factor), true) = (amount, all) {
                    let by = Factors::Same(factor);
                    let numbers = Scaled::Visits;
                    return draft.push(Edit::ScaleAll { numbers, by });
                }
                self.each_slot(markets, roles, |slot| {
                    for &period in &periods {
                        draft.push(Edit::Visits {
                            slot,
                            period,
                            amount,
                        });
                    }
                });
            }
            Change::HoursPerVisit {
                markets,
                roles,
                amount,
            } => {
                let amount = *amount;
                self.each_slot(markets, roles, |slot| {
                    draft.push(Edit::HoursPerVisit { slot, amount });
                });
            }
            Change::ShiftSeason { markets, roles, by } => {
                let by = *by;
                self.each_slot(markets, roles, |slot| draft.push(Edit::Shift { slot, by }));
            }
            Change::UnservedLoss {
                markets,
                roles,
                amount,
            } => {
                let amount = *amount;
                self.each_slot(markets, roles, |slot| {
                    draft.push(Edit::UnservedLoss { slot, amount });
                });
            }
            _ => {}
        }
    }

    fn rep_change(&mut self, change: &Change, draft: &mut Draft) {
        match change {
            Change::Hours {
                reps,
                periods,
                amount,
            } => self.hours(reps, periods, *amount, draft),
            Change::Leave {
                reps,
                periods,
                share,
            } => {
                self.share("share", *share);
                self.hours(reps, periods, Amount::Scale(1.0 - share), draft);
            }
            Change::Ramp { rep, from, periods } => self.ramp(rep, from, *periods, draft),
            Change::Overtime {
                reps,
                max_share,
                cost_per_hour,
            } => self.each_rep(reps, |rep| {
                let share = max_share.map(|share| Edit::OvertimeShare { rep, share });
                let cost = cost_per_hour.map(|amount| Edit::OvertimeCost { rep, amount });
                share
                    .into_iter()
                    .chain(cost)
                    .for_each(|edit| draft.push(edit));
            }),
            Change::Skill {
                reps,
                skill,
                amount,
            } => {
                let skills = self.names.problem.skills();
                let found = skills.binary_search(skill).ok().map(SkillId::at);
                let known = "a declared skill";
                let found = self.known(found, Code::UnknownSkill, "skill", skill, known);
                let (Some(skill), amount) = (found, *amount) else {
                    return;
                };
                self.each_rep(reps, |rep| draft.push(Edit::Skill { rep, skill, amount }));
            }
            Change::Ability {
                reps,
                ability,
                amount,
            } => {
                let (ability, amount) = (*ability, *amount);
                self.each_rep(reps, |rep| {
                    draft.push(Edit::Ability {
                        rep,
                        ability,
                        amount,
                    });
                });
            }
            Change::Count { reps, min, max } => self.each_rep(reps, |rep| {
                let min = min.map(|amount| Edit::MinSlots { rep, amount });
                let max = max.map(|amount| Edit::MaxSlots { rep, amount });
                min.into_iter().chain(max).for_each(|edit| draft.push(edit));
            }),
            Change::RemoveRep { rep } => {
                let rep = self.rep("rep", rep);
                draft.extend(rep.map(|rep| Edit::RemoveRep { rep }));
            }
            Change::AddRep { rep } => {
                let like = self.rep("rep.like", &rep.like);
                draft.extend(like.map(|_| Edit::AddRep(Box::new(rep.clone()))));
            }
            _ => {}
        }
    }

    fn hours(&mut self, reps: &Reps, periods: &[String], amount: Amount, draft: &mut Draft) {
        let periods = self.periods(periods);
        self.each_rep(reps, |rep| {
            for &period in &periods {
                draft.push(Edit::Hours {
                    rep,
                    period,
                    amount,
                });
            }
        });
    }

    /// Hours grow from 0 at the start of `from` to all of them `length` periods later; each
    /// period has the mean over itself.
    fn ramp(&mut self, rep: &str, from: &str, length: f64, draft: &mut Draft) {
        if !(0.0..=1e6).contains(&length) {
            let expected = "a number of periods, 0 or more";
            self.fault(Code::OutOfRange, "periods", &length.to_string(), expected);
        }
        let (rep, from) = (self.rep("rep", rep), self.period("from", from));
        let (Some(rep), Some(from)) = (rep, from) else {
            return;
        };
        for period in (0..self.names.problem.periods())
            .zip(0_u32..)
            .map(|pair| pair.1)
        {
            let share = if period < from {
                0.0
            } else {
                mean_of_ramp(f64::from(period - from), length)
            };
            draft.push(Edit::Hours {
                rep,
                period: Some(period),
                amount: Amount::Scale(share),
            });
        }
    }

    fn each_market(&mut self, selected: &Markets, mut act: impl FnMut(MarketId)) {
        let names = self.names;
        let by_id = selected.ids.iter().filter_map(|id| self.market(id));
        let by_id: Vec<MarketId> = by_id.collect();
        let segments = self.group(&selected.segments, &names.segments, "markets.segments");
        let regions = self.group(&selected.regions, &names.regions, "markets.regions");
        let lists = [
            (!selected.ids.is_empty()).then_some(by_id),
            segments,
            regions,
        ];
        match common(lists.into_iter().flatten()) {
            Some(markets) => markets.into_iter().for_each(act),
            None => (0..names.problem.markets().len()).for_each(|at| act(MarketId::at(at))),
        }
    }

    fn each_slot(&mut self, markets: &Markets, roles: &[String], mut act: impl FnMut(SlotId)) {
        let (names, problem) = (self.names, self.names.problem);
        let mut wanted: Vec<RoleId> = Vec::new();
        for role in roles {
            let found = problem.find_role(role);
            let known = "the id of a role";
            wanted.extend(self.known(found, Code::UnknownRole, "roles", role, known));
        }
        self.each_market(markets, |market| {
            for at in names.slots_of(market) {
                let role = problem.slots()[at].role;
                if roles.is_empty() || wanted.contains(&role) {
                    act(SlotId::at(at));
                }
            }
        });
    }

    fn each_rep(&mut self, selected: &Reps, mut act: impl FnMut(RepId)) {
        let names = self.names;
        let by_id = selected
            .ids
            .iter()
            .filter_map(|id| self.rep("reps.ids", id));
        let by_id: Vec<RepId> = by_id.collect();
        let teams = self.group(&selected.teams, &names.teams, "reps.teams");
        let lists = [(!selected.ids.is_empty()).then_some(by_id), teams];
        match common(lists.into_iter().flatten()) {
            Some(reps) => reps.into_iter().for_each(act),
            None => (0..names.problem.reps().len()).for_each(|at| act(RepId::at(at))),
        }
    }

    /// The members of groups, or nothing where no group is named.
    fn group<T: Copy + Ord>(
        &mut self,
        wanted: &[String],
        groups: &BTreeMap<&str, Vec<T>>,
        field: &str,
    ) -> Option<Vec<T>> {
        if wanted.is_empty() {
            return None;
        }
        let mut members = Vec::new();
        for name in wanted {
            if let Some(found) = groups.get(name.as_str()) {
                members.extend_from_slice(found);
            } else {
                let place = self.place(field);
                let fault = Fault::new(Code::UnknownName, place, name, "a name that is in use");
                self.faults
                    .push(hinted(fault, name, groups.keys().copied()));
            }
        }
        Some(members)
    }

    fn market(&mut self, id: &str) -> Option<MarketId> {
        let problem = self.names.problem;
        let found = problem.find_market(id);
        if found.is_none() {
            let place = self.place("markets.ids");
            let fault = Fault::new(Code::UnknownMarket, place, id, "the id of a market");
            let known = problem.markets().iter().map(|market| market.id.as_str());
            self.faults.push(hinted(fault, id, known));
        }
        found
    }

    fn rep(&mut self, field: &str, id: &str) -> Option<RepId> {
        let problem = self.names.problem;
        let found = problem.find_rep(id);
        if found.is_none() {
            let place = self.place(field);
            let fault = Fault::new(Code::UnknownRep, place, id, "the id of a rep");
            let known = problem.reps().iter().map(|rep| rep.id.as_str());
            self.faults.push(hinted(fault, id, known));
        }
        found
    }

    fn period(&mut self, field: &str, name: &str) -> Option<u32> {
        let found = self.names.periods.get(name).copied();
        let known = "the name of a period, such as 2027-05";
        self.known(found, Code::UnknownName, field, name, known)
    }

    /// Periods by name; all of them at once where none is named.
    fn periods(&mut self, names: &[String]) -> Vec<Option<u32>> {
        if names.is_empty() {
            return vec![None];
        }
        let mut found: Vec<Option<u32>> = Vec::new();
        for name in names {
            found.extend(self.period("periods", name).map(Some));
        }
        found
    }

    /// Share of the plan's months in some periods; 1 where none is named.
    fn part(&mut self, names: &[String]) -> f64 {
        let calendar = self.names.problem.calendar();
        let all: f64 = calendar.periods.iter().map(|period| period.months).sum();
        let wanted = self.periods(names).into_iter().map(|period| match period {
            Some(at) => calendar.periods[at as usize].months / all,
            None => 1.0,
        });
        let part: f64 = wanted.sum();
        part.min(1.0)
    }

    fn share(&mut self, field: &str, share: f64) {
        if !(0.0..=1.0).contains(&share) {
            let found = share.to_string();
            self.fault(Code::OutOfRange, field, &found, "a share from 0 to 1");
        }
    }

    fn known<T>(
        &mut self,
        found: Option<T>,
        code: Code,
        field: &str,
        name: &str,
        expected: &str,
    ) -> Option<T> {
        if found.is_none() {
            self.fault(code, field, name, expected);
        }
        found
    }

    fn fault(&mut self, code: Code, field: &str, found: &str, expected: &str) {
        let fault = Fault::new(code, self.place(field), found, expected);
        self.faults.push(fault);
    }

    fn place(&self, field: &str) -> Place {
        Place::entry("changes", self.at, field)
    }
}

/// The fault with the nearest known name as a hint.
fn hinted<'n>(fault: Fault, name: &str, known: impl Iterator<Item = &'n str>) -> Fault {
    match nearest(name, known) {
        Some(near) => fault.hint(format!("Did you mean `{near}`?")),
        None => fault,
    }
}

/// What all lists have, sorted, each once; `None` where there are no lists.
fn common<T: Copy + Ord>(lists: impl Iterator<Item = Vec<T>>) -> Option<Vec<T>> {
    lists
        .map(|mut list| {
            list.sort_unstable();
            list.dedup();
            list
        })
        .reduce(|mut a, b| {
            a.retain(|one| b.binary_search(one).is_ok());
            a
        })
}

/// Mean over one period, `after` periods after the start, of a line from 0 that reaches 1 after
/// `length` periods.
fn mean_of_ramp(after: f64, length: f64) -> f64 {
    if after >= length {
        return 1.0;
    }
    let growing = (length - after).min(1.0);
    let last = (after + growing) / length;
    growing * f64::midpoint(after / length, last) + (1.0 - growing)
}
