//! The quote table: one row a security, moved by trades and by snapshots.
//!
//! What the trades say and what the latest snapshot says are kept apart, because they come on
//! different channels and either may be ahead; [`Row::quote`] puts them together. A snapshot older
//! than the row's last one is not applied.

use tidegate_protocol::FaultCode;
use tidegate_protocol::limits::{BOOK_LEVELS, QUEUE_ITEMS};
use tidegate_protocol::units::{PriceE4, PxE6, QtyE2, Timestamp};

use crate::record::{Entry, Head, Queue, Tick};
use crate::securities::{SecuritiesError, SecurityId, SecurityMap};

/// Prices and totals of a day so far; 0 where there is no trade yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Totals {
    /// Last price.
    pub last: PxE6,
    /// First price.
    pub open: PxE6,
    /// Highest price.
    pub high: PxE6,
    /// Lowest price.
    pub low: PxE6,
    /// Volume.
    pub volume: QtyE2,
    /// Turnover in 1e-6 CNY.
    pub value_e6: i64,
    /// Number of trades.
    pub num_trades: i64,
}

/// What is known of a security. Counters count applied messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Row {
    /// SecurityID, padded with spaces.
    pub security: SecurityId,
    /// TradingPhaseCode of the latest snapshot.
    pub phase: [u8; 8],
    /// Greatest possible stamp of an applied message.
    pub time: Timestamp,
    /// TransactTime of the latest trade.
    pub trade_time: Timestamp,
    /// OrigTime of the latest snapshot; 0 before the first.
    pub snapshot_time: Timestamp,
    /// Previous close: of the setup, then of the latest snapshot.
    pub prev_close: PriceE4,
    /// Highest price allowed, of the latest snapshot; 0 where it has none.
    pub limit_up: PxE6,
    /// Lowest price allowed, of the latest snapshot; 0 where it has none.
    pub limit_down: PxE6,
    /// What the trades add up to.
    pub ticks: Totals,
    /// What the latest snapshot says.
    pub snapshot: Totals,
    /// Orders.
    pub orders: u64,
    /// Trades.
    pub trades: u64,
    /// Cancels.
    pub cancels: u64,
    /// Snapshots.
    pub snapshots: u64,
}

impl Row {
    /// The quote of now, from trades and snapshot together.
    ///
    /// Volume, value and number of trades are those of the greater volume: whichever of the two is
    /// behind has not seen everything yet. Last is the later one's by its time, high and low span
    /// both, and open is the snapshot's where it has one, since trades may have been joined late.
    pub fn quote(&self) -> Totals {
        let (ticks, snapshot) = (&self.ticks, &self.snapshot);
        let most =
            if snapshot.volume > ticks.volume || self.trades == 0 { snapshot } else { ticks };
        let either = |first: PxE6, second: PxE6| if first.0 != 0 { first } else { second };
        let trade_is_later = self.trades > 0 && self.trade_time >= self.snapshot_time;
        let (high, low) = if ticks.high.0 == 0 || snapshot.high.0 == 0 {
            (either(ticks.high, snapshot.high), either(ticks.low, snapshot.low))
        } else {
            (ticks.high.max(snapshot.high), ticks.low.min(snapshot.low))
        };
        Totals {
            last: if trade_is_later { ticks.last } else { either(snapshot.last, ticks.last) },
            open: either(snapshot.open, ticks.open),
            high,
            low,
            ..*most
        }
    }
}

/// One price level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Level {
    /// Price.
    pub price: PxE6,
    /// Quantity.
    pub quantity: QtyE2,
    /// NumberOfOrders.
    pub orders: i64,
    /// Where its queue starts in [`Depth::queue`].
    pub queue_at: u16,
    /// Quantities of its queue.
    pub queue_len: u16,
}

/// The ten best levels a side and their queues, of the latest snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Depth {
    /// Bid levels, then offer levels; a level that the snapshot lacks is 0.
    pub levels: [[Level; BOOK_LEVELS]; 2],
    /// The queues, one behind the other.
    pub queue: [QtyE2; QUEUE_ITEMS],
    /// Quantities in use.
    pub queue_len: u16,
}

impl Default for Depth {
    fn default() -> Self {
        Self {
            levels: [[Level::default(); BOOK_LEVELS]; 2],
            queue: [QtyE2(0); QUEUE_ITEMS],
            queue_len: 0,
        }
    }
}

impl Depth {
    /// Makes it [`Depth::default`] again: behind the quantities in use all are 0 already.
    fn clear(&mut self) {
        self.levels = [[Level::default(); BOOK_LEVELS]; 2];
        self.queue[..usize::from(self.queue_len)].fill(QtyE2(0));
        self.queue_len = 0;
    }

    /// The queue of a level.
    pub fn queue_of(&self, level: &Level) -> &[QtyE2] {
        let at = usize::from(level.queue_at);
        &self.queue[at..at + usize::from(level.queue_len)]
    }
}

/// Bid and offer in [`Depth::levels`].
pub const SIDES: [&str; 2] = ["Bid", "Offer"];

/// When a message says it happened; `None` for a time that does not exist.
pub type Stamped = Option<Timestamp>;

/// A trade moves its row. A price of 0 or less, a quantity below 0 or one that would overflow a
/// total changes nothing.
#[inline]
pub fn step_trade(row: &mut Row, tick: &Tick, time: Stamped) -> Result<(), FaultCode> {
    if tick.price.0 <= 0 {
        return Err(FaultCode::QuotePrice);
    }
    if tick.quantity.0 < 0 {
        return Err(FaultCode::QuoteQuantity);
    }
    let overflow = FaultCode::QuoteOverflow;
    let ticks = &mut row.ticks;
    let price = PxE6(tick.price.0.checked_mul(100).ok_or(overflow)?);
    let value = tick.price.0.checked_mul(tick.quantity.0).ok_or(overflow)?;
    let value_e6 = ticks.value_e6.checked_add(value).ok_or(overflow)?;
    let volume = QtyE2(ticks.volume.0.checked_add(tick.quantity.0).ok_or(overflow)?);
    (ticks.value_e6, ticks.volume, ticks.last) = (value_e6, volume, price);
    if ticks.num_trades == 0 {
        (ticks.open, ticks.low) = (price, price);
    }
    ticks.high = ticks.high.max(price);
    ticks.low = ticks.low.min(price);
    ticks.num_trades += 1;
    row.trades += 1;
    if let Some(time) = time {
        row.trade_time = row.trade_time.max(time);
        row.time = row.time.max(time);
    }
    Ok(())
}

/// An order is counted.
#[inline]
pub fn step_order(row: &mut Row, time: Stamped) {
    row.orders += 1;
    row.time = row.time.max(time.unwrap_or_default());
}

/// A cancel is counted.
#[inline]
pub fn step_cancel(row: &mut Row, time: Stamped) {
    row.cancels += 1;
    row.time = row.time.max(time.unwrap_or_default());
}

/// A snapshot under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Assembly {
    /// Side and level that queue records belong to.
    level: Option<(u8, u8)>,
    /// The row has no room for more of its queues.
    queue_full: bool,
}

/// The head of a snapshot clears what the entries will fill. `None`: it is older than the row's.
/// One whose time does not exist is applied and leaves the times as they are.
pub fn step_head(
    row: &mut Row,
    depth: &mut Depth,
    head: &Head,
    time: Stamped,
) -> Result<Option<Assembly>, FaultCode> {
    if time.is_some_and(|time| time < row.snapshot_time) {
        return Ok(None);
    }
    let value_e6 = head.value.0.checked_mul(100).ok_or(FaultCode::QuoteOverflow)?;
    row.snapshot =
        Totals { volume: head.volume, value_e6, num_trades: head.num_trades, ..Totals::default() };
    (row.limit_up, row.limit_down) = (PxE6(0), PxE6(0));
    row.phase = head.phase;
    row.prev_close = head.prev_close;
    row.snapshots += 1;
    if let Some(time) = time {
        row.snapshot_time = time;
        row.time = row.time.max(time);
    }
    depth.clear();
    Ok(Some(Assembly::default()))
}

/// An entry fills its place in the row; codes that have none are left alone.
#[inline(always)]
pub fn step_entry(row: &mut Row, depth: &mut Depth, assembly: &mut Assembly, entry: &Entry) {
    assembly.level = None;
    let side = match &entry.entry_type {
        [side @ (b'0' | b'1'), b' ' | 0] => usize::from(side - b'0'),
        code => {
            let field = match code {
                b"2 " | b"2\0" | b"3 " | b"3\0" => &mut row.snapshot.last,
                b"4 " | b"4\0" | b"xb" => &mut row.snapshot.open,
                b"7 " | b"7\0" | b"xc" => &mut row.snapshot.high,
                b"8 " | b"8\0" | b"xd" => &mut row.snapshot.low,
                b"xe" => &mut row.limit_up,
                b"xf" => &mut row.limit_down,
                _ => return,
            };
            *field = entry.price;
            return;
        }
    };
    let Some(level) = usize::from(entry.level).checked_sub(1).filter(|l| *l < BOOK_LEVELS) else {
        return;
    };
    depth.levels[side][level] = Level {
        price: entry.price,
        quantity: entry.size,
        orders: entry.orders,
        queue_at: depth.queue_len,
        queue_len: 0,
    };
    assembly.level = Some((side as u8, level as u8));
}

/// Queue quantities go to the level before them. A row that is full leaves out the rest and says
/// so, once a snapshot.
#[inline]
pub fn step_queue(
    depth: &mut Depth,
    assembly: &mut Assembly,
    record: &Queue,
) -> Result<(), FaultCode> {
    let Some((side, level)) = assembly.level else { return Ok(()) };
    for quantity in &record.quantity[..usize::from(record.count)] {
        let Some(place) = depth.queue.get_mut(usize::from(depth.queue_len)) else {
            if std::mem::replace(&mut assembly.queue_full, true) {
                return Ok(());
            }
            return Err(FaultCode::QuoteQueue);
        };
        *place = *quantity;
        depth.queue_len += 1;
        depth.levels[usize::from(side)][usize::from(level)].queue_len += 1;
    }
    Ok(())
}

/// The rows and how to find them.
#[derive(Clone, Debug)]
pub struct QuoteTable {
    map: SecurityMap,
    /// The hot part of each row.
    pub rows: Vec<Row>,
    /// The levels of each row.
    pub depths: Vec<Depth>,
}

impl QuoteTable {
    /// A row for each name, in their order.
    pub fn new(names: impl IntoIterator<Item = SecurityId>) -> Result<Self, SecuritiesError> {
        let map = SecurityMap::new(names)?;
        let row = |security: &SecurityId| Row { security: *security, ..Row::default() };
        let rows: Vec<Row> = map.names().iter().map(row).collect();
        let depths = vec![Depth::default(); rows.len()];
        Ok(Self { map, rows, depths })
    }

    /// Names and hash.
    pub fn map(&self) -> &SecurityMap {
        &self.map
    }

    /// The row of a security.
    #[inline]
    pub fn find(&self, security: SecurityId) -> Option<usize> {
        self.map.row(security)
    }

    /// The bytes that every engine must match, row by row: the fields of [`Row`] and [`Depth`] in
    /// the order in which they stand there, little-endian.
    pub fn for_each_row_bytes(&self, mut out: impl FnMut(&[u8])) {
        let mut bytes = Vec::new();
        for (row, depth) in self.rows.iter().zip(&self.depths) {
            bytes.clear();
            bytes.extend_from_slice(&row.security);
            bytes.extend_from_slice(&row.phase);
            for stamp in [row.time, row.trade_time, row.snapshot_time] {
                bytes.extend_from_slice(&stamp.0.to_le_bytes());
            }
            for price in [row.prev_close.0, row.limit_up.0, row.limit_down.0] {
                bytes.extend_from_slice(&price.to_le_bytes());
            }
            for totals in [&row.ticks, &row.snapshot] {
                let prices = [totals.last, totals.open, totals.high, totals.low].map(|p| p.0);
                let sums = [totals.volume.0, totals.value_e6, totals.num_trades];
                for number in prices.iter().chain(&sums) {
                    bytes.extend_from_slice(&number.to_le_bytes());
                }
            }
            for count in [row.orders, row.trades, row.cancels, row.snapshots] {
                bytes.extend_from_slice(&count.to_le_bytes());
            }
            for level in depth.levels.as_flattened() {
                for number in [level.price.0, level.quantity.0, level.orders] {
                    bytes.extend_from_slice(&number.to_le_bytes());
                }
                bytes.extend_from_slice(&level.queue_at.to_le_bytes());
                bytes.extend_from_slice(&level.queue_len.to_le_bytes());
            }
            for quantity in &depth.queue {
                bytes.extend_from_slice(&quantity.0.to_le_bytes());
            }
            bytes.extend_from_slice(&depth.queue_len.to_le_bytes());
            out(&bytes);
        }
    }
}

/// The last ApplSeqNum of each channel.
#[derive(Clone, Debug)]
pub struct Channels {
    last: Box<[i64]>,
}

/// What a sequence number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sequence {
    /// The next one.
    Next,
    /// Above the next one, by so many: applied.
    Jump(u64),
    /// At or below the last one: not applied.
    Duplicate,
}

impl Default for Channels {
    fn default() -> Self {
        Self { last: vec![0; 1 << 16].into() }
    }
}

impl Channels {
    /// Judges the next number of a channel; a series starts at 1.
    #[inline]
    pub fn judge(&mut self, channel: u16, appl_seq_num: i64) -> Sequence {
        let last = &mut self.last[usize::from(channel)];
        if appl_seq_num <= *last {
            return Sequence::Duplicate;
        }
        // Both are 0 or more here, so the difference fits.
        let step = (appl_seq_num - *last) as u64;
        *last = appl_seq_num;
        if step == 1 { Sequence::Next } else { Sequence::Jump(step - 1) }
    }

    /// The last number of a channel, 0 before the first.
    pub fn last(&self, channel: u16) -> i64 {
        self.last[usize::from(channel)]
    }
}

/// The pipeline's time: the greatest stamp so far.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    now: Timestamp,
    /// YYYYMMDDHHMM that was found possible, to look at the seconds only.
    minute: i64,
}

impl Default for Clock {
    fn default() -> Self {
        Self { now: Timestamp(0), minute: i64::MIN }
    }
}

/// What a stamp says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// At or after the pipeline's time, which is now this.
    Forward,
    /// Earlier: clamped.
    Earlier,
    /// No such time: the pipeline's time stays.
    Impossible,
}

impl Clock {
    /// The pipeline's time; 0 before the first stamp.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Whether a stamp is the pipeline's time already, so that nothing moves.
    #[inline]
    pub fn is_now(&self, stamp: Timestamp) -> bool {
        // Before the first stamp its 0 is no time.
        stamp == self.now && self.minute != i64::MIN
    }

    /// Takes a stamp.
    #[inline]
    pub fn observe(&mut self, stamp: Timestamp) -> Stamp {
        if self.is_now(stamp) {
            return Stamp::Forward;
        }
        let minute = stamp.0 / 100_000;
        if minute != self.minute || stamp.0 % 100_000 >= 60_000 {
            if !stamp.is_possible() {
                return Stamp::Impossible;
            }
            self.minute = minute;
        }
        if stamp < self.now {
            return Stamp::Earlier;
        }
        self.now = stamp;
        Stamp::Forward
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_goes_forward_only() {
        let mut clock = Clock::default();
        assert_eq!(clock.observe(Timestamp(0)), Stamp::Impossible);
        assert_eq!(clock.observe(Timestamp(20230201093000010)), Stamp::Forward);
        assert_eq!(clock.observe(Timestamp(20230201093000009)), Stamp::Earlier);
        assert_eq!(clock.observe(Timestamp(20230201093060000)), Stamp::Impossible);
        assert_eq!(clock.observe(Timestamp(-1)), Stamp::Impossible);
        assert_eq!(clock.now(), Timestamp(20230201093000010));
        assert_eq!(clock.observe(Timestamp(20230201093059999)), Stamp::Forward);
        assert_eq!(clock.observe(Timestamp(20230202000000000)), Stamp::Forward);
    }

    #[test]
    fn a_head_leaves_nothing_of_the_snapshot_before() {
        let (mut row, mut depth) = (Row::default(), Depth::default());
        let entry = Entry { entry_type: *b"1 ", level: 10, ..Entry::default() };
        let pair = Queue { quantity: [QtyE2(7), QtyE2(8)], count: 2, ..Queue::default() };
        let first = step_head(&mut row, &mut depth, &Head::default(), None);
        let mut assembly = first.expect("applied").expect("no older one");
        step_entry(&mut row, &mut depth, &mut assembly, &entry);
        while depth.queue_len < QUEUE_ITEMS as u16 {
            assert_eq!(step_queue(&mut depth, &mut assembly, &pair), Ok(()));
        }
        assert_ne!(depth, Depth::default());
        let again = step_head(&mut row, &mut depth, &Head::default(), None);
        assert_eq!(again, Ok(Some(Assembly::default())));
        assert_eq!(depth, Depth::default());
    }

    #[test]
    fn a_series_starts_at_one() {
        let mut channels = Channels::default();
        assert_eq!(channels.judge(7, 0), Sequence::Duplicate);
        assert_eq!(channels.judge(7, i64::MIN), Sequence::Duplicate);
        assert_eq!(channels.judge(7, 1), Sequence::Next);
        assert_eq!(channels.judge(7, 1), Sequence::Duplicate);
        assert_eq!(channels.judge(7, 5), Sequence::Jump(3));
        assert_eq!(channels.judge(8, i64::MAX), Sequence::Jump(i64::MAX as u64 - 1));
        assert_eq!(channels.judge(8, 3), Sequence::Duplicate);
    }
}
