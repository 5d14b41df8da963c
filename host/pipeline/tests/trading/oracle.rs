//! The trading half, read from `TRIGGERS.md` the slow way: whole histories in lists, every window
//! and sum from scratch, everything judged after every message. It shares no code with the rooms;
//! of the crate it uses the types of what comes out.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeMap;

use tidegate_pipeline::decision::{Checked, Decision, Limit, NONE, Outcome, Refusal, Scope};
use tidegate_pipeline::feedback::{self, Kind, Reported, Request, State, Verdict};
use tidegate_pipeline::trading::TradingCounters;
use tidegate_pipeline::trigger::TriggerCounters;
use tidegate_protocol::FaultCode;
use tidegate_protocol::units::{IndexE4, PriceE4, QtyE2, Timestamp};

use crate::spec::{Action, Base, Block, Cond, Guard, Limits, Price, Rearm, Spec, may_follow};
use crate::wire::{date_and_ms, padded};

/// One thing that came out.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Decision(Box<Decision>),
    Order {
        decision: u64,
        request: u32,
        bytes: Vec<u8>,
    },
    Report(Box<Reported>),
    /// Message, time, value, sum.
    Point(u64, i64, i64, i64),
    Fault(FaultCode, Option<u64>),
    Message(u64, u32),
}

/// What the pipeline looked like after a message.
#[derive(Clone, Copy, Debug)]
struct After {
    /// 0 before the first.
    stamp: i64,
    index: Option<i64>,
}

#[derive(Clone, Copy, Debug)]
struct Point {
    msg: usize,
    /// 0 before the first time.
    date: i64,
    value: i64,
}

/// A window that starts anew before a message.
#[derive(Clone, Copy, Debug)]
struct Restart {
    before: usize,
    stamp: i64,
    value: i64,
}

#[derive(Clone, Copy, Debug)]
struct Send {
    trigger: usize,
    stamp: i64,
    quantity: i64,
    price: i64,
}

#[derive(Clone, Debug, Default)]
struct Quote {
    trades: u64,
    trade_last: i64,
    trade_time: i64,
    volume: i128,
    value: i128,
    snapshot_time: i64,
    snapshot_last: i64,
    up: i64,
    down: i64,
    /// Price of a side and level.
    levels: BTreeMap<(u8, u16), i64>,
}

impl Quote {
    fn last(&self) -> Option<i64> {
        let from_trade = self.trades > 0 && self.trade_time >= self.snapshot_time;
        let last = if from_trade || self.snapshot_last == 0 {
            self.trade_last
        } else {
            self.snapshot_last
        };
        (last > 0).then_some(last)
    }
}

/// What an applied report said about a row.
#[derive(Clone, Debug)]
enum Said {
    Acknowledged,
    Filled { cum: i64 },
    Cancelled { cum: i64, reason: u16 },
    Rejected { reason: u16 },
    Done,
}

#[derive(Clone, Debug)]
pub struct Row {
    pub of: Option<usize>,
    pub trigger: Option<usize>,
    pub side: u8,
    pub security: [u8; 8],
    pub quantity: i64,
    pub price: i64,
    pub msg: u64,
    pub sent: i64,
    pub id: [u8; 10],
    /// OrderID that a cancel request carried.
    carried: [u8; 16],
    /// Applied reports: what, time, OrderID.
    said: Vec<(Said, i64, [u8; 16])>,
}

impl Row {
    pub fn cum(&self) -> i64 {
        let mut cum = 0;
        for (said, ..) in &self.said {
            if let Said::Filled { cum: now } | Said::Cancelled { cum: now, .. } = said {
                cum = *now;
            }
        }
        cum
    }

    pub fn state(&self) -> State {
        match self.said.last() {
            None => State::Sent,
            Some((Said::Acknowledged, ..)) => State::Acknowledged,
            Some((Said::Filled { cum }, ..)) if *cum == self.quantity => State::Filled,
            Some((Said::Filled { .. }, ..)) => State::PartlyFilled,
            Some((Said::Cancelled { .. }, ..)) => State::Cancelled,
            Some((Said::Rejected { .. }, ..)) => State::Rejected,
            Some((Said::Done, ..)) => State::Done,
        }
    }

    pub fn outstanding(&self) -> bool {
        let open = [State::Sent, State::Acknowledged, State::PartlyFilled];
        self.of.is_none() && open.contains(&self.state())
    }

    pub fn order_id(&self) -> [u8; 16] {
        let own = if self.of.is_none() { &self.said[..] } else { &[] };
        let given = own.iter().map(|(_, _, id)| *id).find(|id| !is_blank(id));
        given.unwrap_or(self.carried)
    }

    fn as_request(&self, cancelling: bool) -> Request {
        let fills = self.said.iter().filter(|(said, ..)| matches!(said, Said::Filled { .. }));
        let reason = self.said.iter().find_map(|(said, ..)| match said {
            Said::Rejected { reason } | Said::Cancelled { reason, .. } => Some(*reason),
            _ => None,
        });
        Request {
            kind: self.of.map_or(Kind::Order, |of| Kind::Cancel(of as u32)),
            state: self.state(),
            trigger: self.trigger.map(|at| at as u8),
            side: self.side,
            reason: reason.unwrap_or(0),
            cancelling,
            security: self.security,
            quantity: QtyE2(self.quantity),
            price: PriceE4(self.price),
            cum: QtyE2(self.cum()),
            fills: fills.count() as u32,
            order_id: self.order_id(),
            msg: self.msg,
            sent: Timestamp(self.sent),
            reported: Timestamp(self.said.iter().map(|(_, time, _)| *time).max().unwrap_or(0)),
        }
    }
}

fn is_blank(text: &[u8]) -> bool {
    text.iter().all(|byte| *byte == b' ' || *byte == 0)
}

/// The text of a field without its padding.
fn trimmed(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text).into_owned();
    text.trim_end_matches([' ', '\0']).to_owned()
}

/// Whether a stamp is a time that exists.
pub fn possible(stamp: i64) -> bool {
    if stamp.to_string().len() != 17 || stamp < 0 {
        return false;
    }
    let text = stamp.to_string();
    let number = |from: usize, to: usize| text[from..to].parse::<i64>().expect("digits");
    let (year, month, day) = (number(0, 4), number(4, 6), number(6, 8));
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    year >= 1000
        && (1..=12).contains(&month)
        && (1..=days[month as usize - 1]).contains(&day)
        && number(8, 10) < 24
        && number(10, 12) < 60
        && number(12, 14) < 60
}

/// `value x 2^shift / base` in long division, digit by digit of 2^32: quotient if it is below 2^127,
/// and twice the rest.
fn divided(value: u64, shift: u32, base: u64) -> Option<(u128, u128)> {
    let mut digits = vec![0u32; 8];
    let (words, bits) = ((shift / 32) as usize, shift % 32);
    let wide = u128::from(value) << bits;
    for at in 0..4 {
        if let Some(digit) = digits.get_mut(7 - words - at) {
            *digit = (wide >> (32 * at)) as u32;
        }
    }
    let (mut quotient, mut rest) = (0u128, 0u128);
    for digit in digits {
        let here = rest << 32 | u128::from(digit);
        if quotient >> 95 != 0 {
            return None;
        }
        quotient = quotient << 32 | (here / u128::from(base));
        rest = here % u128::from(base);
    }
    Some((quotient, rest * 2))
}

/// The constant of the index and its shift: 63 significant bits, rounded to nearest.
fn divisor(value: i64, sum: i64) -> Option<(u128, u32)> {
    if value <= 0 || sum <= 0 {
        return None;
    }
    for shift in 1..=126 {
        let (quotient, twice_rest) = divided(value as u64, shift, sum as u64)?;
        if quotient >= 1 << 62 || shift == 126 {
            let up = twice_rest >= sum as u128 && quotient < (1 << 63) - 1;
            return Some((quotient + u128::from(up), shift));
        }
    }
    unreachable!("the last shift returns")
}

fn index_value((constant, shift): (u128, u32), sum: i64) -> Option<i64> {
    let value = (sum as u128 * constant + (1u128 << (shift - 1))) >> shift;
    i64::try_from(value).ok()
}

#[derive(Clone, Debug)]
struct Index {
    /// Shares and price of each constituent.
    constituents: BTreeMap<String, (i64, i64)>,
    divisor: (u128, u32),
    value: Option<i64>,
}

impl Index {
    fn sum(&self) -> i128 {
        self.constituents.values().map(|(n, p)| i128::from(*n) * i128::from(*p)).sum()
    }
}

#[derive(Clone, Debug, PartialEq)]
enum GuardState {
    Off,
    On,
    /// Found false again at this stamp.
    Calm(i64),
}

/// What happened in a run, to see that everything does.
pub type Tally = BTreeMap<String, u64>;

pub struct Oracle {
    spec: Spec,
    pub block: Block,
    /// Every block that ruled, by the number of its epoch.
    pub blocks: Vec<Block>,
    epoch: u32,
    next_epoch: usize,
    pub stamp: i64,
    index: Option<Index>,
    quotes: BTreeMap<String, Quote>,
    channels: BTreeMap<u16, i64>,
    after: Vec<After>,
    points: Vec<Point>,
    /// By trigger; `None` is the guard.
    restarts: BTreeMap<Option<usize>, Vec<Restart>>,
    sends: Vec<Send>,
    firings: Vec<(usize, i64)>,
    /// After the message before: all conditions, those of the market.
    held: Vec<(bool, bool)>,
    guard: GuardState,
    guard_date: i64,
    /// The kill switch of the hand is on.
    pub killed: bool,
    pub rows: Vec<Row>,
    partitions: Vec<(i32, i64)>,
    pub events: Vec<Event>,
    decisions: u64,
    /// The message under way, between two the next.
    msg: u64,
    /// An epoch, a price or a report changed something with this message.
    moved: bool,
    live_came: bool,
    pub counters: TradingCounters,
    pub trigger_counters: Vec<TriggerCounters>,
    pub clamped: u64,
    pub tally: Tally,
}

const GUARD: Option<usize> = None;

impl Oracle {
    pub fn new(spec: &Spec) -> Self {
        let mut quotes = BTreeMap::new();
        let mut name = |text: &str| {
            quotes.insert(text.to_owned(), Quote::default());
        };
        for listed in &spec.listed {
            name(listed);
        }
        let index = spec.index.as_ref().map(|index| {
            let constituents: BTreeMap<String, (i64, i64)> = index
                .constituents
                .iter()
                .map(|c| (c.security.clone(), (c.shares, c.prev_close)))
                .collect();
            constituents.keys().for_each(|security| name(security));
            let mut out = Index { constituents, divisor: (0, 1), value: None };
            let sum = i64::try_from(out.sum()).expect("a sum");
            out.divisor = divisor(index.prev_close, sum).expect("a divisor");
            out
        });
        for trigger in &spec.block.triggers {
            for condition in &trigger.conditions {
                if let Cond::PriceAtLeast { security, .. } | Cond::PriceAtMost { security, .. } =
                    condition
                {
                    name(security);
                }
            }
            if let Action::Order { security, .. } = &trigger.action {
                name(security);
            }
        }
        let triggers = spec.block.triggers.len();
        Self {
            block: spec.block.clone(),
            blocks: vec![spec.block.clone()],
            epoch: 0,
            next_epoch: 0,
            stamp: 0,
            index,
            quotes,
            channels: BTreeMap::new(),
            after: Vec::new(),
            points: Vec::new(),
            restarts: BTreeMap::new(),
            sends: Vec::new(),
            firings: Vec::new(),
            held: vec![(false, false); triggers],
            guard: GuardState::Off,
            guard_date: 0,
            killed: false,
            rows: Vec::new(),
            partitions: Vec::new(),
            events: Vec::new(),
            decisions: 0,
            msg: 0,
            moved: false,
            live_came: false,
            counters: TradingCounters::default(),
            trigger_counters: vec![TriggerCounters::default(); triggers],
            clamped: 0,
            tally: Tally::new(),
            spec: spec.clone(),
        }
    }

    fn count(&mut self, what: impl Into<String>) {
        *self.tally.entry(what.into()).or_default() += 1;
    }

    fn fault(&mut self, code: FaultCode) {
        self.events.push(Event::Fault(code, Some(self.after.len() as u64)));
    }

    /// The index after the latest message that set it.
    pub fn index_now(&self) -> Option<i64> {
        self.index.as_ref().and_then(|index| index.value)
    }

    /// The index that a price of a constituent would make.
    pub fn index_if(&self, security: &str, price: i64) -> Option<i64> {
        let index = self.index.as_ref()?;
        let (shares, was) = index.constituents.get(security)?;
        let sum = index.sum() + i128::from(*shares) * i128::from(price - was);
        index_value(index.divisor, i64::try_from(sum).ok()?)
    }

    pub fn price_of(&self, security: &str) -> Option<i64> {
        self.quotes.get(security)?.last()
    }

    pub fn guarded(&self) -> bool {
        self.guard != GuardState::Off
    }

    /// Milliseconds of the day at which time alone changes something.
    pub fn deadlines(&self) -> Vec<i64> {
        let mut out = Vec::new();
        let mut after = |stamp: i64, ms: i64| {
            if self.since(stamp).is_some() {
                out.push(date_and_ms(stamp).1 + ms);
            }
        };
        let mut rates = vec![(None, self.block.limits.max_orders)];
        let mut windows: Vec<i64> = self.block.guard.iter().map(|guard| guard.within).collect();
        for (at, trigger) in self.block.triggers.iter().enumerate() {
            rates.push((Some(at), trigger.limits.max_orders));
            for condition in &trigger.conditions {
                match condition {
                    Cond::MaxSends { count, within } => {
                        rates.push((Some(at), Some((*count, *within))));
                    }
                    Cond::Change { within, .. } => windows.push(*within),
                    _ => {}
                }
            }
            let last = self.firings.iter().rfind(|(of, _)| *of == at);
            if let (Rearm::AfterMs(ms), Some((_, stamp))) = (trigger.rearm, last) {
                after(*stamp, ms);
            }
        }
        for (of, rate) in rates {
            let Some((count, within)) = rate else { continue };
            let mut mine =
                self.sends.iter().rev().filter(|send| of.is_none_or(|of| send.trigger == of));
            if let Some(nth) = mine.nth(count as usize - 1) {
                after(nth.stamp, within);
            }
        }
        for point in self.points.iter().rev().filter(|point| point.date != 0).take(3) {
            // When the slot of this point, and the one behind it, become the oldest.
            let stamp = self.after[point.msg].stamp;
            for within in &windows {
                let slot = within / 64;
                let number = date_and_ms(stamp).1 / slot;
                after(stamp, (number + 63) * slot - date_and_ms(stamp).1);
                after(stamp, (number + 64) * slot - date_and_ms(stamp).1);
            }
        }
        if let (GuardState::Calm(since), Some(guard)) = (&self.guard, &self.block.guard) {
            after(*since, guard.hold);
        }
        let now = date_and_ms(self.stamp).1;
        out.retain(|ms| *ms > now && *ms < 86_400_000);
        out
    }

    pub fn messages(&self) -> usize {
        self.after.len()
    }

    /// Index values at which something changes now.
    pub fn aims(&self) -> Vec<i64> {
        let mut out = Vec::new();
        let mut carried = |key, within: i64, points: i64| {
            if self.after.is_empty() || self.stamp == 0 {
                return;
            }
            if let Some((change, now)) = self.change(key, within).zip(self.index_now()) {
                out.push(now.saturating_sub(change).saturating_add(points));
            }
        };
        if let Some(guard) = &self.block.guard {
            carried(GUARD, guard.within, guard.points);
            carried(GUARD, guard.within, -guard.points);
        }
        let mut levels = Vec::new();
        for (at, trigger) in self.block.triggers.iter().enumerate() {
            for condition in &trigger.conditions {
                match condition {
                    Cond::Change { points, within } => carried(Some(at), *within, *points),
                    Cond::AtLeast(level) | Cond::AtMost(level) | Cond::Crosses(level) => {
                        levels.push(*level);
                    }
                    _ => {}
                }
            }
        }
        out.extend(levels);
        out
    }

    /// Lengths of time at whose end something changes.
    pub fn lengths(&self) -> Vec<i64> {
        let mut out = vec![1, 64];
        let mut limits = |limits: &Limits| out.extend(limits.max_orders.map(|(_, ms)| ms));
        limits(&self.block.limits);
        self.block.triggers.iter().for_each(|trigger| limits(&trigger.limits));
        if let Some(guard) = &self.block.guard {
            out.extend([guard.within, guard.within / 64, guard.hold]);
        }
        for trigger in &self.block.triggers {
            if let Rearm::AfterMs(ms) = trigger.rearm {
                out.push(ms);
            }
            for condition in &trigger.conditions {
                match condition {
                    Cond::Change { within, .. } => {
                        out.extend([*within, within / 64, within / 64 * 63]);
                    }
                    Cond::MaxSends { within, .. } => out.push(*within),
                    _ => {}
                }
            }
        }
        out
    }

    // ---- Time

    fn take_stamp(&mut self, stamp: i64) -> Option<i64> {
        if !possible(stamp) {
            self.fault(FaultCode::DecodeTime);
            return None;
        }
        self.clamped += u64::from(stamp < self.stamp);
        self.stamp = self.stamp.max(stamp);
        Some(stamp)
    }

    fn date(&self) -> i64 {
        if self.stamp == 0 { 0 } else { date_and_ms(self.stamp).0 }
    }

    /// Milliseconds from an earlier stamp of today to now; `None` on another date.
    fn since(&self, stamp: i64) -> Option<i64> {
        let ((date, ms), (then, then_ms)) = (date_and_ms(self.stamp), date_and_ms(stamp));
        (date == then).then_some(ms - then_ms)
    }

    // ---- Messages

    /// A framed message.
    pub fn message(&mut self, frame: &[u8]) {
        let msg = self.after.len();
        self.moved = std::mem::take(&mut self.live_came);
        while let Some(epoch) =
            self.spec.epochs.get(self.next_epoch).filter(|epoch| epoch.at_msg == msg as u64)
        {
            let epoch = epoch.clone();
            self.next_epoch += 1;
            self.epoch += 1;
            self.take_block(epoch.block, &epoch.shares);
        }
        let msg_type = u32::from_be_bytes(frame[..4].try_into().expect("4"));
        let (content, trailer) = frame.split_at(frame.len() - 4);
        let sum: u64 = content.iter().map(|byte| u64::from(*byte)).sum();
        let intact = trailer == [0, 0, 0, (sum % 256) as u8];
        if intact {
            self.body(msg_type, &content[8..]);
        } else {
            self.fault(FaultCode::FrameChecksum);
        }
        self.after.push(After { stamp: self.stamp, index: self.index_now() });
        if self.stamp != 0 {
            self.judge();
        }
        self.events.push(Event::Message(msg as u64, msg_type));
        self.msg += 1;
    }

    fn body(&mut self, msg_type: u32, body: &[u8]) {
        let least = match msg_type {
            300_192 => 51,
            300_191 => 66,
            300_111 => 69,
            200_102 => 189,
            200_115 => 153,
            290_008 => 115,
            4 => 103,
            _ => return,
        };
        if body.len() < least {
            self.fault(FaultCode::DecodeShort);
            return;
        }
        match msg_type {
            300_192 => self.tick(body, 13, i64_at(body, 42), None),
            300_191 => self.tick(
                body,
                29,
                i64_at(body, 58),
                Some((body[57], i64_at(body, 41), i64_at(body, 49))),
            ),
            300_111 => self.snapshot(body),
            _ => self.report(msg_type, body),
        }
    }

    /// The name of a row that is there.
    fn named(&self, security: &[u8], source: &[u8]) -> Option<String> {
        let name = trimmed(security);
        (trimmed(source) == "102" && self.quotes.contains_key(&name)).then_some(name)
    }

    fn tick(&mut self, body: &[u8], id_at: usize, time: i64, trade: Option<(u8, i64, i64)>) {
        let time = self.take_stamp(time);
        let channel = u16::from_be_bytes([body[0], body[1]]);
        let seq = i64_at(body, 2);
        let last = self.channels.entry(channel).or_default();
        if seq <= *last {
            self.count("duplicate tick");
            return;
        }
        *last = seq;
        let Some(name) = self.named(&body[id_at..id_at + 8], &body[id_at + 8..id_at + 12]) else {
            return;
        };
        let Some((b'F', price, quantity)) = trade else { return };
        let quote = self.quotes.get_mut(&name).expect("a row");
        let value = i128::from(price) * i128::from(quantity);
        let (all_volume, all_value) = (quote.volume + i128::from(quantity), quote.value + value);
        let fits = |number: i128| i64::try_from(number).is_ok();
        if price <= 0 {
            return self.fault(FaultCode::QuotePrice);
        }
        if ![i128::from(price) * 100, value, all_volume, all_value].into_iter().all(fits) {
            return self.fault(FaultCode::QuoteOverflow);
        }
        self.moved = true;
        (quote.volume, quote.value) = (all_volume, all_value);
        quote.trades += 1;
        quote.trade_last = price * 100;
        quote.trade_time = quote.trade_time.max(time.unwrap_or(0));
        if self.spec.index.as_ref().is_some_and(|index| !index.from_snapshots) {
            self.set_price(&name, price);
        }
    }

    fn snapshot(&mut self, body: &[u8]) {
        let time = self.take_stamp(i64_at(body, 0));
        let Some(name) = self.named(&body[13..21], &body[21..25]) else { return };
        let quote = self.quotes.get_mut(&name).expect("a row");
        if time.is_some_and(|time| time < quote.snapshot_time) {
            self.count("stale snapshot");
            return;
        }
        self.moved = true;
        quote.snapshot_time = time.unwrap_or(quote.snapshot_time);
        (quote.snapshot_last, quote.up, quote.down) = (0, 0, 0);
        quote.levels.clear();
        let count = u32::from_be_bytes(body[65..69].try_into().expect("4")) as usize;
        let sets_index = self.spec.index.as_ref().is_some_and(|index| {
            index.from_snapshots && index.constituents.iter().any(|c| c.security == name)
        });
        for entry in body[69..69 + 32 * count].chunks(32) {
            let (price, level) = (i64_at(entry, 2), u16::from_be_bytes([entry[18], entry[19]]));
            let quote = self.quotes.get_mut(&name).expect("a row");
            match &entry[..2] {
                b"0 " => drop(quote.levels.insert((0, level), price)),
                b"1 " => drop(quote.levels.insert((1, level), price)),
                b"xe" => quote.up = price,
                b"xf" => quote.down = price,
                b"2 " => {
                    quote.snapshot_last = price;
                    if sets_index && price > 0 {
                        if price % 100 == 0 {
                            self.set_price(&name, price / 100);
                        } else {
                            self.fault(FaultCode::IndexPrice);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn set_price(&mut self, name: &str, price: i64) {
        let Some(index) = &mut self.index else { return };
        let Some(constituent) = index.constituents.get_mut(name) else { return };
        let before = std::mem::replace(&mut constituent.1, price);
        let sum = i64::try_from(index.sum()).ok();
        let Some((sum, value)) = sum.and_then(|sum| Some((sum, index_value(index.divisor, sum)?)))
        else {
            index.constituents.get_mut(name).expect("as above").1 = before;
            return self.fault(FaultCode::IndexOverflow);
        };
        index.value = Some(value);
        let msg = self.after.len();
        self.points.push(Point { msg, date: self.date(), value });
        self.events.push(Event::Point(msg as u64, self.stamp, value, sum));
    }

    // ---- Parameters

    /// A block of a live run; it rules from the next message on.
    pub fn live(&mut self, block: &Block) {
        if self.spec.block.triggers.is_empty() && self.spec.epochs.is_empty() {
            return self.fault(FaultCode::TriggerParameters);
        }
        let to_come = self.next_epoch < self.spec.epochs.len();
        if to_come || !may_follow(&self.spec.bounds, &self.block, block) {
            self.count("live refused");
            return self.fault(FaultCode::TriggerParameters);
        }
        self.count("live");
        self.live_came = true;
        self.epoch += 1;
        self.take_block(block.clone(), &BTreeMap::new());
    }

    /// The kill switch of the hand.
    pub fn kill(&mut self, on: bool) {
        if self.spec.block.triggers.is_empty() && self.spec.epochs.is_empty() {
            return;
        }
        self.killed = on;
        self.count(if on { "kill on" } else { "kill off" });
        let decision = self.decision(if on { Outcome::KillOn } else { Outcome::KillOff });
        self.push(decision);
        if on && self.block.cancel_on_kill {
            self.count("cancel on kill by hand");
            self.cancel(None, None);
        }
    }

    fn take_block(&mut self, block: Block, shares: &BTreeMap<String, i64>) {
        self.blocks.push(block.clone());
        let old = std::mem::replace(&mut self.block, block);
        self.count("epoch");
        self.moved = true;
        let before = self.after.len();
        let window = |block: &Block, at: usize| {
            block.triggers[at].conditions.iter().find_map(|condition| match condition {
                Cond::Change { within, .. } => Some(*within),
                _ => None,
            })
        };
        let mut anew: Vec<Option<usize>> = (0..old.triggers.len())
            .filter(|at| window(&old, *at) != window(&self.block, *at))
            .map(Some)
            .collect();
        if old.guard.map(|guard| guard.within) != self.block.guard.map(|guard| guard.within) {
            anew.push(GUARD);
        }
        for key in anew {
            self.count("window anew");
            if let Some(value) = self.index_now().filter(|_| self.stamp != 0) {
                let restart = Restart { before, stamp: self.stamp, value };
                self.restarts.entry(key).or_default().push(restart);
            }
        }
        let decision = self.decision(Outcome::Epoch);
        self.push(decision);
        if self.block.limits.kill_switch && !old.limits.kill_switch && self.block.cancel_on_kill {
            self.count("cancel on kill");
            self.cancel(None, None);
        }
        if shares.is_empty() {
            return;
        }
        let Some(index) = &mut self.index else { unreachable!("shares without an index") };
        let mut moved = index.clone();
        for (name, count) in shares {
            moved.constituents.get_mut(name).expect("a constituent").0 = *count;
        }
        let value = index_value(index.divisor, index.sum() as i64);
        let new = i64::try_from(moved.sum()).ok().and_then(|sum| divisor(value?, sum));
        match new {
            Some(divisor) => {
                moved.divisor = divisor;
                *index = moved;
                self.count("shares");
            }
            None => {
                self.count("shares refused");
                self.fault(FaultCode::IndexDivisor);
            }
        }
    }

    // ---- Judgement

    fn decision(&self, outcome: Outcome) -> Decision {
        Decision {
            number: 0,
            msg: 0,
            time: Timestamp(self.stamp),
            index: self.index_now().map(IndexE4),
            epoch: self.epoch,
            trigger: None,
            outcome,
            refusal: None,
            price: PriceE4(0),
            quantity: QtyE2(0),
            requests: 0,
            request: None,
            conditions: Default::default(),
        }
    }

    /// Numbers a decision; its message is the one judged or, between two, the next.
    fn push(&mut self, mut decision: Decision) -> Decision {
        decision.number = self.decisions;
        decision.msg = self.msg;
        self.decisions += 1;
        self.counters.decisions += 1;
        self.events.push(Event::Decision(Box::new(decision)));
        decision
    }

    /// Value now less the value carried into the oldest of the 64 slots.
    fn change(&self, key: Option<usize>, within: i64) -> Option<i64> {
        let date = self.date();
        let first = self.points.iter().find(|point| point.date == date)?;
        let restart = self.restarts.get(&key).and_then(|all| {
            all.iter().rfind(|r| r.before > first.msg && date_and_ms(r.stamp).0 == date)
        });
        // Up to here every slot holds one value: message to look from, its millisecond, the value.
        let (from, filled_ms, value) = match restart {
            Some(r) => (r.before, date_and_ms(r.stamp).1, r.value),
            None => (first.msg + 1, date_and_ms(self.after[first.msg].stamp).1, first.value),
        };
        let slot = within / 64;
        let oldest = date_and_ms(self.stamp).1 / slot - 63;
        let carried = if oldest <= filled_ms / slot {
            value
        } else {
            let reached = (from..self.after.len())
                .find(|at| date_and_ms(self.after[*at].stamp).1 / slot >= oldest);
            self.after[reached.expect("now is in the newest") - 1]
                .index
                .expect("a value since then")
        };
        Some(self.index_now()? - carried)
    }

    /// How many of the last `count` of these sends were less than `within` ago.
    fn recent(&self, of: Option<usize>, count: i64, within: i64) -> i64 {
        let mine = self.sends.iter().filter(|send| of.is_none_or(|of| send.trigger == of));
        let ages = mine.rev().take(count as usize).map(|send| self.since(send.stamp));
        ages.filter(|age| age.is_some_and(|age| age < within)).count() as i64
    }

    fn outstanding(&self, of: Option<usize>) -> i64 {
        let mine = |row: &&Row| row.outstanding() && of.is_none_or(|of| row.trigger == Some(of));
        self.rows.iter().filter(mine).count() as i64
    }

    fn check(&self, at: usize, condition: &Cond) -> Checked {
        let value = self.index_now();
        let at_least = |found: Option<i64>, bound: i64| found.is_some_and(|found| found >= bound);
        let at_most = |found: Option<i64>, bound: i64| found.is_some_and(|found| found <= bound);
        let (found, holds) = match condition {
            Cond::AtLeast(level) => (value, at_least(value, *level)),
            Cond::AtMost(level) => (value, at_most(value, *level)),
            Cond::Crosses(level) => {
                let before = self.after.iter().rev().nth(1).and_then(|after| after.index);
                let crosses = match (before, value) {
                    (Some(before), Some(now)) => {
                        (before < *level && now >= *level) || (before > *level && now <= *level)
                    }
                    _ => false,
                };
                (value, crosses)
            }
            Cond::Change { points, within } => {
                let change = self.change(Some(at), *within);
                let holds =
                    if *points > 0 { at_least(change, *points) } else { at_most(change, *points) };
                (change, holds)
            }
            Cond::PriceAtLeast { security, price } => {
                let last = self.price_of(security);
                (last, at_least(last, *price))
            }
            Cond::PriceAtMost { security, price } => {
                let last = self.price_of(security);
                (last, at_most(last, *price))
            }
            Cond::MaxSends { count, within } => {
                let sends = self.recent(Some(at), *count, *within);
                (Some(sends), sends < *count)
            }
            Cond::MaxOutstanding(count) => {
                let outstanding = self.outstanding(Some(at));
                (Some(outstanding), outstanding < *count)
            }
        };
        Checked {
            code: condition.code(),
            holds,
            found: found.unwrap_or(NONE),
            bound: condition.bound(),
        }
    }

    fn judge(&mut self) {
        self.judge_guard();
        for at in 0..self.block.triggers.len() {
            self.judge_trigger(at);
        }
    }

    fn judge_guard(&mut self) {
        let Some(Guard { points, within, hold }) = self.block.guard else { return };
        let change = self.change(GUARD, within);
        let large = change.is_some_and(|change| change.abs() >= points);
        let new_date = self.guard_date != self.date();
        self.guard_date = self.date();
        let now = self.stamp;
        let next = match (&self.guard, large) {
            (_, true) => GuardState::On,
            (GuardState::Off, false) => GuardState::Off,
            (_, false) if new_date => {
                self.count("guard released by a date");
                GuardState::Off
            }
            (GuardState::On, false) => GuardState::Calm(now),
            (GuardState::Calm(since), false) => GuardState::Calm(*since),
        };
        let next = match next {
            GuardState::Calm(since) if self.since(since).is_none_or(|ms| ms >= hold) => {
                if hold > 0 && self.since(since) == Some(hold) {
                    self.count("guard released exactly at its hold");
                }
                GuardState::Off
            }
            other => other,
        };
        let outcome = match (self.guard == GuardState::Off, next == GuardState::Off) {
            (true, false) => Some(Outcome::GuardEngaged),
            (false, true) => Some(Outcome::GuardReleased),
            _ => None,
        };
        self.guard = next;
        if let Some(outcome) = outcome {
            let mut decision = self.decision(outcome);
            decision.conditions[0] =
                Checked { code: 4, holds: large, found: change.unwrap_or(NONE), bound: points };
            self.push(decision);
            self.count(format!("{outcome:?}"));
            if !self.moved {
                self.count(format!("{outcome:?} and nothing moved"));
            }
        }
    }

    fn judge_trigger(&mut self, at: usize) {
        let trigger = self.block.triggers[at].clone();
        let checked: Vec<Checked> =
            trigger.conditions.iter().map(|condition| self.check(at, condition)).collect();
        let all = checked.iter().all(|checked| checked.holds);
        let market = trigger
            .conditions
            .iter()
            .zip(&checked)
            .all(|(condition, checked)| !condition.is_market() || checked.holds);
        let (was_all, was_market) = std::mem::replace(&mut self.held[at], (all, market));
        let last = self.firings.iter().rfind(|(of, _)| *of == at).map(|(_, stamp)| *stamp);
        let armed = match (trigger.rearm, last) {
            (Rearm::OnFalse, _) | (_, None) => true,
            (Rearm::Once, Some(_)) => false,
            (Rearm::AfterMs(ms), Some(stamp)) => self.since(stamp).is_none_or(|ago| ago >= ms),
        };
        if market && !was_market && !all {
            self.trigger_counters[at].held_back += 1;
            self.count("held back");
        }
        if all && !was_all && !armed {
            let once = trigger.rearm == Rearm::Once;
            self.count(if once { "edge lost by once" } else { "edge lost by after_ms" });
        }
        if !all || was_all || !armed {
            return;
        }
        if let (Rearm::AfterMs(ms), Some(stamp)) = (trigger.rearm, last)
            && self.since(stamp) == Some(ms)
        {
            self.count("fired exactly after_ms");
        }
        if !self.moved {
            self.count("fired and nothing moved");
        }
        for condition in &trigger.conditions {
            match condition {
                Cond::MaxSends { count, within } => {
                    let mine = self.sends.iter().rev().filter(|send| send.trigger == at);
                    let nth =
                        mine.skip(*count as usize - 1).map(|send| self.since(send.stamp)).next();
                    if nth == Some(Some(*within)) {
                        self.count(if *count < 60 {
                            "max_sends at its edge"
                        } else {
                            "max_sends of 60 and more at its edge"
                        });
                    }
                }
                Cond::Change { within, .. } => {
                    let (slot, ms) = (within / 64, date_and_ms(self.stamp).1);
                    if slot > 1 && ms % slot == 0 {
                        self.count("index_change at a slot's first ms");
                    }
                    if slot > 1 && ms % slot == slot - 1 {
                        self.count("index_change at a slot's last ms");
                    }
                }
                _ => {}
            }
        }
        self.firings.push((at, self.stamp));
        self.trigger_counters[at].fired += 1;
        for (condition, checked) in trigger.conditions.iter().zip(&checked) {
            self.count(format!("fired with {}", condition.name()));
            if checked.found == checked.bound {
                self.count(format!("fired with {} at its bound", condition.name()));
            }
        }
        self.count(format!("fired with {} conditions", checked.len()));
        let mut decision = self.decision(Outcome::Sent);
        decision.trigger = Some(at as u8);
        for (place, checked) in decision.conditions.iter_mut().zip(checked) {
            *place = checked;
        }
        match &trigger.action {
            Action::Cancel { of } => {
                self.count("fired cancel");
                self.cancel(Some((*of, at)), Some(decision));
            }
            Action::Order { .. } => self.order(at, decision),
        }
    }

    /// Price of an order.
    fn price(&mut self, security: &str, buy: bool, price: Price, tick: i64) -> Option<i64> {
        let (base, ticks) = match price {
            Price::Fixed(price) => return Some(price),
            Price::From(base, ticks) => (base, ticks),
        };
        let quote = self.quotes[security].clone();
        let level = |side: u8| quote.levels.get(&(side, 1)).copied().filter(|price| *price > 0);
        let (bid, offer) = (level(0), level(1));
        self.count(format!("{} at {base:?}", if buy { "buy" } else { "sell" }));
        let base = match (base, buy) {
            (Base::Last, _) => quote.last(),
            (Base::Best, true) | (Base::OwnBest, false) => offer,
            (Base::Best, false) | (Base::OwnBest, true) => bid,
        }?;
        let down = |price: i128| price.div_euclid(i128::from(tick) * 100);
        let up = |price: i128| -down(-price);
        let mut steps = if buy { down(base.into()) } else { up(base.into()) };
        self.count(if base % (tick * 100) == 0 { "base whole" } else { "base cut" });
        steps += i128::from(ticks);
        let free = steps;
        if quote.up > 0 {
            steps = steps.min(down(quote.up.into()));
        }
        if quote.down > 0 {
            steps = steps.max(up(quote.down.into()));
        }
        self.count(if free == steps { "price free" } else { "price clamped" });
        let price = steps * i128::from(tick);
        let fits = price > 0 && price * 100 <= i128::from(i64::MAX);
        fits.then_some(price as i64)
    }

    fn order(&mut self, at: usize, mut decision: Decision) {
        let Action::Order { security, buy, quantity, price, tick } =
            self.block.triggers[at].action.clone()
        else {
            unreachable!("an order")
        };
        let price = self.price(&security, buy, price, tick);
        decision.price = PriceE4(price.unwrap_or(0));
        decision.quantity = QtyE2(quantity);
        if let Some(refusal) = self.refusal(at, &security, quantity, price) {
            decision.outcome = Outcome::Refused;
            decision.refusal = Some(refusal);
            self.push(decision);
            self.counters.refused += 1;
            self.trigger_counters[at].refused += 1;
            self.count(format!("refused {:?} {:?}", refusal.limit, refusal.scope));
            return;
        }
        let price = price.expect("no price is refused");
        let row = self.rows.len();
        let id = self.spec.template.cl_ord_id(row as u64).expect("refused without one");
        let side = if buy { b'1' } else { b'2' };
        let security = padded(&security);
        let bytes = self.spec.template.order(&id, &security, side, quantity, price, self.stamp);
        decision.requests = 1;
        decision.request = Some(row as u32);
        let decision = self.push(decision);
        self.rows.push(Row {
            of: None,
            trigger: Some(at),
            side,
            security,
            quantity,
            price,
            msg: decision.msg,
            sent: self.stamp,
            id,
            carried: padded(""),
            said: Vec::new(),
        });
        self.sends.push(Send { trigger: at, stamp: self.stamp, quantity, price });
        self.counters.sent += 1;
        self.trigger_counters[at].sent += 1;
        self.count("sent");
        self.events.push(Event::Order { decision: decision.number, request: row as u32, bytes });
    }

    fn refusal(
        &mut self,
        at: usize,
        security: &str,
        quantity: i64,
        price: Option<i64>,
    ) -> Option<Refusal> {
        let quote = self.quotes[security].clone();
        let own = self.block.triggers[at].limits.clone();
        let scopes: [(Scope, Option<usize>, Limits); 2] =
            [(Scope::Global, None, self.block.limits.clone()), (Scope::Trigger, Some(at), own)];
        let refuse = |limit, scope, found: i128, allowed: i128| {
            let fit = |number: i128| i64::try_from(number).unwrap_or(i64::MAX);
            Some(Refusal { limit, scope, found: fit(found), allowed: fit(allowed) })
        };
        let nothing = i128::from(NONE);
        if self.killed {
            return refuse(Limit::KillSwitch, Scope::Global, nothing, nothing);
        }
        for (scope, _, limits) in &scopes {
            if limits.kill_switch {
                return refuse(Limit::KillSwitch, *scope, nothing, nothing);
            }
        }
        if self.guarded() {
            return refuse(Limit::Guard, Scope::Global, nothing, nothing);
        }
        let Some(price) = price else {
            return refuse(Limit::NoPrice, Scope::Global, nothing, nothing);
        };
        let price_e6 = i128::from(price) * 100;
        for (limit, beyond) in [
            (quote.up, price_e6 > i128::from(quote.up)),
            (quote.down, price_e6 < i128::from(quote.down)),
        ] {
            if limit > 0 && beyond {
                return refuse(Limit::PriceLimit, Scope::Global, price_e6, limit.into());
            }
        }
        for (scope, _, limits) in &scopes {
            let Some(band) = limits.band_bp else { continue };
            let Some(last) = quote.last() else {
                return refuse(Limit::PriceBand, *scope, nothing, nothing);
            };
            let distance = (price_e6 - i128::from(last)).abs();
            let allowed = i128::from(last) * i128::from(band);
            // Beyond 64 bits a distance is too far whatever the band.
            if distance * 10_000 > allowed.min(i64::MAX.into()) {
                return refuse(Limit::PriceBand, *scope, distance, allowed / 10_000);
            }
            if distance * 10_000 == allowed {
                self.count("passed price_band at equality");
            }
        }
        for (scope, _, limits) in &scopes {
            if let Some(most) = limits.max_quantity {
                if quantity > most {
                    return refuse(Limit::MaxQuantity, *scope, quantity.into(), most.into());
                }
                if quantity == most {
                    self.count("passed max_quantity at equality");
                }
            }
        }
        for (scope, of, limits) in &scopes {
            if let Some((count, within)) = limits.max_orders {
                let recent = self.recent(*of, count, within);
                if recent >= count {
                    return refuse(Limit::MaxOrders, *scope, recent.into(), count.into());
                }
                let mine = self.sends.iter().filter(|send| of.is_none_or(|of| send.trigger == of));
                let nth = mine.rev().nth(count as usize - 1);
                if nth.is_some_and(|send| self.since(send.stamp) == Some(within)) {
                    self.count("passed max_orders at equality");
                }
            }
        }
        let mine = |of: Option<usize>| {
            self.sends.iter().filter(move |send| of.is_none_or(|of| send.trigger == of))
        };
        let mut equal = Vec::new();
        for (scope, of, limits) in &scopes {
            if let Some(most) = limits.max_total_quantity {
                let sent: i128 = mine(*of).map(|send| i128::from(send.quantity)).sum();
                let sum = sent + i128::from(quantity);
                if sum > i128::from(most) {
                    return refuse(Limit::MaxTotalQuantity, *scope, sum, most.into());
                }
                if sum == i128::from(most) {
                    equal.push("passed max_total_quantity at equality");
                }
            }
        }
        for (scope, of, limits) in &scopes {
            // No sum is beyond 64 bits, wherever there is no limit.
            let most = limits.max_total_value.unwrap_or(i64::MAX);
            let value = |quantity: i64, price: i64| i128::from(quantity) * i128::from(price);
            let sent: i128 = mine(*of).map(|send| value(send.quantity, send.price)).sum();
            let sum = sent + value(quantity, price);
            if sum > i128::from(most) {
                return refuse(Limit::MaxTotalValue, *scope, sum, most.into());
            }
            if sum == i128::from(most) {
                equal.push("passed max_total_value at equality");
            }
        }
        for (scope, of, limits) in &scopes {
            if let Some(most) = limits.max_outstanding {
                let outstanding = self.outstanding(*of);
                if outstanding >= most {
                    return refuse(Limit::MaxOutstanding, *scope, outstanding.into(), most.into());
                }
            }
        }
        // Each outstanding order keeps a row for its cancel request, and so must this one.
        let free = self.spec.rows() as i64 - self.rows.len() as i64;
        if free < self.outstanding(None) + 2 {
            if free > 0 {
                self.count("refused for rows kept for cancels");
            }
            return refuse(Limit::Requests, Scope::Global, nothing, nothing);
        }
        for what in equal {
            self.count(what);
        }
        None
    }

    /// Asks to cancel, oldest first: the orders of a trigger on behalf of another, or all.
    fn cancel(&mut self, of_and_by: Option<(usize, usize)>, decision: Option<Decision>) {
        let mut wanted = Vec::new();
        for (at, row) in self.rows.iter().enumerate() {
            let mine = of_and_by.is_none_or(|(of, _)| row.trigger == Some(of));
            if mine && row.outstanding() && !self.cancelling(at) {
                wanted.push(at);
            }
        }
        let room = wanted.len().min(self.spec.rows() as usize - self.rows.len());
        let mut decision = decision.unwrap_or_else(|| self.decision(Outcome::Cancelled));
        if room < wanted.len() {
            self.count("cancel without room");
            decision.refusal = Some(Refusal {
                limit: Limit::Requests,
                scope: Scope::Global,
                found: wanted.len() as i64,
                allowed: room as i64,
            });
        }
        wanted.truncate(room);
        decision.outcome = Outcome::Cancelled;
        decision.requests = wanted.len() as u32;
        decision.request = (!wanted.is_empty()).then_some(self.rows.len() as u32);
        let decision = self.push(decision);
        for of in wanted {
            let row = self.rows.len();
            let order = self.rows[of].clone();
            let id = self.spec.template.cl_ord_id(row as u64).expect("room");
            let bytes = self.spec.template.cancel(
                &id,
                &order.id,
                &order.security,
                order.side,
                &order.order_id(),
                order.quantity,
                self.stamp,
            );
            self.count(if is_blank(&order.order_id()) { "cancel blank" } else { "cancel named" });
            self.rows.push(Row {
                of: Some(of),
                trigger: of_and_by.map(|(_, by)| by),
                msg: decision.msg,
                sent: self.stamp,
                id,
                carried: order.order_id(),
                said: Vec::new(),
                ..order
            });
            self.counters.cancels += 1;
            if let Some((_, by)) = of_and_by {
                self.trigger_counters[by].cancels += 1;
            }
            self.events.push(Event::Order {
                decision: decision.number,
                request: row as u32,
                bytes,
            });
        }
    }

    // ---- Feedback

    /// A request to cancel this order is under way.
    pub fn cancelling(&self, order: usize) -> bool {
        self.rows[order].state() != State::Cancelled
            && self.rows.iter().any(|row| row.of == Some(order) && row.state() == State::Sent)
    }

    /// The record table.
    pub fn requests(&self) -> Vec<Request> {
        let one = |(at, row): (usize, &Row)| row.as_request(self.cancelling(at));
        self.rows.iter().enumerate().map(one).collect()
    }

    /// Sums of quantity, of value, and outstanding orders, of a trigger or of all.
    pub fn sums(&self, of: Option<usize>) -> (i128, i128, i64) {
        let mine = |send: &&Send| of.is_none_or(|of| send.trigger == of);
        let sent: Vec<&Send> = self.sends.iter().filter(mine).collect();
        let quantity = sent.iter().map(|send| i128::from(send.quantity)).sum();
        let value = sent.iter().map(|s| i128::from(s.quantity) * i128::from(s.price)).sum();
        (quantity, value, self.outstanding(of))
    }

    /// The row whose ClOrdID this is.
    pub fn find(&self, id: &[u8]) -> Option<usize> {
        self.rows.iter().position(|row| row.id == id)
    }

    fn report(&mut self, msg_type: u32, body: &[u8]) {
        let report = parse_report(msg_type, body);
        if self.spec.block.triggers.is_empty() && self.spec.epochs.is_empty() {
            return;
        }
        let stamp = report.time.0;
        let time = if possible(stamp) { stamp } else { 0 };
        let report = feedback::Report { time: Timestamp(time), ..report };
        let mut repeat = false;
        let mut too_many = false;
        if let Some((partition, index)) = report.place {
            let known = self.partitions.iter().position(|(number, _)| *number == partition);
            let at = match known {
                Some(at) => Some(at),
                None if self.partitions.len() == 64 => None,
                // Below the first of any series: a partition of which nothing came yet.
                None if index <= 0 => {
                    repeat = true;
                    None
                }
                None => {
                    self.partitions.push((partition, 0));
                    Some(self.partitions.len() - 1)
                }
            };
            match at.map(|at| &mut self.partitions[at].1) {
                None => too_many = !repeat,
                Some(last) if index <= *last => repeat = true,
                Some(last) => {
                    let left_out = (i128::from(index) - i128::from(*last) - 1) as u64;
                    *last = index;
                    if left_out > 0 {
                        self.counters.jumps += 1;
                        let sum = self.counters.jumped_numbers.saturating_add(left_out);
                        self.counters.jumped_numbers = sum;
                    }
                }
            }
        }
        self.counters.repeats += u64::from(repeat);
        let (verdict, request, missed) = self.step(&report);
        self.counters.reports[verdict as usize - 1] += 1;
        self.counters.missed_fills += u64::from(missed > 0);
        let row = request.map(|at| &self.rows[at]);
        let what = format!(
            "{} {} {verdict:?}{}",
            report.msg_type,
            if report.exec_type == 0 { '-' } else { char::from(report.exec_type) },
            if repeat { " again" } else { "" }
        );
        let reported = Reported {
            msg: self.after.len() as u64,
            report,
            verdict,
            request: request.map(|at| at as u32),
            state: row.map(Row::state),
            cum: QtyE2(row.map_or(0, Row::cum)),
            missed: QtyE2(missed),
        };
        self.events.push(Event::Report(Box::new(reported)));
        self.count(what);
        if missed > 0 {
            self.count("missed");
        }
        if verdict == Verdict::Applied {
            self.take_stamp(stamp);
        }
        if too_many {
            self.count("too many partitions");
            self.fault(FaultCode::FeedbackPartition);
        }
        if verdict == Verdict::Contradictory {
            self.fault(FaultCode::FeedbackContradiction);
        }
    }

    /// Verdict, row, and what was missed.
    fn step(&mut self, report: &feedback::Report) -> (Verdict, Option<usize>, i64) {
        let r = *report;
        let by_id = self.find(&r.cl_ord_id);
        let by_orig = self.find(&r.orig_cl_ord_id);
        let verdict = |verdict| move |row| (verdict, Some(row), 0);
        let contradictory = verdict(Verdict::Contradictory);
        let (duplicate, late) = (verdict(Verdict::Duplicate), verdict(Verdict::Late));
        let unknown = (Verdict::Unknown, None, 0);
        match (r.msg_type, r.exec_type) {
            (200_102, b'4') => {
                let by_order_id = || {
                    let named = |row: &Row| row.of.is_none() && row.order_id() == r.order_id;
                    self.rows.iter().position(named).filter(|_| !is_blank(&r.order_id))
                };
                let order = |at: &usize| self.rows[*at].of.is_none();
                let named = by_orig.filter(order).or(by_id.filter(order));
                let Some(at) = named.or_else(by_order_id) else {
                    return by_id.map_or(unknown, contradictory);
                };
                // ClOrdID names the request that asked for it, or the order itself.
                let request = by_id.filter(|id| *id != at);
                let stranger = request.is_some_and(|request| self.rows[request].of != Some(at));
                let row = &self.rows[at];
                let (quantity, was) = (row.quantity, row.cum());
                if row.of.is_some()
                    || stranger
                    || !self.agrees(at, &r)
                    || r.ord_status != b'4'
                    || r.leaves.0 != 0
                    || r.cum.0 < 0
                    || r.cum.0 > quantity
                {
                    return contradictory(at);
                }
                if self.rows[at].state() == State::Cancelled && was == r.cum.0 {
                    return duplicate(at);
                }
                if !self.rows[at].outstanding() || r.cum.0 < was {
                    return contradictory(at);
                }
                self.say(at, Said::Cancelled { cum: r.cum.0, reason: r.reason }, &r);
                if let Some(request) = request
                    && self.rows[request].state() == State::Sent
                {
                    self.say(request, Said::Done, &r);
                }
                (Verdict::Applied, Some(at), r.cum.0 - was)
            }
            (200_102, _) => {
                let Some(at) = by_id else { return unknown };
                let row = &self.rows[at];
                let quantity = row.quantity;
                if row.of.is_some() || !self.agrees(at, &r) {
                    return contradictory(at);
                }
                let (state, leaves) = (row.state(), r.leaves.0);
                match (r.exec_type, r.ord_status) {
                    (b'0', b'0') if leaves == quantity && r.cum.0 == 0 => match state {
                        State::Sent => {
                            self.say(at, Said::Acknowledged, &r);
                            (Verdict::Applied, Some(at), 0)
                        }
                        State::Acknowledged => duplicate(at),
                        _ => late(at),
                    },
                    (b'8', b'8') if leaves == 0 && r.cum.0 == 0 => self.reject(at, &r),
                    _ => contradictory(at),
                }
            }
            (200_115, _) => {
                let Some(at) = by_id else { return unknown };
                let row = &self.rows[at];
                let (quantity, was) = (i128::from(row.quantity), row.cum());
                let (leaves, cum) = (i128::from(r.leaves.0), i128::from(r.cum.0));
                let adds_up = leaves >= 0
                    && cum >= i128::from(r.last.0)
                    && r.last.0 > 0
                    && r.last_px.0 > 0
                    && cum + leaves == quantity;
                let status = if leaves > 0 { b'1' } else { b'2' };
                if row.of.is_some()
                    || !self.agrees(at, &r)
                    || r.exec_type != b'F'
                    || r.ord_status != status
                    || !adds_up
                {
                    return contradictory(at);
                }
                match r.cum.0.cmp(&was) {
                    std::cmp::Ordering::Equal => duplicate(at),
                    std::cmp::Ordering::Less => late(at),
                    std::cmp::Ordering::Greater => {
                        let before = r.cum.0 - r.last.0;
                        if before < was || !row.outstanding() {
                            return contradictory(at);
                        }
                        self.say(at, Said::Filled { cum: r.cum.0 }, &r);
                        (Verdict::Applied, Some(at), before - was)
                    }
                }
            }
            (290_008, _) => {
                let Some(at) = by_id else { return unknown };
                let of = self.rows[at].of;
                if of.is_none() || by_orig != of || !self.agrees(at, &r) {
                    return contradictory(at);
                }
                self.reject(at, &r)
            }
            (4, _) => {
                let wants_order = match r.ref_msg_type {
                    100_101 => true,
                    190_007 => false,
                    _ => return unknown,
                };
                let Some(at) = by_id else { return unknown };
                if self.rows[at].of.is_none() != wants_order || !self.agrees(at, &r) {
                    return contradictory(at);
                }
                self.reject(at, &r)
            }
            other => panic!("{other:?}"),
        }
    }

    fn reject(&mut self, at: usize, r: &feedback::Report) -> (Verdict, Option<usize>, i64) {
        let verdict = match self.rows[at].state() {
            State::Sent => {
                self.say(at, Said::Rejected { reason: r.reason }, r);
                Verdict::Applied
            }
            State::Rejected => Verdict::Duplicate,
            _ => Verdict::Contradictory,
        };
        (verdict, Some(at), 0)
    }

    /// Whether a report is about this security, side, quantity and number at the exchange.
    fn agrees(&self, at: usize, r: &feedback::Report) -> bool {
        let row = &self.rows[at];
        let known = self.rows[row.of.unwrap_or(at)].order_id();
        if !is_blank(&known) && !is_blank(&r.order_id) && trimmed(&known) != trimmed(&r.order_id) {
            return false;
        }
        let is_reject = r.msg_type == 4;
        let security =
            trimmed(&r.security) == trimmed(&row.security) || (is_reject && is_blank(&r.security));
        let side = r.side == row.side || is_reject;
        let quantity = r.msg_type != 200_102 || r.quantity.0 == row.quantity;
        security && side && quantity
    }

    fn say(&mut self, at: usize, said: Said, r: &feedback::Report) {
        self.moved = true;
        self.rows[at].said.push((said, r.time.0, r.order_id));
    }
}

fn i64_at(body: &[u8], at: usize) -> i64 {
    i64::from_be_bytes(body[at..at + 8].try_into().expect("8"))
}

/// The fields of a report by their places in the reference.
fn parse_report(msg_type: u32, body: &[u8]) -> feedback::Report {
    fn at<const N: usize>(body: &[u8], place: Option<usize>, otherwise: u8) -> [u8; N] {
        match place {
            Some(at) => body[at..at + N].try_into().expect("a field"),
            None => [otherwise; N],
        }
    }
    let number = |place: Option<usize>| i64::from_be_bytes(at(body, place, 0));
    let byte = |place: Option<usize>| at::<1>(body, place, 0)[0];
    let numbered = msg_type != 4;
    // SecurityID, Side, ClOrdID, OrigClOrdID, OrderID, ExecType, OrdStatus, reason, time.
    let (security, side, id, orig, order_id, exec, status, reason, time) = match msg_type {
        200_102 => (27, Some(131), 75, Some(85), Some(59), Some(111), Some(112), Some(113), 43),
        200_115 => (27, Some(135), 75, None, Some(59), Some(101), Some(102), None, 43),
        290_008 => (27, Some(79), 59, Some(69), Some(99), None, Some(80), Some(81), 43),
        _ => (17, None, 41, None, None, None, None, Some(51), 3),
    };
    let of = |wanted: u32, place: usize| (msg_type == wanted).then_some(place);
    let either = |order: usize, fill: usize| of(200_102, order).or(of(200_115, fill));
    feedback::Report {
        msg_type,
        place: numbered.then(|| (i32::from_be_bytes(at(body, Some(0), 0)), number(Some(4)))),
        time: Timestamp(number(Some(time))),
        security: at(body, Some(security), 0),
        side: byte(side),
        cl_ord_id: at(body, Some(id), 0),
        orig_cl_ord_id: at(body, orig, b' '),
        order_id: at(body, order_id, b' '),
        exec_type: byte(exec),
        ord_status: byte(status),
        reason: u16::from_be_bytes(at(body, reason, 0)),
        quantity: QtyE2(number(of(200_102, 133))),
        cum: QtyE2(number(either(123, 127))),
        leaves: QtyE2(number(either(115, 119))),
        last: QtyE2(number(of(200_115, 111))),
        last_px: PriceE4(number(of(200_115, 103))),
        ref_msg_type: u32::from_be_bytes(at(body, of(4, 37), 0)),
    }
}
