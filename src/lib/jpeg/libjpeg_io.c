/* SPDX-License-Identifier: MIT */
#include "libjpeg_io.h"

#include <stdlib.h>

#include <jerror.h>

/* libjpeg requires that it does not return. */
static void on_error(j_common_ptr common)
{
    longjmp(exn_libjpeg_of(common)->escape, 1);
}

/* A library does not write to stderr. */
static void on_output(j_common_ptr common)
{
    (void)common;
}

/* Whether the bytes that the decoder has just skipped are only 00 and FF. The marker it found
 * follows them. count is the decoder's, which sees FF 00 sometimes as one byte and sometimes as
 * two; counting it as one requires at least as many as were skipped. */
static bool skipped_only_padding(const struct exn_libjpeg *lib, long count)
{
    const uint8_t *start = lib->file.data, *p = lib->source.next_input_byte;
    /* The EOI that fill_input() makes up does not end a picture, but stands for missing data. */
    if (lib->said.end_of_file)
        return false;
    while (p > start && p < start + lib->file.size && *p != 0xFF)
        p--; /* the marker's FF may be before libjpeg's last noted position */
    while (count > 0 && p > start) {
        p--;
        if (*p == 0 && p > start && p[-1] == 0xFF)
            p--;
        else if (*p != 0 && *p != 0xFF)
            return false;
        count--;
    }
    return count == 0;
}

static void judge_warning(struct exn_libjpeg *lib, j_common_ptr common)
{
    int code = common->err->msg_code;
    const struct jpeg_decompress_struct *d = &lib->object.decompress;
    if (code == JWRN_JPEG_EOF) {
        lib->said.end_of_file = true;
        return;
    }
    /* Before the first scan only garbage between segments can be skipped; inside scans it is
     * picture data. */
    bool padding =
        code == JWRN_EXTRANEOUS_DATA &&
        (d->input_scan_number == 0 || skipped_only_padding(lib, common->err->msg_parm.i[0]));
    /* Header parameters that no coefficient depends on: cameras write sequential scans with a
     * spectral selection of 0 to 0, and versions change. */
    bool words = code == JWRN_NOT_SEQUENTIAL || code == JWRN_JFIF_MAJOR || code == JWRN_ADOBE_XFORM;
    if (padding || words) {
        lib->said.noise = true;
        return;
    }
    if (!lib->said.corrupt) {
        lib->said.corrupt = code;
        common->err->format_message(common, lib->said.text);
    }
}

/* libjpeg counts warnings but shows only the first; damage may be among the later ones, so each is
 * judged by its code. */
static void on_message(j_common_ptr common, int level)
{
    struct exn_libjpeg *lib = exn_libjpeg_of(common);
    if (!common->is_decompressor)
        return;
    if (level < 0)
        judge_warning(lib, common);
    else if (common->err->msg_code == JTRC_SOS && lib->most_scans &&
             lib->object.decompress.input_scan_number >= lib->most_scans)
        on_error(common); /* a scan beyond those that were counted and paid for */
}

static void init_source(j_decompress_ptr d)
{
    (void)d;
}

/* The whole file is in memory, so a request for more means that it has ended. Like libjpeg's own
 * sources, this supplies an EOI, and notes it. */
static boolean fill_input(j_decompress_ptr d)
{
    static const JOCTET eoi[2] = {0xFF, JPEG_EOI};
    WARNMS(d, JWRN_JPEG_EOF);
    d->src->next_input_byte = eoi;
    d->src->bytes_in_buffer = sizeof eoi;
    return TRUE;
}

/* libjpeg skips as much as its markers announce, even if that is more than there is; then the file
 * is at its end. */
static void skip_input(j_decompress_ptr d, long count)
{
    if (count <= 0)
        return;
    if ((size_t)count > d->src->bytes_in_buffer) {
        fill_input(d);
        return;
    }
    d->src->next_input_byte += count;
    d->src->bytes_in_buffer -= (size_t)count;
}

static void term_source(j_decompress_ptr d)
{
    (void)d;
}

enum { OUTPUT_STEP = 1 << 16 };

/* The bytes of memory needed if the output grows by another step, as a buffer does. It is assembled
 * once more afterwards, with its application segments. */
static uint64_t output_need(const struct exn_libjpeg *lib)
{
    if (!lib->out)
        return 0;
    const uint64_t size = (uint64_t)lib->out->size + OUTPUT_STEP, room = lib->out->capacity;
    return lib->held + size + (size > room + room / 2 ? size : room + room / 2);
}

static void grow_output(j_compress_ptr c)
{
    struct exn_libjpeg *lib = exn_libjpeg_of((j_common_ptr)c);
    exn_buffer *out = lib->out;
    if (output_need(lib) > lib->limit || exn_buffer_reserve(out, OUTPUT_STEP) != EXN_OK)
        ERREXIT1(c, JERR_OUT_OF_MEMORY, 0);
    c->dest->next_output_byte = out->data + out->size;
    c->dest->free_in_buffer = out->capacity - out->size;
}

static void init_output(j_compress_ptr c)
{
    grow_output(c);
}

/* free_in_buffer has no meaning here (libjpeg.txt, "Compressed data handling"). */
static boolean empty_output(j_compress_ptr c)
{
    exn_buffer *out = exn_libjpeg_of((j_common_ptr)c)->out;
    out->size = out->capacity; /* libjpeg calls only when all of it is full */
    grow_output(c);
    return TRUE;
}

static void term_output(j_compress_ptr c)
{
    exn_buffer *out = exn_libjpeg_of((j_common_ptr)c)->out;
    out->size = out->capacity - c->dest->free_in_buffer;
}

static void on_progress(j_common_ptr common)
{
    struct exn_libjpeg *lib = exn_libjpeg_of(common);
    if (exn_cancel_check(lib->watch.cancel, NULL) == EXN_OK)
        return;
    lib->watch.status = EXN_CANCELLED;
    on_error(common);
}

void exn_libjpeg_io_ask(struct exn_libjpeg *lib, const exn_cancel *cancel)
{
    lib->watch.cancel = cancel;
    lib->watch.progress.progress_monitor = on_progress;
    lib->object.common.progress = &lib->watch.progress;
}

struct exn_libjpeg *exn_libjpeg_io_open(void)
{
    struct exn_libjpeg *lib = calloc(1, sizeof *lib);
    if (!lib)
        return NULL;
    lib->object.common.err = jpeg_std_error(&lib->error_manager);
    lib->error_manager.error_exit = on_error;
    lib->error_manager.output_message = on_output;
    lib->error_manager.emit_message = on_message;
    return lib;
}

exn_status exn_libjpeg_io_escaped(struct exn_libjpeg *lib, exn_error *error)
{
    char text[JMSG_LENGTH_MAX];
    if (lib->watch.status != EXN_OK)
        return exn_status_fail(error, lib->watch.status, "%s",
                               exn_arithmetic_watch_text(&lib->watch));
    lib->error_manager.format_message(&lib->object.common, text);
    switch (lib->error_manager.msg_code) {
    case JERR_OUT_OF_MEMORY:
        /* grow_output() also raises it if the limit is reached before memory runs out. */
        if (exn_status_need_memory(error, output_need(lib), lib->limit) != EXN_OK)
            return EXN_LIMIT;
        return exn_status_fail(error, EXN_MEMORY, "coefficient arrays");
#if JPEG_LIB_VERSION < 70
    case JERR_ARITH_NOTIMPL:
#endif
    case JERR_BAD_PRECISION:
    case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_IMAGE_TOO_BIG:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED:
        return exn_status_fail(error, EXN_UNSUPPORTED, "%s", text);
    default:
        return exn_status_fail(error, EXN_CORRUPT, "%s", text);
    }
}

void exn_libjpeg_io_read_from(struct exn_libjpeg *lib, exn_span file)
{
    lib->file = file;
    lib->source = (struct jpeg_source_mgr){.next_input_byte = file.data,
                                           .bytes_in_buffer = file.size,
                                           .init_source = init_source,
                                           .fill_input_buffer = fill_input,
                                           .skip_input_data = skip_input,
                                           .resync_to_restart = jpeg_resync_to_restart,
                                           .term_source = term_source};
    lib->object.decompress.src = &lib->source;
}

void exn_libjpeg_io_write_to(struct exn_libjpeg *lib, exn_buffer *out, uint64_t held,
                             uint64_t limit)
{
    lib->out = out;
    lib->held = held;
    lib->limit = limit;
    lib->destination = (struct jpeg_destination_mgr){.init_destination = init_output,
                                                     .empty_output_buffer = empty_output,
                                                     .term_destination = term_output};
    lib->object.compress.dest = &lib->destination;
}

exn_status exn_libjpeg_io_decoder(struct exn_libjpeg **lib, exn_span file, const exn_cancel *cancel,
                                  exn_error *error)
{
    struct exn_libjpeg *l = *lib = exn_libjpeg_io_open();
    if (!l)
        return exn_status_fail(error, EXN_MEMORY, "decoder");
    if (setjmp(l->escape))
        return exn_libjpeg_io_escaped(l, error);
    jpeg_create_decompress(&l->object.decompress);
    exn_libjpeg_io_read_from(l, file);
    exn_libjpeg_io_ask(l, cancel);
    return EXN_OK;
}

exn_status exn_libjpeg_io_encoder(struct exn_libjpeg **lib, exn_buffer *out, uint64_t held,
                                  uint64_t limit, const exn_cancel *cancel, exn_error *error)
{
    struct exn_libjpeg *l = *lib = exn_libjpeg_io_open();
    if (!l)
        return exn_status_fail(error, EXN_MEMORY, "encoder");
    if (setjmp(l->escape))
        return exn_libjpeg_io_escaped(l, error);
    jpeg_create_compress(&l->object.compress);
    exn_libjpeg_io_write_to(l, out, held, limit);
    exn_libjpeg_io_ask(l, cancel);
    return EXN_OK;
}

void exn_libjpeg_io_close(struct exn_libjpeg *lib)
{
    if (!lib)
        return;
    jpeg_destroy(&lib->object.common);
    exn_libjpeg_arrays_close(&lib->decoded);
    free(lib->script);
    free(lib);
}
