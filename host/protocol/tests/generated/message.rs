//! `host/protocol/src/gen/message.rs`: a plain struct for every part.

use std::fmt::Write;

use crate::names::{bytes, distinct_parts, snake, upper};
use tidegate_protocol::schema::{Field, Message, Part, Then, Type};

const HEAD: &str = "\
// Generated from the table by the test `generated`; do not edit.
//! One plain struct for every part of the table.
//!
//! `parse` and `emit` read and write the part's fixed bytes; `..._AT` is the place of a field,
//! counted from the start of the part. Numbers are as on the wire, texts keep their padding. The
//! default is zeros and blanks.

use crate::units::{AmtE4, PriceE4, PxE6, QtyE2, Timestamp};

/// `N` bytes at a constant place: the bounds are known when it is compiled in.
#[inline(always)]
const fn get<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    match bytes.split_at(at).1.first_chunk() {
        Some(chunk) => *chunk,
        None => panic!(\"a field lies in its part\"),
    }
}

#[inline(always)]
fn put<const N: usize>(bytes: &mut [u8], at: usize, value: [u8; N]) {
    bytes[at..at + N].copy_from_slice(&value);
}
";

const NUMBER: &str = "
#[inline(always)]
const fn NUMBER_at(bytes: &[u8], at: usize) -> NUMBER {
    NUMBER::from_be_bytes(get(bytes, at))
}

#[inline(always)]
fn put_NUMBER(bytes: &mut [u8], at: usize, value: NUMBER) {
    put(bytes, at, value.to_be_bytes());
}
";

pub(crate) fn generate() -> String {
    let mut out = String::from(HEAD);
    for number in ["u16", "u32", "i32", "i64"] {
        out += &NUMBER.replace("NUMBER", number);
    }
    for (part, messages) in distinct_parts() {
        write_part(&mut out, part, &messages).expect("a string takes all");
    }
    out
}

fn rust_type(field: &Field) -> String {
    match field.ty {
        Type::U8 | Type::Char => "u8".into(),
        Type::U16 | Type::Bool16 => "u16".into(),
        Type::U32 | Type::Date | Type::Count | Type::Length => "u32".into(),
        Type::I32 => "i32".into(),
        Type::I64 | Type::SeqNum => "i64".into(),
        Type::Price => "PriceE4".into(),
        Type::Qty => "QtyE2".into(),
        Type::Amt => "AmtE4".into(),
        Type::EntryPx => "PxE6".into(),
        Type::Time => "Timestamp".into(),
        Type::Text | Type::Gbk | Type::Utf8OrGbk => format!("[u8; {}]", field.len),
    }
}

fn is_wrapped(ty: Type) -> bool {
    matches!(ty, Type::Price | Type::Qty | Type::Amt | Type::EntryPx | Type::Time)
}

fn default(field: &Field) -> String {
    match field.ty {
        Type::Text | Type::Gbk | Type::Utf8OrGbk => format!("[b' '; {}]", field.len),
        Type::Char => "b' '".into(),
        ty if is_wrapped(ty) => format!("{}(0)", rust_type(field)),
        _ => "0".into(),
    }
}

fn write_part(out: &mut String, part: &Part, messages: &[&Message]) -> std::fmt::Result {
    let name = part.name;
    let place = |field: &Field| format!("{}_AT", upper(field.name));
    let users: Vec<String> =
        messages.iter().map(|m| format!("{} {}", m.msg_type, m.title)).collect();
    writeln!(out, "\n/// Part of {}.", users.join(", "))?;
    // Blanks are no default that can be derived, and long arrays have none.
    let derived = !part.fields.iter().any(|f| f.ty.is_text());
    let derive_default = if derived { "Default, " } else { "" };
    writeln!(out, "#[derive(Clone, Copy, Debug, {derive_default}PartialEq, Eq)]")?;
    writeln!(out, "pub struct {name} {{")?;
    for field in part.fields {
        writeln!(out, "    /// {}: {}.", field.name, field.doc)?;
        writeln!(out, "    pub {}: {},", snake(field.name), rust_type(field))?;
    }
    writeln!(out, "}}\n\nimpl {name} {{")?;
    writeln!(
        out,
        "    /// Bytes on the wire{}.",
        match part.then {
            Then::Nothing => "",
            Then::Group(_) => ", the group that follows not counted",
            Then::Data { .. } => ", the data that follows not counted",
        }
    )?;
    writeln!(out, "    pub const LEN: usize = {};", bytes(part))?;
    for field in part.fields {
        writeln!(out, "    /// First byte of {}.", field.name)?;
        writeln!(out, "    pub const {}: usize = {};", place(field), field.offset)?;
    }
    writeln!(out, "\n    /// Reads the part.")?;
    writeln!(out, "    #[inline]")?;
    writeln!(out, "    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {{")?;
    let mut values = Vec::new();
    for field in part.fields {
        let (at, get) = (place(field), snake(field.name));
        let bytes = format!("get(bytes, Self::{at})");
        let value = match field.ty {
            Type::Text | Type::Gbk | Type::Utf8OrGbk => bytes,
            Type::U8 | Type::Char => format!("bytes[Self::{at}]"),
            ty if is_wrapped(ty) => format!("{}(i64_at(bytes, Self::{at}))", rust_type(field)),
            _ => format!("{}_at(bytes, Self::{at})", rust_type(field)),
        };
        values.push(format!("{get}: {value}"));
    }
    write_self(out, &values)?;
    writeln!(out, "    }}")?;
    writeln!(out, "\n    /// Writes the part.")?;
    writeln!(out, "    #[inline]")?;
    writeln!(out, "    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {{")?;
    for field in part.fields {
        let (at, get) = (place(field), snake(field.name));
        match field.ty {
            Type::Text | Type::Gbk | Type::Utf8OrGbk => {
                writeln!(out, "        put(bytes, Self::{at}, self.{get});")?
            }
            Type::U8 | Type::Char => writeln!(out, "        bytes[Self::{at}] = self.{get};")?,
            ty if is_wrapped(ty) => {
                writeln!(out, "        put_i64(bytes, Self::{at}, self.{get}.0);")?;
            }
            _ => {
                let number = rust_type(field);
                writeln!(out, "        put_{number}(bytes, Self::{at}, self.{get});")?;
            }
        }
    }
    writeln!(out, "    }}\n}}")?;
    if derived {
        return Ok(());
    }
    writeln!(out, "\nimpl Default for {name} {{")?;
    writeln!(out, "    fn default() -> Self {{")?;
    let values: Vec<String> =
        part.fields.iter().map(|f| format!("{}: {}", snake(f.name), default(f))).collect();
    write_self(out, &values)?;
    writeln!(out, "    }}\n}}")
}

/// `Self { .. }` as rustfmt lays it out: on one line where it fits.
pub(crate) fn write_self(out: &mut String, values: &[String]) -> std::fmt::Result {
    let line = format!("        Self {{ {} }}", values.join(", "));
    if line.len() <= 100 {
        return writeln!(out, "{line}");
    }
    writeln!(out, "        Self {{")?;
    for value in values {
        writeln!(out, "            {value},")?;
    }
    writeln!(out, "        }}")
}
