/* SPDX-License-Identifier: MIT */
#include "odd.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "odd_places.h"

/* Where the first name of an image in a text ends; 0: there is none. What follows must not belong
 * to the name: "a.jpg.json" is not an image. There is a character before the ending, so the search
 * begins at the second one. */
static size_t name_end(const char *text, size_t size)
{
    static const char *const endings[] = {".jpg",  ".jpeg", ".png", ".webp",
                                          ".heic", ".heif", ".hif", ".avif"};
    for (size_t i = 1; i < size; i++)
        for (size_t j = 0; text[i] == '.' && j < sizeof endings / sizeof *endings; j++) {
            const size_t end = i + strlen(endings[j]);
            if (end <= size && strncasecmp(text + i, endings[j], strlen(endings[j])) == 0 &&
                (end == size || strchr(" ,;\t\"'<&?\r\n", text[end])))
                return end;
        }
    return 0;
}

/* Where the text goes on behind a column that is nothing but a number; 0: there is none. */
static size_t number_end(const char *text, size_t size)
{
    size_t at = 0;
    while (at < size && strchr(" \t", text[at]))
        at++;
    const size_t length = strspn(text + at, "0123456789.-+eE"), end = at + length;
    if (end >= size || strcspn(text + at, "0123456789") >= length || !strchr(" ,;\t", text[end]))
        return 0;
    return end + 1;
}

/* How many numbers are in the rest of a line, however they are separated. */
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

/* Where the name that ends at `end` begins: after a separator of columns, or of name and value. */
static size_t name_begin(const char *text, size_t from, size_t end)
{
    size_t begin = end;
    while (begin > from && !strchr(",;\t\"'<>=", text[begin - 1]) &&
           !(begin > from + 1 && text[begin - 1] == ' ' && strchr(":-", text[begin - 2])))
        begin--;
    return begin + strspn(text + begin, " ");
}

/* Likewise where there are only blanks between numbers and the name, as in WFLW's lists: no
 * separator tells these from blanks in the name. */
static size_t name_after_numbers(const char *line, size_t end)
{
    size_t at = 0;
    for (size_t next; (next = number_end(line + at, end - at)) > 0;)
        at += next;
    return at;
}

/* The image that a row is about. */
typedef struct row {
    const char *line; /* its beginning, since a name may contain a comma */
    size_t end;       /* of the name */
    size_t begin;     /* of the name, if that is after a separator; 0: the line's beginning */
    bool is_stem;
} row;

/* A name and at least four numbers, since a box has four; fewer may be a size or a class. If the
 * table's head says that there are places, two numbers are enough, and the name may lack its
 * ending.
 */
static bool is_row(bool has_head, const char *line, size_t size, row *r)
{
    const size_t quote = size > 0 && (*line == '"' || *line == '\''), least = has_head ? 2 : 4;
    *r = (row){.line = line + quote};
    size -= quote;
    r->end = name_end(r->line, size);
    if (r->end > 0) {
        r->begin = name_begin(r->line, 0, r->end);
        if (r->begin == 0)
            r->begin = name_after_numbers(r->line, r->end);
    } else if (has_head) {
        r->end = strcspn(r->line, " ,;\t\"\r\n");
        r->is_stem = true;
    }
    return r->end > 0 && r->end <= size &&
           count_numbers(r->line, r->begin) + count_numbers(r->line + r->end, size - r->end) >=
               least;
}

/* Corners of a text and what it says, in any number of words: four numbers with commas between them
 * in front, or Total-Text's x and y. */
static bool begins_with_corners(const char *line, size_t size)
{
    static const char total[] = "x: [[";
    size_t at = strncmp(line, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0, count = 0;
    if (size >= sizeof total - 1 && strncmp(line, total, sizeof total - 1) == 0)
        return true;
    for (size_t next; count < 4 && (next = number_end(line + at, size - at)) > 0; count++) {
        at += next;
        if (line[at - 1] != ',')
            return false;
    }
    return count == 4;
}

/* At least four numbers and hardly any words: a caption with a date has more words. No name of an
 * image either: a checksum before it would look like numbers. */
static bool is_nameless_row(const char *line, size_t size)
{
    enum { MOST = 2 };
    size_t words = 0;
    if (begins_with_corners(line, size))
        return name_end(line, size) == 0;
    for (size_t i = 0; i < size; i++)
        words += isalpha((unsigned char)line[i]) && (i == 0 || strchr(" ,;\t", line[i - 1]));
    return words <= MOST && count_numbers(line, size) >= 4 && name_end(line, size) == 0;
}

/* Label Studio puts eight hexadecimal digits and a dash in front of the names of uploaded files, so
 * the name without them may be meant too. */
static void tell(exn_odd_visit *visit, void *context, const char *name, size_t size, bool is_stem)
{
    enum { DIGITS = 8 };
    size_t base = size;
    while (base > 0 && name[base - 1] != '/')
        base--;
    visit(context, name, size, is_stem);
    if (size - base > DIGITS + 1 && name[base + DIGITS] == '-' &&
        strspn(name + base, "0123456789abcdef") == DIGITS)
        visit(context, name + base + DIGITS + 1, size - base - DIGITS - 1, is_stem);
}

static bool is_empty_line(const char *line, size_t size)
{
    return strspn(line, " \t\r") >= size;
}

/* Nearly all lines have to be rows: a log, or a text about images, has others. One other line is
 * allowed, such as the head of a table or a last line that is cut off, and one more for each eight
 * rows. The first pass counts lines and the second one visits names, since a visit cannot be
 * undone.
 */
static bool look_at_rows(const char *text, size_t size, exn_odd_visit *visit, void *context)
{
    enum { HEAD = 4 }; /* comments, and heads of several lines such as DeepLabCut's */
    size_t rows = 0, others = 0;
    bool has_head = false;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t at = 0, length; at < size; at += length + 1) {
            row r;
            length = strcspn(text + at, "\n");
            const bool is_one = is_row(has_head, text + at, length, &r);
            if (pass == 0 && is_one) {
                rows++;
            } else if (pass == 0) {
                others += !is_empty_line(text + at, length);
                if (rows == 0 && others <= HEAD && !has_head &&
                    exn_odd_places_in_head(text + at, length)) {
                    has_head = true;
                    others = 0;
                }
            } else if (is_one) {
                tell(visit, context, r.line, r.end, r.is_stem);
                if (r.begin > 0)
                    tell(visit, context, r.line + r.begin, r.end - r.begin, r.is_stem);
            }
        }
        if (rows == 0 || others > rows / 8 + 1)
            return false;
    }
    return true;
}

/* How much of a string is a name: of an address, what comes before its query, such as a signature.
 */
static size_t size_of_name(const char *text, size_t size)
{
    const char *query = memchr(text, '?', size);
    const size_t before = query ? (size_t)(query - text) : size;
    return name_end(text, before) == before ? before : size;
}

/* Visits strings that are names of images or, with stems, all strings. Not a parser: an escaped
 * quote ends a string too early. That only affects a guess, and these texts are never changed. */
static bool visit_strings(const char *text, size_t size, bool stems, exn_odd_visit *visit,
                          void *context)
{
    bool any = false;
    for (size_t at = strcspn(text, "\""); at < size;) {
        const size_t length = strcspn(text + at + 1, "\"\n"),
                     name = size_of_name(text + at + 1, length);
        if (length > 0 && (stems || name_end(text + at + 1, name) == name)) {
            tell(visit, context, text + at + 1, name, stems);
            any = true;
        }
        at += length + 2;
        at += at < size ? strcspn(text + at, "\"") : 0;
    }
    return any;
}

/* Visits numbers of images, as in COCO's results: they are stems of files, which have leading zeros
 * in COCO's own set. */
static bool visit_numbers(const char *text, exn_odd_visit *visit, void *context)
{
    bool any = false;
    enum { ZEROS = 12 };
    static const char key[] = "\"image_id\"";
    for (const char *at = text; (at = strstr(at, key));) {
        char name[ZEROS + 1];
        at += sizeof key - 1;
        at += strspn(at, " :");
        const size_t digits = strspn(at, "0123456789");
        any = any || digits > 0;
        if (digits == 0 || digits > ZEROS)
            continue;
        memset(name, '0', ZEROS);
        memcpy(name + ZEROS - digits, at, digits);
        visit(context, at, digits, true);
        visit(context, name, ZEROS, true);
    }
    return any;
}

/* JSON that names images but no places on them is an index, a list of captions or a log. If it has
 * places but no names, it may have stems, or be about the image with its own name. */
static bool look_at_json(const char *text, size_t size, exn_odd_visit *visit, void *context)
{
    if (!exn_odd_places_in_json(text, size))
        return false;
    if (!visit_strings(text, size, false, visit, context)) {
        visit(context, "", 0, false);
        const bool has_numbers = visit_numbers(text, visit, context);
        visit_strings(text, size, true, visit, context);
        if (has_numbers) /* which names they stand for another file may say */
            visit(context, "", 0, true);
    }
    return true;
}

static bool visit_lines(const char *text, size_t size, exn_odd_visit *visit, void *context)
{
    bool any = false;
    for (size_t at = 0, length; at < size; at += length + 1) {
        length = strcspn(text + at, "\n");
        for (size_t from = 0, end; (end = name_end(text + at + from, length - from)) > 0;) {
            const size_t begin = name_begin(text + at, from, from + end);
            end += from;
            if (end > begin)
                visit(context, text + at + begin, end - begin, false);
            any = any || end > begin;
            from = end;
        }
    }
    return any;
}

/* A line of WIDER FACE that is an image's name, the count of its boxes below it, DOTA's "gsd:0.15":
 * they are among rows of numbers, and are none. */
static bool is_between_rows(const char *line, size_t size)
{
    while (size > 0 && isspace((unsigned char)line[size - 1]))
        size--;
    const size_t words = strcspn(line, " ,\t");
    return name_end(line, size) == size || strspn(line, "0123456789") >= size ||
           (words >= size && memchr(line, ':', size));
}

/* Texts of places that are not rows: 300-W has pairs, and INRIA's sentences. */
static bool has_words_of_places(const char *text)
{
    return strstr(text, "n_points:") || strstr(text, "Bounding box for object");
}

/* Two numbers and nothing else: a point. */
static bool is_point(const char *line, size_t size)
{
    return strspn(line, "0123456789.-+eE ,;()\t\r") >= size && count_numbers(line, size) == 2;
}

/* Names without an ending, each in a line of its own: FDDB's between its rows, Helen's in front. */
static void visit_words(const char *text, size_t size, exn_odd_visit *visit, void *context)
{
    for (size_t at = 0, length; at < size; at += length + 1) {
        length = strcspn(text + at, "\n");
        const size_t word = strcspn(text + at, " ,;:\t\r\n");
        if (word > 0 && word <= length && is_empty_line(text + at + word, length - word) &&
            strspn(text + at, "0123456789.-+eE") < word)
            visit(context, text + at, word, true);
    }
}

/* Rows of numbers, or points, may be labels of the images that are named between them, or of the
 * one that has the name of the file. */
static bool look_at_numbers(const char *text, size_t size, exn_odd_visit *visit, void *context)
{
    enum { POINTS = 3 }; /* fewer may be any numbers */
    size_t rows = 0, points = 0, others = 0;
    for (size_t at = 0, length; at < size; at += length + 1) {
        length = strcspn(text + at, "\n");
        if (is_nameless_row(text + at, length))
            rows++;
        else if (is_point(text + at, length))
            points++;
        else if (!is_empty_line(text + at, length) && !is_between_rows(text + at, length))
            others++;
    }
    const bool are_rows = rows > 0 && others + points <= rows,
               are_points = points >= POINTS && others <= 1;
    if (!are_rows && !are_points && !has_words_of_places(text))
        return false;
    if (!visit_lines(text, size, visit, context)) {
        visit(context, "", 0, false);
        visit_words(text, size, visit, context);
    }
    return true;
}

/* What a text is by its beginning; a byte order mark is no character of it. */
static bool begins_with(const char *text, const char *characters)
{
    const char first = text[strspn(text, "\xEF\xBB\xBF \t\r\n")];
    return first && strchr(characters, first);
}

static bool is_json(const char *text)
{
    return begins_with(text, "{[");
}

/* A page has pictures, and places in what it draws: it is no file of labels, unless it is hOCR,
 * which has them in titles. */
static bool look_at_xml(const char *text, size_t size, exn_odd_visit *visit, void *context)
{
    const char *first = text + strspn(text, "\xEF\xBB\xBF \t\r\n");
    const bool is_ocr = strstr(text, "ocr_page") && strstr(text, "bbox ");
    const bool is_page =
        strncasecmp(first, "<!doctype html", 14) == 0 || strncasecmp(first, "<html", 5) == 0;
    if (!is_ocr && (is_page || !exn_odd_places_in_xml(text, size)))
        return false;
    if (!visit_lines(text, size, visit, context))
        visit(context, "", 0, false);
    return true;
}

bool exn_odd_names(const char *text, size_t size, exn_odd_visit *visit, void *context)
{
    return is_json(text) ? visit_strings(text, size, false, visit, context)
                         : visit_lines(text, size, visit, context);
}

bool exn_odd_look(const char *text, size_t size, exn_odd_visit *visit, void *context)
{
    if (is_json(text))
        return look_at_json(text, size, visit, context);
    if (begins_with(text, "<"))
        return look_at_xml(text, size, visit, context);
    return look_at_rows(text, size, visit, context) || look_at_numbers(text, size, visit, context);
}
