//! Opening the input, and telling what it is where its content does not say it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use anyhow::Result;
use tidegate_gateway::{Delivery, Format, Options, Source, SourceError};
use tidegate_protocol::limits::{HEADER_BYTES, TRAILER_BYTES};
use tidegate_protocol::{find, frame};

use crate::Unusable;
use crate::args::InputArgs;

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

/// Opens the input. `words` says that it should be words of an IO channel, as the name `.beats` does:
/// it is then, unless it is a capture or begins with a message.
pub(crate) fn open(input: &InputArgs, words: bool) -> Result<Source> {
    let (path, resync) = (input.file.as_path(), input.resync);
    let plain = Options { resync, ..Options::default() };
    if !words && !is_named_beats(path) {
        return Ok(Source::open(path, &plain)?);
    }
    let (name, mut reader): (_, Box<dyn Read>) = if path == Path::new("-") {
        ("standard input".to_owned(), Box::new(io::stdin()))
    } else {
        match File::open(path) {
            Ok(file) => (path.display().to_string(), Box::new(file)),
            // It says why.
            Err(_) => return Ok(Source::open(path, &plain)?),
        }
    };
    let mut head = Vec::new();
    let read = reader.by_ref().take(HEAD_BYTES).read_to_end(&mut head);
    if let Err(cause) = read {
        return Err(SourceError::Read { name, cause }.into());
    }
    let options = Options { format: told(&head, &name), ..plain };
    if fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return Ok(Source::open(path, &options)?);
    }
    Ok(Source::from_reader(head.as_slice().chain(reader), &name, &options)?)
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
