/* What `params` does: lines of the image go to whom they are for, and a block of parameters only when all of it is
 * sound.
 */
#ifndef TIDEGATE_STAGE_LOADER_H
#define TIDEGATE_STAGE_LOADER_H

#include "send.h"
#include "wire.h"

/* Who gets a load line. */
#define TG_TO_INDICATOR 1u
#define TG_TO_SEND 2u
#define TG_TO_PUBLISH 4u
#define TG_TO_ALL 7u

/* What the loader does next, when nothing waits to leave. */
#define TG_LOADER_IMAGE 0u  /* a line of the image */
#define TG_LOADER_CHECK 1u  /* a word of a block is checked, and kept */
#define TG_LOADER_SEND 2u   /* a line of the block that was kept */
#define TG_LOADER_IDLE 3u

#define TG_CHUNK_WORDS (TG_LOAD_CHUNK_BYTES / 8u)
#define TG_BLOCK_CHUNKS (TG_PARAM_BLOCK_BYTES / TG_LOAD_CHUNK_BYTES)

typedef struct {
    tg_load_line line;   /* that leaves, or is checked */
    tg_u32 to;           /* who is still to get it */
    tg_u32 mode;
    tg_u32 at;           /* next line in memory */
    tg_u32 chunk;        /* of the block under way */
    tg_u32 word;         /* of that chunk */
    tg_u32 crc;
    tg_u32 crc_wanted;
    tg_u32 sound;        /* so far */
    tg_u32 live;         /* the block is one of a live run */
    tg_u32 sent;
    tg_u32 refused;
    tg_u32 image_refused;
} tg_loader;

TG_FN tg_loader tg_loader_begin(void) {
    tg_loader out;
    out.line.table = TG_LINE_END;
    out.line.index = 0;
    TG_UNROLL
    for (int i = 0; i < 7; i++) out.line.words[i] = 0;
    out.to = 0;
    out.mode = TG_LOADER_IMAGE;
    out.at = 0;
    out.chunk = 0;
    out.word = 0;
    out.crc = 0;
    out.crc_wanted = 0;
    out.sound = 0;
    out.live = 0;
    out.sent = 0;
    out.refused = 0;
    out.image_refused = 0;
    return out;
}

/* Who needs a line of the image. */
TG_FN tg_u32 tg_loader_to(tg_u32 table) {
    tg_u32 to;
    switch (table) {
    case TG_LOAD_TABLE_IDS:
        to = TG_TO_INDICATOR | TG_TO_SEND;
        break;
    case TG_LOAD_TABLE_ORDER:
    case TG_LOAD_TABLE_CANCEL:
        to = TG_TO_SEND;
        break;
    case TG_LOAD_TABLE_PUBLISH:
        to = TG_TO_PUBLISH;
        break;
    case TG_LOAD_TABLE_READY:
        to = TG_TO_ALL;
        break;
    default:
        to = TG_TO_INDICATOR;
        break;
    }
    return to;
}

/* CRC-32 of IEEE 802.3 over eight more bytes, the first in the low byte. */
TG_FN tg_u32 tg_crc_word(tg_u32 crc, tg_u64 word) {
    tg_u32 out = crc;
    TG_UNROLL
    for (int i = 0; i < 64; i++) {
        out = out >> 1 ^ (((out ^ (tg_u32)(word >> i)) & 1u) ? 0xedb88320u : 0u);
    }
    return out;
}

/* A line of its own, for everybody. */
TG_FN tg_loader tg_loader_tells(tg_loader l, tg_u32 table) {
    tg_loader out = l;
    out.line.table = table;
    out.line.index = 0;
    out.to = TG_TO_ALL;
    out.mode = TG_LOADER_IDLE;
    return out;
}

/* A line of the image: it leaves, or a block begins. */
TG_FN tg_loader tg_loader_line(tg_loader l, tg_load_line line) {
    tg_loader out = l;
    const tg_u32 block = l.live || line.table == TG_LOAD_TABLE_BLOCK;
    out.line = line;
    out.to = block ? 0u : tg_loader_to(line.table);
    out.mode = block ? TG_LOADER_CHECK : TG_LOADER_IMAGE;
    out.at = l.at + 1u;
    out.chunk = 0;
    out.word = 0;
    out.crc = 0xffffffffu;
    out.sound = 1;
    return out;
}

/* The word of the block that is checked, as its checksum counts it. */
TG_FN tg_u64 tg_loader_word(tg_loader l) { return l.line.words[l.word < TG_CHUNK_WORDS ? l.word : 0u]; }

/* A word of a block is checked; `next` is the line behind it, where there is one. */
TG_FN tg_loader tg_loader_check(tg_loader l, tg_load_line next, tg_u32 has_next) {
    tg_loader out = l;
    const tg_u64 word = tg_loader_word(l);
    const tg_u32 first = l.chunk == 0u && l.word == 0u;
    const tg_u32 chunk_over = l.word + 1u == TG_CHUNK_WORDS;
    const tg_u32 over = chunk_over && l.chunk + 1u == TG_BLOCK_CHUNKS;
    const tg_u32 here = l.line.table == TG_LOAD_TABLE_BLOCK && l.line.index == l.chunk;
    const tg_u32 version = !first || (tg_u32)word == TG_PARAM_VERSION;
    const tg_u32 crc = tg_crc_word(l.crc, first ? word & 0xffffffffu : word);
    const tg_u32 sound = l.sound && here && version && (!chunk_over || over || has_next);
    const tg_u32 good = sound && ~crc == l.crc_wanted;
    out.crc = crc;
    out.crc_wanted = first ? (tg_u32)(word >> 32) : l.crc_wanted;
    out.sound = over ? good : sound;
    out.word = chunk_over ? 0u : l.word + 1u;
    out.chunk = over ? 0u : l.chunk + chunk_over;
    out.line = chunk_over && has_next ? next : l.line;
    out.at = l.at + (chunk_over && !over);
    out.mode = over ? TG_LOADER_SEND : TG_LOADER_CHECK;
    return out;
}

/* A block that was kept: refused whole, or one line of it leaves. */
TG_FN tg_loader tg_loader_send(tg_loader l, tg_load_line kept) {
    tg_loader out = l;
    const tg_u32 over = l.chunk + 1u == TG_BLOCK_CHUNKS;
    out.line = kept;
    out.to = TG_TO_INDICATOR;
    out.chunk = l.chunk + 1u;
    out.mode = !over ? TG_LOADER_SEND : l.live ? TG_LOADER_IDLE : TG_LOADER_IMAGE;
    out.sent = l.sent + over;
    return out;
}

TG_FN tg_loader tg_loader_refuse(tg_loader l) {
    tg_loader out = l.live ? l : tg_loader_tells(l, TG_LINE_REFUSED);
    out.mode = TG_LOADER_IDLE;
    out.refused = l.refused + 1u;
    out.image_refused = l.image_refused || !l.live;
    return out;
}

/* Whether the next step looks at a line in memory, and which. */
TG_FN tg_u32 tg_loader_reads(tg_loader l, tg_u32 lines) {
    const tg_u32 checks = l.mode == TG_LOADER_CHECK && l.word + 1u == TG_CHUNK_WORDS && l.chunk + 1u < TG_BLOCK_CHUNKS;
    return l.to == 0u && (l.mode == TG_LOADER_IMAGE || checks) && l.at < lines;
}

/* One step of the loader; `read` is the line at `at`. */
TG_FN tg_loader tg_loader_step(tg_loader l, tg_load_line read, tg_u32 reads, tg_load_line kept) {
    tg_loader out;
    if (l.to != 0u || l.mode == TG_LOADER_IDLE) out = l;
    else if (l.mode == TG_LOADER_IMAGE && reads) out = tg_loader_line(l, read);
    else if (l.mode == TG_LOADER_IMAGE) out = l.live ? tg_loader_refuse(l) : tg_loader_tells(l, TG_LINE_END);
    else if (l.mode == TG_LOADER_CHECK) out = tg_loader_check(l, read, reads);
    else out = l.sound ? tg_loader_send(l, kept) : tg_loader_refuse(l);
    return out;
}

/* A control word of a line, on its way. */
typedef struct {
    tg_log_word word;
    tg_u32 has;
    tg_u32 zero; /* 0 */
} tg_control;

TG_FN tg_control tg_control_none(void) {
    tg_control out;
    out.word = tg_log_word_of(tg_word_zero(), 0);
    out.has = 0;
    out.zero = 0;
    return out;
}

/* A part of a frame of the host, as a command carries it. */
TG_FN tg_host_word tg_host_word_of(tg_log_word command) {
    tg_host_word out = tg_host_word_none();
    out.length = (tg_u16)command.offset;
    out.cid = command.cid;
    TG_UNROLL
    for (int i = 0; i < 16; i++) out.bytes.byte[i] = command.word[i];
    return out;
}

/* The block of a live run begins at a line of the memory. */
TG_FN tg_loader tg_loader_live(tg_loader l, tg_u32 at) {
    tg_loader out = l;
    out.mode = TG_LOADER_IMAGE;
    out.at = at;
    out.live = 1;
    return out;
}

/* Whether every line that was asked for has left. */
TG_FN tg_u32 tg_loader_idle(tg_loader l) { return l.mode == TG_LOADER_IDLE && l.to == 0u; }

#endif
