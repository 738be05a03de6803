#include "parsum_parallel.h"

#include "base/control.h"
#include "base/error.h"
#include "base/forked.h"
#include "exact/modes.h"
#include "run/team.h"
#include "run/window.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * To wake a team and to set up its round takes some 20 to 60 us of a CPU (2 cores), and an element
 * 0.1 to 0.5 ns: with fewer elements a thread than this it does not pay.
 */
enum { WORTH = 1 << 18 };

/* So many chunks a thread, but none shorter than 10 us or so. */
enum { CHUNKS_A_THREAD = 64, GRAIN_LEAST = 1 << 16 };

/* What one of the threads folds into. */
struct slot {
    _Alignas(64) atomic_bool taken;
    struct kulisch sum, products;
};

/* A fold of an array: the context of the term. */
struct fold {
    struct array x, y;
    bool sum, products;
    struct slot *slots;
    size_t threads;
};

/* A slot that no other thread holds: there are as many as threads, so one is free, or soon is. */
static struct slot *take_slot(const struct fold *fold)
{
    for (size_t k = 0;; k = (k + 1) % fold->threads)
        if (!atomic_exchange_explicit(&fold->slots[k].taken, true, memory_order_acquire))
            return &fold->slots[k];
}

/*
 * The term's function. The sums that the run folds are those of kinds it knows, so it gets an
 * integer, the number of elements, by which the whole is checked; the elements go to the slots.
 */
static bool add_piece(const void *context, const struct term_job *job, int64_t start, int64_t end,
                      struct sums *sums, struct fault *fault)
{
    const struct fold *const fold = context;
    struct slot *const slot = take_slot(fold);
    const struct array x = {fold->x.x + start * fold->x.stride, fold->x.stride};
    struct array y = x;
    if (fold->products)
        y = (struct array){fold->y.x + start * fold->y.stride, fold->y.stride};
    array_add(
        (struct array_sums){fold->sum ? &slot->sum : NULL, fold->products ? &slot->products : NULL},
        (size_t)(end - start), x, y);
    atomic_store_explicit(&slot->taken, false, memory_order_release);
    *sums_integer(sums) += end - start;
    (void)job, (void)fault;
    return true;
}

/* Threads of OpenMP stay from call to call, so they are parted in the first one only. */
static atomic_bool parted;

/* A team does the term over [0, n) in one round. */
static enum status do_round(const struct fold *fold, const struct term *term, size_t n,
                            struct sums *total)
{
    struct control control = {0};
    struct team team = {0};
    struct window window = {0};
    const size_t chunks = CHUNKS_A_THREAD * fold->threads;
    const size_t even = (n + chunks - 1) / chunks;
    const struct order order = {.terms = n, .grain = even < GRAIN_LEAST ? GRAIN_LEAST : even};
    const struct team_spec spec = {
        .threads = (int)fold->threads, .term = term, .control = &control};
    enum status status = team_open(&team, &spec);
    if (!status && !window_init(&window, term->results, 1, chunks))
        status = STATUS_FAILED;
    if (!status && !window_push(&window, (struct job){.end = (int64_t)n}))
        status = STATUS_FAILED;
    team.parted = team.parted || atomic_exchange(&parted, true);
    struct outcome outcome;
    if (!status)
        status = team.engine.round(&team.engine, &window, &order, total, &outcome);
    window_clear(&window);
    team_close(&team);
    return status;
}

/* False if that failed, or did not take each element once. */
static bool run_fold(const struct fold *fold, size_t n)
{
    const struct term term = {
        .results = &results_integer,
        .add = add_piece,
        .context = fold,
        .source = "x[i]",
        .kernel = "array",
    };
    struct sums *const total = sums_new(&term.results->layout, 1);
    const bool done = total && do_round(fold, &term, n, total) == STATUS_OK;
    const bool whole = done && *sums_integer(total) == (int128)n;
    free(total);
    error_clear();
    return whole;
}

/*
 * As many threads as are wanted and allowed. But no more than so many where there are not as many
 * CPUs: OpenMP ends a process in which it cannot start a thread.
 */
size_t parallel_threads(int wanted)
{
    enum { ANYWHERE = 64 };
    const char *what;
    if (wanted == 1 || forked() || team_inside())
        return 1;
    size_t threads = (size_t)(wanted > 0 ? wanted : team_default_threads());
    const size_t limit = (size_t)team_threads_limit(&what);
    const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    const size_t most = cpus > ANYWHERE ? (size_t)cpus : ANYWHERE;
    threads = threads < limit ? threads : limit;
    return threads < most ? threads : most;
}

/* The same for an array: as many as are worth it. */
static size_t threads_for(int wanted, size_t n)
{
    if (wanted == 1 || n / WORTH < 2 || n > INT64_MAX)
        return 1;
    const size_t threads = parallel_threads(wanted);
    return threads < n / WORTH ? threads : n / WORTH;
}

static bool add_in_parallel(size_t threads, struct array_sums to, size_t n, struct array x,
                            struct array y)
{
    struct fold fold = {
        .x = x,
        .y = y,
        .sum = to.sum != NULL,
        .products = to.products != NULL,
        .slots = aligned_alloc(_Alignof(struct slot), threads * sizeof(struct slot)),
        .threads = threads,
    };
    if (!fold.slots)
        return false;
    memset(fold.slots, 0, threads * sizeof *fold.slots);
    const bool whole = run_fold(&fold, n);
    for (size_t k = 0; k < threads && whole; k++) {
        if (to.sum)
            kulisch_merge(to.sum, &fold.slots[k].sum);
        if (to.products)
            kulisch_merge(to.products, &fold.slots[k].products);
    }
    free(fold.slots);
    return whole;
}

void parallel_add(int threads, struct array_sums to, size_t n, struct array x, struct array y)
{
    const size_t count = threads_for(threads, n);
    if (count > 1) {
        const int number = errno;
        const modes before = modes_default();
        const bool done = add_in_parallel(count, to, n, x, y);
        modes_restore(before);
        errno = number;
        if (done)
            return;
    }
    array_add(to, n, x, y);
}
