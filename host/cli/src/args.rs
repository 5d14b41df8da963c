//! Options that several commands share.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use tidegate_gateway::Options;
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
    /// Only packets from or to this port (captures)
    #[arg(long, value_name = "PORT")]
    pub(crate) port: Option<u16>,
    /// Only the stream of this name, or those with it in their name (captures)
    #[arg(long, value_name = "NAME")]
    pub(crate) flow: Option<String>,
}

impl InputArgs {
    /// The options of the source.
    pub(crate) fn options(&self) -> Options {
        Options { resync: self.resync, port: self.port, flow: self.flow.clone(), format: None }
    }
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
    /// Byte order of the length in a TOE header (.beats)
    #[arg(long, value_enum, default_value_t = ToeLayout::Sample)]
    toe_layout: ToeLayout,
    /// Byte order of the words (.beats)
    #[arg(long, value_enum, default_value_t = ToeWords::Auto)]
    toe_words: ToeWords,
    /// Bytes dropped at the start of each packet (.beats); 4 for the published sample
    #[arg(long, value_name = "N", default_value_t = 0)]
    prefix_bytes: u16,
    /// Whether the filler of a TOE header must be 0x55 (.beats)
    #[arg(long, value_enum, default_value_t = Filler::Strict)]
    filler: Filler,
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

    /// The layout of the words, and whether their order is still to be seen.
    pub(crate) fn descriptor(&self) -> (Descriptor, bool) {
        let layout = match self.toe_layout {
            ToeLayout::Sample => Layout::Sample,
            ToeLayout::Text => Layout::Text,
        };
        let words = match self.toe_words {
            ToeWords::Printed => WordOrder::Printed,
            ToeWords::Auto | ToeWords::Channel => WordOrder::Channel,
        };
        let strict_filler = self.filler == Filler::Strict;
        let descriptor =
            Descriptor { layout, words, strict_filler, prefix_bytes: self.prefix_bytes };
        (descriptor, self.toe_words == ToeWords::Auto)
    }
}
