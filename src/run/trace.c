#include "run/trace.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Events of a thread between two flushes; neighbours of a job are joined, so a round fits easily.
 */
#define EVENTS_A_ROUND 4096

/* Events in a file: about 100 bytes each, so that a viewer can still open it. */
#define EVENTS_MAX 1000000

/* Chunks less than this apart count as one stretch of work. */
#define JOIN_NS 5000

struct event {
    uint64_t run, terms, begin_ns, end_ns;
};

struct row {
    struct event *events; /* room for EVENTS_A_ROUND */
    size_t count;
    uint64_t lost; /* did not fit */
};

struct trace {
    FILE *file;       /* NULL: the events are for another process */
    const char *path; /* for messages */
    bool (*gave_up)(void);
    uint64_t origin_ns;
    uint64_t written, lost;
    bool failed; /* a write failed, and that was told */
    int threads;
    struct event *events; /* of all threads */
    struct row rows[];
};

/* Tells it once. A stop that ends the wait for a reader is no failure. */
static enum status failed(struct trace *trace)
{
    if (trace->gave_up())
        return STATUS_STOPPED;
    if (!trace->failed)
        error_set(STATUS_FAILED, "%s: writing the trace failed: %s", trace->path, strerror(errno));
    trace->failed = true;
    return STATUS_FAILED;
}

static void free_trace(struct trace *trace)
{
    if (trace)
        free(trace->events);
    free(trace);
}

/* Rows, and room for their events; NULL if memory is short. */
static struct trace *new_trace(int threads)
{
    struct trace *const trace = calloc(1, sizeof *trace + (size_t)threads * sizeof *trace->rows);
    if (trace)
        trace->events = calloc((size_t)threads * EVENTS_A_ROUND, sizeof *trace->events);
    if (!trace || !trace->events) {
        free_trace(trace);
        return NULL;
    }
    trace->threads = threads;
    for (int thread = 0; thread < threads; thread++)
        trace->rows[thread].events = trace->events + (size_t)thread * EVENTS_A_ROUND;
    return trace;
}

void trace_add_process(struct trace *trace, int number, const char *name, int threads)
{
    fprintf(trace->file,
            "%s{\"name\": \"process_name\", \"ph\": \"M\", \"pid\": %d, \"args\": {\"name\": "
            "\"%s\"}}",
            number > 0 ? ",\n" : "", number, name);
    for (int thread = 0; thread < threads; thread++)
        fprintf(trace->file,
                ",\n{\"name\": \"thread_name\", \"ph\": \"M\", \"pid\": %d, \"tid\": %d, "
                "\"args\": {\"name\": \"thread %d\"}}",
                number, thread, thread);
}

enum status trace_open(struct trace **opened, const struct trace_spec *spec, int threads,
                       uint64_t origin_ns)
{
    FILE *const file = spec->file;
    struct trace *const trace = new_trace(threads);
    if (!trace) {
        if (file)
            fclose(file);
        return error_set(STATUS_FAILED, "%s: out of memory for a trace of %d threads",
                         spec->path ? spec->path : "--trace", threads);
    }
    trace->file = file;
    trace->path = spec->path;
    trace->gave_up = spec->gave_up;
    trace->origin_ns = origin_ns;
    if (file) {
        fputs("{\"displayTimeUnit\": \"ms\", \"traceEvents\": [\n", file);
        trace_add_process(trace, 0, "parsum", threads);
    }
    *opened = trace;
    return STATUS_OK;
}

void trace_event(struct trace *trace, int thread, uint64_t run, uint64_t terms, uint64_t begin_ns,
                 uint64_t end_ns)
{
    struct row *const row = &trace->rows[thread];
    struct event *const next = &row->events[row->count];
    if (row->count && next[-1].run == run && begin_ns - next[-1].end_ns < JOIN_NS) {
        next[-1].end_ns = end_ns;
        next[-1].terms += terms;
    } else if (row->count < EVENTS_A_ROUND) {
        *next = (struct event){run, terms, begin_ns, end_ns};
        row->count++;
    } else {
        row->lost++;
    }
}

/* One line of the file, for an event whose times count from the origin. */
static void write_event(struct trace *trace, int number, int thread, const struct event *event)
{
    if (trace->written == EVENTS_MAX) {
        trace->lost++;
        return;
    }
    fprintf(trace->file,
            ",\n{\"name\": \"job %" PRIu64 "\", \"ph\": \"X\", \"pid\": %d, \"tid\": %d, "
            "\"ts\": %.3f, \"dur\": %.3f, \"args\": {\"job\": %" PRIu64 ", \"terms\": %" PRIu64
            "}}",
            event->run, number, thread, 1e-3 * (double)(int64_t)event->begin_ns,
            1e-3 * (double)(event->end_ns - event->begin_ns), event->run, event->terms);
    trace->written++;
}

enum status trace_flush(struct trace *trace)
{
    for (int thread = 0; thread < trace->threads; thread++) {
        struct row *const row = &trace->rows[thread];
        trace->lost += row->lost;
        for (size_t k = 0; k < row->count; k++) {
            row->events[k].begin_ns -= trace->origin_ns;
            row->events[k].end_ns -= trace->origin_ns;
            write_event(trace, 0, thread, &row->events[k]);
        }
        row->count = 0;
        row->lost = 0;
    }
    return ferror(trace->file) && !trace->gave_up() ? failed(trace) : STATUS_OK;
}

/* The number of threads, and for each how many events there are, how many were lost, and those. */
void trace_put(struct trace *trace, struct bytes *bytes)
{
    bytes_put(bytes, &trace->threads, sizeof trace->threads);
    for (int thread = 0; thread < trace->threads; thread++) {
        struct row *const row = &trace->rows[thread];
        const uint64_t count = row->count;
        bytes_put(bytes, &count, sizeof count);
        bytes_put(bytes, &row->lost, sizeof row->lost);
        bytes_put(bytes, row->events, row->count * sizeof *row->events);
        row->count = 0;
        row->lost = 0;
    }
}

void trace_get(struct trace *trace, struct bytes *bytes, int number, int64_t shift_ns)
{
    int threads;
    bytes_get(bytes, &threads, sizeof threads);
    for (int thread = 0; thread < threads; thread++) {
        uint64_t count, lost;
        bytes_get(bytes, &count, sizeof count);
        bytes_get(bytes, &lost, sizeof lost);
        trace->lost += lost;
        for (uint64_t k = 0; k < count && !bytes->failed; k++) {
            struct event event;
            bytes_get(bytes, &event, sizeof event);
            event.begin_ns += (uint64_t)shift_ns - trace->origin_ns;
            event.end_ns += (uint64_t)shift_ns - trace->origin_ns;
            write_event(trace, number, thread, &event);
        }
    }
}

enum status trace_close(struct trace *trace)
{
    if (!trace)
        return STATUS_OK;
    if (!trace->file) {
        free_trace(trace);
        return STATUS_OK;
    }
    enum status status = trace_flush(trace);
    fprintf(trace->file, "\n], \"otherData\": {\"events\": %" PRIu64 ", \"lost\": %" PRIu64 "}}\n",
            trace->written, trace->lost);
    const bool written = !ferror(trace->file);
    if ((fclose(trace->file) != 0 || !written) && !status)
        status = failed(trace);
    if (trace->lost)
        error_note("%s: the trace was cut: it holds %" PRIu64 " events, %" PRIu64
                   " more did not fit",
                   trace->path, trace->written, trace->lost);
    free_trace(trace);
    return status;
}
