/* SPDX-License-Identifier: MIT */
/* What phones append to a picture, where its end tells how long it is. */
#ifndef EXN_JPEG_TRAILER_H
#define EXN_JPEG_TRAILER_H

#include "span.h"

/* Where Samsung's trailer begins: the file ends with "SEFT", before it stands the size of a
 * directory that begins with "SEFH" and says of each block how far before itself it begins.
 * SIZE_MAX: there is none. */
size_t exn_trailer_samsung(exn_span file);

#endif
