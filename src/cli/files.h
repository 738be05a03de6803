/*
 * files: no file in two roles. What is written would destroy what is read, or what else is written.
 */
#ifndef PARSUM_FILES_H
#define PARSUM_FILES_H

#include "base/error.h"
#include "cli/options.h"

/*
 * Demands that no file which the options name, or which standard output goes to, is written and has
 * another use as well: else STATUS_USAGE. To be called before any of them is
 * opened.
 */
enum status files_check(const struct options *options) MUST_CHECK;

#endif
