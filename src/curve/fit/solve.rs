//! Least squares from several starts, and standard errors.

use levenberg_marquardt::{LeastSquaresProblem, LevenbergMarquardt};
use nalgebra::storage::Owned;
use nalgebra::{DMatrix, DVector, Dyn};

use super::model::{Model, Shape};
use super::{Family, History};

/// Starts that are followed to the end.
const STARTS: usize = 8;
/// Evaluations at most, for each parameter and one more.
const PATIENCE: usize = 200;
/// Steps and gains smaller than this part end a search.
const TOLERANCE: f64 = 1e-14;
/// Residuals are taken to be at least this part of the outcomes: less is rounding.
const ROUNDING: f64 = 1e-12;

/// The best parameters of a model.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) parameters: Vec<f64>,
    pub(super) residual_sum: f64,
    pub(super) criterion: f64,
}

/// Fits a model.
pub(super) fn solve(model: &Model<'_>) -> Found {
    let mut best = (f64::INFINITY, vec![]);
    for start in starts(model) {
        let ended = descend(model, &start);
        for parameters in [ended, start] {
            let miss = model.miss(&parameters);
            if miss < best.0 {
                best = (miss, parameters);
            }
        }
    }
    let (_, mut parameters) = best;
    model.settle(&mut parameters);
    let residual_sum = model.miss(&parameters);
    Found {
        criterion: criterion(model.history, residual_sum, parameters.len()),
        parameters,
        residual_sum,
    }
}

/// The corrected criterion of Akaike.
fn criterion(history: &History, residual_sum: f64, parameters: usize) -> f64 {
    let n = history.outcome.len() as f64;
    let k = parameters as f64 + 1.0;
    let squares: f64 = history.outcome.iter().map(|y| y * y).sum();
    let floor = ROUNDING * ROUNDING * squares;
    n * (residual_sum.max(floor) / n).ln() + 2.0 * k + 2.0 * k * (k + 1.0) / (n - k - 1.0).max(1.0)
}

/// The criterion of a base without any effect of spend.
pub(super) fn constant(history: &History) -> f64 {
    let season = |at: usize| history.season.get(at).copied().unwrap_or(1.0);
    let each = || history.outcome.iter().enumerate();
    let across: f64 = each().map(|(at, y)| season(at) * y).sum();
    let own: f64 = each().map(|(at, _)| season(at) * season(at)).sum();
    let base = across / own;
    let miss = each().map(|(at, y)| (y - base * season(at)) * (y - base * season(at)));
    criterion(history, miss.sum(), 1)
}

/// Starts: the best points of a grid of the parameters in which the model is not linear.
fn starts(model: &Model<'_>) -> Vec<Vec<f64>> {
    let (amount, _) = model.units();
    let halves = [0.03, 0.1, 0.3, 0.7, 1.5, 5.0];
    let each = |values: &[f64]| values.iter().map(|value| vec![*value]).collect();
    let inner: Vec<Vec<f64>> = match model.shape {
        Shape::Straight => vec![vec![]],
        Shape::Curved(family) => match family {
            Family::Exponential | Family::Logistic | Family::Logarithmic => {
                each(&halves.map(|half| 1.0 / (half * amount)))
            }
            Family::MichaelisMenten => each(&halves.map(|half| half * amount)),
            Family::Power => each(&[0.1, 0.3, 0.5, 0.7, 0.9]),
            Family::Hill => {
                let steep = [0.7, 1.2, 2.0, 4.0, 8.0];
                let pairs = halves
                    .iter()
                    .flat_map(|half| steep.map(|shape| vec![half * amount, shape]));
                pairs.collect()
            }
        },
    };
    let retentions: &[Option<f64>] = if model.names().contains(&"retention") {
        &[Some(0.05), Some(0.3), Some(0.6), Some(0.85)]
    } else {
        &[None]
    };
    let mut points: Vec<(f64, Vec<f64>)> = vec![];
    for inner in &inner {
        for retention in retentions {
            let start = project(model, inner, *retention);
            points.push((model.miss(&start), start));
        }
    }
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points.truncate(STARTS);
    points.into_iter().map(|(_, start)| start).collect()
}

/// The best linear parameters for given others: least squares with two unknowns that are not negative.
fn project(model: &Model<'_>, inner: &[f64], retention: Option<f64>) -> Vec<f64> {
    let based = model.names().contains(&"base");
    let assemble = |linear: f64, base: f64| {
        let mut all = vec![linear];
        all.extend(inner);
        all.extend(based.then_some(base));
        all.extend(retention);
        all
    };
    let bound = model.bound(0);
    let curve = model.predict(&assemble(1.0, 0.0));
    let outcome = &model.history.outcome;
    let season: Vec<f64> = (0..outcome.len()).map(|at| model.season(at)).collect();
    let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    let (cc, cy) = (dot(&curve, &curve), dot(&curve, outcome));
    let alone = cy / cc;
    let (mut linear, mut base) = (alone, 0.0);
    if based {
        let (cs, ss, sy) = (
            dot(&curve, &season),
            dot(&season, &season),
            dot(&season, outcome),
        );
        let determinant = cc * ss - cs * cs;
        if determinant > 1e-12 * cc * ss {
            linear = (cy * ss - sy * cs) / determinant;
            base = (sy * cc - cy * cs) / determinant;
        }
        if base < 0.0 {
            (linear, base) = (alone, 0.0);
        } else if linear < 0.0 {
            (linear, base) = (0.0, sy / ss);
        }
    }
    assemble(linear.clamp(bound.least, bound.most), base)
}

/// A model for the crate that minimizes.
#[derive(Clone, Debug)]
struct Task<'a> {
    model: &'a Model<'a>,
    free: DVector<f64>,
    /// Residuals are divided by it.
    unit: f64,
}

impl Task<'_> {
    fn parameters(&self) -> Vec<f64> {
        let each = self.model.bounds().iter().zip(self.free.iter());
        each.map(|(bound, free)| bound.value(*free).0).collect()
    }
}

impl LeastSquaresProblem<f64, Dyn, Dyn> for Task<'_> {
    type ResidualStorage = Owned<f64, Dyn>;
    type JacobianStorage = Owned<f64, Dyn, Dyn>;
    type ParameterStorage = Owned<f64, Dyn>;

    fn set_params(&mut self, free: &DVector<f64>) {
        self.free.copy_from(free);
    }

    fn params(&self) -> DVector<f64> {
        self.free.clone()
    }

    fn residuals(&self) -> Option<DVector<f64>> {
        let fitted = self.model.predict(&self.parameters());
        let each = fitted.iter().zip(&self.model.history.outcome);
        let misses = each.map(|(fitted, outcome)| (fitted - outcome) / self.unit);
        let misses = DVector::from_iterator(fitted.len(), misses);
        misses.iter().all(|miss| miss.is_finite()).then_some(misses)
    }

    fn jacobian(&self) -> Option<DMatrix<f64>> {
        let parameters = self.parameters();
        let mut matrix = DMatrix::zeros(self.model.history.outcome.len(), parameters.len());
        for (at, bound) in self.model.bounds().iter().enumerate() {
            let (_, inner) = bound.value(self.free[at]);
            for (row, slope) in self.model.slope(&parameters, at).iter().enumerate() {
                matrix[(row, at)] = slope * inner / self.unit;
            }
        }
        matrix
            .iter()
            .all(|entry| entry.is_finite())
            .then_some(matrix)
    }
}

/// Where a search from a start ends.
fn descend(model: &Model<'_>, start: &[f64]) -> Vec<f64> {
    let free = model.bounds().iter().zip(start);
    let free = free.map(|(bound, value)| bound.free(*value));
    let task = Task {
        model,
        free: DVector::from_iterator(start.len(), free),
        unit: model.units().1,
    };
    let search = LevenbergMarquardt::new()
        .with_tol(TOLERANCE)
        .with_patience(PATIENCE);
    let (ended, _) = search.minimize(task);
    ended.parameters()
}

/// Standard error of each parameter; none at the end of a range.
pub(super) fn standard_errors(model: &Model<'_>, found: &Found) -> Vec<Option<f64>> {
    let parameters = &found.parameters;
    let inside: Vec<usize> = (0..parameters.len())
        .filter(|at| !model.at_bound(*at, parameters[*at]))
        .collect();
    let rows = model.history.outcome.len();
    let mut errors = vec![None; parameters.len()];
    let columns: Vec<DVector<f64>> = inside
        .iter()
        .map(|at| DVector::from_vec(model.slope(parameters, *at)))
        .collect();
    let lengths: Vec<f64> = columns.iter().map(DVector::norm).collect();
    if lengths
        .iter()
        .any(|length| !(*length > 0.0 && length.is_finite()))
    {
        return errors;
    }
    let matrix = DMatrix::from_fn(rows, inside.len(), |row, column| {
        columns[column][row] / lengths[column]
    });
    let Some(factor) = (matrix.transpose() * &matrix).cholesky() else {
        return errors;
    };
    let inverse = factor.inverse();
    let variance = found.residual_sum / (rows - parameters.len()) as f64;
    for (column, at) in inside.iter().enumerate() {
        let error = (variance * inverse[(column, column)]).sqrt() / lengths[column];
        errors[*at] = error.is_finite().then_some(error);
    }
    errors
}
