//! The native engine measured: whole passes, single messages, and single messages at a rate.

use std::time::Duration;

use tidegate_pipeline::{Counters, NativeEngine};

use crate::clock::{Clock, Evictor, Used, Wall, ns};
use crate::engine::{Entry, Gave, Takes, Touch, digest};
use crate::feed::{Feed, Message};
use crate::mix::{Mix, STOP, Schedule};
use crate::pace::{Passes, Samples};
use crate::probes;
use crate::result::{
    Check, Due, Label, LeftOut, Observation, Probes, Row, RunType, StampSource, Tables, Usage,
};
use crate::stamp;
use crate::statistics::throughput;

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
/// How long to measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effort {
    /// Whole passes, at least.
    pub passes: u32,
    /// Time for the whole passes of a row; more of them while there is time.
    pub batch: Duration,
    /// Time of a run at a rate.
    pub paced: Duration,
    /// Time of all steps of a peak, if it takes as many as it may.
    pub peak: Duration,
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
        peak: Duration::from_secs(PEAK_STEPS as u64),
        soak: Duration::from_secs(60),
        rate_per_s: None,
        probes: Probes::Full,
    };
    /// For a first look.
    pub const QUICK: Self = Self {
        passes: 5,
        batch: Duration::from_millis(200),
        paced: Duration::from_millis(300),
        peak: Duration::from_millis(100 * PEAK_STEPS as u64),
        soak: Duration::from_secs(1),
        rate_per_s: None,
        probes: Probes::Full,
    };
    /// As long as a capacity test before going live: baseline 20 minutes, peak 10, soak 2 hours.
    pub const LONG: Self = Self {
        paced: Duration::from_secs(20 * 60),
        peak: Duration::from_secs(10 * 60),
        soak: Duration::from_secs(2 * 3_600),
        ..Self::FULL
    };
    /// To see that it works.
    pub const LEAST: Self = Self {
        passes: 1,
        batch: Duration::ZERO,
        paced: Duration::ZERO,
        peak: Duration::ZERO,
        soak: Duration::ZERO,
        rate_per_s: None,
        probes: Probes::Full,
    };

    /// Whether there is to be another pass after so many in this time.
    pub(crate) fn goes_on(&self, passes: usize, spent_ns: u64) -> bool {
        passes < self.passes as usize || spent_ns < ns(self.batch)
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
        let [accepted, rejected] = gave.map_or([0; 2], |gave| taken(&gave.counters));
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
            accepted,
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

/// Messages that were accepted, and those that were not.
fn taken(counters: &Counters) -> [u64; 2] {
    let unknown = counters.unknown.iter().map(|(_, count)| count).sum::<u64>();
    let rejected = counters.faults_total() + unknown + counters.unknown_rest;
    [counters.messages.saturating_sub(rejected), rejected]
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

/// Every row of these types, and what of them cannot be measured here.
///
/// # Errors
/// When the setup does not fit.
pub fn rows(
    case: &Case<'_>,
    entry: &Entry,
    types: &[RunType],
    effort: &Effort,
) -> Result<(Vec<Row>, Vec<LeftOut>), String> {
    let (gave, check) = verify(case)?;
    let clock = (Wall::default(), stamp::system());
    Ok(rows_by(clock, fresh(case.feed)?, (gave, check), case, entry, types, effort))
}

/// [`rows`] of an engine before its first message, by a clock and what is filed of it. `gave` is what the engine gives
/// over the whole feed, and whether that is right.
pub fn rows_by<E: Takes + Clone, C: Clock>(
    (clock, source): (C, StampSource),
    fresh: E,
    (gave, check): (Gave, Check),
    case: &Case<'_>,
    entry: &Entry,
    types: &[RunType],
    effort: &Effort,
) -> (Vec<Row>, Vec<LeftOut>) {
    let run = Run { case, entry, effort, fresh, gave, source, clock };
    let (mut rows, mut left_out) = (Vec::new(), Vec::new());
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
            RunType::Write if run.gave.orders + run.gave.reports == 0 => left_out.push(LeftOut {
                what: format!("{} {} {} write", case.definition, case.mix, entry.name),
                why:
                    "no order leaves and no report comes in: wanted a setup with triggers that fire"
                        .to_owned(),
            }),
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
        remark(row, &case.feed.losses().unwrap_or_default());
    }
    (rows, left_out)
}

/// Packets, one behind the other, without a probe.
fn bare<E: Takes>(engine: &mut E, feed: &Feed, packets: &[Message], mut clock: impl Clock) -> f64 {
    let start = clock.now_ns();
    feed.inputs(packets).for_each(|input| engine.take(input, &mut Touch));
    (clock.now_ns() - start) as f64
}

/// A run at a rate, over as many passes as there is time for.
struct Paced {
    passes: Passes,
    /// Messages a second, on average.
    offered_per_s: f64,
    /// What comes faster.
    faster: String,
    usage: Option<Usage>,
    is_right: bool,
}

struct Run<'a, E, C> {
    case: &'a Case<'a>,
    entry: &'a Entry,
    effort: &'a Effort,
    fresh: E,
    gave: Gave,
    source: StampSource,
    clock: C,
}

impl<E: Takes + Clone, C: Clock> Run<'_, E, C> {
    fn row(&self, run_type: RunType) -> Row {
        self.case.row(self.entry, run_type, Some(&self.gave))
    }

    fn now_ns(&self) -> u64 {
        self.clock.clone().now_ns()
    }

    /// Whether a measured pass did all that it was to do. The stop is not part of the pass.
    fn is_right(&self, mut engine: E) -> bool {
        engine.take(STOP, &mut ());
        *engine.engine().counters() == self.gave.counters
    }

    /// A row whose passes did something else has no figure.
    fn finish(&self, mut row: Row, is_right: bool) -> Row {
        if !is_right {
            let found = "counters of a measured pass differ".to_owned();
            row.digest = Some(Check { wanted: self.gave.digest.clone(), found });
        }
        row
    }

    fn batch(&self) -> Vec<Row> {
        let feed = self.case.feed;
        let packets = feed.packets(self.case.packet_bytes);
        let mut evictor = Evictor::default();
        let half = packets.len() / 2;
        let middle = packets[half].at;
        let first = feed.messages.partition_point(|message| message.at < middle);
        let mut rows = Vec::new();
        for tables in [Tables::Cold, Tables::Loaded] {
            let (mut passes, mut is_right, before) = (Vec::new(), true, Used::now());
            let mut already = [0; 2];
            let since = self.now_ns();
            while self.effort.goes_on(passes.len(), self.now_ns() - since) {
                let mut engine = self.fresh.clone();
                let measured = match tables {
                    Tables::Cold => {
                        evictor.evict();
                        &packets[..]
                    }
                    Tables::Loaded => {
                        feed.inputs(&packets[..half])
                            .for_each(|input| engine.take(input, &mut Touch));
                        already = taken(engine.engine().counters());
                        &packets[half..]
                    }
                };
                passes.push(bare(&mut engine, feed, measured, self.clock.clone()));
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
                    row.accepted -= already[0];
                    row.rejected -= already[1];
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
            samples.prepare(feed.messages.len());
            let mut now = 0;
            let mut clock = self.clock.clone();
            probes::grouped_with(
                &mut self.fresh.clone(),
                feed,
                &mut clock,
                |engine, message, clock| {
                    samples.taken.push(now);
                    engine.take(feed.input(message), &mut Touch);
                    now = clock.now_ns();
                    samples.done.push(now);
                },
            )
        };
        let off = || probes::grouped(&mut self.fresh.clone(), feed, &mut self.clock.clone());
        probes::observe(feed, self.effort, Probes::Lean, self.clock.clone(), off, lean)
    }

    /// At this rate for this time, and for so many passes at least. Whether one schedule `goes_on` over all of them.
    fn at_rate(&self, per_s: f64, time: Duration, goes_on: bool) -> Paced {
        let feed = self.case.feed;
        let schedule = Schedule::new(feed, self.case.mix, per_s);
        let (mut passes, mut samples) = (Passes::new(goes_on), Samples::default());
        let mut is_right = true;
        let (before, since) = (Used::now(), self.now_ns());
        while passes.took.passes() < u64::from(self.effort.passes)
            || self.now_ns() - since < ns(time)
        {
            let mut engine = self.fresh.clone();
            if self.effort.probes == Probes::Off {
                passes.add_blind(&mut engine, feed, &schedule, self.clock.clone());
            } else {
                passes.add(&mut engine, feed, &schedule, self.clock.clone(), &mut samples);
            }
            is_right &= self.is_right(engine);
        }
        let (offered_per_s, faster) = (schedule.mean_per_s(feed), schedule.words(feed));
        Paced { passes, offered_per_s, faster, usage: Used::since(before), is_right }
    }

    /// The two rows of a run at a rate: from the time when a message was due, and from when it was taken. Without
    /// probes there is no latency, and one row.
    fn rows_at(&self, run: &Paced, run_type: RunType, observation: Observation) -> Vec<Row> {
        let passes = &run.passes;
        let both = [(Due::Schedule, &passes.schedule), (Due::Service, &passes.service)];
        let is_off = self.effort.probes == Probes::Off;
        let shown = both.into_iter().take(if is_off { 1 } else { 2 });
        shown
            .map(|(due, recorder)| {
                let mut row = self.row(run_type);
                row.throughput = passes.took.throughput(row.messages, row.bytes);
                if let Some(throughput) = &mut row.throughput {
                    throughput.offered_per_s = Some(run.offered_per_s);
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
                remark(&mut row, &run.faster);
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

    fn baseline(&self) -> Vec<Row> {
        let observation = self.observe();
        let per_s = self.rate(observation);
        let run = self.at_rate(per_s, self.effort.paced, false);
        let mut rows = self.rows_at(&run, RunType::Baseline, observation);
        rows.iter_mut().for_each(|row| remark(row, &run.passes.kept().1));
        rows
    }

    fn soak(&self) -> Vec<Row> {
        let observation = self.observe();
        let per_s = self.rate(observation);
        let run = self.at_rate(per_s, self.effort.soak, true);
        let mut rows = self.rows_at(&run, RunType::Soak, observation);
        let (passes, kept) = (run.passes.took.passes(), run.passes.kept().1);
        let text = format!("{passes} passes, one schedule over all of them, {kept}");
        rows.iter_mut().for_each(|row| remark(row, &text));
        rows
    }

    fn peak(&self) -> Vec<Row> {
        let observation = self.observe();
        let mut per_s = PEAK_FROM * Self::limit(observation);
        let mut rows: Vec<Row> = Vec::new();
        let mut best = None;
        for _ in 0..PEAK_STEPS {
            let run = self.at_rate(per_s, self.effort.peak / PEAK_STEPS, false);
            let (is_kept, text) = run.passes.kept();
            if is_kept {
                best = Some(rows.len());
            }
            for mut row in self.rows_at(&run, RunType::Peak, observation) {
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

    fn write(&self) -> Vec<Row> {
        let observation = self.observe();
        let per_s = self.rate(observation);
        let run = self.at_rate(per_s, self.effort.paced, false);
        let mut rows = self.rows_at(&run, RunType::Write, observation);
        rows.iter_mut().for_each(|row| remark(row, &run.passes.kept().1));
        let parts = [
            (
                "order",
                &run.passes.orders,
                "the engine takes the message that fires",
                "the order's bytes are out",
            ),
            (
                "feedback",
                &run.passes.reports,
                "the engine takes the report",
                "the record table says it",
            ),
        ];
        for (stage, recorder, from, to) in parts {
            // Where nothing left, nothing can be said.
            let Some(latency) = recorder.latency(Due::Service, &self.source) else { continue };
            let mut row = self.row(RunType::Write);
            stage.clone_into(&mut row.stage);
            from.clone_into(&mut row.from);
            to.clone_into(&mut row.to);
            (row.messages, row.accepted, row.rejected) = (latency.n, latency.n, 0);
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
