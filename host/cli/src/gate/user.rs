//! `tidegate gate --policy FILE --feed FILE`: a user's own input, judged by their own policy.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use hdrhistogram::Histogram;
use jiff::Timestamp as Utc;
use jiff::tz::TimeZone;
use serde_json::json;
use tidegate_gate::judgement::judge;
use tidegate_gate::ledger::{self, Hashed, Ledger};
use tidegate_gate::measurement::{Label, Measurement, Value};
use tidegate_gate::policy::{Policy, Stage};
use tidegate_gate::report::{Beside, junit, page, table};
use tidegate_gate::simulator::{self, EngineRun, FeedRun, Modelled, Run, Verdict};
use tidegate_hls_sim::card::Card;
use tidegate_pipeline::{Fault, NativeEngine, Record, Sink};
use tidegate_protocol::units::Timestamp;
use tidegate_protocol::{FaultCode, PROTOCOL_ID};

use super::compare::{Folders, Outcome, compare};
use super::simulate::{built_in, probe, sha256};
use crate::agree::{Case, Inject, Plan};
use crate::engines::{self, Name};
use crate::progress::Progress;
use crate::{Unusable, note};

/// What `tidegate gate` judges.
#[derive(Debug)]
pub(super) struct Job<'a> {
    pub(super) policy: &'a Path,
    pub(super) feed: &'a Path,
    pub(super) setup: Option<&'a Path>,
    pub(super) feedback: Option<&'a Path>,
    pub(super) resync: bool,
    pub(super) engines: &'a [Name],
    pub(super) stage: Stage,
    pub(super) out: Option<&'a Path>,
    pub(super) ledger: Option<&'a Path>,
    pub(super) commit: &'a str,
    pub(super) inject: Option<Inject>,
}

/// Time that the native engine is measured for at least, and passes at most.
const MEASURED: Duration = Duration::from_millis(300);
const PASSES: u32 = 20;

/// Messages by the time in them, and the time that each took.
struct Clock {
    now: Timestamp,
    /// Milliseconds since the epoch, and messages in them; only of the first pass.
    by_ms: Option<BTreeMap<i64, u64>>,
    before: Instant,
    ns: Histogram<u64>,
}

impl Sink for Clock {
    fn record(&mut self, record: Record<'_>) {
        let time = match record {
            Record::Tick(tick) => tick.time,
            Record::Head(head) => head.time,
            _ => return,
        };
        if time.is_possible() {
            self.now = self.now.max(time);
        }
    }

    fn fault(&mut self, _fault: &Fault) {}

    fn message(&mut self, _msg: u64, _msg_type: u32) {
        let now = Instant::now();
        let ns = now.duration_since(self.before).as_nanos();
        self.ns.saturating_record(u64::try_from(ns).unwrap_or(u64::MAX));
        if let (Some(by_ms), true) = (&mut self.by_ms, self.now.is_possible()) {
            *by_ms.entry(millis(self.now)).or_default() += 1;
        }
        // The clock's own work is no message's.
        self.before = Instant::now();
    }
}

/// Milliseconds since 0000-01-01, as far as two times of one feed are to be told apart.
fn millis(time: Timestamp) -> i64 {
    let (date, of_day) = (time.0 / 1_000_000_000, time.0 % 1_000_000_000);
    let (year, month, day) = (date / 10_000, date / 100 % 100, date % 100);
    let days = (year * 12 + month) * 31 + day;
    let (hms, ms) = (of_day / 1_000, of_day % 1_000);
    let seconds = hms / 10_000 * 3_600 + hms / 100 % 100 * 60 + hms % 100;
    (days * 86_400 + seconds) * 1_000 + ms
}

/// Most messages within any `window` milliseconds.
fn busiest(by_ms: &BTreeMap<i64, u64>, window: i64) -> u64 {
    let (mut inside, mut sum, mut most) = (VecDeque::new(), 0, 0);
    for (&at, &count) in by_ms {
        inside.push_back((at, count));
        sum += count;
        while let Some((_, gone)) = inside.pop_front_if(|(first, _)| *first <= at - window) {
            sum -= gone;
        }
        most = most.max(sum);
    }
    most
}

/// What the native engine was measured at, over the feed.
struct Native {
    /// Messages a second, the engine alone.
    rate: f64,
    p999_ns: u64,
    mean_ns: f64,
    max_ns: u64,
    passes: u32,
    by_ms: BTreeMap<i64, u64>,
}

/// Runs the native engine over the feed, again and again.
fn native(plan: &mut Plan) -> Result<Native> {
    let mut clock = Clock {
        now: Timestamp(0),
        by_ms: Some(BTreeMap::new()),
        before: Instant::now(),
        ns: Histogram::new_with_bounds(1, 60_000_000_000, 3)?,
    };
    let (mut busy, mut messages, mut passes) = (Duration::ZERO, 0, 0);
    let mut by_ms = BTreeMap::new();
    let progress = Progress::new("gate: measure native", false);
    while passes < PASSES && (passes < 2 || busy < MEASURED) {
        // One pass for the times and the latency of each message, one for the rate without a clock.
        let mut engine = NativeEngine::new(&plan.setup, &plan.collected)?;
        plan.store.each(&progress, |input| {
            clock.before = Instant::now();
            engine.feed(input, &mut clock);
            true
        })?;
        by_ms = clock.by_ms.take().unwrap_or(by_ms);
        let mut engine = NativeEngine::new(&plan.setup, &plan.collected)?;
        plan.store.each(&progress, |input| {
            let from = Instant::now();
            engine.feed(input, &mut ());
            busy += from.elapsed();
            true
        })?;
        messages += plan.store.messages;
        passes += 1;
    }
    progress.finish();
    Ok(Native {
        rate: messages as f64 / busy.as_secs_f64().max(1e-9),
        p999_ns: clock.ns.value_at_quantile(0.999),
        mean_ns: clock.ns.mean(),
        max_ns: clock.ns.max(),
        passes,
        by_ms,
    })
}

/// U01: the engines agree.
fn agreement(feed: FeedRun, engines: Vec<EngineRun>) -> Measurement {
    let run = Run {
        schema: simulator::SCHEMA,
        tool: tool(),
        engines,
        feeds: vec![feed],
        corpora: Vec::new(),
        scenarios: Vec::new(),
        triggers: Vec::new(),
    };
    let (mut measurement, _) = simulator::agreement(&run, &[]);
    measurement.indicator = "U01".to_owned();
    measurement.source = "the feed".to_owned();
    measurement
}

/// U02: what the triggers had to do.
fn expectations(policy: &Policy, outcome: &Outcome) -> Measurement {
    if policy.expect.is_empty() {
        return Measurement::none("U02", "the policy has no [[expect]]");
    }
    let (mut met, mut forbidden) = (0, 0);
    let mut measurement = Measurement::new("U02", 0.0, "the feed", &tool());
    for expect in &policy.expect {
        let name = &expect.trigger;
        let found = outcome.triggers.iter().find(|(known, _)| known == name);
        let wrong = match found {
            None => Some("the setup has no such trigger".to_owned()),
            Some((_, counted)) => expect.wrong(counted.fired),
        };
        match wrong {
            None => met += 1,
            Some(what) => {
                forbidden += u64::from(expect.must_not_fire);
                measurement = measurement.finding(format!("trigger {name}"), what);
            }
        }
    }
    measurement.value = Value::from(100.0 * f64::from(met) / policy.expect.len() as f64);
    measurement.figure("fired_and_must_not", forbidden as f64)
}

/// The busiest times of the feed, in messages a second.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Peak {
    per_second_of_100_ms: f64,
    per_second_of_1_s: f64,
}

fn peak(by_ms: &BTreeMap<i64, u64>) -> Option<Peak> {
    (!by_ms.is_empty()).then(|| Peak {
        per_second_of_100_ms: busiest(by_ms, 100) as f64 * 10.0,
        per_second_of_1_s: busiest(by_ms, 1_000) as f64,
    })
}

/// U03 and U04: how often the busiest 100 ms fit into what an engine does.
fn capacity(id: &str, rate: f64, peak: Option<Peak>, label: Label) -> Measurement {
    let Some(peak) = peak else {
        return Measurement::none(id, "no message of the feed has a time, so it has no rate");
    };
    let mut measurement =
        Measurement::new(id, rate / peak.per_second_of_100_ms, "times in the messages", &tool())
            .figure("messages_per_s", rate.round())
            .figure("busiest_100_ms_per_s", peak.per_second_of_100_ms)
            .figure("busiest_1_s_per_s", peak.per_second_of_1_s);
    measurement.label = label;
    measurement
}

/// What the models counted, the slowest of them.
fn slowest(models: &[Modelled]) -> Option<&Modelled> {
    models.iter().max_by_key(|model| model.cycles)
}

/// U05: the way of an order through the card.
fn order_path(models: &[Modelled], mhz: u64) -> Measurement {
    let latencies = models.iter().filter_map(|model| model.latency.as_ref());
    let ns = |cycles: u64| (cycles * 1_000).div_ceil(mhz);
    let Some(latency) = latencies.max_by_key(|latency| latency.slowest_ns) else {
        return Measurement::none("U05", "no order left for TOE1, so there is no way to look at");
    };
    // At the clock of the policy, not that of the manifest.
    let counted = (latency.slowest_ns - latency.assumed_toe_ns) * latency.assumed_clock_mhz / 1_000;
    let value = ns(counted) + latency.assumed_toe_ns;
    let mut measurement = Measurement::new("U05", value as f64, "the simulator's stamps", &tool())
        .figure("requests", latency.requests as f64)
        .figure("counted_cycles", latency.most_cycles as f64)
        .figure("longest_wait_cycles", latency.longest_wait_cycles as f64)
        .figure("assumed_depth_cycles", latency.assumed_depth_cycles as f64)
        .figure("assumed_toe_ns", latency.assumed_toe_ns as f64)
        .figure("assumed_clock_mhz", mhz as f64);
    measurement.label = Label::Modelled;
    measurement
}

/// U07 and U08: faults that nobody expects, and ranges that were lost.
fn faults(policy: &Policy, outcome: &Outcome) -> [Measurement; 2] {
    let mut unexpected = Measurement::new("U07", 0.0, "the feed", &tool());
    let mut sum = 0;
    for (code, count) in &outcome.faults {
        let expected = policy.expect_fault.iter().find(|fault| fault.code == *code);
        let allowed = match expected {
            None => 0,
            Some(fault) => fault.max.unwrap_or(u64::MAX),
        };
        let more = count.saturating_sub(allowed);
        if more > 0 {
            sum += more;
            unexpected = unexpected.finding(code.clone(), format!("{count}, {allowed} expected"));
        }
    }
    unexpected.value = Value::from(sum as f64);
    let lost = outcome.faults.get(FaultCode::CaptureLost.name()).copied().unwrap_or(0);
    let mut ranges = Measurement::new("U08", lost as f64, "the feed", &tool());
    if lost > 0 {
        ranges = ranges.finding("capture.lost", "`tidegate decode FEED` shows where");
    }
    [unexpected, ranges]
}

fn tool() -> String {
    format!("tidegate {} (protocol {PROTOCOL_ID:016x})", env!("CARGO_PKG_VERSION"))
}

/// Codes that no fault has are a mistake of the policy.
fn check(policy: &Policy, path: &Path) -> Result<()> {
    for fault in &policy.expect_fault {
        if !FaultCode::ALL.iter().any(|code| code.name() == fault.code) {
            let text = format!("{}: expect_fault {}: no such code", path.display(), fault.code);
            return Err(Unusable(text).into());
        }
    }
    Ok(())
}

/// Runs the engines and measures.
fn measure(job: &Job<'_>, policy: &Policy) -> Result<(Vec<Measurement>, Vec<Hashed>)> {
    let names = match job.engines {
        [] => built_in(),
        names => names.to_vec(),
    };
    probe(&names, false)?;
    let case = Case {
        file: job.feed,
        setup: job.setup,
        feedback: job.feedback,
        resync: job.resync,
        messages: None,
    };
    let mut plan = Plan::of(&case, names.clone(), job.inject, engines::Options::default())?;
    if plan.store.messages == 0 {
        let text = format!("{}: no message was found in it", job.feed.display());
        return Err(Unusable(text).into());
    }
    let folders = job.out.map(|out| Folders(out.join("difference")));
    let outcome = compare(&mut plan, folders.as_ref())?;
    let native = native(&mut plan)?;
    let sha = sha256(job.feed)?;
    let run = FeedRun {
        file: job.feed.display().to_string(),
        classification: "a user's".to_owned(),
        sha256: sha.clone(),
        messages: plan.store.messages,
        messages_by_type: outcome.messages_by_type.clone(),
        faults: outcome.faults.clone(),
        faults_expected: None,
        fired: BTreeMap::new(),
        requirements: Vec::new(),
        engines: outcome.engines.clone(),
        crashed: None,
    };
    let engines = outcome.engines.iter().map(|compared| EngineRun {
        name: compared.engine.clone(),
        label: None,
        missing: (compared.verdict == Verdict::Missing)
            .then(|| compared.reason.clone().unwrap_or_default()),
    });
    let models: Vec<Modelled> =
        outcome.engines.iter().filter_map(|compared| compared.modelled.clone()).collect();
    let mhz = policy
        .assumed
        .map_or_else(|| Card::default().clock_mhz.default, |assumed| assumed.clock_mhz);
    let peak = peak(&native.by_ms);
    let modelled = match slowest(&models) {
        None => Measurement::none("U04", "none of the engines counts cycles"),
        Some(model) => {
            let seconds = model.cycles as f64 / (mhz as f64 * 1e6);
            let per_s = plan.store.messages as f64 / seconds;
            capacity("U04", per_s, peak, Label::Modelled)
                .figure("beats_per_s", (model.beats as f64 / seconds).round())
                .figure("assumed_clock_mhz", mhz as f64)
        }
    };
    let mut p999 = Measurement::new("U06", native.p999_ns as f64, "this machine", &tool())
        .figure("mean_ns", native.mean_ns.round())
        .figure("max_ns", native.max_ns as f64)
        .figure("passes", f64::from(native.passes));
    p999.label = Label::Measured;
    let mut measurements = vec![
        agreement(run, engines.collect()),
        expectations(policy, &outcome),
        capacity("U03", native.rate, peak, Label::Measured),
        modelled,
        order_path(&models, mhz),
        p999,
    ];
    measurements.extend(faults(policy, &outcome));
    // A policy takes what it wants of these.
    measurements.retain(|measurement| policy.indicator(&measurement.indicator).is_some());
    let mut feeds = vec![Hashed { path: job.feed.display().to_string(), sha256: sha }];
    for path in [job.setup, job.feedback].into_iter().flatten() {
        feeds.push(Hashed { path: path.display().to_string(), sha256: sha256(path)? });
    }
    Ok((measurements, feeds))
}

/// Runs the command.
pub(super) fn run(job: &Job<'_>) -> Result<ExitCode> {
    let (policy, policy_sha256) =
        Policy::load(job.policy).map_err(|error| Unusable(error.to_string()))?;
    check(&policy, job.policy)?;
    if [Some(job.feed), job.feedback].contains(&Some(Path::new("-"))) {
        let text = "--feed, --feedback: wanted a file: the standard input cannot be judged again";
        return Err(Unusable(text.to_owned()).into());
    }
    let mut book = match job.ledger {
        Some(path) if path.exists() => {
            Some(Ledger::load(path, None).map_err(|error| Unusable(error.to_string()))?)
        }
        Some(_) => Some(Ledger::default()),
        None => None,
    };
    let (measurements, feeds) = measure(job, &policy)?;
    let before = book.as_ref().map(Ledger::before).unwrap_or_default();
    let now = Utc::now();
    let today = now.to_zoned(TimeZone::UTC).date();
    let judgement = judge(&policy, job.stage, measurements, &before, today)
        .map_err(|error| Unusable(format!("{}: {error}", job.policy.display())))?;
    let context = ledger::Context {
        utc: now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        commit: job.commit.to_owned(),
        policy_sha256: policy_sha256.clone(),
        tools: BTreeMap::from([("tidegate".to_owned(), tool())]),
        host: std::env::consts::ARCH.to_owned(),
        feeds: feeds.clone(),
        ..ledger::Context::default()
    };
    if let Some(out) = job.out {
        fs::create_dir_all(out).with_context(|| format!("cannot create {}", out.display()))?;
        let json = json!({
            "schema": 1,
            "tool": tool(),
            "policy_sha256": policy_sha256,
            "feeds": feeds,
            "judgement": judgement,
        });
        put(out, "gate.json", &format!("{json:#}\n"))?;
        put(out, "junit.xml", &junit(&judgement))?;
        let records = book.as_ref().map_or(&[][..], |book| &book.records);
        let beside = Beside { context: &context, records, sections: &[] };
        put(out, "gate.html", &page(&judgement, &beside))?;
    }
    if let (Some(path), Some(book)) = (job.ledger, &mut book) {
        let record = book.next(&policy, &judgement, context);
        let head = book.append(path, record).with_context(|| "the ledger")?;
        note(&format!("ledger {}: record {} ({})", path.display(), head.seq, head.sha256));
    }
    crate::print(&table(&judgement))?;
    Ok(ExitCode::from(judgement.exit_code()))
}

fn put(out: &Path, name: &str, text: &str) -> Result<()> {
    let path: PathBuf = out.join(name);
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_time_is_a_window_that_slides() {
        let by_ms = BTreeMap::from([(0, 1), (50, 5), (99, 1), (100, 1), (149, 3), (150, 9)]);
        // 50 to 149: 5 + 1 + 1 + 3; 51 to 150: 1 + 1 + 3 + 9.
        assert_eq!(busiest(&by_ms, 100), 14);
        assert_eq!(busiest(&by_ms, 1), 9);
        assert_eq!(busiest(&by_ms, 1_000), 20);
        assert_eq!(busiest(&BTreeMap::new(), 100), 0);
        let at = |time| millis(Timestamp(time));
        assert_eq!(at(20_260_302_093_000_000) - at(20_260_302_092_959_999), 1);
        assert_eq!(at(20_260_302_100_000_000) - at(20_260_302_095_959_000), 1_000);
        assert!(at(20_260_303_000_000_000) > at(20_260_302_235_959_999));
    }
}
