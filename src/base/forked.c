#include "base/forked.h"

#include <pthread.h>
#include <stdatomic.h>

static atomic_bool in_child;

static void note_child(void)
{
    atomic_store_explicit(&in_child, true, memory_order_relaxed);
}

/* Early, since others may use threads before they first call this library. A failure, for want of
   memory, leaves it at what it was. */
static __attribute__((__constructor__)) void watch_forks(void)
{
    (void)pthread_atfork(NULL, NULL, note_child);
}

bool forked(void)
{
    return atomic_load_explicit(&in_child, memory_order_relaxed);
}
