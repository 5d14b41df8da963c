/* The example of distribution over bounded queues, with a schedule that the caller throws. */
#include <string.h>

#include "stage/distribute.h"

#define DEPTH_MAX 64u

typedef struct {
    tg_dispatched in[TG_WORKERS][DEPTH_MAX];
    tg_checked out[TG_WORKERS][DEPTH_MAX];
    tg_u8 turn[DEPTH_MAX];
    tg_u32 in_from[TG_WORKERS], in_count[TG_WORKERS];
    tg_u32 out_from[TG_WORKERS], out_count[TG_WORKERS];
    tg_u32 turn_from, turn_count;
    tg_i64 last[TG_WORKERS][TG_WORKER_CHANNELS];
} tg_wiring;

size_t tidegate_distribute_bytes(void);
tg_u32 tidegate_distribute_single(tg_i64 *last, const tg_u8 *ticks, tg_u32 count, tg_u8 *results);
tg_u32 tidegate_distribute(
    tg_wiring *wiring, tg_u32 depth, tg_u32 *schedule, const tg_u8 *ticks, tg_u32 count, tg_u8 *results
);

size_t tidegate_distribute_bytes(void) {
    return sizeof(tg_wiring);
}

static void put(tg_u8 *results, tg_u32 at, tg_checked result) {
    tg_u8 *place = results + (size_t)at * (TG_TICK_SIZE + 16u);
    memcpy(place, &result.tick, TG_TICK_SIZE);
    memcpy(place + TG_TICK_SIZE, &result.missing, sizeof result.missing);
    memcpy(place + TG_TICK_SIZE + 8, &result.repeats, sizeof result.repeats);
    memset(place + TG_TICK_SIZE + 12, 0, 4);
}

/* One worker for all channels; `last` has 65,536 numbers, 0 at first. */
tg_u32 tidegate_distribute_single(tg_i64 *last, const tg_u8 *ticks, tg_u32 count, tg_u8 *results) {
    for (tg_u32 at = 0; at < count; at++) {
        tg_dispatched next;
        memset(&next, 0, sizeof next);
        memcpy(&next.tick, ticks + (size_t)at * TG_TICK_SIZE, TG_TICK_SIZE);
        put(results, at, tg_distribute_check(last, 0, next));
    }
    return count;
}

static tg_u32 thrown(tg_u32 *schedule) {
    *schedule = *schedule * 1664525u + 1013904223u;
    return *schedule >> 16;
}

/* Dispatcher, workers and merger run in an order drawn from `schedule`, each a step where its queues
 * let it. Gives how many ticks came out: all of them, or as many as had when nothing moved any more. */
tg_u32 tidegate_distribute(
    tg_wiring *wiring, tg_u32 depth, tg_u32 *schedule, const tg_u8 *ticks, tg_u32 count, tg_u8 *results
) {
    tg_u32 sent = 0;
    tg_u32 merged = 0;
    tg_u32 idle = 0;
    depth = depth < 1 ? 1 : depth > DEPTH_MAX ? DEPTH_MAX : depth;
    /* With this many steps without a move, each of the six was asked many times. */
    while (merged < count && idle < 10000) {
        tg_u32 who = thrown(schedule) % (TG_WORKERS + 2u);
        tg_u32 moved = 0;
        if (who == TG_WORKERS && sent < count) {
            tg_dispatched next;
            memset(&next, 0, sizeof next);
            memcpy(&next.tick, ticks + (size_t)sent * TG_TICK_SIZE, TG_TICK_SIZE);
            tg_u32 w = tg_distribute_worker(next.tick);
            moved = wiring->in_count[w] < depth && wiring->turn_count < depth;
            if (moved) {
                wiring->in[w][(wiring->in_from[w] + wiring->in_count[w]++) % DEPTH_MAX] = next;
                wiring->turn[(wiring->turn_from + wiring->turn_count++) % DEPTH_MAX] = (tg_u8)w;
                sent++;
            }
        } else if (who == TG_WORKERS + 1u && wiring->turn_count != 0) {
            tg_u32 w = wiring->turn[wiring->turn_from % DEPTH_MAX];
            moved = wiring->out_count[w] != 0;
            if (moved) {
                put(results, merged++, wiring->out[w][wiring->out_from[w]++ % DEPTH_MAX]);
                wiring->out_count[w]--;
                wiring->turn_from++;
                wiring->turn_count--;
            }
        } else if (who < TG_WORKERS && wiring->in_count[who] != 0 && wiring->out_count[who] < depth) {
            tg_dispatched next = wiring->in[who][wiring->in_from[who]++ % DEPTH_MAX];
            wiring->in_count[who]--;
            wiring->out[who][(wiring->out_from[who] + wiring->out_count[who]++) % DEPTH_MAX] =
                tg_distribute_check(wiring->last[who], TG_WORKERS_LOG2, next);
            moved = 1;
        }
        idle = moved ? 0 : idle + 1;
    }
    return merged;
}
