/* SPDX-License-Identifier: MIT */
/* The text chunks of PNG (tEXt, zTXt, iTXt; PNG 3rd edition, 11.3.3) that can hold an orientation:
 * XMP, the raw profiles that ImageMagick writes in hexadecimal, and plain "Orientation" texts.
 *
 *   exn_png_text_open()    decodes the chunk's value: inflated, and from hexadecimal
 *   exn_png_text_put()     writes a chunk with another value, in the same form
 *   exn_png_text_close()   also after a failed open */
#ifndef EXN_PNG_TEXT_H
#define EXN_PNG_TEXT_H

#include "chunks.h"
#include "metadata/block.h"

typedef enum exn_png_text_kind {
    EXN_PNG_TEXT_OTHER, /* says nothing about orientation; not decoded */
    EXN_PNG_TEXT_XMP,
    EXN_PNG_TEXT_PROFILE,     /* "Raw profile type exif", "APP1" or "xmp" */
    EXN_PNG_TEXT_RESOURCES,   /* the same with type "8bim" or "iptc": Photoshop's resources */
    EXN_PNG_TEXT_ORIENTATION, /* "Orientation", "exif:Orientation" */
} exn_png_text_kind;

typedef struct exn_png_text {
    exn_png_text_kind kind;
    bool readable; /* false: damaged, so that no reader can use it */
    bool compressed;
    size_t head;      /* bytes of the chunk's data before the text */
    size_t inflated;  /* bytes that inflating produced, for a budget for the whole file */
    exn_buffer value; /* decoded */
    exn_buffer label; /* of a profile: the lines before the digits, without the length */
    size_t line;      /* of a profile: digits per line */
} exn_png_text;

/* Whether a chunk of this type is one of these: tEXt, zTXt, iTXt, or an early XMP draft's tXMP,
 * whose data are the packet. */
bool exn_png_text_is(uint32_t type);

/* Determines what a chunk's data are, by its type; decodes value for every kind but OTHER. With
 * damage, readable stays false. Returns EXN_OK, EXN_LIMIT (inflates to more than
 * EXN_PNG_MAX_VALUE), EXN_MEMORY or EXN_CANCELLED; cancel may be NULL, here and below. */
exn_status exn_png_text_open(exn_png_text *text, uint32_t type, exn_span data,
                             const exn_cancel *cancel, exn_error *error);

/* The Exif or XMP in a readable text; kind OTHER if it has neither. */
exn_block exn_png_text_block(const exn_png_text *text);

/* The value of an ORIENTATION text, or 0 if it is not a number. */
uint32_t exn_png_text_number(const exn_png_text *text);

/* Appends a chunk like the one that text was opened from (data is that chunk's), but with this
 * value. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_png_text_put(const exn_png_text *text, uint32_t type, exn_span data, exn_span value,
                            const exn_cancel *cancel, exn_buffer *out);

void exn_png_text_close(exn_png_text *text);

#endif
