//! What can be seen in a source without a compiler: tests within it, functions, lines of code.

use std::ops::RangeInclusive;

/// A source with comments as blanks and literals as `_`, line for line and character for character, so
/// that braces in it are braces.
pub(super) fn bare(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let blank = |c: char, with: char| if c == '\n' { '\n' } else { with };
    while at < chars.len() {
        let end = literal_end(&chars, at);
        let (end, with) = match (chars[at], chars.get(at + 1)) {
            ('/', Some('/')) => {
                let line = chars[at..].iter().position(|c| *c == '\n');
                (line.map_or(chars.len(), |length| at + length), ' ')
            }
            ('/', Some('*')) => (comment_end(&chars, at), ' '),
            _ if end > at => (end, '_'),
            (other, _) => {
                out.push(other);
                at += 1;
                continue;
            }
        };
        out.extend(chars[at..end].iter().map(|c| blank(*c, with)));
        at = end;
    }
    out
}

fn comment_end(chars: &[char], from: usize) -> usize {
    let (mut at, mut depth) = (from, 0);
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    at
}

/// Where a string or character that begins here ends; here when none does.
fn literal_end(chars: &[char], from: usize) -> usize {
    let follows_name = from > 0 && (chars[from - 1].is_alphanumeric() || chars[from - 1] == '_');
    let get = |at: usize| chars.get(at).copied().unwrap_or('\0');
    match chars[from] {
        '"' => quoted_end(chars, from, '"'),
        '\'' => {
            // A lifetime has no end; 'x' and '\..' have.
            if get(from + 1) == '\\' || (get(from + 2) == '\'' && get(from + 1) != '\'') {
                quoted_end(chars, from, '\'')
            } else {
                from
            }
        }
        'r' if !follows_name || (from > 0 && matches!(chars[from - 1], 'b' | 'c')) => {
            let hashes = chars[from + 1..].iter().take_while(|c| **c == '#').count();
            if get(from + 1 + hashes) != '"' {
                return from;
            }
            let mut at = from + 2 + hashes;
            while at < chars.len() {
                let closes = chars[at] == '"'
                    && chars[at + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes;
                if closes {
                    return at + 1 + hashes;
                }
                at += 1;
            }
            at
        }
        _ => from,
    }
}

fn quoted_end(chars: &[char], from: usize, quote: char) -> usize {
    let mut at = from + 1;
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            c if c == quote => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

/// Lines, from 1, of items behind `#[cfg(test)]`, the attribute with them.
pub(super) fn test_lines(bare: &str) -> Vec<RangeInclusive<usize>> {
    bare.match_indices("#[cfg(test)]")
        .map(|(at, attribute)| {
            let end = item_end(bare, at + attribute.len());
            line_of(bare, at)..=line_of(bare, end)
        })
        .collect()
}

/// Where the item that begins behind this place ends: at its `;`, or at the brace that closes it.
fn item_end(bare: &str, from: usize) -> usize {
    let (mut depth, mut brackets) = (0_u32, 0_u32);
    for (at, c) in bare[from..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return from + at;
                }
            }
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets = brackets.saturating_sub(1),
            ';' if depth == 0 && brackets == 0 => return from + at,
            _ => {}
        }
    }
    bare.len().saturating_sub(1)
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count()
}

/// A function of Rust and its lines.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) lines: RangeInclusive<usize>,
}

/// The functions of a Rust source, in order; one within another comes behind it.
pub(super) fn functions(bare: &str) -> Vec<Function> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let begins = |at: usize| !bare[..at].chars().next_back().is_some_and(is_name);
    bare.match_indices("fn ")
        .filter(|(at, _)| begins(*at))
        .filter_map(|(at, keyword)| {
            let rest = &bare[at + keyword.len()..];
            let name: String = rest.chars().take_while(|c| is_name(*c)).collect();
            if name.is_empty() {
                return None;
            }
            let end = item_end(bare, at + keyword.len());
            Some(Function { name, lines: line_of(bare, at)..=line_of(bare, end) })
        })
        .collect()
}

/// Lines that hold anything but blanks and comments.
pub(super) fn code_lines(bare: &str) -> u64 {
    bare.lines().filter(|line| !line.trim().is_empty()).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = r##"//! { not a brace
fn one<'a>(x: &'a str) -> char { /* { /* { */ */ '{' }

#[cfg(test)]
use std::fs;

impl A {
    pub fn two(x: [u8; 2]) -> &'static str {
        let text = "} \" }"; let raw = r#"
}
"#;
        fn inner() {}
        text
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_test() { assert_eq!('\'', '}'); }
}
"##;

    #[test]
    fn tests_and_functions_are_found_and_braces_in_literals_are_none() {
        let bare = bare(SOURCE);
        assert_eq!(bare.lines().count(), SOURCE.lines().count());
        assert_eq!(test_lines(&bare), [4..=5, 17..=21]);
        let found = functions(&bare);
        let names: Vec<&str> = found.iter().map(|function| function.name.as_str()).collect();
        assert_eq!(names, ["one", "two", "inner", "a_test"]);
        assert_eq!((&found[0].lines, &found[1].lines), (&(2..=2), &(8..=14)));
        assert_eq!(code_lines(&bare), 17);
        assert_eq!(
            code_lines("/* a\n b */\n\nint x; // y\n".replace("/* a\n b */", "").as_str()),
            1
        );
    }
}
