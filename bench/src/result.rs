//! What a run of the harness found, as it is filed: JSON, one file a run.
//!
//! A figure never stands without its label, its unit, and the points between which it was taken.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Version of this schema.
pub const SCHEMA: u32 = 2;
/// Oldest version that is read: what has come since then is not in its files, and is not there.
pub const OLDEST_SCHEMA: u32 = 1;

/// What a figure is worth. The four never stand in one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Label {
    /// Clocks of this machine over the code that is meant.
    Measured,
    /// Clocks of this machine over kernels that a runtime emulates: no figure of a card.
    Emulated,
    /// Cycles of the simulator, at an assumed clock.
    Modelled,
    /// Nobody has measured it.
    NotMeasured,
}

/// What kind of run a row is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunType {
    /// A fixed rate well below the limit, or as fast as it goes where there is no rate.
    Baseline,
    /// The rate is raised until the engine no longer keeps up.
    Peak,
    /// The order and feedback path.
    Write,
    /// A fixed rate for a given time.
    Soak,
    /// One stage, or a whole pass, in batches.
    Batch,
}

/// Whether the tables had seen the feed before the measured pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tables {
    /// Rows as they are at the start of a day, and caches without them.
    Cold,
    /// As they are in the middle of a day.
    Loaded,
}

/// A run: where and when, and what it found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Results {
    /// [`SCHEMA`].
    pub schema: u32,
    /// UTC, as `2026-03-02T09:30:00Z`.
    pub started: String,
    /// Commit of the sources that the program was built from, 40 hex digits; empty outside of a checkout.
    pub commit: String,
    /// Whether the sources differed from that commit.
    pub dirty: bool,
    /// Of the folder with definitions and engines, when the run began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bench: Option<Checkout>,
    /// The run has not ended: rows are missing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub incomplete: bool,
    /// The command's arguments.
    pub arguments: Vec<String>,
    /// A short run: fewer repetitions, smaller inputs.
    pub quick: bool,
    /// Whole time of the run, in seconds.
    pub took_s: f64,
    /// The machine.
    pub machine: Machine,
    /// What was found.
    pub rows: Vec<Row>,
    /// What could not be run, and why.
    pub left_out: Vec<LeftOut>,
    /// What engines kept up with, beside a peak that was supplied. The quality gate reads it.
    #[serde(default)]
    pub capacity: Vec<Capacity>,
    /// The sources of stamps, as they were on this machine.
    #[serde(default)]
    pub clocks: Vec<StampSource>,
    /// Whether they agreed.
    #[serde(default)]
    pub clock_checks: Vec<ClockCheck>,
}

/// A peak that somebody supplies: what must be kept up with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuppliedPeak {
    /// Historical peak, in messages a second.
    #[serde(rename = "messages_per_second")]
    pub messages_per_s: Option<f64>,
    /// The year's peak, in bytes a second.
    #[serde(rename = "bytes_per_second")]
    pub bytes_per_s: Option<f64>,
    /// Where the figures come from.
    pub source: String,
}

/// The limit of an engine's peak run beside a supplied peak.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// The definition.
    pub definition: String,
    /// The engine.
    pub engine: String,
    /// What the limit is worth.
    pub label: Label,
    /// Where the peak comes from; nothing where none was supplied.
    pub source: Option<String>,
    /// In messages.
    pub messages: Headroom,
    /// In bytes of messages.
    pub bytes: Headroom,
}

/// A limit over a peak.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Headroom {
    /// What came through at the highest rate that was kept, a second.
    pub limit_per_s: Option<f64>,
    /// The supplied peak, a second.
    pub peak_per_s: Option<f64>,
    /// Limit over peak, where both are there.
    pub ratio: Option<f64>,
    /// What it is to be at least.
    pub floor: f64,
    /// Whether it is.
    pub verdict: HeadroomVerdict,
    /// Why it is not measured; empty where it is.
    pub why: String,
}

/// Whether a limit is high enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeadroomVerdict {
    /// At or above the floor.
    Holds,
    /// Below it.
    Below,
    /// Nobody knows: never a pass.
    NotMeasured,
}

/// Fingerprint of a machine and of how it was set up. Two runs are compared when `id` and `facts` are the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// Names the kind of machine: processor, cores, memory; letters, digits and `-`. Also a folder's name.
    pub id: String,
    /// The processor's name.
    pub cpu: String,
    /// Logical processors that this process may use.
    pub cores: u32,
    /// Memory, in MiB.
    pub memory_mib: u64,
    /// Kernel of the operating system, and its name.
    pub os: String,
    /// Whether a hypervisor is seen.
    pub is_virtual: bool,
    /// Anything else that moves figures and stays: governor, clock source, caches, SIMD in use, and how the program
    /// was built.
    pub facts: BTreeMap<String, String>,
    /// What is otherwise each time: load before the run, the clock of the processor, what reading a clock costs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub moment: BTreeMap<String, String>,
}

/// Sources at a place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkout {
    /// Their commit; empty outside of a checkout.
    pub commit: String,
    /// Whether they differ from it, untracked ones too.
    pub dirty: bool,
}

/// Something that was asked for and not run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
}

/// One line of a table: who did what between which points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The definition, e.g. `market-day`.
    pub definition: String,
    /// Who: `native`, `sim`, `opencl:pocl`, `reference-c`, `peer:itch5`, `bound:memcpy`.
    pub engine: String,
    /// What the figures are worth.
    pub label: Label,
    /// What kind of run.
    pub run_type: RunType,
    /// Which messages: `all`, `burst-x3`, or one type, e.g. `300191`.
    pub mix: String,
    /// The stage, e.g. `decode`; `end-to-end` for the whole.
    pub stage: String,
    /// State of the tables.
    pub tables: Tables,
    /// Where the clock starts.
    pub from: String,
    /// Where it stops.
    pub to: String,
    /// What the bytes go through, e.g. `memory to memory, one core`. Ratios across different paths are not formed.
    pub path: String,
    /// Messages of one pass.
    pub messages: u64,
    /// Bytes of one pass.
    pub bytes: u64,
    /// Beats of 16 bytes of one pass; a model's.
    pub beats: Option<u64>,
    /// How many messages were accepted and refused; of engines as the definition says.
    pub accepted: u64,
    /// Refused: faults, unknown types, what a peer does not read.
    pub rejected: u64,
    /// Over whole passes.
    pub throughput: Option<Throughput>,
    /// Each message, none sampled.
    pub latency: Option<Latency>,
    /// Of the measured threads, over all passes.
    pub usage: Option<Usage>,
    /// Of a row whose stamps stand between rooms: where each message's time went.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<Segment>,
    /// Whether the measured thread stayed on one core, where a row is measured both ways.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned: Option<bool>,
    /// Of threads: what they do in the time of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_up: Option<SpeedUp>,
    /// Whether what came out is right. Without it there is no figure.
    pub digest: Option<Check>,
    /// What the probes cost in this row.
    pub observation: Option<Observation>,
    /// What was assumed, a line each; of a modelled row at least one.
    pub assumptions: Vec<String>,
    /// What a reader must know.
    pub note: String,
}

/// How many times the work of one thread several do in the same time, of the median passes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpeedUp {
    /// The engines.
    pub engine: f64,
    /// A bare loop on as many threads: what the machine gives.
    pub bare_loop: f64,
}

/// How fast whole passes were.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Throughput {
    /// Passes.
    pub passes: u32,
    /// Nanoseconds a message: best pass, median, worst.
    pub best_ns: f64,
    /// The median pass; what tables show.
    pub median_ns: f64,
    /// The worst pass.
    pub worst_ns: f64,
    /// The quartiles of the passes: a quarter took at most the first, three quarters at most the second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quartiles_ns: Option<[f64; 2]>,
    /// Messages a second, of the median pass.
    pub messages_per_s: f64,
    /// 10^9 bytes a second, of the median pass.
    pub gb_per_s: f64,
    /// Beats a second, where there are beats.
    pub beats_per_s: Option<f64>,
    /// Messages a second that were offered, where there was a rate.
    pub offered_per_s: Option<f64>,
}

/// Latency of each message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Latency {
    /// Messages.
    pub n: u64,
    /// All in nanoseconds.
    pub min_ns: u64,
    /// Mean.
    pub mean_ns: f64,
    /// Half of them.
    pub p50_ns: u64,
    /// 9 of 10.
    pub p90_ns: u64,
    /// 99 of 100.
    pub p99_ns: u64,
    /// 999 of 1,000.
    pub p99_9_ns: u64,
    /// 9,999 of 10,000.
    pub p99_99_ns: u64,
    /// The greatest.
    pub max_ns: u64,
    /// Standard deviation, in nanoseconds.
    pub std_dev_ns: f64,
    /// Jitter: p99.9 over p50.
    pub jitter: f64,
    /// When a message counts as due: `service` (when the engine took it) or `schedule` (when the pacing wanted it
    /// to come, so that a stall counts for all that waited behind it).
    pub due: Due,
    /// What one reading of the clock costs, in nanoseconds; it is in each figure.
    pub clock_ns: f64,
    /// Where the stamps come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<StampSource>,
    /// How the percentiles of single passes spread, where there were passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passes: Option<Passes>,
    /// The histogram in hdrhistogram's V2 format, base 64.
    pub histogram: String,
}

impl Latency {
    /// 99 of 100, where enough messages came to tell it: ten lie beyond it.
    pub fn p99(&self) -> Option<u64> {
        (self.n >= 1_000).then_some(self.p99_ns)
    }

    /// 999 of 1,000, where enough messages came to tell it.
    pub fn p99_9(&self) -> Option<u64> {
        (self.n >= 10_000).then_some(self.p99_9_ns)
    }

    /// 9,999 of 10,000, where enough messages came to tell it.
    pub fn p99_99(&self) -> Option<u64> {
        (self.n >= 100_000).then_some(self.p99_99_ns)
    }
}

/// Percentiles of each pass alone: the quartiles of each over all passes, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passes {
    /// Passes.
    pub n: u64,
    /// Of the medians.
    pub p50_ns: [u64; 2],
    /// Of the 99 of 100.
    pub p99_ns: [u64; 2],
    /// Of the 999 of 1,000.
    pub p99_9_ns: [u64; 2],
}

/// A room's part of the time of the same messages. The means over all messages add up to that of the whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// The room.
    pub room: String,
    /// Mean over all messages, those that did not come to it included, in nanoseconds.
    pub mean_of_all_ns: f64,
    /// Of the messages that came to it.
    pub latency: Latency,
}

/// Where stamps come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StampSource {
    /// Its name, e.g. `tsc`.
    pub source: String,
    /// The finest step in which it was seen to move, in nanoseconds.
    pub resolution_ns: f64,
    /// What one reading costs, in nanoseconds.
    pub read_ns: f64,
}

/// Two sources of stamps over the same run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockCheck {
    /// One.
    pub first: String,
    /// The other.
    pub second: String,
    /// Moments at which both were read.
    pub n: u64,
    /// How much faster the second one runs, in millionths: taken out before the skew.
    pub rate_ppm: f64,
    /// By how much they moved against each other, in nanoseconds.
    pub skew_ns: f64,
    /// By how much they may.
    pub tolerance_ns: u64,
    /// Whether they did not move by more.
    pub agrees: bool,
}

/// When a message counts as due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Due {
    /// When the engine took it.
    Service,
    /// When the schedule wanted it.
    Schedule,
}

/// What the measured threads used.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Usage {
    /// Processor time of the program, in seconds.
    pub user_s: f64,
    /// Of the system for it.
    pub system_s: f64,
    /// Most memory of the process while the row was measured, in KiB.
    pub max_resident_kib: u64,
    /// Context switches that it asked for.
    pub voluntary_switches: u64,
    /// And those that it did not.
    pub involuntary_switches: u64,
    /// Page faults without a disk.
    pub minor_faults: u64,
    /// And with one.
    pub major_faults: u64,
}

/// What came out, against what was to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// The definition's.
    pub wanted: String,
    /// This run's.
    pub found: String,
}

impl Check {
    /// Whether the output is right.
    pub fn holds(&self) -> bool {
        self.wanted == self.found
    }
}

/// How closely a run looks at its messages. The output is the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Probes {
    /// Not at all: throughput only.
    Off,
    /// A stamp when a message is taken and one when it is done.
    #[default]
    Lean,
    /// And stamps between the rooms, which split the time of each message.
    Full,
}

impl Probes {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Off, Self::Lean, Self::Full];

    /// In one word.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Lean => "lean",
            Self::Full => "full",
        }
    }
}

/// The same without and with probes, in nanoseconds a message.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OffOn {
    /// Without.
    pub off_ns: f64,
    /// With.
    pub on_ns: f64,
}

impl OffOn {
    /// What is added, in percent.
    pub fn percent(&self) -> f64 {
        if self.off_ns > 0.0 { (self.on_ns / self.off_ns - 1.0) * 100.0 } else { 0.0 }
    }
}

/// The same pass with probes off and on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// Nanoseconds a message without.
    pub off_ns: f64,
    /// And with them.
    pub on_ns: f64,
    /// Which.
    #[serde(default)]
    pub probes: Probes,
    /// 99 of 100 groups of 16 messages took at most so long, in nanoseconds a message: an observer from outside
    /// stamps groups with and without probes.
    #[serde(default)]
    pub p99: Option<OffOn>,
    /// Processor time, in nanoseconds a message.
    #[serde(default)]
    pub cpu: Option<OffOn>,
    /// The quartiles of the passes without, and of those with, in nanoseconds a message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quartiles_ns: Option<[[f64; 2]; 2]>,
}

impl Observation {
    /// Whether the passes without and with overlap, so that what is added may be nothing.
    pub fn is_noise(&self) -> bool {
        self.quartiles_ns.is_some_and(|[off, on]| off[0] <= on[1] && on[0] <= off[1])
    }

    /// What is added, in percent.
    pub fn percent(&self) -> f64 {
        OffOn { off_ns: self.off_ns, on_ns: self.on_ns }.percent()
    }

    /// What is added, in words.
    pub fn words(&self) -> String {
        let noise = if self.is_noise() { " (noise)" } else { "" };
        let mut text = format!("{} {:+.0} %{noise}", self.probes.text(), self.percent());
        if let Some(p99) = self.p99 {
            text += &format!(", p99 {:+.0} ns", p99.on_ns - p99.off_ns);
        }
        if let Some(cpu) = self.cpu {
            text += &format!(", CPU {:+.0} %", cpu.percent());
        }
        text
    }
}
