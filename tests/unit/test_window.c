#include "check.h"
#include "run/window.h"
#include "term/kernel.h"

#include <stdio.h>
#include <stdlib.h>

/* Adds up one round's first `done` chunks, in a scrambled order as a team would. */
static void compute(struct window *window, size_t done, const struct term *term,
                    struct exact *total, uint64_t *random)
{
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
        assert_true(chunk_add(window, order[k], term, total, &fault));
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
    assert_true(window_init(&window, term->kind, 16, 256));
    struct exact total;
    exact_init(&total, term->kind);
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
        compute(&window, done, term, &total, random);
        size_t job;
        assert_true(window_settle(&window, done, &job));
        const size_t finished = window_finished(&window);
        for (size_t j = window.first; j < finished; j++, seen++) {
            assert_int_equal(window.run_base + j, seen + 1);
            assert_int_equal(window.jobs[j].end, jobs[seen].end);
            const int128 expected = kernel_expected(jobs[seen].start, jobs[seen].end);
            if (term->kind == EXACT_REAL)
                assert_true(window.sums[j].real == (double)expected);
            else
                assert_int128_equal(window.sums[j].integer, expected);
            expected_total += expected;
        }
        window_forget(&window, finished);
    }
    union value value;
    assert_true(exact_value(&total, &value));
    if (term->kind == EXACT_REAL)
        assert_true(value.real == (double)expected_total);
    else
        assert_int128_equal(value.integer, expected_total);
    window_clear(&window);
}

static bool add_real(const void *context, int64_t start, int64_t end, struct exact *sum,
                     struct fault *fault)
{
    (void)context, (void)fault;
    for (int64_t i = start; i < end; i++)
        superacc_add(&sum->real, (double)i);
    return true;
}

static void random_lists(const struct term *term, int lists)
{
    uint64_t random = 7;
    for (int list = 0; list < lists; list++) {
        struct job jobs[60];
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

static bool add_short_real(const void *context, int64_t start, int64_t end, struct superacc *sum,
                           double *value, struct fault *fault)
{
    (void)context, (void)fault;
    assert_in_range(end - start, 1, TERM_SHORT);
    *value = 0;
    for (int64_t i = start; i < end; i++) {
        superacc_add(sum, (double)i);
        *value += (double)i;
    }
    return true;
}

static void real_sums_come_out_the_same_way(void **state)
{
    (void)state;
    const struct term term = {.kind = EXACT_REAL, .add = add_real};
    const struct term with_short = {
        .kind = EXACT_REAL, .add = add_real, .add_short = add_short_real};
    random_lists(&term, 300);
    random_lists(&with_short, 300);
}

static void chunks_cover_the_round_without_gap_or_overlap(void **state)
{
    (void)state;
    struct window window;
    assert_true(window_init(&window, EXACT_INTEGER, 8, 100));
    const int64_t lengths[] = {0, 5, 0, 0, 17, 1, 300, 0};
    for (size_t j = 0; j < 8; j++)
        assert_true(window_push(&window, (struct job){100, 100 + lengths[j]}));
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
    assert_true(window_init(&window, EXACT_INTEGER, 8, 8));
    assert_false(window_push(&window, (struct job){INT64_MIN, INT64_MAX}));
    assert_false(window_push(&window, (struct job){-1, INT64_MAX}));
    assert_true(window_push(&window, (struct job){1, INT64_MAX}));
    assert_true(window_push(&window, (struct job){7, 8}));
    assert_int_equal(window_terms(&window), RUN_TERMS_MAX);
    assert_false(window_push(&window, (struct job){7, 8}));
    assert_true(window_push(&window, (struct job){7, 7}));
    window_clear(&window);
}

static bool fail_at_42(const void *context, int64_t start, int64_t end, struct exact *sum,
                       struct fault *fault)
{
    (void)context, (void)sum;
    *fault = (struct fault){TERM_OVERFLOW, {.i = 42}};
    return !(start <= 42 && 42 < end);
}

static void a_fault_names_its_job(void **state)
{
    (void)state;
    struct window window;
    const struct term term = {.kind = EXACT_INTEGER, .add = fail_at_42};
    assert_true(window_init(&window, EXACT_INTEGER, 8, 8));
    assert_true(window_push(&window, (struct job){0, 40}));
    assert_true(window_push(&window, (struct job){40, 50}));
    window_cut(&window, 100, 25);
    struct exact total;
    exact_init(&total, EXACT_INTEGER);
    struct chunk_fault fault = {0};
    assert_true(chunk_add(&window, 0, &term, &total, &fault));
    assert_false(chunk_add(&window, 1, &term, &total, &fault));
    assert_int_equal(fault.job, 1);
    assert_int_equal(fault.fault.kind, TERM_OVERFLOW);
    assert_int_equal(fault.fault.at.i, 42);
    window_clear(&window);
}

static bool add_huge(const void *context, int64_t start, int64_t end, struct exact *sum,
                     struct fault *fault)
{
    (void)context, (void)fault;
    for (int64_t i = start; i < end; i++)
        superacc_add(&sum->real, 1.7e308);
    return true;
}

static bool add_short_huge(const void *context, int64_t start, int64_t end, struct superacc *sum,
                           double *value, struct fault *fault)
{
    (void)context, (void)sum, (void)fault;
    *value = 1.7e308 * (double)(end - start);
    return true;
}

static void look_for_a_sum_beyond_its_type(term_add_short_function *add_short)
{
    const struct term term = {.kind = EXACT_REAL, .add = add_huge, .add_short = add_short};
    struct exact total;
    struct chunk_fault fault = {0};
    struct window window;
    size_t finished;

    exact_init(&total, EXACT_REAL);
    assert_true(window_init(&window, EXACT_REAL, 8, 8));
    assert_true(window_push(&window, (struct job){0, 1}));
    assert_true(window_push(&window, (struct job){0, 2}));
    window_cut(&window, 100, 100);
    assert_false(chunk_add(&window, 0, &term, &total, &fault));
    assert_int_equal(fault.fault.kind, TERM_SUM);
    assert_int_equal(fault.job, 1);

    window_cut(&window, 100, 1); /* each piece fits, their sum does not */
    for (size_t c = 0; c < 3; c++)
        assert_true(chunk_add(&window, c, &term, &total, &fault));
    assert_false(window_settle(&window, 3, &finished));
    assert_int_equal(finished, 1);
    window_clear(&window);
}

static void a_sum_beyond_its_type_is_a_fault_cut_or_whole(void **state)
{
    (void)state;
    look_for_a_sum_beyond_its_type(NULL);
    look_for_a_sum_beyond_its_type(add_short_huge);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_cover_the_round_without_gap_or_overlap),
        cmocka_unit_test(thousands_of_random_lists_come_out_whole),
        cmocka_unit_test(real_sums_come_out_the_same_way),
        cmocka_unit_test(a_run_of_too_many_terms_is_refused),
        cmocka_unit_test(a_fault_names_its_job),
        cmocka_unit_test(a_sum_beyond_its_type_is_a_fault_cut_or_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
