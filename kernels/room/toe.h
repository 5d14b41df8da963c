/* toe: the words of an IO channel become the bytes of a session.
 *
 *   word 0    | len | len | cid | 0x55 x 13 |    as host/pipeline/src/toe.rs lays it out
 *   word 1..  | payload, 16 bytes a word    |    the last one is cut by the length
 *
 * A beat is 16 bytes in wire order, the first one topmost, so that a field is a shift.
 */
#ifndef TIDEGATE_ROOM_TOE_H
#define TIDEGATE_ROOM_TOE_H

#include "word.h"

#define TG_ALL_ONES 0xffffffffffffffffUL
/* A session that is none, as items and log words say it. */
#define TG_NO_SESSION 0xffffu

/* Sixteen bytes or fewer, the first one in the topmost byte of `hi`. */
typedef struct {
    tg_u64 hi;
    tg_u64 lo;
} tg_beat;

/* What is wrong, and where. */
typedef struct {
    tg_u64 offset; /* in the stream or the link, in bytes */
    tg_u64 length; /* in bytes */
    tg_u16 cid;    /* session of the line; TG_NO_SESSION for none */
    tg_u8 code;    /* 0 for none */
    tg_u8 link;    /* 1: of the line, not of a stream */
} tg_fault;

/* What the next word is. */
#define TG_TOE_HEADER 0u
#define TG_TOE_PACKET 1u
#define TG_TOE_DEAD 2u

typedef struct {
    tg_u64 words;     /* words taken */
    tg_u64 started;   /* number of the header word of the packet under way */
    tg_u32 remaining; /* bytes of it that are to come */
    tg_u32 prefix;    /* of these, bytes that are dropped */
    tg_u8 mode;
    tg_u8 deliver;    /* 1: its bytes go to session `cid` */
    tg_u8 cid;
    tg_u8 reserved;   /* 0 */
} tg_toe;

typedef struct {
    tg_toe toe;       /* afterwards */
    tg_beat beat;     /* bytes for the session, from the first one on */
    tg_u32 count;     /* how many, 0 to 16 */
    tg_u32 opens;     /* 1: bytes of session `toe.cid` come next */
    tg_u32 swallowed; /* bytes that a dead link swallowed */
    tg_fault fault;
} tg_toe_out;

/* Nothing wrong, in no session. */
TG_FN tg_fault tg_fault_none(void) {
    tg_fault out;
    out.offset = 0;
    out.length = 0;
    out.cid = TG_NO_SESSION;
    out.code = 0;
    out.link = 0;
    return out;
}

/* Moved up by 0 to 8 bytes and more; zeros follow. */
TG_FN tg_u64 tg_up(tg_u64 x, tg_u32 bytes) {
    return bytes > 7u ? 0u : x << (8u * bytes);
}

TG_FN tg_u64 tg_down(tg_u64 x, tg_u32 bytes) {
    return bytes > 7u ? 0u : x >> (8u * bytes);
}

/* Without its first `count` bytes, 0 to 16; zeros follow. */
TG_FN tg_beat tg_beat_drop(tg_beat beat, tg_u32 count) {
    const tg_u32 far = count > 7u;
    const tg_u32 by = far ? count - 8u : count;
    tg_beat out;
    out.hi = far ? tg_up(beat.lo, by) : tg_up(beat.hi, by) | tg_down(beat.lo, 8u - by);
    out.lo = far ? 0u : tg_up(beat.lo, by);
    return out;
}

/* Behind `count` zeros, 0 to 16; what has no room falls off. */
TG_FN tg_beat tg_beat_push(tg_beat beat, tg_u32 count) {
    const tg_u32 far = count > 7u;
    const tg_u32 by = far ? count - 8u : count;
    tg_beat out;
    out.hi = far ? 0u : tg_down(beat.hi, by);
    out.lo = far ? tg_down(beat.hi, by) : tg_down(beat.lo, by) | tg_up(beat.hi, 8u - by);
    return out;
}

/* Its first `count` bytes, 0 to 16, then zeros. */
TG_FN tg_beat tg_beat_keep(tg_beat beat, tg_u32 count) {
    tg_beat out;
    out.hi = beat.hi & ~tg_down(TG_ALL_ONES, count);
    out.lo = beat.lo & ~tg_down(TG_ALL_ONES, count > 8u ? count - 8u : 0u);
    return out;
}

/* The sum of its bytes modulo 256. */
TG_FN tg_u32 tg_beat_sum(tg_beat beat) {
    const tg_u64 lanes = 0x00ff00ff00ff00ffUL;
    const tg_u64 pairs = (beat.hi & lanes) + (beat.hi >> 8 & lanes) + (beat.lo & lanes) + (beat.lo >> 8 & lanes);
    const tg_u64 quads = pairs + (pairs >> 32);
    return (tg_u32)(quads + (quads >> 16)) & 0xffu;
}

/* The 8 bytes that end behind the first `count` of a beat, 0 to 16; `before` are the 8 in front of it. */
TG_FN tg_u64 tg_beat_tail(tg_u64 before, tg_beat beat, tg_u32 count) {
    const tg_u32 far = count > 8u;
    const tg_u32 by = far ? count - 8u : count;
    const tg_u64 front = far ? beat.hi : before;
    const tg_u64 back = far ? beat.lo : beat.hi;
    return tg_up(front, by) | tg_down(back, 8u - by);
}

/* Eight bytes from the last to the first. */
TG_FN tg_u64 tg_reversed(tg_u64 x) {
    const tg_u64 bytes = 0x00ff00ff00ff00ffUL;
    const tg_u64 pairs = 0x0000ffff0000ffffUL;
    const tg_u64 by_byte = (x & bytes) << 8 | (x >> 8 & bytes);
    const tg_u64 by_pair = (by_byte & pairs) << 16 | (by_byte >> 16 & pairs);
    return by_pair << 32 | by_pair >> 32;
}

/* The bytes of a word in wire order: a channel gives them reversed. */
TG_FN tg_beat tg_toe_beat(tg_descriptor descriptor, tg_log_word in) {
    tg_u64 first = 0;
    tg_u64 last = 0;
    tg_beat out;
    TG_UNROLL
    for (int i = 0; i < 8; i++) {
        first |= (tg_u64)in.word[i] << (8 * i);
        last |= (tg_u64)in.word[8 + i] << (8 * i);
    }
    out.hi = descriptor.printed ? tg_reversed(first) : last;
    out.lo = descriptor.printed ? tg_reversed(last) : first;
    return out;
}

/* A header word: what comes next. Its fields are its last bytes in wire order, the first one last. */
TG_FN tg_toe_out tg_toe_header(tg_toe toe, tg_descriptor descriptor, tg_beat beat) {
    const tg_u32 first = (tg_u32)beat.lo & 0xffu;
    const tg_u32 second = (tg_u32)(beat.lo >> 8) & 0xffu;
    const tg_u32 cid = (tg_u32)(beat.lo >> 16) & 0xffu;
    const tg_u64 filler = TG_ALL_ONES / 0xffu * TG_WORD_FILLER;
    const tg_u32 filled = beat.hi == filler && beat.lo >> 24 == filler >> 24;
    const tg_u32 length = descriptor.text_layout ? first << 8 | second : second << 8 | first;
    const tg_u32 exists = cid < TG_MAX_SESSIONS;
    const tg_u32 strange = descriptor.strict_filler && !filled;
    const tg_u32 brief = length < descriptor.prefix_bytes;
    const tg_u32 refused = !exists ? TG_FAULT_TOE_SESSION
                           : strange ? TG_FAULT_TOE_FILLER
                           : brief ? TG_FAULT_TOE_PREFIX
                                   : 0u;
    const tg_u32 deadly = length > TG_MAX_PACKET_BYTES;
    tg_toe_out out;
    out.fault.offset = toe.words * TG_BEAT_BYTES;
    out.fault.length = length;
    out.fault.cid = (tg_u16)(exists ? cid : TG_NO_SESSION);
    out.fault.code = (tg_u8)(deadly ? TG_FAULT_TOE_LENGTH : refused);
    out.fault.link = 1;
    out.opens = !deadly && refused == 0u && length > 0u;
    out.beat = beat;
    out.count = 0;
    out.swallowed = 0;
    out.toe.words = toe.words + 1u;
    out.toe.started = toe.words;
    out.toe.remaining = length;
    out.toe.prefix = brief ? length : descriptor.prefix_bytes;
    out.toe.mode = (tg_u8)(deadly ? TG_TOE_DEAD : length > 0u ? TG_TOE_PACKET : TG_TOE_HEADER);
    out.toe.deliver = (tg_u8)out.opens;
    out.toe.cid = (tg_u8)cid;
    out.toe.reserved = 0;
    return out;
}

/* A word of a packet, or one behind the end of a dead link. */
TG_FN tg_toe_out tg_toe_data(tg_toe toe, tg_beat beat) {
    const tg_u32 dead = toe.mode == TG_TOE_DEAD;
    const tg_u32 here = toe.remaining < TG_BEAT_BYTES ? toe.remaining : TG_BEAT_BYTES;
    const tg_u32 skip = toe.prefix < here ? toe.prefix : here;
    const tg_u32 left = toe.remaining - here;
    tg_toe_out out;
    out.fault = tg_fault_none();
    out.opens = 0;
    out.beat = tg_beat_drop(beat, skip);
    out.count = !dead && toe.deliver ? here - skip : 0u;
    out.swallowed = dead ? TG_BEAT_BYTES : 0u;
    out.toe = toe;
    out.toe.words = toe.words + 1u;
    out.toe.remaining = left;
    out.toe.prefix = toe.prefix - skip;
    out.toe.mode = (tg_u8)(dead ? TG_TOE_DEAD : left > 0u ? TG_TOE_PACKET : TG_TOE_HEADER);
    return out;
}

/* The next word. */
TG_FN tg_toe_out tg_toe_word(tg_toe toe, tg_descriptor descriptor, tg_beat beat) {
    return toe.mode == TG_TOE_HEADER ? tg_toe_header(toe, descriptor, beat) : tg_toe_data(toe, beat);
}

/* A session starts anew: the rest of a packet of it is not its own any more. */
TG_FN tg_toe tg_toe_reset(tg_toe toe, tg_u32 cid) {
    tg_toe out = toe;
    out.deliver = toe.cid == cid ? 0 : toe.deliver;
    return out;
}

/* The input ended: a packet that is not whole is a fault. A dead link stays dead. */
TG_FN tg_toe_out tg_toe_stop(tg_toe toe) {
    const tg_u32 cut = toe.mode == TG_TOE_PACKET;
    tg_toe_out out;
    out.fault.offset = toe.started * TG_BEAT_BYTES;
    out.fault.length = toe.remaining;
    out.fault.cid = (tg_u16)(toe.deliver ? toe.cid : TG_NO_SESSION);
    out.fault.code = cut ? TG_FAULT_TOE_TRUNCATED : 0;
    out.fault.link = 1;
    out.opens = 0;
    out.beat.hi = 0;
    out.beat.lo = 0;
    out.count = 0;
    out.swallowed = 0;
    out.toe = toe;
    out.toe.mode = cut ? TG_TOE_HEADER : toe.mode;
    return out;
}

#endif
