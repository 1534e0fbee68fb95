/* SPDX-License-Identifier: MIT */
#include "formats.h"

#include "coco.h"
#include "createml.h"
#include "csv.h"
#include "cvat.h"
#include "datumaro.h"
#include "fiftyone.h"
#include "ground_truth.h"
#include "imagefolder.h"
#include "label_studio.h"
#include "labelme.h"
#include "list.h"
#include "mot.h"
#include "ndjson.h"
#include "open_images.h"
#include "seqinfo.h"
#include "supervisely.h"
#include "via.h"
#include "voc.h"
#include "yolo.h"

/* In the order of the enum, in which sniff.c also tries them. The numbers never change; one that is
 * not in the table comes from a newer header. */
static const exn_label_format *const formats[] = {
    [EXN_LABELS_COCO] = &exn_coco_format,
    [EXN_LABELS_VOC] = &exn_voc_format,
    [EXN_LABELS_YOLO] = &exn_yolo_format,
    [EXN_LABELS_LABELME] = &exn_labelme_format,
    [EXN_LABELS_CSV] = &exn_csv_format,
    [EXN_LABELS_GROUND_TRUTH] = &exn_ground_truth_format,
    [EXN_LABELS_CVAT] = &exn_cvat_format,
    [EXN_LABELS_OPEN_IMAGES] = &exn_open_images_format,
    [EXN_LABELS_MOT] = &exn_mot_format,
    [EXN_LABELS_VIA] = &exn_via_format,
    [EXN_LABELS_VIA_CSV] = &exn_via_csv_format,
    [EXN_LABELS_CREATEML] = &exn_createml_format,
    [EXN_LABELS_LABEL_STUDIO] = &exn_label_studio_format,
    [EXN_LABELS_IMAGEFOLDER] = &exn_imagefolder_format,
    [EXN_LABELS_DATUMARO] = &exn_datumaro_format,
    [EXN_LABELS_NDJSON] = &exn_ndjson_format,
    [EXN_LABELS_FIFTYONE] = &exn_fiftyone_format,
    [EXN_LABELS_SUPERVISELY] = &exn_supervisely_format,
    [EXN_LABELS_LIST] = &exn_list_format,
    [EXN_LABELS_MOT_SEQINFO] = &exn_seqinfo_format,
};

const exn_label_format *exn_formats_of(exn_labels_format format)
{
    return (size_t)format < sizeof formats / sizeof *formats ? formats[format] : NULL;
}
