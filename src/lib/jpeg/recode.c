/* SPDX-License-Identifier: MIT */
#include "recode.h"

#include <string.h>

#include "coefficients_write.h"

/* Compares what libjpeg writes with what is expected. Headers are its own and precede the scan. */
typedef struct recoding {
    const exn_coefficients *source;
    exn_orientation o;
    exn_span expected;
    bool begun, same;
    void (*ask)(j_common_ptr common); /* exn_libjpeg_io_ask()'s */
    uint8_t bytes[1 << 14];
} recoding;

static recoding *recoding_of(j_common_ptr common)
{
    return exn_libjpeg_of(common)->decoded.context;
}

static void start_over(j_compress_ptr c)
{
    recoding *r = recoding_of((j_common_ptr)c);
    c->dest->next_output_byte = r->bytes;
    c->dest->free_in_buffer = sizeof r->bytes;
}

/* Stops at the first difference. */
static void compare(j_compress_ptr c, size_t size)
{
    recoding *r = recoding_of((j_common_ptr)c);
    if (r->begun) {
        r->same = exn_span_equal(exn_span_part(r->expected, 0, size), (exn_span){r->bytes, size});
        r->expected = exn_span_part(r->expected, size, SIZE_MAX);
    }
    start_over(c);
    if (r->begun && !r->same)
        c->err->error_exit((j_common_ptr)c);
}

static boolean on_full(j_compress_ptr c)
{
    compare(c, sizeof recoding_of((j_common_ptr)c)->bytes);
    return TRUE;
}

static void on_end(j_compress_ptr c)
{
    compare(c, sizeof recoding_of((j_common_ptr)c)->bytes - c->dest->free_in_buffer);
}

/* Called before each row of iMCUs, for the first time after all headers have been written. */
static void on_progress(j_common_ptr common)
{
    recoding *r = recoding_of(common);
    if (!r->begun)
        start_over(&exn_libjpeg_of(common)->object.compress);
    r->begun = true;
    r->ask(common);
}

static void give_rows(void *context, uint32_t i, uint32_t y, uint32_t count,
                      exn_dct_block *const *rows)
{
    const recoding *r = context;
    const exn_component *from = &r->source->component[i];
    const uint32_t height = r->o.transpose ? from->blocks_x : from->blocks_y;
    for (uint32_t n = 0; n < count && y + n < height; n++)
        exn_component_turned_row(from, r->o, y + n, rows[n]);
}

static void take_huffman_tables(struct jpeg_compress_struct *c, JHUFF_TBL *const from[],
                                JHUFF_TBL *to[])
{
    for (int n = 0; n < NUM_HUFF_TBLS; n++) {
        if (!from[n])
            continue;
        if (!to[n])
            to[n] = jpeg_alloc_huff_table((j_common_ptr)c);
        memcpy(to[n]->bits, from[n]->bits, sizeof to[n]->bits);
        memcpy(to[n]->huffval, from[n]->huffval, sizeof to[n]->huffval);
        to[n]->sent_table = FALSE;
    }
}

/* Tables, interval and components are the output's. */
static void set_coding(struct jpeg_compress_struct *c, const struct jpeg_decompress_struct *d,
                       jpeg_scan_info *scan)
{
    c->optimize_coding = FALSE;
    c->restart_interval = d->restart_interval;
    take_huffman_tables(c, d->dc_huff_tbl_ptrs, c->dc_huff_tbl_ptrs);
    take_huffman_tables(c, d->ac_huff_tbl_ptrs, c->ac_huff_tbl_ptrs);
    *scan = (jpeg_scan_info){.comps_in_scan = d->comps_in_scan, .Se = 63};
    for (int i = 0; i < d->comps_in_scan; i++)
        scan->component_index[i] = d->cur_comp_info[i]->component_index;
    for (int i = 0; i < c->num_components; i++) {
        c->comp_info[i].dc_tbl_no = d->comp_info[i].dc_tbl_no;
        c->comp_info[i].ac_tbl_no = d->comp_info[i].ac_tbl_no;
    }
    c->scan_info = scan;
    c->num_scans = 1;
}

/* Any libjpeg error is the file's fault, except for memory and cancellation. */
static exn_status encode(struct exn_libjpeg *lib, const exn_coefficients *product, recoding *r,
                         jpeg_scan_info *scan, exn_error *error)
{
    struct jpeg_compress_struct *c = &lib->object.compress;
    if (setjmp(lib->escape)) {
        exn_error cause = {0};
        exn_status status = exn_libjpeg_io_escaped(lib, &cause);
        r->same = false;
        return status == EXN_MEMORY || status == EXN_CANCELLED
                   ? exn_status_fail(error, status, "%s", cause.detail)
                   : EXN_OK;
    }
    jpeg_create_compress(c);
    c->mem->max_memory_to_use = 0;
    lib->destination = (struct jpeg_destination_mgr){
        .init_destination = start_over, .empty_output_buffer = on_full, .term_destination = on_end};
    c->dest = &lib->destination;
    exn_libjpeg_io_ask(lib, product->cancel);
    r->ask = lib->watch.progress.progress_monitor;
    lib->watch.progress.progress_monitor = on_progress;
    exn_coefficients_write_parameters(lib, product, product->libjpeg);
    exn_coefficients_write_tables(c, product, &product->libjpeg->object.decompress);
    set_coding(c, &product->libjpeg->object.decompress, scan);
    exn_libjpeg_arrays_open(&lib->decoded, &lib->object.common);
    exn_coefficients_write_arrays(lib, product);
    jpeg_write_coefficients(c, lib->arrays);
    jpeg_finish_compress(c);
    return EXN_OK;
}

exn_status exn_recode_compare(const exn_coefficients *source, const exn_coefficients *product,
                              exn_orientation o, bool *same, exn_error *error)
{
    const struct exn_libjpeg *reader = product->libjpeg;
    const struct jpeg_decompress_struct *d = &reader->object.decompress;
    jpeg_scan_info scan;
    recoding r = {.source = source, .o = o};
    *same = false;
    /* What precedes the scan has to be something that a decoder does not complain about. */
    if (reader->said.corrupt || reader->said.noise || d->progressive_mode || d->arith_code ||
        d->comps_in_scan != d->num_components)
        return EXN_OK;
    /* libjpeg has read up to the scan's first byte. */
    r.expected = (exn_span){d->src->next_input_byte, d->src->bytes_in_buffer};
    struct exn_libjpeg *lib = exn_libjpeg_io_open();
    if (!lib)
        return exn_status_fail(error, EXN_MEMORY, "encoder");
    lib->decoded = (exn_libjpeg_arrays){
        .passing = UINT32_MAX, .gives = true, .visit = give_rows, .context = &r};
    exn_status status = encode(lib, product, &r, &scan, error);
    exn_libjpeg_io_close(lib);
    *same = status == EXN_OK && r.same;
    return status;
}
