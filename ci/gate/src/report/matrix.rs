//! The matrix of requirements as a section of the page.

use std::fmt::Write;

use tidegate_page::html::escape;

use crate::requirements::State;
use crate::requirements::trace::Trace;
use crate::tests_run::Outcome;

/// Heading and HTML of the section.
pub fn matrix(trace: &Trace) -> (String, String) {
    let mut out = String::from("<p class=\"sub\">");
    for state in State::ALL {
        let count = trace.rows.iter().filter(|row| row.requirement.state == state).count();
        let _ = write!(out, "{count} {}; ", state.name());
    }
    let orphans: usize = trace.orphans.values().map(Vec::len).sum();
    let _ = write!(
        out,
        "{orphans} of {} tests name none. A requirement that says it is shown and has no passing test fails the gate.</p>",
        trace.tests
    );
    for (heading, is_here) in [("Not shown and partly shown", true), ("Shown", false)] {
        let rows: Vec<_> = trace
            .rows
            .iter()
            .filter(|row| {
                matches!(row.requirement.state, State::NotShown | State::Partly) == is_here
            })
            .collect();
        let _ = write!(
            out,
            "<details><summary>{heading} <span class=\"quiet\">{}</span></summary><div class=\"scroll\"><table><thead><tr><th class=\"left\">id</th><th class=\"left\">what</th><th class=\"left\">priority</th><th class=\"left\">state</th><th class=\"left\">tests, last run</th><th class=\"left\">missing</th></tr></thead><tbody>",
            rows.len()
        );
        for row in rows {
            let one = &row.requirement;
            let card = if one.is_card_only() { ", card only" } else { "" };
            let alarm = if row.is_empty_claim() { " class=\"alarm\"" } else { "" };
            let _ = write!(
                out,
                "<tr id=\"r-{0}\"><th>{0}</th><td class=\"text\">{1}</td><td>{2}</td><td class=\"left\">{3}{card}</td><td class=\"text\"><span{alarm}>{4}</span>",
                escape(&one.id),
                escape(&one.title),
                one.priority.name(),
                one.state.name(),
                escape(&row.result())
            );
            if !row.outcomes.is_empty() {
                out += "<details><summary class=\"quiet\">which</summary>";
                for (test, outcome) in &row.outcomes {
                    let mark = match outcome {
                        Outcome::Passed => String::new(),
                        other => format!(" <span class=\"alarm\">{}</span>", other.name()),
                    };
                    let _ = write!(out, "<code>{}</code>{mark}<br>", escape(test));
                }
                out += "</details>";
            }
            let _ = write!(
                out,
                "</td><td class=\"text\">{}</td></tr>",
                escape(one.why.as_deref().unwrap_or(""))
            );
        }
        out += "</tbody></table></div></details>";
    }
    ("Requirements".to_owned(), out)
}
