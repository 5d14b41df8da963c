//! `tidegate replay --orders`: what left, as frames, words of TOE1 or a capture.

mod common;

use std::path::Path;

use common::trading::{SETUP, day, setup};
use common::{Dir, Ran, read, run};
use serde_json::{Value, json};
use tidegate_pipeline::toe::Descriptor;

fn replay(dir: &Dir, text: &str, orders: &str) -> Ran {
    let (input, setup) = (dir.file("day.bin", &day().concat()), setup(dir, text));
    let out = dir.name("out");
    run(&["replay", &input, "--setup", &setup, "--orders", &dir.name(orders), "--out", &out])
}

/// The frames that orders.jsonl shows.
fn frames(dir: &Dir) -> Vec<Vec<u8>> {
    let text = read(dir.path("out").join("orders.jsonl"));
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines.map(|line| common::unhex(line["Hex"].as_str().expect("digits"))).collect()
}

/// Type, ClOrdID and stream of what a file has.
fn decoded(file: &str, args: &[&str]) -> Vec<Value> {
    let lines = run(&[&["decode", file], args].concat()).json();
    lines.iter().map(|line| json!([line["Stream"], line["MsgType"], line["ClOrdID"]])).collect()
}

fn wanted(stream: &Value) -> Vec<Value> {
    let request = |number: u32| if number > 2 { 190_007 } else { 100_101 };
    (1..=5).map(|number| json!([stream, request(number), format!("T{number:09}")])).collect()
}

/// Shows H32.
#[test]
fn frames_one_behind_the_other() {
    let dir = Dir::new();
    replay(&dir, SETUP, "orders.bin").text();
    let bytes = std::fs::read(dir.path("orders.bin")).expect("a file");
    assert_eq!(bytes, frames(&dir).concat());
    assert_eq!(decoded(&dir.name("orders.bin"), &[]), wanted(&json!(0)));
    // Compressed they are the same.
    replay(&dir, SETUP, "orders.bin.gz").text();
    assert_eq!(decoded(&dir.name("orders.bin.gz"), &[]), wanted(&json!(0)));
}

/// Shows H32.
#[test]
fn words_of_the_session_and_layout_of_the_setup() {
    let dir = Dir::new();
    replay(&dir, SETUP, "orders.beats").text();
    let words = std::fs::read(dir.path("orders.beats")).expect("a file");
    let mut by_room = Vec::new();
    for frame in frames(&dir) {
        Descriptor::default().packet_words(5, &frame, 0, &mut by_room);
    }
    assert_eq!(words, by_room);
    assert_eq!(decoded(&dir.name("orders.beats"), &[]), wanted(&json!(5)));
    let text = format!("{SETUP}\n[toe]\nlayout = \"text\"\nwords = \"printed\"\n");
    replay(&dir, &text, "orders.beats").text();
    let words = std::fs::read(dir.path("orders.beats")).expect("a file");
    // Printed, the header is reversed: 121 bytes, high byte first, of session 5.
    assert_eq!(words[13..16], [5, 121, 0]);
    let args = ["--toe-layout", "text", "--toe-words", "printed"];
    assert_eq!(decoded(&dir.name("orders.beats"), &args), wanted(&json!(5)));
}

/// Shows H32, C11.
#[test]
fn a_capture_towards_the_exchange() {
    let dir = Dir::new();
    replay(&dir, SETUP, "orders.pcap").text();
    let stream = json!("tcp:10.0.0.2:40001>10.0.0.1:5016");
    assert_eq!(decoded(&dir.name("orders.pcap"), &[]), wanted(&stream));
    // A packet each, and SYN and FIN.
    let bytes = std::fs::read(dir.path("orders.pcap")).expect("a file");
    let (mut at, mut packets) = (24, 0);
    while at < bytes.len() {
        let length = bytes[at + 8..at + 12].try_into().map(u32::from_le_bytes).expect("4 bytes");
        at += 16 + length as usize;
        packets += 1;
    }
    assert_eq!(packets, 7);
    // One order alone is no flow that a reader knows.
    let one = SETUP.replace("index_at_most = \"980\"", "index_at_most = \"1\"");
    let one = one.replace("index_at_least =", "rearm = \"once\"\nindex_at_least =");
    let ran = replay(&dir, &one, "one.pcap");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("a flow of one message is not recognised"), "{}", ran.stderr);
}

#[test]
fn the_same_every_time_and_with_every_form() {
    let dir = Dir::new();
    for name in ["one.pcap", "one.beats.gz", "one.bin"] {
        replay(&dir, SETUP, name).text();
        let first = std::fs::read(dir.path(name)).expect("a file");
        replay(&dir, SETUP, name).text();
        assert!(first == std::fs::read(dir.path(name)).expect("a file"), "{name}");
    }
    // Nothing left: a file, empty.
    let quiet = SETUP.replace("\"1010\"", "\"9000\"").replace("\"980\"", "\"1\"");
    replay(&dir, &quiet, "none.bin").text();
    assert_eq!(std::fs::read(dir.path("none.bin")).expect("a file"), b"");
}

#[test]
fn what_cannot_be_written() {
    let dir = Dir::new();
    let (input, setup) = (dir.file("day.bin", &day().concat()), setup(&dir, SETUP));
    let orders = |name: &str| run(&["replay", &input, "--setup", &setup, "--orders", name]);
    assert!(orders(&dir.name("x.zst")).error(2).contains("--orders "));
    assert!(orders("-").error(2).contains("wanted a file"));
    assert!(orders("/no/such/orders.bin").error(1).contains("/no/such/orders.bin"));
    assert!(orders(&input).error(2).contains("that goes in"));
    assert!(orders(&setup).error(2).contains("that goes in"));
    assert_eq!(std::fs::read(&input).expect("a file"), day().concat());
    let ran = run(&["replay", &input, "--orders", &dir.name("o.bin")]);
    assert!(ran.error(2).contains("no [[trigger]]"), "{}", ran.stderr);
    assert!(!Path::new(&dir.name("o.bin")).exists());
}
