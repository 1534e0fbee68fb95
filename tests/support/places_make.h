/* SPDX-License-Identifier: MIT */
/* Makes the places for an orientation outside of Exif: XMP packets, complete and in portions,
 * Photoshop resources, text chunks of PNG and raw profiles in them. Shares no code with src/. */
#ifndef EXN_TEST_PLACES_MAKE_H
#define EXN_TEST_PLACES_MAKE_H

#include "buffer.h"

#define EXN_TEST_TIFF_NS "xmlns:tiff='http://ns.adobe.com/tiff/1.0/' "
#define EXN_TEST_AREA_NS                                                                           \
    "xmlns:mwg-rs='http://www.metadataworkinggroup.com/schemas/regions/' "                         \
    "xmlns:stArea='http://ns.adobe.com/xmp/sType/Area#' "                                          \
    "xmlns:stDim='http://ns.adobe.com/xap/1.0/sType/Dimensions#' "

enum { EXN_TEST_GUID = 32 };

/* An XMP packet of one rdf:Description with these attributes and this content, and 100 bytes of
 * padding. Owned by the caller. */
exn_buffer exn_test_xmp(const char *attributes, const char *content);

/* The same as the payload of an APP1. */
exn_buffer exn_test_xmp_segment(const char *attributes, const char *content);

/* A portion of extended XMP as the payload of an APP1. */
exn_buffer exn_test_xmp_portion(const char guid[EXN_TEST_GUID + 1], exn_span packet, size_t offset,
                                size_t size);

/* MD5 in upper-case digits, by md5sum. False where that cannot be run. */
bool exn_test_md5(exn_span data, char digits[EXN_TEST_GUID + 1]);

/* Appends a Photoshop resource without a name. */
void exn_test_irb(exn_buffer *out, uint16_t id, const void *data, size_t size);

/* "\nexif\n     123\n" and digits in lines of 72, as ImageMagick does. Owned by the caller. */
exn_buffer exn_test_raw_profile(const char *name, exn_span data);

/* How a text stands in a PNG. */
typedef enum exn_test_text {
    EXN_TEST_TEXT,
    EXN_TEST_ZTXT,
    EXN_TEST_ITXT,
    EXN_TEST_ITXT_COMPRESSED,
    EXN_TEST_TEXT_FORMS
} exn_test_text;

/* The chunk's type, and the data of such a chunk. The data is owned by the caller. */
const char *exn_test_text_type(exn_test_text form);
exn_buffer exn_test_text_make(exn_test_text form, const char *keyword, exn_span text);

/* The keyword, and the text inflated, of chunk data. False where data is no such chunk's. */
bool exn_test_text_read(const char *type, exn_span data, const char **keyword, exn_buffer *text);

/* The bytes of a raw profile. */
exn_buffer exn_test_raw_profile_read(exn_span text);

#endif
