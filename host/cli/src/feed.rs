//! `tidegate feed`: a synthetic trading day of any size, with the setup to replay it.

use std::fs::{self, File};
use std::io::{self, Write, stdout};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use sha2::{Digest, Sha256};
use tidegate_golden_feeds::MARKET_DAY;
use tidegate_golden_feeds::exchange::Exchange;
use tidegate_golden_feeds::setup::{CONSTITUENTS, Kit, REPORTS, SETUP};
use tidegate_golden_feeds::spec::Spec;
use tidegate_golden_feeds::wire::Slot;
use tidegate_golden_feeds::write::{Form, Format, write_day};

use crate::args::number;
use crate::progress::Progress;
use crate::{Unusable, json};

/// Bytes of a frame, about: enough for a bar.
const USUAL_FRAME_BYTES: u64 = 81;

/// Make a synthetic trading day: a small exchange with an index, and the setup to replay it.
#[derive(Args, Debug)]
pub(crate) struct Feed {
    /// Everything follows from it: the same options give the same bytes
    #[arg(long, value_name = "N", default_value_t = MARKET_DAY.seed)]
    #[arg(value_parser = number::<u64>("a number of 64 bits"))]
    seed: u64,
    /// About how many messages, 1000 to 100000000; there will be as many within 3 per cent
    #[arg(long, value_name = "N", default_value_t = MARKET_DAY.messages)]
    #[arg(value_parser = number::<u64>("a number"))]
    messages: u64,
    /// Securities, at most one for each 100 messages and 2900 [default: one for each 333 messages,
    /// 4 to 500]
    #[arg(long, value_name = "N", value_parser = number::<u64>("a number"))]
    securities: Option<u64>,
    /// Tick channels, 1 to 9, each with its own ApplSeqNum series
    #[arg(long, value_name = "N", default_value_t = MARKET_DAY.channels)]
    #[arg(value_parser = number::<u64>("a number"))]
    channels: u64,
    /// What the feed is written as [default: pcap, to the standard output bin]
    #[arg(long, value_parser = formats())]
    format: Option<Format>,
    /// The folder to write DIR/DIR.FORMAT, DIR/setup.toml, DIR/constituents.csv and DIR/reports.bin
    /// to; `-` writes the feed alone, to the standard output
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// The names of the formats, the extensions of their files.
fn formats() -> impl TypedValueParser<Value = Format> {
    let values = Format::ALL.map(|format| {
        let value = PossibleValue::new(format.extension());
        if format.gzip { value } else { value.help(about(format.form)) }
    });
    PossibleValuesParser::new(values).map(|name| {
        let named = Format::ALL.into_iter().find(|format| format.extension() == name);
        named.expect("a possible value")
    })
}

const fn about(form: Form) -> &'static str {
    match form {
        Form::Pcap => "a capture of two TCP connections: ticks, and all the rest",
        Form::Bin => "plain frames, one behind the other",
        Form::Beats => "words of an IO channel: session 0 has the ticks, 1 the rest",
    }
}

/// Counts and digests what goes through.
struct Digesting {
    to: Box<dyn Write>,
    digest: Sha256,
    bytes: u64,
}

impl Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.to.write(bytes)?;
        self.digest.update(&bytes[..count]);
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl Digesting {
    fn new(to: impl Write + 'static) -> Self {
        Self { to: Box::new(to), digest: Sha256::new(), bytes: 0 }
    }
}

/// The folder of a feed.
struct Folder {
    path: PathBuf,
    /// Name of the feed's file.
    feed: String,
}

impl Folder {
    /// Creates the folder. Its name is that of the feed too.
    fn create(path: &Path, format: Format) -> Result<Self> {
        let looks_like_a_file = path.extension().and_then(|extension| extension.to_str());
        if let Some("pcap" | "pcapng" | "bin" | "beats" | "gz" | "zst") = looks_like_a_file {
            let name = path.display();
            let text = "wanted a folder; the form of the feed in it is told by --format";
            return Err(Unusable(format!("--out {name}: {text}")).into());
        }
        let failed = || format!("cannot create {}", path.display());
        fs::create_dir_all(path).with_context(failed)?;
        let real = fs::canonicalize(path).with_context(failed)?;
        let name = real.file_name().and_then(|name| name.to_str()).unwrap_or("feed");
        Ok(Self { path: path.to_owned(), feed: format!("{name}.{}", format.extension()) })
    }

    fn feed(&self) -> PathBuf {
        self.path.join(&self.feed)
    }

    /// Writes what goes with the feed. A file that is there and differs may be the user's work: then
    /// nothing is written.
    fn write(&self, files: &[(&str, &[u8])]) -> Result<()> {
        let mut missing = Vec::new();
        for (name, bytes) in files {
            let path = self.path.join(name);
            match fs::read(&path) {
                Ok(found) if found == *bytes => {}
                Ok(_) => {
                    let path = path.display();
                    let text =
                        "is there and is not of this feed: remove it, or name another folder";
                    return Err(Unusable(format!("{path} {text}")).into());
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    missing.push((path, bytes))
                }
                Err(error) => return Err(error).context(format!("cannot read {}", path.display())),
            }
        }
        for (path, bytes) in missing {
            fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }
}

/// A file that stands under its name only when it is whole.
struct Partial {
    part: PathBuf,
    path: PathBuf,
}

impl Partial {
    fn create(path: PathBuf) -> Result<(File, Self)> {
        let mut part = path.clone().into_os_string();
        part.push(format!(".{}.part", std::process::id()));
        let part = PathBuf::from(part);
        let file =
            File::create(&part).with_context(|| format!("cannot create {}", part.display()))?;
        Ok((file, Self { part, path }))
    }

    fn keep(&self) -> io::Result<()> {
        fs::rename(&self.part, &self.path)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Gone already where all went well; else the reason is on its way to the user.
        let _ = fs::remove_file(&self.part);
    }
}

/// What was made.
struct Made {
    messages: u64,
    file: Digesting,
}

impl Made {
    fn line(self, name: &str, spec: &Spec) -> String {
        let mut sha256 = Vec::new();
        json::hex(&mut sha256, &self.file.digest.finalize());
        let sha256 = String::from_utf8_lossy(&sha256).into_owned();
        let (messages, bytes) = (self.messages, self.file.bytes);
        let Spec { securities, channels, .. } = spec;
        format!(
            "{name}: {messages} messages, {securities} securities, {channels} tick channels, \
             {bytes} bytes, sha256 {sha256}"
        )
    }
}

/// Makes the day; `each` sees its slots.
fn make(
    exchange: &mut Exchange,
    to: Digesting,
    format: Format,
    bar: &Bar,
    mut each: impl FnMut(&Slot),
) -> io::Result<Made> {
    let (messages, file) = write_day(exchange, to, format, |slot, _, bytes| {
        each(slot);
        bar.progress.at((bytes, Some(bar.total)));
    })?;
    Ok(Made { messages, file })
}

struct Bar {
    progress: Progress,
    /// Bytes of frames there will be, about.
    total: u64,
}

/// Runs the command.
pub(crate) fn run(args: &Feed) -> Result<()> {
    let mut spec = Spec { channels: args.channels, ..Spec::new(args.seed, args.messages) };
    spec.securities = args.securities.unwrap_or(spec.securities);
    let mut exchange = Exchange::new(&spec).map_err(|error| Unusable(format!("--{error}")))?;
    let to_stdout = args.out == Path::new("-");
    let total = spec.messages * USUAL_FRAME_BYTES;
    let bar = Bar { progress: Progress::new("feed", to_stdout), total };
    let form = if to_stdout { Form::Bin } else { Form::Pcap };
    let format = args.format.unwrap_or(Format { form, gzip: false });
    if to_stdout {
        let made = make(&mut exchange, Digesting::new(stdout()), format, &bar, |_| {})
            .context("cannot write to the standard output")?;
        bar.progress.finish();
        crate::note(&made.line("standard output", &spec));
        return Ok(());
    }
    let folder = Folder::create(&args.out, format)?;
    let kit = Kit::new(&folder.feed, &spec, exchange.securities());
    folder.write(&[(SETUP, kit.setup.as_bytes()), (CONSTITUENTS, kit.constituents.as_bytes())])?;
    let mut trading = kit.trading(spec.seed)?;
    let (file, partial) = Partial::create(folder.feed())?;
    let made = make(&mut exchange, Digesting::new(file), format, &bar, |slot| {
        slot.messages().for_each(|message| trading.message(message.frame));
    });
    let (reports, _) = trading.finish();
    folder.write(&[(REPORTS, &reports)])?;
    let made = made.and_then(|made| partial.keep().map(|()| made));
    let feed = folder.feed().display().to_string();
    let made = made.with_context(|| format!("cannot write {feed}"))?;
    bar.progress.finish();
    let [setup, reports] = [SETUP, REPORTS].map(|name| folder.path.join(name));
    let (setup, reports) = (setup.display(), reports.display());
    let replay = format!("tidegate replay {feed} --setup {setup} --feedback {reports}");
    crate::print(&format!("{}\n{replay}\n", made.line(&feed, &spec)))
}
