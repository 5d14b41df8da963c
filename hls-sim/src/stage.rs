//! The stages between the FIFOs: what the shell needs of them, and those of the engine `sim`.
//!
//! The engine `kernel-c` has the same shell around the stages of the kernels.

use tidegate_pipeline::core::Core;
use tidegate_pipeline::decision::Outcome;
use tidegate_pipeline::events;
use tidegate_pipeline::feedback::Reported;
use tidegate_pipeline::image;
use tidegate_pipeline::parameters::Parameters;
use tidegate_pipeline::record::{End, Entry, Head, OwnedRecord, Queue, Tag, Tick};
use tidegate_pipeline::securities::SecuritiesError;
use tidegate_pipeline::securities::SecurityId;
use tidegate_pipeline::{Decision, Fault, IndexPoint, Line, Outgoing, Record, Setup, Sink};
use tidegate_protocol::FaultCode;
use tidegate_protocol::kernel::{Item, LoadLine, LogWord, ReportFields, item_kind, item_mark};
use tidegate_protocol::record::Kind;
use tidegate_protocol::units::{AmtE4, PriceE4, PxE6, QtyE2, Timestamp};

use crate::error::CardError;
use crate::room::decode::{Decode, Stepped};
use crate::room::toe::NONE;
use crate::room::writer::{Frame, OrderWriter, PublishWriter, Published, Word};
use crate::steps::{self, Made, Steps, What};

/// A stage `decode`: words of the log in, items out.
pub trait DecodeStage {
    /// One step: takes the word if it can, and gives an item if one waits.
    fn step(&mut self, input: Option<&LogWord>, out: &mut Item) -> Stepped;
    /// Whether nothing waits for release.
    fn is_idle(&self) -> bool;
    /// Words, bytes of sessions, and bytes swallowed so far.
    fn counts(&self) -> [u64; 3];
}

impl DecodeStage for Decode {
    #[inline]
    fn step(&mut self, input: Option<&LogWord>, out: &mut Item) -> Stepped {
        Decode::step(self, input, out)
    }

    #[inline]
    fn is_idle(&self) -> bool {
        Decode::is_idle(self)
    }

    fn counts(&self) -> [u64; 3] {
        [self.words(), self.bytes(), self.swallowed_bytes()]
    }
}

/// What the indicator gives in one step.
#[derive(Clone, Debug)]
pub struct Given<B: BackStages + ?Sized> {
    /// The item was taken.
    pub took: bool,
    /// The load line was taken.
    pub took_line: bool,
    /// A record for publish.
    pub record: Option<B::Record>,
    /// A request for send, and the number of the message that caused it.
    pub intent: Option<(B::Intent, u64)>,
    /// Events of this step, for the mirror.
    pub events: u32,
    /// Something was done, if only a step of waiting within.
    pub busy: bool,
}

impl<B: BackStages + ?Sized> Default for Given<B> {
    fn default() -> Self {
        Self { took: false, took_line: false, record: None, intent: None, events: 0, busy: false }
    }
}

/// What a writer gives in one step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The input was taken.
    pub took: bool,
    /// A word.
    pub word: Option<Word>,
}

/// The stages behind decode.
pub trait BackStages {
    /// From the indicator to send.
    type Intent;
    /// From the indicator to publish.
    type Record;

    /// A step of the indicator.
    ///
    /// # Errors
    /// When what the stage gives is none of the layout's.
    fn indicator<S: Sink + ?Sized>(
        &mut self,
        item: Option<&Item>,
        line: Option<&LoadLine>,
        out: &mut Given<Self>,
        sink: &mut S,
    ) -> Result<(), CardError>;

    /// Whether the indicator has nothing to do but take.
    fn indicator_is_idle(&self) -> bool;

    /// A step of send.
    ///
    /// # Errors
    /// As of [`BackStages::indicator`].
    fn send<S: Sink + ?Sized>(
        &mut self,
        intent: Option<&Self::Intent>,
        sink: &mut S,
    ) -> Result<Written, CardError>;

    /// Whether send has nothing to do but take.
    fn send_is_idle(&self) -> bool;

    /// A step of publish.
    fn publish(&mut self, record: Option<&Self::Record>) -> Written;

    /// Whether publish has nothing to do but take.
    fn publish_is_idle(&self) -> bool;

    /// What waits for its datagram is to leave.
    fn flush(&mut self);

    /// The lines of new parameters, which the indicator takes from `params`; `None` where the host
    /// refuses them. Everything that came before is out.
    fn reload(&mut self, parameters: &Parameters) -> Option<Vec<LoadLine>>;

    /// Everything is drained: tables and counters as the host sees them. The bytes that were framed
    /// or swallowed, and those swallowed, are given.
    ///
    /// # Errors
    /// When an output is missing.
    fn settle(&mut self, bytes: u64, swallowed: u64) -> Result<(), CardError>;
}

/// The end of a snapshot, as an item.
const SNAPSHOT_END: u8 = Kind::End as u8;

/// Outputs of one item on their way to the sink: what is published and sent is taken along.
struct Tap<'a, S: ?Sized> {
    sink: &'a mut S,
    record: Option<OwnedRecord>,
    publishes: bool,
    /// Decisions and requests, as they came.
    made: &'a mut Vec<Made>,
    events: u32,
}

impl<S: Sink + ?Sized> Sink for Tap<'_, S> {
    #[inline]
    fn record(&mut self, record: Record<'_>) {
        if self.publishes {
            self.record = Some(owned(&record));
        }
        self.events = 1;
        self.sink.record(record);
    }

    fn fault(&mut self, fault: &Fault) {
        self.events = 1;
        self.sink.fault(fault);
    }

    #[inline]
    fn index(&mut self, point: &IndexPoint) {
        self.sink.index(point);
    }

    fn report(&mut self, report: &Reported) {
        self.events = 1;
        self.sink.report(report);
    }

    fn decision(&mut self, decision: &Decision) {
        let what = match (decision.outcome, decision.trigger) {
            (Outcome::Epoch, _) => What::Epoch,
            // Told with the control word.
            (Outcome::KillOn | Outcome::KillOff, _) => What::Hand,
            (_, Some(trigger)) => What::Fires(trigger),
            (_, None) => What::Decides,
        };
        self.events = u32::from(what == What::Hand).max(self.events);
        self.made.push(Made { what, frame: None, msg: decision.msg });
        self.sink.decision(decision);
    }

    fn order(&mut self, order: &Outgoing<'_>) {
        let frame = Some(Frame::new(order.bytes));
        let msg = order.decision.msg;
        match order.decision.outcome {
            // An order leaves with its decision.
            Outcome::Sent => {
                if let Some(last) = self.made.last_mut() {
                    last.frame = frame;
                }
            }
            // Requests to cancel leave as the rows are looked through.
            _ => self.made.push(Made { what: What::Asks(order.request), frame, msg }),
        }
        self.sink.order(order);
    }

    #[inline]
    fn message(&mut self, msg: u64, msg_type: u32) {
        self.events = 1;
        self.sink.message(msg, msg_type);
    }
}

fn owned(record: &Record<'_>) -> OwnedRecord {
    match *record {
        Record::Tick(r) => OwnedRecord::Tick(*r),
        Record::Head(r) => OwnedRecord::Head(*r),
        Record::Entry(r) => OwnedRecord::Entry(*r),
        Record::Queue(r) => OwnedRecord::Queue(*r),
        Record::End(r) => OwnedRecord::End(*r),
    }
}

/// The stages of the engine `sim` behind decode: the record rooms of `pipeline`, and its writers.
#[derive(Clone, Debug)]
pub struct RustBack {
    /// The record rooms with their tables.
    pub core: Core,
    next_msg: u64,
    made: Vec<Made>,
    steps: Steps,
    orders: OrderWriter,
    publish: PublishWriter,
    publishes: bool,
    /// Parameters under way.
    live: Option<Parameters>,
}

impl RustBack {
    /// The stages for a setup.
    ///
    /// # Errors
    /// When its securities have no map.
    pub fn new(
        setup: &Setup,
        collected: &[SecurityId],
        publishes: bool,
    ) -> Result<Self, SecuritiesError> {
        let cid = setup.trading.as_ref().map_or(0, |trading| trading.session);
        Ok(Self {
            core: Core::new(setup, collected)?,
            next_msg: 0,
            made: Vec::with_capacity(64),
            steps: Steps::new(setup, setup.row_names(collected).len()),
            orders: OrderWriter::new(setup.toe, cid),
            publish: PublishWriter::new(setup.toe, &setup.publish),
            publishes,
            live: None,
        })
    }

    /// Datagrams made so far.
    pub fn datagrams(&self) -> u64 {
        self.publish.datagrams()
    }

    /// An item, whole: everything that follows from it goes to the sink.
    #[inline]
    fn item<S: Sink + ?Sized>(&mut self, item: &Item, sink: &mut S) {
        let core = &mut self.core;
        let msg = self.next_msg;
        let begins = item.marks & item_mark::BEGINS != 0;
        if item.fault_a != 0 {
            core.fault(fault_of(item, item.fault_a, begins.then_some(msg)), sink);
        }
        if begins {
            core.framed(item.msg_type);
        }
        match item.kind {
            item_kind::BARE => {}
            item_kind::REPORT => {
                let report = events::report(item.msg_type, &report_fields(item));
                core.report(&report, &tag_of(item, msg, Kind::Order), sink);
            }
            item_kind::KILL => core.kill(item.operand != 0, msg, sink),
            item_kind::PARAMETERS => {
                if let Some(parameters) = self.live.take() {
                    core.live_epoch(msg, &parameters, sink);
                }
            }
            _ => record(core, &mut self.steps, item, msg, sink),
        }
        if item.fault_b != 0 {
            core.fault(fault_of(item, item.fault_b, Some(msg)), sink);
        }
        if item.marks & item_mark::ENDS != 0 {
            core.surplus(u64::from(item.surplus));
            core.after_message(msg, sink);
            sink.message(msg, item.msg_type);
            self.next_msg += 1;
        }
    }

    /// What comes before the item is taken, in steps of its own: whether this is one of them.
    #[cold]
    fn comes_first<S: Sink + ?Sized>(
        &mut self,
        item: &Item,
        out: &mut Given<Self>,
        sink: &mut S,
    ) -> bool {
        let steps = &mut self.steps;
        // New parameters rule from here on: not before they are whole.
        let is_due = item.marks & item_mark::BEGINS != 0 && steps.epoch_is_due(self.next_msg);
        let waits = match item.kind {
            _ if is_due => true,
            item_kind::PARAMETERS => item.operand == 0 && !steps.swaps(),
            item_kind::REPORT => match self.core.trading() {
                Some(trading) => steps.come_first(|_| {
                    let report = events::report(item.msg_type, &report_fields(item));
                    steps::of_report(trading.records(), &report)
                }),
                None => false,
            },
            SNAPSHOT_END => steps.come_first(|steps| steps.leaves(&self.core)),
            _ => false,
        };
        if is_due && steps.swaps() {
            self.epoch(sink);
            out.busy = true;
        } else {
            // Who waits for a block does nothing.
            out.busy |= waits && !is_due && item.kind != item_kind::PARAMETERS;
        }
        waits
    }

    /// The epoch that is due, with everything that follows from it.
    fn epoch<S: Sink + ?Sized>(&mut self, sink: &mut S) {
        let shares = self.steps.epoch(self.core.index());
        let mut made = std::mem::take(&mut self.made);
        let mut tap = Tap { sink, record: None, publishes: false, made: &mut made, events: 0 };
        self.core.before_message(self.next_msg, &mut tap);
        let refused = tap.events > 0;
        self.steps.plan(&made, &self.core);
        self.steps.share_counts(shares, refused);
        made.clear();
        self.made = made;
    }
}

fn fault_of(item: &Item, code: u8, msg: Option<u64>) -> Fault {
    let code = FaultCode::ALL.iter().find(|known| **known as u8 == code);
    let line = if item.line == 0 { Line::Market } else { Line::Orders };
    Fault {
        code: *code.expect("decode raises the codes of the table"),
        session: (item.session != NONE).then_some(item.session),
        offset: item.offset,
        length: item.length,
        msg,
        line: (item.marks & item_mark::LINK != 0).then_some(line),
    }
}

#[inline]
fn tag_of(item: &Item, msg: u64, kind: Kind) -> Tag {
    Tag {
        msg,
        offset: item.offset,
        msg_type: item.msg_type,
        session: item.session,
        kind,
        flags: item.flags,
    }
}

fn report_fields(item: &Item) -> ReportFields {
    let mut bytes = [0; ReportFields::BYTES];
    for (bytes, word) in bytes[Item::PAYLOAD_AT..].chunks_exact_mut(8).zip(item.payload) {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
    ReportFields::parse(&bytes)
}

#[inline(always)]
fn texts<const N: usize>(word: u64) -> [u8; N] {
    *word.to_le_bytes().first_chunk().expect("at most 8")
}

/// A record of an item into the rooms. The places are those of the record's layout.
#[inline]
fn record<S: Sink + ?Sized>(
    core: &mut Core,
    steps: &mut Steps,
    item: &Item,
    msg: u64,
    sink: &mut S,
) {
    const ORDER: u8 = Kind::Order as u8;
    const TRADE: u8 = Kind::Trade as u8;
    const HEAD: u8 = Kind::Head as u8;
    const ENTRY: u8 = Kind::Entry as u8;
    const QUEUE: u8 = Kind::Queue as u8;
    const END: u8 = Kind::End as u8;
    let words = &item.payload;
    let number = |at: usize| words[at].cast_signed();
    match item.kind {
        ORDER | TRADE => {
            let kind = if item.kind == ORDER { Kind::Order } else { Kind::Trade };
            let codes = words[7];
            let mut tick = Tick {
                tag: tag_of(item, msg, kind),
                appl_seq_num: number(0),
                bid_appl_seq_num: number(1),
                offer_appl_seq_num: number(2),
                security: texts(words[3]),
                price: PriceE4(number(4)),
                quantity: QtyE2(number(5)),
                time: Timestamp(number(6)),
                channel: codes as u16,
                source: texts(codes >> 16),
                code: (codes >> 48) as u8,
                ord_type: (codes >> 56) as u8,
                stream: texts(words[8]),
            };
            core.tick(&mut tick, sink);
        }
        HEAD => {
            let mut head = Head {
                tag: tag_of(item, msg, Kind::Head),
                time: Timestamp(number(0)),
                security: texts(words[1]),
                phase: texts(words[2]),
                prev_close: PriceE4(number(3)),
                num_trades: number(4),
                volume: QtyE2(number(5)),
                value: AmtE4(number(6)),
                entries: words[7] as u32,
                channel: (words[7] >> 32) as u16,
                source: texts(words[7] >> 48 | words[8] << 16),
                stream: texts(words[8] >> 16),
            };
            core.head(&mut head, sink);
            steps.head();
        }
        ENTRY => {
            let mut entry = Entry {
                tag: tag_of(item, msg, Kind::Entry),
                price: PxE6(number(0)),
                size: QtyE2(number(1)),
                orders: number(2),
                queue: words[3] as u32,
                number: (words[3] >> 32) as u16,
                level: (words[3] >> 48) as u16,
                entry_type: texts(words[4]),
            };
            core.entry(&mut entry, sink);
            steps.entry(entry.entry_type, entry.level);
        }
        QUEUE => {
            let mut queue = Queue {
                tag: tag_of(item, msg, Kind::Queue),
                quantity: [QtyE2(number(0)), QtyE2(number(1))],
                position: words[2] as u32,
                count: (words[2] >> 32) as u8,
            };
            core.queue(&mut queue, sink);
        }
        END => {
            let mut end = End {
                tag: tag_of(item, msg, Kind::End),
                auction_volume: QtyE2(number(0)),
                auction_value: AmtE4(number(1)),
                stock_num: words[2] as u32,
            };
            core.end(&mut end, sink);
        }
        // A line that is drained, or a turn: nothing follows.
        _ => {}
    }
}

impl BackStages for RustBack {
    type Intent = Frame;
    type Record = Published;

    #[inline]
    fn indicator<S: Sink + ?Sized>(
        &mut self,
        item: Option<&Item>,
        line: Option<&LoadLine>,
        out: &mut Given<Self>,
        sink: &mut S,
    ) -> Result<(), CardError> {
        if line.is_some() {
            out.took_line = self.steps.takes_line();
        } else {
            out.busy = self.steps.loads();
        }
        if let Some(done) = self.steps.step() {
            out.busy = true;
            out.intent = done.frame.map(|frame| (frame, done.msg));
            out.events = u32::from(done.tells);
            out.record = (self.publishes && done.tells).then_some((None, done.ends));
            return Ok(());
        }
        let Some(item) = item else { return Ok(()) };
        let may_wait = match item.kind {
            item_kind::REPORT | item_kind::PARAMETERS | SNAPSHOT_END => true,
            _ => item.marks & item_mark::BEGINS != 0 && self.steps.epoch_is_due(self.next_msg),
        };
        if may_wait && self.comes_first(item, out, sink) {
            return Ok(());
        }
        // Taken apart while the item goes through the rooms.
        let mut made = std::mem::take(&mut self.made);
        let mut tap =
            Tap { sink, record: None, publishes: self.publishes, made: &mut made, events: 0 };
        self.item(item, &mut tap);
        out.took = true;
        out.events = tap.events.max(u32::from(item.kind == item_kind::STOPPED));
        let record = tap.record;
        let mut ends = item.marks & item_mark::ENDS != 0;
        if !made.is_empty() {
            self.steps.plan(&made, &self.core);
            made.clear();
            if std::mem::take(&mut ends) {
                self.steps.ends();
            }
        }
        self.made = made;
        if self.publishes && out.events > 0 {
            out.record = Some((record, ends));
        }
        Ok(())
    }

    #[inline]
    fn indicator_is_idle(&self) -> bool {
        !self.steps.is_busy()
    }

    #[inline]
    fn send<S: Sink + ?Sized>(
        &mut self,
        intent: Option<&Frame>,
        _sink: &mut S,
    ) -> Result<Written, CardError> {
        let (took, word) = self.orders.step(intent);
        Ok(Written { took, word })
    }

    #[inline]
    fn send_is_idle(&self) -> bool {
        self.orders.is_idle()
    }

    #[inline]
    fn publish(&mut self, record: Option<&Self::Record>) -> Written {
        let (took, word) = self.publish.step(record);
        Written { took, word }
    }

    #[inline]
    fn publish_is_idle(&self) -> bool {
        self.publish.is_idle()
    }

    fn flush(&mut self) {
        if self.publishes {
            self.publish.flush();
        }
    }

    fn reload(&mut self, parameters: &Parameters) -> Option<Vec<LoadLine>> {
        // The rooms refuse them too, and say so.
        self.live = Some(*parameters);
        self.core.trading().filter(|trading| trading.permits(parameters).is_ok())?;
        Some(image::live(parameters, self.core.quotes()))
    }

    fn settle(&mut self, bytes: u64, swallowed: u64) -> Result<(), CardError> {
        self.core.set_bytes(bytes, swallowed);
        Ok(())
    }
}
