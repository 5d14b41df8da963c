//! Frames in the byte stream of each session.
//!
//! ```text
//!  0         4            8                      8+BodyLength
//!  | MsgType | BodyLength | body, BodyLength bytes | checksum |   big-endian, no delimiter
//! ```
//!
//! A message starts where the one before ends; nothing ever searches for a header. A message that
//! lies whole in the bytes given is read in place; only one that is cut is copied together.

use tidegate_protocol::FaultCode;
use tidegate_protocol::frame::{self, checksum};
use tidegate_protocol::limits::{HEADER_BYTES, MAX_BODY_BYTES, TRAILER_BYTES};

use crate::engine::Resume;
use crate::record::Fault;

/// Longest message that is held whole on the data path, in bytes.
pub const MAX_HELD_BYTES: usize = MAX_BODY_BYTES as usize + HEADER_BYTES + TRAILER_BYTES;

/// What to do with a message whose checksum is wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChecksumPolicy {
    /// Count it, release nothing, go on at its end.
    #[default]
    Drop,
    /// Release it, marked.
    Flag,
    /// Release nothing and discard the session's bytes until it is reset.
    Disconnect,
}

/// What became of a framed message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The checksum is right.
    Intact,
    /// The checksum is wrong and the policy is [`ChecksumPolicy::Flag`].
    Flagged,
    /// The checksum is wrong: not released.
    Dropped,
    /// The checksum is right, but the message was too long to be held: skipped by length.
    Skipped,
}

/// One framed message.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// Its number over the whole input.
    pub msg: u64,
    /// Session.
    pub session: u16,
    /// Offset of its first byte in its stream.
    pub offset: u64,
    /// MsgType.
    pub msg_type: u32,
    /// BodyLength.
    pub body_len: u32,
    /// Header, body and trailer; empty when skipped.
    pub bytes: &'a [u8],
    /// What became of it.
    pub verdict: Verdict,
}

impl<'a> Frame<'a> {
    /// The body; empty when skipped.
    pub fn body(&self) -> &'a [u8] {
        self.bytes.get(HEADER_BYTES..self.bytes.len().saturating_sub(TRAILER_BYTES)).unwrap_or(&[])
    }
}

/// What the room hands on.
pub trait FrameSink {
    /// A framed message, whatever its verdict; a fault about it comes before.
    fn frame(&mut self, frame: Frame<'_>);
    /// A fault; with it the bytes of the message, as far as they came and were held.
    fn fault(&mut self, fault: Fault, bytes: &[u8]);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// `pending` holds the first bytes of a message, or nothing.
    Open,
    /// A message too long to hold goes by.
    Skipping { msg_type: u32, body_len: u32, seen: u64, sum: u8, trailer: u32 },
    /// Swallows everything until a reset.
    Dead,
}

#[derive(Clone, Debug)]
struct Session {
    state: State,
    /// Offset of the next byte in its stream. A reset may set it anywhere, so it wraps.
    at: u64,
    pending: Vec<u8>,
}

/// The room for all sessions of one line.
#[derive(Clone, Debug)]
pub struct Framer {
    sessions: Vec<Session>,
    policy: ChecksumPolicy,
    max_held_bytes: usize,
    next_msg: u64,
    bytes: u64,
    swallowed: u64,
}

impl Framer {
    /// Sessions 0 to `sessions` - 1, each with room for the longest message of the data path.
    pub fn new(sessions: u16, policy: ChecksumPolicy) -> Self {
        Self::with_held_bytes(sessions, policy, MAX_HELD_BYTES, MAX_HELD_BYTES)
    }

    /// Sessions whose room grows from nothing up to `max_held_bytes`, for tools that show whole
    /// announcements. Allocates while it runs.
    pub fn growing(policy: ChecksumPolicy, max_held_bytes: usize) -> Self {
        Self::with_held_bytes(0, policy, max_held_bytes, 0)
    }

    fn with_held_bytes(
        sessions: u16,
        policy: ChecksumPolicy,
        max_held_bytes: usize,
        reserved: usize,
    ) -> Self {
        let session =
            || Session { state: State::Open, at: 0, pending: Vec::with_capacity(reserved) };
        Self {
            sessions: (0..sessions).map(|_| session()).collect(),
            policy,
            max_held_bytes,
            next_msg: 0,
            bytes: 0,
            swallowed: 0,
        }
    }

    /// Makes room for sessions up to `session`.
    pub fn grow(&mut self, session: u16) {
        let count = self.sessions.len().max(usize::from(session) + 1);
        self.sessions.resize_with(count, || Session {
            state: State::Open,
            at: 0,
            pending: Vec::new(),
        });
    }

    /// Number that the next framed message gets.
    pub fn next_msg(&self) -> u64 {
        self.next_msg
    }

    /// Bytes taken so far, over all sessions.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Bytes swallowed by dead sessions so far.
    pub fn swallowed_bytes(&self) -> u64 {
        self.swallowed
    }

    /// Whether the next byte of the session starts a message; then [`Framer::passed`] may be used.
    #[inline]
    pub fn at_boundary(&self, session: u16) -> Option<u64> {
        let session = self.sessions.get(usize::from(session))?;
        (session.state == State::Open && session.pending.is_empty()).then_some(session.at)
    }

    /// Whole, intact messages of this session were read elsewhere: takes their bytes and numbers.
    #[inline]
    pub fn passed(&mut self, session: u16, bytes: usize, messages: u64) {
        let at = &mut self.sessions[usize::from(session)].at;
        *at = at.wrapping_add(bytes as u64);
        self.bytes += bytes as u64;
        self.next_msg += messages;
    }

    /// Takes the next bytes of a session that exists.
    pub fn push(&mut self, session: u16, bytes: &[u8], out: &mut impl FrameSink) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let taken = self.step(session, rest, out);
            rest = &rest[taken..];
        }
    }

    /// Takes the next bytes of a session up to the end of one message at the most, and says how
    /// many; at least 1 of a slice that is not empty.
    pub fn step(&mut self, session: u16, bytes: &[u8], out: &mut impl FrameSink) -> usize {
        let taken = match self.sessions[usize::from(session)].state {
            State::Open => self.open(session, bytes, out),
            State::Skipping { .. } => self.skip(session, bytes, out),
            State::Dead => {
                self.swallowed += bytes.len() as u64;
                let at = &mut self.sessions[usize::from(session)].at;
                *at = at.wrapping_add(bytes.len() as u64);
                bytes.len()
            }
        };
        self.bytes += taken as u64;
        taken
    }

    /// At most one message from a session in state `Open`; returns the bytes taken, at least 1.
    fn open(&mut self, id: u16, rest: &[u8], out: &mut impl FrameSink) -> usize {
        let session = &mut self.sessions[usize::from(id)];
        // The header, wherever its bytes are.
        let held = session.pending.len();
        if held < HEADER_BYTES {
            let missing = HEADER_BYTES - held;
            if held > 0 || rest.len() < missing {
                let taken = missing.min(rest.len());
                session.pending.extend_from_slice(&rest[..taken]);
                session.at = session.at.wrapping_add(taken as u64);
                if session.pending.len() == HEADER_BYTES {
                    self.judge_header(id, out);
                }
                return taken;
            }
            let (msg_type, body_len) = frame::header(rest[..HEADER_BYTES].try_into().expect("8"));
            let total = u64::from(body_len) + (HEADER_BYTES + TRAILER_BYTES) as u64;
            let within = body_len <= frame::max_body_bytes(msg_type);
            if !within || total > self.max_held_bytes as u64 || total > rest.len() as u64 {
                session.pending.extend_from_slice(&rest[..HEADER_BYTES]);
                session.at = session.at.wrapping_add(HEADER_BYTES as u64);
                self.judge_header(id, out);
                return HEADER_BYTES;
            }
            let total = total as usize;
            let offset = session.at;
            session.at = session.at.wrapping_add(total as u64);
            self.whole(id, offset, &rest[..total], out);
            return total;
        }
        let (_, body_len) = frame::header(session.pending[..HEADER_BYTES].try_into().expect("8"));
        let total = body_len as usize + HEADER_BYTES + TRAILER_BYTES;
        let taken = (total - held).min(rest.len());
        session.pending.extend_from_slice(&rest[..taken]);
        session.at = session.at.wrapping_add(taken as u64);
        if session.pending.len() == total {
            let offset = session.at.wrapping_sub(total as u64);
            let pending = std::mem::take(&mut session.pending);
            self.whole(id, offset, &pending, out);
            let session = &mut self.sessions[usize::from(id)];
            session.pending = pending;
            session.pending.clear();
        }
        taken
    }

    /// A header is complete in `pending`: over the limit, too long to hold, or go on.
    fn judge_header(&mut self, id: u16, out: &mut impl FrameSink) {
        let session = &mut self.sessions[usize::from(id)];
        let header: [u8; HEADER_BYTES] = session.pending[..].try_into().expect("8 bytes");
        let (msg_type, body_len) = frame::header(&header);
        let length = u64::from(body_len) + (HEADER_BYTES + TRAILER_BYTES) as u64;
        if body_len > frame::max_body_bytes(msg_type) {
            let fault = Fault {
                code: FaultCode::FrameLength,
                session: Some(id),
                offset: session.at.wrapping_sub(HEADER_BYTES as u64),
                length,
                msg: None,
                line: None,
            };
            session.state = State::Dead;
            self.swallowed += HEADER_BYTES as u64;
            out.fault(fault, &header);
            self.sessions[usize::from(id)].pending.clear();
        } else if length > self.max_held_bytes as u64 {
            let (sum, seen) = (checksum(&header), HEADER_BYTES as u64);
            session.state = State::Skipping { msg_type, body_len, seen, sum, trailer: 0 };
            session.pending.clear();
        }
    }

    /// Lets a message go by that is too long to hold, with its checksum running along.
    fn skip(&mut self, id: u16, rest: &[u8], out: &mut impl FrameSink) -> usize {
        let session = &mut self.sessions[usize::from(id)];
        let State::Skipping { msg_type, body_len, seen, sum, trailer } = &mut session.state else {
            return rest.len();
        };
        let summed = u64::from(*body_len) + HEADER_BYTES as u64;
        let total = summed + TRAILER_BYTES as u64;
        let taken = (total - *seen).min(rest.len() as u64) as usize;
        let in_body = summed.saturating_sub(*seen).min(taken as u64) as usize;
        *sum = sum.wrapping_add(checksum(&rest[..in_body]));
        for &byte in &rest[in_body..taken] {
            *trailer = *trailer << 8 | u32::from(byte);
        }
        *seen += taken as u64;
        session.at = session.at.wrapping_add(taken as u64);
        if *seen == total {
            let offset = session.at.wrapping_sub(total);
            let intact = *trailer == u32::from(*sum);
            let (msg_type, body_len) = (*msg_type, *body_len);
            session.state = State::Open;
            let frame = Frame {
                msg: self.next_msg,
                session: id,
                offset,
                msg_type,
                body_len,
                bytes: &[],
                verdict: if intact { Verdict::Skipped } else { Verdict::Dropped },
            };
            self.framed(frame, intact, total, out);
        }
        taken
    }

    /// One whole message.
    fn whole(&mut self, id: u16, offset: u64, bytes: &[u8], out: &mut impl FrameSink) {
        let (summed, trailer) = bytes.split_at(bytes.len() - TRAILER_BYTES);
        let intact = trailer == [0, 0, 0, checksum(summed)];
        let (msg_type, body_len) = frame::header(bytes[..HEADER_BYTES].try_into().expect("8"));
        let verdict = match (intact, self.policy) {
            (true, _) => Verdict::Intact,
            (false, ChecksumPolicy::Flag) => Verdict::Flagged,
            (false, _) => Verdict::Dropped,
        };
        let msg = self.next_msg;
        let frame = Frame { msg, session: id, offset, msg_type, body_len, bytes, verdict };
        self.framed(frame, intact, bytes.len() as u64, out);
    }

    fn framed(&mut self, frame: Frame<'_>, intact: bool, length: u64, out: &mut impl FrameSink) {
        self.next_msg += 1;
        if !intact {
            let fault = Fault {
                code: FaultCode::FrameChecksum,
                session: Some(frame.session),
                offset: frame.offset,
                length,
                msg: Some(frame.msg),
                line: None,
            };
            out.fault(fault, frame.bytes);
            if self.policy == ChecksumPolicy::Disconnect {
                self.sessions[usize::from(frame.session)].state = State::Dead;
            }
        }
        out.frame(frame);
    }

    /// The first byte of the unfinished message and how many of its bytes came.
    fn unfinished(&self, id: u16) -> Option<(u64, u64)> {
        let session = &self.sessions[usize::from(id)];
        let came = match session.state {
            State::Open => session.pending.len() as u64,
            State::Skipping { seen, .. } => seen,
            State::Dead => 0,
        };
        (came > 0).then(|| (session.at.wrapping_sub(came), came))
    }

    fn truncated(&mut self, id: u16, out: &mut impl FrameSink) {
        if let Some((offset, length)) = self.unfinished(id) {
            let code = FaultCode::FrameTruncated;
            let fault = Fault { code, session: Some(id), offset, length, msg: None, line: None };
            out.fault(fault, &self.sessions[usize::from(id)].pending);
        }
    }

    /// The session drops what it holds and goes on with a message's first byte.
    pub fn reset(&mut self, id: u16, resume: Resume, out: &mut impl FrameSink) {
        match resume {
            Resume::New | Resume::At(_) => self.truncated(id, out),
            Resume::Lost(to) => {
                let at = self.sessions[usize::from(id)].at;
                let from = self.unfinished(id).map_or(at, |(offset, _)| offset);
                if to > from {
                    let code = FaultCode::CaptureLost;
                    let (session, length) = (Some(id), to - from);
                    let fault =
                        Fault { code, session, offset: from, length, msg: None, line: None };
                    out.fault(fault, &self.sessions[usize::from(id)].pending);
                } else {
                    self.truncated(id, out);
                }
            }
        }
        let session = &mut self.sessions[usize::from(id)];
        session.pending.clear();
        session.state = State::Open;
        session.at = match resume {
            Resume::New => 0,
            Resume::At(offset) | Resume::Lost(offset) => offset,
        };
    }

    /// The input of these sessions ended: every unfinished message is a fault, in their order.
    pub fn stop(&mut self, sessions: std::ops::Range<u16>, out: &mut impl FrameSink) {
        for id in sessions.start..sessions.end.min(self.sessions.len() as u16) {
            self.truncated(id, out);
            let session = &mut self.sessions[usize::from(id)];
            session.pending.clear();
            if session.state != State::Dead {
                session.state = State::Open;
            }
        }
    }
}
