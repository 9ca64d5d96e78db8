//! From options to an engine.

use std::sync::Arc;

use apportion::backend::microlp::Microlp;
use apportion::backend::{Backend, Cancel};
use apportion::engine::Engine;
use apportion::strategy::Strategy;

use crate::args::{BackendName, SolveArgs};
use crate::exit::Failure;

/// The engine that the options ask for.
pub(crate) fn engine(
    args: &SolveArgs,
    strategy: Strategy,
    cancel: Cancel,
) -> Result<Engine, Failure> {
    Ok(Engine::new(backend(args.backend)?)
        .strategy(strategy)
        .time_limit(args.time_limit)
        .relative_gap(args.gap)
        .threads(args.threads)
        .seed(args.seed)
        .cancel(cancel))
}

/// A solver by name.
pub(crate) fn backend(name: BackendName) -> Result<Arc<dyn Backend>, Failure> {
    match name {
        BackendName::Microlp => Ok(Arc::new(Microlp::new())),
        BackendName::Highs => highs(),
    }
}

#[cfg(feature = "highs")]
#[allow(
    clippy::unnecessary_wraps,
    reason = "the same signature as without HiGHS"
)]
fn highs() -> Result<Arc<dyn Backend>, Failure> {
    Ok(Arc::new(apportion::backend::highs::Highs::new()))
}

#[cfg(not(feature = "highs"))]
fn highs() -> Result<Arc<dyn Backend>, Failure> {
    Err(Failure::usage(
        "this program was built without HiGHS; build it with `--features highs`, \
         or use `--backend microlp`",
    ))
}
