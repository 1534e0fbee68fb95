/* SPDX-License-Identifier: MIT */
/* exn_labels_boxes(): what is handed on for people to look at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <exifnorm.h>
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
        exn_labels_box boxes[3];
    } all[] = {
        {EXN_LABELS_YOLO,
         "0 0.5 0.25 0.5 0.125\n\n1 0.5 0.75 0.25 0.25\n",
         1,
         2,
         {{0, 0.25, 0.1875, 0.75, 0.3125, 0, true}, {0, 0.375, 0.625, 0.625, 0.875, 0, true}}},
        {EXN_LABELS_COCO,
         "{\"annotations\": [{\"id\": 1, \"image_id\": 7, \"bbox\": [1, 2, 3, 4.5]}, {\"id\": 2, "
         "\"image_id\": 3, \"bbox\": [0, 0, 1, 1], \"segmentation\": {\"size\": [2, 2], "
         "\"counts\": [4]}}], \"images\": [{\"id\": 3, \"file_name\": \"a.jpg\"}, {\"id\": 7, "
         "\"file_name\": \"b.jpg\"}]}",
         2,
         2,
         {{0, 1, 2, 4, 6.5, 0, false}, {1, 0, 0, 1, 1, 0, false}}},
        {EXN_LABELS_VOC,
         "<annotation><filename>a.jpg</filename><source><database>The "
         "VOC2007</database></source><object><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3"
         "</xmax><ymax>4</ymax></bndbox></object></annotation>",
         1,
         1,
         {{0, 0, 1, 3, 4, 0, false}}},
        {EXN_LABELS_LABEL_STUDIO,
         "[{\"data\": {\"image\": \"a.jpg\"}, \"annotations\": [{\"result\": [{\"original_width\": "
         "8, "
         "\"original_height\": 8, \"type\": \"rectanglelabels\", \"value\": {\"x\": 10, \"y\": 20, "
         "\"width\": 30, \"height\": 40, \"rotation\": 12.5}}]}]}]",
         1,
         1,
         {{0, 0.1, 0.2, 0.4, 0.6, 12.5, true}}},
        {EXN_LABELS_CVAT, /* about its center, by an angle that comes later */
         "<annotations><image name=\"a.jpg\" width=\"8\" height=\"8\"><box xtl=\"1\" ytl=\"1\" "
         "xbr=\"2\" ybr=\"3\" rotation=\"30\"/><box xtl=\"1\" ytl=\"1\" xbr=\"2\" "
         "ybr=\"3\"/></image>"
         "</annotations>",
         1,
         1,
         {{0, 1, 1, 2, 3, 0, false}}},
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
            assert_true(a->degrees == b->degrees && a->is_part == b->is_part);
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
