/* The fused pipeline as a program: for tests, sanitizers, mutants and gdb.
 *
 *   fused [--text 0|1] [--printed 0|1] [--strict 0|1] [--prefix N] [--policy 0|1|2] [--chunk N] [--room N] FOLDER
 *
 * FOLDER has image.bin (load lines) and log.bin (log words); events.bin, rows.bin, depth.bin,
 * requests.bin, counters.bin, toe0.bin and toe1.bin are written there: the layouts of gen/layout.h.
 * --chunk: log words a launch; --room: room of each output in a launch.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The kernel as plain C. */
#define __kernel static
#define __global
#define reqd_work_group_size(x, y, z)
#include "../pipeline_fused.cl"

static void fail(const char *what, const char *name) {
    fprintf(stderr, "fused: %s: %s\n", name, what);
    exit(1);
}

static FILE *open_in(const char *folder, const char *name, const char *mode) {
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) fail("the path is too long", name);
    FILE *file = fopen(path, mode);
    if (file == NULL) fail(strerror(errno), path);
    return file;
}

/* A whole file of entries of so many bytes. */
static void *load(const char *folder, const char *name, size_t size, tg_u64 *count) {
    FILE *file = open_in(folder, name, "rb");
    if (fseek(file, 0, SEEK_END) != 0) fail(strerror(errno), name);
    const long bytes = ftell(file);
    if (bytes < 0 || (size_t)bytes % size != 0) fail("not whole entries", name);
    rewind(file);
    void *out = malloc((size_t)bytes + 1);
    if (out == NULL) fail("no memory", name);
    if (fread(out, 1, (size_t)bytes, file) != (size_t)bytes) fail("cannot be read", name);
    fclose(file);
    *count = (tg_u64)bytes / size;
    return out;
}

static void save(FILE *file, const void *from, size_t size, tg_u64 count, const char *name) {
    if (fwrite(from, size, count, file) != count) fail("cannot be written", name);
}

static void *zeroed(size_t bytes) {
    void *out = calloc(1, bytes);
    if (out == NULL) fail("no memory", "state");
    return out;
}

int main(int count, char **arguments) {
    tg_fused_call call;
    tg_u64 chunk = 65536;
    tg_u64 room = 65536;
    const char *folder = NULL;
    memset(&call, 0, sizeof call);
    call.toe.strict_filler = 1;
    for (int at = 1; at < count; at++) {
        const char *name = arguments[at];
        if (strncmp(name, "--", 2) != 0 && folder == NULL) {
            folder = name;
            continue;
        }
        if (at + 1 == count) fail("wanted: [--NAME NUMBER].. FOLDER", name);
        char *end;
        const tg_u64 value = strtoull(arguments[++at], &end, 10);
        if (*end != 0) fail("wanted a number behind it", name);
        if (strcmp(name, "--text") == 0) call.toe.text_layout = value != 0;
        else if (strcmp(name, "--printed") == 0) call.toe.printed = value != 0;
        else if (strcmp(name, "--strict") == 0) call.toe.strict_filler = value != 0;
        else if (strcmp(name, "--prefix") == 0) call.toe.prefix_bytes = (tg_u32)value;
        else if (strcmp(name, "--policy") == 0) call.policy = (tg_u32)value;
        else if (strcmp(name, "--chunk") == 0) chunk = value < 1 ? 1 : value;
        else if (strcmp(name, "--room") == 0) room = value < 1 ? 1 : value;
        else fail("no such option", name);
    }
    if (folder == NULL) fail("wanted: [--NAME NUMBER].. FOLDER", "arguments");

    tg_u64 log_words, lines;
    tg_log_word *log_at = load(folder, "log.bin", sizeof *log_at, &log_words);
    tg_load_line *lines_at = load(folder, "image.bin", sizeof *lines_at, &lines);
    if (lines == 0 || lines_at[0].table != TG_LOAD_TABLE_SETUP) fail("no SETUP line first", "image.bin");
    const tg_u64 rows = lines_at[0].words[0];
    const tg_u64 requests = lines_at[0].words[6];
    if (rows > TG_MAX_SECURITIES || requests > TG_MAX_REQUESTS) fail("beyond the limits", "image.bin");
    call.row_room = rows < 1 ? 1 : (tg_u32)rows;
    call.request_room = requests < 1 ? 1 : (tg_u32)requests;
    call.events_room = room;
    call.toe0_room = room;
    call.toe1_room = room;
    call.turns = ~(tg_u64)0;

    tg_fused_report report;
    call.flags = TG_FUSED_SIZES;
    tidegate_fused(&call, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &report);
    const tg_fused_sizes sizes = report.sizes;
    call.flags = TG_FUSED_START;
    tg_fused_memory *memory = zeroed(sizes.memory);
    tg_u8 *tables = zeroed(sizes.tables);
    tg_event *events = zeroed(room * sizeof *events);
    tg_word *toe0 = zeroed(room * sizeof *toe0);
    tg_word *toe1 = zeroed(room * sizeof *toe1);
    FILE *events_file = open_in(folder, "events.bin", "wb");
    FILE *toe0_file = open_in(folder, "toe0.bin", "wb");
    FILE *toe1_file = open_in(folder, "toe1.bin", "wb");

    tg_u64 word = 0, line = 0, turns = 0, launches = 0;
    do {
        call.log_words = log_words - word < chunk ? log_words - word : chunk;
        call.lines = lines - line;
        if (word + call.log_words == log_words) call.flags |= TG_FUSED_FLUSH;
        tidegate_fused(&call, log_at + word, lines_at + line, memory, tables, events, toe0, toe1, &report);
        save(events_file, events, sizeof *events, report.events, "events.bin");
        save(toe0_file, toe0, sizeof *toe0, report.toe0, "toe0.bin");
        save(toe1_file, toe1, sizeof *toe1, report.toe1, "toe1.bin");
        call.flags &= ~TG_FUSED_START;
        word += report.log_words;
        line += report.lines;
        turns += report.turns;
        launches++;
    } while (report.status == TG_FUSED_ROOM || (report.status == TG_FUSED_DONE && word < log_words));
    fclose(events_file);
    fclose(toe0_file);
    fclose(toe1_file);
    if (report.status != TG_FUSED_DONE) fail("stalled: load lines are missing", folder);

    FILE *file = open_in(folder, "rows.bin", "wb");
    save(file, tables + sizes.rows, TG_QUOTE_ROW_SIZE, rows, "rows.bin");
    fclose(file);
    file = open_in(folder, "depth.bin", "wb");
    save(file, tables + sizes.depths, sizeof(tg_depth), rows, "depth.bin");
    fclose(file);
    /* Rows in use have a state. */
    const tg_request *request = (const tg_request *)(tables + sizes.requests);
    tg_u64 used = 0;
    while (used < requests && request[used].state != 0) used++;
    file = open_in(folder, "requests.bin", "wb");
    save(file, request, sizeof *request, used, "requests.bin");
    fclose(file);
    file = open_in(folder, "counters.bin", "wb");
    save(file, &report.counters, sizeof report.counters, 1, "counters.bin");
    fclose(file);
    printf("%llu log words, %llu lines, %llu turns, %llu launches\n", (unsigned long long)word,
           (unsigned long long)line, (unsigned long long)turns, (unsigned long long)launches);
    free(log_at);
    free(lines_at);
    free(memory);
    free(tables);
    free(events);
    free(toe0);
    free(toe1);
    return 0;
}
