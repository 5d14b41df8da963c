//! What a trader sets: triggers, limits, guard, and the epochs that change them.
//!
//! Plain data of fixed size, so that a whole block is swapped between two messages. The meaning of
//! each is in [`TRIGGERS.md`](https://docs.rs/crate/tidegate-pipeline/latest/source/TRIGGERS.md).

use std::fmt;
use std::mem::discriminant;

use tidegate_protocol::limits::{
    MAX_CONDITIONS, MAX_REQUESTS, MAX_TRIGGERS, MAX_WINDOW_MS, WINDOW_SENDS,
};
use tidegate_protocol::units::{Fixed, IndexE4, PriceE4, PxE6, QtyE2};

use crate::securities::SecurityId;

/// One condition of a trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The index is at this level or above.
    IndexAtLeast(IndexE4),
    /// The index is at this level or below.
    IndexAtMost(IndexE4),
    /// The message took the index through this level.
    IndexCrosses(IndexE4),
    /// The index rose (points above 0) or fell (below 0) by so much.
    IndexChange {
        /// Least change, with its sign.
        points: IndexE4,
        /// Window, a multiple of 64 ms.
        within_ms: i64,
    },
    /// The last price is at this price or above.
    PriceAtLeast {
        /// Whose price.
        security: SecurityId,
        /// The price.
        price: PxE6,
    },
    /// The last price is at this price or below.
    PriceAtMost {
        /// Whose price.
        security: SecurityId,
        /// The price.
        price: PxE6,
    },
    /// The trigger sent fewer orders than this in the window.
    MaxSends(Rate),
    /// Fewer orders of the trigger than this are outstanding.
    MaxOutstanding(u32),
}

impl Condition {
    /// The key of the setup.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::IndexAtLeast(_) => "index_at_least",
            Self::IndexAtMost(_) => "index_at_most",
            Self::IndexCrosses(_) => "index_crosses",
            Self::IndexChange { .. } => "index_change",
            Self::PriceAtLeast { .. } => "price_at_least",
            Self::PriceAtMost { .. } => "price_at_most",
            Self::MaxSends(_) => "max_sends",
            Self::MaxOutstanding(_) => "max_outstanding",
        }
    }

    /// Number of the kind in binary records, from 1; 0 is no condition.
    pub const fn code(&self) -> u8 {
        match self {
            Self::IndexAtLeast(_) => 1,
            Self::IndexAtMost(_) => 2,
            Self::IndexCrosses(_) => 3,
            Self::IndexChange { .. } => 4,
            Self::PriceAtLeast { .. } => 5,
            Self::PriceAtMost { .. } => 6,
            Self::MaxSends(_) => 7,
            Self::MaxOutstanding(_) => 8,
        }
    }

    /// What is compared with, in the unit of the kind.
    pub const fn bound(&self) -> i64 {
        match *self {
            Self::IndexAtLeast(level) | Self::IndexAtMost(level) | Self::IndexCrosses(level) => {
                level.0
            }
            Self::IndexChange { points, .. } => points.0,
            Self::PriceAtLeast { price, .. } | Self::PriceAtMost { price, .. } => price.0,
            Self::MaxSends(rate) => rate.count as i64,
            Self::MaxOutstanding(count) => count as i64,
        }
    }

    /// Digits after the point of the bound and of what was found.
    pub const fn scale(&self) -> u32 {
        match self {
            Self::IndexAtLeast(_)
            | Self::IndexAtMost(_)
            | Self::IndexCrosses(_)
            | Self::IndexChange { .. } => IndexE4::SCALE,
            Self::PriceAtLeast { .. } | Self::PriceAtMost { .. } => PxE6::SCALE,
            Self::MaxSends(_) | Self::MaxOutstanding(_) => 0,
        }
    }

    /// Whether it is about the market, not about our own orders.
    pub const fn is_market(&self) -> bool {
        !matches!(self, Self::MaxSends(_) | Self::MaxOutstanding(_))
    }
}

/// So many sends in so much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// 1 to 64.
    pub count: u32,
    /// 1 to a day.
    pub within_ms: i64,
}

/// When a trigger may fire again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rearm {
    /// When its conditions were false in between.
    #[default]
    OnFalse,
    /// Never.
    Once,
    /// As `OnFalse`, and so many milliseconds after it fired.
    AfterMs(i64),
}

/// The price of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceRule {
    /// This price.
    Fixed(PriceE4),
    /// The last price and so many ticks.
    Last(i32),
    /// The best price of the other side and so many ticks.
    Best(i32),
    /// The best price of the own side and so many ticks.
    OwnBest(i32),
}

impl fmt::Display for PriceRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (base, ticks) = match self {
            Self::Fixed(price) => return price.fmt(f),
            Self::Last(ticks) => ("last", *ticks),
            Self::Best(ticks) => ("best", *ticks),
            Self::OwnBest(ticks) => ("own_best", *ticks),
        };
        if ticks == 0 { f.write_str(base) } else { write!(f, "{base}{ticks:+}") }
    }
}

/// The order that a trigger sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderRule {
    /// What to trade.
    pub security: SecurityId,
    /// Side, as on the wire.
    pub side: u8,
    /// Quantity, above 0.
    pub quantity: QtyE2,
    /// Price.
    pub price: PriceRule,
    /// Price step, above 0.
    pub tick: PriceE4,
}

/// What a firing does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Sends an order.
    Order(OrderRule),
    /// Asks to cancel the outstanding orders of this trigger.
    Cancel {
        /// Its place in the setup.
        orders_of: u8,
    },
}

/// Limits of a trigger or of all together; `None` does not limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Stops every order.
    pub kill_switch: bool,
    /// Greatest distance of a price from the last price, in 1e-4 of it.
    pub price_band_bp: Option<i64>,
    /// Greatest quantity of an order.
    pub max_quantity: Option<QtyE2>,
    /// Greatest number of orders in a window.
    pub max_orders: Option<Rate>,
    /// Greatest sum of quantities.
    pub max_total_quantity: Option<QtyE2>,
    /// Greatest sum of price x quantity, in 1e-6 CNY.
    pub max_total_value_e6: Option<i64>,
    /// Greatest number of outstanding orders.
    pub max_outstanding: Option<u32>,
}

/// A trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// Its conditions; the first `None` ends them.
    pub conditions: [Option<Condition>; MAX_CONDITIONS],
    /// When it may fire again.
    pub rearm: Rearm,
    /// What a firing does.
    pub action: Action,
    /// Its own limits.
    pub limits: Limits,
}

/// The abnormal-market guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    /// Change of the index, up or down, that engages it; above 0.
    pub points: IndexE4,
    /// Window, a multiple of 64 ms.
    pub within_ms: i64,
    /// How long it stays after the change is small again.
    pub hold_ms: i64,
}

/// Everything that an epoch may change: one whole block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    /// The guard, if there is one.
    pub guard: Option<Guard>,
    /// Limits of all triggers together.
    pub limits: Limits,
    /// Whether turning the kill switch on also cancels what is outstanding.
    pub cancel_on_kill: bool,
    /// The triggers; the first `None` ends them.
    pub triggers: [Option<Trigger>; MAX_TRIGGERS],
}

/// Parameters from a message on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Epoch {
    /// The message before which they take effect.
    pub at_msg: u64,
    /// The parameters.
    pub parameters: Parameters,
    /// New share counts, by place among the constituents; the index stays where it is.
    pub shares: Vec<(usize, i64)>,
}

/// Range and largest step of a kind of parameter, in its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Least value.
    pub min: i64,
    /// Greatest value.
    pub max: i64,
    /// Largest change at once.
    pub step: i64,
}

impl Default for Bound {
    fn default() -> Self {
        Self { min: i64::MIN, max: i64::MAX, step: i64::MAX }
    }
}

/// Kinds of parameters that have bounds of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Bounded {
    /// Levels of the index, in 1e-4 points.
    IndexLevel = 0,
    /// Changes of the index, with their sign, in 1e-4 points.
    IndexChange = 1,
    /// Prices of conditions, in 1e-6 CNY.
    Price = 2,
    /// Prices of orders, in 1e-4 CNY.
    OrderPrice = 3,
    /// Distances of an order's price from its base, in ticks.
    Ticks = 4,
    /// Quantities of orders, in 1e-2 shares.
    Quantity = 5,
    /// Counts: sends, orders, outstanding orders.
    Count = 6,
    /// Windows and holds, in milliseconds.
    Window = 7,
    /// Sums of quantities, in 1e-2 shares.
    TotalQuantity = 8,
    /// Sums of values, in 1e-6 CNY.
    TotalValue = 9,
    /// Price bands, in 1e-4 of the last price.
    PriceBand = 10,
    /// Share counts of constituents.
    Shares = 11,
}

impl Bounded {
    /// Every kind, in the order of the numbers.
    pub const ALL: [Bounded; 12] = [
        Self::IndexLevel,
        Self::IndexChange,
        Self::Price,
        Self::OrderPrice,
        Self::Ticks,
        Self::Quantity,
        Self::Count,
        Self::Window,
        Self::TotalQuantity,
        Self::TotalValue,
        Self::PriceBand,
        Self::Shares,
    ];

    /// The key in `[bounds]`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::IndexLevel => "index_level",
            Self::IndexChange => "index_change",
            Self::Price => "price",
            Self::OrderPrice => "order_price",
            Self::Ticks => "ticks",
            Self::Quantity => "quantity",
            Self::Count => "count",
            Self::Window => "window_ms",
            Self::TotalQuantity => "total_quantity",
            Self::TotalValue => "total_value",
            Self::PriceBand => "price_band_percent",
            Self::Shares => "shares",
        }
    }

    /// Digits after the point.
    pub const fn scale(self) -> u32 {
        match self {
            Self::IndexLevel | Self::IndexChange | Self::OrderPrice => 4,
            Self::Price | Self::TotalValue => 6,
            Self::Quantity | Self::TotalQuantity | Self::PriceBand => 2,
            Self::Ticks | Self::Count | Self::Window | Self::Shares => 0,
        }
    }
}

/// Bounds of every kind, by [`Bounded`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds(pub [Bound; Bounded::ALL.len()]);

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `[guard]`.
    Guard,
    /// `[limits]`.
    Limits,
    /// A trigger, by its place in the setup from 0.
    Trigger(u8),
}

/// A parameter by its place, its key, and the key within that one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Where it stands.
    pub place: Place,
    /// Its keys, the outermost first; what is not needed is empty.
    pub keys: [&'static str; 3],
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Place::Guard => f.write_str("guard")?,
            Place::Limits => f.write_str("limits")?,
            Place::Trigger(at) => write!(f, "trigger {}", at + 1)?,
        }
        self.keys.iter().filter(|key| !key.is_empty()).try_for_each(|key| write!(f, ".{key}"))
    }
}

/// A parameter that breaks its bounds, or a block that does not fit the triggers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Breach {
    /// Out of range.
    #[error("{parameter} = {}, wanted {} to {}", shown(*.kind, *.found), shown(*.kind, *.min), shown(*.kind, *.max))]
    Range {
        /// The parameter.
        parameter: Parameter,
        /// Its kind.
        kind: Bounded,
        /// What it would be.
        found: i64,
        /// Least value.
        min: i64,
        /// Greatest value.
        max: i64,
    },
    /// Too large a step.
    #[error("{parameter} from {} to {}, wanted a step of at most {}", shown(*.kind, *.before), shown(*.kind, *.found), shown(*.kind, *.step))]
    Step {
        /// The parameter.
        parameter: Parameter,
        /// Its kind.
        kind: Bounded,
        /// What it is.
        before: i64,
        /// What it would be.
        found: i64,
        /// Largest step.
        step: i64,
    },
    /// A number that no setup could have.
    #[error("{parameter} = {found}, wanted {wanted}")]
    Unsound {
        /// The parameter.
        parameter: Parameter,
        /// What it would be, in its smallest unit.
        found: i64,
        /// What it may be.
        wanted: &'static str,
    },
    /// The setup has epochs still to come, which would undo parameters of a live run.
    #[error(
        "the setup has an epoch at message {at_msg}: parameters by hand and by message do not mix"
    )]
    Epochs {
        /// Its message.
        at_msg: u64,
    },
    /// A trigger or condition that comes, goes or becomes another, or a limit that goes.
    #[error("{parameter} may change its value only")]
    Shape {
        /// The parameter.
        parameter: Parameter,
    },
}

fn shown(kind: Bounded, value: i64) -> Fixed {
    Fixed { value, scale: kind.scale() }
}

/// Everything in a block that has bounds, with its name, in a fixed order.
fn values(block: &Parameters, mut each: impl FnMut(Parameter, Bounded, i64)) {
    if let Some(guard) = &block.guard {
        let mut one =
            |keys, kind, value| each(Parameter { place: Place::Guard, keys }, kind, value);
        one(["index_change", "points", ""], Bounded::IndexChange, guard.points.0);
        one(["index_change", "within_ms", ""], Bounded::Window, guard.within_ms);
        one(["hold_ms", "", ""], Bounded::Window, guard.hold_ms);
    }
    limit_values(&block.limits, |[key, part], kind, value| {
        each(Parameter { place: Place::Limits, keys: [key, part, ""] }, kind, value);
    });
    for (at, trigger) in block.triggers.iter().flatten().enumerate() {
        let place = Place::Trigger(at as u8);
        trigger_values(trigger, |keys, kind, value| each(Parameter { place, keys }, kind, value));
    }
}

fn trigger_values(trigger: &Trigger, mut each: impl FnMut([&'static str; 3], Bounded, i64)) {
    for condition in trigger.conditions.iter().flatten() {
        let (kind, window) = match condition {
            Condition::IndexAtLeast(_) | Condition::IndexAtMost(_) | Condition::IndexCrosses(_) => {
                (Bounded::IndexLevel, None)
            }
            Condition::IndexChange { within_ms, .. } => (Bounded::IndexChange, Some(*within_ms)),
            Condition::PriceAtLeast { .. } | Condition::PriceAtMost { .. } => {
                (Bounded::Price, None)
            }
            Condition::MaxSends(rate) => (Bounded::Count, Some(rate.within_ms)),
            Condition::MaxOutstanding(_) => (Bounded::Count, None),
        };
        each([condition.name(), "", ""], kind, condition.bound());
        if let Some(within_ms) = window {
            each([condition.name(), "within_ms", ""], Bounded::Window, within_ms);
        }
    }
    if let Rearm::AfterMs(ms) = trigger.rearm {
        each(["rearm", "after_ms", ""], Bounded::Window, ms);
    }
    if let Action::Order(order) = &trigger.action {
        each(["order", "quantity", ""], Bounded::Quantity, order.quantity.0);
        let (kind, price) = match order.price {
            PriceRule::Fixed(price) => (Bounded::OrderPrice, price.0),
            PriceRule::Last(ticks) | PriceRule::Best(ticks) | PriceRule::OwnBest(ticks) => {
                (Bounded::Ticks, i64::from(ticks))
            }
        };
        each(["order", "price", ""], kind, price);
    }
    limit_values(&trigger.limits, |[key, part], kind, value| {
        each(["limits", key, part], kind, value);
    });
}

fn limit_values(limits: &Limits, mut each: impl FnMut([&'static str; 2], Bounded, i64)) {
    let mut some = |key, part, kind, value: Option<i64>| {
        if let Some(value) = value {
            each([key, part], kind, value);
        }
    };
    let rate = limits.max_orders;
    some("price_band_percent", "", Bounded::PriceBand, limits.price_band_bp);
    some("max_quantity", "", Bounded::Quantity, limits.max_quantity.map(|q| q.0));
    some("max_orders", "count", Bounded::Count, rate.map(|rate| i64::from(rate.count)));
    some("max_orders", "within_ms", Bounded::Window, rate.map(|rate| rate.within_ms));
    some("max_total_quantity", "", Bounded::TotalQuantity, limits.max_total_quantity.map(|q| q.0));
    some("max_total_value", "", Bounded::TotalValue, limits.max_total_value_e6);
    some("max_outstanding", "", Bounded::Count, limits.max_outstanding.map(i64::from));
}

impl Bounds {
    /// Whether a first block can be, and keeps the ranges.
    pub fn check_ranges(&self, block: &Parameters) -> Result<(), Breach> {
        let mut result = sound(block);
        values(block, |parameter, kind, found| {
            let Bound { min, max, .. } = self.0[kind as usize];
            if result.is_ok() && !(min..=max).contains(&found) {
                result = Err(Breach::Range { parameter, kind, found, min, max });
            }
        });
        result
    }

    /// Whether a block may follow another: same triggers and conditions, ranges and steps kept.
    pub fn check_change(&self, before: &Parameters, after: &Parameters) -> Result<(), Breach> {
        same_shape(before, after)?;
        self.check_ranges(after)?;
        let mut result = Ok(());
        values(after, |parameter, kind, found| {
            // What was not limited before, or was of another kind, has no step.
            let mut was = None;
            values(before, |name, of, value| {
                if (name, of) == (parameter, kind) {
                    was = Some(value);
                }
            });
            let (Some(before), step) = (was, self.0[kind as usize].step) else { return };
            if result.is_ok() && found.abs_diff(before) > step.unsigned_abs() {
                result = Err(Breach::Step { parameter, kind, before, found, step });
            }
        });
        result
    }
}

/// A limit that is there no more: a bound on its value would be stepped around.
fn lost_limit(before: &Limits, after: &Limits) -> Option<&'static str> {
    [
        ("price_band_percent", before.price_band_bp.is_some(), after.price_band_bp.is_some()),
        ("max_quantity", before.max_quantity.is_some(), after.max_quantity.is_some()),
        ("max_orders", before.max_orders.is_some(), after.max_orders.is_some()),
        (
            "max_total_quantity",
            before.max_total_quantity.is_some(),
            after.max_total_quantity.is_some(),
        ),
        (
            "max_total_value",
            before.max_total_value_e6.is_some(),
            after.max_total_value_e6.is_some(),
        ),
        ("max_outstanding", before.max_outstanding.is_some(), after.max_outstanding.is_some()),
    ]
    .into_iter()
    .find_map(|(key, was, is)| (was && !is).then_some(key))
}

/// What every block must keep, whatever the bounds: the ranges of the setup's keys.
fn sound(block: &Parameters) -> Result<(), Breach> {
    let mut result = Ok(());
    let mut check = |parameter, found, good: bool, wanted| {
        if result.is_ok() && !good {
            result = Err(Breach::Unsound { parameter, found, wanted });
        }
    };
    values(block, |parameter, kind, found| {
        let change = parameter.keys[0] == "index_change";
        let (good, wanted) = match kind {
            Bounded::Window if parameter.keys[0] == "hold_ms" => {
                ((0..=MAX_WINDOW_MS).contains(&found), "0 ms to a day")
            }
            Bounded::Window if change => (
                (64..=MAX_WINDOW_MS).contains(&found) && found % 64 == 0,
                "a multiple of 64 ms up to a day",
            ),
            Bounded::Window => ((1..=MAX_WINDOW_MS).contains(&found), "1 ms to a day"),
            Bounded::Count if parameter.keys.iter().any(|key| key.ends_with("outstanding")) => {
                ((1..=MAX_REQUESTS as i64).contains(&found), "1 to 65536")
            }
            Bounded::Count => ((1..=WINDOW_SENDS as i64).contains(&found), "1 to 64"),
            Bounded::IndexChange => {
                let guard = parameter.place == Place::Guard;
                let good = found != 0 && found.unsigned_abs() <= 10_000_000_000_000;
                (good && !(guard && found < 0), "a change of at most 1000000000 points, not 0")
            }
            Bounded::Ticks => (found.unsigned_abs() <= 1_000_000, "at most 1000000 ticks"),
            Bounded::PriceBand => ((0..=1_000_000).contains(&found), "0 to 10000 per cent"),
            Bounded::TotalValue => (found > 0, "above 0"),
            Bounded::IndexLevel
            | Bounded::Price
            | Bounded::OrderPrice
            | Bounded::Quantity
            | Bounded::TotalQuantity
            | Bounded::Shares => {
                let most = 1_000_000_000 * 10i64.pow(kind.scale());
                ((1..=most).contains(&found), "above 0 and at most 1000000000")
            }
        };
        check(parameter, found, good, wanted);
    });
    for (at, trigger) in block.triggers.iter().flatten().enumerate() {
        if let Action::Order(OrderRule { price: PriceRule::Fixed(price), tick, .. }) =
            trigger.action
        {
            let keys = ["order", "price", ""];
            let parameter = Parameter { place: Place::Trigger(at as u8), keys };
            let good = tick.0 > 0 && price.0 % tick.0 == 0;
            check(parameter, price.0, good, "a multiple of the tick");
        }
    }
    result
}

fn same_shape(before: &Parameters, after: &Parameters) -> Result<(), Breach> {
    let refuse =
        |place, key| Err(Breach::Shape { parameter: Parameter { place, keys: [key, "", ""] } });
    if before.guard.is_some() != after.guard.is_some() {
        return refuse(Place::Guard, "");
    }
    if let Some(key) = lost_limit(&before.limits, &after.limits) {
        return refuse(Place::Limits, key);
    }
    for (number, pair) in before.triggers.iter().zip(&after.triggers).enumerate() {
        let place = Place::Trigger(number as u8);
        let (old, new) = match pair {
            (None, None) => continue,
            (Some(old), Some(new)) => (old, new),
            _ => return refuse(place, ""),
        };
        for (old, new) in old.conditions.iter().zip(&new.conditions) {
            let same = match (old, new) {
                (None, None) => true,
                (
                    Some(
                        Condition::PriceAtLeast { security: old_of, .. }
                        | Condition::PriceAtMost { security: old_of, .. },
                    ),
                    Some(
                        Condition::PriceAtLeast { security: new_of, .. }
                        | Condition::PriceAtMost { security: new_of, .. },
                    ),
                ) if old_of != new_of => false,
                (Some(old), Some(new)) => old.code() == new.code(),
                _ => false,
            };
            if !same {
                return refuse(place, "conditions");
            }
        }
        if let Some(key) = lost_limit(&old.limits, &new.limits) {
            return refuse(place, key);
        }
        let same = match (&old.action, &new.action) {
            (Action::Order(old), Action::Order(new)) => {
                (old.security, old.side, old.tick) == (new.security, new.side, new.tick)
                    && discriminant(&old.price) == discriminant(&new.price)
            }
            (Action::Cancel { orders_of: old }, Action::Cancel { orders_of: new }) => old == new,
            _ => false,
        };
        if !same {
            return refuse(place, "order");
        }
    }
    Ok(())
}
