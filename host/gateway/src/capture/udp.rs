//! Messages in datagrams: each datagram begins with one.

use tidegate_protocol::frame;
use tidegate_protocol::limits::{HEADER_BYTES, TRAILER_BYTES};

/// Length of the whole frames at the start of a datagram, by their lengths alone.
pub(crate) fn leading_frames(datagram: &[u8], mut each: impl FnMut(&[u8])) -> usize {
    let mut at = 0;
    while let Some(head) = datagram[at..].first_chunk::<HEADER_BYTES>() {
        let (msg_type, body) = frame::header(head);
        if msg_type == 0 || body > frame::max_body_bytes(msg_type) {
            break;
        }
        let end = at + HEADER_BYTES + body as usize + TRAILER_BYTES;
        let Some(whole) = datagram.get(at..end) else {
            break;
        };
        each(whole);
        at = end;
    }
    at
}

/// Frames in a row that held.
#[derive(Default)]
pub(crate) struct Run {
    frames: u32,
    believed: bool,
}

impl Run {
    pub(crate) fn frame(&mut self, bytes: &[u8]) {
        // Once is enough, and sums cost time.
        if self.believed {
            return;
        }
        self.frames = if frame::holds(bytes).is_some() { self.frames + 1 } else { 0 };
        self.believed = self.frames >= 2;
    }

    /// The next frame does not follow the last one.
    pub(crate) fn broken(&mut self) {
        self.frames = 0;
    }

    pub(crate) fn believed(&self) -> bool {
        self.believed
    }
}
