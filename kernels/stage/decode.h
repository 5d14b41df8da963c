/* decode: log words of one line in, items out. Decode of TOE0 and feedback of TOE1 are the same stage.
 *
 *   word ─▶ toe ─▶ frame ─▶ capture ─▶ ring of 8 ─▶ release ─▶ item
 *                    └────▶ hold, 2 KiB a session ────┘
 *
 * A step gives one item of what waits, and takes a word or a control word. What becomes whole with a
 * word waits in that step and leaves in the next one at the earliest.
 */
#ifndef TIDEGATE_STAGE_DECODE_H
#define TIDEGATE_STAGE_DECODE_H

#include "../room/decode.h"

/* Messages that may wait, in two halves: two may end in one beat, one goes to each half. */
#define TG_RING_SLOTS 8u
#define TG_RING_HALF (TG_RING_SLOTS / 2u)
/* The hold: a byte of each bank a row. */
#define TG_HOLD_BANKS 32u
#define TG_HOLD_ROWS (TG_HOLD_BYTES / TG_HOLD_BANKS)

/* What runs on while a session's messages pass. */
typedef struct {
    tg_frame frame;
    tg_walk walk;
    tg_capture capture;
} tg_session;

typedef struct {
    tg_u8 bank[TG_HOLD_BANKS];
} tg_hold_row;

/* What the stop of a line does next. */
#define TG_STOP_NONE 0u
#define TG_STOP_PACKET 1u
#define TG_STOP_SESSIONS 2u
#define TG_STOP_STOPPED 3u

typedef struct {
    tg_session session;  /* of `cid`, under way */
    tg_session left;     /* of `left_cid`, the one before it: it may come back before the memory has it */
    tg_toe toe;
    tg_release release;  /* of the message at the front of the ring */
    tg_u64 bytes;        /* bytes that were framed or swallowed */
    tg_u64 swallowed;    /* bytes that dead sessions or a dead link swallowed */
    tg_u64 known[2];     /* of each session a bit: it was under way before, so that the memory has it */
    tg_u16 holds[8];     /* of each slot of the ring: the session whose hold it needs; TG_NO_SESSION for none */
    tg_u16 left_cid;     /* TG_NO_SESSION for none */
    tg_u16 scan;         /* of a stop: the next session */
    tg_u8 cid;
    tg_u8 front;         /* slot of the first message that waits */
    tg_u8 waiting;       /* messages that wait */
    tg_u8 stop;
} tg_decode_registers;

/* All the memory of the stage. */
typedef struct {
    tg_decode_registers registers;
    tg_session sessions[TG_MAX_SESSIONS];
    tg_waiting ring[TG_RING_SLOTS]; /* even slots, then odd ones */
    tg_hold_row hold[TG_MAX_SESSIONS * TG_HOLD_ROWS];
} tg_decode_memory;

/* Where each part of it is: an array of its own, so that a compiler gives each its own memory. */
typedef struct {
    TG_STATE tg_decode_registers *registers;
    TG_STATE tg_session *sessions;
    TG_STATE tg_waiting *ring;
    TG_STATE tg_hold_row *hold;
} tg_decode_state;

/* Constants that the wiring passes. */
typedef struct {
    tg_descriptor descriptor;
    tg_u32 policy; /* TG_CHECKSUM_DROP, FLAG, DISCONNECT */
    tg_u32 line;   /* 0 TOE0, 1 TOE1 */
} tg_decode_config;

typedef struct {
    tg_item item;  /* zeros where there is none */
    tg_u32 valid;  /* 1: there is an item */
    tg_u32 took;   /* 1: the word was taken */
} tg_decode_out;

/* One or two that begin to wait in a step; what they captured is in the ring already. */
typedef struct {
    tg_found first;
    tg_found second;
    tg_u32 count;
    tg_u32 swallowed; /* bytes that a dead session or link swallowed */
} tg_arrived;

/* What stands in a beat behind the end of a message. */
typedef struct {
    tg_frame frame;   /* afterwards */
    tg_walk walk;     /* afterwards */
    tg_found found;   /* of the whole message, if it `stops` */
    tg_beat whole;    /* its bytes, as far as they are of this beat */
    tg_beat open;     /* those of the message that is under way afterwards */
    tg_u32 stops;
    tg_u32 swallowed;
} tg_rest;

TG_FN tg_decode_state tg_decode_state_of(TG_STATE tg_decode_memory *memory) {
    tg_decode_state out;
    out.registers = &memory->registers;
    out.sessions = memory->sessions;
    out.ring = memory->ring;
    out.hold = memory->hold;
    return out;
}

TG_FN tg_session tg_session_begin(void) {
    tg_session out;
    out.frame = tg_frame_begin(0, 0);
    out.walk = tg_walk_begin(0, 0);
    out.capture = tg_capture_none();
    return out;
}

/* Before the first step. The memories need no first value. */
TG_FN void tg_decode_start(tg_decode_state state) {
    TG_STATE tg_decode_registers *r = state.registers;
    r->session = tg_session_begin();
    r->left = tg_session_begin();
    r->toe.words = 0;
    r->toe.started = 0;
    r->toe.remaining = 0;
    r->toe.prefix = 0;
    r->toe.mode = TG_TOE_HEADER;
    r->toe.deliver = 0;
    r->toe.cid = 0;
    r->toe.reserved = 0;
    r->release = tg_release_begin();
    r->bytes = 0;
    r->swallowed = 0;
    r->known[0] = 1; /* session 0 is under way */
    r->known[1] = 0;
    TG_UNROLL
    for (tg_u32 i = 0; i < TG_RING_SLOTS; i++) r->holds[i] = TG_NO_SESSION;
    r->left_cid = TG_NO_SESSION;
    r->scan = 0;
    r->cid = 0;
    r->front = 0;
    r->waiting = 0;
    r->stop = TG_STOP_NONE;
}

/* Whether everything that was taken is out. */
TG_FN tg_u32 tg_decode_idle(tg_decode_state state) {
    return state.registers->waiting == 0 && state.registers->stop == TG_STOP_NONE;
}

/* ---- sessions ---- */

/* A session as it was left: kept beside the memory, in it, or not under way before. */
TG_FN tg_session tg_session_found(tg_decode_state state, tg_u32 cid) {
    TG_STATE const tg_decode_registers *r = state.registers;
    const tg_u32 known = (tg_u32)(r->known[cid / 64u % 2u] >> (cid % 64u)) & 1u;
    return r->left_cid == cid ? r->left : known ? state.sessions[cid % TG_MAX_SESSIONS] : tg_session_begin();
}

/* Makes `cid` the session under way. The one that is left is also kept beside the memory, so that A, B,
 * A need not wait for what was just written: what is read was written at least two steps ago. */
TG_FN void tg_session_turn(tg_decode_state state, tg_u32 cid) {
    TG_STATE tg_decode_registers *r = state.registers;
    if (cid != r->cid) {
        const tg_session leaving = r->session;
        const tg_session coming = tg_session_found(state, cid);
        const tg_u64 bit = (tg_u64)1 << (cid % 64u);
        state.sessions[r->cid] = leaving;
        r->session = coming;
        r->left = leaving;
        r->left_cid = r->cid;
        r->cid = (tg_u8)cid;
        r->known[0] = r->known[0] | (cid < 64u ? bit : 0u);
        r->known[1] = r->known[1] | (cid < 64u ? 0u : bit);
    }
}

/* Whether a control word left the session whose packet goes on: a step turns back to it. */
TG_FN tg_u32 tg_session_away(tg_decode_state state) {
    TG_STATE const tg_decode_registers *r = state.registers;
    return r->toe.mode == TG_TOE_PACKET && r->toe.deliver && r->toe.cid != r->cid;
}

/* ---- hold ---- */

/* 32 bytes turned to the front by `by`, 0 to 31: the byte at `by` comes first. */
TG_FN tg_slice tg_slice_turned(tg_slice window, tg_u32 by) {
    const tg_u32 words = by / 8u;
    tg_slice halves;
    tg_slice whole;
    tg_slice out;
    TG_UNROLL
    for (tg_u32 i = 0; i < 4; i++) halves.word[i] = words & 2u ? window.word[(i + 2u) & 3u] : window.word[i];
    TG_UNROLL
    for (tg_u32 i = 0; i < 4; i++) whole.word[i] = words & 1u ? halves.word[(i + 1u) & 3u] : halves.word[i];
    TG_UNROLL
    for (tg_u32 i = 0; i < 4; i++) {
        out.word[i] = tg_up(whole.word[i], by % 8u) | tg_down(whole.word[(i + 1u) & 3u], 8u - by % 8u);
    }
    return out;
}

/* Reads 32 bytes of a session's hold from `at` on: one byte of each bank. */
TG_FN tg_slice tg_hold_read(tg_decode_state state, tg_u32 cid, tg_u32 at) {
    const tg_u32 base = cid % TG_MAX_SESSIONS * TG_HOLD_ROWS;
    const tg_u32 row = at / TG_HOLD_BANKS;
    const tg_u32 first = at % TG_HOLD_BANKS;
    tg_slice out;
    TG_UNROLL
    for (tg_u32 word = 0; word < 4; word++) {
        tg_u64 bytes = 0;
        TG_UNROLL
        for (tg_u32 i = 0; i < 8; i++) {
            const tg_u32 bank = 8u * word + i;
            const tg_u32 place = (row + (bank < first ? 1u : 0u)) % TG_HOLD_ROWS;
            bytes = bytes << 8 | state.hold[base + place].bank[bank];
        }
        out.word[word] = bytes;
    }
    return tg_slice_turned(out, first);
}

/* Writes a segment of a body at `at`: one byte to each bank at most. What has no room, and the first
 * bytes, which are captured, are left out. */
TG_FN void tg_hold_write(tg_decode_state state, tg_u32 cid, tg_u32 at, tg_beat beat, tg_u32 count) {
    const tg_u32 base = cid % TG_MAX_SESSIONS * TG_HOLD_ROWS;
    const tg_u32 row = at / TG_HOLD_BANKS;
    const tg_u32 first = at % TG_HOLD_BANKS;
    tg_slice unturned;
    unturned.word[0] = beat.hi;
    unturned.word[1] = beat.lo;
    unturned.word[2] = 0;
    unturned.word[3] = 0;
    const tg_slice bytes = tg_slice_turned(unturned, (TG_HOLD_BANKS - first) % TG_HOLD_BANKS);
    TG_UNROLL
    for (tg_u32 bank = 0; bank < TG_HOLD_BANKS; bank++) {
        const tg_u32 number = (bank - first) % TG_HOLD_BANKS;
        const tg_u32 place = row + (bank < first ? 1u : 0u);
        if (number < count && place > 0u && place < TG_HOLD_ROWS) {
            state.hold[base + place].bank[bank] = (tg_u8)(bytes.word[bank / 8u] >> (56u - 8u * (bank % 8u)));
        }
    }
}

/* Whether the next segment is one of a snapshot's body, for the hold. */
TG_FN tg_u32 tg_hold_wants(tg_frame frame, tg_walk walk) {
    return walk.becomes == TG_BECOMES_SNAPSHOT && frame.seen >= TG_HEADER_BYTES;
}

/* Whether a message that waits still needs some of the session's hold before `end`. */
TG_FN tg_u32 tg_hold_needed(tg_decode_state state, tg_u32 end) {
    TG_STATE const tg_decode_registers *r = state.registers;
    tg_u32 needed = 0;
    TG_UNROLL
    for (tg_u32 i = 0; i < TG_RING_SLOTS; i++) {
        const tg_u32 free = i == r->front ? r->release.cursor : TG_SNAPSHOT_HEAD_LEN;
        needed |= r->holds[i] == r->cid && end > free;
    }
    return needed;
}

/* Whether the next word may overwrite what a message that waits still needs. */
TG_FN tg_u32 tg_hold_busy(tg_decode_state state) {
    TG_STATE const tg_decode_registers *r = state.registers;
    const tg_frame frame = r->session.frame;
    const tg_u32 wants = r->toe.mode == TG_TOE_PACKET && r->toe.deliver && tg_hold_wants(frame, r->session.walk);
    return wants && tg_hold_needed(state, frame.seen - TG_HEADER_BYTES + TG_BEAT_BYTES);
}

/* ---- ring ---- */

/* Even slots stand in the first half, odd ones in the second: a step writes each of them once. */
TG_FN tg_u32 tg_ring_place(tg_u32 slot) {
    return slot % 2u * TG_RING_HALF + slot / 2u % TG_RING_HALF;
}

TG_FN tg_u16 tg_ring_holds(tg_found found) {
    return (tg_u16)(found.becomes == TG_BECOMES_SNAPSHOT ? found.cid : TG_NO_SESSION);
}

/* The slot of the `number`th that begins to wait in this step. */
TG_FN tg_u32 tg_ring_free(tg_decode_state state, tg_u32 number) {
    return (state.registers->front + state.registers->waiting + number) % TG_RING_SLOTS;
}

/* Puts what arrived behind what waits, and takes off the front one if it has left. */
TG_FN void tg_ring_push(tg_decode_state state, tg_arrived arrived, tg_u32 left) {
    TG_STATE tg_decode_registers *r = state.registers;
    const tg_u32 front = r->front;
    const tg_u32 first = tg_ring_free(state, 0);
    const tg_u32 second = tg_ring_free(state, 1);
    TG_UNROLL
    for (tg_u32 side = 0; side < 2u; side++) {
        const tg_u32 is_first = first % 2u == side;
        const tg_u32 place = tg_ring_place(is_first ? first : second);
        if (arrived.count > (is_first ? 0u : 1u)) state.ring[place].found = is_first ? arrived.first : arrived.second;
    }
    TG_UNROLL
    for (tg_u32 i = 0; i < TG_RING_SLOTS; i++) {
        const tg_u32 is_first = arrived.count > 0u && i == first;
        const tg_u32 is_second = arrived.count > 1u && i == second;
        r->holds[i] = is_first ? tg_ring_holds(arrived.first)
                      : is_second ? tg_ring_holds(arrived.second)
                      : left && i == front ? TG_NO_SESSION
                                           : r->holds[i];
    }
    r->front = (tg_u8)((front + left) % TG_RING_SLOTS);
    r->waiting = (tg_u8)(r->waiting + arrived.count - left);
}

/* One item of the message at the front, if one waits; `done` if it was its last. */
TG_FN tg_released tg_ring_release(tg_decode_state state, tg_u32 line) {
    TG_STATE tg_decode_registers *r = state.registers;
    const tg_waiting waiting = state.ring[tg_ring_place(r->front)];
    const tg_u32 at = tg_release_from(r->release, waiting.found);
    const tg_u32 shows = waiting.found.becomes == TG_BECOMES_SNAPSHOT;
    const tg_slice window = shows ? tg_hold_read(state, waiting.found.cid, at) : tg_slice_none();
    return tg_release_step(r->release, waiting, line, window);
}

/* ---- words ---- */

/* A fault, if it is one. */
TG_FN tg_arrived tg_arrived_fault(tg_fault fault, tg_u64 number, tg_u32 swallowed) {
    tg_arrived out;
    out.first = tg_found_fault(fault, number);
    out.second = out.first;
    out.count = fault.code != 0;
    out.swallowed = swallowed;
    return out;
}

/* Behind the end of a message: a whole one and the start of another; each may be missing. */
TG_FN tg_rest tg_decode_rest(
    tg_decode_config config, tg_frame frame, tg_walk walk, tg_beat beat, tg_u32 count, tg_u32 cid, tg_u64 number
) {
    const tg_segment two = tg_frame_take(frame, beat, count, config.policy);
    const tg_u32 few = count - two.taken;
    const tg_beat last = tg_beat_drop(beat, two.taken);
    const tg_segment three = tg_frame_few(two.frame, last, few);
    tg_rest out;
    out.frame = few > 0u ? three.frame : two.frame;
    out.walk = tg_walk_take(walk, two, frame.tail, beat);
    out.found = tg_found_message(two, out.walk, config.policy, cid, number);
    out.whole = tg_beat_keep(beat, two.taken);
    out.open = few > 0u ? tg_beat_keep(last, few) : out.whole;
    out.stops = two.ended || two.over;
    out.swallowed = two.swallowed + three.swallowed;
    return out;
}

/* Nothing behind it. */
TG_FN tg_rest tg_decode_no_rest(tg_frame frame, tg_walk walk, tg_found found, tg_beat beat) {
    tg_rest out;
    out.frame = frame;
    out.walk = walk;
    out.found = found;
    out.whole = beat;
    out.open = beat;
    out.stops = 0;
    out.swallowed = 0;
    return out;
}

/* A slot of the ring gets what was captured of a message; of a whole one in one beat, that beat. */
TG_FN void tg_ring_capture(tg_decode_state state, tg_u32 slot, tg_capture grown, tg_beat whole, tg_u32 is_whole) {
    TG_STATE tg_capture *to = &state.ring[tg_ring_place(slot)].capture;
    TG_UNROLL
    for (tg_u32 i = 0; i < 2u * TG_CAPTURE_BEATS; i++) {
        const tg_u64 alone = i == 0u ? whole.hi : i == 1u ? whole.lo : 0u;
        to->word[i] = is_whole ? alone : grown.word[i];
    }
}

/* Captures a beat: `mine` behind the `from` bytes that came before, and what the `rest` has if there is
 * `more`. What is whole, `count` messages, goes to the ring: each side of it is written once. */
TG_FN void tg_decode_capture(
    tg_decode_state state, tg_beat mine, tg_u32 from, tg_rest rest, tg_u32 more, tg_u32 count
) {
    TG_STATE tg_capture *open = &state.registers->session.capture;
    const tg_u32 first = tg_ring_free(state, 0);
    const tg_u32 second = tg_ring_free(state, 1);
    const tg_u32 odd = first % 2u;
    const tg_capture_spread spread = tg_capture_spread_of(mine, from);
    tg_capture grown;
    TG_UNROLL
    for (tg_u32 i = 0; i < 2u * TG_CAPTURE_BEATS; i++) grown.word[i] = tg_capture_word(open->word[i], spread, i);
    if (count > odd) tg_ring_capture(state, odd ? second : first, grown, rest.whole, odd);
    if (count > 1u - odd) tg_ring_capture(state, odd ? first : second, grown, rest.whole, !odd);
    TG_UNROLL
    for (tg_u32 i = 0; i < 2u * TG_CAPTURE_BEATS; i++) {
        const tg_u64 begun = i == 0u ? rest.open.hi : i == 1u ? rest.open.lo : 0u;
        open->word[i] = more ? begun : grown.word[i];
    }
}

/* The bytes of a beat for the session under way: the end of a message, and what is behind it. */
TG_FN tg_arrived tg_decode_bytes(
    tg_decode_state state, tg_decode_config config, tg_beat beat, tg_u32 count, tg_u64 number
) {
    TG_STATE tg_decode_registers *r = state.registers;
    const tg_u32 cid = r->cid;
    const tg_frame frame = r->session.frame;
    const tg_walk walk = r->session.walk;
    const tg_segment one = tg_frame_take(frame, beat, count, config.policy);
    const tg_walk walk_one = tg_walk_take(walk, one, frame.tail, beat);
    const tg_found found = tg_found_message(one, walk_one, config.policy, cid, number);
    const tg_u32 stops = one.ended || one.over;
    const tg_u32 more = count - one.taken;
    const tg_beat mine = tg_beat_keep(beat, one.taken);
    const tg_beat behind = tg_beat_drop(beat, one.taken);
    const tg_rest rest = more > 0u ? tg_decode_rest(config, one.frame, walk_one, behind, more, cid, number)
                                   : tg_decode_no_rest(one.frame, walk_one, found, behind);
    tg_arrived out;
    out.first = found;
    out.second = rest.found;
    out.count = stops + rest.stops;
    out.swallowed = one.swallowed + rest.swallowed;
    if (stops || one.from < TG_CAPTURE_BYTES) {
        tg_decode_capture(state, mine, one.from, rest, more > 0u, out.count);
    }
    if (tg_hold_wants(frame, walk)) {
        tg_hold_write(state, cid, frame.seen - TG_HEADER_BYTES, beat, one.taken);
    }
    r->session.frame = rest.frame;
    r->session.walk = rest.walk;
    return out;
}

/* A word of the channel. */
TG_FN tg_arrived tg_decode_word(tg_decode_state state, tg_decode_config config, tg_log_word in) {
    TG_STATE tg_decode_registers *r = state.registers;
    const tg_beat beat = tg_toe_beat(config.descriptor, in);
    const tg_u64 number = r->toe.words;
    const tg_toe_out toe = tg_toe_word(r->toe, config.descriptor, beat);
    if (toe.opens) tg_session_turn(state, toe.toe.cid);
    const tg_arrived out = toe.count > 0u ? tg_decode_bytes(state, config, toe.beat, toe.count, number)
                                          : tg_arrived_fault(toe.fault, number, toe.swallowed);
    r->toe = toe.toe;
    r->bytes = r->bytes + toe.count;
    r->swallowed = r->swallowed + out.swallowed;
    return out;
}

/* ---- control words ---- */

/* A bare item of a fault that belongs to no message; none without a code. */
TG_FN tg_decode_out tg_decode_fault(tg_decode_state state, tg_decode_config config, tg_fault fault) {
    const tg_found found = tg_found_fault(fault, state.registers->toe.words);
    tg_decode_out out;
    out.item = tg_item_of(found, config.line, TG_ITEM_KIND_BARE).item;
    out.item.length = fault.length;
    out.item.fault_a = fault.code;
    out.item.marks = fault.link ? TG_ITEM_MARK_LINK : 0;
    out.valid = fault.code != 0;
    out.took = 0;
    return out;
}

/* A session goes on as told; one that does not exist is a fault. */
TG_FN tg_decode_out tg_decode_reset(tg_decode_state state, tg_decode_config config, tg_log_word in) {
    TG_STATE tg_decode_registers *r = state.registers;
    const tg_u32 exists = in.cid < TG_MAX_SESSIONS;
    tg_fault strange = tg_fault_none();
    strange.code = TG_FAULT_TOE_SESSION;
    strange.link = 1;
    if (exists) tg_session_turn(state, in.cid);
    const tg_frame frame = r->session.frame;
    if (exists) {
        r->toe = tg_toe_reset(r->toe, in.cid);
        r->session.frame = tg_frame_begin(in.how == TG_RESUME_NEW ? 0u : in.offset, 0);
    }
    return tg_decode_fault(state, config, exists ? tg_frame_lost(frame, in.cid, in.how, in.offset) : strange);
}

/* A fault that the host found. */
TG_FN tg_decode_out tg_decode_told(tg_decode_state state, tg_decode_config config, tg_log_word in) {
    tg_fault fault = tg_fault_none();
    tg_u64 length = 0;
    TG_UNROLL
    for (int i = 0; i < 8; i++) length |= (tg_u64)in.word[i] << (8 * i);
    fault.offset = in.offset;
    fault.length = length;
    fault.code = in.how;
    fault.link = 1;
    tg_decode_out out = tg_decode_fault(state, config, fault);
    out.item.session = in.session;
    return out;
}

/* A word that only the indicator understands. */
TG_FN tg_decode_out tg_decode_passed(tg_decode_state state, tg_decode_config config, tg_u32 kind, tg_u32 operand) {
    const tg_found found = tg_found_fault(tg_fault_none(), state.registers->toe.words);
    tg_decode_out out;
    out.item = tg_item_of(found, config.line, kind).item;
    out.item.operand = operand;
    out.valid = 1;
    out.took = 0;
    return out;
}

/* The line ends: what is unfinished becomes faults in the steps that follow. */
TG_FN tg_decode_out tg_decode_stop(tg_decode_state state, tg_decode_config config) {
    state.registers->stop = TG_STOP_PACKET;
    return tg_decode_fault(state, config, tg_fault_none());
}

/* A control word, when nothing waits. One of no known kind does nothing. */
TG_FN tg_decode_out tg_decode_control(tg_decode_state state, tg_decode_config config, tg_log_word in) {
    tg_decode_out out;
    switch (in.op) {
    case TG_LOG_OP_RESET:
        out = tg_decode_reset(state, config, in);
        break;
    case TG_LOG_OP_FAULT:
        out = tg_decode_told(state, config, in);
        break;
    case TG_LOG_OP_KILL:
        out = tg_decode_passed(state, config, TG_ITEM_KIND_KILL, in.how);
        break;
    case TG_LOG_OP_PARAMETERS:
        out = tg_decode_passed(state, config, TG_ITEM_KIND_PARAMETERS, in.how);
        break;
    case TG_LOG_OP_TURN:
        out = tg_decode_passed(state, config, TG_ITEM_KIND_TURN, 0);
        break;
    case TG_LOG_OP_STOP:
        out = tg_decode_stop(state, config);
        break;
    default:
        out = tg_decode_fault(state, config, tg_fault_none());
        break;
    }
    return out;
}

/* One step of a stop: the packet under way, then a session, then that the line is drained. */
TG_FN tg_decode_out tg_decode_stopping(tg_decode_state state, tg_decode_config config) {
    TG_STATE tg_decode_registers *r = state.registers;
    tg_decode_out out;
    if (r->stop == TG_STOP_PACKET) {
        const tg_toe_out toe = tg_toe_stop(r->toe);
        r->toe = toe.toe;
        r->scan = 0;
        r->stop = TG_STOP_SESSIONS;
        out = tg_decode_fault(state, config, toe.fault);
    } else if (r->stop == TG_STOP_SESSIONS) {
        const tg_u32 cid = r->scan;
        tg_session_turn(state, cid);
        const tg_frame frame = r->session.frame;
        r->session.frame = tg_frame_begin(frame.at, frame.dead);
        r->scan = (tg_u16)(cid + 1u);
        r->stop = cid + 1u < TG_MAX_SESSIONS ? TG_STOP_SESSIONS : TG_STOP_STOPPED;
        out = tg_decode_fault(state, config, tg_frame_truncated(frame, cid));
    } else {
        r->stop = TG_STOP_NONE;
        out = tg_decode_passed(state, config, TG_ITEM_KIND_STOPPED, 0);
    }
    return out;
}

/* ---- the step ---- */

/* Gives at most one item, and takes `in` if it is `valid` and there is room for what it may bring. */
TG_FN tg_decode_out tg_decode_step(tg_decode_state state, tg_decode_config config, tg_log_word in, tg_u32 valid) {
    TG_STATE tg_decode_registers *r = state.registers;
    const tg_u32 waiting = r->waiting;
    const tg_u32 running = r->stop == TG_STOP_NONE;
    const tg_u32 is_word = in.op == TG_LOG_OP_WORD;
    const tg_u32 away = tg_session_away(state);
    const tg_u32 has_room = waiting + 2u <= TG_RING_SLOTS && !tg_hold_busy(state);
    const tg_u32 takes = valid && running && is_word && has_room && !away;
    const tg_u32 controls = valid && running && !is_word && waiting == 0u;
    const tg_released released = waiting > 0u ? tg_ring_release(state, config.line) : tg_released_none();
    const tg_arrived arrived =
        takes ? tg_decode_word(state, config, in) : tg_arrived_fault(tg_fault_none(), 0, 0);
    const tg_decode_out told = controls ? tg_decode_control(state, config, in)
                               : running ? tg_decode_fault(state, config, tg_fault_none())
                                         : tg_decode_stopping(state, config);
    tg_decode_out out;
    out.item = waiting > 0u ? released.item : told.item;
    out.valid = waiting > 0u || told.valid;
    out.took = takes || controls;
    if (waiting > 0u) r->release = released.release;
    if (away && running && !controls) tg_session_turn(state, r->toe.cid);
    tg_ring_push(state, arrived, released.done);
    return out;
}

#endif
