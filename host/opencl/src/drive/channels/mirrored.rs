//! What `mirror` keeps in the device's memory for a host that looks while the kernels run.

use tidegate_pipeline::events::DEPTH_BYTES;
use tidegate_protocol::kernel::{DepthLevel, QuoteRow};
use tidegate_protocol::limits::{BOOK_LEVELS, QUEUE_ITEMS};

/// Lines of 64 bytes of a mirrored row.
const ROW_LINE_BYTES: usize = 64;
/// Bytes of a mirrored row.
pub(super) const ROW_BYTES: usize = 4 * ROW_LINE_BYTES;
/// Words of 8 bytes of the row in it.
const ROW_WORDS: usize = QuoteRow::BYTES / 8;
/// Bytes of a row's levels.
pub(super) const LEVELS_BYTES: usize = 2 * BOOK_LEVELS * DepthLevel::BYTES;
/// Bytes of a row's queue quantities.
pub(super) const QUEUE_BYTES: usize = 8 * QUEUE_ITEMS;
const _: () = assert!(DEPTH_BYTES == LEVELS_BYTES + QUEUE_BYTES);

/// Something as `mirror` wrote it.
#[derive(Debug, Clone, PartialEq)]
pub enum Mirrored<T> {
    /// It was never written.
    Empty,
    /// It was read while it was written: read again.
    Torn,
    /// It is whole.
    Whole {
        /// Of a row the number of its update, of a depth that of its snapshot; from 1, over all rows.
        number: u64,
        /// What was written.
        value: Box<T>,
    },
}

/// A row from its four lines: whole when all have the same number and the sum is right.
pub(super) fn row(bytes: &[u8; ROW_BYTES]) -> Mirrored<QuoteRow> {
    let (words, _) = bytes.as_chunks::<8>();
    let words: Vec<u64> = words.iter().map(|word| u64::from_le_bytes(*word)).collect();
    let number = words[7];
    if words.iter().all(|word| *word == 0) {
        return Mirrored::Empty;
    }
    let data: Vec<u64> = words.chunks(8).flat_map(|line| line[..7].iter().copied()).collect();
    let sum = data[..ROW_WORDS]
        .iter()
        .zip(1..)
        .fold(number, |sum, (word, by)| sum.wrapping_add(word.rotate_left(by)));
    let agree = words.chunks(8).all(|line| line[7] == number);
    if !agree || sum != data[ROW_WORDS] {
        return Mirrored::Torn;
    }
    let mut row = [0; QuoteRow::BYTES];
    for (bytes, word) in row.chunks_exact_mut(8).zip(&data) {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
    Mirrored::Whole { number, value: Box::new(QuoteRow::parse(&row)) }
}

/// The depths of all rows, each its levels and then its queue quantities.
pub(super) fn depths(levels: &[u8], queues: &[u8]) -> Vec<u8> {
    let rows = levels.chunks(LEVELS_BYTES).zip(queues.chunks(QUEUE_BYTES));
    rows.flat_map(|(levels, queue)| levels.iter().chain(queue).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row as mirror writes it, with every word telling its update.
    fn mirrored(number: u64) -> [u8; ROW_BYTES] {
        let data: [u64; ROW_WORDS] = std::array::from_fn(|at| number * 1000 + at as u64);
        let rotated = data.iter().zip(1..).map(|(word, by)| word.rotate_left(by));
        let sum = rotated.fold(number, u64::wrapping_add);
        let mut data = data.to_vec();
        data.extend([sum, 0]);
        let lines = data.chunks(7).flat_map(|line| line.iter().copied().chain([number]));
        let bytes: Vec<u8> = lines.flat_map(u64::to_le_bytes).collect();
        bytes.try_into().expect("four lines")
    }

    /// Shows H17.
    #[test]
    fn a_row_is_whole_or_torn() {
        assert_eq!(row(&[0; ROW_BYTES]), Mirrored::Empty);
        let (old, new) = (mirrored(1), mirrored(2));
        for (bytes, wanted) in [(old, 1), (new, 2)] {
            let Mirrored::Whole { number, value } = row(&bytes) else { panic!("{wanted}") };
            assert_eq!((number, value.prev_close.0), (wanted, wanted as i64 * 1000 + 5));
        }
        // Whatever part of it is new already, 8 bytes at a time, in whichever order they are written.
        for from in 0..ROW_BYTES / 8 {
            for to in from + 1..=ROW_BYTES / 8 {
                let mut bytes = old;
                bytes[8 * from..8 * to].copy_from_slice(&new[8 * from..8 * to]);
                let found = row(&bytes);
                if bytes != old && bytes != new {
                    assert_eq!(found, Mirrored::Torn, "words {from} to {to}");
                }
            }
        }
        // Two lines of the same number that were not written together.
        let mut bytes = old;
        bytes[8] ^= 1;
        assert_eq!(row(&bytes), Mirrored::Torn);
    }

    #[test]
    fn levels_and_queues_of_a_row_come_together() {
        let levels = [[1; LEVELS_BYTES], [2; LEVELS_BYTES]].concat();
        let queues = [[3; QUEUE_BYTES], [4; QUEUE_BYTES]].concat();
        let both = depths(&levels, &queues);
        assert_eq!(both.len(), 2 * DEPTH_BYTES);
        assert_eq!((both[0], both[LEVELS_BYTES]), (1, 3));
        assert_eq!((both[DEPTH_BYTES], both[DEPTH_BYTES + LEVELS_BYTES]), (2, 4));
    }
}
