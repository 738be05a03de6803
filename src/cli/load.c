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

void load_close(struct data *data)
{
    signals_watch_mapped(NULL, 0);
    for (; mapped_count > 0; mapped_count--)
        free((char *)mapped[mapped_count - 1].line);
    data_close(data);
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

enum status load_data(struct data *data, const struct options *options, bool digest,
                      double *seconds)
{
    const uint64_t begin_ns = clock_ns();
    enum status status = STATUS_OK;
    for (size_t k = 0; k < options->data_count && !status; k++) {
        status = data_add(data, options->data[k]);
        if (!status)
            watch(&data->array[k]);
    }
    if (!status && data->count > 0)
        status = touch_all(data, options, digest);
    *seconds = 1e-9 * (double)(clock_ns() - begin_ns);
    return status;
}
