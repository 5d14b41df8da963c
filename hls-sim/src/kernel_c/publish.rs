//! The stage `publish`: records in, words of TOE0 out.

use tidegate_pipeline::toe::{Descriptor, Layout, WordOrder};
use tidegate_protocol::kernel::{Event, LoadLine};
use tidegate_protocol::limits::BEAT_BYTES;
use tidegate_protocol::record::RECORD_BYTES;

use super::State;

#[allow(missing_docs)]
mod c {
    use std::ffi::c_void;

    unsafe extern "C" {
        pub(super) fn tidegate_publish_bytes() -> usize;
        pub(super) fn tidegate_publish_start(state: *mut c_void);
        pub(super) fn tidegate_publish_load(state: *mut c_void, line: *const u8);
        pub(super) fn tidegate_publish_idle(state: *const c_void) -> u32;
        pub(super) fn tidegate_publish_step(
            state: *mut c_void,
            text_layout: u32,
            printed: u32,
            event: *const u8,
            record: *const u8,
            what: u32,
            word: *mut u8,
        ) -> u32;
    }
}

/// What comes to the stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published<'a> {
    /// An event of the indicator: its record and the end of its message count.
    Event(&'a Event),
    /// A numbered record.
    Record {
        /// As it is laid out.
        bytes: &'a [u8; RECORD_BYTES],
        /// Whether its message ends with it.
        ends: bool,
    },
    /// A message ends.
    End,
    /// What waits is to leave.
    Flush,
    /// A datagram is to leave, be it empty.
    Heartbeat,
}

/// What one step took and gave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// The input was taken.
    pub took: bool,
    /// A word for TOE0.
    pub word: Option<[u8; BEAT_BYTES]>,
}

/// The stage and its state.
#[derive(Clone, Debug)]
pub struct Publish {
    state: State,
    toe: Descriptor,
}

impl Publish {
    /// Empty, for words of this shape. Without its load line it publishes as run 0 on session 0.
    pub fn new(toe: Descriptor) -> Self {
        // SAFETY: it takes nothing and gives a constant.
        let mut state = State::new(unsafe { c::tidegate_publish_bytes() });
        // SAFETY: the state has as many bytes as the stage said.
        unsafe { c::tidegate_publish_start(state.as_mut()) };
        Self { state, toe }
    }

    /// Takes a load line, before anything else; those of other stages change nothing.
    pub fn load(&mut self, line: &LoadLine) {
        assert!(self.is_idle(), "load lines come before the data");
        let mut bytes = [0; LoadLine::BYTES];
        line.emit(&mut bytes);
        // SAFETY: state as above; the line has the bytes that C reads of it.
        unsafe { c::tidegate_publish_load(self.state.as_mut(), bytes.as_ptr()) };
    }

    /// Whether no datagram is on its way. Records may wait for theirs to be closed.
    pub fn is_idle(&self) -> bool {
        // SAFETY: state as above, only read.
        unsafe { c::tidegate_publish_idle(self.state.as_ref()) != 0 }
    }

    /// One step.
    pub fn step(&mut self, input: Option<Published<'_>>) -> Step {
        let mut event = None;
        let (record, what) = match input {
            None => (None, 8),
            Some(Published::Event(from)) => {
                from.emit(event.insert([0; Event::BYTES]));
                (None, 0)
            }
            Some(Published::Record { bytes, ends }) => (Some(bytes), u32::from(ends)),
            Some(Published::End) => (None, 1),
            Some(Published::Flush) => (None, 2),
            Some(Published::Heartbeat) => (None, 4),
        };
        let mut word = [0; BEAT_BYTES];
        // SAFETY: state as above; every pointer is null or has the bytes of its layout.
        let did = unsafe {
            c::tidegate_publish_step(
                self.state.as_mut(),
                u32::from(self.toe.layout == Layout::Text),
                u32::from(self.toe.words == WordOrder::Printed),
                event.as_ref().map_or(std::ptr::null(), |bytes| bytes.as_ptr()),
                record.map_or(std::ptr::null(), |bytes| bytes.as_ptr()),
                what,
                word.as_mut_ptr(),
            )
        };
        Step { took: did & 1 != 0, word: (did & 2 != 0).then_some(word) }
    }
}
