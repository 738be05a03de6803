/*
 * trace: who computed what, when, as Chrome trace events (JSON), which Perfetto and
 * chrome://tracing open: one row a thread.
 */
#ifndef PARSUM_TRACE_H
#define PARSUM_TRACE_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct trace;

/* Where a trace goes. */
struct trace_spec {
    FILE *file;            /* which the trace closes; NULL: to another process, in messages */
    const char *path;      /* its name, for errors */
    bool (*gave_up)(void); /* has a write to it failed as nobody reads it? That is no failure. */
};

/* Opens a trace of `threads` threads; times count from `origin_ns`. The caller owns *opened. */
enum status trace_open(struct trace **opened, const struct trace_spec *spec, int threads,
                       uint64_t origin_ns) MUST_CHECK;

/*
 * Notes that `thread` worked on `terms` terms, beginning in job `run`, from begin_ns to end_ns.
 * Joins it with the thread's last event where that one is of the same job and has just ended.
 * Threads may call it at once, each with its own number; no allocation, no I/O.
 */
void trace_event(struct trace *trace, int thread, uint64_t run, uint64_t terms, uint64_t begin_ns,
                 uint64_t end_ns);

/* Writes what was noted; between rounds, by one thread. */
enum status trace_flush(struct trace *trace) MUST_CHECK;

/*
 * In a run of several processes each keeps a trace, and one has the file. The others put what was
 * noted into messages, and it gets that: events of process `number`, whose clock reads 0 when its
 * own reads shift_ns. It has been told before how many threads that process has, and its name.
 */
void trace_put(struct trace *trace, struct bytes *bytes);
void trace_get(struct trace *trace, struct bytes *bytes, int number, int64_t shift_ns);
void trace_add_process(struct trace *trace, int number, const char *name, int threads);

/* Ends the file and frees the trace; NULL is allowed. A failed write is reported. */
enum status trace_close(struct trace *trace) MUST_CHECK;

#endif
