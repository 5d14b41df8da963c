// Generated from the table by the test `generated`; do not edit.

use crate::units::{PriceE4, PxE6, QtyE2, Timestamp};

/// `N` bytes at a constant place: the bounds are known when it is compiled in.
#[inline(always)]
fn get<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("a field lies in its layout")
}

#[inline(always)]
fn put<const N: usize>(bytes: &mut [u8], at: usize, value: [u8; N]) {
    bytes[at..at + N].copy_from_slice(&value);
}

#[inline(always)]
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(get(bytes, at))
}

#[inline(always)]
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(get(bytes, at))
}

#[inline(always)]
fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(get(bytes, at))
}

#[inline(always)]
fn i64_at(bytes: &[u8], at: usize) -> i64 {
    i64::from_le_bytes(get(bytes, at))
}

/// Numbers of LogOp.
pub mod log_op {
    /// A word of the IO channel of Line.
    pub const WORD: u8 = 0;
    /// Session Cid of Line is reset.
    pub const RESET: u8 = 1;
    /// The kill switch of the hand.
    pub const KILL: u8 = 2;
    /// Parameters of a live run; their block comes as load lines.
    pub const PARAMETERS: u8 = 3;
    /// The host found a fault at this place.
    pub const FAULT: u8 = 4;
    /// The input of Line ended.
    pub const STOP: u8 = 5;
    /// From here on the other line's items count; only in a replay on channels.
    pub const TURN: u8 = 6;
    /// 16 bytes of a frame of the host (logon, heartbeat) that leaves on session Cid of TOE1; Offset is the frame's length; only of a live run on channels, to send.
    pub const FRAME: u8 = 7;
}

/// Numbers of ItemKind.
pub mod item_kind {
    /// A framed message that becomes no record, or faults alone.
    pub const BARE: u8 = 16;
    /// A whole, intact report of an order.
    pub const REPORT: u8 = 17;
    /// The kill switch of the hand.
    pub const KILL: u8 = 18;
    /// Parameters of a live run.
    pub const PARAMETERS: u8 = 19;
    /// The other line's items count from here on.
    pub const TURN: u8 = 20;
    /// The line is drained.
    pub const STOPPED: u8 = 21;
}

/// Numbers of ItemMark.
pub mod item_mark {
    /// The first item of a framed message.
    pub const BEGINS: u8 = 1;
    /// The last item of a framed message: its number is used up.
    pub const ENDS: u8 = 2;
    /// The fault is one of the line: it has no message.
    pub const LINK: u8 = 4;
}

/// Numbers of EventKind.
pub mod event_kind {
    /// Body is a decision.
    pub const DECISION: u8 = 32;
    /// Body is the frame of an order or a cancel request that leaves.
    pub const REQUEST: u8 = 33;
    /// A fault alone, FaultA, that belongs to no item: session none, offset 0, length 0, of message Msg.
    pub const FAULT: u8 = 34;
}

/// Numbers of EventMark.
pub mod event_mark {
    /// A record.
    pub const RECORD: u8 = 1;
    /// A report and what was made of it.
    pub const REPORT: u8 = 2;
    /// An index point.
    pub const INDEX: u8 = 4;
    /// The message ends here.
    pub const ENDS: u8 = 8;
    /// FaultA is one of the line: no message, but a line.
    pub const LINK: u8 = 16;
    /// Faults of the item belong to message Msg; without it they have none.
    pub const FRAMED: u8 = 32;
}

/// Numbers of LoadTable.
pub mod load_table {
    /// Words: rows, hash shift, multiplier 0, multiplier 1, constituents (0: no index), index source (0 trade, 1 snapshot), most requests.
    pub const SETUP: u8 = 0;
    /// A slot of the hash, Index of both halves one behind the other: key, row (all ones: empty).
    pub const SLOT: u8 = 1;
    /// A row of the quote table: SecurityID, previous close in 1e-4 CNY.
    pub const ROW: u8 = 2;
    /// Shares, price in 1e-4 CNY.
    pub const CONSTITUENT: u8 = 3;
    /// Sum, constant, shift, SecurityID of the published index.
    pub const INDEX: u8 = 4;
    /// Prefix of ClOrdIDs (bytes 0 to 7, then 8 and 9), its length, first number, session of TOE1 that orders leave on.
    pub const IDS: u8 = 5;
    /// 48 bytes of the prepared 100101 frame, at 48 x Index.
    pub const ORDER: u8 = 6;
    /// 48 bytes of the prepared 190007 frame, at 48 x Index.
    pub const CANCEL: u8 = 7;
    /// 48 bytes of a parameter block, at 48 x Index; the last one completes it.
    pub const BLOCK: u8 = 8;
    /// Place, shares: first pass, the new sum is added up.
    pub const SHARES_SUM: u8 = 9;
    /// Place, shares: second pass, taken if the sum was sound.
    pub const SHARES_SET: u8 = 10;
    /// Run of the publisher, messages of a batch, session of TOE0 that datagrams leave on.
    pub const PUBLISH: u8 = 11;
    /// The setup is whole.
    pub const READY: u8 = 12;
}

/// Numbers of Becomes.
pub mod becomes {
    /// Nothing: an unknown type, counted.
    pub const UNKNOWN: u8 = 0;
    /// One record of an order.
    pub const ORDER: u8 = 1;
    /// One record of a trade or a cancel.
    pub const TRADE: u8 = 2;
    /// A head, entries, queues and an end.
    pub const SNAPSHOT: u8 = 3;
    /// No record; its length and groups are checked.
    pub const KNOWN: u8 = 4;
    /// No record; only its least length is checked.
    pub const ANNOUNCEMENT: u8 = 5;
    /// A report of an order; its length is checked.
    pub const REPORT: u8 = 6;
}

/// Numbers of Checksum.
pub mod checksum {
    /// Counted, not released.
    pub const DROP: u8 = 0;
    /// Released, marked.
    pub const FLAG: u8 = 1;
    /// The session is dead until it is reset.
    pub const DISCONNECT: u8 = 2;
}

/// Numbers of Resume.
pub mod resume {
    /// A new stream.
    pub const NEW: u8 = 0;
    /// The same stream goes on at an offset.
    pub const AT: u8 = 1;
    /// It goes on at an offset, and what lies between is lost.
    pub const LOST: u8 = 2;
}

/// Numbers of Condition.
pub mod condition {
    /// No condition.
    pub const NONE: u8 = 0;
    /// Index_at_least.
    pub const INDEX_AT_LEAST: u8 = 1;
    /// Index_at_most.
    pub const INDEX_AT_MOST: u8 = 2;
    /// Index_crosses.
    pub const INDEX_CROSSES: u8 = 3;
    /// Index_change.
    pub const INDEX_CHANGE: u8 = 4;
    /// Price, at_least.
    pub const PRICE_AT_LEAST: u8 = 5;
    /// Price, at_most.
    pub const PRICE_AT_MOST: u8 = 6;
    /// Max_sends.
    pub const MAX_SENDS: u8 = 7;
    /// Max_outstanding.
    pub const MAX_OUTSTANDING: u8 = 8;
}

/// Numbers of Limit.
pub mod limit {
    /// Nothing.
    pub const NONE: u8 = 0;
    /// The kill switch.
    pub const KILL_SWITCH: u8 = 1;
    /// The guard.
    pub const GUARD: u8 = 2;
    /// There is no price to start from.
    pub const NO_PRICE: u8 = 3;
    /// Beyond the price limits of the latest snapshot.
    pub const PRICE_LIMIT: u8 = 4;
    /// Too far from the last price.
    pub const PRICE_BAND: u8 = 5;
    /// Quantity of the order.
    pub const MAX_QUANTITY: u8 = 6;
    /// Orders in a window.
    pub const MAX_ORDERS: u8 = 7;
    /// Sum of quantities.
    pub const MAX_TOTAL_QUANTITY: u8 = 8;
    /// Sum of values.
    pub const MAX_TOTAL_VALUE: u8 = 9;
    /// Outstanding orders.
    pub const MAX_OUTSTANDING: u8 = 10;
    /// Rows of the record table.
    pub const REQUESTS: u8 = 11;
}

/// Numbers of Scope.
pub mod scope {
    /// Of all triggers together.
    pub const GLOBAL: u8 = 1;
    /// Of the trigger.
    pub const TRIGGER: u8 = 2;
}

/// Numbers of Rearm.
pub mod rearm {
    /// When its conditions were false in between.
    pub const ON_FALSE: u8 = 0;
    /// Never.
    pub const ONCE: u8 = 1;
    /// When they were false, and after a time.
    pub const AFTER_MS: u8 = 2;
}

/// Numbers of Action.
pub mod action {
    /// Sends an order.
    pub const ORDER: u8 = 0;
    /// Asks to cancel the orders of a trigger.
    pub const CANCEL: u8 = 1;
}

/// Numbers of Price.
pub mod price {
    /// A price of its own.
    pub const FIXED: u8 = 0;
    /// The last price.
    pub const LAST: u8 = 1;
    /// The best price of the other side.
    pub const BEST: u8 = 2;
    /// The best price of its own side.
    pub const OWN_BEST: u8 = 3;
}

/// Numbers of Outcome.
pub mod outcome {
    /// An order left.
    pub const SENT: u8 = 1;
    /// A limit refused it.
    pub const REFUSED: u8 = 2;
    /// Cancel requests left.
    pub const CANCELLED: u8 = 3;
    /// The guard was engaged.
    pub const GUARD_ENGAGED: u8 = 4;
    /// The guard was released.
    pub const GUARD_RELEASED: u8 = 5;
    /// New parameters apply.
    pub const EPOCH: u8 = 6;
    /// The kill switch was turned on by hand.
    pub const KILL_ON: u8 = 7;
    /// It was turned off.
    pub const KILL_OFF: u8 = 8;
}

/// Numbers of State.
pub mod state {
    /// It left.
    pub const SENT: u8 = 1;
    /// The exchange has it.
    pub const ACKNOWLEDGED: u8 = 2;
    /// Some was traded.
    pub const PARTLY_FILLED: u8 = 3;
    /// All was traded.
    pub const FILLED: u8 = 4;
    /// The rest was cancelled.
    pub const CANCELLED: u8 = 5;
    /// It was refused.
    pub const REJECTED: u8 = 6;
    /// The cancel request did its work.
    pub const DONE: u8 = 7;
}

/// Numbers of Verdict.
pub mod verdict {
    /// It moved its row.
    pub const APPLIED: u8 = 1;
    /// It came before.
    pub const DUPLICATE: u8 = 2;
    /// It says less than the row knows.
    pub const LATE: u8 = 3;
    /// It is about no request of ours.
    pub const UNKNOWN: u8 = 4;
    /// It cannot be.
    pub const CONTRADICTORY: u8 = 5;
}

/// One entry of the input log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogWord {
    /// What it is; see LogOp.
    pub op: u8,
    /// 0 TOE0, 1 TOE1.
    pub line: u8,
    /// Session of a reset.
    pub cid: u8,
    /// Of a reset: 0 a new stream, 1 goes on at Offset, 2 lost up to Offset; of kill: 1 on, 0 off; of parameters: 1 the host refused them; of a fault: its code.
    pub how: u8,
    /// Session of a fault as records number it; all ones for none.
    pub session: u16,
    /// 0.
    pub reserved: u16,
    /// Of a reset or a fault: offset in the stream or the link, in bytes.
    pub offset: u64,
    /// The word of the IO channel; of a fault its length in bytes 0 to 7; of a control word of a replay on channels, in bytes 8 to 15, the words of its line before it; little-endian.
    pub word: [u8; 16],
}

impl LogWord {
    /// Its length in bytes.
    pub const BYTES: usize = 32;
    /// First byte of Op.
    pub const OP_AT: usize = 0;
    /// First byte of Line.
    pub const LINE_AT: usize = 1;
    /// First byte of Cid.
    pub const CID_AT: usize = 2;
    /// First byte of How.
    pub const HOW_AT: usize = 3;
    /// First byte of Session.
    pub const SESSION_AT: usize = 4;
    /// First byte of Reserved.
    pub const RESERVED_AT: usize = 6;
    /// First byte of Offset.
    pub const OFFSET_AT: usize = 8;
    /// First byte of Word.
    pub const WORD_AT: usize = 16;

    /// Reads it.
    #[inline]
    pub fn parse(bytes: &[u8; Self::BYTES]) -> Self {
        Self {
            op: bytes[Self::OP_AT],
            line: bytes[Self::LINE_AT],
            cid: bytes[Self::CID_AT],
            how: bytes[Self::HOW_AT],
            session: u16_at(bytes, Self::SESSION_AT),
            reserved: u16_at(bytes, Self::RESERVED_AT),
            offset: u64_at(bytes, Self::OFFSET_AT),
            word: get(bytes, Self::WORD_AT),
        }
    }

    /// Writes it; padding is zeros.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::BYTES]) {
        bytes[Self::OP_AT] = self.op;
        bytes[Self::LINE_AT] = self.line;
        bytes[Self::CID_AT] = self.cid;
        bytes[Self::HOW_AT] = self.how;
        put(bytes, Self::SESSION_AT, self.session.to_le_bytes());
        put(bytes, Self::RESERVED_AT, self.reserved.to_le_bytes());
        put(bytes, Self::OFFSET_AT, self.offset.to_le_bytes());
        put(bytes, Self::WORD_AT, self.word);
    }
}

/// A record, a message without one, a report or a control word on its way to the indicator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// 0: the indicator numbers messages.
    pub msg: u64,
    /// Offset of the message's first byte in its stream; of a fault, its offset.
    pub offset: u64,
    /// MsgType.
    pub msg_type: u32,
    /// Session: 0 to 127 of TOE0, 128 to 255 of TOE1; all ones for none.
    pub session: u16,
    /// A kind of record, or see ItemKind.
    pub kind: u8,
    /// Flags of the record that decode sets.
    pub flags: u8,
    /// Bytes 24 to 95 of a record; of a report, its fields (layout Report).
    pub payload: [u64; 15],
    /// Length that FaultA and FaultB carry, in bytes.
    pub length: u64,
    /// Number of the word of the line that decided it, from 0.
    pub beat: u64,
    /// Bytes of the body behind its known part; at the end of a message.
    pub surplus: u32,
    /// First fault: of the frame, or of the link; 0 for none.
    pub fault_a: u8,
    /// Second fault: of decode; 0 for none.
    pub fault_b: u8,
    /// See ItemMark.
    pub marks: u8,
    /// 0 TOE0, 1 TOE1.
    pub line: u8,
    /// Of a control word: its How.
    pub operand: u64,
}

impl Item {
    /// Its length in bytes.
    pub const BYTES: usize = 176;
    /// First byte of Msg.
    pub const MSG_AT: usize = 0;
    /// First byte of Offset.
    pub const OFFSET_AT: usize = 8;
    /// First byte of MsgType.
    pub const MSG_TYPE_AT: usize = 16;
    /// First byte of Session.
    pub const SESSION_AT: usize = 20;
    /// First byte of Kind.
    pub const KIND_AT: usize = 22;
    /// First byte of Flags.
    pub const FLAGS_AT: usize = 23;
    /// First byte of Payload.
    pub const PAYLOAD_AT: usize = 24;
    /// First byte of Length.
    pub const LENGTH_AT: usize = 144;
    /// First byte of Beat.
    pub const BEAT_AT: usize = 152;
    /// First byte of Surplus.
    pub const SURPLUS_AT: usize = 160;
    /// First byte of FaultA.
    pub const FAULT_A_AT: usize = 164;
    /// First byte of FaultB.
    pub const FAULT_B_AT: usize = 165;
    /// First byte of Marks.
    pub const MARKS_AT: usize = 166;
    /// First byte of Line.
    pub const LINE_AT: usize = 167;
    /// First byte of Operand.
    pub const OPERAND_AT: usize = 168;

    /// Reads it.
    #[inline]
    pub fn parse(bytes: &[u8; Self::BYTES]) -> Self {
        Self {
            msg: u64_at(bytes, Self::MSG_AT),
            offset: u64_at(bytes, Self::OFFSET_AT),
            msg_type: u32_at(bytes, Self::MSG_TYPE_AT),
            session: u16_at(bytes, Self::SESSION_AT),
            kind: bytes[Self::KIND_AT],
            flags: bytes[Self::FLAGS_AT],
            payload: core::array::from_fn(|i| u64_at(bytes, Self::PAYLOAD_AT + 8 * i)),
            length: u64_at(bytes, Self::LENGTH_AT),
            beat: u64_at(bytes, Self::BEAT_AT),
            surplus: u32_at(bytes, Self::SURPLUS_AT),
            fault_a: bytes[Self::FAULT_A_AT],
            fault_b: bytes[Self::FAULT_B_AT],
            marks: bytes[Self::MARKS_AT],
            line: bytes[Self::LINE_AT],
            operand: u64_at(bytes, Self::OPERAND_AT),
        }
    }

    /// Writes it; padding is zeros.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::BYTES]) {
        put(bytes, Self::MSG_AT, self.msg.to_le_bytes());
        put(bytes, Self::OFFSET_AT, self.offset.to_le_bytes());
        put(bytes, Self::MSG_TYPE_AT, self.msg_type.to_le_bytes());
        put(bytes, Self::SESSION_AT, self.session.to_le_bytes());
        bytes[Self::KIND_AT] = self.kind;
        bytes[Self::FLAGS_AT] = self.flags;
        for (i, value) in self.payload.iter().enumerate() {
            put(bytes, Self::PAYLOAD_AT + 8 * i, value.to_le_bytes());
        }
        put(bytes, Self::LENGTH_AT, self.length.to_le_bytes());
        put(bytes, Self::BEAT_AT, self.beat.to_le_bytes());
        put(bytes, Self::SURPLUS_AT, self.surplus.to_le_bytes());
        bytes[Self::FAULT_A_AT] = self.fault_a;
        bytes[Self::FAULT_B_AT] = self.fault_b;
        bytes[Self::MARKS_AT] = self.marks;
        bytes[Self::LINE_AT] = self.line;
        put(bytes, Self::OPERAND_AT, self.operand.to_le_bytes());
    }
}

/// What the rooms need of a report, whichever message it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportFields {
    /// ReportIndex; 0 where there is none.
    pub report_index: i64,
    /// TransactTime.
    pub time: Timestamp,
    /// SecurityID.
    pub security: [u8; 8],
    /// OrderQty of 200102.
    pub quantity: QtyE2,
    /// CumQty.
    pub cum: QtyE2,
    /// LeavesQty.
    pub leaves: QtyE2,
    /// LastQty of 200115.
    pub last: QtyE2,
    /// LastPx of 200115.
    pub last_px: PriceE4,
    /// OrderID; spaces in message 4.
    pub order_id: [u8; 16],
    /// ClOrdID, BusinessRejectRefID of message 4.
    pub cl_ord_id: [u8; 10],
    /// OrigClOrdID; spaces where there is none.
    pub orig_cl_ord_id: [u8; 10],
    /// PartitionNo, two's complement.
    pub partition_no: u32,
    /// RefMsgType of message 4.
    pub ref_msg_type: u32,
    /// Reason of a reject; 0 where there is none.
    pub reason: u16,
    /// 1 where it has PartitionNo and ReportIndex.
    pub has_place: u8,
    /// Side; 0 in message 4.
    pub side: u8,
    /// ExecType; 0 where there is none.
    pub exec_type: u8,
    /// OrdStatus; 0 where there is none.
    pub ord_status: u8,
}

impl ReportFields {
    /// Its length in bytes.
    pub const BYTES: usize = 144;
    /// First byte of ReportIndex.
    pub const REPORT_INDEX_AT: usize = 24;
    /// First byte of Time.
    pub const TIME_AT: usize = 32;
    /// First byte of Security.
    pub const SECURITY_AT: usize = 40;
    /// First byte of Quantity.
    pub const QUANTITY_AT: usize = 48;
    /// First byte of Cum.
    pub const CUM_AT: usize = 56;
    /// First byte of Leaves.
    pub const LEAVES_AT: usize = 64;
    /// First byte of Last.
    pub const LAST_AT: usize = 72;
    /// First byte of LastPx.
    pub const LAST_PX_AT: usize = 80;
    /// First byte of OrderId.
    pub const ORDER_ID_AT: usize = 88;
    /// First byte of ClOrdId.
    pub const CL_ORD_ID_AT: usize = 104;
    /// First byte of OrigClOrdId.
    pub const ORIG_CL_ORD_ID_AT: usize = 114;
    /// First byte of PartitionNo.
    pub const PARTITION_NO_AT: usize = 124;
    /// First byte of RefMsgType.
    pub const REF_MSG_TYPE_AT: usize = 128;
    /// First byte of Reason.
    pub const REASON_AT: usize = 132;
    /// First byte of HasPlace.
    pub const HAS_PLACE_AT: usize = 134;
    /// First byte of Side.
    pub const SIDE_AT: usize = 135;
    /// First byte of ExecType.
    pub const EXEC_TYPE_AT: usize = 136;
    /// First byte of OrdStatus.
    pub const ORD_STATUS_AT: usize = 137;
    /// First byte of Padding.
    pub const PADDING_AT: usize = 138;

    /// Reads it.
    #[inline]
    pub fn parse(bytes: &[u8; Self::BYTES]) -> Self {
        Self {
            report_index: i64_at(bytes, Self::REPORT_INDEX_AT),
            time: Timestamp(i64_at(bytes, Self::TIME_AT)),
            security: get(bytes, Self::SECURITY_AT),
            quantity: QtyE2(i64_at(bytes, Self::QUANTITY_AT)),
            cum: QtyE2(i64_at(bytes, Self::CUM_AT)),
            leaves: QtyE2(i64_at(bytes, Self::LEAVES_AT)),
            last: QtyE2(i64_at(bytes, Self::LAST_AT)),
            last_px: PriceE4(i64_at(bytes, Self::LAST_PX_AT)),
            order_id: get(bytes, Self::ORDER_ID_AT),
            cl_ord_id: get(bytes, Self::CL_ORD_ID_AT),
            orig_cl_ord_id: get(bytes, Self::ORIG_CL_ORD_ID_AT),
            partition_no: u32_at(bytes, Self::PARTITION_NO_AT),
            ref_msg_type: u32_at(bytes, Self::REF_MSG_TYPE_AT),
            reason: u16_at(bytes, Self::REASON_AT),
            has_place: bytes[Self::HAS_PLACE_AT],
            side: bytes[Self::SIDE_AT],
            exec_type: bytes[Self::EXEC_TYPE_AT],
            ord_status: bytes[Self::ORD_STATUS_AT],
        }
    }

    /// Writes it; padding is zeros.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::BYTES]) {
        put(bytes, Self::REPORT_INDEX_AT, self.report_index.to_le_bytes());
        put(bytes, Self::TIME_AT, self.time.0.to_le_bytes());
        put(bytes, Self::SECURITY_AT, self.security);
        put(bytes, Self::QUANTITY_AT, self.quantity.0.to_le_bytes());
        put(bytes, Self::CUM_AT, self.cum.0.to_le_bytes());
        put(bytes, Self::LEAVES_AT, self.leaves.0.to_le_bytes());
        put(bytes, Self::LAST_AT, self.last.0.to_le_bytes());
        put(bytes, Self::LAST_PX_AT, self.last_px.0.to_le_bytes());
        put(bytes, Self::ORDER_ID_AT, self.order_id);
        put(bytes, Self::CL_ORD_ID_AT, self.cl_ord_id);
        put(bytes, Self::ORIG_CL_ORD_ID_AT, self.orig_cl_ord_id);
        put(bytes, Self::PARTITION_NO_AT, self.partition_no.to_le_bytes());
        put(bytes, Self::REF_MSG_TYPE_AT, self.ref_msg_type.to_le_bytes());
        put(bytes, Self::REASON_AT, self.reason.to_le_bytes());
        bytes[Self::HAS_PLACE_AT] = self.has_place;
        bytes[Self::SIDE_AT] = self.side;
        bytes[Self::EXEC_TYPE_AT] = self.exec_type;
        bytes[Self::ORD_STATUS_AT] = self.ord_status;
        bytes[Self::PADDING_AT..Self::PADDING_AT + 6].fill(0);
    }
}

/// What one step gives out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// Number of the message; of a request, the number of its decision.
    pub msg: u64,
    /// As in the item.
    pub offset: u64,
    /// As in the item; of a request, its row.
    pub msg_type: u32,
    /// As in the item; of a request, the length of its frame in bytes.
    pub session: u16,
    /// A kind of record or of item, or see EventKind.
    pub kind: u8,
    /// Flags of the record.
    pub flags: u8,
    /// Rest of the record (72 bytes), the report (120), the decision (160), the frame of a request.
    pub body: [u64; 20],
    /// As in the item.
    pub length: u64,
    /// As in the item.
    pub beat: u64,
    /// As in the item; 0 for none.
    pub fault_a: u8,
    /// As in the item; 0 for none.
    pub fault_b: u8,
    /// Fault that stands before the record; 0 for none.
    pub before: u8,
    /// Fault behind it; 0 for none.
    pub after: u8,
    /// Second fault behind it; 0 for none.
    pub after_too: u8,
    /// See EventMark.
    pub has: u8,
    /// 0 TOE0, 1 TOE1.
    pub line: u8,
    /// Verdict of a report.
    pub verdict: u8,
    /// Time of an index point.
    pub index_time: Timestamp,
    /// Its value, in 1e-4 points.
    pub index_value: i64,
    /// Its sum, in 1e-4 CNY.
    pub index_sum: i64,
    /// CumQty of the request afterwards.
    pub cum: QtyE2,
    /// Quantity traded without a fill of its own.
    pub missed: QtyE2,
    /// Row of the request; all ones for none.
    pub request: u32,
    /// State of the request afterwards; 0 for none.
    pub state: u8,
}

impl Event {
    /// Its length in bytes.
    pub const BYTES: usize = 256;
    /// First byte of Msg.
    pub const MSG_AT: usize = 0;
    /// First byte of Offset.
    pub const OFFSET_AT: usize = 8;
    /// First byte of MsgType.
    pub const MSG_TYPE_AT: usize = 16;
    /// First byte of Session.
    pub const SESSION_AT: usize = 20;
    /// First byte of Kind.
    pub const KIND_AT: usize = 22;
    /// First byte of Flags.
    pub const FLAGS_AT: usize = 23;
    /// First byte of Body.
    pub const BODY_AT: usize = 24;
    /// First byte of Length.
    pub const LENGTH_AT: usize = 184;
    /// First byte of Beat.
    pub const BEAT_AT: usize = 192;
    /// First byte of FaultA.
    pub const FAULT_A_AT: usize = 200;
    /// First byte of FaultB.
    pub const FAULT_B_AT: usize = 201;
    /// First byte of Before.
    pub const BEFORE_AT: usize = 202;
    /// First byte of After.
    pub const AFTER_AT: usize = 203;
    /// First byte of AfterToo.
    pub const AFTER_TOO_AT: usize = 204;
    /// First byte of Has.
    pub const HAS_AT: usize = 205;
    /// First byte of Line.
    pub const LINE_AT: usize = 206;
    /// First byte of Verdict.
    pub const VERDICT_AT: usize = 207;
    /// First byte of IndexTime.
    pub const INDEX_TIME_AT: usize = 208;
    /// First byte of IndexValue.
    pub const INDEX_VALUE_AT: usize = 216;
    /// First byte of IndexSum.
    pub const INDEX_SUM_AT: usize = 224;
    /// First byte of Cum.
    pub const CUM_AT: usize = 232;
    /// First byte of Missed.
    pub const MISSED_AT: usize = 240;
    /// First byte of Request.
    pub const REQUEST_AT: usize = 248;
    /// First byte of State.
    pub const STATE_AT: usize = 252;
    /// First byte of Padding.
    pub const PADDING_AT: usize = 253;

    /// Reads it.
    #[inline]
    pub fn parse(bytes: &[u8; Self::BYTES]) -> Self {
        Self {
            msg: u64_at(bytes, Self::MSG_AT),
            offset: u64_at(bytes, Self::OFFSET_AT),
            msg_type: u32_at(bytes, Self::MSG_TYPE_AT),
            session: u16_at(bytes, Self::SESSION_AT),
            kind: bytes[Self::KIND_AT],
            flags: bytes[Self::FLAGS_AT],
            body: core::array::from_fn(|i| u64_at(bytes, Self::BODY_AT + 8 * i)),
            length: u64_at(bytes, Self::LENGTH_AT),
            beat: u64_at(bytes, Self::BEAT_AT),
            fault_a: bytes[Self::FAULT_A_AT],
            fault_b: bytes[Self::FAULT_B_AT],
            before: bytes[Self::BEFORE_AT],
            after: bytes[Self::AFTER_AT],
            after_too: bytes[Self::AFTER_TOO_AT],
            has: bytes[Self::HAS_AT],
            line: bytes[Self::LINE_AT],
            verdict: bytes[Self::VERDICT_AT],
            index_time: Timestamp(i64_at(bytes, Self::INDEX_TIME_AT)),
            index_value: i64_at(bytes, Self::INDEX_VALUE_AT),
            index_sum: i64_at(bytes, Self::INDEX_SUM_AT),
            cum: QtyE2(i64_at(bytes, Self::CUM_AT)),
            missed: QtyE2(i64_at(bytes, Self::MISSED_AT)),
            request: u32_at(bytes, Self::REQUEST_AT),
            state: bytes[Self::STATE_AT],
        }
    }

    /// Writes it; padding is zeros.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::BYTES]) {
        put(bytes, Self::MSG_AT, self.msg.to_le_bytes());
        put(bytes, Self::OFFSET_AT, self.offset.to_le_bytes());
        put(bytes, Self::MSG_TYPE_AT, self.msg_type.to_le_bytes());
        put(bytes, Self::SESSION_AT, self.session.to_le_bytes());
        bytes[Self::KIND_AT] = self.kind;
        bytes[Self::FLAGS_AT] = self.flags;
        for (i, value) in self.body.iter().enumerate() {
            put(bytes, Self::BODY_AT + 8 * i, value.to_le_bytes());
        }
        put(bytes, Self::LENGTH_AT, self.length.to_le_bytes());
        put(bytes, Self::BEAT_AT, self.beat.to_le_bytes());
        bytes[Self::FAULT_A_AT] = self.fault_a;
        bytes[Self::FAULT_B_AT] = self.fault_b;
        bytes[Self::BEFORE_AT] = self.before;
        bytes[Self::AFTER_AT] = self.after;
        bytes[Self::AFTER_TOO_AT] = self.after_too;
        bytes[Self::HAS_AT] = self.has;
        bytes[Self::LINE_AT] = self.line;
        bytes[Self::VERDICT_AT] = self.verdict;
        put(bytes, Self::INDEX_TIME_AT, self.index_time.0.to_le_bytes());
        put(bytes, Self::INDEX_VALUE_AT, self.index_value.to_le_bytes());
        put(bytes, Self::INDEX_SUM_AT, self.index_sum.to_le_bytes());
        put(bytes, Self::CUM_AT, self.cum.0.to_le_bytes());
        put(bytes, Self::MISSED_AT, self.missed.0.to_le_bytes());
        put(bytes, Self::REQUEST_AT, self.request.to_le_bytes());
        bytes[Self::STATE_AT] = self.state;
        bytes[Self::PADDING_AT..Self::PADDING_AT + 3].fill(0);
    }
}

/// A decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DecisionFields {
    /// Its number, from 0.
    pub number: u64,
    /// The message after which it was made; of an epoch, the first that it rules.
    pub msg: u64,
    /// The pipeline's time.
    pub time: Timestamp,
    /// The index in 1e-4 points; least number for none.
    pub index: i64,
    /// What the limit found; least number for none.
    pub found: i64,
    /// What it allows; least number for none.
    pub allowed: i64,
    /// Price of the order; 0 for none.
    pub price: PriceE4,
    /// Quantity of the order; 0 for none.
    pub quantity: QtyE2,
    /// Found and bound of each condition.
    pub conditions: [i64; 8],
    /// Number of the epoch that ruled.
    pub epoch: u32,
    /// Requests that left.
    pub requests: u32,
    /// Row of the first of them; all ones for none.
    pub request: u32,
    /// The trigger; 255 for none.
    pub trigger: u8,
    /// What came of it.
    pub outcome: u8,
    /// The limit that refused; 0 for none.
    pub limit: u8,
    /// 1 global, 2 of the trigger; 0 for none.
    pub scope: u8,
    /// Code and `holds` of each condition.
    pub checks: [u8; 8],
}

impl DecisionFields {
    /// Its length in bytes.
    pub const BYTES: usize = 160;
    /// First byte of Number.
    pub const NUMBER_AT: usize = 0;
    /// First byte of Msg.
    pub const MSG_AT: usize = 8;
    /// First byte of Time.
    pub const TIME_AT: usize = 16;
    /// First byte of Index.
    pub const INDEX_AT: usize = 24;
    /// First byte of Found.
    pub const FOUND_AT: usize = 32;
    /// First byte of Allowed.
    pub const ALLOWED_AT: usize = 40;
    /// First byte of Price.
    pub const PRICE_AT: usize = 48;
    /// First byte of Quantity.
    pub const QUANTITY_AT: usize = 56;
    /// First byte of Conditions.
    pub const CONDITIONS_AT: usize = 64;
    /// First byte of Epoch.
    pub const EPOCH_AT: usize = 128;
    /// First byte of Requests.
    pub const REQUESTS_AT: usize = 132;
    /// First byte of Request.
    pub const REQUEST_AT: usize = 136;
    /// First byte of Trigger.
    pub const TRIGGER_AT: usize = 140;
    /// First byte of Outcome.
    pub const OUTCOME_AT: usize = 141;
    /// First byte of Limit.
    pub const LIMIT_AT: usize = 142;
    /// First byte of Scope.
    pub const SCOPE_AT: usize = 143;
    /// First byte of Checks.
    pub const CHECKS_AT: usize = 144;
    /// First byte of Padding.
    pub const PADDING_AT: usize = 152;

    /// Reads it.
    #[inline]
    pub fn parse(bytes: &[u8; Self::BYTES]) -> Self {
        Self {
            number: u64_at(bytes, Self::NUMBER_AT),
            msg: u64_at(bytes, Self::MSG_AT),
            time: Timestamp(i64_at(bytes, Self::TIME_AT)),
            index: i64_at(bytes, Self::INDEX_AT),
            found: i64_at(bytes, Self::FOUND_AT),
            allowed: i64_at(bytes, Self::ALLOWED_AT),
            price: PriceE4(i64_at(bytes, Self::PRICE_AT)),
            quantity: QtyE2(i64_at(bytes, Self::QUANTITY_AT)),
            conditions: core::array::from_fn(|i| i64_at(bytes, Self::CONDITIONS_AT + 8 * i)),
            epoch: u32_at(bytes, Self::EPOCH_AT),
            requests: u32_at(bytes, Self::REQUESTS_AT),
            request: u32_at(bytes, Self::REQUEST_AT),
            trigger: bytes[Self::TRIGGER_AT],
            outcome: bytes[Self::OUTCOME_AT],
            limit: bytes[Self::LIMIT_AT],
            scope: bytes[Self::SCOPE_AT],
            checks: get(bytes, Self::CHECKS_AT),
        }
    }

    /// Writes it; padding is zeros.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::BYTES]) {
        put(bytes, Self::NUMBER_AT, self.number.to_le_bytes());
        put(bytes, Self::MSG_AT, self.msg.to_le_bytes());
        put(bytes, Self::TIME_AT, self.time.0.to_le_bytes());
        put(bytes, Self::INDEX_AT, self.index.to_le_bytes());
        put(bytes, Self::FOUND_AT, self.found.to_le_bytes());
        put(bytes, Self::ALLOWED_AT, self.allowed.to_le_bytes());
        put(bytes, Self::PRICE_AT, self.price.0.to_le_bytes());
        put(bytes, Self::QUANTITY_AT, self.quantity.0.to_le_bytes());
        for (i, value) in self.conditions.iter().enumerate() {
            put(bytes, Self::CONDITIONS_AT + 8 * i, value.to_le_bytes());
        }
        put(bytes, Self::EPOCH_AT, self.epoch.to_le_bytes());
        put(bytes, Self::REQUESTS_AT, self.requests.to_le_bytes());
        put(bytes, Self::REQUEST_AT, self.request.to_le_bytes());
        bytes[Self::TRIGGER_AT] = self.trigger;
        bytes[Self::OUTCOME_AT] = self.outcome;
        bytes[Self::LIMIT_AT] = self.limit;
        bytes[Self::SCOPE_AT] = self.scope;
        put(bytes, Self::CHECKS_AT, self.checks);
        bytes[Self::PADDING_AT..Self::PADDING_AT + 8].fill(0);
    }
}

/// An order or a cancel request that is to leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Intent {
    /// Number of its decision.
    pub decision: u64,
    /// The message that caused it.
    pub msg: u64,
    /// TransactTime.
    pub time: Timestamp,
    /// Price of an order.
    pub price: PriceE4,
    /// OrderQty.
    pub quantity: QtyE2,
    /// SecurityID.
    pub security: [u8; 8],
    /// OrderID of the order to cancel; spaces where it is not known.
    pub order_id: [u8; 16],
    /// Its row in the record table.
    pub row: u32,
    /// Row of the order to cancel; all ones for an order.
    pub of: u32,
    /// Side.
    pub side: u8,
    /// Word of the line that decided it.
    pub beat: u64,
    /// 0.
    pub operand: u64,
}

impl Intent {
    /// Its length in bytes.
    pub const BYTES: usize = 96;
    /// First byte of Decision.
    pub const DECISION_AT: usize = 0;
    /// First byte of Msg.
    pub const MSG_AT: usize = 8;
    /// First byte of Time.
    pub const TIME_AT: usize = 16;
    /// First byte of Price.
    pub const PRICE_AT: usize = 24;
    /// First byte of Quantity.
    pub const QUANTITY_AT: usize = 32;
    /// First byte of Security.
    pub const SECURITY_AT: usize = 40;
    /// First byte of OrderId.
    pub const ORDER_ID_AT: usize = 48;
    /// First byte of Row.
    pub const ROW_AT: usize = 64;
    /// First byte of Of.
    pub const OF_AT: usize = 68;
    /// First byte of Side.
    pub const SIDE_AT: usize = 72;
    /// First byte of Reserved.
    pub const RESERVED_AT: usize = 73;
    /// First byte of Beat.
    pub const BEAT_AT: usize = 80;
    /// First byte of Operand.
    pub const OPERAND_AT: usize = 88;

    /// Reads it.
    #[inline]
    pub fn parse(bytes: &[u8; Self::BYTES]) -> Self {
        Self {
            decision: u64_at(bytes, Self::DECISION_AT),
            msg: u64_at(bytes, Self::MSG_AT),
            time: Timestamp(i64_at(bytes, Self::TIME_AT)),
            price: PriceE4(i64_at(bytes, Self::PRICE_AT)),
            quantity: QtyE2(i64_at(bytes, Self::QUANTITY_AT)),
            security: get(bytes, Self::SECURITY_AT),
            order_id: get(bytes, Self::ORDER_ID_AT),
            row: u32_at(bytes, Self::ROW_AT),
            of: u32_at(bytes, Self::OF_AT),
            side: bytes[Self::SIDE_AT],
            beat: u64_at(bytes, Self::BEAT_AT),
            operand: u64_at(bytes, Self::OPERAND_AT),
        }
    }

    /// Writes it; padding is zeros.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::BYTES]) {
        put(bytes, Self::DECISION_AT, self.decision.to_le_bytes());
        put(bytes, Self::MSG_AT, self.msg.to_le_bytes());
        put(bytes, Self::TIME_AT, self.time.0.to_le_bytes());
        put(bytes, Self::PRICE_AT, self.price.0.to_le_bytes());
        put(bytes, Self::QUANTITY_AT, self.quantity.0.to_le_bytes());
        put(bytes, Self::SECURITY_AT, self.security);
        put(bytes, Self::ORDER_ID_AT, self.order_id);
        put(bytes, Self::ROW_AT, self.row.to_le_bytes());
        put(bytes, Self::OF_AT, self.of.to_le_bytes());
        bytes[Self::SIDE_AT] = self.side;
        bytes[Self::RESERVED_AT..Self::RESERVED_AT + 7].fill(0);
        put(bytes, Self::BEAT_AT, self.beat.to_le_bytes());
        put(bytes, Self::OPERAND_AT, self.operand.to_le_bytes());
    }
}

/// A row of the record table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestFields {
    /// The message that caused it.
    pub msg: u64,
    /// When it left.
    pub sent: Timestamp,
    /// TransactTime of the latest applied report.
    pub reported: Timestamp,
    /// OrderQty.
    pub quantity: QtyE2,
    /// Price.
    pub price: PriceE4,
    /// CumQty.
    pub cum: QtyE2,
    /// SecurityID.
    pub security: [u8; 8],
    /// OrderID; spaces before it is known.
    pub order_id: [u8; 16],
    /// Fills applied.
    pub fills: u32,
    /// Row of the order to cancel; all ones for an order.
    pub of: u32,
    /// Reason of a reject or cancel.
    pub reason: u16,
    /// How far it is.
    pub state: u8,
    /// The trigger behind it; 255 for none.
    pub trigger: u8,
    /// Side.
    pub side: u8,
    /// 1: a cancel request for it is under way.
    pub cancelling: u8,
}

impl RequestFields {
    /// Its length in bytes.
    pub const BYTES: usize = 96;
    /// First byte of Msg.
    pub const MSG_AT: usize = 0;
    /// First byte of Sent.
    pub const SENT_AT: usize = 8;
    /// First byte of Reported.
    pub const REPORTED_AT: usize = 16;
    /// First byte of Quantity.
    pub const QUANTITY_AT: usize = 24;
    /// First byte of Price.
    pub const PRICE_AT: usize = 32;
    /// First byte of Cum.
    pub const CUM_AT: usize = 40;
    /// First byte of Security.
    pub const SECURITY_AT: usize = 48;
    /// First byte of OrderId.
    pub const ORDER_ID_AT: usize = 56;
    /// First byte of Fills.
    pub const FILLS_AT: usize = 72;
    /// First byte of Of.
    pub const OF_AT: usize = 76;
    /// First byte of Reason.
    pub const REASON_AT: usize = 80;
    /// First byte of State.
    pub const STATE_AT: usize = 82;
    /// First byte of Trigger.
    pub const TRIGGER_AT: usize = 83;
    /// First byte of Side.
    pub const SIDE_AT: usize = 84;
    /// First byte of Cancelling.
    pub const CANCELLING_AT: usize = 85;
    /// First byte of Padding.
    pub const PADDING_AT: usize = 86;

    /// Reads it.
    #[inline]
    pub fn parse(bytes: &[u8; Self::BYTES]) -> Self {
        Self {
            msg: u64_at(bytes, Self::MSG_AT),
            sent: Timestamp(i64_at(bytes, Self::SENT_AT)),
            reported: Timestamp(i64_at(bytes, Self::REPORTED_AT)),
            quantity: QtyE2(i64_at(bytes, Self::QUANTITY_AT)),
            price: PriceE4(i64_at(bytes, Self::PRICE_AT)),
            cum: QtyE2(i64_at(bytes, Self::CUM_AT)),
            security: get(bytes, Self::SECURITY_AT),
            order_id: get(bytes, Self::ORDER_ID_AT),
            fills: u32_at(bytes, Self::FILLS_AT),
            of: u32_at(bytes, Self::OF_AT),
            reason: u16_at(bytes, Self::REASON_AT),
            state: bytes[Self::STATE_AT],
            trigger: bytes[Self::TRIGGER_AT],
            side: bytes[Self::SIDE_AT],
            cancelling: bytes[Self::CANCELLING_AT],
        }
    }

    /// Writes it; padding is zeros.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::BYTES]) {
        put(bytes, Self::MSG_AT, self.msg.to_le_bytes());
        put(bytes, Self::SENT_AT, self.sent.0.to_le_bytes());
        put(bytes, Self::REPORTED_AT, self.reported.0.to_le_bytes());
        put(bytes, Self::QUANTITY_AT, self.quantity.0.to_le_bytes());
        put(bytes, Self::PRICE_AT, self.price.0.to_le_bytes());
        put(bytes, Self::CUM_AT, self.cum.0.to_le_bytes());
        put(bytes, Self::SECURITY_AT, self.security);
        put(bytes, Self::ORDER_ID_AT, self.order_id);
        put(bytes, Self::FILLS_AT, self.fills.to_le_bytes());
        put(bytes, Self::OF_AT, self.of.to_le_bytes());
        put(bytes, Self::REASON_AT, self.reason.to_le_bytes());
        bytes[Self::STATE_AT] = self.state;
        bytes[Self::TRIGGER_AT] = self.trigger;
        bytes[Self::SIDE_AT] = self.side;
        bytes[Self::CANCELLING_AT] = self.cancelling;
        bytes[Self::PADDING_AT..Self::PADDING_AT + 10].fill(0);
    }
}

/// The hot part of a row of the quote table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QuoteRow {
    /// SecurityID, padded with spaces.
    pub security: [u8; 8],
    /// TradingPhaseCode of the latest snapshot.
    pub phase: [u8; 8],
    /// Greatest possible stamp of an applied message.
    pub time: Timestamp,
    /// TransactTime of the latest trade.
    pub trade_time: Timestamp,
    /// OrigTime of the latest snapshot; 0 before the first.
    pub snapshot_time: Timestamp,
    /// Previous close.
    pub prev_close: PriceE4,
    /// Highest price allowed; 0 where there is none.
    pub limit_up: PxE6,
    /// Lowest price allowed; 0 where there is none.
    pub limit_down: PxE6,
    /// Of the trades: last price.
    pub ticks_last: PxE6,
    /// First price.
    pub ticks_open: PxE6,
    /// Highest price.
    pub ticks_high: PxE6,
    /// Lowest price.
    pub ticks_low: PxE6,
    /// Volume.
    pub ticks_volume: QtyE2,
    /// Turnover, in 1e-6 CNY.
    pub ticks_value: i64,
    /// Number of trades.
    pub ticks_num_trades: i64,
    /// Of the latest snapshot: last price.
    pub snapshot_last: PxE6,
    /// First price.
    pub snapshot_open: PxE6,
    /// Highest price.
    pub snapshot_high: PxE6,
    /// Lowest price.
    pub snapshot_low: PxE6,
    /// Volume.
    pub snapshot_volume: QtyE2,
    /// Turnover, in 1e-6 CNY.
    pub snapshot_value: i64,
    /// Number of trades.
    pub snapshot_num_trades: i64,
    /// Orders applied.
    pub orders: u64,
    /// Trades applied.
    pub trades: u64,
    /// Cancels applied.
    pub cancels: u64,
    /// Snapshots applied.
    pub snapshots: u64,
}

impl QuoteRow {
    /// Its length in bytes.
    pub const BYTES: usize = 208;
    /// First byte of Security.
    pub const SECURITY_AT: usize = 0;
    /// First byte of Phase.
    pub const PHASE_AT: usize = 8;
    /// First byte of Time.
    pub const TIME_AT: usize = 16;
    /// First byte of TradeTime.
    pub const TRADE_TIME_AT: usize = 24;
    /// First byte of SnapshotTime.
    pub const SNAPSHOT_TIME_AT: usize = 32;
    /// First byte of PrevClose.
    pub const PREV_CLOSE_AT: usize = 40;
    /// First byte of LimitUp.
    pub const LIMIT_UP_AT: usize = 48;
    /// First byte of LimitDown.
    pub const LIMIT_DOWN_AT: usize = 56;
    /// First byte of TicksLast.
    pub const TICKS_LAST_AT: usize = 64;
    /// First byte of TicksOpen.
    pub const TICKS_OPEN_AT: usize = 72;
    /// First byte of TicksHigh.
    pub const TICKS_HIGH_AT: usize = 80;
    /// First byte of TicksLow.
    pub const TICKS_LOW_AT: usize = 88;
    /// First byte of TicksVolume.
    pub const TICKS_VOLUME_AT: usize = 96;
    /// First byte of TicksValue.
    pub const TICKS_VALUE_AT: usize = 104;
    /// First byte of TicksNumTrades.
    pub const TICKS_NUM_TRADES_AT: usize = 112;
    /// First byte of SnapshotLast.
    pub const SNAPSHOT_LAST_AT: usize = 120;
    /// First byte of SnapshotOpen.
    pub const SNAPSHOT_OPEN_AT: usize = 128;
    /// First byte of SnapshotHigh.
    pub const SNAPSHOT_HIGH_AT: usize = 136;
    /// First byte of SnapshotLow.
    pub const SNAPSHOT_LOW_AT: usize = 144;
    /// First byte of SnapshotVolume.
    pub const SNAPSHOT_VOLUME_AT: usize = 152;
    /// First byte of SnapshotValue.
    pub const SNAPSHOT_VALUE_AT: usize = 160;
    /// First byte of SnapshotNumTrades.
    pub const SNAPSHOT_NUM_TRADES_AT: usize = 168;
    /// First byte of Orders.
    pub const ORDERS_AT: usize = 176;
    /// First byte of Trades.
    pub const TRADES_AT: usize = 184;
    /// First byte of Cancels.
    pub const CANCELS_AT: usize = 192;
    /// First byte of Snapshots.
    pub const SNAPSHOTS_AT: usize = 200;

    /// Reads it.
    #[inline]
    pub fn parse(bytes: &[u8; Self::BYTES]) -> Self {
        Self {
            security: get(bytes, Self::SECURITY_AT),
            phase: get(bytes, Self::PHASE_AT),
            time: Timestamp(i64_at(bytes, Self::TIME_AT)),
            trade_time: Timestamp(i64_at(bytes, Self::TRADE_TIME_AT)),
            snapshot_time: Timestamp(i64_at(bytes, Self::SNAPSHOT_TIME_AT)),
            prev_close: PriceE4(i64_at(bytes, Self::PREV_CLOSE_AT)),
            limit_up: PxE6(i64_at(bytes, Self::LIMIT_UP_AT)),
            limit_down: PxE6(i64_at(bytes, Self::LIMIT_DOWN_AT)),
            ticks_last: PxE6(i64_at(bytes, Self::TICKS_LAST_AT)),
            ticks_open: PxE6(i64_at(bytes, Self::TICKS_OPEN_AT)),
            ticks_high: PxE6(i64_at(bytes, Self::TICKS_HIGH_AT)),
            ticks_low: PxE6(i64_at(bytes, Self::TICKS_LOW_AT)),
            ticks_volume: QtyE2(i64_at(bytes, Self::TICKS_VOLUME_AT)),
            ticks_value: i64_at(bytes, Self::TICKS_VALUE_AT),
            ticks_num_trades: i64_at(bytes, Self::TICKS_NUM_TRADES_AT),
            snapshot_last: PxE6(i64_at(bytes, Self::SNAPSHOT_LAST_AT)),
            snapshot_open: PxE6(i64_at(bytes, Self::SNAPSHOT_OPEN_AT)),
            snapshot_high: PxE6(i64_at(bytes, Self::SNAPSHOT_HIGH_AT)),
            snapshot_low: PxE6(i64_at(bytes, Self::SNAPSHOT_LOW_AT)),
            snapshot_volume: QtyE2(i64_at(bytes, Self::SNAPSHOT_VOLUME_AT)),
            snapshot_value: i64_at(bytes, Self::SNAPSHOT_VALUE_AT),
            snapshot_num_trades: i64_at(bytes, Self::SNAPSHOT_NUM_TRADES_AT),
            orders: u64_at(bytes, Self::ORDERS_AT),
            trades: u64_at(bytes, Self::TRADES_AT),
            cancels: u64_at(bytes, Self::CANCELS_AT),
            snapshots: u64_at(bytes, Self::SNAPSHOTS_AT),
        }
    }

    /// Writes it; padding is zeros.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::BYTES]) {
        put(bytes, Self::SECURITY_AT, self.security);
        put(bytes, Self::PHASE_AT, self.phase);
        put(bytes, Self::TIME_AT, self.time.0.to_le_bytes());
        put(bytes, Self::TRADE_TIME_AT, self.trade_time.0.to_le_bytes());
        put(bytes, Self::SNAPSHOT_TIME_AT, self.snapshot_time.0.to_le_bytes());
        put(bytes, Self::PREV_CLOSE_AT, self.prev_close.0.to_le_bytes());
        put(bytes, Self::LIMIT_UP_AT, self.limit_up.0.to_le_bytes());
        put(bytes, Self::LIMIT_DOWN_AT, self.limit_down.0.to_le_bytes());
        put(bytes, Self::TICKS_LAST_AT, self.ticks_last.0.to_le_bytes());
        put(bytes, Self::TICKS_OPEN_AT, self.ticks_open.0.to_le_bytes());
        put(bytes, Self::TICKS_HIGH_AT, self.ticks_high.0.to_le_bytes());
        put(bytes, Self::TICKS_LOW_AT, self.ticks_low.0.to_le_bytes());
        put(bytes, Self::TICKS_VOLUME_AT, self.ticks_volume.0.to_le_bytes());
        put(bytes, Self::TICKS_VALUE_AT, self.ticks_value.to_le_bytes());
        put(bytes, Self::TICKS_NUM_TRADES_AT, self.ticks_num_trades.to_le_bytes());
        put(bytes, Self::SNAPSHOT_LAST_AT, self.snapshot_last.0.to_le_bytes());
        put(bytes, Self::SNAPSHOT_OPEN_AT, self.snapshot_open.0.to_le_bytes());
        put(bytes, Self::SNAPSHOT_HIGH_AT, self.snapshot_high.0.to_le_bytes());
        put(bytes, Self::SNAPSHOT_LOW_AT, self.snapshot_low.0.to_le_bytes());
        put(bytes, Self::SNAPSHOT_VOLUME_AT, self.snapshot_volume.0.to_le_bytes());
        put(bytes, Self::SNAPSHOT_VALUE_AT, self.snapshot_value.to_le_bytes());
        put(bytes, Self::SNAPSHOT_NUM_TRADES_AT, self.snapshot_num_trades.to_le_bytes());
        put(bytes, Self::ORDERS_AT, self.orders.to_le_bytes());
        put(bytes, Self::TRADES_AT, self.trades.to_le_bytes());
        put(bytes, Self::CANCELS_AT, self.cancels.to_le_bytes());
        put(bytes, Self::SNAPSHOTS_AT, self.snapshots.to_le_bytes());
    }
}

/// One price level of a row of the quote table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DepthLevel {
    /// Price.
    pub price: PxE6,
    /// Quantity.
    pub quantity: QtyE2,
    /// NumberOfOrders.
    pub orders: i64,
    /// Where its queue starts among the row's.
    pub queue_at: u16,
    /// Quantities of its queue.
    pub queue_len: u16,
    /// 0.
    pub reserved: u32,
}

impl DepthLevel {
    /// Its length in bytes.
    pub const BYTES: usize = 32;
    /// First byte of Price.
    pub const PRICE_AT: usize = 0;
    /// First byte of Quantity.
    pub const QUANTITY_AT: usize = 8;
    /// First byte of Orders.
    pub const ORDERS_AT: usize = 16;
    /// First byte of QueueAt.
    pub const QUEUE_AT_AT: usize = 24;
    /// First byte of QueueLen.
    pub const QUEUE_LEN_AT: usize = 26;
    /// First byte of Reserved.
    pub const RESERVED_AT: usize = 28;

    /// Reads it.
    #[inline]
    pub fn parse(bytes: &[u8; Self::BYTES]) -> Self {
        Self {
            price: PxE6(i64_at(bytes, Self::PRICE_AT)),
            quantity: QtyE2(i64_at(bytes, Self::QUANTITY_AT)),
            orders: i64_at(bytes, Self::ORDERS_AT),
            queue_at: u16_at(bytes, Self::QUEUE_AT_AT),
            queue_len: u16_at(bytes, Self::QUEUE_LEN_AT),
            reserved: u32_at(bytes, Self::RESERVED_AT),
        }
    }

    /// Writes it; padding is zeros.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::BYTES]) {
        put(bytes, Self::PRICE_AT, self.price.0.to_le_bytes());
        put(bytes, Self::QUANTITY_AT, self.quantity.0.to_le_bytes());
        put(bytes, Self::ORDERS_AT, self.orders.to_le_bytes());
        put(bytes, Self::QUEUE_AT_AT, self.queue_at.to_le_bytes());
        put(bytes, Self::QUEUE_LEN_AT, self.queue_len.to_le_bytes());
        put(bytes, Self::RESERVED_AT, self.reserved.to_le_bytes());
    }
}

/// What is counted in the kernels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KernelCounters {
    /// Framed messages.
    pub messages: u64,
    /// Jumps of ApplSeqNum.
    pub jumps: u64,
    /// Numbers left out; stays at the greatest.
    pub jumped_numbers: u64,
    /// Stamps earlier than the pipeline's time.
    pub clamped_times: u64,
    /// Bytes behind the known part of a body.
    pub surplus: u64,
    /// 309011 of the index that were compared.
    pub index_compared: u64,
    /// Greatest difference from them, in 1e-6 points.
    pub index_difference: u64,
    /// Jumps of ReportIndex.
    pub report_jumps: u64,
    /// Numbers left out by them; stays at the greatest.
    pub report_jumped: u64,
    /// Reports at or below the last ReportIndex.
    pub report_repeats: u64,
    /// Reports of a quantity traded without a fill of its own.
    pub missed_fills: u64,
    /// Ticks and heads of securities without a row.
    pub unnamed: u64,
    /// Of each line: bytes that were framed or swallowed.
    pub bytes: [u64; 2],
    /// Of each line: bytes swallowed by dead sessions and a dead link.
    pub swallowed: [u64; 2],
    /// Of each line: words taken.
    pub words: [u64; 2],
    /// Of each trigger: firings.
    pub fired: [u64; 16],
    /// Of each trigger: orders that a limit refused.
    pub refused: [u64; 16],
    /// Of each trigger: edges of the market conditions held back by its own orders.
    pub held_back: [u64; 16],
    /// Of each trigger: cancel requests.
    pub cancels: [u64; 16],
    /// Of each trigger: orders sent.
    pub sent: [u64; 16],
}

impl KernelCounters {
    /// Its length in bytes.
    pub const BYTES: usize = 784;
    /// First byte of Messages.
    pub const MESSAGES_AT: usize = 0;
    /// First byte of Jumps.
    pub const JUMPS_AT: usize = 8;
    /// First byte of JumpedNumbers.
    pub const JUMPED_NUMBERS_AT: usize = 16;
    /// First byte of ClampedTimes.
    pub const CLAMPED_TIMES_AT: usize = 24;
    /// First byte of Surplus.
    pub const SURPLUS_AT: usize = 32;
    /// First byte of IndexCompared.
    pub const INDEX_COMPARED_AT: usize = 40;
    /// First byte of IndexDifference.
    pub const INDEX_DIFFERENCE_AT: usize = 48;
    /// First byte of ReportJumps.
    pub const REPORT_JUMPS_AT: usize = 56;
    /// First byte of ReportJumped.
    pub const REPORT_JUMPED_AT: usize = 64;
    /// First byte of ReportRepeats.
    pub const REPORT_REPEATS_AT: usize = 72;
    /// First byte of MissedFills.
    pub const MISSED_FILLS_AT: usize = 80;
    /// First byte of Unnamed.
    pub const UNNAMED_AT: usize = 88;
    /// First byte of Bytes.
    pub const BYTES_AT: usize = 96;
    /// First byte of Swallowed.
    pub const SWALLOWED_AT: usize = 112;
    /// First byte of Words.
    pub const WORDS_AT: usize = 128;
    /// First byte of Fired.
    pub const FIRED_AT: usize = 144;
    /// First byte of Refused.
    pub const REFUSED_AT: usize = 272;
    /// First byte of HeldBack.
    pub const HELD_BACK_AT: usize = 400;
    /// First byte of Cancels.
    pub const CANCELS_AT: usize = 528;
    /// First byte of Sent.
    pub const SENT_AT: usize = 656;

    /// Reads it.
    #[inline]
    pub fn parse(bytes: &[u8; Self::BYTES]) -> Self {
        Self {
            messages: u64_at(bytes, Self::MESSAGES_AT),
            jumps: u64_at(bytes, Self::JUMPS_AT),
            jumped_numbers: u64_at(bytes, Self::JUMPED_NUMBERS_AT),
            clamped_times: u64_at(bytes, Self::CLAMPED_TIMES_AT),
            surplus: u64_at(bytes, Self::SURPLUS_AT),
            index_compared: u64_at(bytes, Self::INDEX_COMPARED_AT),
            index_difference: u64_at(bytes, Self::INDEX_DIFFERENCE_AT),
            report_jumps: u64_at(bytes, Self::REPORT_JUMPS_AT),
            report_jumped: u64_at(bytes, Self::REPORT_JUMPED_AT),
            report_repeats: u64_at(bytes, Self::REPORT_REPEATS_AT),
            missed_fills: u64_at(bytes, Self::MISSED_FILLS_AT),
            unnamed: u64_at(bytes, Self::UNNAMED_AT),
            bytes: core::array::from_fn(|i| u64_at(bytes, Self::BYTES_AT + 8 * i)),
            swallowed: core::array::from_fn(|i| u64_at(bytes, Self::SWALLOWED_AT + 8 * i)),
            words: core::array::from_fn(|i| u64_at(bytes, Self::WORDS_AT + 8 * i)),
            fired: core::array::from_fn(|i| u64_at(bytes, Self::FIRED_AT + 8 * i)),
            refused: core::array::from_fn(|i| u64_at(bytes, Self::REFUSED_AT + 8 * i)),
            held_back: core::array::from_fn(|i| u64_at(bytes, Self::HELD_BACK_AT + 8 * i)),
            cancels: core::array::from_fn(|i| u64_at(bytes, Self::CANCELS_AT + 8 * i)),
            sent: core::array::from_fn(|i| u64_at(bytes, Self::SENT_AT + 8 * i)),
        }
    }

    /// Writes it; padding is zeros.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::BYTES]) {
        put(bytes, Self::MESSAGES_AT, self.messages.to_le_bytes());
        put(bytes, Self::JUMPS_AT, self.jumps.to_le_bytes());
        put(bytes, Self::JUMPED_NUMBERS_AT, self.jumped_numbers.to_le_bytes());
        put(bytes, Self::CLAMPED_TIMES_AT, self.clamped_times.to_le_bytes());
        put(bytes, Self::SURPLUS_AT, self.surplus.to_le_bytes());
        put(bytes, Self::INDEX_COMPARED_AT, self.index_compared.to_le_bytes());
        put(bytes, Self::INDEX_DIFFERENCE_AT, self.index_difference.to_le_bytes());
        put(bytes, Self::REPORT_JUMPS_AT, self.report_jumps.to_le_bytes());
        put(bytes, Self::REPORT_JUMPED_AT, self.report_jumped.to_le_bytes());
        put(bytes, Self::REPORT_REPEATS_AT, self.report_repeats.to_le_bytes());
        put(bytes, Self::MISSED_FILLS_AT, self.missed_fills.to_le_bytes());
        put(bytes, Self::UNNAMED_AT, self.unnamed.to_le_bytes());
        for (i, value) in self.bytes.iter().enumerate() {
            put(bytes, Self::BYTES_AT + 8 * i, value.to_le_bytes());
        }
        for (i, value) in self.swallowed.iter().enumerate() {
            put(bytes, Self::SWALLOWED_AT + 8 * i, value.to_le_bytes());
        }
        for (i, value) in self.words.iter().enumerate() {
            put(bytes, Self::WORDS_AT + 8 * i, value.to_le_bytes());
        }
        for (i, value) in self.fired.iter().enumerate() {
            put(bytes, Self::FIRED_AT + 8 * i, value.to_le_bytes());
        }
        for (i, value) in self.refused.iter().enumerate() {
            put(bytes, Self::REFUSED_AT + 8 * i, value.to_le_bytes());
        }
        for (i, value) in self.held_back.iter().enumerate() {
            put(bytes, Self::HELD_BACK_AT + 8 * i, value.to_le_bytes());
        }
        for (i, value) in self.cancels.iter().enumerate() {
            put(bytes, Self::CANCELS_AT + 8 * i, value.to_le_bytes());
        }
        for (i, value) in self.sent.iter().enumerate() {
            put(bytes, Self::SENT_AT + 8 * i, value.to_le_bytes());
        }
    }
}

/// What a parameter block begins with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ParamHeader {
    /// Version of this layout: PARAM_VERSION.
    pub version: u32,
    /// CRC-32 (IEEE 802.3) of the block with this field 0.
    pub crc: u32,
    /// The message before which it takes effect; 0 of the setup; all ones of a live run.
    pub at_msg: u64,
    /// Share counts that come behind it.
    pub shares: u32,
    /// Triggers, 0 to 16.
    pub triggers: u8,
    /// 1: turning the kill switch on also cancels what is outstanding.
    pub cancel_on_kill: u8,
    /// 1: there is a guard.
    pub has_guard: u8,
    /// 1: the setup has triggers at all.
    pub has_trading: u8,
    /// Change that engages the guard, in 1e-4 points.
    pub guard_points: i64,
    /// Its window, in milliseconds.
    pub guard_within_ms: i64,
    /// How long it stays, in milliseconds.
    pub guard_hold_ms: i64,
    /// Of its window; see SlotFactor of a condition.
    pub guard_slot_factor: u64,
    /// 0.
    pub reserved: u64,
}

impl ParamHeader {
    /// Its length in bytes.
    pub const BYTES: usize = 64;
    /// First byte of Version.
    pub const VERSION_AT: usize = 0;
    /// First byte of Crc.
    pub const CRC_AT: usize = 4;
    /// First byte of AtMsg.
    pub const AT_MSG_AT: usize = 8;
    /// First byte of Shares.
    pub const SHARES_AT: usize = 16;
    /// First byte of Triggers.
    pub const TRIGGERS_AT: usize = 20;
    /// First byte of CancelOnKill.
    pub const CANCEL_ON_KILL_AT: usize = 21;
    /// First byte of HasGuard.
    pub const HAS_GUARD_AT: usize = 22;
    /// First byte of HasTrading.
    pub const HAS_TRADING_AT: usize = 23;
    /// First byte of GuardPoints.
    pub const GUARD_POINTS_AT: usize = 24;
    /// First byte of GuardWithinMs.
    pub const GUARD_WITHIN_MS_AT: usize = 32;
    /// First byte of GuardHoldMs.
    pub const GUARD_HOLD_MS_AT: usize = 40;
    /// First byte of GuardSlotFactor.
    pub const GUARD_SLOT_FACTOR_AT: usize = 48;
    /// First byte of Reserved.
    pub const RESERVED_AT: usize = 56;

    /// Reads it.
    #[inline]
    pub fn parse(bytes: &[u8; Self::BYTES]) -> Self {
        Self {
            version: u32_at(bytes, Self::VERSION_AT),
            crc: u32_at(bytes, Self::CRC_AT),
            at_msg: u64_at(bytes, Self::AT_MSG_AT),
            shares: u32_at(bytes, Self::SHARES_AT),
            triggers: bytes[Self::TRIGGERS_AT],
            cancel_on_kill: bytes[Self::CANCEL_ON_KILL_AT],
            has_guard: bytes[Self::HAS_GUARD_AT],
            has_trading: bytes[Self::HAS_TRADING_AT],
            guard_points: i64_at(bytes, Self::GUARD_POINTS_AT),
            guard_within_ms: i64_at(bytes, Self::GUARD_WITHIN_MS_AT),
            guard_hold_ms: i64_at(bytes, Self::GUARD_HOLD_MS_AT),
            guard_slot_factor: u64_at(bytes, Self::GUARD_SLOT_FACTOR_AT),
            reserved: u64_at(bytes, Self::RESERVED_AT),
        }
    }

    /// Writes it; padding is zeros.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::BYTES]) {
        put(bytes, Self::VERSION_AT, self.version.to_le_bytes());
        put(bytes, Self::CRC_AT, self.crc.to_le_bytes());
        put(bytes, Self::AT_MSG_AT, self.at_msg.to_le_bytes());
        put(bytes, Self::SHARES_AT, self.shares.to_le_bytes());
        bytes[Self::TRIGGERS_AT] = self.triggers;
        bytes[Self::CANCEL_ON_KILL_AT] = self.cancel_on_kill;
        bytes[Self::HAS_GUARD_AT] = self.has_guard;
        bytes[Self::HAS_TRADING_AT] = self.has_trading;
        put(bytes, Self::GUARD_POINTS_AT, self.guard_points.to_le_bytes());
        put(bytes, Self::GUARD_WITHIN_MS_AT, self.guard_within_ms.to_le_bytes());
        put(bytes, Self::GUARD_HOLD_MS_AT, self.guard_hold_ms.to_le_bytes());
        put(bytes, Self::GUARD_SLOT_FACTOR_AT, self.guard_slot_factor.to_le_bytes());
        put(bytes, Self::RESERVED_AT, self.reserved.to_le_bytes());
    }
}

/// Limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ParamLimits {
    /// Which limit: bit n is set where the limit of code n limits.
    pub has: u32,
    /// Outstanding orders.
    pub max_outstanding: u32,
    /// Distance from the last price, in 1e-4 of it.
    pub price_band: i64,
    /// Quantity of an order.
    pub max_quantity: QtyE2,
    /// Orders in a window.
    pub orders_count: i64,
    /// That window, in milliseconds.
    pub orders_within_ms: i64,
    /// Sum of quantities.
    pub max_total_quantity: QtyE2,
    /// Sum of price x quantity, in 1e-6 CNY.
    pub max_total_value: i64,
    /// 0.
    pub reserved: u64,
}

impl ParamLimits {
    /// Its length in bytes.
    pub const BYTES: usize = 64;
    /// First byte of Has.
    pub const HAS_AT: usize = 0;
    /// First byte of MaxOutstanding.
    pub const MAX_OUTSTANDING_AT: usize = 4;
    /// First byte of PriceBand.
    pub const PRICE_BAND_AT: usize = 8;
    /// First byte of MaxQuantity.
    pub const MAX_QUANTITY_AT: usize = 16;
    /// First byte of OrdersCount.
    pub const ORDERS_COUNT_AT: usize = 24;
    /// First byte of OrdersWithinMs.
    pub const ORDERS_WITHIN_MS_AT: usize = 32;
    /// First byte of MaxTotalQuantity.
    pub const MAX_TOTAL_QUANTITY_AT: usize = 40;
    /// First byte of MaxTotalValue.
    pub const MAX_TOTAL_VALUE_AT: usize = 48;
    /// First byte of Reserved.
    pub const RESERVED_AT: usize = 56;

    /// Reads it.
    #[inline]
    pub fn parse(bytes: &[u8; Self::BYTES]) -> Self {
        Self {
            has: u32_at(bytes, Self::HAS_AT),
            max_outstanding: u32_at(bytes, Self::MAX_OUTSTANDING_AT),
            price_band: i64_at(bytes, Self::PRICE_BAND_AT),
            max_quantity: QtyE2(i64_at(bytes, Self::MAX_QUANTITY_AT)),
            orders_count: i64_at(bytes, Self::ORDERS_COUNT_AT),
            orders_within_ms: i64_at(bytes, Self::ORDERS_WITHIN_MS_AT),
            max_total_quantity: QtyE2(i64_at(bytes, Self::MAX_TOTAL_QUANTITY_AT)),
            max_total_value: i64_at(bytes, Self::MAX_TOTAL_VALUE_AT),
            reserved: u64_at(bytes, Self::RESERVED_AT),
        }
    }

    /// Writes it; padding is zeros.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::BYTES]) {
        put(bytes, Self::HAS_AT, self.has.to_le_bytes());
        put(bytes, Self::MAX_OUTSTANDING_AT, self.max_outstanding.to_le_bytes());
        put(bytes, Self::PRICE_BAND_AT, self.price_band.to_le_bytes());
        put(bytes, Self::MAX_QUANTITY_AT, self.max_quantity.0.to_le_bytes());
        put(bytes, Self::ORDERS_COUNT_AT, self.orders_count.to_le_bytes());
        put(bytes, Self::ORDERS_WITHIN_MS_AT, self.orders_within_ms.to_le_bytes());
        put(bytes, Self::MAX_TOTAL_QUANTITY_AT, self.max_total_quantity.0.to_le_bytes());
        put(bytes, Self::MAX_TOTAL_VALUE_AT, self.max_total_value.to_le_bytes());
        put(bytes, Self::RESERVED_AT, self.reserved.to_le_bytes());
    }
}

/// One condition of a trigger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ParamCondition {
    /// Kind of the condition; 0 for none.
    pub code: u32,
    /// Row of its security in the quote table; all ones for none.
    pub row: u32,
    /// What is compared with, in the unit of the kind.
    pub bound: i64,
    /// Its window, in milliseconds.
    pub within_ms: i64,
    /// Of a change window of slots of L ms, ceil(2^S / L) with S = 27 + bits of L - 1: slot of a time of the day = ms x SlotFactor >> S.
    pub slot_factor: u64,
}

impl ParamCondition {
    /// Its length in bytes.
    pub const BYTES: usize = 32;
    /// First byte of Code.
    pub const CODE_AT: usize = 0;
    /// First byte of Row.
    pub const ROW_AT: usize = 4;
    /// First byte of Bound.
    pub const BOUND_AT: usize = 8;
    /// First byte of WithinMs.
    pub const WITHIN_MS_AT: usize = 16;
    /// First byte of SlotFactor.
    pub const SLOT_FACTOR_AT: usize = 24;

    /// Reads it.
    #[inline]
    pub fn parse(bytes: &[u8; Self::BYTES]) -> Self {
        Self {
            code: u32_at(bytes, Self::CODE_AT),
            row: u32_at(bytes, Self::ROW_AT),
            bound: i64_at(bytes, Self::BOUND_AT),
            within_ms: i64_at(bytes, Self::WITHIN_MS_AT),
            slot_factor: u64_at(bytes, Self::SLOT_FACTOR_AT),
        }
    }

    /// Writes it; padding is zeros.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::BYTES]) {
        put(bytes, Self::CODE_AT, self.code.to_le_bytes());
        put(bytes, Self::ROW_AT, self.row.to_le_bytes());
        put(bytes, Self::BOUND_AT, self.bound.to_le_bytes());
        put(bytes, Self::WITHIN_MS_AT, self.within_ms.to_le_bytes());
        put(bytes, Self::SLOT_FACTOR_AT, self.slot_factor.to_le_bytes());
    }
}

/// What a trigger does, and when it may fire again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ParamRule {
    /// 0 on_false, 1 once, 2 after_ms.
    pub rearm: u8,
    /// 0 an order, 1 cancel.
    pub action: u8,
    /// Of cancel: the trigger whose orders.
    pub orders_of: u8,
    /// 0 fixed, 1 last, 2 best, 3 own_best.
    pub price_kind: u8,
    /// Ticks from the base, two's complement.
    pub ticks: u32,
    /// Of after_ms, in milliseconds.
    pub rearm_ms: i64,
    /// OrderQty.
    pub quantity: QtyE2,
    /// Fixed price.
    pub price: PriceE4,
    /// Price step.
    pub tick: PriceE4,
    /// SecurityID of the order.
    pub security: [u8; 8],
    /// Its row in the quote table; all ones for none.
    pub row: u32,
    /// Side.
    pub side: u8,
    /// Floor((2^64 - 1) / tick in 1e-6): prices are divided by the tick without a division.
    pub tick_reciprocal: u64,
}

impl ParamRule {
    /// Its length in bytes.
    pub const BYTES: usize = 64;
    /// First byte of Rearm.
    pub const REARM_AT: usize = 0;
    /// First byte of Action.
    pub const ACTION_AT: usize = 1;
    /// First byte of OrdersOf.
    pub const ORDERS_OF_AT: usize = 2;
    /// First byte of PriceKind.
    pub const PRICE_KIND_AT: usize = 3;
    /// First byte of Ticks.
    pub const TICKS_AT: usize = 4;
    /// First byte of RearmMs.
    pub const REARM_MS_AT: usize = 8;
    /// First byte of Quantity.
    pub const QUANTITY_AT: usize = 16;
    /// First byte of Price.
    pub const PRICE_AT: usize = 24;
    /// First byte of Tick.
    pub const TICK_AT: usize = 32;
    /// First byte of Security.
    pub const SECURITY_AT: usize = 40;
    /// First byte of Row.
    pub const ROW_AT: usize = 48;
    /// First byte of Side.
    pub const SIDE_AT: usize = 52;
    /// First byte of Reserved.
    pub const RESERVED_AT: usize = 53;
    /// First byte of TickReciprocal.
    pub const TICK_RECIPROCAL_AT: usize = 56;

    /// Reads it.
    #[inline]
    pub fn parse(bytes: &[u8; Self::BYTES]) -> Self {
        Self {
            rearm: bytes[Self::REARM_AT],
            action: bytes[Self::ACTION_AT],
            orders_of: bytes[Self::ORDERS_OF_AT],
            price_kind: bytes[Self::PRICE_KIND_AT],
            ticks: u32_at(bytes, Self::TICKS_AT),
            rearm_ms: i64_at(bytes, Self::REARM_MS_AT),
            quantity: QtyE2(i64_at(bytes, Self::QUANTITY_AT)),
            price: PriceE4(i64_at(bytes, Self::PRICE_AT)),
            tick: PriceE4(i64_at(bytes, Self::TICK_AT)),
            security: get(bytes, Self::SECURITY_AT),
            row: u32_at(bytes, Self::ROW_AT),
            side: bytes[Self::SIDE_AT],
            tick_reciprocal: u64_at(bytes, Self::TICK_RECIPROCAL_AT),
        }
    }

    /// Writes it; padding is zeros.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::BYTES]) {
        bytes[Self::REARM_AT] = self.rearm;
        bytes[Self::ACTION_AT] = self.action;
        bytes[Self::ORDERS_OF_AT] = self.orders_of;
        bytes[Self::PRICE_KIND_AT] = self.price_kind;
        put(bytes, Self::TICKS_AT, self.ticks.to_le_bytes());
        put(bytes, Self::REARM_MS_AT, self.rearm_ms.to_le_bytes());
        put(bytes, Self::QUANTITY_AT, self.quantity.0.to_le_bytes());
        put(bytes, Self::PRICE_AT, self.price.0.to_le_bytes());
        put(bytes, Self::TICK_AT, self.tick.0.to_le_bytes());
        put(bytes, Self::SECURITY_AT, self.security);
        put(bytes, Self::ROW_AT, self.row.to_le_bytes());
        bytes[Self::SIDE_AT] = self.side;
        bytes[Self::RESERVED_AT..Self::RESERVED_AT + 3].fill(0);
        put(bytes, Self::TICK_RECIPROCAL_AT, self.tick_reciprocal.to_le_bytes());
    }
}

/// One line of the setup image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoadLine {
    /// What it is; see LoadTable.
    pub table: u32,
    /// Place in that table.
    pub index: u32,
    /// What goes there.
    pub words: [u64; 7],
}

impl LoadLine {
    /// Its length in bytes.
    pub const BYTES: usize = 64;
    /// First byte of Table.
    pub const TABLE_AT: usize = 0;
    /// First byte of Index.
    pub const INDEX_AT: usize = 4;
    /// First byte of Words.
    pub const WORDS_AT: usize = 8;

    /// Reads it.
    #[inline]
    pub fn parse(bytes: &[u8; Self::BYTES]) -> Self {
        Self {
            table: u32_at(bytes, Self::TABLE_AT),
            index: u32_at(bytes, Self::INDEX_AT),
            words: core::array::from_fn(|i| u64_at(bytes, Self::WORDS_AT + 8 * i)),
        }
    }

    /// Writes it; padding is zeros.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::BYTES]) {
        put(bytes, Self::TABLE_AT, self.table.to_le_bytes());
        put(bytes, Self::INDEX_AT, self.index.to_le_bytes());
        for (i, value) in self.words.iter().enumerate() {
            put(bytes, Self::WORDS_AT + 8 * i, value.to_le_bytes());
        }
    }
}
