//! `host/protocol/tidegate.lua`: a dissector for Wireshark. The data come from the table, the
//! engine from `engine.lua`.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::names::{distinct_parts, snake};
use tidegate_protocol::code::{CODES, Code};
use tidegate_protocol::limits::{MAX_ANNOUNCEMENT_BYTES, MAX_BODY_BYTES};
use tidegate_protocol::schema::{Field, Part, Then, Type};
use tidegate_protocol::units::trim_padding;
use tidegate_protocol::{MESSAGES, msg_type};

const HEAD: &str = "\
-- Generated from host/protocol by the test `generated`; do not edit.
--
-- Wireshark dissector for SZSE Binary, market data and order entry; Lua 5.2 or later.
--
--   tshark -X lua_script:tidegate.lua -r feed.pcap -V
--
-- or put it into the folder of personal Lua plugins. TCP and UDP are recognised by their content;
-- where that fails, say it: -d tcp.port==9016,szse. Fixed-point numbers are decimals, exact in the
-- tree and rounded to a double in filters: szse.last_px > 9.1. A time filters by its digits:
-- szse.transact_time >= 20190311093000000.
";

pub(crate) fn generate() -> String {
    let mut out = String::from(HEAD);
    write(&mut out).expect("a string takes all");
    out + include_str!("engine.lua")
}

fn quoted(text: &str) -> String {
    assert!(!text.contains(['"', '\\', '\n']), "{text} needs escapes");
    format!("\"{text}\"")
}

fn kind(ty: Type) -> &'static str {
    match ty {
        Type::U8 => "uint8",
        Type::U16 | Type::Bool16 => "uint16",
        Type::U32 | Type::Date | Type::Count | Type::Length => "uint32",
        Type::I32 => "int32",
        Type::I64 | Type::SeqNum => "int64",
        Type::Price | Type::Qty | Type::Amt | Type::EntryPx => "fixed",
        Type::Time => "time",
        Type::Char | Type::Text => "text",
        // One field of the dissector serves both: the place says which it is.
        Type::Gbk | Type::Utf8OrGbk => "gbk",
    }
}

/// A code as the engine looks it up: without padding.
fn key(code: &Code) -> String {
    code.text.map_or_else(
        || code.value.to_string(),
        |text| String::from_utf8_lossy(trim_padding(text.as_bytes())).into_owned(),
    )
}

fn write(out: &mut String) -> std::fmt::Result {
    writeln!(out, "\nlocal MAX_BODY_BYTES = {MAX_BODY_BYTES}")?;
    writeln!(out, "local MAX_ANNOUNCEMENT_BYTES = {MAX_ANNOUNCEMENT_BYTES}")?;
    writeln!(out, "local ANNOUNCEMENT = {}", msg_type::ANNOUNCEMENT)?;

    writeln!(out, "\nlocal CODES = {{")?;
    for set in CODES {
        writeln!(out, "    {} = {{", set.name)?;
        for code in set.codes {
            writeln!(out, "        [{}] = {},", quoted(&key(code)), quoted(code.doc))?;
        }
        writeln!(out, "    }},")?;
    }
    writeln!(out, "}}")?;

    // One Wireshark field serves every message that has a field of that name.
    let mut fields: BTreeMap<&str, &Field> = BTreeMap::new();
    for (part, _) in distinct_parts() {
        for field in part.fields {
            let known = fields.entry(field.name).or_insert(field);
            assert_eq!(
                (kind(known.ty), known.ty.scale()),
                (kind(field.ty), field.ty.scale()),
                "{} is of two kinds",
                field.name
            );
        }
    }
    writeln!(out, "\nlocal FIELDS = {{")?;
    for (name, field) in fields {
        write!(out, "    {name} = {{ filter = {}", quoted(&snake(name)))?;
        write!(out, ", kind = {}", quoted(kind(field.ty)))?;
        if let Some(scale) = field.ty.scale() {
            write!(out, ", scale = {scale}")?;
        }
        if let Some(set) = CODES.iter().find(|set| set.fields.contains(&name)) {
            write!(out, ", codes = {}", quoted(set.name))?;
            let one_char = set.codes.iter().all(|code| code.text.is_some_and(|t| t.len() == 1));
            if one_char && field.len > 1 {
                write!(out, ", first = true")?;
            }
        }
        writeln!(out, ", doc = {} }},", quoted(field.doc))?;
    }
    writeln!(out, "}}")?;

    writeln!(out, "\nlocal PARTS = {{")?;
    for (part, _) in distinct_parts() {
        writeln!(out, "    {} = {{", part.name)?;
        for field in part.fields {
            let either = if field.ty == Type::Utf8OrGbk { ", true" } else { "" };
            writeln!(out, "        {{ {}, {}{either} }},", quoted(field.name), field.len)?;
        }
        writeln!(out, "    }},")?;
    }
    writeln!(out, "}}")?;

    writeln!(out, "\nlocal MESSAGES = {{")?;
    for message in MESSAGES {
        writeln!(out, "    [{}] = {{", message.msg_type)?;
        writeln!(out, "        name = {},", quoted(message.name))?;
        writeln!(out, "        title = {},", quoted(message.title))?;
        writeln!(out, "        min = {},", message.min_body_bytes)?;
        write!(out, "        parts = ")?;
        write_parts(out, message.parts, 2)?;
        writeln!(out, ",\n    }},")?;
    }
    writeln!(out, "}}")
}

fn write_parts(out: &mut String, parts: &[Part], depth: usize) -> std::fmt::Result {
    if parts.is_empty() {
        return write!(out, "{{}}");
    }
    let indent = "    ".repeat(depth);
    writeln!(out, "{{")?;
    for part in parts {
        write!(out, "{indent}    {{ fields = PARTS.{}", part.name)?;
        match &part.then {
            Then::Nothing => {}
            Then::Data { name } => write!(out, ", data = {}", quoted(name))?,
            Then::Group(group) => {
                write!(out, ", group = {}, entry = ", quoted(group.name))?;
                write_parts(out, group.entry, depth + 1)?;
            }
        }
        writeln!(out, " }},")?;
    }
    write!(out, "{indent}}}")
}
