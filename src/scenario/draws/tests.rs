//! Draws against closed forms: means, spreads, quantiles, correlations, chances, strata.

use super::distribution::{Quantile, normal_quantile, normal_share};
use super::*;
use crate::domain::Problem;
use crate::fault::{Code, Faults, Place};
use crate::input::{Input, Market, Rep};
use crate::scenario::{Amount, Change, Draft, Markets, Names, Reps, Scenarios};

fn problem() -> Problem {
    let market = |id: &str| {
        Market::new(id)
            .at(31.0, 121.0)
            .potential(100.0)
            .visits(1.0, 2.0)
    };
    let input = Input::new("two markets")
        .rep(Rep::new("ann").home(31.0, 121.0))
        .rep(Rep::new("bo").home(31.0, 121.0))
        .market(market("east"))
        .market(market("west"));
    Problem::new(&input).unwrap()
}

fn potential(market: &str) -> Change {
    Change::Potential {
        markets: Markets::one(market),
        periods: Vec::new(),
        amount: Amount::Scale(1.0),
    }
}

fn uncertain(name: &str, change: Change, distribution: Distribution) -> Uncertain {
    Uncertain {
        name: name.to_owned(),
        changes: vec![change],
        distribution,
        min: None,
        max: None,
    }
}

fn normal(mean: f64, sd: f64) -> Distribution {
    Distribution::Normal { mean, sd }
}

fn quantile(distribution: &Distribution) -> Quantile {
    Quantile::new(distribution, &|field| Place::section("d", field)).unwrap()
}

/// Distribution, mean, standard deviation by their closed forms.
fn moments() -> Vec<(Distribution, f64, f64)> {
    let pert = |a: f64, m: f64, b: f64| {
        let mean = (a + 4.0 * m + b) / 6.0;
        (mean, ((mean - a) * (b - mean) / 7.0).sqrt())
    };
    let (pert_mean, pert_sd) = pert(0.5, 0.9, 1.8);
    let triangle =
        (0.5_f64 * 0.5 + 0.9 * 0.9 + 1.8 * 1.8 - 0.5 * 0.9 - 0.5 * 1.8 - 0.9 * 1.8) / 18.0;
    vec![
        (normal(1.0, 0.2), 1.0, 0.2),
        (Distribution::Lognormal { mean: 1.1, sd: 0.3 }, 1.1, 0.3),
        (
            Distribution::Triangular {
                min: 0.5,
                mode: 0.9,
                max: 1.8,
            },
            3.2 / 3.0,
            triangle.sqrt(),
        ),
        (
            Distribution::Pert {
                min: 0.5,
                mode: 0.9,
                max: 1.8,
                shape: 4.0,
            },
            pert_mean,
            pert_sd,
        ),
        (
            Distribution::Uniform { min: 0.5, max: 1.5 },
            1.0,
            (1.0_f64 / 12.0).sqrt(),
        ),
        (
            Distribution::Empirical(vec![4.0, 1.0, 1.0, 2.0]),
            2.0,
            1.5_f64.sqrt(),
        ),
        (
            Distribution::Triangular {
                min: 1.0,
                mode: 1.0,
                max: 3.0,
            },
            5.0 / 3.0,
            (4.0_f64 / 18.0).sqrt(),
        ),
        (normal(0.7, 0.0), 0.7, 0.0),
        (Distribution::Uniform { min: 0.7, max: 0.7 }, 0.7, 0.0),
    ]
}

/// Means and standard deviations of 100 000 quantiles in the middle of their strata: the error is
/// that of the midpoint rule, largest in the tails of the lognormal.
#[test]
fn quantiles_have_the_moments_of_their_distribution() {
    let count = 100_000;
    for (distribution, mean, sd) in moments() {
        let quantile = quantile(&distribution);
        let at = |k: u32| quantile.at((f64::from(k) + 0.5) / f64::from(count));
        let sum: f64 = (0..count).map(at).sum();
        let found = sum / f64::from(count);
        assert!((found - mean).abs() < 1e-5, "{distribution:?}: {found}");
        assert!((quantile.mean() - mean).abs() < 1e-12, "{distribution:?}");
        let squares: f64 = (0..count).map(|k| (at(k) - mean).powi(2)).sum();
        let found = (squares / f64::from(count)).sqrt();
        assert!((found - sd).abs() < 2e-4, "{distribution:?}: {found} {sd}");
    }
}

/// The share below a quantile is the share it was asked for; quantiles grow.
#[test]
fn shares_and_quantiles_are_inverse() {
    for (distribution, _, sd) in moments() {
        let quantile = quantile(&distribution);
        let mut last = f64::NEG_INFINITY;
        for share in [1e-9, 1e-4, 0.01, 0.2, 0.5, 0.8, 0.99, 0.9999] {
            let number = quantile.at(share);
            assert!(number >= last, "{distribution:?}");
            last = number;
            if sd > 0.0 && !matches!(distribution, Distribution::Empirical(_)) {
                let back = quantile.share_below(number, true);
                assert!(
                    (back - share).abs() < 1e-9,
                    "{distribution:?}: {share} {back}"
                );
            }
        }
    }
    // Published: Φ(1.959964) = 0.975, Φ(−3.090232) = 0.001.
    assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-12);
    assert!((normal_quantile(0.001) + 3.090_232_306_167_813).abs() < 1e-12);
    assert!((normal_share(normal_quantile(1e-12)) / 1e-12 - 1.0).abs() < 1e-9);
}

fn correlated(sampling: Sampling, count: u64) -> Draws {
    let lognormal = Distribution::Lognormal { mean: 1.0, sd: 0.5 };
    Draws {
        seed: 11,
        count,
        sampling,
        uncertain: vec![
            uncertain("east", potential("east"), normal(1.0, 0.1)),
            uncertain("west", potential("west"), lognormal.clone()),
            uncertain(
                "all",
                Change::Potential {
                    markets: Markets::all(),
                    periods: Vec::new(),
                    amount: Amount::Scale(1.0),
                },
                lognormal,
            ),
            uncertain(
                "away",
                Change::Leave {
                    reps: Reps::one("ann"),
                    periods: Vec::new(),
                    share: 0.0,
                },
                Distribution::Uniform { min: 0.0, max: 0.5 },
            ),
        ],
        correlation: vec![
            ("east".into(), "west".into(), 0.6),
            ("west".into(), "all".into(), -0.5),
        ],
        events: Vec::new(),
    }
}

fn columns(source: &MonteCarlo) -> Vec<Vec<f64>> {
    let rows: Vec<Vec<f64>> = (0..source.count())
        .map(|index| source.drawn(index))
        .collect();
    (0..rows[0].len())
        .map(|at| rows.iter().map(|row| row[at]).collect())
        .collect()
}

#[allow(clippy::cast_precision_loss, reason = "small counts")]
fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
    let (p, q) = (mean(a), mean(b));
    let sum =
        |f: &dyn Fn(f64, f64) -> f64| a.iter().zip(b).map(|(x, y)| f(x - p, y - q)).sum::<f64>();
    sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt()
}

#[allow(clippy::cast_precision_loss, reason = "small counts")]
fn ranks(a: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..a.len()).collect();
    order.sort_by(|&x, &y| a[x].total_cmp(&a[y]));
    let mut ranks = vec![0.0; a.len()];
    order
        .iter()
        .enumerate()
        .for_each(|(rank, &at)| ranks[at] = rank as f64);
    ranks
}

/// Rank correlation of a Gaussian copula is 6/π·asin(r/2) (Kruskal 1958); the correlation of two
/// lognormal numbers is (e^(rσσ) − 1)/(e^(σσ) − 1). Tolerance: four standard errors of 40 000 draws.
#[test]
fn correlations_are_those_of_their_closed_forms() {
    for sampling in [Sampling::Plain, Sampling::LatinHypercube] {
        let source = MonteCarlo::new(&problem(), &correlated(sampling, 40_000)).unwrap();
        let columns = columns(&source);
        let expected = |r: f64| 6.0 / std::f64::consts::PI * (r / 2.0_f64).asin();
        for (a, b, r) in [(0, 1, 0.6), (1, 2, -0.5), (0, 2, 0.0), (0, 3, 0.0)] {
            let found = pearson(&ranks(&columns[a]), &ranks(&columns[b]));
            assert!((found - expected(r)).abs() < 0.02, "{a} {b}: {found}");
        }
        let variance = 0.25_f64.ln_1p();
        let expected = ((-0.5 * variance).exp() - 1.0) / 0.25;
        let found = pearson(&columns[1], &columns[2]);
        assert!((found - expected).abs() < 0.02, "{found} {expected}");
        let mean = columns[1].iter().sum::<f64>() / 40_000.0;
        assert!((mean - 1.0).abs() < 0.01, "{mean}");
    }
}

/// One draw in each stratum, whoever draws it; of the correlated numbers, the first is not mixed.
#[test]
fn a_latin_hypercube_has_one_draw_in_each_stratum_over_all_shards() {
    let count = 1_000_u32;
    let draws = correlated(Sampling::LatinHypercube, count.into());
    let source = MonteCarlo::new(&problem(), &draws).unwrap();
    for (column, distribution) in [
        (0, normal(1.0, 0.1)),
        (3, Distribution::Uniform { min: 0.0, max: 0.5 }),
    ] {
        let quantile = quantile(&distribution);
        let mut seen = vec![false; 1_000];
        for part in 0..7 {
            for index in (0..u64::from(count)).filter(|index| index % 7 == part) {
                let share = quantile.share_below(source.drawn(index)[column], false);
                #[allow(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a share times 1000"
                )]
                let stratum = (share * f64::from(count)) as usize;
                assert!(!std::mem::replace(&mut seen[stratum], true), "{stratum}");
            }
        }
    }
}

fn risky() -> Draws {
    let mut draws = correlated(Sampling::LatinHypercube, 1_000);
    draws.events = vec![
        Event {
            id: "ann leaves".into(),
            probability: 0.123,
            changes: vec![Change::RemoveRep { rep: "ann".into() }],
            uncertain: Vec::new(),
        },
        Event {
            id: "rival".into(),
            probability: 0.3,
            changes: Vec::new(),
            uncertain: vec![uncertain(
                "",
                Change::Competitor {
                    markets: Markets::one("west"),
                    share: 0.0,
                },
                Distribution::Pert {
                    min: 0.05,
                    mode: 0.1,
                    max: 0.4,
                    shape: 4.0,
                },
            )],
        },
    ];
    draws
}

/// In a Latin hypercube an event happens in its share of the scenarios; drawn plainly, within four
/// standard errors of it; two events by themselves.
#[test]
fn events_happen_as_often_as_they_should() {
    let problem = problem();
    let count = |sampling, event: &str| {
        let source = MonteCarlo::new(
            &problem,
            &Draws {
                sampling,
                ..risky()
            },
        )
        .unwrap();
        (0..1_000)
            .filter(|&index| source.scenario(index).unwrap().id.contains(event))
            .count()
    };
    assert_eq!(count(Sampling::LatinHypercube, "ann leaves"), 123);
    assert_eq!(count(Sampling::LatinHypercube, "rival"), 300);
    let plain = count(Sampling::Plain, "rival");
    assert!((242..=358).contains(&plain), "{plain}");
    let both = count(Sampling::LatinHypercube, "ann leaves + rival");
    assert!((8..=70).contains(&both), "{both}");
}

/// Edits made at once are those of the scenario as people write it.
#[test]
fn drafts_agree_with_written_scenarios() {
    let problem = problem();
    let names = Names::new(&problem);
    let mut draws = risky();
    draws.uncertain.push(uncertain(
        "ramp",
        Change::Ramp {
            rep: "bo".into(),
            from: problem.calendar().periods[0].name.to_string(),
            periods: 1.0,
        },
        Distribution::Triangular {
            min: 0.0,
            mode: 1.0,
            max: 4.0,
        },
    ));
    draws.uncertain.push(uncertain(
        "season",
        Change::ShiftSeason {
            markets: Markets::all(),
            roles: Vec::new(),
            by: 0,
        },
        normal(0.0, 1.5),
    ));
    let source = MonteCarlo::new(&problem, &draws).unwrap();
    let (mut a, mut b) = (Draft::default(), Draft::default());
    for index in 0..200 {
        source.draft(&names, index, &mut a).unwrap();
        names
            .draft(&source.scenario(index).unwrap(), &mut b)
            .unwrap();
        b.probability = None;
        assert_eq!(a.id, b.id);
        assert_eq!(a.edits(), b.edits());
    }
    let text = serde_json::to_string(&draws).unwrap();
    assert_eq!(Draws::from_json(&text).unwrap(), draws);
    assert!(source.draft(&names, 1_000, &mut a).is_err());
}

/// A normal number cut at one standard deviation on each side keeps its mean, and its spread is the
/// closed form 1 − 2φ(1)/(2Φ(1) − 1).
#[test]
fn a_distribution_can_be_cut() {
    let mut draws = correlated(Sampling::LatinHypercube, 10_000);
    draws.correlation.clear();
    draws.uncertain[0].min = Some(0.9);
    draws.uncertain[0].max = Some(1.1);
    let source = MonteCarlo::new(&problem(), &draws).unwrap();
    let drawn = &columns(&source)[0];
    assert!(drawn.iter().all(|&number| (0.9..=1.1).contains(&number)));
    let variance = drawn
        .iter()
        .map(|number| (number - 1.0).powi(2))
        .sum::<f64>()
        / 10_000.0;
    let density = (-0.5_f64).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let expected = 0.01 * (1.0 - 2.0 * density / (1.0 - 2.0 * normal_share(-1.0)));
    assert!((variance - expected).abs() < 1e-5, "{variance} {expected}");
}

fn codes(draws: &Draws) -> Vec<(Code, String)> {
    let faults: Faults = MonteCarlo::new(&problem(), draws).unwrap_err();
    faults
        .iter()
        .map(|fault| (fault.code, fault.place.to_string()))
        .collect()
}

#[test]
fn impossible_parameters_are_refused_all_at_once() {
    let mut draws = risky();
    draws.count = 0;
    let wrong = [
        normal(1.0, -0.1),
        normal(f64::NAN, 0.1),
        Distribution::Lognormal { mean: 0.0, sd: 0.1 },
        Distribution::Triangular {
            min: 2.0,
            mode: 1.0,
            max: 3.0,
        },
        Distribution::Pert {
            min: 0.0,
            mode: 1.0,
            max: 0.5,
            shape: 4.0,
        },
        Distribution::Uniform { min: 1.0, max: 0.0 },
        Distribution::Empirical(Vec::new()),
        normal(1.0, 0.5),
        Distribution::Empirical(vec![f64::INFINITY]),
        Distribution::Pert {
            min: 0.0,
            mode: 0.5,
            max: 1.0,
            shape: -1.0,
        },
    ];
    draws.uncertain = wrong
        .into_iter()
        .enumerate()
        .map(|(at, one)| uncertain(&format!("u{at}"), potential("east"), one))
        .collect();
    draws
        .uncertain
        .push(uncertain("u0", potential("nowhere"), normal(1.0, 0.1)));
    let share = Change::Leave {
        reps: Reps::all(),
        periods: Vec::new(),
        share: 0.0,
    };
    draws.uncertain.push(uncertain(
        "share",
        share,
        Distribution::Uniform { min: 0.5, max: 1.5 },
    ));
    let none = Change::RemoveRep { rep: "ann".into() };
    draws
        .uncertain
        .push(uncertain("none", none, normal(1.0, 0.1)));
    draws.events[0].probability = 1.5;
    draws.events[1].probability = f64::NAN;
    draws.correlation = vec![
        ("u1".into(), "u2".into(), 1.5),
        ("u1".into(), "nobody".into(), 0.5),
        ("u1".into(), "u1".into(), 0.5),
    ];
    let found = codes(&draws);
    let expected = [
        (Code::OutOfRange, "draws.count"),
        (Code::DuplicateId, "uncertain[10].name"),
        (Code::OutOfRange, "uncertain[0].distribution.sd"),
        (Code::NotFinite, "uncertain[1].distribution.mean"),
        (Code::OutOfRange, "uncertain[2].distribution.mean"),
        (Code::MinAboveMax, "uncertain[3].distribution.min"),
        (Code::MinAboveMax, "uncertain[4].distribution.mode"),
        (Code::MinAboveMax, "uncertain[5].distribution.min"),
        (Code::EmptyTable, "uncertain[6].distribution.empirical"),
        (Code::OutOfRange, "uncertain[7].distribution"),
        (Code::NotFinite, "uncertain[8].distribution.empirical"),
        (Code::OutOfRange, "uncertain[9].distribution.shape"),
        (Code::UnknownMarket, "uncertain[10].changes[0].markets.ids"),
        (Code::OutOfRange, "uncertain[11].distribution"),
        (Code::MissingNumber, "uncertain[12].changes[0]"),
        (Code::OutOfRange, "correlation[0].2"),
        (Code::UnknownName, "correlation[1].1"),
        (Code::DuplicateId, "correlation[2]"),
        (Code::OutOfRange, "events[0].probability"),
        (Code::OutOfRange, "events[1].probability"),
    ];
    let expected: Vec<(Code, String)> = expected
        .map(|(code, place)| (code, place.to_owned()))
        .into();
    assert_eq!(found, expected);
}

/// Three numbers each correlated by −0.6 with the others: the smallest eigenvalue is 1 − 2·0.6, and
/// at most 0.5/0.6 of the correlations hold together.
#[test]
fn correlations_that_contradict_each_other_are_named() {
    let mut draws = correlated(Sampling::Plain, 10);
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned(), -0.6);
    draws.correlation = vec![
        pair("east", "west"),
        pair("west", "all"),
        pair("east", "all"),
    ];
    let faults = MonteCarlo::new(&problem(), &draws).unwrap_err();
    let text = faults.to_string();
    assert!(
        text.contains("E631 correlation: found all with east -0.6, west -0.6"),
        "{text}"
    );
    assert!(text.contains("by at most 0.833"), "{text}");
    draws.correlation.iter_mut().for_each(|pair| pair.2 = -0.5);
    assert!(
        MonteCarlo::new(&problem(), &draws).is_ok(),
        "singular, but possible"
    );
    draws.correlation = vec![("east".to_owned(), "all".to_owned(), 1.0)];
    draws.uncertain[2].distribution = normal(1.0, 0.1);
    let source = MonteCarlo::new(&problem(), &draws).unwrap();
    let drawn = source.drawn(3);
    assert!((drawn[0] - drawn[2]).abs() < 1e-12, "{drawn:?}");
}
