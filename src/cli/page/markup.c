/* SPDX-License-Identifier: MIT */
#include "markup.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/text.h"

/* Escapes characters that could begin a tag or a reference, or end a value (HTML, 13.1.2). */
void exn_markup_text(FILE *file, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '&':
            fputs("&amp;", file);
            break;
        case '<':
            fputs("&lt;", file);
            break;
        case '>':
            fputs("&gt;", file);
            break;
        case '"':
            fputs("&quot;", file);
            break;
        case '\'':
            fputs("&#39;", file);
            break;
        default:
            fputc(*text, file);
        }
}

/* Direction marks are made visible, but letters have directions too; bdi keeps them from reordering
 * their surroundings. */
void exn_markup_name(FILE *file, const char *name)
{
    char *text = exn_text_visible(name);
    fputs("<bdi>", file);
    exn_markup_text(file, text ? text : "?");
    fputs("</bdi>", file);
    free(text);
}

/* In a script element only "</script" and "<!--" have a meaning (HTML, 13.1.2.1 and 4.12.1.3), and
 * JSON can escape the character with which both begin. */
void exn_markup_json_inside(FILE *file, const char *text)
{
    for (; *text; text++) {
        const unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            fprintf(file, "\\%c", c);
        else if (c < ' ' || c == '<' || c == '>' || c == '&')
            fprintf(file, "\\u%04x", c);
        else
            fputc(c, file);
    }
}

void exn_markup_json(FILE *file, const char *text)
{
    fputc('"', file);
    exn_markup_json_inside(file, text);
    fputc('"', file);
}

/* By hand, so that the page is the same everywhere: nobody calls setlocale(3), so the locale would
 * not group digits. A number of 64 bits has at most 20 digits. */
void exn_markup_number(FILE *file, uint64_t number)
{
    char digits[24];
    const int length = snprintf(digits, sizeof digits, "%" PRIu64, number);
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            fputc(',', file);
        fputc(digits[i], file);
    }
}
