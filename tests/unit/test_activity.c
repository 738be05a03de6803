#include "base/activity.h"
#include "check.h"

#include <pthread.h>
#include <stdatomic.h>

static atomic_int firsts, lefts, ends;

static void first(void)
{
    atomic_fetch_add(&firsts, 1);
}

static void left(void)
{
    atomic_fetch_add(&lefts, activity.within ? 1 : 100); /* the host sees what it was */
}

static void ended(void *none)
{
    (void)none;
    atomic_fetch_add(&ends, 1);
}

static void *visit_twice(void *fails)
{
    for (uint64_t number = 1; number <= 2; number++) {
        if (activity.within)
            return fails;
        activity_enter(number, number + 2, -5, 5);
        if (!activity.within || activity.first != number || activity.last != number + 2 ||
            activity.start != -5 || activity.end != 5)
            return fails;
        activity_leave();
    }
    return activity.within ? fails : NULL;
}

static void without_a_host_each_thread_knows_what_it_does(void **state)
{
    (void)state;
    activity_host = (struct activity_host){0};
    assert_null(visit_twice(state));
    activity_ended(NULL);
    activity.known = false;
}

static void a_host_is_told_of_each_thread_once_and_of_each_return(void **state)
{
    (void)state;
    activity_host = (struct activity_host){first, left, ended};
    assert_null(visit_twice(state));
    assert_int_equal(firsts, 1);
    assert_int_equal(lefts, 2);
    pthread_t other;
    void *failed;
    assert_int_equal(pthread_create(&other, NULL, visit_twice, state), 0);
    assert_int_equal(pthread_join(other, &failed), 0);
    assert_null(failed);
    assert_int_equal(firsts, 2);
    assert_int_equal(lefts, 4);
    assert_int_equal(ends, 0);
}

static void *end_within(void *unused)
{
    pthread_cleanup_push(activity_ended, NULL);
    activity_enter(1, 1, 0, 10);
    pthread_exit(NULL);
    activity_leave();
    pthread_cleanup_pop(0);
    return unused;
}

static void a_thread_that_ends_within_is_told_of(void **state)
{
    (void)state;
    activity_host = (struct activity_host){first, left, ended};
    pthread_t other;
    atomic_store(&ends, 0);
    assert_int_equal(pthread_create(&other, NULL, end_within, NULL), 0);
    assert_int_equal(pthread_join(other, NULL), 0);
    assert_int_equal(ends, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_host_each_thread_knows_what_it_does),
        cmocka_unit_test(a_host_is_told_of_each_thread_once_and_of_each_return),
        cmocka_unit_test(a_thread_that_ends_within_is_told_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
