//! A market day from a seed: who sends what when.

use tidegate_protocol::code::{
    SOURCE_SZSE, md_entry_type, ord_type, security_switch, session_status,
};
use tidegate_protocol::message::{
    Announcement, ChannelHeartbeat, ChannelStatistics, ChannelStream, IndexEntry, Logon, Logout,
    SecurityStatus, SecuritySwitch, SnapshotHead, VolumeStatistics,
};
use tidegate_protocol::msg_type;
use tidegate_protocol::units::{AmtE4, PriceE4, PxE6, QtyE2};

use crate::book::{Fill, Order, Side};
use crate::rng::Rng;
use crate::security::{SNAPSHOT_CHANNELS, Security, TICK, TICK_CHANNELS, Totals, limit};
use crate::wire::{Flow, Message, frame, part, text, timestamp};

/// SecurityID of the index.
pub const INDEX: &str = "399001";
/// Previous close of the index, in 1e-4 points.
pub const INDEX_PREV_CLOSE: i64 = 98_765_432;
/// Channel of the index and of all that is not about one security.
const INDEX_CHANNEL: u16 = 1001;

/// Securities of the three boards, by the first digits of their numbers.
const BOARDS: [(&str, usize); 3] = [("000", 120), ("002", 90), ("300", 90)];
/// Every 15th security is outside the index.
const OUTSIDE: usize = 15;
/// Previous closes: from, to (CNY), and how many of 100.
const PRICE_BANDS: [(i64, i64, i64); 7] =
    [(2, 5, 14), (5, 10, 26), (10, 20, 28), (20, 40, 18), (40, 80, 9), (80, 160, 4), (160, 300, 1)];
/// Lots of 100 shares in an order.
const LOTS: [i64; 12] = [1, 1, 1, 2, 2, 3, 5, 5, 10, 10, 20, 50];

/// The clock goes in slots; a slot's ticks come first, then the snapshots at its end.
const SLOT: i64 = 15_000;
/// Most that follows at the same moment to the same security.
const BURST: i64 = 9;
/// Ticks of each security in the first moment of the day.
const FIRST_ORDERS: i64 = 12;
/// Bursts of the opening call, of continuous trading and of the closing call.
const BURSTS: [i64; 3] = [2_800, 12_000, 450];

const fn at(hour: i64, minute: i64) -> i64 {
    (hour * 60 + minute) * 60_000
}

/// First character of TradingPhaseCode in the slot that begins at `ms`.
pub const fn phase(ms: i64) -> u8 {
    const OPEN: i64 = at(9, 15);
    const CALLED: i64 = at(9, 25);
    const MORNING: i64 = at(9, 30);
    const LUNCH: i64 = at(11, 30);
    const AFTERNOON: i64 = at(13, 0);
    const CLOSING: i64 = at(14, 57);
    const END: i64 = at(15, 0);
    match ms {
        ..OPEN => b'S',
        OPEN..CALLED => b'O',
        CALLED..MORNING | LUNCH..AFTERNOON => b'B',
        MORNING..LUNCH | AFTERNOON..CLOSING => b'T',
        CLOSING..END => b'C',
        END.. => b'E',
    }
}

/// How busy a moment of continuous trading is, from 30 to 115: more at both ends of the day.
const fn busy(ms: i64) -> i64 {
    let minute = if ms < at(12, 0) { ms - at(9, 30) } else { ms - at(11, 0) } / 60_000;
    30 + (minute - 130) * (minute - 130) / 200
}

/// A day in the making.
pub struct Day {
    rng: Rng,
    /// The securities, in the order of their numbers within each board.
    pub securities: Vec<Security>,
    /// What was sent.
    pub messages: Vec<Message>,
    /// Last ApplSeqNum of each tick channel.
    seq: [i64; 2],
    /// The market's return so far, in 1e-9.
    market: i64,
    activity: i64,
    /// Open, high and low of the index, in 1e-4 points.
    index: Option<[i64; 3]>,
    fills: Vec<Fill>,
}

impl Day {
    /// Simulates the whole day.
    pub fn run(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let securities = securities(&mut rng);
        let activity = securities.iter().map(|s| s.activity).sum();
        let mut day = Self {
            rng,
            securities,
            messages: Vec::new(),
            seq: [0; 2],
            market: 0,
            activity,
            index: None,
            fills: Vec::new(),
        };
        day.logon(at(9, 0));
        let busy_day: i64 = (at(9, 0)..at(15, 0))
            .step_by(SLOT as usize)
            .filter(|&t| phase(t) == b'T')
            .map(busy)
            .sum();
        for slot in (at(9, 0)..at(15, 1)).step_by(SLOT as usize) {
            match phase(slot) {
                b'O' => day.call(slot, BURSTS[0] * SLOT, at(9, 15), at(9, 25)),
                b'T' => {
                    day.walk(busy(slot) * 13_000);
                    let bursts = BURSTS[1] * busy(slot);
                    day.bursts(slot, bursts / busy_day, bursts % busy_day, busy_day);
                }
                b'C' => day.call(slot, BURSTS[2] * SLOT, at(14, 57), at(15, 0)),
                _ if slot == at(9, 25) || slot == at(15, 0) => day.uncross(slot),
                _ => {}
            }
            day.publish(slot);
        }
        day.end(at(15, 1));
        day
    }

    fn send(&mut self, flow: Flow, ms: i64, frame: Vec<u8>) {
        self.messages.push(Message { flow, ms, frame });
    }

    fn next_seq(&mut self, channel: usize) -> i64 {
        self.seq[channel] += 1;
        self.seq[channel]
    }

    /// Moves the market by up to `most` x 1e-9, and each security by about as much on its own.
    fn walk(&mut self, most: i64) {
        self.market += self.rng.around(most);
        for security in &mut self.securities {
            security.own += self.rng.around(most);
        }
    }

    /// A slot of a call auction: `scale` / (`to` - `from`) bursts.
    fn call(&mut self, slot: i64, scale: i64, from: i64, to: i64) {
        if slot == at(9, 15) {
            // What happened over night.
            self.walk(7_000_000);
            // Orders of every security wait for the first moment.
            for security in 0..self.securities.len() {
                for _ in 0..FIRST_ORDERS {
                    self.tick(slot, security);
                }
            }
        }
        self.bursts(slot, scale / (to - from), scale % (to - from), to - from);
    }

    /// Ticks of a slot: `whole` + `part` / `of` bursts on average.
    fn bursts(&mut self, slot: i64, whole: i64, part: i64, of: i64) {
        let bursts = whole + i64::from(self.rng.below(of) < part);
        // Times of ticks are multiples of 10 ms.
        let mut times: Vec<i64> =
            (0..bursts).map(|_| slot + self.rng.below(SLOT / 10) * 10).collect();
        times.sort_unstable();
        for ms in times {
            let security = self.pick();
            for _ in 0..1 + self.rng.run(780, BURST) {
                self.tick(ms, security);
            }
        }
    }

    /// A security, the busy ones more often.
    fn pick(&mut self) -> usize {
        let mut n = self.rng.below(self.activity);
        self.securities
            .iter()
            .position(|s| {
                n -= s.activity;
                n < 0
            })
            .expect("the activities add up")
    }

    /// One thing that happens to a security.
    fn tick(&mut self, ms: i64, at_security: usize) {
        let phase = phase(ms);
        let side = self.rng.pick(&[Side::Buy, Side::Sell]);
        self.securities[at_security].changed = true;
        let deep = self.securities[at_security].book.side(side).len();
        match (phase, self.rng.below(100)) {
            // No cancels in the last five minutes of the opening call and in the closing call.
            (b'O', 0..8) if ms < at(9, 20) && deep > 4 => self.cancel(ms, at_security, side),
            (b'T', 0..24) if deep > 14 => self.cancel(ms, at_security, side),
            (b'T', 24..27) => self.order(ms, at_security, side, ord_type::MARKET),
            (b'T', 27..30) => self.order(ms, at_security, side, ord_type::OWN_BEST),
            _ => self.order(ms, at_security, side, ord_type::LIMIT),
        }
    }

    fn cancel(&mut self, ms: i64, at_security: usize, side: Side) {
        let security = &mut self.securities[at_security];
        let deep = security.book.side(side).len() as i64;
        let order = security.book.cancel(side, self.rng.below(deep) as usize);
        self.send_cancel(ms, at_security, side, &order);
    }

    fn send_cancel(&mut self, ms: i64, at_security: usize, side: Side, order: &Order) {
        let security = &self.securities[at_security];
        let channel = security.channel;
        self.seq[channel] += 1;
        let frame = security.cancel(ms, self.seq[channel], side, order);
        self.send(Flow::Ticks, ms, frame);
    }

    fn send_fills(&mut self, ms: i64, at_security: usize) {
        let mut fills = std::mem::take(&mut self.fills);
        for fill in fills.drain(..) {
            let security = &mut self.securities[at_security];
            security.count(&fill);
            let channel = security.channel;
            self.seq[channel] += 1;
            let frame = security.trade(ms, self.seq[channel], &fill);
            self.send(Flow::Ticks, ms, frame);
        }
        self.fills = fills;
    }

    /// A new order and what it does.
    fn order(&mut self, ms: i64, at_security: usize, side: Side, kind: u8) {
        let price = match kind {
            ord_type::LIMIT => self.limit_price(ms, at_security, side),
            // A market order takes five levels at most.
            ord_type::MARKET => self.worst_of_five(at_security, side.opposite()),
            _ => self.securities[at_security].book.best(side).unwrap_or(0),
        };
        let mut shares = 100 * self.rng.pick(&LOTS) * (1 + self.rng.run(200, 4));
        if side == Side::Sell && self.rng.permille(15) {
            // The rest of a holding may be sold though it is no whole lot.
            shares += 1 + self.rng.below(99);
        }
        let seq = self.next_seq(self.securities[at_security].channel);
        let mut order = Order { price, seq, shares };
        let frame = self.securities[at_security].order(ms, side, kind, &order);
        self.send(Flow::Ticks, ms, frame);
        let book = &mut self.securities[at_security].book;
        if phase(ms) == b'T' && kind != ord_type::OWN_BEST && price > 0 {
            book.take(side, &mut order, &mut self.fills);
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

    /// 0 when the side is empty.
    fn worst_of_five(&self, at_security: usize, side: Side) -> i64 {
        self.securities[at_security].book.levels(side).take(5).last().map_or(0, |l| l.price)
    }

    fn limit_price(&mut self, ms: i64, at_security: usize, side: Side) -> i64 {
        let security = &self.securities[at_security];
        let (fair, step) = (security.fair(self.market), security.step);
        // Steps away from the fair price, on the own side when above 0.
        let away = match (phase(ms), self.rng.below(100)) {
            (b'T', 0..24) => -1 - self.rng.run(300, 3),
            (b'T', 24..94) => self.rng.run(740, 14),
            (b'T', _) => 10 + self.rng.below(40),
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
        self.securities[at_security].allowed(near + sign * away * step + cents)
    }

    /// The end of a call auction: all its trades at one time, at one price a security.
    fn uncross(&mut self, ms: i64) {
        for at_security in 0..self.securities.len() {
            let security = &mut self.securities[at_security];
            if let Some(clearing) = security.book.clearing(security.prev_close) {
                security.book.uncross(clearing, &mut self.fills);
                self.send_fills(ms, at_security);
            }
        }
    }

    /// All that is not an order or a trade, at the end of a slot.
    fn publish(&mut self, slot: i64) {
        let (ms, phase) = (slot + SLOT, phase(slot));
        let minute = ms % 60_000 == 0;
        if slot == at(9, 5) {
            self.send(Flow::Snapshots, ms, announcement(ms));
        }
        if slot == at(9, 10) {
            let security = self.securities[0].id;
            self.send(Flow::Snapshots, ms, security_status(ms, security));
        }
        let shown = match phase {
            _ if slot == at(9, 25) || slot == at(15, 0) => self.securities.len(),
            b'O' => 3,
            b'T' => 1,
            b'C' => 4,
            _ => 0,
        };
        for n in 0..shown {
            let all = shown == self.securities.len();
            let chosen = if all { n } else { self.pick() };
            let security = &mut self.securities[chosen];
            if all || security.changed {
                security.changed = false;
                let frame = security.snapshot(ms, phase);
                self.send(Flow::Snapshots, ms, frame);
            }
        }
        // The index follows every trade, all else would be thinned out.
        if phase == b'T' || phase != b'S' && minute || slot == at(9, 25) || slot == at(15, 0) {
            let frame = self.index(ms, phase);
            self.send(Flow::Snapshots, ms, frame);
        }
        if ms % 1_800_000 == 0 {
            for channel in 0..SNAPSHOT_CHANNELS.len() {
                let frame = self.statistics(ms, channel, phase);
                self.send(Flow::Snapshots, ms, frame);
            }
        }
        let idle = matches!(phase, b'S' | b'B' | b'E');
        if minute && (idle || ms % 300_000 == 0) {
            for channel in 0..TICK_CHANNELS.len() {
                let frame = self.channel_heartbeat(channel, false);
                self.send(Flow::Ticks, ms, frame);
            }
        }
        if minute && idle {
            for flow in [Flow::Ticks, Flow::Snapshots] {
                self.send(flow, ms, frame(msg_type::HEARTBEAT, |_| {}));
            }
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

    fn index(&mut self, ms: i64, phase: u8) -> Vec<u8> {
        let (value, totals) = self.index_now();
        if totals.trades > 0 {
            let [open, high, low] = self.index.unwrap_or([value; 3]);
            self.index = Some([open, high.max(value), low.min(value)]);
        }
        let [open, high, low] = self.index.unwrap_or([0; 3]);
        let entries = [
            (md_entry_type::INDEX, value),
            (md_entry_type::INDEX_PREV_CLOSE, INDEX_PREV_CLOSE),
            (md_entry_type::INDEX_OPEN, open),
            (md_entry_type::INDEX_HIGH, high),
            (md_entry_type::INDEX_LOW, low),
        ];
        let head = SnapshotHead {
            orig_time: timestamp(ms),
            channel_no: INDEX_CHANNEL,
            md_stream_id: *b"900",
            security_id: text(INDEX.as_bytes()),
            security_id_source: SOURCE_SZSE,
            trading_phase_code: text(&[phase, b'0']),
            prev_close_px: PriceE4(INDEX_PREV_CLOSE),
            num_trades: totals.trades,
            total_volume_trade: QtyE2(totals.shares * 100),
            total_value_trade: AmtE4(totals.value),
            no_md_entries: entries.len() as u32,
        };
        frame(msg_type::INDEX_SNAPSHOT, |to| {
            part(to, |bytes| head.emit(bytes));
            for (md_entry_type, value) in entries {
                let entry = IndexEntry { md_entry_type, md_entry_px: PxE6(value * 100) };
                part(to, |bytes| entry.emit(bytes));
            }
        })
    }

    fn statistics(&self, ms: i64, channel: usize, phase: u8) -> Vec<u8> {
        let head = ChannelStatistics {
            orig_time: timestamp(ms),
            channel_no: SNAPSHOT_CHANNELS[channel],
            no_md_stream_id: 1,
        };
        let stream = ChannelStream {
            md_stream_id: *b"010",
            stock_num: self.securities.iter().filter(|s| s.channel == channel).count() as u32,
            trading_phase_code: text(if phase == b'E' { b"E" } else { b"T" }),
        };
        frame(msg_type::CHANNEL_STATISTICS, |to| {
            part(to, |bytes| head.emit(bytes));
            part(to, |bytes| stream.emit(bytes));
        })
    }

    fn channel_heartbeat(&self, channel: usize, end: bool) -> Vec<u8> {
        let heartbeat = ChannelHeartbeat {
            channel_no: TICK_CHANNELS[channel],
            appl_last_seq_num: self.seq[channel],
            end_of_channel: u16::from(end),
        };
        frame(msg_type::CHANNEL_HEARTBEAT, |to| part(to, |bytes| heartbeat.emit(bytes)))
    }

    fn logon(&mut self, ms: i64) {
        for (flow, sender) in [(Flow::Ticks, b"MDGW-TICK"), (Flow::Snapshots, b"MDGW-SNAP")] {
            let logon = Logon {
                sender_comp_id: text(sender),
                target_comp_id: text(b"TIDEGATE"),
                heart_bt_int: 60,
                password: text(b""),
                default_appl_ver_id: text(b"1.02"),
            };
            self.send(flow, ms, frame(msg_type::LOGON, |to| part(to, |bytes| logon.emit(bytes))));
        }
    }

    fn end(&mut self, ms: i64) {
        let totals = self.securities.iter().fold(Totals::default(), |totals, s| totals + s.totals);
        let volume = VolumeStatistics {
            orig_time: timestamp(ms),
            channel_no: INDEX_CHANNEL,
            md_stream_id: *b"910",
            security_id: text(b"395001"),
            security_id_source: SOURCE_SZSE,
            trading_phase_code: text(b"E0"),
            prev_close_px: PriceE4(0),
            num_trades: totals.trades,
            total_volume_trade: QtyE2(totals.shares * 100),
            total_value_trade: AmtE4(totals.value),
            stock_num: self.securities.len() as u32,
        };
        let volume = frame(msg_type::VOLUME_STATISTICS, |to| part(to, |bytes| volume.emit(bytes)));
        self.send(Flow::Snapshots, ms, volume);
        for channel in 0..TICK_CHANNELS.len() {
            let frame = self.channel_heartbeat(channel, true);
            self.send(Flow::Ticks, ms, frame);
        }
        let logout =
            Logout { session_status: session_status::LOGOUT_COMPLETE, text: text(b"end of day") };
        for flow in [Flow::Ticks, Flow::Snapshots] {
            self.send(flow, ms, frame(msg_type::LOGOUT, |to| part(to, |b| logout.emit(b))));
        }
    }
}

/// The securities of the day.
fn securities(rng: &mut Rng) -> Vec<Security> {
    let mut ids = Vec::new();
    for (board, count) in BOARDS {
        let mut numbers: Vec<i64> = (1..1_000).collect();
        shuffle(rng, &mut numbers);
        numbers.truncate(count);
        numbers.sort_unstable();
        ids.extend(numbers.iter().map(|number| format!("{board}{number:03}")));
    }
    let mut ranks: Vec<i64> = (0..ids.len() as i64).collect();
    shuffle(rng, &mut ranks);
    let mut all = Vec::new();
    for (n, (id, rank)) in ids.iter().zip(ranks).enumerate() {
        let prev_close = prev_close(rng);
        let growth = id.starts_with("300");
        let percent = if growth { 20 } else { 10 };
        let per_share = prev_close / (8 + rng.below(70));
        // 50 million to 5 thousand million shares, small ones more often; whole thousands.
        let shares = (50_000 << rng.run(600, 5)) * (1_000 + rng.below(1_000)) / 1_000 * 1_000;
        all.push(Security {
            id: text(id.as_bytes()),
            channel: usize::from(growth || n % 4 == 3),
            index_shares: (n % OUTSIDE != OUTSIDE - 1).then_some(shares),
            prev_close,
            limit_up: limit(prev_close, percent),
            limit_down: limit(prev_close, -percent),
            // About 5 basis points, a tick at least.
            step: (prev_close / 2_000 / TICK * TICK).max(TICK),
            beta: 60 + rng.below(81),
            own: 0,
            earnings: [per_share, per_share * (90 + rng.below(41)) / 100],
            activity: 100_000 / (rank + 12),
            book: Default::default(),
            totals: Totals::default(),
            prices: None,
            changed: false,
        });
    }
    all
}

fn prev_close(rng: &mut Rng) -> i64 {
    let mut n = rng.below(100);
    let band = PRICE_BANDS.iter().find(|(.., share)| {
        n -= share;
        n < 0
    });
    let &(from, to, _) = band.expect("the bands add up to 100");
    (from * 100 + rng.below((to - from) * 100)) * TICK
}

fn shuffle(rng: &mut Rng, of: &mut [i64]) {
    for last in (1..of.len()).rev() {
        of.swap(last, rng.below(last as i64 + 1) as usize);
    }
}

/// 390012. The headline says "announcement of a test of synthetic market data", in GBK.
fn announcement(ms: i64) -> Vec<u8> {
    const HEADLINE: &[u8] = b"\xba\xcf\xb3\xc9\xd0\xd0\xc7\xe9\xb2\xe2\xca\xd4\xb9\xab\xb8\xe6";
    const TEXT: &[u8] = b"Every message of this day was made by a program.\n";
    let announcement = Announcement {
        orig_time: timestamp(ms),
        channel_no: INDEX_CHANNEL,
        news_id: text(b"00000001"),
        headline: text(HEADLINE),
        raw_data_format: text(b"txt"),
        raw_data_length: TEXT.len() as u32,
    };
    frame(msg_type::ANNOUNCEMENT, |to| {
        part(to, |bytes| announcement.emit(bytes));
        to.extend(TEXT);
    })
}

/// 390013: margin buying is on, short selling is off.
fn security_status(ms: i64, security_id: [u8; 8]) -> Vec<u8> {
    let switches = [(security_switch::MARGIN_BUY, 1), (security_switch::SHORT_SELL, 0)];
    let status = SecurityStatus {
        orig_time: timestamp(ms),
        channel_no: INDEX_CHANNEL,
        security_id,
        security_id_source: SOURCE_SZSE,
        financial_status: text(b"A"),
        no_switch: switches.len() as u32,
    };
    frame(msg_type::SECURITY_STATUS, |to| {
        part(to, |bytes| status.emit(bytes));
        for (security_switch_type, security_switch_status) in switches {
            let switch = SecuritySwitch { security_switch_type, security_switch_status };
            part(to, |bytes| switch.emit(bytes));
        }
    })
}
