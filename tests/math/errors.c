/*
 * errors [N [NAME]]: the largest error of each of parsum's functions, or of one, against MPFR, for
 * N random arguments (100,000), some thousand around each threshold of its algorithm, and hard
 * ones. A line each: the function, the error in units in the last place (ulp), where it was, and
 * what it may be at most. Exits with 1 if an error is larger than that.
 *
 * The limits are little above the largest errors that were ever found, which docs/math.md has: by
 * random arguments, and by a local search around the worst of them, whose worst are the hard ones.
 */
#include "functions.h"

#include <math.h>
#include <mpfr.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int mpfr_one(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);
typedef int mpfr_two(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);

/* Arguments between two numbers: evenly, or each exponent as often, of both signs or of one. */
struct range {
    enum { NONE, EVEN, EXPONENTS, BOTH_SIGNS } kind;
    double low, high;
};

enum { RANGES = 7, POINTS = 14 };

struct function {
    const char *name;
    double (*one)(double);
    double (*two)(double, double);
    mpfr_one *exact_one;
    mpfr_two *exact_two;
    double limit;                /* ulp */
    struct range first[RANGES];  /* of the first argument */
    struct range second[RANGES]; /* of the second one, to each of them */
    double points[POINTS];       /* thresholds and hard arguments, 0 ends them */
};

#define ONE(name)                                                                                  \
    static double name##_of(double x)                                                              \
    {                                                                                              \
        return parsum_##name(x);                                                                   \
    }
#define TWO(name)                                                                                  \
    static double name##_of(double x, double y)                                                    \
    {                                                                                              \
        return parsum_##name(x, y);                                                                \
    }
FUNCTIONS(ONE, TWO)

#define IS_ONE(name) #name, name##_of, NULL, mpfr_##name, NULL
#define IS_TWO(name) #name, NULL, name##_of, NULL, mpfr_##name
#define TINY 0x1p-1074
#define SMALL 0x1p-1022
#define HUGE 0x1.fffffffffffffp1023
#define ROOT_HALF 0x1.6a09e667f3bcdp-1
#define LN2_HALF 0x1.62e42fefa39efp-2
#define PI 0x1.921fb54442d18p1

static const struct function functions[] = {
    {IS_ONE(exp),
     0.85,
     {{EVEN, -1, 1}, {EVEN, -746, 710}, {EVEN, -746, -700}, {BOTH_SIGNS, TINY, 1}},
     {{NONE, 0, 0}},
     {LN2_HALF, -LN2_HALF, 3 * LN2_HALF, -3 * LN2_HALF, -708, 0x1.62e42fefa39efp9,
      -745.13321910194122, -0x1.6232bdd7abcd2p9, -0x1.625d382336fbap+9}},
    {IS_ONE(exp2),
     0.81,
     {{EVEN, -1, 1}, {EVEN, -1080, 1025}, {EVEN, -1080, -1010}, {BOTH_SIGNS, TINY, 1}},
     {{NONE, 0, 0}},
     {0.5, -0.5, 1.5, -1.5, -1020, -1022, -1074, -1075, 1024, -0x1.ff3d7159c3a53p+9,
      -0x1.ff3de2f754852p+9}},
    {IS_ONE(expm1),
     0.72,
     {{EVEN, -1, 1}, {EVEN, -42, 60}, {EVEN, 30, 710}, {EVEN, 0.3, 0.5}, {BOTH_SIGNS, TINY, 1}},
     {{NONE, 0, 0}},
     {LN2_HALF, -LN2_HALF, 3 * LN2_HALF, -3 * LN2_HALF, -40, 44.5, 37, 0x1.62e42fefa39efp9,
      0x1.897c0b05390dfp-2, 0x1.869875fd4d7b1p-2, 0x1.760cb65eff869p-2, -0x1.28aad46746eap+5}},
    {IS_ONE(log),
     0.9,
     {{EVEN, 0.5, 2}, {EVEN, 0, 10}, {EXPONENTS, TINY, HUGE}, {EVEN, 0.69, 0.73}},
     {{NONE, 0, 0}},
     {1, ROOT_HALF, 2 * ROOT_HALF, SMALL, TINY, HUGE, 0x1.69f9cf95907bfp-1}},
    {IS_ONE(log2),
     0.92,
     {{EVEN, 0.5, 2}, {EVEN, 0, 10}, {EXPONENTS, TINY, HUGE}, {EVEN, 1.38, 1.42}},
     {{NONE, 0, 0}},
     {1, ROOT_HALF, 2 * ROOT_HALF, SMALL, TINY, HUGE, 0x1.68d6baa9159c1p+0, 0x1.685ee230d1995p+0}},
    {IS_ONE(log10),
     0.8,
     {{EVEN, 0.5, 2}, {EVEN, 0, 10}, {EXPONENTS, TINY, HUGE}, {EVEN, 1.3, 1.42}},
     {{NONE, 0, 0}},
     {1, ROOT_HALF, 2 * ROOT_HALF, SMALL, TINY, HUGE, 10, 1000, 0x1.5446bfeca5381p+0,
      0x1.528cfe14db3a1p+0}},
    {IS_ONE(log1p),
     0.84,
     {{EVEN, -1, 2}, {EVEN, -0.3, 0.45}, {EXPONENTS, TINY, HUGE}, {BOTH_SIGNS, TINY, 1}},
     {{NONE, 0, 0}},
     {-1 + ROOT_HALF, 2 * ROOT_HALF - 1, -1, 0x1p-53, -0x1p-53, 0x1p53, HUGE, -0x1.2cd1f0ce9420bp-2,
      0x1.9b85bad53bd94p-2, -0x1.2eeb7d89d4977p-2}},
    {IS_TWO(pow),
     0.81,
     {{EVEN, 0, 100},
      {EVEN, 0.99, 1.01},
      {EXPONENTS, TINY, HUGE},
      {EVEN, 0.7, 1.42},
      {EVEN, -9, 9},
      {EVEN, 1.35, 1.4142}, /* where the logarithm's error is largest, and counts most */
      {EVEN, 0.7072, 0.74}},
     {{EVEN, -30, 30},
      {EVEN, -70000, 70000},
      {EVEN, -1.05, 1.05},
      {EVEN, -1000, 1000},
      {EVEN, 0, 0},
      {EVEN, 1500, 2040},
      {EVEN, -2040, 2040}},
     {1, ROOT_HALF, 2 * ROOT_HALF, SMALL, TINY, HUGE}},
    {IS_ONE(cbrt),
     0.85,
     {{EVEN, 1, 8}, {BOTH_SIGNS, TINY, HUGE}, {EXPONENTS, TINY, SMALL}},
     {{NONE, 0, 0}},
     {1, 2, 4, 8, SMALL, TINY, HUGE, 0x1.ffffff3ffff05p-1}},
    {IS_TWO(hypot),
     0.76,
     {{EVEN, 1, 100},
      {BOTH_SIGNS, TINY, HUGE},
      {EXPONENTS, TINY, 0x1p-1000},
      {EXPONENTS, 0x1p1000, HUGE},
      {EVEN, 1, 2}},
     {{EVEN, 1, 100},
      {BOTH_SIGNS, TINY, HUGE},
      {EXPONENTS, TINY, 0x1p-1000},
      {EXPONENTS, 0x1p1000, HUGE},
      {EXPONENTS, 0x1p-60, 2}},
     {0x1p500, 0x1p-400, SMALL, TINY, HUGE}},
    {IS_ONE(sin),
     0.88,
     {{EVEN, -1, 1},
      {EVEN, -10, 10},
      {EVEN, -205000, 205000},
      {BOTH_SIGNS, TINY, 1},
      {BOTH_SIGNS, 1, HUGE}},
     {{NONE, 0, 0}},
     {PI / 4, PI / 2, PI, 3 * PI / 4, 204800, -204800, 0x1.46bdf5b6f7de9p16, 0x1.6ac5b262ca1ffp849,
      HUGE, 0x1.8b1dc9b6f4309p+14, 0x1.f330f3391bf46p+1}},
    {IS_ONE(cos),
     0.88,
     {{EVEN, -1, 1},
      {EVEN, -10, 10},
      {EVEN, -205000, 205000},
      {BOTH_SIGNS, TINY, 1},
      {BOTH_SIGNS, 1, HUGE}},
     {{NONE, 0, 0}},
     {PI / 4, PI / 2, PI, 3 * PI / 4, 204800, -204800, 0x1.46bdf5b6f7de9p16, 0x1.6ac5b262ca1ffp849,
      HUGE, -0x1.98c7774792611p-1, -0x1.d0cf5b8491e8ep+127}},
    {IS_ONE(tan),
     0.71,
     {{EVEN, -1, 1},
      {EVEN, -10, 10},
      {EVEN, -205000, 205000},
      {BOTH_SIGNS, TINY, 1},
      {BOTH_SIGNS, 1, HUGE}},
     {{NONE, 0, 0}},
     {PI / 4, PI / 2, PI, 3 * PI / 4, 204800, -204800, 0x1.46bdf5b6f7de9p16, 0x1.6ac5b262ca1ffp849,
      HUGE, -0x1.21319670707dp+17, 0x1.2e3810d296debp+14}},
    {IS_ONE(asin),
     0.73,
     {{EVEN, -1, 1}, {EVEN, 0.5, 0.7}, {BOTH_SIGNS, TINY, 1}},
     {{NONE, 0, 0}},
     {0.5, -0.5, 1, -1, ROOT_HALF, 0x1.0012c9f911b86p-1, 0x1.07faf7874331ap-1}},
    {IS_ONE(acos),
     0.72,
     {{EVEN, -1, 1}, {EVEN, 0.5, 0.7}, {BOTH_SIGNS, TINY, 1}},
     {{NONE, 0, 0}},
     {0.5, -0.5, 1, -1, ROOT_HALF, 0x1.16f154c079715p-1, 0x1.1cc3e4ba9ad45p-1}},
    {IS_ONE(atan),
     0.82,
     {{EVEN, -1, 1}, {EVEN, -5, 5}, {EVEN, 0.4, 0.5}, {BOTH_SIGNS, TINY, HUGE}},
     {{NONE, 0, 0}},
     {0.5, 1, 2, -0.5, -1, -2, 0x1p64, HUGE, 0x1.fb7ea937b05c4p-2, 0x1.fc94d772df1d9p-2,
      0x1.fcd7cffa8ba3fp-2}},
    {IS_TWO(atan2),
     0.89,
     {{EVEN, -1, 1},
      {BOTH_SIGNS, TINY, HUGE},
      {BOTH_SIGNS, TINY, 0x1p-960},
      {BOTH_SIGNS, 0x1p-30, HUGE},
      {EVEN, 0.4, 0.5}},
     {{EVEN, -1, 1},
      {BOTH_SIGNS, TINY, HUGE},
      {BOTH_SIGNS, TINY, 0x1p-960},
      {BOTH_SIGNS, 0x1p960, HUGE},
      {EVEN, 0.9, 1}},
     {0.5, 1, 2, 0x1p-600, 0x1p400, 0x1p1000, HUGE, TINY, SMALL}},
    {IS_ONE(sinh),
     0.63,
     {{EVEN, -2, 2}, {EVEN, 0.3, 0.5}, {EVEN, -711, 711}, {BOTH_SIGNS, TINY, 1}},
     {{NONE, 0, 0}},
     {LN2_HALF, -LN2_HALF, 3 * LN2_HALF, 27.7, 28.07, 0x1.633ce8fb9f87dp9, 709.782712893384,
      0x1.66993ce1006c3p-2, 0x1.69bf3c1ef3a58p-2, 0x1.636c2117e4431p-2, 0x1.652e3522c50eap-2}},
    {IS_ONE(cosh),
     0.69,
     {{EVEN, -2, 2}, {EVEN, 0.3, 0.5}, {EVEN, -711, 711}, {BOTH_SIGNS, TINY, 1}},
     {{NONE, 0, 0}},
     {LN2_HALF, -LN2_HALF, 3 * LN2_HALF, 27.7, 28.07, 0x1.633ce8fb9f87dp9, 709.782712893384,
      -0x1.0aa9e86d4c094p+0, 0x1.0a4212aa573ep+0, -0x1.0b1d409c6e522p+0}},
    {IS_ONE(tanh),
     0.75,
     {{EVEN, -2, 2}, {EVEN, 0.3, 0.4}, {EVEN, -25, 25}, {BOTH_SIGNS, TINY, 1}},
     {{NONE, 0, 0}},
     {LN2_HALF, -LN2_HALF, 3 * LN2_HALF, 18.8, 19.06, 27.7, 30, 0x1.681a2dbed933bp-2,
      -0x1.62fe3bf878588p-2, 0x1.65ad916483359p-2}},
    {IS_ONE(erf),
     0.79,
     {{EVEN, -1, 1}, {EVEN, 0.9, 1.1}, {EVEN, -6.1, 6.1}, {BOTH_SIGNS, TINY, 1}},
     {{NONE, 0, 0}},
     {0x1p-7, 0.617, 1, 64.5 / 64, 65.5 / 64, 5.9, 6, 0x0.e2df71ee094a4p-1022}},
    {IS_ONE(erfc),
     0.9,
     {{EVEN, -1, 1}, {EVEN, 0, 27.3}, {EVEN, -6, 6}, {BOTH_SIGNS, TINY, 1}},
     {{NONE, 0, 0}},
     {0.125, 0.25, 1, 7, 25, 26.5432, 27.226017111108363, 27.3, 27.5, -0x1.f32a244f3a184p-13}},
};

/* Hard arguments of functions of two. */
struct pair {
    const char *name;
    double x, y;
};

static const struct pair pairs[] = {
    {"pow", 0x1.63e96c17cce33p+0, -0x1.0cdce1184f436p+11},
    {"pow", 0x1.87049fa4497ep+100, -0x1.452b11b8f6a48p+3},
    {"hypot", 0x0.46ae3ead4abbap-1022, 0x0.a09b747cc76edp-1022},
    {"atan2", 0x1.8c7ee1fcadabfp-2, 0x1.8f73c3333db43p-1},
    {"atan2", 0x1.fb713849796d7p-2, 0x1.ff19f7ebd305dp-1},
};

static uint64_t state = 1;

static uint64_t draw(void) /* splitmix64 */
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static double draw_from(struct range range)
{
    const uint64_t low = parsum_to_bits(range.low), span = parsum_to_bits(range.high) - low;
    switch (range.kind) {
    case EVEN:
        return range.low + (range.high - range.low) * ((double)(draw() >> 11) * 0x1p-53);
    case EXPONENTS:
        return parsum_from_bits(low + draw() % (span + 1));
    case BOTH_SIGNS:
        return parsum_from_bits((low + draw() % (span + 1)) | (draw() & PARSUM_SIGN));
    default:
        return 0;
    }
}

/* What a function was seen to do. */
struct seen {
    mpfr_t x, y, exact;
    double worst, at_x, at_y;
};

/* The logarithm of the distance of doubles where the exact value lies. */
static int unit(double value)
{
    int exponent;
    (void)frexp(value, &exponent);
    return fabs(value) < SMALL ? -1074 : exponent - 53;
}

static double error(struct seen *seen, double got)
{
    const double nearest = mpfr_get_d(seen->exact, MPFR_RNDN);
    if (isnan(nearest) || isinf(nearest) || nearest == 0) {
        const bool same = isnan(nearest) ? parsum_to_bits(got) == PARSUM_NAN
                                         : got == nearest && signbit(got) == signbit(nearest);
        /* an underflow to 0 may be the least subnormal, and an overflow the largest double */
        const bool close = nearest == 0
                               ? fabs(got) <= TINY && !mpfr_zero_p(seen->exact)
                               : isinf(nearest) && !mpfr_inf_p(seen->exact) && fabs(got) >= HUGE;
        return same ? 0 : close ? 0.99 : INFINITY;
    }
    if (!isfinite(got))
        return INFINITY;
    const double toward_zero = mpfr_get_d(seen->exact, MPFR_RNDZ);
    mpfr_sub_d(seen->exact, seen->exact, got, MPFR_RNDN);
    mpfr_mul_2si(seen->exact, seen->exact, -unit(toward_zero), MPFR_RNDN);
    return fabs(mpfr_get_d(seen->exact, MPFR_RNDN));
}

static void look(const struct function *function, struct seen *seen, double x, double y)
{
    mpfr_set_d(seen->x, x, MPFR_RNDN);
    mpfr_set_d(seen->y, y, MPFR_RNDN);
    if (function->one)
        (void)function->exact_one(seen->exact, seen->x, MPFR_RNDN);
    else
        (void)function->exact_two(seen->exact, seen->x, seen->y, MPFR_RNDN);
    const double e = error(seen, function->one ? function->one(x) : function->two(x, y));
    if (!(e <= seen->worst)) {
        seen->worst = e;
        seen->at_x = x;
        seen->at_y = y;
    }
}

/* Integers as the second argument of the last range of pow, which has negative first ones. */
static double draw_second(const struct function *function, int k)
{
    const struct range range = function->second[k];
    return range.kind == EVEN && range.low == range.high ? (double)(int)(draw() % 400) - 200
                                                         : draw_from(range);
}

static void look_around(const struct function *function, struct seen *seen, double point)
{
    const uint64_t bits = parsum_to_bits(point);
    for (uint64_t n = 0; n < 500; n++)
        for (int sign = 0; sign < 2; sign++) {
            const double x = parsum_from_bits(sign ? bits - n : bits + n);
            const double y = function->two ? draw_second(function, (int)(n % RANGES)) : 0;
            if (!isnan(x))
                look(function, seen, x, y);
            if (function->two && !isnan(x))
                look(function, seen, function->first[0].low + y, x);
        }
}

/* Pairs of neighbours of both arguments: near a hard pair most of the roundings are as bad. */
static void look_around_pair(const struct function *function, struct seen *seen, struct pair pair)
{
    const uint64_t x = parsum_to_bits(pair.x), y = parsum_to_bits(pair.y);
    for (uint64_t n = 0; n < 900; n++)
        look(function, seen, parsum_from_bits(x + n % 30 - 15), parsum_from_bits(y + n / 30 - 15));
}

/* Zeros, infinities, NaN, and integers and others where pow and atan2 tell them apart. */
static void look_at_special(const struct function *function, struct seen *seen)
{
    static const double special[] = {0,          INFINITY, NAN,    1,       2,        3,
                                     0.5,        1.5,      TINY,   SMALL,   HUGE,     0x1p52 + 1,
                                     0x1p53 - 1, 0x1p53,   0x1p54, 0x1p-53, 0x1p1000, 0x1p-1000};
    enum { COUNT = sizeof special / sizeof *special };
    for (int k = 0; k < 4 * COUNT * COUNT; k++) {
        const double x = special[k / 4 % COUNT], y = special[k / 4 / COUNT];
        look(function, seen, k & 1 ? -x : x, k & 2 ? -y : y);
    }
}

static bool measure(const struct function *function, long count)
{
    struct seen seen = {.worst = -1};
    mpfr_inits2(53, seen.x, seen.y, (mpfr_ptr)0);
    mpfr_init2(seen.exact, 110);
    int ranges = 0;
    while (ranges < RANGES && function->first[ranges].kind != NONE)
        ranges++;
    for (long n = 0; n < count; n++) {
        const int k = (int)(n % ranges);
        const double y = function->two ? draw_second(function, k) : 0;
        look(function, &seen, draw_from(function->first[k]), y);
    }
    for (int k = 0; k < POINTS && function->points[k] != 0; k++)
        look_around(function, &seen, function->points[k]);
    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++)
        if (strcmp(pairs[k].name, function->name) == 0)
            look_around_pair(function, &seen, pairs[k]);
    look_at_special(function, &seen);
    mpfr_clears(seen.x, seen.y, seen.exact, (mpfr_ptr)0);
    const bool right = seen.worst <= function->limit;
    printf("%-6s %.4f ulp at %a", function->name, seen.worst, seen.at_x);
    if (function->two)
        printf(", %a", seen.at_y);
    printf(", of %.2f%s\n", function->limit, right ? "" : ": TOO MUCH");
    return right;
}

int main(int count, char **arguments)
{
    const long most = count > 1 ? atol(arguments[1]) : 100000;
    bool right = true;
    for (size_t k = 0; k < sizeof functions / sizeof *functions; k++)
        if (count < 3 || strcmp(arguments[2], functions[k].name) == 0)
            right = measure(&functions[k], most) && right;
    return right ? 0 : 1;
}
