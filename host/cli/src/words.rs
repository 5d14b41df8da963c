//! Triggers, limits and epochs in words.

use tidegate_pipeline::parameters::{
    Action, Bound, Bounded, Condition, Guard, Limits, OrderRule, Parameters, PriceRule, Rate,
    Rearm, Trigger,
};
use tidegate_pipeline::setup::TradingSetup;
use tidegate_protocol::code::{ord_type, side, time_in_force};
use tidegate_protocol::units::{Fixed, Timestamp, trim_padding};

use crate::report::grouped;

/// A number of this scale.
pub(crate) fn fixed(value: i64, scale: u32) -> String {
    Fixed { value, scale }.to_string()
}

/// A number with its sign.
pub(crate) fn signed(value: i64, scale: u32) -> String {
    let sign = if value > 0 { "+" } else { "" };
    format!("{sign}{}", fixed(value, scale))
}

/// A text field.
pub(crate) fn plain(raw: &[u8]) -> String {
    String::from_utf8_lossy(trim_padding(raw)).into_owned()
}

/// A length of time.
pub(crate) fn span(ms: i64) -> String {
    if ms % 1_000 == 0 { format!("{} s", ms / 1_000) } else { format!("{ms} ms") }
}

/// A time of the day.
pub(crate) fn time_of_day(ms: i64) -> String {
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    format!("{hour:02}:{minute:02}:{second:02}.{:03}", ms % 1_000)
}

/// Date and time.
pub(crate) fn moment(time: Timestamp) -> String {
    if time.0 == 0 {
        return "before any time".to_owned();
    }
    let (date, clock) = (time.date(), time_of_day(time.ms_of_day()));
    format!("{:04}-{:02}-{:02} {clock}", date / 10_000, date / 100 % 100, date % 100)
}

/// Buy or sell.
pub(crate) fn side_word(code: u8) -> String {
    match code {
        side::BUY => "buy".to_owned(),
        side::SELL => "sell".to_owned(),
        other => format!("side {}", char::from(other)),
    }
}

fn rate(rate: Rate, what: &str) -> String {
    format!("{} {what} within {}", rate.count, span(rate.within_ms))
}

/// A condition as a clause.
pub(crate) fn condition(condition: &Condition) -> String {
    let bound = fixed(condition.bound(), condition.scale());
    match condition {
        Condition::IndexAtLeast(_) => format!("index >= {bound}"),
        Condition::IndexAtMost(_) => format!("index <= {bound}"),
        Condition::IndexCrosses(_) => format!("index crosses {bound}"),
        Condition::IndexChange { points, within_ms } => {
            let moves = if points.0 > 0 { "rises" } else { "falls" };
            let by = bound.trim_start_matches('-');
            format!("index {moves} by {by} or more within {}", span(*within_ms))
        }
        Condition::PriceAtLeast { security, .. } => format!("{} >= {bound}", plain(security)),
        Condition::PriceAtMost { security, .. } => format!("{} <= {bound}", plain(security)),
        Condition::MaxSends(of) => format!("fewer than {}", rate(*of, "orders sent")),
        Condition::MaxOutstanding(count) => format!("fewer than {count} orders outstanding"),
    }
}

/// What an order asks for.
pub(crate) fn order(rule: &OrderRule) -> String {
    let (what, security) = (side_word(rule.side), plain(&rule.security));
    let tick = match rule.price {
        PriceRule::Fixed(_) => String::new(),
        _ => format!(" (tick {})", rule.tick),
    };
    format!("{what} {} of {security} at {}{tick}", rule.quantity, rule.price)
}

fn action(action: &Action, names: &[String]) -> String {
    match action {
        Action::Order(rule) => order(rule),
        Action::Cancel { orders_of } => {
            format!("cancel what {} has outstanding", names[usize::from(*orders_of)])
        }
    }
}

/// When it may fire again; nothing for the usual.
fn rearm(rearm: Rearm) -> String {
    match rearm {
        Rearm::OnFalse => String::new(),
        Rearm::Once => "; once".to_owned(),
        Rearm::AfterMs(ms) => format!("; again after {} at the earliest", span(ms)),
    }
}

/// A trigger as a sentence.
fn trigger(trigger: &Trigger, names: &[String]) -> String {
    let clauses: Vec<String> = trigger.conditions.iter().flatten().map(condition).collect();
    let when = clauses.join(" and ");
    let limits = limits(&trigger.limits);
    let own = if limits.is_empty() {
        String::new()
    } else {
        format!("; own limits: {}", limits.join(", "))
    };
    let (does, again) = (action(&trigger.action, names), rearm(trigger.rearm));
    format!("when {when}: {does}{again}{own}")
}

/// The limits that there are.
fn limits(limits: &Limits) -> Vec<String> {
    let mut parts = Vec::new();
    if limits.kill_switch {
        parts.push("KILL SWITCH ON".to_owned());
    }
    if let Some(band) = limits.price_band_bp {
        parts.push(format!("price within {} % of the last", fixed(band, 2)));
    }
    if let Some(most) = limits.max_quantity {
        parts.push(format!("{most} an order"));
    }
    if let Some(most) = limits.max_orders {
        parts.push(rate(most, "orders"));
    }
    if let Some(most) = limits.max_total_quantity {
        parts.push(format!("{most} in all"));
    }
    if let Some(most) = limits.max_total_value_e6 {
        parts.push(format!("{} CNY in all", fixed(most, 6)));
    }
    if let Some(most) = limits.max_outstanding {
        parts.push(format!("{most} outstanding"));
    }
    parts
}

/// The guard as a sentence.
fn guard(guard: &Guard) -> String {
    let (points, within, hold) = (guard.points, span(guard.within_ms), span(guard.hold_ms));
    format!(
        "{points} points up or down within {within} refuse every order, until {hold} after the change is small again"
    )
}

/// A parameter with its name.
pub(crate) struct Named {
    name: String,
    kind: Option<Bounded>,
    text: String,
}

/// Every parameter of a block, in a fixed order.
fn named(block: &Parameters, names: &[String]) -> Vec<Named> {
    let mut all = Vec::new();
    let mut put = |name: String, kind, text: String| all.push(Named { name, kind, text });
    if let Some(guard) = &block.guard {
        let window = Some(Bounded::Window);
        put("guard.points".into(), Some(Bounded::IndexChange), guard.points.to_string());
        put("guard.within_ms".into(), window, guard.within_ms.to_string());
        put("guard.hold_ms".into(), window, guard.hold_ms.to_string());
    }
    named_limits("limits", &block.limits, &mut put);
    put("limits.cancel_on_kill".into(), None, block.cancel_on_kill.to_string());
    for (trigger, name) in block.triggers.iter().flatten().zip(names) {
        let key = |key: &str| format!("{name}.{key}");
        for condition in trigger.conditions.iter().flatten() {
            let text = fixed(condition.bound(), condition.scale());
            put(key(condition.name()), Some(kind_of(condition)), text);
            if let Condition::IndexChange { within_ms, .. }
            | Condition::MaxSends(Rate { within_ms, .. }) = condition
            {
                let name = key(&format!("{}.within_ms", condition.name()));
                put(name, Some(Bounded::Window), within_ms.to_string());
            }
        }
        let kind = matches!(trigger.rearm, Rearm::AfterMs(_)).then_some(Bounded::Window);
        put(key("rearm"), kind, rearm_text(trigger.rearm));
        if let Action::Order(rule) = &trigger.action {
            put(key("order.quantity"), Some(Bounded::Quantity), rule.quantity.to_string());
            let fixed = matches!(rule.price, PriceRule::Fixed(_));
            let kind = if fixed { Bounded::OrderPrice } else { Bounded::Ticks };
            put(key("order.price"), Some(kind), rule.price.to_string());
        }
        named_limits(&key("limits"), &trigger.limits, &mut put);
    }
    all
}

fn kind_of(condition: &Condition) -> Bounded {
    match condition {
        Condition::IndexAtLeast(_) | Condition::IndexAtMost(_) | Condition::IndexCrosses(_) => {
            Bounded::IndexLevel
        }
        Condition::IndexChange { .. } => Bounded::IndexChange,
        Condition::PriceAtLeast { .. } | Condition::PriceAtMost { .. } => Bounded::Price,
        Condition::MaxSends(_) | Condition::MaxOutstanding(_) => Bounded::Count,
    }
}

fn rearm_text(rearm: Rearm) -> String {
    match rearm {
        Rearm::OnFalse => "on_false".to_owned(),
        Rearm::Once => "once".to_owned(),
        Rearm::AfterMs(ms) => format!("after {ms} ms"),
    }
}

fn named_limits(
    place: &str,
    limits: &Limits,
    put: &mut impl FnMut(String, Option<Bounded>, String),
) {
    let on = if limits.kill_switch { "on" } else { "off" };
    put(format!("{place}.kill_switch"), None, on.to_owned());
    let mut some = |key: &str, kind, text: Option<String>| {
        // What is not limited has no bounds either.
        let (kind, text) = text.map_or((None, "none".to_owned()), |text| (Some(kind), text));
        put(format!("{place}.{key}"), kind, text);
    };
    let band = limits.price_band_bp.map(|band| fixed(band, 2));
    some("price_band_percent", Bounded::PriceBand, band);
    some("max_quantity", Bounded::Quantity, limits.max_quantity.map(|most| most.to_string()));
    let orders = limits.max_orders;
    some("max_orders.count", Bounded::Count, orders.map(|most| most.count.to_string()));
    some("max_orders.within_ms", Bounded::Window, orders.map(|most| most.within_ms.to_string()));
    let total = limits.max_total_quantity.map(|most| most.to_string());
    some("max_total_quantity", Bounded::TotalQuantity, total);
    let value = limits.max_total_value_e6.map(|most| fixed(most, 6));
    some("max_total_value", Bounded::TotalValue, value);
    some("max_outstanding", Bounded::Count, limits.max_outstanding.map(|most| most.to_string()));
}

/// What changes from one block to the next.
pub(crate) fn changes(before: &Parameters, after: &Parameters, names: &[String]) -> Vec<String> {
    let old = named(before, names);
    let was = |name: &str| old.iter().find(|old| old.name == name).map(|old| old.text.as_str());
    named(after, names)
        .iter()
        .filter_map(|new| {
            let was = was(&new.name).unwrap_or("none");
            (was != new.text).then(|| format!("{} {was} -> {}", new.name, new.text))
        })
        .collect()
}

/// The lines of the setup about triggers: names and texts.
pub(crate) fn describe(setup: &TradingSetup) -> Vec<(&'static str, String)> {
    let names = &setup.names;
    let block = &setup.parameters;
    let mut lines = vec![("triggers", names.len().to_string())];
    for (one, name) in block.triggers.iter().flatten().zip(names) {
        lines.push(("", format!("{name}: {}", trigger(one, names))));
    }
    let all = limits(&block.limits);
    let own = block.triggers.iter().flatten().any(|one| !limits(&one.limits).is_empty());
    lines.push((
        "limits",
        match (all.is_empty(), own) {
            (false, _) => all.join(", "),
            (true, true) => "none of all together: only those of the triggers hold".to_owned(),
            (true, false) => "none: every order that a trigger fires is sent".to_owned(),
        },
    ));
    let requests = grouped(setup.max_requests as u64);
    lines.push(("", format!("{requests} orders and cancel requests in a run")));
    match &block.guard {
        Some(one) => lines.push(("guard", guard(one))),
        None => lines.push(("guard", "none: an abnormal market stops nothing".to_owned())),
    }
    lines.extend(template(setup));
    lines.push(("epochs", setup.epochs.len().to_string()));
    let mut before = block;
    for epoch in &setup.epochs {
        let mut parts = changes(before, &epoch.parameters, names);
        match epoch.shares.len() {
            0 => {}
            1 => parts.push("1 share count".to_owned()),
            count => parts.push(format!("{count} share counts")),
        }
        let does = if parts.is_empty() { "nothing changes".to_owned() } else { parts.join(", ") };
        lines.push(("", format!("from message {}: {does}", grouped(epoch.at_msg))));
        before = &epoch.parameters;
    }
    lines.push(("bounds", bounds(setup)));
    lines
}

/// How orders are made, and what keeps the template from live use.
fn template(setup: &TradingSetup) -> Vec<(&'static str, String)> {
    let order = &setup.template;
    let kind = match (order.ord_type, order.time_in_force) {
        (ord_type::LIMIT, _) => "limit, for the day",
        (ord_type::OWN_BEST, _) => "best of the own side, for the day",
        (ord_type::MARKET, time_in_force::DAY) => "market, best of the other side, for the day",
        (ord_type::MARKET, _) => "market, the rest is cancelled",
        _ => "of another kind",
    };
    let first = plain(&setup.cl_ord_ids.id(0));
    let session = setup.session;
    let mut lines =
        vec![("orders", format!("{kind}; ClOrdID from {first} on, session {session} of TOE1"))];
    let blank: Vec<&str> = [
        ("appl_id", &order.appl_id[..]),
        ("submitting_pbu_id", &order.submitting_pbuid),
        ("clearing_firm", &order.clearing_firm),
        ("account_id", &order.account_id),
        ("branch_id", &order.branch_id),
        ("order_restrictions", &order.order_restrictions),
        ("cash_margin", &[order.cash_margin]),
    ]
    .into_iter()
    .filter_map(|(name, raw)| trim_padding(raw).is_empty().then_some(name))
    .collect();
    if !blank.is_empty() {
        lines.push(("", format!("not for live use: {} left blank", blank.join(", "))));
    }
    lines
}

/// Ranges and steps, and which parameters have none.
fn bounds(setup: &TradingSetup) -> String {
    let used: Vec<Bounded> =
        named(&setup.parameters, &setup.names).iter().filter_map(|named| named.kind).collect();
    let (mut bounded, mut free) = (Vec::new(), Vec::new());
    for kind in Bounded::ALL {
        let bound = setup.bounds.0[kind as usize];
        if bound != Bound::default() {
            bounded.push(bound_words(kind, bound));
        } else if used.contains(&kind) {
            free.push(kind.name());
        }
    }
    let none = format!("none for {}", free.join(", "));
    match (bounded.is_empty(), free.is_empty()) {
        (true, true) => "none".to_owned(),
        (true, false) => none,
        (false, true) => bounded.join(", "),
        (false, false) => format!("{}; {none}", bounded.join(", ")),
    }
}

fn bound_words(kind: Bounded, bound: Bound) -> String {
    let shown = |value: i64| fixed(value, kind.scale());
    let mut parts = Vec::new();
    match (bound.min, bound.max) {
        (i64::MIN, i64::MAX) => {}
        (i64::MIN, max) => parts.push(format!("up to {}", shown(max))),
        (min, i64::MAX) => parts.push(format!("from {}", shown(min))),
        (min, max) => parts.push(format!("{} to {}", shown(min), shown(max))),
    }
    if bound.step != i64::MAX {
        parts.push(format!("steps up to {}", shown(bound.step)));
    }
    format!("{} {}", kind.name(), parts.join(" in "))
}
