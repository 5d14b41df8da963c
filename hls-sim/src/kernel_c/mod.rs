//! The kernels' stages, compiled natively: the same C that runs on the card. The only unsafe code of
//! this crate.
#![allow(unsafe_code)]

pub mod decode;
pub mod distribute;
pub mod indicator;
pub mod publish;
pub mod send;
mod state;

use state::State;
