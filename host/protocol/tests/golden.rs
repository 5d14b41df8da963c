//! The worked examples: decoded values, checksums and the way back to the same bytes.

mod vectors;

use tidegate_protocol::frame::{self, Probe};
use tidegate_protocol::units::{PriceE4, PxE6, QtyE2, Timestamp};
use tidegate_protocol::{Encoder, Item, Value, View, code, items_within, message, msg_type};
use vectors::bytes;

/// Header and trailer checked, the body as a view.
fn view(frame: &[u8]) -> View<'_> {
    assert_eq!(frame::holds(frame), Some(frame.len()));
    let (msg_type, body) = frame::header(frame.first_chunk().unwrap());
    assert_eq!(body as usize + 12, frame.len());
    View::new(msg_type, frame::body(frame)).unwrap()
}

fn number(view: &View<'_>, name: &str) -> i64 {
    view.field(name).unwrap().number().unwrap()
}

fn text<'a>(view: &View<'a>, name: &str) -> &'a str {
    std::str::from_utf8(view.field(name).unwrap().text().unwrap()).unwrap()
}

fn check(view: &View<'_>, numbers: &[(&str, i64)], texts: &[(&str, &str)]) {
    for &(name, wanted) in numbers {
        assert_eq!(number(view, name), wanted, "{name}");
    }
    for &(name, wanted) in texts {
        assert_eq!(text(view, name), wanted, "{name}");
    }
    let fields = view.message().parts.iter().map(|part| part.fields.len()).sum::<usize>();
    assert_eq!(numbers.len() + texts.len(), fields, "every field is checked");
}

/// Shows G19.
#[test]
fn every_example_is_written_again_to_the_same_bytes() {
    for &(name, msg_type, hex) in vectors::ALL {
        let wire = bytes(hex);
        let view = view(&wire);
        assert_eq!(view.message().msg_type, msg_type, "{name}");
        assert_eq!(view.known_len() + 12, wire.len(), "{name}");
        let mut buffer = [0xff; 2048];
        let mut encoder = Encoder::new(msg_type, &mut buffer).unwrap();
        for item in view.items() {
            encoder.item(item).unwrap();
        }
        let len = encoder.finish().unwrap();
        assert_eq!(buffer[..len], wire, "{name}");
    }
}

/// Shows G15.
#[test]
fn checksums() {
    let trailers: Vec<u8> = vectors::ALL
        .iter()
        .map(|(_, _, hex)| {
            let wire = bytes(hex);
            let (summed, trailer) = wire.split_at(wire.len() - 4);
            assert_eq!(trailer[..3], [0; 3]);
            assert_eq!(trailer[3], frame::checksum(summed));
            trailer[3]
        })
        .collect();
    assert_eq!(
        trailers,
        [
            0x03, 0x7c, 0xa0, 0x5f, 0x42, 0x32, 0xf2, 0x3c, 0x88, 0xd1, 0x48, 0xdc, 0x8b, 0xa4,
            0x21, 0x2e, 0x1a, 0x28, 0xd4, 0x03
        ]
    );
}

#[test]
fn session_messages() {
    assert_eq!(view(&bytes(vectors::HEARTBEAT)).items().count(), 0);
    check(
        &view(&bytes(vectors::LOGON)),
        &[("HeartBtInt", 10)],
        &[
            ("SenderCompID", "VSS"),
            ("TargetCompID", "VSS"),
            ("Password", "VSS"),
            ("DefaultApplVerID", "1.02"),
        ],
    );
    check(
        &view(&bytes(vectors::TRADING_LOGON)),
        &[("HeartBtInt", 10)],
        &[
            ("SenderCompID", "OMS0001"),
            ("TargetCompID", "TGW0001"),
            ("Password", "secret"),
            ("DefaultApplVerID", "1.29"),
        ],
    );
}

type Order = (i64, i64, &'static str, i64, i64, i64);

/// Shows G17, G19.
#[test]
fn tick_orders() {
    let examples: [(&str, Order); 2] = [
        (vectors::ORDER_300175, (2011, 88_795, "300175", 91_000, 30_000, 20190311091502950)),
        (vectors::ORDER_002813, (2012, 1, "002813", 350_100, 6_260_000, 20170330091500000)),
    ];
    for (hex, (channel, number, security, price, qty, time)) in examples {
        check(
            &view(&bytes(hex)),
            &[
                ("ChannelNo", channel),
                ("ApplSeqNum", number),
                ("Price", price),
                ("OrderQty", qty),
                ("TransactTime", time),
            ],
            &[
                ("MDStreamID", "011"),
                ("SecurityID", security),
                ("SecurityIDSource", "102"),
                ("Side", "1"),
                ("OrdType", "2"),
            ],
        );
    }
    let wire = bytes(vectors::ORDER_300175);
    let order = message::AuctionOrder::parse(frame::body(&wire).first_chunk().unwrap());
    assert_eq!(order.price, PriceE4(91_000));
    assert_eq!(order.price.to_string(), "9.1000");
    assert_eq!(order.order_qty.to_string(), "300.00");
    assert_eq!((order.side, order.ord_type), (code::side::BUY, code::ord_type::LIMIT));
    assert_eq!(order.security_id, *b"300175  ");
    let mut again = [0; message::AuctionOrder::LEN];
    order.emit(&mut again);
    assert_eq!(again, frame::body(&wire));
}

type Trade = (i64, i64, i64, i64, &'static str, i64, i64, &'static str, i64);

/// Shows G17, G19.
#[test]
fn tick_trades() {
    let examples: [(&str, Trade); 4] = [
        (
            vectors::CANCEL_300175,
            (2011, 30_745, 26_547, 0, "300175", 0, 200_000, "4", 20190311091500810),
        ),
        (
            vectors::TRADE_300175,
            (2011, 368_192, 4, 497, "300175", 91_000, 3_000_000, "F", 20190311092500000),
        ),
        (
            vectors::TRADE_000001,
            (2013, 452_680, 239_670, 304_066, "000001", 150_300, 10_000, "F", 20230201092500000),
        ),
        (
            vectors::CANCEL_000001,
            (2013, 1_845, 1_844, 0, "000001", 0, 20_000, "4", 20230201091500040),
        ),
    ];
    for (hex, (channel, number, bid, offer, security, px, qty, exec, time)) in examples {
        check(
            &view(&bytes(hex)),
            &[
                ("ChannelNo", channel),
                ("ApplSeqNum", number),
                ("BidApplSeqNum", bid),
                ("OfferApplSeqNum", offer),
                ("LastPx", px),
                ("LastQty", qty),
                ("TransactTime", time),
            ],
            &[
                ("MDStreamID", "011"),
                ("SecurityID", security),
                ("SecurityIDSource", "102"),
                ("ExecType", exec),
            ],
        );
    }
    let wire = bytes(vectors::CANCEL_000001);
    let trade = message::AuctionTrade::parse(frame::body(&wire).first_chunk().unwrap());
    assert_eq!(trade.exec_type, code::exec_type::CANCEL);
    assert_eq!(trade.last_qty, QtyE2(20_000));
    assert_eq!(message::AuctionTrade::LAST_PX_AT, 41);
}

/// Type, price, size, level, orders, queue.
type Entry = (&'static str, &'static str, i64, i64, i64, &'static [i64]);

/// Shows G18, G19.
#[test]
fn auction_snapshot() {
    let wire = bytes(vectors::SNAPSHOT_300319);
    let view = view(&wire);
    check(
        &view,
        &[
            ("OrigTime", 20240102094136000),
            ("ChannelNo", 1011),
            ("PrevClosePx", 87_500),
            ("NumTrades", 2_406),
            ("TotalVolumeTrade", 158_660_000),
            ("TotalValueTrade", 138_564_400_000),
            ("NoMDEntries", 15),
        ],
        &[
            ("MDStreamID", "010"),
            ("SecurityID", "300319"),
            ("SecurityIDSource", "102"),
            ("TradingPhaseCode", "T0"),
        ],
    );
    let wanted: [Entry; 15] = [
        ("0", "8.720000", 370_000, 1, 1, &[370_000]),
        ("0", "8.710000", 700_000, 2, 14, &[]),
        ("1", "8.730000", 370_000, 1, 8, &[]),
        ("1", "8.740000", 1_650_000, 2, 6, &[]),
        ("2", "8.720000", 0, 0, 0, &[]),
        ("4", "8.740000", 0, 0, 0, &[]),
        ("7", "8.790000", 0, 0, 0, &[]),
        ("8", "8.680000", 0, 0, 0, &[]),
        ("x1", "-0.030000", 0, 0, 0, &[]),
        ("x2", "0.000000", 0, 0, 0, &[]),
        ("x3", "8.510000", 45_220_000, 0, 0, &[]),
        ("x4", "9.630000", 77_240_000, 0, 0, &[]),
        ("x5", "37.810000", 0, 0, 0, &[]),
        ("xe", "10.500000", 0, 0, 0, &[]),
        ("xf", "7.000000", 0, 0, 0, &[]),
    ];
    // By the typed parts, walked by hand.
    let mut rest = &frame::body(&wire)[message::SnapshotHead::LEN..];
    for (kind, px, size, level, orders, queue) in wanted {
        let (head, tail) = rest.split_first_chunk().unwrap();
        let entry = message::AuctionEntry::parse(head);
        assert_eq!(tidegate_protocol::units::trim_padding(&entry.md_entry_type), kind.as_bytes());
        assert_eq!(entry.md_entry_px.to_string(), px);
        assert_eq!(entry.md_entry_size, QtyE2(size));
        assert_eq!(i64::from(entry.md_price_level), level);
        assert_eq!(entry.number_of_orders, orders);
        assert_eq!(entry.no_orders as usize, queue.len());
        rest = tail;
        for &qty in queue {
            let (head, tail) = rest.split_first_chunk().unwrap();
            assert_eq!(message::QueueItem::parse(head).order_qty, QtyE2(qty));
            rest = tail;
        }
    }
    assert!(rest.is_empty());
    // By the items.
    let mut items = view.items().skip(11);
    assert!(
        matches!(items.next(), Some(Item::GroupBegin { group, count: 15 }) if group.name == "MDEntries")
    );
    for (i, (kind, px, _, _, _, queue)) in wanted.into_iter().enumerate() {
        assert!(matches!(items.next(), Some(Item::EntryBegin { index }) if index as usize == i));
        let mut field = |wanted: &str| match items.next() {
            Some(Item::Field(field, value)) if field.name == wanted => value,
            other => panic!("{other:?}"),
        };
        assert_eq!(field("MDEntryType").text().unwrap(), kind.as_bytes());
        assert_eq!(field("MDEntryPx").number(), Some(px.parse::<PxE6>().unwrap().0));
        field("MDEntrySize");
        field("MDPriceLevel");
        field("NumberOfOrders");
        assert_eq!(field("NoOrders"), Value::Unsigned(queue.len() as u64));
        assert!(
            matches!(items.next(), Some(Item::GroupBegin { group, .. }) if group.name == "OrderQtys")
        );
        for (k, &qty) in queue.iter().enumerate() {
            assert!(
                matches!(items.next(), Some(Item::EntryBegin { index }) if index as usize == k)
            );
            assert!(matches!(items.next(), Some(Item::Field(_, Value::Signed(v))) if v == qty));
            assert!(matches!(items.next(), Some(Item::EntryEnd)));
        }
        assert!(matches!(items.next(), Some(Item::GroupEnd)));
        assert!(matches!(items.next(), Some(Item::EntryEnd)));
    }
    assert!(matches!(items.next(), Some(Item::GroupEnd)));
    assert!(items.next().is_none());
}

/// The fields called `name` in the entries.
fn column(view: &View<'_>, name: &str) -> Vec<String> {
    view.items()
        .filter_map(|item| match item {
            Item::Field(field, value) if field.name == name => Some(match value {
                Value::Unsigned(v) => v.to_string(),
                Value::Signed(v) => v.to_string(),
                Value::Text(_) => String::from_utf8_lossy(value.text().unwrap()).into_owned(),
            }),
            _ => None,
        })
        .collect()
}

/// Shows G19.
#[test]
fn other_snapshots() {
    let wire = bytes(vectors::INDEX_399001);
    let index = view(&wire);
    assert_eq!(wire.len(), 119 + 12);
    assert_eq!(text(&index, "SecurityID"), "399001");
    assert_eq!(text(&index, "MDStreamID"), "900");
    assert_eq!(number(&index, "ChannelNo"), 1001);
    assert_eq!(column(&index, "MDEntryType"), ["3", "xa", "xb", "xc", "xd"]);
    assert_eq!(
        column(&index, "MDEntryPx"),
        ["9450123400", "9400000000", "9410500000", "9460250000", "9390750000"]
    );
    let wire = bytes(vectors::BLOCK_000001);
    let block = view(&wire);
    assert_eq!(text(&block, "SecurityID"), "000001");
    assert_eq!(text(&block, "MDStreamID"), "060");
    assert_eq!(column(&block, "MDEntryPx"), ["15030000", "15030000"]);
    assert_eq!(column(&block, "MDEntrySize"), ["100000", "250000"]);
}

#[test]
fn channel_messages() {
    check(
        &view(&bytes(vectors::CHANNEL_HEARTBEAT)),
        &[("ChannelNo", 2013), ("ApplLastSeqNum", 35_374_403), ("EndOfChannel", 0)],
        &[],
    );
    check(
        &view(&bytes(vectors::RESEND)),
        &[
            ("ResendType", 1),
            ("ChannelNo", 2013),
            ("ApplBegSeqNum", 1845),
            ("ApplEndSeqNum", 2670),
            ("ResendStatus", 0),
        ],
        &[("NewsID", ""), ("RejectText", "")],
    );
}

/// Shows H32.
#[test]
fn new_order() {
    check(
        &view(&bytes(vectors::NEW_ORDER)),
        &[
            ("OwnerType", 1),
            ("TransactTime", 20240102093000123),
            ("OrderQty", 50_000),
            ("Price", 123_400),
            ("StopPx", 0),
            ("MinQty", 0),
            ("MaxPriceLevels", 0),
        ],
        &[
            ("ApplID", "010"),
            ("SubmittingPBUID", "123456"),
            ("SecurityID", "000001"),
            ("SecurityIDSource", "102"),
            ("ClearingFirm", "01"),
            ("UserInfo", "U1"),
            ("ClOrdID", "A000000001"),
            ("AccountID", "0100000001"),
            ("BranchID", "01"),
            ("OrderRestrictions", ""),
            ("Side", "1"),
            ("OrdType", "2"),
            ("TimeInForce", "0"),
            ("CashMargin", "1"),
        ],
    );
}

#[test]
fn reports() {
    let common = [
        ("ApplID", "010"),
        ("ReportingPBUID", "123456"),
        ("SubmittingPBUID", "123456"),
        ("SecurityID", "000001"),
        ("SecurityIDSource", "102"),
        ("ClearingFirm", "01"),
        ("UserInfo", "U1"),
        ("OrderID", "0000000000000A01"),
        ("ClOrdID", "A000000001"),
        ("Side", "1"),
        ("AccountID", "0100000001"),
        ("BranchID", "01"),
        ("CashMargin", "1"),
    ];
    let own = [
        ("OrigClOrdID", ""),
        ("ExecID", "0000000000000001"),
        ("ExecType", "0"),
        ("OrdStatus", "0"),
        ("OrdType", "2"),
        ("OrderRestrictions", ""),
        ("TimeInForce", "0"),
    ];
    check(
        &view(&bytes(vectors::ORDER_ACCEPTED)),
        &[
            ("PartitionNo", 1),
            ("ReportIndex", 1),
            ("OwnerType", 1),
            ("TransactTime", 20240102093000130),
            ("OrdRejReason", 0),
            ("LeavesQty", 50_000),
            ("CumQty", 0),
            ("OrderQty", 50_000),
            ("Price", 123_400),
            ("StopPx", 0),
            ("MinQty", 0),
            ("MaxPriceLevels", 0),
        ],
        &[&common[..], &own[..]].concat(),
    );
    let own = [("ExecID", "0000000000000002"), ("ExecType", "F"), ("OrdStatus", "1")];
    check(
        &view(&bytes(vectors::FILL)),
        &[
            ("PartitionNo", 1),
            ("ReportIndex", 2),
            ("OwnerType", 1),
            ("TransactTime", 20240102093000130),
            ("LastPx", 123_300),
            ("LastQty", 30_000),
            ("LeavesQty", 20_000),
            ("CumQty", 30_000),
        ],
        &[&common[..], &own[..]].concat(),
    );
}

/// Shows H32.
#[test]
fn cancel_request_and_synchronisation() {
    check(
        &view(&bytes(vectors::ORDER_CANCEL_REQUEST)),
        &[("OwnerType", 1), ("TransactTime", 20240102093001000), ("OrderQty", 50_000)],
        &[
            ("ApplID", "010"),
            ("SubmittingPBUID", "123456"),
            ("SecurityID", "000001"),
            ("SecurityIDSource", "102"),
            ("ClearingFirm", "01"),
            ("UserInfo", "U1"),
            ("ClOrdID", "A000000002"),
            ("OrigClOrdID", "A000000001"),
            ("Side", "1"),
            ("OrderID", "0000000000000A01"),
        ],
    );
    let wire = bytes(vectors::REPORT_SYNCHRONIZATION);
    let view = view(&wire);
    assert_eq!(number(&view, "NoPartitions"), 2);
    assert_eq!(column(&view, "PartitionNo"), ["1", "2"]);
    assert_eq!(column(&view, "ReportIndex"), ["1", "1"]);
}

/// The sample announces 1381 bytes of body and has 52, the last five of them a test tail that falls
/// into NumTrades: what has come is shown, the rest is not invented.
/// Shows G18.
#[test]
fn published_sample() {
    let sample = bytes(vectors::PUBLISHED_SAMPLE);
    let wire = &sample[4..];
    assert_eq!(frame::header(wire.first_chunk().unwrap()), (msg_type::AUCTION_SNAPSHOT, 1381));
    assert_eq!(frame::probe(wire), Probe::NeedMore { needed: 1393 });
    assert!(View::new(msg_type::AUCTION_SNAPSHOT, &wire[8..]).is_err());
    let without_tail = &wire[8..wire.len() - 5];
    assert_eq!(without_tail.len(), 47);
    let mut fields = items_within(msg_type::AUCTION_SNAPSHOT, without_tail).unwrap();
    let mut next = |wanted: &str| match fields.next() {
        Some(Item::Field(field, value)) if field.name == wanted => value,
        other => panic!("{other:?}"),
    };
    let Value::Signed(time) = next("OrigTime") else { panic!("signed") };
    assert_eq!(time, 20190704111803000);
    assert!(Timestamp(time).is_possible());
    assert_eq!(next("ChannelNo"), Value::Unsigned(1012));
    assert_eq!(next("MDStreamID"), Value::Text(b"010"));
    assert_eq!(next("SecurityID"), Value::Text(b"002321  "));
    assert_eq!(next("SecurityIDSource"), Value::Text(b"102 "));
    assert_eq!(next("TradingPhaseCode"), Value::Text(b"T0      "));
    assert_eq!(next("PrevClosePx"), Value::Signed(68_000));
    assert!(fields.next().is_none());
    assert!(fields.next().is_none());
}
