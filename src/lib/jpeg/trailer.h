/* SPDX-License-Identifier: MIT */
/* Finds what phones append to a picture, if its end tells how long it is. */
#ifndef EXN_JPEG_TRAILER_H
#define EXN_JPEG_TRAILER_H

#include "span.h"

/* Where Samsung's trailer begins: the file ends with "SEFT", preceded by the size of a directory
 * that begins with "SEFH" and says for each block how far before the directory it begins. SIZE_MAX:
 * there is none. */
size_t exn_trailer_samsung(exn_span file);

#endif
