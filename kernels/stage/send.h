/* send: the only writer of TOE1.
 *
 *   load lines ─▶ ┌──────┐
 *   intents    ─▶ │ send │ ─▶ words of TOE1: the header word, then the frame
 *   host words ─▶ └──────┘ ─▶ one event REQUEST, with the first word of a request
 *
 * A step takes at most one of each input and gives at most one word and one event. A frame of the
 * host (logon, heartbeat) is gathered whole before its first word leaves, so that a slow host never
 * holds up an order, and goes out between two frames when no intent waits.
 */
#ifndef TIDEGATE_STAGE_SEND_H
#define TIDEGATE_STAGE_SEND_H

#include "../room/order.h"
#include "../room/word.h"

/* Longest frame of the host, in words and bytes. */
#define TG_HOST_FRAME_WORDS 16
#define TG_HOST_FRAME_BYTES 256u

/* Sixteen bytes of a frame of the host, as they stand in the frame; the last ones are padded. */
typedef struct {
    tg_word bytes;
    tg_u16 length;   /* of the whole frame, 1 to 256 bytes; the first word's counts */
    tg_u8 cid;       /* session of TOE1 that it leaves on; the first word's counts */
    tg_u8 reserved;  /* 0 */
    tg_u32 zero;     /* 0 */
} tg_host_word;

typedef struct {
    tg_frame_bytes order;   /* prepared */
    tg_frame_bytes cancel;  /* prepared */
    tg_frame_bytes frame;   /* under way */
    tg_u8 host[TG_HOST_FRAME_BYTES];
    tg_ids ids;
    tg_u32 host_bytes;  /* length of the host's frame */
    tg_u8 host_cid;
    tg_u8 host_words;   /* words gathered of it */
    tg_u8 host_whole;   /* 1: all of it is there */
    tg_u8 from_host;    /* 1: the frame under way is the host's */
    tg_u8 at;           /* next word of the frame under way */
    tg_u8 left;         /* words of it that are to come */
    tg_u16 reserved;    /* 0 */
} tg_send_state;

typedef struct {
    tg_load_line load;
    tg_intent intent;
    tg_host_word host;
    tg_u8 has_load;
    tg_u8 has_intent;
    tg_u8 has_host;
} tg_send_in;

typedef struct {
    tg_event event;
    tg_word word;
    tg_u8 took_load;
    tg_u8 took_intent;
    tg_u8 took_host;
    tg_u8 has_word;
    tg_u8 has_event;
} tg_send_out;

/* The event of a request that leaves. */
TG_FN tg_event tg_send_event(tg_intent intent, tg_frame_bytes frame, tg_u32 length) {
    tg_event event;
    event.msg = intent.decision;
    event.offset = 0;
    event.msg_type = intent.row;
    event.session = (tg_u16)length;
    event.kind = TG_EVENT_KIND_REQUEST;
    event.flags = 0;
    TG_UNROLL
    for (tg_u32 i = 0; i < 20; i++) {
        tg_u64 word = 0;
        TG_UNROLL
        for (tg_u32 j = 0; j < 8; j++) {
            const tg_u32 at = 8u * i + j;
            const tg_u64 byte = at < TG_FRAME_ROOM_BYTES ? frame.byte[at % TG_FRAME_ROOM_BYTES] : 0;
            word |= byte << (8u * j);
        }
        event.body[i] = word;
    }
    event.length = 0;
    event.beat = intent.beat;
    event.fault_a = 0;
    event.fault_b = 0;
    event.before = 0;
    event.after = 0;
    event.after_too = 0;
    event.has = 0;
    event.line = 0;
    event.verdict = 0;
    event.index_time = 0;
    event.index_value = 0;
    event.index_sum = 0;
    event.cum = 0;
    event.missed = 0;
    event.request = 0;
    event.state = 0;
    TG_UNROLL
    for (int i = 0; i < 3; i++) event.padding[i] = 0;
    return event;
}

TG_FN void tg_send_start(TG_STATE tg_send_state *state) {
    for (tg_u32 i = 0; i < TG_FRAME_ROOM_BYTES; i++) {
        state->order.byte[i] = 0;
        state->cancel.byte[i] = 0;
        state->frame.byte[i] = 0;
    }
    for (int i = 0; i < (int)TG_HOST_FRAME_BYTES; i++) state->host[i] = 0;
    for (int i = 0; i < 10; i++) state->ids.prefix[i] = 0;
    state->ids.prefix_bytes = 0;
    state->ids.cid = 0;
    state->ids.zero = 0;
    state->ids.first = 0;
    state->host_bytes = 0;
    state->host_cid = 0;
    state->host_words = 0;
    state->host_whole = 0;
    state->from_host = 0;
    state->at = 0;
    state->left = 0;
    state->reserved = 0;
}

/* No frame of the host. */
TG_FN tg_host_word tg_host_word_none(void) {
    tg_host_word out;
    out.bytes = tg_word_zero();
    out.length = 0;
    out.cid = 0;
    out.reserved = 0;
    out.zero = 0;
    return out;
}

/* Whether nothing is under way, nor whole and waits. */
TG_FN tg_u32 tg_send_free(TG_STATE const tg_send_state *state) {
    return state->left == 0 && !state->host_whole;
}

/* Whether nothing is under way, nor waits. */
TG_FN tg_u32 tg_send_idle(TG_STATE const tg_send_state *state) {
    return state->left == 0 && state->host_words == 0;
}

TG_FN void tg_send_load(TG_STATE tg_send_state *state, tg_load_line line) {
    if (line.table == TG_LOAD_TABLE_IDS) state->ids = tg_ids_of(line);
    if (line.table == TG_LOAD_TABLE_ORDER) state->order = tg_frame_loaded(state->order, line);
    if (line.table == TG_LOAD_TABLE_CANCEL) state->cancel = tg_frame_loaded(state->cancel, line);
}

/* Gathers a word of the host's frame. One whose length cannot be is dropped. */
TG_FN void tg_send_gather(TG_STATE tg_send_state *state, tg_host_word host) {
    tg_u32 first = state->host_words == 0;
    tg_u32 length = first ? host.length : state->host_bytes;
    tg_u32 sound = length >= 1 && length <= TG_HOST_FRAME_BYTES;
    tg_u32 at = state->host_words & (TG_HOST_FRAME_WORDS - 1);
    TG_UNROLL
    for (int i = 0; i < 16; i++) state->host[16 * at + i] = host.bytes.byte[i];
    state->host_bytes = length;
    state->host_cid = first ? host.cid : state->host_cid;
    state->host_whole = (tg_u8)(sound && 16 * (at + 1) >= length);
    state->host_words = (tg_u8)(sound ? at + 1 : 0);
}

/* The next word of the frame under way. */
TG_FN tg_word tg_send_next(TG_STATE tg_send_state *state, tg_descriptor toe) {
    tg_word bytes;
    tg_u32 at = state->at;
    tg_u32 host = state->from_host;
    tg_u32 length = state->host_bytes;
    TG_UNROLL
    for (int i = 0; i < 16; i++) {
        tg_u8 hosts = 16 * at + (tg_u32)i < length ? state->host[(16 * at + i) % TG_HOST_FRAME_BYTES] : 0;
        bytes.byte[i] = host ? hosts : state->frame.byte[(16 * at + i) % TG_FRAME_ROOM_BYTES];
    }
    return tg_word_payload(toe, bytes);
}

TG_FN tg_send_out tg_send_step(TG_STATE tg_send_state *state, tg_descriptor toe, tg_send_in in) {
    tg_send_out out;
    const tg_u32 busy = state->left != 0;
    const tg_u32 starts = !busy && in.has_intent;
    const tg_u32 hosts = !busy && !in.has_intent && state->host_whole;
    const tg_u32 cancels = in.intent.of != TG_NO_ROW;
    const tg_u32 request = cancels ? TG_CANCEL_FRAME_BYTES : TG_ORDER_FRAME_BYTES;
    const tg_u32 length = starts ? request : hosts ? state->host_bytes : 0u;
    const tg_u32 cid = hosts ? state->host_cid : state->ids.cid;
    /* The last word of the host's frame makes room for its next one. */
    const tg_u32 over = busy && state->left == 1 && state->from_host;

    out.took_load = in.has_load;
    out.took_intent = (tg_u8)starts;
    out.took_host = (tg_u8)(in.has_host && !state->host_whole);
    out.has_event = (tg_u8)starts;
    out.has_word = (tg_u8)(busy || starts || hosts);
    out.word = busy ? tg_send_next(state, toe) : tg_word_header(toe, length, cid);
    if (starts) {
        state->frame = cancels ? tg_cancel_frame(state->cancel, state->ids, in.intent)
                               : tg_order_frame(state->order, state->ids, in.intent);
    }
    out.event = tg_send_event(in.intent, state->frame, length);
    if (busy) {
        state->at = (tg_u8)(state->at + 1);
        state->left = (tg_u8)(state->left - 1);
    } else {
        state->at = 0;
        state->left = (tg_u8)((length + 15) / 16);
        state->from_host = (tg_u8)hosts;
    }
    if (out.took_host) {
        tg_send_gather(state, in.host);
    } else if (over) {
        state->host_words = 0;
        state->host_whole = 0;
    }
    if (in.has_load) tg_send_load(state, in.load);
    return out;
}

#endif
