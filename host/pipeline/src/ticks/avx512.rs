//! [`super::run`] with AVX-512 VBMI: one byte permutation turns a message into a record.
//!
//! Unsafe because it loads and stores vectors through pointers; `portable` is its safe twin, and a
//! test holds both to the same records.
#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m512i, _mm512_add_epi8, _mm512_loadu_si512, _mm512_maskz_mov_epi8,
    _mm512_maskz_permutex2var_epi8, _mm512_reduce_add_epi64, _mm512_sad_epu8, _mm512_setzero_si512,
    _mm512_storeu_si512,
};
use std::mem::{MaybeUninit, offset_of};

use tidegate_protocol::limits::{HEADER_BYTES, TRAILER_BYTES};
use tidegate_protocol::message::{AuctionOrder, AuctionTrade};

use super::{HEADERS, KINDS, ORDER_BYTES, SHIFT, Start, TRADE_BYTES, Taken, portable};
use crate::record::{Tag, Tick};

/// Bytes that two vector loads read.
const VECTORS: usize = 128;
const _: () = assert!(VECTORS >= TRADE_BYTES + HEADER_BYTES);

/// The fields of a tick from ApplSeqNum to OrdType, which one vector holds.
const FIELDS_AT: usize = offset_of!(Tick, appl_seq_num);
const FIELDS: usize = 64;
const _: () = assert!(offset_of!(Tick, stream) == FIELDS_AT + FIELDS);
const _: () = assert!(size_of::<Tick>() >= FIELDS_AT + FIELDS + 4);

/// For each byte of the fields: which byte of the message goes there, and whether any does.
struct Shuffle {
    from: [u8; FIELDS],
    mask: u64,
}

/// Orders, trades.
static SHUFFLES: [Shuffle; 2] = [shuffle(false), shuffle(true)];

/// Bytes that the checksum covers, in the two vectors of the window.
static SUMMED: [[u64; 2]; 2] =
    [summed(ORDER_BYTES - TRAILER_BYTES), summed(TRADE_BYTES - TRAILER_BYTES)];

const fn summed(bytes: usize) -> [u64; 2] {
    if bytes < 64 { [(1 << bytes) - 1, 0] } else { [u64::MAX, (1 << (bytes - 64)) - 1] }
}

/// Puts `len` bytes of the body at `body_at` to `field_at` in the record; big-endian numbers are
/// turned round.
const fn field(
    mut shuffle: Shuffle,
    field_at: usize,
    body_at: usize,
    len: usize,
    number: bool,
) -> Shuffle {
    let mut byte = 0;
    while byte < len {
        let source = if number { len - 1 - byte } else { byte };
        let place = field_at - FIELDS_AT + byte;
        shuffle.from[place] = (HEADER_BYTES + body_at + source) as u8;
        shuffle.mask |= 1 << place;
        byte += 1;
    }
    shuffle
}

const fn shuffle(is_trade: bool) -> Shuffle {
    let by = if is_trade { SHIFT } else { 0 };
    let s = Shuffle { from: [0; FIELDS], mask: 0 };
    let s = field(s, offset_of!(Tick, appl_seq_num), AuctionOrder::APPL_SEQ_NUM_AT, 8, true);
    let s = field(s, offset_of!(Tick, security), AuctionOrder::SECURITY_ID_AT + by, 8, false);
    let s = field(s, offset_of!(Tick, price), AuctionOrder::PRICE_AT + by, 8, true);
    let s = field(s, offset_of!(Tick, quantity), AuctionOrder::ORDER_QTY_AT + by, 8, true);
    let s = field(s, offset_of!(Tick, time), AuctionOrder::TRANSACT_TIME_AT + by, 8, true);
    let s = field(s, offset_of!(Tick, channel), AuctionOrder::CHANNEL_NO_AT, 2, true);
    let s = field(s, offset_of!(Tick, source), AuctionOrder::SECURITY_ID_SOURCE_AT + by, 4, false);
    let s = field(s, offset_of!(Tick, code), AuctionOrder::SIDE_AT + by, 1, false);
    if is_trade {
        let bid = AuctionTrade::BID_APPL_SEQ_NUM_AT;
        let offer = AuctionTrade::OFFER_APPL_SEQ_NUM_AT;
        let s = field(s, offset_of!(Tick, bid_appl_seq_num), bid, 8, true);
        field(s, offset_of!(Tick, offer_appl_seq_num), offer, 8, true)
    } else {
        field(s, offset_of!(Tick, ord_type), AuctionOrder::ORD_TYPE_AT, 1, false)
    }
}

/// Whether this machine can.
#[inline]
pub(super) fn is_available() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vbmi")
}

/// [`super::run`]; [`is_available`] must have said yes.
#[inline]
pub(super) fn run(bytes: &[u8], start: Start, mut out: impl FnMut(&mut Tick)) -> Taken {
    // SAFETY: the caller asked `is_available`.
    let taken = unsafe { vectors(bytes, start, &mut out) };
    // The last bytes are too few for whole vectors.
    let rest = Start {
        msg: start.msg + taken.messages,
        offset: start.offset + taken.bytes as u64,
        session: start.session,
    };
    let last = portable(&bytes[taken.bytes..], rest, out);
    Taken { bytes: taken.bytes + last.bytes, messages: taken.messages + last.messages }
}

/// 0 where an order may start, 1 where a trade may; only [`HEADERS`] tells whether one does.
/// A compare would become a branch that half of the messages take.
#[inline(always)]
fn which(bytes: &[u8], at: usize) -> usize {
    usize::from(!bytes[at + HEADER_BYTES - 1] & 1)
}

/// [`which`] for the message behind this one, read at both places where it may start, so that the
/// next step does not wait for this one's length.
#[inline(always)]
fn which_next(window: &[u8; VECTORS], this: usize) -> usize {
    let (order, trade) = (which(window, ORDER_BYTES), which(window, TRADE_BYTES));
    order ^ ((order ^ trade) & this.wrapping_neg())
}

/// The last 8 bytes of a tag, which are the same for every order and every trade of a run.
fn tail(which: usize, session: u16) -> u64 {
    let msg_type = HEADERS[which] >> 32;
    msg_type | u64::from(session) << 32 | (KINDS[which] as u64) << 48
}
const _: () = {
    assert!(
        offset_of!(Tick, tag) == 0 && offset_of!(Tag, msg) == 0 && offset_of!(Tag, offset) == 8
    );
    assert!(offset_of!(Tag, msg_type) == 16 && offset_of!(Tag, session) == 20);
    assert!(offset_of!(Tag, kind) == 22 && offset_of!(Tag, flags) == 23 && size_of::<Tag>() == 24);
};

/// # Safety
/// The machine must have the features named.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
unsafe fn vectors(bytes: &[u8], start: Start, out: &mut impl FnMut(&mut Tick)) -> Taken {
    let mut taken = Taken::default();
    let tails = [tail(0, start.session), tail(1, start.session)];
    let mut next = if bytes.len() < HEADER_BYTES { 0 } else { which(bytes, 0) };
    while let Some(window) = bytes[taken.bytes..].first_chunk::<VECTORS>() {
        let which = next;
        next = which_next(window, which);
        if *window.first_chunk().expect("8 of 128 bytes") != HEADERS[which].to_be_bytes() {
            break;
        }
        let len = ORDER_BYTES + which * (TRADE_BYTES - ORDER_BYTES);
        // SAFETY: the window has the 128 bytes that both loads read; neither needs alignment.
        let (low, high): (__m512i, __m512i) = unsafe {
            let at = window.as_ptr();
            (_mm512_loadu_si512(at.cast()), _mm512_loadu_si512(at.add(64).cast()))
        };
        // Only the sum modulo 256 counts, so bytes may wrap before they are summed up.
        let [mask_low, mask_high] = SUMMED[which];
        let bytes_summed = _mm512_add_epi8(
            _mm512_maskz_mov_epi8(mask_low, low),
            _mm512_maskz_mov_epi8(mask_high, high),
        );
        let sums = _mm512_sad_epu8(bytes_summed, _mm512_setzero_si512());
        let sum = _mm512_reduce_add_epi64(sums) as u32;
        // Three zeros and the sum, read as a little-endian number.
        let trailer: [u8; TRAILER_BYTES] =
            window[len - TRAILER_BYTES..len].try_into().expect("4 bytes");
        if u32::from_le_bytes(trailer) != sum << 24 {
            break;
        }
        let shuffle = &SHUFFLES[which];
        let mut tick = MaybeUninit::<Tick>::uninit();
        let stream_at = HEADER_BYTES + AuctionOrder::MD_STREAM_ID_AT;
        let stream: [u8; 4] = window[stream_at..stream_at + 4].try_into().expect("4 bytes");
        // SAFETY: every field of the tick is written once: the 24 bytes of the tag (its number of
        // a kind is one of `KINDS`), the 64 bytes from the first field on, which any bytes fit, and
        // the stream behind them with one byte of padding. The assertions above prove that these
        // are all fields and lie inside the tick.
        let tick = unsafe {
            let place = tick.as_mut_ptr().cast::<u8>();
            place.cast::<u64>().write(start.msg + taken.messages);
            place.add(8).cast::<u64>().write(start.offset + taken.bytes as u64);
            place.add(16).cast::<u64>().write(tails[which]);
            let from = _mm512_loadu_si512(shuffle.from.as_ptr().cast());
            let fields = _mm512_maskz_permutex2var_epi8(shuffle.mask, low, from, high);
            _mm512_storeu_si512(place.add(FIELDS_AT).cast(), fields);
            place.add(FIELDS_AT + FIELDS).cast::<[u8; 4]>().write(stream);
            tick.assume_init_mut()
        };
        out(tick);
        taken.bytes += len;
        taken.messages += 1;
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_protocol::frame;

    /// What the vectors leave alone is read by others to the same records, only slower: so this
    /// looks at how far they come.
    #[test]
    fn the_vectors_take_every_tick_but_the_last_bytes() {
        if !is_available() {
            println!("skipped: this machine has no AVX-512 VBMI");
            return;
        }
        let mut bytes = Vec::new();
        for number in 0..200usize {
            // Orders and trades in every succession, with bytes that make every sum.
            let which = number * number % 7 % 2;
            let len = ORDER_BYTES + which * (TRADE_BYTES - ORDER_BYTES);
            let at = bytes.len();
            bytes.extend_from_slice(&HEADERS[which].to_be_bytes());
            bytes.extend((HEADER_BYTES..len).map(|byte| (byte * 31 + number) as u8));
            frame::seal(&mut bytes[at..]);
        }
        let start = Start { msg: 0, offset: 0, session: 0 };
        // SAFETY: `is_available` said yes.
        let taken = unsafe { vectors(&bytes, start, &mut |_| {}) };
        assert!(bytes.len() - taken.bytes < VECTORS, "{taken:?} of {}", bytes.len());
    }
}
