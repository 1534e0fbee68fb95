/* SPDX-License-Identifier: MIT */
/* The values of an XMP packet as text and as decimal numbers. */
#ifndef EXN_METADATA_XMP_TEXT_H
#define EXN_METADATA_XMP_TEXT_H

#include "buffer.h"

enum {
    EXN_XMP_TEXT_MAX = 128,  /* longer values are not processed here */
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

/* Adds raw to a text that is assembled piece by piece; exn_xmp_text_trim() ends it. */
void exn_xmp_text_add(exn_xmp_text *t, exn_span raw, bool references);
void exn_xmp_text_trim(exn_xmp_text *t);

void exn_xmp_text_decode(exn_xmp_text *t, exn_span raw);

/* One of several values that are meaningful only together. */
typedef struct exn_xmp_text_field {
    bool present;
    exn_span raw; /* trimmed */
    exn_xmp_text text;
} exn_xmp_text_field;

/* Sets a field; raw: NULL if the value is not plain text. Returns false in that case, and if it was
 * set before. */
bool exn_xmp_text_put_field(exn_xmp_text_field *f, const exn_span *raw);

/* mantissa / 10^scale. Decimal, so that 1 - x is exact with as many digits as x, and independent of
 * the locale. */
typedef struct exn_xmp_number {
    int64_t mantissa;
    uint32_t scale;
} exn_xmp_number;

/* Returns false if the text is not a number, or is too large. */
bool exn_xmp_text_read_number(const char *p, size_t size, exn_xmp_number *n);
void exn_xmp_text_write_number(exn_xmp_number n, exn_xmp_text *t);

/* Fails if there are too many digits before the point; decimals beyond scale are dropped, rounding
 * half up. */
bool exn_xmp_text_scale_number(exn_xmp_number *n, uint32_t scale);

/* Writes extent - a - b, with the decimals of the more precise one. */
bool exn_xmp_text_mirror_number(uint32_t extent, exn_xmp_number a, exn_xmp_number b,
                                exn_xmp_text *t);

#endif
