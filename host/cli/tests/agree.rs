//! `tidegate agree`: what is equal, what differs and how that is told, what is left, what is missing.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;

use common::trading::{SETUP, day, setup};
use common::{Dir, Ran, command, frame, has_device, read, real_data, run, trade};
use tidegate_pipeline::toe::{Descriptor, WordOrder};
use toml::Table;

/// Engines that every feed is run on; says so where one is missing.
fn all_engines() -> String {
    let pocl = if has_device("pocl") { ",opencl:pocl" } else { "" };
    format!("{}{pocl}", engines())
}

/// Engines of this build that need nothing of the machine; says so where one is missing.
fn engines() -> &'static str {
    if cfg!(feature = "kernel-c") {
        return "native,sim,kernel-c";
    }
    assert!(std::env::var_os("CI").is_none(), "CI must test with --features kernel-c");
    let _ = writeln!(std::io::stderr(), "skipped: kernel-c, which is a feature");
    "native,sim"
}

fn golden(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden-feeds");
    root.join(name).to_str().expect("UTF-8").to_owned()
}

/// The arguments that a feed of the manifest needs.
fn arguments(feed: &Table) -> Vec<String> {
    let path = |key: &str| feed.get(key).map(|name| golden(name.as_str().expect("a name")));
    let mut args = vec!["agree".to_owned(), path("file").expect("a file")];
    for key in ["setup", "feedback"] {
        if let Some(file) = path(key) {
            args.extend([format!("--{key}"), file]);
        }
    }
    if feed.contains_key("resync") {
        args.push("--resync".to_owned());
    }
    args
}

fn feeds() -> Vec<Table> {
    let manifest: Table = read(golden("MANIFEST.toml")).parse().expect("TOML");
    let feeds = manifest["feed"].as_array().expect("feeds");
    feeds.iter().map(|feed| feed.as_table().expect("a feed").clone()).collect()
}

/// The cells of the table behind the engines' names.
fn rows(ran: &Ran) -> Vec<Vec<String>> {
    let text = String::from_utf8(ran.stdout.clone()).expect("UTF-8");
    let rows = text.lines().skip_while(|line| !line.trim_start().starts_with("engine ")).skip(1);
    let cells = |line: &str| {
        line.split("   ")
            .map(str::trim)
            .filter(|cell| !cell.is_empty())
            .map(str::to_owned)
            .collect()
    };
    rows.take_while(|line| line.starts_with("  ") && line.contains("   ")).map(cells).collect()
}

/// Shows G7, G19, G34, V4, O5.
#[test]
fn every_golden_feed_is_equal_on_every_engine() {
    let (dir, engines) = (Dir::new(), all_engines());
    for feed in feeds() {
        let args = arguments(&feed);
        let mut args: Vec<&str> = args.iter().map(String::as_str).collect();
        let out = dir.name("difference");
        args.extend(["--engines", &engines, "--out", &out]);
        let ran = run(&args);
        let text = String::from_utf8_lossy(&ran.stdout);
        assert_eq!(ran.code, 0, "{args:?}\n{text}{}", ran.stderr);
        let rows = rows(&ran);
        assert_eq!(rows.len(), engines.split(',').count(), "{text}");
        assert_eq!(rows[0].last().expect("a verdict"), "the first");
        for row in &rows[1..] {
            assert_eq!(row.last().expect("a verdict"), "equal", "{text}");
            // Evidence apart, all is the same.
            assert_eq!(row[2..7], rows[0][2..7], "{text}");
        }
        assert!(!Path::new(&out).exists());
    }
}

/// Real ticks and real snapshots, whole on every engine of this machine; the emulator a stated part.
/// Shows G7.
#[test]
fn real_days_are_equal_on_every_engine() {
    let Some(folder) = real_data() else { return };
    let dir = Dir::new();
    dir.file("c.csv", b"security,shares,prev_close\n000001,19405918198,14.9900\n");
    let setup = "[index]\nid = \"399001\"\nprev_close = \"12001.2588\"\nconstituents = \"c.csv\"\n\
        [[trigger]]\nname = \"rise\"\nindex_change = { points = 2, within_ms = 64000 }\n\
        order = { security = \"000001\", side = \"buy\", quantity = 100, price = \"last+1\" }\n\
        [order_template]\nsubmitting_pbu_id = \"000100\"\naccount_id = \"0100000001\"\n\
        branch_id = \"01\"\ncl_ord_id_prefix = \"TG\"\n";
    let setup = dir.file("setup.toml", setup.as_bytes());
    let emulator = has_device("intel-emu");
    for name in ["szse-000001-2023-02-01-trades-morning", "szse-snapshots-2022-06-01"] {
        let csv = folder.join(format!("{name}.csv.gz"));
        let bin = dir.name(&format!("{name}.bin"));
        run(&["encode", csv.to_str().expect("UTF-8"), "--out", &bin]).text();
        let engines = all_engines();
        let args = ["agree", &bin, "--setup", &setup, "--engines"];
        let mut runs = vec![(engines, None)];
        if emulator {
            runs.push(("native,opencl:intel-emu".to_owned(), Some("5000")));
        }
        for (engines, part) in runs {
            let mut args = [&args[..], &[&engines]].concat();
            args.extend(part.iter().flat_map(|part| ["--messages", part]));
            let ran = run(&args);
            let text = String::from_utf8_lossy(&ran.stdout);
            assert_eq!(ran.code, 0, "{args:?}\n{text}{}", ran.stderr);
            assert_eq!(rows(&ran).len(), engines.split(',').count(), "{text}");
            // The trades send orders, so the whole way is compared.
            let sends = rows(&ran)[0][4] != "0";
            assert!(name.contains("snapshots") || part.is_some() || sends, "{text}");
        }
    }
}

/// A day with triggers, as a file and its setup.
fn trading(dir: &Dir) -> (String, String) {
    (dir.file("day.bin", &day().concat()), setup(dir, SETUP))
}

/// Kind of output, message (row of a table), byte; the field, what the first engine has, and what the
/// second.
const CHANGES: &[(&str, u64, usize, &str, &str, &str)] = &[
    ("record", 2, 0, "Msg", "2", "3"),
    ("record", 2, 16, "MsgType", "300191", "300190"),
    ("record", 2, 22, "Kind", "Trade", "Head"),
    ("record", 2, 48, "Security", "\"000001  \"", "\"100001  \""),
    ("record", 2, 56, "Price", "15.2000", "15.2001"),
    ("record", 2, 64, "Quantity", "100.00", "100.01"),
    ("record", 2, 86, "Code", "\"F\"", "\"G\""),
    ("record", 2, 95, "Padding", "0x0000000000", "0x0000000001"),
    ("index point", 2, 16, "Value", "1013.3333", "1013.3332"),
    ("report", 4, 24, "Cum", "40.00", "40.01"),
    ("report", 4, 52, "Verdict", "1", "0"),
    ("report", 4, 112, "report.Last", "40.00", "40.01"),
    ("decision", 2, 24, "Index", "1013.3333", "1013.3332"),
    ("decision", 2, 72, "Conditions[0].bound", "10100000", "10100001"),
    ("decision", 2, 141, "Outcome", "sent", "outcome 0"),
    ("decision", 2, 145, "Conditions[0].holds", "1", "0"),
    ("order", 2, 0, "Decision", "0", "1"),
    ("order", 2, 24, "MsgType", "100101", "16877317"),
    ("order", 2, 120, "Price", "15.2100", "15.2101"),
    ("end of message", 5, 8, "MsgType", "300191", "300190"),
    ("row of the quote table", 0, 64, "TicksLast", "15.500000", "15.500001"),
    ("row of the quote table", 0, 768, "Queue[0]", "0.00", "0.01"),
    ("row of the record table", 1, 40, "Cum", "0.00", "0.01"),
    ("counters", 0, 8, "messages", "20", "21"),
];

/// What a line of the difference says.
#[track_caller]
fn said<'a>(text: &'a str, name: &str) -> &'a str {
    let start = format!("  {name} ");
    let mut lines = text.lines().skip_while(|line| !line.contains(" differ "));
    let line = lines.find_map(|line| line.strip_prefix(&start));
    line.unwrap_or_else(|| panic!("no line {name}: {text}")).trim()
}

/// The difference, without the folder.
fn difference(text: &str) -> Vec<&str> {
    let lines = text.lines().skip_while(|line| !line.contains(" differ "));
    lines.filter(|line| !line.starts_with("  folder")).collect()
}

fn stdout(ran: &Ran) -> &str {
    std::str::from_utf8(&ran.stdout).expect("UTF-8")
}

const FOLDER: [&str; 7] = [
    "README.txt",
    "agree.json",
    "difference.txt",
    "input.log",
    "securities.txt",
    "setup.toml",
    "c.csv",
];

/// Changes a byte of the second engine's outputs and looks at what is told, twice.
fn changed(dir: &Dir, args: &[&str], change: (&str, u64, usize, &str, &str, &str)) {
    let (kind, number, byte, field, first, second) = change;
    let change = format!("1/{kind}/{number}/{byte}");
    let out = dir.name(&change.replace('/', "-"));
    let ran = run(&[args, &["--inject", &change, "--out", &out]].concat());
    let text = stdout(&ran);
    assert_eq!(ran.code, 1, "{change}: {text}{}", ran.stderr);
    assert!(ran.stderr.ends_with("error: native and native#2 differ\n"), "{}", ran.stderr);
    assert!(said(text, "field").starts_with(&format!("{field}, byte ")), "{change}: {text}");
    assert_eq!((said(text, "native"), said(text, "native#2")), (first, second), "{change}: {text}");
    assert!(said(text, "output").starts_with(&format!("{kind}, number ")), "{change}: {text}");
    assert!(said(text, "folder").ends_with("(tried: it differs in the same place)"), "{text}");
    let again = run(&["agree", &out]);
    assert_eq!(again.code, 1, "{change}: {}", again.stderr);
    // The tables of a part of the input are others, but the place is the same.
    if !kind.starts_with("row") && kind != "counters" {
        assert_eq!(difference(stdout(&again)), difference(text), "{change}");
        let place = text.lines().find(|line| line.contains(" differ at message ")).expect(text);
        assert!(place.contains(&format!(" {number}: ")), "{change}: {text}");
        assert!(said(text, "beat").starts_with("word "), "{change}: {text}");
    }
    let told = read(Path::new(&out).join("difference.txt"));
    assert!(told.contains("expected: what native gave") && told.contains(&format!("  {kind}: ")));
    assert!(told.contains("\nfields that differ\n"), "{told}");
    let readme = read(Path::new(&out).join("README.txt"));
    assert!(readme.contains("tidegate agree "), "{readme}");
}

/// Shows Q6, Q13, O5.
#[test]
fn a_difference_is_named_by_its_field_and_its_folder_shows_it_again() {
    let dir = Dir::new();
    let (file, setup) = trading(&dir);
    let args = ["agree", &file, "--setup", &setup, "--engines", "native,native"];
    for change in CHANGES {
        changed(&dir, &args, *change);
    }
    let out = dir.path("1-record-2-0");
    for name in FOLDER {
        assert!(out.join(name).is_file(), "{name}");
    }
    // The folder is all that is needed.
    fs::remove_file(dir.path("day.bin")).expect("gone");
    fs::remove_file(dir.path("setup.toml")).expect("gone");
    fs::remove_file(dir.path("c.csv")).expect("gone");
    assert_eq!(run(&["agree", out.to_str().expect("UTF-8")]).code, 1);
    // The input ends behind the difference.
    let messages = |name: &str| {
        let json: serde_json::Value =
            serde_json::from_str(&read(dir.path(name).join("agree.json"))).expect("JSON");
        json["messages"].as_u64().expect("a number")
    };
    assert_eq!((messages("1-record-2-0"), messages("1-counters-0-8")), (11, 20));
}

/// Shows O5.
#[test]
fn a_fault_is_named_too_and_securities_are_kept() {
    let dir = Dir::new();
    let mut bad = trade(2);
    bad[50] ^= 1;
    let file = dir.file("day.bin", &[trade(1), bad, trade(3), trade(4)[..40].to_vec()].concat());
    let args = ["agree", &file, "--engines", "native,native"];
    let change = ("fault", 1, 26, "Code", "frame.checksum", "frame.truncated");
    let codes = [tidegate_protocol::FaultCode::FrameChecksum as u8 ^ 1];
    let other = tidegate_protocol::FaultCode::ALL.iter().find(|code| **code as u8 == codes[0]);
    let other = other.map_or_else(|| format!("code {}", codes[0]), |code| code.name().to_owned());
    changed(&dir, &args, (change.0, change.1, change.2, change.3, change.4, &other));
    let out = dir.path("1-fault-1-26");
    assert_eq!(read(out.join("securities.txt")), "3030303030312020  000001  \n");
    assert!(!out.join("setup.toml").exists());
}

/// Shows Q13.
#[test]
fn words_and_a_second_file_come_back_from_the_folder() {
    let dir = Dir::new();
    let printed = Descriptor { words: WordOrder::Printed, ..Descriptor::default() };
    let all = day();
    let is_market = |bytes: &Vec<u8>| {
        let msg_type = u32::from_be_bytes(*bytes.first_chunk().expect("a header"));
        msg_type == 3 || msg_type >= 300_000
    };
    let (market, reports): (Vec<_>, Vec<_>) = all.into_iter().partition(is_market);
    assert!(!reports.is_empty());
    let mut words = Vec::new();
    market.concat().chunks(90).for_each(|part| printed.packet_words(9, part, 0xaa, &mut words));
    let (beats, bin) = (dir.file("day.beats", &words), dir.file("day.bin", &market.concat()));
    let reports = dir.file("reports.bin", &reports.concat());
    let setup = setup(&dir, SETUP);
    for (file, name) in [(&beats, "beats"), (&bin, "bin")] {
        let args =
            ["agree", file, "--setup", &setup, "--feedback", &reports, "--engines", "native,sim"];
        let text = run(&args).text().to_owned();
        assert!(text.contains("equal"), "{text}");
        let out = dir.name(name);
        let ran = run(&[&args[..], &["--inject", "1/decision/2/0", "--out", &out]].concat());
        assert!(
            said(stdout(&ran), "folder").contains("tried: it differs in the same place"),
            "{}",
            stdout(&ran)
        );
        let again = run(&["agree", &out]);
        assert_eq!(difference(stdout(&again)), difference(stdout(&ran)));
        // Where the simulator is one of the two, its cycles are told.
        assert!(said(stdout(&ran), "beat").contains("taken by the simulator in cycle "));
        let told = read(Path::new(&out).join("difference.txt"));
        assert!(
            told.contains("the simulator around it") && told.contains("decode    takes"),
            "{told}"
        );
    }
}

#[test]
fn a_stated_part_is_run_and_said() {
    let dir = Dir::new();
    let (file, setup) = trading(&dir);
    let args = ["agree", &file, "--setup", &setup, "--engines", engines()];
    let whole = run(&args).text().to_owned();
    assert!(whole.contains("day.bin: 20 messages\n"), "{whole}");
    for (part, said) in
        [("7", "a stated part, its first 7 messages"), ("0", "a stated part, its first 0 messages")]
    {
        let ran = run(&[&args[..], &["--messages", part]].concat());
        assert!(ran.text().contains(said), "{}", ran.text());
        assert!(!ran.text().contains("differs"));
    }
    let ran = run(&[&args[..], &["--messages", "7"]].concat());
    let records = &rows(&ran)[0][2];
    // Messages 1, 2, 5 and 6 are trades.
    assert_eq!(records, "4", "{}", ran.text());
    // More than there are: the whole.
    let ran = run(&[&args[..], &["--messages", "21"]].concat());
    assert!(ran.text().contains("day.bin: 20 messages\n"), "{}", ran.text());
}

#[test]
fn an_engine_that_is_missing_is_an_error_or_named() {
    let dir = Dir::new();
    let (file, setup) = trading(&dir);
    let without = |engines: &str, more: &[&str]| {
        let args = ["agree", &file, "--setup", &setup, "--engines", engines];
        let mut command = command(&[&args[..], more].concat());
        command.env("TIDEGATE_INTEL_EMU_ICD", "/no/such.icd");
        Ran::of(command.output().expect("the command starts"))
    };
    let ran = without("native,opencl:intel-emu,sim", &[]);
    let error = ran.error(1);
    assert!(error.contains("engine opencl:intel-emu cannot start: no driver file"), "{error}");
    assert!(error.contains("/no/such.icd") && error.contains("--skip-missing"), "{error}");
    let ran = without("native,opencl:intel-emu,sim", &["--skip-missing"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stderr.starts_with("tidegate: skipped: engine opencl:intel-emu cannot start"),
        "{}",
        ran.stderr
    );
    let rows = rows(&ran);
    assert_eq!(rows[1], ["opencl:intel-emu", "-", "-", "-", "-", "-", "-", "cannot start"]);
    assert!(stdout(&ran).contains("\n  opencl:intel-emu: no driver file"), "{}", stdout(&ran));
    assert_eq!(rows[2].last().expect("a verdict"), "equal");
    let ran = without("native,opencl:intel-emu", &["--skip-missing"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("1 of 2 engines can start, wanted two"), "{}", ran.stderr);
}

#[test]
fn what_cannot_be_run_is_told() {
    let dir = Dir::new();
    let (file, setup) = trading(&dir);
    let file = file.as_str();
    assert!(run(&["agree", file, "--engines", "native"]).error(2).contains("two or more"));
    let ran = run(&["agree", file, "--engines", "native,abacus"]);
    assert!(ran.error(2).contains("opencl:intel-emu"), "{}", ran.stderr);
    dir.file("full", b"");
    let full = dir.name(".");
    assert!(
        run(&["agree", file, "--out", &full]).error(2).contains("wanted a new or an empty folder")
    );
    assert!(run(&["agree", "/no/such.bin"]).error(1).contains("/no/such.bin"));
    // A folder has its own setup; one that was damaged is told.
    let out = dir.name("out");
    let ran = run(&["agree", file, "--setup", &setup, "--inject", "1/record/2/56", "--out", &out]);
    assert_eq!(ran.code, 1);
    assert!(run(&["agree", &out, "--setup", &setup]).error(2).contains("--setup"));
    let log = Path::new(&out).join("input.log");
    let mut bytes = fs::read(&log).expect("a log");
    bytes[0] = 99;
    fs::write(&log, &bytes).expect("a log");
    assert!(run(&["agree", &out]).error(1).contains("word 0: operation 99"));
    fs::write(&log, &bytes[..40]).expect("a log");
    assert_eq!(run(&["agree", &out]).code, 1);
    fs::write(Path::new(&out).join("agree.json"), "{}").expect("a file");
    assert!(run(&["agree", &out]).error(1).contains("is not as `tidegate agree` writes it"));
}

#[test]
fn folders_are_numbered_where_none_is_named() {
    let dir = Dir::new();
    let file = dir.file("day.bin", &[trade(1), frame(3, &[]), trade(2)].concat());
    for number in 1..3 {
        let mut command = command(&["agree", &file, "--inject", "1/record/2/56"]);
        let ran = Ran::of(command.current_dir(dir.path(".")).output().expect("it starts"));
        assert_eq!(ran.code, 1);
        assert!(said(stdout(&ran), "folder").starts_with(&format!("agree-{number}: ")));
        assert!(dir.path(&format!("agree-{number}")).join("input.log").is_file());
    }
    let used: BTreeSet<_> = fs::read_dir(dir.path("."))
        .expect("a folder")
        .map(|e| e.expect("an entry").file_name())
        .collect();
    assert_eq!(used.len(), 3);
}
