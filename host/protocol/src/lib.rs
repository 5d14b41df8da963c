//! SZSE Binary, defined once.
//!
//! [`table::MESSAGES`] is the definition: every message of the market-data and the order-entry
//! interface as const data. From it come the codec of this crate ([`View`], [`Encoder`], the typed
//! parts in [`message`]), `kernels/gen/protocol.h`, `PROTOCOL.md` and the Wireshark dissector.
//! Beside it, [`table::records`] lays out what a decoded message becomes and how it is published:
//! from it come [`record`], its part of the kernel header, and `PUBLISH.md`. [`table::kernel`] lays out what
//! host and kernels exchange: from it come [`kernel`] and `kernels/gen/layout.h`.
//!
//! ```
//! use tidegate_protocol::{Encoder, Item, Value, View, frame, msg_type};
//!
//! let mut buffer = [0; 64];
//! let mut encoder = Encoder::new(msg_type::CHANNEL_HEARTBEAT, &mut buffer)?;
//! encoder.field("ChannelNo", Value::Unsigned(2013))?;
//! encoder.field("ApplLastSeqNum", Value::Signed(35_374_403))?;
//! encoder.field("EndOfChannel", Value::Unsigned(0))?;
//! let bytes = encoder.finish()?;
//!
//! assert_eq!(frame::holds(&buffer), Some(bytes));
//! let view = View::new(msg_type::CHANNEL_HEARTBEAT, frame::body(&buffer[..bytes]))?;
//! assert_eq!(view.field("ChannelNo"), Some(Value::Unsigned(2013)));
//! assert_eq!(view.items().filter(|item| matches!(item, Item::Field(..))).count(), 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The crate never allocates, has no dependency and no unsafe code.
#![no_std]
#![forbid(unsafe_code)]

pub mod code;
pub mod encode;
pub mod fault;
pub mod frame;
pub mod kernel;
pub mod limits;
#[path = "gen/message.rs"]
pub mod message;
pub mod msg_type;
pub mod record;
pub mod schema;
pub mod table;
pub mod units;
pub mod view;
mod walk;

pub use encode::{EncodeError, Encoder};
pub use fault::{FaultCode, Room};
pub use table::{MESSAGES, PROTOCOL_ID, find, place};
pub use view::{Item, Items, Value, View, ViewError, items_within};
