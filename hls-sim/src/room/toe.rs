//! Header words and packets of a TOE, one word a step.

use tidegate_pipeline::toe::{Descriptor, Layout, WordOrder};
use tidegate_protocol::FaultCode;
use tidegate_protocol::limits::{BEAT_BYTES, MAX_PACKET_BYTES, MAX_SESSIONS};

/// No session.
pub const NONE: u16 = u16::MAX;

/// The filler bytes 3 to 15 of a header word, as a number whose low byte is byte 0.
const FILLER: u128 = (u128::MAX / 0xff * 0x55) >> 24;

/// What one word gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// Nothing: a header in order, or the payload of a refused packet.
    Nothing,
    /// The next bytes of a session.
    Bytes {
        /// Session, 0 to 127.
        session: u16,
        /// The bytes, the first one lowest. Behind `count` it is garbage.
        bytes: u128,
        /// How many, 1 to 16.
        count: u32,
    },
    /// A fault of the link.
    Fault {
        /// What.
        code: FaultCode,
        /// The session that the header names, or [`NONE`].
        session: u16,
        /// Length that the header announces, in bytes.
        length: u64,
    },
}

/// A packet that the end of the input cuts off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CutOff {
    /// Its session, or [`NONE`].
    pub session: u16,
    /// Offset of its header word among the bytes of the link.
    pub offset: u64,
    /// Bytes that are missing.
    pub missing: u64,
}

/// The room of one link.
#[derive(Clone, Debug)]
pub struct Toe {
    reversed: bool,
    low_byte_first: bool,
    strict: bool,
    prefix_bytes: u32,
    /// Payload bytes of the packet under way that are to come; 0: a header word is next.
    remaining: u32,
    /// Of these, bytes of its prefix.
    prefix: u32,
    /// Who gets them, or [`NONE`].
    session: u16,
    dead: bool,
    /// Offset of its header word.
    started: u64,
    words: u64,
    swallowed: u64,
}

impl Toe {
    /// A link of this descriptor.
    pub fn new(descriptor: Descriptor) -> Self {
        Self {
            reversed: descriptor.words == WordOrder::Channel,
            low_byte_first: descriptor.layout == Layout::Sample,
            strict: descriptor.strict_filler,
            prefix_bytes: u32::from(descriptor.prefix_bytes),
            remaining: 0,
            prefix: 0,
            session: NONE,
            dead: false,
            started: 0,
            words: 0,
            swallowed: 0,
        }
    }

    /// Words taken so far.
    pub fn words(&self) -> u64 {
        self.words
    }

    /// Bytes that came after the link was dead.
    pub fn swallowed_bytes(&self) -> u64 {
        self.swallowed
    }

    /// Whether the next word is a header word.
    pub fn at_header(&self) -> bool {
        self.remaining == 0
    }

    /// The session that the next word's bytes go to, or [`NONE`].
    pub fn session(&self) -> u16 {
        if self.remaining == 0 { NONE } else { self.session }
    }

    /// Bytes of the next word that are payload, those of the prefix included.
    pub fn payload_of_next(&self) -> u32 {
        self.remaining.min(BEAT_BYTES as u32)
    }

    /// The session starts anew: the rest of a packet under way is not its own any more.
    pub fn reset(&mut self, session: u16) {
        if self.session == session {
            self.session = NONE;
        }
    }

    /// Takes one word.
    #[inline]
    pub fn word(&mut self, word: &[u8; BEAT_BYTES]) -> Given {
        self.words += 1;
        if self.remaining == 0 {
            return self.header(word);
        }
        let raw = u128::from_le_bytes(*word);
        // A word of the channel is reversed as a whole; as printed it is in wire order.
        let bytes = if self.reversed { raw.swap_bytes() } else { raw };
        self.payload(bytes, self.payload_of_next())
    }

    /// Takes `width` bytes of a payload word from byte `at` on, as a channel gives them that is
    /// narrower than a word. With the last part the word counts.
    pub fn part(&mut self, word: &[u8; BEAT_BYTES], at: u32, width: u32, last: bool) -> Given {
        self.words += u64::from(last);
        let count = self.remaining.min(width);
        if count == 0 {
            return Given::Nothing;
        }
        let raw = u128::from_le_bytes(*word);
        let bytes = if self.reversed { raw.swap_bytes() } else { raw };
        self.payload(bytes >> (8 * at), count)
    }

    #[inline]
    fn payload(&mut self, bytes: u128, count: u32) -> Given {
        let skip = self.prefix.min(count);
        self.prefix -= skip;
        self.remaining -= count;
        let (session, left) = (self.session, count - skip);
        if session == NONE || left == 0 {
            return Given::Nothing;
        }
        Given::Bytes { session, bytes: bytes >> (8 * skip), count: left }
    }

    #[cold]
    fn swallow(&mut self) -> Given {
        self.swallowed += BEAT_BYTES as u64;
        Given::Nothing
    }

    fn header(&mut self, word: &[u8; BEAT_BYTES]) -> Given {
        if self.dead {
            return self.swallow();
        }
        let raw = u128::from_le_bytes(*word);
        // The header fields stand in the low bytes as the channel gives them, and in the high ones
        // as printed.
        let fields = if self.reversed { raw } else { raw.swap_bytes() };
        let length = fields as u16;
        let length = u32::from(if self.low_byte_first { length } else { length.swap_bytes() });
        let cid = (fields >> 16) as u16 & 0xff;
        let session = if usize::from(cid) < MAX_SESSIONS { cid } else { NONE };
        self.started = (self.words - 1) * BEAT_BYTES as u64;
        let fault = |code| Given::Fault { code, session, length: u64::from(length) };
        if length as usize > MAX_PACKET_BYTES {
            self.dead = true;
            return fault(FaultCode::ToeLength);
        }
        self.remaining = length;
        self.prefix = self.prefix_bytes.min(length);
        self.session = session;
        let wrong = if session == NONE {
            FaultCode::ToeSession
        } else if self.strict && fields >> 24 != FILLER {
            FaultCode::ToeFiller
        } else if length < self.prefix_bytes {
            FaultCode::ToePrefix
        } else {
            return Given::Nothing;
        };
        self.session = NONE;
        fault(wrong)
    }

    /// The input ended: a packet that is not whole is cut off.
    pub fn stop(&mut self) -> Option<CutOff> {
        let missing = u64::from(self.remaining);
        self.remaining = 0;
        (missing > 0).then_some(CutOff { session: self.session, offset: self.started, missing })
    }
}
