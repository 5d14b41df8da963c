//! The list applies, is whole, and the feeds' digests are those of the native engine. `BLESS=1`
//! writes the digests instead.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use mutants::digest::{self, Digests};
use mutants::feeds;
use mutants::list::{self, Mutant, Runner};

/// Fewest mutants of a room in each language.
const LEAST: usize = 5;
const ROOMS: [&str; 9] =
    ["toe", "frame", "decode", "quote", "index", "trigger", "order", "feedback", "publish"];
/// Rooms that the simulator has for itself.
const SIM_ROOMS: [&str; 4] = ["toe", "frame", "decode", "writer"];
/// First lines of the digests.
const HEAD: &str = "# What the native engine makes of each feed: ci/mutants holds engines against it.\n\
                    # BLESS=1 cargo test -p tidegate-mutants --test list\n";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn every_mutant_applies() {
    let mut ids = BTreeSet::new();
    let mut wrong = Vec::new();
    for mutant in list::read(&root()).expect("the list") {
        if let Err(error) = mutant.apply(&root()) {
            wrong.push(error.to_string());
        }
        if let Err(error) = mutant.runner() {
            wrong.push(error.to_string());
        }
        if mutant.find == mutant.replace {
            wrong.push(format!("{}: changes nothing", mutant.id));
        }
        if !ids.insert(mutant.id.clone()) {
            wrong.push(format!("{}: twice", mutant.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Operators of two and three characters, of either language.
const OPERATORS: [&str; 26] = [
    "<<=", ">>=", "...", "..=", "==", "!=", "<=", ">=", "&&", "||", "<<", ">>", "+=", "-=", "*=",
    "/=", "%=", "^=", "&=", "|=", "->", "=>", "::", "..", "++", "--",
];

/// The tokens of C or Rust; comments are none. Texts and characters are one each, escapes included.
fn tokens(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let length = match rest.as_bytes() {
            [] => return out,
            [b'/', b'/', ..] | [b'/', b'*', ..] => {
                let end = if rest.starts_with("//") { "\n" } else { "*/" };
                rest = rest.split_once(end).map_or("", |(_, behind)| behind);
                continue;
            }
            [b'"', ..] => quoted(rest, '"').unwrap_or(1),
            [b'\'', ..] if rest.starts_with("'\\") || rest.chars().nth(2) == Some('\'') => {
                quoted(rest, '\'').unwrap_or(1)
            }
            // A lifetime.
            [b'\'', ..] => 1 + word(&rest[1..]),
            [b'0'..=b'9', ..] => number(rest),
            [byte, ..] if byte.is_ascii_alphabetic() || *byte == b'_' => word(rest),
            _ => OPERATORS
                .iter()
                .find(|operator| rest.starts_with(**operator))
                .map_or_else(|| rest.chars().next().map_or(1, char::len_utf8), |one| one.len()),
        };
        let (token, behind) = rest.split_at(length);
        out.push(token);
        rest = behind;
    }
}

fn word(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len())
}

/// With its suffix; a point belongs to it when a digit follows, so that `0..4` are three tokens.
fn number(text: &str) -> usize {
    let whole = word(text);
    match text.as_bytes()[whole..] {
        [b'.', digit, ..] if digit.is_ascii_digit() => whole + 1 + word(&text[whole + 1..]),
        _ => whole,
    }
}

/// Bytes up to the closing quote.
fn quoted(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// What of the tokens is in one of both alone, between the first and the last that differ.
fn differing<'a>(before: &[&'a str], after: &[&'a str]) -> [Vec<&'a str>; 2] {
    let same = |(a, b): &(&&str, &&str)| a == b;
    let head = before.iter().zip(after).take_while(same).count();
    let (before, after) = (&before[head..], &after[head..]);
    let tail = before.iter().rev().zip(after.iter().rev()).take_while(same).count();
    [before, after].map(|tokens| tokens[..tokens.len() - tail].to_vec())
}

#[test]
fn tokens_are_those_of_the_languages() {
    for (text, wanted) in [
        ("a<=b<<1u", &["a", "<=", "b", "<<", "1u"][..]),
        (
            "x->y /* no -> token */ >>= 0xffu; // nor\nz",
            &["x", "->", "y", ">>=", "0xffu", ";", "z"],
        ),
        ("0..=4 1.5f64 t.0", &["0", "..=", "4", "1.5f64", "t", ".", "0"]),
        (r#"b"1 \" 2" 'a' '\'' &'a str"#, &["b", r#""1 \" 2""#, "'a'", r"'\''", "&", "'a", "str"]),
        ("!a && *b", &["!", "a", "&&", "*", "b"]),
    ] {
        assert_eq!(tokens(text), wanted, "{text}");
    }
    for (before, after, wanted) in [
        ("a < b", "a <= b", (1, 1)),
        ("a = b", "a = !b", (0, 1)),
        ("a - b", "a", (2, 0)),
        ("a.b", "0", (3, 1)),
        ("a + a", "a + a + a", (0, 2)),
        ("a /* b */", "a /* c */", (0, 0)),
    ] {
        let [gone, come] = differing(&tokens(before), &tokens(after));
        assert_eq!((gone.len(), come.len()), wanted, "{before}: {after}");
    }
}

/// Of the whole file, so that a text that begins or ends inside a token is judged as the token it is.
#[test]
fn every_mutant_changes_one_token() {
    let mut wrong = Vec::new();
    for mutant in list::read(&root()).expect("the list") {
        // That it applies is another test's business.
        let Ok((before, after)) = mutant.apply(&root()) else { continue };
        let [gone, come] = differing(&tokens(&before), &tokens(&after));
        if gone.len().max(come.len()) != 1 {
            wrong.push(format!(
                "{}: wanted one token changed, found {gone:?} for {come:?}",
                mutant.id
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_room_has_enough() {
    let list = list::read(&root()).expect("the list");
    let count = |runner: Runner, room: &str| {
        let fits = |mutant: &&Mutant| mutant.room == room && mutant.runner().ok() == Some(runner);
        list.iter().filter(fits).count()
    };
    let all = |runner: Runner, rooms: &'static [&'static str]| {
        rooms.iter().map(move |room| (runner, *room))
    };
    let wanted = all(Runner::Kernels, &ROOMS)
        .chain(all(Runner::Pipeline, &ROOMS))
        .chain(all(Runner::Sim, &SIM_ROOMS));
    for (runner, room) in wanted {
        let found = count(runner, room);
        assert!(found >= LEAST, "{runner:?} {room}: {found} mutants, wanted {LEAST}");
    }
}

/// Shows G7.
#[test]
fn the_native_engine_gives_the_digests() {
    let mut found = BTreeMap::new();
    for feed in feeds::all(&root()).expect("the feeds") {
        let run = feed.load(&root()).expect("a feed");
        found.insert(feed.name.clone(), digest::native(&run).expect("an engine"));
    }
    let path = root().join(digest::FILE);
    if std::env::var_os("BLESS").is_some() {
        let mut text = String::from(HEAD);
        for (name, digests) in &found {
            let _ = write!(text, "\n[\"{name}\"]\n");
            for (of, digest) in digests {
                let _ = writeln!(text, "{of} = \"{digest}\"");
            }
        }
        std::fs::write(&path, text).expect("the file");
    }
    let text = std::fs::read_to_string(&path).expect("the digests");
    let wanted: BTreeMap<String, Digests> = toml::from_str(&text).expect("TOML");
    let differing: Vec<&String> = found
        .iter()
        .filter(|(name, digests)| wanted.get(*name) != Some(digests))
        .map(|(name, _)| name)
        .collect();
    assert!(
        differing.is_empty() && wanted.len() == found.len(),
        "{differing:?}\nrenew with BLESS=1 cargo test -p tidegate-mutants --test list"
    );
}
