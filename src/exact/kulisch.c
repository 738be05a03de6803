/*
 * A double is m * 2^(s - 1074) with |m| < 2^53 and 0 <= s <= 2045, and a product of two of them
 * m * 2^(s - 2148) with |m| < 2^106 and s <= 4090. Shifted to the place where a chunk begins, m is
 * cut into pieces of 32 bits, the highest one of up to 53 bits; each goes to a chunk, with the
 * sign.
 *
 * Size: a product is below 2^4210 units of 2^-2162, so 2^63-1 of them stay below 2^4273. The last
 * of 133 chunks weighs 2^4224 units and holds 63 bits and the sign: they reach to 2^4287.
 */
#include "exact/kulisch.h"

#include "exact/round.h"

#include <math.h>
#include <string.h>

enum { LAST = KULISCH_CHUNKS - 1, PRODUCT_SHIFT = -2148 - KULISCH_UNIT };

_Static_assert(32 * KULISCH_PLAIN + KULISCH_UNIT == -1074, "doubles begin where a chunk does");
_Static_assert(sizeof(struct kulisch) == (KULISCH_CHUNKS + 6) * sizeof(int64_t), "no padding");

void kulisch_clear(struct kulisch *sum)
{
    memset(sum, 0, sizeof *sum);
}

/* Notes that chunks [first, end) are in use. */
static inline void widen(struct kulisch *sum, int first, int end)
{
    if (sum->below < KULISCH_CHUNKS - first)
        sum->below = KULISCH_CHUNKS - first;
    if (sum->above < end)
        sum->above = end;
}

/* a + b, which wraps around where a sum was made of more than it can hold. */
static inline int64_t plus(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

/*
 * Brings all chunks in use but the highest into [0, 2^32). The highest keeps the sign; where it is
 * too large it is split, and the next one is the highest.
 */
static void propagate(struct kulisch *sum)
{
    const int64_t first = KULISCH_CHUNKS - sum->below;
    int64_t carry = 0;
    for (int64_t k = first; k < sum->above; k++) {
        const int64_t whole = plus(sum->chunk[k], carry);
        const bool highest = k == sum->above - 1;
        if (highest && (k == LAST || (whole >= INT32_MIN && whole <= INT32_MAX))) {
            sum->chunk[k] = whole;
            break;
        }
        carry = whole >> 32; /* floor */
        sum->chunk[k] = whole & 0xffffffff;
        sum->above += highest; /* the next chunk is 0 */
    }
    sum->used = 0;
}

static inline void make_room(struct kulisch *sum)
{
    if (sum->used >= KULISCH_USED)
        propagate(sum);
    sum->used++;
}

static void count_special(struct kulisch *sum, uint64_t bits, int64_t times)
{
    if (bits << 12 != 0)
        sum->nans = plus(sum->nans, times);
    else
        sum->infinities[bits >> 63] = plus(sum->infinities[bits >> 63], times);
}

/* Adds a finite x to chunks that have room, its sign changed if `flip` is -1 and not if it is 0.
   Returns the lower one of the two chunks that it goes to. */
static inline int add_bits(struct kulisch *sum, uint64_t bits, int64_t flip)
{
    const uint64_t exponent = bits >> 52 & 0x7ff, normal = exponent != 0;
    const uint64_t shift = exponent - normal;
    const int64_t sign = (int64_t)bits >> 63 ^ flip; /* 0 or -1 */
    const int64_t magnitude = (int64_t)((bits & ((UINT64_C(1) << 52) - 1)) | normal << 52);
    const int64_t m = (magnitude ^ sign) - sign;
    const int k = KULISCH_PLAIN + (int)(shift / 32);
    const uint64_t r = shift % 32;
    sum->chunk[k] += (uint32_t)m << r;
    sum->chunk[k + 1] += m >> (32 - r);
    return k;
}

static inline uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline bool is_finite(uint64_t bits)
{
    return (bits >> 52 & 0x7ff) != 0x7ff;
}

static inline void add(struct kulisch *sum, double x, int64_t flip)
{
    const uint64_t bits = bits_of(x);
    if (__builtin_expect(!is_finite(bits), 0)) {
        count_special(sum, bits, 1 + 2 * flip);
        return;
    }
    make_room(sum);
    const int k = add_bits(sum, bits, flip);
    widen(sum, k, k + 2);
}

void kulisch_add(struct kulisch *sum, double x)
{
    add(sum, x, 0);
}

void kulisch_subtract(struct kulisch *sum, double x)
{
    add(sum, x, -1);
}

void kulisch_add_array(struct kulisch *sum, const double *x, size_t n)
{
    enum { FEW = 16 }; /* to note which chunks are in use costs less than to look at all of them */
    for (size_t j = 0; j < n && n < FEW; j++)
        add(sum, x[j], 0);
    for (size_t done = n < FEW ? n : 0; done < n;) {
        widen(sum, KULISCH_PLAIN, KULISCH_PLAIN_END);
        if (sum->used >= KULISCH_USED)
            propagate(sum);
        const size_t left = n - done, room = (size_t)(KULISCH_USED - sum->used);
        const size_t now = left < room ? left : room;
        for (size_t j = done; j < done + now; j++) {
            const uint64_t bits = bits_of(x[j]);
            if (__builtin_expect(is_finite(bits), 1))
                add_bits(sum, bits, 0);
            else
                count_special(sum, bits, 1);
        }
        sum->used += (int64_t)now;
        done += now;
    }
}

/* Keeps a compiler from adding two pieces as a vector: then a load of one soon after would wait
   until the vector is in the cache. */
#define KEEP(x) __asm__("" : "+r"(x))

/* Adds magnitude * 2^shift units, with the sign (0 or -1): five pieces, as shifting takes it beyond
   128 bits. */
static inline void add_shifted(struct kulisch *sum, unsigned __int128 magnitude, int64_t sign,
                               int shift)
{
    make_room(sum);
    const int k = shift / 32, r = shift % 32;
    const unsigned __int128 low = magnitude << r;
    const uint64_t pieces[5] = {(uint32_t)low, (uint32_t)(low >> 32), (uint32_t)(low >> 64),
                                (uint32_t)(low >> 96), (uint64_t)(magnitude >> 96 >> (32 - r))};
    for (int j = 0; j < 5; j++) {
        int64_t piece = ((int64_t)pieces[j] ^ sign) - sign;
        KEEP(piece);
        sum->chunk[k + j] += piece;
    }
    widen(sum, k, k + 5);
}

void kulisch_add_units(struct kulisch *sum, int64_t count, int exponent)
{
    const int64_t sign = count >> 63;
    add_shifted(sum, (uint64_t)((count ^ sign) - sign), sign, exponent - KULISCH_UNIT);
}

/* The mantissa of a finite double, which is mantissa * 2^(shift - 1074), and its shift. */
static inline uint64_t split(uint64_t bits, int *shift)
{
    const uint64_t exponent = bits >> 52 & 0x7ff, normal = exponent != 0;
    *shift = (int)(exponent - normal);
    return (bits & ((UINT64_C(1) << 52) - 1)) | normal << 52;
}

/* The product of x and y, one of which is infinite or NaN; no operation, as it may trap. */
static uint64_t special_product(uint64_t x, uint64_t y)
{
    const uint64_t infinity = UINT64_C(0x7ff) << 52;
    const uint64_t a = x << 1 >> 1, b = y << 1 >> 1;
    const bool nan = a > infinity || b > infinity || a == 0 || b == 0;
    return nan ? infinity | 1 : infinity | ((x ^ y) >> 63 << 63);
}

static void add_product(struct kulisch *sum, double x, double y, int64_t flip)
{
    const uint64_t bits_x = bits_of(x), bits_y = bits_of(y);
    if (!is_finite(bits_x) || !is_finite(bits_y)) {
        count_special(sum, special_product(bits_x, bits_y), 1 + 2 * flip);
        return;
    }
    int shift_x, shift_y;
    const unsigned __int128 m =
        (unsigned __int128)split(bits_x, &shift_x) * split(bits_y, &shift_y);
    const int64_t sign = (int64_t)(bits_x ^ bits_y) >> 63;
    add_shifted(sum, m, sign ^ flip, shift_x + shift_y + PRODUCT_SHIFT);
}

void kulisch_add_product(struct kulisch *sum, double x, double y)
{
    add_product(sum, x, y, 0);
}

void kulisch_subtract_product(struct kulisch *sum, double x, double y)
{
    add_product(sum, x, y, -1);
}

static inline int64_t times_of(int64_t times, int64_t a)
{
    return (int64_t)((uint64_t)times * (uint64_t)a);
}

void kulisch_from_superacc(struct kulisch *sum, const struct superacc *from)
{
    kulisch_clear(sum);
    memcpy(sum->chunk + KULISCH_PLAIN, from->chunk, sizeof from->chunk);
    sum->used = from->used;
    widen(sum, KULISCH_PLAIN, KULISCH_PLAIN + SUPERACC_CHUNKS);
}

/* Adds *from `times` times; it is 1 or -1. The bounds of the chunks add up, as in superacc_merge.
 */
static void merge(struct kulisch *into, const struct kulisch *from, int64_t times)
{
    const int64_t used = into->used + from->used + 1;
    const int64_t first = KULISCH_CHUNKS - from->below, end = from->above;
    for (int64_t k = first; k < end; k++)
        into->chunk[k] = plus(into->chunk[k], times_of(times, from->chunk[k]));
    for (int k = 0; k < 2; k++)
        into->infinities[k] = plus(into->infinities[k], times_of(times, from->infinities[k]));
    into->nans = plus(into->nans, times_of(times, from->nans));
    widen(into, (int)first, (int)end);
    into->used = used;
    if (used > KULISCH_USED)
        propagate(into);
}

void kulisch_merge(struct kulisch *into, const struct kulisch *from)
{
    merge(into, from, 1);
}

void kulisch_subtract_sum(struct kulisch *into, const struct kulisch *from)
{
    merge(into, from, -1);
}

void kulisch_read(const struct kulisch *sum, struct kulisch_digits *digits)
{
    const int first = KULISCH_CHUNKS - (int)sum->below, end = (int)sum->above;
    int64_t carry = 0;
    for (int k = first; k < end; k++) {
        const int64_t whole = plus(sum->chunk[k], carry);
        carry = whole >> 32; /* floor */
        digits->digit[k] = (uint32_t)whole;
    }
    int top = end;
    digits->negative = carry < 0;
    for (int k = 0; k < 2 && end > first; k++) { /* what is above the chunks: two digits at most */
        digits->digit[top++] = (uint32_t)carry;
        carry >>= 32;
    }
    uint64_t more = 1;
    for (int k = first; digits->negative && k < top; k++) { /* two's complement */
        more += (uint32_t)~digits->digit[k];
        digits->digit[k] = (uint32_t)more;
        more >>= 32;
    }
    int low = first;
    while (top > low && digits->digit[top - 1] == 0)
        top--;
    while (low < top && digits->digit[low] == 0)
        low++;
    digits->first = low < top ? low : 0;
    digits->end = low < top ? top : 0;
}

void kulisch_write(struct kulisch *sum, const struct kulisch_digits *digits)
{
    kulisch_clear(sum);
    const int64_t sign = digits->negative ? -1 : 0;
    for (int k = digits->first; k < digits->end; k++) {
        const int64_t digit = ((int64_t)digits->digit[k] ^ sign) - sign;
        if (k < KULISCH_CHUNKS)
            sum->chunk[k] = digit;
        else
            sum->chunk[LAST] = plus(sum->chunk[LAST], digit * (INT64_C(1) << 32));
    }
    if (digits->end > digits->first)
        widen(sum, digits->first < LAST ? digits->first : LAST,
              digits->end < KULISCH_CHUNKS ? digits->end : KULISCH_CHUNKS);
    propagate(sum);
}

double kulisch_special(const struct kulisch *sum)
{
    const bool positive = sum->infinities[0] > 0 || sum->infinities[1] < 0;
    const bool negative = sum->infinities[1] > 0 || sum->infinities[0] < 0;
    if (sum->nans != 0 || positive == negative)
        return (double)NAN;
    return positive ? (double)INFINITY : -(double)INFINITY;
}

double kulisch_round(const struct kulisch *sum)
{
    if (!kulisch_finite(sum))
        return kulisch_special(sum);
    struct kulisch_digits digits;
    kulisch_read(sum, &digits);
    const int low = digits.end - 4 > digits.first ? digits.end - 4 : digits.first;
    unsigned __int128 top = 0;
    for (int k = digits.end - 1; k >= low; k--)
        top = top << 32 | digits.digit[k];
    return round_double(digits.negative, top, low > digits.first, 32 * low + KULISCH_UNIT);
}
