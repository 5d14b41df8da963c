//! The setup as the kernels load it: lines of 64 bytes.
//!
//! The order and the words of each line stand in `kernels/README.md` and
//! [`tidegate_protocol::table::kernel::LOAD_TABLES`].

use thiserror::Error;
use tidegate_protocol::kernel::{
    LOAD_CHUNK_BYTES, LoadLine, PARAM_BLOCK_BYTES, PARAM_TRIGGER_BYTES, PARAM_VERSION,
    ParamCondition, ParamHeader, ParamLimits, ParamRule, action, load_table, price, rearm,
};
use tidegate_protocol::limits::{MAX_CONDITIONS, WINDOW_SLOTS};

use crate::decision::Limit;
use crate::order::Templates;
use crate::parameters::{Action, Condition, Limits, Parameters, PriceRule, Rearm, Trigger};
use crate::quote::QuoteTable;
use crate::securities::SecuritiesError;
use crate::securities::SecurityId;
use crate::setup::{PriceSource, Setup, TradingSetup};

/// Why a setup has no image.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ImageError {
    /// Its securities have no map.
    #[error(transparent)]
    Securities(#[from] SecuritiesError),
    /// More of something than the engine's memory has room for.
    #[error("{found} {what}, but the card has room for {room}")]
    Room {
        /// Of what.
        what: &'static str,
        /// In the setup.
        found: usize,
        /// On the card.
        room: usize,
    },
}

/// Room of an engine's memories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Rows of the quote table.
    pub securities: usize,
    /// Rows of the record table.
    pub requests: usize,
}

/// `AtMsg` of parameters of a live run.
pub const LIVE: u64 = u64::MAX;

/// The lines of a setup whose rows are [`Setup::row_names`].
///
/// # Errors
/// When the engine has less room than the setup asks for.
pub fn lines(
    setup: &Setup,
    collected: &[SecurityId],
    room: Room,
) -> Result<Vec<LoadLine>, ImageError> {
    let quotes = QuoteTable::new(setup.row_names(collected))?;
    let wanted = setup.trading.as_ref().map_or(0, |trading| {
        trading.max_requests.min(usize::try_from(trading.cl_ord_ids.count()).unwrap_or(usize::MAX))
    });
    for (what, found, room) in [
        ("securities", quotes.rows.len(), room.securities),
        ("rows of the record table (max_requests)", wanted, room.requests),
    ] {
        if found > room {
            return Err(ImageError::Room { what, found, room });
        }
    }
    let mut out = Vec::new();
    let ([first, second], shift) = quotes.map().hash();
    let index = setup.index.as_ref();
    let source = index.map_or(PriceSource::Trade, |index| index.source);
    let from_snapshots = u64::from(source == PriceSource::Snapshot);
    push(
        &mut out,
        load_table::SETUP,
        0,
        &[
            quotes.rows.len() as u64,
            u64::from(shift),
            first,
            second,
            index.map_or(0, |index| index.constituents.len() as u64),
            from_snapshots,
            wanted as u64,
        ],
    );
    for (at, (key, row)) in quotes.map().slots().enumerate() {
        push(&mut out, load_table::SLOT, at, &[key, u64::from(row)]);
    }
    let constituents = index.map_or(&[][..], |index| &index.constituents);
    for (at, name) in quotes.map().names().iter().enumerate() {
        let close = constituents.get(at).map_or(0, |c| c.prev_close.0);
        push(&mut out, load_table::ROW, at, &[u64::from_le_bytes(*name), close as u64]);
    }
    for (at, c) in constituents.iter().enumerate() {
        push(&mut out, load_table::CONSTITUENT, at, &[c.shares as u64, c.prev_close.0 as u64]);
    }
    if let Some(index) = index {
        push(
            &mut out,
            load_table::INDEX,
            0,
            &[
                index.base_sum as u64,
                index.divisor.constant,
                u64::from(index.divisor.shift),
                u64::from_le_bytes(index.id),
            ],
        );
    }
    if let Some(trading) = &setup.trading {
        writers(&mut out, trading);
    }
    let publish = &setup.publish;
    push(
        &mut out,
        load_table::PUBLISH,
        0,
        &[publish.run, u64::from(publish.batch_messages), u64::from(publish.session)],
    );
    let none = Parameters::default();
    let first = setup.trading.as_ref().map_or(&none, |trading| &trading.parameters);
    let header = Header { at_msg: 0, shares: 0, trading: setup.trading.is_some() };
    chunks(&mut out, load_table::BLOCK, &block(first, header, &quotes));
    push(&mut out, load_table::READY, 0, &[]);
    for epoch in setup.trading.iter().flat_map(|trading| &trading.epochs) {
        let header =
            Header { at_msg: epoch.at_msg, shares: epoch.shares.len() as u32, trading: true };
        chunks(&mut out, load_table::BLOCK, &block(&epoch.parameters, header, &quotes));
        for table in [load_table::SHARES_SUM, load_table::SHARES_SET] {
            for (at, (place, shares)) in epoch.shares.iter().enumerate() {
                push(&mut out, table, at, &[*place as u64, *shares as u64]);
            }
        }
    }
    Ok(out)
}

/// The lines of parameters of a live run, for the rows of `quotes`.
pub fn live(parameters: &Parameters, quotes: &QuoteTable) -> Vec<LoadLine> {
    let mut out = Vec::new();
    let header = Header { at_msg: LIVE, shares: 0, trading: true };
    chunks(&mut out, load_table::BLOCK, &block(parameters, header, quotes));
    out
}

/// CRC-32 of IEEE 802.3, as a parameter block carries it.
pub fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, &byte: &u8| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 }
        })
    };
    !bytes.iter().fold(u32::MAX, step)
}

fn push(out: &mut Vec<LoadLine>, table: u8, index: usize, words: &[u64]) {
    let mut line = LoadLine { table: u32::from(table), index: index as u32, words: [0; 7] };
    line.words[..words.len()].copy_from_slice(words);
    out.push(line);
}

fn chunks(out: &mut Vec<LoadLine>, table: u8, bytes: &[u8]) {
    for (at, chunk) in bytes.chunks(LOAD_CHUNK_BYTES).enumerate() {
        let mut words = [0; 7];
        for (word, bytes) in words.iter_mut().zip(chunk.chunks(8)) {
            let mut whole = [0; 8];
            whole[..bytes.len()].copy_from_slice(bytes);
            *word = u64::from_le_bytes(whole);
        }
        push(out, table, at, &words);
    }
}

/// What send needs.
fn writers(out: &mut Vec<LoadLine>, trading: &TradingSetup) {
    let (prefix, len, first) = trading.cl_ord_ids.parts();
    let [low, high] = [&prefix[..8], &prefix[8..]].map(|part| {
        let mut word = [0; 8];
        word[..part.len()].copy_from_slice(part);
        u64::from_le_bytes(word)
    });
    push(out, load_table::IDS, 0, &[low, high, len as u64, first, u64::from(trading.session)]);
    let templates = Templates::new(&trading.template);
    let (order, cancel) = templates.frames();
    chunks(out, load_table::ORDER, order);
    chunks(out, load_table::CANCEL, cancel);
}

struct Header {
    at_msg: u64,
    shares: u32,
    trading: bool,
}

fn block(parameters: &Parameters, about: Header, quotes: &QuoteTable) -> [u8; PARAM_BLOCK_BYTES] {
    let mut out = [0; PARAM_BLOCK_BYTES];
    let triggers = parameters.triggers.iter().flatten();
    let mut header = ParamHeader {
        version: PARAM_VERSION,
        crc: 0,
        at_msg: about.at_msg,
        shares: about.shares,
        triggers: triggers.clone().count() as u8,
        cancel_on_kill: u8::from(parameters.cancel_on_kill),
        has_guard: u8::from(parameters.guard.is_some()),
        has_trading: u8::from(about.trading),
        ..ParamHeader::default()
    };
    if let Some(guard) = parameters.guard {
        header.guard_points = guard.points.0;
        header.guard_within_ms = guard.within_ms;
        header.guard_hold_ms = guard.hold_ms;
        header.guard_slot_factor = slot_factor(guard.within_ms);
    }
    let (first, rest) = out.split_at_mut(ParamHeader::BYTES + ParamLimits::BYTES);
    limits(&parameters.limits).emit(last_chunk(first));
    for (bytes, trigger) in rest.chunks_mut(PARAM_TRIGGER_BYTES).zip(triggers) {
        emit_trigger(trigger, quotes, bytes);
    }
    header.emit(first_chunk(&mut out));
    header.crc = crc32(&out);
    header.emit(first_chunk(&mut out));
    out
}

fn first_chunk<const N: usize>(bytes: &mut [u8]) -> &mut [u8; N] {
    bytes.first_chunk_mut().expect("the block has room for its parts")
}

fn last_chunk<const N: usize>(bytes: &mut [u8]) -> &mut [u8; N] {
    bytes.last_chunk_mut().expect("the block has room for its parts")
}

fn emit_trigger(trigger: &Trigger, quotes: &QuoteTable, bytes: &mut [u8]) {
    rule(trigger, quotes).emit(first_chunk(bytes));
    let conditions = &mut bytes[ParamRule::BYTES..][..MAX_CONDITIONS * ParamCondition::BYTES];
    for (bytes, one) in conditions.chunks_mut(ParamCondition::BYTES).zip(&trigger.conditions) {
        condition(one.as_ref(), quotes).emit(first_chunk(bytes));
    }
    limits(&trigger.limits).emit(last_chunk(bytes));
}

fn row(security: SecurityId, quotes: &QuoteTable) -> u32 {
    quotes.find(security).map_or(u32::MAX, |row| row as u32)
}

fn rule(trigger: &Trigger, quotes: &QuoteTable) -> ParamRule {
    let (rearm, rearm_ms) = match trigger.rearm {
        Rearm::OnFalse => (rearm::ON_FALSE, 0),
        Rearm::Once => (rearm::ONCE, 0),
        Rearm::AfterMs(ms) => (rearm::AFTER_MS, ms),
    };
    let empty = ParamRule { rearm, rearm_ms, row: u32::MAX, ..ParamRule::default() };
    match &trigger.action {
        Action::Cancel { orders_of } => {
            ParamRule { action: action::CANCEL, orders_of: *orders_of, ..empty }
        }
        Action::Order(order) => {
            let (price_kind, price, ticks) = match order.price {
                PriceRule::Fixed(price) => (price::FIXED, price, 0),
                PriceRule::Last(ticks) => (price::LAST, Default::default(), ticks),
                PriceRule::Best(ticks) => (price::BEST, Default::default(), ticks),
                PriceRule::OwnBest(ticks) => (price::OWN_BEST, Default::default(), ticks),
            };
            ParamRule {
                price_kind,
                ticks: ticks.cast_unsigned(),
                quantity: order.quantity,
                price,
                tick: order.tick,
                tick_reciprocal: order.tick.0.checked_mul(100).map_or(0, tick_reciprocal),
                security: order.security,
                row: row(order.security, quotes),
                side: order.side,
                ..empty
            }
        }
    }
}

fn condition(condition: Option<&Condition>, quotes: &QuoteTable) -> ParamCondition {
    let Some(condition) = condition else {
        return ParamCondition { row: u32::MAX, ..ParamCondition::default() };
    };
    let (row, within_ms) = match *condition {
        Condition::IndexChange { within_ms, .. } => (u32::MAX, within_ms),
        Condition::MaxSends(rate) => (u32::MAX, rate.within_ms),
        Condition::PriceAtLeast { security, .. } | Condition::PriceAtMost { security, .. } => {
            (row(security, quotes), 0)
        }
        _ => (u32::MAX, 0),
    };
    let code = u32::from(condition.code());
    let is_change = matches!(condition, Condition::IndexChange { .. });
    let slot_factor = if is_change { slot_factor(within_ms) } else { 0 };
    ParamCondition { code, row, bound: condition.bound(), within_ms, slot_factor }
}

/// For a change window of this length: `SlotFactor` of the layout. Exact for times of a day, which
/// are below 2^27 ms (Granlund and Montgomery, Division by invariant integers).
fn slot_factor(within_ms: i64) -> u64 {
    let slot_ms = (within_ms / WINDOW_SLOTS as i64).max(1).cast_unsigned();
    let shift = 27 + u64::BITS - (slot_ms - 1).leading_zeros();
    (1u64 << shift).div_ceil(slot_ms)
}

/// `TickReciprocal` of the layout.
fn tick_reciprocal(tick_e6: i64) -> u64 {
    u64::MAX / tick_e6.max(1).cast_unsigned()
}

fn limits(limits: &Limits) -> ParamLimits {
    let mut has = 0;
    let mut limit = |code: Limit, is: bool| has |= u32::from(is) << code as u8;
    limit(Limit::KillSwitch, limits.kill_switch);
    limit(Limit::PriceBand, limits.price_band_bp.is_some());
    limit(Limit::MaxQuantity, limits.max_quantity.is_some());
    limit(Limit::MaxOrders, limits.max_orders.is_some());
    limit(Limit::MaxTotalQuantity, limits.max_total_quantity.is_some());
    limit(Limit::MaxTotalValue, limits.max_total_value_e6.is_some());
    limit(Limit::MaxOutstanding, limits.max_outstanding.is_some());
    ParamLimits {
        has,
        max_outstanding: limits.max_outstanding.unwrap_or_default(),
        price_band: limits.price_band_bp.unwrap_or_default(),
        max_quantity: limits.max_quantity.unwrap_or_default(),
        orders_count: limits.max_orders.map_or(0, |rate| i64::from(rate.count)),
        orders_within_ms: limits.max_orders.map_or(0, |rate| rate.within_ms),
        max_total_quantity: limits.max_total_quantity.unwrap_or_default(),
        max_total_value: limits.max_total_value_e6.unwrap_or_default(),
        ..ParamLimits::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The kernels take these numbers from the table, the pipeline's enums are written by hand.
    /// Shows A1.
    #[test]
    fn numbers_are_those_of_the_table() {
        use crate::decision::{Outcome, Scope};
        use crate::feedback::{State, Verdict};
        use tidegate_protocol::kernel::{condition, limit, outcome, scope, state, verdict};
        use tidegate_protocol::units::{IndexE4, PxE6};
        let rate = crate::parameters::Rate { count: 1, within_ms: 1 };
        let (security, price) = (*b"000001  ", PxE6(1));
        let within_ms = 64;
        let pairs = [
            (Outcome::Sent as u8, outcome::SENT),
            (Outcome::Refused as u8, outcome::REFUSED),
            (Outcome::Cancelled as u8, outcome::CANCELLED),
            (Outcome::GuardEngaged as u8, outcome::GUARD_ENGAGED),
            (Outcome::GuardReleased as u8, outcome::GUARD_RELEASED),
            (Outcome::Epoch as u8, outcome::EPOCH),
            (Outcome::KillOn as u8, outcome::KILL_ON),
            (Outcome::KillOff as u8, outcome::KILL_OFF),
            (Limit::KillSwitch as u8, limit::KILL_SWITCH),
            (Limit::Guard as u8, limit::GUARD),
            (Limit::NoPrice as u8, limit::NO_PRICE),
            (Limit::PriceLimit as u8, limit::PRICE_LIMIT),
            (Limit::PriceBand as u8, limit::PRICE_BAND),
            (Limit::MaxQuantity as u8, limit::MAX_QUANTITY),
            (Limit::MaxOrders as u8, limit::MAX_ORDERS),
            (Limit::MaxTotalQuantity as u8, limit::MAX_TOTAL_QUANTITY),
            (Limit::MaxTotalValue as u8, limit::MAX_TOTAL_VALUE),
            (Limit::MaxOutstanding as u8, limit::MAX_OUTSTANDING),
            (Limit::Requests as u8, limit::REQUESTS),
            (Scope::Global as u8, scope::GLOBAL),
            (Scope::Trigger as u8, scope::TRIGGER),
            (State::Sent as u8, state::SENT),
            (State::Acknowledged as u8, state::ACKNOWLEDGED),
            (State::PartlyFilled as u8, state::PARTLY_FILLED),
            (State::Filled as u8, state::FILLED),
            (State::Cancelled as u8, state::CANCELLED),
            (State::Rejected as u8, state::REJECTED),
            (State::Done as u8, state::DONE),
            (Verdict::Applied as u8, verdict::APPLIED),
            (Verdict::Duplicate as u8, verdict::DUPLICATE),
            (Verdict::Late as u8, verdict::LATE),
            (Verdict::Unknown as u8, verdict::UNKNOWN),
            (Verdict::Contradictory as u8, verdict::CONTRADICTORY),
            (Condition::IndexAtLeast(IndexE4(1)).code(), condition::INDEX_AT_LEAST),
            (Condition::IndexAtMost(IndexE4(1)).code(), condition::INDEX_AT_MOST),
            (Condition::IndexCrosses(IndexE4(1)).code(), condition::INDEX_CROSSES),
            (
                Condition::IndexChange { points: IndexE4(1), within_ms }.code(),
                condition::INDEX_CHANGE,
            ),
            (Condition::PriceAtLeast { security, price }.code(), condition::PRICE_AT_LEAST),
            (Condition::PriceAtMost { security, price }.code(), condition::PRICE_AT_MOST),
            (Condition::MaxSends(rate).code(), condition::MAX_SENDS),
            (Condition::MaxOutstanding(1).code(), condition::MAX_OUTSTANDING),
        ];
        assert!(pairs.iter().all(|(ours, table)| ours == table), "{pairs:?}");
    }

    /// Shows H16.
    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
