//! Q07: paths through functions.

use std::collections::BTreeMap;
use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

use serde_json::Value as Json;

use super::{
    Missing, Read, is_product, jsons, list, number, or_none, place, raw, shape, source, tool, word,
    worst,
};
use crate::measurement::{Finding, Measurement, Part};

const ID: &str = "Q07";
const WANTED: &str =
    "JSON of rust-code-analysis with spaces, kinds and cyclomatic sums, a line a file";
/// No function that is new, or that grew, may have more paths.
const MOST: f64 = 25.0;

/// Q07.
pub fn read(raw: &Path, root: &Path) -> Measurement {
    or_none(ID, measure(raw, root))
}

/// A function and its paths, those of closures in it with them.
struct Function {
    file: String,
    name: String,
    line: usize,
    paths: f64,
    /// It does not end where the source says: the tool took more functions for one.
    is_misread: bool,
}

fn functions(path: &Path, root: &Path) -> Result<Vec<Function>, Missing> {
    let wrong = |what: String| shape(path, &format!("{what}; wanted {WANTED}"));
    let mut found = Vec::new();
    for unit in jsons(path, WANTED)? {
        if word(&unit, "/kind").map_err(wrong)? != "unit" {
            return Err(wrong("a line that is no unit".to_owned()).into());
        }
        let file = word(&unit, "/name").map_err(wrong)?.trim_start_matches("./").to_owned();
        if !is_product(&file) || file.contains("/gen/") {
            continue;
        }
        let text = fs::read_to_string(root.join(&file)).unwrap_or_default();
        let bare = source::bare(&text);
        let from = found.len();
        add(&unit, &file, &source::test_lines(&bare), &mut found).map_err(wrong)?;
        if file.ends_with(".rs") && !text.is_empty() {
            let known = source::functions(&bare);
            for (function, end) in &mut found[from..] {
                let is_it = |known: &&source::Function| {
                    known.name == function.name && known.lines.contains(&function.line)
                };
                function.is_misread =
                    !known.iter().any(|known| is_it(&known) && known.lines.end() == end);
            }
        }
    }
    Ok(found.into_iter().map(|(function, _)| function).collect())
}

fn add(
    space: &Json,
    file: &str,
    tests: &[RangeInclusive<usize>],
    found: &mut Vec<(Function, usize)>,
) -> Result<(), String> {
    for inner in list(space, "/spaces")? {
        let line = number(inner, "/start_line")? as usize;
        if tests.iter().any(|test| test.contains(&line)) {
            continue;
        }
        let name = word(inner, "/name").unwrap_or("<anonymous>");
        if word(inner, "/kind")? == "function" && name != "<anonymous>" {
            let paths = number(inner, "/metrics/cyclomatic/sum")?;
            let end = number(inner, "/end_line")? as usize;
            let (file, name) = (file.to_owned(), name.to_owned());
            found.push((Function { file, name, line, paths, is_misread: false }, end));
        } else {
            // Functions within impls, traits and modules; one within a function is a part of it.
            add(inner, file, tests, found)?;
        }
    }
    Ok(())
}

fn measure(raw: &Path, root: &Path) -> Read {
    let functions = functions(&raw.join(raw::COMPLEXITY), root)?;
    if functions.is_empty() {
        return Err(
            format!("{}: no function of the product; wanted {WANTED}", raw::COMPLEXITY).into()
        );
    }
    let mut before: BTreeMap<(String, String), f64> = BTreeMap::new();
    // The tests of the old files are not known, which only adds functions that are compared with.
    for old in self::functions(&raw.join(raw::COMPLEXITY_BASE), Path::new(""))? {
        let known = before.entry((old.file, old.name)).or_default();
        *known = known.max(old.paths);
    }
    let mut new_above = 0.0;
    let mut findings = Vec::new();
    let mut parts: BTreeMap<Vec<String>, (f64, u64)> = BTreeMap::new();
    let (misread, functions): (Vec<Function>, Vec<Function>) =
        functions.into_iter().partition(|function| function.is_misread);
    for function in &functions {
        let Function { file, name, line, paths, .. } = function;
        let was = before.get(&(file.clone(), name.clone())).copied();
        let is_new = *paths > MOST && was.is_none_or(|was| *paths > was && was <= MOST);
        new_above += f64::from(u8::from(is_new));
        let mut path = place(file);
        path.push(name.clone());
        for depth in 1..=path.len() {
            let part = parts.entry(path[..depth].to_vec()).or_default();
            part.0 += paths;
            part.1 += 1;
        }
        let note = if is_new { format!(": new, and above {MOST}") } else { String::new() };
        // What is new and too much stands first.
        let weight = paths + if is_new { 1e6 } else { 0.0 };
        let what = format!("{name}: {paths} paths{note}");
        findings.push((weight, Finding { at: format!("{file}:{line}"), what }));
    }
    if misread.len() * 100 > functions.len() {
        return Err(
            format!("{} of {} functions were misread", misread.len(), functions.len()).into()
        );
    }
    for Function { file, name, line, .. } in &misread {
        let what = format!("{name}: the tool misreads where it ends, so it is left out");
        findings.push((1e5, Finding { at: format!("{file}:{line}"), what }));
    }
    let total: f64 = functions.iter().map(|function| function.paths).sum();
    let greatest = functions.iter().map(|function| function.paths).fold(0.0, f64::max);
    let source = format!("{} and {}", raw::COMPLEXITY, raw::COMPLEXITY_BASE);
    let tool = tool(raw, "rust-code-analysis-cli");
    let value = total / functions.len() as f64;
    let mut measurement = Measurement::new(ID, value, &source, &tool)
        .figure("new_above_25", new_above)
        .figure("functions", functions.len() as f64)
        .figure("misread", misread.len() as f64)
        .figure("greatest", greatest);
    measurement.findings = worst(findings);
    measurement.parts = parts
        .into_iter()
        .map(|(path, (sum, count))| Part { path, value: sum / count as f64, count })
        .collect();
    Ok(measurement)
}
