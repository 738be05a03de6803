/*
 * session: one command from the options to the last word: jobs, term, journal, engine, runs,
 * report.
 */
#ifndef PARSUM_SESSION_H
#define PARSUM_SESSION_H

#include "base/error.h"
#include "cli/options.h"
#include "cluster/ranks.h"

/*
 * Does what the options ask for. `ranks` is NULL in the only process there is; rank 0 leads, the
 * others work for it.
 */
enum status session_run(struct options *options, struct ranks *ranks) MUST_CHECK;

#endif
