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
