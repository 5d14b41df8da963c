//! The verdicts of a diff, by a table of cases.

mod common;

use common::{exact, latency, row, speed, without_rows};
use tidegate_bench::diff::{Allow, Diff, DiffError, Figure, Verdict, compare, table};
use tidegate_bench::native;
use tidegate_bench::result::*;
use tidegate_bench::stale;

fn results(rows: Vec<Row>) -> Results {
    Results { rows, ..without_rows("2000-01-04T00:00:00Z", &"3".repeat(40)) }
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
    row.throughput = Some(speed(1_000.0, Some(1e6)));
    row
}

/// A row as results had it before passes were filed.
fn alone(mut row: Row, due: Due) -> Row {
    let latency = row.latency.as_mut().expect("a latency");
    (latency.passes, latency.due) = (None, due);
    row
}

fn offering(mut row: Row, per_s: f64) -> Row {
    row.throughput.as_mut().expect("a throughput").offered_per_s = Some(per_s);
    row
}

fn wrong(mut row: Row) -> Row {
    row.digest = Some(Check { wanted: "aa".repeat(32), found: "00".repeat(32) });
    native::strike(&mut row);
    row
}

fn of(before: Vec<Row>, after: Vec<Row>) -> Diff {
    compare(&results(before), &results(after), Allow::default()).expect("comparable")
}

fn verdicts(before: Row, after: Row) -> Vec<(Figure, Verdict)> {
    let changes = of(vec![before], vec![after]).changes;
    changes.into_iter().map(|change| (change.figure, change.verdict)).collect()
}

/// The verdict of one figure.
fn verdict(before: &Row, after: &Row, figure: Figure) -> Verdict {
    let found = verdicts(before.clone(), after.clone());
    let found = found.into_iter().find(|(of, _)| *of == figure);
    found.unwrap_or_else(|| panic!("no {figure:?}")).1
}

#[test]
fn a_median_changed_where_the_bands_do_not_touch() {
    use Label::{Emulated, Measured, Modelled};
    // `speed` has 9 passes, with quartiles at -1 % and +2 %; 2 % to both sides are within noise.
    let passes = |passes, ns| Throughput { passes, ..exact(ns) };
    let disturbed = |ns| Throughput { worst_ns: 900.0, ..speed(ns, None) };
    // Before quartiles were filed: best to median to both sides, here 3 %.
    let old = |ns| Throughput { quartiles_ns: None, ..disturbed(ns) };
    for (label, before, after, wanted) in [
        (Measured, speed(100.0, None), speed(103.0, None), Verdict::WithinNoise),
        (Measured, speed(100.0, None), speed(105.0, None), Verdict::Worse),
        (Measured, speed(105.0, None), speed(100.0, None), Verdict::Better),
        (Emulated, speed(100.0, None), speed(112.0, None), Verdict::Worse),
        (Measured, exact(100.0), exact(103.5), Verdict::WithinNoise),
        (Measured, exact(100.0), exact(104.5), Verdict::Worse),
        // One pass out of nine that was disturbed hides nothing.
        (Measured, disturbed(100.0), speed(120.0, None), Verdict::Worse),
        (Measured, disturbed(100.0), disturbed(120.0), Verdict::Worse),
        (Measured, old(100.0), old(120.0), Verdict::Worse),
        (Measured, old(100.0), old(105.5), Verdict::WithinNoise),
        // Three passes are enough, two are not.
        (Measured, passes(3, 100.0), passes(3, 110.0), Verdict::Worse),
        (Measured, passes(2, 100.0), passes(2, 140.0), Verdict::WithinNoise),
        (Measured, passes(2, 100.0), passes(2, 160.0), Verdict::Worse),
        (Modelled, passes(1, 100.0), passes(1, 100.1), Verdict::Worse),
        (Modelled, passes(1, 100.0), passes(1, 100.0), Verdict::WithinNoise),
    ] {
        let found = verdicts(timed(label, before), timed(label, after));
        assert_eq!(found, [(Figure::Median, wanted)], "{label:?} {before:?} {after:?}");
    }
}

#[test]
fn a_percentile_changed_where_the_bands_do_not_touch() {
    let same = verdicts(late(500.0, 900.0, 1), late(500.0, 900.0, 2));
    assert!(same.iter().all(|(_, verdict)| *verdict == Verdict::WithinNoise), "{same:?}");
    assert_eq!(same.len(), 3, "the pace of a schedule is no figure of an engine");
    let base = late(500.0, 900.0, 1);
    for (after, figure, wanted) in [
        (late(600.0, 900.0, 1), Figure::P50, Verdict::Worse),
        (late(500.0, 90_000.0, 1), Figure::P50, Verdict::WithinNoise),
        (late(500.0, 90_000.0, 1), Figure::P99_9, Verdict::Worse),
    ] {
        assert_eq!(verdict(&base, &after, figure), wanted, "{figure:?}");
    }
    let back = verdict(&late(500.0, 90_000.0, 1), &base, Figure::P99_9);
    assert_eq!(back, Verdict::Better);
    // Small figures by hand: one reading of the clock, 17 ns, moves them without meaning.
    let tiny = |p50, p99, p99_9| {
        let mut row = late(500.0, 900.0, 1);
        let latency = row.latency.as_mut().expect("latency");
        (latency.p50_ns, latency.p99_ns, latency.p99_9_ns) = (p50, p99, p99_9);
        let exactly = |ns| [ns, ns];
        let (p50_ns, p99_ns, p99_9_ns) = (exactly(p50), exactly(p99), exactly(p99_9));
        latency.passes = Some(Passes { n: 9, p50_ns, p99_ns, p99_9_ns });
        row
    };
    let before = tiny(20, 1_000, 10_000);
    for (after, figure, wanted) in [
        (tiny(50, 1_000, 10_000), Figure::P50, Verdict::WithinNoise),
        (tiny(60, 1_000, 10_000), Figure::P50, Verdict::Worse),
        // 10 % to both sides.
        (tiny(20, 1_200, 10_000), Figure::P99, Verdict::WithinNoise),
        (tiny(20, 1_250, 10_000), Figure::P99, Verdict::Worse),
        // 25 %.
        (tiny(20, 1_000, 16_000), Figure::P99_9, Verdict::WithinNoise),
        (tiny(20, 1_000, 17_000), Figure::P99_9, Verdict::Worse),
    ] {
        assert_eq!(verdict(&before, &after, figure), wanted, "{figure:?} {:?}", after.latency);
    }
    // Passes that differ widen the band of theirs alone.
    let mut wide = tiny(20, 1_000, 10_000);
    wide.latency.as_mut().expect("latency").passes.as_mut().expect("passes").p99_ns = [900, 3_000];
    assert_eq!(verdict(&wide, &tiny(20, 3_200, 10_000), Figure::P99), Verdict::WithinNoise);
    assert_eq!(verdict(&wide, &tiny(20, 3_400, 10_000), Figure::P99), Verdict::Worse);
    assert_eq!(verdict(&wide, &tiny(20, 1_000, 17_000), Figure::P99_9), Verdict::Worse);
}

/// Without passes the ranks three standard deviations to both sides are left, where messages do not wait.
#[test]
fn few_messages_widen_a_band() {
    let few = |n, tail, seed| {
        let mut row = alone(late(500.0, tail, seed), Due::Service);
        row.latency.as_mut().expect("latency").n = n;
        row
    };
    let case = |n| verdict(&few(n, 9_000.0, 1), &few(n, 24_000.0, 1), Figure::P99_9);
    assert_eq!((case(10_000), case(200_000)), (Verdict::WithinNoise, Verdict::Worse));
    // Fewer tell no such percentile.
    let figures = verdicts(few(9_999, 9_000.0, 1), few(9_999, 24_000.0, 1));
    assert!(figures.iter().all(|(of, _)| *of != Figure::P99_9), "{figures:?}");
    // One standard deviation would not reach so far.
    let case = |n| verdict(&few(n, 9_000.0, 1), &few(n, 18_000.0, 1), Figure::P99_9);
    assert_eq!((case(20_000), case(200_000)), (Verdict::WithinNoise, Verdict::Worse));
    // Behind a schedule one stall is in many messages.
    let waits = |tail| alone(late(500.0, tail, 1), Due::Schedule);
    let found = verdicts(waits(9_000.0), waits(24_000.0));
    assert_eq!(found[0], (Figure::P50, Verdict::WithinNoise));
    for (_, verdict) in &found[1..] {
        assert!(matches!(verdict, Verdict::Incomparable(why) if why.contains("spread")));
    }
    let diff = of(vec![waits(9_000.0)], vec![late(500.0, 9_000.0, 1)]);
    assert_eq!(diff.without_quartiles, 1);
    assert!(table(&diff).contains("1 rows have no quartiles filed"));
}

#[test]
fn rows_at_a_rate_meet_whatever_the_rate() {
    let before = late(500.0, 900.0, 1);
    for (per_s, base, wanted) in [
        (1.09e6, 500.0, Some(Verdict::WithinNoise)),
        (0.91e6, 500.0, Some(Verdict::WithinNoise)),
        // Twice the latency does not pass because the limit was measured a little otherwise.
        (1.09e6, 1_000.0, Some(Verdict::Worse)),
        (1.12e6, 500.0, None),
        (0.5e6, 1_000.0, None),
    ] {
        let found = verdicts(before.clone(), offering(late(base, 900.0, 1), per_s));
        assert_eq!(found.len(), 3, "neither new nor gone");
        let (_, verdict) = &found[0];
        match wanted {
            Some(wanted) => assert_eq!(*verdict, wanted, "{per_s} {base}"),
            None => {
                assert!(matches!(verdict, Verdict::Incomparable(why) if why.contains("offered")));
            }
        }
    }
}

#[test]
fn an_output_that_went_wrong_is_worse_whatever_its_speed() {
    let right = timed(Label::Measured, speed(100.0, None));
    let mut unchecked = right.clone();
    unchecked.digest = None;
    let bad = wrong(right.clone());
    for (before, after, wanted) in [
        (&right, &bad, vec![(Figure::Output, Verdict::Worse)]),
        (&right, &unchecked, vec![(Figure::Output, Verdict::Worse)]),
        (&unchecked, &bad, vec![(Figure::Output, Verdict::Worse)]),
        (&bad, &right, vec![(Figure::Median, Verdict::New)]),
        (&bad, &bad, vec![]),
    ] {
        assert_eq!(verdicts(before.clone(), after.clone()), wanted);
    }
    // At a rate a wrong row has neither rate nor due, and there may be one where there were two.
    let service = |row: Row| alone(row, Due::Service);
    let paced = vec![late(500.0, 900.0, 1), service(late(500.0, 900.0, 1))];
    let bad: Vec<Row> = paced.iter().cloned().map(wrong).collect();
    for bad in [&bad[..], &bad[..1]] {
        let found = of(paced.clone(), bad.to_vec());
        let all = found.changes.iter().map(|change| (change.figure, change.verdict.clone()));
        assert_eq!(all.collect::<Vec<_>>(), vec![(Figure::Output, Verdict::Worse); 2]);
        assert!(found.is_worse() && !found.has_gone());
    }
    // A row that nobody knew is no better for being new.
    let found = of(Vec::new(), vec![wrong(right.clone())]);
    assert!(found.is_worse(), "{found:?}");
    // Not measured any more is gone.
    let mut card = right.clone();
    (card.label, card.digest, card.throughput) = (Label::NotMeasured, None, None);
    let found = of(vec![right.clone()], vec![card]);
    assert!(found.has_gone() && !found.is_worse());
    // A peak that went wrong in a step that nobody would look at.
    let mut step = late(500.0, 900.0, 1);
    step.run_type = RunType::Peak;
    let kept = Row { note: native::HIGHEST_KEPT.to_owned(), ..step.clone() };
    let found = of(vec![step.clone(), kept.clone()], vec![wrong(step), kept]);
    assert!(found.is_worse(), "{found:?}");
}

#[test]
fn rows_that_mean_different_things_are_not_compared() {
    let before = timed(Label::Measured, speed(100.0, None));
    let mut path = timed(Label::Measured, speed(900.0, None));
    path.path = "socket to socket".to_owned();
    let mut work = timed(Label::Measured, speed(900.0, None));
    work.digest = Some(Check { wanted: "cc".repeat(32), found: "cc".repeat(32) });
    let (mut from, mut to) = (before.clone(), before.clone());
    from.from = "the frame's first byte is read".to_owned();
    to.to = "the order's first byte is written".to_owned();
    for after in [path, work, from, to] {
        let found = verdicts(before.clone(), after);
        assert!(matches!(found[..], [(Figure::Output, Verdict::Incomparable(_))]), "{found:?}");
    }
    // Another label is another row.
    let found = verdicts(before, timed(Label::Emulated, speed(900.0, None)));
    let words: Vec<Verdict> = found.into_iter().map(|(_, verdict)| verdict).collect();
    assert_eq!(words, [Verdict::Gone, Verdict::New]);
}

#[test]
fn a_peak_is_its_highest_rate_that_was_kept() {
    let step = |per_s: f64, is_kept: bool| {
        let mut row = offering(late(500.0, 900.0, 1), per_s);
        row.run_type = RunType::Peak;
        if is_kept {
            row.note = native::HIGHEST_KEPT.to_owned();
        }
        row
    };
    let peak = |kept: f64| vec![step(kept / 1.1, false), step(kept, true), step(kept * 1.1, false)];
    // A step is a tenth; each run has its own.
    for (before, after, wanted) in [
        (1e6, 1.15e6, Verdict::WithinNoise),
        (1e6, 1.3e6, Verdict::Better),
        (1e6, 0.85e6, Verdict::WithinNoise),
        (1e6, 0.8e6, Verdict::Worse),
    ] {
        let found = of(peak(before), peak(after));
        let kept = found.changes.iter().find(|change| change.figure == Figure::Kept);
        assert_eq!(kept.expect("a limit").verdict, wanted, "{before} {after}");
        assert!(!found.has_gone() && found.changes.len() == 4, "{found:?}");
    }
    let none = vec![step(1e6, false)];
    assert!(of(peak(1e6), none).has_gone());
}

#[test]
fn two_ways_to_count_due_meet_their_own() {
    let service = alone(late(100.0, 10.0, 1), Due::Service);
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
        ("rustc", |of| {
            of.machine.facts.insert("rustc".to_owned(), "rustc 9".to_owned());
        }),
        ("simd", |of| {
            of.machine.facts.insert("simd".to_owned(), "none".to_owned());
        }),
    ];
    let told = Allow { across_machines: true, ..Allow::default() };
    for (piece, change) in cases {
        let mut after = before.clone();
        change(&mut after);
        let diff = compare(&before, &after, told).expect("comparable");
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
    let diff = compare(&before, &after, told).expect("comparable");
    assert!(diff.stale.is_empty() && !table(&diff).contains("STALE"), "{:?}", diff.stale);
    // A BSP concerns the rows of a card alone.
    let (mut old, mut new) = (before.clone(), before.clone());
    put(&mut old, "card_bsp", "19.1");
    put(&mut new, "card_bsp", "19.4");
    let diff = compare(&old, &new, Allow::default()).expect("comparable");
    assert_eq!(diff.facts[0].fact, "card_bsp");
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
fn what_stays_of_a_machine_must_be_the_same() {
    type Change = fn(&mut Results);
    let before = results(vec![timed(Label::Measured, speed(100.0, None))]);
    let told = Allow { across_machines: true, ..Allow::default() };
    let stable: [(&str, Change); 4] = [
        ("cpu", |of| of.machine.cpu = "Imaginary 9001".to_owned()),
        ("os", |of| of.machine.os = "Linux 9".to_owned()),
        ("cores", |of| of.machine.cores = 4),
        ("governor", |of| {
            of.machine.facts.insert("governor".to_owned(), "powersave".to_owned());
        }),
    ];
    for (name, change) in stable {
        let mut after = before.clone();
        change(&mut after);
        let refused = compare(&before, &after, Allow::default());
        assert!(matches!(refused, Err(DiffError::Fact { fact, .. }) if fact == name), "{name}");
        let diff = compare(&before, &after, told).expect("allowed");
        assert_eq!(diff.facts.len(), 1);
        assert_eq!(diff.facts[0].fact, name);
        assert!(table(&diff).contains(&format!("changed fact: {name}: ")));
    }
    let volatile: [(&str, Change); 4] = [
        ("load_before", |of| {
            of.machine.moment.insert("load_before".to_owned(), "9 9 9".to_owned());
        }),
        ("rustc", |of| {
            of.machine.facts.insert("rustc".to_owned(), "rustc 2".to_owned());
        }),
        ("build", |of| {
            of.machine.facts.insert("build".to_owned(), "debug".to_owned());
        }),
        // Only one of the two has it.
        ("caches", |of| {
            of.machine.facts.insert("caches".to_owned(), "L1d 32K".to_owned());
        }),
    ];
    for (name, change) in volatile {
        let mut after = before.clone();
        change(&mut after);
        let diff = compare(&before, &after, Allow::default()).expect(name);
        assert_eq!(diff.facts.len(), 1);
        assert_eq!(diff.facts[0].fact, name);
    }
    // Older results have facts of the moment among those of the machine.
    let mut old = before.clone();
    old.machine.moment.clear();
    for (name, value) in [("cpu_mhz", "1"), ("clock_reading_ns", "2"), ("rustc", "rustc 0.9")] {
        old.machine.facts.insert(name.to_owned(), value.to_owned());
    }
    assert!(compare(&old, &before, Allow::default()).is_ok());
}

#[test]
fn the_table_says_it_all() {
    let before = results(vec![
        timed(Label::Measured, speed(100.0, None)),
        timed(Label::Emulated, speed(100.0, None)),
    ]);
    let mut after = results(vec![timed(Label::Measured, speed(150.0, None))]);
    after.machine.facts.insert("caches".to_owned(), "L1d\u{1b}[2J".to_owned());
    let diff = compare(&before, &after, Allow::default()).expect("comparable");
    let text = table(&diff);
    for part in ["Measured\n", "Emulated\n", "WORSE", "+50.0 %", "gone", "caches"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(text.contains("1 worse, 0 better, 0 within noise, 0 new, 1 gone"), "{text}");
    assert!(diff.is_worse() && diff.has_gone());
    assert!(!text.contains('\u{1b}'));
}
