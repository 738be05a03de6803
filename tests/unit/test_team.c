#include "check.h"
#include "base/clock.h"
#include "term/kernel.h"
#include "run/team.h"

#include <stdlib.h>
#include <time.h>

static struct control control; /* nothing is asked for */

static void open_team(struct team *team, int threads, bool serial, const struct term *term)
{
    const struct team_spec spec = {
        .threads = threads, .serial = serial, .term = term, .control = &control};
    assert_int_equal(team_open(team, &spec), STATUS_OK);
}

/* What is done of the round, settled, must be what arithmetic says of its first terms. */
static void compute_and_settle(struct team *team, struct window *window, uint64_t deadline_ns,
                               struct sums *total, struct team_outcome *outcome)
{
    *outcome = team_compute(team, window, deadline_ns, total);
    size_t finished;
    assert_true(window_settle(window, outcome->chunks_done, &finished));
}

static void any_number_of_threads_and_any_grain_give_the_same_sum(void **state)
{
    (void)state;
    const struct term term = kernel_built_in();
    static const uint64_t grains[] = {1, 7, 1000, 65536, GRAIN_JOB};
    for (int threads = 1; threads <= 8; threads++) {
        for (size_t g = 0; g < 5; g++) {
            struct team team;
            struct window window;
            int128 total = 0;
            struct team_outcome outcome;
            open_team(&team, threads, threads == 1, &term);
            assert_true(window_init(&window, term.results, 8, 8192));
            const struct job jobs[] = {
                {-100, 4000, NULL}, {0, 0, NULL}, {5, 6, NULL}, {1000000000, 1000003000, NULL}};
            for (size_t j = 0; j < 4; j++)
                assert_true(window_push(&window, jobs[j]));
            window_cut(&window, window_terms(&window), grains[g]);
            compute_and_settle(&team, &window, 0, (struct sums *)&total, &outcome);
            assert_int_equal(outcome.chunks_done, window.chunks);
            assert_int_equal(outcome.terms, 7101);
            int128 expected = 0;
            for (size_t j = 0; j < 4; j++) {
                const int128 sum = kernel_expected(jobs[j].start, jobs[j].end);
                assert_int128_equal(window.values[j].integer, sum);
                expected += sum;
            }
            assert_int128_equal(total, expected);
            window_clear(&window);
            team_close(&team);
        }
    }
}

static bool sleep_and_add(const void *context, const struct term_job *job, int64_t start,
                          int64_t end, struct sums *sums, struct fault *fault)
{
    (void)context, (void)job, (void)fault;
    for (int64_t i = start; i < end; i++) {
        nanosleep(&(struct timespec){.tv_nsec = (i % 3) * 300000}, NULL);
        *sums_integer(sums) += i;
    }
    return true;
}

/*
 * Whatever the deadline cuts off, what is done is a number of first chunks and their exact sum:
 * none where the thread with the second chunk finds that it is late before the first one has begun.
 */
static void a_deadline_leaves_a_run_of_first_chunks(void **state)
{
    (void)state;
    const struct term term = {.results = CHECK_RESULTS(EXACT_INTEGER), .add = sleep_and_add};
    struct team team;
    open_team(&team, 4, false, &term);
    for (uint64_t after_us = 0; after_us <= 10000; after_us += 500) {
        struct window window;
        int128 total = 0;
        struct team_outcome outcome;
        assert_true(window_init(&window, term.results, 8, 1024));
        assert_true(window_push(&window, (struct job){0, 200, NULL}));
        window_cut(&window, 200, 1);
        compute_and_settle(&team, &window, clock_ns() + 1000 * after_us, (struct sums *)&total,
                           &outcome);
        assert_in_range(outcome.chunks_done, 0, 199);
        const int64_t done = (int64_t)outcome.chunks_done;
        assert_int128_equal(total, kernel_expected(0, done));
        assert_int_equal(outcome.terms, done);
        assert_int_equal(window.settled, done);
        window_clear(&window);
    }
    team_close(&team);
}

static bool fail_from_50(const void *context, const struct term_job *job, int64_t start,
                         int64_t end, struct sums *sums, struct fault *fault)
{
    if (end > 50) {
        *fault = (struct fault){TERM_NAN, {.i = start > 50 ? start : 50}};
        return false;
    }
    return sleep_and_add(context, job, start, end, sums, fault);
}

static void of_many_faults_the_first_is_told(void **state)
{
    (void)state;
    const struct term term = {.results = CHECK_RESULTS(EXACT_INTEGER), .add = fail_from_50};
    for (int threads = 1; threads <= 8; threads++) {
        struct team team;
        struct window window;
        int128 total = 0;
        open_team(&team, threads, false, &term);
        assert_true(window_init(&window, term.results, 8, 1024));
        assert_true(window_push(&window, (struct job){0, 10, NULL}));
        assert_true(window_push(&window, (struct job){10, 200, NULL}));
        window_cut(&window, 200, 3);
        const struct team_outcome outcome = team_compute(&team, &window, 0, (struct sums *)&total);
        assert_int_equal(outcome.fault.fault.kind, TERM_NAN);
        assert_int_equal(outcome.fault.fault.at.i, 50);
        assert_int_equal(outcome.fault.job, 1);
        assert_int_equal(outcome.chunks_done, 16);
        window_clear(&window);
        team_close(&team);
    }
}

/* All threads look at it before each chunk. */
static bool stop_at_50(const void *context, const struct term_job *job, int64_t start, int64_t end,
                       struct sums *sums, struct fault *fault)
{
    if (start <= 50 && 50 < end)
        control_ask_stop(&control, 1);
    return sleep_and_add(context, job, start, end, sums, fault);
}

static void a_stop_that_is_asked_for_ends_the_round(void **state)
{
    (void)state;
    const struct term term = {.results = CHECK_RESULTS(EXACT_INTEGER), .add = stop_at_50};
    for (int threads = 1; threads <= 8; threads++) {
        struct team team;
        struct window window;
        int128 total = 0;
        struct team_outcome outcome;
        open_team(&team, threads, false, &term);
        assert_true(window_init(&window, term.results, 8, 1024));
        assert_true(window_push(&window, (struct job){0, 1000, NULL}));
        window_cut(&window, 1000, 1);
        compute_and_settle(&team, &window, 0, (struct sums *)&total, &outcome);
        /* A thread may have taken a chunk before that one and not begun it. */
        assert_in_range(outcome.chunks_done, threads == 1 ? 51 : 0, 999);
        assert_int128_equal(total, kernel_expected(0, (int64_t)outcome.chunks_done));
        window_clear(&window);
        team_close(&team);
        atomic_store(&control.stop, 0);
    }
}

static void each_thread_is_told_with_what_it_has_done(void **state)
{
    (void)state;
    const struct term term = kernel_built_in();
    struct team team;
    struct window window;
    int128 total = 0;
    struct team_outcome outcome;
    struct engine_thread threads[3];
    open_team(&team, 3, false, &term);
    assert_int_equal(team.engine.threads, 3);
    assert_int_equal(team.engine.own_threads, 3);
    assert_int_equal(team.engine.parts, 1);
    assert_true(window_init(&window, term.results, 8, 1024));
    assert_true(window_push(&window, (struct job){0, 1000, NULL}));
    window_cut(&window, 1000, 10);
    compute_and_settle(&team, &window, 0, (struct sums *)&total, &outcome);
    team_tell(&team, threads);
    assert_int_equal(threads[0].terms + threads[1].terms + threads[2].terms, 1000);
    assert_int_equal(threads[0].busy_ns + threads[1].busy_ns + threads[2].busy_ns, outcome.busy_ns);
    window_clear(&window);
    team_close(&team);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_threads_and_any_grain_give_the_same_sum),
        cmocka_unit_test(a_deadline_leaves_a_run_of_first_chunks),
        cmocka_unit_test(of_many_faults_the_first_is_told),
        cmocka_unit_test(a_stop_that_is_asked_for_ends_the_round),
        cmocka_unit_test(each_thread_is_told_with_what_it_has_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
