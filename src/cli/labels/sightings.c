/* SPDX-License-Identifier: MIT */
#include "sightings.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "list/mask_names.h"

/* The bytes are a worker's: it has read hostile files, and may be in their hands. */
void exn_sightings_begin(exn_sightings *sightings, const void *bytes, size_t size)
{
    *sightings = (exn_sightings){.at = bytes, .left = size};
}

/* The names behind a sighting; they are within what came, and are texts. */
static bool take_texts(exn_sightings *sightings, const exn_sighting *s)
{
    const unsigned char *at = sightings->at + sizeof *s;
    const size_t left = sightings->left - sizeof *s;
    const size_t names = (size_t)s->name_size + s->other_size;
    if (s->name_size > EXN_SIGHTING_NAME || s->other_size > EXN_SIGHTING_NAME || names > left ||
        s->masks_size > left - names ||
        (s->masks_size > 0 && at[names + s->masks_size - 1] != '\0'))
        return false;
    memcpy(sightings->name, at, s->name_size);
    memcpy(sightings->other, at + s->name_size, s->other_size);
    sightings->name[s->name_size] = sightings->other[s->other_size] = '\0';
    sightings->masks = (const char *)at + names;
    sightings->masks_size = (size_t)s->masks_size;
    sightings->at = at + names + s->masks_size;
    sightings->left = left - names - (size_t)s->masks_size;
    return true;
}

/* The last byte is a NUL (take_texts()), so that no name can be read beyond them. */
const char *exn_sightings_mask(const exn_sightings *sightings, size_t *at)
{
    if (*at >= sightings->masks_size)
        return NULL;
    const char *name = sightings->masks + *at;
    *at += strlen(name) + 1;
    return name;
}

/* Copied before it is looked at: sightings follow names of any length, so they are not aligned.
 * Bytes that stand for bools become 0 or 1 here, as any other value of a bool is undefined.
 * Floating-point numbers may be anything: they are only compared. */
bool exn_sightings_next(exn_sightings *sightings)
{
    exn_sighting s = {0};
    if (sightings->left == 0)
        return false;
    sightings->broken = sightings->left < sizeof s;
    if (!sightings->broken)
        memcpy(&s, sightings->at, sizeof s);
    if (sightings->broken || !take_texts(sightings, &s)) {
        sightings->broken = true;
        return false;
    }
    sightings->image = (exn_labels_image){.struct_size = sizeof(exn_labels_image),
                                          .name = sightings->name,
                                          .other_name = sightings->other,
                                          .is_stem = s.is_stem != 0,
                                          .has_size = s.has_size != 0,
                                          .width = s.width,
                                          .height = s.height,
                                          .masks_differ = s.masks_differ != 0,
                                          .mask_width = s.mask_width,
                                          .mask_height = s.mask_height,
                                          .shapes = s.shapes,
                                          .refused = s.refused,
                                          .has_extent = s.has_extent != 0,
                                          .left = s.left,
                                          .top = s.top,
                                          .right = s.right,
                                          .bottom = s.bottom};
    return true;
}

/* What only looks like labels, and names nobody, is about its own image or about none:
 * label_2/1.txt about image_2/1.png, gt/gt_a.txt about images/a.jpg. Some sets have the names of
 * both differ. */
static exn_match match_nameless(const exn_pictures *pictures, const char *path,
                                const exn_picture **found)
{
    static const struct {
        const char *front, *back, *instead;
    } parts[] = {{"gt_", "", ""},        /* ICDAR */
                 {"GT_", "", ""},        /* ShanghaiTech */
                 {"poly_gt_", "", ""},   /* Total-Text */
                 {"", ".lines", ""},     /* CULane */
                 {"", "_keypoints", ""}, /* OpenPose */
                 {"", "_gt", ""},
                 {"", "_label", ""},
                 {"", "_labels", ""},
                 {"", "_annotation", ""},
                 {"", "_annotations", ""},
                 {"", "_bbox", ""},
                 {"", "_bboxes", ""},
                 {"", "_landmarks", ""},
                 {"", "_polygons", ""},
                 {"", "_gtFine_polygons", "_leftImg8bit"}, /* Cityscapes */
                 {"", "_gtCoarse_polygons", "_leftImg8bit"}};
    char id[EXN_SIGHTING_NAME + 1];
    const char *base = exn_text_base(path);
    const size_t size = exn_text_stem_size(base);
    exn_match match = exn_pictures_of_stem(pictures, path, found);
    if (match == EXN_MATCH_NONE)
        match = exn_pictures_like(pictures, path, found);
    for (size_t i = 0; i < sizeof parts / sizeof *parts && match == EXN_MATCH_NONE; i++) {
        const size_t front = strlen(parts[i].front), back = strlen(parts[i].back);
        if (size <= front + back || strncmp(base, parts[i].front, front) != 0 ||
            strncmp(base + size - back, parts[i].back, back) != 0)
            continue;
        snprintf(id, sizeof id, "%.*s%s", (int)(size - front - back), base + front,
                 parts[i].instead);
        match = exn_pictures_of_id(pictures, path, id, found);
    }
    if (match != EXN_MATCH_ONE && (*found = exn_pictures_in_scope(pictures, path)))
        match = EXN_MATCH_ONE;
    return match == EXN_MATCH_ONE ? match : EXN_MATCH_NONE;
}

bool exn_sightings_is_of_any(const exn_sightings *sightings)
{
    return !*sightings->name && sightings->image.is_stem;
}

static exn_match match_any(const exn_pictures *pictures, const exn_picture **found)
{
    *found = exn_pictures_in_scope(pictures, NULL);
    return *found ? EXN_MATCH_ONE : EXN_MATCH_NONE;
}

/* The name of the last folder of the first `size` bytes of a path, which end with its slash, and
 * how long it is with it. */
static const char *last_folder(const char *path, size_t size, size_t *length)
{
    size_t from = size > 0 ? size - 1 : 0;
    while (from > 0 && path[from - 1] != '/')
        from--;
    *length = size - from;
    return path + from;
}

/* All sequences of the MOT Challenge have the same names in them. A sequence whose images are not
 * there must not take those of another one, however near: its folder has another name. */
static bool is_of_sequence(const char *label, const exn_picture *picture, const char *id)
{
    static const char *const files[] = {"gt/gt.txt", "det/det.txt", "seqinfo.ini"};
    const size_t size = strlen(label), stem = exn_text_stem_size(exn_text_base(picture->path)),
                 front = (size_t)(exn_text_base(picture->path) - picture->path) + stem - strlen(id);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const size_t length = strlen(files[i]);
        size_t a_size, b_size;
        if (!exn_mask_names_ends_as(files[i], length, label))
            continue;
        const char *a = last_folder(label, size - length, &a_size),
                   *b = last_folder(picture->path, front, &b_size);
        return a_size == b_size && memcmp(a, b, a_size) == 0;
    }
    return true;
}

/* Of Open Images, and of the frames of a sequence, which may be called in two ways. */
static exn_match match_stem(const exn_sightings *sightings, const exn_pictures *pictures,
                            const char *path, const exn_picture **found)
{
    const char *const ids[] = {sightings->name, sightings->other};
    exn_match match = EXN_MATCH_NONE;
    for (int i = 0; i < 2 && *ids[i]; i++) {
        const exn_picture *one;
        const exn_match here = exn_pictures_of_id(pictures, path, ids[i], &one);
        if (here == EXN_MATCH_ONE && is_of_sequence(path, one, ids[i])) {
            *found = one;
            return here;
        }
        if (here == EXN_MATCH_SEVERAL)
            match = here;
    }
    return match;
}

/* A YOLO file names nothing: its own name is all that there is. Of other formats the name decides;
 * the label file's own name is taken only where it has one image, as then nothing else can be
 * meant. */
exn_match exn_sightings_match(const exn_sightings *sightings, const exn_pictures *pictures,
                              exn_labels_format format, const char *path, bool is_only,
                              const exn_picture **found)
{
    *found = NULL;
    if (format == EXN_LABELS_YOLO)
        return exn_pictures_of_stem(pictures, path, found);
    exn_match match = EXN_MATCH_NONE;
    if (format == EXN_LABELS_UNKNOWN && !*sightings->name)
        return exn_sightings_is_of_any(sightings) ? match_any(pictures, found)
                                                  : match_nameless(pictures, path, found);
    if (*sightings->name)
        match = exn_pictures_named(pictures, path, sightings->name, found);
    if (match == EXN_MATCH_NONE && *sightings->other)
        match = exn_pictures_named(pictures, path, sightings->other, found);
    if (match == EXN_MATCH_ONE && is_only &&
        (format == EXN_LABELS_VOC || format == EXN_LABELS_LABELME) &&
        exn_pictures_disputed(pictures, path, *found))
        return EXN_MATCH_SEVERAL;
    if (match == EXN_MATCH_NONE && sightings->image.is_stem)
        match = match_stem(sightings, pictures, path, found);
    return match == EXN_MATCH_NONE && is_only ? exn_pictures_like(pictures, path, found) : match;
}
