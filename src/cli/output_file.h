/*
 * output_file: the file of --output. Belongs to output.
 *
 * A regular file, or one that is not there, is written beside its place and takes it at the end, at
 * once, if the run went well; else what was there stays. A pipe or a device is written in place.
 * One thread.
 */
#ifndef PARSUM_OUTPUT_FILE_H
#define PARSUM_OUTPUT_FILE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* Opens it; *fd is to be written to. STATUS_STOPPED if a stop ended the wait for a pipe's reader.
 */
enum status output_file_open(const char *path, int *fd) MUST_CHECK;

/* Is it a file that has yet to take its place? What lies in it can be written anew, from the start;
   false if a write fails (errno). */
bool output_file_is_fresh(void);
bool output_file_rewrite(const void *bytes, size_t length);

/* Closes it, and gives it its place, or with keep false drops it. */
enum status output_file_close(bool keep) MUST_CHECK;

#endif
