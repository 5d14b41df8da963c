//! `host/protocol/PUBLISH.md`: the published datagrams for whoever writes a reader.

use std::fmt::Write;

use crate::names::snake;
use tidegate_protocol::record::{DatagramHeader, Kind, RECORD_BYTES, Tag, Tick, check};
use tidegate_protocol::schema::{FixedField, FixedLayout, FixedType, Flag, RecordKind};
use tidegate_protocol::table::records::{
    DATAGRAM_FLAGS, DATAGRAM_HEADER, DATAGRAM_HEADER_BYTES, KINDS, MAX_DATAGRAM_RECORDS,
    PUBLISH_ID, PUBLISHED_FLAGS, RECORD_FLAGS, RECORDS, TAG, TAG_BYTES,
};
use tidegate_protocol::units::{PriceE4, QtyE2, Timestamp};

const HEAD: &str = "\
<!-- Generated from host/protocol/src by the test `generated`; do not edit. -->

# The published datagrams

Tidegate sends what it decoded as UDP datagrams, by multicast: every record that decode released, in
the order of the messages. This page is all that a reader in any language needs. One table,
[`src/table/records.rs`](src/table/records.rs), gives this page, the Rust types, and `TG_DATAGRAM_*`
and `TG_RECORD_*` in `kernels/gen/protocol.h`; in Rust, the reader is
`tidegate_pipeline::publish::Reader`.

```
 datagram, at most 1,472 bytes         record, 96 bytes
 | header 32 | record | record | ..    | tag 24 | fields of its kind | zeros |
```

Every integer is little-endian, a signed one two's complement. A header is 2 and a record 6 words of
16 bytes; a datagram has no other bytes. It goes out when a message ends (or a set number of them),
when it is full, and when its sender is told to.

## What a reader does

1. **Check**: LayoutId is that of this page, Bytes is the length of the datagram and 32 + 96 x Records,
   Check holds, no unknown flag is set, padding is zero. Refuse what is not so; it counts as lost.
2. **Run**: a greater one than before is a publisher that started again, at Sequence 1; a smaller one is
   left over from before. The first datagram that a reader meets may have any Sequence: it started in the
   middle.
3. **Sequence**: one more than the last. More is a gap: the numbers between are lost, there is no
   retransmission. Less came late or twice: leave it out.
4. **Messages**: an Order or a Trade is a whole message. A snapshot is a Head; as many Entries as it says,
   each followed by its Queue quantities, two a record; and an End. All records of a message have the same
   tag but for Kind, and no other message stands between them; they may span datagrams, and the flags
   say where. Behind a gap, or at the start, drop the rest of a message whose beginning was lost
   (STARTS_INSIDE), and one whose end was lost: never join the two.

A datagram without records is a sign of life: it has a Sequence, so that a loss before a silence shows.
The check is against damage on the way, not against an attacker; trust the network or the group's
source address for that.
";

const READER: &str = r#"
def read(datagram):
    """Run, sequence, flags and records (kind, tag, fields) of one datagram."""
    layout, run, sequence, length, count, flags, check = HEADER.unpack_from(datagram)
    if layout != LAYOUT_ID:
        raise ValueError("another layout")
    if not len(datagram) == length == 32 + 96 * count:
        raise ValueError("length")
    words = [word for (word,) in struct.iter_unpack("<I", datagram)]
    if (sum(words) - check) % 2**32 != check:
        raise ValueError("check")
    records = []
    for at in range(32, length, 96):
        tag = dict(zip(TAG_FIELDS, TAG.unpack_from(datagram, at)))
        kind, fields, names = KINDS[tag["kind"]]
        records.append((kind, tag, dict(zip(names.split(), fields.unpack_from(datagram, at + 24)))))
    return run, sequence, flags, records
"#;

pub(crate) fn generate() -> String {
    let mut out = String::from(HEAD);
    write(&mut out).expect("a string takes all");
    out
}

fn write(out: &mut String) -> std::fmt::Result {
    writeln!(out, "\n## Types\n")?;
    writeln!(out, "| Type | Bytes | Meaning |\n|---|---|---|")?;
    for (ty, about) in [
        ("`U8` `U16` `U32` `U64`", "unsigned"),
        ("`I64`", "signed"),
        ("`Price` `Amt`", "signed, in 0.0001 CNY"),
        ("`Qty`", "signed, in 0.01 (100 shares are 10000)"),
        ("`EntryPx`", "signed, in 0.000001 CNY or index points"),
        ("`Time`", "signed, decimal digits YYYYMMDDHHMMSSsss, UTC+8"),
        ("`Text`", "ASCII as the exchange sent it, padded on the right with spaces or NULs"),
        ("`Char`", "one character as the exchange sent it; 0 where there is none"),
        ("`Kind`", "unsigned: what a record is"),
        ("`Zero`", "zeros"),
    ] {
        let bytes = match ty {
            "`U8` `U16` `U32` `U64`" => "1, 2, 4, 8",
            "`Text`" | "`Zero`" => "as listed",
            "`Char`" | "`Kind`" => "1",
            _ => "8",
        };
        writeln!(out, "| {ty} | {bytes} | {about} |")?;
    }
    writeln!(
        out,
        "\nThe fields keep the exchange's names and codes; [PROTOCOL.md](PROTOCOL.md) says what they mean."
    )?;

    writeln!(out, "\n## Header of a datagram\n\nLayoutId of this page: `{PUBLISH_ID:016x}`.")?;
    writeln!(out, "At most {MAX_DATAGRAM_RECORDS} records follow.")?;
    write_layout(out, &DATAGRAM_HEADER)?;
    writeln!(out, "\n| Flag | Value | Meaning |\n|---|---|---|")?;
    for Flag { name, value, doc, .. } in DATAGRAM_FLAGS {
        writeln!(out, "| {name} | {value} | {doc} |")?;
    }
    writeln!(
        out,
        "\nIn a datagram without records both say whether the stream is inside a message."
    )?;

    writeln!(out, "\n## Records\n\n| Kind | Record | Begins | Ends | Meaning |")?;
    writeln!(out, "|---|---|---|---|---|")?;
    let tick = |yes| if yes { "a message" } else { "" };
    for RecordKind { name, value, begins, ends, doc, .. } in KINDS {
        writeln!(out, "| {value} | {name} | {} | {} | {doc} |", tick(*begins), tick(*ends))?;
    }
    writeln!(out, "\n### Tag\n\nThe first {TAG_BYTES} bytes of each record.")?;
    write_layout(out, &TAG)?;
    writeln!(out, "\n| Flag | Value | Meaning |\n|---|---|---|")?;
    for Flag { name, value, doc, .. } in RECORD_FLAGS {
        if value & PUBLISHED_FLAGS != 0 {
            writeln!(out, "| {name} | {value} | {doc} |")?;
        }
    }
    writeln!(
        out,
        "\nNo other flag is published: whether a record moves a quote is decided behind this point."
    )?;
    for layout in RECORDS {
        let kinds = KINDS.iter().filter(|kind| kind.layout.name == layout.name);
        let kinds: Vec<String> =
            kinds.map(|kind| format!("{} ({})", kind.name, kind.value)).collect();
        writeln!(out, "\n### {}\n\n{}: {}.", layout.name, kinds.join(", "), layout.doc)?;
        write_layout(out, layout)?;
    }

    let datagram = example();
    writeln!(out, "\n## Worked example\n\nThe datagram of one trade:\n\n```hex")?;
    for row in datagram.chunks(16) {
        writeln!(out, "{}", hex(row))?;
    }
    writeln!(out, "```\n\n| Offset | Bytes | Field | Value |\n|---|---|---|---|")?;
    let tick = RECORDS[0];
    for (base, layout) in
        [(0, &DATAGRAM_HEADER), (DATAGRAM_HEADER_BYTES, &TAG), (DATAGRAM_HEADER_BYTES, tick)]
    {
        for field in layout.fields {
            let at = base + usize::from(field.offset);
            let bytes = &datagram[at..at + usize::from(field.len)];
            let name = format!("{}.{}", layout.name, field.name);
            writeln!(out, "| {at} | `{}` | {name} | {} |", hex(bytes), value(field, bytes))?;
        }
    }

    writeln!(out, "\n## A reader of datagrams in Python\n\n```python\nimport struct\n")?;
    writeln!(out, "LAYOUT_ID = 0x{PUBLISH_ID:016x}")?;
    writeln!(out, "HEADER = struct.Struct(\"<{}\")", format_of(&DATAGRAM_HEADER))?;
    writeln!(out, "TAG = struct.Struct(\"<{}\")", format_of(&TAG))?;
    writeln!(out, "TAG_FIELDS = \"{}\".split()", names_of(&TAG))?;
    writeln!(out, "KINDS = {{  # name, fields behind the tag, their names")?;
    for RecordKind { name, value, layout, .. } in KINDS {
        let format = format_of(layout);
        writeln!(out, "    {value}: (\"{name}\", struct.Struct(\"<{format}\"),")?;
        writeln!(out, "        \"{}\"),", names_of(layout))?;
    }
    writeln!(out, "}}\n{READER}```")
}

fn write_layout(out: &mut String, layout: &FixedLayout) -> std::fmt::Result {
    writeln!(out, "\n| Offset | Bytes | Field | Type | Scale | Meaning |")?;
    writeln!(out, "|---|---|---|---|---|---|")?;
    for field in layout.fields {
        let scale = field.ty.scale().map_or(String::new(), |scale| format!("10^-{scale}"));
        let (FixedField { offset, len, name, ty, doc }, count) = (field, count(field));
        let times = if count > 1 { format!(" x {count}") } else { String::new() };
        writeln!(out, "| {offset} | {len} | {name} | {ty:?}{times} | {scale} | {doc} |")?;
    }
    Ok(())
}

/// Values of a field; a text and the padding are one.
fn count(field: &FixedField) -> u16 {
    match field.ty {
        FixedType::Text | FixedType::Zero => 1,
        ty => field.len / ty.bytes(),
    }
}

/// The fields in the letters of Python's `struct`.
fn format_of(layout: &FixedLayout) -> String {
    let letter = |field: &FixedField| match field.ty {
        FixedType::U8 | FixedType::Kind => "B".to_string(),
        FixedType::U16 => "H".to_string(),
        FixedType::U32 => "I".to_string(),
        FixedType::U64 => "Q".to_string(),
        FixedType::Char => "c".to_string(),
        FixedType::Text => format!("{}s", field.len),
        FixedType::Zero => format!("{}x", field.len),
        _ => "q".to_string(),
    };
    layout.fields.iter().map(|field| letter(field).repeat(count(field).into())).collect()
}

/// A name for each value, as `format_of` has them.
fn names_of(layout: &FixedLayout) -> String {
    let mut out = Vec::new();
    for field in layout.fields.iter().filter(|field| field.ty != FixedType::Zero) {
        let name = snake(field.name);
        match count(field) {
            1 => out.push(name),
            count => out.extend((0..count).map(|i| format!("{name}_{i}"))),
        }
    }
    out.join(" ")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

/// The value as a person would say it, read from the bytes alone.
fn value(field: &FixedField, bytes: &[u8]) -> String {
    let number = bytes.iter().rev().fold(0u64, |number, &byte| number << 8 | u64::from(byte));
    match field.ty {
        FixedType::Text | FixedType::Char if bytes != [0] => {
            format!("`{}`", String::from_utf8_lossy(bytes))
        }
        FixedType::Zero => String::new(),
        FixedType::Price => PriceE4(number as i64).to_string(),
        FixedType::Qty => QtyE2(number as i64).to_string(),
        _ if matches!(field.name, "LayoutId" | "Check") => {
            format!("`{number:0width$x}`", width = 2 * bytes.len())
        }
        _ => number.to_string(),
    }
}

/// 100 shares of 000001 at 15.03, message 12 of the input.
fn example() -> Vec<u8> {
    let tick = Tick {
        tag: Tag {
            msg: 12,
            offset: 1_234,
            msg_type: 300_191,
            session: 3,
            kind: Kind::Trade,
            flags: 0,
        },
        appl_seq_num: 35_374_403,
        bid_appl_seq_num: 35_374_370,
        offer_appl_seq_num: 35_374_402,
        security: *b"000001  ",
        price: PriceE4(150_300),
        quantity: QtyE2(10_000),
        time: Timestamp(20_230_201_093_000_120),
        channel: 2_013,
        source: *b"102 ",
        code: b'F',
        ord_type: 0,
        stream: *b"011",
    };
    let mut record = [0; RECORD_BYTES];
    tick.emit(&mut record);
    let mut header = DatagramHeader {
        layout_id: PUBLISH_ID,
        run: 20_230_201,
        sequence: 1,
        bytes: 128,
        records: 1,
        flags: 0,
        check: 0,
    };
    let mut bytes = [0; DATAGRAM_HEADER_BYTES];
    header.emit(&mut bytes);
    header.check = check(&[&bytes[..], &record].concat());
    header.emit(&mut bytes);
    [&bytes[..], &record].concat()
}

#[test]
fn the_reader_of_the_page_reads_its_example() {
    let page = generate();
    let block = |language: &str| {
        let (_, rest) = page.split_once(&format!("```{language}\n")).expect("a block");
        rest.split_once("```").expect("its end").0
    };
    let (reader, example) = (block("python"), block("hex").replace('\n', " "));
    let program = format!("{reader}\nprint(read(bytes.fromhex('{example}')))");
    let wanted = "(20230201, 1, 0, [('Trade', {'msg': 12, 'offset': 1234, 'msg_type': 300191, \
        'session': 3, 'kind': 2, 'flags': 0}, {'appl_seq_num': 35374403, \
        'bid_appl_seq_num': 35374370, 'offer_appl_seq_num': 35374402, 'security': b'000001  ', \
        'price': 150300, 'quantity': 10000, 'time': 20230201093000120, 'channel': 2013, \
        'source': b'102 ', 'code': b'F', 'ord_type': b'\\x00', 'stream': b'011'})])\n";
    match std::process::Command::new("python3").arg("-c").arg(program).output() {
        Ok(output) => {
            let found = String::from_utf8_lossy(&output.stdout);
            assert_eq!(found, wanted, "{}", String::from_utf8_lossy(&output.stderr));
        }
        Err(error) if std::env::var_os("CI").is_none() => {
            // Not `eprintln!`: the test runner keeps that back.
            let _ = std::io::Write::write_all(
                &mut std::io::stderr(),
                format!("skipped: no python3: {error}\n").as_bytes(),
            );
        }
        Err(error) => panic!("python3: {error}"),
    }
}
