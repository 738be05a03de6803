/*
 * Runs under mpirun with any number of ranks. Rank 0 tests, the others do as it says: so a test
 * that fails ends rank 0 at once, and mpirun the others.
 */
#include "check.h"
#include "cluster/ranks.h"
#include "cluster/share.h"
#include "run/run.h"
#include "run/team.h"
#include "term/kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { JOBS_MAX = 60 };
enum which { BUILT_IN, REALS, WIDE, SLOW, UNEVEN, FAULTY, HUGE_SUM, TERMS, NONE };

static struct ranks *ranks;
static struct control control; /* nothing is asked for */

/* A run, the same on all ranks. */
struct order_of_run {
    enum which which;
    int threads;
    uint64_t grain;
    bool unable; /* the last rank can't run */
};

static bool add_reals(const void *context, const struct term_job *job, int64_t start, int64_t end,
                      struct sums *sums, struct fault *fault)
{
    (void)context, (void)job, (void)fault;
    for (int64_t i = start; i < end; i++)
        superacc_add(sums_real(sums), (i % 3 ? 1.0 : 1e200) / (double)(2 * i + 1));
    return true;
}

static bool add_wide(const void *context, const struct term_job *job, int64_t start, int64_t end,
                     struct sums *sums, struct fault *fault)
{
    (void)context, (void)job, (void)fault;
    for (int64_t i = start; i < end; i++)
        check_add_wide(sums_wide(sums), (int128)i * i * i * i * i);
    return true;
}

static void burn(double ns)
{
    struct timespec begin, now;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    do
        clock_gettime(CLOCK_MONOTONIC, &now);
    while (1e9 * (double)(now.tv_sec - begin.tv_sec) + (double)(now.tv_nsec - begin.tv_nsec) < ns);
}

/* Every term takes as long as a sleep does. */
static bool add_slowly(const void *context, const struct term_job *job, int64_t start, int64_t end,
                       struct sums *sums, struct fault *fault)
{
    (void)context, (void)job, (void)fault;
    for (int64_t i = start; i < end; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000 + (i & 7) * 500000}, NULL);
        *sums_integer(sums) += i;
    }
    return true;
}

/* Terms become dearer, and some are a thousand times as dear as their neighbours. */
static bool add_unevenly(const void *context, const struct term_job *job, int64_t start,
                         int64_t end, struct sums *sums, struct fault *fault)
{
    (void)context, (void)job, (void)fault;
    for (int64_t i = start; i < end; i++) {
        burn(i % 1000 == 0 ? 1e6 : (double)i / 10);
        *sums_integer(sums) += i * i;
    }
    return true;
}

static bool add_until_7777(const void *context, const struct term_job *job, int64_t start,
                           int64_t end, struct sums *sums, struct fault *fault)
{
    (void)context, (void)job;
    for (int64_t i = start; i < end; i++) {
        burn(1000);
        *sums_integer(sums) += i;
        if (i % 10000 == 7777) {
            *fault = (struct fault){TERM_OVERFLOW, {.i = i}};
            return false;
        }
    }
    return true;
}

static bool add_huge(const void *context, const struct term_job *job, int64_t start, int64_t end,
                     struct sums *sums, struct fault *fault)
{
    (void)context, (void)job, (void)fault;
    for (int64_t i = start; i < end; i++)
        superacc_add(sums_real(sums), i % 500 == 499 ? 1e308 : 1.0);
    return true;
}

static struct term term_of(enum which which)
{
    const struct term terms[TERMS] = {
        [REALS] = {.results = CHECK_RESULTS(EXACT_REAL), .add = add_reals},
        [WIDE] = {.results = CHECK_RESULTS(EXACT_WIDE), .add = add_wide},
        [SLOW] = {.results = CHECK_RESULTS(EXACT_INTEGER), .add = add_slowly},
        [UNEVEN] = {.results = CHECK_RESULTS(EXACT_INTEGER), .add = add_unevenly},
        [FAULTY] = {.results = CHECK_RESULTS(EXACT_INTEGER), .add = add_until_7777},
        [HUGE_SUM] = {.results = CHECK_RESULTS(EXACT_REAL), .add = add_huge},
    };
    return which == BUILT_IN ? kernel_built_in() : terms[which];
}

/* What all ranks but 0 do. */
static int follow(void)
{
    for (;;) {
        struct bytes bytes = {0};
        struct order_of_run order;
        ranks_broadcast(ranks, &bytes);
        bytes_get(&bytes, &order, sizeof order);
        bytes_free(&bytes);
        if (order.which == NONE)
            return 0;
        const struct term term = term_of(order.which);
        struct team team;
        struct window window = {0};
        struct share *share;
        const struct team_spec spec = {
            .threads = order.threads, .term = &term, .control = &control};
        error_clear();
        enum status status = team_open(&team, &spec);
        if (!status)
            status = run_window(&window, &term, order.threads, false);
        if (order.unable && ranks_number(ranks) == ranks_count(ranks) - 1)
            status = error_set(STATUS_UNVERIFIED, "this message is told by rank 0");
        status = share_open(&share, ranks, &team, status);
        if (!status) {
            status = share_serve(share, &window);
            share_close(share);
        }
        (void)status;
        window_clear(&window);
        team_close(&team);
    }
}

static void tell(struct order_of_run order)
{
    struct bytes bytes = {0};
    bytes_put(&bytes, &order, sizeof order);
    ranks_broadcast(ranks, &bytes);
    bytes_free(&bytes);
}

/* Ends the run on all ranks, and demands that each thread of each is told of. */
static void end_run(struct engine *engine, const struct order_of_run *order, enum status status,
                    const struct result *result)
{
    struct engine_thread *threads;
    uint64_t terms = 0;
    assert_int_equal(engine->threads, order->threads * ranks_count(ranks));
    assert_int_equal(engine->own_threads, order->threads);
    assert_int_equal(engine->parts, ranks_count(ranks));
    assert_int_equal(engine->end(engine, status, &threads), status);
    for (int k = 0; k < engine->threads; k++)
        terms += threads[k].terms;
    if (!status)
        assert_int_equal(terms, result->terms);
    free(threads);
}

/* Runs jobs, over all ranks if there is an order for them. */
static enum status run_them(const struct order_of_run *order, const struct term *term,
                            char **arguments, int count, struct result *result)
{
    const struct job_spec jobs = {.arguments = arguments, .argument_count = count};
    const struct team_spec team_spec = {
        .threads = order ? order->threads : 1, .serial = !order, .term = term, .control = &control};
    struct run_spec spec = {
        .term = term,
        .control = &control,
        .listener = &(struct run_listener){0},
        .grain = order ? order->grain : 0,
        .digest = true, /* it tells lists of sums apart */
    };
    struct team team;
    struct share *share = NULL;
    error_clear();
    enum status status = job_source_open(&spec.source, &jobs);
    assert_int_equal(status, STATUS_OK);
    assert_int_equal(team_open(&team, &team_spec), STATUS_OK);
    if (order) {
        tell(*order);
        status = share_open(&share, ranks, &team, STATUS_OK);
    }
    if (!status) {
        spec.engine = share ? share_engine(share) : &team.engine;
        status = run_jobs(&spec, result);
        if (share)
            end_run(spec.engine, order, status, result);
    }
    share_close(share);
    team_close(&team);
    job_source_close(spec.source);
    return status;
}

static void demand_the_same(enum which which, char **arguments, int count, const int *threads,
                            size_t threads_count, const uint64_t *grains, size_t grain_count)
{
    const struct term term = term_of(which);
    struct result serial, shared;
    assert_int_equal(run_them(NULL, &term, arguments, count, &serial), STATUS_OK);
    for (size_t t = 0; t < threads_count; t++) {
        for (size_t g = 0; g < grain_count; g++) {
            const struct order_of_run order = {which, threads[t], grains[g], false};
            assert_int_equal(run_them(&order, &term, arguments, count, &shared), STATUS_OK);
            assert_int_equal(shared.jobs, serial.jobs);
            assert_int_equal(shared.terms, serial.terms);
            assert_int_equal(shared.longest, serial.longest);
            assert_true(shared.digest == serial.digest);
            assert_true(sums_equal(&term.results->layout, shared.total, serial.total));
            result_clear(&shared);
        }
    }
}

static int random_jobs(uint64_t *random, int64_t below, char text[JOBS_MAX][64],
                       char *arguments[JOBS_MAX])
{
    const int count = 1 + (int)(check_random(random) % JOBS_MAX);
    for (int j = 0; j < count; j++) {
        const int64_t start = (int64_t)(check_random(random) % 100000);
        const int64_t length =
            (int64_t)(check_random(random) % (uint64_t)below) >> (check_random(random) % 24);
        snprintf(text[j], sizeof text[j], "%lld:%lld", (long long)start,
                 (long long)(start + length));
        arguments[j] = text[j];
    }
    return count;
}

static void random_lists(enum which which, int lists, int64_t below)
{
    static const int threads[] = {1, 3};
    static const uint64_t grains[] = {0, 1000, GRAIN_JOB};
    uint64_t random = 42;
    for (int list = 0; list < lists; list++) {
        char text[JOBS_MAX][64], *arguments[JOBS_MAX];
        const int count = random_jobs(&random, below, text, arguments);
        demand_the_same(which, arguments, count, threads, 2, grains, 3);
    }
}

static void integers_have_the_same_bits_as_in_a_serial_run(void **state)
{
    (void)state;
    random_lists(BUILT_IN, 10, 50000000);
}

static void reals_have_the_same_bits_as_in_a_serial_run(void **state)
{
    (void)state;
    random_lists(REALS, 4, 500000);
}

static void wide_integers_have_the_same_bits_as_in_a_serial_run(void **state)
{
    (void)state;
    random_lists(WIDE, 4, 500000);
}

static void one_huge_job_and_empty_ones_and_none_have_the_same_bits(void **state)
{
    (void)state;
    static const int threads[] = {1, 2};
    static const uint64_t grains[] = {0, 12345678, GRAIN_JOB};
    char *huge[] = {"3e9"}, *empty[] = {"0", "5:5", "7:7"}, *mixed[] = {"0", "1", "4e8", "0", "9"};
    demand_the_same(BUILT_IN, huge, 1, threads, 2, grains, 3);
    demand_the_same(BUILT_IN, empty, 3, threads, 2, grains, 3);
    demand_the_same(BUILT_IN, mixed, 5, threads, 2, grains, 3);
}

/* The clock cuts these rounds short wherever ranks are, so that much is done ahead. */
static void slow_and_uneven_terms_have_the_same_bits(void **state)
{
    (void)state;
    static const int threads[] = {2};
    static const uint64_t grains[] = {0, 1};
    char *slow[] = {"50", "0", "1:100", "3"}, *uneven[] = {"20000", "100:3000", "10"};
    demand_the_same(SLOW, slow, 4, threads, 1, grains, 2);
    demand_the_same(UNEVEN, uneven, 3, threads, 1, grains, 1);
}

static void a_fault_on_any_rank_ends_the_run(void **state)
{
    (void)state;
    struct result result;
    const struct term faulty = term_of(FAULTY), huge = term_of(HUGE_SUM);
    char *once[] = {"100", "10:7778", "50"}, *often[] = {"7000", "0", "95000", "100000"};
    char *sums[] = {"1000", "100:900", "600"};
    struct order_of_run order = {FAULTY, 2, 0, false};
    assert_int_equal(run_them(&order, &faulty, once, 3, &result), STATUS_FAILED);
    assert_int_equal(result.jobs, 1);
    assert_non_null(strstr(error_last().text, "job 2 [10, 7778): "));
    assert_non_null(strstr(error_last().text, "at i = 7777"));
    assert_int_equal(run_them(&order, &faulty, often, 4, &result), STATUS_FAILED);
    assert_int_equal(result.jobs, 2);
    order.which = HUGE_SUM;
    order.grain = 100;
    assert_int_equal(run_them(&order, &huge, sums, 3, &result), STATUS_FAILED);
    assert_int_equal(result.jobs, 0);
}

static void a_rank_that_cannot_run_ends_the_run_before_it_begins(void **state)
{
    (void)state;
    struct result result;
    const struct term term = term_of(BUILT_IN);
    char *jobs[] = {"10"};
    const struct order_of_run order = {BUILT_IN, 1, 0, true};
    assert_int_equal(run_them(&order, &term, jobs, 1, &result),
                     ranks_count(ranks) > 1 ? STATUS_UNVERIFIED : STATUS_OK);
    char expected[64] = "";
    if (ranks_count(ranks) > 1)
        snprintf(expected, sizeof expected, "rank %d: this message is told by rank 0",
                 ranks_count(ranks) - 1);
    assert_string_equal(error_last().text, expected);
}

int main(int argc, char **argv)
{
    (void)argc;
    if (ranks_open(&ranks, argv))
        return 1;
    int failed = 0;
    if (ranks_number(ranks) > 0) {
        failed = follow();
    } else {
        const struct CMUnitTest tests[] = {
            cmocka_unit_test(integers_have_the_same_bits_as_in_a_serial_run),
            cmocka_unit_test(reals_have_the_same_bits_as_in_a_serial_run),
            cmocka_unit_test(wide_integers_have_the_same_bits_as_in_a_serial_run),
            cmocka_unit_test(one_huge_job_and_empty_ones_and_none_have_the_same_bits),
            cmocka_unit_test(slow_and_uneven_terms_have_the_same_bits),
            cmocka_unit_test(a_fault_on_any_rank_ends_the_run),
            cmocka_unit_test(a_rank_that_cannot_run_ends_the_run_before_it_begins),
        };
        failed = cmocka_run_group_tests(tests, NULL, NULL);
        if (failed)
            exit(1); /* the others may wait for anything */
        tell((struct order_of_run){.which = NONE});
    }
    ranks_close(ranks);
    return failed;
}
