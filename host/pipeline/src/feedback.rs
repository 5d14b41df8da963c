//! Reports that come back, and the record table: one row a request, found by its ClOrdID.
//!
//! No report is trusted: what does not fit the row is counted and changes nothing. The rules stand
//! in `TRIGGERS.md`.

use tidegate_protocol::code::{exec_type, ord_status};
use tidegate_protocol::limits::MAX_PARTITIONS;
use tidegate_protocol::message::{CancelReject, FillReport, OrderReport, TradingBusinessReject};
use tidegate_protocol::msg_type;
use tidegate_protocol::units::{PriceE4, QtyE2, Timestamp};

use crate::order::{ClOrdId, ClOrdIds};
use crate::securities::{SecurityId, same};

/// What a row of the record table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An order.
    Order,
    /// A request to cancel the order of this row.
    Cancel(u32),
}

/// How far a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    /// It left; nothing came back.
    Sent = 1,
    /// The exchange has the order.
    Acknowledged = 2,
    /// Some of the order was traded.
    PartlyFilled = 3,
    /// All of it was.
    Filled = 4,
    /// The rest was cancelled.
    Cancelled = 5,
    /// It was refused.
    Rejected = 6,
    /// The cancel request did its work.
    Done = 7,
}

impl State {
    /// Name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Acknowledged => "acknowledged",
            Self::PartlyFilled => "partly_filled",
            Self::Filled => "filled",
            Self::Cancelled => "cancelled",
            Self::Rejected => "rejected",
            Self::Done => "done",
        }
    }

    /// Whether an order in this state may still trade.
    pub const fn is_outstanding(self) -> bool {
        matches!(self, Self::Sent | Self::Acknowledged | Self::PartlyFilled)
    }
}

/// A row of the record table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Order or cancel.
    pub kind: Kind,
    /// How far it is.
    pub state: State,
    /// The trigger behind it; `None` for a cancel by the kill switch.
    pub trigger: Option<u8>,
    /// Side.
    pub side: u8,
    /// Reason of a reject or cancel, as on the wire; 0 for none.
    pub reason: u16,
    /// A cancel request for it is under way.
    pub cancelling: bool,
    /// SecurityID.
    pub security: SecurityId,
    /// OrderQty.
    pub quantity: QtyE2,
    /// Price of an order.
    pub price: PriceE4,
    /// CumQty: what was traded.
    pub cum: QtyE2,
    /// Fills applied.
    pub fills: u32,
    /// OrderID of the exchange; spaces before it is known.
    pub order_id: [u8; 16],
    /// The message that caused it.
    pub msg: u64,
    /// The pipeline's time when it left.
    pub sent: Timestamp,
    /// TransactTime of the latest applied report; 0 before the first.
    pub reported: Timestamp,
}

impl Request {
    /// LeavesQty: what may still be traded.
    pub const fn leaves(&self) -> QtyE2 {
        match self.kind {
            Kind::Order if self.state.is_outstanding() => QtyE2(self.quantity.0 - self.cum.0),
            _ => QtyE2(0),
        }
    }

    /// Keeps the latest time of its reports.
    fn report(&mut self, report: &Report) {
        self.reported = self.reported.max(report.time);
    }

    /// Length of [`Request::to_bytes`].
    pub const BYTES: usize = 96;

    /// The bytes that every engine must match, little-endian: msg, sent, reported, quantity, price,
    /// cum, security, order_id, fills, row of the order to cancel (all ones for an order), reason,
    /// state, trigger (255 for none), side, cancelling, zeros.
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let mut out = [0; Self::BYTES];
        let mut at = 0;
        let mut put = |bytes: &[u8]| {
            out[at..at + bytes.len()].copy_from_slice(bytes);
            at += bytes.len();
        };
        put(&self.msg.to_le_bytes());
        for number in [self.sent.0, self.reported.0, self.quantity.0, self.price.0, self.cum.0] {
            put(&number.to_le_bytes());
        }
        put(&self.security);
        put(&self.order_id);
        put(&self.fills.to_le_bytes());
        let of = if let Kind::Cancel(of) = self.kind { of } else { u32::MAX };
        put(&of.to_le_bytes());
        put(&self.reason.to_le_bytes());
        let trigger = self.trigger.unwrap_or(u8::MAX);
        put(&[self.state as u8, trigger, self.side, u8::from(self.cancelling)]);
        out
    }
}

/// What was made of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Verdict {
    /// It moved its row.
    Applied = 1,
    /// It, or the same, came before.
    Duplicate = 2,
    /// It says less than the row knows.
    Late = 3,
    /// It is about no request of ours.
    Unknown = 4,
    /// It cannot be: a fault.
    Contradictory = 5,
}

impl Verdict {
    /// Name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Duplicate => "duplicate",
            Self::Late => "late",
            Self::Unknown => "unknown",
            Self::Contradictory => "contradictory",
        }
    }
}

/// What the rooms need of a report, whichever message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// MsgType: 200102, 200115, 290008 or 4.
    pub msg_type: u32,
    /// PartitionNo and ReportIndex; message 4 has none.
    pub place: Option<(i32, i64)>,
    /// TransactTime; 0 of one that does not exist.
    pub time: Timestamp,
    /// SecurityID.
    pub security: SecurityId,
    /// Side; 0 in message 4.
    pub side: u8,
    /// ClOrdID, BusinessRejectRefID of message 4.
    pub cl_ord_id: ClOrdId,
    /// OrigClOrdID; spaces where there is none.
    pub orig_cl_ord_id: ClOrdId,
    /// OrderID; spaces in message 4.
    pub order_id: [u8; 16],
    /// ExecType; 0 where there is none.
    pub exec_type: u8,
    /// OrdStatus; 0 where there is none.
    pub ord_status: u8,
    /// The reason of a reject; 0 where there is none.
    pub reason: u16,
    /// OrderQty of 200102.
    pub quantity: QtyE2,
    /// CumQty.
    pub cum: QtyE2,
    /// LeavesQty.
    pub leaves: QtyE2,
    /// LastQty of 200115.
    pub last: QtyE2,
    /// LastPx of 200115.
    pub last_px: PriceE4,
    /// RefMsgType of message 4.
    pub ref_msg_type: u32,
}

impl Report {
    /// Reads the body of a report; `None` for every other type, or a body that is too short.
    pub fn parse(msg_type: u32, body: &[u8]) -> Option<Self> {
        let empty = Self {
            msg_type,
            place: None,
            time: Timestamp(0),
            security: [b' '; 8],
            side: 0,
            cl_ord_id: [b' '; 10],
            orig_cl_ord_id: [b' '; 10],
            order_id: [b' '; 16],
            exec_type: 0,
            ord_status: 0,
            reason: 0,
            quantity: QtyE2(0),
            cum: QtyE2(0),
            leaves: QtyE2(0),
            last: QtyE2(0),
            last_px: PriceE4(0),
            ref_msg_type: 0,
        };
        Some(match msg_type {
            msg_type::ORDER_REPORT => {
                let r = OrderReport::parse(body.first_chunk()?);
                Self {
                    place: Some((r.partition_no, r.report_index)),
                    time: r.transact_time,
                    security: r.security_id,
                    side: r.side,
                    cl_ord_id: r.cl_ord_id,
                    orig_cl_ord_id: r.orig_cl_ord_id,
                    order_id: r.order_id,
                    exec_type: r.exec_type,
                    ord_status: r.ord_status,
                    reason: r.ord_rej_reason,
                    quantity: r.order_qty,
                    cum: r.cum_qty,
                    leaves: r.leaves_qty,
                    ..empty
                }
            }
            msg_type::FILL_REPORT => {
                let r = FillReport::parse(body.first_chunk()?);
                Self {
                    place: Some((r.partition_no, r.report_index)),
                    time: r.transact_time,
                    security: r.security_id,
                    side: r.side,
                    cl_ord_id: r.cl_ord_id,
                    order_id: r.order_id,
                    exec_type: r.exec_type,
                    ord_status: r.ord_status,
                    cum: r.cum_qty,
                    leaves: r.leaves_qty,
                    last: r.last_qty,
                    last_px: r.last_px,
                    ..empty
                }
            }
            msg_type::CANCEL_REJECT => {
                let r = CancelReject::parse(body.first_chunk()?);
                Self {
                    place: Some((r.partition_no, r.report_index)),
                    time: r.transact_time,
                    security: r.security_id,
                    side: r.side,
                    cl_ord_id: r.cl_ord_id,
                    orig_cl_ord_id: r.orig_cl_ord_id,
                    order_id: r.order_id,
                    ord_status: r.ord_status,
                    reason: r.cxl_rej_reason,
                    ..empty
                }
            }
            msg_type::TRADING_BUSINESS_REJECT => {
                let r = TradingBusinessReject::parse(body.first_chunk()?);
                Self {
                    time: r.transact_time,
                    security: r.security_id,
                    cl_ord_id: r.business_reject_ref_id,
                    reason: r.business_reject_reason,
                    ref_msg_type: r.ref_msg_type,
                    ..empty
                }
            }
            _ => return None,
        })
    }
}

fn is_blank(id: &[u8]) -> bool {
    id.iter().all(|byte| matches!(byte, b' ' | 0))
}

/// A report and what was made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reported {
    /// The message that brought it.
    pub msg: u64,
    /// What it says.
    pub report: Report,
    /// What was made of it.
    pub verdict: Verdict,
    /// Row of the request that it is about.
    pub request: Option<u32>,
    /// State of that request afterwards.
    pub state: Option<State>,
    /// CumQty of that request afterwards; 0 of a cancel request.
    pub cum: QtyE2,
    /// Quantity that was traded without a fill of its own having come.
    pub missed: QtyE2,
}

impl Reported {
    /// Length of [`Reported::to_bytes`].
    pub const BYTES: usize = 64;

    /// The bytes that every engine must match, little-endian: msg, time, ReportIndex (0 for none), CumQty
    /// afterwards, missed, MsgType, PartitionNo, request (all ones for none), verdict, state (0 for
    /// none), zeros.
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let mut out = [0; Self::BYTES];
        let (partition, index) = self.report.place.unwrap_or_default();
        out[..8].copy_from_slice(&self.msg.to_le_bytes());
        for (at, number) in
            (8..).step_by(8).zip([self.report.time.0, index, self.cum.0, self.missed.0])
        {
            out[at..at + 8].copy_from_slice(&number.to_le_bytes());
        }
        out[40..44].copy_from_slice(&self.report.msg_type.to_le_bytes());
        out[44..48].copy_from_slice(&partition.to_le_bytes());
        out[48..52].copy_from_slice(&self.request.unwrap_or(u32::MAX).to_le_bytes());
        out[52] = self.verdict as u8;
        out[53] = self.state.map_or(0, |state| state as u8);
        out
    }
}

/// The last ReportIndex of each partition, in the order in which they came.
#[derive(Clone, Copy, Debug)]
pub struct Partitions {
    known: [(i32, i64); MAX_PARTITIONS],
    count: usize,
}

impl Default for Partitions {
    fn default() -> Self {
        Self { known: [(0, 0); MAX_PARTITIONS], count: 0 }
    }
}

/// What a ReportIndex says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sequence {
    /// The next one.
    Next,
    /// Above the next one, by so many.
    Jump(u64),
    /// At or below the last one. That alone says nothing: one wrong index must not make every later
    /// report a duplicate, and the rows know what they have.
    Repeat,
    /// One partition more than are followed.
    TooMany,
}

impl Partitions {
    /// Judges the next ReportIndex of a partition; a series starts at 1.
    pub fn judge(&mut self, partition: i32, index: i64) -> Sequence {
        let found = self.known[..self.count].iter().position(|(of, _)| *of == partition);
        let place = match found {
            Some(place) => place,
            None if self.count == MAX_PARTITIONS => return Sequence::TooMany,
            // A repeat of nothing takes no place.
            None if index <= 0 => return Sequence::Repeat,
            None => {
                self.known[self.count] = (partition, 0);
                self.count += 1;
                self.count - 1
            }
        };
        let last = &mut self.known[place].1;
        if index <= *last {
            return Sequence::Repeat;
        }
        let step = (index - *last) as u64;
        *last = index;
        if step == 1 { Sequence::Next } else { Sequence::Jump(step - 1) }
    }

    /// The last ReportIndex of each partition that sent one.
    pub fn last(&self) -> &[(i32, i64)] {
        &self.known[..self.count]
    }
}

/// The record table.
#[derive(Clone, Debug)]
pub struct RecordTable {
    ids: ClOrdIds,
    rows: Vec<Request>,
    limit: usize,
    /// Every row before this one needs no look for what is outstanding.
    settled: usize,
}

/// What a report did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What was made of it.
    pub verdict: Verdict,
    /// The request it is about.
    pub request: Option<u32>,
    /// Quantity that was traded without a fill of its own having come.
    pub missed: QtyE2,
    /// An order ceased to be outstanding: its trigger.
    pub closed: Option<u8>,
}

impl Step {
    fn only(verdict: Verdict, request: Option<u32>) -> Self {
        Self { verdict, request, missed: QtyE2(0), closed: None }
    }
}

impl RecordTable {
    /// Room for `limit` requests.
    pub fn new(ids: ClOrdIds, limit: usize) -> Self {
        let limit = limit.min(usize::try_from(ids.count()).unwrap_or(usize::MAX));
        Self { ids, rows: Vec::with_capacity(limit), limit, settled: 0 }
    }

    /// The requests, in the order in which they left.
    pub fn rows(&self) -> &[Request] {
        &self.rows
    }

    /// How ClOrdIDs are made.
    pub fn ids(&self) -> &ClOrdIds {
        &self.ids
    }

    /// Requests that it can hold.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// The row that the next request gets, if there is one.
    pub fn next(&self) -> Option<u32> {
        (self.rows.len() < self.limit).then_some(self.rows.len() as u32)
    }

    /// Keeps a request that leaves.
    ///
    /// # Panics
    ///
    /// When the table is full: ask [`RecordTable::next`] before.
    pub fn push(&mut self, request: Request) {
        assert!(self.rows.len() < self.limit, "the record table is full");
        if let Kind::Cancel(of) = request.kind {
            self.rows[of as usize].cancelling = true;
        }
        self.rows.push(request);
    }

    /// The next order at or behind `from` that is outstanding and has no cancel request under way.
    pub fn next_to_cancel(&mut self, from: u32, trigger: Option<u8>) -> Option<u32> {
        let open = |row: &Request| row.kind == Kind::Order && row.state.is_outstanding();
        while self.rows.get(self.settled).is_some_and(|row| !open(row)) {
            self.settled += 1;
        }
        let from = (from as usize).max(self.settled);
        let wanted = |row: &Request| {
            open(row) && !row.cancelling && (trigger.is_none() || row.trigger == trigger)
        };
        let found = self.rows.get(from..)?.iter().position(wanted)?;
        Some((from + found) as u32)
    }

    /// The row of a ClOrdID.
    pub fn find(&self, id: &ClOrdId) -> Option<u32> {
        self.ids.row(id).filter(|row| (*row as usize) < self.rows.len())
    }

    /// Applies a report whose sequence was judged.
    pub fn step(&mut self, report: &Report) -> Step {
        match (report.msg_type, report.exec_type, report.ref_msg_type) {
            (msg_type::ORDER_REPORT, exec_type::NEW, _) => self.acknowledge(report),
            (msg_type::ORDER_REPORT, exec_type::REJECT, _) => self.reject(report),
            (msg_type::ORDER_REPORT, exec_type::CANCEL, _) => self.cancel(report),
            (msg_type::FILL_REPORT, exec_type::TRADE, _) => self.fill(report),
            (msg_type::CANCEL_REJECT, ..) | (_, _, msg_type::ORDER_CANCEL_REQUEST) => {
                self.cancel_reject(report)
            }
            (msg_type::TRADING_BUSINESS_REJECT, _, msg_type::NEW_ORDER) => self.reject(report),
            (msg_type::TRADING_BUSINESS_REJECT, ..) => Step::only(Verdict::Unknown, None),
            _ => {
                let request = self.find(&report.cl_ord_id);
                let verdict =
                    if request.is_some() { Verdict::Contradictory } else { Verdict::Unknown };
                Step::only(verdict, request)
            }
        }
    }

    /// Whether a report is about this order as far as both say.
    fn agrees(row: &Request, report: &Report) -> bool {
        let named = report.msg_type != msg_type::TRADING_BUSINESS_REJECT;
        let security = same(report.security, row.security) || !named && is_blank(&report.security);
        let side = !named || report.side == row.side;
        let quantity = report.msg_type != msg_type::ORDER_REPORT || report.quantity == row.quantity;
        let order_id = is_blank(&report.order_id)
            || is_blank(&row.order_id)
            || report.order_id == row.order_id;
        security && side && quantity && order_id
    }

    /// The order that a ClOrdID names, if the report agrees with it.
    fn order(&self, id: &ClOrdId, report: &Report) -> Result<u32, Step> {
        let Some(at) = self.find(id) else { return Err(Step::only(Verdict::Unknown, None)) };
        let row = &self.rows[at as usize];
        if row.kind != Kind::Order || !Self::agrees(row, report) {
            return Err(Step::only(Verdict::Contradictory, Some(at)));
        }
        Ok(at)
    }

    /// Moves an order to a state, with what the report says of it.
    fn apply(&mut self, at: u32, state: State, cum: QtyE2, report: &Report) -> Step {
        let row = &mut self.rows[at as usize];
        let was_outstanding = row.state.is_outstanding();
        row.state = state;
        row.cum = cum;
        row.report(report);
        if is_blank(&row.order_id) && !is_blank(&report.order_id) {
            row.order_id = report.order_id;
        }
        let closed = if was_outstanding && !state.is_outstanding() { row.trigger } else { None };
        Step { closed, ..Step::only(Verdict::Applied, Some(at)) }
    }

    fn acknowledge(&mut self, report: &Report) -> Step {
        let at = match self.order(&report.cl_ord_id, report) {
            Ok(at) => at,
            Err(step) => return step,
        };
        let row = self.rows[at as usize];
        let adds_up = report.ord_status == ord_status::NEW
            && report.cum.0 == 0
            && report.leaves == row.quantity;
        let verdict = match row.state {
            _ if !adds_up => Verdict::Contradictory,
            State::Sent => return self.apply(at, State::Acknowledged, row.cum, report),
            State::Acknowledged => Verdict::Duplicate,
            _ => Verdict::Late,
        };
        Step::only(verdict, Some(at))
    }

    fn reject(&mut self, report: &Report) -> Step {
        let at = match self.order(&report.cl_ord_id, report) {
            Ok(at) => at,
            Err(step) => return step,
        };
        let row = self.rows[at as usize];
        let status =
            report.msg_type != msg_type::ORDER_REPORT || report.ord_status == ord_status::REJECTED;
        let verdict = match row.state {
            _ if !status || report.cum.0 != 0 || report.leaves.0 != 0 => Verdict::Contradictory,
            State::Sent => {
                self.rows[at as usize].reason = report.reason;
                return self.apply(at, State::Rejected, row.cum, report);
            }
            State::Rejected => Verdict::Duplicate,
            _ => Verdict::Contradictory,
        };
        Step::only(verdict, Some(at))
    }

    fn fill(&mut self, report: &Report) -> Step {
        let at = match self.order(&report.cl_ord_id, report) {
            Ok(at) => at,
            Err(step) => return step,
        };
        let row = self.rows[at as usize];
        let (cum, leaves, last) = (report.cum.0, report.leaves.0, report.last.0);
        let wanted = if leaves == 0 { ord_status::FILLED } else { ord_status::PART_FILLED };
        // All three are in range before they are added.
        let adds_up = report.ord_status == wanted
            && (1..=row.quantity.0).contains(&cum)
            && leaves == row.quantity.0 - cum
            && (1..=cum).contains(&last)
            && report.last_px.0 > 0;
        let verdict = if !adds_up {
            Verdict::Contradictory
        } else if cum == row.cum.0 {
            Verdict::Duplicate
        } else if cum < row.cum.0 {
            Verdict::Late
        } else if !row.state.is_outstanding() || cum - last < row.cum.0 {
            Verdict::Contradictory
        } else {
            let state = if leaves == 0 { State::Filled } else { State::PartlyFilled };
            self.rows[at as usize].fills += 1;
            let missed = QtyE2(cum - last - row.cum.0);
            return Step { missed, ..self.apply(at, state, report.cum, report) };
        };
        Step::only(verdict, Some(at))
    }

    fn cancel(&mut self, report: &Report) -> Step {
        let by_id = |id: &ClOrdId| {
            let at = self.find(id)?;
            let order = self.rows[at as usize].kind == Kind::Order;
            order.then_some(at)
        };
        let by_order_id = || {
            if is_blank(&report.order_id) {
                return None;
            }
            let of = |row: &Request| row.kind == Kind::Order && row.order_id == report.order_id;
            self.rows.iter().position(of).map(|at| at as u32)
        };
        // The exchange's own cancels may name the order in any of the three.
        let found =
            by_id(&report.orig_cl_ord_id).or_else(|| by_id(&report.cl_ord_id)).or_else(by_order_id);
        let request = self.find(&report.cl_ord_id).filter(|at| Some(*at) != found);
        let Some(at) = found else {
            let verdict = if request.is_some() { Verdict::Contradictory } else { Verdict::Unknown };
            return Step::only(verdict, request);
        };
        let row = self.rows[at as usize];
        let ours = match request.map(|request| self.rows[request as usize].kind) {
            None => true,
            Some(kind) => kind == Kind::Cancel(at),
        };
        let cum = report.cum.0;
        let adds_up = Self::agrees(&row, report)
            && ours
            && report.ord_status == ord_status::CANCELLED
            && report.leaves.0 == 0
            && (row.cum.0..=row.quantity.0).contains(&cum);
        let verdict = match row.state {
            _ if !adds_up => Verdict::Contradictory,
            state if state.is_outstanding() => {
                if let Some(request) = request {
                    let request = &mut self.rows[request as usize];
                    if request.state == State::Sent {
                        request.state = State::Done;
                        request.report(report);
                    }
                }
                self.rows[at as usize].cancelling = false;
                self.rows[at as usize].reason = report.reason;
                let missed = QtyE2(cum - row.cum.0);
                return Step { missed, ..self.apply(at, State::Cancelled, report.cum, report) };
            }
            State::Cancelled if cum == row.cum.0 => Verdict::Duplicate,
            _ => Verdict::Contradictory,
        };
        Step::only(verdict, Some(at))
    }

    /// A cancel request was refused: the order stays as it is, and may be asked again.
    fn cancel_reject(&mut self, report: &Report) -> Step {
        let Some(at) = self.find(&report.cl_ord_id) else {
            return Step::only(Verdict::Unknown, None);
        };
        let row = self.rows[at as usize];
        let Kind::Cancel(of) = row.kind else {
            return Step::only(Verdict::Contradictory, Some(at));
        };
        let original = self.ids.id(of);
        let names_it =
            report.msg_type != msg_type::CANCEL_REJECT || report.orig_cl_ord_id == original;
        let verdict = match row.state {
            _ if !names_it || !Self::agrees(&self.rows[of as usize], report) => {
                Verdict::Contradictory
            }
            State::Sent => {
                let request = &mut self.rows[at as usize];
                request.state = State::Rejected;
                request.reason = report.reason;
                request.report(report);
                self.rows[of as usize].cancelling = false;
                Verdict::Applied
            }
            State::Rejected => Verdict::Duplicate,
            _ => Verdict::Contradictory,
        };
        Step::only(verdict, Some(at))
    }
}
