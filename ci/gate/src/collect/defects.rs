//! V07: the register of defects, and its lint.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::Date;
use serde::Deserialize;

use super::{Missing, Read, or_none, shape, text, worst};
use crate::measurement::{Finding, Measurement};

const ID: &str = "V07";
const FILE: &str = "ci/defects.toml";
const WANTED: &str = "schema = 1 and [[defect]] with id, severity, opened, state, what, reproduce";
/// The layout that this version reads.
const SCHEMA: u32 = 1;

/// How bad a defect is (JR/T 0351-2026, 8.5.2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Hardly anybody meets it.
    Minor,
    /// In the way, and there is another way.
    Ordinary,
    /// What was promised does not hold.
    Severe,
    /// A wrong order, a lost order, or nothing works.
    Fatal,
}

impl Severity {
    const fn name(self) -> &'static str {
        match self {
            Self::Minor => "minor",
            Self::Ordinary => "ordinary",
            Self::Severe => "severe",
            Self::Fatal => "fatal",
        }
    }
}

/// Whether it is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DefectState {
    /// It is.
    Open,
    /// A test shows that it is not.
    Closed,
}

/// One known defect.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defect {
    /// `D-1` and so on, never used again.
    pub id: String,
    /// How bad.
    pub severity: Severity,
    /// Since when it is known.
    pub opened: Date,
    /// Whether it is still there.
    pub state: DefectState,
    /// What is wrong, and what ought to be.
    pub what: String,
    /// How to see it.
    pub reproduce: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Register {
    schema: u32,
    #[serde(default)]
    defect: Vec<Defect>,
}

/// The register.
///
/// # Errors
/// When it is not there, or its lint finds something.
pub fn register(root: &Path) -> Result<Vec<Defect>, Missing> {
    let path = root.join(FILE);
    let wrong = |what: &str| shape(&path, &format!("{what}; wanted {WANTED}"));
    let register: Register =
        toml::from_str(&text(&path, WANTED)?).map_err(|error| wrong(error.message()))?;
    if register.schema != SCHEMA {
        return Err(wrong(&format!("schema {}", register.schema)).into());
    }
    let mut ids = BTreeSet::new();
    for defect in &register.defect {
        for (key, value) in
            [("id", &defect.id), ("what", &defect.what), ("reproduce", &defect.reproduce)]
        {
            if value.trim().is_empty() {
                return Err(wrong(&format!("{}: {key} is empty", defect.id)).into());
            }
        }
        if !ids.insert(&defect.id) {
            return Err(wrong(&format!("{}: comes twice", defect.id)).into());
        }
    }
    Ok(register.defect)
}

/// V07.
pub fn read(_raw: &Path, root: &Path) -> Measurement {
    or_none(ID, measure(root))
}

fn measure(root: &Path) -> Read {
    let defects = register(root)?;
    let open = || defects.iter().filter(|defect| defect.state == DefectState::Open);
    let count = |severity| open().filter(|defect| defect.severity == severity).count() as f64;
    let value = count(Severity::Fatal) + count(Severity::Severe);
    let mut measurement = Measurement::new(ID, value, FILE, "gate");
    for severity in [Severity::Fatal, Severity::Severe, Severity::Ordinary, Severity::Minor] {
        measurement = measurement.figure(severity.name(), count(severity));
    }
    measurement.findings = worst(
        open()
            .map(|defect| {
                let what = format!("{}: {}", defect.severity.name(), defect.what);
                (defect.severity as u8 as f64, Finding { at: defect.id.clone(), what })
            })
            .collect(),
    );
    Ok(measurement)
}
