/* SPDX-License-Identifier: MIT */
#include "walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/below.h"

/* A stack of folders, from the root of the walk to the one that is listed now:
 *
 *   levels[0]    names, sorted, and which of them is next
 *   levels[1]    the same for the folder that was next there
 *   ...
 *   path         of the current entry; each level knows how much of it is its own
 *
 * Only the root's descriptor is open between two steps, and only the names along one branch are in
 * memory. */

/* A buffer that grows at its end. */
typedef struct text {
    char *data; /* owned */
    size_t size, room;
} text;

/* A folder on the way down. */
typedef struct level {
    text bytes;         /* of each name: its d_type, the name, a zero */
    const char **names; /* owned, sorted; they lie in bytes */
    size_t count, next;
    size_t length; /* of the walk's path up to this folder */
    dev_t device;
    ino_t inode;
} level;

struct exn_walk {
    int root;
    level *levels; /* owned */
    size_t depth, room;
    text path; /* ends with a zero that its size does not count */
    bool started, entering, over;
};

exn_walk *exn_walk_open(int root)
{
    exn_walk *walk = calloc(1, sizeof *walk);
    if (walk)
        walk->root = root;
    return walk;
}

/* Names are appended one at a time, and a folder may have millions. */
static bool reserve(text *t, size_t extra)
{
    char *data = exn_array_reserve_text(t->data, t->size, &t->room, extra);
    if (!data)
        return false;
    t->data = data;
    return true;
}

static bool append(text *t, const void *data, size_t size)
{
    if (!reserve(t, size))
        return false;
    memcpy(t->data + t->size, data, size);
    t->size += size;
    return true;
}

static void free_level(level *l)
{
    free(l->bytes.data);
    free(l->names);
    *l = (level){0};
}

void exn_walk_close(exn_walk *walk)
{
    if (!walk)
        return;
    while (walk->depth > 0)
        free_level(&walk->levels[--walk->depth]);
    free(walk->path.data);
    free(walk->levels);
    free(walk);
}

static const char *path_of(const exn_walk *walk)
{
    return walk->path.size ? walk->path.data : "";
}

/* Cuts the path down to the folder and appends the name, if there is one. */
static bool set_path(exn_walk *walk, size_t folder, const char *name)
{
    text *path = &walk->path;
    path->size = folder;
    if (!reserve(path, (name ? strlen(name) : 0) + 2))
        return false;
    if (name) {
        if (folder > 0)
            path->data[path->size++] = '/';
        memcpy(path->data + path->size, name, strlen(name));
        path->size += strlen(name);
    }
    path->data[path->size] = '\0';
    return true;
}

/* strcmp compares bytes as unsigned char whatever the locale (C11 7.24.4). */
static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Called after all names are read, since bytes may move until then. Sorted, so that two runs, and
 * all shards of one, go through a tree in the same order on any file system. */
static int sort_names(level *l)
{
    if (l->count == 0)
        return 0;
    l->names = calloc(l->count, sizeof *l->names);
    if (!l->names)
        return ENOMEM;
    const char *at = l->bytes.data;
    for (size_t i = 0; i < l->count; i++, at += strlen(at) + 1)
        l->names[i] = ++at;
    qsort(l->names, l->count, sizeof *l->names, by_name);
    return 0;
}

static bool add_name(level *l, const struct dirent *entry)
{
    const char *name = entry->d_name;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return true;
    l->count++;
    return append(&l->bytes, &entry->d_type, 1) && append(&l->bytes, name, strlen(name) + 1);
}

/* Reads the folder's names. Returns 0 or an errno; after ENOMEM the names are not to be used. */
static int read_names(DIR *folder, level *l)
{
    const struct dirent *entry;
    int reason = 0;
    do {
        errno = 0; /* each time: an allocation that succeeds may still set it */
        entry = readdir(folder);
        reason = entry ? 0 : errno;
        if (entry && !add_name(l, entry))
            return ENOMEM;
    } while (entry || reason == EINTR);
    int sorted = sort_names(l);
    return sorted ? sorted : reason;
}

/* Opens each folder from the root without following links, so that a folder which is replaced by a
 * link during the walk leads nowhere. */
static int open_folder(const exn_walk *walk)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC;
    int fd;
    do
        fd = walk->path.size ? exn_below_open(walk->root, path_of(walk), flags, 0)
                             : openat(walk->root, ".", flags);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* Reads the current folder, which is the top level. Its descriptor is closed before any folder in
 * it is entered: a deep tree costs memory, not descriptors. */
static int fill_level(const exn_walk *walk, level *l)
{
    int fd = open_folder(walk);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    int reason = folder ? read_names(folder, l) : errno;
    if (folder)
        closedir(folder);
    else if (fd >= 0)
        close(fd);
    return reason;
}

static void fail(exn_walk *walk, exn_walk_step *step)
{
    walk->over = true;
    *step = (exn_walk_step){.kind = EXN_WALK_FAILED, .path = "", .reason = ENOMEM};
}

/* Gives a folder, and pushes an empty level for it. */
static void give_folder(exn_walk *walk, exn_walk_step *step)
{
    level *levels = exn_array_reserve(walk->levels, walk->depth, &walk->room, sizeof *levels, 8);
    if (!levels) {
        fail(walk, step);
        return;
    }
    walk->levels = levels;
    walk->levels[walk->depth++] = (level){
        .length = walk->path.size, .device = step->status.st_dev, .inode = step->status.st_ino};
    walk->entering = true;
    step->kind = EXN_WALK_FOLDER;
}

/* A bind mount can show a folder inside of itself, and would be walked without end. */
static bool is_above(const exn_walk *walk, const struct stat *status)
{
    for (size_t i = 0; i < walk->depth; i++)
        if (walk->levels[i].device == status->st_dev && walk->levels[i].inode == status->st_ino)
            return true;
    return false;
}

/* lstat(2) of the path, without following links in its folders either. */
static bool look_at(const exn_walk *walk, struct stat *status)
{
    int fd = exn_below_open(walk->root, path_of(walk), O_PATH | O_CLOEXEC, 0);
    int looked = fd >= 0 ? fstat(fd, status) : -1, reason = errno;
    if (fd >= 0)
        close(fd);
    errno = reason;
    return looked == 0;
}

/* Gives the entry at the path. A stat(2) for each file would cost more than the listing, and most
 * file systems tell the type. So stat(2) is called only for DT_UNKNOWN, and for folders, whose
 * device and inode are needed. */
static void give_entry(exn_walk *walk, unsigned char type, exn_walk_step *step)
{
    struct stat *status = &step->status;
    step->mode = DTTOIF(type);
    if ((type == DT_UNKNOWN || type == DT_DIR) && !look_at(walk, status)) {
        step->kind = EXN_WALK_UNKNOWN;
        step->reason = errno;
        return;
    }
    if (type == DT_UNKNOWN || type == DT_DIR)
        step->mode = status->st_mode & S_IFMT;
    if (!S_ISDIR(step->mode))
        step->kind = EXN_WALK_ENTRY;
    else if (is_above(walk, status))
        step->kind = EXN_WALK_LOOP;
    else
        give_folder(walk, step);
}

static void give_root(exn_walk *walk, exn_walk_step *step)
{
    if (!set_path(walk, 0, NULL))
        fail(walk, step);
    else if (fstat(walk->root, &step->status) != 0)
        *step = (exn_walk_step){.kind = EXN_WALK_UNKNOWN, .path = "", .reason = errno};
    else
        give_folder(walk, step);
    walk->over = walk->over || walk->depth == 0;
}

/* Reads the folder that was given last; true if that failed, in whole or in part. */
static bool enter(exn_walk *walk, exn_walk_step *step)
{
    level *top = &walk->levels[walk->depth - 1];
    walk->entering = false;
    step->reason = fill_level(walk, top);
    if (step->reason == ENOMEM)
        fail(walk, step);
    else
        step->kind = EXN_WALK_BROKEN;
    return step->reason != 0;
}

static void go_on(exn_walk *walk, exn_walk_step *step)
{
    level *top = &walk->levels[walk->depth - 1];
    if (top->next == top->count) {
        set_path(walk, top->length, NULL); /* cannot fail: it gets shorter */
        free_level(top);
        walk->depth--;
        walk->over = walk->depth == 0;
        step->kind = EXN_WALK_FOLDER_END;
        return;
    }
    const char *name = top->names[top->next++];
    if (set_path(walk, top->length, name))
        give_entry(walk, (unsigned char)name[-1], step);
    else
        fail(walk, step);
}

void exn_walk_next(exn_walk *walk, exn_walk_step *step)
{
    *step = (exn_walk_step){.kind = EXN_WALK_END, .path = ""};
    if (walk->over)
        return;
    if (!walk->started) {
        walk->started = true;
        give_root(walk, step);
    } else if (!walk->entering || !enter(walk, step)) {
        go_on(walk, step);
    }
    if (step->kind != EXN_WALK_FAILED)
        step->path = path_of(walk);
}

/* The folder stays on the stack as an empty one, so that its end is still given. */
void exn_walk_skip(exn_walk *walk)
{
    walk->entering = false;
}
