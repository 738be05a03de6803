#include "check.h"
#include "machine.h"

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

static void a_quota_takes_cpus_away_and_leaves_one(void **state)
{
    (void)state;
    assert_int_equal(machine_limit(1), 1);
    assert_in_range(machine_limit(1000000), 1, 1000000);
    assert_int_equal(machine_limit(0), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_build_knows_its_version_compiler_and_flags),
        cmocka_unit_test(host_and_processor_have_names),
        cmocka_unit_test(a_quota_takes_cpus_away_and_leaves_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
