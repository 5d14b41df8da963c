//! `tidegate replay` and `tidegate setup`.

mod common;

use common::{Dir, Trade, frame, read, run, trade, unhex};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const TOML: &str =
    "[index]\nid = \"399001\"\nprev_close = \"1000.0000\"\nconstituents = \"c.csv\"\n";
const CONSTITUENTS: &str = "security,shares,prev_close\n000001,1000,15.0000\n";

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// A day with an index, a duplicate, a jump, a wrong checksum and an end inside of a message.
fn day() -> Vec<u8> {
    let at = |seq, price, exec_type, security: &[u8; 8]| {
        let time = 20_230_201_093_000_000 + seq;
        Trade { seq, price, exec_type, time, security: *security, ..Trade::default() }.frame()
    };
    let mut bad = trade(6);
    bad[50] ^= 1;
    [
        frame(3, &[]),
        at(1, 151_500, b'F', b"000001  "),
        at(2, 0, b'4', b"000001  "),
        at(2, 160_000, b'F', b"000001  "),
        at(5, 148_500, b'F', b"000001  "),
        at(6, 99_900, b'F', b"300750  "),
        bad,
        at(7, 0, b'F', b"000001  "),
        frame(12_345, &[1, 2, 3]),
        trade(8)[..40].to_vec(),
    ]
    .concat()
}

/// Shows G20, C15.
#[test]
fn files_and_summary() {
    let dir = Dir::new();
    let (input, setup) = (dir.file("day.bin", &day()), dir.file("setup.toml", TOML.as_bytes()));
    dir.file("c.csv", CONSTITUENTS.as_bytes());
    let outs = ["one", "two"].map(|name| dir.name(name));
    for out in &outs {
        let ran = run(&["replay", &input, "--setup", &setup, "--out", out]);
        let text = ran.text();
        assert_eq!(ran.stderr, "");
        for words in [
            "300191  Auction tick trade or cancel",
            "12345  unknown type",
            "frame.checksum",
            "frame.truncated",
            "quote.price",
            "open 1010.0000, high 1010.0000, low 990.0000, last 990.0000, 2 values",
            "1 duplicates, 1 jumps over 2 numbers",
            "2 rows, 1 collected from the input",
            "Measured; one clock read per message is included",
            "p99.9",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }
    for name in ["events.jsonl", "faults.jsonl", "index.csv", "quotes.csv", "summary.json"] {
        let both = ["one", "two"].map(|out| read(dir.path(out).join(name)));
        assert_eq!(both[0], both[1], "{name}");
    }
    let file = |name: &str| read(dir.path("one").join(name));
    let events = json_lines(&file("events.jsonl"));
    assert_eq!(events.len(), 6);
    assert_eq!(
        events[0],
        json!({"msg": 1, "session": 0, "offset": 12, "type": 300191, "kind": "trade",
            "channel": 2013, "seq": 1, "stream": "011", "security": "000001", "source": "102",
            "bid_seq": 0, "offer_seq": 0, "price": "15.1500", "quantity": "100.00",
            "exec_type": "F", "time": 20230201093000001i64, "applied": true})
    );
    let told: Vec<_> = events.iter().map(|e| (&e["kind"], &e["applied"], &e["why"])).collect();
    let (trade, cancel, yes, no) = (json!("trade"), json!("cancel"), json!(true), json!(false));
    assert_eq!(told[1], (&cancel, &yes, &Value::Null));
    assert_eq!(told[2], (&trade, &no, &json!("duplicate")));
    assert_eq!(told[5], (&trade, &no, &json!("refused")));
    assert_eq!(
        file("index.csv"),
        "time,msg,index\n20230201093000001,1,1010.0000\n20230201093000005,4,990.0000\n"
    );
    let faults = json_lines(&file("faults.jsonl"));
    assert_eq!(
        faults[0],
        json!({"stream": 0, "session": 0, "offset": 402, "fault": "frame.checksum", "length": 78,
            "msg": 6})
    );
    assert_eq!(faults[1]["fault"], "quote.price");
    assert_eq!(faults[2]["fault"], "frame.truncated");
    assert_eq!(faults[2]["msg"], Value::Null);
    let quotes = file("quotes.csv");
    let rows: Vec<&str> = quotes.lines().collect();
    assert_eq!(rows.len(), 3);
    assert!(
        rows[1].starts_with(
            "000001,,20230201093000005,20230201093000005,0,15.0000,14.850000,15.150000,15.150000,14.850000,200.00,\
         3000.000000,2,0,2,1,0,0.000000,0.00,0,[],"
        ),
        "{}",
        rows[1]
    );
    let summary: Value = serde_json::from_str(&file("summary.json")).expect("JSON");
    assert_eq!(summary["messages"], 9);
    assert_eq!(summary["by_type"], json!({"3": 1, "300191": 7, "12345": 1}));
    let counted = json!({"frame.checksum": 1, "frame.truncated": 1, "quote.price": 1});
    assert_eq!(summary["faults"], counted);
    assert_eq!(summary["index"]["low"], "990.0000");
    for stream in ["events", "faults", "index", "quotes"] {
        assert_eq!(summary["sha256"][stream].as_str().map(str::len), Some(64), "{stream}");
    }
    for name in ["events.jsonl", "faults.jsonl", "index.csv", "quotes.csv"] {
        let digest = Sha256::digest(file(name).as_bytes());
        let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(summary["files_sha256"][name], digits, "{name}");
    }
}

/// Shows G15.
#[test]
fn a_wrong_checksum_is_shown_and_not_applied() {
    let dir = Dir::new();
    let mut bad = trade(1);
    bad[70] ^= 1;
    let input = dir.file("day.bin", &[bad, trade(1)].concat());
    let setup = dir.file("setup.toml", b"[frame]\nchecksum = \"flag\"\n");
    run(&["replay", &input, "--setup", &setup, "--out", &dir.name("out")]).text();
    let events = json_lines(&read(dir.path("out").join("events.jsonl")));
    assert_eq!((&events[0]["applied"], &events[0]["why"]), (&json!(false), &json!("bad_checksum")));
    assert_eq!((&events[1]["applied"], events[1].get("why")), (&json!(true), None));
}

/// Shows G18.
#[test]
fn snapshots_are_one_line_each() {
    let dir = Dir::new();
    let head = |time: i64, entries: u32| {
        let mut body = time.to_be_bytes().to_vec();
        body.extend_from_slice(&1011u16.to_be_bytes());
        body.extend_from_slice(b"010000001  102 T0      ");
        body.extend_from_slice(&[0; 32]);
        body.extend_from_slice(&entries.to_be_bytes());
        body
    };
    let mut body = head(20_230_201_093_003_000, 2);
    for (code, queue) in [(b"0 ", 3u32), (b"x3", 0)] {
        body.extend_from_slice(code);
        body.extend_from_slice(&15_030_000i64.to_be_bytes());
        body.extend_from_slice(&10_000i64.to_be_bytes());
        body.extend_from_slice(&[0, 1]);
        body.extend_from_slice(&7i64.to_be_bytes());
        body.extend_from_slice(&queue.to_be_bytes());
        (1..=i64::from(queue)).for_each(|n| body.extend_from_slice(&(n * 100).to_be_bytes()));
    }
    let stale = head(20_230_201_093_000_000, 0);
    let input = [frame(300_111, &body), frame(300_111, &stale)].concat();
    let input = dir.file("day.bin", &input);
    run(&["replay", &input, "--out", &dir.name("out")]).text();
    let events = json_lines(&read(dir.path("out").join("events.jsonl")));
    assert_eq!(
        events[0],
        json!({"msg": 0, "session": 0, "offset": 0, "type": 300111, "kind": "snapshot",
            "channel": 1011, "stream": "010", "security": "000001", "source": "102", "phase": "T0",
            "time": 20230201093003000i64, "prev_close": "0.0000", "num_trades": 0,
            "volume": "0.00", "value": "0.0000",
            "entries": [
                {"type": "0", "price": "15.030000", "size": "100.00", "level": 1, "orders": 7,
                    "queue": ["1.00", "2.00", "3.00"]},
                {"type": "x3", "price": "15.030000", "size": "100.00", "level": 1, "orders": 7,
                    "queue": []},
            ],
            "applied": true})
    );
    assert_eq!(events[1]["entries"], json!([]));
    assert_eq!(events[1]["why"], "stale");
    let quotes = read(dir.path("out").join("quotes.csv"));
    assert!(quotes.contains(r#",15.030000,100.00,7,"[""1.00"",""2.00"",""3.00""]","#), "{quotes}");
}

/// Shows H14.
#[test]
fn a_published_index_is_compared() {
    let dir = Dir::new();
    let index = "0004b713000000770047e843ff89e2c003e9393030333939303031202031303220543020202020202000000000059a538000000000000000000000001cbe991a08000462d53c8aad40000000053320000000023345708878610000000230489e0078620000000230e8d5a078630000000233dff5907864000000022fbb7930000000d1";
    let input = dir.file("day.bin", &unhex(index));
    dir.file("c.csv", CONSTITUENTS.as_bytes());
    let setup = dir.file("setup.toml", TOML.as_bytes());
    let args = ["replay", &input, "--setup", &setup, "--out", &dir.name("out")];
    let text = run(&args).text().to_owned();
    let summary: Value =
        serde_json::from_str(&read(dir.path("out").join("summary.json"))).expect("JSON");
    assert_eq!(
        summary["index"],
        json!({"open": null, "high": null, "low": null, "last": null, "compared": 1,
            "largest_difference": "8450.123400"})
    );
    // 9450.1234 was published, 1000 is computed.
    assert!(text.contains("largest difference from 1 309011: 8450.123400 points"), "{text}");
}

#[test]
fn words_and_the_standard_input_without_a_setup() {
    let dir = Dir::new();
    let bytes: Vec<u8> = (1..50).flat_map(trade).collect();
    let printed = tidegate_pipeline::toe::Descriptor {
        words: tidegate_pipeline::toe::WordOrder::Printed,
        ..Default::default()
    };
    let mut words = Vec::new();
    bytes.chunks(100).for_each(|packet| printed.packet_words(9, packet, 0xaa, &mut words));
    let file = dir.file("day.beats", &words);
    let ran = run(&["replay", &file, "--out", &dir.name("words"), "--no-latency"]);
    assert!(ran.text().contains("none given: the defaults apply"), "{}", ran.text());
    assert!(!ran.text().contains("p99"));
    let ran = common::run_with(&["replay", "-", "--out", &dir.name("bin")], &bytes);
    assert!(ran.text().contains("1 rows, 1 collected"), "{}", ran.text());
    let lines = |out: &str| json_lines(&read(dir.path(out).join("events.jsonl")));
    let (words, bin) = (lines("words"), lines("bin"));
    assert_eq!(words.len(), 49);
    assert_eq!(words[48]["session"], 9);
    assert_eq!(words[48]["seq"], bin[48]["seq"]);
}

/// Shows G31, N3.
#[test]
fn more_streams_than_sessions() {
    use tidegate_gateway::write::{PcapWriter, TcpFlags};
    let dir = Dir::new();
    let server = "10.0.0.1:5016".parse().expect("an address");
    let client = |port: u16| format!("10.0.0.2:{port}").parse().expect("an address");
    let mut writer = PcapWriter::new(Vec::new()).expect("a capture");
    let streams = 130;
    let mut seq = 0;
    // Each stream sends two messages, then all again: 130 streams are open at once.
    for round in 0..2u32 {
        for port in 0..streams {
            let to = client(40_000 + port);
            if round == 0 {
                writer.tcp(server, to, 0, TcpFlags::SYN, &[], 0).expect("a packet");
            }
            seq += 2;
            let bytes = [trade(seq - 1), trade(seq)].concat();
            let at = 1 + round * bytes.len() as u32;
            writer.tcp(server, to, at, TcpFlags::DATA, &bytes, 0).expect("a packet");
        }
    }
    let file = dir.file("many.pcap", &writer.finish().expect("a capture"));
    let ran = run(&["replay", &file, "--out", &dir.name("out")]);
    let text = ran.text().to_owned();
    let warning = "tidegate: warning: more than 128 streams at once: ";
    assert!(ran.stderr.starts_with(warning), "{}", ran.stderr);
    assert!(run(&["replay", "--help"]).text().contains("128 sessions"));
    // Sessions change hands between messages, so nothing is lost.
    assert!(text.contains("faults      0"), "{text}");
    assert!(text.contains("sessions taken from streams"), "{text}");
    let events = json_lines(&read(dir.path("out").join("events.jsonl")));
    assert_eq!(events.len(), 4 * usize::from(streams));
    let session = |event: &Value| event["session"].as_u64().expect("a number");
    assert!(events.iter().all(|event| session(event) < 128));
    assert_eq!(session(&events[0]), 0);
    // The 129th stream takes the session that was not used for longest.
    assert_eq!(session(&events[2 * 128]), 0);
}

#[test]
fn setups_are_printed_and_checked() {
    let dir = Dir::new();
    let example = run(&["setup", "--example"]);
    assert_eq!(example.text(), tidegate_pipeline::setup::EXAMPLE);
    dir.file("constituents.csv", CONSTITUENTS.as_bytes());
    let file = dir.file("example.toml", example.text().as_bytes());
    let checked = run(&["setup", "--check", &file]);
    for words in ["399001", "9450.1234", "1 constituents", "low byte first", "is dropped"] {
        assert!(checked.text().contains(words), "{words}: {}", checked.text());
    }
    let bad = dir.file("bad.toml", b"[frame]\nchecksum = \"maybe\"\n");
    for args in [["setup", "--check", &bad], ["replay", "x.bin", &format!("--setup={bad}")]] {
        let ran = run(&args);
        assert!(
            ran.error(2).contains("checksum") || ran.stderr.contains("maybe"),
            "{}",
            ran.stderr
        );
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    }
    assert!(run(&["setup"]).error(2).contains("--example"));
    assert!(run(&["setup", "--check", "/no/such.toml"]).error(2).contains("/no/such.toml"));
    assert!(run(&["replay", "/no/such.bin"]).error(1).contains("/no/such.bin"));
    assert!(run(&["replay", "-", "--engine", "abacus"]).error(2).contains("native"));
}

#[test]
fn the_input_is_spared() {
    let dir = Dir::new();
    for (name, args) in [("events.jsonl", ["replay", "--out"]), ("300191.csv", ["decode", "--csv"])]
    {
        let bytes = common::trade(1).repeat(2);
        std::fs::write(dir.path(name), &bytes).expect("a file");
        let file = dir.name(name);
        let folder = dir.name(".");
        let ran = run(&[args[0], &file, args[1], &folder]);
        assert!(ran.error(2).contains("is the input"), "{}", ran.stderr);
        assert_eq!(std::fs::read(&file).expect("a file"), bytes);
    }
}
