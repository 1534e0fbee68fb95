/* SPDX-License-Identifier: MIT */
/* Texts that look like labels of images, but have no known format: tables without column names,
 * lists such as keras-yolo3's, JSON of other tools. They are not moved, so users have to be told
 * before they train on them. */
#ifndef EXN_CLI_WORKERS_ODD_H
#define EXN_CLI_WORKERS_ODD_H

#include <stdbool.h>
#include <stddef.h>

/* Called for each image that a text seems to have labels of. An empty name means the image with the
 * file's own name, an empty stem any image, if none of the others is known; a stem is a name
 * without its ending. */
typedef void exn_odd_visit(void *context, const char *name, size_t size, bool is_stem);

/* Looks at the first `size` bytes of a text, which a NUL follows. False: it does not look like
 * labels. */
bool exn_odd_look(const char *text, size_t size, exn_odd_visit *visit, void *context);

/* Likewise, but visits every name of an image, whatever the text is: captions, classes, an index.
 * False: there is none. */
bool exn_odd_names(const char *text, size_t size, exn_odd_visit *visit, void *context);

#endif
