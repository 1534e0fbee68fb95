/* SPDX-License-Identifier: MIT */
/* exn_labels_boxes(): what is handed on for people to look at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <exifnorm.h>
#include <math.h>
#include <string.h>
#include <cmocka.h>

#include "window.h"

typedef struct kept_boxes {
    exn_labels_box list[8];
    size_t count;
} kept_boxes;

static void keep_box(void *context, const exn_labels_box *box)
{
    kept_boxes *kept = context;
    if (kept->count < sizeof kept->list / sizeof *kept->list)
        kept->list[kept->count++] = *box;
}

/* A run of more digits than exn_decimal_read() takes. */
#define DIGITS   "10000000000000000000000000000000000000000000000000"
#define MORE     DIGITS DIGITS DIGITS
#define TOO_LONG MORE MORE MORE

/* PNGs of 3x2. One pixel of gray, at 2, 1; and, in zlib, two of RGBA that are not transparent, at
 * 2, 0 and 1, 1, beside another that has a color alone. */
#define GRAY                                                                                       \
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAC4HznGAAAADElEQVR42mNgAIP/AAEHAQAaa4TvAAAAAElFTkSuQmCC"
#define DEFLATED_ALPHA                                                                             \
    "eJzrDPBz5+WS4mJgYOD19HAJAtLMQMzEwQYk55akSQEpYU8Xx5CKW8kJDgx+Eo9Z1NXVmRlYLjK83bex3QIozeDp6uey" \
    "zimhCQAJNBCz"

/* The numbers are counted out here; that boxes of all formats are where the shapes are is shown by
 * labels/program.py. */
static void each_kind_of_box(void **state)
{
    (void)state;
    static const struct {
        exn_labels_format format;
        const char *text;
        uint64_t images;
        size_t count;
        exn_labels_box boxes[5];
    } all[] = {
        {EXN_LABELS_YOLO,
         "0 0.5 0.25 0.5 0.125\n\n1 0.5 0.75 0.25 0.25\n",
         1,
         2,
         {{0, 0.25, 0.1875, 0.75, 0.3125, 0, true, false, true},
          {0, 0.375, 0.625, 0.625, 0.875, 0, true, false, true}}},
        {EXN_LABELS_COCO,
         "{\"annotations\": [{\"id\": 1, \"image_id\": 7, \"bbox\": [1, 2, 3, 4.5]}, {\"id\": 2, "
         "\"image_id\": 3, \"bbox\": [0, 0, 1, 1], \"segmentation\": {\"size\": [2, 2], "
         "\"counts\": [4]}}], \"images\": [{\"id\": 3, \"file_name\": \"a.jpg\"}, {\"id\": 7, "
         "\"file_name\": \"b.jpg\"}]}",
         2,
         3,
         {{0, 1, 2, 4, 6.5, 0, false, false, true},
          {1, 0, 0, 1, 1, 0, false, false, true},
          {.image = 1}}},
        {EXN_LABELS_VOC,
         "<annotation><filename>a.jpg</filename><source><database>The "
         "VOC2007</database></source><object><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3"
         "</xmax><ymax>4</ymax></bndbox></object></annotation>",
         1,
         1,
         {{0, 0, 1, 3, 4, 0, false, false, true}}},
        {EXN_LABELS_LABEL_STUDIO,
         "[{\"data\": {\"image\": \"a.jpg\"}, \"annotations\": [{\"result\": [{\"original_width\": "
         "8, "
         "\"original_height\": 8, \"type\": \"rectanglelabels\", \"value\": {\"x\": 10, \"y\": 20, "
         "\"width\": 30, \"height\": 40, \"rotation\": 12.5}}]}]}]",
         1,
         1,
         {{0, 0.1, 0.2, 0.4, 0.6, 12.5, true, false, true}}},
        {EXN_LABELS_CVAT, /* about its center, by an angle that comes later */
         "<annotations><image name=\"a.jpg\" width=\"8\" height=\"8\"><box xtl=\"1\" ytl=\"1\" "
         "xbr=\"2\" ybr=\"3\" rotation=\"390\"/><box xtl=\"1\" ytl=\"1\" xbr=\"2\" "
         "ybr=\"3\" rotation=\"360\"/><mask rle=\"1, 5\" left=\"1\" top=\"0\" width=\"3\" "
         "height=\"2\"/></image></annotations>",
         1,
         3,
         {{0, 1, 1, 2, 3, 30, false, true, true},
          {0, 1, 1, 2, 3, 0, false, false, true},
          {0, 1, 0, 4, 2, 0, false, false, true}}},
        {EXN_LABELS_VOC, /* boxes of an object have its angle, wherever that stands in it */
         "<annotation><filename>a.jpg</filename><object><attributes><attribute><name>rotation"
         "</name><value>-7.5</value></attribute></attributes><bndbox><xmin>1</xmin><ymin>2</ymin>"
         "<xmax>3</xmax><ymax>4</ymax></bndbox></object><object><bndbox><xmin>1</xmin><ymin>2"
         "</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></object><object><bndbox><xmin>1</xmin>"
         "<ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox><attributes><attribute><name>rotation"
         "</name><value>7.5</value></attribute></attributes></object></annotation>",
         1,
         3,
         {{0, 1, 2, 3, 4, -7.5, false, true, true},
          {0, 1, 2, 3, 4, 0, false, false, true},
          {0, 1, 2, 3, 4, 7.5, false, true, true}}},
        {EXN_LABELS_COCO, /* within two columns, over three of them, and none at all */
         "{\"images\": [{\"id\": 1, \"file_name\": \"a.jpg\", \"width\": 4, \"height\": 3}], "
         "\"annotations\": [{\"id\": 1, \"image_id\": 1, \"segmentation\": {\"size\": [3, 4], "
         "\"counts\": [4, 1, 2, 2, 3]}}, {\"id\": 2, \"image_id\": 1, \"segmentation\": {\"size\": "
         "[3, 4], \"counts\": \"255\"}}, {\"id\": 3, \"image_id\": 1, \"segmentation\": {\"size\": "
         "[3, 4], \"counts\": [4, 1, 2]}}, {\"id\": 4, \"image_id\": 1, \"attributes\": "
         "{\"rotation\": 45}, \"bbox\": [1, 1, 2, 1]}, {\"id\": 5, \"image_id\": 1, "
         "\"segmentation\": {\"size\": [3, 4], \"counts\": [4, " TOO_LONG "]}}]}",
         1,
         5,
         {{0, 1, 1, 3, 3, 0, false, false, true},
          {0, 0, 0, 3, 3, 0, false, false, true},
          {.image = 0},
          {0, 1, 1, 3, 2, 45, false, true, true},
          {.image = 0}}},
        {EXN_LABELS_VIA,
         "{\"a.jpg10\": {\"filename\": \"a.jpg\", \"size\": 10, \"regions\": "
         "[{\"shape_attributes\": "
         "{\"name\": \"ellipse\", \"theta\": 0.5, \"cx\": 5, \"cy\": 4, \"rx\": 3, \"ry\": 1}, "
         "\"region_attributes\": {}}, {\"shape_attributes\": {\"name\": \"ellipse\", \"cx\": 5, "
         "\"cy\": 4, \"rx\": 3, \"ry\": 1}, \"region_attributes\": {}}], \"file_attributes\": {}}}",
         1,
         2,
         {{0, 2, 3, 8, 5, 0.5 * 180 / M_PI, false, true, true},
          {0, 2, 3, 8, 5, 0, false, false, true}}},
        {EXN_LABELS_LABEL_STUDIO, /* a brush's rows are as long as its result says, after it */
         "[{\"data\": {\"image\": \"a.jpg\"}, \"annotations\": [{\"result\": [{\"type\": "
         "\"brushlabels\", \"value\": {\"format\": \"rle\", \"rle\": [0, 0, 0, 16, 57, 191, 252, "
         "176, 8, 127, 224]}, \"original_width\": 2, \"original_height\": 2}]}]}, {\"data\": "
         "{\"image\": \"b.jpg\"}, \"annotations\": [{\"result\": [{\"type\": \"brushlabels\", "
         "\"value\": {\"imageDataURL\": \"data:image/png;base64," GRAY
         "\"}, \"original_width\": 3, \"original_height\": 2}, {\"type\": \"ellipselabels\", "
         "\"value\": {\"x\": 50, \"y\": 40, \"radiusX\": 10, \"radiusY\": 20, \"rotation\": 5}, "
         "\"original_width\": 3, \"original_height\": 2}]}]}]",
         2,
         3,
         {{0, 1, 1, 2, 2, 0, false, false, true},
          {1, 2, 1, 3, 2, 0, false, false, true},
          {1, 0.4, 0.2, 0.6, 0.6, 5, true, true, true}}},
        {EXN_LABELS_SUPERVISELY,
         "{\"size\": {\"height\": 30, \"width\": 40}, \"tags\": [], \"objects\": [{\"classTitle\": "
         "\"a\", \"geometryType\": \"bitmap\", \"bitmap\": {\"data\": \"" DEFLATED_ALPHA
         "\", \"origin\": [10, 20]}}, {\"classTitle\": \"a\", \"geometryType\": \"bitmap\", "
         "\"bitmap\": {\"data\": \"" GRAY "\", \"origin\": [10, 20]}}, {\"classTitle\": \"a\", "
         "\"geometryType\": \"bitmap\", \"bitmap\": {\"data\": \"AAAA\", \"origin\": [1, 2]}}]}",
         1,
         3,
         {{0, 11, 20, 13, 22, 0, false, false, true},
          {0, 12, 21, 13, 22, 0, false, false, true},
          {.image = 0}}},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        exn_span file = {(const uint8_t *)all[i].text, strlen(all[i].text)};
        const exn_source source = exn_window_source_of(&file);
        kept_boxes kept = {.count = 0};
        uint64_t images = 99;
        exn_error e;
        if (exn_labels_boxes(&source, all[i].format, NULL, keep_box, &kept, &images, &e) != EXN_OK)
            fail_msg("%s: %s", exn_labels_format_word(all[i].format), e.detail);
        assert_int_equal(images, all[i].images);
        if (kept.count != all[i].count)
            fail_msg("%s: %zu boxes", exn_labels_format_word(all[i].format), kept.count);
        for (size_t k = 0; k < kept.count; k++) {
            const exn_labels_box *a = &kept.list[k], *b = &all[i].boxes[k];
            assert_int_equal(a->image, b->image);
            if (a->left != b->left || a->top != b->top || a->right != b->right ||
                a->bottom != b->bottom)
                fail_msg("%s: %g, %g to %g, %g", exn_labels_format_word(all[i].format), a->left,
                         a->top, a->right, a->bottom);
            if (a->degrees != b->degrees)
                fail_msg("%s: %.17g degrees", exn_labels_format_word(all[i].format), a->degrees);
            assert_true(a->is_part == b->is_part && a->is_about_center == b->is_about_center &&
                        a->has_extent == b->has_extent);
        }
    }
}

static void what_cannot_be_read_is_said(void **state)
{
    (void)state;
    static const char *const bad[] = {"{\"images\": [",
                                      "{\"images\": [], \"annotations\": [{\"id\": 1, "
                                      "\"image_id\": 1, \"bbox\": [1, 2, \"x\", 4]}]}"};
    kept_boxes kept = {.count = 0};
    exn_error e;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        exn_span file = {(const uint8_t *)bad[i], strlen(bad[i])};
        const exn_source source = exn_window_source_of(&file);
        uint64_t images = 99;
        assert_int_equal(
            exn_labels_boxes(&source, EXN_LABELS_COCO, NULL, keep_box, &kept, &images, &e),
            EXN_CORRUPT);
        assert_true(strlen(e.detail) > 0);
        assert_int_equal(images, 99);
    }
    exn_span file = {(const uint8_t *)"0 0.5 0.5 0.1 0.1\n", 18};
    const exn_source source = exn_window_source_of(&file);
    assert_int_equal(exn_labels_boxes(&source, EXN_LABELS_YOLO, NULL, NULL, NULL, NULL, &e),
                     EXN_BAD_ARGUMENT);
    assert_non_null(strstr(e.detail, "visit"));
    assert_int_equal(exn_labels_boxes(NULL, EXN_LABELS_YOLO, NULL, keep_box, &kept, NULL, &e),
                     EXN_BAD_ARGUMENT);
    assert_int_equal(exn_labels_boxes(&source, 99, NULL, keep_box, &kept, NULL, NULL),
                     EXN_BAD_ARGUMENT);
    assert_int_equal(kept.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_box),
        cmocka_unit_test(what_cannot_be_read_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
