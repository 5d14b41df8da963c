//! Results as they are filed, read again and judged before anything is made of them.

use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::Deserialize;
use thiserror::Error;

use crate::capacity;
use crate::result::{Label, OLDEST_SCHEMA, Results, Row, SCHEMA};
use crate::row::Key;

/// Why results cannot be used.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The file or folder is not there, or cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The text is no result, or is cut off.
    #[error("{} is not a result", path.display())]
    Parse {
        /// Which.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// Filed by another version of the harness.
    #[error("{} has schema {found}, wanted {wanted}", path.display())]
    Schema {
        /// Which.
        path: PathBuf,
        /// Ours.
        wanted: u32,
        /// The file's.
        found: u32,
    },
    /// Something in it cannot be.
    #[error("{}: {what}", path.display())]
    Impossible {
        /// Which.
        path: PathBuf,
        /// What was wanted and found.
        what: String,
    },
    /// A folder without results.
    #[error("no results (*.json) in {}", path.display())]
    Empty {
        /// Which.
        path: PathBuf,
    },
}

/// A result and the name under which it is filed.
#[derive(Clone, Debug, PartialEq)]
pub struct Filed {
    /// The file's name without its ending.
    pub name: String,
    /// What it holds.
    pub results: Results,
}

/// What a folder holds.
#[derive(Debug, Default)]
pub struct Folder {
    /// Results, oldest first.
    pub filed: Vec<Filed>,
    /// Files that could not be used.
    pub unread: Vec<LoadError>,
}

/// Only the version: known before the rest is read.
#[derive(Deserialize)]
struct Version {
    schema: u32,
}

/// Reads one result.
///
/// # Errors
/// The file cannot be read, is no result, has another schema, or says what cannot be.
pub fn file(path: &Path) -> Result<Filed, LoadError> {
    let text = fs::read_to_string(path)
        .map_err(|source| LoadError::Read { path: path.to_owned(), source })?;
    let parse = |source| LoadError::Parse { path: path.to_owned(), source };
    let version: Version = serde_json::from_str(&text).map_err(parse)?;
    if !(OLDEST_SCHEMA..=SCHEMA).contains(&version.schema) {
        let (wanted, found) = (SCHEMA, version.schema);
        return Err(LoadError::Schema { path: path.to_owned(), wanted, found });
    }
    let results: Results = serde_json::from_str(&text).map_err(parse)?;
    if let Some(what) = impossible(&results) {
        return Err(LoadError::Impossible { path: path.to_owned(), what });
    }
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Filed { name, results })
}

/// Reads every result of a folder and of the folders in it, one level deep.
///
/// # Errors
/// The folder cannot be read, or holds no file that ends in `.json`. Files that cannot be used are in `unread`.
pub fn folder(path: &Path) -> Result<Folder, LoadError> {
    let mut files = Vec::new();
    for entry in entries(path)? {
        if entry.is_dir() {
            files.extend(entries(&entry)?.into_iter().filter(|path| is_result(path)));
        } else if is_result(&entry) {
            files.push(entry);
        }
    }
    if files.is_empty() {
        return Err(LoadError::Empty { path: path.to_owned() });
    }
    let mut folder = Folder::default();
    for path in files {
        match file(&path) {
            Ok(filed) => folder.filed.push(filed),
            Err(error) => folder.unread.push(error),
        }
    }
    folder
        .filed
        .sort_by(|a, b| a.results.started.cmp(&b.results.started).then(a.name.cmp(&b.name)));
    Ok(folder)
}

fn is_result(path: &Path) -> bool {
    path.is_file() && path.extension().is_some_and(|ending| ending == "json")
}

fn entries(path: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let read = |source| LoadError::Read { path: path.to_owned(), source };
    let entries = fs::read_dir(path).map_err(read)?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(read)?.path());
    }
    paths.sort();
    Ok(paths)
}

/// What cannot be in these results; the first such thing.
fn impossible(results: &Results) -> Option<String> {
    let id = &results.machine.id;
    let named = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if id.is_empty() || !id.chars().all(named) {
        return Some(format!("machine.id: wanted letters, digits and -, found {id:?}"));
    }
    if let Some(what) = results.capacity.iter().find_map(capacity::impossible) {
        return Some(what);
    }
    results.rows.iter().enumerate().find_map(|(at, row)| {
        let what = impossible_row(row)?;
        Some(format!("row {at} ({}): {what}", Key::of(row)))
    })
}

fn impossible_row(row: &Row) -> Option<String> {
    if row.label == Label::NotMeasured && (row.throughput.is_some() || row.latency.is_some()) {
        return Some("wanted no figures in a row that is not measured, found some".to_owned());
    }
    if row.label == Label::Modelled && row.assumptions.is_empty() {
        return Some("wanted at least one assumption of a modelled row, found none".to_owned());
    }
    if let Some(speed) = &row.throughput {
        let (best, median, worst) = (speed.best_ns, speed.median_ns, speed.worst_ns);
        if !(best > 0.0 && best <= median && median <= worst) {
            return Some(format!(
                "throughput: wanted 0 < best <= median <= worst, found {best}, {median}, {worst} ns"
            ));
        }
        if speed.passes == 0 {
            return Some("throughput: wanted at least one pass, found none".to_owned());
        }
        let rates = [speed.messages_per_s, speed.gb_per_s];
        let offered = speed.offered_per_s.unwrap_or(1.0);
        if rates.iter().any(|rate| *rate < 0.0) || offered <= 0.0 {
            return Some("throughput: wanted rates of 0 or more, found a lower one".to_owned());
        }
    }
    if !row.segments.is_empty() {
        let whole = row.latency.as_ref().map_or(0.0, |latency| latency.mean_ns);
        let sum = row.segments.iter().map(|segment| segment.mean_of_all_ns).sum::<f64>();
        // Less than one tick of the stamps.
        if (sum - whole).abs() > 1.0 {
            return Some(format!("segments: wanted a sum of {whole} ns, found {sum} ns"));
        }
    }
    if let Some(latency) = &row.latency {
        let steps = [
            latency.min_ns,
            latency.p50_ns,
            latency.p90_ns,
            latency.p99_ns,
            latency.p99_9_ns,
            latency.p99_99_ns,
            latency.max_ns,
        ];
        if !steps.is_sorted() || latency.n == 0 {
            return Some(format!(
                "latency: wanted min <= p50 <= ... <= max of 1 message or more, found {steps:?} ns of {}",
                latency.n
            ));
        }
    }
    None
}
