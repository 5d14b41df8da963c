/* Datagrams of decoded data: host/protocol/PUBLISH.md, host/pipeline/src/publish.rs. */
#ifndef TIDEGATE_ROOM_PUBLISH_H
#define TIDEGATE_ROOM_PUBLISH_H

#include "../compat.h"

#define TG_RECORD_WORDS 12 /* a record in words of 8 bytes */

/* What comes to publish. A record and the end of its message may come together. */
typedef struct {
    tg_u64 words[TG_RECORD_WORDS]; /* the numbered record, as it is laid out */
    tg_u8 record;                  /* 1: there is one */
    tg_u8 ends;                    /* 1: the message ends here */
    tg_u8 flush;                   /* 1: what waits is to leave */
    tg_u8 heartbeat;               /* 1: a datagram is to leave, be it empty; comes alone */
    tg_u32 zero;                   /* 0 */
} tg_published;

/* What load line PUBLISH says. */
typedef struct {
    tg_u64 run;            /* greater after each start */
    tg_u32 batch_messages; /* messages of one datagram, at most; 0 is 1 */
    tg_u32 cid;            /* session of TOE0 that datagrams leave on */
} tg_publish_setup;

TG_FN tg_publish_setup tg_publish_setup_of(tg_load_line line) {
    tg_publish_setup setup;
    setup.run = line.words[0];
    setup.batch_messages = (tg_u32)line.words[1];
    setup.cid = (tg_u32)line.words[2];
    return setup;
}

/* The datagram under way. */
typedef struct {
    tg_u64 sequence;     /* number of the last one that was closed */
    tg_u32 records;      /* records in it */
    tg_u32 messages;     /* messages that ended in it */
    tg_u32 sum;          /* sum of the 32-bit words of its records */
    tg_u8 pending;       /* 1: a record came since the last end of a message */
    tg_u8 starts_inside; /* 1: the last record before it ends no message */
    tg_u8 inside;        /* 1: the last record of all ends no message */
    tg_u8 closed;        /* 1: it is to leave */
} tg_datagram;

/* The header of a datagram. */
typedef struct {
    tg_u64 words[4];
} tg_datagram_header;

/* What publish needs of an event of the indicator. */
TG_FN tg_published tg_publish_of(tg_event event) {
    tg_published in;
    in.words[0] = event.msg;
    in.words[1] = event.offset;
    in.words[2] = (tg_u64)event.msg_type | ((tg_u64)event.session << 32) | ((tg_u64)event.kind << 48)
                | ((tg_u64)event.flags << 56);
    TG_UNROLL
    for (int i = 3; i < TG_RECORD_WORDS; i++) in.words[i] = event.body[i - 3];
    in.record = (event.has & TG_EVENT_MARK_RECORD) != 0;
    in.ends = (event.has & TG_EVENT_MARK_ENDS) != 0;
    in.flush = 0;
    in.heartbeat = 0;
    in.zero = 0;
    return in;
}

/* The record as it is published: without what the quote room decided about it. */
TG_FN tg_published tg_publish_masked(tg_published in) {
    tg_u64 flags = (tg_u64)TG_RECORD_FLAGS_PUBLISHED << 56;
    in.words[2] = in.words[2] & (0x00ffffffffffffffUL | flags);
    return in;
}

/* Sum of the 32-bit words of a record. */
TG_FN tg_u32 tg_publish_sum(tg_published in) {
    tg_u32 sum = 0;
    TG_UNROLL
    for (int i = 0; i < TG_RECORD_WORDS; i++) sum = sum + (tg_u32)in.words[i] + (tg_u32)(in.words[i] >> 32);
    return sum;
}

/* The datagram with what came in it. It is closed at most once. */
TG_FN tg_datagram tg_publish_take(tg_datagram way, tg_published in, tg_u32 batch_messages) {
    tg_u32 kind = (tg_u32)(in.words[2] >> 48) & 0xffu;
    tg_u32 whole = kind == TG_RECORD_ORDER || kind == TG_RECORD_TRADE || kind == TG_RECORD_END;
    tg_u32 records = way.records + in.record;
    tg_u32 full = records == TG_MAX_DATAGRAM_RECORDS;
    tg_u32 pending = way.pending || in.record;
    /* Nothing is counted where the message had no record, or its last one filled the datagram before. */
    tg_u32 ended = in.ends && pending && records > 0;
    tg_u32 messages = way.messages + ended;
    tg_u32 batched = ended && messages >= batch_messages;

    way.inside = in.record ? !whole : way.inside;
    way.closed = full || batched || (in.flush && records > 0) || in.heartbeat;
    way.pending = pending && !in.ends;
    way.records = records;
    way.messages = messages;
    way.sum = way.sum + (in.record ? tg_publish_sum(in) : 0u);
    return way;
}

/* The header of the closed datagram. */
TG_FN tg_datagram_header tg_publish_header(tg_datagram way, tg_u64 run) {
    tg_datagram_header header;
    tg_u32 flags = (way.starts_inside ? TG_DATAGRAM_FLAG_STARTS_INSIDE : 0u)
                 | (way.inside ? TG_DATAGRAM_FLAG_ENDS_INSIDE : 0u);
    tg_u32 bytes = TG_DATAGRAM_HEADER_BYTES + way.records * TG_RECORD_BYTES;
    tg_u32 shape = bytes | (way.records << 16) | (flags << 24);
    tg_u64 sequence = way.sequence + 1;
    tg_u32 layout = (tg_u32)TG_PUBLISH_ID_HI + (tg_u32)TG_PUBLISH_ID_LO;
    tg_u32 number = (tg_u32)run + (tg_u32)(run >> 32) + (tg_u32)sequence + (tg_u32)(sequence >> 32);
    tg_u32 sum = way.sum + shape + layout + number;
    header.words[0] = ((tg_u64)TG_PUBLISH_ID_HI << 32) | TG_PUBLISH_ID_LO;
    header.words[1] = run;
    header.words[2] = sequence;
    header.words[3] = (tg_u64)shape | ((tg_u64)sum << 32);
    return header;
}

/* The next datagram, empty, once the closed one has left. */
TG_FN tg_datagram tg_publish_next(tg_datagram way) {
    way.sequence = way.sequence + 1;
    way.records = 0;
    way.messages = 0;
    way.sum = 0;
    way.starts_inside = way.inside;
    way.closed = 0;
    return way;
}

#endif
