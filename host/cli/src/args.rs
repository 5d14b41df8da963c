//! Options that several commands share.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use tidegate_pipeline::frame::ChecksumPolicy;
use tidegate_pipeline::toe::{Descriptor, Layout, WordOrder};

/// Which input, and what of it.
#[derive(Args, Debug)]
pub(crate) struct InputArgs {
    /// A .bin (stream bytes), .beats (words of an IO channel), .pcap or .pcapng file, also with .gz
    /// or .zst; `-` is the standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Go on behind a place where frames stop holding (.bin, captures)
    #[arg(long)]
    pub(crate) resync: bool,
}

/// Reads a number; of anything else it says what was wanted.
pub(crate) fn number<T: FromStr>(
    wanted: &'static str,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    move |text| text.parse().map_err(|_| format!("wanted {wanted}"))
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Checksum {
    /// Counted, not shown
    Drop,
    /// Shown, marked
    Flag,
    /// Not shown, nor anything that follows in its stream
    Disconnect,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ToeLayout {
    /// Low byte of the length first, as the published sample has it
    Sample,
    /// High byte first, as the article's text says
    Text,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ToeWords {
    /// Seen from the filler of the first header word
    Auto,
    /// Reversed, as an IO channel gives them
    Channel,
    /// As printed in a dump
    Printed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Filler {
    /// A filler other than 0x55 refuses the packet
    Strict,
    /// Any filler will do
    Lenient,
}

/// How bytes become messages, where no setup says it.
#[derive(Args, Debug)]
#[command(next_help_heading = "Framing")]
pub(crate) struct Framing {
    /// What to do with a message whose checksum is wrong
    #[arg(long, value_enum, default_value_t = Checksum::Drop)]
    checksum: Checksum,
    /// Byte order of the length in a TOE header (.beats) [default: sample]
    #[arg(long, value_enum)]
    toe_layout: Option<ToeLayout>,
    /// Byte order of the words (.beats) [default: auto]
    #[arg(long, value_enum)]
    toe_words: Option<ToeWords>,
    /// Bytes dropped at the start of each packet (.beats); 4 for the published sample [default: 0]
    #[arg(long, value_name = "N", value_parser = number::<u16>("a number up to 65535"))]
    prefix_bytes: Option<u16>,
    /// Whether the filler of a TOE header must be 0x55 (.beats) [default: strict]
    #[arg(long, value_enum)]
    filler: Option<Filler>,
}

impl Framing {
    /// The checksum policy.
    pub(crate) fn policy(&self) -> ChecksumPolicy {
        match self.checksum {
            Checksum::Drop => ChecksumPolicy::Drop,
            Checksum::Flag => ChecksumPolicy::Flag,
            Checksum::Disconnect => ChecksumPolicy::Disconnect,
        }
    }

    /// Whether an option was given that only the words of an IO channel have: then a file is one of
    /// these, unless it is plainly something else.
    pub(crate) fn speaks_of_words(&self) -> bool {
        self.toe_layout.is_some()
            || self.toe_words.is_some()
            || self.prefix_bytes.is_some()
            || self.filler.is_some()
    }

    /// The layout of the words, and whether their order is still to be seen.
    pub(crate) fn descriptor(&self) -> (Descriptor, bool) {
        let layout = match self.toe_layout {
            None | Some(ToeLayout::Sample) => Layout::Sample,
            Some(ToeLayout::Text) => Layout::Text,
        };
        let words = match self.toe_words {
            Some(ToeWords::Printed) => WordOrder::Printed,
            None | Some(ToeWords::Auto | ToeWords::Channel) => WordOrder::Channel,
        };
        let strict_filler = self.filler != Some(Filler::Lenient);
        let prefix_bytes = self.prefix_bytes.unwrap_or(0);
        let descriptor = Descriptor { layout, words, strict_filler, prefix_bytes };
        (descriptor, matches!(self.toe_words, None | Some(ToeWords::Auto)))
    }
}
