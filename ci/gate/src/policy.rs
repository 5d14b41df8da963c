//! The policy: which indicators there are, what they must reach, and why.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The layout of a policy that this version reads.
pub const SCHEMA: u32 = 1;

/// Where a change stands: each stage demands more than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Into the main line.
    Merge,
    /// To those who test it (提测).
    Submission,
    /// To users.
    Release,
    /// Onto a card.
    Hardware,
}

impl Stage {
    /// Every one, in order.
    pub const ALL: [Self; 4] = [Self::Merge, Self::Submission, Self::Release, Self::Hardware];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Submission => "submission",
            Self::Release => "release",
            Self::Hardware => "hardware",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Stage {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|stage| stage.name() == text)
            .ok_or_else(|| format!("no stage {text}: merge, submission, release or hardware"))
    }
}

/// What an indicator that must be measured and was not does to the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Incomplete {
    /// It says so and goes on.
    Warn,
    /// It holds the change.
    Block,
}

/// What a stage demands of the sum of its indicators.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Minimum {
    /// Which stage.
    pub name: Stage,
    /// Least score, 0 to 100, over the indicators measured.
    pub score: f64,
    /// Least share of the weight that was measured, in percent.
    pub measured: f64,
    /// What happens when something was not measured.
    pub incomplete: Incomplete,
}

/// A figure beyond this fails the gate whatever the score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Veto {
    /// From this stage on.
    pub from: Stage,
    /// A figure beside the value, by name; without one, the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figure: Option<String>,
    /// It must not be above this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<f64>,
    /// It must not be below this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
}

impl Veto {
    /// Whether this number is beyond the limit.
    pub fn strikes(&self, number: f64) -> bool {
        self.above.is_some_and(|limit| number > limit)
            || self.below.is_some_and(|limit| number < limit)
    }

    /// The limit in words.
    pub fn text(&self) -> String {
        let what = self.figure.as_deref().unwrap_or("value");
        match (self.above, self.below) {
            (Some(above), None) => format!("{what} above {above}"),
            (_, Some(below)) => format!("{what} below {below}"),
            (None, None) => format!("{what} has no limit"),
        }
    }
}

/// One thing that is measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// `Q01` and so on.
    pub id: String,
    /// What it is, in a few words.
    pub title: String,
    /// How it is computed, in figures' names.
    pub formula: String,
    /// Where the standards ask for it: document and section.
    pub clause: String,
    /// Which reading was taken where the clause leaves more than one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// Unit of value, floor and target.
    pub unit: String,
    /// Scores 0, and beyond it the indicator fails.
    pub floor: f64,
    /// Scores 100.
    pub target: f64,
    /// Its part of the score. 0: it can only veto.
    pub weight: f64,
    /// The first stage at which it must be measured.
    pub from: Stage,
    /// It can be measured on a card only, so its weight counts at the stage hardware alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needs_card: bool,
    /// How far below the last release it may be: the floor rises with what was reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratchet_tolerance: Option<f64>,
    /// What fails the gate whatever the score.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub veto: Vec<Veto>,
    /// Why it is worth measuring.
    pub why: String,
    /// What to do when it is red.
    pub when_red: String,
}

/// A threshold, a weight or a veto that was made easier, and who says that it may be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lowered {
    /// The indicator, or the stage.
    pub of: String,
    /// `floor`, `target`, `weight`, `from`, `veto`, `ratchet_tolerance`, `needs_card`, `score`,
    /// `measured`, `incomplete` or `removed`.
    pub what: String,
    /// What it was, as the gate says it.
    pub was: String,
    /// What it is now.
    pub now: String,
    /// Why.
    pub reason: String,
    /// Who.
    pub approved_by: String,
    /// When.
    pub date: Date,
}

/// A failure that is known and borne for a while (JR/T 0351-2026, 10.5.3.2).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// Its name.
    pub id: String,
    /// The indicator.
    pub indicator: String,
    /// Why it may be.
    pub reason: String,
    /// What is done meanwhile.
    pub mitigation: String,
    /// Who mends it.
    pub owner: String,
    /// Who allowed it.
    pub approver: String,
    /// The last day on which it counts.
    pub expires: Date,
}

/// What a trigger must do on the feed that is judged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// Its name in the setup.
    pub trigger: String,
    /// It fires so many times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fired: Option<u64>,
    /// It fires so many times at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<u64>,
    /// It fires so many times at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u64>,
    /// It never fires.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub must_not_fire: bool,
}

impl Expect {
    /// What is wrong with so many firings; nothing if they are as meant.
    pub fn wrong(&self, fired: u64) -> Option<String> {
        let at_least = self.fired.or(self.min).unwrap_or(0);
        let at_most = match self.must_not_fire {
            true => 0,
            false => self.fired.or(self.max).unwrap_or(u64::MAX),
        };
        let wanted = match (at_least, at_most) {
            _ if (at_least..=at_most).contains(&fired) => return None,
            (_, 0) => "must not fire".to_owned(),
            (least, u64::MAX) => format!("at least {least} expected"),
            (least, most) if least == most => format!("{least} expected"),
            (least, most) => format!("{least} to {most} expected"),
        };
        Some(format!("fired {fired} times, {wanted}"))
    }

    fn lint(&self) -> Vec<String> {
        let name = &self.trigger;
        let mut findings = Vec::new();
        if name.trim().is_empty() {
            findings.push("expect: trigger is empty".to_owned());
        }
        let range = self.min.is_some() || self.max.is_some();
        let demands = [self.fired.is_some(), range, self.must_not_fire];
        if demands.into_iter().filter(|is_there| *is_there).count() != 1 {
            findings.push(format!(
                "expect {name}: it has one of `fired`, `min` and `max`, and `must_not_fire`"
            ));
        }
        if let (Some(min), Some(max)) = (self.min, self.max)
            && min > max
        {
            findings.push(format!("expect {name}: min {min} is above max {max}"));
        }
        findings
    }
}

/// A fault that the feed has, and that is no surprise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectFault {
    /// Its code, as `frame.checksum`.
    pub code: String,
    /// So many of them at most; without it, any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u64>,
}

/// What is assumed of the card, where it is not as `hls-sim/card.toml` has it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assumed {
    /// Clock of the kernels.
    pub clock_mhz: u64,
}

/// A policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// [`SCHEMA`].
    pub schema: u32,
    /// What each stage demands.
    pub stage: Vec<Minimum>,
    /// What is measured.
    pub indicator: Vec<Indicator>,
    /// What was made easier.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lowered: Vec<Lowered>,
    /// What is borne.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiver: Vec<Waiver>,
    /// What triggers must do, where a user's feed is judged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expect: Vec<Expect>,
    /// Faults that such a feed has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expect_fault: Vec<ExpectFault>,
    /// What is assumed of the card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assumed: Option<Assumed>,
}

/// Why a policy cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
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
    /// What is wrong with it, a line each.
    #[error("{path}: a policy with {} mistakes:\n  {}", .findings.len(), .findings.join("\n  "))]
    Lint {
        /// Which.
        path: PathBuf,
        /// The mistakes.
        findings: Vec<String>,
    },
}

impl Policy {
    /// Reads a policy and refuses one with a mistake; its hash, SHA-256 of the file in hex.
    ///
    /// # Errors
    /// When it cannot be read, or the lint finds something.
    pub fn load(path: &Path) -> Result<(Self, String), PolicyError> {
        let read = std::fs::read_to_string(path);
        let text = read.map_err(|error| PolicyError::Io { path: path.to_owned(), error })?;
        let policy: Self = toml::from_str(&text)
            .map_err(|error| PolicyError::Toml { path: path.to_owned(), error: Box::new(error) })?;
        let findings = policy.lint();
        if !findings.is_empty() {
            return Err(PolicyError::Lint { path: path.to_owned(), findings });
        }
        Ok((policy, sha256_hex(text.as_bytes())))
    }

    /// The indicator of this id.
    pub fn indicator(&self, id: &str) -> Option<&Indicator> {
        self.indicator.iter().find(|indicator| indicator.id == id)
    }

    /// What this stage demands.
    pub fn minimum(&self, stage: Stage) -> Option<&Minimum> {
        self.stage.iter().find(|minimum| minimum.name == stage)
    }

    /// What is wrong with it (JR/T 0351-2026, 11.3.3: relevant, measurable, actionable), a line each.
    pub fn lint(&self) -> Vec<String> {
        let mut findings = Vec::new();
        if self.schema != SCHEMA {
            findings.push(format!("schema {}: this version reads {SCHEMA}", self.schema));
        }
        let mut stages = BTreeSet::new();
        for minimum in &self.stage {
            let name = minimum.name;
            if !stages.insert(name) {
                findings.push(format!("stage {name}: comes twice"));
            }
            for (what, number) in [("score", minimum.score), ("measured", minimum.measured)] {
                if !(0.0..=100.0).contains(&number) {
                    findings.push(format!("stage {name}: {what} {number} is not in 0 to 100"));
                }
            }
        }
        if self.stage.is_empty() {
            findings.push("no stage: nothing says what is enough".to_owned());
        }
        if self.indicator.is_empty() {
            findings.push("no indicator: nothing is measured".to_owned());
        }
        let mut ids = BTreeSet::new();
        for indicator in &self.indicator {
            if !ids.insert(&indicator.id) {
                findings.push(format!("{}: comes twice", indicator.id));
            }
            findings.extend(indicator.lint());
        }
        for lowered in &self.lowered {
            for (name, text) in [("reason", &lowered.reason), ("approved_by", &lowered.approved_by)]
            {
                if text.trim().is_empty() {
                    findings.push(format!("lowered {}: {name} is empty", lowered.of));
                }
            }
        }
        let mut triggers = BTreeSet::new();
        for expect in &self.expect {
            findings.extend(expect.lint());
            if !triggers.insert(&expect.trigger) {
                findings.push(format!("expect {}: comes twice", expect.trigger));
            }
        }
        let mut codes = BTreeSet::new();
        for ExpectFault { code, max } in &self.expect_fault {
            if code.trim().is_empty() {
                findings.push("expect_fault: code is empty".to_owned());
            }
            if *max == Some(0) {
                findings.push(format!("expect_fault {code}: max 0 expects none: leave it out"));
            }
            if !codes.insert(code) {
                findings.push(format!("expect_fault {code}: comes twice"));
            }
        }
        if let Some(Assumed { clock_mhz }) = self.assumed
            && !(1..=10_000).contains(&clock_mhz)
        {
            findings.push(format!("assumed: clock_mhz {clock_mhz} is not in 1 to 10000"));
        }
        findings
    }
}

impl Indicator {
    fn lint(&self) -> Vec<String> {
        let id = if self.id.trim().is_empty() { "an indicator without id" } else { &self.id };
        let mut findings = Vec::new();
        for (name, text) in [
            ("id", &self.id),
            ("title", &self.title),
            ("formula", &self.formula),
            ("clause", &self.clause),
            ("unit", &self.unit),
            ("why", &self.why),
            ("when_red", &self.when_red),
        ] {
            if text.trim().is_empty() {
                findings.push(format!("{id}: {name} is empty"));
            }
        }
        for (name, number) in [("floor", self.floor), ("target", self.target)] {
            if !number.is_finite() {
                findings.push(format!("{id}: {name} {number} is no number"));
            }
        }
        if !(self.weight.is_finite() && self.weight >= 0.0) {
            findings.push(format!("{id}: weight {} is not 0 or more", self.weight));
        }
        if self.weight > 0.0 && self.floor == self.target {
            findings.push(format!("{id}: floor and target are both {}", self.floor));
        }
        if self.weight == 0.0 && self.veto.is_empty() {
            findings.push(format!("{id}: weight 0 and no veto: it decides nothing"));
        }
        if self.ratchet_tolerance.is_some_and(|tolerance| tolerance.is_nan() || tolerance < 0.0) {
            findings.push(format!("{id}: ratchet_tolerance is not 0 or more"));
        }
        for veto in &self.veto {
            let limits = [veto.above, veto.below];
            if limits.iter().flatten().count() != 1 {
                findings.push(format!("{id}: a veto has either `above` or `below`"));
            }
            if limits.iter().flatten().any(|limit| !limit.is_finite()) {
                findings.push(format!("{id}: the limit of a veto is no number"));
            }
        }
        findings
    }

    /// What a value is worth against this floor, 0 to 100.
    pub fn score(&self, value: f64, floor: f64) -> f64 {
        if floor == self.target {
            return if self.is_worse(value, floor) { 0.0 } else { 100.0 };
        }
        100.0 * ((value - floor) / (self.target - floor)).clamp(0.0, 1.0)
    }

    /// Whether a lower value is the better one.
    pub fn lower_is_better(&self) -> bool {
        self.target < self.floor
    }

    /// Whether one value is worse than another.
    pub fn is_worse(&self, value: f64, than: f64) -> bool {
        if self.lower_is_better() { value > than } else { value < than }
    }
}

/// SHA-256 in hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
