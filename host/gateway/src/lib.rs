//! Where bytes come from: files and captures now, live sessions later.
//!
//! A [`Source`] turns a file into one ordered series of [`Delivery`]s: stream bytes after TCP
//! reassembly, and what happened to the streams. It never decodes a message; it only looks for
//! places where frames hold, because the protocol has no marker to find and the rooms never search.
//!
//! ```
//! use tidegate_gateway::{Delivery, Options, Source};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let feed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../golden-feeds/market-day/");
//! let file = format!("{feed}market-day.pcap.gz");
//! let mut source = Source::open(file.as_ref(), &Options::default())?;
//! let mut bytes_of = [0; 2];
//! while let Some(delivery) = source.next()? {
//!     if let Delivery::Bytes { stream, bytes, .. } = delivery {
//!         bytes_of[stream.0 as usize] += bytes.len();
//!     }
//! }
//! assert_eq!(source.stats().streams, 2);
//! assert_eq!(bytes_of.iter().sum::<usize>(), 8_333_382);
//! # Ok(())
//! # }
//! ```
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
