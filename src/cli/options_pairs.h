/* options_pairs: what does not go together, and what needs another option. */
#ifndef PARSUM_OPTIONS_PAIRS_H
#define PARSUM_OPTIONS_PAIRS_H

#include "base/error.h"
#include "cli/options.h"
#include "cli/options_table.h"

#include <stdbool.h>

/* Which options are on the command line, by their keys. */
struct options_given {
    bool key[KEYS];
};

/*
 * STATUS_USAGE, with the reason, for options that do not go together or lack one that they need.
 * options->task.save_only and jobs_random are set.
 */
enum status options_check(const struct options *options,
                          const struct options_given *given) MUST_CHECK;

#endif
