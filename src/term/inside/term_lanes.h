/*
 * term_lanes: the lanes of term_real, which add up blocks of terms exactly, if their exponents lie
 * within a window. Part of term_real.h, which says what it needs.
 *
 * Each lane has two numbers, a and b, set to 1.5 * 2^k and 1.5 * 2^m, and takes a term x by
 *
 *     s = a + x    q = s - a    r = x - q    a = s        (Dekker's fast two-sum: r is what a lost)
 *     u = b + r    v = u - b                 b = u        (with r; here nothing may be lost)
 *
 * Five additions a term; no comparison, no branch, so they hide behind the term's own work. That
 * a + b afterwards exceeds a + b before by exactly x is proved, for each step, by two tests, which
 * are gathered with OR and looked at once a block:
 *
 *     (1) s has the sign and the exponent of 1.5 * 2^k        (2) r and v have the same magnitude
 *
 * Proof, round to nearest. Initially (1) holds for a, so if all tests of the steps before held, a
 * and s both are in [2^k, 2^(k+1)): multiples of 2^(k-52) and less than 2^k apart. So q, a multiple
 * of 2^(k-52) below 2^52 of them, is exact. The rounding error a + x - s is a double, as it is for
 * every sum of two doubles, and is x - q, so r is exact as well, and |r| <= 2^(k-53), half a unit
 * of s. With at most 2^12 steps and m = k - 40, b stays within 2^12 * 2^(k-53) = 2^(m-1) of
 * 1.5 * 2^m, hence in the binade, or just at its end, 2^(m+1). Then v is exact for the same reason
 * as q, and r - v is the rounding error b + r - u. v has the sign of r or is 0, so it is r if the
 * magnitudes are the same, and then u is b + r. An infinite or NaN x leaves an s that fails (1). A
 * step whose tests fail spoils a and b, and what (1) and (2) say of the steps after it, but its
 * block is then dropped from the lanes as a whole. In the end a - 1.5 * 2^k and b - 1.5 * 2^m are
 * exact again.
 *
 * Sources: T. J. Dekker, "A floating-point technique for extending the available precision", 1971;
 * S. M. Rump, T. Ogita, S. Oishi, "Accurate floating-point summation part I", 2008, for sums that
 * start at a large power of two so that it is known what they lose.
 */
#ifndef PARSUM_TERM_LANES_H
#define PARSUM_TERM_LANES_H

#include <stddef.h>
#include <stdint.h>

/* Asks for the memory that terms read which come later than the n of them at i; may be nothing. */
#ifndef TERM_REAL_FETCH
#define TERM_REAL_FETCH(i, n, job) (void)0
#endif

#ifndef TERM_REAL_HALVES
#define TERM_REAL_HALVES(i, job, high, low) (void)0
#endif

#if defined __AVX512F__
#define TERM_REAL_BYTES 64
#elif defined __AVX__
#define TERM_REAL_BYTES 32
#else
#define TERM_REAL_BYTES 16
#endif

/* Makes the compiler forget how `v` came about, so that no -ffast-math finds a + x - a to be x. */
#if defined __AVX512F__
#define TERM_REAL_KEEP(v) __asm__("" : "+v"(v))
#elif defined __x86_64__
#define TERM_REAL_KEEP(v) __asm__("" : "+x"(v))
#elif defined __aarch64__
#define TERM_REAL_KEEP(v) __asm__("" : "+w"(v))
#else
#define TERM_REAL_KEEP(v) __asm__("" : "+m"(v))
#endif

enum {
    TERM_REAL_LANES = TERM_REAL_BYTES / 8,
    TERM_REAL_PAIR = 2 * TERM_REAL_LANES, /* terms in a step of two vectors, to hide latency */
    TERM_REAL_GROUP = 32,  /* terms evaluated before they are added: GCC 12 vectorises no less */
    TERM_REAL_BLOCK = 512, /* terms between two looks at the tests: with 256 4% slower (Zen 4) */
    TERM_REAL_FEW = 64,    /* fewer terms than this are not worth setting up the lanes */
    TERM_REAL_STEPS_LOG2 = 12,
    TERM_REAL_BLOCKS = (1 << TERM_REAL_STEPS_LOG2) / (TERM_REAL_BLOCK / TERM_REAL_PAIR),
    /* k above the exponent of the largest term: 2^12 terms sum up to 2^13 of its power of two,
       which is an eighth of 2^k, and so terms can grow fourfold until (1) fails. */
    TERM_REAL_HEADROOM = TERM_REAL_STEPS_LOG2 + 4,
    TERM_REAL_APART = 53 - TERM_REAL_STEPS_LOG2 - 1, /* k - m */
};

typedef double term_real_vector __attribute__((__vector_size__(TERM_REAL_BYTES)));
typedef int64_t term_real_bits __attribute__((__vector_size__(TERM_REAL_BYTES)));

/* Adds x[0] to x[n-1], all finite, exactly to what `to` points at. */
typedef void term_real_add(void *to, const double *x, size_t n);

struct term_real_lanes {
    term_real_vector a[2], b[2];
    term_real_vector a_home, b_home; /* what a and b are when the lanes are empty */
    int blocks;   /* how many blocks they may take before they have to be emptied */
    _Bool in_use; /* they are set up */
};

/* One step of two-sums for the terms at x. */
static inline __attribute__((__always_inline__)) void
term_real_step(term_real_vector *a, term_real_vector *b, const double *at,
               const term_real_bits *home, term_real_bits *moved, term_real_bits *lost)
{
    term_real_vector x;
    __builtin_memcpy(&x, at, sizeof x);
    term_real_vector s = *a + x;
    TERM_REAL_KEEP(s);
    term_real_vector q = s - *a;
    TERM_REAL_KEEP(q);
    term_real_vector r = x - q;
    TERM_REAL_KEEP(r);
    *a = s;
    term_real_vector u = *b + r;
    TERM_REAL_KEEP(u);
    term_real_vector v = u - *b;
    TERM_REAL_KEEP(v);
    *b = u;
    *moved |= (term_real_bits)s ^ *home;
    *lost |= (term_real_bits)r ^ (term_real_bits)v;
}

/* Evaluates a term, to x[j], or its halves to x[j] and low[j]. */
static inline __attribute__((__always_inline__)) void term_real_one(int64_t i, TERM_REAL_JOB job,
                                                                    double *x, double *low, int j)
{
    if (low) {
        TERM_REAL_HALVES(i, job, x + j, low + j);
    } else {
        x[j] = (double)term(i, job);
    }
}

/*
 * Whether n terms from i on are to be evaluated with an i of 32 bits. Where there is no instruction
 * that makes doubles of 64-bit integers (before AVX-512), GCC makes vectors of the term only if
 * told that i has so few: the same values, up to four times as fast.
 */
#ifdef __AVX512DQ__
#define TERM_REAL_IS_SHORT(i, n) 0
#else
#define TERM_REAL_IS_SHORT(i, n) ((i) >= INT32_MIN && (i) <= INT32_MAX - (n))
#endif

/* Evaluates a group of terms. */
static inline __attribute__((__always_inline__)) void
term_real_evaluate(int64_t i, TERM_REAL_JOB job, double *x, double *low)
{
    if (TERM_REAL_IS_SHORT(i, TERM_REAL_GROUP)) {
        for (int j = 0; j < TERM_REAL_GROUP; j++) {
            term_real_one((int32_t)i + j, job, x, low, j);
        }
        return;
    }
    for (int j = 0; j < TERM_REAL_GROUP; j++) {
        term_real_one(i + j, job, x, low, j);
    }
}

/* Adds a vector pair of terms, at x, to lanes whose members are these. */
#define TERM_REAL_ADD(a0, a1, b0, b1, home, x)                                                     \
    term_real_step(&(a0), &(b0), (x), &(home), &moved, &lost);                                     \
    term_real_step(&(a1), &(b1), (x) + TERM_REAL_LANES, &(home), &moved, &lost)

/*
 * Adds n terms, a multiple of TERM_REAL_GROUP, to the lanes: those at x, or, with a job, term(i)
 * and so on, which are left at x. With `low` there are lower halves as well, which have lanes[1].
 * False, and the lanes as they were, if that is not exact.
 */
static inline __attribute__((__always_inline__)) _Bool
term_real_lanes_add(struct term_real_lanes *lanes, int64_t i, const TERM_REAL_JOB *job, double *x,
                    double *low, int n)
{
    const int last = low ? 1 : 0; /* lanes of the lower halves, or the same again */
    term_real_vector c0 = lanes[last].a[0], c1 = lanes[last].a[1];
    term_real_vector d0 = lanes[last].b[0], d1 = lanes[last].b[1];
    const term_real_bits home_low = (term_real_bits)lanes[last].a_home;
    term_real_vector a0 = lanes->a[0], a1 = lanes->a[1];
    term_real_vector b0 = lanes->b[0], b1 = lanes->b[1];
    const term_real_bits home = (term_real_bits)lanes->a_home;
    term_real_bits moved = {0}, lost = {0};

    /* Evaluated one group ahead, so that its divisions run beside this one's additions. */
    for (int group = job ? -TERM_REAL_GROUP : 0; group < n; group += TERM_REAL_GROUP) {
        const int ahead = group + TERM_REAL_GROUP;
        if (job && ahead < n) {
            TERM_REAL_FETCH(i + ahead, TERM_REAL_GROUP, *job);
            term_real_evaluate(i + ahead, *job, x + ahead, low ? low + ahead : 0);
        }
        if (group < 0) {
            continue;
        }
        for (int j = group; j < ahead; j += TERM_REAL_PAIR) {
            TERM_REAL_ADD(a0, a1, b0, b1, home, x + j);
            if (low) {
                TERM_REAL_ADD(c0, c1, d0, d1, home_low, low + j);
            }
        }
    }

    uint64_t wrong = 0;
    for (int j = 0; j < TERM_REAL_LANES; j++) {
        wrong |= (uint64_t)moved[j] >> 52 | (uint64_t)lost[j] << 1; /* r or v may be -0 */
    }
    if (wrong != 0) {
        return 0;
    }
    lanes->a[0] = a0, lanes->a[1] = a1;
    lanes->b[0] = b0, lanes->b[1] = b1;
    lanes->blocks--;
    if (low) {
        lanes[1].a[0] = c0, lanes[1].a[1] = c1;
        lanes[1].b[0] = d0, lanes[1].b[1] = d1;
        lanes[1].blocks--;
    }
    return 1;
}

/* The same for terms that are at x; not inlined thrice, which would take the compiler longer. */
static __attribute__((__noinline__)) _Bool term_real_lanes_take(struct term_real_lanes *lanes,
                                                                double *x, int n)
{
    return term_real_lanes_add(lanes, 0, 0, x, 0, n);
}

/* Makes the lanes empty, ready for TERM_REAL_BLOCKS blocks. */
static void term_real_lanes_restart(struct term_real_lanes *lanes)
{
    lanes->a[0] = lanes->a[1] = lanes->a_home;
    lanes->b[0] = lanes->b[1] = lanes->b_home;
    lanes->blocks = TERM_REAL_BLOCKS;
}

/*
 * Sets up the lanes for terms of which `largest` has the bits of the largest magnitude. False if
 * they are so large that a would overflow. So that m is normal k has a lower bound too; there
 * b's unit is the smallest subnormal, and nothing is ever lost.
 */
static _Bool term_real_lanes_set(struct term_real_lanes *lanes, uint64_t largest)
{
    uint64_t k = (largest >> 52) + TERM_REAL_HEADROOM; /* exponents as fields of a double */
    if (k > 2046) {
        return 0;
    }
    if (k < TERM_REAL_APART + 1) {
        k = TERM_REAL_APART + 1;
    }
    const term_real_bits half = (term_real_bits){0} + (INT64_C(1) << 51);
    lanes->a_home = (term_real_vector)(half | (int64_t)(k << 52));
    lanes->b_home = (term_real_vector)(half | (int64_t)((k - TERM_REAL_APART) << 52));
    term_real_lanes_restart(lanes);
    return 1;
}

/* Moves what is in the lanes to the caller's sum. */
static void term_real_lanes_empty(struct term_real_lanes *lanes, void *to, term_real_add *add)
{
    const term_real_vector parts[4] = {
        lanes->a[0] - lanes->a_home,
        lanes->a[1] - lanes->a_home,
        lanes->b[0] - lanes->b_home,
        lanes->b[1] - lanes->b_home,
    };
    double x[4 * TERM_REAL_LANES];
    __builtin_memcpy(x, parts, sizeof x);
    add(to, x, 4 * TERM_REAL_LANES);
    term_real_lanes_restart(lanes);
}

#endif
