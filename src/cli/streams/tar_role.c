/* SPDX-License-Identifier: MIT */
#include "tar_role.h"

#include <string.h>

#include "base/wide.h"
#include "labels/scout.h"
#include "list/mask_names.h"
#include "workers/decoder.h"

/* JSON, XML, or anything that columns or numbers are made of in what was shown of it ("Car 0.00 0
 * -1.57", "image;x;y"): most texts of a shard are captions, which need no worker to be told from
 * labels. */
static bool begins_like_labels(const char *head, size_t size)
{
    size_t at = size >= 3 && memcmp(head, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (at < size && strchr(" \t\r\n", head[at]))
        at++;
    bool has_columns = at == size || strchr("{[<", head[at]);
    for (; at < size; at++)
        has_columns = has_columns || strchr(",;\t0123456789", head[at]);
    return has_columns;
}

/* As of a file in a folder, by what is there. */
exn_tar_role exn_tar_role_of(const exn_cli_options *options, const char *path, const void *head,
                             size_t size, bool is_image)
{
    exn_mask_name mask;
    const exn_item item = {.path = (char *)(uintptr_t)path};
    if (options->labels == EXN_LABEL_FILES_COPY)
        return EXN_TAR_ROLE_NONE;
    if (options->labels == EXN_LABEL_FILES_MOVE && exn_mask_names_match(options, path, 0, &mask))
        return options->check ? EXN_TAR_ROLE_NONE : EXN_TAR_ROLE_MASK; /* it is only looked at */
    if (options->labels == EXN_LABEL_FILES_MOVE && size > 0 && !is_image &&
        exn_scout_may_be_data(&item))
        return EXN_TAR_ROLE_DATA;
    /* Where images get other names, any text may say one. */
    if (options->labels == EXN_LABEL_FILES_WARN && !exn_wide_is(head, size) &&
        !begins_like_labels(head, size) && !exn_decoder_is_needed(options))
        return EXN_TAR_ROLE_NONE;
    return !is_image && exn_scout_may_hold_labels(options, &item, head, size) ? EXN_TAR_ROLE_LABELS
                                                                              : EXN_TAR_ROLE_NONE;
}
