#include "cli/signals.h"

#include "cli/signals_grace.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct control control = {.on_stop = signals_grace_begin};

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
        control_ask_stop(&control, number);
    } else if (number != SIGXCPU && now_ns - before_ns > AGAIN_NS) {
        signals_die(number); /* asked twice; SIGXCPU comes again each second by itself */
    }
    errno = error;
}

static void on_checkpoint(int number)
{
    (void)number;
    atomic_store(&control.checkpoint, true);
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

struct control *signals_control(void)
{
    return &control;
}

int signals_stop(void)
{
    return control_stop(&control);
}

const char *signals_name(int number)
{
    for (size_t k = 0; k < STOP_SIGNALS; k++)
        if (stop_signals[k].number == number)
            return stop_signals[k].name;
    return "a signal";
}

void signals_reader_left(void)
{
    control_ask_stop(&control, SIGPIPE);
}

bool signals_has_reader(void)
{
    return signals_stop() != SIGPIPE;
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
