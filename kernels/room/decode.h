/* decode: what a message becomes.
 *
 *   while it passes    its first bytes are captured where they belong; the counts of its groups are
 *                      followed, so that at its last byte it is known whether they fit
 *   when it waits      its captured bytes, and what was found about it: `tg_waiting`
 *   when it leaves     one item a step: a tick; or head, entries, queues, end; or one bare item
 *
 * A capture begins with the frame's header, so a field of the body stands 8 bytes behind its place.
 */
#ifndef TIDEGATE_ROOM_DECODE_H
#define TIDEGATE_ROOM_DECODE_H

#include "frame.h"

/* What messages of a type become: the third column of TG_SHAPES. */

/* Beats of the capture: a header and at least 192 bytes of the body. */
#define TG_CAPTURE_BEATS 13
#define TG_CAPTURE_BYTES (TG_CAPTURE_BEATS * TG_BEAT_BYTES)

/* The first bytes of a message, in wire order. */
typedef struct {
    tg_u64 word[2 * TG_CAPTURE_BEATS];
} tg_capture;

typedef struct {
    tg_beat front;
    tg_beat back;
    tg_u64 kept; /* all ones where a word keeps what it has */
    tg_u32 row;  /* beat of the capture that `front` belongs to */
} tg_capture_spread;

/* Which count of a message comes next. */
#define TG_COUNT_FIRST 0u
#define TG_COUNT_NESTED 1u
#define TG_COUNT_SECOND 2u

/* How far the counts of the message under way were followed. */
typedef struct {
    tg_u32 needed; /* bytes of the body that the table knows, as far as counted */
    tg_u32 next;   /* bytes of the message up to the end of the next count; 0 for none */
    tg_u32 left;   /* entries of the first group whose own count is to come behind it */
    tg_u8 fault;   /* 0 for none */
    tg_u8 stage;
    tg_u8 becomes; /* of the type, as are: */
    tg_u8 entry;   /* bytes of an entry of the first group */
    tg_u8 nested;  /* of an entry of the group within it */
    tg_u8 second;  /* of the fixed fields up to and with the second count */
    tg_u8 later;   /* of an entry of the second group */
    tg_u8 reserved; /* 0 */
} tg_walk;

/* A message, or a fault without one, that is to leave. */
typedef struct {
    tg_u64 offset;
    tg_u64 length;  /* that the faults carry */
    tg_u64 beat;    /* number of the word that decided it */
    tg_u32 msg_type;
    tg_u32 surplus; /* bytes of the body behind its known part */
    tg_u32 known;   /* bytes of that part */
    tg_u16 cid;     /* session of the line; TG_NO_SESSION for none */
    tg_u8 becomes;  /* what leaves: TG_BECOMES_ORDER, TRADE, SNAPSHOT, REPORT; else one bare item */
    tg_u8 fault_a;
    tg_u8 fault_b;
    tg_u8 framed;   /* 1: a message, which takes a number */
    tg_u8 link;     /* 1: a fault of the line */
    tg_u8 flags;    /* of the records */
} tg_found;

typedef struct {
    tg_found found;
    tg_capture capture;
} tg_waiting;

/* Which item of a message leaves next. */
#define TG_RELEASE_HEAD 0u
#define TG_RELEASE_ENTRY 1u
#define TG_RELEASE_QUEUE 2u
#define TG_RELEASE_END 3u

/* How much of the message at the front has left. */
typedef struct {
    tg_u32 cursor;   /* bytes of the body that nobody needs any more */
    tg_u32 entries;  /* entries that are to come */
    tg_u32 queue;    /* quantities of the queue under way that are to come */
    tg_u32 position; /* of the first of them in its queue */
    tg_u16 number;   /* of the next entry */
    tg_u8 phase;
    tg_u8 reserved;  /* 0 */
} tg_release;

/* 32 bytes of a body, from any place on, the first one topmost. */
typedef struct {
    tg_u64 word[4];
} tg_slice;

typedef struct {
    tg_release release; /* afterwards; of the next message, if `done` */
    tg_item item;
    tg_u32 done;        /* 1: the message has left */
} tg_released;

/* ---- while it passes ---- */

/* Nothing captured. */
TG_FN tg_capture tg_capture_none(void) {
    tg_capture out;
    TG_UNROLL
    for (int i = 0; i < 2 * TG_CAPTURE_BEATS; i++) out.word[i] = 0;
    return out;
}

/* A segment where it belongs in a capture, behind the `from` bytes that came before: the end of one beat
 * of it and the start of the next one. What lies beyond the segment must be zeros. */
TG_FN tg_capture_spread tg_capture_spread_of(tg_beat beat, tg_u32 from) {
    tg_capture_spread out;
    out.row = from / TG_BEAT_BYTES;
    out.front = tg_beat_push(beat, from % TG_BEAT_BYTES);
    out.back = tg_beat_drop(beat, TG_BEAT_BYTES - from % TG_BEAT_BYTES);
    /* At its start what stands there is of the message before. */
    out.kept = from > 0u ? TG_ALL_ONES : 0u;
    return out;
}

/* Word `i` of a capture when the segment has come. */
TG_FN tg_u64 tg_capture_word(tg_u64 word, tg_capture_spread spread, tg_u32 i) {
    const tg_u64 here = i / 2u == spread.row ? TG_ALL_ONES : 0u;
    const tg_u64 next = i / 2u == spread.row + 1u ? TG_ALL_ONES : 0u;
    const tg_u64 front = i % 2u ? spread.front.lo : spread.front.hi;
    const tg_u64 back = i % 2u ? spread.back.lo : spread.back.hi;
    return (word & spread.kept) | (front & here) | (back & next);
}

/* The 8 bytes at a constant place of the body, the first one topmost. */
TG_FN tg_u64 tg_body_at(tg_capture capture, tg_u32 at) {
    const tg_u32 word = (TG_HEADER_BYTES + at) / 8u;
    const tg_u32 by = at % 8u;
    return tg_up(capture.word[word], by) | tg_down(capture.word[word + 1u], 8u - by);
}

/* A row of TG_SHAPES in one number, where it is the row of `msg_type`: the rows are compared side by
 * side, and at most one of them is not 0. */
#define TG_SHAPE_BITS(place, type, becomes, least, first, entry, nested, second, later, last)                          \
    (msg_type == (type) ? (tg_u64)(least) | (tg_u64)(first) << 16 | (tg_u64)(entry) << 24 | (tg_u64)(nested) << 32     \
                              | (tg_u64)(second) << 40 | (tg_u64)(later) << 48 | (tg_u64)(becomes) << 56               \
                        : 0u) |
#define TG_SHAPE_OF_MSG_TYPE (TG_SHAPES(TG_SHAPE_BITS) 0u)

/* The header is whole: what its type says. */
TG_FN tg_walk tg_walk_begin(tg_u32 msg_type, tg_u32 body_len) {
    const tg_u64 shape = TG_SHAPE_OF_MSG_TYPE;
    const tg_u32 least = (tg_u32)(shape & 0xffffu);
    const tg_u32 first = (tg_u32)(shape >> 16 & 0xffu);
    const tg_u32 brief = body_len < least;
    tg_walk out;
    out.needed = least;
    out.next = brief || first == 0u ? 0u : TG_HEADER_BYTES + first;
    out.left = 0;
    out.fault = brief ? TG_FAULT_DECODE_SHORT : 0;
    out.stage = TG_COUNT_FIRST;
    out.becomes = (tg_u8)(shape >> 56);
    out.entry = (tg_u8)(shape >> 24);
    out.nested = (tg_u8)(shape >> 32);
    out.second = (tg_u8)(shape >> 40);
    out.later = (tg_u8)(shape >> 48);
    out.reserved = 0;
    return out;
}

/* Follows the count that ends in this segment; `tail` are the 8 bytes in front of it. */
TG_FN tg_walk tg_walk_count(tg_walk walk, tg_u32 body_len, tg_u64 tail, tg_beat beat, tg_u32 from) {
    const tg_u32 count = (tg_u32)tg_beat_tail(tail, beat, walk.next - from);
    const tg_u32 first = walk.stage == TG_COUNT_FIRST;
    const tg_u32 nested = walk.stage == TG_COUNT_NESTED;
    const tg_u32 each = first ? walk.entry : nested ? walk.nested : walk.later;
    const tg_u64 bytes = (tg_u64)count * each;
    const tg_u64 needed = walk.needed + bytes;
    const tg_u32 fits = needed <= body_len;
    /* Entries with a count of their own are gone through one by one. */
    const tg_u32 enters = first && walk.nested != 0u && count > 0u;
    const tg_u32 goes_on = enters || (nested && walk.left > 0u);
    const tg_u32 behind = walk.next + (enters ? 0u : (tg_u32)bytes);
    const tg_u32 has_second = walk.second != 0u && walk.stage != TG_COUNT_SECOND;
    const tg_u32 next = goes_on ? behind + walk.entry : has_second ? behind + walk.second : 0u;
    tg_walk out = walk;
    out.needed = fits ? (tg_u32)needed : walk.needed;
    out.next = fits ? next : 0u;
    out.left = enters ? count - 1u : goes_on ? walk.left - 1u : 0u;
    out.stage = goes_on ? TG_COUNT_NESTED : TG_COUNT_SECOND;
    out.fault = fits ? walk.fault : TG_FAULT_DECODE_GROUP;
    return out;
}

/* Whether a count ends in this segment. */
TG_FN tg_u32 tg_walk_counts(tg_walk walk, tg_segment segment) {
    return walk.next != 0u && walk.next <= segment.from + segment.taken;
}

/* Follows the counts of a segment: at most two end in a beat, since an entry with a count is longer. */
TG_FN tg_walk tg_walk_take(tg_walk walk, tg_segment segment, tg_u64 tail, tg_beat beat) {
    const tg_u32 from = segment.from;
    const tg_walk none = segment.headed ? tg_walk_begin(segment.msg_type, segment.body_len) : walk;
    const tg_walk one = tg_walk_counts(none, segment) ? tg_walk_count(none, segment.body_len, tail, beat, from) : none;
    return tg_walk_counts(one, segment) ? tg_walk_count(one, segment.body_len, tail, beat, from) : one;
}

/* ---- when it waits ---- */

/* A fault that belongs to no message. */
TG_FN tg_found tg_found_fault(tg_fault fault, tg_u64 beat) {
    tg_found out;
    out.offset = fault.offset;
    out.length = fault.length;
    out.beat = beat;
    out.msg_type = 0;
    out.surplus = 0;
    out.known = 0;
    out.cid = fault.cid;
    out.becomes = TG_BECOMES_UNKNOWN;
    out.fault_a = fault.code;
    out.fault_b = 0;
    out.framed = 0;
    out.link = fault.link;
    out.flags = 0;
    return out;
}

/* The message ended, or its length is over the limit: what was found. */
TG_FN tg_found tg_found_message(tg_segment segment, tg_walk walk, tg_u32 policy, tg_u32 cid, tg_u64 beat) {
    /* Only an announcement is longer than what is held. Its content goes nowhere, intact or not. */
    const tg_u32 is_held = segment.body_len <= TG_MAX_BODY_BYTES;
    const tg_u32 flagged = !segment.intact && policy == TG_CHECKSUM_FLAG && is_held;
    const tg_u32 released = segment.intact || flagged;
    const tg_u32 is_snapshot = walk.becomes == TG_BECOMES_SNAPSHOT;
    const tg_u32 too_long = is_snapshot && walk.needed > TG_HOLD_BYTES;
    const tg_u32 fault = walk.fault != 0 ? walk.fault : too_long ? TG_FAULT_DECODE_HOLD : 0u;
    const tg_u32 sound = released && fault == 0u;
    const tg_u32 measured = walk.becomes != TG_BECOMES_UNKNOWN && walk.becomes != TG_BECOMES_ANNOUNCEMENT;
    /* A flagged report moves nothing. */
    const tg_u32 shown = sound && !(flagged && walk.becomes == TG_BECOMES_REPORT);
    const tg_u32 fault_a = segment.over ? TG_FAULT_FRAME_LENGTH : segment.intact ? 0u : TG_FAULT_FRAME_CHECKSUM;
    const tg_u32 fault_b = !segment.over && released ? fault : 0u;
    tg_found out;
    out.offset = segment.offset;
    out.length = fault_a != 0u || fault_b != 0u ? segment.length : 0u;
    out.beat = beat;
    out.msg_type = segment.over ? 0u : segment.msg_type;
    out.surplus = sound && measured ? segment.body_len - walk.needed : 0u;
    out.known = walk.needed;
    out.cid = (tg_u16)cid;
    out.becomes = (tg_u8)(!segment.over && shown ? walk.becomes : TG_BECOMES_UNKNOWN);
    out.fault_a = (tg_u8)fault_a;
    out.fault_b = (tg_u8)fault_b;
    out.framed = (tg_u8)!segment.over;
    out.link = 0;
    out.flags = (tg_u8)(flagged ? TG_RECORD_FLAG_BAD_CHECKSUM : 0u);
    return out;
}

/* ---- when it leaves ---- */

/* The session as records number it. */
TG_FN tg_u16 tg_session_of(tg_u32 line, tg_u32 cid) {
    return (tg_u16)(cid == TG_NO_SESSION ? TG_NO_SESSION : line * TG_MAX_SESSIONS + cid);
}

/* An item that says nothing yet. */
TG_FN tg_any_item tg_item_of(tg_found found, tg_u32 line, tg_u32 kind) {
    tg_any_item out;
    out.item.msg = 0;
    out.item.offset = found.offset;
    out.item.msg_type = found.msg_type;
    out.item.session = tg_session_of(line, found.cid);
    out.item.kind = (tg_u8)kind;
    out.item.flags = kind < TG_ITEM_KIND_BARE ? found.flags : 0;
    TG_UNROLL
    for (int i = 0; i < 15; i++) out.item.payload[i] = 0;
    out.item.length = 0;
    out.item.beat = found.beat;
    out.item.surplus = 0;
    out.item.fault_a = 0;
    out.item.fault_b = 0;
    out.item.marks = 0;
    out.item.line = (tg_u8)line;
    out.item.operand = 0;
    return out;
}

/* Copies `count` bytes of `from`, the first one topmost, to an array of bytes. */
#define TG_PUT_TEXT(to, from, count)                                                                                   \
    {                                                                                                                  \
        const tg_u64 text = (from);                                                                                    \
        TG_UNROLL                                                                                                      \
        for (int i = 0; i < (count); i++) (to)[i] = (tg_u8)(text >> (56 - 8 * i));                                     \
    }

TG_FN tg_any_item tg_item_order(tg_waiting waiting, tg_u32 line) {
    const tg_capture body = waiting.capture;
    const tg_u32 type = waiting.found.msg_type;
    /* Only these two have an OrdType behind the part that all orders share. */
    const tg_u32 has_type = type == TG_MSG_AUCTION_ORDER || type == TG_MSG_BOND_ORDER;
    tg_any_item out = tg_item_of(waiting.found, line, TG_RECORD_ORDER);
    out.tick.appl_seq_num = (tg_i64)tg_body_at(body, TG_AUCTION_ORDER_APPL_SEQ_NUM_AT);
    TG_PUT_TEXT(out.tick.security, tg_body_at(body, TG_AUCTION_ORDER_SECURITY_ID_AT), 8)
    out.tick.price = (tg_i64)tg_body_at(body, TG_AUCTION_ORDER_PRICE_AT);
    out.tick.quantity = (tg_i64)tg_body_at(body, TG_AUCTION_ORDER_ORDER_QTY_AT);
    out.tick.time = (tg_i64)tg_body_at(body, TG_AUCTION_ORDER_TRANSACT_TIME_AT);
    out.tick.channel_no = (tg_u16)(tg_body_at(body, TG_AUCTION_ORDER_CHANNEL_NO_AT) >> 48);
    TG_PUT_TEXT(out.tick.source, tg_body_at(body, TG_AUCTION_ORDER_SECURITY_ID_SOURCE_AT), 4)
    out.tick.code = (tg_u8)(tg_body_at(body, TG_AUCTION_ORDER_SIDE_AT) >> 56);
    out.tick.ord_type = (tg_u8)(has_type ? tg_body_at(body, TG_AUCTION_ORDER_ORD_TYPE_AT) >> 56 : 0u);
    TG_PUT_TEXT(out.tick.stream, tg_body_at(body, TG_AUCTION_ORDER_MD_STREAM_ID_AT), 3)
    return out;
}

TG_FN tg_any_item tg_item_trade(tg_waiting waiting, tg_u32 line) {
    const tg_capture body = waiting.capture;
    tg_any_item out = tg_item_of(waiting.found, line, TG_RECORD_TRADE);
    out.tick.appl_seq_num = (tg_i64)tg_body_at(body, TG_AUCTION_TRADE_APPL_SEQ_NUM_AT);
    out.tick.bid_appl_seq_num = (tg_i64)tg_body_at(body, TG_AUCTION_TRADE_BID_APPL_SEQ_NUM_AT);
    out.tick.offer_appl_seq_num = (tg_i64)tg_body_at(body, TG_AUCTION_TRADE_OFFER_APPL_SEQ_NUM_AT);
    TG_PUT_TEXT(out.tick.security, tg_body_at(body, TG_AUCTION_TRADE_SECURITY_ID_AT), 8)
    out.tick.price = (tg_i64)tg_body_at(body, TG_AUCTION_TRADE_LAST_PX_AT);
    out.tick.quantity = (tg_i64)tg_body_at(body, TG_AUCTION_TRADE_LAST_QTY_AT);
    out.tick.time = (tg_i64)tg_body_at(body, TG_AUCTION_TRADE_TRANSACT_TIME_AT);
    out.tick.channel_no = (tg_u16)(tg_body_at(body, TG_AUCTION_TRADE_CHANNEL_NO_AT) >> 48);
    TG_PUT_TEXT(out.tick.source, tg_body_at(body, TG_AUCTION_TRADE_SECURITY_ID_SOURCE_AT), 4)
    out.tick.code = (tg_u8)(tg_body_at(body, TG_AUCTION_TRADE_EXEC_TYPE_AT) >> 56);
    TG_PUT_TEXT(out.tick.stream, tg_body_at(body, TG_AUCTION_TRADE_MD_STREAM_ID_AT), 3)
    return out;
}

TG_FN tg_any_item tg_item_head(tg_waiting waiting, tg_u32 line, tg_u32 entries) {
    const tg_capture body = waiting.capture;
    tg_any_item out = tg_item_of(waiting.found, line, TG_RECORD_HEAD);
    out.head.time = (tg_i64)tg_body_at(body, TG_SNAPSHOT_HEAD_ORIG_TIME_AT);
    TG_PUT_TEXT(out.head.security, tg_body_at(body, TG_SNAPSHOT_HEAD_SECURITY_ID_AT), 8)
    TG_PUT_TEXT(out.head.phase, tg_body_at(body, TG_SNAPSHOT_HEAD_TRADING_PHASE_CODE_AT), 8)
    out.head.prev_close = (tg_i64)tg_body_at(body, TG_SNAPSHOT_HEAD_PREV_CLOSE_PX_AT);
    out.head.num_trades = (tg_i64)tg_body_at(body, TG_SNAPSHOT_HEAD_NUM_TRADES_AT);
    out.head.volume = (tg_i64)tg_body_at(body, TG_SNAPSHOT_HEAD_TOTAL_VOLUME_TRADE_AT);
    out.head.value = (tg_i64)tg_body_at(body, TG_SNAPSHOT_HEAD_TOTAL_VALUE_TRADE_AT);
    out.head.entries = entries;
    out.head.channel_no = (tg_u16)(tg_body_at(body, TG_SNAPSHOT_HEAD_CHANNEL_NO_AT) >> 48);
    TG_PUT_TEXT(out.head.source, tg_body_at(body, TG_SNAPSHOT_HEAD_SECURITY_ID_SOURCE_AT), 4)
    TG_PUT_TEXT(out.head.stream, tg_body_at(body, TG_SNAPSHOT_HEAD_MD_STREAM_ID_AT), 3)
    return out;
}

/* The 8 bytes at a constant place of a window, the first one topmost; what lies beyond it is 0. */
TG_FN tg_u64 tg_slice_at(tg_slice window, tg_u32 at) {
    const tg_u32 word = at / 8u;
    const tg_u64 behind = word < 3u ? window.word[(word + 1u) & 3u] : 0u;
    return tg_up(window.word[word], at % 8u) | tg_down(behind, 8u - at % 8u);
}

TG_FN tg_any_item tg_item_entry(tg_found found, tg_u32 line, tg_slice window, tg_u32 number) {
    const tg_u32 type = found.msg_type;
    const tg_u32 is_full = type == TG_MSG_AUCTION_SNAPSHOT || type == TG_MSG_BOND_SNAPSHOT;
    const tg_u32 has_level = is_full || type == TG_MSG_HK_SNAPSHOT;
    const tg_u64 size = tg_slice_at(window, TG_AUCTION_ENTRY_MD_ENTRY_SIZE_AT);
    const tg_u64 level = tg_slice_at(window, TG_AUCTION_ENTRY_MD_PRICE_LEVEL_AT) >> 48;
    const tg_u64 queue = tg_slice_at(window, TG_AUCTION_ENTRY_NO_ORDERS_AT) >> 32;
    tg_any_item out = tg_item_of(found, line, TG_RECORD_ENTRY);
    out.entry.price = (tg_i64)tg_slice_at(window, TG_AUCTION_ENTRY_MD_ENTRY_PX_AT);
    out.entry.size = (tg_i64)(type == TG_MSG_INDEX_SNAPSHOT ? 0u : size);
    out.entry.orders = (tg_i64)(is_full ? tg_slice_at(window, TG_AUCTION_ENTRY_NUMBER_OF_ORDERS_AT) : 0u);
    out.entry.queue = (tg_u32)(is_full ? queue : 0u);
    out.entry.number = (tg_u16)number;
    out.entry.level = (tg_u16)(has_level ? level : 0u);
    TG_PUT_TEXT(out.entry.entry_type, tg_slice_at(window, TG_AUCTION_ENTRY_MD_ENTRY_TYPE_AT), 2)
    return out;
}

TG_FN tg_any_item tg_item_queue(tg_found found, tg_u32 line, tg_slice window, tg_u32 position, tg_u32 count) {
    const tg_u64 second = tg_slice_at(window, TG_QUEUE_ITEM_LEN + TG_QUEUE_ITEM_ORDER_QTY_AT);
    tg_any_item out = tg_item_of(found, line, TG_RECORD_QUEUE);
    out.queue.quantity[0] = (tg_i64)tg_slice_at(window, TG_QUEUE_ITEM_ORDER_QTY_AT);
    out.queue.quantity[1] = (tg_i64)(count > 1u ? second : 0u);
    out.queue.position = position;
    out.queue.count = (tg_u8)count;
    return out;
}

TG_FN tg_any_item tg_item_end(tg_waiting waiting, tg_u32 line, tg_slice window) {
    const tg_u32 is_bond = waiting.found.msg_type == TG_MSG_BOND_SNAPSHOT;
    const tg_u32 counts = waiting.found.msg_type == TG_MSG_VOLUME_STATISTICS;
    const tg_u64 volume = tg_slice_at(window, TG_BOND_TOTALS_AUCTION_VOLUME_TRADE_AT);
    const tg_u64 value = tg_slice_at(window, TG_BOND_TOTALS_AUCTION_VALUE_TRADE_AT);
    const tg_u64 stocks = tg_body_at(waiting.capture, TG_VOLUME_STATISTICS_STOCK_NUM_AT) >> 32;
    tg_any_item out = tg_item_of(waiting.found, line, TG_RECORD_END);
    out.end.auction_volume = (tg_i64)(is_bond ? volume : 0u);
    out.end.auction_value = (tg_i64)(is_bond ? value : 0u);
    out.end.stock_num = (tg_u32)(counts ? stocks : 0u);
    return out;
}

/* Where a field of a report stands; every kind of it at its own place. */
#define TG_REPORT_FIELD(field)                                                                                         \
    (is_order ? tg_body_at(body, TG_ORDER_REPORT_##field##_AT)                                                         \
     : is_fill ? tg_body_at(body, TG_FILL_REPORT_##field##_AT)                                                         \
               : tg_body_at(body, TG_CANCEL_REJECT_##field##_AT))

TG_FN tg_any_item tg_item_report(tg_waiting waiting, tg_u32 line) {
    const tg_capture body = waiting.capture;
    const tg_u32 type = waiting.found.msg_type;
    const tg_u64 spaces = TG_ALL_ONES / 0xffu * ' ';
    const tg_u32 is_order = type == TG_MSG_ORDER_REPORT;
    const tg_u32 is_fill = type == TG_MSG_FILL_REPORT;
    const tg_u32 is_cancel = type == TG_MSG_CANCEL_REJECT;
    /* Message 4 has little of it. */
    const tg_u32 is_whole = is_order || is_fill || is_cancel;
    const tg_u64 time = is_whole ? TG_REPORT_FIELD(TRANSACT_TIME)
                                 : tg_body_at(body, TG_TRADING_BUSINESS_REJECT_TRANSACT_TIME_AT);
    const tg_u64 security =
        is_whole ? TG_REPORT_FIELD(SECURITY_ID) : tg_body_at(body, TG_TRADING_BUSINESS_REJECT_SECURITY_ID_AT);
    const tg_u64 id = is_whole ? TG_REPORT_FIELD(CL_ORD_ID)
                               : tg_body_at(body, TG_TRADING_BUSINESS_REJECT_BUSINESS_REJECT_REF_ID_AT);
    const tg_u64 id_end = is_order ? tg_body_at(body, TG_ORDER_REPORT_CL_ORD_ID_AT + 8u)
                          : is_fill ? tg_body_at(body, TG_FILL_REPORT_CL_ORD_ID_AT + 8u)
                          : is_cancel ? tg_body_at(body, TG_CANCEL_REJECT_CL_ORD_ID_AT + 8u)
                                      : tg_body_at(body, TG_TRADING_BUSINESS_REJECT_BUSINESS_REJECT_REF_ID_AT + 8u);
    const tg_u64 of = is_order ? tg_body_at(body, TG_ORDER_REPORT_ORIG_CL_ORD_ID_AT)
                      : is_cancel ? tg_body_at(body, TG_CANCEL_REJECT_ORIG_CL_ORD_ID_AT)
                                  : spaces;
    const tg_u64 of_end = is_order ? tg_body_at(body, TG_ORDER_REPORT_ORIG_CL_ORD_ID_AT + 8u)
                          : is_cancel ? tg_body_at(body, TG_CANCEL_REJECT_ORIG_CL_ORD_ID_AT + 8u)
                                      : spaces;
    const tg_u64 order_id = is_whole ? TG_REPORT_FIELD(ORDER_ID) : spaces;
    const tg_u64 order_id_end = is_order ? tg_body_at(body, TG_ORDER_REPORT_ORDER_ID_AT + 8u)
                                : is_fill ? tg_body_at(body, TG_FILL_REPORT_ORDER_ID_AT + 8u)
                                : is_cancel ? tg_body_at(body, TG_CANCEL_REJECT_ORDER_ID_AT + 8u)
                                            : spaces;
    const tg_u64 reason = is_order ? tg_body_at(body, TG_ORDER_REPORT_ORD_REJ_REASON_AT) >> 48
                          : is_cancel ? tg_body_at(body, TG_CANCEL_REJECT_CXL_REJ_REASON_AT) >> 48
                          : is_fill ? 0u
                                    : tg_body_at(body, TG_TRADING_BUSINESS_REJECT_BUSINESS_REJECT_REASON_AT) >> 48;
    const tg_u64 exec = is_order ? tg_body_at(body, TG_ORDER_REPORT_EXEC_TYPE_AT)
                        : is_fill ? tg_body_at(body, TG_FILL_REPORT_EXEC_TYPE_AT)
                                  : 0u;
    const tg_u64 cum =
        is_order ? tg_body_at(body, TG_ORDER_REPORT_CUM_QTY_AT) : tg_body_at(body, TG_FILL_REPORT_CUM_QTY_AT);
    const tg_u64 leaves =
        is_order ? tg_body_at(body, TG_ORDER_REPORT_LEAVES_QTY_AT) : tg_body_at(body, TG_FILL_REPORT_LEAVES_QTY_AT);
    const tg_u32 trades = is_order || is_fill;
    tg_any_item out = tg_item_of(waiting.found, line, TG_ITEM_KIND_REPORT);
    out.report.report_index = (tg_i64)(is_whole ? TG_REPORT_FIELD(REPORT_INDEX) : 0u);
    out.report.time = (tg_i64)time;
    TG_PUT_TEXT(out.report.security, security, 8)
    out.report.quantity = (tg_i64)(is_order ? tg_body_at(body, TG_ORDER_REPORT_ORDER_QTY_AT) : 0u);
    out.report.cum = (tg_i64)(trades ? cum : 0u);
    out.report.leaves = (tg_i64)(trades ? leaves : 0u);
    out.report.last = (tg_i64)(is_fill ? tg_body_at(body, TG_FILL_REPORT_LAST_QTY_AT) : 0u);
    out.report.last_px = (tg_i64)(is_fill ? tg_body_at(body, TG_FILL_REPORT_LAST_PX_AT) : 0u);
    TG_PUT_TEXT(out.report.order_id, order_id, 8)
    TG_PUT_TEXT(out.report.order_id + 8, order_id_end, 8)
    TG_PUT_TEXT(out.report.cl_ord_id, id, 8)
    TG_PUT_TEXT(out.report.cl_ord_id + 8, id_end, 2)
    TG_PUT_TEXT(out.report.orig_cl_ord_id, of, 8)
    TG_PUT_TEXT(out.report.orig_cl_ord_id + 8, of_end, 2)
    out.report.partition_no = (tg_u32)(is_whole ? TG_REPORT_FIELD(PARTITION_NO) >> 32 : 0u);
    out.report.ref_msg_type =
        (tg_u32)(is_whole ? 0u : tg_body_at(body, TG_TRADING_BUSINESS_REJECT_REF_MSG_TYPE_AT) >> 32);
    out.report.reason = (tg_u16)reason;
    out.report.has_place = (tg_u8)is_whole;
    out.report.side = (tg_u8)(is_whole ? TG_REPORT_FIELD(SIDE) >> 56 : 0u);
    out.report.exec_type = (tg_u8)(exec >> 56);
    out.report.ord_status = (tg_u8)(is_whole ? TG_REPORT_FIELD(ORD_STATUS) >> 56 : 0u);
    return out;
}

/* Nothing of the next message has left. */
TG_FN tg_release tg_release_begin(void) {
    tg_release out;
    out.cursor = TG_SNAPSHOT_HEAD_LEN;
    out.entries = 0;
    out.queue = 0;
    out.position = 0;
    out.number = 0;
    out.phase = TG_RELEASE_HEAD;
    out.reserved = 0;
    return out;
}

/* A window that nobody looks into. */
TG_FN tg_slice tg_slice_none(void) {
    tg_slice out;
    TG_UNROLL
    for (int i = 0; i < 4; i++) out.word[i] = 0;
    return out;
}

/* Nothing left. */
TG_FN tg_released tg_released_none(void) {
    tg_released out;
    out.release = tg_release_begin();
    out.item = tg_item_of(tg_found_fault(tg_fault_none(), 0), 0, TG_ITEM_KIND_BARE).item;
    out.done = 0;
    return out;
}

/* Where the window of the step must begin, in bytes of the body. It never depends on what the window
 * of the step before shows, but through the phase: the next one can be fetched while that is judged. */
TG_FN tg_u32 tg_release_from(tg_release release, tg_found found) {
    return release.phase == TG_RELEASE_END ? found.known - TG_BOND_TOTALS_LEN : release.cursor;
}

/* The next item of a snapshot. */
TG_FN tg_released tg_release_snapshot(tg_release release, tg_waiting waiting, tg_u32 line, tg_slice window) {
    const tg_u32 type = waiting.found.msg_type;
    const tg_u32 is_full = type == TG_MSG_AUCTION_SNAPSHOT || type == TG_MSG_BOND_SNAPSHOT;
    const tg_u32 entry_bytes = is_full ? TG_AUCTION_ENTRY_LEN
                               : type == TG_MSG_HK_SNAPSHOT ? TG_HK_ENTRY_LEN
                               : type == TG_MSG_INDEX_SNAPSHOT ? TG_INDEX_ENTRY_LEN
                                                               : TG_AFTER_HOURS_ENTRY_LEN;
    const tg_u32 in_head = release.phase == TG_RELEASE_HEAD;
    const tg_u32 in_entry = release.phase == TG_RELEASE_ENTRY;
    const tg_u32 in_queue = release.phase == TG_RELEASE_QUEUE;
    const tg_u64 announced = tg_body_at(waiting.capture, TG_SNAPSHOT_HEAD_NO_MD_ENTRIES_AT) >> 32;
    /* 309111 has no entries: another number stands at this place. */
    const tg_u32 entries = type == TG_MSG_VOLUME_STATISTICS ? 0u : (tg_u32)announced;
    const tg_u32 disclosed = is_full ? (tg_u32)(tg_slice_at(window, TG_AUCTION_ENTRY_NO_ORDERS_AT) >> 32) : 0u;
    const tg_u32 pair = release.queue > 1u ? 2u : 1u;
    const tg_u32 entries_left = in_head ? entries : in_entry ? release.entries - 1u : release.entries;
    const tg_u32 queue_left = in_entry ? disclosed : in_queue ? release.queue - pair : 0u;
    const tg_any_item any = in_head ? tg_item_head(waiting, line, entries)
                            : in_entry ? tg_item_entry(waiting.found, line, window, release.number)
                            : in_queue ? tg_item_queue(waiting.found, line, window, release.position, pair)
                                       : tg_item_end(waiting, line, window);
    tg_released out;
    out.done = release.phase == TG_RELEASE_END;
    out.item = any.item;
    out.release.cursor = release.cursor + (in_entry ? entry_bytes : in_queue ? pair * TG_QUEUE_ITEM_LEN : 0u);
    out.release.entries = entries_left;
    out.release.queue = queue_left;
    out.release.position = in_queue ? release.position + pair : 0u;
    out.release.number = (tg_u16)(release.number + in_entry);
    out.release.phase = queue_left > 0u ? TG_RELEASE_QUEUE : entries_left > 0u ? TG_RELEASE_ENTRY : TG_RELEASE_END;
    out.release.reserved = 0;
    return out;
}

/* The only item of every other message, and of a fault alone. */
TG_FN tg_released tg_release_single(tg_waiting waiting, tg_u32 line) {
    const tg_u32 becomes = waiting.found.becomes;
    const tg_any_item any = becomes == TG_BECOMES_ORDER ? tg_item_order(waiting, line)
                            : becomes == TG_BECOMES_TRADE ? tg_item_trade(waiting, line)
                            : becomes == TG_BECOMES_REPORT ? tg_item_report(waiting, line)
                                                           : tg_item_of(waiting.found, line, TG_ITEM_KIND_BARE);
    tg_released out;
    out.release = tg_release_begin();
    out.item = any.item;
    out.done = 1;
    return out;
}

/* One item of the message at the front. */
TG_FN tg_released tg_release_step(tg_release release, tg_waiting waiting, tg_u32 line, tg_slice window) {
    const tg_found found = waiting.found;
    const tg_u32 begins = release.phase == TG_RELEASE_HEAD;
    const tg_released step = found.becomes == TG_BECOMES_SNAPSHOT ? tg_release_snapshot(release, waiting, line, window)
                                                                  : tg_release_single(waiting, line);
    const tg_u32 framed = (begins ? TG_ITEM_MARK_BEGINS : 0u) | (step.done ? TG_ITEM_MARK_ENDS : 0u);
    tg_released out = step;
    out.release = step.done ? tg_release_begin() : step.release;
    out.item.fault_a = begins ? found.fault_a : 0;
    out.item.fault_b = begins ? found.fault_b : 0;
    out.item.length = begins ? found.length : 0u;
    out.item.surplus = step.done ? found.surplus : 0u;
    out.item.marks = (tg_u8)(found.framed ? framed : found.link ? TG_ITEM_MARK_LINK : 0u);
    return out;
}

#endif
