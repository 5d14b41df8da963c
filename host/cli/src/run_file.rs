//! `run.json`: what a replay was run on, so that `tidegate explain` can run it again.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use serde_json::{Value as Json, json};
use tidegate_protocol::PROTOCOL_ID;

use crate::open::Seen;
use crate::setup::Text;

/// Name of the file.
pub(crate) const NAME: &str = "run.json";

/// A file that went in: its path as given, and what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileIn {
    pub(crate) path: String,
    pub(crate) seen: Seen,
}

/// What a replay was run on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RunFile {
    pub(crate) engine: String,
    pub(crate) protocol_id: String,
    pub(crate) input: FileIn,
    pub(crate) feedback: Option<FileIn>,
    pub(crate) resync: bool,
    /// Path of the setup as given, and what was read.
    pub(crate) setup: Option<(String, Text)>,
}

/// The protocol that this command was built from.
pub(crate) fn protocol_id() -> String {
    format!("{PROTOCOL_ID:016x}")
}

impl FileIn {
    pub(crate) fn new(path: &Path, seen: Seen) -> Self {
        Self { path: path.to_string_lossy().into_owned(), seen }
    }

    fn json(&self) -> Json {
        json!({"path": self.path, "bytes": self.seen.bytes, "sha256": self.seen.sha256})
    }

    fn of(json: &Json) -> Option<Self> {
        let seen =
            Seen { bytes: json["bytes"].as_u64()?, sha256: json["sha256"].as_str()?.to_owned() };
        Some(Self { path: json["path"].as_str()?.to_owned(), seen })
    }
}

impl RunFile {
    /// Writes the file: nothing in it depends on the clock.
    pub(crate) fn write(&self, directory: &Path) -> Result<()> {
        let setup = self
            .setup
            .as_ref()
            .map(|(path, text)| json!({"path": path, "text": text.text, "files": text.files}));
        let run = json!({
            "engine": self.engine,
            "protocol_id": self.protocol_id,
            "input": self.input.json(),
            "feedback": self.feedback.as_ref().map(FileIn::json),
            "resync": self.resync,
            "setup": setup,
        });
        let path = directory.join(NAME);
        let failed = || format!("cannot write {}", path.display());
        fs::write(&path, format!("{run:#}\n")).with_context(failed)
    }

    /// Reads it back.
    pub(crate) fn read(directory: &Path) -> Result<Self> {
        let path = directory.join(NAME);
        let text = fs::read_to_string(&path).map_err(|error| {
            let place = directory.display();
            anyhow!("{place} is no folder of `tidegate replay --out`: cannot read {NAME}: {error}")
        })?;
        let wrong = || anyhow!("{} is not as `tidegate replay` writes it", path.display());
        let json: Json = serde_json::from_str(&text).map_err(|_| wrong())?;
        Self::of(&json).ok_or_else(wrong)
    }

    fn of(json: &Json) -> Option<Self> {
        let text = |json: &Json| Some(json.as_str()?.to_owned());
        let setup = match &json["setup"] {
            Json::Null => None,
            setup => {
                let files: Option<_> = setup["files"]
                    .as_object()?
                    .iter()
                    .map(|(name, file)| Some((name.clone(), text(file)?)))
                    .collect();
                Some((text(&setup["path"])?, Text { text: text(&setup["text"])?, files: files? }))
            }
        };
        let feedback = match &json["feedback"] {
            Json::Null => None,
            feedback => Some(FileIn::of(feedback)?),
        };
        Some(Self {
            engine: text(&json["engine"])?,
            protocol_id: text(&json["protocol_id"])?,
            input: FileIn::of(&json["input"])?,
            feedback,
            resync: json["resync"].as_bool()?,
            setup,
        })
    }
}
