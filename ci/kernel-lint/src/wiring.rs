//! Kernels and channels of a wiring, on its tokens.

use crate::source::{Kind, Macros, Source, close, is_word_start};
use crate::{Finding, Rule};
use std::collections::{BTreeMap, BTreeSet};

/// The kernels that every message passes.
const DATA_PATH: [&str; 5] = ["decode", "indicator", "send", "feedback", "publish"];
/// The kernels that stand beside them and own the memory.
const BESIDE: [&str; 2] = ["params", "mirror"];
/// And those that a replay on a card has too.
const OF_A_REPLAY: [&str; 2] = ["feed", "drain"];

const GLOBAL: &[&str] = &["__global", "global", "__constant", "constant"];

/// A kernel; the fields are ranges of tokens.
pub(crate) struct Kernel {
    pub(crate) name: String,
    pub(crate) line: usize,
    /// Attributes and qualifiers before the parameters.
    head: (usize, usize),
    parameters: (usize, usize),
    /// Empty for a declaration.
    body: (usize, usize),
}

impl Kernel {
    pub(crate) fn has_body(&self) -> bool {
        self.body.0 < self.body.1
    }
}

/// Every kernel of a wiring.
pub(crate) fn kernels(source: &Source, macros: &Macros) -> Vec<Kernel> {
    let t = &source.tokens;
    let mut found = Vec::new();
    if source.kind != Kind::Wiring {
        return found;
    }
    let mut item = 0; // first token of the item at file scope
    let mut i = 0;
    while i < t.len() {
        match t[i].text.as_str() {
            ";" | "}" => item = i + 1,
            "{" => {
                i = close(t, i).unwrap_or(t.len() - 1);
                item = i + 1;
            }
            word if macros.means(word, &["__kernel", "kernel"])
                && t.get(i + 1).is_none_or(|n| n.text != "=") =>
            {
                let Some((name, open)) = name_and_parameters(source, macros, i) else {
                    i += 1;
                    continue;
                };
                let Some(end) = close(t, open) else { break };
                // Attributes may also follow the parameters.
                let mut after = end + 1;
                while t.get(after).is_some_and(|n| n.text == "__attribute__") {
                    after = close(t, after + 1).map_or(t.len(), |e| e + 1);
                }
                let body = match t.get(after) {
                    Some(n) if n.text == "{" => (after, close(t, after).unwrap_or(t.len() - 1)),
                    _ => (after, after),
                };
                found.push(Kernel {
                    name: t[name].text.clone(),
                    line: t[name].line,
                    head: (item, open),
                    parameters: (open + 1, end),
                    body,
                });
                i = body.1;
                item = i + 1;
            }
            _ => {}
        }
        i += 1;
    }
    found
}

/// The kernel's name: the word before the first `(` that belongs to no attribute.
fn name_and_parameters(source: &Source, macros: &Macros, from: usize) -> Option<(usize, usize)> {
    let t = &source.tokens;
    let mut i = from + 1;
    while i < t.len() {
        let word = t[i].text.as_str();
        let before_group = t.get(i + 1).is_some_and(|n| n.text == "(");
        if matches!(word, ";" | "{" | "}") {
            return None;
        }
        if before_group && (word == "__attribute__" || macros.annotation(word).is_some()) {
            i = close(t, i + 1)?;
        } else if before_group && word.starts_with(is_word_start) {
            return Some((i, i + 1));
        }
        i += 1;
    }
    None
}

/// Global memory, missing kernels, autorun.
pub(crate) fn judge(
    source: &Source,
    macros: &Macros,
    kernels: &[Kernel],
    findings: &mut Vec<Finding>,
) {
    if source.kind != Kind::Wiring {
        return;
    }
    let mut find = |line, rule, what: String, better: &str| {
        findings.push(Finding {
            file: source.name.clone(),
            line,
            rule,
            what,
            better: better.into(),
        });
    };
    if !kernels.iter().any(Kernel::has_body) {
        find(
            1,
            Rule::Parse,
            "no kernel found in this wiring".into(),
            "`__kernel void name(...) { ... }`; what has no kernel is a header",
        );
    }
    let channels = channels(source, macros);
    if source.is_pipeline() {
        for name in DATA_PATH.iter().chain(&BESIDE) {
            if !kernels.iter().any(|k| k.name == **name && k.has_body()) {
                find(
                    1,
                    Rule::NoGlobalMemory,
                    format!("kernel `{name}` is not in the channel wiring"),
                    "decode, indicator, send, feedback and publish on the data path, params and \
                     mirror beside them, under these names",
                );
            }
        }
    }
    for kernel in kernels {
        let on_data_path = if source.is_pipeline() {
            !BESIDE.iter().chain(&OF_A_REPLAY).any(|name| *name == kernel.name)
        } else {
            !channels.is_empty() && DATA_PATH.contains(&kernel.name.as_str())
        };
        if on_data_path {
            judge_memory(source, macros, kernel, &mut find);
        }
        judge_autorun(source, macros, kernel, &channels, &mut find);
    }
}

type Find<'a> = dyn FnMut(usize, Rule, String, &str) + 'a;

fn judge_memory(source: &Source, macros: &Macros, kernel: &Kernel, find: &mut Find<'_>) {
    const BETTER: &str = "rows and parameters come and go over channels; only params and mirror \
                          own memory";
    let name = &kernel.name;
    let mut lines = BTreeSet::new();
    let parameters = &source.tokens[kernel.parameters.0..kernel.parameters.1];
    for t in parameters {
        if (t.text == "*" || macros.means(&t.text, GLOBAL)) && lines.insert(t.line) {
            let what = format!("data-path kernel `{name}` has a pointer to global memory");
            find(t.line, Rule::NoGlobalMemory, what, BETTER);
        }
    }
    for t in &source.tokens[kernel.body.0..kernel.body.1] {
        if macros.means(&t.text, GLOBAL) && lines.insert(t.line) {
            let what = format!("data-path kernel `{name}` uses global memory (`{}`)", t.text);
            find(t.line, Rule::NoGlobalMemory, what, BETTER);
        }
    }
}

fn judge_autorun(
    source: &Source,
    macros: &Macros,
    kernel: &Kernel,
    channels: &BTreeMap<String, bool>,
    find: &mut Find<'_>,
) {
    let t = &source.tokens;
    let head = || {
        let behind = kernel.parameters.1..kernel.body.0.max(kernel.parameters.1);
        t[kernel.head.0..kernel.head.1].iter().chain(&t[behind])
    };
    let autorun = &["autorun", "__autorun__"];
    if !head().any(|t| macros.means(&t.text, autorun)) {
        return;
    }
    let name = &kernel.name;
    let better = "launch it from the host; the compiler allows autorun only without arguments and \
                  I/O channels";
    let parameters = &t[kernel.parameters.0..kernel.parameters.1];
    if !(parameters.is_empty() || parameters.len() == 1 && parameters[0].text == "void") {
        let what = format!("autorun kernel `{name}` has arguments");
        find(kernel.line, Rule::NoAutorun, what, better);
    }
    for used in words_reached(source, macros, kernel) {
        if channels.get(&used) == Some(&true) {
            let what = format!("autorun kernel `{name}` uses the I/O channel `{used}`");
            find(kernel.line, Rule::NoAutorun, what, better);
        }
    }
}

/// Channels declared at file scope, and whether each leaves the card.
fn channels(source: &Source, macros: &Macros) -> BTreeMap<String, bool> {
    let t = &source.tokens;
    let mut found = BTreeMap::new();
    let mut start = 0;
    let mut i = 0;
    while i < t.len() {
        match t[i].text.as_str() {
            "{" => {
                i = close(t, i).unwrap_or(t.len() - 1);
                start = i + 1;
            }
            ";" => {
                let item = &t[start..i];
                let io = item.iter().any(|t| macros.means(&t.text, &["io", "__io__"]));
                let mut names = Vec::new();
                if let Some(at) = item.iter().position(|t| t.text == "channel") {
                    // The name is the last word before an index, an attribute or the end.
                    let declared = &item[at + 1..];
                    let end = declared
                        .iter()
                        .position(|t| {
                            matches!(t.text.as_str(), "[" | "__attribute__")
                                || macros.annotation(&t.text).is_some()
                        })
                        .unwrap_or(declared.len());
                    names.extend(declared[..end].last());
                } else if item.first().is_some_and(|t| macros.means(&t.text, &["channel"])) {
                    // A macro declares it and may take the name at any place.
                    names.extend(item[1..].iter().filter(|t| t.text.starts_with(is_word_start)));
                }
                for name in names {
                    *found.entry(name.text.clone()).or_insert(false) |= io;
                }
                start = i + 1;
            }
            _ => {}
        }
        i += 1;
    }
    found
}

/// The words of a kernel's body and of the functions of the file and the macros that it reaches.
fn words_reached(source: &Source, macros: &Macros, kernel: &Kernel) -> BTreeSet<String> {
    let t = &source.tokens;
    let mut bodies: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut i = 0;
    while i < t.len() {
        if t[i].text == "(" && i > 0 && t[i - 1].text.starts_with(is_word_start) {
            if let Some(end) = close(t, i)
                && t.get(end + 1).is_some_and(|n| n.text == "{")
                && let Some(last) = close(t, end + 1)
            {
                bodies.insert(t[i - 1].text.as_str(), (end + 1, last));
                i = last;
            }
        } else if t[i].text == "{" {
            i = close(t, i).unwrap_or(t.len() - 1);
        }
        i += 1;
    }
    let in_macros: BTreeMap<&str, Vec<&String>> = macros.all().fold(BTreeMap::new(), |mut m, d| {
        m.entry(d.name.as_str()).or_insert_with(Vec::new).extend(&d.body);
        m
    });
    let mut reached = BTreeSet::new();
    let mut open: Vec<String> =
        t[kernel.body.0..kernel.body.1].iter().map(|t| t.text.clone()).collect();
    while let Some(word) = open.pop() {
        if !reached.insert(word.clone()) {
            continue;
        }
        if let Some(&(from, to)) = bodies.get(word.as_str()) {
            open.extend(t[from..to].iter().map(|t| t.text.clone()));
        }
        if let Some(body) = in_macros.get(word.as_str()) {
            open.extend(body.iter().map(|w| (*w).clone()));
        }
    }
    reached
}
