//! What travels between host and kernels, and between kernels.
//!
//! ```text
//!  log word 32 B ─▶ decode ─item 176 B─▶ indicator ─event 256 B─▶ host
//!                                          │  └─record 96 B─▶ publish
//!                                          └─intent 96 B─▶ send ─event─▶ host
//!  load line 64 B: setup and parameter blocks, from the host to indicator and send
//! ```
//!
//! `kernels/README.md` says what each means. Every field is aligned to its size and every layout is a
//! multiple of 8 bytes, so that a C struct of the same fields is the same bytes.

use super::check;
use super::records::Becomes;
use crate::schema::FixedType::{
    Char, EntryPx, I64, Price, Qty, Text, Time, U8, U16, U32, U64, Zero,
};
use crate::schema::{FixedField, FixedLayout, FixedType};

/// One entry of the input log as the fused kernel and the simulator take it.
pub const LOG_WORD: FixedLayout = FixedLayout {
    name: "LogWord",
    doc: "one entry of the input log",
    fields: &[
        k("Op", 0, 1, U8, "what it is; see LogOp"),
        k("Line", 1, 1, U8, "0 TOE0, 1 TOE1"),
        k("Cid", 2, 1, U8, "session of a reset"),
        k(
            "How",
            3,
            1,
            U8,
            "of a reset: 0 a new stream, 1 goes on at Offset, 2 lost up to Offset; of kill: 1 on, 0 off; of parameters: 1 the host refused them; of a fault: its code",
        ),
        k("Session", 4, 2, U16, "session of a fault as records number it; all ones for none"),
        k("Reserved", 6, 2, U16, "0"),
        k("Offset", 8, 8, U64, "of a reset or a fault: offset in the stream or the link, in bytes"),
        k(
            "Word",
            16,
            16,
            U8,
            "the word of the IO channel; of a fault its length in bytes 0 to 7; of a control word of a replay on channels, in bytes 8 to 15, the words of its line before it; little-endian",
        ),
    ],
};

/// What a log word is.
pub const LOG_OPS: &[(&str, u8, &str)] = &[
    ("WORD", 0, "a word of the IO channel of Line"),
    ("RESET", 1, "session Cid of Line is reset"),
    ("KILL", 2, "the kill switch of the hand"),
    ("PARAMETERS", 3, "parameters of a live run; their block comes as load lines"),
    ("FAULT", 4, "the host found a fault at this place"),
    ("STOP", 5, "the input of Line ended"),
    ("TURN", 6, "from here on the other line's items count; only in a replay on channels"),
    (
        "FRAME",
        7,
        "16 bytes of a frame of the host (logon, heartbeat) that leaves on session Cid of TOE1; Offset is the frame's length; only of a live run on channels, to send",
    ),
];

/// What decode and feedback hand to the indicator.
pub const ITEM: FixedLayout = FixedLayout {
    name: "Item",
    doc: "a record, a message without one, a report or a control word on its way to the indicator",
    fields: &[
        k("Msg", 0, 8, U64, "0: the indicator numbers messages"),
        k(
            "Offset",
            8,
            8,
            U64,
            "offset of the message's first byte in its stream; of a fault, its offset",
        ),
        k("MsgType", 16, 4, U32, "MsgType"),
        k(
            "Session",
            20,
            2,
            U16,
            "session: 0 to 127 of TOE0, 128 to 255 of TOE1; all ones for none",
        ),
        k("Kind", 22, 1, U8, "a kind of record, or see ItemKind"),
        k("Flags", 23, 1, U8, "flags of the record that decode sets"),
        k(
            "Payload",
            24,
            120,
            U64,
            "bytes 24 to 95 of a record; of a report, its fields (layout Report)",
        ),
        k("Length", 144, 8, U64, "length that FaultA and FaultB carry, in bytes"),
        k("Beat", 152, 8, U64, "number of the word of the line that decided it, from 0"),
        k(
            "Surplus",
            160,
            4,
            U32,
            "bytes of the body behind its known part; at the end of a message",
        ),
        k("FaultA", 164, 1, U8, "first fault: of the frame, or of the link; 0 for none"),
        k("FaultB", 165, 1, U8, "second fault: of decode; 0 for none"),
        k("Marks", 166, 1, U8, "see ItemMark"),
        k("Line", 167, 1, U8, "0 TOE0, 1 TOE1"),
        k("Operand", 168, 8, U64, "of a control word: its How"),
    ],
};

/// Kinds of items that are no records.
pub const ITEM_KINDS: &[(&str, u8, &str)] = &[
    ("BARE", 16, "a framed message that becomes no record, or faults alone"),
    ("REPORT", 17, "a whole, intact report of an order"),
    ("KILL", 18, "the kill switch of the hand"),
    ("PARAMETERS", 19, "parameters of a live run"),
    ("TURN", 20, "the other line's items count from here on"),
    ("STOPPED", 21, "the line is drained"),
];

/// Bits of an item's marks.
pub const ITEM_MARKS: &[(&str, u8, &str)] = &[
    ("BEGINS", 1, "the first item of a framed message"),
    ("ENDS", 2, "the last item of a framed message: its number is used up"),
    ("LINK", 4, "the fault is one of the line: it has no message"),
];

/// What a report says, behind the tag of its item.
pub const REPORT: FixedLayout = FixedLayout {
    name: "ReportFields",
    doc: "what the rooms need of a report, whichever message it is",
    fields: &[
        k("ReportIndex", 24, 8, I64, "ReportIndex; 0 where there is none"),
        k("Time", 32, 8, Time, "TransactTime"),
        k("Security", 40, 8, Text, "SecurityID"),
        k("Quantity", 48, 8, Qty, "OrderQty of 200102"),
        k("Cum", 56, 8, Qty, "CumQty"),
        k("Leaves", 64, 8, Qty, "LeavesQty"),
        k("Last", 72, 8, Qty, "LastQty of 200115"),
        k("LastPx", 80, 8, Price, "LastPx of 200115"),
        k("OrderId", 88, 16, Text, "OrderID; spaces in message 4"),
        k("ClOrdId", 104, 10, Text, "ClOrdID, BusinessRejectRefID of message 4"),
        k("OrigClOrdId", 114, 10, Text, "OrigClOrdID; spaces where there is none"),
        k("PartitionNo", 124, 4, U32, "PartitionNo, two's complement"),
        k("RefMsgType", 128, 4, U32, "RefMsgType of message 4"),
        k("Reason", 132, 2, U16, "reason of a reject; 0 where there is none"),
        k("HasPlace", 134, 1, U8, "1 where it has PartitionNo and ReportIndex"),
        k("Side", 135, 1, Char, "Side; 0 in message 4"),
        k("ExecType", 136, 1, Char, "ExecType; 0 where there is none"),
        k("OrdStatus", 137, 1, Char, "OrdStatus; 0 where there is none"),
        k("Padding", 138, 6, Zero, "zeros"),
    ],
};

/// What a kernel tells the host: everything of one step.
pub const EVENT: FixedLayout = FixedLayout {
    name: "Event",
    doc: "what one step gives out",
    fields: &[
        k("Msg", 0, 8, U64, "number of the message; of a request, the number of its decision"),
        k("Offset", 8, 8, U64, "as in the item"),
        k("MsgType", 16, 4, U32, "as in the item; of a request, its row"),
        k("Session", 20, 2, U16, "as in the item; of a request, the length of its frame in bytes"),
        k("Kind", 22, 1, U8, "a kind of record or of item, or see EventKind"),
        k("Flags", 23, 1, U8, "flags of the record"),
        k(
            "Body",
            24,
            160,
            U64,
            "rest of the record (72 bytes), the report (120), the decision (160), the frame of a request",
        ),
        k("Length", 184, 8, U64, "as in the item"),
        k("Beat", 192, 8, U64, "as in the item"),
        k("FaultA", 200, 1, U8, "as in the item; 0 for none"),
        k("FaultB", 201, 1, U8, "as in the item; 0 for none"),
        k("Before", 202, 1, U8, "fault that stands before the record; 0 for none"),
        k("After", 203, 1, U8, "fault behind it; 0 for none"),
        k("AfterToo", 204, 1, U8, "second fault behind it; 0 for none"),
        k("Has", 205, 1, U8, "see EventMark"),
        k("Line", 206, 1, U8, "0 TOE0, 1 TOE1"),
        k("Verdict", 207, 1, U8, "verdict of a report"),
        k("IndexTime", 208, 8, Time, "time of an index point"),
        k("IndexValue", 216, 8, I64, "its value, in 1e-4 points"),
        k("IndexSum", 224, 8, I64, "its sum, in 1e-4 CNY"),
        k("Cum", 232, 8, Qty, "CumQty of the request afterwards"),
        k("Missed", 240, 8, Qty, "quantity traded without a fill of its own"),
        k("Request", 248, 4, U32, "row of the request; all ones for none"),
        k("State", 252, 1, U8, "state of the request afterwards; 0 for none"),
        k("Padding", 253, 3, Zero, "zeros"),
    ],
};

/// Kinds of events that are neither records nor items.
pub const EVENT_KINDS: &[(&str, u8, &str)] = &[
    ("DECISION", 32, "Body is a decision"),
    ("REQUEST", 33, "Body is the frame of an order or a cancel request that leaves"),
    (
        "FAULT",
        34,
        "a fault alone, FaultA, that belongs to no item: session none, offset 0, length 0, of message Msg",
    ),
];

/// Bits of what an event has.
pub const EVENT_MARKS: &[(&str, u8, &str)] = &[
    ("RECORD", 1, "a record"),
    ("REPORT", 2, "a report and what was made of it"),
    ("INDEX", 4, "an index point"),
    ("ENDS", 8, "the message ends here"),
    ("LINK", 16, "FaultA is one of the line: no message, but a line"),
    ("FRAMED", 32, "faults of the item belong to message Msg; without it they have none"),
];

/// One decision; the same bytes as the pipeline's own.
pub const DECISION: FixedLayout = FixedLayout {
    name: "DecisionFields",
    doc: "a decision",
    fields: &[
        k("Number", 0, 8, U64, "its number, from 0"),
        k(
            "Msg",
            8,
            8,
            U64,
            "the message after which it was made; of an epoch, the first that it rules",
        ),
        k("Time", 16, 8, Time, "the pipeline's time"),
        k("Index", 24, 8, I64, "the index in 1e-4 points; least number for none"),
        k("Found", 32, 8, I64, "what the limit found; least number for none"),
        k("Allowed", 40, 8, I64, "what it allows; least number for none"),
        k("Price", 48, 8, Price, "price of the order; 0 for none"),
        k("Quantity", 56, 8, Qty, "quantity of the order; 0 for none"),
        k("Conditions", 64, 64, I64, "found and bound of each condition"),
        k("Epoch", 128, 4, U32, "number of the epoch that ruled"),
        k("Requests", 132, 4, U32, "requests that left"),
        k("Request", 136, 4, U32, "row of the first of them; all ones for none"),
        k("Trigger", 140, 1, U8, "the trigger; 255 for none"),
        k("Outcome", 141, 1, U8, "what came of it"),
        k("Limit", 142, 1, U8, "the limit that refused; 0 for none"),
        k("Scope", 143, 1, U8, "1 global, 2 of the trigger; 0 for none"),
        k("Checks", 144, 8, U8, "code and `holds` of each condition"),
        k("Padding", 152, 8, Zero, "zeros"),
    ],
};

/// From the indicator to send: one request that leaves.
pub const INTENT: FixedLayout = FixedLayout {
    name: "Intent",
    doc: "an order or a cancel request that is to leave",
    fields: &[
        k("Decision", 0, 8, U64, "number of its decision"),
        k("Msg", 8, 8, U64, "the message that caused it"),
        k("Time", 16, 8, Time, "TransactTime"),
        k("Price", 24, 8, Price, "Price of an order"),
        k("Quantity", 32, 8, Qty, "OrderQty"),
        k("Security", 40, 8, Text, "SecurityID"),
        k("OrderId", 48, 16, Text, "OrderID of the order to cancel; spaces where it is not known"),
        k("Row", 64, 4, U32, "its row in the record table"),
        k("Of", 68, 4, U32, "row of the order to cancel; all ones for an order"),
        k("Side", 72, 1, Char, "Side"),
        k("Reserved", 73, 7, Zero, "zeros"),
        k("Beat", 80, 8, U64, "word of the line that decided it"),
        k("Operand", 88, 8, U64, "0"),
    ],
};

/// A row of the record table; the same bytes as the pipeline's own.
pub const REQUEST: FixedLayout = FixedLayout {
    name: "RequestFields",
    doc: "a row of the record table",
    fields: &[
        k("Msg", 0, 8, U64, "the message that caused it"),
        k("Sent", 8, 8, Time, "when it left"),
        k("Reported", 16, 8, Time, "TransactTime of the latest applied report"),
        k("Quantity", 24, 8, Qty, "OrderQty"),
        k("Price", 32, 8, Price, "Price"),
        k("Cum", 40, 8, Qty, "CumQty"),
        k("Security", 48, 8, Text, "SecurityID"),
        k("OrderId", 56, 16, Text, "OrderID; spaces before it is known"),
        k("Fills", 72, 4, U32, "fills applied"),
        k("Of", 76, 4, U32, "row of the order to cancel; all ones for an order"),
        k("Reason", 80, 2, U16, "reason of a reject or cancel"),
        k("State", 82, 1, U8, "how far it is"),
        k("Trigger", 83, 1, U8, "the trigger behind it; 255 for none"),
        k("Side", 84, 1, Char, "Side"),
        k("Cancelling", 85, 1, U8, "1: a cancel request for it is under way"),
        k("Padding", 86, 10, Zero, "zeros"),
    ],
};

/// A row of the quote table: fields and order of `tidegate_pipeline::quote::Row`.
pub const QUOTE_ROW: FixedLayout = FixedLayout {
    name: "QuoteRow",
    doc: "the hot part of a row of the quote table",
    fields: &[
        k("Security", 0, 8, Text, "SecurityID, padded with spaces"),
        k("Phase", 8, 8, Text, "TradingPhaseCode of the latest snapshot"),
        k("Time", 16, 8, Time, "greatest possible stamp of an applied message"),
        k("TradeTime", 24, 8, Time, "TransactTime of the latest trade"),
        k("SnapshotTime", 32, 8, Time, "OrigTime of the latest snapshot; 0 before the first"),
        k("PrevClose", 40, 8, Price, "previous close"),
        k("LimitUp", 48, 8, EntryPx, "highest price allowed; 0 where there is none"),
        k("LimitDown", 56, 8, EntryPx, "lowest price allowed; 0 where there is none"),
        k("TicksLast", 64, 8, EntryPx, "of the trades: last price"),
        k("TicksOpen", 72, 8, EntryPx, "first price"),
        k("TicksHigh", 80, 8, EntryPx, "highest price"),
        k("TicksLow", 88, 8, EntryPx, "lowest price"),
        k("TicksVolume", 96, 8, Qty, "volume"),
        k("TicksValue", 104, 8, I64, "turnover, in 1e-6 CNY"),
        k("TicksNumTrades", 112, 8, I64, "number of trades"),
        k("SnapshotLast", 120, 8, EntryPx, "of the latest snapshot: last price"),
        k("SnapshotOpen", 128, 8, EntryPx, "first price"),
        k("SnapshotHigh", 136, 8, EntryPx, "highest price"),
        k("SnapshotLow", 144, 8, EntryPx, "lowest price"),
        k("SnapshotVolume", 152, 8, Qty, "volume"),
        k("SnapshotValue", 160, 8, I64, "turnover, in 1e-6 CNY"),
        k("SnapshotNumTrades", 168, 8, I64, "number of trades"),
        k("Orders", 176, 8, U64, "orders applied"),
        k("Trades", 184, 8, U64, "trades applied"),
        k("Cancels", 192, 8, U64, "cancels applied"),
        k("Snapshots", 200, 8, U64, "snapshots applied"),
    ],
};

/// One price level of a row.
pub const DEPTH_LEVEL: FixedLayout = FixedLayout {
    name: "DepthLevel",
    doc: "one price level of a row of the quote table",
    fields: &[
        k("Price", 0, 8, EntryPx, "price"),
        k("Quantity", 8, 8, Qty, "quantity"),
        k("Orders", 16, 8, I64, "NumberOfOrders"),
        k("QueueAt", 24, 2, U16, "where its queue starts among the row's"),
        k("QueueLen", 26, 2, U16, "quantities of its queue"),
        k("Reserved", 28, 4, U32, "0"),
    ],
};

/// What cannot be counted from the events; given out when everything is drained.
pub const KERNEL_COUNTERS: FixedLayout = FixedLayout {
    name: "KernelCounters",
    doc: "what is counted in the kernels",
    fields: &[
        k("Messages", 0, 8, U64, "framed messages"),
        k("Jumps", 8, 8, U64, "jumps of ApplSeqNum"),
        k("JumpedNumbers", 16, 8, U64, "numbers left out; stays at the greatest"),
        k("ClampedTimes", 24, 8, U64, "stamps earlier than the pipeline's time"),
        k("Surplus", 32, 8, U64, "bytes behind the known part of a body"),
        k("IndexCompared", 40, 8, U64, "309011 of the index that were compared"),
        k("IndexDifference", 48, 8, U64, "greatest difference from them, in 1e-6 points"),
        k("ReportJumps", 56, 8, U64, "jumps of ReportIndex"),
        k("ReportJumped", 64, 8, U64, "numbers left out by them; stays at the greatest"),
        k("ReportRepeats", 72, 8, U64, "reports at or below the last ReportIndex"),
        k("MissedFills", 80, 8, U64, "reports of a quantity traded without a fill of its own"),
        k("Unnamed", 88, 8, U64, "ticks and heads of securities without a row"),
        k("Bytes", 96, 16, U64, "of each line: bytes that were framed or swallowed"),
        k(
            "Swallowed",
            112,
            16,
            U64,
            "of each line: bytes swallowed by dead sessions and a dead link",
        ),
        k("Words", 128, 16, U64, "of each line: words taken"),
        k("Fired", 144, 128, U64, "of each trigger: firings"),
        k("Refused", 272, 128, U64, "of each trigger: orders that a limit refused"),
        k(
            "HeldBack",
            400,
            128,
            U64,
            "of each trigger: edges of the market conditions held back by its own orders",
        ),
        k("Cancels", 528, 128, U64, "of each trigger: cancel requests"),
        k("Sent", 656, 128, U64, "of each trigger: orders sent"),
    ],
};

/// Header of a parameter block: one epoch.
pub const PARAM_HEADER: FixedLayout = FixedLayout {
    name: "ParamHeader",
    doc: "what a parameter block begins with",
    fields: &[
        k("Version", 0, 4, U32, "version of this layout: PARAM_VERSION"),
        k("Crc", 4, 4, U32, "CRC-32 (IEEE 802.3) of the block with this field 0"),
        k(
            "AtMsg",
            8,
            8,
            U64,
            "the message before which it takes effect; 0 of the setup; all ones of a live run",
        ),
        k("Shares", 16, 4, U32, "share counts that come behind it"),
        k("Triggers", 20, 1, U8, "triggers, 0 to 16"),
        k(
            "CancelOnKill",
            21,
            1,
            U8,
            "1: turning the kill switch on also cancels what is outstanding",
        ),
        k("HasGuard", 22, 1, U8, "1: there is a guard"),
        k("HasTrading", 23, 1, U8, "1: the setup has triggers at all"),
        k("GuardPoints", 24, 8, I64, "change that engages the guard, in 1e-4 points"),
        k("GuardWithinMs", 32, 8, I64, "its window, in milliseconds"),
        k("GuardHoldMs", 40, 8, I64, "how long it stays, in milliseconds"),
        k("GuardSlotFactor", 48, 8, U64, "of its window; see SlotFactor of a condition"),
        k("Reserved", 56, 8, U64, "0"),
    ],
};

/// Limits, of all triggers together or of one.
pub const PARAM_LIMITS: FixedLayout = FixedLayout {
    name: "ParamLimits",
    doc: "limits",
    fields: &[
        k("Has", 0, 4, U32, "which limit: bit n is set where the limit of code n limits"),
        k("MaxOutstanding", 4, 4, U32, "outstanding orders"),
        k("PriceBand", 8, 8, I64, "distance from the last price, in 1e-4 of it"),
        k("MaxQuantity", 16, 8, Qty, "quantity of an order"),
        k("OrdersCount", 24, 8, I64, "orders in a window"),
        k("OrdersWithinMs", 32, 8, I64, "that window, in milliseconds"),
        k("MaxTotalQuantity", 40, 8, Qty, "sum of quantities"),
        k("MaxTotalValue", 48, 8, I64, "sum of price x quantity, in 1e-6 CNY"),
        k("Reserved", 56, 8, U64, "0"),
    ],
};

/// One condition of a trigger.
pub const PARAM_CONDITION: FixedLayout = FixedLayout {
    name: "ParamCondition",
    doc: "one condition of a trigger",
    fields: &[
        k("Code", 0, 4, U32, "kind of the condition; 0 for none"),
        k("Row", 4, 4, U32, "row of its security in the quote table; all ones for none"),
        k("Bound", 8, 8, I64, "what is compared with, in the unit of the kind"),
        k("WithinMs", 16, 8, I64, "its window, in milliseconds"),
        k(
            "SlotFactor",
            24,
            8,
            U64,
            "of a change window of slots of L ms, ceil(2^S / L) with S = 27 + bits of L - 1: slot of a time of the day = ms x SlotFactor >> S",
        ),
    ],
};

/// What a trigger does and when again; conditions and limits stand behind it.
pub const PARAM_RULE: FixedLayout = FixedLayout {
    name: "ParamRule",
    doc: "what a trigger does, and when it may fire again",
    fields: &[
        k("Rearm", 0, 1, U8, "0 on_false, 1 once, 2 after_ms"),
        k("Action", 1, 1, U8, "0 an order, 1 cancel"),
        k("OrdersOf", 2, 1, U8, "of cancel: the trigger whose orders"),
        k("PriceKind", 3, 1, U8, "0 fixed, 1 last, 2 best, 3 own_best"),
        k("Ticks", 4, 4, U32, "ticks from the base, two's complement"),
        k("RearmMs", 8, 8, I64, "of after_ms, in milliseconds"),
        k("Quantity", 16, 8, Qty, "OrderQty"),
        k("Price", 24, 8, Price, "fixed price"),
        k("Tick", 32, 8, Price, "price step"),
        k("Security", 40, 8, Text, "SecurityID of the order"),
        k("Row", 48, 4, U32, "its row in the quote table; all ones for none"),
        k("Side", 52, 1, Char, "Side"),
        k("Reserved", 53, 3, Zero, "zeros"),
        k(
            "TickReciprocal",
            56,
            8,
            U64,
            "floor((2^64 - 1) / tick in 1e-6): prices are divided by the tick without a division",
        ),
    ],
};

/// One line from the host: setup, tables, parameter blocks.
pub const LOAD_LINE: FixedLayout = FixedLayout {
    name: "LoadLine",
    doc: "one line of the setup image",
    fields: &[
        k("Table", 0, 4, U32, "what it is; see LoadTable"),
        k("Index", 4, 4, U32, "place in that table"),
        k("Words", 8, 56, U64, "what goes there"),
    ],
};

/// Tables that load lines fill. The words of each are listed in `kernels/README.md`.
pub const LOAD_TABLES: &[(&str, u8, &str)] = &[
    (
        "SETUP",
        0,
        "words: rows, hash shift, multiplier 0, multiplier 1, constituents (0: no index), index source (0 trade, 1 snapshot), most requests",
    ),
    (
        "SLOT",
        1,
        "a slot of the hash, Index of both halves one behind the other: key, row (all ones: empty)",
    ),
    ("ROW", 2, "a row of the quote table: SecurityID, previous close in 1e-4 CNY"),
    ("CONSTITUENT", 3, "shares, price in 1e-4 CNY"),
    ("INDEX", 4, "sum, constant, shift, SecurityID of the published index"),
    (
        "IDS",
        5,
        "prefix of ClOrdIDs (bytes 0 to 7, then 8 and 9), its length, first number, session of TOE1 that orders leave on",
    ),
    ("ORDER", 6, "48 bytes of the prepared 100101 frame, at 48 x Index"),
    ("CANCEL", 7, "48 bytes of the prepared 190007 frame, at 48 x Index"),
    ("BLOCK", 8, "48 bytes of a parameter block, at 48 x Index; the last one completes it"),
    ("SHARES_SUM", 9, "place, shares: first pass, the new sum is added up"),
    ("SHARES_SET", 10, "place, shares: second pass, taken if the sum was sound"),
    (
        "PUBLISH",
        11,
        "run of the publisher, messages of a batch, session of TOE0 that datagrams leave on",
    ),
    ("READY", 12, "the setup is whole"),
];

/// Version of the parameter block.
pub const PARAM_VERSION: u32 = 1;
/// Bytes of a rule, its four conditions and its limits.
pub const PARAM_TRIGGER_BYTES: usize = 64 + 4 * 32 + 64;
/// Bytes of a parameter block: header, global limits, 16 triggers.
pub const PARAM_BLOCK_BYTES: usize = 64 + 64 + 16 * PARAM_TRIGGER_BYTES;
/// Bytes of a block or a frame in one load line.
pub const LOAD_CHUNK_BYTES: usize = 48;

/// Every layout, with its length in bytes.
pub const LAYOUTS: &[(&FixedLayout, u16)] = &[
    (&LOG_WORD, 32),
    (&ITEM, 176),
    (&REPORT, 144),
    (&EVENT, 256),
    (&DECISION, 160),
    (&INTENT, 96),
    (&REQUEST, 96),
    (&QUOTE_ROW, 208),
    (&DEPTH_LEVEL, 32),
    (&KERNEL_COUNTERS, 784),
    (&PARAM_HEADER, 64),
    (&PARAM_LIMITS, 64),
    (&PARAM_CONDITION, 32),
    (&PARAM_RULE, 64),
    (&LOAD_LINE, 64),
];

/// What a message becomes, for the kernels' table of shapes.
pub const BECOMES: &[(&str, u8, &str)] = &[
    ("UNKNOWN", Becomes::Unknown as u8, "nothing: an unknown type, counted"),
    ("ORDER", Becomes::Order as u8, "one record of an order"),
    ("TRADE", Becomes::Trade as u8, "one record of a trade or a cancel"),
    ("SNAPSHOT", Becomes::Snapshot as u8, "a head, entries, queues and an end"),
    ("KNOWN", Becomes::Known as u8, "no record; its length and groups are checked"),
    ("ANNOUNCEMENT", Becomes::Announcement as u8, "no record; only its least length is checked"),
    ("REPORT", Becomes::Report as u8, "a report of an order; its length is checked"),
];

/// What is done with a message whose checksum is wrong.
pub const CHECKSUMS: Names = &[
    ("DROP", 0, "counted, not released"),
    ("FLAG", 1, "released, marked"),
    ("DISCONNECT", 2, "the session is dead until it is reset"),
];

/// How a session goes on behind a reset.
pub const RESUMES: Names = &[
    ("NEW", 0, "a new stream"),
    ("AT", 1, "the same stream goes on at an offset"),
    ("LOST", 2, "it goes on at an offset, and what lies between is lost"),
];

/// Kinds of conditions.
pub const CONDITIONS: Names = &[
    ("NONE", 0, "no condition"),
    ("INDEX_AT_LEAST", 1, "index_at_least"),
    ("INDEX_AT_MOST", 2, "index_at_most"),
    ("INDEX_CROSSES", 3, "index_crosses"),
    ("INDEX_CHANGE", 4, "index_change"),
    ("PRICE_AT_LEAST", 5, "price, at_least"),
    ("PRICE_AT_MOST", 6, "price, at_most"),
    ("MAX_SENDS", 7, "max_sends"),
    ("MAX_OUTSTANDING", 8, "max_outstanding"),
];

/// What refuses an order, in the order in which it is looked at.
pub const LIMIT_CODES: Names = &[
    ("NONE", 0, "nothing"),
    ("KILL_SWITCH", 1, "the kill switch"),
    ("GUARD", 2, "the guard"),
    ("NO_PRICE", 3, "there is no price to start from"),
    ("PRICE_LIMIT", 4, "beyond the price limits of the latest snapshot"),
    ("PRICE_BAND", 5, "too far from the last price"),
    ("MAX_QUANTITY", 6, "quantity of the order"),
    ("MAX_ORDERS", 7, "orders in a window"),
    ("MAX_TOTAL_QUANTITY", 8, "sum of quantities"),
    ("MAX_TOTAL_VALUE", 9, "sum of values"),
    ("MAX_OUTSTANDING", 10, "outstanding orders"),
    ("REQUESTS", 11, "rows of the record table"),
];

/// Whose limit it was.
pub const SCOPES: Names =
    &[("GLOBAL", 1, "of all triggers together"), ("TRIGGER", 2, "of the trigger")];

/// When a trigger may fire again.
pub const REARMS: Names = &[
    ("ON_FALSE", 0, "when its conditions were false in between"),
    ("ONCE", 1, "never"),
    ("AFTER_MS", 2, "when they were false, and after a time"),
];

/// What a firing does.
pub const ACTIONS: Names =
    &[("ORDER", 0, "sends an order"), ("CANCEL", 1, "asks to cancel the orders of a trigger")];

/// What the price of an order starts from.
pub const PRICES: Names = &[
    ("FIXED", 0, "a price of its own"),
    ("LAST", 1, "the last price"),
    ("BEST", 2, "the best price of the other side"),
    ("OWN_BEST", 3, "the best price of its own side"),
];

/// What came of a decision.
pub const OUTCOMES: Names = &[
    ("SENT", 1, "an order left"),
    ("REFUSED", 2, "a limit refused it"),
    ("CANCELLED", 3, "cancel requests left"),
    ("GUARD_ENGAGED", 4, "the guard was engaged"),
    ("GUARD_RELEASED", 5, "the guard was released"),
    ("EPOCH", 6, "new parameters apply"),
    ("KILL_ON", 7, "the kill switch was turned on by hand"),
    ("KILL_OFF", 8, "it was turned off"),
];

/// How far a request is.
pub const STATES: Names = &[
    ("SENT", 1, "it left"),
    ("ACKNOWLEDGED", 2, "the exchange has it"),
    ("PARTLY_FILLED", 3, "some was traded"),
    ("FILLED", 4, "all was traded"),
    ("CANCELLED", 5, "the rest was cancelled"),
    ("REJECTED", 6, "it was refused"),
    ("DONE", 7, "the cancel request did its work"),
];

/// What was made of a report.
pub const VERDICTS: Names = &[
    ("APPLIED", 1, "it moved its row"),
    ("DUPLICATE", 2, "it came before"),
    ("LATE", 3, "it says less than the row knows"),
    ("UNKNOWN", 4, "it is about no request of ours"),
    ("CONTRADICTORY", 5, "it cannot be"),
];

/// Lists of named numbers: prefix in C, name in documents, the numbers.
pub type Names = &'static [(&'static str, u8, &'static str)];

/// Every list.
pub const NAMES: &[(&str, Names)] = &[
    ("LogOp", LOG_OPS),
    ("ItemKind", ITEM_KINDS),
    ("ItemMark", ITEM_MARKS),
    ("EventKind", EVENT_KINDS),
    ("EventMark", EVENT_MARKS),
    ("LoadTable", LOAD_TABLES),
    ("Becomes", BECOMES),
    ("Checksum", CHECKSUMS),
    ("Resume", RESUMES),
    ("Condition", CONDITIONS),
    ("Limit", LIMIT_CODES),
    ("Scope", SCOPES),
    ("Rearm", REARMS),
    ("Action", ACTIONS),
    ("Price", PRICES),
    ("Outcome", OUTCOMES),
    ("State", STATES),
    ("Verdict", VERDICTS),
];

/// FNV-1a 64 over every layout here: host and kernels agree on what they exchange iff their numbers
/// agree. The kernel ABI of an image.
pub const KERNEL_ID: u64 = {
    let mut hash = check::number(check::FINGERPRINT_START, PARAM_VERSION);
    let mut i = 0;
    while i < LAYOUTS.len() {
        hash = check::hash_layout(hash, LAYOUTS[i].0);
        hash = check::number(hash, LAYOUTS[i].1 as u32);
        i += 1;
    }
    i = 0;
    while i < NAMES.len() {
        let mut j = 0;
        while j < NAMES[i].1.len() {
            hash = check::number(hash, NAMES[i].1[j].1 as u32);
            j += 1;
        }
        i += 1;
    }
    hash
};

const _: () = {
    let mut i = 0;
    while i < LAYOUTS.len() {
        let (layout, bytes) = LAYOUTS[i];
        check::layout(layout, layout.fields[0].offset, bytes);
        check::aligned(layout, bytes);
        i += 1;
    }
    assert!(PARAM_BLOCK_BYTES.is_multiple_of(LOAD_CHUNK_BYTES), "whole load lines");
};

/// One row of a field list.
const fn k(
    name: &'static str,
    offset: u16,
    len: u16,
    ty: FixedType,
    doc: &'static str,
) -> FixedField {
    FixedField { name, offset, len, ty, doc }
}
