//! Capacity: what an engine kept up with, over a peak that somebody supplies.

use crate::native::HIGHEST_KEPT;
use crate::result::{Capacity, Due, Headroom, HeadroomVerdict, Row, RunType, SuppliedPeak};
use crate::row::{Worth, worth};

/// The rate that is kept is to be so many times the historical peak of messages.
pub const MESSAGES_FLOOR: f64 = 3.0;
/// And so many times the year's peak of bytes.
pub const BYTES_FLOOR: f64 = 2.0;
/// Why there is no ratio where nobody said what the peak is.
pub const NO_PEAK: &str = "no peak supplied";
/// Why there is none where no rate was kept.
const NO_LIMIT: &str = "no peak run whose output was right kept a rate";

impl SuppliedPeak {
    /// What is wrong with it.
    pub fn wrong(&self) -> Option<String> {
        let figures = [self.messages_per_s, self.bytes_per_s];
        if figures.iter().flatten().any(|figure| !(figure.is_finite() && *figure > 0.0)) {
            return Some("peak: wanted figures above 0".to_owned());
        }
        if figures == [None, None] {
            return Some("peak: wanted messages or bytes a second, or both".to_owned());
        }
        self.source
            .trim()
            .is_empty()
            .then(|| "peak: wanted the source of the figure, found none".to_owned())
    }
}

/// A limit beside a peak: a ratio only where both are there.
pub fn headroom(limit_per_s: Option<f64>, peak_per_s: Option<f64>, floor: f64) -> Headroom {
    let ratio = limit_per_s.zip(peak_per_s).map(|(limit, peak)| limit / peak);
    let (verdict, why) = match (ratio, peak_per_s) {
        (Some(ratio), _) if ratio >= floor => (HeadroomVerdict::Holds, ""),
        (Some(_), _) => (HeadroomVerdict::Below, ""),
        (None, None) => (HeadroomVerdict::NotMeasured, NO_PEAK),
        (None, Some(_)) => (HeadroomVerdict::NotMeasured, NO_LIMIT),
    };
    Headroom { limit_per_s, peak_per_s, ratio, floor, verdict, why: why.to_owned() }
}

/// The capacity of an engine over the mix `all` of a definition; nothing where neither a peak run nor a peak is there.
pub fn of(
    definition: &str,
    engine: &str,
    rows: &[Row],
    peak: Option<&SuppliedPeak>,
) -> Option<Capacity> {
    let of_run = |row: &&Row| {
        row.definition == definition
            && row.engine == engine
            && row.run_type == RunType::Peak
            && row.mix == "all"
    };
    let first = rows.iter().find(of_run);
    if first.is_none() && peak.is_none() {
        return None;
    }
    // Of the two rows of a rate, either: they are of the same passes.
    let kept = rows.iter().filter(of_run).find(|row| {
        row.note.contains(HIGHEST_KEPT)
            && worth(row) == Worth::Figure
            && row.latency.as_ref().is_none_or(|latency| latency.due == Due::Schedule)
    });
    let speed = kept.and_then(|row| row.throughput);
    let messages = speed.map(|speed| speed.messages_per_s);
    let bytes = speed.map(|speed| speed.gb_per_s * 1e9);
    Some(Capacity {
        definition: definition.to_owned(),
        engine: engine.to_owned(),
        label: first.map_or(crate::result::Label::NotMeasured, |row| row.label),
        source: peak.map(|peak| peak.source.clone()),
        messages: headroom(messages, peak.and_then(|peak| peak.messages_per_s), MESSAGES_FLOOR),
        bytes: headroom(bytes, peak.and_then(|peak| peak.bytes_per_s), BYTES_FLOOR),
    })
}

/// What cannot be in a filed capacity: a verdict that its own figures do not give.
pub fn impossible(filed: &Capacity) -> Option<String> {
    let parts =
        [("messages", &filed.messages, MESSAGES_FLOOR), ("bytes", &filed.bytes, BYTES_FLOOR)];
    parts.into_iter().find_map(|(what, found, floor)| {
        let wanted = headroom(found.limit_per_s, found.peak_per_s, floor);
        let is_same = wanted.verdict == found.verdict
            && wanted.ratio == found.ratio
            && wanted.floor == found.floor;
        let Headroom { ratio, floor, verdict, .. } = wanted;
        (!is_same).then(|| {
            format!(
                "capacity in {what}: wanted {verdict:?} of {ratio:?} over {floor}, found {found:?}"
            )
        })
    })
}

/// A headroom in words.
pub fn words(of: &Headroom, unit: &str) -> String {
    let million = |value: f64| format!("{:.3} M {unit}/s", value / 1e6);
    let limit = of.limit_per_s.map_or("-".to_owned(), million);
    match (of.ratio, of.peak_per_s) {
        (Some(ratio), Some(peak)) => {
            let verdict = match of.verdict {
                HeadroomVerdict::Holds => "holds",
                _ => "BELOW THE FLOOR",
            };
            let floor = of.floor;
            format!(
                "{limit} kept / {} supplied = {ratio:.2}, floor {floor:.1}: {verdict}",
                million(peak)
            )
        }
        _ => format!("not measured: {} ({limit} kept, floor {:.1})", of.why, of.floor),
    }
}
