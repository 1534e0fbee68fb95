/* SPDX-License-Identifier: MIT */
#include "pictures.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/text.h"

/* Paths are offsets until they are settled, since texts moves as it grows. A data set may have
 * millions of images: one text and one record each, in two blocks that grow by doubling, and no
 * allocation of its own. */
bool exn_pictures_add(exn_pictures *pictures, const char *path, const exn_result *result)
{
    const size_t length = strlen(path) + 1;
    char *texts = exn_array_reserve_text(pictures->texts, pictures->size, &pictures->room, length);
    if (!texts)
        return false;
    pictures->texts = texts;
    exn_picture *list =
        exn_array_reserve(pictures->list, pictures->count, &pictures->list_room, sizeof *list, 256);
    if (!list)
        return false;
    pictures->list = list;
    memcpy(pictures->texts + pictures->size, path, length);
    pictures->list[pictures->count++] = (exn_picture){
        .path = (const char *)(uintptr_t)pictures->size, /* NOLINT(performance-no-int-to-ptr) */
        .turn = {.format = (uint8_t)result->format,
                 .outcome = (uint8_t)result->outcome,
                 .orientation = (uint8_t)result->orientation,
                 .given = (uint8_t)result->orientation_given,
                 .transform = (uint8_t)result->transform,
                 .made = (uint8_t)result->format_out,
                 .width_in = result->width_in,
                 .height_in = result->height_in,
                 .width_out = result->width_out,
                 .height_out = result->height_out}};
    pictures->size += length;
    return true;
}

void exn_pictures_set_bytes(exn_pictures *pictures, uint64_t bytes_in, uint64_t bytes_out)
{
    pictures->list[pictures->count - 1].bytes_in = bytes_in;
    pictures->list[pictures->count - 1].bytes_out = bytes_out;
}

/* The library judges and moves by an exn_result; of one only these fields count there. */
exn_result exn_pictures_result(const exn_picture *picture)
{
    exn_result result;
    const exn_turn *turn = &picture->turn;
    exn_result_init(&result, sizeof result);
    result.format = turn->format;
    result.outcome = turn->outcome;
    result.orientation = turn->orientation;
    result.orientation_given = turn->given;
    result.transform = turn->transform;
    result.format_out = turn->made;
    result.width_in = turn->width_in;
    result.height_in = turn->height_in;
    result.width_out = turn->width_out;
    result.height_out = turn->height_out;
    return result;
}

/* Neither is rotated: whichever of them is meant, its labels stay as they are. */
static bool is_same_to_labels(const exn_picture *a, const exn_picture *b)
{
    for (const exn_picture *p = a;; p = b) {
        const exn_turn *turn = &p->turn;
        if ((turn->given ? turn->given : turn->orientation) > 1 || turn->transform != 0 ||
            turn->outcome == EXN_OUTCOME_FAILED || turn->outcome == EXN_OUTCOME_UNSUPPORTED)
            return false;
        if (p == b)
            return a->turn.made == b->turn.made;
    }
}

/* ---- order: from the end of a path, so that all of one name, or of one name in one folder, lie
 * side by side */

/* Bytes are compared unsigned, as strcmp(3) does: a name may be in any encoding. A path that is the
 * end of another comes first. With 1.jpg, a-1.jpg, a/1.jpg, b/1.jpg and 11.jpg, in this order, all
 * that could be meant by 1.jpg is 1.jpg itself and a run of those in folders. */
static int compare_ends(const char *a, size_t m, const char *b, size_t n)
{
    while (m > 0 && n > 0 && a[m - 1] == b[n - 1])
        m--, n--;
    if (m == 0 || n == 0)
        return (m > 0) - (n > 0);
    return (int)(unsigned char)a[m - 1] - (int)(unsigned char)b[n - 1];
}

static int by_end(const void *a, const void *b)
{
    const exn_picture *p = a, *q = b;
    return compare_ends(p->path, strlen(p->path), q->path, strlen(q->path));
}

/* ---- stems: a path without its ending, in the folder of its labels */

/* The path as Ultralytics would have it, which is that of the whole file: with a slash in front.
 * Where the last "/images/" is, as an offset of the word; SIZE_MAX: there is none. A folder
 * "my-images" is none: the word has to begin the path, or a folder's name. */
static size_t find_images(const char *path)
{
    static const char word[] = "images/";
    const size_t length = sizeof word - 1;
    size_t found = SIZE_MAX;
    for (size_t i = 0; path[i]; i++)
        if ((i == 0 || path[i - 1] == '/') && strncmp(path + i, word, length) == 0)
            found = i;
    return found;
}

/* A character of the stem of an image's labels: "images" and "labels" are as long. So no path has
 * to be copied to be compared with a label file's. */
static int at_stem(const char *path, size_t images, size_t i)
{
    static const char labels[] = "labels";
    const bool in_word = i >= images && i - images < sizeof labels - 1;
    return (unsigned char)(in_word ? labels[i - images] : path[i]);
}

/* images: the offset of the word, or SIZE_MAX for a label file, whose path is one of labels
 * already. */
static int compare_stems(const char *a, size_t a_images, const char *b, size_t b_images)
{
    const size_t m = exn_text_stem_size(a), n = exn_text_stem_size(b);
    for (size_t i = 0; i < m && i < n; i++) {
        const int x = at_stem(a, a_images, i), y = at_stem(b, b_images, i);
        if (x != y)
            return x - y;
    }
    return (m > n) - (m < n);
}

/* qsort(3) may leave equal ones in any order: find_stem() takes any of those that are the same to
 * labels, and none of others. */
static int by_stem(const void *a, const void *b)
{
    const exn_picture *const *p = a, *const *q = b;
    return compare_stems((*p)->path, find_images((*p)->path), (*q)->path, find_images((*q)->path));
}

/* Both orders are made once, as each label file asks by one of them, and some name a million
 * images. Once only: a second time would take pointers for offsets. From here on nothing can be
 * added, as list points into texts, and by_stem into list. */
bool exn_pictures_settle(exn_pictures *pictures)
{
    pictures->by_stem = calloc(pictures->count + 1, sizeof *pictures->by_stem);
    if (!pictures->by_stem)
        return false; /* as it was: it may be tried again */
    for (size_t i = 0; i < pictures->count; i++)
        pictures->list[i].path = pictures->texts + (uintptr_t)pictures->list[i].path;
    if (pictures->count > 0) /* qsort(3) takes no NULL, not even for nothing */
        qsort(pictures->list, pictures->count, sizeof *pictures->list, by_end);
    for (size_t i = 0; i < pictures->count; i++)
        pictures->by_stem[i] = &pictures->list[i];
    qsort(pictures->by_stem, pictures->count, sizeof(void *), by_stem);
    return true;
}

/* Bisection to the first of that stem; a second one, such as a.jpg beside a.png, makes it nobody's.
 */
static exn_match find_stem(const exn_pictures *pictures, const char *path,
                           const exn_picture **found)
{
    size_t low = 0, high = pictures->count;
    *found = NULL;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const char *other = pictures->by_stem[middle]->path;
        if (compare_stems(other, find_images(other), path, SIZE_MAX) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    size_t end = low;
    for (; end < pictures->count; end++) {
        const char *other = pictures->by_stem[end]->path;
        if (compare_stems(other, find_images(other), path, SIZE_MAX) != 0)
            break;
        *found = pictures->by_stem[low];
        if (end > low && !is_same_to_labels(*found, pictures->by_stem[end]))
            return EXN_MATCH_SEVERAL;
    }
    return end == low ? EXN_MATCH_NONE : EXN_MATCH_ONE;
}

/* ---- names */

/* At a folder's border: "a.jpg" is not the end of "aa.jpg". */
static bool ends_with(const char *path, const char *end, size_t size)
{
    const size_t length = strlen(path);
    return length >= size && memcmp(path + length - size, end, size) == 0 &&
           (length == size || path[length - size - 1] == '/');
}

bool exn_pictures_bears(const exn_picture *picture, const char *name)
{
    return ends_with(picture->path, name, strlen(name));
}

/* How many bytes of whole folders both paths begin with. Nearness: a label file is more likely to
 * mean the image of its own part of the tree. */
static size_t shared_folders(const char *a, const char *b)
{
    size_t shared = 0;
    for (size_t i = 0; a[i] && a[i] == b[i]; i++)
        if (a[i] == '/')
            shared = i + 1;
    return shared;
}

/* Whether a path, read from its end, comes before a name; or, under, before a slash and the name.
 */
static bool is_before(const char *path, const char *name, size_t size, bool under)
{
    const size_t length = strlen(path);
    if (under && length >= size && memcmp(path + length - size, name, size) == 0)
        return length == size || (unsigned char)path[length - size - 1] < '/';
    return compare_ends(path, length, name, size) < 0;
}

/* The first image whose path does not. */
static size_t first_from(const exn_pictures *pictures, const char *name, size_t size, bool under)
{
    size_t low = 0, high = pictures->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (is_before(pictures->list[middle].path, name, size, under))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool exn_pictures_has_twins(const exn_pictures *pictures)
{
    for (size_t i = 1; i < pictures->count; i++) {
        const exn_picture *a = &pictures->list[i - 1], *b = &pictures->list[i];
        if (strcmp(a->path, b->path) == 0 && memcmp(&a->turn, &b->turn, sizeof a->turn) != 0)
            return true;
    }
    return false;
}

const exn_picture *exn_pictures_at(const exn_pictures *pictures, const char *path)
{
    const size_t at = first_from(pictures, path, strlen(path), false);
    return at < pictures->count && strcmp(pictures->list[at].path, path) == 0 ? &pictures->list[at]
                                                                              : NULL;
}

/* Where numbers have no zeros in front, thousands of names end like 1.jpg: they are not looked at.
 */
const exn_picture *exn_pictures_next(const exn_pictures *pictures, const char *name, size_t *at)
{
    const size_t size = strlen(name);
    *at = *at == SIZE_MAX ? first_from(pictures, name, size, false) : *at + 1;
    if (*at < pictures->count && !ends_with(pictures->list[*at].path, name, size)) {
        const size_t folders = first_from(pictures, name, size, true);
        *at = folders > *at ? folders : *at;
    }
    return *at < pictures->count && ends_with(pictures->list[*at].path, name, size)
               ? &pictures->list[*at]
               : NULL;
}

/* Of the images of this end the nearest to the label file, if it is one alone; in the label file's
 * own folder it is. Thousands of one name could be far apart, and each be asked for: then nobody
 * says which is meant. */
static exn_match find_end(const exn_pictures *pictures, const char *label, const char *end,
                          const exn_picture **found)
{
    enum { MOST = 4096 };
    const size_t folder = exn_text_folder_size(label), size = strlen(end);
    size_t best = 0, count = 0, seen = 0, at = SIZE_MAX;
    const exn_picture *picture;
    *found = NULL;
    for (; seen < MOST && (picture = exn_pictures_next(pictures, end, &at)); seen++) {
        const size_t shared = shared_folders(picture->path, label);
        if (shared == folder && strlen(picture->path) == folder + size) {
            *found = picture;
            return EXN_MATCH_ONE;
        }
        count = !*found || shared > best
                    ? 1
                    : count + (shared == best && !is_same_to_labels(*found, picture));
        if (!*found || shared > best) {
            best = shared;
            *found = picture;
        }
    }
    return seen == MOST || count > 1 ? EXN_MATCH_SEVERAL : count ? EXN_MATCH_ONE : EXN_MATCH_NONE;
}

/* Label Studio's local files: "/data/local-files/?d=folder/a.jpg". */
static const char *skip_query(const char *name)
{
    const char *query = strstr(name, "?d=");
    return query ? query + strlen("?d=") : name;
}

/* A path that begins with steps is one from the label file's folder: what it leads to is meant,
 * whatever lies nearer under a name that ends alike. */
static exn_match find_steps(const exn_pictures *pictures, const char *label, const char *name,
                            const exn_picture **found)
{
    size_t folder = exn_text_folder_size(label);
    bool is_under = true;
    for (;; name += *name == '/') {
        if (strncmp(name, "./", 2) == 0) {
            name += 2;
        } else if (strncmp(name, "../", 3) == 0) {
            name += 3;
            is_under = is_under && folder > 0;
            folder -= folder > 0;
            while (folder > 0 && label[folder - 1] != '/')
                folder--;
        } else if (*name != '/') {
            break;
        }
    }
    const size_t size = strlen(name), length = folder + size;
    char *path = is_under ? malloc(length + 1) : NULL;
    if (!path)
        return is_under ? EXN_MATCH_SEVERAL : EXN_MATCH_NONE;
    memcpy(path, label, folder);
    memcpy(path + folder, name, size + 1);
    *found = exn_pictures_at(pictures, path);
    free(path);
    return *found ? EXN_MATCH_ONE : EXN_MATCH_NONE;
}

/* From the longest end to the shortest: data/train/1.jpg, train/1.jpg, 1.jpg. The first that any
 * image has decides, also where several have it: what says more is not overruled by what says less.
 */
static exn_match find_name(const exn_pictures *pictures, const char *path, const char *name,
                           const exn_picture **found)
{
    exn_match match = strncmp(name, "./", 2) == 0 || strncmp(name, "../", 3) == 0
                          ? find_steps(pictures, path, name, found)
                          : EXN_MATCH_NONE;
    for (const char *end = name; end && *end && match == EXN_MATCH_NONE;) {
        const bool is_step = strncmp(end, "../", 3) == 0 || strncmp(end, "./", 2) == 0;
        if (!is_step && *end != '/')
            match = find_end(pictures, path, end, found);
        end = strchr(end, '/');
        end = end ? end + 1 : NULL;
    }
    return match;
}

/* As it stands, and then as Windows writes it. An image of that very name goes first: a backslash
 * is a character like any on this system. */
exn_match exn_pictures_named(const exn_pictures *pictures, const char *path, const char *name,
                             const exn_picture **found)
{
    *found = NULL;
    name = skip_query(name);
    exn_match match = find_name(pictures, path, name, found);
    if (match != EXN_MATCH_NONE || !strchr(name, '\\'))
        return match;
    char *copy = strdup(name);
    if (!copy)
        return EXN_MATCH_SEVERAL; /* nothing that could be known */
    for (char *p = copy; (p = strchr(p, '\\'));)
        *p = '/';
    match = find_name(pictures, path, copy, found);
    free(copy);
    return match;
}

/* Those that this program reads; an image of another kind is not in the table. */
const char *exn_pictures_ending(size_t i)
{
    static const char *const endings[] = {
        "jpg", "jpeg", "png",  "JPG", "JPEG", "PNG", "webp", "tif", "tiff", "heic", "heif", "avif",
        "jpe", "WEBP", "HEIC", "TIF", "TIFF", "Jpg", "jfif", "hif", "HIF",  "HEIF", "AVIF"};
    return i < sizeof endings / sizeof *endings ? endings[i] : NULL;
}

/* 1.jpg and 1.png side by side are two that could be meant, however near. Six bytes are the dot,
 * the longest ending and a NUL. */
static exn_match find_like(const exn_pictures *pictures, const char *path, const char *base,
                           size_t length, const exn_picture **found)
{
    const char *ending;
    char name[512];
    exn_match match = EXN_MATCH_NONE;
    *found = NULL;
    if (length == 0 || length + 6 > sizeof name)
        return EXN_MATCH_NONE;
    memcpy(name, base, length);
    for (size_t i = 0; (ending = exn_pictures_ending(i)); i++) {
        const exn_picture *one;
        name[length] = '.';
        snprintf(name + length + 1, sizeof name - length - 1, "%s", ending);
        const exn_match here = find_end(pictures, path, name, &one);
        if (here == EXN_MATCH_NONE)
            continue;
        if (match != EXN_MATCH_NONE || here == EXN_MATCH_SEVERAL)
            return EXN_MATCH_SEVERAL;
        match = here;
        *found = one;
    }
    return match;
}

/* a.jpg.json is about a.jpg, as Supervisely names its files. */
static exn_match find_whole(const exn_pictures *pictures, const char *path, const char *base,
                            size_t length, const exn_picture **found)
{
    char name[512];
    *found = NULL;
    if (length >= sizeof name || !memchr(base, '.', length))
        return EXN_MATCH_NONE;
    memcpy(name, base, length);
    name[length] = '\0';
    return find_end(pictures, path, name, found);
}

exn_match exn_pictures_like(const exn_pictures *pictures, const char *path,
                            const exn_picture **found)
{
    const char *base = exn_text_base(path);
    const exn_match match = find_whole(pictures, path, base, exn_text_stem_size(base), found);
    return match == EXN_MATCH_NONE
               ? find_like(pictures, path, base, exn_text_stem_size(base), found)
               : match;
}

exn_match exn_pictures_of_id(const exn_pictures *pictures, const char *path, const char *id,
                             const exn_picture **found)
{
    return find_like(pictures, path, id, strlen(id), found);
}

/* Labels would move in the same way, so that it does not matter which of the two is meant. */
static bool is_turned_alike(const exn_turn *a, const exn_turn *b)
{
    const unsigned x = a->given ? a->given : a->orientation,
                   y = b->given ? b->given : b->orientation;
    return a->transform == b->transform && (x == y || (x <= 1 && y <= 1)) &&
           a->width_in == b->width_in && a->height_in == b->height_in;
}

bool exn_pictures_disputed(const exn_pictures *pictures, const char *path, const exn_picture *named)
{
    const exn_picture *like;
    const char *base = exn_text_base(path), *image = exn_text_base(named->path);
    const size_t length = exn_text_stem_size(base);
    if (length == exn_text_stem_size(image) && strncmp(base, image, length) == 0)
        return false;
    return exn_pictures_like(pictures, path, &like) == EXN_MATCH_ONE && like != named &&
           !is_turned_alike(&like->turn, &named->turn) &&
           shared_folders(like->path, path) >= shared_folders(named->path, path);
}

/* images/a.txt beside images/a.jpg is looked for in labels/ by that rule; it is taken from here if
 * no other image of the name could be meant. */
exn_match exn_pictures_of_stem(const exn_pictures *pictures, const char *path,
                               const exn_picture **found)
{
    exn_match match = find_stem(pictures, path, found);
    if (match != EXN_MATCH_NONE)
        return match;
    match = exn_pictures_like(pictures, path, found);
    const size_t folder = exn_text_folder_size(path);
    if (match == EXN_MATCH_ONE &&
        (strncmp((*found)->path, path, folder) != 0 || strchr((*found)->path + folder, '/')))
        match = EXN_MATCH_NONE;
    return match;
}

/* Pictures that were lent (exn_picture *) are gone with it. */
void exn_pictures_free(exn_pictures *pictures)
{
    free(pictures->texts);
    free(pictures->list);
    free(pictures->by_stem);
    *pictures = (exn_pictures){0};
}
