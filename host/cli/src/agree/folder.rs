//! The folder that a difference leaves: everything to run it again.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value as Json, json};
use tidegate_pipeline::Setup;
use tidegate_pipeline::securities::SecurityId;
use tidegate_pipeline::toe::WordOrder;

use super::layout::{fields, line};
use super::sight::Sight;
use super::store::{Keeper, Store};
use super::transcript::{Difference, Entry, Inject};
use super::{Plan, log_file};
use crate::engines::{self, Name};
use crate::progress::Progress;
use crate::run_file::protocol_id;
use crate::{Unusable, note, setup};

const RUN: &str = "agree.json";
const LOG: &str = "input.log";
const SETUP: &str = "setup.toml";
const SECURITIES: &str = "securities.txt";
const DIFFERENCE: &str = "difference.txt";
const README: &str = "README.txt";
/// Messages behind the difference that the log keeps, so that what is under way is there too.
const BEHIND: u64 = 8;

/// What a folder says.
pub(super) struct Folder {
    pub(super) setup: Setup,
    pub(super) text: Option<(String, setup::Text)>,
    pub(super) collected: Vec<SecurityId>,
    pub(super) engines: Vec<Name>,
    pub(super) inject: Option<Inject>,
    packets: [bool; 2],
}

/// Refuses a folder that has something in it.
pub(super) fn spare(out: &Path) -> Result<()> {
    let is_taken = match fs::read_dir(out) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    };
    if is_taken {
        let text = format!("--out {}: wanted a new or an empty folder", out.display());
        return Err(Unusable(text).into());
    }
    Ok(())
}

/// Makes the folder: the one that was asked for, or the next of `agree-1`, `agree-2`, ...
pub(super) fn place(out: Option<&Path>) -> Result<PathBuf> {
    if let Some(out) = out {
        fs::create_dir_all(out).with_context(|| format!("cannot create {}", out.display()))?;
        return Ok(out.to_owned());
    }
    for number in 1..=9_999 {
        let place = PathBuf::from(format!("agree-{number}"));
        match fs::create_dir(&place) {
            Ok(()) => return Ok(place),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                return Err(error).with_context(|| format!("cannot create {}", place.display()));
            }
        }
    }
    bail!("agree-1 to agree-9999 are all there: name a folder with --out")
}

fn put(place: &Path, name: &str, bytes: impl AsRef<[u8]>) -> Result<()> {
    let path = place.join(name);
    fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

fn get(place: &Path, name: &str) -> Result<String> {
    let path = place.join(name);
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// The input up to a message and a few more.
fn cut(plan: &mut Plan, limit: u64) -> Result<Store> {
    let mut keeper = Keeper::new(&plan.setup, limit)?;
    plan.store.each(&Progress::none(), |input| {
        keeper.push(input);
        true
    })?;
    keeper.finish()
}

/// Writes the folder; says how far it was tried.
pub(super) fn write(
    place: &Path,
    plan: &mut Plan,
    sight: &Sight,
    pair: [usize; 2],
    difference: &Difference,
) -> Result<&'static str> {
    let engines = pair.map(|at| plan.engines[at]);
    let inject = plan.inject.and_then(|inject| {
        let engine = pair.iter().position(|at| *at == inject.engine)?;
        Some(Inject { engine, ..inject })
    });
    let setup = setup_files(place, plan)?;
    let securities: Vec<String> = plan
        .collected
        .iter()
        .map(|id| {
            let digits: Vec<String> = id.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{}  {}\n", digits.concat(), id.escape_ascii())
        })
        .collect();
    put(place, SECURITIES, securities.concat())?;
    put(place, DIFFERENCE, told(sight, difference))?;
    let words = plan.setup.toe.words == WordOrder::Printed;
    let mut run = json!({
        "protocol_id": protocol_id(),
        "input": plan.what,
        "engines": engines.map(Name::text),
        "inject": inject.map(|inject| inject.text()),
        "packets": plan.store.packets,
        "printed_words": words,
        "prefix_bytes": plan.setup.toe.prefix_bytes,
        "setup": setup,
    });
    let limit = sight.msg.map_or(u64::MAX, |msg| msg.saturating_add(1 + BEHIND));
    let mut tried = None;
    for limit in [limit, u64::MAX] {
        let mut store = cut(plan, limit)?;
        log_file::write(&place.join(LOG), &mut store, plan.setup.toe)?;
        run["messages"] = store.messages.into();
        put(place, RUN, format!("{run:#}\n"))?;
        tried = again(place, plan, difference)?;
        if tried != Some(false) {
            break;
        }
    }
    put(place, README, readme(place, plan, sight, engines))?;
    Ok(match tried {
        Some(true) => "tried: it differs in the same place",
        Some(false) => "tried: there it does NOT differ; give the input itself again",
        None => "not tried",
    })
}

/// Runs the folder; whether it differs as told. `None` where an engine runs in another process.
fn again(place: &Path, plan: &Plan, difference: &Difference) -> Result<Option<bool>> {
    let folder = Folder::read(place)?;
    if folder.engines.iter().any(|name| matches!(name, Name::OpenCl(_))) {
        return Ok(None);
    }
    let store = folder.store(place, u64::MAX)?;
    let mut plan = Plan {
        what: plan.what.clone(),
        setup: folder.setup,
        text: None,
        collected: folder.collected,
        store,
        engines: folder.engines,
        inject: folder.inject,
        options: engines::Options::default(),
    };
    let machines = plan.start(false)?;
    let comparison = plan.compare(machines, &mut |_, _| {})?;
    let found = comparison.differences.into_iter().next().map(|(_, _, found)| found);
    let is_same = |found: Difference| {
        // Of the tables a part of the input gives others.
        difference.told().kind.is_table()
            || (found.expected == difference.expected && found.found == difference.found)
    };
    Ok(Some(found.is_some_and(is_same)))
}

/// Copies the setup and the files that it names.
fn setup_files(place: &Path, plan: &Plan) -> Result<Json> {
    let Some((path, text)) = &plan.text else { return Ok(Json::Null) };
    put(place, SETUP, &text.text)?;
    let mut files = BTreeMap::new();
    for (number, (name, bytes)) in text.files.iter().enumerate() {
        let base = Path::new(name).file_name().map(|name| name.to_string_lossy().into_owned());
        // A name may lead anywhere: what is a plain one is kept, so that the setup can be used as it is.
        let own = match base {
            Some(base)
                if base == *name
                    && ![RUN, LOG, SETUP, SECURITIES, DIFFERENCE, README]
                        .contains(&base.as_str()) =>
            {
                base
            }
            _ => format!("setup-file-{number}"),
        };
        put(place, &own, bytes)?;
        files.insert(name.clone(), own);
    }
    Ok(json!({"path": path, "files": files}))
}

fn told(sight: &Sight, difference: &Difference) -> String {
    let mut out = sight.text();
    let mut list = |title: &str, entries: &mut dyn Iterator<Item = &Entry>| {
        let _ = writeln!(out, "\n{title}");
        for entry in entries {
            let _ = writeln!(out, "  {}", line(entry.kind, &entry.bytes));
        }
    };
    let [first, other] = &sight.pair;
    list("equal before", &mut difference.before.iter());
    let expected = difference.expected.iter().chain(&difference.expected_next);
    list(&format!("expected: what {first} gave from there"), &mut expected.into_iter());
    let found = difference.found.iter().chain(&difference.found_next);
    list(&format!("found: what {other} gave from there"), &mut found.into_iter());
    if let (Some(expected), Some(found)) = (&difference.expected, &difference.found)
        && expected.kind == found.kind
    {
        let _ = writeln!(out, "\nfields that differ");
        for field in fields(expected.kind, &expected.bytes) {
            let values = [expected, found].map(|entry| field.value(&entry.bytes));
            let bytes = [expected, found].map(|e| e.bytes.get(field.at..field.at + field.len));
            if bytes[0] != bytes[1] {
                let _ = writeln!(out, "  {:<24}{} / {}", field.name, values[0], values[1]);
            }
        }
    }
    if let Some(trace) = &sight.trace {
        let _ = write!(out, "\nthe simulator around it: cycle, stage, what it did\n{trace}");
    }
    out
}

fn readme(place: &Path, plan: &Plan, sight: &Sight, engines: [Name; 2]) -> String {
    let place = place.file_name().map_or_else(|| ".".into(), |name| name.to_string_lossy());
    let [first, other] = &sight.pair;
    let file = &plan.what;
    let engines = engines.map(Name::text).join(",");
    format!(
        "{first} and {other} differ on {file}.\n\n\
         Run it again, in the folder above this one:\n\n  tidegate agree {place}\n\n\
         The same with other engines:\n\n  tidegate agree {place} --engines {engines},sim\n\n\
         {DIFFERENCE:<16}what differs, expected and found outputs around it\n\
         {LOG:<16}the input as the kernels take it: LogWord of kernels/gen/layout.h, 32 bytes each\n\
         {SETUP:<16}the setup, with the files that it names beside it; there is none where none was given\n\
         {SECURITIES:<16}securities of the input that got a row: SecurityID in hexadecimal digits and as text\n\
         {RUN:<16}what is run\n"
    )
}

impl Folder {
    /// Whether a path is such a folder.
    pub(super) fn is_one(path: &Path) -> bool {
        path.is_dir() && path.join(RUN).is_file()
    }

    /// Reads it.
    pub(super) fn read(place: &Path) -> Result<Self> {
        let text = get(place, RUN)?;
        let wrong = || {
            let path = place.join(RUN);
            anyhow!("{} is not as `tidegate agree` writes it", path.display())
        };
        let run: Json = serde_json::from_str(&text).map_err(|_| wrong())?;
        let was = run["protocol_id"].as_str().ok_or_else(wrong)?;
        if was != protocol_id() {
            let is = protocol_id();
            note(&format!("warning: the folder is of protocol {was}, this command is of {is}"));
        }
        let (mut setup, text) = match &run["setup"] {
            Json::Null => (Setup::default(), None),
            named => {
                let text = setup_text(place, named).transpose()?.ok_or_else(wrong)?;
                (text.1.parse(&place.join(SETUP))?, Some(text))
            }
        };
        setup.detect_words = false;
        let is_printed = run["printed_words"].as_bool().ok_or_else(wrong)?;
        setup.toe.words = if is_printed { WordOrder::Printed } else { WordOrder::Channel };
        let prefix = run["prefix_bytes"].as_u64().and_then(|bytes| u16::try_from(bytes).ok());
        setup.toe.prefix_bytes = prefix.ok_or_else(wrong)?;
        let engines: Option<Vec<Name>> = run["engines"]
            .as_array()
            .ok_or_else(wrong)?
            .iter()
            .map(|name| name.as_str()?.parse().ok())
            .collect();
        let inject = run["inject"].as_str().map(str::parse::<Inject>);
        Ok(Self {
            setup,
            text,
            collected: securities(place)?,
            engines: engines.ok_or_else(wrong)?,
            inject: inject.transpose().map_err(|_| wrong())?,
            packets: [0, 1].map(|line| run["packets"][line].as_bool().unwrap_or_default()),
        })
    }

    /// Its input, up to the end of `limit` messages.
    pub(super) fn store(&self, place: &Path, limit: u64) -> Result<Store> {
        let mut keeper = Keeper::new(&self.setup, limit)?;
        let (path, toe) = (place.join(LOG), self.setup.toe);
        log_file::read(&path, toe, self.packets, |input| keeper.push(input))?;
        keeper.finish()
    }
}

/// Path and text of the setup; `None` where the entry is not as it should be.
fn setup_text(place: &Path, named: &Json) -> Option<Result<(String, setup::Text)>> {
    let path = named["path"].as_str()?.to_owned();
    let mut texts = Ok(BTreeMap::new());
    for (name, own) in named["files"].as_object()? {
        let own = own.as_str()?;
        if let Ok(files) = &mut texts {
            match get(place, own) {
                Ok(text) => {
                    files.insert(name.clone(), text);
                }
                Err(error) => texts = Err(error),
            }
        }
    }
    Some(texts.and_then(|files| Ok((path, setup::Text { text: get(place, SETUP)?, files }))))
}

fn securities(place: &Path) -> Result<Vec<SecurityId>> {
    let mut out = Vec::new();
    for line in get(place, SECURITIES)?.lines() {
        let digits = line.get(..16);
        let number = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
        let number = number.ok_or_else(|| anyhow!("{SECURITIES}: {line:?}, wanted 16 digits"))?;
        out.push(number.to_be_bytes());
    }
    Ok(out)
}
