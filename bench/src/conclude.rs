//! What a run says, by rules over its rows: anomalies, and a conclusion in which every line has its numbers.

use serde::Serialize;

use crate::capacity;
use crate::load::Filed;
use crate::result::{Due, HeadroomVerdict, Label, Results, Row, RunType, Tables};
use crate::row::{END_TO_END, Key, Worth, is_bound, is_peer, label_word, worth};
use crate::table::time;

/// The passes of a row are noisy where the worst is so much slower than the best, in percent of the median.
pub const NOISY_PERCENT: f64 = 25.0;

/// How it stands with something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// As wanted.
    Met,
    /// Not as wanted.
    Missed,
    /// There is no figure to say it by.
    NotMeasured,
    /// A reader must know it.
    Noted,
}

/// A line of the conclusion or of the anomalies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How it stands.
    pub standing: Standing,
    /// What is judged.
    pub what: String,
    /// What was found, against what.
    pub found: String,
}

fn finding(standing: Standing, what: impl Into<String>, found: impl Into<String>) -> Finding {
    Finding { standing, what: what.into(), found: found.into() }
}

/// The row of a target, where it has a figure that counts.
fn row<'a>(results: &'a Results, of: [&str; 3], is: impl Fn(&Row) -> bool) -> Option<&'a Row> {
    results.rows.iter().find(|row| {
        [&row.definition, &row.engine, &row.stage] == of.each_ref().map(|text| *text)
            && is(row)
            && worth(row) == Worth::Figure
            && row.label == Label::Measured
    })
}

/// A target: what it is, its figure, and what it is to be.
struct Target {
    what: &'static str,
    figure: Option<f64>,
    wanted: f64,
    is_most: bool,
    words: fn(f64) -> String,
}

/// The targets of the design, with what this run found.
fn targets(results: &Results) -> Vec<Target> {
    let median = |row: &Row| row.throughput.map(|speed| speed.median_ns);
    let gb = |row: &Row| row.throughput.map(|speed| speed.gb_per_s);
    let any = |_: &Row| true;
    let batch = |row: &Row| {
        row.run_type == RunType::Batch && row.mix == "all" && row.tables == Tables::Cold
    };
    let service = |row: &Row| {
        row.run_type == RunType::Baseline
            && row.mix == "all"
            && row.latency.as_ref().is_some_and(|latency| latency.due == Due::Service)
    };
    let cache = row(results, ["decode-cache", "native", "decode"], any);
    let memory = row(results, ["decode-memory", "native", "decode"], any);
    let copy = row(results, ["decode-memory", "bound:memcpy", "decode"], any);
    // No ratio across paths.
    let of_copy = memory.zip(copy).filter(|(ours, bound)| ours.path == bound.path);
    let day = row(results, ["market-day", "native", END_TO_END], batch);
    let single = row(results, ["market-day", "native", END_TO_END], service);
    let beats = row(results, ["market-day", "sim", END_TO_END], batch);
    let threads = |engine, times: &str| {
        let is = |row: &Row| row.mix.ends_with(times);
        row(results, ["channels", engine, END_TO_END], is).and_then(median)
    };
    let speed_up = |engine| Some(threads(engine, " x1")? / threads(engine, " x2")?);
    let (engine, bare) = (speed_up("native"), speed_up("bound:loop"));
    // 1.8 where a bare loop has 1.9: as much of what the machine gives.
    let filed = row(results, ["channels", "native", END_TO_END], |row| row.speed_up.is_some());
    let filed = filed.and_then(|row| row.speed_up);
    // Older results have rows of the loop.
    let of_bare = filed
        .map(|of| of.engine / of.bare_loop)
        .or_else(|| engine.zip(bare).map(|(engine, bare)| engine / bare));
    let ns: fn(f64) -> String = |ns| format!("{ns:.2} ns/msg");
    let share: fn(f64) -> String = |share| format!("{share:.2}");
    vec![
        Target {
            what: "decode from cache",
            figure: cache.and_then(median),
            wanted: 4.0,
            is_most: true,
            words: ns,
        },
        Target {
            what: "decode over 256 MiB",
            figure: memory.and_then(median),
            wanted: 5.0,
            is_most: true,
            words: ns,
        },
        Target {
            what: "decode over 256 MiB, of memcpy",
            figure: of_copy.and_then(|(ours, bound)| Some(gb(ours)? / gb(bound)?)),
            wanted: 0.5,
            is_most: false,
            words: share,
        },
        Target {
            what: "pipeline with index and triggers",
            figure: day.and_then(median),
            wanted: 40.0,
            is_most: true,
            words: ns,
        },
        Target {
            what: "pipeline, single messages, p99.9",
            figure: single.and_then(|row| Some(row.latency.as_ref()?.p99_9()? as f64)),
            wanted: 1_000.0,
            is_most: true,
            words: |ns| format!("{ns:.0} ns"),
        },
        Target {
            what: "simulator",
            figure: beats.and_then(|row| row.throughput?.beats_per_s),
            wanted: 20e6,
            is_most: false,
            words: |per_s| format!("{:.1} M beats/s", per_s / 1e6),
        },
        Target {
            what: "two channels on two cores, of what a bare loop gains",
            figure: of_bare,
            wanted: 1.8 / 1.9,
            is_most: false,
            words: share,
        },
    ]
}

fn of_targets(results: &Results) -> Vec<Finding> {
    let each =
        targets(results).into_iter().map(|Target { what, figure, wanted, is_most, words }| {
            let side = if is_most { "at most" } else { "at least" };
            let wanted_words = words(wanted);
            match figure {
                None => finding(
                    Standing::NotMeasured,
                    what,
                    format!("no figure in this run; wanted {side} {wanted_words}"),
                ),
                Some(figure) => {
                    let is_met = if is_most { figure <= wanted } else { figure >= wanted };
                    let standing = if is_met { Standing::Met } else { Standing::Missed };
                    // By how much.
                    let off = (figure / wanted - 1.0) * 100.0;
                    let found = words(figure);
                    finding(
                        standing,
                        what,
                        format!("{found}, wanted {side} {wanted_words} ({off:+.0} %)"),
                    )
                }
            }
        });
    each.collect()
}

fn of_capacity(results: &Results) -> Vec<Finding> {
    if results.capacity.is_empty() {
        let why = "not measured: no peak run and no peak supplied";
        return vec![finding(Standing::NotMeasured, "capacity", why)];
    }
    let mut found = Vec::new();
    for of in &results.capacity {
        for (headroom, unit) in [(&of.messages, "messages"), (&of.bytes, "bytes")] {
            let standing = match headroom.verdict {
                HeadroomVerdict::Holds => Standing::Met,
                HeadroomVerdict::Below => Standing::Missed,
                HeadroomVerdict::NotMeasured => Standing::NotMeasured,
            };
            let what = format!("capacity in {unit}, {} {}", of.definition, of.engine);
            let source = of.source.as_ref().filter(|_| headroom.ratio.is_some());
            let source = source.map_or(String::new(), |source| format!("; peak: {source}"));
            found.push(finding(standing, what, capacity::words(headroom, unit) + &source));
        }
    }
    found
}

/// Best to worst pass, in percent of the median.
fn spread_percent(row: &Row) -> Option<f64> {
    let speed = row.throughput.filter(|speed| speed.passes > 1 && speed.median_ns > 0.0)?;
    Some((speed.worst_ns - speed.best_ns) / speed.median_ns * 100.0)
}

/// The measured rows whose passes differ much, the worst first, and how many there are in all.
fn noisy(results: &Results) -> (Vec<(&Row, f64)>, usize) {
    let counts =
        |row: &&Row| worth(row) == Worth::Figure && row.label == Label::Measured && !is_peer(row);
    let all: Vec<(&Row, f64)> = results
        .rows
        .iter()
        .filter(counts)
        .filter_map(|row| Some((row, spread_percent(row)?)))
        .collect();
    let of = all.len();
    let mut noisy: Vec<_> = all.into_iter().filter(|(_, of)| *of > NOISY_PERCENT).collect();
    noisy.sort_by(|a, b| b.1.total_cmp(&a.1));
    (noisy, of)
}

/// Engines of which no row has a figure.
fn without_figure(results: &Results) -> Vec<(&str, String)> {
    let mut engines: Vec<&str> = results.rows.iter().map(|row| row.engine.as_str()).collect();
    engines.sort_unstable();
    engines.dedup();
    let has = |engine: &str| {
        results.rows.iter().filter(|row| row.engine == engine).any(|row| {
            worth(row) == Worth::Figure && (row.throughput.is_some() || row.latency.is_some())
        })
    };
    let why = |engine: &str| {
        let row = results.rows.iter().find(|row| row.engine == engine);
        row.map_or(String::new(), |row| match worth(row).refusal() {
            Some(refusal) if row.note.is_empty() => refusal.to_owned(),
            Some(refusal) => format!("{refusal}: {}", row.note),
            None => "its rows have no figure".to_owned(),
        })
    };
    engines.into_iter().filter(|engine| !has(engine)).map(|engine| (engine, why(engine))).collect()
}

/// What was not as it should be in these runs.
pub fn anomalies(shown: &[Filed]) -> Vec<Finding> {
    let mut found = Vec::new();
    for filed in shown {
        let results = &filed.results;
        for row in &results.rows {
            let refusal = worth(row).refusal().filter(|_| row.label != Label::NotMeasured);
            if let Some(refusal) = refusal {
                found.push(finding(Standing::Missed, Key::of(row).to_string(), refusal));
            }
        }
        for of in &results.clock_checks {
            let (skew, tolerance) = (time(of.skew_ns), time(of.tolerance_ns as f64));
            if !of.agrees {
                let what = format!("clocks {} and {}", of.first, of.second);
                let text = format!("moved {skew} against each other, {tolerance} allowed");
                found.push(finding(Standing::Missed, what, text));
            }
        }
        let (noisy, of) = noisy(results);
        for (row, percent) in noisy.iter().take(10) {
            let text = format!("from the best pass to the worst {percent:.0} % of the median");
            found.push(finding(Standing::Noted, Key::of(row).to_string(), text));
        }
        if noisy.len() > 10 {
            let text = format!("{} more of {of} rows above {NOISY_PERCENT} %", noisy.len() - 10);
            found.push(finding(Standing::Noted, "noise", text));
        }
        for left in &results.left_out {
            found.push(finding(Standing::Noted, format!("left out: {}", left.what), &left.why));
        }
    }
    found
}

/// What the last of these runs comes to: each line by a rule over its rows.
pub fn conclusion(shown: &[Filed]) -> Vec<Finding> {
    let Some(results) = shown.last().map(|filed| &filed.results) else { return Vec::new() };
    let mut found = of_targets(results);
    let count =
        |found: &[Finding], standing| found.iter().filter(|of| of.standing == standing).count();
    let (met, missed) = (count(&found, Standing::Met), count(&found, Standing::Missed));
    let (all, unknown) = (found.len(), count(&found, Standing::NotMeasured));
    let standing = match (missed, unknown) {
        (0, 0) => Standing::Met,
        (0, _) => Standing::NotMeasured,
        _ => Standing::Missed,
    };
    let text = format!("{met} of {all} met, {missed} missed, {unknown} without a figure");
    found.insert(0, finding(standing, "targets of speed", text));
    found.extend(of_capacity(results));
    let wrong = results.rows.iter().filter(|row| worth(row) == Worth::OutputDiffers).count();
    let checked = results.rows.iter().filter(|row| row.digest.is_some()).count();
    let standing = if wrong == 0 { Standing::Met } else { Standing::Missed };
    let text =
        format!("{} of {checked} rows that were compared have the right output", checked - wrong);
    found.push(finding(standing, "outputs", text));
    let (noisy, of) = noisy(results);
    let worst = noisy.first().map_or(String::new(), |(row, percent)| {
        format!("; the worst {percent:.0} %: {}", Key::of(row))
    });
    let text = format!(
        "{} of {of} measured rows spread by more than {NOISY_PERCENT} % from the best pass to the worst{worst}",
        noisy.len()
    );
    found.push(finding(Standing::Noted, "noise", text));
    for row in results.rows.iter().filter(|row| !row.segments.is_empty()) {
        let Some(latency) = &row.latency else { continue };
        let most = row.segments.iter().max_by(|a, b| a.mean_of_all_ns.total_cmp(&b.mean_of_all_ns));
        if let Some(most) = most {
            let share = most.mean_of_all_ns / latency.mean_ns.max(1e-9) * 100.0;
            let text = format!(
                "most of the time of a message, {} of {} ({share:.0} %), is in {}; standard deviation {}, greatest {}",
                time(most.mean_of_all_ns),
                time(latency.mean_ns),
                most.room,
                time(latency.std_dev_ns),
                time(latency.max_ns as f64)
            );
            found.push(finding(Standing::Noted, Key::of(row).to_string(), text));
        }
    }
    for (engine, why) in without_figure(results) {
        found.push(finding(Standing::NotMeasured, format!("engine {engine}"), why));
    }
    let labels = [Label::Emulated, Label::Modelled].map(|label| {
        let rows = results.rows.iter().filter(|row| row.label == label).count();
        format!("{rows} {}", label_word(label))
    });
    let text = format!("{} rows say nothing of the speed of a card", labels.join(" and "));
    found.push(finding(Standing::Noted, "labels", text));
    let foreign = results.rows.iter().filter(|row| is_peer(row) || is_bound(row)).count();
    if foreign == 0 {
        let text = "no peer and no bound ran beside the engines";
        found.push(finding(Standing::NotMeasured, "comparison", text));
    }
    if results.quick {
        let text = "a quick run: fewer repetitions and smaller inputs; its figures are coarse";
        found.push(finding(Standing::Noted, "length", text));
    }
    if results.dirty {
        let text = "the sources had changes that are not committed";
        found.push(finding(Standing::Noted, "sources", text));
    }
    found
}
