//! Results as files: one a run, by machine and date.

use std::fs;
use std::path::{Path, PathBuf};

use crate::result::{Results, SCHEMA};

/// Why results cannot be filed or read.
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
    /// What is in it.
    #[error("{path}: {error}")]
    Parse {
        /// Which.
        path: PathBuf,
        /// Why.
        error: serde_json::Error,
    },
    /// Of another version.
    #[error("{path}: schema {found}, wanted {SCHEMA}")]
    Schema {
        /// Which.
        path: PathBuf,
        /// As it stands there.
        found: u32,
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

/// Reads a run.
///
/// # Errors
/// When it cannot be read, or is of another schema.
pub fn read(path: &Path) -> Result<Results, StoreError> {
    let failed = |error| StoreError::Io { path: path.to_owned(), error };
    let text = fs::read_to_string(path).map_err(failed)?;
    let parse = |error| StoreError::Parse { path: path.to_owned(), error };
    let results: Results = serde_json::from_str(&text).map_err(parse)?;
    if results.schema != SCHEMA {
        return Err(StoreError::Schema { path: path.to_owned(), found: results.schema });
    }
    Ok(results)
}
