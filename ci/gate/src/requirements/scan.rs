//! Which tests a workspace has and which requirements they name, read from the sources.
//!
//! A test names what it shows in the last lines above it: `/// Shows G16, H25.`

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::lex::{Token, tokens};

/// Where the tests of a binary begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its id, as nextest has it.
    pub binary: String,
    /// Its first file.
    pub root: PathBuf,
}

/// The tests of a workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// Ids that each test names, by `binary-id test-name`.
    pub tests: BTreeMap<String, BTreeSet<String>>,
    /// Lines that speak of ids and are no such lines, as `file:line: what`.
    pub findings: Vec<String>,
}

/// Why sources cannot be scanned.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// Cargo does not say what the workspace is made of.
    #[error("cargo metadata: {0}")]
    Cargo(String),
    /// A file of the workspace.
    #[error("{path}: {error}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    targets: Vec<PackageTarget>,
}

#[derive(Deserialize)]
struct PackageTarget {
    name: String,
    kind: Vec<String>,
    src_path: PathBuf,
    test: bool,
}

/// What of the workspace at this folder may hold tests.
///
/// # Errors
/// When cargo cannot tell.
pub fn targets(root: &Path) -> Result<Vec<Target>, ScanError> {
    let wrong = |error: &dyn std::fmt::Display| ScanError::Cargo(error.to_string());
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root)
        .output()
        .map_err(|error| wrong(&error))?;
    if !output.status.success() {
        return Err(wrong(&String::from_utf8_lossy(&output.stderr)));
    }
    let metadata: Metadata =
        serde_json::from_slice(&output.stdout).map_err(|error| wrong(&error))?;
    let mut found = Vec::new();
    for package in metadata.packages {
        for target in package.targets.into_iter().filter(|target| target.test) {
            let (package, name) = (&package.name, &target.name);
            let binary = match target.kind.first().map_or("", String::as_str) {
                "test" => format!("{package}::{name}"),
                kind @ ("bin" | "bench" | "example") => format!("{package}::{kind}/{name}"),
                "custom-build" => continue,
                _ => package.clone(),
            };
            found.push(Target { binary, root: target.src_path });
        }
    }
    Ok(found)
}

/// The tests of these binaries.
///
/// # Errors
/// When a file cannot be read.
pub fn scan(targets: &[Target]) -> Result<Scan, ScanError> {
    let mut scan = Scan::default();
    let mut findings = BTreeSet::new();
    for target in targets {
        let folder = target.root.parent().unwrap_or(Path::new("")).to_owned();
        let module = Module { file: target.root.clone(), folder, path: Vec::new() };
        let mut files = Files { binary: &target.binary, scan: &mut scan, findings: &mut findings };
        files.read(&module)?;
    }
    // A file may belong to more than one binary; what is wrong with it is said once.
    scan.findings = findings.into_iter().collect();
    Ok(scan)
}

/// A file with the module it holds.
struct Module {
    file: PathBuf,
    /// Where its own `mod name;` look for their files.
    folder: PathBuf,
    /// Names from the binary's root on.
    path: Vec<String>,
}

struct Files<'a> {
    binary: &'a str,
    scan: &'a mut Scan,
    findings: &'a mut BTreeSet<String>,
}

/// What stands above an item and is not yet known to belong to a test.
#[derive(Default)]
struct Above {
    shows: Vec<(usize, BTreeSet<String>)>,
    is_test: bool,
    path: Option<String>,
}

impl Files<'_> {
    fn read(&mut self, module: &Module) -> Result<(), ScanError> {
        let read = std::fs::read_to_string(&module.file);
        let source = read.map_err(|error| ScanError::Io { path: module.file.clone(), error })?;
        let all = tokens(&source);
        // Names of inline modules; a brace of anything else has none.
        let mut scopes: Vec<Option<&str>> = Vec::new();
        let mut above = Above::default();
        let mut at = 0;
        while let Some(&(line, token)) = all.get(at) {
            let behind = |n: usize| all.get(at + n).map(|&(_, token)| token);
            match (token, behind(1), behind(2)) {
                (Token::Comment(text), ..) => self.comment(module, line, text, &mut above),
                (Token::Sign('#'), Some(Token::Sign('[' | '!')), _) => {
                    at = attribute(&all, at, &mut above);
                    continue;
                }
                (
                    Token::Word("mod"),
                    Some(Token::Word(name)),
                    Some(Token::Sign(sign @ (';' | '{'))),
                ) => {
                    if sign == '{' {
                        scopes.push(Some(name));
                    } else if let Some(child) = child(module, &scopes, name, above.path.as_deref())
                    {
                        self.read(&child)?;
                    }
                    self.done(module, &mut above);
                    at += 3;
                    continue;
                }
                (Token::Word("fn"), Some(Token::Word(name)), _) if above.is_test => {
                    let scopes = scopes.iter().flatten().copied();
                    let path: Vec<&str> = module
                        .path
                        .iter()
                        .map(String::as_str)
                        .chain(scopes)
                        .chain([name])
                        .collect();
                    let ids = above.shows.drain(..).flat_map(|(_, ids)| ids).collect();
                    self.scan.tests.insert(format!("{} {}", self.binary, path.join("::")), ids);
                    above = Above::default();
                }
                (Token::Sign('{'), ..) => {
                    scopes.push(None);
                    self.done(module, &mut above);
                }
                (Token::Sign('}'), ..) => {
                    scopes.pop();
                    self.done(module, &mut above);
                }
                (Token::Sign(';'), ..) => self.done(module, &mut above),
                _ => {}
            }
            at += 1;
        }
        self.done(module, &mut above);
        Ok(())
    }

    /// The end of an item that is no test: ids above it are lost.
    fn done(&mut self, module: &Module, above: &mut Above) {
        for (line, _) in std::mem::take(above).shows {
            self.findings
                .insert(format!("{}:{line}: names ids above no test", module.file.display()));
        }
    }

    fn comment(&mut self, module: &Module, line: usize, text: &str, above: &mut Above) {
        let Some(list) = text.trim_start_matches('/').trim_start().strip_prefix("Shows ") else {
            return;
        };
        // Prose may begin with the same word.
        if !list.split([',', '.', ' ']).next().is_some_and(is_id) {
            return;
        }
        let ids: Vec<&str> = list.trim_end_matches('.').split(", ").collect();
        let is_well =
            ids.iter().all(|id| is_id(id)) && text == format!("/// Shows {}.", ids.join(", "));
        if is_well {
            above.shows.push((line, ids.into_iter().map(str::to_owned).collect()));
        } else {
            let file = module.file.display();
            self.findings.insert(format!("{file}:{line}: not as `/// Shows G16, H25.`: {text}"));
        }
    }
}

/// Whether this may be the id of a requirement: a capital and a number.
pub fn is_id(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|first| first.is_ascii_uppercase())
        && chars.as_str().parse::<u16>().is_ok_and(|number| number > 0)
        && !chars.as_str().starts_with(['0', '+'])
}

/// Goes over an attribute and keeps what it says of tests and files; where it ends.
fn attribute(all: &[(usize, Token<'_>)], from: usize, above: &mut Above) -> usize {
    let mut at = from + 1;
    let mut depth = 0;
    let mut inner = Vec::new();
    while let Some(&(_, token)) = all.get(at) {
        at += 1;
        match token {
            Token::Sign('[') => depth += 1,
            Token::Sign(']') => depth -= 1,
            token => inner.push(token),
        }
        if depth == 0 && token != Token::Sign('!') {
            break;
        }
    }
    match inner[..] {
        [Token::Word("test")] => above.is_test = true,
        [Token::Word("path"), Token::Sign('='), Token::Text(path)] => {
            above.path = Some(path.to_owned());
        }
        _ => {}
    }
    at
}

/// The file of `mod name;`, if there is one: one that a feature or a build makes may be missing.
fn child(
    module: &Module,
    scopes: &[Option<&str>],
    name: &str,
    path: Option<&str>,
) -> Option<Module> {
    let inline: Vec<&str> = scopes.iter().flatten().copied().collect();
    let mut names = module.path.clone();
    names.extend(inline.iter().chain([&name]).map(|&name| name.to_owned()));
    let beside = inline.iter().fold(module.folder.clone(), |folder, name| folder.join(name));
    if let Some(path) = path {
        let here = module.file.parent().unwrap_or(Path::new(""));
        let file = if inline.is_empty() { here.join(path) } else { beside.join(path) };
        // A file that is named by its path looks for others beside itself.
        let folder = file.parent()?.to_owned();
        return file.exists().then_some(Module { file, folder, path: names });
    }
    let (file, whole) = (beside.join(format!("{name}.rs")), beside.join(name).join("mod.rs"));
    let file = [file, whole].into_iter().find(|file| file.exists())?;
    Some(Module { file, folder: beside.join(name), path: names })
}
