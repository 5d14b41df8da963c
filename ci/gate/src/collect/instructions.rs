//! Q14: instructions a message, against the committed counts.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::{Missing, Read, or_none, raw, shape, text, tool, worst};
use crate::measurement::{Finding, Measurement, Part};

const ID: &str = "Q14";
const WANTED: &str =
    "rustc, target_cpu and [case.*] with messages and instructions, as ci/counts.sh prints them";
const COMMITTED: &str = "bench/counts.toml";
/// Growth up to here is none, in percent.
const NOISE: f64 = 2.0;

/// Q14.
pub fn read(raw: &Path, root: &Path) -> Measurement {
    or_none(ID, measure(raw, root))
}

#[derive(Deserialize)]
struct Counts {
    rustc: String,
    target_cpu: String,
    case: BTreeMap<String, Count>,
}

#[derive(Deserialize)]
struct Count {
    messages: u64,
    instructions: f64,
}

fn counts(path: &Path) -> Result<Counts, Missing> {
    let counts: Counts = toml::from_str(&text(path, WANTED)?)
        .map_err(|error| shape(path, &format!("{}; wanted {WANTED}", error.message())))?;
    let is_counted = |count: &Count| count.messages > 0 && count.instructions > 0.0;
    if counts.case.is_empty() || !counts.case.values().all(is_counted) {
        return Err(shape(path, &format!("a case without a count; wanted {WANTED}")).into());
    }
    Ok(counts)
}

fn measure(raw: &Path, root: &Path) -> Read {
    let was = counts(&root.join(COMMITTED))?;
    let now = counts(&raw.join(raw::COUNTS))?;
    if (&was.rustc, &was.target_cpu) != (&now.rustc, &now.target_cpu) {
        return Err(Missing::Unknown(format!(
            "{COMMITTED} is of {} for {}, this run of {} for {}: they cannot be compared",
            was.rustc, was.target_cpu, now.rustc, now.target_cpu
        )));
    }
    let mut worst_growth = 0.0_f64;
    let (mut parts, mut findings) = (Vec::new(), Vec::new());
    for (name, was) in &was.case {
        let Some(now) = now.case.get(name) else {
            return Err(format!("{}: no case {name}; wanted {WANTED}", raw::COUNTS).into());
        };
        if was.messages != now.messages {
            return Err(format!(
                "{name}: {} messages, {COMMITTED} has {}",
                now.messages, was.messages
            )
            .into());
        }
        let growth = 100.0 * (now.instructions / was.instructions - 1.0);
        let counted = if growth > NOISE { growth } else { 0.0 };
        worst_growth = worst_growth.max(counted);
        parts.push(Part { path: vec![name.clone()], value: counted, count: now.messages });
        if counted > 0.0 {
            let what = format!(
                "{:.3} instructions a message, were {:.3}: {growth:+.2} %",
                now.instructions, was.instructions
            );
            findings.push((growth, Finding { at: name.clone(), what }));
        }
    }
    let source = format!("{} against {COMMITTED}", raw::COUNTS);
    let tool = format!("callgrind of {}", tool(raw, "valgrind"));
    let mut measurement = Measurement::new(ID, worst_growth, &source, &tool);
    measurement.findings = worst(findings);
    measurement.parts = parts;
    Ok(measurement)
}
