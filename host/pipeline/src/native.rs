//! The native engine: the production CPU path, one message at a time.

use tidegate_protocol::code::exec_type;
use tidegate_protocol::limits::MAX_SESSIONS;
use tidegate_protocol::units::{IndexE4, PriceE4, PxE6, Timestamp};
use tidegate_protocol::{FaultCode, PROTOCOL_ID, msg_type};

use crate::counters::Counters;
use crate::decode::{self, RecordSink};
use crate::engine::{Control, Engine, Evidence, Identity, Input, Line, Resume, Sink};
use crate::feedback::{Report, Verdict as ReportVerdict};
use crate::frame::{Frame, FrameSink, Framer, Verdict};
use crate::index::{self, Constituent, Index};
use crate::parameters::Parameters;
use crate::quote::{self, Assembly, Channels, Clock, QuoteTable, Sequence, Stamp, Stamped};
use crate::record::{End, Entry, Fault, Head, IndexPoint, Queue, Record, Tag, Tick, flag};
use crate::securities::{self, SecuritiesError, SecurityId};
use crate::setup::{PriceSource, Setup};
use crate::ticks::{self, Start};
use crate::toe::{Out, Toe};
use crate::trading::{Moment, Trading};

/// Bytes become frames, records, rows and index points here. Allocates only in [`Self::new`].
#[derive(Clone, Debug)]
pub struct NativeEngine {
    toe: [Toe; 2],
    framer: Framer,
    tables: Tables,
}

/// The tables and the counters: what the rooms behind frame own together.
#[derive(Clone, Debug)]
struct Tables {
    counters: Counters,
    quotes: QuoteTable,
    channels: Channels,
    clock: Clock,
    index: Option<Index>,
    index_source: PriceSource,
    /// 309011 of this security are compared with the computed value.
    index_id: SecurityId,
    /// OrigTime and value of the last 309011 compared: the other line's copy comes when the index
    /// has moved on, and says nothing.
    index_compared: (Timestamp, PxE6),
    /// OrigTime of the snapshot under way, where it is to be compared.
    compares: Option<Timestamp>,
    /// The snapshot under way: its row, and what its head decided.
    snapshot: Option<(usize, Assembly)>,
    /// Flags of the snapshot under way.
    snapshot_flags: u8,
    trading: Option<Box<Trading>>,
}

impl NativeEngine {
    /// An engine whose rows are [`Setup::row_names`] of the setup and the collected securities.
    pub fn new(setup: &Setup, collected: &[SecurityId]) -> Result<Self, SecuritiesError> {
        let sessions = MAX_SESSIONS as u16;
        let mut quotes = QuoteTable::new(setup.row_names(collected))?;
        let index = setup.index.as_ref().map(|index| Index {
            constituents: index
                .constituents
                .iter()
                .map(|c| Constituent { shares: c.shares, price: c.prev_close })
                .collect(),
            sum: index.base_sum,
            divisor: index.divisor,
            value: None,
        });
        // Constituents are the first rows, in their order.
        let constituents = setup.index.iter().flat_map(|index| &index.constituents);
        for (row, constituent) in quotes.rows.iter_mut().zip(constituents) {
            row.prev_close = constituent.prev_close;
        }
        let trading = setup.trading.as_ref().map(|t| Box::new(Trading::new(t, &quotes)));
        Ok(Self {
            toe: std::array::from_fn(|_| Toe::new(setup.toe, sessions)),
            framer: Framer::new(2 * sessions, setup.checksum),
            tables: Tables {
                counters: Counters::default(),
                quotes,
                channels: Channels::default(),
                clock: Clock::default(),
                index,
                index_source: setup.index.as_ref().map_or(PriceSource::Trade, |i| i.source),
                index_id: setup.index.as_ref().map_or([0; 8], |i| i.id),
                index_compared: (Timestamp(0), PxE6(0)),
                compares: None,
                snapshot: None,
                snapshot_flags: 0,
                trading,
            },
        })
    }

    /// The rooms behind the index, if the setup has triggers.
    pub fn trading(&self) -> Option<&Trading> {
        self.tables.trading.as_deref()
    }

    /// The index as it stands, with the sum behind it.
    pub fn index(&self) -> Option<&Index> {
        self.tables.index.as_ref()
    }

    /// Takes the next entry of the input log. [`Engine::feed`] is the same behind a pointer.
    pub fn feed<S: Sink + ?Sized>(&mut self, input: Input<'_>, sink: &mut S) {
        match input {
            Input::Packet { line, session, bytes } => self.packet(line, session, bytes, sink),
            Input::Words { line, bytes } => self.words(line, bytes, sink),
            Input::Control(Control::Reset { line, session, resume }) => {
                self.reset(line, session, resume, sink);
            }
            Input::Control(Control::Kill { on }) => {
                let moment = self.tables.moment(self.framer.next_msg());
                if let Some(trading) = &mut self.tables.trading {
                    trading.kill(on, moment, sink);
                }
            }
            Input::Control(Control::Stop) => self.stop(sink),
            Input::Parameters(parameters) => {
                self.tables.live_epoch(self.framer.next_msg(), parameters, sink);
            }
        }
        self.tables.counters.bytes = self.framer.bytes();
        let dead_links = self.toe.iter().map(Toe::swallowed_bytes).sum::<u64>();
        self.tables.counters.swallowed_bytes = self.framer.swallowed_bytes() + dead_links;
    }

    fn packet<S: Sink + ?Sized>(&mut self, line: Line, session: u16, bytes: &[u8], sink: &mut S) {
        let length = bytes.len() as u64;
        if usize::from(session) >= MAX_SESSIONS {
            self.tables.line_fault(FaultCode::ToeSession, line, None, 0, length, sink);
            return;
        }
        let session = line.session(session);
        match self.toe[line as usize].strip_prefix(bytes) {
            Some(bytes) => push(&mut self.framer, &mut self.tables, session, bytes, sink),
            None => {
                self.tables.line_fault(FaultCode::ToePrefix, line, Some(session), 0, length, sink);
            }
        }
    }

    fn words<S: Sink + ?Sized>(&mut self, line: Line, words: &[u8], sink: &mut S) {
        // Taken apart, so that what toe hands on can go into the rooms behind it at once.
        let Self { toe, framer, tables } = self;
        toe[line as usize].push(words, |out| match out {
            Out::Bytes { session, bytes } => {
                push(framer, tables, line.session(session), bytes, sink);
            }
            Out::Fault { code, session, offset, length } => {
                let session = session.map(|session| line.session(session));
                tables.line_fault(code, line, session, offset, length, sink);
            }
        });
    }

    fn reset<S: Sink + ?Sized>(&mut self, line: Line, cid: u16, resume: Resume, sink: &mut S) {
        let Self { toe, framer, tables } = self;
        if usize::from(cid) >= MAX_SESSIONS {
            tables.line_fault(FaultCode::ToeSession, line, None, 0, 0, sink);
            return;
        }
        toe[line as usize].reset(cid);
        framer.reset(line.session(cid), resume, &mut Wiring { tables, sink });
    }

    fn stop<S: Sink + ?Sized>(&mut self, sink: &mut S) {
        let Self { toe, framer, tables } = self;
        for (line, toe) in [Line::Market, Line::Orders].into_iter().zip(toe) {
            toe.stop(|out| {
                if let Out::Fault { code, session, offset, length } = out {
                    let session = session.map(|session| line.session(session));
                    tables.line_fault(code, line, session, offset, length, sink);
                }
            });
        }
        framer.stop(&mut Wiring { tables, sink });
    }
}

fn push<S: Sink + ?Sized>(
    framer: &mut Framer,
    tables: &mut Tables,
    session: u16,
    bytes: &[u8],
    sink: &mut S,
) {
    let mut wiring = Wiring { tables, sink };
    let mut rest = bytes;
    while !rest.is_empty() {
        // Runs of whole ticks never touch the framer's own reading.
        if let Some(offset) = framer.at_boundary(session) {
            let start = Start { msg: framer.next_msg(), offset, session };
            let run = ticks::run(rest, start, |tick| {
                wiring.tables.before_message(tick.tag.msg, wiring.sink);
                wiring.tables.counters.tick(tick.tag.kind);
                wiring.tick(tick);
                wiring.tables.after_message(tick.tag.msg, wiring.sink);
                wiring.sink.message(tick.tag.msg, tick.tag.msg_type);
            });
            framer.passed(session, run.bytes, run.messages);
            rest = &rest[run.bytes..];
        }
        if !rest.is_empty() {
            let taken = framer.step(session, rest, &mut wiring);
            rest = &rest[taken..];
        }
    }
}

impl Engine for NativeEngine {
    fn identity(&self) -> Identity {
        Identity { name: "native", protocol_id: PROTOCOL_ID, evidence: Evidence::Measured }
    }

    fn feed(&mut self, input: Input<'_>, sink: &mut dyn Sink) {
        NativeEngine::feed(self, input, sink);
    }

    fn counters(&self) -> &Counters {
        &self.tables.counters
    }

    fn quotes(&self) -> &QuoteTable {
        &self.tables.quotes
    }
}

impl Tables {
    fn fault<S: Sink + ?Sized>(&mut self, fault: Fault, sink: &mut S) {
        self.counters.faults[fault.code as usize] += 1;
        sink.fault(&fault);
    }

    /// A fault about a record of a framed message.
    fn record_fault<S: Sink + ?Sized>(&mut self, code: FaultCode, tag: &Tag, sink: &mut S) {
        let (session, offset, msg) = (Some(tag.session), tag.offset, Some(tag.msg));
        self.fault(Fault { code, session, offset, length: 0, msg, line: None }, sink);
    }

    /// A fault of a line, not of a message.
    fn line_fault<S: Sink + ?Sized>(
        &mut self,
        code: FaultCode,
        line: Line,
        session: Option<u16>,
        offset: u64,
        length: u64,
        sink: &mut S,
    ) {
        let fault = Fault { code, session, offset, length, msg: None, line: Some(line) };
        self.fault(fault, sink);
    }

    fn moment(&self, msg: u64) -> Moment {
        Moment { msg, now: self.clock.now(), index: self.index.as_ref().and_then(|i| i.value) }
    }

    /// Epochs that rule from this message on.
    #[inline]
    fn before_message<S: Sink + ?Sized>(&mut self, msg: u64, sink: &mut S) {
        if self.trading.as_ref().is_some_and(|trading| trading.epoch_is_due(msg)) {
            self.epochs(msg, sink);
        }
    }

    #[cold]
    fn epochs<S: Sink + ?Sized>(&mut self, msg: u64, sink: &mut S) {
        let moment = self.moment(msg);
        while let Some(trading) = &mut self.trading
            && let Some(epoch) = trading.take_epoch(moment, sink)
        {
            let shares = trading.shares(epoch);
            let rebased = match &mut self.index {
                Some(index) if !shares.is_empty() => index.rebase(shares),
                _ => true,
            };
            if !rebased {
                let (code, msg) = (FaultCode::IndexDivisor, Some(msg));
                let fault = Fault { code, session: None, offset: 0, length: 0, msg, line: None };
                self.fault(fault, sink);
            }
        }
    }

    /// Parameters of a live run.
    #[cold]
    fn live_epoch<S: Sink + ?Sized>(&mut self, msg: u64, parameters: &Parameters, sink: &mut S) {
        let moment = self.moment(msg);
        let taken = match &mut self.trading {
            Some(trading) => trading.live_epoch(parameters, moment, sink).is_ok(),
            None => false,
        };
        if !taken {
            let (code, msg) = (FaultCode::TriggerParameters, Some(msg));
            self.fault(Fault { code, session: None, offset: 0, length: 0, msg, line: None }, sink);
        }
    }

    /// Triggers are judged when everything that the message did is done.
    #[inline]
    fn after_message<S: Sink + ?Sized>(&mut self, msg: u64, sink: &mut S) {
        if self.trading.as_ref().is_some_and(|trading| trading.is_due()) {
            let moment = self.moment(msg);
            if let Some(trading) = &mut self.trading {
                trading.judge(moment, &self.quotes, sink);
            }
        }
    }

    /// A report that came whole and intact.
    #[cold]
    fn report<S: Sink + ?Sized>(&mut self, report: &Report, frame: &Frame<'_>, sink: &mut S) {
        let tag = Tag {
            msg: frame.msg,
            offset: frame.offset,
            msg_type: frame.msg_type,
            session: frame.session,
            ..Tag::default()
        };
        let Some(trading) = &mut self.trading else { return };
        // A time that does not exist leaves every time as it is.
        let time = if report.time.is_possible() { report.time } else { Timestamp(0) };
        let (reported, too_many) = trading.report(frame.msg, &Report { time, ..*report });
        sink.report(&reported);
        // Whatever else comes must not move the time: anybody's report may be unknown.
        if reported.verdict == ReportVerdict::Applied {
            self.stamp(report.time, &tag, sink);
        }
        if too_many {
            self.record_fault(FaultCode::FeedbackPartition, &tag, sink);
        }
        if reported.verdict == ReportVerdict::Contradictory {
            self.record_fault(FaultCode::FeedbackContradiction, &tag, sink);
        }
    }

    /// Takes a stamp into the pipeline's time, and gives it back if it exists.
    fn stamp<S: Sink + ?Sized>(&mut self, time: Timestamp, tag: &Tag, sink: &mut S) -> Stamped {
        match self.clock.observe(time) {
            Stamp::Forward => {
                if let Some(trading) = &mut self.trading
                    && trading.is_past(time)
                {
                    let index = self.index.as_ref().and_then(|index| index.value);
                    trading.roll(time, index);
                }
                Some(time)
            }
            Stamp::Earlier => {
                self.counters.clamped_times += 1;
                Some(time)
            }
            Stamp::Impossible => {
                self.record_fault(FaultCode::DecodeTime, tag, sink);
                None
            }
        }
    }

    /// Sets the price of a constituent, whose row is its place.
    fn set_price<S: Sink + ?Sized>(&mut self, row: usize, price: PriceE4, tag: &Tag, sink: &mut S) {
        let Some(index) = &mut self.index else { return };
        let Some(constituent) = index.constituents.get_mut(row) else { return };
        let before = *constituent;
        let moved = index::step(constituent, index.sum, price);
        let point = moved.and_then(|sum| {
            let value = index.divisor.value(sum)?;
            Some(IndexPoint { msg: tag.msg, time: self.clock.now(), value, sum })
        });
        match point {
            Some(point) => {
                index.sum = point.sum;
                index.value = Some(point.value);
                self.counters.index_updates += 1;
                if let Some(trading) = &mut self.trading {
                    trading.index_moved(point.time, point.value);
                }
                sink.index(&point);
            }
            None => {
                *constituent = before;
                self.record_fault(FaultCode::IndexOverflow, tag, sink);
            }
        }
    }

    /// Compares a published index value with the computed one.
    fn compare_index(&mut self, published: PxE6) {
        let Some(index) = &self.index else { return };
        let Some(IndexE4(value)) = index.divisor.value(index.sum) else { return };
        let difference = (i128::from(published.0) - i128::from(value) * 100).unsigned_abs();
        let difference = u64::try_from(difference).unwrap_or(u64::MAX);
        self.counters.index_compared += 1;
        self.counters.index_difference_e6 = self.counters.index_difference_e6.max(difference);
    }
}

/// Frames and records on their way to the tables and the sink.
struct Wiring<'a, S: ?Sized> {
    tables: &'a mut Tables,
    sink: &'a mut S,
}

impl<S: Sink + ?Sized> FrameSink for Wiring<'_, S> {
    fn frame(&mut self, frame: Frame<'_>) {
        self.tables.before_message(frame.msg, self.sink);
        self.tables.counters.message(frame.msg_type);
        let flags = match frame.verdict {
            Verdict::Intact => Some(0),
            Verdict::Flagged => Some(flag::BAD_CHECKSUM),
            // Only announcements are longer than what is held; their content goes nowhere.
            Verdict::Skipped => Some(0),
            Verdict::Dropped => None,
        };
        if let Some(flags) = flags {
            match decode::decode(&frame, flags, self) {
                Ok(known) => {
                    let surplus = frame.body().len().saturating_sub(known.0);
                    self.tables.counters.surplus_bytes += surplus as u64;
                    if flags == 0
                        && let Some(report) = Report::parse(frame.msg_type, frame.body())
                    {
                        self.tables.report(&report, &frame, self.sink);
                    }
                }
                Err(code) => {
                    let (session, offset, msg) =
                        (Some(frame.session), frame.offset, Some(frame.msg));
                    let length = frame.bytes.len() as u64;
                    let fault = Fault { code, session, offset, length, msg, line: None };
                    self.tables.fault(fault, self.sink);
                }
            }
        }
        self.tables.after_message(frame.msg, self.sink);
        self.sink.message(frame.msg, frame.msg_type);
    }

    fn fault(&mut self, fault: Fault, _bytes: &[u8]) {
        self.tables.fault(fault, self.sink);
    }
}

impl<S: Sink + ?Sized> RecordSink for Wiring<'_, S> {
    #[inline]
    fn tick(&mut self, tick: &mut Tick) {
        let tables = &mut *self.tables;
        // What may be wrong anywhere is shown, and moves nothing.
        if tick.tag.flags & flag::BAD_CHECKSUM != 0 {
            self.sink.record(Record::Tick(tick));
            return;
        }
        let time = tables.stamp(tick.time, &tick.tag, self.sink);
        match tables.channels.judge(tick.channel, tick.appl_seq_num) {
            Sequence::Next => {}
            Sequence::Jump(numbers) => {
                let counters = &mut tables.counters;
                counters.jumps += 1;
                counters.jumped_numbers = counters.jumped_numbers.saturating_add(numbers);
            }
            Sequence::Duplicate => {
                tables.counters.duplicates += 1;
                tick.tag.flags |= flag::DUPLICATE;
                self.sink.record(Record::Tick(tick));
                return;
            }
        }
        let szse = decode::is_szse(tick.source);
        let Some(row) = szse.then(|| tables.quotes.find(tick.security)).flatten() else {
            tables.counters.unnamed += 1;
            tick.tag.flags |= flag::UNNAMED;
            self.sink.record(Record::Tick(tick));
            return;
        };
        let slot = &mut tables.quotes.rows[row];
        // Negotiated deals, lending and the like are records, but move no row.
        let traded = match (tick.tag.msg_type, tick.code) {
            (msg_type::AUCTION_ORDER | msg_type::BOND_ORDER, _) => {
                quote::step_order(slot, time);
                Ok(false)
            }
            (msg_type::AUCTION_TRADE | msg_type::BOND_TRADE, exec_type::TRADE) => {
                quote::step_trade(slot, tick, time).map(|()| true)
            }
            (msg_type::AUCTION_TRADE | msg_type::BOND_TRADE, exec_type::CANCEL) => {
                quote::step_cancel(slot, time);
                Ok(false)
            }
            _ => Ok(false),
        };
        match traded {
            Err(code) => {
                tick.tag.flags |= flag::REFUSED;
                self.sink.record(Record::Tick(tick));
                tables.record_fault(code, &tick.tag, self.sink);
            }
            Ok(traded) => {
                self.sink.record(Record::Tick(tick));
                if traded && let Some(trading) = &mut tables.trading {
                    trading.traded(row, &tables.quotes);
                }
                let sets_price = traded && tick.tag.msg_type == msg_type::AUCTION_TRADE;
                if sets_price && tables.index_source == PriceSource::Trade {
                    tables.set_price(row, tick.price, &tick.tag, self.sink);
                }
            }
        }
    }

    fn head(&mut self, head: &mut Head) {
        let tables = &mut *self.tables;
        tables.snapshot = None;
        tables.compares = None;
        tables.snapshot_flags = head.tag.flags;
        if head.tag.flags & flag::BAD_CHECKSUM != 0 {
            self.sink.record(Record::Head(head));
            return;
        }
        let time = tables.stamp(head.time, &head.tag, self.sink);
        let szse = decode::is_szse(head.source);
        if let Some(time) = time
            && head.tag.msg_type == msg_type::INDEX_SNAPSHOT
            && tables.index.is_some()
            && szse
            && securities::same(head.security, tables.index_id)
            && time >= tables.index_compared.0
        {
            tables.compares = Some(time);
        }
        let mut fault = None;
        match szse.then(|| tables.quotes.find(head.security)).flatten() {
            None => {
                tables.counters.unnamed += 1;
                head.tag.flags |= flag::UNNAMED;
            }
            Some(row) if moves_row(head.tag.msg_type) => {
                let slot = &mut tables.quotes.rows[row];
                match quote::step_head(slot, &mut tables.quotes.depths[row], head, time) {
                    Ok(Some(assembly)) => {
                        tables.snapshot = Some((row, assembly));
                        if let Some(trading) = &mut tables.trading {
                            trading.snapshot(row);
                        }
                    }
                    Ok(None) => {
                        tables.counters.stale += 1;
                        head.tag.flags |= flag::STALE;
                    }
                    Err(code) => {
                        head.tag.flags |= flag::REFUSED;
                        fault = Some(code);
                    }
                }
            }
            Some(_) => {}
        }
        tables.snapshot_flags = head.tag.flags;
        self.sink.record(Record::Head(head));
        if let Some(code) = fault {
            tables.record_fault(code, &head.tag, self.sink);
        }
    }

    fn entry(&mut self, entry: &mut Entry) {
        let tables = &mut *self.tables;
        entry.tag.flags = tables.snapshot_flags;
        self.sink.record(Record::Entry(entry));
        let current =
            |code: u8| entry.entry_type[0] == code && matches!(entry.entry_type[1], b' ' | 0);
        if let Some(time) = tables.compares
            && current(b'3')
            && tables.index_compared != (time, entry.price)
        {
            tables.index_compared = (time, entry.price);
            tables.compare_index(entry.price);
        }
        let Some((row, assembly)) = &mut tables.snapshot else { return };
        let row = *row;
        let slot = &mut tables.quotes.rows[row];
        quote::step_entry(slot, &mut tables.quotes.depths[row], assembly, entry);
        let is_constituent = |index: &Index| row < index.constituents.len();
        if tables.index_source == PriceSource::Snapshot
            && tables.index.as_ref().is_some_and(is_constituent)
            && entry.tag.msg_type == msg_type::AUCTION_SNAPSHOT
            && current(b'2')
            && entry.price.0 > 0
        {
            match decode::price_e4(entry.price) {
                Some(price) => tables.set_price(row, price, &entry.tag, self.sink),
                None => tables.record_fault(FaultCode::IndexPrice, &entry.tag, self.sink),
            }
        }
    }

    fn queue(&mut self, queue: &mut Queue) {
        let tables = &mut *self.tables;
        queue.tag.flags = tables.snapshot_flags;
        self.sink.record(Record::Queue(queue));
        let Some((row, assembly)) = &mut tables.snapshot else { return };
        let row = *row;
        if let Err(code) = quote::step_queue(&mut tables.quotes.depths[row], assembly, queue) {
            tables.record_fault(code, &queue.tag, self.sink);
        }
    }

    fn end(&mut self, end: &mut End) {
        end.tag.flags = self.tables.snapshot_flags;
        self.sink.record(Record::End(end));
        self.tables.snapshot = None;
    }
}

/// Snapshots whose levels and totals belong in the table: not the after-hours ones, and not the
/// volume statistics.
fn moves_row(msg_type: u32) -> bool {
    matches!(
        msg_type,
        msg_type::AUCTION_SNAPSHOT | msg_type::BOND_SNAPSHOT | msg_type::INDEX_SNAPSHOT
    )
}
