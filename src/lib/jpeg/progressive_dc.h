/* SPDX-License-Identifier: MIT */
/* DC scans of progressive pictures (T.81, G.1.2.1), which may have several components. */
#ifndef EXN_JPEG_PROGRESSIVE_DC_H
#define EXN_JPEG_PROGRESSIVE_DC_H

#include "entropy_plan.h"
#include "entropy_strings.h"

/* Where a component's blocks go: to its plane's strings, or to the blocks that the component holds.
 */
typedef struct exn_progressive_target {
    const exn_component *component; /* of the source */
    exn_string_plane *plane;
    exn_string_path path;
} exn_progressive_target;

/* The memory it takes, except for what it makes. */
size_t exn_progressive_dc_bytes(void);

/* Decodes the scan, first or refining, into the DC of all targets, which are indexed by component.
 * Returns the same as exn_progressive_decode(). */
exn_status exn_progressive_dc_decode(const exn_jpeg *jpeg, const exn_plan_scan *scan,
                                     const exn_progressive_target targets[], exn_error *error);

#endif
