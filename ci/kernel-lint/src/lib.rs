//! Rules for the OpenCL C of `kernels/`: what Intel's compiler needs for one step a clock (II = 1)
//! and refuses only after hours, or builds into something slow without a word.
//!
//! Headers are judged on their syntax tree. A wiring (`*.cl`) is read by the same parser once the
//! words that C does not know are blanked out; what only kernels have (arguments, channels,
//! attributes) is judged on its tokens. `README.md` beside this crate explains each rule.

mod source;
mod tree;
mod wiring;

use source::{Comment, Kind, Macros, Source};
use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

/// A rule, by the name that a finding prints.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Rule {
    /// What cannot be read cannot be judged: a syntax error, an OpenCL word in a room.
    Parse,
    /// One unbounded loop a kernel, not nested, none in a room.
    OneUnboundedLoop,
    /// Every `for` has constant bounds and is unrolled.
    UnrolledLoops,
    /// `if`, `switch` and branches with side effects nest at most three deep.
    IfDepth,
    /// One write for each variable on any path through a step.
    OneWrite,
    /// No float, no recursion, no file-scope variable, no division by a variable.
    IntegersOnly,
    /// No data-path kernel reads or writes global memory; each of them is there.
    NoGlobalMemory,
    /// No autorun kernel with arguments or I/O channels.
    NoAutorun,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 8] = [
        Self::Parse,
        Self::OneUnboundedLoop,
        Self::UnrolledLoops,
        Self::IfDepth,
        Self::OneWrite,
        Self::IntegersOnly,
        Self::NoGlobalMemory,
        Self::NoAutorun,
    ];

    /// The name in findings, waivers and fixtures.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Parse => "parse",
            Self::OneUnboundedLoop => "one-unbounded-loop",
            Self::UnrolledLoops => "unrolled-loops",
            Self::IfDepth => "if-depth",
            Self::OneWrite => "one-write",
            Self::IntegersOnly => "integers-only",
            Self::NoGlobalMemory => "no-global-memory",
            Self::NoAutorun => "no-autorun",
        }
    }
}

/// What breaks a rule, where, and the better form.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Finding {
    /// The file's name as given.
    pub file: String,
    /// 1-based line.
    pub line: usize,
    /// The rule.
    pub rule: Rule,
    /// What is wrong.
    pub what: String,
    /// What to write instead.
    pub better: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, rule, what, better } = self;
        write!(f, "{file}:{line}: {}: {what}; better: {better}", rule.name())
    }
}

/// A second write that its author answers for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Waiver {
    /// The file's name as given.
    pub file: String,
    /// 1-based line of the comment.
    pub line: usize,
    /// The reason as written.
    pub reason: String,
}

/// What a run looked at and found.
#[derive(Default, Debug)]
pub struct Report {
    /// Sorted by file and line.
    pub findings: Vec<Finding>,
    /// Waivers in use, sorted by file and line.
    pub waivers: Vec<Waiver>,
    /// Files looked at.
    pub files: usize,
    /// Functions and kernels looked at.
    pub functions: usize,
    /// Loops looked at.
    pub loops: usize,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        for Waiver { file, line, reason } in &self.waivers {
            writeln!(f, "{file}:{line}: waived: {}: {reason}", Rule::OneWrite.name())?;
        }
        let Self { files, functions, loops, .. } = self;
        let (findings, waivers) = (self.findings.len(), self.waivers.len());
        writeln!(
            f,
            "kernel-lint: files {files}, functions {functions}, loops {loops}, waivers {waivers}, \
             findings {findings}"
        )
    }
}

/// A run that could not judge.
#[derive(thiserror::Error, Debug)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// What was to be read.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file is not UTF-8.
    #[error("{} is not UTF-8", path.display())]
    Encoding {
        /// The file.
        path: PathBuf,
    },
    /// A path that is neither a folder nor a kernel's file.
    #[error("{} is neither a folder nor a .h or .cl file", path.display())]
    NotKernels {
        /// The path.
        path: PathBuf,
    },
    /// There was nothing to look at: a green answer would mean nothing.
    #[error("nothing to lint: no {what} in {places}")]
    Nothing {
        /// What was looked for.
        what: &'static str,
        /// Where.
        places: String,
    },
    /// The parser refused its own grammar or gave up.
    #[error("the parser failed on {file}: {reason}")]
    Parser {
        /// The file.
        file: String,
        /// What the parser says.
        reason: String,
    },
}

/// A file to be judged.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its name in findings. Folder and name decide what it is: `*.cl` is a wiring, `compat.h` and
    /// what is below `stage/` may use OpenCL words, all else is a room.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// Every `.h` and `.cl` file of the paths, folders with all below them, in order of name. Symbolic
/// links are not followed.
///
/// # Errors
///
/// A path that cannot be read or is no kernel's file, a file that is not UTF-8, no file at all.
pub fn collect(paths: &[PathBuf]) -> Result<Vec<Input>, Error> {
    let mut files = Vec::new();
    for path in paths {
        let info =
            std::fs::metadata(path).map_err(|source| Error::Read { path: path.clone(), source })?;
        if info.is_dir() {
            walk(path, &mut files)?;
        } else if is_kernel_file(path) {
            files.push(path.clone());
        } else {
            return Err(Error::NotKernels { path: path.clone() });
        }
    }
    files.sort();
    files.dedup();
    if files.is_empty() {
        return Err(Error::Nothing { what: ".h or .cl file", places: list(paths) });
    }
    files
        .into_iter()
        .map(|path| {
            let bytes = std::fs::read(&path)
                .map_err(|source| Error::Read { path: path.clone(), source })?;
            let name = path.to_string_lossy().into_owned();
            match String::from_utf8(bytes) {
                Ok(text) => Ok(Input { name, text }),
                Err(_) => Err(Error::Encoding { path }),
            }
        })
        .collect()
}

/// The paths in one line, for an error.
pub fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", ")
}

fn is_kernel_file(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "h" || e == "cl")
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let read = |source| Error::Read { path: folder.to_path_buf(), source };
    for entry in std::fs::read_dir(folder).map_err(read)? {
        let entry = entry.map_err(read)?;
        let kind = entry.file_type().map_err(read)?;
        let path = entry.path();
        if kind.is_dir() {
            walk(&path, files)?;
        } else if kind.is_file() && is_kernel_file(&path) {
            files.push(path);
        }
    }
    Ok(())
}

/// Judges files that belong together: macros, calls and channels are seen across all of them.
///
/// # Errors
///
/// No input, or a parser that fails; what is wrong with an input is a finding.
pub fn lint(inputs: &[Input]) -> Result<Report, Error> {
    if inputs.is_empty() {
        return Err(Error::Nothing { what: "file", places: "the input".into() });
    }
    let written: Vec<Source> = inputs.iter().map(|i| Source::new(&i.name, &i.text)).collect();
    let macros = Macros::new(&written);
    let mut seen = BTreeSet::new();
    let sources: Vec<Source> = inputs
        .iter()
        .zip(&written)
        .map(|(input, source)| {
            let (text, used) = source::expand(source, &input.text, &macros);
            seen.extend(used);
            Source::new(&input.name, &text)
        })
        .collect();
    let mut report = Report { files: sources.len(), ..Report::default() };
    let mut calls = tree::Calls::new(&macros);
    for source in &sources {
        let kernels = wiring::kernels(source, &macros);
        let judged = tree::judge(source, &macros, &kernels, &mut calls)?;
        report.functions += judged.functions;
        report.loops += judged.loops;
        report.findings.extend(judged.findings);
        wiring::judge(source, &macros, &kernels, &mut report.findings);
        judge_words(source, &mut report.findings);
        judge_macros(source, &seen, &mut report.findings);
        settle_waivers(source, judged.writes, &mut report);
    }
    expect_wiring(&sources, &mut report.findings);
    calls.find_recursion(&mut report.findings);
    report.findings.sort();
    report.findings.dedup();
    report.waivers.sort();
    Ok(report)
}

/// A folder of rooms without the channel wiring: the rules about its kernels would look at nothing.
fn expect_wiring(sources: &[Source], findings: &mut Vec<Finding>) {
    let room = sources.iter().find_map(|s| {
        let folder = Path::new(&s.name).parent()?;
        (folder.file_name()? == "room").then(|| folder.parent().unwrap_or(Path::new("")))
    });
    if let Some(root) = room
        && !sources.iter().any(Source::is_pipeline)
    {
        findings.push(Finding {
            file: root.join("pipeline_channels.cl").to_string_lossy().into_owned(),
            line: 1,
            rule: Rule::NoGlobalMemory,
            what: "the channel wiring is not among the files".into(),
            better: "lint the folder that holds both the rooms and the wirings".into(),
        });
    }
}

/// Floats, in code and in macros, and OpenCL words in rooms.
fn judge_words(source: &Source, findings: &mut Vec<Finding>) {
    let mut find = |line, rule, what: String, better: &str| {
        findings.push(Finding {
            file: source.name.clone(),
            line,
            rule,
            what,
            better: better.into(),
        });
    };
    let defined = source.directives.iter().filter(|d| d.word() == "define");
    for token in source.tokens.iter().chain(defined.flat_map(|d| &d.tokens)) {
        let word = token.text.as_str();
        if is_float_type(word) {
            find(
                token.line,
                Rule::IntegersOnly,
                format!("`{word}` is a floating-point word of OpenCL C"),
                "a fixed-point integer with its scale in the name (`price_e4`)",
            );
        } else if source::is_float_literal(word) {
            find(
                token.line,
                Rule::IntegersOnly,
                format!("`{word}` is a floating-point literal"),
                "an integer in the smallest unit",
            );
        }
    }
    if source.kind == Kind::Room {
        for (i, token) in source.tokens.iter().enumerate() {
            if source.is_opencl_word(i) {
                find(
                    token.line,
                    Rule::Parse,
                    format!("`{}` in a room, which is plain C on values", token.text),
                    "TG_STATE for the address space of state; channels and kernels belong to the \
                     wiring",
                );
            }
        }
    }
}

fn is_float_type(word: &str) -> bool {
    let base = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let lanes = &word[base.len()..];
    let vector = matches!(lanes, "" | "2" | "3" | "4" | "8" | "16");
    let scalar = base.strip_prefix("convert_").or_else(|| base.strip_prefix("as_")).unwrap_or(base);
    matches!(word, "_Float16" | "_Float32" | "_Float64" | "__fp16")
        || vector && matches!(scalar, "float" | "double" | "half")
}

/// Code of a macro that is used nowhere is in no tree, and that of an expression neither: what a
/// rule would judge has no place in it.
fn judge_macros(source: &Source, seen: &BTreeSet<String>, findings: &mut Vec<Finding>) {
    for m in source.macros.iter().filter(|m| !seen.contains(&m.name)) {
        let mut find = |rule, what: String, better: &str| {
            findings.push(Finding {
                file: source.name.clone(),
                line: m.line,
                rule,
                what,
                better: better.into(),
            });
        };
        let name = &m.name;
        for (i, word) in m.body.iter().enumerate() {
            match word.as_str() {
                "while" | "do" | "goto" => find(
                    Rule::OneUnboundedLoop,
                    format!("macro `{name}` hides a `{word}`"),
                    "write it in the kernel, where it can be counted",
                ),
                "for" => find(
                    Rule::UnrolledLoops,
                    format!("macro `{name}` hides a `for`"),
                    "a function with an unrolled loop",
                ),
                "if" | "switch" => find(
                    Rule::IfDepth,
                    format!("macro `{name}` hides an `{word}`"),
                    "a function, or one expression with `?:`",
                ),
                "=" | "+=" | "-=" | "*=" | "&=" | "|=" | "^=" | "<<=" | ">>=" | "++" | "--" => {
                    find(
                        Rule::OneWrite,
                        format!("macro `{name}` hides a write (`{word}`)"),
                        "a function that returns the value, assigned where it can be seen",
                    );
                }
                "/" | "%" | "/=" | "%=" => {
                    let divisor = m.body[i + 1..].iter().find(|w| w.as_str() != "(");
                    let is_parameter =
                        |w: &String| m.parameters.as_ref().is_some_and(|p| p.contains(w));
                    let constant = divisor.is_some_and(|w| {
                        !is_parameter(w)
                            && (source::is_upper(w) || source::integer(w).is_some_and(|n| n > 0))
                    });
                    if !constant {
                        find(
                            Rule::IntegersOnly,
                            format!("macro `{name}` divides by what may vary"),
                            DIVISION_BETTER,
                        );
                    }
                }
                _ => {}
            }
        }
    }
}

pub(crate) const DIVISION_BETTER: &str =
    "multiply by a reciprocal that the host prepared, and shift";

/// Drops the second writes that a waiver with a reason answers for; a waiver without a reason, for
/// another rule or for nothing is itself a finding.
fn settle_waivers(source: &Source, writes: Vec<tree::Write>, report: &mut Report) {
    let find = |line, what: &str, better: &str| Finding {
        file: source.name.clone(),
        line,
        rule: Rule::OneWrite,
        what: what.into(),
        better: better.into(),
    };
    const FORM: &str = "/* lint: one-write because REASON */ on the line of the write";
    let mut writes: Vec<(tree::Write, bool)> = writes.into_iter().map(|w| (w, false)).collect();
    for comment in &source.comments {
        let Some(said) = waiver_text(comment) else { continue };
        let line = comment.lines.0;
        let Some(rest) = said.strip_prefix(Rule::OneWrite.name()) else {
            report.findings.push(find(line, "only one-write can be waived", FORM));
            continue;
        };
        let reason = rest.trim_start().strip_prefix("because").map(str::trim);
        let Some(reason) = reason.filter(|r| r.chars().any(char::is_alphabetic)) else {
            report.findings.push(find(line, "a waiver without a reason", FORM));
            continue;
        };
        // A comment that stands alone speaks for the line below it.
        let spoken_for = if comment.alone { comment.lines.1 + 1 } else { line };
        let mut used = false;
        for (write, waived) in &mut writes {
            if (write.lines.0..=write.lines.1).contains(&spoken_for) {
                *waived = true;
                used = true;
            }
        }
        if used {
            report.waivers.push(Waiver {
                file: source.name.clone(),
                line,
                reason: reason.split_whitespace().collect::<Vec<_>>().join(" "),
            });
        } else {
            report.findings.push(find(line, "this waiver waives nothing", "delete the comment"));
        }
    }
    report
        .findings
        .extend(writes.into_iter().filter(|(_, waived)| !waived).map(|(w, _)| w.finding));
}

/// What a comment says behind `lint:`.
fn waiver_text(comment: &Comment) -> Option<&str> {
    let text = comment.text.trim_start_matches(['/', '*']);
    let text = text.strip_suffix("*/").unwrap_or(text).trim();
    text.strip_prefix("lint:").map(str::trim)
}
