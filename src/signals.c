#include "signals.h"

#include "signals_grace.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static atomic_int stop_signal;
static atomic_int checkpoint_wanted;

static const struct {
    int number;
    const char *name;
} stop_signals[] = {
    {SIGINT, "SIGINT"},   {SIGTERM, "SIGTERM"}, {SIGHUP, "SIGHUP"},
    {SIGXCPU, "SIGXCPU"}, {SIGUSR2, "SIGUSR2"},
};
enum { STOP_SIGNALS = sizeof stop_signals / sizeof *stop_signals };

/* A second signal ends the program if it comes so much later. Many senders send two at once: one to
   the process and one to its group (timeout), or SIGTERM and SIGHUP (systemd). */
#define AGAIN_NS 100000000u

static void on_stop(int number)
{
    static _Atomic uint64_t first_ns;
    const int error = errno;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    const uint64_t now_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    uint64_t before_ns = 0;
    if (atomic_compare_exchange_strong(&first_ns, &before_ns, now_ns)) {
        signals_adopt(number);
    } else if (number != SIGXCPU && now_ns - before_ns > AGAIN_NS) {
        signals_die(number); /* asked twice; SIGXCPU comes again each second by itself */
    }
    errno = error;
}

static void on_checkpoint(int number)
{
    (void)number;
    atomic_store(&checkpoint_wanted, 1);
}

void signals_install(void)
{
    /* A term's own reads and writes must go on afterwards. The program's wait with poll, which is
       never restarted. */
    struct sigaction action = {.sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (size_t k = 0; k < STOP_SIGNALS; k++) {
        struct sigaction old;
        sigaction(stop_signals[k].number, NULL, &old);
        if (old.sa_handler == SIG_IGN)
            continue; /* nohup and background jobs of a shell want it ignored */
        action.sa_handler = on_stop;
        sigaction(stop_signals[k].number, &action, NULL);
    }
    action.sa_handler = on_checkpoint;
    sigaction(SIGUSR1, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
    sigaction(SIGXFSZ, &action, NULL);
    action.sa_handler = SIG_DFL;
    sigaction(SIGCHLD, &action, NULL); /* where it is ignored nobody can wait for a compiler */
    signals_grace_install();
}

int signals_stop(void)
{
    return atomic_load_explicit(&stop_signal, memory_order_relaxed);
}

const char *signals_name(int number)
{
    for (size_t k = 0; k < STOP_SIGNALS; k++)
        if (stop_signals[k].number == number)
            return stop_signals[k].name;
    return "a signal";
}

void signals_adopt(int number)
{
    int none = 0;
    if (atomic_compare_exchange_strong(&stop_signal, &none, number))
        signals_grace_begin();
}

void signals_reader_left(void)
{
    signals_adopt(SIGPIPE);
}

bool signals_has_reader(void)
{
    return signals_stop() != SIGPIPE;
}

bool signals_checkpoint(void)
{
    return atomic_load_explicit(&checkpoint_wanted, memory_order_relaxed);
}

bool signals_take_checkpoint(void)
{
    return atomic_exchange(&checkpoint_wanted, 0);
}

_Noreturn void signals_die(int number)
{
    signal(number, SIG_DFL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    raise(number);
    _exit(128 + number); /* not reached unless the signal can't kill, as in a container's init */
}

static sigset_t mask_before_hold;

void signals_hold(void)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &mask_before_hold);
}

void signals_release(void)
{
    pthread_sigmask(SIG_SETMASK, &mask_before_hold, NULL);
}

bool signals_waiting(void)
{
    static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGUSR2, SIGQUIT, SIGALRM};
    sigset_t pending;
    sigpending(&pending);
    for (size_t k = 0; k < sizeof ending / sizeof *ending; k++) {
        struct sigaction action;
        if (sigismember(&pending, ending[k]) && sigaction(ending[k], NULL, &action) == 0 &&
            action.sa_handler != SIG_IGN)
            return true;
    }
    return false;
}

void signals_mask_for_child(sigset_t *mask)
{
    *mask = mask_before_hold;
}

/* What a thread is in the middle of. */
static _Thread_local struct {
    volatile bool within; /* the user's term */
    bool ready;           /* the thread has a stack for the handler */
    bool copied;          /* the term has made a second process, and this is it */
    uint64_t number;
    int64_t start, end;
} term;

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

static const struct crash {
    int number;
    const char *text;
} crashes[] = {
    {SIGSEGV, "SIGSEGV, memory that is not its own or a stack overflow"},
    {SIGBUS, "SIGBUS, memory that is not there"},
    {SIGFPE, "SIGFPE, a division by zero or of the smallest integer by -1"},
    {SIGILL, "SIGILL, an instruction that this CPU lacks or a trap"},
    {SIGABRT, "SIGABRT, a failed assertion or abort"},
};
enum { CRASHES = sizeof crashes / sizeof *crashes };

static const char *before_message, *after_message;

void signals_last_words(const char *before, const char *after)
{
    before_message = before;
    after_message = after;
}

/* A failure is ignored: there is nobody left to tell. */
static void say(int fd, const char *text, size_t length)
{
    const ssize_t written = write(fd, text, length);
    (void)written;
}

/* Ends the program with a line that says what the term did. */
static _Noreturn void end(const char *what, const char *detail)
{
    static atomic_flag told = ATOMIC_FLAG_INIT;
    while (atomic_flag_test_and_set(&told))
        pause(); /* another thread is about to end the program */
    char line[256];
    char *const message = append(line, "parsum: ");
    char *at = message;
    if (term.within && term.number) {
        at = append(at, "job ");
        at = append_number(at, false, term.number);
        at = append(at, ": ");
    }
    at = append(at, "the term ");
    at = append(at, what);
    at = append(at, detail);
    if (!term.within) {
        at = append(at, ") in a thread that it has started\n");
    } else if (term.number) {
        at = append(at, ") at an i of [");
        at = append_integer(at, term.start);
        at = append(at, ", ");
        at = append_integer(at, term.end);
        at = append(at, ")\n");
    } else {
        at = append(at, ") as it was loaded, before its first i\n");
    }
    say(STDERR_FILENO, line, (size_t)(at - line));
    if (before_message && !term.copied) {
        say(STDOUT_FILENO, before_message, strlen(before_message));
        say(STDOUT_FILENO, message, (size_t)(at - message) - 1);
        say(STDOUT_FILENO, after_message, strlen(after_message));
    }
    _exit(1);
}

/*
 * Is this the term's work? The program itself starts no thread but those of teams, so the term has
 * started one that is neither the first nor ever entered the term. The handlers below are there
 * only if there is a term.
 */
static bool is_the_terms(void)
{
    return term.within || (!term.ready && gettid() != getpid());
}

static void on_crash(int number)
{
    if (!is_the_terms())
        signals_die(number);
    const char *text = "";
    for (size_t k = 0; k < CRASHES; k++)
        if (crashes[k].number == number)
            text = crashes[k].text;
    end("crashed (", text);
}

/* A term that calls exit must not end the program with the status of a sum that is right. */
static void on_exit_call(void)
{
    if (is_the_terms())
        end("ended the program (", "by exit");
}

static void on_fork(void)
{
    term.copied = term.within;
}

void signals_thread_ends(void *unused)
{
    (void)unused;
    end("ended its thread (", "by pthread_exit or pthread_cancel");
}

static void watch_forks(void)
{
    (void)pthread_atfork(NULL, NULL, on_fork);
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
    term.ready = true;
    const stack_t stack = {.ss_sp = crash_stack, .ss_size = sizeof crash_stack};
    sigaltstack(&stack, NULL);
    struct sigaction action = {.sa_handler = on_crash, .sa_flags = SA_ONSTACK};
    sigfillset(&action.sa_mask);
    for (size_t k = 0; k < CRASHES; k++)
        sigaction(crashes[k].number, &action, NULL);
}

void signals_enter_term(uint64_t number, int64_t start, int64_t end)
{
    if (!term.ready)
        get_ready();
    term.number = number;
    term.start = start;
    term.end = end;
    term.within = true;
}

void signals_leave_term(void)
{
    if (term.copied)
        end("went on in a second process (", "by fork");
    term.within = false;
}
