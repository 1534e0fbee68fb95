/* SPDX-License-Identifier: MIT */
#include "scout.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/wide.h"
#include "list/mask_names.h"
#include "list/orientations.h"
#include "list/sidecar.h"
#include "workers/flight.h"
#include "workers/labeler.h"
#include "workers/work.h"

/* How far what is looked at may be ahead of what is handed on next. Enough for all workers to be
 * busy while one of them reads a large file; each has a descriptor or two. */
#define WINDOW ((size_t)256)

/* An item from the list until it is handed on. The job comes first: it is what comes back. */
typedef struct entry {
    exn_job job;
    exn_item item;
    struct stat before;
    const exn_look *look; /* what a worker has said before; NULL: nothing */
    bool ready;
} entry;

typedef struct scout {
    const exn_scout *asked;
    exn_flight flight;
    bool failed;
} scout;

static bool may_go_on(const void *owner)
{
    const scout *s = owner;
    return !s->failed && s->asked->ops->may_go_on(s->asked->owner);
}

static bool is_ready(const void *one)
{
    const entry *e = one;
    return e->ready;
}

/* A file that changed while it was looked at has said something that is true of neither version. */
static void collect(void *owner, void *one)
{
    (void)owner;
    entry *e = one;
    e->item.result = e->job.answer.result;
    e->item.error = e->job.answer.error;
    exn_item_take_time(&e->item, e->job.answer.microseconds);
    if (!exn_item_unchanged(e->job.source, &e->before, true))
        exn_error_set(&e->item.error, EXN_READ, 0, "the source changed while it was read");
    e->ready = true;
}

/* Nobody has changed the file since, by all that can be seen, so that a worker would say the same
 * again. */
static void hand_on_look(const scout *s, entry *e)
{
    exn_item_take_time(&e->item, 0);
    s->asked->ops->labels(s->asked->owner, &e->item, &e->look->answer, e->look->sightings,
                          e->look->size);
}

static void hand_on_labels(const scout *s, entry *e)
{
    const exn_scout *asked = s->asked;
    const exn_labels_answer *answer = &e->job.answer.labels;
    size_t size = (size_t)e->job.answer.bytes_out;
    void *sightings = NULL;
    if (e->item.error.status == EXN_OK && answer->result.format == EXN_LABELS_UNKNOWN &&
        !answer->odd)
        return;
    if (e->item.error.status == EXN_OK && size > 0)
        sightings = exn_job_take_output(&e->job, &e->item.error);
    if (e->item.error.status != EXN_OK)
        size = 0;
    else if (asked->looks)
        exn_looks_keep(asked->looks, e->item.path, &e->before, answer, sightings, size);
    asked->ops->labels(asked->owner, &e->item, answer, sightings, size);
    free(sightings);
}

static void finish(void *owner, void *one)
{
    scout *s = owner;
    entry *e = one;
    const exn_scout_ops *ops = s->asked->ops;
    if (e->job.kind == EXN_JOB_CHECK)
        ops->image(s->asked->owner, &e->item);
    else if (e->job.kind == EXN_JOB_POSES)
        ops->data(s->asked->owner, &e->item, &e->job.answer.labels);
    else if (e->look)
        hand_on_look(s, e);
    else
        hand_on_labels(s, e);
}

static void forget(void *owner, void *one)
{
    (void)owner;
    entry *e = one;
    exn_job_drop_output(&e->job);
    if (e->job.source >= 0)
        close(e->job.source);
    exn_item_free(&e->item);
}

bool exn_scout_may_be_data(const exn_item *item)
{
    const char *dot = strrchr(item->path, '.');
    return dot && (strcasecmp(dot, ".yaml") == 0 || strcasecmp(dot, ".yml") == 0);
}

static const char *const texts[] = {".json", ".jsonl", ".ndjson", ".csv", ".xml", ".manifest"};

bool exn_scout_is_named_as_text(const char *path)
{
    const char *dot = strrchr(path, '.');
    bool is_text = false;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        is_text |= dot && strcasecmp(dot, texts[i]) == 0;
    return is_text;
}

/* Arrays, tables and other programs' objects, which nobody reads here. They are labels of an image
 * if they have its name, or one that says so: GT_IMG_1.mat, masks/1.npy, metadata.parquet. */
static bool is_named_as_binary(const char *path)
{
    static const char *const endings[] = {".npy", ".npz",    ".mat",     ".pkl",
                                          ".h5",  ".pickle", ".parquet", ".hdf5"};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(dot, endings[i]) == 0)
            return true;
    return false;
}

/* All formats are text. Half of UTF-16 is NULs; its labels cannot be moved, and that is said and
 * not passed over. So it is of what is text by its name, and has the NULs that a crash of the
 * machine leaves in a file. */
static bool is_text(const char *path, const void *head, size_t size)
{
    const char *dot = strrchr(path, '.');
    return exn_wide_is(head, size) ||
           !memchr(head, '\0', size < EXN_LABELER_GLANCE ? size : EXN_LABELER_GLANCE) ||
           exn_scout_is_named_as_text(path) || is_named_as_binary(path) ||
           (dot && strcasecmp(dot, ".txt") == 0);
}

static bool is_named_otherwise(const exn_cli_options *options, const exn_item *item)
{
    return exn_item_may_have_labels(item) || exn_sidecar_is(options, item->path) ||
           exn_scout_may_be_data(item);
}

/* An image is none of labels whatever it is named, nor is what is named as an image. *seen: how
 * much of it there is to see. What cannot be read may be labels: to take it for anything else would
 * copy them beside images that were rotated, and a worker finds out. */
static bool glance(const exn_cli_options *options, const exn_item *item, int source,
                   char head[EXN_LABELER_GLANCE], size_t *seen)
{
    *seen = 0;
    if (is_named_otherwise(options, item))
        return false;
    const ssize_t n = exn_io_read_at(source, head, EXN_LABELER_GLANCE, 0);
    if (n < 0)
        return true;
    *seen = (size_t)n;
    return n > 0 && is_text(item->path, head, *seen) &&
           exn_sniff(head, *seen) == EXN_FORMAT_UNKNOWN;
}

bool exn_scout_may_be_labels(const exn_cli_options *options, const exn_item *item, int source)
{
    char head[EXN_LABELER_GLANCE];
    size_t seen;
    return glance(options, item, source, head, &seen);
}

/* Masks are named in JSON, and in tables with a header. What begins with a number is YOLO's or a
 * table without one; there may be a million of such files, and no worker need read them. */
static bool may_name_masks(const char *head, size_t size)
{
    size_t at = 0;
    while (at < size && isspace((unsigned char)head[at]))
        at++;
    return at == size || !(isdigit((unsigned char)head[at]) || head[at] == '-' || head[at] == '.');
}

bool exn_scout_may_hold_labels(const exn_cli_options *options, const exn_item *item,
                               const void *head, size_t size)
{
    return size > 0 && !is_named_otherwise(options, item) && is_text(item->path, head, size);
}

bool exn_scout_is_packed(const char *path)
{
    static const char *const packings[] = {".gz", ".bz2", ".xz", ".zst"};
    const size_t length = strlen(path);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t j = 0; j < sizeof packings / sizeof *packings; j++) {
            const size_t text = strlen(texts[i]), size = text + strlen(packings[j]);
            if (length > size && strncasecmp(path + length - size, texts[i], text) == 0 &&
                strcasecmp(path + length - size + text, packings[j]) == 0)
                return true;
        }
    return false;
}

/* What no file says itself. The MOT Challenge has its tables under two names; the first option that
 * is about a file decides. */
static void set_format(const exn_cli_options *options, const char *path, exn_labels_job *job)
{
    exn_label_format format = EXN_LABEL_FORMAT_OWN;
    size_t glob;
    for (const char *const *value = options->label_formats; *value && !format; value++) {
        const exn_label_format said = exn_cli_options_label_format(*value, &glob);
        if (exn_mask_names_ends_as(*value, glob, path))
            format = said;
    }
    job->none = format == EXN_LABEL_FORMAT_NONE;
    if (format == EXN_LABEL_FORMAT_CREATEML_CENTER)
        job->createml = EXN_LABELS_CREATEML_CENTER;
    else if (format == EXN_LABEL_FORMAT_CREATEML_CORNER)
        job->createml = EXN_LABELS_CREATEML_CORNER;
    else if (format == EXN_LABEL_FORMAT_MOT ||
             (format == EXN_LABEL_FORMAT_OWN && (exn_mask_names_ends_as("gt/gt.txt", 9, path) ||
                                                 exn_mask_names_ends_as("det/det.txt", 11, path))))
        job->known = EXN_LABELS_MOT;
}

exn_labels_job exn_scout_job(const exn_cli_options *options, const exn_poses *poses,
                             const exn_item *item, uint64_t most)
{
    exn_labels_job job = {.most = most, .binary = is_named_as_binary(item->path)};
    set_format(options, item->path, &job);
    exn_poses_find(poses, item->path, &job);
    return job;
}

/* Names say what is an image or a mask where a look is not worth it; content decides elsewhere. */
static bool is_named(const scout *s, const exn_item *item)
{
    exn_mask_name name;
    return exn_item_named_as_image(item) ||
           exn_mask_names_match(s->asked->options, item->path, 0, &name);
}

/* What is asked about the file; false: nothing. The order matters: what is named as a YAML is no
 * label file, and what may be labels is no image. */
static bool choose(const scout *s, entry *e)
{
    const exn_scout *asked = s->asked;
    const exn_item *item = &e->item;
    exn_item look = *item;
    if (exn_scout_may_be_data(item)) {
        e->job.kind = EXN_JOB_POSES;
        return asked->ops->data != NULL;
    }
    char head[EXN_LABELER_GLANCE];
    size_t seen;
    if (asked->ops->labels && glance(asked->options, item, e->job.source, head, &seen)) {
        e->job.kind = EXN_JOB_LABELS;
        e->job.labels = exn_scout_job(asked->options, asked->poses, item, asked->most);
        e->job.labels.odd = asked->odd;
        const bool wanted = asked->looks && exn_looks_wants(item->bytes_in);
        e->job.labels.masks = asked->masks && !wanted;
        if (wanted)
            e->look = exn_looks_find(asked->looks, item->path, &e->before);
        return !e->job.labels.masks || may_name_masks(head, seen);
    }
    e->job.kind = EXN_JOB_CHECK;
    e->job.orientation = exn_orientations_find(asked->options->given, item->path);
    return asked->ops->image && !exn_sidecar_is(asked->options, item->path) &&
           (is_named(s, item) || exn_work_sniff(e->job.source, &look) != EXN_FORMAT_UNKNOWN);
}

/* Whether a name alone says that it is not asked about: most files are images, and need not even be
 * opened then. Opening a million files on a network file system takes longer than all the rest. */
static bool is_passed_by(const scout *s, const exn_item *item)
{
    const exn_scout_ops *ops = s->asked->ops;
    const bool is_file = item->kind == EXN_ITEM_FILE || item->kind == EXN_ITEM_LINK;
    const bool only_data = !ops->image && !ops->labels;
    return !is_file || (!ops->image && is_named(s, item)) ||
           (only_data && !exn_scout_may_be_data(item)) ||
           exn_sidecar_is(s->asked->options, item->path);
}

static void run_item(scout *s, exn_item *item)
{
    /* Still full after that means that the run has to end: the item is dropped, and nobody is told
     * of it. */
    while (exn_flight_is_full(&s->flight) && exn_flight_may_go_on(&s->flight))
        exn_flight_step(&s->flight);
    if (exn_flight_is_full(&s->flight)) {
        exn_item_free(item);
        return;
    }
    entry *e = exn_flight_push(&s->flight);
    *e = (entry){.item = *item, .job.source = -1, .job.output = -1, .ready = true};
    e->job.source = exn_item_open(&e->item, s->asked->roots->in, &e->before);
    if (e->job.source < 0 || !choose(s, e)) {
        /* What cannot be opened fails when it is to be worked on, and is said then. */
        exn_flight_retract(&s->flight);
        return;
    }
    e->job.size = e->item.bytes_in;
    e->job.returns = e->job.kind == EXN_JOB_LABELS; /* the others answer in numbers */
    e->ready = e->look != NULL;
    if (!e->ready)
        exn_flight_hand_over(&s->flight, &e->job);
    exn_flight_finish_ready(&s->flight);
}

/* As if workers were just looking at them. */
static bool replay(const exn_scout *asked)
{
    for (size_t i = 0; i < asked->notes->count && asked->ops->may_go_on(asked->owner); i++) {
        const exn_note *note = &asked->notes->list[i];
        const exn_item item = {.path = note->path, .error = note->error};
        if (asked->ops->labels)
            asked->ops->labels(asked->owner, &item, &note->answer, note->sightings, note->size);
    }
    return asked->ops->may_go_on(asked->owner);
}

/* The same list as the run's own, with its order, shards and names, so both see the same files. */
bool exn_scout_run(const exn_scout *asked)
{
    static const exn_flight_ops ops = {may_go_on, is_ready, collect, finish, forget};
    scout s = {.asked = asked};
    exn_item item;
    if (asked->notes)
        return replay(asked);
    exn_list *list = exn_list_open(asked->roots, asked->names, asked->options);
    if (!list || !exn_flight_open(&s.flight, &ops, &s, asked->pool, sizeof(entry), WINDOW)) {
        fputs("exifnorm: out of memory\n", stderr);
        exn_list_close(list);
        return false;
    }
    while (exn_flight_may_go_on(&s.flight) && exn_list_next(list, &item)) {
        const bool is_file = item.kind == EXN_ITEM_FILE || item.kind == EXN_ITEM_LINK;
        if (asked->odd && is_file && exn_scout_is_packed(item.path)) {
            const exn_labels_answer unread = {.unread = 1};
            exn_flight_drain(&s.flight, 0); /* those before it in the list come first */
            if (!exn_scout_job(asked->options, NULL, &item, 0).none)
                asked->ops->labels(asked->owner, &item, &unread, NULL, 0);
            exn_item_free(&item);
            continue;
        }
        if (!is_passed_by(&s, &item)) {
            run_item(&s, &item);
            continue;
        }
        if (asked->ops->name && is_file && is_named(&s, &item))
            asked->ops->name(asked->owner, &item);
        exn_item_free(&item);
    }
    exn_flight_drain(&s.flight, 0);
    const bool done = exn_flight_may_go_on(&s.flight);
    exn_flight_drop(&s.flight);
    exn_flight_close(&s.flight);
    exn_list_close(list);
    return done;
}
