//! Every golden feed through `tidegate replay`: what comes out is what stands in its folder
//! `expected`. `BLESS=1` writes these folders instead.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use common::{Dir, read, run};
use serde_json::Value;
use tidegate_protocol::FaultCode;
use toml::Table;

/// Longer files are compared only by their digests, which stand in summary.json.
const SHOWN_BYTES: u64 = 64 << 10;
/// It repeats the setup and says where the input lay, which is not the same everywhere.
const ORIGIN: &str = "run.json";

/// Fault codes that no feed raises. Each says why not: take it off when a case for it is there.
const NOT_OF_A_FEED: &[&str] = &[
    // Of parameters that come while it runs. Those of a setup are refused when it is read.
    "trigger.parameters",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden-feeds")
}

fn feeds() -> Vec<Table> {
    let manifest: Table = read(folder().join("MANIFEST.toml")).parse().expect("TOML");
    let feeds = manifest["feed"].as_array().expect("feeds");
    feeds.iter().map(|feed| feed.as_table().expect("a feed").clone()).collect()
}

fn text<'a>(feed: &'a Table, key: &str) -> Option<&'a str> {
    feed.get(key).map(|value| value.as_str().expect("a text"))
}

fn faults(feed: &Table) -> BTreeSet<String> {
    let names = feed["faults"].as_array().expect("names of faults");
    names.iter().map(|name| name.as_str().expect("a name").to_owned()).collect()
}

/// What a person can read in a diff: the files that are neither empty nor long, and the summary.
fn shown(out: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(out).expect("the output") {
        let entry = entry.expect("a file");
        let name = entry.file_name().into_string().expect("UTF-8");
        let length = entry.metadata().expect("a file").len();
        let is_shown = name == "summary.json" || (1..=SHOWN_BYTES).contains(&length);
        if is_shown && name != ORIGIN {
            files.push((name, fs::read(entry.path()).expect("the file")));
        }
    }
    files.sort();
    files
}

fn write(folder: &Path, files: &[(String, Vec<u8>)]) {
    // What is no longer written must not stay.
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).expect("a folder");
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).expect("a file");
    }
}

/// Replays a feed and compares; gives what differs.
fn differs(feed: &Table) -> Option<String> {
    let name = text(feed, "file").expect("a file");
    let path = |name: &str| folder().join(name).to_str().expect("UTF-8").to_owned();
    let (dir, file) = (Dir::new(), path(name));
    let [setup, feedback] = ["setup", "feedback"].map(|key| text(feed, key).map(path));
    let out = dir.name("out");
    let mut args = vec!["replay", &file, "--out", &out, "--no-latency"];
    for (option, value) in [("--setup", &setup), ("--feedback", &feedback)] {
        if let Some(value) = value {
            args.extend([option, value]);
        }
    }
    if feed.contains_key("resync") {
        args.push("--resync");
    }
    run(&args).text();
    let found = shown(Path::new(&out));
    let expected = folder().join(text(feed, "expected").expect("a folder"));
    if std::env::var_os("BLESS").is_some() {
        write(&expected, &found);
    }
    let summary: Value = serde_json::from_str(&read(dir.path("out/summary.json"))).expect("JSON");
    let raised = summary["faults"].as_object().expect("faults").keys().cloned().collect();
    if faults(feed) != raised {
        return Some(format!("{name}: faults {raised:?}, the manifest has {:?}", faults(feed)));
    }
    let wanted = if expected.is_dir() { shown(&expected) } else { vec![] };
    let names = |files: &[(String, Vec<u8>)]| {
        files.iter().map(|file| file.0.clone()).collect::<Vec<String>>()
    };
    if names(&found) != names(&wanted) {
        return Some(format!("{name}: {:?}, expected {:?}", names(&found), names(&wanted)));
    }
    let differing = found.iter().zip(&wanted).find(|(found, wanted)| found != wanted)?;
    let (found, wanted) = differing;
    let lines = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (is, was) = (lines(&found.1), lines(&wanted.1));
    let line = is.lines().zip(was.lines()).position(|(is, was)| is != was);
    let line = line.unwrap_or(is.lines().count().min(was.lines().count()));
    let of = |text: &str| text.lines().nth(line).unwrap_or("the end").to_owned();
    Some(format!("{name}: {} line {}:\n  is  {}\n  was {}", found.0, line + 1, of(&is), of(&was)))
}

/// Folders of expected files, wherever they are.
fn expected_folders(folder: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            expected_folders(&path, found);
        } else if path.ancestors().any(|folder| folder.ends_with("expected")) {
            found.insert(path.parent().expect("a folder").to_owned());
        }
    }
}

/// Shows G16, H2, P10, Q6.
#[test]
fn every_feed_gives_what_is_expected() {
    let feeds = feeds();
    let differing: Vec<String> = feeds.iter().filter_map(differs).collect();
    assert!(
        differing.is_empty(),
        "{}\nrenew with BLESS=1 cargo test -p tidegate --test golden_feeds",
        differing.join("\n")
    );
    // None is left of a feed that is gone.
    let mut found = BTreeSet::new();
    expected_folders(&folder(), &mut found);
    let of = |feed: &Table| Some(folder().join(text(feed, "expected")?));
    assert_eq!(found, feeds.iter().filter_map(of).collect());
}

/// Shows C8.
#[test]
fn every_fault_code_is_raised_by_a_feed() {
    let raised: BTreeSet<String> = feeds().iter().flat_map(faults).collect();
    for code in FaultCode::ALL {
        let name = code.name();
        assert_eq!(
            raised.contains(name),
            !NOT_OF_A_FEED.contains(&name),
            "{name}: a feed must raise it, or NOT_OF_A_FEED have it, and not both"
        );
    }
    for name in NOT_OF_A_FEED {
        assert!(FaultCode::ALL.iter().any(|code| code.name() == *name), "{name} is no code");
    }
}
