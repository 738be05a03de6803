/*
 * term_abi: what a compiled term and the program say to each other.
 *
 * The program includes this file, and so does every C file that it generates: a compiled term
 * exports one symbol, `parsum_term`, a constant struct term_module. Reading it runs no code, so it
 * can be looked at before anything is called. A change of the struct's layout or meaning needs a
 * new TERM_ABI_VERSION.
 */
#ifndef PARSUM_TERM_ABI_H
#define PARSUM_TERM_ABI_H

#include <stddef.h>
#include <stdint.h>

#define TERM_ABI_MAGIC "parsum\1"
#define TERM_ABI_VERSION 14

/* The type of the user's term. Those from TERM_REFUSED on cannot be summed. */
enum term_type {
    TERM_INTEGER,  /* bool, char and all integers of at most 64 bits, but for these: */
    TERM_UNSIGNED, /* integers of 64 bits without a sign */
    TERM_WIDE,     /* __int128 */
    TERM_NATURAL,  /* unsigned __int128 */
    TERM_REAL,     /* float, double */
    TERM_REFUSED,
    TERM_LONG_DOUBLE = TERM_REFUSED,
    TERM_COMPLEX,
    TERM_POINTER,
    TERM_AGGREGATE, /* a struct or a union */
    TERM_ROUNDED,   /* a real that block(start, end) returns: it would be rounded by then */
    TERM_OTHER,     /* void and whatever else a compiler knows */
};

/* Why a term has no value at some i; from TERM_KEYS on only the program finds out. */
enum term_trouble {
    TERM_FINE,
    TERM_OVERFLOW,   /* a signed integer overflow */
    TERM_SHIFT,      /* a shift by a negative number of bits, or by more than the type has */
    TERM_CONVERSION, /* a real that does not fit the integer type it is converted to */
    TERM_DIVISION,   /* an integer division by zero */
    TERM_BOUNDS,     /* an index that the array does not have */
    TERM_BUILTIN,    /* __builtin_clz or __builtin_ctz of 0 */
    TERM_DOMAIN,     /* arguments for which a function of parsum's has no value */
    TERM_PRODUCT,    /* a product(a, b) whose lower half no double holds */
    TERM_INFINITE,   /* the term is infinite */
    TERM_NAN,        /* the term is not a number */
    TERM_KEYS,       /* there are more keys than a table may have */
    TERM_MEMORY,     /* memory is short for a table of keys, or for hits */
    TERM_MODES,      /* the term leaves rounding or other modes of the arithmetic changed */
    TERM_SUM,        /* the terms are fine, but their sum does not fit its type */
};

/* Where it happens. */
struct term_place {
    int64_t i;      /* the first i */
    int64_t index;  /* TERM_BOUNDS: that the array does not have */
    int32_t array;  /* TERM_BOUNDS: the place of the array in term_module.arrays, from 1; 0: it is
                       one of the user's own text */
    int32_t column; /* 1: the index is that of a column */
};

/* Whether troubles are looked for. */
enum term_checks {
    TERM_PROVED,  /* no: proved impossible */
    TERM_CHECKED, /* yes */
};

/* A sum of 128-bit integers: low + high * 2^64, in two's complement, modulo 2^192. */
struct term_integers {
    unsigned __int128 low, high; /* each in two's complement, modulo 2^128 */
};

/* Adds x[0] to x[n-1], all finite, exactly to what `to` points at. */
typedef void term_add_array(void *to, const double *x, size_t n);

/* So few terms come to it, or are evaluated, in one call. */
enum { TERM_SHORT = 512 };

/*
 * Takes the values of a group of integers, `start` and so on, 1 <= n <= TERM_GROUP: x[k] is an
 * array of value k: of int64_t, uint64_t, __int128, unsigned __int128 or double, by its type.
 * x[count + k] is NULL, or the lower halves of these, as a product is the sum of two doubles; a
 * half that no double holds is NaN. Returns an enum term_trouble, and sets *at, if one of them
 * can't be taken.
 */
typedef int term_take(void *to, int64_t start, size_t n, const void *const *x,
                      struct term_place *at);
enum { TERM_GROUP = 2048 };

/* What a term knows of the job whose integers it is given. */
union term_number {
    int64_t integer;
    double real;
};
struct term_job {
    int64_t run;                      /* its place in the list, from 1 */
    const union term_number *numbers; /* its columns, as in term_module.columns */
};

/* A column that a term was compiled for: an integer or a real; the last one has no name. */
struct term_column {
    const char *name;
    int32_t is_real;
};

/*
 * An array that a term was compiled for; the last one has no name. What it holds the program
 * writes, once, before it calls the term.
 */
struct term_array {
    const char *name;
    const char *element; /* "f8" */
    int64_t columns;     /* of one with two dimensions; 0: it has one */
    const void *at;      /* its first element, of n, or of n rows; it need not be aligned */
    int64_t n;
};

/*
 * A compiled term. The functions are thread-safe if the user's term is. They return an
 * enum term_trouble; unless it is TERM_FINE, *at says where it happens and the results are
 * undefined. Needs low <= start <= end <= high.
 */
struct term_module {
    char magic[8];
    uint32_t version;                  /* TERM_ABI_VERSION */
    int32_t count;                     /* of its values */
    const int32_t *types;              /* enum term_type of each */
    const char *const *names;          /* of each, "" without one */
    const struct term_column *columns; /* of the jobs */
    struct term_array *arrays;
    int32_t checks; /* enum term_checks */
    int32_t wraps;  /* 1: signed overflow wraps around and is no trouble */
    int32_t keyed;  /* 1: the last of its values is a key */
    int32_t blocks; /* 1: its value is that of a whole range, so its ranges should be long */
    int64_t low, high;
    int32_t skips;     /* 1: NaN are left out, and the last value is how many there were; of one
                          with `gather` the program leaves them out */
    int32_t alike;     /* 1: its values depend on i alone, and not on the job */
    int32_t listed;    /* 1: its one value is looked for: where it is not 0 */
    int32_t direct[2]; /* the term is x[i], or product(x[i], y[i]): the places of x and y, arrays of
                          doubles, or of x alone, also of floats, in `arrays`, from 1; 0: it is
                          not */
    int32_t within;    /* 1: each array must have all of [start, end) as indexes, too */
    const char *source; /* the term as the user wrote it, constants and all */
    const char *cpu;    /* CPU features: "NAME=1 " for each that the code may use */

    /* Where the seed of the random numbers goes before the first call; NULL: the term draws none.
     */
    uint64_t *seed;

    /*
     * Adds value k at each integer of [start, end) to sums[k]: an unsigned __int128 for
     * TERM_INTEGER and TERM_UNSIGNED, in two's complement; a struct term_integers for TERM_WIDE and
     * TERM_NATURAL; for
     * TERM_REAL by way of add(sums[k], array, length), the length at most TERM_SHORT.
     */
    int (*add)(int64_t start, int64_t end, const struct term_job *job, void *const *sums,
               term_add_array *add, struct term_place *at);

    /* Writes the one value, which is real, at 1 to TERM_SHORT integers to x[0] and so on; may be
     * NULL.
     */
    int (*evaluate)(int64_t start, int64_t end, const struct term_job *job, double *x,
                    struct term_place *at);

    /* In place of it, where `add` is NULL: hands the values over, group by group. */
    int (*gather)(int64_t start, int64_t end, const struct term_job *job, void *to, term_take *take,
                  struct term_place *at);
};

/* X(name, macro, feature): a CPU feature that a compiler may use, the macro that says that it does,
   and what cpu.h calls it. */
#if defined __x86_64__ || defined __i386__
/* clang-format off */
#define TERM_CPU_FEATURES(X)                                                                       \
    X("sse3", __SSE3__, SSE3) X("ssse3", __SSSE3__, SSSE3) X("sse4.1", __SSE4_1__, SSE4_1)         \
    X("sse4.2", __SSE4_2__, SSE4_2) X("sse4a", __SSE4A__, SSE4A) X("popcnt", __POPCNT__, POPCNT)   \
    X("avx", __AVX__, AVX) X("avx2", __AVX2__, AVX2) X("fma", __FMA__, FMA)                        \
    X("fma4", __FMA4__, FMA4) X("xop", __XOP__, XOP) X("bmi", __BMI__, BMI1)                       \
    X("bmi2", __BMI2__, BMI2) X("avx512f", __AVX512F__, AVX512F)                                   \
    X("avx512cd", __AVX512CD__, AVX512CD) X("avx512bw", __AVX512BW__, AVX512BW)                    \
    X("avx512dq", __AVX512DQ__, AVX512DQ) X("avx512vl", __AVX512VL__, AVX512VL)                    \
    X("avx512ifma", __AVX512IFMA__, AVX512_IFMA) X("avx512vbmi", __AVX512VBMI__, AVX512_VBMI)      \
    X("avx512vbmi2", __AVX512VBMI2__, AVX512_VBMI2) X("avx512vnni", __AVX512VNNI__, AVX512_VNNI)   \
    X("avx512bitalg", __AVX512BITALG__, AVX512_BITALG)                                             \
    X("avx512vpopcntdq", __AVX512VPOPCNTDQ__, AVX512_VPOPCNTDQ)                                    \
    X("avx512bf16", __AVX512BF16__, AVX512_BF16) X("gfni", __GFNI__, GFNI)
/* clang-format on */
#else
#define TERM_CPU_FEATURES(X)
#endif

#endif
