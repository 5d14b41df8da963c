//! The compiler's report: initiation intervals, clock, resources, and the rules on them.
//!
//! The compiler is pinned by the recipe ([`crate::manifest::Compiler`]); a report of another version
//! is refused. Read are `reports/lib/json/loops.json` and `info.json`, which `aoc -rtl` writes, and
//! `acl_quartus_report.txt`, which a full build adds. Intel says that the JSON may change between
//! releases without notice, so every shape but the known ones is an error that shows what was found.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use crate::manifest::{FileError, LoopIi, Recipe, Resources, read_text};

/// Longest file of a report, in bytes.
pub const MAX_REPORT_BYTES: u64 = 64 << 20;

/// The known column heads of `loops.json`: 18.1's, and those from loop speculation on (seen in 20.4
/// and 2021.4). Pipelined and II stand at the same places; the pinned release lies between the two.
const COLUMNS: [[&str; 5]; 2] = [
    ["", "Pipelined", "II", "Bottleneck", "Details"],
    ["", "Pipelined", "II", "Speculated iterations", "Details"],
];

/// A report that cannot be read.
#[derive(Debug, Error)]
pub enum ReportError {
    /// A file of the report is missing, unreadable or too long.
    #[error("report {0}")]
    File(#[from] FileError),
    /// A file of the report has a shape that no known release writes.
    #[error("report {file}: wanted {wanted}, found {found}")]
    Shape {
        /// The file.
        file: &'static str,
        /// What the known releases write.
        wanted: String,
        /// What it has.
        found: String,
    },
    /// The report is of another compiler than the pinned one.
    #[error("report of another compiler: wanted version {wanted}, found {found}")]
    Compiler {
        /// The recipe's version.
        wanted: String,
        /// The report's.
        found: String,
    },
    /// The report is of another board.
    #[error("report of another board: wanted {wanted}, found {found}")]
    Board {
        /// The recipe's board.
        wanted: String,
        /// The report's.
        found: String,
    },
}

fn shape(file: &'static str, wanted: impl Into<String>, found: impl Into<String>) -> ReportError {
    // A report may be long; an error is one line.
    let found: String = found.into();
    let found: String = match found.char_indices().nth(200) {
        Some((at, _)) => format!("{} ...", &found[..at]),
        None => found,
    };
    ReportError::Shape { file, wanted: wanted.into(), found }
}

/// Initiation interval, as the report writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ii {
    /// `1`: exactly so many cycles.
    Exact(u32),
    /// `~1`: so many, if nothing stalls.
    About(u32),
    /// `>=1`: at least so many.
    AtLeast(u32),
    /// `n/a` or nothing: not a loop that starts iterations.
    None,
}

impl fmt::Display for Ii {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(cycles) => write!(f, "{cycles}"),
            Self::About(cycles) => write!(f, "~{cycles}"),
            Self::AtLeast(cycles) => write!(f, ">={cycles}"),
            Self::None => write!(f, "n/a"),
        }
    }
}

impl std::str::FromStr for Ii {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let cycles = |digits: &str| {
            let number = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok());
            let number = number.flatten().filter(|&cycles: &u32| cycles > 0);
            number.ok_or(format!("{text:?}"))
        };
        match text {
            "" | "n/a" => Ok(Self::None),
            _ if text.starts_with('~') => cycles(&text[1..]).map(Self::About),
            _ if text.starts_with(">=") => cycles(&text[2..]).map(Self::AtLeast),
            _ => cycles(text).map(Self::Exact),
        }
    }
}

/// One loop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loop {
    /// Its name, as `decode.B1`.
    pub name: String,
    /// File and line of the source, where the report says them.
    pub place: Option<String>,
    /// `Yes`, `No` or `n/a`.
    pub pipelined: String,
    /// Initiation interval.
    pub ii: Ii,
    /// All that the report says of it: what limits it, operations, places.
    pub notes: Vec<String>,
    /// The operations that the report names as stallable, without their places.
    pub stallable: Vec<String>,
}

impl Loop {
    /// Whether it is only shown: an unrolled loop has no iterations left, and a coalesced one is
    /// counted in the loop that it went into.
    fn is_shown_only(&self) -> bool {
        let kinds = ["Fully unrolled loop", "Coalesced loop"];
        self.pipelined == "n/a" && kinds.iter().any(|kind| self.name.starts_with(kind))
    }
}

/// One kernel with its loops, outer before inner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kernel {
    /// Its name.
    pub name: String,
    /// All that the report says of it, the block that limits its clock among it.
    pub notes: Vec<String>,
    /// Its loops.
    pub loops: Vec<Loop>,
}

/// What the compiler says before place and route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Version of the compiler, as `19.4.0 Build 64`.
    pub compiler: String,
    /// Family, device and board.
    pub target: String,
    /// Its kernels.
    pub kernels: Vec<Kernel>,
}

#[derive(Deserialize)]
struct Table {
    columns: Vec<String>,
    children: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    name: String,
    data: Vec<Value>,
    #[serde(default)]
    debug: Vec<Vec<Link>>,
    #[serde(default)]
    details: Vec<Detail>,
    #[serde(default)]
    children: Vec<Node>,
}

#[derive(Deserialize)]
struct Link {
    filename: Option<String>,
    line: Option<Value>,
}

#[derive(Deserialize)]
struct Detail {
    #[serde(default)]
    text: String,
    #[serde(default)]
    links: Vec<Link>,
    #[serde(default)]
    details: Vec<Detail>,
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl Link {
    fn place(&self) -> Option<String> {
        let file = self.filename.as_deref().filter(|name| !name.is_empty())?;
        let file = file.rsplit(['/', '\\']).next().unwrap_or(file);
        self.line.as_ref().map(|line| format!("{file}:{}", plain(line)))
    }
}

impl Detail {
    /// Its text with each `%L` replaced by the place that it links to.
    fn line(&self) -> String {
        let mut parts = self.text.split("%L");
        let mut line = parts.next().unwrap_or("").to_owned();
        for (at, part) in parts.enumerate() {
            let place = self.links.get(at).and_then(Link::place);
            line.push_str(place.as_deref().unwrap_or("?"));
            line.push_str(part);
        }
        line.trim().to_owned()
    }

    /// Puts its lines, and those below it, in `notes`; those below a heading of stallable
    /// instructions in `stallable` too.
    fn gather(&self, under: bool, notes: &mut Vec<String>, stallable: &mut Vec<String>) {
        let line = self.line();
        // "See ... for more information" is a link to the manual.
        if !line.is_empty() && !line.starts_with("See ") && !notes.contains(&line) {
            notes.push(line.clone());
        }
        if under && !line.is_empty() {
            // Without its place: a file may be called after channels too.
            let operation = self.text.split("(%L").next().unwrap_or(&self.text);
            stallable.push(operation.trim().to_owned());
        }
        let heading = line.to_lowercase().contains("stallable instruction");
        // In one line, the operation stands behind the colon.
        if let Some((_, operation)) = line.split_once(':').filter(|_| heading && !under) {
            let operation = operation.trim();
            if !operation.is_empty() && operation != "n/a" {
                stallable.push(operation.to_owned());
            }
        }
        self.details.iter().for_each(|detail| detail.gather(under || heading, notes, stallable));
    }
}

/// Kernels and loops of a `loops.json`.
pub fn parse_loops(text: &str) -> Result<Vec<Kernel>, ReportError> {
    const FILE: &str = "loops.json";
    let table: Table = serde_json::from_str(text)
        .map_err(|error| shape(FILE, "the loops' table", error.to_string()))?;
    if !COLUMNS.iter().any(|known| table.columns == *known) {
        return Err(shape(
            FILE,
            format!("columns {:?} or {:?}", COLUMNS[0], COLUMNS[1]),
            format!("{:?}", table.columns),
        ));
    }
    table.children.iter().map(kernel).collect()
}

fn kernel(node: &Node) -> Result<Kernel, ReportError> {
    let wrong = || shape("loops.json", "rows named `Kernel: NAME`", format!("{:?}", node.name));
    let name = node.name.strip_prefix("Kernel: ").ok_or_else(wrong)?;
    // Some releases add their target: `Kernel: decode (Target Fmax : ...)`.
    let name = name.split(" (").next().unwrap_or(name).trim();
    if name.is_empty() {
        return Err(wrong());
    }
    let mut kernel = Kernel { name: name.to_owned(), notes: Vec::new(), loops: Vec::new() };
    let mut stallable = Vec::new();
    node.details.iter().for_each(|detail| detail.gather(false, &mut kernel.notes, &mut stallable));
    add_loops(&node.children, &mut kernel.loops)?;
    Ok(kernel)
}

fn add_loops(nodes: &[Node], loops: &mut Vec<Loop>) -> Result<(), ReportError> {
    for node in nodes {
        let [pipelined, ii, _] = node.data.as_slice() else {
            let found = format!("{} in {:?}", node.data.len(), node.name);
            return Err(shape("loops.json", "three values a loop", found));
        };
        let ii = plain(ii).parse::<Ii>().map_err(|found| {
            let found = format!("{found} in {:?}", node.name);
            shape("loops.json", "an II of N, ~N, >=N or n/a", found)
        })?;
        let mut found = Loop {
            name: node.name.clone(),
            place: node.debug.iter().flatten().find_map(Link::place),
            pipelined: plain(pipelined),
            ii,
            notes: Vec::new(),
            stallable: Vec::new(),
        };
        for detail in &node.details {
            detail.gather(false, &mut found.notes, &mut found.stallable);
        }
        loops.push(found);
        add_loops(&node.children, loops)?;
    }
    Ok(())
}

/// Version and target of an `info.json`: 20.4's `compileInfo`, or 17.1's rows.
pub fn parse_info(text: &str) -> Result<(String, String), ReportError> {
    const FILE: &str = "info.json";
    let info: Value =
        serde_json::from_str(text).map_err(|error| shape(FILE, "JSON", error.to_string()))?;
    let node = &info["compileInfo"]["nodes"][0];
    let row = |name: &str| {
        let rows = info["rows"].as_array()?;
        rows.iter().find(|row| row["name"] == name)?["data"][0].as_str()
    };
    let version = node["version"].as_str().or_else(|| row("AOC Version"));
    let target = node["family"].as_str().or_else(|| row("Target Family, Device, Board"));
    match (version, target) {
        (Some(version), Some(target)) => Ok((version.to_owned(), target.to_owned())),
        _ => Err(shape(FILE, "version and family in compileInfo.nodes, or in rows", text.trim())),
    }
}

/// Reads the report in the folder that `aoc -rtl` made, for this recipe.
pub fn read_report(project: &Path, recipe: &Recipe) -> Result<Report, ReportError> {
    let json = project.join("reports/lib/json");
    let read = |path: PathBuf| read_text(&path, MAX_REPORT_BYTES);
    let (compiler, target) = parse_info(&read(json.join("info.json"))?)?;
    // `19.4.0` is the version of `19.4.0 Build 64`.
    if compiler.split_whitespace().next() != Some(recipe.compiler.version.as_str()) {
        let wanted = recipe.compiler.version.clone();
        return Err(ReportError::Compiler { wanted, found: compiler });
    }
    // `Arria 10, DEVICE, BSP:BOARD`
    if target.rsplit([':', ',']).next().map(str::trim) != Some(recipe.board.as_str()) {
        return Err(ReportError::Board { wanted: recipe.board.clone(), found: target });
    }
    let kernels = parse_loops(&read(json.join("loops.json"))?)?;
    Ok(Report { compiler, target, kernels })
}

/// What place and route made of the image, from `acl_quartus_report.txt`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// The clock that the kernels run at, in MHz: what the PLL was set to.
    pub clock_mhz: f64,
    /// The clock that timing would allow, in MHz.
    pub fmax_mhz: f64,
    /// Resources in use.
    pub used: Resources,
    /// Resources of the die.
    pub available: Resources,
}

/// Clock and resources of an `acl_quartus_report.txt`.
pub fn parse_fit(text: &str) -> Result<Fit, ReportError> {
    const FILE: &str = "acl_quartus_report.txt";
    let value = |name: &str| {
        let mut found = text.lines().filter_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == name).then(|| value.trim())
        });
        match (found.next(), found.next()) {
            (Some(value), None) => Ok(value),
            (None, _) => Err(shape(FILE, format!("a line `{name}: ...`"), "none")),
            (Some(first), Some(second)) => {
                let found = format!("{first:?} and {second:?}");
                Err(shape(FILE, format!("one line `{name}: ...`"), found))
            }
        }
    };
    let mhz = |name: &str| {
        let text = value(name)?;
        let mhz = text.parse::<f64>().ok().filter(|mhz| *mhz > 0.0 && *mhz <= 1_000.0);
        mhz.ok_or_else(|| shape(FILE, format!("{name} in MHz, above 0 and up to 1000"), text))
    };
    // `82,696 / 427,200 ( 19 % )`
    let share = |name: &str| {
        let text = value(name)?;
        let number = |text: &str| text.trim().replace(',', "").parse::<u64>().ok();
        let both = text.split('(').next().and_then(|text| text.split_once('/'));
        both.and_then(|(used, all)| Some((number(used)?, number(all)?)))
            .filter(|(used, all)| used <= all)
            .ok_or_else(|| shape(FILE, format!("{name} as USED / ALL ( n % )"), text))
    };
    let (alm, alms) = share("Logic utilization")?;
    let (m20k, m20ks) = share("RAM blocks")?;
    let (dsp, dsps) = share("DSP blocks")?;
    Ok(Fit {
        clock_mhz: mhz("Actual clock freq")?,
        fmax_mhz: mhz("Kernel fmax")?,
        used: Resources { alm, m20k, dsp },
        available: Resources { alm: alms, m20k: m20ks, dsp: dsps },
    })
}

/// Reads what a full build added to the folder of [`read_report`].
pub fn read_fit(project: &Path) -> Result<Fit, ReportError> {
    parse_fit(&read_text(&project.join("acl_quartus_report.txt"), MAX_REPORT_BYTES)?)
}

/// A rule that an image breaks.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// A kernel of the recipe is not in the report.
    MissingKernel {
        /// The kernel.
        kernel: String,
    },
    /// The report has a kernel that the recipe does not name, so nothing judges it.
    UnknownKernel {
        /// The kernel.
        kernel: String,
    },
    /// A kernel of the data path has no loop in the report.
    NoLoop {
        /// The kernel.
        kernel: String,
    },
    /// A loop of the data path is not pipelined at II 1.
    Slow {
        /// The kernel.
        kernel: String,
        /// The loop's name, and its place in the source.
        name: String,
        /// What was wanted.
        wanted: &'static str,
        /// What was found.
        found: String,
        /// What limits it, in the report's words.
        limits: Vec<String>,
    },
    /// The clock is below the recipe's floor.
    BelowFloor {
        /// The floor, in MHz.
        wanted_mhz: f64,
        /// The clock, in MHz.
        found_mhz: f64,
    },
    /// The clock is above what timing allows.
    Timing {
        /// What timing allows, in MHz.
        fmax_mhz: f64,
        /// The clock, in MHz.
        clock_mhz: f64,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingKernel { kernel } => {
                write!(f, "{kernel}: wanted in the report, found no such kernel")
            }
            Self::UnknownKernel { kernel } => {
                write!(f, "{kernel}: found in the report, but the recipe does not name it")
            }
            Self::NoLoop { kernel } => write!(f, "{kernel}: wanted a loop, found none"),
            Self::Slow { kernel, name, wanted, found, limits } => {
                write!(f, "{kernel}, {name}: wanted {wanted}, found {found}")?;
                limits.iter().try_for_each(|limit| write!(f, "\n    {limit}"))
            }
            Self::BelowFloor { wanted_mhz, found_mhz } => {
                write!(f, "clock: wanted at least {wanted_mhz} MHz, found {found_mhz} MHz")
            }
            Self::Timing { fmax_mhz, clock_mhz } => {
                write!(f, "clock: timing allows {fmax_mhz} MHz, found {clock_mhz} MHz")
            }
        }
    }
}

/// Whether an operation, as the report names it, reads or writes a channel.
fn is_channel(operation: &str) -> bool {
    operation.split_whitespace().any(|word| word.eq_ignore_ascii_case("channel"))
}

/// Whether a line of the report names a load or a store.
fn is_memory(line: &str) -> bool {
    let line = line.to_lowercase();
    line.contains("load operation") || line.contains("store operation")
}

/// What is wrong with a loop of the data path: what was wanted, what was found.
fn wrong_loop(found: &Loop) -> Option<(&'static str, String)> {
    let memory = found.notes.iter().chain(&found.stallable).find(|line| is_memory(line));
    if found.pipelined != "Yes" {
        return Some(("a pipelined loop", format!("pipelined: {}", found.pipelined)));
    }
    match found.ii {
        Ii::Exact(1) | Ii::About(1) => {}
        ii => return Some(("II 1, or ~1 by channels alone", format!("II {ii}"))),
    }
    if let Some(line) = memory {
        return Some(("no load or store that limits the loop", format!("{line:?}")));
    }
    if found.ii == Ii::About(1) {
        if found.stallable.is_empty() {
            let found = "II ~1 and no operation named".to_owned();
            return Some(("the operations that make II ~1", found));
        }
        if let Some(other) = found.stallable.iter().find(|operation| !is_channel(operation)) {
            return Some(("only channel operations that stall", format!("{other:?}")));
        }
    }
    None
}

/// The rules on loops: all kernels there and known, every loop of the data path at II 1.
///
/// `1` passes. `~1` passes if the report names what can stall, and all of it are channel operations.
/// Everything else fails: above 1, `>=1`, not pipelined, a load or store named, no loop at all.
pub fn judge_loops(report: &Report, recipe: &Recipe) -> Vec<Finding> {
    let mut findings = Vec::new();
    let named = || recipe.data_path.iter().chain(&recipe.beside);
    for kernel in named().filter(|name| !report.kernels.iter().any(|k| k.name == **name)) {
        findings.push(Finding::MissingKernel { kernel: kernel.clone() });
    }
    for kernel in &report.kernels {
        if !named().any(|name| *name == kernel.name) {
            findings.push(Finding::UnknownKernel { kernel: kernel.name.clone() });
        }
        if !recipe.data_path.contains(&kernel.name) {
            continue;
        }
        let mut judged = kernel.loops.iter().filter(|found| !found.is_shown_only()).peekable();
        if judged.peek().is_none() {
            findings.push(Finding::NoLoop { kernel: kernel.name.clone() });
        }
        findings.extend(judged.filter_map(|found| {
            let (wanted, seen) = wrong_loop(found)?;
            let place = found.place.as_ref().map_or(String::new(), |place| format!(" ({place})"));
            Some(Finding::Slow {
                kernel: kernel.name.clone(),
                name: format!("{}{place}", found.name),
                wanted,
                found: seen,
                limits: found.notes.clone(),
            })
        }));
    }
    findings
}

/// The rules on the clock: at least the recipe's floor, at most what timing allows.
pub fn judge_fit(fit: &Fit, recipe: &Recipe) -> Vec<Finding> {
    let Fit { clock_mhz, fmax_mhz, .. } = *fit;
    let floor = recipe.fmax_floor_mhz;
    let below = Finding::BelowFloor { wanted_mhz: floor, found_mhz: clock_mhz };
    let timing = Finding::Timing { fmax_mhz, clock_mhz };
    let both = [(clock_mhz < floor, below), (clock_mhz > fmax_mhz, timing)];
    both.into_iter().filter(|(bad, _)| *bad).map(|(_, finding)| finding).collect()
}

/// The loops of a report, for a manifest.
pub fn loops(report: &Report) -> Vec<LoopIi> {
    let each = report.kernels.iter().flat_map(|kernel| {
        kernel.loops.iter().filter(|found| !found.is_shown_only()).map(|found| LoopIi {
            kernel: kernel.name.clone(),
            name: found.name.clone(),
            ii: found.ii.to_string(),
        })
    });
    each.collect()
}

/// The greatest II of the data path's loops; `None` if the report has no such loop.
pub fn slowest(report: &Report, recipe: &Recipe) -> Option<u32> {
    let kernels = report.kernels.iter().filter(|kernel| recipe.data_path.contains(&kernel.name));
    let cycles = |found: &Loop| match found.ii {
        Ii::Exact(cycles) | Ii::About(cycles) | Ii::AtLeast(cycles) => Some(cycles),
        Ii::None => None,
    };
    kernels.flat_map(|kernel| &kernel.loops).filter_map(cycles).max()
}

/// Nanoseconds for each message of `cycles` iterations at this II and clock: `cycles x II / Fmax`.
///
/// So a build with a higher II and a higher clock can be compared with its opposite.
pub fn ns_per_message(cycles: u32, ii: u32, fmax_mhz: f64) -> f64 {
    f64::from(cycles) * f64::from(ii) * 1_000.0 / fmax_mhz
}

/// The least clock, in MHz, that keeps up with a line.
///
/// `payload_gbit_per_s` of payload come in packets of `payload_beats` words of 16 bytes behind
/// `header_beats` words of header; each word takes `ii` cycles.
pub fn least_clock_mhz(
    payload_gbit_per_s: f64,
    payload_beats: u32,
    header_beats: u32,
    ii: u32,
) -> f64 {
    let words_per_us = payload_gbit_per_s * 1_000.0 / 128.0;
    let with_header = f64::from(payload_beats + header_beats) / f64::from(payload_beats);
    words_per_us * with_header * f64::from(ii)
}
