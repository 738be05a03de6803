/*
 * control: what is asked of a run while it goes. Its owner, the caller of a run, lets handlers of
 * signals or other threads write it; all below only look.
 */
#ifndef PARSUM_CONTROL_H
#define PARSUM_CONTROL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct control {
    atomic_int stop;          /* not 0: end soon; the number says why, as the number of a signal */
    atomic_bool checkpoint;   /* make a checkpoint, and tell the progress */
    void (*on_stop)(void);    /* called when a stop is asked for the first time; may be NULL */
    const volatile int *also; /* not 0: as `stop`; of a host that knows no more than an int. NULL */
};

static inline int control_stop(struct control *control)
{
    const int stop = atomic_load_explicit(&control->stop, memory_order_relaxed);
    return stop || !control->also ? stop : __atomic_load_n(control->also, __ATOMIC_RELAXED);
}

/* Asks for a stop, unless one was asked for. Thread-safe, also in handlers of signals. */
static inline void control_ask_stop(struct control *control, int why)
{
    int none = 0;
    if (atomic_compare_exchange_strong(&control->stop, &none, why) && control->on_stop)
        control->on_stop();
}

static inline bool control_checkpoint(struct control *control)
{
    return atomic_load_explicit(&control->checkpoint, memory_order_relaxed);
}

/* The same, once after each time that it was asked for. */
static inline bool control_take_checkpoint(struct control *control)
{
    return atomic_exchange(&control->checkpoint, false);
}

#endif
