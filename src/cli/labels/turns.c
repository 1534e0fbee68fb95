/* SPDX-License-Identifier: MIT */
#include "turns.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ending.h"
#include "base/error.h"
#include "base/io.h"
#include "base/text.h"
#include "list/shard.h"

/* A label file that names an image which nobody knows would be moved in part, and look whole. With
 * --shard the image may be in another part, which another message has to say. */
static void refuse(exn_item *item, const exn_cli_options *options, exn_match match,
                   const char *name)
{
    const char *shown = *name ? name : item->path;
    if (match == EXN_MATCH_SEVERAL)
        exn_error_set(&item->error, EXN_REFUSED, 0, "several images could be '%.79s'", shown);
    else if (options->tar)
        exn_error_set(
            &item->error, EXN_REFUSED, 0,
            "there is no image '%.79s': in an archive it has to be of the same sample, or "
            "to come before",
            shown);
    else if (options->shards)
        exn_error_set(&item->error, EXN_REFUSED, 0,
                      "there is no image '%.79s' in this part: a label file of images in several "
                      "parts is moved by a run without --shard",
                      shown);
    else
        exn_error_set(&item->error, EXN_REFUSED, 0, "there is no image '%.79s' in this run", shown);
}

static void refuse_frame(exn_item *item, const exn_picture *picture)
{
    if (picture->turn.format == EXN_FORMAT_WEBP)
        exn_error_set(&item->error, EXN_REFUSED, 0,
                      "browsers display '%.79s' as it is stored, others rotate it: "
                      "--labels-frame=stored, if its labels were drawn in a browser",
                      picture->path);
    else
        exn_error_set(&item->error, EXN_REFUSED, 0,
                      "the frame of its labels is not known: --labels-frame");
}

bool exn_turns_is_still(const exn_turn *turn)
{
    return !exn_picture_is_rotated(turn);
}

/* False: nobody knows. A browser displays a WebP as it is stored, others rotate it: which of them
 * drew labels on what is displayed, only their sizes and extents tell. */
bool exn_turns_choose_frame(exn_turn *turn, const exn_cli_options *options,
                            exn_labels_judgement judgement)
{
    const bool is_said =
        options->labels_frame == EXN_LABEL_FRAME_STORED ||
        (options->labels_frame == EXN_LABEL_FRAME_DISPLAYED && turn->format != EXN_FORMAT_WEBP);
    turn->displayed = is_said ? options->labels_frame == EXN_LABEL_FRAME_DISPLAYED
                              : judgement.verdict == EXN_LABELS_VERDICT_DISPLAYED;
    return is_said || judgement.verdict == EXN_LABELS_VERDICT_STORED ||
           judgement.verdict == EXN_LABELS_VERDICT_DISPLAYED;
}

/* Without a shape there is nothing that could be in the wrong frame. */
static bool choose_frame(exn_turn *turn, const exn_survey *survey, const exn_cli_options *options,
                         const char *path, const exn_labels_result *file,
                         const exn_labels_image *image, const exn_picture *picture)
{
    turn->displayed = options->labels_frame == EXN_LABEL_FRAME_DISPLAYED;
    return image->shapes == 0 ||
           exn_turns_choose_frame(turn, options,
                                  exn_verdicts_rule(&survey->verdicts, path, file, image, picture));
}

void exn_turns_frame_size(const exn_turn *turn, uint32_t *width, uint32_t *height)
{
    exn_map map;
    const uint32_t shown = turn->given ? turn->given : turn->orientation;
    *width = turn->width_in;
    *height = turn->height_in;
    if (turn->displayed && exn_map_init(&map, shown ? shown : 1, *width, *height) == EXN_OK)
        exn_map_size(&map, width, height);
}

/* Whether a shape reaches out of the frame that it is drawn on: it is moved all the same, and
 * counted. In the frame that the labels are in, which is where the extent was measured. */
static bool is_outside(const exn_labels_image *image, const exn_turn *turn)
{
    uint32_t width, height;
    exn_turns_frame_size(turn, &width, &height);
    const double slack = 1e-6;
    return image->has_extent && (image->left < -slack || image->top < -slack ||
                                 image->right > width + slack || image->bottom > height + slack);
}

static bool add(exn_turns *turns, size_t *room, const exn_turn *turn)
{
    exn_turn *list = exn_array_reserve(turns->list, turns->count, room, sizeof *list, 16);
    if (!list)
        return false;
    turns->list = list;
    turns->list[turns->count++] = *turn;
    return true;
}

/* For the report: what moved, what stayed and why it is worth a look. */
static void count(exn_item_labels *labels, const exn_labels_image *image, const exn_turn *turn)
{
    if (image->shapes == 0)
        return;
    labels->kept += exn_picture_is_kept(turn);
    labels->moved += !exn_turns_is_still(turn);
    labels->outside += !exn_turns_is_still(turn) && is_outside(image, turn);
}

/* Of an image whose labels move its masks have to have moved before: neither is of use without the
 * other. */
static void expect_masks(const exn_survey *survey, exn_item *item, exn_labels_format format,
                         const exn_sightings *sightings)
{
    const exn_picture *file;
    exn_masks_claim *claim;
    const char *name;
    for (size_t at = 0;
         item->error.status == EXN_OK && (name = exn_sightings_mask(sightings, &at));) {
        const exn_match match =
            exn_masks_named(&survey->masks, item->path, format, name, &claim, &file);
        if ((match == EXN_MATCH_ONE && claim->is_done) ||
            (match == EXN_MATCH_NONE && survey->masks_follow))
            continue;
        exn_error_set(&item->error, EXN_REFUSED, 0,
                      match == EXN_MATCH_ONE    ? "its mask '%.79s' has failed"
                      : match == EXN_MATCH_NONE ? "there is no mask '%.79s' in this run"
                                                : "several images could be its mask '%.79s'",
                      name);
    }
}

/* VIA has the size of an image's file in its key, so that labels of an image that was not rotated
 * may have to change as well. */
static bool set_bytes(exn_labels_format format, const exn_picture *picture, exn_turn *turn)
{
    if (format != EXN_LABELS_VIA && format != EXN_LABELS_VIA_CSV)
        return false;
    turn->bytes_out = picture->bytes_out;
    return picture->bytes_out != 0 && picture->bytes_out != picture->bytes_in;
}

/* A name that is the image's, and so ends with its ending, is to end with the output's; one that
 * says less, such as a stem, fits that as well. The size of the name tells whether there is
 * anything to change. */
bool exn_turns_is_renamed(const char *name, const exn_picture *picture)
{
    const exn_turn *turn = &picture->turn;
    const char *base = exn_text_base(picture->path);
    const size_t size = strlen(name), base_size = strlen(base);
    if (!turn->made || exn_picture_is_kept(turn) || size < base_size ||
        strcmp(name + size - base_size, base) != 0)
        return false;
    char *output = exn_ending_of(base, turn->made);
    /* Without memory it is said to change, and the worker sees that it does not. */
    const bool is_other = !output || strcmp(output, base) != 0;
    free(output);
    return is_other;
}

/* Supervisely's a.heic.json says in its own name which image it is about, and keeps that name. */
static bool is_named_after(const char *path, const exn_picture *picture, const exn_turn *turn)
{
    const char *base = exn_text_base(picture->path), *own = exn_text_base(path);
    const size_t size = strlen(base);
    if (!turn->made || exn_picture_is_kept(turn) || strncmp(own, base, size) != 0 ||
        own[size] != '.')
        return false;
    char *output = exn_ending_of(base, turn->made);
    const bool is_other = !output || strcmp(output, base) != 0;
    free(output);
    return is_other;
}

/* What names it, and is not edited, is right still. */
static bool is_as_before(const exn_turn *turn)
{
    return exn_turns_is_still(turn) && !turn->made;
}

/* Which of the images are meant, where each went, and a number that another run has only if all is
 * the same (state.h). Sightings come in the order in which the move will ask for images, so turns
 * are a list without names; the hash of each name is there to notice a file that has changed since.
 * For each image, in this order:
 *
 *   which one is it?   none, or several: refused, if a shape is on it
 *   its masks          tell what size they have
 *   is it still?       then nothing more is asked, as both frames are one
 *   its masks          have to have moved before
 *   which frame?       nobody knows: refused
 *
 * The first refusal ends all: a label file moves as a whole, or not at all. */
void exn_turns_make(exn_turns *turns, exn_survey *survey, const exn_cli_options *options,
                    exn_item *item, const exn_labels_result *file, const void *sightings,
                    size_t size)
{
    exn_sightings *s = &survey->verdicts.sightings;
    size_t room = 0;
    *turns = (exn_turns){0};
    item->labels =
        (exn_item_labels){.format = file->format, .images = file->images, .shapes = file->shapes};
    exn_sightings_begin(s, sightings, size);
    while (item->error.status == EXN_OK && exn_sightings_next(s)) {
        const exn_picture *picture;
        exn_turn turn = {.outcome = EXN_OUTCOME_UNTOUCHED};
        const exn_match match = exn_sightings_match(s, &survey->pictures, file->format, item->path,
                                                    file->images == 1, &picture);
        if (match == EXN_MATCH_ONE)
            turn = picture->turn;
        else if (s->image.shapes > 0 ||
                 (match == EXN_MATCH_SEVERAL && picture && exn_turns_is_renamed(s->name, picture)))
            refuse(item, options, match, s->name);
        exn_masks_bear_witness(&survey->masks, item->path, file->format, s);
        if (match == EXN_MATCH_ONE && !exn_turns_is_still(&turn))
            expect_masks(survey, item, file->format, s);
        if (item->error.status == EXN_OK && match == EXN_MATCH_ONE && !exn_turns_is_still(&turn) &&
            !choose_frame(&turn, survey, options, item->path, file, &s->image, picture))
            refuse_frame(item, picture);
        turn.name = exn_shard_hash(s->name, strlen(s->name));
        if (item->error.status == EXN_OK && match == EXN_MATCH_ONE &&
            file->format == EXN_LABELS_SUPERVISELY && is_named_after(item->path, picture, &turn))
            exn_error_set(&item->error, EXN_REFUSED, 0,
                          "it is named after its image, which has another name now");
        if (match == EXN_MATCH_ONE && !exn_turns_is_renamed(s->name, picture))
            turn.made = EXN_FORMAT_UNKNOWN;
        const bool is_resized = match == EXN_MATCH_ONE && set_bytes(file->format, picture, &turn);
        turns->any = turns->any || is_resized || turn.made || !exn_turns_is_still(&turn);
        count(&item->labels, &s->image, &turn);
        if (!add(turns, &room, &turn))
            exn_error_set(&item->error, EXN_MEMORY, 0, "its images");
    }
    if (s->broken)
        exn_error_set(&item->error, EXN_CRASHED, 0, "its reply is invalid");
    /* What a YAML says changes how lines are read, so it is in the number as well. */
    exn_labels_job poses = {0};
    char text[80];
    exn_poses_find(&survey->poses, item->path, &poses);
    const int length = snprintf(text, sizeof text, "%016" PRIx64 " %d %" PRIu32 " %" PRIu32,
                                exn_shard_hash(turns->list, turns->count * sizeof *turns->list),
                                file->format == EXN_LABELS_YOLO ? (int)poses.yolo : 0,
                                poses.keypoints, poses.keypoint_numbers);
    item->labels.key = exn_shard_hash(text, (size_t)length);
}

/* An image without objects has an empty file, and one beside its image may be anything, say, its
 * caption. */
void exn_turns_expect(const exn_survey *survey, exn_item *item, int source)
{
    char head[512];
    const exn_picture *picture;
    const char *dot = strrchr(item->path, '.'), *slash = strrchr(item->path, '/');
    if (!dot || strcmp(dot, ".txt") != 0 || !slash ||
        exn_pictures_of_stem(&survey->pictures, item->path, &picture) != EXN_MATCH_ONE ||
        exn_turns_is_still(&picture->turn) ||
        strncmp(picture->path, item->path, (size_t)(slash + 1 - item->path)) == 0)
        return;
    const ssize_t n = exn_io_read_at(source, head, sizeof head, 0);
    if (n < 0)
        exn_error_set(&item->error, EXN_READ, errno, "while reading");
    for (ssize_t i = 0; i < n; i++)
        if (!memchr(" \t\r\n", head[i], 4)) {
            item->labels.format = EXN_LABELS_YOLO; /* by its place */
            exn_error_set(&item->error, EXN_REFUSED, 0,
                          "they are of no format that is known, and their image was rotated; "
                          "if it has none: --labels-format=GLOB=none");
            return;
        }
}

/* One image that was rotated, or renamed, is enough: nobody can ask such a file which ones it
 * names. */
static void refuse_any(const exn_survey *survey, exn_item *item, const char *why)
{
    for (size_t i = 0; i < survey->pictures.count && item->error.status == EXN_OK; i++)
        if (!is_as_before(&survey->pictures.list[i]->turn)) {
            item->labels.is_odd = true;
            exn_error_set(&item->error, EXN_REFUSED, 0, "%s", why);
        }
}

void exn_turns_packed(const exn_survey *survey, exn_item *item)
{
    refuse_any(survey, item,
               "it is compressed, and may have labels of rotated images: decompress it; if it has "
               "none: --labels-format=GLOB=none");
}

/* Where several images could be meant, one of them may have been rotated, which is doubt enough.
 * Only names that are surely of still images, or of none, are passed over. */
void exn_turns_doubt(exn_survey *survey, exn_item *item, bool blank, const void *sightings,
                     size_t size)
{
    static const char lost[] =
        "it has NULs in it, as a crash of the machine leaves them, or UTF-32, and may have labels "
        "of rotated images: convert it to UTF-8; if it has none: --labels-format=GLOB=none";
    /* A table may have been about any image; a .txt is about that of its name, or is anybody's. */
    if (blank && exn_scout_is_named_as_text(item->path))
        refuse_any(survey, item, lost);
    exn_sightings *s = &survey->verdicts.sightings;
    const exn_picture *picture;
    bool is_known = false; /* an image of them */
    exn_sightings_begin(s, sightings, size);
    while (item->error.status == EXN_OK && exn_sightings_next(s)) {
        if (is_known && exn_sightings_is_of_any(s))
            continue;
        const exn_match match = exn_sightings_match(s, &survey->pictures, EXN_LABELS_UNKNOWN,
                                                    item->path, false, &picture);
        is_known = is_known || match != EXN_MATCH_NONE;
        if (match == EXN_MATCH_NONE || (match == EXN_MATCH_ONE && is_as_before(&picture->turn)))
            continue;
        if (s->image.shapes == 0 && match == EXN_MATCH_ONE &&
            !exn_turns_is_renamed(s->name, picture))
            continue;
        item->labels.is_odd = true;
        if (s->image.shapes == 0) {
            exn_error_set(
                &item->error, EXN_REFUSED, 0,
                "it names '%.79s', which has another name now, in no known format; to copy "
                "it as it is: --labels-format=GLOB=none",
                s->name);
            continue;
        }
        if (blank)
            exn_error_set(&item->error, EXN_REFUSED, 0, "%s", lost);
        else
            exn_error_set(&item->error, EXN_REFUSED, 0,
                          "it looks like labels of '%.79s', in no known format; if it has none: "
                          "--labels-format=GLOB=none",
                          *s->name ? s->name : picture->path);
    }
}

void exn_turns_free(exn_turns *turns)
{
    free(turns->list);
    *turns = (exn_turns){0};
}
