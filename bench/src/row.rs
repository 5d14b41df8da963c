//! Rows as they are read: which rows are the same thing, and what a row's figures are worth.

use std::fmt;

use serde::Serialize;

use crate::result::{Due, Label, Row, RunType, Tables};

/// Prefix of the engines that are peers.
pub const PEER: &str = "peer:";
/// Prefix of the engines that are physical bounds.
pub const BOUND: &str = "bound:";
/// The stage of a whole pass.
pub const END_TO_END: &str = "end-to-end";

/// The labels, in the order of columns.
pub const LABELS: [Label; 4] =
    [Label::Measured, Label::Emulated, Label::Modelled, Label::NotMeasured];

/// The stages, in the order of the data path.
pub const STAGES: [&str; 9] =
    ["toe", "frame", "decode", "quote", "index", "trigger", "order", "feedback", "publish"];

/// What makes two rows of two runs the same thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Key {
    /// The definition.
    pub definition: String,
    /// The engine, peer or bound.
    pub engine: String,
    /// What its figures are worth.
    pub label: Label,
    /// The kind of run.
    pub run_type: RunType,
    /// Which messages.
    pub mix: String,
    /// The stage.
    pub stage: String,
    /// State of the tables.
    pub tables: Tables,
    /// Whether on one core, where it is measured both ways.
    pub pinned: Option<bool>,
}

impl Key {
    /// The key of a row.
    pub fn of(row: &Row) -> Self {
        Self {
            definition: row.definition.clone(),
            engine: row.engine.clone(),
            label: row.label,
            run_type: row.run_type,
            mix: row.mix.clone(),
            stage: row.stage.clone(),
            tables: row.tables,
            pinned: row.pinned,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { definition, engine, mix, stage, .. } = self;
        let (run, tables) = (run_type_word(self.run_type), tables_word(self.tables));
        let pinned = pinned_word(self.pinned);
        write!(f, "{definition} {engine} {stage}, {run}, {mix}, {tables}{pinned}")
    }
}

/// What a row's figures are worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Worth {
    /// The output was right: the figures count.
    Figure,
    /// The output was not what it should be.
    OutputDiffers,
    /// Nothing says that the output was right.
    NotChecked,
    /// Nobody has measured it.
    NotMeasured,
}

impl Worth {
    /// Why there is no figure; `None` where there is one.
    pub fn refusal(&self) -> Option<&'static str> {
        match self {
            Worth::Figure => None,
            Worth::OutputDiffers => Some("no figure: output differs"),
            Worth::NotChecked => Some("no figure: output not checked"),
            Worth::NotMeasured => Some("not measured"),
        }
    }
}

/// What a row's figures are worth. Peers and bounds have outputs of their own, or none: they may come unchecked.
pub fn worth(row: &Row) -> Worth {
    if row.label == Label::NotMeasured {
        return Worth::NotMeasured;
    }
    match &row.digest {
        Some(check) if check.holds() => Worth::Figure,
        Some(_) => Worth::OutputDiffers,
        None if is_peer(row) || is_bound(row) => Worth::Figure,
        None => Worth::NotChecked,
    }
}

/// Whether the row is of a peer.
pub fn is_peer(row: &Row) -> bool {
    row.engine.starts_with(PEER)
}

/// Whether the row is of a physical bound.
pub fn is_bound(row: &Row) -> bool {
    row.engine.starts_with(BOUND)
}

/// A label as people read it.
pub fn label_word(label: Label) -> &'static str {
    match label {
        Label::Measured => "Measured",
        Label::Emulated => "Emulated",
        Label::Modelled => "Modelled",
        Label::NotMeasured => "Not measured",
    }
}

/// A kind of run in one word.
pub fn run_type_word(run: RunType) -> &'static str {
    match run {
        RunType::Baseline => "baseline",
        RunType::Peak => "peak",
        RunType::Write => "write",
        RunType::Soak => "soak",
        RunType::Batch => "batch",
    }
}

/// The state of the tables in two words.
pub fn tables_word(tables: Tables) -> &'static str {
    match tables {
        Tables::Cold => "cold tables",
        Tables::Loaded => "loaded tables",
    }
}

/// Whether the thread stayed on one core, behind other words; nothing where it is not measured both ways.
pub fn pinned_word(pinned: Option<bool>) -> &'static str {
    match pinned {
        Some(true) => ", on one core",
        Some(false) => ", not kept on a core",
        None => "",
    }
}

/// When a message counts as due, in words.
pub fn due_word(due: Due) -> &'static str {
    match due {
        Due::Service => "from service",
        Due::Schedule => "from schedule",
    }
}

/// Where a stage stands on the data path; others stand behind it.
pub fn stage_rank(stage: &str) -> usize {
    STAGES.iter().position(|known| *known == stage).unwrap_or(STAGES.len())
}
