/* conclude: the last word of a session: the results of the whole, or why there are none. */
#ifndef PARSUM_CONCLUDE_H
#define PARSUM_CONCLUDE_H

#include "base/error.h"
#include "cli/options.h"
#include "cli/report.h"
#include "run/engine.h"
#include "run/run.h"
#include "term/term.h"

/* What came of a session. */
struct conclusion {
    const struct options *options;
    const struct term *term;
    struct report *report;
    const struct engine *engine;
    const struct engine_thread *threads; /* what each of its threads has done */
    int ranks;                           /* 0: no MPI */
    bool has_data;
    double data_seconds;         /* that it took to bring arrays into memory */
    const struct result *serial; /* of --compare; else empty */
    const struct result *result;
};

/* Tells what came of it; `status` says how the run ended. Returns how the session does. */
enum status conclude(const struct conclusion *it, enum status status) MUST_CHECK;

#endif
