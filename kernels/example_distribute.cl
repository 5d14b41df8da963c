/* One producer, four workers, one consumer over channels: stage/distribute.h says how and why.
 * Intel's compiler and emulator. Launch all six kernels; each ends when the last tick has gone by. */
#pragma OPENCL EXTENSION cl_intel_channels : enable

#include "stage/distribute.h"

#ifndef TG_EXAMPLE_DEPTH
#define TG_EXAMPLE_DEPTH 16
#endif

channel tg_dispatched to_worker[TG_WORKERS] __attribute__((depth(TG_EXAMPLE_DEPTH)));
channel tg_checked from_worker[TG_WORKERS] __attribute__((depth(TG_EXAMPLE_DEPTH)));
/* The order of dispatch: the worker of each tick. */
channel uchar turn __attribute__((depth(TG_EXAMPLE_DEPTH)));

__attribute__((max_global_work_dim(0)))
__kernel void dispatch(__global const tg_tick *restrict ticks, uint count) {
    uint at = 0;
    while (at <= count) {
        const bool more = at < count;
        tg_dispatched next;
        if (more) next.tick = ticks[at];
        next.end = !more;
        const uint worker = tg_distribute_worker(next.tick);
        if (more) write_channel_intel(turn, (uchar)worker);
        #pragma unroll
        for (uint w = 0; w < TG_WORKERS; w++) {
            if (!more || w == worker) write_channel_intel(to_worker[w], next);
        }
        at++;
    }
}

/* A kernel each: a channel of an array is named by a constant. */
__attribute__((max_global_work_dim(0)))
__kernel void worker_0(void) {
    tg_i64 last[TG_WORKER_CHANNELS];
    for (uint at = 0; at < TG_WORKER_CHANNELS; at++) last[at] = 0;
    bool running = true;
    while (running) {
        const tg_dispatched next = read_channel_intel(to_worker[0]);
        running = next.end == 0;
        const tg_checked out = tg_distribute_check(last, TG_WORKERS_LOG2, next);
        if (next.end == 0) write_channel_intel(from_worker[0], out);
    }
}

__attribute__((max_global_work_dim(0)))
__kernel void worker_1(void) {
    tg_i64 last[TG_WORKER_CHANNELS];
    for (uint at = 0; at < TG_WORKER_CHANNELS; at++) last[at] = 0;
    bool running = true;
    while (running) {
        const tg_dispatched next = read_channel_intel(to_worker[1]);
        running = next.end == 0;
        const tg_checked out = tg_distribute_check(last, TG_WORKERS_LOG2, next);
        if (next.end == 0) write_channel_intel(from_worker[1], out);
    }
}

__attribute__((max_global_work_dim(0)))
__kernel void worker_2(void) {
    tg_i64 last[TG_WORKER_CHANNELS];
    for (uint at = 0; at < TG_WORKER_CHANNELS; at++) last[at] = 0;
    bool running = true;
    while (running) {
        const tg_dispatched next = read_channel_intel(to_worker[2]);
        running = next.end == 0;
        const tg_checked out = tg_distribute_check(last, TG_WORKERS_LOG2, next);
        if (next.end == 0) write_channel_intel(from_worker[2], out);
    }
}

__attribute__((max_global_work_dim(0)))
__kernel void worker_3(void) {
    tg_i64 last[TG_WORKER_CHANNELS];
    for (uint at = 0; at < TG_WORKER_CHANNELS; at++) last[at] = 0;
    bool running = true;
    while (running) {
        const tg_dispatched next = read_channel_intel(to_worker[3]);
        running = next.end == 0;
        const tg_checked out = tg_distribute_check(last, TG_WORKERS_LOG2, next);
        if (next.end == 0) write_channel_intel(from_worker[3], out);
    }
}

__attribute__((max_global_work_dim(0)))
__kernel void merge(__global tg_checked *restrict out, uint count) {
    uint at = 0;
    while (at < count) {
        const uint worker = read_channel_intel(turn);
        tg_checked next;
        #pragma unroll
        for (uint w = 0; w < TG_WORKERS; w++) {
            if (w == worker) next = read_channel_intel(from_worker[w]);
        }
        out[at] = next;
        at++;
    }
}
