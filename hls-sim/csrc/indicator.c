/* The stage `indicator` for the Rust side. */
#include <stddef.h>
#include <string.h>

#include "stage/indicator.h"

size_t tidegate_indicator_bytes(tg_u32 rows, tg_u32 requests);
void tidegate_indicator_start(tg_u8 *memory, tg_u32 rows, tg_u32 requests);
tg_u32 tidegate_indicator_load(tg_u8 *memory, tg_u32 rows, tg_u32 requests, const tg_u8 *line);
tg_u32 tidegate_indicator_step(tg_u8 *memory, tg_u32 rows, tg_u32 requests, const tg_u8 *item, tg_u8 *event,
                               tg_u8 *intent);
void tidegate_indicator_counts(tg_u8 *memory, tg_u64 *counts);
void tidegate_indicator_counters(tg_u8 *memory, tg_u8 *counters);
void tidegate_indicator_row(tg_u8 *memory, tg_u32 rows, tg_u32 requests, tg_u32 at, tg_u8 *row, tg_u8 *depth);
void tidegate_indicator_request(tg_u8 *memory, tg_u32 rows, tg_u32 requests, tg_u32 at, tg_u8 *request);

/* The depths stand behind everything else. */
static tg_depth *depths_in(tg_u8 *memory, tg_u32 rows, tg_u32 requests) {
    return (tg_depth *)(memory + tg_indicator_layout_of(rows, requests).bytes);
}

size_t tidegate_indicator_bytes(tg_u32 rows, tg_u32 requests) {
    return (size_t)tg_indicator_layout_of(rows, requests).bytes + rows * sizeof(tg_depth);
}

void tidegate_indicator_start(tg_u8 *memory, tg_u32 rows, tg_u32 requests) {
    tg_indicator_start(tg_indicator_in(memory, rows, requests));
}

/* Whether the line was taken. */
tg_u32 tidegate_indicator_load(tg_u8 *memory, tg_u32 rows, tg_u32 requests, const tg_u8 *line) {
    tg_load_line in;
    memcpy(&in, line, sizeof in);
    return tg_indicator_load(tg_indicator_in(memory, rows, requests), in);
}

/* A null item is none. Gives the bits 1 took it, 2 an event, 4 an intent. */
tg_u32 tidegate_indicator_step(tg_u8 *memory, tg_u32 rows, tg_u32 requests, const tg_u8 *item, tg_u8 *event,
                               tg_u8 *intent) {
    tg_any_item in;
    tg_indicator_out out;
    memset(&in, 0, sizeof in);
    if (item) memcpy(&in, item, sizeof in);
    out = tg_indicator_step(tg_indicator_in(memory, rows, requests), in, item != NULL, 0u);
    tg_depth_put(depths_in(memory, rows, requests), out.depth);
    if (out.has_event) memcpy(event, &out.event, sizeof out.event);
    if (out.has_intent) memcpy(intent, &out.intent, sizeof out.intent);
    return (out.took ? 1u : 0u) | (out.has_event ? 2u : 0u) | (out.has_intent ? 4u : 0u);
}

/* Requests in use, whether the stage waits for nothing but an item, guard engaged, outstanding orders. */
void tidegate_indicator_counts(tg_u8 *memory, tg_u64 *counts) {
    const tg_indicator_registers *r = (const tg_indicator_registers *)memory;
    counts[0] = r->request_count;
    counts[1] = r->phase == TG_PHASE_ITEM && r->report_step == TG_REPORT_NAMED;
    counts[2] = r->guard.state != TG_GUARD_OFF;
    counts[3] = r->tallies[TG_ALL].outstanding;
}

void tidegate_indicator_counters(tg_u8 *memory, tg_u8 *counters) {
    const tg_indicator_registers *r = (const tg_indicator_registers *)memory;
    memcpy(counters, &r->counters, sizeof r->counters);
}

void tidegate_indicator_row(tg_u8 *memory, tg_u32 rows, tg_u32 requests, tg_u32 at, tg_u8 *row, tg_u8 *depth) {
    tg_indicator s = tg_indicator_in(memory, rows, requests);
    memcpy(row, &s.rows[at], sizeof s.rows[at]);
    memcpy(depth, depths_in(memory, rows, requests) + at, sizeof(tg_depth));
}

void tidegate_indicator_request(tg_u8 *memory, tg_u32 rows, tg_u32 requests, tg_u32 at, tg_u8 *request) {
    tg_indicator s = tg_indicator_in(memory, rows, requests);
    memcpy(request, &s.requests[at], sizeof s.requests[at]);
}
