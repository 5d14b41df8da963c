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
    let quick = changed(&dir, "quick.json", "\"quick\":false", "\"quick\":true");
    assert!(run(&["bench", "diff", &fast, &quick]).error(2).contains("--quick-against-full"));
    assert_eq!(run(&["bench", "diff", "--quick-against-full", &fast, &quick]).code, 0);
}
