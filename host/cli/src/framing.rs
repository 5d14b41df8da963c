//! Where messages end in the inputs of an engine, as every engine must see it: the rooms toe and frame
//! alone.

use tidegate_pipeline::frame::{Frame, FrameSink, Framer};
use tidegate_pipeline::toe::{Out, Toe};
use tidegate_pipeline::{Control, Fault, Input, Line, Setup};
use tidegate_protocol::FaultCode;
use tidegate_protocol::limits::MAX_SESSIONS;

/// A message that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) msg: u64,
    pub(crate) msg_type: u32,
    pub(crate) session: u16,
    pub(crate) offset: u64,
}

#[derive(Default)]
struct Seen {
    /// The message that is looked for.
    wanted: Option<u64>,
    ended: Option<Ended>,
    cut: bool,
    /// Faults that belong to no message.
    faults: u64,
}

/// A place in the outputs of every engine: messages that ended, and faults that belong to none.
pub(crate) type Place = (u64, u64);

impl FrameSink for Seen {
    fn frame(&mut self, frame: Frame<'_>) {
        let Frame { msg, msg_type, session, offset, .. } = frame;
        if self.wanted == Some(msg) {
            self.ended = Some(Ended { msg, msg_type, session, offset });
        }
    }

    fn fault(&mut self, fault: Fault, _bytes: &[u8]) {
        self.cut |= fault.code == FaultCode::FrameTruncated;
        self.faults += u64::from(fault.msg.is_none());
    }
}

/// Toe and frame of both lines.
pub(crate) struct Framing {
    toe: [Toe; 2],
    framer: Framer,
    seen: Seen,
}

impl Framing {
    /// As an engine of this setup frames.
    pub(crate) fn new(setup: &Setup) -> Self {
        let sessions = MAX_SESSIONS as u16;
        Self {
            toe: std::array::from_fn(|_| Toe::new(setup.toe, sessions)),
            framer: Framer::new(2 * sessions, setup.checksum),
            seen: Seen::default(),
        }
    }

    /// Messages that ended so far.
    pub(crate) fn messages(&self) -> u64 {
        self.framer.next_msg()
    }

    /// Where the outputs stand that the inputs so far decide.
    pub(crate) fn place(&self) -> Place {
        (self.framer.next_msg(), self.seen.faults)
    }

    /// Looks for a message.
    pub(crate) fn look_for(&mut self, msg: u64) {
        self.seen.wanted = Some(msg);
    }

    /// The message that was looked for.
    pub(crate) fn found(&self) -> Option<Ended> {
        self.seen.ended
    }

    /// Whether the last reset cut off a message.
    pub(crate) fn was_cut(&self) -> bool {
        self.seen.cut
    }

    /// Takes an input.
    pub(crate) fn feed(&mut self, input: Input<'_>) {
        self.feed_until(input, u64::MAX);
    }

    /// Takes an input up to the end of message `limit` - 1: how many of its bytes that were, if not all.
    /// A word is never cut.
    pub(crate) fn feed_until(&mut self, input: Input<'_>, limit: u64) -> Option<usize> {
        let Self { toe, framer, seen } = self;
        match input {
            Input::Packet { line, session, bytes } => {
                let payload = match usize::from(session) < MAX_SESSIONS {
                    true => toe[line as usize].strip_prefix(bytes),
                    false => None,
                };
                let Some(mut rest) = payload else {
                    seen.faults += 1;
                    return None;
                };
                while !rest.is_empty() {
                    rest = &rest[framer.step(line.session(session), rest, seen)..];
                    if framer.next_msg() >= limit && !rest.is_empty() {
                        return Some(bytes.len() - rest.len());
                    }
                }
            }
            Input::Words { line, bytes } => {
                if limit == u64::MAX {
                    words(&mut toe[line as usize], framer, seen, line, bytes);
                    return None;
                }
                for (at, word) in bytes.chunks(16).enumerate() {
                    words(&mut toe[line as usize], framer, seen, line, word);
                    let end = 16 * at + word.len();
                    if framer.next_msg() >= limit && end < bytes.len() {
                        return Some(end);
                    }
                }
            }
            Input::Control(Control::Reset { line, session, resume }) => {
                seen.cut = false;
                if usize::from(session) < MAX_SESSIONS {
                    toe[line as usize].reset(session);
                    framer.reset(line.session(session), resume, seen);
                } else {
                    seen.faults += 1;
                }
            }
            Input::Control(Control::Kill { .. } | Control::Stop) | Input::Parameters(_) => {}
        }
        None
    }
}

fn words(toe: &mut Toe, framer: &mut Framer, seen: &mut Seen, line: Line, bytes: &[u8]) {
    toe.push(bytes, |out| match out {
        Out::Bytes { session, bytes } => framer.push(line.session(session), bytes, seen),
        Out::Fault { .. } => seen.faults += 1,
    });
}
