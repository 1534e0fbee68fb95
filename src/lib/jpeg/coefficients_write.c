/* SPDX-License-Identifier: MIT */
#include "coefficients_write.h"

#include <string.h>

#include "mcus.h"
#include "scan_script.h"

/* Assigns each component's table to a slot, equal tables to the same one: there are four slots and
 * at most four components. A component keeps its own slot number if that is free. */
void exn_coefficients_write_tables(struct jpeg_compress_struct *c, const exn_coefficients *target,
                                   const struct jpeg_decompress_struct *source)
{
    for (int slot = 0; slot < NUM_QUANT_TBLS; slot++)
        if (c->quant_tbl_ptrs[slot])
            c->quant_tbl_ptrs[slot] = NULL; /* from jpeg_set_defaults(); the pool still owns it */
    for (uint32_t i = 0; i < target->components; i++) {
        const uint16_t *quant = target->component[i].quant;
        int own = source->comp_info[i].quant_tbl_no; /* unchecked if the component had no scan */
        int slot = own >= 0 && own < NUM_QUANT_TBLS ? own : 0;
        for (int k = 0; k < NUM_QUANT_TBLS; k++) {
            JQUANT_TBL *table = c->quant_tbl_ptrs[slot];
            if (!table || memcmp(table->quantval, quant, sizeof table->quantval) == 0)
                break;
            slot = (slot + 1) % NUM_QUANT_TBLS;
        }
        if (!c->quant_tbl_ptrs[slot]) {
            c->quant_tbl_ptrs[slot] = jpeg_alloc_quant_table((j_common_ptr)c);
            memcpy(c->quant_tbl_ptrs[slot]->quantval, quant, sizeof target->component[i].quant);
        }
        c->comp_info[i].quant_tbl_no = slot;
    }
}

/* jpeg_set_defaults() chooses a colour space and factors of its own, so it has to come first. */
void exn_coefficients_write_parameters(struct exn_libjpeg *lib, const exn_coefficients *target,
                                       const struct exn_libjpeg *source)
{
    struct jpeg_compress_struct *c = &lib->object.compress;
    const struct jpeg_decompress_struct *d = &source->object.decompress;
    c->image_width = target->width;
    c->image_height = target->height;
    c->input_components = (int)target->components;
    c->in_color_space = source->color_space;
    jpeg_set_defaults(c);
#if JPEG_LIB_VERSION >= 70 /* these scale, and mistake the scaled size for the picture's */
    jpeg_calc_jpeg_dimensions(c);
#endif
    jpeg_set_colorspace(c, source->color_space);
    /* Application segments are the source's own, byte for byte. */
    c->write_JFIF_header = FALSE;
    c->write_Adobe_marker = FALSE;
    c->CCIR601_sampling = d->CCIR601_sampling;
    for (uint32_t i = 0; i < target->components; i++) {
        c->comp_info[i].component_id = d->comp_info[i].component_id;
        c->comp_info[i].h_samp_factor = (int)target->component[i].h;
        c->comp_info[i].v_samp_factor = (int)target->component[i].v;
    }
}

void exn_coefficients_write_arrays(struct exn_libjpeg *lib, const exn_coefficients *target)
{
    struct jpeg_memory_mgr *memory = lib->object.common.mem;
    for (uint32_t i = 0; i < target->components; i++) {
        const exn_component *t = &target->component[i];
        lib->arrays[i] = memory->request_virt_barray(&lib->object.common, JPOOL_IMAGE, FALSE,
                                                     exn_divide_up(t->blocks_x, t->h) * t->h,
                                                     exn_divide_up(t->blocks_y, t->v) * t->v, t->v);
    }
    memory->realize_virt_arrays(&lib->object.common);
}

exn_status exn_coefficients_write_open(exn_coefficients *target, const exn_coefficients *source,
                                       exn_orientation o, exn_error *error)
{
    exn_status status = EXN_OK;
    exn_component_frame(target, source, o);
    struct exn_libjpeg *lib = target->libjpeg = exn_libjpeg_io_open();
    if (!lib)
        return exn_status_fail(error, EXN_MEMORY, "encoder");
    struct jpeg_compress_struct *c = &lib->object.compress;
    if (setjmp(lib->escape))
        return exn_libjpeg_io_escaped(lib, error);
    jpeg_create_compress(c);
    c->mem->max_memory_to_use = 0;
    exn_coefficients_write_parameters(lib, target, source->libjpeg);
    exn_coefficients_write_arrays(lib, target);
    lib->turn = o;
    lib->complete = source->libjpeg->complete;
    for (uint32_t i = 0; i < target->components && status == EXN_OK; i++)
        status = exn_coefficients_collect(lib, lib->arrays[i], &target->component[i], true, error);
    return status;
}

/* Huffman codes of 8-bit JPEG hold AC values of 10 bits and DC differences of 11 (T.81, F.1.2), but
 * libjpeg-turbo's encoder does not check that. A rotation changes the order of blocks, so a
 * component's DC values must all lie within one such difference of each other and of 0, where
 * prediction starts. */
static bool in_range(const exn_component *c)
{
    int lowest = 0, highest = 0;
    for (uint32_t y = 0; y < c->blocks_y; y++) {
        exn_dct_block *row = c->rows[y];
        if (exn_cancel_check(c->cancel, NULL) != EXN_OK ||
            exn_dct_block_magnitudes(row, c->blocks_x) > 1023)
            return false;
        for (uint32_t x = 0; x < c->blocks_x; x++) {
            lowest = row[x][0] < lowest ? row[x][0] : lowest;
            highest = row[x][0] > highest ? row[x][0] : highest;
        }
    }
    return highest - lowest <= 2047;
}

/* The restart interval of all scans; 0 if they differ, since libjpeg writes one for all. */
static uint32_t common_interval(const exn_jpeg *jpeg)
{
    uint32_t interval = jpeg->scans[0].restart_interval;
    for (size_t s = 1; s < jpeg->scan_count; s++)
        if (jpeg->scans[s].restart_interval != interval)
            return 0;
    return interval;
}

/* Conditioning values of arithmetic coding are the source's (DAC: T.81, B.2.4.3). An interval of
 * whole rows is given in rows, since the output's rows have another length. */
static void set_coding(struct exn_libjpeg *lib, const exn_coefficients *target,
                       const exn_jpeg *jpeg, const struct jpeg_decompress_struct *source)
{
    struct jpeg_compress_struct *c = &lib->object.compress;
    c->arith_code = jpeg->arithmetic;
    c->optimize_coding = !jpeg->arithmetic && !jpeg->standard_huffman;
    if (jpeg->arithmetic) {
        for (int i = 0; i < NUM_ARITH_TBLS; i++)
            if (source->arith_dc_L[i] <= source->arith_dc_U[i]) { /* otherwise it stopped at them */
                c->arith_dc_L[i] = source->arith_dc_L[i];
                c->arith_dc_U[i] = source->arith_dc_U[i];
            }
        memcpy(c->arith_ac_K, source->arith_ac_K, sizeof c->arith_ac_K);
    }
    c->restart_in_rows = (int)exn_mcus_restart_rows(jpeg, lib->turn);
    c->restart_interval = c->restart_in_rows ? 0 : common_interval(jpeg);
    exn_scan_script_set(lib, target, jpeg);
}

exn_status exn_coefficients_write(exn_coefficients *target, const exn_coefficients *source,
                                  const exn_jpeg *jpeg, uint64_t limit, exn_buffer *out,
                                  exn_error *error)
{
    struct exn_libjpeg *lib = target->libjpeg;
    struct jpeg_compress_struct *c = &lib->object.compress;
    for (uint32_t i = 0; i < target->components; i++)
        if (!in_range(&target->component[i]))
            return exn_status_fail(error, EXN_CORRUPT, "DCT coefficient out of range");
    if (setjmp(lib->escape))
        return exn_libjpeg_io_escaped(lib, error);
    exn_coefficients_write_tables(c, target, &source->libjpeg->object.decompress);
    set_coding(lib, target, jpeg, &source->libjpeg->object.decompress);
    exn_libjpeg_io_ask(lib, &jpeg->cancel);
    exn_libjpeg_io_write_to(lib, out, jpeg->file.size + 2 * exn_coefficients_bytes(jpeg), limit);
    /* No pixel is touched: libjpeg codes what the arrays hold. */
    jpeg_write_coefficients(c, lib->arrays);
    jpeg_finish_compress(c);
    return EXN_OK;
}
