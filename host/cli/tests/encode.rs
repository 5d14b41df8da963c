//! `tidegate encode`: the inverse of `decode --csv`, and what it says of rows that are wrong.

mod common;

use common::{Dir, frame, run, run_with, trade};
use std::collections::BTreeMap;
use tidegate_protocol::schema::{Part, Then, Type};
use tidegate_protocol::{MESSAGES, frame as framing};

/// Numbers without a pattern, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % below
    }

    fn byte(&mut self) -> u8 {
        self.roll(256) as u8
    }

    /// Text of any kind that may be on the wire: padded or not, GBK or garbage.
    fn text(&mut self, len: usize) -> Vec<u8> {
        let some = self.roll(len as u64 + 1) as usize;
        let mut text: Vec<u8> = match self.roll(6) {
            0 => (0..some).map(|_| self.byte()).collect(),
            1 => {
                "平安银行，\"甲\"".chars().flat_map(|c| encode_gbk(c).to_vec()).take(len).collect()
            }
            2 => (0..some).map(|_| b"a,\"\n\r'; "[self.roll(8) as usize]).collect(),
            _ => (0..some).map(|_| b'!' + self.roll(94) as u8).collect(),
        };
        text.truncate(len);
        text.resize(len, if self.roll(4) == 0 { 0 } else { b' ' });
        text
    }

    fn parts(&mut self, parts: &[Part], body: &mut Vec<u8>) {
        for part in parts {
            let mut count = 0;
            for field in part.fields {
                let len = usize::from(field.len);
                match field.ty {
                    ty if ty.is_text() => body.extend(self.text(len)),
                    Type::Count | Type::Length => {
                        count = self.roll(4) as u32;
                        body.extend_from_slice(&count.to_be_bytes());
                    }
                    // Small and large, negative and not.
                    _ if self.roll(2) == 0 => body.extend((0..len).map(|_| self.byte())),
                    _ => {
                        body.extend((0..len).map(|at| if at + 1 == len { self.byte() } else { 0 }))
                    }
                }
            }
            for _ in 0..count {
                match part.then {
                    Then::Nothing => {}
                    Then::Group(group) => self.parts(group.entry, body),
                    Then::Data { .. } => body.push(self.byte()),
                }
            }
        }
    }
}

fn encode_gbk(c: char) -> Vec<u8> {
    let text = c.to_string();
    encoding_rs::GBK.encode(&text).0.into_owned()
}

/// Shows Q11.
#[test]
fn tables_give_the_same_bytes_again() {
    let (dir, mut dice) = (Dir::new(), Dice(0x5eed));
    let mut by_type: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
    let mut input = Vec::new();
    for _ in 0..60 {
        for message in MESSAGES {
            let mut body = Vec::new();
            dice.parts(message.parts, &mut body);
            let bytes = frame(message.msg_type, &body);
            by_type.entry(message.msg_type).or_default().extend_from_slice(&bytes);
            input.extend_from_slice(&bytes);
        }
        let unknown = frame(4_711, &[dice.byte(), dice.byte()]);
        by_type.entry(4_711).or_default().extend_from_slice(&unknown);
        input.extend_from_slice(&unknown);
    }
    let ran = run(&["decode", &dir.file("all.bin", &input), "--csv", &dir.name("tables")]);
    assert_eq!(ran.stderr, format!("tidegate: {} messages\n", 60 * (MESSAGES.len() + 1)));
    for (msg_type, bytes) in by_type {
        let table = dir.path("tables").join(format!("{msg_type}.csv"));
        let ran = run(&["encode", table.to_str().expect("UTF-8"), "--out", "-"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(ran.stdout == bytes, "{msg_type}");
    }
}

const HEADER: &str = "ChannelNo,ApplSeqNum,MDStreamID,BidApplSeqNum,OfferApplSeqNum,SecurityID,\
                      SecurityIDSource,LastPx,LastQty,ExecType,TransactTime\n";
const ROW: &str = "2013,1,011,0,0,000001,102,15.03,100,F,20230201093000000\n";

#[test]
fn the_type_comes_from_column_name_or_option() {
    let dir = Dir::new();
    let rows = format!("{HEADER}{ROW}");
    let out = |args: &[&str]| run(&[&["encode", "--out", "-"], args].concat());
    assert_eq!(out(&[&dir.file("300191.csv", rows.as_bytes())]).stdout, trade(1));
    let other = dir.file("trades.csv", rows.as_bytes());
    assert_eq!(out(&[&other, "--type", "300191"]).stdout, trade(1));
    assert!(out(&[&other]).error(2).contains("--type"));
    assert!(out(&[&other, "--type", "300192"]).error(1).contains("Price, OrderQty, Side"));
    let column: String = rows
        .lines()
        .zip(["MsgType", "300191"])
        .map(|(line, cell)| format!("{cell},{line}\n"))
        .collect();
    assert_eq!(out(&[&dir.file("300192.csv", column.as_bytes())]).stdout, trade(1));
    assert!(out(&[&other, "--type", "x"]).error(2).contains("--type"));
    let spread = format!("\u{feff}{rows}");
    assert_eq!(
        run_with(&["encode", "-", "-o", "-", "--type", "300191"], spread.as_bytes()).stdout,
        trade(1)
    );
}

#[test]
fn other_forms_of_output() {
    let dir = Dir::new();
    let rows: String = (1..100).map(|seq| ROW.replacen("3,1,", &format!("3,{seq},"), 1)).collect();
    let table = dir.file("300191.csv", format!("{HEADER}{rows}").as_bytes());
    let bytes: Vec<u8> = (1..100).flat_map(trade).collect();
    for (name, cid) in [("out.bin", "0"), ("out.beats", "77"), ("out.pcap", "0")] {
        let ran = run(&["encode", &table, "--out", &dir.name(name), "--cid", cid]);
        assert_eq!(ran.text(), "");
        assert!(
            ran.stderr.starts_with("tidegate: 99 messages, 7722 bytes of messages, to "),
            "{}",
            ran.stderr
        );
        let lines = run(&["decode", &dir.name(name)]).json();
        assert_eq!(lines.len(), 99);
        assert_eq!(lines[98]["ApplSeqNum"], 99);
    }
    assert_eq!(std::fs::read(dir.path("out.bin")).expect("a file"), bytes);
    let words = std::fs::read(dir.path("out.beats")).expect("a file");
    // Full packets: 1460 bytes, header word and 92 data words.
    assert_eq!(&words[..4], [0xb4, 0x05, 77, 0x55]);
    assert_eq!(&words[93 * 16..93 * 16 + 3], [0xb4, 0x05, 77]);
    let first = run(&["decode", &dir.name("out.beats"), "--limit", "1"]).json();
    assert_eq!(first[0]["Stream"], 77);
    for name in ["x.txt", "x", "x.bin.gz", "x.beats.gz", "x.pcap.gz"] {
        assert_eq!(run(&["encode", &table, "--out", &dir.name(name)]).text(), "");
        let lines = run(&["decode", &dir.name(name)]).json();
        assert_eq!((lines.len(), &lines[98]["ApplSeqNum"]), (99, &99.into()), "{name}");
    }
    assert_eq!(std::fs::read(dir.path("x.txt")).expect("a file"), bytes);
    for name in ["x.bin.zst", "x.pcapng"] {
        let ran = run(&["encode", &table, "--out", &dir.name(name)]);
        assert!(ran.error(2).contains("is not written"), "{}", ran.stderr);
        assert!(!dir.path(name).exists());
    }
    assert!(run(&["encode", &table, "-o", "-", "--cid", "128"]).error(2).contains("128"));
}

#[test]
fn errors_name_file_line_and_column() {
    let dir = Dir::new();
    let out = dir.name("out.bin");
    let fails = |name: &str, text: &str, wanted: &[&str]| {
        let file = dir.file(name, text.as_bytes());
        let ran = run(&["encode", &file, "--out", &out]);
        let error = ran.error(1);
        for words in wanted.iter().chain([&name]) {
            assert!(error.contains(words), "{words}: {error}");
        }
        assert!(!std::path::Path::new(&out).exists());
    };
    let row = |from: &str, to: &str| format!("{HEADER}{ROW}{}", ROW.replacen(from, to, 1));
    fails("300191.csv", &row("15.03", "15.00001"), &[":3:", "LastPx", "4 digits", "15.00001"]);
    fails("300191.csv", &row("15.03", ""), &[":3:", "LastPx", "empty"]);
    fails("300191.csv", &row("2013", "65536"), &["ChannelNo", "2 bytes", "65536"]);
    fails("300191.csv", &row("2013", "-1"), &["ChannelNo", "whole number"]);
    fails(
        "300191.csv",
        &row("000001", "000000001"),
        &["SecurityID", "at most 8 bytes", "\"000000001\" (9 bytes)"],
    );
    fails("300191.csv", &row("000001", "平安"), &["SecurityID", "ASCII", "平安"]);
    fails("300191.csv", &row(",F", ",F4"), &["at most 1 byte, found \"F4\" (2 bytes)"]);
    fails("300191.csv", &row(",F", ""), &[":3:", "11 cells", "10"]);
    fails("300191.csv", "ChannelNo\n1\n", &[":1:", "missing", "ApplSeqNum, MDStreamID"]);
    let foreign = format!("Colour,{HEADER}red,{ROW}");
    fails("300191.csv", &foreign, &[":1:", "Colour"]);
    fails("300191.csv", "ChannelNo,ChannelNo\n", &["ChannelNo", "twice"]);
    let group = |cell: &str| {
        format!("PlatformID,NoPartitions,Partitions\n1,1,\"{}\"\n", cell.replace('"', "\"\""))
    };
    fails("9.csv", &group("[1,2]"), &[":2:", "NoPartitions", "number of Partitions"]);
    fails("9.csv", &group("[1.5]"), &["Partitions[0]", "1.5"]);
    fails("9.csv", &group("[null]"), &["Partitions[0]", "null"]);
    fails("9.csv", &group("{}"), &["Partitions", "array"]);
    fails("9.csv", &group("[1"), &["Partitions", "array"]);
    let entries = "OrigTime,ChannelNo,MDStreams\n1,1,\"[{\"\"MDStreamID\"\":\"\"1\"\",";
    fails("390090.csv", &format!("{entries}\"\"x\"\":1}}]\"\n"), &["MDStreams[0]", "\"x\""]);
    let rest = "\"\"StockNum\"\":-1,\"\"TradingPhaseCode\"\":\"\"\"\"}]\"\n";
    fails("390090.csv", &format!("{entries}{rest}"), &["MDStreams[0].StockNum", "-1"]);
    assert!(run(&["encode", "/no/such.csv", "-o", &out]).error(1).contains("/no/such.csv"));
}

#[test]
fn counts_may_be_left_out() {
    let table = "PlatformID,Partitions\n1,\"[5,6]\"\n2,\n";
    let ran = run_with(&["encode", "-", "-o", "-", "--type", "9"], table.as_bytes());
    let body =
        [&[0, 1][..], &2u32.to_be_bytes(), &5i32.to_be_bytes(), &6i32.to_be_bytes()].concat();
    assert_eq!(ran.stdout, [frame(9, &body), frame(9, &[0, 2, 0, 0, 0, 0])].concat());
    assert_eq!(framing::checksum(&[]), 0);
}

#[test]
fn vendor_layouts_are_known_by_their_header() {
    let trades = "ChannelNo,ApplSeqNum,MDStreamID,BidApplSeqNum,OfferApplSeqNum,SecurityID,LastPx,\
                  LastQty,ExecType,TransactTime\n2013,1,011,0,0,000001,15.03,100,F,20230201093000000\n";
    assert_eq!(run_with(&["encode", "-", "-o", "-"], trades.as_bytes()).stdout, trade(1));
    let mut cells = vec![
        ("MDDate".to_owned(), "2022.06.01"),
        ("MDTime".to_owned(), "14:57:03.000"),
        ("SecurityID".to_owned(), "300122.SZ"),
        ("PreClosePx".to_owned(), "87.28"),
        ("TradingPhaseCode".to_owned(), "5"),
        ("DiffPx1".to_owned(), "-0.01"),
        ("TotalOfferQty".to_owned(), "300"),
    ];
    for name in [
        "TotalVolumeTrade",
        "TotalValueTrade",
        "LastPx",
        "OpenPx",
        "HighPx",
        "LowPx",
        "TotalBidQty",
        "WeightedAvgBidPx",
        "WeightedAvgOfferPx",
        "MaxPx",
        "MinPx",
    ] {
        cells.push((name.to_owned(), "0"));
    }
    for (side, level) in [("Buy", 1), ("Sell", 2)]
        .into_iter()
        .flat_map(|(side, there)| (1..=10).map(move |level| (side, (level, level == there))))
    {
        let (level, there) = level;
        cells.push((format!("{side}Price{level}"), "0"));
        cells.push((format!("{side}OrderQty{level}"), if there { "100" } else { "0" }));
        cells.push((format!("{side}NumOrders{level}"), if there { "3" } else { "0" }));
    }
    let row = |phase: &str| {
        let names: Vec<&str> = cells.iter().map(|(name, _)| name.as_str()).collect();
        let values: Vec<&str> = cells
            .iter()
            .map(|(name, value)| if name == "TradingPhaseCode" { phase } else { value })
            .collect();
        format!("{}\n{}\n", names.join(","), values.join(","))
    };
    let frames = run_with(&["encode", "-", "-o", "-"], row("5").as_bytes());
    let message = &run_with(&["decode", "-"], &frames.stdout).json()[0];
    assert_eq!(message["OrigTime"], 20220601145703000i64);
    assert_eq!(message["TradingPhaseCode"], "C0");
    assert_eq!(message["SecurityID"], "300122");
    let entries: Vec<_> = message["MDEntries"]
        .as_array()
        .expect("entries")
        .iter()
        .map(|e| {
            ["MDEntryType", "MDPriceLevel", "MDEntryPx", "MDEntrySize"]
                .map(|name| e[name].to_string())
        })
        .collect();
    let wanted = [
        ["0", "1", "0.000000", "100.00"],
        ["1", "2", "0.000000", "100.00"],
        ["x1", "0", "-0.010000", "0.00"],
        ["x4", "0", "0.000000", "300.00"],
    ]
    .map(|[code, level, price, size]| {
        [format!("{code:?}"), level.to_owned(), format!("{price:?}"), format!("{size:?}")]
    });
    assert_eq!(entries, wanted);
    let ran = run_with(&["encode", "-", "-o", "-"], row("7").as_bytes());
    assert!(
        ran.error(1).contains("TradingPhaseCode: wanted 1 to 6, found \"7\""),
        "{}",
        ran.stderr
    );
}

/// Shows Q11.
#[test]
fn numbers_in_groups_are_exact_or_refused() {
    let header = "OrigTime,ChannelNo,MDStreamID,SecurityID,SecurityIDSource,TradingPhaseCode,\
                  PrevClosePx,NumTrades,TotalVolumeTrade,TotalValueTrade,MDEntries";
    let encode = |price: &str| {
        let entries = format!("\"[{{\"\"MDEntryType\"\":\"\"3\"\",\"\"MDEntryPx\"\":{price}}}]\"");
        let row = format!("20240102094136000,1011,900,399001,102,T0,8.75,1,1,1,{entries}");
        let table = format!("{header}\n{row}\n");
        run_with(&["encode", "-", "-o", "-", "--type", "309011"], table.as_bytes())
    };
    for (price, shown) in [
        ("9223372036854.775807", "9223372036854.775807"),
        ("-9223372036854.775808", "-9223372036854.775808"),
        ("999999999.999999", "999999999.999999"),
        ("8.72", "8.720000"),
        ("9450", "9450.000000"),
    ] {
        let message = &run_with(&["decode", "-"], &encode(price).stdout).json()[0];
        assert_eq!(message["MDEntries"][0]["MDEntryPx"], shown);
    }
    // The first would have been rounded to 1000000000.0 on the way.
    for price in ["999999999.9999999999", "8.7200001", "872e-2", "9223372036854.775808"] {
        let ran = encode(price);
        let error = ran.error(1);
        assert!(error.contains("MDEntries[0].MDEntryPx") && error.contains("wanted"), "{error}");
    }
}

#[test]
fn what_an_entry_leaves_out_is_empty() {
    let table = "OrigTime,ChannelNo,MDStreamID,SecurityID,SecurityIDSource,TradingPhaseCode,\
                 PrevClosePx,NumTrades,TotalVolumeTrade,TotalValueTrade,MDEntries\n\
                 20240102094136000,1011,010,300319,102,T0,8.75,1,1,1,\
                 \"[{\"\"MDEntryType\"\":\"\"0\"\",\"\"MDEntryPx\"\":8.72,\"\"MDEntrySize\"\":37,\
                 \"\"MDPriceLevel\"\":1,\"\"NumberOfOrders\"\":1}]\"\n";
    let encode =
        |table: &str| run_with(&["encode", "-", "-o", "-", "--type", "300111"], table.as_bytes());
    let entry = &run_with(&["decode", "-"], &encode(table).stdout).json()[0]["MDEntries"][0];
    assert_eq!((&entry["NoOrders"], &entry["OrderQtys"]), (&0.into(), &serde_json::json!([])));
    let counted = table.replace("}]", ",\"\"NoOrders\"\":2}]");
    assert!(encode(&counted).error(1).contains("MDEntries[0].NoOrders"));
}

#[test]
fn a_failure_leaves_what_was_there() {
    let dir = Dir::new();
    let (keep, good) = (dir.file("keep.bin", b"good"), format!("{HEADER}{ROW}"));
    let bad = dir.file("300191.csv", format!("{good}x{ROW}").as_bytes());
    run(&["encode", &bad, "--out", &keep]).error(1);
    assert_eq!(common::read(&keep), "good");
    let names = || std::fs::read_dir(dir.path("")).expect("a directory").count();
    assert_eq!(names(), 2, "nothing half written");
    let table = dir.file("300191.csv", good.as_bytes());
    run(&["encode", &table, "--out", &keep]).text();
    assert_eq!(std::fs::read(&keep).expect("a file"), trade(1));
    assert_eq!(names(), 2);
    assert!(run(&["encode", &table, "--out", &table]).error(2).contains("that is the input"));
    assert_eq!(common::read(&table), good);
    let missing = dir.name("no/such.bin");
    assert!(run(&["encode", &table, "--out", &missing]).error(1).contains("cannot create"));
    assert_eq!(run(&["encode", &table, "--out", "/dev/null"]).text(), "");
}

#[test]
fn a_number_as_name_is_a_type_only_if_there_is_such_a_type() {
    let dir = Dir::new();
    let rows = format!("{HEADER}{ROW}");
    let day = dir.file("20190311.csv", rows.as_bytes());
    let other = dir.file("300192.csv", rows.as_bytes());
    for file in [&day, &other] {
        let args = ["encode", file, "-o", "-", "--type", "300191"];
        assert_eq!(run(&args).stdout, trade(1), "{file}");
    }
    assert!(run(&["encode", &day, "-o", "-"]).error(2).contains("--type"));
    let column = "MsgType,PlatformID,Partitions\n9,1,\n";
    let ran = run_with(&["encode", "-", "-o", "-", "--type", "6"], column.as_bytes());
    assert!(ran.error(2).contains("--type 6"), "{}", ran.stderr);
    let unknown = dir.file("4711.csv", b"BodyHex\n00ff\n");
    assert_eq!(run(&["encode", &unknown, "-o", "-"]).stdout, frame(4_711, &[0, 0xff]));
}

#[test]
fn a_capture_of_one_message_is_warned_of() {
    let dir = Dir::new();
    let table = dir.file("300191.csv", format!("{HEADER}{ROW}").as_bytes());
    let ran = run(&["encode", &table, "--out", &dir.name("one.pcap")]);
    assert!(ran.stderr.contains("warning: a flow of one message"), "{}", ran.stderr);
    let ran = run(&["encode", &table, "--out", &dir.name("one.bin")]);
    assert!(!ran.stderr.contains("warning"), "{}", ran.stderr);
}

#[test]
fn compressed_tables_are_opened() {
    let dir = Dir::new();
    let rows = format!("{HEADER}{ROW}");
    // One frame of zstd: its size, then one block as it is.
    let block = (rows.len() as u32) << 3 | 1;
    let size = u8::try_from(rows.len()).expect("a short table");
    let mut zst = vec![0x28, 0xb5, 0x2f, 0xfd, 0x20, size];
    zst.extend_from_slice(&block.to_le_bytes()[..3]);
    zst.extend_from_slice(rows.as_bytes());
    let file = dir.file("300191.csv.zst", &zst);
    assert_eq!(run(&["encode", &file, "-o", "-"]).stdout, trade(1));
    let cut = dir.file("300191.csv.zst", &zst[..zst.len() - 9]);
    assert!(run(&["encode", &cut, "-o", &dir.name("x")]).error(1).contains("damaged"));
}
