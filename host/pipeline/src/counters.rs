//! What the engine counts. Everything that is not passed on is counted here.

use tidegate_protocol::table::MESSAGES;
use tidegate_protocol::{FaultCode, msg_type};

use crate::record::Kind;

/// Unknown message types that are counted one by one; the rest go into one sum.
pub const UNKNOWN_TYPES: usize = 64;

/// The counters of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counters {
    /// Bytes that were framed or swallowed, over all sessions.
    pub bytes: u64,
    /// Framed messages.
    pub messages: u64,
    /// Framed messages of each known type, in the order of the table.
    pub by_type: [u64; MESSAGES.len()],
    /// Framed messages of unknown types: the first types met, with their counts.
    pub unknown: [(u32, u64); UNKNOWN_TYPES],
    /// Framed messages of further unknown types.
    pub unknown_rest: u64,
    /// Faults, by the number of their code.
    pub faults: [u64; 256],
    /// Bytes swallowed by dead sessions and dead links.
    pub swallowed_bytes: u64,
    /// Bytes behind the known part of a body (fields of later versions).
    pub surplus_bytes: u64,
    /// Ticks at or below their channel's last ApplSeqNum: decoded, not applied.
    pub duplicates: u64,
    /// Jumps of ApplSeqNum.
    pub jumps: u64,
    /// Numbers left out by these jumps; stays at the greatest number it can hold.
    pub jumped_numbers: u64,
    /// Records of securities without a row: decoded, not applied.
    pub unnamed: u64,
    /// Snapshots older than their row's: decoded, not applied.
    pub stale: u64,
    /// Time stamps earlier than the pipeline's time.
    pub clamped_times: u64,
    /// Prices of constituents set.
    pub index_updates: u64,
    /// 309011 messages of the index that were compared.
    pub index_compared: u64,
    /// Greatest difference from them, in 1e-6 points.
    pub index_difference_e6: u64,
}

/// Place of a type in the table.
const fn place_of(msg_type: u32) -> usize {
    let mut place = 0;
    while MESSAGES[place].msg_type != msg_type {
        place += 1;
    }
    place
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            bytes: 0,
            messages: 0,
            by_type: [0; MESSAGES.len()],
            unknown: [(0, 0); UNKNOWN_TYPES],
            unknown_rest: 0,
            faults: [0; 256],
            swallowed_bytes: 0,
            surplus_bytes: 0,
            duplicates: 0,
            jumps: 0,
            jumped_numbers: 0,
            unnamed: 0,
            stale: 0,
            clamped_times: 0,
            index_updates: 0,
            index_compared: 0,
            index_difference_e6: 0,
        }
    }
}

impl Counters {
    /// Faults of one code.
    pub fn faults_of(&self, code: FaultCode) -> u64 {
        self.faults[code as usize]
    }

    /// All faults.
    pub fn faults_total(&self) -> u64 {
        self.faults.iter().sum()
    }

    /// Counts a framed 300191 or 300192.
    #[inline]
    pub(crate) fn tick(&mut self, kind: Kind) {
        const TRADE: usize = place_of(msg_type::AUCTION_TRADE);
        const ORDER: usize = place_of(msg_type::AUCTION_ORDER);
        self.messages += 1;
        self.by_type[if kind == Kind::Trade { TRADE } else { ORDER }] += 1;
    }

    /// Counts a framed message by its type.
    pub(crate) fn message(&mut self, msg_type: u32) {
        self.messages += 1;
        if let Ok(known) = MESSAGES.binary_search_by_key(&msg_type, |m| m.msg_type) {
            self.by_type[known] += 1;
            return;
        }
        for slot in &mut self.unknown {
            if slot.1 == 0 || slot.0 == msg_type {
                *slot = (msg_type, slot.1 + 1);
                return;
            }
        }
        self.unknown_rest += 1;
    }
}
