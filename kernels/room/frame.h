/* frame: messages in the byte stream of a session, without a byte of them kept.
 *
 *   0         4            8                      8+BodyLength
 *   | MsgType | BodyLength | body, BodyLength bytes | checksum |   big-endian, no delimiter
 *
 * A segment is the part of a beat that belongs to one message. Sum and the last 8 bytes run along:
 * the header, a count and the trailer are the last bytes when their end comes by.
 */
#ifndef TIDEGATE_ROOM_FRAME_H
#define TIDEGATE_ROOM_FRAME_H

#include "toe.h"

#define TG_FRAME_BYTES (TG_HEADER_BYTES + TG_TRAILER_BYTES)

typedef struct {
    tg_u64 at;       /* offset of the next byte in its stream */
    tg_u64 tail;     /* the last 8 bytes that came */
    tg_u32 seen;     /* bytes of the message under way */
    tg_u32 msg_type; /* of it, when its header is whole */
    tg_u32 body_len;
    tg_u8 sum;       /* of its header and body */
    tg_u8 dead;      /* 1: swallows everything until a reset */
    tg_u16 reserved; /* 0 */
} tg_frame;

/* What one segment was. */
typedef struct {
    tg_frame frame;    /* afterwards */
    tg_u64 offset;     /* of the message's first byte in its stream */
    tg_u64 length;     /* of the whole message, in bytes; with a length over the limit up to 2^32 + 11 */
    tg_u32 msg_type;
    tg_u32 body_len;
    tg_u32 from;       /* bytes of the message before the segment */
    tg_u32 taken;      /* bytes of the segment */
    tg_u32 swallowed;  /* of these, bytes that a dead session swallowed */
    tg_u32 headed;     /* 1: the header became whole, within the limits */
    tg_u32 over;       /* 1: the header became whole, over the limit */
    tg_u32 ended;      /* 1: the message is whole */
    tg_u32 intact;     /* 1: and its trailer is right */
} tg_segment;

TG_FN tg_u32 tg_max_body_bytes(tg_u32 msg_type) {
    return msg_type == TG_MSG_ANNOUNCEMENT ? TG_MAX_ANNOUNCEMENT_BYTES : TG_MAX_BODY_BYTES;
}

/* The next message begins with the next byte. */
TG_FN tg_frame tg_frame_begin(tg_u64 at, tg_u32 dead) {
    tg_frame out;
    out.at = at;
    out.tail = 0;
    out.seen = 0;
    out.msg_type = 0;
    out.body_len = 0;
    out.sum = 0;
    out.dead = (tg_u8)dead;
    out.reserved = 0;
    return out;
}

/* Takes of `count` bytes those of one message, at least 1 of those that are there. */
TG_FN tg_segment tg_frame_take(tg_frame frame, tg_beat beat, tg_u32 count, tg_u32 policy) {
    const tg_u32 from = frame.seen;
    const tg_u32 to_header = from < TG_HEADER_BYTES ? TG_HEADER_BYTES - from : 0u;
    const tg_u32 alive = !frame.dead;
    const tg_u32 whole_header = alive && to_header > 0u && count >= to_header;
    const tg_u64 header = tg_beat_tail(frame.tail, beat, to_header);
    const tg_u32 msg_type = whole_header ? (tg_u32)(header >> 32) : frame.msg_type;
    const tg_u32 body_len = whole_header ? (tg_u32)header : frame.body_len;
    const tg_u32 over = whole_header && body_len > tg_max_body_bytes(msg_type);
    const tg_u32 headed = whole_header && !over;
    /* Where the message ends is known. */
    const tg_u32 sized = headed || (alive && to_header == 0u);
    const tg_u32 summed = body_len + TG_HEADER_BYTES;
    const tg_u32 wanted = over ? to_header : sized ? summed + TG_TRAILER_BYTES - from : count;
    const tg_u32 taken = wanted < count ? wanted : count;
    const tg_u32 in_sum = !sized ? taken : summed > from ? summed - from : 0u;
    const tg_u32 sum = frame.sum + tg_beat_sum(tg_beat_keep(beat, in_sum < taken ? in_sum : taken));
    const tg_u64 tail = tg_beat_tail(frame.tail, beat, taken);
    const tg_u32 ended = sized && taken == wanted;
    const tg_u32 intact = ended && (tg_u32)tail == (sum & 0xffu);
    const tg_u32 disconnected = ended && !intact && policy == TG_CHECKSUM_DISCONNECT;
    const tg_u32 fresh = ended || over || !alive;
    tg_segment out;
    out.frame.at = frame.at + taken;
    out.frame.tail = tail;
    out.frame.seen = fresh ? 0u : from + taken;
    out.frame.msg_type = msg_type;
    out.frame.body_len = body_len;
    out.frame.sum = (tg_u8)(fresh ? 0u : sum);
    out.frame.dead = (tg_u8)(frame.dead || over || disconnected);
    out.frame.reserved = 0;
    out.offset = frame.at - from;
    out.length = (tg_u64)body_len + TG_FRAME_BYTES;
    out.msg_type = msg_type;
    out.body_len = body_len;
    out.from = from;
    out.taken = taken;
    out.swallowed = !alive || over ? taken + (over ? from : 0u) : 0u;
    out.headed = headed;
    out.over = over;
    out.ended = ended;
    out.intact = intact;
    return out;
}

/* The last segment of a beat behind two others: fewer bytes than a header, of a new message. */
TG_FN tg_segment tg_frame_few(tg_frame frame, tg_beat beat, tg_u32 count) {
    tg_segment out;
    out.frame = frame;
    out.frame.at = frame.at + count;
    out.frame.tail = tg_beat_tail(frame.tail, beat, count);
    out.frame.seen = frame.dead ? 0u : count;
    out.frame.sum = (tg_u8)(frame.dead ? 0u : tg_beat_sum(tg_beat_keep(beat, count)));
    out.offset = frame.at;
    out.length = 0;
    out.msg_type = 0;
    out.body_len = 0;
    out.from = 0;
    out.taken = count;
    out.swallowed = frame.dead ? count : 0u;
    out.headed = 0;
    out.over = 0;
    out.ended = 0;
    out.intact = 0;
    return out;
}

/* An unfinished message, if there is one. */
TG_FN tg_fault tg_frame_truncated(tg_frame frame, tg_u32 cid) {
    tg_fault out;
    out.offset = frame.at - frame.seen;
    out.length = frame.seen;
    out.cid = (tg_u16)cid;
    out.code = frame.seen > 0u ? TG_FAULT_FRAME_TRUNCATED : 0;
    out.link = 0;
    return out;
}

/* What a reset breaks off: an unfinished message, or a range that is lost. */
TG_FN tg_fault tg_frame_lost(tg_frame frame, tg_u32 cid, tg_u32 how, tg_u64 to) {
    const tg_u64 from = frame.at - frame.seen;
    tg_fault lost;
    lost.offset = from;
    lost.length = to - from;
    lost.cid = (tg_u16)cid;
    lost.code = TG_FAULT_CAPTURE_LOST;
    lost.link = 0;
    return how == TG_RESUME_LOST && to > from ? lost : tg_frame_truncated(frame, cid);
}

#endif
