#include "base/activity.h"
#include "capture.h"
#include "check.h"
#include "cli/signals.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

/* Runs `body` in a child process, with its standard error captured, since signals have no way back.
   Returns how it ended, as waitpid has it. */
static int in_child(void (*body)(void), const char **said)
{
    capture_begin(STDERR_FILENO);
    const pid_t child = fork();
    if (child == 0) {
        body();
        _exit(99);
    }
    int ended = 0;
    const pid_t waited = waitpid(child, &ended, 0);
    *said = capture_end(STDERR_FILENO);
    assert_int_equal(waited, child);
    return ended;
}

static void demand(bool condition)
{
    if (!condition)
        _exit(98);
}

static void stop_by_sigterm(void)
{
    signals_install();
    demand(signals_stop() == 0);
    raise(SIGTERM);
    demand(signals_stop() == SIGTERM);
    raise(SIGHUP); /* the first one counts */
    demand(signals_stop() == SIGTERM);
    demand(strcmp(signals_name(signals_stop()), "SIGTERM") == 0);
    signals_die(signals_stop());
}

static void a_stop_is_noted_and_then_looks_like_one_that_was_never_caught(void **state)
{
    (void)state;
    const char *said;
    const int ended = in_child(stop_by_sigterm, &said);
    assert_true(WIFSIGNALED(ended));
    assert_int_equal(WTERMSIG(ended), SIGTERM);
}

static int twice[2];

static void ask_twice(void)
{
    signals_install();
    raise(twice[0]);
    demand(signals_stop() == twice[0]);
    raise(twice[1]); /* together with the first */
    demand(signals_stop() == twice[0]);
    usleep(200000);
    raise(twice[1]);
}

static void a_second_signal_ends_at_once_unless_it_comes_with_the_first(void **state)
{
    (void)state;
    static const int pairs[][2] = {{SIGINT, SIGINT}, {SIGTERM, SIGTERM}, {SIGTERM, SIGHUP}};
    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) {
        memcpy(twice, pairs[k], sizeof twice);
        const char *said;
        const int ended = in_child(ask_twice, &said);
        assert_true(WIFSIGNALED(ended));
        assert_int_equal(WTERMSIG(ended), twice[1]);
    }
}

/* The kernel sends it each second once a limit is reached: nobody has asked again. */
static void a_second_limit_of_cpu_time_ends_nothing(void **state)
{
    (void)state;
    twice[0] = twice[1] = SIGXCPU;
    const char *said;
    const int ended = in_child(ask_twice, &said);
    assert_true(WIFEXITED(ended));
    assert_int_equal(WEXITSTATUS(ended), 99);
}

static bool with_journal;

static void stop_and_go_on(void)
{
    signals_install();
    signals_set_grace(1);
    signals_limit(0, 75, with_journal);
    raise(SIGTERM);
    for (;;)
        pause();
}

static void work_that_does_not_end_after_a_signal_is_ended(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        with_journal = k > 0;
        const char *said;
        const int ended = in_child(stop_and_go_on, &said);
        assert_true(WIFSIGNALED(ended));
        assert_int_equal(WTERMSIG(ended), SIGTERM);
        assert_string_equal(
            said, with_journal
                      ? "parsum: stopped by SIGTERM, and the term did not come back in time; run "
                        "the same command again to go on from the last checkpoint\n"
                      : "parsum: stopped by SIGTERM, and the term did not come back in time; "
                        "nothing is kept of this run: with --journal FILE the same command would "
                        "go on from its last checkpoint\n");
    }
}

static void go_on_for_ever(void)
{
    signals_install();
    signals_set_grace(1);
    signals_limit(1, 75, false); /* long ago */
    for (;;)
        pause();
}

static void work_that_does_not_end_in_its_time_is_ended(void **state)
{
    (void)state;
    const char *said;
    const int ended = in_child(go_on_for_ever, &said);
    assert_true(WIFEXITED(ended));
    assert_int_equal(WEXITSTATUS(ended), 75);
    assert_contains(said, "parsum: --max-time is over, and the term did not come back in time; ");
}

static void no_limit_any_longer(void)
{
    signals_install();
    signals_set_grace(0);
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    signals_limit((uint64_t)(now.tv_sec + 1) * 1000000000u, 75, false);
    signals_limit(0, 0, false);
    sleep(2);
}

static void a_limit_can_be_taken_away(void **state)
{
    (void)state;
    const char *said;
    const int ended = in_child(no_limit_any_longer, &said);
    assert_true(WIFEXITED(ended));
    assert_int_equal(WEXITSTATUS(ended), 99);
}

/* A pipe that is full already and whose reader sleeps. */
static void write_to_a_full_pipe(void)
{
    static char text[1 << 17];
    int ends[2];
    demand(pipe(ends) == 0);
    signals_install();
    const int room = fcntl(ends[1], F_GETPIPE_SZ);
    demand(signals_write(ends[1], text, (size_t)room) == (size_t)room);
    const pid_t parent = getpid();
    if (fork() == 0) {
        usleep(100000);
        kill(parent, SIGTERM);
        _exit(0);
    }
    errno = 0;
    demand(signals_write(ends[1], text, sizeof text) == 0 && errno == EINTR);
    demand(signals_stop() == SIGTERM);
    signals_die(SIGTERM);
}

static void a_write_that_nobody_reads_ends_at_a_stop(void **state)
{
    (void)state;
    const char *said;
    const int ended = in_child(write_to_a_full_pipe, &said);
    assert_true(WIFSIGNALED(ended));
    assert_int_equal(WTERMSIG(ended), SIGTERM);
}

static void ignore_what_was_ignored(void)
{
    signal(SIGHUP, SIG_IGN);
    signal(SIGCHLD, SIG_IGN); /* as some parents leave it: then children end without a status */
    signals_install();
    const pid_t child = fork();
    if (child == 0)
        _exit(7);
    int ended = 0;
    demand(waitpid(child, &ended, 0) == child && WEXITSTATUS(ended) == 7);
    raise(SIGHUP);
    demand(signals_stop() == 0);
    raise(SIGPIPE);
    raise(SIGXFSZ);
    demand(signals_stop() == 0);
    demand(!control_take_checkpoint(signals_control()));
    raise(SIGUSR1);
    demand(control_take_checkpoint(signals_control()));
    demand(!control_take_checkpoint(signals_control()));
    demand(signals_stop() == 0);
}

static void hangups_under_nohup_and_broken_pipes_do_not_stop(void **state)
{
    (void)state;
    const char *said;
    const int ended = in_child(ignore_what_was_ignored, &said);
    assert_true(WIFEXITED(ended));
    assert_int_equal(WEXITSTATUS(ended), 99);
}

static void stop_without_a_signal(void)
{
    signals_install();
    signals_set_grace(1);
    signals_limit(0, 75, false);
    control_ask_stop(signals_control(), SIGHUP); /* another rank has got it */
    demand(signals_stop() == SIGHUP);
    raise(SIGTERM); /* the first one counts */
    demand(signals_stop() == SIGHUP);
    for (;;)
        pause();
}

static void a_stop_that_the_run_is_asked_for_is_as_good_as_a_signal(void **state)
{
    (void)state;
    const char *said;
    const int ended = in_child(stop_without_a_signal, &said);
    assert_true(WIFSIGNALED(ended));
    assert_int_equal(WTERMSIG(ended), SIGHUP);
    assert_contains(said, "parsum: stopped by SIGHUP, and the term did not come back in time; ");
}

static int crash_signal;

static void crash_within_the_term(void)
{
    signals_watch_terms();
    activity_enter(UINT64_MAX - 1, UINT64_MAX, INT64_MIN, INT64_MAX);
    raise(crash_signal);
}

static void crash_elsewhere(void)
{
    signals_watch_terms();
    activity_enter(1, 1, 0, 10);
    activity_leave();
    raise(crash_signal);
}

static void a_crash_of_the_term_is_told_with_job_and_range(void **state)
{
    (void)state;
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    static const char *const names[] = {"SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGABRT"};
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        crash_signal = numbers[k];
        const char *said;
        const int ended = in_child(crash_within_the_term, &said);
        assert_contains(
            said, "parsum: jobs 18446744073709551614 to 18446744073709551615: the term crashed (");
        assert_contains(said, names[k]);
        assert_contains(said, ") at an i of [-9223372036854775808, 9223372036854775807)\n");
        assert_true(WIFSIGNALED(ended));
        assert_int_equal(WTERMSIG(ended), numbers[k]);
    }
}

static void a_crash_elsewhere_ends_the_program_as_ever(void **state)
{
    (void)state;
    crash_signal = SIGFPE;
    const char *said;
    const int ended = in_child(crash_elsewhere, &said);
    assert_true(WIFSIGNALED(ended));
    assert_int_equal(WTERMSIG(ended), SIGFPE);
}

static void *exit_within_the_term(void *unused)
{
    (void)unused;
    activity_enter(3, 3, 0, 10);
    exit(0);
}

static void exit_on_two_threads(void)
{
    pthread_t other;
    signals_watch_terms();
    demand(pthread_create(&other, NULL, exit_within_the_term, NULL) == 0);
    exit_within_the_term(NULL);
}

/* The first can't tell of it while the pipe is full, and the second must not end the program. */
static void a_term_that_exits_on_two_threads_at_once_fails(void **state)
{
    (void)state;
    static char text[1 << 17];
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const int room = fcntl(ends[1], F_GETPIPE_SZ);
    assert_in_range(room, 1, sizeof text / 2);
    assert_int_equal(write(ends[1], text, (size_t)room), room);
    const pid_t child = fork();
    if (child == 0) {
        demand(dup2(ends[1], STDERR_FILENO) == STDERR_FILENO);
        exit_on_two_threads();
    }
    close(ends[1]);
    usleep(100000); /* for both to get there; where that's too short this test sees nothing */
    int ended = 0;
    size_t length = 0;
    for (ssize_t got; (got = read(ends[0], text + length, sizeof text - 1 - length)) > 0;)
        length += (size_t)got;
    close(ends[0]);
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFEXITED(ended));
    assert_int_equal(WEXITSTATUS(ended), 1);
    text[length] = '\0';
    assert_contains(text + room, "parsum: job 3: the term ended the program (by exit)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stop_is_noted_and_then_looks_like_one_that_was_never_caught),
        cmocka_unit_test(a_second_signal_ends_at_once_unless_it_comes_with_the_first),
        cmocka_unit_test(a_second_limit_of_cpu_time_ends_nothing),
        cmocka_unit_test(work_that_does_not_end_after_a_signal_is_ended),
        cmocka_unit_test(work_that_does_not_end_in_its_time_is_ended),
        cmocka_unit_test(a_limit_can_be_taken_away),
        cmocka_unit_test(a_write_that_nobody_reads_ends_at_a_stop),
        cmocka_unit_test(hangups_under_nohup_and_broken_pipes_do_not_stop),
        cmocka_unit_test(a_stop_that_the_run_is_asked_for_is_as_good_as_a_signal),
        cmocka_unit_test(a_crash_of_the_term_is_told_with_job_and_range),
        cmocka_unit_test(a_crash_elsewhere_ends_the_program_as_ever),
        cmocka_unit_test(a_term_that_exits_on_two_threads_at_once_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
