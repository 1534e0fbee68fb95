/* SPDX-License-Identifier: MIT */
#include "state_line.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "list/shard.h"

enum { CHECKSUM = 9 }; /* a space and eight digits */

/* The place of size more bytes; NULL: there is none. */
static char *extend(exn_state_line *line, size_t size)
{
    char *text =
        line->failed ? NULL : exn_array_reserve_text(line->text, line->size, &line->room, size);
    if (!text) {
        line->failed = true;
        return NULL;
    }
    line->text = text;
    line->size += size;
    return text + line->size - size;
}

void exn_state_line_begin(exn_state_line *line, char kind, const char *path)
{
    line->size = 0;
    line->failed = false;
    char *at = extend(line, 1);
    if (at)
        *at = kind;
    exn_state_line_put_text(line, path);
}

/* A path may hold any byte but zero; what is left here has no space and no newline in it, so that
 * strsep() and memchr() are all the parsing there is. From 0x7F on bytes are escaped as well: the
 * file is ASCII whatever the names are. */
void exn_state_line_put_text(exn_state_line *line, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    const size_t most = 1 + 3 * strlen(text);
    char *begin = extend(line, most), *at = begin;
    if (!begin)
        return;
    *at++ = ' ';
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p > ' ' && *p < 0x7F && *p != '%') {
            *at++ = (char)*p;
            continue;
        }
        *at++ = '%';
        *at++ = digits[*p >> 4];
        *at++ = digits[*p & 15];
    }
    line->size -= most - (size_t)(at - begin);
}

/* A run over small files spends more on snprintf(3) than on any other function of its own. */
void exn_state_line_put_number(exn_state_line *line, uint64_t number)
{
    char text[21]; /* 2^64 has 20 digits */
    size_t at = sizeof text;
    do
        text[--at] = (char)('0' + number % 10);
    while (number /= 10);
    text[--at] = ' ';
    char *to = extend(line, sizeof text - at);
    if (to)
        memcpy(to, text + at, sizeof text - at);
}

/* A space and the lowest digits of a number. */
static void put_hexadecimal(exn_state_line *line, uint64_t number, size_t digits)
{
    char *to = extend(line, 1 + digits);
    if (!to)
        return;
    *to = ' ';
    for (size_t i = digits; i > 0; i--, number >>= 4)
        to[i] = "0123456789abcdef"[number & 15];
}

void exn_state_line_put_hash(exn_state_line *line, uint64_t hash)
{
    put_hexadecimal(line, hash, 16);
}

/* As exn_state_line_put_text() writes them; 16: it is none, such as the NUL of an escape that is
 * cut off. */
static unsigned digit(char c)
{
    return c >= '0' && c <= '9'   ? (unsigned)(c - '0')
           : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
                                  : 16;
}

bool exn_state_line_get_text(char *text)
{
    char *to = text;
    for (const char *p = text; *p; p++) {
        unsigned value = (unsigned char)*p;
        if (*p == '%') {
            unsigned high = digit(p[1]), low = high < 16 ? digit(p[2]) : 16;
            value = high << 4 | low;
            /* %00 would cut the path short, and make it another one. */
            if (low == 16 || value == 0)
                return false;
            p += 2;
        }
        *to++ = (char)value;
    }
    *to = '\0';
    return true;
}

/* strtoull() alone would take a sign, and spaces. */
bool exn_state_line_get_number(const char *text, uint64_t most, uint64_t *number)
{
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && *number <= most;
}

/* Against torn writes, not against somebody: what a line says is checked all the same. */
static uint32_t checksum(const char *text, size_t size)
{
    uint64_t hash = exn_shard_hash(text, size);
    return (uint32_t)(hash ^ hash >> 32);
}

/* The checksum covers all before its own space. exn_shard_hash() is the same on every machine, so
 * that a state can be moved with its disk. */
bool exn_state_line_close(exn_state_line *line)
{
    if (!line->failed)
        put_hexadecimal(line, checksum(line->text, line->size), CHECKSUM - 1);
    char *end = extend(line, 1);
    if (end)
        *end = '\n';
    return end != NULL;
}

/* The shortest line is a letter, a space and an empty path; only then are there bytes enough in
 * front of the checksum to look at. */
size_t exn_state_line_split(char *line, char **fields)
{
    size_t size = strlen(line), count = 0;
    char *end;
    if (size < CHECKSUM + 2)
        return 0;
    char *sum = line + size - CHECKSUM;
    if (*sum != ' ' || strtoul(sum + 1, &end, 16) != checksum(line, size - CHECKSUM) || *end)
        return 0;
    *sum = '\0';
    for (char *rest = line; rest && count < EXN_LINE_FIELDS; count++)
        fields[count] = strsep(&rest, " ");
    return count >= 2 && strlen(fields[0]) == 1 && exn_state_line_get_text(fields[1]) ? count : 0;
}

/* The numbers of a result in the order in which a done line has them. */
#define RESULT_NUMBERS 21
#define TEXTS          3
static void result_numbers(const exn_result *r, uint64_t *n)
{
    const uint64_t numbers[RESULT_NUMBERS] = {
        (uint64_t)r->format,
        (uint64_t)r->outcome,
        (uint64_t)r->method,
        (uint64_t)r->orientation_place,
        r->orientation,
        r->width_in,
        r->height_in,
        r->width_out,
        r->height_out,
        r->transform,
        r->sampling_in[0],
        r->sampling_in[1],
        r->sampling_in[2],
        r->sampling_in[3],
        r->components,
        r->exact_components,
        r->warnings,
        r->reasons,
        r->libexif_orientation,
        r->orientation_given,
        (uint64_t)r->format_out,
    };
    memcpy(n, numbers, sizeof numbers);
}

/* The other way; both lists are the one order that a done line has. Casts to uint8_t may cut a
 * number that somebody made up; exn_wire_valid() looks at what is left of it. */
static exn_result result_of(const uint64_t *n)
{
    return (exn_result){
        .struct_size = sizeof(exn_result),
        .format = (exn_format)n[0],
        .outcome = (exn_outcome)n[1],
        .method = (exn_method)n[2],
        .orientation_place = (exn_place)n[3],
        .orientation = (uint32_t)n[4],
        .width_in = (uint32_t)n[5],
        .height_in = (uint32_t)n[6],
        .width_out = (uint32_t)n[7],
        .height_out = (uint32_t)n[8],
        .transform = (uint32_t)n[9],
        .sampling_in = {(uint8_t)n[10], (uint8_t)n[11], (uint8_t)n[12], (uint8_t)n[13]},
        .components = (uint32_t)n[14],
        .exact_components = (uint32_t)n[15],
        .warnings = (uint32_t)n[16],
        .reasons = (uint32_t)n[17],
        .libexif_orientation = (uint32_t)n[18],
        .orientation_given = (uint32_t)n[19],
        .format_out = (exn_format)n[20],
    };
}

enum { FIRST_TEXT = EXN_LINE_RESULT + RESULT_NUMBERS };
_Static_assert(EXN_LINE_FULL == FIRST_TEXT + TEXTS && EXN_LINE_FULL < EXN_LINE_FIELDS,
               "a full line");

void exn_state_line_put_result(exn_state_line *line, const exn_result *result)
{
    uint64_t n[RESULT_NUMBERS];
    result_numbers(result, n);
    for (size_t i = 0; i < RESULT_NUMBERS; i++)
        exn_state_line_put_number(line, n[i]);
    exn_state_line_put_text(line, result->make);
    exn_state_line_put_text(line, result->model);
    exn_state_line_put_text(line, result->date_time);
}

/* Validated as the answer to EXN_JOB_CHECK, which asks for fields that an honest worker can send,
 * and for no output: how large that is stands elsewhere in the line. */
bool exn_state_line_get_result(char **fields, exn_answer *answer)
{
    uint64_t n[RESULT_NUMBERS];
    for (size_t i = 0; i < RESULT_NUMBERS; i++)
        if (!exn_state_line_get_number(fields[EXN_LINE_RESULT + i], UINT32_MAX, &n[i]))
            return false;
    for (size_t i = 0; i < TEXTS; i++)
        if (!exn_state_line_get_text(fields[FIRST_TEXT + i]))
            return false;
    exn_result *r = &answer->result;
    *r = result_of(n);
    snprintf(r->make, sizeof r->make, "%s", fields[FIRST_TEXT]);
    snprintf(r->model, sizeof r->model, "%s", fields[FIRST_TEXT + 1]);
    snprintf(r->date_time, sizeof r->date_time, "%s", fields[FIRST_TEXT + 2]);
    return exn_wire_valid(EXN_JOB_CHECK, answer); /* the fields are as hostile as a worker's */
}

/* Lines are short, so most come with the first read; the rest doubles. By pread(2): the file is
 * open for appending, and its position is of no use to anybody. A line is as long as its path,
 * which a list of names does not bound. */
bool exn_state_line_read(int state, uint64_t offset, char **line)
{
    size_t size = 0, room = 1024;
    char *text = NULL;
    for (;;) {
        char *more = realloc(text, room);
        ssize_t n = more ? pread(state, more + size, room - size, (off_t)(offset + size)) : -1;
        text = more ? more : text;
        if (n < 0 && more && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        char *end = memchr(text + size, '\n', (size_t)n);
        if (end) {
            *end = '\0';
            *line = text;
            return true;
        }
        size += (size_t)n;
        room *= 2;
    }
    free(text);
    return false;
}
