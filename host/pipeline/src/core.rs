//! The rooms behind decode, with their tables: records and reports go in, everything that follows
//! from them goes to the sink. Every engine in Rust has one.

use tidegate_protocol::code::exec_type;
use tidegate_protocol::units::{IndexE4, PriceE4, PxE6, Timestamp};
use tidegate_protocol::{FaultCode, msg_type};

use crate::counters::Counters;
use crate::decode;
use crate::engine::{Line, Sink};
use crate::feedback::{Report, Verdict as ReportVerdict};
use crate::index::{self, Constituent, Index};
use crate::parameters::Parameters;
use crate::quote::{self, Assembly, Channels, Clock, QuoteTable, Sequence, Stamp, Stamped};
use crate::record::{End, Entry, Fault, Head, IndexPoint, Kind, Queue, Record, Tag, Tick, flag};
use crate::securities::{self, SecuritiesError, SecurityId};
use crate::setup::{PriceSource, Setup};
use crate::trading::{Moment, Trading};

/// The tables and the counters: what the rooms behind frame own together.
#[derive(Clone, Debug)]
pub struct Core {
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

impl Core {
    /// Tables whose rows are [`Setup::row_names`] of the setup and the collected securities.
    pub fn new(setup: &Setup, collected: &[SecurityId]) -> Result<Self, SecuritiesError> {
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
        })
    }

    /// What was counted so far.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// The quote table as it stands.
    pub fn quotes(&self) -> &QuoteTable {
        &self.quotes
    }

    /// The rooms behind the index, if the setup has triggers.
    pub fn trading(&self) -> Option<&Trading> {
        self.trading.as_deref()
    }

    /// The index as it stands, with the sum behind it.
    pub fn index(&self) -> Option<&Index> {
        self.index.as_ref()
    }

    /// The row of the snapshot under way, where it moves one.
    pub fn snapshot_row(&self) -> Option<usize> {
        self.snapshot.map(|(row, _)| row)
    }

    /// A fault of any room in front.
    pub fn fault<S: Sink + ?Sized>(&mut self, fault: Fault, sink: &mut S) {
        self.counters.faults[fault.code as usize] += 1;
        sink.fault(&fault);
    }

    /// A fault about a record of a framed message.
    fn record_fault<S: Sink + ?Sized>(&mut self, code: FaultCode, tag: &Tag, sink: &mut S) {
        let (session, offset, msg) = (Some(tag.session), tag.offset, Some(tag.msg));
        self.fault(Fault { code, session, offset, length: 0, msg, line: None }, sink);
    }

    /// A fault of a line, not of a message.
    pub(crate) fn line_fault<S: Sink + ?Sized>(
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

    /// Epochs that rule from this message on. Comes before anything else of the message.
    #[inline]
    pub fn before_message<S: Sink + ?Sized>(&mut self, msg: u64, sink: &mut S) {
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

    /// Parameters of a live run, from message `msg` on.
    #[cold]
    pub fn live_epoch<S: Sink + ?Sized>(
        &mut self,
        msg: u64,
        parameters: &Parameters,
        sink: &mut S,
    ) {
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
    pub fn after_message<S: Sink + ?Sized>(&mut self, msg: u64, sink: &mut S) {
        if self.trading.as_ref().is_some_and(|trading| trading.is_due()) {
            let moment = self.moment(msg);
            if let Some(trading) = &mut self.trading {
                trading.judge(moment, &self.quotes, sink);
            }
        }
    }

    /// The kill switch of the hand, before message `msg`.
    #[cold]
    pub fn kill<S: Sink + ?Sized>(&mut self, on: bool, msg: u64, sink: &mut S) {
        let moment = self.moment(msg);
        if let Some(trading) = &mut self.trading {
            trading.kill(on, moment, sink);
        }
    }

    /// A message of this type was framed.
    pub fn framed(&mut self, msg_type: u32) {
        self.counters.message(msg_type);
    }

    /// So many bytes lay behind the known part of a body.
    pub fn surplus(&mut self, bytes: u64) {
        self.counters.surplus_bytes += bytes;
    }

    /// A framed tick of a run.
    #[inline]
    pub(crate) fn framed_tick(&mut self, kind: Kind) {
        self.counters.tick(kind);
    }

    /// What the rooms in front counted: bytes framed or swallowed, and bytes swallowed.
    pub fn set_bytes(&mut self, bytes: u64, swallowed: u64) {
        (self.counters.bytes, self.counters.swallowed_bytes) = (bytes, swallowed);
    }

    /// A report that came whole and intact, in the message of this tag.
    #[cold]
    pub fn report<S: Sink + ?Sized>(&mut self, report: &Report, tag: &Tag, sink: &mut S) {
        let Some(trading) = &mut self.trading else { return };
        // A time that does not exist leaves every time as it is.
        let time = if report.time.is_possible() { report.time } else { Timestamp(0) };
        let (reported, too_many) = trading.report(tag.msg, &Report { time, ..*report });
        sink.report(&reported);
        // Whatever else comes must not move the time: anybody's report may be unknown.
        if reported.verdict == ReportVerdict::Applied {
            self.stamp(report.time, tag, sink);
        }
        if too_many {
            self.record_fault(FaultCode::FeedbackPartition, tag, sink);
        }
        if reported.verdict == ReportVerdict::Contradictory {
            self.record_fault(FaultCode::FeedbackContradiction, tag, sink);
        }
    }

    /// Takes a stamp into the pipeline's time, and gives it back if it exists.
    #[inline(always)]
    fn stamp<S: Sink + ?Sized>(&mut self, time: Timestamp, tag: &Tag, sink: &mut S) -> Stamped {
        // Most messages come in the same hundredth of a second as the one before.
        if self.clock.is_now(time) && !self.is_past(time) {
            return Some(time);
        }
        self.other_stamp(time, tag, sink)
    }

    #[inline(never)]
    fn other_stamp<S: Sink + ?Sized>(
        &mut self,
        time: Timestamp,
        tag: &Tag,
        sink: &mut S,
    ) -> Stamped {
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

    /// Whether time has come to a point where a condition may change.
    #[inline]
    fn is_past(&self, time: Timestamp) -> bool {
        self.trading.as_ref().is_some_and(|trading| trading.is_past(time))
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
                // Out before the triggers see it: who stamps outputs tells the two rooms apart.
                sink.index(&point);
                if let Some(trading) = &mut self.trading {
                    trading.index_moved(point.time, point.value);
                }
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

    /// An order, a trade or a cancel: time, sequence, row, index.
    #[inline]
    pub fn tick<S: Sink + ?Sized>(&mut self, tick: &mut Tick, sink: &mut S) {
        // What may be wrong anywhere is shown, and moves nothing.
        if tick.tag.flags & flag::BAD_CHECKSUM != 0 {
            sink.record(Record::Tick(tick));
            return;
        }
        let time = self.stamp(tick.time, &tick.tag, sink);
        match self.channels.judge(tick.channel, tick.appl_seq_num) {
            Sequence::Next => {}
            Sequence::Jump(numbers) => {
                let counters = &mut self.counters;
                counters.jumps += 1;
                counters.jumped_numbers = counters.jumped_numbers.saturating_add(numbers);
            }
            Sequence::Duplicate => {
                self.counters.duplicates += 1;
                tick.tag.flags |= flag::DUPLICATE;
                sink.record(Record::Tick(tick));
                return;
            }
        }
        let szse = decode::is_szse(tick.source);
        let Some(row) = szse.then(|| self.quotes.find(tick.security)).flatten() else {
            self.counters.unnamed += 1;
            tick.tag.flags |= flag::UNNAMED;
            sink.record(Record::Tick(tick));
            return;
        };
        let slot = &mut self.quotes.rows[row];
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
                sink.record(Record::Tick(tick));
                self.record_fault(code, &tick.tag, sink);
            }
            Ok(traded) => {
                sink.record(Record::Tick(tick));
                if traded && let Some(trading) = &mut self.trading {
                    trading.moved(row, &self.quotes);
                }
                let sets_price = traded && tick.tag.msg_type == msg_type::AUCTION_TRADE;
                if sets_price && self.index_source == PriceSource::Trade {
                    self.set_price(row, tick.price, &tick.tag, sink);
                }
            }
        }
    }

    /// The fixed part of a snapshot.
    pub fn head<S: Sink + ?Sized>(&mut self, head: &mut Head, sink: &mut S) {
        self.snapshot = None;
        self.compares = None;
        self.snapshot_flags = head.tag.flags;
        if head.tag.flags & flag::BAD_CHECKSUM != 0 {
            sink.record(Record::Head(head));
            return;
        }
        let time = self.stamp(head.time, &head.tag, sink);
        let szse = decode::is_szse(head.source);
        if let Some(time) = time
            && head.tag.msg_type == msg_type::INDEX_SNAPSHOT
            && self.index.is_some()
            && szse
            && securities::same(head.security, self.index_id)
            && time >= self.index_compared.0
        {
            self.compares = Some(time);
        }
        let mut fault = None;
        match szse.then(|| self.quotes.find(head.security)).flatten() {
            None => {
                self.counters.unnamed += 1;
                head.tag.flags |= flag::UNNAMED;
            }
            Some(row) if moves_row(head.tag.msg_type) => {
                let slot = &mut self.quotes.rows[row];
                match quote::step_head(slot, &mut self.quotes.depths[row], head, time) {
                    Ok(Some(assembly)) => {
                        self.snapshot = Some((row, assembly));
                    }
                    Ok(None) => {
                        self.counters.stale += 1;
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
        self.snapshot_flags = head.tag.flags;
        sink.record(Record::Head(head));
        if let Some(code) = fault {
            self.record_fault(code, &head.tag, sink);
        }
    }

    /// An entry of the snapshot whose head came last.
    #[inline]
    pub fn entry<S: Sink + ?Sized>(&mut self, entry: &mut Entry, sink: &mut S) {
        entry.tag.flags = self.snapshot_flags;
        // Before the sink sees the entry: its fields are at hand here, and would be read back behind it.
        let row = self.snapshot.as_mut().map(|(row, assembly)| {
            let QuoteTable { rows, depths, .. } = &mut self.quotes;
            quote::step_entry(&mut rows[*row], &mut depths[*row], assembly, entry);
            *row
        });
        sink.record(Record::Entry(entry));
        let current =
            |code: u8| entry.entry_type[0] == code && matches!(entry.entry_type[1], b' ' | 0);
        if let Some(time) = self.compares
            && current(b'3')
            && self.index_compared != (time, entry.price)
        {
            self.index_compared = (time, entry.price);
            self.compare_index(entry.price);
        }
        let Some(row) = row else { return };
        let is_constituent = |index: &Index| row < index.constituents.len();
        if self.index_source == PriceSource::Snapshot
            && self.index.as_ref().is_some_and(is_constituent)
            && entry.tag.msg_type == msg_type::AUCTION_SNAPSHOT
            && current(b'2')
            && entry.price.0 > 0
        {
            match decode::price_e4(entry.price) {
                Some(price) => self.set_price(row, price, &entry.tag, sink),
                None => self.record_fault(FaultCode::IndexPrice, &entry.tag, sink),
            }
        }
    }

    /// Two quantities of a queue of it.
    #[inline]
    pub fn queue<S: Sink + ?Sized>(&mut self, queue: &mut Queue, sink: &mut S) {
        queue.tag.flags = self.snapshot_flags;
        sink.record(Record::Queue(queue));
        let Some((row, assembly)) = &mut self.snapshot else { return };
        let row = *row;
        if let Err(code) = quote::step_queue(&mut self.quotes.depths[row], assembly, queue) {
            self.record_fault(code, &queue.tag, sink);
        }
    }

    /// Its end.
    pub fn end<S: Sink + ?Sized>(&mut self, end: &mut End, sink: &mut S) {
        end.tag.flags = self.snapshot_flags;
        sink.record(Record::End(end));
        if let Some((row, _)) = self.snapshot.take()
            && let Some(trading) = &mut self.trading
        {
            trading.moved(row, &self.quotes);
        }
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
