//! Results as files: one a run, by machine and date. `load` reads them back.

use std::fs;
use std::path::{Path, PathBuf};

use crate::result::Results;

/// Why results cannot be filed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file.
    #[error("{path}: {error}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// What was to be in it.
    #[error("{path}: {error}")]
    Parse {
        /// Which.
        path: PathBuf,
        /// Why.
        error: serde_json::Error,
    },
}

/// The file of a run below the folder of all results: machine, then date and commit.
pub fn place(results: &Results) -> PathBuf {
    let commit = results.commit.get(..8).unwrap_or("none");
    let started = results.started.replace(':', "");
    PathBuf::from(&results.machine.id).join(format!("{started}-{commit}.json"))
}

/// Files a run below this folder; its file.
///
/// # Errors
/// When it cannot be written.
pub fn file(results: &Results, folder: &Path) -> Result<PathBuf, StoreError> {
    let path = folder.join(place(results));
    let failed = |error| StoreError::Io { path: path.clone(), error };
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    let json = serde_json::to_string_pretty(results);
    let json = json.map_err(|error| StoreError::Parse { path: path.clone(), error })?;
    fs::write(&path, json + "\n").map_err(failed)?;
    Ok(path)
}
