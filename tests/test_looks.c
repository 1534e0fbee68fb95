/* SPDX-License-Identifier: MIT */
/* src/cli/labels/looks.h: what was said of a file counts as long as nothing tells that it is
 * another one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The program is no library that could be linked. */
#include "base/clock.c"
#include "labels/looks.c"

static const struct stat large = {
    .st_dev = 1, .st_ino = 2, .st_size = EXN_LOOKS_LARGE, .st_mtim = {3, 4}, .st_ctim = {5, 6}};
static const exn_labels_answer coco = {.result = {.format = EXN_LABELS_COCO, .images = 7}};

static void the_same_file_is_found(void **state)
{
    (void)state;
    exn_looks looks = {0};
    exn_looks_keep(&looks, "a/b.json", &large, &coco, "sightings", 9);
    exn_looks_keep(&looks, "a/c.json", &large, &coco, "", 0);
    const exn_look *look = exn_looks_find(&looks, "a/b.json", &large);
    assert_non_null(look);
    assert_int_equal(look->size, 9);
    assert_memory_equal(look->sightings, "sightings", 9);
    assert_int_equal(look->answer.result.images, 7);
    assert_int_equal(exn_looks_find(&looks, "a/c.json", &large)->size, 0);
    assert_null(exn_looks_find(&looks, "b.json", &large));
    exn_looks_free(&looks);
    assert_null(exn_looks_find(&looks, "a/b.json", &large));
}

static void another_file_is_not(void **state)
{
    (void)state;
    exn_looks looks = {0};
    exn_looks_keep(&looks, "a", &large, &coco, "x", 1);
    struct stat others[7];
    for (size_t i = 0; i < 7; i++)
        others[i] = large;
    others[0].st_dev++;
    others[1].st_ino++;
    others[2].st_size++;
    others[3].st_mtim.tv_sec++;
    others[4].st_mtim.tv_nsec++;
    others[5].st_ctim.tv_sec++;
    others[6].st_ctim.tv_nsec++;
    for (size_t i = 0; i < 7; i++)
        assert_null(exn_looks_find(&looks, "a", &others[i]));
    assert_non_null(exn_looks_find(&looks, "a", &large));
    exn_looks_free(&looks);
}

static void only_what_is_worth_it_is_kept(void **state)
{
    (void)state;
    exn_looks looks = {0};
    struct stat small = large;
    small.st_size = EXN_LOOKS_LARGE - 1;
    const exn_labels_answer yolo = {.result = {.format = EXN_LABELS_YOLO}},
                            unread = {.result = {.format = EXN_LABELS_COCO}, .unread = 1};
    exn_looks_keep(&looks, "small", &small, &coco, "x", 1);
    exn_looks_keep(&looks, "yolo", &large, &yolo, "x", 1);
    exn_looks_keep(&looks, "unread", &large, &unread, "x", 1);
    assert_null(looks.first);

    char *much = calloc(1, EXN_LOOKS_MOST);
    assert_non_null(much);
    exn_looks_keep(&looks, "too much", &large, &coco, much, EXN_LOOKS_MOST + 1);
    assert_null(looks.first);
    exn_looks_keep(&looks, "all", &large, &coco, much, EXN_LOOKS_MOST);
    assert_non_null(exn_looks_find(&looks, "all", &large));
    exn_looks_keep(&looks, "one more", &large, &coco, "x", 1);
    assert_null(exn_looks_find(&looks, "one more", &large));
    free(much);
    exn_looks_free(&looks);
}

/* A second look at the same file is the same look. */
static void nothing_is_kept_twice(void **state)
{
    (void)state;
    exn_looks looks = {0};
    exn_looks_keep(&looks, "a", &large, &coco, "x", 1);
    exn_looks_keep(&looks, "a", &large, &coco, "x", 1);
    assert_int_equal(looks.size, 1);
    assert_null(looks.first->next);
    exn_looks_free(&looks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_file_is_found),
        cmocka_unit_test(another_file_is_not),
        cmocka_unit_test(only_what_is_worth_it_is_kept),
        cmocka_unit_test(nothing_is_kept_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
