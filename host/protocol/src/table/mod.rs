//! The definition: every message as const data, and in [`records`] what becomes of them. Offsets are
//! written by hand and proved at compile time to tile each part.

mod check;
pub mod kernel;
mod market_data;
pub mod records;
mod session;
mod ticks;
mod trading;

use crate::schema::{Confidence, Field, Group, Message, Part, Then, Type};
pub(crate) use check::{min_bytes, part_bytes};
use market_data as md;

/// Every known message, in the order of the MsgTypes.
pub const MESSAGES: &[Message] = &[
    session::LOGON,
    session::LOGOUT,
    session::HEARTBEAT,
    trading::TRADING_BUSINESS_REJECT,
    trading::REPORT_SYNCHRONIZATION,
    trading::PLATFORM_STATE_INFO,
    trading::REPORT_FINISHED,
    md::BUSINESS_REJECT,
    trading::PLATFORM_INFO,
    trading::TRADING_SESSION_STATUS,
    trading::NEW_ORDER,
    trading::ORDER_CANCEL_REQUEST,
    trading::ORDER_REPORT,
    trading::FILL_REPORT,
    trading::CANCEL_REJECT,
    md::AUCTION_SNAPSHOT,
    ticks::AUCTION_TRADE,
    ticks::AUCTION_ORDER,
    md::BOND_SNAPSHOT,
    ticks::BOND_TRADE,
    ticks::BOND_ORDER,
    ticks::BOND_NEGOTIATED_TRADE,
    ticks::BOND_QUOTE_ORDER,
    ticks::BOND_BIDDING_TRADE,
    ticks::BOND_BIDDING_ORDER,
    ticks::AGREEMENT_TRADE,
    ticks::AGREEMENT_ORDER,
    md::BLOCK_SNAPSHOT,
    ticks::REFINANCING_TRADE,
    ticks::REFINANCING_ORDER,
    md::FIXED_PRICE_SNAPSHOT,
    md::HK_SNAPSHOT,
    md::INDEX_SNAPSHOT,
    md::VOLUME_STATISTICS,
    md::ANNOUNCEMENT,
    md::SECURITY_STATUS,
    md::MARKET_STATUS,
    md::CHANNEL_STATISTICS,
    md::USER_INFO_REPORT,
    md::RESEND,
    md::CHANNEL_HEARTBEAT,
];

/// Groups inside groups, the message itself counted: message, entry, queue.
pub(crate) const MAX_DEPTH: usize = 3;

const _: () = check::table(MESSAGES, MAX_DEPTH);

/// FNV-1a 64 over types, names, offsets, lengths and groups: two builds agree on the layout iff
/// their numbers agree. Shown as 16 hex digits.
pub const PROTOCOL_ID: u64 = check::fingerprint(MESSAGES);

/// Place of this type in [`MESSAGES`]; one multiplication and one comparison, whatever the type.
#[inline]
pub const fn place(msg_type: u32) -> Option<usize> {
    let index = SLOTS[slot(msg_type, MULTIPLIER)] as usize;
    if index < MESSAGES.len() && MESSAGES[index].msg_type == msg_type { Some(index) } else { None }
}

/// The message of this type, as fast.
#[inline]
pub const fn find(msg_type: u32) -> Option<&'static Message> {
    match place(msg_type) {
        Some(index) => Some(&MESSAGES[index]),
        None => None,
    }
}

const EMPTY: u8 = u8::MAX;
// Found at compile time, so that no two known types share a slot.
const MULTIPLIER: u32 = perfect_multiplier();
static SLOTS: [u8; 256] = match fill(MULTIPLIER) {
    Some(slots) => slots,
    None => panic!("two types share a slot"),
};

const fn slot(msg_type: u32, multiplier: u32) -> usize {
    (msg_type.wrapping_mul(multiplier) >> 24) as usize
}

const fn fill(multiplier: u32) -> Option<[u8; 256]> {
    let mut slots = [EMPTY; 256];
    let mut i = 0;
    while i < MESSAGES.len() {
        let at = slot(MESSAGES[i].msg_type, multiplier);
        if slots[at] != EMPTY {
            return None;
        }
        slots[at] = i as u8;
        i += 1;
    }
    Some(slots)
}

const fn perfect_multiplier() -> u32 {
    let mut multiplier = 0x9e37_79b1u32;
    while fill(multiplier).is_none() {
        multiplier = multiplier.wrapping_mul(0x2c1b_3c6d).wrapping_add(2);
    }
    multiplier
}

/// One row of a field list.
const fn f(
    name: &'static str,
    offset: u16,
    len: u16,
    ty: Type,
    confidence: Confidence,
    doc: &'static str,
) -> Field {
    Field { name, offset, len, ty, confidence, doc }
}

/// A part with nothing after it.
const fn flat(name: &'static str, fields: &'static [Field]) -> Part {
    Part { name, fields, then: Then::Nothing }
}

/// A part whose last field counts the entries of a group.
const fn grouped(
    name: &'static str,
    fields: &'static [Field],
    group: &'static str,
    entry: &'static [Part],
) -> Part {
    Part { name, fields, then: Then::Group(Group { name: group, entry }) }
}

/// A common head and what a message adds to it, as one list; `N` is the length of both together.
const fn extended<const N: usize>(head: &[Field], extension: &[Field]) -> [Field; N] {
    assert!(N == head.len() + extension.len());
    let mut all = [head[0]; N];
    let mut i = 0;
    while i < N {
        all[i] = if i < head.len() { head[i] } else { extension[i - head.len()] };
        i += 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn find_agrees_with_a_linear_search() {
        for msg_type in (0..400_000).chain([u32::MAX, u32::MAX - 1, 1 << 31]) {
            let slow = MESSAGES.iter().find(|m| m.msg_type == msg_type);
            assert_eq!(find(msg_type).map(|m| m.name), slow.map(|m| m.name), "{msg_type}");
        }
    }
}
