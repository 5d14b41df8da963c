/* What stands around the indicator in the wiring over channels: which line counts, when a block of the host is
 * swapped, and the tables at the end.
 */
#ifndef TIDEGATE_STAGE_WIRE_H
#define TIDEGATE_STAGE_WIRE_H

#include "indicator.h"
#include "line.h"

/* Rows of the record table. */
#ifndef TG_REQUESTS
#define TG_REQUESTS TG_MAX_REQUESTS_CARD
#endif

/* Load lines that the image does not have: behind the last one, or in place of a refused block. */
#define TG_LINE_END 0xfffffffeu
#define TG_LINE_REFUSED 0xffffffffu

/* Four words of the tables at the end: of requests and counters, one behind the other. */
#define TG_REQUEST_PARTS 3u
#define TG_COUNTER_PARTS 25u
#define TG_COUNTERS_AT ((TG_REQUESTS) * TG_REQUEST_PARTS)

typedef struct {
    tg_u64 words[4];
    tg_u32 at;
    tg_u32 last; /* 1: words are rows, requests, updates that waited, refused images; nothing comes behind it */
} tg_part;

/* What the wiring of the indicator does. */
#define TG_WIRE_RUNS 0u
#define TG_WIRE_FLUSHES 1u   /* publish is told to send what waits */
#define TG_WIRE_ROWS 2u      /* every row once more */
#define TG_WIRE_REQUESTS 3u
#define TG_WIRE_COUNTERS 4u
#define TG_WIRE_LAST 5u      /* everybody is told that this was all */
#define TG_WIRE_OVER 6u

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

TG_FN tg_part tg_wire_request(tg_wire w, tg_request row) {
    tg_part out;
    tg_request_words all;
    all.row = row;
    TG_UNROLL
    for (tg_u32 i = 0; i < 4u; i++) out.words[i] = all.words[4u * w.part + i];
    out.at = w.at * TG_REQUEST_PARTS + w.part;
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

/* What is flushed to the tables in this step; `shown` is the request at `w.at`. */
TG_FN tg_part tg_wire_part(tg_indicator s, tg_wire w, tg_request shown) {
    return w.mode == TG_WIRE_REQUESTS   ? tg_wire_request(w, shown)
           : w.mode == TG_WIRE_COUNTERS ? tg_wire_counters(s, w)
                                        : tg_wire_last(s, w);
}

/* Rows, and parts of each, of what is flushed. */
TG_FN tg_u32 tg_wire_rows(tg_indicator s, tg_u32 mode) {
    return mode == TG_WIRE_ROWS ? s.r->row_count : mode == TG_WIRE_REQUESTS ? s.r->request_count : 1u;
}

TG_FN tg_u32 tg_wire_parts(tg_u32 mode) {
    return mode == TG_WIRE_REQUESTS   ? TG_REQUEST_PARTS
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

#endif
