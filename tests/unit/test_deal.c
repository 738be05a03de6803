#include "check.h"
#include "cluster/deal.h"

#include <stdlib.h>

enum { JOBS_MAX = 40, RANKS_MAX = 7, CHUNKS_MAX = 512, GAPS_MAX = 1000 };

/* Terms as different in size as their sums must be exact. */
static double real_of(int64_t i)
{
    return (i % 7 == 0 ? 1e300 : i % 5 == 0 ? 1e-300 : 1.0) / (double)(2 * i + 1);
}

static bool add_real(const void *context, const struct term_job *job, int64_t start, int64_t end,
                     struct sums *sums, struct fault *fault)
{
    (void)context, (void)job, (void)fault;
    for (int64_t i = start; i < end; i++)
        superacc_add(sums_real(sums), real_of(i));
    return true;
}

static bool add_squares(const void *context, const struct term_job *job, int64_t start, int64_t end,
                        struct sums *sums, struct fault *fault)
{
    (void)context, (void)job, (void)fault;
    for (int64_t i = start; i < end; i++)
        *sums_integer(sums) += i * i;
    return true;
}

/* Both of them at once. */
static bool add_two(const void *context, const struct term_job *job, int64_t start, int64_t end,
                    struct sums *sums, struct fault *fault)
{
    add_real(NULL, job, start, end, sums_at(context, sums, 0), fault);
    return add_squares(NULL, job, start, end, sums_at(context, sums, 1), fault);
}

static void expect(const struct term *term, struct job job, union value *values, struct sums *total)
{
    struct check_sums memory;
    struct sums *const sums = check_empty(&memory);
    struct fault fault;
    assert_true(term->add(term->context, NULL, job.start, job.end, sums, &fault));
    assert_true(sums_values(&term->results->layout, sums, values));
    sums_merge(&term->results->layout, total, sums);
}

/* One of the ranks: works on its pieces of the round until it has done `least` chunks or all. */
static void work(struct window *window, const struct deal *deal, size_t rank,
                 const struct term *term, size_t least, struct ahead *ahead)
{
    struct piece pieces[GAPS_MAX + 8];
    const size_t count = deal_pieces(deal, rank, window, pieces);
    assert_in_range(count, 0, deal->cycles + deal->gap_count);
    window_cut_pieces(window, pieces, count, deal->grain);
    struct check_sums total, room;
    const struct tally tally = {.total = check_empty(&total), .job = check_empty(&room)};
    size_t done = 0;
    for (; done < window->chunks && done < least; done++) {
        struct chunk_fault fault;
        assert_true(chunk_add(window, done, term, &tally, &fault));
    }
    for (size_t p = 0; p < count && pieces[p].first_chunk < done; p++) {
        struct span span;
        size_t job;
        assert_true(span_init(&span, window->layout, pieces[p].begin));
        assert_true(window_join_chunks(window, p, done, &span, &job));
        assert_true(span.begin < span.end);
        assert_true(ahead_add(ahead, &span));
    }
}

/* A run of random jobs, in rounds of random sizes, which ranks leave at random. */
static void run_at_random(const struct term *term, uint64_t *random)
{
    struct window window;
    struct ahead ahead = {.limit = UINT64_MAX};
    struct check_sums total_memory, sum_memory;
    struct sums *const total = check_empty(&total_memory), *const sum = check_empty(&sum_memory);
    const size_t values = term->results->layout.count;
    union value expected[2 * JOBS_MAX];
    memset(expected, 0, sizeof expected);
    assert_true(window_init(&window, term->results, JOBS_MAX, CHUNKS_MAX));
    const size_t jobs = 1 + check_random(random) % JOBS_MAX;
    for (size_t j = 0; j < jobs; j++) {
        const uint64_t below = check_random(random) % 3 ? 5 : 500;
        const int64_t start = (int64_t)(check_random(random) % 1000);
        const struct job job = {start, start + (int64_t)(check_random(random) % below), NULL};
        assert_true(window_push(&window, job));
        expect(term, job, &expected[values * j], total);
    }
    const uint64_t all_terms = window_terms(&window);
    const size_t ranks = 1 + check_random(random) % RANKS_MAX;
    while (window_terms(&window) > 0) {
        const bool whole_jobs = check_random(random) % 4 == 0 && ahead.count == 0 &&
                                window.settled == window.begin[window_finished(&window)];
        struct gap gaps[GAPS_MAX];
        uint32_t weights[RANKS_MAX];
        for (size_t rank = 0; rank < ranks; rank++)
            weights[rank] = 1 + (uint32_t)(check_random(random) % 65536);
        const struct deal deal = {
            .gaps = gaps,
            .gap_count =
                deal_find_gaps(&ahead, &window,
                               whole_jobs ? all_terms : 1 + check_random(random) % all_terms, gaps),
            .weights = weights,
            .ranks = ranks,
            .cycles = 1 + (uint32_t)(check_random(random) % 4),
            .whole_gaps = check_random(random) % 4 == 0,
            .grain = whole_jobs ? GRAIN_JOB : 1 + check_random(random) % 50,
        };
        const bool sure = check_random(random) % 3 == 0;
        for (size_t rank = 0; rank < ranks; rank++)
            work(&window, &deal, rank, term, sure ? CHUNKS_MAX : check_random(random) % 6, &ahead);
        assert_false(ahead_settle(&ahead, &window, sum));
        for (size_t k = 0; k < ahead.count; k++)
            assert_true(ahead.spans[k].begin > (k ? ahead.spans[k - 1].end : window.settled));
        if (whole_jobs) /* what is left of such a round is left to such rounds */
            while (ahead.count > 0) {
                struct deal again = deal;
                again.gap_count = deal_find_gaps(&ahead, &window, all_terms, gaps);
                for (size_t rank = 0; rank < ranks; rank++)
                    work(&window, &again, rank, term, CHUNKS_MAX, &ahead);
                assert_false(ahead_settle(&ahead, &window, sum));
            }
    }
    assert_int_equal(ahead.count, 0);
    assert_int_equal(window_finished(&window), jobs);
    for (size_t j = 0; j < jobs; j++)
        for (size_t k = 0; k < values; k++)
            assert_memory_equal(&window_values(&window, j)[k], &expected[values * j + k],
                                exact_value_size(term->results->layout.kinds[k]));
    assert_true(sums_equal(&term->results->layout, sum, total));
    ahead_clear(&ahead);
    window_clear(&window);
}

static void whatever_ranks_leave_undone_the_sums_come_out_whole(void **state)
{
    (void)state;
    uint64_t random = 1;
    const struct term integers = {.results = CHECK_RESULTS(EXACT_INTEGER), .add = add_squares};
    const struct term reals = {.results = CHECK_RESULTS(EXACT_REAL), .add = add_real};
    struct term both = {.results = CHECK_RESULTS(EXACT_REAL, EXACT_INTEGER), .add = add_two};
    both.context = &both.results->layout;
    for (int k = 0; k < 2000; k++)
        run_at_random(&integers, &random);
    for (int k = 0; k < 200; k++)
        run_at_random(&reals, &random);
    for (int k = 0; k < 200; k++)
        run_at_random(&both, &random);
}

static void the_ranks_pieces_are_the_gaps_and_as_large_as_the_ranks_are_fast(void **state)
{
    (void)state;
    struct window window;
    const struct results *const results = CHECK_RESULTS(EXACT_INTEGER);
    assert_true(window_init(&window, results, 1, 1 << 20));
    assert_true(window_push(&window, (struct job){0, 1000000, NULL}));
    const struct gap gaps[] = {{1000, 2000}, {5000, 305000}, {400000, 1000000}};
    const uint32_t weights[] = {1000, 500, 1, 2499};
    const struct deal deal = {gaps, 3, weights, 4, 4, false, 100};
    uint64_t terms[4] = {0}, sum = 0;
    for (size_t rank = 0; rank < 4; rank++) {
        struct piece pieces[7];
        const size_t count = deal_pieces(&deal, rank, &window, pieces);
        for (size_t p = 0; p < count; p++) {
            assert_true(p == 0 || pieces[p - 1].end <= pieces[p].begin);
            terms[rank] += pieces[p].end - pieces[p].begin;
        }
        sum += terms[rank];
    }
    assert_int_equal(sum, 901000);
    assert_in_range(terms[0], 901000 / 4 - 400, 901000 / 4 + 400);
    assert_in_range(terms[1], 901000 / 8 - 400, 901000 / 8 + 400);
    assert_in_range(terms[2], 0, 600);
    window_clear(&window);
}

static void whole_jobs_stay_whole(void **state)
{
    (void)state;
    struct window window;
    const struct results *const results = CHECK_RESULTS(EXACT_INTEGER);
    assert_true(window_init(&window, results, 8, 64));
    const int64_t lengths[] = {10, 0, 1000, 1, 1, 0, 500, 3};
    for (size_t j = 0; j < 8; j++)
        assert_true(window_push(&window, (struct job){0, lengths[j], NULL}));
    const struct gap gap = {0, 1515};
    const uint32_t weights[] = {1, 1, 1};
    const struct deal deal = {&gap, 1, weights, 3, 4, false, GRAIN_JOB};
    size_t borders = 0;
    for (size_t rank = 0; rank < 3; rank++) {
        struct piece pieces[5];
        const size_t count = deal_pieces(&deal, rank, &window, pieces);
        for (size_t p = 0; p < count; p++) {
            const size_t first = window_find_job(&window, pieces[p].begin);
            const size_t last = window_find_job(&window, pieces[p].end - 1);
            assert_int_equal(window.begin[first], pieces[p].begin);
            assert_int_equal(window.begin[last + 1], pieces[p].end);
            borders++;
        }
    }
    assert_in_range(borders, 2, 6);
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

/* Job 2 (of 1) has too large a sum once its two terms come together. */
static void a_sum_that_does_not_fit_is_told_when_all_before_it_is_done(void **state)
{
    (void)state;
    const struct term term = {.results = CHECK_RESULTS(EXACT_REAL), .add = add_huge};
    struct window window;
    struct ahead ahead = {.limit = UINT64_MAX};
    struct check_sums memory;
    struct sums *const sum = check_empty(&memory);
    assert_true(window_init(&window, term.results, 8, 64));
    const int64_t lengths[] = {1, 2, 1, 1};
    for (size_t j = 0; j < 4; j++)
        assert_true(window_push(&window, (struct job){0, lengths[j], NULL}));
    const uint32_t weights[] = {1, 1, 1, 1, 1};
    struct gap gaps[8];
    const struct deal deal = {gaps, 1, weights, 5, 1, false, 1};
    assert_int_equal(deal_find_gaps(&ahead, &window, 100, gaps), 1);
    for (size_t rank = 1; rank < 5; rank++)
        work(&window, &deal, rank, &term, 9, &ahead);
    assert_false(ahead_settle(&ahead, &window, sum)); /* the first term is missing */
    assert_int_equal(ahead.limit, 2);
    assert_int_equal(deal_find_gaps(&ahead, &window, 100, gaps), 1);
    assert_int_equal(gaps[0].begin, 0);
    assert_int_equal(gaps[0].end, 1);
    for (size_t rank = 0; rank < 5; rank++)
        work(&window, &deal, rank, &term, 9, &ahead);
    assert_true(ahead_settle(&ahead, &window, sum));
    assert_int_equal(ahead.fault.kind, TERM_SUM);
    assert_int_equal(ahead.fault_run, 2);
    assert_int_equal(window_finished(&window), 1);
    ahead_clear(&ahead);
    window_clear(&window);
}

static void of_many_faults_the_first_counts(void **state)
{
    (void)state;
    struct ahead ahead = {.limit = UINT64_MAX};
    ahead_add_fault(&ahead, 500, (struct fault){TERM_NAN, {.i = 1}}, 5);
    ahead_add_fault(&ahead, 300, (struct fault){TERM_OVERFLOW, {.i = 2}}, 3);
    ahead_add_fault(&ahead, 400, (struct fault){TERM_INFINITE, {.i = 3}}, 4);
    assert_int_equal(ahead.limit, 300);
    assert_int_equal(ahead.fault.kind, TERM_OVERFLOW);
    assert_int_equal(ahead.fault_run, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_ranks_leave_undone_the_sums_come_out_whole),
        cmocka_unit_test(the_ranks_pieces_are_the_gaps_and_as_large_as_the_ranks_are_fast),
        cmocka_unit_test(whole_jobs_stay_whole),
        cmocka_unit_test(a_sum_that_does_not_fit_is_told_when_all_before_it_is_done),
        cmocka_unit_test(of_many_faults_the_first_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
