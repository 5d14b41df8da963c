//! The native engine measured: whole passes, single messages, and single messages at a rate.

use std::time::{Duration, Instant};

use tidegate_pipeline::{Counters, Line, NativeEngine, Outgoing, Record, Sink};

use crate::clock::{Evictor, Used, ns};
use crate::engine::{Entry, Gave, Takes, Touch, digest};
use crate::feed::{Feed, Message};
use crate::mix::{Mix, STOP, Schedule};
use crate::probes;
use crate::result::{
    Check, Due, Label, Observation, Probes, Row, RunType, StampSource, Tables, Usage,
};
use crate::stamp;
use crate::statistics::{Recorder, throughput};

/// The stage of a whole run.
pub const END_TO_END: &str = "end-to-end";
/// The rate of baseline and soak, as a part of the measured limit of single messages.
pub const BASELINE_SHARE: f64 = 0.5;
/// First rate of peak, as a part of that limit, and the factor from one step to the next.
pub const PEAK_FROM: f64 = 0.5;
/// See [`PEAK_FROM`].
pub const PEAK_STEP: f64 = 1.1;
/// Steps of peak, at most.
const PEAK_STEPS: u32 = 14;
/// In the note of the rows of a peak that were as fast as the engine kept up with.
pub const HIGHEST_KEPT: &str = "the highest rate kept";
/// A rate is kept where the messages of no quarter of the best pass are done later than this part of the pass, in the
/// median of the quarter: a burst that is caught up with is no limit of the engine, and what disturbs one pass is none
/// either. Both are seen in the latency.
pub const KEPT_WITHIN: f64 = 0.01;

/// How long to measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effort {
    /// Whole passes, at least.
    pub passes: u32,
    /// Time for the whole passes of a row; more of them while there is time.
    pub batch: Duration,
    /// Time of a run at a rate.
    pub paced: Duration,
    /// Time of a soak.
    pub soak: Duration,
    /// Messages a second of baseline, write and soak; without it [`BASELINE_SHARE`] of what this run measures.
    pub rate_per_s: Option<f64>,
    /// How closely to look.
    pub probes: Probes,
}

impl Effort {
    /// For good figures.
    pub const FULL: Self = Self {
        passes: 15,
        batch: Duration::from_secs(2),
        paced: Duration::from_secs(3),
        soak: Duration::from_secs(60),
        rate_per_s: None,
        probes: Probes::Full,
    };
    /// For a first look.
    pub const QUICK: Self = Self {
        passes: 5,
        batch: Duration::from_millis(200),
        paced: Duration::from_millis(300),
        soak: Duration::from_secs(1),
        rate_per_s: None,
        probes: Probes::Full,
    };
    /// To see that it works.
    pub const LEAST: Self = Self {
        passes: 1,
        batch: Duration::ZERO,
        paced: Duration::ZERO,
        soak: Duration::ZERO,
        rate_per_s: None,
        probes: Probes::Full,
    };

    /// Whether there is to be another pass after so many since then.
    pub(crate) fn goes_on(&self, passes: usize, since: Instant) -> bool {
        passes < self.passes as usize || since.elapsed() < self.batch
    }
}

/// What is measured.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// Name of the definition.
    pub definition: &'a str,
    /// The mix.
    pub mix: Mix,
    /// The messages of the mix.
    pub feed: &'a Feed,
    /// Bytes of a packet, at most.
    pub packet_bytes: usize,
    /// The digest that must come out; without one, what another cut of the same input gives.
    pub wanted: Option<&'a str>,
}

impl Case<'_> {
    /// A row without figures.
    pub fn row(&self, entry: &Entry, run_type: RunType, gave: Option<&Gave>) -> Row {
        let rejected = gave.map_or(0, |gave| {
            let unknown = gave.counters.unknown.iter().map(|(_, count)| count).sum::<u64>();
            gave.counters.faults_total() + unknown + gave.counters.unknown_rest
        });
        let messages = self.feed.messages.len() as u64;
        Row {
            definition: self.definition.to_owned(),
            engine: entry.name.clone(),
            label: entry.label,
            run_type,
            mix: self.mix.to_string(),
            stage: END_TO_END.to_owned(),
            tables: Tables::Cold,
            from: entry.from.clone(),
            to: entry.to.clone(),
            path: entry.path.clone(),
            messages,
            bytes: self.feed.bytes.len() as u64,
            beats: None,
            accepted: gave.map_or(0, |gave| gave.counters.messages.saturating_sub(rejected)),
            rejected,
            throughput: None,
            latency: None,
            usage: None,
            segments: Vec::new(),
            pinned: None,
            speed_up: None,
            digest: None,
            observation: None,
            assumptions: entry.assumptions.clone(),
            note: self.mix.note(self.feed),
        }
    }
}

/// Adds to a note.
pub fn remark(row: &mut Row, text: &str) {
    if !row.note.is_empty() && !text.is_empty() {
        row.note.push_str("; ");
    }
    row.note.push_str(text);
}

/// Takes away every figure of a row whose output is wrong.
pub fn strike(row: &mut Row) {
    row.throughput = None;
    row.latency = None;
    row.usage = None;
    row.observation = None;
    row.segments.clear();
    remark(row, "the output is wrong: no figure");
}

/// Compares what came out with what was to.
pub fn check(wanted: &str, found: &str) -> Check {
    Check { wanted: wanted.to_owned(), found: found.to_owned() }
}

/// The engine before its first message.
///
/// # Errors
/// When the setup does not fit.
pub fn fresh(feed: &Feed) -> Result<NativeEngine, String> {
    NativeEngine::new(&feed.setup, &feed.collected).map_err(|error| error.to_string())
}

/// What the native engine gives, checked: the digest of the definition, or without one that of every
/// message in a packet of its own.
///
/// # Errors
/// When the setup does not fit.
pub fn verify(case: &Case<'_>) -> Result<(Gave, Check), String> {
    let packets = case.feed.packets(case.packet_bytes);
    let gave = digest(&mut fresh(case.feed)?, case.feed, &packets)?;
    let wanted = match case.wanted {
        Some(wanted) => wanted.to_owned(),
        None => digest(&mut fresh(case.feed)?, case.feed, &case.feed.messages)?.digest,
    };
    let check = check(&wanted, &gave.digest);
    Ok((gave, check))
}

/// Every row of these types.
///
/// # Errors
/// When the setup does not fit.
pub fn rows(
    case: &Case<'_>,
    entry: &Entry,
    types: &[RunType],
    effort: &Effort,
) -> Result<Vec<Row>, String> {
    let (gave, check) = verify(case)?;
    let mut run =
        Run { case, entry, effort, fresh: fresh(case.feed)?, gave, source: stamp::system() };
    let mut rows = Vec::new();
    for &run_type in types {
        // Nothing that is wrong is measured.
        if !check.holds() {
            rows.push(case.row(entry, run_type, Some(&run.gave)));
            continue;
        }
        match run_type {
            RunType::Batch => rows.extend(run.batch()),
            RunType::Baseline => rows.extend(run.baseline()),
            RunType::Peak => rows.extend(run.peak()),
            RunType::Soak => rows.extend(run.soak()),
            RunType::Write => rows.extend(run.write()),
        }
    }
    for row in &mut rows {
        row.digest.get_or_insert_with(|| check.clone());
        if !row.digest.as_ref().is_some_and(Check::holds) {
            strike(row);
        }
        if case.wanted.is_none() {
            remark(row, "no digest is filed of this input: that of another cut of it is wanted");
        }
        if case.feed.left_out > 0 {
            remark(row, &format!("{} faults of framing are left out", case.feed.left_out));
        }
    }
    Ok(rows)
}

/// What single messages took, in nanoseconds since the start of the pass.
#[derive(Clone, Debug, Default)]
pub struct Samples {
    /// When the engine took it.
    pub taken: Vec<u64>,
    /// When it was done.
    pub done: Vec<u64>,
}

impl Samples {
    fn clear(&mut self) {
        self.taken.clear();
        self.done.clear();
    }
}

/// Single messages at the rate of a schedule: each when it is due, or at once where it is late.
pub fn paced<E: Takes, S: Sink>(
    engine: &mut E,
    feed: &Feed,
    schedule: &Schedule,
    start: Instant,
    sink: &mut S,
    samples: &mut Samples,
) {
    let mut now = ns(start.elapsed());
    for (number, message) in feed.messages.iter().enumerate() {
        let due = schedule.due_ns(number);
        while now < due {
            now = ns(start.elapsed());
        }
        samples.taken.push(now);
        engine.take(feed.input(message), sink);
        now = ns(start.elapsed());
        samples.done.push(now);
    }
}

/// [`paced`] without a stamp of a message: the clock is read only where a message is not due yet. When it ended.
fn paced_blind<E: Takes, S: Sink>(
    engine: &mut E,
    feed: &Feed,
    schedule: &Schedule,
    start: Instant,
    sink: &mut S,
) -> u64 {
    let mut now = ns(start.elapsed());
    for (number, message) in feed.messages.iter().enumerate() {
        let due = schedule.due_ns(number);
        while now < due {
            now = ns(start.elapsed());
        }
        engine.take(feed.input(message), sink);
    }
    ns(start.elapsed())
}

/// Packets, one behind the other, without a probe.
fn bare<E: Takes>(engine: &mut E, feed: &Feed, packets: &[Message]) -> f64 {
    let start = Instant::now();
    feed.inputs(packets).for_each(|input| engine.take(input, &mut Touch));
    ns(start.elapsed()) as f64
}

/// Says when orders leave.
struct Leaving {
    start: Instant,
    /// The message that decided it, and when.
    orders: Vec<(u64, u64)>,
}

impl Sink for Leaving {
    #[inline]
    fn record(&mut self, record: Record<'_>) {
        Touch.record(record);
    }
    fn order(&mut self, order: &Outgoing<'_>) {
        Touch.order(order);
        self.orders.push((order.decision.msg, ns(self.start.elapsed())));
    }
}

/// A run at a rate, over as many passes as there is time for.
struct Paced {
    passes_ns: Vec<f64>,
    /// How late the last message was done, as a part of the pass.
    behind: Vec<f64>,
    schedule: Recorder,
    service: Recorder,
    orders: Recorder,
    reports: Recorder,
    usage: Option<Usage>,
    is_right: bool,
}

/// How late the messages of the worst quarter of a pass were done, in the median of that quarter.
fn backlog(done: &[u64], due: impl Fn(usize) -> u64) -> u64 {
    let quarter = done.len().div_ceil(4).max(1);
    let late = |(at, part): (usize, &[u64])| {
        let late = |(n, done): (usize, &u64)| done.saturating_sub(due(at * quarter + n));
        let mut late: Vec<u64> = part.iter().enumerate().map(late).collect();
        let middle = late.len() / 2;
        *late.select_nth_unstable(middle).1
    };
    done.chunks(quarter).enumerate().map(late).max().unwrap_or(0)
}

impl Paced {
    /// A pass ended, so late, whose last message was due then.
    fn ended(&mut self, end: u64, late: u64, last_due: u64) {
        self.passes_ns.push(end as f64);
        self.behind.push(late as f64 / last_due as f64);
    }

    /// Whether the rate was kept, and by how much not, in words.
    fn kept(&self) -> (bool, String) {
        let (best, median) = (self.behind[0], self.behind[self.behind.len() / 2]);
        let is_kept = best <= KEPT_WITHIN;
        let how = if is_kept { "kept" } else { "not kept" };
        let text = format!(
            "{how}: at its worst quarter the best pass was {:.1} % behind, the median pass {:.1} %",
            best * 100.0,
            median * 100.0
        );
        (is_kept, text)
    }
}

struct Run<'a> {
    case: &'a Case<'a>,
    entry: &'a Entry,
    effort: &'a Effort,
    fresh: NativeEngine,
    gave: Gave,
    source: StampSource,
}

impl Run<'_> {
    fn row(&self, run_type: RunType) -> Row {
        self.case.row(self.entry, run_type, Some(&self.gave))
    }

    /// Whether a measured pass did all that it was to do. The stop is not part of the pass.
    fn is_right(&self, mut engine: NativeEngine) -> bool {
        engine.feed(STOP, &mut ());
        let counters: &Counters = tidegate_pipeline::Engine::counters(&engine);
        *counters == self.gave.counters
    }

    /// A row whose passes did something else has no figure.
    fn finish(&self, mut row: Row, is_right: bool) -> Row {
        if !is_right {
            let found = "counters of a measured pass differ".to_owned();
            row.digest = Some(Check { wanted: self.gave.digest.clone(), found });
        }
        row
    }

    fn batch(&mut self) -> Vec<Row> {
        let feed = self.case.feed;
        let packets = feed.packets(self.case.packet_bytes);
        let mut evictor = Evictor::default();
        let half = packets.len() / 2;
        let middle = packets[half].at;
        let first = feed.messages.partition_point(|message| message.at < middle);
        let mut rows = Vec::new();
        for tables in [Tables::Cold, Tables::Loaded] {
            let (mut passes, mut is_right, before) = (Vec::new(), true, Used::now());
            let since = Instant::now();
            while self.effort.goes_on(passes.len(), since) {
                let mut engine = self.fresh.clone();
                let measured = match tables {
                    Tables::Cold => {
                        evictor.evict();
                        &packets[..]
                    }
                    Tables::Loaded => {
                        feed.inputs(&packets[..half])
                            .for_each(|input| engine.take(input, &mut Touch));
                        &packets[half..]
                    }
                };
                passes.push(bare(&mut engine, feed, measured));
                is_right &= self.is_right(engine);
            }
            let mut row = self.row(RunType::Batch);
            row.tables = tables;
            row.from = format!("the first of packets of up to {} bytes", self.case.packet_bytes);
            row.to = "the last output of the pass".to_owned();
            match tables {
                Tables::Cold => {
                    remark(&mut row, "from the first message on, caches emptied before")
                }
                Tables::Loaded => {
                    row.messages = (feed.messages.len() - first) as u64;
                    row.bytes = (feed.bytes.len() - middle) as u64;
                    remark(&mut row, "the second half of the feed, behind the first");
                }
            }
            row.throughput = throughput(&passes, row.messages, row.bytes);
            row.usage = Used::since(before);
            remark(&mut row, "usage counts what prepares a pass too");
            rows.push(self.finish(row, is_right));
        }
        rows
    }

    /// The same pass of single messages without and with lean probes, in turn.
    fn observe(&self) -> Observation {
        let feed = self.case.feed;
        let mut samples = Samples::default();
        let lean = || {
            samples.clear();
            let (start, mut now) = (Instant::now(), 0);
            probes::grouped_with(&mut self.fresh.clone(), feed, |engine, message| {
                samples.taken.push(now);
                engine.take(feed.input(message), &mut Touch);
                now = ns(start.elapsed());
                samples.done.push(now);
            })
        };
        let off = || probes::grouped(&mut self.fresh.clone(), feed);
        probes::observe(feed, self.effort, Probes::Lean, off, lean)
    }

    /// At this rate for this time, and for so many passes at least.
    fn at_rate(&self, per_s: f64, time: Duration) -> Paced {
        let feed = self.case.feed;
        let schedule = Schedule::new(feed, self.case.mix, per_s);
        let last_due = schedule.due_ns(feed.messages.len() - 1).max(1);
        let mut samples = Samples::default();
        let mut run = Paced {
            passes_ns: Vec::new(),
            behind: Vec::new(),
            schedule: Recorder::default(),
            service: Recorder::default(),
            orders: Recorder::default(),
            reports: Recorder::default(),
            usage: None,
            is_right: true,
        };
        let (before, since) = (Used::now(), Instant::now());
        while run.passes_ns.len() < self.effort.passes as usize || since.elapsed() < time {
            let mut engine = self.fresh.clone();
            samples.clear();
            samples.taken.reserve(feed.messages.len());
            samples.done.reserve(feed.messages.len());
            if self.effort.probes == Probes::Off {
                let end = paced_blind(&mut engine, feed, &schedule, Instant::now(), &mut Touch);
                // Without stamps only the end is known.
                run.ended(end, end.saturating_sub(last_due), last_due);
                run.is_right &= self.is_right(engine);
                continue;
            }
            let start = Instant::now();
            let mut sink = Leaving { start, orders: Vec::with_capacity(1 << 12) };
            paced(&mut engine, feed, &schedule, start, &mut sink, &mut samples);
            for (number, (taken, done)) in samples.taken.iter().zip(&samples.done).enumerate() {
                run.service.record(done - taken);
                run.schedule.record(done - schedule.due_ns(number));
                if feed.messages[number].line == Line::Orders {
                    run.reports.record(done - taken);
                }
            }
            for (msg, left) in sink.orders {
                run.orders.record(left - samples.taken[msg as usize]);
            }
            run.schedule.pass_done();
            run.service.pass_done();
            let end = samples.done.last().copied().unwrap_or(0);
            let due = |number| schedule.due_ns(number);
            run.ended(end, backlog(&samples.done, due), last_due);
            run.is_right &= self.is_right(engine);
        }
        run.usage = Used::since(before);
        run.behind.sort_by(f64::total_cmp);
        run
    }

    /// The two rows of a run at a rate: from the time when a message was due, and from when it was taken. Without
    /// probes there is no latency, and one row.
    fn rows_at(
        &self,
        run: &Paced,
        run_type: RunType,
        per_s: f64,
        observation: Observation,
    ) -> Vec<Row> {
        let both = [(Due::Schedule, &run.schedule), (Due::Service, &run.service)];
        let is_off = self.effort.probes == Probes::Off;
        let shown = both.into_iter().take(if is_off { 1 } else { 2 });
        shown
            .map(|(due, recorder)| {
                let mut row = self.row(run_type);
                row.throughput = throughput(&run.passes_ns, row.messages, row.bytes);
                if let Some(throughput) = &mut row.throughput {
                    throughput.offered_per_s = Some(per_s);
                }
                row.latency = recorder.latency(due, &self.source);
                row.usage = run.usage;
                if is_off {
                    remark(&mut row, "probes off: no latency");
                } else {
                    row.observation = Some(observation);
                }
                if due == Due::Schedule {
                    row.from = "the message is due by the schedule".to_owned();
                }
                remark(
                    &mut row,
                    "a message a packet, taken by polling; every pass from the start of the day",
                );
                self.finish(row, run.is_right)
            })
            .collect()
    }

    /// Messages a second that single messages with probes reach.
    fn limit(observation: Observation) -> f64 {
        1e9 / observation.on_ns.max(1e-3)
    }

    /// The rate of baseline, write and soak.
    fn rate(&self, observation: Observation) -> f64 {
        self.effort.rate_per_s.unwrap_or_else(|| BASELINE_SHARE * Self::limit(observation))
    }

    fn baseline(&mut self) -> Vec<Row> {
        let observation = self.observe();
        let per_s = self.rate(observation);
        let run = self.at_rate(per_s, self.effort.paced);
        let mut rows = self.rows_at(&run, RunType::Baseline, per_s, observation);
        rows.iter_mut().for_each(|row| remark(row, &run.kept().1));
        rows
    }

    fn soak(&mut self) -> Vec<Row> {
        let observation = self.observe();
        let per_s = self.rate(observation);
        let run = self.at_rate(per_s, self.effort.soak);
        let mut rows = self.rows_at(&run, RunType::Soak, per_s, observation);
        let text = format!("{} passes at this rate, {}", run.passes_ns.len(), run.kept().1);
        rows.iter_mut().for_each(|row| remark(row, &text));
        rows
    }

    fn peak(&mut self) -> Vec<Row> {
        let observation = self.observe();
        let mut per_s = PEAK_FROM * Self::limit(observation);
        let mut rows: Vec<Row> = Vec::new();
        let mut best = None;
        for _ in 0..PEAK_STEPS {
            let run = self.at_rate(per_s, self.effort.paced / 3);
            let (is_kept, text) = run.kept();
            if is_kept {
                best = Some(rows.len());
            }
            for mut row in self.rows_at(&run, RunType::Peak, per_s, observation) {
                remark(&mut row, &text);
                rows.push(row);
            }
            if !is_kept {
                break;
            }
            per_s *= PEAK_STEP;
        }
        if let Some(best) = best {
            let rate = |row: &Row| row.throughput.and_then(|speed| speed.offered_per_s);
            let best_rate = rate(&rows[best]);
            for row in rows[best..].iter_mut().filter(|row| rate(row) == best_rate) {
                remark(row, HIGHEST_KEPT);
            }
        }
        rows
    }

    fn write(&mut self) -> Vec<Row> {
        let observation = self.observe();
        let per_s = self.rate(observation);
        let run = self.at_rate(per_s, self.effort.paced);
        let mut rows = self.rows_at(&run, RunType::Write, per_s, observation);
        rows.iter_mut().for_each(|row| remark(row, &run.kept().1));
        let parts = [
            (
                "order",
                &run.orders,
                "the engine takes the message that fires",
                "the order's bytes are out",
            ),
            ("feedback", &run.reports, "the engine takes the report", "the record table says it"),
        ];
        for (stage, recorder, from, to) in parts {
            // Where nothing left, nothing can be said.
            let Some(latency) = recorder.latency(Due::Service, &self.source) else { continue };
            let mut row = self.row(RunType::Write);
            stage.clone_into(&mut row.stage);
            from.clone_into(&mut row.from);
            to.clone_into(&mut row.to);
            row.messages = latency.n;
            row.bytes = 0;
            row.latency = Some(latency);
            remark(&mut row, "of all passes; one a request that left, or a report that came back");
            rows.push(self.finish(row, run.is_right));
        }
        rows
    }
}

/// A row of an engine that nobody has measured.
pub fn not_measured(definition: &str, entry: &Entry) -> Option<Row> {
    let why = entry.why.as_ref()?;
    Some(Row {
        definition: definition.to_owned(),
        engine: entry.name.clone(),
        label: Label::NotMeasured,
        run_type: RunType::Baseline,
        mix: Mix::All.to_string(),
        stage: END_TO_END.to_owned(),
        tables: Tables::Cold,
        from: entry.from.clone(),
        to: entry.to.clone(),
        path: entry.path.clone(),
        messages: 0,
        bytes: 0,
        beats: None,
        accepted: 0,
        rejected: 0,
        throughput: None,
        latency: None,
        usage: None,
        segments: Vec::new(),
        pinned: None,
        speed_up: None,
        digest: None,
        observation: None,
        assumptions: entry.assumptions.clone(),
        note: why.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::backlog;

    /// Messages due every 100 ns, done so late.
    fn worst(late: impl Fn(usize) -> u64) -> u64 {
        let due = |n: usize| n as u64 * 100;
        let done: Vec<u64> = (0..1_000).map(|n| due(n) + late(n)).collect();
        backlog(&done, due)
    }

    #[test]
    fn a_backlog_is_that_of_the_worst_quarter_and_a_burst_is_none() {
        assert_eq!(worst(|_| 30), 30);
        // A burst at the end, and one at the start, that stand in no quarter's middle.
        assert_eq!(worst(|n| if n >= 900 { 1_000_000 } else { 30 }), 30);
        assert_eq!(worst(|n| if n < 100 { 1_000_000 } else { 30 }), 30);
        // It grows, or it grows and is caught up with: the engine did not keep up.
        assert_eq!(worst(|n| n as u64 * 10), 8_750);
        assert_eq!(worst(|n| if (300..700).contains(&n) { 9_000 } else { 0 }), 9_000);
        assert_eq!(backlog(&[], |_| 0), 0);
        assert_eq!(backlog(&[7], |_| 3), 4);
    }
}
