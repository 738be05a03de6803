/* report_names: what results are called in the output. Belongs to report. */
#ifndef PARSUM_REPORT_NAMES_H
#define PARSUM_REPORT_NAMES_H

#include "cli/report.h"

/* Makes report->names from those of the values, NULL or "" without one. STATUS_USAGE where two
   columns of the output would be called alike. */
enum status report_make_names(struct report *report, const char *const *names) MUST_CHECK;

#endif
