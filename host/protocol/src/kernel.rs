//! What travels between host and kernels, as [`crate::table::kernel`] lays it out.

pub use crate::table::kernel::{
    KERNEL_ID, LOAD_CHUNK_BYTES, PARAM_BLOCK_BYTES, PARAM_TRIGGER_BYTES, PARAM_VERSION,
};
#[path = "gen/kernel.rs"]
#[rustfmt::skip]
mod generated;
pub use generated::*;
