/* SPDX-License-Identifier: MIT */
/* Text in a page: as HTML, and as JSON inside a script element. Names of files are untrusted; none
 * of them may end an element or begin one. */
#ifndef EXN_CLI_PAGE_MARKUP_H
#define EXN_CLI_PAGE_MARKUP_H

#include <stdint.h>
#include <stdio.h>

/* Writes text for an element, or for an attribute in quotes. */
void exn_markup_text(FILE *file, const char *text);

/* Writes a name, with control characters made visible. */
void exn_markup_name(FILE *file, const char *name);

/* Writes a JSON string with its quotes, or without. text is UTF-8. */
void exn_markup_json(FILE *file, const char *text);
void exn_markup_json_inside(FILE *file, const char *text);

/* Writes a number with commas between thousands. */
void exn_markup_number(FILE *file, uint64_t number);

#endif
