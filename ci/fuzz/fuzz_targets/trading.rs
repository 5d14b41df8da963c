//! Triggers, orders and reports over any sequence of messages: the record table adds up, and judging
//! after every message decides what judging only where something may have changed decides.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use tidegate_fuzz::same;
use tidegate_pipeline::decision::Outcome;
use tidegate_pipeline::feedback::{Kind, Reported, State};
use tidegate_pipeline::setup::SetupError;
use tidegate_pipeline::{Control, Decision, Input, Line, NativeEngine, Outgoing, Setup, Sink};
use tidegate_protocol::frame::seal;
use tidegate_protocol::message::{AuctionTrade, CancelReject, FillReport, OrderReport};
use tidegate_protocol::msg_type;
use tidegate_protocol::units::{PriceE4, QtyE2, Timestamp};

/// Every kind of condition, with levels that prices around 10.00 reach.
const SETUP: &str = r#"
index = { id = "399001", prev_close = 1000, constituents = "c.csv" }
limits = { max_orders = { count = 6, within_ms = 500 }, max_outstanding = 9, max_requests = 40, cancel_on_kill = true }
guard = { index_change = { points = 60, within_ms = 640 }, hold_ms = 30 }
order_template = { cl_ord_id_prefix = "T" }

[[trigger]]
name = "level"
index_at_least = 1001
index_at_most = 1040
max_outstanding = 3
order = { security = "000001", side = "buy", quantity = 300, price = "last+1" }

[[trigger]]
name = "cross"
index_crosses = 1005
rearm = { after_ms = 7 }
order = { security = "000002", side = "sell", quantity = 200, price = "last" }

[[trigger]]
name = "rise"
index_change = { points = 3, within_ms = 64 }
max_sends = { count = 2, within_ms = 20 }
order = { security = "000001", side = "buy", quantity = 100, price = "9.99" }

[[trigger]]
name = "fall"
index_change = { points = -4, within_ms = 640 }
cancel = { orders_of = "level" }

[[trigger]]
name = "fast"
index_change = { points = -2, within_ms = 64 }
price = { security = "000002", at_least = 9.5 }
order = { security = "000002", side = "buy", quantity = 100, price = "last-1" }
"#;

const CONSTITUENTS: &str =
    "security,shares,prev_close\n000001,1000,10.00\n000002,3000,10.00\n000003,500,10.00\n";

static CHECKED: LazyLock<Setup> = LazyLock::new(|| {
    let read = |_: &std::path::Path| Ok::<_, SetupError>(CONSTITUENTS.to_owned());
    Setup::parse(SETUP, read).unwrap_or_else(|error| panic!("{}: {error}", PathBuf::from("setup").display()))
});

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Step {
    /// A trade near 10.00, so many milliseconds after the one before.
    Trade { security: u8, ticks: i8, after_ms: u8, far: bool },
    /// A report of one of the requests.
    Report { request: u8, exec: u8, status: u8, cum: i8, leaves: i8, last: i8, original: u8, skip: bool },
    /// A fill that adds up.
    Fill { request: u8, lots: u8 },
    Acknowledge { request: u8 },
    Cancelled { request: u8, by: u8 },
    CancelReject { request: u8, original: u8 },
    /// The kill switch of the hand.
    Kill { on: bool },
    Unknown,
}

#[derive(Default)]
struct Log {
    decisions: Vec<Decision>,
    orders: Vec<(u64, u32, Vec<u8>)>,
    reports: Vec<Reported>,
}

impl Sink for Log {
    fn decision(&mut self, decision: &Decision) {
        if decision.outcome != Outcome::Epoch {
            self.decisions.push(Decision { number: 0, epoch: 0, ..*decision });
        }
    }
    fn order(&mut self, order: &Outgoing<'_>) {
        self.orders.push((order.decision.msg, order.request, order.bytes.to_vec()));
    }
    fn report(&mut self, reported: &Reported) {
        self.reports.push(*reported);
    }
}

fn frame<const N: usize>(msg_type: u32, emit: impl FnOnce(&mut [u8; N])) -> Vec<u8> {
    let mut bytes = msg_type.to_be_bytes().to_vec();
    bytes.extend([0; 4]);
    let mut body = [0; N];
    emit(&mut body);
    bytes.extend(body);
    bytes.extend([0; 4]);
    seal(&mut bytes);
    bytes
}

fn cl_ord_id(request: u8) -> [u8; 10] {
    let mut id = *b"T000000000";
    // One below and a few above those in use, too.
    let number = u32::from(request % 44);
    (id[8], id[9]) = (b'0' + (number / 10) as u8, b'0' + (number % 10) as u8);
    id
}

struct Feed {
    /// Milliseconds since 09:00.
    ms: i64,
    seq: i64,
    report: i64,
}

impl Feed {
    fn time(&self) -> Timestamp {
        let (minute, rest) = (self.ms / 60_000 % 60, self.ms % 60_000);
        Timestamp(20_230_201_090_000_000 + minute * 100_000 + rest)
    }

    fn frame(&mut self, step: Step, engine: &NativeEngine) -> (Line, Vec<u8>) {
        let rows = engine.trading().expect("triggers").records().rows();
        let row = |request: u8| {
            let at = usize::from(request % 44).checked_sub(1)?;
            rows.get(at)
        };
        let market = match step {
            Step::Trade { security, ticks, after_ms, far } => {
                self.ms += i64::from(after_ms) * if far { 50 } else { 1 };
                self.seq += 1;
                let mut trade = AuctionTrade {
                    channel_no: 1,
                    appl_seq_num: self.seq,
                    security_id: *b"000001  ",
                    security_id_source: *b"102 ",
                    last_px: PriceE4(100_000 + i64::from(ticks) * 100),
                    last_qty: QtyE2(10_000),
                    exec_type: b'F',
                    transact_time: self.time(),
                    ..AuctionTrade::default()
                };
                trade.security_id[5] = b'1' + security % 4;
                Some(frame(msg_type::AUCTION_TRADE, |body| trade.emit(body)))
            }
            Step::Unknown => Some(frame(777_777, |_: &mut [u8; 3]| {})),
            _ => None,
        };
        if let Some(bytes) = market {
            return (Line::Market, bytes);
        }
        self.report += 1;
        let id = |request| cl_ord_id(request);
        let base = |request: u8| OrderReport {
            partition_no: 1,
            report_index: self.report,
            transact_time: self.time(),
            security_id: row(request).map_or(*b"000001  ", |row| row.security),
            side: row(request).map_or(b'1', |row| row.side),
            order_qty: row(request).map_or(QtyE2(10_000), |row| row.quantity),
            cl_ord_id: id(request),
            ..OrderReport::default()
        };
        let bytes = match step {
            Step::Report { request, exec, status, cum, leaves, last, original, skip } => {
                let codes = *b"048F12";
                let code = |at: u8| codes[usize::from(at) % codes.len()];
                let qty = |lots: i8| QtyE2(i64::from(lots) * 10_000);
                let report = base(request);
                self.report += i64::from(skip);
                if last == 0 {
                    let report = OrderReport {
                        exec_type: code(exec),
                        ord_status: code(status),
                        cum_qty: qty(cum),
                        leaves_qty: qty(leaves),
                        orig_cl_ord_id: id(original),
                        ..report
                    };
                    frame(msg_type::ORDER_REPORT, |body| report.emit(body))
                } else {
                    let fill = FillReport {
                        partition_no: 1,
                        report_index: report.report_index,
                        transact_time: report.transact_time,
                        security_id: report.security_id,
                        side: report.side,
                        cl_ord_id: report.cl_ord_id,
                        exec_type: code(exec),
                        ord_status: code(status),
                        cum_qty: qty(cum),
                        leaves_qty: qty(leaves),
                        last_qty: qty(last),
                        last_px: PriceE4(1),
                        ..FillReport::default()
                    };
                    frame(msg_type::FILL_REPORT, |body| fill.emit(body))
                }
            }
            Step::Fill { request, lots } => {
                let report = base(request);
                let (quantity, cum) = row(request).map_or((0, 0), |r| (r.quantity.0, r.cum.0));
                let last = (i64::from(lots % 4) * 10_000).min(quantity - cum);
                let fill = FillReport {
                    partition_no: 1,
                    report_index: report.report_index,
                    transact_time: report.transact_time,
                    security_id: report.security_id,
                    side: report.side,
                    cl_ord_id: report.cl_ord_id,
                    exec_type: b'F',
                    ord_status: if cum + last == quantity { b'2' } else { b'1' },
                    cum_qty: QtyE2(cum + last),
                    leaves_qty: QtyE2(quantity - cum - last),
                    last_qty: QtyE2(last),
                    last_px: PriceE4(100_000),
                    ..FillReport::default()
                };
                frame(msg_type::FILL_REPORT, |body| fill.emit(body))
            }
            Step::Acknowledge { request } => {
                let report = base(request);
                let report = OrderReport {
                    exec_type: b'0',
                    ord_status: b'0',
                    leaves_qty: report.order_qty,
                    ..report
                };
                frame(msg_type::ORDER_REPORT, |body| report.emit(body))
            }
            Step::Cancelled { request, by } => {
                let report = OrderReport {
                    exec_type: b'4',
                    ord_status: b'4',
                    cum_qty: row(request).map_or(QtyE2(0), |row| row.cum),
                    cl_ord_id: id(by),
                    orig_cl_ord_id: id(request),
                    ..base(request)
                };
                frame(msg_type::ORDER_REPORT, |body| report.emit(body))
            }
            Step::CancelReject { request, original } => {
                let report = base(request);
                let reject = CancelReject {
                    partition_no: 1,
                    report_index: report.report_index,
                    transact_time: report.transact_time,
                    security_id: report.security_id,
                    side: report.side,
                    cl_ord_id: report.cl_ord_id,
                    orig_cl_ord_id: id(original),
                    ord_status: b'0',
                    cxl_rej_reason: 20_097,
                    ..CancelReject::default()
                };
                frame(msg_type::CANCEL_REJECT, |body| reject.emit(body))
            }
            Step::Trade { .. } | Step::Unknown | Step::Kill { .. } => {
                unreachable!("no report")
            }
        };
        (Line::Orders, bytes)
    }
}

fuzz_target!(|steps: Vec<Step>| {
    let mut engine = NativeEngine::new(&CHECKED, &[]).expect("an engine");
    let mut always = engine.clone();
    let (mut log, mut always_log) = (Log::default(), Log::default());
    let mut feed = Feed { ms: 0, seq: 0, report: 0 };
    for step in steps.into_iter().take(400) {
        if let Step::Kill { on } = step {
            let kill = Input::Control(Control::Kill { on });
            engine.feed(kill, &mut log);
            always.feed(kill, &mut always_log);
            continue;
        }
        let (line, bytes) = feed.frame(step, &engine);
        let input = Input::Packet { line, session: 0, bytes: &bytes };
        let orders = log.orders.len();
        engine.feed(input, &mut log);
        // The same parameters again: nothing changes, but everything is judged.
        let parameters = *always.trading().expect("triggers").parameters();
        always.feed(Input::Parameters(&parameters), &mut always_log);
        always.feed(input, &mut always_log);

        let trading = engine.trading().expect("triggers");
        if trading.is_killed() {
            let left = &log.orders[orders..];
            assert!(left.iter().all(|(_, _, bytes)| bytes[..4] != msg_type::NEW_ORDER.to_be_bytes()));
        }
        let mut outstanding = 0;
        for row in trading.records().rows() {
            let order = row.kind == Kind::Order;
            assert!((0..=row.quantity.0).contains(&row.cum.0) && row.leaves().0 >= 0);
            if order && (row.state.is_outstanding() || row.state == State::Filled) {
                assert_eq!(row.cum.0 + row.leaves().0, row.quantity.0);
            }
            outstanding += u32::from(order && row.state.is_outstanding());
        }
        assert_eq!(trading.triggers().total.outstanding, outstanding);
        let counters = trading.counters();
        assert_eq!(counters.reports.iter().sum::<u64>(), log.reports.len() as u64);
        assert_eq!(counters.sent + counters.cancels, trading.records().rows().len() as u64);
    }
    same("decisions", &always_log.decisions, &log.decisions);
    same("orders", &always_log.orders, &log.orders);
    same("reports", &always_log.reports, &log.reports);
});
