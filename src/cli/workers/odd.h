/* SPDX-License-Identifier: MIT */
/* Texts that look like labels of images, and are of no format that is known: tables without names
 * of columns, lists such as keras-yolo3's, JSON of other tools. They are not moved, and nobody is
 * to find that out by training on them. */
#ifndef EXN_CLI_WORKERS_ODD_H
#define EXN_CLI_WORKERS_ODD_H

#include <stdbool.h>
#include <stddef.h>

/* What is told of each image that a text seems to have labels of. An empty name is the image that
 * has the name of the file; a stem is a name without its ending. */
typedef void exn_odd_visit(void *context, const char *name, size_t size, bool is_stem);

/* Looks at the beginning of a text, of `size` bytes, behind which is a NUL. False: it does not look
 * like labels. */
bool exn_odd_look(const char *text, size_t size, exn_odd_visit *visit, void *context);

/* Likewise each name of an image that is there, whatever the text is: captions, classes, an index.
 * False: there is none. */
bool exn_odd_names(const char *text, size_t size, exn_odd_visit *visit, void *context);

#endif
