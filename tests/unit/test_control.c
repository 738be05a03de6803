#include "base/control.h"
#include "check.h"

static int stops;

static void count_stop(void)
{
    stops++;
}

static void the_first_stop_counts_and_is_told_once(void **state)
{
    (void)state;
    struct control control = {.on_stop = count_stop};
    assert_int_equal(control_stop(&control), 0);
    control_ask_stop(&control, 15);
    control_ask_stop(&control, 2);
    assert_int_equal(control_stop(&control), 15);
    assert_int_equal(stops, 1);
}

static void a_stop_may_be_told_to_nobody(void **state)
{
    (void)state;
    struct control control = {0};
    control_ask_stop(&control, 15);
    assert_int_equal(control_stop(&control), 15);
}

static void a_checkpoint_is_taken_once(void **state)
{
    (void)state;
    struct control control = {0};
    assert_false(control_take_checkpoint(&control));
    atomic_store(&control.checkpoint, true);
    assert_true(control_checkpoint(&control)); /* only a look */
    assert_true(control_take_checkpoint(&control));
    assert_false(control_checkpoint(&control));
    assert_false(control_take_checkpoint(&control));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_stop_counts_and_is_told_once),
        cmocka_unit_test(a_stop_may_be_told_to_nobody),
        cmocka_unit_test(a_checkpoint_is_taken_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
