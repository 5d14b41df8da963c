//! `tidegate replay --feedback`: a second file of reports, put in by time.

mod common;

use std::io::Write;

use common::trading::{SETUP, acknowledged, at, filled, setup, trade_at};
use common::{Dir, frame, read, run};
use serde_json::{Value, json};
use tidegate_gateway::write::{PcapWriter, TcpFlags};
use tidegate_pipeline::toe::{Descriptor, WordOrder};

fn lines(dir: &Dir, out: &str, name: &str) -> Vec<Value> {
    let text = read(dir.path(out).join(name));
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// Replays both files into the folder `out` and gives the reports: msg, PartitionNo and ReportIndex,
/// verdict.
fn reports(dir: &Dir, main: &[Vec<u8>], feedback: &[Vec<u8>]) -> Vec<Value> {
    let (main, feedback) =
        (dir.file("day.bin", &main.concat()), dir.file("reports.bin", &feedback.concat()));
    let setup = setup(dir, SETUP);
    run(&["replay", &main, "--setup", &setup, "--feedback", &feedback, "--out", &dir.name("out")])
        .text();
    let told = |line: &Value| json!([line["msg"], line["ReportIndex"], line["verdict"]]);
    lines(dir, "out", "reports.jsonl").iter().map(told).collect()
}

/// 1000 at 0 s, an order at 1 s, 1000 again at 2 s.
fn short_day() -> Vec<Vec<u8>> {
    vec![trade_at(1, 0, 150_000), trade_at(2, 1_000, 152_000), trade_at(3, 2_000, 150_000)]
}

#[test]
fn on_equal_times_the_main_file_is_first() {
    let dir = Dir::new();
    // The order leaves with message 1, at 1 s.
    let told = reports(&dir, &short_day(), &[acknowledged(1, 1_000, 1)]);
    assert_eq!(told, [json!([2, 1, "applied"])]);
    let told = reports(&dir, &short_day(), &[acknowledged(1, 999, 1)]);
    assert_eq!(told, [json!([1, 1, "unknown"])]);
    let told = reports(&dir, &short_day(), &[acknowledged(1, 1_999, 1)]);
    assert_eq!(told, [json!([2, 1, "applied"])]);
    // Nothing is later than the last message: it comes after the end.
    let told = reports(&dir, &short_day(), &[acknowledged(1, 2_000, 1)]);
    assert_eq!(told, [json!([3, 1, "applied"])]);
}

#[test]
fn the_time_of_a_piece_never_goes_back() {
    let dir = Dir::new();
    // A heartbeat has no time, and the fill an earlier one: both stay behind the acknowledgement.
    let feedback = [
        frame(3, &[]),
        acknowledged(1, 1_500, 1),
        frame(3, &[]),
        filled(2, 200, 1, 5_000, 5_000),
        filled(3, 2_500, 1, 5_000, 10_000),
    ];
    let told = reports(&dir, &short_day(), &feedback);
    assert_eq!(
        told,
        [json!([3, 1, "applied"]), json!([5, 2, "applied"]), json!([7, 3, "applied"])]
    );
    let events = lines(&dir, "out", "events.jsonl");
    // The first heartbeat came before the first message that has a time.
    let told: Vec<&Value> = events.iter().map(|event| &event["msg"]).collect();
    assert_eq!(told, [1, 2, 6]);
}

#[test]
fn what_is_left_comes_before_the_stop() {
    let dir = Dir::new();
    let (mut main, mut feedback) = (short_day(), vec![acknowledged(1, 9_000, 1)]);
    main.push(trade_at(4, 3_000, 150_000)[..40].to_vec());
    feedback.push(filled(2, 9_500, 1, 5_000, 5_000)[..30].to_vec());
    assert_eq!(reports(&dir, &main, &feedback), [json!([3, 1, "applied"])]);
    let faults: Vec<Value> = lines(&dir, "out", "faults.jsonl")
        .iter()
        .map(|fault| json!([fault["stream"], fault["session"], fault["fault"], fault["length"]]))
        .collect();
    assert_eq!(
        faults,
        [json!([0, 0, "frame.truncated", 40]), json!(["feedback:0", 128, "frame.truncated", 30]),]
    );
}

/// Shows H33.
#[test]
fn damaged_reports_are_faults_of_their_own_file() {
    let dir = Dir::new();
    let mut bad = acknowledged(1, 500, 1);
    bad[60] ^= 1;
    let feedback = [bad, acknowledged(1, 1_500, 1), vec![0xff; 20]];
    // Its checksum is wrong, so its time counts for nothing, and it takes a number.
    assert_eq!(reports(&dir, &short_day(), &feedback), [json!([3, 1, "applied"])]);
    let faults = lines(&dir, "out", "faults.jsonl");
    let told: Vec<Value> = faults
        .iter()
        .map(|fault| json!([fault["stream"], fault["session"], fault["offset"], fault["fault"]]))
        .collect();
    assert_eq!(
        told,
        [
            json!(["feedback:0", 128, 0, "frame.checksum"]),
            json!(["feedback:0", 128, 402, "frame.length"]),
        ]
    );
    assert_eq!(faults[0]["msg"], 0);
    // Words: a link of its own, and damage of the file.
    let descriptor = Descriptor::default();
    let mut words = Vec::new();
    descriptor.packet_words(200, &[1; 10], 0, &mut words);
    words.extend(descriptor.header_word(0xffff, 0));
    words.extend_from_slice(&[0; 19]);
    let (main, feedback) = (dir.name("day.bin"), dir.file("bad.beats", &words));
    let setup = dir.name("setup.toml");
    run(&["replay", &main, "--setup", &setup, "--feedback", &feedback, "--out", &dir.name("out")])
        .text();
    let told: Vec<Value> = lines(&dir, "out", "faults.jsonl")
        .iter()
        .map(|fault| json!([fault["stream"], fault["session"], fault["fault"]]))
        .collect();
    assert_eq!(
        told,
        [
            json!(["feedback", null, "toe.session"]),
            json!(["feedback:0", 128, "toe.length"]),
            json!(["feedback", null, "capture.damaged"]),
        ]
    );
}

#[test]
fn both_files_are_told() {
    let dir = Dir::new();
    let main = dir.file("day.bin", &short_day().concat());
    let feedback = dir.file("reports.bin", &acknowledged(1, 1_000, 1));
    let setup = setup(&dir, SETUP);
    let ran = run(&[
        "replay",
        &main,
        "--setup",
        &setup,
        "--feedback",
        &feedback,
        "--out",
        &dir.name("o"),
    ]);
    let text = ran.text();
    assert!(text.contains("  input       bin, 234 bytes of messages\n"), "{text}");
    let line = format!("  feedback    {feedback}: bin, 1 messages, 201 bytes\n");
    assert!(text.contains(&line), "{text}");
    assert!(text.contains("  messages    4\n"), "{text}");
    let summary: Value =
        serde_json::from_str(&read(dir.path("o").join("summary.json"))).expect("JSON");
    assert_eq!(
        summary["feedback"],
        json!({"format": "bin", "messages": 1, "bytes": 201, "input": {}, "sessions_taken": 0})
    );
    assert!(run(&["replay", "-", "--feedback", "-"]).error(2).contains("standard input"));
    let missing = run(&["replay", &main, "--feedback", "/no/such.bin"]);
    assert!(missing.error(1).contains("/no/such.bin"), "{}", missing.stderr);
    // Nothing that goes in is written over.
    let own = dir.file("orders.jsonl", &acknowledged(1, 1_000, 1));
    let ran = run(&["replay", &main, "--feedback", &own, "--out", &dir.name(".")]);
    assert!(ran.error(2).contains("is the input"), "{}", ran.stderr);
}

/// Numbers that look random, the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// A message and its time, if that counts.
type Timed = (Vec<u8>, Option<i64>);

/// Trades whose times mostly rise, and messages without a time.
fn random_day(numbers: &mut Numbers, count: i64) -> Vec<Timed> {
    let mut ms = 0;
    (1..=count)
        .map(|seq| {
            ms += [0, 0, 10, 200, 700][numbers.below(5) as usize];
            let price = 144_000 + 1_000 * numbers.below(13) as i64;
            match numbers.below(12) {
                0 => (frame(3, &[]), None),
                1 => (frame(77, &[1; 40]), None),
                2 => {
                    let mut bad = trade_at(seq, ms + 900, price);
                    bad[70] ^= 1;
                    (bad, None)
                }
                // Clamped.
                3 => (trade_at(seq, ms / 2, price), Some(at(ms / 2))),
                _ => (trade_at(seq, ms, price), Some(at(ms))),
            }
        })
        .collect()
}

fn random_reports(numbers: &mut Numbers, count: i64) -> Vec<Timed> {
    (1..=count)
        .map(|index| {
            let (ms, order) = (numbers.below(40_000) as i64, 1 + numbers.below(6) as u32);
            match numbers.below(6) {
                0 => (frame(3, &[]), None),
                1 | 2 => (filled(index, ms, order, 5_000, 5_000), Some(at(ms))),
                _ => (acknowledged(index, ms, order), Some(at(ms))),
            }
        })
        .collect()
}

/// What the rule says, message by message.
fn merged(main: &[Timed], feedback: &[Timed]) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let (mut next, mut now) = (0, 0);
    let mut times = Vec::new();
    for (_, time) in feedback {
        now = time.unwrap_or(now).max(now);
        times.push(now);
    }
    for (bytes, time) in main {
        while time.is_some_and(|time| times.get(next).is_some_and(|piece| *piece < time)) {
            out.push(feedback[next].0.clone());
            next += 1;
        }
        out.push(bytes.clone());
    }
    out.extend(feedback[next..].iter().map(|(bytes, _)| bytes.clone()));
    out
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).expect("memory");
    gzip.finish().expect("memory")
}

/// Packets of any length on one session.
fn beats(numbers: &mut Numbers, descriptor: &Descriptor, messages: &[Timed]) -> Vec<u8> {
    let bytes: Vec<u8> = messages.iter().flat_map(|(bytes, _)| bytes.clone()).collect();
    let (mut words, mut rest) = (Vec::new(), &bytes[..]);
    while !rest.is_empty() {
        let (packet, left) = rest.split_at(rest.len().min(1 + numbers.below(300) as usize));
        let prefixed = [&vec![9; descriptor.prefix_bytes.into()], packet].concat();
        descriptor.packet_words(7, &prefixed, 0xaa, &mut words);
        rest = left;
    }
    words
}

/// Two connections; each message begins before the one of the other connection before it ends.
fn pcap(numbers: &mut Numbers, messages: &[Timed]) -> Vec<u8> {
    let server = "10.0.0.1:5016".parse().expect("an address");
    let clients = ["10.0.0.2:40001", "10.0.0.2:40002"].map(|c| c.parse().expect("an address"));
    let mut writer = PcapWriter::new(Vec::new()).expect("a capture");
    for client in clients {
        writer.tcp(server, client, 0, TcpFlags::SYN, &[], 0).expect("a packet");
    }
    let mut seq = [1u32; 2];
    let mut send = |stream: usize, bytes: &[u8]| {
        if !bytes.is_empty() {
            let client = clients[stream];
            writer.tcp(server, client, seq[stream], TcpFlags::DATA, bytes, 0).expect("a packet");
            seq[stream] += bytes.len() as u32;
        }
    };
    let streams: Vec<usize> = messages.iter().map(|_| numbers.below(2) as usize).collect();
    let mut sent = 0;
    for (at, (bytes, _)) in messages.iter().enumerate() {
        let mut ahead = 0;
        if let Some((next, _)) = messages.get(at + 1)
            && streams[at + 1] != streams[at]
        {
            ahead = numbers.below(next.len() as u64) as usize;
            send(streams[at + 1], &next[..ahead]);
        }
        send(streams[at], &bytes[sent..]);
        sent = ahead;
    }
    writer.finish().expect("a capture")
}

const FILES: [&str; 4] = ["orders.jsonl", "decisions.jsonl", "reports.jsonl", "records.csv"];

fn files(dir: &Dir, args: &[&str]) -> Vec<String> {
    let out = dir.name("out");
    run(&[&["replay", "--no-latency", "--out", &out], args].concat()).text();
    FILES.iter().map(|name| read(dir.path("out").join(name))).collect()
}

#[test]
fn every_form_merges_as_the_rule_says() {
    let dir = Dir::new();
    let setup = setup(&dir, SETUP);
    let printed = Descriptor { words: WordOrder::Printed, ..Descriptor::default() };
    let mut decisions = 0;
    for seed in 0..6 {
        let mut numbers = Numbers(seed);
        let main = random_day(&mut numbers, 120);
        let feedback = random_reports(&mut numbers, 40);
        let plain = |messages: &[Timed]| -> Vec<u8> {
            messages.iter().flat_map(|(bytes, _)| bytes.clone()).collect()
        };
        let wanted = dir.file("merged.bin", &merged(&main, &feedback).concat());
        let wanted = files(&dir, &[&wanted, "--setup", &setup]);
        decisions += wanted[1].lines().count();
        assert!(wanted[2].lines().count() > 20);
        let channel = Descriptor::default();
        let forms = |numbers: &mut Numbers, name: &str, messages: &[Timed]| {
            vec![
                dir.file(&format!("{name}.bin"), &plain(messages)),
                dir.file(&format!("{name}.bin.gz"), &gzip(&plain(messages))),
                dir.file(&format!("{name}.beats"), &beats(numbers, &channel, messages)),
                dir.file(&format!("{name}.printed.beats"), &beats(numbers, &printed, messages)),
                dir.file(&format!("{name}.pcap"), &pcap(numbers, messages)),
            ]
        };
        let mains = forms(&mut numbers, "main", &main);
        let feedbacks = forms(&mut numbers, "feedback", &feedback);
        for main in &mains {
            for feedback in &feedbacks {
                let found = files(&dir, &[main, "--setup", &setup, "--feedback", feedback]);
                assert!(found == wanted, "seed {seed}: {main} and {feedback}");
            }
        }
    }
    assert!(decisions > 60, "{decisions}");
}

#[test]
fn a_prefix_is_that_of_words_only() {
    let dir = Dir::new();
    let text = format!("{SETUP}\n[toe]\nprefix_bytes = 4\n");
    let (plain, setup) = (setup(&dir, SETUP), dir.file("prefix.toml", text.as_bytes()));
    let mut numbers = Numbers(9);
    let (main, feedback) = (random_day(&mut numbers, 60), random_reports(&mut numbers, 20));
    let wanted = dir.file("merged.bin", &merged(&main, &feedback).concat());
    let wanted = files(&dir, &[&wanted, "--setup", &plain]);
    let prefixed = Descriptor { prefix_bytes: 4, ..Descriptor::default() };
    let forms = |numbers: &mut Numbers, name: &str, messages: &[Timed]| {
        let bytes: Vec<u8> = messages.iter().flat_map(|(bytes, _)| bytes.clone()).collect();
        [
            dir.file(&format!("{name}.bin"), &bytes),
            dir.file(&format!("{name}.beats"), &beats(numbers, &prefixed, messages)),
        ]
    };
    let mains = forms(&mut numbers, "main", &main);
    let feedbacks = forms(&mut numbers, "feedback", &feedback);
    for main in &mains {
        for feedback in &feedbacks {
            let found = files(&dir, &[main, "--setup", &setup, "--feedback", feedback]);
            assert!(found == wanted, "{main} and {feedback}");
        }
    }
}

#[test]
fn a_day_of_many_blocks_is_cut_at_its_messages() {
    // More than a source reads at once, so that messages are cut by its blocks.
    let dir = Dir::new();
    let setup = setup(&dir, SETUP);
    let mut numbers = Numbers(77);
    let main = random_day(&mut numbers, 4_000);
    let feedback = random_reports(&mut numbers, 1_500);
    let wanted = dir.file("merged.bin", &merged(&main, &feedback).concat());
    let wanted = files(&dir, &[&wanted, "--setup", &setup]);
    let plain = |messages: &[Timed]| -> Vec<u8> {
        messages.iter().flat_map(|(bytes, _)| bytes.clone()).collect()
    };
    assert!(plain(&main).len() > 3 * 65_536 && plain(&feedback).len() > 2 * 65_536);
    let main = dir.file("main.bin", &plain(&main));
    let feedback = dir.file("feedback.bin", &plain(&feedback));
    let found = files(&dir, &[&main, "--setup", &setup, "--feedback", &feedback]);
    assert!(found == wanted);
}

/// Shows C8.
#[test]
fn losses_in_a_capture_leave_the_rest_in_its_place() {
    let dir = Dir::new();
    let setup = setup(&dir, SETUP);
    let mut numbers = Numbers(5);
    let main = random_day(&mut numbers, 60);
    let feedback = random_reports(&mut numbers, 30);
    // Every message is a segment; those around 20 and 40 are lost.
    let lost = |at: usize| (20..23).contains(&at) || at == 40;
    let server = "10.0.0.1:5016".parse().expect("an address");
    let client = "10.0.0.2:40001".parse().expect("an address");
    let mut writer = PcapWriter::new(Vec::new()).expect("a capture");
    writer.tcp(server, client, 0, TcpFlags::SYN, &[], 0).expect("a packet");
    let mut seq = 1;
    for (at, (bytes, _)) in main.iter().enumerate() {
        if !lost(at) {
            writer.tcp(server, client, seq, TcpFlags::DATA, bytes, 0).expect("a packet");
        }
        seq += bytes.len() as u32;
    }
    let capture = dir.file("lost.pcap", &writer.finish().expect("a capture"));
    let kept: Vec<Timed> =
        main.iter().enumerate().filter(|(at, _)| !lost(*at)).map(|(_, m)| m.clone()).collect();
    let wanted = dir.file("merged.bin", &merged(&kept, &feedback).concat());
    let wanted = files(&dir, &[&wanted, "--setup", &setup]);
    let reports: Vec<u8> = feedback.iter().flat_map(|(bytes, _)| bytes.clone()).collect();
    let reports = dir.file("reports.bin", &reports);
    let found = files(&dir, &[&capture, "--setup", &setup, "--feedback", &reports]);
    assert!(found == wanted);
    let faults = read(dir.path("out").join("faults.jsonl"));
    assert_eq!(faults.matches("capture.lost").count(), 2, "{faults}");
}
