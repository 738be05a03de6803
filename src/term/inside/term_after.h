/*
 * term_after: the part of a generated C file that comes after the user's text, and after the
 * function that evaluates its values at one integer, parsum_evaluate. It picks the loops for them
 * and exports the result.
 *
 * The file is compiled in one of four ways:
 *
 * - PARSUM_LOOK: the values alone, for what the compiler has to say of the user's text.
 * - PARSUM_PROOF: one function, with overflow checks, that evaluates the values for an i of
 *   [PARSUM_LOW, PARSUM_HIGH), of which with PARSUM_WITHIN the arrays are known to have the
 *   elements. A check that the compiler can prove to be of no use leaves no trace
 *   in the object file; likewise the calls of parsum_beyond_*, which are made for large values.
 * - PARSUM_CHECKED: the loops, with such checks.
 * - else: the loops, without. PARSUM_BITS says how large the values were proved to be.
 *
 * One value goes through the loops of term_before.h as it is evaluated. Several, and products,
 * whose halves are two values with lanes of their own and one sum, are evaluated for a group of
 * integers, into an array each, and the arrays are added up: the group stays in the first-level
 * cache, and a value's type decides on its own loop alone.
 *
 * All names begin with parsum_, in case the user's text has macros.
 */
#pragma GCC system_header

#if PARSUM_LOOK || PARSUM_PROOF

/* Does an integer lie in [-2^bits, 2^bits)? */
#define PARSUM_FITS(parsum_k, parsum_x, parsum_bits)                                               \
    (PARSUM_CLASS(parsum_k) == 4 ? (unsigned __int128)(parsum_x) >> (parsum_bits) == 0             \
                                 : (__int128)(parsum_x) < (int64_t)1 << (parsum_bits) &&           \
                                       (__int128)(parsum_x) >= -((int64_t)1 << (parsum_bits)))

#ifdef __clang__
#define PARSUM_VISIBLE
#else
#define PARSUM_VISIBLE __attribute__((__externally_visible__))
#endif
void parsum_beyond_32(void), parsum_beyond_60(void);
extern const struct parsum_job parsum_any_job;
PARSUM_VISIBLE void parsum_prove(int64_t parsum_i, int64_t parsum_end);

#define PARSUM_RESULT(parsum_k)                                                                    \
    PARSUM_VISIBLE volatile parsum_kept_##parsum_k parsum_result_##parsum_k;
PARSUM_EACH(PARSUM_RESULT)

#define PARSUM_ROOM(parsum_k) parsum_kept_##parsum_k parsum_x_##parsum_k = {0};
#define PARSUM_PLACE(parsum_k) , &parsum_x_##parsum_k
#define PARSUM_LOOK_AT(parsum_k)                                                                   \
    if (PARSUM_PROOF && PARSUM_CLASS(parsum_k) <= 4) {                                             \
        if (!PARSUM_FITS(parsum_k, PARSUM_PLAIN(parsum_k, parsum_x_##parsum_k), 60))               \
            parsum_beyond_60();                                                                    \
        if (!PARSUM_FITS(parsum_k, PARSUM_PLAIN(parsum_k, parsum_x_##parsum_k), 32))               \
            parsum_beyond_32();                                                                    \
    }                                                                                              \
    parsum_result_##parsum_k = parsum_x_##parsum_k;

void parsum_prove(int64_t parsum_i, int64_t parsum_end)
{
    const struct parsum_job parsum_job = parsum_any_job;
    if (PARSUM_PROOF &&
        (parsum_i < PARSUM_LOW || parsum_i >= PARSUM_HIGH || parsum_end <= parsum_i ||
         parsum_end > PARSUM_HIGH || PARSUM_JOB_BEYOND(parsum_job)))
        __builtin_unreachable();
    if (PARSUM_PROOF && PARSUM_WITHIN) {
        PARSUM_REACH(parsum_i, parsum_job)
    }
    PARSUM_EACH(PARSUM_ROOM)
#if PARSUM_BLOCKS
    parsum_x_0 = PARSUM_KEEP(0, block(parsum_i, parsum_end));
#else
    parsum_evaluate(parsum_i, parsum_job PARSUM_EACH(PARSUM_PLACE));
#endif
    PARSUM_EACH(PARSUM_LOOK_AT)
}

#else

/* Where the values go: value k to sums[k], reals by way of a function; or to the program. */
struct parsum_out {
    struct parsum_job parsum_job;
#if PARSUM_GATHER
    void *parsum_to;
    term_take *parsum_take;
    int *parsum_unseen; /* of a list: how many groups more are stored at once */
#else
    void *const *parsum_sums;
    term_add_array *parsum_add;
    double *parsum_x; /* not NULL: the values of a short range are to be written there instead */
#endif
};

/* What is wrong with a real. By its bits: the user's own options may have promised that there are
   no such numbers. */
PARSUM_INLINE int parsum_trouble_of(double parsum_x)
{
    const uint64_t parsum_magnitude = term_real_magnitude(parsum_x),
                   parsum_top = (uint64_t)0x7ff << 52;
    return parsum_magnitude < parsum_top    ? TERM_FINE
           : parsum_magnitude == parsum_top ? TERM_INFINITE
                                            : TERM_NAN;
}

#define PARSUM_IS_NARROW(parsum_k)                                                                 \
    (PARSUM_CLASS(parsum_k) <= 2 && (sizeof(parsum_kept_##parsum_k) < 8 || PARSUM_BITS <= 32))

/*
 * Evaluates a group, and does something with each value. The type of the counter is what is
 * fastest: int where values are stored, int64_t where they are not.
 */
#define PARSUM_EVALUATE_AS(parsum_type, parsum_index, PARSUM_DO)                                   \
    for (parsum_index parsum_j = 0; parsum_j < parsum_n; parsum_j++) {                             \
        PARSUM_EACH(PARSUM_ROOM)                                                                   \
        parsum_evaluate((parsum_type)(parsum_start + parsum_j),                                    \
                        parsum_job PARSUM_EACH(PARSUM_PLACE));                                     \
        PARSUM_EACH(PARSUM_DO)                                                                     \
    }
#define PARSUM_EVALUATE_GROUP(parsum_index, PARSUM_DO)                                             \
    PARSUM_FETCH(parsum_start, parsum_n, parsum_job);                                              \
    if (TERM_REAL_IS_SHORT(parsum_start, PARSUM_GROUP_TERMS)) {                                    \
        PARSUM_EVALUATE_AS(int32_t, int, PARSUM_DO)                                                \
    } else {                                                                                       \
        PARSUM_EVALUATE_AS(int64_t, parsum_index, PARSUM_DO)                                       \
    }

/* PARSUM_STORE puts a value in its array. */
#define PARSUM_DEFINE_FILL                                                                         \
    static __attribute__((__noinline__)) void parsum_fill(                                         \
        struct parsum_group *restrict parsum_group, int64_t parsum_start, int parsum_n,            \
        const struct parsum_job parsum_job)                                                        \
    {                                                                                              \
        PARSUM_EVALUATE_GROUP(int, PARSUM_STORE)                                                   \
    }

/* In place of what the lanes of one real value call. */
#define PARSUM_NO_REAL                                                                             \
    PARSUM_INLINE double parsum_real(int64_t parsum_i, struct parsum_job parsum_job)               \
    {                                                                                              \
        (void)parsum_i, (void)parsum_job;                                                          \
        return 0;                                                                                  \
    }                                                                                              \
    PARSUM_INLINE void parsum_halves(int64_t parsum_i, struct parsum_job parsum_job,               \
                                     double *parsum_high, double *parsum_low)                      \
    {                                                                                              \
        (void)parsum_i, (void)parsum_job;                                                          \
        *parsum_high = *parsum_low = 0;                                                            \
    }

#if PARSUM_BLOCKS

/* The block as a whole is one integer. */
PARSUM_INLINE int parsum_add_terms(int64_t parsum_start, int64_t parsum_end,
                                   const struct parsum_out *parsum_out,
                                   struct term_place *parsum_at)
{
    const parsum_kept_0 parsum_x = PARSUM_KEEP(0, block(parsum_start, parsum_end));
    (void)parsum_at;
    if (PARSUM_CLASS(0) <= 2) {
        *(unsigned __int128 *)parsum_out->parsum_sums[0] += (unsigned __int128)(__int128)parsum_x;
    } else {
        struct term_integers *parsum_sum = parsum_out->parsum_sums[0];
        const unsigned __int128 parsum_wide = (unsigned __int128)parsum_x;
        parsum_sum->low += (uint64_t)parsum_wide;
        parsum_sum->high += PARSUM_CLASS(0) == 4 ? parsum_wide >> 64
                                                 : (unsigned __int128)((__int128)parsum_wide >> 64);
    }
    return TERM_FINE;
}

PARSUM_NO_REAL

#elif PARSUM_GATHER

#include "term_gather.h"

PARSUM_NO_REAL

#elif PARSUM_COUNT == 1

#define PARSUM_CALL(parsum_name, parsum_type)                                                      \
    PARSUM_INLINE parsum_type parsum_name(int64_t parsum_i, struct parsum_job parsum_job)          \
    {                                                                                              \
        parsum_kept_0 parsum_x;                                                                    \
        parsum_evaluate(parsum_i, parsum_job, &parsum_x);                                          \
        return (parsum_type)PARSUM_PLAIN(0, parsum_x);                                             \
    }
PARSUM_CALL(parsum_signed, int64_t)
PARSUM_CALL(parsum_unsigned, uint64_t)
PARSUM_CALL(parsum_wide, __int128)
PARSUM_CALL(parsum_unsigned_wide, unsigned __int128)
PARSUM_CALL(parsum_real, double)

PARSUM_INLINE void parsum_halves(int64_t parsum_i, struct parsum_job parsum_job,
                                 double *parsum_high, double *parsum_low)
{
    parsum_kept_0 parsum_x;
    parsum_evaluate(parsum_i, parsum_job, &parsum_x);
    *parsum_high = PARSUM_HALVES(0, parsum_x).high;
    *parsum_low = PARSUM_HALVES(0, parsum_x).low;
}

/* Adds up to PARSUM_BLOCK integers. All conditions are constants: one loop is left. */
PARSUM_INLINE void parsum_add_block(int64_t parsum_start, int64_t parsum_end,
                                    const struct parsum_job parsum_job, void *parsum_sum)
{
    if (PARSUM_IS_NARROW(0) || PARSUM_BITS <= 32)
        parsum_add_narrow(parsum_signed, parsum_job, parsum_start, parsum_end, parsum_sum);
    else if (PARSUM_BITS <= 60)
        parsum_add_eights(parsum_signed, parsum_job, parsum_start, parsum_end, parsum_sum);
    else if (PARSUM_CLASS(0) == 1)
        parsum_add_signed(parsum_signed, parsum_job, parsum_start, parsum_end, parsum_sum);
    else if (PARSUM_CLASS(0) == 2)
        parsum_add_unsigned(parsum_unsigned, parsum_job, parsum_start, parsum_end, parsum_sum);
    else if (PARSUM_CLASS(0) == 3)
        parsum_add_wide(parsum_wide, parsum_job, parsum_start, parsum_end, parsum_sum);
    else
        parsum_add_unsigned_wide(parsum_unsigned_wide, parsum_job, parsum_start, parsum_end,
                                 parsum_sum);
}

/* Adds up to PARSUM_BLOCK terms; the trouble, if any, is an infinite term or NaN. */
PARSUM_INLINE int parsum_add_terms(int64_t parsum_start, int64_t parsum_end,
                                   const struct parsum_out *parsum_out,
                                   struct term_place *parsum_at)
{
    if (PARSUM_CLASS(0) <= 4) {
        parsum_add_block(parsum_start, parsum_end, parsum_out->parsum_job,
                         parsum_out->parsum_sums[0]);
        return TERM_FINE;
    }
    struct term_real_fault parsum_fault = {0, 0, 0};
    if (PARSUM_IS_PRODUCT(0)
            ? term_real_sum_halves(parsum_start, parsum_end, parsum_out->parsum_job,
                                   parsum_out->parsum_sums[0], parsum_out->parsum_add,
                                   &parsum_fault)
        : parsum_out->parsum_x
            ? term_real_values(parsum_start, parsum_end, parsum_out->parsum_job,
                               parsum_out->parsum_x, &parsum_fault)
            : term_real_sum(parsum_start, parsum_end, parsum_out->parsum_job,
                            parsum_out->parsum_sums[0], parsum_out->parsum_add, &parsum_fault))
        return TERM_FINE;
    parsum_set_place(parsum_at, parsum_fault.parsum_i);
    return parsum_fault.parsum_is_low ? TERM_PRODUCT : parsum_trouble_of(parsum_fault.parsum_value);
}

#else

PARSUM_NO_REAL

#include "term_several.h"

#endif

#if PARSUM_CHECKED

/* A block of the user's is not cut. */
#define PARSUM_IS_REAL(parsum_k) || PARSUM_CLASS(parsum_k) == 5
#define PARSUM_STEP                                                                                \
    (PARSUM_BLOCKS ? INT64_MAX : 0 PARSUM_EACH(PARSUM_IS_REAL) ? (int64_t)65536 : (int64_t)1024)

static __attribute__((__noinline__)) int parsum_try(int64_t parsum_start, int64_t parsum_end,
                                                    const struct parsum_out *parsum_out,
                                                    struct term_place *parsum_at)
{
    int parsum_found = TERM_FINE;
    parsum_trouble = TERM_FINE;
    parsum_within = 1;
    if (setjmp(parsum_escape) == 0)
        parsum_found = parsum_add_terms(parsum_start, parsum_end, parsum_out, parsum_at);
    parsum_within = 0;
    return parsum_trouble ? parsum_trouble : parsum_elsewhere ? parsum_elsewhere : parsum_found;
}

/* Tries a block; where there was trouble, goes through it again, one term at a time. */
static int parsum_add_checked(int64_t parsum_start, int64_t parsum_end,
                              const struct parsum_out *parsum_out, struct term_place *parsum_at)
{
    const int parsum_found = parsum_try(parsum_start, parsum_end, parsum_out, parsum_at);
    if (parsum_found)
        parsum_elsewhere = TERM_FINE;
    if (PARSUM_BLOCKS && parsum_found)
        parsum_set_bounds(parsum_at, parsum_start);
    for (int64_t parsum_i = parsum_start; !PARSUM_BLOCKS && parsum_found && parsum_i < parsum_end;
         parsum_i++) {
        const int parsum_again = parsum_try(parsum_i, parsum_i + 1, parsum_out, parsum_at);
        parsum_set_bounds(parsum_at, parsum_i);
        if (parsum_again)
            return parsum_again;
    }
    return parsum_found;
}

#else

#define PARSUM_STEP (PARSUM_BLOCKS ? INT64_MAX : (int64_t)PARSUM_BLOCK)
#define parsum_add_checked parsum_add_terms

#endif

static int parsum_add_all(int64_t parsum_start, int64_t parsum_end,
                          const struct parsum_out *parsum_out, struct term_place *parsum_at)
{
    int parsum_found = TERM_FINE;
    while (parsum_start < parsum_end && !parsum_found) {
        const uint64_t parsum_left = (uint64_t)parsum_end - (uint64_t)parsum_start;
        const int64_t parsum_stop =
            parsum_left > (uint64_t)PARSUM_STEP ? parsum_start + PARSUM_STEP : parsum_end;
        parsum_found = parsum_add_checked(parsum_start, parsum_stop, parsum_out, parsum_at);
        parsum_start = parsum_stop;
    }
    return parsum_found;
}

#if PARSUM_GATHER
#define parsum_add 0
#define PARSUM_VALUES 0
#else
#define parsum_gather 0

static int parsum_add(int64_t parsum_start, int64_t parsum_end, const struct term_job *parsum_given,
                      void *const *parsum_sums, term_add_array *parsum_add_reals,
                      struct term_place *parsum_at)
{
    const struct parsum_out parsum_out = {PARSUM_JOB(parsum_given), parsum_sums, parsum_add_reals,
                                          0};
    return parsum_add_all(parsum_start, parsum_end, &parsum_out, parsum_at);
}

/* That of one value alone. */
__attribute__((__unused__)) static int parsum_values(int64_t parsum_start, int64_t parsum_end,
                                                     const struct term_job *parsum_given,
                                                     double *parsum_x, struct term_place *parsum_at)
{
    const struct parsum_out parsum_out = {PARSUM_JOB(parsum_given), 0, 0, parsum_x};
    return parsum_add_all(parsum_start, parsum_end, &parsum_out, parsum_at);
}
#define PARSUM_VALUES                                                                              \
    (PARSUM_COUNT == 1 && !PARSUM_IS_PRODUCT(0) && !PARSUM_BLOCKS && PARSUM_CLASS(0) == 5          \
         ? parsum_values                                                                           \
         : 0)

#endif

#define PARSUM_TYPE_ITEM(parsum_k) PARSUM_TYPE(parsum_k),
static const int32_t parsum_types[] = {PARSUM_EACH(PARSUM_TYPE_ITEM)};

#ifndef PARSUM_SEED /* term_random.h has it */
#define PARSUM_SEED 0
#endif

extern const struct term_module parsum_term __attribute__((__visibility__("default")));
/* clang-format off */
const struct term_module parsum_term = {
    TERM_ABI_MAGIC,
    TERM_ABI_VERSION,
    PARSUM_COUNT,
    parsum_types,
    parsum_names,
    parsum_columns,
    parsum_arrays,
    PARSUM_CHECKED ? TERM_CHECKED : TERM_PROVED,
    PARSUM_WRAPS,
    PARSUM_KEYED,
    PARSUM_BLOCKS,
    PARSUM_LOW,
    PARSUM_HIGH,
    PARSUM_SKIPS,
    PARSUM_ALIKE,
    PARSUM_LISTED,
    {PARSUM_DIRECT},
    PARSUM_WITHIN,
    parsum_source,
    parsum_cpu,
    PARSUM_SEED,
    parsum_add,
    PARSUM_VALUES,
    parsum_gather,
};
/* clang-format on */

#endif
