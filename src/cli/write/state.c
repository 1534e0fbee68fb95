/* SPDX-License-Identifier: MIT */
/* The lines, after the first, "exifnorm-state 1"; fields stand after one space each, and after
 * the last of them is a checksum (state_line.h):
 *
 *   letter   fields                                       meaning
 *   F        path                                         the folder is about to be made
 *   T        path [temp]                                  try: its output is about to be begun,
 *                                                         under that name, if it has one
 *   P        path size                                    put: the output is whole, and about to
 *                                                         get its name
 *   W        path size                                    put, with --write=direct: it is about
 *                                                         to be written under its name, which
 *                                                         nothing has
 *   D        path size source options size-out            done: the output is in place
 *            microseconds linked result...
 *   X        path                                         dropped: there is no output
 *   M        member size size-out microseconds            what the report says of a member of the
 *            status errno detail result...                archive whose T came last
 *
 * source is times, inode and, of a sidecar, its image's, or of labels, a hash of where their images
 * went (put_source()); options the hash of what
 * the output depends on. Of one path a D or X ends what T, P and W say; a T makes a D before it
 * void. F, T, P and W come before what they announce, D, X and M after it. */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/ending.h"
#include "base/error.h"
#include "base/io.h"
#include "list/shard.h"
#include "state_file.h"

enum { SOURCE_SIZE = 200 }; /* of put_source()'s text */

/* What a line is worth when the run is killed. A done line that is lost costs the work of one file,
 * so that of a small one may wait for the next line, and nothing but what announces something has
 * to reach the disk. */
typedef enum urgency { WAITS, TELLS, ANNOUNCES } urgency;

/* Of a file of up to so many bytes. */
#define SMALL_SIZE ((uint64_t)64 << 10)

/* ---- writing lines */

/* Part of a line may stand there, and one that follows it would be torn, too. */
static exn_status cannot_write(exn_state *state, int reason, exn_error *error)
{
    state->broken = reason;
    return exn_error_set(error, EXN_WRITE, reason, "cannot write the state");
}

/* Keeps a line until the next one is written, so that both cost one call. */
static void hold_back(exn_state *state, const char *line, size_t size)
{
    memcpy(state->held + state->held_size, line, size);
    state->held_size += size;
}

exn_status exn_state_flush(exn_state *state, exn_error *error)
{
    if (!state || state->broken || state->held_size == 0)
        return EXN_OK;
    const size_t size = state->held_size;
    state->held_size = 0;
    return exn_io_write_all(state->fd, state->held, size) ? EXN_OK
                                                          : cannot_write(state, errno, error);
}

static exn_status write_line(exn_state *state, const char *line, size_t size, urgency urgency,
                             exn_error *error)
{
    const size_t room = sizeof state->held - state->held_size;
    if (size > room && exn_state_flush(state, error) != EXN_OK)
        return error->status;
    if (size > sizeof state->held)
        return exn_io_write_all(state->fd, line, size) ? EXN_OK : cannot_write(state, errno, error);
    hold_back(state, line, size);
    return urgency == WAITS ? EXN_OK : exn_state_flush(state, error);
}

/* Begins a line. NULL: nothing is to be written. */
static exn_state_line *begin_line(exn_state *state, char kind, const char *path)
{
    if (!state || state->broken)
        return NULL;
    exn_state_line_begin(&state->line, kind, path);
    return &state->line;
}

/* Ends the line, or does nothing if none was begun; but after one that may be torn nothing can be
 * announced any more, so that nothing may be done that would have to be. fdatasync(2) covers the
 * new size of the file, too, without which the line could not be read. */
static exn_status end_line(exn_state *state, exn_state_line *line, urgency urgency,
                           exn_error *error)
{
    if (!line)
        return state && state->broken && urgency == ANNOUNCES
                   ? exn_error_set(error, EXN_WRITE, state->broken, "cannot write the state")
                   : EXN_OK;
    if (!exn_state_line_close(line))
        return exn_error_set(error, EXN_MEMORY, 0, "line of the state");
    exn_status status = write_line(state, line->text, line->size, urgency, error);
    if (status == EXN_OK && urgency == ANNOUNCES && state->durable && fdatasync(state->fd) != 0)
        status = cannot_write(state, errno, error);
    return status;
}

/* ---- done lines: all that the report says of an item. After kind and path: the source's size and
 * times and inode, the options' hash, the output's size, microseconds, whether it is a link, and
 * the result.
 */

static const exn_state_past *find(const exn_state *state, const char *path)
{
    return state ? exn_state_index_find(&state->index, path) : NULL;
}

/* Beside its size, what tells that a file is the one that it was. Whoever changes it may set its
 * modification time back, and nobody the time of that change. */
static size_t put_times(const exn_state *state, const struct stat *file, char *text, size_t size)
{
    return (size_t)snprintf(text, size, "%" PRId64 ",%" PRId64 ",%" PRIu64,
                            exn_clock_of(&file->st_mtim), exn_clock_of(&file->st_ctim),
                            state->lasting ? (uint64_t)file->st_ino : 0);
}

/* A sidecar was edited as its image was, so that counts, too. */
static void put_source(const exn_state *state, const exn_item *item, const struct stat *source,
                       char *text, size_t size)
{
    size_t length = put_times(state, source, text, size);
    if (item->owner != EXN_OWNER_UNASKED && length < size)
        length += (size_t)snprintf(text + length, size - length, ",%d", (int)item->owner);
    /* Labels were moved, and masks rotated, as their images were; in archives as options say. */
    if (item->labels.key != 0 && length < size)
        length += (size_t)snprintf(text + length, size - length, ",%016" PRIx64, item->labels.key);
    if (!item->image || length >= size)
        return;
    length += (size_t)snprintf(text + length, size - length, ",%016" PRIx64 ",%" PRIu64 ",",
                               exn_shard_hash(item->image, strlen(item->image)),
                               (uint64_t)item->status.st_size);
    if (length < size)
        put_times(state, &item->status, text + length, size - length);
}

/* Whether the line says that the item was done from a source of this status by options like these.
 * The index has the output's size from the same line. */
static bool get_done(const exn_state *state, char *line, exn_item *item, const struct stat *source)
{
    char *fields[EXN_LINE_FIELDS], known[SOURCE_SIZE], hash[20], limits[20];
    exn_answer answer = {0};
    uint64_t size, size_out, microseconds, linked;
    if (exn_state_line_split(line, fields) != EXN_LINE_FULL || strcmp(fields[0], "D") != 0 ||
        strcmp(fields[1], item->path) != 0)
        return false;
    put_source(state, item, source, known, sizeof known);
    snprintf(hash, sizeof hash, "%016" PRIx64, state->options);
    snprintf(limits, sizeof limits, "%016" PRIx64, state->limits);
    if (!exn_state_line_get_number(fields[2], INT64_MAX, &size) ||
        size != (uint64_t)source->st_size || strcmp(fields[3], known) != 0 ||
        (strcmp(fields[4], hash) != 0 && strcmp(fields[4], limits) != 0) ||
        !exn_state_line_get_number(fields[5], INT64_MAX, &size_out) ||
        !exn_state_line_get_number(fields[6], INT64_MAX, &microseconds) ||
        !exn_state_line_get_number(fields[7], 1, &linked) ||
        !exn_state_line_get_result(fields, &answer))
        return false;
    item->result = answer.result;
    item->bytes_in = size;
    item->bytes_out = size_out;
    item->microseconds = microseconds;
    item->linked = linked == 1;
    return true;
}

exn_past exn_state_recall(const exn_state *state, exn_item *item, int in, int folder)
{
    struct stat source, output;
    /* The output is looked at by its size and never by its times: those are the source's. */
    const exn_state_past *p = find(state, item->path);
    if (!p || fstatat(folder, item->target, &output, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(output.st_mode))
        return EXN_PAST_NONE;
    int flags = item->kind == EXN_ITEM_FILE ? AT_SYMLINK_NOFOLLOW : 0;
    bool there = fstatat(in, item->path, &source, flags) == 0 && S_ISREG(source.st_mode);
    bool as_done = p->has_size && (uint64_t)output.st_size == p->size;
    bool as_put = p->has_put && exn_state_index_is_put(p, &output);
    bool linked = p->done && there && exn_roots_same(&source, &output); /* it changes with IN */
    char *line = NULL;
    bool done = p->done && as_done && there && exn_state_line_read(state->fd, p->done, &line) &&
                get_done(state, line, item, &source);
    free(line);
    return done ? EXN_PAST_DONE : as_done || as_put || linked ? EXN_PAST_OURS : EXN_PAST_NONE;
}

bool exn_state_made(const exn_state *state, const char *path)
{
    const exn_state_past *p = find(state, path);
    return p && p->folder;
}

exn_status exn_state_folder(exn_state *state, const char *path, exn_error *error)
{
    return end_line(state, begin_line(state, 'F', path), ANNOUNCES, error);
}

exn_status exn_state_try(exn_state *state, const exn_item *item, const char *temp, exn_error *error)
{
    exn_state_line *line = begin_line(state, 'T', item->path);
    if (line && *temp)
        exn_state_line_put_text(line, temp);
    return end_line(state, line, *temp ? ANNOUNCES : WAITS, error);
}

exn_status exn_state_put(exn_state *state, const exn_item *item, bool direct, exn_error *error)
{
    exn_state_line *line = begin_line(state, direct ? 'W' : 'P', item->path);
    if (line)
        exn_state_line_put_number(line, item->bytes_out);
    return end_line(state, line, ANNOUNCES, error);
}

void exn_state_drop(exn_state *state, const exn_item *item)
{
    exn_error ignored = {0};
    end_line(state, begin_line(state, 'X', item->path), TELLS, &ignored);
}

exn_status exn_state_done(exn_state *state, const exn_item *item, const struct stat *source,
                          exn_error *error)
{
    exn_state_line *line = begin_line(state, 'D', item->path);
    if (line) {
        char known[SOURCE_SIZE];
        put_source(state, item, source, known, sizeof known);
        exn_state_line_put_number(line, item->bytes_in);
        exn_state_line_put_text(line, known);
        exn_state_line_put_hash(line, item->partial ? state->limits : state->options);
        exn_state_line_put_number(line, item->bytes_out);
        exn_state_line_put_number(line, exn_item_microseconds(item));
        exn_state_line_put_number(line, item->linked);
        exn_state_line_put_result(line, &item->result);
    }
    return end_line(state, line, item->bytes_in <= SMALL_SIZE ? WAITS : TELLS, error);
}

/* ---- members of archives. After kind and path: both sizes, microseconds, status, errno, detail,
 * and the result. */

exn_status exn_state_member(exn_state *state, const exn_item *member, exn_error *error)
{
    exn_state_line *line = begin_line(state, 'M', member->path);
    if (line) {
        exn_state_line_put_number(line, member->bytes_in);
        exn_state_line_put_number(line, member->bytes_out);
        exn_state_line_put_number(line, exn_item_microseconds(member));
        exn_state_line_put_number(line, member->error.status);
        exn_state_line_put_number(line, (uint64_t)member->error.sys_errno);
        exn_state_line_put_text(line, member->error.detail);
        exn_state_line_put_result(line, &member->result);
    }
    return end_line(state, line, WAITS, error); /* it counts with its archive's */
}

/* 4095 is the kernel's largest errno (MAX_ERRNO). The detail goes to a terminal: printable ASCII
 * only, as from a worker. */
static bool get_error(char **fields, exn_error *error)
{
    uint64_t status, reason;
    if (!exn_state_line_get_number(fields[5], EXN_CRASHED, &status) ||
        !exn_failure_known((int64_t)status) ||
        !exn_state_line_get_number(fields[6], 4095, &reason) || !exn_state_line_get_text(fields[7]))
        return false;
    for (const char *p = fields[7]; *p; p++)
        if (*p < ' ' || *p > '~')
            return false;
    error->status = (exn_status)status;
    error->sys_errno = (int)reason;
    snprintf(error->detail, sizeof error->detail, "%s", fields[7]);
    return true;
}

/* False: the line is of no member. */
static bool get_member(char *line, exn_item *member)
{
    char *fields[EXN_LINE_FIELDS];
    exn_answer answer = {0};
    exn_item found = {0};
    if (exn_state_line_split(line, fields) != EXN_LINE_FULL || strcmp(fields[0], "M") != 0 ||
        !exn_state_line_get_number(fields[2], INT64_MAX, &found.bytes_in) ||
        !exn_state_line_get_number(fields[3], INT64_MAX, &found.bytes_out) ||
        !exn_state_line_get_number(fields[4], INT64_MAX, &found.microseconds) ||
        !get_error(fields, &found.error) || !exn_state_line_get_result(fields, &answer))
        return false;
    found.result = answer.result;
    found.path = strdup(fields[1]);
    if (found.path && found.result.format_out)
        found.renamed = exn_ending_of(found.path, found.result.format_out);
    *member = found;
    return found.path != NULL;
}

/* Asked before anything is reported: half a list of members cannot be taken back. */
bool exn_state_has_members(const exn_state *state, const exn_item *archive)
{
    const exn_state_past *p = find(state, archive->path);
    bool whole = p != NULL;
    for (uint64_t at = p ? p->begun : 0; whole && at < p->done;) {
        char *line = NULL;
        exn_item member = {0};
        whole = exn_state_line_read(state->fd, at, &line);
        at += whole ? strlen(line) + 1 : 0;
        whole = whole && (line[0] != 'M' || get_member(line, &member));
        exn_item_free(&member);
        free(line);
    }
    return whole;
}

bool exn_state_next_member(const exn_state *state, const exn_item *archive, uint64_t *at,
                           exn_item *member)
{
    const exn_state_past *p = find(state, archive->path);
    char *line = NULL;
    bool found = false;
    if (p && *at < p->begun)
        *at = p->begun;
    while (p && !found && *at < p->done && exn_state_line_read(state->fd, *at, &line)) {
        *at += strlen(line) + 1;
        found = get_member(line, member);
        free(line);
    }
    return found;
}

const char *exn_state_name(const exn_state *state)
{
    return state && state->fd >= 0 ? state->name : NULL;
}

void exn_state_close(exn_state *state, bool complete)
{
    if (!state)
        return;
    if (complete && state->fresh && !state->asked)
        unlink(state->name);
    if (state->fd >= 0)
        close(state->fd);
    free(state->name);
    free(state->line.text);
    exn_state_index_free(&state->index);
    free(state);
}
