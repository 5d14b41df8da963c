//! The same number of messages in the protocol of each reader, from a seed.

use dbn::encode::EncodeRecord;
use dbn::encode::dbn::Encoder;
use dbn::enums::rtype;
use dbn::{FlagSet, MboMsg, Metadata, RecordHeader, SType, Schema};
use tidegate_bench::Random;
use tidegate_protocol::frame;
use tidegate_protocol::limits::HEADER_BYTES;
use tidegate_protocol::message::{AuctionOrder, AuctionTrade};

/// Seed of every input.
pub const SEED: u64 = 1;
/// One message of so many is damaged.
const EVERY: usize = 1_000;

/// What one bit is flipped in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// Nothing.
    None,
    /// The last byte of the price.
    Price,
    /// The type of the message.
    Type,
}

impl Damage {
    /// Name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Price => "price",
            Self::Type => "type",
        }
    }
}

/// Flips a bit in every message whose turn it is. `next` gives length, place of the type and of the price's last byte.
fn damaged(
    mut bytes: Vec<u8>,
    mut at: usize,
    damage: Damage,
    next: impl Fn(&[u8]) -> (usize, usize, usize),
) -> Vec<u8> {
    let mut number = 0;
    while damage != Damage::None && at < bytes.len() {
        let (length, type_at, price_at) = next(&bytes[at..]);
        number += 1;
        if number % EVERY == 0 {
            match damage {
                Damage::None => {}
                Damage::Price => bytes[at + price_at] ^= 1,
                Damage::Type => bytes[at + type_at] ^= 0x40,
            }
        }
        at += length;
    }
    bytes
}

/// SZSE Binary, as [`tidegate_bench::ticks`].
pub fn szse(messages: usize, seed: u64, damage: Damage) -> Vec<u8> {
    const ORDER_PRICE_AT: usize = HEADER_BYTES + AuctionOrder::PRICE_AT + 7;
    const TRADE_PRICE_AT: usize = HEADER_BYTES + AuctionTrade::LAST_PX_AT + 7;
    damaged(tidegate_bench::ticks(messages, seed), 0, damage, |bytes| {
        let length = frame::holds(bytes).expect("a frame");
        let is_trade = frame::body(&bytes[..length]).len() == AuctionTrade::LEN;
        (length, 3, if is_trade { TRADE_PRICE_AT } else { ORDER_PRICE_AT })
    })
}

/// ITCH 5.0, as [`tidegate_bench::itch`].
pub fn itch(messages: usize, seed: u64, damage: Damage) -> Vec<u8> {
    damaged(tidegate_bench::itch(messages, seed), 0, damage, |bytes| {
        (2 + usize::from(u16::from_be_bytes([bytes[0], bytes[1]])), 2, 2 + 35)
    })
}

/// DBN with MBO records, by its own encoder: 45 % trades, 2,000 instruments.
pub fn dbn_mbo(messages: usize, seed: u64, damage: Damage) -> Vec<u8> {
    const RECORD_BYTES: usize = size_of::<MboMsg>();
    let metadata = Metadata::builder()
        .dataset("XNAS.ITCH")
        .schema(Some(Schema::Mbo))
        .start(0)
        .stype_in(Some(SType::InstrumentId))
        .stype_out(SType::InstrumentId)
        .build();
    let mut bytes = Vec::with_capacity(messages * RECORD_BYTES + 4_096);
    let mut encoder = Encoder::new(&mut bytes, &metadata).expect("memory takes everything");
    let mut random = Random(seed);
    for number in 0..messages as u64 {
        let is_trade = random.below(100) < 45;
        let ts_event = 1_675_215_000_000_000_000 + number * 1_000;
        let record = MboMsg {
            hd: RecordHeader::new::<MboMsg>(rtype::MBO, 2, random.below(2_000) as u32, ts_event),
            order_id: number,
            price: (10_000 + random.below(2_000_000) as i64) * 100_000,
            size: 100 * (1 + random.below(1_000) as u32),
            flags: FlagSet::empty().set_last(),
            channel_id: 13,
            action: if is_trade { b'T' } else { b'A' } as _,
            side: b"BA"[random.below(2) as usize] as _,
            ts_recv: ts_event + 500,
            ts_in_delta: 200,
            sequence: number as u32,
        };
        encoder.encode_record(&record).expect("memory takes everything");
    }
    let head_bytes = bytes.len() - messages * RECORD_BYTES;
    // Little-endian: the least byte of the price is its first.
    damaged(bytes, head_bytes, damage, |_| (RECORD_BYTES, 1, 24))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_come_from_the_seed_alone() {
        for make in [szse, itch, dbn_mbo] {
            let input = make(3_000, SEED, Damage::None);
            assert_eq!(input, make(3_000, SEED, Damage::None));
            assert_ne!(input, make(3_000, SEED + 1, Damage::None));
            for damage in [Damage::Price, Damage::Type] {
                let damaged = make(3_000, SEED, damage);
                assert_eq!(damaged, make(3_000, SEED, damage));
                let differ = input.iter().zip(&damaged).filter(|(a, b)| a != b).count();
                assert_eq!((damaged.len(), differ), (input.len(), 3));
            }
        }
    }
}
