/* Any bytes as a command line, its arguments parted by newlines. */
#include "run/window.h"
#include "fuzz.h"
#include "cli/options.h"

#include <string.h>

enum { ARGUMENTS = 64 };

/* Cuts `line` into at most ARGUMENTS arguments behind the program's name, ended by NULL. */
static int cut(char *line, char *argv[ARGUMENTS + 2])
{
    int argc = 0;
    argv[argc++] = line; /* any name will do */
    char *rest = line;
    for (char *argument; argc <= ARGUMENTS && (argument = strsep(&rest, "\n"));)
        argv[argc++] = argument;
    argv[argc] = NULL;
    return argc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *const line = malloc(size + 1);
    DEMAND(line);
    memcpy(line, data, size);
    line[size] = '\0';
    char *argv[ARGUMENTS + 2];
    const int argc = cut(line, argv);

    struct options options;
    const enum status status = options_parse(&options, argc, argv);
    DEMAND(status == STATUS_OK || status == STATUS_USAGE);
    if (!status && options.action == ACTION_RUN) {
        DEMAND(options.task.threads >= 0 && options.task.threads <= 4096);
        DEMAND(options.task.jobs.random >= 0 && options.task.jobs.below > 0);
        DEMAND(!(options.task.compare && options.task.serial));
        DEMAND(!(options.task.jobs.input && options.task.jobs.argument_count > 0));
        struct job_source *source = NULL;
        if (options.task.jobs.argument_count > 0 &&
            job_source_open(&source, &options.task.jobs) == STATUS_OK) {
            (void)job_source_total(source);
            job_source_close(source);
        }
    }
    free(line);
    return 0;
}
