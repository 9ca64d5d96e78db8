//! Candidate plans against each other over all scenarios: the plan-by-scenario table, summed up.

use serde::Serialize;

use super::record::{Record, Status};
use super::summary::equal_weight;

/// What candidate plans are worth in the same scenarios, so far.
///
/// Only scenarios in which every plan has a value count. Kept plans that break rules there keep
/// their value, and are counted as broken.
#[derive(Clone, Debug)]
pub struct Regret {
    plans: Vec<Tally>,
    /// Sums over scenarios whose probability is stated, and over the others.
    stated: Sums,
    equal: Sums,
    with_replanned: bool,
    left_out: u64,
}

/// Sums over scenarios.
#[derive(Clone, Debug, Default)]
struct Sums {
    count: u64,
    weight: f64,
    /// Best candidate, and new plan, of each scenario.
    best: f64,
    replanned: f64,
    /// By plan.
    value: Vec<f64>,
    regret: Vec<f64>,
    wins: Vec<f64>,
    broken: Vec<f64>,
}

/// Extremes of a plan.
#[derive(Clone, Debug)]
struct Tally {
    name: String,
    worst: f64,
    regret: f64,
    at: Option<(u64, String)>,
}

/// A candidate plan over all scenarios.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlanRegret {
    /// Name of the plan.
    pub name: String,
    /// Mean value, in money.
    pub mean: f64,
    /// Mean value less that of the first plan. Where the first is the best plan for expected numbers,
    /// and this one the best over the scenarios, it is the value of the stochastic solution.
    pub gain_over_first: f64,
    /// Smallest value, in money.
    pub worst: f64,
    /// Mean of what the best candidate of each scenario is worth more, in money.
    pub expected_regret: f64,
    /// The most that the best candidate of a scenario is worth more, in money.
    pub maximum_regret: f64,
    /// Id of the scenario in which it is.
    pub regretted_in: String,
    /// Share of the cases in which no other candidate is worth more.
    pub best_in: f64,
    /// Share of the cases in which the plan breaks rules.
    pub broken_in: f64,
    /// Mean of what a new plan for each scenario is worth more, in money, where new plans are given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behind_replanned: Option<f64>,
}

/// All candidates.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RegretTable {
    /// The candidates, in the order in which they were given.
    pub plans: Vec<PlanRegret>,
    /// Scenarios that count.
    pub scenarios: u64,
    /// Scenarios in which some plan has no value.
    pub left_out: u64,
    /// Mean value of the best candidate of each scenario, in money: what choosing among them
    /// afterwards would bring.
    pub mean_of_best: f64,
    /// Mean value of new plans less that of the best candidate: the expected value of perfect
    /// information, where new plans are given. It is a lower limit where new plans have a gap, and
    /// may be negative where candidates break rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub perfect_information: Option<f64>,
}

impl Sums {
    fn new(plans: usize) -> Self {
        let zeros = || vec![0.0; plans];
        Self {
            value: zeros(),
            regret: zeros(),
            wins: zeros(),
            broken: zeros(),
            ..Self::default()
        }
    }
}

impl Regret {
    /// A table of plans by name, with or without new plans to compare with.
    #[must_use]
    pub fn new(names: &[String], with_replanned: bool) -> Self {
        let tally = |name: &String| Tally {
            name: name.clone(),
            worst: f64::INFINITY,
            regret: 0.0,
            at: None,
        };
        Self {
            plans: names.iter().map(tally).collect(),
            stated: Sums::new(names.len()),
            equal: Sums::new(names.len()),
            with_replanned,
            left_out: 0,
        }
    }

    /// Takes the records of one scenario: one for each plan, in their order, and that of the new
    /// plan.
    ///
    /// # Panics
    /// When there are fewer records than plans.
    pub fn add(&mut self, records: &[Record], replanned: Option<&Record>) {
        let first = &records[0];
        let plans = self.plans.len();
        let values: Option<Vec<f64>> = records[..plans].iter().map(|record| record.value).collect();
        let new = replanned.and_then(|record| record.value);
        let sums = match first.probability {
            Some(_) => &mut self.stated,
            None => &mut self.equal,
        };
        let (Some(values), true) = (values, new.is_some() || !self.with_replanned) else {
            self.left_out += 1;
            return;
        };
        let weight = first.probability.unwrap_or(1.0);
        let best = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        sums.count += 1;
        sums.weight += weight;
        sums.best += weight * best;
        sums.replanned += weight * new.unwrap_or_default();
        for (at, (&value, plan)) in values.iter().zip(&mut self.plans).enumerate() {
            let regret = best - value;
            sums.value[at] += weight * value;
            sums.regret[at] += weight * regret;
            sums.wins[at] += if regret <= 0.0 { weight } else { 0.0 };
            sums.broken[at] += if records[at].status == Status::Broken {
                weight
            } else {
                0.0
            };
            plan.worst = plan.worst.min(value);
            if plan.at.is_none() || regret > plan.regret {
                plan.regret = regret;
                plan.at = Some((first.index, first.id.clone()));
            }
        }
    }

    /// The table so far; `None` where no scenario counts.
    #[must_use]
    pub fn table(&self) -> Option<RegretTable> {
        let (stated, equal) = (&self.stated, &self.equal);
        let each = equal_weight(stated.count, stated.weight, equal.count);
        let weight = stated.weight + each * equal.weight;
        if weight <= 0.0 {
            return None;
        }
        let mean = |of: &dyn Fn(&Sums) -> f64| (of(stated) + each * of(equal)) / weight;
        let replanned = self.with_replanned.then(|| mean(&|sums| sums.replanned));
        let first = mean(&|sums| sums.value[0]);
        let row = |(at, plan): (usize, &Tally)| {
            let value = mean(&|sums| sums.value[at]);
            PlanRegret {
                name: plan.name.clone(),
                mean: value,
                gain_over_first: value - first,
                worst: plan.worst,
                expected_regret: mean(&|sums| sums.regret[at]),
                maximum_regret: plan.regret,
                regretted_in: plan.at.as_ref().map_or(String::new(), |at| at.1.clone()),
                best_in: mean(&|sums| sums.wins[at]),
                broken_in: mean(&|sums| sums.broken[at]),
                behind_replanned: replanned.map(|new| new - value),
            }
        };
        let plans: Vec<PlanRegret> = self.plans.iter().enumerate().map(row).collect();
        let most = plans
            .iter()
            .map(|plan| plan.mean)
            .fold(f64::NEG_INFINITY, f64::max);
        Some(RegretTable {
            plans,
            scenarios: stated.count + equal.count,
            left_out: self.left_out,
            mean_of_best: mean(&|sums| sums.best),
            perfect_information: replanned.map(|new| new - most),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]
mod tests {
    use super::*;

    fn record(index: u64, value: Option<f64>, probability: Option<f64>) -> Record {
        Record {
            index,
            id: format!("s{index}"),
            value,
            probability,
            ..Record::default()
        }
    }

    /// The farmer of Birge and Louveaux, *Introduction to Stochastic Programming*, section 1.1: profits
    /// by yield of the plan for mean yields, of the stochastic plan, and of a new plan for each yield.
    #[test]
    fn the_farmer_has_the_published_values() {
        // Yields 20 % below, as expected, 20 % above; a third each.
        let of_mean = [55_120.0, 118_600.0, 148_000.0];
        let stochastic = [48_820.0, 109_350.0, 167_000.0];
        let replanned = [59_950.0, 118_600.0, 167_666.666_666_666_66];
        let mut regret = Regret::new(&["mean".to_owned(), "stochastic".to_owned()], true);
        for at in 0..3 {
            let third = Some(1.0 / 3.0);
            let index = at as u64;
            let records = [
                record(index, Some(of_mean[at]), third),
                record(index, Some(stochastic[at]), third),
            ];
            regret.add(&records, Some(&record(index, Some(replanned[at]), third)));
        }
        let table = regret.table().unwrap();
        // Published: EEV 107 240, RP 108 390, WS 115 406; value of the stochastic solution 1 150,
        // of perfect information 7 016.
        assert!((table.plans[0].mean - 107_240.0).abs() < 1.0);
        assert!((table.plans[1].mean - 108_390.0).abs() < 1.0);
        assert!((table.plans[1].gain_over_first - 1_150.0).abs() < 1.0);
        assert!((table.perfect_information.unwrap() - 7_016.0).abs() < 1.0);
        assert!((table.plans[0].maximum_regret - 19_000.0).abs() < 1e-9);
        assert_eq!(table.plans[0].regretted_in, "s2");
        assert!((table.plans[0].best_in - 2.0 / 3.0).abs() < 1e-12);
        assert!((table.plans[1].expected_regret - (6_300.0 + 9_250.0) / 3.0).abs() < 1e-9);
    }

    #[test]
    fn scenarios_without_a_value_are_left_out_for_all() {
        let mut regret = Regret::new(&["a".to_owned(), "b".to_owned()], false);
        let rows = [
            (Some(1.0), Some(3.0)),
            (None, Some(9.0)),
            (Some(5.0), Some(4.0)),
        ];
        for (index, (a, b)) in (0..).zip(rows) {
            regret.add(&[record(index, a, None), record(index, b, None)], None);
        }
        let table = regret.table().unwrap();
        assert_eq!((table.scenarios, table.left_out), (2, 1));
        assert!((table.plans[0].mean - 3.0).abs() < 1e-12);
        assert!((table.mean_of_best - 4.0).abs() < 1e-12);
        assert!((table.plans[0].expected_regret - 1.0).abs() < 1e-12);
        assert!(Regret::new(&["a".to_owned()], false).table().is_none());
    }
}
