//! The verdicts of a diff, by a table of cases.

mod common;

use common::{exact, fixture, latency, row, speed};
use tidegate_bench::diff::{Allow, DiffError, Figure, Verdict, compare, table};
use tidegate_bench::result::*;
use tidegate_bench::stale;

fn results(rows: Vec<Row>) -> Results {
    Results { rows, ..fixture("2000-01-04T00:00:00Z", &"3".repeat(40), 1.0) }
}

fn timed(label: Label, speed: Throughput) -> Row {
    let mut row = row("native", label, RunType::Batch, "decode");
    row.throughput = Some(speed);
    if label == Label::Modelled {
        row.assumptions = vec!["236 MHz".to_owned()];
    }
    row
}

fn late(base: f64, tail: f64, seed: u64) -> Row {
    let mut row = row("native", Label::Measured, RunType::Baseline, "end-to-end");
    row.latency = Some(latency(base, tail, Due::Schedule, seed));
    row
}

fn verdicts(before: Row, after: Row) -> Vec<(Figure, Verdict)> {
    let diff = compare(&results(vec![before]), &results(vec![after]), Allow::default());
    let changes = diff.expect("comparable").changes;
    changes.into_iter().map(|change| (change.figure, change.verdict)).collect()
}

#[test]
fn a_median_changed_where_the_bands_do_not_touch() {
    use Label::{Emulated, Measured, Modelled};
    // `speed` has 9 passes from -3 % to +6 %.
    let lone = |ns| Throughput { passes: 1, ..exact(ns) };
    for (label, before, after, wanted) in [
        (Measured, speed(100.0, None), speed(108.0, None), Verdict::WithinNoise),
        (Measured, speed(100.0, None), speed(112.0, None), Verdict::Worse),
        (Measured, speed(112.0, None), speed(100.0, None), Verdict::Better),
        (Emulated, speed(100.0, None), speed(112.0, None), Verdict::Worse),
        (Measured, exact(100.0), exact(100.1), Verdict::Worse),
        (Measured, lone(100.0), lone(140.0), Verdict::WithinNoise),
        (Measured, lone(100.0), lone(160.0), Verdict::Worse),
        (Modelled, lone(100.0), lone(100.1), Verdict::Worse),
        (Modelled, lone(100.0), lone(100.0), Verdict::WithinNoise),
    ] {
        let found = verdicts(timed(label, before), timed(label, after));
        assert_eq!(found, [(Figure::Median, wanted)], "{label:?} {before:?} {after:?}");
    }
}

#[test]
fn a_percentile_changed_where_the_bands_do_not_touch() {
    let same = verdicts(late(500.0, 900.0, 1), late(500.0, 900.0, 2));
    assert!(same.iter().all(|(_, verdict)| *verdict == Verdict::WithinNoise), "{same:?}");
    let slow = verdicts(late(500.0, 900.0, 1), late(600.0, 900.0, 1));
    assert_eq!(slow[0], (Figure::P50, Verdict::Worse));
    let tail = verdicts(late(500.0, 900.0, 1), late(500.0, 90_000.0, 1));
    assert_eq!(tail[0], (Figure::P50, Verdict::WithinNoise));
    assert_eq!(tail[2], (Figure::P99_9, Verdict::Worse));
    let back = verdicts(late(500.0, 90_000.0, 1), late(500.0, 900.0, 1));
    assert_eq!(back[2], (Figure::P99_9, Verdict::Better));
    // One reading of the clock moves small figures without meaning.
    let clock = verdicts(late(20.0, 0.0, 1), late(34.0, 0.0, 1));
    assert_eq!(clock[0], (Figure::P50, Verdict::WithinNoise));
}

#[test]
fn few_messages_widen_a_band() {
    let few = |tail, seed| {
        let mut row = late(500.0, tail, seed);
        row.latency.as_mut().expect("latency").n = 400;
        row
    };
    let found = verdicts(few(9_000.0, 1), few(24_000.0, 1));
    assert_eq!(found[2], (Figure::P99_9, Verdict::WithinNoise));
    let found = verdicts(late(500.0, 9_000.0, 1), late(500.0, 24_000.0, 1));
    assert_eq!(found[2], (Figure::P99_9, Verdict::Worse));
}

#[test]
fn an_output_that_went_wrong_is_worse_whatever_its_speed() {
    let right = timed(Label::Measured, speed(100.0, None));
    let mut wrong = timed(Label::Measured, speed(10.0, None));
    wrong.digest = Some(Check { wanted: "aa".repeat(32), found: "00".repeat(32) });
    let found = verdicts(right.clone(), wrong.clone());
    assert_eq!(found, [(Figure::Output, Verdict::Worse)]);
    assert_eq!(verdicts(wrong.clone(), right), [(Figure::Median, Verdict::New)]);
    assert_eq!(verdicts(wrong.clone(), wrong), []);
}

#[test]
fn rows_that_mean_different_things_are_not_compared() {
    let before = timed(Label::Measured, speed(100.0, None));
    let mut path = timed(Label::Measured, speed(900.0, None));
    path.path = "socket to socket".to_owned();
    let mut work = timed(Label::Measured, speed(900.0, None));
    work.digest = Some(Check { wanted: "cc".repeat(32), found: "cc".repeat(32) });
    for after in [path, work] {
        let found = verdicts(before.clone(), after);
        assert!(matches!(found[..], [(Figure::Output, Verdict::Incomparable(_))]), "{found:?}");
    }
    // Another label is another row.
    let found = verdicts(before, timed(Label::Emulated, speed(900.0, None)));
    let words: Vec<Verdict> = found.into_iter().map(|(_, verdict)| verdict).collect();
    assert_eq!(words, [Verdict::Gone, Verdict::New]);
}

#[test]
fn steps_of_a_peak_meet_by_rate() {
    let step = |rate: f64, ns: f64| {
        let mut row = timed(Label::Measured, speed(ns, Some(rate)));
        row.run_type = RunType::Peak;
        row
    };
    let before = results(vec![step(1e6, 100.0), step(2e6, 50.0)]);
    let after = results(vec![step(2.001e6, 70.0), step(1e6, 100.0), step(3e6, 40.0)]);
    let diff = compare(&before, &after, Allow::default()).expect("comparable");
    let found: Vec<&Verdict> = diff.changes.iter().map(|change| &change.verdict).collect();
    assert_eq!(found, [&Verdict::WithinNoise, &Verdict::Worse, &Verdict::New]);
    assert!(diff.is_worse());
}

#[test]
fn two_ways_to_count_due_meet_their_own() {
    let mut service = late(100.0, 10.0, 1);
    service.latency.as_mut().expect("latency").due = Due::Service;
    let schedule = late(900.0, 10.0, 1);
    let before = results(vec![service.clone(), schedule.clone()]);
    let after = results(vec![schedule, service]);
    let diff = compare(&before, &after, Allow::default()).expect("comparable");
    assert!(diff.changes.iter().all(|change| change.verdict == Verdict::WithinNoise));
    assert_eq!(diff.changes.len(), 6);
}

/// Shows P7.
#[test]
fn other_machines_and_other_lengths_are_refused_unless_told() {
    let before = results(vec![timed(Label::Measured, speed(100.0, None))]);
    let mut after = before.clone();
    after.machine.id = "fixture-other".to_owned();
    let (wanted, found) = (before.machine.id.clone(), after.machine.id.clone());
    let refused = compare(&before, &after, Allow::default());
    assert_eq!(refused, Err(DiffError::Machine { wanted, found }));
    let told = Allow { across_machines: true, ..Allow::default() };
    assert!(compare(&before, &after, told).is_ok());
    let quick = Results { quick: true, ..before.clone() };
    let refused = compare(&before, &quick, Allow::default());
    assert_eq!(refused, Err(DiffError::Length { wanted: "full", found: "quick" }));
    let told = Allow { quick_against_full: true, ..Allow::default() };
    assert!(compare(&before, &quick, told).is_ok());
}

/// Shows P9.
#[test]
fn a_fingerprint_that_changed_makes_figures_stale() {
    let before = results(vec![timed(Label::Measured, speed(100.0, None))]);
    type Change = fn(&mut Results);
    let put = |of: &mut Results, fact: &str, value: &str| {
        of.machine.facts.insert(fact.to_owned(), value.to_owned());
    };
    let cases: [(&str, Change); 5] = [
        ("cpu", |of| of.machine.cpu.push('x')),
        ("kernel", |of| of.machine.os.push('x')),
        ("governor", |of| {
            of.machine.facts.insert("governor".to_owned(), "powersave".to_owned());
        }),
        ("compiler", |of| {
            of.machine.facts.insert("compiler".to_owned(), "rustc 9".to_owned());
        }),
        ("simd", |of| {
            of.machine.facts.insert("simd".to_owned(), "none".to_owned());
        }),
    ];
    for (piece, change) in cases {
        let mut after = before.clone();
        change(&mut after);
        let diff = compare(&before, &after, Allow::default()).expect("comparable");
        let found: Vec<&str> = diff.stale.iter().map(|of| of.piece.as_str()).collect();
        assert_eq!(found, [piece]);
        let text = table(&diff);
        assert!(
            text.contains(&format!("STALE: the figures before were measured on another: {piece}"))
        );
    }
    // What changes from run to run, and what an older harness did not file, makes nothing stale.
    let mut after = before.clone();
    put(&mut after, "load before the run", "9.99");
    put(&mut after, "kernel_id", "0123");
    let diff = compare(&before, &after, Allow::default()).expect("comparable");
    assert!(diff.stale.is_empty() && !table(&diff).contains("STALE"), "{:?}", diff.stale);
    // A BSP concerns the rows of a card alone.
    let (mut old, mut new) = (before.clone(), before.clone());
    put(&mut old, "card_bsp", "19.1");
    put(&mut new, "card_bsp", "19.4");
    let pieces = |engine| stale::of_runs(&old, &new, engine).len();
    assert_eq!((pieces("native"), pieces(stale::CARD)), (0, 1));
    // Another work or another engine makes its own row stale.
    let old = timed(Label::Measured, speed(1.0, None));
    let mut new = old.clone();
    new.digest = Some(Check { wanted: "cc".repeat(32), found: "cc".repeat(32) });
    new.path.push('x');
    let found = stale::of_rows(&old, &new);
    let found: Vec<&str> = found.iter().map(|of| of.piece.as_str()).collect();
    assert_eq!(found, ["definition digest", "engine"]);
}

#[test]
fn the_table_says_it_all() {
    let before = results(vec![
        timed(Label::Measured, speed(100.0, None)),
        timed(Label::Emulated, speed(100.0, None)),
    ]);
    let mut after = results(vec![timed(Label::Measured, speed(150.0, None))]);
    after.machine.facts.insert("compiler".to_owned(), "rustc 0.0.1\u{1b}[2J".to_owned());
    let diff = compare(&before, &after, Allow::default()).expect("comparable");
    let text = table(&diff);
    for part in ["Measured\n", "Emulated\n", "WORSE", "+50.0 %", "gone", "compiler"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(text.contains("1 worse, 0 better, 0 within noise, 0 new, 1 gone"), "{text}");
    assert!(!text.contains('\u{1b}'));
}
