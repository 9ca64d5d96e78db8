//! How long HiGHS takes to read a file.

use std::ffi::{CString, c_char};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Instant;

use highs_sys::{
    Highs_create, Highs_destroy, Highs_getNumNz, Highs_readModel, Highs_setBoolOptionValue,
    STATUS_ERROR,
};

/// What HiGHS read.
#[derive(Clone, Copy, Debug)]
pub struct Read {
    /// Wall-clock seconds of the call that reads.
    pub seconds: f64,
    /// Nonzeros of the matrix.
    pub nonzeros: usize,
}

/// Reads a file into an instance of its own.
///
/// # Errors
/// When the path has a zero byte, or HiGHS does not read the file.
pub fn read(path: &Path) -> Result<Read, Box<dyn std::error::Error>> {
    let name = CString::new(path.as_os_str().as_bytes())?;
    let quiet: *const c_char = c"output_flag".as_ptr();
    // SAFETY: the instance is created and destroyed here and used by this thread only; both strings
    // end with a zero byte and outlive the calls.
    let (status, seconds, nonzeros) = unsafe {
        let highs = Highs_create();
        Highs_setBoolOptionValue(highs, quiet, 0);
        let started = Instant::now();
        let status = Highs_readModel(highs, name.as_ptr());
        let seconds = started.elapsed().as_secs_f64();
        let nonzeros = Highs_getNumNz(highs);
        Highs_destroy(highs);
        (status, seconds, nonzeros)
    };
    if status == STATUS_ERROR {
        return Err(format!("HiGHS cannot read {}", path.display()).into());
    }
    let nonzeros = usize::try_from(nonzeros)?;
    Ok(Read { seconds, nonzeros })
}
