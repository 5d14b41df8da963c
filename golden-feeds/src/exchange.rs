//! A small exchange: who sends what when, and what comes of it. One trading day, slot by slot; it
//! holds the live books and the messages of one slot, however long the feed is.

use tidegate_protocol::code::{ord_type, trading_phase};

use crate::book::{Fill, Order, Side};
use crate::clock::{BINDING, CLOSED, LOGON, LOGOUT, OPENED, OPENING, at, busy, phase};
use crate::listing;
use crate::reports::{self, INDEX_PREV_CLOSE};
use crate::rng::Rng;
use crate::security::{Security, TICK, Totals};
use crate::spec::{Pace, Plan, Spec, SpecError, shown};
use crate::wire::{Flow, Slot};

/// Lots of 100 shares in an order.
const LOTS: [i64; 12] = [1, 1, 1, 2, 2, 3, 5, 5, 10, 10, 20, 50];
/// Most that follows at the same moment to the same security.
const BURST: i64 = 9;
/// Most orders of each security in the first moment of the day.
const FIRST_ORDERS: i64 = 12;
/// Most cancels among 10 000 orders and cancels.
const MOST_CANCELS: i64 = 4_500;

/// Tells the numbers that move prices from the others. Of the values tried, it gives the market day
/// a course that falls by half a per cent, then rises above 10 000.
const WEATHER: u64 = 1_162 << 32;

/// A day in the making.
pub struct Exchange {
    pace: Pace,
    plan: Plan,
    rng: Rng,
    /// Moves the prices in mind, apart from who then does what.
    weather: Rng,
    securities: Vec<Security>,
    /// Sum of the activities up to each security.
    activity: Vec<i64>,
    /// Last ApplSeqNum of each tick channel.
    seq: Vec<i64>,
    /// The market's return so far, in 1e-9.
    market: i64,
    /// Open, high and low of the index, in 1e-4 points.
    index: Option<[i64; 3]>,
    /// Where the next slot begins.
    next: i64,
    /// Messages of the slots before.
    sent: i64,
    /// Bursts so far, and their messages: how many a burst has is seen, not computed.
    bursts: [i64; 2],
    slot: Slot,
    fills: Vec<Fill>,
    times: Vec<i64>,
}

impl Exchange {
    /// The exchange before the day.
    pub fn new(spec: &Spec) -> Result<Self, SpecError> {
        spec.check()?;
        let pace = Pace::of(spec);
        let mut rng = Rng::new(spec.seed);
        let securities = listing::securities(&mut rng, spec);
        let sum = |sum: &mut i64, security: &Security| {
            *sum += security.activity;
            Some(*sum)
        };
        Ok(Self {
            pace,
            plan: Plan::new(spec, &pace),
            rng,
            weather: Rng::new(WEATHER ^ spec.seed),
            activity: securities.iter().scan(0, sum).collect(),
            securities,
            seq: vec![0; spec.channels as usize],
            market: 0,
            index: None,
            next: LOGON,
            sent: 0,
            bursts: [1, 6],
            slot: Slot::default(),
            fills: Vec::new(),
            times: Vec::new(),
        })
    }

    /// The securities, in the order of their numbers within each board.
    pub fn securities(&self) -> &[Security] {
        &self.securities
    }

    /// The next slot of the day; `None` behind the last.
    pub fn next_slot(&mut self) -> Option<&Slot> {
        let slot = self.next;
        if slot >= LOGOUT {
            return None;
        }
        self.next += self.pace.slot;
        self.sent += self.slot.len() as i64;
        self.slot.clear();
        if slot == LOGON {
            self.log(reports::logon, slot);
        }
        let due = self.plan.due(slot, self.sent);
        match phase(slot) {
            trading_phase::OPENING_AUCTION => self.call(slot, due),
            trading_phase::CONTINUOUS => {
                self.walk(busy(slot) * self.pace.walk, self.pace.slot);
                self.ticks(slot, due);
            }
            trading_phase::CLOSING_AUCTION => self.ticks(slot, due),
            _ if is_uncross(slot) => self.uncross(slot),
            _ => {}
        }
        self.publish(slot);
        if self.next >= LOGOUT {
            self.end(self.next);
        }
        Some(&self.slot)
    }

    /// Messages so far.
    fn sent(&self) -> i64 {
        self.sent + self.slot.len() as i64
    }

    /// Moves the market by up to `most` x 1e-9, and each security by about as much on its own; and
    /// those with news by what `ms` of them bring.
    fn walk(&mut self, most: i64, ms: i64) {
        self.market += self.weather.around(most);
        for security in &mut self.securities {
            security.own += self.weather.around(most) + security.drift * ms / 1_000;
        }
    }

    /// A slot of the opening call.
    fn call(&mut self, slot: i64, due: i64) {
        if slot == OPENING {
            // What happened over night.
            self.walk(7_000_000, 0);
            self.first_orders(slot);
        }
        self.ticks(slot, due);
    }

    /// Orders of every security wait for the first moment, as long as they leave room in the call.
    fn first_orders(&mut self, ms: i64) {
        let each = self.plan.room(ms, self.sent()) / 2 / self.securities.len() as i64;
        for security in 0..self.securities.len() {
            if !self.securities[security].is_suspended() {
                for _ in 0..each.min(FIRST_ORDERS) {
                    self.tick(ms, security);
                }
            }
        }
    }

    /// About `due` orders, cancels and trades, in bursts at random times.
    fn ticks(&mut self, slot: i64, due: i64) {
        let [seen, messages] = self.bursts;
        let wanted = due * seen;
        let bursts = wanted / messages + i64::from(self.rng.below(messages) < wanted % messages);
        // Times of ticks are multiples of 10 ms.
        let mut times = std::mem::take(&mut self.times);
        times.clear();
        times.extend((0..bursts).map(|_| slot + self.rng.below(self.pace.slot / 10) * 10));
        times.sort_unstable();
        let before = self.sent();
        for &ms in &times {
            let security = self.pick();
            for _ in 0..1 + self.rng.run(780, BURST) {
                self.tick(ms, security);
            }
        }
        self.times = times;
        self.bursts = [seen + bursts, messages + self.sent() - before];
    }

    /// A security, the busy ones more often.
    fn pick(&mut self) -> usize {
        let n = self.rng.below(self.activity.last().copied().unwrap_or(1));
        self.activity.partition_point(|sum| *sum <= n)
    }

    /// One thing that happens to a security.
    fn tick(&mut self, ms: i64, at_security: usize) {
        let phase = phase(ms);
        let security = &mut self.securities[at_security];
        security.changed = true;
        let fair = security.fair(self.market);
        let buys = self.rng.below(100) < security.buyers(fair);
        let side = if buys { Side::Buy } else { Side::Sell };
        let deep = security.book.depth(side) as i64;
        let cancels = match phase {
            trading_phase::OPENING_AUCTION if ms < BINDING && deep > 4 => 800,
            trading_phase::CONTINUOUS if deep > 4 => (deep * self.pace.decay).min(MOST_CANCELS),
            _ => 0,
        };
        if self.rng.below(10_000) < cancels {
            return self.cancel(ms, at_security, side);
        }
        let kind = match (phase, self.rng.below(100)) {
            (trading_phase::CONTINUOUS, 0..4) => ord_type::MARKET,
            (trading_phase::CONTINUOUS, 4..8) => ord_type::OWN_BEST,
            _ => ord_type::LIMIT,
        };
        self.order(ms, at_security, side, kind, fair);
    }

    fn next_seq(&mut self, channel: usize) -> i64 {
        self.seq[channel] += 1;
        self.seq[channel]
    }

    fn cancel(&mut self, ms: i64, at_security: usize, side: Side) {
        let book = &mut self.securities[at_security].book;
        let at = self.rng.below(book.depth(side) as i64) as usize;
        let order = book.cancel(side, at);
        self.send_cancel(ms, at_security, side, &order);
    }

    fn send_cancel(&mut self, ms: i64, at_security: usize, side: Side, order: &Order) {
        let seq = self.next_seq(self.securities[at_security].channel);
        self.securities[at_security].cancel(&mut self.slot, ms, seq, side, order);
    }

    fn send_fills(&mut self, ms: i64, at_security: usize) {
        let mut fills = std::mem::take(&mut self.fills);
        for fill in fills.drain(..) {
            let seq = self.next_seq(self.securities[at_security].channel);
            let security = &mut self.securities[at_security];
            security.count(&fill);
            security.trade(&mut self.slot, ms, seq, &fill);
        }
        self.fills = fills;
    }

    /// A new order and what it does.
    fn order(&mut self, ms: i64, at_security: usize, side: Side, kind: u8, fair: i64) {
        let price = match kind {
            ord_type::LIMIT => self.limit_price(ms, at_security, side, fair),
            // A market order takes five levels at most.
            ord_type::MARKET => self.worst_of_five(at_security, side.opposite()),
            _ => self.securities[at_security].book.best(side).unwrap_or(0),
        };
        let shares = self.shares(side);
        let seq = self.next_seq(self.securities[at_security].channel);
        let mut order = Order { price, seq, shares };
        self.securities[at_security].order(&mut self.slot, ms, side, kind, &order);
        let matches = phase(ms) == trading_phase::CONTINUOUS && kind != ord_type::OWN_BEST;
        if matches && price > 0 {
            self.securities[at_security].book.take(side, &mut order, &mut self.fills);
            self.send_fills(ms, at_security);
        }
        if order.shares == 0 {
            return;
        }
        // What a market order leaves is cancelled; so is an own-best order without a price.
        if kind == ord_type::MARKET || price == 0 {
            self.send_cancel(ms, at_security, side, &order);
        } else {
            self.securities[at_security].book.rest(side, order);
        }
    }

    fn shares(&mut self, side: Side) -> i64 {
        let lots = 100 * self.rng.pick(&LOTS) * (1 + self.rng.run(200, 4));
        // The rest of a holding may be sold though it is no whole lot.
        let odd = side == Side::Sell && self.rng.permille(15);
        lots + if odd { 1 + self.rng.below(99) } else { 0 }
    }

    /// 0 when the side is empty.
    fn worst_of_five(&self, at_security: usize, side: Side) -> i64 {
        self.securities[at_security].book.levels(side).take(5).last().map_or(0, |l| l.price)
    }

    fn limit_price(&mut self, ms: i64, at_security: usize, side: Side, fair: i64) -> i64 {
        let security = &self.securities[at_security];
        let step = security.step;
        // Steps away from the fair price, on the own side when above 0.
        let away = match (phase(ms), self.rng.below(100)) {
            (trading_phase::CONTINUOUS, 0..24) => -1 - self.rng.run(300, 3),
            (trading_phase::CONTINUOUS, 24..94) => self.rng.run(740, 14),
            (trading_phase::CONTINUOUS, _) => 10 + self.rng.below(40),
            (_, 0..40) => -self.rng.below(6),
            (_, _) => 1 + self.rng.run(860, 20),
        };
        let cents = if step > TICK && self.rng.permille(150) {
            self.rng.below(step / TICK) * TICK
        } else {
            0
        };
        let near = (fair + step / 2) / step * step;
        let sign = if side == Side::Buy { -1 } else { 1 };
        security.allowed(near + sign * away * step + cents)
    }

    /// The end of a call auction: all its trades at one time, at one price a security.
    fn uncross(&mut self, ms: i64) {
        for at_security in 0..self.securities.len() {
            let security = &mut self.securities[at_security];
            if let Some(clearing) = security.clearing() {
                security.book.uncross(clearing, &mut self.fills);
                self.send_fills(ms, at_security);
            }
        }
    }

    /// All that is not an order or a trade, at the end of a slot.
    fn publish(&mut self, slot: i64) {
        let (ms, phase) = (self.next, phase(slot));
        if ms == at(9, 6) {
            reports::announcement(&mut self.slot, ms);
        }
        if ms == at(9, 11) {
            reports::security_status(&mut self.slot, ms, self.securities[0].id);
        }
        self.publish_snapshots(slot, ms, phase);
        self.publish_index(slot, ms, phase);
        if ms % 1_800_000 == 0 {
            self.publish_statistics(ms, phase);
        }
        self.publish_heartbeats(ms, phase);
    }

    /// Everyone's after a call, in trading those of some that changed.
    fn publish_snapshots(&mut self, slot: i64, ms: i64, phase: u8) {
        if is_uncross(slot) {
            for security in &mut self.securities {
                security.changed = false;
                security.snapshot(&mut self.slot, ms, phase);
            }
        } else {
            for _ in 0..self.plan.snapshots.step(shown(slot)) {
                let chosen = self.pick();
                let security = &mut self.securities[chosen];
                if std::mem::take(&mut security.changed) {
                    security.snapshot(&mut self.slot, ms, phase);
                }
            }
        }
    }

    fn publish_index(&mut self, slot: i64, ms: i64, phase: u8) {
        let due = match phase {
            trading_phase::CONTINUOUS => self.plan.index.step(1) > 0,
            trading_phase::START => false,
            _ => is_uncross(slot) || ms % self.pace.rest == 0,
        };
        if due {
            let (value, totals) = self.index_now();
            if totals.trades > 0 {
                let [open, high, low] = self.index.unwrap_or([value; 3]);
                self.index = Some([open, high.max(value), low.min(value)]);
            }
            let range = self.index.unwrap_or([0; 3]);
            reports::index(&mut self.slot, ms, phase, value, range, totals);
        }
    }

    /// The index now, in 1e-4 points, rounded half up; and its constituents' totals.
    fn index_now(&self) -> (i64, Totals) {
        let (mut now, mut base, mut totals) = (0, 0, Totals::default());
        for security in &self.securities {
            if let Some(shares) = security.index_shares {
                now += security.last() as u128 * shares as u128;
                base += security.prev_close as u128 * shares as u128;
                totals = totals + security.totals;
            }
        }
        let value = (2 * INDEX_PREV_CLOSE as u128 * now + base) / (2 * base);
        (value as i64, totals)
    }

    fn publish_statistics(&mut self, ms: i64, phase: u8) {
        for channel in 0..self.seq.len() {
            let securities = self.securities.iter().filter(|s| s.channel == channel).count();
            reports::statistics(&mut self.slot, ms, channel, securities, phase);
        }
    }

    /// At rest those of sessions and channels, in trading those of channels now and then.
    fn publish_heartbeats(&mut self, ms: i64, phase: u8) {
        let idle =
            matches!(phase, trading_phase::START | trading_phase::BREAK | trading_phase::ENDED);
        if ms % self.pace.rest == 0 && (idle || ms % 300_000 == 0) {
            for (channel, last) in self.seq.iter().enumerate() {
                reports::channel_heartbeat(&mut self.slot, ms, channel, *last, false);
            }
            if idle {
                self.log(reports::heartbeat, ms);
            }
        }
    }

    /// A message on both connections.
    fn log(&mut self, message: impl Fn(&mut Slot, i64, Flow), ms: i64) {
        for flow in [Flow::Ticks, Flow::Snapshots] {
            message(&mut self.slot, ms, flow);
        }
    }

    fn end(&mut self, ms: i64) {
        let totals = self.securities.iter().fold(Totals::default(), |totals, s| totals + s.totals);
        reports::volume(&mut self.slot, ms, self.securities.len(), totals);
        for (channel, last) in self.seq.iter().enumerate() {
            reports::channel_heartbeat(&mut self.slot, ms, channel, *last, true);
        }
        self.log(reports::logout, ms);
    }
}

/// Whether a call ends where this slot begins.
const fn is_uncross(slot: i64) -> bool {
    matches!(slot, OPENED | CLOSED)
}
