#include "cli/session_mapped.h"

#include "cli/signals.h"

#include <stdio.h>
#include <stdlib.h>

static struct signals_mapped mapped[DATA_MAX];
static size_t mapped_count;

void mapped_watch(const struct data_array *array)
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

void mapped_forget(void)
{
    signals_watch_mapped(NULL, 0);
    for (; mapped_count > 0; mapped_count--)
        free((char *)mapped[mapped_count - 1].line);
}
