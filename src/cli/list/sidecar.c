/* SPDX-License-Identifier: MIT */
#include "sidecar.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/array.h"
#include "base/error.h"
#include "base/text.h"
#include "roots.h"

static const char ending[] = ".xmp";

/* The pictures that a sidecar may belong to, including cameras' raw files. Sorted. */
static const char *const pictures[] = {
    "3fr", "arw", "avif", "bay", "bmp", "braw", "cr2",  "cr3",  "crw", "dcr",
    "dng", "erf", "fff",  "gif", "gpr", "heic", "heif", "hif",  "iiq", "jfif",
    "jp2", "jpe", "jpeg", "jpg", "jxl", "k25",  "kdc",  "mef",  "mos", "mrw",
    "nef", "nrw", "orf",  "pef", "png", "psb",  "psd",  "ptx",  "raf", "raw",
    "rw2", "rwl", "sr2",  "srf", "srw", "tif",  "tiff", "webp", "x3f",
};

static int by_ending(const void *a, const void *b)
{
    return strcasecmp(a, *(const char *const *)b);
}

/* "._a.jpg" is AppleDouble: attributes of a.jpg that macOS cannot store in the file system. */
static bool is_picture(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && dot > name && strncmp(name, "._", 2) != 0 &&
           bsearch(dot + 1, pictures, sizeof pictures / sizeof pictures[0], sizeof pictures[0],
                   by_ending);
}

/* ".xmp" alone is a hidden file, not a sidecar. */
bool exn_sidecar_is(const exn_cli_options *options, const char *path)
{
    const char *name = exn_text_base(path);
    size_t length = strlen(name), n = strlen(ending);
    return !options->copy_sidecars && !options->in_place && length > n &&
           strcasecmp(name + length - n, ending) == 0 && strncmp(name, "._", 2) != 0;
}

/* The other way round, from the image to its sidecar: a.jpg.xmp or a.xmp, in the two spellings that
 * programs write. */
bool exn_sidecar_has(const exn_cli_options *options, int folder, const char *name)
{
    const char *const endings[] = {".xmp", ".XMP"};
    const char *dot = strrchr(name, '.');
    const size_t lengths[] = {strlen(name), dot ? (size_t)(dot - name) : strlen(name)};
    char path[NAME_MAX + 8];
    struct stat status;
    for (size_t i = 0; i < 4 && !options->copy_sidecars; i++) {
        snprintf(path, sizeof path, "%.*s%s", (int)lengths[i / 2], name, endings[i % 2]);
        if (fstatat(folder, path, &status, 0) == 0)
            return true;
    }
    return false;
}

/* ---- a folder's pictures */

/* Forgets the folder; failed images and their key stay for the whole run. */
static void forget(exn_sidecars *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->pictures[i]);
    free(s->pictures);
    free(s->folder);
    *s = (exn_sidecars){.failed = s->failed, .key = s->key};
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A name is counted only if it could be copied, so that forget() frees what there is. */
static bool add(exn_sidecars *s, size_t *room, const char *name)
{
    char **list = exn_array_reserve(s->pictures, s->count, room, sizeof *list, 64);
    if (!list)
        return false;
    s->pictures = list;
    s->pictures[s->count] = strdup(name);
    return s->pictures[s->count] && ++s->count;
}

/* Only errno tells an error of readdir(3) from the end. DT_UNKNOWN may be a file and stays; if it
 * is a folder, it is refused when they are paired. */
static exn_status read_names(exn_sidecars *s, DIR *folder, exn_error *error)
{
    size_t room = 0;
    const struct dirent *entry;
    while ((errno = 0, entry = readdir(folder)))
        if (entry->d_type != DT_DIR && is_picture(entry->d_name) && !add(s, &room, entry->d_name))
            return exn_error_set(error, EXN_MEMORY, 0, "names in its folder");
    if (errno != 0)
        return exn_error_set(error, EXN_READ, errno, "cannot list its folder");
    if (s->count > 0)
        qsort(s->pictures, s->count, sizeof *s->pictures, by_name);
    return EXN_OK;
}

/* Lists the folder of path, unless it is the one that was listed last. A walk goes through one
 * folder at a time, so remembering one is enough, and memory does not grow with the tree. */
static exn_status list(exn_sidecars *s, int in, const char *path, exn_error *error)
{
    size_t length = (size_t)(exn_text_base(path) - path);
    if (s->folder && strlen(s->folder) == length && memcmp(s->folder, path, length) == 0)
        return EXN_OK;
    forget(s);
    s->folder = strndup(path, length);
    if (!s->folder)
        return exn_error_set(error, EXN_MEMORY, 0, "folder name");
    int fd = openat(in, length ? s->folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    exn_status status = folder ? read_names(s, folder, error)
                               : exn_error_set(error, EXN_READ, errno, "cannot list its folder");
    if (folder)
        closedir(folder);
    else if (fd >= 0)
        close(fd);
    if (status != EXN_OK)
        forget(s);
    return status;
}

/* ---- pairs */

/* The index of the first picture that does not sort before name. */
static size_t first_from(const exn_sidecars *s, const char *name)
{
    size_t low = 0, high = s->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(s->pictures[middle], name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The picture of this name or, failing that, the only one of this name and an ending. NULL: none,
 * or *several. name is the sidecar's without its ending, with space for a dot. Names are compared
 * byte by byte: A.jpg and a.jpg are two pictures here. */
static const char *choose(const exn_sidecars *s, char *name, bool *several)
{
    size_t length = strlen(name), i = first_from(s, name);
    const char *found = NULL;
    *several = false;
    if (i < s->count && strcmp(s->pictures[i], name) == 0)
        return s->pictures[i];
    name[length++] = '.';
    name[length] = '\0';
    for (i = first_from(s, name); i < s->count && strncmp(s->pictures[i], name, length) == 0; i++) {
        if (strchr(s->pictures[i] + length, '.'))
            continue;
        *several = found != NULL;
        found = s->pictures[i];
        if (*several)
            return NULL;
    }
    return found;
}

/* The image is followed through a link, as an item of that name would be. */
exn_status exn_sidecar_pair(exn_sidecars *sidecars, int in, exn_item *item)
{
    const char *name = exn_text_base(item->path);
    bool several;
    if (list(sidecars, in, item->path, &item->error) != EXN_OK)
        return item->error.status;
    char *stem = strdup(name);
    if (!stem)
        return exn_error_set(&item->error, EXN_MEMORY, 0, "file name");
    stem[strlen(stem) - strlen(ending)] = '\0';
    const char *image = choose(sidecars, stem, &several);
    free(stem);
    item->owner = several ? EXN_OWNER_SEVERAL : image ? EXN_OWNER_ONE : EXN_OWNER_NONE;
    if (!image)
        return EXN_OK;
    if (asprintf(&item->image, "%s%s", sidecars->folder, image) < 0) {
        item->image = NULL;
        return exn_error_set(&item->error, EXN_MEMORY, 0, "image name");
    }
    return fstatat(in, item->image, &item->status, 0) == 0 && S_ISREG(item->status.st_mode)
               ? EXN_OK
               : exn_error_set(&item->error, EXN_READ, 0, "its image cannot be read");
}

/* Compares inode, size and time: the orientation that is read has to be that of the image that was
 * paired. */
int exn_sidecar_open(exn_item *item, int in)
{
    struct stat now;
    int fd = openat(in, item->image, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &now) != 0) {
        exn_error_set(&item->error, EXN_READ, errno, "cannot open its image");
    } else if (!S_ISREG(now.st_mode) || !exn_roots_same(&now, &item->status) ||
               !exn_item_same(&now, &item->status)) {
        exn_error_set(&item->error, EXN_READ, 0, "its image has changed in the meantime");
    } else {
        item->status = now;
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

static int by_number(const void *a, const void *b)
{
    const uint64_t *p = a, *q = b;
    return (*p > *q) - (*p < *q);
}

/* Keeps hashes and not paths, since a run may have a million failures. If two paths have one hash
 * by chance, a sidecar fails that need not, and is reported. */
bool exn_sidecar_note_failed(exn_sidecars *sidecars, const char *image)
{
    if (!sidecars->failed)
        sidecars->key = exn_siphash_new_key();
    uint64_t *hash = malloc(sizeof *hash);
    if (hash)
        *hash = exn_siphash(&sidecars->key, image, strlen(image));
    uint64_t **found = hash ? tsearch(hash, &sidecars->failed, by_number) : NULL;
    if (!found || *found != hash)
        free(hash);
    return found != NULL;
}

bool exn_sidecar_failed(const exn_sidecars *sidecars, const char *image)
{
    uint64_t hash = exn_siphash(&sidecars->key, image, strlen(image));
    return tfind(&hash, &sidecars->failed, by_number) != NULL;
}

void exn_sidecar_close(exn_sidecars *sidecars)
{
    forget(sidecars);
    tdestroy(sidecars->failed, free);
    sidecars->failed = NULL;
}
