//! The market as a re-run shows it, kept plainly: nothing here is shared with the engine's rooms.

use std::collections::{HashMap, VecDeque};

use tidegate_pipeline::parameters::{Action, Condition, Parameters};
use tidegate_pipeline::record::{Entry, Head, Kind, Tick, flag};
use tidegate_pipeline::securities::SecurityId;
use tidegate_pipeline::setup::{IndexSetup, PriceSource};
use tidegate_pipeline::{IndexPoint, Setup};
use tidegate_protocol::limits::{MAX_TRIGGERS, WINDOW_SLOTS};
use tidegate_protocol::msg_type;
use tidegate_protocol::units::Timestamp;

use crate::words::fixed;

/// Window of the guard, behind those of the triggers.
pub(super) const GUARD: usize = MAX_TRIGGERS;

/// The index from a message on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Point {
    /// The pipeline's time, in milliseconds of the day.
    pub(super) ms: i64,
    pub(super) msg: u64,
    pub(super) value: i64,
}

/// The value that a change is counted from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Carried {
    pub(super) point: Point,
    /// Where the oldest slot begins.
    pub(super) from_ms: i64,
    /// The window does not reach back to its own beginning yet: the point is that beginning.
    pub(super) young: bool,
}

/// What is known of the quote of a security, as far as a trigger may ask.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Quote {
    /// Last trade, in 1e-6 CNY, and the greatest time of a trade.
    trade: Option<(i64, Timestamp)>,
    snapshot_last: i64,
    pub(super) snapshot_time: Timestamp,
    /// Greatest and least price allowed; 0 for none.
    pub(super) up: i64,
    pub(super) down: i64,
    /// Level 1 of bid and offer; 0 for none.
    pub(super) best: [i64; 2],
}

impl Quote {
    /// The last price in 1e-6 CNY and whether a trade set it; 0 for none.
    pub(super) fn last(&self) -> (i64, bool) {
        match self.trade {
            Some((price, time)) if time >= self.snapshot_time || self.snapshot_last == 0 => {
                (price, true)
            }
            _ => (self.snapshot_last, false),
        }
    }
}

/// The constituents with their prices.
struct Basket {
    at: HashMap<SecurityId, usize>,
    shares: Vec<i64>,
    prices: Vec<i64>,
    source: PriceSource,
    /// The index is `value / sum` of the sum of now.
    anchor: (i64, i128),
    /// What the last change was made from, should the engine refuse it.
    price_before: Option<(usize, i64)>,
    shares_before: Option<(Vec<i64>, (i64, i128), bool)>,
    /// Shares changed since the last point: its sum is that of the old ones.
    rebased: bool,
}

/// What the last message did to the price of a constituent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moved {
    pub(super) security: SecurityId,
    pub(super) before: i64,
    pub(super) after: i64,
}

/// The market so far.
pub(super) struct Market {
    pub(super) now: Timestamp,
    /// The index, and what it was after the message before.
    pub(super) index: Option<i64>,
    pub(super) index_before: Option<i64>,
    pub(super) last_point: Option<IndexPoint>,
    pub(super) moved: Option<Moved>,
    /// Of this date; of several in a millisecond the last.
    points: VecDeque<Point>,
    /// How long points are kept.
    keep_ms: i64,
    /// Length of each window that there is.
    lengths: [Option<i64>; MAX_TRIGGERS + 1],
    /// Where each window began on this date, if it has a value.
    began: [Option<Point>; MAX_TRIGGERS + 1],
    quotes: HashMap<SecurityId, Quote>,
    basket: Option<Basket>,
    /// The snapshot under way, if it is applied.
    snapshot: Option<SecurityId>,
}

/// A SecurityID padded with spaces.
fn padded(mut security: SecurityId) -> SecurityId {
    security.iter_mut().filter(|byte| **byte == 0).for_each(|byte| *byte = b' ');
    security
}

/// Length of each window under a block; the guard's is the last.
fn windows(block: &Parameters) -> [Option<i64>; MAX_TRIGGERS + 1] {
    let mut lengths = [None; MAX_TRIGGERS + 1];
    for (length, trigger) in lengths.iter_mut().zip(&block.triggers) {
        *length = trigger.iter().flat_map(|t| t.conditions).flatten().find_map(|c| match c {
            Condition::IndexChange { within_ms, .. } => Some(within_ms),
            _ => None,
        });
    }
    lengths[GUARD] = block.guard.map(|guard| guard.within_ms);
    lengths
}

impl Basket {
    fn new(index: &IndexSetup) -> Self {
        let each = || index.constituents.iter();
        Self {
            at: each().enumerate().map(|(at, c)| (c.security, at)).collect(),
            shares: each().map(|c| c.shares).collect(),
            prices: each().map(|c| c.prev_close.0).collect(),
            source: index.source,
            anchor: (index.prev_close.0, index.base_sum.into()),
            price_before: None,
            shares_before: None,
            rebased: false,
        }
    }

    /// Added up from the start.
    fn sum(&self) -> i128 {
        let terms = self.shares.iter().zip(&self.prices);
        terms.map(|(shares, price)| i128::from(*shares) * i128::from(*price)).sum()
    }

    fn set(&mut self, security: SecurityId, price: i64) -> Option<Moved> {
        let at = *self.at.get(&security)?;
        let before = std::mem::replace(&mut self.prices[at], price);
        self.price_before = Some((at, before));
        Some(Moved { security, before, after: price })
    }
}

impl Market {
    pub(super) fn new(setup: &Setup, blocks: &[&Parameters]) -> Self {
        let all = blocks.iter().flat_map(|block| windows(block)).flatten();
        let mut quotes = HashMap::new();
        for trigger in blocks.iter().flat_map(|block| &block.triggers).flatten() {
            for condition in trigger.conditions.iter().flatten() {
                if let Condition::PriceAtLeast { security, .. }
                | Condition::PriceAtMost { security, .. } = condition
                {
                    quotes.insert(*security, Quote::default());
                }
            }
            if let Action::Order(rule) = &trigger.action {
                quotes.insert(rule.security, Quote::default());
            }
        }
        Self {
            now: Timestamp(0),
            index: None,
            index_before: None,
            last_point: None,
            moved: None,
            points: VecDeque::new(),
            keep_ms: all.max().unwrap_or(0),
            lengths: blocks.first().map_or([None; MAX_TRIGGERS + 1], |block| windows(block)),
            began: [None; MAX_TRIGGERS + 1],
            quotes,
            basket: setup.index.as_ref().map(Basket::new),
            snapshot: None,
        }
    }

    pub(super) fn ms(&self) -> i64 {
        self.now.ms_of_day()
    }

    /// The quote of a security that a trigger names.
    pub(super) fn quote(&self, security: SecurityId) -> Quote {
        self.quotes.get(&security).copied().unwrap_or_default()
    }

    /// Time goes on to a stamp, if that exists and is later. A new date empties every window.
    pub(super) fn time(&mut self, stamp: Timestamp) {
        if !stamp.is_possible() || stamp <= self.now {
            return;
        }
        if stamp.date() != self.now.date() {
            self.points.clear();
            self.began = [None; MAX_TRIGGERS + 1];
        }
        self.now = stamp;
    }

    /// A message begins.
    pub(super) fn next_message(&mut self) {
        self.index_before = self.index;
        self.moved = None;
    }

    pub(super) fn tick(&mut self, tick: &Tick) {
        if tick.tag.flags & flag::BAD_CHECKSUM == 0 {
            self.time(tick.time);
        }
        let trade = tick.tag.kind == Kind::Trade && tick.code == b'F' && tick.tag.flags == 0;
        let auction = tick.tag.msg_type == msg_type::AUCTION_TRADE;
        if !trade || !auction && tick.tag.msg_type != msg_type::BOND_TRADE {
            return;
        }
        let security = padded(tick.security);
        if let Some(quote) = self.quotes.get_mut(&security) {
            let before = quote.trade.map_or(Timestamp(0), |(_, time)| time);
            let time = if tick.time.is_possible() { tick.time.max(before) } else { before };
            quote.trade = Some((tick.price.0 * 100, time));
        }
        if let Some(basket) = &mut self.basket
            && auction
            && basket.source == PriceSource::Trade
        {
            self.moved = basket.set(security, tick.price.0);
        }
    }

    pub(super) fn head(&mut self, head: &Head) {
        self.snapshot = None;
        if head.tag.flags & flag::BAD_CHECKSUM == 0 {
            self.time(head.time);
        }
        let moves = matches!(
            head.tag.msg_type,
            msg_type::AUCTION_SNAPSHOT | msg_type::BOND_SNAPSHOT | msg_type::INDEX_SNAPSHOT
        );
        if head.tag.flags != 0 || !moves {
            return;
        }
        let security = padded(head.security);
        self.snapshot = Some(security);
        if let Some(quote) = self.quotes.get_mut(&security) {
            let time = if head.time.is_possible() { head.time } else { quote.snapshot_time };
            *quote = Quote { trade: quote.trade, snapshot_time: time, ..Quote::default() };
        }
    }

    pub(super) fn entry(&mut self, entry: &Entry) {
        let Some(security) = self.snapshot else { return };
        let mut code = entry.entry_type;
        code.iter_mut().filter(|byte| **byte == 0).for_each(|byte| *byte = b' ');
        if let Some(quote) = self.quotes.get_mut(&security) {
            match &code {
                b"0 " if entry.level == 1 => quote.best[0] = entry.price.0,
                b"1 " if entry.level == 1 => quote.best[1] = entry.price.0,
                b"2 " | b"3 " => quote.snapshot_last = entry.price.0,
                b"xe" => quote.up = entry.price.0,
                b"xf" => quote.down = entry.price.0,
                _ => {}
            }
        }
        if let Some(basket) = &mut self.basket
            && basket.source == PriceSource::Snapshot
            && entry.tag.msg_type == msg_type::AUCTION_SNAPSHOT
            && &code == b"2 "
            && entry.price.0 > 0
            && entry.price.0 % 100 == 0
        {
            self.moved = basket.set(security, entry.price.0 / 100).or(self.moved);
        }
    }

    pub(super) fn end(&mut self) {
        self.snapshot = None;
    }

    /// The engine gave a value of the index.
    pub(super) fn point(&mut self, point: &IndexPoint) {
        self.index = Some(point.value.0);
        self.last_point = Some(*point);
        if let Some(basket) = &mut self.basket {
            basket.rebased = false;
        }
        if self.now.0 == 0 {
            return;
        }
        let point = Point { ms: self.ms(), msg: point.msg, value: point.value.0 };
        if self.points.back().is_some_and(|last| last.ms == point.ms) {
            self.points.pop_back();
        }
        self.points.push_back(point);
        // The last point before the longest window is the value that was carried into it.
        let slots = WINDOW_SLOTS as i64;
        let oldest = point.ms - self.keep_ms - self.keep_ms / slots;
        while self.points.get(1).is_some_and(|next| next.ms < oldest) {
            self.points.pop_front();
        }
        for (began, length) in self.began.iter_mut().zip(self.lengths) {
            if length.is_some() {
                began.get_or_insert(point);
            }
        }
    }

    /// New parameters: a window of another length starts with the index of now.
    pub(super) fn change(&mut self, new: &Parameters, msg: u64) {
        let point = self.index.map(|value| Point { ms: self.ms(), msg, value });
        let old = std::mem::replace(&mut self.lengths, windows(new));
        let lengths = old.into_iter().zip(self.lengths);
        for (began, (old, new)) in self.began.iter_mut().zip(lengths) {
            if old != new && began.is_some() {
                *began = point;
            }
        }
    }

    /// New share counts: the index stays where it is.
    pub(super) fn rebase(&mut self, shares: &[(usize, i64)]) {
        let Some(basket) = &mut self.basket else { return };
        if shares.is_empty() {
            return;
        }
        basket.shares_before = Some((basket.shares.clone(), basket.anchor, basket.rebased));
        let value = self.index.unwrap_or(basket.anchor.0);
        for (at, count) in shares {
            basket.shares[*at] = *count;
        }
        basket.anchor = (value, basket.sum());
        basket.rebased = true;
    }

    /// The engine refused the new shares.
    pub(super) fn rebase_refused(&mut self) {
        let Some(basket) = &mut self.basket else { return };
        if let Some(before) = basket.shares_before.take() {
            (basket.shares, basket.anchor, basket.rebased) = before;
        }
    }

    /// The engine refused the last price of a constituent.
    pub(super) fn price_refused(&mut self) {
        self.moved = None;
        let Some(basket) = &mut self.basket else { return };
        if let Some((at, before)) = basket.price_before.take() {
            basket.prices[at] = before;
        }
    }

    /// The value carried into the oldest slot of a window of this length.
    pub(super) fn carried(&self, window: usize, within_ms: i64) -> Option<Carried> {
        let began = self.began[window]?;
        let slot_ms = within_ms / WINDOW_SLOTS as i64;
        let oldest = self.ms() / slot_ms - (WINDOW_SLOTS as i64 - 1);
        let from_ms = oldest * slot_ms;
        let young = oldest <= began.ms / slot_ms;
        let before = self.points.partition_point(|point| point.ms < from_ms);
        let point = before.checked_sub(1).and_then(|at| self.points.get(at)).copied();
        let point = if young { began } else { point.unwrap_or(began) };
        Some(Carried { point, from_ms, young })
    }

    /// The change of the index within a window.
    pub(super) fn moved_by(&self, window: usize, within_ms: i64) -> Option<i64> {
        let (index, carried) = self.index.zip(self.carried(window, within_ms))?;
        Some(index.saturating_sub(carried.point.value))
    }

    /// Whether the index is what the prices add up to: the sum exactly, and the value to half a
    /// unit of its last digit. What to say about it, too.
    pub(super) fn index_agrees(&self) -> (bool, String) {
        let (Some(basket), Some(point)) = (&self.basket, &self.last_point) else {
            return (self.index.is_none(), "no constituent was priced yet".to_owned());
        };
        let (sum, count) = (basket.sum(), basket.prices.len());
        // A sum of the engine fits 64 bits.
        let cny = i64::try_from(sum).map_or("too much".to_owned(), |sum| fixed(sum, 4));
        let terms = if count == 1 { "price x shares adds up" } else { "prices x shares add up" };
        let added = format!("{count} {terms} to {cny} CNY");
        if !basket.rebased && i128::from(point.sum) != sum {
            return (false, format!("{added}, not to {}", fixed(point.sum, 4)));
        }
        let (value, base) = basket.anchor;
        // Products of two numbers below 2^63. The constant behind the value has 63 digits: what it
        // lacks is far below the half.
        let exact = i128::from(value) * if basket.rebased { base } else { sum };
        let found = i128::from(point.value.0) * base;
        let slack = (found.unsigned_abs() >> 61) + 1;
        let agrees = exact.abs_diff(found) <= base.unsigned_abs() / 2 + slack;
        let is = if agrees { "which is" } else { "which is not" };
        (agrees, format!("{added}, {is} {}", point.value))
    }
}
