//! The judgement as a table for a terminal.

use std::fmt::Write;

use super::number;
use crate::judgement::{Judgement, Row, State};
use crate::measurement::Label;

/// The table, the sum, and why it is no pass.
pub fn table(judgement: &Judgement) -> String {
    let mut cells = vec![
        ["", "indicator", "value", "floor", "target", "weight", "points", "state"]
            .map(str::to_owned),
    ];
    cells.extend(judgement.rows.iter().map(line));
    let width =
        |column: usize| cells.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..8).map(width).collect();
    let mut out = String::new();
    for line in &cells {
        let mut text = String::new();
        for (column, cell) in line.iter().enumerate() {
            let gap = widths[column] - cell.chars().count();
            // Numbers to the right, words to the left.
            let is_number = (2..=6).contains(&column);
            let (before, after) = if is_number { (gap, 0) } else { (0, gap) };
            let _ = write!(text, "{:before$}{cell}{:after$}  ", "", "");
        }
        let _ = writeln!(out, "  {}", text.trim_end());
    }
    let score = judgement.score.map_or("none".to_owned(), |score| format!("{score:.1}"));
    let _ = writeln!(
        out,
        "\n  {} gate: {}   score {score} (least {})   measured {:.1} % of the weight (least {} %)",
        judgement.stage,
        judgement.verdict.name(),
        number(judgement.least_score),
        judgement.measured,
        number(judgement.least_measured),
    );
    for reason in &judgement.reasons {
        let _ = writeln!(out, "  - {reason}");
    }
    for row in judgement.rows.iter().filter(|row| matches!(row.state, State::Fail | State::Waived))
    {
        let _ = writeln!(out, "\n  {} {}: {}", row.id, row.title, row.state.name());
        for reason in &row.reasons {
            let _ = writeln!(out, "    {reason}");
        }
        for finding in row.findings.iter().take(5) {
            let _ = writeln!(out, "    {}: {}", finding.at, finding.what);
        }
        if row.findings.len() > 5 {
            let _ = writeln!(out, "    and {} more", row.findings.len() - 5);
        }
        if row.state == State::Fail {
            let _ = writeln!(out, "    do: {}", row.when_red);
        }
    }
    let next = judgement.next_steps(3);
    if !next.is_empty() {
        let _ = writeln!(out, "\n  next:");
        for step in next {
            let _ = writeln!(out, "  - {} {}: {}", step.id, step.title, step.text);
        }
    }
    out
}

fn line(row: &Row) -> [String; 8] {
    let value = row.value.number().map_or("-".to_owned(), |value| {
        let label = match row.label {
            Label::Measured => "",
            Label::Emulated => " (emulated)",
            Label::Modelled => " (modelled)",
        };
        format!("{} {}{label}", number(value), row.unit)
    });
    let is_veto = row.weight == 0.0;
    let points = row.score.map_or("-".to_owned(), |score| number(row.weight * score / 100.0));
    let unless = |is_left_out: bool, text: String| if is_left_out { String::new() } else { text };
    let state = match row.state {
        State::NotMeasured if !row.is_demanded => "not measured".to_owned(),
        state => state.name().to_owned(),
    };
    [
        row.id.clone(),
        row.title.clone(),
        value,
        unless(is_veto, number(row.floor)),
        unless(is_veto, number(row.target)),
        if is_veto { "veto".to_owned() } else { number(row.weight) },
        unless(is_veto, points),
        state,
    ]
}
