//! The setup of a run: one TOML file, one schema, checked before anything starts.

mod trading;

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use tidegate_protocol::limits::{
    MAX_CONSTITUENTS, MAX_PREFIX_BYTES, MAX_SECURITIES, MAX_SESSIONS, MAX_SHARES,
};
use tidegate_protocol::record::MAX_DATAGRAM_RECORDS;
use tidegate_protocol::units::{DecimalError, IndexE4, PriceE4, parse_decimal};

pub use trading::TradingSetup;

use crate::frame::ChecksumPolicy;
use crate::index::Divisor;
use crate::parameters::Breach;
use crate::securities::SecurityId;
use crate::toe::{Descriptor, Layout, WordOrder};

/// A commented setup file with every key, as `tidegate setup --example` prints it.
pub const EXAMPLE: &str = include_str!("example.toml");

/// Why a setup cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Not TOML, an unknown key, or a value of another type.
    #[error("{message}")]
    Toml {
        /// The parser's words, with the place.
        message: String,
    },
    /// A number that is not an exact decimal.
    #[error("{key} = {found:?}: {source}")]
    Decimal {
        /// The key or column.
        key: String,
        /// What stands there.
        found: String,
        /// Why.
        source: DecimalError,
    },
    /// A value out of its range.
    #[error("{key} = {found}, wanted {wanted}")]
    Range {
        /// The key or column.
        key: String,
        /// What stands there.
        found: String,
        /// What may stand there.
        wanted: String,
    },
    /// A CSV file that is not one, or lacks a column.
    #[error("{}: {message}", path.display())]
    Csv {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// Parameters that break their bounds.
    #[error("epoch {epoch}: {source}")]
    Breach {
        /// The epoch; 0 is the setup itself.
        epoch: usize,
        /// What breaks which bound.
        source: Breach,
    },
    /// The sum of the index would not stay below 2^63.
    #[error("the sum of shares x prev_close is {found} x 1e-4 CNY, wanted below 2^63")]
    Sum {
        /// The sum, in 1e-4 CNY.
        found: u128,
    },
}

/// Which messages set the price of a constituent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PriceSource {
    /// Trades: 300191 with ExecType F.
    #[default]
    Trade,
    /// The last price of 300111, for Level-1 users.
    Snapshot,
}

/// One constituent of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConstituentSetup {
    /// SecurityID, padded with spaces.
    pub security: SecurityId,
    /// Whole shares.
    pub shares: i64,
    /// Previous close.
    pub prev_close: PriceE4,
}

/// The index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexSetup {
    /// Its SecurityID, padded with spaces: 309011 of this id are compared with the computed value.
    pub id: SecurityId,
    /// Its previous close.
    pub prev_close: IndexE4,
    /// Which messages set prices.
    pub source: PriceSource,
    /// The constituents; none twice.
    pub constituents: Vec<ConstituentSetup>,
    /// Sum of shares x previous close, in 1e-4 CNY, above 0.
    pub base_sum: i64,
    /// From sum to value.
    pub divisor: Divisor,
}

/// A checked setup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// Named securities beside the constituents; `None` leaves the list to the first pass of a
    /// replay.
    pub securities: Option<Vec<SecurityId>>,
    /// The index, if one is wanted.
    pub index: Option<IndexSetup>,
    /// Layout of the TOE's words.
    pub toe: Descriptor,
    /// Whether `toe.words` is to be seen from the first header word of the input.
    pub detect_words: bool,
    /// What to do with a wrong checksum.
    pub checksum: ChecksumPolicy,
    /// What leads to orders, if anything does.
    pub trading: Option<TradingSetup>,
    /// Where decoded data go out.
    pub publish: PublishSetup,
}

/// How decoded data are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublishSetup {
    /// The multicast group.
    pub group: SocketAddrV4,
    /// Number of the run, greater than those of all runs before.
    pub run: u64,
    /// Messages of one datagram, at most.
    pub batch_messages: u32,
    /// Session of TOE0 on which datagrams leave.
    pub session: u8,
}

impl Default for PublishSetup {
    fn default() -> Self {
        let group = SocketAddrV4::new(Ipv4Addr::new(239, 1, 1, 1), 30_001);
        Self { group, run: 1, batch_messages: 1, session: 0 }
    }
}

impl Setup {
    /// The names of the rows: constituents first, then the list, those of the triggers, and
    /// `collected`.
    pub fn row_names(&self, collected: &[SecurityId]) -> Vec<SecurityId> {
        let constituents =
            self.index.iter().flat_map(|i| i.constituents.iter().map(|c| c.security));
        let listed = self.securities.iter().flatten().copied();
        let traded = self.trading.iter().flat_map(TradingSetup::securities);
        let mut seen = HashSet::new();
        let names = constituents.chain(listed).chain(traded).chain(collected.iter().copied());
        names.filter(|name| seen.insert(*name)).collect()
    }

    /// Reads a setup file; the files it names are found beside it.
    pub fn load(path: &Path) -> Result<Self, SetupError> {
        let read = |path: &Path| {
            std::fs::read_to_string(path)
                .map_err(|source| SetupError::Read { path: path.to_owned(), source })
        };
        let base = path.parent().unwrap_or(Path::new(""));
        Self::parse(&read(path)?, |name| read(&base.join(name)))
    }

    /// Reads a setup from its text; `read` gives the text of a file that it names.
    pub fn parse(
        text: &str,
        read: impl Fn(&Path) -> Result<String, SetupError>,
    ) -> Result<Self, SetupError> {
        let file: File = toml::from_str(text).map_err(|error| SetupError::Toml {
            message: error.to_string().trim_end().to_owned(),
        })?;
        let securities = file.securities.map(|s| s.names(&read)).transpose()?;
        let index = file.index.map(|i| i.check(&read)).transpose()?;
        let trading = trading::Tables {
            triggers: file.trigger,
            limits: file.limits,
            guard: file.guard,
            template: file.order_template,
            bounds: file.bounds,
            epochs: file.epoch,
        };
        let trading = trading.check(index.as_ref())?;
        let toe = file.toe;
        if toe.prefix_bytes > MAX_PREFIX_BYTES {
            return Err(SetupError::Range {
                key: "toe.prefix_bytes".to_owned(),
                found: toe.prefix_bytes.to_string(),
                wanted: format!("0 to {MAX_PREFIX_BYTES}"),
            });
        }
        Ok(Self {
            securities,
            index,
            detect_words: toe.words == WordsKey::Auto,
            toe: Descriptor {
                layout: match toe.layout {
                    LayoutKey::Sample => Layout::Sample,
                    LayoutKey::Text => Layout::Text,
                },
                words: match toe.words {
                    WordsKey::Printed => WordOrder::Printed,
                    WordsKey::Auto | WordsKey::Channel => WordOrder::Channel,
                },
                strict_filler: toe.filler == FillerKey::Strict,
                prefix_bytes: toe.prefix_bytes,
            },
            checksum: match file.frame.checksum {
                ChecksumKey::Drop => ChecksumPolicy::Drop,
                ChecksumKey::Flag => ChecksumPolicy::Flag,
                ChecksumKey::Disconnect => ChecksumPolicy::Disconnect,
            },
            trading,
            publish: file.publish.check()?,
        })
    }
}

/// A number of a setup: a string, an integer, or a float, whose shortest text is what was written.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "wanted a number, or a text with one")]
enum Number {
    Integer(i64),
    Float(f64),
    Text(String),
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => number.fmt(f),
            Self::Float(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

impl Number {
    /// The number in units of 10^-`scale`: exact or refused.
    fn decimal(&self, key: &str, scale: u32) -> Result<i64, SetupError> {
        let text = self.to_string();
        // A float of more digits may not be what was written.
        let exact = !matches!(self, Self::Float(_))
            || text.bytes().filter(u8::is_ascii_digit).count() <= 15;
        let value = if exact { parse_decimal(&text, scale) } else { Err(DecimalError::OutOfRange) };
        value.map_err(|source| SetupError::Decimal { key: key.to_owned(), found: text, source })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    index: Option<IndexFile>,
    securities: Option<SecuritiesFile>,
    #[serde(default)]
    toe: ToeFile,
    #[serde(default)]
    frame: FrameFile,
    #[serde(default)]
    trigger: Vec<trading::TriggerFile>,
    #[serde(default)]
    limits: trading::LimitsFile,
    guard: Option<trading::GuardFile>,
    #[serde(default)]
    order_template: trading::TemplateFile,
    #[serde(default)]
    bounds: BTreeMap<String, trading::BoundFile>,
    #[serde(default)]
    epoch: Vec<trading::EpochFile>,
    #[serde(default)]
    publish: PublishFile,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct PublishFile {
    group: Option<SocketAddrV4>,
    run: Option<u64>,
    batch_messages: Option<u32>,
    session: Option<u8>,
}

impl PublishFile {
    fn check(&self) -> Result<PublishSetup, SetupError> {
        let default = PublishSetup::default();
        let publish = PublishSetup {
            group: self.group.unwrap_or(default.group),
            run: self.run.unwrap_or(default.run),
            batch_messages: self.batch_messages.unwrap_or(default.batch_messages),
            session: self.session.unwrap_or(default.session),
        };
        let refuse = |key: &str, found: String, wanted: &str| {
            let (key, wanted) = (format!("publish.{key}"), wanted.to_owned());
            Err(SetupError::Range { key, found, wanted })
        };
        if !publish.group.ip().is_multicast() || publish.group.port() == 0 {
            let wanted = "a multicast address, 224.0.0.0 to 239.255.255.255, and a port";
            return refuse("group", publish.group.to_string(), wanted);
        }
        if !(1..=MAX_DATAGRAM_RECORDS as u32).contains(&publish.batch_messages) {
            let wanted = format!("1 to {MAX_DATAGRAM_RECORDS}");
            return refuse("batch_messages", publish.batch_messages.to_string(), &wanted);
        }
        if usize::from(publish.session) >= MAX_SESSIONS {
            return refuse("session", publish.session.to_string(), "0 to 127");
        }
        Ok(publish)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IndexFile {
    id: String,
    prev_close: Number,
    constituents: PathBuf,
    #[serde(default)]
    source: PriceSource,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SecuritiesFile {
    #[serde(default)]
    list: Vec<String>,
    file: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ToeFile {
    layout: LayoutKey,
    words: WordsKey,
    filler: FillerKey,
    prefix_bytes: u16,
}

impl Default for ToeFile {
    fn default() -> Self {
        Self {
            layout: LayoutKey::Sample,
            words: WordsKey::Auto,
            filler: FillerKey::Strict,
            prefix_bytes: 0,
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct FrameFile {
    checksum: ChecksumKey,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum LayoutKey {
    Sample,
    Text,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
enum WordsKey {
    Auto,
    Channel,
    Printed,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
enum FillerKey {
    Strict,
    Lenient,
}

#[derive(Deserialize, Clone, Copy, Default)]
#[serde(rename_all = "lowercase")]
enum ChecksumKey {
    #[default]
    Drop,
    Flag,
    Disconnect,
}

/// A SecurityID from text: 1 to 8 visible ASCII characters.
pub fn security_id(text: &str) -> Option<SecurityId> {
    let bytes = text.as_bytes();
    let visible = bytes.iter().all(u8::is_ascii_graphic);
    if bytes.is_empty() || bytes.len() > 8 || !visible {
        return None;
    }
    let mut id = *b"        ";
    id[..bytes.len()].copy_from_slice(bytes);
    Some(id)
}

fn named_security(key: &str, text: &str) -> Result<SecurityId, SetupError> {
    security_id(text).ok_or_else(|| SetupError::Range {
        key: key.to_owned(),
        found: format!("{text:?}"),
        wanted: "1 to 8 visible ASCII characters".to_owned(),
    })
}

impl SecuritiesFile {
    fn names(
        &self,
        read: &impl Fn(&Path) -> Result<String, SetupError>,
    ) -> Result<Vec<SecurityId>, SetupError> {
        let mut names = Vec::new();
        for text in &self.list {
            names.push(named_security("securities.list", text)?);
        }
        if let Some(path) = &self.file {
            let text = read(path)?;
            let mut rows = Rows::new(path, &text, ["security"])?;
            while let Some(([security], line)) = rows.next()? {
                names.push(named_security(&line, &security)?);
            }
        }
        if names.len() > MAX_SECURITIES {
            return Err(SetupError::Range {
                key: "securities".to_owned(),
                found: format!("{} names", names.len()),
                wanted: format!("at most {MAX_SECURITIES}"),
            });
        }
        Ok(names)
    }
}

impl IndexFile {
    fn check(
        &self,
        read: &impl Fn(&Path) -> Result<String, SetupError>,
    ) -> Result<IndexSetup, SetupError> {
        let id = named_security("index.id", &self.id)?;
        let prev_close = IndexE4(self.prev_close.decimal("index.prev_close", IndexE4::SCALE)?);
        // The product of sum and constant keeps its place below 2^126 up to here.
        if prev_close.0 <= 0 || prev_close.0 > 10_000_000_000_000 {
            return Err(SetupError::Range {
                key: "index.prev_close".to_owned(),
                found: self.prev_close.to_string(),
                wanted: "above 0 and at most 1000000000".to_owned(),
            });
        }
        let constituents = constituents(&self.constituents, &read(&self.constituents)?)?;
        let sum: u128 =
            constituents.iter().map(|c| c.shares as u128 * c.prev_close.0 as u128).sum();
        let base_sum = i64::try_from(sum).map_err(|_| SetupError::Sum { found: sum })?;
        let divisor = Divisor::new(prev_close, base_sum).ok_or(SetupError::Sum { found: sum })?;
        Ok(IndexSetup { id, prev_close, source: self.source, constituents, base_sum, divisor })
    }
}

fn decimal<T: std::str::FromStr<Err = DecimalError>>(
    key: &str,
    text: &str,
) -> Result<T, SetupError> {
    text.parse().map_err(|source| SetupError::Decimal {
        key: key.to_owned(),
        found: text.to_owned(),
        source,
    })
}

fn constituents(path: &Path, text: &str) -> Result<Vec<ConstituentSetup>, SetupError> {
    let mut rows = Rows::new(path, text, ["security", "shares", "prev_close"])?;
    let mut list = Vec::new();
    let mut seen = HashSet::new();
    while let Some(([security, shares, prev_close], line)) = rows.next()? {
        let range = |column: &str, found: &str, wanted: &str| SetupError::Range {
            key: format!("{line}, {column}"),
            found: found.to_owned(),
            wanted: wanted.to_owned(),
        };
        let id = named_security(&format!("{line}, security"), &security)?;
        if !seen.insert(id) {
            return Err(range("security", &security, "each security once"));
        }
        let shares_count = shares.parse::<i64>().ok().filter(|n| (1..=MAX_SHARES).contains(n));
        let shares_count = shares_count
            .ok_or_else(|| range("shares", &shares, "whole shares, 1 to 1000000000000"))?;
        let price: PriceE4 = decimal(&format!("{line}, prev_close"), &prev_close)?;
        if price.0 <= 0 {
            return Err(range("prev_close", &prev_close, "a price above 0"));
        }
        list.push(ConstituentSetup { security: id, shares: shares_count, prev_close: price });
    }
    if list.is_empty() || list.len() > MAX_CONSTITUENTS {
        return Err(SetupError::Csv {
            path: path.to_owned(),
            message: format!("{} constituents, wanted 1 to {MAX_CONSTITUENTS}", list.len()),
        });
    }
    Ok(list)
}

/// The wanted columns of a CSV file, row by row; further columns are left alone.
struct Rows<'a, const N: usize> {
    path: &'a Path,
    reader: csv::Reader<&'a [u8]>,
    columns: [usize; N],
}

impl<'a, const N: usize> Rows<'a, N> {
    fn new(path: &'a Path, text: &'a str, names: [&str; N]) -> Result<Self, SetupError> {
        // Spreadsheets write a byte order mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader =
            csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let refuse = |message| SetupError::Csv { path: path.to_owned(), message };
        let header = reader.headers().map_err(|error| refuse(error.to_string()))?;
        let mut columns = [0; N];
        for (column, name) in columns.iter_mut().zip(names) {
            *column = header.iter().position(|found| found == name).ok_or_else(|| {
                let found: Vec<&str> = header.iter().collect();
                refuse(format!("no column {name:?}; found {}", found.join(",")))
            })?;
        }
        Ok(Self { path, reader, columns })
    }

    fn next(&mut self) -> Result<Option<([String; N], String)>, SetupError> {
        let mut record = csv::StringRecord::new();
        let refuse = |message| SetupError::Csv { path: self.path.to_owned(), message };
        if !self.reader.read_record(&mut record).map_err(|error| refuse(error.to_string()))? {
            return Ok(None);
        }
        let line = record.position().map_or(0, csv::Position::line);
        let place = format!("{}:{line}", self.path.display());
        Ok(Some((self.columns.map(|at| record[at].to_owned()), place)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::Bounded;

    fn with_constituents(csv: &str) -> Result<Setup, SetupError> {
        let toml =
            "[index]\nid = \"399001\"\nprev_close = \"9450.1234\"\nconstituents = \"c.csv\"\n";
        Setup::parse(toml, |_| Ok(csv.to_owned()))
    }

    #[test]
    fn the_example_is_a_setup() {
        let csv = "security,shares,prev_close\n000001,19405918198,13.7600\n";
        let setup = Setup::parse(EXAMPLE, |_| Ok(csv.to_owned())).expect("the example");
        assert!(setup.index.is_some());
        let trading = setup.trading.expect("triggers");
        assert_eq!((trading.names.len(), trading.epochs.len()), (2, 2));
        assert_eq!(trading.epochs[0].shares, [(0, 19_405_918_198)]);
        // Every key of the schema stands in the example; serde names those of a table that it
        // refuses.
        for table in [
            "",
            "index",
            "securities",
            "toe",
            "frame",
            "publish",
            "limits",
            "guard",
            "bounds.price",
            "order_template",
        ] {
            let text = match table {
                "" => "unknown_key = 1".to_owned(),
                _ => format!("[{table}]\nunknown_key = 1"),
            };
            named_in_example(&text);
        }
        for table in ["trigger", "epoch"] {
            let other = if table == "trigger" { "name = \"a\"" } else { "at_msg = 1" };
            named_in_example(&format!("[[{table}]]\n{other}\nunknown_key = 1"));
        }
        named_in_example("[[trigger]]\nname = \"a\"\n[trigger.order]\nunknown_key = 1");
        named_in_example("[[trigger]]\nname = \"a\"\nprice = { unknown_key = 1 }");
        named_in_example("[[trigger]]\nname = \"a\"\ncancel = { unknown_key = 1 }");
        for kind in Bounded::ALL {
            assert!(EXAMPLE.contains(kind.name()), "{}", kind.name());
        }
    }

    /// The keys that a refused table could have had stand in the example.
    fn named_in_example(text: &str) {
        let error = Setup::parse(text, |_| unreachable!()).expect_err("an unknown key").to_string();
        let wanted = error.split("expected").nth(1).unwrap_or_else(|| panic!("{error}"));
        let keys: Vec<&str> = wanted.split('`').skip(1).step_by(2).collect();
        assert!(!keys.is_empty(), "{error}");
        for key in keys {
            let word = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
            assert!(EXAMPLE.split(word).any(|found| found == key), "{key}: {error}");
        }
    }

    #[test]
    fn an_empty_setup_is_the_default() {
        let setup = Setup::parse("", |_| unreachable!()).expect("empty");
        assert_eq!(setup, Setup { detect_words: true, ..Setup::default() });
    }

    #[test]
    fn unknown_keys_are_named() {
        for text in ["x = 1", "[toe]\nx = 1", "[index]\nx = 1", "[frame]\nx = 1"] {
            let error = Setup::parse(text, |_| unreachable!()).expect_err("unknown key");
            assert!(error.to_string().contains('x'), "{error}");
        }
    }

    #[test]
    fn constituents_are_checked() {
        let head = "security,shares,prev_close\n";
        let ok = with_constituents(&format!("\u{feff}{head}000001, 100, 15.03\n")).expect("fine");
        assert_eq!(ok.index.expect("an index").base_sum, 15_030_000);
        for (rows, wanted) in [
            ("", "0 constituents"),
            ("000001,0,1\n", "1 to 1000000000000"),
            ("000001,1000000000001,1\n", "1 to 1000000000000"),
            ("000001,1.5,1\n", "whole shares"),
            ("000001,1,0\n", "above 0"),
            ("000001,1,1.00001\n", "more than 4 digits"),
            ("000001,1,1\n000001,1,1\n", "each security once"),
            ("000000001,1,1\n", "1 to 8"),
            ("000001,1000000000000,10000000000\n", "below 2^63"),
            ("000001,1\n", "c.csv"),
        ] {
            let error = with_constituents(&format!("{head}{rows}")).expect_err(rows);
            assert!(error.to_string().contains(wanted), "{rows}: {error}");
        }
        let error = with_constituents("security,shares\n").expect_err("a column is missing");
        assert!(error.to_string().contains("prev_close"), "{error}");
    }
}
