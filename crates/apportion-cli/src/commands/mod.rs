//! One file for each command.

pub(crate) mod bench;
pub(crate) mod budget;
pub(crate) mod check;
mod committed;
pub(crate) mod convert;
pub(crate) mod effort;
pub(crate) mod explain;
pub(crate) mod futures;
pub(crate) mod joint;
pub(crate) mod plan;
pub(crate) mod risk;
pub(crate) mod schema;
pub(crate) mod sweep;
pub(crate) mod verify;
