//! `tidegate agree`: engines over the same input log, compared byte for byte.

mod folder;
mod kept;
mod layout;
mod log_file;
mod sight;
mod store;
mod transcript;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use tidegate_pipeline::Setup;
use tidegate_pipeline::securities::SecurityId;

use self::folder::Folder;
pub(crate) use self::kept::Kept;
pub(crate) use self::layout::{Kind, fields};
pub(crate) use self::sight::{Sight, find_message};
pub(crate) use self::store::Store;
pub(crate) use self::transcript::{Counts, Difference, Inject, Tap};
use crate::args::{InputArgs, number};
use crate::collect::collect;
use crate::engines::{self, Feed, Machine, Name};
use crate::merge::Files;
use crate::progress::Progress;
use crate::report::grouped;
use crate::{Unusable, feedback, note, open, setup};

pub(crate) const HELP: &str = "Examples:
  tidegate agree day.pcap --setup setup.toml --engines native,sim
  tidegate agree day.pcap --setup setup.toml --engines native,opencl:pocl --skip-missing
  tidegate agree day.bin --engines native,opencl:intel-emu --messages 20000
  tidegate agree agree-1

Every engine takes the same input log. Compared are, in their order, records, faults, index points,
reports, decisions, orders and the ends of messages; then the rows of the quote table, the record
table and the counters. The first engine of the list is what the others are compared with.

On the first difference it says the message, the output, its field and both values, and leaves a
folder: the input up to there, the setup, the engines, what was expected and found. With that folder
in place of FILE the same is run again.

Exit code: 0 all engines agree, 1 two of them differ, one cannot start or fails. With --skip-missing
an engine that cannot start is left out and named; two must be left.

The input and the outputs of the first engine stand in temporary files meanwhile: some 300 bytes a
message (TMPDIR says where).";

/// Run several engines over the same input and compare what they give, byte for byte.
#[derive(Args, Debug)]
pub(crate) struct Agree {
    #[command(flatten)]
    input: InputArgs,
    /// The setup; without one the defaults apply, and there is no index
    #[arg(long, value_name = "FILE")]
    setup: Option<PathBuf>,
    /// A second file, of reports of orders, as for `replay`
    #[arg(long, value_name = "FILE")]
    feedback: Option<PathBuf>,
    /// Two engines or more: native, sim, kernel-c, opencl:pocl, opencl:oclgrind, opencl:intel-emu,
    /// opencl:arria10 [default: native,sim; of a folder, its own]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    engines: Vec<Name>,
    /// Leave out engines that cannot start, and name them
    #[arg(long)]
    skip_missing: bool,
    /// Stop after so many messages, on every engine
    #[arg(long, value_name = "N", value_parser = number::<u64>("a number of messages"))]
    messages: Option<u64>,
    /// The folder that a difference leaves [default: agree-1, or the next number that is free]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Of opencl:arria10: the manifest of the image that the card is loaded with, built for a replay; of
    /// opencl:intel-emu too, of one that its own compiler made
    #[arg(long, value_name = "FILE")]
    image: Option<PathBuf>,
    /// How long an OpenCL engine may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = engines::DEADLINE_S,
        value_parser = number::<u64>("a number of seconds"))]
    deadline_s: u64,
    /// Of tests: changes a byte in the outputs of an engine
    #[arg(long, hide = true, value_name = "ENGINE/KIND/NUMBER/BYTE")]
    inject: Option<Inject>,
}

/// Files that engines are compared on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case<'a> {
    pub(crate) file: &'a Path,
    pub(crate) setup: Option<&'a Path>,
    pub(crate) feedback: Option<&'a Path>,
    pub(crate) resync: bool,
    /// Stop after so many messages.
    pub(crate) messages: Option<u64>,
}

/// What is run.
pub(crate) struct Plan {
    /// As it is shown.
    pub(crate) what: String,
    pub(crate) setup: Setup,
    /// Path and text of the setup, if there is one.
    text: Option<(String, setup::Text)>,
    pub(crate) collected: Vec<SecurityId>,
    pub(crate) store: Store,
    pub(crate) engines: Vec<Name>,
    inject: Option<Inject>,
    options: engines::Options,
}

/// What came of one engine.
pub(crate) struct Ran {
    pub(crate) label: String,
    evidence: Option<&'static str>,
    pub(crate) counts: Counts,
    /// Outputs that are those of the first engine, up to the first that is not.
    pub(crate) identical: u64,
    digest: String,
    pub(crate) verdict: Verdict,
}

pub(crate) enum Verdict {
    First,
    Equal,
    Differs,
    Missing(String),
    Failed(String),
}

impl Verdict {
    fn text(&self) -> String {
        match self {
            Self::First => "the first".to_owned(),
            Self::Equal => "equal".to_owned(),
            Self::Differs => "differs".to_owned(),
            Self::Missing(_) => "cannot start".to_owned(),
            Self::Failed(_) => "failed".to_owned(),
        }
    }

    /// Why it is so, where that needs words.
    pub(crate) fn reason(&self) -> Option<&str> {
        match self {
            Self::Missing(why) | Self::Failed(why) => Some(why),
            Self::First | Self::Equal | Self::Differs => None,
        }
    }
}

/// The engines that were run, and where they differ: of which two, by their places.
pub(crate) struct Comparison {
    pub(crate) ran: Vec<Ran>,
    pub(crate) differences: Vec<(usize, usize, Difference)>,
}

/// Names of the engines, told apart where one comes twice.
fn labels(engines: &[Name]) -> Vec<String> {
    let earlier = |at: usize| engines[..at].iter().filter(|name| **name == engines[at]).count();
    let label = |at: usize| match earlier(at) {
        0 => engines[at].to_string(),
        n => format!("{}#{}", engines[at], n + 1),
    };
    (0..engines.len()).map(label).collect()
}

impl Agree {
    fn load(&self) -> Result<Plan> {
        if Folder::is_one(&self.input.file) {
            return self.load_folder();
        }
        let engines = match &self.engines[..] {
            [] => vec![Name::Native, Name::Sim],
            engines => engines.to_vec(),
        };
        let case = Case {
            file: &self.input.file,
            setup: self.setup.as_deref(),
            feedback: self.feedback.as_deref(),
            resync: self.input.resync,
            messages: self.messages,
        };
        let options = self.options(&engines)?;
        Plan::of(&case, engines, self.inject, options)
    }

    fn load_folder(&self) -> Result<Plan> {
        for (option, is_given) in [
            ("--setup", self.setup.is_some()),
            ("--feedback", self.feedback.is_some()),
            ("--resync", self.input.resync),
        ] {
            if is_given {
                let folder = self.input.file.display();
                let text = format!("{option}: {folder} has its own input and setup");
                return Err(Unusable(text).into());
            }
        }
        let folder = Folder::read(&self.input.file)?;
        let limit = self.messages.unwrap_or(u64::MAX);
        let store = folder.store(&self.input.file, limit)?;
        let engines = match &self.engines[..] {
            [] => folder.engines,
            engines => engines.to_vec(),
        };
        let options = self.options(&engines)?;
        Ok(Plan {
            what: self.input.file.display().to_string(),
            setup: folder.setup,
            text: folder.text,
            collected: folder.collected,
            store,
            engines,
            inject: self.inject.or(folder.inject),
            options,
        })
    }

    fn options(&self, engines: &[Name]) -> Result<engines::Options> {
        Ok(engines::Options {
            deadline_s: self.deadline_s,
            image: engines::image_of(self.image.as_deref(), engines)?,
            ..engines::Options::default()
        })
    }
}

impl Plan {
    /// Reads the files of a case.
    pub(crate) fn of(
        case: &Case<'_>,
        engines: Vec<Name>,
        inject: Option<Inject>,
        options: engines::Options,
    ) -> Result<Self> {
        let (mut setup, text) = match case.setup {
            Some(path) => {
                let (setup, text) = setup::load_text(path)?;
                (setup, Some((path.to_string_lossy().into_owned(), text)))
            }
            None => (Setup { detect_words: true, ..Setup::default() }, None),
        };
        let words = case.setup.is_some() && !setup.detect_words;
        let open = |file: &Path| {
            let input = InputArgs { file: file.to_owned(), resync: case.resync };
            open::open(&input, words)
        };
        let source = open(case.file)?;
        if let Some(file) = case.feedback
            && !feedback::may_stand_beside(case.file, file)
        {
            let text = "--feedback -: FILE is the standard input already";
            return Err(Unusable(text.to_owned()).into());
        }
        let feedback = case.feedback.map(open).transpose()?;
        let mut files = Files { source, feedback, words: setup.toe.words };
        files.fit(&mut setup)?;
        let collected = match setup.securities {
            Some(_) => Vec::new(),
            None => collect(&mut files.source, &setup)?.0,
        };
        let store = store::keep(files, &setup, case.messages.unwrap_or(u64::MAX))?;
        let what = case.file.display().to_string();
        Ok(Self { what, setup, text, collected, store, engines, inject, options })
    }

    /// Every engine, or why it cannot start.
    pub(crate) fn machines(&self) -> Vec<Result<Machine, String>> {
        let start = |name: &Name| {
            let machine = engines::start(*name, &self.setup, &self.collected, &self.options);
            machine.map_err(|error| format!("{error:#}"))
        };
        self.engines.iter().map(start).collect()
    }

    /// Starts every engine; those that cannot are told.
    fn start(&self, skip_missing: bool) -> Result<Vec<Result<Machine, String>>> {
        let machines = self.machines();
        for (name, machine) in self.engines.iter().zip(&machines) {
            if let Err(error) = machine {
                let hint = "; --skip-missing goes on without it";
                ensure!(skip_missing, "engine {name} cannot start: {error}{hint}");
                note(&format!("skipped: engine {name} cannot start: {error}"));
            }
        }
        let left = machines.iter().filter(|machine| machine.is_ok()).count();
        ensure!(left >= 2, "{left} of {} engines can start, wanted two to compare", machines.len());
        Ok(machines)
    }

    /// Runs the engines one after the other. `seen` is shown each that was run, by its place.
    pub(crate) fn compare(
        &mut self,
        machines: Vec<Result<Machine, String>>,
        seen: &mut dyn FnMut(usize, &Machine),
    ) -> Result<Comparison> {
        let file = tempfile::tempfile().context("cannot make a temporary file")?;
        let mut comparison = Comparison { ran: Vec::new(), differences: Vec::new() };
        let mut reference = None;
        for (at, (machine, label)) in machines.into_iter().zip(labels(&self.engines)).enumerate() {
            let mut machine = match machine {
                Ok(machine) => machine,
                Err(why) => {
                    let verdict = Verdict::Missing(why);
                    let (counts, digest) = (Counts::default(), "-".to_owned());
                    let ran = Ran { label, evidence: None, counts, identical: 0, digest, verdict };
                    comparison.ran.push(ran);
                    continue;
                }
            };
            let inject = self.inject.filter(|inject| inject.engine == at);
            let mut tap = match reference {
                None => {
                    file.set_len(0).context("cannot empty a temporary file")?;
                    Tap::keep(&file, inject)
                }
                Some(_) => Tap::compare(&file, inject)?,
            };
            let progress = Progress::new(format!("agree: {label}"), false);
            self.store.each(&progress, |input| {
                machine.feed(input, &mut tap);
                !tap.has_enough() && !machine.failed()
            })?;
            progress.finish();
            let engine = machine.engine();
            let failure = engine.failure().map(|failure| failure.source.to_string());
            if failure.is_none() && !tap.has_enough() {
                tap.tables(engine);
            }
            let evidence = Some(engines::label(engine.identity().evidence));
            seen(at, &machine);
            let (difference, digest, counts) = tap.finish()?;
            let mut digest = digest;
            let identical = difference.as_ref().map_or(counts.total(), |found| found.number);
            let verdict = match (failure, reference, difference) {
                (Some(why), ..) => {
                    digest = "-".to_owned();
                    Verdict::Failed(why)
                }
                (None, None, _) => {
                    reference = Some(at);
                    Verdict::First
                }
                (None, Some(_), None) => Verdict::Equal,
                (None, Some(first), Some(difference)) => {
                    // It was not run to its end.
                    digest = "-".to_owned();
                    comparison.differences.push((first, at, difference));
                    Verdict::Differs
                }
            };
            comparison.ran.push(Ran { label, evidence, counts, identical, digest, verdict });
        }
        Ok(comparison)
    }

    /// Leaves the folder that shows a difference again; says how far it was tried.
    pub(crate) fn leave(
        &mut self,
        place: &Path,
        sight: &Sight,
        pair: [usize; 2],
        difference: &Difference,
    ) -> Result<&'static str> {
        std::fs::create_dir_all(place)
            .with_context(|| format!("cannot create {}", place.display()))?;
        folder::write(place, self, sight, pair, difference)
    }

    /// What was run, in one line.
    fn title(&self) -> String {
        let messages = grouped(self.store.messages);
        match self.store.is_part {
            true => format!("{}: a stated part, its first {messages} messages\n", self.what),
            false => format!("{}: {messages} messages\n", self.what),
        }
    }
}

fn table(ran: &[Ran]) -> String {
    let mut rows = vec![
        ["engine", "evidence", "records", "faults", "orders", "decisions", "digest", "verdict"]
            .map(str::to_owned),
    ];
    for ran in ran {
        let has = !matches!(ran.verdict, Verdict::Missing(_) | Verdict::Failed(_));
        let count = |kind| match has {
            true => grouped(ran.counts.of(kind)),
            false => "-".to_owned(),
        };
        rows.push([
            ran.label.clone(),
            ran.evidence.unwrap_or("-").to_owned(),
            count(Kind::Record),
            count(Kind::Fault),
            count(Kind::Order),
            count(Kind::Decision),
            ran.digest.clone(),
            ran.verdict.text(),
        ]);
    }
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let widths: [usize; 8] = std::array::from_fn(width);
    let mut out = String::new();
    for row in &rows {
        let mut line = String::new();
        for (at, (cell, width)) in row.iter().zip(widths).enumerate() {
            let gap = if at == 0 { "  " } else { "   " };
            // Numbers end below each other.
            let _ = match at {
                2..=5 => write!(line, "{gap}{cell:>width$}"),
                _ => write!(line, "{gap}{cell:<width$}"),
            };
        }
        out += line.trim_end();
        out.push('\n');
    }
    for (label, reason) in ran.iter().filter_map(|ran| Some((&ran.label, ran.verdict.reason()?))) {
        let _ = writeln!(out, "  {label}: {}", reason.trim_end().replace('\n', "\n    "));
    }
    out
}

/// Runs the command.
pub(crate) fn run(args: &Agree) -> Result<()> {
    if let Some(out) = &args.out {
        folder::spare(out)?;
    }
    if args.engines.len() == 1 {
        return Err(Unusable("--engines: wanted two or more".to_owned()).into());
    }
    let mut plan = args.load()?;
    let machines = plan.start(args.skip_missing)?;
    let comparison = plan.compare(machines, &mut |_, _| {})?;
    let mut text = plan.title() + &table(&comparison.ran);
    if let Some((first, other, difference)) = comparison.differences.first() {
        let pair = [*first, *other].map(|at| comparison.ran[at].label.clone());
        let sight = Sight::of(&mut plan, [*first, *other], pair, difference)?;
        text += &sight.text();
        let is_folder = Folder::is_one(&args.input.file);
        if !is_folder || args.out.is_some() {
            let place = folder::place(args.out.as_deref())?;
            let checked = plan.leave(&place, &sight, [*first, *other], difference)?;
            let place = place.display();
            let _ =
                writeln!(text, "  folder      {place}: run `tidegate agree {place}` ({checked})");
        }
        crate::print(&text)?;
        bail!("{} and {} differ", sight.pair[0], sight.pair[1]);
    }
    crate::print(&text)?;
    let failed: Vec<&str> = comparison
        .ran
        .iter()
        .filter(|ran| matches!(ran.verdict, Verdict::Failed(_)))
        .map(|ran| ran.label.as_str())
        .collect();
    ensure!(failed.is_empty(), "engine {} failed", failed.join(", "));
    Ok(())
}
