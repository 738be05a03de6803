/* trace_file: the file that --trace names. */
#ifndef PARSUM_TRACE_FILE_H
#define PARSUM_TRACE_FILE_H

#include "base/error.h"

#include <stdio.h>

/*
 * Opens the file, and empties it, for a stream that waits for slow readers (signals_stream). A file
 * of another user, or one that has other names too, is STATUS_FAILED, as is a path
 * where no file can be written. STATUS_STOPPED if a stop ended the wait for the reader of a FIFO.
 */
enum status trace_file_open(const char *path, FILE **file) MUST_CHECK;

#endif
