/*
 * hashes [N]: a line for each of parsum's functions, its name and a hash of what it makes of N
 * arguments (100,000), the same in whatever way this file is compiled. The function is called in a
 * loop that a compiler may make vectors of, and then one by one; both must have the same bits.
 */
#include "functions.h"

#include <stdio.h>
#include <stdlib.h>

enum { BLOCK = 1000 };

static uint64_t state;

static uint64_t draw(void) /* splitmix64 */
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Any double; one between -1 and 1; one of 2^-8 to 2^8; one between -1024 and 1024. */
static double draw_argument(void)
{
    static const double special[] = {0,
                                     1,
                                     0.5,
                                     2,
                                     0x1p-1074,
                                     0x1p-1022,
                                     0x1.fffffffffffffp1023,
                                     709.78271289338397,
                                     745.13321910194122,
                                     204800};
    const uint64_t bits = draw(), kind = bits & 7, sign = bits & PARSUM_SIGN;
    const double unit = (double)(int64_t)(draw() >> 11) * 0x1p-53;
    switch (kind) {
    case 0:
        return parsum_from_bits(draw());
    case 1:
        return parsum_from_bits(
            parsum_to_bits(special[(bits >> 8) % (sizeof special / sizeof *special)]) | sign);
    case 2:
    case 3:
        return parsum_from_bits(parsum_to_bits(unit) | sign);
    case 4:
    case 5:
        return parsum_from_bits(((1015 + (bits >> 8) % 16) << 52 | draw() >> 12) | sign);
    default:
        return parsum_from_bits(parsum_to_bits(unit * 1024) | sign);
    }
}

static double x[BLOCK], y[BLOCK], result[BLOCK];

#define NOT_INLINE __attribute__((__noinline__, __noclone__))
#ifdef __clang__
#undef NOT_INLINE
#define NOT_INLINE __attribute__((__noinline__))
#endif

#define ONE(name)                                                                                  \
    static NOT_INLINE void name##_all(void)                                                        \
    {                                                                                              \
        for (int n = 0; n < BLOCK; n++)                                                            \
            result[n] = parsum_##name(x[n]);                                                       \
    }                                                                                              \
    static NOT_INLINE double name##_one(double a, double b)                                        \
    {                                                                                              \
        (void)b;                                                                                   \
        return parsum_##name(a);                                                                   \
    }
#define TWO(name)                                                                                  \
    static NOT_INLINE void name##_all(void)                                                        \
    {                                                                                              \
        for (int n = 0; n < BLOCK; n++)                                                            \
            result[n] = parsum_##name(x[n], y[n]);                                                 \
    }                                                                                              \
    static NOT_INLINE double name##_one(double a, double b)                                        \
    {                                                                                              \
        return parsum_##name(a, b);                                                                \
    }
FUNCTIONS(ONE, TWO)

static const struct {
    const char *name;
    void (*all)(void);
    double (*one)(double, double);
} functions[] = {
#define ROW(name) {#name, name##_all, name##_one},
    FUNCTIONS(ROW, ROW)};

int main(int count, char **arguments)
{
    const long most = count > 1 ? atol(arguments[1]) : 100000;
    for (size_t k = 0; k < sizeof functions / sizeof *functions; k++) {
        uint64_t hash = 0;
        state = 1;
        for (long done = 0; done < most; done += BLOCK) {
            for (int n = 0; n < BLOCK; n++) {
                x[n] = draw_argument();
                y[n] = draw_argument();
            }
            functions[k].all();
            for (int n = 0; n < BLOCK; n++) {
                const uint64_t bits = parsum_to_bits(result[n]);
                if (bits != parsum_to_bits(functions[k].one(x[n], y[n]))) {
                    printf("%s(%a, %a) depends on its place\n", functions[k].name, x[n], y[n]);
                    return 1;
                }
                hash = (hash ^ bits) * UINT64_C(0x9e3779b97f4a7c15);
                hash ^= hash >> 32;
            }
        }
        printf("%s %016llx\n", functions[k].name, (unsigned long long)hash);
    }
    return 0;
}
