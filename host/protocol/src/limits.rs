//! Every bound of the product, in one place; Rust and C take them from here.

/// Bytes of MsgType and BodyLength.
pub const HEADER_BYTES: usize = 8;
/// Bytes of the checksum.
pub const TRAILER_BYTES: usize = 4;
/// Longest body of any message but an announcement, in bytes.
pub const MAX_BODY_BYTES: u32 = 8_192;
/// Longest body of an announcement (390012), in bytes.
pub const MAX_ANNOUNCEMENT_BYTES: u32 = 1 << 20;
/// Bytes of one word of an IO channel.
pub const BEAT_BYTES: usize = 16;
/// Sessions of one TOE: `cid` 0 to 127.
pub const MAX_SESSIONS: usize = 128;
/// Longest packet that a TOE may announce, in bytes.
pub const MAX_PACKET_BYTES: usize = 16_384;
/// Longest prefix of a packet that may be dropped, in bytes.
pub const MAX_PREFIX_BYTES: u16 = 1_024;
/// Longest known part of a body that a session can hold until its checksum is right, in bytes.
pub const HOLD_BYTES: usize = 2_048;
/// Named securities on the CPU.
pub const MAX_SECURITIES: usize = 65_536;
/// Named securities on the card.
pub const MAX_SECURITIES_CARD: usize = 4_096;
/// Constituents of the index.
pub const MAX_CONSTITUENTS: usize = 4_096;
/// Most whole shares of one constituent.
pub const MAX_SHARES: i64 = 1_000_000_000_000;
/// Price levels a side in a row of the quote table.
pub const BOOK_LEVELS: usize = 10;
/// Queue quantities in a row of the quote table, all levels together (two full queues of 50).
pub const QUEUE_ITEMS: usize = 100;
/// Triggers.
pub const MAX_TRIGGERS: usize = 16;
/// Conditions of one trigger.
pub const MAX_CONDITIONS: usize = 4;
/// Slots of a change window.
pub const WINDOW_SLOTS: usize = 64;
/// Sends that a window remembers: the greatest count of a rate.
pub const WINDOW_SENDS: usize = 64;
/// Longest window, in milliseconds: a day.
pub const MAX_WINDOW_MS: i64 = 86_400_000;
/// Requests (orders and cancels) of a run on the CPU.
pub const MAX_REQUESTS: usize = 65_536;
/// Requests of a run on the card, and by default.
pub const MAX_REQUESTS_CARD: usize = 4_096;
/// Partitions whose ReportIndex is followed.
pub const MAX_PARTITIONS: usize = 64;

/// Name, value and meaning of each limit, for the generated header and documents.
pub const LIMITS: &[(&str, u64, &str)] = &[
    ("HEADER_BYTES", HEADER_BYTES as u64, "bytes of MsgType and BodyLength"),
    ("TRAILER_BYTES", TRAILER_BYTES as u64, "bytes of the checksum"),
    ("MAX_BODY_BYTES", MAX_BODY_BYTES as u64, "longest body but an announcement's, in bytes"),
    ("MAX_ANNOUNCEMENT_BYTES", MAX_ANNOUNCEMENT_BYTES as u64, "longest body of 390012, in bytes"),
    ("BEAT_BYTES", BEAT_BYTES as u64, "bytes of a word of an IO channel"),
    ("MAX_SESSIONS", MAX_SESSIONS as u64, "sessions of one TOE"),
    ("MAX_PACKET_BYTES", MAX_PACKET_BYTES as u64, "longest packet a TOE may announce, in bytes"),
    ("MAX_PREFIX_BYTES", MAX_PREFIX_BYTES as u64, "longest prefix of a packet, in bytes"),
    ("HOLD_BYTES", HOLD_BYTES as u64, "longest known part of a body that is held, in bytes"),
    ("MAX_SECURITIES", MAX_SECURITIES as u64, "named securities on the CPU"),
    ("MAX_SECURITIES_CARD", MAX_SECURITIES_CARD as u64, "named securities on the card"),
    ("MAX_CONSTITUENTS", MAX_CONSTITUENTS as u64, "constituents of the index"),
    ("MAX_SHARES", MAX_SHARES as u64, "most whole shares of one constituent"),
    ("BOOK_LEVELS", BOOK_LEVELS as u64, "price levels a side in the quote table"),
    ("QUEUE_ITEMS", QUEUE_ITEMS as u64, "queue quantities a row, all levels together"),
    ("MAX_TRIGGERS", MAX_TRIGGERS as u64, "triggers"),
    ("MAX_CONDITIONS", MAX_CONDITIONS as u64, "conditions of one trigger"),
    ("WINDOW_SLOTS", WINDOW_SLOTS as u64, "slots of a change window"),
    ("WINDOW_SENDS", WINDOW_SENDS as u64, "sends that a window remembers"),
    ("MAX_WINDOW_MS", MAX_WINDOW_MS as u64, "longest window, in milliseconds"),
    ("MAX_REQUESTS", MAX_REQUESTS as u64, "requests of a run on the CPU"),
    ("MAX_REQUESTS_CARD", MAX_REQUESTS_CARD as u64, "requests of a run on the card"),
    ("MAX_PARTITIONS", MAX_PARTITIONS as u64, "partitions whose ReportIndex is followed"),
];
