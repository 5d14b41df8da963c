/* An example: work is spread over several kernels by ChannelNo and put together again in order.
 *
 *                      ┌▶ worker 0 ─┐
 *   ticks ─▶ dispatch ─┼▶ worker 1 ─┼─▶ merge ─▶ ticks, in the order they came
 *               │      └▶ worker 2 ─┘     ▲
 *               └── worker of each tick ──┘
 *
 * A channel belongs to one worker, so what is known of it is in one place and its ticks stay in
 * order. The dispatcher also tells the merger whose turn it is, tick by tick; the merger follows
 * that, and never chooses. The oldest tick that is under way is always first at its worker, so
 * nothing locks up, however short the queues are.
 *
 * The work here: numbers that are missing before a tick, in its channel's series from 1 on.
 */
#ifndef TIDEGATE_STAGE_DISTRIBUTE_H
#define TIDEGATE_STAGE_DISTRIBUTE_H

#include "../compat.h"

/* Workers: a power of two. */
#define TG_WORKERS 4u
#define TG_WORKERS_LOG2 2u
/* Channels of each: every ChannelNo has its place. */
#define TG_WORKER_CHANNELS 16384u

/* A tick, or the end of all. */
typedef struct {
    tg_tick tick;
    tg_u64 end; /* 1: no tick, and none comes behind it */
} tg_dispatched;

/* A tick and what the worker found. */
typedef struct {
    tg_tick tick;
    tg_u64 missing; /* numbers left out before it */
    tg_u32 repeats; /* 1: its number is not above the last one */
    tg_u32 end;     /* 1: no tick, and none comes behind it */
} tg_checked;

/* dispatch: whose tick it is. */
TG_FN tg_u32 tg_distribute_worker(tg_tick tick) {
    return tick.channel_no & (TG_WORKERS - 1u);
}

/* worker: one of 2^`log2` that share the channels. `last` has the greatest number of each of its own. */
TG_FN tg_checked tg_distribute_check(TG_STATE tg_i64 *last, tg_u32 log2, tg_dispatched in) {
    tg_checked out;
    tg_u32 place = (tg_u32)in.tick.channel_no >> log2;
    tg_i64 before = last[place];
    tg_i64 number = in.tick.appl_seq_num;
    tg_u32 repeats = number <= before;
    out.tick = in.tick;
    out.missing = repeats ? 0u : (tg_u64)number - (tg_u64)before - 1u;
    out.repeats = repeats;
    out.end = in.end != 0;
    last[place] = repeats || in.end ? before : number;
    return out;
}

#endif
