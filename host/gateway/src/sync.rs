//! Finding the places where messages hold.
//!
//! The protocol has no mark to look for. A place counts only where two frames in a row hold, and the
//! first such place wins. With one exception: in what is left of a lost message, four bytes and the
//! four behind them (its trailer, a small number) can look like a header whose frame ends where that
//! message or one of the next ends, and then its sum is right once in 256 times. So two frames do not
//! count when only the second has a type that is in the table. At worst that costs one message, right
//! behind a loss or before the first, whose type nothing can decode; it lies in the range that is
//! lost, and the place behind it counts.
//!
//! Sums up to every byte are kept beside the bytes, so that judging a
//! candidate takes the same time whatever its length, and the search stays linear.

use crate::plan::Plan;
use tidegate_protocol::limits::{HEADER_BYTES, TRAILER_BYTES};
use tidegate_protocol::{find, frame};

/// Session messages have types up to here and a fixed length: small numbers are everywhere.
const LAST_SESSION_TYPE: u32 = 10;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Looking for two frames in a row.
    Search,
    /// Frame after frame.
    Walk,
    /// In step, and nobody asked to walk.
    Idle,
}

/// What stands at a place.
enum Probe {
    /// Cannot be told yet.
    Wait,
    /// No message has such a header.
    Header,
    /// A frame that ends here by its length, with a wrong trailer.
    Trailer(usize),
    /// A frame that ends here.
    Holds(usize),
}

/// What a stream turned out to be.
pub(crate) struct Verdict {
    /// Two frames in a row held somewhere.
    pub(crate) believed: bool,
    pub(crate) plan: Plan,
    /// Bytes that there were.
    pub(crate) bytes: u64,
    /// The search was cut short.
    pub(crate) cut_short: bool,
}

/// Reads a stream once and plans its delivery.
pub(crate) struct Scanner {
    resync: bool,
    mode: Mode,
    believed: bool,
    start: Option<u64>,
    /// Where messages stopped, while the next place is searched.
    lost: Option<u64>,
    losses: Vec<(u64, u64)>,
    /// Frames in a row that held, while walking.
    run: u32,
    /// Offset of the next message, when the search was cut short inside one.
    skip: u64,
    cut_short: bool,
    /// Bytes not judged yet, and for each the sum of all before it.
    buf: Vec<u8>,
    sums: Vec<u8>,
    sum: u8,
    /// Offset of the first of them in the stream.
    base: u64,
    /// The place being judged, as an index.
    at: usize,
    /// Offset behind the last byte seen.
    end: u64,
    bytes: u64,
}

impl Scanner {
    /// `from_start`: the stream begins with a message, by definition.
    pub(crate) fn new(resync: bool, from_start: bool) -> Scanner {
        Scanner {
            resync,
            mode: if resync && from_start { Mode::Walk } else { Mode::Search },
            believed: false,
            start: from_start.then_some(0),
            lost: None,
            losses: Vec::new(),
            run: 0,
            skip: 0,
            cut_short: false,
            buf: Vec::new(),
            sums: Vec::new(),
            sum: 0,
            base: 0,
            at: 0,
            end: 0,
            bytes: 0,
        }
    }

    /// The next bytes. A jump of the offset is a hole.
    pub(crate) fn bytes(&mut self, offset: u64, bytes: &[u8]) {
        if offset > self.end {
            self.hole(offset);
        }
        self.end += bytes.len() as u64;
        self.bytes += bytes.len() as u64;
        if self.mode == Mode::Idle || self.end <= self.skip {
            return;
        }
        let bytes = &bytes[self.skip.saturating_sub(offset) as usize..];
        if self.buf.is_empty() {
            self.base = self.end - bytes.len() as u64;
        }
        self.buf.extend_from_slice(bytes);
        let mut sum = self.sum;
        self.sums.extend(bytes.iter().map(|&byte| {
            let before = sum;
            sum = sum.wrapping_add(byte);
            before
        }));
        self.sum = sum;
        self.judge(false);
    }

    /// Bytes of memory that the search takes.
    pub(crate) fn memory(&self) -> usize {
        self.buf.capacity() + self.sums.capacity()
    }

    /// Whether two frames in a row held somewhere.
    pub(crate) fn believed(&self) -> bool {
        self.believed
    }

    /// Whether the first byte is known to begin a message.
    pub(crate) fn start_is_known(&self) -> bool {
        self.start == Some(0)
    }

    /// Gives up places whose bytes are not there yet, until half the memory is free.
    pub(crate) fn cut_short(&mut self) {
        self.cut_short = true;
        let goal = self.memory() / 2;
        while self.memory() > goal {
            match self.mode {
                Mode::Search => self.at += 1,
                Mode::Walk => match self.probe(self.at) {
                    // Its trailer goes unseen, and the walk goes on behind it.
                    Probe::Wait => {
                        let head = self.buf[self.at..].first_chunk::<HEADER_BYTES>();
                        let Some((_, body)) = head.map(frame::header) else {
                            return;
                        };
                        let whole = HEADER_BYTES as u64 + u64::from(body) + TRAILER_BYTES as u64;
                        self.skip = self.base + self.at as u64 + whole;
                        self.run = 0;
                        self.forget();
                    }
                    Probe::Trailer(end) | Probe::Holds(end) => {
                        self.run = 0;
                        self.at = end;
                    }
                    Probe::Header => {}
                },
                Mode::Idle => {}
            }
            self.judge(false);
        }
    }

    /// The stream ends at this offset.
    pub(crate) fn finish(mut self, end: u64) -> Verdict {
        if end > self.end {
            self.hole(end);
        } else {
            self.judge(true);
        }
        if let Some(lost) = self.lost {
            self.losses.push((lost, self.end));
        }
        let plan = Plan { start: self.start.unwrap_or(0), losses: self.losses };
        let Scanner { believed, bytes, cut_short, .. } = self;
        Verdict { believed, plan, bytes, cut_short }
    }

    fn hole(&mut self, to: u64) {
        self.judge(true);
        self.forget();
        if self.start.is_some() && self.lost.is_none() {
            self.lost = Some(self.end);
        }
        self.mode = Mode::Search;
        self.run = 0;
        self.skip = 0;
        self.base = to;
        self.end = to;
    }

    /// There are far more flows than searches that wait: empty buffers are given back.
    fn forget(&mut self) {
        self.buf = Vec::new();
        self.sums = Vec::new();
        self.base = self.end;
        self.at = 0;
    }

    /// Goes as far as the bytes allow; `last` when none will follow.
    fn judge(&mut self, last: bool) {
        while match self.mode {
            Mode::Search => self.search(last),
            Mode::Walk => self.walk(last),
            Mode::Idle => {
                self.forget();
                false
            }
        } {}
        // Moving the rest pays when at least as much is dropped.
        if self.at == self.buf.len() {
            self.forget();
        } else if self.at > self.buf.len() / 2 {
            self.buf = self.buf[self.at..].to_vec();
            self.sums = self.sums[self.at..].to_vec();
            self.base += self.at as u64;
            self.at = 0;
        }
    }

    fn probe(&self, at: usize) -> Probe {
        let Some(head) = self.buf.get(at..).and_then(|rest| rest.first_chunk::<HEADER_BYTES>())
        else {
            return Probe::Wait;
        };
        let (msg_type, body) = frame::header(head);
        if msg_type == 0 || body > frame::max_body_bytes(msg_type) {
            return Probe::Header;
        }
        let summed = at + HEADER_BYTES + body as usize;
        let end = summed + TRAILER_BYTES;
        let Some(trailer) = self.buf.get(summed..end) else {
            return Probe::Wait;
        };
        let sum = self.sums[summed].wrapping_sub(self.sums[at]);
        if *trailer == u32::from(sum).to_be_bytes() {
            Probe::Holds(end)
        } else {
            Probe::Trailer(end)
        }
    }

    /// Whether the header there is that of a message in the table.
    fn is_known(&self, at: usize) -> bool {
        let head = self.buf[at..].first_chunk::<HEADER_BYTES>();
        let (msg_type, body) = head.map(frame::header).unwrap_or_default();
        find(msg_type).is_some_and(|message| {
            let shortest = message.min_body_bytes;
            body == shortest || (body > shortest && msg_type > LAST_SESSION_TYPE)
        })
    }

    /// Returns whether a place was found.
    fn search(&mut self, last: bool) -> bool {
        while self.at < self.buf.len() {
            let (second, end) = match self.probe(self.at) {
                Probe::Holds(end) => (self.probe(end), end),
                first => (first, 0),
            };
            match second {
                Probe::Holds(_) if self.is_known(self.at) || !self.is_known(end) => {
                    self.found();
                    return true;
                }
                Probe::Wait if !last => return false,
                _ => self.at += 1,
            }
        }
        false
    }

    fn found(&mut self) {
        let place = self.base + self.at as u64;
        self.believed = true;
        self.start.get_or_insert(place);
        if let Some(lost) = self.lost.take() {
            self.losses.push((lost, place));
        }
        self.run = 0;
        self.mode = if self.resync { Mode::Walk } else { Mode::Idle };
    }

    /// Returns whether a frame that cannot be was met.
    fn walk(&mut self, last: bool) -> bool {
        while self.at < self.buf.len() {
            match self.probe(self.at) {
                Probe::Holds(end) => {
                    self.run += 1;
                    self.believed |= self.run >= 2;
                    self.at = end;
                    continue;
                }
                Probe::Trailer(end) => match self.probe(end) {
                    // A damaged message, but its length is right: the rooms judge it.
                    Probe::Holds(_) => {
                        self.run = 0;
                        self.at = end;
                        continue;
                    }
                    Probe::Wait if last => self.at = self.buf.len(),
                    Probe::Wait => {}
                    Probe::Header | Probe::Trailer(_) => return self.stumbled(),
                },
                Probe::Wait if last => self.at = self.buf.len(),
                Probe::Wait => {}
                Probe::Header => return self.stumbled(),
            }
            return false;
        }
        false
    }

    fn stumbled(&mut self) -> bool {
        self.lost = Some(self.base + self.at as u64);
        self.at += 1;
        self.run = 0;
        self.mode = Mode::Search;
        true
    }
}
