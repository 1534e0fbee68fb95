/* SPDX-License-Identifier: MIT */
#include "masks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/text.h"
#include "list/mask_names.h"
#include "list/shard.h"

bool exn_masks_add(exn_masks *masks, const char *path, const exn_result *result)
{
    return exn_pictures_add(&masks->files, path, result);
}

/* Indexed by number, so that claims stay valid when more files come. */
bool exn_masks_settle(exn_masks *masks)
{
    while (masks->claimed < masks->files.count) {
        exn_masks_claim *claims =
            exn_array_reserve(masks->claims, masks->claimed, &masks->room, sizeof *claims, 64);
        if (!claims)
            return false;
        masks->claims = claims;
        masks->claims[masks->claimed++] = (exn_masks_claim){0};
    }
    return exn_pictures_settle(&masks->files);
}

static exn_masks_claim *claim_of(const exn_masks *masks, const exn_picture *file)
{
    return &masks->claims[file->number];
}

static void free_claims(exn_masks *masks)
{
    for (size_t i = 0; i < masks->claimed; i++)
        free(masks->claims[i].image);
    free(masks->claims);
    masks->claims = NULL;
    masks->claimed = masks->room = 0;
}

/* Rebuilds both tables. Claims are dropped, since their numbers belong to the old table. If memory
 * runs out, both tables are valid but incomplete, and the caller ends the run. */
bool exn_masks_adopt(exn_masks *masks, exn_pictures *pictures)
{
    exn_pictures images = {0}, files = {0};
    bool done = true;
    for (size_t i = 0; i < masks->files.count && done; i++) {
        const exn_result result = exn_pictures_result(masks->files.list[i]);
        done = exn_pictures_add(&files, masks->files.list[i]->path, &result);
    }
    for (size_t i = 0; i < pictures->count && done; i++) {
        const exn_picture *picture = pictures->list[i];
        const exn_result result = exn_pictures_result(picture);
        done = exn_pictures_add(picture->is_mask ? &files : &images, picture->path, &result);
    }
    free_claims(masks);
    exn_pictures_free(pictures);
    exn_pictures_free(&masks->files);
    *pictures = images;
    masks->files = files;
    return exn_pictures_settle(pictures) && exn_masks_settle(masks) && done;
}

/* ---- masks that label files name */

/* Panoptic PNGs lie in a folder of the label file's name, without its ending, as COCO has them. */
static const exn_picture *find_beside(const exn_pictures *files, const char *path, const char *name)
{
    char *whole = NULL;
    if (asprintf(&whole, "%.*s/%s", (int)exn_text_stem_size(path), path, name) < 0)
        return NULL;
    const exn_picture *found = exn_pictures_at(files, whole);
    free(whole);
    return found;
}

/* The folder is tried first: elsewhere a file of that name may be the image itself. */
exn_match exn_masks_find_named(const exn_pictures *files, const char *path,
                               exn_labels_format format, const char *name, const exn_picture **file)
{
    *file = format == EXN_LABELS_COCO ? find_beside(files, path, name) : NULL;
    return *file ? EXN_MATCH_ONE : exn_pictures_named(files, path, name, file);
}

exn_match exn_masks_named(const exn_masks *masks, const char *path, exn_labels_format format,
                          const char *name, exn_masks_claim **claim, const exn_picture **file)
{
    const exn_match match = exn_masks_find_named(&masks->files, path, format, name, file);
    *claim = match == EXN_MATCH_ONE ? claim_of(masks, *file) : NULL;
    return match;
}

/* If a mask does not exist, its name may match its own image, which is not meant. */
bool exn_masks_mark(const exn_masks *masks, exn_pictures *pictures, const char *path,
                    exn_labels_format format, const exn_sightings *sightings,
                    const exn_picture *image)
{
    bool any = false;
    const exn_picture *file;
    exn_masks_claim *claim;
    const char *name;
    for (size_t at = 0; (name = exn_sightings_mask(sightings, &at));) {
        if (exn_masks_named(masks, path, format, name, &claim, &file) == EXN_MATCH_ONE)
            continue;
        file = format == EXN_LABELS_COCO ? find_beside(pictures, path, name) : NULL;
        if (!file &&
            (exn_pictures_named(pictures, path, name, &file) != EXN_MATCH_ONE || file == image))
            continue;
        exn_pictures_entry(pictures, file)->is_mask = true;
        any = true;
    }
    return any;
}

/* Those of Open Images may be smaller than their image. */
static bool is_any_size(exn_labels_format format)
{
    return format == EXN_LABELS_OPEN_IMAGES;
}

/* If masks of one image differ in size, they say nothing about its frame. A width of 0 means that
 * only the mask's name is known. */
void exn_masks_bear_witness(const exn_masks *masks, const char *path, exn_labels_format format,
                            exn_sightings *sightings)
{
    exn_labels_image *image = &sightings->image;
    exn_masks_claim *claim;
    const exn_picture *file;
    const char *name;
    for (size_t at = 0; (name = exn_sightings_mask(sightings, &at)) && !is_any_size(format);) {
        if (exn_masks_named(masks, path, format, name, &claim, &file) != EXN_MATCH_ONE ||
            file->turn.width_in == 0)
            continue;
        image->masks_differ |=
            image->mask_width > 0 && (image->mask_width != file->turn.width_in ||
                                      image->mask_height != file->turn.height_in);
        image->mask_width = file->turn.width_in;
        image->mask_height = file->turn.height_in;
    }
    if (image->masks_differ)
        image->mask_width = image->mask_height = 0;
}

static bool is_decided(const exn_labels_judgement *judgement)
{
    return judgement->verdict == EXN_LABELS_VERDICT_STORED ||
           judgement->verdict == EXN_LABELS_VERDICT_DISPLAYED;
}

/* Several label files may name one mask, as long as they agree on its image and frame. How one more
 * file that names the mask changes its claim:
 *
 *   no image yet                            image and judgement are taken
 *   another image                           disputed
 *   was undecided, and now is decided       the judgement is taken
 *   was decided, and now differently        disputed
 *   else                                    unchanged */
static void claim_one(exn_masks *masks, exn_masks_claim *claim, const exn_picture *image,
                      size_t set, exn_labels_judgement judgement)
{
    const bool is_known = claim->image && is_decided(&claim->judgement);
    claim->is_disputed |= claim->image && strcmp(claim->image, image->path) != 0;
    claim->is_disputed |=
        is_known && is_decided(&judgement) && claim->judgement.verdict != judgement.verdict;
    if (is_known || (claim->image && !is_decided(&judgement)))
        return;
    if (!claim->image)
        claim->image = strdup(image->path);
    claim->set = set;
    claim->judgement = judgement;
    masks->no_memory = masks->no_memory || !claim->image;
}

void exn_masks_claim_one(exn_masks *masks, const exn_picture *file, const exn_picture *image,
                         size_t set, exn_labels_judgement judgement)
{
    claim_one(masks, claim_of(masks, file), image, set, judgement);
}

void exn_masks_claim_all(exn_masks *masks, const char *path, exn_labels_format format,
                         const exn_sightings *sightings, const exn_picture *image, size_t set,
                         exn_labels_judgement judgement)
{
    const exn_picture *file;
    exn_masks_claim *claim;
    const char *name;
    for (size_t at = 0; (name = exn_sightings_mask(sightings, &at));)
        if (exn_masks_named(masks, path, format, name, &claim, &file) == EXN_MATCH_ONE) {
            claim_one(masks, claim, image, set, judgement);
            claim->is_any_size = is_any_size(format);
        }
}

/* ---- masks by --masks */

/* Finds images of one name, and how near they are. */
typedef struct search {
    const char *path;
    size_t folder;    /* bytes of the mask's folder */
    uint64_t folders; /* exn_shard_hash_folders() of it */
    const exn_picture *beside, *alike, *any;
    size_t besides, alikes, count;
} search;

static void see(search *s, const exn_picture *picture)
{
    const size_t base = exn_text_folder_size(picture->path);
    s->any = picture;
    s->count++;
    if (base == s->folder && strncmp(picture->path, s->path, base) == 0) {
        s->beside = picture;
        s->besides++;
    }
    if (exn_shard_hash_folders(picture->path, base, 0, 0) == s->folders) {
        s->alike = picture;
        s->alikes++;
    }
}

/* The image in the mask's folder; or in one whose path differs only in the folders that separate
 * masks from images (images/train/1.jpg and masks/train/1.png); or the only one of the run. */
static exn_match choose(const search *s, const exn_picture **found)
{
    const size_t count = s->besides ? s->besides : s->alikes ? s->alikes : s->count;
    *found = s->besides ? s->beside : s->alikes ? s->alike : s->any;
    return count == 0 ? EXN_MATCH_NONE : count == 1 ? EXN_MATCH_ONE : EXN_MATCH_SEVERAL;
}

/* Limited, since thousands of images could have one name. Tries each ending that an image may have,
 * since that of a mask says nothing about its image's (1.png for 1.jpg). */
static exn_match find_stem(const exn_pictures *pictures, const char *path,
                           const exn_mask_name *mask, const exn_picture **found)
{
    enum { MOST = 4096 };
    const char *ending;
    const size_t base = exn_text_folder_size(path);
    search s = {.path = path,
                .folder = base,
                .folders = exn_shard_hash_folders(path, base, mask->from, mask->to)};
    for (size_t i = 0; (ending = exn_pictures_ending(i)); i++) {
        const exn_picture *picture;
        char *name = NULL;
        if (asprintf(&name, "%.*s.%s", (int)mask->stem_size, path + mask->stem, ending) < 0)
            return EXN_MATCH_SEVERAL;
        for (size_t at = SIZE_MAX;
             s.count < MOST && (picture = exn_pictures_next(pictures, name, &at));)
            see(&s, picture);
        free(name);
    }
    return s.count < MOST ? choose(&s, found) : EXN_MATCH_SEVERAL;
}

/* A GLOB with several stars may be read in several ways, and only one of them may lead to an image.
 * With *_*.png the mask a_b_c.png is class c of a_b, or class b_c of a. So all readings are tried,
 * from the shortest stem on, and the mask is disputed if two lead to an image. */
exn_match exn_masks_image(const exn_cli_options *options, const exn_pictures *pictures,
                          const char *path, const exn_picture **found)
{
    exn_match match = EXN_MATCH_NONE;
    exn_mask_name mask;
    *found = NULL;
    for (size_t least = 0; exn_mask_names_match(options, path, least, &mask);
         least = mask.stem_size + 1) {
        const exn_picture *one;
        const exn_match here = find_stem(pictures, path, &mask, &one);
        if (here == EXN_MATCH_NONE)
            continue;
        if (here == EXN_MATCH_SEVERAL || match != EXN_MATCH_NONE)
            return EXN_MATCH_SEVERAL;
        match = here;
        *found = one;
    }
    return match;
}

/* A mask of another size belongs to another picture. If a mask has an orientation of its own, there
 * is no telling whether readers should apply it, so its frame is not known. */
void exn_masks_check(exn_item *item, uint32_t orientation, uint32_t width, uint32_t height)
{
    const exn_result *r = &item->result;
    const char *image = item->mask_of ? item->mask_of : "";
    if (item->error.status != EXN_OK)
        return;
    if (r->orientation > 1)
        exn_error_set(&item->error, EXN_REFUSED, 0,
                      "a mask with an orientation of its own, %" PRIu32
                      ": whether it counts is not known",
                      r->orientation);
    else if (width > 0 && (r->width_in != width || r->height_in != height))
        exn_error_set(&item->error, EXN_REFUSED, 0,
                      "a mask of %" PRIu32 "x%" PRIu32 ", where %" PRIu32 "x%" PRIu32
                      " is the size of '%.100s' in that frame",
                      r->width_in, r->height_in, width, height, image);
    else if (orientation && r->outcome != EXN_OUTCOME_LOSSLESS)
        exn_error_set(&item->error, EXN_REFUSED, 0,
                      "'%.100s' was rotated, and this mask cannot be, value by value", image);
}

exn_masks_claim *exn_masks_find(const exn_masks *masks, const char *path)
{
    const exn_picture *file = exn_pictures_at(&masks->files, path);
    return file ? claim_of(masks, file) : NULL;
}

void exn_masks_free(exn_masks *masks)
{
    free_claims(masks);
    exn_pictures_free(&masks->files);
    *masks = (exn_masks){0};
}
