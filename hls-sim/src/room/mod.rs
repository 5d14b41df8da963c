//! The beat rooms: a step takes one 16-byte beat of a line. The rooms behind decode are those of
//! [`tidegate_pipeline::core::Core`].

pub mod decode;
pub mod frame;
pub mod toe;
pub mod writer;
