//! Messages as bytes: parts, frames, and the messages of a slot.

use std::ops::Range;

use tidegate_protocol::frame::seal;
use tidegate_protocol::limits::TRAILER_BYTES;

/// The two connections that a client has to its market-data gateways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Orders and trades.
    Ticks = 0,
    /// Snapshots and all the rest.
    Snapshots = 1,
}

/// One frame that a gateway sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// Where.
    pub flow: Flow,
    /// When, in milliseconds since midnight.
    pub ms: i64,
    /// The frame.
    pub frame: &'a [u8],
}

/// The messages of a slot, in the order in which they are sent.
#[derive(Clone, Debug, Default)]
pub struct Slot {
    bytes: Vec<u8>,
    marks: Vec<(Flow, i64, Range<usize>)>,
}

impl Slot {
    /// The messages.
    pub fn messages(&self) -> impl Iterator<Item = Message<'_>> {
        let message = |(flow, ms, range): &(Flow, i64, Range<usize>)| Message {
            flow: *flow,
            ms: *ms,
            frame: &self.bytes[range.clone()],
        };
        self.marks.iter().map(message)
    }

    /// How many.
    pub const fn len(&self) -> usize {
        self.marks.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.marks.clear();
    }

    /// Appends a message: `body` appends its body.
    pub(crate) fn send(
        &mut self,
        flow: Flow,
        ms: i64,
        msg_type: u32,
        body: impl FnOnce(&mut Vec<u8>),
    ) {
        let start = self.bytes.len();
        append_frame(&mut self.bytes, msg_type, body);
        self.marks.push((flow, ms, start..self.bytes.len()));
    }
}

fn append_frame(to: &mut Vec<u8>, msg_type: u32, body: impl FnOnce(&mut Vec<u8>)) {
    let start = to.len();
    to.extend_from_slice(&msg_type.to_be_bytes());
    to.extend_from_slice(&[0; 4]);
    body(to);
    to.extend_from_slice(&[0; TRAILER_BYTES]);
    seal(&mut to[start..]);
}

/// Writes a frame: `body` appends the body.
pub fn frame(msg_type: u32, body: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut frame = Vec::new();
    append_frame(&mut frame, msg_type, body);
    frame
}

/// Appends a part of known length, which `emit` writes.
pub fn part<const N: usize>(to: &mut Vec<u8>, emit: impl FnOnce(&mut [u8; N])) {
    let mut bytes = [0; N];
    emit(&mut bytes);
    to.extend_from_slice(&bytes);
}

/// Text as a field: padded with spaces.
///
/// # Panics
///
/// When the text is longer than the field.
pub fn text<const N: usize>(text: &[u8]) -> [u8; N] {
    let mut field = [b' '; N];
    field[..text.len()].copy_from_slice(text);
    field
}
