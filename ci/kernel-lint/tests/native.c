/* The fixtures of G48 and G50 as C: the better form computes what the refused one computes. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

typedef unsigned char uchar;
typedef unsigned int uint;
#define TG_FN static inline
#define TG_UNROLL

#include "../fixtures/bad/if-depth-repeated.h"
#include "../fixtures/bad/if-depth.h"
#include "../fixtures/bad/unrolled-loops.h"
#include "../fixtures/good/if-depth.h"
#include "../fixtures/good/unrolled-loops.h"

static int wrong;

static void expect(bool holds, const char *what, uint input)
{
    if (!holds) {
        printf("%s: input %u\n", what, input);
        wrong = 1;
    }
}

int main(void)
{
    uint seen = 0u;
    for (uint in = 0; in < 8; in++) {
        const bool a = in & 4u, b = in & 2u, c = in & 1u;
        expect(tg_nested3(a, b, c) == tg_flat3(a, b, c), "three levels, flat", in);
        /* The slip: a without b has lost its branch, all else is as it was. */
        const bool same = tg_flat_wrong(a, b, c) == tg_nested3(a, b, c);
        expect(same == !(a && !b), "the repeated condition", in);
        expect(tg_flat_wrong(a, b, c) != 3u, "the branch that is never taken", in);
        seen |= 1u << tg_flat3(a, b, c);
    }
    expect(seen == 0x1eu, "every branch of three levels is taken", seen);

    seen = 0u;
    for (uint in = 0; in < 16; in++) {
        const bool a = in & 8u, b = in & 4u, c = in & 2u, d = in & 1u;
        expect(tg_nested4(a, b, c, d) == tg_flat4(a, b, c, d), "four levels, flat", in);
        seen |= 1u << tg_flat4(a, b, c, d);
    }
    expect(seen == 0x3eu, "every branch of four levels is taken", seen);

    for (uint num = 0; num <= 16; num++) {
        uchar data[16], loop[16], flat[16], by_hand[16];
        for (uint i = 0; i < 16; i++) {
            data[i] = (uchar)(0xa0u + i);
            loop[i] = flat[i] = (uchar)(0x50u + i);
            by_hand[i] = (i < num) ? data[i] : (uchar)(0x50u + i);
        }
        tg_copy_loop(loop, data, num);
        tg_copy_flat(flat, data, num);
        expect(memcmp(loop, flat, 16) == 0, "both copies are equal", num);
        expect(memcmp(flat, by_hand, 16) == 0, "the copy is right", num);
    }

    uchar ones[16];
    memset(ones, 3, sizeof ones);
    expect(tg_sum_flat(ones) == 48u, "the sum", 0u);

    if (!wrong) {
        puts("equal: 8 and 16 rows of the truth tables, copies of 0 to 16 bytes");
    }
    return wrong;
}
