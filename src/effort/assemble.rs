//! A problem and its response as a task of the structured solver.

use super::obligations::{Asked, asked};
use super::rules::rules;
use crate::curve::Curve;
use crate::domain::{Candidate, Goal, Goals, Problem, RepId, SlotId};
use crate::fault::{Code, Fault, Faults, Place};
use crate::input::{ClassEffort, EffortInput};
use crate::prices::effort::{Pair, Site, Task, Unit};

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

    /// The task: bases of reps are sites, slots are units, candidates are pairs. Goals count with their weights.
    pub(crate) fn task(&self, problem: &Problem, weights: &Goals) -> Task<'_> {
        let places = Places::of(problem);
        let site = |(rep, base): (RepId, u32)| {
            let rep = problem.rep(rep);
            Site {
                fixed: weights[Goal::Sizing] * rep.bases[base as usize].fixed_cost,
                rep_cost: 0.0,
                hours: rep.hours.clone(),
                overtime: rep.overtime_hours.clone(),
                overtime_cost: weights[Goal::Overtime] * rep.overtime_cost_per_hour,
                hour_worth: vec![0.0; rep.hours.len()],
                least: u32::from(!rep.is_open()),
                most: 1,
                own: None,
            }
        };
        let slots = (0..problem.slots().len()).map(SlotId::at);
        let pair = |one| Pair {
            site: places.site(one),
            ..self.pair((problem, weights), one)
        };
        let mut rules = rules(problem, &places, weights);
        let obligations = self.obligations.iter();
        rules.windows = obligations
            .flat_map(|asked| asked.windows(problem))
            .collect();
        Task {
            periods: problem.periods(),
            sites: places.all().map(site).collect(),
            units: slots
                .map(|slot| self.unit((problem, weights), slot))
                .collect(),
            pairs: candidates(problem).map(pair).collect(),
            rules,
        }
    }

    fn unit(&self, (problem, weights): (&Problem, &Goals), id: SlotId) -> Unit<'_> {
        let slot = problem.slot(id);
        let class = &self.classes[self.of_slot[id.index()]];
        let visits = problem.visits_of(id);
        let hours: Vec<f64> = visits
            .iter()
            .map(|visits| visits * slot.hours_per_visit)
            .collect();
        // Who is left alone moves, too.
        let moved = if slot.current.is_some() {
            weights[Goal::Continuity] * problem.policy().cost_per_move
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
            unserved: (!slot.mandatory)
                .then_some(-weights[Goal::Unserved] * slot.unserved_loss - moved),
        }
    }

    fn pair(&self, (problem, weights): (&Problem, &Goals), candidate: &Candidate) -> Pair {
        let slot = problem.slot(candidate.slot);
        let class = &self.classes[self.of_slot[candidate.slot.index()]];
        let total = problem.total_hours(candidate);
        let moved = slot.current.is_some_and(|rep| rep != candidate.rep);
        let move_cost = if moved {
            weights[Goal::Continuity] * problem.policy().cost_per_move
        } else {
            0.0
        };
        let travel = problem.policy().travel.cost_per_km * problem.travel_km(candidate);
        let travel = weights[Goal::Travel] * travel;
        let value = weights[Goal::Contribution] * candidate.value;
        let works = total > 0.0 && slot.hours_per_visit > 0.0;
        Pair {
            site: 0,
            unit: candidate.slot.index(),
            productive: if works {
                slot.hours_per_visit / candidate.hours_per_visit
            } else {
                1.0
            },
            ability: value.max(0.0) / class.usual,
            hour_cost: if works { travel / total } else { 0.0 },
            // What takes no hours brings its value without any.
            constant: if works { 0.0 } else { value - travel } - move_cost,
        }
    }
}

/// Sites of a task: the bases of each rep, one rep after the other.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// First site of each rep, and the number of sites at the end.
    start: Vec<usize>,
}

impl Places {
    pub(crate) fn of(problem: &Problem) -> Self {
        let mut start = vec![0];
        for rep in problem.reps() {
            start.push(start[start.len() - 1] + rep.bases.len());
        }
        Self { start }
    }

    /// Sites of a rep.
    pub(crate) fn of_rep(&self, rep: usize) -> std::ops::Range<usize> {
        self.start[rep]..self.start[rep + 1]
    }

    /// The rep and the base of a site.
    pub(crate) fn at(&self, site: usize) -> (RepId, u32) {
        let rep = self.start.partition_point(|first| *first <= site) - 1;
        let base = u32::try_from(site - self.start[rep]).expect("few bases");
        (RepId::at(rep), base)
    }

    /// Reps and bases of all sites.
    pub(crate) fn all(&self) -> impl Iterator<Item = (RepId, u32)> + '_ {
        (0..self.start[self.start.len() - 1]).map(|site| self.at(site))
    }

    /// The site of a candidate.
    pub(super) fn site(&self, candidate: &Candidate) -> usize {
        self.start[candidate.rep.index()] + candidate.base as usize
    }
}

/// Candidates of slots that are not locked to somebody else: a pair each.
pub(super) fn candidates(problem: &Problem) -> impl Iterator<Item = &Candidate> {
    problem.candidates().iter().filter(|candidate| {
        let locked = problem.slot(candidate.slot).locked;
        locked.is_none_or(|rep| rep == candidate.rep)
    })
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
