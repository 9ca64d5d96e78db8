//! The solver against brute force, and on the edges of what it accepts.
#![allow(
    clippy::unwrap_used,
    reason = "a test should fail at the first surprise"
)]

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::Rng;

use super::{Fault, Instance, Options, Solution, Start, Task, solve};

/// A task that owns its vectors.
#[derive(Clone, Debug, Default)]
struct Case {
    fixed: Vec<f64>,
    start: Vec<usize>,
    site: Vec<u32>,
    profit: Vec<f64>,
    unserved: Option<Vec<f64>>,
    own: Option<Vec<Option<u32>>>,
}

impl Case {
    /// Every unit may go to every site, at the profits of its row.
    fn dense(fixed: &[f64], rows: &[&[f64]]) -> Self {
        let mut case = Self {
            fixed: fixed.to_vec(),
            start: vec![0],
            ..Self::default()
        };
        for row in rows {
            case.site.extend((0..).take(row.len()));
            case.profit.extend_from_slice(row);
            case.start.push(case.site.len());
        }
        case
    }

    fn instance(&self) -> Result<Instance, Fault> {
        Instance::new(&Task {
            fixed: &self.fixed,
            start: &self.start,
            site: &self.site,
            profit: &self.profit,
            unserved: self.unserved.as_deref(),
            own: self.own.as_deref(),
        })
    }

    fn solve(&self) -> Solution {
        let instance = self.instance().unwrap();
        let solution = solve(&instance, &Options::default(), None, &|| false);
        self.check(&solution);
        solution
    }

    fn profit_of(&self, unit: usize, site: u32) -> Option<f64> {
        let pairs = self.start[unit]..self.start[unit + 1];
        let mut found = pairs.filter(|&pair| self.site[pair] == site);
        found.next().map(|pair| self.profit[pair])
    }

    /// The value of an assignment from the task alone; panics where it breaks a rule.
    fn check(&self, solution: &Solution) {
        let mut value = 0.0;
        for &site in &solution.open {
            value -= self.fixed[site as usize];
            if let Some(unit) = self.own_unit(site) {
                assert_eq!(solution.assigned[unit as usize], Some(site));
            }
        }
        for (unit, site) in solution.assigned.iter().enumerate() {
            value += site.map_or_else(
                || self.unserved.as_ref().unwrap()[unit],
                |site| {
                    assert!(solution.open.contains(&site));
                    self.profit_of(unit, site).unwrap()
                },
            );
        }
        let size = self.size();
        assert!(
            (value - solution.value).abs() <= 1e-12 * size,
            "{solution:?}"
        );
        assert!(solution.bound >= solution.value);
        assert!(solution.proved, "{solution:?}");
        assert!(solution.prices.iter().all(|price| price.is_finite()));
    }

    /// The largest number of the task.
    fn size(&self) -> f64 {
        let all = self.fixed.iter().chain(&self.profit);
        all.fold(1.0, |most: f64, number| most.max(number.abs()))
    }

    fn own_unit(&self, site: u32) -> Option<u32> {
        self.own.as_ref().and_then(|own| own[site as usize])
    }

    /// The best value over all sets of sites; `None` if no set serves everybody.
    fn brute_force(&self) -> Option<f64> {
        let sets = 0..1_u32 << self.fixed.len();
        let values = sets.filter_map(|set| self.value_of(set));
        values.reduce(f64::max)
    }

    fn value_of(&self, set: u32) -> Option<f64> {
        let open = |site: u32| set >> site & 1 == 1;
        let sites: Vec<u32> = (0..32).filter(|&site| open(site)).collect();
        let fixed: f64 = sites.iter().map(|&site| self.fixed[site as usize]).sum();
        let mut value = -fixed;
        for unit in 0..self.start.len() - 1 {
            let own = sites.iter().find(|&&site| {
                self.own_unit(site)
                    .is_some_and(|number| number as usize == unit)
            });
            if let Some(&site) = own {
                value += self.profit_of(unit, site)?;
                continue;
            }
            let offers = sites.iter().filter_map(|&site| self.profit_of(unit, site));
            let unserved = self.unserved.as_ref().map(|values| values[unit]);
            value += offers.chain(unserved).reduce(f64::max)?;
        }
        Some(value)
    }
}

/// Numbers for a random task; the same seed gives the same ones.
struct Dice(Pcg64Mcg);

impl Dice {
    fn new(seed: u128) -> Self {
        Self(Pcg64Mcg::new(seed * 2 + 1))
    }

    fn below(&mut self, limit: u32) -> u32 {
        self.0.next_u32() % limit
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * f64::from(self.below(1 << 20)) / f64::from(1 << 20)
    }

    fn case(&mut self, unserved: bool, own: bool) -> Case {
        let (sites, units) = (1 + self.below(8), 1 + self.below(12));
        let dense = self.below(3) > 0;
        let rounded = self.below(2) > 0;
        let cost = [3.0, 20.0, 80.0][self.below(3) as usize];
        let number = |low, high, dice: &mut Self| {
            let number = dice.between(low, high);
            if rounded { number.round() } else { number }
        };
        let mut case = Case {
            start: vec![0],
            ..Case::default()
        };
        for _ in 0..sites {
            case.fixed.push(number(0.0, cost, self));
        }
        for _ in 0..units {
            for site in 0..sites {
                if dense || self.below(2) > 0 {
                    case.site.push(site);
                    case.profit.push(number(-10.0, 30.0, self));
                }
            }
            case.start.push(case.site.len());
        }
        if unserved {
            case.unserved = Some((0..units).map(|_| number(-10.0, 10.0, self)).collect());
        }
        if own {
            let unit = |site| (site < units && self.below(4) > 0).then(|| units - 1 - site);
            case.own = Some((0..sites).map(unit).collect());
        }
        case
    }
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-4_f64.max(1e-9 * b.abs())
}

#[test]
fn equals_brute_force() {
    let (mut solved, mut infeasible) = (0, 0);
    for seed in 0..800 {
        let case = Dice::new(seed).case(seed % 2 == 0, seed % 4 < 2);
        match (case.brute_force(), case.instance()) {
            (Some(best), Ok(_)) => {
                let solution = case.solve();
                assert!(
                    close(solution.value, best),
                    "seed {seed}: {best} {solution:?}"
                );
                assert!(solution.bound >= best - 1e-9, "seed {seed}");
                solved += 1;
            }
            (None, Err(Fault::NoSite { .. })) => infeasible += 1,
            (best, instance) => panic!("seed {seed}: {best:?} {instance:?}"),
        }
    }
    assert!(solved >= 300 && infeasible >= 10, "{solved} {infeasible}");
}

#[test]
fn warm_equals_cold() {
    for seed in 0..100 {
        let case = Dice::new(seed).case(true, seed % 2 == 0);
        let mut instance = case.instance().unwrap();
        let options = Options::default();
        let before = solve(&instance, &options, None, &|| false);
        let fixed: Vec<f64> = case.fixed.iter().map(|cost| cost * 0.7 + 1.0).collect();
        instance.set_fixed(&fixed).unwrap();
        let start = Start {
            prices: &before.prices,
            open: &before.open,
        };
        let warm = solve(&instance, &options, Some(&start), &|| false);
        let cold = solve(&instance, &options, None, &|| false);
        assert!(close(warm.value, cold.value), "seed {seed}");
        assert!(warm.proved && cold.proved);
        assert_eq!(cold, solve(&instance, &options, None, &|| false));
    }
}

#[test]
fn a_useless_start_does_no_harm() {
    let case = Dice::new(7).case(true, false);
    let instance = case.instance().unwrap();
    let start = Start {
        prices: &[f64::NAN],
        open: &[99],
    };
    let solution = solve(&instance, &Options::default(), Some(&start), &|| false);
    assert!(close(solution.value, case.solve().value));
}

#[test]
fn stopped_at_once_still_gives_a_set_and_a_bound() {
    for seed in 0..50 {
        let case = Dice::new(seed).case(true, false);
        let instance = case.instance().unwrap();
        let solution = solve(&instance, &Options::default(), None, &|| true);
        let best = case.brute_force().unwrap();
        assert!(solution.value <= best + 1e-9 && solution.bound >= best - 1e-9);
    }
}

#[test]
fn a_unit_without_sites_is_told() {
    let mut case = Case::dense(&[1.0], &[&[5.0], &[]]);
    assert_eq!(case.instance().unwrap_err(), Fault::NoSite { unit: 1 });
    case.unserved = Some(vec![0.0, -2.0]);
    let solution = case.solve();
    assert_eq!(solution.assigned, [Some(0), None]);
    assert!(close(solution.value, 2.0));
}

#[test]
fn a_site_that_cannot_serve_its_own_unit_stays_closed() {
    let mut case = Case::dense(&[0.0, 0.0], &[&[9.0, 1.0], &[]]);
    case.unserved = Some(vec![0.0, 0.0]);
    case.own = Some(vec![Some(1), None]);
    assert_eq!(case.solve().open, [1]);
}

#[test]
fn an_open_site_keeps_its_own_unit_even_where_another_pays_more() {
    let mut case = Case::dense(&[1.0, 1.0], &[&[3.0, 9.0], &[20.0, 0.0], &[0.0, 20.0]]);
    assert!(close(case.solve().value, 47.0));
    case.own = Some(vec![Some(0), None]);
    assert!(close(case.solve().value, 41.0));
}

#[test]
fn nothing_to_decide() {
    assert!(close(Case::dense(&[], &[]).solve().value, 0.0));
    assert!(Case::dense(&[3.0], &[]).solve().open.is_empty());
    assert!(close(
        Case::dense(&[3.0], &[&[1.0], &[-2.0]]).solve().value,
        -4.0
    ));
}

#[test]
fn free_sites_all_serve_their_best() {
    let case = Case::dense(&[0.0; 3], &[&[1.0, 2.0, 3.0], &[3.0, 1.0, 2.0]]);
    assert!(close(case.solve().value, 6.0));
}

#[test]
fn equal_profits_need_one_site() {
    let row = [7.0; 12];
    let case = Case::dense(&[5.0; 12], &[row.as_slice(); 12]);
    let solution = case.solve();
    assert_eq!(solution.open.len(), 1);
    assert!(close(solution.value, 79.0));
}

#[test]
fn huge_fixed_costs_leave_one_site_or_none() {
    let mut case = Case::dense(&[1e15, 2e15], &[&[1.0, 2.0], &[3.0, 9.0]]);
    assert_eq!(case.solve().open, [0]);
    case.unserved = Some(vec![0.0; 2]);
    assert!(case.solve().open.is_empty());
}

#[test]
fn profits_may_span_twelve_digits() {
    for seed in 0..100 {
        let mut dice = Dice::new(seed);
        let mut case = dice.case(seed % 2 == 0, seed % 4 < 2);
        for profit in &mut case.profit {
            *profit *= 10_f64.powf(dice.between(-3.0, 9.0));
        }
        if let Some(best) = case.brute_force() {
            let solution = case.solve();
            let rounding = 1e-4_f64.max(1e-9 * case.size());
            assert!((solution.value - best).abs() <= rounding, "seed {seed}");
            assert!(solution.bound >= best - 1e-12 * case.size(), "seed {seed}");
        }
    }
}

#[test]
fn wrong_tasks_are_refused() {
    let good = Case::dense(&[1.0, 2.0], &[&[1.0, 2.0]]);
    let fault = |change: &dyn Fn(&mut Case)| {
        let mut case = good.clone();
        change(&mut case);
        case.instance().unwrap_err()
    };
    assert_eq!(fault(&|case| case.start.clear()), Fault::Shape("start"));
    assert_eq!(fault(&|case| case.start[1] = 1), Fault::Shape("start"));
    assert_eq!(fault(&|case| case.profit.push(0.0)), Fault::Shape("profit"));
    assert_eq!(
        fault(&|case| case.unserved = Some(vec![])),
        Fault::Shape("unserved")
    );
    assert_eq!(fault(&|case| case.own = Some(vec![])), Fault::Shape("own"));
    assert_eq!(
        fault(&|case| case.fixed[1] = -1.0),
        Fault::Number("fixed", 1)
    );
    assert_eq!(
        fault(&|case| case.profit[0] = f64::NAN),
        Fault::Number("profit", 0)
    );
    assert_eq!(fault(&|case| case.site[1] = 2), Fault::Number("site", 1));
    assert_eq!(fault(&|case| case.site[1] = 0), Fault::Number("site", 1));
    let twice = |case: &mut Case| case.own = Some(vec![Some(0), Some(0)]);
    assert_eq!(fault(&twice), Fault::Number("own", 1));
    let beyond = |case: &mut Case| case.own = Some(vec![Some(1), None]);
    assert_eq!(fault(&beyond), Fault::Number("own", 0));
    let mut instance = good.instance().unwrap();
    assert_eq!(instance.set_fixed(&[1.0]), Err(Fault::Shape("fixed")));
    assert_eq!(
        instance.set_fixed(&[1.0, -1.0]),
        Err(Fault::Number("fixed", 1))
    );
}
