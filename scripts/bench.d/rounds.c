/*
 * rounds COUNT TERMS: what a round costs that ranks share, as JSON, in seconds: the median of COUNT
 * rounds that have next to no work, TERMS terms a rank, each a piece of its own up to four. Run it
 * with mpirun.
 */
#include "base/clock.h"
#include "cluster/share.h"

#include <stdio.h>
#include <stdlib.h>

static bool add_reals(const void *context, const struct term_job *job, int64_t start, int64_t end,
                      struct sums *sums, struct fault *fault)
{
    (void)context, (void)job, (void)fault;
    for (int64_t i = start; i < end; i++)
        superacc_add(sums_real(sums), 1.0 / (double)(i + 1));
    return true;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static enum status measure(struct engine *engine, struct window *window, int count, uint64_t terms)
{
    double *const seconds = calloc((size_t)count, sizeof *seconds);
    const struct order order = {.terms = terms * (uint64_t)engine->parts, .grain = 1};
    struct sums *const total = sums_new(window->layout, 1);
    enum status status = seconds && total ? STATUS_OK : STATUS_FAILED;
    if (!status && !window_push(window, (struct job){.end = INT64_MAX}))
        status = STATUS_FAILED;
    for (int k = 0; k < count && !status; k++) {
        struct outcome outcome;
        const uint64_t begin_ns = clock_ns();
        status = engine->round(engine, window, &order, total, &outcome);
        seconds[k] = 1e-9 * (double)(clock_ns() - begin_ns);
    }
    if (!status) {
        qsort(seconds, (size_t)count, sizeof *seconds, compare);
        printf("{\"ranks\": %d, \"seconds\": %.9f, \"most\": %.9f}\n", engine->parts,
               seconds[count / 2], seconds[count - 1]);
    }
    free(seconds);
    free(total);
    struct engine_thread *threads = NULL;
    status = engine->end(engine, status, &threads);
    free(threads);
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return STATUS_USAGE;
    const enum exact_kind kind = EXACT_REAL;
    struct results results;
    results_of_sums(&results, &kind, 1);
    const struct term term = {.results = &results, .add = add_reals};
    struct ranks *ranks;
    struct share *share = NULL;
    static struct control control;
    const struct team_spec spec = {
        .threads = 1, .serial = true, .term = &term, .control = &control};
    struct team team = {0};
    struct window window = {0};
    enum status status = ranks_open(&ranks, argv);
    if (status)
        return (int)status;
    if (team_open(&team, &spec) || !window_init(&window, term.results, 16, 65536))
        status = STATUS_FAILED;
    status = share_open(&share, ranks, &team, status);
    if (!status)
        status = ranks_number(ranks) == 0 ? measure(share_engine(share), &window, atoi(argv[1]),
                                                    strtoull(argv[2], NULL, 10))
                                          : share_serve(share, &window);
    share_close(share);
    window_clear(&window);
    team_close(&team);
    ranks_close(ranks);
    return (int)status;
}
