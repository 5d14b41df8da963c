/* The quote table: one row a security, moved by trades and by snapshots. host/pipeline/src/quote.rs.
 *
 * Of the depth only level 1 is read again on the data path, and kept beside the row; the levels and
 * queues themselves are written, and read by the host alone.
 */
#ifndef TIDEGATE_ROOM_QUOTE_H
#define TIDEGATE_ROOM_QUOTE_H

#include "time.h"

/* Levels of both sides. */
#define TG_LEVELS 20
#define TG_NO_LEVEL 0xffu

/* The depth of a row as the host reads it: bids, then offers. Reserved of level 0: quantities in use. */
typedef struct {
    tg_depth_level levels[TG_LEVELS];
    tg_i64 queue[TG_QUEUE_ITEMS];
} tg_depth;

/* Marks of an update of the depth. */
#define TG_DEPTH_BEGINS 1u /* of a snapshot: until it ends, the row's depth is between two states */
#define TG_DEPTH_ENDS 2u
#define TG_DEPTH_LAST 4u   /* of a wiring: nothing else, and nothing comes behind it */

/* What one step does to the depth of a row: a level, and up to two quantities of its queues. 64 bytes. */
typedef struct {
    tg_depth_level level;
    tg_i64 quantity[2];
    tg_u32 row;
    tg_u16 queue_at;    /* where the quantities go among the row's */
    tg_u8 queue_count;  /* how many: 0 to 2 */
    tg_u8 level_at;     /* TG_NO_LEVEL: none */
    tg_u32 marks;
    tg_u32 zero;        /* 0 */
} tg_depth_update;

/* What of a row's depth is needed again. */
typedef struct {
    tg_i64 best[2];   /* 1e-6 CNY: level 1, bid and offer; 0 where there is none */
    tg_u32 levels;    /* levels in use, one bit each */
    tg_u32 queue_len; /* queue quantities in use */
} tg_book;

/* What a record does to a row. */
typedef struct {
    tg_quote_row row;
    tg_u8 fault;   /* 0 for none */
    tg_u8 applied; /* the row changed */
    tg_u8 traded;  /* a trade moved it */
    tg_u8 stale;   /* a snapshot older than the row's */
    tg_u32 zero;   /* 0 */
} tg_quoted;

TG_FN tg_quoted tg_quoted_as(tg_quote_row row) {
    tg_quoted out;
    out.row = row;
    out.fault = 0;
    out.applied = 0;
    out.traded = 0;
    out.stale = 0;
    out.zero = 0;
    return out;
}

/* The last price of now, from trades and snapshot together: `Row::quote`. */
TG_FN tg_i64 tg_quote_last(tg_quote_row row) {
    tg_u32 trade_is_later = row.trades > 0u && row.trade_time >= row.snapshot_time;
    tg_i64 shown = row.snapshot_last != 0 ? row.snapshot_last : row.ticks_last;
    return trade_is_later ? row.ticks_last : shown;
}

/* A trade moves its row; `time` is 0 where it does not exist. */
TG_FN tg_quoted tg_quote_trade(tg_quote_row row, tg_tick tick, tg_i64 time) {
    tg_quoted out = tg_quoted_as(row);
    tg_checked price = tg_checked_product(tick.price, 100);
    tg_checked value = tg_checked_product(tick.price, tick.quantity);
    tg_checked total = tg_checked_sum(row.ticks_value, value.value);
    tg_checked volume = tg_checked_sum(row.ticks_volume, tick.quantity);
    tg_u32 fits = price.fits && value.fits && total.fits && volume.fits;
    tg_u32 fault = fits ? 0u : TG_FAULT_QUOTE_OVERFLOW;
    tg_u32 bad_quantity = tick.quantity < 0 ? TG_FAULT_QUOTE_QUANTITY : fault;
    out.fault = (tg_u8)(tick.price <= 0 ? TG_FAULT_QUOTE_PRICE : bad_quantity);
    out.applied = out.fault == 0u;
    out.traded = out.applied;
    if (out.applied) {
        tg_u32 first = row.ticks_num_trades == 0;
        out.row.ticks_value = total.value;
        out.row.ticks_volume = volume.value;
        out.row.ticks_last = price.value;
        out.row.ticks_open = first ? price.value : row.ticks_open;
        out.row.ticks_low = first ? price.value : tg_least(row.ticks_low, price.value);
        out.row.ticks_high = tg_most(row.ticks_high, price.value);
        out.row.ticks_num_trades = row.ticks_num_trades + 1;
        out.row.trades = row.trades + 1u;
        out.row.trade_time = tg_most(row.trade_time, time);
        out.row.time = tg_most(row.time, time);
    }
    return out;
}

/* A tick of a named security: only auction and bond ticks move its row. */
TG_FN tg_quoted tg_quote_tick(tg_quote_row row, tg_tick tick, tg_i64 time) {
    tg_u32 order = tick.msg_type == TG_MSG_AUCTION_ORDER || tick.msg_type == TG_MSG_BOND_ORDER;
    tg_u32 trade = tick.msg_type == TG_MSG_AUCTION_TRADE || tick.msg_type == TG_MSG_BOND_TRADE;
    tg_u32 cancel = trade && tick.code == TG_EXEC_TYPE_CANCEL;
    tg_quoted out = tg_quoted_as(row);
    if (order || cancel) {
        out.row.orders = row.orders + order;
        out.row.cancels = row.cancels + cancel;
        out.row.time = tg_most(row.time, time);
        out.applied = 1;
    }
    return trade && tick.code == TG_EXEC_TYPE_TRADE ? tg_quote_trade(row, tick, time) : out;
}

/* Snapshots whose levels and totals belong in the table. */
TG_FN tg_u32 tg_quote_moves_row(tg_u32 msg_type) {
    return msg_type == TG_MSG_AUCTION_SNAPSHOT || msg_type == TG_MSG_BOND_SNAPSHOT ||
           msg_type == TG_MSG_INDEX_SNAPSHOT;
}

/* The head of a snapshot clears what the entries will fill. `time` is 0 where it does not exist. */
TG_FN tg_quoted tg_quote_head(tg_quote_row row, tg_head head, tg_i64 time) {
    tg_quoted out = tg_quoted_as(row);
    tg_checked value = tg_checked_product(head.value, 100);
    out.stale = time != 0 && time < row.snapshot_time;
    out.fault = (tg_u8)(out.stale || value.fits ? 0u : TG_FAULT_QUOTE_OVERFLOW);
    out.applied = !out.stale && value.fits;
    if (out.applied) {
        out.row.snapshot_last = 0;
        out.row.snapshot_open = 0;
        out.row.snapshot_high = 0;
        out.row.snapshot_low = 0;
        out.row.snapshot_volume = head.volume;
        out.row.snapshot_value = value.value;
        out.row.snapshot_num_trades = head.num_trades;
        out.row.limit_up = 0;
        out.row.limit_down = 0;
        out.row.prev_close = head.prev_close;
        out.row.snapshots = row.snapshots + 1u;
        out.row.snapshot_time = time != 0 ? time : row.snapshot_time;
        out.row.time = tg_most(row.time, time);
        TG_UNROLL
        for (int i = 0; i < 8; i++) out.row.phase[i] = head.phase[i];
    }
    return out;
}

/* What an entry is: its code and, of a level, its place among the 20. */
typedef struct {
    tg_u8 first;
    tg_u8 second; /* a space where it is padding */
    tg_u8 level;  /* 0 to 19; TG_NO_LEVEL for none */
    tg_u8 zero;   /* 0 */
} tg_entry_code;

TG_FN tg_entry_code tg_entry_code_of(tg_entry entry) {
    tg_entry_code out;
    out.first = entry.entry_type[0];
    out.second = (tg_u8)(entry.entry_type[1] == 0u ? 0x20u : entry.entry_type[1]);
    tg_u32 side = (tg_u32)out.first - 0x30u;
    tg_u32 is_level = out.second == 0x20u && side < 2u && entry.level >= 1u && entry.level <= TG_BOOK_LEVELS;
    out.level = (tg_u8)(is_level ? side * TG_BOOK_LEVELS + entry.level - 1u : TG_NO_LEVEL);
    out.zero = 0;
    return out;
}

/* Whether an entry has this code of one character. */
TG_FN tg_u32 tg_entry_is(tg_entry_code code, tg_u8 first) {
    return code.first == first && code.second == 0x20u;
}

/* Whether an entry has the code x and this character. */
TG_FN tg_u32 tg_entry_is_x(tg_entry_code code, tg_u8 second) {
    return code.first == 0x78u && code.second == second;
}

/* An entry that is no level fills its place in the row; codes that have none are left alone. */
TG_FN tg_quote_row tg_quote_entry(tg_quote_row row, tg_entry_code code, tg_i64 price) {
    tg_quote_row out = row;
    tg_u32 last = tg_entry_is(code, 0x32u) || tg_entry_is(code, 0x33u);
    tg_u32 open = tg_entry_is(code, 0x34u) || tg_entry_is_x(code, 0x62u);
    tg_u32 high = tg_entry_is(code, 0x37u) || tg_entry_is_x(code, 0x63u);
    tg_u32 low = tg_entry_is(code, 0x38u) || tg_entry_is_x(code, 0x64u);
    out.snapshot_last = last ? price : row.snapshot_last;
    out.snapshot_open = open ? price : row.snapshot_open;
    out.snapshot_high = high ? price : row.snapshot_high;
    out.snapshot_low = low ? price : row.snapshot_low;
    out.limit_up = tg_entry_is_x(code, 0x65u) ? price : row.limit_up;
    out.limit_down = tg_entry_is_x(code, 0x66u) ? price : row.limit_down;
    return out;
}

/* A snapshot under way. */
typedef struct {
    tg_depth_level current; /* the level that queue records belong to */
    tg_depth_level first;   /* level 0 as it stands */
    tg_book book;           /* of this snapshot, as far as it came */
    tg_u32 row;
    tg_u32 stale_levels;    /* levels of the snapshot before that this one did not write yet */
    tg_u32 stale_queue;     /* queue quantities of the snapshot before */
    tg_u8 active;           /* its head was applied */
    tg_u8 queue_full;       /* the row has no room for more of its queues */
    tg_u8 level;            /* place of `current`; TG_NO_LEVEL for none */
    tg_u8 zero;             /* 0 */
} tg_assembly;

TG_FN tg_depth_level tg_level_empty(void) {
    tg_depth_level out;
    out.price = 0;
    out.quantity = 0;
    out.orders = 0;
    out.queue_at = 0;
    out.queue_len = 0;
    out.reserved = 0;
    return out;
}

/* An update of a row's depth in which nothing is to be done yet. */
TG_FN tg_depth_update tg_depth_update_of(tg_u32 row, tg_u32 marks) {
    tg_depth_update out;
    out.level = tg_level_empty();
    out.quantity[0] = 0;
    out.quantity[1] = 0;
    out.row = row;
    out.queue_at = 0;
    out.queue_count = 0;
    out.level_at = TG_NO_LEVEL;
    out.marks = marks;
    out.zero = 0;
    return out;
}

/* The same with a level. */
TG_FN tg_depth_update tg_depth_leveled(tg_depth_update update, tg_u32 at, tg_depth_level level) {
    tg_depth_update out = update;
    out.level_at = (tg_u8)at;
    out.level = level;
    return out;
}

/* Whether there is anything to be done. */
TG_FN tg_u32 tg_depth_updates(tg_depth_update update) {
    return update.level_at != TG_NO_LEVEL || update.queue_count != 0u || update.marks != 0u;
}

/* The depth begins anew; what the snapshot before wrote and this one does not is cleared at its end. */
TG_FN tg_assembly tg_assembly_begin(tg_u32 row, tg_book before) {
    tg_assembly out;
    out.current = tg_level_empty();
    out.first = tg_level_empty();
    out.book.best[0] = 0;
    out.book.best[1] = 0;
    out.book.levels = 0;
    out.book.queue_len = 0;
    out.row = row;
    out.stale_levels = before.levels;
    out.stale_queue = before.queue_len;
    out.active = 1;
    out.queue_full = 0;
    out.level = TG_NO_LEVEL;
    out.zero = 0;
    return out;
}

/* An entry of it: queue records that follow belong to it, if it is a level. */
TG_FN tg_assembly tg_assembly_entry(tg_assembly before, tg_entry_code code, tg_entry entry) {
    tg_assembly out = before;
    out.level = code.level;
    if (code.level != TG_NO_LEVEL) {
        out.current.price = entry.price;
        out.current.quantity = entry.size;
        out.current.orders = entry.orders;
        out.current.queue_at = (tg_u16)before.book.queue_len;
        out.current.queue_len = 0;
        out.book.levels = before.book.levels | ((tg_u32)1 << code.level);
        out.book.best[0] = code.level == 0u ? entry.price : before.book.best[0];
        out.book.best[1] = code.level == TG_BOOK_LEVELS ? entry.price : before.book.best[1];
        out.stale_levels = before.stale_levels & ~((tg_u32)1 << code.level);
    }
    if (code.level == 0u) out.first = out.current;
    return out;
}

/* What two quantities of a queue do. */
typedef struct {
    tg_assembly assembly;
    tg_u32 at;     /* where the first goes */
    tg_u32 count;  /* how many have room */
    tg_u32 fault;  /* 0 for none */
    tg_u32 zero;   /* 0 */
} tg_queued;

/* Quantities go to the level before them; a row that is full says so once a snapshot. */
TG_FN tg_queued tg_assembly_queue(tg_assembly before, tg_queue queue) {
    tg_queued out;
    tg_u32 wanted = before.active && before.level != TG_NO_LEVEL ? queue.count : 0u;
    tg_u32 room = TG_QUEUE_ITEMS - before.book.queue_len;
    out.assembly = before;
    out.at = before.book.queue_len;
    out.count = wanted < room ? wanted : room;
    out.fault = wanted > room && !before.queue_full ? TG_FAULT_QUOTE_QUEUE : 0u;
    out.zero = 0;
    out.assembly.queue_full = before.queue_full || wanted > room;
    out.assembly.book.queue_len = before.book.queue_len + out.count;
    out.assembly.current.queue_len = (tg_u16)(before.current.queue_len + out.count);
    if (before.level == 0u) out.assembly.first = out.assembly.current;
    return out;
}

/* Which row of the hash a name has: two slots to look at, prepared by `SecurityMap`. */
typedef struct {
    tg_u64 key;
    tg_u32 row;  /* plus 1; 0: empty, as memory begins */
    tg_u32 zero; /* 0 */
} tg_slot;

TG_FN tg_u32 tg_slot_at(tg_u64 key, tg_u64 multiplier, tg_u32 shift, tg_u32 which) {
    tg_u32 hashed = (tg_u32)((key * multiplier) >> (shift & 63u));
    return hashed + which * ((tg_u32)1 << ((64u - shift) & 31u));
}

/* The row; all ones for none. */
TG_FN tg_u32 tg_slot_row(tg_u64 key, tg_slot first, tg_slot second) {
    tg_u32 other = second.key == key ? second.row : 0u;
    return (first.key == key && first.row != 0u ? first.row : other) - 1u;
}

/* Whether a SecurityIDSource is SZSE's: "102", padded with a space or NUL. */
TG_FN tg_u32 tg_is_szse(const tg_u8 source[4]) {
    return source[0] == 0x31u && source[1] == 0x30u && source[2] == 0x32u &&
           (source[3] == 0x20u || source[3] == 0u);
}

#endif
