//! Correlated numbers by a Gaussian copula: independent normal numbers are mixed, then each is
//! carried to the distribution that it should have.

use crate::domain::validate::numbers::shown;
use crate::fault::{Code, Fault, Faults, Place};

/// Pivots up to this are zero: numbers that follow from those before them.
const ZERO: f64 = 1e-9;
/// Halvings when looking for the strongest correlations that go together.
const HALVINGS: u32 = 30;

/// The numbers that are correlated with others, and how independent ones are mixed into them.
#[derive(Clone, Debug, Default)]
pub(super) struct Copula {
    /// Positions of the numbers.
    members: Vec<usize>,
    /// Rows of the lower triangular root of the correlation matrix, one after another.
    root: Vec<f64>,
}

impl Copula {
    /// Checks correlations between named numbers.
    ///
    /// # Errors
    /// Unknown names, pairs given twice, numbers outside −1 … 1; or that they contradict each other.
    pub(super) fn new(names: &[&str], pairs: &[(String, String, f64)]) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let mut known: Vec<(usize, usize, f64)> = Vec::new();
        for (at, (first, second, correlation)) in pairs.iter().enumerate() {
            let mut fault = |code, field: &str, found: &str, expected: &str| {
                let place = Place::entry("correlation", at, field);
                faults.push(Fault::new(code, place, found, expected));
            };
            if !(-1.0..=1.0).contains(correlation) {
                let expected = "a correlation from -1 to 1";
                fault(Code::OutOfRange, "2", &shown(*correlation), expected);
            }
            let mut find = |field: &str, name: &str| {
                let found = names.iter().position(|known| *known == name);
                if found.is_none() {
                    fault(
                        Code::UnknownName,
                        field,
                        name,
                        "the name of an uncertain number",
                    );
                }
                found
            };
            let (Some(a), Some(b)) = (find("0", first), find("1", second)) else {
                continue;
            };
            let pair = (a.min(b), a.max(b));
            if a == b || known.iter().any(|known| (known.0, known.1) == pair) {
                let found = format!("{first} and {second}");
                let expected = "two numbers, and each pair once";
                fault(Code::DuplicateId, "", &found, expected);
            } else if correlation.abs() > 0.0 {
                known.push((pair.0, pair.1, *correlation));
            }
        }
        faults.or(())?;
        let mut members: Vec<usize> = known.iter().flat_map(|known| [known.0, known.1]).collect();
        members.sort_unstable();
        members.dedup();
        let place = |number: usize| members.binary_search(&number).unwrap_or(0);
        let size = members.len();
        let mut matrix = vec![0.0; size * size];
        for (at, entry) in matrix.iter_mut().enumerate() {
            *entry = f64::from(at / size == at % size);
        }
        for (a, b, correlation) in known {
            let (a, b) = (place(a), place(b));
            matrix[b * size + a] = correlation;
            matrix[a * size + b] = correlation;
        }
        match root(&matrix, size, 1.0) {
            Ok(root) => Ok(Self { members, root }),
            Err(at) => Err(contradiction(names, &members, &matrix, at)),
        }
    }

    /// Turns independent standard normal numbers of [`Self::members`] into correlated ones.
    pub(super) fn mix(&self, numbers: &mut [f64]) {
        let size = self.members.len();
        for row in (0..size).rev() {
            let weights = &self.root[row * size..=row * size + row];
            numbers[row] = weights.iter().zip(&*numbers).map(|(w, z)| w * z).sum();
        }
    }

    /// Positions of the numbers that are correlated.
    pub(super) fn members(&self) -> &[usize] {
        &self.members
    }
}

/// The lower triangular root of a matrix whose correlations are multiplied by `share`.
///
/// # Errors
/// The first row that cannot go with those before it.
fn root(matrix: &[f64], size: usize, share: f64) -> Result<Vec<f64>, usize> {
    let mut root = vec![0.0; size * size];
    for row in 0..size {
        for column in 0..row {
            let own = |at: usize| root[row * size + at] * root[column * size + at];
            let known: f64 = (0..column).map(own).sum();
            let left = share * matrix[row * size + column] - known;
            let pivot = root[column * size + column];
            if pivot > 0.0 {
                root[row * size + column] = left / pivot;
            } else if left.abs() > ZERO.sqrt() {
                return Err(row);
            }
        }
        let known: f64 = (0..row).map(|at| root[row * size + at].powi(2)).sum();
        let pivot = 1.0 - known;
        if pivot < -ZERO {
            return Err(row);
        }
        root[row * size + row] = if pivot > ZERO { pivot.sqrt() } else { 0.0 };
    }
    Ok(root)
}

fn contradiction(names: &[&str], members: &[usize], matrix: &[f64], row: usize) -> Faults {
    let size = members.len();
    let others = (0..row).filter(|at| matrix[row * size + at].abs() > 0.0);
    let others: Vec<String> = others
        .map(|at| format!("{} {}", names[members[at]], shown(matrix[row * size + at])))
        .collect();
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        match root(matrix, size, middle) {
            Ok(_) => low = middle,
            Err(_) => high = middle,
        }
    }
    let found = format!("{} with {}", names[members[row]], others.join(", "));
    let expected =
        "correlations that can hold together with the others (a positive semidefinite matrix)";
    let place = Place::section("correlation", "");
    let hint = format!(
        "Correct one of them, or multiply all correlations by at most {:.3}.",
        (low * 1e3).floor() / 1e3
    );
    Fault::new(Code::ContradictoryCorrelations, place, found, expected)
        .hint(hint)
        .into()
}
