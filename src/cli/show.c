#include "cli/show.h"

static void begin(void *context, uint64_t terms, uint64_t terms_before)
{
    struct show *const show = context;
    const enum options_progress wanted = show->options->progress;
    const bool on = wanted == PROGRESS_AUTO ? progress_default() : wanted == PROGRESS_ON;
    progress_start(&show->progress, on, terms, terms_before);
    show->progress.listed = show->report && show->report->listed;
}

/* Before the rows are written, not before the flush: a full buffer is written out at once. */
static void before_jobs(void *context)
{
    struct show *const show = context;
    if (show->report && !show->options->quiet)
        progress_hide(&show->progress);
}

static enum status job(void *context, uint64_t number, const struct job *job,
                       const union value *values)
{
    struct show *const show = context;
    return show->report ? report_job(show->report, number, job, values) : STATUS_OK;
}

static enum status hit(void *context, struct job job, const struct hit *found)
{
    struct show *const show = context;
    return show->report ? report_hit(show->report, job, found) : STATUS_OK;
}

static enum status flush(void *context)
{
    const struct show *const show = context;
    return show->report ? report_flush() : STATUS_OK;
}

static void progress(void *context, uint64_t terms, uint64_t hits)
{
    struct show *const show = context;
    show->progress.hits = hits;
    progress_update(&show->progress, terms);
}

static void asked(void *context, uint64_t terms_all, uint64_t terms, uint64_t hits)
{
    struct show *const show = context;
    show->progress.hits = hits;
    progress_tell(&show->progress, terms_all, terms);
}

static void end(void *context)
{
    struct show *const show = context;
    progress_stop(&show->progress);
}

struct run_listener show_listener(struct show *show)
{
    const bool rows = show->report && !show->options->quiet;
    return (struct run_listener){show,     begin, before_jobs, rows ? job : NULL, hit, flush,
                                 progress, asked, end};
}
