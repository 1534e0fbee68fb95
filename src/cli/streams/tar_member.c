/* SPDX-License-Identifier: MIT */
#include "tar_member.h"

#include <linux/limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/memory.h"
#include "list/orientations.h"
#include "list/sidecar.h"
#include "report/totals.h"
#include "tar_late.h"
#include "tar_rename.h"
#include "workers/work.h"

/* WINDOW: the most members in flight. BUDGET: bytes that they may hold for each worker, besides one
 * image of any size. SMALL: members up to this size that are not images may wait among them. */
#define WINDOW ((size_t)256)
#define BUDGET ((uint64_t)32 << 20)
#define SMALL  ((uint64_t)256 << 10)

/* A larger YAML file does not describe a data set. */
#define DATA ((uint64_t)16 << 20)

static bool is_ready(const void *entry)
{
    const exn_tar_member *m = entry;
    return m->ready;
}

/* Also called for a member that was at a worker: by then exn_flight_drop() has taken it back. */
static void free_member(void *owner, void *entry)
{
    exn_tar_archive *t = owner;
    exn_tar_member *m = entry;
    if (m->body >= 0)
        close(m->body);
    if (m->product >= 0)
        close(m->product);
    if (m->turns >= 0)
        close(m->turns);
    t->waiting -= m->waits;
    t->naming -= m->names_masks;
    if (m->awaited)
        m->group->images--;
    if (m->group)
        exn_tar_labels_leave(t->labels, m->group);
    t->held -= m->held;
    t->images -= m->image;
    exn_tar_head_free(&m->head);
    exn_item_free(&m->item);
}

static void tell(exn_tar_archive *t, const exn_tar_member *m)
{
    exn_status status = m->item.error.status;
    if ((m->head.kind == EXN_TAR_FOLDER && status == EXN_OK) || m->head.kind == EXN_TAR_NOTE)
        return;
    t->end.failures = t->end.failures || status != EXN_OK;
    t->end.chance = t->end.chance || exn_totals_may_pass(&m->item.error);
    if (t->job->judge)
        t->job->judge(t->job->context, &m->item);
    exn_report_item(t->job->report, &m->item);
    exn_state_member(t->job->state, &m->item, &t->error);
}

/* A member that failed is left out, or gets its source's bytes. The names of members that are left
 * out are remembered, also those of hard links, so that links to links fail too. */
static void finish_failed(exn_tar_archive *t, exn_tar_member *m)
{
    exn_item *item = &m->item;
    bool keep = t->job->options->on_error == EXN_ON_ERROR_KEEP;
    t->end.changed = t->end.changed || !keep;
    item->result.outcome = EXN_OUTCOME_FAILED;
    item->result.method = EXN_METHOD_NONE;
    item->bytes_out = keep ? item->bytes_in : 0;
    if (keep) {
        exn_stream_out_write(&t->out, m->head.bytes, m->head.size);
        if (m->body >= 0)
            exn_tar_archive_write_memory(t, m->body, item->bytes_in);
    } else {
        exn_tar_links_leave_out(&t->links, m->head.name, &t->error);
        exn_tar_head_orphan(&m->head);
        exn_stream_out_write(&t->out, m->head.bytes, m->head.size);
    }
    t->end.stopped = t->job->options->on_error == EXN_ON_ERROR_STOP;
}

/* For --check: notes images, and what label files say about them. A label file that cannot be read
 * is reported with the verdicts. */
static void survey(exn_tar_archive *t, exn_tar_member *m)
{
    exn_item *item = &m->item;
    bool done = true;
    if (m->role == EXN_TAR_ROLE_LABELS) {
        done = exn_tar_survey_see_labels(t->survey, item, &m->job.answer.labels, &item->error,
                                         m->product, m->job.answer.bytes_out);
        item->error = (exn_error){0};
        item->result.outcome = EXN_OUTCOME_COPIED;
    } else if (t->survey && m->role == EXN_TAR_ROLE_NONE) {
        done = exn_tar_survey_see(t->survey, item, &m->head);
    }
    if (!done)
        exn_error_set(&t->error, EXN_MEMORY, 0, "labels of the archive");
}

/* Called after the mask was reported, since its error is the reason why the archive fails. */
static void note_mask(exn_tar_archive *t, const exn_tar_member *m)
{
    if (t->labels && m->item.is_mask && t->error.status == EXN_OK)
        exn_tar_masks_note(&t->labels->masks, m->wanted, &m->item, &t->error);
}

/* Writes a member and then reports it, so that the report only has members that are in the output.
 * Carried bytes come from the sealed source, others from the sealed product. */
static void finish(void *owner, void *entry)
{
    exn_tar_archive *t = owner;
    exn_tar_member *m = entry;
    exn_item *item = &m->item;
    const uint64_t since = exn_item_clock();
    bool carried = exn_work_is_carried(item->result.outcome);
    if (t->job->judge) {
        if (item->error.status != EXN_OK && m->role != EXN_TAR_ROLE_LABELS)
            item->result.outcome = EXN_OUTCOME_FAILED;
        survey(t, m);
        tell(t, m);
        return;
    }
    if (m->head.kind == EXN_TAR_LINK &&
        exn_tar_links_is_left_out(&t->links, m->head.link, &t->error))
        exn_error_set(&item->error, EXN_READ, 0, "the target of this hard link was skipped");
    if (t->labels)
        exn_tar_labels_check_link(t->labels, item, &m->head);
    if (item->error.status == EXN_OK && carried)
        item->bytes_out = item->bytes_in;
    else if (item->error.status == EXN_OK && item->bytes_out != item->bytes_in)
        exn_tar_head_resize(&m->head, item->bytes_out, &item->error);
    if (item->error.status != EXN_OK) {
        finish_failed(t, m);
    } else {
        exn_stream_out_write(&t->out, m->head.bytes, m->head.size);
        if (m->body >= 0)
            exn_tar_archive_write_memory(t, carried ? m->body : m->product, item->bytes_out);
        exn_tar_links_put_back(&t->links, m->head.name, &t->error);
        exn_tar_rename_settle(t, m);
        t->end.changed = t->end.changed || !carried;
    }
    if (t->error.status == EXN_OK)
        t->error = t->out.error;
    exn_item_add_time(item, since);
    if (t->labels && !exn_tar_labels_pass(t->labels, item, &m->head))
        exn_error_set(&t->error, EXN_MEMORY, 0, "images of the archive");
    if (t->error.status == EXN_OK)
        tell(t, m);
    note_mask(t, m);
}

/* Seals the output, which the worker may still hold, before exn_work_take() asks for its size, so
 * that what was checked is what is written. */
static void collect(void *owner, void *entry)
{
    exn_tar_archive *t = owner;
    exn_tar_member *m = entry;
    if (m->job.kind == EXN_JOB_POSES) {
        exn_tar_late_take_data(t, m);
        return;
    }
    if (t->job->judge) {
        if (m->product >= 0)
            exn_memory_seal(m->product, &m->job.answer.error);
        m->item.result = m->job.answer.result;
        m->item.error = m->job.answer.error;
        exn_item_take_time(&m->item, m->job.answer.microseconds);
        m->ready = true;
        return;
    }
    exn_memory_seal(m->product, &m->job.answer.error);
    exn_work_take(&m->item, &m->job);
    if (m->job.kind == EXN_JOB_LABELS) {
        exn_tar_late_take_look(t, m);
        return;
    }
    if (m->job.mask && m->job.kind != EXN_JOB_VERIFY)
        exn_masks_check(&m->item, m->job.orientation, m->mask_size[0], m->mask_size[1]);
    m->ready = !exn_work_look_again(&m->job, &m->item, t->job->options);
    if (!m->ready)
        exn_pool_return(t->job->pool, &m->job);
    else if (exn_work_is_suspect(&m->item.error))
        exn_pool_dismiss(t->job->pool, &m->job);
    if (m->ready)
        exn_tar_late_see(t, m);
}

/* One image for each worker may have any size; everything else has to stay within the budget. A
 * member may hold two descriptors, so with the factor of 4 members use at most half of the
 * descriptors. */
static bool has_room(const exn_tar_archive *t, const exn_tar_member *m)
{
    unsigned jobs = t->job->options->jobs;
    if (t->flight.count == 0)
        return true;
    return !exn_flight_is_full(&t->flight) && 4 * t->flight.count < t->job->pool->descriptors &&
           ((m->image && t->images < jobs) ||
            (t->images < (size_t)4 * jobs && t->held + m->held <= jobs * BUDGET));
}

/* Puts a member into the ring; NULL: the run has ended, and the member is freed. Memory is gained
 * by finishing members in front, so the order is always kept. */
static exn_tar_member *enter(exn_tar_archive *t, const exn_tar_member *m)
{
    while (exn_tar_archive_may_go_on(t) && !has_room(t, m))
        exn_tar_late_step(t);
    if (!exn_tar_archive_may_go_on(t)) {
        exn_tar_member gone = {.body = -1,
                               .product = -1,
                               .turns = -1,
                               .head = m->head,
                               .item = m->item,
                               .group = m->group};
        free_member(t, &gone);
        return NULL;
    }
    exn_tar_member *entered = exn_flight_push(&t->flight);
    *entered = *m;
    t->held += m->held;
    t->images += m->image;
    return entered;
}

/* Reads the body of the last member into its memory file. If it cannot be read completely, the
 * member is retracted before any worker has its job: a truncated archive fails as a whole, and
 * reports no member that it does not have. */
static bool take_body(exn_tar_archive *t, exn_tar_member *m)
{
    uint64_t size = m->head.body;
    m->body = exn_memory_open(&t->error);
    if (t->error.status == EXN_OK && exn_tar_archive_take(t, size, m->body, false) == EXN_OK &&
        exn_tar_archive_take(t, exn_tar_head_padding(size), -1, false) == EXN_OK)
        return true;
    exn_flight_retract(&t->flight);
    return false;
}

/* A member that needs no worker. Its body, if it has one, is small. */
static void pass(exn_tar_archive *t, exn_tar_member *m, uint64_t body)
{
    m->held = body + m->head.size;
    exn_tar_member *e = enter(t, m);
    if (!e)
        return;
    exn_item_start(&e->item); /* its time is without the wait */
    if (body > 0 && !take_body(t, e))
        return;
    exn_item_add_time(&e->item, e->item.opened);
    e->ready = true;
    exn_tar_late_see(t, e);
    exn_flight_finish_ready(&t->flight);
}

/* A large member that needs no worker: when all before it are written, it goes through piece by
 * piece. */
static void pass_by(exn_tar_archive *t, exn_tar_member *m)
{
    bool failed = m->item.error.status != EXN_OK;
    exn_on_error on_error = t->job->options->on_error;
    exn_tar_late_see(t, m);
    bool away = failed && on_error != EXN_ON_ERROR_KEEP;
    uint64_t size = m->head.body + exn_tar_head_padding(m->head.body);
    if (away) {
        pass(t, m, 0);
        if (exn_tar_archive_may_go_on(t))
            exn_tar_archive_take(t, size, -1, false);
        return;
    }
    exn_tar_late_drain(t);
    exn_item_start(&m->item);
    if (exn_tar_archive_may_go_on(t)) {
        m->item.bytes_out = m->item.bytes_in;
        exn_stream_out_write(&t->out, m->head.bytes, m->head.size);
        exn_tar_archive_take(t, size, -1, true);
        m->item.result.outcome = failed ? EXN_OUTCOME_FAILED : EXN_OUTCOME_COPIED;
        exn_tar_rename_settle(t, m);
        if (t->labels && !exn_tar_labels_pass(t->labels, &m->item, &m->head))
            exn_error_set(&t->error, EXN_MEMORY, 0, "images of the archive");
        survey(t, m);
    }
    if (exn_tar_archive_may_go_on(t))
        tell(t, m);
    note_mask(t, m);
    free_member(t, m);
}

/* Whether the job needs an output: checks, and looks at YAML files, are answered without one. */
static bool has_product(const exn_tar_archive *t, const exn_tar_member *m)
{
    return m->role != EXN_TAR_ROLE_DATA && (!t->job->judge || m->role == EXN_TAR_ROLE_LABELS);
}

/* Label files are held in memory like images, but do not count as such, since those of a sample
 * wait together. */
static void work_on(exn_tar_archive *t, exn_tar_member *m)
{
    m->image = m->role == EXN_TAR_ROLE_NONE;
    /* The source and an output, which is about as large; --check has none, and may hold less. */
    m->held = 2 * m->head.body + m->head.size;
    if (m->role == EXN_TAR_ROLE_LABELS)
        exn_tar_late_await_data(t);
    exn_tar_member *e = enter(t, m);
    if (!e || !take_body(t, e))
        return;
    e->awaited = e->group && e->image;
    if (e->awaited)
        e->group->images++;
    const bool looks = t->job->judge != NULL;
    e->product = has_product(t, e) ? exn_memory_open(&t->error) : -1;
    if (t->error.status != EXN_OK || exn_memory_seal(e->body, &t->error) != EXN_OK) {
        exn_flight_retract(&t->flight);
        return;
    }
    e->job = (exn_job){.source = e->body,
                       .output = e->product,
                       .size = e->head.body,
                       .orientation = m->job.orientation};
    if (e->role == EXN_TAR_ROLE_MASK) {
        e->waits = e->item.is_mask = true;
        t->waiting++;
        return;
    }
    if (e->role == EXN_TAR_ROLE_LABELS) {
        e->job.kind = EXN_JOB_LABELS;
        e->job.labels = exn_scout_job(t->job->options, t->poses, &e->item, 0);
        e->job.labels.odd = true;
        t->looks += !looks;
        if (t->labels && !exn_tar_data_use(&t->labels->data, t->poses, e->item.path))
            exn_error_set(&t->error, EXN_MEMORY, 0, "data sets of the archive");
    } else if (e->role == EXN_TAR_ROLE_DATA) {
        e->job.kind = EXN_JOB_POSES;
        t->data++;
    } else {
        const exn_job_kind kind = exn_work_kind(e->format, e->job.orientation, t->job->options);
        e->job.kind = looks && kind == EXN_JOB_NORMALIZE ? EXN_JOB_CHECK : kind;
    }
    exn_flight_hand_over(&t->flight, &e->job);
}

/* A label file that is too large to be looked at may name any image. */
static void leave_unread(exn_tar_archive *t, exn_tar_member *m, const exn_error *why)
{
    const exn_labels_answer none = {0};
    m->role = EXN_TAR_ROLE_NONE;
    if (!exn_notes_add(t->survey ? &t->survey->notes : &t->labels->notes, m->item.path, &none, why,
                       -1, 0))
        exn_error_set(&t->error, EXN_MEMORY, 0, "label files of the archive");
}

/* Finds out whether a label file has named the image as a mask. As in a folder, masks are PNGs. */
static void find_wanted(exn_tar_archive *t, exn_tar_member *m)
{
    const char *dot = strrchr(m->item.path, '.');
    if (!dot || strcasecmp(dot, ".png") != 0)
        return;
    exn_tar_late_await_names(t);
    m->wanted = exn_tar_masks_find(&t->labels->masks, m->item.path, &m->item.error);
    if (!m->wanted)
        return;
    m->role = EXN_TAR_ROLE_MASK;
    m->item.is_mask = true;
}

/* A compressed label file is not read, so it may name any image. */
static bool is_packed(exn_tar_archive *t, exn_tar_member *m)
{
    const exn_cli_options *options = t->job->options;
    exn_error why = {0};
    if (!t->labels || !exn_scout_is_packed(m->item.path) ||
        exn_scout_job(options, NULL, &m->item, 0).none)
        return false;
    if (options->labels == EXN_LABEL_FILES_WARN) {
        exn_error_set(&why, EXN_UNSUPPORTED, 0, "it is compressed");
        leave_unread(t, m, &why);
        return true;
    }
    exn_tar_late_drain(t);
    exn_tar_labels_check_packed(t->labels, &m->item);
    return true;
}

/* A label file that is too large fails in a run that moves labels. For a warning less is read, and
 * only a large file that begins like labels is reported as unread. */
static void take_role(exn_tar_archive *t, exn_tar_member *m, const uint8_t *head, size_t size,
                      bool is_image)
{
    const exn_cli_options *options = t->job->options;
    exn_error why = {0};
    if (is_packed(t, m))
        return;
    m->role = exn_tar_role_of(options, m->item.path, head, size, is_image);
    if (options->labels == EXN_LABEL_FILES_MOVE && t->labels && is_image)
        find_wanted(t, m);
    if (m->role == EXN_TAR_ROLE_DATA && m->head.body > DATA)
        m->role = EXN_TAR_ROLE_NONE;
    if (m->role == EXN_TAR_ROLE_NONE)
        return;
    const bool warns = options->labels == EXN_LABEL_FILES_WARN;
    exn_error_need(&why, m->head.body, warns ? EXN_WARNING_LARGE : options->work.max_memory);
    if (why.status == EXN_OK)
        return;
    if (!warns && !t->survey)
        m->item.error = why;
    else if (!warns || memchr("{[<", head[0], 3))
        leave_unread(t, m, &why);
    else
        m->role = EXN_TAR_ROLE_NONE;
}

/* Recognizes a file by its first bytes, which stay in the input; exn_sniff() needs only 64. An
 * image fails if it is too large for memory, or stored as a sparse file. */
static exn_format look_at(exn_tar_archive *t, exn_tar_member *m)
{
    const uint8_t *data;
    size_t want = m->head.body < 64 ? (size_t)m->head.body : 64;
    size_t n = exn_stream_in_peek(&t->in, want, &data);
    exn_format format = n > 0 ? exn_sniff(data, n) : EXN_FORMAT_UNKNOWN;
    const exn_item whole = {.path = m->head.name}; /* the item's name may be cut */
    bool named = exn_item_named_as_image(&whole);
    exn_error *error = &m->item.error;
    /* A sidecar's image may be any member, before or after it. */
    if (exn_sidecar_is(t->job->options, m->head.name ? m->head.name : ""))
        format = EXN_FORMAT_XMP;
    if (m->head.kind == EXN_TAR_SPARSE && (named || format != EXN_FORMAT_UNKNOWN))
        exn_error_set(error, EXN_UNSUPPORTED, 0, "stored as a sparse file");
    else if (m->head.kind == EXN_TAR_SPARSE)
        return EXN_FORMAT_UNKNOWN;
    else if (format == EXN_FORMAT_UNKNOWN && named)
        exn_item_misnamed(&whole, m->head.body, error);
    else if ((format == EXN_FORMAT_UNKNOWN || format == EXN_FORMAT_XMP) && m->job.orientation)
        exn_error_set(error, EXN_NOT_AN_IMAGE, 0, "--orientations says otherwise");
    else if (format != EXN_FORMAT_UNKNOWN)
        exn_error_need(error, m->head.body, t->job->options->work.max_memory);
    if (error->status == EXN_OK && m->head.kind == EXN_TAR_FILE && (t->labels || t->survey))
        take_role(t, m, data, n, format != EXN_FORMAT_UNKNOWN);
    return error->status == EXN_OK ? format : EXN_FORMAT_UNKNOWN;
}

void exn_tar_member_run(exn_tar_archive *t, exn_tar_head *head)
{
    exn_tar_member m = {.head = *head, .body = -1, .product = -1, .turns = -1, .ready = false};
    const char *name = head->name ? head->name : "";
    m.item.path = strndup(name, PATH_MAX); /* small archives can have thousands that are longer */
    m.item.bytes_in = head->body;
    m.item.result.outcome = EXN_OUTCOME_COPIED;
    exn_item_start(&m.item);
    if (!m.item.path) {
        exn_error_set(&t->error, EXN_MEMORY, 0, "name of a member");
        free_member(t, &m);
        return;
    }
    bool is_file = head->kind == EXN_TAR_FILE || head->kind == EXN_TAR_SPARSE;
    if (is_file)
        m.job.orientation =
            exn_orientations_find_member(t->job->options->given, t->job->archive, name, &t->error);
    if (is_file && t->labels && t->job->options->labels == EXN_LABEL_FILES_MOVE) {
        m.group = exn_tar_labels_join(t->labels, m.item.path);
        if (!m.group)
            exn_error_set(&t->error, EXN_MEMORY, 0, "samples of the archive");
    }
    m.format = is_file ? look_at(t, &m) : EXN_FORMAT_UNKNOWN;
    exn_tar_rename(t, &m.head, &m.item, m.format);
    if (m.item.error.status != EXN_OK)
        m.format = EXN_FORMAT_UNKNOWN;
    const bool is_late = m.role != EXN_TAR_ROLE_NONE && m.item.error.status == EXN_OK;
    if (m.format != EXN_FORMAT_UNKNOWN || is_late)
        work_on(t, &m);
    else if (head->body <= SMALL)
        pass(t, &m, head->body);
    else
        pass_by(t, &m);
    exn_tar_late_start(t);
}

static bool is_well(const void *owner)
{
    const exn_tar_archive *t = owner;
    return t->error.status == EXN_OK && !t->end.stopped && !t->job->report->broken;
}

bool exn_tar_member_open_flight(exn_tar_archive *t)
{
    static const exn_flight_ops ops = {is_well, is_ready, collect, finish, free_member};
    return exn_flight_open(&t->flight, &ops, t, t->job->pool, sizeof(exn_tar_member), WINDOW);
}
