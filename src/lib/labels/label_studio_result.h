/* SPDX-License-Identifier: MIT */
/* One result: a region of an image, or something without a place. */
#ifndef EXN_LABELS_LABEL_STUDIO_RESULT_H
#define EXN_LABELS_LABEL_STUDIO_RESULT_H

#include "label_studio_walk.h"

/* Reads an object whose opening has been read, hands on its shapes, and notes which image they are
 * on. is_loose: it may be something else, and is a result only if it gives its image's size. */
exn_status exn_label_studio_result_read(exn_label_studio_walk *w, bool is_loose);

#endif
