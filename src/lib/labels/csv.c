/* SPDX-License-Identifier: MIT */
/* The columns filename, width, height, class, xmin, ymin, xmax, ymax of TensorFlow and Roboflow;
 * image, xmin ... of VoTT; path, x1, y1, x2, y2 of keras-retinanet. Corners are edges in pixels;
 * width and height are the image's. A file without names in its first line is not read. Fields
 * follow RFC 4180. */
#include "csv.h"

#include <string.h>
#include <strings.h>

#include "decimal.h"
#include "loaded.h"
#include "table.h"

/* More than any tool writes; a wider table is not a list of boxes. */
enum { MAX_COLUMNS = 256 };

typedef struct field {
    size_t offset, size; /* without quotes */
    bool has_escapes;
} field;

enum { X1, Y1, X2, Y2, WIDTH, HEIGHT, NAME, ROLES };

typedef struct walk {
    const exn_label_events *events;
    exn_error *error;
    exn_buffer file, name;
    uint8_t separator;
    size_t columns, column[ROLES]; /* MAX_COLUMNS: no such column */
    field fields[MAX_COLUMNS];
    size_t count; /* fields in this line */
    exn_label_place place;
    uint64_t next_line;
    exn_numbers box, sizes;
    bool has_others; /* there are coordinate columns other than corners */
    bool is_parts;   /* no coordinate in the file exceeds 2 */
} walk;

/* Reads the fields of the line at *at and advances *at to the next line. Returns false if the line
 * is malformed. Offsets are of the bytes in the file, within the quotes, because a number is edited
 * in place. place.line is the record's first line, since a quoted field may span several (RFC 4180,
 * 2.6). */
static bool read_line(walk *w, size_t *at)
{
    const uint8_t *text = w->file.data;
    const size_t end = w->file.size;
    size_t i = *at;
    w->count = 0;
    w->place.line = w->next_line++;
    for (;;) {
        field f = {.offset = i};
        if (i < end && text[i] == '"') {
            for (f.offset = ++i; i < end && (text[i] != '"' || (i + 1 < end && text[i + 1] == '"'));
                 i++) {
                f.has_escapes |= text[i] == '"';
                i += text[i] == '"';
                w->next_line += text[i] == '\n';
            }
            if (i == end)
                return false;
            f.size = i++ - f.offset;
        } else {
            while (i < end && text[i] != w->separator && text[i] != '\n' && text[i] != '\r')
                i++;
            f.size = i - f.offset;
        }
        if (w->count == MAX_COLUMNS)
            return false;
        w->fields[w->count++] = f;
        if (i == end || text[i] != w->separator)
            break;
        i++;
    }
    if (i < end && text[i] == '\r')
        i++;
    if (i < end && text[i] != '\n')
        return false;
    *at = i + 1;
    return true;
}

/* By RFC 4180, 2.4, blanks belong to the field; around a number they are only for readability. */
static exn_span trimmed(const walk *w, const field *f, size_t *offset)
{
    const uint8_t *text = w->file.data + f->offset;
    size_t from = 0, to = f->size;
    while (from < to && (text[from] == ' ' || text[from] == '\t'))
        from++;
    while (to > from && (text[to - 1] == ' ' || text[to - 1] == '\t'))
        to--;
    *offset = f->offset + from;
    return (exn_span){text + from, to - from};
}

/* Names listed first win. */
static const char *const names[][3] = {
    [X1] = {"xmin", "x1", NULL},           [Y1] = {"ymin", "y1", NULL},
    [X2] = {"xmax", "x2", NULL},           [Y2] = {"ymax", "y2", NULL},
    [WIDTH] = {"width", NULL, NULL},       [HEIGHT] = {"height", NULL, NULL},
    [NAME] = {"filename", "image", "path"}};

/* Ignores case: XMin is xmin. No two names known here differ only in case. */
static bool is_name(exn_span text, const char *name)
{
    return text.size == strlen(name) && strncasecmp((const char *)text.data, name, text.size) == 0;
}

/* Searches backwards, so that the first of two columns with the same name is found. */
static size_t find_column(const walk *w, const char *name)
{
    size_t found = MAX_COLUMNS, offset;
    for (size_t i = w->count; i-- > 0;) {
        if (is_name(trimmed(w, &w->fields[i], &offset), name))
            found = i;
    }
    return found;
}

/* Whether there are coordinates that would be left behind: x1 to y4 of a quadrilateral, whose first
 * two points are not the corners of a box; xmin as well as x1, or twice; a center; an angle. */
static bool find_others(const walk *w)
{
    static const char *const known[] = {
        "x",        "y",       "w",       "h",       "cx",     "cy",           "angle",
        "rotation", "theta",   "xmin",    "ymin",    "xmax",   "ymax",         "x_center",
        "y_center", "xcenter", "ycenter", "polygon", "points", "segmentation", "keypoints"};
    for (size_t i = 0; i < w->count; i++) {
        size_t offset, role = X1;
        while (role < ROLES && w->column[role] != i)
            role++;
        const exn_span text = trimmed(w, &w->fields[i], &offset);
        if (role < ROLES || text.size == 0)
            continue;
        size_t digits = 1;
        while (digits < text.size && text.data[digits] >= '0' && text.data[digits] <= '9')
            digits++;
        if (strchr("xXyY", text.data[0]) && text.data[0] && digits == text.size)
            return true;
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            if (is_name(text, known[k]))
                return true;
    }
    return false;
}

/* Reads the first line, after any byte order mark. A separator is right if it yields all required
 * columns; nothing else is guessed. */
static bool read_names(walk *w, size_t *at)
{
    static const char separators[] = ",;\t";
    const size_t first = exn_span_starts(exn_buffer_span(&w->file), "\xEF\xBB\xBF", 3) ? 3 : 0;
    for (size_t s = 0; separators[s] && w->file.size > 0; s++) {
        w->separator = (uint8_t)separators[s];
        w->next_line = 1;
        *at = first;
        if (!read_line(w, at))
            continue;
        bool has_all = true;
        for (size_t role = 0; role < ROLES; role++) {
            w->column[role] = MAX_COLUMNS;
            for (size_t k = 0; k < 3 && names[role][k] && w->column[role] == MAX_COLUMNS; k++)
                w->column[role] = find_column(w, names[role][k]);
            has_all &= w->column[role] < MAX_COLUMNS || role == WIDTH || role == HEIGHT;
        }
        w->columns = w->count;
        w->has_others = find_others(w);
        if (has_all)
            return true;
    }
    return false;
}

static exn_status fail(walk *w, exn_status status, const char *what)
{
    return exn_label_fail(w->error, status, &w->place, "%s", what);
}

static exn_status add(walk *w, exn_numbers *to, size_t role)
{
    size_t offset;
    const exn_span text = trimmed(w, &w->fields[w->column[role]], &offset);
    return exn_numbers_add(to, offset, text.size, text) == EXN_OK ? EXN_OK
                                                                  : fail(w, EXN_MEMORY, "");
}

/* Doubled quotes are undone (RFC 4180, 2.7), because the name is compared with a file's. */
static exn_status read_name(walk *w)
{
    const field *f = &w->fields[w->column[NAME]];
    exn_status status = EXN_OK;
    w->name.size = 0;
    for (size_t i = 0; i < f->size && status == EXN_OK; i++) {
        status = exn_buffer_append(&w->name, w->file.data + f->offset + i, 1);
        i += f->has_escapes && w->file.data[f->offset + i] == '"'; /* "" is one */
    }
    if (status != EXN_OK)
        return fail(w, status, "");
    if (w->name.size == 0 || memchr(w->name.data, 0, w->name.size))
        return fail(w, EXN_CORRUPT, "a line without the name of an image");
    return EXN_OK;
}

/* The line of an image without boxes has no corners; spreadsheets leave blanks there. */
static bool is_empty(const walk *w, size_t role)
{
    size_t offset;
    return trimmed(w, &w->fields[w->column[role]], &offset).size == 0;
}

/* An image is handed on with each of its lines, because the sizes on all of them have to be set. */
static exn_status hand_on(walk *w)
{
    const bool has_size = w->column[WIDTH] < MAX_COLUMNS && w->column[HEIGHT] < MAX_COLUMNS &&
                          !is_empty(w, WIDTH) && !is_empty(w, HEIGHT);
    exn_status status = read_name(w);
    exn_numbers_clear(&w->box);
    exn_numbers_clear(&w->sizes);
    size_t empty = 0;
    for (size_t role = X1; role <= Y2 && status == EXN_OK; role++) {
        empty += is_empty(w, role);
        status = add(w, &w->box, role);
    }
    for (size_t role = WIDTH; role <= HEIGHT && status == EXN_OK && has_size; role++)
        status = add(w, &w->sizes, role);
    if (status != EXN_OK)
        return status;
    const exn_span key = exn_buffer_span(&w->name);
    const field *name = &w->fields[w->column[NAME]];
    const exn_label_image image = {.key = key,
                                   .name = key,
                                   .sizes = has_size ? &w->sizes : NULL,
                                   .is_repeated = true,
                                   .name_end = name->offset + name->size,
                                   .place = w->place};
    const exn_label_shape shape = {
        .image = key,
        .kind = EXN_LABEL_CORNERS,
        .numbers = &w->box,
        .refusal = w->has_others ? "a column of coordinates besides the corners"
                   : w->is_parts ? "no coordinate of the file is over 2: they may be parts of sides"
                                 : NULL,
        .place = w->place};
    status = w->events->image(w->events->context, &image);
    if (status != EXN_OK || empty == 4) /* an image without a box */
        return status;
    return empty ? fail(w, EXN_CORRUPT, "a box without its four numbers")
                 : w->events->shape(w->events->context, &shape);
}

/* Checks whether all coordinates could be fractions of the sides. Those often exceed 1 slightly.
 * Pixel coordinates that are all below 2 throughout a file do not occur, and nor do fractions far
 * outside of the image. */
static void look_at_coordinates(walk *w)
{
    double value;
    size_t offset;
    for (size_t role = X1; role <= Y2; role++)
        if (exn_decimal_read_value(trimmed(w, &w->fields[w->column[role]], &offset), &value) &&
            !exn_label_is_part(value))
            w->is_parts = false;
}

/* Either hands on every line or only examines it. A line with too many or too few fields is an
 * error: its numbers could belong to other columns. */
static exn_status read_lines(walk *w, size_t at, uint64_t line, bool is_first)
{
    exn_status status = EXN_OK;
    w->next_line = line;
    while (at < w->file.size && status == EXN_OK) {
        if (!read_line(w, &at))
            return fail(w, EXN_CORRUPT, "its fields are not well formed");
        if (w->count == 1 && w->fields[0].size == 0)
            continue;
        if (w->count != w->columns)
            return fail(w, EXN_CORRUPT, "another count of fields than the first line has");
        if (is_first)
            look_at_coordinates(w);
        else
            status = hand_on(w);
    }
    return status;
}

/* Two passes, since only the whole file tells whether its coordinates are pixels. */
static exn_status walk_file(const exn_source *source, const exn_label_settings *settings,
                            const exn_label_events *events, exn_error *error)
{
    walk w = {.events = events, .error = error, .is_parts = true};
    (void)settings;
    size_t at = 0;
    exn_status status = exn_loaded_read(source, events->account, &w.file, error);
    if (status == EXN_OK && !read_names(&w, &at))
        status = fail(&w, EXN_CORRUPT, "it does not name the columns of images and corners");
    const uint64_t line = w.next_line; /* the header may be several lines, in quotes */
    if (status == EXN_OK)
        status = read_lines(&w, at, line, true);
    if (status == EXN_OK)
        status = read_lines(&w, at, line, false);
    exn_account_free(events->account, &w.file);
    exn_buffer_free(&w.name);
    exn_numbers_free(&w.box);
    exn_numbers_free(&w.sizes);
    return status;
}

/* Looks at the first line only, which has to fit into these bytes. */
static bool recognize(const exn_source *source)
{
    walk w = {.events = NULL};
    size_t at = 0;
    const exn_source head = exn_table_head(source);
    bool is_csv = exn_loaded_read(&head, NULL, &w.file, NULL) == EXN_OK && read_names(&w, &at);
    exn_buffer_free(&w.file);
    return is_csv;
}

const exn_label_format exn_csv_format = {.name = "csv", .recognize = recognize, .walk = walk_file};
