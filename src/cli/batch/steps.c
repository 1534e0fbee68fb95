/* SPDX-License-Identifier: MIT */
#include "steps.h"

#include <errno.h>

#include "archive.h"
#include "base/error.h"
#include "list/orientations.h"
#include "output.h"
#include "replace.h"
#include "streams/tar_names.h"
#include "workers/work.h"

/* The work on an item is over, well or not: what is left needs no worker, and, unless it is written
 * in place, no source. */
void exn_batch_steps_complete(exn_batch *b, exn_entry *e)
{
    exn_item *item = &e->item;
    const uint64_t since = item->microseconds > 0 ? exn_item_clock() : item->opened;
    exn_batch_entry_close_image(b, e);
    const bool carried = exn_work_is_carried(item->result.outcome);
    if (item->error.status == EXN_OK && carried && !b->options->in_place)
        /* What needs no change is not written again from memory. */
        exn_batch_output_carry(b, e);
    else if (item->error.status == EXN_OK && carried)
        item->bytes_out = item->bytes_in; /* it is in its place already */
    else if (item->error.status == EXN_OK && b->options->in_place)
        exn_batch_replace_may(b, e);
    if (e->job.source >= 0)
        exn_work_check_unchanged(&e->before, b->roots->in, item, b->options);
    bool kept = b->options->on_error == EXN_ON_ERROR_KEEP && exn_work_may_keep(&item->error) &&
                exn_batch_output_keep(b, e);
    if (!exn_batch_archive_is(b, item)) /* that one knows better (archive.c) */
        e->target.changed = item->error.status == EXN_OK && !kept && !carried;
    e->target.changed = e->target.changed && !b->options->preserve_times;
    bool stays = b->options->in_place && carried && item->error.status == EXN_OK;
    bool sealed = (item->error.status == EXN_OK || kept) && !stays && exn_batch_output_seal(b, e);
    if (!sealed)
        exn_target_drop(&e->target);
    if (stays && e->target.left) {
        exn_error_set(&item->error, EXN_WRITE, e->target.left, "cannot remove the temporary file");
        stays = false;
    }
    /* A worker that crashed, or whose output does not read back, gets no further image. */
    if (exn_work_is_suspect(&item->error))
        exn_pool_dismiss(b->pool, &e->job);
    if (!exn_target_in_place(&e->target))
        exn_batch_entry_close_source(e);
    if (item->opened > 0)
        exn_item_add_time(item, since);
    exn_batch_entry_enter(e, stays     ? EXN_PHASE_STAYS
                             : !sealed ? EXN_PHASE_FAILED
                             : kept    ? EXN_PHASE_KEPT
                                       : EXN_PHASE_SEALED);
}

/* Takes what a worker has made, and the file that it has made it in. A worker's word is no reason
 * to end the run. */
void exn_batch_steps_take(exn_entry *e)
{
    exn_error *error = &e->job.answer.error;
    e->target.lent = e->job.lent;
    if (error->status == EXN_OK && e->job.answer.bytes_out > 0)
        exn_target_claim(&e->target, error);
    else if (error->status == EXN_WRITE)
        e->item.alone = exn_target_can_grow(&e->target, e->item.bytes_in, error);
    e->job.output = e->target.fd;
    exn_work_take(&e->item, &e->job);
}

/* Where what needs no change can be copied by the worker that has just read it, it is
 * (EXN_JOB_FILL). */
static void hand_over(exn_batch *b, exn_entry *e, exn_job_kind kind)
{
    bool fill = kind == EXN_JOB_NORMALIZE && exn_batch_output_may_fill(b, e);
    e->job.kind = fill ? EXN_JOB_FILL : kind;
    e->job.output = e->target.fd;
    e->job.size = e->item.bytes_in;
    exn_batch_entry_enter(e, EXN_PHASE_AT_WORK);
    exn_flight_hand_over(&b->flight, &e->job);
}

/* A dry run has none where OUT is not there yet. */
void exn_batch_steps_check_folder(const exn_batch *b, exn_entry *e)
{
    if (exn_batch_entry_folder(e) < 0 && !b->options->dry_run)
        exn_error_set(&e->item.error, EXN_WRITE, ENOENT, "the output folder no longer exists");
}

/* What the state knows of a file. True: it was done by a run before. */
bool exn_batch_steps_recall(exn_batch *b, exn_entry *e)
{
    exn_item *item = &e->item;
    exn_past past = EXN_PAST_NONE;
    bool archive = exn_batch_archive_is(b, item);
    if (archive)
        item->labels.key = exn_batch_archive_key(b->options);
    if (b->state && !b->options->in_place && item->error.status == EXN_OK)
        past = exn_state_recall(b->state, item, b->roots->in, exn_batch_entry_folder(e));
    if (past == EXN_PAST_DONE && archive && !exn_state_has_members(b->state, item))
        past = EXN_PAST_OURS;
    if (past == EXN_PAST_DONE && b->last && b->index.redone)
        past = EXN_PAST_OURS; /* what it tells of may lie elsewhere now */
    if (archive)
        exn_batch_archive_note(b, item, past == EXN_PAST_DONE);
    e->target.replace = b->options->overwrite || b->options->in_place || past == EXN_PAST_OURS;
    return past == EXN_PAST_DONE;
}

void exn_batch_steps_check_target(const exn_batch *b, exn_entry *e)
{
    const struct stat *kept = b->report->file ? &b->report->id : NULL;
    if (e->item.error.status == EXN_OK)
        exn_target_check(exn_batch_entry_folder(e), e->item.target, e->target.replace,
                         b->options->resume, kept, &e->item.error);
}

/* In this order: an output that may not be written costs no reading. */
void exn_batch_steps_open(const exn_batch *b, exn_entry *e)
{
    exn_batch_steps_check_target(b, e);
    if (e->item.error.status == EXN_OK)
        e->job.source = exn_item_open(&e->item, b->roots->in, &e->before);
}

/* A format that is only read costs its headers only, since a file of any size is copied. Only what
 * is an image by its first bytes goes to a worker. */
void exn_batch_steps_run_image(exn_batch *b, exn_entry *e, exn_format format)
{
    exn_item *item = &e->item;
    if (item->error.status == EXN_OK && format == EXN_FORMAT_UNKNOWN &&
        exn_item_named_as_image(item))
        exn_item_misnamed(item, item->bytes_in, &item->error);
    if (item->error.status == EXN_OK && exn_work_is_misnamed(format, item->path, b->options))
        exn_error_set(&item->error, EXN_NOT_AN_IMAGE, 0, "--orientations says otherwise");
    if (item->error.status == EXN_OK)
        exn_batch_output_open(b, e);
    bool unknown = b->options->tar && exn_tar_name_is_unknown(item->path);
    item->result.outcome = unknown ? EXN_OUTCOME_UNSUPPORTED : EXN_OUTCOME_COPIED;
    if (item->error.status != EXN_OK || format == EXN_FORMAT_UNKNOWN)
        exn_batch_steps_complete(b, e);
    else
        hand_over(b, e, exn_work_kind(format, e->job.orientation, b->options));
}
