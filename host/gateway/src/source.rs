//! The one way in: a file, opened and read as deliveries.

use crate::capture::Capture;
use crate::flat::{Bin, Words};
use crate::input::Input;
use crate::{Delivery, SourceError, Stats, StreamId};
use std::io::Read;
use std::path::Path;

/// Formats of the bytes, after decompression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// One direction of one TCP stream.
    Bin,
    /// The 16-byte words of an IO channel.
    Beats,
    /// A classic capture.
    Pcap,
    /// A capture in blocks.
    PcapNg,
}

impl Format {
    /// The extension that files of this format have.
    pub const fn name(self) -> &'static str {
        match self {
            Format::Bin => "bin",
            Format::Beats => "beats",
            Format::Pcap => "pcap",
            Format::PcapNg => "pcapng",
        }
    }
}

/// How to read a source.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Walk the frames and go on behind a place where they stop holding (`.bin`, TCP).
    pub resync: bool,
    /// Do not look at the content.
    pub format: Option<Format>,
}

enum Reader {
    Bin(Bin),
    Words(Words),
    Capture(Box<Capture>),
}

/// A file as a series of [`Delivery`]s.
pub struct Source {
    input: Input,
    format: Format,
    stats: Stats,
    reader: Reader,
}

impl Source {
    /// Opens a file, plain or compressed; `-` is the standard input.
    ///
    /// A capture is read once here, to find where the messages of each flow start and resume.
    pub fn open(path: &Path, options: &Options) -> Result<Source, SourceError> {
        Source::start(Input::open(path)?, options)
    }

    /// Reads everything that `reader` has, as if it were the content of a file called `name`.
    pub fn from_reader(
        reader: impl Read,
        name: &str,
        options: &Options,
    ) -> Result<Source, SourceError> {
        Source::start(Input::spool(reader, name.to_owned())?, options)
    }

    fn start(mut input: Input, options: &Options) -> Result<Source, SourceError> {
        let format = match options.format {
            Some(format) => format,
            None => input.format()?,
        };
        let mut stats = Stats::default();
        let reader = match format {
            Format::Bin => Reader::Bin(Bin::new(&mut input, options, &mut stats)?),
            Format::Beats => Reader::Words(Words::default()),
            Format::Pcap | Format::PcapNg => {
                let ng = format == Format::PcapNg;
                Reader::Capture(Box::new(Capture::survey(&mut input, ng, options, &mut stats)?))
            }
        };
        input.rewind()?;
        Ok(Source { input, format, stats, reader })
    }

    /// What the content is.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The next delivery, `None` at the end.
    ///
    /// An error is one of the operating system; damaged input ends with a fault and `None`.
    #[allow(clippy::should_implement_trait, reason = "an iterator cannot lend its items")]
    pub fn next(&mut self) -> Result<Option<Delivery<'_>>, SourceError> {
        match &mut self.reader {
            Reader::Bin(bin) => bin.next(&mut self.input),
            Reader::Words(words) => words.next(&mut self.input),
            Reader::Capture(capture) => capture.next(&mut self.input),
        }
    }

    /// Starts again: the same deliveries follow, with the same stream numbers.
    pub fn rewind(&mut self) -> Result<(), SourceError> {
        self.input.rewind()?;
        match &mut self.reader {
            Reader::Bin(bin) => bin.rewind(),
            Reader::Words(words) => *words = Words::default(),
            Reader::Capture(capture) => capture.rewind(),
        }
        Ok(())
    }

    /// Name of a stream that was opened: `0` for a `.bin`, else protocol, addresses and ports as in
    /// `tcp:10.0.0.1:5016>10.0.0.2:40001`, with `#2`, `#3` when the ports were used again.
    ///
    /// A number that no [`Delivery::Open`] named yields an empty name.
    pub fn stream_name(&self, stream: StreamId) -> &str {
        match &self.reader {
            Reader::Bin(_) if stream == StreamId(0) => "0",
            Reader::Bin(_) | Reader::Words(_) => "",
            Reader::Capture(capture) => capture.stream_name(stream),
        }
    }

    /// Counts of what is not a delivery.
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// Bytes of the file read so far in this pass, as they are in the file, and its size.
    pub fn progress(&self) -> (u64, Option<u64>) {
        let (read, total) = self.input.progress();
        (read, Some(total))
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (name, format) = (self.input.name(), self.format);
        f.debug_struct("Source").field("name", &name).field("format", &format).finish()
    }
}
