//! What there is to say of a decision, and what the second look at it says.

use tidegate_pipeline::decision::{Checked, Limit, NONE, Outcome, Refusal};
use tidegate_pipeline::feedback::{Report, Reported};
use tidegate_pipeline::order::CANCEL_BYTES;
use tidegate_pipeline::parameters::{Action, Condition, Rearm};
use tidegate_pipeline::record::{Head, Kind, Tag, Tick, flag};
use tidegate_pipeline::setup::TradingSetup;
use tidegate_protocol::message::{NewOrder, OrderCancelRequest};
use tidegate_protocol::units::{IndexE4, PriceE4, QtyE2};
use tidegate_protocol::{find, frame, msg_type};

use super::judge::{Judged, message};
use super::ledger::{Before, Content, Found, Ledger, Left};
use super::own::Fired;
use super::story::{Story, count};
use crate::report::grouped;
use crate::trading_out::{block, name, scope};
use crate::words::{self, fixed, moment, plain, side_word, signed, span};

/// Cancel requests that are shown one by one.
const SHOWN: usize = 20;

/// What a story is made of.
pub(super) struct Teller<'a> {
    pub(super) setup: &'a TradingSetup,
    pub(super) ledger: &'a Ledger<'a>,
    pub(super) found: &'a Found,
}

fn index_words(value: Option<i64>) -> String {
    value.map_or("none".to_owned(), |value| IndexE4(value).to_string())
}

fn not_applied(tag: &Tag) -> &'static str {
    match tag.flags {
        0 => "",
        flags if flags & flag::BAD_CHECKSUM != 0 => ", not applied: its checksum is wrong",
        flags if flags & flag::DUPLICATE != 0 => ", not applied: its number came before",
        flags if flags & flag::UNNAMED != 0 => ", of no row",
        flags if flags & flag::STALE != 0 => ", not applied: a later one came before",
        _ => ", refused",
    }
}

fn tick_words(tick: &Tick) -> String {
    let (what, security) = (tick.quantity, plain(&tick.security));
    let did = match (tick.tag.kind, tick.code) {
        (Kind::Trade, b'4') => format!("cancel of {what} of {security}"),
        (Kind::Trade, _) => format!("trade of {what} of {security} at {}", tick.price),
        _ => format!("{} order for {what} of {security} at {}", side_word(tick.code), tick.price),
    };
    format!("{did}, {}{}", moment(tick.time), not_applied(&tick.tag))
}

fn head_words(head: &Head) -> String {
    let security = plain(&head.security);
    format!("snapshot of {security}, {}{}", moment(head.time), not_applied(&head.tag))
}

fn report_words(report: &Report, reported: &Reported) -> String {
    let id = plain(&report.cl_ord_id);
    let did = match report.msg_type {
        msg_type::FILL_REPORT => format!("{} of {id} traded at {}", report.last, report.last_px),
        msg_type::CANCEL_REJECT => format!("request {id} to cancel was refused"),
        msg_type::TRADING_BUSINESS_REJECT => format!("{id} was refused by the gateway"),
        _ => match report.exec_type {
            b'0' => format!("{id} was accepted"),
            b'4' => format!("{} was cancelled", plain(&report.orig_cl_ord_id)),
            _ => format!("{id} was refused"),
        },
    };
    format!("{did}, {}; {}", moment(report.time), reported.verdict.name())
}

/// A found value in the unit of its condition.
fn found_words(judged: &Judged) -> String {
    let Some(found) = judged.found else { return "nothing".to_owned() };
    match judged.condition {
        Condition::IndexChange { .. } => signed(found, judged.condition.scale()),
        _ => fixed(found, judged.condition.scale()),
    }
}

fn same(judged: &Judged, checked: &Checked) -> bool {
    judged.condition.code() == checked.code
        && judged.condition.bound() == checked.bound
        && judged.holds == checked.holds
        && judged.found.unwrap_or(NONE) == checked.found
}

fn fired_words(fired: Option<Fired>) -> String {
    match fired {
        None => "it had not fired before".to_owned(),
        Some(Fired { number, msg, time }) => {
            format!("it fired last at {} ({}, decision {number})", moment(time), message(msg))
        }
    }
}

fn refusal_words(refusal: Option<&Refusal>) -> String {
    let Some(refusal) = refusal else { return "no limit refuses".to_owned() };
    let scale = refusal.limit.scale();
    let value = |value: i64| if value == NONE { "nothing".to_owned() } else { fixed(value, scale) };
    let (limit, whose) = (refusal.limit.name(), scope(refusal.scope));
    if (refusal.found, refusal.allowed) == (NONE, NONE) {
        return format!("{limit} ({whose}) refuses");
    }
    let (found, allowed) = (value(refusal.found), value(refusal.allowed));
    format!("{limit} ({whose}) refuses: found {found}, allowed {allowed}")
}

impl Teller<'_> {
    /// What the re-run shows, and what the second look says of it.
    pub(super) fn tell(&self) -> Story {
        let mut story = Story::new(self.title());
        let decision = &self.found.decision;
        self.place(&mut story);
        match decision.outcome {
            Outcome::Sent | Outcome::Refused => {
                self.fires(&mut story);
                self.limits(&mut story);
                self.order(&mut story);
            }
            Outcome::Cancelled => {
                if decision.trigger.is_some() {
                    self.fires(&mut story);
                } else {
                    let why = "the epoch before turned the kill switch on, with cancel_on_kill";
                    story.part("why now", vec![why.to_owned()]);
                }
                self.cancels(&mut story);
            }
            Outcome::GuardEngaged | Outcome::GuardReleased => self.guard(&mut story),
            Outcome::Epoch => self.epoch(&mut story),
            Outcome::KillOn | Outcome::KillOff => {
                story.check("kill switch", false, "no file holds what a hand does in a live run");
            }
        }
        story
    }

    fn trigger(&self) -> &str {
        name(self.setup, self.found.decision.trigger).unwrap_or("the kill switch")
    }

    fn title(&self) -> String {
        let decision = &self.found.decision;
        let trigger = self.trigger();
        let does = match decision.outcome {
            Outcome::Sent => format!("{trigger} sent an order"),
            Outcome::Refused => {
                let limit = decision.refusal.map_or("a limit", |refusal| refusal.limit.name());
                format!("{trigger} was refused an order by {limit}")
            }
            Outcome::Cancelled => {
                let orders = count(decision.requests as usize, "order", "orders");
                format!("{trigger} asked to cancel {orders}")
            }
            Outcome::GuardEngaged => "the guard was engaged".to_owned(),
            Outcome::GuardReleased => "the guard was released".to_owned(),
            Outcome::Epoch => format!("epoch {} took effect", decision.epoch),
            Outcome::KillOn => "the kill switch was turned on by hand".to_owned(),
            Outcome::KillOff => "the kill switch was turned off by hand".to_owned(),
        };
        format!("decision {}: {does}", decision.number)
    }

    /// Message, time and index.
    fn place(&self, story: &mut Story) {
        let (found, decision) = (self.found, &self.found.decision);
        let epoch = decision.outcome == Outcome::Epoch;
        if let Some((msg_type, content)) = &self.ledger.message {
            let title = find(*msg_type).map_or("of an unknown type", |message| message.title);
            let before = if epoch { "before " } else { "" };
            let mut lines = vec![format!("{before}{}, {msg_type}: {title}", grouped(decision.msg))];
            if let Some(content) = content {
                lines.extend(self.content(content));
            }
            story.part("message", lines);
        }
        story.part("time", vec![moment(decision.time)]);
        let mut index = vec![index_words(found.index)];
        if found.index_before != found.index {
            let change = found.index_before.zip(found.index).map(|(before, after)| after - before);
            let by =
                change.map_or(String::new(), |by| format!(" ({})", signed(by, IndexE4::SCALE)));
            index[0] =
                format!("{} -> {}{by}", index_words(found.index_before), index_words(found.index));
        }
        if let Some(moved) = found.moved {
            let (before, after) = (PriceE4(moved.before), PriceE4(moved.after));
            index.push(format!("{} moved from {before} to {after}", plain(&moved.security)));
        }
        if self.found.index.is_some() {
            story.part("index", index);
        }
        let ruled = match decision.epoch {
            0 => "the setup".to_owned(),
            epoch => {
                let from = self.setup.epochs[epoch as usize - 1].at_msg;
                format!("epoch {epoch}, from message {} on", grouped(from))
            }
        };
        story.part("parameters", vec![ruled]);
        let says = format!("{} came before", grouped(found.messages));
        story.check("message", found.messages == decision.msg, says);
        let now = moment(found.now);
        story.check(
            "time",
            found.now == decision.time,
            format!("the greatest stamp so far is {now}"),
        );
        let same = found.index == decision.index.map(|index| index.0);
        let (adds_up, says) = &found.index_agrees;
        if decision.index.is_some() || !same || !adds_up {
            story.check("index", same && *adds_up, says.clone());
        }
    }

    fn content(&self, content: &Content) -> Vec<String> {
        let stream = |tag: &Tag| {
            let stream = self.ledger.label(tag.session).unwrap_or("?");
            format!("stream {stream}, byte {}", grouped(tag.offset))
        };
        match content {
            Content::Tick(tick) => vec![tick_words(tick), stream(&tick.tag)],
            Content::Head(head) => vec![head_words(head), stream(&head.tag)],
            Content::Report(both) => vec![report_words(&both.0, &both.1)],
        }
    }

    /// What was known when the message before was judged.
    fn before(&self) -> Option<&Before> {
        self.ledger.before.as_ref().filter(|before| before.judged)
    }

    /// A condition in words, with what it was before.
    fn condition(&self, judged: &Judged, before: Option<&Judged>) -> Vec<String> {
        let now = if judged.holds { "holds" } else { "does not hold" };
        let was = match before {
            None => String::new(),
            Some(before) => {
                let held = if before.holds { "held" } else { "did not hold" };
                format!(" (before: {}, {held})", found_words(before))
            }
        };
        let clause = words::condition(&judged.condition);
        let mut lines = vec![format!("{clause}: found {}, {now}{was}", found_words(judged))];
        lines.extend(judged.from.iter().map(|from| format!("  {from}")));
        lines
    }

    /// Conditions, edge and re-arm.
    fn fires(&self, story: &mut Story) {
        let (found, decision) = (self.found, &self.found.decision);
        let at = usize::from(decision.trigger.unwrap_or_default());
        let before = self.before().and_then(|before| before.triggers.get(at));
        let old = |place: usize| before.and_then(|before| before.get(place));
        let each = found.conditions.iter().enumerate();
        let lines = each.clone().flat_map(|(place, judged)| self.condition(judged, old(place)));
        story.part("conditions", lines.collect());
        let block = block(self.setup, decision.epoch);
        let rearm = block.triggers[at].map_or(Rearm::OnFalse, |trigger| trigger.rearm);
        let turned: Vec<String> = each
            .filter(|(place, judged)| judged.holds && old(*place).is_some_and(|old| !old.holds))
            .map(|(_, judged)| words::condition(&judged.condition))
            .collect();
        let held = before.is_some_and(|before| before.iter().all(|judged| judged.holds));
        let mut why = vec![match (&self.ledger.before, before) {
            (None, _) => "this is the first message, and all conditions hold".to_owned(),
            (Some(_), None) => {
                "before this message there was no time, and nothing is judged then".to_owned()
            }
            (Some(_), Some(_)) if held => "all conditions held before: there is no edge".to_owned(),
            (Some(_), Some(before)) => {
                let others =
                    if turned.len() < before.len() { "; the others held before" } else { "" };
                format!("turned true with this message: {}{others}", turned.join(", "))
            }
        }];
        if let Some(before) = &self.ledger.before
            && before.epoch != decision.epoch
        {
            why.push(format!("epoch {} rules from this message on", decision.epoch));
        }
        why.push(fired_words(found.fired));
        let ago = found
            .fired
            .filter(|fired| fired.time.date() == found.now.date())
            .map(|fired| found.now.ms_of_day() - fired.time.ms_of_day());
        let armed = match rearm {
            Rearm::OnFalse => true,
            Rearm::Once => {
                why.push("it may fire once".to_owned());
                found.fired.is_none()
            }
            Rearm::AfterMs(wait) => {
                why.push(format!("it may fire again after {}", span(wait)));
                ago.is_none_or(|ago| ago >= wait)
            }
        };
        story.part("why now", why);
        let recorded = decision.conditions.iter().filter(|checked| checked.code != 0);
        let agree = found.conditions.len() == recorded.clone().count()
            && found.conditions.iter().zip(recorded).all(|(judged, checked)| same(judged, checked));
        let says = "found again from the plain history of index, prices and orders";
        story.check("conditions", agree, says);
        let all = found.conditions.iter().all(|judged| judged.holds);
        // Without a look at the message before there is no telling.
        let seen = self.ledger.before.is_some() || decision.msg == 0;
        let says = match (all, held, armed) {
            _ if !seen => "what held before was not seen",
            (true, false, true) => "all hold, did not all hold before, and the trigger was armed",
            (false, ..) => "not all conditions hold",
            (_, true, _) => "all conditions held before",
            (.., false) => "the trigger was not armed",
        };
        story.check("edge", seen && all && !held && armed, says);
    }

    /// Every limit that was asked, and the price.
    fn limits(&self, story: &mut Story) {
        let (found, decision) = (self.found, &self.found.decision);
        let Some(permit) = &found.permit else {
            story.check("limits", false, "the trigger has no order");
            return;
        };
        let label = |limit: Limit| match (limit, found.price) {
            (Limit::NoPrice, Some(_)) => "price",
            _ => limit.name(),
        };
        let asked = permit.asked.iter();
        let mut lines: Vec<String> =
            asked.map(|asked| format!("{:<19}{}", label(asked.limit), asked.words)).collect();
        lines.push(refusal_words(permit.refusal.as_ref()));
        if permit.refusal.is_some() {
            lines.push("what comes behind it is not looked at any more".to_owned());
        }
        story.part("limits", lines);
        let price = found.price.unwrap_or(0);
        let says = match found.price {
            Some(price) => format!("{} by the rule of the setup", PriceE4(price)),
            None => "there is none".to_owned(),
        };
        story.check("price", price == decision.price.0, says);
        let outcome = if permit.refusal.is_some() { Outcome::Refused } else { Outcome::Sent };
        let agree = permit.refusal == decision.refusal && outcome == decision.outcome;
        story.check("limits", agree, refusal_words(permit.refusal.as_ref()));
    }

    fn order(&self, story: &mut Story) {
        let left = &self.ledger.left;
        if self.found.decision.outcome == Outcome::Refused {
            story.part("order", vec!["none left".to_owned()]);
            story.check("order", left.is_empty(), "no frame left");
            return;
        }
        story.part("order", left.iter().map(|left| self.frame(left)).collect());
        let agrees = matches!(&left[..], [one] if self.order_agrees(one));
        let says = "its frame has the fields of the setup, this price and time, and its checksum";
        story.check("order", agrees, says);
    }

    /// A frame that left in words.
    fn frame(&self, left: &Left) -> String {
        let bytes = left.bytes.len();
        let body = frame::body(&left.bytes);
        if let (Some(body), CANCEL_BYTES) = (body.first_chunk(), bytes) {
            let request = OrderCancelRequest::parse(body);
            let (id, of) = (plain(&request.cl_ord_id), plain(&request.orig_cl_ord_id));
            return format!("{id} asks to cancel {of}, a 190007 of {bytes} bytes");
        }
        let Some(body) = body.first_chunk() else { return "a broken frame".to_owned() };
        let order = NewOrder::parse(body);
        let (side, security) = (side_word(order.side), plain(&order.security_id));
        let (quantity, price, id) = (order.order_qty, order.price, plain(&order.cl_ord_id));
        format!("{id}: {side} {quantity} of {security} at {price}, a 100101 of {bytes} bytes")
    }

    /// Whether an order is the template with what the trigger says.
    fn order_agrees(&self, left: &Left) -> bool {
        let (found, decision) = (self.found, &self.found.decision);
        let at = usize::from(decision.trigger.unwrap_or_default());
        let trigger = block(self.setup, decision.epoch).triggers[at];
        let Some(Action::Order(rule)) = trigger.map(|trigger| trigger.action) else { return false };
        let Some(body) = frame::body(&left.bytes).first_chunk() else { return false };
        let number = decision.request.unwrap_or_default();
        let wanted = NewOrder {
            security_id: rule.security,
            side: rule.side,
            order_qty: QtyE2(rule.quantity.0),
            price: PriceE4(found.price.unwrap_or_default()),
            cl_ord_id: self.setup.cl_ord_ids.id(number),
            transact_time: found.now,
            ..self.setup.template
        };
        frame::holds(&left.bytes) == Some(left.bytes.len())
            && NewOrder::parse(body) == wanted
            && decision.quantity == rule.quantity
    }

    fn cancels(&self, story: &mut Story) {
        let (found, decision) = (self.found, &self.found.decision);
        let left = &self.ledger.left;
        let mut lines: Vec<String> = left.iter().take(SHOWN).map(|left| self.frame(left)).collect();
        if left.len() > SHOWN {
            lines.push(format!("and {} more", left.len() - SHOWN));
        }
        if lines.is_empty() {
            lines.push("none: nothing is left to cancel".to_owned());
        }
        if let Some(refusal) = &decision.refusal {
            lines.push(refusal_words(Some(refusal)));
        }
        story.part("requests", lines);
        let named = |left: &Left| {
            let body = frame::body(&left.bytes).first_chunk();
            body.map(|body| OrderCancelRequest::parse(body).orig_cl_ord_id)
        };
        let wanted = found.to_cancel.iter().take(found.room).map(|sent| Some(sent.id));
        let whole = left.iter().all(|left| frame::holds(&left.bytes) == Some(left.bytes.len()));
        let agree =
            wanted.eq(left.iter().map(named)) && whole && decision.requests as usize == left.len();
        let open = count(found.to_cancel.len(), "order", "orders");
        let says = format!("{open} to cancel, by what left and what came back before");
        story.check("requests", agree, says);
    }

    fn guard(&self, story: &mut Story) {
        let (found, decision) = (self.found, &self.found.decision);
        let Some((guard, judged)) =
            block(self.setup, decision.epoch).guard.as_ref().zip(found.guard.as_ref())
        else {
            story.check("guard", false, "the setup has no guard");
            return;
        };
        let was = self.before().and_then(|before| before.guard.as_ref());
        let points = format!("{} points up or down within {}", guard.points, span(guard.within_ms));
        let now = if judged.holds { "is that much" } else { "is less" };
        let mut lines = vec![format!("{points}: found {}, which {now}", found_words(judged))];
        lines.extend(judged.from.iter().map(|from| format!("  {from}")));
        if let Some(was) = was {
            lines.push(format!("before: {}", found_words(was)));
        }
        story.part("change", lines);
        story.check(
            "change",
            same(judged, &decision.conditions[0]),
            "found again from the plain history",
        );
        let (agrees, why) = if decision.outcome == Outcome::GuardEngaged {
            let why =
                vec!["the change was smaller before, and the guard was not engaged".to_owned()];
            (judged.holds && found.engaged.is_none(), why)
        } else {
            self.release(guard.hold_ms, judged.holds)
        };
        story.check("guard", agrees, why.last().cloned().unwrap_or_default());
        story.part("why now", why);
    }

    /// Why the guard is released.
    fn release(&self, hold_ms: i64, large: bool) -> (bool, Vec<String>) {
        let found = self.found;
        let Some(engaged) = found.engaged else {
            return (false, vec!["the guard was not engaged".to_owned()]);
        };
        let mut why = vec![format!(
            "it was engaged at {} ({}, decision {})",
            moment(engaged.time),
            message(engaged.msg),
            engaged.number
        )];
        if engaged.time.date() != found.now.date() {
            why.push("a new date releases it".to_owned());
            return (true, why);
        }
        // Without a message before that found it small, this is the one.
        let (msg, since) = found.small_since.unwrap_or((found.decision.msg, found.now));
        let held = found.now.ms_of_day() - since.ms_of_day();
        why.push(format!(
            "the change is small again since {} ({}): {}, wanted {}",
            moment(since),
            message(msg),
            span(held),
            span(hold_ms)
        ));
        (!large && held >= hold_ms, why)
    }

    fn epoch(&self, story: &mut Story) {
        let decision = &self.found.decision;
        let Some(epoch) =
            (decision.epoch as usize).checked_sub(1).and_then(|at| self.setup.epochs.get(at))
        else {
            story.check("epoch", false, "the setup has no such epoch");
            return;
        };
        let old = block(self.setup, decision.epoch - 1);
        let mut changes = words::changes(old, &epoch.parameters, &self.setup.names);
        match epoch.shares.len() {
            0 => {}
            shares => changes.push(count(shares, "share count", "share counts")),
        }
        if changes.is_empty() {
            changes.push("nothing".to_owned());
        }
        story.part("changes", changes);
        let why = format!("the setup says at_msg = {}", epoch.at_msg);
        story.part("why now", vec![why.clone()]);
        story.check("epoch", epoch.at_msg == decision.msg, why);
    }
}
