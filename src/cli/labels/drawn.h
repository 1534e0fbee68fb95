/* SPDX-License-Identifier: MIT */
/* The boxes that --html draws over its pictures. They are read again from the old and the new label
 * files at the end of a run, so that a page made from its report later can be the same. */
#ifndef EXN_CLI_LABELS_DRAWN_H
#define EXN_CLI_LABELS_DRAWN_H

#include "page/page.h"

/* Finds the boxes for the page's pictures (exn_page_boxes). A label file that cannot be read is
 * counted, and only its boxes are missing. */
void exn_drawn_find(exn_page *page, exn_pool *pool);

#endif
