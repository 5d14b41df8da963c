//! Results as they are filed, read again and judged before anything is made of them.

use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::Deserialize;
use thiserror::Error;

use crate::capacity;
use crate::histogram;
use crate::result::{
    Label, Latency, OLDEST_SCHEMA, Observation, OffOn, Passes, Results, Row, SCHEMA, Throughput,
};
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

/// Options of a run of a part.
const PARTS: [&str; 5] = ["--definition", "--engine", "--type", "--mix", "--input"];

/// Why a run is not one of everything, in full length and to its end; `None` where it is.
pub fn part(results: &Results) -> Option<&'static str> {
    let names = |argument: &String, part: &&str| {
        argument.strip_prefix(*part).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    };
    let is_part = |argument: &String| PARTS.iter().any(|part| names(argument, part));
    if results.incomplete {
        Some("it has not ended")
    } else if results.quick {
        Some("it is a short run")
    } else if results.arguments.iter().any(is_part) {
        Some("it is of a part of the work")
    } else {
        None
    }
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
    if let Some(what) = impossible_figure(&[("took_s", results.took_s)]) {
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
    let used = row.usage.and_then(|of| {
        impossible_figure(&[("usage: user_s", of.user_s), ("usage: system_s", of.system_s)])
    });
    row.throughput
        .as_ref()
        .and_then(impossible_throughput)
        .or_else(|| row.latency.as_ref().and_then(impossible_latency))
        .or_else(|| row.observation.as_ref().and_then(impossible_observation))
        .or_else(|| impossible_segments(row))
        .or(used)
}

fn impossible_observation(of: &Observation) -> Option<String> {
    let both = OffOn { off_ns: of.off_ns, on_ns: of.on_ns };
    [Some(both), of.p99, of.cpu]
        .into_iter()
        .flatten()
        .find_map(|of| impossible_figure(&[("observation", of.off_ns), ("observation", of.on_ns)]))
}

fn impossible_segments(row: &Row) -> Option<String> {
    for segment in &row.segments {
        let mean = [("segments: mean_of_all_ns", segment.mean_of_all_ns)];
        let what = impossible_figure(&mean).or_else(|| impossible_latency(&segment.latency));
        if what.is_some() {
            return what;
        }
    }
    let whole = row.latency.as_ref().map_or(0.0, |latency| latency.mean_ns);
    let sum = row.segments.iter().map(|segment| segment.mean_of_all_ns).sum::<f64>();
    // Less than one tick of the stamps.
    (!row.segments.is_empty() && (sum - whole).abs() > 1.0)
        .then(|| format!("segments: wanted a sum of {whole} ns, found {sum} ns"))
}

/// Greater than any figure, whatever its unit.
const MOST: f64 = 1e18;
/// No clock takes so long to be read: it is the noise of every figure, so it must not be made up.
const MOST_CLOCK_NS: f64 = 1e6;

fn impossible_figure(figures: &[(&str, f64)]) -> Option<String> {
    // NaN is in no range.
    let (what, found) = figures.iter().find(|(_, figure)| !(0.0..=MOST).contains(figure))?;
    Some(format!("{what}: wanted 0 or more and a number that can be, found {found}"))
}

fn impossible_throughput(speed: &Throughput) -> Option<String> {
    let (best, median, worst) = (speed.best_ns, speed.median_ns, speed.worst_ns);
    if !(best > 0.0 && best <= median && median <= worst && worst <= MOST) {
        return Some(format!(
            "throughput: wanted 0 < best <= median <= worst, found {best}, {median}, {worst} ns"
        ));
    }
    if let Some([low, high]) = speed.quartiles_ns
        && !(best <= low && low <= median && median <= high && high <= worst)
    {
        return Some(format!(
            "throughput: wanted quartiles around the median, found {low} and {high} ns"
        ));
    }
    if speed.passes == 0 {
        return Some("throughput: wanted at least one pass, found none".to_owned());
    }
    if speed.offered_per_s == Some(0.0) {
        return Some("throughput: wanted a rate above 0, found 0".to_owned());
    }
    impossible_figure(&[
        ("throughput: messages_per_s", speed.messages_per_s),
        ("throughput: gb_per_s", speed.gb_per_s),
        ("throughput: beats_per_s", speed.beats_per_s.unwrap_or(0.0)),
        ("throughput: offered_per_s", speed.offered_per_s.unwrap_or(0.0)),
    ])
}

fn impossible_latency(latency: &Latency) -> Option<String> {
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
    let clock_ns = latency.clock_ns;
    if !(0.0..=MOST_CLOCK_NS).contains(&clock_ns) {
        return Some(format!("latency: clock_ns: wanted 0 to {MOST_CLOCK_NS}, found {clock_ns}"));
    }
    if let Some(Passes { n, p50_ns, p99_ns, p99_9_ns }) = latency.passes
        && (n == 0 || [p50_ns, p99_ns, p99_9_ns].iter().any(|of| !of.is_sorted()))
    {
        return Some("latency: wanted passes with their quartiles in order".to_owned());
    }
    let (least, most) = (latency.min_ns as f64, latency.max_ns as f64);
    // What a mean is rounded to may leave the range by a hair.
    let mean_ns = latency.mean_ns;
    if !(least - 1.0..=most + 1.0).contains(&mean_ns) {
        return Some(format!("latency: wanted a mean from min to max, found {mean_ns} ns"));
    }
    impossible_figure(&[
        ("latency: std_dev_ns", latency.std_dev_ns),
        ("latency: jitter", latency.jitter),
    ])
    .or_else(|| other_histogram(latency))
}

/// Where a histogram is not that of the figures beside it.
fn other_histogram(latency: &Latency) -> Option<String> {
    let histogram = match histogram::decode(&latency.histogram) {
        Ok(histogram) => histogram,
        Err(error) => return Some(format!("latency: histogram: {error}")),
    };
    if histogram.len() != latency.n {
        let (wanted, found) = (latency.n, histogram.len());
        return Some(format!("latency: histogram: wanted {wanted} messages, found {found}"));
    }
    let at = |quantile| histogram.value_at_quantile(quantile);
    [
        ("min", latency.min_ns, histogram.min()),
        ("p50", latency.p50_ns, at(0.5)),
        ("p90", latency.p90_ns, at(0.9)),
        ("p99", latency.p99_ns, at(0.99)),
        ("p99.9", latency.p99_9_ns, at(0.999)),
        ("p99.99", latency.p99_99_ns, at(0.9999)),
        ("max", latency.max_ns, histogram.max()),
    ]
    .into_iter()
    .find_map(|(what, filed, found)| {
        // What is longer than the greatest count is counted there.
        let counted = filed.min(histogram.high());
        let found = found.clamp(latency.min_ns, latency.max_ns).min(histogram.high());
        (!histogram.equivalent(found, counted)).then(|| {
            format!("latency: histogram: wanted {what} of {filed} ns as beside it, found {found}")
        })
    })
}
