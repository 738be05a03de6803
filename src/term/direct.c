#include "term/direct.h"

#include "exact/lanes.h"

#include <stddef.h>
#include <string.h>

static bool is_of_floats(const struct term_array *array)
{
    return strcmp(array->element, "f4") == 0;
}

/* The array at a place that counts from 1; its elements must be aligned. */
static const struct term_array *array_at(const struct term_module *module, int32_t place)
{
    if (place == 0)
        return NULL;
    const struct term_array *const array = &module->arrays[place - 1];
    const size_t size = is_of_floats(array) ? sizeof(float) : sizeof(double);
    return (uintptr_t)array->at % size == 0 ? array : NULL;
}

struct direct direct_of(const struct term_module *module)
{
    const struct term_array *const first = array_at(module, module->direct[0]);
    const struct term_array *const second = array_at(module, module->direct[1]);
    if (!first || (module->direct[1] != 0 && !second))
        return (struct direct){.n = 0};
    if (is_of_floats(first))
        return (struct direct){.floats = first->at, .n = first->n};
    return (struct direct){.x = first->at,
                           .y = second ? second->at : NULL,
                           .n = second && second->n < first->n ? second->n : first->n};
}

int64_t direct_line(const struct direct *direct, int64_t start, int64_t end)
{
    const size_t size = direct->floats ? sizeof(float) : sizeof(double);
    const uintptr_t array = (uintptr_t)(direct->floats ? (const void *)direct->floats : direct->x);
    const int64_t before =
        array ? (int64_t)lanes_before_line(array + (uintptr_t)start * size, size) : 0;
    return end - start < before ? end : start + before;
}

/* Adds what the lanes have counted. The third level is not in use, and its units may be too small
   for a superaccumulator. */
static void add_units(struct superacc *sum, const int64_t *units, int k)
{
    for (int j = 0; j < 2; j++)
        superacc_add_units(sum, units[j], k - 52 - j * LANES_APART);
}

/* Adds n terms, as many as fit the window, and returns how many these are. */
static size_t take(const struct lanes *lanes, const double *x, const double *y, size_t n, int k,
                   struct superacc *sum)
{
    int64_t units[6];
    const size_t taken = y ? lanes->products[0](x, y, n, k, units) : lanes->sum[0](x, n, k, units);
    if (taken > 0)
        add_units(sum, units, k);
    if (taken > 0 && y)
        add_units(sum, units + 3, k - LANES_LOWER);
    return taken;
}

/* A window for the terms at x; false if there is none. */
static bool find_window(struct direct_window *window, const struct lanes *lanes, const double *x,
                        const double *y, size_t n)
{
    window->k = lanes->exponent(x, y, n) - 1023 + LANES_HEADROOM;
    window->found =
        window->k >= (y ? lanes_products_least(2) : lanes_sum_least(2)) && window->k <= LANES_MAX;
    return window->found;
}

/* How many of the terms left the lanes can take at once; 0: too few. */
static size_t at_once(const struct lanes *lanes, int64_t left)
{
    const int64_t pair = (int64_t)lanes->pair, most = (int64_t)(LANES_BLOCKS * lanes->block);
    return left < 0 ? 0 : (size_t)(left < most ? left / pair * pair : most);
}

/* Adds n terms at x, as many as fit the window or one that is found for the first block. */
static size_t add_reals(const struct lanes *lanes, const double *x, const double *y, size_t n,
                        struct direct_window *window, struct superacc *sum)
{
    const size_t taken = window->found ? take(lanes, x, y, n, window->k, sum) : 0;
    const size_t block = n < lanes->block ? n : lanes->block;
    if (taken > 0 || !find_window(window, lanes, x, y, block))
        return taken;
    return take(lanes, x, y, n, window->k, sum);
}

static size_t take_floats(const struct lanes *lanes, const float *x, size_t n, int k,
                          struct superacc *sum)
{
    int64_t units;
    const size_t taken = lanes->float_sum(x, n, k, &units);
    if (taken > 0)
        superacc_add_units(sum, units, k - 52);
    return taken;
}

/* The same of floats. A block with too many sizes is copied, as doubles, which fit a wider window;
   after some such blocks in a row most blocks are copied at once. */
static size_t add_floats(const struct lanes *lanes, const float *x, size_t n,
                         struct direct_window *window, struct superacc *sum)
{
    enum { MISSES = 4, AGAIN = 32 };
    const size_t block = n < lanes->block ? n : lanes->block;
    if (window->misses < MISSES || window->misses % AGAIN == 0) {
        size_t taken = window->found ? take_floats(lanes, x, n, window->k, sum) : 0;
        if (taken == 0) {
            window->k = lanes->float_exponent(x, block) - 127 + LANES_HEADROOM;
            window->found = true;
            taken = take_floats(lanes, x, n, window->k, sum);
        }
        if (taken > 0) {
            window->misses = 0;
            return taken;
        }
    }
    window->misses++;
    double wide[LANES_BLOCK_MOST];
    for (size_t j = 0; j < block; j++)
        wide[j] = (double)x[j];
    struct direct_window own = {.found = false};
    return add_reals(lanes, wide, NULL, block, &own, sum);
}

int64_t direct_add(const struct direct *direct, struct direct_window *window, int64_t start,
                   int64_t end, struct superacc *sum)
{
    size_t count;
    const struct lanes *const lanes = lanes_list(&count);
    const int64_t last = end < direct->n ? end : direct->n;
    size_t n, taken = 1;
    while (start >= 0 && taken > 0 && (n = at_once(lanes, last - start)) > 0) {
        taken = direct->floats ? add_floats(lanes, direct->floats + start, n, window, sum)
                               : add_reals(lanes, direct->x + start,
                                           direct->y ? direct->y + start : NULL, n, window, sum);
        start += (int64_t)taken;
    }
    return start;
}
