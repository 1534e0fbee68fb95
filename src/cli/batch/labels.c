/* SPDX-License-Identifier: MIT */
#include "labels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive.h"
#include "base/array.h"
#include "base/error.h"
#include "base/io.h"
#include "base/memory.h"
#include "base/text.h"
#include "labels/turns.h"
#include "labels/warning.h"
#include "masks.h"
#include "output.h"
#include "steps.h"

/* With --labels=move a file that may have labels is met three times:
 *
 *   by the survey, before anything is written (labels/survey.h)    what do all label files say?
 *   in the list's order: exn_batch_labels_put_off()                its path is kept, for later
 *   when all images are done: exn_batch_labels_start()             look, go_on(), then carry()
 *                                                                  or hand_to_move()
 *
 * A kill before the last of these leaves images that are done and label files that are not: the
 * state has the images, and a run with --resume continues here. */

/* Unless all images are known, no label file can be trusted, so the run ends. */
static void fail_memory(exn_batch *b)
{
    fputs("exifnorm: out of memory (label files and their images)\n", stderr);
    b->report->broken = b->stop = true;
}

/* A warning needs only images that were rotated; moving labels needs all of them, and whether they
 * failed. */
void exn_batch_labels_note(exn_batch *batch, const exn_item *item)
{
    const bool failed = item->error.status != EXN_OK;
    const bool is_file = item->kind == EXN_ITEM_FILE || item->kind == EXN_ITEM_LINK;
    const bool concerned = batch->options->labels == EXN_LABEL_FILES_MOVE ||
                           (!failed && exn_warning_concerns(&item->result));
    if (!is_file || !concerned || !exn_item_may_have_labels(item) ||
        batch->options->labels == EXN_LABEL_FILES_COPY)
        return;
    if (exn_pictures_add(&batch->survey->pictures, item->path, &item->result))
        exn_pictures_set_bytes(&batch->survey->pictures, item->bytes_in,
                               failed ? 0 : item->bytes_out);
    else
        fail_memory(batch);
}

/* ---- waiting: a byte for the kind, and the path */

/* The whole list is one buffer, since a data set may have as many label files as images. Links are
 * marked, since they are treated differently from files. */
static bool put_off(exn_batch *b, exn_batch_waiting *waiting, exn_item *item)
{
    const size_t size = strlen(item->path) + 2;
    char *paths = exn_array_reserve_text(waiting->paths, waiting->size, &waiting->room, size);
    if (!paths) {
        fail_memory(b);
        return false;
    }
    waiting->paths = paths;
    waiting->paths[waiting->size] = item->kind == EXN_ITEM_LINK ? 'L' : 'F';
    memcpy(waiting->paths + waiting->size + 1, item->path, size - 1);
    waiting->size += size;
    exn_item_free(item);
    return true;
}

bool exn_batch_labels_put_off(exn_batch *batch, exn_item *item)
{
    exn_item look = *item;
    struct stat status;
    if (batch->options->labels != EXN_LABEL_FILES_MOVE || batch->last ||
        (item->kind != EXN_ITEM_FILE && item->kind != EXN_ITEM_LINK))
        return false;
    if (exn_batch_masks_has(batch, item))
        return put_off(batch, &batch->masks, item);
    if (exn_item_may_have_labels(item) || exn_batch_archive_is(batch, item))
        return false;
    const int source = exn_item_open(&look, batch->roots->in, &status);
    const bool may_be = exn_scout_may_be_labels(batch->options, item, source);
    if (source >= 0)
        close(source);
    return (may_be || exn_scout_is_packed(item->path)) && put_off(batch, &batch->waiting, item);
}

/* In the list's order. */
bool exn_batch_labels_next(exn_batch *batch, const exn_batch_waiting *waiting, size_t *at,
                           exn_item *item)
{
    if (*at >= waiting->size)
        return false;
    const char *text = waiting->paths + *at;
    *item =
        (exn_item){.kind = *text == 'L' ? EXN_ITEM_LINK : EXN_ITEM_FILE, .path = strdup(text + 1)};
    *at += strlen(text) + 1;
    if (!item->path) {
        fail_memory(batch);
        return false;
    }
    item->target = exn_text_base(item->path);
    return true;
}

/* ---- one file: first a look, then, if its images were rotated, the move */

/* What a look has said, and the file of turns, nobody else needs. */
void exn_batch_labels_close(exn_entry *entry)
{
    exn_job_drop_output(&entry->job);
    if (entry->job.kind == EXN_JOB_MOVE_LABELS && entry->job.beside.there) {
        close(entry->job.image);
        entry->job.beside.there = false;
    }
}

/* Uses what the survey has found in a large file that has not changed since, as if a worker had
 * just said it. */
static void start_from(exn_batch *b, exn_entry *e, const exn_look *look)
{
    e->job.answer = (exn_answer){.labels = look->answer, .bytes_out = look->size};
    exn_job_set_output(&e->job, look->sightings, look->size, &e->job.answer.error);
    exn_batch_labels_collect(b, e);
}

/* Looks again, now that all images are in place: the file may have changed since the survey, and
 * the frame has to be decided by what it says now. */
void exn_batch_labels_start(exn_batch *batch, exn_entry *entry)
{
    exn_item *item = &entry->item;
    exn_batch_steps_check_folder(batch, entry);
    if (item->error.status == EXN_OK)
        entry->job.source = exn_item_open(item, batch->roots->in, &entry->before);
    if (item->error.status != EXN_OK) {
        exn_batch_steps_complete(batch, entry);
        return;
    }
    entry->job.kind = EXN_JOB_LABELS;
    entry->job.labels = exn_scout_job(batch->options, &batch->survey->poses, item, 0);
    entry->job.labels.odd = true;
    entry->job.output = -1;
    entry->job.returns = true;
    entry->job.size = item->bytes_in;
    exn_batch_entry_enter(entry, EXN_PHASE_AT_WORK);
    const exn_look *look = exn_looks_find(&batch->survey->looks, item->path, &entry->before);
    if (look)
        start_from(batch, entry, look);
    else
        exn_flight_hand_over(&batch->flight, &entry->job);
}

/* Whether the output still has to be written; if it may not be, the item's error says so. The state
 * is asked before OUT: what an earlier run has done in the same way is not done again, whatever is
 * in OUT by now. An error of this run is restored afterwards, since a known item would hide it. */
static bool may_write(exn_batch *b, exn_entry *e)
{
    exn_item *item = &e->item;
    exn_error why = item->error;
    item->error = (exn_error){0};
    const bool known = exn_batch_steps_recall(b, e);
    if (why.status != EXN_OK)
        item->error = why;
    if (known && item->error.status == EXN_OK) {
        exn_batch_entry_close_source(e);
        exn_batch_entry_enter(e, EXN_PHASE_KNOWN);
        return false;
    }
    exn_batch_steps_check_target(b, e);
    return true;
}

/* The file keeps its bytes: it is not a label file, or none of its images was rotated. It is copied
 * like any file that is not an image. */
static void carry(exn_batch *b, exn_entry *e)
{
    if (e->item.error.status == EXN_OK)
        exn_batch_output_open(b, e);
    e->item.result.outcome = EXN_OUTCOME_COPIED;
    exn_batch_steps_complete(b, e);
}

/* A request has a fixed size: it holds the turn of one image, and the turns of several go in a
 * memory file. */
static void set_turns(exn_entry *e, const exn_turns *turns)
{
    exn_job *job = &e->job;
    job->labels.turns = turns->count;
    if (turns->count == 1)
        job->labels.turn = turns->list[0];
    if (turns->count <= 1)
        return;
    job->image = exn_memory_open(&e->item.error);
    if (job->image < 0)
        return;
    job->beside.there = true;
    exn_memory_write(job->image, turns->list, turns->count * sizeof *turns->list, &e->item.error);
}

/* The same worker may do it: unlike with --verify, it does not check its own work. */
static void hand_to_move(exn_batch *b, exn_entry *e)
{
    exn_job *job = &e->job;
    exn_batch_output_open(b, e);
    if (e->item.error.status != EXN_OK) {
        exn_batch_labels_close(e);
        exn_batch_steps_complete(b, e);
        return;
    }
    job->output = e->target.fd;
    job->returns = job->lent = job->large = false;
    job->worker = 0;
    exn_pool_return(b->pool, job);
}

/* Between look and move the parent decides which image is meant by each name, what happened to it,
 * and which frame the labels are in. The worker that moves them knows only numbers. Each step
 * checks the item's error first, so that the first fault is the one that is reported. The sightings
 * are freed before the output is opened, since they may be about a million images. */
static void go_on(exn_batch *b, exn_entry *e)
{
    exn_item *item = &e->item;
    const exn_labels_answer *answer = &e->job.answer.labels;
    exn_turns turns = {0};
    const bool is_labels = item->error.status == EXN_OK && answer->result.format;
    const bool is_odd = item->error.status == EXN_OK && !is_labels && answer->odd;
    const size_t size = (size_t)e->job.answer.bytes_out;
    void *sightings = is_labels || is_odd ? exn_job_take_output(&e->job, &item->error) : NULL;
    if (sightings && is_labels)
        exn_turns_make(&turns, b->survey, b->options, item, &answer->result, sightings, size);
    if (item->error.status == EXN_OK && !is_labels && !answer->blank && !e->job.labels.none)
        exn_turns_expect(b->survey, item, e->job.source);
    if (item->error.status == EXN_OK && !e->job.labels.none && exn_scout_is_packed(item->path))
        exn_turns_packed(b->survey, item);
    if (sightings && is_odd && item->error.status == EXN_OK)
        exn_turns_doubt(b->survey, item, answer->blank, sightings, size);
    free(sightings);
    exn_batch_labels_close(e);
    if (may_write(b, e)) {
        if (item->error.status == EXN_OK && is_labels && turns.any) {
            e->job.kind = EXN_JOB_MOVE_LABELS;
            e->job.labels.format = answer->result.format;
            set_turns(e, &turns);
            hand_to_move(b, e);
        } else {
            carry(b, e);
        }
    }
    exn_turns_free(&turns);
}

/* The file's time is that of both steps. */
void exn_batch_labels_collect(exn_batch *batch, exn_entry *entry)
{
    if (entry->job.kind == EXN_JOB_LABELS) {
        entry->item.error = entry->job.answer.error;
        entry->item.labels.format = entry->job.answer.labels.result.format;
        exn_item_take_time(&entry->item, entry->job.answer.microseconds);
        go_on(batch, entry);
        return;
    }
    const uint64_t before = entry->item.microseconds;
    exn_batch_labels_close(entry);
    exn_batch_steps_take(entry);
    entry->item.microseconds += before;
    exn_batch_steps_complete(batch, entry);
}
