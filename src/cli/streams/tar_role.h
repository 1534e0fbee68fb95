/* SPDX-License-Identifier: MIT */
/* What a member of an archive may be to labels, before a worker has looked into it. */
#ifndef EXN_CLI_STREAMS_TAR_ROLE_H
#define EXN_CLI_STREAMS_TAR_ROLE_H

#include <stdbool.h>
#include <stddef.h>

#include "options.h"

typedef enum exn_tar_role {
    EXN_TAR_ROLE_NONE,
    EXN_TAR_ROLE_LABELS, /* it may be a label file */
    EXN_TAR_ROLE_MASK,
    EXN_TAR_ROLE_DATA, /* it may describe a YOLO data set */
} exn_tar_role;

/* By the member's name and first bytes. is_image: these are an image's. */
exn_tar_role exn_tar_role_of(const exn_cli_options *options, const char *path, const void *head,
                             size_t size, bool is_image);

#endif
