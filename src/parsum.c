#include "parsum.h"

#include "base/machine.h"
#include "exact/array.h"
#include "exact/kulisch.h"
#include "exact/modes.h"
#include "exact/moments.h"
#include "exact/saved.h"
#include "exact/short.h"
#include "parsum_parallel.h"

#include <math.h>
#include <string.h>

_Static_assert(sizeof(struct kulisch) <= sizeof(struct parsum_sum), "the object has room");
_Static_assert(_Alignof(struct kulisch) <= _Alignof(struct parsum_sum), "and its alignment");
_Static_assert((int)SAVED_BYTES <= (int)PARSUM_BYTES, "the caller's bytes have room");
_Static_assert((int)SAVED_TEXT <= (int)PARSUM_TEXT, "and the caller's text");

/* So few elements are added up faster by a cascade of two-sums. */
enum { SHORT = 64 };

/* All members of the one are 64-bit integers, as those of the other, so this is no type punning. */
static struct kulisch *inside(struct parsum_sum *sum)
{
    return (struct kulisch *)sum->words;
}

static const struct kulisch *inside_const(const struct parsum_sum *sum)
{
    return (const struct kulisch *)sum->words;
}

const char *parsum_version(void)
{
    return machine_version();
}

void parsum_clear(struct parsum_sum *sum)
{
    memset(sum, 0, sizeof *sum);
}

void parsum_add(struct parsum_sum *sum, double x)
{
    kulisch_add(inside(sum), x);
}

void parsum_subtract(struct parsum_sum *sum, double x)
{
    kulisch_subtract(inside(sum), x);
}

void parsum_add_product(struct parsum_sum *sum, double x, double y)
{
    kulisch_add_product(inside(sum), x, y);
}

void parsum_subtract_product(struct parsum_sum *sum, double x, double y)
{
    kulisch_subtract_product(inside(sum), x, y);
}

static void add_up(struct kulisch *sum, size_t n, struct array x)
{
    array_add((struct array_sums){.sum = sum}, n, x, x);
}

static void add_up_products(struct kulisch *sum, size_t n, struct array x, struct array y)
{
    array_add((struct array_sums){.products = sum}, n, x, y);
}

void parsum_add_array(struct parsum_sum *sum, size_t n, const double *x, ptrdiff_t stride)
{
    add_up(inside(sum), n, (struct array){x, stride});
}

void parsum_subtract_array(struct parsum_sum *sum, size_t n, const double *x, ptrdiff_t stride)
{
    struct kulisch off = {0};
    add_up(&off, n, (struct array){x, stride});
    kulisch_subtract_sum(inside(sum), &off);
}

void parsum_add_products(struct parsum_sum *sum, size_t n, const double *x, ptrdiff_t stride_x,
                         const double *y, ptrdiff_t stride_y)
{
    add_up_products(inside(sum), n, (struct array){x, stride_x}, (struct array){y, stride_y});
}

void parsum_subtract_products(struct parsum_sum *sum, size_t n, const double *x, ptrdiff_t stride_x,
                              const double *y, ptrdiff_t stride_y)
{
    struct kulisch off = {0};
    add_up_products(&off, n, (struct array){x, stride_x}, (struct array){y, stride_y});
    kulisch_subtract_sum(inside(sum), &off);
}

void parsum_merge(struct parsum_sum *into, const struct parsum_sum *from)
{
    kulisch_merge(inside(into), inside_const(from));
}

void parsum_subtract_sum(struct parsum_sum *into, const struct parsum_sum *from)
{
    kulisch_subtract_sum(inside(into), inside_const(from));
}

double parsum_value(const struct parsum_sum *sum)
{
    return kulisch_round(inside_const(sum));
}

const char *parsum_status_text(enum parsum_status status)
{
    switch (status) {
    case PARSUM_OK:
        return "no error";
    case PARSUM_NOT_A_SUM:
        return "this is not a saved sum, or not a whole one";
    case PARSUM_DAMAGED:
        return "this saved sum has been changed since it was saved";
    case PARSUM_FAILED:
        return "memory, a file or the compiler failed";
    case PARSUM_USAGE:
        return "what was asked for makes no sense, or an input is bad";
    case PARSUM_TERM:
        return "the term does not compile, or can't be summed";
    case PARSUM_FAULT:
        return "the term has no value somewhere, or a sum does not fit its type";
    case PARSUM_UNVERIFIED:
        return "a sum is wrong: this machine computes wrong";
    case PARSUM_STOPPED:
        return "stopped before the end";
    case PARSUM_NEWER:
        return "this sum was saved by a newer version of parsum";
    }
    return "unknown status";
}

static enum parsum_status status_of(enum saved saved)
{
    switch (saved) {
    case SAVED_WELL:
        return PARSUM_OK;
    case SAVED_DAMAGED:
        return PARSUM_DAMAGED;
    case SAVED_NEWER:
        return PARSUM_NEWER;
    default:
        return PARSUM_NOT_A_SUM;
    }
}

/* Puts what was read into *sum, if it was read. */
static enum parsum_status take(struct parsum_sum *sum, const struct kulisch *read, enum saved saved)
{
    if (saved == SAVED_WELL) {
        parsum_clear(sum);
        *inside(sum) = *read;
    }
    return status_of(saved);
}

size_t parsum_save(const struct parsum_sum *sum, unsigned char bytes[PARSUM_BYTES])
{
    return saved_put(inside_const(sum), bytes);
}

enum parsum_status parsum_load(struct parsum_sum *sum, const void *bytes, size_t length)
{
    struct kulisch read;
    const enum saved saved = saved_get(&read, bytes, length);
    return take(sum, &read, saved);
}

size_t parsum_print(const struct parsum_sum *sum, char text[PARSUM_TEXT])
{
    return saved_print(inside_const(sum), text);
}

enum parsum_status parsum_parse(struct parsum_sum *sum, const char *text, size_t length)
{
    struct kulisch read;
    const enum saved saved = saved_parse(&read, text, length);
    return take(sum, &read, saved);
}

static double mean(const struct kulisch *sum, uint64_t n)
{
    if (n > 0 && !kulisch_finite(sum))
        return kulisch_special(sum);
    struct moment first;
    moment_from_kulisch(&first, sum);
    return moments_mean(&first, n);
}

typedef double moments_of(const struct moment *sum, const struct moment *squares, uint64_t n,
                          uint64_t ddof);

/* The variance or the standard deviation. */
static double spread(moments_of *which, const struct kulisch *sum, const struct kulisch *squares,
                     uint64_t n, uint64_t ddof)
{
    if (!kulisch_finite(sum) || !kulisch_finite(squares))
        return (double)NAN;
    struct moment first, second;
    moment_from_kulisch(&first, sum);
    moment_from_kulisch(&second, squares);
    return which(&first, &second, n, ddof);
}

static double root(const struct kulisch *squares, uint64_t n)
{
    if (n > 0 && !kulisch_finite(squares)) {
        const double special = kulisch_special(squares);
        return isinf(special) && !signbit(special) ? special : (double)NAN;
    }
    struct moment second;
    moment_from_kulisch(&second, squares);
    return moments_root(&second, n);
}

double parsum_mean_of(const struct parsum_sum *sum, uint64_t n)
{
    return mean(inside_const(sum), n);
}

double parsum_variance_of(const struct parsum_sum *sum, const struct parsum_sum *squares,
                          uint64_t n, uint64_t ddof)
{
    return spread(moments_variance, inside_const(sum), inside_const(squares), n, ddof);
}

double parsum_deviation_of(const struct parsum_sum *sum, const struct parsum_sum *squares,
                           uint64_t n, uint64_t ddof)
{
    return spread(moments_deviation, inside_const(sum), inside_const(squares), n, ddof);
}

double parsum_root_of(const struct parsum_sum *squares, uint64_t n)
{
    return root(inside_const(squares), n);
}

double parsum_array_sum(int threads, size_t n, const double *x, ptrdiff_t stride)
{
    double rounded;
    if (n <= SHORT && stride == 1 && modes_are_default() && short_round(x, n, &rounded))
        return rounded;
    struct kulisch sum = {0};
    const struct array array = {x, stride};
    parallel_add(threads, (struct array_sums){.sum = &sum}, n, array, array);
    return kulisch_round(&sum);
}

double parsum_array_dot(int threads, size_t n, const double *x, ptrdiff_t stride_x, const double *y,
                        ptrdiff_t stride_y)
{
    struct kulisch sum = {0};
    parallel_add(threads, (struct array_sums){.products = &sum}, n, (struct array){x, stride_x},
                 (struct array){y, stride_y});
    return kulisch_round(&sum);
}

double parsum_array_norm(int threads, size_t n, const double *x, ptrdiff_t stride)
{
    struct kulisch squares = {0};
    const struct array array = {x, stride};
    parallel_add(threads, (struct array_sums){.products = &squares}, n, array, array);
    return root(&squares, 1);
}

double parsum_array_mean(int threads, size_t n, const double *x, ptrdiff_t stride)
{
    struct kulisch sum = {0};
    const struct array array = {x, stride};
    parallel_add(threads, (struct array_sums){.sum = &sum}, n, array, array);
    return mean(&sum, n);
}

static double array_spread(moments_of *which, int threads, size_t n, struct array x, size_t ddof)
{
    struct kulisch sum = {0}, squares = {0};
    parallel_add(threads, (struct array_sums){&sum, &squares}, n, x, x);
    return spread(which, &sum, &squares, n, ddof);
}

double parsum_array_variance(int threads, size_t n, const double *x, ptrdiff_t stride, size_t ddof)
{
    return array_spread(moments_variance, threads, n, (struct array){x, stride}, ddof);
}

double parsum_array_deviation(int threads, size_t n, const double *x, ptrdiff_t stride, size_t ddof)
{
    return array_spread(moments_deviation, threads, n, (struct array){x, stride}, ddof);
}
