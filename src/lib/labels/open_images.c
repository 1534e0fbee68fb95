/* SPDX-License-Identifier: MIT */
/* One line per object, columns by name: boxes with the clicks that they were drawn by, boxes of
 * segmentations with their mask's file and clicks, pairs of boxes of relationships, points.
 * Coordinates are fractions of the image's sides, from 0 to 1; a click that was not made is -1.
 * ImageID is the image's name without its extension.
 *
 *   ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,...
 *   0a1b2c3d4e5f6071,xclick,/m/01yrx,1,0.1,0.9,0.25,0.5,...
 *
 * Both x come before both y, so columns are told apart by name only. */
#include "open_images.h"

#include <string.h>
#include <strings.h>

#include "decimal.h"
#include "table.h"

/* Places, by the columns of their numbers: x and y alternate. */
static const struct {
    exn_label_kind kind;
    const char *columns[8];
} places[] = {
    {EXN_LABEL_CORNERS, {"XMin", "YMin", "XMax", "YMax"}},
    {EXN_LABEL_CORNERS, {"BoxXMin", "BoxYMin", "BoxXMax", "BoxYMax"}},
    {EXN_LABEL_CORNERS, {"XMin1", "YMin1", "XMax1", "YMax1"}},
    {EXN_LABEL_CORNERS, {"XMin2", "YMin2", "XMax2", "YMax2"}},
    {EXN_LABEL_POINTS,
     {"XClick1X", "XClick1Y", "XClick2X", "XClick2Y", "XClick3X", "XClick3Y", "XClick4X",
      "XClick4Y"}},
    {EXN_LABEL_POINTS, {"X", "Y"}},
};

/* The largest place has eight numbers: four clicks. */
enum { PLACES = sizeof places / sizeof *places, NUMBERS = 8 };

typedef struct walk {
    exn_table table;
    const exn_label_events *events;
    size_t image, mask, clicks; /* EXN_TABLE_COLUMNS: no such column */
    size_t columns[PLACES][NUMBERS];
    size_t count; /* of columns */
    bool has_others;
    exn_numbers numbers;
    exn_buffer name, mask_name;
} walk;

/* How many numbers the place has. */
static size_t size_of(size_t place)
{
    size_t count = 0;
    while (count < NUMBERS && places[place].columns[count])
        count++;
    return count;
}

/* Whether a column that is not read is named like a coordinate. Such a table is still read for its
 * images' names, and refused if one of them rotates: a column that extends the format must not be
 * left behind. A name too long to examine counts as a coordinate. */
static bool is_other(const walk *w, size_t column)
{
    static const char *const parts[] = {"min", "max", "click", "center", "point", "poly", "angle"};
    uint64_t offset;
    const exn_span text = exn_table_field_text(&w->table, column, &offset);
    char name[64] = "";
    if (column == w->image || column == w->mask || column == w->clicks ||
        text.size >= sizeof name || text.size == 0)
        return text.size >= sizeof name;
    for (size_t p = 0; p < PLACES; p++)
        for (size_t i = 0; i < size_of(p); i++)
            if (w->columns[p][i] == column)
                return false;
    memcpy(name, text.data, text.size);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strcasestr(name, parts[i]))
            return true;
    return strcasecmp(name, "x") == 0 || strcasecmp(name, "y") == 0;
}

/* A place counts if all of its columns are there; otherwise they belong to another one. Columns are
 * found by name, so their order and any columns between them do not matter. */
static exn_status read_names(walk *w, bool *is_known)
{
    bool is_end, is_any = false;
    exn_status status = exn_table_next(&w->table, &is_end);
    *is_known = false;
    if (status != EXN_OK || is_end)
        return status;
    w->image = exn_table_find(&w->table, "ImageID");
    w->mask = exn_table_find(&w->table, "MaskPath");
    w->clicks = exn_table_find(&w->table, "Clicks");
    w->count = w->table.count;
    for (size_t p = 0; p < PLACES; p++) {
        bool has_all = true;
        for (size_t i = 0; i < size_of(p); i++) {
            w->columns[p][i] = exn_table_find(&w->table, places[p].columns[i]);
            has_all &= w->columns[p][i] < EXN_TABLE_COLUMNS;
        }
        for (size_t i = 0; i < NUMBERS && !has_all; i++)
            w->columns[p][i] = EXN_TABLE_COLUMNS;
        is_any |= has_all;
    }
    for (size_t i = 0; i < w->count; i++)
        w->has_others |= is_other(w, i);
    *is_known = w->image < EXN_TABLE_COLUMNS && (is_any || w->mask < EXN_TABLE_COLUMNS);
    return EXN_OK;
}

static bool are_parts(const walk *w)
{
    double value;
    for (size_t i = 0; i < exn_numbers_count(&w->numbers); i++)
        if (exn_decimal_read_value(exn_numbers_text(&w->numbers, i), &value) &&
            !exn_label_is_part(value))
            return false;
    return true;
}

/* coded is empty except for masks. */
static exn_status hand_on_shape(walk *w, exn_label_kind kind, const char *member)
{
    const exn_label_shape shape = {
        .image = exn_buffer_span(&w->name),
        .kind = kind,
        .unit = EXN_LABEL_PARTS,
        .numbers = &w->numbers,
        .coded = exn_buffer_span(&w->mask_name),
        .refusal = w->has_others  ? "a column of coordinates that is not known here"
                   : are_parts(w) ? NULL
                                  : "numbers that are not parts of the image's sides",
        .place = {.line = w->table.line, .member = member}};
    return w->events->shape(w->events->context, &shape);
}

/* Whether a number marks a missing click: -1, -1 in extreme clicks. No coordinate can be negative
 * there. */
static bool is_absent(const walk *w, size_t column)
{
    exn_decimal number;
    uint64_t offset;
    return exn_decimal_read(exn_table_field_text(&w->table, column, &offset), &number) &&
           number.is_negative;
}

/* A line has the columns of all kinds in the table and fills those of its own. If all of a place's
 * are empty, it has none; if only some are, that is an error. */
static exn_status read_place(walk *w, size_t place)
{
    const size_t count = size_of(place);
    const bool is_click = count == NUMBERS;
    exn_status status = EXN_OK;
    size_t empty = 0;
    exn_numbers_clear(&w->numbers);
    for (size_t i = 0; i < count && status == EXN_OK; i += 2) {
        const size_t x = w->columns[place][i], y = w->columns[place][i + 1];
        uint64_t offset;
        empty += exn_table_field_text(&w->table, x, &offset).size == 0;
        empty += exn_table_field_text(&w->table, y, &offset).size == 0;
        if (is_click && is_absent(w, x) && is_absent(w, y))
            continue;
        status = exn_table_add(&w->table, x, &w->numbers);
        if (status == EXN_OK)
            status = exn_table_add(&w->table, y, &w->numbers);
    }
    if (status != EXN_OK || empty == count || exn_numbers_count(&w->numbers) == 0)
        return status;
    return empty ? exn_table_fail(&w->table, EXN_CORRUPT, "a place without all of its numbers")
                 : hand_on_shape(w, places[place].kind, places[place].columns[0]);
}

/* "0.95498 0.65197 1;0.89370 0.56579 1": x, y and whether it was inside, for each click of a
 * segmentation, in one field. The mark is no coordinate and is kept. */
static exn_status read_clicks(walk *w)
{
    uint64_t offset;
    const exn_span text = exn_table_field_text(&w->table, w->clicks, &offset);
    exn_status status = EXN_OK;
    size_t column = 0;
    exn_numbers_clear(&w->numbers);
    for (size_t at = 0, end; at < text.size && status == EXN_OK; at = end + 1) {
        for (end = at; end < text.size && text.data[end] != ' ' && text.data[end] != ';'; end++)
            continue;
        const bool is_last = end == text.size || text.data[end] == ';';
        if (column > 2 || is_last != (column == 2))
            return exn_table_fail(&w->table, EXN_CORRUPT, "clicks that are not x, y and a mark");
        if (column < 2)
            status = exn_numbers_add(&w->numbers, offset + at, end - at,
                                     exn_span_part(text, at, end - at));
        column = is_last ? 0 : column + 1;
    }
    if (status != EXN_OK)
        return exn_table_fail(&w->table, status, "");
    if (column != 0)
        return exn_table_fail(&w->table, EXN_CORRUPT, "clicks that are not x, y and a mark");
    return exn_numbers_count(&w->numbers) ? hand_on_shape(w, EXN_LABEL_POINTS, "Clicks") : EXN_OK;
}

/* The mask is a separate file, which the caller rotates. */
static exn_status read_mask(walk *w)
{
    w->mask_name.size = 0;
    exn_numbers_clear(&w->numbers);
    exn_status status = exn_table_say(&w->table, w->mask, &w->mask_name);
    if (status != EXN_OK || w->mask_name.size == 0)
        return status;
    if (memchr(w->mask_name.data, 0, w->mask_name.size))
        return exn_table_fail(&w->table, EXN_CORRUPT, "a NUL in a name");
    return hand_on_shape(w, EXN_LABEL_FILE, "MaskPath");
}

/* Each line names its image; lines of one image need not be adjacent. */
static exn_status read_record(void *context)
{
    walk *w = context;
    if (w->table.count != w->count)
        return exn_table_fail(&w->table, EXN_CORRUPT,
                              "another count of fields than the first line has");
    w->name.size = 0;
    exn_status status = exn_table_say(&w->table, w->image, &w->name);
    if (status != EXN_OK)
        return status;
    if (w->name.size == 0 || memchr(w->name.data, 0, w->name.size))
        return exn_table_fail(&w->table, EXN_CORRUPT, "a line without the name of an image");
    const exn_label_image image = {.key = exn_buffer_span(&w->name),
                                   .name = exn_buffer_span(&w->name),
                                   .is_stem = true,
                                   .is_repeated = true,
                                   .place = {.line = w->table.line, .member = "ImageID"}};
    status = w->events->image(w->events->context, &image);
    for (size_t p = 0; p < PLACES && status == EXN_OK; p++)
        if (w->columns[p][0] < EXN_TABLE_COLUMNS)
            status = read_place(w, p);
    if (status == EXN_OK && w->clicks < EXN_TABLE_COLUMNS)
        status = read_clicks(w);
    if (status == EXN_OK && w->mask < EXN_TABLE_COLUMNS)
        status = read_mask(w);
    return status == EXN_OK ? w->events->settled(w->events->context, exn_table_offset(&w->table))
                            : status;
}

static exn_status walk_file(const exn_source *source, const exn_label_settings *settings,
                            const exn_label_events *events, exn_error *error)
{
    walk w = {
        .table = {.source = source, .separator = ',', .account = events->account, .error = error},
        .numbers = {.account = events->account},
        .events = events};
    bool is_known;
    (void)settings;
    exn_status status = read_names(&w, &is_known);
    if (status == EXN_OK && !is_known)
        status = exn_table_fail(&w.table, EXN_CORRUPT,
                                "it does not name the columns of images and places");
    if (status == EXN_OK)
        status = exn_table_each(&w.table, read_record, &w);
    exn_table_free(&w.table);
    exn_numbers_free(&w.numbers);
    exn_account_free(events->account, &w.name);
    exn_account_free(events->account, &w.mask_name);
    return status;
}

/* Recognized by its first line. */
static bool recognize(const exn_source *source)
{
    exn_source head = exn_table_head(source);
    walk w = {.table = {.source = &head, .separator = ','}};
    bool is_known;
    is_known = read_names(&w, &is_known) == EXN_OK && is_known;
    exn_table_free(&w.table);
    return is_known;
}

const exn_label_format exn_open_images_format = {
    .name = "open-images", .recognize = recognize, .walk = walk_file};
