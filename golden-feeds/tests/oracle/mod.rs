//! A slow check of a day that shares no code with the exchange: it decodes with `View`, rebuilds
//! every book and the index from 300192 and 300191 alone, and holds everything else against them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use tidegate_protocol::units::{PriceE4, Timestamp};
use tidegate_protocol::{Item, Value, View};

const INDEX_PREV_CLOSE: u128 = 98_765_432;
/// Levels that a market order may take.
const MARKET_LEVELS: usize = 5;

/// Takes a message: connection, MsgType and body.
pub type Sink<'a> = &'a mut dyn FnMut(usize, u32, &[u8]);

fn hhmm(hour: i64, minute: i64) -> i64 {
    (hour * 60 + minute) * 60_000
}

fn is_continuous(ms: i64) -> bool {
    (hhmm(9, 30)..hhmm(11, 30)).contains(&ms) || (hhmm(13, 0)..hhmm(14, 57)).contains(&ms)
}

fn is_call(ms: i64) -> bool {
    (hhmm(9, 15)..hhmm(9, 25)).contains(&ms) || (hhmm(14, 57)..hhmm(15, 0)).contains(&ms)
}

#[derive(Debug)]
struct Order {
    security: String,
    buy: bool,
    /// `None` where it has none: a market order, or an own-best order without its own side.
    price: Option<i64>,
    left: i64,
}

/// Quantities by ApplSeqNum by price.
type Side = BTreeMap<i64, BTreeMap<i64, i64>>;

/// An order that may not rest: what it does not trade at once is cancelled.
struct Passing {
    seq: i64,
    levels: BTreeSet<i64>,
}

/// What a call auction would do: one price, the quantity that trades, and what bids and offers at
/// this price or better have left.
struct Clearing {
    price: i64,
    most: i64,
    left: [i64; 2],
}

/// What the call auction under way has decided and not traded yet.
struct Auction {
    ms: i64,
    price: i64,
    left: i64,
}

#[derive(Default)]
struct Row {
    channel: i64,
    bids: Side,
    offers: Side,
    trades: i64,
    volume: i64,
    value: i64,
    prices: Vec<i64>,
    passing: Option<Passing>,
    auction: Option<Auction>,
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
        !crossed && self.passing.is_none() && self.auction.as_ref().is_none_or(|a| a.left == 0)
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

    /// Bids at a price or above, offers at it or below.
    fn demand_and_supply(&self, price: i64) -> (i64, i64) {
        let sum = |level: &BTreeMap<i64, i64>| level.values().sum::<i64>();
        let demand = self.bids.range(price..).map(|(_, level)| sum(level)).sum();
        let supply = self.offers.range(..=price).map(|(_, level)| sum(level)).sum();
        (demand, supply)
    }

    /// Of all prices of orders at which every better order trades, that at which most trades, least
    /// is left over, and which is nearest to the reference; then the lower.
    fn clearing(&self, prev_close: i64) -> Option<Clearing> {
        let reference = self.prices.last().copied().unwrap_or(prev_close);
        let mut best: Option<([i64; 3], Clearing)> = None;
        for price in self.bids.keys().chain(self.offers.keys()).copied() {
            let (demand, supply) = self.demand_and_supply(price);
            let most = demand.min(supply);
            let better_bids = self.demand_and_supply(price + 1).0;
            let better_offers = self.demand_and_supply(price - 1).1;
            if most == 0 || better_bids > most || better_offers > most {
                continue;
            }
            let distance = 2 * (price - reference).abs() + i64::from(price > reference);
            let rank = [-most, (demand - supply).abs(), distance];
            if best.as_ref().is_none_or(|(other, _)| rank < *other) {
                best = Some((rank, Clearing { price, most, left: [demand - most, supply - most] }));
            }
        }
        best.map(|(_, clearing)| clearing)
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

fn constituents(csv: &str) -> HashMap<String, Constituent> {
    let mut constituents = HashMap::new();
    for line in csv.lines().skip(1) {
        let [security, shares, prev_close] =
            line.split(',').collect::<Vec<_>>().try_into().expect("three columns");
        let prev_close: PriceE4 = prev_close.parse().expect("a price");
        let shares = shares.parse().expect("shares");
        let row = Constituent { shares, prev_close: prev_close.0 as u128 };
        assert!(constituents.insert(security.to_owned(), row).is_none());
    }
    constituents
}

/// What the snapshots say of a security that no tick does.
struct Listed {
    prev_close: i64,
    snapshot_channel: i64,
    suspended: bool,
}

/// A day under check, and afterwards what was in it.
#[derive(Default)]
pub struct Check {
    constituents: HashMap<String, Constituent>,
    listed: HashMap<String, Listed>,
    rows: HashMap<String, Row>,
    orders: HashMap<(i64, i64), Order>,
    last_seq: HashMap<i64, i64>,
    ended: HashSet<i64>,
    last_time: [i64; 2],
    last_type: [u32; 2],
    /// The index at each 309011 since the first trade.
    pub index: Vec<i64>,
    /// Messages by type.
    pub counts: BTreeMap<u32, usize>,
    /// Snapshots of a call in which something would trade.
    pub call_snapshots: usize,
    /// Snapshots with an empty side beside one that is not.
    pub one_sided: usize,
    /// Snapshots with a queue that is longer than what is shown.
    pub long_queues: usize,
    /// Cancels.
    pub cancels: usize,
    /// Own-best orders.
    pub own_best: usize,
    /// Market orders.
    pub market: usize,
}

/// Checks a whole day, given its constituents; `feed` gives its messages, the same each time.
pub fn check(constituents_csv: &str, feed: impl Fn(Sink<'_>)) -> Check {
    let mut check = Check { constituents: constituents(constituents_csv), ..Check::default() };
    // What was fixed before the day first: an order may come before the first snapshot.
    feed(&mut |_, msg_type, body| {
        if msg_type == 300_111 {
            let view = View::new(msg_type, body).expect("a snapshot");
            let listed = Listed {
                prev_close: number(&view, "PrevClosePx"),
                snapshot_channel: number(&view, "ChannelNo"),
                suspended: words(&view, "TradingPhaseCode").as_bytes()[1] == b'1',
            };
            check.listed.insert(words(&view, "SecurityID"), listed);
        }
    });
    for (security, constituent) in &check.constituents {
        assert_eq!(check.listed[security].prev_close as u128, constituent.prev_close);
    }
    feed(&mut |flow, msg_type, body| check.message(flow, msg_type, body));
    check.end();
    check
}

impl Check {
    /// Securities that trade today.
    pub fn trading(&self) -> impl Iterator<Item = &str> {
        self.listed.iter().filter(|(_, listed)| !listed.suspended).map(|(name, _)| name.as_str())
    }

    /// Securities.
    pub fn securities(&self) -> usize {
        self.listed.len()
    }

    /// Trades of a security.
    pub fn trades_of(&self, security: &str) -> i64 {
        self.rows.get(security).map_or(0, |row| row.trades)
    }

    /// Tick channels.
    pub fn channels(&self) -> usize {
        self.last_seq.len()
    }

    fn end(&self) {
        assert_eq!(self.last_type, [2, 2], "each flow ends with its logout");
        assert!(self.last_seq.keys().all(|channel| self.ended.contains(channel)));
        assert!(self.rows.values().all(Row::is_settled));
        assert!(self.listed.values().all(|l| (20_000..3_000_000).contains(&l.prev_close)));
    }

    /// Limits in 1e-4 CNY: 10 per cent, 20 on ChiNext, half up to 0.01.
    fn limits(&self, security: &str) -> (i64, i64) {
        let percent = if security.starts_with("300") { 20 } else { 10 };
        let cents = self.listed[security].prev_close / 100;
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
            309_111 => self.volume(&view),
            390_095 => self.channel_heartbeat(&view),
            390_090 => self.statistics(&view),
            390_012 => {
                self.time(flow, number(&view, "OrigTime"));
                let headline = view.field("Headline").and_then(Value::text).expect("a headline");
                assert!(headline.iter().all(|byte| *byte >= 0x80), "GBK");
            }
            390_013 => {
                self.time(flow, number(&view, "OrigTime"));
            }
            1..=3 => {}
            _ => panic!("{msg_type} is not of this feed"),
        }
    }

    fn channel_heartbeat(&mut self, view: &View<'_>) {
        let channel = number(view, "ChannelNo");
        let last = self.last_seq.get(&channel).copied().unwrap_or(0);
        assert_eq!(number(view, "ApplLastSeqNum"), last);
        assert!(!self.ended.contains(&channel));
        if number(view, "EndOfChannel") == 1 {
            self.ended.insert(channel);
        }
    }

    fn statistics(&mut self, view: &View<'_>) {
        self.time(1, number(view, "OrigTime"));
        let channel = number(view, "ChannelNo");
        let wanted = self.listed.values().filter(|l| l.snapshot_channel == channel).count();
        let mut streams = Vec::new();
        for item in view.items() {
            if let Item::Field(field, value) = item
                && field.name == "StockNum"
            {
                streams.push(value.number().expect("a number"));
            }
        }
        assert_eq!(streams, [wanted as i64]);
    }

    fn volume(&mut self, view: &View<'_>) {
        self.time(1, number(view, "OrigTime"));
        let sum = |of: fn(&Row) -> i64| self.rows.values().map(of).sum::<i64>();
        assert_eq!(number(view, "NumTrades"), sum(|r| r.trades));
        assert_eq!(number(view, "TotalVolumeTrade"), sum(|r| r.volume));
        assert_eq!(number(view, "TotalValueTrade"), sum(|r| r.value));
        assert_eq!(number(view, "StockNum"), self.listed.len() as i64);
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
        assert!(!self.listed[&security].suspended, "{security} is suspended");
        let continuous = is_continuous(ms);
        assert!(continuous || is_call(ms), "an order at {ms}");
        let row = self.rows.entry(security.clone()).or_default();
        assert!(row.channel == 0 || row.channel == channel, "{security} changes its channel");
        row.channel = channel;
        assert!(!continuous || row.is_settled(), "{security} before order {channel}/{seq}");
        let price = match kind.as_str() {
            "2" => Some(price),
            "1" => None,
            "U" => row.best(buy).map(|(price, _)| price),
            _ => panic!("order type {kind}"),
        };
        self.market += usize::from(kind == "1");
        self.own_best += usize::from(kind == "U");
        assert!(kind == "2" || continuous, "only limit orders in a call");
        match price {
            None => row.passing = Some(Passing { seq, levels: BTreeSet::new() }),
            Some(price) => {
                row.side(buy).entry(price).or_default().insert(seq, left);
                let (low, high) = self.limits(&security);
                assert!((low..=high).contains(&price) && price % 100 == 0, "{security} {price}");
            }
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
            None if left == 0 => row.passing = None,
            None => {}
        }
        price
    }

    fn cancel(&mut self, view: &View<'_>, channel: i64, ms: i64) {
        let security = words(view, "SecurityID");
        let (bid, offer) = (number(view, "BidApplSeqNum"), number(view, "OfferApplSeqNum"));
        assert!((bid == 0) != (offer == 0) && number(view, "LastPx") == 0);
        let in_time = (hhmm(9, 15)..hhmm(9, 20)).contains(&ms) || is_continuous(ms);
        assert!(in_time, "a cancel at {ms}");
        self.cancels += 1;
        let row = &self.rows[&security];
        if let Some(passing) = &row.passing {
            assert_eq!(passing.seq, bid + offer, "a passing order goes first");
            let other = if bid > 0 { &row.offers } else { &row.bids };
            let may_stop = passing.levels.len() == MARKET_LEVELS || other.is_empty();
            assert!(may_stop || passing.levels.is_empty(), "{channel}/{} stops early", passing.seq);
        }
        let key = (channel, bid + offer);
        self.reduce(key, &security, bid > 0, number(view, "LastQty"));
        assert!(!self.orders.contains_key(&key), "a cancel takes all that is left");
    }

    fn trade(&mut self, view: &View<'_>) {
        let (channel, seq) = self.sequence(view);
        let ms = self.time(0, number(view, "TransactTime"));
        if words(view, "ExecType") == "4" {
            return self.cancel(view, channel, ms);
        }
        assert_eq!(words(view, "ExecType"), "F");
        let security = words(view, "SecurityID");
        let (bid, offer) = (number(view, "BidApplSeqNum"), number(view, "OfferApplSeqNum"));
        let (price, qty) = (number(view, "LastPx"), number(view, "LastQty"));
        assert!(bid < seq && offer < seq);
        let prev_close = self.listed[&security].prev_close;
        let row = self.rows.get_mut(&security).expect("a row of a live order");
        if is_continuous(ms) {
            // The older order stands first in its book, and gives the price.
            let buy = bid < offer;
            assert_eq!(row.best(buy), Some((price, bid.min(offer))), "{channel}/{seq}");
            if let Some(passing) = &mut row.passing {
                assert_eq!(passing.seq, bid.max(offer));
                passing.levels.insert(price);
                assert!(passing.levels.len() <= MARKET_LEVELS);
            }
        } else {
            assert!(ms == hhmm(9, 25) || ms == hhmm(15, 0), "an auction at {ms}");
            if row.auction.as_ref().is_none_or(|auction| auction.ms != ms) {
                let clearing = row.clearing(prev_close).expect("orders that cross");
                row.auction = Some(Auction { ms, price: clearing.price, left: clearing.most });
            }
            let first = (row.best(true).map(|b| b.1), row.best(false).map(|o| o.1));
            assert_eq!(first, (Some(bid), Some(offer)), "{channel}/{seq}");
            let auction = row.auction.as_mut().expect("just decided");
            assert_eq!(price, auction.price, "{security}: the price of the auction");
            auction.left -= qty;
            assert!(auction.left >= 0, "{security}: more than the auction trades");
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
        let ms = self.time(1, number(view, "OrigTime"));
        let security = words(view, "SecurityID");
        let (low, high) = self.limits(&security);
        let listed = &self.listed[&security];
        let prev_close = listed.prev_close;
        let row = self.rows.entry(security.clone()).or_default();
        assert_eq!(number(view, "ChannelNo"), listed.snapshot_channel);
        assert!(row.channel == 0 || listed.snapshot_channel == row.channel - 1_000);
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
        let phase = words(view, "TradingPhaseCode").into_bytes();
        assert_eq!(phase[1] == b'1', listed.suspended);
        // The slot that ends when the snapshot is taken.
        let slot = ms - 1;
        assert_eq!(phase[0] == b'T', is_continuous(slot), "{security} at {ms}");
        assert_eq!(matches!(phase[0], b'O' | b'C'), is_call(slot), "{security} at {ms}");
        if is_call(slot) {
            self.call_snapshots += usize::from(!of("0 ").is_empty());
            return check_indicative(row.clearing(prev_close), [&of("0 "), &of("1 ")]);
        }
        assert!(row.is_settled(), "{security} is not settled");
        self.one_sided += usize::from(row.bids.is_empty() != row.offers.is_empty());
        for (kind, total, buy) in [("0 ", "x3", true), ("1 ", "x4", false)] {
            let side = if buy { &row.bids } else { &row.offers };
            let mut levels: Vec<_> = side.iter().collect();
            if buy {
                levels.reverse();
            }
            self.long_queues += usize::from(levels.first().is_some_and(|l| l.1.len() > 50));
            check_levels(&of(kind), &levels, &security);
            check_total(&of(total), &levels, &security);
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

/// Ten levels with their orders, the first with the quantities of its queue.
fn check_levels(shown: &[&Entry], levels: &[(&i64, &BTreeMap<i64, i64>)], security: &str) {
    assert_eq!(shown.len(), levels.len().min(10), "{security}");
    for (i, (entry, (price, orders))) in shown.iter().zip(levels).enumerate() {
        assert_eq!(entry.1["MDPriceLevel"], i as i64 + 1);
        assert_eq!(entry.1["MDEntryPx"], **price * 100);
        assert_eq!(entry.1["MDEntrySize"], orders.values().sum::<i64>());
        assert_eq!(entry.1["NumberOfOrders"], orders.len() as i64);
        let queue: Vec<i64> = orders.values().take(50).copied().collect();
        assert_eq!(entry.2, if i == 0 { queue } else { vec![] }, "{security}");
    }
}

/// The quantity of a side and its weighted average price, half up to 0.01 CNY.
fn check_total(shown: &[&Entry], levels: &[(&i64, &BTreeMap<i64, i64>)], security: &str) {
    let all = || levels.iter().flat_map(|(p, orders)| orders.values().map(move |q| (**p, *q)));
    let sum: i64 = all().map(|(_, qty)| qty).sum();
    let value: i64 = all().map(|(price, qty)| price * qty).sum();
    assert_eq!(shown.len(), usize::from(sum > 0), "{security}");
    if let [entry] = shown {
        let average = (value + sum * 50) / (sum * 100) * 10_000;
        assert_eq!((entry.1["MDEntrySize"], entry.1["MDEntryPx"]), (sum, average), "{security}");
    }
}

/// Level 1 of both sides has price and quantity of the auction, level 2 what would be left.
fn check_indicative(clearing: Option<Clearing>, shown: [&[&Entry]; 2]) {
    let Some(Clearing { price, most, left }) = clearing else {
        assert!(shown.iter().all(|side| side.is_empty()));
        return;
    };
    for (side, left) in shown.into_iter().zip(left) {
        let row =
            |e: &&Entry| (e.1["MDPriceLevel"], e.1["MDEntryPx"], e.1["MDEntrySize"], e.2.len());
        let found: Vec<_> = side.iter().map(row).collect();
        let mut wanted = vec![(1, price * 100, most, 0)];
        if left > 0 {
            wanted.push((2, 0, left, 0));
        }
        assert_eq!(found, wanted);
    }
}
