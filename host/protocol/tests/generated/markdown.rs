//! `host/protocol/PROTOCOL.md`: the table for people.

use std::fmt::Write;

use crate::names::type_name;
use tidegate_protocol::code::CODES;
use tidegate_protocol::limits::LIMITS;
use tidegate_protocol::schema::{Interface, Message, Part, Then, Type};
use tidegate_protocol::{FaultCode, MESSAGES, PROTOCOL_ID};

const HEAD: &str = "\
<!-- Generated from host/protocol/src by the test `generated`; do not edit. -->

# SZSE Binary: the messages that Tidegate knows

This document, the codec, the kernel header and the Wireshark dissector come from one table,
[`src/table`](src/table/mod.rs).

## Provenance

The official documents of the Shenzhen Stock Exchange, 深圳证券交易所 Binary 行情数据接口规范 (market data)
and Binary 交易数据接口规范 (order entry), were **not at hand**. The layouts were put together from
independent public decoders, header files and notes, from decoded public data, and from the one
published piece of real traffic, a cut-off 300111. Of order entry only the session and the cash
auction (现货集中竞价) are covered. Compare this table with the official documents before you rely on it.

Each field carries a mark:

| Mark | Meaning |
|---|---|
| A | three or more independent decoders agree, or two and real data |
| B | two sources |
| C | one source |
| M | memory or inference only |

Known to be unknown: entry codes of 300211 beyond those listed, the code of the closing index in
309011, the layout of the placeholder for messages of a newer version, versions 1.13 and later of
the market-data interface.

## Frame

| Bytes | Field | Meaning |
|---|---|---|
| 4 | MsgType | decimal number such as 300191 |
| 4 | BodyLength | bytes of the body alone |
| BodyLength | body | |
| 4 | Checksum | sum of all bytes of header and body, modulo 256 |

Every integer is big-endian, a signed one two's complement. Nothing is aligned or padded, and
nothing stands between two messages. A message may span segments, and a segment may hold several
messages. The first three bytes of the checksum are always 0.

New versions append fields at the end of a body: what is known is read, the rest of BodyLength
skipped. A type that is not known is skipped by its length. There is no mark by which the begin of
a message could be found.

## Types

| Type | Bytes | Meaning |
|---|---|---|
| `uInt8` `uInt16` `uInt32` | 1, 2, 4 | unsigned |
| `Int32` `Int64` | 4, 8 | signed |
| `Boolean` | 2 | unsigned: 1 true, 0 false |
| `Price` | 8 | N13(4): signed, in 0.0001 CNY |
| `Qty` | 8 | N15(2): signed, in 0.01 (100 shares are 10000) |
| `Amt` | 8 | N18(4): signed, in 0.0001 CNY |
| `MDEntryPx` | 8 | N18(6): signed, in 0.000001 CNY or index points |
| `LocalTimeStamp` | 8 | signed, decimal digits YYYYMMDDHHMMSSsss, UTC+8 |
| `LocalMktDate` | 4 | unsigned, decimal digits YYYYMMDD |
| `SeqNum` | 8 | signed |
| `NumInGroup` | 4 | unsigned, entries of the group that follows |
| `Length` | 4 | unsigned, bytes of the data that follow |
| `char` | 1 | one ASCII character |
| `char[]` | as listed | left-justified, padded with spaces; NULs are accepted |
| `char[] (GBK)` | as listed | the same, may be Chinese in GBK |
| `char[] (UTF-8 or GBK)` | as listed | the same, may be Chinese; the sources of order entry do not agree on the encoding: UTF-8 where it is that, else GBK; written as UTF-8 |

Prices of ticks and prices of snapshot entries have different scales: 9.10 is 91000 in the one and
9100000 in the other.
";

pub(crate) fn generate() -> String {
    let mut out = String::from(HEAD);
    write(&mut out).expect("a string takes all");
    out
}

fn write(out: &mut String) -> std::fmt::Result {
    writeln!(out, "\n## Messages\n\nLayout number of this table: `{PROTOCOL_ID:016x}`.\n")?;
    writeln!(out, "| MsgType | Hex | Message | 名称 | Shortest body |\n|---|---|---|---|---|")?;
    for message in MESSAGES {
        let Message { msg_type, title, title_zh, min_body_bytes, .. } = message;
        let anchor = anchor(message);
        writeln!(
            out,
            "| {msg_type} | `{msg_type:08x}` | [{title}](#{anchor}) | {title_zh} | {min_body_bytes} |"
        )?;
    }
    for (interface, title) in [
        (Interface::Session, "Session, both interfaces"),
        (Interface::MarketData, "Market data"),
        (Interface::Trading, "Order entry"),
    ] {
        writeln!(out, "\n## {title}")?;
        for message in MESSAGES.iter().filter(|m| m.interface == interface) {
            write_message(out, message)?;
        }
    }

    writeln!(out, "\n## Codes")?;
    for set in CODES {
        writeln!(out, "\n### Code {}\n", set.name)?;
        writeln!(
            out,
            "In: {}.\n\n| Code | Name | Meaning |\n|---|---|---|",
            set.fields.join(", ")
        )?;
        for code in set.codes {
            let value = code.text.map_or_else(|| code.value.to_string(), str::to_string);
            writeln!(out, "| `{value}` | {} | {} |", code.name, code.doc)?;
        }
    }

    writeln!(
        out,
        "\n## Faults\n\nBad input never stops the data path: it is counted and reported.\n"
    )?;
    writeln!(out, "| Number | Code | Meaning |\n|---|---|---|")?;
    for code in FaultCode::ALL {
        writeln!(out, "| {} | `{}` | {} |", *code as u8, code.name(), code.about())?;
    }

    writeln!(out, "\n## Limits\n\n| Name | Value | Meaning |\n|---|---|---|")?;
    for (name, value, about) in LIMITS {
        writeln!(out, "| `{name}` | {value} | {about} |")?;
    }
    Ok(())
}

fn heading(message: &Message) -> String {
    format!("{} {}", message.msg_type, message.name)
}

/// The link target that renderers make of the heading.
fn anchor(message: &Message) -> String {
    heading(message).to_lowercase().replace(' ', "-")
}

fn write_message(out: &mut String, message: &Message) -> std::fmt::Result {
    writeln!(out, "\n### {}\n", heading(message))?;
    writeln!(
        out,
        "{}, {}. Shortest body: {} bytes.",
        message.title, message.title_zh, message.min_body_bytes
    )?;
    if message.parts.is_empty() {
        return writeln!(out, "\nThe body is empty.");
    }
    writeln!(out, "\n| Offset | Bytes | Field | Type | Scale | Unit | Mark | Meaning |")?;
    writeln!(out, "|---|---|---|---|---|---|---|---|")?;
    write_parts(out, message.parts, "")
}

/// `base` is empty in the body itself, before any group; else it names the start of the part.
fn write_parts(out: &mut String, parts: &[Part], base: &str) -> std::fmt::Result {
    let mut base = base.to_string();
    for part in parts {
        for field in part.fields {
            writeln!(
                out,
                "| {base}{} | {} | {} | {} | {} | {} | {:?} | {} |",
                field.offset,
                field.len,
                field.name,
                type_name(field.ty),
                field.ty.scale().map_or(String::new(), |scale| format!("10^-{scale}")),
                unit(field.ty),
                field.confidence,
                field.doc
            )?;
        }
        match &part.then {
            Then::Nothing => {}
            Then::Group(group) => {
                writeln!(out, "| | | **{}**, each: | | | | | |", group.name)?;
                write_parts(out, group.entry, &format!("{} +", group.name))?;
                writeln!(out, "| | | *end of {}* | | | | | |", group.name)?;
                base = format!("end of {} +", group.name);
            }
            Then::Data { name } => {
                writeln!(out, "| | | **{name}** | bytes | | | | as many as announced |")?;
                base = format!("end of {name} +");
            }
        }
    }
    Ok(())
}

fn unit(ty: Type) -> &'static str {
    match ty {
        Type::Price | Type::Amt => "CNY",
        Type::EntryPx => "CNY or points",
        Type::Qty => "shares or units",
        Type::Time => "ms, UTC+8",
        Type::Date => "day",
        Type::Length => "bytes",
        _ => "",
    }
}
