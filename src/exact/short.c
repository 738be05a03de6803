#include "exact/short.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

_Static_assert(FLT_EVAL_METHOD == 0, "a double must not have more bits than it is stored with");

/* Two lists at once, each of every other double: any x86-64 or ARMv8 CPU has such vectors. */
typedef double pair __attribute__((__vector_size__(16)));
typedef int64_t pair_bits __attribute__((__vector_size__(16)));

struct cascade {
    pair s, t;
    pair left; /* the sum of all |f|, rounded */
};

/* Adds x to *sum, and returns what the sum lost. */
static inline pair two_sum(pair *sum, pair x)
{
    const pair before = *sum, after = before + x;
    const pair of_x = after - before;
    *sum = after;
    return (before - (after - of_x)) + (x - of_x);
}

static inline void add_to_t(struct cascade *cascade, pair x)
{
    const pair f = two_sum(&cascade->t, x);
    cascade->left += (pair)((pair_bits)f & INT64_MAX);
}

static inline void add(struct cascade *cascade, pair x)
{
    add_to_t(cascade, two_sum(&cascade->s, x));
}

static struct cascade add_up(const double *x, size_t n)
{
    struct cascade all = {0};
    size_t j = 0;
    for (; j + 2 <= n; j += 2) {
        pair two;
        memcpy(&two, x + j, sizeof two);
        add(&all, two);
    }
    if (j < n)
        add(&all, (pair){x[j], 0});
    struct cascade one = {{all.s[0]}, {all.t[0]}, {all.left[0] + all.left[1]}};
    add_to_t(&one, (pair){all.t[1], 0});
    add(&one, (pair){all.s[1], 0});
    return one;
}

static __attribute__((__noinline__)) double add_slowly(struct superacc *sum, const double *x,
                                                       size_t n)
{
    struct superacc own;
    superacc_clear(&own);
    superacc_add_array(&own, x, n);
    superacc_merge(sum, &own);
    return superacc_round(&own);
}

/* (1) and (2); false for (3). */
static inline bool decide(const struct cascade *all, double *rounded)
{
    const double s = all->s[0], t = all->t[0], left = all->left[0];
    const double margin = left == 0 ? 0 : 4 * left + 0x1p-51 * fabs(t);
    const double low = s + (t - margin), high = s + (t + margin);
    *rounded = low;
    return low == high;
}

bool short_round(const double *x, size_t n, double *rounded)
{
    const struct cascade all = add_up(x, n);
    return decide(&all, rounded);
}

double short_add(struct superacc *sum, const double *x, size_t n)
{
    const struct cascade all = add_up(x, n);
    double rounded;
    if (!decide(&all, &rounded))
        return add_slowly(sum, x, n);
    if (all.left[0] == 0) {
        superacc_add(sum, all.s[0]);
        superacc_add(sum, all.t[0]);
    } else {
        superacc_add_array(sum, x, n);
    }
    return rounded;
}
