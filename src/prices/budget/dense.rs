//! A dense symmetric system, with rows that depend on others left out.

/// Pivots below this part of the largest belong to rows that depend on others.
const PIVOT: f64 = 1e-14;

/// Factors the lower triangle in place; rows that depend on others are left out.
pub(super) fn cholesky(matrix: &mut [f64], rows: usize, skipped: &mut [bool]) {
    let largest = (0..rows).map(|r| matrix[r * rows + r]).fold(0.0, f64::max);
    for r in 0..rows {
        let (above, from) = matrix.split_at_mut(r * rows);
        let row = &mut from[..rows];
        for s in 0..r {
            let other = &above[s * rows..s * rows + s];
            let dot: f64 = row[..s].iter().zip(other).map(|(a, b)| a * b).sum();
            row[s] = if skipped[s] {
                0.0
            } else {
                (row[s] - dot) / above[s * rows + s]
            };
        }
        let square: f64 = row[..r].iter().map(|value| value * value).sum();
        let own = row[r];
        let pivot = own - square;
        skipped[r] = pivot <= PIVOT * own || pivot <= 1e-30 * largest;
        row[r] = pivot.max(0.0).sqrt();
    }
}

/// Solves with the factor in place; rows left out get 0.
pub(super) fn solve(matrix: &[f64], rows: usize, skipped: &[bool], right: &mut [f64]) {
    for r in 0..rows {
        let row = &matrix[r * rows..r * rows + r];
        let dot: f64 = row.iter().zip(&*right).map(|(a, b)| a * b).sum();
        right[r] = if skipped[r] {
            0.0
        } else {
            (right[r] - dot) / matrix[r * rows + r]
        };
    }
    for r in (0..rows).rev() {
        if skipped[r] {
            continue;
        }
        right[r] /= matrix[r * rows + r];
        let value = right[r];
        for s in 0..r {
            right[s] -= matrix[r * rows + s] * value;
        }
    }
}
