//! Text fields: from the bytes on the wire to Unicode and back, without loss.

use std::borrow::Cow;

use encoding_rs::GBK;
use tidegate_protocol::schema::Type;
use tidegate_protocol::units::trim_padding;

/// The text of a field without its padding. `None` where the bytes are not text of this type, or
/// are text that would not come back as the same bytes.
pub(crate) fn read(ty: Type, raw: &[u8]) -> Option<Cow<'_, str>> {
    let bytes = trim_padding(raw);
    if bytes.is_ascii() {
        return std::str::from_utf8(bytes).ok().map(Cow::Borrowed);
    }
    if ty != Type::Gbk {
        return None;
    }
    // The decoder also takes the four-byte forms of GB 18030, which are not GBK.
    let text = GBK.decode_without_bom_handling_and_without_replacement(bytes)?;
    let (back, _, lossy) = GBK.encode(&text);
    (!lossy && *back == *bytes).then_some(text)
}

/// The bytes of a text, not yet padded; `None` where the type has no such characters.
pub(crate) fn write(ty: Type, text: &str) -> Option<Cow<'_, [u8]>> {
    if text.is_ascii() {
        return Some(Cow::Borrowed(text.as_bytes()));
    }
    if ty != Type::Gbk {
        return None;
    }
    let (bytes, _, lossy) = GBK.encode(text);
    (!lossy).then_some(bytes)
}

/// Whether the padding is spaces only: then the text alone gives the same bytes again.
pub(crate) fn padded_with_spaces(raw: &[u8]) -> bool {
    raw[trim_padding(raw).len()..].iter().all(|&byte| byte == b' ')
}

/// Bytes from hexadecimal digits of either case.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|&[high, low]| Some((digit(high)? << 4 | digit(low)?) as u8)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gbk_comes_back_as_the_same_bytes() {
        let raw = [0xc6, 0xbd, 0xb0, 0xb2, b' ', b'A', b' ', 0, b' '];
        assert_eq!(read(Type::Gbk, &raw).as_deref(), Some("平安 A"));
        assert_eq!(read(Type::Text, &raw), None);
        assert_eq!(write(Type::Gbk, "平安 A").as_deref(), Some(&raw[..6]));
        assert_eq!(write(Type::Text, "平安"), None);
        assert_eq!(write(Type::Gbk, "\u{1f600}"), None);
        assert!(!padded_with_spaces(&raw));
        assert!(padded_with_spaces(b"ab  "));
        // A lead byte alone, and a four-byte form of GB 18030.
        assert_eq!(read(Type::Gbk, &[0xc6]), None);
        assert_eq!(read(Type::Gbk, &[0x81, 0x30, 0x81, 0x30]), None);
    }

    #[test]
    fn whatever_is_read_is_written_again() {
        for high in 0..=255u8 {
            for low in 0..=255u8 {
                let raw = [high, low, b'.'];
                if let Some(text) = read(Type::Gbk, &raw) {
                    assert_eq!(write(Type::Gbk, &text).as_deref(), Some(&raw[..]), "{raw:?}");
                }
            }
        }
    }

    #[test]
    fn hexadecimal_digits_come_in_pairs() {
        assert_eq!(unhex("00fFa1"), Some(vec![0, 0xff, 0xa1]));
        assert_eq!(unhex(""), Some(vec![]));
        assert_eq!(unhex("0"), None);
        assert_eq!(unhex("0g"), None);
        assert_eq!(unhex("平"), None);
    }
}
