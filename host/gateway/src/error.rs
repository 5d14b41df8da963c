//! What can go wrong with a source as a whole; bad input is a [`Delivery`](crate::Delivery).

use std::io;
use thiserror::Error;

/// Why a source cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The file cannot be opened.
    #[error("cannot open {name}")]
    Open {
        /// The file, as given.
        name: String,
        /// What the operating system said.
        #[source]
        cause: io::Error,
    },
    /// The operating system failed to read.
    #[error("cannot read {name}")]
    Read {
        /// The file, as given.
        name: String,
        /// What the operating system said.
        #[source]
        cause: io::Error,
    },
    /// An input that cannot be read twice could not be copied to a temporary file.
    #[error("cannot keep a copy of {name} in a temporary file, which reading it twice needs")]
    Spool {
        /// The input, as given.
        name: String,
        /// What the operating system said.
        #[source]
        cause: io::Error,
    },
    /// Every packet of the capture has a link layer that is not known.
    #[error(
        "{name} has link type {found}; wanted 0 or 108 (loopback), 1 (Ethernet), \
         12, 14, 101, 228 or 229 (raw IP), 113 or 276 (Linux cooked)"
    )]
    LinkType {
        /// The file, as given.
        name: String,
        /// The number in its header.
        found: u32,
    },
}
