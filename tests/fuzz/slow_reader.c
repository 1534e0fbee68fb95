/* SPDX-License-Identifier: MIT */
#include "slow_reader.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

enum { PIECE = 16 }; /* bytes; libjpeg reads fast from 512 a block on */

typedef struct slow_reader {
    struct jpeg_error_mgr errors; /* first: libjpeg hands back a pointer to it */
    struct jpeg_source_mgr source;
    exn_span left;
    bool complained;
    jmp_buf escape;
} slow_reader;

static void on_error(j_common_ptr common)
{
    longjmp(((slow_reader *)common->err)->escape, 1);
}

static void on_message(j_common_ptr common, int level)
{
    if (level < 0)
        ((slow_reader *)common->err)->complained = true;
}

static void nothing(j_decompress_ptr d)
{
    (void)d;
}

static boolean fill(j_decompress_ptr d)
{
    static const JOCTET eoi[2] = {0xFF, JPEG_EOI};
    slow_reader *r = (slow_reader *)d->err;
    exn_span piece = exn_span_part(r->left, 0, PIECE);
    r->left = exn_span_part(r->left, piece.size, SIZE_MAX);
    d->src->next_input_byte = piece.size ? piece.data : eoi;
    d->src->bytes_in_buffer = piece.size ? piece.size : sizeof eoi;
    return TRUE;
}

static void skip(j_decompress_ptr d, long count)
{
    for (; count > 0 && (size_t)count > d->src->bytes_in_buffer; fill(d))
        count -= (long)d->src->bytes_in_buffer;
    d->src->next_input_byte += count > 0 ? count : 0;
    d->src->bytes_in_buffer -= count > 0 ? (size_t)count : 0;
}

bool exn_slow_reader_complains(exn_span file)
{
    struct jpeg_decompress_struct d = {.err = NULL};
    slow_reader r = {.left = file};
    d.err = jpeg_std_error(&r.errors);
    r.errors.error_exit = on_error;
    r.errors.emit_message = on_message;
    if (setjmp(r.escape)) {
        jpeg_destroy_decompress(&d);
        return true;
    }
    jpeg_create_decompress(&d);
    r.source = (struct jpeg_source_mgr){.init_source = nothing,
                                        .fill_input_buffer = fill,
                                        .skip_input_data = skip,
                                        .resync_to_restart = jpeg_resync_to_restart,
                                        .term_source = nothing};
    d.src = &r.source;
    jpeg_read_header(&d, TRUE);
    jpeg_read_coefficients(&d);
    jpeg_destroy_decompress(&d);
    return r.complained;
}
