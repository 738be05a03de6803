/*
 * doubles: hard data for sums of doubles. For tests alone.
 */
#ifndef PARSUM_TEST_DOUBLES_H
#define PARSUM_TEST_DOUBLES_H

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The next number of a SplitMix64 sequence. */
static inline uint64_t doubles_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static inline uint64_t doubles_bits(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline double doubles_from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* A finite double, of any sign, whose exponent field lies in [low, high], high <= 2046. */
static inline double doubles_between(uint64_t *state, uint64_t low, uint64_t high)
{
    const uint64_t exponent = low + doubles_random(state) % (high - low + 1);
    const uint64_t rest = doubles_random(state);
    return doubles_from_bits((rest & UINT64_C(0x800fffffffffffff)) | exponent << 52);
}

static inline void doubles_shuffle(uint64_t *state, double *x, size_t n)
{
    for (size_t j = n; j > 1; j--) {
        const size_t other = doubles_random(state) % j;
        const double kept = x[j - 1];
        x[j - 1] = x[other];
        x[other] = kept;
    }
}

enum doubles_kind {
    DOUBLES_ANY,       /* every exponent there is */
    DOUBLES_NEAR_ONE,  /* a few binades */
    DOUBLES_SUBNORMAL, /* subnormals and the smallest normals */
    DOUBLES_CANCEL,    /* each with its negative, and one small one that is left over */
    DOUBLES_TIE,       /* half an ulp, with or without a crumb far below that decides */
    DOUBLES_OVERFLOW,  /* so large that almost every partial sum is beyond DBL_MAX */
    DOUBLES_ZERO,      /* zeros of both signs, and one term */
    DOUBLES_SAME_SIGN, /* growing, all positive */
    DOUBLES_KINDS,
};

/* Fills x[0] to x[n-1]. */
static inline void doubles_fill(enum doubles_kind kind, uint64_t *state, double *x, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        switch (kind) {
        case DOUBLES_ANY:
            x[j] = doubles_between(state, 0, 2046);
            break;
        case DOUBLES_NEAR_ONE:
            x[j] = doubles_between(state, 1018, 1028);
            break;
        case DOUBLES_SUBNORMAL:
            x[j] = doubles_between(state, 0, 2);
            break;
        case DOUBLES_CANCEL:
            x[j] = j % 2 == 1 ? -x[j - 1] : doubles_between(state, 0, 2046);
            break;
        case DOUBLES_TIE: {
            const double crumb[] = {0, 0, DBL_TRUE_MIN, -DBL_TRUE_MIN, 0x1p-1000, -0x1p-1000};
            const double tie[] = {1, 0x1p-53, -0x1p-53, 0x1p-52, 0x1p-54, -0x1p-54};
            x[j] = j % 3 == 2 ? crumb[doubles_random(state) % 6] : tie[doubles_random(state) % 6];
            break;
        }
        case DOUBLES_OVERFLOW: {
            const double large[] = {DBL_MAX, -DBL_MAX, 0x1p970, 0x1p969, -0x1p969, 0x1p1023, 1};
            x[j] = large[doubles_random(state) % 7];
            break;
        }
        case DOUBLES_ZERO:
            x[j] = doubles_random(state) % 2 == 0 ? 0.0 : -0.0;
            break;
        default:
            x[j] = ldexp((double)(doubles_random(state) >> 11), (int)(j % 1500) - 1074);
            break;
        }
    }
    if (n > 0 && kind == DOUBLES_CANCEL) {
        x[n - 1] = n % 2 == 1 ? doubles_between(state, 0, 100) : x[n - 1];
    }
    if (n > 2 && kind == DOUBLES_ZERO) {
        x[n / 2] = doubles_between(state, 0, 2046);
    }
    doubles_shuffle(state, x, n);
}

#endif
