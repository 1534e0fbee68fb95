/* SPDX-License-Identifier: MIT */
#include "masks.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "labels/turns.h"
#include "list/shard.h"
#include "steps.h"
#include "workers/work.h"

bool exn_batch_masks_has(const exn_batch *batch, const exn_item *item)
{
    return batch->options->labels == EXN_LABEL_FILES_MOVE &&
           exn_masks_find(&batch->survey->masks, item->path) != NULL;
}

/* The image that the mask belongs to; NULL, with the reason. */
static const exn_picture *find_image(const exn_batch *b, const exn_masks_claim *claim,
                                     exn_error *why)
{
    const exn_picture *picture =
        claim->image ? exn_pictures_at(&b->survey->pictures, claim->image) : NULL;
    if (claim->is_disputed)
        exn_error_set(why, EXN_REFUSED, 0, "it could be a mask of several images");
    else if (!picture && b->options->shards)
        exn_error_set(
            why, EXN_REFUSED, 0,
            "there is no image in this part that it is a mask of: masks of images in other "
            "parts are rotated by a run without --shard");
    else if (!picture)
        exn_error_set(why, EXN_REFUSED, 0, "there is no image in this run that it is a mask of");
    return why->status == EXN_OK ? picture : NULL;
}

/* The EXIF value that the mask is rotated by; 0: it stays. Sets the size that it has to have, which
 * is that of its frame. The library decides, since frame and mode matter: a mask may have to be
 * rotated although its image was only edited, or to stay although that was rotated. */
static uint32_t choose(const exn_batch *b, exn_entry *e, const exn_masks_claim *claim,
                       const exn_picture *picture, exn_error *why)
{
    exn_turn turn = picture->turn;
    uint32_t orientation = 1;
    if (exn_turns_is_still(&turn))
        return 0;
    const exn_labels_judgement judgement =
        exn_verdicts_rule_mask(&b->survey->verdicts, claim, picture);
    if (!exn_turns_choose_frame(&turn, b->options, judgement)) {
        exn_error_set(why, EXN_REFUSED, 0, "the frame of the labels on '%.100s' is not known",
                      picture->path);
        return 0;
    }
    const exn_result result = exn_pictures_result(picture);
    exn_labels_mask_orientation(&result, turn.displayed ? EXN_LABELS_DISPLAYED : EXN_LABELS_STORED,
                                &orientation, NULL);
    exn_turns_frame_size(&turn, &e->mask_width, &e->mask_height);
    if (claim->is_any_size)
        e->mask_width = e->mask_height = 0;
    return orientation == 1 ? 0 : orientation;
}

/* Identifies, for the state, what its output depends on besides the mask itself. */
static uint64_t key_of(const exn_entry *e)
{
    char text[64];
    const int size = snprintf(text, sizeof text, "mask %" PRIu32 " %" PRIu32 " %" PRIu32,
                              e->job.orientation, e->mask_width, e->mask_height);
    return exn_shard_hash(text, (size_t)size);
}

/* Called before the state is asked, which compares the key: if an earlier run decided otherwise,
 * its output does not count. */
static void decide(exn_batch *b, exn_entry *e, exn_error *why)
{
    const exn_masks_claim *claim = exn_masks_find(&b->survey->masks, e->item.path);
    const exn_picture *picture = find_image(b, claim, why);
    e->job.mask = e->item.is_mask = true;
    if (picture) {
        e->item.mask_of = picture->path;
        e->job.orientation = choose(b, e, claim, picture, why);
    }
    e->item.labels.key = key_of(e);
}

/* The state's answer comes first, as for any file, then the reasons against it that this run has
 * found. */
void exn_batch_masks_start(exn_batch *b, exn_entry *e)
{
    exn_item *item = &e->item;
    exn_format format = EXN_FORMAT_UNKNOWN;
    exn_error why = {0};
    exn_batch_steps_check_folder(b, e);
    decide(b, e, &why);
    if (exn_batch_steps_recall(b, e) && why.status == EXN_OK) {
        exn_batch_entry_enter(e, EXN_PHASE_KNOWN);
        return;
    }
    exn_batch_steps_open(b, e);
    if (item->error.status == EXN_OK)
        format = exn_work_sniff(e->job.source, item);
    if (why.status == EXN_OK && e->job.orientation && format == EXN_FORMAT_UNKNOWN)
        exn_error_set(&why, EXN_REFUSED, 0,
                      "'%.100s' was rotated, and a mask of this format cannot be", item->mask_of);
    if (item->error.status == EXN_OK)
        item->error = why;
    exn_batch_steps_run_image(b, e, format);
}

/* A worker that verifies answers only with an error, without sizes to compare. */
void exn_batch_masks_look(exn_entry *e)
{
    if (e->job.mask && e->job.kind != EXN_JOB_VERIFY)
        exn_masks_check(&e->item, e->job.orientation, e->mask_width, e->mask_height);
}

/* All masks are finished before the first label file begins (batch.c). A mask that is not done by
 * then counts as failed: its label file is refused. */
void exn_batch_masks_note(const exn_batch *batch, const exn_item *item)
{
    exn_masks_claim *claim = exn_masks_find(&batch->survey->masks, item->path);
    if (claim)
        claim->is_done = item->error.status == EXN_OK;
}
