#include "exact/moments.h"

#include "exact/rational.h"

#include <math.h>

typedef unsigned __int128 uint128;

void moment_from_integer(struct moment *moment, __int128 low, __int128 high)
{
    /* low + high * 2^64 has 193 bits and a sign: its lowest 64 bits, and the rest. */
    __int128 rest = high + (low >> 64); /* floor */
    uint64_t bits = (uint64_t)low;
    moment->negative = rest < 0;
    moment->exponent = 0;
    if (rest < 0) {
        bits = 0 - bits;
        rest = -(rest + (bits != 0));
    }
    struct natural lowest;
    natural_set(&lowest, bits);
    natural_set(&moment->magnitude, (uint128)rest);
    natural_shift(&moment->magnitude, &moment->magnitude, 64);
    natural_add(&moment->magnitude, &moment->magnitude, &lowest);
}

void moment_from_kulisch(struct moment *moment, const struct kulisch *sum)
{
    struct kulisch_digits digits;
    kulisch_read(sum, &digits);
    struct natural *const number = &moment->magnitude;
    number->length = 0;
    for (int k = digits.first; k < digits.end; k += 2) {
        const uint64_t high = k + 1 < digits.end ? digits.digit[k + 1] : 0;
        number->limb[number->length++] = high << 32 | digits.digit[k];
    }
    moment->negative = digits.negative;
    moment->exponent = 32 * digits.first + KULISCH_UNIT;
}

void moment_from_squares(struct moment *moment, const uint128 limb[4])
{
    moment->negative = false;
    moment->exponent = 0;
    natural_set(&moment->magnitude, 0);
    for (int k = 3; k >= 0; k--) {
        struct natural next;
        natural_set(&next, limb[k]);
        natural_shift(&moment->magnitude, &moment->magnitude, 64);
        natural_add(&moment->magnitude, &moment->magnitude, &next);
    }
}

void moment_from_superacc(struct moment *moment, const struct superacc *sum)
{
    struct kulisch wider;
    kulisch_from_superacc(&wider, sum);
    moment_from_kulisch(moment, &wider);
}

/* Brings a and b to one exponent, which it returns. */
static int align(struct natural *a, int exponent_a, struct natural *b, int exponent_b)
{
    if (exponent_a > exponent_b)
        natural_shift(a, a, exponent_a - exponent_b);
    else
        natural_shift(b, b, exponent_b - exponent_a);
    return exponent_a < exponent_b ? exponent_a : exponent_b;
}

/* The variance is numerator / divisor * 2^exponent. */
struct fraction {
    struct natural numerator, divisor;
    int exponent;
};

/* False if there is no variance. */
static bool variance(struct fraction *fraction, const struct moment *sum,
                     const struct moment *squares, uint64_t n, uint64_t ddof)
{
    if (n <= ddof || (squares->negative && squares->magnitude.length > 0))
        return false;
    struct natural count, square;
    natural_set(&count, n);
    natural_set(&fraction->divisor, (uint128)n * (n - ddof));
    natural_multiply(&fraction->numerator, &squares->magnitude, &count);
    natural_multiply(&square, &sum->magnitude, &sum->magnitude);
    fraction->exponent = align(&fraction->numerator, squares->exponent, &square, 2 * sum->exponent);
    if (natural_compare(&fraction->numerator, &square) < 0)
        return false;
    natural_subtract(&fraction->numerator, &fraction->numerator, &square);
    return true;
}

double moments_mean(const struct moment *sum, uint64_t n)
{
    struct natural divisor;
    natural_set(&divisor, n);
    return n == 0 ? (double)NAN
                  : rational_round(sum->negative, &sum->magnitude, &divisor, sum->exponent);
}

double moments_variance(const struct moment *sum, const struct moment *squares, uint64_t n,
                        uint64_t ddof)
{
    struct fraction it;
    return variance(&it, sum, squares, n, ddof)
               ? rational_round(false, &it.numerator, &it.divisor, it.exponent)
               : (double)NAN;
}

double moments_deviation(const struct moment *sum, const struct moment *squares, uint64_t n,
                         uint64_t ddof)
{
    struct fraction it;
    return variance(&it, sum, squares, n, ddof)
               ? rational_round_root(&it.numerator, &it.divisor, it.exponent)
               : (double)NAN;
}

double moments_error(const struct moment *sum, const struct moment *squares, uint64_t n)
{
    struct fraction it;
    if (!variance(&it, sum, squares, n, 1))
        return (double)NAN;
    struct natural count, divisor;
    natural_set(&count, n);
    natural_multiply(&divisor, &it.divisor, &count);
    return rational_round_root(&it.numerator, &divisor, it.exponent);
}

double moments_root(const struct moment *squares, uint64_t n)
{
    if (n == 0 || (squares->negative && squares->magnitude.length > 0))
        return (double)NAN;
    struct natural divisor;
    natural_set(&divisor, n);
    return rational_round_root(&squares->magnitude, &divisor, squares->exponent);
}
