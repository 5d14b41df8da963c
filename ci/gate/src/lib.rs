//! The quality gate of JR/T 0351-2026 (3.28, 8.5.2.2): what must hold before a change goes on.
//!
//! A [`policy`] names indicators with floors, targets and weights. Every indicator is a
//! [`measurement`], or says why it was not measured. [`judgement`] puts the two together; [`ledger`]
//! keeps what was judged, so that nobody can change it later; [`report`] shows it.
//!
//! ```text
//! raw outputs of tools ─▶ collect ─▶ measurements ─┐
//! policy, waivers, what was judged before ─────────┴▶ judgement ─▶ table, page, JSON, JUnit, ledger
//! ```
//!
//! The crate knows nothing of market data: `tidegate gate` judges a user's own input with it.

#![forbid(unsafe_code)]

pub mod collect;
pub mod judgement;
pub mod ledger;
pub mod measurement;
pub mod policy;
pub mod release;
pub mod report;
pub mod requirements;
pub mod simulator;
pub mod tests_run;
