//! One source file, taken apart as far as the rules need it: comments, directives, tokens, and a
//! text of equal length in which only plain C is left for the parser.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path};

/// What a file is, by its place and name; decides which rules look at it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A header of a room: pure C on values, without an OpenCL word.
    Room,
    /// `compat.h` and the headers of stages, which may name address spaces.
    Header,
    /// A file with kernels.
    Wiring,
}

pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
    pub(crate) at: usize,
}

pub(crate) struct Comment {
    pub(crate) text: String,
    /// First and last line, 1-based.
    pub(crate) lines: (usize, usize),
    /// Nothing but white space stands before it on its line.
    pub(crate) alone: bool,
}

/// A preprocessor line with its continuations.
pub(crate) struct Directive {
    pub(crate) line: usize,
    pub(crate) range: (usize, usize),
    pub(crate) tokens: Vec<Token>,
}

/// A macro as written at one place.
#[derive(Clone)]
pub(crate) struct Macro {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) parameters: Option<Vec<String>>,
    pub(crate) body: Vec<String>,
}

pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) comments: Vec<Comment>,
    /// The text with comments blanked; same length and lines as the file.
    pub(crate) plain: Vec<u8>,
    pub(crate) directives: Vec<Directive>,
    /// Tokens outside comments and directives.
    pub(crate) tokens: Vec<Token>,
    pub(crate) macros: Vec<Macro>,
}

pub(crate) fn kind_of(name: &str) -> Kind {
    let path = Path::new(name);
    let under = |folder: &str| {
        path.components().any(|c| matches!(c, Component::Normal(n) if n.to_str() == Some(folder)))
    };
    if name.ends_with(".cl") {
        Kind::Wiring
    } else if under("stage") || path.file_name().is_some_and(|n| n == "compat.h") {
        Kind::Header
    } else {
        Kind::Room
    }
}

impl Source {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        let (plain, comments) = blank_comments(text);
        let directives = find_directives(&plain);
        let mut code = plain.clone();
        for d in &directives {
            blank(&mut code, d.range);
        }
        let macros = directives.iter().filter_map(|d| read_macro(d, &plain)).collect();
        let tokens = tokenize(&code, 0, 1);
        Self { name: name.into(), kind: kind_of(name), comments, plain, directives, tokens, macros }
    }

    pub(crate) fn is_pipeline(&self) -> bool {
        self.name.ends_with("pipeline_channels.cl")
    }

    /// The text for the parser. Annotations, attributes and OpenCL words are blanked in place, so
    /// lines and columns stay. Pragmas go too (they are judged on the text), and inside
    /// parentheses only the first branch of an `#if` is kept.
    pub(crate) fn for_parser(&self, macros: &Macros) -> Vec<u8> {
        let mut out = self.plain.clone();
        let t = &self.tokens;
        let mut i = 0;
        while i < t.len() {
            let word = t[i].text.as_str();
            let has_group = t.get(i + 1).is_some_and(|n| n.text == "(");
            let end = if matches!(word, "__attribute__" | "_Pragma") && has_group {
                close(t, i + 1)
            } else if let Some(function_like) = macros.annotation(word) {
                Some(if function_like && has_group { close(t, i + 1).unwrap_or(i) } else { i })
            } else if self.is_opencl_word(i) && self.kind != Kind::Room {
                Some(i)
            } else {
                None
            };
            if let Some(end) = end {
                blank(&mut out, (t[i].at, t[end].at + t[end].text.len()));
                i = end;
            }
            i += 1;
        }
        for d in &self.directives {
            if matches!(d.word(), "pragma" | "error" | "warning" | "line") {
                blank(&mut out, d.range);
            }
        }
        self.blank_branches_in_parentheses(&mut out);
        out
    }

    /// Whether token `i` is a word that C does not know. The words without underscores are keywords
    /// only to OpenCL C, and `channel` and `pipe` only where they begin a declaration.
    pub(crate) fn is_opencl_word(&self, i: usize) -> bool {
        let next_is_name =
            || self.tokens.get(i + 1).is_some_and(|t| t.text.starts_with(is_word_start));
        match self.tokens[i].text.as_str() {
            "__kernel" | "__global" | "__local" | "__constant" | "__private" | "__read_only"
            | "__write_only" => true,
            "kernel" | "global" | "local" | "constant" | "private" | "read_only" | "write_only" => {
                self.kind == Kind::Wiring
            }
            "channel" | "pipe" => self.kind == Kind::Wiring && next_is_name(),
            _ => false,
        }
    }

    fn blank_branches_in_parentheses(&self, out: &mut [u8]) {
        let mut depth = 0usize;
        let mut tokens = self.tokens.iter().peekable();
        // For every open `#if`: whether it stands in parentheses, and where a cut began.
        let mut open: Vec<(bool, usize, Option<usize>)> = Vec::new();
        for d in &self.directives {
            while let Some(t) = tokens.next_if(|t| t.at < d.range.0) {
                match t.text.as_str() {
                    "(" => depth += 1,
                    ")" => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
            match d.word() {
                "if" | "ifdef" | "ifndef" => {
                    if depth > 0 {
                        blank(out, d.range);
                    }
                    open.push((depth > 0, depth, None));
                }
                "else" | "elif" => {
                    if let Some((true, at_if, cut)) = open.last_mut() {
                        cut.get_or_insert(d.range.0);
                        depth = *at_if;
                    }
                }
                "endif" => {
                    if let Some((true, _, cut)) = open.pop() {
                        blank(out, (cut.unwrap_or(d.range.0), d.range.1));
                    }
                }
                _ => {}
            }
        }
    }

    /// Whether a loop that begins at this byte is asked to be unrolled, and by how much.
    pub(crate) fn unroll_before(&self, at: usize) -> Option<Unroll> {
        if let Some(d) = self.directives.iter().rev().find(|d| d.range.1 <= at) {
            let between = &self.plain[d.range.1..at];
            if between.iter().all(u8::is_ascii_whitespace) && d.word() == "pragma" {
                let words: Vec<&str> = d.tokens.iter().map(|t| t.text.as_str()).collect();
                return match words.as_slice() {
                    ["#", "pragma", "unroll"] => Some(Unroll::Full),
                    ["#", "pragma", "unroll", n @ ..] => Some(Unroll::Times(n.concat())),
                    _ => None,
                };
            }
        }
        let before = self.tokens.partition_point(|t| t.at < at);
        let words: Vec<&str> =
            self.tokens[before.saturating_sub(4)..before].iter().map(|t| t.text.as_str()).collect();
        let directly = |from: usize| {
            let start = self.tokens[from].at;
            !self.directives.iter().any(|d| d.range.0 > start && d.range.0 < at)
        };
        match words.as_slice() {
            [.., "TG_UNROLL"] if directly(before - 1) => Some(Unroll::Full),
            ["_Pragma", "(", "\"unroll\"", ")"] if directly(before - 4) => Some(Unroll::Full),
            ["TG_UNROLL", "(", n, ")"] if directly(before - 4) => {
                Some(Unroll::Times((*n).to_owned()))
            }
            _ => None,
        }
    }
}

pub(crate) enum Unroll {
    Full,
    Times(String),
}

impl Directive {
    pub(crate) fn word(&self) -> &str {
        self.tokens.get(1).map_or("", |t| t.text.as_str())
    }
}

/// All macros of a run, by name.
pub(crate) struct Macros {
    by_name: BTreeMap<String, Vec<Macro>>,
}

/// Words that say something about a declaration or a loop and nothing about what is computed.
const QUALIFIERS: &[&str] = &[
    "static",
    "inline",
    "const",
    "volatile",
    "restrict",
    "extern",
    "__restrict",
    "__inline",
    "__kernel",
    "kernel",
    "__global",
    "global",
    "__local",
    "local",
    "__constant",
    "constant",
    "__private",
    "private",
];

/// Macros that the kernels' `compat.h` defines, known also when it is not among the files.
const KNOWN: &[&str] = &["TG_CONSTANT", "TG_FN", "TG_STATE", "TG_UNROLL"];

impl Macros {
    pub(crate) fn new(sources: &[Source]) -> Self {
        let mut by_name: BTreeMap<String, Vec<Macro>> = BTreeMap::new();
        for m in sources.iter().flat_map(|s| &s.macros) {
            by_name.entry(m.name.clone()).or_default().push(m.clone());
        }
        Self { by_name }
    }

    /// Whether a macro is only an annotation in each of its definitions (no code, no value), and if
    /// so, whether it takes arguments. Include guards and other empty macros are annotations.
    pub(crate) fn annotation(&self, name: &str) -> Option<bool> {
        let Some(definitions) = self.by_name.get(name) else {
            return KNOWN.contains(&name).then_some(name == "TG_UNROLL");
        };
        definitions
            .iter()
            .all(|m| self.only_annotates(&m.body, 0))
            .then(|| definitions.iter().any(|m| m.parameters.is_some()))
    }

    /// The definition that holds at a line of a file: the last one above it there, or the only one.
    fn at(&self, name: &str, source: &Source, line: usize) -> Option<&Macro> {
        let here = source.macros.iter().rev().find(|m| m.name == name && m.line < line);
        let same = |a: &Macro, b: &Macro| a.body == b.body && a.parameters == b.parameters;
        let all = self.by_name.get(name)?;
        match here {
            Some(m) => all.iter().find(|a| same(a, m)),
            None => all.first().filter(|first| all.iter().all(|a| same(a, first))),
        }
    }

    fn only_annotates(&self, body: &[String], depth: usize) -> bool {
        let mut i = 0;
        while i < body.len() {
            let word = body[i].as_str();
            if matches!(word, "__attribute__" | "_Pragma") {
                let mut open = 0usize;
                loop {
                    i += 1;
                    match body.get(i).map(String::as_str) {
                        Some("(") => open += 1,
                        Some(")") => open = open.saturating_sub(1),
                        Some(_) => {}
                        None => return false,
                    }
                    if open == 0 {
                        break;
                    }
                }
            } else if !QUALIFIERS.contains(&word) {
                let nested = self.by_name.get(word).filter(|_| depth < 8);
                if !nested
                    .is_some_and(|d| d.iter().all(|m| self.only_annotates(&m.body, depth + 1)))
                {
                    return false;
                }
            }
            i += 1;
        }
        true
    }

    /// Whether a word is one of these or a macro that hides one of them.
    pub(crate) fn means(&self, word: &str, any: &[&str]) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![word.to_owned()];
        while let Some(word) = open.pop() {
            if any.contains(&word.as_str()) {
                return true;
            }
            if seen.insert(word.clone())
                && let Some(definitions) = self.by_name.get(&word)
            {
                open.extend(definitions.iter().flat_map(|m| m.body.iter().cloned()));
            }
        }
        false
    }

    /// The value of a number or of a macro with one definition that is a number.
    pub(crate) fn value(&self, word: &str) -> Option<u64> {
        let mut word = word.to_owned();
        for _ in 0..8 {
            if let Some(n) = integer(&word) {
                return Some(n);
            }
            let [only] = self.by_name.get(&word)?.as_slice() else { return None };
            let inner: Vec<&String> =
                only.body.iter().filter(|t| !matches!(t.as_str(), "(" | ")")).collect();
            let [one] = inner.as_slice() else { return None };
            word = (*one).clone();
        }
        None
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Macro> {
        self.by_name.values().flatten()
    }
}

/// Tokens that one use of a macro may become.
const MAX_EXPANDED: usize = 20_000;

impl Macro {
    /// Whether it stands for code that the rules must see: a statement, a write, or calls of one of
    /// its own parameters (a list that is read with another macro).
    fn is_code(&self) -> bool {
        let calls_parameter = |pair: &[String]| {
            pair[1] == "(" && self.parameters.as_ref().is_some_and(|p| p.contains(&pair[0]))
        };
        self.body.iter().any(|w| {
            matches!(
                w.as_str(),
                ";" | "{"
                    | "case"
                    | "for"
                    | "while"
                    | "do"
                    | "goto"
                    | "if"
                    | "switch"
                    | "="
                    | "+="
                    | "-="
                    | "*="
                    | "/="
                    | "%="
                    | "&="
                    | "|="
                    | "^="
                    | "<<="
                    | ">>="
                    | "++"
                    | "--"
            )
        }) || self.body.windows(2).any(calls_parameter)
    }

    /// The body with arguments in place of parameters.
    fn with(&self, arguments: &[Vec<String>]) -> Option<Vec<String>> {
        let Some(parameters) = &self.parameters else { return Some(self.body.clone()) };
        let none = parameters.is_empty() && matches!(arguments, [only] if only.is_empty());
        if !none && parameters.len() != arguments.len() {
            return None;
        }
        let mut out: Vec<String> = Vec::new();
        let mut paste = false;
        for word in &self.body {
            if word == "##" {
                paste = true;
                continue;
            }
            let words = match parameters.iter().position(|p| p == word) {
                Some(at) => arguments[at].as_slice(),
                None => std::slice::from_ref(word),
            };
            for word in words {
                match out.last_mut() {
                    Some(last) if std::mem::take(&mut paste) => last.push_str(word),
                    _ => out.push(word.clone()),
                }
            }
        }
        Some(out)
    }
}

/// Puts the code of macros where they are used, each on the line of its use. Gives the text and the
/// names that were replaced.
pub(crate) fn expand(source: &Source, text: &str, macros: &Macros) -> (String, BTreeSet<String>) {
    let t = &source.tokens;
    let mut used = BTreeSet::new();
    let mut out = String::with_capacity(text.len());
    let (mut copied, mut i) = (0, 0);
    while i < t.len() {
        let words: Vec<String> = match use_of(t, i, source, macros) {
            Some(end) => t[i..=end].iter().map(|t| t.text.clone()).collect(),
            None => {
                i += 1;
                continue;
            }
        };
        let end = i + words.len() - 1;
        let mut budget = MAX_EXPANDED;
        let found = expanded(&words, t[i].line, source, macros, 0, &mut budget, &mut used);
        let stop = t[end].at + t[end].text.len();
        if let Some(found) = found {
            out.push_str(&text[copied..t[i].at]);
            out.push_str(&found.join(" "));
            // Comments and lines of the use stay.
            let lines = text[t[i].at..stop].matches('\n').count();
            out.extend(std::iter::repeat_n('\n', lines));
            copied = stop;
        }
        i = end + 1;
    }
    out.push_str(&text[copied..]);
    (out, used)
}

/// The last token of a use of a macro that is code, if there is one at `i`.
fn use_of(t: &[Token], i: usize, source: &Source, macros: &Macros) -> Option<usize> {
    let m = macros.at(&t[i].text, source, t[i].line)?;
    if !m.is_code() {
        return None;
    }
    match (&m.parameters, t.get(i + 1)) {
        (None, _) => Some(i),
        (Some(_), Some(next)) if next.text == "(" => close(t, i + 1),
        _ => None,
    }
}

fn expanded(
    words: &[String],
    line: usize,
    source: &Source,
    macros: &Macros,
    depth: usize,
    budget: &mut usize,
    used: &mut BTreeSet<String>,
) -> Option<Vec<String>> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < words.len() {
        *budget = budget.checked_sub(1)?;
        let m = macros.at(&words[i], source, line).filter(|m| m.is_code() && depth < 8);
        let calls = words.get(i + 1).is_some_and(|w| w == "(");
        let Some(m) = m.filter(|m| m.parameters.is_none() || calls) else {
            out.push(words[i].clone());
            i += 1;
            continue;
        };
        let mut arguments = vec![Vec::new()];
        if m.parameters.is_some() {
            let mut open = 0usize;
            loop {
                i += 1;
                let word = words.get(i)?;
                match word.as_str() {
                    "(" | "[" | "{" => open += 1,
                    ")" | "]" | "}" => open = open.checked_sub(1)?,
                    _ => {}
                }
                if open == 0 {
                    break;
                }
                match word.as_str() {
                    "," if open == 1 => arguments.push(Vec::new()),
                    "(" if open == 1
                        && arguments == [Vec::<String>::new()]
                        && words[i - 1] == m.name => {}
                    _ => arguments.last_mut()?.push(word.clone()),
                }
            }
        }
        used.insert(m.name.clone());
        let body = m.with(&arguments)?;
        out.extend(expanded(&body, line, source, macros, depth + 1, budget, used)?);
        i += 1;
    }
    Some(out)
}

/// The value of an integer literal of C.
pub(crate) fn integer(word: &str) -> Option<u64> {
    let digits = word.trim_end_matches(['u', 'U', 'l', 'L']);
    match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => digits.parse().ok(),
    }
}

pub(crate) fn is_word_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

/// A macro or an enumerator by our spelling: upper case.
pub(crate) fn is_upper(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && word.chars().any(|c| c.is_ascii_uppercase())
        && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// Index of the token that closes the bracket at `open`.
pub(crate) fn close(tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (i, t) in tokens.iter().enumerate().skip(open) {
        match t.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => {
                depth -= 1;
                if depth == 0 {
                    return Some(i);
                }
            }
            _ => {}
        }
    }
    None
}

fn blank(text: &mut [u8], (from, to): (usize, usize)) {
    for b in &mut text[from..to] {
        if *b != b'\n' {
            *b = b' ';
        }
    }
}

fn blank_comments(text: &str) -> (Vec<u8>, Vec<Comment>) {
    let b = text.as_bytes();
    let mut out = b.to_vec();
    let mut comments = Vec::new();
    let (mut i, mut line, mut line_start) = (0, 1, 0);
    while i < b.len() {
        match b[i] {
            b'\n' => {
                line += 1;
                line_start = i + 1;
                i += 1;
            }
            q @ (b'"' | b'\'') => {
                i += 1;
                while i < b.len() && b[i] != q && b[i] != b'\n' {
                    i += if b[i] == b'\\' && b.get(i + 1).is_some_and(|&c| c != b'\n') {
                        2
                    } else {
                        1
                    };
                }
                if i < b.len() && b[i] == q {
                    i += 1;
                }
            }
            b'/' if matches!(b.get(i + 1), Some(b'*' | b'/')) => {
                let end = if b[i + 1] == b'*' {
                    text[i + 2..].find("*/").map_or(b.len(), |n| i + 2 + n + 2)
                } else {
                    text[i..].find('\n').map_or(b.len(), |n| i + n)
                };
                let first = line;
                let alone = b[line_start..i].iter().all(u8::is_ascii_whitespace);
                for (k, &c) in b[i..end].iter().enumerate() {
                    if c == b'\n' {
                        line += 1;
                        line_start = i + k + 1;
                    }
                }
                blank(&mut out, (i, end));
                comments.push(Comment { text: text[i..end].into(), lines: (first, line), alone });
                i = end;
            }
            _ => i += 1,
        }
    }
    (out, comments)
}

fn find_directives(plain: &[u8]) -> Vec<Directive> {
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < plain.len() {
        let (start, first) = (at, line);
        let mut end = line_end(plain, at);
        let begins = plain[at..end].iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'#');
        line += 1;
        if begins {
            while end < plain.len() && last_is_backslash(&plain[at..end]) {
                at = end + 1;
                end = line_end(plain, at);
                line += 1;
            }
            let range = (start, end);
            let mut text = plain[start..end].to_vec();
            for b in &mut text {
                if *b == b'\\' {
                    *b = b' ';
                }
            }
            found.push(Directive { line: first, range, tokens: tokenize(&text, start, first) });
        }
        at = end + 1;
    }
    found
}

fn line_end(text: &[u8], from: usize) -> usize {
    text[from..].iter().position(|&b| b == b'\n').map_or(text.len(), |n| from + n)
}

fn last_is_backslash(line: &[u8]) -> bool {
    line.iter().rev().find(|&&b| b != b'\r') == Some(&b'\\')
}

fn read_macro(d: &Directive, plain: &[u8]) -> Option<Macro> {
    let t = &d.tokens;
    if d.word() != "define" {
        return None;
    }
    let name = t.get(2)?;
    let takes_arguments =
        t.get(3).is_some_and(|n| n.text == "(") && plain[name.at + name.text.len()] == b'(';
    let (parameters, from) = if takes_arguments {
        let end = close(t, 3)?;
        let names = t[4..end].iter().filter(|p| p.text != ",").map(|p| p.text.clone()).collect();
        (Some(names), end + 1)
    } else {
        (None, 3)
    };
    Some(Macro {
        name: name.text.clone(),
        line: d.line,
        parameters,
        body: t[from..].iter().map(|t| t.text.clone()).collect(),
    })
}

/// Words, numbers, strings and operators. `at` and `line` are those of the first byte.
fn tokenize(text: &[u8], at: usize, line: usize) -> Vec<Token> {
    const OPERATORS: &[&str] = &[
        "<<=", ">>=", "...", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||",
        "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "##",
    ];
    let mut tokens = Vec::new();
    let (mut i, mut line) = (0, line);
    while i < text.len() {
        let b = text[i];
        let end = if b == b'\n' {
            line += 1;
            i += 1;
            continue;
        } else if b.is_ascii_whitespace() {
            i += 1;
            continue;
        } else if b.is_ascii_alphabetic() || b == b'_' {
            run(text, i, |b| b.is_ascii_alphanumeric() || b == b'_')
        } else if b.is_ascii_digit() || b == b'.' && text.get(i + 1).is_some_and(u8::is_ascii_digit)
        {
            number_end(text, i)
        } else if b == b'"' || b == b'\'' {
            let mut end = i + 1;
            while end < text.len() && text[end] != b && text[end] != b'\n' {
                end += if text[end] == b'\\' { 2 } else { 1 };
            }
            (end + 1).min(text.len())
        } else {
            let operator = OPERATORS.iter().find(|o| text[i..].starts_with(o.as_bytes()));
            i + operator.map_or(1, |o| o.len())
        };
        tokens.push(Token {
            text: String::from_utf8_lossy(&text[i..end]).into_owned(),
            line,
            at: at + i,
        });
        i = end;
    }
    tokens
}

fn run(text: &[u8], from: usize, belongs: impl Fn(u8) -> bool) -> usize {
    text[from..].iter().position(|&b| !belongs(b)).map_or(text.len(), |n| from + n)
}

/// A number with its suffix; the sign of an exponent belongs to it.
fn number_end(text: &[u8], from: usize) -> usize {
    let hex = text[from] == b'0' && matches!(text.get(from + 1), Some(b'x' | b'X'));
    let mut end = from;
    while end < text.len() {
        let b = text[end];
        let exponent = if hex { matches!(b, b'p' | b'P') } else { matches!(b, b'e' | b'E') };
        end += if exponent && matches!(text.get(end + 1), Some(b'+' | b'-')) {
            2
        } else if b.is_ascii_alphanumeric() || b == b'.' || b == b'_' {
            1
        } else {
            break;
        };
    }
    end
}

/// A number with a fraction, an exponent or the suffix of a float.
pub(crate) fn is_float_literal(word: &str) -> bool {
    if !word.trim_start_matches('.').starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let low = word.to_ascii_lowercase();
    match low.strip_prefix("0x") {
        Some(hex) => hex.contains(['p', '.']),
        None => low.contains(['.', 'e', 'f']) || low.ends_with('h'),
    }
}
