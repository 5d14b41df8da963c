//! The market day holds together: a slow check that shares no code with the generator. It reads
//! the file as a user would, decodes with `View` and rebuilds every book from the ticks alone.
#![allow(missing_docs, reason = "a test")]

use std::collections::{BTreeMap, HashMap, HashSet};

use tidegate_gateway::{Delivery, Options, Source};
use tidegate_protocol::units::{PriceE4, Timestamp, trim_padding};
use tidegate_protocol::{Item, Value, View, frame};

const INDEX_PREV_CLOSE: u128 = 98_765_432;

fn hhmm(hour: i64, minute: i64) -> i64 {
    (hour * 60 + minute) * 60_000
}

#[derive(Debug)]
struct Order {
    security: String,
    buy: bool,
    /// `None` for a market order.
    price: Option<i64>,
    left: i64,
}

/// Quantities by ApplSeqNum by price.
type Side = BTreeMap<i64, BTreeMap<i64, i64>>;

#[derive(Default)]
struct Row {
    channel: i64,
    bids: Side,
    offers: Side,
    trades: i64,
    volume: i64,
    value: i64,
    prices: Vec<i64>,
    /// The market order that has not ended yet.
    market: Option<i64>,
    auction_price: HashMap<i64, i64>,
}

impl Row {
    fn side(&mut self, buy: bool) -> &mut Side {
        if buy { &mut self.bids } else { &mut self.offers }
    }

    /// Best price and its oldest order.
    fn best(&self, buy: bool) -> Option<(i64, i64)> {
        let level = if buy { self.bids.last_key_value() } else { self.offers.first_key_value() }?;
        Some((*level.0, *level.1.first_key_value()?.0))
    }

    fn is_settled(&self) -> bool {
        let crossed = match (self.best(true), self.best(false)) {
            (Some((bid, _)), Some((offer, _))) => bid >= offer,
            _ => false,
        };
        !crossed && self.market.is_none()
    }

    fn reduce(&mut self, buy: bool, price: i64, seq: i64, by: i64) {
        let side = self.side(buy);
        let level = side.get_mut(&price).expect("the level of a live order");
        let left = level.get_mut(&seq).expect("the order in its level");
        *left -= by;
        if *left == 0 {
            level.remove(&seq);
        }
        if level.is_empty() {
            side.remove(&price);
        }
    }
}

/// An entry of a snapshot, by the names of its fields, and its queue.
type Entry = (String, HashMap<&'static str, i64>, Vec<i64>);

fn entries(view: &View<'_>) -> Vec<Entry> {
    let (mut all, mut depth): (Vec<Entry>, i32) = (Vec::new(), 0);
    for item in view.items() {
        match item {
            Item::GroupBegin { .. } => depth += 1,
            Item::GroupEnd => depth -= 1,
            Item::EntryBegin { .. } if depth == 1 => all.push(Entry::default()),
            Item::Field(field, value) if depth > 0 => {
                let entry = all.last_mut().expect("an entry has begun");
                match value {
                    Value::Text(text) => entry.0 = String::from_utf8_lossy(text).into_owned(),
                    _ if depth == 2 => entry.2.push(value.number().expect("a number")),
                    _ => {
                        entry.1.insert(field.name, value.number().expect("a number"));
                    }
                }
            }
            _ => {}
        }
    }
    all
}

fn number(view: &View<'_>, name: &str) -> i64 {
    let value = view.field(name).unwrap_or_else(|| panic!("no field {name}"));
    value.number().unwrap_or_else(|| panic!("{name} is no number"))
}

fn words(view: &View<'_>, name: &str) -> String {
    let value = view.field(name).and_then(Value::text).unwrap_or_else(|| panic!("no text {name}"));
    String::from_utf8_lossy(value).into_owned()
}

struct Constituent {
    shares: u128,
    prev_close: u128,
}

struct Check {
    constituents: HashMap<String, Constituent>,
    prev_close: HashMap<String, i64>,
    rows: HashMap<String, Row>,
    orders: HashMap<(i64, i64), Order>,
    last_seq: HashMap<i64, i64>,
    ended: HashSet<i64>,
    last_time: [i64; 2],
    last_type: [u32; 2],
    index: Vec<i64>,
    counts: BTreeMap<u32, usize>,
    call_snapshots: usize,
    cancels: usize,
    own_best: usize,
    market: usize,
}

impl Check {
    /// Limits in 1e-4 CNY: 10 per cent, 20 on ChiNext, half up to 0.01.
    fn limits(&self, security: &str) -> (i64, i64) {
        let percent = if security.starts_with("300") { 20 } else { 10 };
        let cents = self.prev_close[security] / 100;
        let limit = |percent: i64| (cents * percent + 50) / 100 * 100;
        (limit(100 - percent), limit(100 + percent))
    }

    fn time(&mut self, flow: usize, stamp: i64) -> i64 {
        assert!(Timestamp(stamp).is_possible(), "{stamp}");
        assert!(stamp >= self.last_time[flow], "{stamp} goes back on flow {flow}");
        self.last_time[flow] = stamp;
        Timestamp(stamp).ms_of_day()
    }

    fn message(&mut self, flow: usize, msg_type: u32, body: &[u8]) {
        *self.counts.entry(msg_type).or_default() += 1;
        assert_eq!(self.last_type[flow] == 0, msg_type == 1, "a flow starts with its logon");
        assert_ne!(self.last_type[flow], 2, "nothing follows the logout");
        self.last_type[flow] = msg_type;
        let view = View::new(msg_type, body).expect("a body of its type");
        assert_eq!(view.known_len(), body.len());
        let ticks = matches!(msg_type, 300_191 | 300_192 | 390_095);
        assert!(msg_type < 10 || ticks == (flow == 0), "{msg_type} on flow {flow}");
        match msg_type {
            300_192 => self.order(&view),
            300_191 => self.trade(&view),
            300_111 => self.snapshot(&view),
            309_011 => self.index(&view),
            390_095 => {
                let channel = number(&view, "ChannelNo");
                let last = self.last_seq.get(&channel).copied().unwrap_or(0);
                assert_eq!(number(&view, "ApplLastSeqNum"), last);
                if number(&view, "EndOfChannel") == 1 {
                    self.ended.insert(channel);
                }
            }
            309_111 => {
                self.time(flow, number(&view, "OrigTime"));
                let sum = |of: fn(&Row) -> i64| self.rows.values().map(of).sum::<i64>();
                assert_eq!(number(&view, "NumTrades"), sum(|r| r.trades));
                assert_eq!(number(&view, "TotalVolumeTrade"), sum(|r| r.volume));
                assert_eq!(number(&view, "TotalValueTrade"), sum(|r| r.value));
                assert_eq!(number(&view, "StockNum"), self.prev_close.len() as i64);
            }
            390_012 => {
                self.time(flow, number(&view, "OrigTime"));
                let headline = view.field("Headline").and_then(Value::text).expect("a headline");
                assert!(headline.iter().all(|byte| *byte >= 0x80), "GBK");
            }
            390_013 | 390_090 => {
                self.time(flow, number(&view, "OrigTime"));
            }
            1..=3 => {}
            _ => panic!("{msg_type} is not of this feed"),
        }
    }

    /// The next number of the channel; gives channel and number.
    fn sequence(&mut self, view: &View<'_>) -> (i64, i64) {
        let (channel, seq) = (number(view, "ChannelNo"), number(view, "ApplSeqNum"));
        let last = self.last_seq.entry(channel).or_default();
        assert_eq!(seq, *last + 1, "channel {channel}");
        assert!(!self.ended.contains(&channel));
        *last = seq;
        (channel, seq)
    }

    fn order(&mut self, view: &View<'_>) {
        let (channel, seq) = self.sequence(view);
        let ms = self.time(0, number(view, "TransactTime"));
        assert_eq!(ms % 10, 0);
        let security = words(view, "SecurityID");
        let (buy, kind) = (words(view, "Side") == "1", words(view, "OrdType"));
        let (price, left) = (number(view, "Price"), number(view, "OrderQty"));
        assert!(left > 0 && left % 100 == 0);
        let continuous = is_continuous(ms);
        let in_call =
            (hhmm(9, 15)..hhmm(9, 25)).contains(&ms) || (hhmm(14, 57)..hhmm(15, 0)).contains(&ms);
        assert!(continuous || in_call, "an order at {ms}");
        let row = self.rows.entry(security.clone()).or_default();
        assert!(row.channel == 0 || row.channel == channel, "{security} changes its channel");
        row.channel = channel;
        assert!(!continuous || row.is_settled(), "{security} before order {channel}/{seq}");
        let price = match kind.as_str() {
            "2" => Some(price),
            "1" => {
                row.market = Some(seq);
                None
            }
            "U" => row.best(buy).map(|(price, _)| price),
            _ => panic!("order type {kind}"),
        };
        self.market += usize::from(kind == "1");
        self.own_best += usize::from(kind == "U");
        assert!(kind == "2" || continuous, "only limit orders in a call");
        if let Some(price) = price {
            row.side(buy).entry(price).or_default().insert(seq, left);
            let (low, high) = self.limits(&security);
            assert!((low..=high).contains(&price) && price % 100 == 0, "{security} {price}");
        }
        self.orders.insert((channel, seq), Order { security, buy, price, left });
    }

    fn reduce(&mut self, key: (i64, i64), security: &str, buy: bool, by: i64) -> Option<i64> {
        let order = self.orders.get_mut(&key).unwrap_or_else(|| panic!("no live order {key:?}"));
        assert_eq!((order.security.as_str(), order.buy), (security, buy), "{key:?}");
        assert!(by > 0 && order.left >= by, "{key:?} has {} left, not {by}", order.left);
        order.left -= by;
        let (left, price) = (order.left, order.price);
        if left == 0 {
            self.orders.remove(&key);
        }
        let row = self.rows.get_mut(security).expect("a row of a live order");
        match price {
            Some(price) => row.reduce(buy, price, key.1, by),
            None if left == 0 => row.market = None,
            None => {}
        }
        price
    }

    fn trade(&mut self, view: &View<'_>) {
        let (channel, seq) = self.sequence(view);
        let ms = self.time(0, number(view, "TransactTime"));
        let security = words(view, "SecurityID");
        let (bid, offer) = (number(view, "BidApplSeqNum"), number(view, "OfferApplSeqNum"));
        let (price, qty) = (number(view, "LastPx"), number(view, "LastQty"));
        assert!(bid < seq && offer < seq);
        if words(view, "ExecType") == "4" {
            assert!((bid == 0) != (offer == 0) && price == 0);
            let in_time = (hhmm(9, 15)..hhmm(9, 20)).contains(&ms) || is_continuous(ms);
            assert!(in_time, "a cancel at {ms}");
            self.cancels += 1;
            let key = (channel, bid + offer);
            self.reduce(key, &security, bid > 0, qty);
            assert!(!self.orders.contains_key(&key), "a cancel takes all that is left");
            return;
        }
        assert_eq!(words(view, "ExecType"), "F");
        let row = self.rows.get_mut(&security).expect("a row of a live order");
        if is_continuous(ms) {
            // The older order stands first in its book, and gives the price.
            let buy = bid < offer;
            assert_eq!(row.best(buy), Some((price, bid.min(offer))), "{channel}/{seq}");
        } else {
            assert!(ms == hhmm(9, 25) || ms == hhmm(15, 0), "an auction at {ms}");
            let one = *row.auction_price.entry(ms).or_insert(price);
            assert_eq!(price, one, "{security}: one price an auction");
            let first = (row.best(true).map(|b| b.1), row.best(false).map(|o| o.1));
            assert_eq!(first, (Some(bid), Some(offer)), "{channel}/{seq}");
        }
        let buys_at = self.reduce((channel, bid), &security, true, qty);
        let sells_at = self.reduce((channel, offer), &security, false, qty);
        assert!(buys_at.is_none_or(|limit| limit >= price));
        assert!(sells_at.is_none_or(|limit| limit <= price));
        let (low, high) = self.limits(&security);
        assert!((low..=high).contains(&price));
        let row = self.rows.get_mut(&security).expect("a row of a live order");
        row.trades += 1;
        row.volume += qty;
        row.value += price * (qty / 100);
        row.prices.push(price);
    }

    fn snapshot(&mut self, view: &View<'_>) {
        self.time(1, number(view, "OrigTime"));
        let security = words(view, "SecurityID");
        let (low, high) = self.limits(&security);
        let prev_close = self.prev_close[&security];
        let row = self.rows.entry(security.clone()).or_default();
        assert_eq!(number(view, "ChannelNo"), row.channel - 1_000);
        assert_eq!(number(view, "PrevClosePx"), prev_close);
        assert_eq!(number(view, "NumTrades"), row.trades, "{security}");
        assert_eq!(number(view, "TotalVolumeTrade"), row.volume, "{security}");
        assert_eq!(number(view, "TotalValueTrade"), row.value, "{security}");
        let entries = entries(view);
        let of = |kind: &str| entries.iter().filter(|e| e.0 == kind).collect::<Vec<_>>();
        let px = |kind: &str| of(kind).first().map(|e| e.1["MDEntryPx"]);
        assert_eq!(px("xe"), Some(high * 100));
        assert_eq!(px("xf"), Some(low * 100));
        let last = row.prices.last().copied();
        let before = row.prices.iter().rev().nth(1).copied().unwrap_or(prev_close);
        assert_eq!(px("2 "), last.map(|p| p * 100));
        assert_eq!(px("4 "), row.prices.first().map(|p| p * 100));
        assert_eq!(px("7 "), row.prices.iter().max().map(|p| p * 100));
        assert_eq!(px("8 "), row.prices.iter().min().map(|p| p * 100));
        assert_eq!(px("x1"), last.map(|p| (p - prev_close) * 100));
        assert_eq!(px("x2"), last.map(|p| (p - before) * 100));
        assert_eq!((px("x5").is_some(), px("x6").is_some()), (last.is_some(), last.is_some()));
        if matches!(words(view, "TradingPhaseCode").as_str(), "O0" | "C0") {
            self.call_snapshots += usize::from(!of("0 ").is_empty());
            return check_indicative(row, &of("0 "), &of("1 "));
        }
        assert!(row.is_settled(), "{security} is crossed");
        for (kind, total, buy) in [("0 ", "x3", true), ("1 ", "x4", false)] {
            let side = if buy { &row.bids } else { &row.offers };
            let mut levels: Vec<_> = side.iter().collect();
            if buy {
                levels.reverse();
            }
            let shown = of(kind);
            assert_eq!(shown.len(), levels.len().min(10), "{security}");
            for (i, (entry, (price, orders))) in shown.iter().zip(&levels).enumerate() {
                assert_eq!(entry.1["MDPriceLevel"], i as i64 + 1);
                assert_eq!(entry.1["MDEntryPx"], **price * 100);
                assert_eq!(entry.1["MDEntrySize"], orders.values().sum::<i64>());
                assert_eq!(entry.1["NumberOfOrders"], orders.len() as i64);
                let queue: Vec<i64> = orders.values().take(50).copied().collect();
                assert_eq!(entry.2, if i == 0 { queue } else { vec![] }, "{security}");
            }
            let all =
                || levels.iter().flat_map(|(p, orders)| orders.values().map(move |q| (**p, *q)));
            let sum: i64 = all().map(|(_, qty)| qty).sum();
            let value: i64 = all().map(|(price, qty)| price * qty).sum();
            assert_eq!(of(total).first().map_or(0, |e| e.1["MDEntrySize"]), sum);
            if sum > 0 {
                let average = (value + sum * 50) / (sum * 100) * 10_000;
                assert_eq!(px(total), Some(average), "{security} {total}");
            }
        }
    }

    fn index(&mut self, view: &View<'_>) {
        self.time(1, number(view, "OrigTime"));
        let (mut now, mut base) = (0u128, 0u128);
        let (mut trades, mut volume, mut value) = (0, 0, 0);
        for (security, constituent) in &self.constituents {
            let row = self.rows.get(security);
            let last = row.and_then(|row| row.prices.last()).map(|price| *price as u128);
            now += last.unwrap_or(constituent.prev_close) * constituent.shares;
            base += constituent.prev_close * constituent.shares;
            if let Some(row) = row {
                trades += row.trades;
                volume += row.volume;
                value += row.value;
            }
        }
        // Half up: the remainder against half of the divisor.
        let (whole, rest) = (INDEX_PREV_CLOSE * now / base, INDEX_PREV_CLOSE * now % base);
        let index = (whole + u128::from(2 * rest >= base)) as i64;
        if trades > 0 {
            self.index.push(index);
        }
        let of = |value: Option<&i64>| value.copied().unwrap_or(0) * 100;
        let wanted = [
            ("3 ", index * 100),
            ("xa", INDEX_PREV_CLOSE as i64 * 100),
            ("xb", of(self.index.first())),
            ("xc", of(self.index.iter().max())),
            ("xd", of(self.index.iter().min())),
        ];
        let found = entries(view);
        let found = found.iter().map(|e| (e.0.as_str(), e.1["MDEntryPx"]));
        assert_eq!(found.collect::<Vec<_>>(), wanted);
        assert_eq!(number(view, "NumTrades"), trades);
        assert_eq!(number(view, "TotalVolumeTrade"), volume);
        assert_eq!(number(view, "TotalValueTrade"), value);
    }
}

fn is_continuous(ms: i64) -> bool {
    (hhmm(9, 30)..hhmm(11, 30)).contains(&ms) || (hhmm(13, 0)..hhmm(14, 57)).contains(&ms)
}

/// No price lets more trade than the one shown.
fn check_indicative(row: &Row, bids: &[&Entry], offers: &[&Entry]) {
    let demand = |price: i64| -> i64 {
        row.bids.iter().filter(|(p, _)| **p >= price).flat_map(|(_, o)| o.values()).sum()
    };
    let supply = |price: i64| -> i64 {
        row.offers.iter().filter(|(p, _)| **p <= price).flat_map(|(_, o)| o.values()).sum()
    };
    let prices = row.bids.keys().chain(row.offers.keys());
    let most = prices.map(|p| demand(*p).min(supply(*p))).max().unwrap_or(0);
    if most == 0 {
        assert!(bids.is_empty() && offers.is_empty());
        return;
    }
    let price = bids[0].1["MDEntryPx"] / 100;
    for (side, all) in [(bids, demand(price)), (offers, supply(price))] {
        assert_eq!((side[0].1["MDEntryPx"], side[0].1["MDEntrySize"]), (price * 100, most));
        let left = side.get(1).map_or(0, |entry| entry.1["MDEntrySize"]);
        assert_eq!(most + left, all);
        assert!(side.get(1).is_none_or(|entry| entry.1["MDEntryPx"] == 0));
    }
}

/// Every message of the capture, in the order in which their last bytes come.
fn read(pcap: &[u8], mut message: impl FnMut(usize, u32, &[u8])) {
    let mut source =
        Source::from_reader(pcap, "market-day.pcap.gz", &Options::default()).expect("a capture");
    let mut waiting = [Vec::new(), Vec::new()];
    let mut alignments = HashSet::new();
    let mut cut = 0;
    while let Some(delivery) = source.next().expect("memory can be read") {
        match delivery {
            Delivery::Open { .. } => {}
            Delivery::Bytes { stream, offset, bytes, time_ns } => {
                assert!(time_ns.is_some());
                let buffer: &mut Vec<u8> = &mut waiting[stream.0 as usize];
                let mut at = offset - buffer.len() as u64;
                buffer.extend(bytes);
                let mut rest = buffer.as_slice();
                while let Some(length) = frame::holds(rest) {
                    let (one, more) = rest.split_at(length);
                    alignments.insert(at % 16);
                    at += length as u64;
                    let msg_type = u32::from_be_bytes(*one.first_chunk().expect("a header"));
                    message(stream.0 as usize, msg_type, frame::body(one));
                    rest = more;
                }
                cut += usize::from(!rest.is_empty());
                *buffer = rest.to_vec();
            }
            Delivery::Close { stream } => assert!(waiting[stream.0 as usize].is_empty()),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(alignments.len(), 16, "messages start at every place in a word");
    assert!(cut > 3_000, "{cut} messages are cut by a segment");
    let stats = source.stats();
    assert_eq!((stats.streams, stats.holes, stats.packets_bad, stats.foreign_flows), (2, 0, 0, 0));
}

#[test]
fn the_market_day_holds_together() {
    let files: HashMap<_, _> = tidegate_golden_feeds::files().into_iter().collect();
    let csv = String::from_utf8(files["market-day/constituents.csv"].clone()).expect("text");
    let mut constituents = HashMap::new();
    for line in csv.lines().skip(1) {
        let [security, shares, prev_close] =
            line.split(',').collect::<Vec<_>>().try_into().expect("three columns");
        let prev_close: PriceE4 = prev_close.parse().expect("a price");
        let shares = shares.parse().expect("shares");
        let row = Constituent { shares, prev_close: prev_close.0 as u128 };
        assert!(constituents.insert(security.to_owned(), row).is_none());
    }
    let pcap = &files["market-day/market-day.pcap.gz"];
    assert!(pcap.len() <= 2_000_000, "{} bytes", pcap.len());

    // Previous closes first: an order may come before the first snapshot of its security.
    let mut prev_close = HashMap::new();
    read(pcap, |_, msg_type, body| {
        if msg_type == 300_111 {
            let view = View::new(msg_type, body).expect("a snapshot");
            prev_close.insert(words(&view, "SecurityID"), number(&view, "PrevClosePx"));
        }
    });
    for (security, constituent) in &constituents {
        assert_eq!(prev_close[security] as u128, constituent.prev_close);
    }
    assert!(prev_close.len() > constituents.len());
    assert!(prev_close.values().all(|p| (20_000..3_000_000).contains(p)));

    let mut check = Check {
        constituents,
        prev_close,
        rows: HashMap::new(),
        orders: HashMap::new(),
        last_seq: HashMap::new(),
        ended: HashSet::new(),
        last_time: [0; 2],
        last_type: [0; 2],
        index: Vec::new(),
        counts: BTreeMap::new(),
        call_snapshots: 0,
        cancels: 0,
        own_best: 0,
        market: 0,
    };
    read(pcap, |flow, msg_type, body| check.message(flow, msg_type, body));

    assert_eq!(check.last_type, [2, 2], "each flow ends with its logout");
    assert_eq!(check.ended, HashSet::from([2011, 2012]));
    assert_eq!(check.last_seq.len(), 2);
    let wanted = [1, 2, 3, 300_111, 300_191, 300_192, 309_011, 309_111, 390_012, 390_013, 390_090];
    assert!(wanted.iter().all(|msg_type| check.counts.contains_key(msg_type)));
    assert!(check.counts.values().sum::<usize>() >= 100_000, "{:?}", check.counts);
    assert!(check.rows.values().all(|row| row.trades > 0), "every security trades");
    assert!(check.call_snapshots > 100 && check.cancels > 5_000, "{}", check.call_snapshots);
    assert!(check.own_best > 500 && check.market > 500);
    let (low, high) = (check.index.iter().min(), check.index.iter().max());
    let base = INDEX_PREV_CLOSE as i64;
    assert!(low.is_some_and(|low| *low < base - base / 200));
    assert!(high.is_some_and(|high| *high > base + base / 200));
}

#[test]
fn another_seed_is_another_day_and_the_same_seed_the_same() {
    use tidegate_golden_feeds::day::Day;
    let (one, same, other) = (Day::run(1), Day::run(1), Day::run(2));
    assert_eq!(one.messages, same.messages);
    assert_ne!(one.messages, other.messages);
    assert_eq!(trim_padding(&one.securities[0].id).len(), 6);
}
