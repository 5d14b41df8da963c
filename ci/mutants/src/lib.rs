//! Mutants: rooms with one token changed, and whether the golden feeds catch each.
//!
//! [`list`] reads `list.toml`, [`feeds`] gives the golden feeds as input logs, [`digest`] says in a
//! few numbers what an engine makes of one. The binary `mutants` runs them; `README.md` says how.
#![forbid(unsafe_code)]

pub mod digest;
pub mod feeds;
pub mod list;

/// Run folders of the kernels as C, and their comparison with the native engine.
#[path = "../../../hls-sim/examples/kernel_files.rs"]
#[allow(dead_code, reason = "the main function is that of the example")]
pub mod kernel_files;
