//! One security: its numbers of the day and the messages about it.

use tidegate_protocol::code::{SOURCE_SZSE, SUSPENDED, exec_type, md_entry_type, ord_type, side};
use tidegate_protocol::message::{
    AuctionEntry, AuctionOrder, AuctionTrade, QueueItem, SnapshotHead,
};
use tidegate_protocol::msg_type;
use tidegate_protocol::units::{AmtE4, PriceE4, PxE6, QtyE2};

use crate::book::{Book, Clearing, Fill, Level, Order, Side};
use crate::clock::timestamp;
use crate::wire::{Flow, Slot, part, text};

/// Smallest step of a price, in 1e-4 CNY.
pub const TICK: i64 = 100;
/// Most quantities of a queue that a snapshot shows.
const QUEUE: usize = 50;
/// Levels a side that a snapshot shows.
const LEVELS: usize = 10;

/// ChannelNo of a tick channel, counted from 0.
pub const fn tick_channel(channel: usize) -> u16 {
    2011 + channel as u16
}

/// ChannelNo of the snapshots of the securities of a tick channel.
pub const fn snapshot_channel(channel: usize) -> u16 {
    1011 + channel as u16
}

/// What the trades of a day add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Trades.
    pub trades: i64,
    /// Shares.
    pub shares: i64,
    /// Value in 1e-4 CNY.
    pub value: i64,
}

impl std::ops::Add for Totals {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            trades: self.trades + other.trades,
            shares: self.shares + other.shares,
            value: self.value + other.value,
        }
    }
}

/// Prices of the day in 1e-4 CNY.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prices {
    /// Of the first trade.
    pub open: i64,
    /// Highest.
    pub high: i64,
    /// Lowest.
    pub low: i64,
    /// Of the latest trade.
    pub last: i64,
    /// Of the trade before; the previous close before the second.
    pub before: i64,
}

/// A security and its day so far.
#[derive(Clone, Debug)]
pub struct Security {
    /// SecurityID.
    pub id: [u8; 8],
    /// Tick channel, counted from 0.
    pub channel: usize,
    /// Shares that count in the index; none outside it.
    pub index_shares: Option<i64>,
    /// Previous close in 1e-4 CNY, as all prices here.
    pub prev_close: i64,
    /// Highest price allowed.
    pub limit_up: i64,
    /// Lowest price allowed.
    pub limit_down: i64,
    /// Usual distance of two prices in use.
    pub step: i64,
    /// How much it follows the market, in per cent.
    pub beta: i64,
    /// Its own return so far, in 1e-9.
    pub own: i64,
    /// What its return gains each second of trading, in 1e-9: where there is news, it ends at a
    /// limit, with nobody on the other side.
    pub drift: i64,
    /// Yearly earnings a share, in 1e-4 CNY, last year and this year.
    pub earnings: [i64; 2],
    /// Weight in the choice of what happens next; 0 when it is suspended.
    pub activity: i64,
    /// The book.
    pub book: Book,
    /// Totals of the day.
    pub totals: Totals,
    /// Prices of the day, once something traded.
    pub prices: Option<Prices>,
    /// Whether something happened since the last snapshot.
    pub changed: bool,
}

/// `a` / `b` rounded half up, both above 0.
const fn rounded(a: i64, b: i64) -> i64 {
    (2 * a + b) / (2 * b)
}

/// A limit some per cent away from the previous close, rounded half up to the tick.
pub const fn limit(prev_close: i64, percent: i64) -> i64 {
    rounded(prev_close * (100 + percent), 100 * TICK) * TICK
}

impl Security {
    /// Whether it does not trade today.
    pub const fn is_suspended(&self) -> bool {
        self.activity == 0
    }

    /// The price that people have in mind, whatever the limits, `market` being the market's return
    /// in 1e-9.
    pub const fn fair(&self, market: i64) -> i64 {
        self.prev_close * (1_000_000_000 + market * self.beta / 100 + self.own) / 1_000_000_000
    }

    /// How many of 100 orders buy: at a limit hardly anybody is on the other side.
    pub const fn buyers(&self, fair: i64) -> i64 {
        if fair >= self.limit_up {
            92
        } else if fair <= self.limit_down {
            8
        } else {
            50
        }
    }

    /// A price in ticks that is allowed.
    pub fn allowed(&self, price: i64) -> i64 {
        (price / TICK * TICK).clamp(self.limit_down, self.limit_up)
    }

    /// Counts a trade.
    pub fn count(&mut self, fill: &Fill) {
        let price = fill.price;
        let value = price * fill.shares;
        self.totals = self.totals + Totals { trades: 1, shares: fill.shares, value };
        self.prices = Some(match self.prices {
            None => Prices {
                open: price,
                high: price,
                low: price,
                last: price,
                before: self.prev_close,
            },
            Some(p) => Prices {
                open: p.open,
                high: p.high.max(price),
                low: p.low.min(price),
                last: price,
                before: p.last,
            },
        });
    }

    /// Price that counts in the index.
    pub fn last(&self) -> i64 {
        self.prices.map_or(self.prev_close, |p| p.last)
    }

    /// 300192: an order. Market and own-best orders have no price.
    pub fn order(&self, to: &mut Slot, ms: i64, of: Side, ord_type: u8, order: &Order) {
        let price = if ord_type == ord_type::LIMIT { order.price } else { 0 };
        let order = AuctionOrder {
            channel_no: tick_channel(self.channel),
            appl_seq_num: order.seq,
            md_stream_id: *b"011",
            security_id: self.id,
            security_id_source: SOURCE_SZSE,
            price: PriceE4(price),
            order_qty: QtyE2(order.shares * 100),
            side: if of == Side::Buy { side::BUY } else { side::SELL },
            transact_time: timestamp(ms),
            ord_type,
        };
        to.send(Flow::Ticks, ms, msg_type::AUCTION_ORDER, |to| part(to, |bytes| order.emit(bytes)));
    }

    /// 300191 with ExecType F: a trade.
    pub fn trade(&self, to: &mut Slot, ms: i64, seq: i64, fill: &Fill) {
        self.tick(to, ms, seq, exec_type::TRADE, fill);
    }

    /// 300191 with ExecType 4: a cancel.
    pub fn cancel(&self, to: &mut Slot, ms: i64, seq: i64, of: Side, order: &Order) {
        let (bid, offer) = if of == Side::Buy { (order.seq, 0) } else { (0, order.seq) };
        let fill = Fill { bid, offer, price: 0, shares: order.shares };
        self.tick(to, ms, seq, exec_type::CANCEL, &fill);
    }

    fn tick(&self, to: &mut Slot, ms: i64, seq: i64, exec_type: u8, fill: &Fill) {
        let trade = AuctionTrade {
            channel_no: tick_channel(self.channel),
            appl_seq_num: seq,
            md_stream_id: *b"011",
            bid_appl_seq_num: fill.bid,
            offer_appl_seq_num: fill.offer,
            security_id: self.id,
            security_id_source: SOURCE_SZSE,
            last_px: PriceE4(fill.price),
            last_qty: QtyE2(fill.shares * 100),
            exec_type,
            transact_time: timestamp(ms),
        };
        to.send(Flow::Ticks, ms, msg_type::AUCTION_TRADE, |to| part(to, |bytes| trade.emit(bytes)));
    }

    /// What a call auction would do now. The reference of its price is the last price, before the
    /// first trade the previous close.
    pub fn clearing(&self) -> Option<Clearing> {
        self.book.clearing(self.last())
    }

    /// 300111: a snapshot; in a call auction with what it would do now instead of the book.
    pub fn snapshot(&self, to: &mut Slot, ms: i64, phase: u8) {
        let mut entries = Entries::default();
        if matches!(phase, b'O' | b'C') {
            entries.indicative(self.clearing());
        } else {
            entries.book(&self.book);
        }
        entries.prices(self);
        let state = if self.is_suspended() { SUSPENDED } else { b'0' };
        let head = SnapshotHead {
            orig_time: timestamp(ms),
            channel_no: snapshot_channel(self.channel),
            md_stream_id: *b"010",
            security_id: self.id,
            security_id_source: SOURCE_SZSE,
            trading_phase_code: text(&[phase, state]),
            prev_close_px: PriceE4(self.prev_close),
            num_trades: self.totals.trades,
            total_volume_trade: QtyE2(self.totals.shares * 100),
            total_value_trade: AmtE4(self.totals.value),
            no_md_entries: entries.count,
        };
        to.send(Flow::Snapshots, ms, msg_type::AUCTION_SNAPSHOT, |to| {
            part(to, |bytes| head.emit(bytes));
            to.extend_from_slice(&entries.bytes);
        });
    }
}

/// The entries of a snapshot.
#[derive(Default)]
struct Entries {
    count: u32,
    bytes: Vec<u8>,
}

impl Entries {
    /// An entry without level and orders; `price` in 1e-4 CNY.
    fn plain(&mut self, kind: [u8; 2], price: i64, shares: i64) {
        self.push(kind, price, shares, 0, 0, []);
    }

    fn push(
        &mut self,
        kind: [u8; 2],
        price: i64,
        shares: i64,
        level: usize,
        orders: usize,
        queue: impl IntoIterator<Item = i64, IntoIter: ExactSizeIterator>,
    ) {
        let queue = queue.into_iter();
        let entry = AuctionEntry {
            md_entry_type: kind,
            md_entry_px: PxE6(price * 100),
            md_entry_size: QtyE2(shares * 100),
            md_price_level: level as u16,
            number_of_orders: orders as i64,
            no_orders: queue.len() as u32,
        };
        part(&mut self.bytes, |bytes| entry.emit(bytes));
        for shares in queue {
            let item = QueueItem { order_qty: QtyE2(shares * 100) };
            part(&mut self.bytes, |bytes| item.emit(bytes));
        }
        self.count += 1;
    }

    fn level(&mut self, kind: [u8; 2], number: usize, level: Level<'_>) {
        // Only the best level shows its queue.
        let shown = if number == 1 { QUEUE } else { 0 };
        let queue = level.queue().take(shown).map(|order| order.shares);
        self.push(kind, level.price, level.shares(), number, level.count(), queue);
    }

    fn book(&mut self, book: &Book) {
        for (side, kind, total) in [
            (Side::Buy, md_entry_type::BID, md_entry_type::BID_TOTAL),
            (Side::Sell, md_entry_type::OFFER, md_entry_type::OFFER_TOTAL),
        ] {
            for (i, level) in book.levels(side).take(LEVELS).enumerate() {
                self.level(kind, i + 1, level);
            }
            let (shares, value) = book.total(side);
            if shares > 0 {
                self.plain(total, rounded(value, shares * TICK) * TICK, shares);
            }
        }
    }

    /// Level 1 has the price and what would trade, level 2 what would be left over at it.
    fn indicative(&mut self, clearing: Option<Clearing>) {
        let Some(Clearing { price, shares, bids_left, offers_left }) = clearing else {
            return;
        };
        for (kind, left) in [(md_entry_type::BID, bids_left), (md_entry_type::OFFER, offers_left)] {
            self.push(kind, price, shares, 1, 0, []);
            if left > 0 {
                self.push(kind, 0, left, 2, 0, []);
            }
        }
    }

    fn prices(&mut self, of: &Security) {
        if let Some(Prices { open, high, low, last, before }) = of.prices {
            for (kind, price) in [
                (md_entry_type::LAST, last),
                (md_entry_type::OPEN, open),
                (md_entry_type::HIGH, high),
                (md_entry_type::LOW, low),
                (md_entry_type::CHANGE_1, last - of.prev_close),
                (md_entry_type::CHANGE_2, last - before),
                (md_entry_type::PE_1, ratio(last, of.earnings[0])),
                (md_entry_type::PE_2, ratio(last, of.earnings[1])),
            ] {
                self.plain(kind, price, 0);
            }
        }
        self.plain(md_entry_type::LIMIT_UP, of.limit_up, 0);
        self.plain(md_entry_type::LIMIT_DOWN, of.limit_down, 0);
    }
}

/// A price/earnings ratio in 1e-4, with two digits after the point.
const fn ratio(price: i64, earnings: i64) -> i64 {
    rounded(price * 100, earnings) * 100
}
