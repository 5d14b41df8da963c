//! The page and its content: labels apart, text safe, figures whole, nothing from outside.

mod common;

use common::{fixture, histogram, latency, row, speed};
use tidegate_bench::conclude::{self, Finding, Standing};
use tidegate_bench::load::Filed;
use tidegate_bench::report::tables::Cell;
use tidegate_bench::report::{self, Report};
use tidegate_bench::result::*;
use tidegate_bench::row::{Worth, worth};
use tidegate_bench::sources;

fn filed(results: Results) -> Filed {
    Filed { name: "fixture-run".to_owned(), results }
}

fn build(results: Results) -> Report {
    let sources = sources::parse(sources::BUNDLED).expect("the bundled file");
    report::build(&[filed(results)], &[], &sources, Vec::new())
}

fn whole() -> Results {
    fixture("2000-01-04T00:00:00Z", &"3".repeat(40), 1.0)
}

/// Shows H36.
#[test]
fn every_column_has_one_label_and_every_label_its_own_group() {
    let results = whole();
    let report = build(results.clone());
    for table in &report.tables {
        assert!(table.columns.is_sorted_by_key(|column| column.label), "{}", table.title);
        for line in &table.lines {
            assert_eq!(line.cells.len(), table.columns.len());
        }
    }
    // A figure stands in the column of its row's label and nowhere else.
    for row in results.rows.iter().filter(|row| worth(row) == Worth::Figure) {
        let Some(wanted) = row.throughput else { continue };
        let (value, name) = match (wanted.offered_per_s, row.run_type) {
            (Some(_), RunType::Peak) => (wanted.messages_per_s / 1e6, "achieved"),
            // Nanoseconds a message would be the pace.
            (Some(_), _) => (wanted.messages_per_s / 1e6, ""),
            (None, _) => (wanted.median_ns, ""),
        };
        let holders = report.tables.iter().filter(|table| table.definition == row.definition);
        let labels: Vec<Label> = holders
            .flat_map(|table| table.lines.iter().map(move |line| (table, line)))
            .filter(|(_, line)| line.name.starts_with(name))
            .flat_map(|(table, line)| table.columns.iter().zip(&line.cells))
            .filter(|(column, cell)| {
                let is_it = matches!(cell, Cell::Figure { value: found, .. } if *found == value);
                column.engine == row.engine && is_it
            })
            .map(|(column, _)| column.label)
            .collect();
        assert!(!labels.is_empty(), "{} {} is on the page", row.engine, row.stage);
        assert!(labels.iter().all(|label| *label == row.label), "{} {labels:?}", row.engine);
    }
    for chart in &report.latency {
        for panel in &chart.panels {
            for line in &panel.lines {
                let of_line = |row: &&Row| row.engine == line.engine;
                let own = results.rows.iter().find(of_line).expect("a row");
                assert_eq!(panel.label, own.label);
            }
        }
    }
    let page = report::page(&report);
    let groups = page.matches("scope=\"colgroup\"").count();
    let labels = |table: &tidegate_bench::report::tables::Table| {
        let mut labels: Vec<Label> = table.columns.iter().map(|column| column.label).collect();
        labels.dedup();
        labels.len()
    };
    assert_eq!(groups, report.tables.iter().map(labels).sum::<usize>());
}

#[test]
fn a_wrong_or_unchecked_output_has_no_figure() {
    let mut results = whole();
    results.rows.truncate(1);
    results.rows[0].throughput = Some(speed(77.777, None));
    let figure = "77.8";
    assert!(report::page(&build(results.clone())).contains(figure));
    for (digest, says) in [
        (Some(Check { wanted: "a".into(), found: "b".into() }), "no figure: output differs"),
        (None, "no figure: output not checked"),
    ] {
        results.rows[0].digest = digest;
        let report = build(results.clone());
        let page = report::page(&report);
        assert!(page.contains(&format!("class=\"alarm\">{says}")), "{says}");
        assert!(!page.contains(figure));
        assert!(report.latency.is_empty() && report.history.is_empty());
    }
}

#[test]
fn no_row_is_overwritten() {
    let mut results = whole();
    results.rows[0].throughput = Some(speed(66.666, None));
    let mut again = results.rows[0].clone();
    again.throughput = Some(speed(55.555, None));
    results.rows.push(again);
    let report = build(results);
    let cells = report.tables.iter().flat_map(|table| &table.lines).flat_map(|line| &line.cells);
    let times = |wanted: f64| {
        let is_it = |cell: &&Cell| matches!(cell, Cell::Figure { value, .. } if *value == wanted);
        cells.clone().filter(is_it).count()
    };
    assert_eq!((times(66.666), times(55.555)), (1, 1));
}

#[test]
fn text_from_a_result_is_text() {
    const HOSTILE: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&\u{202e}";
    let mut results = whole();
    results.started = HOSTILE.to_owned();
    results.commit = HOSTILE.to_owned();
    results.arguments = vec![HOSTILE.to_owned()];
    results.machine.cpu = HOSTILE.to_owned();
    results.machine.os = HOSTILE.to_owned();
    results.machine.facts.insert(HOSTILE.to_owned(), HOSTILE.to_owned());
    results.left_out.push(LeftOut { what: HOSTILE.to_owned(), why: HOSTILE.to_owned() });
    for row in &mut results.rows {
        for text in [
            &mut row.definition,
            &mut row.mix,
            &mut row.from,
            &mut row.to,
            &mut row.path,
            &mut row.note,
        ] {
            text.push_str(HOSTILE);
        }
        row.engine.push_str(HOSTILE);
        row.assumptions.push(HOSTILE.to_owned());
        if row.stage != "end-to-end" {
            row.stage.push_str(HOSTILE);
        }
    }
    let mut later = results.clone();
    later.started.push('2');
    let shown = [Filed { name: HOSTILE.to_owned(), results: later }];
    let before = [filed(results)];
    let sources = sources::parse(sources::BUNDLED).expect("the bundled file");
    let unread = vec![LeftOut { what: HOSTILE.to_owned(), why: HOSTILE.to_owned() }];
    let report = report::build(&shown, &before, &sources, unread);
    assert!(!report.history.is_empty() && !report.stages.is_empty() && !report.bounds.is_empty());
    let page = report::page(&report);
    for markup in ["<script", "<img", "\"'>", "\u{202e}"] {
        assert!(!page.contains(markup), "{markup}");
    }
    assert!(page.contains("&lt;script&gt;"));
}

#[test]
fn the_page_needs_nothing_else() {
    let page = report::page(&build(whole()));
    for foreign in ["http:", "https:", "//", "<script", "<link", "@import", "url(", "src="] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    assert!(page.contains("default-src 'none'"));
    assert!(page.contains("prefers-color-scheme:dark") && page.contains("@media print"));
    // What is opened is closed.
    for tag in
        ["table", "tr", "td", "th", "svg", "figure", "div", "ul", "li", "section", "dl", "h3"]
    {
        let opened =
            page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    assert!(!page.contains("NaN") && !page.contains("inf\""));
}

/// Shows C12.
#[test]
fn the_curve_is_the_histogram() {
    let mut results = whole();
    results.rows.truncate(1);
    results.rows[0].latency = Some(latency(50.0, 900.0, Due::Schedule, 11));
    let wanted = histogram(50.0, 900.0, 11);
    let report = build(results);
    let line = &report.latency[0].panels[0].lines[0];
    assert_eq!((line.n, line.due), (wanted.len(), Due::Schedule));
    assert!((line.points[0].quantile - 0.5).abs() < 1e-12);
    let last = line.points.last().expect("points").quantile;
    assert!((0.999_98..=0.999_99).contains(&last), "{last}");
    for point in &line.points {
        assert_eq!(point.ns, wanted.value_at_quantile(point.quantile), "{}", point.quantile);
    }
}

#[test]
fn a_curve_ends_where_its_messages_end() {
    let mut results = whole();
    results.rows.truncate(1);
    let latency = results.rows[0].latency.as_mut().expect("latency");
    latency.n = 1_000;
    let report = build(results);
    let points = &report.latency[0].panels[0].lines[0].points;
    assert!(points.iter().all(|point| point.quantile <= 0.999 + 1e-9));
}

#[test]
fn a_histogram_that_cannot_be_read_is_told() {
    let mut results = whole();
    results.rows.truncate(1);
    results.rows[0].latency.as_mut().expect("latency").histogram = "AAAA".to_owned();
    let report = build(results);
    assert!(report.latency.is_empty());
    assert_eq!(report.unread.len(), 1);
    assert!(report::page(&report).contains("wanted a V2 histogram"));
}

/// Shows G3, H40.
#[test]
fn places_wait_until_they_are_measured() {
    let card = "opencl:arria10";
    let holds = |report: &Report, label| {
        report.comparison.ours.iter().any(|of| of.name.contains(card) && of.label == label)
    };
    let mut results = whole();
    results.rows.retain(|row| row.engine != card);
    let report = build(results.clone());
    assert!(holds(&report, Label::NotMeasured));
    let page = report::page(&report);
    assert_eq!(page.matches("not measured: comes with the live gateway").count(), 3);
    // Neither a model nor an emulator takes the place of a card.
    for label in [Label::Emulated, Label::Modelled, Label::Measured] {
        let mut card = row(card, label, RunType::Baseline, "end-to-end");
        card.latency = Some(latency(900.0, 10.0, Due::Schedule, 1));
        let mut results = results.clone();
        results.rows.push(card);
        let report = build(results);
        assert_eq!(holds(&report, Label::NotMeasured), label != Label::Measured, "{label:?}");
    }
}

/// Shows G4.
#[test]
fn load_and_stages_and_history_are_what_the_rows_say() {
    let results = whole();
    let before = filed(fixture("2000-01-01T00:00:00Z", &"0".repeat(40), 1.2));
    let mut elsewhere = before.clone();
    elsewhere.results.machine.id = "fixture-other".to_owned();
    let mut quick = before.clone();
    quick.results.quick = true;
    let sources = sources::parse(sources::BUNDLED).expect("the bundled file");
    let shown = [filed(results.clone())];
    let all = [before, elsewhere, quick, shown[0].clone()];
    let report = report::build(&shown, &all, &sources, Vec::new());
    assert!(report.history.iter().all(|course| course.points.len() == 2));
    assert!(!report.history.is_empty());
    for chart in &report.load {
        for line in &chart.lines {
            assert!(line.points.is_sorted_by(|a, b| a.offered_per_s <= b.offered_per_s));
        }
    }
    let peaks = results.rows.iter().filter(|row| row.run_type == RunType::Peak).count();
    let points: usize =
        report.load.iter().flat_map(|chart| &chart.lines).map(|line| line.points.len()).sum();
    assert_eq!(points, peaks);
    let native = report.stages.iter().find(|chart| chart.engine == "native").expect("a chart");
    let stages: Vec<&str> = native.bars.iter().map(|bar| bar.stage.as_str()).collect();
    assert_eq!(stages, ["toe", "frame", "decode", "quote", "index", "trigger", "order"]);
    assert_eq!(native.end_to_end_ns, Some(22.4));
}

/// Shows P9.
#[test]
fn the_json_holds_the_rows() {
    let results = whole();
    let report = build(results.clone());
    let json = serde_json::to_value(&report).expect("JSON");
    let rows = serde_json::to_value(&results.rows).expect("JSON");
    assert_eq!(json["runs"][0]["rows"], rows);
    for part in ["comparison", "tables", "latency", "load", "stages", "bounds", "history"] {
        assert!(json.get(part).is_some(), "{part}");
    }
}

#[test]
fn a_run_without_rows_has_a_page() {
    let mut results = whole();
    results.rows.clear();
    let page = report::page(&build(results));
    assert!(page.contains("No peak run is among these runs."));
}

fn concluded(results: Results) -> Vec<Finding> {
    conclude::conclusion(&[filed(results)])
}

fn line<'a>(found: &'a [Finding], what: &str) -> &'a Finding {
    found.iter().find(|of| of.what.starts_with(what)).unwrap_or_else(|| panic!("{what}: {found:?}"))
}

/// Shows P9.
#[test]
fn a_report_has_its_sections_in_their_order() {
    let page = report::page(&build(whole()));
    let sections = ["environment", "cases", "process", "results", "anomalies", "conclusion"];
    let places: Vec<usize> = sections
        .iter()
        .map(|id| page.find(&format!("<h2 id=\"{id}\">")).unwrap_or_else(|| panic!("{id}")))
        .collect();
    assert!(places.is_sorted());
    assert_eq!(page.matches("<h2 ").count(), sections.len());
    let json = serde_json::to_value(build(whole())).expect("JSON");
    for part in ["machine", "cases", "runs", "anomalies", "conclusion", "segments", "stale"] {
        assert!(json.get(part).is_some(), "{part}");
    }
}

/// Shows P9.
#[test]
fn the_conclusion_follows_the_rows() {
    let mut results = whole();
    let mut decode = row("native", Label::Measured, RunType::Batch, "decode");
    decode.definition = "decode-memory".to_owned();
    let mut copy = row("bound:memcpy", Label::Measured, RunType::Batch, "decode");
    copy.definition.clone_from(&decode.definition);
    copy.digest = None;
    let put = |row: &Row, ns: f64| Row { throughput: Some(speed(ns, None)), ..row.clone() };
    for (ours, bound, wanted, of_copy) in [
        (4.9, 3.0, Standing::Met, Standing::Met),
        (5.1, 3.0, Standing::Missed, Standing::Met),
        (4.9, 2.0, Standing::Met, Standing::Missed),
    ] {
        results.rows = vec![put(&decode, ours), put(&copy, bound)];
        let found = concluded(results.clone());
        let of = line(&found, "decode over 256 MiB");
        assert_eq!(of.standing, wanted, "{of:?}");
        assert!(of.found.starts_with(&format!("{ours:.2} ns/msg, wanted at most 5.00")), "{of:?}");
        assert_eq!(line(&found, "decode over 256 MiB, of memcpy").standing, of_copy);
        assert_eq!(line(&found, "simulator").standing, Standing::NotMeasured);
        let missed = u8::from(wanted == Standing::Missed) + u8::from(of_copy == Standing::Missed);
        let of = line(&found, "targets of speed");
        assert!(of.found.contains(&format!("{missed} missed, 5 without a figure")), "{of:?}");
    }
    // What threads gain, of what a bare loop gains: in the row, or as rows of a loop in older results.
    let mut two = row("native", Label::Measured, RunType::Batch, "end-to-end");
    two.definition = "channels".to_owned();
    for (engine, bare_loop, wanted) in [(1.9, 2.0, Standing::Met), (1.8, 2.0, Standing::Missed)] {
        two.speed_up = Some(SpeedUp { engine, bare_loop });
        results.rows = vec![two.clone()];
        let found = concluded(results.clone());
        assert_eq!(line(&found, "two channels on two cores").standing, wanted);
        let threads = |engine: &str, times: &str, ns: f64| {
            let mut row = put(&two, ns);
            (row.speed_up, row.engine, row.mix) = (None, engine.to_owned(), format!("few {times}"));
            row
        };
        results.rows = vec![
            threads("native", "x1", engine),
            threads("native", "x2", 1.0),
            threads("bound:loop", "x1", bare_loop),
            threads("bound:loop", "x2", 1.0),
        ];
        let found = concluded(results.clone());
        assert_eq!(line(&found, "two channels on two cores").standing, wanted);
    }
    // Neither another label, nor a wrong output, nor another path meets a target.
    type Change = fn(&mut Row);
    let changes: [Change; 3] = [
        |row| row.label = Label::Emulated,
        |row| row.digest = Some(Check { wanted: "a".into(), found: "b".into() }),
        |row| row.digest = None,
    ];
    for change in changes {
        results.rows = vec![put(&decode, 1.0), put(&copy, 3.0)];
        change(&mut results.rows[0]);
        let found = concluded(results.clone());
        assert_eq!(line(&found, "decode over 256 MiB").standing, Standing::NotMeasured);
    }
    results.rows = vec![put(&decode, 1.0), put(&copy, 3.0)];
    results.rows[1].path.push_str(" of another");
    let found = concluded(results.clone());
    assert_eq!(line(&found, "decode over 256 MiB, of memcpy").standing, Standing::NotMeasured);
    // Capacity: no peak is no pass.
    assert_eq!(line(&found, "capacity in messages").standing, Standing::Met);
    assert_eq!(line(&found, "capacity in bytes").standing, Standing::NotMeasured);
    results.capacity.clear();
    assert_eq!(line(&concluded(results.clone()), "capacity").standing, Standing::NotMeasured);
    // Noise and engines without a figure.
    results.rows[0].throughput =
        Some(Throughput { best_ns: 0.5, worst_ns: 2.0, ..speed(1.0, None) });
    results.rows.push(
        whole().rows.iter().find(|row| row.engine == "opencl:arria10").expect("a card").clone(),
    );
    let found = concluded(results.clone());
    assert!(line(&found, "noise").found.starts_with("1 of 2 measured rows"), "{found:?}");
    assert!(line(&found, "engine opencl:arria10").found.contains("no card has run it"));
    assert!(line(&found, "outputs").found.starts_with("1 of 1"));
}

/// Shows P9.
#[test]
fn anomalies_are_told() {
    let mut results = whole();
    results.clock_checks[0].agrees = false;
    results.clock_checks[0].skew_ns = 50_000.0;
    let found = conclude::anomalies(&[filed(results.clone())]);
    assert!(line(&found, "clocks tsc and CLOCK_MONOTONIC_RAW").found.contains("50.00 us"));
    assert_eq!(line(&found, "market-day kernel-c").standing, Standing::Missed);
    assert!(line(&found, "left out: opencl:intel-emu").found.contains("not installed"));
    let mut page = report::page(&build(results.clone()));
    assert!(page.contains("do not agree"));
    results.rows.clear();
    results.left_out.clear();
    results.clock_checks.clear();
    assert_eq!(conclude::anomalies(&[filed(results.clone())]), []);
    page = report::page(&build(results));
    assert!(page.contains("Every output was right"));
}

/// Shows P8, Q16.
#[test]
fn earlier_runs_on_something_else_are_stale() {
    let results = whole();
    let mut before = fixture("2000-01-01T00:00:00Z", &"0".repeat(40), 1.2);
    let sources = sources::parse(sources::BUNDLED).expect("the bundled file");
    let stale_of = |before: &Results| {
        let all = [filed(before.clone()), filed(results.clone())];
        report::build(&[filed(results.clone())], &all, &sources, Vec::new())
    };
    let same = stale_of(&before);
    assert!(same.stale.is_empty());
    assert!(same.history.iter().all(|course| course.points.iter().all(|of| of.stale.is_empty())));
    before.machine.os = "Linux 0.0.1-fixture".to_owned();
    let report = stale_of(&before);
    assert_eq!(report.stale.len(), 1);
    for course in &report.history {
        let pieces: Vec<usize> = course.points.iter().map(|of| of.stale.len()).collect();
        assert_eq!(pieces, [1, 0], "the older one, not the newest");
    }
    let page = report::page(&report);
    assert!(page.contains("kernel was &quot;Linux 0.0.1-fixture&quot;"));
    assert!(page.contains("class=\"stale\""));
}

/// Shows C12.
#[test]
fn segments_are_shown_with_their_densities() {
    let report = build(whole());
    assert_eq!(report.segments.len(), 2);
    for chart in &report.segments {
        let sum = chart.lines.last().expect("the whole");
        let rooms = &chart.lines[..chart.lines.len() - 1];
        let means: f64 = rooms.iter().map(|line| line.mean_of_all_ns).sum();
        assert!((means - sum.mean_of_all_ns).abs() < 1.0);
        for line in &chart.lines {
            let all: f64 = line.density.iter().map(|bin| bin.share).sum();
            assert!((all - 1.0).abs() < 1e-9, "{all}");
            let first = line.density.first().expect("a bin");
            assert!(first.from_ns <= line.latency.min_ns as f64 + 1.0);
        }
    }
    let page = report::page(&report);
    assert!(page.contains("on one core") && page.contains("not kept on a core"));
    assert!(page.contains("Probability density of the time in each room"));
}
