/*
 * What a term may do to the program, told in one line: a crash, an exit, the end of a thread, a
 * second process.
 */
#include "cli/signals.h"

#include "base/activity.h"
#include "cli/signals_grace.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is known of a thread besides what it is in the middle of. */
static _Thread_local bool copied;           /* the term has made a second process, and this is it */
static _Thread_local const char *stack_end; /* the stack's lowest address; NULL: not known */

/* The handler's stack: a term may have used up its own. */
static _Thread_local char crash_stack[16384];

/* Appends text, or a number; `at` points at the end. For signal handlers: no stdio there. */
static char *append(char *at, const char *text)
{
    while (*text)
        *at++ = *text++;
    return at;
}

static char *append_number(char *at, bool negative, uint64_t magnitude)
{
    char digits[20];
    int count = 0;
    do
        digits[count++] = (char)('0' + magnitude % 10);
    while (magnitude /= 10);
    if (negative)
        *at++ = '-';
    while (count > 0)
        *at++ = digits[--count];
    return at;
}

static char *append_integer(char *at, int64_t integer)
{
    return append_number(at, integer < 0, integer < 0 ? -(uint64_t)integer : (uint64_t)integer);
}

static const struct {
    int number;
    const char *text;
} crashes[] = {
    {SIGSEGV, "SIGSEGV, memory that is not its own"},
    {SIGBUS, "SIGBUS, memory that is not there"},
    {SIGFPE, "SIGFPE, a division by zero or of the smallest integer by -1"},
    {SIGILL, "SIGILL, an instruction that this CPU lacks or a trap"},
    {SIGABRT, "SIGABRT, a failed assertion or abort"},
};
enum { CRASHES = sizeof crashes / sizeof *crashes };

/* For one thread alone: another one is about to end the program. */
static void be_alone(void)
{
    static atomic_flag told = ATOMIC_FLAG_INIT;
    while (atomic_flag_test_and_set(&told))
        pause();
}

/* Says, once, what the term did. */
static void tell(const char *what, const char *detail)
{
    be_alone();
    char line[256];
    char *const message = append(line, "parsum: ");
    char *at = message;
    if (activity.within && activity.first) {
        const bool several = activity.last > activity.first;
        at = append(at, several ? "jobs " : "job ");
        at = append_number(at, false, activity.first);
        at = several ? append_number(append(at, " to "), false, activity.last) : at;
        at = append(at, ": ");
    }
    at = append(at, "the term ");
    at = append(at, what);
    at = append(at, detail);
    if (!activity.within) {
        at = append(at, ") in a thread that it has started\n");
    } else if (activity.first) {
        at = append(at, ") at an i of [");
        at = append_integer(at, activity.start);
        at = append(at, ", ");
        at = append_integer(at, activity.end);
        at = append(at, ")\n");
    } else {
        at = append(at, ") as it was loaded, before its first i\n");
    }
    signals_say(STDERR_FILENO, line, (size_t)(at - line));
    if (!copied)
        signals_say_last_words(false, message, (size_t)(at - message) - 1);
}

/* The same, and the program has failed. */
static _Noreturn void end(const char *what, const char *detail)
{
    tell(what, detail);
    _exit(1);
}

/*
 * Is this the term's work? The program itself starts no thread but those of teams, so the term has
 * started one that is neither the first nor ever entered the term. The handlers below are there
 * only if there is a term.
 */
static bool is_the_terms(void)
{
    return activity.within || (!activity.known && gettid() != getpid());
}

/* Is it an address where a full stack goes on? What a function needs at once may be far beyond. */
static bool is_stack_full(const char *address)
{
    const ptrdiff_t beyond = stack_end - address;
    return stack_end && beyond > -65536 && beyond < 64 * 65536L;
}

static const struct signals_mapped *mapped;
static size_t mapped_count;

/* Ends the program where a file that is mapped has become too short for what was to be read. */
static void look_at_mapped(const char *address)
{
    for (size_t k = 0; k < mapped_count; k++) {
        const struct signals_mapped *const file = &mapped[k];
        if (address < file->begin || address >= file->begin + file->size)
            continue;
        static const char program[] = "parsum: ";
        const size_t length = strlen(file->line);
        be_alone();
        signals_say(STDERR_FILENO, program, strlen(program));
        signals_say(STDERR_FILENO, file->line, length);
        signals_say_last_words(false, file->line, length - 1);
        _exit(1);
    }
}

/*
 * Says what the term did and lets the signal do what it does without a handler, so that there is a
 * core dump of the place where it happened: an instruction that crashed does so again.
 */
static void on_crash(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (number == SIGBUS && info->si_code > 0)
        look_at_mapped(info->si_addr);
    const char *text = "";
    for (size_t k = 0; k < CRASHES; k++)
        if (crashes[k].number == number)
            text = crashes[k].text;
    if (number == SIGSEGV && activity.within && is_stack_full(info->si_addr))
        text =
            "SIGSEGV, its stack is full: OMP_STACKSIZE=64M gives threads more, ulimit -s the first";
    if (is_the_terms())
        tell("crashed (", text);
    if (info->si_code <= 0) /* somebody has sent it, such as abort */
        signals_die(number);
    signal(number, SIG_DFL);
}

/* A term that calls exit must not end the program with the status of a sum that is right. */
static void on_exit_call(void)
{
    if (is_the_terms())
        end("ended the program (", "by exit");
}

static void on_fork(void)
{
    copied = activity.within;
}

static void on_thread_end(void *unused)
{
    (void)unused;
    end("ended its thread (", "by pthread_exit or pthread_cancel");
}

static void watch_forks(void)
{
    (void)pthread_atfork(NULL, NULL, on_fork);
}

static void find_stack(void)
{
    pthread_attr_t attributes;
    void *lowest;
    size_t size;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0)
        return;
    if (pthread_attr_getstack(&attributes, &lowest, &size) == 0)
        stack_end = lowest;
    pthread_attr_destroy(&attributes);
}

/*
 * The handlers of signals are the process's, the stack is the thread's. And each thread has one for
 * exit to call: it is called once, and a second thread that exits meanwhile goes on to the next.
 */
static void get_ready(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, watch_forks);
    (void)(atexit(on_exit_call) + at_quick_exit(on_exit_call));
    find_stack();
    const stack_t stack = {.ss_sp = crash_stack, .ss_size = sizeof crash_stack};
    sigaltstack(&stack, NULL);
    struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = SA_ONSTACK | SA_SIGINFO};
    sigfillset(&action.sa_mask);
    for (size_t k = 0; k < CRASHES; k++)
        sigaction(crashes[k].number, &action, NULL);
}

static void on_return(void)
{
    if (copied)
        end("went on in a second process (", "by fork");
}

void signals_watch_mapped(const struct signals_mapped *files, size_t count)
{
    struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = SA_ONSTACK | SA_SIGINFO};
    sigfillset(&action.sa_mask);
    mapped = files;
    mapped_count = count;
    if (count > 0)
        sigaction(SIGBUS, &action, NULL);
}

void signals_watch_terms(void)
{
    activity_host = (struct activity_host){get_ready, on_return, on_thread_end};
}
