//! Q05: lines of the change that the tests ran.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::coverage::{Covered, Lines, lines};
use super::kernel_coverage::kernels;
use super::{Missing, Read, is_product, or_none, raw, shape, text, tool};
use crate::measurement::Measurement;

const ID: &str = "Q05";
const WANTED: &str = "`base COMMIT`, and behind it git diff --unified=0";

/// Q05.
pub fn read(raw: &Path, root: &Path) -> Measurement {
    or_none(ID, measure(raw, root))
}

/// A change: its base, and the new lines by file.
pub(super) struct Change {
    pub(super) base: String,
    pub(super) files: BTreeMap<String, BTreeSet<usize>>,
}

/// The change under judgement.
pub(super) fn change(raw: &Path) -> Result<Change, Missing> {
    let path = raw.join(raw::CHANGES);
    let text = text(&path, WANTED)?;
    let wrong = |what: &str| shape(&path, &format!("{what}; wanted {WANTED}"));
    let (first, diff) = text.split_once('\n').ok_or_else(|| wrong("one line"))?;
    let base = first.strip_prefix("base ").ok_or_else(|| wrong(first))?;
    let files = new_lines(diff).map_err(|what| wrong(&what))?;
    if files.is_empty() {
        let why = format!("{}: nothing differs from {base}: no change to judge", raw::CHANGES);
        return Err(Missing::Unknown(why));
    }
    Ok(Change { base: base.to_owned(), files })
}

fn new_lines(diff: &str) -> Result<BTreeMap<String, BTreeSet<usize>>, String> {
    let mut files: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    let mut file: Option<String> = None;
    // Lines of the hunk that are still to come: they may look like headers.
    let (mut old, mut new) = (0_usize, 0_usize);
    for line in diff.lines() {
        match line.as_bytes().first() {
            Some(b'-') if old > 0 => old -= 1,
            Some(b'+') if new > 0 => new -= 1,
            Some(b'\\') => {}
            _ if old + new > 0 => return Err("a hunk was cut short".to_owned()),
            _ => {
                if let Some(path) = line.strip_prefix("+++ ") {
                    file = path.strip_prefix("b/").map(|path| path.trim_end().to_owned());
                } else if let Some(header) = line.strip_prefix("@@ ") {
                    let (lost, added) = hunk(header).ok_or_else(|| format!("hunk {line:?}"))?;
                    (old, new) = (lost, added.1);
                    if let Some(file) = &file {
                        let lines = files.entry(file.clone()).or_default();
                        lines.extend(added.0..added.0 + added.1);
                    }
                } else if let Some(paths) = line.strip_prefix("diff --git ") {
                    // Also of files that are binary, or gone.
                    let path = paths.rsplit(" b/").next().unwrap_or(paths);
                    files.entry(path.to_owned()).or_default();
                    file = None;
                }
            }
        }
    }
    if old + new > 0 { Err("it was cut short".to_owned()) } else { Ok(files) }
}

/// Lines that go, and first and number of those that come: `-1,2 +3,4 @@`.
fn hunk(header: &str) -> Option<(usize, (usize, usize))> {
    let mut parts = header.split(' ');
    let range = |part: &str| {
        let (from, count) = part.split_once(',').unwrap_or((part, "1"));
        Some((from.parse().ok()?, count.parse().ok()?))
    };
    let (_, lost): (usize, usize) = range(parts.next()?.strip_prefix('-')?)?;
    let added = range(parts.next()?.strip_prefix('+')?)?;
    Some((lost, added))
}

fn measure(raw: &Path, root: &Path) -> Read {
    let change = change(raw)?;
    let touches = |kernels: bool| {
        let is_of = |file: &&String| is_product(file) && file.starts_with("kernels/") == kernels;
        change.files.keys().any(|file| is_of(&file))
    };
    let mut counted: BTreeMap<String, Lines> = BTreeMap::new();
    if touches(false) {
        counted.extend(lines(raw, root)?);
    }
    if touches(true) {
        counted.extend(kernels(raw, root)?.lines);
    }
    let mut covered = Covered::default();
    for (file, new) in &change.files {
        let Some(lines) = counted.get(file) else { continue };
        let lines: Lines =
            lines.iter().filter(|(line, _)| new.contains(line)).map(|(at, n)| (*at, *n)).collect();
        covered.add(file, &lines, |_| None);
    }
    let source = format!("{} against {}, {}", raw::CHANGES, change.base, raw::COVERAGE);
    let tool = format!("git diff, {}, {}", tool(raw, "cargo-llvm-cov"), tool(raw, "gcov"));
    // A change of documents alone has no line that a test could leave out.
    let is_without_lines = covered.all == 0;
    let mut measurement = covered.measurement(ID, &source, &tool);
    if is_without_lines {
        measurement.value = 100.0.into();
    }
    Ok(measurement)
}
