/* The indicator: load lines, of the setup and of the blocks of parameters. */
#ifndef TIDEGATE_STAGE_INDICATOR_LOAD_H
#define TIDEGATE_STAGE_INDICATOR_LOAD_H

#include "state.h"

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

#endif
