//! What every engine takes and gives.

use tidegate_protocol::limits::{MAX_SESSIONS, MAX_TRIGGERS};

use crate::counters::Counters;
use crate::decision::{Decision, Outgoing};
use crate::feedback::{Reported, Request};
use crate::parameters::Parameters;
use crate::quote::QuoteTable;
use crate::record::{Fault, IndexPoint, Record};
use crate::trading::TradingCounters;
use crate::trigger::TriggerCounters;

/// Where a packet came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Line {
    /// TOE0: market data.
    Market = 0,
    /// TOE1: reports of orders.
    Orders = 1,
}

impl Line {
    /// Session `cid` of this line as it is numbered in records and faults: those of TOE1 follow
    /// those of TOE0, from 128 on.
    pub const fn session(self, cid: u16) -> u16 {
        match self {
            Line::Market => cid,
            Line::Orders => MAX_SESSIONS as u16 + cid,
        }
    }
}

/// How a session goes on after a reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resume {
    /// A new stream takes the session; its first byte is a message's first, at offset 0.
    New,
    /// The same stream goes on at this offset with a message's first byte. The source already
    /// accounted for the bytes between.
    At(u64),
    /// The same stream goes on at this offset with a message's first byte. What lies between is
    /// lost: one `capture.lost` with the range, and no other fault for the unfinished message. An
    /// offset that lies before the unfinished message loses nothing but that message.
    Lost(u64),
}

/// A word from the host that takes its place in the order of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// The session drops what it holds, the rest of a packet under way included, and goes on as
    /// told. One above 127 is a fault.
    Reset {
        /// Its line.
        line: Line,
        /// Session (`cid`), 0 to 127.
        session: u16,
        /// How it goes on.
        resume: Resume,
    },
    /// The kill switch of the hand: on, no order leaves, whatever the parameters and their epochs
    /// say. With `cancel_on_kill` it also asks to cancel what is outstanding, each time it is told
    /// to be on. Always taken.
    Kill {
        /// Whether it is on from here.
        on: bool,
    },
    /// The input ended: every unfinished message is cut off.
    Stop,
}

/// One entry of the input log. The log is one total order of all that reaches the pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input<'a> {
    /// The payload of one packet of a session.
    Packet {
        /// Where it came in.
        line: Line,
        /// Session (`cid`), 0 to 127.
        session: u16,
        /// The payload, prefix included.
        bytes: &'a [u8],
    },
    /// Whole 16-byte words of an IO channel: header words and data words.
    Words {
        /// Where they came in.
        line: Line,
        /// A multiple of 16 bytes; a rest is a fault and left out.
        bytes: &'a [u8],
    },
    /// A control word.
    Control(Control),
    /// New parameters, from the next message on; of the same triggers and conditions. Those that
    /// break their bounds are a fault, and the old ones stay.
    Parameters(&'a Parameters),
}

/// What comes out of an engine, in order.
///
/// Every method has an empty default, so that a sink names only what it wants.
pub trait Sink {
    /// A record that decode released, with what the quote room decided about it in its flags.
    fn record(&mut self, _record: Record<'_>) {}
    /// A fault.
    fn fault(&mut self, _fault: &Fault) {}
    /// A trade (or snapshot) set the price of a constituent.
    fn index(&mut self, _point: &IndexPoint) {}
    /// A report of an order came back, and what was made of it.
    fn report(&mut self, _report: &Reported) {}
    /// A trigger fired, the guard or an epoch acted.
    fn decision(&mut self, _decision: &Decision) {}
    /// An order or a cancel request leaves; its decision came before.
    fn order(&mut self, _order: &Outgoing<'_>) {}
    /// A message was framed and all its effects are out.
    fn message(&mut self, _msg: u64, _msg_type: u32) {}
}

/// A sink that keeps nothing.
impl Sink for () {}

/// What a figure of an engine is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Timed on the hardware that a user would run.
    Measured,
    /// Run by an emulator: right in meaning, wrong in time.
    Emulated,
    /// Counted by a model.
    Modelled,
}

/// Who an engine is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Name as on the command line, such as `native`.
    pub name: &'static str,
    /// The protocol table it was built from.
    pub protocol_id: u64,
    /// What its figures are worth.
    pub evidence: Evidence,
}

/// One pipeline: the same input log and setup give the same outputs and tables on every engine.
///
/// An engine lives for one trading day: ApplSeqNum series, previous closes and totals are those of
/// a day.
pub trait Engine {
    /// Who it is.
    fn identity(&self) -> Identity;
    /// Takes the next entry of the input log.
    fn feed(&mut self, input: Input<'_>, sink: &mut dyn Sink);
    /// What was counted so far.
    fn counters(&self) -> &Counters;
    /// The quote table as it stands.
    fn quotes(&self) -> &QuoteTable;
    /// What stands behind the index, if the setup has triggers.
    fn book(&self) -> Option<Book<'_>>;
    /// Why the engine cannot go on, if it cannot: what it gave out so far is not whole.
    fn failure(&self) -> Option<&EngineFailure> {
        None
    }
}

/// Record table and counters behind the index.
#[derive(Clone, Copy, Debug)]
pub struct Book<'a> {
    /// The record table, in the order in which requests left.
    pub requests: &'a [Request],
    /// What was counted.
    pub counters: &'a TradingCounters,
    /// What was counted of each trigger.
    pub triggers: &'a [TriggerCounters; MAX_TRIGGERS],
    /// Orders outstanding.
    pub outstanding: u32,
    /// Whether the guard is engaged.
    pub guarded: bool,
}

/// An engine outside of this process, or a model of hardware, failed.
#[derive(Debug, thiserror::Error)]
#[error("engine {engine}: {source}")]
pub struct EngineFailure {
    /// Its name.
    pub engine: &'static str,
    /// What happened.
    pub source: Box<dyn std::error::Error + Send + Sync>,
}
