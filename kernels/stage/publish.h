/* publish: records in, datagrams out, as words of TOE0.
 *
 *   records, ends ─▶ fill ─▶ [ 15 records ] ┐
 *                            [ 15 records ] ┴▶ send ─▶ header word, datagram
 *
 * One buffer is filled while the other is sent. A step takes a load line and an input and gives a
 * word; the header word of a datagram leaves in the step of the input that closes it, if nothing is
 * under way.
 */
#ifndef TIDEGATE_STAGE_PUBLISH_H
#define TIDEGATE_STAGE_PUBLISH_H

#include "../room/publish.h"
#include "../room/word.h"

/* A buffer for a datagram's records, in words of 8 bytes. */
#define TG_PUBLISH_WORDS 180

typedef struct {
    tg_u64 records[2][TG_PUBLISH_WORDS];
    tg_publish_setup setup;
    tg_datagram way;           /* under way */
    tg_datagram_header header; /* of the one that is sent */
    tg_u32 fill;               /* buffer that is filled: 0 or 1 */
    tg_u32 at;                 /* next word of 16 bytes of the datagram that is sent */
    tg_u32 left;               /* words of it that are to come */
    tg_u32 zero;               /* 0 */
} tg_publish_state;

typedef struct {
    tg_load_line load;
    tg_published in;
    tg_u8 has_load;
    tg_u8 has_in;
} tg_publish_in;

typedef struct {
    tg_word word;
    tg_u8 took_load;
    tg_u8 took_in;
    tg_u8 has_word;
} tg_publish_out;

TG_FN void tg_publish_start(TG_STATE tg_publish_state *state) {
    for (int i = 0; i < TG_PUBLISH_WORDS; i++) {
        state->records[0][i] = 0;
        state->records[1][i] = 0;
    }
    for (int i = 0; i < 4; i++) state->header.words[i] = 0;
    state->setup.run = 0;
    state->setup.batch_messages = 0;
    state->setup.cid = 0;
    state->way.sequence = 0;
    state->way.records = 0;
    state->way.messages = 0;
    state->way.sum = 0;
    state->way.pending = 0;
    state->way.starts_inside = 0;
    state->way.inside = 0;
    state->way.closed = 0;
    state->fill = 0;
    state->at = 0;
    state->left = 0;
    state->zero = 0;
}

/* Whether no datagram is closed or sent. Records may wait for theirs to be closed. */
TG_FN tg_u32 tg_publish_idle(TG_STATE const tg_publish_state *state) {
    return state->left == 0 && !state->way.closed;
}

/* The next word of the datagram that is sent: two of its header, then those of its records. */
TG_FN tg_word tg_publish_word(TG_STATE const tg_publish_state *state, tg_descriptor toe) {
    tg_u32 at = state->at;
    tg_u32 sent = 1u - state->fill;
    tg_u32 place = at < 2 ? 0u : 2u * (at - 2u);
    tg_u64 low = at < 2 ? state->header.words[(2 * at) & 3u] : state->records[sent & 1u][place];
    tg_u64 high = at < 2 ? state->header.words[(2 * at + 1) & 3u] : state->records[sent & 1u][place + 1];
    return tg_word_payload(toe, tg_word_of(low, high));
}

TG_FN tg_publish_out tg_publish_step(TG_STATE tg_publish_state *state, tg_descriptor toe, tg_publish_in in) {
    tg_publish_out out;
    const tg_publish_setup setup = state->setup;
    const tg_datagram before = state->way;
    const tg_u32 busy = state->left != 0;
    const tg_u32 takes = in.has_in && !before.closed;
    const tg_published record = tg_publish_masked(in.in);
    const tg_datagram way = takes ? tg_publish_take(before, record, setup.batch_messages) : before;
    const tg_u32 starts = !busy && way.closed;
    const tg_u32 bytes = TG_DATAGRAM_HEADER_BYTES + way.records * TG_RECORD_BYTES;
    const tg_u32 place = TG_RECORD_WORDS * before.records;
    const tg_u32 fill = state->fill & 1u;

    out.took_load = in.has_load;
    out.took_in = (tg_u8)takes;
    out.has_word = (tg_u8)(busy || starts);
    out.word = busy ? tg_publish_word(state, toe) : tg_word_header(toe, bytes, setup.cid);
    if (takes && record.record) {
        TG_UNROLL
        for (int i = 0; i < TG_RECORD_WORDS; i++) state->records[fill][place + (tg_u32)i] = record.words[i];
    }
    if (busy) {
        state->at = state->at + 1;
        state->left = state->left - 1;
    } else if (starts) {
        state->header = tg_publish_header(way, setup.run);
        state->at = 0;
        state->left = 2u + 6u * way.records;
        state->fill = 1u - fill;
    }
    state->way = starts ? tg_publish_next(way) : way;
    if (in.has_load && in.load.table == TG_LOAD_TABLE_PUBLISH) state->setup = tg_publish_setup_of(in.load);
    return out;
}

#endif
