/*
 * A straightforward feed handler in C: parse, index, order. What a team would write on a CPU without this project.
 *
 * Written from host/protocol/PROTOCOL.md and the definition of the index; it shares test vectors with the other
 * engines, and no code. 300191 and 300192 are read whole, of snapshots only the time, and everything else goes by
 * with its checksum.
 *
 *   reference FEED SETUP OUT PASSES [EACH]
 *
 * FEED is the messages of one stream. OUT gets what a pass makes, in order: 'I' and an index point (message number,
 * time, index, sum; 8 bytes each, least first) or 'O' and the bytes of an order. EACH gets the nanoseconds of each
 * message of one more pass, 4 bytes each, least first. One line of JSON says what was counted, and how long each
 * pass took.
 */
#define _POSIX_C_SOURCE 199309L
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    HEADER_BYTES = 8,
    TRAILER_BYTES = 4,
    MAX_BODY_BYTES = 8192,
    MAX_ANNOUNCEMENT_BYTES = 1 << 20,
    MAX_CONSTITUENTS = 4096,
    /* A power of two, at most half full. */
    SLOTS = 8192,
    MAX_ORDER_BYTES = 512,
    CHANNELS = 65536,
    POINT_BYTES = 1 + 32,
};

enum {
    SNAPSHOT = 300111, BOND_SNAPSHOT = 300211, BLOCK_SNAPSHOT = 300611, FIXED_PRICE_SNAPSHOT = 303711,
    HK_SNAPSHOT = 306311, INDEX_SNAPSHOT = 309011, VOLUME_STATISTICS = 309111,
    TRADE = 300191, ORDER = 300192, ANNOUNCEMENT = 390012,
};

/* Offsets in the bodies. */
enum {
    CHANNEL_NO = 0, APPL_SEQ_NUM = 2,
    TRADE_SECURITY = 29, TRADE_SOURCE = 37, TRADE_PRICE = 41, TRADE_QTY = 49, TRADE_EXEC_TYPE = 57, TRADE_TIME = 58,
    TRADE_BODY_BYTES = 66,
    ORDER_SECURITY = 13, ORDER_SOURCE = 21, ORDER_PRICE = 25, ORDER_QTY = 33, ORDER_SIDE = 41, ORDER_TIME = 42,
    ORDER_TYPE = 50, ORDER_BODY_BYTES = 51,
    SNAPSHOT_TIME = 0, SNAPSHOT_LEAST_BYTES = 69,
};

__extension__ typedef unsigned __int128 u128;

/* What a trader sets. */
struct setup {
    size_t constituents;
    uint64_t security[MAX_CONSTITUENTS];
    int64_t shares[MAX_CONSTITUENTS];
    int64_t prev_close_e4[MAX_CONSTITUENTS];
    int64_t index_prev_close_e4;
    int64_t level_e4;
    uint64_t limit;
    uint8_t order[MAX_ORDER_BYTES];
    size_t order_bytes;
    size_t time_at;
    size_t digits_at;
    size_t digits;
    uint64_t first_number;
    /* Prepared: index = (sum * constant + half) >> shift. */
    uint64_t constant;
    unsigned shift;
    int64_t base_sum;
    /* A hash of securities with linear probing: number of a constituent and 1; 0 is free. */
    uint16_t slot[SLOTS];
};

/* What a pass changes. */
struct state {
    int64_t price_e4[MAX_CONSTITUENTS];
    int64_t last_seq[CHANNELS];
    int64_t now;
    int64_t sum;
    uint64_t sent;
    bool above;
    uint64_t messages, accepted, rejected, points;
    uint64_t touched;
    uint8_t *out;
};

static void fail(const char *what, const char *found)
{
    fprintf(stderr, "reference: %s: %s\n", what, found);
    exit(1);
}

static uint16_t be16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t be32(const uint8_t *at)
{
    return (uint32_t)be16(at) << 16 | be16(at + 2);
}

static int64_t be64(const uint8_t *at)
{
    return (int64_t)((uint64_t)be32(at) << 32 | be32(at + 4));
}

/* A code is padded with spaces or with NULs. */
static uint64_t security_key(const uint8_t *at)
{
    uint64_t key = 0;
    for (int i = 0; i < 8; i++)
        key = key << 8 | (at[i] == 0 ? ' ' : at[i]);
    return key;
}

static size_t slot_of(uint64_t key)
{
    return (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 51);
}

/* Number of a constituent, or -1. */
static int find(const struct setup *setup, uint64_t key)
{
    for (size_t at = slot_of(key);; at = (at + 1) % SLOTS) {
        if (setup->slot[at] == 0)
            return -1;
        if (setup->security[setup->slot[at] - 1] == key)
            return setup->slot[at] - 1;
    }
}

/* index_prev_close / base_sum as a binary fraction of 63 significant bits, rounded to nearest, half up. */
static void prepare_index(struct setup *setup)
{
    u128 base = 0;
    for (size_t i = 0; i < setup->constituents; i++)
        base += (u128)setup->shares[i] * (u128)setup->prev_close_e4[i];
    if (base == 0 || base >> 63 != 0)
        fail("sum of shares x prev_close", "wanted 1 to 2^63 - 1");
    u128 value = (u128)setup->index_prev_close_e4;
    u128 quotient = value / base, rest = value % base;
    unsigned shift = 0;
    while (shift < 126 && quotient >> 62 == 0) {
        rest *= 2;
        quotient *= 2;
        if (rest >= base) {
            rest -= base;
            quotient += 1;
        }
        shift += 1;
    }
    if (rest * 2 >= base && quotient != (((u128)1 << 63) - 1))
        quotient += 1;
    if (shift == 0 || quotient >> 63 != 0)
        fail("index constant", "wanted below 2^63 with a shift of 1 to 126");
    setup->constant = (uint64_t)quotient;
    setup->shift = shift;
    setup->base_sum = (int64_t)base;
}

static void read_setup(struct setup *setup, const char *path)
{
    FILE *file = fopen(path, "r");
    char key[32], text[2 * MAX_ORDER_BYTES + 1];
    if (!file)
        fail("cannot read", path);
    while (fscanf(file, "%31s", key) == 1) {
        bool ok = true;
        if (strcmp(key, "index_prev_close") == 0) {
            ok = fscanf(file, "%" SCNd64, &setup->index_prev_close_e4) == 1 && setup->index_prev_close_e4 > 0;
        } else if (strcmp(key, "constituent") == 0) {
            size_t i = setup->constituents;
            char name[9];
            if (i == MAX_CONSTITUENTS)
                fail(path, "too many constituents");
            ok = fscanf(file, "%8s %" SCNd64 " %" SCNd64, name, &setup->shares[i], &setup->prev_close_e4[i]) == 3
                && setup->shares[i] > 0 && setup->prev_close_e4[i] > 0;
            if (ok) {
                uint8_t padded[8];
                memset(padded, ' ', sizeof padded);
                memcpy(padded, name, strlen(name));
                setup->security[i] = security_key(padded);
                size_t at = slot_of(setup->security[i]);
                while (setup->slot[at] != 0)
                    at = (at + 1) % SLOTS;
                setup->slot[at] = (uint16_t)(i + 1);
                setup->constituents++;
            }
        } else if (strcmp(key, "trigger") == 0) {
            ok = fscanf(file, "%" SCNd64 " %" SCNu64, &setup->level_e4, &setup->limit) == 2;
        } else if (strcmp(key, "order") == 0) {
            ok = fscanf(file, "%1024s", text) == 1;
            for (setup->order_bytes = 0; ok && text[2 * setup->order_bytes] != 0; setup->order_bytes++)
                ok = sscanf(text + 2 * setup->order_bytes, "%2" SCNx8, &setup->order[setup->order_bytes]) == 1;
        } else if (strcmp(key, "time_at") == 0) {
            ok = fscanf(file, "%zu", &setup->time_at) == 1;
        } else if (strcmp(key, "number") == 0) {
            ok = fscanf(file, "%zu %zu %" SCNu64, &setup->digits_at, &setup->digits, &setup->first_number) == 3;
        } else {
            fail(path, key);
        }
        if (!ok)
            fail(path, key);
    }
    fclose(file);
    if (setup->order_bytes < HEADER_BYTES + TRAILER_BYTES || setup->time_at + 8 > setup->order_bytes
        || setup->digits_at + setup->digits > setup->order_bytes)
        fail(path, "the order is shorter than what is patched in it");
    prepare_index(setup);
}

static uint8_t checksum(const uint8_t *bytes, size_t length)
{
    uint8_t sum = 0;
    for (size_t i = 0; i < length; i++)
        sum = (uint8_t)(sum + bytes[i]);
    return sum;
}

static void put_le64(struct state *state, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        *state->out++ = (uint8_t)(value >> (8 * i));
}

/* The template with the time of now and the next number in it, and the checksum behind. */
static void send_order(const struct setup *setup, struct state *state)
{
    *state->out++ = 'O';
    uint8_t *order = state->out;
    memcpy(order, setup->order, setup->order_bytes);
    for (int i = 0; i < 8; i++)
        order[setup->time_at + (size_t)i] = (uint8_t)((uint64_t)state->now >> (56 - 8 * i));
    uint64_t number = setup->first_number + state->sent;
    for (size_t i = setup->digits; i > 0; i--) {
        order[setup->digits_at + i - 1] = (uint8_t)('0' + number % 10);
        number /= 10;
    }
    size_t covered = setup->order_bytes - TRAILER_BYTES;
    memset(order + covered, 0, TRAILER_BYTES);
    order[setup->order_bytes - 1] = checksum(order, covered);
    state->out += setup->order_bytes;
    state->sent++;
}

/* A trade moves the sum by the change of price times the shares; the trigger fires when it turns true. */
static void move_index(const struct setup *setup, struct state *state, int at, int64_t price_e4)
{
    state->sum += (price_e4 - state->price_e4[at]) * setup->shares[at];
    state->price_e4[at] = price_e4;
    u128 product = (u128)state->sum * setup->constant;
    int64_t index_e4 = (int64_t)((product + ((u128)1 << (setup->shift - 1))) >> setup->shift);
    *state->out++ = 'I';
    put_le64(state, state->messages);
    put_le64(state, (uint64_t)state->now);
    put_le64(state, (uint64_t)index_e4);
    put_le64(state, (uint64_t)state->sum);
    state->points++;

    bool above = index_e4 >= setup->level_e4;
    if (above && !state->above && state->sent < setup->limit)
        send_order(setup, state);
    state->above = above;
}

static void see_time(struct state *state, int64_t time)
{
    if (time > state->now)
        state->now = time;
}

/* False for what was seen before: the numbers of a channel rise. */
static bool is_new(struct state *state, const uint8_t *body)
{
    int64_t *last = &state->last_seq[be16(body + CHANNEL_NO)];
    int64_t seq = be64(body + APPL_SEQ_NUM);
    if (seq <= *last)
        return false;
    *last = seq;
    return true;
}

static bool is_szse(const uint8_t *source)
{
    return memcmp(source, "102", 3) == 0 && (source[3] == ' ' || source[3] == 0);
}

static void on_trade(const struct setup *setup, struct state *state, const uint8_t *body)
{
    int64_t price_e4 = be64(body + TRADE_PRICE), qty_e2 = be64(body + TRADE_QTY);
    see_time(state, be64(body + TRADE_TIME));
    if (!is_new(state, body) || !is_szse(body + TRADE_SOURCE) || body[TRADE_EXEC_TYPE] != 'F')
        return;
    int at = find(setup, security_key(body + TRADE_SECURITY));
    if (at >= 0 && price_e4 > 0 && qty_e2 >= 0)
        move_index(setup, state, at, price_e4);
}

static void on_order(struct state *state, const uint8_t *body)
{
    see_time(state, be64(body + ORDER_TIME));
    /* Read like a handler that keeps orders would; nothing here needs them. */
    if (is_new(state, body) && is_szse(body + ORDER_SOURCE))
        state->touched ^= security_key(body + ORDER_SECURITY) ^ (uint64_t)be64(body + ORDER_PRICE)
            ^ (uint64_t)be64(body + ORDER_QTY) ^ body[ORDER_SIDE] ^ body[ORDER_TYPE];
}

/* Whether the body is as long as its type wants. */
static bool on_message(const struct setup *setup, struct state *state, uint32_t type, const uint8_t *body,
    uint32_t body_bytes)
{
    switch (type) {
    case TRADE:
        if (body_bytes < TRADE_BODY_BYTES)
            return false;
        on_trade(setup, state, body);
        return true;
    case ORDER:
        if (body_bytes < ORDER_BODY_BYTES)
            return false;
        on_order(state, body);
        return true;
    case SNAPSHOT: case BOND_SNAPSHOT: case BLOCK_SNAPSHOT: case FIXED_PRICE_SNAPSHOT: case HK_SNAPSHOT:
    case INDEX_SNAPSHOT: case VOLUME_STATISTICS:
        if (body_bytes < SNAPSHOT_LEAST_BYTES)
            return false;
        see_time(state, be64(body + SNAPSHOT_TIME));
        return true;
    default:
        return true;
    }
}

/* One message; the bytes it takes, or 0 where no whole message is. */
static size_t step(const struct setup *setup, struct state *state, const uint8_t *bytes, size_t length)
{
    if (length < HEADER_BYTES)
        return 0;
    uint32_t type = be32(bytes), body_bytes = be32(bytes + 4);
    if (body_bytes > (type == ANNOUNCEMENT ? MAX_ANNOUNCEMENT_BYTES : MAX_BODY_BYTES))
        return 0;
    size_t covered = HEADER_BYTES + body_bytes, whole = covered + TRAILER_BYTES;
    if (length < whole)
        return 0;
    bool ok = be32(bytes + covered) == checksum(bytes, covered)
        && on_message(setup, state, type, bytes + HEADER_BYTES, body_bytes);
    state->accepted += ok;
    state->rejected += !ok;
    state->messages++;
    return whole;
}

static uint64_t now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_nsec;
}

static void reset(const struct setup *setup, struct state *state, uint8_t *out)
{
    memset(state, 0, sizeof *state);
    memcpy(state->price_e4, setup->prev_close_e4, sizeof state->price_e4);
    state->sum = setup->base_sum;
    state->out = out;
}

static uint64_t pass(const struct setup *setup, struct state *state, const uint8_t *feed, size_t length)
{
    uint64_t start = now_ns();
    for (size_t at = 0, taken; at < length; at += taken) {
        taken = step(setup, state, feed + at, length - at);
        if (taken == 0)
            fail("feed", "it ends within a message, or a BodyLength is too great");
    }
    return now_ns() - start;
}

static uint8_t *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        fail("cannot read", path);
    long end = ftell(file);
    if (end < 0)
        fail("cannot read", path);
    rewind(file);
    *length = (size_t)end;
    uint8_t *bytes = malloc(*length + 1);
    if (!bytes || fread(bytes, 1, *length, file) != *length)
        fail("cannot read", path);
    fclose(file);
    return bytes;
}

static void write_file(const char *path, const void *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, length, file) != length || fclose(file) != 0)
        fail("cannot write", path);
}

int main(int argc, char **argv)
{
    static struct setup setup;
    static struct state state;
    if (argc != 5 && argc != 6)
        fail("usage", "reference FEED SETUP OUT PASSES [EACH]");
    int passes = atoi(argv[4]);
    if (passes < 1)
        fail("PASSES, wanted at least 1", argv[4]);
    size_t length;
    uint8_t *feed = read_file(argv[1], &length);
    read_setup(&setup, argv[2]);

    /* Room for an index point of each message, and for all orders. */
    size_t most = length / (HEADER_BYTES + TRAILER_BYTES) + 1;
    size_t out_bytes = most * POINT_BYTES + (size_t)setup.limit * (1 + setup.order_bytes);
    uint8_t *out = malloc(out_bytes);
    uint64_t *pass_ns = malloc((size_t)passes * sizeof *pass_ns);
    if (!out || !pass_ns)
        fail("memory", "none");
    /* Touched once, so that no pass pays for new pages. */
    memset(out, 0, out_bytes);

    for (int i = 0; i < passes; i++) {
        reset(&setup, &state, out);
        pass_ns[i] = pass(&setup, &state, feed, length);
    }
    write_file(argv[3], out, (size_t)(state.out - out));

    printf("{\"messages\":%" PRIu64 ",\"accepted\":%" PRIu64 ",\"rejected\":%" PRIu64 ",\"points\":%" PRIu64
           ",\"orders\":%" PRIu64 ",\"touched\":%" PRIu64 ",\"pass_ns\":[",
        state.messages, state.accepted, state.rejected, state.points, state.sent, state.touched);
    for (int i = 0; i < passes; i++)
        printf("%s%" PRIu64, i ? "," : "", pass_ns[i]);
    printf("]}\n");

    if (argc == 6) {
        uint8_t *each = malloc(4 * most);
        if (!each)
            fail("memory", "none");
        memset(each, 0, 4 * most);
        reset(&setup, &state, out);
        size_t messages = 0;
        for (size_t at = 0; at < length; messages++) {
            uint64_t start = now_ns();
            at += step(&setup, &state, feed + at, length - at);
            uint64_t ns = now_ns() - start;
            for (int i = 0; i < 4; i++)
                each[4 * messages + (size_t)i] = (uint8_t)((ns > UINT32_MAX ? UINT32_MAX : ns) >> (8 * i));
        }
        write_file(argv[5], each, 4 * messages);
        free(each);
    }
    free(pass_ns);
    free(out);
    free(feed);
    return 0;
}
