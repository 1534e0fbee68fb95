/* SPDX-License-Identifier: MIT */
#include "batch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "base/error.h"
#include "base/text.h"
#include "entry.h"
#include "index.h"
#include "labels.h"
#include "list/orientations.h"
#include "masks.h"
#include "output.h"
#include "rename.h"
#include "replace.h"
#include "sidecar.h"
#include "steps.h"
#include "streams/tar_names.h"
#include "workers/decoder.h"
#include "workers/work.h"

/* How far items in progress may be ahead of the one that gets its name next. Each may have a
 * temporary file, and each of their folders is open. */
#define WINDOW       ((size_t)1024)
#define MAX_PLACES   ((size_t)100)
#define LEAST_PLACES ((size_t)2) /* the current folder is one of them */

/* With --write=direct each may hold two descriptors, and outputs wait in memory. */
#define DIRECT_WINDOW ((size_t)128)
#define DIRECT_MEMORY (UINT64_C(256) << 20)

/* An error that would hit all other items too stops the run. With --in-place the files lie in many
 * folders, and each may be writable or not, so an error about one folder says nothing about others.
 */
static bool stops(const exn_batch *b, const exn_item *item)
{
    const int reason = item->error.sys_errno;
    bool of_folder = reason == EACCES || reason == EPERM || reason == EROFS || reason == ENOENT;
    return exn_target_error_stops(&item->error) && !item->alone &&
           !(b->options->in_place && of_folder);
}

/* Reports an item and decides whether the run continues. */
static void tell(exn_batch *b, const exn_item *item)
{
    exn_report_item(b->report, item);
    if (stops(b, item))
        b->report->output_failed = true;
    b->report->gave_up = b->report->gave_up || (b->options->on_error == EXN_ON_ERROR_STOP &&
                                                item->error.status != EXN_OK);
    b->stop = b->stop || b->report->output_failed || b->report->broken || b->report->gave_up;
}

/* OUT itself has failed, so every later item would fail too. */
static void output_failed(exn_batch *b)
{
    b->report->output_failed = b->stop = true;
}

static bool may_go_on(const void *owner)
{
    const exn_batch *b = owner;
    return !b->stop;
}

/* While an entry is AT_WORK, a worker uses its descriptors; in every other phase the parent may
 * continue with it. */
static bool is_ready(const void *entry)
{
    const exn_entry *e = entry;
    return e->phase != EXN_PHASE_AT_WORK;
}

/* ---- from the source to an output that waits for its name */

/* A worker has answered. With --verify another one reads the output back, so that no worker checks
 * its own work; the entry keeps its place in the flight meanwhile. */
static void collect(void *owner, void *entry)
{
    exn_batch *b = owner;
    exn_entry *e = entry;
    if (e->job.kind == EXN_JOB_LABELS || e->job.kind == EXN_JOB_MOVE_LABELS) {
        exn_batch_labels_collect(b, e);
        return;
    }
    exn_batch_steps_take(e);
    exn_batch_masks_look(e);
    if (exn_work_look_again(&e->job, &e->item, b->options))
        exn_pool_return(b->pool, &e->job);
    else
        exn_batch_steps_complete(b, e);
}

/* Opens a file and starts the work that its kind needs. Cheap checks come first, since they can
 * make expensive ones unnecessary: the names of sidecar and output; an earlier run's state; the
 * output's place; the source. Each step does nothing after an error. */
static void run_file(exn_batch *b, exn_entry *e)
{
    exn_item *item = &e->item;
    exn_format format = EXN_FORMAT_UNKNOWN;
    exn_batch_sidecar_pair(b, item);
    exn_batch_rename(b, item);
    e->job.orientation =
        exn_orientations_find(b->options->given, item->image ? item->image : item->path);
    exn_batch_steps_check_folder(b, e);
    /* An earlier run has done it, so it need not be opened. */
    if (exn_batch_steps_recall(b, e)) {
        exn_batch_entry_enter(e, EXN_PHASE_KNOWN);
        return;
    }
    exn_batch_steps_open(b, e);
    if (item->error.status == EXN_OK && exn_batch_archive_is(b, item)) {
        if (e->job.orientation)
            exn_error_set(&item->error, EXN_NOT_AN_IMAGE, 0, "--orientations says otherwise");
        else
            exn_batch_archive_run(b, e);
        exn_batch_steps_complete(b, e);
        return;
    }
    exn_batch_sidecar_open_image(b, e);
    if (e->job.source >= 0)
        format = item->owner ? EXN_FORMAT_XMP : exn_work_sniff(e->job.source, item);
    /* A file named like an index may be an image, and is then treated as one. */
    if (b->last && item->error.status == EXN_OK && format == EXN_FORMAT_UNKNOWN &&
        !e->job.orientation) {
        exn_batch_index_run(b, e);
        exn_batch_steps_complete(b, e);
    } else {
        exn_batch_steps_run_image(b, e, format);
    }
}

/* ---- from there to its name and the report */

/* Linking the source has changed its change time. */
static struct stat source_now(const exn_entry *e)
{
    struct stat now;
    const struct stat *before = &e->before;
    bool same = e->item.linked &&
                fstatat(e->place->folder, e->item.target, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
                exn_roots_same(&now, before) && exn_item_same(&now, before);
    return same ? now : *before;
}

static void stop_without_state(exn_batch *b, const exn_error *error)
{
    fprintf(stderr, "exifnorm: %s: %s\n", error->detail, strerror(error->sys_errno));
    output_failed(b);
}

/* The output is in place. Without this line --resume would do the item again. */
static void note_done(exn_batch *b, const exn_entry *e)
{
    exn_error error = {0};
    const struct stat source = source_now(e);
    if (exn_state_done(b->state, &e->item, &source, &error) != EXN_OK)
        stop_without_state(b, &error);
}

/* Gives the output its name. An item that is to be done again is not noted as done. */
static void place(exn_batch *b, exn_entry *e, uint64_t since)
{
    exn_item *item = &e->item;
    exn_error trouble = {0};
    if (b->options->in_place && !b->options->dry_run)
        exn_batch_replace_keep(b, e, &trouble);
    /* The state's line comes first, so that whatever has a name in OUT when a run is killed was
     * announced (state.h). An older file of that name is gone by then, or stays until it is
     * replaced. */
    if (trouble.status != EXN_OK || exn_target_make_way(&e->target, &trouble) != EXN_OK ||
        exn_state_put(b->state, item, exn_target_in_place(&e->target), &trouble) != EXN_OK ||
        exn_target_place(&e->target, b->options, &trouble) != EXN_OK) {
        item->error = trouble;
        exn_batch_entry_enter(e, EXN_PHASE_FAILED);
    } else if (e->phase == EXN_PHASE_SEALED) {
        exn_batch_entry_enter(e, EXN_PHASE_PLACED);
    }
    exn_item_add_time(item, since);
    if (e->phase == EXN_PHASE_PLACED && !e->again)
        note_done(b, e);
}

static void tell_known(const exn_batch *b, exn_entry *e)
{
    if (exn_batch_archive_is(b, &e->item))
        exn_batch_archive_tell_known(b, e);
    else
        b->report->known++;
    if (e->item.error.status != EXN_OK)
        exn_batch_entry_enter(e, EXN_PHASE_FAILED);
}

/* As long as a run is not over, its state knows the name of what is left, and the next run removes
 * it. */
static void stop_with_rest(exn_batch *b, const exn_entry *e)
{
    fputs("exifnorm: ", stderr);
    exn_text_quote(stderr, b->report->prefix ? b->report->prefix : "", e->item.path);
    fprintf(stderr, ": its temporary file cannot be removed: %s\n", strerror(e->target.left));
    output_failed(b);
}

/* Drops the output of an item that failed, and sets what the report and the state say about it. */
static void settle_failed(exn_batch *b, exn_entry *e)
{
    exn_item *item = &e->item;
    bool kept = e->phase == EXN_PHASE_KEPT;
    exn_target_drop(&e->target);
    if (e->tried && !kept && !e->target.left)
        exn_state_drop(b->state, item);
    if (e->target.left && item->error.status != EXN_WRITE)
        stop_with_rest(b, e);
    item->result.outcome = EXN_OUTCOME_FAILED;
    item->result.method = EXN_METHOD_NONE;
    item->bytes_out = kept ? item->bytes_in : 0;
    item->linked = false;
}

/* An archive's members are reported; the archive itself only if it failed or has warnings. */
static void finish_file(exn_batch *b, exn_entry *e)
{
    exn_item *item = &e->item;
    const uint64_t since = exn_item_clock();
    exn_batch_sidecar_follow_image(b, e);
    if (e->phase == EXN_PHASE_SEALED || e->phase == EXN_PHASE_KEPT)
        place(b, e, since);
    else if (e->phase == EXN_PHASE_KNOWN)
        tell_known(b, e);
    bool failed = item->error.status != EXN_OK;
    if (failed)
        settle_failed(b, e);
    b->report->archives += !failed && !b->options->tar && exn_tar_name_is(item->path);
    if (!exn_batch_archive_is(b, item) || failed || item->result.warnings)
        tell(b, item);
    exn_batch_masks_note(b, item);
    if (!e->job.mask)
        exn_batch_labels_note(b, item);
}

/* The flight calls this in the list's order. So outputs get their names, the report its lines, and
 * folders are left in an order that does not depend on which worker is faster. */
static void finish(void *owner, void *entry)
{
    exn_batch *b = owner;
    exn_entry *e = entry;
    switch (e->item.kind) {
    case EXN_ITEM_FILE:
    case EXN_ITEM_LINK:
        finish_file(b, e);
        break;
    case EXN_ITEM_FOLDER:
        if (e->item.error.status != EXN_OK)
            tell(b, &e->item);
        break;
    case EXN_ITEM_FOLDER_END:
        if (!exn_folders_finish(&b->folders, &e->left))
            output_failed(b);
        exn_batch_entry_enter(e, EXN_PHASE_PLACED);
        break;
    case EXN_ITEM_SKIPPED:
    case EXN_ITEM_UNREADABLE:
        tell(b, &e->item);
        break;
    }
    if (e->item.error.status != EXN_OK && e->item.path &&
        !exn_sidecar_note_failed(&b->sidecars, e->item.path)) {
        fputs("exifnorm: out of memory (list of failed images)\n", stderr);
        b->report->broken = true;
    }
}

/* ---- the run */

/* If a run stops early, items without a name are dropped and not reported; folders are left as
 * complete as they can be. */
static void forget(void *owner, void *entry)
{
    exn_batch *b = owner;
    exn_entry *e = entry;
    if (e->phase == EXN_PHASE_LISTED && !exn_folders_finish(&b->folders, &e->left))
        output_failed(b);
    exn_target_drop(&e->target);
    exn_folders_release(&b->folders, e->place);
    exn_folders_release(&b->folders, e->left.place);
    exn_batch_entry_close_source(e);
    exn_batch_labels_close(e);
    exn_batch_entry_close_image(b, e);
    exn_item_free(&e->item);
}

static exn_entry *push(exn_batch *b, exn_item item)
{
    exn_entry *e = exn_flight_push(&b->flight);
    *e = (exn_entry){.item = item, .job.source = -1, .job.output = -1, .target.fd = -1};
    return e;
}

/* Items enter the flight in the list's order; whatever needs no worker is done at once. */
static void run_item(exn_batch *b, exn_list *list, const exn_item *item)
{
    exn_item taken = *item;
    if (exn_batch_labels_put_off(b, &taken) || exn_batch_index_put_off(b, &taken))
        return;
    /* Renaming an output over a link would replace the link, not the file. */
    if (b->options->in_place && taken.kind == EXN_ITEM_LINK && b->roots->folder) {
        taken.kind = EXN_ITEM_SKIPPED;
        exn_error_set(&taken.error, EXN_OK, 0, "a link");
    }
    exn_entry *e = push(b, taken);
    if (taken.kind == EXN_ITEM_FILE || taken.kind == EXN_ITEM_LINK) {
        e->place = exn_folders_hold(&b->folders);
        run_file(b, e);
    } else if (taken.kind == EXN_ITEM_FOLDER) {
        if (!exn_folders_enter(&b->folders, &e->item))
            b->stop = true;
        else if (list && e->item.error.status != EXN_OK) /* list is NULL only for indexes */
            exn_list_skip(list);
    } else if (taken.kind == EXN_ITEM_FOLDER_END) {
        e->left = exn_folders_leave(&b->folders);
    }
    exn_flight_finish_ready(&b->flight);
}

/* Does the indexes of archives, which name offsets in these. */
static void run_indexes(exn_batch *b)
{
    size_t i = 0;
    exn_flight_drain(&b->flight, 0);
    b->last = true;
    for (; i < b->laters && exn_flight_may_go_on(&b->flight); i++) {
        exn_folders_visit visit;
        exn_folders_visit_again(&b->folders, &b->later[i], &visit);
        run_item(b, NULL, &b->later[i]);
        exn_flight_drain(&b->flight, 0);
        exn_folders_visited(&visit);
    }
    for (; i < b->laters; i++)
        exn_item_free(&b->later[i]);
    free(b->later);
    exn_tar_index_seen_free(&b->index);
}

/* Whether the first item in flight has to be finished before there is space for more. */
static bool is_full(const exn_batch *b)
{
    uint64_t waiting = 0;
    size_t share = b->pool->descriptors / 8;
    share = share < LEAST_PLACES ? LEAST_PLACES : share;
    const size_t places = share < MAX_PLACES ? share : MAX_PLACES;
    const size_t window = share < DIRECT_WINDOW ? share : DIRECT_WINDOW;
    /* With --write=direct outputs wait in memory until it is their turn, so bytes fill the flight,
     * too. */
    if (!b->options->direct || b->options->dry_run)
        return exn_flight_is_full(&b->flight) || b->folders.places >= places;
    for (size_t i = 0; i < b->flight.count; i++) {
        const exn_entry *e = exn_flight_at(&b->flight, i);
        waiting += e->target.fd >= 0 && is_ready(e) && !e->target.carried ? e->item.bytes_out : 0;
    }
    return b->flight.count >= window || b->folders.places >= places || waiting >= DIRECT_MEMORY;
}

/* Whether the item lies in that folder. */
static bool are_siblings(const exn_item *item, const char *folder)
{
    const size_t length = (size_t)(item->target - item->path);
    return folder && strlen(folder) == length && memcmp(folder, item->path, length) == 0;
}

/* Does the items that have waited, in the list's order, so that each folder is visited once. */
static void run_waiting(exn_batch *b, const exn_batch_waiting *waiting,
                        void (*start)(exn_batch *batch, exn_entry *entry))
{
    exn_item item;
    exn_folders_visit visit = {.folder = -1};
    char *folder = NULL;
    size_t at = 0;
    while (exn_flight_may_go_on(&b->flight) && exn_batch_labels_next(b, waiting, &at, &item)) {
        if (!are_siblings(&item, folder)) {
            exn_flight_drain(&b->flight, 0);
            exn_folders_visited(&visit);
            exn_folders_visit_again(&b->folders, &item, &visit);
            free(folder);
            folder = strndup(item.path, (size_t)(item.target - item.path));
        }
        exn_entry *e = push(b, item);
        e->place = exn_folders_hold(&b->folders);
        start(b, e);
        exn_flight_finish_ready(&b->flight);
        while (exn_flight_may_go_on(&b->flight) && is_full(b))
            exn_flight_step(&b->flight);
    }
    exn_flight_drain(&b->flight, 0);
    exn_folders_visited(&visit);
    free(folder);
}

/* Called when all images are done. Masks come first, since a label file needs the masks that it
 * names. */
static void run_labels(exn_batch *b)
{
    if (b->masks.size > 0 || b->waiting.size > 0) {
        exn_flight_drain(&b->flight, 0);
        if (!exn_pictures_settle(&b->survey->pictures))
            b->report->broken = b->stop = true;
        run_waiting(b, &b->masks, exn_batch_masks_start);
        run_waiting(b, &b->waiting, exn_batch_labels_start);
    }
    free(b->masks.paths);
    free(b->waiting.paths);
}

void exn_batch_run(const exn_cli_options *options, const exn_roots *roots, exn_state *state,
                   exn_pool *pool, exn_list *list, exn_survey *survey, exn_report *report)
{
    static const exn_flight_ops ops = {may_go_on, is_ready, collect, finish, forget};
    exn_batch b = {.options = options,
                   .roots = roots,
                   .state = state,
                   .pool = pool,
                   .report = report,
                   .survey = survey};
    b.index = (exn_tar_index){.roots = roots,
                              .dry_run = options->dry_run,
                              .made = exn_decoder_is_needed(options) ? exn_decoder_makes(options)
                                                                     : EXN_FORMAT_UNKNOWN};
    exn_item item;
    exn_error error = {0};
    if (!exn_flight_open(&b.flight, &ops, &b, pool, sizeof(exn_entry), WINDOW)) {
        fputs("exifnorm: out of memory\n", stderr);
        report->broken = true;
        return;
    }
    exn_folders_open(&b.folders, options, roots, state);
    /* Items are taken from the list as there is space for them, so memory does not grow with the
     * folder. */
    while (exn_flight_may_go_on(&b.flight) && exn_list_next(list, &item)) {
        run_item(&b, list, &item);
        while (exn_flight_may_go_on(&b.flight) && is_full(&b))
            exn_flight_step(&b.flight);
    }
    run_labels(&b);
    /* Indexes name offsets that are known only when all archives are written. */
    run_indexes(&b);
    exn_flight_drop(&b.flight);
    if (exn_state_flush(state, &error) != EXN_OK)
        stop_without_state(&b, &error);
    if (!exn_folders_finish_all(&b.folders))
        output_failed(&b);
    exn_folders_close(&b.folders);
    exn_sidecar_close(&b.sidecars);
    exn_batch_rename_free(&b);
    exn_flight_close(&b.flight);
}
