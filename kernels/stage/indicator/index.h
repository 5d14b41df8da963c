/* The indicator: the pipeline's time, and the index. */
#ifndef TIDEGATE_STAGE_INDICATOR_INDEX_H
#define TIDEGATE_STAGE_INDICATOR_INDEX_H

#include "event.h"

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

#endif
