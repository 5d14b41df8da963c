/* The indicator: reports move the record table. */
#ifndef TIDEGATE_STAGE_INDICATOR_FEEDBACK_H
#define TIDEGATE_STAGE_INDICATOR_FEEDBACK_H

#include "index.h"

/* A report whose time does not exist leaves every time as it is. */
TG_FN tg_report tg_report_timed(tg_report report) {
    tg_report out = report;
    out.time = tg_time_possible(report.time) ? report.time : 0;
    return out;
}

TG_FN tg_named tg_indicator_named(tg_indicator s, tg_report report) {
    tg_named out;
    out.named = s.r->named;
    out.order = s.r->order;
    out.named_at = tg_ids_row(s.r->ids, report.cl_ord_id, s.r->request_count);
    out.order_at = s.r->order_at;
    out.original_at = tg_ids_row(s.r->ids, report.orig_cl_ord_id, s.r->request_count);
    out.zero = 0;
    return out;
}

/* The row that a report needs in this step. */
TG_FN tg_u32 tg_indicator_report_at(tg_indicator s, tg_report report) {
    tg_u32 named = tg_ids_row(s.r->ids, report.cl_ord_id, s.r->request_count);
    tg_u32 original = tg_ids_row(s.r->ids, report.orig_cl_ord_id, s.r->request_count);
    tg_u32 cancels = tg_report_class(report) == TG_REPORT_CANCELS;
    tg_u32 order = cancels ? original : s.r->named.of;
    tg_u32 found = s.r->report_step == TG_REPORT_ORDER ? order : named;
    return s.r->report_step == TG_REPORT_SEARCH ? s.r->scan_at : found;
}

/* Looks up what a report names, one row a step. */
TG_FN void tg_indicator_report_order(tg_indicator s, tg_report report, tg_request row) {
    tg_named rows = tg_indicator_named(s, report);
    tg_u32 kind = tg_report_class(report);
    tg_u32 named_is_order = rows.named_at != TG_NO_ROW && tg_request_is_order(rows.named);
    tg_u32 by_original = rows.original_at != TG_NO_ROW && tg_request_is_order(row);
    tg_u32 searches = !tg_text_pair_is_blank(tg_text_pair(report.order_id)) && s.r->request_count != 0u;
    tg_u32 by_name = named_is_order ? rows.named_at : TG_NO_ROW;
    tg_u32 cancelled = by_original ? rows.original_at : by_name;
    tg_u32 at = kind == TG_REPORT_KEEPS ? rows.named.of : cancelled;
    s.r->order_at = at;
    s.r->order = kind == TG_REPORT_CANCELS && !by_original ? rows.named : row;
    s.r->scan_at = 0;
    s.r->report_step = kind == TG_REPORT_CANCELS && at == TG_NO_ROW && searches ? TG_REPORT_SEARCH : TG_REPORT_REQUEST;
}

/* One row of the search by OrderID. */
TG_FN void tg_indicator_report_search(tg_indicator s, tg_report report, tg_request row) {
    tg_u32 found = tg_request_has_id(row, report);
    tg_u32 at = s.r->scan_at;
    s.r->order_at = found ? at : TG_NO_ROW;
    s.r->order = row;
    s.r->scan_at = at + 1u;
    s.r->report_step = found || at + 1u >= s.r->request_count ? TG_REPORT_REQUEST : TG_REPORT_SEARCH;
}

/* What a report still needs before it is applied; `row` is that of `tg_indicator_report_at`. */
TG_FN void tg_indicator_report_ahead(tg_indicator s, tg_report report, tg_request row) {
    tg_u32 kind = tg_report_class(report);
    tg_u32 other = kind == TG_REPORT_CANCELS || kind == TG_REPORT_KEEPS;
    if (s.r->report_step == TG_REPORT_NAMED) {
        s.r->named = row;
        s.r->order_at = TG_NO_ROW;
        s.r->report_step = other ? TG_REPORT_ORDER : TG_REPORT_REQUEST;
    } else if (s.r->report_step == TG_REPORT_ORDER) {
        tg_indicator_report_order(s, report, row);
    } else if (s.r->report_step == TG_REPORT_SEARCH) {
        tg_indicator_report_search(s, report, row);
    } else {
        tg_fed fed = tg_feed(tg_indicator_named(s, report), tg_report_timed(report));
        if (fed.request_at != TG_NO_ROW) tg_indicator_put_request(s, fed.request_at, fed.request);
        s.r->report_step = TG_REPORT_APPLY;
    }
}

/* The sequence of ReportIndex in a partition; whether the partition is one too many. */
TG_FN tg_u32 tg_indicator_place(tg_indicator s, tg_report report) {
    tg_u32 found = 0;
    tg_u32 at = 0;
    TG_UNROLL
    for (tg_u32 i = 0; i < TG_MAX_PARTITIONS; i++) {
        tg_u32 is = i < s.r->partitions.count && s.r->partitions.of[i] == report.partition_no;
        at = is ? i : at;
        found = found || is;
    }
    tg_i64 last = s.r->partitions.last[at];
    tg_place place = tg_place_judge(found, at, s.r->partitions.count, last, report.report_index);
    if (report.has_place) {
        s.r->counters.report_jumps = s.r->counters.report_jumps + (place.jumped != 0u);
        s.r->counters.report_jumped = tg_saturated_sum(s.r->counters.report_jumped, place.jumped);
        s.r->counters.report_repeats = s.r->counters.report_repeats + place.repeats;
    }
    if (report.has_place && place.writes) {
        s.r->partitions.of[place.at] = report.partition_no;
        s.r->partitions.last[place.at] = report.report_index;
        s.r->partitions.count = s.r->partitions.count + !found;
    }
    return report.has_place && place.too_many;
}

/* An order moved: what is outstanding, and what may be asked. */
TG_FN void tg_indicator_order_moved(tg_indicator s, tg_request before, tg_request after) {
    tg_u32 trigger = before.trigger & 15u;
    tg_u32 closed = tg_request_is_open(before) && !tg_request_is_open(after);
    tg_u32 less = tg_request_is_askable(before) && !tg_request_is_askable(after);
    tg_u32 more = !tg_request_is_askable(before) && tg_request_is_askable(after);
    TG_UNROLL
    for (int i = 0; i < 2; i++) {
        tg_u32 of = i == 0 ? TG_ALL : trigger;
        s.r->tallies[of].outstanding = s.r->tallies[of].outstanding - closed;
        s.r->tallies[of].askable = s.r->tallies[of].askable + more - less;
    }
}

/* A report that came whole and intact is applied. */
TG_FN tg_event tg_indicator_report(tg_indicator s, tg_report given, tg_event event) {
    tg_event out = event;
    tg_any_item whole;
    tg_report report = tg_report_timed(given);
    tg_u32 too_many = tg_indicator_place(s, report);
    tg_named rows = tg_indicator_named(s, report);
    tg_fed fed = tg_feed(rows, report);
    tg_u32 is_named = fed.order_at == rows.named_at;
    tg_u32 applied = fed.verdict == TG_VERDICT_APPLIED;
    if (fed.order_at != TG_NO_ROW) {
        tg_indicator_order_moved(s, is_named ? rows.named : rows.order, fed.order);
        tg_indicator_put_request(s, fed.order_at, fed.order);
    }
    s.r->counters.missed_fills = s.r->counters.missed_fills + (fed.missed > 0);
    /* Whatever else comes must not move the time: anybody's report may be unknown. */
    tg_u32 timeless = applied ? tg_indicator_stamp(s, given.time) == 0 : 0u;
    whole.report = report;
    TG_UNROLL
    for (int i = 0; i < 15; i++) out.body[i] = whole.item.payload[i];
    tg_u32 contradicts = fed.verdict == TG_VERDICT_CONTRADICTORY;
    tg_u32 second = contradicts ? TG_FAULT_FEEDBACK_CONTRADICTION : 0u;
    tg_u32 first = timeless ? TG_FAULT_DECODE_TIME : second;
    out.has = event.has | TG_EVENT_MARK_REPORT;
    out.after = (tg_u8)(too_many && !timeless ? TG_FAULT_FEEDBACK_PARTITION : first);
    out.after_too = (tg_u8)(too_many ? (timeless ? TG_FAULT_FEEDBACK_PARTITION : second) : 0u);
    out.verdict = fed.verdict;
    out.request = fed.about;
    out.state = fed.state;
    out.cum = fed.cum;
    out.missed = fed.missed;
    s.r->report_step = TG_REPORT_NAMED;
    return out;
}

#endif
