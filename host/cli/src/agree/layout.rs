//! Which field a byte of an output belongs to, and what the field says.

use tidegate_pipeline::decision::Outcome;
use tidegate_pipeline::quote::SIDES;
use tidegate_protocol::limits::{
    BOOK_LEVELS, HEADER_BYTES, MAX_TRIGGERS, QUEUE_ITEMS, TRAILER_BYTES,
};
use tidegate_protocol::schema::FixedType::{I64, Price, Qty, Time, U8, U16, U32, U64, Zero};
use tidegate_protocol::schema::{Field, FixedField, FixedLayout, FixedType, Then};
use tidegate_protocol::table::{kernel, records};
use tidegate_protocol::units::{Fixed, trim_padding};
use tidegate_protocol::{FaultCode, MESSAGES, Value, find, frame};

/// What came out of an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(crate) enum Kind {
    Record = 0,
    Fault = 1,
    Index = 2,
    Report = 3,
    Decision = 4,
    Order = 5,
    End = 6,
    Row = 7,
    Request = 8,
    Counters = 9,
}

impl Kind {
    pub(crate) const ALL: [Self; 10] = [
        Self::Record,
        Self::Fault,
        Self::Index,
        Self::Report,
        Self::Decision,
        Self::Order,
        Self::End,
        Self::Row,
        Self::Request,
        Self::Counters,
    ];

    /// One of them, as it is said.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Fault => "fault",
            Self::Index => "index point",
            Self::Report => "report",
            Self::Decision => "decision",
            Self::Order => "order",
            Self::End => "end of message",
            Self::Row => "row of the quote table",
            Self::Request => "row of the record table",
            Self::Counters => "counters",
        }
    }

    /// Whether it comes when the input has ended.
    pub(crate) const fn is_table(self) -> bool {
        matches!(self, Self::Row | Self::Request | Self::Counters)
    }

    /// The message that it belongs to.
    pub(crate) fn msg(self, bytes: &[u8]) -> Option<u64> {
        let at = match self {
            Self::Record | Self::Index | Self::Report | Self::End => 0,
            Self::Fault => 16,
            Self::Decision | Self::Order => 8,
            Self::Row | Self::Request | Self::Counters => return None,
        };
        let msg = u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?);
        (msg != u64::MAX).then_some(msg)
    }
}

/// Bytes of an order before its frame.
pub(crate) const ORDER_HEAD_BYTES: usize = 24;

/// One field of an output.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) at: usize,
    pub(crate) len: usize,
    how: How,
}

/// How a field is shown.
#[derive(Clone, Copy, Debug)]
enum How {
    Fixed(FixedType),
    /// A decimal with so many digits behind the point.
    Decimal(u32),
    /// A field of a message on the wire.
    Wire(&'static Field),
    /// Big-endian, of a frame.
    Big,
    FaultCode,
    RecordKind,
    Outcome,
    Hex,
}

const fn x(name: &'static str, offset: u16, len: u16, ty: FixedType) -> FixedField {
    FixedField { name, offset, len, ty, doc: "" }
}

const FAULT: &[FixedField] = &[
    x("Offset", 0, 8, U64),
    x("Length", 8, 8, U64),
    x("Msg", 16, 8, U64),
    x("Session", 24, 2, U16),
    x("Code", 26, 1, U8),
    x("Line", 27, 1, U8),
    x("Padding", 28, 4, Zero),
];

const INDEX: &[FixedField] =
    &[x("Msg", 0, 8, U64), x("Time", 8, 8, Time), x("Value", 16, 8, Price), x("Sum", 24, 8, Price)];

/// [`tidegate_pipeline::feedback::Reported::to_bytes`]; what the report says stands behind it.
const REPORTED: &[FixedField] = &[
    x("Msg", 0, 8, U64),
    x("Time", 8, 8, Time),
    x("ReportIndex", 16, 8, I64),
    x("Cum", 24, 8, Qty),
    x("Missed", 32, 8, Qty),
    x("MsgType", 40, 4, U32),
    x("PartitionNo", 44, 4, U32),
    x("Request", 48, 4, U32),
    x("Verdict", 52, 1, U8),
    x("State", 53, 1, U8),
    x("Padding", 54, 10, Zero),
];

const ORDER: &[FixedField] = &[
    x("Decision", 0, 8, U64),
    x("Msg", 8, 8, U64),
    x("Request", 16, 4, U32),
    x("Length", 20, 4, U32),
];

const END: &[FixedField] = &[x("Msg", 0, 8, U64), x("MsgType", 8, 4, U32)];

/// Counters of an engine that stand alone, in order.
pub(crate) const COUNTERS: [&str; 13] = [
    "bytes",
    "messages",
    "unknown_rest",
    "swallowed_bytes",
    "surplus_bytes",
    "duplicates",
    "jumps",
    "jumped_numbers",
    "unnamed",
    "stale",
    "clamped_times",
    "index_updates",
    "index_compared",
];

/// Counters of triggers, orders and reports that stand alone, in order.
pub(crate) const TRADING: [&str; 15] = [
    "decisions",
    "sent",
    "refused",
    "cancels",
    "reports.applied",
    "reports.duplicate",
    "reports.late",
    "reports.unknown",
    "reports.contradictory",
    "report_jumps",
    "report_jumped_numbers",
    "report_repeats",
    "missed_fills",
    "outstanding",
    "guarded",
];

/// Counters of each trigger.
pub(crate) const OF_TRIGGER: [&str; 5] = ["fired", "sent", "refused", "cancels", "held_back"];

/// Names of all counters, in their order; each is 8 bytes.
pub(crate) fn counter_names() -> Vec<String> {
    let mut names: Vec<String> = COUNTERS.iter().map(|&name| name.to_owned()).collect();
    names.push("index_difference_e6".to_owned());
    names.extend(MESSAGES.iter().map(|message| format!("messages of {}", message.msg_type)));
    for at in 0..tidegate_pipeline::counters::UNKNOWN_TYPES {
        names.extend([format!("unknown[{at}].MsgType"), format!("unknown[{at}].messages")]);
    }
    let code = |number: usize| FaultCode::ALL.iter().find(|code| **code as usize == number);
    names.extend((0..256).map(|number| match code(number) {
        Some(code) => format!("faults {}", code.name()),
        None => format!("faults of code {number}"),
    }));
    names.extend(TRADING.iter().map(|&name| name.to_owned()));
    for at in 0..MAX_TRIGGERS {
        names.extend(OF_TRIGGER.iter().map(|name| format!("trigger[{at}].{name}")));
    }
    names
}

/// The fields of a layout, arrays apart, moved by `by`.
fn fixed(out: &mut Vec<Named>, prefix: &str, fields: &[FixedField], by: isize) {
    for field in fields {
        let at = (isize::from(field.offset as i16) + by) as usize;
        let (len, one) = (usize::from(field.len), usize::from(field.ty.bytes()));
        let is_array = len > one && !matches!(field.ty, FixedType::Text | FixedType::Zero);
        let of = |name: String, at, len, ty| Named { name, at, len, how: How::Fixed(ty) };
        if is_array {
            for place in 0..len / one {
                let name = match field.name {
                    "Conditions" => {
                        let part = ["found", "bound"][place % 2];
                        format!("{prefix}Conditions[{}].{part}", place / 2)
                    }
                    "Checks" => {
                        let part = ["code", "holds"][place % 2];
                        format!("{prefix}Conditions[{}].{part}", place / 2)
                    }
                    name => format!("{prefix}{name}[{place}]"),
                };
                out.push(of(name, at + place * one, one, field.ty));
            }
        } else {
            out.push(of(format!("{prefix}{}", field.name), at, len, field.ty));
        }
    }
}

fn set(fields: &mut [Named], name: &str, how: How) {
    fields.iter_mut().filter(|field| field.name == name).for_each(|field| field.how = how);
}

fn layout(fields: &[FixedField]) -> Vec<Named> {
    let mut out = Vec::new();
    fixed(&mut out, "", fields, 0);
    out
}

fn record(bytes: &[u8]) -> Vec<Named> {
    let mut out = layout(records::TAG.fields);
    set(&mut out, "Kind", How::RecordKind);
    let kind = bytes.get(22).copied().unwrap_or_default();
    if let Some(kind) = records::KINDS.iter().find(|known| known.value == kind) {
        fixed(&mut out, "", kind.layout.fields, 0);
    }
    out
}

fn report() -> Vec<Named> {
    let mut out = layout(REPORTED);
    let FixedLayout { fields, .. } = kernel::REPORT;
    fixed(&mut out, "report.", fields, 64 - isize::from(fields[0].offset as i16));
    out
}

fn decision() -> Vec<Named> {
    let mut out = layout(kernel::DECISION.fields);
    set(&mut out, "Outcome", How::Outcome);
    set(&mut out, "Index", How::Decimal(4));
    out
}

/// The frame of an order: header, fields of its message, checksum.
fn order(bytes: &[u8]) -> Vec<Named> {
    let mut out = layout(ORDER);
    let base = ORDER_HEAD_BYTES;
    let end = bytes.len();
    let mut big = |name: &str, at: usize, len: usize| {
        if at + len <= end {
            out.push(Named { name: name.to_owned(), at, len, how: How::Big });
        }
    };
    big("MsgType", base, 4);
    big("BodyLength", base + 4, 4);
    let Some(head) = bytes.get(base..).and_then(|frame| frame.first_chunk::<HEADER_BYTES>()) else {
        return out;
    };
    if end >= base + HEADER_BYTES + TRAILER_BYTES {
        big("Checksum", end - TRAILER_BYTES, TRAILER_BYTES);
    }
    let mut at = base + HEADER_BYTES;
    let parts = find(frame::header(head).0).map_or(&[][..], |message| message.parts);
    for part in parts {
        for field in part.fields {
            let (from, len) = (at + usize::from(field.offset), usize::from(field.len));
            let (name, how) = (field.name.to_owned(), How::Wire(field));
            out.push(Named { name, at: from, len, how });
        }
        at += part.fields.iter().map(|field| usize::from(field.len)).sum::<usize>();
        if !matches!(part.then, Then::Nothing) {
            break;
        }
    }
    out
}

fn row() -> Vec<Named> {
    let mut out = layout(kernel::QUOTE_ROW.fields);
    for (name, how) in [("TicksValue", How::Decimal(6)), ("SnapshotValue", How::Decimal(6))] {
        set(&mut out, name, how);
    }
    let mut at = 208;
    for side in SIDES {
        for level in 1..=BOOK_LEVELS {
            // Without the padding that the kernels' level has.
            let fields = &kernel::DEPTH_LEVEL.fields[..5];
            fixed(&mut out, &format!("{side}[{level}]."), fields, at);
            at += 28;
        }
    }
    for place in 0..QUEUE_ITEMS {
        let (name, at) = (format!("Queue[{place}]"), at as usize + 8 * place);
        out.push(Named { name, at, len: 8, how: How::Fixed(Qty) });
    }
    let at = at as usize + 8 * QUEUE_ITEMS;
    out.push(Named { name: "QueueLen".to_owned(), at, len: 2, how: How::Fixed(U16) });
    out
}

fn counters() -> Vec<Named> {
    let names = counter_names().into_iter().enumerate();
    names.map(|(at, name)| Named { name, at: 8 * at, len: 8, how: How::Fixed(U64) }).collect()
}

/// The fields of an output, in the order of their bytes. What no field covers is not there.
pub(crate) fn fields(kind: Kind, bytes: &[u8]) -> Vec<Named> {
    let mut out = match kind {
        Kind::Record => record(bytes),
        Kind::Fault => {
            let mut out = layout(FAULT);
            set(&mut out, "Code", How::FaultCode);
            out
        }
        Kind::Index => layout(INDEX),
        Kind::Report => report(),
        Kind::Decision => decision(),
        Kind::Order => order(bytes),
        Kind::End => layout(END),
        Kind::Row => row(),
        Kind::Request => layout(kernel::REQUEST.fields),
        Kind::Counters => counters(),
    };
    out.sort_by_key(|field| field.at);
    out.retain(|field| field.at + field.len <= bytes.len());
    out
}

/// The field of a byte.
pub(crate) fn field_at(kind: Kind, bytes: &[u8], at: usize) -> Named {
    let found = fields(kind, bytes)
        .into_iter()
        .find(|field| (field.at..field.at + field.len).contains(&at));
    found.unwrap_or_else(|| Named { name: format!("byte {at}"), at, len: 1, how: How::Hex })
}

fn hex(bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("0x{}", digits.concat())
}

fn quoted(bytes: &[u8]) -> String {
    format!("\"{}\"", bytes.escape_ascii())
}

fn unsigned(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Text of an exchange, or one character; what is no text is shown in hexadecimal digits.
fn text(bytes: &[u8]) -> String {
    match bytes {
        [0] => "none".to_owned(),
        _ => quoted(bytes),
    }
}

impl Named {
    /// What it says in the bytes of an output.
    pub(crate) fn value(&self, bytes: &[u8]) -> String {
        let Some(bytes) = bytes.get(self.at..self.at + self.len) else { return "none".to_owned() };
        let number = || unsigned(bytes);
        let decimal = |scale: u32| match number().cast_signed() {
            i64::MIN => "none".to_owned(),
            value => Fixed { value, scale }.to_string(),
        };
        match self.how {
            How::Fixed(ty) => match ty {
                FixedType::Text | FixedType::Char => text(bytes),
                FixedType::Zero => hex(bytes),
                FixedType::I64 | FixedType::Time => decimal(0),
                FixedType::Kind => number().to_string(),
                FixedType::U8 | FixedType::U16 | FixedType::U32 | FixedType::U64 => {
                    let all_ones = u64::MAX >> (64 - 8 * bytes.len());
                    if number() == all_ones {
                        "none (all ones)".to_owned()
                    } else {
                        number().to_string()
                    }
                }
                FixedType::Price | FixedType::Qty | FixedType::Amt | FixedType::EntryPx => {
                    decimal(ty.scale().unwrap_or_default())
                }
            },
            How::Decimal(scale) => decimal(scale),
            How::Wire(field) => match Value::read(field, bytes) {
                Some(Value::Text(text)) => quoted(trim_padding(text)),
                Some(value) => match (value.number(), field.ty.scale()) {
                    (Some(value), Some(scale)) => Fixed { value, scale }.to_string(),
                    (Some(value), None) => value.to_string(),
                    (None, _) => hex(bytes),
                },
                None => hex(bytes),
            },
            How::Big => {
                bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)).to_string()
            }
            How::FaultCode => {
                let code = FaultCode::ALL.iter().find(|code| **code as u64 == number());
                code.map_or_else(|| format!("code {}", number()), |code| code.name().to_owned())
            }
            How::RecordKind => {
                let kind = records::KINDS.iter().find(|kind| u64::from(kind.value) == number());
                kind.map_or_else(|| format!("kind {}", number()), |kind| kind.name.to_owned())
            }
            How::Outcome => outcome(bytes[0]),
            How::Hex => hex(bytes),
        }
    }
}

fn outcome(number: u8) -> String {
    use Outcome::{Cancelled, Epoch, GuardEngaged, GuardReleased, KillOff, KillOn, Refused, Sent};
    let all = [Sent, Refused, Cancelled, GuardEngaged, GuardReleased, Epoch, KillOn, KillOff];
    let outcome = all.into_iter().find(|outcome| *outcome as u8 == number);
    outcome.map_or_else(|| format!("outcome {number}"), |outcome| outcome.name().to_owned())
}

/// An output in one line: its fields, as far as they say something.
pub(crate) fn line(kind: Kind, bytes: &[u8]) -> String {
    let quiet = matches!(kind, Kind::Row | Kind::Counters);
    let told = fields(kind, bytes).into_iter().filter(|field| {
        let zero = bytes[field.at..field.at + field.len].iter().all(|byte| *byte == 0);
        !(zero && (quiet || field.name.ends_with("Padding")))
    });
    let told: Vec<String> =
        told.map(|field| format!("{}={}", field.name, field.value(bytes))).collect();
    format!("{}: {}", kind.name(), told.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_pipeline::Decision;
    use tidegate_pipeline::feedback::{Reported, Request};
    use tidegate_pipeline::record::RECORD_BYTES;

    /// Every byte of an output belongs to exactly one field.
    fn tiled(kind: Kind, bytes: &[u8]) {
        let mut at = 0;
        for field in fields(kind, bytes) {
            assert_eq!(field.at, at, "{}: {}", kind.name(), field.name);
            at += field.len;
        }
        assert_eq!(at, bytes.len(), "{}", kind.name());
    }

    /// Shows O5.
    #[test]
    fn every_byte_has_one_field() {
        for kind in records::KINDS {
            let mut bytes = [0; RECORD_BYTES];
            bytes[22] = kind.value;
            tiled(Kind::Record, &bytes);
        }
        tiled(Kind::Fault, &[0; tidegate_pipeline::Fault::BYTES]);
        tiled(Kind::Index, &[0; tidegate_pipeline::IndexPoint::BYTES]);
        tiled(Kind::Report, &[0; Reported::BYTES + 120]);
        tiled(Kind::Decision, &[0; Decision::BYTES]);
        tiled(Kind::End, &[0; 12]);
        tiled(Kind::Request, &[0; Request::BYTES]);
        tiled(Kind::Row, &[0; 208 + 20 * 28 + 8 * QUEUE_ITEMS + 2]);
        tiled(Kind::Counters, &vec![0; 8 * counter_names().len()]);
        for msg_type in [
            tidegate_protocol::msg_type::NEW_ORDER,
            tidegate_protocol::msg_type::ORDER_CANCEL_REQUEST,
        ] {
            let body = find(msg_type).expect("a message").min_body_bytes as usize;
            let mut bytes = vec![0; ORDER_HEAD_BYTES + HEADER_BYTES + body + TRAILER_BYTES];
            bytes[ORDER_HEAD_BYTES..][..4].copy_from_slice(&msg_type.to_be_bytes());
            tiled(Kind::Order, &bytes);
        }
    }
}
