/* The stage `decode` over logs, to be compiled with sanitizers: `decode FILE`.
 *
 * The file is logs one behind the other: text layout, printed, strict filler, prefix bytes, policy, line,
 * number of words, 0, each 32 bits, then the words. Prints for each log how many items came out and the
 * FNV-1a hash of their bytes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stage/decode.h"

/* Eight snapshots of the hold, and the sessions of a stop, leave in fewer steps. */
#define PATIENCE 4000

struct log {
    tg_decode_memory *memory;
    tg_decode_config config;
    uint64_t items;
    uint64_t hash;
};

static int step(struct log *log, tg_log_word word, tg_u32 valid) {
    tg_decode_out out = tg_decode_step(tg_decode_state_of(log->memory), log->config, word, valid);
    unsigned char bytes[sizeof out.item];
    if (out.valid) {
        memcpy(bytes, &out.item, sizeof bytes);
        for (size_t i = 0; i < sizeof bytes; i++) log->hash = (log->hash ^ bytes[i]) * UINT64_C(0x100000001b3);
        log->items++;
    }
    return out.took != 0;
}

static int run(FILE *file, struct log *log, const tg_u32 *head) {
    tg_log_word word;
    log->config.descriptor.text_layout = (tg_u8)head[0];
    log->config.descriptor.printed = (tg_u8)head[1];
    log->config.descriptor.strict_filler = (tg_u8)head[2];
    log->config.descriptor.reserved = 0;
    log->config.descriptor.prefix_bytes = head[3];
    log->config.policy = head[4];
    log->config.line = head[5];
    log->items = 0;
    log->hash = UINT64_C(0xcbf29ce484222325);
    tg_decode_start(tg_decode_state_of(log->memory));
    for (tg_u32 i = 0; i < head[6]; i++) {
        int tries = 0;
        if (fread(&word, sizeof word, 1, file) != 1) return 1;
        while (!step(log, word, 1)) {
            if (++tries > PATIENCE) return 2;
        }
    }
    memset(&word, 0, sizeof word);
    for (int tries = 0; !tg_decode_idle(tg_decode_state_of(log->memory)); tries++) {
        if (tries > PATIENCE) return 3;
        step(log, word, 0);
    }
    printf("%" PRIu64 " %016" PRIx64 "\n", log->items, log->hash);
    return 0;
}

int main(int count, char **names) {
    struct log log;
    tg_u32 head[8];
    int failed = 0;
    FILE *file = count == 2 ? fopen(names[1], "rb") : NULL;
    if (!file) {
        fprintf(stderr, "usage: decode FILE\n");
        return 64;
    }
    while (!failed && fread(head, sizeof head, 1, file) == 1) {
        /* Memory of its own for each log, as big as it must be: what lies beyond it is found. */
        log.memory = malloc(sizeof *log.memory);
        if (!log.memory) return 65;
        /* Not zeros: what is read must have been written. */
        memset(log.memory, 0xa5, sizeof *log.memory);
        failed = run(file, &log, head);
        free(log.memory);
    }
    fclose(file);
    return failed;
}
