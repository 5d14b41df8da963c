//! The recipe of a build and the manifest of an image, both TOML.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// The version of the manifest's schema that this crate reads and writes.
pub const SCHEMA: u32 = 2;
/// Longest recipe, manifest or memory list, in bytes.
pub const MAX_TEXT_BYTES: u64 = 1 << 20;
/// Longest kernel source file, in bytes.
pub const MAX_SOURCE_BYTES: u64 = 16 << 20;

/// A text file that cannot be used.
#[derive(Debug, Error)]
pub enum FileError {
    /// There is no such file.
    #[error("{path}: there is no such file")]
    Missing {
        /// Its path.
        path: PathBuf,
    },
    /// It cannot be read: not a file, no right, or an error of the device.
    #[error("{path}: {source}")]
    Unreadable {
        /// Its path.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is longer than such a file may be.
    #[error("{path}: at most {wanted} bytes are read, found {found}")]
    TooLong {
        /// Its path.
        path: PathBuf,
        /// The bound, in bytes.
        wanted: u64,
        /// Its length, in bytes.
        found: u64,
    },
    /// Its text is not what the schema wants.
    #[error("{path}: {reason}")]
    Invalid {
        /// Its path.
        path: PathBuf,
        /// What was wanted and found.
        reason: String,
    },
}

/// Opens a regular file: a pipe or a folder is refused before a read could block on it.
pub(crate) fn open(path: &Path) -> Result<(File, u64), FileError> {
    let unreadable = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => FileError::Missing { path: path.to_owned() },
        _ => FileError::Unreadable { path: path.to_owned(), source },
    };
    let about = std::fs::metadata(path).map_err(unreadable)?;
    if !about.is_file() {
        return Err(unreadable(io::Error::other("wanted a regular file, found another kind")));
    }
    Ok((File::open(path).map_err(unreadable)?, about.len()))
}

/// The bytes of a file of at most `most` bytes.
pub(crate) fn read_bytes(path: &Path, most: u64) -> Result<Vec<u8>, FileError> {
    let (file, length) = open(path)?;
    if length > most {
        return Err(FileError::TooLong { path: path.to_owned(), wanted: most, found: length });
    }
    let mut bytes = Vec::new();
    let read = file.take(most + 1).read_to_end(&mut bytes);
    read.map_err(|source| FileError::Unreadable { path: path.to_owned(), source })?;
    // It may have grown since its length was asked for.
    if bytes.len() as u64 > most {
        let found = bytes.len() as u64;
        return Err(FileError::TooLong { path: path.to_owned(), wanted: most, found });
    }
    Ok(bytes)
}

/// The text of a UTF-8 file of at most `most` bytes.
pub(crate) fn read_text(path: &Path, most: u64) -> Result<String, FileError> {
    String::from_utf8(read_bytes(path, most)?).map_err(|_| FileError::Invalid {
        path: path.to_owned(),
        reason: "wanted UTF-8 text, found other bytes".to_owned(),
    })
}

/// Reads TOML into a type of this crate; unknown keys are errors.
pub(crate) fn read_toml<T: DeserializeOwned>(path: &Path) -> Result<T, FileError> {
    let text = read_text(path, MAX_TEXT_BYTES)?;
    toml::from_str(&text).map_err(|error| FileError::Invalid {
        path: path.to_owned(),
        reason: error.to_string().trim_end().to_owned(),
    })
}

/// A 64-bit number that identifies a layout, written as 16 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Id(pub u64);

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for Id {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl std::str::FromStr for Id {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let hex = text.len() == 16 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let number = u64::from_str_radix(text, 16).ok().filter(|_| hex);
        number.map(Self).ok_or(format!("wanted 16 hex digits in lower case, found {text:?}"))
    }
}

/// A SHA-256, written as 64 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash(pub [u8; 32]);

impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for Hash {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("wanted 64 hex digits in lower case, found {text:?}");
        if text.len() != 64 || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(wrong());
        }
        let mut hash = [0; 32];
        for (byte, at) in hash.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| wrong())?;
        }
        Ok(Self(hash))
    }
}

/// SHA-256 of all that a reader gives, and how many bytes that was; 64 KiB are held at a time.
pub fn hash_of(mut reader: impl Read) -> io::Result<(Hash, u64)> {
    let mut sha = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    let mut bytes = 0;
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok((Hash(sha.finalize().into()), bytes)),
            Ok(read) => {
                sha.update(&buffer[..read]);
                bytes += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The board support package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bsp {
    /// Its name, as in the `name` of its `board_env.xml`.
    pub name: String,
    /// Its version, as in the `version` of its `board_env.xml`.
    pub version: String,
}

/// The compiler.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compiler {
    /// Its command: `aoc`.
    pub name: String,
    /// Its version, as in `Version 19.4.0` of `aoc -version`.
    pub version: String,
}

/// Names of the IO channels, each a `chan_id` of the BSP's `board_spec.xml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    /// TOE0 to the kernels: market data.
    pub market_in: String,
    /// The kernels to TOE0: published data.
    pub market_out: String,
    /// TOE1 to the kernels: reports.
    pub orders_in: String,
    /// The kernels to TOE1: orders.
    pub orders_out: String,
}

impl Channels {
    /// Each name with the field that it stands in.
    pub fn each(&self) -> [(&'static str, &str); 4] {
        [
            ("channels.market_in", &self.market_in),
            ("channels.market_out", &self.market_out),
            ("channels.orders_in", &self.orders_in),
            ("channels.orders_out", &self.orders_out),
        ]
    }
}

/// Byte order of the length in a TOE header; the words are those of the setup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// Low byte first.
    Sample,
    /// High byte first.
    Text,
}

/// Byte order of a TOE's words; `auto` of the setup does not exist in a kernel, which is built for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Words {
    /// Reversed, as an IO channel gives them.
    Channel,
    /// As printed in a dump.
    Printed,
}

/// What happens to a message whose checksum is wrong, as in a setup's `[frame]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Checksum {
    /// Counted, not released.
    Drop,
    /// Released, marked.
    Flag,
    /// The session discards its bytes until a reset.
    Disconnect,
}

/// What an image is built to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Build {
    /// Live, over the IO channels of two TOEs; the host's commands come by a flag in the card's memory.
    Flag,
    /// The same; the host's commands come through the host pipe, which the BSP must have.
    Pipe,
    /// A replay of a log: words and control words come from the card's memory, and no TOE is needed.
    Replay,
}

impl Build {
    /// As in a recipe.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Pipe => "pipe",
            Self::Replay => "replay",
        }
    }
}

/// The TOE descriptor that is built into the kernels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Toe {
    /// Byte order of the length.
    pub layout: Layout,
    /// Byte order of the words.
    pub words: Words,
    /// Whether a filler other than 0x55 refuses the packet.
    pub strict_filler: bool,
    /// Bytes dropped at the start of each packet.
    pub prefix_bytes: u16,
}

/// What a build is made for: the input of `build.sh`, and what a setup may ask an image to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Name of the image: letters, digits, `-` and `_`.
    pub name: String,
    /// Board, as `aoc -list-boards` prints it.
    pub board: String,
    /// File of the wiring, relative to the folder of the kernels.
    pub wiring: String,
    /// What it is built to do.
    pub build: Build,
    /// What happens to a message whose checksum is wrong.
    pub checksum: Checksum,
    /// Least clock, in MHz, that an image may have.
    pub fmax_floor_mhz: f64,
    /// Kernels on the data path: every loop of theirs is held to the rules of [`crate::report`].
    pub data_path: Vec<String>,
    /// Kernels beside it: they must be in the report, their loops are only shown.
    pub beside: Vec<String>,
    /// The board support package.
    pub bsp: Bsp,
    /// The compiler.
    pub compiler: Compiler,
    /// Names of the IO channels; a replay has none.
    pub channels: Option<Channels>,
    /// The TOE descriptor.
    pub toe: Toe,
}

impl Recipe {
    /// Reads a recipe and checks what the schema cannot say.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let recipe: Self = read_toml(path)?;
        let wrong = recipe.wrong();
        wrong.map_or(Ok(recipe), |reason| Err(FileError::Invalid { path: path.to_owned(), reason }))
    }

    fn wrong(&self) -> Option<String> {
        let texts = [
            ("board", &self.board),
            ("wiring", &self.wiring),
            ("bsp.name", &self.bsp.name),
            ("bsp.version", &self.bsp.version),
            ("compiler.name", &self.compiler.name),
            ("compiler.version", &self.compiler.version),
        ];
        wrong_name("name", &self.name)
            .or_else(|| texts.iter().find_map(|(field, text)| wrong_text(field, text)))
            .or_else(|| wrong_channels(self.build, self.channels.as_ref()))
            .or_else(|| wrong_mhz("fmax_floor_mhz", self.fmax_floor_mhz))
            .or_else(|| {
                let none = self.data_path.is_empty();
                none.then(|| "data_path: wanted at least one kernel, found none".to_owned())
            })
    }

    /// The macros that the kernels are compiled with, as arguments of `aoc`.
    ///
    /// The wiring takes from these what it is built to do, the names of its IO channels, the TOE
    /// descriptor and the checksum policy (0 drop, 1 flag, 2 disconnect).
    pub fn macros(&self) -> Vec<String> {
        let names = ["TG_IO_MARKET_IN", "TG_IO_MARKET_OUT", "TG_IO_ORDERS_IN", "TG_IO_ORDERS_OUT"];
        let channels = self.channels.iter().flat_map(Channels::each);
        let mut all: Vec<String> = names
            .iter()
            .zip(channels)
            .map(|(name, (_, channel))| format!("-D{name}=\"{channel}\""))
            .collect();
        let does: &[&str] = match self.build {
            Build::Flag => &[],
            Build::Pipe => &["TG_HOST_PIPE"],
            Build::Replay => &["TG_REPLAY", "TG_TOE_MEMORY"],
        };
        all.extend(does.iter().map(|name| format!("-D{name}=1")));
        let numbers = [
            ("TG_TOE_TEXT", u16::from(self.toe.layout == Layout::Text)),
            ("TG_TOE_PRINTED", u16::from(self.toe.words == Words::Printed)),
            ("TG_TOE_STRICT", u16::from(self.toe.strict_filler)),
            ("TG_TOE_PREFIX", self.toe.prefix_bytes),
            ("TG_CHECKSUM_POLICY", self.checksum as u16),
        ];
        all.extend(numbers.iter().map(|(name, value)| format!("-D{name}={value}")));
        all
    }
}

/// What the kernels in an image are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kernels {
    /// File of the wiring, relative to the folder of the kernels.
    pub wiring: String,
    /// [`source_hash`] of the wiring.
    pub source_sha256: Hash,
    /// `PROTOCOL_ID` of the message table.
    pub protocol_id: Id,
    /// Identity of the interface between host and kernels.
    pub kernel_id: Id,
}

/// Resources of the whole image, BSP included, after place and route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resources {
    /// Adaptive logic modules.
    pub alm: u64,
    /// M20K blocks.
    pub m20k: u64,
    /// DSP blocks.
    pub dsp: u64,
}

/// Initiation interval of one loop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoopIi {
    /// Its kernel.
    pub kernel: String,
    /// Its name in the report.
    pub name: String,
    /// As the report writes it: `1`, `~1`, `>=1`, a number, `n/a`.
    pub ii: String,
}

/// Cycles from a word's entry into a kernel to its exit: an assumption of the latency model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Depth {
    /// The kernel.
    pub kernel: String,
    /// Cycles.
    pub cycles: u32,
}

/// The image's file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageFile {
    /// Its name, without a folder: it stands beside its manifest.
    pub file: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: Hash,
}

/// Who built an image, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Built {
    /// A person or a build service.
    pub by: String,
    /// UTC, as `2026-03-02T09:30:00Z`.
    pub at: String,
}

/// All that is known of one image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of this schema: [`SCHEMA`].
    pub schema: u32,
    /// Name of the image.
    pub name: String,
    /// Board.
    pub board: String,
    /// What it is built to do.
    pub build: Build,
    /// What happens to a message whose checksum is wrong.
    pub checksum: Checksum,
    /// Clock of the kernels, in MHz, after place and route.
    pub fmax_mhz: f64,
    /// The board support package.
    pub bsp: Bsp,
    /// The compiler.
    pub compiler: Compiler,
    /// Names of the IO channels; a replay has none.
    pub channels: Option<Channels>,
    /// The TOE descriptor.
    pub toe: Toe,
    /// What the kernels are.
    pub kernels: Kernels,
    /// Resources.
    pub resources: Resources,
    /// The image's file.
    pub image: ImageFile,
    /// Who built it, and when.
    pub built: Built,
    /// Initiation interval of each loop.
    #[serde(rename = "loop")]
    pub loops: Vec<LoopIi>,
    /// Pipeline depth of each kernel, where somebody has read it from the report's viewer.
    #[serde(rename = "depth", default, skip_serializing_if = "Vec::is_empty")]
    pub depths: Vec<Depth>,
}

impl Manifest {
    /// Reads a manifest and checks what the schema cannot say.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let manifest: Self = read_toml(path)?;
        let wrong = manifest.wrong();
        wrong.map_or(Ok(manifest), |reason| {
            Err(FileError::Invalid { path: path.to_owned(), reason })
        })
    }

    /// The first field that no image can have, and why; a manifest that is made must pass it too.
    pub fn wrong(&self) -> Option<String> {
        let texts = [
            ("board", &self.board),
            ("bsp.name", &self.bsp.name),
            ("bsp.version", &self.bsp.version),
            ("compiler.name", &self.compiler.name),
            ("compiler.version", &self.compiler.version),
            ("kernels.wiring", &self.kernels.wiring),
            ("built.by", &self.built.by),
        ];
        if self.schema != SCHEMA {
            return Some(format!("schema: wanted {SCHEMA}, found {}", self.schema));
        }
        wrong_name("name", &self.name)
            .or_else(|| texts.iter().find_map(|(field, text)| wrong_text(field, text)))
            .or_else(|| wrong_channels(self.build, self.channels.as_ref()))
            .or_else(|| wrong_mhz("fmax_mhz", self.fmax_mhz))
            .or_else(|| wrong_file("image.file", &self.image.file))
            .or_else(|| wrong_time("built.at", &self.built.at))
            .or_else(|| {
                let none = self.loops.is_empty();
                none.then(|| "loop: wanted at least one loop, found none".to_owned())
            })
    }

    /// The manifest as TOML.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }
}

fn wrong_text(field: &str, text: &str) -> Option<String> {
    let bad = text.trim().is_empty() || text.chars().any(char::is_control);
    bad.then(|| format!("{field}: wanted one line of text, found {text:?}"))
}

fn wrong_name(field: &str, text: &str) -> Option<String> {
    let good = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let bad = text.is_empty() || !text.chars().all(good);
    bad.then(|| format!("{field}: wanted letters, digits, `-` and `_`, found {text:?}"))
}

/// A channel's name becomes a macro's value and a file's name in the emulator.
fn wrong_channels(build: Build, channels: Option<&Channels>) -> Option<String> {
    let Some(channels) = channels else {
        let wanted = build != Build::Replay;
        return wanted.then(|| "channels: wanted the four of a live build, found none".to_owned());
    };
    if build == Build::Replay {
        return Some("channels: wanted none, since a replay has none, found some".to_owned());
    }
    let each = channels.each();
    let twice = |at: usize| each[..at].iter().find(|(_, name)| *name == each[at].1);
    each.iter().enumerate().find_map(|(at, (field, name))| {
        wrong_name(field, name).or_else(|| {
            twice(at).map(|(other, _)| {
                format!("{field}: wanted four different channels, found {name:?} in {other} too")
            })
        })
    })
}

fn wrong_mhz(field: &str, mhz: f64) -> Option<String> {
    let bad = !(mhz > 0.0 && mhz <= 1_000.0);
    bad.then(|| format!("{field}: wanted a clock above 0 and up to 1000 MHz, found {mhz}"))
}

fn wrong_file(field: &str, file: &str) -> Option<String> {
    let mut parts = Path::new(file).components();
    let plain = matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None));
    let bad = !plain || file.contains(['/', '\\']) || file.chars().any(char::is_control);
    bad.then(|| format!("{field}: wanted a file's name without a folder, found {file:?}"))
}

fn wrong_time(field: &str, time: &str) -> Option<String> {
    let shape = time.len() == 20
        && time.bytes().zip(*b"0000-00-00T00:00:00Z").all(|(found, wanted)| match wanted {
            b'0' => found.is_ascii_digit(),
            _ => found == wanted,
        });
    (!shape).then(|| format!("{field}: wanted a time as 2026-03-02T09:30:00Z, found {time:?}"))
}

/// Kernel sources that cannot be hashed.
#[derive(Debug, Error)]
pub enum SourceError {
    /// A source file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// An `#include` that cannot be followed.
    #[error("{path}:{line}: {reason}, found {found:?}")]
    Include {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// What was wanted.
        reason: &'static str,
        /// The text behind `#include`.
        found: String,
    },
}

/// The sources of a wiring: its file and all that it includes, by path relative to `kernels`.
///
/// Every `#include "..."` counts, whatever `#if` it stands in, and is looked for in the including
/// file's folder, then in `kernels`. `#include <...>` is the compiler's own and does not count.
pub fn sources(kernels: &Path, wiring: &str) -> Result<BTreeMap<String, Vec<u8>>, SourceError> {
    let mut found = BTreeMap::new();
    let mut todo = vec![wiring.to_owned()];
    while let Some(name) = todo.pop() {
        if found.contains_key(&name) {
            continue;
        }
        let path = kernels.join(&name);
        let bytes = read_bytes(&path, MAX_SOURCE_BYTES)?;
        for (at, line) in String::from_utf8_lossy(&bytes).lines().enumerate() {
            let Some(rest) = line.trim_start().strip_prefix('#') else { continue };
            let Some(rest) = rest.trim_start().strip_prefix("include") else { continue };
            let target = rest.trim();
            if target.starts_with('<') {
                continue;
            }
            let wrong = |reason| SourceError::Include {
                path: path.clone(),
                line: at + 1,
                reason,
                found: target.to_owned(),
            };
            let quoted = target.strip_prefix('"').and_then(|rest| rest.split_once('"'));
            let (quoted, _) = quoted.ok_or_else(|| wrong("wanted a name in quotes"))?;
            let folder = Path::new(&name).parent().unwrap_or(Path::new(""));
            let beside = inside(&folder.join(quoted));
            let below = inside(Path::new(quoted));
            let all = [beside, below];
            let next = all.iter().flatten().find(|name| kernels.join(name).is_file());
            todo.push(next.ok_or_else(|| wrong("wanted a file in the kernels' folder"))?.clone());
        }
        found.insert(name, bytes);
    }
    Ok(found)
}

/// A relative path without `.` and `..`, with `/` between its parts; `None` if it leaves its root.
fn inside(path: &Path) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(parts.pop()?),
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

/// SHA-256 over the sources of a wiring.
///
/// For each file, in the order of its path's bytes: length of the path (u64, low byte first), path
/// relative to `kernels` with `/`, length of the file (u64, low byte first), its bytes.
pub fn source_hash(kernels: &Path, wiring: &str) -> Result<Hash, SourceError> {
    let found = sources(kernels, wiring)?;
    Ok(hash_of_sources(found.iter().map(|(name, bytes)| (&name[..], &bytes[..]))))
}

/// The same over sources that are at hand, each with its path; they come in the order of their paths.
pub fn hash_of_sources<'a>(sources: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Hash {
    let mut sha = Sha256::new();
    for (name, bytes) in sources {
        sha.update((name.len() as u64).to_le_bytes());
        sha.update(name.as_bytes());
        sha.update((bytes.len() as u64).to_le_bytes());
        sha.update(bytes);
    }
    Hash(sha.finalize().into())
}
