/* SPDX-License-Identifier: MIT */
/* The WebP entry in the table of formats. chunks.h walks the file, traces.h reads orientations in
 * its metadata, rebuild.h writes the new file, frames.h and picture.h handle its pictures, verify.h
 * reads it back. */
#include "webp.h"

#include <stdlib.h>
#include <string.h>

#include "frames.h"
#include "rebuild.h"
#include "show.h"
#include "traces.h"
#include "verify.h"

static bool sniff(exn_span head)
{
    return head.size >= EXN_WEBP_HEAD && exn_span_starts(head, "RIFF", 4) &&
           memcmp(head.data + 8, "WEBP", 4) == 0;
}

/* Browsers show a WebP as stored, whatever its metadata says. Pixels are rotated only on request,
 * including an explicit orientation. */
static void choose(exn_image *image, const exn_options *options)
{
    const bool rotates = options->webp == EXN_WEBP_ROTATE;
    image->is_shown_as_stored = !rotates;
    image->is_copied = options->webp == EXN_WEBP_COPY || (options->orientation > 1 && !rotates);
}

static exn_status look(exn_image *image, const exn_source *source, const exn_options *options,
                       exn_error *error)
{
    exn_window window;
    const exn_cancel cancel = exn_cancel_of(options);
    exn_webp *webp = calloc(1, sizeof *webp);
    choose(image, options);
    if (!webp)
        return exn_status_fail(error, EXN_MEMORY, "chunk list");
    /* close_image() frees it from here on, whatever fails. */
    image->state = webp;
    exn_window_open(&window, source);
    exn_status status = exn_webp_chunks_walk(webp, &window, &cancel, error);
    image->width = webp->width;
    image->height = webp->height;
    image->components = webp->components;
    /* A file that is only copied may be damaged: its metadata is examined all the same. */
    exn_status read = status == EXN_OK || (status == EXN_CORRUPT && image->is_copied)
                          ? exn_webp_traces_scan(image, webp, &window, options, error)
                          : EXN_OK;
    return status == EXN_OK ? read : status;
}

static exn_status decode(const exn_image *image, const exn_options *options, exn_result *result,
                         exn_error *error)
{
    (void)result;
    const exn_webp *webp = image->state;
    const exn_cancel cancel = exn_cancel_of(options);
    exn_webp_budget budget = exn_webp_frames_budget(options, image->data.size);
    exn_status status = EXN_OK;
    for (size_t i = 0; status == EXN_OK && i < webp->inside; i++) {
        exn_webp_frame frame;
        exn_webp_picture picture = {0};
        bool found = false;
        if (exn_webp_frames_is_part(webp, i))
            status = exn_webp_frames_of(webp, image->data, i, &frame, &found, error);
        if (status == EXN_OK && found)
            status = exn_webp_frames_read(&frame, false, &budget, &cancel, &picture, error);
        exn_webp_picture_free(&picture);
    }
    return status;
}

/* Also after a failed look, with as much of the list as there is. */
static void close_image(exn_image *image)
{
    exn_webp *webp = image->state;
    if (webp)
        exn_webp_chunks_free(webp);
    free(webp);
    image->state = NULL;
}

const exn_format_ops exn_webp_format = {
    .id = EXN_FORMAT_WEBP,
    .sniff = sniff,
    .look = look,
    .produce = exn_webp_rebuild,
    .decode = decode,
    .verify = exn_webp_verify,
    .show = exn_webp_show,
    .close = close_image,
};
