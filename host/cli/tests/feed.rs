//! `tidegate feed`.

mod common;

use std::fs;
use std::path::Path;

use common::{Dir, read, run};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tidegate_golden_feeds::exchange::Exchange;
use tidegate_golden_feeds::setup::Kit;
use tidegate_golden_feeds::spec::Spec;
use tidegate_protocol::frame;

/// A thousand messages into the folder `name`; gives the two lines.
fn thousand(dir: &Dir, name: &str, more: &[&str]) -> Vec<String> {
    let out = dir.name(name);
    let args = [&["feed", "--seed", "7", "--messages", "1000", "--out", &out], more].concat();
    let ran = run(&args);
    assert_eq!(ran.stderr, "");
    ran.lines().iter().map(|line| (*line).to_owned()).collect()
}

#[test]
fn the_market_day_is_made_again_byte_for_byte() {
    let dir = Dir::new();
    let out = dir.name("market-day");
    run(&["feed", "--out", &out, "--format", "pcap.gz"]).text();
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden-feeds/market-day");
    for name in ["market-day.pcap.gz", "setup.toml", "constituents.csv", "reports.bin"] {
        let (made, wanted) =
            (fs::read(dir.path("market-day").join(name)), fs::read(bundled.join(name)));
        assert!(made.expect("a file") == wanted.expect("a file"), "{name} differs");
    }
}

/// Shows H14, Q5.
#[test]
fn the_lines_say_what_was_made_and_how_to_replay_it() {
    let dir = Dir::new();
    let lines = thousand(&dir, "day", &["--securities", "3", "--channels", "4"]);
    let file = dir.path("day/day.pcap");
    let bytes = fs::read(&file).expect("the feed");
    let digest = Sha256::digest(&bytes);
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let (start, end) = lines[0].split_once(": ").expect("the name of the file");
    assert_eq!(start, file.to_str().expect("UTF-8"));
    let (messages, rest) = end.split_once(" messages, ").expect("a number of messages");
    let length = bytes.len();
    assert_eq!(rest, format!("3 securities, 4 tick channels, {length} bytes, sha256 {digits}"));
    // The second line is a command that works at once.
    let command: Vec<&str> = lines[1].split(' ').collect();
    assert_eq!(command[0], "tidegate");
    let ran = run(&[&command[1..], &["--out", &dir.name("out")]].concat());
    assert!(ran.text().contains("named by the setup"), "{}", ran.text());
    let summary: Value = serde_json::from_str(&read(dir.path("out/summary.json"))).expect("JSON");
    let reports = count(&fs::read(dir.path("day/reports.bin")).expect("reports"));
    assert_eq!(
        summary["messages"].to_string(),
        (messages.parse::<usize>().expect("a number") + reports).to_string()
    );
    for nothing in ["duplicates", "jumps", "clamped_times", "unnamed", "stale", "surplus_bytes"] {
        assert_eq!(summary[nothing], 0, "{nothing}");
    }
    assert_eq!(summary["faults"], serde_json::json!({}));
    assert_eq!(summary["index"]["largest_difference"], "0.000000");
}

/// Shows G9, C11.
#[test]
fn every_format_has_the_same_day() {
    let dir = Dir::new();
    // Sessions and offsets differ with the format, index and tables do not.
    let outcome = |format: &str| {
        let name = format.replace('.', "-");
        let lines = thousand(&dir, &name, &["--format", format]);
        let (feed, _) = lines[0].split_once(": ").expect("the name of the file");
        assert!(feed.ends_with(&format!("{name}/{name}.{format}")), "{feed}");
        let (setup, out) = (dir.name(&format!("{name}/setup.toml")), dir.name("out"));
        run(&["replay", feed, "--setup", &setup, "--out", &out]).text();
        let text = read(dir.path("out/summary.json"));
        let summary: Value = serde_json::from_str(&text).expect("JSON");
        ["index", "quotes"].map(|of| summary["sha256"][of].clone())
    };
    let pcap = outcome("pcap");
    for format in ["pcap.gz", "bin", "bin.gz", "beats", "beats.gz"] {
        assert_eq!(outcome(format), pcap, "{format}");
    }
}

#[test]
fn the_standard_output_takes_plain_frames() {
    let dir = Dir::new();
    thousand(&dir, "day", &["--format", "bin"]);
    let ran = run(&["feed", "--seed", "7", "--messages", "1000", "--out", "-"]);
    assert_eq!(ran.code, 0);
    assert!(ran.stdout == fs::read(dir.path("day/day.bin")).expect("the feed"));
    assert!(ran.stderr.starts_with("tidegate: standard output: "), "{}", ran.stderr);
    thousand(&dir, "words", &["--format", "beats"]);
    let ran =
        run(&["feed", "--seed", "7", "--messages", "1000", "--format", "beats", "--out", "-"]);
    assert!(ran.stdout == fs::read(dir.path("words/words.beats")).expect("the feed"));
}

#[test]
fn the_same_seed_is_the_same_feed_and_another_one_another() {
    let dir = Dir::new();
    let bytes = |name: &str| fs::read(dir.path(&format!("{name}/{name}.pcap"))).expect("the feed");
    let (one, again) = (thousand(&dir, "one", &[]), thousand(&dir, "one", &[]));
    assert_eq!(one, again);
    let first = bytes("one");
    thousand(&dir, "two", &[]);
    assert!(first == bytes("two"));
    run(&["feed", "--seed", "8", "--messages", "1000", "--out", &dir.name("other")]).text();
    assert!(first != bytes("other"));
}

#[test]
fn files_of_the_user_stay() {
    let dir = Dir::new();
    thousand(&dir, "day", &[]);
    let setup = dir.path("day/setup.toml");
    fs::write(&setup, "# mine").expect("a file");
    let feed = fs::read(dir.path("day/day.pcap")).expect("the feed");
    let ran = run(&["feed", "--messages", "2000", "--out", &dir.name("day")]);
    assert!(ran.error(2).contains("setup.toml is there and is not of this feed"), "{}", ran.stderr);
    assert_eq!(read(&setup), "# mine");
    fs::remove_file(&setup).expect("the file");
    let ran = run(&["feed", "--messages", "2000", "--out", &dir.name("day")]);
    assert!(ran.error(2).contains("constituents.csv is there and is not of this feed"));
    assert!(!setup.exists(), "nothing is written");
    assert!(feed == fs::read(dir.path("day/day.pcap")).expect("the feed"));
}

#[test]
fn what_cannot_be_made_is_refused_by_name() {
    let dir = Dir::new();
    let out = dir.name("day");
    for (args, words) in [
        (&["--messages", "999"][..], "--messages = 999, wanted 1000 to 100000000"),
        (&["--messages", "1000", "--securities", "11"], "--securities = 11, wanted 1 to 10"),
        (&["--channels", "0"], "--channels = 0, wanted 1 to 9"),
        (&["--seed", "x"], "wanted a number of 64 bits"),
        (&["--format", "zst"], "possible values: pcap, pcap.gz, bin"),
    ] {
        let ran = run(&[&["feed", "--out", &out], args].concat());
        assert!(ran.error(2).contains(words), "{}", ran.stderr);
    }
    let ran = run(&["feed", "--out", &dir.name("day.pcap.gz")]);
    assert!(ran.error(2).contains("wanted a folder"), "{}", ran.stderr);
    let file = dir.file("plain", b"");
    assert!(run(&["feed", "--out", &file]).error(1).contains("cannot create"));
    assert_eq!(fs::read_dir(dir.path("")).expect("the folder").count(), 1, "nothing is left");
}

/// Frames of a file of plain frames.
fn count(mut bytes: &[u8]) -> usize {
    let mut count = 0;
    while let Some(length) = frame::holds(bytes) {
        (bytes, count) = (&bytes[length..], count + 1);
    }
    assert!(bytes.is_empty());
    count
}

/// The reports of a feed were made in a closed loop with its triggers. Merged by time they meet the
/// same orders in the same states, whatever the form of the feed.
/// Shows H43.
#[test]
fn a_replay_with_the_reports_is_the_loop_that_made_them() {
    let dir = Dir::new();
    for (seed, format) in [("3", "pcap"), ("4", "bin"), ("5", "beats"), ("6", "pcap.gz")] {
        let out = dir.name(seed);
        let size = ["--seed", seed, "--messages", "60000", "--securities", "20"];
        run(&[&["feed", "--out", &out, "--format", format], &size[..]].concat()).text();

        let spec = Spec { securities: 20, ..Spec::new(seed.parse().expect("a number"), 60_000) };
        let mut exchange = Exchange::new(&spec).expect("a spec");
        let kit = Kit::new(&format!("{seed}.{format}"), &spec, exchange.securities());
        let mut trading = kit.trading(spec.seed).expect("a setup");
        while let Some(slot) = exchange.next_slot() {
            slot.messages().for_each(|message| trading.message(message.frame));
        }
        let (reports, engine) = trading.finish();
        let written = fs::read(dir.path(seed).join("reports.bin")).expect("reports");
        assert!(written == reports);
        let mut records = Sha256::new();
        let table = engine.trading().expect("triggers").records();
        table.rows().iter().for_each(|row| records.update(row.to_bytes()));
        assert!(table.rows().len() > 1, "{seed}: {} requests", table.rows().len());
        let digits: String = records.finalize().iter().map(|byte| format!("{byte:02x}")).collect();

        let [feed, setup, feedback] = [&format!("{seed}.{format}"), "setup.toml", "reports.bin"]
            .map(|name| format!("{out}/{name}"));
        let to = dir.name(&format!("{seed}-out"));
        run(&["replay", &feed, "--setup", &setup, "--feedback", &feedback, "--out", &to]).text();
        let summary: Value =
            serde_json::from_str(&read(Path::new(&to).join("summary.json"))).expect("JSON");
        assert_eq!(summary["sha256"]["records"], digits, "{seed} {format}");
        assert_eq!(summary["faults"], serde_json::json!({}), "{seed} {format}");
    }
}
