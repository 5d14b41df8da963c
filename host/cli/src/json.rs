//! JSON text of messages, written straight into a byte buffer.
//!
//! ```text
//!  {"Stream":0,"Msg":7,"Offset":812,"MsgType":300192,"ChannelNo":2011,...,"OrdType":"2"}
//! ```

use tidegate_protocol::schema::{Field, Group, Then, Type};
use tidegate_protocol::view::{Item, Items, Value};

use crate::text;

/// Appends an unsigned number.
pub(crate) fn unsigned(out: &mut Vec<u8>, mut value: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// Appends a signed number.
pub(crate) fn signed(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        out.push(b'-');
    }
    unsigned(out, value.unsigned_abs());
}

/// Appends an exact decimal with all digits of its scale.
pub(crate) fn decimal(out: &mut Vec<u8>, value: i64, scale: u32) {
    if value < 0 {
        out.push(b'-');
    }
    let one = 10u64.pow(scale);
    let magnitude = value.unsigned_abs();
    unsigned(out, magnitude / one);
    if scale > 0 {
        out.push(b'.');
        let mut rest = magnitude % one;
        let at = out.len();
        out.resize(at + scale as usize, b'0');
        for digit in out[at..].iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
    }
}

/// Appends lower-case hexadecimal digits.
pub(crate) fn hex(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.reserve(2 * bytes.len());
    for byte in bytes {
        out.extend([DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
}

/// Appends a quoted string.
pub(crate) fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    for &byte in text.as_bytes() {
        match byte {
            b'"' | b'\\' => out.extend([b'\\', byte]),
            0..=0x1f | 0x7f => {
                out.extend_from_slice(b"\\u00");
                hex(out, &[byte]);
            }
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

/// Appends a comma where one is needed, a name (plain ASCII, no escapes) and a colon.
pub(crate) fn key(out: &mut Vec<u8>, name: &str) {
    key_with(out, name, "");
}

fn key_with(out: &mut Vec<u8>, name: &str, suffix: &str) {
    comma(out);
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(suffix.as_bytes());
    out.extend_from_slice(b"\":");
}

fn comma(out: &mut Vec<u8>) {
    if !matches!(out.last(), Some(b'{' | b'[') | None) {
        out.push(b',');
    }
}

/// Appends a number as a member.
pub(crate) fn integer(out: &mut Vec<u8>, name: &str, value: i64) {
    key(out, name);
    signed(out, value);
}

/// Appends an exact decimal as a member, in quotes.
pub(crate) fn quoted(out: &mut Vec<u8>, name: &str, value: i64, scale: u32) {
    key(out, name);
    out.push(b'"');
    decimal(out, value, scale);
    out.push(b'"');
}

/// Appends a text field as a member: its text, or `<name>_hex` where the bytes are no text.
pub(crate) fn word(out: &mut Vec<u8>, name: &str, raw: &[u8]) {
    match text::read(Type::Text, raw) {
        Some(text) => {
            key(out, name);
            string(out, &text);
        }
        None => {
            key(out, &format!("{name}_hex"));
            out.push(b'"');
            hex(out, raw);
            out.push(b'"');
        }
    }
}

/// Appends a member whose value is not there.
pub(crate) fn null(out: &mut Vec<u8>, name: &str) {
    key(out, name);
    out.extend_from_slice(b"null");
}

/// How text is shown that its characters alone would not bring back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// For reading: padding is left out, whatever it is.
    Plain,
    /// For encoding again: text padded with NULs has its bytes beside it.
    Exact,
}

/// The number of a field as text without quotes; `None` for text.
pub(crate) fn number(out: &mut Vec<u8>, field: &Field, value: Value<'_>) -> Option<()> {
    match value {
        Value::Unsigned(value) => unsigned(out, value),
        Value::Signed(value) => match field.ty.scale() {
            Some(scale) => decimal(out, value, scale),
            None => signed(out, value),
        },
        Value::Text(_) => return None,
    }
    Some(())
}

fn quoted_number(out: &mut Vec<u8>, field: &Field, value: Value<'_>) {
    let quote = field.ty.scale().is_some();
    if quote {
        out.push(b'"');
    }
    number(out, field, value);
    if quote {
        out.push(b'"');
    }
}

/// One field as a member of an object.
fn member(out: &mut Vec<u8>, field: &Field, value: Value<'_>, style: Style) {
    let Value::Text(raw) = value else {
        key(out, field.name);
        quoted_number(out, field, value);
        return;
    };
    let text = text::read(field.ty, raw);
    if let Some(text) = &text {
        key(out, field.name);
        string(out, text);
    }
    let lost = |text: &str| !text::comes_back(field.ty, raw, text);
    if text.as_deref().is_none_or(|text| style == Style::Exact && lost(text)) {
        key_with(out, field.name, "Hex");
        out.push(b'"');
        hex(out, raw);
        out.push(b'"');
    }
}

/// One field as a value in an array.
fn bare(out: &mut Vec<u8>, field: &Field, value: Value<'_>, style: Style) {
    comma(out);
    if let Value::Text(_) = value {
        out.push(b'{');
        member(out, field, value, style);
        out.push(b'}');
    } else {
        quoted_number(out, field, value);
    }
}

/// The one field of an entry that has no other: such a group is an array of its values.
pub(crate) fn only_field(group: &Group) -> Option<&'static Field> {
    match group.entry {
        [part] if matches!(part.then, Then::Nothing) => match part.fields {
            [field] => Some(field),
            _ => None,
        },
        _ => None,
    }
}

/// Writes items one behind the other; what was opened can be closed at any time.
#[derive(Debug)]
pub(crate) struct Writer {
    style: Style,
    /// For each group that is open: whether it is an array of values.
    open: Vec<(bool, bool)>,
}

impl Writer {
    /// A writer with nothing open.
    pub(crate) fn new(style: Style) -> Self {
        Self { style, open: Vec::new() }
    }

    /// True outside of every group.
    pub(crate) fn outside(&self) -> bool {
        self.open.is_empty()
    }

    /// Appends one item; of an outermost group its array without the name if `named` is false.
    pub(crate) fn item(&mut self, out: &mut Vec<u8>, item: &Item<'_>, named: bool) {
        match *item {
            Item::Field(field, value) => match self.open.last() {
                Some((true, _)) => bare(out, field, value, self.style),
                _ => member(out, field, value, self.style),
            },
            Item::GroupBegin { group, .. } => {
                if named || !self.open.is_empty() {
                    key(out, group.name);
                }
                out.push(b'[');
                self.open.push((only_field(group).is_some(), false));
            }
            Item::EntryBegin { .. } => {
                if let Some((values, entry)) = self.open.last_mut()
                    && !*values
                {
                    *entry = true;
                    comma(out);
                    out.push(b'{');
                }
            }
            Item::EntryEnd => {
                if let Some((_, entry)) = self.open.last_mut()
                    && std::mem::take(entry)
                {
                    out.push(b'}');
                }
            }
            Item::GroupEnd => self.close_group(out),
            Item::Data { name, bytes } => {
                key_with(out, name, "Hex");
                out.push(b'"');
                hex(out, bytes);
                out.push(b'"');
            }
        }
    }

    fn close_group(&mut self, out: &mut Vec<u8>) {
        if let Some((_, entry)) = self.open.pop() {
            if entry {
                out.push(b'}');
            }
            out.push(b']');
        }
    }

    /// Closes everything that is open, for a message that was cut off.
    pub(crate) fn close(&mut self, out: &mut Vec<u8>) {
        while !self.open.is_empty() {
            self.close_group(out);
        }
    }
}

/// The items as members of an object that is open.
pub(crate) fn members(out: &mut Vec<u8>, items: Items<'_>, style: Style) {
    let mut writer = Writer::new(style);
    for item in items {
        writer.item(out, &item, true);
    }
    writer.close(out);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn numbers_are_exact() {
        for value in [0, 1, -1, 10, 9_999, 10_000, i64::MAX, i64::MIN] {
            assert_eq!(text(|out| signed(out, value)), value.to_string());
            for scale in [0, 2, 4, 6] {
                let wanted = tidegate_protocol::units::Fixed { value, scale }.to_string();
                assert_eq!(text(|out| decimal(out, value, scale)), wanted);
            }
        }
        assert_eq!(text(|out| unsigned(out, u64::MAX)), u64::MAX.to_string());
    }

    #[test]
    fn strings_are_escaped() {
        let wild = "a\"b\\c\n\u{0}\u{7f}平";
        let json = text(|out| string(out, wild));
        assert_eq!(json, "\"a\\\"b\\\\c\\u000a\\u0000\\u007f平\"");
        assert_eq!(serde_json::from_str::<String>(&json).expect("JSON"), wild);
    }

    #[test]
    fn what_is_open_can_be_closed() {
        use tidegate_protocol::view::items_within;
        // The fixed part, two entries announced, one and a half of them there.
        let mut body = vec![b'0'; 69 + 32 + 12];
        body[65..69].copy_from_slice(&2u32.to_be_bytes());
        body[69 + 28..69 + 32].copy_from_slice(&0u32.to_be_bytes());
        let json = text(|out| {
            out.push(b'{');
            members(out, items_within(300_111, &body).expect("a known type"), Style::Plain);
            out.push(b'}');
        });
        let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(value["MDEntries"][0]["OrderQtys"], serde_json::json!([]));
        assert_eq!(value["MDEntries"][1]["MDEntryType"], "00");
        assert_eq!(value["MDEntries"][1].get("MDEntrySize"), None);
    }
}
