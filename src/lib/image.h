/* SPDX-License-Identifier: MIT */
/* What a format implements, one row of formats[] each (format.c).
 *
 * Contract. An exn_image lives on the stack of one call; data is borrowed. scan() walks the
 * structure without decoding pixels and fills in everything below `state`; look() does the same
 * from the headers alone, for a file that is not in memory. state is the format's own and is freed
 * by close(), which is called exactly once, also after a failed scan() or look(). produce() is
 * called only where something is to be done, exn_image_is_settled(): it rotates the pixels by
 * image->turn, strips every trace of orientation and writes the whole new file. No function keeps a
 * pointer past its call.
 *
 * A format whose look() says all that is to be known of a file has no scan(): bytes in memory are a
 * source like any other. */
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
    /* Writes the new file to out (empty at the start) and fills in result's outcome, method and
     * exact_components; it adds to result's warnings. On failure out may hold anything. */
    exn_status (*produce)(const exn_image *image, const exn_options *options, exn_buffer *out,
                          exn_result *result, exn_error *error);
    /* Decodes every pixel, keeps none; fails where data is missing or damaged. NULL: nothing here
     * decodes the format. Called by exn_image_decode(). */
    exn_status (*decode)(const exn_image *image, const exn_options *options, exn_result *result,
                         exn_error *error);
    /* Compares the pixels of product (already scanned, same format) with those of source rotated by
     * source->turn; result is what produce() said. Fails with EXN_MISMATCH. */
    exn_status (*verify)(const exn_image *source, const exn_image *product,
                         const exn_options *options, const exn_result *result, exn_error *error);
    /* Decodes the picture for people, as it is stored: each side no shorter than that of a picture
     * whose longer side is `side`, unless the image's own is; what is larger may come smaller. What
     * is damaged is shown as browsers show it. raster is empty, and the caller's also on failure.
     * NULL: nothing here decodes the format. */
    exn_status (*show)(exn_span file, uint32_t side, const exn_options *options, exn_raster *raster,
                       exn_error *error);
    void (*close)(exn_image *image);
} exn_format_ops;

struct exn_image {
    const exn_format_ops *ops;
    exn_span data;
    exn_buffer header; /* what look() collected; data then lies in it */
    void *state;
    uint32_t width, height; /* stored; 0 where not known (formats that are only looked at) */
    uint32_t components;
    uint8_t sampling[4];  /* as exn_result has it */
    uint32_t orientation; /* the one that counts: 1..8; 0: none */
    exn_place place;
    uint32_t reasons;  /* the predicate, a set of exn_reason: empty where the file needs nothing */
    uint32_t warnings; /* set of exn_warning */
    exn_thumbnails thumbnails; /* the budget for JPEGs inside of its metadata; a format may not know
                                  the JPEG format beside it, so the scanner hands it down */
    exn_span exif;             /* the block that counts (TIFF bytes), for libexif; may be empty */
    bool is_doubtful;          /* data may be missing, which only decoding shows: exn_rotate() and
                                  exn_check() decode whatever the options say */
    bool is_copied;            /* the options say so: it is read, and has no output of its own */
    bool is_shown_as_stored;   /* no browser honours `orientation`: pixels are not rotated by it */
    bool is_converted;         /* the output is another format's: it is written in any case */
    bool is_exif_ignored;      /* Exif says nothing of how it is shown: `exif` is only described */
    exn_orientation turn;      /* what produce() does to the pixels; set by the scanner */
};

/* Whether the file's own bytes are the output: the predicate finds nothing in it, and no pixel
 * moves. */
bool exn_image_is_settled(const exn_image *image);

/* Of a file that is never rewritten: whether it is shown as it is to be; given: the orientation
 * that it is to be rotated by, 0: its own. */
bool exn_image_is_upright(const exn_image *image, uint32_t given);

/* The format's decode(); where it has none, EXN_WARN_NOT_DECODED is what is said of it. */
exn_status exn_image_decode(const exn_image *image, const exn_options *options, exn_result *result,
                            exn_error *error);

/* The budget for JPEGs inside of its metadata, where so many bytes are held beside them. */
exn_thumbnails exn_image_thumbnails(const exn_image *image, const exn_options *options,
                                    uint64_t held);

/* Adds the warning where another place says another orientation (1..8; 0: none) than the one that
 * is shown. */
void exn_image_compare(exn_image *image, uint32_t other, exn_warning warning);

#endif
