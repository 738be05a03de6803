#include "base/affinity.h"
#include "check.h"

#include <stdbool.h>

enum { ROOM = 8192 };

static void each_cpu_that_may_be_used_is_taken_once(void **state)
{
    (void)state;
    static int allowed[ROOM], order[ROOM];
    static bool taken[ROOM];
    const size_t count = affinity_allowed(allowed, ROOM);
    assert_true(count > 0);
    assert_int_equal(affinity_order(order, ROOM), count);
    for (size_t k = 0; k < count; k++) {
        assert_false(taken[order[k]]);
        taken[order[k]] = true;
    }
    for (size_t k = 0; k < count; k++)
        assert_true(taken[allowed[k]]);
    assert_int_equal(affinity_order(order, 1), 1);
}

static void a_thread_moves_and_keeps_the_right_to_run_anywhere(void **state)
{
    (void)state;
    static int before[ROOM], after[ROOM];
    const size_t count = affinity_allowed(before, ROOM);
    for (size_t k = 0; k < count; k++) {
        affinity_place(before[k]);
        assert_int_equal(affinity_allowed(after, ROOM), count);
        assert_memory_equal(after, before, count * sizeof *before);
    }
    affinity_place(ROOM - 1); /* there is no such CPU */
    assert_int_equal(affinity_allowed(after, ROOM), count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_cpu_that_may_be_used_is_taken_once),
        cmocka_unit_test(a_thread_moves_and_keeps_the_right_to_run_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
