//! # The problem
//!
//! Reps r, markets m and roles k make slots s = (m, k); periods t. Decide x[s, r] ∈ {0, 1} so as to
//!
//! ```text
//! maximize   Σ value[s,r]·x[s,r] − travel − overtime − unserved − moves − imbalance − fixed costs
//! subject to Σ_r x[s,r] + u[s] = 1                                      for every slot
//!            Σ_s visits[s,t]·hours[s,r]·x[s,r] ≤ hours[r,t] + o[r,t]    for every rep and period
//! ```
//!
//! and the other rules of [`domain::Rule`]. The flow: [`input`] → [`domain`] (checked once) →
//! [`program`] → [`backend`] → [`plan`] → [`check`] → [`explain`]; [`engine`] runs it.
//!
//! # Limits
//! Money is one currency in `f64`, up to 10¹⁵; hours are `f64`.
#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]

pub mod backend;
pub mod budget;
pub mod check;
pub mod curve;
pub mod domain;
pub mod effort;
pub mod engine;
pub mod explain;
pub mod fault;
pub mod input;
pub mod joint;
pub mod plan;
pub mod prices;
pub mod program;
#[cfg(feature = "report")]
pub mod report;
pub mod risk;
pub mod scenario;
pub mod strategy;
pub mod sweep;
