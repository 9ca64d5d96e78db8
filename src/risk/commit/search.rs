//! Commitments and limits, in turns.

use super::{Answer, Commitment, Faults, Futures};
use crate::risk::decide::measure::{Gauge, mean};

/// Rounds at most.
const ROUNDS: u32 = 60;
/// First step down the limit, relative to the one that would meet the value if the limit were linear,
/// and what a step that does not help is multiplied by.
const FIRST_STEP: f64 = 1.0;
const SHORTER: f64 = 0.8;
/// Turns of the game between commitments and scenarios.
const TURNS: u32 = 2_000;

/// What is known so far.
struct Search<'s, 'a> {
    futures: &'s Futures<'a>,
    gauge: &'s Gauge,
    /// Commitments met, with their values.
    met: Vec<(Vec<f64>, Vec<f64>)>,
    /// Measure of the best of them, and its position.
    best: (f64, usize),
    bound: f64,
    rounds: u32,
}

/// Runs until the gap is reached, or for all rounds.
pub(super) fn run(
    futures: &Futures<'_>,
    gauge: &Gauge,
    alone: &[Answer],
    gap: f64,
) -> Result<Commitment, Faults> {
    let mut search = Search {
        futures,
        gauge,
        met: Vec::new(),
        best: (f64::NEG_INFINITY, 0),
        bound: f64::INFINITY,
        rounds: 0,
    };
    search.run(futures.start(gauge, alone), gap)?;
    let reached = search.gap();
    let (spend, values) = search.met.swap_remove(search.best.1);
    Ok(Commitment {
        measure: gauge.measure,
        gap: reached,
        spend,
        value: search.best.0,
        bound: search.bound.max(search.best.0),
        values,
        rounds: search.rounds,
    })
}

impl Search<'_, '_> {
    fn run(&mut self, mut spend: Vec<f64>, gap: f64) -> Result<(), Faults> {
        let (mut prices, mut weights) = (Vec::new(), Vec::new());
        let mut down = Descent {
            prices: Vec::new(),
            step: FIRST_STEP,
            low: f64::INFINITY,
        };
        for round in 0..ROUNDS {
            self.rounds += 1;
            let (part, new) = self.meet(spend.clone())?;
            let share = 2.0 / (f64::from(round) + 2.0);
            mix(&mut prices, &new, share);
            mix(&mut weights, &part, share);
            let towards = self.limit(&weights, &prices);
            if self.gap() <= gap {
                return Ok(());
            }
            self.descend(&mut down, &weights, &prices)?;
            self.play()?;
            if self.gap() <= gap {
                return Ok(());
            }
            mix(&mut spend, &towards, share.min(0.5));
            self.futures.fit(&mut spend);
        }
        Ok(())
    }

    /// (bound − value)/|bound|, or over the mean of what values are compared with.
    fn gap(&self) -> f64 {
        let scale = mean(&self.gauge.against, &self.gauge.probabilities).abs();
        let over = if scale > 0.0 { scale } else { self.bound.abs() };
        (self.bound - self.best.0).max(0.0) / over.max(f64::MIN_POSITIVE)
    }

    /// Values a commitment; weights of the scenarios where it is worst, and prices of their totals.
    fn meet(&mut self, spend: Vec<f64>) -> Result<(Vec<f64>, Vec<f64>), Faults> {
        let (values, prices): (Vec<f64>, Vec<f64>) =
            self.futures.values(&spend)?.into_iter().unzip();
        let measure = self.gauge.of(&values);
        if self.met.is_empty() || measure > self.best.0 {
            self.best = (measure, self.met.len());
        }
        let weights = self.gauge.mixture(&worst(self.gauge, &values));
        self.met.push((spend, values));
        Ok((weights, prices))
    }

    /// Proves a limit, and gives the commitment that it prefers.
    fn limit(&mut self, weights: &[f64], prices: &[f64]) -> Vec<f64> {
        let look = self.futures.limit(self.gauge, weights, prices);
        self.bound = self.bound.min(look.limit);
        look.spend
    }

    /// Curves that are not concave make prices jump: steps along the slopes of the limit find better
    /// ones than the average (Polyak 1969).
    fn descend(
        &mut self,
        down: &mut Descent,
        weights: &[f64],
        prices: &[f64],
    ) -> Result<(), Faults> {
        mix(&mut down.prices, prices, 0.0);
        let look = self.futures.limit(self.gauge, weights, &down.prices);
        self.bound = self.bound.min(look.limit);
        if look.limit >= down.low {
            down.step *= SHORTER;
        }
        down.low = down.low.min(look.limit);
        let length: f64 = look.slopes.iter().map(|slope| slope * slope).sum();
        let along = down.step * (look.limit - self.best.0).max(0.0) / length.max(f64::MIN_POSITIVE);
        for (price, slope) in down.prices.iter_mut().zip(&look.slopes) {
            *price = (*price - along * slope).max(0.0);
        }
        let mut spend = look.spend;
        self.futures.fit(&mut spend);
        self.meet(spend).map(|_| ())
    }

    /// Plays commitments met against scenarios: the mean of the commitments is the next one met, and the
    /// weights of the scenarios prove a limit at its prices.
    fn play(&mut self) -> Result<(), Faults> {
        if self.gauge.share() <= 0.0 {
            return Ok(());
        }
        let (spend, part) = self.game();
        let (_, prices) = self.meet(spend)?;
        let weights = self.gauge.mixture(&part);
        let mut towards = self.limit(&weights, &prices);
        self.futures.fit(&mut towards);
        self.meet(towards).map(|_| ())
    }

    /// Nearly the best mean of the commitments met against the worst weights, and these weights, by
    /// regret matching (Hart & Mas-Colell 2000; with regrets cut at 0 and later turns counting more,
    /// Tammelin 2014).
    fn game(&self) -> (Vec<f64>, Vec<f64>) {
        let worths = |values: &Vec<f64>| -> Vec<f64> {
            values
                .iter()
                .zip(&self.gauge.against)
                .map(|(value, best)| value - best)
                .collect()
        };
        let worths: Vec<Vec<f64>> = self.met.iter().map(|own| worths(&own.1)).collect();
        let scenarios = self.gauge.against.len();
        let mut regrets = vec![0.0_f64; worths.len()];
        let (mut spend, mut weights) = (vec![0.0; self.met[0].0.len()], vec![0.0; scenarios]);
        let mut mean_worths = vec![0.0; scenarios];
        let (mut sum, mut shares) = (0.0, vec![0.0; worths.len()]);
        for turn in 1..=TURNS {
            let total: f64 = regrets.iter().sum();
            mean_worths.fill(0.0);
            let count = f64::from(turn);
            for ((own, regret), share) in worths.iter().zip(&regrets).zip(&mut shares) {
                let part = if total > 0.0 {
                    regret / total
                } else {
                    1.0 / worths.len() as f64
                };
                *share += count * part;
                mean_worths
                    .iter_mut()
                    .zip(own)
                    .for_each(|(mean, own)| *mean += part * own);
            }
            let part = worst(self.gauge, &added(&mean_worths, &self.gauge.against));
            let mixture = self.gauge.mixture(&part);
            let now = mean(&mean_worths, &mixture);
            for (regret, own) in regrets.iter_mut().zip(&worths) {
                *regret = (*regret + mean(own, &mixture) - now).max(0.0);
            }
            weights
                .iter_mut()
                .zip(&part)
                .for_each(|(weight, own)| *weight += count * own);
            sum += count;
        }
        weights.iter_mut().for_each(|weight| *weight /= sum);
        for ((own, _), share) in self.met.iter().zip(&shares) {
            spend
                .iter_mut()
                .zip(own)
                .for_each(|(money, own)| *money += share / sum * own);
        }
        (spend, weights)
    }
}

/// Prices that go down the limit.
struct Descent {
    prices: Vec<f64>,
    step: f64,
    low: f64,
}

fn added(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

/// Moves an average towards something new; takes it where there is no average yet.
fn mix(average: &mut Vec<f64>, new: &[f64], share: f64) {
    if average.is_empty() {
        average.extend_from_slice(new);
    }
    for (average, new) in average.iter_mut().zip(new) {
        *average += share * (new - *average);
    }
}

/// Weights of the part of the measure that looks at the worst.
fn worst(gauge: &Gauge, values: &[f64]) -> Vec<f64> {
    let most = gauge.most();
    let mut order: Vec<usize> = (0..values.len()).collect();
    let worth = |at: usize| values[at] - gauge.against[at];
    order.sort_by(|&a, &b| worth(a).total_cmp(&worth(b)).then(a.cmp(&b)));
    let mut weights = vec![0.0; values.len()];
    let mut left = 1.0;
    for at in order {
        weights[at] = most[at].min(left);
        left -= weights[at];
    }
    weights
}
