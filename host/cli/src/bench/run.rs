//! `tidegate bench run`: what is to be run, engine by engine, into one file of results.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use tidegate_bench::definition::{self, Definition, From, Named, ROOMS, Size};
use tidegate_bench::engine::{self, Entry};
use tidegate_bench::feed::Feed;
use tidegate_bench::mix::{self, Mix};
use tidegate_bench::model::OfImage;
use tidegate_bench::native::{self, Case, Effort};
use tidegate_bench::result::{
    Check, Checkout, Due, LeftOut, Probes, Results, Row, RunType, SCHEMA, SuppliedPeak,
};
use tidegate_bench::statistics::Recorder;
use tidegate_bench::store::Filing;
use tidegate_bench::{
    bounds, capacity, checkout, clock, emulated, machine, model, peers, reference, scaling,
    segments, stages, stamp, table,
};
use tidegate_bitstreams::manifest::Manifest;
use tidegate_hls_sim::SimEngine;

use crate::args::number;
use crate::engines::{self, Machine, Name};
use crate::{Unusable, note};

pub(crate) const HELP: &str = "Examples:
  tidegate bench run --quick
  tidegate bench run --definition market-day --engine native --type peak
  tidegate bench run --long --definition market-day --engine native --mix all
  tidegate bench run --definition market-day --type soak --seconds 600
  tidegate bench run --type peak --peak-messages-per-second 800000 --peak-source 'our day of 2015-06-05'
  tidegate bench run --input day.pcap --setup setup.toml --mix all --mix 300191

Definitions (DIR/definitions) say which work: feed, rooms, mixes and the digest that must come out;
DIR/engines.toml says who: between which points a figure stands, and whether it is Measured, Emulated,
Modelled or Not measured. A run whose output is wrong has no figure, and exit code 1.

Run types: batch (whole passes, and each stage), baseline (half of the rate that single messages
reach), peak (the rate is raised until the engine falls behind), write (orders and reports), soak
(the rate of baseline for --seconds, one schedule over all passes). At a rate, latency is counted from when
a message was due, so that a stall counts for all that waited behind it, and beside it from when the engine
took it.

Probes full, the default, adds a row whose stamps stand between the rooms, on one core and not kept on one: the
segments of each message's time, whose sum is the whole. What probes add to time, p99 and processor time is
printed beside each figure; the output is the same, which its digest shows.

Capacity is the highest rate that a peak run kept over a peak that you supply (--peak-messages-per-second,
--peak-bytes-per-second, or [peak] of a definition; bench peak finds that of a capture): at least 3 times
in messages, 2 times in bytes. Without one it is not measured.

Without --definition, --engine or --input the run ends with what stands beside the engines: memcpy and a
checksum alone on the buffers of decode, a reference in C, two channels on two cores, and the crates
itch5, itchy and dbn, which are built for it.

The results are a JSON file, DIR/results/MACHINE/DATE-COMMIT.json, filed anew after each definition:
a run that is stopped leaves what it has found, marked as incomplete.

Exit code: 0 all is right, 1 an output was wrong, or nothing was run and nothing is filed.";

/// How long an emulator may take over a pass, in seconds.
const DEADLINE_S: u64 = 120;
/// Of an input without a definition: messages of a short run, and of an emulator's.
const INPUT_MESSAGES: (usize, usize) = (100_000, 2_000);

/// Measure every engine that is there over the same work, and file the figures.
#[derive(Args, Debug)]
pub(crate) struct Run {
    /// A short run: fewer repetitions, smaller inputs
    #[arg(long)]
    quick: bool,
    /// As long as a capacity test before going live: baseline and write 20 minutes, peak 10, soak 2 hours, of each
    /// definition and mix that has them
    #[arg(long, conflicts_with = "quick")]
    long: bool,
    /// Definitions, by the name of their file [default: all]
    #[arg(long, value_name = "NAME", conflicts_with = "input")]
    definition: Vec<String>,
    /// Engines, as in engines.toml [default: all]
    #[arg(long, value_name = "NAME")]
    engine: Vec<String>,
    /// Run types: batch, baseline, peak, write, soak [default: those of the definition]
    #[arg(long = "type", value_name = "T", value_parser = run_type)]
    types: Vec<RunType>,
    /// How closely to look at each message: off (throughput only), lean (a stamp when it is taken and one when it
    /// is done), full (and, in passes of their own, stamps between the rooms)
    #[arg(long, value_name = "P", default_value = "full", value_parser = probes)]
    probes: Probes,
    /// Mixes: all, top-99, burst-x3, burst-x3-each, a message type such as 300191, or burst-x3-300191 [default:
    /// those of the definition]
    #[arg(long, value_name = "M")]
    mix: Vec<Mix>,
    /// How long a soak takes [default: 60, quick 1, long 7200]
    #[arg(long, value_name = "N", value_parser = number::<u64>("a number of seconds"))]
    seconds: Option<u64>,
    /// Messages a second of baseline, write and soak, so that two runs are at the same rate [default: half of what
    /// single messages reach in this run]
    #[arg(long, value_name = "N", value_parser = rate)]
    rate: Option<f64>,
    /// Instead of a definition: a capture, .bin or .beats
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// The setup that goes with --input
    #[arg(long, value_name = "S", requires = "input")]
    setup: Option<PathBuf>,
    /// A historical peak that must be kept up with: capacity is the measured limit over it
    #[arg(long, value_name = "N", value_parser = rate)]
    peak_messages_per_second: Option<f64>,
    /// The year's peak in bytes of messages
    #[arg(long, value_name = "N", value_parser = rate)]
    peak_bytes_per_second: Option<f64>,
    /// Where these figures come from
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "the command line, which does not say from where"
    )]
    peak_source: String,
    /// The manifest of an image: the modelled card has its Fmax and pipeline depths, not assumed ones
    #[arg(long, value_name = "FILE")]
    image: Option<PathBuf>,
    /// The folder with definitions and engines
    #[arg(long, value_name = "DIR", default_value = "bench")]
    bench: PathBuf,
    /// The folder that results are filed in [default: results in the folder of --bench]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

fn run_type(text: &str) -> Result<RunType, String> {
    const ALL: [RunType; 5] =
        [RunType::Batch, RunType::Baseline, RunType::Peak, RunType::Write, RunType::Soak];
    ALL.into_iter().find(|found| table::run_type(*found) == text).ok_or_else(|| {
        let names = ALL.map(table::run_type).join(", ");
        format!("wanted one of {names}")
    })
}

fn probes(text: &str) -> Result<Probes, String> {
    let found = Probes::ALL.into_iter().find(|probes| probes.text() == text);
    found.ok_or_else(|| "wanted one of off, lean, full".to_owned())
}

fn rate(text: &str) -> Result<f64, String> {
    let found = text.parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0);
    found.ok_or_else(|| "wanted a number above 0".to_owned())
}

impl Run {
    /// The peak of the command line, before that of a definition.
    fn peak(&self, definition: &Definition) -> Option<SuppliedPeak> {
        let given = (self.peak_messages_per_second, self.peak_bytes_per_second);
        let (messages_per_s, bytes_per_s) = match given {
            (None, None) => return definition.peak.clone(),
            given => given,
        };
        Some(SuppliedPeak { messages_per_s, bytes_per_s, source: self.peak_source.clone() })
    }

    fn size(&self) -> Size {
        if self.quick { Size::Quick } else { Size::Full }
    }

    fn effort(&self) -> Effort {
        let effort = match (self.quick, self.long) {
            (true, _) => Effort::QUICK,
            (_, true) => Effort::LONG,
            _ => Effort::FULL,
        };
        let soak = self.seconds.map_or(effort.soak, Duration::from_secs);
        Effort { soak, probes: self.probes, rate_per_s: self.rate, ..effort }
    }

    /// The work.
    fn definitions(&self) -> Result<Vec<Named>> {
        let Some(input) = &self.input else {
            let found = definition::all(&self.bench, &self.definition);
            return found.map_err(|error| Unusable(error.to_string()).into());
        };
        let absolute = |path: &Path| std::path::absolute(path).context("finding the input");
        let (quick_messages, emulated_messages) = INPUT_MESSAGES;
        let definition = Definition {
            about: format!("the input {}", input.display()),
            feed: From::File(absolute(input)?),
            setup: self.setup.as_deref().map(absolute).transpose()?,
            reports_seed: None,
            rooms: ROOMS.map(str::to_owned).into(),
            mixes: [Mix::All, Mix::Top99, Mix::Burst, Mix::BurstEach]
                .map(|mix| mix.to_string())
                .into(),
            types: vec![RunType::Batch, RunType::Baseline, RunType::Peak],
            packet_bytes: 1_448,
            quick_messages,
            emulated_messages,
            emulated_in_quick: false,
            peak: None,
            digest: Default::default(),
        };
        let name = input.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(vec![Named { name, path: PathBuf::new(), definition }])
    }

    /// The engines.
    fn engines(&self) -> Result<Vec<Entry>> {
        let all = engine::load(&self.bench).map_err(|error| Unusable(error.to_string()))?;
        let names: Vec<&str> = all.iter().map(|entry| entry.name.as_str()).collect();
        if let Some(name) = self.engine.iter().find(|name| !names.contains(&name.as_str())) {
            let text = format!("--engine {name}: wanted one of {}", names.join(", "));
            return Err(Unusable(text).into());
        }
        let wanted = |entry: &Entry| self.engine.is_empty() || self.engine.contains(&entry.name);
        Ok(all.into_iter().filter(wanted).collect())
    }

    /// Run types of a mix: those that were asked for, else those of the definition that say
    /// something of this mix.
    fn types(&self, definition: &Definition, mix: Mix) -> Vec<RunType> {
        let types = if self.types.is_empty() { &definition.types } else { &self.types };
        let says = |run_type: &RunType| match (run_type, mix) {
            (RunType::Batch, Mix::Burst | Mix::BurstOf(_)) => false,
            (RunType::Peak | RunType::Soak | RunType::Write, mix) => {
                mix == Mix::All || self.mix.contains(&mix)
            }
            _ => true,
        };
        types.iter().copied().filter(says).collect()
    }
}

/// What a manifest says of the card that is modelled.
fn of_image(path: &Path) -> Result<OfImage> {
    let manifest = Manifest::read(path).map_err(|error| Unusable(error.to_string()))?;
    if manifest.fmax_mhz < 1.0 {
        let text = format!("{}: wanted 1 MHz or more, found {}", path.display(), manifest.fmax_mhz);
        return Err(Unusable(text).into());
    }
    let depths = manifest.depths.iter();
    Ok(OfImage {
        name: manifest.name,
        // A part of a MHz more is not counted on.
        fmax_mhz: manifest.fmax_mhz as u64,
        bsp: format!("{} {}", manifest.bsp.name, manifest.bsp.version),
        compiler: format!("{} {}", manifest.compiler.name, manifest.compiler.version),
        depths_cycles: depths.map(|of| (of.kernel.clone(), u64::from(of.cycles))).collect(),
    })
}

/// What was found so far.
#[derive(Default)]
struct Found {
    rows: Vec<Row>,
    left_out: Vec<LeftOut>,
}

impl Found {
    fn put(&mut self, what: String, rows: Result<Vec<Row>, String>) {
        match rows {
            Ok(rows) => self.rows.extend(rows),
            Err(why) => self.leave(what, why),
        }
    }

    /// What was found goes into the results.
    fn moved_to(&mut self, results: &mut Results, from: Instant) {
        results.rows.append(&mut self.rows);
        results.left_out.append(&mut self.left_out);
        results.took_s = from.elapsed().as_secs_f64();
    }

    fn leave(&mut self, what: String, why: String) {
        note(&format!("bench: left out: {what}: {why}"));
        self.left_out.push(LeftOut { what, why });
    }
}

/// Everything of one definition.
struct Work<'a> {
    args: &'a Run,
    named: &'a Named,
    effort: Effort,
    /// What the card is modelled by, beside assumptions.
    image: Option<&'a OfImage>,
    /// Cores of this process, for children.
    cores: &'a [usize],
}

impl Work<'_> {
    fn case<'c>(&'c self, mix: Mix, feed: &'c Feed, size: Size) -> Case<'c> {
        let Named { name, definition, .. } = self.named;
        let wanted = definition.expected(size, mix);
        Case { definition: name, mix, feed, packet_bytes: definition.packet_bytes, wanted }
    }

    fn mixes(&self) -> Result<Vec<Mix>> {
        match &self.args.mix[..] {
            [] => self.named.definition.mixes().map_err(|error| Unusable(error).into()),
            mixes => Ok(mixes.to_vec()),
        }
    }

    fn run(&self, engines: &[Entry], found: &mut Found) -> Result<()> {
        let size = self.args.size();
        let name = &self.named.name;
        note(&format!("bench: {name}: loading"));
        let whole = self.named.load(size)?;
        if let Some(losses) = whole.losses() {
            found.leave(name.clone(), losses);
        }
        let mixes = self.mixes()?;
        for mix in mixes.into_iter().flat_map(|mix| mix.each(&whole)) {
            let feed = match mix::derive(&whole, mix) {
                Ok(feed) => feed,
                Err(error) => {
                    found.leave(format!("{name} {mix}"), error.to_string());
                    continue;
                }
            };
            let case = self.case(mix, &feed, size);
            for entry in engines {
                self.engine(&case, entry, found)?;
            }
        }
        Ok(())
    }

    fn engine(&self, case: &Case<'_>, entry: &Entry, found: &mut Found) -> Result<()> {
        let types = self.args.types(&self.named.definition, case.mix);
        if types.is_empty() {
            return Ok(());
        }
        let what = format!("{} {} {}", case.definition, case.mix, entry.name);
        let is_batch = types.contains(&RunType::Batch);
        // Only the native engine is paced; whatever the types, its whole passes are shown.
        let is_whole = case.mix == Mix::All || self.args.mix.contains(&case.mix);
        let Ok(name) = entry.name.parse::<Name>() else {
            found.leave(what, "no engine of this command".to_owned());
            return Ok(());
        };
        if name != Name::Native && !is_whole {
            return Ok(());
        }
        note(&format!("bench: {what}"));
        match name {
            Name::Native => {
                let rows =
                    native::rows(case, entry, &types, &self.effort).map(|(rows, left_out)| {
                        left_out.into_iter().for_each(|left| found.leave(left.what, left.why));
                        rows
                    });
                let check = rows.as_ref().ok().and_then(|rows| rows.first()?.digest.clone());
                let holds = |row: &Row| row.digest.as_ref().is_some_and(Check::holds);
                let is_right = rows.as_ref().is_ok_and(|rows| rows.iter().all(holds));
                found.put(what.clone(), rows);
                // The stages of a wrong output have no figure either.
                if is_batch && is_right && case.mix == Mix::All {
                    let rows = stages::rows(case, entry, &self.effort).map(|mut rows| {
                        for row in &mut rows {
                            row.digest.clone_from(&check);
                            native::remark(row, "the digest is that of the whole engine");
                        }
                        rows
                    });
                    found.put(format!("{what} stages"), rows);
                }
                let is_paced =
                    types.contains(&RunType::Baseline) || types.contains(&RunType::Write);
                let is_full = self.effort.probes == Probes::Full && case.mix == Mix::All;
                if is_full && is_paced && is_right {
                    let rows = native::verify(case).and_then(|(gave, _)| {
                        segments::rows(case, entry, &self.effort, &gave.digest, self.cores)
                    });
                    found.put(format!("{what} room by room"), rows);
                }
            }
            Name::Sim => {
                let rows = native::verify(case).and_then(|(gave, check)| {
                    let wanted = if case.wanted.is_some() { check.wanted } else { gave.digest };
                    model::rows::<SimEngine>(case, entry, &self.effort, &wanted, self.image)
                });
                found.put(what, rows);
            }
            Name::KernelC => found.put(what, self.kernel_c(case, entry)),
            Name::OpenCl(target) if target.is_card() => {
                found.rows.extend(native::not_measured(case.definition, entry));
            }
            Name::OpenCl(_) => {
                let has_time = !self.args.quick || self.named.definition.emulated_in_quick;
                if has_time || self.args.engine.contains(&entry.name) {
                    self.emulated(case, entry, name, what, found)?;
                } else {
                    let engine = &entry.name;
                    let why = format!("a short run has no time for it: --engine {engine} runs it");
                    found.leave(what, why);
                }
            }
        }
        Ok(())
    }

    #[cfg(feature = "kernel-c")]
    fn kernel_c(&self, case: &Case<'_>, entry: &Entry) -> Result<Vec<Row>, String> {
        let (gave, check) = native::verify(case)?;
        let wanted = if case.wanted.is_some() { check.wanted } else { gave.digest };
        let (effort, image) = (&self.effort, self.image);
        model::rows::<tidegate_hls_sim::KernelCEngine>(case, entry, effort, &wanted, image)
    }

    #[cfg(not(feature = "kernel-c"))]
    #[allow(clippy::unused_self, reason = "as with the feature")]
    fn kernel_c(&self, _: &Case<'_>, _: &Entry) -> Result<Vec<Row>, String> {
        Err("this command was built without it: --features kernel-c".to_owned())
    }

    /// Emulators get the first messages of the feed.
    fn emulated(
        &self,
        case: &Case<'_>,
        entry: &Entry,
        name: Name,
        what: String,
        found: &mut Found,
    ) -> Result<()> {
        let whole = self.named.load(Size::Emulated)?;
        let feed = match mix::derive(&whole, case.mix) {
            Ok(feed) => feed,
            Err(error) => {
                found.leave(what, error.to_string());
                return Ok(());
            }
        };
        let case = self.case(case.mix, &feed, Size::Emulated);
        let options = engines::Options { deadline_s: DEADLINE_S, ..engines::Options::default() };
        let start = || match engines::start(name, &feed.setup, &feed.collected, &options) {
            Ok(Machine::OpenCl(engine)) => Ok(engine),
            Ok(_) => Err("it is no engine of OpenCL".to_owned()),
            Err(error) => Err(format!("{error:#}")),
        };
        let passes = if self.args.quick { 1 } else { 3 };
        // Its threads may run wherever this process may.
        clock::unpin(self.cores);
        let rows = native::verify(&case).and_then(|(gave, check)| {
            let wanted = if case.wanted.is_some() { check.wanted } else { gave.digest };
            let usage = || *options.usage.lock().unwrap_or_else(PoisonError::into_inner);
            let passes = emulated::Passes { count: passes, wanted: &wanted, usage: &usage };
            emulated::rows(&case, entry, &passes, start)
        });
        clock::pin();
        found.put(what, rows);
        Ok(())
    }
}

/// Rounds and messages of what stands beside the engines.
struct Beside {
    passes: u32,
    peer_messages: usize,
    channel_messages: usize,
    reference_rounds: u32,
}

impl Beside {
    const QUICK: Self =
        Self { passes: 5, peer_messages: 200_000, channel_messages: 200_000, reference_rounds: 1 };
    const FULL: Self = Self {
        passes: 15,
        peer_messages: 1_000_000,
        channel_messages: 1_000_000,
        reference_rounds: 3,
    };

    /// Bounds, peers, the reference in C and scaling, in the same run as the engines.
    fn run(&self, bench: &Path, cores: &[usize], found: &mut Found) {
        let mut put = |what: &str, rows: Result<(Vec<Row>, Vec<LeftOut>), String>| match rows {
            Ok((rows, left_out)) => {
                found.rows.extend(rows);
                left_out.into_iter().for_each(|left| found.leave(left.what, left.why));
            }
            Err(why) => found.leave(what.to_owned(), why),
        };
        note("bench: bounds");
        put("bounds", Ok((bounds::rows(self.passes), Vec::new())));
        note("bench: reference in C");
        let compared = reference::compare(bench, self.reference_rounds, self.passes.min(10));
        put("reference-c", compared.map(reference_rows).map_err(|error| error.to_string()));
        // What follows has threads, or a program, of its own.
        clock::unpin(cores);
        note("bench: scaling");
        let rows = scaling::rows(self.channel_messages, self.passes);
        put("scaling", rows.map_err(|error| error.to_string()));
        note("bench: peers (the first time they are built, which takes a minute)");
        let rows = peers::rows(bench, self.peer_messages, self.passes);
        put("peers", rows.map_err(|error| error.to_string()));
        clock::pin();
    }
}

/// The rows of the reference and its twin, with the latency of each message beside whole passes.
fn reference_rows(compared: reference::Compared) -> (Vec<Row>, Vec<LeftOut>) {
    let source = stamp::system();
    let mut rows = compared.rows;
    for (engine, each_ns) in &compared.each_ns {
        let mut recorder = Recorder::default();
        each_ns.iter().for_each(|ns| recorder.record(*ns));
        for row in rows.iter_mut().filter(|row| row.engine == *engine) {
            row.latency = recorder.latency(Due::Service, &source);
        }
    }
    (rows, compared.left_out)
}

/// How this program was built.
const BUILD: [(&str, &str); 3] = [
    ("build", env!("TIDEGATE_BUILD_PROFILE")),
    ("rustc", env!("TIDEGATE_BUILD_RUSTC")),
    ("target_cpu", env!("TIDEGATE_BUILD_TARGET_CPU")),
];

/// What this program was built from, and what the definitions are: figures are of the first.
fn provenance(bench: &Path) -> [Checkout; 2] {
    let commit = env!("TIDEGATE_BUILD_COMMIT").to_owned();
    let program = Checkout { commit, dirty: env!("TIDEGATE_BUILD_DIRTY") == "true" };
    // What was filed is no work.
    let (commit, dirty) = checkout::at(bench, &[".", ":(exclude)results"]);
    let here = Checkout { commit, dirty };
    if !here.commit.is_empty() && program != here {
        let words = |of: &Checkout| {
            let dirty = if of.dirty { ", changed since" } else { "" };
            format!("{}{dirty}", of.commit.get(..8).unwrap_or("no commit"))
        };
        let (program, here) = (words(&program), words(&here));
        note(&format!(
            "bench: the program was built from {program}; {} is {here}",
            bench.display()
        ));
    }
    [program, here]
}

/// Runs the command.
pub(crate) fn run(args: &Run) -> Result<ExitCode> {
    let from = Instant::now();
    let engines = args.engines()?;
    let definitions = args.definitions()?;
    let image = args.image.as_deref().map(of_image).transpose()?;
    let mut machine = machine::fingerprint();
    let out = args.out.clone().unwrap_or_else(|| args.bench.join("results"));
    // Nobody waits an hour to hear that nothing can be filed.
    let mut filing = Filing::below(&out, &machine.id)?;
    if let Some(image) = &image {
        machine.facts.insert("card_bsp".to_owned(), image.bsp.clone());
        machine.facts.insert("card_compiler".to_owned(), image.compiler.clone());
    }
    let cores = clock::cores();
    let pinned = clock::pin().map_or_else(|| "no".to_owned(), |core| format!("core {core}"));
    machine.facts.insert("pinned".to_owned(), pinned);
    let build = BUILD.map(|(name, value)| (name.to_owned(), value.to_owned()));
    machine.facts.extend(build);
    let [program, bench] = provenance(&args.bench);
    let mut results = Results {
        schema: SCHEMA,
        started: machine::now(),
        commit: program.commit,
        dirty: program.dirty,
        bench: Some(bench),
        incomplete: true,
        arguments: std::env::args().skip(1).collect(),
        quick: args.quick,
        took_s: 0.0,
        machine,
        rows: Vec::new(),
        left_out: Vec::new(),
        capacity: Vec::new(),
        clocks: vec![stamp::Ticker::best().source(), stamp::system(), stamp::raw()],
        clock_checks: Vec::new(),
    };

    let mut found = Found::default();
    let mut watch = stamp::Watch::default();
    for named in &definitions {
        let (effort, image) = (args.effort(), image.as_ref());
        let work = Work { args, named, effort, image, cores: &cores };
        work.run(&engines, &mut found)?;
        watch.look();
        found.moved_to(&mut results, from);
        if !results.rows.is_empty() {
            filing.put(&results)?;
        }
    }
    // Whoever asks for one thing does not wait for the rest.
    if args.definition.is_empty() && args.engine.is_empty() && args.input.is_none() {
        let beside = if args.quick { Beside::QUICK } else { Beside::FULL };
        beside.run(&args.bench, &cores, &mut found);
        found.moved_to(&mut results, from);
    }
    clock::unpin(&cores);
    let of_native = |named: &Named| {
        // That of the command line is for whatever has a peak run.
        let has_run = args.types(&named.definition, Mix::All).contains(&RunType::Peak);
        let peak = args.peak(&named.definition);
        let peak = peak.filter(|_| has_run || named.definition.peak.is_some());
        capacity::of(&named.name, "native", &results.rows, peak.as_ref())
    };
    results.capacity = definitions.iter().filter_map(of_native).collect();
    results.clock_checks = vec![watch.check()];
    results.incomplete = false;

    let printed = crate::print(&crate::printable_lines(&table::table(&results)));
    if results.rows.is_empty() {
        bail!("nothing was run: nothing is filed");
    }
    let file = filing.put(&results)?;
    note(&format!("bench: {:.0} s, filed as {}", results.took_s, file.display()));
    printed?;
    let is_wrong = table::wrong(&results).next().is_some();
    Ok(if is_wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
