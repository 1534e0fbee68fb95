/* SPDX-License-Identifier: MIT */
#include "inflate.h"

#include <zlib.h>

/* The limit is checked before each step, so a bomb costs one step more than it allows. A stream
 * that is broken or ends early is not readable, which is no error: other readers cannot read it
 * either. */
exn_status exn_png_inflate_value(exn_span in, const exn_cancel *cancel, exn_buffer *out,
                                 bool *readable, exn_error *error)
{
    enum { STEP = 1 << 16, INPUT_STEP = 1 << 20 }; /* empty blocks take input but give no output */
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)in.data};
    size_t left = in.size;
    exn_status status = inflateInit(&stream) == Z_OK ? EXN_OK : EXN_MEMORY;
    int result = status == EXN_OK ? Z_OK : Z_STREAM_ERROR;
    while (result == Z_OK && status == EXN_OK) {
        if (out->size > EXN_PNG_MAX_VALUE)
            status = EXN_LIMIT;
        else
            status = exn_cancel_check(cancel, error);
        if (status == EXN_OK)
            status = exn_buffer_reserve(out, STEP);
        if (status != EXN_OK)
            break;
        if (stream.avail_in == 0) {
            stream.avail_in = (uInt)(left < INPUT_STEP ? left : INPUT_STEP);
            left -= stream.avail_in;
        }
        stream.next_out = out->data + out->size;
        stream.avail_out = STEP;
        result = inflate(&stream, Z_NO_FLUSH);
        out->size += STEP - stream.avail_out;
        if (result == Z_MEM_ERROR)
            status = EXN_MEMORY;
    }
    inflateEnd(&stream);
    *readable = result == Z_STREAM_END;
    if (status == EXN_LIMIT)
        return exn_status_fail(error, status, "a chunk inflates to more than %d MiB",
                               EXN_PNG_MAX_VALUE >> 20);
    return status == EXN_OK ? EXN_OK : exn_status_fail(error, status, "deflated chunk");
}
