#include "list.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>

#include "shard.h"

struct exn_list {
    const exn_roots *roots;
    const exn_cli_options *options;
    const exn_names *names; /* NULL: what is there */
    size_t next;            /* of the names */
    char *folder;    /* of the names, where the list is, "" being IN; NULL: before or after */
    FTS *walk;       /* NULL: file to file, or by names */
    FTSENT *entry;   /* the last one; it belongs to walk */
    size_t root;     /* bytes of IN in front of every path */
    bool end_folder; /* an unreadable folder was given, its end is still to come */
    bool finished;
};

/* strcmp compares bytes as unsigned char whatever the locale (C11 7.24.4). */
static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

exn_list *exn_list_open(const exn_roots *roots, const char *path, const exn_names *names,
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
    list->root = strlen(path);
    char *paths[] = {(char *)(uintptr_t)path, NULL}; /* fts does not write to it */
    list->walk = fts_open(paths, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
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
    exn_item_fail(&item->error, status, sys_errno, "%s", why);
}

/* A thing that is neither file, folder nor link. Opening a FIFO could wait for ever, a device could
 * do anything. */
static void name_special(exn_item *item, mode_t mode)
{
    fail(item, EXN_ITEM_SKIPPED, EXN_OK, 0,
         S_ISFIFO(mode)   ? "a fifo"
         : S_ISSOCK(mode) ? "a socket"
         : S_ISBLK(mode)  ? "a block device"
         : S_ISCHR(mode)  ? "a character device"
                          : "no file");
}

/* Looks through a link, once: what it leads to decides. */
static void name_link(const exn_list *list, exn_item *item)
{
    struct stat status;
    if (fstatat(list->roots->in, item->path, &status, 0) != 0) {
        if (errno == ELOOP)
            fail(item, EXN_ITEM_SKIPPED, EXN_OK, 0, "a link in a loop");
        else
            fail(item, EXN_ITEM_UNREADABLE, EXN_READ, errno == ENOENT ? 0 : errno,
                 errno == ENOENT ? "a dangling link" : "a link that cannot be followed");
    } else if (S_ISREG(status.st_mode)) {
        item->kind = EXN_ITEM_LINK;
    } else if (S_ISDIR(status.st_mode)) {
        fail(item, EXN_ITEM_SKIPPED, EXN_OK, 0, "a link to a folder");
    } else {
        name_special(item, status.st_mode);
    }
}

static void name_folder(const exn_list *list, exn_item *item, const struct stat *status)
{
    item->kind = EXN_ITEM_FOLDER;
    item->status = *status;
    /* A bind mount may show OUT inside IN where the check of their paths could not see it. */
    if (*item->path && exn_roots_same(&item->status, &list->roots->out_id))
        exn_item_fail(&item->error, EXN_READ, 0, "this is the output folder");
}

/* Turns fts's word for an entry into an item's kind. */
static void name_entry(exn_list *list, exn_item *item)
{
    const FTSENT *entry = list->entry;
    switch (entry->fts_info) {
    case FTS_D:
        name_folder(list, item, entry->fts_statp);
        break;
    case FTS_DP:
        item->kind = EXN_ITEM_FOLDER_END;
        break;
    case FTS_F:
        item->kind = EXN_ITEM_FILE;
        break;
    case FTS_SL:
    case FTS_SLNONE:
        name_link(list, item);
        break;
    case FTS_DEFAULT:
        name_special(item, entry->fts_statp->st_mode);
        break;
    case FTS_DC:
        fail(item, EXN_ITEM_SKIPPED, EXN_OK, 0, "a folder that contains itself");
        break;
    case FTS_DNR: /* comes where FTS_DP would have come */
        fail(item, EXN_ITEM_UNREADABLE, EXN_READ, entry->fts_errno, "cannot read the folder");
        list->end_folder = true;
        break;
    default:
        fail(item, EXN_ITEM_UNREADABLE, EXN_READ, entry->fts_errno, "cannot look at it");
        break;
    }
}

/* Without room for a name the list ends, and says so by its last item. */
static bool set_path(exn_list *list, exn_item *item, const char *path)
{
    item->path = strdup(path);
    if (!item->path) {
        list->finished = true;
        fail(item, EXN_ITEM_UNREADABLE, EXN_MEMORY, 0, "no room for its name");
        return false;
    }
    const char *slash = strrchr(item->path, '/');
    item->target = slash ? slash + 1 : item->path;
    return true;
}

static void next_file(exn_list *list, exn_item *item)
{
    list->finished = true;
    item->kind = EXN_ITEM_LINK; /* a link that the user named is followed */
    if (set_path(list, item, list->roots->in_name))
        item->target = list->roots->out_name;
}

static void next_entry(exn_list *list, exn_item *item)
{
    const char *path = list->entry->fts_path + list->root;
    if (set_path(list, item, *path == '/' ? path + 1 : path))
        name_entry(list, item);
}

/* What a name of --files-from stands for. */
static void name_listed(const exn_list *list, exn_item *item)
{
    struct stat status;
    if (fstatat(list->roots->in, item->path, &status, AT_SYMLINK_NOFOLLOW) != 0)
        fail(item, EXN_ITEM_UNREADABLE, EXN_READ, errno, "cannot look at it");
    else if (S_ISREG(status.st_mode))
        item->kind = EXN_ITEM_FILE;
    else if (S_ISLNK(status.st_mode))
        name_link(list, item);
    else if (S_ISDIR(status.st_mode))
        fail(item, EXN_ITEM_UNREADABLE, EXN_READ, 0, "it is a folder, files are wanted");
    else
        name_special(item, status.st_mode);
}

static bool is_below(const char *folder, const char *name)
{
    size_t length = strlen(folder);
    return length == 0 || (strncmp(name, folder, length) == 0 && name[length] == '/');
}

/* Goes down to the next name's folder, one step. Links are not followed, as in a walk. */
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
             reason ? "cannot look at its folder" : "what should be its folder is none");
}

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

/* The names come as a walk would meet them, so a folder is entered once. */
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

/* Everything, also what is another shard's. */
static bool next_of_all(exn_list *list, exn_item *item)
{
    *item = (exn_item){0};
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
    if (list->end_folder) {
        list->end_folder = false;
        item->kind = EXN_ITEM_FOLDER_END;
        return true;
    }
    errno = 0;
    list->entry = fts_read(list->walk);
    if (list->entry) {
        next_entry(list, item);
        return true;
    }
    list->finished = true;
    if (errno == 0)
        return false;
    fail(item, EXN_ITEM_UNREADABLE, EXN_READ, errno, "cannot list the folder to its end");
    return true;
}

/* A folder is every shard's; so is a failure to list that has no name. */
static bool is_ours(const exn_list *list, const exn_item *item)
{
    return item->kind == EXN_ITEM_FOLDER || item->kind == EXN_ITEM_FOLDER_END || !item->path ||
           exn_shard_has(list->options->shard, list->options->shards, item->path);
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

void exn_list_skip(exn_list *list)
{
    if (list->names)
        skip_listed(list);
    else if (list->walk && list->entry)
        fts_set(list->walk, list->entry, FTS_SKIP);
}

void exn_list_close(exn_list *list)
{
    if (!list)
        return;
    if (list->walk)
        fts_close(list->walk);
    free(list->folder);
    free(list);
}
