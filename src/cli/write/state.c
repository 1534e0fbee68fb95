/* SPDX-License-Identifier: MIT */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/below.h"
#include "base/error.h"
#include "base/io.h"
#include "base/siphash.h"
#include "base/text.h"
#include "base/usage.h"
#include "list/shard.h"
#include "state_line.h"
#include "target.h"

enum { SOURCE_SIZE = 200 }; /* of put_source()'s text */

static const char header[] = "exifnorm-state 1\n";

/* What the lines say of one path. */
typedef struct past {
    uint64_t key;       /* the path's hash; 0: an empty slot */
    uint64_t done;      /* where its done line begins, if that is its last one; else 0 */
    uint64_t tried;     /* where its try line begins, if nothing has ended that; else 0 */
    uint64_t begun;     /* where its last try line begins */
    uint64_t size, put; /* of the outputs that were, and were about to be, under its name */
    bool has_size, has_put;
    bool direct; /* what was put grew under its own name */
    bool folder; /* it is a folder that was made */
} past;

struct exn_state {
    int fd;
    char *name;        /* owned */
    bool made, locked; /* this run has made the file; nobody else uses it */
    bool fresh;        /* it says nothing yet */
    bool asked;        /* the user wants to keep it */
    bool durable;
    bool lasting;        /* a file of IN has the same inode at every mount */
    bool broken;         /* a line may be torn, so none may follow it */
    uint64_t options;    /* the hash of what outputs depend on, */
    uint64_t limits;     /* and with what failures depend on */
    exn_siphash_key key; /* of the table */
    past *slots;         /* open addressing; a power of two of them */
    size_t room, used;
    uint64_t *stale; /* try lines that a later one of the same path has hidden */
    size_t stales;
};

/* ---- writing lines */

/* Writes one line; takes the stream's text over. */
static exn_status write_line(exn_state *state, char *text, size_t size, bool sync, exn_error *error)
{
    char *line = exn_state_line_close(text, &size);
    if (!line)
        return exn_error_set(error, EXN_MEMORY, 0, "no room for a line of the state");
    bool written = exn_io_write_all(state->fd, line, size) &&
                   (!sync || !state->durable || fdatasync(state->fd) == 0);
    int reason = errno;
    free(line);
    if (written)
        return EXN_OK;
    state->broken = true;
    return exn_error_set(error, EXN_WRITE, reason, "cannot write the state");
}

/* Begins a line. NULL: nothing is to be written, or the error says why not. */
static FILE *begin_line(const exn_state *state, char kind, const char *path, char **text,
                        size_t *size, exn_error *error)
{
    if (!state || state->broken)
        return NULL;
    FILE *line = open_memstream(text, size);
    if (!line) {
        exn_error_set(error, EXN_MEMORY, 0, "no room for a line of the state");
        return NULL;
    }
    fputc(kind, line);
    exn_state_line_put_text(line, path);
    return line;
}

static exn_status end_line(exn_state *state, FILE *line, char **text, const size_t *size, bool sync,
                           exn_error *error)
{
    if (!line)
        return error->status;
    if (fclose(line) != 0) {
        free(*text);
        *text = NULL;
    }
    return write_line(state, *text, *size, sync, error);
}

/* A line of the kind, the path and, where format says so, numbers. */
__attribute__((format(printf, 6, 7))) static exn_status write_numbers(exn_state *state, char kind,
                                                                      const char *path, bool sync,
                                                                      exn_error *error,
                                                                      const char *format, ...)
{
    char *text = NULL;
    size_t size = 0;
    va_list arguments;
    FILE *line = begin_line(state, kind, path, &text, &size, error);
    va_start(arguments, format);
    if (line)
        vfprintf(line, format, arguments);
    va_end(arguments);
    return end_line(state, line, &text, &size, sync, error);
}

/* ---- what the lines say, by path */

static uint64_t key_of(const exn_state *state, const char *path)
{
    uint64_t key = exn_siphash(&state->key, path, strlen(path));
    return key ? key : 1;
}

static past *slot(past *slots, size_t room, uint64_t key)
{
    size_t i = key & (room - 1);
    while (slots[i].key != 0 && slots[i].key != key)
        i = (i + 1) & (room - 1);
    return &slots[i];
}

static const past *find(const exn_state *state, const char *path)
{
    if (!state || !state->slots)
        return NULL;
    const past *p = slot(state->slots, state->room, key_of(state, path));
    return p->key ? p : NULL;
}

static bool grow(exn_state *state)
{
    size_t room = state->room ? 2 * state->room : 4096;
    past *slots = calloc(room, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < state->room; i++)
        if (state->slots[i].key)
            *slot(slots, room, state->slots[i].key) = state->slots[i];
    free(state->slots);
    state->slots = slots;
    state->room = room;
    return true;
}

static past *find_or_make(exn_state *state, const char *path)
{
    if (state->used * 4 >= state->room * 3 && !grow(state))
        return NULL;
    uint64_t key = key_of(state, path);
    past *p = slot(state->slots, state->room, key);
    state->used += p->key == 0;
    p->key = key;
    return p;
}

static bool keep_stale(exn_state *state, uint64_t line)
{
    uint64_t *more = reallocarray(state->stale, state->stales + 1, sizeof *more);
    if (!more)
        return false;
    state->stale = more;
    state->stale[state->stales++] = line;
    return true;
}

/* Takes in one line that begins at offset. False: no room. What it does not know it passes over:
 * then an output is not known to be ours and stays. */
static bool learn(exn_state *state, char *line, uint64_t offset)
{
    char *fields[EXN_LINE_FIELDS];
    size_t count = exn_state_line_split(line, fields);
    if (count == 0 || fields[0][0] == 'M') /* a member's name is none of a file */
        return true;
    past *p = find_or_make(state, fields[1]);
    if (!p)
        return false;
    switch (fields[0][0]) {
    case 'F':
        p->folder = true;
        return true;
    case 'T':
        if (p->tried && !keep_stale(state, p->tried))
            return false;
        p->done = 0;
        p->tried = p->begun = offset;
        return true;
    case 'W':
        p->tried = offset;
        /* fall through */
    case 'P':
        p->has_put = count > 2 && exn_state_line_get_number(fields[2], UINT64_MAX, &p->put);
        p->direct = fields[0][0] == 'W';
        return true;
    case 'D':
        p->has_size = count > 5 && exn_state_line_get_number(fields[5], UINT64_MAX, &p->size);
        p->done = offset;
        p->tried = 0;
        p->has_put = false;
        return true;
    case 'X':
        p->tried = 0;
        p->has_put = false;
        return true;
    default:
        return true;
    }
}

/* Reads the line at offset into *line, which the caller frees. */
static bool read_line(const exn_state *state, uint64_t offset, char **line)
{
    size_t size = 0, room = 1024;
    char *text = NULL;
    for (;;) {
        char *more = realloc(text, room);
        ssize_t n = more ? pread(state->fd, more + size, room - size, (off_t)(offset + size)) : -1;
        text = more ? more : text;
        if (n <= 0)
            break;
        char *end = memchr(text + size, '\n', (size_t)n);
        if (end) {
            *end = '\0';
            *line = text;
            return true;
        }
        size += (size_t)n;
        room *= 2;
    }
    free(text);
    return false;
}

/* ---- done lines: all that the report says of an item. Behind kind and path: the source's size and
 * times and inode, the options' hash, the output's size, microseconds, whether it is a link, and
 * the result.
 */

static int64_t nanoseconds(const struct timespec *time)
{
    return (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

/* Beside its size, what tells that a file is the one that it was. Whoever changes it may set its
 * modification time back, and nobody the time of that change. */
static size_t put_times(const exn_state *state, const struct stat *file, char *text, size_t size)
{
    return (size_t)snprintf(text, size, "%" PRId64 ",%" PRId64 ",%" PRIu64,
                            nanoseconds(&file->st_mtim), nanoseconds(&file->st_ctim),
                            state->lasting ? (uint64_t)file->st_ino : 0);
}

/* A sidecar was edited as its image was, so that counts, too. */
static void put_source(const exn_state *state, const exn_item *item, const struct stat *source,
                       char *text, size_t size)
{
    size_t length = put_times(state, source, text, size);
    if (item->owner != EXN_OWNER_UNASKED && length < size)
        length += (size_t)snprintf(text + length, size - length, ",%d", (int)item->owner);
    if (!item->image || length >= size)
        return;
    length += (size_t)snprintf(text + length, size - length, ",%016" PRIx64 ",%" PRIu64 ",",
                               exn_shard_hash(item->image, strlen(item->image)),
                               (uint64_t)item->status.st_size);
    if (length < size)
        put_times(state, &item->status, text + length, size - length);
}

/* Whether the line says that the item was done from a source of this status by options like
 * these, with an output of this size. */
static bool get_done(const exn_state *state, char *line, exn_item *item, const struct stat *source,
                     const struct stat *output)
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
        size_out != (uint64_t)output->st_size ||
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

static bool is_put(const past *p, const struct stat *output)
{
    uint64_t size = (uint64_t)output->st_size;
    return size == p->put || (p->direct && size < p->put);
}

exn_past exn_state_recall(const exn_state *state, exn_item *item, int in, int folder)
{
    struct stat source, output;
    const past *p = find(state, item->path);
    if (!p || fstatat(folder, item->target, &output, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(output.st_mode))
        return EXN_PAST_NONE;
    int flags = item->kind == EXN_ITEM_FILE ? AT_SYMLINK_NOFOLLOW : 0;
    bool there = fstatat(in, item->path, &source, flags) == 0 && S_ISREG(source.st_mode);
    bool as_done = p->has_size && (uint64_t)output.st_size == p->size;
    bool as_put = p->has_put && is_put(p, &output);
    bool linked = p->done && there && exn_roots_same(&source, &output); /* it changes with IN */
    char *line = NULL;
    bool done = p->done && as_done && there && read_line(state, p->done, &line) &&
                get_done(state, line, item, &source, &output);
    free(line);
    return done ? EXN_PAST_DONE : as_done || as_put || linked ? EXN_PAST_OURS : EXN_PAST_NONE;
}

bool exn_state_made(const exn_state *state, const char *path)
{
    const past *p = find(state, path);
    return p && p->folder;
}

exn_status exn_state_folder(exn_state *state, const char *path, exn_error *error)
{
    return write_numbers(state, 'F', path, true, error, "%s", "");
}

exn_status exn_state_try(exn_state *state, const exn_item *item, const char *temp, exn_error *error)
{
    return write_numbers(state, 'T', item->path, true, error, "%s%s", *temp ? " " : "", temp);
}

exn_status exn_state_put(exn_state *state, const exn_item *item, bool direct, exn_error *error)
{
    return write_numbers(state, direct ? 'W' : 'P', item->path, true, error, " %" PRIu64,
                         item->bytes_out);
}

void exn_state_drop(exn_state *state, const exn_item *item)
{
    exn_error ignored = {0};
    write_numbers(state, 'X', item->path, false, &ignored, "%s", "");
}

exn_status exn_state_done(exn_state *state, const exn_item *item, const struct stat *source,
                          exn_error *error)
{
    char *text = NULL;
    size_t size = 0;
    FILE *line = begin_line(state, 'D', item->path, &text, &size, error);
    if (line) {
        char known[SOURCE_SIZE];
        put_source(state, item, source, known, sizeof known);
        fprintf(line, " %" PRIu64 " %s %016" PRIx64 " %" PRIu64 " %" PRIu64 " %d", item->bytes_in,
                known, item->partial ? state->limits : state->options, item->bytes_out,
                exn_item_microseconds(item), item->linked);
        exn_state_line_put_result(line, &item->result);
    }
    return end_line(state, line, &text, &size, false, error);
}

/* ---- members of archives. Behind kind and path: both sizes, microseconds, status, errno, detail,
 * and the result. */

exn_status exn_state_member(exn_state *state, const exn_item *member, exn_error *error)
{
    char *text = NULL;
    size_t size = 0;
    FILE *line = begin_line(state, 'M', member->path, &text, &size, error);
    if (line) {
        fprintf(line, " %" PRIu64 " %" PRIu64 " %" PRIu64 " %d %d", member->bytes_in,
                member->bytes_out, exn_item_microseconds(member), (int)member->error.status,
                member->error.sys_errno);
        exn_state_line_put_text(line, member->error.detail);
        exn_state_line_put_result(line, &member->result);
    }
    return end_line(state, line, &text, &size, false, error);
}

static bool get_error(char **fields, exn_error *error)
{
    uint64_t status, reason;
    if (!exn_state_line_get_number(fields[5], EXN_CRASHED, &status) ||
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
    *member = found;
    return found.path != NULL;
}

bool exn_state_has_members(const exn_state *state, const exn_item *archive)
{
    const past *p = find(state, archive->path);
    bool whole = p != NULL;
    for (uint64_t at = p ? p->begun : 0; whole && at < p->done;) {
        char *line = NULL;
        exn_item member = {0};
        whole = read_line(state, at, &line);
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
    const past *p = find(state, archive->path);
    char *line = NULL;
    bool found = false;
    if (p && *at < p->begun)
        *at = p->begun;
    while (p && !found && *at < p->done && read_line(state, *at, &line)) {
        *at += strlen(line) + 1;
        found = get_member(line, member);
        free(line);
    }
    return found;
}

/* ---- what runs before have left */

static bool is_temporary(const char *name)
{
    static const char begin[] = ".exifnorm-";
    if (strncmp(name, begin, sizeof begin - 1) != 0)
        return false;
    name += sizeof begin - 1;
    return strspn(name, "0123456789abcdef") == 16 && strcmp(name + 16, EXN_TARGET_TEMP) == 0;
}

/* Opens the folder that holds path, which is cut. */
static int open_folder_of(int out, char *path)
{
    char *slash = strrchr(path, '/');
    if (!slash)
        return fcntl(out, F_DUPFD_CLOEXEC, 0);
    *slash = '\0';
    return exn_below_open(out, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
}

static void remove_temporary(int folder, char *name)
{
    unlinkat(folder, name, 0);
    char *ending = name + strlen(name) - strlen(EXN_TARGET_TEMP);
    memcpy(ending, EXN_TARGET_LINK, strlen(EXN_TARGET_LINK));
    unlinkat(folder, name, 0);
}

/* What was being written under its own name, whole or not: nobody has noted that it is done. */
static void remove_part(int folder, const char *name, const past *p)
{
    struct stat status;
    if (p->has_put && fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(status.st_mode) && is_put(p, &status))
        unlinkat(folder, name, 0);
}

/* p: what is known by now of the path of that line. */
static void remove_tried(const exn_state *state, uint64_t offset, const past *p, int out)
{
    char *line, *fields[EXN_LINE_FIELDS];
    if (!read_line(state, offset, &line))
        return;
    bool whole = exn_state_line_split(line, fields) == 3;
    bool temporary = whole && strcmp(fields[0], "T") == 0 && is_temporary(fields[2]);
    bool part = whole && strcmp(fields[0], "W") == 0 && p;
    const char *slash = whole ? strrchr(fields[1], '/') : NULL;
    const char *name = slash ? slash + 1 : fields[1];
    int folder = temporary || part ? open_folder_of(out, fields[1]) : -1;
    if (folder >= 0 && temporary)
        remove_temporary(folder, fields[2]);
    else if (folder >= 0)
        remove_part(folder, name, p);
    if (folder >= 0)
        close(folder);
    free(line);
}

void exn_state_clean(exn_state *state, const exn_roots *roots)
{
    if (!state)
        return;
    for (size_t i = 0; i < state->room; i++)
        if (state->slots[i].tried)
            remove_tried(state, state->slots[i].tried, &state->slots[i], roots->out);
    for (size_t i = 0; i < state->stales; i++)
        remove_tried(state, state->stale[i], NULL, roots->out);
}

/* ---- opening */

/* What the bytes and words of a product depend on. Limits do not count: they decide only whether
 * there is one. */
static uint64_t hash_options(const exn_cli_options *options, exn_option_role role)
{
    size_t count;
    const exn_option *table = exn_cli_options_table(&count);
    uint64_t hash = exn_shard_hash(exn_version(), strlen(exn_version()));
    for (size_t i = 0; i < count; i++) {
        char text[96];
        if (table[i].role != EXN_ROLE_OUTPUT && table[i].role != role)
            continue;
        int size = snprintf(text, sizeof text, "%" PRIx64 " %s=%" PRIu64, hash, table[i].name,
                            exn_cli_options_number(options, &table[i]));
        hash = exn_shard_hash(text, (size_t)size);
    }
    return hash;
}

/* Beside OUT, which need not be there yet. NULL with errno. */
static char *default_name(const exn_cli_options *options)
{
    char *name = NULL, *copy = strdup(options->out);
    char *real = copy ? realpath(options->out, NULL) : NULL;
    if (copy && !real) {
        size_t length = strlen(copy);
        while (length > 1 && copy[length - 1] == '/')
            copy[--length] = '\0';
        char *slash = strrchr(copy, '/');
        char *base = slash ? slash + 1 : copy;
        if (asprintf(&name, "%.*s%s", slash ? (int)(slash + 1 - copy) : 0, copy, base) < 0)
            name = NULL;
        real = name;
        name = NULL;
    }
    if (real && strcmp(real, "/") == 0) {
        errno = EISDIR;
    } else if (real && options->shards) {
        if (asprintf(&name, "%s.exifnorm-state-%u-of-%u", real, options->shard, options->shards) <
            0)
            name = NULL;
    } else if (real && asprintf(&name, "%s.exifnorm-state", real) < 0) {
        name = NULL;
    }
    int reason = errno;
    free(real);
    free(copy);
    errno = reason;
    return name;
}

/* FUSE counts its inodes anew, so that a store that is mounted again has others. */
static bool has_lasting_inodes(const exn_cli_options *options)
{
    struct statfs fs;
    return statfs(options->in, &fs) == 0 && fs.f_type != FUSE_SUPER_MAGIC;
}

static exn_exit refuse(const exn_state *state, const char *why)
{
    return exn_usage_error(state->name, "the state %s", why);
}

/* Reads what is there, to its last whole line, and cuts off what a kill has torn. */
static exn_exit read_state(exn_state *state, bool wanted)
{
    uint64_t offset = 0;
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    bool whole = true;
    exn_exit exit = EXN_EXIT_OK;
    int copy = fcntl(state->fd, F_DUPFD_CLOEXEC, 0); /* the very file that was locked */
    FILE *file = copy >= 0 ? fdopen(copy, "r") : NULL;
    if (!file) {
        if (copy >= 0)
            close(copy);
        return refuse(state, "cannot be read");
    }
    while (exit == EXN_EXIT_OK && (n = getline(&line, &room, file)) > 0) {
        whole = line[n - 1] == '\n';
        if (offset == 0 && whole && strcmp(line, header) != 0)
            exit = refuse(state, "is none of this program's, and stays as it is");
        if (offset == 0 && !whole && strncmp(line, header, (size_t)n) != 0)
            exit = refuse(state, "is none of this program's, and stays as it is");
        if (!whole)
            break;
        line[n - 1] = '\0';
        if (offset > 0 && wanted && exit == EXN_EXIT_OK && !learn(state, line, offset))
            exit = refuse(state, "needs more memory than there is");
        offset += (uint64_t)n;
    }
    if (exit == EXN_EXIT_OK && ferror(file))
        exit = refuse(state, "cannot be read");
    free(line);
    fclose(file);
    if (exit == EXN_EXIT_OK && !whole && ftruncate(state->fd, (off_t)offset) != 0)
        exit = refuse(state, "has a torn line that cannot be cut off");
    state->fresh = offset == 0;
    return exit;
}

/* Makes the file, or opens the one that is there. -1 with errno. */
static int open_file(exn_state *state)
{
    const int flags = O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    int fd = open(state->name, flags | O_CREAT | O_EXCL, 0644);
    state->made = fd >= 0;
    return fd < 0 && errno == EEXIST ? open(state->name, flags) : fd;
}

/* Makes sure that the state is a file of its own: ours, unlocked, and not the report. */
static exn_exit take(exn_state *state, const exn_cli_options *options)
{
    struct stat status;
    if (fstat(state->fd, &status) != 0 || !S_ISREG(status.st_mode))
        return refuse(state, "is no file");
    /* Any other error: this file system knows no locks. */
    if (flock(state->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return refuse(state, "is used by another run; --state=FILE names another one");
    state->locked = true;
    if (status.st_nlink > 1)
        return refuse(state, "has a second name (a hard link), and would be written to that, too");
    if (exn_roots_is_report(options, &status))
        return refuse(state, "and the report are one file");
    return read_state(state, options->resume);
}

static exn_exit begin(exn_state *state)
{
    if (!state->fresh || exn_io_write_all(state->fd, header, sizeof header - 1))
        return EXN_EXIT_OK;
    fprintf(stderr, "exifnorm: cannot write the state: %s\n", strerror(errno));
    return EXN_EXIT_OUTPUT;
}

/* Without a wish for one, a state that cannot be made is no reason not to run. */
static exn_exit cannot_make(const exn_state *state)
{
    if (state->asked && state->name)
        return exn_usage_error(state->name, "cannot open the state: %s", strerror(errno));
    if (state->asked)
        return exn_usage_error(NULL, "OUT has no place beside it for the state; use --state=FILE");
    return EXN_EXIT_OK;
}

exn_exit exn_state_open(exn_state **out, const exn_roots *roots, const exn_cli_options *options)
{
    *out = NULL;
    bool asked = options->state || options->resume;
    bool stream = options->from_stdin || options->to_stdout;
    if (asked && stream)
        return exn_usage_error(NULL, "--state and --resume are for folders and files: of a stream "
                                     "nothing is left to go on with");
    if (asked && ((!roots->folder && !options->tar) || options->dry_run))
        return exn_usage_error(options->in, "--state and --resume are for folders and for archives "
                                            "(--tar), and not for --dry-run");
    if (!asked &&
        (!roots->folder || options->dry_run)) /* one file: there is little to go on with */
        return EXN_EXIT_OK;
    exn_exit exit = options->state ? exn_roots_check_state(roots, options) : EXN_EXIT_OK;
    exn_state *state = exit == EXN_EXIT_OK ? calloc(1, sizeof *state) : NULL;
    if (!state)
        return exit == EXN_EXIT_OK ? exn_usage_error(NULL, "out of memory") : exit;
    state->key = exn_siphash_new_key();
    state->asked = asked;
    state->durable = options->durable;
    state->lasting = has_lasting_inodes(options);
    state->options = hash_options(options, EXN_ROLE_OUTPUT);
    /* An archive has its failures in it: as members that are missing, or unchanged. */
    state->limits = hash_options(options, EXN_ROLE_LIMIT);
    state->name = options->state ? strdup(options->state) : default_name(options);
    state->fd = state->name ? open_file(state) : -1;
    if (state->fd < 0) {
        exit = cannot_make(state);
    } else {
        exit = take(state, options);
        if (exit == EXN_EXIT_OK)
            exit = begin(state);
    }
    if (state->fd >= 0 && exit == EXN_EXIT_OK) {
        *out = state;
    } else {
        if (state->made && state->locked)
            unlink(state->name);
        exn_state_close(state, false);
    }
    return exit;
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
    free(state->slots);
    free(state->stale);
    free(state);
}
