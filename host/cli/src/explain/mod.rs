//! `tidegate explain`: a decision of a replay, derived again from its input and said in words.

mod judge;
mod ledger;
mod market;
mod own;
mod story;
mod tell;

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail, ensure};
use clap::Args;
use serde_json::Value as Json;
use tidegate_pipeline::setup::TradingSetup;
use tidegate_pipeline::{NativeEngine, Setup};
use tidegate_protocol::limits::MAX_SESSIONS;

use self::ledger::Ledger;
use self::story::{Story, count};
use self::tell::Teller;
use crate::args::{InputArgs, number};
use crate::drive::Drive;
use crate::feedback::Feedback;
use crate::input::Sessions;
use crate::merge::{Files, Merge};
use crate::progress::Progress;
use crate::run_file::{self, FileIn, RunFile};
use crate::{open, setup};

/// Derive a decision of a replay again and say in words how it came about.
#[derive(Args, Debug)]
pub(crate) struct Explain {
    /// A folder that `tidegate replay --out` wrote, with triggers in the setup
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// The number of the decision, as in decisions.jsonl
    #[arg(value_name = "DECISION", value_parser = number::<u64>("the number of a decision"))]
    decision: u64,
    /// Where the input is now, if not where it was
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Where the file of reports is now
    #[arg(long, value_name = "FILE")]
    feedback: Option<PathBuf>,
    /// A setup that must be the one of the run; without it the one that DIR keeps is used
    #[arg(long, value_name = "FILE")]
    setup: Option<PathBuf>,
    /// Write one JSON object instead of text
    #[arg(long)]
    json: bool,
}

/// What the folder has of a decision.
struct Recorded {
    line: Vec<u8>,
    /// The lines of its orders.
    orders: Vec<Vec<u8>>,
}

impl Recorded {
    /// The message that the line names.
    fn msg(&self) -> Option<u64> {
        let json: Json = serde_json::from_slice(&self.line).ok()?;
        json["msg"].as_u64()
    }
}

/// Gives each line of a file, its end included.
fn each_line(path: &Path, mut each: impl FnMut(&[u8])) -> Result<()> {
    let failed = || format!("cannot read {}", path.display());
    let mut reader = BufReader::new(File::open(path).with_context(failed)?);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).with_context(failed)? > 0 {
        each(&line);
        line.clear();
    }
    Ok(())
}

fn recorded(directory: &Path, decision: u64) -> Result<Recorded> {
    let (mut count, mut line) = (0, None);
    each_line(&directory.join("decisions.jsonl"), |bytes| {
        if count == decision {
            line = Some(bytes.to_vec());
        }
        count += 1;
    })?;
    let place = directory.display();
    let line = line.ok_or_else(|| match count {
        0 => anyhow!("decision {decision} is unknown: {place} has none"),
        _ => anyhow!("decision {decision} is unknown: {place} has 0 to {}", count - 1),
    })?;
    let mut orders = Vec::new();
    each_line(&directory.join("orders.jsonl"), |bytes| {
        let json: Option<Json> = serde_json::from_slice(bytes).ok();
        if json.is_none_or(|json| json["decision"].as_u64() == Some(decision)) {
            orders.push(bytes.to_vec());
        }
    })?;
    Ok(Recorded { line, orders })
}

/// Reads what was run; a folder of another kind is told.
fn run_of(directory: &Path) -> Result<RunFile> {
    let there = |name: &str| directory.join(name).is_file();
    if !there(run_file::NAME) && there("summary.json") && there("events.jsonl") {
        let place = directory.display();
        // A replay takes the file away when it begins, and writes it when all else is written.
        ensure!(!there("decisions.jsonl"), "the replay into {place} did not end: run it again");
        bail!("{place} is of a replay without triggers: it has no decisions");
    }
    RunFile::read(directory)
}

impl Explain {
    /// The setup of the run.
    fn setup(&self, run: &RunFile) -> Result<Setup> {
        let Some((path, text)) = &run.setup else { bail!("the run had no setup: no decisions") };
        if let Some(other) = &self.setup {
            let (_, found) = setup::load_text(other)?;
            ensure!(
                found == *text,
                "{} is not the setup of the run, or a file that it names has changed",
                other.display()
            );
        }
        text.parse(Path::new(path))
    }

    /// Opens a file that went in, if it is still the same.
    fn open(
        &self,
        was: &FileIn,
        now: Option<&Path>,
        option: &str,
        run: &RunFile,
        setup: &Setup,
    ) -> Result<tidegate_gateway::Source> {
        let file = now.unwrap_or(Path::new(&was.path)).to_owned();
        if now.is_none() && was.path == "-" {
            bail!("the run read the standard input: name a copy of it with {option} FILE");
        }
        if !file.exists() && file != Path::new("-") {
            let not_found = std::io::Error::from(ErrorKind::NotFound);
            let file = file.display();
            bail!("cannot open {file}: {not_found}; {option} FILE says where it is now");
        }
        let words = run.setup.is_some() && !setup.detect_words;
        let input = InputArgs { file: file.clone(), resync: run.resync };
        let (source, seen) = open::open_seen(&input, words)?;
        ensure!(
            seen == was.seen,
            "{} is not what the run read: found {} bytes, sha256 {}; wanted {} bytes, sha256 {}",
            file.display(),
            seen.bytes,
            seen.sha256,
            was.seen.bytes,
            was.seen.sha256
        );
        Ok(source)
    }

    fn files(&self, run: &RunFile, setup: &mut Setup) -> Result<Files> {
        let input = self.input.as_deref();
        let source = self.open(&run.input, input, "--input", run, setup)?;
        let feedback = run
            .feedback
            .as_ref()
            .map(|was| self.open(was, self.feedback.as_deref(), "--feedback", run, setup));
        let mut files = Files { source, feedback: feedback.transpose()?, words: setup.toe.words };
        files.fit(setup)?;
        Ok(files)
    }

    /// Runs the input again up to the decision.
    fn derive<'a>(
        &self,
        files: Files,
        setup: &'a Setup,
        trading: &'a TradingSetup,
        expected: Option<u64>,
    ) -> Result<Ledger<'a>> {
        let Files { mut source, feedback, words } = files;
        // Securities that no trigger names have no part in a decision: no pass collects them.
        let mut engine = NativeEngine::new(setup, &[])?;
        let ledger = Ledger::new(setup, trading, self.decision, expected);
        let drive = Drive::new(&mut engine, ledger, setup, [Some(&source), feedback.as_ref()]);
        let feedback = feedback.map(|source| Feedback::new(source, setup, words));
        let mut merge = Merge::new(drive, setup, feedback);
        let progress = Progress::new("explain", true);
        merge.run(&mut source, &mut Sessions::new(MAX_SESSIONS), &progress)?;
        progress.finish();
        Ok(merge.into_parts().0.watch)
    }
}

/// Runs the command.
pub(crate) fn run(args: &Explain) -> Result<()> {
    let run = run_of(&args.directory)?;
    let recorded = recorded(&args.directory, args.decision)?;
    let mut setup = args.setup(&run)?;
    let files = args.files(&run, &mut setup)?;
    let Some(trading) = &setup.trading else { bail!("the setup has no triggers: no decisions") };
    if run.protocol_id != run_file::protocol_id() {
        let (was, is) = (&run.protocol_id, run_file::protocol_id());
        crate::note(&format!("warning: the run was of protocol {was}, this command is of {is}"));
    }
    let mut ledger = args.derive(files, &setup, trading, recorded.msg())?;
    // What stood before the message is kept for the message that the line names.
    let at = ledger.found.as_ref().map(|found| found.decision.msg);
    if let Some(at) = at
        && recorded.msg() != Some(at)
    {
        let files = args.files(&run, &mut setup.clone())?;
        ledger = args.derive(files, &setup, trading, Some(at))?;
    }
    let story = match &ledger.found {
        None => Story::missing(args.decision, ledger.decisions),
        Some(found) => {
            let mut story = Teller { setup: trading, ledger: &ledger, found }.tell();
            let same = found.line == recorded.line;
            let says = if same { "comes out byte for byte" } else { "comes out otherwise" };
            story.check("decisions.jsonl", same, format!("the recorded line {says}"));
            let orders = ledger.left.iter().map(|left| &left.line).eq(recorded.orders.iter());
            let says = if orders { "as recorded" } else { "not as recorded" };
            let frames = count(ledger.left.len(), "frame", "frames");
            story.check("orders.jsonl", orders, format!("{frames} left, {says}"));
            story
        }
    };
    let line = ledger.found.as_ref().map(|found| found.line.as_slice());
    let text = if args.json { format!("{:#}\n", story.json(line)) } else { story.text() };
    crate::print(&text)?;
    ensure!(story.agrees(), "decision {} does not agree with the run", args.decision);
    Ok(())
}
