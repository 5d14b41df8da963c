//! Names in other spellings, and the parts of the table in order of first use.

use tidegate_protocol::MESSAGES;
use tidegate_protocol::schema::{Message, Part, Then, Type};

/// `MDEntryPx` as `md_entry_px`.
pub(crate) fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (i, &c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).map(|i| chars[i]);
        let after = chars.get(i + 1);
        let starts_word = c.is_uppercase()
            && before.is_some_and(|b| !b.is_uppercase() || after.is_some_and(|a| a.is_lowercase()));
        if starts_word {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// `MDEntryPx` as `MD_ENTRY_PX`.
pub(crate) fn upper(name: &str) -> String {
    snake(name).to_uppercase()
}

/// Every part, entries included, with the message it stands in.
pub(crate) fn all_parts() -> Vec<(&'static Message, &'static Part)> {
    fn visit(
        message: &'static Message,
        parts: &'static [Part],
        out: &mut Vec<(&'static Message, &'static Part)>,
    ) {
        for part in parts {
            out.push((message, part));
            if let Then::Group(group) = &part.then {
                visit(message, group.entry, out);
            }
        }
    }
    let mut out = Vec::new();
    for message in MESSAGES {
        visit(message, message.parts, &mut out);
    }
    out
}

/// Each part once, with every message it stands in.
pub(crate) fn distinct_parts() -> Vec<(&'static Part, Vec<&'static Message>)> {
    let mut out: Vec<(&'static Part, Vec<&'static Message>)> = Vec::new();
    for (message, part) in all_parts() {
        match out.iter_mut().find(|(known, _)| known.name == part.name) {
            Some((_, messages)) => messages.push(message),
            None => out.push((part, vec![message])),
        }
    }
    out
}

/// Bytes of the fixed fields of a part.
pub(crate) fn bytes(part: &Part) -> u16 {
    part.fields.last().map_or(0, |last| last.offset + last.len)
}

/// The specification's name of a type.
pub(crate) fn type_name(ty: Type) -> &'static str {
    match ty {
        Type::U8 => "uInt8",
        Type::U16 => "uInt16",
        Type::U32 => "uInt32",
        Type::I32 => "Int32",
        Type::I64 => "Int64",
        Type::Bool16 => "Boolean",
        Type::Price => "Price",
        Type::Qty => "Qty",
        Type::Amt => "Amt",
        Type::EntryPx => "MDEntryPx",
        Type::Time => "LocalTimeStamp",
        Type::Date => "LocalMktDate",
        Type::SeqNum => "SeqNum",
        Type::Count => "NumInGroup",
        Type::Length => "Length",
        Type::Char => "char",
        Type::Text => "char[]",
        Type::Gbk => "char[] (GBK)",
        Type::Utf8OrGbk => "char[] (UTF-8 or GBK)",
    }
}
