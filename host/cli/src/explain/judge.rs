//! The rules of `TRIGGERS.md` applied once more, to the plain history of a re-run.

use tidegate_pipeline::decision::{Limit, NONE, Refusal, Scope};
use tidegate_pipeline::parameters::{
    Condition, Limits, OrderRule, Parameters, PriceRule, Rate, Trigger,
};
use tidegate_pipeline::securities::SecurityId;
use tidegate_protocol::code::side;
use tidegate_protocol::units::IndexE4;

use super::market::{Carried, GUARD, Market, Quote};
use super::own::{Own, Sent, Whose};
use crate::words::{fixed, moment, plain, signed, span, time_of_day};

/// A condition as it was found the second time.
#[derive(Clone, Debug)]
pub(super) struct Judged {
    pub(super) condition: Condition,
    pub(super) holds: bool,
    /// What was found, in the unit of the condition.
    pub(super) found: Option<i64>,
    /// Where that comes from, in words.
    pub(super) from: Vec<String>,
}

/// How a message number is shown.
pub(super) fn message(msg: u64) -> String {
    format!("message {}", crate::report::grouped(msg))
}

fn carried_words(carried: &Carried, within_ms: i64) -> Vec<String> {
    let value = IndexE4(carried.point.value);
    let (at, msg) = (time_of_day(carried.point.ms), message(carried.point.msg));
    if carried.young {
        return vec![format!("counted from {value}, with which the window began at {at} ({msg})")];
    }
    let from = time_of_day(carried.from_ms);
    vec![format!(
        "counted from {value}, set at {at} ({msg}): the value at {from}, where the oldest of 64 slots of {} begins",
        span(within_ms / 64)
    )]
}

fn change(market: &Market, window: usize, within_ms: i64) -> (Option<i64>, Vec<String>) {
    let change = market.moved_by(window, within_ms);
    let from = match (market.index, market.carried(window, within_ms)) {
        (Some(_), Some(carried)) => carried_words(&carried, within_ms),
        (Some(_), None) => vec!["the window has no value yet".to_owned()],
        (None, _) => vec!["the index has no value yet".to_owned()],
    };
    (change, from)
}

fn price(market: &Market, security: SecurityId) -> (Option<i64>, Vec<String>) {
    let (last, traded) = market.quote(security).last();
    if last <= 0 {
        return (None, vec![format!("{} has no last price yet", plain(&security))]);
    }
    let by = if traded { "its last trade" } else { "its last snapshot" };
    (Some(last), vec![format!("last price of {}, by {by}", plain(&security))])
}

fn sends(recent: &[&Sent]) -> Vec<String> {
    recent
        .iter()
        .map(|sent| {
            format!("{} left {} ({})", plain(&sent.id), moment(sent.time), message(sent.msg))
        })
        .collect()
}

/// The conditions of a trigger. `but` is a message whose own sends came after its judgement.
pub(super) fn conditions(
    market: &Market,
    own: &Own,
    at: usize,
    trigger: &Trigger,
    but: Option<u64>,
) -> Vec<Judged> {
    let whose = Whose::Of(at as u8);
    let judge = |condition: Condition| {
        let index = || {
            let from = match market.index {
                Some(_) => vec![],
                None => vec!["the index has no value yet".to_owned()],
            };
            (market.index, from)
        };
        let bound = condition.bound();
        let (found, from) = match condition {
            Condition::IndexAtLeast(_) | Condition::IndexAtMost(_) | Condition::IndexCrosses(_) => {
                index()
            }
            Condition::IndexChange { within_ms, .. } => change(market, at, within_ms),
            Condition::PriceAtLeast { security, .. } | Condition::PriceAtMost { security, .. } => {
                price(market, security)
            }
            Condition::MaxSends(rate) => {
                let recent = own.recent(whose, but, rate, market.now);
                (Some(recent.len() as i64), sends(&recent))
            }
            Condition::MaxOutstanding(_) => (Some(own.outstanding(whose, but) as i64), vec![]),
        };
        let holds = found.is_some_and(|found| match condition {
            Condition::IndexAtLeast(_) | Condition::PriceAtLeast { .. } => found >= bound,
            Condition::IndexAtMost(_) | Condition::PriceAtMost { .. } => found <= bound,
            Condition::IndexCrosses(_) => market.index_before.is_some_and(|before| {
                before < bound && found >= bound || before > bound && found <= bound
            }),
            Condition::IndexChange { .. } if bound > 0 => found >= bound,
            Condition::IndexChange { .. } => found <= bound,
            Condition::MaxSends(_) | Condition::MaxOutstanding(_) => found < bound,
        });
        Judged { condition, holds, found, from }
    };
    trigger.conditions.iter().flatten().copied().map(judge).collect()
}

/// Whether the index moved by as much as the guard asks for, up or down.
pub(super) fn is_large(market: &Market, block: &Parameters) -> bool {
    let Some(guard) = block.guard else { return false };
    let change = market.moved_by(GUARD, guard.within_ms);
    change.is_some_and(|change| change.unsigned_abs() >= guard.points.0 as u64)
}

/// The guard's condition; `None` without a guard.
pub(super) fn guard(market: &Market, block: &Parameters) -> Option<Judged> {
    let guard = block.guard?;
    let (found, from) = change(market, GUARD, guard.within_ms);
    let holds = is_large(market, block);
    let condition = Condition::IndexChange { points: guard.points, within_ms: guard.within_ms };
    Some(Judged { condition, holds, found, from })
}

/// The price of an order and how it came about.
pub(super) struct Priced {
    pub(super) price: Option<i64>,
    pub(super) words: String,
}

/// The price by the rule, in 1e-4.
pub(super) fn priced(rule: &OrderRule, quote: &Quote) -> Priced {
    let buys = rule.side == side::BUY;
    let (base, what, ticks) = match rule.price {
        PriceRule::Fixed(price) => {
            return Priced { price: Some(price.0), words: format!("{price}, as the setup says") };
        }
        PriceRule::Last(ticks) => (quote.last().0, "last price", ticks),
        PriceRule::Best(ticks) if buys => (quote.best[1], "best offer", ticks),
        PriceRule::Best(ticks) => (quote.best[0], "best bid", ticks),
        PriceRule::OwnBest(ticks) if buys => (quote.best[0], "best bid", ticks),
        PriceRule::OwnBest(ticks) => (quote.best[1], "best offer", ticks),
    };
    if base <= 0 {
        return Priced { price: None, words: format!("none: there is no {what}") };
    }
    // Everything in 1e-6, wide enough for any product.
    let tick = i128::from(rule.tick.0) * 100;
    let base = i128::from(base);
    let whole = if buys { base / tick * tick } else { (base + tick - 1) / tick * tick };
    let wanted = whole + i128::from(ticks) * tick;
    let mut words = format!("{what} {}", fixed(base as i64, 6));
    if whole != base {
        words += &format!(", on a whole tick {}", fixed(whole as i64, 6));
    }
    if ticks != 0 {
        let ticks = format!("{ticks:+} x {}", rule.tick);
        words += &format!(", {ticks}");
    }
    let mut price = wanted;
    if quote.up > 0 {
        price = price.min(i128::from(quote.up) / tick * tick);
    }
    if quote.down > 0 {
        price = price.max((i128::from(quote.down) + tick - 1) / tick * tick);
    }
    if price != wanted {
        words += ", clamped to the price limits";
    }
    let price =
        i64::try_from(price / 100).ok().filter(|price| *price > 0 && *price <= i64::MAX / 100);
    match price {
        Some(price) => {
            Priced { price: Some(price), words: format!("{}: {words}", fixed(price, 4)) }
        }
        None => Priced { price: None, words: format!("none: {words}") },
    }
}

/// A limit as it was looked at.
pub(super) struct Asked {
    pub(super) limit: Limit,
    pub(super) words: String,
}

/// What all limits said, in their order; the last one refused if there is a refusal.
pub(super) struct Permit {
    pub(super) asked: Vec<Asked>,
    pub(super) refusal: Option<Refusal>,
}

/// What the limits are asked about.
pub(super) struct Wish<'a> {
    pub(super) market: &'a Market,
    pub(super) own: &'a Own,
    pub(super) at: usize,
    pub(super) block: &'a Parameters,
    pub(super) trigger: &'a Trigger,
    pub(super) rule: &'a OrderRule,
    pub(super) price: Option<i64>,
    /// Requests that the record table holds.
    pub(super) room: usize,
}

impl Permit {
    fn say(&mut self, limit: Limit, words: impl Into<String>) {
        self.asked.push(Asked { limit, words: words.into() });
    }

    fn refuse(&mut self, limit: Limit, scope: Scope, found: i64, allowed: i64) {
        self.refusal = Some(Refusal { limit, scope, found, allowed });
    }
}

impl<'a> Wish<'a> {
    fn scopes(&self) -> [(Scope, &'a Limits, Whose, &'static str); 2] {
        [
            (Scope::Global, &self.block.limits, Whose::All, "all triggers"),
            (Scope::Trigger, &self.trigger.limits, Whose::Of(self.at as u8), "this trigger"),
        ]
    }

    /// Asks every limit until one refuses.
    pub(super) fn ask(&self) -> Permit {
        let mut permit = Permit { asked: Vec::new(), refusal: None };
        let steps: [fn(&Self, &mut Permit); 10] = [
            Self::kill_switch,
            Self::guard,
            Self::no_price,
            Self::price_limit,
            Self::price_band,
            Self::max_quantity,
            Self::max_orders,
            Self::max_totals,
            Self::max_outstanding,
            Self::requests,
        ];
        for step in steps {
            step(self, &mut permit);
            if permit.refusal.is_some() {
                break;
            }
        }
        permit
    }

    fn kill_switch(&self, permit: &mut Permit) {
        let limit = Limit::KillSwitch;
        for (scope, limits, _, whose) in self.scopes() {
            if limits.kill_switch {
                permit.say(limit, format!("on for {whose}"));
                return permit.refuse(limit, scope, NONE, NONE);
            }
        }
        permit.say(limit, "off");
    }

    fn guard(&self, permit: &mut Permit) {
        match &self.own.engaged {
            None if self.block.guard.is_none() => permit.say(Limit::Guard, "there is none"),
            None => permit.say(Limit::Guard, "not engaged"),
            Some(by) => {
                let (at, msg) = (moment(by.time), message(by.msg));
                let words = format!("engaged since {at} ({msg}, decision {})", by.number);
                permit.say(Limit::Guard, words);
                permit.refuse(Limit::Guard, Scope::Global, NONE, NONE);
            }
        }
    }

    fn no_price(&self, permit: &mut Permit) {
        let priced = priced(self.rule, &self.market.quote(self.rule.security));
        permit.say(Limit::NoPrice, priced.words);
        if priced.price.is_none() {
            permit.refuse(Limit::NoPrice, Scope::Global, NONE, NONE);
        }
    }

    fn price_limit(&self, permit: &mut Permit) {
        let Some(price) = self.price.map(|price| price * 100) else { return };
        let quote = self.market.quote(self.rule.security);
        let limit = Limit::PriceLimit;
        for (there, beyond) in [(quote.up, price > quote.up), (quote.down, price < quote.down)] {
            if there > 0 && beyond {
                let words = format!("{} is beyond {}", fixed(price, 6), fixed(there, 6));
                permit.say(limit, words);
                return permit.refuse(limit, Scope::Global, price, there);
            }
        }
        let or_none = |price| if price > 0 { fixed(price, 6) } else { "none".to_owned() };
        let words = match (quote.down, quote.up) {
            (0, 0) => "the latest snapshot has none".to_owned(),
            (down, up) => {
                format!("{} within {} and {}", fixed(price, 6), or_none(down), or_none(up))
            }
        };
        permit.say(limit, words);
    }

    fn price_band(&self, permit: &mut Permit) {
        let Some(price) = self.price.map(|price| price * 100) else { return };
        let last = self.market.quote(self.rule.security).last().0;
        let limit = Limit::PriceBand;
        for (scope, limits, _, whose) in self.scopes() {
            let Some(band) = limits.price_band_bp else { continue };
            if last <= 0 {
                permit.say(limit, "there is no last price");
                return permit.refuse(limit, scope, NONE, NONE);
            }
            // Both are above 0: their difference fits.
            let far = (price - last).abs();
            let wide = i128::from(last) * i128::from(band);
            let off = format!("{} from the last price {}", signed(price - last, 6), fixed(last, 6));
            let allowed = format!("{} % of it, for {whose}", fixed(band, 2));
            if i128::from(far) * 10_000 > wide {
                permit.say(limit, format!("{off} is more than {allowed}"));
                let most = i64::try_from(wide / 10_000).unwrap_or(i64::MAX);
                return permit.refuse(limit, scope, far, most);
            }
            permit.say(limit, format!("{off} is within {allowed}"));
        }
    }

    fn max_quantity(&self, permit: &mut Permit) {
        let limit = Limit::MaxQuantity;
        let quantity = self.rule.quantity;
        for (scope, limits, _, whose) in self.scopes() {
            let Some(most) = limits.max_quantity else { continue };
            permit.say(limit, format!("{quantity} of at most {most}, for {whose}"));
            if quantity > most {
                return permit.refuse(limit, scope, quantity.0, most.0);
            }
        }
    }

    fn max_orders(&self, permit: &mut Permit) {
        let limit = Limit::MaxOrders;
        for (scope, limits, whose, name) in self.scopes() {
            let Some(rate) = limits.max_orders else { continue };
            let Rate { count, within_ms } = rate;
            let sent = self.own.recent(whose, None, rate, self.market.now).len();
            permit.say(
                limit,
                format!("{sent} in the last {}, fewer than {count} for {name}", span(within_ms)),
            );
            if sent >= count as usize {
                return permit.refuse(limit, scope, sent as i64, count.into());
            }
        }
    }

    fn max_totals(&self, permit: &mut Permit) {
        let quantity = |sent: &Sent| match sent.what {
            super::own::What::Order { quantity, .. } => i128::from(quantity),
            super::own::What::Cancel { .. } => 0,
        };
        let value = |sent: &Sent| match sent.what {
            super::own::What::Order { quantity, price } => i128::from(quantity) * i128::from(price),
            super::own::What::Cancel { .. } => 0,
        };
        let this = i128::from(self.rule.quantity.0);
        self.total(permit, Limit::MaxTotalQuantity, this, &quantity, &|limits| {
            limits.max_total_quantity.map(|most| most.0)
        });
        if permit.refusal.is_none() {
            let this = this * i128::from(self.price.unwrap_or(0));
            self.total(permit, Limit::MaxTotalValue, this, &value, &|limits| {
                limits.max_total_value_e6
            });
        }
    }

    fn total(
        &self,
        permit: &mut Permit,
        limit: Limit,
        this: i128,
        term: &dyn Fn(&Sent) -> i128,
        most: &dyn Fn(&Limits) -> Option<i64>,
    ) {
        for (scope, limits, whose, name) in self.scopes() {
            let sum = self.own.orders(whose, None).map(term).sum::<i128>() + this;
            let found = i64::try_from(sum).unwrap_or(i64::MAX);
            let most = most(limits);
            if let Some(most) = most {
                let (found, most) = (fixed(found, limit.scale()), fixed(most, limit.scale()));
                permit.say(limit, format!("{found} of at most {most}, for {name}"));
            }
            // Without a limit of its own the sum must still fit.
            if sum > i128::from(most.unwrap_or(i64::MAX)) {
                if most.is_none() {
                    permit.say(limit, format!("beyond 64 bits, for {name}"));
                }
                return permit.refuse(limit, scope, found, most.unwrap_or(i64::MAX));
            }
        }
    }

    fn max_outstanding(&self, permit: &mut Permit) {
        let limit = Limit::MaxOutstanding;
        for (scope, limits, whose, name) in self.scopes() {
            let Some(most) = limits.max_outstanding else { continue };
            let open = self.own.outstanding(whose, None);
            permit.say(limit, format!("{open} outstanding, fewer than {most} for {name}"));
            if open >= most as usize {
                return permit.refuse(limit, scope, open as i64, most.into());
            }
        }
    }

    fn requests(&self, permit: &mut Permit) {
        // Each order that may still trade, and this one, keeps a row for a request to cancel it.
        let free = self.room.saturating_sub(self.own.sent.len());
        let wanted = self.own.outstanding(Whose::All, None) + 2;
        let words = format!("{free} of {} rows are free, {wanted} wanted", self.room);
        permit.say(Limit::Requests, words);
        if free < wanted {
            permit.refuse(Limit::Requests, Scope::Global, NONE, NONE);
        }
    }
}
