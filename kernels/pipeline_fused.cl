/* The whole pipeline in one single-work-item kernel over buffers: PoCL, Oclgrind, and C (kernels/native).
 *
 * What must survive is in `memory` and `tables`, so a long log is run in chunks: a launch ends when all
 * that it got is out, or when an output has no room left, and says in `report` how much it took and
 * gave. A launch with TG_FUSED_SIZES says how large both must be. The first one that runs finds them all
 * zero and has TG_FUSED_START in its flags.
 */
#ifdef __OPENCL_VERSION__
#define TG_STATE __global
#endif

#include "stage/fused.h"

__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void tidegate_fused(
    __global const tg_fused_call *call_at,
    __global const tg_log_word *log_words,
    __global const tg_load_line *lines,
    __global tg_fused_memory *memory,
    __global tg_u8 *tables,
    __global tg_event *events,
    __global tg_word *toe0,
    __global tg_word *toe1,
    __global tg_fused_report *report
) {
    const tg_fused_call call = *call_at;
    tg_fused_report said = tg_fused_report_of(call);
    if ((call.flags & TG_FUSED_SIZES) == 0) {
        const tg_fused f = tg_fused_in_memory(memory, tables, call);
        const tg_fused_in nothing = tg_fused_nothing();
        tg_u32 stalled = 0;
        tg_u32 running = 1;
        if (call.flags & TG_FUSED_START) tg_fused_start(f);
        while (running) {
            const tg_u32 fits = said.events < call.events_room && said.toe0 < call.toe0_room && said.toe1 < call.toe1_room;
            const tg_u32 goes = fits && said.turns < call.turns;
            tg_fused_in in;
            in.has_word = said.log_words < call.log_words;
            in.has_line = said.lines < call.lines;
            in.word = in.has_word ? log_words[said.log_words] : nothing.word;
            in.line = in.has_line ? lines[said.lines] : nothing.line;
            in.flush = (call.flags & TG_FUSED_FLUSH) != 0;
            in.zero = 0;
            if (goes) {
                const tg_fused_out out = tg_fused_step(f, in);
                if (out.has_event) events[said.events] = out.event;
                if (out.has_toe0) toe0[said.toe0] = out.toe0;
                if (out.has_toe1) toe1[said.toe1] = out.toe1;
                said.events = said.events + out.has_event;
                said.toe0 = said.toe0 + out.has_toe0;
                said.toe1 = said.toe1 + out.has_toe1;
                said.log_words = said.log_words + out.took_word;
                said.lines = said.lines + out.took_line;
                said.turns = said.turns + 1;
                stalled = out.moved ? 0 : stalled + 1;
                running = !out.idle && stalled < TG_FUSED_STALL_TURNS;
                said.status = out.idle ? TG_FUSED_DONE : TG_FUSED_STALLED;
            } else {
                running = 0;
                said.status = fits ? TG_FUSED_TURNS : TG_FUSED_ROOM;
            }
        }
        said.counters = tg_fused_counters(f);
    }
    *report = said;
}
