/* The indicator: a block of parameters becomes the block. */
#ifndef TIDEGATE_STAGE_INDICATOR_EPOCH_H
#define TIDEGATE_STAGE_INDICATOR_EPOCH_H

#include "decision.h"

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

#endif
