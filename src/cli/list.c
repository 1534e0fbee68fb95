#include "list.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>

struct exn_list {
    const exn_roots *roots;
    FTS *walk;       /* NULL: file to file */
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

exn_list *exn_list_open(const exn_roots *roots, const char *path)
{
    exn_list *list = calloc(1, sizeof *list);
    if (!list)
        return NULL;
    list->roots = roots;
    if (!roots->folder)
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

static void name_folder(const exn_list *list, exn_item *item)
{
    item->kind = EXN_ITEM_FOLDER;
    item->status = *list->entry->fts_statp;
    /* A bind mount may show OUT inside IN where the check of their paths could not see it. */
    if (list->entry->fts_level > 0 && exn_roots_same(&item->status, &list->roots->out_id))
        exn_item_fail(&item->error, EXN_READ, 0, "this is the output folder");
}

/* Turns fts's word for an entry into an item's kind. */
static void name_entry(exn_list *list, exn_item *item)
{
    const FTSENT *entry = list->entry;
    switch (entry->fts_info) {
    case FTS_D:
        name_folder(list, item);
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

bool exn_list_next(exn_list *list, exn_item *item)
{
    *item = (exn_item){0};
    if (list->finished)
        return false;
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

void exn_list_skip(exn_list *list)
{
    if (list->walk && list->entry)
        fts_set(list->walk, list->entry, FTS_SKIP);
}

void exn_list_close(exn_list *list)
{
    if (!list)
        return;
    if (list->walk)
        fts_close(list->walk);
    free(list);
}
