/* SPDX-License-Identifier: MIT */
/* What Label Studio's tasks call their images. */
#ifndef EXN_LABELS_LABEL_STUDIO_NAME_H
#define EXN_LABELS_LABEL_STUDIO_NAME_H

#include "buffer.h"

/* Whether a text is the path or address of an image, judging by its extension. */
bool exn_label_studio_name_is_image(exn_span text);

/* How many bytes of a text follow the name: a query or fragment. */
size_t exn_label_studio_name_rest(exn_span text);

/* Appends the name of the image's file to name: the path in ?d=path (files of a local storage) or
 * in an address. If an upload prefixed a hash, appends the name without it to other. Returns EXN_OK
 * or EXN_MEMORY. */
exn_status exn_label_studio_name_find(exn_span text, exn_buffer *name, exn_buffer *other);

#endif
