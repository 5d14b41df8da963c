//! Opening the input, and telling what it is where its content does not say it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Context, Result};
use tidegate_gateway::{Delivery, Format, Options, Source, SourceError};
use tidegate_protocol::limits::{HEADER_BYTES, TRAILER_BYTES};
use tidegate_protocol::{find, frame};

use crate::Unusable;
use crate::args::InputArgs;
use crate::lines::Digesting;

/// Enough for the first message, also of a compressed file: the longest block of zstd.
const HEAD_BYTES: u64 = 256 << 10;

/// Whether both names are of one file.
pub(crate) fn is_same_file(one: &Path, other: &Path) -> bool {
    let real = |path| fs::canonicalize(path).ok();
    real(one).is_some_and(|one| one.is_file() && real(other) == Some(one))
}

/// Refuses a folder for output where the input has a name that may be written.
pub(crate) fn spare_input(
    input: &Path,
    folder: &Path,
    is_written: impl Fn(&str) -> bool,
) -> Result<()> {
    if let Some(name) = input.file_name().and_then(|name| name.to_str())
        && is_written(name)
        && is_same_file(input, &folder.join(name))
    {
        let folder = folder.display();
        return Err(Unusable(format!("{folder}: {name} there is the input")).into());
    }
    Ok(())
}

/// A file as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
}

/// Size and digest of a file that can be read again.
pub(crate) fn seen(path: &Path) -> Result<Seen> {
    let failed = || format!("cannot read {}", path.display());
    let mut file = Digesting::new(File::open(path).with_context(failed)?);
    io::copy(&mut file, &mut io::sink()).with_context(failed)?;
    Ok(Seen { bytes: file.bytes, sha256: file.digits() })
}

/// Opens the input. `words` says that it should be words of an IO channel, as the name `.beats` does:
/// it is then, unless it is a capture or begins with a message.
pub(crate) fn open(input: &InputArgs, words: bool) -> Result<Source> {
    let path = input.file.as_path();
    let plain = Options { resync: input.resync, ..Options::default() };
    let words = words || is_named_beats(path);
    // What cannot be opened here cannot be there either, where it is said why.
    let Some((name, mut reader)) = words.then(|| reader(path)).flatten() else {
        return Ok(Source::open(path, &plain)?);
    };
    let (head, options) = head(&mut reader, &name, plain)?;
    if is_file(path) {
        return Ok(Source::open(path, &options)?);
    }
    Ok(Source::from_reader(head.as_slice().chain(reader), &name, &options)?)
}

/// As [`open`], with size and digest of the file as it is.
pub(crate) fn open_seen(input: &InputArgs, words: bool) -> Result<(Source, Seen)> {
    let path = input.file.as_path();
    let once = !is_file(path) && !path.is_dir();
    let Some((name, reader)) = once.then(|| reader(path)).flatten() else {
        let source = open(input, words)?;
        return Ok((source, seen(path)?));
    };
    let mut reader = Digesting::new(reader);
    let plain = Options { resync: input.resync, ..Options::default() };
    let source = if words || is_named_beats(path) {
        let (head, options) = head(&mut reader, &name, plain)?;
        Source::from_reader(head.as_slice().chain(&mut reader), &name, &options)?
    } else {
        Source::from_reader(&mut reader, &name, &plain)?
    };
    Ok((source, Seen { bytes: reader.bytes, sha256: reader.digits() }))
}

fn is_file(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
}

/// What can be read there, and its name.
fn reader(path: &Path) -> Option<(String, Box<dyn Read>)> {
    if path == Path::new("-") {
        return Some(("standard input".to_owned(), Box::new(io::stdin())));
    }
    let file = File::open(path).ok()?;
    Some((path.display().to_string(), Box::new(file)))
}

/// The first bytes of what should be words, and how to read it.
fn head(reader: &mut impl Read, name: &str, plain: Options) -> Result<(Vec<u8>, Options)> {
    let mut head = Vec::new();
    let read = reader.by_ref().take(HEAD_BYTES).read_to_end(&mut head);
    if let Err(cause) = read {
        return Err(SourceError::Read { name: name.to_owned(), cause }.into());
    }
    let format = told(&head, name);
    Ok((head, Options { format, ..plain }))
}

fn is_named_beats(path: &Path) -> bool {
    let name = path.to_string_lossy();
    let name = name.strip_suffix(".gz").or(name.strip_suffix(".zst")).unwrap_or(&name);
    name.ends_with(".beats")
}

/// The format of what should be words; `None` where the content knows better.
fn told(head: &[u8], name: &str) -> Option<Format> {
    let mut probe = Source::from_reader(head, name, &Options::default()).ok()?;
    if probe.format() != Format::Bin {
        return None;
    }
    while let Ok(Some(delivery)) = probe.next() {
        if let Delivery::Bytes { bytes, .. } = delivery {
            return (!begins_with_message(bytes)).then_some(Format::Beats);
        }
    }
    Some(Format::Beats)
}

/// Whether a message of a known type stands at the start, whole or cut off.
fn begins_with_message(bytes: &[u8]) -> bool {
    let Some(head) = bytes.first_chunk::<HEADER_BYTES>() else { return false };
    let (msg_type, body) = frame::header(head);
    let Some(message) = find(msg_type) else { return false };
    let length = HEADER_BYTES + body as usize + TRAILER_BYTES;
    (message.min_body_bytes..=frame::max_body_bytes(msg_type)).contains(&body)
        && bytes.get(..length).is_none_or(|bytes| {
            let (summed, trailer) = bytes.split_at(length - TRAILER_BYTES);
            trailer == u32::from(frame::checksum(summed)).to_be_bytes()
        })
}
