//! `tidegate bench report`: one page of results.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io::Write};

use anyhow::{Context, Result};
use clap::Args;
use tempfile::NamedTempFile;
use tidegate_bench::load::{self, Filed, Folder, LoadError};
use tidegate_bench::report;
use tidegate_bench::result::LeftOut;
use tidegate_bench::sources;

use crate::{Unusable, note};

pub(crate) const HELP: &str = "Examples:
  tidegate bench report
  tidegate bench report bench/results/MACHINE --out report.html --json report.json
  tidegate bench report one.json other.json --out both.html

Of a folder the newest whole run of the machine that ran last is shown (where there is none, its
newest run), and the others of its machine are its history; of files, all that are given, which must
be of one machine, and the runs beside the last one are its history.
The page needs nothing else: no network, no script, no font.";

/// Where results are filed, from the top of the sources.
const RESULTS: &str = "bench/results";

/// Write a page of results
#[derive(Args, Debug)]
pub(crate) struct Report {
    /// Results, or one folder of them [default: bench/results]
    #[arg(value_name = "RESULT | DIR")]
    inputs: Vec<PathBuf>,
    /// The page
    #[arg(long, value_name = "FILE", default_value = "report.html")]
    out: PathBuf,
    /// The same as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

pub(crate) fn run(args: &Report) -> Result<ExitCode> {
    let inputs = match args.inputs.as_slice() {
        [] => &[PathBuf::from(RESULTS)][..],
        given => given,
    };
    let (shown, folder) = match inputs {
        [one] if one.is_dir() => of_folder(one)?,
        files => of_files(files)?,
    };
    for target in [Some(&args.out), args.json.as_ref()].into_iter().flatten() {
        let same = |input: &PathBuf| fs::canonicalize(input).ok() == fs::canonicalize(target).ok();
        let is_input = target.exists() && inputs.iter().any(same);
        if is_input || load::file(target).is_ok() {
            let text = format!("{} is a filed result: it stays", target.display());
            return Err(Unusable(text).into());
        }
    }
    // An error's path is the reader's own business: the page has the file's name.
    let mut unread = Vec::new();
    for error in &folder.unread {
        note(&format!("warning: {:#}", chain(error)));
        unread.push(LeftOut { what: file_name(error), why: why(error) });
    }
    let report = report::build(&shown, &folder.filed, &sources::parse(sources::BUNDLED)?, unread);
    write(&args.out, report::page(&report).as_bytes())?;
    if let Some(path) = &args.json {
        let mut text = serde_json::to_vec_pretty(&report)?;
        text.push(b'\n');
        write(path, &text)?;
    }
    let rows: usize = shown.iter().map(|filed| filed.results.rows.len()).sum();
    note(&format!("{}: {} run(s), {rows} rows", args.out.display(), shown.len()));
    Ok(ExitCode::SUCCESS)
}

/// The newest whole run of the machine that ran last, or its newest run where none is whole.
fn of_folder(path: &Path) -> Result<(Vec<Filed>, Folder)> {
    let mut folder = load::folder(path)?;
    let Some(last) = folder.filed.last() else {
        // Nothing can be read: the first reason is the error.
        return Err(folder.unread.remove(0).into());
    };
    let id = &last.results.machine.id;
    let here: Vec<&Filed> =
        folder.filed.iter().filter(|filed| filed.results.machine.id == *id).collect();
    let whole = here.iter().rposition(|filed| load::part(&filed.results).is_none());
    let at = whole.unwrap_or(here.len() - 1);
    for filed in &here[at + 1..] {
        if let Some(why) = load::part(&filed.results) {
            note(&format!("passed over: {}: {why}", filed.name));
        }
    }
    let others = folder.filed.len() - here.len();
    if others > 0 {
        note(&format!("{others} run(s) of other machines than {id} are not on this page"));
    }
    let shown = here[at].clone();
    Ok((vec![shown], folder))
}

/// All files, with the folder of the last as history.
fn of_files(files: &[PathBuf]) -> Result<(Vec<Filed>, Folder)> {
    let mut shown = Vec::new();
    for path in files {
        shown.push(load::file(path)?);
    }
    let wanted = shown[0].results.machine.id.clone();
    if let Some(other) = shown.iter().find(|filed| filed.results.machine.id != wanted) {
        let found = &other.results.machine.id;
        let text =
            format!("a page is of one machine: {} is of {found}, wanted {wanted}", other.name);
        return Err(Unusable(text).into());
    }
    let beside = files.last().and_then(|path| path.parent());
    let beside = beside.filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut folder = load::folder(beside)?;
    // Other JSON may lie there; what was asked for has been read.
    folder.unread.clear();
    Ok((shown, folder))
}

fn chain(error: &LoadError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

fn file_name(error: &LoadError) -> String {
    let (LoadError::Read { path, .. }
    | LoadError::Parse { path, .. }
    | LoadError::Schema { path, .. }
    | LoadError::Impossible { path, .. }
    | LoadError::Empty { path }) = error;
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn why(error: &LoadError) -> String {
    match error {
        LoadError::Read { source, .. } => format!("cannot be read: {source}"),
        LoadError::Parse { source, .. } => format!("is not a result: {source}"),
        LoadError::Schema { wanted, found, .. } => format!("has schema {found}, wanted {wanted}"),
        LoadError::Impossible { what, .. } => what.clone(),
        LoadError::Empty { .. } => "holds no results".to_owned(),
    }
}

/// Writes a file whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().filter(|path| !path.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let result = || -> std::io::Result<()> {
        fs::create_dir_all(folder)?;
        let mut file = NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        // A temporary file is its owner's alone; a page is for everyone.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(file.path(), fs::Permissions::from_mode(0o644))?;
        }
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    result().with_context(|| format!("cannot write {}", path.display()))
}
