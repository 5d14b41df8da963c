//! The rooms of the data path in Rust, and the native engine over them.
//!
//! ```text
//!  packets ─▶ toe ─bytes▶ frame ─frames▶ decode ─records▶ quote ─price▶ index ─▶ value
//! ```
//!
//! Bytes go in as [`Input`]s in one total order; records, faults and index points come out through
//! a [`Sink`] in the order of the input bytes that decide them. From decode on a room is a pure
//! step over a record and the row it needs; [`native`] owns the tables and the wiring.
//!
//! Bad input is data: a [`Fault`], counted, and the stream goes on. Nothing here reads a clock,
//! draws a random number, or allocates after the start.
#![deny(unsafe_code)]

pub mod counters;
pub mod decode;
pub mod engine;
pub mod frame;
pub mod index;
pub mod native;
pub mod quote;
pub mod record;
pub mod securities;
pub mod setup;
pub mod ticks;
pub mod toe;

pub use counters::Counters;
pub use engine::{Control, Engine, Evidence, Identity, Input, Line, Resume, Sink};
pub use native::NativeEngine;
pub use record::{Fault, IndexPoint, Record};
pub use setup::Setup;
