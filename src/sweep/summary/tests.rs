//! Summaries against enumeration.

use super::*;

fn record(index: u64, value: Option<f64>, probability: Option<f64>) -> Record {
    Record {
        index,
        id: format!("s{index}"),
        probability,
        status: if value.is_some() {
            Status::Kept
        } else {
            Status::Failed
        },
        value,
        moves: u32::try_from(index % 5).ok(),
        ..Record::default()
    }
}

/// Numbers that look random: the fractional parts of multiples of the golden ratio.
#[allow(clippy::cast_precision_loss, reason = "small")]
fn values(count: u64) -> Vec<f64> {
    (0..count)
        .map(|at| ((at as f64 * 0.618_033_988_749_895).fract() - 0.3) * 1e6)
        .collect()
}

fn summary(records: &[Record], tail: f64, limit: usize) -> Summary {
    let mut summary = Summary::with_limit(tail, limit);
    records.iter().for_each(|record| summary.add(record));
    summary
}

/// Conditional value at risk is max over t of t − E[(t − V)⁺]/α, reached at a value (Rockafellar and
/// Uryasev 2000): all values are tried.
fn cvar_by_enumeration(points: &[(f64, f64)], tail: f64) -> f64 {
    let all: f64 = points.iter().map(|point| point.1).sum();
    let at = |t: f64| {
        let short: f64 = points.iter().map(|(v, w)| w * (t - v).max(0.0)).sum();
        t - short / (tail * all)
    };
    points
        .iter()
        .map(|point| at(point.0))
        .fold(f64::NEG_INFINITY, f64::max)
}

fn mixed(count: u64) -> (Vec<Record>, Vec<(f64, f64)>) {
    let stated = |at: u64| {
        at.is_multiple_of(3)
            .then_some(0.004 + 1e-4 * f64::from(u32::try_from(at % 7).unwrap()))
    };
    let value = |at: u64, value: f64| (at % 11 != 5).then_some(value);
    let values = values(count);
    let records: Vec<Record> = (0..count)
        .zip(&values)
        .map(|(at, &v)| record(at, value(at, v), stated(at)))
        .collect();
    let mass: f64 = records.iter().filter_map(|record| record.probability).sum();
    let rest = records
        .iter()
        .filter(|record| record.probability.is_none())
        .count();
    let rest = (1.0 - mass) / f64::from(u32::try_from(rest).unwrap());
    let weight = |record: &Record| Some((record.value?, record.probability.unwrap_or(rest)));
    let points = records.iter().filter_map(weight).collect();
    (records, points)
}

#[test]
fn moments_quantiles_and_tails_agree_with_enumeration() {
    for tail in [0.01, 0.05, 0.3, 1.0] {
        let (records, points) = mixed(200);
        let report = summary(&records, tail, MOST_EXACT).report();
        let all: f64 = points.iter().map(|point| point.1).sum();
        let mean = points.iter().map(|(v, w)| v * w).sum::<f64>() / all;
        let variance = points
            .iter()
            .map(|(v, w)| w * (v - mean).powi(2))
            .sum::<f64>()
            / all;
        assert!((report.mean.unwrap() - mean).abs() < 1e-6);
        assert!((report.sd.unwrap() - variance.sqrt()).abs() < 1e-6);
        assert!((report.valued - all).abs() < 1e-12);
        let expected = cvar_by_enumeration(&points, tail);
        assert!(
            (report.tail_mean.unwrap() - expected).abs() < 1e-6,
            "{tail}: {report:?} {expected}"
        );
        for (share, found) in report.quantiles {
            let below = |limit: f64, with: bool| -> f64 {
                let counted = points
                    .iter()
                    .filter(|p| p.0 < limit || (with && p.0 <= limit));
                counted.map(|p| p.1).sum::<f64>() / all
            };
            assert!(below(found, true) >= share - 1e-9 && below(found, false) < share);
        }
        let worst = points.iter().map(|p| p.0).fold(f64::INFINITY, f64::min);
        assert_eq!(report.worst.unwrap().value.to_bits(), worst.to_bits());
        assert_eq!(
            (report.scenarios, report.statuses[&Status::Failed]),
            (200, 18)
        );
        assert_eq!(report.most_moves, Some(4));
    }
}

/// The mean of a uniform distribution's lower tail is the middle of the tail.
#[test]
fn the_tail_of_evenly_spread_values_is_its_middle() {
    let records: Vec<Record> = (0..1_000_u32)
        .map(|at| record(at.into(), Some(f64::from(at) + 0.5), None))
        .collect();
    let report = summary(&records, 0.05, MOST_EXACT).report();
    assert!((report.tail_mean.unwrap() - 25.0).abs() < 1e-9);
    assert!((report.sd.unwrap() - (1e6_f64 - 1.0).sqrt() / 12.0_f64.sqrt()).abs() < 1e-6);
    assert_eq!(report.quantiles[3], (0.5, 499.5));
}

#[test]
fn parts_put_together_are_the_whole() {
    for limit in [MOST_EXACT, 100] {
        let (records, _) = mixed(500);
        let whole = summary(&records, 0.05, limit).report();
        for shards in [2, 7] {
            let mut merged = Summary::with_limit(0.05, limit);
            for part in (0..shards).rev() {
                let own: Vec<Record> = records
                    .iter()
                    .filter(|r| r.index % shards == part)
                    .cloned()
                    .collect();
                merged.merge(summary(&own, 0.05, limit));
            }
            let merged = merged.report();
            let near = |a: Option<f64>, b: Option<f64>| (a.unwrap() - b.unwrap()).abs() < 1e-6;
            assert!(near(merged.mean, whole.mean) && near(merged.sd, whole.sd));
            assert!(
                near(merged.tail_mean, whole.tail_mean)
                    && near(merged.mean_moves, whole.mean_moves)
            );
            for (a, b) in merged.quantiles.iter().zip(&whole.quantiles) {
                assert!((a.1 - b.1).abs() < 1e-6, "{a:?} {b:?}");
            }
            assert_eq!((&merged.worst, &merged.best), (&whole.worst, &whole.best));
            assert_eq!(
                (merged.statuses, merged.exact),
                (whole.statuses.clone(), whole.exact)
            );
        }
    }
}

/// In buckets, quantiles and tails are within 0.1 % of what all values give.
#[test]
fn buckets_are_near() {
    let (records, _) = mixed(5_000);
    let exact = summary(&records, 0.05, MOST_EXACT).report();
    let near = summary(&records, 0.05, 100).report();
    assert!(exact.exact && !near.exact);
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-3 * b.abs();
    assert!(close(near.tail_mean.unwrap(), exact.tail_mean.unwrap()));
    for (a, b) in near.quantiles.iter().zip(&exact.quantiles) {
        assert!(close(a.1, b.1), "{a:?} {b:?}");
    }
}

#[test]
fn what_moves_most_often_comes_first() {
    let moved = |market: &str, rep: Option<&str>| Moved {
        market: market.into(),
        role: "owner".into(),
        rep: rep.map(str::to_owned),
    };
    let mut records: Vec<Record> = (0..4).map(|at| record(at, Some(1.0), None)).collect();
    records[0].moved = vec![moved("a", Some("li")), moved("b", None)];
    records[1].moved = vec![moved("b", Some("li"))];
    records[2].moved = vec![moved("b", None)];
    let report = summary(&records, 0.05, MOST_EXACT).report();
    let found: Vec<_> = report
        .moved
        .iter()
        .map(|one| (&*one.market, one.survives, one.mostly_to.as_deref()))
        .collect();
    assert_eq!(found, [("b", 0.25, None), ("a", 0.75, Some("li"))]);
}

#[test]
fn nothing_has_no_mean() {
    let report = summary(&[record(0, None, None)], 0.05, MOST_EXACT).report();
    assert_eq!(
        (report.mean, report.tail_mean, report.worst),
        (None, None, None)
    );
    assert!(report.quantiles.is_empty());
}
