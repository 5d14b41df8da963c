//! The stage `send`: the only writer of TOE1.

use tidegate_pipeline::toe::{Descriptor, Layout, WordOrder};
use tidegate_protocol::kernel::{Event, Intent, LoadLine};
use tidegate_protocol::limits::BEAT_BYTES;

use super::State;

#[allow(missing_docs)]
mod c {
    use std::ffi::c_void;

    unsafe extern "C" {
        pub(super) fn tidegate_send_bytes() -> usize;
        pub(super) fn tidegate_send_start(state: *mut c_void);
        pub(super) fn tidegate_send_load(state: *mut c_void, line: *const u8);
        pub(super) fn tidegate_send_idle(state: *const c_void) -> u32;
        pub(super) fn tidegate_send_step(
            state: *mut c_void,
            text_layout: u32,
            printed: u32,
            intent: *const u8,
            host: *const u8,
            host_length: u32,
            host_cid: u32,
            word: *mut u8,
            event: *mut u8,
        ) -> u32;
    }
}

/// Sixteen bytes of a frame of the host; those behind its end do not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostWord {
    /// As they stand in the frame.
    pub bytes: [u8; BEAT_BYTES],
    /// Bytes of the whole frame, 1 to 256; with another one the word is dropped. The first word's counts.
    pub length: u16,
    /// Session of TOE1 that it leaves on. The first word's counts.
    pub cid: u8,
}

/// What one step took and gave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// The intent was taken.
    pub took_intent: bool,
    /// The word of the host was taken.
    pub took_host: bool,
    /// A word for TOE1.
    pub word: Option<[u8; BEAT_BYTES]>,
    /// The event `REQUEST`.
    pub event: Option<Event>,
}

/// The stage and its state.
#[derive(Clone, Debug)]
pub struct Send {
    state: State,
    toe: Descriptor,
}

impl Send {
    /// Empty, for words of this shape.
    pub fn new(toe: Descriptor) -> Self {
        // SAFETY: it takes nothing and gives a constant.
        let mut state = State::new(unsafe { c::tidegate_send_bytes() });
        // SAFETY: the state has as many bytes as the stage said.
        unsafe { c::tidegate_send_start(state.as_mut()) };
        Self { state, toe }
    }

    /// Takes a load line; those of other stages change nothing.
    pub fn load(&mut self, line: &LoadLine) {
        let mut bytes = [0; LoadLine::BYTES];
        line.emit(&mut bytes);
        // SAFETY: state as above; the line has the bytes that C reads of it.
        unsafe { c::tidegate_send_load(self.state.as_mut(), bytes.as_ptr()) };
    }

    /// Whether nothing is under way, nor waits.
    pub fn is_idle(&self) -> bool {
        // SAFETY: state as above, only read.
        unsafe { c::tidegate_send_idle(self.state.as_ref()) != 0 }
    }

    /// One step.
    pub fn step(&mut self, intent: Option<&Intent>, host: Option<&HostWord>) -> Step {
        let intent = intent.map(|intent| {
            let mut bytes = [0; Intent::BYTES];
            intent.emit(&mut bytes);
            bytes
        });
        let (mut word, mut event) = ([0; BEAT_BYTES], [0; Event::BYTES]);
        // SAFETY: state as above; every pointer is null or has the bytes of its layout.
        let did = unsafe {
            c::tidegate_send_step(
                self.state.as_mut(),
                u32::from(self.toe.layout == Layout::Text),
                u32::from(self.toe.words == WordOrder::Printed),
                intent.as_ref().map_or(std::ptr::null(), |bytes| bytes.as_ptr()),
                host.map_or(std::ptr::null(), |host| host.bytes.as_ptr()),
                host.map_or(0, |host| u32::from(host.length)),
                host.map_or(0, |host| u32::from(host.cid)),
                word.as_mut_ptr(),
                event.as_mut_ptr(),
            )
        };
        Step {
            took_intent: did & 1 != 0,
            took_host: did & 2 != 0,
            word: (did & 4 != 0).then_some(word),
            event: (did & 8 != 0).then(|| Event::parse(&event)),
        }
    }
}
