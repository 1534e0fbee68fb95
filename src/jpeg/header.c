#include "header.h"

#include "segments.h"

/* Finds the next marker from *offset on, as decoders do: what is no marker is skipped. *offset ends
 * behind the marker code. */
static exn_status next_marker(exn_window *window, uint64_t *offset, uint8_t *marker,
                              exn_error *error)
{
    uint8_t byte = 0;
    bool after_ff = false;
    for (;;) {
        exn_status status = exn_window_read(window, (*offset)++, &byte, 1, error);
        if (status != EXN_OK)
            return status;
        if (after_ff && byte != 0xFF && byte != 0)
            break;
        after_ff = byte == 0xFF;
    }
    *marker = byte;
    return EXN_OK;
}

/* APP1 holds Exif and XMP, APP13 may hold either in Photoshop's resources. ICC profiles (APP2), maker data (other APPn), comments and tables can be
 * large and say nothing of orientation. What is unknown is for the parser to judge. */
static bool is_wanted(uint8_t marker)
{
    bool skipped = marker == EXN_MARKER_DHT || marker == EXN_MARKER_DAC ||
                   marker == EXN_MARKER_DQT || marker == EXN_MARKER_COM ||
                   (marker >= EXN_MARKER_APP0 && marker <= EXN_MARKER_APP15);
    return !skipped || marker == EXN_MARKER_APP1 || marker == EXN_MARKER_APP0 + 13;
}

/* T.81, B.1.1.3: these have no length. */
static bool stands_alone(uint8_t marker)
{
    return marker == EXN_MARKER_TEM || (marker >= EXN_MARKER_RST0 && marker <= EXN_MARKER_SOI);
}

static exn_status collect_segment(exn_window *window, uint64_t *offset, uint8_t marker,
                                  exn_buffer *out, exn_error *error)
{
    uint8_t length[2];
    exn_status status = exn_window_read(window, *offset, length, sizeof length, error);
    if (status != EXN_OK)
        return status;
    size_t size = exn_get16be(length);
    if (size < 2 || size > window->source->size - *offset)
        return exn_fail(error, EXN_CORRUPT, "segment FF%02X is cut off or has a bad length",
                        marker);
    if (is_wanted(marker)) {
        const uint8_t code[2] = {0xFF, marker};
        if (exn_buffer_append(out, code, sizeof code) != EXN_OK)
            return exn_fail(error, EXN_MEMORY, "headers");
        status = exn_window_append(window, *offset, size, out, error);
    }
    *offset += size;
    return status;
}

exn_status exn_jpeg_collect(const exn_source *source, uint64_t limit, exn_buffer *out,
                            exn_error *error)
{
    exn_window window;
    uint64_t offset = 2;
    uint8_t marker = 0;
    exn_window_open(&window, source);
    exn_status status = exn_window_append(&window, 0, 2, out, error);
    for (int count = 1; status == EXN_OK && marker != EXN_MARKER_SOS; count++) {
        if (count == EXN_JPEG_MAX_SEGMENTS)
            return exn_fail(error, EXN_LIMIT, "more than %d segments", EXN_JPEG_MAX_SEGMENTS);
        status = next_marker(&window, &offset, &marker, error);
        if (status == EXN_OK && marker == EXN_MARKER_EOI)
            return exn_fail(error, EXN_CORRUPT, "no scan");
        if (status == EXN_OK && marker == EXN_MARKER_SOI)
            return exn_fail(error, EXN_CORRUPT, "SOI inside the image");
        if (status == EXN_OK && !stands_alone(marker))
            status = collect_segment(&window, &offset, marker, out, error);
        if (status == EXN_OK)
            status = exn_need_memory(error, out->size, limit);
    }
    if (status == EXN_OK && exn_buffer_append(out, "\xFF\xD9", 2) != EXN_OK)
        status = exn_fail(error, EXN_MEMORY, "headers");
    return status;
}
