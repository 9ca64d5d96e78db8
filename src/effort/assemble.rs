//! A problem and its response as a task of the structured solver.

use super::obligations::{Asked, asked};
use crate::curve::Curve;
use crate::domain::{Candidate, Problem, Slot, SlotId};
use crate::fault::{Code, Fault, Faults, Place};
use crate::input::{ClassEffort, EffortInput};
use crate::prices::effort::{Limit, Pair, Site, Task, Unit};

/// What holds for a customer class.
#[derive(Clone, Debug)]
struct Class {
    curve: Curve,
    /// Response to visits as planned.
    usual: f64,
    least: f64,
    most: f64,
}

/// A checked response, by slot.
#[derive(Debug)]
pub(crate) struct Assembled {
    /// That of all classes first.
    classes: Vec<Class>,
    /// Class of each slot.
    of_slot: Vec<usize>,
    obligations: Vec<Asked>,
}

impl Assembled {
    /// Checks a response.
    pub(crate) fn new(problem: &Problem, input: &EffortInput) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let all = ClassEffort {
            curve: Some(input.curve.clone()),
            min_visits_share: Some(input.min_visits_share),
            max_visits_share: Some(input.max_visits_share),
        };
        let mut classes = vec![class("", &all, input, &mut faults)];
        let mut of_slot = vec![0; problem.slots().len()];
        for (name, given) in &input.classes {
            let markets = problem.markets();
            if !markets.iter().any(|market| market.class == *name) {
                let place = Place::section("classes", name);
                let expected = "the class of a market";
                faults.push(Fault::new(Code::UnknownName, place, name, expected));
            }
            for (slot, of_slot) in problem.slots().iter().zip(&mut of_slot) {
                if markets[slot.market.index()].class == *name {
                    *of_slot = classes.len();
                }
            }
            classes.push(class(name, given, input, &mut faults));
        }
        let mut assembled = Self {
            classes,
            of_slot,
            obligations: vec![],
        };
        assembled.obligations = asked(problem, input, &assembled, &mut faults);
        faults.or(assembled)
    }

    /// The obligations.
    pub(crate) fn obligations(&self) -> &[Asked] {
        &self.obligations
    }

    /// Most visits of a slot in a period.
    pub(super) fn most_visits(&self, problem: &Problem, id: SlotId) -> f64 {
        let busiest = problem.visits_of(id).iter().copied().fold(0.0, f64::max);
        self.classes[self.of_slot[id.index()]].most * busiest
    }

    /// The task: reps are sites, slots are units, candidates at a rep's first base are pairs.
    pub(crate) fn task(&self, problem: &Problem) -> Task<'_> {
        let sites = problem.reps().iter().map(|rep| Site {
            fixed: rep.bases[0].fixed_cost,
            rep_cost: 0.0,
            hours: rep.hours.clone(),
            overtime: rep.overtime_hours.clone(),
            overtime_cost: rep.overtime_cost_per_hour,
            hour_worth: vec![0.0; rep.hours.len()],
            least: u32::from(!rep.candidate),
            most: 1,
            own: None,
        });
        let units = (0..problem.slots().len()).map(|at| self.unit(problem, SlotId::at(at)));
        let pairs = problem.candidates().iter().filter(|candidate| {
            let locked = problem.slot(candidate.slot).locked;
            candidate.base == 0 && locked.is_none_or(|rep| rep == candidate.rep)
        });
        Task {
            periods: problem.periods(),
            sites: sites.collect(),
            units: units.collect(),
            pairs: pairs.map(|one| self.pair(problem, one)).collect(),
            windows: (self.obligations.iter())
                .flat_map(|asked| asked.windows(problem))
                .collect(),
            limits: limits(problem),
        }
    }

    fn unit(&self, problem: &Problem, id: SlotId) -> Unit<'_> {
        let slot = problem.slot(id);
        let class = &self.classes[self.of_slot[id.index()]];
        let visits = problem.visits_of(id);
        let hours: Vec<f64> = visits
            .iter()
            .map(|visits| visits * slot.hours_per_visit)
            .collect();
        // Who is left alone moves, too.
        let moved = if slot.current.is_some() {
            problem.policy().cost_per_move
        } else {
            0.0
        };
        let worked = |hours: f64| hours > 0.0;
        let weight = |(visits, hours): (&f64, &f64)| {
            if worked(*hours) {
                visits / slot.visits
            } else {
                0.0
            }
        };
        let size = |hours: &f64| if worked(*hours) { *hours } else { 1.0 };
        Unit {
            curve: &class.curve,
            weight: visits.iter().zip(&hours).map(weight).collect(),
            size: hours.iter().map(size).collect(),
            least_hours: hours.iter().map(|hours| class.least * hours).collect(),
            most_hours: class.most * hours.iter().copied().fold(0.0, f64::max),
            unserved: (!slot.mandatory).then_some(-slot.unserved_loss - moved),
        }
    }

    fn pair(&self, problem: &Problem, candidate: &Candidate) -> Pair {
        let slot = problem.slot(candidate.slot);
        let class = &self.classes[self.of_slot[candidate.slot.index()]];
        let total = problem.total_hours(candidate);
        let moved = slot.current.is_some_and(|rep| rep != candidate.rep);
        let move_cost = if moved {
            problem.policy().cost_per_move
        } else {
            0.0
        };
        let travel = problem.policy().travel.cost_per_km * problem.travel_km(candidate);
        let works = total > 0.0 && slot.hours_per_visit > 0.0;
        Pair {
            site: candidate.rep.index(),
            unit: candidate.slot.index(),
            productive: if works {
                slot.hours_per_visit / candidate.hours_per_visit
            } else {
                1.0
            },
            ability: candidate.value.max(0.0) / class.usual,
            hour_cost: if works { travel / total } else { 0.0 },
            // What takes no hours brings its value without any.
            constant: if works { 0.0 } else { candidate.value - travel } - move_cost,
        }
    }
}

/// Limits on moves, on the potential that moves, and on hires.
fn limits(problem: &Problem) -> Vec<Limit> {
    let policy = problem.policy();
    let slots = || problem.slots().iter().enumerate();
    let held = |use_: fn(&Slot) -> f64| -> Vec<(usize, Option<usize>, f64)> {
        let each = slots().filter_map(|(at, slot)| Some((at, slot.current?, use_(slot))));
        each.map(|(at, rep, use_)| (at, Some(rep.index()), use_))
            .collect()
    };
    let moves = policy.max_moves.map(|most| Limit {
        most: f64::from(most),
        of_site: vec![],
        of_unit: held(|_| 1.0),
    });
    let potential = policy.max_moved_potential_share.map(|share| {
        let of_unit = held(|slot| slot.potential);
        Limit {
            most: share * of_unit.iter().map(|own| own.2).sum::<f64>(),
            of_site: vec![],
            of_unit,
        }
    });
    let hires = policy.max_hires.map(|most| {
        let candidates = problem.reps().iter().enumerate();
        let candidates = candidates.filter(|(_, rep)| rep.candidate);
        Limit {
            most: f64::from(most),
            of_site: candidates.map(|(at, _)| (at, 1.0)).collect(),
            of_unit: vec![],
        }
    });
    [moves, potential, hires].into_iter().flatten().collect()
}

/// Checks what is given for a class.
fn class(name: &str, given: &ClassEffort, input: &EffortInput, faults: &mut Faults) -> Class {
    let place = |field: &str| {
        if name.is_empty() {
            Place::section("", field)
        } else {
            Place::section("classes", &format!("{name}.{field}"))
        }
    };
    let curve = given.curve.as_ref().unwrap_or(&input.curve).clone();
    let usual = curve.value(1.0);
    if let Err(found) = curve.check() {
        for fault in found.iter() {
            let told = Fault::new(fault.code, place("curve"), &fault.found, &fault.expected);
            faults.push(told);
        }
    } else if !(usual.is_finite() && usual > 0.0) {
        let expected = "a response above 0 to visits as planned";
        faults.push(Fault::new(
            Code::OutOfRange,
            place("curve"),
            usual.to_string(),
            expected,
        ));
    }
    let least = given.min_visits_share.unwrap_or(input.min_visits_share);
    let most = given.max_visits_share.unwrap_or(input.max_visits_share);
    if !(least.is_finite() && least >= 0.0) {
        let place = place("min_visits_share");
        faults.push(Fault::new(
            Code::OutOfRange,
            place,
            least.to_string(),
            "0 or more",
        ));
    }
    if !(most.is_finite() && most > 0.0) {
        let place = place("max_visits_share");
        faults.push(Fault::new(
            Code::OutOfRange,
            place,
            most.to_string(),
            "above 0",
        ));
    } else if least > most {
        let expected = format!("at most max_visits_share, {most}");
        let place = place("min_visits_share");
        faults.push(Fault::new(
            Code::MinAboveMax,
            place,
            least.to_string(),
            expected,
        ));
    }
    Class {
        curve,
        usual,
        least,
        most,
    }
}
