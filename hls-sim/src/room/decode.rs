//! The stage `decode` of one line: toe, frame and decode in one step.
//!
//! ```text
//!  word ─▶ toe ─▶ frame ─▶ captured ─▶ waiting, at most 8 ─▶ one item a step
//! ```
//!
//! A step releases an item of an earlier message and takes a word. Messages leave in the order of
//! their last bytes.

use tidegate_pipeline::frame::ChecksumPolicy;
use tidegate_pipeline::record::flag;
use tidegate_pipeline::toe::Descriptor;
use tidegate_protocol::FaultCode;
use tidegate_protocol::kernel::{Item, LogWord, ReportFields, item_kind, item_mark, log_op};
use tidegate_protocol::limits::{
    BEAT_BYTES, HEADER_BYTES, HOLD_BYTES, MAX_BODY_BYTES, MAX_SESSIONS, TRAILER_BYTES,
};
use tidegate_protocol::message::{
    AfterHoursEntry, AuctionEntry, AuctionOrder, AuctionTrade, BondTotals, CancelReject,
    FillReport, HkEntry, IndexEntry, OrderReport, QueueItem, SnapshotHead, TradingBusinessReject,
    VolumeStatistics,
};
use tidegate_protocol::msg_type;
use tidegate_protocol::record::Kind;
use tidegate_protocol::table::records::Becomes;
use tidegate_protocol::units::{PriceE4, QtyE2, Timestamp};

use super::frame::{Ended, Session};
use super::toe::{Given, NONE, Toe};

/// Verified messages that may wait for release.
pub const WAITING: usize = 8;
/// A word is taken while at most so many wait: two messages may end in it.
const TAKES_AT: usize = 6;
/// Words of a payload behind which the record's 96 bytes end.
const RECORD_WORDS: usize = 9;

/// What a step did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stepped {
    /// The word was taken; else it is to be offered again.
    pub took: bool,
    /// An item was given out.
    pub gave: bool,
}

/// Where the entries of a snapshot begin, header included. What stands before them was captured:
/// the next message of the session may be written over it at once.
const ENTRIES_AT: u32 = (HEADER_BYTES + SnapshotHead::LEN) as u32;

/// Where the release of a snapshot has got to.
#[derive(Clone, Copy, Debug)]
struct Release {
    /// The head is out.
    begun: bool,
    /// First byte of the hold that is still needed, header included.
    cursor: u32,
    /// Entries to come.
    left: u32,
    /// Number of the next.
    number: u32,
    /// Quantities of the queue under way to come.
    queue: u32,
    /// Position of the next.
    position: u32,
}

impl Default for Release {
    fn default() -> Self {
        Self { begun: false, cursor: ENTRIES_AT, left: 0, number: 0, queue: 0, position: 0 }
    }
}

/// A message, or a fault, that waits for release.
#[derive(Clone, Copy, Debug, Default)]
struct Waiting {
    /// Of a snapshot, its head.
    item: Item,
    /// The last field of its head: entries, or StockNum of 309111.
    last: u32,
    /// Its records lie in the hold of its session.
    held: bool,
    /// Where the known part ends, header included.
    known_end: u32,
}

/// The stage, with the state of all sessions of its line. Allocates only in [`Decode::new`].
#[derive(Clone, Debug)]
pub struct Decode {
    toe: Toe,
    line: u8,
    /// Of the line's sessions as records number them.
    base: u16,
    policy: ChecksumPolicy,
    /// Bytes of a beat: 16, 8 or 1.
    width: u32,
    /// Part of the word under way, in beats.
    part: u32,
    /// The word under way is payload.
    payload: bool,
    sessions: Box<[Session]>,
    waiting: [Waiting; WAITING],
    first: usize,
    count: usize,
    release: Release,
    /// A word of the channel is being taken, not a control word.
    in_word: bool,
    /// The session that is looked at next while the line is being closed.
    closing: Option<u16>,
    bytes: u64,
    swallowed: u64,
}

#[inline(always)]
fn u64_of(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("8 bytes"))
}

#[inline(always)]
fn i64_of(bytes: &[u8], at: usize) -> u64 {
    u64_of(bytes, at).swap_bytes()
}

#[inline(always)]
fn u32_of(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().expect("4 bytes"))
}

#[inline(always)]
fn u16_of(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes(bytes[at..at + 2].try_into().expect("2 bytes"))
}

#[inline(always)]
fn text<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("N bytes")
}

/// Text of at most 8 bytes as it stands in a word of the payload.
#[inline(always)]
fn word<const N: usize>(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 8];
    word[..N].copy_from_slice(&bytes[at..at + N]);
    u64::from_le_bytes(word)
}

/// The fields at the end of a tick's record, in the order of its layout.
#[inline(always)]
fn tick_ends(body: &[u8], source_at: usize, code_at: usize, ord_type: u8) -> [u64; 2] {
    let channel = u64::from(u16_of(body, AuctionOrder::CHANNEL_NO_AT));
    let source = word::<4>(body, source_at) << 16;
    let codes = u64::from(body[code_at]) << 48 | u64::from(ord_type) << 56;
    [channel | source | codes, word::<3>(body, AuctionOrder::MD_STREAM_ID_AT)]
}

#[inline]
fn order(payload: &mut [u64; 15], msg_type: u32, body: &[u8]) {
    let body = &body[..AuctionOrder::LEN];
    // Of the others, what stands there is the first byte of an extension.
    let has_type = matches!(msg_type, msg_type::AUCTION_ORDER | msg_type::BOND_ORDER);
    let ord_type = if has_type { body[AuctionOrder::ORD_TYPE_AT] } else { 0 };
    payload[0] = i64_of(body, AuctionOrder::APPL_SEQ_NUM_AT);
    payload[1] = 0;
    payload[2] = 0;
    payload[3] = u64_of(body, AuctionOrder::SECURITY_ID_AT);
    payload[4] = i64_of(body, AuctionOrder::PRICE_AT);
    payload[5] = i64_of(body, AuctionOrder::ORDER_QTY_AT);
    payload[6] = i64_of(body, AuctionOrder::TRANSACT_TIME_AT);
    let (source, side) = (AuctionOrder::SECURITY_ID_SOURCE_AT, AuctionOrder::SIDE_AT);
    [payload[7], payload[8]] = tick_ends(body, source, side, ord_type);
}

#[inline]
fn trade(payload: &mut [u64; 15], body: &[u8]) {
    let body = &body[..AuctionTrade::LEN];
    payload[0] = i64_of(body, AuctionTrade::APPL_SEQ_NUM_AT);
    payload[1] = i64_of(body, AuctionTrade::BID_APPL_SEQ_NUM_AT);
    payload[2] = i64_of(body, AuctionTrade::OFFER_APPL_SEQ_NUM_AT);
    payload[3] = u64_of(body, AuctionTrade::SECURITY_ID_AT);
    payload[4] = i64_of(body, AuctionTrade::LAST_PX_AT);
    payload[5] = i64_of(body, AuctionTrade::LAST_QTY_AT);
    payload[6] = i64_of(body, AuctionTrade::TRANSACT_TIME_AT);
    let (source, exec) = (AuctionTrade::SECURITY_ID_SOURCE_AT, AuctionTrade::EXEC_TYPE_AT);
    [payload[7], payload[8]] = tick_ends(body, source, exec, 0);
}

/// The head of a snapshot; that of 309111 is the same but for its last field.
fn head(payload: &mut [u64; 15], body: &[u8], entries: u32) {
    payload[0] = i64_of(body, SnapshotHead::ORIG_TIME_AT);
    payload[1] = u64_of(body, SnapshotHead::SECURITY_ID_AT);
    payload[2] = u64_of(body, SnapshotHead::TRADING_PHASE_CODE_AT);
    payload[3] = i64_of(body, SnapshotHead::PREV_CLOSE_PX_AT);
    payload[4] = i64_of(body, SnapshotHead::NUM_TRADES_AT);
    payload[5] = i64_of(body, SnapshotHead::TOTAL_VOLUME_TRADE_AT);
    payload[6] = i64_of(body, SnapshotHead::TOTAL_VALUE_TRADE_AT);
    let channel = u64::from(u16_of(body, SnapshotHead::CHANNEL_NO_AT));
    let source = word::<4>(body, SnapshotHead::SECURITY_ID_SOURCE_AT);
    let stream = word::<3>(body, SnapshotHead::MD_STREAM_ID_AT);
    // Entries 4 bytes, Channel 2, the first two of Source; its other two, Stream 3.
    payload[7] = u64::from(entries) | channel << 32 | source << 48;
    payload[8] = source >> 16 | stream << 16;
}

/// What a report says; texts that a message does not carry are spaces.
fn report(msg_type: u32, body: &[u8]) -> ReportFields {
    let i64_at = |at| i64_of(body, at) as i64;
    let blank = ReportFields {
        security: [b' '; 8],
        order_id: [b' '; 16],
        cl_ord_id: [b' '; 10],
        orig_cl_ord_id: [b' '; 10],
        ..ReportFields::default()
    };
    if msg_type == msg_type::TRADING_BUSINESS_REJECT {
        type At = TradingBusinessReject;
        return ReportFields {
            time: Timestamp(i64_at(At::TRANSACT_TIME_AT)),
            security: text(body, At::SECURITY_ID_AT),
            cl_ord_id: text(body, At::BUSINESS_REJECT_REF_ID_AT),
            ref_msg_type: u32_of(body, At::REF_MSG_TYPE_AT),
            reason: u16_of(body, At::BUSINESS_REJECT_REASON_AT),
            ..blank
        };
    }
    // The other three begin alike.
    let common = ReportFields {
        partition_no: u32_of(body, OrderReport::PARTITION_NO_AT),
        report_index: i64_at(OrderReport::REPORT_INDEX_AT),
        has_place: 1,
        security: text(body, OrderReport::SECURITY_ID_AT),
        time: Timestamp(i64_at(OrderReport::TRANSACT_TIME_AT)),
        ..blank
    };
    match msg_type {
        msg_type::ORDER_REPORT => ReportFields {
            order_id: text(body, OrderReport::ORDER_ID_AT),
            cl_ord_id: text(body, OrderReport::CL_ORD_ID_AT),
            orig_cl_ord_id: text(body, OrderReport::ORIG_CL_ORD_ID_AT),
            exec_type: body[OrderReport::EXEC_TYPE_AT],
            ord_status: body[OrderReport::ORD_STATUS_AT],
            reason: u16_of(body, OrderReport::ORD_REJ_REASON_AT),
            leaves: QtyE2(i64_at(OrderReport::LEAVES_QTY_AT)),
            cum: QtyE2(i64_at(OrderReport::CUM_QTY_AT)),
            side: body[OrderReport::SIDE_AT],
            quantity: QtyE2(i64_at(OrderReport::ORDER_QTY_AT)),
            ..common
        },
        msg_type::FILL_REPORT => ReportFields {
            order_id: text(body, FillReport::ORDER_ID_AT),
            cl_ord_id: text(body, FillReport::CL_ORD_ID_AT),
            exec_type: body[FillReport::EXEC_TYPE_AT],
            ord_status: body[FillReport::ORD_STATUS_AT],
            last_px: PriceE4(i64_at(FillReport::LAST_PX_AT)),
            last: QtyE2(i64_at(FillReport::LAST_QTY_AT)),
            leaves: QtyE2(i64_at(FillReport::LEAVES_QTY_AT)),
            cum: QtyE2(i64_at(FillReport::CUM_QTY_AT)),
            side: body[FillReport::SIDE_AT],
            ..common
        },
        _ => ReportFields {
            order_id: text(body, CancelReject::ORDER_ID_AT),
            cl_ord_id: text(body, CancelReject::CL_ORD_ID_AT),
            orig_cl_ord_id: text(body, CancelReject::ORIG_CL_ORD_ID_AT),
            side: body[CancelReject::SIDE_AT],
            ord_status: body[CancelReject::ORD_STATUS_AT],
            reason: u16_of(body, CancelReject::CXL_REJ_REASON_AT),
            ..common
        },
    }
}

const _: () = {
    assert!(CancelReject::SECURITY_ID_AT == OrderReport::SECURITY_ID_AT);
    assert!(FillReport::SECURITY_ID_AT == OrderReport::SECURITY_ID_AT);
    assert!(CancelReject::TRANSACT_TIME_AT == OrderReport::TRANSACT_TIME_AT);
    assert!(FillReport::TRANSACT_TIME_AT == OrderReport::TRANSACT_TIME_AT);
    assert!(VolumeStatistics::STOCK_NUM_AT == SnapshotHead::NO_MD_ENTRIES_AT);
    assert!(VolumeStatistics::TOTAL_VALUE_TRADE_AT == SnapshotHead::TOTAL_VALUE_TRADE_AT);
    assert!(VolumeStatistics::MD_STREAM_ID_AT == SnapshotHead::MD_STREAM_ID_AT);
    assert!(VolumeStatistics::SECURITY_ID_AT == SnapshotHead::SECURITY_ID_AT);
};

/// The payload of a report's item.
fn report_payload(fields: &ReportFields) -> [u64; 15] {
    let mut bytes = [0; ReportFields::BYTES];
    fields.emit(&mut bytes);
    std::array::from_fn(|i| u64_of(&bytes, Item::PAYLOAD_AT + 8 * i))
}

impl Decode {
    /// The stage of a line: 0 decode for TOE0, 1 feedback for TOE1. `width` is a beat in bytes:
    /// 16, or 8 or 1 for a narrower channel.
    ///
    /// # Panics
    /// On another width.
    pub fn new(line: u8, descriptor: Descriptor, policy: ChecksumPolicy, width: u32) -> Self {
        assert!(matches!(width, 1 | 8 | 16), "a beat of {width} bytes, wanted 1, 8 or 16");
        Self {
            toe: Toe::new(descriptor),
            line,
            base: u16::from(line) * MAX_SESSIONS as u16,
            policy,
            width,
            part: 0,
            payload: false,
            sessions: vec![Session::default(); MAX_SESSIONS].into_boxed_slice(),
            waiting: [Waiting::default(); WAITING],
            first: 0,
            count: 0,
            release: Release::default(),
            in_word: true,
            closing: None,
            bytes: 0,
            swallowed: 0,
        }
    }

    /// Whether nothing waits for release and no line is being closed.
    #[inline]
    pub fn is_idle(&self) -> bool {
        self.count == 0 && self.closing.is_none()
    }

    /// Messages that wait for release.
    pub fn waiting(&self) -> usize {
        self.count
    }

    /// Words taken.
    pub fn words(&self) -> u64 {
        self.toe.words()
    }

    /// Bytes that were framed or swallowed by dead sessions.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Bytes swallowed by dead sessions and a dead link.
    pub fn swallowed_bytes(&self) -> u64 {
        self.swallowed + self.toe.swallowed_bytes()
    }

    /// One step: releases an item into `out`, and takes the word if it can.
    #[inline]
    pub fn step(&mut self, input: Option<&LogWord>, out: &mut Item) -> Stepped {
        let waiting = self.count;
        let mut gave = waiting > 0;
        // What is released in this step is still in the hold at its beginning.
        let took = match input {
            Some(input) if input.op == log_op::WORD && self.closing.is_none() => {
                waiting <= TAKES_AT && self.take(input)
            }
            // What follows from a control word, or from the end of a line, waits for nothing.
            _ if waiting == 0 => {
                let took = self.control(input);
                gave = self.count > 0;
                took
            }
            _ => false,
        };
        if gave {
            self.give(out);
        }
        Stepped { took, gave }
    }

    #[inline]
    fn take(&mut self, input: &LogWord) -> bool {
        let session = self.toe.session();
        if session != NONE && self.sessions[usize::from(session)].holding > 0 {
            let held = &self.sessions[usize::from(session)];
            let front = &self.waiting[self.first];
            let releasing = front.held && front.item.session == self.base + session;
            let free =
                if held.holding == 1 && releasing { self.release.cursor } else { ENTRIES_AT };
            if held.overwrites(self.toe.payload_of_next(), free) {
                return false;
            }
        }
        if self.width < BEAT_BYTES as u32 {
            return self.take_part(input);
        }
        let given = self.toe.word(&input.word);
        self.given(given);
        true
    }

    /// A beat that is narrower than a word. A header word counts when it is whole.
    fn take_part(&mut self, input: &LogWord) -> bool {
        let beats = BEAT_BYTES as u32 / self.width;
        if self.part == 0 {
            self.payload = !self.toe.at_header();
        }
        let last = self.part + 1 == beats;
        if self.payload {
            let given = self.toe.part(&input.word, self.part * self.width, self.width, last);
            self.given(given);
        } else if last {
            let given = self.toe.word(&input.word);
            self.given(given);
        }
        self.part = if last { 0 } else { self.part + 1 };
        last
    }

    #[inline]
    fn given(&mut self, given: Given) {
        match given {
            Given::Nothing => {}
            Given::Bytes { session, bytes, count } => self.stream(session, bytes, count),
            Given::Fault { code, session, length } => {
                let offset = (self.toe.words() - 1) * BEAT_BYTES as u64;
                self.link_fault(code as u8, self.global(session), offset, length);
            }
        }
    }

    /// A session as records number it.
    fn global(&self, session: u16) -> u16 {
        if session == NONE { NONE } else { self.base + session }
    }

    /// The next bytes of a session: at most three messages have a part in them.
    #[inline]
    fn stream(&mut self, id: u16, mut bytes: u128, mut count: u32) {
        self.bytes += u64::from(count);
        loop {
            let session = &mut self.sessions[usize::from(id)];
            if session.dead {
                session.at += u64::from(count);
                self.swallowed += u64::from(count);
                return;
            }
            let (taken, ended) = session.take(bytes, count);
            match ended {
                None => {}
                Some(Ended::Message) => self.message(id),
                Some(Ended::TooLong(body_len)) => self.too_long(id, body_len),
            }
            count -= taken;
            if count == 0 {
                return;
            }
            bytes >>= 8 * taken;
        }
    }

    /// The next place of the queue, with nothing in it but where it comes from.
    #[inline]
    fn push(&mut self, item: Item) -> &mut Waiting {
        let place = (self.first + self.count) % WAITING;
        assert!(self.count < WAITING, "a word is taken only while two messages may end in it");
        self.count += 1;
        let waiting = &mut self.waiting[place];
        *waiting = Waiting { item, ..Waiting::default() };
        waiting
    }

    /// Number of the word that is being taken; of a control word, the number of words before it.
    fn beat(&self) -> u64 {
        self.toe.words() - u64::from(self.in_word)
    }

    #[cold]
    fn too_long(&mut self, id: u16, body_len: u32) {
        self.swallowed += HEADER_BYTES as u64;
        let session = &mut self.sessions[usize::from(id)];
        let offset = session.at - HEADER_BYTES as u64;
        session.between();
        let length = u64::from(body_len) + (HEADER_BYTES + TRAILER_BYTES) as u64;
        self.push_fault(FaultCode::FrameLength, id, offset, length);
    }

    /// A fault of a session that frames no message.
    fn push_fault(&mut self, code: FaultCode, id: u16, offset: u64, length: u64) {
        let item = Item {
            offset,
            session: self.base + id,
            kind: item_kind::BARE,
            length,
            beat: self.beat(),
            fault_a: code as u8,
            line: self.line,
            ..Item::default()
        };
        self.push(item);
    }

    #[cold]
    fn link_fault(&mut self, code: u8, session: u16, offset: u64, length: u64) {
        let item = Item {
            offset,
            session,
            kind: item_kind::BARE,
            length,
            beat: self.beat(),
            fault_a: code,
            marks: item_mark::LINK,
            line: self.line,
            ..Item::default()
        };
        self.push(item);
    }

    /// A message has come to its end: judged, and what it becomes put into the queue.
    #[inline]
    fn message(&mut self, id: u16) {
        let (base, beat, line, policy) = (self.base, self.beat(), self.line, self.policy);
        let place = (self.first + self.count) % WAITING;
        assert!(self.count < WAITING, "a word is taken only while two messages may end in it");
        self.count += 1;
        let session = &mut self.sessions[usize::from(id)];
        let waiting = &mut self.waiting[place];
        let (class, total) = (session.class, session.total);
        let body_len = total - (HEADER_BYTES + TRAILER_BYTES) as u32;
        let item = &mut waiting.item;
        waiting.held = false;
        item.offset = session.at - u64::from(total);
        item.msg_type = session.msg_type;
        item.session = base + id;
        item.kind = item_kind::BARE;
        item.flags = 0;
        item.length = 0;
        item.beat = beat;
        item.surplus = 0;
        item.fault_a = 0;
        item.fault_b = 0;
        item.marks = item_mark::BEGINS | item_mark::ENDS;
        item.line = line;
        item.operand = 0;
        let mut released = true;
        if !session.is_intact() {
            item.fault_a = FaultCode::FrameChecksum as u8;
            item.length = u64::from(total);
            // What is too long to be held is never released with a mark.
            released = policy == ChecksumPolicy::Flag && body_len <= MAX_BODY_BYTES;
            item.flags = flag::BAD_CHECKSUM;
            session.dead = policy == ChecksumPolicy::Disconnect;
        }
        if released {
            let known = match class.becomes {
                Becomes::Unknown => Ok(body_len),
                _ if body_len < class.least => Err(FaultCode::DecodeShort),
                Becomes::Announcement => Ok(body_len),
                Becomes::Order => {
                    item.kind = Kind::Order as u8;
                    order(&mut item.payload, session.msg_type, &session.head()[HEADER_BYTES..]);
                    Ok(class.least)
                }
                Becomes::Trade => {
                    item.kind = Kind::Trade as u8;
                    trade(&mut item.payload, &session.head()[HEADER_BYTES..]);
                    Ok(class.least)
                }
                Becomes::Snapshot | Becomes::Known | Becomes::Report => {
                    match session.walk.known_end() {
                        Some(end) if end <= u64::from(total) - TRAILER_BYTES as u64 => {
                            Ok(end as u32 - HEADER_BYTES as u32)
                        }
                        _ => Err(FaultCode::DecodeGroup),
                    }
                }
            };
            match known {
                Err(code) => {
                    item.fault_b = code as u8;
                    item.length = u64::from(total);
                }
                Ok(known) if class.becomes == Becomes::Snapshot => {
                    if known as usize > HOLD_BYTES {
                        item.fault_b = FaultCode::DecodeHold as u8;
                        item.length = u64::from(total);
                    } else {
                        item.surplus = body_len - known;
                        waiting.held = true;
                        waiting.known_end = known + HEADER_BYTES as u32;
                        session.holding += 1;
                        let body = &session.hold()[HEADER_BYTES..];
                        waiting.last = u32_of(body, SnapshotHead::NO_MD_ENTRIES_AT);
                        let has_entries = item.msg_type != msg_type::VOLUME_STATISTICS;
                        let entries = if has_entries { waiting.last } else { 0 };
                        item.kind = Kind::Head as u8;
                        head(&mut item.payload, body, entries);
                    }
                }
                Ok(known) => {
                    item.surplus = body_len - known;
                    if class.becomes == Becomes::Report && item.flags == 0 {
                        item.kind = item_kind::REPORT;
                        let fields = report(session.msg_type, &session.head()[HEADER_BYTES..]);
                        item.payload = report_payload(&fields);
                    }
                }
            }
        }
        if item.kind == item_kind::BARE {
            // A flag is one of a record.
            item.flags = 0;
            item.payload = [0; 15];
        } else if item.kind != item_kind::REPORT {
            item.payload[RECORD_WORDS..].fill(0);
        }
        session.between();
    }

    /// Releases the next item of the message that has waited longest.
    #[inline]
    fn give(&mut self, out: &mut Item) {
        let waiting = &self.waiting[self.first];
        *out = waiting.item;
        if waiting.held && !self.held(out) {
            return;
        }
        self.first = (self.first + 1) % WAITING;
        self.count -= 1;
        self.release = Release::default();
    }

    /// The next item of a snapshot; `true` with its last.
    fn held(&mut self, out: &mut Item) -> bool {
        let Waiting { last, known_end, .. } = self.waiting[self.first];
        let session = &mut self.sessions[usize::from(out.session - self.base)];
        let release = &mut self.release;
        let has_entries = out.msg_type != msg_type::VOLUME_STATISTICS;
        let surplus = out.surplus;
        out.surplus = 0;
        if !release.begun {
            release.left = if has_entries { last } else { 0 };
            release.begun = true;
            out.marks = item_mark::BEGINS;
            return false;
        }
        (out.length, out.fault_a, out.marks) = (0, 0, 0);
        out.payload = [0; 15];
        let hold = session.hold();
        let rest = &hold[release.cursor as usize..];
        if release.queue > 0 {
            let count = release.queue.min(2);
            out.kind = Kind::Queue as u8;
            out.payload[0] = i64_of(rest, QueueItem::ORDER_QTY_AT);
            let second = QueueItem::LEN + QueueItem::ORDER_QTY_AT;
            out.payload[1] = if count == 2 { i64_of(rest, second) } else { 0 };
            out.payload[2] = u64::from(release.position) | u64::from(count) << 32;
            release.position += count;
            release.queue -= count;
            release.cursor += count * QueueItem::LEN as u32;
            return false;
        }
        if release.left > 0 {
            out.kind = Kind::Entry as u8;
            let (bytes, queue) = entry(&mut out.payload, out.msg_type, rest, release.number);
            (release.queue, release.position) = (queue, 0);
            release.cursor += bytes as u32;
            release.number += 1;
            release.left -= 1;
            return false;
        }
        out.kind = Kind::End as u8;
        out.marks = item_mark::ENDS;
        out.surplus = surplus;
        if out.msg_type == msg_type::BOND_SNAPSHOT {
            let totals = &hold[known_end as usize - BondTotals::LEN..];
            out.payload[0] = i64_of(totals, BondTotals::AUCTION_VOLUME_TRADE_AT);
            out.payload[1] = i64_of(totals, BondTotals::AUCTION_VALUE_TRADE_AT);
        } else if !has_entries {
            out.payload[2] = u64::from(last);
        }
        session.holding -= 1;
        true
    }

    /// The next session of a line that ends, or a control word. Nothing waits.
    #[cold]
    fn control(&mut self, input: Option<&LogWord>) -> bool {
        self.in_word = false;
        let took = match (self.closing, input) {
            (Some(next), _) => {
                self.close(next);
                false
            }
            (None, Some(input)) => {
                self.control_word(input);
                true
            }
            (None, None) => false,
        };
        self.in_word = true;
        took
    }

    /// An item that is of no session.
    fn bare(&self, kind: u8, operand: u64) -> Item {
        let (line, beat) = (self.line, self.beat());
        Item { session: NONE, kind, beat, line, operand, ..Item::default() }
    }

    fn control_word(&mut self, input: &LogWord) {
        let bare = |kind, operand| self.bare(kind, operand);
        let item = match input.op {
            log_op::RESET => return self.reset(input),
            log_op::FAULT => {
                let length = u64_of(&input.word, 0);
                return self.link_fault(input.how, input.session, input.offset, length);
            }
            log_op::STOP => return self.closing = Some(NONE),
            log_op::KILL => bare(item_kind::KILL, input.how.into()),
            log_op::PARAMETERS => bare(item_kind::PARAMETERS, input.how.into()),
            log_op::TURN => bare(item_kind::TURN, 0),
            // Not a word of the log: taken, and nothing comes of it.
            _ => return,
        };
        self.push(item);
    }

    fn reset(&mut self, input: &LogWord) {
        let id = u16::from(input.cid);
        if usize::from(id) >= MAX_SESSIONS {
            return self.link_fault(FaultCode::ToeSession as u8, NONE, 0, 0);
        }
        self.toe.reset(id);
        let session = &self.sessions[usize::from(id)];
        let came = session.unfinished();
        let from = session.at - came;
        if input.how == 2 && input.offset > from {
            self.push_fault(FaultCode::CaptureLost, id, from, input.offset - from);
        } else if came > 0 {
            self.push_fault(FaultCode::FrameTruncated, id, from, came);
        }
        let session = &mut self.sessions[usize::from(id)];
        session.between();
        session.dead = false;
        session.at = if input.how == 0 { 0 } else { input.offset };
    }

    /// The line ends: the packet under way, then one session a step.
    fn close(&mut self, id: u16) {
        if id == NONE {
            if let Some(cut) = self.toe.stop() {
                let (code, session) = (FaultCode::ToeTruncated as u8, self.global(cut.session));
                self.link_fault(code, session, cut.offset, cut.missing);
            }
            self.closing = Some(0);
            return;
        }
        if usize::from(id) == MAX_SESSIONS {
            self.closing = None;
            let stopped = self.bare(item_kind::STOPPED, 0);
            self.push(stopped);
            return;
        }
        self.closing = Some(id + 1);
        let session = &mut self.sessions[usize::from(id)];
        let came = session.unfinished();
        if came > 0 {
            let from = session.at - came;
            session.between();
            self.push_fault(FaultCode::FrameTruncated, id, from, came);
        }
    }
}

/// An entry of a snapshot: its length, and the quantities of its queue.
fn entry(payload: &mut [u64; 15], msg_type: u32, bytes: &[u8], number: u32) -> (usize, u32) {
    // All kinds begin with type and price.
    let entry_type = word::<2>(bytes, AuctionEntry::MD_ENTRY_TYPE_AT);
    payload[0] = i64_of(bytes, AuctionEntry::MD_ENTRY_PX_AT);
    let (mut size, mut orders, mut level, mut queue) = (0, 0, 0, 0);
    let length = match msg_type {
        msg_type::INDEX_SNAPSHOT => IndexEntry::LEN,
        msg_type::BLOCK_SNAPSHOT | msg_type::FIXED_PRICE_SNAPSHOT => {
            size = i64_of(bytes, AfterHoursEntry::MD_ENTRY_SIZE_AT);
            AfterHoursEntry::LEN
        }
        msg_type::HK_SNAPSHOT => {
            size = i64_of(bytes, HkEntry::MD_ENTRY_SIZE_AT);
            level = u16_of(bytes, HkEntry::MD_PRICE_LEVEL_AT);
            HkEntry::LEN
        }
        _ => {
            size = i64_of(bytes, AuctionEntry::MD_ENTRY_SIZE_AT);
            level = u16_of(bytes, AuctionEntry::MD_PRICE_LEVEL_AT);
            orders = i64_of(bytes, AuctionEntry::NUMBER_OF_ORDERS_AT);
            queue = u32_of(bytes, AuctionEntry::NO_ORDERS_AT);
            AuctionEntry::LEN
        }
    };
    payload[1] = size;
    payload[2] = orders;
    // Queue 4 bytes, Number 2, Level 2; EntryType 2.
    payload[3] = u64::from(queue) | u64::from(number as u16) << 32 | u64::from(level) << 48;
    payload[4] = entry_type;
    (length, queue)
}
