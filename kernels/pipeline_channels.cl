/* The pipeline as kernels of their own over channels: Intel's compiler and its emulator.
 *
 *   TOE0 ─▶ decode ───items──▶ ┌───────────┐ ─intents─▶ send ────▶ TOE1
 *   TOE1 ─▶ feedback ─items──▶ │ indicator │ ─records─▶ publish ─▶ TOE0
 *                              └───────────┘
 *   memory ─▶ params ─lines──▶ indicator, send, publish           events, rows, tables
 *               └──control──▶ decode, feedback                    └──────────▶ mirror ─▶ memory
 *
 * Only `params` and `mirror` know global memory. Each kernel is one loop around one step of its stage;
 * a channel has one writer and one reader. Nothing goes in a circle, so blocking writes cannot lock up.
 *
 * Macros of a build, each with a default:
 *   TG_IO_MARKET_IN, TG_IO_MARKET_OUT, TG_IO_ORDERS_IN, TG_IO_ORDERS_OUT   names of the I/O channels
 *   TG_TOE_TEXT, TG_TOE_PRINTED, TG_TOE_STRICT, TG_TOE_PREFIX, TG_CHECKSUM_POLICY
 *   TG_DEPTH            depth of every channel
 *   TG_ROWS, TG_REQUESTS  room of quote table and record table
 *   TG_REPLAY           control words and turns of the lines come from a log, exactly where they stood
 *   TG_HOST_PIPE        without TG_REPLAY: commands come through the host pipe, not by a flag in memory
 */
#pragma OPENCL EXTENSION cl_intel_channels : enable
#ifdef TG_HOST_PIPE
#pragma OPENCL EXTENSION cl_intel_fpga_host_pipe : enable
#endif

#include "stage/decode.h"
#include "stage/indicator.h"
#include "stage/publish.h"
#include "stage/send.h"

#ifndef TG_IO_MARKET_IN
#define TG_IO_MARKET_IN "toe0_rx"
#endif
#ifndef TG_IO_MARKET_OUT
#define TG_IO_MARKET_OUT "toe0_tx"
#endif
#ifndef TG_IO_ORDERS_IN
#define TG_IO_ORDERS_IN "toe1_rx"
#endif
#ifndef TG_IO_ORDERS_OUT
#define TG_IO_ORDERS_OUT "toe1_tx"
#endif
#ifndef TG_TOE_TEXT
#define TG_TOE_TEXT 0
#endif
#ifndef TG_TOE_PRINTED
#define TG_TOE_PRINTED 0
#endif
#ifndef TG_TOE_STRICT
#define TG_TOE_STRICT 1
#endif
#ifndef TG_TOE_PREFIX
#define TG_TOE_PREFIX 0
#endif
#ifndef TG_CHECKSUM_POLICY
#define TG_CHECKSUM_POLICY 0
#endif
#ifndef TG_DEPTH
#define TG_DEPTH 64
#endif
#ifndef TG_ROWS
#define TG_ROWS TG_MAX_SECURITIES_CARD
#endif
#ifndef TG_REQUESTS
#define TG_REQUESTS TG_MAX_REQUESTS_CARD
#endif
#ifdef TG_REPLAY
#define TG_REPLAYS 1u
#else
#define TG_REPLAYS 0u
#endif

/* Slots of the hash for TG_ROWS rows: what tg_indicator_slots says, as a constant. */
#define TG_ABOVE ((TG_ROWS) < 8u ? 7u : (TG_ROWS) - 1u)
#define TG_FILL_2 (TG_ABOVE | TG_ABOVE >> 1)
#define TG_FILL_4 (TG_FILL_2 | TG_FILL_2 >> 2)
#define TG_FILL_8 (TG_FILL_4 | TG_FILL_4 >> 4)
#define TG_FILL_16 (TG_FILL_8 | TG_FILL_8 >> 8)
#define TG_SLOTS (2u * (TG_FILL_16 + 1u))

/* ---- what goes between the kernels ----------------------------------------------------------- */

/* Load lines that the image does not have: behind the last one, or in place of a refused block. */
#define TG_LINE_END 0xfffffffeu
#define TG_LINE_REFUSED 0xffffffffu
/* Kind of the last event of each writer. */
#define TG_EVENT_LAST 255u

typedef struct {
    tg_intent intent;
    tg_u32 last; /* 1: no intent, and none comes behind it */
    tg_u32 zero; /* 0 */
} tg_to_send;

typedef struct {
    tg_published in;
    tg_u32 last; /* 1: nothing, and nothing comes behind it */
    tg_u32 zero; /* 0 */
} tg_to_publish;

/* A row of the quote table as it is now. */
typedef struct {
    tg_quote_row row;
    tg_u32 at;
    tg_u32 last; /* 1: no row, and none comes behind it */
} tg_row_update;

/* Four words of the tables at the end: of depths, requests and counters, one behind the other. */
#define TG_DEPTH_PARTS (TG_LEVELS + TG_QUEUE_ITEMS / 4u)
#define TG_REQUEST_PARTS 3u
#define TG_COUNTER_PARTS 25u
#define TG_REQUESTS_AT ((TG_ROWS) * TG_DEPTH_PARTS)
#define TG_COUNTERS_AT (TG_REQUESTS_AT + (TG_REQUESTS) * TG_REQUEST_PARTS)
typedef struct {
    tg_u64 words[4];
    tg_u32 at;
    tg_u32 last; /* 1: words are rows, requests, updates that waited, refused images; nothing comes behind it */
} tg_part;

channel tg_word market_in __attribute__((depth(TG_DEPTH))) __attribute__((io(TG_IO_MARKET_IN)));
channel tg_word market_out __attribute__((depth(TG_DEPTH))) __attribute__((io(TG_IO_MARKET_OUT)));
channel tg_word orders_in __attribute__((depth(TG_DEPTH))) __attribute__((io(TG_IO_ORDERS_IN)));
channel tg_word orders_out __attribute__((depth(TG_DEPTH))) __attribute__((io(TG_IO_ORDERS_OUT)));

channel tg_log_word market_control __attribute__((depth(TG_DEPTH)));
channel tg_log_word orders_control __attribute__((depth(TG_DEPTH)));
channel tg_load_line indicator_lines __attribute__((depth(TG_DEPTH)));
channel tg_load_line send_lines __attribute__((depth(TG_DEPTH)));
channel tg_load_line publish_lines __attribute__((depth(TG_DEPTH)));

channel tg_any_item market_items __attribute__((depth(TG_DEPTH)));
channel tg_any_item orders_items __attribute__((depth(TG_DEPTH)));
channel tg_to_send intents __attribute__((depth(TG_DEPTH)));
channel tg_to_publish records __attribute__((depth(TG_DEPTH)));

channel tg_event events_made __attribute__((depth(TG_DEPTH)));
channel tg_event requests_made __attribute__((depth(TG_DEPTH)));
channel tg_row_update rows_moved __attribute__((depth(TG_DEPTH)));
channel tg_part table_parts __attribute__((depth(TG_DEPTH)));
channel uint indicator_over __attribute__((depth(TG_DEPTH)));

TG_FN tg_descriptor tg_wired_toe(void) {
    tg_descriptor toe;
    toe.text_layout = TG_TOE_TEXT;
    toe.printed = TG_TOE_PRINTED;
    toe.strict_filler = TG_TOE_STRICT;
    toe.reserved = 0;
    toe.prefix_bytes = TG_TOE_PREFIX;
    return toe;
}

/* ---- decode, feedback ------------------------------------------------------------------------ */

/* What a line holds until its stage takes it. */
typedef struct {
    tg_log_word control;
    tg_word word;
    tg_u64 words;       /* read from the I/O channel */
    tg_u32 has_control;
    tg_u32 has_word;
} tg_line;

TG_FN tg_log_word tg_log_word_of(tg_word word, tg_u32 line) {
    tg_log_word out;
    out.op = TG_LOG_OP_WORD;
    out.line = (tg_u8)line;
    out.cid = 0;
    out.how = 0;
    out.session = 0;
    out.reserved = 0;
    out.offset = 0;
    TG_UNROLL
    for (int i = 0; i < 16; i++) out.word[i] = word.byte[i];
    return out;
}

TG_FN tg_line tg_line_begin(void) {
    tg_line out;
    out.word = tg_word_zero();
    out.control = tg_log_word_of(tg_word_zero(), 0);
    out.words = 0;
    out.has_control = 0;
    out.has_word = 0;
    return out;
}

/* Words of the line before a control word, in a replay. */
TG_FN tg_u64 tg_line_at(tg_log_word control) {
    tg_u64 at = 0;
    TG_UNROLL
    for (int i = 0; i < 8; i++) at |= (tg_u64)control.word[8 + i] << (8 * i);
    return at;
}

/* Whether the I/O channel is read. A replay knows the next control word before it reads on, so that
 * the control word comes neither early nor late; a live line takes it as soon as it comes. */
TG_FN tg_u32 tg_line_reads(tg_line line, tg_u32 has_control, tg_log_word control) {
    const tg_u32 before = TG_REPLAYS ? has_control && line.words < tg_line_at(control) : !has_control;
    return !line.has_word && before;
}

/* Whether the control word is what comes next, when no word is held. */
TG_FN tg_u32 tg_line_controls(tg_line line, tg_u32 has_control, tg_log_word control) {
    return TG_REPLAYS ? has_control && line.words == tg_line_at(control) : has_control;
}

/* The item as it leaves: the last one of a line also says what the line did. */
TG_FN tg_any_item tg_line_item(tg_decode_state state, tg_item item) {
    tg_any_item out;
    const tg_u32 last = item.kind == TG_ITEM_KIND_STOPPED;
    tg_item said = item;
    said.payload[0] = last ? state.registers->bytes : item.payload[0];
    said.payload[1] = last ? state.registers->swallowed : item.payload[1];
    said.payload[2] = last ? state.registers->toe.words : item.payload[2];
    out.item = said;
    return out;
}

__attribute__((max_global_work_dim(0)))
__kernel void decode(void) {
    tg_decode_registers registers;
    tg_session sessions[TG_MAX_SESSIONS];
    tg_waiting ring[TG_RING_SLOTS];
    tg_hold_row hold[TG_MAX_SESSIONS * TG_HOLD_ROWS];
    tg_decode_state state;
    tg_decode_config config;
    tg_line line = tg_line_begin();
    tg_u32 running = 1;
    state.registers = &registers;
    state.sessions = sessions;
    state.ring = ring;
    state.hold = hold;
    config.descriptor = tg_wired_toe();
    config.policy = TG_CHECKSUM_POLICY;
    config.line = 0;
    tg_decode_start(state);
    while (running) {
        bool new_control = false;
        bool new_word = false;
        tg_line next;
        if (line.has_control) next.control = line.control;
        else next.control = read_channel_nb_intel(market_control, &new_control);
        const tg_u32 has_control = line.has_control || new_control;
        if (tg_line_reads(line, has_control, next.control)) next.word = read_channel_nb_intel(market_in, &new_word);
        else next.word = line.word;
        const tg_u32 has_word = line.has_word || new_word;
        const tg_u32 controls = !has_word && tg_line_controls(line, has_control, next.control);
        const tg_log_word in = has_word ? tg_log_word_of(next.word, 0) : next.control;
        const tg_decode_out out = tg_decode_step(state, config, in, has_word || controls);
        if (out.valid) write_channel_intel(market_items, tg_line_item(state, out.item));
        next.words = line.words + new_word;
        next.has_word = has_word && !out.took;
        next.has_control = has_control && !(controls && out.took);
        line = next;
        running = !(out.valid && out.item.kind == TG_ITEM_KIND_STOPPED);
    }
}

__attribute__((max_global_work_dim(0)))
__kernel void feedback(void) {
    tg_decode_registers registers;
    tg_session sessions[TG_MAX_SESSIONS];
    tg_waiting ring[TG_RING_SLOTS];
    tg_hold_row hold[TG_MAX_SESSIONS * TG_HOLD_ROWS];
    tg_decode_state state;
    tg_decode_config config;
    tg_line line = tg_line_begin();
    tg_u32 running = 1;
    state.registers = &registers;
    state.sessions = sessions;
    state.ring = ring;
    state.hold = hold;
    config.descriptor = tg_wired_toe();
    config.policy = TG_CHECKSUM_POLICY;
    config.line = 1;
    tg_decode_start(state);
    while (running) {
        bool new_control = false;
        bool new_word = false;
        tg_line next;
        if (line.has_control) next.control = line.control;
        else next.control = read_channel_nb_intel(orders_control, &new_control);
        const tg_u32 has_control = line.has_control || new_control;
        if (tg_line_reads(line, has_control, next.control)) next.word = read_channel_nb_intel(orders_in, &new_word);
        else next.word = line.word;
        const tg_u32 has_word = line.has_word || new_word;
        const tg_u32 controls = !has_word && tg_line_controls(line, has_control, next.control);
        const tg_log_word in = has_word ? tg_log_word_of(next.word, 1) : next.control;
        const tg_decode_out out = tg_decode_step(state, config, in, has_word || controls);
        if (out.valid) write_channel_intel(orders_items, tg_line_item(state, out.item));
        next.words = line.words + new_word;
        next.has_word = has_word && !out.took;
        next.has_control = has_control && !(controls && out.took);
        line = next;
        running = !(out.valid && out.item.kind == TG_ITEM_KIND_STOPPED);
    }
}

/* ---- indicator ------------------------------------------------------------------------------- */

/* What the wiring of the indicator does. */
#define TG_WIRE_RUNS 0u
#define TG_WIRE_FLUSHES 1u   /* publish is told to send what waits */
#define TG_WIRE_ROWS 2u      /* every row once more */
#define TG_WIRE_DEPTHS 3u
#define TG_WIRE_REQUESTS 4u
#define TG_WIRE_COUNTERS 5u
#define TG_WIRE_LAST 6u      /* everybody is told that this was all */
#define TG_WIRE_OVER 7u

typedef struct {
    tg_load_line line;
    tg_any_item item;
    tg_u64 totals[6];    /* of each line: bytes, swallowed, words */
    tg_u64 waited;       /* updates of rows that did not leave at once */
    tg_u32 has_line;
    tg_u32 has_item;
    tg_u32 lines_over;   /* the image is loaded */
    tg_u32 refused;      /* there is no sound image: items are thrown away */
    tg_u32 side;         /* the line whose items count */
    tg_u32 inside;       /* a message of `side` is under way */
    tg_u32 stopped;      /* of each line a bit: it is drained */
    tg_u32 mode;
    tg_u32 at;           /* of what is flushed: the row */
    tg_u32 part;         /* and the part of it */
    tg_u32 scan;         /* row that is looked at: does its update wait? */
    tg_u32 zero;         /* 0 */
} tg_wire;

TG_FN tg_wire tg_wire_begin(void) {
    tg_wire out;
    out.line.table = TG_LINE_END;
    out.line.index = 0;
    TG_UNROLL
    for (int i = 0; i < 7; i++) out.line.words[i] = 0;
    out.item.item = tg_item_of(tg_found_fault(tg_fault_none(), 0), 0, TG_ITEM_KIND_TURN).item;
    TG_UNROLL
    for (int i = 0; i < 6; i++) out.totals[i] = 0;
    out.waited = 0;
    out.has_line = 0;
    out.has_item = 0;
    out.lines_over = 0;
    out.refused = 0;
    out.side = 0;
    out.inside = 0;
    out.stopped = 0;
    out.mode = TG_WIRE_RUNS;
    out.at = 0;
    out.part = 0;
    out.scan = 0;
    out.zero = 0;
    return out;
}

/* Whether a block of a live run is to be offered: whole, and between two messages. */
TG_FN tg_u32 tg_wire_swaps(tg_indicator s, tg_wire w) {
    const tg_u32 live = s.r->shadow.params.header.at_msg == ~(tg_u64)0 && s.r->block.params.header.has_trading;
    return !TG_REPLAYS && !w.has_item && !w.inside && live && s.r->shadow_whole && s.r->phase == TG_PHASE_ITEM;
}

/* Whether the next item is read: when it is known whether an epoch is to come before it. */
TG_FN tg_u32 tg_wire_reads(tg_indicator s, tg_wire w, tg_u32 lines_over, tg_u32 swaps) {
    const tg_u32 loaded = s.r->phase != TG_PHASE_LOAD && (lines_over || s.r->shadow_begun);
    return w.mode == TG_WIRE_RUNS && !w.has_item && !swaps && (loaded || w.refused);
}

/* Whether reports may come next, and whether market data may. A replay goes by the log; live, reports
 * come first, and no line is left inside a message. */
TG_FN tg_u32 tg_wire_takes_orders(tg_wire w) {
    const tg_u32 live = !(w.inside && w.side == 0u) && (w.stopped & 2u) == 0u;
    return TG_REPLAYS ? w.side == 1u && (w.stopped & 2u) == 0u : live;
}

TG_FN tg_u32 tg_wire_takes_market(tg_wire w) {
    const tg_u32 live = !(w.inside && w.side == 1u) && (w.stopped & 1u) == 0u;
    return TG_REPLAYS ? w.side == 0u && (w.stopped & 1u) == 0u : live;
}

/* Four words of one row of what is flushed. */
typedef union {
    tg_request row;
    tg_u64 words[4u * TG_REQUEST_PARTS];
} tg_request_words;

typedef union {
    tg_kernel_counters counters;
    tg_u64 words[4u * TG_COUNTER_PARTS];
} tg_counter_words;

TG_FN tg_part tg_wire_depth(tg_indicator s, tg_wire w) {
    tg_part out;
    const tg_u32 is_level = w.part < TG_LEVELS;
    const tg_depth_level level = s.depths[w.at].levels[is_level ? w.part : 0u];
    const tg_u32 first = is_level ? 0u : 4u * (w.part - TG_LEVELS);
    const tg_u64 small = (tg_u64)level.queue_at | (tg_u64)level.queue_len << 16 | (tg_u64)level.reserved << 32;
    out.words[0] = is_level ? (tg_u64)level.price : (tg_u64)s.depths[w.at].queue[first];
    out.words[1] = is_level ? (tg_u64)level.quantity : (tg_u64)s.depths[w.at].queue[first + 1u];
    out.words[2] = is_level ? (tg_u64)level.orders : (tg_u64)s.depths[w.at].queue[first + 2u];
    out.words[3] = is_level ? small : (tg_u64)s.depths[w.at].queue[first + 3u];
    out.at = w.at * TG_DEPTH_PARTS + w.part;
    out.last = 0;
    return out;
}

TG_FN tg_part tg_wire_request(tg_indicator s, tg_wire w) {
    tg_part out;
    tg_request_words all;
    all.row = tg_indicator_request(s, w.at);
    TG_UNROLL
    for (tg_u32 i = 0; i < 4u; i++) out.words[i] = all.words[4u * w.part + i];
    out.at = TG_REQUESTS_AT + w.at * TG_REQUEST_PARTS + w.part;
    out.last = 0;
    return out;
}

TG_FN tg_part tg_wire_counters(tg_indicator s, tg_wire w) {
    tg_part out;
    tg_counter_words all;
    tg_kernel_counters counters = s.r->counters;
    TG_UNROLL
    for (int i = 0; i < 2; i++) {
        counters.bytes[i] = w.totals[3 * i];
        counters.swallowed[i] = w.totals[3 * i + 1];
        counters.words[i] = w.totals[3 * i + 2];
    }
    TG_UNROLL
    for (tg_u32 i = 0; i < 4u; i++) all.words[4u * TG_COUNTER_PARTS - 4u + i] = 0;
    all.counters = counters;
    TG_UNROLL
    for (tg_u32 i = 0; i < 4u; i++) out.words[i] = all.words[4u * w.part + i];
    out.at = TG_COUNTERS_AT + w.part;
    out.last = 0;
    return out;
}

TG_FN tg_part tg_wire_last(tg_indicator s, tg_wire w) {
    tg_part out;
    out.words[0] = s.r->row_count;
    out.words[1] = s.r->request_count;
    out.words[2] = w.waited;
    out.words[3] = w.refused;
    out.at = 0;
    out.last = 1;
    return out;
}

/* What is flushed to the tables in this step. */
TG_FN tg_part tg_wire_part(tg_indicator s, tg_wire w) {
    return w.mode == TG_WIRE_DEPTHS     ? tg_wire_depth(s, w)
           : w.mode == TG_WIRE_REQUESTS ? tg_wire_request(s, w)
           : w.mode == TG_WIRE_COUNTERS ? tg_wire_counters(s, w)
                                        : tg_wire_last(s, w);
}

/* Rows, and parts of each, of what is flushed. */
TG_FN tg_u32 tg_wire_rows(tg_indicator s, tg_u32 mode) {
    const tg_u32 table = mode == TG_WIRE_ROWS || mode == TG_WIRE_DEPTHS;
    return table ? s.r->row_count : mode == TG_WIRE_REQUESTS ? s.r->request_count : 1u;
}

TG_FN tg_u32 tg_wire_parts(tg_u32 mode) {
    return mode == TG_WIRE_DEPTHS     ? TG_DEPTH_PARTS
           : mode == TG_WIRE_REQUESTS ? TG_REQUEST_PARTS
           : mode == TG_WIRE_COUNTERS ? TG_COUNTER_PARTS
                                      : 1u;
}

/* The next part; behind the last one, the next thing to flush. `moved` is 1 when this one left. */
TG_FN tg_wire tg_wire_flushed(tg_indicator s, tg_wire w, tg_u32 moved) {
    tg_wire out = w;
    const tg_u32 none = w.at >= tg_wire_rows(s, w.mode);
    const tg_u32 row_over = moved && w.part + 1u >= tg_wire_parts(w.mode);
    const tg_u32 over = none || (row_over && w.at + 1u >= tg_wire_rows(s, w.mode));
    out.part = over || row_over ? 0u : w.part + (moved ? 1u : 0u);
    out.at = over ? 0u : w.at + (row_over ? 1u : 0u);
    out.mode = over ? w.mode + 1u : w.mode;
    return out;
}

/* After an item was read: turns and stops are for the wiring alone. */
TG_FN tg_u32 tg_wire_keeps(tg_wire w, tg_item item) {
    return item.kind == TG_ITEM_KIND_TURN || item.kind == TG_ITEM_KIND_STOPPED || w.refused;
}

/* An item that the wiring keeps for itself. */
TG_FN tg_wire tg_wire_kept(tg_wire w, tg_item item) {
    tg_wire out = w;
    const tg_u32 stops = item.kind == TG_ITEM_KIND_STOPPED;
    const tg_u32 line = item.line & 1u;
    const tg_u32 turns = stops || item.kind == TG_ITEM_KIND_TURN;
    TG_UNROLL
    for (tg_u32 i = 0; i < 6u; i++) {
        out.totals[i] = stops && line == i / 3u ? item.payload[i % 3u] : w.totals[i];
    }
    out.has_item = 0;
    out.side = turns ? line ^ 1u : w.side;
    out.inside = turns ? 0u : w.inside;
    out.stopped = w.stopped | (stops ? 1u << line : 0u);
    return out;
}

/* An item that the stage took. */
TG_FN tg_wire tg_wire_taken(tg_wire w, tg_item item) {
    tg_wire out = w;
    const tg_u32 begins = (item.marks & TG_ITEM_MARK_BEGINS) != 0u;
    const tg_u32 ends = (item.marks & TG_ITEM_MARK_ENDS) != 0u;
    out.has_item = 0;
    out.inside = ends ? 0u : begins ? 1u : w.inside;
    return out;
}

__attribute__((max_global_work_dim(0)))
__kernel void indicator(void) {
    tg_indicator_registers registers = {0};
    tg_quote_row rows[TG_ROWS];
    tg_book books[TG_ROWS];
    tg_depth depths[TG_ROWS];
    tg_slot slots[TG_SLOTS];
    tg_constituent constituents[TG_ROWS];
    tg_i64 channels[65536];
    tg_request requests[TG_REQUESTS];
    tg_i64 carried[TG_WINDOWS * TG_WINDOW_SLOTS];
    tg_u32 sends[TG_WINDOWS * TG_WINDOW_SENDS];
    tg_u8 waits[TG_ROWS]; /* 1: the row's update could not leave yet */
    tg_indicator s;
    tg_wire w = tg_wire_begin();
    s.r = &registers;
    s.rows = rows;
    s.books = books;
    s.depths = depths;
    s.slots = slots;
    s.constituents = constituents;
    s.channels = channels;
    s.requests = requests;
    s.carried = carried;
    s.sends = sends;
    s.row_room = TG_ROWS;
    s.request_room = TG_REQUESTS;
    s.slot_room = TG_SLOTS;
    s.zero = 0;
    for (uint i = 0; i < TG_ROWS; i++) {
        rows[i] = tg_quote_row_none();
        books[i].best[0] = 0;
        books[i].best[1] = 0;
        books[i].levels = 0;
        books[i].queue_len = 0;
        constituents[i].shares = 0;
        constituents[i].price = 0;
        waits[i] = 0;
        for (uint j = 0; j < TG_LEVELS; j++) depths[i].levels[j] = tg_level_empty();
        for (uint j = 0; j < TG_QUEUE_ITEMS; j++) depths[i].queue[j] = 0;
    }
    for (uint i = 0; i < TG_SLOTS; i++) {
        slots[i].key = 0;
        slots[i].zero = 0;
    }
    for (uint i = 0; i < 65536; i++) channels[i] = 0;
    for (uint i = 0; i < TG_WINDOWS * TG_WINDOW_SLOTS; i++) carried[i] = 0;
    for (uint i = 0; i < TG_WINDOWS * TG_WINDOW_SENDS; i++) sends[i] = 0;
    tg_indicator_start(s);
    while (w.mode != TG_WIRE_OVER) {
        /* A load line. */
        bool new_line = false;
        tg_load_line line;
        if (w.has_line) line = w.line;
        else line = read_channel_nb_intel(indicator_lines, &new_line);
        const tg_u32 has_line = w.has_line || new_line;
        const tg_u32 over = has_line && line.table == TG_LINE_END;
        const tg_u32 refuses = has_line && line.table == TG_LINE_REFUSED;
        const tg_u32 unready = over && s.r->phase == TG_PHASE_LOAD;
        const tg_u32 lines_over = w.lines_over || over;
        const tg_u32 loads = has_line && !over && !refuses;
        const tg_u32 took_line = loads && tg_indicator_load(s, line);

        /* An item, of the line whose turn it is. */
        bool from_orders = false;
        bool from_market = false;
        tg_any_item of_orders;
        tg_any_item of_market;
        const tg_u32 swaps = tg_wire_swaps(s, w);
        const tg_u32 reads = tg_wire_reads(s, w, lines_over, swaps);
        if (reads && tg_wire_takes_orders(w)) of_orders = read_channel_nb_intel(orders_items, &from_orders);
        else of_orders = w.item;
        if (reads && !from_orders && tg_wire_takes_market(w)) of_market = read_channel_nb_intel(market_items, &from_market);
        else of_market = of_orders;
        tg_any_item item = of_market;
        if (swaps) item.item.kind = TG_ITEM_KIND_PARAMETERS;
        if (swaps) item.item.operand = 0;
        const tg_u32 has_item = w.has_item || from_orders || from_market;
        const tg_u32 keeps = has_item && tg_wire_keeps(w, item.item);
        const tg_u32 runs = w.mode == TG_WIRE_RUNS;

        /* The step. */
        const tg_indicator_out out = tg_indicator_step(s, item, swaps || (has_item && !keeps));
        const tg_published published = tg_publish_of(out.event);

        const tg_u32 last = w.mode == TG_WIRE_LAST;
        const tg_u32 flushes = w.mode == TG_WIRE_FLUSHES;
        /* Rows: never waited for. */
        const tg_u32 moved_at = registers.rows.at[0];
        const tg_u32 moves = runs && out.has_event && published.record && moved_at != TG_NO_ROW;
        const tg_u32 row_mode = w.mode == TG_WIRE_ROWS;
        const tg_u32 row_at = moves ? moved_at : row_mode ? w.at : w.scan;
        const tg_u32 row_there = row_at < registers.row_count;
        const tg_u32 waited = row_there && waits[row_there ? row_at : 0u];
        const tg_u32 updates = row_there && (moves || row_mode || waited);
        tg_row_update update;
        update.row = tg_indicator_row(s, row_there ? row_at : 0u);
        update.at = row_at;
        update.last = last;
        bool left;
        if (updates || last) left = write_channel_nb_intel(rows_moved, update);
        else left = false;
        if (updates) waits[row_at] = !left;

        /* What leaves; the last of everything once, when that of the rows has left. */
        const tg_u32 ends = last && left;
        tg_event event = out.event;
        event.kind = ends ? TG_EVENT_LAST : out.event.kind;
        if (out.has_event || ends) write_channel_intel(events_made, event);
        tg_to_publish to_publish;
        to_publish.in = published;
        to_publish.in.flush = (tg_u8)flushes;
        to_publish.last = ends;
        to_publish.zero = 0;
        if (flushes || ends || (out.has_event && (published.record || published.ends))) {
            write_channel_intel(records, to_publish);
        }
        tg_to_send to_send;
        to_send.intent = out.intent;
        to_send.last = ends;
        to_send.zero = 0;
        if (out.has_intent || ends) write_channel_intel(intents, to_send);
        /* What is left of the image is for nobody. */
        if (ends) write_channel_intel(indicator_over, 1u);

        /* Tables, at the end. */
        const tg_u32 has_part = w.mode >= TG_WIRE_DEPTHS && (last ? left : w.at < tg_wire_rows(s, w.mode));
        if (has_part) write_channel_intel(table_parts, tg_wire_part(s, w));

        /* What is held. */
        const tg_u32 drained = runs && w.stopped == 3u && (w.refused || registers.phase == TG_PHASE_ITEM);
        tg_wire held = w;
        held.line = line;
        held.has_line = loads && !took_line;
        held.lines_over = lines_over;
        held.refused = w.refused || refuses || unready;
        held.item = item;
        held.has_item = has_item;
        held.side = from_orders ? 1u : from_market ? 0u : w.side;
        held.waited = w.waited + (moves && !left);
        held.scan = moves || row_mode ? w.scan : waited && !left ? w.scan : row_there ? w.scan + 1u : 0u;
        held.mode = drained ? TG_WIRE_FLUSHES : w.mode;
        if (keeps) w = tg_wire_kept(held, item.item);
        else if (out.took && !swaps) w = tg_wire_taken(held, item.item);
        else if (row_mode || flushes || last) w = tg_wire_flushed(s, held, flushes || left);
        else if (w.mode > TG_WIRE_ROWS) w = tg_wire_flushed(s, held, 1);
        else w = held;
    }
}

/* ---- send ------------------------------------------------------------------------------------ */

__attribute__((max_global_work_dim(0)))
__kernel void send(void) {
    tg_send_state state;
    tg_to_send held;
    tg_u32 loaded = 0;
    tg_u32 has_intent = 0;
    tg_u32 over = 0;
    tg_u32 running = 1;
    const tg_descriptor toe = tg_wired_toe();
    held.intent = tg_intent_none();
    held.last = 0;
    held.zero = 0;
    tg_send_start(&state);
    while (running) {
        bool new_line = false;
        tg_send_in in;
        tg_to_send next;
        in.load = read_channel_nb_intel(send_lines, &new_line);
        /* An intent may only come behind what it is written with. Nothing else is to be done meanwhile. */
        const tg_u32 reads = loaded && !has_intent && !over && tg_send_idle(&state);
        if (reads) next = read_channel_intel(intents);
        else next = held;
        const tg_u32 ends = over || (reads && next.last);
        in.intent = next.intent;
        in.host.bytes = tg_word_zero();
        in.host.length = 0;
        in.host.cid = 0;
        in.host.reserved = 0;
        in.host.zero = 0;
        in.has_load = new_line;
        in.has_intent = (has_intent || reads) && !ends;
        in.has_host = 0;
        const tg_send_out out = tg_send_step(&state, toe, in);
        const tg_u32 is_over = ends && !out.has_word && tg_send_idle(&state);
        tg_event event = out.event;
        event.kind = is_over ? TG_EVENT_LAST : out.event.kind;
        if (out.has_word) write_channel_intel(orders_out, out.word);
        if (out.has_event || is_over) write_channel_intel(requests_made, event);
        held = next;
        has_intent = in.has_intent && !out.took_intent;
        over = ends;
        loaded = loaded || (new_line && in.load.table >= TG_LOAD_TABLE_READY);
        running = !is_over;
    }
}

/* ---- publish --------------------------------------------------------------------------------- */

__attribute__((max_global_work_dim(0)))
__kernel void publish(void) {
    tg_publish_state state;
    tg_to_publish held;
    tg_u32 loaded = 0;
    tg_u32 has_in = 0;
    tg_u32 over = 0;
    tg_u32 running = 1;
    const tg_descriptor toe = tg_wired_toe();
    held.in = tg_publish_of(tg_event_none());
    held.last = 0;
    held.zero = 0;
    tg_publish_start(&state);
    while (running) {
        bool new_line = false;
        bool new_in = false;
        tg_publish_in in;
        tg_to_publish next;
        in.load = read_channel_nb_intel(publish_lines, &new_line);
        /* While a datagram leaves, the next one is filled; when none does, there is nothing else to do. */
        const tg_u32 waits = loaded && !has_in && !over;
        const tg_u32 blocks = waits && tg_publish_idle(&state);
        if (blocks) next = read_channel_intel(records);
        else if (waits) next = read_channel_nb_intel(records, &new_in);
        else next = held;
        const tg_u32 comes = blocks || new_in;
        const tg_u32 ends = over || (comes && next.last);
        in.in = next.in;
        in.has_load = new_line;
        in.has_in = (has_in || comes) && !ends;
        const tg_publish_out out = tg_publish_step(&state, toe, in);
        if (out.has_word) write_channel_intel(market_out, out.word);
        held = next;
        has_in = in.has_in && !out.took_in;
        over = ends;
        loaded = loaded || (new_line && in.load.table >= TG_LOAD_TABLE_READY);
        running = !(ends && !out.has_word && tg_publish_idle(&state));
    }
}

/* ---- params ---------------------------------------------------------------------------------- */

/* Who gets a load line. */
#define TG_TO_INDICATOR 1u
#define TG_TO_SEND 2u
#define TG_TO_PUBLISH 4u
#define TG_TO_ALL 7u

/* What the loader does next, when nothing waits to leave. */
#define TG_LOADER_IMAGE 0u  /* a line of the image */
#define TG_LOADER_CHECK 1u  /* a word of a block is checked, and kept */
#define TG_LOADER_SEND 2u   /* a line of the block that was kept */
#define TG_LOADER_IDLE 3u

#define TG_CHUNK_WORDS (TG_LOAD_CHUNK_BYTES / 8u)
#define TG_BLOCK_CHUNKS (TG_PARAM_BLOCK_BYTES / TG_LOAD_CHUNK_BYTES)

/* What params says, in memory. */
typedef struct {
    tg_u64 kernel_id;   /* must be the host's */
    tg_u64 protocol_id; /* must be the host's */
    tg_u64 commands;    /* of a live run: number of the last command that was done */
    tg_u64 sent;        /* blocks that travelled */
    tg_u64 refused;     /* blocks of the wrong version or checksum, or not whole */
    tg_u64 image;       /* 1: the image was refused */
    tg_u64 over;        /* 1: everything is said */
    tg_u64 zero;        /* 0 */
} tg_params_said;

typedef struct {
    tg_load_line line;   /* that leaves, or is checked */
    tg_u32 to;           /* who is still to get it */
    tg_u32 mode;
    tg_u32 at;           /* next line in memory */
    tg_u32 chunk;        /* of the block under way */
    tg_u32 word;         /* of that chunk */
    tg_u32 crc;
    tg_u32 crc_wanted;
    tg_u32 sound;        /* so far */
    tg_u32 live;         /* the block is one of a live run */
    tg_u32 sent;
    tg_u32 refused;
    tg_u32 image_refused;
} tg_loader;

TG_FN tg_loader tg_loader_begin(void) {
    tg_loader out;
    out.line.table = TG_LINE_END;
    out.line.index = 0;
    TG_UNROLL
    for (int i = 0; i < 7; i++) out.line.words[i] = 0;
    out.to = 0;
    out.mode = TG_LOADER_IMAGE;
    out.at = 0;
    out.chunk = 0;
    out.word = 0;
    out.crc = 0;
    out.crc_wanted = 0;
    out.sound = 0;
    out.live = 0;
    out.sent = 0;
    out.refused = 0;
    out.image_refused = 0;
    return out;
}

/* Who needs a line of the image. */
TG_FN tg_u32 tg_loader_to(tg_u32 table) {
    tg_u32 to;
    switch (table) {
    case TG_LOAD_TABLE_IDS:
        to = TG_TO_INDICATOR | TG_TO_SEND;
        break;
    case TG_LOAD_TABLE_ORDER:
    case TG_LOAD_TABLE_CANCEL:
        to = TG_TO_SEND;
        break;
    case TG_LOAD_TABLE_PUBLISH:
        to = TG_TO_PUBLISH;
        break;
    case TG_LOAD_TABLE_READY:
        to = TG_TO_ALL;
        break;
    default:
        to = TG_TO_INDICATOR;
        break;
    }
    return to;
}

/* CRC-32 of IEEE 802.3 over eight more bytes, the first in the low byte. */
TG_FN tg_u32 tg_crc_word(tg_u32 crc, tg_u64 word) {
    tg_u32 out = crc;
    TG_UNROLL
    for (int i = 0; i < 64; i++) {
        out = out >> 1 ^ (((out ^ (tg_u32)(word >> i)) & 1u) ? 0xedb88320u : 0u);
    }
    return out;
}

/* A line of its own, for everybody. */
TG_FN tg_loader tg_loader_tells(tg_loader l, tg_u32 table) {
    tg_loader out = l;
    out.line.table = table;
    out.line.index = 0;
    out.to = TG_TO_ALL;
    out.mode = TG_LOADER_IDLE;
    return out;
}

/* A line of the image: it leaves, or a block begins. */
TG_FN tg_loader tg_loader_line(tg_loader l, tg_load_line line) {
    tg_loader out = l;
    const tg_u32 block = l.live || line.table == TG_LOAD_TABLE_BLOCK;
    out.line = line;
    out.to = block ? 0u : tg_loader_to(line.table);
    out.mode = block ? TG_LOADER_CHECK : TG_LOADER_IMAGE;
    out.at = l.at + 1u;
    out.chunk = 0;
    out.word = 0;
    out.crc = 0xffffffffu;
    out.sound = 1;
    return out;
}

/* The word of the block that is checked, as its checksum counts it. */
TG_FN tg_u64 tg_loader_word(tg_loader l) { return l.line.words[l.word < TG_CHUNK_WORDS ? l.word : 0u]; }

/* A word of a block is checked; `next` is the line behind it, where there is one. */
TG_FN tg_loader tg_loader_check(tg_loader l, tg_load_line next, tg_u32 has_next) {
    tg_loader out = l;
    const tg_u64 word = tg_loader_word(l);
    const tg_u32 first = l.chunk == 0u && l.word == 0u;
    const tg_u32 chunk_over = l.word + 1u == TG_CHUNK_WORDS;
    const tg_u32 over = chunk_over && l.chunk + 1u == TG_BLOCK_CHUNKS;
    const tg_u32 here = l.line.table == TG_LOAD_TABLE_BLOCK && l.line.index == l.chunk;
    const tg_u32 version = !first || (tg_u32)word == TG_PARAM_VERSION;
    const tg_u32 crc = tg_crc_word(l.crc, first ? word & 0xffffffffu : word);
    const tg_u32 sound = l.sound && here && version && (!chunk_over || over || has_next);
    const tg_u32 good = sound && ~crc == l.crc_wanted;
    out.crc = crc;
    out.crc_wanted = first ? (tg_u32)(word >> 32) : l.crc_wanted;
    out.sound = over ? good : sound;
    out.word = chunk_over ? 0u : l.word + 1u;
    out.chunk = over ? 0u : l.chunk + chunk_over;
    out.line = chunk_over && has_next ? next : l.line;
    out.at = l.at + (chunk_over && !over);
    out.mode = over ? TG_LOADER_SEND : TG_LOADER_CHECK;
    return out;
}

/* A block that was kept: refused whole, or one line of it leaves. */
TG_FN tg_loader tg_loader_send(tg_loader l, tg_load_line kept) {
    tg_loader out = l;
    const tg_u32 over = l.chunk + 1u == TG_BLOCK_CHUNKS;
    out.line = kept;
    out.to = TG_TO_INDICATOR;
    out.chunk = l.chunk + 1u;
    out.mode = !over ? TG_LOADER_SEND : l.live ? TG_LOADER_IDLE : TG_LOADER_IMAGE;
    out.sent = l.sent + over;
    return out;
}

TG_FN tg_loader tg_loader_refuse(tg_loader l) {
    tg_loader out = l.live ? l : tg_loader_tells(l, TG_LINE_REFUSED);
    out.mode = TG_LOADER_IDLE;
    out.refused = l.refused + 1u;
    out.image_refused = l.image_refused || !l.live;
    return out;
}

/* Whether the next step looks at a line in memory, and which. */
TG_FN tg_u32 tg_loader_reads(tg_loader l, tg_u32 lines) {
    const tg_u32 checks = l.mode == TG_LOADER_CHECK && l.word + 1u == TG_CHUNK_WORDS && l.chunk + 1u < TG_BLOCK_CHUNKS;
    return l.to == 0u && (l.mode == TG_LOADER_IMAGE || checks) && l.at < lines;
}

/* One step of the loader; `read` is the line at `at`. */
TG_FN tg_loader tg_loader_step(tg_loader l, tg_load_line read, tg_u32 reads, tg_load_line kept) {
    tg_loader out;
    if (l.to != 0u || l.mode == TG_LOADER_IDLE) out = l;
    else if (l.mode == TG_LOADER_IMAGE && reads) out = tg_loader_line(l, read);
    else if (l.mode == TG_LOADER_IMAGE) out = l.live ? tg_loader_refuse(l) : tg_loader_tells(l, TG_LINE_END);
    else if (l.mode == TG_LOADER_CHECK) out = tg_loader_check(l, read, reads);
    else out = l.sound ? tg_loader_send(l, kept) : tg_loader_refuse(l);
    return out;
}

/* A command of the host, as a packet of the pipe. */
typedef union {
    ulong4 packet;
    tg_log_word word;
} tg_command;

/* A control word of a line, on its way. */
typedef struct {
    tg_log_word word;
    tg_u32 has;
    tg_u32 zero; /* 0 */
} tg_control;

TG_FN tg_control tg_control_none(void) {
    tg_control out;
    out.word = tg_log_word_of(tg_word_zero(), 0);
    out.has = 0;
    out.zero = 0;
    return out;
}

/* The block of a live run begins at a line of the memory. */
TG_FN tg_loader tg_loader_live(tg_loader l, tg_u32 at) {
    tg_loader out = l;
    out.mode = TG_LOADER_IMAGE;
    out.at = at;
    out.live = 1;
    return out;
}

/* Whether every line that was asked for has left. */
TG_FN tg_u32 tg_loader_idle(tg_loader l) { return l.mode == TG_LOADER_IDLE && l.to == 0u; }

__attribute__((max_global_work_dim(0)))
__kernel void params(
    __global const volatile tg_load_line *restrict lines, /* the image; of a live run, blocks behind it */
    const uint image_lines,
    const uint memory_lines,
    __global volatile tg_params_said *restrict said,
#if defined(TG_REPLAY)
    __global const volatile tg_log_word *restrict market_words,
    const uint market_count,
    __global const volatile tg_log_word *restrict orders_words,
    const uint orders_count
#elif defined(TG_HOST_PIPE)
    __attribute__((intel_host_accessible)) __read_only pipe ulong4 from_host,
    __attribute__((intel_host_accessible)) __write_only pipe ulong4 to_host
#else
    __global const volatile uint *restrict flag,
    __global const volatile tg_log_word *restrict command_at
#endif
) {
    tg_u64 block[TG_BLOCK_CHUNKS * TG_CHUNK_WORDS];
    tg_loader l = tg_loader_begin();
    tg_control market = tg_control_none();
    tg_control orders = tg_control_none();
#ifdef TG_REPLAY
    tg_u32 market_at = 0;
    tg_u32 orders_at = 0;
#else
    tg_u32 stops = 0;    /* of each line a bit */
    tg_u32 commands = 0; /* done */
    tg_u32 busy = 0;     /* a command is under way */
    tg_u32 loads = 0;    /* it is a block */
#endif
    tg_u32 over = 0; /* the indicator is over: no line is for anybody */
    tg_u32 running = 1;
    said->kernel_id = (tg_u64)TG_KERNEL_ID_HI << 32 | TG_KERNEL_ID_LO;
    said->protocol_id = (tg_u64)TG_PROTOCOL_ID_HI << 32 | TG_PROTOCOL_ID_LO;
    while (running) {
        /* The next line, and what is kept of a block. */
        const tg_u32 reads = tg_loader_reads(l, l.live ? memory_lines : image_lines);
        tg_load_line read;
        if (reads) read = lines[l.at];
        else read = l.line;
        tg_load_line kept;
        kept.table = TG_LOAD_TABLE_BLOCK;
        kept.index = l.chunk;
        TG_UNROLL
        for (tg_u32 i = 0; i < TG_CHUNK_WORDS; i++) {
            kept.words[i] = block[(l.chunk < TG_BLOCK_CHUNKS ? l.chunk : 0u) * TG_CHUNK_WORDS + i];
        }
        kept.words[6] = 0;
        if (l.mode == TG_LOADER_CHECK) block[l.chunk * TG_CHUNK_WORDS + l.word] = tg_loader_word(l);

        /* What leaves: a full channel holds up nothing but what is for it. */
        bool to_indicator;
        bool to_send;
        bool to_publish;
        bool to_market;
        bool to_orders;
        if (l.to & TG_TO_INDICATOR) to_indicator = write_channel_nb_intel(indicator_lines, l.line);
        else to_indicator = false;
        if (l.to & TG_TO_SEND) to_send = write_channel_nb_intel(send_lines, l.line);
        else to_send = false;
        if (l.to & TG_TO_PUBLISH) to_publish = write_channel_nb_intel(publish_lines, l.line);
        else to_publish = false;
        if (market.has) to_market = write_channel_nb_intel(market_control, market.word);
        else to_market = false;
        if (orders.has) to_orders = write_channel_nb_intel(orders_control, orders.word);
        else to_orders = false;
        const tg_u32 left = (to_indicator ? TG_TO_INDICATOR : 0u) | (to_send ? TG_TO_SEND : 0u)
                          | (to_publish ? TG_TO_PUBLISH : 0u);

        bool is_over;
        if (over) is_over = true;
        else read_channel_nb_intel(indicator_over, &is_over);
        over = is_over;

        /* Control words, and what the host wants. They pass beside an image that waits for its epochs. */
        const tg_u32 loaded = over || tg_loader_idle(l);
        const tg_u32 quiet = !market.has && !orders.has;
        tg_loader stepped = tg_loader_step(l, read, reads, kept);
        stepped.to = l.to != 0u ? l.to & ~left : stepped.to;
        tg_control next_market;
        tg_control next_orders;
#ifdef TG_REPLAY
        const tg_u32 market_free = !market.has && market_at < market_count;
        const tg_u32 orders_free = !orders.has && orders_at < orders_count;
        if (market_free) next_market.word = market_words[market_at];
        else next_market.word = market.word;
        if (orders_free) next_orders.word = orders_words[orders_at];
        else next_orders.word = orders.word;
        next_market.has = market_free || (market.has && !to_market);
        next_orders.has = orders_free || (orders.has && !to_orders);
        market_at = market_at + market_free;
        orders_at = orders_at + orders_free;
        running = !(loaded && quiet && !market_free && !orders_free);
        l = stepped;
#else
        const tg_u32 done = busy && quiet && (loaded || !loads);
        tg_u32 answered;
        bool came;
        tg_log_word command;
#ifdef TG_HOST_PIPE
        ulong4 answer = (ulong4)(commands + 1u, l.refused, l.sent, l.image_refused);
        tg_command packet;
        if (done) answered = write_pipe(to_host, &answer) == 0;
        else answered = 0;
        if (quiet && !busy) came = read_pipe(from_host, &packet.packet) == 0;
        else came = false;
        command = packet.word;
#else
        answered = done;
        if (done) {
            said->sent = l.sent;
            said->refused = l.refused;
            said->image = l.image_refused;
            mem_fence(CLK_GLOBAL_MEM_FENCE);
            said->commands = commands + 1u;
        }
        if (quiet && !busy) came = *flag != commands;
        else came = false;
        if (came) command = *command_at;
        else command = market.word;
#endif
        const tg_u32 is_block = came && command.op == TG_LOG_OP_PARAMETERS;
        const tg_u32 for_orders = came && !is_block && (command.line & 1u);
        const tg_u32 for_market = came && !is_block && !for_orders;
        next_market.word = for_market ? command : market.word;
        next_orders.word = for_orders ? command : orders.word;
        next_market.has = for_market || (market.has && !to_market);
        next_orders.has = for_orders || (orders.has && !to_orders);
        stops = stops | (came && command.op == TG_LOG_OP_STOP ? 1u << (command.line & 1u) : 0u);
        busy = came || (busy && !answered);
        /* While the image has epochs to come, a block of the host would be undone by them. */
        const tg_u32 taken = is_block && loaded && !over;
        const tg_u32 refused = is_block && !taken;
        loads = taken || (loads && !answered);
        commands = commands + (answered ? 1u : 0u);
        running = !(stops == 3u && !busy && loaded);
        stepped.refused = stepped.refused + refused;
        l = taken ? tg_loader_live(stepped, (tg_u32)command.offset) : stepped;
#endif
        next_market.zero = 0;
        next_orders.zero = 0;
        market = next_market;
        orders = next_orders;
    }
    said->sent = l.sent;
    said->refused = l.refused;
    said->image = l.image_refused;
    said->over = 1;
}

/* ---- mirror ---------------------------------------------------------------------------------- */

/* A mirrored row: four lines of 64 bytes. Each has seven words of it and, last, the number of the
 * update; all four have the same in a whole row. The words are those of the row, then a sum over them and the
 * number, for hosts that do not read or write 64 bytes at once. */
#define TG_ROW_LINES 4u
#define TG_ROW_WORDS 26u
typedef union {
    tg_quote_row row;
    tg_u64 words[7u * TG_ROW_LINES];
} tg_row_words;

/* What mirror says, in memory. */
typedef struct {
    tg_u64 events;   /* written so far */
    tg_u64 updates;  /* rows written so far */
    tg_u64 rows;     /* at the end: rows of the quote table */
    tg_u64 requests; /* rows of the record table */
    tg_u64 waited;   /* updates of rows that found the channel full, and left later */
    tg_u64 refused;  /* 1: there was no sound image */
    tg_u64 over;     /* 1: everything is written */
    tg_u64 zero;     /* 0 */
} tg_mirror_said;

/* A sum in which each word counts by its place. */
TG_FN tg_u64 tg_row_sum(tg_row_words words, tg_u64 number) {
    tg_u64 sum = number;
    TG_UNROLL
    for (tg_u32 i = 0; i < TG_ROW_WORDS; i++) {
        sum += words.words[i] << (i + 1u) | words.words[i] >> (63u - i);
    }
    return sum;
}

/* A line of a mirrored row. */
TG_FN ulong8 tg_row_line(tg_row_words words, tg_u32 line, tg_u64 number) {
    tg_u64 out[7];
    TG_UNROLL
    for (tg_u32 i = 0; i < 7u; i++) out[i] = words.words[7u * line + i];
    return (ulong8)(out[0], out[1], out[2], out[3], out[4], out[5], out[6], number);
}

__attribute__((max_global_work_dim(0)))
__kernel void mirror(
    __global volatile tg_event *restrict events, /* a ring */
    const ulong ring,                            /* its events: a power of two */
    __global const volatile ulong *restrict read_at, /* events that the host has read */
    __global volatile ulong8 *restrict rows,
    __global volatile ulong4 *restrict tables,
    __global volatile tg_mirror_said *restrict said
) {
    tg_u64 written = 0;
    tg_u64 free_to = ring; /* the host has read what stood there */
    tg_u64 updates = 0;
    tg_row_words words;
    tg_u32 row_at = 0;
    tg_u32 row_line = TG_ROW_LINES; /* next line of the row under way */
    tg_u32 over = 0;                /* bits: events, requests, rows, tables */
    while (over != 15u) {
        /* An event: of the indicator, else of send. */
        const tg_u32 full = written == free_to;
        bool of_indicator = false;
        bool of_send = false;
        tg_event made;
        tg_event event;
        if (!full && (over & 1u) == 0u) made = read_channel_nb_intel(events_made, &of_indicator);
        else made.kind = 0;
        if (!full && !of_indicator && (over & 2u) == 0u) event = read_channel_nb_intel(requests_made, &of_send);
        else event = made;
        const tg_u32 is_last = (of_indicator || of_send) && event.kind == TG_EVENT_LAST;
        const tg_u32 writes = (of_indicator || of_send) && !is_last;
        if (writes) {
            events[written & (ring - 1u)] = event;
            mem_fence(CLK_GLOBAL_MEM_FENCE);
            said->events = written + 1u;
        }
        if (full) free_to = *read_at + ring;
        written = written + (writes ? 1u : 0u);

        /* A row: a line of it a step. */
        bool new_row = false;
        tg_row_update update;
        const tg_u32 row_over = row_line == TG_ROW_LINES;
        if (row_over && (over & 4u) == 0u) update = read_channel_nb_intel(rows_moved, &new_row);
        else update.last = 0;
        const tg_u32 rows_over = new_row && update.last;
        const tg_u32 begins = new_row && !update.last;
        if (!row_over) rows[row_at * TG_ROW_LINES + row_line] = tg_row_line(words, row_line, updates);
        if (begins) {
            tg_row_words whole;
            whole.row = update.row;
            words.row = update.row;
            words.words[TG_ROW_WORDS] = tg_row_sum(whole, updates + 1u);
            words.words[TG_ROW_WORDS + 1u] = 0;
        }
        row_at = begins ? update.at : row_at;
        row_line = begins ? 0u : row_over ? row_line : row_line + 1u;
        updates = updates + (begins ? 1u : 0u);

        /* The tables, at the end. */
        bool new_part = false;
        tg_part part;
        if ((over & 8u) == 0u) part = read_channel_nb_intel(table_parts, &new_part);
        else part.last = 0;
        const tg_u32 tables_over = new_part && part.last;
        if (new_part && !part.last) tables[part.at] = (ulong4)(part.words[0], part.words[1], part.words[2], part.words[3]);
        if (tables_over) {
            said->rows = part.words[0];
            said->requests = part.words[1];
            said->waited = part.words[2];
            said->refused = part.words[3];
        }
        over = over | (is_last && of_indicator ? 1u : 0u) | (is_last && of_send ? 2u : 0u) | (rows_over ? 4u : 0u)
             | (tables_over ? 8u : 0u);
    }
    said->updates = updates;
    said->over = 1;
}
