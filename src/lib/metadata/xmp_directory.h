/* SPDX-License-Identifier: MIT */
/* The GContainer directory of an XMP packet: each item is read at its end, and edited as a relist
 * says.
 *
 * exn_xmp_directory_begin() at the property; for each rdf:li in it _begin_item(), _put() for each
 * field at any depth, _end_item(). */
#ifndef EXN_METADATA_XMP_DIRECTORY_H
#define EXN_METADATA_XMP_DIRECTORY_H

#include "xmp_edits.h"
#include "xmp_names.h"
#include "xmp_text.h"
#include "xmp_types.h"

enum { EXN_XMP_DIRECTORY_FIELDS = EXN_XMP_NAME_ITEM_URI - EXN_XMP_NAME_ITEM_SEMANTIC + 1 };

typedef struct exn_xmp_listing {
    exn_xmp_directory *directory;
    const exn_xmp_relist *relist;                        /* NULL: the directory stays as it is */
    exn_xmp_text_field fields[EXN_XMP_DIRECTORY_FIELDS]; /* of the current item */
    bool broken; /* a field is repeated, or is not plain text */
} exn_xmp_listing;

void exn_xmp_directory_begin(exn_xmp_listing *l);
void exn_xmp_directory_begin_item(exn_xmp_listing *l);
void exn_xmp_directory_put(exn_xmp_listing *l, exn_xmp_name id, const exn_span *raw);

/* The item lies in at..end, including its tags. */
void exn_xmp_directory_end_item(exn_xmp_listing *l, exn_xmp_edits *edits, size_t at, size_t end);

#endif
