/* The indicator: events, and decisions as events. */
#ifndef TIDEGATE_STAGE_INDICATOR_EVENT_H
#define TIDEGATE_STAGE_INDICATOR_EVENT_H

#include "state.h"

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
    out.depth = tg_depth_update_of(TG_NO_ROW, 0u);
    out.row = tg_quote_row_none();
    out.request = tg_request_none();
    out.took = 0;
    out.has_event = 0;
    out.has_intent = 0;
    out.row_shown = 0;
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

#endif
