#include "term/term_check.h"

static enum status refuse(const struct term_module *module, size_t k)
{
    static const char *const reasons[] = {
        [TERM_LONG_DOUBLE] =
            "is a long double, which differs from machine to machine; cast it to double",
        [TERM_COMPLEX] = "is complex; add up creal and cimag of it in two runs",
        [TERM_POINTER] = "is a pointer; take what it points at",
        [TERM_AGGREGATE] = "is a struct or a union; take a member of it",
        [TERM_ROUNDED] = "has a block that is real, and so rounded; let block return an integer",
        [TERM_OTHER] = "has no value that is a number; take an integer, a float or a double",
    };
    const char *const why = reasons[module->types[k]];
    if (module->count > 1 + (module->skips && !module->gather))
        return error_set(STATUS_USAGE, "value %zu of the term %s %s", k + 1, module->source, why);
    return error_set(STATUS_USAGE, "the term %s %s", module->source, why);
}

/* Can the term do what is wanted of it? A saved one was compiled for one way of use. */
static enum status check_use(const struct term_module *module, const struct term_spec *spec)
{
    const int key = module->keyed ? module->types[module->count - 1] : TERM_INTEGER;
    if (key != TERM_INTEGER && key != TERM_UNSIGNED)
        return error_set(STATUS_USAGE, "--by: the key is %s; cast it to an integer, (int64_t)(...)",
                         key == TERM_REAL ? "real" : "wider than 64 bits");
    if (module->listed && !spec->listed && spec->reductions)
        return error_set(
            STATUS_USAGE,
            "%s: was saved with --list, which does not go with --reduce; leave that out",
            spec->file);
    return spec_gathers(spec) && !module->gather
               ? error_set(STATUS_USAGE,
                           "%s: was saved for sums alone; save it again with --reduce", spec->file)
               : STATUS_OK;
}

enum status term_check(const struct term_module *module, const struct term_spec *spec)
{
    for (size_t k = 0; k < (size_t)module->count; k++)
        if (module->types[k] >= TERM_REFUSED)
            return refuse(module, k);
    return check_use(module, spec);
}
