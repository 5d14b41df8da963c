/* The indicator: what items do to quote table, index and record table, and what follows from it.
 *
 * One thing a step: an item, one bit of a division, one decision, one row of a scan. Each step reads
 * one row of each table and writes one at the most, through helpers that forward what was written in
 * the steps before: on the card a memory is read some steps before it could give back a row just
 * written, and the same security does come in consecutive records.
 *
 * The wiring calls `tg_indicator_load` before each step as long as there are load lines, and offers
 * again what was not taken. What takes more than a step:
 *
 *   a report              3 steps, 4 for a cancel, and one a row while it searches by OrderID
 *   the end of a snapshot one step for each level, or two quantities, that the one before left
 *   an epoch              18 steps, and up to 192 for new share counts, beside the lines of these
 *   a decision            one step; 6 more where the trigger has MaxSends, to count what it finds
 *   requests to cancel    a step for each row looked at, and one for each that leaves
 *
 * A message with decisions ends in an event of its own behind them (kind BARE, mark ENDS).
 */
#ifndef TIDEGATE_STAGE_INDICATOR_H
#define TIDEGATE_STAGE_INDICATOR_H

#include "../room/feedback.h"
#include "../room/index.h"
#include "../room/trigger.h"

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
    TG_STATE tg_depth *depths;
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
    tg_u32 took; /* the item was taken */
    tg_u32 has_event;
    tg_u32 has_intent;
    tg_u32 zero; /* 0 */
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

/* The depth is written here alone, and not read: on the card it may live with `mirror`. */
TG_FN void tg_indicator_put_level(tg_indicator s, tg_u32 row, tg_u32 level, tg_depth_level value) {
    s.depths[row].levels[level] = value;
}

TG_FN void tg_indicator_put_queue(tg_indicator s, tg_u32 row, tg_u32 at, tg_i64 quantity) {
    s.depths[row].queue[at] = quantity;
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

/* ---- load lines ---------------------------------------------------------------------------- */

/* Slots of the hash for so many rows: both halves, each at least as long as there are rows. */
TG_FN tg_u32 tg_indicator_slots(tg_u32 rows) {
    tg_u32 most = rows < 8u ? 8u : rows;
    return (tg_u32)4u << tg_top_bit(most - 1u);
}

/* A part of the shadow block. */
TG_FN void tg_indicator_load_block(tg_indicator s, tg_load_line line) {
    tg_u32 last = TG_PARAM_BLOCK_BYTES / TG_LOAD_CHUNK_BYTES - 1u;
    tg_u32 chunk = line.index <= last ? line.index : last;
    TG_UNROLL
    for (tg_u32 i = 0; i < TG_LOAD_CHUNK_BYTES / 8u; i++) s.r->shadow.words[chunk * (TG_LOAD_CHUNK_BYTES / 8u) + i] = line.words[i];
    s.r->shadow_begun = 1;
    s.r->shadow_whole = line.index == last;
}

/* The shadow block becomes the block; its windows follow, one a step. */
TG_FN void tg_indicator_swap(tg_indicator s) {
    tg_u32 was_on = (s.r->block.params.limits.has >> TG_LIMIT_KILL_SWITCH) & 1u;
    tg_u32 is_on = (s.r->shadow.params.limits.has >> TG_LIMIT_KILL_SWITCH) & 1u;
    s.r->kill_asks = !s.r->first && is_on && !was_on && s.r->shadow.params.header.cancel_on_kill;
    s.r->block = s.r->shadow;
    s.r->shadow_begun = 0;
    s.r->shadow_whole = 0;
    s.r->install_at = 0;
    s.r->phase = TG_PHASE_INSTALL;
}

/* A row of the quote table with its name and previous close. */
TG_FN void tg_indicator_load_row(tg_indicator s, tg_load_line line) {
    tg_quote_row row = tg_quote_row_none();
    row.prev_close = (tg_i64)line.words[1];
    TG_UNROLL
    for (int i = 0; i < 8; i++) row.security[i] = (tg_u8)(line.words[0] >> (8 * i));
    if (line.index < s.row_room) s.rows[line.index] = row;
}

/* A line of the setup. */
TG_FN void tg_indicator_load_setup(tg_indicator s, tg_load_line line) {
    switch (line.table) {
    case TG_LOAD_TABLE_SETUP:
        s.r->row_count = line.words[0] < s.row_room ? (tg_u32)line.words[0] : s.row_room;
        s.r->hash_shift = (tg_u32)line.words[1];
        s.r->multipliers[0] = line.words[2];
        s.r->multipliers[1] = line.words[3];
        s.r->constituent_count = line.words[4] < s.r->row_count ? (tg_u32)line.words[4] : s.r->row_count;
        s.r->from_snapshots = line.words[5] != 0u;
        s.r->request_limit = line.words[6] < s.request_room ? (tg_u32)line.words[6] : s.request_room;
        break;
    case TG_LOAD_TABLE_SLOT:
        if (line.index < s.slot_room) {
            s.slots[line.index].key = line.words[0];
            s.slots[line.index].row = (tg_u32)line.words[1] + 1u;
        }
        break;
    case TG_LOAD_TABLE_ROW:
        tg_indicator_load_row(s, line);
        break;
    case TG_LOAD_TABLE_CONSTITUENT:
        if (line.index < s.row_room) {
            s.constituents[line.index].shares = (tg_i64)line.words[0];
            s.constituents[line.index].price = (tg_i64)line.words[1];
        }
        break;
    case TG_LOAD_TABLE_INDEX:
        s.r->sum = (tg_i64)line.words[0];
        s.r->divisor.factor = line.words[1];
        s.r->divisor.shift = (tg_u32)line.words[2];
        s.r->index_key = tg_text_key(line.words[3]);
        break;
    case TG_LOAD_TABLE_IDS:
        s.r->ids = tg_ids_of(line);
        break;
    case TG_LOAD_TABLE_BLOCK:
        tg_indicator_load_block(s, line);
        break;
    case TG_LOAD_TABLE_READY:
        tg_indicator_swap(s);
        break;
    default:
        break;
    }
}

/* One share count: of the first pass, added up; of the second, taken. */
TG_FN void tg_indicator_load_shares(tg_indicator s, tg_load_line line) {
    tg_u32 at = (tg_u32)line.words[0];
    tg_i64 shares = (tg_i64)line.words[1];
    tg_u32 sums = s.r->phase == TG_PHASE_SUM;
    tg_u32 left = s.r->shares_left - 1u;
    tg_u32 there = at < s.r->constituent_count;
    tg_constituent constituent = tg_indicator_constituent(s, there ? at : 0u);
    tg_u32 over = sums ? TG_PHASE_REBASE : TG_PHASE_ITEM;
    if (there && sums) s.r->moved = tg_shares_moved(s.r->moved, constituent, shares);
    constituent.shares = shares;
    if (there && !sums && s.r->shares_sound) tg_indicator_put_constituent(s, at, constituent);
    s.r->shares_left = left;
    if (left == 0u) s.r->phase = over;
}

/* Takes a load line, or not yet. */
TG_FN tg_u32 tg_indicator_load(tg_indicator s, tg_load_line line) {
    tg_u32 starts = s.r->phase == TG_PHASE_LOAD;
    tg_u32 sums = line.table == TG_LOAD_TABLE_SHARES_SUM;
    tg_u32 sets = line.table == TG_LOAD_TABLE_SHARES_SET;
    tg_u32 is_block = line.table == TG_LOAD_TABLE_BLOCK;
    tg_u32 waits = (sums && s.r->phase != TG_PHASE_SUM) || (sets && s.r->phase != TG_PHASE_SET) ||
                   (is_block && !starts && s.r->shadow_whole);
    tg_u32 took = !waits;
    if (took && starts) {
        tg_indicator_load_setup(s, line);
    } else if (took && is_block) {
        tg_indicator_load_block(s, line);
    } else if (took && (sums || sets)) {
        tg_indicator_load_shares(s, line);
    }
    return took;
}

/* ---- events -------------------------------------------------------------------------------- */

TG_FN tg_event tg_event_none(void) {
    tg_event out;
    out.msg = 0;
    out.offset = 0;
    out.msg_type = 0;
    out.session = 0;
    out.kind = 0;
    out.flags = 0;
    TG_UNROLL
    for (int i = 0; i < 20; i++) out.body[i] = 0;
    out.length = 0;
    out.beat = 0;
    out.fault_a = 0;
    out.fault_b = 0;
    out.before = 0;
    out.after = 0;
    out.after_too = 0;
    out.has = 0;
    out.line = 0;
    out.verdict = 0;
    out.index_time = 0;
    out.index_value = 0;
    out.index_sum = 0;
    out.cum = 0;
    out.missed = 0;
    out.request = TG_NO_ROW;
    out.state = 0;
    TG_UNROLL
    for (int i = 0; i < 3; i++) out.padding[i] = 0;
    return out;
}

TG_FN tg_indicator_out tg_indicator_nothing(void) {
    tg_indicator_out out;
    out.event = tg_event_none();
    out.intent = tg_intent_none();
    out.took = 0;
    out.has_event = 0;
    out.has_intent = 0;
    out.zero = 0;
    return out;
}

/* The fault of an epoch or of parameters, which belongs to no item. */
TG_FN tg_event tg_event_fault(tg_indicator s, tg_u32 code) {
    tg_event out = tg_event_none();
    out.kind = TG_EVENT_KIND_FAULT;
    out.msg = s.r->next;
    out.beat = s.r->beat;
    out.fault_a = (tg_u8)code;
    out.has = TG_EVENT_MARK_FRAMED;
    return out;
}

/* A decision with nothing in it but its place. */
TG_FN tg_decision tg_decision_begin(tg_indicator s, tg_u32 outcome, tg_u32 trigger) {
    tg_decision out;
    out.number = s.r->decisions;
    out.msg = s.r->next;
    out.time = s.r->now;
    out.index = s.r->index;
    out.found = TG_NONE;
    out.allowed = TG_NONE;
    out.price = 0;
    out.quantity = 0;
    TG_UNROLL
    for (int i = 0; i < 8; i++) {
        out.conditions[i] = (i & 1) != 0 ? 0 : TG_NONE;
        out.checks[i] = 0;
        out.padding[i] = 0;
    }
    out.epoch = s.r->epoch;
    out.requests = 0;
    out.request = TG_NO_ROW;
    out.trigger = (tg_u8)trigger;
    out.outcome = (tg_u8)outcome;
    out.limit = 0;
    out.scope = 0;
    return out;
}

/* A decision as words. */
typedef union {
    tg_decision decision;
    tg_u64 words[20];
} tg_decision_words;

/* A decision is made: it gets the next number. */
TG_FN tg_event tg_indicator_decide(tg_indicator s, tg_decision decision) {
    tg_decision_words whole;
    tg_event out = tg_event_none();
    whole.decision = decision;
    out.kind = TG_EVENT_KIND_DECISION;
    out.msg = decision.msg;
    out.beat = s.r->beat;
    TG_UNROLL
    for (int i = 0; i < 20; i++) out.body[i] = whole.words[i];
    s.r->decisions = s.r->decisions + 1u;
    return out;
}

/* ---- time ---------------------------------------------------------------------------------- */

/* A new date empties every window. */
TG_FN void tg_indicator_new_date(tg_indicator s, tg_u32 date) {
    s.r->date = date;
    s.r->windows_filled = 0;
    s.r->guard.state = s.r->guard.state == TG_GUARD_OFF ? TG_GUARD_OFF : TG_GUARD_ENDING;
    TG_UNROLL
    for (int i = 0; i < (int)TG_MAX_TRIGGERS; i++) s.r->edges[i].fired_today = 0;
    TG_UNROLL
    for (int i = 0; i <= TG_ALL; i++) s.r->tallies[i].sends = 0;
}

/* The windows go on to the time of now, with the index that it is carried in. */
TG_FN void tg_indicator_roll(tg_indicator s) {
    TG_UNROLL
    for (tg_u32 i = 0; i < TG_WINDOWS; i++) {
        tg_window window = s.r->windows[i];
        tg_window_move move = tg_window_move_to(window, s.r->ms);
        if (window.slot_ms != 0u && move.slots != 0u) {
            tg_i64 read = s.carried[i * TG_WINDOW_SLOTS + move.read_at];
            s.carried[i * TG_WINDOW_SLOTS + move.write_at] = s.r->index;
            s.r->windows[i] = tg_window_moved(window, move, s.r->index, read);
        }
    }
}

/* Takes a stamp into the pipeline's time; gives it back, or 0 if it does not exist. */
TG_FN tg_i64 tg_indicator_stamp(tg_indicator s, tg_i64 time) {
    tg_u32 possible = tg_time_possible(time);
    tg_u32 forward = possible && time >= s.r->now;
    tg_u32 moves = forward && time != s.r->now;
    s.r->counters.clamped_times = s.r->counters.clamped_times + (possible && !forward);
    if (moves) {
        tg_u32 date = tg_time_date(time);
        s.r->now = time;
        s.r->ms = tg_time_ms(time);
        if (date != s.r->date) tg_indicator_new_date(s, date);
        if (s.r->windows_filled) tg_indicator_roll(s);
    }
    return possible ? time : 0;
}

/* ---- index --------------------------------------------------------------------------------- */

/* The first index point of a date fills every window. */
TG_FN void tg_indicator_fill(tg_indicator s) {
    TG_UNROLL
    for (int i = 0; i < TG_WINDOWS; i++) {
        s.r->windows[i] = tg_window_filled(s.r->windows[i], s.r->ms, s.r->index);
    }
    s.r->windows_filled = 1;
}

/* Sets the price of a constituent, whose row is its place: an index point, or a fault. */
TG_FN tg_event tg_indicator_set_price(tg_indicator s, tg_u32 row, tg_i64 price, tg_event event) {
    tg_event out = event;
    tg_moved moved = tg_index_step(tg_indicator_constituent(s, row), s.r->sum, s.r->divisor, price);
    out.after = (tg_u8)(moved.fits ? event.after : TG_FAULT_INDEX_OVERFLOW);
    if (moved.fits) {
        s.r->sum = moved.sum;
        s.r->index = moved.value;
        out.has = event.has | TG_EVENT_MARK_INDEX;
        out.index_time = s.r->now;
        out.index_value = moved.value;
        out.index_sum = moved.sum;
        tg_indicator_put_constituent(s, row, moved.constituent);
    }
    if (moved.fits && s.r->date != 0u && !s.r->windows_filled) tg_indicator_fill(s);
    return out;
}

/* Compares a published index value with the computed one. */
TG_FN void tg_indicator_compare(tg_indicator s, tg_i64 published) {
    tg_checked value = tg_divisor_value(s.r->divisor, s.r->sum);
    tg_u64 distance = tg_index_distance(published, value.value);
    s.r->compared_time = s.r->compares;
    s.r->compared_price = published;
    if (value.fits) {
        tg_u64 most = s.r->counters.index_difference;
        s.r->counters.index_compared = s.r->counters.index_compared + 1u;
        s.r->counters.index_difference = distance > most ? distance : most;
    }
}

/* ---- judging ------------------------------------------------------------------------------- */

/* The index as one of the windows sees it change. */
TG_FN tg_i64 tg_indicator_change(tg_indicator s, tg_u32 window) {
    tg_u32 there = s.r->windows_filled && s.r->windows[window].slot_ms != 0u;
    return tg_change_of(s.r->index, there, s.r->windows[window].oldest);
}

/* Whether the n-th last order of a trigger, or of all, was sent less than `within_ms` ago. */
TG_FN tg_u32 tg_indicator_sent_within(tg_indicator s, tg_u32 of, tg_u32 nth, tg_i64 within_ms) {
    tg_u32 sends = s.r->tallies[of].sends;
    tg_u32 sent_ms = s.sends[of * TG_WINDOW_SENDS + tg_sends_at(sends, nth)];
    return tg_sends_within(sends, nth, sent_ms, s.r->ms, within_ms);
}

/* What the conditions of a trigger look at. */
TG_FN tg_view tg_indicator_view(tg_indicator s, tg_u32 trigger) {
    tg_view out;
    tg_u32 count = s.r->sends_count[trigger];
    out.index = s.r->index;
    out.before = s.r->before;
    out.change = tg_indicator_change(s, trigger);
    out.last = s.r->last_of[trigger];
    out.sends = s.r->sends_found;
    out.outstanding = s.r->tallies[trigger].outstanding;
    out.sends_hold = !tg_indicator_sent_within(s, trigger, count, s.r->sends_within[trigger]);
    out.zero = 0;
    return out;
}

/* Judges all triggers after a message; one bit for each that fires. */
TG_FN tg_u32 tg_indicator_judge_triggers(tg_indicator s) {
    tg_u32 fires = 0;
    TG_UNROLL
    for (tg_u32 i = 0; i < TG_MAX_TRIGGERS; i++) {
        if (i < s.r->block.params.header.triggers) {
            tg_view view = tg_indicator_view(s, i);
            tg_judged judged = tg_trigger_judge(s.r->block.params.triggers[i], view, s.r->edges[i], s.r->ms);
            s.r->edges[i] = judged.edge;
            s.r->counters.fired[i] = s.r->counters.fired[i] + judged.fires;
            s.r->counters.held_back[i] = s.r->counters.held_back[i] + judged.held_back;
            fires = fires | ((tg_u32)judged.fires << i);
        }
    }
    return fires;
}

/* Judges the guard after a message; whether it was engaged or released. */
TG_FN tg_u32 tg_indicator_judge_guard(tg_indicator s) {
    tg_i64 change = tg_indicator_change(s, TG_GUARD_WINDOW);
    tg_guard_step step = tg_guard_judge(s.r->block.params.header, s.r->guard, change, s.r->ms);
    s.r->guard = step.guard;
    s.r->guard_large = step.large;
    s.r->guard_engaged = step.engaged;
    return step.engaged || step.released;
}

/* Judges guard and triggers after a message; says what is to be done next. */
TG_FN tg_u32 tg_indicator_judge(tg_indicator s) {
    tg_u32 judges = s.r->block.params.header.has_trading && s.r->now != 0;
    tg_u32 guards = judges && s.r->block.params.header.has_guard;
    tg_u32 guard_moves = guards ? tg_indicator_judge_guard(s) : 0u;
    s.r->fires = judges ? tg_indicator_judge_triggers(s) : 0u;
    s.r->before = s.r->index;
    s.r->probe = 6;
    s.r->sends_found = 0;
    return guard_moves ? TG_PHASE_GUARD : (s.r->fires != 0u ? TG_PHASE_FIRE : TG_PHASE_ITEM);
}

/* What comes behind a decision and its requests. */
TG_FN tg_u32 tg_indicator_then(tg_indicator s) {
    tg_u32 quiet = s.r->shares_left != 0u ? TG_PHASE_SUM : TG_PHASE_ITEM;
    return s.r->fires != 0u ? TG_PHASE_FIRE : (s.r->ends ? TG_PHASE_END : quiet);
}

/* The trigger at hand is done with. */
TG_FN void tg_indicator_fired(tg_indicator s) {
    s.r->fires = s.r->fires & (s.r->fires - 1u);
    s.r->probe = 6;
    s.r->sends_found = 0;
}

/* ---- decisions ----------------------------------------------------------------------------- */

/* The guard was engaged or released. */
TG_FN tg_indicator_out tg_indicator_guard(tg_indicator s) {
    tg_indicator_out out = tg_indicator_nothing();
    tg_u32 outcome = s.r->guard_engaged ? TG_OUTCOME_GUARD_ENGAGED : TG_OUTCOME_GUARD_RELEASED;
    tg_decision decision = tg_decision_begin(s, outcome, TG_NO_TRIGGER);
    decision.conditions[0] = tg_indicator_change(s, TG_GUARD_WINDOW);
    decision.conditions[1] = s.r->block.params.header.guard_points;
    decision.checks[0] = TG_CONDITION_INDEX_CHANGE;
    decision.checks[1] = s.r->guard_large;
    out.event = tg_indicator_decide(s, decision);
    out.has_event = 1;
    s.r->phase = tg_indicator_then(s);
    return out;
}

/* One more bit of how many orders a MaxSends finds: the greatest n whose n-th last is within. */
TG_FN void tg_indicator_probe(tg_indicator s, tg_u32 trigger) {
    tg_u32 bit = s.r->probe - 1u;
    tg_u32 tried = s.r->sends_found | ((tg_u32)1 << bit);
    tg_u32 within = tg_indicator_sent_within(s, trigger, tried, s.r->sends_within[trigger]);
    tg_u32 keeps = within && tried < s.r->sends_count[trigger];
    s.r->sends_found = keeps ? tried : s.r->sends_found;
    s.r->probe = bit;
}

/* The decision of a trigger: its conditions as they are. All of them hold, since it fires. */
TG_FN tg_decision tg_indicator_conditions(tg_indicator s, tg_u32 trigger) {
    tg_decision out = tg_decision_begin(s, TG_OUTCOME_REFUSED, trigger);
    tg_view view = tg_indicator_view(s, trigger);
    TG_UNROLL
    for (int i = 0; i < (int)TG_MAX_CONDITIONS; i++) {
        tg_param_condition condition = s.r->block.params.triggers[trigger].conditions[i];
        tg_u32 there = condition.code != TG_CONDITION_NONE;
        out.conditions[2 * i] = tg_condition_found(condition, view);
        out.conditions[2 * i + 1] = there ? condition.bound : 0;
        out.checks[2 * i] = (tg_u8)condition.code;
        out.checks[2 * i + 1] = (tg_u8)there;
    }
    return out;
}

/* What the limits look at for an order of a trigger. */
TG_FN tg_permit tg_indicator_ask(tg_indicator s, tg_u32 trigger, tg_quote_row row, tg_book book) {
    tg_permit out;
    tg_param_rule rule = s.r->block.params.triggers[trigger].rule;
    tg_checked price = tg_order_price(rule, row, book);
    tg_u32 free = s.r->request_limit - s.r->request_count;
    out.tally[0] = s.r->tallies[TG_ALL];
    out.tally[1] = s.r->tallies[trigger];
    out.limits[0] = s.r->block.params.limits;
    out.limits[1] = s.r->block.params.triggers[trigger].limits;
    TG_UNROLL
    for (int i = 0; i < 2; i++) {
        tg_u32 of = i == 0 ? TG_ALL : trigger;
        tg_u32 count = (tg_u32)out.limits[i].orders_count;
        out.sends_within[i] = tg_indicator_sent_within(s, of, count, out.limits[i].orders_within_ms);
    }
    out.price = price.value;
    out.quantity = rule.quantity;
    out.limit_up = row.limit_up;
    out.limit_down = row.limit_down;
    out.last = tg_quote_last(row);
    out.has_price = (tg_u8)price.fits;
    out.killed = s.r->killed;
    out.guarded = s.r->guard.state != TG_GUARD_OFF;
    /* Each outstanding order, and this one, keeps room for a request to cancel it. */
    out.has_room = free >= s.r->tallies[TG_ALL].outstanding + 2u;
    out.zero = 0;
    return out;
}

/* The row of an order that leaves. */
TG_FN tg_request tg_indicator_order_row(tg_indicator s, tg_u32 trigger, tg_i64 price) {
    tg_param_rule rule = s.r->block.params.triggers[trigger].rule;
    tg_request out = tg_request_none();
    out.msg = s.r->next;
    out.sent = s.r->now;
    out.quantity = rule.quantity;
    out.price = price;
    out.state = TG_STATE_SENT;
    out.trigger = (tg_u8)trigger;
    out.side = rule.side;
    TG_UNROLL
    for (int i = 0; i < 8; i++) out.security[i] = rule.security[i];
    return out;
}

/* A request on its way to send. */
TG_FN tg_intent tg_indicator_intent(tg_indicator s, tg_u64 decision, tg_u32 at, tg_request row) {
    tg_intent out = tg_intent_none();
    out.decision = decision;
    out.msg = row.msg;
    out.time = row.sent;
    out.price = row.price;
    out.quantity = row.quantity;
    out.row = at;
    out.of = row.of;
    out.side = row.side;
    out.beat = s.r->beat;
    TG_UNROLL
    for (int i = 0; i < 8; i++) out.security[i] = row.security[i];
    TG_UNROLL
    for (int i = 0; i < 16; i++) out.order_id[i] = row.order_id[i];
    return out;
}

/* An order left: sums, the ring of sends, its row. */
TG_FN void tg_indicator_sent(tg_indicator s, tg_u32 trigger, tg_request row) {
    TG_UNROLL
    for (int i = 0; i < 2; i++) {
        tg_u32 of = i == 0 ? TG_ALL : trigger;
        tg_tally tally = s.r->tallies[of];
        s.sends[of * TG_WINDOW_SENDS + (tally.sends & (TG_WINDOW_SENDS - 1u))] = s.r->ms;
        s.r->tallies[of] = tg_tally_sent(tally, row.quantity, row.price);
    }
    s.r->counters.sent[trigger] = s.r->counters.sent[trigger] + 1u;
    tg_indicator_put_request(s, s.r->request_count, row);
    s.r->request_count = s.r->request_count + 1u;
}

/* A trigger that sends an order fires. */
TG_FN tg_indicator_out tg_indicator_order(tg_indicator s, tg_u32 trigger, tg_quote_row row, tg_book book) {
    tg_indicator_out out = tg_indicator_nothing();
    tg_decision decision = tg_indicator_conditions(s, trigger);
    tg_permit ask = tg_indicator_ask(s, trigger, row, book);
    tg_refusal refusal = tg_permit_order(ask);
    tg_u32 refused = refusal.limit != TG_LIMIT_NONE;
    tg_request request = tg_indicator_order_row(s, trigger, ask.price);
    decision.price = ask.price;
    decision.quantity = ask.quantity;
    decision.outcome = refused ? TG_OUTCOME_REFUSED : TG_OUTCOME_SENT;
    decision.limit = (tg_u8)refusal.limit;
    decision.scope = (tg_u8)refusal.scope;
    decision.found = refusal.found;
    decision.allowed = refusal.allowed;
    decision.requests = !refused;
    decision.request = refused ? TG_NO_ROW : s.r->request_count;
    out.has_intent = !refused;
    out.intent = tg_indicator_intent(s, decision.number, s.r->request_count, request);
    out.event = tg_indicator_decide(s, decision);
    out.has_event = 1;
    s.r->counters.refused[trigger] = s.r->counters.refused[trigger] + refused;
    if (!refused) tg_indicator_sent(s, trigger, request);
    return out;
}

/* Asks to cancel what is outstanding, of one trigger or of all: the decision comes first, since what
 * will leave is counted as it goes. */
TG_FN tg_indicator_out tg_indicator_cancel(tg_indicator s, tg_decision decision, tg_u32 of) {
    tg_indicator_out out = tg_indicator_nothing();
    tg_decision made = decision;
    tg_u32 wanted = s.r->tallies[of == TG_NO_TRIGGER ? TG_ALL : of].askable;
    tg_u32 room = s.r->request_limit - s.r->request_count;
    tg_u32 leaves = wanted < room ? wanted : room;
    made.outcome = TG_OUTCOME_CANCELLED;
    made.requests = leaves;
    made.request = leaves != 0u ? s.r->request_count : TG_NO_ROW;
    if (wanted > room) {
        made.limit = TG_LIMIT_REQUESTS;
        made.scope = TG_SCOPE_GLOBAL;
        made.found = wanted;
        made.allowed = room;
    }
    s.r->intent.decision = made.number;
    s.r->ask_of = of;
    s.r->ask_by = made.trigger;
    s.r->to_ask = leaves;
    s.r->scan_at = s.r->settled;
    out.event = tg_indicator_decide(s, made);
    out.has_event = 1;
    return out;
}

/* The next trigger that fires: first what its MaxSends finds, then its decision. */
TG_FN tg_indicator_out tg_indicator_fire(tg_indicator s, tg_u32 trigger, tg_quote_row row, tg_book book) {
    tg_param_rule rule = s.r->block.params.triggers[trigger].rule;
    if (s.r->probe != 0u && s.r->sends_count[trigger] != 0u) {
        tg_indicator_probe(s, trigger);
        return tg_indicator_nothing();
    } else if (rule.action == TG_ACTION_CANCEL) {
        tg_indicator_out asks = tg_indicator_cancel(s, tg_indicator_conditions(s, trigger), rule.orders_of & 15u);
        tg_indicator_fired(s);
        s.r->phase = s.r->to_ask != 0u ? TG_PHASE_SCAN : tg_indicator_then(s);
        return asks;
    } else {
        tg_indicator_out sends = tg_indicator_order(s, trigger, row, book);
        tg_indicator_fired(s);
        s.r->phase = tg_indicator_then(s);
        return sends;
    }
}

/* A row of the record table: the next order to cancel, or not. */
TG_FN void tg_indicator_scan(tg_indicator s, tg_request row) {
    tg_u32 at = s.r->scan_at;
    tg_u32 wanted = s.r->ask_of == TG_NO_TRIGGER || s.r->ask_of == row.trigger;
    tg_u32 asks = wanted && tg_request_is_askable(row);
    tg_u32 closed = at == s.r->settled && !tg_request_is_open(row);
    tg_u32 trigger = row.trigger & 15u;
    s.r->settled = s.r->settled + closed;
    s.r->scan_at = at + 1u;
    s.r->order = row;
    s.r->order_at = at;
    if (asks) {
        row.cancelling = 1;
        tg_indicator_put_request(s, at, row);
        TG_UNROLL
        for (int i = 0; i < 2; i++) {
            tg_u32 of = i == 0 ? TG_ALL : trigger;
            s.r->tallies[of].askable = s.r->tallies[of].askable - 1u;
        }
        s.r->phase = TG_PHASE_CANCEL;
    } else if (s.r->scan_at >= s.r->request_count) {
        s.r->phase = tg_indicator_then(s);
    }
}

/* The request to cancel it leaves. */
TG_FN tg_indicator_out tg_indicator_cancels(tg_indicator s) {
    tg_indicator_out out = tg_indicator_nothing();
    tg_request row = s.r->order;
    tg_u32 by = s.r->ask_by & 15u;
    row.of = s.r->order_at;
    row.state = TG_STATE_SENT;
    row.trigger = (tg_u8)s.r->ask_by;
    row.cancelling = 0;
    row.reason = 0;
    row.cum = 0;
    row.fills = 0;
    row.msg = s.r->next;
    row.sent = s.r->now;
    row.reported = 0;
    out.intent = tg_indicator_intent(s, s.r->intent.decision, s.r->request_count, row);
    out.has_intent = 1;
    s.r->counters.cancels[by] = s.r->counters.cancels[by] + (s.r->ask_by != TG_NO_TRIGGER);
    tg_indicator_put_request(s, s.r->request_count, row);
    s.r->request_count = s.r->request_count + 1u;
    s.r->to_ask = s.r->to_ask - 1u;
    s.r->phase = s.r->to_ask != 0u ? TG_PHASE_SCAN : tg_indicator_then(s);
    return out;
}

/* The message ends behind its decisions. */
TG_FN tg_indicator_out tg_indicator_end(tg_indicator s) {
    tg_indicator_out out = tg_indicator_nothing();
    out.event.kind = TG_ITEM_KIND_BARE;
    out.event.msg = s.r->next;
    out.event.offset = s.r->end_offset;
    out.event.msg_type = s.r->end_msg_type;
    out.event.session = s.r->end_session;
    out.event.line = s.r->end_line;
    out.event.beat = s.r->beat;
    out.event.has = TG_EVENT_MARK_FRAMED | TG_EVENT_MARK_ENDS;
    out.has_event = 1;
    s.r->next = s.r->next + 1u;
    s.r->ends = 0;
    s.r->phase = TG_PHASE_ITEM;
    return out;
}

/* ---- epochs -------------------------------------------------------------------------------- */

/* The condition of this kind of a trigger; code 0 where it has none. */
TG_FN tg_param_condition tg_indicator_condition(tg_indicator s, tg_u32 at, tg_u32 code) {
    tg_u32 there = at < s.r->block.params.header.triggers;
    tg_param_condition out = tg_condition_none();
    TG_UNROLL
    for (int i = 0; i < (int)TG_MAX_CONDITIONS; i++) {
        tg_param_condition condition = s.r->block.params.triggers[at & 15u].conditions[i];
        out = there && condition.code == code ? condition : out;
    }
    return out;
}

/* How a trigger's change window, or the guard's, is divided. */
TG_FN tg_param_condition tg_indicator_window_of(tg_indicator s, tg_u32 at) {
    tg_param_condition guard = tg_condition_none();
    if (s.r->block.params.header.has_guard) {
        guard.within_ms = s.r->block.params.header.guard_within_ms;
        guard.slot_factor = s.r->block.params.header.guard_slot_factor;
    }
    return at == TG_GUARD_WINDOW ? guard : tg_indicator_condition(s, at, TG_CONDITION_INDEX_CHANGE);
}

/* The row of a trigger's price conditions; all ones for none. */
TG_FN tg_u32 tg_indicator_price_row(tg_indicator s, tg_u32 at) {
    tg_u32 out = TG_NO_ROW;
    TG_UNROLL
    for (int i = 0; i < (int)TG_MAX_CONDITIONS; i++) {
        tg_param_condition condition = s.r->block.params.triggers[at & 15u].conditions[i];
        tg_u32 is = condition.code == TG_CONDITION_PRICE_AT_LEAST || condition.code == TG_CONDITION_PRICE_AT_MOST;
        out = is ? condition.row : out;
    }
    return at < s.r->block.params.header.triggers && out < s.r->row_count ? out : TG_NO_ROW;
}

/* One window of a new block; `row` is that of the trigger's price conditions. */
TG_FN void tg_indicator_install(tg_indicator s, tg_quote_row row) {
    tg_u32 at = s.r->install_at;
    tg_u32 is_last = at == TG_GUARD_WINDOW;
    tg_param_condition change = tg_indicator_window_of(s, at);
    if (!is_last) {
        tg_param_condition sends = tg_indicator_condition(s, at, TG_CONDITION_MAX_SENDS);
        tg_u32 price_row = tg_indicator_price_row(s, at);
        s.r->sends_count[at] = (tg_u32)sends.bound;
        s.r->sends_within[at] = sends.within_ms;
        s.r->price_row[at] = price_row;
        s.r->last_of[at] = price_row != TG_NO_ROW ? tg_quote_last(row) : 0;
    }
    tg_u32 slot_ms = (tg_u32)((tg_u64)change.within_ms / TG_WINDOW_SLOTS);
    if (slot_ms != s.r->windows[at].slot_ms) {
        /* Before the first index point of a date what it is filled with counts for nothing. */
        tg_window window = tg_window_of(slot_ms, change.slot_factor);
        s.r->windows[at] = tg_window_filled(window, s.r->ms, s.r->index);
    }
    s.r->install_at = at + 1u;
    s.r->phase = is_last ? (s.r->first ? TG_PHASE_ITEM : TG_PHASE_EPOCH) : TG_PHASE_INSTALL;
    s.r->first = is_last ? 0u : s.r->first;
}

/* New parameters apply. */
TG_FN tg_indicator_out tg_indicator_epoch(tg_indicator s) {
    tg_indicator_out out = tg_indicator_nothing();
    tg_wide none;
    none.hi = 0;
    none.lo = 0;
    s.r->epoch = s.r->epoch + 1u;
    s.r->shares_left = s.r->block.params.header.shares;
    s.r->moved = none;
    out.event = tg_indicator_decide(s, tg_decision_begin(s, TG_OUTCOME_EPOCH, TG_NO_TRIGGER));
    out.has_event = 1;
    s.r->phase = s.r->kill_asks ? TG_PHASE_ASK : tg_indicator_then(s);
    s.r->kill_asks = 0;
    return out;
}

/* A kill switch also asks to cancel what is outstanding. */
TG_FN tg_indicator_out tg_indicator_ask_all(tg_indicator s) {
    tg_decision decision = tg_decision_begin(s, TG_OUTCOME_CANCELLED, TG_NO_TRIGGER);
    tg_indicator_out out = tg_indicator_cancel(s, decision, TG_NO_TRIGGER);
    s.r->phase = s.r->to_ask != 0u ? TG_PHASE_SCAN : tg_indicator_then(s);
    return out;
}

/* The sum under the new share counts is known: whether there is a divisor that keeps the index. */
TG_FN void tg_indicator_rebase(tg_indicator s) {
    tg_checked value = tg_divisor_value(s.r->divisor, s.r->sum);
    tg_checked sum = tg_wide_narrow(tg_wide_sum(tg_wide_of(s.r->sum), s.r->moved));
    tg_u32 sound = value.fits && value.value > 0 && sum.fits && sum.value > 0;
    s.r->next_sum = sum.value;
    s.r->division = tg_division_of(value.value, sum.value);
    s.r->shares_sound = sound && s.r->constituent_count != 0u;
    s.r->phase = s.r->shares_sound ? TG_PHASE_DIVIDE : TG_PHASE_REBASED;
}

TG_FN void tg_indicator_divide(tg_indicator s) {
    tg_division division = s.r->division;
    tg_u32 goes_on = tg_division_goes_on(division);
    tg_divisor divisor = tg_division_end(division);
    tg_checked value = tg_divisor_value(divisor, s.r->next_sum);
    if (goes_on) {
        s.r->division = tg_division_step(division);
    } else {
        s.r->next_divisor = divisor;
        s.r->shares_sound = divisor.shift != 0u && value.fits && (tg_u64)value.value == division.value;
        s.r->phase = TG_PHASE_REBASED;
    }
}

/* The new sum and its divisor apply, or are refused; the share counts come again. */
TG_FN tg_indicator_out tg_indicator_rebased(tg_indicator s) {
    tg_indicator_out out = tg_indicator_nothing();
    out.has_event = !s.r->shares_sound && s.r->constituent_count != 0u;
    out.event = tg_event_fault(s, TG_FAULT_INDEX_DIVISOR);
    if (s.r->shares_sound) {
        s.r->sum = s.r->next_sum;
        s.r->divisor = s.r->next_divisor;
    }
    s.r->shares_left = s.r->block.params.header.shares;
    s.r->phase = TG_PHASE_SET;
    return out;
}

/* ---- items --------------------------------------------------------------------------------- */

/* What an item was made of so far. */
typedef struct {
    tg_event event;
    tg_quote_row row;
    tg_book book;
    tg_u32 row_at;   /* all ones: no row */
    tg_u32 puts_row;
} tg_work;

/* The event of an item before the rooms. */
TG_FN tg_event tg_event_of(tg_indicator s, tg_item item, tg_u32 framed) {
    tg_event out = tg_event_none();
    tg_u32 link = (item.marks & TG_ITEM_MARK_LINK) != 0u;
    tg_u32 has = (framed ? TG_EVENT_MARK_FRAMED : 0u) | (link ? TG_EVENT_MARK_LINK : 0u);
    out.msg = framed ? s.r->next : 0u;
    out.offset = item.offset;
    out.msg_type = item.msg_type;
    out.session = item.session;
    out.kind = item.kind;
    out.flags = item.flags;
    out.length = item.length;
    out.beat = item.beat;
    out.fault_a = item.fault_a;
    out.fault_b = item.fault_b;
    out.has = (tg_u8)has;
    out.line = item.line;
    return out;
}

/* The number of a tick in its channel; whether it is applied. */
TG_FN tg_u32 tg_indicator_sequence(tg_indicator s, tg_u32 series, tg_i64 number) {
    tg_i64 last = tg_indicator_channel(s, series);
    tg_u32 above = number > last;
    tg_u64 jumped = above ? (tg_u64)number - (tg_u64)last - 1u : 0u;
    s.r->counters.jumps = s.r->counters.jumps + (jumped != 0u);
    s.r->counters.jumped_numbers = tg_saturated_sum(s.r->counters.jumped_numbers, jumped);
    if (above) tg_indicator_put_channel(s, series, number);
    return above;
}

/* An order, a trade or a cancel: time, sequence, row, index. */
TG_FN tg_work tg_indicator_tick(tg_indicator s, tg_tick tick, tg_work work) {
    tg_work out = work;
    tg_event event = work.event;
    tg_i64 time = tg_indicator_stamp(s, tick.time);
    tg_u32 next = tg_indicator_sequence(s, tick.channel_no, tick.appl_seq_num);
    tg_u32 named = work.row_at != TG_NO_ROW;
    tg_u32 applies = next && named;
    tg_quoted quoted = tg_quote_tick(work.row, tick, time);
    tg_u32 faulty = applies && quoted.fault != 0u;
    tg_u32 sets = applies && quoted.traded && tick.msg_type == TG_MSG_AUCTION_TRADE && !s.r->from_snapshots &&
                  work.row_at < s.r->constituent_count;
    event.before = (tg_u8)(time == 0 ? TG_FAULT_DECODE_TIME : 0u);
    event.after = (tg_u8)(applies ? quoted.fault : 0u);
    event.flags = (tg_u8)(tick.flags | (next ? 0u : TG_RECORD_FLAG_DUPLICATE) |
                          (next && !named ? TG_RECORD_FLAG_UNNAMED : 0u) | (faulty ? TG_RECORD_FLAG_REFUSED : 0u));
    s.r->counters.unnamed = s.r->counters.unnamed + (next && !named);
    out.row = quoted.row;
    out.puts_row = applies && quoted.applied;
    out.event = sets ? tg_indicator_set_price(s, work.row_at, tick.price, event) : event;
    return out;
}

/* The fixed part of a snapshot. */
TG_FN tg_work tg_indicator_head(tg_indicator s, tg_head head, tg_work work) {
    tg_work out = work;
    tg_i64 time = tg_indicator_stamp(s, head.time);
    tg_u32 named = work.row_at != TG_NO_ROW;
    tg_u32 is_index = head.msg_type == TG_MSG_INDEX_SNAPSHOT && s.r->constituent_count != 0u &&
                      tg_is_szse(head.source) && tg_text_key(tg_text_number(head.security)) == s.r->index_key;
    tg_u32 moves = named && tg_quote_moves_row(head.msg_type);
    tg_quoted quoted = tg_quote_head(work.row, head, time);
    tg_u32 flags = head.flags | (named ? 0u : TG_RECORD_FLAG_UNNAMED) |
                   (moves && quoted.stale ? TG_RECORD_FLAG_STALE : 0u) |
                   (moves && quoted.fault ? TG_RECORD_FLAG_REFUSED : 0u);
    s.r->compares = is_index && time != 0 && time >= s.r->compared_time ? time : 0;
    s.r->counters.unnamed = s.r->counters.unnamed + !named;
    s.r->snapshot_flags = (tg_u8)flags;
    out.event.before = (tg_u8)(time == 0 ? TG_FAULT_DECODE_TIME : 0u);
    out.event.flags = (tg_u8)flags;
    out.event.after = (tg_u8)(moves ? quoted.fault : 0u);
    out.puts_row = moves && quoted.applied;
    if (out.puts_row) {
        s.r->assembly = tg_assembly_begin(work.row_at, work.book);
        out.row = quoted.row;
        /* What of the depth was written before is still there, and known, until it is cleared. */
        out.book.best[0] = 0;
        out.book.best[1] = 0;
    }
    return out;
}

/* An entry of the snapshot whose head came last. */
TG_FN tg_work tg_indicator_entry(tg_indicator s, tg_entry entry, tg_work work) {
    tg_work out = work;
    tg_entry_code code = tg_entry_code_of(entry);
    tg_u32 current = tg_entry_is(code, 0x33u) && s.r->compares != 0;
    tg_u32 again = s.r->compared_time == s.r->compares && s.r->compared_price == entry.price;
    tg_u32 active = s.r->assembly.active;
    tg_u32 sets = active && s.r->from_snapshots && work.row_at < s.r->constituent_count &&
                  entry.msg_type == TG_MSG_AUCTION_SNAPSHOT && tg_entry_is(code, 0x32u) && entry.price > 0;
    if (current && !again) tg_indicator_compare(s, entry.price);
    if (active) {
        tg_assembly assembly = tg_assembly_entry(s.r->assembly, code, entry);
        s.r->assembly = assembly;
        out.row = tg_quote_entry(work.row, code, entry.price);
        out.book.best[0] = assembly.book.best[0];
        out.book.best[1] = assembly.book.best[1];
        out.puts_row = 1;
        if (code.level != TG_NO_LEVEL) tg_indicator_put_level(s, work.row_at, code.level, assembly.current);
    }
    if (sets && entry.price % 100 != 0) {
        out.event.after = TG_FAULT_INDEX_PRICE;
    } else if (sets) {
        out.event = tg_indicator_set_price(s, work.row_at, entry.price / 100, out.event);
    }
    return out;
}

/* Two quantities of a queue of it. */
TG_FN tg_work tg_indicator_queue(tg_indicator s, tg_queue queue, tg_work work) {
    tg_work out = work;
    tg_queued queued = tg_assembly_queue(s.r->assembly, queue);
    tg_u32 row = s.r->assembly.row;
    out.event.after = (tg_u8)queued.fault;
    s.r->assembly = queued.assembly;
    TG_UNROLL
    for (tg_u32 i = 0; i < 2; i++) {
        if (i < queued.count) tg_indicator_put_queue(s, row, queued.at + i, queue.quantity[i]);
    }
    if (queued.count != 0u) tg_indicator_put_level(s, row, queued.assembly.level, queued.assembly.current);
    return out;
}

/* What the snapshot before wrote and this one did not goes, one level or two quantities a step;
 * whether nothing is left of it. */
TG_FN tg_u32 tg_indicator_clean(tg_indicator s) {
    tg_assembly assembly = s.r->assembly;
    tg_u32 levels = assembly.stale_levels & ~(tg_u32)1;
    tg_u32 level = tg_top_bit(levels);
    tg_u32 from = assembly.stale_queue;
    tg_u32 cleans_level = assembly.active && levels != 0u;
    tg_u32 cleans_queue = assembly.active && from > assembly.book.queue_len;
    tg_u32 more = from > assembly.book.queue_len + 1u;
    if (cleans_level) {
        tg_indicator_put_level(s, assembly.row, level, tg_level_empty());
        s.r->assembly.stale_levels = levels & ~((tg_u32)1 << level);
    }
    if (cleans_queue) {
        tg_indicator_put_queue(s, assembly.row, from - 1u, 0);
        if (more) tg_indicator_put_queue(s, assembly.row, from - 2u, 0);
        s.r->assembly.stale_queue = from - (more ? 2u : 1u);
    }
    return !cleans_level && !cleans_queue;
}

/* The end of a snapshot: the first level says how many queue quantities there are. */
TG_FN tg_work tg_indicator_snapshot_end(tg_indicator s, tg_work work) {
    tg_work out = work;
    tg_assembly assembly = s.r->assembly;
    if (assembly.active) {
        tg_depth_level first = assembly.first;
        first.reserved = assembly.book.queue_len;
        tg_indicator_put_level(s, assembly.row, 0u, first);
        out.book = assembly.book;
        out.puts_row = 1;
    }
    s.r->assembly.active = 0;
    return out;
}

/* ---- reports ------------------------------------------------------------------------------- */

/* A report whose time does not exist leaves every time as it is. */
TG_FN tg_report tg_report_timed(tg_report report) {
    tg_report out = report;
    out.time = tg_time_possible(report.time) ? report.time : 0;
    return out;
}

TG_FN tg_named tg_indicator_named(tg_indicator s, tg_report report) {
    tg_named out;
    out.named = s.r->named;
    out.order = s.r->order;
    out.named_at = tg_ids_row(s.r->ids, report.cl_ord_id, s.r->request_count);
    out.order_at = s.r->order_at;
    out.original_at = tg_ids_row(s.r->ids, report.orig_cl_ord_id, s.r->request_count);
    out.zero = 0;
    return out;
}

/* The row that a report needs in this step. */
TG_FN tg_u32 tg_indicator_report_at(tg_indicator s, tg_report report) {
    tg_u32 named = tg_ids_row(s.r->ids, report.cl_ord_id, s.r->request_count);
    tg_u32 original = tg_ids_row(s.r->ids, report.orig_cl_ord_id, s.r->request_count);
    tg_u32 cancels = tg_report_class(report) == TG_REPORT_CANCELS;
    tg_u32 order = cancels ? original : s.r->named.of;
    tg_u32 found = s.r->report_step == TG_REPORT_ORDER ? order : named;
    return s.r->report_step == TG_REPORT_SEARCH ? s.r->scan_at : found;
}

/* Looks up what a report names, one row a step. */
TG_FN void tg_indicator_report_order(tg_indicator s, tg_report report, tg_request row) {
    tg_named rows = tg_indicator_named(s, report);
    tg_u32 kind = tg_report_class(report);
    tg_u32 named_is_order = rows.named_at != TG_NO_ROW && tg_request_is_order(rows.named);
    tg_u32 by_original = rows.original_at != TG_NO_ROW && tg_request_is_order(row);
    tg_u32 searches = !tg_text_pair_is_blank(tg_text_pair(report.order_id)) && s.r->request_count != 0u;
    tg_u32 by_name = named_is_order ? rows.named_at : TG_NO_ROW;
    tg_u32 cancelled = by_original ? rows.original_at : by_name;
    tg_u32 at = kind == TG_REPORT_KEEPS ? rows.named.of : cancelled;
    s.r->order_at = at;
    s.r->order = kind == TG_REPORT_CANCELS && !by_original ? rows.named : row;
    s.r->scan_at = 0;
    s.r->report_step = kind == TG_REPORT_CANCELS && at == TG_NO_ROW && searches ? TG_REPORT_SEARCH : TG_REPORT_REQUEST;
}

/* One row of the search by OrderID. */
TG_FN void tg_indicator_report_search(tg_indicator s, tg_report report, tg_request row) {
    tg_u32 found = tg_request_has_id(row, report);
    tg_u32 at = s.r->scan_at;
    s.r->order_at = found ? at : TG_NO_ROW;
    s.r->order = row;
    s.r->scan_at = at + 1u;
    s.r->report_step = found || at + 1u >= s.r->request_count ? TG_REPORT_REQUEST : TG_REPORT_SEARCH;
}

/* What a report still needs before it is applied; `row` is that of `tg_indicator_report_at`. */
TG_FN void tg_indicator_report_ahead(tg_indicator s, tg_report report, tg_request row) {
    tg_u32 kind = tg_report_class(report);
    tg_u32 other = kind == TG_REPORT_CANCELS || kind == TG_REPORT_KEEPS;
    if (s.r->report_step == TG_REPORT_NAMED) {
        s.r->named = row;
        s.r->order_at = TG_NO_ROW;
        s.r->report_step = other ? TG_REPORT_ORDER : TG_REPORT_REQUEST;
    } else if (s.r->report_step == TG_REPORT_ORDER) {
        tg_indicator_report_order(s, report, row);
    } else if (s.r->report_step == TG_REPORT_SEARCH) {
        tg_indicator_report_search(s, report, row);
    } else {
        tg_fed fed = tg_feed(tg_indicator_named(s, report), tg_report_timed(report));
        if (fed.request_at != TG_NO_ROW) tg_indicator_put_request(s, fed.request_at, fed.request);
        s.r->report_step = TG_REPORT_APPLY;
    }
}

/* The sequence of ReportIndex in a partition; whether the partition is one too many. */
TG_FN tg_u32 tg_indicator_place(tg_indicator s, tg_report report) {
    tg_u32 found = 0;
    tg_u32 at = 0;
    TG_UNROLL
    for (tg_u32 i = 0; i < TG_MAX_PARTITIONS; i++) {
        tg_u32 is = i < s.r->partitions.count && s.r->partitions.of[i] == report.partition_no;
        at = is ? i : at;
        found = found || is;
    }
    tg_i64 last = s.r->partitions.last[at];
    tg_place place = tg_place_judge(found, at, s.r->partitions.count, last, report.report_index);
    if (report.has_place) {
        s.r->counters.report_jumps = s.r->counters.report_jumps + (place.jumped != 0u);
        s.r->counters.report_jumped = tg_saturated_sum(s.r->counters.report_jumped, place.jumped);
        s.r->counters.report_repeats = s.r->counters.report_repeats + place.repeats;
    }
    if (report.has_place && place.writes) {
        s.r->partitions.of[place.at] = report.partition_no;
        s.r->partitions.last[place.at] = report.report_index;
        s.r->partitions.count = s.r->partitions.count + !found;
    }
    return report.has_place && place.too_many;
}

/* An order moved: what is outstanding, and what may be asked. */
TG_FN void tg_indicator_order_moved(tg_indicator s, tg_request before, tg_request after) {
    tg_u32 trigger = before.trigger & 15u;
    tg_u32 closed = tg_request_is_open(before) && !tg_request_is_open(after);
    tg_u32 less = tg_request_is_askable(before) && !tg_request_is_askable(after);
    tg_u32 more = !tg_request_is_askable(before) && tg_request_is_askable(after);
    TG_UNROLL
    for (int i = 0; i < 2; i++) {
        tg_u32 of = i == 0 ? TG_ALL : trigger;
        s.r->tallies[of].outstanding = s.r->tallies[of].outstanding - closed;
        s.r->tallies[of].askable = s.r->tallies[of].askable + more - less;
    }
}

/* A report that came whole and intact is applied. */
TG_FN tg_event tg_indicator_report(tg_indicator s, tg_report given, tg_event event) {
    tg_event out = event;
    tg_any_item whole;
    tg_report report = tg_report_timed(given);
    tg_u32 too_many = tg_indicator_place(s, report);
    tg_named rows = tg_indicator_named(s, report);
    tg_fed fed = tg_feed(rows, report);
    tg_u32 is_named = fed.order_at == rows.named_at;
    tg_u32 applied = fed.verdict == TG_VERDICT_APPLIED;
    if (fed.order_at != TG_NO_ROW) {
        tg_indicator_order_moved(s, is_named ? rows.named : rows.order, fed.order);
        tg_indicator_put_request(s, fed.order_at, fed.order);
    }
    s.r->counters.missed_fills = s.r->counters.missed_fills + (fed.missed > 0);
    /* Whatever else comes must not move the time: anybody's report may be unknown. */
    tg_u32 timeless = applied ? tg_indicator_stamp(s, given.time) == 0 : 0u;
    whole.report = report;
    TG_UNROLL
    for (int i = 0; i < 15; i++) out.body[i] = whole.item.payload[i];
    tg_u32 contradicts = fed.verdict == TG_VERDICT_CONTRADICTORY;
    tg_u32 second = contradicts ? TG_FAULT_FEEDBACK_CONTRADICTION : 0u;
    tg_u32 first = timeless ? TG_FAULT_DECODE_TIME : second;
    out.has = event.has | TG_EVENT_MARK_REPORT;
    out.after = (tg_u8)(too_many && !timeless ? TG_FAULT_FEEDBACK_PARTITION : first);
    out.after_too = (tg_u8)(too_many ? (timeless ? TG_FAULT_FEEDBACK_PARTITION : second) : 0u);
    out.verdict = fed.verdict;
    out.request = fed.about;
    out.state = fed.state;
    out.cum = fed.cum;
    out.missed = fed.missed;
    s.r->report_step = TG_REPORT_NAMED;
    return out;
}

/* ---- one step ------------------------------------------------------------------------------ */

/* Whether an item is a record. */
TG_FN tg_u32 tg_item_is_record(tg_u32 kind) { return kind >= TG_RECORD_ORDER && kind <= TG_RECORD_END; }

/* The row of the quote table that this step looks at; all ones for none. */
TG_FN tg_u32 tg_indicator_row_at(tg_indicator s, tg_any_item any, tg_u32 trigger) {
    tg_u32 kind = any.item.kind;
    tg_u32 is_tick = kind == TG_RECORD_ORDER || kind == TG_RECORD_TRADE;
    tg_u32 is_head = kind == TG_RECORD_HEAD;
    tg_u32 szse = is_tick ? tg_is_szse(any.tick.source) : tg_is_szse(any.head.source);
    tg_u64 name = is_tick ? tg_text_number(any.tick.security) : tg_text_number(any.head.security);
    tg_u32 found = tg_indicator_find(s, name);
    tg_u32 of_snapshot = s.r->assembly.active ? s.r->assembly.row : TG_NO_ROW;
    tg_u32 of_item = is_tick || is_head ? (szse ? found : TG_NO_ROW) : of_snapshot;
    tg_u32 of_price = tg_indicator_price_row(s, s.r->install_at);
    tg_u32 of_order = s.r->block.params.triggers[trigger].rule.row;
    tg_u32 ahead = s.r->phase == TG_PHASE_INSTALL ? of_price : of_item;
    tg_u32 out = s.r->phase == TG_PHASE_FIRE ? of_order : ahead;
    return out < s.r->row_count ? out : TG_NO_ROW;
}

/* A record whose checksum was wrong is shown, and moves nothing. */
TG_FN tg_work tg_indicator_record(tg_indicator s, tg_any_item any, tg_work work) {
    tg_work out = work;
    tg_u32 kind = any.item.kind;
    tg_u32 bad = (any.item.flags & TG_RECORD_FLAG_BAD_CHECKSUM) != 0u;
    tg_u32 begins = kind == TG_RECORD_HEAD || kind == TG_RECORD_ORDER || kind == TG_RECORD_TRADE;
    out.event.has = work.event.has | TG_EVENT_MARK_RECORD;
    out.event.flags = begins ? any.item.flags : s.r->snapshot_flags;
    if (kind == TG_RECORD_HEAD) {
        s.r->assembly.active = 0;
        s.r->compares = 0;
        s.r->snapshot_flags = any.item.flags;
    }
    TG_UNROLL
    for (int i = 0; i < 9; i++) out.event.body[i] = any.item.payload[i];
    switch (kind) {
    case TG_RECORD_HEAD:
        return bad ? out : tg_indicator_head(s, any.head, out);
    case TG_RECORD_ENTRY:
        return tg_indicator_entry(s, any.entry, out);
    case TG_RECORD_QUEUE:
        return tg_indicator_queue(s, any.queue, out);
    case TG_RECORD_END:
        return tg_indicator_snapshot_end(s, out);
    default:
        return bad ? out : tg_indicator_tick(s, any.tick, out);
    }
}

/* The last prices that triggers look at follow the rows. */
TG_FN void tg_indicator_follow(tg_indicator s, tg_u32 at, tg_i64 last) {
    TG_UNROLL
    for (int i = 0; i < (int)TG_MAX_TRIGGERS; i++) {
        s.r->last_of[i] = s.r->price_row[i] == at ? last : s.r->last_of[i];
    }
}

/* The kill switch of the hand. */
TG_FN tg_indicator_out tg_indicator_kill(tg_indicator s, tg_item item) {
    tg_indicator_out out = tg_indicator_nothing();
    tg_u32 on = item.operand != 0u;
    tg_u32 outcome = on ? TG_OUTCOME_KILL_ON : TG_OUTCOME_KILL_OFF;
    out.took = 1;
    if (s.r->block.params.header.has_trading) {
        s.r->killed = (tg_u8)on;
        s.r->beat = item.beat;
        out.event = tg_indicator_decide(s, tg_decision_begin(s, outcome, TG_NO_TRIGGER));
        out.has_event = 1;
        s.r->phase = on && s.r->block.params.header.cancel_on_kill ? TG_PHASE_ASK : TG_PHASE_ITEM;
    }
    return out;
}

/* Parameters of a live run: their block has come, or the host refused them (Operand 1). */
TG_FN tg_indicator_out tg_indicator_parameters(tg_indicator s, tg_item item) {
    tg_indicator_out out = tg_indicator_nothing();
    tg_u32 trades = s.r->block.params.header.has_trading;
    tg_u32 live = s.r->shadow.params.header.at_msg == ~(tg_u64)0;
    /* Epochs of the setup that are still to come would undo them. */
    tg_u32 later = s.r->shadow_begun && !live;
    s.r->beat = item.beat;
    if (!trades || item.operand != 0u || later) {
        out.event = tg_event_fault(s, TG_FAULT_TRIGGER_PARAMETERS);
        out.has_event = 1;
        out.took = 1;
    } else if (s.r->shadow_whole) {
        out.took = 1;
        tg_indicator_swap(s);
    }
    return out;
}

/* A message ends: what follows from it, before its end is told. */
TG_FN void tg_indicator_ends(tg_indicator s, tg_item item) {
    s.r->beat = item.beat;
    s.r->end_offset = item.offset;
    s.r->end_msg_type = item.msg_type;
    s.r->end_session = item.session;
    s.r->end_line = item.line;
    s.r->counters.messages = s.r->counters.messages + 1u;
    s.r->phase = tg_indicator_judge(s);
    s.r->ends = s.r->phase != TG_PHASE_ITEM;
    s.r->next = s.r->next + (s.r->ends ? 0u : 1u);
}

/* An item of a message, or faults alone. */
TG_FN tg_indicator_out tg_indicator_message(tg_indicator s, tg_any_item any, tg_u32 row_at, tg_quote_row row,
                                            tg_book book) {
    tg_indicator_out out = tg_indicator_nothing();
    tg_item item = any.item;
    tg_u32 is_record = tg_item_is_record(item.kind);
    tg_u32 marks = item.marks & (TG_ITEM_MARK_BEGINS | TG_ITEM_MARK_ENDS);
    tg_u32 is_report = item.kind == TG_ITEM_KIND_REPORT && s.r->block.params.header.has_trading;
    tg_work begun;
    begun.event = tg_event_of(s, item, is_record || marks != 0u);
    begun.row = row;
    begun.book = book;
    begun.row_at = row_at;
    begun.puts_row = 0;
    tg_work work = is_record ? tg_indicator_record(s, any, begun) : begun;
    tg_event event = is_report ? tg_indicator_report(s, any.report, work.event) : work.event;
    if (work.puts_row) {
        tg_indicator_put_row(s, row_at, work.row, work.book);
        tg_indicator_follow(s, row_at, tg_quote_last(work.row));
    }
    s.r->counters.surplus = s.r->counters.surplus + item.surplus;
    if ((item.marks & TG_ITEM_MARK_ENDS) != 0u) {
        tg_indicator_ends(s, item);
        event.has = (tg_u8)(event.has | (s.r->ends ? 0u : TG_EVENT_MARK_ENDS));
    }
    out.event = event;
    out.has_event = 1;
    out.took = 1;
    return out;
}

/* Whether an epoch is due before this item: 2 if its block is there, 1 if it is still to come. */
TG_FN tg_u32 tg_indicator_epoch_is_due(tg_indicator s, tg_item item) {
    tg_u32 begins = (item.marks & TG_ITEM_MARK_BEGINS) != 0u;
    tg_u32 starts = begins && s.r->report_step == TG_REPORT_NAMED;
    tg_u32 due = starts && s.r->shadow_begun && s.r->shadow.params.header.at_msg <= s.r->next;
    return due ? (s.r->shadow_whole ? 2u : 1u) : 0u;
}

/* Takes the next item, or does first what comes before it. `request` is what a report needs. */
TG_FN tg_indicator_out tg_indicator_item(tg_indicator s, tg_any_item any, tg_u32 row_at, tg_quote_row row,
                                         tg_book book, tg_request request) {
    tg_indicator_out waits = tg_indicator_nothing();
    tg_u32 kind = any.item.kind;
    tg_u32 due = tg_indicator_epoch_is_due(s, any.item);
    tg_u32 is_report = kind == TG_ITEM_KIND_REPORT && s.r->block.params.header.has_trading;
    tg_u32 clean = kind == TG_RECORD_END && due == 0u ? tg_indicator_clean(s) : 1u;
    if (due != 0u) {
        s.r->beat = any.item.beat;
        if (due == 2u) tg_indicator_swap(s);
        return waits;
    } else if (kind == TG_ITEM_KIND_KILL) {
        return tg_indicator_kill(s, any.item);
    } else if (kind == TG_ITEM_KIND_PARAMETERS) {
        return tg_indicator_parameters(s, any.item);
    } else if (kind == TG_ITEM_KIND_TURN) {
        waits.took = 1;
        return waits;
    } else if (is_report && s.r->report_step != TG_REPORT_APPLY) {
        tg_indicator_report_ahead(s, any.report, request);
        return waits;
    }
    return clean ? tg_indicator_message(s, any, row_at, row, book) : waits;
}

/* One step; `valid` says whether there is an item. */
TG_FN tg_indicator_out tg_indicator_step(tg_indicator s, tg_any_item any, tg_u32 valid) {
    tg_indicator_out nothing = tg_indicator_nothing();
    tg_u32 phase = s.r->phase;
    tg_u32 trigger = tg_top_bit(s.r->fires & (~s.r->fires + 1u));
    tg_u32 row_at = tg_indicator_row_at(s, any, trigger);
    tg_quote_row row = tg_indicator_row(s, row_at != TG_NO_ROW ? row_at : 0u);
    tg_book book = tg_indicator_book(s, row_at != TG_NO_ROW ? row_at : 0u);
    tg_u32 request_at = phase == TG_PHASE_SCAN ? s.r->scan_at : tg_indicator_report_at(s, any.report);
    tg_request request = tg_indicator_request(s, request_at);
    switch (phase) {
    case TG_PHASE_ITEM:
        return valid ? tg_indicator_item(s, any, row_at, row, book, request) : nothing;
    case TG_PHASE_GUARD:
        return tg_indicator_guard(s);
    case TG_PHASE_FIRE:
        return tg_indicator_fire(s, trigger, row, book);
    case TG_PHASE_ASK:
        return tg_indicator_ask_all(s);
    case TG_PHASE_CANCEL:
        return tg_indicator_cancels(s);
    case TG_PHASE_END:
        return tg_indicator_end(s);
    case TG_PHASE_EPOCH:
        return tg_indicator_epoch(s);
    case TG_PHASE_REBASED:
        return tg_indicator_rebased(s);
    case TG_PHASE_INSTALL:
        tg_indicator_install(s, row);
        return nothing;
    case TG_PHASE_SCAN:
        tg_indicator_scan(s, request);
        return nothing;
    case TG_PHASE_REBASE:
        tg_indicator_rebase(s);
        return nothing;
    case TG_PHASE_DIVIDE:
        tg_indicator_divide(s);
        return nothing;
    default:
        return nothing;
    }
}

/* ---- one block of memory ------------------------------------------------------------------- */

/* Where each table stands in one block of memory, in bytes. */
typedef struct {
    tg_u64 rows;
    tg_u64 books;
    tg_u64 depths;
    tg_u64 slots;
    tg_u64 constituents;
    tg_u64 channels;
    tg_u64 requests;
    tg_u64 carried;
    tg_u64 sends;
    tg_u64 bytes; /* of all */
} tg_indicator_layout;

/* The layout for so many securities and requests, each at least 1. Registers stand first. */
TG_FN tg_indicator_layout tg_indicator_layout_of(tg_u32 rows, tg_u32 requests) {
    tg_indicator_layout out;
    out.rows = (sizeof(tg_indicator_registers) + 63u) / 64u * 64u;
    out.books = out.rows + (tg_u64)rows * sizeof(tg_quote_row);
    out.depths = out.books + (tg_u64)rows * sizeof(tg_book);
    out.slots = out.depths + (tg_u64)rows * sizeof(tg_depth);
    out.constituents = out.slots + (tg_u64)tg_indicator_slots(rows) * sizeof(tg_slot);
    out.channels = out.constituents + (tg_u64)rows * sizeof(tg_constituent);
    out.requests = out.channels + (tg_u64)65536u * sizeof(tg_i64);
    out.carried = out.requests + (tg_u64)requests * sizeof(tg_request);
    out.sends = out.carried + (tg_u64)TG_WINDOWS * TG_WINDOW_SLOTS * sizeof(tg_i64);
    out.bytes = out.sends + (tg_u64)TG_WINDOWS * TG_WINDOW_SENDS * sizeof(tg_u32);
    return out;
}

/* The stage in a block of memory, aligned to 8 bytes. */
TG_FN tg_indicator tg_indicator_in(TG_STATE tg_u8 *memory, tg_u32 rows, tg_u32 requests) {
    tg_indicator_layout at = tg_indicator_layout_of(rows, requests);
    tg_indicator out;
    out.r = (TG_STATE tg_indicator_registers *)memory;
    out.rows = (TG_STATE tg_quote_row *)(memory + at.rows);
    out.books = (TG_STATE tg_book *)(memory + at.books);
    out.depths = (TG_STATE tg_depth *)(memory + at.depths);
    out.slots = (TG_STATE tg_slot *)(memory + at.slots);
    out.constituents = (TG_STATE tg_constituent *)(memory + at.constituents);
    out.channels = (TG_STATE tg_i64 *)(memory + at.channels);
    out.requests = (TG_STATE tg_request *)(memory + at.requests);
    out.carried = (TG_STATE tg_i64 *)(memory + at.carried);
    out.sends = (TG_STATE tg_u32 *)(memory + at.sends);
    out.row_room = rows;
    out.request_room = requests;
    out.slot_room = tg_indicator_slots(rows);
    out.zero = 0;
    return out;
}

#endif
