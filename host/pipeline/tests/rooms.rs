//! Named cases of the decisions: policies, limits, control words, the published sample.

mod support;

use support::{Log, framed};
use tidegate_pipeline::frame::ChecksumPolicy;
use tidegate_pipeline::record::{Kind, flag};
use tidegate_pipeline::toe::{Descriptor, Layout, WordOrder};
use tidegate_pipeline::{
    Control, Engine, Fault, Input, Line, NativeEngine, Record, Resume, Setup, Sink,
};
use tidegate_protocol::message::{AuctionOrder, AuctionTrade};
use tidegate_protocol::units::{PriceE4, QtyE2, Timestamp};
use tidegate_protocol::{FaultCode, Item, Value, items_within, msg_type};

/// A 300192 of 000001.
fn order(seq: i64) -> Vec<u8> {
    let part = AuctionOrder {
        channel_no: 2011,
        appl_seq_num: seq,
        md_stream_id: *b"011",
        security_id: *b"000001  ",
        security_id_source: *b"102 ",
        price: PriceE4(150_300),
        order_qty: QtyE2(10_000),
        side: b'1',
        transact_time: Timestamp(20_230_201_093_000_000 + seq),
        ord_type: b'2',
    };
    let mut body = [0; AuctionOrder::LEN];
    part.emit(&mut body);
    framed(msg_type::AUCTION_ORDER, &body)
}

/// A 300191 of 000001.
fn trade(seq: i64, price: i64, quantity: i64) -> Vec<u8> {
    let part = AuctionTrade {
        channel_no: 2011,
        appl_seq_num: seq,
        md_stream_id: *b"011",
        bid_appl_seq_num: 1,
        offer_appl_seq_num: 2,
        security_id: *b"000001  ",
        security_id_source: *b"102 ",
        last_px: PriceE4(price),
        last_qty: QtyE2(quantity),
        exec_type: b'F',
        transact_time: Timestamp(20_230_201_093_000_000),
    };
    let mut body = [0; AuctionTrade::LEN];
    part.emit(&mut body);
    framed(msg_type::AUCTION_TRADE, &body)
}

/// A 300111 of 000001 with one bid level and a queue.
fn snapshot(time: i64, queue: usize, surplus: usize) -> Vec<u8> {
    let mut body = time.to_be_bytes().to_vec();
    body.extend(1011u16.to_be_bytes());
    body.extend(b"010000001  102 T0      ");
    for number in [150_000i64, 7, 10_000, 1_503_000] {
        body.extend(number.to_be_bytes());
    }
    body.extend(1u32.to_be_bytes());
    body.extend(b"0 ");
    for number in [15_020_000i64, 40_000] {
        body.extend(number.to_be_bytes());
    }
    body.extend(1u16.to_be_bytes());
    body.extend((queue as i64).to_be_bytes());
    body.extend((queue as u32).to_be_bytes());
    for number in 0..queue as i64 {
        body.extend((100 + number).to_be_bytes());
    }
    body.extend(vec![0xff; surplus]);
    framed(msg_type::AUCTION_SNAPSHOT, &body)
}

fn with(policy: ChecksumPolicy) -> Setup {
    Setup { checksum: policy, ..Setup::default() }
}

struct Bench {
    engine: NativeEngine,
    log: Log,
}

impl Bench {
    fn new(setup: &Setup) -> Self {
        let engine = NativeEngine::new(setup, &[*b"000001  "]).expect("rows");
        Self { engine, log: Log::default() }
    }

    fn packet(&mut self, session: u16, bytes: &[u8]) -> &mut Self {
        self.engine.feed(Input::Packet { line: Line::Market, session, bytes }, &mut self.log);
        self
    }

    fn words(&mut self, bytes: &[u8]) -> &mut Self {
        self.engine.feed(Input::Words { line: Line::Market, bytes }, &mut self.log);
        self
    }

    fn reset(&mut self, session: u16, resume: Resume) -> &mut Self {
        let control = Control::Reset { line: Line::Market, session, resume };
        self.engine.feed(Input::Control(control), &mut self.log);
        self
    }

    fn stop(&mut self) -> &mut Self {
        self.engine.feed(Input::Control(Control::Stop), &mut self.log);
        self
    }

    fn ticks(&self) -> usize {
        self.log.kinds.iter().filter(|k| matches!(k.1, Kind::Order | Kind::Trade)).count()
    }
}

fn fault(code: FaultCode, session: u16, offset: u64, length: u64, msg: Option<u64>) -> Fault {
    Fault { code, session: Some(session), offset, length, msg, line: None }
}

fn line_fault(code: FaultCode, session: Option<u16>, offset: u64, length: u64) -> Fault {
    Fault { code, session, offset, length, msg: None, line: Some(Line::Market) }
}

/// 64 bytes that the published dump carries once its damage is undone.
const REPAIRED: [u8; 64] = *b"\x64\x05\x00\x00\x00\x04\x94\x4f\x00\x00\x05\x65\
    \x00\x47\xbb\x56\xa2\x59\x5a\x78\x03\xf4010002321  102 T0      \
    \x00\x00\x00\x00\x00\x01\x09\xa0\x00\x00\x00\x00\x00\x00\x01\x02\x03\x04\x05";

/// The published dump, 96 bytes, words as printed.
const PRINTED: [[u8; 16]; 6] = [
    *b"\x55\x55\x55\x55\x55\x55\x55\x55\x55\x55\x55\x55\x55\x11\x00\x45",
    *b"\x64\x05\x00\x00\x00\x04\xc2\x94\x4f\x00\x00\x05\x65\x00\x47\xc2",
    *b"\xbb\x56\xc2\xa2\x59\x5a\x78\x03\xc3\xb4\x30\x31\x30\x30\x30\x32",
    *b"\x33\x32\x31\x20\x20\x31\x30\x32\x20\x54\x30\x20\x20\x20\x20\x20",
    *b"\x20\x00\x00\x00\x00\x00\x01\x09\xc2\xa0\x00\x00\x00\x00\x00\x00",
    *b"\x01\x02\x03\x04\x05\x00\x00\x00\x8d\xea\x9c\x5f\xb8\x00\x00\x00",
];

fn sample_setup(words: WordOrder, layout: Layout) -> Setup {
    let toe = Descriptor { words, layout, prefix_bytes: 4, ..Descriptor::default() };
    Setup { toe, ..Setup::default() }
}

/// Shows G30, G33, G34.
#[test]
fn the_published_header_says_session_17_and_69_bytes() {
    let printed = Descriptor { words: WordOrder::Printed, ..Descriptor::default() };
    let header = printed.header(&PRINTED[0]);
    assert_eq!((header.cid, header.length, header.filler), (17, 69, true));
    let mut channel = PRINTED[0];
    channel.reverse();
    assert_eq!(Descriptor::default().header(&channel), header);
    assert_eq!(WordOrder::of_header(&PRINTED[0]), Some(WordOrder::Printed));
    assert_eq!(WordOrder::of_header(&channel), Some(WordOrder::Channel));
    for length in [0, 1, 69, 0x4500, 65_535] {
        for cid in [0, 17, 127, 255] {
            for layout in [Layout::Sample, Layout::Text] {
                let descriptor = Descriptor { layout, ..printed };
                let header = descriptor.header(&descriptor.header_word(length, cid));
                assert_eq!((header.length, header.cid, header.filler), (length, cid, true));
            }
        }
    }
}

/// Shows G33, G34.
#[test]
fn the_published_sample_as_it_was_sent_is_one_dead_session() {
    // Read without undoing its damage, BodyLength is 0x4f000005: over the limit.
    let mut bench = Bench::new(&sample_setup(WordOrder::Printed, Layout::Sample));
    bench.words(PRINTED.as_flattened()).stop();
    assert_eq!(bench.log.faults, [fault(FaultCode::FrameLength, 17, 0, 0x4f00_0005 + 12, None)]);
    assert_eq!(bench.engine.counters().swallowed_bytes, 65);

    let mut channel = PRINTED;
    channel.iter_mut().for_each(|word| word.reverse());
    let mut same = Bench::new(&sample_setup(WordOrder::Channel, Layout::Sample));
    same.words(channel.as_flattened()).stop();
    assert_eq!(same.log, bench.log);
}

/// Shows G18, G34.
#[test]
fn the_repaired_sample_is_one_truncated_message_with_its_fields() {
    let setup = sample_setup(WordOrder::Channel, Layout::Sample);
    let mut words = Vec::new();
    // Padding is garbage, as published.
    setup.toe.packet_words(17, &REPAIRED, 0x8d, &mut words);
    let mut bench = Bench::new(&setup);
    bench.words(&words).stop();
    assert_eq!(bench.log.faults, [fault(FaultCode::FrameTruncated, 17, 0, 60, None)]);
    assert!(bench.log.messages.is_empty());

    let found: Vec<(&str, String)> = items_within(msg_type::AUCTION_SNAPSHOT, &REPAIRED[12..])
        .expect("a known type")
        .filter_map(|item| match item {
            Item::Field(field, Value::Text(text)) => {
                Some((field.name, String::from_utf8_lossy(text).into_owned()))
            }
            Item::Field(field, value) => Some((field.name, value.number()?.to_string())),
            _ => None,
        })
        .collect();
    let wanted = [
        ("OrigTime", "20190704111803000"),
        ("ChannelNo", "1012"),
        ("MDStreamID", "010"),
        ("SecurityID", "002321  "),
        ("SecurityIDSource", "102 "),
        ("TradingPhaseCode", "T0      "),
        ("PrevClosePx", "68000"),
    ];
    // The hand-made marker 01 02 of the dump completes NumTrades.
    assert_eq!(found[..7], wanted.map(|(name, value)| (name, value.to_owned())));
}

/// Shows G34.
#[test]
fn the_text_layout_refuses_the_sample_by_length_and_waits_for_nothing() {
    let mut bench = Bench::new(&sample_setup(WordOrder::Printed, Layout::Text));
    bench.words(PRINTED.as_flattened()).stop();
    assert_eq!(bench.log.faults, [line_fault(FaultCode::ToeLength, Some(17), 0, 0x4500)]);
    assert_eq!(bench.engine.counters().swallowed_bytes, 80);
}

/// Shows G30, G32.
#[test]
fn a_toe_header_that_cannot_be_costs_its_packet_only() {
    let descriptor = Descriptor::default();
    let mut words = Vec::new();
    descriptor.packet_words(128, &order(1), 0, &mut words);
    descriptor.packet_words(3, &order(2), 0, &mut words);
    let bad_filler = words.len();
    descriptor.packet_words(3, &order(3), 0, &mut words);
    words[bad_filler + 9] = 0x54;
    descriptor.packet_words(3, &[], 0, &mut words);
    descriptor.packet_words(3, &order(4), 0, &mut words);
    let cut = words.len() + 32;
    descriptor.packet_words(3, &order(5), 0, &mut words);

    let mut bench = Bench::new(&Setup::default());
    bench.words(&words[..cut]).stop();
    assert_eq!(
        bench.log.codes(),
        [
            FaultCode::ToeSession,
            FaultCode::ToeFiller,
            FaultCode::ToeTruncated,
            FaultCode::FrameTruncated
        ]
    );
    assert_eq!(bench.log.faults[1].offset, bad_filler as u64);
    assert_eq!(bench.ticks(), 2);

    let toe = Descriptor { strict_filler: false, ..descriptor };
    let mut lenient = Bench::new(&Setup { toe, ..Setup::default() });
    lenient.words(&words).stop();
    assert_eq!(lenient.log.codes(), [FaultCode::ToeSession]);
    assert_eq!(lenient.ticks(), 4);
}

#[test]
fn a_packet_without_its_prefix_is_a_fault() {
    let toe = Descriptor { prefix_bytes: 4, ..Descriptor::default() };
    let setup = Setup { toe, ..Setup::default() };
    let mut words = Vec::new();
    toe.packet_words(0, &[1, 2, 3], 0, &mut words);
    toe.packet_words(0, &[&[9; 4], &order(1)[..]].concat(), 0, &mut words);
    let mut bench = Bench::new(&setup);
    bench.words(&words).packet(0, &[1, 2, 3]).packet(0, &[&[9; 4], &order(2)[..]].concat()).stop();
    assert_eq!(bench.log.codes(), [FaultCode::ToePrefix, FaultCode::ToePrefix]);
    assert_eq!(bench.ticks(), 2);
}

/// Shows G16.
#[test]
fn every_message_decodes_at_all_16_alignments_of_a_beat() {
    for before in 0..16usize {
        // A message of an unknown type moves the next one by one byte at a time.
        let filler = framed(700_000, &vec![7; before + 4]);
        let stream =
            [filler, snapshot(20_230_201_093_000_000, 7, 0), trade(1, 150_300, 100), order(2)];
        let mut words = Vec::new();
        Descriptor::default().packet_words(5, &stream.concat(), 0xaa, &mut words);
        let mut bench = Bench::new(&Setup::default());
        bench.words(&words).stop();
        assert!(bench.log.faults.is_empty(), "{before}: {:?}", bench.log.faults);
        assert_eq!(bench.log.messages.len(), 4);
        assert_eq!(bench.ticks(), 2);
        let depth = &bench.engine.quotes().depths[0];
        let queue: Vec<i64> = depth.queue_of(&depth.levels[0][0]).iter().map(|q| q.0).collect();
        assert_eq!(queue, [100, 101, 102, 103, 104, 105, 106]);
    }
}

/// Shows G15.
#[test]
fn the_checksum_policies() {
    let mut bad = order(2);
    bad[20] ^= 1;
    let stream = [order(1), bad.clone(), order(3)];
    let code = FaultCode::FrameChecksum;
    for (policy, ticks, messages) in [
        (ChecksumPolicy::Drop, 2, 3),
        (ChecksumPolicy::Flag, 3, 3),
        (ChecksumPolicy::Disconnect, 1, 2),
    ] {
        let mut bench = Bench::new(&with(policy));
        bench.packet(9, &stream.concat()).stop();
        assert_eq!(bench.log.faults, [fault(code, 9, 63, 63, Some(1))], "{policy:?}");
        assert_eq!((bench.ticks(), bench.log.messages.len()), (ticks, messages), "{policy:?}");
        let flagged = bench.log.kinds.iter().filter(|k| k.2 & flag::BAD_CHECKSUM != 0).count();
        assert_eq!(flagged, usize::from(policy == ChecksumPolicy::Flag));
    }
    // Another session does not suffer, and a reset brings the session back.
    let mut bench = Bench::new(&with(ChecksumPolicy::Disconnect));
    bench.packet(9, &stream.concat()).packet(8, &order(4)).reset(9, Resume::New);
    bench.packet(9, &order(5)).stop();
    assert_eq!(bench.log.codes(), [code]);
    assert_eq!(bench.ticks(), 3);
    assert_eq!(bench.engine.counters().swallowed_bytes, 63);
}

/// Shows G14.
#[test]
fn bodies_up_to_the_limit_and_one_over() {
    let at_limit = framed(700_000, &vec![1; 8_192]);
    let mut bench = Bench::new(&Setup::default());
    bench.packet(0, &at_limit).packet(0, &order(1)).stop();
    assert!(bench.log.faults.is_empty());
    assert_eq!(bench.ticks(), 1);

    let over = framed(700_000, &vec![1; 8_193]);
    let mut bench = Bench::new(&Setup::default());
    bench.packet(0, &order(1)).packet(0, &over).packet(0, &order(2)).packet(1, &order(3)).stop();
    assert_eq!(bench.log.faults, [fault(FaultCode::FrameLength, 0, 63, 8_205, None)]);
    assert_eq!(bench.ticks(), 2);
    assert_eq!(bench.engine.counters().swallowed_bytes, 8_205 + 63);
    assert_eq!(bench.log.messages.len(), 2);
}

/// Shows G14.
#[test]
fn an_announcement_may_have_a_mebibyte_and_is_skipped_by_length() {
    for (size, cut) in [(158, 13), (8_192, 4_000), (8_193, 1), (1 << 20, 60_000)] {
        let mut good = framed(msg_type::ANNOUNCEMENT, &vec![3; size]);
        let mut bench = Bench::new(&Setup::default());
        for part in [&good[..], &order(1)].concat().chunks(cut) {
            bench.packet(0, part);
        }
        bench.stop();
        assert!(bench.log.faults.is_empty(), "{size}: {:?}", bench.log.faults);
        assert_eq!(bench.log.messages, [(0, msg_type::ANNOUNCEMENT), (1, msg_type::AUCTION_ORDER)]);

        good[100] ^= 0x10;
        let mut bench = Bench::new(&Setup::default());
        bench.packet(0, &good).packet(0, &order(1)).stop();
        assert_eq!(bench.log.codes(), [FaultCode::FrameChecksum]);
        assert_eq!(bench.ticks(), 1);
    }
    let mut bench = Bench::new(&Setup::default());
    bench.packet(0, &framed(msg_type::ANNOUNCEMENT, &vec![3; (1 << 20) + 1])).stop();
    assert_eq!(bench.log.codes(), [FaultCode::FrameLength]);
    let mut bench = Bench::new(&Setup::default());
    bench.packet(0, &framed(msg_type::ANNOUNCEMENT, &[3; 157])).stop();
    assert_eq!(bench.log.codes(), [FaultCode::DecodeShort]);
}

/// Shows G14.
#[test]
fn short_bodies_and_groups_that_do_not_fit_are_skipped_by_length() {
    let short = framed(msg_type::AUCTION_ORDER, &[0; 50]);
    let mut group = snapshot(20_230_201_093_000_000, 1, 0);
    group[8 + 65..8 + 69].copy_from_slice(&2u32.to_be_bytes());
    let group = framed(msg_type::AUCTION_SNAPSHOT, &group[8..group.len() - 4]);
    let mut huge = snapshot(20_230_201_093_000_000, 1, 0);
    huge[8 + 65..8 + 69].copy_from_slice(&u32::MAX.to_be_bytes());
    let huge = framed(msg_type::AUCTION_SNAPSHOT, &huge[8..huge.len() - 4]);
    let mut bench = Bench::new(&Setup::default());
    bench.packet(0, &[short, group, huge, order(1)].concat()).stop();
    assert_eq!(
        bench.log.codes(),
        [FaultCode::DecodeShort, FaultCode::DecodeGroup, FaultCode::DecodeGroup]
    );
    assert_eq!(bench.log.faults[1].msg, Some(1));
    assert_eq!((bench.ticks(), bench.log.messages.len()), (1, 4));
}

/// Shows G14.
#[test]
fn the_hold_bounds_what_is_known_not_what_a_later_version_appends() {
    // 69 + 32 + 8 q bytes are known: 243 quantities still fit 2 048.
    let time = 20_230_201_093_000_000;
    let mut bench = Bench::new(&Setup::default());
    bench.packet(0, &snapshot(time, 243, 5_000)).stop();
    assert_eq!(bench.log.codes(), [FaultCode::QuoteQueue]);
    assert_eq!(bench.engine.counters().surplus_bytes, 5_000);
    assert_eq!(bench.engine.quotes().depths[0].queue_len, 100);
    let mut bench = Bench::new(&Setup::default());
    bench.packet(0, &snapshot(time, 244, 0)).stop();
    assert_eq!(bench.log.codes(), [FaultCode::DecodeHold]);
    assert!(bench.log.records.is_empty());
}

/// Shows C8.
#[test]
fn control_words_cut_and_resume_streams() {
    let first = order(1);
    let mut bench = Bench::new(&Setup::default());
    bench.packet(0, &first[..30]).reset(0, Resume::New).packet(0, &first);
    assert_eq!(bench.log.faults, [fault(FaultCode::FrameTruncated, 0, 0, 30, None)]);
    // Ten bytes came, then a hole up to 200: one fault with the whole range.
    bench.packet(0, &order(2)[..10]).reset(0, Resume::Lost(200)).packet(0, &order(3));
    assert_eq!(bench.log.faults[1..], [fault(FaultCode::CaptureLost, 0, 63, 137, None)]);
    bench.reset(0, Resume::At(1_000)).packet(0, &order(4)[..62]).stop();
    assert_eq!(bench.log.faults[2..], [fault(FaultCode::FrameTruncated, 0, 1_000, 62, None)]);
    assert_eq!(bench.ticks(), 2);
    // A stop drains everything; what comes after starts anew.
    bench.packet(0, &order(5)).stop();
    assert_eq!((bench.ticks(), bench.log.faults.len()), (3, 3));
}

/// Shows G14.
#[test]
fn a_dead_session_comes_back_where_the_source_says() {
    let mut bench = Bench::new(&Setup::default());
    bench.packet(0, &order(1)).packet(0, &[0xff; 100]).reset(0, Resume::Lost(163));
    bench.packet(0, &order(2)).stop();
    assert_eq!(bench.log.codes(), [FaultCode::FrameLength]);
    assert_eq!(bench.ticks(), 2);
}

/// Shows G38, H21, C8.
#[test]
fn duplicates_are_decoded_and_not_applied() {
    let mut bench = Bench::new(&Setup::default());
    bench.packet(
        0,
        &[trade(5, 100_000, 100), trade(5, 110_000, 100), trade(4, 120_000, 100)].concat(),
    );
    bench.packet(1, &trade(6, 130_000, 100)).stop();
    let flags: Vec<u8> = bench.log.kinds.iter().map(|k| k.2).collect();
    assert_eq!(flags, [0, flag::DUPLICATE, flag::DUPLICATE, 0]);
    let row = bench.engine.quotes().rows[0];
    let quote = row.quote();
    assert_eq!((quote.last.0, quote.high.0, row.trades), (13_000_000, 13_000_000, 2));
    let counters = bench.engine.counters();
    assert_eq!((counters.duplicates, counters.jumps, counters.jumped_numbers), (2, 1, 4));
    assert!(bench.log.faults.is_empty());
}

/// Shows H21.
#[test]
fn prices_and_totals_that_cannot_be_change_nothing() {
    let mut bench = Bench::new(&Setup::default());
    bench.packet(0, &trade(1, 100_000, 100));
    let before = bench.engine.quotes().rows[0];
    bench.packet(0, &trade(2, 0, 100)).packet(0, &trade(3, -1, 100));
    bench.packet(0, &trade(4, i64::MAX, 100)).packet(0, &trade(5, 1_000, i64::MAX)).stop();
    use FaultCode::{QuoteOverflow, QuotePrice};
    assert_eq!(bench.log.codes(), [QuotePrice, QuotePrice, QuoteOverflow, QuoteOverflow]);
    assert_eq!(bench.engine.quotes().rows[0], before);
}

/// Shows H21.
#[test]
fn trades_and_snapshots_meet_in_one_quote() {
    let time = 20_230_201_093_000_000;
    let mut bench = Bench::new(&Setup::default());
    let quote = |bench: &Bench| bench.engine.quotes().rows[0].quote();
    // The snapshot (volume 100.00) is behind the trade (200.00): its levels count, not its volume.
    bench.packet(0, &trade(1, 150_300, 20_000)).packet(1, &snapshot(time + 1, 1, 0));
    assert_eq!((quote(&bench).last.0, quote(&bench).volume.0), (15_030_000, 20_000));
    assert_eq!(bench.engine.quotes().depths[0].levels[0][0].quantity.0, 40_000);
    // One of the same time is, since the later in the input wins.
    bench.packet(1, &snapshot(time + 1, 2, 0));
    assert_eq!(bench.engine.quotes().depths[0].queue_len, 2);
    // An older one is not applied.
    bench.packet(1, &snapshot(time, 3, 0)).stop();
    assert_eq!(bench.engine.counters().stale, 1);
    assert_eq!(bench.engine.quotes().depths[0].queue_len, 2);

    // The snapshot comes first and has seen a trade that follows: nothing counts twice, and the
    // lead heals.
    let mut bench = Bench::new(&Setup::default());
    bench.packet(1, &snapshot(time, 0, 0)).packet(0, &trade(1, 150_300, 10_000));
    assert_eq!(quote(&bench).volume.0, 10_000);
    bench.packet(0, &trade(2, 150_400, 5_000));
    assert_eq!((quote(&bench).volume.0, quote(&bench).num_trades), (15_000, 2));

    // The later last price counts; at the same time it is the trade's.
    let with_last = |time| {
        let mut body = snapshot(time, 0, 0);
        body[8 + 69..8 + 71].copy_from_slice(b"2 ");
        framed(msg_type::AUCTION_SNAPSHOT, &body[8..body.len() - 4])
    };
    let mut bench = Bench::new(&Setup::default());
    bench.packet(1, &with_last(time)).packet(0, &trade(1, 150_300, 100));
    assert_eq!(quote(&bench).last.0, 15_030_000);
    bench.packet(1, &with_last(time + 1));
    assert_eq!(quote(&bench).last.0, 15_020_000);

    // Joined late: the snapshots know the day, the trades only their part of it.
    let mut bench = Bench::new(&Setup::default());
    bench.packet(1, &snapshot(time + 1, 0, 0)).packet(0, &trade(900, 150_300, 100));
    assert_eq!((quote(&bench).volume.0, quote(&bench).num_trades), (10_000, 7));
}

#[test]
fn a_time_that_does_not_exist_leaves_every_time_alone() {
    let good = 20_230_201_093_000_000;
    for impossible in support::IMPOSSIBLE {
        let mut bench = Bench::new(&Setup::default());
        bench.packet(0, &snapshot(good, 1, 0)).packet(0, &snapshot(impossible, 2, 0));
        let row = bench.engine.quotes().rows[0];
        assert_eq!((row.snapshot_time.0, row.time.0, row.snapshots), (good, good, 2));
        bench.packet(0, &snapshot(good + 1, 3, 0)).stop();
        assert_eq!(bench.log.codes(), [FaultCode::DecodeTime]);
        assert_eq!(bench.engine.counters().stale, 0);
        assert_eq!(bench.engine.quotes().rows[0].snapshot_time.0, good + 1);
    }
}

/// Shows G15.
#[test]
fn a_flagged_message_is_shown_and_moves_nothing() {
    let mut bad = trade(1, 150_300, 100);
    bad[8 + 2] = 0x7f;
    let mut bench = Bench::new(&with(ChecksumPolicy::Flag));
    bench.packet(0, &bad).packet(0, &trade(1, 150_300, 100)).packet(0, &snapshot(1, 0, 0)[..20]);
    bench.stop();
    let flags: Vec<u8> = bench.log.kinds.iter().map(|k| k.2).collect();
    assert_eq!(flags, [flag::BAD_CHECKSUM, 0]);
    assert_eq!(bench.engine.counters().duplicates, 0);
    assert_eq!(bench.engine.quotes().rows[0].trades, 1);
}

/// Shows H21.
#[test]
fn only_known_exec_types_count() {
    let mut odd = trade(1, 150_300, 100);
    odd[8 + AuctionTrade::EXEC_TYPE_AT] = b'Z';
    let odd = framed(msg_type::AUCTION_TRADE, &odd[8..8 + AuctionTrade::LEN]);
    let mut bench = Bench::new(&Setup::default());
    bench.packet(0, &odd).packet(0, &trade(2, 150_300, -1)).stop();
    let row = bench.engine.quotes().rows[0];
    assert_eq!((row.trades, row.cancels, row.orders), (0, 0, 0));
    assert_eq!(bench.log.codes(), [FaultCode::QuoteQuantity]);
}

/// Shows G38.
#[test]
fn jumps_over_more_numbers_than_can_be_counted_do_not_wrap() {
    let mut bench = Bench::new(&Setup::default());
    for channel in 1..=3u16 {
        let mut far = trade(i64::MAX, 150_300, 100);
        far[8..10].copy_from_slice(&channel.to_be_bytes());
        bench.packet(0, &framed(msg_type::AUCTION_TRADE, &far[8..8 + AuctionTrade::LEN]));
    }
    assert_eq!(bench.engine.counters().jumped_numbers, u64::MAX);
}

#[test]
fn a_reset_ends_the_packet_under_way_and_names_its_line() {
    let mut words = Vec::new();
    Descriptor::default().packet_words(5, &[order(1), order(2)].concat(), 0, &mut words);
    let mut bench = Bench::new(&Setup::default());
    bench.words(&words[..48]).reset(5, Resume::New).words(&words[48..]);
    Descriptor::default().packet_words(5, &order(3), 0, &mut words);
    let next = words.len() - 16 * (1 + order(3).len().div_ceil(16));
    bench.words(&words[next..]).stop();
    assert_eq!(bench.log.codes(), [FaultCode::FrameTruncated]);
    assert_eq!(bench.ticks(), 1);

    // The same session number of the other line is another session.
    let mut bench = Bench::new(&Setup::default());
    let orders = |bytes| Input::Packet { line: Line::Orders, session: 5, bytes };
    bench.packet(5, &order(1)[..10]);
    bench.engine.feed(orders(&order(2)[..10]), &mut bench.log);
    let control = Control::Reset { line: Line::Orders, session: 5, resume: Resume::New };
    bench.engine.feed(Input::Control(control), &mut bench.log);
    assert_eq!(bench.log.faults, [fault(FaultCode::FrameTruncated, 128 + 5, 0, 10, None)]);
    bench.packet(5, &order(1)[10..]);
    assert_eq!(bench.ticks(), 1);
    bench.reset(128, Resume::New);
    assert_eq!(bench.log.codes()[1..], [FaultCode::ToeSession]);
}

#[test]
fn a_lost_range_that_is_none_still_cuts_the_message() {
    let mut bench = Bench::new(&Setup::default());
    bench.packet(0, &order(1)[..40]).reset(0, Resume::Lost(0)).packet(0, &order(1)).stop();
    assert_eq!(bench.log.faults, [fault(FaultCode::FrameTruncated, 0, 0, 40, None)]);
    assert_eq!(bench.ticks(), 1);
}

#[test]
fn words_that_are_not_whole_are_a_fault() {
    let mut words = Vec::new();
    Descriptor::default().packet_words(0, &order(1), 0, &mut words);
    let mut bench = Bench::new(&Setup::default());
    bench.words(&words).words(&[0x55; 5]).stop();
    assert_eq!(bench.log.faults, [line_fault(FaultCode::ToeTruncated, None, 80, 11)]);
    assert_eq!(bench.ticks(), 1);
}

/// A 309011 of 399001.
fn published(time: i64, points_e6: i64) -> Vec<u8> {
    let mut body = time.to_be_bytes().to_vec();
    body.extend(1001u16.to_be_bytes());
    body.extend(b"900399001  102 T0      ");
    body.extend([0; 32]);
    body.extend(1u32.to_be_bytes());
    body.extend(b"3 ");
    body.extend(points_e6.to_be_bytes());
    framed(msg_type::INDEX_SNAPSHOT, &body)
}

/// Shows H14.
#[test]
fn a_published_index_is_compared_once_whether_it_has_a_row_or_not() {
    let toml = "[index]\nid = \"399001\"\nprev_close = \"1000\"\nconstituents = \"c\"\n";
    let csv = "security,shares,prev_close\n000001,100,10.0000\n";
    let setup = Setup::parse(toml, |_| Ok(csv.to_owned())).expect("a setup");
    let time = 20_230_201_093_000_000;
    for rows in [&[*b"000001  "][..], &[*b"000001  ", *b"399001  "]] {
        let mut engine = NativeEngine::new(&setup, rows).expect("rows");
        let stream = [
            published(time, 1_000_000_300),
            trade(1, 110_000, 100),
            // The copy of the other line comes when the index has moved on.
            published(time, 1_000_000_300),
            published(time + 1, 1_099_999_999),
            published(time, 1),
            published(99_999_999_999_999_999, 1),
            published(time + 1, 1_100_000_500),
        ];
        let bytes = stream.concat();
        engine.feed(Input::Packet { line: Line::Market, session: 0, bytes: &bytes }, &mut ());
        let counters = engine.counters();
        assert_eq!((counters.index_compared, counters.index_difference_e6), (3, 500));
    }
}

#[test]
fn impossible_times_are_faults_and_leave_the_time() {
    let mut impossible = order(2);
    impossible[8 + 42..8 + 50].copy_from_slice(&20_231_301_093_000_000i64.to_be_bytes());
    let impossible = framed(msg_type::AUCTION_ORDER, &impossible[8..59]);
    let mut bench = Bench::new(&Setup::default());
    bench.packet(0, &[order(1), impossible, order(3)].concat()).stop();
    assert_eq!(bench.log.faults, [fault(FaultCode::DecodeTime, 0, 63, 0, Some(1))]);
    assert_eq!(bench.ticks(), 3);
}

/// Shows G31, H48.
#[test]
fn all_128_sessions_at_once_do_not_mix() {
    struct Sessions(Vec<(u16, i64)>);
    impl Sink for Sessions {
        fn record(&mut self, record: Record<'_>) {
            if let Record::Tick(tick) = record {
                self.0.push((tick.tag.session, tick.appl_seq_num));
            }
        }
    }
    let mut engine = NativeEngine::new(&Setup::default(), &[]).expect("rows");
    let mut seen = Sessions(Vec::new());
    let frames: Vec<Vec<u8>> = (0..128).map(|session| order(session + 1)).collect();
    for at in 0..63 {
        for session in 0..128u16 {
            let bytes = &frames[usize::from(session)][at..=at];
            engine.feed(Input::Packet { line: Line::Market, session, bytes }, &mut seen);
        }
    }
    let wanted: Vec<(u16, i64)> =
        (0..128).map(|session| (session, i64::from(session) + 1)).collect();
    assert_eq!(seen.0, wanted);
}

/// Shows G31.
#[test]
fn a_session_above_127_is_a_fault() {
    let mut bench = Bench::new(&Setup::default());
    bench.packet(128, &order(1)).stop();
    assert_eq!(bench.log.codes(), [FaultCode::ToeSession]);
}
