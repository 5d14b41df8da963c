//! A setup as a test thinks of it, and its text.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::rng::Rng;
use crate::wire::Template;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    Drop,
    Flag,
    Disconnect,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Cond {
    AtLeast(i64),
    AtMost(i64),
    Crosses(i64),
    Change { points: i64, within: i64 },
    PriceAtLeast { security: String, price: i64 },
    PriceAtMost { security: String, price: i64 },
    MaxSends { count: i64, within: i64 },
    MaxOutstanding(i64),
}

impl Cond {
    pub fn code(&self) -> u8 {
        match self {
            Cond::AtLeast(_) => 1,
            Cond::AtMost(_) => 2,
            Cond::Crosses(_) => 3,
            Cond::Change { .. } => 4,
            Cond::PriceAtLeast { .. } => 5,
            Cond::PriceAtMost { .. } => 6,
            Cond::MaxSends { .. } => 7,
            Cond::MaxOutstanding(_) => 8,
        }
    }

    pub fn name(&self) -> &'static str {
        match self {
            Cond::AtLeast(_) => "index_at_least",
            Cond::AtMost(_) => "index_at_most",
            Cond::Crosses(_) => "index_crosses",
            Cond::Change { points, .. } if *points > 0 => "index_change up",
            Cond::Change { .. } => "index_change down",
            Cond::PriceAtLeast { .. } => "price at_least",
            Cond::PriceAtMost { .. } => "price at_most",
            Cond::MaxSends { .. } => "max_sends",
            Cond::MaxOutstanding(_) => "max_outstanding",
        }
    }

    pub fn bound(&self) -> i64 {
        match *self {
            Cond::AtLeast(bound)
            | Cond::AtMost(bound)
            | Cond::Crosses(bound)
            | Cond::Change { points: bound, .. }
            | Cond::PriceAtLeast { price: bound, .. }
            | Cond::PriceAtMost { price: bound, .. }
            | Cond::MaxSends { count: bound, .. }
            | Cond::MaxOutstanding(bound) => bound,
        }
    }

    pub fn is_market(&self) -> bool {
        self.code() <= 6
    }

    pub fn needs_index(&self) -> bool {
        self.code() <= 4
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rearm {
    OnFalse,
    Once,
    AfterMs(i64),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Base {
    Last,
    Best,
    OwnBest,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Price {
    Fixed(i64),
    From(Base, i64),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    Order { security: String, buy: bool, quantity: i64, price: Price, tick: i64 },
    Cancel { of: usize },
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    pub kill_switch: bool,
    pub band_bp: Option<i64>,
    pub max_quantity: Option<i64>,
    pub max_orders: Option<(i64, i64)>,
    pub max_total_quantity: Option<i64>,
    pub max_total_value: Option<i64>,
    pub max_outstanding: Option<i64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Trigger {
    /// In the order of the table of conditions.
    pub conditions: Vec<Cond>,
    pub rearm: Rearm,
    pub action: Action,
    pub limits: Limits,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guard {
    pub points: i64,
    pub within: i64,
    pub hold: i64,
}

/// What an epoch changes as a whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    pub guard: Option<Guard>,
    pub limits: Limits,
    pub cancel_on_kill: bool,
    pub triggers: Vec<Trigger>,
}

#[derive(Clone, Debug)]
pub struct Epoch {
    pub at_msg: u64,
    pub block: Block,
    pub shares: BTreeMap<String, i64>,
}

#[derive(Clone, Debug)]
pub struct Constituent {
    pub security: String,
    pub shares: i64,
    pub prev_close: i64,
}

#[derive(Clone, Debug)]
pub struct Index {
    pub prev_close: i64,
    pub constituents: Vec<Constituent>,
    pub from_snapshots: bool,
}

/// Key, digits after the point.
pub type Kind = (&'static str, u32);
pub const INDEX_LEVEL: Kind = ("index_level", 4);
pub const INDEX_CHANGE: Kind = ("index_change", 4);
pub const PRICE: Kind = ("price", 6);
pub const ORDER_PRICE: Kind = ("order_price", 4);
pub const TICKS: Kind = ("ticks", 0);
pub const QUANTITY: Kind = ("quantity", 2);
pub const COUNT: Kind = ("count", 0);
pub const WINDOW: Kind = ("window_ms", 0);
pub const TOTAL_QUANTITY: Kind = ("total_quantity", 2);
pub const TOTAL_VALUE: Kind = ("total_value", 6);
pub const BAND: Kind = ("price_band_percent", 2);
pub const SHARES: Kind = ("shares", 0);

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bound {
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub step: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct Spec {
    pub policy: Policy,
    pub index: Option<Index>,
    /// Rows beside those that index and triggers name.
    pub listed: Vec<String>,
    pub block: Block,
    pub template: Template,
    pub session: u8,
    pub max_requests: Option<u64>,
    pub bounds: BTreeMap<Kind, Bound>,
    pub epochs: Vec<Epoch>,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            policy: Policy::Drop,
            index: None,
            listed: Vec::new(),
            block: Block::default(),
            template: Template::default(),
            session: 0,
            max_requests: None,
            bounds: BTreeMap::new(),
            epochs: Vec::new(),
        }
    }
}

/// Every value of a block that has bounds.
pub fn bounded(block: &Block) -> BTreeMap<String, (Kind, i64)> {
    let mut out = BTreeMap::new();
    let mut put = |name: String, kind: Kind, value: i64| {
        assert!(out.insert(name.clone(), (kind, value)).is_none(), "{name} twice");
    };
    if let Some(guard) = &block.guard {
        put("guard points".into(), INDEX_CHANGE, guard.points);
        put("guard within".into(), WINDOW, guard.within);
        put("guard hold".into(), WINDOW, guard.hold);
    }
    let mut limits = |place: &str, limits: &Limits| {
        let mut some = |name: &str, kind, value: Option<i64>| {
            if let Some(value) = value {
                put(format!("{place} {name}"), kind, value);
            }
        };
        some("band", BAND, limits.band_bp);
        some("max_quantity", QUANTITY, limits.max_quantity);
        some("max_orders", COUNT, limits.max_orders.map(|rate| rate.0));
        some("max_orders within", WINDOW, limits.max_orders.map(|rate| rate.1));
        some("max_total_quantity", TOTAL_QUANTITY, limits.max_total_quantity);
        some("max_total_value", TOTAL_VALUE, limits.max_total_value);
        some("max_outstanding", COUNT, limits.max_outstanding);
    };
    limits("all limits", &block.limits);
    for (at, trigger) in block.triggers.iter().enumerate() {
        limits(&format!("trigger {at} limits"), &trigger.limits);
    }
    for (at, trigger) in block.triggers.iter().enumerate() {
        let name = |what: &str| format!("trigger {at} {what}");
        for condition in &trigger.conditions {
            let key = name(&format!("condition {}", condition.code()));
            match *condition {
                Cond::AtLeast(level) | Cond::AtMost(level) | Cond::Crosses(level) => {
                    put(key, INDEX_LEVEL, level);
                }
                Cond::Change { points, within } => {
                    put(format!("{key} within"), WINDOW, within);
                    put(key, INDEX_CHANGE, points);
                }
                Cond::PriceAtLeast { price, .. } | Cond::PriceAtMost { price, .. } => {
                    put(key, PRICE, price);
                }
                Cond::MaxSends { count, within } => {
                    put(format!("{key} within"), WINDOW, within);
                    put(key, COUNT, count);
                }
                Cond::MaxOutstanding(count) => put(key, COUNT, count),
            }
        }
        if let Rearm::AfterMs(ms) = trigger.rearm {
            put(name("after_ms"), WINDOW, ms);
        }
        if let Action::Order { quantity, price, .. } = &trigger.action {
            put(name("quantity"), QUANTITY, *quantity);
            match *price {
                Price::Fixed(price) => put(name("price"), ORDER_PRICE, price),
                Price::From(_, ticks) => put(name("price"), TICKS, ticks),
            }
        }
    }
    out
}

/// Whether one block may follow another under these bounds.
pub fn may_follow(bounds: &BTreeMap<Kind, Bound>, before: &Block, after: &Block) -> bool {
    let shape = |block: &Block| -> Vec<String> {
        let one = |trigger: &Trigger| {
            let conditions = trigger.conditions.iter().map(|condition| match condition {
                Cond::PriceAtLeast { security, .. } | Cond::PriceAtMost { security, .. } => {
                    format!("{} of {security:?}", condition.code())
                }
                _ => condition.code().to_string(),
            });
            let action = match &trigger.action {
                Action::Cancel { of } => format!("cancel {of}"),
                Action::Order { security, buy, tick, price, .. } => {
                    let rule = match price {
                        Price::Fixed(_) => "fixed".to_owned(),
                        Price::From(base, _) => format!("{base:?}"),
                    };
                    format!("order {security:?} {buy} {tick} {rule}")
                }
            };
            format!("{} -> {action}", conditions.collect::<Vec<_>>().join(", "))
        };
        let mut all: Vec<String> = block.triggers.iter().map(one).collect();
        all.push(format!("guard {}", block.guard.is_some()));
        all
    };
    let (old, new) = (bounded(before), bounded(after));
    // What limits goes on doing so.
    let mut limits = old.keys().filter(|name| name.contains("limits"));
    let limits_stay = limits.all(|name| new.contains_key(name));
    shape(before) == shape(after)
        && limits_stay
        && in_range(bounds, after)
        && new.iter().all(|(name, (kind, value))| {
            let step = bounds.get(kind).and_then(|bound| bound.step);
            match (step, old.get(name)) {
                (Some(step), Some((of, was))) if of == kind => {
                    (i128::from(*value) - i128::from(*was)).abs() <= i128::from(step)
                }
                _ => true,
            }
        })
}

pub fn in_range(bounds: &BTreeMap<Kind, Bound>, block: &Block) -> bool {
    bounded(block).values().all(|(kind, value)| {
        let Bound { min, max, .. } = bounds.get(kind).copied().unwrap_or_default();
        min.is_none_or(|min| *value >= min) && max.is_none_or(|max| *value <= max)
    })
}

/// A number with its point, in one of the ways in which a setup may write it.
pub fn number(value: i64, scale: u32, rng: &mut Rng) -> String {
    let one = 10i64.pow(scale);
    let sign = if value < 0 { "-" } else { "" };
    let (whole, part) = (value.unsigned_abs() / one as u64, value.unsigned_abs() % one as u64);
    let digits =
        if scale == 0 { String::new() } else { format!("{part:0width$}", width = scale as usize) };
    let short = digits.trim_end_matches('0');
    let few = whole.to_string().len() + short.len() <= 15;
    match rng.below(4) {
        0 if short.is_empty() && i64::try_from(whole).is_ok() => format!("{sign}{whole}"),
        1 if !short.is_empty() && few => format!("{sign}{whole}.{short}"),
        2 if !digits.is_empty() => format!("\"{sign}{whole}.{digits}\""),
        _ if short.is_empty() => format!("\"{sign}{whole}\""),
        _ => format!("\"{sign}{whole}.{short}\""),
    }
}

fn price_rule(price: Price, rng: &mut Rng) -> String {
    match price {
        Price::Fixed(price) => number(price, 4, rng),
        Price::From(base, ticks) => {
            let name = match base {
                Base::Last => "last",
                Base::Best => "best",
                Base::OwnBest => "own_best",
            };
            match ticks {
                0 if rng.chance(80) => format!("{name:?}"),
                _ => format!("\"{name}{ticks:+}\""),
            }
        }
    }
}

fn rearm(rearm: Rearm) -> String {
    match rearm {
        Rearm::OnFalse => "\"on_false\"".into(),
        Rearm::Once => "\"once\"".into(),
        Rearm::AfterMs(ms) => format!("{{ after_ms = {ms} }}"),
    }
}

/// Keys and values of limits, those only that differ from `before`.
fn limit_keys(limits: &Limits, before: &Limits, rng: &mut Rng) -> Vec<String> {
    let mut keys = Vec::new();
    if limits.kill_switch != before.kill_switch || rng.chance(5) {
        keys.push(format!("kill_switch = {}", limits.kill_switch));
    }
    let mut some = |key: &str, scale: u32, value: Option<i64>, was: Option<i64>| {
        if let Some(value) = value.filter(|_| value != was || rng.chance(5)) {
            keys.push(format!("{key} = {}", number(value, scale, rng)));
        }
    };
    some("price_band_percent", 2, limits.band_bp, before.band_bp);
    some("max_quantity", 2, limits.max_quantity, before.max_quantity);
    some("max_total_quantity", 2, limits.max_total_quantity, before.max_total_quantity);
    some("max_total_value", 6, limits.max_total_value, before.max_total_value);
    if let Some((count, within)) =
        limits.max_orders.filter(|_| limits.max_orders != before.max_orders)
    {
        keys.push(format!("max_orders = {{ count = {count}, within_ms = {within} }}"));
    }
    if let Some(count) =
        limits.max_outstanding.filter(|_| limits.max_outstanding != before.max_outstanding)
    {
        keys.push(format!("max_outstanding = {count}"));
    }
    keys
}

/// Keys and values of the conditions that differ from `before`.
fn condition_keys(conditions: &[Cond], before: &[Cond], rng: &mut Rng) -> Vec<String> {
    let mut keys = Vec::new();
    let mut price: BTreeMap<&str, (String, String)> = BTreeMap::new();
    let news = |condition: &&Cond| !before.contains(condition);
    for condition in conditions.iter().filter(news) {
        match condition {
            Cond::AtLeast(level) => {
                keys.push(format!("index_at_least = {}", number(*level, 4, rng)))
            }
            Cond::AtMost(level) => keys.push(format!("index_at_most = {}", number(*level, 4, rng))),
            Cond::Crosses(level) => {
                keys.push(format!("index_crosses = {}", number(*level, 4, rng)))
            }
            Cond::Change { points, within } => keys.push(format!(
                "index_change = {{ points = {}, within_ms = {within} }}",
                number(*points, 4, rng)
            )),
            Cond::PriceAtLeast { security, price: level } => {
                price.insert("at_least", (security.clone(), number(*level, 6, rng)));
            }
            Cond::PriceAtMost { security, price: level } => {
                price.insert("at_most", (security.clone(), number(*level, 6, rng)));
            }
            Cond::MaxSends { count, within } => {
                keys.push(format!("max_sends = {{ count = {count}, within_ms = {within} }}"));
            }
            Cond::MaxOutstanding(count) => keys.push(format!("max_outstanding = {count}")),
        }
    }
    if let Some((security, _)) = price.values().next() {
        let bounds: Vec<String> =
            price.iter().map(|(key, (_, level))| format!("{key} = {level}")).collect();
        keys.push(format!("price = {{ security = {security:?}, {} }}", bounds.join(", ")));
    }
    keys
}

fn block_text(block: &Block, max_requests: Option<u64>, rng: &mut Rng) -> String {
    let mut out = String::new();
    writeln!(out, "[limits]").unwrap();
    for key in limit_keys(&block.limits, &Limits::default(), rng) {
        writeln!(out, "{key}").unwrap();
    }
    if block.cancel_on_kill || rng.chance(30) {
        writeln!(out, "cancel_on_kill = {}", block.cancel_on_kill).unwrap();
    }
    if let Some(count) = max_requests {
        writeln!(out, "max_requests = {count}").unwrap();
    }
    if let Some(guard) = &block.guard {
        writeln!(
            out,
            "[guard]\nindex_change = {{ points = {}, within_ms = {} }}",
            number(guard.points, 4, rng),
            guard.within
        )
        .unwrap();
        if guard.hold != 0 || rng.chance(50) {
            writeln!(out, "hold_ms = {}", guard.hold).unwrap();
        }
    }
    for (at, trigger) in block.triggers.iter().enumerate() {
        writeln!(out, "[[trigger]]\nname = \"t{at}\"").unwrap();
        for key in condition_keys(&trigger.conditions, &[], rng) {
            writeln!(out, "{key}").unwrap();
        }
        if trigger.rearm != Rearm::OnFalse || rng.chance(50) {
            writeln!(out, "rearm = {}", rearm(trigger.rearm)).unwrap();
        }
        let keys = limit_keys(&trigger.limits, &Limits::default(), rng);
        if !keys.is_empty() {
            writeln!(out, "limits = {{ {} }}", keys.join(", ")).unwrap();
        }
        match &trigger.action {
            Action::Cancel { of } => writeln!(out, "cancel = {{ orders_of = \"t{of}\" }}").unwrap(),
            Action::Order { security, buy, quantity, price, tick } => {
                let side = if *buy { "buy" } else { "sell" };
                let quantity = number(*quantity, 2, rng);
                writeln!(
                    out,
                    "[trigger.order]\nsecurity = {security:?}\nside = {side:?}\n\
                     quantity = {quantity}\nprice = {}",
                    price_rule(*price, rng)
                )
                .unwrap();
                if *tick != 100 || rng.chance(50) {
                    writeln!(out, "tick = {}", number(*tick, 4, rng)).unwrap();
                }
            }
        }
    }
    out
}

fn epoch_text(epoch: &Epoch, before: &Block, rng: &mut Rng) -> String {
    let mut out = String::new();
    let block = &epoch.block;
    writeln!(out, "[[epoch]]\nat_msg = {}", epoch.at_msg).unwrap();
    let mut keys = limit_keys(&block.limits, &before.limits, rng);
    if let Some(at) = keys.iter().position(|key| key.starts_with("kill_switch")) {
        let key = keys.remove(at);
        writeln!(out, "{key}").unwrap();
    }
    if block.cancel_on_kill != before.cancel_on_kill {
        keys.push(format!("cancel_on_kill = {}", block.cancel_on_kill));
    }
    if !keys.is_empty() {
        writeln!(out, "limits = {{ {} }}", keys.join(", ")).unwrap();
    }
    if let (Some(guard), Some(was)) = (&block.guard, &before.guard) {
        let mut keys = Vec::new();
        if (guard.points, guard.within) != (was.points, was.within) {
            let points = number(guard.points, 4, rng);
            keys.push(format!(
                "index_change = {{ points = {points}, within_ms = {} }}",
                guard.within
            ));
        }
        if guard.hold != was.hold {
            keys.push(format!("hold_ms = {}", guard.hold));
        }
        if !keys.is_empty() {
            writeln!(out, "guard = {{ {} }}", keys.join(", ")).unwrap();
        }
    }
    if !epoch.shares.is_empty() {
        let shares: Vec<String> =
            epoch.shares.iter().map(|(name, count)| format!("{name:?} = {count}")).collect();
        writeln!(out, "shares = {{ {} }}", shares.join(", ")).unwrap();
    }
    for (at, (trigger, was)) in block.triggers.iter().zip(&before.triggers).enumerate() {
        if trigger == was {
            continue;
        }
        writeln!(out, "[[epoch.trigger]]\nname = \"t{at}\"").unwrap();
        for key in condition_keys(&trigger.conditions, &was.conditions, rng) {
            writeln!(out, "{key}").unwrap();
        }
        if trigger.rearm != was.rearm {
            writeln!(out, "rearm = {}", rearm(trigger.rearm)).unwrap();
        }
        let keys = limit_keys(&trigger.limits, &was.limits, rng);
        if !keys.is_empty() {
            writeln!(out, "limits = {{ {} }}", keys.join(", ")).unwrap();
        }
        let mut keys = Vec::new();
        if let (
            Action::Order { quantity, price, .. },
            Action::Order { quantity: old_quantity, price: old_price, .. },
        ) = (&trigger.action, &was.action)
        {
            if quantity != old_quantity {
                keys.push(format!("quantity = {}", number(*quantity, 2, rng)));
            }
            if price != old_price {
                keys.push(format!("price = {}", price_rule(*price, rng)));
            }
        }
        if !keys.is_empty() {
            writeln!(out, "order = {{ {} }}", keys.join(", ")).unwrap();
        }
    }
    out
}

impl Spec {
    /// Rows of the record table: as many as wanted, or as there are ClOrdIDs.
    pub fn rows(&self) -> u64 {
        let ids = 10u64.pow(10 - self.template.prefix.len() as u32) - self.template.first;
        self.max_requests.unwrap_or(4_096).min(ids)
    }

    /// Share counts of every epoch, each with the one before.
    pub fn share_steps(&self) -> Vec<(i64, i64)> {
        let constituents = self.index.iter().flat_map(|index| &index.constituents);
        let mut now: BTreeMap<String, i64> =
            constituents.map(|c| (c.security.clone(), c.shares)).collect();
        let mut steps = Vec::new();
        for (name, count) in self.epochs.iter().flat_map(|epoch| &epoch.shares) {
            let before = now.insert(name.clone(), *count).expect("a constituent");
            steps.push((before, *count));
        }
        steps
    }

    /// Whether the setup keeps its bounds.
    pub fn keeps_bounds(&self) -> bool {
        let blocks: Vec<&Block> =
            [&self.block].into_iter().chain(self.epochs.iter().map(|epoch| &epoch.block)).collect();
        let Bound { min, max, step } = self.bounds.get(&SHARES).copied().unwrap_or_default();
        in_range(&self.bounds, &self.block)
            && blocks.windows(2).all(|pair| may_follow(&self.bounds, pair[0], pair[1]))
            && self.share_steps().iter().all(|(before, count)| {
                min.is_none_or(|min| *count >= min)
                    && max.is_none_or(|max| *count <= max)
                    && step.is_none_or(|step| (count - before).abs() <= step)
            })
    }

    /// The text of the setup.
    pub fn toml(&self, rng: &mut Rng) -> String {
        let mut out = String::new();
        if let Some(index) = &self.index {
            writeln!(
                out,
                "[index]\nid = \"399001\"\nprev_close = {}\nconstituents = \"c.csv\"",
                number(index.prev_close, 4, rng)
            )
            .unwrap();
            if index.from_snapshots {
                writeln!(out, "source = \"snapshot\"").unwrap();
            }
        }
        if !self.listed.is_empty() {
            writeln!(out, "[securities]\nlist = {:?}", self.listed).unwrap();
        }
        let policy = match self.policy {
            Policy::Drop => "drop",
            Policy::Flag => "flag",
            Policy::Disconnect => "disconnect",
        };
        writeln!(out, "[frame]\nchecksum = {policy:?}").unwrap();
        let t = &self.template;
        writeln!(
            out,
            "[order_template]\nappl_id = {:?}\nsubmitting_pbu_id = {:?}\nowner_type = {}\n\
             clearing_firm = {:?}\nuser_info = {:?}\naccount_id = {:?}\nbranch_id = {:?}\n\
             order_restrictions = {:?}\ncash_margin = \"{}\"\ncl_ord_id_prefix = {:?}\n\
             cl_ord_id_first = {}\nsession = {}",
            t.appl_id,
            t.pbu,
            t.owner_type,
            t.clearing_firm,
            t.user_info,
            t.account_id,
            t.branch_id,
            t.order_restrictions,
            t.cash_margin,
            t.prefix,
            t.first,
            self.session
        )
        .unwrap();
        out += &block_text(&self.block, self.max_requests, rng);
        if !self.bounds.is_empty() {
            writeln!(out, "[bounds]").unwrap();
        }
        for ((name, scale), bound) in &self.bounds {
            let mut keys = Vec::new();
            for (key, value) in [("min", bound.min), ("max", bound.max), ("step", bound.step)] {
                keys.extend(value.map(|value| format!("{key} = {}", number(value, *scale, rng))));
            }
            writeln!(out, "{name} = {{ {} }}", keys.join(", ")).unwrap();
        }
        let mut before = &self.block;
        for epoch in &self.epochs {
            out += &epoch_text(epoch, before, rng);
            before = &epoch.block;
        }
        out
    }

    /// The text of a setup of the same index with another block, to take the block from it.
    pub fn toml_of(&self, block: &Block, rng: &mut Rng) -> String {
        let epochs = Vec::new();
        let other = Self { block: block.clone(), bounds: BTreeMap::new(), epochs, ..self.clone() };
        other.toml(rng)
    }

    /// The text of the constituents file.
    pub fn csv(&self) -> String {
        let mut out = String::from("security,shares,prev_close\n");
        for c in self.index.iter().flat_map(|index| &index.constituents) {
            let (whole, part) = (c.prev_close / 10_000, c.prev_close % 10_000);
            writeln!(out, "{},{},{whole}.{part:04}", c.security, c.shares).unwrap();
        }
        out
    }
}
