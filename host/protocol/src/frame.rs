//! The frame around every message: MsgType, BodyLength, body, checksum.

use crate::limits::{HEADER_BYTES, MAX_ANNOUNCEMENT_BYTES, MAX_BODY_BYTES, TRAILER_BYTES};
use crate::msg_type;

/// Sum of the bytes modulo 256: the value of the trailer when `bytes` are header and body.
#[inline]
pub fn checksum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, &byte| sum.wrapping_add(byte))
}

/// MsgType and BodyLength.
#[inline]
pub const fn header(bytes: &[u8; HEADER_BYTES]) -> (u32, u32) {
    let [t0, t1, t2, t3, l0, l1, l2, l3] = *bytes;
    (u32::from_be_bytes([t0, t1, t2, t3]), u32::from_be_bytes([l0, l1, l2, l3]))
}

/// Longest body that a message of this type may have.
#[inline]
pub const fn max_body_bytes(msg_type: u32) -> u32 {
    if msg_type == msg_type::ANNOUNCEMENT { MAX_ANNOUNCEMENT_BYTES } else { MAX_BODY_BYTES }
}

/// Writes BodyLength and the trailer of a frame whose MsgType and body stand in place.
///
/// # Panics
///
/// When `frame` is shorter than header and trailer, or its body longer than 32 bits can say.
pub fn seal(frame: &mut [u8]) {
    let body = frame.len().checked_sub(HEADER_BYTES + TRAILER_BYTES).expect("room for a frame");
    let body = u32::try_from(body).expect("a body length of 32 bits");
    frame[4..HEADER_BYTES].copy_from_slice(&body.to_be_bytes());
    let (summed, trailer) = frame.split_at_mut(HEADER_BYTES + body as usize);
    trailer.copy_from_slice(&u32::from(checksum(summed)).to_be_bytes());
}

/// What stands at the start of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// A whole frame whose trailer is right.
    Frame {
        /// MsgType.
        msg_type: u32,
        /// Length of the frame, header and trailer counted.
        bytes: usize,
    },
    /// Not to be told before that many bytes from the start are there.
    NeedMore {
        /// Bytes from the start that are needed.
        needed: usize,
    },
    /// No frame begins here.
    NoFrame,
}

/// Looks for a frame at the start of `bytes`: MsgType not 0, BodyLength in bounds, trailer right.
///
/// The protocol has no mark to search for and bodies are full of zeros, so a single hit may be
/// chance: resynchronisation asks for two frames in a row.
pub fn probe(bytes: &[u8]) -> Probe {
    let Some(head) = bytes.first_chunk::<HEADER_BYTES>() else {
        return Probe::NeedMore { needed: HEADER_BYTES };
    };
    let (msg_type, body) = header(head);
    if msg_type == 0 || body > max_body_bytes(msg_type) {
        return Probe::NoFrame;
    }
    let summed = HEADER_BYTES + body as usize;
    let needed = summed + TRAILER_BYTES;
    let Some(trailer) = bytes.get(summed..needed) else {
        return Probe::NeedMore { needed };
    };
    if trailer == u32::from(checksum(&bytes[..summed])).to_be_bytes() {
        Probe::Frame { msg_type, bytes: needed }
    } else {
        Probe::NoFrame
    }
}

/// Length of the frame at the start of `bytes` if it is whole there and holds; see [`probe`].
pub fn holds(bytes: &[u8]) -> Option<usize> {
    match probe(bytes) {
        Probe::Frame { bytes, .. } => Some(bytes),
        Probe::NeedMore { .. } | Probe::NoFrame => None,
    }
}

/// The body of a whole frame.
#[inline]
pub fn body(frame: &[u8]) -> &[u8] {
    let end = frame.len().saturating_sub(TRAILER_BYTES).max(HEADER_BYTES);
    frame.get(HEADER_BYTES..end).unwrap_or(&[])
}
