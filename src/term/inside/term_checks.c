/*
 * term_checks: what a checked term does where a check fails: at an overflow, or at a shift, a
 * division, a conversion or an index that C does not define. Part of a compiled term, not of the
 * program.
 *
 * With -fsanitize= the compilers call the functions below, by names and with arguments that are
 * theirs, and go on with the wrapped result when they return. They only note what happened; the
 * loops look at it after every block. Source of names and layouts: the compilers' runtime,
 * compiler-rt/lib/ubsan/ubsan_handlers.h and ubsan_value.h.
 */
#include <setjmp.h>
#include <stdint.h>

#include "term_abi.h"

#define HIDDEN __attribute__((visibility("hidden")))

HIDDEN __thread int parsum_trouble, parsum_within;
HIDDEN volatile int parsum_elsewhere; /* any of several will do */
HIDDEN __thread struct term_place parsum_bounds;
HIDDEN __thread jmp_buf parsum_escape;

static void note(int trouble)
{
    if (parsum_within)
        parsum_trouble = trouble;
    else
        parsum_elsewhere = trouble;
}

/* Notes what would crash the program if the term went on. */
static void escape(int trouble)
{
    note(trouble);
    if (parsum_within)
        longjmp(parsum_escape, 1);
}

#define NOTE(name, trouble)                                                                        \
    HIDDEN void __ubsan_handle_##name(void);                                                       \
    void __ubsan_handle_##name(void)                                                               \
    {                                                                                              \
        note(trouble);                                                                             \
    }
NOTE(add_overflow, TERM_OVERFLOW)
NOTE(sub_overflow, TERM_OVERFLOW)
NOTE(mul_overflow, TERM_OVERFLOW)
NOTE(negate_overflow, TERM_OVERFLOW)
NOTE(float_cast_overflow, TERM_CONVERSION)
NOTE(invalid_builtin, TERM_BUILTIN)

struct type {
    uint16_t kind;
    uint16_t info; /* bit 0: signed; above: log2 of the number of bits */
};

/* Where the check stands, and the types: of a division, of a shift's operands, of array and index.
 */
struct site {
    const char *file;
    uint32_t line, column;
    const struct type *types[2];
};

/* An operand: the value itself, or, where it is wider than a pointer, its address. */
static __int128 operand(const struct type *type, uintptr_t value)
{
    unsigned bits = 1u << (type->info >> 1);
    unsigned __int128 raw = bits <= 8 * sizeof value ? value : *(const unsigned __int128 *)value;
    raw <<= 128 - bits;
    return type->info & 1 ? (__int128)raw >> (128 - bits) : (__int128)(raw >> (128 - bits));
}

/* A division by zero, or of the smallest integer by -1: the division that follows would trap. */
HIDDEN void __ubsan_handle_divrem_overflow(const struct site *site, uintptr_t left,
                                           uintptr_t right);
void __ubsan_handle_divrem_overflow(const struct site *site, uintptr_t left, uintptr_t right)
{
    (void)left;
    escape(operand(site->types[0], right) == 0 ? TERM_DIVISION : TERM_OVERFLOW);
}

/* The arguments of a function that parsum offers, which has no value for them. */
HIDDEN void __ubsan_handle_parsum_domain(void);
void __ubsan_handle_parsum_domain(void)
{
    escape(TERM_DOMAIN);
}

/* An index that the array does not have: what follows reads or writes there. */
HIDDEN void __ubsan_handle_out_of_bounds(const struct site *site, uintptr_t index);
void __ubsan_handle_out_of_bounds(const struct site *site, uintptr_t index)
{
    if (parsum_within)
        parsum_bounds = (struct term_place){.index = (int64_t)operand(site->types[1], index)};
    escape(TERM_BOUNDS);
}

/* The same for an array of the user's data; see term_types.h. */
HIDDEN void __ubsan_handle_parsum_array(int array, int column, int64_t index);
void __ubsan_handle_parsum_array(int array, int column, int64_t index)
{
    if (parsum_within)
        parsum_bounds = (struct term_place){.index = index, .array = array, .column = column};
    escape(TERM_BOUNDS);
}

/*
 * A shift by too many bits, or one that loses bits. C leaves the left shift of a negative number
 * undefined too, but all compilers define it, so it counts only where it loses bits.
 */
HIDDEN void __ubsan_handle_shift_out_of_bounds(const struct site *site, uintptr_t left,
                                               uintptr_t right);
void __ubsan_handle_shift_out_of_bounds(const struct site *site, uintptr_t left, uintptr_t right)
{
    int bits = 1 << (site->types[0]->info >> 1);
    __int128 x = operand(site->types[0], left);
    __int128 by = operand(site->types[1], right);
    if (by < 0 || by >= bits)
        note(TERM_SHIFT);
    else if (x >= 0 || x < (__int128)(~(unsigned __int128)0 << (bits - 1)) >> by)
        note(TERM_OVERFLOW);
}

#if defined __clang__ && !defined __x86_64__
/*
 * a * b, and whether it overflows. Clang (14) calls it where its own runtime should be linked, and
 * libgcc has none. It multiplies the magnitudes, up to 2^127: a product that has wrapped, divided
 * by one of them, is not the other.
 */
HIDDEN __int128 __muloti4(__int128 a, __int128 b, int *overflow);
__int128 __muloti4(__int128 a, __int128 b, int *overflow)
{
    const unsigned __int128 x = a < 0 ? -(unsigned __int128)a : (unsigned __int128)a;
    const unsigned __int128 y = b < 0 ? -(unsigned __int128)b : (unsigned __int128)b;
    const unsigned __int128 product = x * y, most = ((unsigned __int128)1 << 127) - 1;
    const int negative = (a < 0) != (b < 0);
    *overflow = (y != 0 && product / y != x) || product > most + (negative ? 1 : 0);
    return (__int128)(negative ? -product : product);
}
#endif
