//! Feeds that go just to a boundary of a rule that trades, and one step beyond it.

use tidegate_protocol::FaultCode as F;
use tidegate_protocol::code::{exec_type, md_entry_type, ord_status, side};
use tidegate_protocol::message::{
    AuctionEntry, AuctionTrade, CancelReject, FillReport, OrderReport, TradingBusinessReject,
};
use tidegate_protocol::msg_type;
use tidegate_protocol::units::{PriceE4, PxE6, QtyE2, Timestamp};

use super::Case;
use super::build::{INSIDE, OUTSIDE, bid, head, last, messages, sent, snapshot, trade};
use crate::clock::{MORNING, timestamp};
use crate::wire::{frame, part, text};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case {
            setup: conditions_setup(),
            ..Case::of(
                "conditions",
                "An index that comes to rest on levels, leaves them, and is back after just the time of a rearm or a window; three dates",
                "a comparison that is strict where it must not be, a slot or a send that is counted too long, an edge that is lost",
                &[],
                conditions(),
            )
        },
        Case {
            setup: limits_setup(),
            ..Case::of(
                "limits",
                "Orders just within each limit and just beyond it, prices between two ticks, at and beyond the limits of the day",
                "a limit that refuses what it allows, or allows one more; a price that is rounded to the wrong side",
                &[],
                limits(),
            )
        },
        Case {
            setup: GUARD.to_owned(),
            ..Case::of(
                "guard",
                "A fall and a rise of just the points of the guard, calm for just its time, and a date that ends it",
                "a guard that engages too late, is released too soon, or never",
                &[],
                guard(),
            )
        },
        Case {
            setup: CANCELS.to_owned(),
            feedback: Some(cancel_reports()),
            ..Case::of(
                "cancels",
                "Orders that a trigger and epochs call off, and reports of them: done, refused, of the wrong order, twice, with fills that were missed",
                "a cancel that ends another order, a request that is asked twice or never again, a quantity that is lost",
                &[F::FeedbackContradiction],
                cancelled(),
            )
        },
        Case {
            setup: REQUESTS.to_owned(),
            ..Case::of(
                "requests",
                "More orders than the record table has rows for, with their cancel requests",
                "an order that takes the row of a cancel request",
                &[],
                steps(0, 10, &[1_000, 1_010, 1_000, 1_010, 1_000, 1_010, 1_000, 1_010, 990]),
            )
        },
        Case {
            setup: "[publish]\nrun = 4294967298\nbatch_messages = 2\nsession = 9\n".to_owned(),
            ..Case::of(
                "publish",
                "Snapshots of 14, 15, 16 and 31 records, and trades, in datagrams of two messages; duplicates",
                "a datagram that is never closed, or closed empty, and flags that are not published",
                &[],
                published(),
            )
        },
    ]
}

/// A trade that sets the index, at 1 point a cent of price, so many milliseconds after 09:30.
fn index_at(seq: i64, ms: i64, points: i64) -> Vec<u8> {
    let time = timestamp(MORNING + ms);
    sent(AuctionTrade { last_px: PriceE4(100 * points), transact_time: time, ..trade(seq) })
}

/// The index takes these values, one every `step` milliseconds from `from` on.
fn steps(from: i64, step: i64, points: &[i64]) -> Vec<u8> {
    let one = |(at, points): (i64, &i64)| index_at(at + 1, from + step * at, *points);
    (0..).zip(points).flat_map(one).collect()
}

/// A trigger whose order is that of each feed here unless it says otherwise.
fn trigger(name: &str, conditions: &str, order: &str, limits: &str) -> String {
    let mut text = format!("[[trigger]]\nname = \"{name}\"\n{conditions}\n");
    text += "[trigger.order]\nsecurity = \"000001\"\nquantity = 100\ntick = \"0.01\"\n";
    text += if order.is_empty() { "side = \"buy\"\nprice = \"10.00\"" } else { order };
    text += "\n";
    if !limits.is_empty() {
        text += &format!("[trigger.limits]\n{limits}\n");
    }
    text
}

fn conditions_setup() -> String {
    let rise = "index_at_least = \"1001\"\n";
    let far = |level: u32| {
        format!("index_crosses = {level}\nindex_change = {{ points = 1, within_ms = 640 }}")
    };
    [
        ("at-least", "index_at_least = 1002".to_owned()),
        ("at-most", "index_at_most = 998".to_owned()),
        ("crosses", "index_crosses = 1000".to_owned()),
        ("rose", "index_change = { points = 3, within_ms = 640 }".to_owned()),
        ("fell", "index_change = { points = -3, within_ms = 640 }".to_owned()),
        ("dear", "price = { security = \"000001\", at_least = \"10.02\" }".to_owned()),
        ("cheap", "price = { security = \"000001\", at_most = \"9.98\" }".to_owned()),
        ("few-sent", format!("{rise}max_sends = {{ count = 1, within_ms = 100 }}")),
        ("few-open", format!("{rise}max_outstanding = 1")),
        ("once", format!("{rise}rearm = \"once\"")),
        ("later", format!("{rise}rearm = {{ after_ms = 50 }}")),
        ("far", far(1_100)),
        ("farther", far(1_200)),
        ("farthest", far(1_300)),
        ("nothing", "index_at_least = 1003".to_owned()),
    ]
    .map(|(name, conditions)| {
        // The other security never traded: no price.
        let none = "security = \"000002\"\nside = \"sell\"\nprice = \"last\"";
        let order = if name == "nothing" { none } else { "" };
        let text = trigger(name, &conditions, order, "");
        if name == "nothing" { text.replacen("security = \"000001\"\n", "", 1) } else { text }
    })
    .concat()
}

fn conditions() -> Vec<u8> {
    let mut seq = 0;
    let mut at = |ms, points| {
        seq += 1;
        index_at(seq, ms, points)
    };
    let mut feed = Vec::new();
    // From the first value on to 1,002 and down to rest on 1,000; below it, and back to rest on it.
    for (ms, points) in
        [(0, 1_000), (10, 1_002), (20, 1_001), (30, 1_000), (40, 999), (50, 1_000), (60, 998)]
    {
        feed.extend(at(ms, points));
    }
    // A snapshot of the time of the latest trade: the trade's price stays the last one.
    feed.extend(snapshot(&head(6, INSIDE, 1), &[last(10_500_000)]));
    // Edges 50 and 100 ms behind those before.
    for ms in [70, 90, 110, 120, 140, 150, 170, 210, 270] {
        feed.extend(at(ms, 1_001));
        feed.extend(at(ms + 5, 997));
    }
    // Up by 3 within the window, then down by 3.
    for (ms, points) in [(1_000, 997), (2_000, 1_000), (2_001, 1_001), (2_010, 998), (2_011, 997)] {
        feed.extend(at(ms, points));
    }
    // A new value in each slot of 10 ms, two in some: what is carried into the oldest one differs.
    for slot in 0..70 {
        feed.extend(at(3_000 + 10 * slot, 1_004 + slot));
        if slot % 3 == 0 {
            feed.extend(at(3_005 + 10 * slot, 1_005 + slot));
        }
    }
    feed.extend(at(3_700, 1_100));
    // One value is carried into a slot and another follows in it: 63 slots on, and 64.
    feed.extend(at(5_000, 1_110));
    feed.extend(at(5_005, 1_150));
    feed.extend(at(5_630, 1_200));
    feed.extend(at(7_000, 1_210));
    feed.extend(at(7_005, 1_250));
    feed.extend(at(7_640, 1_300));
    // The next date, with edges at the same times of the day, and a message at midnight.
    let mut next = |days: i64, ms: i64, points: i64| {
        seq += 1;
        let time = Timestamp(timestamp(MORNING + ms).0 + days * 1_000_000_000);
        sent(AuctionTrade { last_px: PriceE4(100 * points), transact_time: time, ..trade(seq) })
    };
    for (days, ms, points) in [
        (1, 0, 990),
        (1, 40, 1_003),
        (1, 41, 990),
        (1, 140, 1_001),
        (2, -MORNING, 1_001),
        (2, -MORNING + 1, 998),
        (2, -MORNING + 2, 1_002),
    ] {
        feed.extend(next(days, ms, points));
    }
    feed
}

fn limits_setup() -> String {
    let rise = "index_at_least = 1000";
    let buys = |price: &str| format!("side = \"buy\"\nprice = \"{price}\"");
    let sells = |price: &str| format!("side = \"sell\"\nprice = \"{price}\"");
    let plain = || buys("10.00");
    let coarse = |order: String| order + "\ntick = \"0.03\"";
    let of = |name, order: String, limits: &str| {
        let text = trigger(name, rise, &order, limits);
        let twice = text.matches("tick =").count() == 2;
        if twice { text.replacen("tick = \"0.01\"\n", "", 1) } else { text }
    };
    [
        of("quantity", plain(), "max_quantity = 100"),
        of("total", plain(), "max_total_quantity = 200"),
        of("value", plain(), "max_total_value = 2000"),
        of("open", plain(), "max_outstanding = 2"),
        of("rate", plain(), "max_orders = { count = 2, within_ms = 40 }"),
        of("slow", plain(), "max_orders = { count = 2, within_ms = 60 }"),
        of("top", buys("10.10"), ""),
        of("above", buys("10.11"), ""),
        of("bottom", sells("9.90"), ""),
        of("below", sells("9.89"), ""),
        of("band", buys("10.05"), "price_band_percent = \"0.5\""),
        of("beyond", buys("10.06"), "price_band_percent = \"0.5\""),
        of("capped", buys("last+50"), ""),
        of("held", sells("last-50"), ""),
        of("down", coarse(buys("best+1")), ""),
        of("up", coarse(sells("own_best-1")), ""),
    ]
    .concat()
        + "[limits]\nmax_orders = { count = 60, within_ms = 10000 }\nmax_quantity = 200\n\
           [order_template]\ncl_ord_id_prefix = \"TG\"\ncl_ord_id_first = 998\nsession = 7\n"
}

fn limits() -> Vec<u8> {
    let entry = |md_entry_type, price| AuctionEntry {
        md_entry_type,
        md_entry_px: PxE6(price),
        ..bid(0, 0)
    };
    let offer = |price| AuctionEntry {
        md_entry_type: md_entry_type::OFFER,
        md_entry_px: PxE6(price),
        ..bid(1, 2)
    };
    let show = |up, down| {
        let entries = [bid(1, 3), offer(10_010_000), entry(*b"xe", up), entry(*b"xf", down)];
        snapshot(&head(0, INSIDE, 4), &entries)
    };
    let mut feed = steps(0, 10, &[990]);
    feed.extend(show(10_100_000, 9_900_000));
    for at in 0..6 {
        let (rise, fall) = (20 + 20 * at, 30 + 20 * at);
        feed.extend(index_at(2 + 2 * at, rise, 1_000));
        feed.extend(index_at(3 + 2 * at, fall, 990));
        if at == 2 {
            // Between two ticks.
            feed.extend(show(10_105_000, 9_895_000));
        }
    }
    feed
}

const GUARD: &str = "[[trigger]]\nname = \"rise\"\nindex_at_least = 1000\n\
    [trigger.order]\nsecurity = \"000001\"\nside = \"buy\"\nquantity = 100\nprice = \"10.00\"\n\
    tick = \"0.01\"\n[guard]\nindex_change = { points = 5, within_ms = 640 }\nhold_ms = 100\n";

fn guard() -> Vec<u8> {
    let mut seq = 0;
    let mut feed = Vec::new();
    let mut at = |days: i64, ms: i64, points: i64| {
        seq += 1;
        let time = Timestamp(timestamp(MORNING + ms).0 + days * 1_000_000_000);
        let last_px = PriceE4(100 * points);
        feed.extend(sent(AuctionTrade { last_px, transact_time: time, ..trade(seq) }));
    };
    // A fall of 5; small again at 30; released at 130, not at 129.
    for (ms, points) in [(0, 1_000), (10, 996), (20, 995), (30, 1_000), (40, 999), (129, 1_000)] {
        at(0, ms, points);
    }
    for (ms, points) in [(129, 999), (130, 1_000), (131, 999), (132, 1_000)] {
        at(0, ms, points);
    }
    // A rise of 5, large again while it holds, then the next date.
    for (ms, points) in [(2_000, 1_004), (2_010, 1_005), (2_020, 1_001), (2_060, 1_006)] {
        at(0, ms, points);
    }
    for (ms, points) in [(2_070, 999), (2_169, 1_000), (2_170, 999), (2_171, 1_000), (2_180, 1_007)]
    {
        at(0, ms, points);
    }
    for (ms, points) in [(0, 999), (10, 1_000), (20, 994), (30, 1_000)] {
        at(1, ms, points);
    }
    feed
}

const CANCELS: &str = "[[trigger]]\nname = \"rise\"\nindex_at_least = 1002\n\
    [trigger.order]\nsecurity = \"000001\"\nside = \"buy\"\nquantity = 100\nprice = \"10.00\"\n\
    tick = \"0.01\"\n\
    [[trigger]]\nname = \"other\"\nindex_at_least = 1003\n\
    [trigger.order]\nsecurity = \"000002\"\nside = \"sell\"\nquantity = 200\nprice = \"20.00\"\n\
    tick = \"0.01\"\n\
    [[trigger]]\nname = \"retreat\"\nindex_at_most = 998\n[trigger.cancel]\norders_of = \"rise\"\n\
    [limits]\ncancel_on_kill = true\n\
    [order_template]\ncl_ord_id_first = 7\nsession = 5\n\
    [[epoch]]\nat_msg = 57\nkill_switch = true\n\
    [[epoch]]\nat_msg = 59\nkill_switch = true\ntrigger = [{ name = \"rise\", index_at_least = 1001 }]\n\
    [[epoch]]\nat_msg = 62\nkill_switch = false\nshares = { \"000001\" = 2000 }\n\
    [[epoch]]\nat_msg = 70\nkill_switch = true\n";

/// Two kinds of orders, called off in between; each report comes before the message behind its time.
fn cancelled() -> Vec<u8> {
    // Orders 0 to 5 of rise, 6 of other; then retreat; more of each; the epochs.
    steps(
        0,
        10,
        &[
            1_000, 1_002, 1_000, 1_002, 1_000, 1_002, 1_000, 1_003, 997, 1_000, 998, 1_002, 1_000,
            998, 1_000, 1_003, 1_000, 1_002, 1_000, 1_002, 1_000, 998, 1_000, 1_001, 1_000, 1_001,
            1_003, 1_000, 1_002, 1_001, 1_000, 1_002, 997, 1_000,
        ],
    )
}

/// ClOrdID of a row of the record table of the feed.
fn id(row: u32) -> [u8; 10] {
    text(format!("T{:09}", row + 7).as_bytes())
}

fn cancel_reports() -> Vec<u8> {
    let ordered = QtyE2(10_000);
    let order = |row: u32, index: i64, ms: i64| OrderReport {
        partition_no: 1,
        report_index: index,
        security_id: text(INSIDE),
        transact_time: timestamp(MORNING + ms),
        order_id: text(format!("E{row}").as_bytes()),
        cl_ord_id: id(row),
        orig_cl_ord_id: text(b""),
        exec_type: exec_type::NEW,
        ord_status: ord_status::NEW,
        leaves_qty: ordered,
        side: side::BUY,
        order_qty: ordered,
        ..OrderReport::default()
    };
    let fill = |row: u32, index: i64, ms: i64, cum: i64, last: i64| FillReport {
        partition_no: 1,
        report_index: index,
        security_id: text(INSIDE),
        transact_time: timestamp(MORNING + ms),
        order_id: text(format!("E{row}").as_bytes()),
        cl_ord_id: id(row),
        exec_type: exec_type::TRADE,
        ord_status: if cum == 10_000 { ord_status::FILLED } else { ord_status::PART_FILLED },
        last_px: PriceE4(100_000),
        last_qty: QtyE2(last),
        leaves_qty: QtyE2(10_000 - cum),
        cum_qty: QtyE2(cum),
        side: side::BUY,
        ..FillReport::default()
    };
    let cancel = |row: u32, request: [u8; 10], index: i64, ms: i64, cum: i64| OrderReport {
        exec_type: exec_type::CANCEL,
        ord_status: ord_status::CANCELLED,
        leaves_qty: QtyE2(0),
        cum_qty: QtyE2(cum),
        ord_rej_reason: 3,
        orig_cl_ord_id: id(row),
        cl_ord_id: request,
        ..order(row, index, ms)
    };
    let refuse = |row: u32, request: u32, index: i64, ms: i64| CancelReject {
        partition_no: 2,
        report_index: index,
        security_id: text(INSIDE),
        transact_time: timestamp(MORNING + ms),
        order_id: text(b""),
        cl_ord_id: id(request),
        orig_cl_ord_id: id(row),
        side: side::BUY,
        ord_status: ord_status::NEW,
        cxl_rej_reason: 9,
        ..CancelReject::default()
    };
    let business = |about: u32, ref_msg_type: u32, ms: i64| TradingBusinessReject {
        transact_time: timestamp(MORNING + ms),
        security_id: text(b""),
        ref_msg_type,
        business_reject_ref_id: id(about),
        business_reject_reason: 4,
        ..TradingBusinessReject::default()
    };
    let orders = |report: OrderReport| {
        frame(msg_type::ORDER_REPORT, |to| part(to, |bytes| report.emit(bytes)))
    };
    let fills = |report: FillReport| {
        frame(msg_type::FILL_REPORT, |to| part(to, |bytes| report.emit(bytes)))
    };
    let rejects = |report: CancelReject| {
        frame(msg_type::CANCEL_REJECT, |to| part(to, |bytes| report.emit(bytes)))
    };
    let businesses = |report: TradingBusinessReject| {
        frame(msg_type::TRADING_BUSINESS_REJECT, |to| part(to, |bytes| report.emit(bytes)))
    };
    let rejected = |row, index, ms| OrderReport {
        exec_type: exec_type::REJECT,
        ord_status: ord_status::REJECTED,
        leaves_qty: QtyE2(0),
        ord_rej_reason: 6,
        ..order(row, index, ms)
    };
    let other = |row, index, ms| OrderReport {
        security_id: text(OUTSIDE),
        side: side::SELL,
        order_qty: QtyE2(20_000),
        leaves_qty: QtyE2(20_000),
        ..order(row, index, ms)
    };
    let at = |step: i64| 15 + 10 * step;
    [
        // Row 0 acknowledged and filled in pieces, one of them missed; row 1 acknowledged twice,
        // with another number the second time.
        orders(order(0, 1, at(1))),
        fills(fill(0, 2, at(2), 1_000, 1_000)),
        fills(fill(0, 3, at(2), 2_000, 1_000)),
        fills(FillReport { order_id: text(b""), ..fill(0, 4, at(2), 4_000, 1_000) }),
        orders(order(0, 5, at(2))),
        fills(fill(0, 5, at(2), 1_000, 1_000)),
        fills(fill(0, 9, at(2), 5_000, 2_000)),
        fills(fill(0, 10, at(2), 6_000, 0)),
        orders(order(1, 11, at(3))),
        orders(order(1, 12, at(3))),
        orders(OrderReport { order_id: text(b"E9"), ..order(1, 13, at(3)) }),
        orders(OrderReport {
            order_qty: QtyE2(10_100),
            leaves_qty: QtyE2(10_100),
            ..order(2, 14, at(5))
        }),
        orders(OrderReport {
            order_qty: QtyE2(9_900),
            leaves_qty: QtyE2(9_900),
            ..order(2, 14, at(5))
        }),
        orders(rejected(2, 15, at(5))),
        orders(rejected(2, 16, at(5))),
        orders(order(2, 17, at(5))),
        orders(order(3, 18, at(6))),
        orders(other(4, 19, at(6))),
        // The requests of retreat are 5 for row 0, 6 for row 1, 7 for row 3.
        orders(cancel(0, id(6), 20, at(7), 6_000)),
        orders(cancel(0, id(5), 21, at(7), 3_000)),
        orders(OrderReport { order_qty: QtyE2(10_100), ..cancel(0, id(5), 22, at(7), 6_000) }),
        orders(cancel(0, id(5), 22, at(7), 6_000)),
        orders(cancel(0, id(5), 23, at(7), 6_000)),
        orders(cancel(0, id(5), 24, at(7), 7_000)),
        rejects(refuse(0, 6, 1, at(8))),
        rejects(refuse(1, 6, 2, at(8))),
        rejects(refuse(1, 6, 3, at(8))),
        rejects(refuse(1, 5, 4, at(8))),
        rejects(refuse(1, 1, 5, at(8))),
        businesses(business(7, msg_type::ORDER_CANCEL_REQUEST, at(8))),
        businesses(business(7, msg_type::ORDER_CANCEL_REQUEST, at(8))),
        businesses(business(3, msg_type::NEW_ORDER, at(8))),
        businesses(business(3, msg_type::LOGON, at(8))),
        // Without a ClOrdID of ours: by OrigClOrdID, then by OrderID alone.
        orders(cancel(1, text(b"X1"), 25, at(12), 0)),
        orders(OrderReport { orig_cl_ord_id: text(b""), ..cancel(3, text(b"X2"), 26, at(13), 0) }),
        orders(OrderReport { orig_cl_ord_id: text(b""), ..cancel(9, text(b"X3"), 27, at(13), 0) }),
        // The exchange knows nothing of the next one; of another partition, with a jump.
        businesses(business(10, msg_type::NEW_ORDER, at(16))),
        businesses(business(10, msg_type::NEW_ORDER, at(16))),
        orders(OrderReport { partition_no: 3, ..order(12, 4, at(18)) }),
        orders(OrderReport { partition_no: 3, ..order(13, 4, at(19)) }),
    ]
    .concat()
}

const REQUESTS: &str = "[[trigger]]\nname = \"rise\"\nindex_at_least = 1002\n\
    [trigger.order]\nsecurity = \"000001\"\nside = \"buy\"\nquantity = 100\nprice = \"10.00\"\n\
    tick = \"0.01\"\n\
    [[trigger]]\nname = \"retreat\"\nindex_at_most = 995\n[trigger.cancel]\norders_of = \"rise\"\n\
    [limits]\nmax_requests = 5\n";

fn published() -> Vec<u8> {
    let of = |n: i64, records: usize| {
        let entries = vec![bid(1, 0); records - 2];
        snapshot(&head(n, INSIDE, entries.len() as u32), &entries)
    };
    [
        messages([1, 2, 3, 3]),
        of(4, 15),
        messages([5]),
        of(6, 14),
        messages([7]),
        of(8, 16),
        of(9, 31),
        of(10, 15),
        of(11, 15),
        messages([12, 13, 14]),
    ]
    .concat()
}
