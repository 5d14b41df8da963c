/* The indicator: decisions, with limits, orders and cancel requests. */
#ifndef TIDEGATE_STAGE_INDICATOR_DECISION_H
#define TIDEGATE_STAGE_INDICATOR_DECISION_H

#include "trigger.h"

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

#endif
