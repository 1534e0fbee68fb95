/* SPDX-License-Identifier: MIT */
/* What has to hold of every file in which only metadata was edited, whatever its format. */
#ifndef EXN_FUZZ_EDITED_H
#define EXN_FUZZ_EDITED_H

#include <exifnorm.h>

#include "fuzz.h"

typedef struct fuzz_edited {
    exn_bytes output;
    exn_result result, again; /* of the input, and of the output */
} fuzz_edited;

/* Normalizes a file. True where only metadata was edited; the output is then one that needs
 * nothing. Either way the caller frees the output. */
static inline bool fuzz_edit(const uint8_t *data, size_t size, const exn_options *options,
                             fuzz_edited *edited)
{
    exn_error error;
    *edited = (fuzz_edited){0};
    exn_result_init(&edited->result, sizeof edited->result);
    exn_result_init(&edited->again, sizeof edited->again);
    if (exn_normalize(data, size, options, &edited->output, &edited->result, &error) != EXN_OK ||
        edited->result.outcome != EXN_OUTCOME_METADATA)
        return false;
    FACT(exn_check_memory(edited->output.data, edited->output.size, options, &edited->again,
                          &error) == EXN_OK);
    FACT(edited->again.outcome == EXN_OUTCOME_UNTOUCHED);
    return true;
}

#endif
