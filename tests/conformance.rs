//! Every enabled backend passes the conformance suite, as it is and behind [`Scaled`].
//!
//! Run with `--features conformance`; add `highs` or `good_lp` for those backends.

#![cfg(feature = "conformance")]

use apportion::backend::{Backend, Scaled, conformance};

/// Runs the suite raw and scaled. `skipped` is what the backend may leave out, by name: a
/// capability that gets lost shows here.
fn conforms(backend: &dyn Backend, skipped: &[&str]) {
    for backend in [backend, &Scaled::new(backend)] {
        let report = conformance::run(backend);
        assert!(report.passed(), "{report}");
        let left_out: Vec<&str> = report.skipped().collect();
        assert_eq!(left_out, skipped, "{report}");
    }
}

#[cfg(feature = "microlp")]
#[test]
fn microlp_conforms() {
    conforms(
        &apportion::backend::microlp::Microlp::new(),
        &["refuses_integers"],
    );
}

#[cfg(feature = "highs")]
#[test]
fn highs_conforms() {
    conforms(
        &apportion::backend::highs::Highs::new(),
        &["refuses_integers"],
    );
}

#[cfg(feature = "good_lp")]
#[test]
fn clarabel_through_good_lp_conforms() {
    use apportion::backend::good_lp::GoodLp;
    let backend = GoodLp::new("clarabel", false, good_lp::clarabel);
    let report = conformance::run(&backend);
    assert!(
        report.skipped().all(|case| !case.starts_with("lp_")),
        "{report}"
    );
    conforms(&backend, &report.skipped().collect::<Vec<_>>());
}

#[cfg(feature = "good_lp")]
#[test]
fn microlp_through_good_lp_conforms() {
    use apportion::backend::good_lp::GoodLp;
    let backend = GoodLp::new("microlp 0.6", true, good_lp::microlp);
    conforms(
        &backend,
        &[
            "refuses_integers",
            "limit_of_time",
            "bound_when_stopped",
            "cancelled_while_running",
            "progress_is_told",
            "start_is_used",
        ],
    );
}
