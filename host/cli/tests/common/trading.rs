//! A small trading day: a setup, and the messages that go with it, through the typed parts.

use tidegate_protocol::code::{exec_type, ord_status};
use tidegate_protocol::message::{
    AuctionEntry, CancelReject, FillReport, OrderReport, SnapshotHead, TradingBusinessReject,
};
use tidegate_protocol::msg_type;
use tidegate_protocol::units::{PriceE4, PxE6, QtyE2, Timestamp};

use super::{Dir, Trade, frame};

/// 2023-02-01 09:30:00.000.
pub const OPEN: i64 = 20_230_201_093_000_000;

/// `ms` after the open, less than 30 minutes.
pub fn at(ms: i64) -> i64 {
    OPEN + ms / 60_000 * 100_000 + ms % 60_000
}

/// One constituent at 15.0000: the index is 1000 x price / 15.
pub const CONSTITUENTS: &str = "security,shares,prev_close\n000001,1000,15.0000\n";

/// Two triggers, limits, a guard, an epoch.
pub const SETUP: &str = r#"
[index]
id = "399001"
prev_close = "1000.0000"
constituents = "c.csv"

[[trigger]]
name = "breakout"
index_at_least = "1010"
index_change = { points = "5", within_ms = 6400 }
max_sends = { count = 2, within_ms = 10000 }
[trigger.order]
security = "000001"
side = "buy"
quantity = 100
price = "last+1"

[[trigger]]
name = "retreat"
index_at_most = "980"
[trigger.cancel]
orders_of = "breakout"

[limits]
max_quantity = 200
max_total_value = "10000000"

[guard]
index_change = { points = "60", within_ms = 6400 }
hold_ms = 2000

[order_template]
cl_ord_id_prefix = "T"
session = 5

[[epoch]]
at_msg = 15
[[epoch.trigger]]
name = "breakout"
order = { quantity = 500 }
"#;

/// A trade of 000001 at a price in 1e-4.
pub fn trade_at(seq: i64, ms: i64, price: i64) -> Vec<u8> {
    Trade { seq, time: at(ms), price, ..Trade::default() }.frame()
}

/// A ClOrdID with the prefix `T`.
pub fn id(number: u32) -> [u8; 10] {
    format!("T{number:09}").into_bytes().try_into().expect("10 bytes")
}

pub fn order_id(number: u32) -> [u8; 16] {
    format!("{number:<16}").into_bytes().try_into().expect("16 bytes")
}

const NONE: [u8; 10] = [b' '; 10];

fn report(index: i64, ms: i64, order: u32) -> OrderReport {
    OrderReport {
        partition_no: 1,
        report_index: index,
        security_id: *b"000001  ",
        security_id_source: *b"102 ",
        transact_time: Timestamp(at(ms)),
        order_id: order_id(order),
        cl_ord_id: id(order),
        orig_cl_ord_id: NONE,
        side: b'1',
        order_qty: QtyE2(10_000),
        ..OrderReport::default()
    }
}

fn order_report(report: &OrderReport) -> Vec<u8> {
    let mut body = [0; OrderReport::LEN];
    report.emit(&mut body);
    frame(msg_type::ORDER_REPORT, &body)
}

/// 200102: the exchange has the order.
pub fn acknowledged(index: i64, ms: i64, order: u32) -> Vec<u8> {
    order_report(&OrderReport {
        exec_type: exec_type::NEW,
        ord_status: ord_status::NEW,
        leaves_qty: QtyE2(10_000),
        ..report(index, ms, order)
    })
}

/// 200102: the order was cancelled on a request, with so much traded.
pub fn cancelled(index: i64, ms: i64, order: u32, request: u32, cum: i64) -> Vec<u8> {
    order_report(&OrderReport {
        exec_type: exec_type::CANCEL,
        ord_status: ord_status::CANCELLED,
        cum_qty: QtyE2(cum),
        cl_ord_id: id(request),
        orig_cl_ord_id: id(order),
        ..report(index, ms, order)
    })
}

/// 200115: so much of the order was traded, and so much in all.
pub fn filled(index: i64, ms: i64, order: u32, last: i64, cum: i64) -> Vec<u8> {
    let leaves = 10_000 - cum;
    let report = FillReport {
        partition_no: 1,
        report_index: index,
        security_id: *b"000001  ",
        security_id_source: *b"102 ",
        transact_time: Timestamp(at(ms)),
        order_id: order_id(order),
        cl_ord_id: id(order),
        exec_type: exec_type::TRADE,
        ord_status: if leaves == 0 { ord_status::FILLED } else { ord_status::PART_FILLED },
        last_px: PriceE4(152_100),
        last_qty: QtyE2(last),
        leaves_qty: QtyE2(leaves),
        cum_qty: QtyE2(cum),
        side: b'1',
        ..FillReport::default()
    };
    let mut body = [0; FillReport::LEN];
    report.emit(&mut body);
    frame(msg_type::FILL_REPORT, &body)
}

/// 290008: the request to cancel the order was refused.
pub fn cancel_refused(index: i64, ms: i64, order: u32, request: u32) -> Vec<u8> {
    let reject = CancelReject {
        partition_no: 1,
        report_index: index,
        security_id: *b"000001  ",
        security_id_source: *b"102 ",
        transact_time: Timestamp(at(ms)),
        cl_ord_id: id(request),
        orig_cl_ord_id: id(order),
        side: b'1',
        cxl_rej_reason: 1,
        order_id: order_id(order),
        ..CancelReject::default()
    };
    let mut body = [0; CancelReject::LEN];
    reject.emit(&mut body);
    frame(msg_type::CANCEL_REJECT, &body)
}

/// 4: the gateway does not take a message.
pub fn refused_by_gateway(ms: i64, order: u32) -> Vec<u8> {
    let reject = TradingBusinessReject {
        transact_time: Timestamp(at(ms)),
        security_id: *b"000001  ",
        security_id_source: *b"102 ",
        ref_msg_type: msg_type::NEW_ORDER,
        business_reject_ref_id: id(order),
        business_reject_reason: 7,
        ..TradingBusinessReject::default()
    };
    let mut body = [0; TradingBusinessReject::LEN];
    reject.emit(&mut body);
    frame(msg_type::TRADING_BUSINESS_REJECT, &body)
}

/// 300111 of 000001: entries of code, price in 1e-6 and level.
pub fn snapshot(ms: i64, entries: &[([u8; 2], i64, u16)]) -> Vec<u8> {
    let head = SnapshotHead {
        orig_time: Timestamp(at(ms)),
        channel_no: 1011,
        md_stream_id: *b"010",
        security_id: *b"000001  ",
        security_id_source: *b"102 ",
        trading_phase_code: *b"T0      ",
        prev_close_px: PriceE4(150_000),
        no_md_entries: entries.len() as u32,
        ..SnapshotHead::default()
    };
    let mut body = vec![0; SnapshotHead::LEN];
    head.emit(body.first_chunk_mut().expect("a head"));
    for (md_entry_type, price, md_price_level) in entries {
        let entry = AuctionEntry {
            md_entry_type: *md_entry_type,
            md_entry_px: PxE6(*price),
            md_entry_size: QtyE2(10_000),
            md_price_level: *md_price_level,
            ..AuctionEntry::default()
        };
        let mut bytes = [0; AuctionEntry::LEN];
        entry.emit(&mut bytes);
        body.extend_from_slice(&bytes);
    }
    frame(msg_type::AUCTION_SNAPSHOT, &body)
}

/// The messages of the day that goes with [`SETUP`], numbered as they stand.
pub fn day() -> Vec<Vec<u8>> {
    vec![
        frame(3, &[]),
        trade_at(1, 0, 150_000),
        // breakout: T000000001.
        trade_at(2, 1_000, 152_000),
        acknowledged(1, 1_010, 1),
        filled(2, 1_500, 1, 4_000, 4_000),
        trade_at(3, 2_000, 150_000),
        // breakout: T000000002.
        trade_at(4, 3_000, 153_000),
        trade_at(5, 3_500, 150_000),
        // Held back by max_sends.
        trade_at(6, 4_000, 153_000),
        // retreat: T000000003 and T000000004 ask to cancel both.
        trade_at(7, 5_000, 145_000),
        cancelled(3, 5_010, 1, 3, 4_000),
        cancel_refused(4, 5_020, 2, 4),
        cancelled(3, 5_010, 1, 3, 4_000),
        acknowledged(5, 5_040, 77),
        frame(3, &[]),
        // Epoch 1, then breakout: 500 are more than 200.
        trade_at(8, 20_000, 153_000),
        // retreat: T000000005.
        trade_at(9, 21_000, 140_000),
        // The guard, 966.6667 to 1033.3333 in 6.4 s; breakout is refused by it.
        trade_at(10, 22_000, 155_000),
        trade_at(11, 40_000, 155_000),
        // Released: the change was small from 40 s on.
        trade_at(12, 42_000, 155_000),
    ]
}

/// Writes setup and constituents; gives the setup's name.
pub fn setup(dir: &Dir, text: &str) -> String {
    dir.file("c.csv", CONSTITUENTS.as_bytes());
    dir.file("setup.toml", text.as_bytes())
}
