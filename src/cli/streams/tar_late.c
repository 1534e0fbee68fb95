/* SPDX-License-Identifier: MIT */
#include "tar_late.h"

#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "workers/work.h"

/* With --labels=move a label file or a mask takes this way; later members are processed meanwhile,
 * but written after it:
 *
 *   label file: a worker looks --+
 *   mask ------------------------+--> waits --> decided --+--> WORK: a worker --> ready
 *                                       ^          |      +--> CARRY: unchanged --> ready
 *                                       +-- WAIT --+  until all before it are written */

void exn_tar_late_see(exn_tar_archive *t, exn_tar_member *m)
{
    if (!m->group)
        return;
    if (m->role == EXN_TAR_ROLE_NONE && !exn_tar_labels_see(m->group, &m->item))
        exn_error_set(&t->error, EXN_MEMORY, 0, "images of a sample");
    if (m->awaited)
        m->group->images--;
    m->awaited = false;
}

/* Takes what a worker says about a label file. A member that is merely copied does not fail because
 * of it. A worker that has lied about one file is replaced, and its other jobs go to the new one.
 */
void exn_tar_late_take_look(exn_tar_archive *t, exn_tar_member *m)
{
    exn_item *item = &m->item;
    const exn_labels_answer *answer = &m->job.answer.labels;
    const bool moves = t->job->options->labels == EXN_LABEL_FILES_MOVE;
    const bool failed = item->error.status != EXN_OK;
    if (exn_work_is_suspect(&item->error))
        exn_pool_dismiss(t->job->pool, &m->job);
    item->result.outcome = EXN_OUTCOME_COPIED;
    t->looks--;
    m->waits = moves && !failed;
    m->names_masks = m->waits && exn_tar_labels_name_masks(t->labels, m->product, item->bytes_out);
    t->naming += m->names_masks;
    t->waiting += m->waits;
    m->ready = !m->waits;
    if (moves) {
        item->labels.format = answer->result.format;
        return;
    }
    if ((failed || answer->odd || answer->result.format != EXN_LABELS_UNKNOWN) &&
        !exn_notes_add(&t->labels->notes, item->path, answer, &item->error, m->product,
                       item->bytes_out))
        exn_error_set(&t->error, EXN_MEMORY, 0, "label files of the archive");
    item->error = (exn_error){0};
}

/* A YAML file that cannot be read says nothing about label files, and is copied like any other. */
void exn_tar_late_take_data(exn_tar_archive *t, exn_tar_member *m)
{
    exn_item *item = &m->item;
    item->error = m->job.answer.error;
    exn_item_take_time(item, m->job.answer.microseconds);
    if (exn_work_is_suspect(&item->error))
        exn_pool_dismiss(t->job->pool, &m->job);
    const exn_tar_data none = {0};
    if (item->error.status == EXN_OK)
        exn_tar_data_add(t->labels ? &t->labels->data : &none, t->poses, item,
                         &m->job.answer.labels, &t->error);
    item->error = (exn_error){0};
    item->result.outcome = EXN_OUTCOME_COPIED;
    t->data--;
    m->ready = true;
}

void exn_tar_late_await_data(exn_tar_archive *t)
{
    while (t->data > 0 && exn_tar_archive_may_go_on(t))
        exn_tar_late_step(t);
}

void exn_tar_late_await_names(exn_tar_archive *t)
{
    while ((t->looks > 0 || t->naming > 0) && exn_tar_archive_may_go_on(t))
        exn_tar_late_step(t);
}

/* The wait is over: the member goes to a worker, or is done. The job is built again, since it still
 * holds the look's answer, and it gets a new memory file, since that of the look is sealed. If
 * there is none, the archive has failed, and no worker gets the job. */
static void start(exn_tar_archive *t, exn_tar_member *m, exn_tar_labels_step step)
{
    exn_job *job = &m->job;
    const exn_job again = {.kind = job->kind,
                           .source = m->body,
                           .size = m->head.body,
                           .image = job->image,
                           .beside = job->beside,
                           .orientation = job->orientation,
                           .labels = job->labels,
                           .mask = m->role == EXN_TAR_ROLE_MASK};
    m->waits = false;
    t->waiting--;
    t->naming -= m->names_masks;
    m->names_masks = false;
    if (step == EXN_TAR_LABELS_WORK && m->role == EXN_TAR_ROLE_MASK &&
        m->format == EXN_FORMAT_UNKNOWN) {
        step = EXN_TAR_LABELS_CARRY;
        if (job->orientation)
            exn_error_set(&m->item.error, EXN_REFUSED, 0,
                          "'%.100s' was rotated, and a mask of this format cannot be",
                          m->item.mask_of);
    }
    m->ready = step == EXN_TAR_LABELS_CARRY;
    if (m->ready)
        return;
    if (m->product >= 0)
        close(m->product);
    m->product = exn_memory_open(&t->error);
    *job = again;
    job->output = m->product;
    if (m->role == EXN_TAR_ROLE_MASK)
        job->kind = exn_work_kind(m->format, job->orientation, t->job->options);
    if (t->error.status == EXN_OK)
        exn_flight_hand_over(&t->flight, job);
}

static exn_tar_labels_step decide(exn_tar_archive *t, exn_tar_member *m, bool is_first)
{
    return m->role == EXN_TAR_ROLE_MASK
               ? exn_tar_labels_decide_mask(t->labels, m->group, m->wanted, is_first, &m->item,
                                            &m->job, m->mask_size)
               : exn_tar_labels_decide(t->labels, m->group, is_first, &m->item, m->product, &m->job,
                                       &m->turns);
}

/* Starts one waiting member; false: all have to keep waiting. Only one, since handing it over may
 * finish others and change the ring. A sample is complete when it is closed and none of its images
 * is in progress. When a member is the first of all (i == 0), everything before it is written, and
 * it may use these images if its sample does not suffice. */
static bool start_one(exn_tar_archive *t)
{
    for (size_t i = 0; i < t->flight.count; i++) {
        exn_tar_member *m = exn_flight_at(&t->flight, i);
        if (!m->waits || !m->group->is_closed || m->group->images > 0)
            continue;
        const exn_tar_labels_step step = decide(t, m, i == 0);
        if (step == EXN_TAR_LABELS_WAIT)
            continue;
        start(t, m, step);
        return true;
    }
    return false;
}

void exn_tar_late_start(exn_tar_archive *t)
{
    while (t->waiting > 0 && exn_tar_archive_may_go_on(t) && start_one(t))
        exn_flight_finish_ready(&t->flight);
}

/* Always makes progress: if no worker is busy, the sample is closed. Otherwise a sample with more
 * members than may be in flight would wait for itself. */
void exn_tar_late_step(exn_tar_archive *t)
{
    exn_tar_late_start(t);
    if (t->job->pool->jobs == 0 && t->waiting > 0) {
        exn_tar_labels_close_group(t->labels);
        exn_tar_late_start(t);
    }
    exn_flight_step(&t->flight);
}

void exn_tar_late_drain(exn_tar_archive *t)
{
    if (t->labels)
        exn_tar_labels_close_group(t->labels);
    while (t->flight.count > 0 && exn_tar_archive_may_go_on(t))
        exn_tar_late_step(t);
}
