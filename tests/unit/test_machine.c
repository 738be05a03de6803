#include "check.h"
#include "machine.h"

#include <sched.h>
#include <unistd.h>

static void the_build_knows_its_version_compiler_and_flags(void **state)
{
    (void)state;
    assert_in_range(machine_version()[0], '0', '9');
    assert_non_null(strchr(machine_version(), '.'));
    assert_non_null(strstr(machine_compiler(), "."));
    assert_non_null(machine_flags());
}

static void host_and_processor_have_names(void **state)
{
    (void)state;
    char host[MACHINE_NAME], expected[MACHINE_NAME] = "", cpu[MACHINE_NAME];
    machine_host(host);
    assert_int_equal(gethostname(expected, sizeof expected - 1), 0);
    assert_string_equal(host, expected);
    machine_cpu(cpu);
    assert_true(*cpu);
    assert_null(strchr(cpu, '\n'));
}

static void cpus_are_those_that_the_process_may_use(void **state)
{
    (void)state;
    cpu_set_t all, one;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    assert_in_range(machine_cpus(), 1, CPU_COUNT(&all));
    size_t cpu = 0;
    while (!CPU_ISSET(cpu, &all))
        cpu++;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(machine_cpus(), 1);
    assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_build_knows_its_version_compiler_and_flags),
        cmocka_unit_test(host_and_processor_have_names),
        cmocka_unit_test(cpus_are_those_that_the_process_may_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
