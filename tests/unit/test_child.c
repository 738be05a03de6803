#include "base/child.h"
#include "check.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static char directory[] = "/tmp/parsum-test-XXXXXX";
static char output[64];

/* A shell that runs `script`. */
static struct child shell(const char *script)
{
    static char text[256];
    static char *arguments[] = {"sh", "-c", text, NULL};
    snprintf(text, sizeof text, "%s", script);
    return (struct child){
        .arguments = arguments, .environment = environ, .output = output, .directory = directory};
}

/* Starts it and awaits its end, as waitpid has it. */
static int run(struct child *child)
{
    int ended = 0;
    assert_int_equal(child_start(child), 0);
    while (!child_ended(child, &ended))
        usleep(1000);
    return ended;
}

static void what_it_writes_goes_to_its_file_and_its_status_comes_back(void **state)
{
    (void)state;
    struct child child = shell("echo out; echo err >&2; read line || exit 3");
    const int ended = run(&child);
    assert_true(WIFEXITED(ended));
    assert_int_equal(WEXITSTATUS(ended), 3);
    char text[32] = "";
    FILE *const file = fopen(output, "r");
    assert_non_null(file);
    assert_int_equal(fread(text, 1, sizeof text - 1, file), 8);
    fclose(file);
    assert_string_equal(text, "out\nerr\n");
}

static void a_program_that_is_not_there_leaves_no_child(void **state)
{
    (void)state;
    struct child child = shell("");
    child.arguments = (char *[]){"/no/such/program", NULL};
    assert_int_equal(child_start(&child), ENOENT);
    assert_int_equal(waitpid(-1, NULL, 0), -1);
    assert_int_equal(errno, ECHILD);
}

static void signals_that_the_program_ignores_end_the_child(void **state)
{
    (void)state;
    struct child child = shell("kill -PIPE $$");
    signal(SIGPIPE, SIG_IGN);
    const int ended = run(&child);
    assert_true(signal(SIGPIPE, SIG_DFL) == SIG_IGN); /* here they still are */
    assert_true(WIFSIGNALED(ended));
}

static void a_program_that_ignores_its_children_hears_of_their_end(void **state)
{
    (void)state;
    int ended[2];
    signal(SIGCHLD, SIG_IGN);
    for (int k = 0; k < 2; k++) {
        struct child child = shell(k ? "kill -KILL $$" : "exit 3");
        assert_int_equal(child_start(&child), 0);
        while (!child_ended(&child, &ended[k]))
            usleep(1000);
    }
    assert_true(signal(SIGCHLD, SIG_DFL) == SIG_IGN);
    assert_true(WIFEXITED(ended[0]) && WEXITSTATUS(ended[0]) == 3);
    assert_true(WIFSIGNALED(ended[1]));
}

/* A pipe whose other end is with the child and what it starts: it ends when they all have. */
static int alive[2];

/* Starts the like of a compiler driver: a program that waits for another. */
static int start_driver(struct child *child)
{
    char script[64];
    snprintf(script, sizeof script, "sleep 1000& echo >&%d; wait", alive[1]);
    *child = shell(script);
    return child_start(child);
}

/* Waits until they run. */
static void await_start(void)
{
    char byte;
    close(alive[1]);
    assert_int_equal(read(alive[0], &byte, 1), 1);
}

static void await_end(void)
{
    char byte;
    assert_int_equal(read(alive[0], &byte, 1), 0);
    close(alive[0]);
}

static void what_it_has_started_ends_with_it(void **state)
{
    (void)state;
    struct child child;
    int ended = 0;
    assert_int_equal(pipe(alive), 0);
    assert_int_equal(start_driver(&child), 0);
    await_start();
    child_end(&child);
    await_end();
    assert_int_equal(waitpid(child.pid, &ended, 0), child.pid);
    assert_true(WIFSIGNALED(ended));
}

/* The guard of a process that was forked is forked without handlers, and can then hang in the
   allocator of ThreadSanitizer. */
#if defined __SANITIZE_THREAD__
#define WATCHED 1
#elif defined __has_feature
#define WATCHED __has_feature(thread_sanitizer)
#else
#define WATCHED 0
#endif

static void nothing_is_left_of_it_when_this_process_is_killed(void **state)
{
    (void)state;
    if (WATCHED)
        skip();
    assert_int_equal(pipe(alive), 0);
    const pid_t parent = fork();
    if (parent == 0) {
        struct child child;
        if (start_driver(&child) == 0)
            for (;;)
                pause();
        _exit(1);
    }
    await_start();
    assert_int_equal(access(output, F_OK), 0);
    assert_int_equal(kill(parent, SIGKILL), 0);
    assert_int_equal(waitpid(parent, NULL, 0), parent);
    await_end();
    for (int k = 0; k < 6000 && access(directory, F_OK) == 0; k++)
        usleep(10000);
    assert_int_not_equal(access(directory, F_OK), 0);
}

static int make_directory(void **state)
{
    (void)state;
    strcpy(directory + strlen(directory) - 6, "XXXXXX");
    if (!mkdtemp(directory))
        return -1;
    snprintf(output, sizeof output, "%s/output", directory);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    unlink(output);
    rmdir(directory);
    return 0;
}

#define CHILD_TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CHILD_TEST(what_it_writes_goes_to_its_file_and_its_status_comes_back),
        CHILD_TEST(a_program_that_is_not_there_leaves_no_child),
        CHILD_TEST(a_program_that_ignores_its_children_hears_of_their_end),
        CHILD_TEST(signals_that_the_program_ignores_end_the_child),
        CHILD_TEST(what_it_has_started_ends_with_it),
        CHILD_TEST(nothing_is_left_of_it_when_this_process_is_killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
