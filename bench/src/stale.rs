//! Which earlier results no longer stand for this machine: what they were measured on has changed since.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::result::{Results, Row};
use crate::row::Key;

/// Facts of a machine that move figures. Others, such as the load before a run, change from run to run.
pub const FACTS: [&str; 11] = [
    "build",
    "simd",
    "caches",
    "clock_source",
    "compiler",
    "governor",
    "isolated_cores",
    "kernel_id",
    "protocol_id",
    "rustc",
    "ticks_path",
];
/// Facts that move the figures of a card alone begin so.
pub const OF_CARD: &str = "card_";
/// The engine whose figures those are.
pub const CARD: &str = "opencl:arria10";

/// A piece of a fingerprint that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// Which, e.g. `kernel`.
    pub piece: String,
    /// In the older run; empty where it was not there.
    pub before: String,
    /// In the newer one.
    pub after: String,
}

/// The pieces of a run that concern rows of this engine.
fn pieces(results: &Results, engine: &str) -> BTreeMap<String, String> {
    let machine = &results.machine;
    let mut pieces: BTreeMap<String, String> = machine
        .facts
        .iter()
        .filter(|(name, _)| {
            let is_card = name.starts_with(OF_CARD) && engine == CARD;
            FACTS.contains(&name.as_str()) || is_card
        })
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    pieces.insert("cpu".to_owned(), machine.cpu.clone());
    pieces.insert("cores".to_owned(), machine.cores.to_string());
    pieces.insert("kernel".to_owned(), machine.os.clone());
    pieces
}

/// What changed of the machine and its tools from an older run to a newer one; `engine` says whose rows.
pub fn of_runs(older: &Results, newer: &Results, engine: &str) -> Vec<Piece> {
    let (before, after) = (pieces(older, engine), pieces(newer, engine));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let changed = names.into_iter().filter(|name| {
        // A fact that an older harness did not file says nothing.
        matches!((before.get(*name), after.get(*name)), (Some(old), Some(new)) if old != new)
    });
    changed
        .map(|name| Piece {
            piece: name.clone(),
            before: before[name].clone(),
            after: after[name].clone(),
        })
        .collect()
}

/// What changed of the work and the engine from an older row to a newer one of the same key.
pub fn of_rows(older: &Row, newer: &Row) -> Vec<Piece> {
    let digest = |row: &Row| row.digest.as_ref().map_or(String::new(), |of| of.wanted.clone());
    let engine = |row: &Row| format!("{} to {}; {}", row.from, row.to, row.path);
    [
        ("definition digest", digest(older), digest(newer)),
        ("engine", engine(older), engine(newer)),
        ("assumptions", older.assumptions.join("; "), newer.assumptions.join("; ")),
    ]
    .into_iter()
    .filter(|(_, before, after)| before != after)
    .map(|(piece, before, after)| Piece { piece: piece.to_owned(), before, after })
    .collect()
}

/// Why the row of this key in an older run is stale beside that of the newest; nothing where it is not.
pub fn of_key(older: &Results, newest: &Results, key: &Key) -> Vec<Piece> {
    let row = |results: &'_ Results| results.rows.iter().find(|row| Key::of(row) == *key).cloned();
    let mut changed = of_runs(older, newest, &key.engine);
    if let Some((old, new)) = row(older).zip(row(newest)) {
        changed.extend(of_rows(&old, &new));
    }
    changed
}

/// Pieces in words.
pub fn words(pieces: &[Piece]) -> String {
    let each =
        pieces.iter().map(|of| format!("{} was {:?}, is {:?}", of.piece, of.before, of.after));
    each.collect::<Vec<_>>().join("; ")
}
