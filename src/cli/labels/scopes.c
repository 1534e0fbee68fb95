/* SPDX-License-Identifier: MIT */
#include "scopes.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"

/* A folder that has images in it, or below it. */
typedef struct folder {
    const exn_picture *image; /* one of them */
    size_t from, end;         /* of the folder's name in its path */
} folder;

/* Only of images that were rotated, and made when it is first asked for: most label files name
 * their images. */
struct exn_scopes {
    exn_picture **by_path;
    folder *by_name;
    size_t count, folders, room;
    size_t seen; /* how many images of the table, rotated or not, are in both */
};

exn_scopes *exn_scopes_new(void)
{
    return calloc(1, sizeof(exn_scopes));
}

void exn_scopes_free(exn_scopes *scopes)
{
    if (!scopes)
        return;
    free(scopes->by_path);
    free(scopes->by_name);
    free(scopes);
}

/* ---- both lists */

static int compare_paths(const void *a, const void *b)
{
    const exn_picture *const *p = a, *const *q = b;
    return strcmp((*p)->path, (*q)->path);
}

static int compare_names(const folder *f, const char *name, size_t size)
{
    const size_t own = f->end - f->from;
    const int order = memcmp(f->image->path + f->from, name, own < size ? own : size);
    return order != 0 ? order : (own > size) - (own < size);
}

static int compare_folders(const void *a, const void *b)
{
    const folder *q = b;
    return compare_names(a, q->image->path + q->from, q->end - q->from);
}

/* All folders of a path but those that it shares with the one before it in the order. */
static bool add_folders(exn_scopes *s, const exn_picture *image, const exn_picture *before)
{
    size_t shared = 0, from = 0;
    for (size_t i = 0; before && image->path[i] && image->path[i] == before->path[i]; i++)
        if (image->path[i] == '/')
            shared = i + 1;
    for (const char *slash; (slash = strchr(image->path + from, '/'));) {
        const size_t end = (size_t)(slash - image->path);
        if (end >= shared) {
            folder *list = exn_array_reserve(s->by_name, s->folders, &s->room, sizeof *list, 64);
            if (!list)
                return false;
            s->by_name = list;
            s->by_name[s->folders++] = (folder){image, from, end};
        }
        from = end + 1;
    }
    return true;
}

static bool list_folders(exn_scopes *s, size_t count)
{
    s->folders = 0;
    for (size_t i = 0; i < count; i++)
        if (!add_folders(s, s->by_path[i], i > 0 ? s->by_path[i - 1] : NULL))
            return false;
    if (s->folders > 0)
        qsort(s->by_name, s->folders, sizeof *s->by_name, compare_folders);
    return true;
}

/* Those that came since the last time are known by their numbers. False: out of memory; then all
 * are taken again the next time. */
static bool settle(exn_scopes *s, exn_picture *const *images, size_t count)
{
    const size_t more = count - s->seen;
    if (more == 0)
        return true;
    exn_picture **list = reallocarray(s->by_path, s->count + more, sizeof *list);
    exn_picture **scratch = calloc(more, sizeof *scratch);
    size_t rotated = s->count;
    s->by_path = list ? list : s->by_path;
    bool done = list && scratch;
    for (size_t i = 0; i < count && done; i++)
        if (images[i]->number >= s->seen && exn_picture_is_rotated(&images[i]->turn))
            list[rotated++] = images[i];
    if (done)
        exn_array_merge(list, s->count, rotated, sizeof *list, scratch, compare_paths);
    free(scratch);
    done = done && list_folders(s, rotated);
    s->count = done ? rotated : 0;
    s->seen = done ? count : 0;
    return done;
}

/* ---- search */

static const exn_picture *find_below(const exn_scopes *s, const char *folder, size_t size)
{
    size_t low = 0, high = s->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (strncmp(s->by_path[middle]->path, folder, size) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    const bool is_there = low < s->count && strncmp(s->by_path[low]->path, folder, size) == 0;
    return is_there ? s->by_path[low] : NULL;
}

static const exn_picture *find_named(const exn_scopes *s, const char *name, size_t size)
{
    size_t low = 0, high = s->folders;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare_names(&s->by_name[middle], name, size) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    const bool is_there = low < s->folders && compare_names(&s->by_name[low], name, size) == 0;
    return is_there ? s->by_name[low].image : NULL;
}

/* Words in names of what is about all images of a folder: GOT-10k's groundtruth.txt, CUB's
 * bounding_boxes.txt and parts/part_locs.txt. */
static bool is_word_of_labels(const char *text, size_t size)
{
    static const char *const anywhere[] = {"groundtruth", "ground_truth", "label",      "annot",
                                           "bbox",        "boxes",        "bounding",   "landmark",
                                           "keypoint",    "polygon",      "detections", "metadata",
                                           NULL},
                             *const in_front[] = {"gt", "anno", "ann", "det", "part", NULL};
    return exn_text_has_word(text, size, anywhere, in_front);
}

/* A name with a number is that of one of many files, each of its own image: gt_img_7.txt. A folder
 * that has such a word in its name has labels in it, and its images are beside it. */
static const exn_picture *find_in_folders(const exn_scopes *s, const char *path)
{
    const char *base = exn_text_base(path);
    const size_t stem = exn_text_stem_size(base);
    const exn_picture *found = stem > 0 ? find_named(s, base, stem) : NULL;
    if (found || strcspn(base, "0123456789") < stem || !is_word_of_labels(base, stem))
        return found;
    size_t size = (size_t)(base - path);
    found = find_below(s, path, size);
    while (!found && size > 0) {
        const size_t end = size--;
        while (size > 0 && path[size - 1] != '/')
            size--;
        if (!is_word_of_labels(path + size, end - size - 1))
            break;
        found = find_below(s, path, size);
    }
    return found;
}

/* Without memory any image is doubt enough. */
const exn_picture *exn_scopes_find(exn_scopes *scopes, exn_picture *const *images, size_t count,
                                   const char *path)
{
    if (scopes && settle(scopes, images, count))
        return path ? find_in_folders(scopes, path) : scopes->count > 0 ? scopes->by_path[0] : NULL;
    for (size_t i = 0; i < count; i++)
        if (exn_picture_is_rotated(&images[i]->turn))
            return images[i];
    return NULL;
}
