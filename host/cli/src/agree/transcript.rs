//! Everything that an engine gives out, in order: kept of the first engine, compared of the others.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::str::FromStr;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use tidegate_pipeline::events::report_fields;
use tidegate_pipeline::feedback::Reported;
use tidegate_pipeline::{Decision, Engine, Fault, IndexPoint, Outgoing, Record, Sink};
use tidegate_protocol::kernel::ReportFields;
use tidegate_protocol::record::TAG_BYTES;

use super::layout::{Kind, ORDER_HEAD_BYTES, counter_names};
use crate::lines::digits;

/// Outputs that are shown before and behind a difference.
pub(crate) const SHOWN: usize = 6;
const BUFFER_BYTES: usize = 1 << 18;
pub(super) const FAILED: &str = "the temporary file of the outputs (TMPDIR says where it is)";

/// One output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) kind: Kind,
    pub(crate) bytes: Vec<u8>,
}

/// Where an engine gave something else than the first.
#[derive(Clone, Debug)]
pub(crate) struct Difference {
    /// Place among all outputs, from 0.
    pub(crate) number: u64,
    /// Place among the outputs of its kind, from 0.
    pub(crate) of_kind: u64,
    /// What the first engine gave; none where it had nothing more.
    pub(crate) expected: Option<Entry>,
    /// What this one gave.
    pub(crate) found: Option<Entry>,
    /// Messages that had ended by then.
    pub(crate) ended: u64,
    /// The last outputs that were equal.
    pub(crate) before: Vec<Entry>,
    /// What the first engine gave next.
    pub(crate) expected_next: Vec<Entry>,
    /// What this one gave next.
    pub(crate) found_next: Vec<Entry>,
}

impl Difference {
    /// The output that is told of: what is there of the two.
    pub(crate) fn told(&self) -> &Entry {
        self.expected.as_ref().or(self.found.as_ref()).expect("one of the two is there")
    }

    /// The first byte that differs, where both are there and of one kind.
    pub(crate) fn byte(&self) -> Option<usize> {
        let (expected, found) = self.expected.as_ref().zip(self.found.as_ref())?;
        if expected.kind != found.kind {
            return None;
        }
        let equal = expected.bytes.iter().zip(&found.bytes).take_while(|(a, b)| a == b).count();
        Some(equal)
    }

    /// The message that it belongs to: the earlier one, where the two name two.
    pub(crate) fn msg(&self) -> Option<u64> {
        let msg = |entry: &Option<Entry>| entry.as_ref().and_then(|e| e.kind.msg(&e.bytes));
        let told = msg(&self.expected).into_iter().chain(msg(&self.found)).min();
        let is_table = self.told().kind.is_table();
        // What has no message stands before the end of the next one.
        told.or((!is_table).then_some(self.ended))
    }
}

/// A byte that a test changes in the outputs of an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Inject {
    /// Place of the engine in the list, from 0.
    pub(crate) engine: usize,
    pub(crate) kind: Kind,
    /// The message; of a table, its row.
    pub(crate) at: u64,
    pub(crate) byte: usize,
}

impl FromStr for Inject {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parse = || {
            let [engine, kind, at, byte] =
                <[&str; 4]>::try_from(text.split('/').collect::<Vec<_>>()).ok()?;
            Some(Self {
                engine: engine.parse().ok()?,
                kind: Kind::ALL.into_iter().find(|known| known.name() == kind)?,
                at: at.parse().ok()?,
                byte: byte.parse().ok()?,
            })
        };
        parse().ok_or_else(|| "wanted ENGINE/KIND/NUMBER/BYTE".to_owned())
    }
}

impl Inject {
    pub(crate) fn text(&self) -> String {
        format!("{}/{}/{}/{}", self.engine, self.kind.name(), self.at, self.byte)
    }
}

/// What came of an engine.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    of: [u64; Kind::ALL.len()],
}

impl Counts {
    pub(crate) fn of(&self, kind: Kind) -> u64 {
        self.of[kind as usize]
    }

    /// All of them.
    pub(crate) fn total(&self) -> u64 {
        self.of.iter().sum()
    }
}

enum Mode<'a> {
    Keep(BufWriter<&'a File>),
    Compare(BufReader<&'a File>),
}

/// Takes what an engine gives out.
pub(crate) struct Tap<'a> {
    mode: Mode<'a>,
    inject: Option<Inject>,
    pub(crate) counts: Counts,
    number: u64,
    digest: Sha256,
    scratch: Vec<u8>,
    wanted: Vec<u8>,
    before: VecDeque<Entry>,
    difference: Option<Difference>,
    error: Option<io::Error>,
}

impl<'a> Tap<'a> {
    fn new(mode: Mode<'a>, inject: Option<Inject>) -> Self {
        Self {
            mode,
            inject,
            counts: Counts::default(),
            number: 0,
            digest: Sha256::new(),
            scratch: Vec::new(),
            wanted: Vec::new(),
            before: VecDeque::new(),
            difference: None,
            error: None,
        }
    }

    /// Keeps everything in `file`.
    pub(crate) fn keep(file: &'a File, inject: Option<Inject>) -> Self {
        Self::new(Mode::Keep(BufWriter::with_capacity(BUFFER_BYTES, file)), inject)
    }

    /// Compares everything with what `file` kept.
    pub(crate) fn compare(mut file: &'a File, inject: Option<Inject>) -> Result<Self> {
        file.seek(SeekFrom::Start(0)).context(FAILED)?;
        Ok(Self::new(Mode::Compare(BufReader::with_capacity(BUFFER_BYTES, file)), inject))
    }

    /// Whether there is any use in going on.
    pub(crate) fn has_enough(&self) -> bool {
        let shown = |d: &Difference| d.found_next.len() >= SHOWN;
        self.error.is_some() || self.difference.as_ref().is_some_and(shown)
    }

    /// Takes one output.
    pub(crate) fn put(&mut self, kind: Kind, bytes: &[u8]) {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        scratch.extend_from_slice(bytes);
        self.change(kind, &mut scratch);
        let result = self.take(kind, &scratch);
        if let Err(error) = result {
            self.error.get_or_insert(error);
        }
        self.scratch = scratch;
        self.counts.of[kind as usize] += 1;
        self.number += 1;
    }

    fn change(&mut self, kind: Kind, bytes: &mut [u8]) {
        let Some(inject) = self.inject.filter(|inject| inject.kind == kind) else { return };
        let at = match kind.is_table() {
            true => Some(self.counts.of(kind)),
            false => kind.msg(bytes),
        };
        if at == Some(inject.at)
            && let Some(byte) = bytes.get_mut(inject.byte)
        {
            *byte ^= 1;
            // Only the first of the message.
            self.inject = None;
        }
    }

    fn take(&mut self, kind: Kind, bytes: &[u8]) -> io::Result<()> {
        self.digest.update([kind as u8]);
        self.digest.update(bytes);
        let entry = || Entry { kind, bytes: bytes.to_vec() };
        if let Some(difference) = &mut self.difference {
            if difference.found_next.len() < SHOWN {
                difference.found_next.push(entry());
            }
            return Ok(());
        }
        match &mut self.mode {
            Mode::Keep(file) => {
                let length = u16::try_from(bytes.len()).expect("an output of fixed size");
                file.write_all(&[kind as u8])?;
                file.write_all(&length.to_le_bytes())?;
                file.write_all(bytes)
            }
            Mode::Compare(file) => {
                let wanted = next(file, &mut self.wanted)?;
                if wanted == Some(kind) && self.wanted == bytes {
                    if self.before.len() == SHOWN {
                        self.before.pop_front();
                    }
                    self.before.push_back(entry());
                    return Ok(());
                }
                let expected = wanted.map(|kind| Entry { kind, bytes: self.wanted.clone() });
                self.differs(expected, Some(entry()))
            }
        }
    }

    fn differs(&mut self, expected: Option<Entry>, found: Option<Entry>) -> io::Result<()> {
        let Mode::Compare(file) = &mut self.mode else { return Ok(()) };
        let mut expected_next = Vec::new();
        while expected_next.len() < SHOWN
            && let Some(kind) = next(file, &mut self.wanted)?
        {
            expected_next.push(Entry { kind, bytes: self.wanted.clone() });
        }
        let kind = expected.as_ref().or(found.as_ref()).expect("one of the two is there").kind;
        self.difference = Some(Difference {
            number: self.number,
            of_kind: self.counts.of(kind),
            expected,
            found,
            ended: self.counts.of(Kind::End),
            before: self.before.iter().cloned().collect(),
            expected_next,
            found_next: Vec::new(),
        });
        Ok(())
    }

    /// Takes the tables of an engine that has taken all input.
    pub(crate) fn tables(&mut self, engine: &dyn Engine) {
        engine.quotes().for_each_row_bytes(|bytes| self.put(Kind::Row, bytes));
        let book = engine.book();
        for request in book.iter().flat_map(|book| book.requests) {
            self.put(Kind::Request, &request.to_bytes());
        }
        let bytes: Vec<u8> = counters(engine).iter().flat_map(|n| n.to_le_bytes()).collect();
        self.put(Kind::Counters, &bytes);
    }

    /// What the comparison came to, and the digest of what was given out.
    pub(crate) fn finish(mut self) -> Result<(Option<Difference>, String, Counts)> {
        if self.difference.is_none()
            && let Mode::Compare(file) = &mut self.mode
            && self.error.is_none()
        {
            let left = next(file, &mut self.wanted);
            let result = left.and_then(|kind| match kind {
                None => Ok(()),
                Some(kind) => {
                    let bytes = self.wanted.clone();
                    self.differs(Some(Entry { kind, bytes }), None)
                }
            });
            self.error = result.err();
        }
        if let Mode::Keep(file) = &mut self.mode
            && let Err(error) = file.flush()
        {
            self.error.get_or_insert(error);
        }
        match self.error {
            Some(error) => Err(error).context(FAILED),
            None => Ok((self.difference, digits(self.digest)[..16].to_owned(), self.counts)),
        }
    }
}

/// The next output that was kept.
pub(super) fn next(file: &mut impl Read, bytes: &mut Vec<u8>) -> io::Result<Option<Kind>> {
    let mut kind = [0];
    if file.read(&mut kind)? == 0 {
        return Ok(None);
    }
    let mut length = [0; 2];
    file.read_exact(&mut length)?;
    bytes.resize(usize::from(u16::from_le_bytes(length)), 0);
    file.read_exact(bytes)?;
    Ok(Kind::ALL.get(usize::from(kind[0])).copied())
}

/// All counters, in the order of [`counter_names`].
fn counters(engine: &dyn Engine) -> Vec<u64> {
    let c = engine.counters();
    let mut out = vec![
        c.bytes,
        c.messages,
        c.unknown_rest,
        c.swallowed_bytes,
        c.surplus_bytes,
        c.duplicates,
        c.jumps,
        c.jumped_numbers,
        c.unnamed,
        c.stale,
        c.clamped_times,
        c.index_updates,
        c.index_compared,
        c.index_difference_e6,
    ];
    out.extend(c.by_type);
    out.extend(c.unknown.iter().flat_map(|(msg_type, count)| [u64::from(*msg_type), *count]));
    out.extend(c.faults);
    let all = counter_names().len();
    if let Some(book) = engine.book() {
        let t = book.counters;
        out.extend([t.decisions, t.sent, t.refused, t.cancels]);
        out.extend(t.reports);
        out.extend([t.jumps, t.jumped_numbers, t.repeats, t.missed_fills]);
        out.extend([u64::from(book.outstanding), u64::from(book.guarded)]);
        for t in book.triggers {
            out.extend([t.fired, t.sent, t.refused, t.cancels, t.held_back]);
        }
        debug_assert_eq!(out.len(), all);
    }
    out.resize(all, 0);
    out
}

impl Sink for Tap<'_> {
    fn record(&mut self, record: Record<'_>) {
        self.put(Kind::Record, &record.to_bytes());
    }

    fn fault(&mut self, fault: &Fault) {
        self.put(Kind::Fault, &fault.to_bytes());
    }

    fn index(&mut self, point: &IndexPoint) {
        self.put(Kind::Index, &point.to_bytes());
    }

    fn report(&mut self, reported: &Reported) {
        let mut says = [0; ReportFields::BYTES];
        report_fields(&reported.report).emit(&mut says);
        let bytes = [&reported.to_bytes()[..], &says[TAG_BYTES..]].concat();
        self.put(Kind::Report, &bytes);
    }

    fn decision(&mut self, decision: &Decision) {
        self.put(Kind::Decision, &decision.to_bytes());
    }

    fn order(&mut self, order: &Outgoing<'_>) {
        let mut bytes = Vec::with_capacity(ORDER_HEAD_BYTES + order.bytes.len());
        bytes.extend(order.decision.number.to_le_bytes());
        bytes.extend(order.decision.msg.to_le_bytes());
        bytes.extend(order.request.to_le_bytes());
        bytes.extend((order.bytes.len() as u32).to_le_bytes());
        bytes.extend_from_slice(order.bytes);
        self.put(Kind::Order, &bytes);
    }

    fn message(&mut self, msg: u64, msg_type: u32) {
        let mut bytes = [0; 12];
        bytes[..8].copy_from_slice(&msg.to_le_bytes());
        bytes[8..].copy_from_slice(&msg_type.to_le_bytes());
        self.put(Kind::End, &bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(tap: &mut Tap<'_>, msg: u64) {
        Sink::message(tap, msg, 3);
    }

    /// What a second engine with these messages differs in from one with 0, 1, 2.
    fn differs(messages: &[u64]) -> Option<Difference> {
        let file = tempfile::tempfile().expect("a file");
        let mut tap = Tap::keep(&file, None);
        (0..3).for_each(|msg| message(&mut tap, msg));
        let (none, digest, counts) = tap.finish().expect("it is kept");
        assert!(none.is_none());
        assert_eq!(counts.of(Kind::End), 3);
        let mut tap = Tap::compare(&file, None).expect("it is read");
        messages.iter().for_each(|msg| message(&mut tap, *msg));
        let (difference, other, _) = tap.finish().expect("it is read");
        assert_eq!(difference.is_none(), digest == other);
        difference
    }

    #[test]
    fn what_lacks_and_what_is_too_much_differs_too() {
        assert!(differs(&[0, 1, 2]).is_none());
        let less = differs(&[0, 1]).expect("it differs");
        assert_eq!((less.number, less.msg(), less.ended), (2, Some(2), 2));
        assert!(less.found.is_none() && less.byte().is_none());
        assert_eq!(less.before.len(), 2);
        let more = differs(&[0, 1, 2, 3]).expect("it differs");
        assert_eq!((more.number, more.msg()), (3, Some(3)));
        assert!(more.expected.is_none());
        let none = differs(&[]).expect("it differs");
        assert_eq!((none.number, none.expected_next.len()), (0, 2));
        // Of two messages the earlier one is told.
        let other = differs(&[0, 2, 1]).expect("it differs");
        assert_eq!((other.number, other.msg(), other.byte()), (1, Some(1), Some(0)));
        assert_eq!((other.expected_next.len(), other.found_next.len()), (1, 1));
    }

    #[test]
    fn another_kind_of_output_differs_without_a_field() {
        let file = tempfile::tempfile().expect("a file");
        let mut tap = Tap::keep(&file, None);
        message(&mut tap, 7);
        tap.finish().expect("it is kept");
        let mut tap = Tap::compare(&file, None).expect("it is read");
        let point = IndexPoint {
            msg: 7,
            time: tidegate_protocol::units::Timestamp(0),
            value: tidegate_protocol::units::IndexE4(1),
            sum: 1,
        };
        Sink::index(&mut tap, &point);
        let difference = tap.finish().expect("it is read").0.expect("it differs");
        assert_eq!((difference.byte(), difference.msg()), (None, Some(7)));
    }

    #[test]
    fn a_change_is_read_back_as_it_is_written() {
        for text in ["1/record/17/95", "0/end of message/3/8", "2/row of the quote table/0/1"] {
            assert_eq!(text.parse::<Inject>().expect("a change").text(), text);
        }
        for text in ["1/record/17", "1/nothing/1/1", "x/record/1/1", "1/record/1/1/1"] {
            assert!(text.parse::<Inject>().is_err(), "{text}");
        }
    }
}
