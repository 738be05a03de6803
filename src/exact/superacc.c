/*
 * A double is m * 2^(s - 1074) with |m| < 2^53 and 0 <= s <= 2045. With s = 32k + r it is added as
 *
 *     m * 2^r = high * 2^32 + low,   0 <= low < 2^32,   -2^52 <= high < 2^52
 *
 * low to chunk[k] and high to chunk[k+1], both exact as long as no chunk overflows 64 bits. The
 * sign is in `high` alone, so neither branch nor comparison looks at it.
 *
 * Size: |any double| < 2^2098 units, so 2^63-1 of them stay below 2^2161 units. 67 chunks, of which
 * the last weighs 2^2112 units and holds 63 bits and the sign, reach to 2^2175.
 */
#include "exact/superacc.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* CMake sees what these macros cannot tell. */
#if defined __FAST_MATH__ || (defined __FINITE_MATH_ONLY__ && __FINITE_MATH_ONLY__)
#error "with -ffast-math, -Ofast or -ffinite-math-only sums of doubles would be wrong; leave it out"
#endif

enum { LAST = SUPERACC_CHUNKS - 1 };

/* Brings every chunk but the last into [0, 2^32). */
static void propagate(int64_t chunk[SUPERACC_CHUNKS])
{
    int64_t carry = 0;
    for (int k = 0; k < LAST; k++) {
        const int64_t whole = chunk[k] + carry;
        carry = whole >> 32; /* floor */
        chunk[k] = whole & 0xffffffff;
    }
    chunk[LAST] += carry;
}

void superacc_clear(struct superacc *sum)
{
    memset(sum, 0, sizeof *sum);
}

void superacc_normalize(struct superacc *sum)
{
    propagate(sum->chunk);
    sum->used = 0;
}

void superacc_add_array(struct superacc *sum, const double *x, size_t n)
{
    while (n > 0) {
        if (sum->used == SUPERACC_USED) {
            superacc_normalize(sum);
        }
        const size_t room = (size_t)(SUPERACC_USED - sum->used);
        const size_t now = n < room ? n : room;
        for (size_t j = 0; j < now; j++) {
            superacc_add_to(sum->chunk, superacc_term(x[j]));
        }
        sum->used += (int64_t)now;
        x += now;
        n -= now;
    }
}

void superacc_add_units(struct superacc *sum, int64_t count, int exponent)
{
    const int above = exponent + 1074; /* the least double */
    const uint64_t shift = (uint64_t)above;
    superacc_add_term(sum, (struct superacc_term){count & UINT32_MAX, shift});
    superacc_add_term(sum, (struct superacc_term){count >> 32, shift + 32});
}

void superacc_merge(struct superacc *into, const struct superacc *from)
{
    /* The bounds of the chunks add up: (a + 1) * 2^52 + (b + 1) * 2^52. */
    const int64_t used = into->used + from->used + 1;
    for (int k = 0; k < SUPERACC_CHUNKS; k++) {
        into->chunk[k] += from->chunk[k];
    }
    into->used = used;
    if (used > SUPERACC_USED) {
        superacc_normalize(into);
    }
}

/* Writes |sum| to chunk[], normalised, and tells whether the sum is below 0. */
static bool magnitude_of(const struct superacc *sum, int64_t chunk[SUPERACC_CHUNKS])
{
    memcpy(chunk, sum->chunk, sizeof sum->chunk);
    propagate(chunk);
    const bool negative = chunk[LAST] < 0;
    if (negative) {
        for (int k = 0; k < SUPERACC_CHUNKS; k++) {
            chunk[k] = -chunk[k];
        }
        propagate(chunk);
    }
    return negative;
}

/* The highest chunk that is not 0; -1 if all are. */
static int highest(const int64_t chunk[SUPERACC_CHUNKS])
{
    int k = LAST;
    while (k >= 0 && chunk[k] == 0) {
        k--;
    }
    return k;
}

/* Of the number that normalised chunks stand for: bits [low, low + 53), as an integer. */
static uint64_t bits_from(const int64_t chunk[SUPERACC_CHUNKS], int low)
{
    const int k = low / 32;
    unsigned __int128 window = 0;
    for (int j = 2; j >= 0; j--) {
        if (k + j < SUPERACC_CHUNKS) {
            window = window << 32 | (unsigned __int128)chunk[k + j];
        }
    }
    return (uint64_t)(window >> low % 32) & ((UINT64_C(1) << 53) - 1);
}

static bool any_below(const int64_t chunk[SUPERACC_CHUNKS], int low)
{
    for (int k = 0; k < low / 32; k++) {
        if (chunk[k] != 0) {
            return true;
        }
    }
    return (chunk[low / 32] & ((INT64_C(1) << low % 32) - 1)) != 0;
}

/*
 * The highest 53 bits, whose lowest weighs 2^shift units, are a double's mantissa, hidden bit and
 * all; added to `shift` in the exponent field the hidden bit makes the exponent shift + 1, which is
 * right. So does a mantissa that rounding carried to 2^53, up to the infinity beyond the largest
 * double. A sum that has 53 bits or less is, with shift 0, its own representation: subnormals too.
 */
double superacc_round(const struct superacc *sum)
{
    int64_t chunk[SUPERACC_CHUNKS];
    const bool negative = magnitude_of(sum, chunk);
    const int k = highest(chunk);
    if (k < 0) {
        return 0.0;
    }
    const int length = 32 * k + 64 - __builtin_clzll((unsigned long long)chunk[k]);
    const int shift = length > 53 ? length - 53 : 0;
    uint64_t bits = UINT64_C(0x7ff) << 52;
    if (shift <= 2045) {
        const uint64_t mantissa = bits_from(chunk, shift);
        bits = ((uint64_t)shift << 52) + mantissa;
        if (shift > 0 && (bits_from(chunk, shift - 1) & 1) != 0 &&
            ((mantissa & 1) != 0 || any_below(chunk, shift - 1))) {
            bits++;
        }
    }
    bits |= (uint64_t)negative << 63;
    double rounded;
    memcpy(&rounded, &bits, sizeof rounded);
    return rounded;
}

char *superacc_print(const struct superacc *sum, char text[SUPERACC_TEXT])
{
    int64_t chunk[SUPERACC_CHUNKS];
    const bool negative = magnitude_of(sum, chunk);
    const int high = highest(chunk);
    if (high < 0) {
        return stpcpy(text, "0");
    }
    int low = 0;
    while (chunk[low] == 0) {
        low++;
    }
    int at =
        snprintf(text, SUPERACC_TEXT, "%s%" PRIx64, negative ? "-" : "", (uint64_t)chunk[high]);
    for (int k = high - 1; k >= low; k--) {
        at += snprintf(text + at, (size_t)(SUPERACC_TEXT - at), "%08" PRIx64, (uint64_t)chunk[k]);
    }
    at += snprintf(text + at, (size_t)(SUPERACC_TEXT - at), "@%d", low);
    return text + at;
}

/* The value of a hexadecimal digit, lower case; -1 if it is none. */
static int digit_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads the digits, then prints the sum and compares: that rejects every other way to write it. */
bool superacc_parse(const char *text, size_t length, struct superacc *sum)
{
    superacc_clear(sum);
    const bool negative = length > 0 && text[0] == '-';
    const char *digits = text + negative;
    size_t count = 0;
    while (negative + count < length && digit_value(digits[count]) >= 0) {
        count++;
    }
    size_t low = 0;
    for (size_t j = negative + count + 1; j < length && low < SUPERACC_CHUNKS; j++) {
        if (text[j] < '0' || text[j] > '9') {
            return false;
        }
        low = 10 * low + (size_t)(text[j] - '0');
    }
    if (low >= SUPERACC_CHUNKS || count > 8 * (LAST - low) + 15) {
        return false;
    }
    for (size_t j = 0; j < count; j++) {
        const size_t place = count - 1 - j; /* from the right */
        const size_t k = low + place / 8 < LAST ? low + place / 8 : LAST;
        const uint64_t digit = (uint64_t)digit_value(digits[j]);
        sum->chunk[k] |= (int64_t)(digit << 4 * (place - 8 * (k - low)));
    }
    if (negative) {
        for (int k = 0; k < SUPERACC_CHUNKS; k++) {
            sum->chunk[k] = (int64_t)(0 - (uint64_t)sum->chunk[k]);
        }
    }
    superacc_normalize(sum);
    char again[SUPERACC_TEXT];
    return superacc_print(sum, again) == again + length && memcmp(again, text, length) == 0;
}
