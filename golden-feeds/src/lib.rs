//! Feeds made by this project, and what makes them: a small exchange, and cases of damaged and
//! hostile input.
//!
//! ```
//! use tidegate_golden_feeds::exchange::Exchange;
//! use tidegate_golden_feeds::spec::Spec;
//!
//! let mut exchange = Exchange::new(&Spec::new(7, 10_000)).expect("a spec within its bounds");
//! let mut messages = 0;
//! while let Some(slot) = exchange.next_slot() {
//!     messages += slot.messages().count();
//! }
//! assert!((9_700..=10_300).contains(&messages));
//! ```
//!
//! [`files`] gives every generated file of this folder. `BLESS=1 cargo test -p
//! tidegate-golden-feeds` writes them; without `BLESS` the test `fresh` compares.
#![forbid(unsafe_code)]

pub mod adversarial;
pub mod beats;
pub mod book;
pub mod clock;
pub mod digest;
pub mod exchange;
mod listing;
mod manifest;
pub mod reports;
pub mod rng;
pub mod sample;
pub mod security;
pub mod setup;
pub mod spec;
pub mod tgw;
pub mod wire;
pub mod write;

use tidegate_protocol::FaultCode;

use crate::exchange::Exchange;
use crate::manifest::{Counts, Feed, Manifest, count_frames, sha256};
use crate::spec::Spec;
use crate::write::{Form, Format, write_day};

/// The committed market day: what `tidegate feed` makes unless told otherwise.
pub const MARKET_DAY: Spec = Spec::new(240, 100_000);
/// Changes with every change of the generator that changes a feed.
pub const GENERATOR: u32 = 2;

/// A file of this folder: path and content.
pub type File = (String, Vec<u8>);

/// Every generated file, the manifest last.
///
/// # Panics
///
/// Never: the specs are within their bounds, and memory takes every byte.
pub fn files() -> Vec<File> {
    let mut manifest = Manifest::new();
    let mut files: Vec<File> = market_day(&mut manifest).into();
    files.extend(samples(&mut manifest));
    files.extend(adversarial(&mut manifest));
    files.push(("MANIFEST.toml".into(), manifest.into_bytes()));
    files
}

fn market_day(manifest: &mut Manifest) -> [File; 4] {
    let name = "market-day.pcap.gz";
    let mut exchange = Exchange::new(&MARKET_DAY).expect("a spec within its bounds");
    let kit = setup::Kit::new(name, &MARKET_DAY, exchange.securities());
    let mut trading = kit.trading(MARKET_DAY.seed).expect("a setup of ours");
    let mut counts = Counts::new();
    let format = |gzip| Format { form: Form::Pcap, gzip };
    let (_, packed) = write_day(&mut exchange, Vec::new(), format(true), |slot, _, _| {
        for message in slot.messages() {
            *counts.entry(manifest::msg_type(message.frame)).or_default() += 1;
            trading.message(message.frame);
        }
    })
    .expect("memory takes every byte");
    let (reports, _) = trading.finish();
    let mut exchange = Exchange::new(&MARKET_DAY).expect("a spec within its bounds");
    let (_, plain) = write_day(&mut exchange, Vec::new(), format(false), |_, _, _| {})
        .expect("memory takes every byte");
    manifest.feed(&Feed {
        file: &format!("market-day/{name}"),
        bytes: &packed,
        classification: "synthetic",
        catches: "the whole data path: reassembly, frames cut by segments, every alignment, all \
                  messages of a day, sequence, quotes and the index against the 309011 in it; triggers, \
                  orders and reports that move each other",
        setup: Some("market-day/setup.toml"),
        feedback: Some("market-day/reports.bin"),
        resync: false,
        expected: "market-day/expected",
        faults: &[],
        more: vec![
            ("made_by", "\"tidegate feed --out market-day --format pcap.gz\"".into()),
            ("seed", MARKET_DAY.seed.to_string()),
            ("generator", GENERATOR.to_string()),
            ("unpacked_bytes", plain.len().to_string()),
            ("unpacked_sha256", format!("\"{}\"", sha256(&plain))),
        ],
        counts,
    });
    let beside = |name: &str, bytes| (format!("market-day/{name}"), bytes);
    [
        beside(name, packed),
        beside(setup::CONSTITUENTS, kit.constituents.into_bytes()),
        beside(setup::SETUP, kit.setup.into_bytes()),
        beside(setup::REPORTS, reports),
    ]
}

fn samples(manifest: &mut Manifest) -> Vec<File> {
    let examples = sample::worked_examples();
    manifest.feed(&Feed {
        file: "worked-examples/worked-examples.bin",
        bytes: &examples,
        classification: "synthetic",
        catches: "a codec that has one misunderstanding in both directions: these bytes were not \
                  made by it",
        setup: None,
        feedback: None,
        resync: false,
        expected: "worked-examples/expected",
        faults: &[],
        more: vec![],
        counts: count_frames(&examples),
    });
    let mut files = vec![("worked-examples/worked-examples.bin".into(), examples)];
    let printed = sample::toe_printed();
    // Damaged, the message says that its body has 1.3 GB.
    let (too_long, cut_off) = (&[FaultCode::FrameLength], &[FaultCode::FrameTruncated]);
    for (name, bytes, catches, faults) in [
        ("sample-printed", printed.clone(), "words in printed order", too_long),
        ("sample-channel", sample::reversed(&printed), "padding, prefix, damaged text", too_long),
        ("repaired-channel", sample::toe_repaired(), "a message that is cut off", cut_off),
    ] {
        let file = format!("toe-sample/{name}.beats");
        manifest.feed(&Feed {
            file: &file,
            bytes: &bytes,
            classification: "published sample",
            catches,
            setup: Some("toe-sample/setup.toml"),
            feedback: None,
            resync: false,
            expected: &format!("toe-sample/expected/{name}"),
            faults,
            more: vec![],
            counts: Counts::new(),
        });
        files.push((file, bytes));
    }
    files.push(("toe-sample/setup.toml".into(), sample::TOE_SETUP.into()));
    files
}

fn adversarial(manifest: &mut Manifest) -> Vec<File> {
    let mut files = vec![("adversarial/README.md".into(), adversarial::readme().into_bytes())];
    for case in adversarial::cases() {
        let folder = format!("adversarial/{}", case.name);
        let file = format!("{folder}/{}", case.file());
        let feedback = format!("{folder}/feedback.bin");
        manifest.feed(&Feed {
            file: &file,
            bytes: &case.bytes,
            classification: "adversarial",
            catches: case.catches,
            setup: Some(&format!("{folder}/setup.toml")),
            feedback: case.feedback.is_some().then_some(feedback.as_str()),
            resync: case.resync,
            expected: &format!("{folder}/expected"),
            faults: case.faults,
            more: vec![],
            counts: Counts::new(),
        });
        files.push((format!("{folder}/setup.toml"), case.setup().into_bytes()));
        files.push((format!("{folder}/constituents.csv"), case.constituents().into()));
        files.push((file, case.bytes));
        files.extend(case.feedback.map(|bytes| (feedback, bytes)));
    }
    files
}
