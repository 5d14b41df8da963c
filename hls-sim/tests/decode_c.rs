//! The stage `decode` of the kernels against the rooms toe, frame and decode of the native pipeline:
//! the same words in, the same items out.
#![cfg(feature = "kernel-c")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::prelude::*;
use tidegate_gateway::{Delivery, Options, Source};
use tidegate_golden_feeds::rng::Rng;
use tidegate_hls_sim::kernel_c::decode::{DecodeC, LineCounters};
use tidegate_pipeline::Setup;
use tidegate_pipeline::decode::{self, RecordSink};
use tidegate_pipeline::engine::{Line, Resume};
use tidegate_pipeline::feedback::Report;
use tidegate_pipeline::frame::{ChecksumPolicy, Frame, FrameSink, Framer, Verdict};
use tidegate_pipeline::record::{End, Entry, Fault, Head, Queue, RECORD_BYTES, Record, Tick, flag};
use tidegate_pipeline::toe::{Descriptor, Layout, Out, Toe, WordOrder};
use tidegate_protocol::frame::seal;
use tidegate_protocol::kernel::{Item, LogWord, ReportFields, item_kind, item_mark, log_op};
use tidegate_protocol::limits::{
    BEAT_BYTES, HOLD_BYTES, MAX_ANNOUNCEMENT_BYTES, MAX_BODY_BYTES, MAX_PACKET_BYTES, MAX_SESSIONS,
};
use tidegate_protocol::schema::{Part, Then};
use tidegate_protocol::{FaultCode, MESSAGES, msg_type};

const NONE: u16 = u16::MAX;
/// No step waits longer: eight snapshots of the hold leave, and a stop closes 128 sessions.
const PATIENCE: usize = 4_000;
const POLICIES: [ChecksumPolicy; 3] =
    [ChecksumPolicy::Drop, ChecksumPolicy::Flag, ChecksumPolicy::Disconnect];

// ---- what must come out ----

/// The native rooms of one line.
struct Oracle {
    line: Line,
    toe: Toe,
    framer: Framer,
    words: u64,
}

/// Frames and records on their way to items.
struct Collect<'a> {
    items: &'a mut Vec<Item>,
    line: Line,
    beat: u64,
    /// The checksum fault of the frame that comes next.
    checksum: Option<Fault>,
}

impl Collect<'_> {
    fn item(&self, kind: u8) -> Item {
        Item { session: NONE, kind, beat: self.beat, line: self.line as u8, ..Item::default() }
    }

    fn alone(&mut self, fault: &Fault, marks: u8) {
        let session = fault.session.unwrap_or(NONE);
        let (offset, length, fault_a) = (fault.offset, fault.length, fault.code as u8);
        let bare = self.item(item_kind::BARE);
        self.items.push(Item { session, offset, length, fault_a, marks, ..bare });
    }

    fn record(&mut self, record: Record<'_>) {
        let (tag, bytes) = (record.tag(), record.to_bytes());
        let mut item = self.item(tag.kind as u8);
        item.session = tag.session;
        item.offset = tag.offset;
        item.msg_type = tag.msg_type;
        item.flags = tag.flags;
        let (words, rest) = bytes[24..RECORD_BYTES].as_chunks();
        assert!(rest.is_empty(), "whole words");
        for (to, word) in item.payload.iter_mut().zip(words) {
            *to = u64::from_le_bytes(*word);
        }
        self.items.push(item);
    }

    fn report(&mut self, report: &Report, frame: &Frame<'_>) {
        let (partition, report_index) = report.place.unwrap_or_default();
        let fields = ReportFields {
            report_index,
            time: report.time,
            security: report.security,
            quantity: report.quantity,
            cum: report.cum,
            leaves: report.leaves,
            last: report.last,
            last_px: report.last_px,
            order_id: report.order_id,
            cl_ord_id: report.cl_ord_id,
            orig_cl_ord_id: report.orig_cl_ord_id,
            partition_no: partition as u32,
            ref_msg_type: report.ref_msg_type,
            reason: report.reason,
            has_place: u8::from(report.place.is_some()),
            side: report.side,
            exec_type: report.exec_type,
            ord_status: report.ord_status,
        };
        let mut bytes = [0; ReportFields::BYTES];
        fields.emit(&mut bytes);
        let mut item = self.item(item_kind::REPORT);
        item.session = frame.session;
        item.offset = frame.offset;
        item.msg_type = frame.msg_type;
        for (to, word) in item.payload.iter_mut().zip(bytes[24..].as_chunks().0) {
            *to = u64::from_le_bytes(*word);
        }
        self.items.push(item);
    }
}

impl RecordSink for Collect<'_> {
    fn tick(&mut self, tick: &mut Tick) {
        self.record(Record::Tick(tick));
    }
    fn head(&mut self, head: &mut Head) {
        self.record(Record::Head(head));
    }
    fn entry(&mut self, entry: &mut Entry) {
        self.record(Record::Entry(entry));
    }
    fn queue(&mut self, queue: &mut Queue) {
        self.record(Record::Queue(queue));
    }
    fn end(&mut self, end: &mut End) {
        self.record(Record::End(end));
    }
}

impl FrameSink for Collect<'_> {
    fn frame(&mut self, frame: Frame<'_>) {
        let first = self.items.len();
        let checksum = self.checksum.take();
        let flags = match frame.verdict {
            Verdict::Intact | Verdict::Skipped => Some(0),
            Verdict::Flagged => Some(flag::BAD_CHECKSUM),
            Verdict::Dropped => None,
        };
        let (mut surplus, mut fault_b) = (0, 0);
        if let Some(flags) = flags {
            match decode::decode(&frame, flags, self) {
                Ok(known) => {
                    surplus = frame.body().len().saturating_sub(known.0) as u32;
                    if flags == 0
                        && let Some(report) = Report::parse(frame.msg_type, frame.body())
                    {
                        self.report(&report, &frame);
                    }
                }
                Err(code) => fault_b = code as u8,
            }
        }
        if self.items.len() == first {
            let mut item = self.item(item_kind::BARE);
            item.session = frame.session;
            item.offset = frame.offset;
            item.msg_type = frame.msg_type;
            self.items.push(item);
        }
        let item = &mut self.items[first];
        item.marks |= item_mark::BEGINS;
        item.fault_a = checksum.map_or(0, |fault| fault.code as u8);
        item.fault_b = fault_b;
        item.length = match checksum {
            Some(fault) => fault.length,
            None if fault_b != 0 => frame.bytes.len() as u64,
            None => 0,
        };
        let last = self.items.last_mut().expect("at least one");
        last.marks |= item_mark::ENDS;
        last.surplus = surplus;
    }

    fn fault(&mut self, fault: Fault, _bytes: &[u8]) {
        if fault.msg.is_some() {
            self.checksum = Some(fault);
        } else {
            self.alone(&fault, 0);
        }
    }
}

impl Oracle {
    fn new(line: Line, descriptor: Descriptor, policy: ChecksumPolicy) -> Self {
        let sessions = MAX_SESSIONS as u16;
        let toe = Toe::new(descriptor, sessions);
        Self { line, toe, framer: Framer::new(2 * sessions, policy), words: 0 }
    }

    fn feed(&mut self, word: &LogWord, items: &mut Vec<Item>) {
        let Self { line, toe, framer, words } = self;
        let line = *line;
        let mut to = Collect { items, line, beat: *words, checksum: None };
        let mut hand = |out: Out<'_>, to: &mut Collect<'_>| match out {
            Out::Bytes { session, bytes } => framer.push(line.session(session), bytes, to),
            Out::Fault { code, session, offset, length } => {
                let session = session.map(|session| line.session(session));
                let fault = Fault { code, session, offset, length, msg: None, line: Some(line) };
                to.alone(&fault, item_mark::LINK);
            }
        };
        let mut plain = |kind, operand| {
            let item = to.item(kind);
            to.items.push(Item { operand, ..item });
        };
        match word.op {
            log_op::WORD => {
                toe.push(&word.word, |out| hand(out, &mut to));
                *words += 1;
            }
            log_op::RESET if usize::from(word.cid) >= MAX_SESSIONS => {
                let (code, session, offset, length) = (FaultCode::ToeSession, None, 0, 0);
                hand(Out::Fault { code, session, offset, length }, &mut to);
            }
            log_op::RESET => {
                let cid = u16::from(word.cid);
                let resume = match word.how {
                    0 => Resume::New,
                    1 => Resume::At(word.offset),
                    _ => Resume::Lost(word.offset),
                };
                toe.reset(cid);
                framer.reset(line.session(cid), resume, &mut to);
            }
            log_op::FAULT => {
                let (session, offset) = (word.session, word.offset);
                let length = u64::from_le_bytes(word.word[..8].try_into().expect("8 bytes"));
                let (fault_a, marks) = (word.how, item_mark::LINK);
                let bare = to.item(item_kind::BARE);
                to.items.push(Item { session, offset, length, fault_a, marks, ..bare });
            }
            log_op::KILL => plain(item_kind::KILL, u64::from(word.how)),
            log_op::PARAMETERS => plain(item_kind::PARAMETERS, 0),
            log_op::TURN => plain(item_kind::TURN, 0),
            log_op::STOP => {
                toe.stop(|out| hand(out, &mut to));
                framer.stop(line.session(0)..line.session(MAX_SESSIONS as u16), &mut to);
                let item = to.item(item_kind::STOPPED);
                to.items.push(item);
            }
            other => panic!("op {other}"),
        }
    }

    fn counters(&self) -> LineCounters {
        LineCounters {
            bytes: self.framer.bytes(),
            swallowed: self.framer.swallowed_bytes() + self.toe.swallowed_bytes(),
            words: self.words,
        }
    }
}

// ---- both, side by side ----

struct Pair {
    oracle: Oracle,
    stage: DecodeC,
    wanted: Vec<Item>,
    found: usize,
    /// Steps so far.
    step: usize,
    /// Step in which the last word was taken.
    took: usize,
}

impl Pair {
    fn new(line: Line, descriptor: Descriptor, policy: ChecksumPolicy) -> Self {
        Self {
            oracle: Oracle::new(line, descriptor, policy),
            stage: DecodeC::new(line, descriptor, policy),
            wanted: Vec::new(),
            found: 0,
            step: 0,
            took: 0,
        }
    }

    fn step(&mut self, word: Option<&LogWord>) -> (bool, Option<Item>) {
        self.step += 1;
        let (took, item) = self.stage.step(word);
        if let Some(item) = &item {
            let wanted = self.wanted.get(self.found);
            assert_eq!(Some(item), wanted, "item {} in step {}", self.found, self.step);
            self.found += 1;
        }
        (took, item)
    }

    /// Offers a word until it is taken.
    fn word(&mut self, word: &LogWord) {
        // A control word gives its item in the step that takes it.
        self.oracle.feed(word, &mut self.wanted);
        for _ in 0..PATIENCE {
            if self.step(Some(word)).0 {
                self.took = self.step;
                return;
            }
        }
        panic!("a word was not taken in {PATIENCE} steps");
    }

    fn rest(&mut self, steps: usize) {
        for _ in 0..steps {
            assert!(!self.step(None).0, "took nothing");
        }
    }

    /// Everything is out, and all of it came.
    fn drain(&mut self) {
        for _ in 0..PATIENCE {
            if self.stage.is_idle() {
                break;
            }
            self.step(None);
        }
        assert!(self.stage.is_idle(), "drained");
        assert_eq!(self.found, self.wanted.len(), "items");
        assert_eq!(self.stage.counters(), self.oracle.counters());
        self.wanted.clear();
        self.found = 0;
    }

    fn stop(&mut self) {
        self.word(&control(log_op::STOP));
        self.drain();
    }

    fn packet(&mut self, descriptor: &Descriptor, cid: u8, bytes: &[u8]) {
        for word in descriptor.words(cid, bytes, 0xc3) {
            self.word(&log_word(word));
        }
    }
}

fn log_word(word: [u8; BEAT_BYTES]) -> LogWord {
    LogWord { op: log_op::WORD, word, ..LogWord::default() }
}

fn control(op: u8) -> LogWord {
    LogWord { op, ..LogWord::default() }
}

fn reset(cid: u8, resume: Resume) -> LogWord {
    let (how, offset) = match resume {
        Resume::New => (0, 0),
        Resume::At(offset) => (1, offset),
        Resume::Lost(offset) => (2, offset),
    };
    LogWord { op: log_op::RESET, cid, how, offset, ..LogWord::default() }
}

fn descriptor(layout: Layout, words: WordOrder) -> Descriptor {
    Descriptor { layout, words, ..Descriptor::default() }
}

fn descriptors() -> [Descriptor; 4] {
    [
        descriptor(Layout::Sample, WordOrder::Channel),
        descriptor(Layout::Sample, WordOrder::Printed),
        descriptor(Layout::Text, WordOrder::Channel),
        Descriptor { prefix_bytes: 4, ..descriptor(Layout::Text, WordOrder::Printed) },
    ]
}

// ---- messages ----

/// Random bytes of these parts, with groups of 0 to `most` entries.
fn put_parts(parts: &[Part], rng: &mut Rng, most: i64, body: &mut Vec<u8>) {
    for part in parts {
        let bytes: usize = part.fields.iter().map(|field| usize::from(field.len)).sum();
        body.extend((0..bytes).map(|_| rng.next() as u8));
        let at = body.len() - 4;
        let mut count = |body: &mut Vec<u8>| {
            let count = rng.below(most + 1) as u32;
            body[at..].copy_from_slice(&count.to_be_bytes());
            count
        };
        match part.then {
            Then::Nothing => {}
            Then::Group(group) => {
                for _ in 0..count(body) {
                    put_parts(group.entry, rng, most, body);
                }
            }
            Then::Data { .. } => {
                let count = count(body);
                body.extend((0..count).map(|_| rng.next() as u8));
            }
        }
    }
}

fn frame(msg_type: u32, body: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(body.len() + 12);
    frame.extend_from_slice(&msg_type.to_be_bytes());
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(body);
    frame.extend_from_slice(&[0; 4]);
    seal(&mut frame);
    frame
}

fn body_of(msg_type: u32, rng: &mut Rng, most: i64) -> Vec<u8> {
    let message = tidegate_protocol::find(msg_type).expect("a known type");
    let mut body = Vec::new();
    put_parts(message.parts, rng, most, &mut body);
    body
}

/// What feeds bring: mostly ticks and snapshots, now and then anything that can be wrong.
fn message(rng: &mut Rng) -> Vec<u8> {
    const OFTEN: [u32; 6] = [
        msg_type::AUCTION_ORDER,
        msg_type::AUCTION_TRADE,
        msg_type::AUCTION_SNAPSHOT,
        msg_type::BOND_SNAPSHOT,
        msg_type::HEARTBEAT,
        msg_type::ORDER_REPORT,
    ];
    let any = MESSAGES[rng.below(MESSAGES.len() as i64) as usize].msg_type;
    let msg_type = if rng.permille(600) { rng.pick(&OFTEN) } else { any };
    let mut out = match rng.below(40) {
        // Unknown types.
        0 | 1 => {
            let bytes = rng.below(60) as usize;
            let body: Vec<u8> = (0..bytes).map(|_| rng.next() as u8).collect();
            frame(rng.next() as u32, &body)
        }
        // Too short by a few bytes, for the type or for its groups.
        2 | 3 => {
            let mut body = body_of(msg_type, rng, 4);
            let cut = rng.below(40).min(body.len() as i64) as usize;
            body.truncate(body.len() - cut);
            frame(msg_type, &body)
        }
        // A newer version's longer body.
        4 | 5 => {
            let mut body = body_of(msg_type, rng, 3);
            body.extend((0..rng.below(40)).map(|n| n as u8));
            frame(msg_type, &body)
        }
        // A count that cannot be, or could be.
        6 | 7 => {
            let mut body = body_of(msg_type, rng, 3);
            if body.len() >= 4 {
                let at = rng.below(body.len() as i64 - 3) as usize;
                let count = [u32::MAX, u32::MAX / 32, 1 << 31, 7, 1, 0][rng.below(6) as usize];
                body[at..at + 4].copy_from_slice(&count.to_be_bytes());
            }
            frame(msg_type, &body)
        }
        // Around the end of the hold, and far behind it.
        8 => frame(msg_type::AUCTION_SNAPSHOT, &hold_body(rng, HOLD_BYTES)),
        9 if rng.permille(300) => frame(msg_type::BOND_SNAPSHOT, &hold_body(rng, 8_000)),
        // Skipped by length.
        10 if rng.permille(300) => {
            let bytes = MAX_BODY_BYTES as i64 - 20 + rng.below(60);
            frame(msg_type::ANNOUNCEMENT, &vec![rng.next() as u8; bytes as usize])
        }
        // Over the limit: the session is dead.
        11 if rng.permille(200) => {
            let mut out = frame(msg_type, &[]);
            let (limit, least) = if msg_type == msg_type::ANNOUNCEMENT {
                (MAX_ANNOUNCEMENT_BYTES, 1)
            } else {
                (MAX_BODY_BYTES, 0)
            };
            let over = if rng.permille(500) { limit + 1 + least } else { u32::MAX };
            out[4..8].copy_from_slice(&over.to_be_bytes());
            return out;
        }
        // The greatest body, or one byte more.
        12 if rng.permille(100) => {
            let bytes = MAX_BODY_BYTES as usize;
            frame(msg_type::AUCTION_ORDER, &vec![rng.next() as u8; bytes])
        }
        _ => frame(msg_type, &body_of(msg_type, rng, 3)),
    };
    if rng.permille(60) {
        let at = rng.below(out.len() as i64 - 8) as usize;
        let at = if at < 8 { out.len() - 1 - at % 4 } else { at };
        out[at] ^= 1 << rng.below(8);
    }
    out
}

/// An auction snapshot whose known part is about that long.
fn hold_body(rng: &mut Rng, about: usize) -> Vec<u8> {
    let mut body = vec![0; 69];
    let mut entries = 0_u32;
    while body.len() + 32 < about {
        let queue = rng.below(20).min(((about - body.len() - 32) / 8) as i64) as u32;
        body.extend((0..28).map(|_| rng.next() as u8));
        body.extend_from_slice(&queue.to_be_bytes());
        body.extend((0..8 * queue).map(|_| rng.next() as u8));
        entries += 1;
    }
    body[65..69].copy_from_slice(&entries.to_be_bytes());
    body.extend((0..rng.below(24)).map(|n| n as u8));
    body
}

// ---- tests ----

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../golden-feeds")
}

/// One file of the manifest as log words.
fn golden_words(
    file: &Path,
    descriptor: &Descriptor,
    cut: &mut dyn FnMut() -> usize,
) -> Vec<LogWord> {
    let mut words = Vec::new();
    let mut source = Source::open(file, &Options::default()).expect("a golden feed");
    let mut at = Vec::new();
    while let Some(delivery) = source.next().expect("a golden feed") {
        match delivery {
            Delivery::Open { stream } => {
                at.resize(at.len().max(stream.0 as usize + 1), 0);
                words.push(reset(stream.0 as u8, Resume::New));
            }
            Delivery::Bytes { stream, offset, bytes, .. } => {
                let (cid, at) = (stream.0 as u8, &mut at[stream.0 as usize]);
                if *at != offset {
                    words.push(reset(cid, Resume::At(offset)));
                }
                *at = offset + bytes.len() as u64;
                let mut rest = bytes;
                while !rest.is_empty() {
                    let (packet, behind) = rest.split_at(cut().clamp(1, rest.len()));
                    let mut whole = vec![0; usize::from(descriptor.prefix_bytes)];
                    whole.extend_from_slice(packet);
                    words.extend(descriptor.words(cid, &whole, 0x11).map(log_word));
                    rest = behind;
                }
            }
            Delivery::Resume { stream, offset } => {
                at[stream.0 as usize] = offset;
                words.push(reset(stream.0 as u8, Resume::Lost(offset)));
            }
            Delivery::Close { stream } => words.push(reset(stream.0 as u8, Resume::New)),
            Delivery::Words { bytes } => {
                words.extend(bytes.as_chunks().0.iter().map(|word| log_word(*word)));
            }
            Delivery::Fault { .. } => {}
        }
    }
    words
}

/// Shows G7, G19, G34.
#[test]
fn every_golden_feed() {
    let text = fs::read_to_string(golden().join("MANIFEST.toml")).expect("the manifest");
    let manifest: toml::Table = text.parse().expect("TOML");
    let feeds = manifest["feed"].as_array().expect("feeds");
    assert!(feeds.len() >= 45, "{} feeds", feeds.len());
    for feed in feeds {
        let file = feed["file"].as_str().expect("a file");
        let setup = feed.get("setup").map(|setup| {
            let path = golden().join(setup.as_str().expect("a name"));
            Setup::load(&path).expect("a setup")
        });
        let mut shapes = descriptors().to_vec();
        shapes.extend(setup.map(|setup| setup.toe));
        // The day is long: once as the setup says, with packets as they may come.
        let is_long = file.ends_with(".gz") && file.starts_with("market-day");
        let cuts: &[usize] =
            if is_long { &[0] } else { &[0, 1, 7, 16, 17, 100, 1_460, MAX_PACKET_BYTES - 4] };
        if is_long {
            shapes.truncate(1);
        }
        for shape in &shapes {
            for &cut in cuts {
                let mut rng = Rng::new(cut as u64 + 1);
                let mut next = || if cut == 0 { 1 + rng.below(1_500) as usize } else { cut };
                let words = golden_words(&golden().join(file), shape, &mut next);
                for policy in POLICIES {
                    if is_long && policy == ChecksumPolicy::Disconnect {
                        continue;
                    }
                    let mut pair = Pair::new(Line::Market, *shape, policy);
                    words.iter().for_each(|word| pair.word(word));
                    pair.stop();
                }
            }
        }
    }
}

/// The reports of the day on the other line.
/// Shows H33.
#[test]
fn golden_reports() {
    let file = golden().join("market-day/reports.bin");
    for cut in [1, 13, 16, 333, 4_000] {
        let shape = Descriptor::default();
        let words = golden_words(&file, &shape, &mut || cut);
        let mut pair = Pair::new(Line::Orders, shape, ChecksumPolicy::Drop);
        words.iter().for_each(|word| pair.word(word));
        pair.stop();
    }
}

/// Each type at each of the 16 places in a beat, cut into two packets at every byte.
/// Shows G13, G16.
#[test]
fn every_type_at_every_alignment_cut_at_every_byte() {
    let shape = Descriptor::default();
    for (n, message) in MESSAGES.iter().enumerate() {
        let mut rng = Rng::new(n as u64);
        let mut pair = Pair::new(Line::Market, shape, ChecksumPolicy::Drop);
        for align in 0..BEAT_BYTES {
            let mut stream = frame(u32::MAX, &vec![n as u8; (align + 4) % BEAT_BYTES]);
            assert_eq!(stream.len() % BEAT_BYTES, align);
            let body = body_of(message.msg_type, &mut rng, 2);
            stream.extend(frame(message.msg_type, &body));
            stream.extend(frame(msg_type::HEARTBEAT, &[]));
            for cut in 1..stream.len() {
                let (first, second) = stream.split_at(cut);
                pair.packet(&shape, 7, first);
                pair.packet(&shape, 7, second);
                pair.drain();
            }
        }
    }
}

/// Bodies of every length up to that of the type with its groups: short, group, or neither.
/// Shows G14.
#[test]
fn every_type_at_every_length() {
    let shape = Descriptor::default();
    for (n, message) in MESSAGES.iter().enumerate() {
        let mut rng = Rng::new(n as u64);
        let mut pair = Pair::new(Line::Market, shape, ChecksumPolicy::Flag);
        for _ in 0..4 {
            let mut body = body_of(message.msg_type, &mut rng, 2);
            body.extend_from_slice(&[1, 2, 3]);
            for len in 0..=body.len() {
                let mut bytes = frame(message.msg_type, &body[..len]);
                if len % 7 == 3 {
                    *bytes.last_mut().expect("a trailer") ^= 1;
                }
                pair.packet(&shape, 0, &bytes);
            }
            pair.drain();
        }
    }
}

/// A tick waits the same number of steps at each alignment: its item leaves in the step behind the
/// one that takes its last byte.
/// Shows G22.
#[test]
fn a_tick_leaves_one_step_behind_its_last_byte() {
    let shape = Descriptor::default();
    let ticks = [
        msg_type::AUCTION_ORDER,
        msg_type::AUCTION_TRADE,
        msg_type::BOND_ORDER,
        msg_type::BOND_TRADE,
        msg_type::BOND_BIDDING_ORDER,
        msg_type::REFINANCING_TRADE,
    ];
    for msg_type in ticks {
        for align in 0..BEAT_BYTES {
            let mut pair = Pair::new(Line::Market, shape, ChecksumPolicy::Drop);
            let mut stream = frame(u32::MAX, &vec![1; (align + 4) % BEAT_BYTES]);
            stream.extend(frame(msg_type, &body_of(msg_type, &mut Rng::new(9), 0)));
            pair.packet(&shape, 3, &stream);
            let item = loop {
                let (_, item) = pair.step(None);
                if let Some(item) = item.filter(|item| item.msg_type == msg_type) {
                    break item;
                }
            };
            assert_eq!(pair.step - pair.took, 1, "type {msg_type} at byte {align}");
            assert_eq!(item.beat, pair.oracle.words - 1);
        }
    }
}

/// Heartbeats alone, back to back: more messages than items a step.
/// Shows G14, G27.
#[test]
fn heartbeats_back_to_back() {
    let heartbeat = frame(msg_type::HEARTBEAT, &[]);
    let stream = heartbeat.repeat(1_000);
    for shape in descriptors() {
        let mut pair = Pair::new(Line::Market, shape, ChecksumPolicy::Drop);
        for packet in stream.chunks(MAX_PACKET_BYTES / 2) {
            let mut whole = vec![0; usize::from(shape.prefix_bytes)];
            whole.extend_from_slice(packet);
            pair.packet(&shape, 127, &whole);
        }
        pair.stop();
    }
}

/// The end of a message, a whole one and the start of another in one beat; a length over the limit
/// or a disconnect in each place.
/// Shows G27.
#[test]
fn three_segments_in_a_beat() {
    let shape = Descriptor::default();
    let short = |body: usize| frame(77, &vec![5; body]);
    let mut bad = short(2);
    *bad.last_mut().expect("a trailer") ^= 1;
    let mut over = short(0);
    over[4..8].copy_from_slice(&(MAX_BODY_BYTES + 1).to_be_bytes());
    let kinds = [short(0), short(1), short(2), short(3), bad, over];
    for policy in POLICIES {
        let mut pair = Pair::new(Line::Market, shape, policy);
        for lead in 0..BEAT_BYTES {
            for a in &kinds {
                for b in &kinds {
                    for c in &kinds {
                        let mut stream = short(lead + 4);
                        for part in [a, b, c, &kinds[0]] {
                            stream.extend_from_slice(part);
                        }
                        // All of it, and cut off somewhere in the last beats.
                        for missing in [0, 3, 6, 9, 14, 17, 20, 25] {
                            let (bytes, _) = stream.split_at(stream.len() - missing);
                            pair.packet(&shape, 9, bytes);
                            pair.word(&reset(9, Resume::New));
                        }
                        pair.drain();
                    }
                }
            }
        }
    }
}

/// The longest body, the longest that is held of an announcement, and the last byte of the hold; one
/// byte less and one more.
/// Shows G14, G18.
#[test]
fn at_the_limits() {
    let shape = Descriptor::default();
    let mut rng = Rng::new(6);
    let limit = MAX_BODY_BYTES as usize;
    let mut streams = Vec::new();
    for msg_type in [msg_type::ANNOUNCEMENT, msg_type::AUCTION_ORDER, 77] {
        streams.extend((limit - 2..limit + 3).map(|len| frame(msg_type, &vec![1; len])));
    }
    // 69 + 32 + 8 x queue + 4 + 9 x phases + 16 known bytes: 7 phases can fill the hold exactly.
    for (phases, queue) in [(6, 233), (6, 234), (7, 232), (7, 233), (7, 234), (8, 232), (8, 233)] {
        let mut body: Vec<u8> = (0..65).map(|_| rng.next() as u8).collect();
        body.extend_from_slice(&[0, 0, 0, 1]);
        body.extend_from_slice(&[9; 28]);
        body.extend_from_slice(&u32::to_be_bytes(queue));
        body.extend((0..8 * queue).map(|_| rng.next() as u8));
        body.extend_from_slice(&u32::to_be_bytes(phases));
        body.extend((0..9 * phases + 16).map(|_| rng.next() as u8));
        streams.push(frame(msg_type::BOND_SNAPSHOT, &body));
    }
    for policy in POLICIES {
        for stream in &streams {
            let mut bad = stream.clone();
            *bad.last_mut().expect("a trailer") ^= 1;
            let mut pair = Pair::new(Line::Market, shape, policy);
            for bytes in [stream, &bad, stream] {
                pair.packet(&shape, 0, bytes);
                pair.word(&reset(0, Resume::New));
            }
            pair.drain();
        }
    }
}

/// A count as the last four bytes of a beat, of a packet, and across both; two counts in a beat.
/// Shows G18.
#[test]
fn counts_that_straddle() {
    let shape = Descriptor::default();
    let mut rng = Rng::new(4);
    let mut pair = Pair::new(Line::Market, shape, ChecksumPolicy::Drop);
    for entries in 0..3_u32 {
        for phases in [0, 1, 2, u32::MAX, u32::MAX / 9 + 1] {
            for last_queue in [0, 1, 3, u32::MAX, 1 << 29] {
                let mut body: Vec<u8> = (0..65).map(|_| rng.next() as u8).collect();
                body.extend_from_slice(&entries.to_be_bytes());
                for entry in 0..entries {
                    let queue = if entry + 1 == entries { last_queue } else { 1 };
                    body.extend_from_slice(&[3; 28]);
                    body.extend_from_slice(&queue.to_be_bytes());
                    body.extend((0..8 * queue.min(9)).map(|n| n as u8));
                }
                body.extend_from_slice(&phases.to_be_bytes());
                body.extend_from_slice(&vec![7; 9 * phases.min(9) as usize + 16]);
                let bytes = frame(msg_type::BOND_SNAPSHOT, &body);
                for cut in 1..bytes.len() {
                    pair.packet(&shape, 1, &bytes[..cut]);
                    pair.packet(&shape, 1, &bytes[cut..]);
                }
                pair.drain();
            }
        }
    }
}

/// Snapshots of one session back to back: the hold of the next one waits for that of the one before.
/// Shows G27.
#[test]
fn the_hold_is_not_overwritten() {
    let shape = Descriptor::default();
    let mut rng = Rng::new(8);
    let mut pair = Pair::new(Line::Market, shape, ChecksumPolicy::Drop);
    let mut waited = 0;
    for round in 0..300 {
        let about = [80, 200, 500, 1_200, HOLD_BYTES][round % 5];
        let snapshot = frame(msg_type::AUCTION_SNAPSHOT, &hold_body(&mut rng, about));
        let ticks = frame(msg_type::AUCTION_ORDER, &body_of(msg_type::AUCTION_ORDER, &mut rng, 0));
        let stream = if round % 3 == 0 { [ticks, snapshot].concat() } else { snapshot };
        let (before, cid) = (pair.step, (round / 7 % 3) as u8);
        pair.packet(&shape, cid, &stream);
        waited += pair.step - before - stream.len().div_ceil(BEAT_BYTES) - 1;
    }
    assert!(waited > 0, "some words had to wait");
    pair.drain();
}

/// Shows G27.
#[test]
fn control_words() {
    let shape = Descriptor::default();
    let mut pair = Pair::new(Line::Orders, shape, ChecksumPolicy::Drop);
    let order = frame(msg_type::AUCTION_ORDER, &[9; 51]);
    pair.packet(&shape, 5, &order[..20]);
    let kill = |how| LogWord { how, ..control(log_op::KILL) };
    for word in [kill(1), kill(0), control(log_op::PARAMETERS), control(log_op::TURN)] {
        pair.word(&word);
    }
    let mut length = [0; BEAT_BYTES];
    length[..8].copy_from_slice(&77_u64.to_le_bytes());
    for session in [NONE, 133] {
        let (how, word) = (FaultCode::ToePrefix as u8, length);
        pair.word(&LogWord { how, session, offset: 9, word, ..control(log_op::FAULT) });
    }
    pair.packet(&shape, 5, &order[20..]);
    for cid in [5, 6, 128, 255] {
        for resume in
            [Resume::New, Resume::At(u64::MAX / 2), Resume::Lost(5), Resume::Lost(1 << 40)]
        {
            pair.packet(&shape, 5, &order[..30]);
            pair.word(&reset(cid, resume));
        }
    }
    // A reset in the middle of a packet of its session, and of another.
    let words: Vec<_> = shape.words(5, &order, 0).map(log_word).collect();
    for cid in [5, 6] {
        words[..3].iter().for_each(|word| pair.word(word));
        pair.word(&reset(cid, Resume::New));
        words[3..].iter().for_each(|word| pair.word(word));
    }
    // Stop in a packet, and life behind it.
    words[..3].iter().for_each(|word| pair.word(word));
    pair.stop();
    pair.packet(&shape, 5, &order);
    pair.stop();
}

/// Words of a random log: sessions interleaved, packets of any length, headers that are wrong.
fn random_log(rng: &mut Rng, shape: &Descriptor, messages: usize) -> Vec<LogWord> {
    let range = rng.pick(&[2, 8, 128]);
    let sessions = 1 + rng.below(range);
    let most = [1, 15, 100, 3_000][rng.below(4) as usize];
    let mut streams: Vec<Vec<u8>> = vec![Vec::new(); sessions as usize];
    let mut log = Vec::new();
    let send = |cid: u8, bytes: &[u8], padding: u8, log: &mut Vec<LogWord>| {
        let mut whole = vec![0xee; usize::from(shape.prefix_bytes)];
        whole.extend_from_slice(bytes);
        for packet in whole.chunks(MAX_PACKET_BYTES) {
            log.extend(shape.words(cid, packet, padding).map(log_word));
        }
    };
    for _ in 0..messages {
        let cid = rng.below(sessions) as usize;
        streams[cid].extend(message(rng));
        for _ in 0..rng.below(6) {
            let cid = rng.below(sessions) as usize;
            let bytes = (1 + rng.below(most)).min(streams[cid].len() as i64) as usize;
            if bytes > 0 {
                let packet: Vec<u8> = streams[cid].drain(..bytes).collect();
                send(cid as u8, &packet, rng.next() as u8, &mut log);
            }
        }
        if rng.permille(60) {
            let cid = rng.below(sessions + 1) as u8;
            let to = rng.below(100_000) as u64;
            let how = [Resume::New, Resume::At(to), Resume::Lost(to)][rng.below(3) as usize];
            log.push(reset(cid, how));
        }
        if rng.permille(20) {
            let cid = rng.below(256) as u8;
            send(cid, &[1, 2, 3], 0, &mut log);
            let length = rng.below(40) as u16;
            let mut header = shape.header_word(length, rng.below(128) as u8);
            header[8] ^= 0x10;
            log.push(log_word(header));
            log.extend((0..length.div_ceil(16)).map(|n| log_word([n as u8; 16])));
            log.push(log_word(shape.header_word(0, 3)));
            log.push(log_word(shape.header_word(shape.prefix_bytes.saturating_sub(1), 3)));
            let behind = shape.prefix_bytes.saturating_sub(1).div_ceil(16);
            log.extend((0..behind).map(|n| log_word([n as u8; 16])));
        }
    }
    for (cid, stream) in streams.iter().enumerate() {
        for packet in stream.chunks(4_000) {
            send(cid as u8, packet, 0, &mut log);
        }
    }
    if rng.permille(50) {
        log.push(log_word(shape.header_word(MAX_PACKET_BYTES as u16 + 1, 2)));
        log.extend((0..20).map(|n| log_word([n; 16])));
    }
    log
}

fn shape_of(rng: &mut Rng) -> Descriptor {
    Descriptor {
        layout: rng.pick(&[Layout::Sample, Layout::Text]),
        words: rng.pick(&[WordOrder::Channel, WordOrder::Printed]),
        strict_filler: rng.permille(700),
        prefix_bytes: rng.pick(&[0, 0, 4, 16, 37]),
    }
}

/// A log with its setup, and what the native rooms make of it.
fn put_log(
    to: &mut Vec<u8>,
    line: Line,
    shape: &Descriptor,
    policy: ChecksumPolicy,
    words: &[LogWord],
) -> String {
    let mut oracle = Oracle::new(line, *shape, policy);
    let head = [
        u32::from(shape.layout == Layout::Text),
        u32::from(shape.words == WordOrder::Printed),
        u32::from(shape.strict_filler),
        u32::from(shape.prefix_bytes),
        POLICIES.iter().position(|p| *p == policy).expect("a policy") as u32,
        line as u32,
        words.len() as u32 + 1,
        0,
    ];
    head.iter().for_each(|number| to.extend_from_slice(&number.to_ne_bytes()));
    let mut items = Vec::new();
    for word in words.iter().chain([&control(log_op::STOP)]) {
        let mut bytes = [0; LogWord::BYTES];
        word.emit(&mut bytes);
        to.extend_from_slice(&bytes);
        oracle.feed(word, &mut items);
    }
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for item in &items {
        let mut bytes = [0; Item::BYTES];
        item.emit(&mut bytes);
        for byte in bytes {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
    format!("{} {hash:016x}", items.len())
}

/// The same stage as a plain C program under AddressSanitizer and UBSan: the golden feeds, random
/// logs and random words, with the memory of the stage filled with rubbish first.
/// Shows G7, Q12.
#[test]
fn under_sanitizers() {
    let dir = tempfile::tempdir().expect("a folder");
    let (program, logs) = (dir.path().join("decode"), dir.path().join("logs"));
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let compiled = Command::new(std::env::var("CC").unwrap_or_else(|_| "cc".into()))
        .args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-O1", "-g"])
        .args(["-fsanitize=address,undefined", "-fno-sanitize-recover=all"])
        .arg("-I")
        .arg(here.join("../kernels"))
        .arg(here.join("csrc/check/decode.c"))
        .arg("-o")
        .arg(&program)
        .output();
    let compiled = match compiled {
        Ok(done) if done.status.success() => Ok(()),
        Ok(done) => Err(String::from_utf8_lossy(&done.stderr).into_owned()),
        Err(error) => Err(error.to_string()),
    };
    if let Err(reason) = compiled {
        assert!(std::env::var_os("CI").is_none(), "no sanitizers: {reason}");
        println!("skipped, the C compiler has no sanitizers: {reason}");
        return;
    }
    let (mut bytes, mut wanted) = (Vec::new(), Vec::new());
    for entry in walk(&golden()) {
        let mut rng = Rng::new(5);
        let shape = shape_of(&mut rng);
        let words = golden_words(&entry, &shape, &mut || 1 + rng.below(300) as usize);
        for policy in POLICIES {
            wanted.push(put_log(&mut bytes, Line::Market, &shape, policy, &words));
        }
    }
    assert!(wanted.len() > 100, "{} logs of golden feeds", wanted.len());
    for seed in 0..300 {
        let mut rng = Rng::new(seed);
        let shape = shape_of(&mut rng);
        let words = if seed % 3 == 0 {
            let random = |rng: &mut Rng| [0; BEAT_BYTES].map(|_: u8| rng.below(256) as u8);
            let header =
                |rng: &mut Rng| shape.header_word(rng.below(900) as u16, rng.below(130) as u8);
            let word = |rng: &mut Rng| if rng.permille(200) { header(rng) } else { random(rng) };
            (0..300).map(|_| log_word(word(&mut rng))).collect()
        } else {
            random_log(&mut rng, &shape, 60)
        };
        let policy = POLICIES[seed as usize % 3];
        wanted.push(put_log(&mut bytes, Line::Orders, &shape, policy, &words));
    }
    fs::write(&logs, &bytes).expect("the logs");
    let run = Command::new(&program).arg(&logs).output().expect("the program");
    assert!(run.status.success(), "{}: {}", run.status, String::from_utf8_lossy(&run.stderr));
    let found = String::from_utf8(run.stdout).expect("text");
    for (n, (found, wanted)) in found.lines().zip(&wanted).enumerate() {
        assert_eq!(found, wanted, "log {n}");
    }
    assert_eq!(found.lines().count(), wanted.len(), "logs");
}

/// Every golden feed but the long day.
fn walk(folder: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(folder.join("MANIFEST.toml")).expect("the manifest");
    let manifest: toml::Table = text.parse().expect("TOML");
    let feeds = manifest["feed"].as_array().expect("feeds").iter();
    let names = feeds.map(|feed| feed["file"].as_str().expect("a file").to_owned());
    names.filter(|name| !name.starts_with("market-day")).map(|name| folder.join(name)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Shows G7, G30, G31, H15.
    #[test]
    fn random_streams(seed: u64, messages in 1_usize..200, policy in 0_usize..3, orders: bool) {
        let mut rng = Rng::new(seed);
        let shape = shape_of(&mut rng);
        let line = if orders { Line::Orders } else { Line::Market };
        let mut pair = Pair::new(line, shape, POLICIES[policy]);
        let gaps = rng.pick(&[0, 30, 300]);
        for word in random_log(&mut rng, &shape, messages) {
            pair.word(&word);
            // In a packet too.
            if rng.permille(3) {
                pair.word(&reset(rng.below(130) as u8, rng.pick(&[Resume::New, Resume::Lost(1 << 20)])));
            }
            if rng.permille(3) {
                pair.word(&control(rng.pick(&[log_op::KILL, log_op::TURN, log_op::PARAMETERS])));
            }
            let steps = rng.run(gaps, 50) as usize;
            pair.rest(steps);
        }
        pair.stop();
        pair.packet(&shape, 0, &[0; 64]);
        pair.stop();
    }

    /// Bytes that nobody would send: nothing hangs, and the rooms agree on what they are.
    /// Shows G7, Q12.
    #[test]
    fn random_words(seed: u64, count in 1_usize..400) {
        let mut rng = Rng::new(seed);
        let shape = shape_of(&mut rng);
        let mut pair = Pair::new(Line::Market, shape, POLICIES[rng.below(3) as usize]);
        for _ in 0..count {
            let mut word = [0; BEAT_BYTES];
            let high = rng.pick(&[1, 3, 256]);
            word.iter_mut().for_each(|byte| *byte = rng.below(high) as u8);
            if rng.permille(300) {
                word = shape.header_word(rng.below(600) as u16, rng.below(140) as u8);
            }
            pair.word(&log_word(word));
        }
        pair.stop();
    }
}
