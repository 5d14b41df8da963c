//! What must be true of the table, as const functions: a wrong row does not compile.

use crate::schema::{Field, FixedLayout, Flag, Message, Part, RecordKind, Then, Type};

/// Proves the whole table.
pub(super) const fn table(messages: &[Message], max_depth: usize) {
    let mut i = 0;
    while i < messages.len() {
        let message = &messages[i];
        assert!(
            i == 0 || messages[i - 1].msg_type < message.msg_type,
            "messages must be sorted by MsgType, each once"
        );
        parts(message.parts, max_depth);
        assert!(
            min_bytes(message.parts) == message.min_body_bytes,
            "min_body_bytes must be the sum over the parts with empty groups"
        );
        i += 1;
    }
}

const fn parts(list: &[Part], depth_left: usize) {
    assert!(depth_left > 0, "groups are nested deeper than MAX_DEPTH");
    let mut i = 0;
    while i < list.len() {
        part(&list[i]);
        if let Then::Group(group) = list[i].then {
            // An entry without bytes would let a body announce more entries than it can hold.
            assert!(min_bytes(group.entry) > 0, "an entry must have bytes");
            assert!(!group.entry[0].fields.is_empty(), "an entry must begin with a field");
            parts(group.entry, depth_left - 1);
        }
        i += 1;
    }
}

const fn part(part: &Part) {
    let fields = part.fields;
    let mut end = 0;
    let mut i = 0;
    while i < fields.len() {
        let field = &fields[i];
        assert!(field.offset == end, "fields must tile the part without gap or overlap");
        match field.ty.fixed_bytes() {
            Some(bytes) => assert!(field.len == bytes, "a field must have the length of its type"),
            None => assert!(field.len > 0, "a text must have a length"),
        }
        assert!(end <= u16::MAX - field.len, "a part must be shorter than 64 KiB");
        end += field.len;
        let last = i + 1 == fields.len();
        match field.ty {
            Type::Count => assert!(
                last && matches!(part.then, Then::Group(_)),
                "a count must be the last field before its group"
            ),
            Type::Length => assert!(
                last && matches!(part.then, Then::Data { .. }),
                "a length must be the last field before its data"
            ),
            _ => assert!(
                !last || matches!(part.then, Then::Nothing),
                "a group or data must follow its count or length"
            ),
        }
        i += 1;
    }
    assert!(
        !fields.is_empty() || matches!(part.then, Then::Nothing),
        "a group or data must follow its count or length"
    );
}

/// Proves that the fields of a layout tile the bytes from `start` to `end`.
pub(super) const fn layout(layout: &FixedLayout, start: u16, end: u16) {
    let mut at = start;
    let mut i = 0;
    while i < layout.fields.len() {
        let field = &layout.fields[i];
        assert!(field.offset == at, "fields must tile the layout without gap or overlap");
        assert!(
            field.len > 0 && field.len.is_multiple_of(field.ty.bytes()),
            "a field must hold whole values"
        );
        at += field.len;
        i += 1;
    }
    assert!(at == end, "fields must fill the layout");
}

/// Proves that a C struct of the same fields has no padding of its own.
pub(super) const fn aligned(layout: &FixedLayout, bytes: u16) {
    let mut i = 0;
    while i < layout.fields.len() {
        let field = &layout.fields[i];
        assert!(field.offset.is_multiple_of(field.ty.bytes()), "fields are aligned to their size");
        i += 1;
    }
    assert!(bytes.is_multiple_of(8), "layouts are whole 64-bit words");
}

/// Proves the kinds of records: numbers from 1 without a gap, each with a layout that fills it.
pub(super) const fn kinds(kinds: &[RecordKind], start: u16, end: u16) {
    let mut i = 0;
    while i < kinds.len() {
        assert!(kinds[i].value as usize == i + 1, "kinds are numbered from 1");
        layout(kinds[i].layout, start, end);
        i += 1;
    }
}

/// Proves that flags are single bits, in their order.
pub(super) const fn flags(flags: &[Flag]) {
    let mut i = 0;
    while i < flags.len() {
        assert!(flags[i].value == 1 << i, "flags are the bits from the lowest on");
        i += 1;
    }
}

/// Bytes of the fixed fields of a part.
pub(crate) const fn part_bytes(part: &Part) -> u32 {
    match part.fields.last() {
        Some(Field { offset, len, .. }) => *offset as u32 + *len as u32,
        None => 0,
    }
}

/// Bytes of the parts with every group empty.
pub(crate) const fn min_bytes(parts: &[Part]) -> u32 {
    let mut sum = 0;
    let mut i = 0;
    while i < parts.len() {
        sum += part_bytes(&parts[i]);
        i += 1;
    }
    sum
}

/// The number from which FNV-1a 64 starts.
pub(super) const FINGERPRINT_START: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a 64 of the layout; the words of documentation stay out of it.
pub(super) const fn fingerprint(messages: &[Message]) -> u64 {
    let mut hash = FINGERPRINT_START;
    let mut i = 0;
    while i < messages.len() {
        hash = number(hash, messages[i].msg_type);
        hash = text(hash, messages[i].name);
        hash = hash_parts(hash, messages[i].parts);
        i += 1;
    }
    hash
}

const fn hash_parts(mut hash: u64, parts: &[Part]) -> u64 {
    hash = number(hash, parts.len() as u32);
    let mut i = 0;
    while i < parts.len() {
        let part = &parts[i];
        hash = text(hash, part.name);
        hash = number(hash, part.fields.len() as u32);
        let mut k = 0;
        while k < part.fields.len() {
            let field = &part.fields[k];
            hash = text(hash, field.name);
            hash = number(hash, field.offset as u32);
            hash = number(hash, field.len as u32);
            hash = byte(hash, field.ty as u8);
            k += 1;
        }
        match part.then {
            Then::Nothing => hash = byte(hash, 0),
            Then::Group(group) => {
                hash = text(byte(hash, 1), group.name);
                hash = hash_parts(hash, group.entry);
            }
            Then::Data { name } => hash = text(byte(hash, 2), name),
        }
        i += 1;
    }
    hash
}

/// Goes on with a fixed layout.
pub(super) const fn hash_layout(mut hash: u64, layout: &FixedLayout) -> u64 {
    hash = text(hash, layout.name);
    hash = number(hash, layout.fields.len() as u32);
    let mut i = 0;
    while i < layout.fields.len() {
        let field = &layout.fields[i];
        hash = text(hash, field.name);
        hash = number(hash, field.offset as u32);
        hash = number(hash, field.len as u32);
        hash = byte(hash, field.ty as u8);
        i += 1;
    }
    hash
}

/// Goes on with the kinds of records and their layouts.
pub(super) const fn hash_kinds(mut hash: u64, kinds: &[RecordKind]) -> u64 {
    hash = number(hash, kinds.len() as u32);
    let mut i = 0;
    while i < kinds.len() {
        let kind = &kinds[i];
        hash = byte(text(hash, kind.name), kind.value);
        hash = byte(hash, (kind.begins as u8) << 1 | kind.ends as u8);
        hash = hash_layout(hash, kind.layout);
        i += 1;
    }
    hash
}

/// Goes on with flags.
pub(super) const fn hash_flags(mut hash: u64, flags: &[Flag]) -> u64 {
    hash = number(hash, flags.len() as u32);
    let mut i = 0;
    while i < flags.len() {
        hash = byte(text(hash, flags[i].name), flags[i].value);
        i += 1;
    }
    hash
}

const fn byte(hash: u64, byte: u8) -> u64 {
    (hash ^ byte as u64).wrapping_mul(0x0000_0100_0000_01b3)
}

pub(super) const fn number(mut hash: u64, number: u32) -> u64 {
    let bytes = number.to_be_bytes();
    let mut i = 0;
    while i < bytes.len() {
        hash = byte(hash, bytes[i]);
        i += 1;
    }
    hash
}

const fn text(mut hash: u64, text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        hash = byte(hash, bytes[i]);
        i += 1;
    }
    // Ends the text, so that two neighbours cannot trade letters.
    byte(hash, 0)
}
