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

#include "indicator/epoch.h"
#include "indicator/feedback.h"
#include "indicator/load.h"
#include "indicator/quote.h"

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
    begun.depth = tg_depth_update_of(TG_NO_ROW, 0u);
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
    out.depth = work.depth;
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
    if (kind == TG_RECORD_END && due == 0u) waits.depth = tg_indicator_clean(s);
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
    return tg_depth_updates(waits.depth) ? waits : tg_indicator_message(s, any, row_at, row, book);
}

/* What a step reads: one row of each table, its own or, where it needs none, one that the wiring shows to
 * the host. So a table has one read port. */
typedef struct {
    tg_quote_row row;
    tg_book book;
    tg_request request;
    tg_u32 row_at;    /* what the step needs; all ones for none */
    tg_u32 row_shown; /* the row is the one that the wiring asked for */
} tg_indicator_read;

TG_FN tg_indicator_read tg_indicator_reads(tg_indicator s, tg_any_item any, tg_u32 valid, tg_u32 trigger, tg_u32 show) {
    tg_indicator_read out;
    tg_u32 takes = s.r->phase == TG_PHASE_ITEM && valid;
    tg_u32 looks = takes || s.r->phase == TG_PHASE_INSTALL || s.r->phase == TG_PHASE_FIRE;
    tg_u32 scans = s.r->phase == TG_PHASE_SCAN ? s.r->scan_at : show;
    tg_u32 shown_row = show < s.r->row_count ? show : 0u;
    out.row_at = looks ? tg_indicator_row_at(s, any, trigger) : TG_NO_ROW;
    out.row = tg_indicator_row(s, out.row_at != TG_NO_ROW ? out.row_at : shown_row);
    out.book = tg_indicator_book(s, out.row_at != TG_NO_ROW ? out.row_at : shown_row);
    out.request = tg_indicator_request(s, takes ? tg_indicator_report_at(s, any.report) : scans);
    out.row_shown = show < s.r->row_count && (out.row_at == TG_NO_ROW || out.row_at == show);
    return out;
}

/* One step of what was read for it; `valid` says whether there is an item. */
TG_FN tg_indicator_out tg_indicator_step_of(tg_indicator s, tg_any_item any, tg_u32 valid, tg_u32 trigger,
                                            tg_indicator_read read) {
    tg_indicator_out nothing = tg_indicator_nothing();
    switch (s.r->phase) {
    case TG_PHASE_ITEM:
        return valid ? tg_indicator_item(s, any, read.row_at, read.row, read.book, read.request) : nothing;
    case TG_PHASE_GUARD:
        return tg_indicator_guard(s);
    case TG_PHASE_FIRE:
        return tg_indicator_fire(s, trigger, read.row, read.book);
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
        tg_indicator_install(s, read.row);
        return nothing;
    case TG_PHASE_SCAN:
        tg_indicator_scan(s, read.request);
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

/* One step; `show` is the row of the tables that the wiring would like to see beside. */
TG_FN tg_indicator_out tg_indicator_step(tg_indicator s, tg_any_item any, tg_u32 valid, tg_u32 show) {
    tg_u32 trigger = tg_top_bit(s.r->fires & (~s.r->fires + 1u));
    tg_indicator_read read = tg_indicator_reads(s, any, valid, trigger, show);
    tg_indicator_out out = tg_indicator_step_of(s, any, valid, trigger, read);
    out.row = read.row;
    out.request = read.request;
    out.row_shown = read.row_shown;
    return out;
}

/* ---- one block of memory ------------------------------------------------------------------- */

/* Where each table stands in one block of memory, in bytes. */
typedef struct {
    tg_u64 rows;
    tg_u64 books;
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
    out.slots = out.books + (tg_u64)rows * sizeof(tg_book);
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
