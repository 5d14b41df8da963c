//! A small trading gateway: answers the orders of a run as an exchange would, late and in parts.
//!
//! [`Loop`] runs a feed and the triggers of a setup in a closed loop: what a trigger sends is
//! answered, and the answers come back before the first market message that is later than they
//! are, exactly as `replay --feedback` merges them. So a replay of the feed and of the reports kept
//! here sends the same orders again.

use std::collections::BTreeMap;

use tidegate_pipeline::securities::SecuritiesError;
use tidegate_pipeline::{Control, Input, Line, NativeEngine, Outgoing, Record, Setup, Sink};
use tidegate_protocol::code::{exec_type, ord_status};
use tidegate_protocol::limits::{HEADER_BYTES, TRAILER_BYTES};
use tidegate_protocol::message::{
    CancelReject, FillReport, NewOrder, OrderCancelRequest, OrderReport, TradingBusinessReject,
};
use tidegate_protocol::msg_type;
use tidegate_protocol::units::{QtyE2, Timestamp};

use crate::clock::timestamp;
use crate::rng::Rng;
use crate::wire::{frame, part, text};

/// Partition of every report.
const PARTITION: i32 = 1;
/// The way of an order to the exchange and back, in milliseconds.
const WAY: i64 = 20;

/// What the exchange does with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Acknowledged and traded in so many parts.
    Filled(i64),
    /// Acknowledged and left in the book.
    Rests,
    /// Acknowledged, and cancelled by the exchange after a first part.
    CutShort,
    /// Refused by the matching side.
    Rejected,
    /// Refused by the gateway's own check.
    Refused,
}

const FATES: [Fate; 10] = [
    Fate::Filled(1),
    Fate::Filled(2),
    Fate::Filled(3),
    Fate::Filled(1),
    Fate::Rests,
    Fate::Rests,
    Fate::Filled(2),
    Fate::CutShort,
    Fate::Rejected,
    Fate::Refused,
];

/// An order at the exchange.
#[derive(Clone, Debug)]
struct Order {
    order: NewOrder,
    order_id: [u8; 16],
    cum: i64,
    /// Nothing more can trade.
    done: bool,
}

/// What is to happen, in the order of its time and of its making.
#[derive(Clone, Debug)]
enum Event {
    Acknowledge([u8; 10]),
    Fill([u8; 10], i64),
    Cancel { order: [u8; 10], request: [u8; 10] },
    Reject([u8; 10]),
    Refuse([u8; 10]),
    RefuseCancel(OrderCancelRequest),
}

/// The gateway.
#[derive(Clone, Debug)]
pub struct Tgw {
    rng: Rng,
    orders: BTreeMap<[u8; 10], Order>,
    events: BTreeMap<(i64, u64), Event>,
    made: u64,
    report_index: i64,
    executions: u64,
}

fn body<const N: usize>(bytes: &[u8]) -> Option<&[u8; N]> {
    bytes.get(HEADER_BYTES..bytes.len().checked_sub(TRAILER_BYTES)?)?.first_chunk()
}

fn number<const N: usize>(prefix: &str, number: u64) -> [u8; N] {
    let digits = N - prefix.len();
    text(format!("{prefix}{number:0digits$}").as_bytes())
}

impl Tgw {
    /// A gateway whose every choice follows from the seed.
    pub fn new(seed: u64) -> Self {
        Self {
            rng: Rng::new(seed),
            orders: BTreeMap::new(),
            events: BTreeMap::new(),
            made: 0,
            report_index: 0,
            executions: 0,
        }
    }

    fn plan(&mut self, ms: i64, event: Event) {
        self.made += 1;
        self.events.insert((ms, self.made), event);
    }

    /// Takes an order or a cancel request that left at this time of the day, in milliseconds.
    pub fn take(&mut self, ms: i64, frame: &[u8]) {
        let msg_type = frame.first_chunk().map(|bytes| u32::from_be_bytes(*bytes));
        match msg_type {
            Some(msg_type::NEW_ORDER) => {
                if let Some(order) = body(frame).map(NewOrder::parse) {
                    self.order(ms, order);
                }
            }
            Some(msg_type::ORDER_CANCEL_REQUEST) => {
                if let Some(request) = body(frame).map(OrderCancelRequest::parse) {
                    self.cancel(ms, request);
                }
            }
            _ => {}
        }
    }

    fn order(&mut self, ms: i64, order: NewOrder) {
        let id = order.cl_ord_id;
        let order_id = number("TG", self.orders.len() as u64 + 1);
        let quantity = order.order_qty.0;
        self.orders.insert(id, Order { order, order_id, cum: 0, done: false });
        let seen = ms + WAY + self.rng.below(WAY);
        match self.rng.pick(&FATES) {
            Fate::Rejected => self.plan(seen, Event::Reject(id)),
            Fate::Refused => self.plan(seen, Event::Refuse(id)),
            Fate::Rests => self.plan(seen, Event::Acknowledge(id)),
            Fate::Filled(parts) => {
                self.plan(seen, Event::Acknowledge(id));
                let (mut at, mut left) = (seen, quantity);
                for rest in (1..=parts).rev() {
                    // Whole lots of 100 shares, the rest with the last part.
                    let lots = left / (rest * 10_000) * 10_000;
                    let part = if rest == 1 { left } else { lots };
                    at += 10 + self.rng.below(2_000);
                    if part > 0 {
                        self.plan(at, Event::Fill(id, part));
                    }
                    left -= part;
                }
            }
            Fate::CutShort => {
                self.plan(seen, Event::Acknowledge(id));
                let half = quantity / 20_000 * 10_000;
                if half > 0 {
                    self.plan(seen + 5, Event::Fill(id, half));
                }
                self.plan(seen + 6, Event::Cancel { order: id, request: [b' '; 10] });
            }
        }
    }

    fn cancel(&mut self, ms: i64, request: OrderCancelRequest) {
        let seen = ms + WAY + self.rng.below(WAY);
        let stands = self
            .orders
            .get(&request.orig_cl_ord_id)
            .is_some_and(|o| o.order_id == request.order_id);
        if stands {
            let (order, request) = (request.orig_cl_ord_id, request.cl_ord_id);
            self.plan(seen, Event::Cancel { order, request });
        } else {
            self.plan(seen, Event::RefuseCancel(request));
        }
    }

    /// The next report, if it is made before this time of the day.
    pub fn next_before(&mut self, ms: i64) -> Option<Vec<u8>> {
        loop {
            let entry = self.events.first_entry().filter(|entry| entry.key().0 < ms)?;
            let ((at, _), event) = entry.remove_entry();
            if let Some(report) = self.report(at, &event) {
                return Some(report);
            }
        }
    }

    fn report(&mut self, ms: i64, event: &Event) -> Option<Vec<u8>> {
        let time = timestamp(ms);
        match event {
            Event::Acknowledge(id) => {
                let leaves = self.orders[id].order.order_qty.0;
                Some(self.order_report(time, *id, *id, [b' '; 10], b"00", 0, leaves))
            }
            Event::Reject(id) => {
                self.orders.get_mut(id)?.done = true;
                Some(self.order_report(time, *id, *id, [b' '; 10], b"88", 20_009, 0))
            }
            Event::Fill(id, quantity) => {
                let order = self.orders.get_mut(id).filter(|order| !order.done)?;
                order.cum += quantity;
                order.done = order.cum == order.order.order_qty.0;
                Some(self.fill(time, *id, *quantity))
            }
            Event::Cancel { order: id, request } => {
                let order = self.orders.get_mut(id)?;
                if order.done {
                    // It was traded while the request was on its way.
                    let request = *request;
                    let of = OrderCancelRequest {
                        cl_ord_id: request,
                        orig_cl_ord_id: *id,
                        security_id: order.order.security_id,
                        side: order.order.side,
                        order_id: order.order_id,
                        ..OrderCancelRequest::default()
                    };
                    return (request != [b' '; 10]).then(|| self.refuse_cancel(time, &of));
                }
                order.done = true;
                // The exchange's own cancels name the order in ClOrdID.
                let own = *request == [b' '; 10];
                let (first, second) = if own { (*id, [b' '; 10]) } else { (*request, *id) };
                let reason = if own { 20_046 } else { 0 };
                Some(self.order_report(time, *id, first, second, b"44", reason, 0))
            }
            Event::Refuse(id) => {
                let order = self.orders.get_mut(id)?;
                order.done = true;
                let reject = TradingBusinessReject {
                    appl_id: order.order.appl_id,
                    transact_time: time,
                    submitting_pbuid: order.order.submitting_pbuid,
                    security_id: order.order.security_id,
                    security_id_source: order.order.security_id_source,
                    ref_msg_type: msg_type::NEW_ORDER,
                    business_reject_ref_id: *id,
                    business_reject_reason: 20_104,
                    business_reject_text: text(b"platform not open"),
                    ..TradingBusinessReject::default()
                };
                let emit = |to: &mut Vec<u8>| part(to, |bytes| reject.emit(bytes));
                Some(frame(msg_type::TRADING_BUSINESS_REJECT, emit))
            }
            Event::RefuseCancel(request) => Some(self.refuse_cancel(time, request)),
        }
    }

    fn next_index(&mut self) -> (i64, [u8; 16]) {
        self.report_index += 1;
        self.executions += 1;
        (self.report_index, number("", self.executions))
    }

    #[expect(clippy::too_many_arguments, reason = "the fields that differ between the reports")]
    fn order_report(
        &mut self,
        time: Timestamp,
        id: [u8; 10],
        cl_ord_id: [u8; 10],
        orig_cl_ord_id: [u8; 10],
        [exec_type, ord_status]: &[u8; 2],
        reason: u16,
        leaves: i64,
    ) -> Vec<u8> {
        let (report_index, exec_id) = self.next_index();
        let Order { order, order_id, cum, .. } = &self.orders[&id];
        let report = OrderReport {
            partition_no: PARTITION,
            report_index,
            appl_id: order.appl_id,
            reporting_pbuid: order.submitting_pbuid,
            submitting_pbuid: order.submitting_pbuid,
            security_id: order.security_id,
            security_id_source: order.security_id_source,
            owner_type: order.owner_type,
            clearing_firm: order.clearing_firm,
            transact_time: time,
            user_info: order.user_info,
            order_id: *order_id,
            cl_ord_id,
            orig_cl_ord_id,
            exec_id,
            exec_type: *exec_type,
            ord_status: *ord_status,
            ord_rej_reason: reason,
            leaves_qty: QtyE2(leaves),
            cum_qty: QtyE2(*cum),
            side: order.side,
            ord_type: order.ord_type,
            order_qty: order.order_qty,
            price: order.price,
            account_id: order.account_id,
            branch_id: order.branch_id,
            order_restrictions: order.order_restrictions,
            time_in_force: order.time_in_force,
            cash_margin: order.cash_margin,
            ..OrderReport::default()
        };
        frame(msg_type::ORDER_REPORT, |to| part(to, |bytes| report.emit(bytes)))
    }

    fn fill(&mut self, time: Timestamp, id: [u8; 10], quantity: i64) -> Vec<u8> {
        let (report_index, exec_id) = self.next_index();
        let Order { order, order_id, cum, .. } = &self.orders[&id];
        let leaves = order.order_qty.0 - cum;
        let report = FillReport {
            partition_no: PARTITION,
            report_index,
            appl_id: order.appl_id,
            reporting_pbuid: order.submitting_pbuid,
            submitting_pbuid: order.submitting_pbuid,
            security_id: order.security_id,
            security_id_source: order.security_id_source,
            owner_type: order.owner_type,
            clearing_firm: order.clearing_firm,
            transact_time: time,
            user_info: order.user_info,
            order_id: *order_id,
            cl_ord_id: id,
            exec_id,
            exec_type: exec_type::TRADE,
            ord_status: if leaves == 0 { ord_status::FILLED } else { ord_status::PART_FILLED },
            last_px: order.price,
            last_qty: QtyE2(quantity),
            leaves_qty: QtyE2(leaves),
            cum_qty: QtyE2(*cum),
            side: order.side,
            account_id: order.account_id,
            branch_id: order.branch_id,
            cash_margin: order.cash_margin,
        };
        frame(msg_type::FILL_REPORT, |to| part(to, |bytes| report.emit(bytes)))
    }

    fn refuse_cancel(&mut self, time: Timestamp, request: &OrderCancelRequest) -> Vec<u8> {
        let (report_index, _) = self.next_index();
        let reject = CancelReject {
            partition_no: PARTITION,
            report_index,
            appl_id: request.appl_id,
            reporting_pbuid: request.submitting_pbuid,
            submitting_pbuid: request.submitting_pbuid,
            security_id: request.security_id,
            security_id_source: request.security_id_source,
            owner_type: request.owner_type,
            clearing_firm: request.clearing_firm,
            transact_time: time,
            user_info: request.user_info,
            cl_ord_id: request.cl_ord_id,
            orig_cl_ord_id: request.orig_cl_ord_id,
            side: request.side,
            ord_status: ord_status::FILLED,
            cxl_rej_reason: 20_096,
            reject_text: text(b"already final"),
            order_id: request.order_id,
        };
        frame(msg_type::CANCEL_REJECT, |to| part(to, |bytes| reject.emit(bytes)))
    }
}

/// Keeps what leaves, with its time.
#[derive(Default)]
struct Left(Vec<(i64, Vec<u8>)>);

impl Sink for Left {
    fn order(&mut self, order: &Outgoing<'_>) {
        self.0.push((order.decision.time.ms_of_day(), order.bytes.to_vec()));
    }
}

/// The stamp of a market message, in milliseconds of the day: what its first record says.
#[derive(Default)]
struct Stamp(Option<i64>);

impl Sink for Stamp {
    fn record(&mut self, record: Record<'_>) {
        let time = match record {
            Record::Tick(tick) => tick.time,
            Record::Head(head) => head.time,
            _ => return,
        };
        self.0 = Some(time.ms_of_day());
    }
}

/// A closed loop of a feed, the triggers of a setup and the gateway.
#[derive(Debug)]
pub struct Loop {
    engine: NativeEngine,
    /// Reads a message before the engine does.
    scout: NativeEngine,
    tgw: Tgw,
    reports: Vec<u8>,
}

impl Loop {
    /// A loop before its first message.
    pub fn new(setup: &Setup, seed: u64) -> Result<Self, SecuritiesError> {
        let bare = Setup { index: None, trading: None, ..setup.clone() };
        Ok(Self {
            engine: NativeEngine::new(setup, &[])?,
            scout: NativeEngine::new(&bare, &[])?,
            tgw: Tgw::new(seed),
            reports: Vec::new(),
        })
    }

    fn feed(&mut self, line: Line, bytes: &[u8]) {
        let mut left = Left::default();
        self.engine.feed(Input::Packet { line, session: 0, bytes }, &mut left);
        left.0.iter().for_each(|(ms, frame)| self.tgw.take(*ms, frame));
    }

    fn answer(&mut self, before: i64) {
        while let Some(report) = self.tgw.next_before(before) {
            self.feed(Line::Orders, &report);
            self.reports.extend_from_slice(&report);
        }
    }

    /// The next message of the feed.
    pub fn message(&mut self, frame: &[u8]) {
        let mut stamp = Stamp::default();
        let input = Input::Packet { line: Line::Market, session: 0, bytes: frame };
        self.scout.feed(input, &mut stamp);
        if let Some(ms) = stamp.0 {
            self.answer(ms);
        }
        self.feed(Line::Market, frame);
    }

    /// The end of the feed: every report that was made, and the engine.
    pub fn finish(mut self) -> (Vec<u8>, NativeEngine) {
        self.answer(i64::MAX);
        self.engine.feed(Input::Control(Control::Stop), &mut ());
        (self.reports, self.engine)
    }
}
