/*
 * libparsum: sums, dot products, norms, means and variances of doubles without rounding.
 *
 * Each result is what exact arithmetic gives, rounded once at the end, to the nearest double. So
 * it has the same bits whatever the order of the numbers, the number of threads, how they are
 * split among processes, the compiler and the machine.
 *
 *     #include <parsum.h>
 *     #include <stdio.h>
 *
 *     int main(void)
 *     {
 *         const double x[] = {1e100, 1.0, -1e100};
 *         printf("%g\n", parsum_array_sum(0, 3, x, 1));    // 1, where x[0] + x[1] + x[2] is 0
 *
 *         struct parsum_sum sum = PARSUM_SUM_ZERO;
 *         parsum_add(&sum, 0.1);
 *         parsum_add_array(&sum, 3, x, 1);
 *         parsum_subtract(&sum, 1.0);
 *         printf("%g\n", parsum_value(&sum));              // 0.1
 *         return 0;
 *     }
 *
 *     cc sum.c $(pkg-config --cflags --libs parsum)
 *
 * There are three ways in, from the shortest to the one with the most control:
 *
 *     1. one call for an array, in parallel          parsum_array_sum, _dot, _norm, _mean,
 * _variance
 *     2. an object that numbers are added to and taken from, that can be merged and saved
 *                                                    struct parsum_sum
 *     3. statistics of what such objects hold        parsum_mean_of, _variance_of ...
 *
 * What holds everywhere:
 *
 *   - Arrays. `n` is the number of elements, and element j of x is x[j * stride], for j from 0 to
 *     n - 1. A stride counts doubles, not bytes; it may be 0 or negative. With n = 0 an array may
 *     be NULL. Arrays are only read, may overlap, and need the alignment of a double, no more.
 *   - Infinities and NaN follow IEEE 754: a NaN makes the sum NaN; infinities of both signs make
 *     it NaN; those of one sign make it that infinity. Finite numbers whose exact sum is beyond the
 *     largest double give an infinity. Partial sums do not matter: 1e308 + 1e308 - 1e308 is 1e308.
 *     Python's math.fsum gives the same, but raises OverflowError where a partial sum or the sum
 *     is too large, and ValueError for infinities of both signs.
 *   - A sum that is exactly 0 is +0, and so is the sum of no numbers; of -0.0 alone, too.
 *   - The rounding mode and flushing of subnormals to zero, as -ffast-math may set it in a process,
 *     have no influence. Status flags of the floating-point unit may be raised.
 *   - The process stays the caller's. Nothing is printed, nothing exits, no signal is handled, no
 *     locale, mask or environment is changed. errno stays as it is.
 *   - All functions may be called from many threads at once, but no object may be changed by one
 *     thread while another one uses it.
 *   - A limit: one object holds at most 2^63 - 1 additions, merged ones included.
 *
 * What this header declares stays in later versions with the same soname: names, sizes, meanings,
 * saved bytes and text. C++ can include it.
 */
#ifndef PARSUM_H
#define PARSUM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined __GNUC__
#define PARSUM_API __attribute__((visibility("default")))
#else
#define PARSUM_API
#endif

/* The version of the library, such as "0.1.0". The text stays. */
PARSUM_API const char *parsum_version(void);

/*
 * 1. One call for an array.
 *
 * `threads` says how many threads may work on it: 1 is the calling thread alone; 0 is as many as
 * OpenMP's rules give (OMP_NUM_THREADS, else the CPUs that this process may use); other numbers are
 * an upper limit, and negative ones count as 0. Short arrays are done by the calling thread. It
 * also works alone inside a parallel region of OpenMP, and in a process that was made by fork()
 * from one that had loaded this library, as threads of OpenMP don't survive that.
 * None of these functions fails: where memory for threads is short, the calling thread works alone.
 */

/* The sum of the elements. */
PARSUM_API double parsum_array_sum(int threads, size_t n, const double *x, ptrdiff_t stride);

/*
 * The sum of x[j] * y[j], products not rounded: they neither overflow nor underflow. A product in
 * which a factor is infinite or NaN is what IEEE 754 says, so 0 times infinity is NaN.
 */
PARSUM_API double parsum_array_dot(int threads, size_t n, const double *x, ptrdiff_t stride_x,
                                   const double *y, ptrdiff_t stride_y);

/* The square root of the sum of squares. It is finite whenever it is within the range of double. */
PARSUM_API double parsum_array_norm(int threads, size_t n, const double *x, ptrdiff_t stride);

/* The sum divided by n. NaN for n = 0. Finite for finite numbers. */
PARSUM_API double parsum_array_mean(int threads, size_t n, const double *x, ptrdiff_t stride);

/*
 * The sum of (x[j] - mean)^2, divided by n - ddof, where the mean is the exact one. `ddof`, the
 * degrees of freedom that are taken off, is 1 for the variance of a sample, 0 for that of a
 * population. NaN for n <= ddof, and if an element is infinite or NaN.
 */
PARSUM_API double parsum_array_variance(int threads, size_t n, const double *x, ptrdiff_t stride,
                                        size_t ddof);

/* The square root of the exact variance, rounded once: the standard deviation. */
PARSUM_API double parsum_array_deviation(int threads, size_t n, const double *x, ptrdiff_t stride,
                                         size_t ddof);

/*
 * 2. A sum in the making.
 *
 * A plain value of 1152 bytes, aligned as a 64-bit integer is, without pointers. It may lie on the
 * stack, be copied by assignment or memcpy, and be sent to a process of the same kind of machine as
 * sizeof(struct parsum_sum) bytes. For files and for other machines there are parsum_save and
 * parsum_print. All bytes 0 is an empty sum. The words mean nothing to a caller: two objects that
 * hold the same sum may differ in them, while their saved bytes are the same.
 *
 * It is a fixed-point number with units of 2^-2162, wide enough for products of any two doubles,
 * and counts of the infinities and NaN that went in. So whatever was added can be subtracted again,
 * an infinity, too: afterwards the sum is as if it had never been there.
 */
struct parsum_sum {
    uint64_t words[144];
};

/* An empty sum, as an initializer: struct parsum_sum sum = PARSUM_SUM_ZERO; */
#define PARSUM_SUM_ZERO                                                                            \
    {                                                                                              \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

/* Makes *sum empty: 0, and no infinity or NaN. */
PARSUM_API void parsum_clear(struct parsum_sum *sum);

/* Adds x, or the product of x and y, which is not rounded; subtracts it. */
PARSUM_API void parsum_add(struct parsum_sum *sum, double x);
PARSUM_API void parsum_subtract(struct parsum_sum *sum, double x);
PARSUM_API void parsum_add_product(struct parsum_sum *sum, double x, double y);
PARSUM_API void parsum_subtract_product(struct parsum_sum *sum, double x, double y);

/* Adds n elements, or the n products x[j] * y[j]; subtracts them. In the calling thread. */
PARSUM_API void parsum_add_array(struct parsum_sum *sum, size_t n, const double *x,
                                 ptrdiff_t stride);
PARSUM_API void parsum_subtract_array(struct parsum_sum *sum, size_t n, const double *x,
                                      ptrdiff_t stride);
PARSUM_API void parsum_add_products(struct parsum_sum *sum, size_t n, const double *x,
                                    ptrdiff_t stride_x, const double *y, ptrdiff_t stride_y);
PARSUM_API void parsum_subtract_products(struct parsum_sum *sum, size_t n, const double *x,
                                         ptrdiff_t stride_x, const double *y, ptrdiff_t stride_y);

/* Adds all that went into *from to *into, or takes it out of *into. They may be one object. */
PARSUM_API void parsum_merge(struct parsum_sum *into, const struct parsum_sum *from);
PARSUM_API void parsum_subtract_sum(struct parsum_sum *into, const struct parsum_sum *from);

/*
 * The sum, rounded to the nearest double, ties to even. An infinity that was subtracted more often
 * than it was added counts as one of the other sign.
 */
PARSUM_API double parsum_value(const struct parsum_sum *sum);

/* What became of reading a saved sum. */
enum parsum_status {
    PARSUM_OK = 0,
    PARSUM_NOT_A_SUM, /* the text or the bytes are no saved sum, cut, or with something behind */
    PARSUM_DAMAGED,   /* the bytes were changed after they had been saved */
    PARSUM_NEWER,     /* a later version of the library saved it, in a form this one cannot read */
};

/* What a status means, in a few English words. The text stays. */
PARSUM_API const char *parsum_status_text(enum parsum_status status);

/*
 * The sum as bytes, for files and messages: the same bytes on every machine, and for equal sums.
 * parsum_save writes at most PARSUM_BYTES of them and returns how many; mostly it is less than 80.
 * parsum_load needs exactly those; where it fails, *sum stays as it was.
 */
enum { PARSUM_BYTES = 640 };
PARSUM_API size_t parsum_save(const struct parsum_sum *sum, unsigned char bytes[PARSUM_BYTES]);
PARSUM_API enum parsum_status parsum_load(struct parsum_sum *sum, const void *bytes, size_t length);

/*
 * The sum as text: the exact number as C writes hexadecimal doubles, with as many digits as it
 * takes: "0x1.8p+1" is 3, "-0x1p-1074" the smallest negative double, "0x0p+0" is 0. Counts of
 * infinities and NaN follow if there are any: "0x1p+0 +inf:2 -inf:1 nan:1". Equal sums have equal
 * text. parsum_print writes at most PARSUM_TEXT bytes, the end included, and returns their number
 * without the end, as strlen would. parsum_parse reads `length` bytes of such text, and nothing
 * that parsum_print would write otherwise; where it fails, *sum stays as it was.
 */
enum { PARSUM_TEXT = 1280 };
PARSUM_API size_t parsum_print(const struct parsum_sum *sum, char text[PARSUM_TEXT]);
PARSUM_API enum parsum_status parsum_parse(struct parsum_sum *sum, const char *text, size_t length);

/*
 * 3. Statistics of what sums hold, for data that arrive in pieces, or lie on many machines: n is
 * how many numbers there are, *sum their sum (parsum_add_array), *squares the sum of their squares
 * (parsum_add_products of an array with itself). Rounded once, like the calls of part 1, which use
 * these.
 */

/* The sum divided by n; NaN for n = 0. With an infinity or NaN in the sum, the value of the sum. */
PARSUM_API double parsum_mean_of(const struct parsum_sum *sum, uint64_t n);

/*
 * (*squares - *sum^2 / n) / (n - ddof); NaN for n <= ddof, and if an infinity or NaN is in either.
 * NaN as well if that is below 0, as it can be if *squares does not belong to *sum.
 */
PARSUM_API double parsum_variance_of(const struct parsum_sum *sum, const struct parsum_sum *squares,
                                     uint64_t n, uint64_t ddof);

/* The square root of the exact variance: the standard deviation, rounded once. */
PARSUM_API double parsum_deviation_of(const struct parsum_sum *sum,
                                      const struct parsum_sum *squares, uint64_t n, uint64_t ddof);

/*
 * The square root of the sum divided by n: with n = 1 the norm, with the number of elements the
 * root mean square of what *squares was made from. NaN for n = 0, a sum below 0, and for NaN.
 */
PARSUM_API double parsum_root_of(const struct parsum_sum *squares, uint64_t n);

#ifdef __cplusplus
}
#endif

#endif
