//! Hostile input to a setup that trades: parameters that cannot be, and reports of orders.

use tidegate_protocol::FaultCode as F;
use tidegate_protocol::code::{exec_type, ord_status, side};
use tidegate_protocol::message::{AuctionTrade, FillReport, OrderReport};
use tidegate_protocol::msg_type;
use tidegate_protocol::units::{PriceE4, QtyE2};

use super::Case;
use super::build::{INSIDE, OUTSIDE, messages, sent, time, trade};
use crate::wire::{frame, part, text};

/// Buys 100 shares each time the index rises to 1,002.
const TRIGGER: &str = "[[trigger]]\nname = \"rise\"\nindex_at_least = \"1002\"\n\n\
    [trigger.order]\nsecurity = \"000001\"\nside = \"buy\"\nquantity = 100\nprice = \"10.00\"\n\
    tick = \"0.01\"\n";
/// Most shares that a constituent may have, from the third message on.
const SHARES: &str = "[[epoch]]\nat_msg = 2\nshares = { \"000001\" = 1000000000000 }\n";
/// OrderQty of each order.
const ORDERED: QtyE2 = QtyE2(10_000);

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case {
            setup: [TRIGGER, SHARES].join("\n"),
            ..Case::of(
                "index-divisor",
                "Share counts of an epoch that take the sum of the index above 2^63, at a price of a million",
                "a divisor that wraps, an index that jumps, or share counts of which a half is taken",
                &[F::IndexDivisor],
                [price(1, 10_000_000_000), price(2, 10_000_000_100), messages(3..6)].concat(),
            )
        },
        Case {
            setup: TRIGGER.to_owned(),
            feedback: Some(reports()),
            ..Case::of(
                "reports",
                "Reports of three orders that contradict them, come twice, late or out of nowhere, and come from 66 partitions",
                "a record table that believes a report: a fill that counts twice, a sum that wraps, an order that comes back to life",
                &[F::FeedbackContradiction, F::FeedbackPartition],
                [100_200, 100_100, 100_200, 100_100, 100_200, 100_300]
                    .into_iter()
                    .zip(1..)
                    .flat_map(|(last, seq)| price(seq, last))
                    .collect(),
            )
        },
    ]
}

fn price(seq: i64, price: i64) -> Vec<u8> {
    sent(AuctionTrade { last_px: PriceE4(price), ..trade(seq) })
}

/// ClOrdID of an order, from 1 on.
fn id(order: u32) -> [u8; 10] {
    text(format!("T{order:09}").as_bytes())
}

/// 200102: the exchange has the order. All reports come behind the last order.
fn acknowledgement(order: u32, report_index: i64) -> OrderReport {
    OrderReport {
        partition_no: 1,
        report_index,
        security_id: text(INSIDE),
        transact_time: time(5),
        order_id: text(format!("E{order}").as_bytes()),
        cl_ord_id: id(order),
        exec_type: exec_type::NEW,
        ord_status: ord_status::NEW,
        leaves_qty: ORDERED,
        side: side::BUY,
        order_qty: ORDERED,
        ..OrderReport::default()
    }
}

/// 200115: so many shares of the order traded, the last 10 of them now.
fn fill(order: u32, report_index: i64, shares: i64) -> FillReport {
    let cum_qty = QtyE2(100 * shares);
    let leaves_qty = QtyE2(ORDERED.0 - cum_qty.0);
    let done = leaves_qty.0 == 0;
    FillReport {
        partition_no: 1,
        report_index,
        security_id: text(INSIDE),
        transact_time: time(5),
        order_id: text(format!("E{order}").as_bytes()),
        cl_ord_id: id(order),
        exec_type: exec_type::TRADE,
        ord_status: if done { ord_status::FILLED } else { ord_status::PART_FILLED },
        last_px: PriceE4(100_000),
        last_qty: QtyE2(1_000),
        leaves_qty,
        cum_qty,
        side: side::BUY,
        ..FillReport::default()
    }
}

fn reports() -> Vec<u8> {
    let order = |report: OrderReport| {
        frame(msg_type::ORDER_REPORT, |to| part(to, |bytes| report.emit(bytes)))
    };
    let filled = |report: FillReport| {
        frame(msg_type::FILL_REPORT, |to| part(to, |bytes| report.emit(bytes)))
    };
    let cancelled = |index| OrderReport {
        exec_type: exec_type::CANCEL,
        ord_status: ord_status::CANCELLED,
        leaves_qty: QtyE2(0),
        ..acknowledgement(2, index)
    };
    let partition = |partition_no| OrderReport {
        partition_no,
        cl_ord_id: text(b"X000000001"),
        ..acknowledgement(1, 1)
    };
    [
        order(acknowledgement(1, 1)),
        order(acknowledgement(1, 1)),
        order(acknowledgement(1, 2)),
        order(OrderReport { side: side::SELL, ..acknowledgement(2, 3) }),
        order(OrderReport { security_id: text(OUTSIDE), ..acknowledgement(2, 4) }),
        order(OrderReport { leaves_qty: QtyE2(i64::MAX), ..acknowledgement(2, 5) }),
        order(acknowledgement(2, 6)),
        filled(fill(1, 7, 10)),
        // Repeated, then less, then with shares that do not add up, then with a part of it missing.
        filled(fill(1, 8, 10)),
        filled(fill(1, 9, 30)),
        filled(fill(1, 10, 20)),
        filled(FillReport { leaves_qty: QtyE2(1), ..fill(1, 11, 40) }),
        filled(FillReport { cum_qty: QtyE2(i64::MAX), ..fill(1, 12, 40) }),
        filled(FillReport { last_qty: QtyE2(i64::MIN), ..fill(1, 13, 40) }),
        filled(FillReport { last_px: PriceE4(0), ..fill(1, 14, 40) }),
        filled(FillReport { order_id: text(b"E9"), ..fill(1, 15, 40) }),
        order(OrderReport { exec_type: b'?', ..acknowledgement(1, 16) }),
        // The third order was never acknowledged; the second comes back to life.
        filled(fill(3, 17, 100)),
        order(cancelled(18)),
        order(cancelled(19)),
        filled(fill(2, 20, 10)),
        order(acknowledgement(2, 21)),
        // Of others, or of an order that is yet to be sent.
        order(OrderReport { cl_ord_id: id(4), ..acknowledgement(1, 22) }),
        order(OrderReport { cl_ord_id: text(b"T99999999 "), ..acknowledgement(1, 23) }),
        (2..=66).flat_map(|number| order(partition(number))).collect(),
    ]
    .concat()
}
