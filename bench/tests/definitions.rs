//! The definitions parse, and what the native engine makes of each is what its file says. `BLESS=1`
//! writes the digests instead.
#![allow(missing_docs, reason = "a test")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use tidegate_bench::definition::{self, DIGESTS, Definition, Size};
use tidegate_bench::engine;
use tidegate_bench::mix::{self, Mix};
use tidegate_bench::native::{Case, verify};
use tidegate_bench::result::Label;

fn bench() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Shows P2.
#[test]
fn what_comes_out_is_what_the_definitions_say() {
    let bless = std::env::var_os("BLESS").is_some();
    for named in definition::all(bench(), &[]).expect("definitions") {
        let mut found: BTreeMap<Size, BTreeMap<String, String>> = BTreeMap::new();
        for size in Size::ALL {
            let whole = named.load(size).expect("a feed");
            let mixes = named.definition.mixes().expect("mixes");
            for mix in mixes.into_iter().flat_map(|mix| mix.each(&whole)) {
                // The schedule changes no output, and a short part may lack a type.
                let Ok(feed) = mix::derive(&whole, mix) else { continue };
                if mix.same_bytes() != mix {
                    continue;
                }
                let packet_bytes = named.definition.packet_bytes;
                let case =
                    Case { definition: &named.name, mix, feed: &feed, packet_bytes, wanted: None };
                let (gave, check) = verify(&case).expect("an engine");
                assert!(check.holds(), "{} {mix}: another cut gives another digest", named.name);
                assert_eq!(gave.counters.messages, feed.messages.len() as u64);
                if mix == Mix::All && size == Size::Full {
                    let trading = feed.setup.trading.is_some();
                    assert_eq!(gave.orders > 10, trading, "{}: {} orders", named.name, gave.orders);
                    let answered = named.definition.reports_seed.is_some();
                    assert_eq!(gave.reports > 1_000, answered, "{}: {}", named.name, gave.reports);
                    assert_eq!(gave.counters.faults_total(), 0, "{}", named.name);
                }
                found.entry(size).or_default().insert(mix.to_string(), gave.digest);
            }
        }
        if bless {
            let text = std::fs::read_to_string(&named.path).expect("the file");
            let mut text = text.split(DIGESTS).next().unwrap_or_default().trim_end().to_owned();
            let _ = write!(text, "\n\n{DIGESTS}");
            for (size, digests) in &found {
                let _ = writeln!(text, "[digest.{}]", size.text());
                for (mix, digest) in digests {
                    let _ = writeln!(text, "{mix} = \"{digest}\"");
                }
            }
            std::fs::write(&named.path, text).expect("the file");
        } else {
            assert_eq!(found, named.definition.digest, "{}: BLESS=1 renews", named.name);
        }
    }
}

#[test]
fn every_engine_says_where_its_figures_stand() {
    let engines = engine::load(bench()).expect("engines");
    let names: Vec<&str> = engines.iter().map(|entry| entry.name.as_str()).collect();
    let wanted = ["native", "sim", "kernel-c", "opencl:pocl", "opencl:intel-emu", "opencl:arria10"];
    assert_eq!(names, wanted);
    for entry in &engines {
        let assumed = matches!(entry.label, Label::Modelled | Label::Emulated);
        assert_eq!(assumed, !entry.assumptions.is_empty(), "{}", entry.name);
        assert_eq!(entry.label == Label::NotMeasured, entry.why.is_some(), "{}", entry.name);
        assert_eq!(entry.label == Label::Modelled, entry.program.is_some(), "{}", entry.name);
    }
}

#[test]
fn what_a_definition_does_not_know_is_refused() {
    let good = "about = ''\nrooms = ['decode']\nmixes = ['all']\ntypes = ['batch']\npacket_bytes = 1\n\
                quick_messages = 1\nemulated_messages = 1\nemulated_in_quick = false\n\
                feed = { ticks = { messages = 1, seed = 1 } }\n";
    Definition::parse(good).expect("a definition");
    for (change, complaint) in [
        (good.replace("about", "abuot"), "unknown field `abuot`"),
        (good.replace("seed = 1", "seed = 1, sede = 2"), "unexpected keys in table: sede"),
        (good.replace("'decode'", "'decoder'"), "room \"decoder\", wanted one of toe, frame"),
        (
            good.replace("'all'", "'most'"),
            "mix \"most\", wanted all, top-99, burst-x3, burst-x3-each, a type",
        ),
        (good.replace("'batch'", "'bach'"), "unknown variant `bach`"),
        (good.replace("'batch'", ""), "wanted one of each"),
        (format!("{good}[digest.fast]\nall = ''"), "unknown variant `fast`"),
    ] {
        let error = Definition::parse(&change).expect_err("no definition");
        assert!(error.contains(complaint), "{error}");
    }
    let text = std::fs::read_to_string(bench().join("engines.toml")).expect("engines");
    let place = tempfile::tempdir().expect("a folder");
    std::fs::write(place.path().join("engines.toml"), text.replacen("label", "labell", 1))
        .expect("a file");
    let error = engine::load(place.path()).expect_err("no engines").to_string();
    assert!(error.contains("unknown field `labell`"), "{error}");
}
