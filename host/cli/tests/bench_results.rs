//! `tidegate bench report` and `bench diff` over made-up results.

mod common;

use std::fs;

use common::{Dir, run};
use serde_json::Value;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../bench/tests/fixtures");

fn fixture(at: usize) -> String {
    let mut names: Vec<String> = fs::read_dir(FIXTURES)
        .expect("the fixtures")
        .map(|entry| entry.expect("an entry").path().display().to_string())
        .collect();
    names.sort();
    names[at].clone()
}

/// A fixture with a part of its text replaced.
fn changed(dir: &Dir, name: &str, from: &str, to: &str) -> String {
    let text = fs::read_to_string(fixture(1)).expect("a fixture");
    assert!(text.contains(from));
    let path = dir.name(name);
    fs::write(&path, text.replacen(from, to, 1)).expect("written");
    path
}

/// Shows P9.
#[test]
fn a_report_of_a_folder_shows_the_newest_and_its_history() {
    let dir = Dir::new();
    let (page, json) = (dir.name("deep/report.html"), dir.name("report.json"));
    let ran = run(&["bench", "report", FIXTURES, "--out", &page, "--json", &json]);
    assert_eq!(ran.text(), "");
    let page = fs::read_to_string(page).expect("a page");
    assert!(page.starts_with("<!doctype html>") && page.contains("fixture-imaginary-9000"));
    let json: Value = serde_json::from_slice(&fs::read(json).expect("a file")).expect("JSON");
    assert_eq!(json["runs"][0]["started"], "2000-01-04T00:00:00Z");
    assert_eq!(json["history"][0]["points"].as_array().map(Vec::len), Some(2));
}

/// A run of a part is newer than the whole one, and a run elsewhere older.
#[test]
fn a_part_does_not_take_the_place_of_the_whole() {
    let dir = Dir::new();
    let json = dir.name("out/report.json");
    let shown = || {
        let page = dir.name("out/report.html");
        let ran = run(&["bench", "report", &dir.name("in"), "--out", &page, "--json", &json]);
        assert_eq!(ran.text(), "");
        let json: Value = serde_json::from_slice(&fs::read(&json).expect("a file")).expect("JSON");
        (json["runs"][0]["name"].as_str().expect("a name").to_owned(), ran.stderr)
    };
    fs::create_dir(dir.path("in")).expect("a folder");
    let text = fs::read_to_string(fixture(1)).expect("a fixture");
    let put = |name: &str, started: &str, from: &str, to: &str| {
        assert!(text.contains(from));
        let text = text.replacen("2000-01-04T", started, 1).replacen(from, to, 1);
        fs::write(dir.path(&format!("in/{name}.json")), text).expect("written");
    };
    put("elsewhere", "2000-01-02T", "fixture-imaginary", "fixture-other");
    put("quick", "2000-01-05T", "\"quick\":false", "\"quick\":true");
    assert_eq!(shown().0, "quick", "there is none that is whole");
    put("whole", "2000-01-03T", "\"--type\",\"all\"", "\"--seconds\",\"60\"");
    put("part", "2000-01-06T", "\"--type\"", "\"--engine\"");
    put("stopped", "2000-01-07T", "\"quick\":false", "\"incomplete\":true,\"quick\":false");
    let (name, said) = shown();
    assert_eq!(name, "whole");
    for why in ["quick: it is a short run", "part: it is of a part", "stopped: it has not ended"] {
        assert!(said.contains(&format!("passed over: {why}")), "{said}");
    }
}

#[test]
fn a_filed_result_is_not_overwritten() {
    let dir = Dir::new();
    let filed = dir.name("filed.json");
    fs::copy(fixture(1), &filed).expect("copied");
    let before = fs::read(&filed).expect("a file");
    let page = dir.name("report.html");
    for args in [
        &["bench", "report", &filed, "--out", &page, "--json", &filed][..],
        &["bench", "report", &fixture(0), "--out", &filed],
        &["bench", "report", &fixture(0), "--out", &page, "--json", &filed],
    ] {
        assert!(run(args).error(2).contains("is a filed result: it stays"));
    }
    assert_eq!(fs::read(&filed).expect("a file"), before);
    assert!(fs::metadata(&page).is_err());
    // A page and its JSON are written again and again.
    let json = dir.name("report.json");
    for _ in 0..2 {
        let ran = run(&["bench", "report", &filed, "--out", &page, "--json", &json]);
        assert_eq!(ran.text(), "");
    }
}

/// Shows P7.
#[test]
fn a_page_is_of_one_machine() {
    let dir = Dir::new();
    let other = changed(&dir, "other.json", "fixture-imaginary", "fixture-other");
    let page = dir.name("report.html");
    let ran = run(&["bench", "report", &fixture(0), &other, "--out", &page]);
    assert!(ran.error(2).contains("a page is of one machine"));
    let both = run(&["bench", "report", &fixture(0), &fixture(1), "--out", &page]);
    assert_eq!(both.text(), "");
    let page = fs::read_to_string(page).expect("a page");
    assert!(page.contains("2000-01-01T000000Z") && page.contains("2000-01-04T000000Z"));
}

#[test]
fn what_cannot_be_read_is_an_error_with_its_path() {
    let dir = Dir::new();
    let page = dir.name("report.html");
    for (name, from, to, says) in [
        ("schema.json", "\"schema\":2", "\"schema\":9", "has schema 9, wanted 2"),
        ("key.json", "\"quick\"", "\"quack\"", "is not a result"),
    ] {
        let path = changed(&dir, name, from, to);
        for args in [
            &["bench", "report", &path, "--out", &page][..],
            &["bench", "diff", &fixture(0), &path][..],
        ] {
            let ran = run(args);
            assert!(ran.error(1).contains(says) && ran.stderr.contains(&path), "{}", ran.stderr);
        }
    }
    let gone = dir.name("gone");
    let ran = run(&["bench", "report", &gone, "--out", &page]);
    assert!(ran.error(1).contains(&gone));
    assert!(fs::metadata(page).is_err(), "no page is left behind");
}

#[test]
fn a_broken_file_in_a_folder_is_told_on_the_page() {
    let dir = Dir::new();
    fs::copy(fixture(1), dir.path("whole.json")).expect("copied");
    fs::write(dir.path("broken.json"), "{\"schema\":1,").expect("written");
    let page = dir.name("report.html");
    let ran = run(&["bench", "report", &dir.name(""), "--out", &page]);
    assert_eq!(ran.text(), "");
    assert!(ran.stderr.contains("broken.json"));
    let page = fs::read_to_string(page).expect("a page");
    assert!(page.contains("not read: broken.json</th><td>is not a result"));
    assert!(!page.contains(&dir.name("")), "no path of a machine stands on a page");
}

/// Shows P7, P9.
#[test]
fn a_diff_says_by_its_code_whether_anything_got_worse() {
    let dir = Dir::new();
    let (slow, fast) = (fixture(0), fixture(1));
    let better = run(&["bench", "diff", &slow, &fast]);
    assert!(better.text().contains("better") && !better.text().contains("WORSE"));
    let worse = run(&["bench", "diff", &fast, &slow]);
    assert_eq!(worse.code, 1);
    assert!(String::from_utf8_lossy(&worse.stdout).contains("WORSE"));
    let same = run(&["bench", "diff", &fast, &fast]);
    assert!(same.text().contains("\n0 worse, 0 better"));
    let other = changed(&dir, "other.json", "fixture-imaginary", "fixture-other");
    assert!(run(&["bench", "diff", &fast, &other]).error(2).contains("--across-machines"));
    assert_eq!(run(&["bench", "diff", "--across-machines", &fast, &other]).code, 0);
    let fact = changed(&dir, "fact.json", "\"tsc\"", "\"hpet\"");
    assert!(run(&["bench", "diff", &fast, &fact]).error(2).contains("clock source"));
    assert_eq!(run(&["bench", "diff", "--across-machines", &fast, &fact]).code, 0);
    // Whatever is not there any more has no figure that got worse.
    let mut results: Value =
        serde_json::from_slice(&fs::read(&fast).expect("a file")).expect("JSON");
    results["rows"].as_array_mut().expect("rows").truncate(1);
    let gone = dir.name("gone.json");
    fs::write(&gone, results.to_string()).expect("written");
    let ran = run(&["bench", "diff", &fast, &gone]);
    assert_eq!((ran.code, run(&["bench", "diff", "--allow-gone", &fast, &gone]).code), (1, 0));
    assert!(String::from_utf8_lossy(&ran.stdout).contains("\n0 worse"));
    let quick = changed(&dir, "quick.json", "\"quick\":false", "\"quick\":true");
    assert!(run(&["bench", "diff", &fast, &quick]).error(2).contains("--quick-against-full"));
    assert_eq!(run(&["bench", "diff", "--quick-against-full", &fast, &quick]).code, 0);
}
