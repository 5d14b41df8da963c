//! Hostile messages in one stream.

use tidegate_protocol::FaultCode as F;
use tidegate_protocol::code::{SOURCE_SZSE, exec_type, md_entry_type};
use tidegate_protocol::limits::{HEADER_BYTES, TRAILER_BYTES};
use tidegate_protocol::message::{
    Announcement, AuctionEntry, AuctionOrder, AuctionTrade, BondOrder, BondPhase, BondPhases,
    BondTotals, ChannelStatistics, FillReport, IndexEntry, SecurityStatus, SnapshotHead,
};
use tidegate_protocol::msg_type;
use tidegate_protocol::table::MESSAGES;
use tidegate_protocol::units::{AmtE4, PriceE4, PxE6, QtyE2, Timestamp};

use super::build::{
    INSIDE, OUTSIDE, UNNAMED, bid, head, header, last, message, messages, raw, sent, snapshot,
    time, trade, with_bit, with_trailer,
};
use super::{Case, Index};
use crate::clock::DATE;
use crate::wire::{frame, part, text};
use crate::write::gzip;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::of(
            "checksum-drop",
            "Wrong trailers under the policy `drop`: a bit of the body, a bit of the trailer, a trailer above 255, a heartbeat, an unknown type",
            "a reader that compares one byte of the trailer, or that loses its place behind a bad message",
            &[F::FrameChecksum],
            bad_checksums(),
        ),
        Case {
            setup: "[frame]\nchecksum = \"flag\"\n".to_owned(),
            ..Case::of(
                "checksum-flag",
                "The same stream under the policy `flag`",
                "a reader that lets a marked message move a channel, a clock, a row or the index",
                &[F::FrameChecksum],
                bad_checksums(),
            )
        },
        Case::of(
            "short",
            "Every type with a body one byte shorter than its minimum, then with none at all",
            "a reader that reads fields beyond the end of a body",
            &[F::DecodeShort],
            short(),
        ),
        Case::of(
            "surplus",
            "Ticks, snapshots and reference messages with fields of a later version behind the known ones",
            "a reader that wants the exact length, or that looks for the queue at the end of the body",
            &[],
            surplus(),
        ),
        Case::of(
            "groups",
            "Counts of groups that the body does not hold: one too many, 2^32 - 1, a queue beyond the end, counts whose product leaves 32 bits",
            "a reader that trusts a count before it has seen the bytes, or multiplies it in 32 bits",
            &[F::DecodeGroup],
            groups(),
        ),
        Case::of(
            "hold",
            "A snapshot whose known part is as long as the hold, and one that is longer",
            "a reader that holds more than it has room for, or refuses what just fits",
            &[F::DecodeHold],
            hold(),
        ),
        Case::of(
            "same-time",
            "A trade and snapshots of one time that say different things, and an order of a bond",
            "a last price that depends on which came first, a snapshot that is taken for an older one, an order without its type",
            &[],
            same_time(),
        ),
        Case::of(
            "queue",
            "Queues of 100, 101 and 105 quantities in one snapshot, and levels 0 and 11",
            "a row that is written beyond its end",
            &[F::QuoteQueue],
            queue(),
        ),
        Case::of(
            "time",
            "Times that do not exist (0, negative, 30 February, 24:00, second 60) and times that go back",
            "a clock that runs back or follows nonsense, a window that is emptied by it",
            &[F::DecodeTime],
            times(),
        ),
        Case::of(
            "price",
            "Trades at 0 and below, with quantities below 0, of named and unnamed securities; cancels, which have no price",
            "an index or a quote that is moved by what is no trade",
            &[F::QuotePrice, F::QuoteQuantity],
            prices(),
        ),
        Case::of(
            "overflow",
            "Prices and quantities whose product, sum or scaled value leaves 64 bits, in trades and in snapshots",
            "a total that wraps, or that is half applied",
            &[F::QuoteOverflow],
            overflows(),
        ),
        Case {
            index: Index::Huge,
            ..Case::of(
                "index-overflow",
                "Two constituents of 10^12 shares whose sum is just below 2^63, and prices that lift it above",
                "an index sum that wraps, or that keeps the refused price",
                &[F::IndexOverflow],
                index_overflow(),
            )
        },
        Case {
            index: Index::Snapshots,
            ..Case::of(
                "index-price",
                "An index priced by snapshots, and last prices that are finer than 1e-4, 0 or below",
                "a price that is rounded, or a snapshot without a price that sets one",
                &[F::IndexPrice],
                index_price(),
            )
        },
        Case::of(
            "index-compare",
            "Published values of the index that are below and above the computed one",
            "a distance that wraps where it is negative",
            &[],
            index_compare(),
        ),
        Case::of(
            "sequence",
            "Repeated, missing, 0, negative and greatest ApplSeqNum on two channels, and a line that sends everything twice",
            "a trade that counts twice, a jump that is taken for a fault, a channel that stops another",
            &[],
            sequence(),
        ),
        Case::of(
            "unknown",
            "Unknown types, messages of the trading interface, unnamed securities, another exchange, NUL padding, unknown codes",
            "a reader that stops at what it does not know, or counts it for a security of that name",
            &[],
            unknown(),
        ),
        Case::of(
            "announcement",
            "Announcements above 8 KiB, one with a wrong trailer, one shorter than its minimum",
            "a reader that holds whole announcements, or does not sum what it skips",
            &[F::FrameChecksum, F::DecodeShort],
            announcements(),
        ),
        Case::of(
            "length",
            "A body of 8,192 bytes, then one of 8,193",
            "a reader that waits for a gigabyte, or goes on behind a length that cannot be",
            &[F::FrameLength],
            [
                message(1),
                raw(12_345, &[0; 8_192]),
                message(2),
                header(msg_type::AUCTION_TRADE, 8_193),
                messages(3..6),
            ]
            .concat(),
        ),
        Case::of(
            "lost-place",
            "Seven bytes too many between two messages",
            "a reader that searches for a header by itself: the rooms must not",
            &[F::FrameLength],
            lost_place(),
        ),
        Case {
            resync: true,
            ..Case::of(
                "resync",
                "The same stream with `--resync`, and at its end a header without its message",
                "a source that takes one frame for a proof, or loses more than it must",
                &[F::CaptureLost, F::FrameTruncated],
                [lost_place(), header(msg_type::AUCTION_TRADE, 66)].concat(),
            )
        },
        Case::of(
            "truncated",
            "A stream that ends inside a trailer",
            "a reader that takes the last message without its last byte",
            &[F::FrameTruncated],
            cut(&messages(1..4), 1),
        ),
        Case {
            form: "bin.gz",
            ..Case::of(
                "damaged-gzip",
                "A gzip file that was cut off",
                "a source that drops what was good, or calls the end of a damaged file an end",
                &[F::CaptureDamaged, F::FrameTruncated],
                cut(&gzip(&messages(1..100)), 333),
            )
        },
    ]
}

fn cut(bytes: &[u8], by: usize) -> Vec<u8> {
    bytes[..bytes.len() - by].to_vec()
}

fn bad_checksums() -> Vec<u8> {
    [
        message(1),
        with_bit(message(2), 49),
        with_trailer(message(3), 1),
        with_trailer(message(4), 0x100),
        with_trailer(message(5), 0x8000_0000),
        with_trailer(raw(msg_type::HEARTBEAT, &[]), 3),
        with_trailer(raw(302_111, b"unknown"), 0xff),
        with_bit(snapshot(&head(6, INSIDE, 1), &[bid(1, 2)]), 20),
        message(7),
        raw(msg_type::HEARTBEAT, &[]),
    ]
    .concat()
}

fn short() -> Vec<u8> {
    let with_body = MESSAGES.iter().filter(|message| message.min_body_bytes > 0);
    let one_less = with_body
        .clone()
        .flat_map(|message| raw(message.msg_type, &vec![0; message.min_body_bytes as usize - 1]));
    let none = with_body.flat_map(|message| raw(message.msg_type, &[]));
    let mut bytes = message(1);
    bytes.extend(one_less.chain(none));
    bytes.extend(message(2));
    bytes
}

fn surplus() -> Vec<u8> {
    let longer = |frame: Vec<u8>, by: usize| {
        let (msg_type, _) = tidegate_protocol::frame::header(frame.first_chunk().expect("8 bytes"));
        let mut body = tidegate_protocol::frame::body(&frame).to_vec();
        body.resize(body.len() + by, 0xa5);
        raw(msg_type, &body)
    };
    let order = order(2);
    [
        longer(message(1), 1),
        longer(frame(msg_type::AUCTION_ORDER, |to| part(to, |bytes| order.emit(bytes))), 16),
        longer(snapshot(&head(3, INSIDE, 2), &[bid(1, 3), last(10_030_000)]), 40),
        longer(raw(msg_type::HEARTBEAT, &[]), 4),
        longer(raw(msg_type::CHANNEL_HEARTBEAT, &[0; 12]), 7),
        message(3),
    ]
    .concat()
}

fn order(seq: i64) -> AuctionOrder {
    AuctionOrder {
        channel_no: 2011,
        appl_seq_num: seq,
        md_stream_id: *b"011",
        security_id: text(INSIDE),
        security_id_source: *b"102 ",
        price: PriceE4(100_000),
        order_qty: QtyE2(10_000),
        side: b'1',
        transact_time: time(seq),
        ord_type: b'2',
    }
}

fn groups() -> Vec<u8> {
    let mut bytes = message(1);
    // One entry is there, more are announced. 2^27 entries of 32 bytes are 2^32 bytes.
    for entries in [2, 1 << 27, u32::MAX] {
        bytes.extend(snapshot(&head(1, INSIDE, entries), &[bid(1, 0)]));
    }
    for queue in [4, 1 << 29, u32::MAX] {
        bytes.extend(frame(msg_type::AUCTION_SNAPSHOT, |to| {
            part(to, |bytes| head(1, INSIDE, 1).emit(bytes));
            let entry = AuctionEntry { no_orders: queue, ..bid(1, 0) };
            part(to, |bytes| entry.emit(bytes));
            to.extend_from_slice(&[0; 24]);
        }));
    }
    // Nine entries are announced, 24 bytes are there.
    for msg_type in [
        msg_type::BOND_SNAPSHOT,
        msg_type::BLOCK_SNAPSHOT,
        msg_type::FIXED_PRICE_SNAPSHOT,
        msg_type::HK_SNAPSHOT,
        msg_type::INDEX_SNAPSHOT,
    ] {
        bytes.extend(frame(msg_type, |to| {
            part(to, |bytes| head(1, INSIDE, 9).emit(bytes));
            to.extend_from_slice(&[0; 24]);
        }));
    }
    let statistics = ChannelStatistics { no_md_stream_id: 2, ..ChannelStatistics::default() };
    bytes.extend(frame(msg_type::CHANNEL_STATISTICS, |to| {
        part(to, |bytes| statistics.emit(bytes));
        to.extend_from_slice(&[0; 15]);
    }));
    let status = SecurityStatus { no_switch: 1 << 30, ..SecurityStatus::default() };
    bytes.extend(frame(msg_type::SECURITY_STATUS, |to| part(to, |bytes| status.emit(bytes))));
    bytes.extend(message(2));
    bytes
}

fn hold() -> Vec<u8> {
    // 69 + 60 x 32 + 7 x 8 = 2,045 bytes; one more of the queue is 2,053.
    let entries = |queue| {
        let mut entries = vec![bid(1, queue)];
        entries.extend((0..59).map(|_| last(10_000_000)));
        entries
    };
    let of = |n, queue| snapshot(&head(n, INSIDE, 60), &entries(queue));
    // 69 + 59 x 32 + 8 + 4 + 7 x 9 + 16 = 2,048 bytes; with another phase 2,057.
    let bond = |n, phases: u32| {
        let mut levels = vec![bid(1, 1)];
        levels.extend((0..58).map(|_| last(10_000_000)));
        let mut body = snapshot(&head(n, OUTSIDE, 59), &levels);
        body.drain(..HEADER_BYTES);
        body.truncate(body.len() - TRAILER_BYTES);
        part(&mut body, |bytes| BondPhases { no_sub_trading_phase_codes: phases }.emit(bytes));
        for number in 0..phases {
            let phase = BondPhase { trading_type: number as u8, ..BondPhase::default() };
            part(&mut body, |bytes| phase.emit(bytes));
        }
        let totals =
            BondTotals { auction_volume_trade: QtyE2(100), auction_value_trade: AmtE4(200) };
        part(&mut body, |bytes| totals.emit(bytes));
        raw(msg_type::BOND_SNAPSHOT, &body)
    };
    [message(1), of(2, 7), of(3, 8), bond(4, 7), bond(5, 8), message(2)].concat()
}

fn same_time() -> Vec<u8> {
    let shown = |n, price| snapshot(&head(n, INSIDE, 1), &[last(price)]);
    let order = BondOrder {
        channel_no: 2011,
        appl_seq_num: 4,
        md_stream_id: *b"021",
        security_id: text(OUTSIDE),
        security_id_source: SOURCE_SZSE,
        price: PriceE4(1_000_000),
        order_qty: QtyE2(1_000),
        side: b'1',
        transact_time: time(4),
        ord_type: b'2',
    };
    let order = frame(msg_type::BOND_ORDER, |to| part(to, |bytes| order.emit(bytes)));
    let none = sent(AuctionTrade { last_qty: QtyE2(0), ..trade(3) });
    [message(1), shown(1, 10_070_000), shown(1, 10_080_000), message(2), none, order].concat()
}

fn queue() -> Vec<u8> {
    let of = |n, queues: [u32; 2]| {
        let offer = AuctionEntry { md_entry_type: md_entry_type::OFFER, ..bid(1, queues[1]) };
        snapshot(&head(n, INSIDE, 3), &[bid(1, queues[0]), offer, last(10_000_000 + 10_000 * n)])
    };
    let levels: Vec<AuctionEntry> = [0, 1, 10, 11, 65_535].map(|level| bid(level, 1)).into();
    [
        of(1, [50, 50]),
        snapshot(&head(2, OUTSIDE, 5), &levels),
        of(3, [50, 51]),
        of(4, [100, 1]),
        of(4, [100, 5]),
        snapshot(&head(5, UNNAMED, 1), &[bid(1, 120)]),
    ]
    .concat()
}

fn times() -> Vec<u8> {
    let day = DATE * 1_000_000_000;
    let stamps = [
        day + 93_000_000,
        0,
        -day,
        i64::MAX,
        20_260_230_093_000_010,
        day + 240_000_000,
        day + 96_000_000,
        day + 93_060_000,
        // Earlier than the first, and the day before: clamped, not faults.
        day + 92_959_990,
        (DATE - 1) * 1_000_000_000 + 93_000_000,
        day + 93_000_020,
    ];
    let mut bytes = Vec::new();
    for (seq, stamp) in (1..).zip(stamps) {
        bytes.extend(sent(AuctionTrade { transact_time: Timestamp(stamp), ..trade(seq) }));
    }
    let orig_time = Timestamp(day + 93_000_999 + 60_000);
    let impossible = SnapshotHead { orig_time, ..head(11, OUTSIDE, 1) };
    bytes.extend(snapshot(&impossible, &[last(10_000_000)]));
    // Older than the row's last snapshot.
    bytes.extend(snapshot(&head(12, OUTSIDE, 1), &[last(10_120_000)]));
    bytes.extend(snapshot(&head(9, OUTSIDE, 1), &[last(10_090_000)]));
    bytes
}

fn prices() -> Vec<u8> {
    let at = |seq, price, quantity| AuctionTrade {
        last_px: PriceE4(price),
        last_qty: QtyE2(quantity),
        ..trade(seq)
    };
    let of = |security: &[u8], trade: AuctionTrade| {
        sent(AuctionTrade { security_id: text(security), ..trade })
    };
    [
        message(1),
        sent(at(2, 0, 10_000)),
        sent(at(3, -1, 10_000)),
        sent(at(4, i64::MIN, 10_000)),
        sent(at(5, 100_000, -100)),
        sent(at(6, 100_000, i64::MIN)),
        // Nothing traded is a trade of nothing.
        sent(at(7, 100_100, 0)),
        of(OUTSIDE, at(8, 0, 10_000)),
        of(UNNAMED, at(9, -100, -100)),
        sent(AuctionTrade { exec_type: exec_type::CANCEL, ..at(10, 0, 10_000) }),
        sent(AuctionTrade { exec_type: exec_type::CANCEL, ..at(11, -100, 10_000) }),
        message(12),
    ]
    .concat()
}

fn overflows() -> Vec<u8> {
    let at = |seq, price, quantity| {
        sent(AuctionTrade {
            security_id: text(OUTSIDE),
            last_px: PriceE4(price),
            last_qty: QtyE2(quantity),
            ..trade(seq)
        })
    };
    let worth = |n, value| SnapshotHead { total_value_trade: AmtE4(value), ..head(n, OUTSIDE, 1) };
    [
        // The price in 1e-6, the product, and the running sums.
        at(1, i64::MAX, 1),
        at(2, 4_000_000_000, 4_000_000_000),
        at(3, 1, i64::MAX - 1),
        at(4, 1, 1),
        at(5, 1, 1),
        at(6, 100, 100),
        snapshot(&worth(7, i64::MAX), &[last(10_000_000)]),
        snapshot(&worth(8, i64::MIN), &[last(10_000_000)]),
        snapshot(&worth(9, i64::MAX / 100), &[last(10_000_000)]),
        message(10),
    ]
    .concat()
}

fn index_overflow() -> Vec<u8> {
    let at = |seq, security: &[u8], price| {
        let (security_id, last_px) = (text(security), PriceE4(price));
        sent(AuctionTrade { security_id, last_px, ..trade(seq) })
    };
    [
        // The sum is 922 x 10^16; 2^63 is 922.337 x 10^16.
        at(1, INSIDE, 9_003_000),
        at(2, INSIDE, 9_004_000),
        at(3, OUTSIDE, 223_600),
        at(4, INSIDE, 90_000_000_000),
        at(5, INSIDE, 1),
        at(6, INSIDE, 9_003_000),
        at(7, OUTSIDE, 220_000),
    ]
    .concat()
}

fn index_compare() -> Vec<u8> {
    // The index is 1,001, then 1,003.
    let published = |n, points: i64| {
        let entry = IndexEntry {
            md_entry_type: md_entry_type::INDEX,
            md_entry_px: PxE6(points * 1_000_000),
        };
        frame(msg_type::INDEX_SNAPSHOT, |to| {
            part(to, |bytes| head(n, b"399001", 1).emit(bytes));
            part(to, |bytes| entry.emit(bytes));
        })
    };
    [
        published(1, 900),
        message(1),
        published(1, 999),
        published(2, 1_001),
        message(3),
        published(3, 1_008),
    ]
    .concat()
}

fn index_price() -> Vec<u8> {
    let of = |n, price| snapshot(&head(n, INSIDE, 1), &[last(price)]);
    [
        of(1, 10_000_000),
        of(2, 10_000_001),
        of(3, 10_000_100),
        of(4, 10_000_199),
        of(5, 0),
        of(6, -10_000_001),
        snapshot(&head(7, INSIDE, 1), &[bid(1, 1)]),
        // A trade does not set a price here.
        message(8),
        of(9, 11_000_000),
    ]
    .concat()
}

fn sequence() -> Vec<u8> {
    let on = |channel_no, appl_seq_num: i64, price| {
        let usual = trade(appl_seq_num.clamp(0, 99));
        sent(AuctionTrade { channel_no, appl_seq_num, last_px: PriceE4(price), ..usual })
    };
    let twice = |seq| [message(seq), message(seq)].concat();
    [
        twice(1),
        twice(2),
        // A jump of two, then the missing ones come late.
        twice(5),
        messages([3, 4, 6]),
        on(2012, 0, 990_000),
        on(2012, -1, 990_000),
        on(2012, i64::MIN, 990_000),
        on(2012, 7, 101_000),
        on(2012, 8, 101_100),
        on(2012, i64::MAX, 101_200),
        on(2012, 9, 990_000),
        on(2012, i64::MAX, 990_000),
        message(7),
    ]
    .concat()
}

fn unknown() -> Vec<u8> {
    let other = AuctionTrade { security_id_source: *b"103 ", ..trade(3) };
    let unnamed = AuctionTrade { security_id: text(UNNAMED), ..trade(4) };
    let padded =
        AuctionTrade { security_id: *b"000001\0\0", security_id_source: *b"102\0", ..trade(5) };
    let blank = AuctionTrade { security_id: text(b""), ..trade(6) };
    let exec_type = |seq, exec_type| sent(AuctionTrade { exec_type, ..trade(seq) });
    let report = FillReport { transact_time: time(9), ..FillReport::default() };
    let entries = [AuctionEntry { md_entry_type: *b"zz", ..bid(1, 3) }, last(10_050_000)];
    [
        message(1),
        raw(0, &[]),
        raw(0, b"type 0"),
        raw(302_111, &[0xff; 40]),
        raw(u32::MAX, &[0; 3]),
        message(2),
        sent(other),
        sent(unnamed),
        sent(padded),
        sent(blank),
        exec_type(7, b'8'),
        exec_type(8, 0),
        snapshot(&head(9, INSIDE, 2), &entries),
        raw(msg_type::NEW_ORDER, &[b' '; 109]),
        frame(msg_type::FILL_REPORT, |to| part(to, |bytes| report.emit(bytes))),
        message(9),
    ]
    .concat()
}

fn announcements() -> Vec<u8> {
    let of = |raw_data: usize| {
        let announcement = Announcement {
            orig_time: time(1),
            channel_no: 1001,
            news_id: text(b"00000001"),
            raw_data_format: text(b"txt"),
            raw_data_length: raw_data as u32,
            ..Announcement::default()
        };
        frame(msg_type::ANNOUNCEMENT, |to| {
            part(to, |bytes| announcement.emit(bytes));
            to.resize(to.len() + raw_data, b'.');
        })
    };
    [
        message(1),
        of(8_100),
        with_trailer(of(8_100), 1),
        raw(msg_type::ANNOUNCEMENT, &[0; 157]),
        of(0),
        message(2),
    ]
    .concat()
}

fn lost_place() -> Vec<u8> {
    [messages(1..4), b"garbage".to_vec(), messages(4..8)].concat()
}
