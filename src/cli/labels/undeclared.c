/* SPDX-License-Identifier: MIT */
#include "undeclared.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Words in data sets' names of masks: SegmentationClass, gtFine, masks_png, annotations,
 * a-mask.png. The short ones count only at the beginning of a word. */
static bool is_word_of_masks(const char *text, size_t size)
{
    static const char *const anywhere[] = {"mask",     "segm",  "label", "annot",
                                           "panoptic", "matte", NULL},
                             *const in_front[] = {"seg", "gt", NULL};
    return exn_text_has_word(text, size, anywhere, in_front);
}

static bool is_in_folder_of_masks(const char *path)
{
    for (const char *slash; (slash = strchr(path, '/')); path = slash + 1)
        if (is_word_of_masks(path, (size_t)(slash - path)))
            return true;
    return false;
}

/* The size of the part of a base name before such a word and its separator; 0: there is none. */
static size_t size_before_word(const char *base, size_t stem)
{
    size_t at = stem;
    while (at > 0 && base[at - 1] != '_' && base[at - 1] != '-')
        at--;
    return at > 1 && is_word_of_masks(base + at, stem - at) ? at - 1 : 0;
}

bool exn_undeclared_is_like(const char *path)
{
    const char *base = exn_text_base(path);
    const size_t stem = exn_text_stem_size(base);
    return strcasecmp(base + stem, ".png") == 0 &&
           (is_in_folder_of_masks(path) || size_before_word(base, stem) > 0);
}

exn_match exn_undeclared_image(const exn_pictures *pictures, const char *path,
                               const exn_picture **found)
{
    char id[512];
    const char *base = exn_text_base(path);
    const size_t before = size_before_word(base, exn_text_stem_size(base));
    *found = NULL;
    if (exn_pictures_at(pictures, path))
        return EXN_MATCH_NONE;
    exn_match match = exn_pictures_like(pictures, path, found);
    if (match == EXN_MATCH_NONE && before > 0 && before < sizeof id) {
        snprintf(id, sizeof id, "%.*s", (int)before, base);
        match = exn_pictures_of_id(pictures, path, id, found);
    }
    return match;
}
