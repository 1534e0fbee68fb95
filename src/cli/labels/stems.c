/* SPDX-License-Identifier: MIT */
#include "stems.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

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

int exn_stems_compare(const char *image, const char *other, bool is_labels)
{
    const size_t of_image = find_images(image),
                 of_other = is_labels ? SIZE_MAX : find_images(other);
    const size_t m = exn_text_stem_size(image), n = exn_text_stem_size(other);
    for (size_t i = 0; i < m && i < n; i++) {
        const int x = at_stem(image, of_image, i), y = at_stem(other, of_other, i);
        if (x != y)
            return x - y;
    }
    return (m > n) - (m < n);
}
