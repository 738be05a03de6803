/*
 * output: standard output, or the file that takes its place, however slow its reader. One thread.
 *
 * What is written to stdout goes through here. A full disk and the like are STATUS_FAILED, with a
 * message. A reader that has gone (EPIPE) is no failure: the run then stops as by SIGPIPE. A write
 * that a stop has ended is no failure either.
 */
#ifndef PARSUM_OUTPUT_H
#define PARSUM_OUTPUT_H

#include "base/error.h"

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>

/* From now on what is written to stdout goes to the file (output_file), NULL: to standard output.
 */
enum status output_open(const char *path) MUST_CHECK;

/* The last of all: with `keep` a file takes its place, else it is dropped. */
enum status output_close(bool keep) MUST_CHECK;

/* Before the first write to stdout. What is written stays in a buffer until output_flush. */
void output_begin(void);

/* After a write: has it `written` all? STATUS_OK for a run that is to stop. */
enum status output_check(bool written) MUST_CHECK;

enum status output_flush(void) MUST_CHECK;

/* Can what was written be changed before it is anybody's? Then the bytes take the place of the
   first ones. */
bool output_can_change(void);
enum status output_change_start(const void *bytes, size_t length) MUST_CHECK;

/* Numbers are written as in C from now on in this thread, whatever the locale of the process;
   returns the locale to go back to (uselocale). */
locale_t output_plain(void);

/* The same after the last write. STATUS_STOPPED if something is lost since the run was to stop. */
enum status output_end(void) MUST_CHECK;

#endif
