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
//! ```
//! use tidegate_pipeline::{Control, Engine, Input, Line, NativeEngine, Record, Setup, Sink};
//!
//! /// Adds up what was traded.
//! #[derive(Default)]
//! struct Volume(i64);
//!
//! impl Sink for Volume {
//!     fn record(&mut self, record: Record<'_>) {
//!         if let Record::Tick(tick) = record
//!             && tick.code == b'F'
//!         {
//!             self.0 += tick.quantity.0;
//!         }
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let feed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../golden-feeds/worked-examples/");
//! let bytes = std::fs::read(format!("{feed}worked-examples.bin"))?;
//! let mut engine = NativeEngine::new(&Setup::default(), &[*b"000001  "])?;
//! let mut volume = Volume::default();
//! // Any cut will do; a session is one direction of one TCP connection.
//! for bytes in bytes.chunks(1_460) {
//!     engine.feed(Input::Packet { line: Line::Market, session: 0, bytes }, &mut volume);
//! }
//! engine.feed(Input::Control(Control::Stop), &mut volume);
//!
//! assert_eq!(volume.0, 3_010_000); // 30 100.00 shares
//! assert_eq!(engine.quotes().rows[0].quote().last.to_string(), "15.030000");
//! assert_eq!(engine.counters().messages, 13);
//! # Ok(())
//! # }
//! ```
//!
//! Bad input is data: a [`Fault`], counted, and the stream goes on. Nothing here reads a clock,
//! draws a random number, or allocates after the start.
#![deny(unsafe_code)]

pub mod account;
pub mod core;
pub mod counters;
pub mod decision;
pub mod decode;
pub mod engine;
pub mod events;
pub mod feedback;
pub mod frame;
pub mod image;
pub mod index;
pub mod log;
pub mod native;
pub mod order;
pub mod parameters;
pub mod publish;
pub mod quote;
pub mod record;
pub mod securities;
pub mod setup;
pub mod ticks;
pub mod toe;
pub mod trading;
pub mod trigger;
pub mod window;

pub use counters::Counters;
pub use decision::{Decision, Outgoing};
pub use engine::{
    Book, Control, Engine, EngineFailure, Evidence, Identity, Input, Line, Resume, Sink,
};
pub use native::NativeEngine;
pub use record::{Fault, IndexPoint, Record};
pub use setup::Setup;
pub use trading::Trading;
