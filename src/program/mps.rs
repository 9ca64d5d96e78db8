//! Writes a program as a free-format MPS file, which every solver reads.
//!
//! Columns are named `C0`, `C1`, …, rows `R0`, `R1`, …, in the order of the program, and the
//! objective `OBJ`. `OBJSENSE MAX` is stated; the constant stands, as is the custom, with its sign
//! turned, on the right-hand side of the objective.

use std::io::{self, Write};

use super::linear::LinearProgram;

/// Writes a program. Numbers are written so that reading gives back the same bits.
///
/// # Errors
/// Those of the writer.
pub fn write_mps(program: &LinearProgram, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "NAME program\nOBJSENSE\n MAX\nROWS\n N OBJ")?;
    for row in 0..program.rows() {
        writeln!(out, " {} R{row}", limits(program, row).sense)?;
    }
    columns(program, out)?;
    right_hand_sides(program, out)?;
    ranges(program, out)?;
    bounds(program, out)?;
    writeln!(out, "ENDATA")
}

/// A row's limits as MPS has them.
struct Limits {
    sense: char,
    right_hand_side: f64,
    range: Option<f64>,
}

#[allow(clippy::float_cmp, reason = "only equal limits make an equation")]
fn limits(program: &LinearProgram, row: usize) -> Limits {
    let (lower, upper) = (program.row_lower[row], program.row_upper[row]);
    let (sense, right_hand_side, range) = match (lower.is_finite(), upper.is_finite()) {
        (true, true) if lower == upper => ('E', upper, None),
        (true, true) => ('L', upper, Some(upper - lower)),
        (true, false) => ('G', lower, None),
        (false, true) => ('L', upper, None),
        (false, false) => ('N', 0.0, None),
    };
    Limits {
        sense,
        right_hand_side,
        range,
    }
}

/// Nonzeros by column.
struct ByColumn {
    start: Vec<usize>,
    entries: Vec<(u32, f64)>,
}

impl ByColumn {
    fn of(program: &LinearProgram) -> Self {
        let mut start = vec![0; program.columns() + 1];
        for &column in &program.col_index {
            start[column as usize + 1] += 1;
        }
        for column in 0..program.columns() {
            start[column + 1] += start[column];
        }
        let mut next = start.clone();
        let mut entries = vec![(0, 0.0); program.nonzeros()];
        for row in 0..program.rows() {
            let id = u32::try_from(row).expect("at most u32::MAX rows");
            for (column, coefficient) in program.row(row) {
                entries[next[column]] = (id, coefficient);
                next[column] += 1;
            }
        }
        Self { start, entries }
    }
}

fn columns(program: &LinearProgram, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "COLUMNS")?;
    let by_column = ByColumn::of(program);
    let mut integer = false;
    for column in 0..program.columns() {
        if program.integer[column] != integer {
            integer = !integer;
            let marker = if integer { "INTORG" } else { "INTEND" };
            writeln!(out, " M{column} 'MARKER' '{marker}'")?;
        }
        let span = by_column.start[column]..by_column.start[column + 1];
        // A column without coefficients must still be named once.
        if program.cost[column] != 0.0 || span.is_empty() {
            writeln!(out, " C{column} OBJ {:?}", program.cost[column])?;
        }
        for (row, coefficient) in &by_column.entries[span] {
            writeln!(out, " C{column} R{row} {coefficient:?}")?;
        }
    }
    if integer {
        writeln!(out, " MEND 'MARKER' 'INTEND'")?;
    }
    Ok(())
}

fn right_hand_sides(program: &LinearProgram, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "RHS")?;
    if program.offset != 0.0 {
        writeln!(out, " RHS OBJ {:?}", -program.offset)?;
    }
    for row in 0..program.rows() {
        let value = limits(program, row).right_hand_side;
        if value != 0.0 {
            writeln!(out, " RHS R{row} {value:?}")?;
        }
    }
    Ok(())
}

fn ranges(program: &LinearProgram, out: &mut impl Write) -> io::Result<()> {
    let mut titled = false;
    for row in 0..program.rows() {
        if let Some(range) = limits(program, row).range {
            if !titled {
                writeln!(out, "RANGES")?;
                titled = true;
            }
            writeln!(out, " RNG R{row} {range:?}")?;
        }
    }
    Ok(())
}

/// Writes both bounds of every column, since readers differ in what they assume of integers.
fn bounds(program: &LinearProgram, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "BOUNDS")?;
    for column in 0..program.columns() {
        let (lower, upper) = (program.lower[column], program.upper[column]);
        if lower.is_finite() {
            writeln!(out, " LO BND C{column} {lower:?}")?;
        } else {
            writeln!(out, " MI BND C{column}")?;
        }
        if upper.is_finite() {
            writeln!(out, " UP BND C{column} {upper:?}")?;
        } else {
            writeln!(out, " PL BND C{column}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::program::LinearProgramBuilder;

    /// The expected text is written by hand from the format's description.
    #[test]
    fn every_kind_of_row_and_bound_is_written() {
        let mut builder = LinearProgramBuilder::new();
        let a = builder.column(2.5, 0.0, 1.0, true);
        let b = builder.column(0.0, f64::NEG_INFINITY, f64::INFINITY, false);
        builder.row(1.0, 1.0, &mut vec![(a, 1.0), (b, -2.0)]);
        builder.row(-1.0, 3.0, &mut vec![(b, 0.1)]);
        builder.row(f64::NEG_INFINITY, 4.0, &mut vec![(a, 1.0)]);
        builder.row(0.0, f64::INFINITY, &mut vec![(b, 1.0)]);
        builder.add_offset(7.0);
        let mut text = Vec::new();
        write_mps(&builder.finish(), &mut text).unwrap();
        let expected = "NAME program\nOBJSENSE\n MAX\nROWS\n N OBJ\n E R0\n L R1\n L R2\n G R3\n\
            COLUMNS\n M0 'MARKER' 'INTORG'\n C0 OBJ 2.5\n C0 R0 1.0\n C0 R2 1.0\n\
            \u{20}M1 'MARKER' 'INTEND'\n C1 R0 -2.0\n C1 R1 0.1\n C1 R3 1.0\n\
            RHS\n RHS OBJ -7.0\n RHS R0 1.0\n RHS R1 3.0\n RHS R2 4.0\n\
            RANGES\n RNG R1 4.0\n\
            BOUNDS\n LO BND C0 0.0\n UP BND C0 1.0\n MI BND C1\n PL BND C1\nENDATA\n";
        assert_eq!(String::from_utf8(text).unwrap(), expected);
    }
}
