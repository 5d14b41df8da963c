//! Q03: lines of Rust that the tests ran.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::{
    Missing, Read, Shares, is_product, or_none, percent, place, raw, shape, source, text, tool,
    worst,
};
use crate::measurement::{Finding, Measurement};

const ID: &str = "Q03";
const WANTED: &str = "lcov of cargo llvm-cov: SF, DA and end_of_record, with paths from the root";

/// Q03.
pub fn read(raw: &Path, root: &Path) -> Measurement {
    or_none(ID, measure(raw, root))
}

/// How often each line ran.
pub(super) type Lines = BTreeMap<usize, u64>;

/// Lines of product code by file, without tests within it.
pub(super) fn lines(raw: &Path, root: &Path) -> Result<BTreeMap<String, Lines>, Missing> {
    let path = raw.join(raw::COVERAGE);
    let mut files = lcov(&text(&path, WANTED)?)
        .map_err(|what| shape(&path, &format!("{what}; wanted {WANTED}")))?;
    files.retain(|file, _| is_product(file) && file.ends_with(".rs"));
    if files.is_empty() {
        return Err(shape(&path, &format!("no file of the product; wanted {WANTED}")).into());
    }
    for (file, lines) in &mut files {
        let source = fs::read_to_string(root.join(file))
            .map_err(|error| shape(&path, &format!("it counts {file}: {error}")))?;
        let tests = source::test_lines(&source::bare(&source));
        lines.retain(|line, _| !tests.iter().any(|test| test.contains(line)));
    }
    Ok(files)
}

fn lcov(text: &str) -> Result<BTreeMap<String, Lines>, String> {
    if text.lines().next_back() != Some("end_of_record") {
        return Err("it was cut short".to_owned());
    }
    let mut files: BTreeMap<String, Lines> = BTreeMap::new();
    let mut file: Option<String> = None;
    for (at, line) in text.lines().enumerate() {
        let wrong = || format!("line {}: {line:?}", at + 1);
        match line.split_once(':') {
            Some(("SF", path)) => file = Some(path.to_owned()),
            Some(("DA", counted)) => {
                let path = file.clone().ok_or_else(wrong)?;
                let (line, count) = counted.split_once(',').ok_or_else(wrong)?;
                let count = count.split(',').next().unwrap_or(count);
                let line: usize = line.parse().map_err(|_| wrong())?;
                let count: u64 = count.parse().map_err(|_| wrong())?;
                let known = files.entry(path).or_default().entry(line).or_default();
                *known = known.saturating_add(count);
            }
            _ if line == "end_of_record" => file = None,
            Some((
                "TN" | "FN" | "FNDA" | "FNF" | "FNH" | "LF" | "LH" | "BRDA" | "BRF" | "BRH" | "VER"
                | "FNL" | "FNA",
                _,
            )) => {}
            _ => return Err(wrong()),
        }
    }
    Ok(files)
}

/// Shares of lines by place, and the files with the most lines not run.
#[derive(Default)]
pub(super) struct Covered {
    pub(super) shares: Shares,
    pub(super) run: u64,
    pub(super) all: u64,
    findings: Vec<(f64, Finding)>,
}

impl Covered {
    /// Counts the lines of a file. `part_of` says in which function a line stands.
    pub(super) fn add(
        &mut self,
        file: &str,
        lines: &Lines,
        part_of: impl Fn(usize) -> Option<String>,
    ) {
        let mut place = place(file);
        let mut not_run = Vec::new();
        for (line, count) in lines {
            let has_run = u64::from(*count > 0);
            self.run += has_run;
            self.all += 1;
            if has_run == 0 {
                not_run.push(*line);
            }
            let function = part_of(*line);
            place.extend(function.clone());
            self.shares.add(&place, has_run, 1);
            if function.is_some() {
                place.pop();
            }
        }
        if !not_run.is_empty() {
            let what =
                format!("{} of {} lines not run: {}", not_run.len(), lines.len(), ranges(&not_run));
            let at = format!("{file}:{}", not_run[0]);
            self.findings.push((not_run.len() as f64, Finding { at, what }));
        }
    }

    /// The measurement.
    pub(super) fn measurement(self, id: &str, source: &str, tool: &str) -> Measurement {
        let mut measurement = Measurement::new(id, percent(self.run, self.all), source, tool)
            .figure("lines_run", self.run as f64)
            .figure("lines", self.all as f64);
        measurement.findings = worst(self.findings);
        measurement.parts = self.shares.parts();
        measurement
    }
}

/// Lines as ranges, a few of them.
fn ranges(lines: &[usize]) -> String {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for line in lines {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == *line => *last = *line,
            _ => ranges.push((*line, *line)),
        }
    }
    let text = |(from, to): &(usize, usize)| {
        if from == to { from.to_string() } else { format!("{from}-{to}") }
    };
    let mut texts: Vec<String> = ranges.iter().take(12).map(text).collect();
    if ranges.len() > texts.len() {
        texts.push("...".to_owned());
    }
    texts.join(", ")
}

fn measure(raw: &Path, root: &Path) -> Read {
    let mut covered = Covered::default();
    for (file, lines) in lines(raw, root)? {
        let source = fs::read_to_string(root.join(&file)).unwrap_or_default();
        let functions = source::functions(&source::bare(&source));
        // The innermost one is the last that begins before the line.
        covered.add(&file, &lines, |line| {
            let found = functions.iter().rfind(|function| function.lines.contains(&line));
            found.map(|function| function.name.clone())
        });
    }
    Ok(covered.measurement(ID, raw::COVERAGE, &tool(raw, "cargo-llvm-cov")))
}
