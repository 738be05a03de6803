/*
 * term_real: adds up a term of type double or float, exactly, about as fast as it can be evaluated.
 *
 * C text for the file that a term is compiled in: `term`, a function or macro of an int64_t and a
 * TERM_REAL_JOB whose value is a double or float, and that type have to be declared before it. It
 * needs nothing else, includes only
 * the compiler's own headers, and its names begin with term_real_ or TERM_REAL_. For GCC and Clang,
 * with
 *
 *     -O3 -march=native          vectors, for the term too;
 *     -mprefer-vector-width=512  where there is AVX-512, or else GCC may store terms by halves of
 *                                what is then loaded, which costs half the speed;
 *     -ffp-contract=off          the term has the value that C gives it, FMA or not.
 *
 * Under -ffast-math the sum is still that of the terms, whatever these then are; but subnormals
 * flushed to zero, or a rounding mode other than to nearest, make it wrong.
 *
 * A term may also be the sum of two halves, a double each: TERM_REAL_HALVES(i, job, high, low)
 * writes them to *high and *low, and term_real_sum_halves adds them up, with lanes for each half.
 *
 * How. Terms go through lanes (term_lanes.h), block by block; at the end what is in these goes to
 * the caller's accumulator. A block that fails (the terms grew or shrank out of reach) is tried
 * once more with a window chosen for it, and if that fails too, its terms span more than 24 binades
 * or so: they go to the accumulator one by one. All this is done with the terms as kept in an
 * array: each term is evaluated exactly once.
 *
 * Measured (Zen 4, GCC 12, one core, G terms/s, plain loop in brackets): 1.0/((double)i*i) 2.9
 * [1.2], where 512-bit divisions at one in 10 cycles allow 2.9 to 3; i*0.5 4.2 [1.2], where six
 * additions of 512 bits a vector at one a cycle allow 4.9. Zen 3, 256 bits: 1.9 [0.70], where the
 * divisions allow 2.8; i*0.5 2.35 [1.0], where the additions allow 4.3.
 */
#ifndef PARSUM_TERM_REAL_H
#define PARSUM_TERM_REAL_H

#include "term_lanes.h"

/* Where a term is infinite or NaN. */
struct term_real_fault {
    int64_t parsum_i; /* so called as it is used after the user's text, too */
    double parsum_value;
    _Bool parsum_is_low; /* that is its lower half, and the upper one is finite */
};

static uint64_t term_real_magnitude(double x)
{
    uint64_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return bits & INT64_MAX;
}

static uint64_t term_real_largest(const double *x, int n)
{
    uint64_t largest = 0;
    for (int j = 0; j < n; j++) {
        const uint64_t magnitude = term_real_magnitude(x[j]);
        largest = magnitude > largest ? magnitude : largest;
    }
    return largest;
}

static _Bool term_real_is_special(double x)
{
    return term_real_magnitude(x) >> 52 == 0x7ff;
}

/* Names the first of the terms at x, term(start) and so on, that is infinite or NaN. */
static void term_real_find_fault(int64_t start, const double *x, const double *low,
                                 struct term_real_fault *fault)
{
    int j = 0;
    while (!term_real_is_special(x[j]) && !(low && term_real_is_special(low[j]))) {
        j++;
    }
    *fault = (struct term_real_fault){start + j, x[j], !term_real_is_special(x[j])};
}

/* Evaluates a term. A value whose highest bit is set if it is infinite or NaN. */
static inline __attribute__((__always_inline__)) uint64_t
term_real_one_checked(int64_t i, TERM_REAL_JOB job, double *x, double *low, int j)
{
    const uint64_t next = UINT64_C(1) << 52; /* takes the largest exponent to the highest bit */
    term_real_one(i, job, x, low, j);
    return (term_real_magnitude(x[j]) + next) | (low ? term_real_magnitude(low[j]) + next : 0);
}

/* Evaluates n terms, as term_real_evaluate does. False if one is infinite or NaN. */
static inline __attribute__((__always_inline__)) _Bool
term_real_evaluate_all(int64_t start, int n, TERM_REAL_JOB job, double *x, double *low)
{
    uint64_t beyond = 0;
    if (TERM_REAL_IS_SHORT(start, n)) {
        for (int j = 0; j < n; j++) {
            beyond |= term_real_one_checked((int32_t)start + j, job, x, low, j);
        }
    } else {
        for (int j = 0; j < n; j++) {
            beyond |= term_real_one_checked(start + j, job, x, low, j);
        }
    }
    return beyond >> 63 == 0;
}

/* Not inlined twice, as above. */
static __attribute__((__noinline__)) _Bool term_real_evaluate_some(int64_t start, int n,
                                                                   TERM_REAL_JOB job, double *x)
{
    return term_real_evaluate_all(start, n, job, x, 0);
}

/* Writes the terms of [start, end) to x, as term_real_sum evaluates them. */
static inline _Bool term_real_values(int64_t start, int64_t end, TERM_REAL_JOB job, double *x,
                                     struct term_real_fault *fault)
{
    const _Bool finite = term_real_evaluate_some(start, (int)(end - start), job, x);
    if (!finite) {
        term_real_find_fault(start, x, 0, fault);
    }
    return finite;
}

/* term_real_sum for n < TERM_REAL_FEW terms, and without what more of them need. */
static __attribute__((__noinline__)) _Bool term_real_sum_few(int64_t start, int n,
                                                             TERM_REAL_JOB job, void *to,
                                                             term_real_add *add,
                                                             struct term_real_fault *fault)
{
    _Alignas(64) double x[TERM_REAL_FEW];
    if (!term_real_evaluate_some(start, n, job, x)) {
        term_real_find_fault(start, x, 0, fault);
        return 0;
    }
    add(to, x, (size_t)n);
    return 1;
}

/*
 * Adds the n terms at x, at most TERM_REAL_BLOCK, to the lanes or, where they span too many
 * binades, to the caller's sum. There is room at x for whole groups. With `tried` the lanes as they
 * are have refused them. False if a term is infinite or NaN.
 */
static __attribute__((__noinline__)) _Bool term_real_take(struct term_real_lanes *lanes, double *x,
                                                          int n, _Bool tried, void *to,
                                                          term_real_add *add)
{
    const int padded = (n + TERM_REAL_GROUP - 1) / TERM_REAL_GROUP * TERM_REAL_GROUP;
    for (int j = n; j < padded; j++) {
        x[j] = 0;
    }
    if (lanes->in_use && lanes->blocks == 0) {
        term_real_lanes_empty(lanes, to, add);
    }
    if (lanes->in_use && !tried && term_real_lanes_take(lanes, x, padded)) {
        return 1;
    }
    const uint64_t largest = term_real_largest(x, n);
    if (largest >> 52 == 0x7ff) {
        return 0;
    }
    if (lanes->in_use) {
        term_real_lanes_empty(lanes, to, add);
    }
    lanes->in_use = n >= TERM_REAL_FEW && term_real_lanes_set(lanes, largest) &&
                    term_real_lanes_take(lanes, x, padded);
    if (!lanes->in_use) {
        add(to, x, (size_t)n);
    }
    return 1;
}

/* Lanes that are to take another block at once. */
static inline __attribute__((__always_inline__)) void
term_real_lanes_ready(struct term_real_lanes *lanes, void *to, term_real_add *add)
{
    if (lanes->blocks == 0) {
        term_real_lanes_empty(lanes, to, add);
    }
}

static inline __attribute__((__always_inline__)) void
term_real_lanes_end(struct term_real_lanes *lanes, void *to, term_real_add *add)
{
    if (lanes->in_use) {
        term_real_lanes_empty(lanes, to, add);
    }
}

/* term_real_sum for any number of terms; with `halves` each has two. */
static inline __attribute__((__always_inline__)) _Bool
term_real_sum_all(int64_t start, int64_t end, TERM_REAL_JOB job, void *to, term_real_add *add,
                  struct term_real_fault *fault, const _Bool halves)
{
    _Alignas(64) double x[TERM_REAL_BLOCK], room[TERM_REAL_BLOCK];
    double *const low = halves ? room : 0;
    struct term_real_lanes lanes[2] = {0};

    while (start < end) {
        const uint64_t left = (uint64_t)end - (uint64_t)start;
        const int n = left < TERM_REAL_BLOCK ? (int)left : TERM_REAL_BLOCK;
        const _Bool at_once = lanes[0].in_use && (!low || lanes[1].in_use) && n == TERM_REAL_BLOCK;
        if (at_once) {
            term_real_lanes_ready(&lanes[0], to, add);
        }
        if (at_once && low) {
            term_real_lanes_ready(&lanes[1], to, add);
        }
        if (!at_once && low) {
            term_real_evaluate_all(start, n, job, x, low);
        } else if (!at_once) {
            term_real_evaluate_some(start, n, job, x);
        }
        if (!(at_once && term_real_lanes_add(lanes, start, &job, x, low, TERM_REAL_BLOCK)) &&
            !(term_real_take(&lanes[0], x, n, at_once, to, add) &&
              (!low || term_real_take(&lanes[1], low, n, at_once, to, add)))) {
            term_real_find_fault(start, x, low, fault);
            return 0;
        }
        start += n;
    }
    term_real_lanes_end(&lanes[0], to, add);
    if (low) {
        term_real_lanes_end(&lanes[1], to, add);
    }
    return 1;
}

static __attribute__((__noinline__)) _Bool term_real_sum_many(int64_t start, int64_t end,
                                                              TERM_REAL_JOB job, void *to,
                                                              term_real_add *add,
                                                              struct term_real_fault *fault)
{
    return term_real_sum_all(start, end, job, to, add, fault, 0);
}

/* term_real_sum for a term with two halves. */
static __attribute__((__noinline__, __unused__)) _Bool
term_real_sum_halves(int64_t start, int64_t end, TERM_REAL_JOB job, void *to, term_real_add *add,
                     struct term_real_fault *fault)
{
    return term_real_sum_all(start, end, job, to, add, fault, 1);
}

/*
 * Adds term(i) for each i of [start, end), start <= end, by add(to, array, length). The length is
 * at most TERM_REAL_BLOCK; for as many terms or fewer, if there are any, `add` is called once. Each
 * term is evaluated once, at most TERM_REAL_BLOCK of them ahead. False if a term is infinite or
 * NaN; *fault then names the first one of the range, and the sum is undefined. Thread-safe if term
 * and add are; no allocation.
 */
static _Bool term_real_sum(int64_t start, int64_t end, TERM_REAL_JOB job, void *to,
                           term_real_add *add, struct term_real_fault *fault)
{
    const uint64_t n = (uint64_t)end - (uint64_t)start;
    return n < TERM_REAL_FEW ? term_real_sum_few(start, (int)n, job, to, add, fault)
                             : term_real_sum_many(start, end, job, to, add, fault);
}

#endif
