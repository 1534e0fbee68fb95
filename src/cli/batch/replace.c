/* SPDX-License-Identifier: MIT */
#include "replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "list/sidecar.h"
#include "write/backup.h"

static bool refuse(exn_entry *entry, const char *why)
{
    exn_error_set(&entry->item.error, EXN_REFUSED, 0, "--in-place: %s", why);
    return false;
}

/* An image and its sidecar cannot change at the same moment, and after a kill in between there
 * would be no telling that one of them still has to change. */
bool exn_batch_replace_may(const exn_batch *batch, exn_entry *entry)
{
    const uid_t user = geteuid();
    if ((entry->before.st_mode & 0222) == 0)
        return refuse(entry, "the file is read-only; to have it changed, chmod u+w");
    if (user != 0 && entry->before.st_uid != user)
        return refuse(entry, "the file belongs to another user");
    if (exn_sidecar_has(batch->options, exn_batch_entry_folder(entry), entry->item.target))
        return refuse(entry, "its sidecar would have to change with it; use IN and OUT, or "
                             "--sidecars=copy");
    return true;
}

exn_status exn_batch_replace_keep(const exn_batch *batch, exn_entry *entry, exn_error *error)
{
    struct stat now, output;
    const int folder = exn_batch_entry_folder(entry);
    const exn_roots *roots = batch->roots;
    char *path = NULL;
    if (fstatat(folder, entry->item.target, &now, AT_SYMLINK_NOFOLLOW) != 0 ||
        !exn_roots_same(&now, &entry->before) || !exn_item_same(&now, &entry->before))
        return exn_error_set(error, EXN_READ, 0, "the source changed while it was read");
    if (!batch->options->originals)
        return EXN_OK;
    if (fstatat(folder, entry->target.temp, &output, AT_SYMLINK_NOFOLLOW) != 0)
        return exn_error_set(error, EXN_WRITE, errno, "cannot access the temporary file");
    if (asprintf(&path, "%s%s%s", roots->real + 1, roots->folder ? "/" : "",
                 roots->folder ? entry->item.path : "") < 0)
        return exn_error_set(error, EXN_MEMORY, 0, "file name");
    exn_backup_keep(batch->options->originals, path, folder, entry->item.target, &entry->before,
                    &output, error);
    free(path);
    return error->status;
}
