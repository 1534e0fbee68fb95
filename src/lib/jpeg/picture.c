/* SPDX-License-Identifier: MIT */
#include "picture.h"

#include "pages.h"

/* Weaves the rotated picture into the source's segments: tables and frame header replace the
 * source's frame header, and each scan replaces the source's scan of that number. */
static exn_status assemble(const exn_jpeg *source, exn_turned *turned,
                           exn_app_segments *application, exn_buffer *out)
{
    /* A rotated picture rarely grows by more. */
    exn_status status = exn_buffer_reserve(out, source->file.size + source->file.size / 64);
    exn_pages_large(out->data, out->capacity);
    if (status == EXN_OK)
        status = exn_buffer_append(out, "\xFF\xD8", 2);
    for (size_t i = 0; i < source->count && status == EXN_OK; i++) {
        const exn_segment *segment = &source->segments[i];
        /* Tables and restart intervals of the source are not copied, because the rotated picture
         * has its own. */
        if (exn_segment_is_frame_marker(segment->marker))
            status = exn_turned_append_frame(turned, out);
        else if (segment->marker == EXN_MARKER_SOS)
            status = exn_turned_append_scan(turned, out);
        else if (exn_segment_is_metadata(segment))
            status = exn_app_segments_append(application, segment, out);
    }
    if (status == EXN_OK)
        status = exn_turned_append_rest(turned, out);
    if (status == EXN_OK)
        status = exn_buffer_append(out, "\xFF\xD9", 2);
    return status;
}

exn_status exn_jpeg_picture_write(const exn_jpeg_picture *picture, exn_buffer *out,
                                  exn_error *error)
{
    exn_app_segments application;
    exn_status status = exn_app_segments_open(&application, picture->jpeg, picture->o,
                                              picture->thumbnails, picture->warnings, error);
    application.index = picture->index;
    if (status == EXN_OK)
        status = picture->turned ? assemble(picture->jpeg, picture->turned, &application, out)
                                 : exn_app_segments_edit(&application, out);
    exn_app_segments_close(&application);
    *picture->warnings |= picture->thumbnails->warnings;
    return status == EXN_OK ? EXN_OK : exn_status_fail(error, status, "output");
}
