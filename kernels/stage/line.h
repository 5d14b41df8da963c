/* What stands between an I/O channel and a decode stage: words, and the control words among them.
 */
#ifndef TIDEGATE_STAGE_LINE_H
#define TIDEGATE_STAGE_LINE_H

#include "decode.h"

/* 1: control words stand where they stood in a log; 0: they count as soon as they come. */
#ifndef TG_REPLAYS
#define TG_REPLAYS 0u
#endif

/* What a line holds until its stage takes it. */
typedef struct {
    tg_log_word control;
    tg_word word;
    tg_u64 words;       /* read from the I/O channel */
    tg_u32 has_control;
    tg_u32 has_word;
} tg_line;

TG_FN tg_log_word tg_log_word_of(tg_word word, tg_u32 line) {
    tg_log_word out;
    out.op = TG_LOG_OP_WORD;
    out.line = (tg_u8)line;
    out.cid = 0;
    out.how = 0;
    out.session = 0;
    out.reserved = 0;
    out.offset = 0;
    TG_UNROLL
    for (int i = 0; i < 16; i++) out.word[i] = word.byte[i];
    return out;
}

TG_FN tg_line tg_line_begin(void) {
    tg_line out;
    out.word = tg_word_zero();
    out.control = tg_log_word_of(tg_word_zero(), 0);
    out.words = 0;
    out.has_control = 0;
    out.has_word = 0;
    return out;
}

/* Words of the line before a control word, in a replay. */
TG_FN tg_u64 tg_line_at(tg_log_word control) {
    tg_u64 at = 0;
    TG_UNROLL
    for (int i = 0; i < 8; i++) at |= (tg_u64)control.word[8 + i] << (8 * i);
    return at;
}

/* Whether the I/O channel is read. A replay knows the next control word before it reads on, so that
 * the control word comes neither early nor late; a live line takes it as soon as it comes. */
TG_FN tg_u32 tg_line_reads(tg_line line, tg_u32 has_control, tg_log_word control) {
    const tg_u32 before = TG_REPLAYS ? has_control && line.words < tg_line_at(control) : !has_control;
    return !line.has_word && before;
}

/* Whether the control word is what comes next, when no word is held. */
TG_FN tg_u32 tg_line_controls(tg_line line, tg_u32 has_control, tg_log_word control) {
    return TG_REPLAYS ? has_control && line.words == tg_line_at(control) : has_control;
}

/* The item as it leaves: the last one of a line also says what the line did. */
TG_FN tg_any_item tg_line_item(tg_decode_state state, tg_item item) {
    tg_any_item out;
    const tg_u32 last = item.kind == TG_ITEM_KIND_STOPPED;
    tg_item said = item;
    said.payload[0] = last ? state.registers->bytes : item.payload[0];
    said.payload[1] = last ? state.registers->swallowed : item.payload[1];
    said.payload[2] = last ? state.registers->toe.words : item.payload[2];
    out.item = said;
    return out;
}

#endif
