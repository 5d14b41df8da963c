//! Where bytes come from: files and captures now, live sessions later.
//!
//! A [`Source`] turns a file into one ordered series of [`Delivery`]s: stream bytes after TCP
//! reassembly, and what happened to the streams. It never decodes a message; it only looks for
//! places where frames hold, because the protocol has no marker to find and the rooms never search.
#![forbid(unsafe_code)]

mod capture;
mod delivery;
mod error;
mod flat;
mod input;
mod plan;
mod source;
mod stats;
mod sync;
pub mod write;

pub use delivery::{Delivery, StreamId};
pub use error::SourceError;
pub use source::{Format, Options, Source};
pub use stats::Stats;
