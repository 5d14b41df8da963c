//! How the tests of a run ended.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How one test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It ran, and every assertion held.
    Passed,
    /// It ran, and did not end well.
    Failed,
    /// It is there and marked not to run.
    Ignored,
    /// It is there, or was, and did not run.
    NotRun,
}

impl Outcome {
    /// As it is shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Ignored => "ignored",
            Self::NotRun => "not run",
        }
    }
}

/// Every test of a run, by nextest's binary id, a space, and the test's name:
/// `tidegate-pipeline::rooms the_checksum_policies`.
pub type TestsRun = BTreeMap<String, Outcome>;

/// How this test ended; one that the run does not know did not run.
pub fn outcome(run: &TestsRun, test: &str) -> Outcome {
    run.get(test).copied().unwrap_or(Outcome::NotRun)
}

/// Binary id of a test's key.
pub fn binary(test: &str) -> &str {
    test.split_once(' ').map_or(test, |(binary, _)| binary)
}
