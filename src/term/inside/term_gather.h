/*
 * term_gather: the loop of a term whose values are not added up here, but handed to the program,
 * group by group: for means, extremes, tables by key. Part of term_after.h.
 *
 * A group is evaluated into one array for each value, which stay in the first-level cache while the
 * program looks at them.
 */
#pragma GCC system_header

/* Values of 64 bits at most are handed over as int64_t or uint64_t, reals as double. */
#define PARSUM_GATHERED(parsum_k)                                                                  \
    __typeof__(__builtin_choose_expr(                                                              \
        PARSUM_CLASS(parsum_k) == 5, (double)0,                                                    \
        __builtin_choose_expr(PARSUM_CLASS(parsum_k) >= 3,                                         \
                              PARSUM_PLAIN(parsum_k, *(parsum_kept_##parsum_k *)0),                \
                              __builtin_choose_expr(PARSUM_TYPE(parsum_k) == TERM_UNSIGNED,        \
                                                    (uint64_t)0, (int64_t)0))))

/* As many as half a cache of 32 KiB holds, at least 64. */
enum {
    PARSUM_GROUP_TERMS = PARSUM_COUNT <= 1   ? TERM_GROUP
                         : PARSUM_COUNT <= 4 ? TERM_GROUP / 4
                                             : TERM_GROUP / 32
};

#define PARSUM_ARRAY(parsum_k)                                                                     \
    _Alignas(64) PARSUM_GATHERED(parsum_k) parsum_v_##parsum_k[PARSUM_GROUP_TERMS];
/* The lower halves of products; of other values there are none. */
#define PARSUM_LOWER(parsum_k)                                                                     \
    _Alignas(64) double parsum_low_##parsum_k[PARSUM_IS_PRODUCT(parsum_k) ? PARSUM_GROUP_TERMS : 1];
struct parsum_group {
    PARSUM_EACH(PARSUM_ARRAY)
    PARSUM_EACH(PARSUM_LOWER)
};

#define PARSUM_ROOM(parsum_k) parsum_kept_##parsum_k parsum_x_##parsum_k;
#define PARSUM_PLACE(parsum_k) , &parsum_x_##parsum_k
#define PARSUM_STORE(parsum_k)                                                                     \
    parsum_group->parsum_v_##parsum_k[parsum_j] =                                                  \
        (PARSUM_GATHERED(parsum_k))PARSUM_PLAIN(parsum_k, parsum_x_##parsum_k);                    \
    if (PARSUM_IS_PRODUCT(parsum_k))                                                               \
        parsum_group->parsum_low_##parsum_k[PARSUM_IS_PRODUCT(parsum_k) ? parsum_j : 0] =          \
            PARSUM_HALVES(parsum_k, parsum_x_##parsum_k).low;
PARSUM_DEFINE_FILL

/*
 * Of a list: a group without a hit need not be stored, and to look for one alone takes two thirds
 * of the time. But a group that has one is evaluated twice then, so that the next ones, which
 * probably have some as well, are stored at once; and so are the first ones, or tiny jobs would be
 * looked at in vain.
 */
enum { PARSUM_AT_FIRST = 2, PARSUM_AFTER_A_HIT = 32 };
#define PARSUM_SEE(parsum_k)                                                                       \
    parsum_any |= -(uint64_t)(PARSUM_PLAIN(parsum_k, parsum_x_##parsum_k) != 0);
static __attribute__((__noinline__, __unused__)) int
parsum_has_hit(int64_t parsum_start, int parsum_n, const struct parsum_job parsum_job)
{
    uint64_t parsum_any = 0;
    PARSUM_EVALUATE_GROUP(int64_t, PARSUM_SEE)
    return parsum_any != 0;
}

/* Need the group not be stored? */
PARSUM_INLINE int parsum_skips(int64_t parsum_start, int parsum_n,
                               const struct parsum_out *parsum_out)
{
    if (!PARSUM_LISTED || --*parsum_out->parsum_unseen >= 0)
        return 0;
    *parsum_out->parsum_unseen = 0;
    if (!parsum_has_hit(parsum_start, parsum_n, parsum_out->parsum_job))
        return 1;
    *parsum_out->parsum_unseen = PARSUM_AFTER_A_HIT;
    return 0;
}

#define PARSUM_POINTER(parsum_k) parsum_group.parsum_v_##parsum_k,
#define PARSUM_LOWER_POINTER(parsum_k)                                                             \
    PARSUM_IS_PRODUCT(parsum_k) ? parsum_group.parsum_low_##parsum_k : 0,

static __attribute__((__noinline__)) int parsum_add_terms(int64_t parsum_start, int64_t parsum_end,
                                                          const struct parsum_out *parsum_out,
                                                          struct term_place *parsum_at)
{
    struct parsum_group parsum_group;
    const void *const parsum_x[] = {PARSUM_EACH(PARSUM_POINTER) PARSUM_EACH(PARSUM_LOWER_POINTER)};
    int parsum_n, parsum_found = TERM_FINE;
    for (; parsum_start < parsum_end && !parsum_found; parsum_start += parsum_n) {
        const uint64_t parsum_left = (uint64_t)parsum_end - (uint64_t)parsum_start;
        parsum_n = parsum_left < PARSUM_GROUP_TERMS ? (int)parsum_left : PARSUM_GROUP_TERMS;
        if (parsum_skips(parsum_start, parsum_n, parsum_out))
            continue;
        parsum_fill(&parsum_group, parsum_start, parsum_n, parsum_out->parsum_job);
        parsum_found = parsum_out->parsum_take(parsum_out->parsum_to, parsum_start,
                                               (size_t)parsum_n, parsum_x, parsum_at);
    }
    return parsum_found;
}

static int parsum_add_all(int64_t parsum_start, int64_t parsum_end,
                          const struct parsum_out *parsum_out, struct term_place *parsum_at);

static int parsum_gather(int64_t parsum_start, int64_t parsum_end,
                         const struct term_job *parsum_given, void *parsum_to,
                         term_take *parsum_take, struct term_place *parsum_at)
{
    int parsum_unseen = PARSUM_AT_FIRST;
    const struct parsum_out parsum_out = {PARSUM_JOB(parsum_given), parsum_to, parsum_take,
                                          &parsum_unseen};
    return parsum_add_all(parsum_start, parsum_end, &parsum_out, parsum_at);
}
