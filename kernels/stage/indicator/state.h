/* The indicator: what it keeps, in registers and tables, and its start. */
#ifndef TIDEGATE_STAGE_INDICATOR_STATE_H
#define TIDEGATE_STAGE_INDICATOR_STATE_H

#include "../../room/feedback.h"
#include "../../room/index.h"
#include "../../room/trigger.h"

/* How many rows written last are forwarded: at least as many as steps lie between the read of a
 * table's memory and the write to it. A wiring may say otherwise. */
#ifndef TG_FORWARDS
#define TG_FORWARDS 2
#endif

/* Place of all triggers together, behind those of each. */
#define TG_ALL 16

/* What the stage is about to do. */
#define TG_PHASE_LOAD 0u      /* the setup is not whole */
#define TG_PHASE_INSTALL 1u   /* a block becomes the block, one window a step */
#define TG_PHASE_EPOCH 2u     /* the decision of an epoch */
#define TG_PHASE_ITEM 3u      /* an item */
#define TG_PHASE_GUARD 4u     /* the decision of the guard */
#define TG_PHASE_FIRE 5u      /* the decision of the next trigger that fires */
#define TG_PHASE_ASK 6u       /* the decision of a kill switch to cancel */
#define TG_PHASE_SCAN 7u      /* looks for the next order to cancel */
#define TG_PHASE_CANCEL 8u    /* a cancel request leaves */
#define TG_PHASE_END 9u       /* the message ends behind its decisions */
#define TG_PHASE_SUM 10u      /* share counts come: their sum */
#define TG_PHASE_REBASE 11u   /* whether there is a divisor for it */
#define TG_PHASE_DIVIDE 12u   /* one bit of the divisor a step */
#define TG_PHASE_REBASED 13u  /* the divisor is there, or none */
#define TG_PHASE_SET 14u      /* share counts come again, and are taken */

/* What a report still needs. */
#define TG_REPORT_NAMED 0u    /* the row of its ClOrdID */
#define TG_REPORT_ORDER 1u    /* the row of the order */
#define TG_REPORT_SEARCH 2u   /* the order by its OrderID */
#define TG_REPORT_REQUEST 3u  /* its cancel request moves */
#define TG_REPORT_APPLY 4u    /* its order moves */

typedef struct {
    tg_u32 at[TG_FORWARDS];
    tg_u32 zero[TG_FORWARDS]; /* 0 */
    tg_quote_row row[TG_FORWARDS];
    tg_book book[TG_FORWARDS];
} tg_forward_rows;

typedef struct {
    tg_u32 at[TG_FORWARDS];
    tg_u32 zero[TG_FORWARDS]; /* 0 */
    tg_request row[TG_FORWARDS];
} tg_forward_requests;

typedef struct {
    tg_u32 at[TG_FORWARDS];
    tg_u32 zero[TG_FORWARDS]; /* 0 */
    tg_constituent row[TG_FORWARDS];
} tg_forward_constituents;

typedef struct {
    tg_u32 at[TG_FORWARDS];
    tg_u32 zero[TG_FORWARDS]; /* 0 */
    tg_i64 row[TG_FORWARDS];
} tg_forward_channels;

/* What is kept in registers. */
typedef struct {
    tg_kernel_counters counters;
    tg_block block;
    tg_block shadow;
    tg_window windows[TG_WINDOWS];
    tg_tally tallies[TG_MAX_TRIGGERS + 1]; /* of each trigger, then of all */
    tg_edge edges[TG_MAX_TRIGGERS];
    tg_i64 last_of[TG_MAX_TRIGGERS];       /* last price of the row of a trigger's price conditions */
    tg_i64 sends_within[TG_MAX_TRIGGERS];  /* of its MaxSends, in milliseconds */
    tg_u32 sends_count[TG_MAX_TRIGGERS];   /* 0: it has none */
    tg_u32 price_row[TG_MAX_TRIGGERS];     /* row of its price conditions; all ones for none */
    tg_partitions partitions;
    tg_forward_rows rows;
    tg_forward_requests requests;
    tg_forward_constituents constituents;
    tg_forward_channels channels;
    tg_assembly assembly;
    tg_division division;
    tg_wide moved;            /* what new share counts add to the sum */
    tg_request named;         /* row of the ClOrdID of the report under way */
    tg_request order;         /* row of its order; of a scan, the order that is asked */
    tg_intent intent;         /* what the cancel requests of a decision have in common */
    tg_ids ids;
    tg_divisor divisor;
    tg_divisor next_divisor;
    tg_guard guard;
    tg_u64 multipliers[2];    /* of the hash */
    tg_u64 index_key;         /* SecurityID of the published index */
    tg_u64 next;              /* number of the message under way, or of the next one */
    tg_u64 decisions;
    tg_u64 end_offset;        /* of the message that ends behind its decisions */
    tg_u64 beat;              /* word of the line that decided what is under way */
    tg_i64 now;               /* the pipeline's time; 0 before the first stamp */
    tg_i64 sum;               /* 1e-4 CNY */
    tg_i64 next_sum;
    tg_i64 index;             /* 1e-4 points; TG_NONE before the first value */
    tg_i64 before;            /* index after the message before */
    tg_i64 compared_time;     /* OrigTime and value of the last 309011 that was compared */
    tg_i64 compared_price;
    tg_i64 compares;          /* OrigTime of the snapshot under way, where it is to be compared; 0 */
    tg_u32 ms;                /* `now` in milliseconds of the day */
    tg_u32 date;
    tg_u32 row_count;
    tg_u32 hash_shift;
    tg_u32 constituent_count;
    tg_u32 from_snapshots;    /* the index takes its prices from snapshots */
    tg_u32 request_limit;
    tg_u32 request_count;
    tg_u32 settled;           /* every request before this one is closed */
    tg_u32 epoch;
    tg_u32 phase;
    tg_u32 install_at;        /* window that is installed */
    tg_u32 fires;             /* triggers whose decision is still to come, one bit each */
    tg_u32 probe;             /* bit of `sends_found` that is tried, plus 1; 0: all were */
    tg_u32 sends_found;       /* what MaxSends of the trigger at hand finds */
    tg_u32 scan_at;           /* row that is looked at */
    tg_u32 to_ask;            /* cancel requests that are still to leave */
    tg_u32 ask_of;            /* whose orders; TG_NO_TRIGGER for all */
    tg_u32 ask_by;            /* the trigger that asks; TG_NO_TRIGGER for none */
    tg_u32 shares_left;
    tg_u32 shares_sound;
    tg_u32 report_step;
    tg_u32 order_at;          /* of the report under way */
    tg_u32 end_msg_type;
    tg_u16 end_session;
    tg_u8 end_line;
    tg_u8 ends;               /* a message waits for its end */
    tg_u8 snapshot_flags;
    tg_u8 killed;             /* by hand */
    tg_u8 kill_asks;          /* the epoch turned the kill switch on, and asks to cancel */
    tg_u8 first;              /* the block is that of the setup */
    tg_u8 windows_filled;     /* the date has an index point */
    tg_u8 guard_large;
    tg_u8 guard_engaged;
    tg_u8 shadow_begun;
    tg_u8 shadow_whole;
    tg_u8 zero[7];            /* 0 */
} tg_indicator_registers;

/* The stage: registers and tables, wherever the wiring keeps them. */
typedef struct {
    TG_STATE tg_indicator_registers *r;
    TG_STATE tg_quote_row *rows;
    TG_STATE tg_book *books;
    TG_STATE tg_slot *slots;
    TG_STATE tg_constituent *constituents;
    TG_STATE tg_i64 *channels;   /* last ApplSeqNum, 65,536 */
    TG_STATE tg_request *requests;
    TG_STATE tg_i64 *carried;    /* rings of the windows, 17 x 64 */
    TG_STATE tg_u32 *sends;      /* rings of the sends, 17 x 64, milliseconds of the day */
    tg_u32 row_room;
    tg_u32 request_room;
    tg_u32 slot_room;
    tg_u32 zero; /* 0 */
} tg_indicator;

/* What a step gives out. The first 96 bytes of an event with RECORD are the numbered record for
 * publish, ENDS is the end of a message. */
typedef struct {
    tg_event event;
    tg_intent intent;
    tg_depth_update depth; /* for whoever keeps the depths: the stage writes them, and reads none again */
    tg_quote_row row;      /* with row_shown: the row that was asked for, as it was before this step */
    tg_request request;    /* between items: the request that was asked for */
    tg_u32 took;           /* the item was taken */
    tg_u32 has_event;
    tg_u32 has_intent;
    tg_u32 row_shown;
} tg_indicator_out;

/* ---- tables -------------------------------------------------------------------------------- */

/* A row and its book, as they were written last. */
TG_FN tg_quote_row tg_indicator_row(tg_indicator s, tg_u32 at) {
    tg_quote_row out = s.rows[at];
    TG_UNROLL
    for (int i = TG_FORWARDS - 1; i >= 0; i--) {
        if (s.r->rows.at[i] == at) out = s.r->rows.row[i];
    }
    return out;
}

TG_FN tg_book tg_indicator_book(tg_indicator s, tg_u32 at) {
    tg_book out = s.books[at];
    TG_UNROLL
    for (int i = TG_FORWARDS - 1; i >= 0; i--) {
        if (s.r->rows.at[i] == at) out = s.r->rows.book[i];
    }
    return out;
}

TG_FN void tg_indicator_put_row(tg_indicator s, tg_u32 at, tg_quote_row row, tg_book book) {
    TG_UNROLL
    for (int i = TG_FORWARDS - 1; i > 0; i--) {
        s.r->rows.at[i] = s.r->rows.at[i - 1];
        s.r->rows.row[i] = s.r->rows.row[i - 1];
        s.r->rows.book[i] = s.r->rows.book[i - 1];
    }
    s.r->rows.at[0] = at;
    s.r->rows.row[0] = row;
    s.r->rows.book[0] = book;
    s.rows[at] = row;
    s.books[at] = book;
}

/* A request; the first one where there is none. */
TG_FN tg_request tg_indicator_request(tg_indicator s, tg_u32 wanted) {
    tg_u32 at = wanted < s.request_room ? wanted : 0u;
    tg_request out = s.requests[at];
    TG_UNROLL
    for (int i = TG_FORWARDS - 1; i >= 0; i--) {
        if (s.r->requests.at[i] == at) out = s.r->requests.row[i];
    }
    return out;
}

TG_FN void tg_indicator_put_request(tg_indicator s, tg_u32 at, tg_request row) {
    TG_UNROLL
    for (int i = TG_FORWARDS - 1; i > 0; i--) {
        s.r->requests.at[i] = s.r->requests.at[i - 1];
        s.r->requests.row[i] = s.r->requests.row[i - 1];
    }
    s.r->requests.at[0] = at;
    s.r->requests.row[0] = row;
    s.requests[at] = row;
}

TG_FN tg_constituent tg_indicator_constituent(tg_indicator s, tg_u32 at) {
    tg_constituent out = s.constituents[at];
    TG_UNROLL
    for (int i = TG_FORWARDS - 1; i >= 0; i--) {
        if (s.r->constituents.at[i] == at) out = s.r->constituents.row[i];
    }
    return out;
}

TG_FN void tg_indicator_put_constituent(tg_indicator s, tg_u32 at, tg_constituent row) {
    TG_UNROLL
    for (int i = TG_FORWARDS - 1; i > 0; i--) {
        s.r->constituents.at[i] = s.r->constituents.at[i - 1];
        s.r->constituents.row[i] = s.r->constituents.row[i - 1];
    }
    s.r->constituents.at[0] = at;
    s.r->constituents.row[0] = row;
    s.constituents[at] = row;
}

TG_FN tg_i64 tg_indicator_channel(tg_indicator s, tg_u32 at) {
    tg_i64 out = s.channels[at];
    TG_UNROLL
    for (int i = TG_FORWARDS - 1; i >= 0; i--) {
        if (s.r->channels.at[i] == at) out = s.r->channels.row[i];
    }
    return out;
}

TG_FN void tg_indicator_put_channel(tg_indicator s, tg_u32 at, tg_i64 last) {
    TG_UNROLL
    for (int i = TG_FORWARDS - 1; i > 0; i--) {
        s.r->channels.at[i] = s.r->channels.at[i - 1];
        s.r->channels.row[i] = s.r->channels.row[i - 1];
    }
    s.r->channels.at[0] = at;
    s.r->channels.row[0] = last;
    s.channels[at] = last;
}

/* An update of the depth, where a wiring keeps the depths in memory of its own. */
TG_FN void tg_depth_put(TG_STATE tg_depth *depths, tg_depth_update update) {
    if (update.level_at != TG_NO_LEVEL) depths[update.row].levels[update.level_at] = update.level;
    TG_UNROLL
    for (tg_u32 i = 0; i < 2u; i++) {
        if (i < update.queue_count) depths[update.row].queue[update.queue_at + i] = update.quantity[i];
    }
}

/* The row of a name; all ones for none. */
TG_FN tg_u32 tg_indicator_find(tg_indicator s, tg_u64 name) {
    tg_u64 key = tg_text_key(name);
    tg_u32 first = tg_slot_at(key, s.r->multipliers[0], s.r->hash_shift, 0u);
    tg_u32 second = tg_slot_at(key, s.r->multipliers[1], s.r->hash_shift, 1u);
    return tg_slot_row(key, s.slots[first], s.slots[second]);
}

/* ---- start --------------------------------------------------------------------------------- */

TG_FN tg_request tg_request_none(void) {
    tg_request out;
    out.msg = 0;
    out.sent = 0;
    out.reported = 0;
    out.quantity = 0;
    out.price = 0;
    out.cum = 0;
    out.fills = 0;
    out.of = TG_NO_ROW;
    out.reason = 0;
    out.state = 0;
    out.trigger = TG_NO_TRIGGER;
    out.side = 0;
    out.cancelling = 0;
    TG_UNROLL
    for (int i = 0; i < 8; i++) out.security[i] = 0;
    TG_UNROLL
    for (int i = 0; i < 16; i++) out.order_id[i] = 0x20;
    TG_UNROLL
    for (int i = 0; i < 10; i++) out.padding[i] = 0;
    return out;
}

TG_FN tg_quote_row tg_quote_row_none(void) {
    tg_quote_row out;
    TG_UNROLL
    for (int i = 0; i < 8; i++) {
        out.security[i] = 0;
        out.phase[i] = 0;
    }
    out.time = 0;
    out.trade_time = 0;
    out.snapshot_time = 0;
    out.prev_close = 0;
    out.limit_up = 0;
    out.limit_down = 0;
    out.ticks_last = 0;
    out.ticks_open = 0;
    out.ticks_high = 0;
    out.ticks_low = 0;
    out.ticks_volume = 0;
    out.ticks_value = 0;
    out.ticks_num_trades = 0;
    out.snapshot_last = 0;
    out.snapshot_open = 0;
    out.snapshot_high = 0;
    out.snapshot_low = 0;
    out.snapshot_volume = 0;
    out.snapshot_value = 0;
    out.snapshot_num_trades = 0;
    out.orders = 0;
    out.trades = 0;
    out.cancels = 0;
    out.snapshots = 0;
    return out;
}

TG_FN tg_intent tg_intent_none(void) {
    tg_intent out;
    out.decision = 0;
    out.msg = 0;
    out.time = 0;
    out.price = 0;
    out.quantity = 0;
    out.row = 0;
    out.of = TG_NO_ROW;
    out.side = 0;
    out.beat = 0;
    out.operand = 0;
    TG_UNROLL
    for (int i = 0; i < 8; i++) out.security[i] = 0;
    TG_UNROLL
    for (int i = 0; i < 16; i++) out.order_id[i] = 0x20;
    TG_UNROLL
    for (int i = 0; i < 7; i++) out.reserved[i] = 0;
    return out;
}

/* The state before anything came; every byte of memory was zero before. */
TG_FN void tg_indicator_start(tg_indicator s) {
    tg_book book;
    book.best[0] = 0;
    book.best[1] = 0;
    book.levels = 0;
    book.queue_len = 0;
    for (int i = 0; i < TG_FORWARDS; i++) {
        s.r->rows.at[i] = TG_NO_ROW;
        s.r->requests.at[i] = TG_NO_ROW;
        s.r->constituents.at[i] = TG_NO_ROW;
        s.r->channels.at[i] = TG_NO_ROW;
    }
    for (int i = 0; i < TG_WINDOWS; i++) s.r->windows[i] = tg_window_none();
    for (int i = 0; i <= TG_ALL; i++) s.r->tallies[i] = tg_tally_none();
    tg_assembly none = tg_assembly_begin(0u, book);
    none.active = 0;
    s.r->assembly = none;
    s.r->named = tg_request_none();
    s.r->order = tg_request_none();
    s.r->intent = tg_intent_none();
    s.r->index = TG_NONE;
    s.r->before = TG_NONE;
    s.r->first = 1;
    s.r->divisor.shift = 1;
    s.r->hash_shift = 63;
    s.r->phase = TG_PHASE_LOAD;
}

#endif
