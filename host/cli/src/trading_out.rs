//! The files of `tidegate replay --out` about triggers: orders, decisions, reports, record table.

use std::path::Path;

use anyhow::Result;
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};
use tidegate_pipeline::decision::{Checked, NONE, Outcome, Scope};
use tidegate_pipeline::feedback::{Kind, Report, Reported, Request};
use tidegate_pipeline::order::ClOrdId;
use tidegate_pipeline::parameters::{Condition, Guard, Parameters};
use tidegate_pipeline::setup::TradingSetup;
use tidegate_pipeline::{Book, Decision, Outgoing};
use tidegate_protocol::units::{IndexE4, PriceE4, QtyE2, Timestamp, trim_padding};
use tidegate_protocol::{View, frame, msg_type};

use crate::json::{self, Style};
use crate::lines::{BLOCK, Lines, digits};

/// The files about triggers.
pub(crate) const NAMES: [&str; 4] =
    ["orders.jsonl", "decisions.jsonl", "reports.jsonl", "records.csv"];

/// The columns of the record table.
const COLUMNS: &str = "ClOrdID,trigger,kind,OrigClOrdID,security,side,quantity,price,state,CumQty,\
                       LeavesQty,fills,OrderID,msg,sent,reported,reason\n";

/// The parameters that ruled under an epoch.
pub(crate) fn block(setup: &TradingSetup, epoch: u32) -> &Parameters {
    let changed = (epoch as usize).checked_sub(1).and_then(|at| setup.epochs.get(at));
    changed.map_or(&setup.parameters, |epoch| &epoch.parameters)
}

/// The guard as the condition that it is.
pub(crate) fn guard_condition(guard: &Guard) -> Condition {
    Condition::IndexChange { points: guard.points, within_ms: guard.within_ms }
}

/// The conditions behind a decision, each with its parameters.
pub(crate) fn conditions<'a>(
    setup: &TradingSetup,
    decision: &'a Decision,
) -> impl Iterator<Item = (Condition, &'a Checked)> {
    let block = block(setup, decision.epoch);
    let guarded = matches!(decision.outcome, Outcome::GuardEngaged | Outcome::GuardReleased);
    let trigger = decision.trigger.and_then(|at| block.triggers[usize::from(at)]);
    let mut conditions = trigger.map_or([None; 4], |trigger| trigger.conditions);
    if guarded {
        conditions[0] = block.guard.as_ref().map(guard_condition);
    }
    let checked = decision.conditions.iter().filter(|checked| checked.code != 0);
    conditions.into_iter().flatten().zip(checked)
}

/// The name of a trigger.
pub(crate) fn name(setup: &TradingSetup, trigger: Option<u8>) -> Option<&str> {
    setup.names.get(usize::from(trigger?)).map(String::as_str)
}

fn count(out: &mut Vec<u8>, name: &str, value: u64) {
    json::key(out, name);
    json::unsigned(out, value);
}

fn text(out: &mut Vec<u8>, name: &str, value: Option<&str>) {
    match value {
        Some(value) => {
            json::key(out, name);
            json::string(out, value);
        }
        None => json::null(out, name),
    }
}

/// A decimal in quotes; a number without digits after the point has none.
fn value(out: &mut Vec<u8>, name: &str, value: Option<i64>, scale: u32) {
    match value {
        Some(value) if scale > 0 => json::quoted(out, name, value, scale),
        Some(value) => json::integer(out, name, value),
        None => json::null(out, name),
    }
}

fn time(out: &mut Vec<u8>, name: &str, time: Timestamp) {
    value(out, name, Some(time.0).filter(|time| *time != 0), 0);
}

/// A text field; nothing but padding is no value.
fn id(out: &mut Vec<u8>, name: &str, raw: &[u8]) {
    if trim_padding(raw).is_empty() { json::null(out, name) } else { json::word(out, name, raw) }
}

fn index(out: &mut Vec<u8>, value_of: Option<IndexE4>) {
    value(out, "index", value_of.map(|index| index.0), IndexE4::SCALE);
}

/// The line of a decision.
pub(crate) fn decision_line(out: &mut Vec<u8>, setup: &TradingSetup, decision: &Decision) {
    out.push(b'{');
    count(out, "number", decision.number);
    count(out, "msg", decision.msg);
    time(out, "time", decision.time);
    text(out, "trigger", name(setup, decision.trigger));
    count(out, "epoch", decision.epoch.into());
    index(out, decision.index);
    text(out, "outcome", Some(decision.outcome.name()));
    let refusal = decision.refusal.as_ref();
    text(out, "limit", refusal.map(|refusal| refusal.limit.name()));
    text(out, "scope", refusal.map(|refusal| scope(refusal.scope)));
    let scale = refusal.map_or(0, |refusal| refusal.limit.scale());
    let there = |number: &i64| *number != NONE;
    value(out, "found", refusal.map(|refusal| refusal.found).filter(there), scale);
    value(out, "allowed", refusal.map(|refusal| refusal.allowed).filter(there), scale);
    let above_zero = |number: &i64| *number != 0;
    value(out, "price", Some(decision.price.0).filter(above_zero), PriceE4::SCALE);
    value(out, "quantity", Some(decision.quantity.0).filter(above_zero), QtyE2::SCALE);
    match decision.request {
        Some(request) => json::word(out, "ClOrdID", &setup.cl_ord_ids.id(request)),
        None => json::null(out, "ClOrdID"),
    }
    count(out, "requests", decision.requests.into());
    json::key(out, "conditions");
    out.push(b'[');
    for (condition, checked) in conditions(setup, decision) {
        if out.last() == Some(&b'}') {
            out.push(b',');
        }
        condition_object(out, &condition, checked);
    }
    out.extend_from_slice(b"]}\n");
}

/// Name of a limit's place.
pub(crate) fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::Global => "global",
        Scope::Trigger => "trigger",
    }
}

fn condition_object(out: &mut Vec<u8>, condition: &Condition, checked: &Checked) {
    out.push(b'{');
    text(out, "condition", Some(condition.name()));
    json::key(out, "holds");
    out.extend_from_slice(if checked.holds { b"true" } else { b"false" });
    let scale = condition.scale();
    value(out, "found", Some(checked.found).filter(|found| *found != NONE), scale);
    value(out, "wanted", Some(checked.bound), scale);
    match condition {
        Condition::IndexChange { within_ms, .. } => json::integer(out, "within_ms", *within_ms),
        Condition::MaxSends(rate) => json::integer(out, "within_ms", rate.within_ms),
        Condition::PriceAtLeast { security, .. } | Condition::PriceAtMost { security, .. } => {
            json::word(out, "security", security);
        }
        _ => {}
    }
    out.push(b'}');
}

/// The line of a frame that left.
pub(crate) fn order_line(out: &mut Vec<u8>, setup: &TradingSetup, order: &Outgoing<'_>) {
    let decision = order.decision;
    out.push(b'{');
    count(out, "msg", decision.msg);
    time(out, "time", decision.time);
    text(out, "trigger", name(setup, decision.trigger));
    count(out, "epoch", decision.epoch.into());
    index(out, decision.index);
    count(out, "decision", decision.number);
    let msg_type = order.bytes.first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes));
    count(out, "MsgType", msg_type.into());
    json::key(out, "Order");
    out.push(b'{');
    if let Ok(view) = View::new(msg_type, frame::body(order.bytes)) {
        json::members(out, view.items(), Style::Plain);
    }
    out.push(b'}');
    json::key(out, "Hex");
    out.push(b'"');
    json::hex(out, order.bytes);
    out.extend_from_slice(b"\"}\n");
}

/// The line of a report: what it says in the names of the table, then what was made of it.
fn report_line(out: &mut Vec<u8>, setup: &TradingSetup, reported: &Reported) {
    let report = &reported.report;
    out.push(b'{');
    count(out, "msg", reported.msg);
    time(out, "time", report.time);
    count(out, "MsgType", report.msg_type.into());
    value(out, "PartitionNo", report.place.map(|(partition, _)| partition.into()), 0);
    value(out, "ReportIndex", report.place.map(|(_, index)| index), 0);
    said(out, report);
    text(out, "verdict", Some(reported.verdict.name()));
    match reported.request {
        Some(request) => json::word(out, "request", &setup.cl_ord_ids.id(request)),
        None => json::null(out, "request"),
    }
    text(out, "state", reported.state.map(|state| state.name()));
    let cum = reported.request.map(|_| reported.cum.0);
    value(out, "cum", cum, QtyE2::SCALE);
    value(out, "missed", Some(reported.missed.0), QtyE2::SCALE);
    out.extend_from_slice(b"}\n");
}

/// The fields of a report; null where its type has none.
fn said(out: &mut Vec<u8>, report: &Report) {
    let is = |msg_type: u32| report.msg_type == msg_type;
    let executes = is(msg_type::ORDER_REPORT) || is(msg_type::FILL_REPORT);
    let only = |has: bool, number: i64| has.then_some(number);
    for (name, raw) in [
        ("ClOrdID", &report.cl_ord_id[..]),
        ("OrigClOrdID", &report.orig_cl_ord_id),
        ("OrderID", &report.order_id),
        ("SecurityID", &report.security),
        ("Side", &[report.side]),
        ("ExecType", &[report.exec_type]),
        ("OrdStatus", &[report.ord_status]),
    ] {
        id(out, name, raw);
    }
    value(out, "OrderQty", only(is(msg_type::ORDER_REPORT), report.quantity.0), QtyE2::SCALE);
    value(out, "LastPx", only(is(msg_type::FILL_REPORT), report.last_px.0), PriceE4::SCALE);
    value(out, "LastQty", only(is(msg_type::FILL_REPORT), report.last.0), QtyE2::SCALE);
    value(out, "CumQty", only(executes, report.cum.0), QtyE2::SCALE);
    value(out, "LeavesQty", only(executes, report.leaves.0), QtyE2::SCALE);
    let reasons = !is(msg_type::FILL_REPORT);
    value(out, "reason", only(reasons, report.reason.into()), 0);
    let refers = is(msg_type::TRADING_BUSINESS_REJECT);
    value(out, "RefMsgType", only(refers, report.ref_msg_type.into()), 0);
}

/// The row of a request.
fn record_row(out: &mut Vec<u8>, setup: &TradingSetup, at: usize, row: &Request) {
    let ids = &setup.cl_ord_ids;
    let (kind, original) = match row.kind {
        Kind::Order => ("order", None),
        Kind::Cancel(of) => ("cancel", Some(ids.id(of))),
    };
    let plain = |raw: &[u8]| String::from_utf8_lossy(trim_padding(raw)).into_owned();
    let id = |id: ClOrdId| plain(&id);
    let stamp = |time: Timestamp| if time.0 == 0 { String::new() } else { time.to_string() };
    let cells = [
        id(ids.id(at as u32)),
        name(setup, row.trigger).unwrap_or_default().to_owned(),
        kind.to_owned(),
        original.map_or(String::new(), id),
        plain(&row.security),
        char::from(row.side).to_string(),
        row.quantity.to_string(),
        row.price.to_string(),
        row.state.name().to_owned(),
        row.cum.to_string(),
        row.leaves().to_string(),
        row.fills.to_string(),
        plain(&row.order_id),
        row.msg.to_string(),
        stamp(row.sent),
        stamp(row.reported),
        row.reason.to_string(),
    ];
    // Names of triggers and of the exchange may hold anything.
    let mut writer = csv::Writer::from_writer(&mut *out);
    // Writing to memory cannot fail.
    let _ = writer.write_record(&cells);
    let _ = writer.flush();
}

/// The files, and the digests of the records behind them.
pub(crate) struct TradingFiles {
    setup: TradingSetup,
    /// In the order of [`NAMES`].
    files: [Lines; 4],
    digests: [Sha256; 4],
}

impl TradingFiles {
    pub(crate) fn create(directory: &Path, setup: &TradingSetup) -> Result<Self> {
        let [orders, decisions, reports, records] =
            NAMES.map(|name| Lines::create(directory, name));
        let mut files = [orders?, decisions?, reports?, records?];
        files[3].bytes.extend_from_slice(COLUMNS.as_bytes());
        let digests = std::array::from_fn(|_| Sha256::new());
        Ok(Self { setup: setup.clone(), files, digests })
    }

    pub(crate) fn order(&mut self, order: &Outgoing<'_>) -> Result<()> {
        self.digests[0].update(order.bytes);
        order_line(&mut self.files[0].bytes, &self.setup, order);
        self.files[0].write(BLOCK)
    }

    pub(crate) fn decision(&mut self, decision: &Decision) -> Result<()> {
        self.digests[1].update(decision.to_bytes());
        decision_line(&mut self.files[1].bytes, &self.setup, decision);
        self.files[1].write(BLOCK)
    }

    pub(crate) fn report(&mut self, reported: &Reported) -> Result<()> {
        self.digests[2].update(reported.to_bytes());
        report_line(&mut self.files[2].bytes, &self.setup, reported);
        self.files[2].write(BLOCK)
    }

    /// Writes what is left and the record table; puts the digests into the summary.
    pub(crate) fn finish(mut self, book: Option<Book<'_>>, summary: &mut Json) -> Result<()> {
        let rows = book.map_or(&[][..], |book| book.requests);
        for (at, row) in rows.iter().enumerate() {
            self.digests[3].update(row.to_bytes());
            record_row(&mut self.files[3].bytes, &self.setup, at, row);
            self.files[3].write(BLOCK)?;
        }
        let records: Map<String, Json> = ["orders", "decisions", "reports", "records"]
            .into_iter()
            .zip(self.digests)
            .map(|(name, digest)| (name.to_owned(), digits(digest).into()))
            .collect();
        put(summary, "sha256", records);
        let mut files = Map::new();
        for (name, lines) in NAMES.into_iter().zip(self.files) {
            files.insert(name.to_owned(), lines.finish()?.into());
        }
        put(summary, "files_sha256", files);
        Ok(())
    }
}

/// Adds members to a member of the summary.
fn put(summary: &mut Json, name: &str, members: Map<String, Json>) {
    if let Some(object) = summary[name].as_object_mut() {
        object.extend(members);
    }
}
