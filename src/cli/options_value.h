/*
 * options_value: the values of options, from text. A bad one is STATUS_USAGE, and the error
 * names the option.
 */
#ifndef PARSUM_OPTIONS_VALUE_H
#define PARSUM_OPTIONS_VALUE_H

#include "base/error.h"
#include "cli/options.h"

#include <stdint.h>

/* An integer from `least` to `most`, for --`option`. */
enum status options_number(const char *option, const char *text, int64_t least, int64_t most,
                           int64_t *value) MUST_CHECK;

/* --max-time: when to stop, in the time of clock_ns; the time allowed begins now. */
enum status options_max_time(const char *text, uint64_t *stop_ns) MUST_CHECK;

/* --grain: terms, or GRAIN_JOB. */
enum status options_grain(const char *text, uint64_t *grain) MUST_CHECK;

/* --help, where `text` is NULL, or --help=all. */
enum status options_help_action(const char *text, enum options_action *action) MUST_CHECK;

enum status options_format(const char *text, enum options_format *format) MUST_CHECK;

#endif
