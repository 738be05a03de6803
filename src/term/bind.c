#include "term/bind.h"

#include <string.h>

enum status bind_arrays(const struct term_module *module, const struct data *arrays,
                        const char *name)
{
    static const struct data none;
    const struct data *const data = arrays ? arrays : &none;
    for (struct term_array *wanted = module->arrays; wanted->name; wanted++) {
        const size_t k = data_find(data, wanted->name, strlen(wanted->name));
        const struct data_array *const array = &data->array[k];
        if (k == data->count || strcmp(element_name(array->shape.element), wanted->element) != 0 ||
            (array->shape.dimensions == 2 ? array->shape.n[1] : 0) != wanted->columns)
            return error_set(
                STATUS_USAGE, "%s: was compiled for the array %s of %s%s; give it with --data",
                name, wanted->name, wanted->element, wanted->columns ? " and as many columns" : "");
        wanted->at = array->elements;
        wanted->n = array->shape.n[0];
    }
    return STATUS_OK;
}

void bind_seed(const struct term_module *module, uint64_t seed)
{
    if (module && module->seed)
        *module->seed = seed;
}

void bind_put(const struct data *data, struct bytes *bytes)
{
    const uint64_t count = data ? data->count : 0;
    bytes_put(bytes, &count, sizeof count);
    for (size_t k = 0; k < count; k++)
        bytes_put(bytes, &data->array[k].digest, sizeof data->array[k].digest);
}

enum status bind_check(const struct data *data, struct bytes *bytes)
{
    uint64_t count, digest;
    bytes_get(bytes, &count, sizeof count);
    if (count != (data ? data->count : 0))
        return error_set(STATUS_USAGE, "--data: rank 0 has other arrays; give all ranks the same");
    for (size_t k = 0; k < count; k++) {
        const struct data_array *const array = &data->array[k];
        bytes_get(bytes, &digest, sizeof digest);
        if (digest != array->digest)
            return error_set(STATUS_USAGE,
                             "--data %s: %s holds something else than on rank 0; give all ranks "
                             "the same file",
                             array->name, array->path);
    }
    return STATUS_OK;
}
