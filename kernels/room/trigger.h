/* Conditions, windows, edges, limits and the guard. host/pipeline/TRIGGERS.md. */
#ifndef TIDEGATE_ROOM_TRIGGER_H
#define TIDEGATE_ROOM_TRIGGER_H

#include "quote.h"

/* One trigger of a parameter block, and a whole block. */
typedef struct {
    tg_param_rule rule;
    tg_param_condition conditions[TG_MAX_CONDITIONS];
    tg_param_limits limits;
} tg_param_trigger;

typedef struct {
    tg_param_header header;
    tg_param_limits limits;
    tg_param_trigger triggers[TG_MAX_TRIGGERS];
} tg_params;

/* A block as it is loaded. */
#define TG_PARAM_WORDS (TG_PARAM_BLOCK_BYTES / 8u)
typedef union {
    tg_u64 words[TG_PARAM_WORDS];
    tg_params params;
} tg_block;

/* Users of change windows: the triggers, then the guard. */
#define TG_WINDOWS 17
#define TG_GUARD_WINDOW 16

/* A change window: the slot of now and the 63 before it. A slot whose value is that of the slot
 * before it is not kept: `runs` says where another value begins, and the ring holds it there. */
typedef struct {
    tg_u64 runs;    /* bit i: the i-th slot behind the oldest begins a run; bit 0 is never set */
    tg_u64 factor;  /* with `shift`: a time of the day to a slot, without a division */
    tg_i64 oldest;  /* value carried into the oldest slot */
    tg_u32 slot_ms; /* 0: no window */
    tg_u32 shift;
    tg_u32 newest;  /* slot of now, counted from midnight */
    tg_u32 zero;    /* 0 */
} tg_window;

TG_FN tg_window tg_window_none(void) {
    tg_window out;
    out.runs = 0;
    out.factor = 0;
    out.oldest = 0;
    out.slot_ms = 0;
    out.shift = 0;
    out.newest = 0;
    out.zero = 0;
    return out;
}

/* Slot of a time of the day: below 2^27 ms the product is exact (Granlund and Montgomery). */
TG_FN tg_u32 tg_window_slot(tg_window window, tg_u32 ms) {
    return (tg_u32)((ms * window.factor) >> (window.shift & 63u));
}

/* Every slot holds the value. */
TG_FN tg_window tg_window_filled(tg_window window, tg_u32 ms, tg_i64 value) {
    tg_window out = window;
    out.runs = 0;
    out.oldest = value;
    out.newest = tg_window_slot(window, ms);
    return out;
}

/* A window of slots of this length, with the factor that the host prepared. */
TG_FN tg_window tg_window_of(tg_u32 slot_ms, tg_u64 factor) {
    tg_window out = tg_window_none();
    tg_u32 length = slot_ms == 0u ? 1u : slot_ms;
    tg_u32 above = length == 1u ? 0u : tg_top_bit(length - 1u) + 1u;
    out.slot_ms = slot_ms;
    out.shift = 27u + above;
    out.factor = factor;
    return out;
}

/* How a window goes on when time comes to `ms`. */
typedef struct {
    tg_u32 slots;    /* slots entered */
    tg_u32 read_at;  /* place in the ring of the run that the oldest slot is in then */
    tg_u32 write_at; /* place of the first slot entered */
    tg_u32 reads;    /* the oldest slot is in another run then */
} tg_window_move;

TG_FN tg_window_move tg_window_move_to(tg_window window, tg_u32 ms) {
    tg_window_move out;
    out.slots = tg_window_slot(window, ms) - window.newest;
    tg_u32 slots = out.slots & 63u;
    tg_u64 passed = window.runs & ((((tg_u64)2 << slots) - 1u) & ~(tg_u64)1);
    tg_u32 oldest = window.newest + 1u;
    out.reads = passed != 0u;
    out.read_at = (oldest + tg_top_bit(passed)) & 63u;
    out.write_at = oldest & 63u;
    return out;
}

/* Every slot entered carries `value`; `read` is what the ring holds at `read_at`. The caller writes
 * `value` to `write_at`. */
TG_FN tg_window tg_window_moved(tg_window window, tg_window_move move, tg_i64 value, tg_i64 read) {
    tg_window out = window;
    tg_u32 slots = move.slots & 63u;
    tg_u64 kept = (window.runs >> slots) & ~(tg_u64)1;
    out.newest = window.newest + move.slots;
    if (move.slots >= 64u) {
        out.runs = 0;
        out.oldest = value;
    } else if (move.slots > 0u) {
        out.runs = kept | ((tg_u64)1 << (64u - slots));
        out.oldest = move.reads ? read : window.oldest;
    }
    return out;
}

/* What orders add up to, of a trigger or of all. */
typedef struct {
    tg_i64 quantity;    /* 1e-2 shares */
    tg_i64 value;       /* 1e-6 CNY */
    tg_u32 sends;       /* sends of this date */
    tg_u32 outstanding; /* orders that may still trade */
    tg_u32 askable;     /* of these, without a cancel request under way */
    tg_u32 zero;        /* 0 */
} tg_tally;

TG_FN tg_tally tg_tally_none(void) {
    tg_tally out;
    out.quantity = 0;
    out.value = 0;
    out.sends = 0;
    out.outstanding = 0;
    out.askable = 0;
    out.zero = 0;
    return out;
}

/* An order left. The limits looked at these sums: they fit. */
TG_FN tg_tally tg_tally_sent(tg_tally tally, tg_i64 quantity, tg_i64 price) {
    tg_tally out = tally;
    out.quantity = tally.quantity + quantity;
    out.value = tally.value + price * quantity;
    out.sends = tally.sends + 1u;
    out.outstanding = tally.outstanding + 1u;
    out.askable = tally.askable + 1u;
    return out;
}

/* Where the n-th last send stands in the ring; there is none if fewer left. */
TG_FN tg_u32 tg_sends_at(tg_u32 sends, tg_u32 nth) { return (sends - nth) & (TG_WINDOW_SENDS - 1u); }

/* Whether the n-th last send, at `sent_ms`, is less than `within_ms` ago. */
TG_FN tg_u32 tg_sends_within(tg_u32 sends, tg_u32 nth, tg_u32 sent_ms, tg_u32 ms, tg_i64 within_ms) {
    return sends >= nth && (tg_i64)ms - (tg_i64)sent_ms < within_ms;
}

/* Where a trigger stands. */
typedef struct {
    tg_u8 held;         /* its conditions held after the message before */
    tg_u8 market_held;  /* its market conditions did */
    tg_u8 fired;        /* it fired before */
    tg_u8 fired_today;  /* on this date, at `fired_ms` */
    tg_u32 fired_ms;
} tg_edge;

/* What conditions look at. */
typedef struct {
    tg_i64 index;         /* 1e-4 points; TG_NONE before the first value */
    tg_i64 before;        /* after the message before; TG_NONE for none */
    tg_i64 change;        /* within the trigger's window; TG_NONE for none */
    tg_i64 last;          /* 1e-6 CNY: last price of the trigger's row; 0 or less for none */
    tg_u32 sends;         /* what MaxSends finds */
    tg_u32 outstanding;   /* orders of the trigger */
    tg_u32 sends_hold;    /* fewer orders than MaxSends allows were sent within its window */
    tg_u32 zero;          /* 0 */
} tg_view;

/* The change of an index within a window; TG_NONE without a value or a filled window. */
TG_FN tg_i64 tg_change_of(tg_i64 index, tg_u32 filled, tg_i64 oldest) {
    return filled && index != TG_NONE ? index - oldest : TG_NONE;
}

/* What a condition finds; TG_NONE where there is nothing. */
TG_FN tg_i64 tg_condition_found(tg_param_condition condition, tg_view view) {
    switch (condition.code) {
    case TG_CONDITION_INDEX_AT_LEAST:
    case TG_CONDITION_INDEX_AT_MOST:
    case TG_CONDITION_INDEX_CROSSES:
        return view.index;
    case TG_CONDITION_INDEX_CHANGE:
        return view.change;
    case TG_CONDITION_PRICE_AT_LEAST:
    case TG_CONDITION_PRICE_AT_MOST:
        return view.last > 0 ? view.last : TG_NONE;
    case TG_CONDITION_MAX_SENDS:
        return view.sends;
    case TG_CONDITION_MAX_OUTSTANDING:
        return view.outstanding;
    default:
        return TG_NONE;
    }
}

/* Whether it holds. */
TG_FN tg_u32 tg_condition_holds(tg_param_condition condition, tg_view view) {
    tg_i64 found = tg_condition_found(condition, view);
    tg_i64 bound = condition.bound;
    tg_u32 rose = view.before < bound && found >= bound;
    tg_u32 fell = view.before > bound && found <= bound;
    tg_u32 there = found != TG_NONE;
    switch (condition.code) {
    case TG_CONDITION_INDEX_AT_LEAST:
    case TG_CONDITION_PRICE_AT_LEAST:
        return there && found >= bound;
    case TG_CONDITION_INDEX_AT_MOST:
    case TG_CONDITION_PRICE_AT_MOST:
        return there && found <= bound;
    case TG_CONDITION_INDEX_CROSSES:
        return there && view.before != TG_NONE && (rose || fell);
    case TG_CONDITION_INDEX_CHANGE:
        return there && (bound > 0 ? found >= bound : found <= bound);
    case TG_CONDITION_MAX_SENDS:
        return view.sends_hold;
    case TG_CONDITION_MAX_OUTSTANDING:
        return found < bound;
    default:
        return 0;
    }
}

/* Whether a condition is about the market, not about our own orders. */
TG_FN tg_u32 tg_condition_is_market(tg_u32 code) {
    return code >= TG_CONDITION_INDEX_AT_LEAST && code <= TG_CONDITION_PRICE_AT_MOST;
}

/* What a judgement says. */
typedef struct {
    tg_edge edge;
    tg_u8 fires;
    tg_u8 held_back;
    tg_u8 zero[2]; /* 0 */
} tg_judged;

TG_FN tg_param_condition tg_condition_none(void) {
    tg_param_condition out;
    out.code = TG_CONDITION_NONE;
    out.row = 0xffffffffu;
    out.bound = 0;
    out.within_ms = 0;
    out.slot_factor = 0;
    return out;
}

/* Judges one trigger after a message at `ms`. */
TG_FN tg_judged tg_trigger_judge(tg_param_trigger trigger, tg_view view, tg_edge edge, tg_u32 ms) {
    tg_u32 all = 1;
    tg_u32 market = 1;
    tg_u32 has_market = 0;
    TG_UNROLL
    for (int i = 0; i < (int)TG_MAX_CONDITIONS; i++) {
        tg_param_condition condition = trigger.conditions[i];
        tg_u32 is_market = tg_condition_is_market(condition.code);
        tg_u32 holds = condition.code == TG_CONDITION_NONE || tg_condition_holds(condition, view);
        all = all && holds;
        market = market && (holds || !is_market);
        has_market = has_market || is_market;
    }
    tg_u32 market_holds = market && has_market;
    tg_i64 ago = (tg_i64)ms - (tg_i64)edge.fired_ms;
    tg_u32 waited = !edge.fired_today || ago >= trigger.rule.rearm_ms;
    tg_u32 free = trigger.rule.rearm == TG_REARM_ONCE ? !edge.fired : 1u;
    tg_u32 armed = trigger.rule.rearm == TG_REARM_AFTER_MS ? waited : free;
    tg_judged out;
    out.fires = (tg_u8)(all && !edge.held && armed);
    out.held_back = (tg_u8)(market_holds && !edge.market_held && !all);
    out.edge.held = (tg_u8)all;
    out.edge.market_held = (tg_u8)market_holds;
    out.edge.fired = edge.fired || out.fires;
    out.edge.fired_today = edge.fired_today || out.fires;
    out.edge.fired_ms = out.fires ? ms : edge.fired_ms;
    out.zero[0] = 0;
    out.zero[1] = 0;
    return out;
}

/* The guard: off; on while the change is large; holding since the change is small again; ending at
 * the first message of a new date. */
#define TG_GUARD_OFF 0u
#define TG_GUARD_ON 1u
#define TG_GUARD_HOLDING 2u
#define TG_GUARD_ENDING 3u

typedef struct {
    tg_u32 state;
    tg_u32 since_ms; /* of holding */
} tg_guard;

/* What the guard did, and what it found. */
typedef struct {
    tg_guard guard;
    tg_u8 engaged;
    tg_u8 released;
    tg_u8 large;
    tg_u8 zero; /* 0 */
    tg_u32 also_zero;
} tg_guard_step;

/* Judges the guard after a message at `ms`; `change` is TG_NONE where there is none. */
TG_FN tg_guard_step tg_guard_judge(tg_param_header header, tg_guard guard, tg_i64 change, tg_u32 ms) {
    tg_guard_step out;
    tg_u32 large = change != TG_NONE && (change >= header.guard_points || -change >= header.guard_points);
    tg_i64 since_ms = (tg_i64)ms - (tg_i64)guard.since_ms;
    tg_i64 ended_ms = guard.state == TG_GUARD_ENDING ? TG_I64_MAX : 0;
    tg_i64 held_ms = guard.state == TG_GUARD_HOLDING ? since_ms : ended_ms;
    tg_u32 was_off = guard.state == TG_GUARD_OFF;
    tg_u32 ends = !was_off && !large && held_ms >= header.guard_hold_ms;
    tg_u32 begins_hold = guard.state == TG_GUARD_ON && !large && !ends;
    tg_u32 stays = begins_hold ? TG_GUARD_HOLDING : guard.state;
    out.guard.state = large ? TG_GUARD_ON : (ends ? TG_GUARD_OFF : stays);
    out.guard.since_ms = begins_hold ? ms : guard.since_ms;
    out.engaged = (tg_u8)(was_off && large);
    out.released = (tg_u8)ends;
    out.large = (tg_u8)large;
    out.zero = 0;
    out.also_zero = 0;
    return out;
}

/* The price of an order: does not fit where there is nothing to start from. */
TG_FN tg_checked tg_order_price(tg_param_rule rule, tg_quote_row row, tg_book book) {
    tg_u32 buys = rule.side == TG_SIDE_BUY;
    tg_u32 other = rule.price_kind == TG_PRICE_BEST ? buys : !buys;
    tg_i64 base = rule.price_kind == TG_PRICE_LAST ? tg_quote_last(row) : book.best[other];
    tg_checked tick = tg_checked_product(rule.tick, 100);
    tg_u32 sound = base > 0 && tick.fits && tick.value > 0;
    tg_u64 from = sound ? (tg_u64)base : 0u;
    tg_u64 by = sound ? (tg_u64)tick.value : 1u;
    tg_u64 up = row.limit_up > 0 ? (tg_u64)row.limit_up : 0u;
    tg_u64 down = row.limit_down > 0 ? (tg_u64)row.limit_down : 0u;
    tg_u64 reciprocal = sound ? rule.tick_reciprocal : ~(tg_u64)0;
    tg_quotient start = tg_divide_by(from, by, reciprocal);
    tg_quotient high = tg_divide_by(up, by, reciprocal);
    tg_quotient low = tg_divide_by(down, by, reciprocal);
    tg_u64 part = !buys && start.rest != 0u;
    tg_i64 whole = (tg_i64)(start.whole + part) + (tg_i64)(tg_i32)rule.ticks;
    tg_checked price = tg_checked_product(whole, rule.tick);
    tg_i64 upper = (tg_i64)high.whole * (sound ? rule.tick : 0);
    tg_checked lower = tg_checked_product((tg_i64)(low.whole + (low.rest != 0u)), rule.tick);
    tg_i64 capped = up > 0u ? tg_least(price.value, upper) : price.value;
    tg_i64 value = down > 0u && lower.fits ? tg_most(capped, lower.value) : capped;
    tg_u32 fits = sound && price.fits && value > 0 && value <= TG_I64_MAX / 100;
    tg_u32 fixed = rule.price_kind == TG_PRICE_FIXED;
    tg_checked out;
    out.fits = fits || fixed;
    out.value = fixed ? rule.price : (fits ? value : 0);
    out.zero = 0;
    return out;
}

/* Why an order was refused; limit 0: it was not. */
typedef struct {
    tg_i64 found;
    tg_i64 allowed;
    tg_u32 limit;
    tg_u32 scope;
} tg_refusal;

/* The refusal of a limit that refuses; none of one that does not. */
TG_FN tg_refusal tg_refusal_of(tg_u32 refuses, tg_u32 limit, tg_u32 scope, tg_i64 found, tg_i64 allowed) {
    tg_refusal out;
    out.limit = refuses ? limit : TG_LIMIT_NONE;
    out.scope = refuses ? scope : 0u;
    out.found = refuses ? found : TG_NONE;
    out.allowed = refuses ? allowed : TG_NONE;
    return out;
}

/* The first of two refusals. */
TG_FN tg_refusal tg_refusal_first(tg_refusal a, tg_refusal b) { return a.limit != TG_LIMIT_NONE ? a : b; }

/* Whether a limit limits. */
TG_FN tg_u32 tg_limit_is(tg_param_limits limits, tg_u32 limit) { return (limits.has >> limit) & 1u; }

/* What the limits look at. */
typedef struct {
    tg_tally tally[2];       /* of all, of the trigger */
    tg_param_limits limits[2];
    tg_u32 sends_within[2];  /* as many orders as MaxOrders allows were sent within its window */
    tg_i64 price;            /* 1e-4 CNY */
    tg_i64 quantity;         /* 1e-2 shares */
    tg_i64 limit_up;         /* 1e-6 CNY, of the latest snapshot; 0 or less for none */
    tg_i64 limit_down;
    tg_i64 last;             /* 1e-6 CNY; 0 or less for none */
    tg_u8 has_price;
    tg_u8 killed;            /* by hand */
    tg_u8 guarded;
    tg_u8 has_room;          /* in the record table */
    tg_u32 zero;             /* 0 */
} tg_permit;

/* One limit, of all triggers (scope 0) or of the trigger (scope 1); the greatest number stands for a
 * sum that does not fit. */
TG_FN tg_refusal tg_permit_kill(tg_permit ask, tg_u32 scope) {
    tg_u32 by_hand = scope == 0u && ask.killed;
    tg_u32 killed = by_hand || tg_limit_is(ask.limits[scope], TG_LIMIT_KILL_SWITCH);
    return tg_refusal_of(killed, TG_LIMIT_KILL_SWITCH, scope + 1u, TG_NONE, TG_NONE);
}

TG_FN tg_refusal tg_permit_band(tg_permit ask, tg_u32 scope) {
    tg_u32 limited = tg_limit_is(ask.limits[scope], TG_LIMIT_PRICE_BAND);
    tg_i64 last = ask.last > 0 ? ask.last : 0;
    tg_i64 band = ask.limits[scope].price_band;
    tg_i64 distance = ask.price * 100 - last;
    tg_i64 far = distance < 0 ? -distance : distance;
    tg_checked found = tg_checked_product(far, 10000);
    tg_checked wide = tg_checked_product(last, band);
    tg_u32 beyond = !found.fits || found.value > (wide.fits ? wide.value : TG_I64_MAX);
    /* last x band / 10,000, in two parts that fit. */
    tg_checked most = tg_checked_product(last / 10000, band);
    tg_checked sum = tg_checked_sum(most.fits ? most.value : TG_I64_MAX, last % 10000 * band / 10000);
    tg_i64 allowed = sum.fits ? sum.value : TG_I64_MAX;
    tg_u32 refuses = limited && (last == 0 || beyond);
    return tg_refusal_of(refuses, TG_LIMIT_PRICE_BAND, scope + 1u, last == 0 ? TG_NONE : far,
                         last == 0 ? TG_NONE : allowed);
}

TG_FN tg_refusal tg_permit_quantity(tg_permit ask, tg_u32 scope) {
    tg_i64 most = ask.limits[scope].max_quantity;
    tg_u32 beyond = tg_limit_is(ask.limits[scope], TG_LIMIT_MAX_QUANTITY) && ask.quantity > most;
    return tg_refusal_of(beyond, TG_LIMIT_MAX_QUANTITY, scope + 1u, ask.quantity, most);
}

TG_FN tg_refusal tg_permit_sends(tg_permit ask, tg_u32 scope) {
    tg_i64 count = ask.limits[scope].orders_count;
    tg_u32 beyond = tg_limit_is(ask.limits[scope], TG_LIMIT_MAX_ORDERS) && ask.sends_within[scope];
    return tg_refusal_of(beyond, TG_LIMIT_MAX_ORDERS, scope + 1u, count, count);
}

TG_FN tg_refusal tg_permit_total_quantity(tg_permit ask, tg_u32 scope) {
    /* Without a limit of its own the sum must still fit. */
    tg_u32 limited = tg_limit_is(ask.limits[scope], TG_LIMIT_MAX_TOTAL_QUANTITY);
    tg_i64 most = limited ? ask.limits[scope].max_total_quantity : TG_I64_MAX;
    tg_checked sum = tg_checked_sum(ask.tally[scope].quantity, ask.quantity);
    tg_u32 beyond = !sum.fits || sum.value > most;
    return tg_refusal_of(beyond, TG_LIMIT_MAX_TOTAL_QUANTITY, scope + 1u, sum.fits ? sum.value : TG_I64_MAX, most);
}

TG_FN tg_refusal tg_permit_total_value(tg_permit ask, tg_u32 scope) {
    tg_u32 limited = tg_limit_is(ask.limits[scope], TG_LIMIT_MAX_TOTAL_VALUE);
    tg_i64 most = limited ? ask.limits[scope].max_total_value : TG_I64_MAX;
    tg_checked value = tg_checked_product(ask.price, ask.quantity);
    tg_checked sum = tg_checked_sum(ask.tally[scope].value, value.value);
    tg_u32 fits = value.fits && sum.fits;
    tg_u32 beyond = !fits || sum.value > most;
    return tg_refusal_of(beyond, TG_LIMIT_MAX_TOTAL_VALUE, scope + 1u, fits ? sum.value : TG_I64_MAX, most);
}

TG_FN tg_refusal tg_permit_outstanding(tg_permit ask, tg_u32 scope) {
    tg_u32 found = ask.tally[scope].outstanding;
    tg_u32 most = ask.limits[scope].max_outstanding;
    tg_u32 beyond = tg_limit_is(ask.limits[scope], TG_LIMIT_MAX_OUTSTANDING) && found >= most;
    return tg_refusal_of(beyond, TG_LIMIT_MAX_OUTSTANDING, scope + 1u, (tg_i64)found, (tg_i64)most);
}

/* What the market refuses, in its order. */
TG_FN tg_refusal tg_permit_market(tg_permit ask) {
    tg_i64 price = ask.price * 100;
    tg_u32 above = ask.limit_up > 0 && price > ask.limit_up;
    tg_u32 below = ask.limit_down > 0 && price < ask.limit_down;
    tg_refusal guard = tg_refusal_of(ask.guarded, TG_LIMIT_GUARD, TG_SCOPE_GLOBAL, TG_NONE, TG_NONE);
    tg_refusal none = tg_refusal_of(!ask.has_price, TG_LIMIT_NO_PRICE, TG_SCOPE_GLOBAL, TG_NONE, TG_NONE);
    tg_refusal up = tg_refusal_of(above, TG_LIMIT_PRICE_LIMIT, TG_SCOPE_GLOBAL, price, ask.limit_up);
    tg_refusal down = tg_refusal_of(below, TG_LIMIT_PRICE_LIMIT, TG_SCOPE_GLOBAL, price, ask.limit_down);
    return tg_refusal_first(tg_refusal_first(guard, none), tg_refusal_first(up, down));
}

/* Asks every limit; of those that refuse, the first one. */
TG_FN tg_refusal tg_permit_order(tg_permit ask) {
    tg_refusal kill = tg_refusal_first(tg_permit_kill(ask, 0u), tg_permit_kill(ask, 1u));
    tg_refusal market = tg_permit_market(ask);
    tg_refusal band = tg_refusal_first(tg_permit_band(ask, 0u), tg_permit_band(ask, 1u));
    tg_refusal quantity = tg_refusal_first(tg_permit_quantity(ask, 0u), tg_permit_quantity(ask, 1u));
    tg_refusal sends = tg_refusal_first(tg_permit_sends(ask, 0u), tg_permit_sends(ask, 1u));
    tg_refusal total = tg_refusal_first(tg_permit_total_quantity(ask, 0u), tg_permit_total_quantity(ask, 1u));
    tg_refusal value = tg_refusal_first(tg_permit_total_value(ask, 0u), tg_permit_total_value(ask, 1u));
    tg_refusal open = tg_refusal_first(tg_permit_outstanding(ask, 0u), tg_permit_outstanding(ask, 1u));
    tg_refusal room = tg_refusal_of(!ask.has_room, TG_LIMIT_REQUESTS, TG_SCOPE_GLOBAL, TG_NONE, TG_NONE);
    tg_refusal about_price = tg_refusal_first(tg_refusal_first(kill, market), tg_refusal_first(band, quantity));
    tg_refusal about_sums = tg_refusal_first(tg_refusal_first(sends, total), tg_refusal_first(value, open));
    return tg_refusal_first(tg_refusal_first(about_price, about_sums), room);
}

#endif
