/* SPDX-License-Identifier: MIT */
/* Text in a page: as HTML, and as JSON inside of a script element. Names of files come from whoever
 * made the data set; none of them may end an element or begin one. */
#ifndef EXN_CLI_PAGE_MARKUP_H
#define EXN_CLI_PAGE_MARKUP_H

#include <stdint.h>
#include <stdio.h>

/* Text of an element, or of an attribute in quotes. */
void exn_markup_text(FILE *file, const char *text);

/* A name, made visible first. */
void exn_markup_name(FILE *file, const char *name);

/* A JSON string with its quotes, and what stands between them. text is UTF-8. */
void exn_markup_json(FILE *file, const char *text);
void exn_markup_json_inside(FILE *file, const char *text);

/* A number with commas between thousands. */
void exn_markup_number(FILE *file, uint64_t number);

#endif
