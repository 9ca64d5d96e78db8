//! Spend by the week with carry-over against the best constant spend, by how strong the season is.

use std::error::Error;
use std::time::Instant;

use apportion::curve::Curve;
use apportion::curve::carry::{Carry, Kernel, Terminal};
use apportion::prices::budget::{Budget, Cell, Limit, Options, Series, check, solve};
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};
use serde_json::{Value, json};

/// Channels of the plan.
pub const CHANNELS: usize = 5;
/// Weeks of the plan.
pub const WEEKS: usize = 52;
/// How far seasons go up and down from 1.
pub const SEASONS: [f64; 3] = [0.0, 0.3, 0.6];
/// Plans of each season.
const SEEDS: u64 = 6;
/// Rounds over all pairs of channels, for the best constant spend.
const ROUNDS: usize = 30;
/// Steps of a golden section.
const STEPS: usize = 60;

/// Channels with their carry-over.
struct Case {
    curves: Vec<Curve>,
    carries: Vec<Carry>,
    season: Vec<f64>,
    total: f64,
}

impl Case {
    /// Michaelis–Menten curves with geometric carry-over of weights that add up to 1, and a season that
    /// is a sine over the year.
    fn new(kind: &str, season: f64, seed: u64) -> Result<Self, Box<dyn Error>> {
        let mut random = Pcg64Mcg::seed_from_u64(500 + seed);
        let mut between = |low: f64, high: f64| {
            low + (high - low) * (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
        };
        let (mut curves, mut carries, mut total) = (vec![], vec![], 0.0);
        for _ in 0..CHANNELS {
            let spend = between(-1.0, 1.0).exp();
            let (top, half) = (spend * between(1.0, 4.0), spend * between(0.5, 2.0));
            let shape = between(1.5, 3.0);
            let shape = if kind == "S-shaped" { shape } else { 1.0 };
            curves.push(Curve::hill(top, half, shape)?);
            let retention = between(0.3, 0.8);
            carries.push(Carry::new(Kernel::Geometric { retention }, 13, true)?);
            total += spend * WEEKS as f64;
        }
        let wave = |week: usize| (std::f64::consts::TAU * week as f64 / WEEKS as f64).sin();
        Ok(Self {
            curves,
            carries,
            season: (0..WEEKS).map(|week| 1.0 + season * wave(week)).collect(),
            total,
        })
    }

    fn budget(&self) -> Budget<'_> {
        let mut cells = vec![];
        let mut series = vec![];
        for (channel, curve) in self.curves.iter().enumerate() {
            series.push(Series {
                name: format!("channel {channel}"),
                cells: (cells.len()..cells.len() + WEEKS).collect(),
                carry: self.carries[channel].clone(),
                before: vec![],
                terminal: Terminal::Credited(1.0),
            });
            for season in &self.season {
                cells.push(Cell {
                    weight: *season,
                    ..Cell::new(curve, self.total)
                });
            }
        }
        let mut budget = Budget::new(cells, Limit::exactly("total", self.total));
        budget.series = series;
        budget
    }

    /// The value of the best plan that spends the same each week: money is moved between two channels at
    /// a time, as far as it pays.
    fn constant(&self, budget: &Budget<'_>) -> f64 {
        let mut weekly = vec![self.total / (CHANNELS * WEEKS) as f64; CHANNELS];
        let value = |weekly: &[f64]| {
            let spend = weekly.iter().flat_map(|week| vec![*week; WEEKS]);
            check(budget, &spend.collect::<Vec<_>>()).value
        };
        let mut best = value(&weekly);
        for _ in 0..ROUNDS {
            let before = best;
            for one in 0..CHANNELS {
                for other in 0..one {
                    let sum = weekly[one] + weekly[other];
                    let with = |share: f64| {
                        let mut weekly = weekly.clone();
                        (weekly[one], weekly[other]) = (share * sum, (1.0 - share) * sum);
                        weekly
                    };
                    let share = highest(|share| value(&with(share)));
                    let moved = with(share);
                    if value(&moved) > best {
                        best = value(&moved);
                        weekly = moved;
                    }
                }
            }
            if best <= before * (1.0 + 1e-12) {
                break;
            }
        }
        best
    }
}

/// Where a function with one top on [0, 1] is highest, by golden section.
fn highest(value: impl Fn(f64) -> f64) -> f64 {
    let golden = 0.5 * (5.0_f64.sqrt() - 1.0);
    let (mut low, mut high) = (0.0, 1.0);
    let mut inner = [1.0 - golden, golden];
    let mut values = inner.map(&value);
    for _ in 0..STEPS {
        if values[0] < values[1] {
            low = inner[0];
            inner = [inner[1], low + golden * (high - low)];
            values = [values[1], value(inner[1])];
        } else {
            high = inner[1];
            inner = [high - golden * (high - low), inner[0]];
            values = [value(inner[0]), values[0]];
        }
    }
    0.5 * (low + high)
}

/// One line for each kind of curve and season: what the best constant spend loses against spend by the
/// week, the median and the range, and how far the latter is proved.
///
/// # Errors
/// When a budget is refused.
pub fn figures(mut out: impl FnMut(Value)) -> Result<(), Box<dyn Error>> {
    for kind in ["concave", "S-shaped"] {
        for season in SEASONS {
            let (mut losses, mut gaps, mut times) = (vec![], vec![], vec![]);
            for seed in 0..SEEDS {
                let case = Case::new(kind, season, seed)?;
                let budget = case.budget();
                let options = Options {
                    time: Some(std::time::Duration::from_secs(1)),
                    ..Options::default()
                };
                let began = Instant::now();
                let answer = solve(&budget, &options)?;
                times.push(1e3 * began.elapsed().as_secs_f64());
                losses.push(1.0 - case.constant(&budget) / answer.value);
                gaps.push(answer.gap);
            }
            for list in [&mut losses, &mut gaps, &mut times] {
                list.sort_by(f64::total_cmp);
            }
            let middle = losses.len() / 2;
            out(json!({
                "case": format!("carry-over, {kind}, season ±{:.0} %", 100.0 * season),
                "cells": CHANNELS * WEEKS,
                "constant_loses": losses[middle],
                "least": losses[0],
                "most": losses[losses.len() - 1],
                "gap": gaps[gaps.len() - 1],
                "ms": times[middle],
            }));
        }
    }
    Ok(())
}
