/*
 * load: opens the arrays that a run reads (--data), and brings them into memory before the clock
 * starts.
 */
#ifndef PARSUM_LOAD_H
#define PARSUM_LOAD_H

#include "cli/options.h"
#include "jobs/data.h"

/*
 * Opens all arrays, and touches them with as many threads as the run will have. With `digest` their
 * digests are made, too. How long that took goes to *seconds. The caller closes the data, also
 * after a failure. STATUS_STOPPED if a stop was asked for. A file that becomes
 * shorter while it is mapped ends the program with a line that names it.
 */
enum status load_data(struct data *data, const struct options *options, bool digest,
                      double *seconds) MUST_CHECK;

/* Closes them. */
void load_close(struct data *data);

#endif
