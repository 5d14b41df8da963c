/* The pipeline as kernels of their own over channels: Intel's compiler and its emulator.
 *
 *   TOE0 ─▶ decode ───items──▶ ┌───────────┐ ─intents─▶ send ────▶ TOE1
 *   TOE1 ─▶ feedback ─items──▶ │ indicator │ ─records─▶ publish ─▶ TOE0
 *                              └───────────┘
 *   memory ─▶ params ─lines──▶ indicator, send, publish           events, rows, tables
 *               └──control──▶ decode, feedback                    └──────────▶ mirror ─▶ memory
 *
 * Only `params` and `mirror` know global memory. Each kernel is one loop around one step of its stage;
 * a channel has one writer and one reader. Nothing goes in a circle, so blocking writes cannot lock up.
 *
 * Macros of a build, each with a default:
 *   TG_IO_MARKET_IN, TG_IO_MARKET_OUT, TG_IO_ORDERS_IN, TG_IO_ORDERS_OUT   names of the I/O channels
 *   TG_TOE_TEXT, TG_TOE_PRINTED, TG_TOE_STRICT, TG_TOE_PREFIX, TG_CHECKSUM_POLICY
 *   TG_DEPTH            depth of every channel but that of the records
 *   TG_RECORDS_DEPTH    depth of that one: a record takes longer to leave than a tick to come, and an order
 *                       must not wait for it in a burst
 *   TG_ROWS, TG_REQUESTS  room of quote table and record table
 *   TG_REPLAY           control words and turns of the lines come from a log, exactly where they stood
 *   TG_HOST_PIPE        without TG_REPLAY: commands come through the host pipe, not by a flag in memory
 *   TG_TOE_MEMORY       the words of both TOEs come from memory and go there, through kernels of their own:
 *                       a replay on a card, whose I/O channels are no files
 */
#pragma OPENCL EXTENSION cl_intel_channels : enable
#ifdef TG_HOST_PIPE
#pragma OPENCL EXTENSION cl_intel_fpga_host_pipe : enable
#endif

#ifndef TG_IO_MARKET_IN
#define TG_IO_MARKET_IN "toe0_rx"
#endif
#ifndef TG_IO_MARKET_OUT
#define TG_IO_MARKET_OUT "toe0_tx"
#endif
#ifndef TG_IO_ORDERS_IN
#define TG_IO_ORDERS_IN "toe1_rx"
#endif
#ifndef TG_IO_ORDERS_OUT
#define TG_IO_ORDERS_OUT "toe1_tx"
#endif
#ifndef TG_TOE_TEXT
#define TG_TOE_TEXT 0
#endif
#ifndef TG_TOE_PRINTED
#define TG_TOE_PRINTED 0
#endif
#ifndef TG_TOE_STRICT
#define TG_TOE_STRICT 1
#endif
#ifndef TG_TOE_PREFIX
#define TG_TOE_PREFIX 0
#endif
#ifndef TG_CHECKSUM_POLICY
#define TG_CHECKSUM_POLICY 0
#endif
#ifndef TG_DEPTH
#define TG_DEPTH 64
#endif
#ifndef TG_RECORDS_DEPTH
#define TG_RECORDS_DEPTH 1024
#endif
#ifndef TG_ROWS
#define TG_ROWS TG_MAX_SECURITIES_CARD
#endif
#ifdef TG_REPLAY
#define TG_REPLAYS 1u
#else
#define TG_REPLAYS 0u
#endif

#include "stage/loader.h"
#include "stage/publish.h"
#include "stage/send.h"
#include "stage/wire.h"

/* Slots of the hash for TG_ROWS rows: what tg_indicator_slots says, as a constant. */
#define TG_ABOVE ((TG_ROWS) < 8u ? 7u : (TG_ROWS) - 1u)
#define TG_FILL_2 (TG_ABOVE | TG_ABOVE >> 1)
#define TG_FILL_4 (TG_FILL_2 | TG_FILL_2 >> 2)
#define TG_FILL_8 (TG_FILL_4 | TG_FILL_4 >> 4)
#define TG_FILL_16 (TG_FILL_8 | TG_FILL_8 >> 8)
#define TG_SLOTS (2u * (TG_FILL_16 + 1u))

/* ---- what goes between the kernels ----------------------------------------------------------- */

/* Kind of the last event of each writer. */
#define TG_EVENT_LAST 255u

typedef struct {
    tg_intent intent;
    tg_u32 last; /* 1: no intent, and none comes behind it */
    tg_u32 zero; /* 0 */
} tg_to_send;

typedef struct {
    tg_published in;
    tg_u32 last; /* 1: nothing, and nothing comes behind it */
    tg_u32 zero; /* 0 */
} tg_to_publish;

/* A row of the quote table as it is now. */
typedef struct {
    tg_quote_row row;
    tg_u32 at;
    tg_u32 last; /* 1: no row, and none comes behind it */
} tg_row_update;

#ifdef TG_TOE_MEMORY
channel tg_word market_in __attribute__((depth(TG_DEPTH)));
channel tg_word market_out __attribute__((depth(TG_DEPTH)));
channel tg_word orders_in __attribute__((depth(TG_DEPTH)));
channel tg_word orders_out __attribute__((depth(TG_DEPTH)));
#else
channel tg_word market_in __attribute__((depth(TG_DEPTH))) __attribute__((io(TG_IO_MARKET_IN)));
channel tg_word market_out __attribute__((depth(TG_DEPTH))) __attribute__((io(TG_IO_MARKET_OUT)));
channel tg_word orders_in __attribute__((depth(TG_DEPTH))) __attribute__((io(TG_IO_ORDERS_IN)));
channel tg_word orders_out __attribute__((depth(TG_DEPTH))) __attribute__((io(TG_IO_ORDERS_OUT)));
#endif

channel tg_log_word market_control __attribute__((depth(TG_DEPTH)));
channel tg_log_word orders_control __attribute__((depth(TG_DEPTH)));
channel tg_load_line indicator_lines __attribute__((depth(TG_DEPTH)));
channel tg_load_line send_lines __attribute__((depth(TG_DEPTH)));
channel tg_load_line publish_lines __attribute__((depth(TG_DEPTH)));

channel tg_any_item market_items __attribute__((depth(TG_DEPTH)));
channel tg_any_item orders_items __attribute__((depth(TG_DEPTH)));
channel tg_to_send intents __attribute__((depth(TG_DEPTH)));
channel tg_to_publish records __attribute__((depth(TG_RECORDS_DEPTH)));
#ifndef TG_REPLAY
channel tg_host_word host_frames __attribute__((depth(TG_DEPTH)));
#endif

channel tg_event events_made __attribute__((depth(TG_DEPTH)));
channel tg_event requests_made __attribute__((depth(TG_DEPTH)));
channel tg_row_update rows_moved __attribute__((depth(TG_DEPTH)));
channel tg_depth_update depths_moved __attribute__((depth(TG_DEPTH)));
channel tg_part table_parts __attribute__((depth(TG_DEPTH)));
channel uint indicator_over __attribute__((depth(TG_DEPTH)));

TG_FN tg_descriptor tg_wired_toe(void) {
    tg_descriptor toe;
    toe.text_layout = TG_TOE_TEXT;
    toe.printed = TG_TOE_PRINTED;
    toe.strict_filler = TG_TOE_STRICT;
    toe.reserved = 0;
    toe.prefix_bytes = TG_TOE_PREFIX;
    return toe;
}

/* ---- decode, feedback ------------------------------------------------------------------------ */

__attribute__((max_global_work_dim(0)))
__kernel void decode(void) {
    tg_decode_registers registers;
    tg_session sessions[TG_MAX_SESSIONS];
    tg_waiting ring[TG_RING_SLOTS];
    tg_hold_row hold[TG_MAX_SESSIONS * TG_HOLD_ROWS];
    tg_decode_state state;
    tg_decode_config config;
    tg_line line = tg_line_begin();
    tg_u32 running = 1;
    state.registers = &registers;
    state.sessions = sessions;
    state.ring = ring;
    state.hold = hold;
    config.descriptor = tg_wired_toe();
    config.policy = TG_CHECKSUM_POLICY;
    config.line = 0;
    tg_decode_start(state);
    while (running) {
        bool new_control = false;
        bool new_word = false;
        tg_line next;
        if (line.has_control) next.control = line.control;
        else next.control = read_channel_nb_intel(market_control, &new_control);
        const tg_u32 has_control = line.has_control || new_control;
        if (tg_line_reads(line, has_control, next.control)) next.word = read_channel_nb_intel(market_in, &new_word);
        else next.word = line.word;
        const tg_u32 has_word = line.has_word || new_word;
        const tg_u32 controls = !has_word && tg_line_controls(line, has_control, next.control);
        const tg_log_word in = has_word ? tg_log_word_of(next.word, 0) : next.control;
        const tg_decode_out out = tg_decode_step(state, config, in, has_word || controls);
        if (out.valid) write_channel_intel(market_items, tg_line_item(state, out.item));
        next.words = line.words + new_word;
        next.has_word = has_word && !out.took;
        next.has_control = has_control && !(controls && out.took);
        line = next;
        running = !(out.valid && out.item.kind == TG_ITEM_KIND_STOPPED);
    }
}

__attribute__((max_global_work_dim(0)))
__kernel void feedback(void) {
    tg_decode_registers registers;
    tg_session sessions[TG_MAX_SESSIONS];
    tg_waiting ring[TG_RING_SLOTS];
    tg_hold_row hold[TG_MAX_SESSIONS * TG_HOLD_ROWS];
    tg_decode_state state;
    tg_decode_config config;
    tg_line line = tg_line_begin();
    tg_u32 running = 1;
    state.registers = &registers;
    state.sessions = sessions;
    state.ring = ring;
    state.hold = hold;
    config.descriptor = tg_wired_toe();
    config.policy = TG_CHECKSUM_POLICY;
    config.line = 1;
    tg_decode_start(state);
    while (running) {
        bool new_control = false;
        bool new_word = false;
        tg_line next;
        if (line.has_control) next.control = line.control;
        else next.control = read_channel_nb_intel(orders_control, &new_control);
        const tg_u32 has_control = line.has_control || new_control;
        if (tg_line_reads(line, has_control, next.control)) next.word = read_channel_nb_intel(orders_in, &new_word);
        else next.word = line.word;
        const tg_u32 has_word = line.has_word || new_word;
        const tg_u32 controls = !has_word && tg_line_controls(line, has_control, next.control);
        const tg_log_word in = has_word ? tg_log_word_of(next.word, 1) : next.control;
        const tg_decode_out out = tg_decode_step(state, config, in, has_word || controls);
        if (out.valid) write_channel_intel(orders_items, tg_line_item(state, out.item));
        next.words = line.words + new_word;
        next.has_word = has_word && !out.took;
        next.has_control = has_control && !(controls && out.took);
        line = next;
        running = !(out.valid && out.item.kind == TG_ITEM_KIND_STOPPED);
    }
}

/* ---- indicator ------------------------------------------------------------------------------- */

__attribute__((max_global_work_dim(0)))
__kernel void indicator(void) {
    tg_indicator_registers registers = {0};
    tg_quote_row rows[TG_ROWS];
    tg_book books[TG_ROWS];
    tg_slot slots[TG_SLOTS];
    tg_constituent constituents[TG_ROWS];
    tg_i64 channels[65536];
    tg_request requests[TG_REQUESTS];
    tg_i64 carried[TG_WINDOWS * TG_WINDOW_SLOTS];
    tg_u32 sends[TG_WINDOWS * TG_WINDOW_SENDS];
    tg_u8 waits[TG_ROWS]; /* 1: the row's update could not leave yet */
    tg_indicator s;
    tg_wire w = tg_wire_begin();
    s.r = &registers;
    s.rows = rows;
    s.books = books;
    s.slots = slots;
    s.constituents = constituents;
    s.channels = channels;
    s.requests = requests;
    s.carried = carried;
    s.sends = sends;
    s.row_room = TG_ROWS;
    s.request_room = TG_REQUESTS;
    s.slot_room = TG_SLOTS;
    s.zero = 0;
    for (uint i = 0; i < TG_ROWS; i++) {
        rows[i] = tg_quote_row_none();
        books[i].best[0] = 0;
        books[i].best[1] = 0;
        books[i].levels = 0;
        books[i].queue_len = 0;
        constituents[i].shares = 0;
        constituents[i].price = 0;
        waits[i] = 0;
    }
    for (uint i = 0; i < TG_SLOTS; i++) {
        slots[i].key = 0;
        slots[i].zero = 0;
    }
    for (uint i = 0; i < 65536; i++) channels[i] = 0;
    for (uint i = 0; i < TG_WINDOWS * TG_WINDOW_SLOTS; i++) carried[i] = 0;
    for (uint i = 0; i < TG_WINDOWS * TG_WINDOW_SENDS; i++) sends[i] = 0;
    tg_indicator_start(s);
    while (w.mode != TG_WIRE_OVER) {
        /* A load line. */
        bool new_line = false;
        tg_load_line line;
        if (w.has_line) line = w.line;
        else line = read_channel_nb_intel(indicator_lines, &new_line);
        const tg_u32 has_line = w.has_line || new_line;
        const tg_u32 over = has_line && line.table == TG_LINE_END;
        const tg_u32 refuses = has_line && line.table == TG_LINE_REFUSED;
        const tg_u32 unready = over && s.r->phase == TG_PHASE_LOAD;
        const tg_u32 lines_over = w.lines_over || over;
        const tg_u32 loads = has_line && !over && !refuses;
        const tg_u32 took_line = loads && tg_indicator_load(s, line);

        /* An item, of the line whose turn it is. */
        bool from_orders = false;
        bool from_market = false;
        tg_any_item of_orders;
        tg_any_item of_market;
        const tg_u32 swaps = tg_wire_swaps(s, w);
        const tg_u32 reads = tg_wire_reads(s, w, lines_over, swaps);
        if (reads && tg_wire_takes_orders(w)) of_orders = read_channel_nb_intel(orders_items, &from_orders);
        else of_orders = w.item;
        if (reads && !from_orders && tg_wire_takes_market(w)) of_market = read_channel_nb_intel(market_items, &from_market);
        else of_market = of_orders;
        tg_any_item item = of_market;
        if (swaps) item.item.kind = TG_ITEM_KIND_PARAMETERS;
        if (swaps) item.item.operand = 0;
        const tg_u32 has_item = w.has_item || from_orders || from_market;
        const tg_u32 keeps = has_item && tg_wire_keeps(w, item.item);
        const tg_u32 runs = w.mode == TG_WIRE_RUNS;

        /* The step. */
        const tg_u32 flushed = w.mode == TG_WIRE_ROWS || w.mode == TG_WIRE_REQUESTS;
        const tg_u32 show = flushed ? w.at : w.scan;
        const tg_indicator_out out = tg_indicator_step(s, item, swaps || (has_item && !keeps), show);
        const tg_published published = tg_publish_of(out.event);

        const tg_u32 last = w.mode == TG_WIRE_LAST;
        const tg_u32 flushes = w.mode == TG_WIRE_FLUSHES;
        /* Rows: never waited for. */
        const tg_u32 moved_at = registers.rows.at[0];
        const tg_u32 moves = runs && out.has_event && published.record && moved_at != TG_NO_ROW;
        const tg_u32 row_mode = w.mode == TG_WIRE_ROWS;
        const tg_u32 row_at = moves ? moved_at : show;
        const tg_u32 row_there = moves || out.row_shown;
        const tg_u32 waited = row_there && waits[row_there ? row_at : 0u];
        const tg_u32 updates = row_there && (moves || row_mode || waited);
        tg_row_update update;
        if (moves) update.row = registers.rows.row[0];
        else update.row = out.row;
        update.at = row_at;
        update.last = last;
        bool left;
        if (updates || last) left = write_channel_nb_intel(rows_moved, update);
        else left = false;
        if (updates) waits[row_at] = !left;

        /* What leaves; the last of everything once, when that of the rows has left. */
        const tg_u32 ends = last && left;
        tg_event event = out.event;
        event.kind = ends ? TG_EVENT_LAST : out.event.kind;
        if (out.has_event || ends) write_channel_intel(events_made, event);
        tg_depth_update depth = out.depth;
        depth.marks = ends ? TG_DEPTH_LAST : out.depth.marks;
        if (tg_depth_updates(depth)) write_channel_intel(depths_moved, depth);
        tg_to_publish to_publish;
        to_publish.in = published;
        to_publish.in.flush = (tg_u8)flushes;
        to_publish.last = ends;
        to_publish.zero = 0;
        if (flushes || ends || (out.has_event && (published.record || published.ends))) {
            write_channel_intel(records, to_publish);
        }
        tg_to_send to_send;
        to_send.intent = out.intent;
        to_send.last = ends;
        to_send.zero = 0;
        if (out.has_intent || ends) write_channel_intel(intents, to_send);
        /* What is left of the image is for nobody. */
        if (ends) write_channel_intel(indicator_over, 1u);

        /* Tables, at the end. */
        const tg_u32 has_part = w.mode >= TG_WIRE_REQUESTS && (last ? left : w.at < tg_wire_rows(s, w.mode));
        if (has_part) write_channel_intel(table_parts, tg_wire_part(s, w, out.request));

        /* What is held. */
        const tg_u32 drained = runs && w.stopped == 3u && (w.refused || registers.phase == TG_PHASE_ITEM);
        tg_wire held = w;
        held.line = line;
        held.has_line = loads && !took_line;
        held.lines_over = lines_over;
        held.refused = w.refused || refuses || unready;
        held.item = item;
        held.has_item = has_item;
        held.side = from_orders ? 1u : from_market ? 0u : w.side;
        held.waited = w.waited + (moves && !left);
        const tg_u32 scanned = out.row_shown && !moves && !row_mode && !(waited && !left);
        const tg_u32 next_scan = w.scan + 1u < registers.row_count ? w.scan + 1u : 0u;
        held.scan = scanned ? next_scan : w.scan;
        held.mode = drained ? TG_WIRE_FLUSHES : w.mode;
        if (keeps) w = tg_wire_kept(held, item.item);
        else if (out.took && !swaps) w = tg_wire_taken(held, item.item);
        else if (row_mode || flushes || last) w = tg_wire_flushed(s, held, flushes || left);
        else if (w.mode > TG_WIRE_ROWS) w = tg_wire_flushed(s, held, 1);
        else w = held;
    }
}

/* ---- send ------------------------------------------------------------------------------------ */

__attribute__((max_global_work_dim(0)))
__kernel void send(void) {
    tg_send_state state;
    tg_to_send held;
    tg_host_word host_held = tg_host_word_none();
    tg_u32 loaded = 0;
    tg_u32 has_intent = 0;
    tg_u32 has_host = 0;
    tg_u32 over = 0;
    tg_u32 running = 1;
    const tg_descriptor toe = tg_wired_toe();
    held.intent = tg_intent_none();
    held.last = 0;
    held.zero = 0;
    tg_send_start(&state);
    while (running) {
        bool new_line = false;
        tg_send_in in;
        tg_to_send next;
        in.load = read_channel_nb_intel(send_lines, &new_line);
        /* An intent may only come behind what it is written with. */
        const tg_u32 reads = loaded && !has_intent && !over;
        tg_host_word host;
#ifdef TG_REPLAY
        /* Nothing else is to be done meanwhile. */
        const tg_u32 came = reads && tg_send_idle(&state);
        const tg_u32 new_host = 0;
        if (came) next = read_channel_intel(intents);
        else next = held;
        host = host_held;
#else
        bool came = false;
        bool new_host = false;
        if (reads) next = read_channel_nb_intel(intents, &came);
        else next = held;
        if (!has_host) host = read_channel_nb_intel(host_frames, &new_host);
        else host = host_held;
#endif
        const tg_u32 hosts = has_host || new_host;
        const tg_u32 ends = over || (came && next.last);
        in.intent = next.intent;
        in.host = host;
        in.has_load = new_line;
        in.has_intent = (has_intent || came) && !ends;
        in.has_host = (tg_u8)hosts;
        const tg_send_out out = tg_send_step(&state, toe, in);
        /* A frame of the host that never became whole is nobody's. */
        const tg_u32 is_over = ends && !out.has_word && !hosts && tg_send_free(&state);
        tg_event event = out.event;
        event.kind = is_over ? TG_EVENT_LAST : out.event.kind;
        if (out.has_word) write_channel_intel(orders_out, out.word);
        if (out.has_event || is_over) write_channel_intel(requests_made, event);
        held = next;
        host_held = host;
        has_intent = in.has_intent && !out.took_intent;
        has_host = hosts && !out.took_host;
        over = ends;
        loaded = loaded || (new_line && in.load.table >= TG_LOAD_TABLE_READY);
        running = !is_over;
    }
}

/* ---- publish --------------------------------------------------------------------------------- */

__attribute__((max_global_work_dim(0)))
__kernel void publish(void) {
    tg_publish_state state;
    tg_to_publish held;
    tg_u32 loaded = 0;
    tg_u32 has_in = 0;
    tg_u32 over = 0;
    tg_u32 running = 1;
    const tg_descriptor toe = tg_wired_toe();
    held.in = tg_publish_of(tg_event_none());
    held.last = 0;
    held.zero = 0;
    tg_publish_start(&state);
    while (running) {
        bool new_line = false;
        bool new_in = false;
        tg_publish_in in;
        tg_to_publish next;
        in.load = read_channel_nb_intel(publish_lines, &new_line);
        /* While a datagram leaves, the next one is filled; when none does, there is nothing else to do. */
        const tg_u32 waits = loaded && !has_in && !over;
        const tg_u32 blocks = waits && tg_publish_idle(&state);
        if (blocks) next = read_channel_intel(records);
        else if (waits) next = read_channel_nb_intel(records, &new_in);
        else next = held;
        const tg_u32 comes = blocks || new_in;
        const tg_u32 ends = over || (comes && next.last);
        in.in = next.in;
        in.has_load = new_line;
        in.has_in = (has_in || comes) && !ends;
        const tg_publish_out out = tg_publish_step(&state, toe, in);
        if (out.has_word) write_channel_intel(market_out, out.word);
        held = next;
        has_in = in.has_in && !out.took_in;
        over = ends;
        loaded = loaded || (new_line && in.load.table >= TG_LOAD_TABLE_READY);
        running = !(ends && !out.has_word && tg_publish_idle(&state));
    }
}

/* ---- params ---------------------------------------------------------------------------------- */

/* What params says, in memory. */
typedef struct {
    tg_u64 kernel_id;   /* must be the host's */
    tg_u64 protocol_id; /* must be the host's */
    tg_u64 commands;    /* of a live run: number of the last command that was done */
    tg_u64 sent;        /* blocks that travelled */
    tg_u64 refused;     /* blocks of the wrong version or checksum, or not whole */
    tg_u64 image;       /* 1: the image was refused */
    tg_u64 over;        /* 1: everything is said */
    tg_u64 zero;        /* 0 */
} tg_params_said;

/* A command of the host, as a packet of the pipe. */
typedef union {
    ulong4 packet;
    tg_log_word word;
} tg_command;

__attribute__((max_global_work_dim(0)))
__kernel void params(
    __global const volatile tg_load_line *restrict lines, /* the image; of a live run, blocks behind it */
    const uint image_lines,
    const uint memory_lines,
    __global volatile tg_params_said *restrict said,
#if defined(TG_REPLAY)
    __global const volatile tg_log_word *restrict market_words,
    const uint market_count,
    __global const volatile tg_log_word *restrict orders_words,
    const uint orders_count
#elif defined(TG_HOST_PIPE)
    __attribute__((intel_host_accessible)) __read_only pipe ulong4 from_host,
    __attribute__((intel_host_accessible)) __write_only pipe ulong4 to_host
#else
    __global const volatile uint *restrict flag,
    __global const volatile tg_log_word *restrict command_at
#endif
) {
    tg_u64 block[TG_BLOCK_CHUNKS * TG_CHUNK_WORDS];
    tg_loader l = tg_loader_begin();
    tg_control market = tg_control_none();
    tg_control orders = tg_control_none();
    tg_control host = tg_control_none(); /* a part of a frame of the host, of a live run */
#ifdef TG_REPLAY
    tg_u32 market_at = 0;
    tg_u32 orders_at = 0;
#else
    tg_u32 stops = 0;    /* of each line a bit */
    tg_u32 commands = 0; /* done */
    tg_u32 busy = 0;     /* a command is under way */
    tg_u32 loads = 0;    /* it is a block */
#endif
    tg_u32 over = 0; /* the indicator is over: no line is for anybody */
    tg_u32 running = 1;
    said->kernel_id = (tg_u64)TG_KERNEL_ID_HI << 32 | TG_KERNEL_ID_LO;
    said->protocol_id = (tg_u64)TG_PROTOCOL_ID_HI << 32 | TG_PROTOCOL_ID_LO;
    while (running) {
        /* The next line, and what is kept of a block. */
        const tg_u32 reads = tg_loader_reads(l, l.live ? memory_lines : image_lines);
        tg_load_line read;
        if (reads) read = lines[l.at];
        else read = l.line;
        tg_load_line kept;
        kept.table = TG_LOAD_TABLE_BLOCK;
        kept.index = l.chunk;
        TG_UNROLL
        for (tg_u32 i = 0; i < TG_CHUNK_WORDS; i++) {
            kept.words[i] = block[(l.chunk < TG_BLOCK_CHUNKS ? l.chunk : 0u) * TG_CHUNK_WORDS + i];
        }
        kept.words[6] = 0;
        if (l.mode == TG_LOADER_CHECK) block[l.chunk * TG_CHUNK_WORDS + l.word] = tg_loader_word(l);

        /* What leaves: a full channel holds up nothing but what is for it. */
        bool to_indicator;
        bool to_send;
        bool to_publish;
        bool to_market;
        bool to_orders;
#ifndef TG_REPLAY
        bool to_frames;
        if (host.has) to_frames = write_channel_nb_intel(host_frames, tg_host_word_of(host.word));
        else to_frames = false;
#endif
        if (l.to & TG_TO_INDICATOR) to_indicator = write_channel_nb_intel(indicator_lines, l.line);
        else to_indicator = false;
        if (l.to & TG_TO_SEND) to_send = write_channel_nb_intel(send_lines, l.line);
        else to_send = false;
        if (l.to & TG_TO_PUBLISH) to_publish = write_channel_nb_intel(publish_lines, l.line);
        else to_publish = false;
        if (market.has) to_market = write_channel_nb_intel(market_control, market.word);
        else to_market = false;
        if (orders.has) to_orders = write_channel_nb_intel(orders_control, orders.word);
        else to_orders = false;
        const tg_u32 left = (to_indicator ? TG_TO_INDICATOR : 0u) | (to_send ? TG_TO_SEND : 0u)
                          | (to_publish ? TG_TO_PUBLISH : 0u);

        bool is_over;
        if (over) is_over = true;
        else read_channel_nb_intel(indicator_over, &is_over);
        over = is_over;

        /* Control words, and what the host wants. They pass beside an image that waits for its epochs. */
        const tg_u32 loaded = over || tg_loader_idle(l);
        const tg_u32 quiet = !market.has && !orders.has && !host.has;
        tg_loader stepped = tg_loader_step(l, read, reads, kept);
        stepped.to = l.to != 0u ? l.to & ~left : stepped.to;
        tg_control next_market;
        tg_control next_orders;
#ifdef TG_REPLAY
        const tg_u32 market_free = !market.has && market_at < market_count;
        const tg_u32 orders_free = !orders.has && orders_at < orders_count;
        if (market_free) next_market.word = market_words[market_at];
        else next_market.word = market.word;
        if (orders_free) next_orders.word = orders_words[orders_at];
        else next_orders.word = orders.word;
        next_market.has = market_free || (market.has && !to_market);
        next_orders.has = orders_free || (orders.has && !to_orders);
        market_at = market_at + market_free;
        orders_at = orders_at + orders_free;
        running = !(loaded && quiet && !market_free && !orders_free);
        l = stepped;
#else
        const tg_u32 done = busy && quiet && (loaded || !loads);
        tg_u32 answered;
        bool came;
        tg_log_word command;
#ifdef TG_HOST_PIPE
        ulong4 answer = (ulong4)(commands + 1u, l.refused, l.sent, l.image_refused);
        tg_command packet;
        if (done) answered = write_pipe(to_host, &answer) == 0;
        else answered = 0;
        if (quiet && !busy) came = read_pipe(from_host, &packet.packet) == 0;
        else came = false;
        command = packet.word;
#else
        answered = done;
        if (done) {
            said->sent = l.sent;
            said->refused = l.refused;
            said->image = l.image_refused;
            mem_fence(CLK_GLOBAL_MEM_FENCE);
            said->commands = commands + 1u;
        }
        if (quiet && !busy) came = *flag != commands;
        else came = false;
        if (came) command = *command_at;
        else command = market.word;
#endif
        const tg_u32 is_block = came && command.op == TG_LOG_OP_PARAMETERS;
        const tg_u32 for_host = came && command.op == TG_LOG_OP_FRAME;
        const tg_u32 for_line = came && !is_block && !for_host;
        const tg_u32 for_orders = for_line && (command.line & 1u);
        const tg_u32 for_market = for_line && !for_orders;
        next_market.word = for_market ? command : market.word;
        next_orders.word = for_orders ? command : orders.word;
        next_market.has = for_market || (market.has && !to_market);
        next_orders.has = for_orders || (orders.has && !to_orders);
        tg_control next_host;
        next_host.word = for_host ? command : host.word;
        next_host.has = for_host || (host.has && !to_frames);
        next_host.zero = 0;
        host = next_host;
        stops = stops | (came && command.op == TG_LOG_OP_STOP ? 1u << (command.line & 1u) : 0u);
        busy = came || (busy && !answered);
        /* While the image has epochs to come, a block of the host would be undone by them. */
        const tg_u32 taken = is_block && loaded && !over;
        const tg_u32 refused = is_block && !taken;
        loads = taken || (loads && !answered);
        commands = commands + (answered ? 1u : 0u);
        running = !(stops == 3u && !busy && loaded);
        stepped.refused = stepped.refused + refused;
        l = taken ? tg_loader_live(stepped, (tg_u32)command.offset) : stepped;
#endif
        next_market.zero = 0;
        next_orders.zero = 0;
        market = next_market;
        orders = next_orders;
    }
    said->sent = l.sent;
    said->refused = l.refused;
    said->image = l.image_refused;
    said->over = 1;
}

/* ---- mirror ---------------------------------------------------------------------------------- */

/* A mirrored row: four lines of 64 bytes. Each has seven words of it and, last, the number of the
 * update; all four have the same in a whole row. The words are those of the row, then a sum over them and the
 * number, for hosts that do not read or write 64 bytes at once. */
#define TG_ROW_LINES 4u
#define TG_ROW_WORDS 26u
typedef union {
    tg_quote_row row;
    tg_u64 words[7u * TG_ROW_LINES];
} tg_row_words;

/* What mirror says, in memory. */
typedef struct {
    tg_u64 events;   /* written so far */
    tg_u64 updates;  /* rows written so far */
    tg_u64 rows;     /* at the end: rows of the quote table */
    tg_u64 requests; /* rows of the record table */
    tg_u64 waited;   /* updates of rows that found the channel full, and left later */
    tg_u64 refused;  /* 1: there was no sound image */
    tg_u64 over;     /* 1: everything is written */
    tg_u64 zero;     /* 0 */
} tg_mirror_said;

/* A sum in which each word counts by its place. */
TG_FN tg_u64 tg_row_sum(tg_row_words words, tg_u64 number) {
    tg_u64 sum = number;
    TG_UNROLL
    for (tg_u32 i = 0; i < TG_ROW_WORDS; i++) {
        sum += words.words[i] << (i + 1u) | words.words[i] >> (63u - i);
    }
    return sum;
}

/* A line of a mirrored row. */
TG_FN ulong8 tg_row_line(tg_row_words words, tg_u32 line, tg_u64 number) {
    tg_u64 out[7];
    TG_UNROLL
    for (tg_u32 i = 0; i < 7u; i++) out[i] = words.words[7u * line + i];
    return (ulong8)(out[0], out[1], out[2], out[3], out[4], out[5], out[6], number);
}

/* A level as the host reads it. */
TG_FN ulong4 tg_level_words(tg_depth_level level) {
    const ulong small = (ulong)level.queue_at | (ulong)level.queue_len << 16 | (ulong)level.reserved << 32;
    return (ulong4)((ulong)level.price, (ulong)level.quantity, (ulong)level.orders, small);
}

__attribute__((max_global_work_dim(0)))
__kernel void mirror(
    __global volatile tg_event *restrict events, /* a ring */
    const ulong ring,                            /* its events: a power of two */
    __global const volatile ulong *restrict read_at, /* events that the host has read */
    __global volatile ulong8 *restrict rows,
    __global volatile ulong4 *restrict levels,   /* 20 a security */
    __global volatile ulong *restrict queues,    /* 100 quantities a security */
    __global volatile ulong *restrict snapshots, /* of each security: twice the number of its last one, from 1; while it is under way, 1 less */
    __global volatile ulong4 *restrict tables,
    __global volatile tg_mirror_said *restrict said
) {
    tg_u64 written = 0;
    tg_u64 free_to = ring; /* the host has read what stood there */
    tg_u64 updates = 0;
    tg_u64 deepened = 0; /* snapshots that the depths have whole */
    tg_row_words words;
    tg_u32 row_at = 0;
    tg_u32 row_line = TG_ROW_LINES; /* next line of the row under way */
    tg_u32 over = 0;                /* bits: events, requests, rows, tables, depths */
    while (over != 31u) {
        /* An event: of the indicator, else of send. */
        const tg_u32 full = written == free_to;
        bool of_indicator = false;
        bool of_send = false;
        tg_event made;
        tg_event event;
        if (!full && (over & 1u) == 0u) made = read_channel_nb_intel(events_made, &of_indicator);
        else made.kind = 0;
        if (!full && !of_indicator && (over & 2u) == 0u) event = read_channel_nb_intel(requests_made, &of_send);
        else event = made;
        const tg_u32 is_last = (of_indicator || of_send) && event.kind == TG_EVENT_LAST;
        const tg_u32 writes = (of_indicator || of_send) && !is_last;
        if (writes) {
            events[written & (ring - 1u)] = event;
            mem_fence(CLK_GLOBAL_MEM_FENCE);
            said->events = written + 1u;
        }
        if (full) free_to = *read_at + ring;
        written = written + (writes ? 1u : 0u);

        /* A row: a line of it a step. */
        bool new_row = false;
        tg_row_update update;
        const tg_u32 row_over = row_line == TG_ROW_LINES;
        if (row_over && (over & 4u) == 0u) update = read_channel_nb_intel(rows_moved, &new_row);
        else update.last = 0;
        const tg_u32 rows_over = new_row && update.last;
        const tg_u32 begins = new_row && !update.last;
        if (!row_over) rows[row_at * TG_ROW_LINES + row_line] = tg_row_line(words, row_line, updates);
        if (begins) {
            tg_row_words whole;
            whole.row = update.row;
            words.row = update.row;
            words.words[TG_ROW_WORDS] = tg_row_sum(whole, updates + 1u);
            words.words[TG_ROW_WORDS + 1u] = 0;
        }
        row_at = begins ? update.at : row_at;
        row_line = begins ? 0u : row_over ? row_line : row_line + 1u;
        updates = updates + (begins ? 1u : 0u);

        /* The depth: written through, since nothing on the card reads it. Its number is odd in between. */
        bool new_depth = false;
        tg_depth_update depth;
        if ((over & 16u) == 0u) depth = read_channel_nb_intel(depths_moved, &new_depth);
        else depth.marks = 0;
        const tg_u32 depths_over = new_depth && depth.marks == TG_DEPTH_LAST;
        const tg_u32 deepens = new_depth && !depths_over;
        const tg_u32 at_row = deepens ? depth.row : 0u;
        if (deepens && depth.level_at != TG_NO_LEVEL) {
            levels[at_row * TG_LEVELS + depth.level_at] = tg_level_words(depth.level);
        }
        TG_UNROLL
        for (tg_u32 i = 0; i < 2u; i++) {
            const tg_u32 there = deepens && i < depth.queue_count;
            if (there) queues[at_row * TG_QUEUE_ITEMS + depth.queue_at + i] = (ulong)depth.quantity[i];
        }
        if (deepens && depth.marks) {
            mem_fence(CLK_GLOBAL_MEM_FENCE);
            snapshots[at_row] = 2u * deepened + (depth.marks & TG_DEPTH_ENDS ? 2u : 1u);
            mem_fence(CLK_GLOBAL_MEM_FENCE);
        }
        deepened = deepened + (deepens && (depth.marks & TG_DEPTH_ENDS) ? 1u : 0u);

        /* The tables, at the end. */
        bool new_part = false;
        tg_part part;
        if ((over & 8u) == 0u) part = read_channel_nb_intel(table_parts, &new_part);
        else part.last = 0;
        const tg_u32 tables_over = new_part && part.last;
        if (new_part && !part.last) tables[part.at] = (ulong4)(part.words[0], part.words[1], part.words[2], part.words[3]);
        if (tables_over) {
            said->rows = part.words[0];
            said->requests = part.words[1];
            said->waited = part.words[2];
            said->refused = part.words[3];
        }
        over = over | (is_last && of_indicator ? 1u : 0u) | (is_last && of_send ? 2u : 0u) | (rows_over ? 4u : 0u)
             | (tables_over ? 8u : 0u) | (depths_over ? 16u : 0u);
    }
    said->updates = updates;
    said->over = 1;
}

#ifdef TG_TOE_MEMORY
/* ---- feed, drain ----------------------------------------------------------------------------- */

/* What they say, in memory. */
typedef struct {
    tg_u64 market; /* words read of a ring, or written to it, so far */
    tg_u64 orders;
    tg_u64 over;   /* 1: that was all */
    tg_u64 zero;   /* 0 */
} tg_words_said;

/* The words of both lines, from rings that the host fills. */
__attribute__((max_global_work_dim(0)))
__kernel void feed(
    __global const volatile tg_word *restrict market_words,
    __global const volatile tg_word *restrict orders_words,
    const ulong ring,                              /* words of each: a power of two */
    const ulong market_count,                      /* words of the line in all */
    const ulong orders_count,
    __global const volatile ulong *restrict filled, /* of each line: words that are there */
    __global volatile tg_words_said *restrict said
) {
    tg_u64 market_at = 0;
    tg_u64 orders_at = 0;
    tg_u64 market_to = 0; /* up to there the host has filled */
    tg_u64 orders_to = 0;
    while (market_at < market_count || orders_at < orders_count) {
        bool market_left;
        bool orders_left;
        const tg_u32 has_market = market_at < market_to;
        const tg_u32 has_orders = orders_at < orders_to;
        if (has_market) market_left = write_channel_nb_intel(market_in, market_words[market_at & (ring - 1u)]);
        else market_left = false;
        if (has_orders) orders_left = write_channel_nb_intel(orders_in, orders_words[orders_at & (ring - 1u)]);
        else orders_left = false;
        if (!has_market) market_to = filled[0];
        if (!has_orders) orders_to = filled[1];
        market_at = market_at + market_left;
        orders_at = orders_at + orders_left;
        if (market_left) said->market = market_at;
        if (orders_left) said->orders = orders_at;
    }
    said->over = 1;
}

/* The words that leave, into rings that the host reads. */
__attribute__((max_global_work_dim(0)))
__kernel void drain(
    __global volatile tg_word *restrict market_words,
    __global volatile tg_word *restrict orders_words,
    const ulong ring,                               /* words of each: a power of two */
    __global const volatile ulong *restrict read_at, /* of each line: words that the host has read; then 1: no more come */
    __global volatile tg_words_said *restrict said
) {
    tg_u64 market_at = 0;
    tg_u64 orders_at = 0;
    tg_u64 market_to = ring; /* up to there the host has read */
    tg_u64 orders_to = ring;
    tg_u32 running = 1;
    while (running) {
        bool new_market = false;
        bool new_orders = false;
        tg_word market;
        tg_word orders;
        /* Asked before the channels are: what left before it was said is there. */
        const tg_u32 last = read_at[2] != 0u;
        mem_fence(CLK_GLOBAL_MEM_FENCE | CLK_CHANNEL_MEM_FENCE);
        const tg_u32 full = market_at == market_to || orders_at == orders_to;
        if (market_at != market_to) market = read_channel_nb_intel(market_out, &new_market);
        else market_to = read_at[0] + ring;
        if (orders_at != orders_to) orders = read_channel_nb_intel(orders_out, &new_orders);
        else orders_to = read_at[1] + ring;
        if (new_market) market_words[market_at & (ring - 1u)] = market;
        if (new_orders) orders_words[orders_at & (ring - 1u)] = orders;
        market_at = market_at + new_market;
        orders_at = orders_at + new_orders;
        if (new_market || new_orders) {
            mem_fence(CLK_GLOBAL_MEM_FENCE);
            said->market = market_at;
            said->orders = orders_at;
        }
        running = !(last && !full && !new_market && !new_orders);
    }
    said->over = 1;
}
#endif
