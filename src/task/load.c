#include "task/load.h"

#include "base/clock.h"
#include "jobs/pieces.h"
#include "run/team.h"

#include <stdlib.h>

struct touching {
    const struct data *data;
    uint64_t *digests; /* of the pieces; NULL: nobody wants them */
    struct control *control;
};

static void touch(void *context, size_t piece)
{
    const struct touching *const touching = context;
    if (!control_stop(touching->control))
        pieces_touch(touching->data, piece, touching->digests);
}

static enum status touch_all(struct data *data, int threads, bool digest, struct control *control)
{
    const size_t pieces = pieces_count(data);
    struct touching touching = {data, NULL, control};
    if (digest)
        touching.digests = calloc(pieces + 1, sizeof *touching.digests);
    if (digest && !touching.digests)
        return error_set(STATUS_FAILED, "--data: out of memory");
    if (pieces > 0)
        team_each((size_t)threads < pieces ? threads : (int)pieces, pieces, touch, &touching);
    if (digest)
        pieces_digest(data, touching.digests);
    free(touching.digests);
    return control_stop(control) ? STATUS_STOPPED : STATUS_OK;
}

enum status load_open(struct load *load, const struct load_spec *spec, int threads, bool digest,
                      struct control *control)
{
    const uint64_t begin_ns = clock_ns();
    struct data *const data = &load->data;
    enum status status = STATUS_OK;
    *load = (struct load){.offsets = NULL};
    for (size_t k = 0; k < spec->given_count && !status; k++)
        status = data_give(data, &spec->given[k]);
    for (size_t k = 0; k < spec->file_count && !status; k++) {
        status = data_add(data, spec->files[k]);
        if (!status && spec->mapped)
            spec->mapped(&data->array[data->count - 1]);
    }
    if (!status && (digest ? data->count : spec->file_count) > 0)
        status = touch_all(data, threads, digest, control);
    load->seconds = 1e-9 * (double)(clock_ns() - begin_ns);
    return status;
}

enum status load_segments(struct load *load, const struct load_spec *spec)
{
    uint64_t count = 1;
    const enum status status =
        spec->segments ? data_offsets(spec->segments, &load->offsets, &count) : STATUS_OK;
    load->segments = count - 1;
    return status;
}

struct job_spec load_jobs(const struct load *load, const struct job_spec *spec, bool none)
{
    static char all[] = "";
    static char *const one[] = {all};
    struct job_spec jobs = *spec;
    jobs.offsets = load->offsets;
    jobs.segments = load->segments;
    if (load->offsets || load->data.count == 0 || jobs.given)
        return jobs;
    if (!jobs.has_end)
        jobs.end = load->data.array[0].shape.n[0];
    jobs.has_end = true;
    if (none) {
        jobs.arguments = one;
        jobs.argument_count = 1;
    }
    return jobs;
}

void load_close(struct load *load)
{
    data_close(&load->data);
    free(load->offsets);
}
