/* SPDX-License-Identifier: MIT */
/* Places and directions that Photoshop's resources say of their picture: paths, guides, slices,
 * colour samplers, resolutions, the shape of a pixel, IPTC's image orientation. */
#ifndef EXN_METADATA_IRB_AREAS_H
#define EXN_METADATA_IRB_AREAS_H

#include "orientation.h"
#include "span.h"

/* Makes the data of the 8BIM resource of that number true of a picture that is rotated by o. `to`
 * holds a copy of it, and is edited in place: paths and resolutions follow. False: something in it
 * is not true of the rotated picture and stays; then `to` is as it was. */
bool exn_irb_areas_map(uint32_t id, exn_span data, exn_orientation o, uint8_t *to);

#endif
