/*
 * term_types: what type a value has, for the C text between the user's own and term_after.h.
 *
 * parsum_type_K is the type of value K as C has it; parsum_kept_K the same, or int where a value of
 * that type can't be summed, so that everything below compiles.
 */
#pragma GCC system_header
#ifndef __clang__
#pragma GCC pop_options
#endif
/* Words of C that are used below, which the user's text may have made macros of. */
#undef bool
#define bool _Bool /* as stdbool.h has it: expressions follow */
#undef const
#undef double
#undef float
#undef for
#undef if
#undef int
#undef long
#undef short
#undef signed
#undef static
#undef unsigned
#undef void
#undef while

/* void is a type that no expression may have here. */
#define PARSUM_VOID(parsum_k) _Generic((parsum_type_##parsum_k *)0, void * : 1, default : 0)
#define PARSUM_SAMPLE(parsum_k)                                                                    \
    __builtin_choose_expr(PARSUM_VOID(parsum_k), (void *)0, *(parsum_type_##parsum_k *)0)

/* 1: integers, 2: those without a sign, 3 and 4: the same with 128 bits, 5: float and double. */
#define PARSUM_CLASS(parsum_k)                                                                     \
    _Generic(((void)0, PARSUM_SAMPLE(parsum_k)), _Bool : 1, char : 1, signed char : 1, short : 1,  \
             int : 1, long : 1, long long : 1, unsigned char : 2, unsigned short : 2,              \
             unsigned : 2, unsigned long : 2, unsigned long long : 2, __int128 : 3,                \
             unsigned __int128 : 4, float : 5, double : 5, struct parsum_product : 5,              \
             long double : 6, default : 7)

#define PARSUM_IS_PRODUCT(parsum_k)                                                                \
    _Generic(((void)0, PARSUM_SAMPLE(parsum_k)), struct parsum_product : 1, default : 0)

/* A value, its lower half if it is a product, and both without one. */
#define PARSUM_HALVES(parsum_k, parsum_x)                                                          \
    __builtin_choose_expr(PARSUM_IS_PRODUCT(parsum_k), (parsum_x), (struct parsum_product){0})
#define PARSUM_PLAIN(parsum_k, parsum_x)                                                           \
    __builtin_choose_expr(PARSUM_IS_PRODUCT(parsum_k), PARSUM_HALVES(parsum_k, parsum_x).high,     \
                          (parsum_x))

/* With --skip-nan: a NaN is 0 and is counted. */
#define PARSUM_SKIP(parsum_k, parsum_to, parsum_skipped)                                           \
    if (PARSUM_CLASS(parsum_k) == 5) {                                                             \
        const int parsum_skip = parsum_is_nan((double)PARSUM_PLAIN(parsum_k, *(parsum_to)));       \
        parsum_skipped += parsum_skip;                                                             \
        *(parsum_to) = parsum_skip ? (parsum_kept_##parsum_k){0} : *(parsum_to);                   \
    }

/* __builtin_classify_type tells types apart that have no other name. */
#define PARSUM_GROUP(parsum_k) __builtin_classify_type(PARSUM_SAMPLE(parsum_k))
#define PARSUM_REFUSED(parsum_k)                                                                   \
    (PARSUM_VOID(parsum_k)          ? TERM_OTHER                                                   \
     : PARSUM_CLASS(parsum_k) == 6  ? TERM_LONG_DOUBLE                                             \
     : PARSUM_GROUP(parsum_k) == 5  ? TERM_POINTER                                                 \
     : PARSUM_GROUP(parsum_k) == 9  ? TERM_COMPLEX                                                 \
     : PARSUM_GROUP(parsum_k) >= 12 ? TERM_AGGREGATE                                               \
                                    : TERM_OTHER)
#define PARSUM_TYPE(parsum_k)                                                                      \
    (PARSUM_CLASS(parsum_k) <= 1 ? TERM_INTEGER                                                    \
     : PARSUM_CLASS(parsum_k) == 2                                                                 \
         ? (sizeof(parsum_kept_##parsum_k) < 8 ? TERM_INTEGER : TERM_UNSIGNED)                     \
     : PARSUM_CLASS(parsum_k) == 3 ? TERM_WIDE                                                     \
     : PARSUM_CLASS(parsum_k) == 4 ? TERM_NATURAL                                                  \
     : PARSUM_CLASS(parsum_k) == 5 ? (PARSUM_BLOCKS ? TERM_ROUNDED : TERM_REAL)                    \
                                   : PARSUM_REFUSED(parsum_k))

#define PARSUM_KEPT(parsum_k)                                                                      \
    typedef __typeof__(((void)0, __builtin_choose_expr(PARSUM_CLASS(parsum_k) <= 5,                \
                                                       PARSUM_SAMPLE(parsum_k),                    \
                                                       0))) parsum_kept_##parsum_k;

/* `x` is a value of that type, or, where it can't be summed, 0. */
#define PARSUM_KEEP(parsum_k, parsum_x)                                                            \
    __builtin_choose_expr(PARSUM_CLASS(parsum_k) <= 5, (parsum_x), 0)

/* An index in 64 bits. One of 128 bits must not be cut to one that the array has by chance. */
#define PARSUM_INDEX(parsum_e)                                                                     \
    _Generic(parsum_e | 0, __int128                                                                \
             : parsum_index_wide, unsigned __int128                                                \
             : parsum_index_natural, default                                                       \
             : parsum_index)(parsum_e)

/* NAME[E], NAME[E][F] and a row, NAME[E], of array k; an index that is no integer has no `| 0`. */
#define PARSUM_AT(parsum_k, parsum_e)                                                              \
    (*parsum_find_##parsum_k(parsum_array_##parsum_k, parsum_array_##parsum_k##_n,                 \
                             PARSUM_INDEX(parsum_e)))
#define PARSUM_CELL(parsum_k, parsum_e, parsum_f)                                                  \
    (*parsum_find_in_##parsum_k(parsum_array_##parsum_k, parsum_array_##parsum_k##_n,              \
                                PARSUM_INDEX(parsum_e), PARSUM_INDEX(parsum_f)))
#define PARSUM_ROW(parsum_k, parsum_e)                                                             \
    (parsum_find_##parsum_k(parsum_array_##parsum_k, parsum_array_##parsum_k##_n,                  \
                            PARSUM_INDEX(parsum_e)))
