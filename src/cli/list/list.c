/* SPDX-License-Identifier: MIT */
#include "list.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/signals.h"
#include "base/text.h"
#include "several.h"
#include "shard.h"
#include "walk.h"

struct exn_list {
    const exn_roots *roots;
    const exn_cli_options *options;
    const exn_names *names; /* NULL: all that is there */
    size_t next;            /* of the names */
    char *folder;           /* by names: the current folder, "" for IN; NULL: not begun */
    exn_walk *walk;         /* NULL: file to file, or by names */
    bool everyones;         /* the last item is a failure that every shard reports */
    bool finished;
};

exn_list *exn_list_open(const exn_roots *roots, const exn_names *names,
                        const exn_cli_options *options)
{
    exn_list *list = calloc(1, sizeof *list);
    if (!list)
        return NULL;
    list->roots = roots;
    list->options = options;
    list->names = names;
    if (!roots->folder || names)
        return list;
    list->walk = exn_walk_open(roots->in);
    if (!list->walk) {
        free(list);
        return NULL;
    }
    return list;
}

static void fail(exn_item *item, exn_item_kind kind, exn_status status, int sys_errno,
                 const char *why)
{
    item->kind = kind;
    exn_error_set(&item->error, status, sys_errno, "%s", why);
}

/* Neither file, folder nor link. Opening a FIFO could wait for ever, and a device could do
 * anything. */
static void name_special(exn_item *item, mode_t mode)
{
    fail(item, EXN_ITEM_SKIPPED, EXN_OK, 0,
         S_ISFIFO(mode)   ? "a fifo"
         : S_ISSOCK(mode) ? "a socket"
         : S_ISBLK(mode)  ? "a block device"
         : S_ISCHR(mode)  ? "a character device"
                          : "not a file");
}

/* Looks through the link, once: its target decides. */
static void name_link(const exn_list *list, exn_item *item)
{
    struct stat status;
    if (fstatat(list->roots->in, item->path, &status, 0) != 0) {
        if (errno == ELOOP)
            fail(item, EXN_ITEM_SKIPPED, EXN_OK, 0, "a link in a loop");
        else
            fail(item, EXN_ITEM_UNREADABLE, EXN_READ, errno == ENOENT ? 0 : errno,
                 errno == ENOENT ? "a dangling link" : "a link that cannot be followed");
    } else if (S_ISREG(status.st_mode) && exn_roots_leads_out(list->roots, item->path)) {
        fail(item, EXN_ITEM_UNREADABLE, EXN_READ, 0, "a link that leads into OUT");
    } else if (S_ISREG(status.st_mode)) {
        item->kind = EXN_ITEM_LINK;
    } else if (S_ISDIR(status.st_mode)) {
        fail(item, EXN_ITEM_SKIPPED, EXN_OK, 0, "a link to a folder");
    } else {
        name_special(item, status.st_mode);
    }
}

/* Entering a backup would change the originals in it: an earlier run's, or this run's, if the check
 * of its paths could not see it. */
static bool is_backup(const exn_list *list, const char *path)
{
    char *log = NULL;
    struct stat status;
    if (!list->options->in_place)
        return false;
    bool is = asprintf(&log, "%s%s%s", path, *path ? "/" : "", EXN_LIST_BACKUP_LOG) < 0 ||
              fstatat(list->roots->in, log, &status, AT_SYMLINK_NOFOLLOW) == 0;
    free(log);
    return is;
}

/* The item stays a folder with an error, so that it is reported and, by exn_list_skip(), not
 * entered. */
static void name_folder(const exn_list *list, exn_item *item, const struct stat *status)
{
    item->kind = EXN_ITEM_FOLDER;
    item->status = *status;
    /* A bind mount may show OUT inside IN where the check of their paths could not see it. */
    if (*item->path && exn_roots_same(&item->status, &list->roots->out_id))
        exn_error_set(&item->error, EXN_READ, 0, "the output folder");
    else if (is_backup(list, item->path))
        exn_error_set(&item->error, EXN_REFUSED, 0, "a backup of --in-place, which stays as it is");
}

static void name_entry(const exn_list *list, const exn_walk_step *step, exn_item *item)
{
    if (S_ISREG(step->mode))
        item->kind = EXN_ITEM_FILE;
    else if (S_ISLNK(step->mode))
        name_link(list, item);
    else
        name_special(item, step->mode);
}

/* Translates the walk's step into an item's kind. */
static void name_step(exn_list *list, const exn_walk_step *step, exn_item *item)
{
    switch (step->kind) {
    case EXN_WALK_FOLDER:
        name_folder(list, item, &step->status);
        break;
    case EXN_WALK_FOLDER_END:
        item->kind = EXN_ITEM_FOLDER_END;
        break;
    case EXN_WALK_ENTRY:
        name_entry(list, step, item);
        break;
    case EXN_WALK_LOOP:
        fail(item, EXN_ITEM_SKIPPED, EXN_OK, 0, "a folder that contains itself");
        break;
    case EXN_WALK_BROKEN:
        fail(item, EXN_ITEM_UNREADABLE, EXN_READ, step->reason, "cannot read the folder");
        list->everyones = true;
        break;
    default: /* it may have been a folder */
        fail(item, EXN_ITEM_UNREADABLE, EXN_READ, step->reason, "cannot access it");
        list->everyones = true;
        break;
    }
}

/* If there is no memory for a name, the list ends with an item that says so. target points into
 * path and is freed with it. */
static bool set_path(exn_list *list, exn_item *item, const char *path)
{
    item->path = strdup(path);
    if (!item->path) {
        list->finished = true;
        fail(item, EXN_ITEM_UNREADABLE, EXN_MEMORY, 0, "file name");
        return false;
    }
    item->target = exn_text_base(item->path);
    return true;
}

static void next_file(exn_list *list, exn_item *item)
{
    list->finished = true;
    item->kind = EXN_ITEM_LINK; /* a link that the user named is followed */
    if (set_path(list, item, list->roots->in_name))
        item->target = list->roots->out_name;
}

/* Whether the step is about something beside the inputs that are one run. */
static bool is_beside(const exn_list *list, const exn_walk_step *step)
{
    const exn_several *joined = list->options->joined;
    return joined && step->kind != EXN_WALK_END && step->kind != EXN_WALK_FAILED && *step->path &&
           !strchr(step->path, '/') && !exn_several_has(joined, step->path);
}

/* The next step of the walk; false at its end. */
static bool next_step(exn_list *list, exn_item *item)
{
    exn_walk_step step;
    for (exn_walk_next(list->walk, &step); is_beside(list, &step); exn_walk_next(list->walk, &step))
        if (step.kind == EXN_WALK_FOLDER)
            exn_walk_skip(list->walk);
    list->finished = step.kind == EXN_WALK_END || step.kind == EXN_WALK_FAILED;
    if (step.kind == EXN_WALK_FAILED)
        fail(item, EXN_ITEM_UNREADABLE, EXN_MEMORY, 0, "list of the folder");
    else if (step.kind != EXN_WALK_END && set_path(list, item, step.path))
        name_step(list, &step, item);
    return step.kind != EXN_WALK_END;
}

/* A common mistake: a list made outside IN, with IN's own name in front of each path. */
static const char *unfound(int reason, const char *otherwise)
{
    return reason == ENOENT ? "names in --files-from are relative to IN" : otherwise;
}

/* What a name of --files-from stands for. Unlike in a walk, a missing file is a failure: somebody
 * has asked for it. */
static void name_listed(const exn_list *list, exn_item *item)
{
    struct stat status;
    if (fstatat(list->roots->in, item->path, &status, AT_SYMLINK_NOFOLLOW) != 0)
        fail(item, EXN_ITEM_UNREADABLE, EXN_READ, errno, unfound(errno, "cannot access it"));
    else if (S_ISREG(status.st_mode))
        item->kind = EXN_ITEM_FILE;
    else if (S_ISLNK(status.st_mode))
        name_link(list, item);
    else if (S_ISDIR(status.st_mode))
        fail(item, EXN_ITEM_UNREADABLE, EXN_READ, 0, "expected a file, this is a folder");
    else
        name_special(item, status.st_mode);
}

/* With the slash: "ab/c" does not lie in "a". */
static bool is_below(const char *folder, const char *name)
{
    size_t length = strlen(folder);
    return length == 0 || (strncmp(name, folder, length) == 0 && name[length] == '/');
}

/* Goes one folder down towards the next name. Links are not followed, as in a walk. */
static void enter_listed(exn_list *list, exn_item *item, const char *name, size_t length)
{
    struct stat status = {0};
    char *folder = strndup(name, length);
    int looked = folder ? fstatat(list->roots->in, folder, &status, AT_SYMLINK_NOFOLLOW) : 0;
    if (folder && looked == 0 && S_ISDIR(status.st_mode) && set_path(list, item, folder)) {
        name_folder(list, item, &status);
        free(list->folder);
        list->folder = folder;
        return;
    }
    int reason = looked != 0 ? errno : 0;
    free(folder);
    list->next++;
    if (item->error.status == EXN_OK && set_path(list, item, name))
        fail(item, EXN_ITEM_UNREADABLE, EXN_READ, reason,
             reason ? unfound(reason, "cannot access its folder")
                    : "a parent in its path is not a folder");
}

/* Goes one folder up, also if the next name is far away. */
static void leave_listed(exn_list *list, exn_item *item)
{
    char *slash = strrchr(list->folder, '/');
    item->kind = EXN_ITEM_FOLDER_END;
    if (slash) {
        *slash = '\0';
    } else if (*list->folder) {
        *list->folder = '\0';
    } else {
        list->finished = true;
    }
}

/* Names are in the order of a walk, so each folder is entered once. Each call takes one step: it
 * leaves a folder, enters one, or gives a file, so that folders nest as in a walk. */
static void next_listed(exn_list *list, exn_item *item)
{
    if (!list->folder) {
        list->folder = strdup("");
        if (set_path(list, item, "") && list->folder)
            name_folder(list, item, &list->roots->in_id);
        list->finished = list->finished || !list->folder;
        return;
    }
    const exn_names *names = list->names;
    const char *name = list->next < names->count ? names->list[list->next] : NULL;
    if (!name || !is_below(list->folder, name)) {
        leave_listed(list, item);
        return;
    }
    size_t length = strlen(list->folder);
    const char *slash = strchr(name + length + (length > 0), '/');
    if (slash) {
        enter_listed(list, item, name, (size_t)(slash - name));
        return;
    }
    list->next++;
    if (set_path(list, item, name))
        name_listed(list, item);
}

static void skip_listed(exn_list *list)
{
    const exn_names *names = list->names;
    while (list->next < names->count && is_below(list->folder, names->list[list->next]))
        list->next++;
}

/* The next item of any shard. */
static bool next_of_all(exn_list *list, exn_item *item)
{
    *item = (exn_item){0};
    list->everyones = false;
    if (list->finished)
        return false;
    if (list->names) {
        next_listed(list, item);
        return true;
    }
    if (!list->walk) {
        next_file(list, item);
        return true;
    }
    return next_step(list, item);
}

/* Folders belong to every shard, and so do failures to list: another shard may not meet this one's.
 */
static bool is_ours(const exn_list *list, const exn_item *item)
{
    return item->kind == EXN_ITEM_FOLDER || item->kind == EXN_ITEM_FOLDER_END || !item->path ||
           list->everyones || exn_shard_has(list->options, item->path);
}

bool exn_list_next(exn_list *list, exn_item *item)
{
    while (next_of_all(list, item)) {
        if (is_ours(list, item))
            return true;
        exn_item_free(item);
    }
    return false;
}

uint64_t exn_list_count(const exn_roots *roots, const exn_names *names,
                        const exn_cli_options *options)
{
    exn_item item;
    uint64_t count = 0;
    exn_list *list = exn_list_open(roots, names, options);
    while (list && !exn_signals_caught() && exn_list_next(list, &item)) {
        count += item.kind != EXN_ITEM_FOLDER && item.kind != EXN_ITEM_FOLDER_END;
        exn_item_free(&item);
    }
    exn_list_close(list);
    return count;
}

void exn_list_skip(exn_list *list)
{
    if (list->names)
        skip_listed(list);
    else if (list->walk)
        exn_walk_skip(list->walk);
}

void exn_list_close(exn_list *list)
{
    if (!list)
        return;
    exn_walk_close(list->walk);
    free(list->folder);
    free(list);
}
