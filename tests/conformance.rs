//! Every enabled backend passes the conformance suite, as it is and through scaling.
//!
//! Run with `--features conformance`, and `highs` or `good_lp` for those backends.

#![cfg(feature = "conformance")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use apportion::backend::conformance::{Verdict, run};
use apportion::backend::{Backend, Scaled};

fn passes(backend: &dyn Backend) {
    for backend in [backend, &Scaled::new(backend)] {
        let reports = run(backend);
        let failed: Vec<_> = reports
            .iter()
            .filter(|case| matches!(case.verdict, Verdict::Failed(_)))
            .collect();
        let skipped = reports
            .iter()
            .filter(|case| matches!(case.verdict, Verdict::Skipped(_)));
        println!(
            "{}: {} cases, {} skipped",
            backend.name(),
            reports.len(),
            skipped.count()
        );
        assert!(failed.is_empty(), "{}: {failed:#?}", backend.name());
    }
}

#[cfg(feature = "microlp")]
#[test]
fn microlp_conforms() {
    passes(&apportion::backend::microlp::Microlp::new());
}

#[cfg(feature = "highs")]
#[test]
fn highs_conforms() {
    passes(&apportion::backend::highs::Highs::new());
}

#[cfg(feature = "good_lp")]
#[test]
fn clarabel_through_good_lp_conforms() {
    use apportion::backend::good_lp::GoodLp;
    passes(&GoodLp::new("clarabel", false, good_lp::clarabel));
}

#[cfg(feature = "good_lp")]
#[test]
fn microlp_through_good_lp_conforms() {
    use apportion::backend::good_lp::GoodLp;
    passes(&GoodLp::new("microlp 0.6", true, good_lp::microlp));
}
