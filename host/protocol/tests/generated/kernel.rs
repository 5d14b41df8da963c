//! `host/protocol/src/gen/kernel.rs` and `kernels/gen/layout.h`: what host and kernels exchange, as
//! plain structs of the same bytes in both languages.

use std::fmt::Write;

use crate::message::write_self;
use crate::names::{bytes, snake, upper};
use crate::record::{emit, items, place, read, rust_type, sentence};
use tidegate_protocol::MESSAGES;
use tidegate_protocol::schema::{FixedField, FixedLayout, FixedType, Message, Then};
use tidegate_protocol::table::kernel::{
    KERNEL_ID, LAYOUTS, LOAD_CHUNK_BYTES, NAMES, PARAM_BLOCK_BYTES, PARAM_TRIGGER_BYTES,
    PARAM_VERSION, REPORT,
};
use tidegate_protocol::table::records::{RECORD_BYTES, RECORDS, TAG, becomes};

const RUST_HEAD: &str = "\
// Generated from the table by the test `generated`; do not edit.

use crate::units::{PriceE4, PxE6, QtyE2, Timestamp};

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

pub(crate) fn rust() -> String {
    let mut out = String::from(RUST_HEAD);
    write_rust(&mut out).expect("a string takes all");
    out
}

fn write_rust(out: &mut String) -> std::fmt::Result {
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
    for (name, names) in NAMES {
        writeln!(out, "\n/// Numbers of {name}.\npub mod {} {{", snake(name))?;
        for (name, value, doc) in *names {
            writeln!(out, "    /// {}.", sentence(doc))?;
            writeln!(out, "    pub const {name}: u8 = {value};")?;
        }
        writeln!(out, "}}")?;
    }
    LAYOUTS.iter().try_for_each(|(layout, bytes)| write_struct(out, layout, *bytes))
}

fn write_struct(out: &mut String, layout: &FixedLayout, length: u16) -> std::fmt::Result {
    let name = layout.name;
    let fields = || layout.fields.iter().filter(|field| field.ty != FixedType::Zero);
    writeln!(out, "\n/// {}.", sentence(layout.doc))?;
    writeln!(out, "#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]\npub struct {name} {{")?;
    for field in fields() {
        writeln!(out, "    /// {}.", sentence(field.doc))?;
        writeln!(out, "    pub {}: {},", snake(field.name), rust_type(field))?;
    }
    writeln!(out, "}}\n\nimpl {name} {{")?;
    writeln!(out, "    /// Its length in bytes.\n    pub const BYTES: usize = {length};")?;
    for field in layout.fields {
        writeln!(out, "    /// First byte of {}.", field.name)?;
        writeln!(out, "    pub const {}_AT: usize = {};", upper(field.name), field.offset)?;
    }
    let values: Vec<String> = fields()
        .map(|field| {
            let at = format!("Self::{}_AT", upper(field.name));
            let value = match items(field) {
                Some(_) if is_bytes(field) => format!("get(bytes, {at})"),
                Some(_) => {
                    let one = field.ty.bytes();
                    let read = read(
                        field.ty,
                        &if one == 1 { "at".into() } else { format!("{at} + {one} * i") },
                    );
                    format!("std_array(|i| {read})")
                }
                None => read(field.ty, &at),
            };
            format!("{}: {value}", snake(field.name)).replace("std_array", "core::array::from_fn")
        })
        .collect();
    writeln!(out, "\n    /// Reads it.\n    #[inline]")?;
    writeln!(out, "    pub fn parse(bytes: &[u8; Self::BYTES]) -> Self {{")?;
    write_self(out, &values)?;
    writeln!(out, "    }}\n\n    /// Writes it; padding is zeros.\n    #[inline]")?;
    writeln!(out, "    pub fn emit(&self, bytes: &mut [u8; Self::BYTES]) {{")?;
    for field in layout.fields {
        let at = format!("Self::{}_AT", upper(field.name));
        let value = format!("self.{}", snake(field.name));
        match items(field) {
            _ if field.ty == FixedType::Zero => {
                writeln!(out, "        bytes[{at}..{at} + {}].fill(0);", field.len)?;
            }
            Some(_) if is_bytes(field) => writeln!(out, "        put(bytes, {at}, {value});")?,
            Some(_) => {
                let one = field.ty.bytes();
                writeln!(out, "        for (i, value) in {value}.iter().enumerate() {{")?;
                let line = emit(field.ty, &format!("{at} + {one} * i"), "value");
                writeln!(out, "            {line}\n        }}")?;
            }
            None => writeln!(out, "        {}", emit(field.ty, &place(&at, 0), &value))?,
        }
    }
    writeln!(out, "    }}\n}}")
}

/// An array of single bytes.
fn is_bytes(field: &FixedField) -> bool {
    matches!(field.ty, FixedType::Text | FixedType::Char | FixedType::U8)
}

const C_HEAD: &str = "\
/* Generated from host/protocol by the test `generated`; do not edit.
 *
 * What host and kernels exchange, and the records, as plain structs without padding. The types
 * tg_u8 to tg_i64 come from compat.h. kernels/README.md says what each means.
 *
 *   TG_<LIST>_<NAME>     a number of a list
 *   TG_SHAPES(X)         X(place, MsgType, becomes, least, first, entry, nested, second, later, last)
 *                        for each known type: its place in the table, what it becomes, its least body,
 *                        and in bytes: the fixed fields up to and with the first count; an entry of the
 *                        first group with its own count; an entry of the group within an entry; the
 *                        fixed fields up to and with the second count; an entry of the second group;
 *                        the fixed fields behind. 0 where there is none.
 */
#ifndef TIDEGATE_LAYOUT_H
#define TIDEGATE_LAYOUT_H
";

pub(crate) fn header() -> String {
    let mut out = String::from(C_HEAD);
    write_c(&mut out).expect("a string takes all");
    out
}

fn c_type(ty: FixedType) -> &'static str {
    match ty {
        FixedType::U8 | FixedType::Char | FixedType::Text | FixedType::Zero | FixedType::Kind => {
            "tg_u8"
        }
        FixedType::U16 => "tg_u16",
        FixedType::U32 => "tg_u32",
        FixedType::U64 => "tg_u64",
        _ => "tg_i64",
    }
}

fn write_fields(out: &mut String, fields: &[FixedField]) -> std::fmt::Result {
    for field in fields {
        let count = field.len / field.ty.bytes();
        let array = if count > 1 || field.ty == FixedType::Text {
            format!("[{count}]")
        } else {
            String::new()
        };
        let unit = match field.ty.scale() {
            Some(scale) => format!("1e-{scale}: "),
            None => String::new(),
        };
        let declared = format!("{} {}{array};", c_type(field.ty), c_field(field.name));
        writeln!(out, "    {declared:<36} /* {unit}{} */", field.doc)?;
    }
    Ok(())
}

/// `channel` is a word of Intel's OpenCL.
fn c_field(name: &str) -> String {
    match snake(name).as_str() {
        "channel" => "channel_no".to_owned(),
        name => name.to_owned(),
    }
}

fn write_c_struct(
    out: &mut String,
    name: &str,
    doc: &str,
    fields: &[&[FixedField]],
    length: u16,
) -> std::fmt::Result {
    writeln!(out, "\n/* {doc} */\ntypedef struct {{")?;
    fields.iter().try_for_each(|fields| write_fields(out, fields))?;
    writeln!(out, "}} tg_{name};")?;
    writeln!(out, "#define TG_{}_SIZE {length}u", name.to_uppercase())
}

/// The name of a layout in C: those that Rust tells from its own types by a suffix need none.
fn c_name(layout: &FixedLayout) -> String {
    snake(layout.name.strip_suffix("Fields").unwrap_or(layout.name))
}

fn write_c(out: &mut String) -> std::fmt::Result {
    writeln!(out, "\n/* The kernel ABI: both ends must have the same. */")?;
    writeln!(out, "#define TG_KERNEL_ID_HI 0x{:08x}UL", KERNEL_ID >> 32)?;
    writeln!(out, "#define TG_KERNEL_ID_LO 0x{:08x}UL", KERNEL_ID & 0xffff_ffff)?;
    writeln!(out, "#define TG_PARAM_VERSION {PARAM_VERSION}u")?;
    writeln!(out, "#define TG_PARAM_TRIGGER_BYTES {PARAM_TRIGGER_BYTES}u")?;
    writeln!(out, "#define TG_PARAM_BLOCK_BYTES {PARAM_BLOCK_BYTES}u")?;
    writeln!(out, "#define TG_LOAD_CHUNK_BYTES {LOAD_CHUNK_BYTES}u")?;
    for (name, names) in NAMES {
        writeln!(out, "\n/* {name} */")?;
        for (number, value, doc) in *names {
            let define = format!("TG_{}_{number}", upper(name));
            writeln!(out, "#define {define:<32} {:<5} /* {doc} */", format!("{value}u"))?;
        }
    }
    for layout in RECORDS {
        let name = snake(layout.name);
        let fields = [TAG.fields, layout.fields];
        write_c_struct(out, &name, layout.doc, &fields, RECORD_BYTES as u16)?;
    }
    for (layout, bytes) in LAYOUTS {
        let fields: &[&[FixedField]] = if layout.name == REPORT.name {
            &[TAG.fields, layout.fields]
        } else {
            &[layout.fields]
        };
        write_c_struct(out, &c_name(layout), layout.doc, fields, *bytes)?;
    }
    writeln!(out, "\n/* An item as what it is. */\ntypedef union {{")?;
    writeln!(out, "    tg_item item;")?;
    for layout in RECORDS.iter().copied().chain([&REPORT]) {
        let name = c_name(layout);
        writeln!(out, "    tg_{name} {name};")?;
    }
    writeln!(out, "}} tg_any_item;")?;
    writeln!(out, "\n#define TG_SHAPES(X) \\")?;
    for (place, message) in MESSAGES.iter().enumerate() {
        let [first, entry, nested, second, later, last] = shape(message);
        let becomes = becomes(message.msg_type) as u8;
        let (msg_type, least) = (message.msg_type, message.min_body_bytes);
        let end = if place + 1 < MESSAGES.len() { " \\" } else { "" };
        writeln!(
            out,
            "    X({place}u, {msg_type}u, {becomes}u, {least}u, {first}u, {entry}u, {nested}u, {second}u, {later}u, {last}u){end}"
        )?;
    }
    writeln!(out, "\n#endif")
}

/// first, entry, nested, second, later, last: see the head of the file.
fn shape(message: &Message) -> [u16; 6] {
    let mut out = [0; 6];
    let mut groups = 0;
    for part in message.parts {
        let fixed = bytes(part);
        match &part.then {
            Then::Group(group) => {
                assert_eq!(group.entry.len(), 1, "an entry is one part");
                let entry = &group.entry[0];
                let at = if groups == 0 { 0 } else { 3 };
                assert!(groups < 2, "at most two groups one behind the other");
                out[at] = fixed;
                let nested = match &entry.then {
                    Then::Group(inner) => {
                        assert_eq!(groups, 0, "only entries of the first group have a group");
                        bytes(&inner.entry[0])
                    }
                    _ => 0,
                };
                if groups == 0 {
                    (out[1], out[2]) = (bytes(entry), nested);
                } else {
                    out[4] = bytes(entry);
                }
                groups += 1;
            }
            // Of an announcement only the least length counts.
            _ if groups == 0 => {}
            _ => out[5] += fixed,
        }
    }
    out
}
