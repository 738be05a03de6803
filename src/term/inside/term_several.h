/*
 * term_several: the loop of a term with several values: a group of integers is evaluated into an
 * array for each value, and the arrays are added up. Part of term_after.h.
 */
#pragma GCC system_header

enum { PARSUM_GROUP_TERMS = TERM_REAL_BLOCK };

/* What the values of a group of integers are, and the lanes of those that are real. */
#define PARSUM_ARRAY(parsum_k)                                                                     \
    _Alignas(64) __typeof__(__builtin_choose_expr(                                                 \
        PARSUM_CLASS(parsum_k) == 5, (double)0,                                                    \
        *(parsum_kept_##parsum_k *)0)) parsum_v_##parsum_k[PARSUM_GROUP_TERMS];                    \
    struct term_real_lanes parsum_lanes_##parsum_k[PARSUM_CLASS(parsum_k) == 5];                   \
    _Alignas(                                                                                      \
        64) double parsum_low_##parsum_k[PARSUM_IS_PRODUCT(parsum_k) ? PARSUM_GROUP_TERMS : 1];    \
    struct term_real_lanes parsum_low_lanes_##parsum_k[PARSUM_IS_PRODUCT(parsum_k)];
struct parsum_group {
    PARSUM_EACH(PARSUM_ARRAY)
};

#define PARSUM_ROOM(parsum_k) parsum_kept_##parsum_k parsum_x_##parsum_k;
#define PARSUM_PLACE(parsum_k) , &parsum_x_##parsum_k
#define PARSUM_STORE(parsum_k)                                                                     \
    parsum_group->parsum_v_##parsum_k[parsum_j] = PARSUM_PLAIN(parsum_k, parsum_x_##parsum_k);     \
    if (PARSUM_IS_PRODUCT(parsum_k))                                                               \
        parsum_group->parsum_low_##parsum_k[PARSUM_IS_PRODUCT(parsum_k) ? parsum_j : 0] =          \
            PARSUM_HALVES(parsum_k, parsum_x_##parsum_k).low;

PARSUM_DEFINE_FILL

/* The loops of term_before.h, over an array. All conditions are constants: one loop is left. */
#define PARSUM_FOLD_INTEGERS(parsum_k)                                                             \
    if (PARSUM_IS_NARROW(parsum_k)) {                                                              \
        uint64_t parsum_total = 0;                                                                 \
        for (int parsum_j = 0; parsum_j < parsum_n; parsum_j++)                                    \
            parsum_total += (uint64_t)parsum_group->parsum_v_##parsum_k[parsum_j];                 \
        *(unsigned __int128 *)parsum_sum += (unsigned __int128)(int64_t)parsum_total;              \
    } else if (PARSUM_CLASS(parsum_k) <= 2) {                                                      \
        uint64_t parsum_low = 0, parsum_high = 0;                                                  \
        for (int parsum_j = 0; parsum_j < parsum_n; parsum_j++) {                                  \
            const uint64_t parsum_x = (uint64_t)parsum_group->parsum_v_##parsum_k[parsum_j];       \
            parsum_low += (uint32_t)parsum_x;                                                      \
            parsum_high += PARSUM_CLASS(parsum_k) == 1 ? (uint64_t)((int64_t)parsum_x >> 32)       \
                                                       : parsum_x >> 32;                           \
        }                                                                                          \
        *(unsigned __int128 *)parsum_sum +=                                                        \
            ((unsigned __int128)(int64_t)parsum_high << 32) + parsum_low;                          \
    } else {                                                                                       \
        for (int parsum_j = 0; parsum_j < parsum_n; parsum_j++) {                                  \
            const unsigned __int128 parsum_x =                                                     \
                (unsigned __int128)parsum_group->parsum_v_##parsum_k[parsum_j];                    \
            ((struct term_integers *)parsum_sum)->low += (uint64_t)parsum_x;                       \
            ((struct term_integers *)parsum_sum)->high +=                                          \
                PARSUM_CLASS(parsum_k) == 4 ? parsum_x >> 64                                       \
                                            : (unsigned __int128)((__int128)parsum_x >> 64);       \
        }                                                                                          \
    }

/* Adds a group's values of one kind to their sum; the place of the first that is not finite, or n.
 */
#define PARSUM_DEFINE_FOLD(parsum_k)                                                               \
    static __attribute__((__noinline__)) int parsum_fold_##parsum_k(                               \
        struct parsum_group *parsum_group, int parsum_n, void *parsum_sum,                         \
        term_add_array *parsum_add)                                                                \
    {                                                                                              \
        if (PARSUM_CLASS(parsum_k) == 5) {                                                         \
            double *parsum_x = (double *)(void *)parsum_group->parsum_v_##parsum_k;                \
            const _Bool parsum_taken =                                                             \
                term_real_take(parsum_group->parsum_lanes_##parsum_k, parsum_x, parsum_n, 0,       \
                               parsum_sum, parsum_add);                                            \
            if (parsum_taken && PARSUM_IS_PRODUCT(parsum_k)) {                                     \
                parsum_x = parsum_group->parsum_low_##parsum_k;                                    \
                if (term_real_take(parsum_group->parsum_low_lanes_##parsum_k, parsum_x, parsum_n,  \
                                   0, parsum_sum, parsum_add))                                     \
                    return parsum_n;                                                               \
            } else if (parsum_taken) {                                                             \
                return parsum_n;                                                                   \
            }                                                                                      \
            int parsum_j = 0;                                                                      \
            while (parsum_trouble_of(parsum_x[parsum_j]) == TERM_FINE)                             \
                parsum_j++;                                                                        \
            return parsum_j;                                                                       \
        }                                                                                          \
        PARSUM_FOLD_INTEGERS(parsum_k)                                                             \
        return parsum_n;                                                                           \
    }
PARSUM_EACH(PARSUM_DEFINE_FOLD)

#define PARSUM_START_LANES(parsum_k)                                                               \
    if (PARSUM_CLASS(parsum_k) == 5)                                                               \
        parsum_group.parsum_lanes_##parsum_k->in_use = 0;                                          \
    if (PARSUM_IS_PRODUCT(parsum_k))                                                               \
        parsum_group.parsum_low_lanes_##parsum_k->in_use = 0;
#define PARSUM_END_LANES(parsum_k)                                                                 \
    if (PARSUM_CLASS(parsum_k) == 5 && parsum_group.parsum_lanes_##parsum_k->in_use)               \
        term_real_lanes_empty(parsum_group.parsum_lanes_##parsum_k,                                \
                              parsum_out->parsum_sums[parsum_k], parsum_out->parsum_add);          \
    if (PARSUM_IS_PRODUCT(parsum_k) && parsum_group.parsum_low_lanes_##parsum_k->in_use)           \
        term_real_lanes_empty(parsum_group.parsum_low_lanes_##parsum_k,                            \
                              parsum_out->parsum_sums[parsum_k], parsum_out->parsum_add);
#define PARSUM_FOLD(parsum_k)                                                                      \
    {                                                                                              \
        const int parsum_bad = parsum_fold_##parsum_k(                                             \
            &parsum_group, parsum_n, parsum_out->parsum_sums[parsum_k], parsum_out->parsum_add);   \
        if (parsum_bad < parsum_first) {                                                           \
            parsum_first = parsum_bad;                                                             \
            parsum_found =                                                                         \
                parsum_trouble_of((double)parsum_group.parsum_v_##parsum_k[parsum_bad]);           \
            if (PARSUM_IS_PRODUCT(parsum_k) && parsum_found == TERM_FINE)                          \
                parsum_found = TERM_PRODUCT;                                                       \
        }                                                                                          \
    }

static __attribute__((__noinline__)) int parsum_add_terms(int64_t parsum_start, int64_t parsum_end,
                                                          const struct parsum_out *parsum_out,
                                                          struct term_place *parsum_at)
{
    struct parsum_group parsum_group;
    PARSUM_EACH(PARSUM_START_LANES)
    while (parsum_start < parsum_end) {
        const uint64_t parsum_left = (uint64_t)parsum_end - (uint64_t)parsum_start;
        const int parsum_n =
            parsum_left < PARSUM_GROUP_TERMS ? (int)parsum_left : PARSUM_GROUP_TERMS;
        int parsum_first = parsum_n, parsum_found = TERM_FINE;
        parsum_fill(&parsum_group, parsum_start, parsum_n, parsum_out->parsum_job);
        PARSUM_EACH(PARSUM_FOLD)
        if (parsum_found) {
            parsum_set_place(parsum_at, parsum_start + parsum_first);
            return parsum_found;
        }
        parsum_start += parsum_n;
    }
    PARSUM_EACH(PARSUM_END_LANES)
    return TERM_FINE;
}
