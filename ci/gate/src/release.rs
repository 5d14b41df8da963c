//! The release manifest: what a release was judged by, and where the ledger ended.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::ledger::Head;

/// The manifest, a file beside the ledger. It is written by the gate, with every record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The version that is worked on.
    pub version: String,
    /// SHA-256 of the policy that judged last.
    pub policy_sha256: String,
    /// SHA-256 of the requirements that the release was agreed on.
    pub requirements_sha256: String,
    /// The last record of the ledger.
    pub ledger_head: Option<Head>,
}

/// Why a manifest cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// The file.
    #[error("{path}: {error}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// What stands in it.
    #[error("{path}: {error}")]
    Toml {
        /// Which.
        path: PathBuf,
        /// Why.
        error: Box<toml::de::Error>,
    },
}

impl Release {
    /// Reads a manifest.
    ///
    /// # Errors
    /// When it is not there, or is none.
    pub fn load(path: &Path) -> Result<Self, ReleaseError> {
        let read = fs::read_to_string(path);
        let text = read.map_err(|error| ReleaseError::Io { path: path.to_owned(), error })?;
        toml::from_str(&text)
            .map_err(|error| ReleaseError::Toml { path: path.to_owned(), error: Box::new(error) })
    }

    /// Writes it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), ReleaseError> {
        let mut text = format!(
            "# Written by the gate with every record of the ledger; `tidegate gate verify` holds the ledger against it.\n\
             version = \"{}\"\npolicy_sha256 = \"{}\"\nrequirements_sha256 = \"{}\"\n",
            self.version, self.policy_sha256, self.requirements_sha256
        );
        if let Some(head) = &self.ledger_head {
            text += &format!("\n[ledger_head]\nseq = {}\nsha256 = \"{}\"\n", head.seq, head.sha256);
        }
        fs::write(path, text).map_err(|error| ReleaseError::Io { path: path.to_owned(), error })
    }
}
