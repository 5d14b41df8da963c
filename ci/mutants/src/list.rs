//! `list.toml`: the mutants.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

/// Language of a mutant's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// The kernels.
    C,
    /// The pipeline and the simulator.
    Rust,
}

impl Language {
    /// Its name in the list.
    pub const fn name(self) -> &'static str {
        match self {
            Self::C => "c",
            Self::Rust => "rust",
        }
    }
}

/// What runs a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Runner {
    /// `kernels/native`, against the native engine.
    Kernels,
    /// The native engine, against `golden-feeds/DIGESTS.toml`.
    Pipeline,
    /// The simulator, against the same.
    Sim,
}

/// One mutant.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mutant {
    /// Its name, unique.
    pub id: String,
    /// Room.
    pub room: String,
    /// Language.
    pub language: Language,
    /// File, from the top of the repository.
    pub file: PathBuf,
    /// Text that stands exactly once in the file.
    pub find: String,
    /// What stands there instead.
    pub replace: String,
    /// What it breaks, in a line.
    pub breaks: String,
}

/// Why a mutant does not apply.
#[derive(Debug, Error)]
pub enum ListError {
    /// A file cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The list is not one.
    #[error("list.toml: {0}")]
    Parse(#[from] toml::de::Error),
    /// The text does not stand once in the file.
    #[error("{id}: found {found} times in {}, wanted once", file.display())]
    Find {
        /// The mutant.
        id: String,
        /// Its file.
        file: PathBuf,
        /// How often the text stands there.
        found: usize,
    },
    /// The file belongs to no runner, or to another language.
    #[error("{id}: no room of {language} in {}", file.display())]
    File {
        /// The mutant.
        id: String,
        /// Its language.
        language: &'static str,
        /// Its file.
        file: PathBuf,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    mutant: Vec<Mutant>,
}

/// The list of a repository.
///
/// # Errors
/// When it cannot be read.
pub fn read(root: &Path) -> Result<Vec<Mutant>, ListError> {
    let path = root.join("ci/mutants/list.toml");
    let text = fs::read_to_string(&path).map_err(|source| ListError::Read { path, source })?;
    let Listed { mutant } = toml::from_str(&text)?;
    Ok(mutant)
}

impl Mutant {
    /// What runs it.
    ///
    /// # Errors
    /// When its file is none of a room of its language.
    pub fn runner(&self) -> Result<Runner, ListError> {
        match self.language {
            Language::C if self.file.starts_with("kernels") => Ok(Runner::Kernels),
            Language::Rust if self.file.starts_with("host/pipeline/src") => Ok(Runner::Pipeline),
            Language::Rust if self.file.starts_with("hls-sim/src") => Ok(Runner::Sim),
            _ => Err(ListError::File {
                id: self.id.clone(),
                language: self.language.name(),
                file: self.file.clone(),
            }),
        }
    }

    /// The file as it is, and as the mutant has it.
    ///
    /// # Errors
    /// When it cannot be read, or the text does not stand in it exactly once.
    pub fn apply(&self, root: &Path) -> Result<(String, String), ListError> {
        let path = root.join(&self.file);
        let text = fs::read_to_string(&path).map_err(|source| ListError::Read { path, source })?;
        let found = text.matches(&self.find).count();
        if found != 1 {
            let (id, file) = (self.id.clone(), self.file.clone());
            return Err(ListError::Find { id, file, found });
        }
        let mutated = text.replacen(&self.find, &self.replace, 1);
        Ok((text, mutated))
    }
}
