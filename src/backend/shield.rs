//! Panics of solvers written in Rust, turned into errors.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::BackendError;

/// Runs a solver's code; a panic in it becomes an error of ours.
///
/// What the solver was working on is dropped with it, so no broken state is seen afterwards.
pub(crate) fn shielded<T>(backend: &str, call: impl FnOnce() -> T) -> Result<T, BackendError> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|cause| BackendError::Failed {
        backend: backend.to_owned(),
        reason: cause
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| cause.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_else(|| "it panicked".to_owned()),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_a_solver_is_an_error() {
        let error = shielded("test", || Vec::<u8>::new()[0]).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("test failed: index out of bounds")
        );
    }
}
