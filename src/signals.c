#include "signals.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

static atomic_int stop_signal;
static atomic_int checkpoint_wanted;

static const int stop_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGUSR2};

static void on_stop(int number)
{
    int none = 0;
    if (!atomic_compare_exchange_strong(&stop_signal, &none, number) && number == SIGINT)
        signals_die(number); /* asked twice */
}

static void on_checkpoint(int number)
{
    (void)number;
    atomic_store(&checkpoint_wanted, 1);
}

void signals_install(void)
{
    struct sigaction action = {.sa_flags = 0}; /* no SA_RESTART: a wait for input must end */
    sigemptyset(&action.sa_mask);
    for (size_t k = 0; k < sizeof stop_signals / sizeof *stop_signals; k++) {
        struct sigaction old;
        sigaction(stop_signals[k], NULL, &old);
        if (old.sa_handler == SIG_IGN)
            continue; /* nohup and background jobs of a shell want it ignored */
        action.sa_handler = on_stop;
        sigaction(stop_signals[k], &action, NULL);
    }
    action.sa_handler = on_checkpoint;
    sigaction(SIGUSR1, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
    sigaction(SIGXFSZ, &action, NULL);
}

int signals_stop(void)
{
    return atomic_load_explicit(&stop_signal, memory_order_relaxed);
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
