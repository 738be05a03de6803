/*
 * Every integer is really generated and added. This is shown by counting the instructions that are
 * executed, since n(n-1)/2 takes as few for a billion integers as for ten. A compiler may find that
 * formula by itself, so the tests look at what it made of each kernel.
 */
#include "check.h"

#include "term/kernel.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

/* Adds up [start, end), one way or another. */
typedef int128 sum_function(const void *context, int64_t start, int64_t end);

static int128 sum_by_kernel(const void *kernel, int64_t start, int64_t end)
{
    return ((const struct kernel *)kernel)->sum(start, end);
}

static int128 sum_by_term(const void *term, int64_t start, int64_t end)
{
    const struct term *const built_in = term;
    int128 sum = 0;
    struct fault fault;
    return built_in->add(built_in->context, NULL, start, end, (struct sums *)&sum, &fault) ? sum
                                                                                           : 0;
}

/*
 * How many instructions the sum over n terms takes: a child computes it, and is halted after each
 * of its instructions from just before to just after.
 */
static uint64_t count_instructions(sum_function *sum, const void *context, int64_t n)
{
    const int64_t start = 12345, end = start + n;
    const int128 expected = kernel_expected(start, end);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(99);
        raise(SIGSTOP);
        _exit(sum(context, start, end) != expected);
    }
    uint64_t count = 0;
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    for (; WIFSTOPPED(status); count++) {
        assert_int_equal(ptrace(PTRACE_SINGLESTEP, child, NULL, NULL), 0);
        assert_int_equal(waitpid(child, &status, 0), child);
    }
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    return count;
}

/*
 * A vector of terms takes two additions: one makes the next indices, one adds them up. So n terms
 * more take at least as many instructions, and 2n terms more take twice what n terms took.
 */
static void check_growth(const char *name, sum_function *sum, const void *context,
                         unsigned vector_bits)
{
    const int64_t n = 1 << 11;
    const uint64_t once = count_instructions(sum, context, n);
    const uint64_t twice = count_instructions(sum, context, 2 * n);
    const uint64_t fourfold = count_instructions(sum, context, 4 * n);
    print_message("%s: %llu, %llu and %llu instructions\n", name, (unsigned long long)once,
                  (unsigned long long)twice, (unsigned long long)fourfold);
    assert_true(twice - once >= 2 * (uint64_t)n * 64 / vector_bits);
    assert_true(fourfold - twice >= 2 * (twice - once) - 200);
    assert_true(fourfold - twice <= 2 * (twice - once) + 200);
}

static void every_kernel_executes_instructions_in_proportion_to_the_terms(void **state)
{
    (void)state;
    size_t count;
    const struct kernel *const kernels = kernel_list(&count);
    for (size_t k = 0; k < count; k++)
        check_growth(kernels[k].name, sum_by_kernel, &kernels[k], kernels[k].vector_bits);
}

static void the_built_in_term_executes_as_many_as_the_fastest_kernel_must(void **state)
{
    (void)state;
    size_t count;
    const struct kernel *const fastest = kernel_list(&count);
    const struct term term = kernel_built_in();
    check_growth("built-in term", sum_by_term, &term, fastest->vector_bits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kernel_executes_instructions_in_proportion_to_the_terms),
        cmocka_unit_test(the_built_in_term_executes_as_many_as_the_fastest_kernel_must),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
