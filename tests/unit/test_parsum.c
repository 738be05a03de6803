#include "parsum.h"

#include "doubles.h"

#include <dirent.h>
#include <errno.h>
#include <fenv.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#ifdef _OPENMP
#include <omp.h>
#endif

#define assert_same_double(a, b) assert_int_equal(doubles_bits(a), doubles_bits(b))

/* Enough for several threads: see parsum_parallel.c. */
enum { MANY = 1500000, CALLERS = 4 };

static double x[MANY], y[MANY];

/* What the calls give: sum, dot, norm, mean, variance, deviation. */
struct results {
    double of[6];
};

static struct results results_on(int threads)
{
    return (struct results){
        {parsum_array_sum(threads, MANY, x, 1), parsum_array_dot(threads, MANY, x, 1, y, 1),
         parsum_array_norm(threads, MANY, x, 1), parsum_array_mean(threads, MANY / 2, x, 2),
         parsum_array_variance(threads, MANY, x + MANY - 1, -1, 1),
         parsum_array_deviation(threads, MANY, x, 1, 0)}};
}

static struct results alone;

static bool are_right(int threads)
{
    const struct results got = results_on(threads);
    return memcmp(&got, &alone, sizeof got) == 0;
}

static int fill(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (size_t j = 0; j < MANY; j++) {
        x[j] = doubles_between(&random, 1003, 1043);
        y[j] = doubles_between(&random, j % 1000 == 0 ? 0 : 1003, 1043);
    }
    alone = results_on(1);
    return 0;
}

static void the_number_of_threads_changes_no_bit(void **state)
{
    (void)state;
    for (int threads = -1; threads < 6; threads++)
        assert_true(are_right(threads));
}

static void *call(void *wrong)
{
    for (int round = 0; round < 3; round++)
        *(int *)wrong += !are_right(2);
    return NULL;
}

static void many_threads_may_call_at_once(void **state)
{
    (void)state;
    pthread_t threads[CALLERS];
    int wrong[CALLERS] = {0};
    for (int k = 0; k < CALLERS; k++)
        assert_int_equal(pthread_create(&threads[k], NULL, call, &wrong[k]), 0);
    for (int k = 0; k < CALLERS; k++) {
        pthread_join(threads[k], NULL);
        assert_int_equal(wrong[k], 0);
    }
}

#ifdef _OPENMP
/* How many threads this process has. */
static int threads_now(void)
{
    DIR *const tasks = opendir("/proc/self/task");
    assert_non_null(tasks);
    int count = 0;
    while (readdir(tasks))
        count++;
    closedir(tasks);
    return count;
}

/* Looks how many threads there are, again and again, until it is told to end. */
struct watch {
    atomic_bool end;
    int most;
};

static void *watch_threads(void *argument)
{
    struct watch *const watch = argument;
    while (!atomic_load(&watch->end)) {
        const int now = threads_now();
        watch->most = now > watch->most ? now : watch->most;
    }
    return NULL;
}

static void inside_a_region_of_the_caller_no_thread_is_added(void **state)
{
    (void)state;
    int wrong = 0, before = 0;
    struct watch watch = {0};
    pthread_t watcher;
    omp_set_max_active_levels(3);
    assert_int_equal(pthread_create(&watcher, NULL, watch_threads, &watch), 0);
#pragma omp parallel num_threads(2) reduction(+ : wrong)
    {
#pragma omp single
        before = threads_now();
        for (int round = 0; round < 5; round++)
            wrong += !are_right(4);
    }
    atomic_store(&watch.end, true);
    pthread_join(watcher, NULL);
    omp_set_max_active_levels(1);
    assert_int_equal(wrong, 0);
    assert_true(watch.most <= before);
}
#endif

static void a_child_of_fork_works_alone(void **state)
{
    (void)state;
    assert_true(are_right(2));
    const pid_t child = fork();
    if (child == 0) {
        alarm(100);
        _exit(!are_right(2));
    }
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void what_belongs_to_the_caller_stays(void **state)
{
    (void)state;
    cpu_set_t before, after;
    CPU_ZERO(&before);
    CPU_ZERO(&after);
    sched_getaffinity(0, sizeof before, &before);
    errno = 77;
    fesetround(FE_UPWARD);
    const bool right = are_right(3);
    const int rounding = fegetround();
    fesetround(FE_TONEAREST);
    assert_int_equal(errno, 77);
    assert_true(right);
    assert_int_equal(rounding, FE_UPWARD);
    sched_getaffinity(0, sizeof after, &after);
    assert_memory_equal(&before, &after, sizeof before);
}

static void short_arrays_are_right_in_any_mode(void **state)
{
    (void)state;
    const double ties[] = {1, 0x1p-53, DBL_TRUE_MIN};
    static const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    for (size_t k = 0; k < sizeof modes / sizeof *modes; k++) {
        fesetround(modes[k]);
        const double up = parsum_array_sum(1, 3, ties, 1), even = parsum_array_sum(1, 2, ties, 1);
        const double mean = parsum_array_mean(1, 2, ties, 1);
        fesetround(FE_TONEAREST);
        assert_same_double(up, 1 + 0x1p-52);
        assert_same_double(even, 1.0);
        assert_same_double(mean, 0.5);
    }
}

static void an_object_can_be_copied_as_bytes(void **state)
{
    (void)state;
    struct parsum_sum sum, copy;
    parsum_clear(&sum);
    const struct parsum_sum zero = PARSUM_SUM_ZERO;
    assert_memory_equal(&sum, &zero, sizeof sum);
    parsum_add_products(&sum, 1000, x, 1, y, 1);
    memcpy(&copy, &sum, sizeof copy);
    parsum_subtract_products(&copy, 999, x + 1, 1, y + 1, 1);
    assert_same_double(parsum_value(&copy), parsum_array_dot(1, 1, x, 1, y, 1));
    assert_int_equal(sizeof sum, 1152);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef _OPENMP /* first, while there are no threads from before */
        cmocka_unit_test(inside_a_region_of_the_caller_no_thread_is_added),
#endif
        cmocka_unit_test(the_number_of_threads_changes_no_bit),
        cmocka_unit_test(many_threads_may_call_at_once),
        cmocka_unit_test(a_child_of_fork_works_alone),
        cmocka_unit_test(what_belongs_to_the_caller_stays),
        cmocka_unit_test(short_arrays_are_right_in_any_mode),
        cmocka_unit_test(an_object_can_be_copied_as_bytes),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
