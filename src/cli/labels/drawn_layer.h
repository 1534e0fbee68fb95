/* SPDX-License-Identifier: MIT */
/* What one label file has on one picture of a page, before and after. */
#ifndef EXN_CLI_LABELS_DRAWN_LAYER_H
#define EXN_CLI_LABELS_DRAWN_LAYER_H

#include "page/page_data.h"
#include "workers/wire.h"

/* An image of a label file that is shown. */
typedef struct exn_drawn_want {
    uint64_t number; /* of the image in its label file */
    exn_page_pick *pick;
} exn_drawn_want;

/* What a worker said of the images asked for. */
typedef struct exn_drawn_boxes {
    void *bytes; /* all of it, owned; NULL: there is none */
    const exn_boxed *list;
    size_t count;
    const uint64_t *shapes; /* of each image */
} exn_drawn_boxes;

/* Adds the boxes of image `at` of those asked for to its picture. row: the label file's. False: out
 * of memory. */
bool exn_drawn_layer_add(exn_page *page, size_t row, const exn_drawn_want *want, size_t at,
                         const exn_drawn_boxes *before, const exn_drawn_boxes *after);

#endif
