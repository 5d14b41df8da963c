//! A decision in plain words, part by part, and whether the second look at it agrees.

use serde_json::{Value as Json, json};

/// One thing that was looked at twice.
pub(super) struct Check {
    what: &'static str,
    agrees: bool,
    says: String,
}

/// Everything there is to say.
pub(super) struct Story {
    title: String,
    parts: Vec<(&'static str, Vec<String>)>,
    checks: Vec<Check>,
}

impl Story {
    /// Nothing but a title.
    pub(super) fn new(title: String) -> Self {
        Self { title, parts: Vec::new(), checks: Vec::new() }
    }

    /// A decision that the re-run did not make.
    pub(super) fn missing(number: u64, decisions: u64) -> Self {
        let made = count(decisions as usize, "decision", "decisions");
        let says = format!("the run makes {made}, and not this one");
        let mut story = Self::new(format!("decision {number}"));
        story.check("decision", false, says);
        story
    }

    pub(super) fn agrees(&self) -> bool {
        self.checks.iter().all(|check| check.agrees)
    }

    pub(super) fn check(&mut self, what: &'static str, agrees: bool, says: impl Into<String>) {
        self.checks.push(Check { what, agrees, says: says.into() });
    }

    pub(super) fn part(&mut self, name: &'static str, lines: Vec<String>) {
        if !lines.is_empty() {
            self.parts.push((name, lines));
        }
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        let mut out = format!("{}\n", self.title);
        for (name, lines) in &self.parts {
            let mut name = *name;
            for line in lines {
                out += &format!("  {name:<12}{line}\n");
                name = "";
            }
        }
        let mut name = "checked";
        for check in &self.checks {
            let agrees = if check.agrees { "agrees " } else { "DIFFERS" };
            out += &format!("  {name:<12}{agrees}  {}: {}\n", check.what, check.says);
            name = "";
        }
        let verdict = if self.agrees() {
            "the decision comes out again, and everything that was looked at twice agrees"
        } else {
            "THE DECISION DOES NOT AGREE WITH THE RUN"
        };
        out + &format!("  {:<12}{verdict}\n", "result")
    }

    /// For programs; `line` is the decision as the re-run gives it.
    pub(super) fn json(&self, line: Option<&[u8]>) -> Json {
        let decision: Json =
            line.and_then(|line| serde_json::from_slice(line).ok()).unwrap_or_default();
        let parts: Vec<Json> =
            self.parts.iter().map(|(name, lines)| json!({"part": name, "lines": lines})).collect();
        let checks: Vec<Json> = self
            .checks
            .iter()
            .map(|check| json!({"check": check.what, "agrees": check.agrees, "says": check.says}))
            .collect();
        json!({
            "title": self.title,
            "decision": decision,
            "parts": parts,
            "checks": checks,
            "agrees": self.agrees(),
        })
    }
}

/// A number and what it counts.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
