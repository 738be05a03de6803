#include "check.h"
#include "run/pace.h"

/*
 * A run of `terms` terms that cost term_ns each, on a clock of arithmetic; returns how many rounds
 * it took, and in *longest_ns how long the longest was.
 */
static int rounds(int threads, double known_ns, double term_ns, double terms, double *longest_ns)
{
    struct pace pace;
    pace_start(&pace, threads, known_ns, false);
    int count = 0;
    *longest_ns = 0;
    while (terms >= 1) {
        const uint64_t round = terms < (double)pace.plan ? (uint64_t)terms : pace.plan;
        const uint64_t grain = pace_grain(&pace, round);
        assert_true(grain >= 1);
        const double busy_ns = (double)round * term_ns;
        if (busy_ns / threads > *longest_ns)
            *longest_ns = busy_ns / threads;
        pace_learn(&pace, round, (uint64_t)busy_ns);
        terms -= (double)round;
        count++;
        assert_true(count < 10000);
    }
    return count;
}

static void an_unknown_term_is_tried_once_a_thread_first(void **state)
{
    (void)state;
    struct pace pace;
    pace_start(&pace, 8, 0, false);
    assert_int_equal(pace.plan, 8);
    assert_int_equal(pace_grain(&pace, 8), 1);
}

static void rounds_grow_to_a_second_and_no_further(void **state)
{
    (void)state;
    double longest_ns;
    assert_in_range(rounds(2, 0, 0.04, 1e12, &longest_ns), 20, 40); /* 20 s of work */
    assert_true(longest_ns <= PACE_ROUND_NS * 1.01);
    assert_in_range(rounds(16, 0, 1000, 1e9, &longest_ns), 60, 80); /* 62 s */
    assert_true(longest_ns <= PACE_ROUND_NS * 1.01);
}

static void a_slow_term_is_handed_out_one_at_a_time(void **state)
{
    (void)state;
    double longest_ns;
    assert_int_equal(rounds(8, 0, 1e6, 64, &longest_ns), 2); /* 8, then 56 */
    struct pace pace;
    pace_start(&pace, 8, 0, false);
    pace_learn(&pace, 8, 8000000);
    assert_true(pace.plan >= 56);
    assert_int_equal(pace_grain(&pace, 56), 1);
    pace_learn(&pace, 56, (uint64_t)56 * 3600 * 1000000000); /* an hour each */
    assert_int_equal(pace.plan, 8);
}

static void a_known_fast_term_with_little_to_do_is_one_chunk(void **state)
{
    (void)state;
    struct pace pace;
    pace_start(&pace, 64, 0.05, false);
    assert_true(pace.plan > 1000000);
    assert_true(pace_grain(&pace, 100000) >= 100000);
}

static void chunks_last_between_50_and_1000_microseconds(void **state)
{
    (void)state;
    struct pace pace;
    pace_start(&pace, 2, 0, false);
    for (int k = 0; k < 20; k++) {
        const uint64_t grain = pace_grain(&pace, pace.plan);
        const double chunk_ns = (double)grain * pace.term_ns;
        assert_true(chunk_ns <= 1000000);
        if (k >= 8)
            assert_true(chunk_ns >= 49000);
        pace_learn(&pace, pace.plan, (uint64_t)(10.0 * (double)pace.plan));
    }
}

static void a_term_that_gets_dearer_shrinks_the_round_and_the_chunks(void **state)
{
    (void)state;
    struct pace pace;
    pace_start(&pace, 2, 0, false);
    for (int k = 0; k < 20; k++) {
        pace_grain(&pace, pace.plan);
        pace_learn(&pace, pace.plan, pace.plan);
    }
    const uint64_t before = pace.plan, grain = pace_grain(&pace, pace.plan);
    pace_learn(&pace, 1000, 1000 * 1000);
    assert_in_range(pace.plan, before / 1100, before / 900);
    assert_in_range(pace_grain(&pace, pace.plan), grain / 1100, grain / 900);
}

static void no_term_or_no_time_teaches_nothing_harmful(void **state)
{
    (void)state;
    struct pace pace;
    pace_start(&pace, 3, 0, false);
    pace_learn(&pace, 0, 5);
    assert_int_equal(pace.plan, 3);
    pace_learn(&pace, 3, 0);
    assert_int_equal(pace.plan, 48);
    assert_true(pace_grain(&pace, 1) >= 1);
}

static void blocks_are_few_and_even(void **state)
{
    (void)state;
    struct pace pace;
    pace_start(&pace, 4, 0, true);
    assert_int_equal(pace_grain(&pace, pace.plan), 1);
    for (int round = 0; round < 20; round++) {
        const uint64_t terms = pace.plan, grain = pace_grain(&pace, terms);
        const uint64_t chunks = (terms + grain - 1) / grain;
        assert_in_range(chunks, terms < 64 ? 1 : 32, 64);
        pace_learn(&pace, terms, chunks * 100000 + terms / 10); /* 0.1 ms, and 0.1 ns a term */
    }
    assert_true(pace.term_ns < 0.11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_term_is_tried_once_a_thread_first),
        cmocka_unit_test(rounds_grow_to_a_second_and_no_further),
        cmocka_unit_test(a_slow_term_is_handed_out_one_at_a_time),
        cmocka_unit_test(a_known_fast_term_with_little_to_do_is_one_chunk),
        cmocka_unit_test(chunks_last_between_50_and_1000_microseconds),
        cmocka_unit_test(a_term_that_gets_dearer_shrinks_the_round_and_the_chunks),
        cmocka_unit_test(no_term_or_no_time_teaches_nothing_harmful),
        cmocka_unit_test(blocks_are_few_and_even),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
