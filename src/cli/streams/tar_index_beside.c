/* SPDX-License-Identifier: MIT */
#include "tar_index_beside.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "index_text.h"
#include "index_wids.h"
#include "tar_index.h"

/* Whether it is a wids index. *speaks: whether it names an archive of this name. */
static bool is_wids(int source, const char *archive, bool *speaks)
{
    exn_error ignored = {0};
    exn_index_text text = exn_index_text_read(source, &ignored);
    exn_wids wids = {0};
    const bool is = text.data && exn_index_wids_is(text.data, text.size);
    *speaks = false;
    if (is && exn_index_wids_read(&wids, text.data, text.size, &ignored))
        for (size_t i = 0; i < wids.count; i++) {
            const char *url = wids.shards[i].url;
            *speaks = *speaks || strcmp(url + exn_text_folder_size(url), archive) == 0;
        }
    exn_index_wids_free(&wids);
    exn_index_text_free(&text);
    return is;
}

/* If a file has only part of the archive's name, its content decides; if it has the whole name,
 * that is enough. */
static bool is_of(exn_tar_index *index, const char *path, const char *archive, int source)
{
    const char *base = archive + exn_text_folder_size(archive);
    size_t count;
    bool speaks;
    exn_error why = {0};
    int product;
    if (!exn_tar_index_looks(path, source))
        return false;
    if (is_wids(source, base, &speaks))
        return speaks;
    exn_tar_index_seen_find(index, path, &count);
    if (count == 0)
        return false;
    switch (exn_tar_index_edit(index, path, source, &product, &why)) {
    case EXN_TAR_INDEX_EDITED:
        return true;
    case EXN_TAR_INDEX_STALE:
        return exn_tar_index_seen_named(path, archive);
    default:
        return false;
    }
}

/* O_NONBLOCK and O_NOCTTY, so that a FIFO or a terminal of that name cannot make the run wait; only
 * a regular file counts. */
static bool is_index(exn_tar_index *index, const char *path, const char *archive)
{
    struct stat status;
    int source = openat(index->roots->in, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (source < 0)
        return false;
    bool is = fstat(source, &status) == 0 && S_ISREG(status.st_mode) &&
              is_of(index, path, archive, source);
    close(source);
    return is;
}

/* Writes the quoted names of all of them. If the folder cannot be read completely, the warning
 * names fewer; that never stops the run. */
static void name_them(exn_tar_index *index, DIR *folder, const char *archive, FILE *to)
{
    const char *gap = "";
    const struct dirent *entry;
    const int length = (int)exn_text_folder_size(archive);
    while ((entry = readdir(folder))) {
        char *path = NULL;
        if (!exn_tar_index_named(entry->d_name) ||
            asprintf(&path, "%.*s%s", length, archive, entry->d_name) < 0)
            continue;
        if (is_index(index, path, archive)) {
            fputs(gap, to);
            exn_text_quote(to, "", path);
            gap = ", ";
        }
        free(path);
    }
}

/* fdopendir(3) takes over the descriptor only if it succeeds. */
static DIR *open_folder(const exn_roots *roots, const char *archive)
{
    const size_t length = exn_text_folder_size(archive);
    char *path = length ? strndup(archive, length) : strdup(".");
    int fd = path ? openat(roots->in, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    if (fd >= 0 && !folder)
        close(fd);
    free(path);
    return folder;
}

/* Judges files as in a run over two folders that has only this archive. Nothing is written here, so
 * an index that could be edited is as stale as one that could not. */
void exn_tar_index_beside_tell(const exn_roots *roots, exn_item *archive, int out)
{
    struct stat made;
    char *names = NULL;
    size_t size = 0;
    exn_tar_index index = {.roots = roots, .dry_run = true}; /* the output has no name yet */
    exn_tar_seen *seen = exn_tar_index_seen_add(&index, archive->path);
    DIR *folder = seen ? open_folder(roots, archive->path) : NULL;
    FILE *to = folder ? open_memstream(&names, &size) : NULL;
    if (to) {
        seen->changed = true;
        name_them(&index, folder, archive->path, to);
    }
    if (to && fclose(to) == 0 && size > 0) {
        archive->result.outcome = EXN_OUTCOME_METADATA;
        archive->result.method = EXN_METHOD_EDIT;
        archive->result.warnings |= 1u << EXN_WARN_INDEX_STALE;
        if (out >= 0 && fstat(out, &made) == 0)
            archive->bytes_out = (uint64_t)made.st_size;
        snprintf(archive->error.detail, sizeof archive->error.detail, "%s", names);
    }
    free(names);
    if (folder)
        closedir(folder);
    exn_tar_index_seen_free(&index);
}
