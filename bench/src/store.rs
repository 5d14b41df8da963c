//! Results as files: one a run, by machine and date. `load` reads them back.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

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

/// The one file of a run, below the folder of all results: machine, then date and commit.
#[derive(Debug)]
pub struct Filing {
    folder: PathBuf,
    /// Where it is filed, once it is.
    path: Option<PathBuf>,
}

impl Filing {
    /// Makes the folder of this machine, and sees that files can be written there.
    ///
    /// # Errors
    /// When they cannot.
    pub fn below(results: &Path, machine: &str) -> Result<Self, StoreError> {
        let folder = results.join(machine);
        let failed = |error| StoreError::Io { path: folder.clone(), error };
        fs::create_dir_all(&folder).map_err(failed)?;
        temporary(&folder).map_err(failed)?;
        Ok(Self { folder, path: None })
    }

    /// Files the run, whole or not at all: under a name that no other run has, or in place of what was filed of this
    /// one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put(&mut self, results: &Results) -> Result<&Path, StoreError> {
        let commit = results.commit.get(..8).unwrap_or("none");
        let name = format!("{}-{commit}", results.started.replace(':', ""));
        let path = self.path.clone().unwrap_or_else(|| self.folder.join(&name));
        let failed = |error| StoreError::Io { path: path.clone(), error };
        let json = serde_json::to_string_pretty(results);
        let json = json.map_err(|error| StoreError::Parse { path: path.clone(), error })?;
        let mut file = temporary(&self.folder).map_err(failed)?;
        file.write_all((json + "\n").as_bytes()).map_err(failed)?;
        if let Some(path) = &self.path {
            file.persist(path).map_err(|error| failed(error.error))?;
        } else {
            self.path = Some(put_new(file, &self.folder, &name).map_err(failed)?);
        }
        Ok(self.path.as_deref().unwrap_or(&self.folder))
    }
}

/// A file that goes away unless it is given a name, readable by whoever may read others.
fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    builder.tempfile_in(folder)
}

/// Two runs of a commit may begin in the same second.
fn put_new(mut file: NamedTempFile, folder: &Path, name: &str) -> io::Result<PathBuf> {
    for number in 1.. {
        let path = match number {
            1 => folder.join(format!("{name}.json")),
            _ => folder.join(format!("{name}-{number}.json")),
        };
        match file.persist_noclobber(&path) {
            Ok(_) => return Ok(path),
            Err(taken) if taken.error.kind() == io::ErrorKind::AlreadyExists => file = taken.file,
            Err(other) => return Err(other.error),
        }
    }
    unreachable!("a number is free")
}
