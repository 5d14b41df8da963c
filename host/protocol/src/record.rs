//! The records of the pipeline and the header of the datagrams in which they are published, as
//! [`crate::table::records`] lays them out.

pub use crate::table::records::{
    DATAGRAM_HEADER_BYTES, MAX_DATAGRAM_BYTES, MAX_DATAGRAM_RECORDS, PUBLISH_ID, PUBLISHED_FLAGS,
    RECORD_BYTES, TAG_BYTES,
};
#[path = "gen/record.rs"]
mod generated;
pub use generated::*;

/// What [`DatagramHeader::check`] of this datagram must be: the sum of its little-endian 32-bit
/// words, that of the check left out, modulo 2^32.
pub fn check(datagram: &[u8]) -> u32 {
    let (words, _) = datagram.as_chunks();
    let sum = |words: &[[u8; 4]]| {
        words.iter().fold(0, |sum: u32, &word| sum.wrapping_add(u32::from_le_bytes(word)))
    };
    let at = DatagramHeader::CHECK_AT / 4;
    sum(words).wrapping_sub(sum(words.get(at..=at).unwrap_or_default()))
}
