//! What kernels give out, back as what every engine gives out.
//!
//! One event may stand for several outputs; their order is that of `kernels/README.md`. Requests that
//! leave come from `send` on a way of their own and are put behind their decision.

use std::collections::VecDeque;

use thiserror::Error;
use tidegate_protocol::FaultCode;
use tidegate_protocol::kernel::{
    DecisionFields, DepthLevel, Event, QuoteRow, ReportFields, RequestFields, event_kind,
    event_mark,
};
use tidegate_protocol::limits::{
    BEAT_BYTES, BOOK_LEVELS, MAX_CONDITIONS, MAX_REQUESTS, QUEUE_ITEMS,
};
use tidegate_protocol::record::{RECORD_BYTES, TAG_BYTES};
use tidegate_protocol::units::{IndexE4, QtyE2};

use crate::decision::{Checked, Decision, Limit, NONE, Outcome, Outgoing, Refusal, Scope};
use crate::engine::{Line, Sink};
use crate::feedback::{Kind, Report, Reported, Request, State, Verdict};
use crate::log::NO_SESSION;
use crate::quote::{Depth, Level, Row, Totals};
use crate::record::{Fault, IndexPoint, OwnedRecord, RecordError};

/// Bytes of an event that are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EventError {
    /// A number that means nothing there.
    #[error("event of message {msg}: {what} {found}")]
    Number {
        /// The message that it says.
        msg: u64,
        /// Of what.
        what: &'static str,
        /// The number.
        found: u32,
    },
    /// The record in it is none.
    #[error("event of message {msg}: {error}")]
    Record {
        /// The message that it says.
        msg: u64,
        /// Why.
        error: RecordError,
    },
    /// Requests and decisions do not go together.
    #[error(
        "{requests} requests without a decision, {decisions} outputs behind a decision without its requests"
    )]
    Unpaired {
        /// Requests left.
        requests: usize,
        /// Events left.
        decisions: usize,
    },
    /// More waits for its counterpart than can be: send no longer follows the indicator, e.g. since
    /// TOE1 takes nothing.
    #[error("event of message {msg}: wanted at most {most} {what}, found one more")]
    Held {
        /// The message that it says.
        msg: u64,
        /// Of what.
        what: &'static str,
        /// How many can be.
        most: usize,
    },
}

/// Bytes of the words in an event.
const BODY_BYTES: usize = 8 * 20;
/// Requests that can wait for their decision: each has a row of its own in the record table.
const MOST_REQUESTS: usize = MAX_REQUESTS;
/// Events that can wait behind a decision: while the indicator gives one, send gives one word, and a full
/// record table has so many words to send.
const MOST_EVENTS: usize = MAX_REQUESTS * (1 + BODY_BYTES / BEAT_BYTES);

/// Puts events in order and hands them on.
#[derive(Clone, Debug, Default)]
pub struct Delivery {
    /// The decision whose requests are awaited, and how many.
    decision: Option<(Decision, u32)>,
    /// Events behind that decision.
    held: VecDeque<Event>,
    /// Requests that came before their decision.
    early: VecDeque<Event>,
}

impl Delivery {
    /// Takes the next event of the indicator or of send. What is held is bounded.
    ///
    /// # Errors
    /// When its bytes are none of the layout's; [`EventError::Held`] when too much waits, and then the
    /// event is not taken.
    pub fn event<S: Sink + ?Sized>(
        &mut self,
        event: &Event,
        sink: &mut S,
    ) -> Result<(), EventError> {
        if event.kind == event_kind::REQUEST {
            room(event, "requests without a decision", self.early.len(), MOST_REQUESTS)?;
            self.early.push_back(*event);
            return self.settle(sink);
        }
        if self.decision.is_some() {
            let what = "events behind a decision without its requests";
            room(event, what, self.held.len(), MOST_EVENTS)?;
            self.held.push_back(*event);
            return Ok(());
        }
        self.deliver(event, sink)?;
        self.settle(sink)
    }

    /// Nothing more comes.
    ///
    /// # Errors
    /// When a decision and its requests did not both come.
    pub fn finish(&self) -> Result<(), EventError> {
        let requests = self.early.len();
        let decisions = self.held.len() + usize::from(self.decision.is_some());
        if requests + decisions == 0 {
            Ok(())
        } else {
            Err(EventError::Unpaired { requests, decisions })
        }
    }

    /// Hands on what no longer waits.
    fn settle<S: Sink + ?Sized>(&mut self, sink: &mut S) -> Result<(), EventError> {
        loop {
            match &mut self.decision {
                Some((decision, awaited)) => {
                    let Some(request) = self.early.pop_front() else { return Ok(()) };
                    let mut bytes = [0; BODY_BYTES];
                    body(&request, &mut bytes);
                    let length = usize::from(request.session);
                    let Some(bytes) = bytes.get(..length) else {
                        let (msg, found) = (request.msg, u32::from(request.session));
                        return Err(EventError::Number { msg, what: "length of a frame", found });
                    };
                    sink.order(&Outgoing { decision, request: request.msg_type, bytes });
                    *awaited -= 1;
                    if *awaited == 0 {
                        self.decision = None;
                    }
                }
                None => {
                    let Some(event) = self.held.pop_front() else { return Ok(()) };
                    self.deliver(&event, sink)?;
                }
            }
        }
    }

    fn deliver<S: Sink + ?Sized>(&mut self, event: &Event, sink: &mut S) -> Result<(), EventError> {
        if event.kind == event_kind::DECISION {
            let decision = decision(event)?;
            sink.decision(&decision);
            self.decision = (decision.requests > 0).then_some((decision, decision.requests));
            return Ok(());
        }
        step(event, sink)
    }
}

/// Whether one more can be held.
fn room(event: &Event, what: &'static str, held: usize, most: usize) -> Result<(), EventError> {
    if held < most { Ok(()) } else { Err(EventError::Held { msg: event.msg, what, most }) }
}

fn body(event: &Event, out: &mut [u8; BODY_BYTES]) {
    for (bytes, word) in out.chunks_mut(8).zip(event.body) {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
}

/// Everything of one step, in order.
fn step<S: Sink + ?Sized>(event: &Event, sink: &mut S) -> Result<(), EventError> {
    let has = |mark| event.has & mark != 0;
    for code in [event.fault_a, event.fault_b] {
        if code != 0 {
            sink.fault(&item_fault(event, code)?);
        }
    }
    if event.before != 0 {
        sink.fault(&record_fault(event, event.before)?);
    }
    if has(event_mark::RECORD) {
        sink.record(record(event)?.as_record());
    }
    if has(event_mark::REPORT) {
        sink.report(&reported(event)?);
    }
    if has(event_mark::INDEX) {
        let (time, sum) = (event.index_time, event.index_sum);
        sink.index(&IndexPoint { msg: event.msg, time, value: IndexE4(event.index_value), sum });
    }
    for code in [event.after, event.after_too] {
        if code != 0 {
            sink.fault(&record_fault(event, code)?);
        }
    }
    if has(event_mark::ENDS) {
        sink.message(event.msg, event.msg_type);
    }
    Ok(())
}

fn number(event: &Event, what: &'static str, found: impl Into<u32>) -> EventError {
    EventError::Number { msg: event.msg, what, found: found.into() }
}

fn code(event: &Event, code: u8) -> Result<FaultCode, EventError> {
    let found = FaultCode::ALL.iter().find(|known| **known as u8 == code);
    found.copied().ok_or_else(|| number(event, "fault", code))
}

/// A fault of the frame, the link, the host, or of decode.
fn item_fault(event: &Event, found: u8) -> Result<Fault, EventError> {
    let code = code(event, found)?;
    if event.kind == event_kind::FAULT {
        let msg = Some(event.msg);
        return Ok(Fault { code, session: None, offset: 0, length: 0, msg, line: None });
    }
    let link = event.has & event_mark::LINK != 0;
    let framed = event.has & event_mark::FRAMED != 0;
    let line = if event.line == 0 { Line::Market } else { Line::Orders };
    Ok(Fault {
        code,
        session: (event.session != NO_SESSION).then_some(event.session),
        offset: event.offset,
        length: event.length,
        msg: framed.then_some(event.msg),
        line: link.then_some(line),
    })
}

/// A fault about a record or a report.
fn record_fault(event: &Event, found: u8) -> Result<Fault, EventError> {
    let (session, offset, msg) = (Some(event.session), event.offset, Some(event.msg));
    Ok(Fault { code: code(event, found)?, session, offset, length: 0, msg, line: None })
}

fn record(event: &Event) -> Result<OwnedRecord, EventError> {
    let mut bytes = [0; RECORD_BYTES];
    let mut whole = [0; Event::BYTES];
    event.emit(&mut whole);
    bytes.copy_from_slice(&whole[..RECORD_BYTES]);
    OwnedRecord::parse(&bytes).map_err(|error| EventError::Record { msg: event.msg, error })
}

fn state(event: &Event, found: u8) -> Result<State, EventError> {
    Ok(match found {
        1 => State::Sent,
        2 => State::Acknowledged,
        3 => State::PartlyFilled,
        4 => State::Filled,
        5 => State::Cancelled,
        6 => State::Rejected,
        7 => State::Done,
        _ => return Err(number(event, "state", found)),
    })
}

fn reported(event: &Event) -> Result<Reported, EventError> {
    let mut whole = [0; Event::BYTES];
    event.emit(&mut whole);
    let fields = ReportFields::parse(whole.first_chunk().expect("an event is longer"));
    let verdict = match event.verdict {
        1 => Verdict::Applied,
        2 => Verdict::Duplicate,
        3 => Verdict::Late,
        4 => Verdict::Unknown,
        5 => Verdict::Contradictory,
        found => return Err(number(event, "verdict", found)),
    };
    Ok(Reported {
        msg: event.msg,
        report: report(event.msg_type, &fields),
        verdict,
        request: (event.request != u32::MAX).then_some(event.request),
        state: if event.state == 0 { None } else { Some(state(event, event.state)?) },
        cum: event.cum,
        missed: event.missed,
    })
}

/// A report from the fields of an item or an event.
pub fn report(msg_type: u32, fields: &ReportFields) -> Report {
    Report {
        msg_type,
        place: (fields.has_place != 0)
            .then_some((fields.partition_no.cast_signed(), fields.report_index)),
        time: fields.time,
        security: fields.security,
        side: fields.side,
        cl_ord_id: fields.cl_ord_id,
        orig_cl_ord_id: fields.orig_cl_ord_id,
        order_id: fields.order_id,
        exec_type: fields.exec_type,
        ord_status: fields.ord_status,
        reason: fields.reason,
        quantity: fields.quantity,
        cum: fields.cum,
        leaves: fields.leaves,
        last: fields.last,
        last_px: fields.last_px,
        ref_msg_type: fields.ref_msg_type,
    }
}

/// The fields of a report, as an item carries them behind its first [`TAG_BYTES`] bytes.
pub fn report_fields(report: &Report) -> ReportFields {
    const _: () = assert!(ReportFields::REPORT_INDEX_AT == TAG_BYTES);
    let (partition, report_index) = report.place.unwrap_or_default();
    ReportFields {
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
        partition_no: partition.cast_unsigned(),
        ref_msg_type: report.ref_msg_type,
        reason: report.reason,
        has_place: u8::from(report.place.is_some()),
        side: report.side,
        exec_type: report.exec_type,
        ord_status: report.ord_status,
    }
}

fn decision(event: &Event) -> Result<Decision, EventError> {
    let mut bytes = [0; BODY_BYTES];
    body(event, &mut bytes);
    let fields = DecisionFields::parse(&bytes);
    let outcome = match fields.outcome {
        1 => Outcome::Sent,
        2 => Outcome::Refused,
        3 => Outcome::Cancelled,
        4 => Outcome::GuardEngaged,
        5 => Outcome::GuardReleased,
        6 => Outcome::Epoch,
        7 => Outcome::KillOn,
        8 => Outcome::KillOff,
        found => return Err(number(event, "outcome", found)),
    };
    let limit = match fields.limit {
        0 => None,
        1 => Some(Limit::KillSwitch),
        2 => Some(Limit::Guard),
        3 => Some(Limit::NoPrice),
        4 => Some(Limit::PriceLimit),
        5 => Some(Limit::PriceBand),
        6 => Some(Limit::MaxQuantity),
        7 => Some(Limit::MaxOrders),
        8 => Some(Limit::MaxTotalQuantity),
        9 => Some(Limit::MaxTotalValue),
        10 => Some(Limit::MaxOutstanding),
        11 => Some(Limit::Requests),
        found => return Err(number(event, "limit", found)),
    };
    let scope = match fields.scope {
        0 | 1 => Scope::Global,
        2 => Scope::Trigger,
        found => return Err(number(event, "scope", found)),
    };
    let (found, allowed) = (fields.found, fields.allowed);
    let mut conditions = [Checked::default(); MAX_CONDITIONS];
    for (at, checked) in conditions.iter_mut().enumerate() {
        *checked = Checked {
            code: fields.checks[2 * at],
            holds: fields.checks[2 * at + 1] != 0,
            found: fields.conditions[2 * at],
            bound: fields.conditions[2 * at + 1],
        };
    }
    Ok(Decision {
        number: fields.number,
        msg: fields.msg,
        time: fields.time,
        index: (fields.index != NONE).then_some(IndexE4(fields.index)),
        epoch: fields.epoch,
        trigger: (fields.trigger != u8::MAX).then_some(fields.trigger),
        outcome,
        refusal: limit.map(|limit| Refusal { limit, scope, found, allowed }),
        price: fields.price,
        quantity: fields.quantity,
        requests: fields.requests,
        request: (fields.request != u32::MAX).then_some(fields.request),
        conditions,
    })
}

/// Bytes of the depth of a row: 20 levels, then the queue quantities.
pub const DEPTH_BYTES: usize = 2 * BOOK_LEVELS * DepthLevel::BYTES + 8 * QUEUE_ITEMS;

/// A row of the quote table.
pub fn row(fields: &QuoteRow) -> Row {
    Row {
        security: fields.security,
        phase: fields.phase,
        time: fields.time,
        trade_time: fields.trade_time,
        snapshot_time: fields.snapshot_time,
        prev_close: fields.prev_close,
        limit_up: fields.limit_up,
        limit_down: fields.limit_down,
        ticks: Totals {
            last: fields.ticks_last,
            open: fields.ticks_open,
            high: fields.ticks_high,
            low: fields.ticks_low,
            volume: fields.ticks_volume,
            value_e6: fields.ticks_value,
            num_trades: fields.ticks_num_trades,
        },
        snapshot: Totals {
            last: fields.snapshot_last,
            open: fields.snapshot_open,
            high: fields.snapshot_high,
            low: fields.snapshot_low,
            volume: fields.snapshot_volume,
            value_e6: fields.snapshot_value,
            num_trades: fields.snapshot_num_trades,
        },
        orders: fields.orders,
        trades: fields.trades,
        cancels: fields.cancels,
        snapshots: fields.snapshots,
    }
}

/// The depth of a row from its bytes. How many queue quantities are in use stands in the reserved
/// field of the first level.
pub fn depth(bytes: &[u8; DEPTH_BYTES]) -> Depth {
    let mut out = Depth::default();
    let (levels, queue) = bytes.split_at(2 * BOOK_LEVELS * DepthLevel::BYTES);
    let (levels, _) = levels.as_chunks();
    for (at, (level, bytes)) in out.levels.as_flattened_mut().iter_mut().zip(levels).enumerate() {
        let fields = DepthLevel::parse(bytes);
        *level = Level {
            price: fields.price,
            quantity: fields.quantity,
            orders: fields.orders,
            queue_at: fields.queue_at,
            queue_len: fields.queue_len,
        };
        if at == 0 {
            out.queue_len = fields.reserved as u16;
        }
    }
    let (queue, _) = queue.as_chunks();
    for (quantity, bytes) in out.queue.iter_mut().zip(queue) {
        *quantity = QtyE2(i64::from_le_bytes(*bytes));
    }
    out
}

/// A row of the record table from its bytes.
///
/// # Errors
/// When its state is none.
pub fn request(fields: &RequestFields) -> Result<Request, EventError> {
    let event = Event { msg: fields.msg, ..Event::default() };
    Ok(Request {
        kind: if fields.of == u32::MAX { Kind::Order } else { Kind::Cancel(fields.of) },
        state: state(&event, fields.state)?,
        trigger: (fields.trigger != u8::MAX).then_some(fields.trigger),
        side: fields.side,
        reason: fields.reason,
        cancelling: fields.cancelling != 0,
        security: fields.security,
        quantity: fields.quantity,
        price: fields.price,
        cum: fields.cum,
        fills: fields.fills,
        order_id: fields.order_id,
        msg: fields.msg,
        sent: fields.sent,
        reported: fields.reported,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(number: u64, requests: u32) -> Event {
        let fields = DecisionFields { number, requests, outcome: 1, ..Default::default() };
        let mut bytes = [0; DecisionFields::BYTES];
        fields.emit(&mut bytes);
        let mut body = [0; 20];
        for (word, bytes) in body.iter_mut().zip(bytes.chunks(8)) {
            *word = u64::from_le_bytes(bytes.try_into().expect("8"));
        }
        Event { kind: event_kind::DECISION, body, ..Event::default() }
    }

    fn request(row: u32) -> Event {
        Event { kind: event_kind::REQUEST, msg_type: row, ..Event::default() }
    }

    fn end(msg: u64) -> Event {
        Event { kind: 16, msg, has: event_mark::ENDS, ..Event::default() }
    }

    /// Counts what comes out.
    #[derive(Default)]
    struct Count([usize; 3]);

    impl Sink for Count {
        fn decision(&mut self, _: &Decision) {
            self.0[0] += 1;
        }
        fn order(&mut self, _: &Outgoing<'_>) {
            self.0[1] += 1;
        }
        fn message(&mut self, _: u64, _: u32) {
            self.0[2] += 1;
        }
    }

    #[test]
    fn requests_without_a_decision_are_as_many_as_the_table_has_rows() {
        let (mut delivery, mut seen) = (Delivery::default(), Count::default());
        for row in 0..MAX_REQUESTS as u32 {
            delivery.event(&request(row), &mut seen).expect("a row");
        }
        let late = Event { msg: 7, ..request(0) };
        let found = delivery.event(&late, &mut seen).expect_err("no such row");
        let what = "requests without a decision";
        assert_eq!(found, EventError::Held { msg: 7, what, most: MAX_REQUESTS });
        assert_eq!(
            found.to_string(),
            "event of message 7: wanted at most 65536 requests without a decision, found one more"
        );
        // It holds what it held.
        delivery.event(&decision(0, MAX_REQUESTS as u32), &mut seen).expect("a decision");
        assert_eq!((seen.0, delivery.finish()), ([1, MAX_REQUESTS, 0], Ok(())));
    }

    #[test]
    fn a_decision_waits_for_its_requests_within_bounds() {
        let (mut delivery, mut seen) = (Delivery::default(), Count::default());
        delivery.event(&decision(0, 1), &mut seen).expect("a decision");
        for msg in 0..MOST_EVENTS as u64 {
            delivery.event(&end(msg), &mut seen).expect("an event");
        }
        for msg in [8, 9] {
            let found = delivery.event(&end(msg), &mut seen).expect_err("too many");
            let what = "events behind a decision without its requests";
            assert_eq!(found, EventError::Held { msg, what, most: MOST_EVENTS });
        }
        assert_eq!(seen.0, [1, 0, 0]);
        delivery.event(&request(0), &mut seen).expect("a request");
        assert_eq!((seen.0, delivery.finish()), ([1, 1, MOST_EVENTS], Ok(())));
    }

    #[test]
    fn requests_stand_behind_their_decision_whichever_comes_first() {
        #[derive(Default)]
        struct Seen(Vec<String>);
        impl Sink for Seen {
            fn decision(&mut self, decision: &Decision) {
                self.0.push(format!("decision {}", decision.number));
            }
            fn order(&mut self, order: &Outgoing<'_>) {
                self.0.push(format!("{} of {}", order.request, order.decision.number));
            }
            fn message(&mut self, msg: u64, _: u32) {
                self.0.push(format!("message {msg}"));
            }
        }
        let (mut delivery, mut seen) = (Delivery::default(), Seen::default());
        for event in [
            end(0),
            request(0),
            decision(0, 2),
            end(1),
            request(1),
            decision(1, 0),
            end(2),
            decision(2, 1),
            end(3),
        ] {
            delivery.event(&event, &mut seen).expect("an event");
        }
        assert!(delivery.finish().is_err());
        delivery.event(&request(2), &mut seen).expect("a request");
        assert_eq!(delivery.finish(), Ok(()));
        assert_eq!(
            seen.0,
            [
                "message 0",
                "decision 0",
                "0 of 0",
                "1 of 0",
                "message 1",
                "decision 1",
                "message 2",
                "decision 2",
                "2 of 2",
                "message 3",
            ]
        );
    }
}
