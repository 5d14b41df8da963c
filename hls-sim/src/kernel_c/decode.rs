//! The stage `decode`: log words of one line in, items out.

use tidegate_pipeline::engine::Line;
use tidegate_pipeline::frame::ChecksumPolicy;
use tidegate_pipeline::toe::{Descriptor, Layout, WordOrder};
use tidegate_protocol::kernel::{Item, LogWord};

use super::State;

#[allow(missing_docs)]
mod c {
    use std::ffi::c_void;

    unsafe extern "C" {
        pub(super) fn tidegate_decode_bytes() -> usize;
        pub(super) fn tidegate_decode_start(memory: *mut c_void);
        pub(super) fn tidegate_decode_idle(memory: *const c_void) -> u32;
        pub(super) fn tidegate_decode_waiting(memory: *const c_void) -> u32;
        pub(super) fn tidegate_decode_counters(memory: *const c_void, counters: *mut u64);
        pub(super) fn tidegate_decode_step(
            memory: *mut c_void,
            config: *const u32,
            word: *const u8,
            item: *mut u8,
        ) -> u32;
    }
}

/// What was counted on a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineCounters {
    /// Bytes that were framed or swallowed.
    pub bytes: u64,
    /// Bytes that dead sessions or a dead link swallowed.
    pub swallowed: u64,
    /// Words taken.
    pub words: u64,
}

/// The stage and its state: decode of TOE0, or feedback of TOE1.
#[derive(Clone, Debug)]
pub struct DecodeC {
    memory: State,
    config: [u32; 6],
}

impl DecodeC {
    /// A line of which nothing came yet.
    pub fn new(line: Line, toe: Descriptor, policy: ChecksumPolicy) -> Self {
        // SAFETY: it takes nothing and gives a constant.
        let mut memory = State::new(unsafe { c::tidegate_decode_bytes() });
        // SAFETY: the state has as many bytes as the stage said.
        unsafe { c::tidegate_decode_start(memory.as_mut()) };
        let policy = match policy {
            ChecksumPolicy::Drop => 0,
            ChecksumPolicy::Flag => 1,
            ChecksumPolicy::Disconnect => 2,
        };
        let config = [
            u32::from(toe.layout == Layout::Text),
            u32::from(toe.words == WordOrder::Printed),
            u32::from(toe.strict_filler),
            u32::from(toe.prefix_bytes),
            policy,
            line as u32,
        ];
        Self { memory, config }
    }

    /// One step: whether the word was taken, and an item of what came before it. A word that was not
    /// taken is to be offered again.
    pub fn step(&mut self, word: Option<&LogWord>) -> (bool, Option<Item>) {
        let mut bytes = [0; LogWord::BYTES];
        let pointer = word.map_or(std::ptr::null(), |word| {
            word.emit(&mut bytes);
            bytes.as_ptr()
        });
        let mut item = [0; Item::BYTES];
        // SAFETY: state as above; the word is null or has the bytes of its layout, and so has the
        // room for the item.
        let did = unsafe {
            c::tidegate_decode_step(
                self.memory.as_mut(),
                self.config.as_ptr(),
                pointer,
                item.as_mut_ptr(),
            )
        };
        (did & 1 != 0, (did & 2 != 0).then(|| Item::parse(&item)))
    }

    /// Whether everything that was taken is out.
    pub fn is_idle(&self) -> bool {
        // SAFETY: state as above, only read.
        unsafe { c::tidegate_decode_idle(self.memory.as_ref()) != 0 }
    }

    /// Messages and faults that wait to leave, 0 to 8.
    pub fn waiting(&self) -> u32 {
        // SAFETY: state as above, only read.
        unsafe { c::tidegate_decode_waiting(self.memory.as_ref()) }
    }

    /// What was counted so far.
    pub fn counters(&self) -> LineCounters {
        let mut counters = [0; 3];
        // SAFETY: state as above, only read; room for three numbers.
        unsafe { c::tidegate_decode_counters(self.memory.as_ref(), counters.as_mut_ptr()) };
        let [bytes, swallowed, words] = counters;
        LineCounters { bytes, swallowed, words }
    }
}
