//! The ledger: what was judged, in a chain that shows any change (JR/T 0351-2026, 7.5.7 c).
//!
//! A file of lines, one record each, only ever added to. A line ends in `,"sha256":"..."}`: the
//! SHA-256 of the line up to there. The next record holds that hash as `prev_sha256`, and the release
//! manifest holds the last one, so that a line edited, moved, taken out or cut off at the end is found.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::judgement::{Before, Demand, Judgement, State, Verdict, own};
use crate::measurement::{Label, Value};
use crate::policy::{Minimum, Policy, Stage, sha256_hex};

/// The layout of a record that this version reads.
pub const SCHEMA: u32 = 1;

/// What `prev_sha256` of the first record is.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A file by its content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hashed {
    /// Which, from the root of the repository.
    pub path: String,
    /// SHA-256 in hex.
    pub sha256: String,
}

/// One indicator as it stood.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stood {
    /// Id.
    pub id: String,
    /// What was found.
    pub value: Value,
    /// Of the value.
    pub unit: String,
    /// How it came about.
    pub label: Label,
    /// How it was judged.
    pub state: State,
    /// What the policy demanded.
    pub demand: Demand,
    /// What made the value.
    pub tool: String,
    /// Which reading was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
}

/// What was judged, on what, with what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// [`SCHEMA`].
    pub schema: u32,
    /// 0, 1, 2, ...
    pub seq: u64,
    /// Hash of the record before; [`GENESIS`] for the first.
    pub prev_sha256: String,
    /// When, UTC, RFC 3339.
    pub utc: String,
    /// Which stage.
    pub stage: Stage,
    /// Commit that was judged.
    pub commit: String,
    /// Whether files differed from it.
    pub dirty: bool,
    /// Of the policy's file.
    pub policy_sha256: String,
    /// Of the requirements' file.
    pub requirements_sha256: String,
    /// Versions of the tools, by name.
    pub tools: BTreeMap<String, String>,
    /// What the machine is.
    pub host: String,
    /// The card, if there is one.
    pub hardware: Option<String>,
    /// What was built.
    pub artifacts: Vec<Hashed>,
    /// What was fed.
    pub feeds: Vec<Hashed>,
    /// What each stage demanded.
    pub stages: Vec<Minimum>,
    /// The indicators.
    pub indicators: Vec<Stood>,
    /// Weighted mean.
    pub score: Option<f64>,
    /// Share of the weight measured, in percent.
    pub measured: f64,
    /// Ids of the waivers in force.
    pub waivers: Vec<String>,
    /// Verdict.
    pub verdict: Verdict,
}

/// What a record says of the run, beside the judgement.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Context {
    /// When, UTC, RFC 3339.
    pub utc: String,
    /// Commit.
    pub commit: String,
    /// Whether files differed from it.
    pub dirty: bool,
    /// Of the policy's file.
    pub policy_sha256: String,
    /// Of the requirements' file.
    pub requirements_sha256: String,
    /// Versions of the tools, by name.
    pub tools: BTreeMap<String, String>,
    /// What the machine is.
    pub host: String,
    /// The card, if there is one.
    pub hardware: Option<String>,
    /// What was built.
    pub artifacts: Vec<Hashed>,
    /// What was fed.
    pub feeds: Vec<Hashed>,
}

/// The last record, as the release manifest names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Its number.
    pub seq: u64,
    /// Its hash.
    pub sha256: String,
}

/// Why a ledger is not whole, or cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The file.
    #[error("{path}: {error}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A line that does not hold.
    #[error("{path}: line {line}: {what}")]
    Broken {
        /// Which.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// What was wanted and what was found.
        what: String,
    },
    /// The head that the release manifest names is another.
    #[error(
        "{path}: the release manifest names record {wanted_seq} with {wanted}, the ledger ends with {found}"
    )]
    Head {
        /// Which.
        path: PathBuf,
        /// Number in the manifest.
        wanted_seq: u64,
        /// Hash in the manifest.
        wanted: String,
        /// What the ledger has.
        found: String,
    },
}

/// A ledger that holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    /// Its records.
    pub records: Vec<Record>,
    /// Hash of the last one; none without records.
    pub head: Option<Head>,
}

impl Ledger {
    /// Walks the chain.
    ///
    /// # Errors
    /// On the first line that does not hold; when the end is another than `head`.
    pub fn load(path: &Path, head: Option<&Head>) -> Result<Self, LedgerError> {
        let read = fs::read_to_string(path);
        let text = read.map_err(|error| LedgerError::Io { path: path.to_owned(), error })?;
        let broken =
            |line: usize, what: String| LedgerError::Broken { path: path.to_owned(), line, what };
        let mut ledger = Self::default();
        let mut hash = GENESIS.to_owned();
        if !text.is_empty() && !text.ends_with('\n') {
            return Err(broken(
                text.lines().count(),
                "it does not end: a record was cut".to_owned(),
            ));
        }
        for (at, line) in text.lines().enumerate() {
            let (body, stated) = split(line)
                .ok_or_else(|| broken(at + 1, "it does not end in its sha256".to_owned()))?;
            let found = sha256_hex(body.as_bytes());
            if found != stated {
                let what = format!("it says sha256 {stated} and has {found}: it was edited");
                return Err(broken(at + 1, what));
            }
            let record: Record =
                serde_json::from_str(line).map_err(|error| broken(at + 1, error.to_string()))?;
            let seq = at as u64;
            if record.schema != SCHEMA {
                let what = format!("schema {}: this version reads {SCHEMA}", record.schema);
                return Err(broken(at + 1, what));
            }
            if record.seq != seq {
                let what =
                    format!("record {} where {seq} was expected: moved or taken out", record.seq);
                return Err(broken(at + 1, what));
            }
            if record.prev_sha256 != hash {
                let what = format!("it follows {}, the one before is {hash}", record.prev_sha256);
                return Err(broken(at + 1, what));
            }
            hash = found;
            ledger.head = Some(Head { seq, sha256: hash.clone() });
            ledger.records.push(record);
        }
        if let Some(wanted) = head
            && ledger.head.as_ref() != Some(wanted)
        {
            let found = ledger.head.map_or("nothing".to_owned(), |head| {
                format!("record {} with {}", head.seq, head.sha256)
            });
            let (wanted_seq, wanted) = (wanted.seq, wanted.sha256.clone());
            return Err(LedgerError::Head { path: path.to_owned(), wanted_seq, wanted, found });
        }
        Ok(ledger)
    }

    /// The record that a judgement makes behind these.
    pub fn next(&self, policy: &Policy, judgement: &Judgement, context: Context) -> Record {
        let stood = |row: &crate::judgement::Row| {
            let indicator = policy.indicator(&row.id).expect("judged by this policy");
            Stood {
                id: row.id.clone(),
                value: row.value.clone(),
                unit: row.unit.clone(),
                label: row.label,
                state: row.state,
                demand: Demand::from(indicator),
                tool: row.tool.clone(),
                definition: row.definition.clone(),
            }
        };
        Record {
            schema: SCHEMA,
            seq: self.head.as_ref().map_or(0, |head| head.seq + 1),
            prev_sha256: self.head.as_ref().map_or(GENESIS.to_owned(), |head| head.sha256.clone()),
            utc: context.utc,
            stage: judgement.stage,
            commit: context.commit,
            dirty: context.dirty,
            policy_sha256: context.policy_sha256,
            requirements_sha256: context.requirements_sha256,
            tools: context.tools,
            host: context.host,
            hardware: context.hardware,
            artifacts: context.artifacts,
            feeds: context.feeds,
            stages: policy.stage.clone(),
            indicators: judgement.rows.iter().map(stood).collect(),
            score: judgement.score,
            measured: judgement.measured,
            waivers: judgement.waivers.iter().map(|waiver| waiver.id.clone()).collect(),
            verdict: judgement.verdict,
        }
    }

    /// Adds a record to the file; the new head.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn append(&mut self, path: &Path, record: Record) -> Result<Head, LedgerError> {
        let failed = |error| LedgerError::Io { path: path.to_owned(), error };
        let json = serde_json::to_string(&record).map_err(|error| failed(error.into()))?;
        let body = json.strip_suffix('}').expect("a record is an object");
        let sha256 = sha256_hex(body.as_bytes());
        let line = format!("{body},\"sha256\":\"{sha256}\"}}\n");
        let mut file = OpenOptions::new().append(true).create(true).open(path).map_err(failed)?;
        file.write_all(line.as_bytes()).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        let head = Head { seq: record.seq, sha256 };
        self.head = Some(head.clone());
        self.records.push(record);
        Ok(head)
    }

    /// What was demanded and reached before.
    pub fn before(&self) -> Before {
        // One whose demands were made easier without a word is no measure for the next.
        let is_lowered = |stood: &Stood| stood.id == own::LOWERED && stood.state == State::Fail;
        let holds = |record: &&Record| !record.indicators.iter().any(is_lowered);
        let demands = self.records.iter().rfind(holds).map(|record| {
            let demand = |stood: &Stood| (stood.id.clone(), stood.demand.clone());
            (record.indicators.iter().map(demand).collect(), record.stages.clone())
        });
        let (demands, stages) = demands.unwrap_or_default();
        let released = self
            .records
            .iter()
            .rev()
            .find(|record| record.stage >= Stage::Release && record.verdict == Verdict::Pass);
        let value = |stood: &Stood| Some((stood.id.clone(), stood.value.number()?));
        let released = released.map(|record| record.indicators.iter().filter_map(value).collect());
        Before { demands, stages, released: released.unwrap_or_default() }
    }
}

/// Whether a ledger takes back what it said before: a ledger is only added to. Chain and head can be written anew
/// together; the history of the repository cannot. One that began anew is another ledger.
pub fn is_rewritten(before: &str, now: &str) -> bool {
    before.lines().next() == now.lines().next() && !now.starts_with(before)
}

/// A line without its hash, and the hash.
fn split(line: &str) -> Option<(&str, &str)> {
    let (body, end) = line.rsplit_once(",\"sha256\":\"")?;
    Some((body, end.strip_suffix("\"}")?))
}
