/* SPDX-License-Identifier: MIT */
#include "formats.h"

#include "coco.h"
#include "voc.h"
#include "yolo.h"

static const exn_label_format *const formats[] = {
    NULL,
    &exn_coco_format,
    &exn_voc_format,
    &exn_yolo_format,
};

const exn_label_format *exn_formats_of(size_t number)
{
    return number < sizeof formats / sizeof *formats ? formats[number] : NULL;
}
