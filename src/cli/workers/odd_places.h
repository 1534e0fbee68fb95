/* SPDX-License-Identifier: MIT */
/* Whether a text has places on images, by the words that it uses for them. */
#ifndef EXN_CLI_WORKERS_ODD_PLACES_H
#define EXN_CLI_WORKERS_ODD_PLACES_H

#include <stdbool.h>
#include <stddef.h>

/* A NUL has to follow each text, and a line end each line. */
bool exn_odd_places_in_json(const char *text, size_t size);
bool exn_odd_places_in_xml(const char *text, size_t size);
bool exn_odd_places_in_head(const char *line, size_t size); /* names of a table's columns */

#endif
