/* The stage `send` for the Rust side: what travels is copied in and out as bytes of its layout. */
#include <string.h>

#include "stage/send.h"

size_t tidegate_send_bytes(void);
void tidegate_send_start(tg_send_state *state);
void tidegate_send_load(tg_send_state *state, const tg_u8 *line);
tg_u32 tidegate_send_idle(const tg_send_state *state);
tg_u32 tidegate_send_step(
    tg_send_state *state, tg_u32 text_layout, tg_u32 printed, const tg_u8 *intent, const tg_u8 *host,
    tg_u32 host_length, tg_u32 host_cid, tg_u8 *word, tg_u8 *event
);

static tg_descriptor descriptor(tg_u32 text_layout, tg_u32 printed) {
    tg_descriptor toe;
    memset(&toe, 0, sizeof toe);
    toe.text_layout = (tg_u8)text_layout;
    toe.printed = (tg_u8)printed;
    return toe;
}

size_t tidegate_send_bytes(void) {
    return sizeof(tg_send_state);
}

void tidegate_send_start(tg_send_state *state) {
    tg_send_start(state);
}

tg_u32 tidegate_send_idle(const tg_send_state *state) {
    return tg_send_idle(state);
}

void tidegate_send_load(tg_send_state *state, const tg_u8 *line) {
    tg_load_line load;
    memcpy(&load, line, sizeof load);
    tg_send_load(state, load);
}

/* Bits: 1 took the intent, 2 took the host's word, 4 a word, 8 an event. */
tg_u32 tidegate_send_step(
    tg_send_state *state, tg_u32 text_layout, tg_u32 printed, const tg_u8 *intent, const tg_u8 *host,
    tg_u32 host_length, tg_u32 host_cid, tg_u8 *word, tg_u8 *event
) {
    tg_send_in in;
    tg_send_out out;
    memset(&in, 0, sizeof in);
    in.has_intent = intent != NULL;
    in.has_host = host != NULL;
    if (intent) memcpy(&in.intent, intent, sizeof in.intent);
    if (host) memcpy(in.host.bytes.byte, host, sizeof in.host.bytes.byte);
    in.host.length = (tg_u16)host_length;
    in.host.cid = (tg_u8)host_cid;
    out = tg_send_step(state, descriptor(text_layout, printed), in);
    memcpy(word, out.word.byte, sizeof out.word.byte);
    memcpy(event, &out.event, sizeof out.event);
    return (tg_u32)out.took_intent | (tg_u32)out.took_host << 1 | (tg_u32)out.has_word << 2
         | (tg_u32)out.has_event << 3;
}
