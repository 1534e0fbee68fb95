/* SPDX-License-Identifier: MIT */
/*     ./images/train/a.heic
 *     ./images/train/b.jpg
 *
 * Nothing else may be in a line: what has more than a name may be labels. */
#include "list.h"

#include <string.h>
#include <strings.h>

#include "loaded.h"
#include "table.h"

/* How many of a text's last bytes are an image's extension; 0: it has none. */
static size_t ending_of(exn_span text)
{
    static const char *const endings[] = {".jpg",   ".jpeg", ".jpe", ".jfif", ".png",   ".webp",
                                          ".heic",  ".heif", ".hif", ".avif", ".heics", ".heifs",
                                          ".avifs", ".bmp",  ".gif", ".tif",  ".tiff",  ".jxl"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const size_t size = strlen(endings[i]);
        if (text.size > size &&
            strncasecmp((const char *)text.data + text.size - size, endings[i], size) == 0)
            return size;
    }
    return 0;
}

/* A path may contain blanks, but not before its first slash: "3 a.jpg" is more than a name, and so
 * are two names. */
static bool is_path(exn_span text)
{
    bool has_folder = false;
    for (size_t i = 0; i < text.size; i++) {
        const uint8_t c = text.data[i];
        has_folder |= c == '/' || c == '\\';
        if (c < ' ' || strchr(",;\"'<>{}[]|", c) ||
            (c == ' ' && (!has_folder || ending_of(exn_span_part(text, 0, i)) > 0)))
            return false;
    }
    return ending_of(text) > 0;
}

static exn_span trimmed(exn_span line)
{
    while (line.size > 0 && strchr(" \t\r", line.data[line.size - 1]))
        line.size--;
    return line;
}

typedef struct walk {
    exn_table table;
    const exn_label_events *events;
} walk;

/* It has no shapes, so nobody needs to know the image. It may be listed more than once, as in lists
 * that draw some images more often. */
static exn_status read_record(void *context)
{
    walk *w = context;
    uint64_t offset;
    const exn_span name = exn_table_field_text(&w->table, 0, &offset);
    const exn_label_image image = {.key = name,
                                   .name = name,
                                   .is_optional = true,
                                   .is_repeated = true,
                                   .name_end = offset + name.size,
                                   .place = {.line = w->table.line}};
    if (!is_path(name))
        return exn_table_fail(&w->table, EXN_CORRUPT, "it is no path of an image");
    const exn_status status = w->events->image(w->events->context, &image);
    return status == EXN_OK ? w->events->settled(w->events->context, exn_table_offset(&w->table))
                            : status;
}

/* A table of one column, whose separator is a character that occurs in no path. */
static exn_status walk_file(const exn_source *source, const exn_label_settings *settings,
                            const exn_label_events *events, exn_error *error)
{
    walk w = {
        .table = {.source = source, .separator = 1, .account = events->account, .error = error},
        .events = events};
    (void)settings;
    const exn_status status = exn_table_each(&w.table, read_record, &w);
    exn_table_free(&w.table);
    return status;
}

/* Recognized if every line is a path, in all of a small file or in the beginning of a larger one.
 */
static bool recognize(const exn_source *source)
{
    enum { ENOUGH = 16 << 10 };
    exn_buffer text = {0};
    exn_source head = *source;
    head.size = source->size < ENOUGH ? source->size : ENOUGH;
    bool is_list = exn_loaded_read(&head, NULL, &text, NULL) == EXN_OK;
    size_t names = 0;
    for (size_t at = exn_span_starts(exn_buffer_span(&text), "\xEF\xBB\xBF", 3) ? 3 : 0, end;
         at < text.size && is_list; at = end + 1) {
        for (end = at; end < text.size && text.data[end] != '\n';)
            end++;
        const exn_span line = trimmed((exn_span){text.data + at, end - at});
        if (end == text.size && head.size < source->size) /* cut off */
            break;
        is_list = line.size == 0 || is_path(line);
        names += line.size > 0;
    }
    exn_buffer_free(&text);
    return is_list && names > 0;
}

const exn_label_format exn_list_format = {
    .name = "list", .recognize = recognize, .walk = walk_file};
