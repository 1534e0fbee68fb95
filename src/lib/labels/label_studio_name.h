/* SPDX-License-Identifier: MIT */
/* What Label Studio's tasks call their images. */
#ifndef EXN_LABELS_LABEL_STUDIO_NAME_H
#define EXN_LABELS_LABEL_STUDIO_NAME_H

#include "buffer.h"

/* Whether a text is the path or address of an image, by its ending. */
bool exn_label_studio_name_is_image(exn_span text);

/* How many bytes of a text follow the name: a query or fragment. */
size_t exn_label_studio_name_rest(exn_span text);

/* Appends what the image's file is called: the path of ?d=path (files of a local storage) and of
 * addresses; and to other, where an upload got a hash in front of its name, the name without it.
 * Returns EXN_OK or EXN_MEMORY. */
exn_status exn_label_studio_name_find(exn_span text, exn_buffer *name, exn_buffer *other);

#endif
