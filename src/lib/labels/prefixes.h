/* SPDX-License-Identifier: MIT */
/* The beginnings of addresses: without them they are names of images, and the output gets others
 * instead. */
#ifndef EXN_LABELS_PREFIXES_H
#define EXN_LABELS_PREFIXES_H

#include "edits.h"
#include "label.h"

/* Whether the caller's prefixes can be used; fails with EXN_BAD_ARGUMENT or EXN_MEMORY. */
exn_status exn_prefixes_check(const exn_label_settings *settings, exn_error *error);

/* The part of an address (unescaped) that is the image's name. Fails with EXN_CORRUPT at place if
 * it begins with none of the prefixes. */
exn_status exn_prefixes_strip(const exn_label_settings *settings, exn_span address, exn_span *name,
                              const exn_label_place *place, exn_error *error);

/* Puts the edit that gives an address its new beginning. */
exn_status exn_prefixes_put(const exn_label_settings *settings, const exn_label_address *address,
                            exn_edits *edits, exn_error *error);

#endif
