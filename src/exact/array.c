#include "exact/array.h"

#include "exact/modes.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    PIECE = 2048,   /* elements of a piece: it stays in the first cache while it is worked on */
    FEW = 64,       /* fewer elements than this are not worth setting up lanes, */
    MANY = 16384,   /* and fewer than this not worth aligning them */
    SKIP_MOST = 16, /* blocks that go past the lanes when several in a row have not fit */
};

/* A window for the lanes; levels 0: none. */
struct reach {
    int levels, k;
};

/* One of the two kinds of sums, in the making, and how the exponents of what came by have been. */
struct stream {
    const struct lanes *lanes;
    struct kulisch *sum;
    struct reach reach; /* of the last block that had one */
    unsigned misses;    /* blocks in a row that had none */
    unsigned to_skip;   /* blocks that go past the lanes before these are tried again */
};

/* Adds elements to the lanes, and what these have counted to the sum. y is NULL for a plain sum. */
static size_t take(struct stream *stream, const double *x, const double *y, size_t n,
                   struct reach reach)
{
    const struct lanes *const lanes = stream->lanes;
    int64_t units[6];
    const size_t taken = y ? lanes->products[reach.levels - 2](x, y, n, reach.k, units)
                           : lanes->sum[reach.levels - 2](x, n, reach.k, units);
    for (int j = 0; j < (y ? 6 : 3) && taken > 0; j++)
        if (units[j] != 0)
            kulisch_add_units(stream->sum, units[j],
                              reach.k - j / 3 * LANES_LOWER - 52 - j % 3 * LANES_APART);
    return taken;
}

/* The window for a block. */
static struct reach choose(const struct stream *stream, const double *x, const double *y, size_t n,
                           int levels)
{
    const int field = stream->lanes->exponent(x, y, n);
    const int least = y ? lanes_products_least(levels) : lanes_sum_least(levels);
    int k = (field == 0 ? 1 : field) - 1023 + LANES_HEADROOM;
    if (!y && k < least)
        k = least;
    return (struct reach){k >= least && k <= LANES_MAX ? levels : 0, k};
}

static void add_one_by_one(struct kulisch *sum, const double *x, const double *y, size_t n)
{
    if (!y)
        kulisch_add_array(sum, x, n);
    for (size_t j = 0; y && j < n; j++)
        kulisch_add_product(sum, x[j], y[j]);
}

/*
 * Adds a block that did not fit the window, if there was one: with a window of its own, or else one
 * by one. Several such blocks in a row let the next ones go past the lanes.
 */
static void add_block(struct stream *stream, const double *x, const double *y, size_t n)
{
    for (int levels = 2; levels <= 3; levels++) {
        const struct reach reach = choose(stream, x, y, n, levels);
        const bool same = reach.levels == stream->reach.levels && reach.k == stream->reach.k;
        if (reach.levels > 0 && !same && take(stream, x, y, n, reach) > 0) {
            stream->reach = reach;
            stream->misses = 0;
            return;
        }
    }
    add_one_by_one(stream->sum, x, y, n);
    stream->misses++;
    if (stream->misses > 1)
        stream->to_skip = stream->misses < SKIP_MOST ? stream->misses : SKIP_MOST;
}

/* Adds elements that lie one after the other, as the lanes find them. */
static void add_here(struct stream *stream, const double *x, const double *y, size_t n)
{
    const struct lanes *const lanes = stream->lanes;
    const size_t most = LANES_BLOCKS * lanes->block;
    const size_t fit = n < FEW ? 0 : n / lanes->pair * lanes->pair;
    for (size_t done = 0, now; done < fit; done += now) {
        const size_t left = fit - done;
        const double *const here = x + done, *const with = y ? y + done : NULL;
        now = 0;
        if (stream->reach.levels > 0 && stream->to_skip == 0)
            now = take(stream, here, with, left < most ? left : most, stream->reach);
        if (now > 0) {
            stream->misses = 0;
            continue;
        }
        now = left < lanes->block ? left : lanes->block;
        if (stream->to_skip > 0) {
            stream->to_skip--;
            add_one_by_one(stream->sum, here, with, now);
        } else {
            add_block(stream, here, with, now);
        }
    }
    add_one_by_one(stream->sum, x + fit, y ? y + fit : NULL, n - fit);
}

/* Adds any number of elements that lie one after the other. */
static void add(struct stream *stream, const double *x, const double *y, size_t n)
{
    const size_t before = n < MANY ? 0 : lanes_before_line((uintptr_t)x, sizeof *x);
    add_one_by_one(stream->sum, x, y, before);
    add_here(stream, x + before, y ? y + before : NULL, n - before);
}

static struct array from(struct array array, size_t at)
{
    return (struct array){array.x + (ptrdiff_t)at * array.stride, array.stride};
}

/* The n elements one after the other: where they lie, or copied into `piece`. */
static const double *gather(struct array array, size_t n, double *piece)
{
    if (array.stride == 1)
        return array.x;
    for (size_t j = 0; j < n; j++)
        piece[j] = array.x[(ptrdiff_t)j * array.stride];
    return piece;
}

/* In pieces that stay in the first cache: for strides, and where x goes to two sums. Not inlined,
   as it has large buffers on the stack. */
static __attribute__((__noinline__)) void add_pieces(struct stream *sum, struct stream *products,
                                                     size_t n, struct array x, struct array y)
{
    double piece_x[PIECE], piece_y[PIECE];
    const bool square = x.x == y.x && x.stride == y.stride;
    for (size_t done = 0, now; done < n; done += now) {
        now = n - done < PIECE ? n - done : PIECE;
        const double *const these = gather(from(x, done), now, piece_x);
        if (sum->sum)
            add(sum, these, NULL, now);
        if (products->sum)
            add(products, these, square ? these : gather(from(y, done), now, piece_y), now);
    }
}

void array_add_with(const struct lanes *lanes, struct array_sums to, size_t n, struct array x,
                    struct array y)
{
    const modes before = modes_default();
    struct stream sum = {.lanes = lanes, .sum = to.sum};
    struct stream products = {.lanes = lanes, .sum = to.products};
    if (x.stride == 1 && !to.products)
        add(&sum, x.x, NULL, n);
    else if (x.stride == 1 && y.stride == 1 && !to.sum)
        add(&products, x.x, y.x, n);
    else
        add_pieces(&sum, &products, n, x, y);
    modes_restore(before);
}

void array_add(struct array_sums to, size_t n, struct array x, struct array y)
{
    size_t count;
    array_add_with(lanes_list(&count), to, n, x, y);
}
