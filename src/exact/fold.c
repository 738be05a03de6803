#include "exact/fold.h"

#include "exact/array.h"

#include <string.h>

enum exact_kind fold_kind(enum fold_type type)
{
    return type <= FOLD_UNSIGNED  ? EXACT_INTEGER
           : type == FOLD_WIDE    ? EXACT_WIDE
           : type == FOLD_NATURAL ? EXACT_NATURAL
                                  : EXACT_REAL;
}

/* Puts a number in the place of an extreme that it beats; at the integer of x[j]. */
static void replace(struct extreme *extreme, int128 bits, struct fold_place place, size_t j)
{
    *extreme = (struct extreme){
        .value.integer = bits,
        .i = (int64_t)((uint64_t)place.start + j),
        .run = place.run,
    };
}

/* Does the end of a group beat what was found before? Groups may come in any order. */
static bool is_news(unsigned what, const struct extreme *before, int128 bits,
                    struct fold_place place)
{
    struct extreme it;
    replace(&it, bits, place, 0);
    if (before->run == 0 || extreme_beats(what, &it, before))
        return true;
    const bool earlier =
        place.run != before->run ? place.run < before->run : place.start < before->i;
    return earlier && !extreme_beats(what, before, &it);
}

/* Where nobody wants to know where it is, all numbers lie here; to find the place takes time. */
static const struct fold_place anywhere = {.run = 1};

static void note_integer(struct extreme *extreme, unsigned what, int64_t end, bool flipped,
                         const int64_t *x, size_t n, const struct fold_place *place)
{
    const int64_t bits = flipped ? end ^ INT64_MIN : end;
    const int128 number = flipped ? (int128)(uint64_t)bits : bits;
    if (!extreme || !is_news(what, extreme, number, place ? *place : anywhere))
        return;
    if (place)
        replace(extreme, number, *place, vectors_best()->find(x, n, bits));
    else
        replace(extreme, number, anywhere, 0);
}

/* The sum of 64-bit numbers of any size, signed or not. */
static void add_large(int128 *sum, const int64_t *x, size_t n, bool is_signed)
{
    for (size_t j = 0; j < n; j++)
        *sum += is_signed ? (int128)x[j] : (int128)(uint64_t)x[j];
}

static void add_large_squares(struct exact_wide *squares, const int64_t *x, size_t n,
                              bool is_signed)
{
    for (size_t j = 0; j < n; j++) {
        const bool negative = is_signed && x[j] < 0;
        const uint64_t magnitude = negative ? 0 - (uint64_t)x[j] : (uint64_t)x[j];
        const uint128 square = (uint128)magnitude * magnitude;
        squares->low += (uint64_t)square;
        squares->high += (int128)(square >> 64);
    }
}

static void add_squares(struct exact_wide *squares, const int64_t *x, size_t n, bool is_signed,
                        uint64_t magnitude)
{
    const struct vectors *const vectors = vectors_best();
    if (magnitude < UINT64_C(1) << 26) {
        squares->low += vectors->squares(x, n);
    } else if (magnitude < UINT64_C(1) << 31) {
        uint64_t sums[2];
        vectors->wide_squares(x, n, sums);
        squares->low += (int128)sums[0] + ((int128)sums[1] << 32);
    } else {
        add_large_squares(squares, x, n, is_signed);
    }
}

static void fold_integers(const int64_t *x, size_t n, bool is_signed, struct fold_place place,
                          const struct fold_parts *parts)
{
    const struct vectors *const vectors = vectors_best();
    int64_t ends[2];
    vectors->ends(x, n, is_signed ? 0 : INT64_MIN, ends);
    const struct fold_place *const wanted = parts->places ? &place : NULL;
    note_integer(parts->least, 0, ends[0], !is_signed, x, n, wanted);
    note_integer(parts->greatest, EXTREME_GREATEST, ends[1], !is_signed, x, n, wanted);
    /* The largest magnitude, or a little more. */
    const uint64_t least = is_signed ? ~(uint64_t)ends[0] : 0;
    const uint64_t greatest = is_signed ? (uint64_t)ends[1] : (uint64_t)(ends[1] ^ INT64_MIN);
    const uint64_t below = is_signed && ends[0] < 0 ? least + 1 : 0;
    const uint64_t above = is_signed && ends[1] < 0 ? 0 : greatest;
    const uint64_t magnitude = below > above ? below : above;
    if (parts->sum && magnitude < UINT64_C(1) << 52)
        *(int128 *)parts->sum += vectors->sum(x, n);
    else if (parts->sum)
        add_large(parts->sum, x, n, is_signed);
    if (parts->squares)
        add_squares(parts->squares, x, n, is_signed, magnitude);
}

/* Adds the square of a number below 2^128, a 64-bit limb at a time. */
static void add_wide_square(struct exact_squares *squares, uint128 magnitude)
{
    const uint64_t low = (uint64_t)magnitude, high = (uint64_t)(magnitude >> 64);
    const uint128 middle = (uint128)low * high, least = (uint128)low * low,
                  most = (uint128)high * high;
    squares->limb[0] += (uint64_t)least;
    squares->limb[1] += (least >> 64) + 2 * (uint128)(uint64_t)middle;
    squares->limb[2] += (uint64_t)most + 2 * (middle >> 64);
    squares->limb[3] += most >> 64;
}

static void fold_wide(const int128 *x, size_t n, bool is_signed, struct fold_place place,
                      const struct fold_parts *parts)
{
    const unsigned what = is_signed ? 0 : EXTREME_NATURAL;
    struct exact_wide *const sum = parts->sum;
    for (size_t j = 0; j < n; j++) {
        struct extreme it;
        replace(&it, x[j], parts->places ? place : anywhere, parts->places ? j : 0);
        if (parts->least)
            extreme_merge(what, parts->least, &it);
        if (parts->greatest)
            extreme_merge(what | EXTREME_GREATEST, parts->greatest, &it);
        if (sum) {
            sum->low += (uint64_t)x[j];
            sum->high += is_signed ? x[j] >> 64 : (int128)((uint128)x[j] >> 64);
        }
        if (parts->squares)
            add_wide_square(parts->squares,
                            is_signed && x[j] < 0 ? 0 - (uint128)x[j] : (uint128)x[j]);
    }
}

static double real_of(int64_t order)
{
    const int64_t bits = vectors_order(order);
    double real;
    memcpy(&real, &bits, sizeof real);
    return real;
}

/* The first of those that equal the end of a group is told: it may be the other zero, so of zeros
   the place is needed. */
static void note_real(struct extreme *extreme, unsigned what, double real, const double *x,
                      size_t n, struct fold_place place, bool places)
{
    int64_t bits;
    memcpy(&bits, &real, sizeof bits);
    const bool needed = places || real == 0;
    if (!extreme ||
        !is_news(what | EXTREME_REAL, extreme, (uint64_t)bits, needed ? place : anywhere))
        return;
    if (!needed) {
        replace(extreme, (uint64_t)bits, anywhere, 0);
        return;
    }
    const size_t j = vectors_best()->real_find(x, n, real);
    memcpy(&bits, &x[j], sizeof bits);
    replace(extreme, (uint64_t)bits, place, j);
}

static void note_one(struct extreme *extreme, unsigned what, double x, struct fold_place place,
                     bool places)
{
    struct extreme it;
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    replace(&it, (uint64_t)bits, places || x == 0 ? place : anywhere, 0);
    if (extreme)
        extreme_merge(what | EXTREME_REAL, extreme, &it);
}

/* The same as fold_one_by_one for a group of one, as tables by key have them. */
static size_t fold_one(double x, struct fold_place place, const struct fold_parts *parts)
{
    if (!__builtin_isfinite(x))
        return 0;
    note_one(parts->least, 0, x, place, parts->places);
    note_one(parts->greatest, EXTREME_GREATEST, x, place, parts->places);
    if (parts->sum)
        kulisch_add(parts->sum, x);
    if (parts->squares)
        kulisch_add_product(parts->squares, x, x);
    return 1;
}

/* The first that is infinite or NaN: there is one. */
static size_t find_special(const double *x)
{
    size_t j = 0;
    while (__builtin_isfinite(x[j]))
        j++;
    return j;
}

/* In general: by one pass for each part. */
static size_t fold_one_by_one(const double *x, size_t n, struct fold_place place,
                              const struct fold_parts *parts)
{
    const int64_t infinity = (int64_t)0x7ff << 52;
    int64_t ends[2];
    vectors_best()->real_ends(x, n, ends);
    if (ends[1] >= infinity || ends[0] <= ~infinity)
        return find_special(x);
    note_real(parts->least, 0, real_of(ends[0]), x, n, place, parts->places);
    note_real(parts->greatest, EXTREME_GREATEST, real_of(ends[1]), x, n, place, parts->places);
    const struct array array = {x, 1};
    if (parts->sum || parts->squares)
        array_add((struct array_sums){parts->sum, parts->squares}, n, array, array);
    return n;
}

/* The windows for what begins at x; false if there are none, as values are too large or small. */
static bool find_window(struct fold_window *window, const struct lanes *lanes, const double *x,
                        size_t n)
{
    const int k_squares = lanes->exponent(x, x, n) - 1023 + LANES_HEADROOM;
    window->k_squares = k_squares;
    window->found = lanes_moments_plain(k_squares) >= LANES_MOMENTS_LEAST &&
                    k_squares >= lanes_products_least(2) && window->k_squares <= LANES_MAX;
    return window->found;
}

/* Adds what the lanes have counted. */
static void add_units(struct kulisch *sum, const int64_t *units, int k)
{
    for (int j = 0; j < 3; j++)
        if (units[j] != 0)
            kulisch_add_units(sum, units[j], k - 52 - j * LANES_APART);
}

/* Sums, squares and ends in one pass, of as many as fit the windows; returns of how many. */
static size_t fold_at_once(const double *x, size_t n, struct fold_place place,
                           const struct fold_parts *parts, struct fold_window *window,
                           const struct lanes *lanes)
{
    int64_t units[9];
    double ends[2];
    const size_t done = lanes->moments(x, n, window->k_squares, units, ends);
    if (done == 0)
        return 0;
    if (parts->sum)
        add_units(parts->sum, units, lanes_moments_plain(window->k_squares));
    add_units(parts->squares, units + 3, window->k_squares);
    add_units(parts->squares, units + 6, window->k_squares - LANES_LOWER);
    note_real(parts->least, 0, ends[0], x, done, place, parts->places);
    note_real(parts->greatest, EXTREME_GREATEST, ends[1], x, done, place, parts->places);
    return done;
}

static struct fold_place moved(struct fold_place place, size_t by)
{
    return (struct fold_place){place.run, (int64_t)((uint64_t)place.start + by)};
}

static size_t fold_reals(const double *x, size_t n, struct fold_place place,
                         const struct fold_parts *parts, struct fold_window *window)
{
    size_t count, done = 0;
    const struct lanes *const lanes = lanes_list(&count);
    const size_t fit = parts->squares && window ? n / lanes->pair * lanes->pair : 0;
    while (done < fit) {
        size_t now = 0;
        if (window->found)
            now = fold_at_once(x + done, fit - done, moved(place, done), parts, window, lanes);
        if (now == 0 && find_window(window, lanes, x + done, fit - done))
            now = fold_at_once(x + done, fit - done, moved(place, done), parts, window, lanes);
        if (now == 0)
            break;
        done += now;
    }
    if (done == n)
        return n;
    return done + fold_one_by_one(x + done, n - done, moved(place, done), parts);
}

size_t fold(enum fold_type type, const void *x, size_t n, struct fold_place place,
            const struct fold_parts *parts, struct fold_window *window)
{
    if (type == FOLD_REAL && n == 1)
        return fold_one(*(const double *)x, place, parts);
    if (type == FOLD_REAL)
        return fold_reals(x, n, place, parts, window);
    if (type <= FOLD_UNSIGNED)
        fold_integers(x, n, type == FOLD_SIGNED, place, parts);
    else
        fold_wide(x, n, type == FOLD_WIDE, place, parts);
    return n;
}
