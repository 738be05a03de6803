#include "cli/signals_grace.h"

#include "cli/signals.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NS_A_SECOND 1000000000u

atomic_bool signals_writing;
atomic_bool signals_in_grace;

static timer_t timer;
static bool has_timer;
static _Atomic uint64_t grace_ns = SIGNALS_GRACE * (uint64_t)NS_A_SECOND;
static int limit_status; /* how the program ends when its time is over */
static bool kept;        /* there is a journal */

/* How long the last words wait for somebody who reads them. */
#define SAY_MS 1000

static struct signals_last_words last_words;

void signals_last_words(const struct signals_last_words *words)
{
    last_words = *words;
}

void signals_say(int fd, const char *text, size_t length)
{
    struct pollfd reader = {.fd = fd, .events = POLLOUT};
    if (poll(&reader, 1, SAY_MS) > 0) {
        const ssize_t written = write(fd, text, length);
        (void)written;
    }
}

void signals_say_last_words(bool stopped, const char *line, size_t length)
{
    const char *const before = stopped ? last_words.before_stop : last_words.before_crash;
    if (!before)
        return;
    signals_say(STDOUT_FILENO, before, strlen(before));
    signals_say(STDOUT_FILENO, line, length);
    signals_say(STDOUT_FILENO, last_words.after, strlen(last_words.after));
}

/* Ends a program that does not stop by itself. Nothing is told where nobody reads it. */
static _Noreturn void end_now(void)
{
    const int number = signals_stop();
    const bool writing = atomic_load(&signals_writing);
    char line[320];
    char *const message = stpcpy(line, isatty(STDERR_FILENO) ? "\r\033[Kparsum: " : "parsum: ");
    char *at = stpcpy(message, number ? "stopped by " : "--max-time is over");
    at = stpcpy(at, number ? signals_name(number) : "");
    at = stpcpy(at, writing ? ", and the reader of the output did not go on"
                            : ", and the term did not come back in time");
    at = stpcpy(at, kept ? "; run the same command again to go on from the last checkpoint\n"
                         : "; nothing is kept of this run: with --journal FILE the same command "
                           "would go on from its last checkpoint\n");
    signals_say(STDERR_FILENO, line, (size_t)(at - line));
    if (!writing)
        signals_say_last_words(true, message, (size_t)(at - message) - 1);
    if (number)
        signals_die(number);
    _exit(limit_status);
}

static void set_timer(uint64_t ns, int flags)
{
    const struct itimerspec when = {
        .it_value = {.tv_sec = (time_t)(ns / NS_A_SECOND), .tv_nsec = (long)(ns % NS_A_SECOND)}};
    if (has_timer)
        timer_settime(timer, flags, &when, NULL);
}

void signals_grace_begin(void)
{
    atomic_store(&signals_in_grace, true);
    set_timer(atomic_load(&grace_ns), 0);
}

/*
 * The grace begins when the time is over, rather than the timer being set to its end: a program
 * that was suspended meanwhile still has its grace.
 */
static void on_timer(int unused)
{
    (void)unused;
    const int error = errno;
    if (atomic_load(&signals_in_grace))
        end_now();
    signals_grace_begin();
    errno = error;
}

/* A real-time signal: a term may use SIGALRM for itself. */
void signals_grace_install(void)
{
    const int number = SIGRTMAX;
    struct sigaction action = {.sa_handler = on_timer, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = number};
    has_timer = timer_create(CLOCK_MONOTONIC, &event, &timer) == 0;
}

void signals_limit(uint64_t end_ns, int status, bool journal)
{
    limit_status = status;
    kept = journal;
    atomic_store(&signals_in_grace, false);
    set_timer(end_ns, TIMER_ABSTIME);
    if (signals_stop())
        signals_grace_begin();
}

void signals_set_grace(unsigned seconds)
{
    atomic_store(&grace_ns, seconds * (uint64_t)NS_A_SECOND);
}
