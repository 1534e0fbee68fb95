/* SPDX-License-Identifier: MIT */
#include "archive.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "list/shard.h"
#include "output.h"
#include "streams/tar.h"
#include "streams/tar_index_beside.h"
#include "streams/tar_names.h"

bool exn_batch_archive_is(const exn_batch *batch, const exn_item *item)
{
    return batch->options->tar && (!batch->roots->folder || exn_tar_name_is(item->path));
}

/* Known ones too: an index may name several archives, including those of an earlier run. */
void exn_batch_archive_note(exn_batch *batch, exn_item *item, bool known)
{
    batch->index.redone = batch->index.redone || !known;
    if (batch->roots->folder && !exn_tar_index_seen_add(&batch->index, item->path))
        exn_error_set(&item->error, EXN_MEMORY, 0, "archive name");
}

uint64_t exn_batch_archive_key(const exn_cli_options *options)
{
    char text[32];
    if (options->labels != EXN_LABEL_FILES_MOVE)
        return 0;
    const int size = snprintf(text, sizeof text, "labels %d", (int)options->labels_frame);
    uint64_t hash = exn_shard_hash(text, (size_t)size);
    for (const char *const *glob = options->masks; *glob; glob++)
        hash = hash * 31 + exn_shard_hash(*glob, strlen(*glob));
    return hash;
}

static exn_tar_job job_of(const exn_batch *batch, const exn_entry *entry)
{
    return (exn_tar_job){.options = batch->options,
                         .pool = batch->pool,
                         .report = batch->report,
                         .state = batch->state,
                         .archive = batch->roots->folder ? entry->item.path : NULL,
                         .in = entry->job.source,
                         .out = entry->target.fd,
                         .readable = true};
}

/* Takes over how it ended. The archive that ran is the last one that was noted, since nothing else
 * runs beside an archive. */
static void take_end(exn_batch *batch, exn_entry *entry, const exn_tar_end *end)
{
    entry->item.partial = end->failures;
    entry->again = end->chance;
    entry->target.changed = end->changed;
    if (batch->index.count > 0)
        batch->index.seen[batch->index.count - 1].changed = end->changed;
    batch->report->gave_up = end->stopped;
    batch->stop = batch->stop || end->stopped || batch->report->broken;
}

/* An archive gets all workers, so the items before it are finished first. */
void exn_batch_archive_run(exn_batch *batch, exn_entry *entry)
{
    exn_item *item = &entry->item;
    exn_tar_end end = {0};
    struct stat made;
    exn_batch_entry_enter(entry, EXN_PHASE_AT_WORK);
    exn_flight_drain(&batch->flight, 1);
    exn_item_start(item); /* its time is without the wait */
    exn_batch_output_open(batch, entry);
    exn_tar_job job = job_of(batch, entry);
    if (exn_flight_may_go_on(&batch->flight) && item->error.status == EXN_OK)
        exn_tar_run(&job, &end, &item->error);
    else
        exn_error_set(&item->error, EXN_INTERRUPTED, 0, "dropped");
    if (item->error.status == EXN_OK && job.out >= 0 && fstat(job.out, &made) == 0)
        item->bytes_out = (uint64_t)made.st_size;
    take_end(batch, entry, &end);
    item->result.outcome = EXN_OUTCOME_FAILED; /* so that its source's bytes are not carried over */
    if (item->error.status == EXN_OK && end.unended)
        exn_tar_tell_unended(item, job.out);
    if (item->error.status == EXN_OK && end.changed && !batch->roots->folder)
        exn_tar_index_beside_tell(batch->roots, item, job.out);
}

void exn_batch_archive_tell_known(const exn_batch *batch, exn_entry *entry)
{
    exn_tar_job job = job_of(batch, entry);
    exn_tar_tell_again(&job, &entry->item, &entry->item.error);
}
