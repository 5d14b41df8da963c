/* The indicator: which triggers fire behind a message, and whether the guard moves. */
#ifndef TIDEGATE_STAGE_INDICATOR_TRIGGER_H
#define TIDEGATE_STAGE_INDICATOR_TRIGGER_H

#include "index.h"

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

#endif
