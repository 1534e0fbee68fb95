/* SPDX-License-Identifier: MIT */
#include "batch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/below.h"
#include "base/error.h"
#include "base/signals.h"
#include "list/sidecar.h"
#include "streams/tar.h"
#include "streams/tar_index.h"
#include "workers/work.h"
#include "write/attributes.h"
#include "write/target.h"

/* An output folder, open as long as anybody goes into it. */
typedef struct place {
    int folder;
    size_t users;
} place;

/* A folder on the way from OUT down to where the list is. */
typedef struct level {
    char *name;         /* in the folder above; owned */
    struct stat status; /* what it gets when it is left */
    bool made;          /* by this run; one that existed keeps its mode and times */
    bool open;          /* false: it could not be made, and nothing goes into it */
} level;

/* An item from the list until it is reported, or the end of a folder. The job comes first: it is
 * what comes back. */
typedef struct entry {
    exn_job job;
    exn_item item;
    place
        *place; /* where it goes; NULL: nowhere, or, of a dry run, a folder that is not there yet */
    exn_target target;
    struct stat before; /* of the source; of a folder, what it gets */
    bool ready;         /* nobody works on it any more */
    bool replace;       /* what has the output's name may go */
    bool known;         /* it was done by a run before and is only reported */
    bool tried;         /* the state says that it is begun */
    bool kept;          /* it failed, and its source's bytes are the product */
    bool archive;       /* its members are told, and it is not */
    bool again;         /* a run that goes on is to do it once more */
    bool ends_made, ends_top;
} entry;

/* How far the items that are being worked on may be ahead of the one that gets its name next. Each
 * may have a temporary file, and each folder among them is open. */
#define WINDOW       ((size_t)1024)
#define MAX_PLACES   ((size_t)100)
#define LEAST_PLACES ((size_t)2) /* the folder that is worked in is one */
#define FILL_SIZE    ((uint64_t)16 << 20)

/* With --write=direct each may hold two descriptors, and products wait in memory. */
#define DIRECT_WINDOW ((size_t)128)
#define DIRECT_MEMORY (UINT64_C(256) << 20)

typedef struct batch {
    const exn_cli_options *options;
    const exn_roots *roots;
    exn_state *state; /* NULL: none is kept */
    exn_pool *pool;
    exn_report *report;
    level *levels; /* [0] is OUT */
    size_t depth, room;
    place *place;   /* the innermost output folder of the list; NULL: none is open */
    size_t places;  /* open ones */
    entry *entries; /* a ring of WINDOW, in the list's order */
    size_t first, count;
    exn_tar_index index; /* what is known of the archives, for the indexes beside them, */
    exn_item *later;     /* which come when all archives have their names */
    size_t laters, later_room;
    bool last;    /* all is done but for these */
    bool copies;  /* no blocks are shared with files from this device */
    dev_t copied; /* the device */
    exn_sidecars sidecars;
    bool stop;
} batch;

static place *hold(place *p)
{
    if (p)
        p->users++;
    return p;
}

static void release(batch *b, place *p)
{
    if (!p || --p->users > 0)
        return;
    close(p->folder);
    free(p);
    b->places--;
}

/* Makes this folder the innermost one. */
static void go_to(batch *b, int folder)
{
    place *p = folder >= 0 ? malloc(sizeof *p) : NULL;
    if (p) {
        *p = (place){.folder = folder, .users = 1};
        b->places++;
    } else if (folder >= 0) {
        close(folder);
    }
    release(b, b->place);
    b->place = p;
}

/* Reports an item and sees whether the run may go on. */
static void tell(batch *b, const exn_item *item)
{
    exn_report_item(b->report, item);
    if (exn_target_error_stops(&item->error) && !item->alone)
        b->report->output_failed = true;
    b->report->gave_up = b->report->gave_up || (b->options->on_error == EXN_ON_ERROR_STOP &&
                                                item->error.status != EXN_OK);
    b->stop = b->stop || b->report->output_failed || b->report->broken || b->report->gave_up;
}

static bool may_go_on(const batch *b)
{
    return !b->stop && !b->pool->broken && !exn_signals_caught();
}

/* Opens the output folder of the current depth, step by step from OUT and through no link, so that
 * no exchange of a folder for a link can lead the run elsewhere, and no path is too long. */
static int reopen(const batch *b)
{
    int folder = fcntl(b->roots->out, F_DUPFD_CLOEXEC, 0);
    for (size_t i = 1; i < b->depth && folder >= 0; i++) {
        int next = exn_below_open(folder, b->levels[i].name, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
        close(folder);
        folder = next;
    }
    return folder;
}

/* Makes the folder, with a mode by which the owner may write until it is left. False: there is
 * something already, or the error says why not. */
static bool make_folder(const batch *b, exn_item *item)
{
    struct stat status;
    mode_t mode = (item->status.st_mode & 0777) | 0700;
    int folder = b->place ? b->place->folder : -1;
    if (b->options->dry_run &&
        (folder < 0 || fstatat(folder, item->target, &status, AT_SYMLINK_NOFOLLOW) == 0))
        return folder < 0;
    if (b->state && fstatat(folder, item->target, &status, AT_SYMLINK_NOFOLLOW) != 0 &&
        exn_state_folder(b->state, item->path, &item->error) != EXN_OK)
        return false;
    if (b->options->dry_run ? exn_roots_writable(folder) : mkdirat(folder, item->target, mode) == 0)
        return true;
    if (errno != EEXIST)
        exn_error_set(&item->error, EXN_WRITE, errno, "cannot make the folder");
    return false;
}

/* Lets the owner write to a folder that a run before has closed as its source was. */
static bool open_up(int folder, struct stat *status)
{
    struct stat now;
    if (exn_roots_writable(folder) || fstat(folder, &now) != 0 || now.st_uid != geteuid() ||
        fchmod(folder, (now.st_mode & 07777) | 0700) != 0)
        return false;
    *status = now;
    return true;
}

/* Makes the folder in the current one, or takes one that is there, and goes into it. */
static void go_into(batch *b, exn_item *item, level *l)
{
    int folder = b->place ? b->place->folder : -1;
    bool new = make_folder(b, item);
    if (item->error.status != EXN_OK)
        return;
    if (new && b->options->dry_run) {
        go_to(b, -1);
        l->open = true;
        return;
    }
    l->made = new;
    int inner = exn_below_open(folder, item->target, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (inner < 0) {
        /* ENOTDIR and ELOOP: there is a file or a link in its place */
        bool taken = errno == ENOTDIR || errno == ELOOP;
        exn_error_set(&item->error, taken ? EXN_EXISTS : EXN_WRITE, taken ? 0 : errno,
                      taken ? "the output's place is taken by what is no folder"
                            : "cannot open the folder");
        return;
    }
    if (!l->made && exn_state_made(b->state, item->path)) {
        l->made = true; /* and perhaps left for good, but there may be more to do in it */
        exn_attributes_mode(inner, item->status.st_mode | 0700);
    }
    if (!l->made && b->options->overwrite && !b->options->dry_run &&
        open_up(inner, &l->status)) /* and it gets back what it had */
        l->made = true;
    go_to(b, inner);
    l->open = true;
}

/* Makes room for one more level, so that entering a folder cannot fail half way. */
static bool reserve(batch *b)
{
    if (b->depth < b->room)
        return true;
    size_t room = b->room ? 2 * b->room : 16;
    level *more = reallocarray(b->levels, room, sizeof *more);
    if (!more)
        return false;
    b->levels = more;
    b->room = room;
    return true;
}

static void enter_folder(batch *b, exn_list *list, entry *e)
{
    exn_item *item = &e->item;
    level l = {.status = item->status, .name = strdup(item->target)};
    if (!l.name || !reserve(b)) {
        exn_error_set(&item->error, EXN_MEMORY, 0, "no room for one more folder");
        free(l.name);
        b->stop = true; /* the levels would no longer tell where the run is */
        return;
    }
    if (b->depth == 0) {
        l.made = b->roots->made;
        l.open = true;
    } else if (item->error.status == EXN_OK) {
        go_into(b, item, &l);
    }
    b->levels[b->depth++] = l;
    if (item->error.status != EXN_OK)
        exn_list_skip(list);
}

static void sync_folder(batch *b, int folder)
{
    if (folder >= 0 && fsync(folder) == 0)
        return;
    fprintf(stderr, "exifnorm: cannot make an output folder durable: %s\n", strerror(errno));
    b->report->output_failed = b->stop = true;
}

/* A new OUT is an entry of the folder above it. */
static void sync_above(batch *b, int folder)
{
    int above = openat(folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    sync_folder(b, above);
    if (above >= 0)
        close(above);
}

/* The list leaves a folder; what is in it may still be worked on. */
static void leave_folder(batch *b, entry *e)
{
    if (b->depth == 0)
        return;
    level *l = &b->levels[--b->depth];
    if (l->open) {
        e->place = hold(b->place);
        e->before = l->status;
        e->ends_made = l->made;
        e->ends_top = b->depth == 0;
        go_to(b, b->depth > 0 ? reopen(b) : -1);
    }
    free(l->name);
}

/* A folder's mode and times come last, when nothing in it changes any more. */
static void finish_folder(batch *b, const entry *e)
{
    if (!e->place || b->options->dry_run)
        return;
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): hold() has counted this entry as a user */
    int folder = e->place->folder;
    if (b->options->durable && e->ends_made && e->ends_top)
        sync_above(b, folder);
    struct stat status = e->before;
    /* Other shards may still go on in here. The last of them to leave has the last word on times.
     */
    if (b->options->shards)
        status.st_mode |= 0700;
    if (e->ends_made)
        exn_attributes_put(folder, &status);
    else if (b->options->shards)
        exn_attributes_times(folder, &status);
    if (b->options->durable)
        sync_folder(b, folder);
}

/* Shares the source's blocks, where the file systems can do that. */
static bool clone(batch *b, const entry *e)
{
    bool never = false;
    if (e->item.bytes_in == 0 || e->target.direct)
        return false;
    if (exn_target_clone(&e->target, e->job.source, &never))
        return true;
    if (never) {
        b->copies = true;
        b->copied = e->before.st_dev;
    }
    return false;
}

/* A worker, which may not seek, would fill its holes. */
static bool has_holes(const struct stat *status)
{
    enum { UNIT = 512, INLINE = 4096 }; /* of st_blocks; what may have none at all */
    return status->st_size > INLINE &&
           (uint64_t)status->st_blocks * UNIT < (uint64_t)status->st_size;
}

/* Whether a worker is to give what needs nothing its bytes, too: several copy at the same time.
 * What is large is copied here, since a worker's time is limited. */
static bool may_fill(const batch *b, const entry *e)
{
    return b->copies && b->copied == e->before.st_dev && e->item.bytes_in <= FILL_SIZE &&
           !has_holes(&e->before) && !b->options->link && !b->options->dry_run && !e->target.direct;
}

/* Gives the temporary file the source's own bytes. What is linked is the source and needs no
 * comparison. Labels and the like are copied in any case: those are edited, often in place. */
static void carry(batch *b, entry *e)
{
    exn_item *item = &e->item;
    bool filled = item->bytes_out > 0;
    item->bytes_out = item->bytes_in;
    if (b->options->dry_run)
        return;
    if (b->options->link && item->result.outcome == EXN_OUTCOME_UNTOUCHED) {
        /* before a link of our own changes its time */
        exn_work_check_unchanged(e->job.source, &e->before, b->roots->in, item, b->options);
        item->linked = item->error.status == EXN_OK && exn_target_link(&e->target, e->job.source);
    }
    if (item->linked || item->error.status != EXN_OK)
        return;
    if (!filled && !clone(b, e))
        exn_target_copy(&e->target, e->job.source, item->bytes_in, &item->error);
    if (item->error.status == EXN_OK)
        exn_target_claim(&e->target, &item->error);
    if (item->error.status == EXN_OK && b->options->verify)
        exn_target_compare(&e->target, e->job.source, item->bytes_in, &item->error);
}

/* Gives the output a temporary name, of which the state has to know before there is such a file. */
static void open_target(const batch *b, entry *e)
{
    exn_item *item = &e->item;
    int folder = e->place ? e->place->folder : -1;
    if (exn_target_begin(&e->target, folder, item->target, e->replace, b->options, &item->error) !=
            EXN_OK ||
        exn_state_try(b->state, item, e->target.temp, &item->error) != EXN_OK)
        return;
    e->tried = true;
    exn_target_open(&e->target, b->options, &item->error);
}

/* Makes the source's own bytes the product of an item that failed. */
static void keep(batch *b, entry *e)
{
    exn_error why = e->item.error;
    e->item.error = (exn_error){0};
    e->item.bytes_out = 0;
    e->item.result.outcome = EXN_OUTCOME_FAILED; /* whatever it was to be: nothing to link */
    if (e->target.fd >= 0)
        exn_target_renew(&e->target, b->options, &e->item.error);
    else
        open_target(b, e);
    if (e->item.error.status == EXN_OK)
        carry(b, e);
    e->kept = e->item.error.status == EXN_OK;
    if (e->kept)
        e->item.error = why;
}

static void seal(const batch *b, entry *e)
{
    exn_error trouble = {0};
    if (exn_target_seal(&e->target, e->job.source, &e->before, b->options->durable, &trouble) ==
        EXN_OK)
        return;
    e->item.error = trouble;
    e->kept = false;
}

static void close_source(entry *e)
{
    if (e->job.source >= 0)
        close(e->job.source);
    e->job.source = -1;
}

/* A sidecar is edited as its image was when a worker looked at it. */
static void close_image(const batch *b, entry *e)
{
    if (!e->job.beside.there)
        return;
    if (!exn_item_unchanged(e->job.image, &e->item.status, exn_work_relinks(b->options)))
        exn_error_set(&e->item.error, EXN_READ, 0, "its image changed while it was read");
    close(e->job.image);
    e->job.beside.there = false;
}

/* The work on an item is over, well or not: what is left needs no worker, and, unless it is written
 * in place, no source. */
static void complete(batch *b, entry *e)
{
    exn_item *item = &e->item;
    const uint64_t since = item->microseconds > 0 ? exn_item_clock() : item->opened;
    close_image(b, e);
    if (item->error.status == EXN_OK && exn_work_is_carried(item->result.outcome))
        carry(b, e);
    if (e->job.source >= 0)
        exn_work_check_unchanged(e->job.source, &e->before, b->roots->in, item, b->options);
    if (b->options->on_error == EXN_ON_ERROR_KEEP && exn_work_may_keep(&item->error))
        keep(b, e);
    if (item->error.status == EXN_OK || e->kept)
        seal(b, e);
    if (item->error.status != EXN_OK && !e->kept)
        exn_target_drop(&e->target);
    if (exn_work_is_suspect(&item->error))
        exn_pool_dismiss(b->pool, &e->job);
    if (!e->target.direct)
        close_source(e);
    if (item->opened > 0)
        exn_item_add_time(item, since);
    e->ready = true;
}

/* Takes what a worker has made, and the file that it has made it in. A worker's word is no reason
 * to end the run. */
static void take(entry *e)
{
    exn_error *error = &e->job.answer.error;
    if (error->status == EXN_OK && e->job.answer.bytes_out > 0)
        exn_target_claim(&e->target, error);
    else if (error->status == EXN_WRITE)
        e->item.alone = exn_target_can_grow(&e->target, e->item.bytes_in, error);
    e->job.output = e->target.fd;
    exn_work_take(&e->item, &e->job);
}

/* Waits until a worker has done something. */
static void collect(batch *b)
{
    entry *e = (entry *)exn_pool_next(b->pool);
    if (!e)
        return;
    take(e);
    if (exn_work_look_again(&e->job, &e->item, b->options))
        exn_pool_return(b->pool, &e->job);
    else
        complete(b, e);
}

static void hand_over(batch *b, entry *e, exn_job_kind kind)
{
    e->job.kind = kind == EXN_JOB_NORMALIZE && may_fill(b, e) ? EXN_JOB_FILL : kind;
    e->job.output = e->target.fd;
    e->job.size = e->item.bytes_in;
    e->ready = false;
    while (may_go_on(b) && !exn_pool_offer(b->pool, &e->job))
        collect(b);
}

static void go_on(batch *b);

/* A folder's archives are told by their names; a file that is IN is one. */
static bool is_archive(const batch *b, const exn_item *item)
{
    return b->options->tar && (!b->roots->folder || exn_tar_named(item->path));
}

static exn_tar_job archive_job(const batch *b, const entry *e)
{
    return (exn_tar_job){.options = b->options,
                         .pool = b->pool,
                         .report = b->report,
                         .state = b->state,
                         .archive = b->roots->folder ? e->item.path : NULL,
                         .in = e->job.source,
                         .out = e->target.fd,
                         .readable = true};
}

/* An archive has all the workers: what comes before it is brought to an end. */
static void run_archive(batch *b, entry *e)
{
    exn_item *item = &e->item;
    exn_tar_end end = {0};
    struct stat made;
    e->ready = false;
    while (b->count > 1 && may_go_on(b))
        go_on(b);
    exn_item_start(item); /* not what it waited for */
    open_target(b, e);
    exn_tar_job job = archive_job(b, e);
    if (may_go_on(b) && item->error.status == EXN_OK)
        exn_tar_run(&job, &end, &item->error);
    else
        exn_error_set(&item->error, EXN_INTERRUPTED, 0, "dropped");
    if (item->error.status == EXN_OK && job.out >= 0 && fstat(job.out, &made) == 0)
        item->bytes_out = (uint64_t)made.st_size;
    item->partial = end.failures;
    e->again = end.chance;
    if (b->index.count > 0)
        b->index.seen[b->index.count - 1].changed = end.changed;
    b->report->gave_up = end.stopped;
    b->stop = b->stop || end.stopped || b->report->broken;
    e->archive = true;
    item->result.outcome = EXN_OUTCOME_FAILED; /* not one that is carried */
    if (item->error.status == EXN_OK && end.unended)
        exn_tar_tell_unended(item, job.out);
    complete(b, e);
}

/* Gives the temporary file the bytes of a memory file. */
static void carry_edited(const batch *b, entry *e, int edited)
{
    exn_item *item = &e->item;
    struct stat status;
    item->result.outcome = EXN_OUTCOME_METADATA;
    item->result.method = EXN_METHOD_EDIT;
    item->bytes_out =
        edited >= 0 && fstat(edited, &status) == 0 ? (uint64_t)status.st_size : item->bytes_in;
    if (b->options->dry_run)
        return;
    exn_target_copy(&e->target, edited, item->bytes_out, &item->error);
    if (item->error.status == EXN_OK && b->options->verify)
        exn_target_compare(&e->target, edited, item->bytes_out, &item->error);
}

/* An index of an archive is edited; one that cannot be is copied, and that is said. */
static void run_index(batch *b, entry *e)
{
    exn_item *item = &e->item;
    exn_error why = {0};
    int edited = -1;
    exn_tar_verdict verdict =
        exn_tar_index_edit(&b->index, item->path, e->job.source, &edited, &why);
    open_target(b, e);
    item->result.outcome = EXN_OUTCOME_COPIED;
    if (verdict == EXN_TAR_INDEX_EDITED && item->error.status == EXN_OK)
        carry_edited(b, e, edited);
    if (verdict == EXN_TAR_INDEX_STALE && item->error.status == EXN_OK) {
        item->result.warnings |= 1u << EXN_WARN_INDEX_STALE;
        memcpy(item->error.detail, why.detail, sizeof why.detail);
    }
    if (edited >= 0)
        close(edited);
    complete(b, e);
}

/* What the indexes will need to know of an archive. */
static void note_archive(batch *b, entry *e, bool known)
{
    b->index.redone = b->index.redone || !known;
    if (b->roots->folder && !exn_tar_index_seen_add(&b->index, e->item.path))
        exn_error_set(&e->item.error, EXN_MEMORY, 0, "out of memory for an archive's name");
}

/* ---- sidecars */

/* Finds the image that a sidecar belongs to. */
static void pair(batch *b, exn_item *item)
{
    if (exn_sidecar_is(b->options, item->path) && !is_archive(b, item))
        exn_sidecar_pair(&b->sidecars, b->roots->in, item);
}

/* A walk meets most images before their sidecars, and they are finished in that order, so that it
 * is known by then which ones failed. Of others the worker has to find out. */
static void open_image(batch *b, entry *e)
{
    exn_item *item = &e->item;
    if (!item->image || item->error.status != EXN_OK)
        return;
    e->job.image = exn_sidecar_open(item, b->roots->in);
    e->job.beside = (exn_beside){.there = e->job.image >= 0,
                                 .size = (uint64_t)item->status.st_size,
                                 .whole = !b->roots->folder || b->options->files_from ||
                                          strcmp(item->image, item->path) > 0};
}

/* An image that failed is not there, or is as it was; so its sidecar is not there, or is as it was.
 */
static void follow_image(batch *b, entry *e)
{
    exn_item *item = &e->item;
    if (!item->image || item->error.status != EXN_OK || e->known ||
        !exn_sidecar_failed(&b->sidecars, item->image))
        return;
    exn_target_drop(&e->target);
    close_source(e);
    exn_error_set(&item->error, EXN_REFUSED, 0, "its image failed");
    if (b->options->on_error != EXN_ON_ERROR_KEEP)
        return;
    exn_error why = item->error;
    struct stat before = e->before;
    item->error = (exn_error){0};
    e->job.source = exn_item_open(item, b->roots->in, &e->before);
    if (e->job.source >= 0 && !exn_item_unchanged(e->job.source, &before, true))
        exn_error_set(&item->error, EXN_READ, 0, "the source changed while it was read");
    if (item->error.status != EXN_OK)
        return;
    item->error = why;
    keep(b, e);
    if (e->kept)
        seal(b, e);
    if (!e->target.direct)
        close_source(e);
}

/* Opens both sides of a file. A format that is only looked at costs its headers only, since a file
 * of any size is copied. */
static void run_file(batch *b, entry *e)
{
    exn_item *item = &e->item;
    const struct stat *kept = b->report->file ? &b->report->id : NULL;
    exn_format format = EXN_FORMAT_UNKNOWN;
    exn_past past = EXN_PAST_NONE;
    bool archive = is_archive(b, item);
    int folder = e->place ? e->place->folder : -1;
    pair(b, item);
    if (folder < 0 && !b->options->dry_run)
        exn_error_set(&item->error, EXN_WRITE, ENOENT, "the output folder is gone");
    else if (b->state && item->error.status == EXN_OK)
        past = exn_state_recall(b->state, item, b->roots->in, folder);
    if (past == EXN_PAST_DONE && archive && !exn_state_has_members(b->state, item))
        past = EXN_PAST_OURS;
    if (past == EXN_PAST_DONE && b->last && b->index.redone)
        past = EXN_PAST_OURS; /* what it tells of may lie elsewhere now */
    e->known = past == EXN_PAST_DONE;
    if (archive)
        note_archive(b, e, e->known);
    e->archive = e->known && archive;
    if (e->known)
        return;
    e->replace = b->options->overwrite || past == EXN_PAST_OURS;
    if (item->error.status == EXN_OK)
        exn_target_check(folder, item->target, e->replace, kept, &item->error);
    if (item->error.status == EXN_OK)
        e->job.source = exn_item_open(item, b->roots->in, &e->before);
    if (item->error.status == EXN_OK && archive) {
        run_archive(b, e);
        return;
    }
    open_image(b, e);
    if (e->job.source >= 0)
        format = item->owner ? EXN_FORMAT_XMP : exn_work_sniff(e->job.source, item);
    if (b->last && item->error.status == EXN_OK && format == EXN_FORMAT_UNKNOWN) {
        run_index(b, e);
        return;
    }
    if (item->error.status == EXN_OK && format == EXN_FORMAT_UNKNOWN &&
        exn_item_named_as_image(item))
        exn_error_set(&item->error, EXN_NOT_AN_IMAGE, 0, "its name says that it is one");
    if (item->error.status == EXN_OK)
        open_target(b, e);
    bool unknown = b->options->tar && exn_tar_named_unknown(item->path);
    item->result.outcome = unknown ? EXN_OUTCOME_UNSUPPORTED : EXN_OUTCOME_COPIED;
    if (item->error.status != EXN_OK || format == EXN_FORMAT_UNKNOWN)
        complete(b, e);
    else
        hand_over(b, e, exn_work_kind(format));
}

/* A source that has got a second name has another change time since. */
static struct stat source_now(const entry *e)
{
    struct stat now;
    const struct stat *before = &e->before;
    bool same = e->item.linked &&
                fstatat(e->place->folder, e->item.target, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
                exn_roots_same(&now, before) && exn_item_same(&now, before);
    return same ? now : *before;
}

/* The output is in place. Without this line a run that goes on does the item once more. */
static void note_done(batch *b, const entry *e)
{
    exn_error error = {0};
    const struct stat source = source_now(e);
    if (exn_state_done(b->state, &e->item, &source, &error) == EXN_OK)
        return;
    fprintf(stderr, "exifnorm: %s: %s\n", error.detail, strerror(error.sys_errno));
    b->report->output_failed = b->stop = true;
}

static void tell_known(const batch *b, entry *e)
{
    exn_tar_job job = archive_job(b, e);
    if (e->archive)
        exn_tar_tell_again(&job, &e->item, &e->item.error);
    else
        b->report->known++;
}

static void finish_file(batch *b, entry *e)
{
    exn_item *item = &e->item;
    exn_error trouble = {0};
    const uint64_t since = exn_item_clock();
    follow_image(b, e);
    bool placed = (item->error.status == EXN_OK || e->kept) && !e->known;
    if (placed && (exn_state_put(b->state, item, e->target.direct, &trouble) != EXN_OK ||
                   exn_target_place(&e->target, b->options, &trouble) != EXN_OK)) {
        item->error = trouble;
        e->kept = false;
    }
    if (placed)
        exn_item_add_time(item, since);
    /* What failed is not done, and a run that goes on has it back. */
    if (placed && item->error.status == EXN_OK && !e->again)
        note_done(b, e);
    if (e->known)
        tell_known(b, e);
    if (item->error.status != EXN_OK) {
        exn_target_drop(&e->target);
        if (e->tried && !e->kept && !e->target.left)
            exn_state_drop(b->state, item);
        item->result.outcome = EXN_OUTCOME_FAILED;
        item->result.method = EXN_METHOD_NONE;
        item->bytes_out = e->kept ? item->bytes_in : 0;
        item->linked = false;
    }
    bool failed = item->error.status != EXN_OK && !b->report->gave_up;
    if (!e->archive || failed || item->result.warnings)
        tell(b, item);
}

static void finish(batch *b, entry *e)
{
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
        finish_folder(b, e);
        break;
    case EXN_ITEM_SKIPPED:
    case EXN_ITEM_UNREADABLE:
        tell(b, &e->item);
        break;
    }
    if (e->item.error.status != EXN_OK && e->item.path &&
        !exn_sidecar_note_failed(&b->sidecars, e->item.path)) {
        fputs("exifnorm: out of memory for the failures\n", stderr);
        b->report->broken = true;
    }
}

static void forget_first(batch *b)
{
    entry *e = &b->entries[b->first];
    release(b, e->place);
    close_source(e);
    close_image(b, e);
    exn_item_free(&e->item);
    b->first = (b->first + 1) % WINDOW;
    b->count--;
}

/* Gives names to what is ready, in the list's order. */
static void finish_ready(batch *b)
{
    while (b->count > 0 && b->entries[b->first].ready && may_go_on(b)) {
        finish(b, &b->entries[b->first]);
        forget_first(b);
    }
}

/* One step of waiting. */
static void go_on(batch *b)
{
    collect(b);
    finish_ready(b);
}

/* Whether a file is an index of archives. */
static bool is_index(const batch *b, const exn_item *item)
{
    exn_item look = *item;
    struct stat status;
    bool file = item->kind == EXN_ITEM_FILE || item->kind == EXN_ITEM_LINK;
    if (!file || !b->options->tar || !b->roots->folder || !exn_tar_index_named(item->path))
        return false;
    int source = exn_item_open(&look, b->roots->in, &status);
    bool is = source >= 0 && exn_tar_index_looks(item->path, source);
    if (source >= 0)
        close(source);
    return is;
}

/* An index waits until all archives are done. */
static bool put_off(batch *b, exn_item *item)
{
    if (b->last || !is_index(b, item))
        return false;
    if (b->laters == b->later_room) {
        size_t room = b->later_room ? 2 * b->later_room : 16;
        exn_item *more = reallocarray(b->later, room, sizeof *more);
        if (!more) {
            exn_error_set(&item->error, EXN_MEMORY, 0, "out of memory for one more index");
            return false;
        }
        b->later = more;
        b->later_room = room;
    }
    b->later[b->laters++] = *item;
    return true;
}

static void run_item(batch *b, exn_list *list, const exn_item *item)
{
    entry *e = &b->entries[(b->first + b->count++) % WINDOW];
    *e = (entry){.item = *item, .job.source = -1, .target.fd = -1, .ready = true};
    if (put_off(b, &e->item)) {
        b->count--;
        return;
    }
    if (item->kind == EXN_ITEM_FILE || item->kind == EXN_ITEM_LINK) {
        e->place = hold(b->place);
        run_file(b, e);
    } else if (item->kind == EXN_ITEM_FOLDER) {
        enter_folder(b, list, e);
    } else if (item->kind == EXN_ITEM_FOLDER_END) {
        leave_folder(b, e);
    }
    finish_ready(b);
}

static void finish_all(batch *b)
{
    while (may_go_on(b) && b->count > 0)
        go_on(b);
}

/* The output folder of a path, once more. -1: it is not there. */
static int open_folder(const batch *b, const exn_item *item)
{
    size_t length = (size_t)(item->target - item->path);
    if (length == 0 || b->roots->out < 0)
        return b->roots->out < 0 ? -1 : fcntl(b->roots->out, F_DUPFD_CLOEXEC, 0);
    char *path = strndup(item->path, length - 1);
    int folder =
        path ? exn_below_open(b->roots->out, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) : -1;
    free(path);
    return folder;
}

/* Its folder may have its last mode and times already, and has them again afterwards. */
static void run_put_off(batch *b, const exn_item *item)
{
    struct stat before;
    int folder = open_folder(b, item);
    bool there = folder >= 0 && !b->options->dry_run && fstat(folder, &before) == 0;
    bool closed = there && (before.st_mode & 0300) != 0300;
    int kept = there ? fcntl(folder, F_DUPFD_CLOEXEC, 0) : -1;
    if (closed)
        exn_attributes_mode(folder, before.st_mode | 0700);
    go_to(b, folder);
    run_item(b, NULL, item);
    finish_all(b);
    if (closed && kept >= 0)
        exn_attributes_mode(kept, before.st_mode);
    if (kept >= 0) {
        exn_attributes_times(kept, &before);
        close(kept);
    }
}

/* The indexes of archives, which tell where in these something lies. */
static void run_indexes(batch *b)
{
    size_t i = 0;
    finish_all(b);
    b->last = true;
    for (; i < b->laters && may_go_on(b); i++)
        run_put_off(b, &b->later[i]);
    for (; i < b->laters; i++)
        exn_item_free(&b->later[i]);
    free(b->later);
    exn_tar_index_seen_free(&b->index);
}

/* What a run that stops early has not given a name is dropped and not reported; its folders are
 * left as complete as they can be. */
static void drop_rest(batch *b)
{
    exn_pool_drop(b->pool);
    while (b->count > 0) {
        entry *e = &b->entries[b->first];
        if (e->item.kind == EXN_ITEM_FOLDER_END)
            finish_folder(b, e);
        exn_target_drop(&e->target);
        forget_first(b);
    }
    while (b->depth > 0) {
        entry end = {0};
        leave_folder(b, &end);
        finish_folder(b, &end);
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the last user is told by its count */
        release(b, end.place);
    }
}

/* Whether the first of them has to get its name before there is room for more. */
static bool is_full(const batch *b)
{
    uint64_t waiting = 0;
    size_t share = b->pool->descriptors / 8;
    share = share < LEAST_PLACES ? LEAST_PLACES : share;
    const size_t places = share < MAX_PLACES ? share : MAX_PLACES;
    const size_t window = share < DIRECT_WINDOW ? share : DIRECT_WINDOW;
    if (!b->options->direct || b->options->dry_run)
        return b->count == WINDOW || b->places >= places;
    for (size_t i = 0; i < b->count; i++) {
        const entry *e = &b->entries[(b->first + i) % WINDOW];
        waiting += e->target.fd >= 0 && e->ready && !e->target.carried ? e->item.bytes_out : 0;
    }
    return b->count >= window || b->places >= places || waiting >= DIRECT_MEMORY;
}

void exn_batch_run(const exn_cli_options *options, const exn_roots *roots, exn_state *state,
                   exn_pool *pool, exn_list *list, exn_report *report)
{
    batch b = {.options = options, .roots = roots, .state = state, .pool = pool, .report = report};
    b.index = (exn_tar_index){.roots = roots, .dry_run = options->dry_run};
    exn_item item;
    b.entries = calloc(WINDOW, sizeof *b.entries);
    if (!b.entries) {
        fputs("exifnorm: no room for the items in flight\n", stderr);
        report->broken = true;
        return;
    }
    go_to(&b, fcntl(roots->out, F_DUPFD_CLOEXEC, 0));
    while (may_go_on(&b) && exn_list_next(list, &item)) {
        run_item(&b, list, &item);
        while (may_go_on(&b) && is_full(&b))
            go_on(&b);
    }
    run_indexes(&b);
    drop_rest(&b);
    go_to(&b, -1);
    exn_sidecar_close(&b.sidecars);
    free(b.levels);
    free(b.entries);
}
