/* The stage `decode` for the Rust side. */
#include <stddef.h>
#include <string.h>

#include "stage/decode.h"

size_t tidegate_decode_bytes(void);
void tidegate_decode_start(tg_decode_memory *memory);
tg_u32 tidegate_decode_idle(tg_decode_memory *memory);
tg_u32 tidegate_decode_waiting(const tg_decode_memory *memory);
void tidegate_decode_counters(const tg_decode_memory *memory, tg_u64 *counters);
tg_u32 tidegate_decode_step(tg_decode_memory *memory, const tg_u32 *config, const tg_u8 *word, tg_u8 *item);

size_t tidegate_decode_bytes(void) {
    return sizeof(tg_decode_memory);
}

void tidegate_decode_start(tg_decode_memory *memory) {
    tg_decode_start(tg_decode_state_of(memory));
}

tg_u32 tidegate_decode_idle(tg_decode_memory *memory) {
    return tg_decode_idle(tg_decode_state_of(memory));
}

tg_u32 tidegate_decode_waiting(const tg_decode_memory *memory) {
    return memory->registers.waiting;
}

/* Bytes, swallowed bytes, words. */
void tidegate_decode_counters(const tg_decode_memory *memory, tg_u64 *counters) {
    counters[0] = memory->registers.bytes;
    counters[1] = memory->registers.swallowed;
    counters[2] = memory->registers.toe.words;
}

/* Config: text layout, printed words, strict filler, prefix bytes, policy, line. A null word is none.
 * Gives the bits 1 took it, 2 an item. */
tg_u32 tidegate_decode_step(tg_decode_memory *memory, const tg_u32 *config, const tg_u8 *word, tg_u8 *item) {
    tg_decode_config how;
    tg_decode_out out;
    tg_log_word in;
    memset(&in, 0, sizeof in);
    if (word) memcpy(&in, word, sizeof in);
    how.descriptor.text_layout = (tg_u8)config[0];
    how.descriptor.printed = (tg_u8)config[1];
    how.descriptor.strict_filler = (tg_u8)config[2];
    how.descriptor.reserved = 0;
    how.descriptor.prefix_bytes = config[3];
    how.policy = config[4];
    how.line = config[5];
    out = tg_decode_step(tg_decode_state_of(memory), how, in, word != NULL);
    if (out.valid) memcpy(item, &out.item, sizeof out.item);
    return (out.took ? 1u : 0u) | (out.valid ? 2u : 0u);
}
