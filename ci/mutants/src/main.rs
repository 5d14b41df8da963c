//! `mutants [--root FOLDER] [--language c|rust] [--jobs N] [ID OR ROOM..]`: applies each mutant of
//! the list to a copy of the repository and runs the golden feeds. A line a mutant; exit code 0 if
//! all were caught, 1 if one survived, 2 if the list or the run is at fault.

use std::error::Error;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use mutants::feeds;
use mutants::kernel_files::{self, Run};
use mutants::list::{self, Language, Mutant, Runner};

const USAGE: &str = "usage: mutants [--root FOLDER] [--language c|rust] [--jobs N] [ID OR ROOM..]";
/// A run that takes longer hangs, and is caught by that.
const HANGS: Duration = Duration::from_secs(120);
/// Folders that the copy does not need.
const LEFT_OUT: &[&str] = &[".git", "target", "corpus", "artifacts"];

type Failed = Box<dyn Error + Send + Sync>;

/// What became of a mutant.
enum Fate {
    /// A feed differs: its name, and how.
    Caught(String),
    /// None does.
    Survived,
    /// It cannot be judged.
    Wrong(String),
}

struct Arguments {
    root: PathBuf,
    language: Option<Language>,
    jobs: usize,
    names: Vec<String>,
}

fn arguments() -> Result<Arguments, Failed> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut out = Arguments { root, language: None, jobs: 2, names: Vec::new() };
    let mut rest = std::env::args().skip(1);
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().ok_or(format!("{argument}: no value\n{USAGE}"));
        match argument.as_str() {
            "--root" => out.root = value()?.into(),
            "--jobs" => out.jobs = value()?.parse()?,
            "--language" => {
                out.language = Some(match value()?.as_str() {
                    "c" => Language::C,
                    "rust" => Language::Rust,
                    other => return Err(format!("no language {other}\n{USAGE}").into()),
                });
            }
            _ if argument.starts_with('-') => return Err(USAGE.into()),
            _ => out.names.push(argument),
        }
    }
    out.root = out.root.canonicalize()?;
    Ok(out)
}

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("mutants: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<ExitCode, Failed> {
    let arguments = arguments()?;
    let mut list = list::read(&arguments.root)?;
    list.retain(|mutant| {
        let names = &arguments.names;
        arguments.language.is_none_or(|language| language == mutant.language)
            && (names.is_empty() || names.contains(&mutant.id) || names.contains(&mutant.room))
    });
    if list.is_empty() {
        return Err("no such mutant".into());
    }
    let (mut of_c, mut of_rust) = (Vec::new(), Vec::new());
    for mutant in &list {
        match mutant.runner()? {
            Runner::Kernels => of_c.push(mutant),
            Runner::Pipeline | Runner::Sim => of_rust.push(mutant),
        }
    }
    // One judge is built with the simulator, one without: in a row.
    of_rust.sort_by_key(|mutant| mutant.runner().ok());
    let mut fates = Vec::new();
    if !of_c.is_empty() {
        fates.extend(kernels(&arguments, &of_c)?);
    }
    if !of_rust.is_empty() {
        fates.extend(crates(&arguments.root, &of_rust)?);
    }
    let survived = fates.iter().filter(|fate| matches!(fate, Fate::Survived)).count();
    let wrong = fates.iter().filter(|fate| matches!(fate, Fate::Wrong(_))).count();
    println!("{} mutants: {survived} survived, {wrong} cannot be judged", fates.len());
    Ok(ExitCode::from(if wrong > 0 { 2 } else { u8::from(survived > 0) }))
}

fn say(mutant: &Mutant, fate: &Fate) {
    let Mutant { id, breaks, .. } = mutant;
    match fate {
        Fate::Caught(by) => println!("caught    {id}: by {by}"),
        Fate::Survived => println!("SURVIVED  {id}: {breaks}"),
        Fate::Wrong(why) => println!("WRONG     {id}: {why}"),
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (name, kind) = (entry.file_name(), entry.file_type()?);
        if LEFT_OUT.iter().any(|out| name == *out) {
            continue;
        }
        if kind.is_dir() {
            copy(&entry.path(), &to.join(name))?;
        } else if kind.is_file() {
            fs::copy(entry.path(), to.join(name))?;
        }
    }
    Ok(())
}

/// Runs it; how it ended and what it said, or `None` where it hangs.
fn within(command: &mut Command) -> Result<Option<(bool, i32, String)>, Failed> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{command:?}: {error}"))?;
    let (mut out, mut err) = (child.stdout.take(), child.stderr.take());
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(out) = &mut out {
            let _ = out.read_to_end(&mut text);
        }
        text
    });
    let second = std::thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(err) = &mut err {
            let _ = err.read_to_end(&mut text);
        }
        text
    });
    let from = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if from.elapsed() > HANGS {
            child.kill()?;
            child.wait()?;
            break None;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let mut text = reader.join().unwrap_or_default();
    text.extend(second.join().unwrap_or_default());
    let text = String::from_utf8_lossy(&text).into_owned();
    Ok(status.map(|status| (status.success(), status.code().unwrap_or(-1), text)))
}

/// The file as the mutant has it, for as long as `judge` runs.
fn mutated(
    mutant: &Mutant,
    copy: &Path,
    judge: impl FnOnce() -> Result<Fate, Failed>,
) -> Result<Fate, Failed> {
    let (before, after) = match mutant.apply(copy) {
        Ok(texts) => texts,
        Err(error) => return Ok(Fate::Wrong(error.to_string())),
    };
    let path = copy.join(&mutant.file);
    fs::write(&path, after)?;
    let fate = judge();
    fs::write(&path, before)?;
    fate
}

// ---- the kernels as C ----

/// A feed with its run folder.
struct Prepared {
    name: String,
    run: Run,
    folder: PathBuf,
    arguments: Vec<String>,
}

fn kernels(arguments: &Arguments, list: &[&Mutant]) -> Result<Vec<Fate>, Failed> {
    let scratch = tempfile::tempdir()?;
    let mut feeds = Vec::new();
    for (at, feed) in feeds::all(&arguments.root).map_err(text)?.iter().enumerate() {
        let run = feed.load(&arguments.root).map_err(text)?;
        let folder = scratch.path().join(format!("feed-{at}"));
        kernel_files::write(&folder, &run).map_err(text)?;
        let given = fs::read_to_string(folder.join("arguments"))?;
        let arguments = given.split_whitespace().map(str::to_owned).collect();
        feeds.push(Prepared { name: feed.name.clone(), run, folder, arguments });
    }
    let work = |job: usize| -> Result<PathBuf, Failed> {
        let folder = scratch.path().join(format!("job-{job}"));
        copy(&arguments.root.join("kernels"), &folder.join("kernels"))?;
        Ok(folder)
    };
    let first = work(0)?;
    match kernel_fate(&first, &feeds)? {
        Fate::Survived => {}
        Fate::Caught(by) => return Err(format!("the kernels as they are differ: {by}").into()),
        Fate::Wrong(why) => return Err(format!("the kernels as they are: {why}").into()),
    }
    let jobs = arguments.jobs.clamp(1, list.len());
    let next = Mutex::new(list.iter().enumerate());
    let done: Mutex<Vec<Option<Fate>>> = Mutex::new(list.iter().map(|_| None).collect());
    let results: Vec<Result<(), Failed>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs)
            .map(|job| {
                let (next, done, feeds, work) = (&next, &done, &feeds, &work);
                scope.spawn(move || -> Result<(), Failed> {
                    let folder = work(job)?;
                    loop {
                        let Some((at, mutant)) = next.lock().map_err(text)?.next() else {
                            return Ok(());
                        };
                        let fate = mutated(mutant, &folder, || kernel_fate(&folder, feeds))?;
                        say(mutant, &fate);
                        done.lock().map_err(text)?[at] = Some(fate);
                    }
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().map_err(|_| "a job panicked")?).collect()
    });
    results.into_iter().collect::<Result<(), Failed>>()?;
    Ok(done.into_inner().map_err(text)?.into_iter().flatten().collect())
}

fn text(error: impl std::fmt::Display) -> Failed {
    error.to_string().into()
}

/// The first line of a text, and not too much of it.
fn short(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(100).collect()
}

/// Builds the kernels of a folder and runs every feed through them.
fn kernel_fate(folder: &Path, feeds: &[Prepared]) -> Result<Fate, Failed> {
    let binary = folder.join("fused");
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let mut build = Command::new(compiler);
    build.args(["-std=c99", "-w", "-O1", "-I..", "main.c", "-o"]).arg(&binary);
    match within(build.current_dir(folder.join("kernels/native")))? {
        Some((true, ..)) => {}
        Some((_, _, said)) => return Ok(Fate::Wrong(format!("does not build: {said}"))),
        None => return Ok(Fate::Wrong("the compiler hangs".to_owned())),
    }
    for Prepared { name, run, folder: given, arguments } in feeds {
        let out = tempfile::tempdir_in(folder)?;
        for file in ["image.bin", "log.bin"] {
            fs::hard_link(given.join(file), out.path().join(file))?;
        }
        match within(Command::new(&binary).args(arguments).arg(out.path()))? {
            None => return Ok(Fate::Caught(format!("{name} (hangs)"))),
            Some((false, code, said)) => {
                return Ok(Fate::Caught(format!("{name} (exit {code}: {})", short(&said))));
            }
            Some((true, ..)) => {}
        }
        if let Err(error) = kernel_files::check(out.path(), run) {
            return Ok(Fate::Caught(format!("{name} ({})", short(&error.to_string()))));
        }
    }
    Ok(Fate::Survived)
}

// ---- the pipeline and the simulator ----

fn crates(root: &Path, list: &[&Mutant]) -> Result<Vec<Fate>, Failed> {
    let scratch = tempfile::tempdir()?;
    let tree = scratch.path().join("tree");
    copy(root, &tree)?;
    // The registry's crates are built once, whatever the path of the copy.
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from);
    let target = target.join("mutants");
    let mut checked = None;
    let mut fates = Vec::new();
    for mutant in list {
        let runner = mutant.runner()?;
        if checked != Some(runner) {
            match crate_fate(&tree, &target, runner)? {
                Fate::Survived => checked = Some(runner),
                Fate::Caught(by) => return Err(format!("the tree as it is differs: {by}").into()),
                Fate::Wrong(why) => return Err(format!("the tree as it is: {why}").into()),
            }
        }
        let fate = mutated(mutant, &tree, || crate_fate(&tree, &target, runner))?;
        say(mutant, &fate);
        fates.push(fate);
    }
    Ok(fates)
}

fn crate_fate(tree: &Path, target: &Path, runner: Runner) -> Result<Fate, Failed> {
    let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build
        .args(["build", "--quiet", "--locked", "-p", "tidegate-mutants", "--bin", "mutants-judge"])
        .args(["--no-default-features", "--config", "profile.dev.opt-level=1"])
        .args(["--config", "profile.dev.debug=false"])
        .args(["--config", "profile.dev.package.\"*\".opt-level=2"])
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_INCREMENTAL", "1")
        .env("RUSTFLAGS", "-Awarnings");
    let engine = if runner == Runner::Sim { "sim" } else { "native" };
    if runner == Runner::Sim {
        build.args(["--features", "sim"]);
    }
    let status = build.current_dir(tree).stdin(Stdio::null()).output()?;
    if !status.status.success() {
        let said = String::from_utf8_lossy(&status.stderr).into_owned();
        return Ok(Fate::Wrong(format!("does not build: {said}")));
    }
    let judge = target.join("debug/mutants-judge");
    let Some((is_same, code, said)) = within(Command::new(judge).arg(engine).arg(tree))? else {
        return Ok(Fate::Caught("a feed that hangs".to_owned()));
    };
    if is_same {
        return Ok(Fate::Survived);
    }
    // The last feed that was named, then what differs or how it failed.
    let is_feed = |line: &&str| line.contains('/') && !line.contains(' ');
    let feed = said.lines().rfind(is_feed).unwrap_or("no feed");
    let how = match said.lines().rfind(|line| line.starts_with("differs: ")) {
        Some(line) => line.to_owned(),
        None => format!("exit {code}"),
    };
    Ok(Fate::Caught(format!("{feed} ({how})")))
}
