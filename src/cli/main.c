/*
 * parsum: adds up a term over many uneven ranges of integers, in parallel and exactly.
 *
 * The only place that picks the exit status.
 */
#include "base/error.h"
#include "cli/messages.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/session.h"
#include "cli/signals.h"
#include "cluster/ranks.h"
#include "run/team.h"

#include <fcntl.h>
#include <unistd.h>

/*
 * Takes the places of standard files that are closed, or the next file that is opened would be one:
 * a trace with sums in it, a journal with messages. Using them is still an error, as they are open
 * the other way round.
 */
static void occupy_standard_files(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/* MPI begins before the options are parsed. Rank 0 speaks for all. */
static enum status begin_ranks(struct ranks **ranks, int argc, char **argv)
{
    if (!options_want_mpi(argc, argv))
        return STATUS_OK;
    if (ranks_are_elsewhere())
        team_unbind();
    const enum status status = ranks_open(ranks, argv);
    if (!status && ranks_number(*ranks) > 0)
        messages_hold();
    return status;
}

static enum status act(const struct options *options, struct ranks *ranks)
{
    const bool speaks = !ranks || ranks_number(ranks) == 0;
    switch (options->action) {
    case ACTION_RUN:
        signals_limit(options->task.stop_ns, STATUS_STOPPED, options->task.journal);
        return session_run(options, ranks);
    case ACTION_HELP:
    case ACTION_HELP_ALL:
        return speaks ? report_help(options->action == ACTION_HELP_ALL) : STATUS_OK;
    case ACTION_VERSION:
        return speaks ? report_version() : STATUS_OK;
    }
    return STATUS_OK;
}

int main(int argc, char **argv)
{
    struct ranks *ranks = NULL;
    struct options options;
    occupy_standard_files();
    signals_install();
    signals_watch_terms();
    messages_begin();
    enum status status = begin_ranks(&ranks, argc, argv);
    if (!status)
        status = options_parse(&options, argc, argv);
    if (!status)
        status = act(&options, ranks);
    messages_tell_error();
    ranks_close(ranks);
    if (status == STATUS_STOPPED && signals_stop())
        signals_die(signals_stop());
    return (int)status;
}
