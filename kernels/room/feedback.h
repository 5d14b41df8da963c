/* Reports, and the record table: one row a request, found by its ClOrdID.
 * host/pipeline/src/feedback.rs; the rules stand in host/pipeline/TRIGGERS.md. */
#ifndef TIDEGATE_ROOM_FEEDBACK_H
#define TIDEGATE_ROOM_FEEDBACK_H

#include "order.h"
#include "time.h"

/* Of a row: no trigger. */
#define TG_NO_TRIGGER 255u

/* What a report is about. */
#define TG_REPORT_OTHER 0u
#define TG_REPORT_ACKNOWLEDGES 1u
#define TG_REPORT_REJECTS 2u
#define TG_REPORT_FILLS 3u
#define TG_REPORT_CANCELS 4u
#define TG_REPORT_KEEPS 5u      /* a cancel request is refused */
#define TG_REPORT_NOT_OURS 6u

TG_FN tg_u32 tg_report_class(tg_report report) {
    tg_u32 state = report.msg_type == TG_MSG_ORDER_REPORT;
    tg_u32 business = report.msg_type == TG_MSG_TRADING_BUSINESS_REJECT;
    tg_u32 keeps = report.msg_type == TG_MSG_CANCEL_REJECT || report.ref_msg_type == TG_MSG_ORDER_CANCEL_REQUEST;
    tg_u32 fills = report.msg_type == TG_MSG_FILL_REPORT && report.exec_type == TG_EXEC_TYPE_TRADE;
    tg_u32 of_order = report.ref_msg_type == TG_MSG_NEW_ORDER ? TG_REPORT_REJECTS : TG_REPORT_NOT_OURS;
    tg_u32 other = fills ? TG_REPORT_FILLS : (business ? of_order : TG_REPORT_OTHER);
    switch (state ? report.exec_type : 0u) {
    case TG_EXEC_TYPE_NEW:
        return TG_REPORT_ACKNOWLEDGES;
    case TG_EXEC_TYPE_REJECT:
        return TG_REPORT_REJECTS;
    case TG_EXEC_TYPE_CANCEL:
        return TG_REPORT_CANCELS;
    default:
        return keeps ? TG_REPORT_KEEPS : other;
    }
}

/* The row of a ClOrdID that was made here, if it is below `count`; all ones for none. */
TG_FN tg_u32 tg_ids_row(tg_ids ids, const tg_u8 id[10], tg_u32 count) {
    tg_u64 number = 0;
    tg_u32 good = 1;
    TG_UNROLL
    for (int i = 0; i < 10; i++) {
        tg_u32 is_prefix = i < ids.prefix_bytes;
        tg_u32 digit = (tg_u32)id[i] - 0x30u;
        good = good && (is_prefix ? id[i] == ids.prefix[i] : digit < 10u);
        number = is_prefix ? number : number * 10u + digit;
    }
    tg_u64 row = number - ids.first;
    return good && number >= ids.first && row < count ? (tg_u32)row : TG_NO_ROW;
}

TG_FN tg_u32 tg_request_is_order(tg_request row) { return row.of == TG_NO_ROW; }

/* Whether an order in this state may still trade. */
TG_FN tg_u32 tg_state_is_outstanding(tg_u32 state) {
    return state >= TG_STATE_SENT && state <= TG_STATE_PARTLY_FILLED;
}

TG_FN tg_u32 tg_request_is_open(tg_request row) {
    return tg_request_is_order(row) && tg_state_is_outstanding(row.state);
}

/* Whether a request to cancel it may leave. */
TG_FN tg_u32 tg_request_is_askable(tg_request row) { return tg_request_is_open(row) && !row.cancelling; }

/* Sixteen characters as two numbers. */
TG_FN tg_wide tg_text_pair(const tg_u8 text[16]) {
    tg_wide out;
    out.lo = tg_text_number(text);
    out.hi = tg_text_number(text + 8);
    return out;
}

TG_FN tg_u32 tg_text_pair_is_blank(tg_wide text) {
    return tg_text_key(text.lo) == TG_BLANK_KEY && tg_text_key(text.hi) == TG_BLANK_KEY;
}

/* Whether an order has the OrderID of a report: found by it, where nothing else names it. */
TG_FN tg_u32 tg_request_has_id(tg_request row, tg_report report) {
    tg_wide a = tg_text_pair(row.order_id);
    tg_wide b = tg_text_pair(report.order_id);
    return tg_request_is_order(row) && a.lo == b.lo && a.hi == b.hi;
}

/* Whether a report is about this order as far as both say. */
TG_FN tg_u32 tg_request_agrees(tg_request row, tg_report report) {
    tg_u32 named = report.msg_type != TG_MSG_TRADING_BUSINESS_REJECT;
    tg_u64 of_report = tg_text_key(tg_text_number(report.security));
    tg_u64 of_row = tg_text_key(tg_text_number(row.security));
    tg_u32 security = of_report == of_row || (!named && of_report == TG_BLANK_KEY);
    tg_u32 side = !named || report.side == row.side;
    tg_u32 quantity = report.msg_type != TG_MSG_ORDER_REPORT || report.quantity == row.quantity;
    tg_wide id = tg_text_pair(report.order_id);
    tg_wide kept = tg_text_pair(row.order_id);
    tg_u32 blank = tg_text_pair_is_blank(id) || tg_text_pair_is_blank(kept);
    return security && side && quantity && (blank || (id.lo == kept.lo && id.hi == kept.hi));
}

/* An order moves to a state, with what the report says of it. */
TG_FN tg_request tg_request_applied(tg_request before, tg_u32 state, tg_i64 cum, tg_report report) {
    tg_request out = before;
    tg_u32 takes_id = tg_text_pair_is_blank(tg_text_pair(before.order_id)) &&
                      !tg_text_pair_is_blank(tg_text_pair(report.order_id));
    out.state = (tg_u8)state;
    out.cum = cum;
    out.reported = tg_most(before.reported, report.time);
    TG_UNROLL
    for (int i = 0; i < 16; i++) out.order_id[i] = takes_id ? report.order_id[i] : before.order_id[i];
    return out;
}

/* The rows that a report names; what it does not name has the place TG_NO_ROW. */
typedef struct {
    tg_request named;    /* row of its ClOrdID */
    tg_request order;    /* the order it is about, where that is another row or found in another way */
    tg_u32 named_at;
    tg_u32 order_at;
    tg_u32 original_at;  /* row of its OrigClOrdID */
    tg_u32 zero;         /* 0 */
} tg_named;

/* What a report does. */
typedef struct {
    tg_request order;     /* afterwards */
    tg_request request;   /* the cancel request afterwards */
    tg_i64 missed;        /* 1e-2 shares traded without a fill of their own */
    tg_u32 order_at;      /* TG_NO_ROW: no order moves */
    tg_u32 request_at;    /* TG_NO_ROW: no cancel request moves */
    tg_u32 about;         /* the request it is about; TG_NO_ROW for none */
    tg_u8 verdict;
    tg_u8 state;          /* of that request afterwards; 0 for none */
    tg_u8 zero[2];        /* 0 */
    tg_i64 cum;           /* of that request afterwards */
} tg_fed;

TG_FN tg_fed tg_fed_only(tg_named rows, tg_u32 verdict, tg_u32 about) {
    tg_fed out;
    out.order = rows.order;
    out.request = rows.named;
    out.missed = 0;
    out.order_at = TG_NO_ROW;
    out.request_at = TG_NO_ROW;
    out.about = about;
    out.verdict = (tg_u8)verdict;
    out.state = 0;
    out.zero[0] = 0;
    out.zero[1] = 0;
    out.cum = 0;
    return out;
}

/* 200102 of a new order. */
TG_FN tg_fed tg_feed_acknowledge(tg_named rows, tg_report report) {
    tg_request row = rows.named;
    tg_u32 adds_up = report.ord_status == TG_ORD_STATUS_NEW && report.cum == 0 && report.leaves == row.quantity;
    tg_u32 again = row.state == TG_STATE_ACKNOWLEDGED ? TG_VERDICT_DUPLICATE : TG_VERDICT_LATE;
    tg_u32 moves = row.state == TG_STATE_SENT ? TG_VERDICT_APPLIED : again;
    tg_u32 verdict = adds_up ? moves : TG_VERDICT_CONTRADICTORY;
    tg_fed out = tg_fed_only(rows, verdict, rows.named_at);
    out.order = tg_request_applied(row, TG_STATE_ACKNOWLEDGED, row.cum, report);
    out.order_at = verdict == TG_VERDICT_APPLIED ? rows.named_at : TG_NO_ROW;
    return out;
}

/* 200102 of a rejected order, and 4. */
TG_FN tg_fed tg_feed_reject(tg_named rows, tg_report report) {
    tg_request row = rows.named;
    tg_u32 status = report.msg_type != TG_MSG_ORDER_REPORT || report.ord_status == TG_ORD_STATUS_REJECTED;
    tg_u32 again = row.state == TG_STATE_REJECTED ? TG_VERDICT_DUPLICATE : TG_VERDICT_CONTRADICTORY;
    tg_u32 moves = row.state == TG_STATE_SENT ? TG_VERDICT_APPLIED : again;
    tg_u32 adds_up = status && report.cum == 0 && report.leaves == 0;
    tg_u32 verdict = adds_up ? moves : TG_VERDICT_CONTRADICTORY;
    tg_fed out = tg_fed_only(rows, verdict, rows.named_at);
    out.order = tg_request_applied(row, TG_STATE_REJECTED, row.cum, report);
    out.order.reason = report.reason;
    out.order_at = verdict == TG_VERDICT_APPLIED ? rows.named_at : TG_NO_ROW;
    return out;
}

/* 200115. */
TG_FN tg_fed tg_feed_fill(tg_named rows, tg_report report) {
    tg_request row = rows.named;
    tg_u32 whole = report.leaves == 0;
    tg_u8 wanted = whole ? TG_ORD_STATUS_FILLED : TG_ORD_STATUS_PART_FILLED;
    /* All three are in range before they are added. */
    tg_u32 in_range = report.cum >= 1 && report.cum <= row.quantity && report.last >= 1 && report.last <= report.cum;
    tg_i64 cum = in_range ? report.cum : 0;
    tg_i64 last = in_range ? report.last : 0;
    tg_u32 adds_up = in_range && report.ord_status == wanted && report.leaves == row.quantity - cum && report.last_px > 0;
    tg_u32 moves = tg_state_is_outstanding(row.state) && cum - last >= row.cum;
    tg_u32 more = moves ? TG_VERDICT_APPLIED : TG_VERDICT_CONTRADICTORY;
    tg_u32 known = cum == row.cum ? TG_VERDICT_DUPLICATE : TG_VERDICT_LATE;
    tg_u32 says = cum > row.cum ? more : known;
    tg_u32 verdict = adds_up ? says : TG_VERDICT_CONTRADICTORY;
    tg_fed out = tg_fed_only(rows, verdict, rows.named_at);
    out.order = tg_request_applied(row, whole ? TG_STATE_FILLED : TG_STATE_PARTLY_FILLED, cum, report);
    out.order.fills = row.fills + 1u;
    out.missed = verdict == TG_VERDICT_APPLIED ? cum - last - row.cum : 0;
    out.order_at = verdict == TG_VERDICT_APPLIED ? rows.named_at : TG_NO_ROW;
    return out;
}

/* 200102 of a cancel. The exchange's own cancels may name the order in any of three ways. */
TG_FN tg_fed tg_feed_cancel(tg_named rows, tg_report report) {
    tg_request row = rows.order;
    tg_u32 found = rows.order_at != TG_NO_ROW;
    /* The ClOrdID names the order itself, or a request, which must be one to cancel this order. */
    tg_u32 request_at = rows.named_at == rows.order_at ? TG_NO_ROW : rows.named_at;
    tg_u32 has_request = request_at != TG_NO_ROW;
    tg_u32 ours = !has_request || rows.named.of == rows.order_at;
    tg_u32 in_range = report.cum >= row.cum && report.cum <= row.quantity;
    tg_u32 adds_up = tg_request_agrees(row, report) && ours && report.ord_status == TG_ORD_STATUS_CANCELLED &&
                     report.leaves == 0 && in_range;
    tg_u32 again = row.state == TG_STATE_CANCELLED && report.cum == row.cum;
    tg_u32 repeats = again ? TG_VERDICT_DUPLICATE : TG_VERDICT_CONTRADICTORY;
    tg_u32 moves = tg_state_is_outstanding(row.state) ? TG_VERDICT_APPLIED : repeats;
    tg_u32 none = has_request ? TG_VERDICT_CONTRADICTORY : TG_VERDICT_UNKNOWN;
    tg_u32 verdict = found ? (adds_up ? moves : TG_VERDICT_CONTRADICTORY) : none;
    tg_u32 applied = verdict == TG_VERDICT_APPLIED;
    tg_u32 ends_request = applied && has_request && rows.named.state == TG_STATE_SENT;
    tg_fed out = tg_fed_only(rows, verdict, found ? rows.order_at : request_at);
    out.order = tg_request_applied(row, TG_STATE_CANCELLED, report.cum, report);
    out.order.cancelling = 0;
    out.order.reason = report.reason;
    out.request.state = TG_STATE_DONE;
    out.request.reported = tg_most(rows.named.reported, report.time);
    out.missed = applied ? report.cum - row.cum : 0;
    out.order_at = applied ? rows.order_at : TG_NO_ROW;
    out.request_at = ends_request ? request_at : TG_NO_ROW;
    return out;
}

/* 290008, and 4: the order stays as it is, and may be asked again. */
TG_FN tg_fed tg_feed_keep(tg_named rows, tg_report report) {
    tg_request row = rows.named;
    tg_u32 names_it = report.msg_type != TG_MSG_CANCEL_REJECT || rows.original_at == row.of;
    tg_u32 agrees = names_it && tg_request_agrees(rows.order, report);
    tg_u32 again = row.state == TG_STATE_REJECTED ? TG_VERDICT_DUPLICATE : TG_VERDICT_CONTRADICTORY;
    tg_u32 moves = row.state == TG_STATE_SENT ? TG_VERDICT_APPLIED : again;
    tg_u32 verdict = !tg_request_is_order(row) && agrees ? moves : TG_VERDICT_CONTRADICTORY;
    tg_u32 applied = verdict == TG_VERDICT_APPLIED;
    tg_fed out = tg_fed_only(rows, verdict, rows.named_at);
    out.request.state = TG_STATE_REJECTED;
    out.request.reason = report.reason;
    out.request.reported = tg_most(row.reported, report.time);
    out.order.cancelling = 0;
    out.order_at = applied ? rows.order_at : TG_NO_ROW;
    out.request_at = applied ? rows.named_at : TG_NO_ROW;
    return out;
}

/* What a report of a kind does. */
TG_FN tg_fed tg_feed_kind(tg_named rows, tg_report report, tg_u32 kind) {
    tg_u32 named = rows.named_at != TG_NO_ROW;
    tg_u32 agrees = named && tg_request_is_order(rows.named) && tg_request_agrees(rows.named, report);
    tg_u32 unknown = named ? TG_VERDICT_CONTRADICTORY : TG_VERDICT_UNKNOWN;
    tg_fed other = tg_fed_only(rows, unknown, rows.named_at);
    switch (kind) {
    case TG_REPORT_ACKNOWLEDGES:
        return agrees ? tg_feed_acknowledge(rows, report) : other;
    case TG_REPORT_REJECTS:
        return agrees ? tg_feed_reject(rows, report) : other;
    case TG_REPORT_FILLS:
        return agrees ? tg_feed_fill(rows, report) : other;
    case TG_REPORT_CANCELS:
        return tg_feed_cancel(rows, report);
    case TG_REPORT_KEEPS:
        return named ? tg_feed_keep(rows, report) : other;
    case TG_REPORT_NOT_OURS:
        return tg_fed_only(rows, TG_VERDICT_UNKNOWN, TG_NO_ROW);
    default:
        return other;
    }
}

/* Applies a report whose sequence was judged; its time is 0 where it does not exist. */
TG_FN tg_fed tg_feed(tg_named rows, tg_report report) {
    tg_u32 kind = tg_report_class(report);
    tg_fed out = tg_feed_kind(rows, report, kind);
    /* As the row is afterwards: the cancel request that is refused, or else the order. */
    tg_u32 there = out.about != TG_NO_ROW;
    tg_u32 request_moves = kind == TG_REPORT_KEEPS && out.request_at != TG_NO_ROW;
    tg_request stays = out.about == rows.named_at ? rows.named : rows.order;
    tg_request order = out.order_at == out.about ? out.order : stays;
    tg_request about = request_moves ? out.request : order;
    out.state = (tg_u8)(there ? about.state : 0u);
    out.cum = there ? about.cum : 0;
    return out;
}

/* The last ReportIndex of each partition, in the order in which they came. */
typedef struct {
    tg_i64 last[TG_MAX_PARTITIONS];
    tg_u32 of[TG_MAX_PARTITIONS];
    tg_u32 count;
    tg_u32 zero; /* 0 */
} tg_partitions;

/* What a ReportIndex says. */
typedef struct {
    tg_u64 jumped;   /* numbers left out; 0 for the next one */
    tg_u32 at;       /* place of the partition */
    tg_u8 writes;    /* the place keeps the index, and is taken if it was free */
    tg_u8 repeats;   /* at or below the last one */
    tg_u8 too_many;  /* one partition more than are followed */
    tg_u8 zero;      /* 0 */
} tg_place;

/* Judges the next ReportIndex of a partition whose last one, at `at`, is `last`; a series starts at 1. */
TG_FN tg_place tg_place_judge(tg_u32 found, tg_u32 at, tg_u32 count, tg_i64 last, tg_i64 index) {
    tg_place out;
    tg_i64 before = found ? last : 0;
    tg_u32 full = !found && count >= TG_MAX_PARTITIONS;
    tg_u32 above = index > before;
    out.jumped = above && !full ? (tg_u64)index - (tg_u64)before - 1u : 0u;
    out.at = found ? at : count;
    out.writes = (tg_u8)(above && !full);
    out.repeats = (tg_u8)(!above && !full);
    out.too_many = (tg_u8)full;
    out.zero = 0;
    return out;
}

#endif
