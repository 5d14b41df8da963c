/* The stage `publish` for the Rust side. */
#include <string.h>

#include "stage/publish.h"

size_t tidegate_publish_bytes(void);
void tidegate_publish_start(tg_publish_state *state);
void tidegate_publish_load(tg_publish_state *state, const tg_u8 *line);
tg_u32 tidegate_publish_idle(const tg_publish_state *state);
tg_u32 tidegate_publish_step(
    tg_publish_state *state, tg_u32 text_layout, tg_u32 printed, const tg_u8 *event, const tg_u8 *record,
    tg_u32 what, tg_u8 *word
);

size_t tidegate_publish_bytes(void) {
    return sizeof(tg_publish_state);
}

void tidegate_publish_start(tg_publish_state *state) {
    tg_publish_start(state);
}

tg_u32 tidegate_publish_idle(const tg_publish_state *state) {
    return tg_publish_idle(state);
}

void tidegate_publish_load(tg_publish_state *state, const tg_u8 *line) {
    tg_publish_in in;
    tg_descriptor toe;
    memset(&in, 0, sizeof in);
    memset(&toe, 0, sizeof toe);
    memcpy(&in.load, line, sizeof in.load);
    in.has_load = 1;
    (void)tg_publish_step(state, toe, in);
}

/* An event of the indicator; or a record, the bits of `what` being 1 ends, 2 flush, 4 heartbeat, 8
 * nothing at all. Gives the bits 1 took it, 2 a word. */
tg_u32 tidegate_publish_step(
    tg_publish_state *state, tg_u32 text_layout, tg_u32 printed, const tg_u8 *event, const tg_u8 *record,
    tg_u32 what, tg_u8 *word
) {
    tg_publish_in in;
    tg_publish_out out;
    tg_descriptor toe;
    memset(&in, 0, sizeof in);
    memset(&toe, 0, sizeof toe);
    toe.text_layout = (tg_u8)text_layout;
    toe.printed = (tg_u8)printed;
    if (event) {
        tg_event from;
        memcpy(&from, event, sizeof from);
        in.in = tg_publish_of(from);
    } else {
        if (record) memcpy(in.in.words, record, sizeof in.in.words);
        in.in.record = record != NULL;
        in.in.ends = what & 1u;
        in.in.flush = what >> 1 & 1u;
        in.in.heartbeat = what >> 2 & 1u;
    }
    in.has_in = (what & 8u) == 0;
    out = tg_publish_step(state, toe, in);
    memcpy(word, out.word.byte, sizeof out.word.byte);
    return (tg_u32)out.took_in | (tg_u32)out.has_word << 1;
}
