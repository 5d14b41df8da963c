//! What was measured, or why it was not.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How a figure came about. Figures of two labels never stand in one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Label {
    /// On what it speaks of.
    Measured,
    /// By a vendor's emulator.
    Emulated,
    /// By the simulator's cycles.
    Modelled,
}

/// A place that pulls the indicator down, worst first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Where: a file and line, a test, a feed and message.
    pub at: String,
    /// What is wrong there.
    pub what: String,
}

/// The value of a part: of a crate, a room, a function; of a feed, an engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// From the whole to the part, as `["tidegate-pipeline", "quote", "apply"]`.
    pub path: Vec<String>,
    /// Its value, in the indicator's unit.
    pub value: f64,
    /// Of how many things (lines, functions, tests, records).
    pub count: u64,
}

/// What came of measuring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// This number, which is finite.
    Measured(f64),
    /// Nothing, for this reason.
    NotMeasured(String),
}

impl Value {
    /// The number, if there is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Measured(number) => Some(*number),
            Self::NotMeasured(_) => None,
        }
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        if number.is_finite() {
            Self::Measured(number)
        } else {
            Self::NotMeasured(format!("{number} is no number: nothing was counted"))
        }
    }
}

/// One indicator as measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Id of the indicator.
    pub indicator: String,
    /// The value in the indicator's unit, or why there is none.
    pub value: Value,
    /// Figures beside it, which vetoes may name.
    #[serde(default)]
    pub figures: BTreeMap<String, f64>,
    /// How it came about.
    pub label: Label,
    /// What it was read from.
    pub source: String,
    /// What made it, with its version.
    pub tool: String,
    /// It was to be measured and was not: its tool died, or left what cannot be read or contradicts itself. That
    /// fails, where what nobody started is only not known.
    #[serde(default)]
    pub is_broken: bool,
    /// What pulls it down, worst first.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// Its parts.
    #[serde(default)]
    pub parts: Vec<Part>,
}

impl Measurement {
    /// A value of an indicator.
    pub fn new(indicator: &str, value: f64, source: &str, tool: &str) -> Self {
        Self {
            indicator: indicator.to_owned(),
            value: value.into(),
            figures: BTreeMap::new(),
            label: Label::Measured,
            source: source.to_owned(),
            tool: tool.to_owned(),
            is_broken: false,
            findings: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// An indicator without a value, and why.
    pub fn none(indicator: &str, why: impl Into<String>) -> Self {
        Self { value: Value::NotMeasured(why.into()), ..Self::new(indicator, 0.0, "", "") }
    }

    /// An indicator whose measuring broke, and how.
    pub fn broken(indicator: &str, how: impl Into<String>) -> Self {
        Self { is_broken: true, ..Self::none(indicator, how) }
    }

    /// With a figure beside the value.
    #[must_use]
    pub fn figure(mut self, name: &str, number: f64) -> Self {
        self.figures.insert(name.to_owned(), number);
        self
    }

    /// With a finding.
    #[must_use]
    pub fn finding(mut self, at: impl Into<String>, what: impl Into<String>) -> Self {
        self.findings.push(Finding { at: at.into(), what: what.into() });
        self
    }
}
