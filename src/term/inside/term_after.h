/*
 * term_after: the part of a generated C file that comes after the user's text, which defines
 * term(int64_t i). It finds out the type of the term, picks the loop for it and exports the result.
 *
 * It is compiled in one of four ways:
 *
 * - PARSUM_LOOK: the term alone, for what the compiler has to say of the user's text.
 * - PARSUM_PROOF: one function, with overflow checks, that calls the term for an i of
 *   [PARSUM_LOW, PARSUM_HIGH). A check that the compiler can prove to be of no use leaves no trace
 *   in the object file; likewise the calls of parsum_beyond_*, which are made for large terms.
 * - PARSUM_CHECKED: the loops, with such checks.
 * - else: the loops, without. PARSUM_BITS says how large the term was proved to be.
 *
 * All names begin with parsum_, in case the user's text has macros.
 */
#pragma GCC system_header
#ifndef __clang__
#pragma GCC pop_options
#endif
/* Words of C that are used below, which the user's text may have made macros of. */
#undef bool
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

/* 1: integers, 2: those without a sign, 3 and 4: the same with 128 bits, 5: float and double. */
#define PARSUM_CLASS                                                                               \
    _Generic(((void)0, term((int64_t)0)), _Bool : 1, char : 1, signed char : 1, short : 1,         \
             int : 1, long : 1, long long : 1, unsigned char : 2, unsigned short : 2,              \
             unsigned : 2, unsigned long : 2, unsigned long long : 2, __int128 : 3,                \
             unsigned __int128 : 4, float : 5, double : 5, long double : 6, default : 7)

/* __builtin_classify_type tells types apart that have no other name; it can't be asked of void. */
#define PARSUM_VOID _Generic((__typeof__(term((int64_t)0)) *)0, void * : 1, default : 0)
#define PARSUM_GROUP                                                                               \
    __builtin_classify_type(__builtin_choose_expr(PARSUM_VOID, 0, term((int64_t)0)))
#define PARSUM_REFUSED                                                                             \
    (PARSUM_CLASS == 6    ? TERM_LONG_DOUBLE                                                       \
     : PARSUM_GROUP == 5  ? TERM_POINTER                                                           \
     : PARSUM_GROUP == 9  ? TERM_COMPLEX                                                           \
     : PARSUM_GROUP >= 12 ? TERM_AGGREGATE                                                         \
                          : TERM_OTHER)
#define PARSUM_TYPE                                                                                \
    (PARSUM_CLASS <= 2   ? TERM_INTEGER                                                            \
     : PARSUM_CLASS == 3 ? TERM_WIDE                                                               \
     : PARSUM_CLASS == 4 ? TERM_NATURAL                                                            \
     : PARSUM_CLASS == 5 ? TERM_REAL                                                               \
                         : PARSUM_REFUSED)

/* The term; 0 where its type is refused, so that everything below compiles. */
#define PARSUM_VALUE(parsum_i) __builtin_choose_expr(PARSUM_CLASS <= 5, term(parsum_i), 0)
typedef __typeof__(((void)0, PARSUM_VALUE((int64_t)0))) parsum_value;

#if PARSUM_LOOK || PARSUM_PROOF

/* Does an integer lie in [-2^bits, 2^bits)? */
#define PARSUM_FITS(parsum_x, parsum_bits)                                                         \
    (PARSUM_CLASS == 4 ? (unsigned __int128)(parsum_x) >> (parsum_bits) == 0                       \
                       : (__int128)(parsum_x) < (int64_t)1 << (parsum_bits) &&                     \
                             (__int128)(parsum_x) >= -((int64_t)1 << (parsum_bits)))

#ifdef __clang__
#define PARSUM_VISIBLE
#else
#define PARSUM_VISIBLE __attribute__((__externally_visible__))
#endif
void parsum_beyond_32(void), parsum_beyond_60(void);
PARSUM_VISIBLE void parsum_prove(int64_t parsum_i);
PARSUM_VISIBLE volatile parsum_value parsum_result;

void parsum_prove(int64_t parsum_i)
{
    if (PARSUM_PROOF && (parsum_i < PARSUM_LOW || parsum_i >= PARSUM_HIGH))
        __builtin_unreachable();
    parsum_value parsum_x = PARSUM_VALUE(parsum_i);
    if (PARSUM_PROOF && PARSUM_CLASS <= 4) {
        if (!PARSUM_FITS(parsum_x, 60))
            parsum_beyond_60();
        if (!PARSUM_FITS(parsum_x, 32))
            parsum_beyond_32();
    }
    parsum_result = parsum_x;
}

#else

#define PARSUM_CALL(parsum_name, parsum_type)                                                      \
    PARSUM_INLINE parsum_type parsum_name(int64_t parsum_i)                                        \
    {                                                                                              \
        return (parsum_type)PARSUM_VALUE(parsum_i);                                                \
    }
PARSUM_CALL(parsum_signed, int64_t)
PARSUM_CALL(parsum_unsigned, uint64_t)
PARSUM_CALL(parsum_wide, __int128)
PARSUM_CALL(parsum_unsigned_wide, unsigned __int128)
PARSUM_CALL(parsum_real, double)

/* Where the terms go: integers to one sum, reals by way of a function to another. */
struct parsum_out {
    struct term_integers *parsum_integers;
    void *parsum_reals;
    term_add_array *parsum_add;
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

/* Adds up to PARSUM_BLOCK integers. All conditions are constants: one loop is left. */
PARSUM_INLINE void parsum_add_block(int64_t parsum_start, int64_t parsum_end,
                                    struct term_integers *parsum_sum)
{
    if (sizeof(parsum_value) < 8 || PARSUM_BITS <= 32)
        parsum_add_narrow(parsum_signed, parsum_start, parsum_end, parsum_sum);
    else if (PARSUM_BITS <= 60)
        parsum_add_eights(parsum_signed, parsum_start, parsum_end, parsum_sum);
    else if (PARSUM_CLASS == 1)
        parsum_add_signed(parsum_signed, parsum_start, parsum_end, parsum_sum);
    else if (PARSUM_CLASS == 2)
        parsum_add_unsigned(parsum_unsigned, parsum_start, parsum_end, parsum_sum);
    else if (PARSUM_CLASS == 3)
        parsum_add_wide(parsum_wide, parsum_start, parsum_end, parsum_sum);
    else
        parsum_add_unsigned_wide(parsum_unsigned_wide, parsum_start, parsum_end, parsum_sum);
}

/* Adds up to PARSUM_BLOCK terms; the trouble, if any, is an infinite term or NaN. */
PARSUM_INLINE int parsum_add_terms(int64_t parsum_start, int64_t parsum_end,
                                   const struct parsum_out *parsum_out,
                                   struct term_place *parsum_at)
{
    if (PARSUM_CLASS <= 4) {
        parsum_add_block(parsum_start, parsum_end, parsum_out->parsum_integers);
        return TERM_FINE;
    }
    struct term_real_fault parsum_fault = {0, 0};
    if (term_real_sum(parsum_start, parsum_end, parsum_out->parsum_reals, parsum_out->parsum_add,
                      &parsum_fault))
        return TERM_FINE;
    parsum_set_place(parsum_at, parsum_fault.parsum_i, 0);
    return parsum_trouble_of(parsum_fault.parsum_value);
}

#if PARSUM_CHECKED

enum { PARSUM_STEP = PARSUM_CLASS == 5 ? 65536 : 1024 };

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
    for (int64_t parsum_i = parsum_start; parsum_found && parsum_i < parsum_end; parsum_i++) {
        const int parsum_again = parsum_try(parsum_i, parsum_i + 1, parsum_out, parsum_at);
        parsum_set_place(parsum_at, parsum_i, parsum_index);
        if (parsum_again)
            return parsum_again;
    }
    return parsum_found;
}

#else

enum { PARSUM_STEP = PARSUM_BLOCK };
#define parsum_add_checked parsum_add_terms

#endif

static int parsum_add_all(int64_t parsum_start, int64_t parsum_end,
                          const struct parsum_out *parsum_out, struct term_place *parsum_at)
{
    int parsum_found = TERM_FINE;
    while (parsum_start < parsum_end && !parsum_found) {
        const uint64_t parsum_left = (uint64_t)parsum_end - (uint64_t)parsum_start;
        const int64_t parsum_stop =
            parsum_left > PARSUM_STEP ? parsum_start + PARSUM_STEP : parsum_end;
        parsum_found = parsum_add_checked(parsum_start, parsum_stop, parsum_out, parsum_at);
        parsum_start = parsum_stop;
    }
    return parsum_found;
}

static int parsum_add_integers(int64_t parsum_start, int64_t parsum_end,
                               struct term_integers *parsum_sum, struct term_place *parsum_at)
{
    const struct parsum_out parsum_out = {parsum_sum, 0, 0};
    return parsum_add_all(parsum_start, parsum_end, &parsum_out, parsum_at);
}

static int parsum_add_reals(int64_t parsum_start, int64_t parsum_end, void *parsum_sum,
                            term_add_array *parsum_add, struct term_place *parsum_at)
{
    const struct parsum_out parsum_out = {0, parsum_sum, parsum_add};
    return parsum_add_all(parsum_start, parsum_end, &parsum_out, parsum_at);
}

extern const struct term_module parsum_term __attribute__((__visibility__("default")));
/* clang-format off */
const struct term_module parsum_term = {
    TERM_ABI_MAGIC,
    TERM_ABI_VERSION,
    PARSUM_TYPE,
    PARSUM_CHECKED ? TERM_CHECKED : TERM_PROVED,
    PARSUM_WRAPS,
    PARSUM_LOW,
    PARSUM_HIGH,
    parsum_source,
    parsum_cpu,
    parsum_add_integers,
    parsum_add_reals,
};
/* clang-format on */

#endif
