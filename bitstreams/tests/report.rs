//! The report parser and its rules: one good report, one bad file for each rule.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tidegate_bitstreams::manifest::{FileError, Recipe};
use tidegate_bitstreams::report::{
    Finding, Fit, Ii, Report, ReportError, judge_fit, judge_loops, least_clock_mhz, loops,
    ns_per_message, parse_fit, parse_info, parse_loops, read_fit, read_report, slowest,
};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/reports").join(name)
}

fn text(name: &str) -> String {
    std::fs::read_to_string(fixture(name)).expect("a fixture")
}

fn recipe() -> Recipe {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("arria10-pac.toml");
    Recipe::read(&path).expect("a recipe")
}

fn good() -> Report {
    read_report(&fixture("good"), &recipe()).expect("a report")
}

/// Findings on the loops of a bad file.
fn findings(name: &str) -> Vec<Finding> {
    let kernels = parse_loops(&text(&format!("bad/{name}.json"))).expect("a table of loops");
    judge_loops(&Report { kernels, ..good() }, &recipe())
}

/// Shows G42, G45, H15.
#[test]
fn a_good_report_is_read_and_passes() {
    let report = good();
    assert_eq!(report.compiler, "19.4.0 Build 64");
    let names: Vec<&str> = report.kernels.iter().map(|kernel| kernel.name.as_str()).collect();
    assert_eq!(names, ["decode", "indicator", "send", "feedback", "publish", "params", "mirror"]);
    assert_eq!(judge_loops(&report, &recipe()), []);

    let [outer, inner] = report.kernels[0].loops.as_slice() else { panic!("two loops") };
    assert_eq!((outer.name.as_str(), outer.ii), ("decode.B1", Ii::About(1)));
    assert_eq!(outer.place.as_deref(), Some("pipeline_channels.cl:44"));
    assert_eq!(outer.stallable, ["Channel Read Operation", "Channel Write Operation"]);
    assert_eq!((inner.name.as_str(), inner.ii), ("Fully unrolled loop", Ii::None));
    // What limits the clock, a module each.
    assert!(report.kernels[0].notes.contains(&"Fmax bottlenck block: None".to_owned()));
    assert!(report.kernels[1].notes.contains(&"Fmax bottlenck block: indicator.B1".to_owned()));
    // What limits a loop, with its place.
    let params = &report.kernels[5].loops[0];
    assert_eq!(params.ii, Ii::AtLeast(1));
    assert!(params.notes.contains(&"From: Load Operation (pipeline_channels.cl:226)".to_owned()));

    let lines: Vec<String> =
        loops(&report).iter().map(|each| format!("{} {}", each.name, each.ii)).collect();
    assert_eq!(lines[..2], ["decode.B1 ~1", "indicator.B1 ~1"]);
    assert_eq!(lines.len(), 7);
}

/// Shows G43, G45.
#[test]
fn clock_and_resources_are_read() {
    let fit = read_fit(&fixture("good")).expect("a fit");
    assert_eq!((fit.clock_mhz, fit.fmax_mhz), (200.0, 200.5));
    assert_eq!((fit.used.alm, fit.used.m20k, fit.used.dsp), (200_000, 2_000, 20));
    assert_eq!((fit.available.alm, fit.available.m20k, fit.available.dsp), (427_200, 2_713, 1_518));
    assert_eq!(judge_fit(&fit, &recipe()), []);
}

/// Shows G45.
#[test]
fn older_heads_of_the_same_rows_are_read() {
    let kernels = parse_loops(&text("good-18.1-columns.json")).expect("a table of loops");
    assert_eq!(kernels, good().kernels);
    let rows = parse_info(&text("info-rows.json")).expect("info");
    assert_eq!(rows, (good().compiler, good().target));
}

/// The one finding of a bad file: kernel, loop, what was found.
fn slow(name: &str) -> (String, String, String) {
    match findings(name).as_slice() {
        [Finding::Slow { kernel, name, found, .. }] => {
            (kernel.clone(), name.clone(), found.clone())
        }
        other => panic!("{name}: {other:?}"),
    }
}

/// Shows G42.
#[test]
fn ii_above_one_fails_and_says_what_limits_it() {
    let found = findings("ii-2");
    let [Finding::Slow { kernel, name, wanted, found, limits }] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!((kernel.as_str(), found.as_str()), ("indicator", "II 2"));
    assert_eq!(name, "indicator.B1 (pipeline_channels.cl:84)");
    assert_eq!(*wanted, "II 1, or ~1 by channels alone");
    assert!(limits.contains(&"From: Load Operation (pipeline_channels.cl:90)".to_owned()));
    assert_eq!(slow("ii-about-2").2, "II ~2");
    assert_eq!(
        slow("inner-loop"),
        ("decode".into(), "decode.B2 (pipeline_channels.cl:52)".into(), "II 3".into())
    );
}

/// Shows G42.
#[test]
fn at_least_one_fails() {
    assert_eq!(slow("at-least").2, "II >=1");
}

/// Shows G42.
#[test]
fn a_loop_that_is_not_pipelined_fails() {
    assert_eq!(slow("not-pipelined").2, "pipelined: No");
}

/// Shows G42.
#[test]
fn a_load_or_store_that_is_named_fails() {
    assert_eq!(slow("load-stalls").2, "\"Load Operation (pipeline_channels.cl:90)\"");
    let (kernel, _, found) = slow("store-named");
    assert_eq!(kernel, "send");
    assert_eq!(found, "\"1.00 clock cycles Store Operation (pipeline_channels.cl:150)\"");
}

/// Shows G42.
#[test]
fn about_one_passes_by_channels_alone() {
    assert_eq!(slow("nothing-named").2, "II ~1 and no operation named");
    assert_eq!(slow("other-stalls").2, "\"RTL Library Call\"");
}

/// Shows G45.
#[test]
fn a_missing_module_is_a_failure() {
    let missing = |kernel: &str| vec![Finding::MissingKernel { kernel: kernel.into() }];
    assert_eq!(findings("missing-kernel"), missing("send"));
    assert_eq!(findings("missing-kernel-beside"), missing("mirror"));
    assert_eq!(findings("unknown-kernel"), [Finding::UnknownKernel { kernel: "probe".into() }]);
    assert_eq!(findings("no-loop"), [Finding::NoLoop { kernel: "publish".into() }]);
    let nothing = judge_loops(&Report { kernels: Vec::new(), ..good() }, &recipe());
    assert_eq!(nothing.len(), 7);
}

/// Shows G43.
#[test]
fn the_clock_has_a_floor() {
    let fit = parse_fit(&text("bad/fit-below-floor.txt")).expect("a fit");
    let below = Finding::BelowFloor { wanted_mhz: 150.0, found_mhz: 149.0 };
    assert_eq!(judge_fit(&fit, &recipe()), [below]);
    let fit = Fit { clock_mhz: 150.0, fmax_mhz: 150.0, ..fit };
    assert_eq!(judge_fit(&fit, &recipe()), []);
}

/// Shows G43.
#[test]
fn a_clock_above_what_timing_allows_fails() {
    let fit = parse_fit(&text("bad/fit-timing.txt")).expect("a fit");
    let timing = Finding::Timing { fmax_mhz: 200.5, clock_mhz: 201.0 };
    assert_eq!(judge_fit(&fit, &recipe()), [timing]);
}

/// Shows G45.
#[test]
fn a_malformed_report_is_an_error_that_says_what_was_found() {
    let cases = [
        ("cut-off", "EOF"),
        ("other-columns", "\"Scheduled fMAX\""),
        ("other-ii", "\"about 1\" in \"send.B1\""),
        ("short-row", "found 2 in \"send.B1\""),
        ("other-row", "found \"Block4\""),
    ];
    for (name, found) in cases {
        let error = parse_loops(&text(&format!("bad/{name}.json"))).expect_err(name);
        let is_shape = matches!(error, ReportError::Shape { file: "loops.json", .. });
        assert!(is_shape && error.to_string().contains(found), "{name}: {error}");
    }
    let deep = "{\"columns\":".to_owned() + &"[".repeat(100_000);
    assert!(matches!(parse_loops(&deep), Err(ReportError::Shape { .. })));
    let error = parse_info(&text("bad/info-other-shape.json")).expect_err("no version");
    assert!(matches!(error, ReportError::Shape { file: "info.json", .. }), "{error}");
    let cases = [
        ("no-clock", "wanted a line `Actual clock freq: ...`, found none"),
        ("two-clocks", "wanted one line `Actual clock freq: ...`, found \"200\" and \"250\""),
        ("other-number", "wanted Kernel fmax in MHz, above 0 and up to 1000, found fast"),
        ("too-many-blocks", "wanted RAM blocks as USED / ALL ( n % ), found 2,800 / 2,713"),
    ];
    for (name, found) in cases {
        let error = parse_fit(&text(&format!("bad/fit-{name}.txt"))).expect_err(name);
        assert!(error.to_string().contains(found), "{name}: {error}");
    }
}

/// The good folder with one file of it replaced.
fn project(file: &str, with: &str) -> TempDir {
    let dir = TempDir::new().expect("a folder");
    let json = dir.path().join("reports/lib/json");
    std::fs::create_dir_all(&json).expect("making");
    for name in ["loops.json", "info.json"] {
        let from =
            if name == file { with.to_owned() } else { format!("good/reports/lib/json/{name}") };
        std::fs::copy(fixture(&from), json.join(name)).expect("copying");
    }
    dir
}

/// Shows G45.
#[test]
fn a_report_of_another_compiler_or_board_is_refused() {
    let dir = project("info.json", "bad/info-other-compiler.json");
    let error = read_report(dir.path(), &recipe()).expect_err("another compiler");
    assert_eq!(
        error.to_string(),
        "report of another compiler: wanted version 19.4.0, found 20.4.0 Build 72"
    );
    let dir = project("info.json", "bad/info-other-board.json");
    let error = read_report(dir.path(), &recipe()).expect_err("another board");
    assert!(matches!(error, ReportError::Board { .. }), "{error}");
}

/// Shows G45.
#[test]
fn a_report_that_is_not_there_is_an_error() {
    let dir = project("none", "");
    std::fs::remove_file(dir.path().join("reports/lib/json/loops.json")).expect("removing");
    let missing = |error| matches!(error, ReportError::File(FileError::Missing { .. }));
    assert!(missing(read_report(dir.path(), &recipe()).expect_err("no loops")));
    assert!(missing(read_fit(dir.path()).expect_err("no fit")));
}

#[test]
fn every_bad_file_is_used() {
    let source =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report.rs"))
            .expect("this file");
    for entry in std::fs::read_dir(fixture("bad")).expect("the folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name");
        let name = name.strip_prefix("fit-").unwrap_or(name);
        assert!(
            source.contains(&format!("\"{name}\"")) || source.contains(&format!("{name}.")),
            "{name}"
        );
    }
}

/// Shows G42.
#[test]
fn ii_is_text() {
    let cases = [
        ("1", Ok(Ii::Exact(1))),
        ("~1", Ok(Ii::About(1))),
        (">=1", Ok(Ii::AtLeast(1))),
        ("218", Ok(Ii::Exact(218))),
        ("n/a", Ok(Ii::None)),
        ("", Ok(Ii::None)),
        ("0", Err(())),
        ("+1", Err(())),
        ("~", Err(())),
        ("1.5", Err(())),
        ("4294967296", Err(())),
    ];
    for (text, wanted) in cases {
        assert_eq!(text.parse::<Ii>().map_err(drop), wanted, "{text:?}");
    }
}

/// Shows G44.
#[test]
fn builds_are_compared_by_time_for_a_message() {
    // 5 words a message: II 1 at 200 MHz against II 2 at 300 MHz.
    let kernels = parse_loops(&text("bad/ii-2.json")).expect("a table of loops");
    assert_eq!(slowest(&good(), &recipe()), Some(1));
    assert_eq!(slowest(&Report { kernels, ..good() }, &recipe()), Some(2));
    let slow_clock = read_fit(&fixture("good")).expect("a fit");
    let fast_clock = parse_fit(&text("fit-ii-2.txt")).expect("a fit");
    assert_eq!(ns_per_message(5, 1, slow_clock.clock_mhz), 25.0);
    let two = ns_per_message(5, 2, fast_clock.clock_mhz);
    assert!((two - 100.0 / 3.0).abs() < 1e-9, "{two}");
    assert!(ns_per_message(5, 1, slow_clock.clock_mhz) < two);
}

/// Shows G43.
#[test]
fn ten_gigabits_need_78_megahertz() {
    assert_eq!(least_clock_mhz(10.0, 1, 0, 1), 78.125);
    assert_eq!(least_clock_mhz(10.0, 1, 0, 2), 156.25);
    assert_eq!(least_clock_mhz(10.0, 4, 1, 1), 97.65625);
    assert!(recipe().fmax_floor_mhz > least_clock_mhz(10.0, 4, 1, 1));
}
