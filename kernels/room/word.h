/* Words of an IO channel, as both ends of a TOE write and read them: host/pipeline/src/toe.rs. */
#ifndef TIDEGATE_ROOM_WORD_H
#define TIDEGATE_ROOM_WORD_H

#include "../compat.h"

#define TG_WORD_FILLER 0x55u

/* One word: byte 0 is the first in channel order. */
typedef struct {
    tg_u8 byte[TG_BEAT_BYTES];
} tg_word;

/* How a TOE lays out its words: constants that the wiring passes. */
typedef struct {
    tg_u8 text_layout;    /* 1: the high byte of the length first; 0: the low one, as the sample proves */
    tg_u8 printed;        /* 1: words as in a printed dump; 0: reversed, as a channel gives them */
    tg_u8 strict_filler;  /* 1: a filler other than 0x55 refuses the packet */
    tg_u8 reserved;       /* 0 */
    tg_u32 prefix_bytes;  /* dropped at the start of each packet */
} tg_descriptor;

TG_FN tg_word tg_word_zero(void) {
    tg_word word;
    TG_UNROLL
    for (int i = 0; i < 16; i++) word.byte[i] = 0;
    return word;
}

TG_FN tg_word tg_word_reversed(tg_word word) {
    tg_word out;
    TG_UNROLL
    for (int i = 0; i < 16; i++) out.byte[i] = word.byte[15 - i];
    return out;
}

/* The header word of a packet of `length` bytes for session `cid`. */
TG_FN tg_word tg_word_header(tg_descriptor toe, tg_u32 length, tg_u32 cid) {
    tg_word word;
    tg_u32 low = length & 0xffu;
    tg_u32 high = (length >> 8) & 0xffu;
    tg_u32 first = toe.text_layout ? high : low;
    tg_u32 second = toe.text_layout ? low : high;
    TG_UNROLL
    for (int i = 0; i < 16; i++) {
        word.byte[i] = (tg_u8)(i == 0 ? first : i == 1 ? second : i == 2 ? cid : TG_WORD_FILLER);
    }
    return toe.printed ? tg_word_reversed(word) : word;
}

/* Sixteen bytes of a payload, the first one in byte 0, as they stand on the channel, and back. */
TG_FN tg_word tg_word_payload(tg_descriptor toe, tg_word bytes) {
    return toe.printed ? bytes : tg_word_reversed(bytes);
}

/* Sixteen bytes of little-endian words. */
TG_FN tg_word tg_word_of(tg_u64 low, tg_u64 high) {
    tg_word word;
    TG_UNROLL
    for (int i = 0; i < 8; i++) {
        word.byte[i] = (tg_u8)(low >> (8 * i));
        word.byte[8 + i] = (tg_u8)(high >> (8 * i));
    }
    return word;
}

#endif
