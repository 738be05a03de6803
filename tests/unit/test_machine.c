#include "check.h"
#include "base/cpu.h"
#include "base/machine.h"
#include "base/machine_cgroup.h"
#include "term/inside/term_abi.h"

#include <errno.h>
#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
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

/* Unless somebody has told the C library to hide some (GLIBC_TUNABLES). */
static void the_c_library_and_the_compiler_find_the_same_features(void **state)
{
    (void)state;
    if (getenv("GLIBC_TUNABLES"))
        skip();
#define SAME(name, macro, feature)                                                                 \
    if (CPU_HAS(name, feature) != !!__builtin_cpu_supports(name))                                  \
        fail_msg("they differ over " name);
    TERM_CPU_FEATURES(SAME)
#undef SAME
}

/* A tree of its own that stands for / of a machine. */
static char root[] = "/tmp/parsum-machine-XXXXXX";

static void lay(const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", root, name);
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
        *slash = '/';
    }
    FILE *const file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int make_root(void **state)
{
    (void)state;
    strcpy(strrchr(root, '-'), "-XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about, (void)kind, (void)place;
    return remove(path);
}

static int remove_root(void **state)
{
    (void)state;
    return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void a_limit_leaves_one_cpu(void **state)
{
    (void)state;
    assert_int_equal(machine_limit(1), 1);
    assert_in_range(machine_limit(1000000), 1, 1000000);
    assert_int_equal(machine_limit(0), 1);
}

static void the_tightest_quota_of_a_group_and_those_above_counts(void **state)
{
    (void)state;
    assert_true(machine_cgroup_quota(root) == INFINITY);
    lay("proc/self/cgroup", "0::/a/b\n");
    lay("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    lay("sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
    assert_true(machine_cgroup_quota(root) == INFINITY);
    lay("sys/fs/cgroup/a/cpu.max", "250000 100000\n");
    assert_true(machine_cgroup_quota(root) == 2.5);
    lay("sys/fs/cgroup/a/b/cpu.max", "10000 100000\n");
    assert_true(machine_cgroup_quota(root) == 0.1);
}

static void lay_version_1(const char *directory, const char *quota)
{
    char name[256];
    snprintf(name, sizeof name, "%s/cpu.cfs_quota_us", directory);
    lay(name, quota);
    snprintf(name, sizeof name, "%s/cpu.cfs_period_us", directory);
    lay(name, "100000\n");
}

static void controllers_come_in_any_order(void **state)
{
    (void)state;
    static const char *const lists[] = {"cpu", "cpu,cpuacct", "cpuacct,cpu", "x,cpu,cpuacct"};
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
        char text[256];
        snprintf(text, sizeof text, "5:cpuset:/other\n4:%s:/\n3:memory:/m\n", lists[k]);
        lay("proc/self/cgroup", text);
        snprintf(text, sizeof text,
                 "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,%s\n", lists[k]);
        lay("proc/self/mountinfo", text);
        lay_version_1("sys/fs/cgroup/cpu,cpuacct", "200000\n");
        assert_true(machine_cgroup_quota(root) == 2);
    }
    lay("proc/self/cgroup", "4:cpuacct,cpuset:/\n");
    lay("proc/self/mountinfo",
        "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpuacct\n");
    assert_true(machine_cgroup_quota(root) == INFINITY);
}

static void a_hierarchy_may_be_mounted_anywhere_and_in_part(void **state)
{
    (void)state;
    lay("proc/self/cgroup", "4:cpuacct,cpu:/docker/abc/inner\n0::/else\n");
    lay("proc/self/mountinfo", "a line of another kind\n"
                               "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"
                               "32 31 0:29 /docker/abc /my\\040groups rw shared:7 master:1 - "
                               "cgroup cgroup rw,cpuacct,cpu\n"
                               "33 31 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
    lay_version_1("my groups/inner", "-1\n");
    assert_true(machine_cgroup_quota(root) == INFINITY);
    lay_version_1("my groups", "400000\n");
    assert_true(machine_cgroup_quota(root) == 4);
    lay_version_1("my groups/inner", "300000\n");
    assert_true(machine_cgroup_quota(root) == 3);
    lay("sys/fs/cgroup/unified/else/cpu.max", "150000 100000\n");
    assert_true(machine_cgroup_quota(root) == 1.5);
}

static void without_word_of_mounts_the_usual_places_count(void **state)
{
    (void)state;
    lay("proc/self/cgroup", "nonsense\n4:cpuacct,cpu:/a\n");
    lay_version_1("sys/fs/cgroup/cpu/a", "200000\n");
    assert_true(machine_cgroup_quota(root) == 2);
    lay("sys/fs/cgroup/cpu.max", "100000 100000\n");
    assert_true(machine_cgroup_quota(root) == 1);
}

#define with_root(test) cmocka_unit_test_setup_teardown(test, make_root, remove_root)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_build_knows_its_version_compiler_and_flags),
        cmocka_unit_test(host_and_processor_have_names),
        cmocka_unit_test(the_c_library_and_the_compiler_find_the_same_features),
        cmocka_unit_test(a_limit_leaves_one_cpu),
        with_root(the_tightest_quota_of_a_group_and_those_above_counts),
        with_root(controllers_come_in_any_order),
        with_root(a_hierarchy_may_be_mounted_anywhere_and_in_part),
        with_root(without_word_of_mounts_the_usual_places_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
