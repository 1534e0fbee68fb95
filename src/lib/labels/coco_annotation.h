/* SPDX-License-Identifier: MIT */
/* The annotations of a COCO file. */
#ifndef EXN_LABELS_COCO_ANNOTATION_H
#define EXN_LABELS_COCO_ANNOTATION_H

#include "coco_walk.h"

/* Reads one object of the list after its brace and hands on its shapes. */
exn_status exn_coco_annotation_read(void *walk);

#endif
