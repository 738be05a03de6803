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
        __builtin_choose_expr(PARSUM_CLASS(parsum_k) >= 3, (parsum_kept_##parsum_k)0,              \
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
struct parsum_group {
    PARSUM_EACH(PARSUM_ARRAY)
};

#define PARSUM_ROOM(parsum_k) parsum_kept_##parsum_k parsum_x_##parsum_k;
#define PARSUM_PLACE(parsum_k) , &parsum_x_##parsum_k
#define PARSUM_STORE(parsum_k)                                                                     \
    parsum_group->parsum_v_##parsum_k[parsum_j] = (PARSUM_GATHERED(parsum_k))parsum_x_##parsum_k;
PARSUM_DEFINE_FILL

#define PARSUM_POINTER(parsum_k) parsum_group.parsum_v_##parsum_k,

static __attribute__((__noinline__)) int parsum_add_terms(int64_t parsum_start, int64_t parsum_end,
                                                          const struct parsum_out *parsum_out,
                                                          struct term_place *parsum_at)
{
    struct parsum_group parsum_group;
    const void *const parsum_x[] = {PARSUM_EACH(PARSUM_POINTER)};
    int parsum_found = TERM_FINE;
    while (parsum_start < parsum_end && !parsum_found) {
        const uint64_t parsum_left = (uint64_t)parsum_end - (uint64_t)parsum_start;
        const int parsum_n =
            parsum_left < PARSUM_GROUP_TERMS ? (int)parsum_left : PARSUM_GROUP_TERMS;
        parsum_fill(&parsum_group, parsum_start, parsum_n, parsum_out->parsum_job);
        parsum_found = parsum_out->parsum_take(parsum_out->parsum_to, parsum_start,
                                               (size_t)parsum_n, parsum_x, parsum_at);
        parsum_start += parsum_n;
    }
    return parsum_found;
}

static int parsum_add_all(int64_t parsum_start, int64_t parsum_end,
                          const struct parsum_out *parsum_out, struct term_place *parsum_at);

static int parsum_gather(int64_t parsum_start, int64_t parsum_end,
                         const struct term_job *parsum_given, void *parsum_to,
                         term_take *parsum_take, struct term_place *parsum_at)
{
    const struct parsum_out parsum_out = {PARSUM_JOB(parsum_given), parsum_to, parsum_take};
    return parsum_add_all(parsum_start, parsum_end, &parsum_out, parsum_at);
}
