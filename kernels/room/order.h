/* Orders and cancel requests: prepared frames, patched. host/pipeline/src/order.rs.
 *
 * A prepared frame is whole and sealed. To send, fields are written over its bytes, and the
 * checksum, its last byte, moves by the difference.
 */
#ifndef TIDEGATE_ROOM_ORDER_H
#define TIDEGATE_ROOM_ORDER_H

#include "../compat.h"

/* Bytes of a whole 100101 and a whole 190007. */
#define TG_ORDER_FRAME_BYTES (TG_HEADER_BYTES + TG_NEW_ORDER_LEN + TG_TRAILER_BYTES)
#define TG_CANCEL_FRAME_BYTES (TG_HEADER_BYTES + TG_ORDER_CANCEL_REQUEST_LEN + TG_TRAILER_BYTES)
/* Room for either, in whole words. */
#define TG_FRAME_ROOM_BYTES 128u

/* No row: an order, not a request to cancel one. */
#define TG_NO_ROW 0xffffffffu

/* A frame; what lies behind its end is zero. */
typedef struct {
    tg_u8 byte[TG_FRAME_ROOM_BYTES];
} tg_frame_bytes;

/* A ClOrdID, or another field of at most 16 characters. */
typedef struct {
    tg_u8 byte[16];
} tg_text;

/* How ClOrdIDs are made: a prefix and a counter, padded with zeros to ten characters. */
typedef struct {
    tg_u8 prefix[10];
    tg_u8 prefix_bytes;
    tg_u8 cid;    /* session of TOE1 that requests leave on */
    tg_u32 zero;  /* 0 */
    tg_u64 first; /* number of row 0 */
} tg_ids;

/* What load line IDS says. */
TG_FN tg_ids tg_ids_of(tg_load_line line) {
    tg_ids ids;
    TG_UNROLL
    for (int i = 0; i < 10; i++) {
        ids.prefix[i] = (tg_u8)((i < 8 ? line.words[0] : line.words[1]) >> (8 * (i & 7)));
    }
    ids.prefix_bytes = (tg_u8)line.words[2];
    ids.first = line.words[3];
    ids.cid = (tg_u8)line.words[4];
    ids.zero = 0;
    return ids;
}

/* The ClOrdID of a row: ten characters. */
TG_FN tg_text tg_ids_text(tg_ids ids, tg_u32 row) {
    tg_text text;
    tg_u64 number = ids.first + row;
    TG_UNROLL
    for (int i = 9; i >= 0; i--) {
        text.byte[i] = i < ids.prefix_bytes ? ids.prefix[i] : (tg_u8)('0' + number % 10u);
        number = number / 10u;
    }
    TG_UNROLL
    for (int i = 10; i < 16; i++) text.byte[i] = 0;
    return text;
}

/* Takes a part of a prepared frame: load line ORDER or CANCEL. */
TG_FN tg_frame_bytes tg_frame_loaded(tg_frame_bytes frame, tg_load_line line) {
    TG_UNROLL
    for (tg_u32 i = 0; i < TG_FRAME_ROOM_BYTES; i++) {
        const tg_u64 word = line.words[i % TG_LOAD_CHUNK_BYTES / 8u];
        const tg_u8 byte = (tg_u8)(word >> (8u * (i % 8u)));
        frame.byte[i] = line.index == i / TG_LOAD_CHUNK_BYTES ? byte : frame.byte[i];
    }
    return frame;
}

/* A frame under the patch, and the sum of its bytes modulo 256. */
typedef struct {
    tg_frame_bytes frame;
    tg_u32 sum;
} tg_patch;

/* One byte of the body over the old one. */
TG_FN tg_patch tg_patch_byte(tg_patch patch, tg_u32 at, tg_u8 value) {
    tg_u32 place = TG_HEADER_BYTES + at;
    patch.sum = patch.sum - patch.frame.byte[place] + value;
    patch.frame.byte[place] = value;
    return patch;
}

/* Eight bytes, big-endian. */
TG_FN tg_patch tg_patch_number(tg_patch patch, tg_u32 at, tg_i64 value) {
    TG_UNROLL
    for (int i = 0; i < 8; i++) {
        patch = tg_patch_byte(patch, at + (tg_u32)i, (tg_u8)((tg_u64)value >> (56 - 8 * i)));
    }
    return patch;
}

/* SecurityID. */
TG_FN tg_patch tg_patch_security(tg_patch patch, tg_u32 at, tg_intent intent) {
    TG_UNROLL
    for (int i = 0; i < 8; i++) patch = tg_patch_byte(patch, at + (tg_u32)i, intent.security[i]);
    return patch;
}

/* OrderID. */
TG_FN tg_patch tg_patch_order_id(tg_patch patch, tg_u32 at, tg_intent intent) {
    TG_UNROLL
    for (int i = 0; i < 16; i++) patch = tg_patch_byte(patch, at + (tg_u32)i, intent.order_id[i]);
    return patch;
}

/* A ClOrdID. */
TG_FN tg_patch tg_patch_id(tg_patch patch, tg_u32 at, tg_text id) {
    TG_UNROLL
    for (int i = 0; i < 10; i++) patch = tg_patch_byte(patch, at + (tg_u32)i, id.byte[i]);
    return patch;
}

/* A prepared frame before the first patch; its last byte is the sum of the others. */
TG_FN tg_patch tg_patch_prepared(tg_frame_bytes prepared, tg_u32 length) {
    tg_patch patch;
    patch.frame = prepared;
    patch.sum = prepared.byte[length - 1u];
    return patch;
}

/* The frame with its checksum. */
TG_FN tg_frame_bytes tg_patch_sealed(tg_patch patch, tg_u32 length) {
    tg_frame_bytes frame = patch.frame;
    frame.byte[length - 1u] = (tg_u8)patch.sum;
    return frame;
}

/* The frame of an order. */
TG_FN tg_frame_bytes tg_order_frame(tg_frame_bytes prepared, tg_ids ids, tg_intent intent) {
    const tg_text id = tg_ids_text(ids, intent.row);
    const tg_patch whole = tg_patch_prepared(prepared, TG_ORDER_FRAME_BYTES);
    const tg_patch named = tg_patch_security(whole, TG_NEW_ORDER_SECURITY_ID_AT, intent);
    const tg_patch sided = tg_patch_byte(named, TG_NEW_ORDER_SIDE_AT, intent.side);
    const tg_patch sized = tg_patch_number(sided, TG_NEW_ORDER_ORDER_QTY_AT, intent.quantity);
    const tg_patch priced = tg_patch_number(sized, TG_NEW_ORDER_PRICE_AT, intent.price);
    const tg_patch numbered = tg_patch_id(priced, TG_NEW_ORDER_CL_ORD_ID_AT, id);
    const tg_patch timed = tg_patch_number(numbered, TG_NEW_ORDER_TRANSACT_TIME_AT, intent.time);
    return tg_patch_sealed(timed, TG_ORDER_FRAME_BYTES);
}

/* The frame of a request to cancel the order of row `of`. */
TG_FN tg_frame_bytes tg_cancel_frame(tg_frame_bytes prepared, tg_ids ids, tg_intent intent) {
    const tg_text id = tg_ids_text(ids, intent.row);
    const tg_text original = tg_ids_text(ids, intent.of);
    const tg_patch whole = tg_patch_prepared(prepared, TG_CANCEL_FRAME_BYTES);
    const tg_patch named = tg_patch_security(whole, TG_ORDER_CANCEL_REQUEST_SECURITY_ID_AT, intent);
    const tg_patch sided = tg_patch_byte(named, TG_ORDER_CANCEL_REQUEST_SIDE_AT, intent.side);
    const tg_patch sized = tg_patch_number(sided, TG_ORDER_CANCEL_REQUEST_ORDER_QTY_AT, intent.quantity);
    const tg_patch known = tg_patch_order_id(sized, TG_ORDER_CANCEL_REQUEST_ORDER_ID_AT, intent);
    const tg_patch aimed = tg_patch_id(known, TG_ORDER_CANCEL_REQUEST_ORIG_CL_ORD_ID_AT, original);
    const tg_patch numbered = tg_patch_id(aimed, TG_ORDER_CANCEL_REQUEST_CL_ORD_ID_AT, id);
    const tg_patch timed = tg_patch_number(numbered, TG_ORDER_CANCEL_REQUEST_TRANSACT_TIME_AT, intent.time);
    return tg_patch_sealed(timed, TG_CANCEL_FRAME_BYTES);
}

#endif
