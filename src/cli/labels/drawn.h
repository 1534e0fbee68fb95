/* SPDX-License-Identifier: MIT */
/* The boxes that --html draws over its pictures: read once more out of the label files of before
 * and after, when a run is over, since then a run and its report know the same. */
#ifndef EXN_CLI_LABELS_DRAWN_H
#define EXN_CLI_LABELS_DRAWN_H

#include "page/page.h"

/* Finds those of the page's pictures (exn_page_boxes). What cannot be read is counted, and costs
 * its own boxes. */
void exn_drawn_find(exn_page *page, exn_pool *pool);

#endif
