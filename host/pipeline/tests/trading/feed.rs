//! Setups and feeds by chance, made so that what the rules speak of happens often: the generator
//! asks the oracle where things stand, and aims at the edges.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::{BTreeMap, BTreeSet};

use tidegate_pipeline::Line;
use tidegate_pipeline::feedback::State;

use crate::oracle::Oracle;
use crate::rng::Rng;
use crate::spec::*;
use crate::wire::{self, IMPOSSIBLE, Report, Template, date_and_ms, padded, stamp};

/// One entry of the input log, whole.
#[derive(Clone, Debug)]
pub enum Item {
    Frame { line: Line, session: u16, bytes: Vec<u8> },
    Reset { line: Line, session: u16 },
    Kill { on: bool },
    Live { block: Block, toml: String },
}

/// A run.
#[derive(Clone, Debug)]
pub struct Case {
    pub spec: Spec,
    pub toml: String,
    pub csv: String,
    pub items: Vec<Item>,
    /// Cuts the frames into packets; 0 leaves them whole.
    pub cuts: u64,
}

/// The oracle, and which sessions it took for dead.
pub struct Slow {
    pub oracle: Oracle,
    dead: BTreeSet<(u8, u16)>,
    policy: Policy,
}

impl Slow {
    pub fn new(spec: &Spec) -> Self {
        Self { oracle: Oracle::new(spec), dead: BTreeSet::new(), policy: spec.policy }
    }

    pub fn take(&mut self, item: &Item) {
        match item {
            Item::Frame { line, session, bytes } => {
                let key = (*line as u8, *session);
                if self.dead.contains(&key) {
                    return;
                }
                let (content, trailer) = bytes.split_at(bytes.len() - 4);
                if self.policy == Policy::Disconnect && wire::sum_of(content) != trailer {
                    self.dead.insert(key);
                }
                self.oracle.message(bytes);
            }
            Item::Reset { line, session } => drop(self.dead.remove(&(*line as u8, *session))),
            Item::Kill { on } => self.oracle.kill(*on),
            Item::Live { block, .. } => self.oracle.live(block),
        }
    }
}

pub const A: &str = "000001";
pub const B: &str = "300750";
const C: &str = "000002";
const D: &str = "000003";
const STRANGER: &str = "999999";

/// 1000.0000 points, and what 0.2 points are: a cent of A moves the index by three, of B by two.
const MIDDLE: i64 = 10_000_000;
const STEP: i64 = 2_000;

const CHANGE_WINDOWS: [i64; 9] = [64, 128, 192, 640, 1_280, 6_400, 64_000, 640_000, 86_400_000];
const WINDOWS: [i64; 8] = [1, 10, 64, 100, 1_000, 5_000, 60_000, 86_400_000];

fn level(rng: &mut Rng) -> i64 {
    MIDDLE + STEP * rng.range(-8, 8) + rng.pick(&[0, 0, 0, 0, 0, 1, -1])
}

fn points(rng: &mut Rng) -> i64 {
    STEP * rng.range(1, 14) + rng.pick(&[0, 0, 0, 0, 0, 1, -1])
}

fn change_points(rng: &mut Rng) -> i64 {
    let points = points(rng);
    if rng.chance(50) { points } else { -points }
}

fn price_level(rng: &mut Rng) -> i64 {
    10_000_000 + 10_000 * rng.range(-8, 8) + rng.pick(&[0, 0, 0, 0, 1, -1, 100])
}

fn rate(rng: &mut Rng) -> (i64, i64) {
    let count = if rng.chance(5) { 64 } else { rng.range(1, 4) };
    (count, rng.pick(&WINDOWS))
}

fn condition(kind: u8, security: &str, rng: &mut Rng) -> Cond {
    match kind {
        1 => Cond::AtLeast(level(rng)),
        2 => Cond::AtMost(level(rng)),
        3 => Cond::Crosses(level(rng)),
        4 => Cond::Change { points: change_points(rng), within: rng.pick(&CHANGE_WINDOWS) },
        5 => Cond::PriceAtLeast { security: security.into(), price: price_level(rng) },
        6 => Cond::PriceAtMost { security: security.into(), price: price_level(rng) },
        7 => {
            let (count, within) = rate(rng);
            Cond::MaxSends { count, within }
        }
        _ => Cond::MaxOutstanding(rng.range(1, 3)),
    }
}

fn conditions(has_index: bool, rng: &mut Rng) -> Vec<Cond> {
    let first = if has_index { 1 } else { 5 };
    let count = rng.pick(&[1, 1, 1, 1, 2, 2, 2, 3, 3, 4]);
    let mut kinds = BTreeSet::new();
    while kinds.len() < count {
        kinds.insert(rng.range(first, 8) as u8);
    }
    let security = rng.pick(&[A, A, B, C]);
    let mut list: Vec<Cond> =
        kinds.into_iter().map(|kind| condition(kind, security, rng)).collect();
    // A band that can hold at all.
    if let [Cond::AtLeast(low), Cond::AtMost(high), ..] = &mut list[..]
        && low > high
    {
        std::mem::swap(low, high);
    }
    for at in 1..list.len() {
        let (before, behind) = list.split_at_mut(at);
        if let (Some(Cond::PriceAtLeast { price: low, .. }), Cond::PriceAtMost { price: high, .. }) =
            (before.last_mut(), &mut behind[0])
            && low > high
        {
            std::mem::swap(low, high);
        }
    }
    list
}

fn rearm(rng: &mut Rng) -> Rearm {
    match rng.range(0, 9) {
        0 => Rearm::Once,
        1..=3 => Rearm::AfterMs(rng.pick(&WINDOWS)),
        _ => Rearm::OnFalse,
    }
}

fn quantity(rng: &mut Rng) -> i64 {
    match rng.range(0, 60) {
        0 => 1,
        1 => 100_000_000_000,
        _ => 10_000 * rng.range(1, 5),
    }
}

fn price(tick: i64, rng: &mut Rng) -> Price {
    if rng.chance(35) {
        let around = 100_000 + 100 * rng.range(-12, 12);
        let price = if rng.chance(2) { 10_000_000_000_000 } else { around };
        return Price::Fixed((price / tick * tick).max(tick));
    }
    let ticks = match rng.range(0, 30) {
        0 => rng.pick(&[-1_000_000, 1_000_000, -100_000, 10_000]),
        1..=10 => 0,
        _ => rng.range(-6, 6),
    };
    Price::From(rng.pick(&[Base::Last, Base::Best, Base::OwnBest]), ticks)
}

fn limits(percent: i64, rng: &mut Rng) -> Limits {
    Limits {
        kill_switch: rng.chance(4),
        band_bp: rng.some(percent, |rng| rng.pick(&[0, 10, 20, 30, 50, 100, 10_000])),
        max_quantity: rng.some(percent, |rng| 10_000 * rng.range(1, 6)),
        max_orders: rng.some(percent, rate),
        max_total_quantity: rng.some(percent, |rng| 10_000 * rng.range(2, 25)),
        max_total_value: rng.some(percent, |rng| {
            rng.range(1, 20) * 1_000_000_000 + rng.pick(&[0, 0, 1, -1, 1_000_000])
        }),
        max_outstanding: rng.some(percent, |rng| rng.range(1, 5)),
    }
}

fn trigger(count: usize, has_index: bool, rng: &mut Rng) -> Trigger {
    let action = if rng.chance(20) {
        Action::Cancel { of: rng.below(count) }
    } else {
        let tick = match rng.range(0, 19) {
            0 => 1,
            1 => 10,
            2 => 500,
            3 => 300,
            4 => rng.pick(&[10_000_000, 25_000]),
            _ => 100,
        };
        Action::Order {
            security: rng.pick(&[A, A, A, A, B, B, C, C, D]).into(),
            buy: rng.chance(50),
            quantity: quantity(rng),
            price: price(tick, rng),
            tick,
        }
    };
    Trigger {
        conditions: conditions(has_index, rng),
        rearm: rearm(rng),
        action,
        limits: limits(12, rng),
    }
}

fn guard(rng: &mut Rng) -> Guard {
    Guard {
        points: points(rng) + STEP * 4,
        within: rng.pick(&CHANGE_WINDOWS),
        hold: rng.pick(&[0, 0, 1, 64, 500, 3_000, 60_000]),
    }
}

/// Another price of the same kind: it is the number that changes.
fn same_kind(rule: Price, tick: i64, rng: &mut Rng) -> Price {
    loop {
        match (rule, price(tick, rng)) {
            (Price::Fixed(_), new @ Price::Fixed(_)) => return new,
            (Price::From(base, _), Price::From(_, ticks)) => return Price::From(base, ticks),
            _ => {}
        }
    }
}

/// A block that is of another shape in one thing.
fn misshapen(block: &mut Block, has_index: bool, rng: &mut Rng) {
    let count = block.triggers.len();
    let at = rng.below(count);
    let of_trigger = &mut block.triggers[at];
    match rng.range(0, 3) {
        0 => *of_trigger = trigger(count, has_index, rng),
        1 => {
            if let Action::Order { price: rule, tick, .. } = &mut of_trigger.action {
                *rule = price(*tick, rng);
            }
        }
        2 => of_trigger.limits = limits(12, rng),
        _ => block.limits = limits(30, rng),
    }
}

/// Another block of the same shape.
fn changed(before: &Block, rng: &mut Rng) -> Block {
    let mut block = before.clone();
    for _ in 0..rng.range(1, 4) {
        let at = rng.below(block.triggers.len());
        let trigger = &mut block.triggers[at];
        match rng.range(0, 13) {
            0..=4 => {
                let at = rng.below(trigger.conditions.len());
                let old = trigger.conditions[at].clone();
                let security = match &old {
                    Cond::PriceAtLeast { security, .. } | Cond::PriceAtMost { security, .. } => {
                        security.clone()
                    }
                    _ => A.into(),
                };
                trigger.conditions[at] = condition(old.code(), &security, rng);
            }
            5 => trigger.rearm = rearm(rng),
            6 | 7 => {
                if let Action::Order { quantity: of, price: rule, tick, .. } = &mut trigger.action {
                    if rng.chance(50) {
                        *of = quantity(rng);
                    } else {
                        *rule = same_kind(*rule, *tick, rng);
                    }
                }
            }
            8 => trigger.limits = changed_limits(&trigger.limits, rng),
            9 | 10 => block.limits = changed_limits(&block.limits, rng),
            11 => block.limits.kill_switch = !block.limits.kill_switch,
            12 => block.cancel_on_kill = !block.cancel_on_kill,
            _ => {
                if let Some(old) = &mut block.guard {
                    let new = guard(rng);
                    match rng.range(0, 2) {
                        0 => *old = new,
                        1 => old.points = new.points,
                        _ => old.hold = new.hold,
                    }
                }
            }
        }
    }
    block
}

/// What limited before goes on doing so.
fn changed_limits(before: &Limits, rng: &mut Rng) -> Limits {
    let new = limits(40, rng);
    Limits {
        kill_switch: if rng.chance(15) { !before.kill_switch } else { before.kill_switch },
        band_bp: new.band_bp.or(before.band_bp),
        max_quantity: new.max_quantity.or(before.max_quantity),
        max_orders: new.max_orders.or(before.max_orders),
        max_total_quantity: new.max_total_quantity.or(before.max_total_quantity),
        max_total_value: new.max_total_value.or(before.max_total_value),
        max_outstanding: new.max_outstanding.or(before.max_outstanding),
    }
}

fn template(rng: &mut Rng) -> Template {
    let (prefix, first) = match rng.range(0, 9) {
        0 => ("ABCDEFGH", rng.range(80, 97)),
        1 => ("", rng.pick(&[0, 1, 9_999_999_990])),
        2 => ("TIDE0", rng.pick(&[0, 42, 99_990])),
        3 => ("9", rng.pick(&[5, 999_999_985])),
        _ => ("T", rng.range(0, 1_000)),
    };
    Template {
        appl_id: "010".into(),
        pbu: rng.pick(&["000100", "", "12~"]).into(),
        owner_type: rng.pick(&[1, 104, 65_535]),
        clearing_firm: rng.pick(&["01", "00"]).into(),
        user_info: rng.pick(&["", "U1", "~~~~~~~~"]).into(),
        account_id: rng.pick(&["0100000001", ""]).into(),
        branch_id: rng.pick(&["01", "AA"]).into(),
        order_restrictions: rng.pick(&["1", "", "1E"]).into(),
        cash_margin: rng.pick(&['1', '2', '3']),
        prefix: prefix.into(),
        first: first as u64,
    }
}

fn index(rng: &mut Rng) -> Index {
    let one = |security: &str, shares, prev_close| Constituent {
        security: security.into(),
        shares,
        prev_close,
    };
    let constituents = match rng.range(0, 9) {
        0 => vec![one(A, 1_000, 100_000)],
        1 => vec![one(A, 600, 100_000), one(B, 400, 100_000), one(C, 1_000_000_000_000, 1)],
        2 => vec![one(B, 19_405_918_198, 100_000), one(A, 29_105_918_198, 100_001)],
        _ => vec![one(A, 600, 100_000), one(B, 400, 100_000)],
    };
    Index { prev_close: MIDDLE, constituents, from_snapshots: rng.chance(15) }
}

/// Bounds that every block of the setup just keeps.
fn bounds(spec: &Spec, rng: &mut Rng) -> BTreeMap<Kind, Bound> {
    let mut out: BTreeMap<Kind, Bound> = BTreeMap::new();
    let blocks: Vec<&Block> =
        [&spec.block].into_iter().chain(spec.epochs.iter().map(|epoch| &epoch.block)).collect();
    for block in &blocks {
        for (kind, value) in bounded(block).into_values() {
            let bound = out.entry(kind).or_default();
            bound.min = Some(bound.min.map_or(value, |min| min.min(value)));
            bound.max = Some(bound.max.map_or(value, |max| max.max(value)));
            bound.step = bound.step.or(Some(0));
        }
    }
    for pair in blocks.windows(2) {
        let before = bounded(pair[0]);
        for (name, (kind, value)) in bounded(pair[1]) {
            if let Some((of, was)) = before.get(&name)
                && *of == kind
            {
                let bound = out.get_mut(&kind).expect("seen above");
                bound.step = bound.step.max(Some((value - was).abs()));
            }
        }
    }
    for (before, count) in spec.share_steps() {
        let bound = out.entry(SHARES).or_default();
        bound.min = Some(bound.min.map_or(count, |min| min.min(count)));
        bound.max = Some(bound.max.map_or(count, |max| max.max(count)));
        bound.step = bound.step.max(Some((count - before).abs()));
    }
    out.retain(|_, _| rng.chance(50));
    for bound in out.values_mut() {
        let one = [&mut bound.min, &mut bound.max, &mut bound.step][rng.below(3)].take();
        let _ = one.filter(|_| rng.chance(50));
    }
    out
}

/// Makes one bound too tight by one unit.
pub fn tightened(bounds: &BTreeMap<Kind, Bound>, rng: &mut Rng) -> Option<BTreeMap<Kind, Bound>> {
    let mut out = bounds.clone();
    let kinds: Vec<Kind> = out.keys().copied().collect();
    let bound = out.get_mut(kinds.get(rng.below(kinds.len().max(1)))?)?;
    match rng.range(0, 2) {
        0 => bound.min = bound.min.map(|min| min + 1),
        1 => bound.max = bound.max.map(|max| max - 1),
        _ => bound.step = bound.step.filter(|step| *step > 0).map(|step| step - 1),
    }
    (bound.min <= bound.max || bound.max.is_none()).then_some(out)
}

/// One trigger that fires with every second message, so that its last 64 sends and more count.
fn busy(rng: &mut Rng) -> Spec {
    let rate = |rng: &mut Rng| {
        (rng.pick(&[1, 2, 31, 32, 33, 62, 63, 64]), rng.pick(&[200, 1_000, 1_000, 5_000, 60_000]))
    };
    let mut conditions = vec![Cond::AtLeast(MIDDLE)];
    if rng.chance(60) {
        let (count, within) = rate(rng);
        conditions.push(Cond::MaxSends { count, within });
    }
    let action = Action::Order {
        security: A.into(),
        buy: true,
        quantity: 10_000,
        price: Price::Fixed(100_000),
        tick: 100,
    };
    let limits = |rng: &mut Rng| Limits { max_orders: rng.some(60, rate), ..Limits::default() };
    let trigger = Trigger { conditions, rearm: Rearm::OnFalse, action, limits: limits(rng) };
    Spec {
        index: Some(index(rng)),
        block: Block { limits: limits(rng), triggers: vec![trigger], ..Block::default() },
        ..Spec::default()
    }
}

/// Few rules, nothing that stops everything: what they say in detail comes to bear.
fn simple(spec: &mut Spec, rng: &mut Rng) {
    spec.block.triggers.truncate(2);
    let count = spec.block.triggers.len();
    let limits = [&mut spec.block.limits].into_iter();
    let own = spec.block.triggers.iter_mut().map(|trigger| &mut trigger.limits);
    for limits in limits.chain(own) {
        limits.kill_switch = false;
        limits.band_bp = limits.band_bp.filter(|band| *band > 0);
        limits.max_orders = rng.some(40, rate);
    }
    for trigger in &mut spec.block.triggers {
        trigger.conditions.truncate(2);
        match &mut trigger.action {
            Action::Cancel { of } => *of = (*of).min(count - 1),
            Action::Order { security, price, tick, .. } => {
                *security = A.into();
                if rng.chance(60) {
                    *price = Price::Fixed((100_000 / *tick).max(1) * *tick);
                }
            }
        }
    }
    spec.template = Template::default();
    spec.max_requests = None;
}

pub fn spec(messages: i64, rng: &mut Rng) -> Spec {
    let index = rng.some(92, index);
    let has_index = index.is_some();
    let count = match rng.range(0, 9) {
        0 => 16,
        1 => rng.range(5, 15),
        _ => rng.range(1, 4),
    } as usize;
    let block = Block {
        guard: rng.some(30, guard).filter(|_| has_index),
        limits: limits(12, rng),
        cancel_on_kill: rng.chance(60),
        triggers: (0..count).map(|_| trigger(count, has_index, rng)).collect(),
    };
    let mut spec = Spec {
        policy: rng.pick(&[Policy::Drop, Policy::Drop, Policy::Flag, Policy::Disconnect]),
        index,
        listed: vec![B.into(), C.into()],
        block,
        template: template(rng),
        session: rng.range(0, 127) as u8,
        max_requests: rng.some(35, |rng| rng.range(2, 20) as u64),
        bounds: BTreeMap::new(),
        epochs: Vec::new(),
    };
    if rng.chance(45) {
        simple(&mut spec, rng);
    }
    // Every request needs a number of its own.
    spec.max_requests = spec.max_requests.map(|most| most.min(spec.rows()));
    // Rows beyond the first 64, and the first 128.
    if rng.chance(15) {
        let names = (0..rng.pick(&[60, 62, 126, 140])).map(|number| format!("1{number:05}"));
        spec.listed = names.chain(spec.listed).collect();
    }
    let mut at_msg = rng.pick(&[0, 1, 5]);
    let mut before = spec.block.clone();
    for _ in 0..rng.pick(&[0, 0, 1, 1, 2, 3, 5]) {
        at_msg += rng.range(0, messages / 3);
        let block = changed(&before, rng);
        let mut shares = BTreeMap::new();
        if let Some(index) = spec.index.as_ref().filter(|_| rng.chance(40)) {
            for constituent in &index.constituents {
                if rng.chance(60) {
                    let count = rng.pick(&[600, 400, 601, 1_200, 0, 1, 1_000_000_000_000]);
                    shares.insert(constituent.security.clone(), count);
                }
            }
        }
        before = block.clone();
        spec.epochs.push(Epoch { at_msg: at_msg as u64, block, shares });
        at_msg += 1;
    }
    if rng.chance(35) {
        spec.bounds = bounds(&spec, rng);
    }
    spec
}

/// Where a feed stands.
struct Feed {
    rng: Rng,
    slow: Slow,
    items: Vec<Item>,
    seq: BTreeMap<u16, i64>,
    partitions: BTreeMap<i32, i64>,
    many_partitions: bool,
    told: Vec<Vec<u8>>,
    later: Vec<Report>,
    /// Time goes on in larger steps.
    brisk: bool,
    /// Most messages are trades below and above the level in turn.
    busy: bool,
}

const FIRST_DATE: i64 = 20_240_102;

fn next_date(date: i64) -> i64 {
    match date % 10_000 {
        1_228 => date + 8_873,
        day if day % 100 == 28 => date + 73,
        _ => date + 1,
    }
}

impl Feed {
    fn oracle(&self) -> &Oracle {
        &self.slow.oracle
    }

    fn push(&mut self, item: Item) {
        self.slow.take(&item);
        self.items.push(item);
    }

    fn frame(&mut self, line: Line, session: u16, bytes: Vec<u8>) {
        self.push(Item::Frame { line, session, bytes });
    }

    /// When the next message says it happened.
    fn time(&mut self) -> i64 {
        let now = self.oracle().stamp;
        let rng = &mut self.rng;
        if now == 0 {
            let ms = 34_200_000 + rng.pick(&[0, 0, 1, 63, -1]);
            return if rng.chance(20) { rng.pick(&IMPOSSIBLE) } else { stamp(FIRST_DATE, ms) };
        }
        let (date, ms) = date_and_ms(now);
        let lengths = self.slow.oracle.lengths();
        let mut length = rng.pick(&lengths).max(1);
        if length > 3_600_000 && rng.chance(80) {
            length = rng.pick(&[1, 64, 1_000]);
        }
        let near = rng.pick(&[-1, 0, 0, 0, 1]);
        let ms = match rng.range(0, 199) {
            0..=170 if self.busy => ms + rng.range(0, 15),
            171.. if self.busy => {
                let deadlines = self.slow.oracle.deadlines();
                if deadlines.is_empty() { ms } else { rng.pick(&deadlines) + near }
            }
            0..=69 => ms + if self.brisk { rng.range(0, 40) } else { 0 },
            70..=99 => ms + rng.range(1, 20),
            100..=114 => ms + length + near,
            115..=154 => {
                let deadlines = self.slow.oracle.deadlines();
                if deadlines.is_empty() { ms } else { rng.pick(&deadlines) + near }
            }
            155..=174 => {
                let slot = (length / 64).max(1);
                (ms / slot + rng.pick(&[1, 1, 2, 62, 63, 64, 65])) * slot - rng.pick(&[0, 0, 1])
            }
            175..=187 => ms - rng.pick(&[1, 1, 64, 1_000, 100_000]),
            188..=191 => return rng.pick(&IMPOSSIBLE),
            192 | 193 => ms.max(41_400_000 - 1) + 1,
            194 | 195 => ms.max(46_800_000 - 1) + 1,
            196 => 86_399_999 - rng.pick(&[0, 1, 64]),
            _ => {
                return stamp(next_date(date), rng.pick(&[0, 1, 63, 64, 34_200_000]));
            }
        };
        if ms >= 86_400_000 {
            // The day is over, now and then at its last millisecond.
            if rng.chance(30) && date_and_ms(now).1 < 86_399_999 {
                return stamp(date, 86_399_999);
            }
            return stamp(next_date(date), ms % 1_000 + rng.pick(&[0, 34_200_000]));
        }
        stamp(date, ms.max(0))
    }

    fn next_seq(&mut self, channel: u16) -> i64 {
        let last = self.seq.entry(channel).or_default();
        let seq = match self.rng.range(0, 99) {
            0..=3 => *last - self.rng.range(0, 2),
            4 | 5 => *last + self.rng.range(2, 9),
            _ => *last + 1,
        };
        *last = seq.max(*last);
        seq
    }

    /// A price for a trade: around the middle, or such that the index or a price stands at an edge.
    fn trade_price(&mut self, security: &str) -> i64 {
        let rng = &mut self.rng;
        let oracle = &self.slow.oracle;
        match rng.range(0, 199) {
            0 => rng.pick(&[0, -1, i64::MIN]),
            1 => rng.pick(&[i64::MAX, 90_000_000_000_000_000, 922_337_203_685_477]),
            2 | 3 => rng.pick(&[1, 50_000, 200_000]),
            4..=79 => {
                let aims = oracle.aims();
                if aims.is_empty() {
                    return 100_000;
                }
                let aim = rng.pick(&aims) + rng.pick(&[0, 0, 0, 1, -1, STEP, -STEP]);
                let miss = |price: i64| {
                    oracle.index_if(security, price).map_or(i64::MAX, |value| (value - aim).abs())
                };
                // By halves: the index rises with the price.
                let below =
                    |price: i64| oracle.index_if(security, price).is_some_and(|value| value < aim);
                let (mut low, mut high) = (90_000, 110_000);
                while low < high {
                    let middle = (low + high) / 2;
                    if below(middle) { low = middle + 1 } else { high = middle }
                }
                if miss(low - 1) < miss(low) { low - 1 } else { low }
            }
            80..=99 => {
                let conditions = oracle.block.triggers.iter().flat_map(|t| &t.conditions);
                let levels: Vec<i64> = conditions
                    .filter_map(|condition| match condition {
                        Cond::PriceAtLeast { price, .. } | Cond::PriceAtMost { price, .. } => {
                            Some(price / 100)
                        }
                        _ => None,
                    })
                    .collect();
                if levels.is_empty() { 100_000 } else { rng.pick(&levels) + rng.range(-1, 1) }
            }
            _ => 100_000 + 100 * rng.range(-9, 9),
        }
    }

    fn security(&mut self) -> &'static str {
        self.rng.pick(&[A, A, A, A, A, B, B, B, B, C, C, D, STRANGER])
    }

    fn market(&mut self) -> Vec<u8> {
        let time = self.time();
        let security = self.security();
        let channel = self.rng.pick(&[2011, 2012]);
        match self.rng.range(0, 99) {
            0..=9 => {
                let seq = self.next_seq(2011);
                wire::order(seq, security, time)
            }
            10..=13 => {
                let seq = self.next_seq(channel);
                wire::trade_of(channel, seq, security, 0, b'4', time)
            }
            14..=33 => self.snapshot(security, time),
            _ => {
                let (price, seq) = (self.trade_price(security), self.next_seq(channel));
                wire::trade_of(channel, seq, security, price, b'F', time)
            }
        }
    }

    fn snapshot(&mut self, security: &str, time: i64) -> Vec<u8> {
        let mut entries = Vec::new();
        let price = |feed: &mut Self| {
            let fine = feed.rng.pick(&[0, 0, 0, 1, 50, 1_234, 5_000]);
            10_000_000 + 10_000 * feed.rng.range(-9, 9) + fine
        };
        if self.rng.chance(60) {
            for _ in 0..self.rng.pick(&[1, 1, 1, 2]) {
                let last = match self.rng.range(0, 39) {
                    0 => self.rng.pick(&[0, -10_000, i64::MIN, i64::MAX / 100 * 100]),
                    // Finer than the index takes: of what it looks at only.
                    1 if security == A => price(self),
                    _ => self.trade_price(security).clamp(-1, i64::MAX / 100) * 100,
                };
                entries.push(("2 ", last, 0));
            }
        }
        for (kind, level) in [("0 ", 1), ("1 ", 1), ("0 ", 2), ("1 ", 2)] {
            if self.rng.chance(75) {
                let at = match self.rng.range(0, 60) {
                    0 => self.rng.pick(&[0, -10_000, 1, i64::MAX, i64::MIN]),
                    _ => price(self),
                };
                entries.push((kind, at, level));
            }
        }
        for (kind, sign) in [("xe", 1), ("xf", -1)] {
            if self.rng.chance(50) {
                let fine = self.rng.pick(&[0, 0, 0, 1, 9_999, 5_000]);
                let away = 10_000 * self.rng.range(-1, 12) + fine;
                let limit = match self.rng.range(0, 30) {
                    0 => sign * 999_999_999_999_900,
                    1 => self.rng.pick(&[i64::MAX, i64::MIN, 0, -1, 1]),
                    _ => 10_000_000 + sign * away,
                };
                entries.push((kind, limit, 0));
            }
        }
        let phase = self.rng.pick(&["T0", "O0", "B0", "E0", "H1"]);
        wire::snapshot(security, time, phase, &entries)
    }

    // ---- Reports

    fn place(&mut self) -> (i32, i64) {
        let partition = if self.many_partitions {
            self.rng.range(-40, 40) as i32
        } else {
            self.rng.pick(&[1, 1, 1, 2, 101, i32::MIN])
        };
        let last = self.partitions.entry(partition).or_default();
        let index = match self.rng.range(0, 99) {
            0..=4 => *last - self.rng.range(0, 3),
            5..=7 => last.saturating_add(self.rng.range(2, 9)),
            8 if self.many_partitions => self.rng.pick(&[i64::MAX, i64::MIN, -1, 0]),
            _ => last.saturating_add(1),
        };
        *last = index.max(*last);
        (partition, index)
    }

    /// What the exchange could say of a row now.
    fn right_report(&mut self, at: usize) -> Report {
        let rng = &mut self.rng;
        let oracle = &self.slow.oracle;
        let row = &oracle.rows[at];
        let order_at = row.of.unwrap_or(at);
        let order = &oracle.rows[order_at];
        let cum = order.cum();
        let rest = (order.quantity - cum).max(0);
        let order_id = match rng.range(0, 9) {
            0 => padded(""),
            1 => padded("SHARED"),
            _ => padded(&format!("0000ORDER{order_at:06}")),
        };
        let report = Report {
            security: row.security,
            side: row.side,
            cl_ord_id: row.id,
            order_id,
            quantity: row.quantity,
            reason: 0,
            ..Report::default()
        };
        let ack = Report { leaves: row.quantity, ..report.clone() };
        let reason = rng.range(20_001, 20_170) as u16;
        let reject =
            Report { exec_type: b'8', ord_status: b'8', leaves: 0, reason, ..report.clone() };
        let business = |ref_msg_type| Report {
            msg_type: 4,
            ref_msg_type,
            reason,
            security: if at.is_multiple_of(2) { row.security } else { padded("") },
            ..report.clone()
        };
        let cancelled =
            Report { exec_type: b'4', ord_status: b'4', leaves: 0, cum, ..report.clone() };
        if row.of.is_some() {
            return match rng.range(0, 9) {
                0..=2 => Report {
                    msg_type: 290_008,
                    orig_cl_ord_id: order.id,
                    ord_status: rng.pick(b"0128"),
                    reason,
                    ..report
                },
                3 => business(190_007),
                4 => cancelled,
                _ => Report { orig_cl_ord_id: order.id, ..cancelled },
            };
        }
        let fill = |rng: &mut Rng| {
            let lot = if rest >= 10_000 && rng.chance(70) { 10_000 } else { 1 };
            let last = if rest == 0 || rng.chance(35) {
                rest.max(1)
            } else {
                rng.range(1, rest / lot) * lot
            };
            let skipped = if rng.chance(8) && rest > last { rng.range(0, rest - last) } else { 0 };
            let cum = (cum + skipped + last).min(row.quantity);
            let leaves = row.quantity - cum;
            Report {
                msg_type: 200_115,
                exec_type: b'F',
                ord_status: if leaves > 0 { b'1' } else { b'2' },
                last: last.min(cum.max(1)),
                last_px: row.price,
                cum,
                leaves,
                ..report.clone()
            }
        };
        let cancelled_by = match rng.range(0, 3) {
            0 => Report { orig_cl_ord_id: row.id, cl_ord_id: padded(""), ..cancelled.clone() },
            1 => Report { cl_ord_id: padded(""), order_id: row.order_id(), ..cancelled.clone() },
            2 => Report { orig_cl_ord_id: row.id, ..cancelled.clone() },
            _ => cancelled,
        };
        match (row.state(), rng.range(0, 99)) {
            (State::Sent, 0..=49) => ack,
            (State::Sent, 50..=57) => reject,
            (State::Sent, 58..=64) => business(100_101),
            (State::Rejected, 0..=29) => reject,
            (State::Rejected, 30..=49) => business(100_101),
            (_, 90..=94) => ack,
            (_, 75..=89) => {
                let missing = if rng.chance(10) { rng.range(0, rest) } else { 0 };
                Report { cum: cancelled_by.cum + missing, ..cancelled_by }
            }
            // Something that was so earlier.
            (_, 95..=99) if cum > 0 => {
                let now = if rng.chance(40) { cum } else { rng.range(1, cum) };
                let leaves = row.quantity - now;
                let status = if leaves > 0 { b'1' } else { b'2' };
                let last = rng.range(1, now);
                Report { cum: now, leaves, last, ord_status: status, ..fill(rng) }
            }
            _ => fill(rng),
        }
    }

    /// Spoils something.
    fn spoil(&mut self, report: &mut Report) {
        let rng = &mut self.rng;
        let rows = &self.slow.oracle.rows;
        let near = |rng: &mut Rng, number: i64| match rng.range(0, 5) {
            0 => rng.pick(&[i64::MAX, i64::MIN, -1, 0, 1]),
            1 => number.wrapping_neg(),
            2 => number.saturating_add(1),
            _ => number.saturating_sub(1),
        };
        let id = |rng: &mut Rng| -> [u8; 10] {
            match rng.range(0, 5) {
                0 => padded(""),
                1 => padded("T99999999"),
                2 => padded("ZZ"),
                _ if rows.is_empty() => [0; 10],
                3 => {
                    let mut id = rng.pick(rows).id;
                    id[rng.below(10)] = rng.pick(b" 09Az\xff");
                    id
                }
                _ => rng.pick(rows).id,
            }
        };
        match rng.range(0, 16) {
            0 => report.security = padded(rng.pick(&[A, B, "", "00000"])),
            1 => report.security = *b"000001\0\0",
            2 => report.side = rng.pick(b"12\0G "),
            3 => report.quantity = near(rng, report.quantity),
            4 => report.cum = near(rng, report.cum),
            5 => report.leaves = near(rng, report.leaves),
            6 => report.last = near(rng, report.last),
            7 => report.last_px = near(rng, report.last_px.min(1)),
            8 => report.exec_type = rng.pick(b"048F12\0"),
            9 => report.ord_status = rng.pick(b"01248F\0"),
            10 | 11 => report.cl_ord_id = id(rng),
            12 | 13 => {
                report.orig_cl_ord_id = id(rng);
            }
            14 => report.order_id = padded(rng.pick(&["SHARED", "", "0000ORDER000000"])),
            15 => report.ref_msg_type = rng.pick(&[100_101, 190_007, 5, 0]),
            _ => report.msg_type = rng.pick(&[4, 200_102, 200_115, 290_008]),
        }
    }

    fn report(&mut self) -> Vec<u8> {
        if !self.told.is_empty() && self.rng.chance(6) {
            return self.rng.pick(&self.told);
        }
        let rows = self.oracle().rows.len();
        let mut report = if !self.later.is_empty() && self.rng.chance(20) {
            let at = self.rng.below(self.later.len());
            self.later.swap_remove(at)
        } else if rows == 0 {
            Report::default()
        } else {
            // The later ones more often.
            let at = (0..2).map(|_| self.rng.below(rows)).max().expect("two");
            self.right_report(at)
        };
        if self.rng.chance(10) {
            self.later.push(report.clone());
            report = if rows == 0 { report } else { self.right_report(rows - 1) };
        }
        (report.partition, report.index) = self.place();
        report.time = self.time();
        if self.rng.chance(14) {
            for _ in 0..self.rng.pick(&[1, 1, 1, 2, 5]) {
                self.spoil(&mut report);
            }
        }
        let bytes = report.frame();
        self.told.push(bytes.clone());
        bytes
    }

    // ---- All of it

    fn step(&mut self) {
        if self.oracle().killed && self.rng.chance(15) {
            self.push(Item::Kill { on: false });
        }
        let has_rows = !self.oracle().rows.is_empty();
        let reports = match (self.many_partitions, self.busy) {
            (true, _) => 75,
            (false, true) => 5,
            _ => 26,
        };
        let is_report = self.rng.chance(if has_rows { reports } else { 3 });
        let mut bytes = match self.rng.range(0, 99) {
            _ if is_report => self.report(),
            10.. if self.busy => {
                let (time, seq) = (self.time(), self.next_seq(2011));
                let above = self.oracle().index_now().is_some_and(|value| value >= MIDDLE);
                wire::trade(seq, A, if above { 90_000 } else { 110_000 }, time)
            }
            0..=3 => wire::heartbeat(),
            4..=6 => wire::frame(777_000, &[7; 40][..self.rng.below(40)]),
            _ => self.market(),
        };
        let mut line = if is_report { Line::Orders } else { Line::Market };
        if self.rng.chance(1) {
            line = self.rng.pick(&[Line::Market, Line::Orders]);
        }
        let session = u16::from(self.rng.chance(15));
        match self.rng.range(0, 199) {
            0..=5 => {
                // One bit of the body or the trailer: never of a type, a length, a count.
                let at = 8 + self.rng.below((bytes.len() - 8).min(60));
                bytes[at] ^= 1 << self.rng.below(8);
                self.frame(line, session, bytes);
                if self.slow.policy == Policy::Disconnect {
                    for _ in 0..self.rng.range(0, 3) {
                        let lost = self.market();
                        self.frame(line, session, lost);
                    }
                    self.push(Item::Reset { line, session });
                }
                return;
            }
            6 => {
                let msg_type = u32::from_be_bytes(bytes[..4].try_into().expect("4"));
                let body = &bytes[8..bytes.len() - 4];
                if msg_type != 300_111 {
                    bytes = wire::frame(msg_type, &body[..self.rng.below(body.len() + 1)]);
                }
            }
            7 => {
                let msg_type = u32::from_be_bytes(bytes[..4].try_into().expect("4"));
                bytes = wire::frame(msg_type, &[&bytes[8..bytes.len() - 4], &[1, 2, 3]].concat());
            }
            11 | 12 => {
                let on = self.rng.chance(if self.oracle().killed { 15 } else { 60 });
                self.push(Item::Kill { on });
            }
            8..=10 => {
                let mut block = changed(&self.oracle().block.clone(), &mut self.rng);
                if self.rng.chance(25) {
                    let has_index = self.slow.oracle.index_now().is_some();
                    misshapen(&mut block, has_index, &mut self.rng);
                }
                self.push(Item::Live { block, toml: String::new() });
            }
            _ => {}
        }
        self.frame(line, session, bytes);
    }
}

/// A whole run.
pub fn case(seed: u64) -> Case {
    let mut rng = Rng(seed);
    let (many_partitions, is_busy) = (rng.chance(3), rng.chance(3));
    let messages = match (many_partitions, is_busy) {
        (false, false) => rng.pick(&[20, 60, 60, 100, 100, 160]),
        _ => 300,
    };
    let spec = if is_busy { busy(&mut rng) } else { spec(messages, &mut rng) };
    let toml = spec.toml(&mut rng);
    let mut feed = Feed {
        slow: Slow::new(&spec),
        items: Vec::new(),
        seq: BTreeMap::new(),
        partitions: BTreeMap::new(),
        many_partitions,
        told: Vec::new(),
        later: Vec::new(),
        brisk: rng.chance(50),
        busy: is_busy,
        rng: rng.clone(),
    };
    while feed.items.len() < messages as usize {
        feed.step();
    }
    let mut items = feed.items;
    for item in &mut items {
        if let Item::Live { block, toml } = item {
            *toml = spec.toml_of(block, &mut rng);
        }
    }
    let cuts = if rng.chance(20) { 0 } else { rng.next() | 1 };
    Case { csv: spec.csv(), spec, toml, items, cuts }
}
