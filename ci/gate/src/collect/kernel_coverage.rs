//! Q04: lines of the kernels that their feeds and tests ran.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::coverage::{Covered, Lines};
use super::{Missing, Read, jsons, list, or_none, raw, shape, tool, word};
use crate::measurement::{Finding, Measurement};

const ID: &str = "Q04";
const WANTED: &str = "JSON of gcov, format_version 1, a line for each translation unit";
/// What is counted.
const FOLDERS: [&str; 2] = ["kernels/room", "kernels/stage"];

/// Q04.
pub fn read(raw: &Path, root: &Path) -> Measurement {
    or_none(ID, measure(raw, root))
}

/// Lines by file and, of each line, its function.
pub(super) struct Kernels {
    pub(super) lines: BTreeMap<String, Lines>,
    functions: BTreeMap<(String, usize), String>,
}

/// What all translation units ran together.
pub(super) fn kernels(raw: &Path, root: &Path) -> Result<Kernels, Missing> {
    let path = raw.join(raw::KERNEL_COVERAGE);
    let units = jsons(&path, WANTED)?;
    let wrong = |what: String| shape(&path, &format!("{what}; wanted {WANTED}"));
    let mut kernels = Kernels { lines: BTreeMap::new(), functions: BTreeMap::new() };
    for unit in &units {
        if word(unit, "/format_version").map_err(wrong)? != "1" {
            return Err(wrong("another format_version".to_owned()).into());
        }
        add(unit, root, &mut kernels).map_err(wrong)?;
    }
    if kernels.lines.is_empty() {
        return Err(wrong(format!("no line of {FOLDERS:?}")).into());
    }
    Ok(kernels)
}

fn add(unit: &Json, root: &Path, kernels: &mut Kernels) -> Result<(), String> {
    let folder = PathBuf::from(word(unit, "/current_working_directory")?);
    for file in list(unit, "/files")? {
        let Some(name) = below(root, &folder.join(word(file, "/file")?)) else { continue };
        if !FOLDERS.iter().any(|folder| name.starts_with(&format!("{folder}/"))) {
            continue;
        }
        for line in list(file, "/lines")? {
            let number = |at: &str| line.get(at).and_then(Json::as_u64).ok_or(format!("no {at}"));
            let at = number("line_number")? as usize;
            let count = kernels.lines.entry(name.clone()).or_default().entry(at).or_default();
            *count = count.saturating_add(number("count")?);
            if let Some(function) = line.get("function_name").and_then(Json::as_str) {
                kernels.functions.insert((name.clone(), at), function.to_owned());
            }
        }
    }
    Ok(())
}

/// A path from the root, with its `..` taken out; nothing when it is not below it.
fn below(root: &Path, path: &Path) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in path.strip_prefix(root).ok().or_else(|| path.is_relative().then_some(path))?.iter()
    {
        match part.to_str()? {
            "." => {}
            ".." => _ = parts.pop()?,
            part => parts.push(part.to_owned()),
        }
    }
    Some(parts.join("/"))
}

fn measure(raw: &Path, root: &Path) -> Read {
    let kernels = kernels(raw, root)?;
    let mut covered = Covered::default();
    for (file, lines) in &kernels.lines {
        covered.add(file, lines, |line| kernels.functions.get(&(file.clone(), line)).cloned());
    }
    let mut measurement = covered.measurement(ID, raw::KERNEL_COVERAGE, &tool(raw, "gcov"));
    // What only an OpenCL compiler can take has no line here, and that is said.
    let mut left_out = BTreeSet::new();
    for folder in FOLDERS {
        left_out.extend(headers(root, folder));
    }
    left_out.retain(|file| !kernels.lines.contains_key(file));
    measurement = measurement.figure("files_without_lines", left_out.len() as f64);
    for file in left_out {
        let what = "not compiled natively, or without a line of its own: not counted".to_owned();
        measurement.findings.push(Finding { at: file, what });
    }
    measurement.findings.truncate(super::FINDINGS);
    Ok(measurement)
}

fn headers(root: &Path, folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root.join(folder)).into_iter().flatten().flatten() {
        let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            found.extend(headers(root, &name));
        } else if name.ends_with(".h") {
            found.push(name);
        }
    }
    found
}
