/* SPDX-License-Identifier: MIT */
#include "tar.h"

#include <inttypes.h>
#include <linux/limits.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/signals.h"
#include "base/text.h"
#include "list/shard.h"
#include "list/sidecar.h"
#include "tar_reader.h"
#include "workers/flight.h"
#include "workers/work.h"

/* Members in flight at most; what they may hold in memory for each worker, beside one image of any
 * size; and what is small enough to wait among them if it is no image. */
#define WINDOW      ((size_t)256)
#define BUDGET      ((uint64_t)32 << 20)
#define SMALL       ((uint64_t)256 << 10)
#define RECORD_SIZE ((uint64_t)20 * EXN_TAR_BLOCK) /* what a whole archive is padded to */

/* A member from its head until it is reported. The job comes first: it is what comes back. */
typedef struct member {
    exn_job job;
    exn_item item;
    exn_tar_head head;
    int body; /* memory file of the source's bytes; -1: none */
    int product;
    uint64_t held; /* bytes of memory that are set aside for it */
    bool image, ready;
} member;

typedef struct tar {
    const exn_tar_job *job;
    exn_stream_in in;
    exn_tar_reader *reader;
    exn_stream_out out;
    exn_error error;   /* of the archive as a whole */
    exn_flight flight; /* of members, in the archive's order */
    size_t images;
    uint64_t held;
    void *left_out; /* a tree of hashes: the names of members that are not in the output */
    bool begun;     /* a member was seen, */
    bool ended;     /* the end marker */
    exn_tar_end end;
} tar;

static bool is_well(const void *owner)
{
    const tar *t = owner;
    return t->error.status == EXN_OK && !t->end.stopped && !t->job->report->broken;
}

static bool may_go_on(const tar *t)
{
    return exn_flight_may_go_on(&t->flight);
}

static bool is_ready(const void *entry)
{
    const member *m = entry;
    return m->ready;
}

static void free_member(void *owner, void *entry)
{
    tar *t = owner;
    member *m = entry;
    if (m->body >= 0)
        close(m->body);
    if (m->product >= 0)
        close(m->product);
    t->held -= m->held;
    t->images -= m->image;
    exn_tar_head_free(&m->head);
    exn_item_free(&m->item);
}

static int by_number(const void *a, const void *b)
{
    const uint64_t *p = a, *q = b;
    return (*p > *q) - (*p < *q);
}

/* The hash of a name, however it is written; false: out of memory. Names may be long and many, so
 * hashes are kept: two that are the same by chance cost a link, which is reported. */
static bool hash_name(tar *t, const char *name, uint64_t *hash)
{
    char *plain = strdup(name ? name : "");
    if (!plain) {
        exn_error_set(&t->error, EXN_MEMORY, 0, "name of a member");
        return false;
    }
    exn_text_shorten(plain);
    *hash = exn_shard_hash(plain, strlen(plain));
    free(plain);
    return true;
}

/* A hard link to a member that was left out would lead nowhere. */
static void leave_out(tar *t, const member *m)
{
    uint64_t *hash = malloc(sizeof *hash);
    uint64_t **found =
        hash && hash_name(t, m->head.name, hash) ? tsearch(hash, &t->left_out, by_number) : NULL;
    if (!found)
        exn_error_set(&t->error, EXN_MEMORY, 0, "name of a member");
    if (!found || *found != hash)
        free(hash);
}

static bool is_left_out(tar *t, const char *target)
{
    uint64_t hash;
    return t->left_out && hash_name(t, target, &hash) && tfind(&hash, &t->left_out, by_number);
}

/* A later member of the same name is what a link to it leads to. */
static void put_back(tar *t, const member *m)
{
    uint64_t hash;
    uint64_t **found = t->left_out && hash_name(t, m->head.name, &hash)
                           ? tfind(&hash, &t->left_out, by_number)
                           : NULL;
    uint64_t *stored = found ? *found : NULL;
    if (stored)
        tdelete(&hash, &t->left_out, by_number);
    free(stored);
}

static void write_padding(tar *t, uint64_t size)
{
    static const uint8_t zeros[RECORD_SIZE];
    exn_stream_out_write(&t->out, zeros, (size_t)size);
}

/* A member's body from its memory file. */
static void write_memory(tar *t, int memory, uint64_t size)
{
    exn_stream_out_copy(&t->out, memory, size);
    write_padding(t, exn_tar_head_padding(size));
}

/* Takes size bytes from the input: into a memory file, or (-1) to the output, or away. */
static exn_status take_bytes(tar *t, uint64_t size, int memory, bool write)
{
    const uint8_t *data;
    while (size > 0 && t->error.status == EXN_OK) {
        size_t want = size < EXN_STREAM_CHUNK ? (size_t)size : EXN_STREAM_CHUNK;
        size_t n = exn_stream_in_peek(&t->in, want, &data);
        if (n == 0 && t->in.error.status != EXN_OK)
            t->error = t->in.error;
        else if (n == 0)
            exn_error_set(&t->error, EXN_READ, 0, "the archive is truncated after byte %" PRIu64,
                          t->in.offset);
        else if (memory >= 0)
            exn_memory_write(memory, data, n, &t->error);
        else if (write && exn_stream_out_write(&t->out, data, n) != EXN_OK)
            t->error = t->out.error;
        exn_stream_in_skip(&t->in, n);
        size -= n;
    }
    return t->error.status;
}

static void tell(tar *t, const member *m)
{
    exn_status status = m->item.error.status;
    if (m->head.kind == EXN_TAR_FOLDER || m->head.kind == EXN_TAR_NOTE)
        return;
    t->end.failures = t->end.failures || status != EXN_OK;
    t->end.chance = t->end.chance || status == EXN_TIMEOUT || status == EXN_MEMORY ||
                    status == EXN_CRASHED || status == EXN_INTERNAL;
    exn_report_item(t->job->report, &m->item);
    exn_state_member(t->job->state, &m->item, &t->error);
}

/* What is left of a member that failed: nothing, or its source's bytes. */
static void finish_failed(tar *t, member *m)
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
            write_memory(t, m->body, item->bytes_in);
    } else {
        leave_out(t, m);
        exn_tar_head_orphan(&m->head);
        exn_stream_out_write(&t->out, m->head.bytes, m->head.size);
    }
    t->end.stopped = t->job->options->on_error == EXN_ON_ERROR_STOP;
}

/* Writes a member and reports it. */
static void finish(void *owner, void *entry)
{
    tar *t = owner;
    member *m = entry;
    exn_item *item = &m->item;
    const uint64_t since = exn_item_clock();
    bool carried = exn_work_is_carried(item->result.outcome);
    if (m->head.kind == EXN_TAR_LINK && is_left_out(t, m->head.link))
        exn_error_set(&item->error, EXN_READ, 0, "the target of this hard link was skipped");
    if (item->error.status == EXN_OK && carried)
        item->bytes_out = item->bytes_in;
    else if (item->error.status == EXN_OK && item->bytes_out != item->bytes_in)
        exn_tar_head_resize(&m->head, item->bytes_out, &item->error);
    if (item->error.status != EXN_OK) {
        finish_failed(t, m);
    } else {
        exn_stream_out_write(&t->out, m->head.bytes, m->head.size);
        if (m->body >= 0)
            write_memory(t, carried ? m->body : m->product, item->bytes_out);
        put_back(t, m);
        t->end.changed = t->end.changed || !carried;
    }
    if (t->error.status == EXN_OK)
        t->error = t->out.error;
    exn_item_add_time(item, since);
    if (t->error.status == EXN_OK)
        tell(t, m);
}

/* What a worker still holds of an output it cannot change any more. */
static void collect(void *owner, void *entry)
{
    const tar *t = owner;
    member *m = entry;
    exn_memory_seal(m->product, &m->job.answer.error);
    exn_work_take(&m->item, &m->job);
    m->ready = !exn_work_look_again(&m->job, &m->item, t->job->options);
    if (!m->ready)
        exn_pool_return(t->job->pool, &m->job);
    else if (exn_work_is_suspect(&m->item.error))
        exn_pool_dismiss(t->job->pool, &m->job);
}

static void drain(tar *t)
{
    exn_flight_drain(&t->flight, 0);
}

/* One image for each worker may be of any size; everything beyond that keeps to the budget. A
 * member may hold two descriptors. */
static bool has_room(const tar *t, const member *m)
{
    unsigned jobs = t->job->options->jobs;
    return !exn_flight_is_full(&t->flight) && 4 * t->flight.count < t->job->pool->descriptors &&
           ((m->image && t->images < jobs) ||
            (t->images < (size_t)4 * jobs && t->held + m->held <= jobs * BUDGET));
}

/* The place of a member in the ring; NULL: the run ends first, and the member is freed. */
static member *enter(tar *t, const member *m)
{
    while (may_go_on(t) && !has_room(t, m))
        exn_flight_step(&t->flight);
    if (!may_go_on(t)) {
        member gone = {.body = -1, .product = -1, .head = m->head, .item = m->item};
        free_member(t, &gone);
        return NULL;
    }
    member *entered = exn_flight_push(&t->flight);
    *entered = *m;
    t->held += m->held;
    t->images += m->image;
    return entered;
}

/* Reads the body of the last one into its memory file. Where not all of it can be read, the member
 * is taken back. */
static bool take_body(tar *t, member *m)
{
    uint64_t size = m->head.body;
    m->body = exn_memory_open(&t->error);
    if (t->error.status == EXN_OK && take_bytes(t, size, m->body, false) == EXN_OK &&
        take_bytes(t, exn_tar_head_padding(size), -1, false) == EXN_OK)
        return true;
    exn_flight_retract(&t->flight);
    return false;
}

/* A member that needs no worker. Its body, if it has one, is small. */
static void pass(tar *t, member *m, uint64_t body)
{
    m->held = body + m->head.size;
    member *e = enter(t, m);
    if (!e)
        return;
    exn_item_start(&e->item); /* not what it waited for */
    if (body > 0 && !take_body(t, e))
        return;
    exn_item_add_time(&e->item, e->item.opened);
    e->ready = true;
    exn_flight_finish_ready(&t->flight);
}

/* A large member that no worker looks at: when all before it are written, it goes through piece by
 * piece. */
static void pass_by(tar *t, member *m)
{
    bool failed = m->item.error.status != EXN_OK;
    exn_on_error on_error = t->job->options->on_error;
    bool away = failed && on_error != EXN_ON_ERROR_KEEP;
    uint64_t size = m->head.body + exn_tar_head_padding(m->head.body);
    if (away) {
        pass(t, m, 0);
        if (may_go_on(t))
            take_bytes(t, size, -1, false);
        return;
    }
    drain(t);
    exn_item_start(&m->item);
    if (may_go_on(t)) {
        m->item.bytes_out = m->item.bytes_in;
        exn_stream_out_write(&t->out, m->head.bytes, m->head.size);
        take_bytes(t, size, -1, true);
        m->item.result.outcome = failed ? EXN_OUTCOME_FAILED : EXN_OUTCOME_COPIED;
    }
    if (may_go_on(t))
        tell(t, m);
    free_member(t, m);
}

static void work_on(tar *t, member *m, exn_format format)
{
    m->image = true;
    m->held = 2 * m->head.body + m->head.size;
    member *e = enter(t, m);
    if (!e || !take_body(t, e))
        return;
    e->product = exn_memory_open(&t->error);
    if (t->error.status != EXN_OK || exn_memory_seal(e->body, &t->error) != EXN_OK) {
        exn_flight_retract(&t->flight);
        return;
    }
    e->job = (exn_job){.kind = exn_work_kind(format),
                       .source = e->body,
                       .output = e->product,
                       .size = e->head.body};
    exn_flight_hand_over(&t->flight, &e->job);
}

/* Tells what a file is, by its first bytes. What cannot be held, or would have to be put together
 * first, fails where it is an image. */
static exn_format look_at(tar *t, member *m)
{
    const uint8_t *data;
    size_t want = m->head.body < 64 ? (size_t)m->head.body : 64;
    size_t n = exn_stream_in_peek(&t->in, want, &data);
    exn_format format = n > 0 ? exn_sniff(data, n) : EXN_FORMAT_UNKNOWN;
    const exn_item whole = {.path = m->head.name}; /* the item's name may be cut */
    bool named = exn_item_named_as_image(&whole);
    exn_error *error = &m->item.error;
    /* Its image may be any member, before or after it. */
    if (m->head.kind == EXN_TAR_FILE && exn_sidecar_is(t->job->options, m->item.path))
        format = EXN_FORMAT_XMP;
    if (m->head.kind == EXN_TAR_SPARSE && (named || format != EXN_FORMAT_UNKNOWN))
        exn_error_set(error, EXN_UNSUPPORTED, 0, "stored as a sparse file");
    else if (m->head.kind == EXN_TAR_SPARSE)
        return EXN_FORMAT_UNKNOWN;
    else if (format == EXN_FORMAT_UNKNOWN && named)
        exn_error_set(error, EXN_NOT_AN_IMAGE, 0, "the extension says otherwise");
    else if (format != EXN_FORMAT_UNKNOWN)
        exn_error_need(error, m->head.body, t->job->options->work.max_memory);
    return error->status == EXN_OK ? format : EXN_FORMAT_UNKNOWN;
}

static void run_member(tar *t, exn_tar_head *head)
{
    member m = {.head = *head, .body = -1, .product = -1, .ready = false};
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
    exn_format format = is_file ? look_at(t, &m) : EXN_FORMAT_UNKNOWN;
    if (format != EXN_FORMAT_UNKNOWN)
        work_on(t, &m, format);
    else if (head->body <= SMALL)
        pass(t, &m, head->body);
    else
        pass_by(t, &m);
}

/* What comes after the end marker is not read by anybody, and carried over as it is. */
static void run_tail(tar *t)
{
    const uint8_t *data;
    size_t n;
    while (may_go_on(t) && (n = exn_stream_in_peek(&t->in, EXN_STREAM_CHUNK, &data)) > 0)
        take_bytes(t, n, -1, true);
    if (t->error.status == EXN_OK)
        t->error = t->in.error;
}

/* POSIX requires two blocks of zeros; readers take the end of the file for an end as well, and so
 * may not see that members were cut off. It is said, and the output is one that nobody can doubt.
 */
static void check_end(tar *t)
{
    if (t->in.offset == 0) {
        exn_error_set(&t->error, EXN_READ, 0,
                      "not a tar archive (plain or compressed with gzip, bzip2, xz or zstd)");
    } else if (!t->ended && !t->begun) {
        exn_error_set(&t->error, EXN_READ, 0,
                      "the archive is truncated: no member and no end marker");
    } else if (!t->ended) {
        write_padding(t, 2 * EXN_TAR_BLOCK);
        t->end.unended = t->end.changed = true;
    }
}

static void no_header(tar *t)
{
    const uint8_t *data;
    bool whole = exn_stream_in_peek(&t->in, EXN_TAR_BLOCK, &data) == EXN_TAR_BLOCK;
    exn_error_set(&t->error, EXN_READ, 0, "%s at byte %" PRIu64,
                  whole ? "expected a member's header" : "the archive is truncated inside a header",
                  t->in.offset);
}

/* Takes the next part of the archive; false: there is none. */
static bool run_next(tar *t)
{
    exn_tar_head head;
    exn_tar_next next = exn_tar_reader_read(t->reader, &head, &t->error);
    if (next == EXN_TAR_MEMBER) {
        t->begun = t->begun || head.kind != EXN_TAR_NOTE;
        t->ended = t->ended || head.ends;
        run_member(t, &head);
        return true;
    }
    exn_tar_head_free(&head);
    drain(t);
    if (!may_go_on(t))
        return false;
    if (next == EXN_TAR_ZEROS) {
        t->ended = true;
        return take_bytes(t, EXN_TAR_BLOCK, -1, true) == EXN_OK;
    }
    if (next == EXN_TAR_END || (next == EXN_TAR_NO_TAR && t->in.offset == 0))
        check_end(t);
    else if (next == EXN_TAR_NO_TAR && !t->ended)
        no_header(t);
    else if (next == EXN_TAR_NO_TAR)
        run_tail(t);
    return false;
}

/* While a stream has nothing to read, what is in flight is brought home and sent on. */
static void use_pause(tar *t)
{
    while (may_go_on(t) && t->flight.count > 0 && !exn_stream_in_ready(&t->in))
        exn_flight_step(&t->flight);
    if (t->flight.count == 0 && !exn_stream_in_ready(&t->in))
        exn_stream_out_flush(&t->out);
}

/* Reads the archive that was written and compares it with what went into it. */
static void read_back(tar *t)
{
    exn_stream_in back;
    const uint8_t *data;
    size_t n;
    exn_stream_out sums = {.fd = -1};
    int fd = t->out.fd;
    if (lseek(fd, 0, SEEK_SET) != 0)
        return;
    exn_stream_in_open(&back, fd);
    while ((n = exn_stream_in_peek(&back, EXN_STREAM_CHUNK, &data)) > 0) {
        exn_stream_out_sum(&sums, data, n);
        exn_stream_in_skip(&back, n);
    }
    if (back.error.status == EXN_INTERRUPTED)
        t->error = back.error;
    else if (back.error.status != EXN_OK || sums.offset != t->out.offset || sums.sum != t->out.sum)
        exn_error_set(&t->error, EXN_MISMATCH, 0, "the archive reads back differently");
    exn_stream_in_close(&back);
}

/* The output is whole. The source's size was that of whole records; its own is so again. */
static void end(tar *t)
{
    if (t->in.offset % RECORD_SIZE == 0)
        write_padding(t, (RECORD_SIZE - t->out.offset % RECORD_SIZE) % RECORD_SIZE);
    if (exn_stream_out_finish(&t->out) != EXN_OK)
        t->error = t->out.error;
    else if (t->job->options->verify && t->job->readable && t->out.fd >= 0)
        read_back(t);
}

/* Why a run that was to go on does not. */
static void say_why(tar *t)
{
    if (exn_signals_caught())
        exn_error_set(&t->error, EXN_INTERRUPTED, 0, "dropped");
    else if (t->end.stopped)
        exn_error_set(&t->error, EXN_REFUSED, 0, "stopped at the first failure");
    else
        exn_error_set(&t->error, EXN_INTERNAL, 0, "the run has stopped");
}

/* Whatever came before the damage of an archive is worth having in a stream. */
static void save_rest(tar *t)
{
    exn_error why = t->error;
    t->error = (exn_error){0};
    drain(t);
    if (t->error.status == EXN_OK)
        t->error = why;
}

static void run(tar *t)
{
    if (exn_stream_in_open(&t->in, t->job->in) != EXN_OK)
        t->error = t->in.error;
    else if (exn_stream_out_open(&t->out, t->job->options->dry_run ? -1 : t->job->out,
                                 t->in.packing) != EXN_OK)
        t->error = t->out.error;
    else
        t->reader = exn_tar_reader_open(&t->in, &t->error);
    bool more = true;
    while (more && may_go_on(t)) {
        use_pause(t);
        more = run_next(t);
    }
    if (t->error.status == EXN_READ)
        save_rest(t);
    if (!may_go_on(t) && t->error.status == EXN_OK)
        say_why(t);
    if (t->error.status == EXN_OK)
        end(t);
    else
        exn_stream_out_flush(&t->out);
    exn_flight_drop(&t->flight);
}

/* In front of members' names in messages and reports is the archive's. NULL: out of memory. */
static char *enter_report(const exn_tar_job *job)
{
    const char *before = job->report->prefix ? job->report->prefix : "";
    char *prefix = NULL;
    int length = job->archive ? asprintf(&prefix, "%s%s:", before, job->archive)
                              : asprintf(&prefix, "%s", "");
    if (length < 0)
        return NULL;
    job->report->prefix = prefix;
    job->report->archive = job->archive;
    return prefix;
}

static void leave_report(const exn_tar_job *job, const char *before, char *prefix)
{
    job->report->prefix = before;
    job->report->archive = NULL;
    free(prefix);
}

exn_status exn_tar_run(const exn_tar_job *job, exn_tar_end *end, exn_error *error)
{
    static const exn_flight_ops ops = {is_well, is_ready, collect, finish, free_member};
    tar t = {.job = job, .in.fd = -1, .out.fd = -1};
    const char *before = job->report->prefix;
    bool opened = exn_flight_open(&t.flight, &ops, &t, job->pool, sizeof(member), WINDOW);
    char *prefix = opened ? enter_report(job) : NULL;
    if (!prefix) {
        exn_flight_close(&t.flight);
        return exn_error_set(error, EXN_MEMORY, 0, "list of members");
    }
    run(&t);
    leave_report(job, before, prefix);
    exn_tar_reader_close(t.reader);
    exn_stream_in_close(&t.in);
    exn_stream_out_close(&t.out);
    tdestroy(t.left_out, free);
    exn_flight_close(&t.flight);
    *end = t.end;
    *error = t.error;
    return error->status;
}

void exn_tar_tell_unended(exn_item *archive, int out)
{
    struct stat made;
    archive->result.outcome = EXN_OUTCOME_METADATA;
    archive->result.method = EXN_METHOD_EDIT;
    archive->result.warnings |= 1u << EXN_WARN_NO_END_MARKER;
    if (out >= 0 && fstat(out, &made) == 0)
        archive->bytes_out = (uint64_t)made.st_size;
}

exn_status exn_tar_tell_again(const exn_tar_job *job, const exn_item *archive, exn_error *error)
{
    exn_item member;
    const char *before = job->report->prefix;
    char *prefix = enter_report(job);
    if (!prefix)
        return exn_error_set(error, EXN_MEMORY, 0, "archive name");
    for (uint64_t at = 0; exn_state_next_member(job->state, archive, &at, &member);) {
        exn_report_item(job->report, &member);
        exn_item_free(&member);
        job->report->known++;
    }
    leave_report(job, before, prefix);
    return EXN_OK;
}

/* The length of a path without an ending of the list, which ends in NULL. */
static size_t stem(const char *path, const char *const *endings)
{
    size_t length = strlen(path);
    for (; *endings; endings++) {
        size_t n = strlen(*endings);
        if (length > n && strcasecmp(path + length - n, *endings) == 0)
            return length - n;
    }
    return length;
}

size_t exn_tar_stem(const char *path)
{
    static const char *const endings[] = {".tar",  ".tar.gz",  ".tgz",  ".taz",      ".tar.bz2",
                                          ".tbz2", ".tbz",     ".tb2",  ".tz2",      ".tar.xz",
                                          ".txz",  ".tar.zst", ".tzst", ".tar.zstd", NULL};
    return stem(path, endings);
}

/* GNU tar's manual, "Creating and Reading Compressed Archives". */
bool exn_tar_named_unknown(const char *path)
{
    static const char *const endings[] = {".tar.Z", ".tar.lz",  ".tlz",    ".tar.lzma", ".tar.lzo",
                                          ".tzo",   ".tar.lz4", ".tar.br", ".tar.7z",   NULL};
    return stem(path, endings) < strlen(path);
}

bool exn_tar_named(const char *path)
{
    return exn_tar_stem(path) < strlen(path);
}
