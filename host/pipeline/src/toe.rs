//! TOE header words and packets.
//!
//! ```text
//!  one packet on an IO channel, 16 bytes a word (descriptor `sample`, channel byte order):
//!  word 0    | len lo | len hi | cid | 0x55 x 13                                     |
//!  word 1..  | payload byte 15 .. payload byte 0 (reversed)                          |
//!  last word | garbage behind the length, then the rest of the payload, reversed     |
//! ```
//!
//! The article's text puts the high byte of the length first; its sample proves the low byte first.
//! A printed dump shows every word reversed again: payload in wire order, the header at the end.

use std::iter;

use tidegate_protocol::FaultCode;
use tidegate_protocol::limits::{BEAT_BYTES, MAX_PACKET_BYTES};

const FILLER: u8 = 0x55;

/// Byte order of the length in a header word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// Low byte in byte 0, high byte in byte 1: what the published sample proves.
    #[default]
    Sample,
    /// High byte in byte 0, low byte in byte 1: what the article's text says.
    Text,
}

/// Byte order of the words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WordOrder {
    /// As read from the IO channel: every word is reversed.
    #[default]
    Channel,
    /// As printed in a dump: payload in wire order, header fields in the last bytes.
    Printed,
}

impl WordOrder {
    /// The order that the filler of a header word shows, if it shows one.
    pub fn of_header(word: &[u8; BEAT_BYTES]) -> Option<Self> {
        let filler = |bytes: &[u8]| bytes.iter().all(|&byte| byte == FILLER);
        match (filler(&word[3..]), filler(&word[..13])) {
            (true, false) => Some(Self::Channel),
            (false, true) => Some(Self::Printed),
            _ => None,
        }
    }
}

/// How a TOE lays out its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// Byte order of the length.
    pub layout: Layout,
    /// Byte order of the words.
    pub words: WordOrder,
    /// Whether a filler other than 0x55 refuses the packet.
    pub strict_filler: bool,
    /// Bytes that are dropped at the start of each packet: 4 for the published sample.
    pub prefix_bytes: u16,
}

impl Default for Descriptor {
    fn default() -> Self {
        Self {
            layout: Layout::Sample,
            words: WordOrder::Channel,
            strict_filler: true,
            prefix_bytes: 0,
        }
    }
}

/// A header word, read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Payload bytes, header not counted.
    pub length: u16,
    /// Session.
    pub cid: u8,
    /// Whether the other 13 bytes are 0x55.
    pub filler: bool,
}

impl Descriptor {
    /// Reads a header word.
    pub fn header(&self, word: &[u8; BEAT_BYTES]) -> Header {
        let mut bytes = *word;
        if self.words == WordOrder::Printed {
            bytes.reverse();
        }
        let length = match self.layout {
            Layout::Sample => u16::from_le_bytes([bytes[0], bytes[1]]),
            Layout::Text => u16::from_be_bytes([bytes[0], bytes[1]]),
        };
        let filler = bytes[3..].iter().all(|&byte| byte == FILLER);
        Header { length, cid: bytes[2], filler }
    }

    /// Writes a header word; the inverse of [`Descriptor::header`].
    pub fn header_word(&self, length: u16, cid: u8) -> [u8; BEAT_BYTES] {
        let mut bytes = [FILLER; BEAT_BYTES];
        let order = match self.layout {
            Layout::Sample => length.to_le_bytes(),
            Layout::Text => length.to_be_bytes(),
        };
        bytes[..2].copy_from_slice(&order);
        bytes[2] = cid;
        if self.words == WordOrder::Printed {
            bytes.reverse();
        }
        bytes
    }

    /// One packet as words: the header word, then the payload; what lies behind its end is `padding`.
    ///
    /// # Panics
    /// When the payload is longer than 65 535 bytes.
    pub fn words(
        &self,
        cid: u8,
        payload: &[u8],
        padding: u8,
    ) -> impl Iterator<Item = [u8; BEAT_BYTES]> {
        let length = u16::try_from(payload.len()).expect("a packet of at most 65 535 bytes");
        let reversed = self.words == WordOrder::Channel;
        let (whole, rest) = payload.as_chunks();
        let last = (!rest.is_empty()).then(|| {
            let mut word = [padding; BEAT_BYTES];
            word[..rest.len()].copy_from_slice(rest);
            word
        });
        let words = whole.iter().copied().chain(last).map(move |mut word| {
            if reversed {
                word.reverse();
            }
            word
        });
        iter::once(self.header_word(length, cid)).chain(words)
    }

    /// Appends [`Descriptor::words`].
    pub fn packet_words(&self, cid: u8, payload: &[u8], padding: u8, out: &mut Vec<u8>) {
        self.words(cid, payload, padding).for_each(|word| out.extend_from_slice(&word));
    }
}

/// What the room hands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Out<'a> {
    /// The next bytes of a session.
    Bytes {
        /// Session, 0 to 127.
        session: u16,
        /// The bytes, without prefix and padding.
        bytes: &'a [u8],
    },
    /// A fault of the link.
    Fault {
        /// What.
        code: FaultCode,
        /// The session, where the header names one that exists; of a packet cut off, only if it was
        /// not refused before.
        session: Option<u16>,
        /// Offset of the header word among the bytes of the link.
        offset: u64,
        /// Length that the header announces; of a packet cut off, the bytes that are missing.
        length: u64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Header,
    Packet { session: Option<u16>, remaining: usize, prefix: usize, started: u64 },
    Dead,
}

/// The room of one link.
#[derive(Clone, Debug)]
pub struct Toe {
    descriptor: Descriptor,
    sessions: u16,
    state: State,
    at: u64,
    swallowed: u64,
    gathered: Vec<u8>,
}

impl Toe {
    /// A link that carries the sessions 0 to `sessions` - 1.
    pub fn new(descriptor: Descriptor, sessions: u16) -> Self {
        let gathered = Vec::with_capacity(MAX_PACKET_BYTES);
        Self { descriptor, sessions, state: State::Header, at: 0, swallowed: 0, gathered }
    }

    /// Bytes that came after the link was dead.
    pub fn swallowed_bytes(&self) -> u64 {
        self.swallowed
    }

    /// The session starts anew: the rest of a packet under way is not its own any more.
    pub fn reset(&mut self, cid: u16) {
        if let State::Packet { session, .. } = &mut self.state
            && *session == Some(cid)
        {
            *session = None;
        }
    }

    /// Takes whole words, as many as there are. A rest is a fault, and left out.
    pub fn push(&mut self, words: &[u8], mut out: impl FnMut(Out<'_>)) {
        let (words, rest) = words.as_chunks::<BEAT_BYTES>();
        for word in words {
            match self.state {
                State::Header => self.header(word, &mut out),
                State::Packet { .. } => self.data(word, &mut out),
                State::Dead => self.swallowed += BEAT_BYTES as u64,
            }
            self.at += BEAT_BYTES as u64;
        }
        // A packet may go on in the next call; what is here does not wait for it.
        self.flush(&mut out);
        if !rest.is_empty() {
            let (code, length) = (FaultCode::ToeTruncated, (BEAT_BYTES - rest.len()) as u64);
            out(Out::Fault { code, session: None, offset: self.at, length });
        }
    }

    fn header(&mut self, word: &[u8; BEAT_BYTES], out: &mut impl FnMut(Out<'_>)) {
        let header = self.descriptor.header(word);
        let length = usize::from(header.length);
        let session = (u16::from(header.cid) < self.sessions).then_some(u16::from(header.cid));
        let mut fault = |code| {
            out(Out::Fault { code, session, offset: self.at, length: length as u64 });
        };
        if length > MAX_PACKET_BYTES {
            fault(FaultCode::ToeLength);
            self.state = State::Dead;
            return;
        }
        let mut deliver = session;
        let mut prefix = usize::from(self.descriptor.prefix_bytes);
        if session.is_none() {
            fault(FaultCode::ToeSession);
        } else if self.descriptor.strict_filler && !header.filler {
            fault(FaultCode::ToeFiller);
            deliver = None;
        } else if length < prefix {
            fault(FaultCode::ToePrefix);
            deliver = None;
        }
        prefix = prefix.min(length);
        if length > 0 {
            self.state =
                State::Packet { session: deliver, remaining: length, prefix, started: self.at };
        }
    }

    fn data(&mut self, word: &[u8; BEAT_BYTES], out: &mut impl FnMut(Out<'_>)) {
        let State::Packet { session, remaining, prefix, .. } = &mut self.state else { return };
        let mut bytes = *word;
        if self.descriptor.words == WordOrder::Channel {
            bytes.reverse();
        }
        // The last word is cut by the length, never by what it holds: padding is garbage.
        let here = (*remaining).min(BEAT_BYTES);
        let skip = (*prefix).min(here);
        if session.is_some() {
            self.gathered.extend_from_slice(&bytes[skip..here]);
        }
        *prefix -= skip;
        *remaining -= here;
        if *remaining == 0 {
            self.flush(out);
            self.state = State::Header;
        }
    }

    fn flush(&mut self, out: &mut impl FnMut(Out<'_>)) {
        if let State::Packet { session: Some(session), .. } = self.state
            && !self.gathered.is_empty()
        {
            out(Out::Bytes { session, bytes: &self.gathered });
        }
        self.gathered.clear();
    }

    /// The input ended: a packet that is not whole is a fault.
    pub fn stop(&mut self, mut out: impl FnMut(Out<'_>)) {
        if let State::Packet { session, remaining, started, .. } = self.state {
            let code = FaultCode::ToeTruncated;
            out(Out::Fault { code, session, offset: started, length: remaining as u64 });
            self.state = State::Header;
        }
    }

    /// Takes the prefix off a packet that came without words; `None` where it is too short.
    pub fn strip_prefix<'a>(&self, packet: &'a [u8]) -> Option<&'a [u8]> {
        packet.get(usize::from(self.descriptor.prefix_bytes)..)
    }
}
