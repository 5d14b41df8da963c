//! Runs of whole, intact 300192 and 300191 messages: the hot path.
//!
//! What lies in a buffer is read in place and without a branch that depends on which of the two
//! comes next: a trade is an order with 16 bytes more in the middle. Everything else, and
//! everything wrong, is left to [`crate::frame`] and [`crate::decode`], which give the same records.

#[cfg(target_arch = "x86_64")]
mod avx512;

use tidegate_protocol::limits::{HEADER_BYTES, TRAILER_BYTES};
use tidegate_protocol::message::{AuctionOrder, AuctionTrade};
use tidegate_protocol::msg_type;
use tidegate_protocol::units::{PriceE4, QtyE2, Timestamp};

use crate::record::{Kind, Tag, Tick};

/// Where a run starts.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// Number of the first message.
    pub msg: u64,
    /// Offset of its first byte in its stream.
    pub offset: u64,
    /// Session.
    pub session: u16,
}

/// What a run took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Bytes, whole messages.
    pub bytes: usize,
    /// Messages.
    pub messages: u64,
}

const ORDER_BYTES: usize = HEADER_BYTES + AuctionOrder::LEN + TRAILER_BYTES;
const TRADE_BYTES: usize = HEADER_BYTES + AuctionTrade::LEN + TRAILER_BYTES;

/// Header of a message without fields of a later version.
const fn header(msg_type: u32, body_len: usize) -> u64 {
    (msg_type as u64) << 32 | body_len as u64
}
/// Orders, trades.
const HEADERS: [u64; 2] = [
    header(msg_type::AUCTION_ORDER, AuctionOrder::LEN),
    header(msg_type::AUCTION_TRADE, AuctionTrade::LEN),
];
/// The lengths differ in their last bit, which tells the two apart without a compare.
const _: () = assert!(HEADERS[0] & 1 == 1 && HEADERS[1] & 1 == 0);

const KINDS: [Kind; 2] = [Kind::Order, Kind::Trade];

/// A trade has two sequence numbers more than an order, in front of SecurityID.
const SHIFT: usize = AuctionTrade::SECURITY_ID_AT - AuctionOrder::SECURITY_ID_AT;
const _: () = {
    assert!(AuctionTrade::CHANNEL_NO_AT == AuctionOrder::CHANNEL_NO_AT);
    assert!(AuctionTrade::APPL_SEQ_NUM_AT == AuctionOrder::APPL_SEQ_NUM_AT);
    assert!(AuctionTrade::MD_STREAM_ID_AT == AuctionOrder::MD_STREAM_ID_AT);
    assert!(AuctionTrade::SECURITY_ID_SOURCE_AT == AuctionOrder::SECURITY_ID_SOURCE_AT + SHIFT);
    assert!(AuctionTrade::LAST_PX_AT == AuctionOrder::PRICE_AT + SHIFT);
    assert!(AuctionTrade::LAST_QTY_AT == AuctionOrder::ORDER_QTY_AT + SHIFT);
    assert!(AuctionTrade::EXEC_TYPE_AT == AuctionOrder::SIDE_AT + SHIFT);
    assert!(AuctionTrade::TRANSACT_TIME_AT == AuctionOrder::TRANSACT_TIME_AT + SHIFT);
};

/// Reads ticks from the start of `bytes` until something else comes, or what is left is no whole one.
#[inline]
pub fn run(bytes: &[u8], start: Start, out: impl FnMut(&mut Tick)) -> Taken {
    #[cfg(target_arch = "x86_64")]
    if avx512::is_available() {
        return avx512::run(bytes, start, out);
    }
    portable(bytes, start, out)
}

/// Whether [`run`] uses AVX-512 on this machine.
pub fn uses_avx512() -> bool {
    #[cfg(target_arch = "x86_64")]
    return avx512::is_available();
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// [`run`] in plain Rust, for every machine.
#[inline]
pub fn portable(bytes: &[u8], start: Start, mut out: impl FnMut(&mut Tick)) -> Taken {
    let mut taken = Taken::default();
    let mut padded = [0; TRADE_BYTES];
    loop {
        let left = &bytes[taken.bytes..];
        let window = match left.first_chunk::<TRADE_BYTES>() {
            Some(window) => window,
            // An order that ends a packet: shorter than the window, and often alone.
            None if left.len() >= ORDER_BYTES && left.starts_with(&HEADERS[0].to_be_bytes()) => {
                padded[..ORDER_BYTES].copy_from_slice(&left[..ORDER_BYTES]);
                &padded
            }
            None => break,
        };
        let found = u64::from_be_bytes(get(window, 0));
        // A compare would become a branch that half of the messages take.
        let which = (!found & 1) as usize;
        if found != HEADERS[which] {
            break;
        }
        let len = ORDER_BYTES + which * (TRADE_BYTES - ORDER_BYTES);
        let only_trade = (which as i64).wrapping_neg();
        let common = sum(&window[..ORDER_BYTES - TRAILER_BYTES]);
        let rest: &[u8; TRADE_BYTES - ORDER_BYTES] =
            window[ORDER_BYTES - TRAILER_BYTES..].first_chunk().expect("15 bytes");
        let sum = common.wrapping_add(sum(&rest.map(|byte| byte & only_trade as u8)));
        let trailer = u32::from_be_bytes(get(window, len - TRAILER_BYTES));
        if trailer != u32::from(sum) {
            break;
        }
        let shift = which * SHIFT;
        let body = |at: usize| HEADER_BYTES + at;
        let i64_at = |at: usize| i64::from_be_bytes(get(window, body(at)));
        let tag = Tag {
            msg: start.msg + taken.messages,
            offset: start.offset + taken.bytes as u64,
            msg_type: (found >> 32) as u32,
            session: start.session,
            kind: KINDS[which],
            flags: 0,
        };
        let mut tick = Tick {
            tag,
            appl_seq_num: i64_at(AuctionOrder::APPL_SEQ_NUM_AT),
            bid_appl_seq_num: i64_at(AuctionTrade::BID_APPL_SEQ_NUM_AT) & only_trade,
            offer_appl_seq_num: i64_at(AuctionTrade::OFFER_APPL_SEQ_NUM_AT) & only_trade,
            security: get(window, body(AuctionOrder::SECURITY_ID_AT + shift)),
            price: PriceE4(i64_at(AuctionOrder::PRICE_AT + shift)),
            quantity: QtyE2(i64_at(AuctionOrder::ORDER_QTY_AT + shift)),
            time: Timestamp(i64_at(AuctionOrder::TRANSACT_TIME_AT + shift)),
            channel: u16::from_be_bytes(get(window, body(AuctionOrder::CHANNEL_NO_AT))),
            source: get(window, body(AuctionOrder::SECURITY_ID_SOURCE_AT + shift)),
            code: window[body(AuctionOrder::SIDE_AT + shift)],
            ord_type: window[body(AuctionOrder::ORD_TYPE_AT)] & !only_trade as u8,
            stream: get(window, body(AuctionOrder::MD_STREAM_ID_AT)),
        };
        out(&mut tick);
        taken.bytes += len;
        taken.messages += 1;
    }
    taken
}

#[inline(always)]
fn get<const N: usize>(window: &[u8; TRADE_BYTES], at: usize) -> [u8; N] {
    window[at..at + N].try_into().expect("N bytes inside the window")
}

#[inline(always)]
fn sum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum: u8, &byte| sum.wrapping_add(byte))
}
