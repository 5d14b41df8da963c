//! The input log as words: what the kernels and the simulator take.
//!
//! Packets become words with a header word, as a TOE gives them; what no TOE can say becomes a fault
//! word. One total order of both lines.

use tidegate_protocol::FaultCode;
use tidegate_protocol::kernel::{LogWord, log_op, resume};
use tidegate_protocol::limits::{BEAT_BYTES, MAX_PACKET_BYTES, MAX_PREFIX_BYTES, MAX_SESSIONS};

use crate::engine::{Control, Input, Line, Resume};
use crate::toe::Descriptor;

/// `Session` of a fault that concerns none.
pub const NO_SESSION: u16 = u16::MAX;

/// Turns inputs into words.
#[derive(Clone, Debug)]
pub struct LogWriter {
    descriptor: Descriptor,
    /// Bytes of words so far, of each line.
    at: [u64; 2],
    /// A packet with a prefix of its own.
    prefixed: Vec<u8>,
}

impl LogWriter {
    /// Words of this shape.
    ///
    /// # Panics
    /// When the prefix is longer than [`MAX_PREFIX_BYTES`], which no setup allows.
    pub fn new(descriptor: Descriptor) -> Self {
        assert!(descriptor.prefix_bytes <= MAX_PREFIX_BYTES, "a prefix that a packet has room for");
        Self { descriptor, at: [0; 2], prefixed: Vec::new() }
    }

    /// Hands on the words of one input. [`Input::Parameters`] is one word that takes them; the block
    /// goes its own way ([`crate::image::live`]). An engine that refuses them hands on
    /// [`parameters`]`(false)` instead.
    pub fn push(&mut self, input: Input<'_>, mut out: impl FnMut(LogWord)) {
        match input {
            Input::Packet { line, session, bytes } => self.packet(line, session, bytes, &mut out),
            Input::Words { line, bytes } => {
                let (words, rest) = bytes.as_chunks::<BEAT_BYTES>();
                words.iter().for_each(|word| out(self.word(line, *word)));
                if !rest.is_empty() {
                    let at = self.at[line as usize];
                    let missing = (BEAT_BYTES - rest.len()) as u64;
                    out(fault(FaultCode::ToeTruncated, line, None, at, missing));
                }
            }
            Input::Control(Control::Reset { line, session, resume }) => {
                out(reset(line, session, resume));
            }
            Input::Control(Control::Kill { on }) => {
                out(LogWord { op: log_op::KILL, how: u8::from(on), ..LogWord::default() });
            }
            Input::Control(Control::Stop) => {
                for line in [Line::Market, Line::Orders] {
                    out(LogWord { op: log_op::STOP, line: line as u8, ..LogWord::default() });
                }
            }
            Input::Parameters(_) => out(parameters(true)),
        }
    }

    fn word(&mut self, line: Line, word: [u8; BEAT_BYTES]) -> LogWord {
        self.at[line as usize] += BEAT_BYTES as u64;
        LogWord { op: log_op::WORD, line: line as u8, word, ..LogWord::default() }
    }

    fn packet(&mut self, line: Line, session: u16, bytes: &[u8], out: &mut impl FnMut(LogWord)) {
        let length = bytes.len() as u64;
        if usize::from(session) >= MAX_SESSIONS {
            out(fault(FaultCode::ToeSession, line, None, 0, length));
            return;
        }
        let prefix = usize::from(self.descriptor.prefix_bytes);
        let Some(payload) = bytes.get(prefix..) else {
            let session = Some(line.session(session));
            out(fault(FaultCode::ToePrefix, line, session, 0, length));
            return;
        };
        let descriptor = self.descriptor;
        // What a TOE cannot carry at once comes in several packets, each with a prefix of its own.
        let room = MAX_PACKET_BYTES - prefix;
        for part in payload.chunks(room) {
            if prefix == 0 {
                descriptor
                    .words(session as u8, part, 0)
                    .for_each(|word| out(self.word(line, word)));
                continue;
            }
            let mut packet = std::mem::take(&mut self.prefixed);
            packet.clear();
            packet.resize(prefix, 0);
            packet.extend_from_slice(part);
            descriptor.words(session as u8, &packet, 0).for_each(|word| out(self.word(line, word)));
            self.prefixed = packet;
        }
    }
}

/// Parameters of a live run, taken or refused by the host.
pub fn parameters(taken: bool) -> LogWord {
    LogWord { op: log_op::PARAMETERS, how: u8::from(!taken), ..LogWord::default() }
}

fn reset(line: Line, session: u16, how: Resume) -> LogWord {
    if usize::from(session) >= MAX_SESSIONS {
        return fault(FaultCode::ToeSession, line, None, 0, 0);
    }
    let (how, offset) = match how {
        Resume::New => (resume::NEW, 0),
        Resume::At(offset) => (resume::AT, offset),
        Resume::Lost(offset) => (resume::LOST, offset),
    };
    let (line, cid) = (line as u8, session as u8);
    LogWord { op: log_op::RESET, line, cid, how, offset, ..LogWord::default() }
}

/// A fault of a line that the host found, at this place of the log.
fn fault(code: FaultCode, line: Line, session: Option<u16>, offset: u64, length: u64) -> LogWord {
    let mut word = [0; BEAT_BYTES];
    word[..8].copy_from_slice(&length.to_le_bytes());
    LogWord {
        op: log_op::FAULT,
        line: line as u8,
        how: code as u8,
        session: session.unwrap_or(NO_SESSION),
        offset,
        word,
        ..LogWord::default()
    }
}
