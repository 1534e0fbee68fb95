/* SPDX-License-Identifier: MIT */
#include "index.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/error.h"
#include "output.h"

/* Whether a file is an index of archives, or may be. Works on a copy of the item: if the file
 * cannot be opened here, that is not a failure yet, and its time has not begun. */
static bool is_index(const exn_batch *batch, const exn_item *item)
{
    exn_item look = *item;
    struct stat status;
    bool file = item->kind == EXN_ITEM_FILE || item->kind == EXN_ITEM_LINK;
    if (!file || !batch->options->tar || !batch->roots->folder || !exn_tar_index_named(item->path))
        return false;
    int source = exn_item_open(&look, batch->roots->in, &status);
    bool is = source < 0 || exn_tar_index_looks(item->path, source);
    if (source >= 0)
        close(source);
    return is;
}

/* Only when all archives have their names is it known where members are. The list takes over the
 * item's path. */
bool exn_batch_index_put_off(exn_batch *batch, exn_item *item)
{
    if (batch->last || !is_index(batch, item))
        return false;
    exn_item *later =
        exn_array_reserve(batch->later, batch->laters, &batch->later_room, sizeof *later, 16);
    if (!later) {
        exn_error_set(&item->error, EXN_MEMORY, 0, "index list");
        return false;
    }
    batch->later = later;
    batch->later[batch->laters++] = *item;
    return true;
}

/* Gives the temporary file the bytes of a memory file. */
static void carry_edited(const exn_batch *batch, exn_entry *entry, int edited)
{
    exn_item *item = &entry->item;
    struct stat status;
    item->result.outcome = EXN_OUTCOME_METADATA;
    item->result.method = EXN_METHOD_EDIT;
    item->bytes_out =
        edited >= 0 && fstat(edited, &status) == 0 ? (uint64_t)status.st_size : item->bytes_in;
    if (batch->options->dry_run)
        return;
    exn_target_copy(&entry->target, edited, item->bytes_out, &item->error);
    if (item->error.status == EXN_OK && batch->options->verify)
        exn_target_compare(&entry->target, edited, item->bytes_out, &item->error);
}

void exn_batch_index_run(exn_batch *batch, exn_entry *entry)
{
    exn_item *item = &entry->item;
    exn_error why = {0};
    int edited = -1;
    exn_tar_verdict verdict =
        exn_tar_index_edit(&batch->index, item->path, entry->job.source, &edited, &why);
    exn_batch_output_open(batch, entry);
    item->result.outcome = EXN_OUTCOME_COPIED;
    if (verdict == EXN_TAR_INDEX_EDITED && item->error.status == EXN_OK)
        carry_edited(batch, entry, edited);
    if (verdict == EXN_TAR_INDEX_STALE && item->error.status == EXN_OK) {
        item->result.warnings |= 1u << EXN_WARN_INDEX_STALE;
        memcpy(item->error.detail, why.detail, sizeof why.detail);
    }
    if (edited >= 0)
        close(edited);
}
