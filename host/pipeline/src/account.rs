//! The counters of a run from what came out of it: for engines whose tables are elsewhere.

use thiserror::Error;
use tidegate_protocol::kernel::KernelCounters;
use tidegate_protocol::limits::MAX_TRIGGERS;

use crate::counters::Counters;
use crate::decision::{Decision, Outcome};
use crate::engine::{Book, Sink};
use crate::feedback::{Reported, Request};
use crate::record::{Fault, IndexPoint, Record, flag};
use crate::trading::TradingCounters;
use crate::trigger::TriggerCounters;

/// Something was lost or doubled between the kernels and here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{what}: the kernels counted {kernels}, {events} came out")]
pub struct Lost {
    /// Of what.
    pub what: &'static str,
    /// Counted in the kernels.
    pub kernels: u64,
    /// Counted in what came out.
    pub events: u64,
}

/// Counts what comes out.
#[derive(Clone, Debug, Default)]
pub struct Account {
    counters: Counters,
    trading: TradingCounters,
    triggers: [TriggerCounters; MAX_TRIGGERS],
    guarded: bool,
    requests: Vec<Request>,
}

impl Account {
    /// The counters so far.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Record table and counters; whole after [`Account::close`].
    pub fn book(&self) -> Book<'_> {
        let outstanding = |row: &&Request| row.leaves().0 > 0;
        Book {
            requests: &self.requests,
            counters: &self.trading,
            triggers: &self.triggers,
            outstanding: self.requests.iter().filter(outstanding).count() as u32,
            guarded: self.guarded,
        }
    }

    /// Takes what only the kernels can count, and the record table.
    ///
    /// # Errors
    /// When what both count is not the same.
    pub fn close(&mut self, kernels: &KernelCounters, requests: Vec<Request>) -> Result<(), Lost> {
        let counters = &mut self.counters;
        counters.bytes = kernels.bytes.iter().sum();
        counters.swallowed_bytes = kernels.swallowed.iter().sum();
        counters.surplus_bytes = kernels.surplus;
        counters.jumps = kernels.jumps;
        counters.jumped_numbers = kernels.jumped_numbers;
        counters.clamped_times = kernels.clamped_times;
        counters.index_compared = kernels.index_compared;
        counters.index_difference_e6 = kernels.index_difference;
        self.trading.jumps = kernels.report_jumps;
        self.trading.jumped_numbers = kernels.report_jumped;
        self.trading.repeats = kernels.report_repeats;
        self.trading.missed_fills = kernels.missed_fills;
        for (trigger, held_back) in self.triggers.iter_mut().zip(kernels.held_back) {
            trigger.held_back = held_back;
        }
        let sum = |of: fn(&TriggerCounters) -> u64| self.triggers.iter().map(of).sum::<u64>();
        self.requests = requests;
        for (what, kernels, events) in [
            ("messages", kernels.messages, self.counters.messages),
            ("records without a row", kernels.unnamed, self.counters.unnamed),
            ("firings", kernels.fired.iter().sum(), sum(|t| t.fired)),
            ("orders", kernels.sent.iter().sum(), sum(|t| t.sent)),
            ("refusals", kernels.refused.iter().sum(), sum(|t| t.refused)),
            ("cancel requests", kernels.cancels.iter().sum(), sum(|t| t.cancels)),
            (
                "rows of the record table",
                self.requests.len() as u64,
                self.trading.sent + self.trading.cancels,
            ),
        ] {
            if kernels != events {
                return Err(Lost { what, kernels, events });
            }
        }
        Ok(())
    }
}

impl Sink for Account {
    fn record(&mut self, record: Record<'_>) {
        let tag = record.tag();
        let has = |flag| u64::from(tag.flags & flag != 0);
        if tag.kind.begins() {
            self.counters.duplicates += has(flag::DUPLICATE);
            self.counters.unnamed += has(flag::UNNAMED);
            self.counters.stale += has(flag::STALE);
        }
    }

    fn fault(&mut self, fault: &Fault) {
        self.counters.faults[fault.code as usize] += 1;
    }

    fn index(&mut self, _point: &IndexPoint) {
        self.counters.index_updates += 1;
    }

    fn report(&mut self, report: &Reported) {
        self.trading.reports[report.verdict as usize - 1] += 1;
    }

    fn decision(&mut self, decision: &Decision) {
        self.trading.decisions += 1;
        let mut none = TriggerCounters::default();
        let trigger = match decision.trigger {
            Some(at) => &mut self.triggers[usize::from(at)],
            None => &mut none,
        };
        match decision.outcome {
            Outcome::Sent => {
                self.trading.sent += 1;
                trigger.sent += 1;
            }
            Outcome::Refused => {
                self.trading.refused += 1;
                trigger.refused += 1;
            }
            Outcome::Cancelled => {
                self.trading.cancels += u64::from(decision.requests);
                trigger.cancels += u64::from(decision.requests);
            }
            Outcome::GuardEngaged => self.guarded = true,
            Outcome::GuardReleased => self.guarded = false,
            Outcome::Epoch | Outcome::KillOn | Outcome::KillOff => {}
        }
        if matches!(decision.outcome, Outcome::Sent | Outcome::Refused | Outcome::Cancelled) {
            trigger.fired += 1;
        }
    }

    fn message(&mut self, _msg: u64, msg_type: u32) {
        self.counters.message(msg_type);
    }
}
