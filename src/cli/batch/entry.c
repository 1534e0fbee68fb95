/* SPDX-License-Identifier: MIT */
#include "entry.h"

#include <assert.h>
#include <unistd.h>

#include "base/error.h"
#include "workers/work.h"

#define BIT(phase) (1u << EXN_PHASE_##phase)

/* Which phases may follow each. SEALED may lead to KEPT: if an image fails, its sidecar's sealed
 * output is dropped, and may be made again from the source's bytes. AT_WORK may lead to KNOWN: only
 * after a look at a label file is it known whether an earlier run has done it. */
static const unsigned next_phases[EXN_PHASE_COUNT] = {
    [EXN_PHASE_LISTED] = BIT(AT_WORK) | BIT(KNOWN) | BIT(SEALED) | BIT(KEPT) | BIT(STAYS) |
                         BIT(PLACED) | BIT(FAILED),
    [EXN_PHASE_AT_WORK] = BIT(SEALED) | BIT(KEPT) | BIT(STAYS) | BIT(FAILED) | BIT(KNOWN),
    [EXN_PHASE_KNOWN] = BIT(FAILED),
    [EXN_PHASE_SEALED] = BIT(PLACED) | BIT(KEPT) | BIT(FAILED),
    [EXN_PHASE_KEPT] = BIT(FAILED),
};

void exn_batch_entry_enter(exn_entry *entry, exn_phase phase)
{
    assert(next_phases[entry->phase] >> phase & 1);
    entry->phase = phase;
}

int exn_batch_entry_folder(const exn_entry *entry)
{
    return entry->place ? entry->place->folder : -1;
}

void exn_batch_entry_close_source(exn_entry *entry)
{
    if (entry->job.source >= 0)
        close(entry->job.source);
    entry->job.source = -1;
}

/* Called only when the sidecar is done, so that a change of the image in the meantime is noticed.
 */
void exn_batch_entry_close_image(const exn_batch *batch, exn_entry *entry)
{
    if (!entry->job.beside.there)
        return;
    if (!exn_item_unchanged(entry->job.image, &entry->item.status,
                            exn_work_relinks(batch->options)))
        exn_error_set(&entry->item.error, EXN_READ, 0, "its image changed while it was read");
    close(entry->job.image);
    entry->job.beside.there = false;
}
