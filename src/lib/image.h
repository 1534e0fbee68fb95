/* SPDX-License-Identifier: MIT */
/* The interface of a format, one row each of formats[] (format.c).
 *
 * Contract. An exn_image lives on the stack of one call; data is borrowed. scan() walks the
 * structure without decoding pixels and fills in everything below `state`; look() does the same
 * from the headers alone, for a file that is not in memory. state is the format's own and is freed
 * by close(), which is called exactly once, also after a failed scan() or look(). produce() is
 * called only if something has to be done (see exn_image_is_settled()): it rotates the pixels by
 * image->turn, strips every trace of orientation and writes the whole new file. No function keeps a
 * pointer beyond its call.
 *
 * A format whose look() finds everything about a file has no scan(): bytes in memory are a source
 * like any other. */
#ifndef EXN_IMAGE_H
#define EXN_IMAGE_H

#include "buffer.h"
#include "orientation.h"
#include "raster.h"
#include "thumbnails.h"

typedef struct exn_image exn_image;

typedef struct exn_format_ops {
    exn_format id;
    bool (*sniff)(exn_span head);
    exn_status (*scan)(exn_image *image, const exn_options *options, exn_error *error);
    exn_status (*look)(exn_image *image, const exn_source *source, const exn_options *options,
                       exn_error *error);
    /* Writes the new file to out (empty at the start) and sets result's outcome, method and
     * exact_components; it adds to result's warnings. On failure out may hold anything. */
    exn_status (*produce)(const exn_image *image, const exn_options *options, exn_buffer *out,
                          exn_result *result, exn_error *error);
    /* Decodes every pixel without keeping any; fails if data is missing or damaged. NULL: the
     * format cannot be decoded. Called by exn_image_decode(). */
    exn_status (*decode)(const exn_image *image, const exn_options *options, exn_result *result,
                         exn_error *error);
    /* Compares the pixels of product (already scanned, same format) with those of source rotated by
     * source->turn; result is produce()'s. Fails with EXN_MISMATCH. */
    exn_status (*verify)(const exn_image *source, const exn_image *product,
                         const exn_options *options, const exn_result *result, exn_error *error);
    /* Decodes the picture for display, as it is stored. It may be reduced, but no side becomes
     * shorter than in a picture whose longer side is `side`. Damaged pictures are shown like in
     * browsers. raster is empty, and the caller's also on failure. NULL: the format cannot be
     * decoded. */
    exn_status (*show)(exn_span file, uint32_t side, const exn_options *options, exn_raster *raster,
                       exn_error *error);
    void (*close)(exn_image *image);
} exn_format_ops;

struct exn_image {
    const exn_format_ops *ops;
    exn_span data;
    exn_buffer header; /* what look() collected, to which data then points */
    void *state;
    uint32_t width, height; /* stored; 0 if unknown (formats that are only examined) */
    uint32_t components;
    uint8_t sampling[4];  /* like in exn_result */
    uint32_t orientation; /* the one that takes effect: 1..8; 0: none */
    exn_place place;
    uint32_t reasons;  /* the predicate, a set of exn_reason: empty if the file needs nothing */
    uint32_t warnings; /* set of exn_warning */
    exn_thumbnails thumbnails; /* the budget for JPEGs inside its metadata. Formats must not know
                                  each other, so the scanner passes it down */
    exn_span exif;    /* the block that takes effect (TIFF bytes), for libexif; may be empty */
    bool is_doubtful; /* data may be missing, which only decoding shows: exn_rotate() and
                         exn_check() then decode whatever the options say */
    bool is_copied;   /* the options say to copy it: it is read, but has no output of its own */
    bool is_shown_as_stored; /* no browser honours `orientation`, so pixels are not rotated by it */
    bool is_converted;       /* the output has another format, so it is written in any case */
    bool is_exif_ignored;    /* Exif does not affect how it is shown: `exif` is only described */
    exn_orientation turn;    /* what produce() does to the pixels; set by the scanner */
};

/* Whether the file's own bytes are the output: the predicate finds nothing, and no pixel moves. */
bool exn_image_is_settled(const exn_image *image);

/* For a file that is never rewritten: whether it is already shown the right way. given: the
 * orientation by which to rotate it, 0: its own. */
bool exn_image_is_upright(const exn_image *image, uint32_t given);

/* Calls the format's decode(); if there is none, sets EXN_WARN_NOT_DECODED. */
exn_status exn_image_decode(const exn_image *image, const exn_options *options, exn_result *result,
                            exn_error *error);

/* The budget for JPEGs inside its metadata while that many bytes are held besides them. */
exn_thumbnails exn_image_thumbnails(const exn_image *image, const exn_options *options,
                                    uint64_t held);

/* Adds the warning if another place has another orientation (1..8; 0: none) than the one that is
 * shown. */
void exn_image_compare(exn_image *image, uint32_t other, exn_warning warning);

#endif
