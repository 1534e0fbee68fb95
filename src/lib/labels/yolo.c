/* SPDX-License-Identifier: MIT */
/* A line is a class and numbers: a box's center, width and height; or the points of a polygon,
 * where an oriented box is a polygon of four; or a box and its keypoints. Ultralytics tells boxes
 * from polygons by the whole file: one line of more than six columns makes all of its lines
 * polygons (verify_image_label() in data/utils.py). Nothing in the file tells a polygon from a
 * pose; that takes kpt_shape in data.yaml.
 *
 *   0 .5 .5 .25 .1                 class, center x and y, width, height: fractions of the sides
 *   0 .1 .1 .3 .1 .3 .4            class, the points of a polygon
 *   0 .1 .1 .3 .1 .3 .4 .1 .4      the same, or a box with an angle
 *   0 .5 .5 .25 .1 .4 .4 2 ...     a pose: a box, then x, y and visibility of each keypoint */
#include "yolo.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "decimal.h"
#include "loaded.h"

/* One walk, with the whole file in memory, as there is one file per image. */
typedef struct walk {
    const exn_label_settings *settings;
    const exn_label_events *events;
    exn_error *error;
    exn_buffer file;
    exn_label_place place;
    exn_numbers columns; /* of a line */
    bool has_polygons;
} walk;

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

/* Skips an editor's byte order mark before the first class. */
static size_t first_line(const walk *w)
{
    return exn_span_starts(exn_buffer_span(&w->file), "\xEF\xBB\xBF", 3) ? 3 : 0;
}

/* A newline, or a CR without one: Python, which reads these files, accepts either. */
static bool is_line_end(const walk *w, size_t at)
{
    const uint8_t *text = w->file.data;
    return text[at] == '\n' ||
           (text[at] == '\r' && (at + 1 == w->file.size || text[at + 1] != '\n'));
}

/* Reads the columns of the line at *at and advances *at to the next line. A CR before the newline
 * counts as blank, so files from Windows keep their line ends. */
static exn_status read_line(walk *w, size_t *at)
{
    const uint8_t *text = w->file.data;
    size_t end = *at, next;
    while (end < w->file.size && !is_line_end(w, end))
        end++;
    exn_numbers_clear(&w->columns);
    for (size_t i = *at; i < end; i = next) {
        exn_status status = EXN_OK;
        while (i < end && is_blank(text[i]))
            i++;
        for (next = i; next < end && !is_blank(text[next]);)
            next++;
        if (next > i)
            status = exn_numbers_add(&w->columns, i, next - i, (exn_span){text + i, next - i});
        if (status != EXN_OK)
            return exn_status_fail(w->error, status, "%s", "");
    }
    *at = end + 1;
    w->place.line++;
    return EXN_OK;
}

/* Names the line, which is all that one needs to find it in an editor. */
static exn_status fail(walk *w, const char *what)
{
    return exn_label_fail(w->error, EXN_CORRUPT, &w->place, "%s", what);
}

/* Every column has to be a number, and those after the class fractions of a side, or nearly: values
 * slightly outside are common. Pixels are not YOLO labels and would be moved to nonsense. */
static exn_status check_line(walk *w, const char **refusal)
{
    for (size_t i = 0; i < exn_numbers_count(&w->columns); i++) {
        exn_span text = exn_numbers_text(&w->columns, i);
        exn_decimal number;
        if (!exn_decimal_read(text, &number))
            return exn_label_fail(w->error, EXN_CORRUPT, &w->place,
                                  "'%.*s' cannot be read as a number",
                                  text.size < 40 ? (int)text.size : 40, (const char *)text.data);
        if (i > 0 && !exn_label_is_part(exn_decimal_value(&number)))
            *refusal = "numbers that are not parts of the image's sides";
    }
    return EXN_OK;
}

/* The class before the numbers stays where it is. */
static exn_status hand_on(walk *w, exn_label_kind kind, size_t first, size_t count,
                          const char *refusal)
{
    const exn_numbers part = exn_numbers_part(&w->columns, first, count);
    const exn_label_shape shape = {.kind = kind,
                                   .unit = EXN_LABEL_PARTS,
                                   .numbers = &part,
                                   .refusal = refusal,
                                   .place = w->place};
    return w->events->shape(w->events->context, &shape);
}

/* Compared as a number: 0.000000 is 0. */
static bool is_zero(const walk *w, size_t column)
{
    exn_decimal number;
    return exn_decimal_read(exn_numbers_text(&w->columns, column), &number) && number.count == 0;
}

/* Mirroring would make it negative, and thus absent. */
static bool is_beyond(const walk *w, size_t column)
{
    exn_decimal number;
    return exn_decimal_read(exn_numbers_text(&w->columns, column), &number) &&
           exn_decimal_value(&number) > 1;
}

/* -0 does not count: an absent point lies outside on purpose. */
static bool is_negative(const walk *w, size_t column)
{
    exn_decimal number;
    return exn_decimal_read(exn_numbers_text(&w->columns, column), &number) && number.is_negative;
}

/* A keypoint of three numbers is absent if it is (0, 0, 0), one of two numbers if either is
 * negative (by the same function in Ultralytics). */
static exn_status read_pose(walk *w, const char *refusal)
{
    const size_t each = w->settings->keypoint_numbers;
    exn_status status = hand_on(w, EXN_LABEL_CENTER, 1, 4, refusal);
    for (size_t i = 0; i < w->settings->keypoints && status == EXN_OK && !refusal; i++) {
        const size_t at = 5 + i * each;
        const bool is_absent = each == 3
                                   ? is_zero(w, at) && is_zero(w, at + 1) && is_zero(w, at + 2)
                                   : is_negative(w, at) || is_negative(w, at + 1);
        const bool is_lost = each == 2 && (is_beyond(w, at) || is_beyond(w, at + 1));
        if (!is_absent)
            status = hand_on(w, EXN_LABEL_POINTS, at, 2,
                             is_lost ? "a keypoint outside of its image" : NULL);
    }
    return status;
}

/* An ambiguous line is refused with a message that says what would settle it; a guess could put
 * keypoints where visibilities are. */
static exn_status read_object(walk *w)
{
    const size_t count = exn_numbers_count(&w->columns);
    const char *refusal = NULL;
    exn_status status = check_line(w, &refusal);
    if (status != EXN_OK || count == 0)
        return status;
    if (count < 5)
        return fail(w, "fewer than five columns");
    if (w->settings->yolo == EXN_LABELS_YOLO_POSES) {
        if (count != 5 + (size_t)w->settings->keypoints * w->settings->keypoint_numbers)
            refusal = "another count of columns than a pose has by kpt_shape";
        return read_pose(w, refusal);
    }
    if (!w->has_polygons) /* the sixth is a model's confidence */
        return hand_on(w, EXN_LABEL_CENTER, 1, 4, refusal);
    if (w->settings->yolo == EXN_LABELS_YOLO_UNKNOWN)
        refusal = "a polygon or a pose: kpt_shape in data.yaml, as [17, 3], tells them apart, "
                  "which lies above it, "
                  "and in an archive also before it";
    else if (count % 2 == 0)
        refusal = "an odd count of coordinates";
    else if (count == 5)
        refusal = "a box among polygons, which some readers take as a polygon";
    return hand_on(w, EXN_LABEL_POINTS, 1, refusal ? 4 : count - 1, refusal);
}

/* Two passes, since only the whole file tells whether all lines are polygons. */
static exn_status read_file(walk *w)
{
    exn_status status = EXN_OK;
    for (size_t at = first_line(w); at < w->file.size && status == EXN_OK;) {
        status = read_line(w, &at);
        w->has_polygons |= exn_numbers_count(&w->columns) > 6;
    }
    w->place.line = 0;
    const exn_label_image image = {.place = w->place};
    if (status == EXN_OK)
        status = w->events->image(w->events->context, &image);
    for (size_t at = first_line(w); at < w->file.size && status == EXN_OK;) {
        status = read_line(w, &at);
        if (status == EXN_OK)
            status = read_object(w);
    }
    return status;
}

/* settled() is not called: the file is small and is written once it has been read. */
static exn_status walk_file(const exn_source *source, const exn_label_settings *settings,
                            const exn_label_events *events, exn_error *error)
{
    walk w = {.settings = settings,
              .events = events,
              .error = error,
              .columns = {.account = events->account}};
    exn_status status = exn_loaded_read(source, events->account, &w.file, error);
    if (status == EXN_OK)
        status = read_file(&w);
    exn_account_free(events->account, &w.file);
    exn_numbers_free(&w.columns);
    return status;
}

/* A class is an integer from 0 in any form: numpy.savetxt() writes 0.000000000000000000e+00, and
 * Ultralytics reads all columns as the same type. */
static bool is_class(exn_span text)
{
    enum { MOST = 1000000 };
    exn_decimal number;
    uint32_t value;
    return exn_decimal_read(text, &number) && exn_decimal_is_size(&number, &value) && value < MOST;
}

/* The same bounds as check_line(), so that nothing recognized here is refused there. */
static bool is_object(const walk *w, size_t count)
{
    if (count < 5 || !is_class(exn_numbers_text(&w->columns, 0)))
        return false;
    for (size_t i = 1; i < count; i++) {
        exn_decimal number;
        if (!exn_decimal_read(exn_numbers_text(&w->columns, i), &number))
            return false;
        if (!exn_label_is_part(exn_decimal_value(&number)))
            return false;
    }
    return true;
}

/* Whether it was once an object: with an invalid number, with pixels instead of fractions, or
 * truncated. */
static bool is_damaged(const walk *w, size_t count)
{
    return count >= 5 || (count > 1 && is_class(exn_numbers_text(&w->columns, 0)));
}

/* Recognized if every line, of a small file or of the beginning of a larger one, is an object, or
 * if at least half are and the others are damaged objects. If one bad line made it a file of no
 * format, it would be copied while its image is rotated. */
static bool recognize(const exn_source *source)
{
    enum { ENOUGH = 16 << 10 };
    walk w = {.settings = NULL};
    exn_source head = *source;
    head.size = source->size < ENOUGH ? source->size : ENOUGH;
    bool is_yolo = exn_loaded_read(&head, NULL, &w.file, NULL) == EXN_OK;
    size_t objects = 0, damaged = 0;
    for (size_t at = first_line(&w); at < w.file.size && is_yolo;) {
        is_yolo = read_line(&w, &at) == EXN_OK;
        size_t count = exn_numbers_count(&w.columns);
        /* A line truncated by the end of the head is ignored unless it is the first one, whose
         * polygon may be longer than the head; then its last column is ignored. */
        if (at > w.file.size && head.size < source->size) {
            if (objects + damaged > 0)
                break;
            count = count > 0 ? count - 1 : 0;
        }
        if (count > 0 && is_object(&w, count))
            objects++;
        else if (count > 0 && is_damaged(&w, count))
            damaged++;
        else
            is_yolo = is_yolo && count == 0;
    }
    exn_buffer_free(&w.file);
    exn_numbers_free(&w.columns);
    return is_yolo && objects > 0 && objects >= damaged;
}

const exn_label_format exn_yolo_format = {
    .name = "yolo", .recognize = recognize, .walk = walk_file};
