//! `host/protocol/src/gen/record.rs`: kinds, flags and a plain struct for every fixed layout.

use std::fmt::Write;

use crate::message::write_self;
use crate::names::{snake, upper};
use tidegate_protocol::schema::{FixedField, FixedLayout, FixedType, Flag, RecordKind};
use tidegate_protocol::table::records::{
    DATAGRAM_FLAGS, DATAGRAM_HEADER, KINDS, RECORD_FLAGS, RECORDS, TAG,
};

const HEAD: &str = "\
// Generated from the table by the test `generated`; do not edit.

use super::{DATAGRAM_HEADER_BYTES, RECORD_BYTES};
use crate::units::{AmtE4, PriceE4, PxE6, QtyE2, Timestamp};

/// `N` bytes at a constant place: the bounds are known when it is compiled in.
#[inline(always)]
fn get<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect(\"a field lies in its layout\")
}

#[inline(always)]
fn put<const N: usize>(bytes: &mut [u8], at: usize, value: [u8; N]) {
    bytes[at..at + N].copy_from_slice(&value);
}
";

pub(crate) fn generate() -> String {
    let mut out = String::from(HEAD);
    write(&mut out).expect("a string takes all");
    out
}

fn write(out: &mut String) -> std::fmt::Result {
    for number in ["u16", "u32", "u64", "i64"] {
        writeln!(
            out,
            "
#[inline(always)]
fn {number}_at(bytes: &[u8], at: usize) -> {number} {{
    {number}::from_le_bytes(get(bytes, at))
}}"
        )?;
    }
    write_kind(out)?;
    writeln!(out, "\n/// What was decided about a record; bits of [`Tag::flags`].")?;
    write_flags(out, "flag", RECORD_FLAGS)?;
    writeln!(out, "\n/// Bits of [`DatagramHeader::flags`].")?;
    write_flags(out, "datagram_flag", DATAGRAM_FLAGS)?;
    for layout in [&DATAGRAM_HEADER, &TAG].iter().chain(RECORDS) {
        write_layout(out, layout)?;
    }
    Ok(())
}

fn write_kind(out: &mut String) -> std::fmt::Result {
    writeln!(out, "\n/// What a record is.")?;
    writeln!(out, "#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]")?;
    writeln!(out, "#[repr(u8)]\npub enum Kind {{")?;
    for (i, RecordKind { name, value, doc, .. }) in KINDS.iter().enumerate() {
        writeln!(out, "    /// {}.", sentence(doc))?;
        if i == 0 {
            writeln!(out, "    #[default]")?;
        }
        writeln!(out, "    {name} = {value},")?;
    }
    let those = |which: fn(&RecordKind) -> bool| {
        let names = KINDS.iter().filter(|kind| which(kind));
        names.map(|kind| format!("Self::{}", kind.name)).collect::<Vec<_>>().join(" | ")
    };
    writeln!(out, "}}\n\nimpl Kind {{")?;
    writeln!(out, "    /// The kind of this number.")?;
    writeln!(out, "    #[inline]\n    pub const fn of(value: u8) -> Option<Self> {{")?;
    writeln!(out, "        Some(match value {{")?;
    for RecordKind { name, value, .. } in KINDS {
        writeln!(out, "            {value} => Self::{name},")?;
    }
    writeln!(out, "            _ => return None,\n        }})\n    }}\n")?;
    writeln!(out, "    /// Whether a message begins with it.")?;
    writeln!(out, "    #[inline]\n    pub const fn begins(self) -> bool {{")?;
    writeln!(out, "        matches!(self, {})\n    }}\n", those(|kind| kind.begins))?;
    writeln!(out, "    /// Whether a message ends with it.")?;
    writeln!(out, "    #[inline]\n    pub const fn ends(self) -> bool {{")?;
    writeln!(out, "        matches!(self, {})\n    }}\n}}", those(|kind| kind.ends))
}

fn write_flags(out: &mut String, module: &str, flags: &[Flag]) -> std::fmt::Result {
    writeln!(out, "pub mod {module} {{")?;
    for Flag { name, value, doc, .. } in flags {
        writeln!(out, "    /// {}.\n    pub const {name}: u8 = {value};", sentence(doc))?;
    }
    writeln!(out, "}}")
}

/// A doc line that begins as a sentence does.
pub(crate) fn sentence(doc: &str) -> String {
    doc[..1].to_uppercase() + &doc[1..]
}

/// Type of one value.
fn element(ty: FixedType) -> &'static str {
    match ty {
        FixedType::U8 | FixedType::Text | FixedType::Char | FixedType::Zero => "u8",
        FixedType::U16 => "u16",
        FixedType::U32 => "u32",
        FixedType::U64 => "u64",
        FixedType::I64 => "i64",
        FixedType::Price => "PriceE4",
        FixedType::Qty => "QtyE2",
        FixedType::Amt => "AmtE4",
        FixedType::EntryPx => "PxE6",
        FixedType::Time => "Timestamp",
        FixedType::Kind => "Kind",
    }
}

fn is_wrapped(ty: FixedType) -> bool {
    use FixedType::{Amt, EntryPx, Price, Qty, Time};
    matches!(ty, Price | Qty | Amt | EntryPx | Time)
}

/// Places of the values of a field; `None` where it is one value that is no array.
pub(crate) fn items(field: &FixedField) -> Option<Vec<u16>> {
    let count = field.len / field.ty.bytes();
    (count > 1 || field.ty == FixedType::Text)
        .then(|| (0..count).map(|i| i * field.ty.bytes()).collect())
}

pub(crate) fn rust_type(field: &FixedField) -> String {
    match items(field) {
        Some(items) => format!("[{}; {}]", element(field.ty), items.len()),
        None => element(field.ty).to_string(),
    }
}

/// Reads the value at `at`.
pub(crate) fn read(ty: FixedType, at: &str) -> String {
    match ty {
        FixedType::U8 | FixedType::Text | FixedType::Char | FixedType::Zero => {
            format!("bytes[{at}]")
        }
        FixedType::Kind => format!("Kind::of(bytes[{at}])?"),
        ty if is_wrapped(ty) => format!("{}(i64_at(bytes, {at}))", element(ty)),
        ty => format!("{}_at(bytes, {at})", element(ty)),
    }
}

/// Writes `value` to `at`.
pub(crate) fn emit(ty: FixedType, at: &str, value: &str) -> String {
    match ty {
        FixedType::U8 | FixedType::Text | FixedType::Char | FixedType::Zero => {
            format!("bytes[{at}] = {value};")
        }
        FixedType::Kind => format!("bytes[{at}] = {value} as u8;"),
        ty if is_wrapped(ty) => format!("put(bytes, {at}, {value}.0.to_le_bytes());"),
        _ => format!("put(bytes, {at}, {value}.to_le_bytes());"),
    }
}

pub(crate) fn place(base: &str, shift: u16) -> String {
    if shift == 0 { base.to_string() } else { format!("{base} + {shift}") }
}

fn write_layout(out: &mut String, layout: &FixedLayout) -> std::fmt::Result {
    let name = layout.name;
    let is_tag = name == TAG.name;
    let is_record = layout.fields[0].offset > 0;
    let length =
        if name == DATAGRAM_HEADER.name { "DATAGRAM_HEADER_BYTES" } else { "RECORD_BYTES" };
    let fields = || layout.fields.iter().filter(|field| field.ty != FixedType::Zero);

    writeln!(out, "\n/// {}.", sentence(layout.doc))?;
    writeln!(out, "#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]")?;
    writeln!(out, "#[repr(C)]\npub struct {name} {{")?;
    if is_record {
        writeln!(out, "    /// Where it comes from.\n    pub tag: Tag,")?;
    }
    for field in fields() {
        writeln!(out, "    /// {}.", sentence(field.doc))?;
        writeln!(out, "    pub {}: {},", snake(field.name), rust_type(field))?;
    }
    writeln!(out, "}}\n\nimpl {name} {{")?;
    for field in layout.fields {
        writeln!(out, "    /// First byte of {}.", field.name)?;
        writeln!(out, "    pub const {}_AT: usize = {};", upper(field.name), field.offset)?;
    }

    let mut values = Vec::new();
    if is_record {
        values.push("tag".to_string());
    }
    for field in fields() {
        let at = format!("Self::{}_AT", upper(field.name));
        let value = match items(field) {
            Some(_) if field.ty == FixedType::Text => format!("get(bytes, {at})"),
            Some(items) => {
                // Too long for one line, as rustfmt sees it.
                let read = items.iter().map(|&shift| read(field.ty, &place(&at, shift)));
                let lines = read.map(|value| format!("                {value},\n"));
                format!("[\n{}            ]", lines.collect::<String>())
            }
            None => read(field.ty, &at),
        };
        values.push(format!("{}: {value}", snake(field.name)));
    }
    writeln!(out)?;
    if is_tag {
        writeln!(out, "    /// Reads the tag of a record; `None` where its kind is none.")?;
        writeln!(
            out,
            "    #[inline]\n    pub fn parse(bytes: &[u8; {length}]) -> Option<Self> {{"
        )?;
        writeln!(out, "        Some(Self {{")?;
        for value in &values {
            writeln!(out, "            {value},")?;
        }
        writeln!(out, "        }})")?;
    } else {
        let tag = if is_record { "tag: Tag, " } else { "" };
        let how =
            if is_record { "Reads the fields behind the tag; not the padding" } else { "Reads it" };
        writeln!(out, "    /// {how}.")?;
        writeln!(out, "    #[inline]\n    pub fn parse({tag}bytes: &[u8; {length}]) -> Self {{")?;
        write_self(out, &values)?;
    }
    writeln!(out, "    }}\n")?;

    writeln!(
        out,
        "    /// {}.",
        match (is_tag, is_record) {
            (true, _) => "Writes the tag of a record",
            (_, true) => "Writes all bytes of the record, padding included",
            _ => "Writes it",
        }
    )?;
    writeln!(out, "    #[inline]\n    pub fn emit(&self, bytes: &mut [u8; {length}]) {{")?;
    if is_record {
        writeln!(out, "        self.tag.emit(bytes);")?;
    }
    for field in layout.fields {
        let at = format!("Self::{}_AT", upper(field.name));
        let value = format!("self.{}", snake(field.name));
        match items(field) {
            _ if field.ty == FixedType::Zero => {
                writeln!(out, "        bytes[{at}..].fill(0);")?;
            }
            Some(_) if field.ty == FixedType::Text => {
                writeln!(out, "        put(bytes, {at}, {value});")?;
            }
            Some(items) => {
                for (i, &shift) in items.iter().enumerate() {
                    let line = emit(field.ty, &place(&at, shift), &format!("{value}[{i}]"));
                    writeln!(out, "        {line}")?;
                }
            }
            None => writeln!(out, "        {}", emit(field.ty, &at, &value))?,
        }
    }
    writeln!(out, "    }}\n}}")
}
