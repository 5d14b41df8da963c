//! The judgement as JUnit, for the CI servers that show it: one case an indicator.

use std::fmt::Write;

use super::number;
use crate::judgement::{Judgement, State};

/// The XML document. NOT_MEASURED is a failure where it is demanded, else `skipped`: it is never a pass.
pub fn junit(judgement: &Judgement) -> String {
    let is_failure = |row: &&crate::judgement::Row| {
        row.state == State::Fail || row.is_demanded && row.state == State::NotMeasured
    };
    let failures = judgement.rows.iter().filter(is_failure).count();
    let skipped = judgement
        .rows
        .iter()
        .filter(|row| {
            row.state == State::Waived || !row.is_demanded && row.state == State::NotMeasured
        })
        .count();
    let name = format!("{} gate", judgement.stage);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // The sum is a case of its own: a score below the least fails with every indicator green.
    let sum = judgement.exit_code() != 0;
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" skipped=\"{skipped}\"",
        judgement.rows.len() + 1,
        failures + usize::from(sum)
    );
    let _ = writeln!(out, "<testsuites {counts}>\n<testsuite name=\"{}\" {counts}>", escape(&name));
    for row in &judgement.rows {
        let _ = write!(
            out,
            "<testcase classname=\"{}\" name=\"{}\">",
            escape(&name),
            escape(&format!("{} {}", row.id, row.title))
        );
        let reason = row.reasons.join("; ");
        let mut body = String::new();
        if let Some(value) = row.value.number() {
            let _ = writeln!(body, "{} {}", number(value), row.unit);
        }
        for finding in row.findings.iter().take(20) {
            let _ = writeln!(body, "{}: {}", finding.at, finding.what);
        }
        if is_failure(&row) {
            let kind = row.state.name();
            let _ = write!(
                out,
                "<failure type=\"{kind}\" message=\"{}\">{}</failure>",
                escape(&reason),
                escape(&format!("{body}do: {}", row.when_red))
            );
        } else if row.state != State::Pass {
            let _ = write!(out, "<skipped message=\"{}\"/>", escape(&reason));
        } else {
            let _ = write!(out, "<system-out>{}</system-out>", escape(&body));
        }
        let _ = writeln!(out, "</testcase>");
    }
    let _ = write!(out, "<testcase classname=\"{}\" name=\"verdict\">", escape(&name));
    let text = judgement.reasons.join("\n");
    let verdict = judgement.verdict.name();
    if sum {
        let _ = write!(
            out,
            "<failure type=\"{verdict}\" message=\"{verdict}\">{}</failure>",
            escape(&text)
        );
    } else {
        let _ = write!(out, "<system-out>{}</system-out>", escape(&format!("{verdict}\n{text}")));
    }
    let _ = writeln!(out, "</testcase>\n</testsuite>\n</testsuites>");
    out
}

/// Text as XML 1.0 may hold it: five characters by name, and none that it forbids.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
