//! `kernels/gen/protocol.h`: the table as macros, for C99 and OpenCL C 1.2.

use std::fmt::Write;

use crate::names::{bytes, distinct_parts, type_name, upper};
use tidegate_protocol::code::CODES;
use tidegate_protocol::limits::LIMITS;
use tidegate_protocol::schema::{FixedLayout, Flag, Part};
use tidegate_protocol::table::records::{
    DATAGRAM_FLAGS, DATAGRAM_HEADER, DATAGRAM_HEADER_BYTES, KINDS, MAX_DATAGRAM_BYTES,
    MAX_DATAGRAM_RECORDS, PUBLISH_ID, PUBLISHED_FLAGS, RECORD_BYTES, RECORD_FLAGS, RECORDS, TAG,
    TAG_BYTES,
};
use tidegate_protocol::{FaultCode, MESSAGES, PROTOCOL_ID, Room};

const HEAD: &str = "\
/* Generated from host/protocol by the test `generated`; do not edit.
 *
 * Only macros: usable from C99 and OpenCL C 1.2.
 *
 *   TG_MSG_<MESSAGE>         MsgType
 *   TG_MIN_<MESSAGE>         bytes of the body when every group is empty
 *   TG_<PART>_LEN            bytes of the fixed fields of a part
 *   TG_<PART>_<FIELD>_AT     first byte of a field, counted from the start of the part
 *   TG_<PART>_<FIELD>_BYTES  length of a field
 *
 *   TG_DATAGRAM_<FIELD>_AT   first byte of a field of a published datagram's header
 *   TG_RECORD_<KIND>         the byte that says what a record is
 *   TG_<RECORD>_<FIELD>_AT   first byte of a field of a record
 *
 * Records and datagrams are little-endian, everything of the exchange is big-endian.
 *
 * The first part of a message begins with the body, so its places are those in the body. Other
 * parts are entries of a group or follow one.
 */
#ifndef TIDEGATE_PROTOCOL_H
#define TIDEGATE_PROTOCOL_H
";

pub(crate) fn generate() -> String {
    let mut out = String::from(HEAD);
    write(&mut out).expect("a string takes all");
    out
}

fn define(out: &mut String, name: &str, value: &str, about: &str) -> std::fmt::Result {
    writeln!(out, "#define {name:<48} {value:<10} /* {about} */")
}

fn write(out: &mut String) -> std::fmt::Result {
    writeln!(out, "\n/* Layout of this table: both ends must have the same. */")?;
    writeln!(out, "#define TG_PROTOCOL_ID_HI 0x{:08x}UL", PROTOCOL_ID >> 32)?;
    writeln!(out, "#define TG_PROTOCOL_ID_LO 0x{:08x}UL", PROTOCOL_ID & 0xffff_ffff)?;

    writeln!(out, "\n/* Limits */")?;
    for (name, value, about) in LIMITS {
        let suffix = if *value > u64::from(u32::MAX) { "UL" } else { "u" };
        define(out, &format!("TG_{name}"), &format!("{value}{suffix}"), about)?;
    }

    writeln!(out, "\n/* Messages */")?;
    for message in MESSAGES {
        let name = upper(message.name);
        define(out, &format!("TG_MSG_{name}"), &format!("{}u", message.msg_type), message.title)?;
        let min = format!("{}u", message.min_body_bytes);
        define(out, &format!("TG_MIN_{name}"), &min, "shortest body, bytes")?;
    }

    for (part, messages) in distinct_parts() {
        let types: Vec<String> = messages.iter().map(|m| m.msg_type.to_string()).collect();
        writeln!(out, "\n/* {}: part of {} */", part.name, types.join(", "))?;
        write_part(out, part)?;
    }

    for set in CODES {
        writeln!(out, "\n/* {} */", set.name)?;
        for code in set.codes {
            let value = match code.text {
                Some(text) => format!("0x{:0width$x}u", code.value, width = 2 * text.len()),
                None => format!("{}u", code.value),
            };
            let about = match code.text {
                Some(text) => format!("\"{text}\" {}", code.doc),
                None => code.doc.to_string(),
            };
            define(out, &format!("TG_{}_{}", upper(set.name), code.name), &value, &about)?;
        }
    }

    write_records(out)?;

    writeln!(out, "\n/* Rooms */")?;
    for room in Room::ALL {
        let name = format!("TG_ROOM_{}", room.name().to_uppercase());
        writeln!(out, "#define {name:<48} {}u", *room as u8)?;
    }

    writeln!(out, "\n/* Faults */")?;
    for code in FaultCode::ALL {
        let name = format!("TG_FAULT_{}", code.name().replace('.', "_").to_uppercase());
        define(out, &name, &format!("{}u", *code as u8), code.about())?;
    }
    writeln!(out, "\n#endif")
}

fn write_part(out: &mut String, part: &Part) -> std::fmt::Result {
    let prefix = format!("TG_{}", upper(part.name));
    define(out, &format!("{prefix}_LEN"), &format!("{}u", bytes(part)), "bytes")?;
    for field in part.fields {
        let name = format!("{prefix}_{}", upper(field.name));
        let about = match field.ty.scale() {
            Some(scale) => format!("{}, 1e-{scale}: {}", type_name(field.ty), field.doc),
            None => format!("{}: {}", type_name(field.ty), field.doc),
        };
        define(out, &format!("{name}_AT"), &format!("{}u", field.offset), &about)?;
        writeln!(out, "#define {:<48} {}u", format!("{name}_BYTES"), field.len)?;
    }
    Ok(())
}

fn write_records(out: &mut String) -> std::fmt::Result {
    writeln!(out, "\n/* Layout of records and datagrams: both ends must have the same. */")?;
    writeln!(out, "#define TG_PUBLISH_ID_HI 0x{:08x}UL", PUBLISH_ID >> 32)?;
    writeln!(out, "#define TG_PUBLISH_ID_LO 0x{:08x}UL", PUBLISH_ID & 0xffff_ffff)?;
    for (name, value, about) in [
        ("RECORD_BYTES", RECORD_BYTES, "bytes of a record"),
        ("TAG_BYTES", TAG_BYTES, "bytes of the tag of a record"),
        ("DATAGRAM_HEADER_BYTES", DATAGRAM_HEADER_BYTES, "bytes of a datagram's header"),
        ("MAX_DATAGRAM_BYTES", MAX_DATAGRAM_BYTES, "longest datagram, bytes"),
        ("MAX_DATAGRAM_RECORDS", MAX_DATAGRAM_RECORDS, "most records of a datagram"),
    ] {
        define(out, &format!("TG_{name}"), &format!("{value}u"), about)?;
    }

    writeln!(out, "\n/* Kinds of records */")?;
    for kind in KINDS {
        let name = format!("TG_RECORD_{}", upper(kind.name));
        define(out, &name, &format!("{}u", kind.value), kind.doc)?;
    }
    writeln!(out, "\n/* Flags of a record, and those of them that are published */")?;
    write_flags(out, "RECORD", RECORD_FLAGS)?;
    writeln!(out, "#define {:<48} {PUBLISHED_FLAGS}u", "TG_RECORD_FLAGS_PUBLISHED")?;
    writeln!(out, "\n/* Flags of a datagram */")?;
    write_flags(out, "DATAGRAM", DATAGRAM_FLAGS)?;

    write_layout(out, "DATAGRAM", &DATAGRAM_HEADER)?;
    for layout in [&TAG].iter().chain(RECORDS) {
        write_layout(out, &upper(layout.name), layout)?;
    }
    Ok(())
}

fn write_flags(out: &mut String, prefix: &str, flags: &[Flag]) -> std::fmt::Result {
    for flag in flags {
        let name = format!("TG_{prefix}_FLAG_{}", flag.name);
        define(out, &name, &format!("{}u", flag.value), flag.doc)?;
    }
    Ok(())
}

fn write_layout(out: &mut String, prefix: &str, layout: &FixedLayout) -> std::fmt::Result {
    writeln!(out, "\n/* {}: {} */", layout.name, layout.doc)?;
    for field in layout.fields {
        let name = format!("TG_{prefix}_{}", upper(field.name));
        let about = match field.ty.scale() {
            Some(scale) => format!("{:?}, 1e-{scale}: {}", field.ty, field.doc),
            None => format!("{:?}: {}", field.ty, field.doc),
        };
        define(out, &format!("{name}_AT"), &format!("{}u", field.offset), &about)?;
        writeln!(out, "#define {:<48} {}u", format!("{name}_BYTES"), field.len)?;
    }
    Ok(())
}
