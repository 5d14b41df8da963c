//! Manifests of card images, the check before one is loaded, the compiler's report, the memory budget.
//!
//! * [`manifest`]: what a build is made for ([`manifest::Recipe`]) and what an image is
//!   ([`manifest::Manifest`]).
//! * [`check`]: whether an image may be loaded, and if not, which field says so.
//! * [`report`]: what the compiler says of each loop, the clock and the resources, and the rules on it.
//! * [`budget`]: which memories fit on the die, in M20K blocks, and which go to the card's DDR.
#![forbid(unsafe_code)]

pub mod budget;
pub mod check;
pub mod manifest;
pub mod report;
