/* SPDX-License-Identifier: MIT */
#include "pictures.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/text.h"
#include "stems.h"

/* One allocation for each picture and its path, so that it does not move while both sorted lists
 * grow. */
bool exn_pictures_add(exn_pictures *pictures, const char *path, const exn_result *result)
{
    const size_t length = strlen(path) + 1;
    exn_picture **list =
        exn_array_reserve(pictures->list, pictures->count, &pictures->room, sizeof *list, 256);
    if (!list)
        return false;
    pictures->list = list;
    exn_picture *picture = malloc(sizeof *picture + length);
    if (!picture)
        return false;
    *picture = (exn_picture){.path = memcpy(picture + 1, path, length),
                             .number = pictures->count,
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
    pictures->list[pictures->count++] = picture;
    return true;
}

void exn_pictures_set_bytes(exn_pictures *pictures, uint64_t bytes_in, uint64_t bytes_out)
{
    pictures->list[pictures->count - 1]->bytes_in = bytes_in;
    pictures->list[pictures->count - 1]->bytes_out = bytes_out;
}

/* The library judges and moves labels by an exn_result, of which only these fields count. */
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
    const exn_picture *const *p = a, *const *q = b;
    return compare_ends((*p)->path, strlen((*p)->path), (*q)->path, strlen((*q)->path));
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

/* The first image whose path does not come before it. */
static size_t first_from(const exn_pictures *pictures, const char *name, size_t size, bool under)
{
    size_t low = 0, high = pictures->settled;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (is_before(pictures->list[middle]->path, name, size, under))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* qsort(3) may leave equal ones in any order: find_stem() takes any of them if they are the same to
 * labels, and none if they differ. */
static int by_stem(const void *a, const void *b)
{
    const exn_picture *const *p = a, *const *q = b;
    return exn_stems_compare((*p)->path, (*q)->path, false);
}

/* Whether a new image has the path of another one and differs from it. Images of one path are
 * adjacent, and if any two of them differ, so do two neighbours. */
static bool is_twin(const exn_pictures *pictures, const exn_picture *picture)
{
    const size_t first = first_from(pictures, picture->path, strlen(picture->path), false);
    for (size_t i = first + 1; i < pictures->count; i++) {
        const exn_picture *a = pictures->list[i - 1], *b = pictures->list[i];
        if (strcmp(b->path, picture->path) != 0)
            return false;
        if (memcmp(&a->turn, &b->turn, sizeof a->turn) != 0)
            return true;
    }
    return false;
}

/* Sorts both lists, since each label file searches one of them, and some name a million images. In
 * an archive label files and images alternate, so images that are already sorted are not sorted
 * again. */
bool exn_pictures_settle(exn_pictures *pictures)
{
    const size_t from = pictures->settled, count = pictures->count;
    exn_picture **stems, **scratch;
    if (from == count)
        return true;
    if (!pictures->scopes && !(pictures->scopes = exn_scopes_new()))
        return false;
    if (pictures->stem_room < count) {
        stems = reallocarray(pictures->by_stem, pictures->room, sizeof *stems);
        if (!stems)
            return false;
        pictures->by_stem = stems;
        pictures->stem_room = pictures->room;
    }
    scratch = calloc(count - from, sizeof *scratch);
    if (!scratch)
        return false;
    memcpy(pictures->by_stem + from, pictures->list + from, (count - from) * sizeof *scratch);
    exn_array_merge(pictures->list, from, count, sizeof *scratch, scratch, by_end);
    pictures->settled = count;
    /* In scratch are those that were new. */
    for (size_t i = 0; i < count - from && !pictures->has_twins; i++)
        pictures->has_twins = is_twin(pictures, scratch[i]);
    exn_array_merge(pictures->by_stem, from, count, sizeof *scratch, scratch, by_stem);
    free(scratch);
    return true;
}

/* Finds the first of that stem by bisection; if there is a second one, such as a.jpg beside a.png,
 * neither is meant. */
static exn_match find_stem(const exn_pictures *pictures, const char *path,
                           const exn_picture **found)
{
    size_t low = 0, high = pictures->settled;
    *found = NULL;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const char *other = pictures->by_stem[middle]->path;
        if (exn_stems_compare(other, path, true) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    size_t end = low;
    for (; end < pictures->settled; end++) {
        const char *other = pictures->by_stem[end]->path;
        if (exn_stems_compare(other, path, true) != 0)
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

/* How many bytes of whole folders both paths have in common at their beginning: a label file is
 * more likely to mean an image in its own part of the tree. */
static size_t shared_folders(const char *a, const char *b)
{
    size_t shared = 0;
    for (size_t i = 0; a[i] && a[i] == b[i]; i++)
        if (a[i] == '/')
            shared = i + 1;
    return shared;
}

exn_picture *exn_pictures_entry(exn_pictures *pictures, const exn_picture *found)
{
    size_t at = first_from(pictures, found->path, strlen(found->path), false);
    while (pictures->list[at] != found)
        at++;
    return pictures->list[at];
}

bool exn_pictures_has_twins(const exn_pictures *pictures)
{
    return pictures->has_twins;
}

const exn_picture *exn_pictures_at(const exn_pictures *pictures, const char *path)
{
    const size_t at = first_from(pictures, path, strlen(path), false);
    return at < pictures->settled && strcmp(pictures->list[at]->path, path) == 0
               ? pictures->list[at]
               : NULL;
}

/* Skips names that merely end alike: without leading zeros, thousands of names end like 1.jpg. */
const exn_picture *exn_pictures_next(const exn_pictures *pictures, const char *name, size_t *at)
{
    const size_t size = strlen(name);
    *at = *at == SIZE_MAX ? first_from(pictures, name, size, false) : *at + 1;
    if (*at < pictures->settled && !ends_with(pictures->list[*at]->path, name, size)) {
        const size_t folders = first_from(pictures, name, size, true);
        *at = folders > *at ? folders : *at;
    }
    return *at < pictures->settled && ends_with(pictures->list[*at]->path, name, size)
               ? pictures->list[*at]
               : NULL;
}

/* The image with this end that is nearest to the label file, if there is only one; there is if it
 * is in the label file's own folder. Limited, since thousands could have one name; beyond that
 * there is no telling which is meant. */
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

/* A path that begins with "./" or "../" is relative to the label file's folder: the image that it
 * leads to is meant, even if another one with a similar name is nearer. */
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

/* From the longest end to the shortest: data/train/1.jpg, train/1.jpg, 1.jpg. The first one that
 * any image has decides, even if several have it: a longer end is not overruled by a shorter one.
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

/* Tries the name as it is, and then as a path of Windows. The exact name comes first, since a
 * backslash is an ordinary character on this system. */
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

/* Formats that this program reads; other images are not in the table. */
const char *exn_pictures_ending(size_t i)
{
    static const char *const endings[] = {
        "jpg", "jpeg", "png",  "JPG", "JPEG", "PNG", "webp", "tif", "tiff", "heic", "heif", "avif",
        "jpe", "WEBP", "HEIC", "TIF", "TIFF", "Jpg", "jfif", "hif", "HIF",  "HEIF", "AVIF"};
    return i < sizeof endings / sizeof *endings ? endings[i] : NULL;
}

/* With 1.jpg and 1.png side by side either could be meant, however near. Six bytes are for the dot,
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

/* Labels would move in the same way, so it does not matter which of the two is meant. */
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

const exn_picture *exn_pictures_in_scope(const exn_pictures *pictures, const char *path)
{
    return exn_scopes_find(pictures->scopes, pictures->list, pictures->settled, path);
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

/* All exn_picture pointers become invalid. */
void exn_pictures_free(exn_pictures *pictures)
{
    for (size_t i = 0; i < pictures->count; i++)
        free(pictures->list[i]);
    free(pictures->list);
    free(pictures->by_stem);
    exn_scopes_free(pictures->scopes);
    *pictures = (exn_pictures){0};
}
