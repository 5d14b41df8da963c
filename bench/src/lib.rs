//! The bench harness: seeded inputs, the same bytes on every machine, and what a run of it files.
#![deny(unsafe_code)]

pub mod bounds;
pub mod capacity;
pub mod checkout;
pub mod clock;
pub mod conclude;
pub mod counts;
pub mod definition;
pub mod diff;
pub mod emulated;
pub mod engine;
pub mod feed;
pub mod histogram;
pub mod load;
pub mod machine;
pub mod mix;
pub mod model;
pub mod native;
pub mod pace;
pub mod passes;
pub mod peak;
pub mod peers;
pub mod probes;
pub mod reference;
pub mod report;
pub mod result;
pub mod rooms;
pub mod row;
pub mod scaling;
pub mod segments;
pub mod sources;
pub mod stages;
pub mod stale;
pub mod stamp;
pub mod statistics;
pub mod store;
pub mod table;
mod tsc;

use tidegate_pipeline::securities::SecurityId;
use tidegate_protocol::limits::{HEADER_BYTES, TRAILER_BYTES};
use tidegate_protocol::message::{AuctionOrder, AuctionTrade};
use tidegate_protocol::units::{PriceE4, QtyE2, Timestamp};
use tidegate_protocol::{frame, msg_type};

/// SplitMix64: small, seeded, and good enough to shuffle.
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which must be above 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
    }
}

/// `messages` of 300192 and 300191 in random order, 45 % trades, of 2 000 securities on one
/// channel with ApplSeqNum from 1.
pub fn ticks(messages: usize, seed: u64) -> Vec<u8> {
    let mut random = Random(seed);
    let mut bytes = Vec::with_capacity(messages * 72);
    for number in 1..=messages as i64 {
        let mut security_id = *b"000000  ";
        security_id[..6].copy_from_slice(format!("{:06}", random.below(2_000)).as_bytes());
        let price = PriceE4(10_000 + random.below(2_000_000) as i64);
        let quantity = QtyE2(10_000 * (1 + random.below(1_000) as i64));
        let time = Timestamp(20_230_201_093_000_000 + number / 100 % 60_000);
        let common = (*b"011", *b"102 ");
        if random.below(100) < 45 {
            let part = AuctionTrade {
                channel_no: 2013,
                appl_seq_num: number,
                md_stream_id: common.0,
                bid_appl_seq_num: random.below(number as u64) as i64,
                offer_appl_seq_num: random.below(number as u64) as i64,
                security_id,
                security_id_source: common.1,
                last_px: price,
                last_qty: quantity,
                exec_type: if random.below(5) == 0 { b'4' } else { b'F' },
                transact_time: time,
            };
            frame_of(&mut bytes, msg_type::AUCTION_TRADE, |body| part.emit(body));
        } else {
            let part = AuctionOrder {
                channel_no: 2013,
                appl_seq_num: number,
                md_stream_id: common.0,
                security_id,
                security_id_source: common.1,
                price,
                order_qty: quantity,
                side: b"12"[random.below(2) as usize],
                transact_time: time,
                ord_type: b'2',
            };
            frame_of(&mut bytes, msg_type::AUCTION_ORDER, |body| part.emit(body));
        }
    }
    bytes
}

/// The securities of [`ticks`].
pub fn securities() -> Vec<SecurityId> {
    (0..2_000)
        .map(|number| {
            let mut id = *b"000000  ";
            id[..6].copy_from_slice(format!("{number:06}").as_bytes());
            id
        })
        .collect()
}

fn frame_of<const N: usize>(out: &mut Vec<u8>, msg_type: u32, emit: impl FnOnce(&mut [u8; N])) {
    let mut body = [0; N];
    emit(&mut body);
    let at = out.len();
    out.extend_from_slice(&msg_type.to_be_bytes());
    out.extend_from_slice(&[0; HEADER_BYTES - 4]);
    out.extend_from_slice(&body);
    out.extend_from_slice(&[0; TRAILER_BYTES]);
    frame::seal(&mut out[at..]);
}

/// `messages` of ITCH 5.0 in random order, 45 % non-cross trades (P), the rest orders (A), each
/// behind its 2-byte length: for the peers that read that protocol.
pub fn itch(messages: usize, seed: u64) -> Vec<u8> {
    let mut random = Random(seed);
    let mut bytes = Vec::with_capacity(messages * 44);
    for number in 0..messages as u64 {
        let is_trade = random.below(100) < 45;
        let mut body = vec![if is_trade { b'P' } else { b'A' }];
        let stock = random.below(2_000);
        body.extend((stock as u16).to_be_bytes());
        body.extend(0u16.to_be_bytes());
        body.extend(&(34_200_000_000_000 + number * 1_000).to_be_bytes()[2..]);
        body.extend(number.to_be_bytes());
        body.push(b"BS"[random.below(2) as usize]);
        body.extend((100 * (1 + random.below(1_000) as u32)).to_be_bytes());
        body.extend(format!("S{stock:<7}").as_bytes());
        body.extend((10_000 + random.below(2_000_000) as u32).to_be_bytes());
        if is_trade {
            body.extend(number.to_be_bytes());
        }
        bytes.extend((body.len() as u16).to_be_bytes());
        bytes.extend(body);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inputs_are_what_they_say() {
        let bytes = ticks(10_000, 1);
        let (mut at, mut trades) = (0, 0);
        while at < bytes.len() {
            at += frame::holds(&bytes[at..]).expect("a frame");
            trades += 1;
        }
        assert_eq!(trades, 10_000);
        assert_eq!(ticks(1_000, 1), bytes[..ticks(1_000, 1).len()]);
        assert_ne!(ticks(1_000, 1), ticks(1_000, 2));
        assert_eq!(itch(1_000, 1), itch(1_000, 1));
        assert_ne!(itch(1_000, 1), itch(1_000, 2));
        let shares = (bytes.len() - 10_000 * 63) / 15;
        assert!((4_300..4_700).contains(&shares), "{shares} trades");
    }
}
