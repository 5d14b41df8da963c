//! The tables against a slow oracle: every field by its name, sums from scratch, plain maps.

mod support;

use std::collections::BTreeMap;

use proptest::prelude::*;
use support::{IMPOSSIBLE, Log, framed, frames, intact, number};
use tidegate_pipeline::index::Divisor;
use tidegate_pipeline::setup::{ConstituentSetup, IndexSetup};
use tidegate_pipeline::{Control, Engine, Input, Line, NativeEngine, Setup};
use tidegate_protocol::message::AuctionTrade;
use tidegate_protocol::units::{IndexE4, PriceE4, QtyE2, Timestamp};
use tidegate_protocol::{FaultCode, Item, Value, View, msg_type};

const NAMES: [&str; 4] = ["000001", "000002", "000003", "399001"];

fn padded(name: &str) -> [u8; 8] {
    let mut id = *b"        ";
    id[..name.len()].copy_from_slice(name.as_bytes());
    id
}

fn setup(constituents: &[(&str, i64, i64)], prev_close: i64) -> Setup {
    let constituents: Vec<ConstituentSetup> = constituents
        .iter()
        .map(|(name, shares, close)| ConstituentSetup {
            security: padded(name),
            shares: *shares,
            prev_close: PriceE4(*close),
        })
        .collect();
    let base_sum = constituents.iter().map(|c| c.shares * c.prev_close.0).sum();
    let prev_close = IndexE4(prev_close);
    let divisor = Divisor::new(prev_close, base_sum).expect("a divisor");
    let index = IndexSetup {
        id: padded("399001"),
        prev_close,
        source: Default::default(),
        constituents,
        base_sum,
        divisor,
    };
    Setup { index: Some(index), ..Setup::default() }
}

fn text(view: &View<'_>, name: &str) -> String {
    let bytes = view.field(name).and_then(Value::text).expect("text");
    String::from_utf8_lossy(bytes).into_owned()
}

/// Price, quantity, orders, queue.
type PriceLevel = (i64, i64, i64, Vec<i64>);

/// Prices in 1e-6, volume, turnover in 1e-6 CNY, number of trades.
#[derive(Debug, Default, Clone, PartialEq)]
struct Totals {
    last: i128,
    open: i128,
    high: i128,
    low: i128,
    volume: i128,
    value_e6: i128,
    num_trades: i128,
}

/// One security, as the oracle sees it.
#[derive(Debug, Default, Clone, PartialEq)]
struct Quote {
    ticks: Totals,
    snapshot: Totals,
    counts: [u64; 4],
    trade_time: i64,
    snapshot_time: i64,
    phase: String,
    prev_close: i64,
    /// Upper and lower price limit.
    limits: [i64; 2],
    /// By side and level.
    levels: BTreeMap<(u8, i64), PriceLevel>,
}

fn fits(number: i128) -> bool {
    i64::try_from(number).is_ok()
}

#[derive(Debug, Default)]
struct Oracle {
    quotes: BTreeMap<String, Quote>,
    last_seq: BTreeMap<i64, i64>,
    now: i64,
    /// message, time, price of every constituent's setting.
    points: Vec<(u64, i64, BTreeMap<String, i64>)>,
    prices: BTreeMap<String, i64>,
    duplicates: u64,
    jumps: u64,
    unnamed: u64,
    stale: u64,
    clamped: u64,
    impossible: u64,
    refused: u64,
}

impl Oracle {
    fn take(&mut self, msg: u64, frame: &[u8]) {
        let msg_type = u32::from_be_bytes(frame[..4].try_into().expect("4"));
        let body = &frame[8..frame.len() - 4];
        let Ok(view) = View::new(msg_type, body) else { return };
        match (msg_type / 1_000, msg_type % 100) {
            (300, 91 | 92) => self.tick(msg, msg_type, &view),
            (300, 11) | (303, 11) | (306, 11) | (309, 11) => self.snapshot(msg_type, &view),
            _ => {}
        }
    }

    /// The stamp, if it is one.
    fn stamp(&mut self, time: i64) -> Option<i64> {
        if IMPOSSIBLE.contains(&time) {
            self.impossible += 1;
            return None;
        }
        if time < self.now {
            self.clamped += 1;
        }
        self.now = self.now.max(time);
        Some(time)
    }

    fn tick(&mut self, msg: u64, msg_type: u32, view: &View<'_>) {
        let time = self.stamp(number(view, "TransactTime"));
        let (channel, seq) = (number(view, "ChannelNo"), number(view, "ApplSeqNum"));
        let last = self.last_seq.entry(channel).or_insert(0);
        if seq <= *last {
            self.duplicates += 1;
            return;
        }
        self.jumps += u64::from(seq > *last + 1);
        *last = seq;
        let name = text(view, "SecurityID");
        let known = text(view, "SecurityIDSource") == "102";
        let Some(quote) = self.quotes.get_mut(&name).filter(|_| known) else {
            self.unnamed += 1;
            return;
        };
        match msg_type {
            300_192 | 300_292 => quote.counts[0] += 1,
            300_191 | 300_291 if text_of_char(view, "ExecType") == "4" => quote.counts[2] += 1,
            300_191 | 300_291 if text_of_char(view, "ExecType") == "F" => {
                let price = i128::from(number(view, "LastPx"));
                let quantity = i128::from(number(view, "LastQty"));
                let old = &quote.ticks;
                let (volume, value_e6) = (old.volume + quantity, old.value_e6 + price * quantity);
                let all_fit =
                    [price * 100, price * quantity, volume, value_e6].into_iter().all(fits);
                if price <= 0 || quantity < 0 || !all_fit {
                    self.refused += 1;
                    return;
                }
                let first = old.num_trades == 0;
                quote.ticks = Totals {
                    last: price * 100,
                    open: if first { price * 100 } else { old.open },
                    high: if first { price * 100 } else { old.high.max(price * 100) },
                    low: if first { price * 100 } else { old.low.min(price * 100) },
                    volume,
                    value_e6,
                    num_trades: old.num_trades + 1,
                };
                quote.counts[1] += 1;
                quote.trade_time = quote.trade_time.max(time.unwrap_or(0));
                if msg_type == 300_191 && self.prices.contains_key(&name) {
                    self.prices.insert(name, price as i64);
                    self.points.push((msg, self.now, self.prices.clone()));
                }
            }
            _ => {}
        }
    }

    fn snapshot(&mut self, msg_type: u32, view: &View<'_>) {
        let time = self.stamp(number(view, "OrigTime"));
        let known = text(view, "SecurityIDSource") == "102";
        let name = text(view, "SecurityID");
        let Some(quote) = self.quotes.get_mut(&name).filter(|_| known) else {
            self.unnamed += 1;
            return;
        };
        if !matches!(msg_type, 300_111 | 300_211 | 309_011) {
            return;
        }
        if time.is_some_and(|time| time < quote.snapshot_time) {
            self.stale += 1;
            return;
        }
        let value_e6 = i128::from(number(view, "TotalValueTrade")) * 100;
        if !fits(value_e6) {
            self.refused += 1;
            return;
        }
        quote.snapshot_time = time.unwrap_or(quote.snapshot_time);
        quote.counts[3] += 1;
        quote.phase = text(view, "TradingPhaseCode");
        quote.prev_close = number(view, "PrevClosePx");
        quote.limits = [0; 2];
        quote.levels.clear();
        quote.snapshot = Totals {
            volume: number(view, "TotalVolumeTrade").into(),
            value_e6,
            num_trades: number(view, "NumTrades").into(),
            ..Totals::default()
        };
        let mut entry: BTreeMap<&str, i64> = BTreeMap::new();
        let mut kind = String::new();
        let mut queue = Vec::new();
        let (mut depth, mut queued) = (0, 0);
        for item in view.items() {
            match item {
                Item::GroupBegin { .. } => depth += 1,
                Item::GroupEnd => depth -= 1,
                Item::EntryBegin { .. } if depth == 1 => {
                    entry.clear();
                    queue.clear();
                    kind.clear();
                }
                Item::Field(field, value) if depth == 1 && field.name == "MDEntryType" => {
                    kind = String::from_utf8_lossy(value.text().expect("text")).into_owned();
                }
                Item::Field(field, value) if depth == 1 => {
                    entry.insert(field.name, value.number().unwrap_or(0));
                }
                Item::Field(_, value) if depth == 2 => queue.push(value.number().expect("number")),
                Item::EntryEnd if depth == 1 => {
                    let get = |name: &str| entry.get(name).copied().unwrap_or(0);
                    let price = get("MDEntryPx");
                    match kind.as_str() {
                        "2" | "3" => quote.snapshot.last = price.into(),
                        "4" | "xb" => quote.snapshot.open = price.into(),
                        "7" | "xc" => quote.snapshot.high = price.into(),
                        "8" | "xd" => quote.snapshot.low = price.into(),
                        "xe" => quote.limits[0] = price,
                        "xf" => quote.limits[1] = price,
                        _ => {}
                    }
                    let level = get("MDPriceLevel");
                    if matches!(kind.as_str(), "0" | "1") && (1..=10).contains(&level) {
                        queued += queue.len();
                        assert!(queued <= 100, "the generator stays within a row");
                        quote.levels.insert(
                            (kind.as_bytes()[0] - b'0', level),
                            (price, get("MDEntrySize"), get("NumberOfOrders"), queue.clone()),
                        );
                    }
                }
                _ => {}
            }
        }
    }
}

fn text_of_char(view: &View<'_>, name: &str) -> String {
    match view.field(name) {
        Some(Value::Text(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
        Some(Value::Unsigned(byte)) => char::from(byte as u8).to_string(),
        other => panic!("{name}: {other:?}"),
    }
}

fn seen(engine: &NativeEngine) -> BTreeMap<String, Quote> {
    let quotes = engine.quotes();
    let one = |at: usize| {
        let (row, depth) = (&quotes.rows[at], &quotes.depths[at]);
        let mut levels = BTreeMap::new();
        for (side, all) in depth.levels.iter().enumerate() {
            for (level, l) in all.iter().enumerate() {
                let queue: Vec<i64> = depth.queue_of(l).iter().map(|q| q.0).collect();
                let value = (l.price.0, l.quantity.0, l.orders, queue);
                if value != (0, 0, 0, Vec::new()) {
                    levels.insert((side as u8, level as i64 + 1), value);
                }
            }
        }
        let trim = |bytes: &[u8]| {
            String::from_utf8_lossy(tidegate_protocol::units::trim_padding(bytes)).into_owned()
        };
        let totals = |t: &tidegate_pipeline::quote::Totals| Totals {
            last: t.last.0.into(),
            open: t.open.0.into(),
            high: t.high.0.into(),
            low: t.low.0.into(),
            volume: t.volume.0.into(),
            value_e6: t.value_e6.into(),
            num_trades: t.num_trades.into(),
        };
        let quote = Quote {
            ticks: totals(&row.ticks),
            snapshot: totals(&row.snapshot),
            counts: [row.orders, row.trades, row.cancels, row.snapshots],
            trade_time: row.trade_time.0,
            snapshot_time: row.snapshot_time.0,
            phase: trim(&row.phase),
            prev_close: row.prev_close.0,
            limits: [row.limit_up.0, row.limit_down.0],
            levels,
        };
        (trim(&row.security), quote)
    };
    (0..quotes.rows.len()).map(one).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Shows H14, H21, H22.
    #[test]
    fn the_tables_are_what_the_fields_say(frames in frames(1..150)) {
        let constituents = [("000001", 19_405_918_198, 137_600), ("000003", 1_000, 20_000)];
        let setup = setup(&constituents, 94_501_234);
        let rows: Vec<[u8; 8]> = NAMES.iter().map(|name| padded(name)).collect();
        let mut engine = NativeEngine::new(&setup, &rows).expect("rows");
        let mut log = Log::default();
        let mut oracle = Oracle::default();
        for name in NAMES {
            let close = constituents.iter().find(|c| c.0 == name).map_or(0, |c| c.2);
            let quote = Quote { prev_close: close, ..Quote::default() };
            oracle.quotes.insert(name.to_owned(), quote);
        }
        for (name, _, close) in constituents {
            oracle.prices.insert(name.to_owned(), close);
        }
        for (msg, frame) in frames.iter().enumerate() {
            assert!(intact(frame));
            oracle.take(msg as u64, frame);
        }
        engine.feed(
            Input::Packet { line: Line::Market, session: 0, bytes: &frames.concat() },
            &mut log,
        );
        engine.feed(Input::Control(Control::Stop), &mut log);
        for quote in oracle.quotes.values_mut() {
            // A level of zeros and no level look alike in the table.
            quote.levels.retain(|_, level| *level != (0, 0, 0, Vec::new()));
        }
        prop_assert_eq!(seen(&engine), oracle.quotes);
        let counters = engine.counters();
        prop_assert_eq!(
            (counters.duplicates, counters.jumps, counters.unnamed, counters.stale,
             counters.clamped_times),
            (oracle.duplicates, oracle.jumps, oracle.unnamed, oracle.stale, oracle.clamped)
        );
        prop_assert_eq!(counters.faults_of(FaultCode::DecodeTime), oracle.impossible);
        let refused = [FaultCode::QuotePrice, FaultCode::QuoteQuantity, FaultCode::QuoteOverflow];
        let refused: u64 = refused.iter().map(|code| counters.faults_of(*code)).sum();
        prop_assert_eq!(refused, oracle.refused);
        prop_assert_eq!(log.points.len(), oracle.points.len());
        let base: u128 = constituents.iter().map(|c| c.1 as u128 * c.2 as u128).sum();
        for (point, (msg, time, prices)) in log.points.iter().zip(&oracle.points) {
            prop_assert_eq!((point.msg, point.time), (*msg, Timestamp(*time)));
            let sum: u128 =
                constituents.iter().map(|c| c.1 as u128 * prices[c.0] as u128).sum();
            prop_assert_eq!(point.sum as u128, sum);
            // |value - exact| <= half a unit, in rational arithmetic.
            let exact = 94_501_234 * sum;
            prop_assert!((point.value.0 as u128 * base).abs_diff(exact) * 2 <= base + 2);
        }
    }
}

/// The index stays exact after every one of a million random trades.
/// Shows H14, H22.
#[test]
fn a_million_trades_leave_the_index_exact() {
    let mut seed = 0x5eed_u64;
    let mut next = move |bound: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((u128::from(seed) * u128::from(bound)) >> 64) as u64
    };
    let names: Vec<String> = (1..=500).map(|n| format!("{n:06}")).collect();
    let constituents: Vec<(&str, i64, i64)> = names
        .iter()
        .map(|name| {
            (name.as_str(), 1 + next(2_000_000_000) as i64, 20_000 + next(3_000_000) as i64)
        })
        .collect();
    let setup = setup(&constituents, 94_501_234);
    let base = setup.index.as_ref().expect("an index").base_sum as i128;
    let mut engine = NativeEngine::new(&setup, &[]).expect("rows");
    let mut prices: Vec<i64> = constituents.iter().map(|c| c.2).collect();
    let mut log = Log::default();
    for seq in 1..=1_000_000i64 {
        let one = next(500) as usize;
        // Mostly ticks up and down, now and then a jump that no market makes.
        let price = match next(1_000) {
            0 => 1 + next(10_000_000) as i64,
            _ => (prices[one] + next(2_001) as i64 - 1_000).max(1),
        };
        let trade = AuctionTrade {
            channel_no: 2011,
            appl_seq_num: seq,
            md_stream_id: *b"011",
            bid_appl_seq_num: 0,
            offer_appl_seq_num: 0,
            security_id: padded(&names[one]),
            security_id_source: *b"102 ",
            last_px: PriceE4(price),
            last_qty: QtyE2(10_000),
            exec_type: b'F',
            transact_time: Timestamp(20_230_201_093_000_000),
        };
        let mut body = [0; AuctionTrade::LEN];
        trade.emit(&mut body);
        log.points.clear();
        log.records.clear();
        log.kinds.clear();
        log.messages.clear();
        let bytes = framed(msg_type::AUCTION_TRADE, &body);
        engine.feed(Input::Packet { line: Line::Market, session: 3, bytes: &bytes }, &mut log);
        prices[one] = price;
        if seq % 1_000 == 0 {
            // From scratch, so that a drift of the running sum would show.
            let fresh: i128 = constituents
                .iter()
                .zip(&prices)
                .map(|(c, p)| i128::from(c.1) * i128::from(*p))
                .sum();
            assert_eq!(i128::from(engine.index().expect("an index").sum), fresh);
        }
        let sum = i128::from(engine.index().expect("an index").sum);
        let [point] = log.points[..] else { panic!("one point, found {:?}", log.points) };
        let exact_times_base = 94_501_234 * sum;
        let error_times_base = (i128::from(point.value.0) * base - exact_times_base).abs();
        assert!(error_times_base * 2 <= base + 2, "trade {seq}: {point:?}");
    }
    assert!(log.faults.is_empty());
}
