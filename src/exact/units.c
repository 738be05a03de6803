/*
 * As in superacc.c a double is m * 2^(s - 1074) with |m| < 2^53 and 0 <= s <= 2045. In units of
 * 2^(first - 1074) that is m * 2^(s - first), a whole number if s >= first. The window is
 * first <= s <= first + WINDOW, so a term is less than 2^(53 + 62) = 2^115 units: a product of two
 * integers of 64 bits, which is one instruction.
 *
 * A sum may grow until it overflows, which the processor tells (__builtin_add_overflow): each
 * addition is checked, for one instruction. So no bound on the number of terms must be kept or
 * proved. At least 2^127 / 2^115 = 4096 of the largest terms fit; where the window was placed with
 * room above, as usual, millions of them.
 */
#include "exact/units.h"

#include <stdlib.h>
#include <string.h>

enum {
    WINDOW = 62,
    SHIFTS = 2045, /* s of the largest doubles */
    PIECE = 48,    /* bits of a sum that are added to a superacc at a time */
};

enum { FIRST_MAX = SHIFTS - WINDOW };
_Static_assert((FIRST_MAX + 2 * PIECE) / 32 + 1 < SUPERACC_CHUNKS,
               "each piece goes to two chunks of a superacc");

void units_clear(struct units *units)
{
    free(units->rest_of);
    free(units->rests);
    *units = (struct units){0};
}

void units_empty(struct units *units)
{
    if (units->rest_of)
        memset(units->rest_of, 0, units->room * sizeof *units->rest_of);
    units->rest_count = 0;
    units->outside = 0;
}

/* Makes rest_of longer, or the first one; 0 where it is new. */
static bool resize_rest_of(struct units *units, size_t before, size_t room)
{
    uint32_t *const rest_of = realloc(units->rest_of, room * sizeof *rest_of);
    if (!rest_of)
        return false;
    memset(rest_of + before, 0, (room - before) * sizeof *rest_of);
    units->rest_of = rest_of;
    return true;
}

bool units_make_room(struct units *units, size_t room)
{
    if (units->rest_of && !resize_rest_of(units, units->room, room))
        return false;
    units->room = room;
    return true;
}

static int128 *sum_at(struct units_sums sums, size_t k)
{
    return (int128 *)(sums.first + k * sums.step);
}

/* The rest of sum k, which is made if there is none; NULL if memory is short. */
static struct superacc *rest(struct units *units, size_t k)
{
    if (!units->rest_of && !resize_rest_of(units, 0, units->room))
        return NULL;
    if (units->rest_of[k] != 0)
        return &units->rests[units->rest_of[k] - 1];
    if (units->rest_count == units->rest_room) {
        const size_t room = units->rest_room ? 2 * units->rest_room : 16;
        struct superacc *const rests = realloc(units->rests, room * sizeof *rests);
        if (!rests)
            return NULL;
        units->rests = rests;
        units->rest_room = room;
    }
    struct superacc *const made = &units->rests[units->rest_count++];
    superacc_clear(made);
    units->rest_of[k] = (uint32_t)units->rest_count;
    return made;
}

/* Adds so many units to a superacc, in three pieces. */
static void add_to_superacc(struct superacc *to, int128 count, int first)
{
    const int64_t low = (INT64_C(1) << PIECE) - 1;
    for (uint64_t shift = (uint64_t)first, piece = 0; piece < 3; piece++, shift += PIECE) {
        superacc_add_term(to,
                          (struct superacc_term){(int64_t)count & (piece < 2 ? low : -1), shift});
        count >>= PIECE;
    }
}

static bool add_to_rest(struct units *units, size_t k, int128 count)
{
    struct superacc *const to = rest(units, k);
    if (to)
        add_to_superacc(to, count, units->first);
    return to;
}

/* Adds so many units to a sum; where that overflows, what it had becomes part of its rest. */
static bool add_count(struct units *units, struct units_sums sums, size_t k, int128 count)
{
    int128 *const at = sum_at(sums, k);
    int128 sum;
    if (!__builtin_add_overflow(*at, count, &sum)) {
        *at = sum;
        return true;
    }
    const int128 before = *at;
    *at = count;
    return add_to_rest(units, k, before);
}

/* Counts the same sum in units that are 2^by times as small. False, and nothing is changed, if that
   does not fit or is no whole number. */
static bool rescale(int128 *count, int by)
{
    const int bits = abs(by);
    if (*count == 0)
        return true;
    if (bits >= 127)
        return false;
    const int128 scaled = by >= 0 ? (int128)((uint128)*count << bits) : *count >> bits;
    const int128 again = by >= 0 ? scaled >> bits : (int128)((uint128)scaled << bits);
    if (again != *count)
        return false;
    *count = scaled;
    return true;
}

/* Moves the window. What is no whole number of the new units becomes a rest. */
static bool move(struct units *units, struct units_sums sums, int first)
{
    for (size_t k = 0; k < sums.count; k++) {
        int128 *const at = sum_at(sums, k);
        if (rescale(at, units->first - first))
            continue;
        if (!add_to_rest(units, k, *at))
            return false;
        *at = 0;
    }
    units->placed = true;
    units->first = first;
    return true;
}

/* Where a window that should begin at `first` can begin. */
static int clamp(int first)
{
    return first < 0 ? 0 : first > FIRST_MAX ? FIRST_MAX : first;
}

/* Where a term lies in the window that begins at `first`; more than WINDOW: outside. A zero lies in
   every window, and no branch asks for it. */
static inline uint64_t offset_of(struct superacc_term term, int first)
{
    return (term.shift - (uint64_t)first) & (0 - (uint64_t)(term.m != 0));
}

/* The units of a term that lies there. */
static inline int128 units_of(struct superacc_term term, uint64_t offset)
{
    return (int128)term.m * (INT64_C(1) << offset);
}

/* How many terms are outside a window. */
static size_t count_outside(int first, const double *x, size_t n)
{
    size_t outside = 0;
    for (size_t j = 0; j < n; j++)
        outside += offset_of(superacc_term(x[j]), first) > WINDOW;
    return outside;
}

/*
 * Places the window around the terms that are not 0, if there are any. Two thirds of what is left
 * of it lie above them: sums grow, and terms grow more often than they shrink. If there are terms
 * of too many sizes the largest have it; and it stays where it is if it would not be much better.
 */
static bool place(struct units *units, struct units_sums sums, const double *x, size_t n)
{
    int low = SHIFTS, high = -1;
    for (size_t j = 0; j < n; j++) {
        const struct superacc_term term = superacc_term(x[j]);
        const int shift = (int)term.shift;
        low = term.m != 0 && shift < low ? shift : low;
        high = term.m != 0 && shift > high ? shift : high;
    }
    if (high < 0)
        return true;
    const int left = high - low < WINDOW ? WINDOW - (high - low) : 0;
    const int first = clamp(high - WINDOW + 2 * left / 3);
    units->outside = 0;
    if (units->placed && 2 * count_outside(first, x, n) >= count_outside(units->first, x, n))
        return true;
    return move(units, sums, first);
}

/* Adds terms to their sums; returns the number of the first that is outside or overflows. */
static size_t add_inside(int first, struct units_sums sums, const uint32_t *where, const double *x,
                         size_t n)
{
    for (size_t j = 0; j < n; j++) {
        const struct superacc_term term = superacc_term(x[j]);
        const uint64_t offset = offset_of(term, first);
        int128 *const at = sum_at(sums, where[j]);
        int128 sum;
        if (offset > WINDOW || __builtin_add_overflow(*at, units_of(term, offset), &sum))
            return j;
        *at = sum;
    }
    return n;
}

/* Adds any term. */
static bool add_apart(struct units *units, struct units_sums sums, size_t k, double x)
{
    const struct superacc_term term = superacc_term(x);
    const uint64_t offset = offset_of(term, units->first);
    if (offset <= WINDOW)
        return add_count(units, sums, k, units_of(term, offset));
    units->outside++;
    struct superacc *const to = rest(units, k);
    if (to)
        superacc_add(to, x);
    return to;
}

bool units_add(struct units *units, struct units_sums sums, const uint32_t *where, const double *x,
               size_t n)
{
    if (!units->placed && !place(units, sums, x, n))
        return false;
    for (size_t j = 0; j < n; j++) {
        j += add_inside(units->first, sums, where + j, x + j, n - j);
        if (j < n && !add_apart(units, sums, where[j], x[j]))
            return false;
    }
    /* To move takes a look at each sum, so it waits until as many terms were outside. */
    return units->outside < sums.count + n || place(units, sums, x, n);
}

/* How many units a normalised sum is. False if it is no such number: tried, and held against it. */
static bool count_of(const struct superacc *sum, int first, int128 *count)
{
    const int64_t *const chunk = &sum->chunk[first / 32];
    const int shift = first % 32;
    uint128 bits = (uint128)chunk[0] >> shift;
    for (int k = 1; 32 * k - shift < 128; k++)
        bits |= (uint128)chunk[k] << (32 * k - shift);
    *count = (int128)bits;
    struct superacc again = {0};
    add_to_superacc(&again, *count, first);
    superacc_normalize(&again);
    return memcmp(&again, sum, sizeof again) == 0;
}

/* The highest chunk of a normalised sum that has more than the sign. */
static int top_of(const struct superacc *sum)
{
    int k = SUPERACC_CHUNKS - 1;
    const int64_t sign = sum->chunk[k] < 0 ? 0xffffffff : 0;
    do
        k--;
    while (k > 0 && sum->chunk[k] == sign);
    return k;
}

bool units_put(struct units *units, struct units_sums sums, size_t k, const struct superacc *from)
{
    struct superacc sum = *from;
    superacc_normalize(&sum);
    if (!units->placed && !move(units, sums, clamp(32 * (top_of(&sum) - 2))))
        return false;
    int128 count;
    if (count_of(&sum, units->first, &count))
        return add_count(units, sums, k, count);
    struct superacc *const to = rest(units, k);
    if (to)
        superacc_merge(to, &sum);
    return to;
}

void units_get(const struct units *units, struct units_sums sums, size_t k, struct superacc *to)
{
    add_to_superacc(to, *sum_at(sums, k), units->first);
    if (units->rest_of && units->rest_of[k] != 0)
        superacc_merge(to, &units->rests[units->rest_of[k] - 1]);
}

bool units_meet(struct units *units, struct units_sums sums, const struct units *other)
{
    const bool helps = !units->placed || other->first < units->first;
    return !other->placed || !helps || move(units, sums, other->first);
}

bool units_merge(struct units *units, struct units_sums sums, size_t k, const struct units *other,
                 struct units_sums from, size_t from_k)
{
    int128 count = *sum_at(from, from_k);
    const bool whole = !other->rest_of || other->rest_of[from_k] == 0;
    if (whole && rescale(&count, other->first - units->first))
        return add_count(units, sums, k, count);
    struct superacc sum = {0};
    units_get(other, from, from_k, &sum);
    return units_put(units, sums, k, &sum);
}
