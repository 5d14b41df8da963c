//! How the program of the channel kernels is built.

use std::collections::BTreeMap;
use std::path::Path;

use tidegate_pipeline::frame::ChecksumPolicy;
use tidegate_pipeline::toe::{Layout, WordOrder};

use super::super::{Options, sources};
use super::{FILE, IN, OUT};
use crate::{Code, Error, Program, Session};

const BUILD_OPTIONS: &str = "-cl-std=CL1.2";

/// How commands of a live host reach `params`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Packets of the host pipe, for boards whose package has one.
    HostPipe,
    /// A flag in the device's memory.
    Flag,
}

/// Where control words come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A log: each at its place.
    Replay,
    /// The host, as they come.
    Live(Signal),
}

/// Where the words of the TOEs come from and go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    /// I/O channels of these names: TOE0 in and out, TOE1 in and out. On the emulator: files in the working
    /// directory.
    Channels([String; 4]),
    /// The device's memory: a replay on a card.
    Memory,
}

/// How the program is built.
#[derive(Debug, Clone)]
pub struct Wiring {
    /// Where control words come from.
    pub mode: Mode,
    /// Depth of every channel but that of the records; `None`: as the kernels say.
    pub depth: Option<u32>,
    /// Where words come from.
    pub words: Words,
    /// How the TOEs lay out their words, and what happens to a wrong checksum.
    pub options: Options,
}

impl Wiring {
    /// That of a replay of a folder on the emulator.
    pub fn replay(folder: &Path, options: &Options, depth: u32) -> Self {
        let file = |name: &str| folder.join(name).display().to_string();
        let words = Words::Channels([file(IN[0]), file(OUT[0]), file(IN[1]), file(OUT[1])]);
        Self { mode: Mode::Replay, depth: Some(depth), words, options: options.clone() }
    }

    /// The wiring's text: its macros, then the kernels with everything that they include.
    fn source(&self) -> String {
        let toe = &self.options.toe;
        let policy = match self.options.checksum {
            ChecksumPolicy::Drop => 0,
            ChecksumPolicy::Flag => 1,
            ChecksumPolicy::Disconnect => 2,
        };
        let mut macros: BTreeMap<&str, String> = BTreeMap::from([
            ("TG_TOE_TEXT", u8::from(toe.layout == Layout::Text).to_string()),
            ("TG_TOE_PRINTED", u8::from(toe.words == WordOrder::Printed).to_string()),
            ("TG_TOE_STRICT", u8::from(toe.strict_filler).to_string()),
            ("TG_TOE_PREFIX", toe.prefix_bytes.to_string()),
            ("TG_CHECKSUM_POLICY", policy.to_string()),
        ]);
        macros.extend(self.depth.map(|depth| ("TG_DEPTH", depth.to_string())));
        match &self.words {
            Words::Channels(names) => {
                let macro_names =
                    ["TG_IO_MARKET_IN", "TG_IO_MARKET_OUT", "TG_IO_ORDERS_IN", "TG_IO_ORDERS_OUT"];
                let quoted = names.iter().map(|name| format!("\"{name}\""));
                macros.extend(macro_names.into_iter().zip(quoted));
            }
            Words::Memory => drop(macros.insert("TG_TOE_MEMORY", "1".into())),
        }
        match self.mode {
            Mode::Replay => drop(macros.insert("TG_REPLAY", "1".into())),
            Mode::Live(Signal::HostPipe) => drop(macros.insert("TG_HOST_PIPE", "1".into())),
            Mode::Live(Signal::Flag) => {}
        }
        let defines = macros.iter().map(|(name, value)| format!("#define {name} {value}\n"));
        defines.chain([sources::flat(FILE)]).collect()
    }

    /// Builds the program for a device that compiles it itself.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the name of an I/O channel that is no C string as it is; [`Error::Build`] and
    /// the others of [`Session::program`].
    pub fn build(&self, session: &Session) -> Result<Program, Error> {
        let plain = |byte: u8| (b' '..=b'~').contains(&byte) && !matches!(byte, b'"' | b'\\');
        let names = match &self.words {
            Words::Channels(names) => &names[..],
            Words::Memory => &[],
        };
        if let Some(name) = names.iter().find(|name| !name.bytes().all(plain)) {
            return Err(Error::Invalid {
                what: "the name of an I/O channel",
                wanted: "printed ASCII without quotes and backslashes".into(),
                found: format!("{name:?}"),
            });
        }
        let text = self.source();
        session.program(FILE, Code::Source { text: &text, options: BUILD_OPTIONS })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_reach_the_source() {
        let options = Options {
            toe: tidegate_pipeline::toe::Descriptor::default(),
            checksum: ChecksumPolicy::Flag,
            image: None,
        };
        let wiring = Wiring::replay(Path::new("/a b"), &options, 5);
        let source = wiring.source();
        for wanted in [
            "#define TG_IO_MARKET_IN \"/a b/toe0.in\"\n",
            "#define TG_IO_ORDERS_OUT \"/a b/toe1.bin\"\n",
            "#define TG_DEPTH 5\n",
            "#define TG_CHECKSUM_POLICY 1\n",
            "#define TG_REPLAY 1\n",
        ] {
            assert!(source.contains(wanted), "{wanted}");
        }
        let (mode, words) = (Mode::Live(Signal::HostPipe), Words::Memory);
        let live = Wiring { mode, words, depth: None, ..wiring }.source();
        let (before, _) = live.split_once("#line").expect("the kernels behind the macros");
        assert!(before.contains("#define TG_HOST_PIPE 1\n#define TG_TOE_MEMORY 1\n"), "{before}");
        for unwanted in ["TG_REPLAY", "TG_DEPTH", "TG_IO_"] {
            assert!(!before.contains(unwanted), "{before}");
        }
    }
}
