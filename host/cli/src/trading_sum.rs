//! What a replay says of its triggers: to people, and to `summary.json`.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};
use tidegate_pipeline::decision::{Limit, Outcome};
use tidegate_pipeline::feedback::Verdict;
use tidegate_pipeline::setup::TradingSetup;
use tidegate_pipeline::trading::TradingCounters;
use tidegate_pipeline::trigger::TriggerCounters;
use tidegate_pipeline::{Book, Decision};

use crate::report::grouped;
use crate::summary::{self, Count};

const VERDICTS: [Verdict; 5] =
    [Verdict::Applied, Verdict::Duplicate, Verdict::Late, Verdict::Unknown, Verdict::Contradictory];

/// What is counted of the decisions beside the engine's own counters.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Refusals by trigger and limit.
    refused: BTreeMap<(Option<u8>, u8), (Limit, u64)>,
    engaged: u64,
    released: u64,
    epochs: u64,
}

impl Tally {
    pub(crate) fn decision(&mut self, decision: &Decision) {
        match decision.outcome {
            Outcome::GuardEngaged => self.engaged += 1,
            Outcome::GuardReleased => self.released += 1,
            Outcome::Epoch => self.epochs += 1,
            Outcome::Sent | Outcome::Refused | Outcome::Cancelled => {}
            // Of a live run: no file holds it.
            Outcome::KillOn | Outcome::KillOff => {}
        }
        if let Some(refusal) = decision.refusal {
            let place = (decision.trigger, refusal.limit as u8);
            self.refused.entry(place).or_insert((refusal.limit, 0)).1 += 1;
        }
    }

    fn refused_by(&self, trigger: usize) -> impl Iterator<Item = (&'static str, u64)> {
        let of = move |place: &Option<u8>| place.map(usize::from) == Some(trigger);
        let entries = self.refused.iter().filter(move |((place, _), _)| of(place));
        entries.map(|(_, (limit, count))| (limit.name(), *count))
    }
}

/// Triggers, orders and reports of a run.
pub(crate) struct TradingSummary<'a> {
    pub(crate) setup: &'a TradingSetup,
    pub(crate) book: Book<'a>,
    pub(crate) tally: &'a Tally,
}

impl TradingSummary<'_> {
    fn counters(&self) -> &TradingCounters {
        self.book.counters
    }

    fn triggers(&self) -> impl Iterator<Item = (&str, &TriggerCounters)> {
        let names = self.setup.names.iter().map(String::as_str);
        names.zip(self.book.triggers)
    }

    fn reports(&self) -> u64 {
        self.counters().reports.iter().sum()
    }

    fn outstanding(&self) -> u32 {
        self.book.outstanding
    }

    /// The summary as JSON.
    pub(crate) fn json(&self) -> Json {
        let counters = self.counters();
        let triggers: Vec<Json> = self
            .triggers()
            .enumerate()
            .map(|(at, (name, trigger))| {
                let refused: Map<String, Json> = self
                    .tally
                    .refused_by(at)
                    .map(|(limit, count)| (limit.to_owned(), count.into()))
                    .collect();
                json!({
                    "name": name,
                    "fired": trigger.fired,
                    "sent": trigger.sent,
                    "refused": trigger.refused,
                    "refused_by": refused,
                    "cancels": trigger.cancels,
                    "held_back": trigger.held_back,
                })
            })
            .collect();
        let reports: Map<String, Json> = VERDICTS
            .iter()
            .map(|verdict| (verdict.name().to_owned(), counters.reports_of(*verdict).into()))
            .collect();
        let guard = self.setup.parameters.guard.map(|_| {
            json!({
                "engaged": self.tally.engaged,
                "released": self.tally.released,
                "engaged_in_the_end": self.book.guarded,
            })
        });
        json!({
            "decisions": counters.decisions,
            "triggers": triggers,
            "orders": {
                "sent": counters.sent,
                "refused": counters.refused,
                "cancels": counters.cancels,
                "outstanding": self.outstanding(),
            },
            "reports": reports,
            "report_jumps": counters.jumps,
            "report_jumped_numbers": counters.jumped_numbers,
            "report_repeats": counters.repeats,
            "missed_fills": counters.missed_fills,
            "guard": guard,
            "epochs": {"setup": self.setup.epochs.len(), "applied": self.tally.epochs},
        })
    }

    /// The summary for people: names and texts of lines.
    pub(crate) fn lines(&self) -> Vec<(&'static str, String)> {
        let counters = self.counters();
        let fired: u64 = self.triggers().map(|(_, trigger)| trigger.fired).sum();
        let mut lines = vec![("triggers", format!("{} fired", grouped(fired)))];
        for (at, (name, trigger)) in self.triggers().enumerate() {
            lines.push(("", format!("{:>13}  {name}{}", grouped(trigger.fired), self.did(at))));
        }
        let orders = [
            Count::always(counters.sent, "sent", "sent"),
            Count::new(counters.refused, "refused by a limit", "refused by a limit"),
            Count::new(counters.cancels, "cancel request", "cancel requests"),
            Count::always(
                self.outstanding().into(),
                "outstanding in the end",
                "outstanding in the end",
            ),
        ];
        lines.push(("orders", summary::line(&orders)));
        if self.reports() > 0 {
            let n = |verdict: Verdict| {
                Count::new(counters.reports_of(verdict), verdict.name(), verdict.name())
            };
            let mut parts = VERDICTS.map(n).to_vec();
            parts.push(Count::new(counters.jumped_numbers, "number left out", "numbers left out"));
            parts.push(Count::new(counters.repeats, "number repeated", "numbers repeated"));
            parts.push(Count::new(counters.missed_fills, "missed fill", "missed fills"));
            let reports = grouped(self.reports());
            lines.push(("reports", format!("{reports}: {}", summary::line(&parts))));
        }
        if self.setup.parameters.guard.is_some() {
            lines.push(("guard", self.guard().to_owned()));
        }
        if !self.setup.epochs.is_empty() {
            let all = self.setup.epochs.len();
            lines.push(("epochs", format!("{} of {all} took effect", self.tally.epochs)));
        }
        lines
    }

    /// What came of the firings of a trigger.
    fn did(&self, at: usize) -> String {
        let trigger = &self.book.triggers[at];
        let mut parts = Vec::new();
        if trigger.sent > 0 {
            parts.push(format!("{} sent", trigger.sent));
        }
        if trigger.refused > 0 {
            let limits: Vec<String> = self
                .tally
                .refused_by(at)
                .map(|(limit, count)| format!("{limit} {count}"))
                .collect();
            parts.push(format!("{} refused ({})", trigger.refused, limits.join(", ")));
        }
        if trigger.cancels > 0 {
            let requests = if trigger.cancels == 1 { "cancel request" } else { "cancel requests" };
            parts.push(format!("{} {requests}", trigger.cancels));
        }
        if trigger.held_back > 0 {
            parts.push(format!("{} held back", trigger.held_back));
        }
        if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) }
    }

    fn guard(&self) -> String {
        let times = match self.tally.engaged {
            0 => return "never engaged".to_owned(),
            1 => "engaged once".to_owned(),
            times => format!("engaged {times} times"),
        };
        let now = if self.book.guarded { "still engaged" } else { "released" };
        format!("{times}, {now} in the end")
    }
}
