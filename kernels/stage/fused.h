/* All stages in turn, over one input log: what `pipeline_fused.cl` and the native binary run.
 *
 *   log ──▶ decode, feedback ─item─▶ indicator ─intent──▶ send ────▶ words of TOE1, events
 *   lines ───────────────────────────▶ │ ─────▶ └─event─▶ publish ─▶ words of TOE0
 *                                      └────▶ events
 *
 * Between two stages there is a slot for one thing; a stage is only called when its slots are free.
 * A word of the other line waits until the decode stage of the line before is idle, so items come in
 * the order of the log; the indicator waits until a request has left, so events do too.
 */
#ifndef TIDEGATE_STAGE_FUSED_H
#define TIDEGATE_STAGE_FUSED_H

#include "decode.h"
#include "indicator.h"
#include "publish.h"
#include "send.h"

/* What ends a launch. */
#define TG_FUSED_DONE 0u    /* everything that came is out */
#define TG_FUSED_ROOM 1u    /* an output is full: launch again */
#define TG_FUSED_TURNS 2u   /* as many turns as were asked for: launch again */
#define TG_FUSED_STALLED 3u /* nothing moves, and not everything is out: lines are missing */

/* Flags of a launch. */
#define TG_FUSED_START 1u /* the memory is new: all zero */
#define TG_FUSED_FLUSH 2u /* nothing comes behind this log: records that wait are sent */
#define TG_FUSED_SIZES 4u /* nothing but the sizes is asked: memory and tables may be any buffers */

/* Turns in a row in which nothing goes in or out: more than any scan of a table takes. */
#define TG_FUSED_STALL_TURNS 262144u

/* What a launch is asked. */
typedef struct {
    tg_u64 log_words;    /* entries of the log */
    tg_u64 lines;        /* load lines */
    tg_u64 events_room;  /* room of the outputs, in events and words, at least 1 */
    tg_u64 toe0_room;
    tg_u64 toe1_room;
    tg_u64 turns;        /* most turns */
    tg_u32 flags;        /* TG_FUSED_START, TG_FUSED_FLUSH */
    tg_u32 row_room;     /* rows of the quote table that the tables have room for, at least 1 */
    tg_u32 request_room; /* rows of the record table, at least 1 */
    tg_u32 policy;       /* TG_CHECKSUM_DROP, FLAG, DISCONNECT */
    tg_descriptor toe;
} tg_fused_call;

/* How much memory there must be, and where the host finds the tables in it; in bytes. */
typedef struct {
    tg_u64 memory;   /* of tg_fused_memory */
    tg_u64 tables;   /* of the tables */
    tg_u64 rows;     /* offset of the quote rows in the tables */
    tg_u64 depths;   /* offset of the depths */
    tg_u64 requests; /* offset of the record table */
} tg_fused_sizes;

/* What a launch says. */
typedef struct {
    tg_u64 log_words;   /* entries taken: the next launch begins behind them */
    tg_u64 lines;       /* load lines taken */
    tg_u64 events;      /* written */
    tg_u64 toe0;
    tg_u64 toe1;
    tg_u64 turns;
    tg_u64 status;      /* TG_FUSED_DONE .. */
    tg_u64 kernel_id;   /* must be the host's */
    tg_u64 protocol_id; /* must be the host's */
    tg_fused_sizes sizes;
    tg_kernel_counters counters;
} tg_fused_report;

/* What survives from launch to launch, beside the tables of the indicator and the depths behind them. */
typedef struct {
    tg_any_item item;          /* from decode to the indicator */
    tg_intent intent;          /* from the indicator to send */
    tg_published published;    /* from the indicator to publish */
    tg_u32 has_item;
    tg_u32 has_intent;
    tg_u32 has_published;
    tg_u32 line;               /* the line whose word came last */
    tg_send_state send;
    tg_publish_state publish;
    tg_decode_memory market;   /* TOE0 */
    tg_decode_memory feedback; /* TOE1 */
} tg_fused_memory;

/* The whole pipeline, wherever the wiring keeps it. */
typedef struct {
    TG_STATE tg_fused_memory *memory;
    tg_indicator indicator;
    TG_STATE tg_depth *depths;
    tg_decode_state market;
    tg_decode_state feedback;
    tg_descriptor toe;
    tg_u32 policy;
    tg_u32 zero; /* 0 */
} tg_fused;

typedef struct {
    tg_load_line line;
    tg_log_word word;
    tg_u32 has_line;
    tg_u32 has_word;
    tg_u32 flush;
    tg_u32 zero; /* 0 */
} tg_fused_in;

typedef struct {
    tg_event event;    /* of the indicator or of send */
    tg_word toe0;
    tg_word toe1;
    tg_u8 took_line;
    tg_u8 took_word;
    tg_u8 has_event;
    tg_u8 has_toe0;
    tg_u8 has_toe1;
    tg_u8 moved;       /* something went in or out, or from stage to stage */
    tg_u8 idle;        /* everything that came is out */
    tg_u8 zero;        /* 0 */
} tg_fused_out;

TG_FN tg_fused tg_fused_in_memory(TG_STATE tg_fused_memory *memory, TG_STATE tg_u8 *tables, tg_fused_call call) {
    tg_fused out;
    out.memory = memory;
    out.indicator = tg_indicator_in(tables, call.row_room, call.request_room);
    out.depths = (TG_STATE tg_depth *)(tables + tg_indicator_layout_of(call.row_room, call.request_room).bytes);
    out.market = tg_decode_state_of(&memory->market);
    out.feedback = tg_decode_state_of(&memory->feedback);
    out.toe = call.toe;
    out.policy = call.policy;
    out.zero = 0;
    return out;
}

TG_FN tg_fused_sizes tg_fused_sizes_of(tg_u32 row_room, tg_u32 request_room) {
    const tg_indicator_layout layout = tg_indicator_layout_of(row_room, request_room);
    tg_fused_sizes out;
    out.memory = sizeof(tg_fused_memory);
    out.tables = layout.bytes + (tg_u64)row_room * sizeof(tg_depth);
    out.rows = layout.rows;
    out.depths = layout.bytes;
    out.requests = layout.requests;
    return out;
}

/* Before the first step; every byte of memory and tables was zero before. */
TG_FN void tg_fused_start(tg_fused f) {
    tg_decode_start(f.market);
    tg_decode_start(f.feedback);
    tg_indicator_start(f.indicator);
    tg_send_start(&f.memory->send);
    tg_publish_start(&f.memory->publish);
}

TG_FN tg_kernel_counters tg_fused_counters_none(void) {
    tg_kernel_counters out;
    out.messages = 0;
    out.jumps = 0;
    out.jumped_numbers = 0;
    out.clamped_times = 0;
    out.surplus = 0;
    out.index_compared = 0;
    out.index_difference = 0;
    out.report_jumps = 0;
    out.report_jumped = 0;
    out.report_repeats = 0;
    out.missed_fills = 0;
    out.unnamed = 0;
    TG_UNROLL
    for (int i = 0; i < 2; i++) {
        out.bytes[i] = 0;
        out.swallowed[i] = 0;
        out.words[i] = 0;
    }
    TG_UNROLL
    for (tg_u32 i = 0; i < TG_MAX_TRIGGERS; i++) {
        out.fired[i] = 0;
        out.refused[i] = 0;
        out.held_back[i] = 0;
        out.cancels[i] = 0;
        out.sent[i] = 0;
    }
    return out;
}

/* What a launch has said before its first turn. */
TG_FN tg_fused_report tg_fused_report_of(tg_fused_call call) {
    tg_fused_report out;
    out.log_words = 0;
    out.lines = 0;
    out.events = 0;
    out.toe0 = 0;
    out.toe1 = 0;
    out.turns = 0;
    out.status = TG_FUSED_DONE;
    out.kernel_id = ((tg_u64)TG_KERNEL_ID_HI << 32) | TG_KERNEL_ID_LO;
    out.protocol_id = ((tg_u64)TG_PROTOCOL_ID_HI << 32) | TG_PROTOCOL_ID_LO;
    out.sizes = tg_fused_sizes_of(call.row_room, call.request_room);
    out.counters = tg_fused_counters_none();
    return out;
}

/* What the indicator counted, and what the decode stages did. */
TG_FN tg_kernel_counters tg_fused_counters(tg_fused f) {
    tg_kernel_counters out = f.indicator.r->counters;
    out.bytes[0] = f.market.registers->bytes;
    out.bytes[1] = f.feedback.registers->bytes;
    out.swallowed[0] = f.market.registers->swallowed;
    out.swallowed[1] = f.feedback.registers->swallowed;
    out.words[0] = f.market.registers->toe.words;
    out.words[1] = f.feedback.registers->toe.words;
    return out;
}

/* Nothing comes in. */
TG_FN tg_fused_in tg_fused_nothing(void) {
    tg_fused_in in;
    in.line.table = TG_LOAD_TABLE_READY;
    in.line.index = 0;
    TG_UNROLL
    for (int i = 0; i < 7; i++) in.line.words[i] = 0;
    in.word.op = TG_LOG_OP_WORD;
    in.word.line = 0;
    in.word.cid = 0;
    in.word.how = 0;
    in.word.session = 0;
    in.word.reserved = 0;
    in.word.offset = 0;
    TG_UNROLL
    for (int i = 0; i < 16; i++) in.word.word[i] = 0;
    in.has_line = 0;
    in.has_word = 0;
    in.flush = 0;
    in.zero = 0;
    return in;
}

/* Whether the indicator has nothing under way. */
TG_FN tg_u32 tg_fused_waits(tg_fused f) {
    return f.indicator.r->phase == TG_PHASE_ITEM || f.indicator.r->phase == TG_PHASE_LOAD;
}

/* decode or feedback: a word of the log, and an item to the indicator. */
TG_FN tg_u32 tg_fused_decode(tg_fused f, tg_fused_in in) {
    TG_STATE tg_fused_memory *m = f.memory;
    const tg_u32 wanted = in.word.line & 1u;
    const tg_u32 idle = m->line ? tg_decode_idle(f.feedback) : tg_decode_idle(f.market);
    const tg_u32 line = in.has_word && idle ? wanted : m->line;
    const tg_u32 valid = in.has_word && line == wanted;
    tg_decode_config config;
    tg_decode_out out;
    config.descriptor = f.toe;
    config.policy = f.policy;
    config.line = line;
    out = line ? tg_decode_step(f.feedback, config, in.word, valid) : tg_decode_step(f.market, config, in.word, valid);
    m->line = line;
    m->item.item = out.item;
    m->has_item = out.valid;
    return out.took;
}

/* indicator: an item, an event, an intent. */
TG_FN tg_indicator_out tg_fused_indicator(tg_fused f) {
    TG_STATE tg_fused_memory *m = f.memory;
    const tg_indicator_out out = tg_indicator_step(f.indicator, m->item, m->has_item, 0u);
    const tg_published published = tg_publish_of(out.event);
    tg_depth_put(f.depths, out.depth);
    m->has_item = m->has_item && !out.took;
    m->intent = out.intent;
    m->has_intent = out.has_intent;
    m->published = published;
    m->has_published = out.has_event && (published.record || published.ends);
    return out;
}

/* send: an intent, a word of TOE1, an event. */
TG_FN tg_send_out tg_fused_send(tg_fused f, tg_fused_in in, tg_u32 took_line) {
    TG_STATE tg_fused_memory *m = f.memory;
    tg_send_in to;
    to.load = in.line;
    to.intent = m->intent;
    to.host = tg_host_word_none();
    to.has_load = (tg_u8)took_line;
    to.has_intent = (tg_u8)m->has_intent;
    to.has_host = 0;
    const tg_send_out out = tg_send_step(&m->send, f.toe, to);
    m->has_intent = m->has_intent && !out.took_intent;
    return out;
}

/* publish: a record or an end, a word of TOE0. */
TG_FN tg_publish_out tg_fused_publish(tg_fused f, tg_fused_in in, tg_u32 took_line, tg_u32 flush) {
    TG_STATE tg_fused_memory *m = f.memory;
    tg_publish_in to;
    to.load = in.line;
    to.in = m->published;
    to.in.record = m->has_published ? m->published.record : 0;
    to.in.ends = m->has_published ? m->published.ends : 0;
    to.in.flush = (tg_u8)flush;
    to.in.heartbeat = 0;
    to.has_load = (tg_u8)took_line;
    to.has_in = (tg_u8)(m->has_published || flush);
    const tg_publish_out out = tg_publish_step(&m->publish, f.toe, to);
    m->has_published = m->has_published && !out.took_in;
    return out;
}

/* One turn: the stages from the last to the first, so that a thing moves one slot at most. */
TG_FN tg_fused_out tg_fused_step(tg_fused f, tg_fused_in in) {
    TG_STATE tg_fused_memory *m = f.memory;
    const tg_u32 decoded = tg_decode_idle(f.market) && tg_decode_idle(f.feedback);
    const tg_u32 empty = !m->has_item && !m->has_intent && !m->has_published;
    const tg_u32 quiet = !in.has_word && decoded && empty && tg_fused_waits(f);
    const tg_u32 flush = quiet && in.flush && m->publish.way.records != 0;
    const tg_u32 took_line = in.has_line && tg_indicator_load(f.indicator, in.line);
    const tg_send_out send = tg_fused_send(f, in, took_line);
    const tg_publish_out publish = tg_fused_publish(f, in, took_line, flush);
    /* A turn gives one event: that of a request comes before what the indicator has next. */
    const tg_u32 judges = !m->has_intent && !m->has_published && !send.has_event;
    const tg_indicator_out indicator = judges ? tg_fused_indicator(f) : tg_indicator_nothing();
    const tg_u32 decodes = !m->has_item;
    const tg_u32 took_word = decodes && tg_fused_decode(f, in);
    tg_fused_out out;
    out.event = send.has_event ? send.event : indicator.event;
    out.toe0 = publish.word;
    out.toe1 = send.word;
    out.took_line = (tg_u8)took_line;
    out.took_word = (tg_u8)took_word;
    out.has_event = send.has_event || indicator.has_event;
    out.zero = 0;
    out.has_toe0 = publish.has_word;
    out.has_toe1 = send.has_word;
    out.moved = took_line || took_word || (decodes && m->has_item) || indicator.took || indicator.has_event
             || send.has_word || publish.took_in || publish.has_word;
    out.idle = quiet && !took_line && !took_word && !m->has_item && !flush && tg_send_idle(&m->send)
            && tg_publish_idle(&m->publish);
    return out;
}

#endif
