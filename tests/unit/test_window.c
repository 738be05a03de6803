#include "check.h"
#include "run/window.h"
#include "term/kernel.h"

#include <stdio.h>
#include <stdlib.h>

/* Adds up one round's first `done` chunks, in a scrambled order as a team would. */
static void compute(struct window *window, size_t done, const struct term *term, struct sums *total,
                    uint64_t *random)
{
    struct check_sums room;
    const struct tally tally = {.total = total, .job = check_empty(&room)};
    size_t order[256];
    assert_true(done <= 256);
    for (size_t k = 0; k < done; k++)
        order[k] = k;
    for (size_t k = done; k > 1; k--) {
        const size_t other = check_random(random) % k, held = order[k - 1];
        order[k - 1] = order[other];
        order[other] = held;
    }
    for (size_t k = 0; k < done; k++) {
        struct chunk_fault fault = {0};
        assert_true(chunk_add(window, order[k], term, &tally, &fault));
    }
}

/* Value k of these terms is (k + 1) times i. */
static void assert_values(const struct layout *layout, const union value *values, int128 sum)
{
    for (size_t k = 0; k < layout->count; k++) {
        const int128 expected = (int128)(k + 1) * sum;
        if (layout->kinds[k] == EXACT_REAL)
            assert_true(values[k].real == (double)expected);
        else
            assert_int128_equal(values[k].integer, expected);
    }
}

/*
 * Runs `jobs` through a window in rounds of random length and grain, some of them stopped early,
 * and demands of each job its sum, once and in order.
 */
static void every_job_comes_out_once(const struct job *jobs, size_t count, const struct term *term,
                                     uint64_t *random)
{
    struct window window;
    const struct layout *const layout = &term->results->layout;
    assert_true(window_init(&window, term->results, 16, 256));
    struct check_sums memory;
    struct sums *const total = check_empty(&memory);
    int128 expected_total = 0;
    size_t pushed = 0, seen = 0;
    while (seen < count) {
        while (pushed < count && window_has_room(&window) && check_random(random) % 4)
            assert_true(window_push(&window, jobs[pushed++]));
        static const uint64_t grains[] = {1, 2, 3, 7, 20, 1000, GRAIN_JOB};
        window_cut(&window, 1 + check_random(random) % 200, grains[check_random(random) % 7]);
        assert_true(window.chunks <= window.chunks_max);
        const size_t done =
            check_random(random) % 3 ? window.chunks : check_random(random) % (window.chunks + 1);
        compute(&window, done, term, total, random);
        size_t job;
        assert_true(window_settle(&window, done, &job));
        const size_t finished = window_finished(&window);
        for (size_t j = window.first; j < finished; j++, seen++) {
            assert_int_equal(window.run_base + j, seen + 1);
            assert_int_equal(window.jobs[j].end, jobs[seen].end);
            const int128 expected = kernel_expected(jobs[seen].start, jobs[seen].end);
            assert_values(layout, window_values(&window, j), expected);
            expected_total += expected;
        }
        window_forget(&window, finished);
    }
    union value values[3];
    assert_true(sums_values(layout, total, values));
    assert_values(layout, values, expected_total);
    window_clear(&window);
}

static bool add_real(const void *context, const struct term_job *job, int64_t start, int64_t end,
                     struct sums *sums, struct fault *fault)
{
    (void)context, (void)job, (void)fault;
    for (int64_t i = start; i < end; i++)
        superacc_add(sums_real(sums), (double)i);
    return true;
}

static void random_lists(const struct term *term, int lists)
{
    uint64_t random = 7;
    for (int list = 0; list < lists; list++) {
        struct job jobs[60] = {0};
        const size_t count = check_random(&random) % 60;
        const uint64_t longest = (uint64_t[]){1, 3, 30, 500}[check_random(&random) % 4];
        for (size_t j = 0; j < count; j++) {
            jobs[j].start = (int64_t)(check_random(&random) % 100) - 50;
            jobs[j].end = jobs[j].start + (int64_t)(check_random(&random) % (longest + 2)) - 1;
        }
        every_job_comes_out_once(jobs, count, term, &random);
    }
}

static void thousands_of_random_lists_come_out_whole(void **state)
{
    (void)state;
    const struct term term = kernel_built_in();
    random_lists(&term, 3000);
}

static bool evaluate_real(const void *context, const struct term_job *job, int64_t start,
                          int64_t end, double *to, struct fault *fault)
{
    (void)context, (void)job, (void)fault;
    assert_in_range(end - start, 1, TERM_SHORT);
    for (int64_t i = start; i < end; i++)
        *to++ = (double)i;
    return true;
}

static void real_sums_come_out_the_same_way(void **state)
{
    (void)state;
    const struct results *const results = CHECK_RESULTS(EXACT_REAL);
    const struct term term = {.results = results, .add = add_real};
    const struct term with_short = {.results = results, .add = add_real, .evaluate = evaluate_real};
    const struct term alike = {
        .results = results, .add = add_real, .evaluate = evaluate_real, .alike = true};
    random_lists(&term, 300);
    random_lists(&with_short, 300);
    random_lists(&alike, 300);
}

/* For a layout of an integer, a real and a wide integer. */
static bool add_three(const void *context, const struct term_job *job, int64_t start, int64_t end,
                      struct sums *sums, struct fault *fault)
{
    const struct layout *const layout = context;
    (void)job, (void)fault;
    for (int64_t i = start; i < end; i++) {
        *(int128 *)sums_at(layout, sums, 0) += i;
        superacc_add(sums_at(layout, sums, 1), 2 * (double)i);
        check_add_wide(sums_at(layout, sums, 2), 3 * i);
    }
    return true;
}

static void several_values_come_out_each_by_itself(void **state)
{
    (void)state;
    struct term term = {.results = CHECK_RESULTS(EXACT_INTEGER, EXACT_REAL, EXACT_WIDE),
                        .add = add_three};
    term.context = &term.results->layout;
    random_lists(&term, 300);
}

static void a_chunk_of_one_integer_sum_takes_tens_of_bytes(void **state)
{
    (void)state;
    const struct layout one = CHECK_LAYOUT(EXACT_INTEGER);
    const struct layout three = CHECK_LAYOUT(EXACT_INTEGER, EXACT_REAL, EXACT_WIDE);
    assert_int_equal(3 * one.size, 48);
    assert_int_equal(three.size, 16 + sizeof(struct superacc) + 32);
}

static void chunks_cover_the_round_without_gap_or_overlap(void **state)
{
    (void)state;
    struct window window;
    const struct results *const results = CHECK_RESULTS(EXACT_INTEGER);
    assert_true(window_init(&window, results, 8, 100));
    const int64_t lengths[] = {0, 5, 0, 0, 17, 1, 300, 0};
    for (size_t j = 0; j < 8; j++)
        assert_true(window_push(&window, (struct job){100, 100 + lengths[j], NULL}));
    assert_false(window_has_room(&window));
    assert_int_equal(window_terms(&window), 323);

    window_cut(&window, 1000, 10);
    assert_int_equal(window.chunks, 33);
    uint64_t terms = 0;
    for (size_t c = 0; c < window.chunks; c++)
        terms += chunk_terms(&window, c);
    assert_int_equal(terms, 323);
    assert_int_equal(chunk_first_job(&window, 0), 1); /* the first with a term */
    assert_int_equal(chunk_first_job(&window, 2), 4);
    assert_int_equal(chunk_terms(&window, 32), 3);

    window_cut(&window, 1000, 1); /* more chunks than there may be */
    assert_int_equal(window.chunks, 100);
    assert_int_equal(chunk_begin(&window, 99), 99);
    window_cut(&window, 1000, UINT64_MAX - 1);
    assert_int_equal(window.chunks, 1);
    window_cut(&window, 1, GRAIN_JOB);
    assert_int_equal(window.chunks, 6);
    assert_int_equal(chunk_terms(&window, 5), 300);
    window_clear(&window);
}

static void a_run_of_too_many_terms_is_refused(void **state)
{
    (void)state;
    struct window window;
    const struct results *const results = CHECK_RESULTS(EXACT_INTEGER);
    assert_true(window_init(&window, results, 8, 8));
    assert_false(window_push(&window, (struct job){INT64_MIN, INT64_MAX, NULL}));
    assert_false(window_push(&window, (struct job){-1, INT64_MAX, NULL}));
    assert_true(window_push(&window, (struct job){1, INT64_MAX, NULL}));
    assert_true(window_push(&window, (struct job){7, 8, NULL}));
    assert_int_equal(window_terms(&window), RUN_TERMS_MAX);
    assert_false(window_push(&window, (struct job){7, 8, NULL}));
    assert_true(window_push(&window, (struct job){7, 7, NULL}));
    window_clear(&window);
}

static bool fail_at_42(const void *context, const struct term_job *job, int64_t start, int64_t end,
                       struct sums *sums, struct fault *fault)
{
    (void)context, (void)job, (void)sums;
    *fault = (struct fault){TERM_OVERFLOW, {.i = 42}};
    return !(start <= 42 && 42 < end);
}

static void a_fault_names_its_job(void **state)
{
    (void)state;
    struct window window;
    const struct term term = {.results = CHECK_RESULTS(EXACT_INTEGER), .add = fail_at_42};
    assert_true(window_init(&window, term.results, 8, 8));
    assert_true(window_push(&window, (struct job){0, 40, NULL}));
    assert_true(window_push(&window, (struct job){40, 50, NULL}));
    window_cut(&window, 100, 25);
    int128 total = 0, room;
    const struct tally tally = {.total = (struct sums *)&total, .job = (struct sums *)&room};
    struct chunk_fault fault = {0};
    assert_true(chunk_add(&window, 0, &term, &tally, &fault));
    assert_false(chunk_add(&window, 1, &term, &tally, &fault));
    assert_int_equal(fault.job, 1);
    assert_int_equal(fault.fault.kind, TERM_OVERFLOW);
    assert_int_equal(fault.fault.at.i, 42);
    window_clear(&window);
}

static bool add_huge(const void *context, const struct term_job *job, int64_t start, int64_t end,
                     struct sums *sums, struct fault *fault)
{
    (void)context, (void)job, (void)fault;
    for (int64_t i = start; i < end; i++)
        superacc_add(sums_real(sums), 1.7e308);
    return true;
}

static bool evaluate_huge(const void *context, const struct term_job *job, int64_t start,
                          int64_t end, double *to, struct fault *fault)
{
    (void)context, (void)job, (void)fault;
    for (int64_t i = start; i < end; i++)
        *to++ = 1.7e308;
    return true;
}

static void look_for_a_sum_beyond_its_type(term_evaluate_function *evaluate)
{
    const struct term term = {
        .results = CHECK_RESULTS(EXACT_REAL), .add = add_huge, .evaluate = evaluate};
    struct check_sums total, room;
    const struct tally tally = {.total = check_empty(&total), .job = check_empty(&room)};
    struct chunk_fault fault = {0};
    struct window window;
    size_t finished;

    assert_true(window_init(&window, term.results, 8, 8));
    assert_true(window_push(&window, (struct job){0, 1, NULL}));
    assert_true(window_push(&window, (struct job){0, 2, NULL}));
    window_cut(&window, 100, 100);
    assert_false(chunk_add(&window, 0, &term, &tally, &fault));
    assert_int_equal(fault.fault.kind, TERM_SUM);
    assert_int_equal(fault.job, 1);

    window_cut(&window, 100, 1); /* each piece fits, their sum does not */
    for (size_t c = 0; c < 3; c++)
        assert_true(chunk_add(&window, c, &term, &tally, &fault));
    assert_false(window_settle(&window, 3, &finished));
    assert_int_equal(finished, 1);
    window_clear(&window);
}

static void a_sum_beyond_its_type_is_a_fault_cut_or_whole(void **state)
{
    (void)state;
    look_for_a_sum_beyond_its_type(NULL);
    look_for_a_sum_beyond_its_type(evaluate_huge);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_cover_the_round_without_gap_or_overlap),
        cmocka_unit_test(thousands_of_random_lists_come_out_whole),
        cmocka_unit_test(real_sums_come_out_the_same_way),
        cmocka_unit_test(several_values_come_out_each_by_itself),
        cmocka_unit_test(a_chunk_of_one_integer_sum_takes_tens_of_bytes),
        cmocka_unit_test(a_run_of_too_many_terms_is_refused),
        cmocka_unit_test(a_fault_names_its_job),
        cmocka_unit_test(a_sum_beyond_its_type_is_a_fault_cut_or_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
