/* SPDX-License-Identifier: MIT */
#include "arguments.h"

enum { PNG_LEVEL_MAX = 12 }; /* libdeflate's */

exn_status exn_arguments_options(const exn_options *options, exn_error *error)
{
    if (!options)
        return EXN_OK;
    /* A caller may have written any number where the enum is meant. */
    const struct {
        const char *name;
        unsigned value, most;
    } rules[] = {
        {"edges", (unsigned)options->edges, EXN_EDGES_REFUSE},
        {"quality", (unsigned)options->quality, EXN_QUALITY_HIGH},
        {"mode", (unsigned)options->mode, EXN_MODE_DROP},
        {"secondary", (unsigned)options->secondary, EXN_SECONDARY_DROP},
        {"png_level", options->png_level, PNG_LEVEL_MAX},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (rules[i].value > rules[i].most)
            return exn_status_fail(error, EXN_BAD_ARGUMENT,
                                   "options: %s is %u, at most %u is allowed", rules[i].name,
                                   rules[i].value, rules[i].most);
    return EXN_OK;
}

exn_status exn_arguments_data(const void *data, size_t size, const char *name, exn_error *error)
{
    return size == 0 ? EXN_OK : exn_arguments_given(data, name, error);
}

exn_status exn_arguments_given(const void *argument, const char *name, exn_error *error)
{
    return argument ? EXN_OK : exn_status_fail(error, EXN_BAD_ARGUMENT, "%s is NULL", name);
}
