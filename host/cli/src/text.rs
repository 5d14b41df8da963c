//! Text fields: from the bytes on the wire to Unicode and back, without loss.

use std::borrow::Cow;

use encoding_rs::GBK;
use tidegate_protocol::schema::Type;
use tidegate_protocol::units::trim_padding;

/// The text of a field without its padding. `None` where the bytes are not text of this type.
pub(crate) fn read(ty: Type, raw: &[u8]) -> Option<Cow<'_, str>> {
    let bytes = trim_padding(raw);
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() || ty == Type::Utf8OrGbk => return Some(Cow::Borrowed(text)),
        _ => {}
    }
    if !matches!(ty, Type::Gbk | Type::Utf8OrGbk) || !is_gbk(bytes) {
        return None;
    }
    GBK.decode_without_bom_handling_and_without_replacement(bytes)
}

/// The bytes of a text, not yet padded; `None` where the type has no such characters.
pub(crate) fn write(ty: Type, text: &str) -> Option<Cow<'_, [u8]>> {
    if text.is_ascii() || ty == Type::Utf8OrGbk {
        return Some(Cow::Borrowed(text.as_bytes()));
    }
    if ty != Type::Gbk {
        return None;
    }
    let (bytes, _, lossy) = GBK.encode(text);
    (!lossy && is_gbk(&bytes)).then_some(bytes)
}

/// Whether the text alone gives the same bytes again.
pub(crate) fn comes_back(ty: Type, raw: &[u8], text: &str) -> bool {
    let bytes = trim_padding(raw);
    raw[bytes.len()..].iter().all(|&byte| byte == b' ') && write(ty, text).as_deref() == Some(bytes)
}

/// Whether the bytes are characters of GBK and nothing else.
///
/// Decoders of the Web take more: a euro sign at 0x80, what users put into the private area, and
/// what GB 18030 added. Here counts what was in GBK, which is also what Python's `gbk` takes.
fn is_gbk(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    loop {
        rest = match *rest {
            [] => return true,
            [0..=0x7f, ..] => &rest[1..],
            [high, low, ..] if is_pair(high, low) => &rest[2..],
            _ => return false,
        };
    }
}

fn is_pair(high: u8, low: u8) -> bool {
    if !matches!(high, 0x81..=0xfe) || !matches!(low, 0x40..=0x7e | 0x80..=0xfe) {
        return false;
    }
    let added = match high {
        0xa2 => low == 0xe3,
        0xa3 => low == 0xa0,
        0xa6 => matches!(low, 0xd9..=0xdf | 0xec | 0xed | 0xf3),
        0xa8 => matches!(low, 0xbc | 0xbf),
        0xa9 => matches!(low, 0x89..=0x95),
        0xfe => low >= 0x50,
        _ => false,
    };
    let private = '\u{e000}'..='\u{f8ff}';
    let pair = [high, low];
    let text = GBK.decode_without_bom_handling_and_without_replacement(&pair);
    !added && text.is_some_and(|text| !text.contains(|c| private.contains(&c)))
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
        assert!(!comes_back(Type::Gbk, &raw, "平安 A"));
        assert!(comes_back(Type::Text, b"ab  ", "ab"));
        assert!(!comes_back(Type::Text, b"ab \0", "ab"));
        // A lead byte alone, and a four-byte form of GB 18030.
        assert_eq!(read(Type::Gbk, &[0xc6]), None);
        assert_eq!(read(Type::Gbk, &[0x81, 0x30, 0x81, 0x30]), None);
    }

    #[test]
    fn what_was_added_to_gbk_is_no_text() {
        for raw in [
            &[0x80][..],
            &[b'A', 0x80],
            &[0xff],
            &[0xa2, 0xe3],
            &[0xa3, 0xa0],
            &[0xa6, 0xd9],
            &[0xa8, 0xbf],
            &[0xa9, 0x89],
            &[0xaa, 0xa1],
            &[0xf8, 0xa1],
            &[0xfe, 0x50],
            &[0xb0, 0xa1, 0xaf, 0xfe],
        ] {
            assert_eq!(read(Type::Gbk, raw), None, "{raw:x?}");
        }
        for (raw, text) in [([0xb0, 0xa1], "啊"), ([0xfe, 0x4f], "\u{fa29}"), ([0xa1, 0xaa], "—")]
        {
            assert_eq!(read(Type::Gbk, &raw).as_deref(), Some(text));
        }
        assert_eq!(write(Type::Gbk, "€"), None);
        assert_eq!(write(Type::Gbk, "\u{e5e5}"), None);
        // As many as Python's `gbk` decodes.
        let two = |n: u16| n.to_be_bytes();
        assert_eq!((0..=u16::MAX).filter(|n| is_gbk(&two(*n))).count(), 38_175);
        assert_eq!((0..=u8::MAX).filter(|n| is_gbk(&[*n])).count(), 128);
    }

    #[test]
    fn order_entry_may_be_either() {
        let (utf8, gbk) = ("撤单 ok".as_bytes(), b"\xb3\xb7\xb5\xa5 ok");
        for raw in [utf8, gbk] {
            assert_eq!(read(Type::Utf8OrGbk, raw).as_deref(), Some("撤单 ok"));
        }
        assert_eq!(write(Type::Utf8OrGbk, "撤单 ok").as_deref(), Some(utf8));
        assert!(comes_back(Type::Utf8OrGbk, utf8, "撤单 ok"));
        assert!(!comes_back(Type::Utf8OrGbk, gbk, "撤单 ok"));
        assert_eq!(read(Type::Utf8OrGbk, &[0xff, 0x80]), None);
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
