/* Time stamps, and the arithmetic that 64 bits do not hold.
 *
 * A stamp is YYYYMMDDHHMMSSmmm as a decimal number; a time of the day is milliseconds since midnight.
 */
#ifndef TIDEGATE_ROOM_TIME_H
#define TIDEGATE_ROOM_TIME_H

#include "../compat.h"

#define TG_I64_MAX 0x7fffffffffffffffL
#define TG_I64_MIN (-TG_I64_MAX - 1L)
/* A value that is not there. */
#define TG_NONE TG_I64_MIN

/* Days of a month; 0 of one that does not exist. */
TG_FN tg_u32 tg_time_days(tg_u32 year, tg_u32 month) {
    tg_u32 leap = year % 4u == 0u && (year % 100u != 0u || year % 400u == 0u);
    /* Bit n is set where month n has 31 days. */
    tg_u32 days = month == 2u ? 28u + leap : 30u + ((0x15aau >> (month & 15u)) & 1u);
    return month >= 1u && month <= 12u ? days : 0u;
}

/* Whether a stamp is a time that exists. */
TG_FN tg_u32 tg_time_possible(tg_i64 stamp) {
    tg_u32 in_range = stamp >= 10000101000000000L && stamp <= 99991231235959999L;
    tg_u64 v = in_range ? (tg_u64)stamp : 0u;
    tg_u32 date = (tg_u32)(v / 1000000000u);
    tg_u32 day_ms = (tg_u32)(v % 1000000000u);
    tg_u32 second = day_ms / 1000u % 100u;
    tg_u32 minute = day_ms / 100000u % 100u;
    tg_u32 hour = day_ms / 10000000u;
    tg_u32 day = date % 100u;
    tg_u32 days = tg_time_days(date / 10000u, date / 100u % 100u);
    return in_range && second < 60u && minute < 60u && hour < 24u && day >= 1u && day <= days;
}

/* YYYYMMDD. */
TG_FN tg_u32 tg_time_date(tg_i64 stamp) { return (tg_u32)((tg_u64)stamp / 1000000000u); }

/* Milliseconds since midnight, 0 to 86,399,999, of a possible stamp. */
TG_FN tg_u32 tg_time_ms(tg_i64 stamp) {
    tg_u32 v = (tg_u32)((tg_u64)stamp % 1000000000u);
    return v / 10000000u * 3600000u + v / 100000u % 100u * 60000u + v % 100000u;
}

TG_FN tg_i64 tg_least(tg_i64 a, tg_i64 b) { return a < b ? a : b; }
TG_FN tg_i64 tg_most(tg_i64 a, tg_i64 b) { return a > b ? a : b; }

/* Number of the highest bit that is set; 0 where there is none. */
TG_FN tg_u32 tg_top_bit(tg_u64 bits) {
    tg_u32 at = 0;
    TG_UNROLL
    for (tg_u32 i = 0; i < 6; i++) {
        tg_u32 step = 32u >> i;
        tg_u32 above = (bits >> step) != 0u;
        bits = above ? bits >> step : bits;
        at = at + (above ? step : 0u);
    }
    return at;
}

/* 128 bits: unsigned, or two's complement. */
typedef struct {
    tg_u64 hi;
    tg_u64 lo;
} tg_wide;

/* The product of two unsigned numbers, in four products of 32 bits: what `u128` is in Rust. This is
 * the one 128-bit product of the kernels; the index, overflow checks and shares all go through it. */
TG_FN tg_wide tg_wide_product(tg_u64 a, tg_u64 b) {
    tg_u64 al = a & 0xffffffffu;
    tg_u64 ah = a >> 32;
    tg_u64 bl = b & 0xffffffffu;
    tg_u64 bh = b >> 32;
    tg_u64 low = al * bl;
    tg_u64 cross = ah * bl + (low >> 32);
    tg_u64 other = al * bh + (cross & 0xffffffffu);
    tg_wide out;
    out.hi = ah * bh + (cross >> 32) + (other >> 32);
    out.lo = (other << 32) | (low & 0xffffffffu);
    return out;
}

/* A quotient and its rest. */
typedef struct {
    tg_u64 whole;
    tg_u64 rest;
} tg_quotient;

/* A number below 2^63 by a divisor of which the host prepared floor((2^64 - 1) / divisor): the high half
 * of the product is the quotient or one less. */
TG_FN tg_quotient tg_divide_by(tg_u64 a, tg_u64 divisor, tg_u64 reciprocal) {
    tg_u64 near = tg_wide_product(a, reciprocal).hi;
    tg_u64 left = a - near * divisor;
    tg_quotient out;
    out.whole = left >= divisor ? near + 1u : near;
    out.rest = left >= divisor ? left - divisor : left;
    return out;
}

TG_FN tg_wide tg_wide_sum(tg_wide a, tg_wide b) {
    tg_wide out;
    out.lo = a.lo + b.lo;
    out.hi = a.hi + b.hi + (out.lo < a.lo);
    return out;
}

TG_FN tg_wide tg_wide_negative(tg_wide a) {
    tg_wide out;
    out.lo = ~a.lo + 1u;
    out.hi = ~a.hi + (a.lo == 0u);
    return out;
}

TG_FN tg_wide tg_wide_of(tg_i64 value) {
    tg_wide out;
    out.lo = (tg_u64)value;
    out.hi = value < 0 ? ~(tg_u64)0 : 0u;
    return out;
}

/* Shifted right by 0 to 127 bits, with zeros from the left. */
TG_FN tg_wide tg_wide_right(tg_wide a, tg_u32 bits) {
    tg_u32 part = bits & 63u;
    tg_u64 carried = part == 0u ? 0u : a.hi << (64u - part);
    tg_wide out;
    out.lo = bits >= 64u ? a.hi >> part : (a.lo >> part) | carried;
    out.hi = bits >= 64u ? 0u : a.hi >> part;
    return out;
}

/* Magnitude of a number; that of the least one is 2^63. */
TG_FN tg_u64 tg_magnitude(tg_i64 value) { return value < 0 ? ~(tg_u64)value + 1u : (tg_u64)value; }

/* The product of two signed numbers, in two's complement. */
TG_FN tg_wide tg_wide_signed_product(tg_i64 a, tg_i64 b) {
    tg_wide product = tg_wide_product(tg_magnitude(a), tg_magnitude(b));
    return (a < 0) != (b < 0) ? tg_wide_negative(product) : product;
}

/* A result, and whether it fits. */
typedef struct {
    tg_i64 value; /* 0 where it does not fit */
    tg_u32 fits;
    tg_u32 zero; /* 0 */
} tg_checked;

/* 128 bits in two's complement as 64. */
TG_FN tg_checked tg_wide_narrow(tg_wide a) {
    tg_checked out;
    out.fits = a.hi == ((a.lo >> 63) != 0u ? ~(tg_u64)0 : (tg_u64)0);
    out.value = out.fits ? (tg_i64)a.lo : 0;
    out.zero = 0;
    return out;
}

TG_FN tg_checked tg_checked_product(tg_i64 a, tg_i64 b) {
    return tg_wide_narrow(tg_wide_signed_product(a, b));
}

TG_FN tg_checked tg_checked_sum(tg_i64 a, tg_i64 b) {
    return tg_wide_narrow(tg_wide_sum(tg_wide_of(a), tg_wide_of(b)));
}

TG_FN tg_checked tg_checked_difference(tg_i64 a, tg_i64 b) {
    return tg_wide_narrow(tg_wide_sum(tg_wide_of(a), tg_wide_negative(tg_wide_of(b))));
}

/* A sum of counters that stays at the greatest number. */
TG_FN tg_u64 tg_saturated_sum(tg_u64 a, tg_u64 b) { return a + b < a ? ~(tg_u64)0 : a + b; }

/* Eight characters as a number, the first in the lowest byte. */
TG_FN tg_u64 tg_text_number(const tg_u8 text[8]) {
    tg_u64 out = 0;
    TG_UNROLL
    for (int i = 0; i < 8; i++) out = out | ((tg_u64)text[i] << (8 * i));
    return out;
}

/* Eight characters with NUL padding read as spaces. */
TG_FN tg_u64 tg_text_key(tg_u64 raw) {
    const tg_u64 low = 0x7f7f7f7f7f7f7f7fUL;
    tg_u64 zeros = ~(((raw & low) + low) | raw | low);
    return raw | (zeros >> 2);
}

#define TG_BLANK_KEY 0x2020202020202020UL

#endif
