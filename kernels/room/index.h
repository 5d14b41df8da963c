/* The index: a chained Paasche in integers. host/pipeline/src/index.rs. */
#ifndef TIDEGATE_ROOM_INDEX_H
#define TIDEGATE_ROOM_INDEX_H

#include "time.h"

/* From a sum to the index: `floor((sum x factor + 2^(shift-1)) / 2^shift)`. */
typedef struct {
    tg_u64 factor; /* below 2^63 */
    tg_u32 shift;    /* 1 to 126 */
    tg_u32 zero;     /* 0 */
} tg_divisor;

/* The index for a sum of 0 to 2^63 - 1; it does not fit where it would leave 63 bits. */
TG_FN tg_checked tg_divisor_value(tg_divisor divisor, tg_i64 sum) {
    tg_wide one;
    one.hi = 0;
    one.lo = 1;
    tg_u32 down = (divisor.shift - 1u) & 127u;
    tg_wide round;
    round.hi = down >= 64u ? (tg_u64)1 << (down & 63u) : 0u;
    round.lo = down >= 64u ? 0u : one.lo << down;
    tg_wide product = tg_wide_product((tg_u64)sum, divisor.factor);
    tg_wide value = tg_wide_right(tg_wide_sum(product, round), divisor.shift & 127u);
    return tg_wide_narrow(value);
}

/* One constituent: what a price is weighted with, and the price that counts now. */
typedef struct {
    tg_i64 shares; /* whole shares, up to 10^12 */
    tg_i64 price;  /* 1e-4 CNY: latest applied price, the previous close until then */
} tg_constituent;

/* What a price does. */
typedef struct {
    tg_constituent constituent;
    tg_i64 sum;   /* 1e-4 CNY */
    tg_i64 value; /* 1e-4 points */
    tg_u32 fits;  /* 0: sum or value would leave 63 bits, and nothing changes */
    tg_u32 zero;  /* 0 */
} tg_moved;

/* The sum moves by one price. */
TG_FN tg_moved tg_index_step(tg_constituent before, tg_i64 sum, tg_divisor divisor, tg_i64 price) {
    tg_checked step = tg_checked_difference(price, before.price);
    tg_checked delta = tg_checked_product(step.value, before.shares);
    tg_checked total = tg_checked_sum(sum, delta.value);
    tg_u32 sound = step.fits && delta.fits && total.fits && total.value >= 0;
    tg_checked value = tg_divisor_value(divisor, sound ? total.value : 0);
    tg_moved out;
    out.fits = sound && value.fits;
    out.constituent.shares = before.shares;
    out.constituent.price = out.fits ? price : before.price;
    out.sum = out.fits ? total.value : sum;
    out.value = value.value;
    out.zero = 0;
    return out;
}

/* Distance of a published value from the computed one, both as 1e-6 points; stays at the greatest. */
TG_FN tg_u64 tg_index_distance(tg_i64 published, tg_i64 value) {
    tg_wide computed = tg_wide_product((tg_u64)value, 100u);
    tg_wide difference = tg_wide_sum(computed, tg_wide_negative(tg_wide_of(published)));
    tg_wide distance = (difference.hi >> 63) != 0u ? tg_wide_negative(difference) : difference;
    return distance.hi != 0u ? ~(tg_u64)0 : distance.lo;
}

/* Another share count: what it adds to the sum of all of them, at the price that counts now. */
TG_FN tg_wide tg_shares_moved(tg_wide moved, tg_constituent constituent, tg_i64 shares) {
    return tg_wide_sum(moved, tg_wide_signed_product(shares - constituent.shares, constituent.price));
}

/* The divisor under a new sum, one bit of the quotient a step: `Divisor::new`. */
typedef struct {
    tg_u64 value;    /* index, 1e-4 points */
    tg_u64 base;     /* new sum */
    tg_u64 factor; /* quotient so far */
    tg_u64 rest;     /* below base */
    tg_u32 whole;    /* bits of the whole part that are still to come */
    tg_u32 shift;    /* bits behind the point so far */
} tg_division;

TG_FN tg_division tg_division_of(tg_i64 value, tg_i64 base) {
    tg_division out;
    out.value = (tg_u64)value;
    out.base = (tg_u64)base;
    out.factor = 0;
    out.rest = 0;
    out.whole = 63;
    out.shift = 0;
    return out;
}

/* Whether another bit is wanted: 63 are significant, or 126 stand behind the point. */
TG_FN tg_u32 tg_division_goes_on(tg_division division) {
    return division.whole > 0u || (division.shift < 126u && (division.factor >> 62) == 0u);
}

TG_FN tg_division tg_division_step(tg_division before) {
    tg_division out = before;
    tg_u32 is_whole = before.whole > 0u;
    tg_u64 bit = is_whole ? (before.value >> (before.whole - 1u)) & 1u : 0u;
    tg_u64 rest = (before.rest << 1) | bit;
    tg_u64 quotient = rest >= before.base;
    out.rest = quotient ? rest - before.base : rest;
    out.factor = (before.factor << 1) | quotient;
    out.whole = is_whole ? before.whole - 1u : 0u;
    out.shift = before.shift + (is_whole ? 0u : 1u);
    return out;
}

/* The divisor of a division that is over, rounded half up; shift 0 where there is none. */
TG_FN tg_divisor tg_division_end(tg_division division) {
    tg_u32 up = 2u * division.rest >= division.base && division.factor < (tg_u64)TG_I64_MAX;
    tg_divisor out;
    out.factor = division.factor + up;
    out.shift = out.factor <= (tg_u64)TG_I64_MAX ? division.shift : 0u;
    out.zero = 0;
    return out;
}

#endif
