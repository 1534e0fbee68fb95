/* SPDX-License-Identifier: MIT */
/* Where the labels of each image of one label file go, by what became of the image and by the frame
 * that they are in. */
#ifndef EXN_CLI_LABELS_TURNS_H
#define EXN_CLI_LABELS_TURNS_H

#include "base/item.h"
#include "survey.h"

typedef struct exn_turns {
    exn_turn *list; /* in the order of sightings; owned */
    size_t count;
    bool any; /* an image is not as it was, so that there is something to move or to mend */
} exn_turns;

/* Fills in turns and the item's labels. The item's error: an image is not known, or the frame. */
void exn_turns_make(exn_turns *turns, exn_survey *survey, const exn_cli_options *options,
                    exn_item *item, const exn_labels_result *file, const void *sightings,
                    size_t size);

/* Neither shown otherwise than stored, nor moved: both frames are one. */
bool exn_turns_is_still(const exn_turn *turn);

/* Fills in the frame of the labels on an image, by the options or the judgement on it. False:
 * nobody knows it. */
bool exn_turns_choose_frame(exn_turn *turn, const exn_cli_options *options,
                            exn_labels_judgement judgement);

/* The size of the frame that they are in. */
void exn_turns_frame_size(const exn_turn *turn, uint32_t *width, uint32_t *height);

/* The item's error: it is of no format, but lies where Ultralytics reads the labels of an image
 * that was rotated. Its bytes are in source. */
void exn_turns_expect(const exn_survey *survey, exn_item *item, int source);

/* The item's error: it is packed, and may be about an image that was rotated. */
void exn_turns_packed(const exn_survey *survey, exn_item *item);

/* The item's error: it looks like labels of an image that was rotated. sightings: names of images.
 * blank: its beginning has NULs, and it may be anything. */
void exn_turns_doubt(exn_survey *survey, exn_item *item, bool blank, const void *sightings,
                     size_t size);

/* Whether a label file's name of an image is that of a source whose output has another one. */
bool exn_turns_is_renamed(const char *name, const exn_picture *picture);

void exn_turns_free(exn_turns *turns);

#endif
