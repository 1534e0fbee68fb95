/* SPDX-License-Identifier: MIT */
/* What the parent needs to know about the work on one image, wherever its bytes come from
 * and go to: what to ask a worker for, and what its answer is worth. */
#ifndef EXN_CLI_WORKERS_WORK_H
#define EXN_CLI_WORKERS_WORK_H

#include "base/item.h"
#include "pool.h"

/* Looks at the first bytes of source, which is not moved. EXN_FORMAT_UNKNOWN: no image, or it
 * cannot be read, and the item's error says why. */
exn_format exn_work_sniff(int source, exn_item *item);

/* Whether a file without a name is XMP, by how it begins. */
bool exn_work_sniff_xmp(int source);

/* What is to be done with an image of that format, which is not EXN_FORMAT_UNKNOWN; given: the
 * orientation that it is to be rotated by, 0: its own. */
exn_job_kind exn_work_kind(exn_format format, uint32_t given, const exn_cli_options *options);

/* Whether --orientations lists as an image what is none: a sidecar goes by its image's line. */
bool exn_work_is_misnamed(exn_format format, const char *path, const exn_cli_options *options);

/* Takes a worker's answer into the item. What it says of the output is held against job->output. */
void exn_work_take(exn_item *item, const exn_job *job);

/* Whether the run makes or removes names of its own sources: those of --link, and links of a run
 * before that it replaces. */
bool exn_work_relinks(const exn_cli_options *options);

/* Whether another worker is to look at what one has made (--verify); the job is then about that,
 * and its output must be what nobody can write to any more. */
bool exn_work_look_again(exn_job *job, const exn_item *item, const exn_cli_options *options);

/* A source that somebody writes to gives a picture that never was: size and times must be what they
 * were, and its name, relative to folder, must be that of the file that was read, which is still
 * open. */
void exn_work_check_unchanged(const struct stat *before, int folder, exn_item *item,
                              const exn_cli_options *options);

/* Whether --on-error=keep can do something about an error: the image failed, not its source, nor
 * the output's place. */
bool exn_work_may_keep(const exn_error *error);

/* Whether the worker that made an item's output may have been taken over. */
bool exn_work_is_suspect(const exn_error *error);

/* Whether the output is the source's own bytes. */
bool exn_work_is_carried(exn_outcome outcome);

#endif
