/* The indicator: items of market data move the quote table. */
#ifndef TIDEGATE_STAGE_INDICATOR_QUOTE_H
#define TIDEGATE_STAGE_INDICATOR_QUOTE_H

#include "index.h"

/* What an item was made of so far. */
typedef struct {
    tg_event event;
    tg_quote_row row;
    tg_book book;
    tg_depth_update depth;
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
        out.depth = tg_depth_update_of(work.row_at, TG_DEPTH_BEGINS);
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
        out.depth = tg_depth_leveled(tg_depth_update_of(work.row_at, 0u), code.level, assembly.current);
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
    tg_depth_update update = tg_depth_update_of(s.r->assembly.row, 0u);
    out.event.after = (tg_u8)queued.fault;
    s.r->assembly = queued.assembly;
    update.queue_at = (tg_u16)queued.at;
    update.queue_count = (tg_u8)queued.count;
    update.quantity[0] = queue.quantity[0];
    update.quantity[1] = queue.quantity[1];
    if (queued.count != 0u) out.depth = tg_depth_leveled(update, queued.assembly.level, queued.assembly.current);
    return out;
}

/* What the snapshot before wrote and this one did not goes, a level and two quantities a step; nothing
 * is done when nothing is left of it. */
TG_FN tg_depth_update tg_indicator_clean(tg_indicator s) {
    tg_assembly assembly = s.r->assembly;
    tg_depth_update out = tg_depth_update_of(assembly.row, 0u);
    tg_u32 levels = assembly.stale_levels & ~(tg_u32)1;
    tg_u32 level = tg_top_bit(levels);
    tg_u32 from = assembly.stale_queue;
    tg_u32 cleans_level = assembly.active && levels != 0u;
    tg_u32 cleans_queue = assembly.active && from > assembly.book.queue_len;
    tg_u32 more = from > assembly.book.queue_len + 1u;
    if (cleans_level) {
        out.level_at = (tg_u8)level;
        s.r->assembly.stale_levels = levels & ~((tg_u32)1 << level);
    }
    if (cleans_queue) {
        out.queue_count = more ? 2u : 1u;
        out.queue_at = (tg_u16)(from - out.queue_count);
        s.r->assembly.stale_queue = from - out.queue_count;
    }
    return out;
}

/* The end of a snapshot: the first level says how many queue quantities there are. */
TG_FN tg_work tg_indicator_snapshot_end(tg_indicator s, tg_work work) {
    tg_work out = work;
    tg_assembly assembly = s.r->assembly;
    if (assembly.active) {
        tg_depth_level first = assembly.first;
        first.reserved = assembly.book.queue_len;
        out.depth = tg_depth_leveled(tg_depth_update_of(assembly.row, TG_DEPTH_ENDS), 0u, first);
        out.book = assembly.book;
        out.puts_row = 1;
    }
    s.r->assembly.active = 0;
    return out;
}

#endif
