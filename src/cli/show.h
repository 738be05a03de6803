/* show: what people see of a run while it goes: rows on standard output, a bar on standard error.
 */
#ifndef PARSUM_SHOW_H
#define PARSUM_SHOW_H

#include "cli/options.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "run/run.h"

struct show {
    const struct options *options;
    struct report *report; /* NULL: rows were told by another run */
    struct progress progress;
};

/* Makes a listener of it, for one run; `show` and what it points to must outlive the run. */
struct run_listener show_listener(struct show *show);

#endif
