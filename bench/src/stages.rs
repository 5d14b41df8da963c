//! The native engine's rooms in batches, each over the recorded inputs of its stage.
//!
//! toe, frame, decode and order are run alone. From decode on the rooms share their tables
//! (`pipeline::core`), so quote is run alone, and index and trigger are differences: the same
//! records through the rooms up to there, less those without it, pass by pass.

use std::hint::black_box;
use std::time::Instant;

use tidegate_pipeline::core::Core;
use tidegate_pipeline::decode::{self, RecordSink};
use tidegate_pipeline::feedback::Report;
use tidegate_pipeline::frame::{Frame, FrameSink, Framer, Verdict};
use tidegate_pipeline::order::{Fields, Templates};
use tidegate_pipeline::record::{End, Entry, Fault, Head, Queue, Tag, Tick};
use tidegate_pipeline::securities::SecurityId;
use tidegate_pipeline::ticks::{self, Start};
use tidegate_pipeline::toe::Toe;
use tidegate_pipeline::{Line, Outgoing, Setup, Sink};
use tidegate_protocol::limits::{HEADER_BYTES, MAX_SESSIONS};
use tidegate_protocol::message::NewOrder;
use tidegate_protocol::{frame, msg_type};

use crate::clock::ns;
use crate::engine::{self, Takes, Touch};
use crate::feed::{Feed, Message};
use crate::native::{Case, Effort, fresh, remark};
use crate::result::{Row, RunType};
use crate::statistics::throughput;

/// Sessions of both lines.
const SESSIONS: u16 = 2 * MAX_SESSIONS as u16;
/// Bytes of a packet of words.
const WORDS_BYTES: usize = 1_448;

/// A record, or what stands between records.
#[derive(Clone, Copy, Debug)]
enum Step {
    Tick(Tick),
    Head(Head),
    Entry(Entry),
    Queue(Queue),
    End(End),
    Report(Report, Tag),
    /// A message ends; the number of the next one.
    Done(u64),
}

/// Keeps records.
struct Keep(Vec<Step>);

impl RecordSink for Keep {
    fn tick(&mut self, tick: &mut Tick) {
        self.0.push(Step::Tick(*tick));
    }
    fn head(&mut self, head: &mut Head) {
        self.0.push(Step::Head(*head));
    }
    fn entry(&mut self, entry: &mut Entry) {
        self.0.push(Step::Entry(*entry));
    }
    fn queue(&mut self, queue: &mut Queue) {
        self.0.push(Step::Queue(*queue));
    }
    fn end(&mut self, end: &mut End) {
        self.0.push(Step::End(*end));
    }
}

/// Makes records be there.
struct Taken;

impl RecordSink for Taken {
    #[inline]
    fn tick(&mut self, tick: &mut Tick) {
        black_box(tick);
    }
    fn head(&mut self, head: &mut Head) {
        black_box(head);
    }
    fn entry(&mut self, entry: &mut Entry) {
        black_box(entry);
    }
    fn queue(&mut self, queue: &mut Queue) {
        black_box(queue);
    }
    fn end(&mut self, end: &mut End) {
        black_box(end);
    }
}

/// Makes frames be there, or turns them into records.
struct Frames<const DECODES: bool>;

impl<const DECODES: bool> FrameSink for Frames<DECODES> {
    #[inline]
    fn frame(&mut self, frame: Frame<'_>) {
        if !DECODES {
            black_box(&frame);
        } else if frame.verdict == Verdict::Intact {
            let _ = black_box(decode::decode(&frame, 0, &mut Taken));
        }
    }
    fn fault(&mut self, fault: Fault, _: &[u8]) {
        black_box(&fault);
    }
}

/// Orders that left, as they are patched.
#[derive(Default)]
struct Orders(Vec<NewOrder>);

impl Sink for Orders {
    fn order(&mut self, order: &Outgoing<'_>) {
        let is_order = order
            .bytes
            .first_chunk()
            .is_some_and(|bytes| u32::from_be_bytes(*bytes) == msg_type::NEW_ORDER);
        let body = frame::body(order.bytes);
        if let Some(body) = body.first_chunk().filter(|_| is_order) {
            self.0.push(NewOrder::parse(body));
        }
    }
}

/// The frames of a feed, as the room frame gives them.
fn frames(feed: &Feed) -> Vec<Frame<'_>> {
    let mut at = vec![0; usize::from(SESSIONS)];
    let each = feed.messages.iter().zip(0..);
    each.map(|(message, msg)| {
        let bytes = feed.of(message);
        let session = message.line.session(message.session);
        let offset = at[usize::from(session)];
        at[usize::from(session)] += bytes.len() as u64;
        let header = bytes.first_chunk::<HEADER_BYTES>().expect("a whole message");
        let (msg_type, body_len) = frame::header(header);
        let is_intact = frame::holds(bytes).is_some();
        let verdict = if is_intact { Verdict::Intact } else { Verdict::Dropped };
        Frame { msg, session, offset, msg_type, body_len, bytes, verdict }
    })
    .collect()
}

fn steps(frames: &[Frame<'_>]) -> Vec<Step> {
    let mut keep = Keep(Vec::with_capacity(frames.len() * 2));
    for frame in frames.iter().filter(|frame| frame.verdict == Verdict::Intact) {
        let is_known = decode::decode(frame, 0, &mut keep).is_ok();
        if let Some(report) = Report::parse(frame.msg_type, frame.body()).filter(|_| is_known) {
            let Frame { msg, offset, msg_type, session, .. } = *frame;
            keep.0.push(Step::Report(
                report,
                Tag { msg, offset, msg_type, session, ..Tag::default() },
            ));
        }
        keep.0.push(Step::Done(frame.msg));
    }
    keep.0
}

fn timed(pass: impl FnOnce()) -> f64 {
    let start = Instant::now();
    pass();
    ns(start.elapsed()) as f64
}

fn toe_pass(setup: &Setup, packets: &[(Line, Vec<u8>)]) -> f64 {
    let mut toe = [(); 2].map(|()| Toe::new(setup.toe, MAX_SESSIONS as u16));
    timed(|| {
        for (line, words) in packets {
            toe[*line as usize].push(words, |out| _ = black_box(&out));
        }
    })
}

fn frame_pass<const DECODES: bool>(feed: &Feed, packets: &[Message]) -> f64 {
    let mut framer = Framer::new(SESSIONS, feed.setup.checksum);
    timed(|| {
        for packet in packets {
            let session = packet.line.session(packet.session);
            framer.push(session, feed.of(packet), &mut Frames::<DECODES>);
        }
    })
}

/// As the engine does it: runs of ticks in one go, everything else through both rooms.
fn records_pass(feed: &Feed, packets: &[Message]) -> f64 {
    let mut framer = Framer::new(SESSIONS, feed.setup.checksum);
    timed(|| {
        for packet in packets {
            let session = packet.line.session(packet.session);
            let mut rest = feed.of(packet);
            while !rest.is_empty() {
                if let Some(offset) = framer.at_boundary(session) {
                    let start = Start { msg: framer.next_msg(), offset, session };
                    let run = ticks::run(rest, start, |tick| Taken.tick(tick));
                    framer.passed(session, run.bytes, run.messages);
                    rest = &rest[run.bytes..];
                }
                if !rest.is_empty() {
                    let taken = framer.step(session, rest, &mut Frames::<true>);
                    rest = &rest[taken..];
                }
            }
        }
    })
}

fn core_pass(fresh: &Core, steps: &[Step]) -> f64 {
    let (mut core, sink) = (fresh.clone(), &mut Touch);
    core.before_message(0, sink);
    timed(|| {
        for step in steps {
            match *step {
                Step::Tick(mut tick) => core.tick(&mut tick, sink),
                Step::Head(mut head) => core.head(&mut head, sink),
                Step::Entry(mut entry) => core.entry(&mut entry, sink),
                Step::Queue(mut queue) => core.queue(&mut queue, sink),
                Step::End(mut end) => core.end(&mut end, sink),
                Step::Report(ref report, ref tag) => core.report(report, tag, sink),
                Step::Done(msg) => {
                    core.after_message(msg, sink);
                    core.before_message(msg + 1, sink);
                }
            }
        }
    })
}

fn order_pass(template: &NewOrder, orders: &[NewOrder]) -> f64 {
    let mut templates = Templates::new(template);
    timed(|| {
        for order in orders {
            let fields = Fields {
                cl_ord_id: order.cl_ord_id,
                security: order.security_id,
                side: order.side,
                quantity: order.order_qty,
                time: order.transact_time,
            };
            black_box(templates.order(&fields, order.price));
        }
    })
}

/// Core with a part of the rooms.
fn core(
    setup: &Setup,
    collected: &[SecurityId],
    index: bool,
    trading: bool,
) -> Result<Core, String> {
    let part = Setup {
        index: setup.index.clone().filter(|_| index),
        trading: setup.trading.clone().filter(|_| trading),
        // All have the same rows.
        securities: Some(setup.row_names(collected)),
        ..setup.clone()
    };
    Core::new(&part, &[]).map_err(|error| error.to_string())
}

/// What each pass took, by stage.
#[derive(Default)]
struct Passes {
    toe: Vec<f64>,
    frame: Vec<f64>,
    decode: Vec<f64>,
    records: Vec<f64>,
    quote: Vec<f64>,
    index: Vec<f64>,
    trigger: Vec<f64>,
    order: Vec<f64>,
}

/// A row a stage that the setup has.
///
/// # Errors
/// When the setup does not fit.
pub fn rows(case: &Case<'_>, entry: &engine::Entry, effort: &Effort) -> Result<Vec<Row>, String> {
    let feed = case.feed;
    let packets = feed.packets(case.packet_bytes);
    let words: Vec<(Line, Vec<u8>)> = feed
        .packets(WORDS_BYTES)
        .iter()
        .map(|packet| {
            let mut words = Vec::new();
            // A message may be longer than a packet can be.
            for part in feed.of(packet).chunks(WORDS_BYTES) {
                feed.setup.toe.packet_words(packet.session as u8, part, 0, &mut words);
            }
            (packet.line, words)
        })
        .collect();
    let word_bytes = words.iter().map(|(_, words)| words.len() as u64).sum::<u64>();
    let frames = frames(feed);
    let steps = steps(&frames);
    let has = (feed.setup.index.is_some(), feed.setup.trading.as_ref());
    let cores = [(false, false), (true, false), (true, true)]
        .map(|(index, trading)| core(&feed.setup, &feed.collected, index, trading));
    let [quote, index, trigger] = cores;
    let (quote, index, trigger) = (quote?, index?, trigger?);
    let mut orders = Orders::default();
    let mut whole = fresh(feed)?;
    feed.inputs(&packets).for_each(|input| whole.take(input, &mut orders));
    let Orders(orders) = orders;

    let mut passes = Passes::default();
    let since = Instant::now();
    while effort.goes_on(passes.toe.len(), ns(since.elapsed())) {
        passes.toe.push(toe_pass(&feed.setup, &words));
        passes.frame.push(frame_pass::<false>(feed, &packets));
        passes.decode.push(timed(|| {
            let intact = frames.iter().filter(|frame| frame.verdict == Verdict::Intact);
            intact.for_each(|frame| _ = black_box(decode::decode(frame, 0, &mut Taken)));
        }));
        passes.records.push(records_pass(feed, &packets));
        let alone = core_pass(&quote, &steps);
        passes.quote.push(alone);
        if has.0 {
            let with_index = core_pass(&index, &steps);
            passes.index.push(with_index - alone);
            if let Some(trading) = has.1 {
                let order = order_pass(&trading.template, &orders);
                passes.order.push(order);
                passes.trigger.push(core_pass(&trigger, &steps) - with_index - order);
            }
        }
    }
    let mut rows = Vec::new();
    let mut put =
        |stage: &str, passes: &[f64], from: &str, to: &str, (messages, bytes), note: &str| {
            if passes.is_empty() || messages == 0 {
                return;
            }
            let mut row = case.row(entry, RunType::Batch, None);
            stage.clone_into(&mut row.stage);
            from.clone_into(&mut row.from);
            to.clone_into(&mut row.to);
            (row.messages, row.bytes, row.accepted) = (messages, bytes, messages);
            // A difference that is below zero in one pass says nothing in the others either; `room by room` does.
            row.throughput =
                throughput(passes, messages, bytes).filter(|found| found.best_ns > 0.0);
            remark(&mut row, note);
            if row.throughput.is_none() {
                remark(&mut row, "lost in the noise of this run");
            }
            rows.push(row);
        };
    let all = (feed.messages.len() as u64, feed.bytes.len() as u64);
    let alone = "alone, over recorded inputs";
    let less =
        "a difference: the same records through the rooms up to here, less those without this one";
    put("toe", &passes.toe, "words of packets", "their bytes", (all.0, word_bytes), alone);
    put("frame", &passes.frame, "bytes of packets", "frames, checked", all, alone);
    put("decode", &passes.decode, "checked frames", "records", all, alone);
    let both = "as the engine does it: runs of ticks are framed and decoded in one go";
    put("frame+decode", &passes.records, "bytes of packets", "records", all, both);
    put("quote", &passes.quote, "records in memory", "rows and channels", all, alone);
    put("index", &passes.index, "records in memory", "the index's value", all, less);
    let less = format!("{less}, and less the order room");
    put("trigger", &passes.trigger, "records in memory", "decisions and limits", all, &less);
    let sent =
        (orders.len() as u64, orders.len() as u64 * tidegate_pipeline::order::ORDER_BYTES as u64);
    put(
        "order",
        &passes.order,
        "the fields of an order",
        "its sealed bytes",
        sent,
        "alone; a figure an order, not a message",
    );
    Ok(rows)
}
