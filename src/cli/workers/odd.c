/* SPDX-License-Identifier: MIT */
#include "odd.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Where a name of an image ends, in a text of that size; 0: there is none. What follows has to be
 * no part of a name: "a.jpg.json" is none. A name has a character before its ending, so the search
 * begins at the second. */
static size_t name_end(const char *text, size_t size)
{
    static const char *const endings[] = {".jpg",  ".jpeg", ".png", ".webp",
                                          ".heic", ".heif", ".hif", ".avif"};
    for (size_t i = 1; i < size; i++)
        for (size_t j = 0; text[i] == '.' && j < sizeof endings / sizeof *endings; j++) {
            const size_t end = i + strlen(endings[j]);
            if (end <= size && strncasecmp(text + i, endings[j], strlen(endings[j])) == 0 &&
                (end == size || strchr(" ,;\t\"'\r", text[end])))
                return end;
        }
    return 0;
}

/* How many numbers are in the rest of a line, in whatever way they are parted. */
static size_t count_numbers(const char *text, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < size;) {
        const size_t length = strspn(text + i, "0123456789.-+eE");
        count += length > 0 && strcspn(text + i, "0123456789") < length;
        i += length > 0 ? length : 1;
    }
    return count;
}

/* A name, and a box or more of numbers. A box has four numbers at least; fewer may be a size or a
 * class. */
static bool is_row(const char *line, size_t size, const char **name, size_t *name_size)
{
    const size_t quote = size > 0 && (*line == '"' || *line == '\'');
    const size_t end = name_end(line + quote, size - quote);
    *name = line + quote;
    *name_size = end;
    return end > 0 && count_numbers(line + quote + end, size - quote - end) >= 4;
}

/* A box or more of numbers, and hardly a word: a caption with a date in it has more of these. */
static bool is_nameless_row(const char *line, size_t size)
{
    enum { MOST = 2 };
    size_t words = 0;
    for (size_t i = 0; i < size; i++)
        words += isalpha((unsigned char)line[i]) && (i == 0 || strchr(" ,;\t", line[i - 1]));
    return words <= MOST && count_numbers(line, size) >= 4;
}

typedef void (*visitor)(void *context, const char *name, size_t size);

/* All lines but a few have to be rows: a log, or a text about images, has others. The last line may
 * be cut off. So lines are counted first and names handed on then, as none can be taken back. One
 * line may be no row, such as the head of a table, and one more for each eight rows. */
static bool look_at_rows(const char *text, size_t size, visitor visit, void *context)
{
    size_t rows = 0, others = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t at = 0, length; at < size; at += length + 1) {
            const char *name;
            size_t name_size;
            length = strcspn(text + at, "\n");
            const bool is_one = is_row(text + at, length, &name, &name_size);
            if (pass == 0 && is_one)
                rows++;
            else if (pass == 0)
                others += strspn(text + at, " \t\r") < length;
            else if (is_one)
                visit(context, name, name_size);
        }
        if (rows == 0 || others > rows / 8 + 1)
            return false;
    }
    return true;
}

static bool has_key(const char *text, const char *key)
{
    const size_t size = strlen(key);
    for (const char *at = text; (at = strstr(at, key)); at += size)
        if (at > text && at[-1] == '"' && at[size] == '"')
            return true;
    return false;
}

/* Keys of places that the formats of this program have, and others of their kind. A number alone
 * may be a size or a score, so of these two have to be there. JSON that names images without a
 * place on them is an index, a list of captions or a log. */
static bool has_places(const char *text)
{
    static const char *const keys[] = {"bbox",         "bboxes",       "boxes",     "box",
                                       "bounding_box", "boundingBox",  "polygon",   "polygons",
                                       "points",       "segmentation", "keypoints", "exterior",
                                       "vertices",     "landmarks",    "rle",       "obb"};
    static const char *const pairs[][2] = {
        {"x", "y"}, {"left", "top"}, {"xmin", "ymin"}, {"x_min", "y_min"}, {"x1", "y1"}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (has_key(text, keys[i]))
            return true;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (has_key(text, pairs[i][0]) && has_key(text, pairs[i][1]))
            return true;
    return false;
}

/* Strings that are names of images. No parser: a quote that is escaped ends a string too early
 * here. That costs a guess, and none of these texts is ever changed by what is found. */
static bool visit_strings(const char *text, size_t size, visitor visit, void *context)
{
    bool any = false;
    for (size_t at = strcspn(text, "\""); at < size;) {
        const size_t length = strcspn(text + at + 1, "\"\n");
        if (name_end(text + at + 1, length) == length && length > 0) {
            visit(context, text + at + 1, length);
            any = true;
        }
        at += length + 2;
        at += at < size ? strcspn(text + at, "\"") : 0;
    }
    return any;
}

static bool look_at_json(const char *text, size_t size, visitor visit, void *context)
{
    if (!has_places(text))
        return false;
    if (!visit_strings(text, size, visit, context))
        visit(context, "", 0);
    return true;
}

/* Of each line the first one; it begins behind whatever parts columns. */
static bool visit_lines(const char *text, size_t size, visitor visit, void *context)
{
    bool any = false;
    for (size_t at = 0, length; at < size; at += length + 1) {
        length = strcspn(text + at, "\n");
        const size_t end = name_end(text + at, length);
        size_t begin = end;
        while (begin > 0 && !strchr(",;\t\"'", text[at + begin - 1]))
            begin--;
        if (end > begin)
            visit(context, text + at + begin, end - begin);
        any = any || end > begin;
    }
    return any;
}

/* Rows of numbers may be labels of the image that has the name of the file. */
static bool look_at_numbers(const char *text, size_t size, visitor visit, void *context)
{
    size_t rows = 0, others = 0;
    for (size_t at = 0, length; at < size; at += length + 1) {
        length = strcspn(text + at, "\n");
        if (is_nameless_row(text + at, length))
            rows++;
        else
            others += strspn(text + at, " \t\r") < length;
    }
    if (rows == 0 || others > rows)
        return false;
    visit(context, "", 0);
    return true;
}

/* A byte order mark is no character of the text; a bracket that follows it makes it JSON. */
static bool is_json(const char *text)
{
    const char first = text[strspn(text, "\xEF\xBB\xBF \t\r\n")];
    return first == '{' || first == '[';
}

bool exn_odd_names(const char *text, size_t size, visitor visit, void *context)
{
    return is_json(text) ? visit_strings(text, size, visit, context)
                         : visit_lines(text, size, visit, context);
}

bool exn_odd_look(const char *text, size_t size, visitor visit, void *context)
{
    return is_json(text) ? look_at_json(text, size, visit, context)
                         : look_at_rows(text, size, visit, context) ||
                               look_at_numbers(text, size, visit, context);
}
