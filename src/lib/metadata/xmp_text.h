/* SPDX-License-Identifier: MIT */
/* The values of an XMP packet as text and as decimal numbers. */
#ifndef EXN_METADATA_XMP_TEXT_H
#define EXN_METADATA_XMP_TEXT_H

#include "buffer.h"

enum {
    EXN_XMP_TEXT_MAX = 128,  /* longer values are none of ours */
    EXN_XMP_NUMBER_MAX = 40, /* characters of a number, read or written */
};

bool exn_xmp_text_is_digit(char c);
bool exn_xmp_text_span_is(exn_span span, const char *word);
exn_span exn_xmp_text_strip(exn_span span);

/* A value with references decoded and white space trimmed. */
typedef struct exn_xmp_text {
    char bytes[EXN_XMP_TEXT_MAX];
    size_t size;
    bool over; /* did not fit */
} exn_xmp_text;

bool exn_xmp_text_is(const exn_xmp_text *t, const char *word);

/* Adds raw to a text that is put together piece by piece; exn_xmp_text_trim() ends it. */
void exn_xmp_text_add(exn_xmp_text *t, exn_span raw, bool references);
void exn_xmp_text_trim(exn_xmp_text *t);

void exn_xmp_text_decode(exn_xmp_text *t, exn_span raw);

/* One of several values that only mean something together. */
typedef struct exn_xmp_text_field {
    bool present;
    exn_span raw; /* trimmed */
    exn_xmp_text text;
} exn_xmp_text_field;

/* Sets a field; raw: NULL where the value is no plain text. False there, and where it is set. */
bool exn_xmp_text_put_field(exn_xmp_text_field *f, const exn_span *raw);

/* mantissa / 10^scale. Decimal, so that 1 - x is exact and has the digits x had, and so that no
 * locale has a say. */
typedef struct exn_xmp_number {
    int64_t mantissa;
    uint32_t scale;
} exn_xmp_number;

/* False where the text is no number, or too large a one. */
bool exn_xmp_text_read_number(const char *p, size_t size, exn_xmp_number *n);
void exn_xmp_text_write_number(exn_xmp_number n, exn_xmp_text *t);

/* Fails where the digits before the point are too many; drops those of the fraction, rounding half
 * up, beyond what is kept. */
bool exn_xmp_text_scale_number(exn_xmp_number *n, uint32_t scale);

/* Writes extent - a - b, with the decimals of the more precise one. */
bool exn_xmp_text_mirror_number(uint32_t extent, exn_xmp_number a, exn_xmp_number b,
                                exn_xmp_text *t);

#endif
