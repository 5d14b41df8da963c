//! Our own orders as a re-run shows them: what left, and what came back.

use tidegate_pipeline::decision::Outcome;
use tidegate_pipeline::feedback::{Reported, State, Verdict};
use tidegate_pipeline::order::ClOrdId;
use tidegate_pipeline::parameters::Rate;
use tidegate_pipeline::{Decision, Outgoing};
use tidegate_protocol::limits::MAX_TRIGGERS;
use tidegate_protocol::message::{NewOrder, OrderCancelRequest};
use tidegate_protocol::units::Timestamp;
use tidegate_protocol::{frame, msg_type};

/// A request that left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    pub(super) id: ClOrdId,
    pub(super) trigger: Option<u8>,
    pub(super) msg: u64,
    pub(super) time: Timestamp,
    /// Of an order in 1e-2 and 1e-4; of a cancel request the ClOrdID of its order.
    pub(super) what: What,
    pub(super) state: State,
    /// A request to cancel this order is under way.
    pub(super) cancelling: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    Order { quantity: i64, price: i64 },
    Cancel { of: ClOrdId },
}

impl Sent {
    /// Whether it is an order that may still trade.
    pub(super) fn is_outstanding(&self) -> bool {
        let open = matches!(self.state, State::Sent | State::Acknowledged | State::PartlyFilled);
        matches!(self.what, What::Order { .. }) && open
    }
}

/// A firing of a trigger.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fired {
    pub(super) number: u64,
    pub(super) msg: u64,
    pub(super) time: Timestamp,
}

/// Orders, firings, guard and epoch so far.
#[derive(Debug, Default)]
pub(super) struct Own {
    pub(super) sent: Vec<Sent>,
    /// The last firing of each trigger.
    pub(super) fired: [Option<Fired>; MAX_TRIGGERS],
    /// The decision that engaged the guard, while it is.
    pub(super) engaged: Option<Fired>,
    /// While it is engaged: since when the change is small again.
    pub(super) small_since: Option<(u64, Timestamp)>,
    pub(super) epoch: u32,
}

/// Which orders are looked at.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whose {
    All,
    /// Of one trigger.
    Of(u8),
}

impl Own {
    /// A frame left.
    pub(super) fn order(&mut self, order: &Outgoing<'_>) {
        let body = frame::body(order.bytes);
        let msg_type = order.bytes.first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes));
        let (id, what) = if msg_type == msg_type::NEW_ORDER {
            let Some(body) = body.first_chunk() else { return };
            let order = NewOrder::parse(body);
            let what = What::Order { quantity: order.order_qty.0, price: order.price.0 };
            (order.cl_ord_id, what)
        } else {
            let Some(body) = body.first_chunk() else { return };
            let request = OrderCancelRequest::parse(body);
            let of = request.orig_cl_ord_id;
            if let Some(order) = self.sent.iter_mut().find(|order| order.id == of) {
                order.cancelling = true;
            }
            (request.cl_ord_id, What::Cancel { of })
        };
        self.sent.push(Sent {
            id,
            trigger: order.decision.trigger,
            msg: order.decision.msg,
            time: order.decision.time,
            what,
            state: State::Sent,
            cancelling: false,
        });
    }

    /// A report came back.
    pub(super) fn report(&mut self, reported: &Reported) {
        let applied = reported.verdict == Verdict::Applied;
        let (Some(at), Some(state), true) = (reported.request, reported.state, applied) else {
            return;
        };
        let Some(request) = self.sent.get_mut(at as usize) else { return };
        request.state = state;
        if let (What::Cancel { of }, State::Rejected) = (request.what, state)
            && let Some(order) = self.sent.iter_mut().find(|order| order.id == of)
        {
            order.cancelling = false;
        }
    }

    /// A decision was made.
    pub(super) fn decision(&mut self, decision: &Decision) {
        let fired = Fired { number: decision.number, msg: decision.msg, time: decision.time };
        match (decision.outcome, decision.trigger) {
            (Outcome::GuardEngaged, _) => (self.engaged, self.small_since) = (Some(fired), None),
            (Outcome::GuardReleased, _) => self.engaged = None,
            (Outcome::Epoch, _) => self.epoch = decision.epoch,
            (_, Some(trigger)) => self.fired[usize::from(trigger)] = Some(fired),
            (_, None) => {}
        }
    }

    /// The orders, not the cancel requests; those of one message may be left out.
    pub(super) fn orders(&self, whose: Whose, but: Option<u64>) -> impl Iterator<Item = &Sent> {
        self.sent.iter().filter(move |sent| {
            let own = match whose {
                Whose::All => true,
                Whose::Of(trigger) => sent.trigger == Some(trigger),
            };
            own && matches!(sent.what, What::Order { .. }) && Some(sent.msg) != but
        })
    }

    /// The orders of the last while, at most as many as the rate counts, the latest first.
    pub(super) fn recent(
        &self,
        whose: Whose,
        but: Option<u64>,
        rate: Rate,
        now: Timestamp,
    ) -> Vec<&Sent> {
        let within = |sent: &&Sent| {
            let ago = now.ms_of_day() - sent.time.ms_of_day();
            sent.time.date() == now.date() && ago < rate.within_ms
        };
        let mut recent: Vec<&Sent> = self.orders(whose, but).filter(within).collect();
        recent.reverse();
        recent.truncate(rate.count as usize);
        recent
    }

    /// How many orders may still trade.
    pub(super) fn outstanding(&self, whose: Whose, but: Option<u64>) -> usize {
        self.orders(whose, but).filter(|order| order.is_outstanding()).count()
    }
}
