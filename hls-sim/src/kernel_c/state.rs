//! The memory of a stage.

use std::ffi::c_void;

/// A block of zeros that a stage written in C keeps its state in, aligned for its widest field.
#[derive(Clone, Debug)]
pub(super) struct State(Box<[u64]>);

impl State {
    /// At least this many bytes.
    pub(super) fn new(bytes: usize) -> Self {
        Self(vec![0; bytes.div_ceil(size_of::<u64>())].into_boxed_slice())
    }

    pub(super) fn as_ref(&self) -> *const c_void {
        self.0.as_ptr().cast()
    }

    pub(super) fn as_mut(&mut self) -> *mut c_void {
        self.0.as_mut_ptr().cast()
    }
}
