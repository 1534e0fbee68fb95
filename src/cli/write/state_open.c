/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/io.h"
#include "list/orientations.h"
#include "list/shard.h"
#include "state.h"
#include "state_file.h"

/* The number changes when lines get another meaning: older programs then leave the file alone. */
static const char header[] = "exifnorm-state 1\n";

/* What the bytes and words of an output depend on. Limits do not count: they decide only whether
 * there is one. The version counts, since another one may write other bytes for the same options.
 * Values go in with their names, and the order is that of the options' table. */
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
    if (options->given)
        hash ^= exn_orientations_hash(options->given);
    return hash;
}

/* Beside OUT, which need not be there yet. NULL with errno. By its real path where it exists, so
 * that OUT and a link to it find one state. Slashes at the end go, or the file would lie in OUT;
 * nothing lies beside the root (EISDIR). Each shard has a file of its own, since all may run at
 * once and each locks its state. */
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

/* FUSE renumbers its inodes, so that a store that is mounted again has others. */
static bool has_lasting_inodes(const exn_cli_options *options)
{
    struct statfs fs;
    return statfs(options->in, &fs) == 0 && fs.f_type != FUSE_SUPER_MAGIC;
}

static exn_exit refuse(const exn_state *state, const char *why)
{
    return exn_usage_error(state->name, "the state %s", why);
}

/* Reads what is there, to its last whole line, and cuts off what a kill has torn. A line appended
 * behind a torn one would be lost with it. Without --resume nothing is learnt, but the end has to
 * be found and mended all the same. A NUL in a line ends it early, and its checksum does not fit
 * then. */
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
            exit = refuse(state, "is not an exifnorm state file and is left unchanged");
        if (offset == 0 && !whole && strncmp(line, header, (size_t)n) != 0)
            exit = refuse(state, "is not an exifnorm state file and is left unchanged");
        if (!whole)
            break;
        line[n - 1] = '\0';
        if (offset > 0 && wanted && exit == EXN_EXIT_OK &&
            !exn_state_index_learn(&state->index, line, offset))
            exit = refuse(state, "does not fit in memory");
        offset += (uint64_t)n;
    }
    if (exit == EXN_EXIT_OK && ferror(file))
        exit = refuse(state, "cannot be read");
    free(line);
    fclose(file);
    if (exit == EXN_EXIT_OK && !whole && ftruncate(state->fd, (off_t)offset) != 0)
        exit = refuse(state, "ends in a partial line that cannot be removed");
    state->fresh = offset == 0;
    return exit;
}

/* Makes the file, or opens the one that is there. -1 with errno. The name may be anything by the
 * time it is opened: a link is not followed, a FIFO does not make the run wait, a terminal does not
 * become its own. O_APPEND: no write lands on a line that is there. O_EXCL first tells whether this
 * run has made the file, and may remove it when it is refused. */
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
        return refuse(state, "is not a regular file");
    /* Any other error: this file system knows no locks. The lock goes with the descriptor, so a
     * kill leaves none behind. The workers do not have it: the fork server was started before. */
    if (flock(state->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return refuse(state, "is used by another run; use --state=FILE to name another one");
    state->locked = true;
    if (status.st_nlink > 1)
        return refuse(state, "has another hard link and would be written to that file, too");
    if (exn_roots_is_report(options, &status))
        return refuse(state, "and the report are the same file");
    /* What a killed run has left in place is among the user's own files. */
    return read_state(state, options->resume || options->in_place);
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
        return exn_usage_error(NULL, "no state file can be placed beside OUT; use --state=FILE");
    return EXN_EXIT_OK;
}

exn_exit exn_state_open(exn_state **out, const exn_roots *roots, const exn_cli_options *options)
{
    *out = NULL;
    bool asked = options->state || options->resume;
    bool stream = options->from_stdin || options->to_stdout;
    if (asked && stream)
        return exn_usage_error(NULL, "--state and --resume are for folders and files; "
                                     "a run on a stream cannot be resumed");
    if (asked && ((!roots->folder && !options->tar) || options->dry_run))
        return exn_usage_error(options->in, "--state and --resume are for folders and archives "
                                            "(--tar), and not for --dry-run");
    if (!asked &&
        (!roots->folder || options->dry_run)) /* one file: there is little to go on with */
        return EXN_EXIT_OK;
    exn_exit exit = options->state ? exn_roots_check_state(roots, options) : EXN_EXIT_OK;
    exn_state *state = exit == EXN_EXIT_OK ? calloc(1, sizeof *state) : NULL;
    if (!state)
        return exit == EXN_EXIT_OK ? exn_usage_error(NULL, "out of memory") : exit;
    state->index.key = exn_siphash_new_key();
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
        state->fresh = state->fresh || options->in_place; /* nothing else of it is of use */
    }
    if (state->fd >= 0 && exit == EXN_EXIT_OK) {
        *out = state;
    } else {
        /* Without the lock the file is another run's by now, though this one has made it. */
        if (state->made && state->locked)
            unlink(state->name);
        exn_state_close(state, false);
    }
    return exit;
}
