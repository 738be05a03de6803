/* session_saved: a saved term may be what the options did not tell of. Belongs to session. */
#ifndef PARSUM_SESSION_SAVED_H
#define PARSUM_SESSION_SAVED_H

#include "base/error.h"
#include "cli/options.h"
#include "term/term.h"

/* STATUS_USAGE if the options do not go with a term that was saved with --by or --list, or without.
 */
enum status session_check_saved(const struct options *options, const struct term *term) MUST_CHECK;

#endif
