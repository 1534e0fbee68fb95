/* SPDX-License-Identifier: MIT */
#include "output.h"

#include "workers/work.h"
#include "write/nameless.h"

/* The parent copies larger files, since a worker's time is limited. */
#define FILL_SIZE ((uint64_t)16 << 20)

/* Copying a smaller file takes less time than handing it over. */
#define SMALL_SIZE ((uint64_t)32 << 10)

/* Whether the source's blocks are known not to be shareable. */
static bool copies(const exn_batch *batch, const exn_entry *entry)
{
    return batch->copies && batch->copied == entry->before.st_dev;
}

/* Shares the source's blocks, if the file systems can do that. */
static bool clone(exn_batch *batch, const exn_entry *entry)
{
    bool never = false;
    if (entry->item.bytes_in == 0 || exn_target_in_place(&entry->target) || copies(batch, entry))
        return false;
    if (exn_target_clone(&entry->target, entry->job.source, &never))
        return true;
    if (never) {
        batch->copies = true;
        batch->copied = entry->before.st_dev;
    }
    return false;
}

/* A worker may not seek, and would fill the holes. */
static bool has_holes(const struct stat *status)
{
    enum {
        UNIT = 512,
        INLINE = 4096
    }; /* unit of st_blocks; small files may have no block at all */
    return status->st_size > INLINE &&
           (uint64_t)status->st_blocks * UNIT < (uint64_t)status->st_size;
}

bool exn_batch_output_may_fill(const exn_batch *batch, const exn_entry *entry)
{
    return copies(batch, entry) && entry->item.bytes_in > SMALL_SIZE &&
           entry->item.bytes_in <= FILL_SIZE && !has_holes(&entry->before) &&
           !batch->options->link && !batch->options->dry_run &&
           !exn_target_in_place(&entry->target);
}

/* A hard link is the source itself and needs no comparison. Only images are linked: labels and the
 * like tend to be edited in place. */
void exn_batch_output_carry(exn_batch *batch, exn_entry *entry)
{
    exn_item *item = &entry->item;
    bool filled = item->bytes_out > 0;
    item->bytes_out = item->bytes_in;
    if (batch->options->dry_run)
        return;
    if (batch->options->link && item->result.outcome == EXN_OUTCOME_UNTOUCHED) {
        /* has to come before our own link, which changes its change time */
        exn_work_check_unchanged(&entry->before, batch->roots->in, item, batch->options);
        item->linked =
            item->error.status == EXN_OK && exn_target_link(&entry->target, entry->job.source);
    }
    if (item->linked || item->error.status != EXN_OK)
        return;
    if (!filled && !clone(batch, entry))
        exn_target_copy(&entry->target, entry->job.source, item->bytes_in, &item->error);
    if (item->error.status == EXN_OK)
        exn_target_claim(&entry->target, &item->error);
    if (item->error.status == EXN_OK && batch->options->verify)
        exn_target_compare(&entry->target, entry->job.source, item->bytes_in, &item->error);
}

/* Tries once whether outputs can be files without a name until they get their own, under a name
 * that the state has, as a temporary file of this item: the next try line makes that one stale, and
 * a kill leaves nothing that a run with --resume would not find. If it cannot be removed, the
 * item's error ends the run, and the line stays. */
static bool is_nameless(exn_batch *b, exn_entry *e)
{
    const int folder = exn_batch_entry_folder(e);
    exn_target tried;
    exn_error ignored = {0};
    bool works = false;
    if (!b->state || b->options->dry_run || b->options->direct || b->options->link ||
        e->target.replace)
        return false;
    if (b->nameless != EXN_NAMELESS_UNTRIED)
        return b->nameless == EXN_NAMELESS_WORKS;
    if (exn_target_begin(&tried, folder, e->item.target, false, b->options, &ignored) == EXN_OK &&
        exn_state_try(b->state, &e->item, tried.temp, &ignored) == EXN_OK)
        exn_nameless_try(folder, tried.temp, &works, &e->item.error);
    b->nameless = works ? EXN_NAMELESS_WORKS : EXN_NAMELESS_FAILS;
    return works;
}

/* The state has to have the temporary name before such a file exists. */
void exn_batch_output_open(exn_batch *batch, exn_entry *entry)
{
    exn_item *item = &entry->item;
    const bool nameless = is_nameless(batch, entry);
    if (item->error.status != EXN_OK)
        return;
    if (nameless && exn_target_begin_nameless(&entry->target, exn_batch_entry_folder(entry),
                                              item->target, batch->options)) {
        entry->tried = exn_state_try(batch->state, item, "", &item->error) == EXN_OK;
        return;
    }
    if (exn_target_begin(&entry->target, exn_batch_entry_folder(entry), item->target,
                         entry->target.replace, batch->options, &item->error) != EXN_OK ||
        exn_state_try(batch->state, item, entry->target.temp, &item->error) != EXN_OK)
        return;
    entry->tried = true;
    exn_target_open(&entry->target, batch->options, &item->error);
}

bool exn_batch_output_keep(exn_batch *batch, exn_entry *entry)
{
    exn_error why = entry->item.error;
    entry->item.error = (exn_error){0};
    entry->item.bytes_out = 0;
    entry->item.result.outcome = EXN_OUTCOME_FAILED; /* so that it is not linked */
    if (entry->target.fd >= 0)
        exn_target_renew(&entry->target, batch->options, &entry->item.error);
    else
        exn_batch_output_open(batch, entry);
    if (entry->item.error.status == EXN_OK)
        exn_batch_output_carry(batch, entry);
    if (entry->item.error.status != EXN_OK)
        return false;
    entry->item.error = why;
    return true;
}

bool exn_batch_output_seal(const exn_batch *batch, exn_entry *entry)
{
    exn_error trouble = {0};
    if (exn_target_seal(&entry->target, entry->job.source, &entry->before, batch->options->durable,
                        &trouble) == EXN_OK)
        return true;
    entry->item.error = trouble;
    return false;
}
