//! The plain history of a re-run up to one decision, and everything that is asked about it then.

use tidegate_pipeline::decision::Outcome;
use tidegate_pipeline::feedback::{Report, Reported, Verdict};
use tidegate_pipeline::parameters::{Action, Parameters};
use tidegate_pipeline::record::{Head, Tick};
use tidegate_pipeline::setup::TradingSetup;
use tidegate_pipeline::{Decision, Fault, IndexPoint, Outgoing, Record, Setup, Sink};
use tidegate_protocol::FaultCode;
use tidegate_protocol::units::Timestamp;

use super::judge::{self, Judged, Permit, Wish};
use super::market::{Market, Moved};
use super::own::{Fired, Own, Sent};
use crate::drive::Watch;
use crate::place::Label;
use crate::trading_out::{block, decision_line, order_line};

/// What the message of a decision was.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Tick(Tick),
    Head(Head),
    Report(Box<(Report, Reported)>),
}

/// How everything stood when the message before was judged.
#[derive(Clone, Debug, Default)]
pub(super) struct Before {
    /// Nothing is judged before there is a time.
    pub(super) judged: bool,
    /// The conditions of each trigger.
    pub(super) triggers: Vec<Vec<Judged>>,
    pub(super) guard: Option<Judged>,
    pub(super) epoch: u32,
}

/// What the history says of the decision at its place.
pub(super) struct Found {
    pub(super) decision: Decision,
    /// Its line as the re-run gives it.
    pub(super) line: Vec<u8>,
    /// Messages that ended before.
    pub(super) messages: u64,
    pub(super) now: Timestamp,
    pub(super) index: Option<i64>,
    pub(super) index_before: Option<i64>,
    /// Whether the index is what the prices add up to.
    pub(super) index_agrees: (bool, String),
    pub(super) moved: Option<Moved>,
    pub(super) conditions: Vec<Judged>,
    pub(super) guard: Option<Judged>,
    /// The last firing of its trigger before.
    pub(super) fired: Option<Fired>,
    /// Of an order: price and limits.
    pub(super) price: Option<i64>,
    pub(super) permit: Option<Permit>,
    /// Of a cancel: the orders that are to be cancelled.
    pub(super) to_cancel: Vec<Sent>,
    /// Requests that still fit the record table.
    pub(super) room: usize,
    pub(super) engaged: Option<Fired>,
    pub(super) small_since: Option<(u64, Timestamp)>,
}

/// An order of the decision.
pub(super) struct Left {
    /// Its line as the re-run gives it.
    pub(super) line: Vec<u8>,
    pub(super) bytes: Vec<u8>,
}

/// The sink of a re-run.
pub(super) struct Ledger<'a> {
    trading: &'a TradingSetup,
    /// The decision that is looked for.
    number: u64,
    /// The message after which it is expected.
    expected: Option<u64>,
    market: Market,
    own: Own,
    /// Content of the message under way.
    content: Option<Content>,
    pub(super) before: Option<Before>,
    pub(super) found: Option<Found>,
    pub(super) left: Vec<Left>,
    /// Type and content of the decision's message.
    pub(super) message: Option<(u32, Option<Content>)>,
    /// Decisions so far.
    pub(super) decisions: u64,
    /// Messages so far.
    messages: u64,
    labels: Vec<Option<Label>>,
    cut: bool,
    done: bool,
}

impl<'a> Ledger<'a> {
    pub(super) fn new(
        setup: &Setup,
        trading: &'a TradingSetup,
        number: u64,
        expected: Option<u64>,
    ) -> Self {
        let mut blocks: Vec<&Parameters> = vec![&trading.parameters];
        blocks.extend(trading.epochs.iter().map(|epoch| &epoch.parameters));
        Self {
            trading,
            number,
            expected,
            market: Market::new(setup, &blocks),
            own: Own::default(),
            content: None,
            before: None,
            found: None,
            left: Vec::new(),
            message: None,
            decisions: 0,
            messages: 0,
            labels: Vec::new(),
            cut: false,
            done: false,
        }
    }

    /// The parameters that rule now.
    fn block(&self) -> &'a Parameters {
        block(self.trading, self.own.epoch)
    }

    /// The stream of a session.
    pub(super) fn label(&self, session: u16) -> Option<&str> {
        Some(&self.labels.get(usize::from(session))?.as_ref()?.text)
    }

    /// How the message that just ended was judged.
    fn judged(&self, msg: u64) -> Before {
        let block = self.block();
        let conditions =
            |(at, trigger)| judge::conditions(&self.market, &self.own, at, trigger, Some(msg));
        Before {
            judged: self.market.now.0 != 0,
            triggers: block.triggers.iter().flatten().enumerate().map(conditions).collect(),
            guard: judge::guard(&self.market, block),
            epoch: self.own.epoch,
        }
    }

    /// Everything about the decision, before it does anything.
    fn examine(&self, decision: &Decision) -> Found {
        let (market, own, block) = (&self.market, &self.own, self.block());
        let mut line = Vec::new();
        decision_line(&mut line, self.trading, decision);
        let ids = self.trading.cl_ord_ids.count();
        let room = self.trading.max_requests.min(usize::try_from(ids).unwrap_or(usize::MAX));
        let at = decision.trigger.map(usize::from);
        let trigger = at.and_then(|at| block.triggers[at].as_ref());
        let mut found = Found {
            decision: *decision,
            line,
            messages: self.messages,
            now: market.now,
            index: market.index,
            index_before: market.index_before,
            index_agrees: market.index_agrees(),
            moved: market.moved,
            conditions: Vec::new(),
            guard: judge::guard(market, block),
            fired: at.and_then(|at| own.fired[at]),
            price: None,
            permit: None,
            to_cancel: Vec::new(),
            room: room.saturating_sub(own.sent.len()),
            engaged: own.engaged,
            small_since: own.small_since,
        };
        if let (Some(at), Some(trigger)) = (at, trigger) {
            found.conditions = judge::conditions(market, own, at, trigger, None);
            if let Action::Order(rule) = &trigger.action {
                let price = judge::priced(rule, &market.quote(rule.security)).price;
                let wish = Wish { market, own, at, block, trigger, rule, price, room };
                (found.price, found.permit) = (price, Some(wish.ask()));
            }
        }
        if decision.outcome == Outcome::Cancelled {
            let of = trigger.and_then(|trigger| match trigger.action {
                Action::Cancel { orders_of } => Some(orders_of),
                Action::Order(_) => None,
            });
            let wanted = |sent: &&Sent| {
                sent.is_outstanding() && !sent.cancelling && (of.is_none() || sent.trigger == of)
            };
            found.to_cancel = own.sent.iter().filter(wanted).copied().collect();
        }
        found
    }
}

impl Sink for Ledger<'_> {
    fn record(&mut self, record: Record<'_>) {
        if self.done {
            return;
        }
        match record {
            Record::Tick(tick) => {
                self.market.tick(tick);
                self.content = Some(Content::Tick(*tick));
            }
            Record::Head(head) => {
                self.market.head(head);
                self.content = Some(Content::Head(*head));
            }
            Record::Entry(entry) => self.market.entry(entry),
            Record::Queue(_) => {}
            Record::End(_) => self.market.end(),
        }
    }

    fn fault(&mut self, fault: &Fault) {
        self.cut |= fault.code == FaultCode::FrameTruncated;
        if !self.done {
            match fault.code {
                FaultCode::IndexOverflow => self.market.price_refused(),
                FaultCode::IndexDivisor => self.market.rebase_refused(),
                _ => {}
            }
        }
    }

    fn index(&mut self, point: &IndexPoint) {
        if !self.done {
            self.market.point(point);
        }
    }

    fn report(&mut self, reported: &Reported) {
        if !self.done {
            // Others may be anybody's: they move no time.
            if reported.verdict == Verdict::Applied {
                self.market.time(reported.report.time);
            }
            self.own.report(reported);
            self.content = Some(Content::Report(Box::new((reported.report, *reported))));
        }
    }

    fn decision(&mut self, decision: &Decision) {
        if self.done {
            return;
        }
        self.decisions += 1;
        if decision.number == self.number {
            self.found = Some(self.examine(decision));
        }
        if decision.outcome == Outcome::Epoch {
            self.market.change(block(self.trading, decision.epoch), decision.msg);
            let at = (decision.epoch as usize).wrapping_sub(1);
            let shares = self.trading.epochs.get(at).map_or(&[][..], |epoch| &epoch.shares);
            self.market.rebase(shares);
        }
        self.own.decision(decision);
    }

    fn order(&mut self, order: &Outgoing<'_>) {
        if self.done {
            return;
        }
        if order.decision.number == self.number {
            let mut line = Vec::new();
            order_line(&mut line, self.trading, order);
            self.left.push(Left { line, bytes: order.bytes.to_vec() });
        }
        self.own.order(order);
    }

    fn message(&mut self, msg: u64, msg_type: u32) {
        if self.done {
            return;
        }
        if self.found.is_some() {
            self.message = Some((msg_type, self.content.take()));
            self.done = true;
            return;
        }
        if self.own.engaged.is_some() {
            let large = judge::is_large(&self.market, self.block());
            match (large, self.own.small_since) {
                (true, _) => self.own.small_since = None,
                (false, None) => self.own.small_since = Some((msg, self.market.now)),
                (false, Some(_)) => {}
            }
        }
        if self.expected == Some(msg + 1) {
            self.before = Some(self.judged(msg));
        }
        self.content = None;
        self.messages += 1;
        self.market.next_message();
    }
}

impl Watch for Ledger<'_> {
    fn named(&mut self, session: u16, label: Label) {
        let at = usize::from(session);
        if self.labels.len() <= at {
            self.labels.resize_with(at + 1, || None);
        }
        self.labels[at] = Some(label);
    }

    fn source_fault(&mut self, _fault: &Fault, _stream: Option<Label>) {}

    fn was_cut(&mut self) -> bool {
        std::mem::take(&mut self.cut)
    }

    fn goes_on(&self) -> bool {
        !self.done
    }
}
