#include "term/direct.h"

#include "exact/lanes.h"

#include <stddef.h>

static bool is_aligned(const void *at)
{
    return (uintptr_t)at % _Alignof(double) == 0;
}

struct direct direct_of(const struct term_module *module)
{
    const struct direct none = {NULL, NULL, 0};
    if (module->direct[0] == 0)
        return none;
    const struct term_array *const first = &module->arrays[module->direct[0] - 1];
    if (module->direct[1] == 0)
        return is_aligned(first->at) ? (struct direct){first->at, NULL, first->n} : none;
    const struct term_array *const second = &module->arrays[module->direct[1] - 1];
    return is_aligned(first->at) && is_aligned(second->at)
               ? (struct direct){first->at, second->at, first->n < second->n ? first->n : second->n}
               : none;
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

int64_t direct_add(const struct direct *direct, struct direct_window *window, int64_t start,
                   int64_t end, struct superacc *sum)
{
    size_t count;
    const struct lanes *const lanes = lanes_list(&count);
    const int64_t pair = (int64_t)lanes->pair, most = (int64_t)(LANES_BLOCKS * lanes->block);
    const int64_t last = end < direct->n ? end : direct->n;
    if (start < 0)
        return start;
    while (last - start >= pair) {
        const int64_t left = last - start;
        const size_t n = (size_t)(left < most ? left / pair * pair : most);
        const double *const x = direct->x + start, *const y = direct->y ? direct->y + start : NULL;
        size_t taken = window->found ? take(lanes, x, y, n, window->k, sum) : 0;
        const size_t block = n < lanes->block ? n : lanes->block;
        if (taken == 0 && find_window(window, lanes, x, y, block))
            taken = take(lanes, x, y, n, window->k, sum);
        if (taken == 0)
            break;
        start += (int64_t)taken;
    }
    return start;
}
