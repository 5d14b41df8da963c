//! The bit-exact simulator of the card: beats, bounded FIFOs, cycles and faults around the rooms.
//!
//! ```text
//!  TOE0 ─▶ decode   ─▶ ┐           ┌─▶ send    ─▶ TOE1
//!  TOE1 ─▶ feedback ─▶ ┘ indicator └─▶ publish ─▶ TOE0
//! ```
//!
//! [`SimEngine`] is an engine like the native one: the same input log and setup give the same
//! outputs and tables, byte for byte. Beside that it counts cycles. Counted ones (beats, hops,
//! arbitration) and assumed ones (`card.toml`) are never added up without saying so, and both are
//! labelled Modelled.
//!
//! ```
//! use tidegate_hls_sim::SimEngine;
//! use tidegate_pipeline::{Control, Engine, Input, Line, Setup};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let feed = concat!(env!("CARGO_MANIFEST_DIR"), "/../golden-feeds/worked-examples/");
//! let bytes = std::fs::read(format!("{feed}worked-examples.bin"))?;
//! let mut engine = SimEngine::new(&Setup::default(), &[*b"000001  "])?;
//! engine.try_feed(Input::Packet { line: Line::Market, session: 0, bytes: &bytes }, &mut ())?;
//! engine.try_feed(Input::Control(Control::Stop), &mut ())?;
//!
//! assert_eq!(engine.counters().messages, 13);
//! let cycles = engine.card().cycles();
//! assert_eq!(cycles.beats, 92); // a header word, and 1,451 bytes
//! # Ok(())
//! # }
//! ```
#![deny(unsafe_code)]

pub mod card;
pub mod cycles;
pub mod engine;
pub mod error;
pub mod fifo;
pub mod inject;
#[cfg(feature = "kernel-c")]
pub mod kernel_c;
#[cfg(feature = "kernel-c")]
pub mod kernel_engine;
pub mod memory;
pub mod room;
pub mod shell;
pub mod stage;
pub mod stamp;
mod steps;
pub mod trace;

pub use engine::SimEngine;
pub use error::CardError;
#[cfg(feature = "kernel-c")]
pub use kernel_engine::KernelCEngine;
pub use shell::{Options, Shell};
