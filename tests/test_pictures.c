/* SPDX-License-Identifier: MIT */
/* src/cli/labels/pictures.h: which of the images of a run a name means. The oracle looks at each
 * path by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The program is no library that could be linked. */
#include "base/array.c"
#include "base/text.c"
#include "labels/pictures.c"
#include "labels/scopes.c"
#include "labels/stems.c"

static void add(exn_pictures *pictures, const char *path, uint32_t width)
{
    exn_result result;
    exn_result_init(&result, sizeof result);
    result.orientation = 6;
    result.width_in = width;
    result.height_in = 7;
    assert_true(exn_pictures_add(pictures, path, &result));
}

static bool is_meant(const char *path, const char *name)
{
    const size_t length = strlen(path), size = strlen(name);
    return strcmp(path, name) == 0 || (length > size && path[length - size - 1] == '/' &&
                                       strcmp(path + length - size, name) == 0);
}

/* Each image of a name once, and no other: with paths that sort before, between and behind them. */
static void all_of_a_name_are_found(void **state)
{
    static const char *const paths[] = {"1.jpg",
                                        "-1.jpg",
                                        "a-1.jpg",
                                        "a/1.jpg",
                                        "b/1.jpg",
                                        "b/a/1.jpg",
                                        "11.jpg",
                                        "a/x1.jpg",
                                        ".jpg",
                                        "a/b/1.jpg",
                                        "a/b/11.jpg",
                                        "a!/1.jpg",
                                        "a!1.jpg",
                                        "\xff"
                                        "1.jpg",
                                        "jpg",
                                        "a/jpg",
                                        "2.jpg",
                                        "a/1.jpg/2",
                                        "1.jpg/1.jpg",
                                        "a b/1.jpg"};
    static const char *const names[] = {"1.jpg",     "a/1.jpg", "11.jpg",  "jpg", ".jpg",  "2",
                                        "b/a/1.jpg", "3.jpg",   "1.jpg/2", "a",   "x1.jpg"};
    exn_pictures pictures = {0};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        add(&pictures, paths[i], 5);
    assert_true(exn_pictures_settle(&pictures));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t expected = 0, found = 0, at = SIZE_MAX, last = SIZE_MAX;
        const exn_picture *picture;
        for (size_t j = 0; j < sizeof paths / sizeof *paths; j++)
            expected += is_meant(paths[j], names[i]);
        for (; (picture = exn_pictures_next(&pictures, names[i], &at)); found++) {
            assert_true(is_meant(picture->path, names[i]));
            assert_true(last == SIZE_MAX || at > last);
            last = at;
        }
        assert_int_equal(found, expected);
    }
    exn_pictures_free(&pictures);
}

/* Of 1.jpg to 60000.jpg six thousand end like 1.jpg, and one is meant. */
static void names_that_only_end_alike_are_not_meant(void **state)
{
    exn_pictures pictures = {0};
    const exn_picture *found;
    char path[40];
    (void)state;
    for (int i = 1; i <= 60000; i++) {
        snprintf(path, sizeof path, "images/%d.jpg", i);
        add(&pictures, path, (uint32_t)i);
    }
    assert_true(exn_pictures_settle(&pictures));
    assert_int_equal(exn_pictures_named(&pictures, "a.json", "1.jpg", &found), EXN_MATCH_ONE);
    assert_string_equal(found->path, "images/1.jpg");
    assert_int_equal(exn_pictures_named(&pictures, "a.json", "60000.jpg", &found), EXN_MATCH_ONE);
    assert_string_equal(found->path, "images/60000.jpg");
    assert_int_equal(exn_pictures_named(&pictures, "a.json", "60001.jpg", &found), EXN_MATCH_NONE);
    exn_pictures_free(&pictures);
}

/* More folders with an image of the name than anybody looks at. */
static void too_many_of_one_name_are_several(void **state)
{
    exn_pictures pictures = {0};
    const exn_picture *found;
    char path[40];
    (void)state;
    for (int i = 0; i < 5000; i++) {
        snprintf(path, sizeof path, "%d/1.jpg", i);
        add(&pictures, path, 5);
    }
    add(&pictures, "z/2.jpg", 5);
    assert_true(exn_pictures_settle(&pictures));
    assert_int_equal(exn_pictures_named(&pictures, "a.json", "1.jpg", &found), EXN_MATCH_SEVERAL);
    assert_int_equal(exn_pictures_named(&pictures, "a.json", "2.jpg", &found), EXN_MATCH_ONE);
    exn_pictures_free(&pictures);
}

/* As in an archive, where images and label files take turns: put in order after each few, the
 * answers are those of a table that was put in order once; what was found before stays where it
 * was, and what came since is not found. */
static void what_grows_answers_as_what_is_whole(void **state)
{
    enum { MANY = 600 };
    exn_pictures whole = {0}, growing = {0};
    const exn_picture *one, *other, *first = NULL;
    char path[60];
    uint32_t random = 1;
    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        random = random * 1664525 + 1013904223;
        snprintf(path, sizeof path, "%s/%u/%u.%s", i % 3 ? "images" : "a", random >> 30,
                 (random >> 8) % 400, i % 5 ? "jpg" : "png");
        add(&whole, path, 5);
        add(&growing, path, 5);
        if (i == 0)
            assert_null(exn_pictures_at(&growing, path));
        if (random % 7 < 2)
            assert_true(exn_pictures_settle(&growing));
        if (growing.settled > 0 && !first)
            first = exn_pictures_at(&growing, growing.list[0]->path);
    }
    assert_true(exn_pictures_settle(&whole) && exn_pictures_settle(&growing));
    assert_true(exn_pictures_settle(&growing));
    assert_ptr_equal(first, exn_pictures_entry(&growing, first));
    for (unsigned folder = 0; folder < 5; folder++)
        for (unsigned name = 0; name < 401; name++) {
            snprintf(path, sizeof path, "labels/%u/%u.txt", folder, name);
            assert_int_equal(exn_pictures_of_stem(&growing, path, &one),
                             exn_pictures_of_stem(&whole, path, &other));
            assert_true(one ? other && strcmp(one->path, other->path) == 0 : !other);
            snprintf(path, sizeof path, "%u/%u.png", folder, name);
            assert_int_equal(exn_pictures_named(&growing, "a/2/1.json", path, &one),
                             exn_pictures_named(&whole, "a/2/1.json", path, &other));
            assert_true(one ? other && strcmp(one->path, other->path) == 0 : !other);
        }
    for (size_t i = 0; i < MANY; i++)
        assert_string_equal(growing.list[i]->path, whole.list[i]->path);
    exn_pictures_free(&whole);
    exn_pictures_free(&growing);
}

/* Of one path twice it counts whether the images differ, whenever the second one comes. */
static void twins_are_noticed_when_they_come(void **state)
{
    exn_pictures pictures = {0};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        add(&pictures, "a/1.jpg", 5);
        add(&pictures, i ? "b/1.jpg" : "1.jpg", 6);
        assert_true(exn_pictures_settle(&pictures));
        assert_false(exn_pictures_has_twins(&pictures));
    }
    add(&pictures, "1.jpg", 5);
    assert_false(exn_pictures_has_twins(&pictures));
    assert_true(exn_pictures_settle(&pictures));
    assert_true(exn_pictures_has_twins(&pictures));
    exn_pictures_free(&pictures);
}

/* What is about a folder: by its name, by the folder's, and with more images each time. The oracle
 * goes through all of them. */
static bool is_in_scope(const char *path, const char *folder, const char *prefix)
{
    const size_t size = strlen(folder);
    for (const char *at = path; (at = strstr(at, folder)); at++)
        if ((at == path || at[-1] == '/') && at[size] == '/')
            return true;
    return prefix && strncmp(path, prefix, strlen(prefix)) == 0;
}

static void scopes_are_found(void **state)
{
    static const char *const paths[] = {"b/1/x.jpg",   "a/0001/0.jpg",  "0001x/0.jpg",
                                        "a/0001x.jpg", "b/img/s/0.jpg", "cub/images/k/1.jpg",
                                        "z.jpg",       "b/1/w.jpg"};
    static const struct {
        const char *label, *folder, *prefix;
    } cases[] = {{"label_02/0001.txt", "0001", NULL},
                 {"label_02/0002.txt", "0002", NULL},
                 {"s.txt", "s", NULL},
                 {"b/groundtruth.txt", "groundtruth", "b/"},
                 {"b/img/groundtruth_rect.txt", "groundtruth_rect", "b/img/"},
                 {"b/img/notes.txt", "notes", NULL},
                 {"cub/parts/part_locs.txt", "part_locs", "cub/"},
                 {"cub/other/part_locs.txt", "part_locs", "cub/other/"},
                 {"labels/boxes.txt", "boxes", ""}};
    (void)state;
    for (uint32_t orientation = 1; orientation <= 6; orientation += 5) {
        exn_pictures pictures = {0};
        for (size_t n = 0; n < sizeof paths / sizeof *paths; n++) {
            exn_result result;
            exn_result_init(&result, sizeof result);
            result.orientation = orientation;
            result.outcome = EXN_OUTCOME_LOSSLESS;
            assert_true(exn_pictures_add(&pictures, paths[n], &result));
            assert_true(exn_pictures_settle(&pictures));
            assert_true((exn_pictures_in_scope(&pictures, NULL) != NULL) == (orientation == 6));
            for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                const exn_picture *found = exn_pictures_in_scope(&pictures, cases[i].label);
                bool any = false;
                for (size_t k = 0; k <= n && orientation == 6; k++)
                    any |= is_in_scope(paths[k], cases[i].folder, cases[i].prefix);
                assert_true((found != NULL) == any);
                if (found)
                    assert_true(is_in_scope(found->path, cases[i].folder, cases[i].prefix));
            }
        }
        exn_pictures_free(&pictures);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_a_name_are_found),
        cmocka_unit_test(names_that_only_end_alike_are_not_meant),
        cmocka_unit_test(too_many_of_one_name_are_several),
        cmocka_unit_test(what_grows_answers_as_what_is_whole),
        cmocka_unit_test(twins_are_noticed_when_they_come),
        cmocka_unit_test(scopes_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
