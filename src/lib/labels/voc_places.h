/* SPDX-License-Identifier: MIT */
/* What in a VOC file is a place on the image, by its name or its text. Wider than what is moved, on
 * purpose: a place of a kind that nobody here knows is refused and never left behind. */
#ifndef EXN_LABELS_VOC_PLACES_H
#define EXN_LABELS_VOC_PLACES_H

#include <stdbool.h>
#include <stddef.h>

/* Elements that hold coordinates wherever they stand, also where they are in no object of
 * annotation's own (objects/object). */
bool exn_voc_places_is_coordinate(const char *name);

/* Whether a piece of text in an element of another name is numbers of a place. */
bool exn_voc_places_are_in(const char *name, const char *text, size_t size);

/* No tool is known to write places as attributes in the XML sense; if one did, they would stay
 * behind. pose="left" and such are of no matter. */
bool exn_voc_places_are_attributes(const char **attributes);

#endif
