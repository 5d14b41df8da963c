//! The small feeds: bytes that stand in a text, in the forms that engines read.

use crate::beats::WORD_BYTES as WORD;

/// The setup that the published sample is read with.
pub const TOE_SETUP: &str = "# The setup that goes with the published sample.\n\
    [toe]\n\
    # Four bytes of unknown meaning stand before the message.\n\
    prefix_bytes = 4\n";

/// The bytes of a text of hexadecimal lines; lines that start with # are comments.
///
/// # Panics
///
/// When a line is not pairs of hexadecimal digits.
pub fn hex(text: &str) -> Vec<u8> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let digits: Vec<u8> = lines.flat_map(str::bytes).collect();
    let value = |digit: u8| char::from(digit).to_digit(16).expect("a hexadecimal digit") as u8;
    let pairs = digits.chunks(2);
    pairs.map(|pair| value(pair[0]) << 4 | value(pair[1])).collect()
}

/// The constructed frames, one behind the other.
pub fn worked_examples() -> Vec<u8> {
    hex(include_str!("../worked-examples/worked-examples.hex"))
}

/// The published words of a TOE, as printed: most significant byte first.
pub fn toe_printed() -> Vec<u8> {
    hex(include_str!("../toe-sample/sample-printed.hex"))
}

/// Printed words as a channel carries them, and back.
pub fn reversed(words: &[u8]) -> Vec<u8> {
    words.chunks(WORD).flat_map(|word| word.iter().rev().copied()).collect()
}

/// The payload as it was before somebody wrote its bytes from 0x80 on as UTF-8.
///
/// # Panics
///
/// When the payload is not such text.
pub fn repaired(payload: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(payload).expect("the damaged payload is UTF-8");
    text.chars().map(|c| u8::try_from(c).expect("a character below 256")).collect()
}

/// The sample with its payload repaired and its length set right, as a channel carries it.
pub fn toe_repaired() -> Vec<u8> {
    let printed = toe_printed();
    let (header, data) = printed.split_at(WORD);
    let length = usize::from(header[WORD - 1]);
    let payload = repaired(&data[..length]);
    let mut words = header.to_vec();
    words[WORD - 1] = payload.len() as u8;
    words.extend(&payload);
    words.resize(words.len().next_multiple_of(WORD), 0);
    reversed(&words)
}
