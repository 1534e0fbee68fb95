/* SPDX-License-Identifier: MIT */
#include "tar_index_seen.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "tar_names.h"

/* wds2idx cuts an archive's name at the first dot, except for one at its beginning. */
static size_t key_length(const char *path)
{
    size_t base = exn_text_folder_size(path), first = base + (path[base] != '\0');
    return first + strcspn(path + first, ".") - base;
}

exn_tar_seen *exn_tar_index_seen_add(exn_tar_index *index, const char *path)
{
    exn_tar_seen *list =
        exn_array_reserve(index->seen, index->count, &index->room, sizeof *list, 64);
    if (!list)
        return NULL;
    index->seen = list;
    exn_tar_seen *seen = &index->seen[index->count];
    *seen = (exn_tar_seen){.path = strdup(path), .key = key_length(path)};
    index->count += seen->path != NULL;
    return seen->path ? seen : NULL;
}

/* By the key, then by the path. */
static int compare_keys(const char *a, size_t a_key, const char *b, size_t b_key)
{
    size_t shorter = a_key < b_key ? a_key : b_key;
    int order = memcmp(a + exn_text_folder_size(a), b + exn_text_folder_size(b), shorter);
    return order ? order : (a_key > b_key) - (a_key < b_key);
}

static int by_key(const void *a, const void *b)
{
    const exn_tar_seen *p = a, *q = b;
    int order = compare_keys(p->path, p->key, q->path, q->key);
    return order ? order : strcmp(p->path, q->path);
}

/* Sorts once, since indexes wait for the end of the run, when all archives have been added. */
size_t exn_tar_index_seen_find(exn_tar_index *index, const char *path, size_t *count)
{
    size_t low = 0, high = index->count, key = key_length(path);
    if (!index->sorted && index->count)
        qsort(index->seen, index->count, sizeof *index->seen, by_key);
    index->sorted = true;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const exn_tar_seen *s = &index->seen[middle];
        if (compare_keys(s->path, s->key, path, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (*count = 0; low + *count < index->count; ++*count) {
        const exn_tar_seen *s = &index->seen[low + *count];
        if (compare_keys(s->path, s->key, path, key) != 0)
            break;
    }
    return low;
}

bool exn_tar_index_seen_beside(const char *a, const char *b)
{
    size_t base = exn_text_folder_size(a);
    return base == exn_text_folder_size(b) && memcmp(a, b, base) == 0;
}

/* "a.tar.idx" or "a.idx", but not "a.b.idx", which belongs to a.b.tar. */
bool exn_tar_index_seen_named(const char *index, const char *archive)
{
    const char *i = index + exn_text_folder_size(index),
               *a = archive + exn_text_folder_size(archive);
    size_t stem = exn_tar_name_stem(a), whole = strlen(a);
    return (strncmp(i, a, whole) == 0 && i[whole] == '.') ||
           (strncmp(i, a, stem) == 0 && i[stem] == '.' && !strchr(i + stem + 1, '.'));
}

void exn_tar_index_seen_free(exn_tar_index *index)
{
    for (size_t i = 0; i < index->count; i++)
        free(index->seen[i].path);
    free(index->seen);
    *index = (exn_tar_index){0};
}
