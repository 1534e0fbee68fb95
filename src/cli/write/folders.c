/* SPDX-License-Identifier: MIT */
#include "folders.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attributes.h"
#include "base/array.h"
#include "base/below.h"
#include "base/error.h"
#include "base/io.h"

/* A folder on the way from OUT down to where the list is. */
struct exn_folders_level {
    char *name;         /* in the folder above; owned */
    struct stat status; /* its mode and times when it is left */
    bool made;          /* by this run; one that existed keeps its mode and times */
    bool open;          /* false: it could not be made, and nothing goes into it */
};

exn_folders_place *exn_folders_hold(const exn_folders *folders)
{
    if (folders->place)
        folders->place->users++;
    return folders->place;
}

void exn_folders_release(exn_folders *folders, exn_folders_place *place)
{
    if (!place || --place->users > 0)
        return;
    close(place->folder);
    free(place);
    folders->places--;
}

/* Makes this folder the innermost one. Takes over the descriptor; without memory for the place it
 * is closed, and no folder is open. */
static void go_to(exn_folders *f, int folder)
{
    exn_folders_place *p = folder >= 0 ? malloc(sizeof *p) : NULL;
    if (p) {
        *p = (exn_folders_place){.folder = folder, .users = 1};
        f->places++;
    } else if (folder >= 0) {
        close(folder);
    }
    exn_folders_release(f, f->place);
    f->place = p;
}

void exn_folders_open(exn_folders *folders, const exn_cli_options *options, const exn_roots *roots,
                      exn_state *state)
{
    *folders = (exn_folders){.options = options, .roots = roots, .state = state};
    go_to(folders, fcntl(roots->out, F_DUPFD_CLOEXEC, 0));
}

void exn_folders_close(exn_folders *folders)
{
    go_to(folders, -1);
    free(folders->levels);
}

/* Opens the output folder of the current depth, step by step from OUT without following links, so
 * that replacing a folder by a link cannot lead the run elsewhere, and no path is too long. Folders
 * above the current one are not kept open, since a tree may be deeper than the number of
 * descriptors (RLIMIT_NOFILE). */
static int reopen(const exn_folders *f)
{
    int folder = fcntl(f->roots->out, F_DUPFD_CLOEXEC, 0);
    for (size_t i = 1; i < f->depth && folder >= 0; i++) {
        int next = exn_below_open(folder, f->levels[i].name, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
        close(folder);
        folder = next;
    }
    return folder;
}

/* Makes the folder; its owner may write to it until it is left. False: something of that name
 * exists, or the error says why not. The state's line is written before the folder is made. A kill
 * between the two leaves a line about a folder that does not exist, which is harmless; the other
 * way round no later run would know that the folder is ours and set its mode and times. */
static bool make_folder(const exn_folders *f, exn_item *item)
{
    struct stat status;
    mode_t mode = (item->status.st_mode & 0777) | 0700;
    int folder = f->place ? f->place->folder : -1;
    if (f->options->dry_run &&
        (folder < 0 || fstatat(folder, item->target, &status, AT_SYMLINK_NOFOLLOW) == 0))
        return folder < 0;
    if (f->state && fstatat(folder, item->target, &status, AT_SYMLINK_NOFOLLOW) != 0 &&
        exn_state_folder(f->state, item->path, &item->error) != EXN_OK)
        return false;
    if (f->options->dry_run ? exn_roots_writable(folder) : mkdirat(folder, item->target, mode) == 0)
        return true;
    if (errno != EEXIST)
        exn_error_set(&item->error, EXN_WRITE, errno, "cannot create the folder");
    return false;
}

/* Lets the owner write to a folder that an earlier run has left read-only, like its source. */
static bool open_up(int folder, struct stat *status)
{
    struct stat now;
    if (exn_roots_writable(folder) || fstat(folder, &now) != 0 || now.st_uid != geteuid() ||
        fchmod(folder, (now.st_mode & 07777) | 0700) != 0)
        return false;
    *status = now;
    return true;
}

/* Makes the folder in the current one, or takes one that exists, and enters it. In a dry run
 * nothing below a new folder exists either, and -1 stands for all of it. */
static void go_into(exn_folders *f, exn_item *item, exn_folders_level *l)
{
    int folder = f->place ? f->place->folder : -1;
    bool new = make_folder(f, item);
    if (item->error.status != EXN_OK)
        return;
    if (new && f->options->dry_run) {
        go_to(f, -1);
        l->open = true;
        return;
    }
    l->made = new;
    int inner = exn_below_open(folder, item->target, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (inner < 0) {
        /* ENOTDIR and ELOOP: there is a file or a link in its place */
        bool taken = errno == ENOTDIR || errno == ELOOP;
        exn_error_set(&item->error, taken ? EXN_EXISTS : EXN_WRITE, taken ? 0 : errno,
                      taken ? "it is not a folder" : "cannot open the folder");
        return;
    }
    if (!l->made && exn_state_made(f->state, item->path)) {
        l->made = true; /* an earlier run may have finished it, but there may be more to do in it */
        exn_attributes_mode(inner, item->status.st_mode | 0700);
    }
    if (!l->made && f->options->overwrite && !f->options->dry_run &&
        open_up(inner, &l->status)) /* it gets its old mode and times back */
        l->made = true;
    go_to(f, inner);
    l->open = true;
}

/* Reserves space for one more level, so that entering a folder cannot fail half way. */
static bool reserve(exn_folders *f)
{
    exn_folders_level *levels =
        exn_array_reserve(f->levels, f->depth, &f->room, sizeof *levels, 16);
    if (!levels)
        return false;
    f->levels = levels;
    return true;
}

bool exn_folders_enter(exn_folders *folders, exn_item *item)
{
    exn_folders_level l = {.status = item->status, .name = strdup(item->target)};
    if (!l.name || !reserve(folders)) {
        exn_error_set(&item->error, EXN_MEMORY, 0, "folder name");
        free(l.name);
        return false; /* without this level the run has lost its place */
    }
    if (folders->depth == 0) {
        l.made = folders->roots->made;
        l.open = true;
    } else if (item->error.status == EXN_OK) {
        go_into(folders, item, &l);
    }
    folders->levels[folders->depth++] = l;
    return true;
}

/* Passes on whether a sync succeeded; errno says why not. */
static bool tell_sync(bool synced)
{
    if (!synced)
        fprintf(stderr, "exifnorm: cannot sync an output folder to disk: %s\n", strerror(errno));
    return synced;
}

/* The folder stays open, since items in it may still be at the workers. */
exn_folders_left exn_folders_leave(exn_folders *folders)
{
    exn_folders_left left = {0};
    if (folders->depth == 0)
        return left;
    const exn_folders_level *l = &folders->levels[--folders->depth];
    if (l->open) {
        left = (exn_folders_left){.place = exn_folders_hold(folders),
                                  .status = l->status,
                                  .made = l->made,
                                  .top = folders->depth == 0};
        go_to(folders, folders->depth > 0 ? reopen(folders) : -1);
    }
    free(l->name);
    return left;
}

/* Times are set when everything in the folder is in place, since each new name changes them. The
 * sync comes last, so that it covers mode and times. */
bool exn_folders_finish(const exn_folders *folders, const exn_folders_left *left)
{
    const exn_cli_options *options = folders->options;
    if (!left->place || options->dry_run)
        return true;
    /* The analyzer does not count who holds it. NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
    int folder = left->place->folder;
    bool durable = true;
    if (options->durable && left->made && left->top) /* a new OUT is a name in the folder above */
        durable = tell_sync(exn_io_sync_above(folder));
    struct stat status = left->status;
    /* Other shards may still write here. The last one to leave sets the final times. */
    if (options->shards)
        status.st_mode |= 0700;
    if (left->made)
        exn_attributes_put(folder, &status);
    else if (options->shards)
        exn_attributes_times(folder, &status);
    if (options->durable)
        durable = tell_sync(fsync(folder) == 0) && durable;
    return durable;
}

bool exn_folders_finish_all(exn_folders *folders)
{
    bool durable = true;
    while (folders->depth > 0) {
        exn_folders_left left = exn_folders_leave(folders);
        durable = exn_folders_finish(folders, &left) && durable;
        /* As above. NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
        exn_folders_release(folders, left.place);
    }
    return durable;
}

/* Opens the output folder of an item again. -1: it does not exist. */
static int open_again(const exn_folders *f, const exn_item *item)
{
    size_t length = (size_t)(item->target - item->path);
    if (length == 0 || f->roots->out < 0)
        return f->roots->out < 0 ? -1 : fcntl(f->roots->out, F_DUPFD_CLOEXEC, 0);
    char *path = strndup(item->path, length - 1);
    int folder =
        path ? exn_below_open(f->roots->out, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) : -1;
    free(path);
    return folder;
}

void exn_folders_visit_again(exn_folders *folders, const exn_item *item, exn_folders_visit *visit)
{
    int folder = open_again(folders, item);
    bool there = folder >= 0 && !folders->options->dry_run && fstat(folder, &visit->before) == 0;
    visit->closed = there && (visit->before.st_mode & 0300) != 0300;
    visit->folder = there ? fcntl(folder, F_DUPFD_CLOEXEC, 0) : -1;
    if (visit->closed)
        exn_attributes_mode(folder, visit->before.st_mode | 0700);
    go_to(folders, folder);
}

void exn_folders_visited(const exn_folders_visit *visit)
{
    if (visit->folder < 0)
        return;
    if (visit->closed)
        exn_attributes_mode(visit->folder, visit->before.st_mode);
    exn_attributes_times(visit->folder, &visit->before);
    close(visit->folder);
}
