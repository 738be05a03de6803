#include "cli/load.h"

#include "base/clock.h"
#include "cli/signals.h"
#include "run/team.h"

#include <stdio.h>
#include <stdlib.h>

static struct signals_mapped mapped[DATA_MAX];
static size_t mapped_count;

/* From here on a file that becomes too short is told of. */
static void watch(const struct data_array *array)
{
    char *const path = error_shown(array->path);
    char *line = NULL;
    if (array->mapped == 0 ||
        asprintf(&line,
                 "--data %s: %s has become shorter since the run began; run again, on a copy if it "
                 "goes on changing\n",
                 array->name, path ? path : "the file") < 0)
        line = NULL;
    if (line)
        mapped[mapped_count++] = (struct signals_mapped){array->map, array->mapped, line};
    free(path);
    signals_watch_mapped(mapped, mapped_count);
}

struct touching {
    const struct data *data;
    uint64_t *digests; /* of the pieces; NULL: nobody wants them */
};

static void touch(void *context, size_t piece)
{
    const struct touching *const touching = context;
    if (!control_stop(signals_control()))
        data_touch(touching->data, piece, touching->digests);
}

static int threads_for(const struct options *options, size_t pieces)
{
    const int threads = options->serial    ? 1
                        : options->threads ? options->threads
                                           : team_default_threads();
    return (size_t)threads < pieces ? threads : (int)pieces;
}

static enum status touch_all(struct data *data, const struct options *options, bool digest)
{
    const size_t pieces = data_pieces(data);
    struct touching touching = {data, NULL};
    if (digest)
        touching.digests = calloc(pieces + 1, sizeof *touching.digests);
    if (digest && !touching.digests)
        return error_set(STATUS_FAILED, "--data: out of memory");
    if (pieces > 0)
        team_each(threads_for(options, pieces), pieces, touch, &touching);
    if (digest)
        data_digest(data, touching.digests);
    free(touching.digests);
    return control_stop(signals_control()) ? STATUS_STOPPED : STATUS_OK;
}

enum status load_open(struct load *load, const struct options *options, bool digest)
{
    const uint64_t begin_ns = clock_ns();
    struct data *const data = &load->data;
    enum status status = STATUS_OK;
    *load = (struct load){.offsets = NULL};
    for (size_t k = 0; k < options->data_count && !status; k++) {
        status = data_add(data, options->data[k]);
        if (!status)
            watch(&data->array[k]);
    }
    if (!status && data->count > 0)
        status = touch_all(data, options, digest);
    load->seconds = 1e-9 * (double)(clock_ns() - begin_ns);
    return status;
}

enum status load_segments(struct load *load, const struct options *options)
{
    uint64_t count = 1;
    const enum status status =
        options->segments ? data_offsets(options->segments, &load->offsets, &count) : STATUS_OK;
    load->segments = count - 1;
    return status;
}

struct job_spec load_jobs(const struct load *load, const struct options *options)
{
    static char all[] = "";
    static char *const one[] = {all};
    struct job_spec jobs = options->jobs;
    jobs.offsets = load->offsets;
    jobs.segments = load->segments;
    if (load->offsets || load->data.count == 0)
        return jobs;
    if (!jobs.has_end)
        jobs.end = load->data.array[0].shape.n[0];
    jobs.has_end = true;
    if (!options->jobs_random && !jobs.input && jobs.argument_count == 0) {
        jobs.arguments = one;
        jobs.argument_count = 1;
    }
    return jobs;
}

void load_close(struct load *load)
{
    signals_watch_mapped(NULL, 0);
    for (; mapped_count > 0; mapped_count--)
        free((char *)mapped[mapped_count - 1].line);
    data_close(&load->data);
    free(load->offsets);
}
