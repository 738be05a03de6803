#include "cli/session_saved.h"

enum status session_check_saved(const struct options *options, const struct term *term)
{
    const char *const file = options->term.file;
    if (term->by_key && options->cumulative)
        return error_set(STATUS_USAGE,
                         "%s: was saved with --by, which does not go with --cumulative; leave that "
                         "out",
                         file);
    if (term->find && (options->cumulative || options->compare))
        return error_set(STATUS_USAGE,
                         "%s: was saved with --list, which does not go with %s; leave that out",
                         file, options->compare ? "--compare" : "--cumulative");
    if (term->find && options->format == FORMAT_NPY)
        return error_set(STATUS_USAGE, "--format npy is for results, and a list has none; give "
                                       "--format csv");
    if (options->first > 0 && !term->find)
        return error_set(STATUS_USAGE, "--first goes with --list");
    return STATUS_OK;
}
