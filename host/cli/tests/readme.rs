//! What the front pages say that a command prints is what it prints, and both pages say the same.

mod common;

use std::path::Path;

use common::{Dir, read, run};

/// The blocks of code of a page.
fn blocks(page: &str) -> Vec<String> {
    page.split("\n```\n").skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_front_pages_show_what_comes_out() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let pages = ["README.md", "README.zh-CN.md"].map(|name| blocks(&read(root.join(name))));
    let dir = Dir::new();
    let directory = env!("CARGO_MANIFEST_DIR");
    for page in &pages {
        let agree = page.iter().find(|block| block.contains("-- agree golden-feeds/"));
        let words = agree.expect("a block with agree").split_whitespace().skip(4);
        let args: Vec<String> = words
            .map(|word| match word {
                word if word.starts_with("golden-feeds/") => format!("{directory}/../../{word}"),
                word => word.to_owned(),
            })
            .collect();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let agreed = run(&args).text().to_owned();
        let table = page.iter().find(|block| block.starts_with("  engine   evidence"));
        for line in table.expect("the table").lines() {
            assert!(agreed.lines().any(|found| found == line), "{line}\n{agreed}");
        }
    }
    for page in &pages {
        let find = |start: &str| {
            let block = page.iter().find(|block| block.trim_start().starts_with(start));
            block.unwrap_or_else(|| panic!("no block starts with {start:?}: {page:#?}")).clone()
        };
        let words = find("cargo run --release -- replay golden-feeds/");
        let out = dir.name("out");
        let args: Vec<String> = words
            .split_whitespace()
            .skip(4)
            .map(|word| match word {
                "out/day" => out.clone(),
                word if word.starts_with("golden-feeds/") => root.join(word).display().to_string(),
                word => word.to_owned(),
            })
            .collect();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let replayed = run(&args).text().to_owned();
        for line in find("faults").lines() {
            assert!(replayed.lines().any(|found| found == line), "{line}\n{replayed}");
        }
        let explained = run(&["explain", &out, "8"]).text().to_owned();
        for line in find("decision 8").lines() {
            assert!(explained.lines().any(|found| found == line), "{line}\n{explained}");
        }
    }
    // Widths follow figures of the machine; the rows that are measured on it are not compared.
    let dense = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    for page in &pages {
        let block = page.iter().find(|block| block.starts_with("tidegate gate --example"));
        let policy = dir.file("gate.toml", run(&["gate", "--example"]).text().as_bytes());
        let line = block.expect("a block with the gate").lines().nth(1).expect("a line").to_owned();
        let (report, mut args) = (dir.name("report"), Vec::new());
        for word in line.split_whitespace().skip(1) {
            args.push(match word {
                "gate.toml" => policy.clone(),
                "report" => report.clone(),
                word if word.starts_with("golden-feeds/") => root.join(word).display().to_string(),
                word => word.to_owned(),
            });
        }
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let judged = run(&args);
        let judged = String::from_utf8(judged.stdout).expect("UTF-8");
        let table = page.iter().find(|block| block.trim_start().starts_with("indicator"));
        let rows = table.expect("the table").lines().filter(|line| !line.contains(", CPU"));
        assert!(rows.clone().count() >= 6);
        for row in rows {
            assert!(judged.lines().any(|found| dense(found) == dense(row)), "{row}\n{judged}");
        }
    }
    for start in [
        "faults",
        "indicator",
        "tidegate gate --example",
        "decision 8",
        "cargo run --release -- replay",
        "cargo run --release -- agree",
        "engine ",
        "ci/test.sh",
    ] {
        let [english, chinese] = pages.each_ref().map(|page| {
            page.iter().find(|block| block.trim_start().starts_with(start)).expect("a block")
        });
        assert_eq!(english, chinese);
    }
}
