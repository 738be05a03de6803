/*
 * signals: the only file that knows signals.
 *
 * Handlers only set flags; the run looks at them between chunks and between rounds.
 */
#ifndef PARSUM_SIGNALS_H
#define PARSUM_SIGNALS_H

#include <stdbool.h>

/* Catches SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGUSR2 and SIGUSR1; ignores SIGPIPE and SIGXFSZ, so
   that a failed write is an error like any other. A second SIGINT ends the program at once. */
void signals_install(void);

/* The signal that asked the run to stop, or 0. Thread-safe. */
int signals_stop(void);

/* True once after each SIGUSR1: somebody wants a checkpoint and a progress line. */
bool signals_take_checkpoint(void);

/* Dies by signal `number` as if it had never been caught. */
_Noreturn void signals_die(int number);

#endif
