//! The rooms trigger, order and feedback put together: what is done before, within and after a
//! message.

use tidegate_protocol::limits::MAX_CONDITIONS;
use tidegate_protocol::units::{IndexE4, PriceE4, QtyE2, Timestamp};

use crate::decision::{Checked, Decision, Limit, Outcome, Outgoing, Refusal, Scope};
use crate::engine::{Book, Sink};
use crate::feedback::{
    self, Kind, Partitions, RecordTable, Report, Reported, Request, State, Verdict,
};
use crate::order::{Fields, Templates};
use crate::parameters::{Action, Bounds, Breach, Epoch, OrderRule, Parameters};
use crate::quote::QuoteTable;
use crate::setup::TradingSetup;
use crate::trigger::{self, GuardStep, Triggers};

/// What was counted of reports and decisions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TradingCounters {
    /// Decisions.
    pub decisions: u64,
    /// Orders sent.
    pub sent: u64,
    /// Orders that a limit refused.
    pub refused: u64,
    /// Cancel requests sent.
    pub cancels: u64,
    /// Reports, by [`Verdict`] - 1.
    pub reports: [u64; 5],
    /// Jumps of ReportIndex.
    pub jumps: u64,
    /// Numbers left out by these jumps; stays at the greatest number it can hold.
    pub jumped_numbers: u64,
    /// Reports whose ReportIndex was at or below the last one.
    pub repeats: u64,
    /// Reports that told of a quantity traded without a fill of its own having come.
    pub missed_fills: u64,
}

impl TradingCounters {
    /// Reports of one verdict.
    pub fn reports_of(&self, verdict: Verdict) -> u64 {
        self.reports[verdict as usize - 1]
    }
}

/// Everything behind the index: parameters, triggers, templates, record table.
#[derive(Clone, Debug)]
pub struct Trading {
    parameters: Parameters,
    /// The kill switch of the hand.
    killed: bool,
    bounds: Bounds,
    epoch: u32,
    epochs: Vec<Epoch>,
    /// The next of `epochs` that takes effect.
    next_epoch: usize,
    /// Its message.
    next_at: u64,
    triggers: Triggers,
    templates: Templates,
    records: RecordTable,
    partitions: Partitions,
    counters: TradingCounters,
}

/// Where and when something happens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) msg: u64,
    pub(crate) now: Timestamp,
    pub(crate) index: Option<IndexE4>,
}

impl Trading {
    /// The rooms for a setup; `quotes` has the rows of all securities that it names.
    pub(crate) fn new(setup: &TradingSetup, quotes: &QuoteTable) -> Self {
        let next_at = setup.epochs.first().map_or(u64::MAX, |epoch| epoch.at_msg);
        Self {
            parameters: setup.parameters,
            killed: false,
            bounds: setup.bounds,
            epoch: 0,
            epochs: setup.epochs.clone(),
            next_epoch: 0,
            next_at,
            triggers: Triggers::new(&setup.parameters, quotes),
            templates: Templates::new(&setup.template),
            records: RecordTable::new(setup.cl_ord_ids, setup.max_requests),
            partitions: Partitions::default(),
            counters: TradingCounters::default(),
        }
    }

    /// The record table.
    pub fn records(&self) -> &RecordTable {
        &self.records
    }

    /// What was counted.
    pub fn counters(&self) -> &TradingCounters {
        &self.counters
    }

    /// The triggers with their counters.
    pub fn triggers(&self) -> &Triggers {
        &self.triggers
    }

    /// Record table and counters, as every engine shows them.
    pub fn book(&self) -> Book<'_> {
        Book {
            requests: self.records.rows(),
            counters: &self.counters,
            triggers: &self.triggers.counters,
            outstanding: self.triggers.total.outstanding,
            guarded: self.triggers.guarded(),
        }
    }

    /// The parameters of now.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Number of the epoch of now.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Whether an epoch takes effect before this message.
    #[inline]
    pub(crate) fn epoch_is_due(&self, msg: u64) -> bool {
        msg >= self.next_at
    }

    /// Whether time has come to a point where a condition may change.
    #[inline]
    pub(crate) fn is_past(&self, now: Timestamp) -> bool {
        self.triggers.is_past(now)
    }

    /// Time went on while the index had this value.
    pub(crate) fn roll(&mut self, now: Timestamp, index: Option<IndexE4>) {
        self.triggers.roll(now, index);
    }

    /// The index has a new value.
    #[inline]
    pub(crate) fn index_moved(&mut self, now: Timestamp, index: IndexE4) {
        self.triggers.index_moved(now, index);
    }

    /// A trade moved the row, or a snapshot that has come to its end.
    #[inline]
    pub(crate) fn moved(&mut self, row: usize, quotes: &QuoteTable) {
        self.triggers.moved(row, quotes);
    }

    /// Whether the triggers are to be judged after the message under way.
    #[inline]
    pub(crate) fn is_due(&self) -> bool {
        self.triggers.due
    }

    /// The next epoch takes effect. Its shares are the caller's: they move the index.
    pub(crate) fn take_epoch<S: Sink + ?Sized>(
        &mut self,
        moment: Moment,
        sink: &mut S,
    ) -> Option<usize> {
        let at = self.next_epoch;
        let epoch = self.epochs.get(at).filter(|epoch| epoch.at_msg <= moment.msg)?;
        let parameters = epoch.parameters;
        self.next_epoch += 1;
        self.next_at = self.epochs.get(at + 1).map_or(u64::MAX, |epoch| epoch.at_msg);
        self.change(&parameters, moment, sink);
        Some(at)
    }

    /// New share counts of an epoch of the setup.
    pub(crate) fn shares(&self, epoch: usize) -> &[(usize, i64)] {
        &self.epochs[epoch].shares
    }

    /// The kill switch of the hand.
    pub(crate) fn kill<S: Sink + ?Sized>(&mut self, on: bool, moment: Moment, sink: &mut S) {
        self.killed = on;
        let outcome = if on { Outcome::KillOn } else { Outcome::KillOff };
        let decision = Decision { outcome, ..self.decision(moment, None) };
        self.decide(decision, sink);
        // The operator's last word, also where it was on: what is under way is not asked again.
        if on && self.parameters.cancel_on_kill {
            self.cancel(self.decision(moment, None), None, moment, sink);
        }
    }

    /// Whether no order leaves, by hand or by the parameters.
    pub fn is_killed(&self) -> bool {
        self.killed || self.parameters.limits.kill_switch
    }

    /// Whether parameters of a live run may follow those of now. Epochs of the setup that are still
    /// to come would undo them.
    ///
    /// # Errors
    /// What they break.
    pub fn permits(&self, parameters: &Parameters) -> Result<(), Breach> {
        if self.next_at != u64::MAX {
            return Err(Breach::Epochs { at_msg: self.next_at });
        }
        self.bounds.check_change(&self.parameters, parameters)
    }

    /// Parameters of a live run, from the next message on, where they are permitted.
    pub(crate) fn live_epoch<S: Sink + ?Sized>(
        &mut self,
        parameters: &Parameters,
        moment: Moment,
        sink: &mut S,
    ) -> Result<(), Breach> {
        self.permits(parameters)?;
        self.change(parameters, moment, sink);
        Ok(())
    }

    fn change<S: Sink + ?Sized>(&mut self, new: &Parameters, moment: Moment, sink: &mut S) {
        let old = std::mem::replace(&mut self.parameters, *new);
        self.triggers.change(&old, new, moment.now, moment.index);
        self.epoch += 1;
        let decision = Decision { outcome: Outcome::Epoch, ..self.decision(moment, None) };
        self.decide(decision, sink);
        let killed = new.limits.kill_switch && !old.limits.kill_switch;
        if killed && new.cancel_on_kill {
            self.cancel(self.decision(moment, None), None, moment, sink);
        }
    }

    /// Judges guard and triggers after a message.
    #[cold]
    pub(crate) fn judge<S: Sink + ?Sized>(
        &mut self,
        moment: Moment,
        quotes: &QuoteTable,
        sink: &mut S,
    ) {
        let Moment { now, index, .. } = moment;
        // Nothing is judged before there is a time.
        if now.0 != 0 {
            let (step, checked) =
                self.triggers.judge_guard(self.parameters.guard.as_ref(), now, index);
            if let Some(step) = step {
                let outcome = match step {
                    GuardStep::Engaged => Outcome::GuardEngaged,
                    GuardStep::Released => Outcome::GuardReleased,
                };
                let mut conditions = [Checked::default(); MAX_CONDITIONS];
                conditions[0] = checked;
                self.decide(Decision { outcome, conditions, ..self.decision(moment, None) }, sink);
            }
            let ms = now.ms_of_day();
            for at in 0..self.parameters.triggers.len() {
                let Some(trigger) = &self.parameters.triggers[at] else { break };
                let (conditions, fires) = self.triggers.judge(at, trigger, ms, index, quotes);
                if !fires {
                    continue;
                }
                let action = trigger.action;
                let decision = Decision { conditions, ..self.decision(moment, Some(at as u8)) };
                match &action {
                    Action::Order(rule) => self.order(decision, at, rule, moment, quotes, sink),
                    Action::Cancel { orders_of } => {
                        self.cancel(decision, Some(*orders_of), moment, sink);
                    }
                }
            }
        }
        self.triggers.settle(&self.parameters, now, index, quotes);
    }

    /// A decision with nothing in it but its place.
    fn decision(&self, moment: Moment, trigger: Option<u8>) -> Decision {
        Decision {
            number: self.counters.decisions,
            msg: moment.msg,
            time: moment.now,
            index: moment.index,
            epoch: self.epoch,
            trigger,
            outcome: Outcome::Refused,
            refusal: None,
            price: PriceE4(0),
            quantity: QtyE2(0),
            requests: 0,
            request: None,
            conditions: [Checked::default(); MAX_CONDITIONS],
        }
    }

    fn decide<S: Sink + ?Sized>(&mut self, decision: Decision, sink: &mut S) {
        self.counters.decisions += 1;
        sink.decision(&decision);
    }

    fn order<S: Sink + ?Sized>(
        &mut self,
        decision: Decision,
        at: usize,
        rule: &OrderRule,
        moment: Moment,
        quotes: &QuoteTable,
        sink: &mut S,
    ) {
        let row = self.triggers.order_row(at).expect("setup names the row of every order");
        let quote = (&quotes.rows[row], &quotes.depths[row]);
        // Each outstanding order, and this one, keeps room for a request to cancel it.
        let free = self.records.limit() - self.records.rows().len();
        let has_room = free >= self.triggers.total.outstanding as usize + 2;
        let next = self.records.next().filter(|_| has_room);
        let mut parameters = self.parameters;
        parameters.limits.kill_switch = self.is_killed();
        let (price, refusal) = trigger::permit(
            &self.triggers,
            &parameters,
            at,
            rule,
            moment.now,
            quote,
            next.is_some(),
        );
        let decision =
            Decision { price: price.unwrap_or_default(), quantity: rule.quantity, ..decision };
        let (Some(price), Some(request), None) = (price, next, refusal) else {
            self.triggers.counters[at].refused += 1;
            self.counters.refused += 1;
            self.decide(Decision { outcome: Outcome::Refused, refusal, ..decision }, sink);
            return;
        };
        self.records.push(Request {
            kind: Kind::Order,
            state: State::Sent,
            trigger: Some(at as u8),
            side: rule.side,
            reason: 0,
            cancelling: false,
            security: rule.security,
            quantity: rule.quantity,
            price,
            cum: QtyE2(0),
            fills: 0,
            order_id: [b' '; 16],
            msg: moment.msg,
            sent: moment.now,
            reported: Timestamp(0),
        });
        self.triggers.sent(at, moment.now, rule, price);
        self.counters.sent += 1;
        let decision =
            Decision { outcome: Outcome::Sent, requests: 1, request: Some(request), ..decision };
        self.decide(decision, sink);
        let fields = Fields {
            cl_ord_id: self.records.ids().id(request),
            security: rule.security,
            side: rule.side,
            quantity: rule.quantity,
            time: moment.now,
        };
        let bytes = self.templates.order(&fields, price);
        sink.order(&Outgoing { decision: &decision, request, bytes });
    }

    /// Asks to cancel what is outstanding, of one trigger or of all.
    fn cancel<S: Sink + ?Sized>(
        &mut self,
        decision: Decision,
        orders_of: Option<u8>,
        moment: Moment,
        sink: &mut S,
    ) {
        // The decision comes before its requests, so what will leave is counted first.
        let room = self.records.limit() - self.records.rows().len();
        let (mut first, mut wanted, mut from) = (None, 0, 0);
        while let Some(order) = self.records.next_to_cancel(from, orders_of) {
            first.get_or_insert(order);
            wanted += 1;
            from = order + 1;
        }
        let requests = wanted.min(room);
        let refusal = (wanted > room).then_some(Refusal {
            limit: Limit::Requests,
            scope: Scope::Global,
            found: wanted as i64,
            allowed: room as i64,
        });
        let request = self.records.next().filter(|_| requests > 0);
        let decision = Decision {
            outcome: Outcome::Cancelled,
            refusal,
            requests: requests as u32,
            request,
            ..decision
        };
        self.decide(decision, sink);
        let mut from = 0;
        for _ in 0..requests {
            let of = self.records.next_to_cancel(from, orders_of).expect("counted above");
            from = of + 1;
            let request = self.records.next().expect("room was counted");
            let order = self.records.rows()[of as usize];
            self.records.push(Request {
                kind: Kind::Cancel(of),
                state: State::Sent,
                trigger: decision.trigger,
                cancelling: false,
                reason: 0,
                cum: QtyE2(0),
                fills: 0,
                msg: moment.msg,
                sent: moment.now,
                reported: Timestamp(0),
                ..order
            });
            self.counters.cancels += 1;
            if let Some(at) = decision.trigger {
                self.triggers.counters[usize::from(at)].cancels += 1;
            }
            let ids = self.records.ids();
            let fields = Fields {
                cl_ord_id: ids.id(request),
                security: order.security,
                side: order.side,
                quantity: order.quantity,
                time: moment.now,
            };
            let bytes = self.templates.cancel(&fields, ids.id(of), order.order_id);
            sink.order(&Outgoing { decision: &decision, request, bytes });
        }
    }

    /// Applies a report; returns what was made of it and whether its partition is one too many.
    pub(crate) fn report(&mut self, msg: u64, report: &Report) -> (Reported, bool) {
        let mut too_many = false;
        if let Some((partition, index)) = report.place {
            match self.partitions.judge(partition, index) {
                feedback::Sequence::Next => {}
                feedback::Sequence::Jump(numbers) => {
                    self.counters.jumps += 1;
                    self.counters.jumped_numbers =
                        self.counters.jumped_numbers.saturating_add(numbers);
                }
                feedback::Sequence::Repeat => self.counters.repeats += 1,
                feedback::Sequence::TooMany => too_many = true,
            }
        }
        let step = self.records.step(report);
        self.counters.reports[step.verdict as usize - 1] += 1;
        self.counters.missed_fills += u64::from(step.missed.0 > 0);
        if let Some(trigger) = step.closed {
            self.triggers.closed(trigger);
        }
        let row = step.request.map(|at| &self.records.rows()[at as usize]);
        let reported = Reported {
            msg,
            report: *report,
            verdict: step.verdict,
            request: step.request,
            state: row.map(|row| row.state),
            cum: row.map_or(QtyE2(0), |row| row.cum),
            missed: step.missed,
        };
        (reported, too_many)
    }
}
