//! Decisions: what a trigger, the guard or an epoch did, or was kept from doing, and why.

use tidegate_protocol::limits::MAX_CONDITIONS;
use tidegate_protocol::units::{IndexE4, PriceE4, QtyE2, Timestamp};

/// What came of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Outcome {
    /// An order left.
    Sent = 1,
    /// A limit refused the order.
    Refused = 2,
    /// Cancel requests left, as many as `requests` says.
    Cancelled = 3,
    /// The guard was engaged.
    GuardEngaged = 4,
    /// The guard was released.
    GuardReleased = 5,
    /// New parameters apply.
    Epoch = 6,
    /// The kill switch was turned on by hand.
    KillOn = 7,
    /// It was turned off.
    KillOff = 8,
}

impl Outcome {
    /// Name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Cancelled => "cancel",
            Self::GuardEngaged => "guard_engaged",
            Self::GuardReleased => "guard_released",
            Self::Epoch => "epoch",
            Self::KillOn => "kill_on",
            Self::KillOff => "kill_off",
        }
    }
}

/// What refused an order; in the order in which they are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Limit {
    /// The kill switch is on.
    KillSwitch = 1,
    /// The guard is engaged.
    Guard = 2,
    /// There is no price to start from.
    NoPrice = 3,
    /// Beyond the price limits of the latest snapshot.
    PriceLimit = 4,
    /// Too far from the last price.
    PriceBand = 5,
    /// Quantity of the order.
    MaxQuantity = 6,
    /// Orders in a window.
    MaxOrders = 7,
    /// Sum of quantities.
    MaxTotalQuantity = 8,
    /// Sum of values.
    MaxTotalValue = 9,
    /// Outstanding orders.
    MaxOutstanding = 10,
    /// Rows of the record table, or ClOrdIDs.
    Requests = 11,
}

impl Limit {
    /// Name in JSON, and the key of the setup where there is one.
    pub const fn name(self) -> &'static str {
        match self {
            Self::KillSwitch => "kill_switch",
            Self::Guard => "guard",
            Self::NoPrice => "no_price",
            Self::PriceLimit => "price_limit",
            Self::PriceBand => "price_band",
            Self::MaxQuantity => "max_quantity",
            Self::MaxOrders => "max_orders",
            Self::MaxTotalQuantity => "max_total_quantity",
            Self::MaxTotalValue => "max_total_value",
            Self::MaxOutstanding => "max_outstanding",
            Self::Requests => "requests",
        }
    }

    /// Digits after the point of what was found and allowed.
    pub const fn scale(self) -> u32 {
        match self {
            Self::PriceLimit | Self::PriceBand | Self::MaxTotalValue => 6,
            Self::MaxQuantity | Self::MaxTotalQuantity => 2,
            _ => 0,
        }
    }
}

/// Whose limit it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Scope {
    /// `[limits]`.
    Global = 1,
    /// `[trigger.limits]`.
    Trigger = 2,
}

/// Why an order was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Which limit.
    pub limit: Limit,
    /// Whose.
    pub scope: Scope,
    /// What was found, in the unit of the limit; [`NONE`] where there is nothing.
    pub found: i64,
    /// What is allowed; [`NONE`] where there is nothing.
    pub allowed: i64,
}

/// A value that is not there.
pub const NONE: i64 = i64::MIN;

/// What a condition looked like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// [`Condition::code`](crate::parameters::Condition::code); 0 for none.
    pub code: u8,
    /// Whether it held.
    pub holds: bool,
    /// What was found, in the unit of the condition; [`NONE`] where there is nothing.
    pub found: i64,
    /// What it was compared with.
    pub bound: i64,
}

impl Default for Checked {
    fn default() -> Self {
        Self { code: 0, holds: false, found: NONE, bound: 0 }
    }
}

/// One decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Its number, from 0.
    pub number: u64,
    /// The message after which it was made; of an epoch, the first message that it rules.
    pub msg: u64,
    /// The pipeline's time.
    pub time: Timestamp,
    /// The index, if it has a value.
    pub index: Option<IndexE4>,
    /// Number of the epoch that ruled: 0 is the setup.
    pub epoch: u32,
    /// The trigger, by its place in the setup; `None` for the guard and for epochs.
    pub trigger: Option<u8>,
    /// What came of it.
    pub outcome: Outcome,
    /// Why the order was refused.
    pub refusal: Option<Refusal>,
    /// Price of the order, as far as it had one; 0 for none.
    pub price: PriceE4,
    /// Quantity of the order; 0 for none.
    pub quantity: QtyE2,
    /// Requests that left: 1 of an order that was sent.
    pub requests: u32,
    /// Row of the first of them in the record table.
    pub request: Option<u32>,
    /// The conditions; of the guard, the change of the index.
    pub conditions: [Checked; MAX_CONDITIONS],
}

impl Decision {
    /// Length of [`Decision::to_bytes`].
    pub const BYTES: usize = 160;

    /// The bytes that every engine must match, little-endian: number, msg, time, index, found, allowed,
    /// price, quantity, then found and bound of each condition, epoch, requests, request (all ones
    /// for none), trigger (255 for none), outcome, limit, scope, then code and `holds` of each
    /// condition, zeros.
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let mut out = [0; Self::BYTES];
        let mut at = 0;
        let mut put = |bytes: &[u8]| {
            out[at..at + bytes.len()].copy_from_slice(bytes);
            at += bytes.len();
        };
        let refusal = self.refusal.as_ref();
        for number in [
            self.number as i64,
            self.msg as i64,
            self.time.0,
            self.index.map_or(NONE, |index| index.0),
            refusal.map_or(NONE, |refusal| refusal.found),
            refusal.map_or(NONE, |refusal| refusal.allowed),
            self.price.0,
            self.quantity.0,
        ] {
            put(&number.to_le_bytes());
        }
        for condition in &self.conditions {
            put(&condition.found.to_le_bytes());
            put(&condition.bound.to_le_bytes());
        }
        for number in [self.epoch, self.requests, self.request.unwrap_or(u32::MAX)] {
            put(&number.to_le_bytes());
        }
        put(&[
            self.trigger.unwrap_or(u8::MAX),
            self.outcome as u8,
            refusal.map_or(0, |refusal| refusal.limit as u8),
            refusal.map_or(0, |refusal| refusal.scope as u8),
        ]);
        for condition in &self.conditions {
            put(&[condition.code, u8::from(condition.holds)]);
        }
        out
    }
}

/// A frame that leaves to the exchange: an order or a cancel request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outgoing<'a> {
    /// The decision behind it.
    pub decision: &'a Decision,
    /// Its row in the record table.
    pub request: u32,
    /// The whole frame, as it goes on TCP.
    pub bytes: &'a [u8],
}
