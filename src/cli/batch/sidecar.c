/* SPDX-License-Identifier: MIT */
#include "sidecar.h"

#include <string.h>

#include "archive.h"
#include "base/error.h"
#include "output.h"

void exn_batch_sidecar_pair(exn_batch *batch, exn_item *item)
{
    if (exn_sidecar_is(batch->options, item->path) && !exn_batch_archive_is(batch, item))
        exn_sidecar_pair(&batch->sidecars, batch->roots->in, item);
}

/* A walk meets most images before their sidecars, and they are finished in that order, so by then
 * it is known whether they failed. For the others the worker has to read the whole image to find
 * out. */
void exn_batch_sidecar_open_image(const exn_batch *batch, exn_entry *entry)
{
    exn_item *item = &entry->item;
    if (!item->image || item->error.status != EXN_OK)
        return;
    entry->job.image = exn_sidecar_open(item, batch->roots->in);
    entry->job.beside = (exn_beside){.there = entry->job.image >= 0,
                                     .size = (uint64_t)item->status.st_size,
                                     .whole = !batch->roots->folder || batch->options->files_from ||
                                              strcmp(item->image, item->path) > 0};
}

/* Makes the output again, from the source's bytes. False: there is none. */
static bool keep(exn_batch *batch, exn_entry *entry)
{
    exn_item *item = &entry->item;
    exn_error why = item->error;
    struct stat before = entry->before;
    item->error = (exn_error){0};
    entry->job.source = exn_item_open(item, batch->roots->in, &entry->before);
    if (entry->job.source >= 0 && !exn_item_unchanged(entry->job.source, &before, true))
        exn_error_set(&item->error, EXN_READ, 0, "the source changed while it was read");
    if (item->error.status != EXN_OK)
        return false;
    item->error = why;
    bool kept = exn_batch_output_keep(batch, entry) && exn_batch_output_seal(batch, entry);
    if (!exn_target_in_place(&entry->target))
        exn_batch_entry_close_source(entry);
    return kept;
}

/* Images are finished before their sidecars, so by now it is known whether the image failed. A
 * sidecar that was edited for an image that kept its orientation would be wrong. */
void exn_batch_sidecar_follow_image(exn_batch *batch, exn_entry *entry)
{
    exn_item *item = &entry->item;
    if (!item->image || entry->phase != EXN_PHASE_SEALED ||
        !exn_sidecar_failed(&batch->sidecars, item->image))
        return;
    exn_target_drop(&entry->target);
    exn_batch_entry_close_source(entry);
    exn_error_set(&item->error, EXN_REFUSED, 0, "its image failed");
    bool kept = batch->options->on_error == EXN_ON_ERROR_KEEP && keep(batch, entry);
    exn_batch_entry_enter(entry, kept ? EXN_PHASE_KEPT : EXN_PHASE_FAILED);
}
