//! An input on every engine, by the comparison of `agree`, told as data.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tidegate_gate::measurement::Label;
use tidegate_gate::simulator::{Compared, Difference, Modelled, ModelledLatency, Verdict};
use tidegate_hls_sim::Options;
use tidegate_hls_sim::shell::Cycles;
use tidegate_hls_sim::stamp::OrderStamp;
use tidegate_pipeline::trigger::TriggerCounters;
use tidegate_pipeline::{Counters, Setup};
use tidegate_protocol::{FaultCode, MESSAGES};

use crate::agree::{self, Comparison, Plan, Sight};
use crate::engines::Machine;

/// What the first engine counted.
#[derive(Clone, Debug, Default)]
pub(super) struct Counted {
    pub(super) counters: Counters,
    triggers: Vec<TriggerCounters>,
}

/// A comparison as data.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) engines: Vec<Compared>,
    pub(super) counted: Counted,
    /// Faults of sources and of the first engine, by code.
    pub(super) faults: BTreeMap<String, u64>,
    pub(super) messages_by_type: BTreeMap<String, u64>,
    /// Firings and sendings by trigger.
    pub(super) triggers: Vec<(String, TriggerCounters)>,
}

/// Where the folders of differences go: `PREFIX-1`, `PREFIX-2`, ...
#[derive(Clone, Debug)]
pub(super) struct Folders(pub(super) PathBuf);

impl Folders {
    /// The next one that is free.
    fn next(&self) -> Result<PathBuf> {
        let parent = self.0.parent().unwrap_or(Path::new(""));
        if !parent.as_os_str().is_empty() {
            fs::create_dir_all(parent)
                .with_context(|| format!("cannot create {}", parent.display()))?;
        }
        for number in 1..=9_999 {
            let place = PathBuf::from(format!("{}-{number}", self.0.display()));
            match fs::create_dir(&place) {
                Ok(()) => return Ok(place),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => {
                    return Err(error)
                        .with_context(|| format!("cannot create {}", place.display()));
                }
            }
        }
        anyhow::bail!("{}-1 to -9999 are all there", self.0.display())
    }
}

/// What a model counted.
fn modelled((cycles, orders, options): (Cycles, &[OrderStamp], &Options)) -> Modelled {
    let slowest = orders.iter().filter_map(OrderStamp::latency);
    let slowest = slowest.map(|(counted, waiting)| counted + waiting.total()).max();
    let latency = tidegate_hls_sim::stamp::Latency::of(orders, options);
    let latency = latency.zip(slowest).map(|(latency, slowest)| {
        let mhz = options.card.clock_mhz.default;
        ModelledLatency {
            requests: latency.requests,
            least_cycles: latency.counted_cycles.0,
            most_cycles: latency.counted_cycles.1,
            longest_wait_cycles: latency.longest_wait_cycles,
            assumed_depth_cycles: latency.assumed_depth_cycles,
            assumed_toe_ns: latency.assumed_toe_ns,
            assumed_clock_mhz: mhz,
            slowest_ns: (slowest + latency.assumed_depth_cycles) * 1_000 / mhz
                + latency.assumed_toe_ns,
        }
    });
    Modelled {
        label: Label::Modelled,
        cycles: cycles.total,
        beats: cycles.beats,
        arbitration: cycles.arbitration,
        latency,
    }
}

fn counted(machine: &Machine) -> Counted {
    let engine = machine.engine();
    let triggers = engine.book().map(|book| book.triggers.to_vec());
    Counted { counters: engine.counters().clone(), triggers: triggers.unwrap_or_default() }
}

/// Messages of each type, unknown ones too.
fn by_type(counters: &Counters) -> BTreeMap<String, u64> {
    let known = MESSAGES.iter().zip(counters.by_type).map(|(message, n)| (message.msg_type, n));
    let all = known.chain(counters.unknown).filter(|(_, n)| *n > 0);
    let mut all: BTreeMap<String, u64> = all.map(|(kind, n)| (kind.to_string(), n)).collect();
    if counters.unknown_rest > 0 {
        all.insert("others".to_owned(), counters.unknown_rest);
    }
    all
}

fn triggers(setup: &Setup, counted: &Counted) -> Vec<(String, TriggerCounters)> {
    let names = setup.trading.iter().flat_map(|trading| &trading.names);
    names.zip(&counted.triggers).map(|(name, n)| (name.clone(), *n)).collect()
}

/// A difference as data, with its folder.
fn told(
    plan: &mut Plan,
    comparison: &Comparison,
    (first, other, difference): &(usize, usize, agree::Difference),
    folders: Option<&Folders>,
) -> Result<Difference> {
    let pair = [*first, *other];
    let labels = pair.map(|at| comparison.ran[at].label.clone());
    let sight = Sight::of(plan, pair, labels, difference)?;
    let folder = match folders {
        None => None,
        Some(folders) => {
            let place = folders.next()?;
            plan.leave(&place, &sight, pair, difference)?;
            Some(place.display().to_string())
        }
    };
    let [expected, found] = sight.values.clone();
    Ok(Difference {
        message: sight.msg,
        msg_type: sight.ended.map(|ended| ended.msg_type),
        output: difference.told().kind.name().to_owned(),
        number: difference.number,
        of_kind: difference.of_kind,
        field: sight.field_name().map(str::to_owned),
        expected,
        found,
        cycle: sight.cycle,
        folder,
    })
}

/// Compares all engines of a plan.
pub(super) fn compare(plan: &mut Plan, folders: Option<&Folders>) -> Result<Outcome> {
    let machines = plan.machines();
    let (mut models, mut all) = (BTreeMap::new(), BTreeMap::new());
    let comparison = plan.compare(machines, &mut |at, machine: &Machine| {
        if let Some(cycles) = machine.cycles() {
            models.insert(at, modelled(cycles));
        }
        all.insert(at, counted(machine));
    })?;
    let is_first = |ran: &agree::Ran| matches!(ran.verdict, agree::Verdict::First);
    let first = comparison.ran.iter().position(is_first);
    let total = first.map_or(0, |at| comparison.ran[at].counts.total());
    let mut outcome = Outcome::default();
    if let Some(at) = first {
        outcome.counted = all.remove(&at).unwrap_or_default();
    }
    for (at, ran) in comparison.ran.iter().enumerate() {
        let difference = comparison.differences.iter().find(|(_, other, _)| *other == at);
        let difference = difference
            .map(|difference| told(plan, &comparison, difference, folders))
            .transpose()?;
        let (verdict, identical, compared) = match &ran.verdict {
            agree::Verdict::First => (Verdict::First, 0, 0),
            agree::Verdict::Equal => (Verdict::Equal, total, total),
            agree::Verdict::Differs => {
                (Verdict::Differs, ran.identical, total.max(ran.identical + 1))
            }
            agree::Verdict::Failed(_) => {
                let identical = ran.identical.min(total);
                (Verdict::Failed, identical, total.max(identical + 1))
            }
            agree::Verdict::Missing(_) => (Verdict::Missing, 0, total),
        };
        outcome.engines.push(Compared {
            engine: ran.label.clone(),
            verdict,
            compared,
            identical,
            mismatched: compared - identical,
            reason: ran.verdict.reason().map(str::to_owned),
            difference,
            modelled: models.remove(&at),
        });
    }
    let counters = &outcome.counted.counters;
    for code in FaultCode::ALL {
        let of_source = plan.store.source_faults.get(code).copied().unwrap_or(0);
        let count = counters.faults_of(*code) + of_source;
        if count > 0 {
            outcome.faults.insert(code.name().to_owned(), count);
        }
    }
    outcome.messages_by_type = by_type(counters);
    outcome.triggers = triggers(&plan.setup, &outcome.counted);
    Ok(outcome)
}

/// Runs it; a panic is told, and the next input goes on.
pub(super) fn guarded<T>(run: impl FnOnce() -> Result<T>) -> Result<Result<T, String>> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(result) => result.map(Ok),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or(panic.downcast_ref::<&str>().copied());
            Ok(Err(text.unwrap_or("a panic").to_owned()))
        }
    }
}
