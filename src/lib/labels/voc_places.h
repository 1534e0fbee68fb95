/* SPDX-License-Identifier: MIT */
/* What in a VOC file is a place in the image, judging by its name or text. Deliberately wider than
 * what is moved: an unknown kind of place is refused and never left behind. */
#ifndef EXN_LABELS_VOC_PLACES_H
#define EXN_LABELS_VOC_PLACES_H

#include <stdbool.h>
#include <stddef.h>

/* Elements that hold coordinates wherever they occur, even outside of annotation's own objects
 * (objects/object). */
bool exn_voc_places_is_coordinate(const char *name);

/* Whether a piece of text in an element of another name is numbers of a place. */
bool exn_voc_places_are_in(const char *name, const char *text, size_t size);

/* No tool is known to write places as XML attributes; if one did, they would stay behind.
 * pose="left" and the like do not matter. */
bool exn_voc_places_are_attributes(const char **attributes);

#endif
