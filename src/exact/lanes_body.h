/*
 * lanes_body: the functions of lanes.c that add, for one width of vectors and one number of levels.
 * Included once for each, with
 *
 *     LANES_BYTES                bytes of a vector
 *     LANES_LEVELS               2, or 3: what b loses goes to a third number of each lane
 *     LANES_TARGET               the attribute that lets functions use such vectors
 *     LANES(name)                a name of its own for each
 *     LANES_TAIL(x, y, product)  x * y - product, exactly, where that is a double
 *     LANES_MINUS(x, y, one)     x - y, by the CPU's units for multiplication, if it has others for
 *                                addition, so that all of them have work; `one` is a vector of 1
 *     LANES_DIFFER(x, y, z)      z, and the bits that x and y do not have in common
 *     LANES_TOTALS(x, y)         the sum of x's elements, and that of y's, as two_bits
 *     LANES_LESS(x, y)           the lesser of each two, any of two that are equal; LANES_MORE too
 *
 * Macros, since an inline function cannot have vectors as parameters that the CPU need not have.
 */

typedef double LANES(vector) __attribute__((__vector_size__(LANES_BYTES)));
typedef float LANES(floats) __attribute__((__vector_size__(LANES_BYTES / 2)));
typedef int64_t LANES(bits) __attribute__((__vector_size__(LANES_BYTES)));
typedef uint64_t LANES(words) __attribute__((__vector_size__(LANES_BYTES)));

enum {
    LANES(WIDTH) = LANES_BYTES / 8,
    LANES(PAIR) = 2 * LANES(WIDTH),
    LANES(BLOCK) = LANES_STEPS * LANES(PAIR),
};

/* Names p##_a and so on: what the lanes of p begin with, and what has been counted. */
#define LANES_SET_UP(p, k)                                                                         \
    const LANES(vector) p##_a = (LANES(vector)){0} + home_of(k);                                   \
    const LANES(vector) p##_b = (LANES(vector)){0} + home_of((k)-LANES_APART);                     \
    const LANES(vector) p##_c = (LANES(vector)){0} + home_of((k)-2 * LANES_APART);                 \
    LANES(bits) p##_a_units = {0}, p##_b_units = {0}, p##_c_units = {0};

/* A vector of 1 of which the compiler does not know that it is. */
#define LANES_ONE                                                                                  \
    LANES(vector) one = (LANES(vector)){0} + 1;                                                    \
    __asm__("" : "+" LANES_REGISTER(one));

/* Two lanes of p, empty. */
#define LANES_START(p)                                                                             \
    LANES(vector) p##_a0 = p##_a, p##_a1 = p##_a, p##_b0 = p##_b, p##_b1 = p##_b;                  \
    LANES(vector) p##_c0 = p##_c, p##_c1 = p##_c;

/* Adds x to lane j of p; without test (1), where that is known to hold. */
#define LANES_STEP(p, j, x) LANES_STEP_TESTED(p, j, x, 1)
#define LANES_STEP_TESTED(p, j, x, tested)                                                         \
    do {                                                                                           \
        const LANES(vector) s = p##_a##j + (x), q = s - p##_a##j, r = LANES_MINUS(x, q, one);      \
        const LANES(vector) u = p##_b##j + r, v = LANES_MINUS(u, p##_b##j, one);                   \
        if (tested)                                                                                \
            moved = LANES_DIFFER((LANES(bits))s, (LANES(bits))p##_a, moved);                       \
        p##_a##j = s, p##_b##j = u;                                                                \
        if (LANES_LEVELS == 2) {                                                                   \
            lost = LANES_DIFFER((LANES(bits))r, (LANES(bits))v, lost);                             \
        } else {                                                                                   \
            const LANES(vector) e = r - v, w = p##_c##j + e, z = LANES_MINUS(w, p##_c##j, one);    \
            lost = LANES_DIFFER((LANES(bits))e, (LANES(bits))z, lost);                             \
            p##_c##j = w;                                                                          \
        }                                                                                          \
    } while (0)

#define LANES_COUNT(p)                                                                             \
    p##_a_units +=                                                                                 \
        ((LANES(bits))p##_a0 - (LANES(bits))p##_a) + ((LANES(bits))p##_a1 - (LANES(bits))p##_a);   \
    p##_b_units +=                                                                                 \
        ((LANES(bits))p##_b0 - (LANES(bits))p##_b) + ((LANES(bits))p##_b1 - (LANES(bits))p##_b);   \
    p##_c_units +=                                                                                 \
        ((LANES(bits))p##_c0 - (LANES(bits))p##_c) + ((LANES(bits))p##_c1 - (LANES(bits))p##_c);

#define LANES_TELL(p, units)                                                                       \
    (units)[0] = LANES(total)(&p##_a_units);                                                       \
    (units)[1] = LANES(total)(&p##_b_units);                                                       \
    (units)[2] = LANES(total)(&p##_c_units);

/* Adds x to the lanes of a list. */
#define LANES_LIST_STEP(x)                                                                         \
    do {                                                                                           \
        const LANES(vector) s = list_a + (x), q = s - list_a, r = LANES_MINUS(x, q, one);          \
        const LANES(vector) u = list_b + r, v = LANES_MINUS(u, list_b, one);                       \
        moved = LANES_DIFFER((LANES(bits))s, (LANES(bits))home_a, moved);                          \
        lost = LANES_DIFFER((LANES(bits))r, (LANES(bits))v, lost);                                 \
        list_a = s, list_b = u;                                                                    \
    } while (0)

#define LANES_LOAD(vector, from) memcpy(&(vector), from, sizeof(vector))

/* Asks for what will be read a page later: the CPU's own prefetching ends at each page, and does
   not keep up with the lanes. It may lie beyond the array. */
#define LANES_FETCH(from)                                                                          \
    for (int line = 0; line < 2 * LANES_BYTES; line += 64)                                         \
    __builtin_prefetch((const char *)(from) + LANES_AHEAD + line)

/* Whether the tests of a block have found anything. */
LANES_TARGET static inline bool LANES(wrong)(const LANES(bits) * moved, const LANES(bits) * lost)
{
    uint64_t wrong = 0;
    for (int j = 0; j < LANES(WIDTH); j++)
        wrong |= (uint64_t)(*moved)[j] >> 52 | (uint64_t)(*lost)[j] << 1; /* r or v may be -0 */
    return wrong != 0;
}

LANES_TARGET static inline int64_t LANES(total)(const LANES(bits) * counts)
{
    uint64_t total = 0; /* of a list that does not fit the window it may be anything */
    for (int j = 0; j < LANES(WIDTH); j++)
        total += (uint64_t)(*counts)[j];
    return (int64_t)total;
}

LANES_TARGET static size_t LANES(sum)(const double *x, size_t n, int k, int64_t units[3])
{
    LANES_SET_UP(upper, k)
    LANES_ONE
    size_t done = 0;
    while (done < n) {
        const size_t end = n - done < LANES(BLOCK) ? n : done + LANES(BLOCK);
        LANES(bits) moved = {0}, lost = {0};
        LANES_START(upper)
        for (size_t j = done; j < end; j += LANES(PAIR)) {
            LANES(vector) x0, x1;
            LANES_FETCH(x + j);
            LANES_LOAD(x0, x + j);
            LANES_LOAD(x1, x + j + LANES(WIDTH));
            LANES_STEP(upper, 0, x0);
            LANES_STEP(upper, 1, x1);
        }
        if (LANES(wrong)(&moved, &lost))
            break;
        LANES_COUNT(upper)
        done = end;
    }
    LANES_TELL(upper, units)
    return done;
}

#if LANES_LEVELS == 2
/* A float has 24 bits, so that b is not needed: where q is x, nothing was lost. */
#define LANES_FLOAT_STEP(j, from)                                                                  \
    do {                                                                                           \
        LANES(floats) narrow;                                                                      \
        LANES_LOAD(narrow, from);                                                                  \
        const LANES(vector) wide = __builtin_convertvector(narrow, LANES(vector));                 \
        const LANES(vector) s = plain_a##j + wide, q = LANES_MINUS(s, plain_a##j, one);            \
        moved = LANES_DIFFER((LANES(bits))s, (LANES(bits))plain_a, moved);                         \
        lost = LANES_DIFFER((LANES(bits))wide, (LANES(bits))q, lost);                              \
        plain_a##j = s;                                                                            \
    } while (0)

LANES_TARGET static size_t LANES(float_sum)(const float *x, size_t n, int k, int64_t *units)
{
    const LANES(vector) plain_a = (LANES(vector)){0} + home_of(k);
    LANES(bits) counts = {0};
    LANES_ONE
    size_t done = 0;
    while (done < n) {
        const size_t end = n - done < LANES(BLOCK) ? n : done + LANES(BLOCK);
        LANES(bits) moved = {0}, lost = {0};
        LANES(vector) plain_a0 = plain_a, plain_a1 = plain_a;
        for (size_t j = done; j < end; j += LANES(PAIR)) {
            __builtin_prefetch((const char *)(x + j) + LANES_AHEAD);
            LANES_FLOAT_STEP(0, x + j);
            LANES_FLOAT_STEP(1, x + j + LANES(WIDTH));
        }
        if (LANES(wrong)(&moved, &lost))
            break;
        counts += ((LANES(bits))plain_a0 - (LANES(bits))plain_a) +
                  ((LANES(bits))plain_a1 - (LANES(bits))plain_a);
        done = end;
    }
    *units = LANES(total)(&counts);
    return done;
}
#endif

/* Whether a product of the block is 0 though both factors are not: then its tail is unknown. */
LANES_TARGET static bool LANES(vanished)(const double *x, const double *y, size_t n)
{
    bool vanished = false;
    for (size_t j = 0; j < n; j++)
        vanished |= (x[j] * y[j] == 0) & (x[j] != 0) & (y[j] != 0);
    return vanished;
}

LANES_TARGET static size_t LANES(products)(const double *x, const double *y, size_t n, int k,
                                           int64_t units[6])
{
    LANES_SET_UP(upper, k)
    LANES_SET_UP(lower, k - LANES_LOWER)
    LANES_ONE
    size_t done = 0;
    while (done < n) {
        const size_t end = n - done < LANES(BLOCK) ? n : done + LANES(BLOCK);
        LANES(bits) moved = {0}, lost = {0}, zero = {0};
        LANES_START(upper)
        LANES_START(lower)
        for (size_t j = done; j < end; j += LANES(PAIR)) {
            LANES(vector) x0, x1, y0, y1;
            LANES_FETCH(x + j);
            LANES_FETCH(y + j);
            LANES_LOAD(x0, x + j);
            LANES_LOAD(x1, x + j + LANES(WIDTH));
            LANES_LOAD(y0, y + j);
            LANES_LOAD(y1, y + j + LANES(WIDTH));
            const LANES(vector) p0 = x0 * y0, p1 = x1 * y1;
            const LANES(vector) t0 = LANES_TAIL(x0, y0, p0), t1 = LANES_TAIL(x1, y1, p1);
            zero |= (p0 == 0) | (p1 == 0);
            LANES_STEP(upper, 0, p0);
            LANES_STEP(lower, 0, t0);
            LANES_STEP(upper, 1, p1);
            LANES_STEP(lower, 1, t1);
        }
        const LANES(bits) none = {0};
        if (LANES(wrong)(&moved, &lost) ||
            (LANES(wrong)(&zero, &none) && LANES(vanished)(x + done, y + done, end - done)))
            break;
        LANES_COUNT(upper)
        LANES_COUNT(lower)
        done = end;
    }
    LANES_TELL(upper, units)
    LANES_TELL(lower, units + 3)
    return done;
}

#if LANES_LEVELS == 2
/*
 * Plain sums, squares and ends in one pass, which reads x once. By (2) each x that is not 0 is a
 * multiple of the unit of b, so as k is not small no square vanishes, and each tail is a double.
 * Where (1) holds for all squares these lie below 2^k_squares, so each |x| is below its root, and
 * 2^6 of them sum up to half of 2^k at most: (1) holds for the plain sum as well.
 */
LANES_TARGET static size_t LANES(moments)(const double *x, size_t n, int k_squares,
                                          int64_t units[9], double ends[2])
{
    const int k = lanes_moments_plain(k_squares);
    LANES_SET_UP(plain, k)
    LANES_SET_UP(upper, k_squares)
    LANES_SET_UP(lower, k_squares - LANES_LOWER)
    LANES_ONE
    LANES(vector) least = (LANES(vector)){0} + x[0], greatest = least;
    size_t done = 0;
    while (done < n) {
        const size_t end = n - done < LANES(BLOCK) ? n : done + LANES(BLOCK);
        LANES(bits) moved = {0}, lost = {0};
        LANES(vector) less = least, more = greatest;
        LANES_START(plain)
        LANES_START(upper)
        LANES_START(lower)
        for (size_t j = done; j < end; j += LANES(PAIR)) {
            LANES(vector) x0, x1;
            LANES_LOAD(x0, x + j);
            LANES_LOAD(x1, x + j + LANES(WIDTH));
            const LANES(vector) p0 = x0 * x0, p1 = x1 * x1;
            const LANES(vector) t0 = LANES_TAIL(x0, x0, p0), t1 = LANES_TAIL(x1, x1, p1);
            less = LANES_LESS(less, LANES_LESS(x0, x1));
            more = LANES_MORE(more, LANES_MORE(x0, x1));
            LANES_STEP_TESTED(plain, 0, x0, 0);
            LANES_STEP(upper, 0, p0);
            LANES_STEP(lower, 0, t0);
            LANES_STEP_TESTED(plain, 1, x1, 0);
            LANES_STEP(upper, 1, p1);
            LANES_STEP(lower, 1, t1);
        }
        if (LANES(wrong)(&moved, &lost))
            break;
        LANES_COUNT(plain)
        LANES_COUNT(upper)
        LANES_COUNT(lower)
        least = less, greatest = more;
        done = end;
    }
    LANES_TELL(plain, units)
    LANES_TELL(upper, units + 3)
    LANES_TELL(lower, units + 6)
    ends[0] = least[0], ends[1] = greatest[0];
    for (int j = 1; j < LANES(WIDTH); j++) {
        ends[0] = least[j] < ends[0] ? least[j] : ends[0];
        ends[1] = greatest[j] > ends[1] ? greatest[j] : ends[1];
    }
    return done;
}

/* The first n elements at `from`, of as many as a vector has, and 0 for the others. */
LANES_TARGET static inline LANES(bits) LANES(first)(const double *from, size_t n)
{
    LANES(bits) all, among;
    LANES_LOAD(all, from);
    LANES_LOAD(among, eight_ones + 8 - n);
    return all & among;
}

/*
 * Each list has one lane vector of its own. What it counts fits two doubles, in units of 2^(k-52)
 * and of 2^(m-52), so the one addition of these rounds the sum of the list once. A list's length
 * cannot be foretold: two vectors are always added, since a branch that the CPU guesses wrong costs
 * more than an empty one.
 */
LANES_TARGET static bool LANES(lists)(const double *x, const uint64_t *begin, size_t count, int k,
                                      double *sums, int64_t units[2])
{
    const LANES(vector) home_a = (LANES(vector)){0} + home_of(k);
    const LANES(vector) home_b = (LANES(vector)){0} + home_of(k - LANES_LIST_APART);
    const two unit = {power_of_two(k - 52), power_of_two(k - 52 - LANES_LIST_APART)};
    LANES(bits) moved = {0}, lost = {0};
    LANES_ONE
    two_words all = {0};
    uint64_t wide = 0;
    for (size_t j = 0; j < count; j++) {
        const double *at = x + (begin[j] - begin[0]);
        LANES(vector) list_a = home_a, list_b = home_b, next;
        size_t left = begin[j + 1] - begin[j];
        for (; left > 2 * LANES(WIDTH); left -= LANES(WIDTH), at += LANES(WIDTH)) {
            LANES_LOAD(next, at);
            LANES_LIST_STEP(next);
        }
        const size_t first = left < LANES(WIDTH) ? left : LANES(WIDTH);
        LANES_LIST_STEP((LANES(vector))LANES(first)(at, first));
        LANES_LIST_STEP((LANES(vector))LANES(first)(at + first, left - first));
        const two_bits counts = LANES_TOTALS((LANES(words))list_a - (LANES(words))home_a,
                                             (LANES(words))list_b - (LANES(words))home_b);
        wide |= ((uint64_t)counts[0] + (UINT64_C(1) << 53)) >> 54;
        all += (two_words)counts;
        const two parts = __builtin_convertvector(counts, two) * unit;
        sums[j] = parts[0] + parts[1];
    }
    units[0] = (int64_t)all[0], units[1] = (int64_t)all[1];
    return wide == 0 && !LANES(wrong)(&moved, &lost);
}
#endif

#undef LANES_SET_UP
#undef LANES_START
#undef LANES_ONE
#undef LANES_STEP
#undef LANES_STEP_TESTED
#undef LANES_COUNT
#undef LANES_TELL
#undef LANES_LIST_STEP
#undef LANES_FLOAT_STEP
#undef LANES_LOAD
#undef LANES_FETCH
