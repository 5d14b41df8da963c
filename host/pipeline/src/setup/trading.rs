//! The part of the setup that leads to orders.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;
use tidegate_protocol::code::{cash_margin, ord_type, side, time_in_force};
use tidegate_protocol::limits::{
    MAX_CONDITIONS, MAX_REQUESTS, MAX_REQUESTS_CARD, MAX_SESSIONS, MAX_SHARES, MAX_TRIGGERS,
    MAX_WINDOW_MS, WINDOW_SENDS, WINDOW_SLOTS,
};
use tidegate_protocol::message::NewOrder;
use tidegate_protocol::units::{Fixed, IndexE4, PriceE4, PxE6, QtyE2};

use super::{IndexSetup, Number, SetupError, named_security};
use crate::order::ClOrdIds;
use crate::parameters::{
    Action, Bound, Bounded, Bounds, Condition, Epoch, Guard, Limits, OrderRule, Parameters,
    PriceRule, Rate, Rearm, Trigger,
};
use crate::securities::SecurityId;

/// Greatest level, price or amount of a setup, in whole points or CNY.
const MOST: i64 = 1_000_000_000;

/// What leads to orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TradingSetup {
    /// Names of the triggers, in their order.
    pub names: Vec<String>,
    /// Epoch 0.
    pub parameters: Parameters,
    /// Ranges and steps that every epoch keeps.
    pub bounds: Bounds,
    /// The epochs behind, by rising `at_msg`.
    pub epochs: Vec<Epoch>,
    /// The order that is patched.
    pub template: NewOrder,
    /// How ClOrdIDs are made.
    pub cl_ord_ids: ClOrdIds,
    /// Rows of the record table.
    pub max_requests: usize,
    /// Session of TOE1 on which orders leave.
    pub session: u8,
}

impl TradingSetup {
    /// The securities that triggers look at and trade.
    pub fn securities(&self) -> impl Iterator<Item = SecurityId> {
        self.parameters.triggers.iter().flatten().flat_map(|trigger| {
            let priced = trigger.conditions.iter().flatten().filter_map(|c| match c {
                Condition::PriceAtLeast { security, .. }
                | Condition::PriceAtMost { security, .. } => Some(*security),
                _ => None,
            });
            let ordered = match &trigger.action {
                Action::Order(rule) => Some(rule.security),
                Action::Cancel { .. } => None,
            };
            priced.chain(ordered)
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeFile {
    points: Number,
    within_ms: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PriceFile {
    security: String,
    at_least: Option<Number>,
    at_most: Option<Number>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RateFile {
    count: u32,
    within_ms: i64,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum RearmFile {
    OnFalse,
    Once,
    AfterMs(i64),
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum SideFile {
    Buy,
    Sell,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderFile {
    security: Option<String>,
    side: Option<SideFile>,
    quantity: Option<Number>,
    price: Option<Number>,
    tick: Option<Number>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CancelFile {
    orders_of: String,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LimitsFile {
    kill_switch: Option<bool>,
    cancel_on_kill: Option<bool>,
    price_band_percent: Option<Number>,
    max_quantity: Option<Number>,
    max_orders: Option<RateFile>,
    max_total_quantity: Option<Number>,
    max_total_value: Option<Number>,
    max_outstanding: Option<u32>,
    max_requests: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GuardFile {
    index_change: Option<ChangeFile>,
    hold_ms: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TriggerFile {
    name: String,
    index_at_least: Option<Number>,
    index_at_most: Option<Number>,
    index_crosses: Option<Number>,
    index_change: Option<ChangeFile>,
    price: Option<PriceFile>,
    max_sends: Option<RateFile>,
    max_outstanding: Option<u32>,
    rearm: Option<RearmFile>,
    order: Option<OrderFile>,
    cancel: Option<CancelFile>,
    #[serde(default)]
    limits: LimitsFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TemplateFile {
    appl_id: String,
    submitting_pbu_id: String,
    owner_type: u16,
    clearing_firm: String,
    user_info: String,
    account_id: String,
    branch_id: String,
    order_restrictions: String,
    cash_margin: String,
    cl_ord_id_prefix: String,
    cl_ord_id_first: u64,
    session: u8,
}

impl Default for TemplateFile {
    fn default() -> Self {
        let text = |text: &str| text.to_owned();
        Self {
            appl_id: text("010"),
            submitting_pbu_id: String::new(),
            owner_type: 1,
            clearing_firm: text("01"),
            user_info: String::new(),
            account_id: String::new(),
            branch_id: String::new(),
            order_restrictions: text("1"),
            cash_margin: text("1"),
            cl_ord_id_prefix: text("T"),
            cl_ord_id_first: 1,
            session: 0,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BoundFile {
    min: Option<Number>,
    max: Option<Number>,
    step: Option<Number>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EpochFile {
    at_msg: u64,
    kill_switch: Option<bool>,
    guard: Option<GuardFile>,
    #[serde(default)]
    limits: LimitsFile,
    #[serde(default)]
    trigger: Vec<TriggerFile>,
    #[serde(default)]
    shares: BTreeMap<String, i64>,
}

/// The tables of the file.
pub(super) struct Tables {
    pub(super) triggers: Vec<TriggerFile>,
    pub(super) limits: LimitsFile,
    pub(super) guard: Option<GuardFile>,
    pub(super) template: TemplateFile,
    pub(super) bounds: BTreeMap<String, BoundFile>,
    pub(super) epochs: Vec<EpochFile>,
}

fn range(key: impl Into<String>, found: impl ToString, wanted: impl Into<String>) -> SetupError {
    SetupError::Range { key: key.into(), found: found.to_string(), wanted: wanted.into() }
}

/// A decimal in a range, in units of 10^-`scale`.
fn decimal_within(
    key: &str,
    number: &Number,
    scale: u32,
    least: i64,
    most: i64,
) -> Result<i64, SetupError> {
    let value = number.decimal(key, scale)?;
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    let [least, most] = [least, most].map(|value| Fixed { value, scale });
    Err(range(key, number, format!("{least} to {most}")))
}

fn within(key: &str, found: i64, least: i64, most: i64) -> Result<i64, SetupError> {
    if (least..=most).contains(&found) {
        return Ok(found);
    }
    Err(range(key, found, format!("{least} to {most}")))
}

/// A decimal above 0.
fn above_zero(key: &str, number: &Number, scale: u32) -> Result<i64, SetupError> {
    let value = number.decimal(key, scale)?;
    if value <= 0 || value > MOST * 10i64.pow(scale) {
        return Err(range(key, number, format!("above 0 and at most {MOST}")));
    }
    Ok(value)
}

fn change_window(key: &str, ms: i64) -> Result<i64, SetupError> {
    let slots = WINDOW_SLOTS as i64;
    if ms % slots != 0 || !(slots..=MAX_WINDOW_MS).contains(&ms) {
        return Err(range(key, ms, format!("a multiple of {slots}, {slots} to {MAX_WINDOW_MS}")));
    }
    Ok(ms)
}

fn rate(key: &str, file: &RateFile) -> Result<Rate, SetupError> {
    within(&format!("{key}.count"), file.count.into(), 1, WINDOW_SENDS as i64)?;
    within(&format!("{key}.within_ms"), file.within_ms, 1, MAX_WINDOW_MS)?;
    Ok(Rate { count: file.count, within_ms: file.within_ms })
}

fn outstanding(key: &str, count: u32) -> Result<u32, SetupError> {
    within(key, count.into(), 1, MAX_REQUESTS as i64).map(|_| count)
}

fn limits(
    place: &str,
    file: &LimitsFile,
    mut limits: Limits,
    own: bool,
) -> Result<Limits, SetupError> {
    let key = |name: &str| format!("{place}.{name}");
    if own && file.cancel_on_kill.is_some() {
        return Err(range(key("cancel_on_kill"), "set", "this key in [limits] only"));
    }
    if let Some(on) = file.kill_switch {
        limits.kill_switch = on;
    }
    if let Some(number) = &file.price_band_percent {
        let key = key("price_band_percent");
        limits.price_band_bp = Some(decimal_within(&key, number, 2, 0, 1_000_000)?);
    }
    if let Some(number) = &file.max_quantity {
        limits.max_quantity = Some(QtyE2(above_zero(&key("max_quantity"), number, 2)?));
    }
    if let Some(file) = &file.max_orders {
        limits.max_orders = Some(rate(&key("max_orders"), file)?);
    }
    if let Some(number) = &file.max_total_quantity {
        let sum = above_zero(&key("max_total_quantity"), number, 2)?;
        limits.max_total_quantity = Some(QtyE2(sum));
    }
    if let Some(number) = &file.max_total_value {
        let key = key("max_total_value");
        limits.max_total_value_e6 = Some(decimal_within(&key, number, 6, 1, i64::MAX)?);
    }
    if let Some(count) = file.max_outstanding {
        limits.max_outstanding = Some(outstanding(&key("max_outstanding"), count)?);
    }
    Ok(limits)
}

fn guard(file: &GuardFile, before: Option<Guard>) -> Result<Guard, SetupError> {
    let (mut points, mut within_ms) =
        before.map_or((None, None), |g| (Some(g.points), Some(g.within_ms)));
    if let Some(change) = &file.index_change {
        points =
            Some(IndexE4(above_zero("guard.index_change.points", &change.points, IndexE4::SCALE)?));
        within_ms = Some(change_window("guard.index_change.within_ms", change.within_ms)?);
    }
    let hold_ms = file.hold_ms.or(before.map(|guard| guard.hold_ms)).unwrap_or(0);
    within("guard.hold_ms", hold_ms, 0, MAX_WINDOW_MS)?;
    match (points, within_ms) {
        (Some(points), Some(within_ms)) => Ok(Guard { points, within_ms, hold_ms }),
        _ => Err(range("guard.index_change", "nothing", "{ points, within_ms }")),
    }
}

fn conditions(
    place: &str,
    file: &TriggerFile,
) -> Result<[Option<Condition>; MAX_CONDITIONS], SetupError> {
    let key = |name: &str| format!("{place}.{name}");
    let level =
        |name: &str, number: &Number| above_zero(&key(name), number, IndexE4::SCALE).map(IndexE4);
    let mut list = Vec::new();
    if let Some(number) = &file.index_at_least {
        list.push(Condition::IndexAtLeast(level("index_at_least", number)?));
    }
    if let Some(number) = &file.index_at_most {
        list.push(Condition::IndexAtMost(level("index_at_most", number)?));
    }
    if let Some(number) = &file.index_crosses {
        list.push(Condition::IndexCrosses(level("index_crosses", number)?));
    }
    if let Some(change) = &file.index_change {
        let points = change.points.decimal(&key("index_change.points"), IndexE4::SCALE)?;
        if points == 0 || points.unsigned_abs() > (MOST * 10_000) as u64 {
            let wanted = format!("a rise above 0 or a fall below 0, at most {MOST}");
            return Err(range(key("index_change.points"), &change.points, wanted));
        }
        let within_ms = change_window(&key("index_change.within_ms"), change.within_ms)?;
        list.push(Condition::IndexChange { points: IndexE4(points), within_ms });
    }
    if let Some(price) = &file.price {
        let security = named_security(&key("price.security"), &price.security)?;
        let of =
            |name: &str, number: &Number| above_zero(&key(name), number, PxE6::SCALE).map(PxE6);
        if let Some(number) = &price.at_least {
            let price = of("price.at_least", number)?;
            list.push(Condition::PriceAtLeast { security, price });
        }
        if let Some(number) = &price.at_most {
            let price = of("price.at_most", number)?;
            list.push(Condition::PriceAtMost { security, price });
        }
        if price.at_least.is_none() && price.at_most.is_none() {
            return Err(range(key("price"), "no bound", "at_least or at_most"));
        }
    }
    if let Some(file) = &file.max_sends {
        list.push(Condition::MaxSends(rate(&key("max_sends"), file)?));
    }
    if let Some(count) = file.max_outstanding {
        list.push(Condition::MaxOutstanding(outstanding(&key("max_outstanding"), count)?));
    }
    if list.len() > MAX_CONDITIONS {
        return Err(range(
            place,
            format!("{} conditions", list.len()),
            format!("at most {MAX_CONDITIONS}"),
        ));
    }
    let mut conditions = [None; MAX_CONDITIONS];
    for (place, condition) in conditions.iter_mut().zip(list) {
        *place = Some(condition);
    }
    Ok(conditions)
}

fn rearm(place: &str, file: RearmFile) -> Result<Rearm, SetupError> {
    Ok(match file {
        RearmFile::OnFalse => Rearm::OnFalse,
        RearmFile::Once => Rearm::Once,
        RearmFile::AfterMs(ms) => {
            Rearm::AfterMs(within(&format!("{place}.rearm.after_ms"), ms, 1, MAX_WINDOW_MS)?)
        }
    })
}

/// `"12.34"`, or `"last"`, `"best"`, `"own_best"` with `+n` or `-n` ticks.
fn price_rule(key: &str, number: &Number, tick: PriceE4) -> Result<PriceRule, SetupError> {
    let text = number.to_string();
    let name_len = text.find(['+', '-']).unwrap_or(text.len());
    let (name, ticks) = text.split_at(name_len);
    let rule: fn(i32) -> PriceRule = match name {
        "last" => PriceRule::Last,
        "best" => PriceRule::Best,
        "own_best" => PriceRule::OwnBest,
        _ => {
            let bare = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            if !bare {
                let wanted = "a price, or last, best or own_best with +n or -n ticks";
                return Err(range(key, format!("{text:?}"), wanted));
            }
            let price = above_zero(key, number, PriceE4::SCALE)?;
            if price % tick.0 != 0 {
                return Err(range(key, text, format!("a multiple of the tick {tick}")));
            }
            return Ok(PriceRule::Fixed(PriceE4(price)));
        }
    };
    let ticks: Option<i32> = if ticks.is_empty() { Some(0) } else { ticks.parse().ok() };
    let ticks = ticks.filter(|ticks| ticks.unsigned_abs() <= 1_000_000);
    ticks.map(rule).ok_or_else(|| range(key, format!("{text:?}"), "at most 1000000 ticks"))
}

fn quantity(key: &str, number: &Number) -> Result<QtyE2, SetupError> {
    above_zero(key, number, QtyE2::SCALE).map(QtyE2)
}

fn action(place: &str, file: &TriggerFile, names: &[String]) -> Result<Action, SetupError> {
    let key = |name: &str| format!("{place}.{name}");
    let order = match (&file.order, &file.cancel) {
        (Some(order), None) => order,
        (None, Some(cancel)) => {
            let wanted =
                || range(key("cancel.orders_of"), &cancel.orders_of, "the name of a trigger");
            let at = names.iter().position(|name| *name == cancel.orders_of).ok_or_else(wanted)?;
            return Ok(Action::Cancel { orders_of: at as u8 });
        }
        _ => {
            let found = if file.order.is_some() { "both" } else { "neither" };
            return Err(range(place, found, "[trigger.order] or [trigger.cancel]"));
        }
    };
    let missing = |name: &str| range(key(&format!("order.{name}")), "nothing", "a value");
    let text = order.security.as_ref().ok_or_else(|| missing("security"))?;
    let tick = match &order.tick {
        None => PriceE4(100),
        Some(number) => {
            let key = key("order.tick");
            PriceE4(decimal_within(&key, number, PriceE4::SCALE, 1, 10_000_000)?)
        }
    };
    Ok(Action::Order(OrderRule {
        security: named_security(&key("order.security"), text)?,
        side: match order.side.as_ref().ok_or_else(|| missing("side"))? {
            SideFile::Buy => side::BUY,
            SideFile::Sell => side::SELL,
        },
        quantity: quantity(
            &key("order.quantity"),
            order.quantity.as_ref().ok_or_else(|| missing("quantity"))?,
        )?,
        price: price_rule(
            &key("order.price"),
            order.price.as_ref().ok_or_else(|| missing("price"))?,
            tick,
        )?,
        tick,
    }))
}

fn trigger(file: &TriggerFile, names: &[String]) -> Result<Trigger, SetupError> {
    let place = format!("trigger {:?}", file.name);
    let conditions = conditions(&place, file)?;
    if conditions[0].is_none() {
        return Err(range(place, "no condition", "at least one"));
    }
    only_global(&place, &file.limits)?;
    Ok(Trigger {
        conditions,
        rearm: file.rearm.map_or(Ok(Rearm::OnFalse), |file| rearm(&place, file))?,
        action: action(&place, file, names)?,
        limits: limits(&format!("{place}.limits"), &file.limits, Limits::default(), true)?,
    })
}

/// `max_requests` is the size of a table: it stands in `[limits]` and does not change.
fn only_global(place: &str, file: &LimitsFile) -> Result<(), SetupError> {
    match file.max_requests {
        None => Ok(()),
        Some(found) => {
            Err(range(format!("{place}.limits.max_requests"), found, "this key in [limits] only"))
        }
    }
}

/// A trigger of the epoch before, with what this one changes.
fn changed(place: &str, file: &TriggerFile, before: &Trigger) -> Result<Trigger, SetupError> {
    let mut after = *before;
    for new in conditions(place, file)?.into_iter().flatten() {
        let old = after.conditions.iter_mut().flatten().find(|old| old.code() == new.code());
        match old {
            Some(old) => *old = new,
            None => {
                let wanted = "a condition that the trigger has";
                return Err(range(place, new.name(), wanted));
            }
        }
    }
    if let Some(file) = file.rearm {
        after.rearm = rearm(place, file)?;
    }
    if file.cancel.is_some() {
        return Err(range(format!("{place}.cancel"), "a change", "none: an epoch changes values"));
    }
    if let Some(order) = &file.order {
        let Action::Order(rule) = &mut after.action else {
            return Err(range(format!("{place}.order"), "a change", "a trigger with an order"));
        };
        if order.security.is_some() || order.side.is_some() || order.tick.is_some() {
            let wanted = "quantity and price: an epoch changes nothing else of an order";
            return Err(range(format!("{place}.order"), "another key", wanted));
        }
        if let Some(number) = &order.quantity {
            rule.quantity = quantity(&format!("{place}.order.quantity"), number)?;
        }
        if let Some(number) = &order.price {
            rule.price = price_rule(&format!("{place}.order.price"), number, rule.tick)?;
        }
    }
    only_global(place, &file.limits)?;
    after.limits = limits(&format!("{place}.limits"), &file.limits, before.limits, true)?;
    Ok(after)
}

fn epoch(
    number: usize,
    file: &EpochFile,
    before: &Parameters,
    names: &[String],
    index: Option<&IndexSetup>,
) -> Result<Epoch, SetupError> {
    let place = format!("epoch {number}");
    let mut parameters = *before;
    only_global(&place, &file.limits)?;
    if file.limits.kill_switch.is_some() {
        let wanted = "kill_switch in [[epoch]] itself";
        return Err(range(format!("{place}.limits.kill_switch"), "set", wanted));
    }
    parameters.limits = limits(&format!("{place}.limits"), &file.limits, before.limits, false)?;
    if let Some(on) = file.kill_switch {
        parameters.limits.kill_switch = on;
    }
    if let Some(on) = file.limits.cancel_on_kill {
        parameters.cancel_on_kill = on;
    }
    if let Some(file) = &file.guard {
        let Some(before) = before.guard else {
            return Err(range(format!("{place}.guard"), "a change", "a guard in the setup"));
        };
        parameters.guard = Some(guard(file, Some(before))?);
    }
    let mut seen = HashSet::new();
    for file in &file.trigger {
        let place = format!("{place}, trigger {:?}", file.name);
        let at = names.iter().position(|name| *name == file.name);
        let at = at.ok_or_else(|| range(&place, "unknown", "a trigger of the setup"))?;
        if !seen.insert(at) {
            return Err(range(&place, "named twice", "each trigger once"));
        }
        let old = before.triggers[at].expect("as many triggers as names");
        parameters.triggers[at] = Some(changed(&place, file, &old)?);
    }
    let mut shares = Vec::new();
    for (name, count) in &file.shares {
        let key = format!("{place}.shares.{name}");
        let id = named_security(&key, name)?;
        let constituents = index.map_or(&[][..], |index| &index.constituents);
        let at = constituents.iter().position(|constituent| constituent.security == id);
        let at = at.ok_or_else(|| range(&key, "unknown", "a constituent of the index"))?;
        shares.push((at, within(&key, *count, 0, MAX_SHARES)?));
    }
    shares.sort_unstable();
    Ok(Epoch { at_msg: file.at_msg, parameters, shares })
}

/// Range and step of share counts; `shares` are those of the epoch before, then of this one.
fn shares_in_bounds(
    bounds: &Bounds,
    number: usize,
    epoch: &Epoch,
    shares: &mut [i64],
) -> Result<(), SetupError> {
    let Bound { min, max, step } = bounds.0[Bounded::Shares as usize];
    for (at, count) in &epoch.shares {
        let before = std::mem::replace(&mut shares[*at], *count);
        let key = format!("epoch {number}.shares of constituent {}", at + 1);
        within(&key, *count, min, max)?;
        if count.abs_diff(before) > step.unsigned_abs() {
            return Err(range(key, count, format!("a step of at most {step} from {before}")));
        }
    }
    Ok(())
}

fn bounds(files: &BTreeMap<String, BoundFile>) -> Result<Bounds, SetupError> {
    let mut bounds = Bounds::default();
    for (name, file) in files {
        let kind = Bounded::ALL.into_iter().find(|kind| kind.name() == name);
        let kind = kind.ok_or_else(|| {
            let names: Vec<&str> = Bounded::ALL.iter().map(|kind| kind.name()).collect();
            range(format!("bounds.{name}"), "an unknown key", names.join(", "))
        })?;
        let read = |key: &str, number: &Option<Number>, otherwise: i64| {
            let key = format!("bounds.{name}.{key}");
            number.as_ref().map_or(Ok(otherwise), |number| number.decimal(&key, kind.scale()))
        };
        let bound = Bound {
            min: read("min", &file.min, i64::MIN)?,
            max: read("max", &file.max, i64::MAX)?,
            step: read("step", &file.step, i64::MAX)?,
        };
        if bound.min > bound.max {
            return Err(range(format!("bounds.{name}"), "min above max", "min at most max"));
        }
        if bound.step < 0 {
            return Err(range(format!("bounds.{name}.step"), "below 0", "0 or more"));
        }
        bounds.0[kind as usize] = bound;
    }
    Ok(bounds)
}

fn field<const N: usize>(key: &str, text: &str) -> Result<[u8; N], SetupError> {
    let printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if text.len() > N || !printable {
        let wanted = format!("at most {N} characters of ASCII");
        return Err(range(format!("order_template.{key}"), format!("{text:?}"), wanted));
    }
    let mut field = [b' '; N];
    field[..text.len()].copy_from_slice(text.as_bytes());
    Ok(field)
}

fn code(key: &str, text: &str) -> Result<u8, SetupError> {
    let [code] = field::<1>(key, text)?;
    Ok(code)
}

fn template(file: &TemplateFile) -> Result<(NewOrder, ClOrdIds), SetupError> {
    let order = NewOrder {
        appl_id: field("appl_id", &file.appl_id)?,
        submitting_pbuid: field("submitting_pbu_id", &file.submitting_pbu_id)?,
        security_id_source: *b"102 ",
        owner_type: file.owner_type,
        clearing_firm: field("clearing_firm", &file.clearing_firm)?,
        user_info: field("user_info", &file.user_info)?,
        account_id: field("account_id", &file.account_id)?,
        branch_id: field("branch_id", &file.branch_id)?,
        order_restrictions: field("order_restrictions", &file.order_restrictions)?,
        // The limits look at the price of the order: only with a limit order is it the price paid.
        ord_type: ord_type::LIMIT,
        time_in_force: time_in_force::DAY,
        cash_margin: code("cash_margin", &file.cash_margin)?,
        ..NewOrder::default()
    };
    if ![cash_margin::CASH, cash_margin::OPEN, cash_margin::CLOSE].contains(&order.cash_margin) {
        let (key, found) = ("order_template.cash_margin", format!("{:?}", file.cash_margin));
        return Err(range(key, found, "1 cash, 2 open, 3 close"));
    }
    let ids = ClOrdIds::new(&file.cl_ord_id_prefix, file.cl_ord_id_first).ok_or_else(|| {
        range(
            "order_template.cl_ord_id_prefix",
            format!("{:?} and cl_ord_id_first {}", file.cl_ord_id_prefix, file.cl_ord_id_first),
            "at most 8 visible characters, and a first number that fits behind them in 10",
        )
    })?;
    Ok((order, ids))
}

impl Tables {
    /// Whether the file says anything that leads to orders.
    pub(super) fn check(
        self,
        index: Option<&IndexSetup>,
    ) -> Result<Option<TradingSetup>, SetupError> {
        let (template, cl_ord_ids) = template(&self.template)?;
        let session = self.template.session;
        within("order_template.session", session.into(), 0, MAX_SESSIONS as i64 - 1)?;
        let bounds = bounds(&self.bounds)?;
        let limits = limits("limits", &self.limits, Limits::default(), false)?;
        // Every request needs a number of its own.
        let most = usize::try_from(cl_ord_ids.count()).unwrap_or(usize::MAX).min(MAX_REQUESTS);
        let max_requests = self.limits.max_requests.unwrap_or(MAX_REQUESTS_CARD.min(most));
        within("limits.max_requests", max_requests as i64, 2, most as i64)?;
        let names: Vec<String> = self.triggers.iter().map(|file| file.name.clone()).collect();
        if names.len() > MAX_TRIGGERS {
            let wanted = format!("at most {MAX_TRIGGERS}");
            return Err(range("trigger", format!("{} triggers", names.len()), wanted));
        }
        for (at, name) in names.iter().enumerate() {
            if name.is_empty() || names[..at].contains(name) {
                return Err(range("trigger.name", format!("{name:?}"), "a name of its own"));
            }
        }
        let mut parameters = Parameters {
            guard: self.guard.as_ref().map(|file| guard(file, None)).transpose()?,
            limits,
            cancel_on_kill: self.limits.cancel_on_kill.unwrap_or(false),
            ..Parameters::default()
        };
        for (place, file) in parameters.triggers.iter_mut().zip(&self.triggers) {
            let trigger = trigger(file, &names)?;
            let needs_index = trigger.conditions.iter().flatten().find(|condition| {
                condition.is_market()
                    && !matches!(
                        condition,
                        Condition::PriceAtLeast { .. } | Condition::PriceAtMost { .. }
                    )
            });
            if let (Some(condition), None) = (needs_index, index) {
                let key = format!("trigger {:?}.{}", file.name, condition.name());
                return Err(range(key, "a condition on the index", "an [index] in the setup"));
            }
            *place = Some(trigger);
        }
        if parameters.guard.is_some() && index.is_none() {
            return Err(range("guard", "a condition on the index", "an [index] in the setup"));
        }
        bounds
            .check_ranges(&parameters)
            .map_err(|source| SetupError::Breach { epoch: 0, source })?;
        let constituents = index.map_or(&[][..], |index| &index.constituents);
        let mut shares: Vec<i64> = constituents.iter().map(|c| c.shares).collect();
        let mut epochs: Vec<Epoch> = Vec::with_capacity(self.epochs.len());
        for (at, file) in self.epochs.iter().enumerate() {
            let before = epochs.last().map_or(&parameters, |epoch| &epoch.parameters);
            let next = epoch(at + 1, file, before, &names, index)?;
            bounds
                .check_change(before, &next.parameters)
                .map_err(|source| SetupError::Breach { epoch: at + 1, source })?;
            shares_in_bounds(&bounds, at + 1, &next, &mut shares)?;
            if let Some(last) = epochs.last().filter(|last| last.at_msg >= next.at_msg) {
                let wanted = format!("above {}", last.at_msg);
                return Err(range(format!("epoch {}.at_msg", at + 1), next.at_msg, wanted));
            }
            epochs.push(next);
        }
        if names.is_empty() && epochs.is_empty() {
            return Ok(None);
        }
        Ok(Some(TradingSetup {
            names,
            parameters,
            bounds,
            epochs,
            template,
            cl_ord_ids,
            max_requests,
            session,
        }))
    }
}
