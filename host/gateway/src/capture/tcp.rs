//! One direction of a TCP connection, put back in order in bounded memory.

use super::packet::Flags;
use std::collections::BTreeMap;
use std::ops::Range;

/// Most bytes held behind a hole.
const MAX_HELD_BYTES: usize = 1 << 20;
/// Most pieces held behind a hole, so that tiny ones do not cost more than they carry.
const MAX_HELD_PIECES: usize = 1 << 15;
/// What a held piece costs beside its bytes.
const PIECE_BYTES: usize = 96;
/// Repeats are younger than this; older segments belong to another connection.
const OLD_BYTES: u64 = 16 << 20;
/// That many in a row, and the pair of ports was used again unseen.
const OLD_SEGMENTS: u32 = 8;
/// What comes before the first byte seen of a stream, out of order, is nearer than this.
const NEAR_BYTES: u32 = 256 << 10;

/// Payload bytes, now in order.
pub(crate) struct Chunk {
    pub(crate) offset: u64,
    pub(crate) data: Data,
}

/// Where these bytes are.
pub(crate) enum Data {
    /// In the current packet.
    Packet(Range<usize>),
    /// They were held.
    Held(Vec<u8>),
}

/// What a segment did to its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    Open,
    /// The last byte is delivered, or the connection was reset.
    Closed,
    /// The segment belongs to another connection on the same ports.
    Reused,
}

/// Counts of one direction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) repeated_bytes: u64,
    pub(crate) repeated_segments: u64,
    pub(crate) before_start: u64,
    pub(crate) segments_after_close: u64,
    pub(crate) bytes_after_close: u64,
    pub(crate) out_of_order: u64,
    pub(crate) keep_alives: u64,
    pub(crate) resets_ignored: u64,
    pub(crate) holes: u64,
    pub(crate) hole_bytes: u64,
    pub(crate) given_up_early: u64,
}

/// Sequence numbers are widened to 64 bits, their low half as on the wire.
pub(crate) struct Tcp {
    /// Of the first payload byte.
    base: u64,
    /// Its SYN says so.
    syn: bool,
    /// Of the next byte to deliver.
    next: u64,
    /// Behind the last byte that was sent, as far as the capture shows it.
    sent: u64,
    /// The same, or the end of the stream if that is known.
    highest: u64,
    /// Behind the last byte of the stream.
    fin: Option<u64>,
    /// Never overlapping, all behind `next`.
    held: BTreeMap<u64, Vec<u8>>,
    held_bytes: usize,
    old_segments: u32,
    pub(crate) counts: Counts,
}

impl Tcp {
    /// A stream whose first byte has this sequence number, by its SYN or as far as is known.
    pub(crate) fn new(first: u32, syn: bool) -> Tcp {
        let base = 1 << 40 | u64::from(first);
        Tcp {
            base,
            syn,
            next: base,
            sent: base,
            highest: base,
            fin: None,
            held: BTreeMap::new(),
            held_bytes: 0,
            old_segments: 0,
            counts: Counts::default(),
        }
    }

    /// Sequence number of the first payload byte.
    pub(crate) fn first(&self) -> u32 {
        self.base as u32
    }

    /// Whether a SYN before this sequence number is the one of this stream.
    pub(crate) fn begins_at(&self, first: u32) -> bool {
        let young = self.next - self.base <= u64::from(NEAR_BYTES);
        first == self.first()
            || !self.syn && young && self.first().wrapping_sub(first) <= NEAR_BYTES
    }

    /// Whether a segment after the end belongs to this stream: a late or repeated one, or what a
    /// sender adds behind its FIN. Behind a reset nothing is added: it was none of the sender's, or
    /// the ports are used again.
    pub(crate) fn still_owns(&self, first: u32, len: usize) -> bool {
        let from = self.widen(first);
        let ahead = if self.fin.is_some() { u64::from(NEAR_BYTES) } else { 0 };
        from + OLD_BYTES >= self.next && from + len as u64 <= self.highest + ahead
    }

    /// Memory held.
    pub(crate) fn memory(&self) -> usize {
        self.held_bytes + self.held.len() * PIECE_BYTES
    }

    fn widen(&self, seq: u32) -> u64 {
        let distance = seq.wrapping_sub(self.next as u32).cast_signed();
        self.next.wrapping_add_signed(i64::from(distance))
    }

    /// Takes one segment; `packet[payload]` is what the capture has of its data.
    pub(crate) fn segment(
        &mut self,
        seq: u32,
        flags: Flags,
        packet: &[u8],
        payload: Range<usize>,
        missing: usize,
        out: &mut Vec<Chunk>,
    ) -> After {
        // SYN takes a sequence number of its own.
        let from = self.widen(seq.wrapping_add(u32::from(flags.syn)));
        let len = payload.len() as u64;
        let whole = from + len + missing as u64;
        if flags.rst {
            // A receiver takes only a reset that fits its place exactly; one too many would lose
            // the rest of a stream, one too few loses nothing.
            if !(self.next..=self.highest).contains(&from) {
                self.counts.resets_ignored += 1;
                return After::Open;
            }
            return After::Closed;
        }
        if whole > from && from + OLD_BYTES < self.next {
            self.old_segments += 1;
            if self.old_segments == OLD_SEGMENTS {
                return After::Reused;
            }
        } else if whole > from {
            self.old_segments = 0;
        }
        if self.keeps_alive(flags, from, whole) {
            self.counts.keep_alives += 1;
            return After::Open;
        }
        if whole > from {
            self.sent = self.sent.max(whole);
        }
        if flags.fin && self.fin.is_none() && whole >= self.next {
            self.end_at(whole);
        }
        let limit = self.fin.unwrap_or(u64::MAX);
        self.highest = self.highest.max(whole.min(limit));
        let to = (from + len).min(limit).max(from);
        self.counts.bytes_after_close += from + len - to;
        self.counts.segments_after_close += u64::from(len > 0 && to == from);
        if to > from {
            self.take(from, to, packet, payload, out);
        }
        while self.held_bytes > MAX_HELD_BYTES || self.held.len() > MAX_HELD_PIECES {
            self.give_up(out);
        }
        if self.fin.is_some_and(|fin| self.next >= fin) { After::Closed } else { After::Open }
    }

    /// Nothing behind this place belongs to the stream.
    fn end_at(&mut self, fin: u64) {
        self.fin = Some(fin);
        self.highest = fin;
        let beyond = self.held.split_off(&fin);
        let mut dropped = beyond.values().map(Vec::len).sum::<usize>();
        if let Some(mut last) = self.held.last_entry() {
            let keep = (fin - *last.key()) as usize;
            let piece = last.get_mut();
            dropped += piece.len().saturating_sub(keep);
            piece.truncate(keep);
        }
        self.held_bytes -= dropped;
        self.counts.segments_after_close += beyond.len() as u64;
        self.counts.bytes_after_close += dropped as u64;
    }

    /// Nothing, or one byte that is there already, just before the next one to be sent.
    fn keeps_alive(&self, flags: Flags, from: u64, whole: u64) -> bool {
        let last = !flags.syn && !flags.fin && from + 1 == self.sent && whole - from <= 1;
        last && from >= self.base && (from < self.next || self.holds(from))
    }

    /// Whether the byte is held behind a hole.
    fn holds(&self, at: u64) -> bool {
        let piece = self.held.range(..=at).next_back();
        piece.is_some_and(|(&start, piece)| start + piece.len() as u64 > at)
    }

    fn take(
        &mut self,
        from: u64,
        to: u64,
        packet: &[u8],
        payload: Range<usize>,
        out: &mut Vec<Chunk>,
    ) {
        let range = |a: u64, b: u64| {
            payload.start + (a - from) as usize..payload.start + (b - from) as usize
        };
        if from > self.next {
            self.counts.out_of_order += 1;
        }
        let early = to.min(self.base).saturating_sub(from);
        self.counts.before_start += early;
        let mut fresh = 0;
        let mut at = from.max(self.next);
        while at < to {
            // The first copy of a byte wins: only what nothing covers yet is taken.
            if let Some((&start, piece)) = self.held.range(..=at).next_back() {
                let end = start + piece.len() as u64;
                if end > at {
                    at = end;
                    continue;
                }
            }
            let stop = self.held.range(at..).next().map_or(to, |(&start, _)| start.min(to));
            fresh += stop - at;
            if at == self.next {
                let data = Data::Packet(range(at, stop));
                out.push(Chunk { offset: at - self.base, data });
                self.next = stop;
                self.release(out);
            } else {
                let piece = packet[range(at, stop)].to_vec();
                self.held_bytes += piece.len();
                self.held.insert(at, piece);
            }
            at = stop.max(self.next);
        }
        self.counts.repeated_bytes += (to - from) - early - fresh;
        self.counts.repeated_segments += u64::from(fresh == 0 && early == 0);
    }

    /// Delivers what is held right at `next`.
    fn release(&mut self, out: &mut Vec<Chunk>) {
        while let Some(entry) = self.held.first_entry() {
            if *entry.key() != self.next {
                return;
            }
            let piece = entry.remove();
            let offset = self.next - self.base;
            self.held_bytes -= piece.len();
            self.next += piece.len() as u64;
            out.push(Chunk { offset, data: Data::Held(piece) });
        }
    }

    fn skip_to(&mut self, next: u64) {
        self.counts.holes += 1;
        self.counts.hole_bytes += next - self.next;
        self.next = next;
    }

    /// Gives up the first hole because of a limit.
    pub(crate) fn give_up(&mut self, out: &mut Vec<Chunk>) {
        if let Some((&start, _)) = self.held.first_key_value() {
            self.counts.given_up_early += 1;
            self.skip_to(start);
            self.release(out);
        }
    }

    /// Gives up every hole. Returns the length of the stream.
    pub(crate) fn finish(&mut self, out: &mut Vec<Chunk>) -> u64 {
        while let Some((&start, _)) = self.held.first_key_value() {
            self.skip_to(start);
            self.release(out);
        }
        if self.highest > self.next {
            self.skip_to(self.highest);
        }
        self.next - self.base
    }
}

/// The first packets of a flow whose SYN was not captured. An earlier segment may still follow, so
/// the survey keeps them until it is known where the stream begins, and the delivery is told.
pub(crate) struct Youth {
    /// Lowest sequence number of a byte so far.
    pub(crate) first: u32,
    bytes: usize,
    /// In the order in which they came.
    pub(crate) kept: Vec<Early>,
}

/// A segment that waits.
pub(crate) struct Early {
    pub(crate) seq: u32,
    pub(crate) payload: Vec<u8>,
    pub(crate) missing: usize,
}

impl Youth {
    pub(crate) fn new(first: u32) -> Youth {
        Youth { first, bytes: 0, kept: Vec::new() }
    }

    /// Takes note of a segment. `false` when it ends the youth.
    pub(crate) fn notes(&mut self, first: u32, flags: Flags, len: usize) -> bool {
        let ahead = first.wrapping_sub(self.first).cast_signed();
        if flags.rst || ahead.unsigned_abs() > NEAR_BYTES || flags.syn && ahead > 0 {
            return false;
        }
        if flags.syn || len > 0 && ahead < 0 {
            self.first = first;
        }
        self.bytes += len;
        !flags.syn && !flags.fin && self.bytes <= NEAR_BYTES as usize
    }
}
