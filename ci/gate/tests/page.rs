//! The page: what stands on it, and that nothing on it is markup of others.

use jiff::civil::{Date, date};
use tidegate_gate::judgement::{Before, Judgement, judge};
use tidegate_gate::ledger::{Context, Ledger};
use tidegate_gate::measurement::{Label, Measurement, Part};
use tidegate_gate::policy::{Policy, Stage};
use tidegate_gate::report::{Beside, page};

const TODAY: Date = date(2026, 11, 30);

fn policy() -> Policy {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../gate-policy.toml");
    Policy::load(path.as_ref()).expect("the committed policy").0
}

fn part(path: &[&str], value: f64) -> Part {
    Part { path: path.iter().map(|&name| name.to_owned()).collect(), value, count: 40 }
}

/// A run in which something fails, something is modelled, and much is unknown; `drift` moves the values.
fn judged(policy: &Policy, drift: f64) -> Judgement {
    let mut lines = Measurement::new("Q03", 84.0 - drift, "coverage.json", "llvm-cov 1")
        .finding("host/cli/src/<b>x</b>.rs", "40 lines not run \u{202e}");
    lines.parts = vec![
        part(&["tidegate-pipeline"], 91.0),
        part(&["tidegate-pipeline", "quote"], 95.5),
        part(&["tidegate-pipeline", "quote", "apply"], 100.0),
        part(&["tidegate-gateway"], 70.0),
    ];
    let mut agree = Measurement::new("Q02", 100.0, "simulator.json", "tidegate")
        .figure("mismatched", 0.0)
        .figure("compared", 3e6);
    agree.label = Label::Modelled;
    let tests = Measurement::new("Q01", 97.0, "junit.xml", "nextest").figure("failed", 21.0);
    let mut measurements = vec![lines, agree, tests, Measurement::none("Q06", "no register")];
    if drift == 0.0 {
        measurements.push(Measurement::new("Q08", 2.5, "jscpd.json", "jscpd"));
    }
    judge(policy, Stage::Merge, measurements, &Before::default(), TODAY).expect("judged")
}

#[test]
fn the_page_says_what_is_red_what_changed_and_what_to_do() {
    let policy = policy();
    let mut ledger = Ledger::default();
    let folder = tempfile::tempdir().expect("a folder");
    for drift in [3.0, 2.0, 1.0] {
        let record = ledger.next(&policy, &judged(&policy, drift), Context::default());
        ledger.append(&folder.path().join("ledger.jsonl"), record).expect("written");
    }
    let context = Context { commit: "<script>alert(1)</script>".to_owned(), ..Context::default() };
    let sections = [("Requirements".to_owned(), "<p>matrix</p>".to_owned())];
    let beside = Beside { context: &context, records: &ledger.records, sections: &sections };
    let html = page(&judged(&policy, 0.0), &beside);
    // To be looked at: target/tmp/gate-page.html.
    let seen = concat!(env!("CARGO_TARGET_TMPDIR"), "/gate-page.html");
    std::fs::write(seen, &html).expect("written");
    for wanted in [
        "<p class=\"verdict bad\">FAIL</p>",
        "<details id=\"Q01\" open>",
        "97 is worse than the floor 98",
        "veto: 21, failed above 0",
        "<b>Q01 Tests passed</b>",
        "Q06 was not measured: no register",
        "<span class=\"label modelled\">Modelled</span>",
        "<summary>tidegate-pipeline <span class=\"quiet\">1 parts</span></summary>",
        "<th>apply</th>",
        "Against record 2 (merge gate",
        // Better, and one that the run before did not have.
        "<td>83 %, PASS</td><td>84 %, PASS</td><td class=\"left\">better</td>",
        "<td>NOT_MEASURED</td><td>2.5 %, PASS</td><td class=\"left\">measured now</td>",
        "<figcaption>Q03 Lines of Rust covered",
        "<h2>Requirements</h2><p>matrix</p>",
        "host/cli/src/&lt;b&gt;x&lt;/b&gt;.rs",
    ] {
        assert!(html.contains(wanted), "{wanted}");
    }
    for hostile in ["<script", "<b>x", "\u{202e}", "http://", "https://"] {
        assert!(!html.contains(hostile), "{hostile}");
    }
}
