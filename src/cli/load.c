#include "cli/load.h"

#include "base/clock.h"
#include "cli/signals.h"
#include "run/team.h"

#include <stdlib.h>

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
    for (size_t k = 0; k < options->data_count && !status; k++)
        status = data_add(data, options->data[k]);
    if (!status && data->count > 0)
        status = touch_all(data, options, digest);
    *seconds = 1e-9 * (double)(clock_ns() - begin_ns);
    return status;
}
