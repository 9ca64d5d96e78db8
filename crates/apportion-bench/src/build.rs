//! Building the program of a task, beside reading the same program from disk.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use apportion::program::write_mps;
use serde_json::{Value, json};

use crate::stages::{Case, RUNS, formulate_peak_bytes, median_seconds};

/// Peak bytes for each nonzero that formulating may take.
pub const MOST_BYTES_PER_NONZERO: f64 = 200.0;

/// What it takes to build a program.
#[derive(Clone, Copy, Debug)]
pub struct Build {
    /// Eligible (slot, rep, base) triples.
    pub candidates: usize,
    /// Rows of the program.
    pub rows: usize,
    /// Columns of the program.
    pub columns: usize,
    /// Coefficients of the program that are not zero.
    pub nonzeros: usize,
    /// Median seconds from the problem to the program.
    pub formulate_s: f64,
    /// Peak bytes of that step.
    pub peak_bytes: usize,
    /// Size of the program as an MPS file, in bytes.
    pub mps_bytes: u64,
    /// Seconds to write that file.
    pub mps_write_s: f64,
    /// Median seconds in which HiGHS reads that file, from the page cache; absent without the
    /// feature `highs`.
    pub highs_read_s: Option<f64>,
}

impl Build {
    /// Measures a case.
    ///
    /// # Errors
    /// When the MPS file cannot be written or read back with the same number of nonzeros.
    pub fn measure(case: &Case) -> Result<Self, Box<dyn Error>> {
        let program = &case.formulation.program;
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("program.mps");
        let started = Instant::now();
        let mut out = BufWriter::new(File::create(&path)?);
        write_mps(program, &mut out)?;
        out.flush()?;
        let mps_write_s = started.elapsed().as_secs_f64();
        Ok(Self {
            candidates: case.problem.candidates().len(),
            rows: program.rows(),
            columns: program.columns(),
            nonzeros: program.nonzeros(),
            formulate_s: median_seconds(RUNS, || case.formulate()),
            peak_bytes: formulate_peak_bytes(&case.problem),
            mps_bytes: path.metadata()?.len(),
            mps_write_s,
            highs_read_s: read_back(&path, program.nonzeros())?,
        })
    }

    /// Peak bytes of formulating for each nonzero.
    #[must_use]
    pub fn bytes_per_nonzero(&self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
        let ratio = self.peak_bytes as f64 / self.nonzeros.max(1) as f64;
        ratio
    }

    /// Seconds to build as a share of the seconds in which HiGHS reads.
    #[must_use]
    pub fn share_of_reading(&self) -> Option<f64> {
        self.highs_read_s.map(|read| self.formulate_s / read)
    }

    /// The figures as one JSON object.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "candidates": self.candidates,
            "rows": self.rows,
            "columns": self.columns,
            "nonzeros": self.nonzeros,
            "formulate_s": self.formulate_s,
            "peak_bytes": self.peak_bytes,
            "peak_bytes_per_nonzero": self.bytes_per_nonzero(),
            "mps_bytes": self.mps_bytes,
            "mps_write_s": self.mps_write_s,
            "highs_read_s": self.highs_read_s,
            "share_of_reading": self.share_of_reading(),
        })
    }
}

#[cfg(feature = "highs")]
fn read_back(path: &Path, nonzeros: usize) -> Result<Option<f64>, Box<dyn Error>> {
    let mut seconds = Vec::with_capacity(READS);
    for _ in 0..READS {
        let read = crate::highs_read::read(path)?;
        if read.nonzeros != nonzeros {
            let found = read.nonzeros;
            return Err(format!("HiGHS read {found} nonzeros of {nonzeros}").into());
        }
        seconds.push(read.seconds);
    }
    seconds.sort_by(f64::total_cmp);
    Ok(Some(seconds[READS / 2]))
}

/// Times that HiGHS reads the file; the median counts. Reading takes seconds at the largest size.
#[cfg(feature = "highs")]
const READS: usize = 3;

#[cfg(not(feature = "highs"))]
#[allow(clippy::unnecessary_wraps, reason = "the same signature with HiGHS")]
fn read_back(_path: &Path, _nonzeros: usize) -> Result<Option<f64>, Box<dyn Error>> {
    Ok(None)
}
