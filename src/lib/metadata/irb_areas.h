/* SPDX-License-Identifier: MIT */
/* Places and directions of the picture in Photoshop's resources: paths, guides, slices, colour
 * samplers, resolutions, pixel aspect ratio, IPTC's image orientation. */
#ifndef EXN_METADATA_IRB_AREAS_H
#define EXN_METADATA_IRB_AREAS_H

#include "orientation.h"
#include "span.h"

/* Updates the data of the 8BIM resource with that number for a picture rotated by o. `to` holds a
 * copy of the data, which is edited in place: paths and resolutions are mapped. Returns false if
 * something in it does not fit the rotated picture and is kept; then `to` is unchanged. */
bool exn_irb_areas_map(uint32_t id, exn_span data, exn_orientation o, uint8_t *to);

#endif
