/* SPDX-License-Identifier: MIT */
#include "coefficients.h"

#include <stdlib.h>
#include <string.h>

#include "libjpeg_io.h"
#include "mcus.h"
#include "progression.h"
#include "scan_script.h"

static uint32_t round_up(uint32_t a, uint32_t multiple)
{
    return exn_divide_up(a, multiple) * multiple;
}

/* Arrays have whole MCUs, whatever the scans have: libjpeg pads them. */
uint64_t exn_coefficients_bytes(const exn_jpeg *jpeg)
{
    uint64_t bytes = 0;
    uint64_t mcus_x = exn_divide_up(jpeg->width, 8 * jpeg->max_h);
    uint64_t mcus_y = exn_divide_up(jpeg->height, 8 * jpeg->max_v);
    for (uint32_t i = 0; i < jpeg->components; i++)
        bytes +=
            mcus_x * jpeg->component[i].h * mcus_y * jpeg->component[i].v * sizeof(exn_dct_block);
    return bytes;
}

/* Collects the rows' addresses, so that the loops of this project see plain arrays. libjpeg-turbo
 * keeps arrays whole in memory (jmemnobs.c has no backing store), so that a row stays where it is.
 * Rows are taken in order with writable set for a new array: that is what defines them. */
static exn_status collect_rows(struct exn_libjpeg *lib, jvirt_barray_ptr array, exn_component *c,
                               bool writable, exn_error *error)
{
    uint32_t rows = round_up(c->blocks_y, c->v);
    c->rows = malloc(rows * sizeof *c->rows);
    if (!c->rows)
        return exn_status_fail(error, EXN_MEMORY, "row table");
    j_common_ptr common = &lib->object.common;
    for (uint32_t y = 0; y < rows; y++)
        c->rows[y] = common->mem->access_virt_barray(common, array, y, 1, writable)[0];
    return EXN_OK;
}

/* T.81, B.2.3 asks for every component; libjpeg shows gray for one that never comes. A sequential
 * scan is whole whatever its header's words say. Only their places in one scan of all tell
 * components of one id apart: whose other scans are nobody knows. */
static exn_status require_all_components(const exn_jpeg *jpeg, exn_error *error)
{
    uint32_t seen = 0;
    if ((jpeg->progressive || jpeg->scan_count > 1) && !exn_segments_ids_differ(jpeg))
        return exn_status_fail(error, EXN_UNSUPPORTED, "components of one id in several scans");
    for (size_t s = 0; s < jpeg->scan_count && !jpeg->damaged; s++)
        for (int i = 0; i < jpeg->scans[s].components; i++)
            if (!jpeg->progressive || jpeg->scans[s].ss == 0)
                seen |= 1u << jpeg->scans[s].component[i];
    for (uint32_t i = 0; i < jpeg->components && !jpeg->damaged; i++)
        if (!(seen >> i & 1))
            return exn_status_fail(error, EXN_CORRUPT, "no scan for component %u", i);
    return EXN_OK;
}

/* coef_bits holds, for a progressive file, how many low bits of each coefficient are still to come;
 * -1: all. */
static bool all_bits_known(const struct jpeg_decompress_struct *d, const exn_jpeg *jpeg)
{
    if (!jpeg->progressive)
        return true;
    /* A second frame header, which libjpeg does not go on after, has changed d's own numbers. */
    for (uint32_t i = 0; i < jpeg->components; i++)
        for (int k = 0; k < DCTSIZE2; k++)
            if (d->coef_bits[i][k] != 0)
                return false;
    return true;
}

/* libjpeg's warnings do not tell lost data from noise. A file that ends without EOI has lost
 * nothing only if all of its data is known to be there; arithmetic decoding goes on without data
 * and cannot know. */
static exn_status judge(struct exn_libjpeg *lib, const exn_jpeg *jpeg, uint32_t *warnings,
                        exn_error *error)
{
    const struct jpeg_decompress_struct *d = &lib->object.decompress;
    lib->complete = all_bits_known(d, jpeg) && (!jpeg->damaged || exn_progression_of(jpeg));
    if (jpeg->damaged) {
        *warnings |= lib->complete ? 0 : 1u << EXN_WARN_SCANS_MISSING;
        return EXN_OK;
    }
    if (lib->said.corrupt)
        return exn_status_fail(error, EXN_CORRUPT, "%s", lib->said.text);
    if (lib->said.end_of_file && (d->arith_code || !lib->complete))
        return exn_status_fail(error, EXN_CORRUPT, "the file ends inside the image");
    if (lib->said.end_of_file || lib->said.noise || jpeg->mended)
        *warnings |= 1u << EXN_WARN_HARMLESS_NOISE;
    return EXN_OK;
}

/* The table of a component that no scan came for, in a damaged file: all of its coefficients are 0,
 * so that it serves only to be written. */
static void take_unused_table(const struct jpeg_decompress_struct *d, uint32_t i,
                              uint16_t quant[64])
{
    int slot = d->comp_info[i].quant_tbl_no;
    const JQUANT_TBL *table = slot >= 0 && slot < NUM_QUANT_TBLS ? d->quant_tbl_ptrs[slot] : NULL;
    for (int k = 0; k < DCTSIZE2; k++)
        quant[k] = table && table->quantval[k] ? table->quantval[k] : 1;
}

/* The decoder's view of the components. Quantization tables are those in force at each component's
 * first scan, which libjpeg has kept apart; they need not be those of the slots any more. */
static exn_status take_components(exn_coefficients *c, bool damaged, exn_error *error)
{
    struct exn_libjpeg *lib = c->libjpeg;
    struct jpeg_decompress_struct *d = &lib->object.decompress;
    if (setjmp(lib->escape))
        return exn_libjpeg_io_escaped(lib, error);
    for (uint32_t i = 0; i < c->components; i++) {
        exn_component *to = &c->component[i];
        const jpeg_component_info *from = &d->comp_info[i];
        if (!from->quant_table && !damaged)
            return exn_status_fail(error, EXN_CORRUPT, "component %u has no quantization table", i);
        to->h = (uint32_t)from->h_samp_factor;
        to->v = (uint32_t)from->v_samp_factor;
        if (from->quant_table)
            memcpy(to->quant, from->quant_table->quantval, sizeof to->quant);
        else
            take_unused_table(d, i, to->quant);
        exn_component_measure(c, i);
        if (lib->decoded.passing >> i & 1)
            continue;
        exn_status status = collect_rows(lib, lib->decoded.array[i], to, false, error);
        if (status != EXN_OK)
            return status;
    }
    return EXN_OK;
}

/* Reads up to the first scan. libjpeg's way out is the caller's. */
static void begin(struct exn_libjpeg *lib, const exn_jpeg *jpeg)
{
    struct jpeg_decompress_struct *d = &lib->object.decompress;
    jpeg_create_decompress(d);
    d->mem->max_memory_to_use = 0; /* not JPEGMEM's: the need was judged from the header */
    exn_libjpeg_arrays_open(&lib->decoded, &lib->object.common);
    /* Decoders may find more scans than the walk, which stopped at damage. */
    if (jpeg->damaged)
        lib->most_scans = (int)jpeg->scan_count + (jpeg->has_eoi ? 0 : EXN_JPEG_FREE_PASSES);
    exn_libjpeg_io_read_from(lib, exn_segments_coded(jpeg));
    jpeg_read_header(d, TRUE);
}

/* Whether a row of the first scan was decoded: what goes wrong before leaves nothing to show. The
 * numbers are those of the scan whose header was read last. */
static bool has_begun(const struct jpeg_decompress_struct *d)
{
    return d->input_scan_number > 1 || d->input_iMCU_row > 0;
}

static void stop_where_begun(j_common_ptr common)
{
    if (has_begun(&exn_libjpeg_of(common)->object.decompress))
        common->err->error_exit(common);
}

bool exn_coefficients_can_begin(const exn_jpeg *jpeg)
{
    struct exn_libjpeg *lib = exn_libjpeg_io_open();
    if (lib && !setjmp(lib->escape)) {
        begin(lib, jpeg);
        lib->watch.progress.progress_monitor = stop_where_begun;
        lib->object.common.progress = &lib->watch.progress;
        jpeg_read_coefficients(&lib->object.decompress);
    }
    const bool can = lib && has_begun(&lib->object.decompress);
    exn_libjpeg_io_close(lib);
    return can;
}

static struct exn_libjpeg *read_header(const exn_jpeg *jpeg)
{
    struct exn_libjpeg *lib = exn_libjpeg_io_open();
    if (lib && !setjmp(lib->escape)) {
        begin(lib, jpeg);
        return lib;
    }
    exn_libjpeg_io_close(lib);
    return NULL;
}

static bool same_frame(const struct jpeg_decompress_struct *a,
                       const struct jpeg_decompress_struct *b)
{
    bool same = a->image_width == b->image_width && a->image_height == b->image_height &&
                a->num_components == b->num_components &&
                a->jpeg_color_space == b->jpeg_color_space &&
                a->progressive_mode == b->progressive_mode && a->arith_code == b->arith_code &&
                a->restart_interval == b->restart_interval;
    for (int i = 0; same && i < a->num_components; i++) {
        const jpeg_component_info *p = &a->comp_info[i], *q = &b->comp_info[i];
        same = p->component_id == q->component_id && p->h_samp_factor == q->h_samp_factor &&
               p->v_samp_factor == q->v_samp_factor && p->quant_tbl_no == q->quant_tbl_no;
    }
    return same;
}

bool exn_coefficients_same_header(const exn_jpeg *a, const exn_jpeg *b)
{
    struct exn_libjpeg *p = read_header(a), *q = read_header(b);
    const bool same = p && q && same_frame(&p->object.decompress, &q->object.decompress);
    exn_libjpeg_io_close(q);
    exn_libjpeg_io_close(p);
    return same;
}

/* No local variable changes after setjmp(), so none has to be volatile. */
static exn_status read_arrays(struct exn_libjpeg *lib, const exn_jpeg *jpeg, exn_error *error)
{
    struct jpeg_decompress_struct *d = &lib->object.decompress;
    if (setjmp(lib->escape))
        return exn_libjpeg_io_escaped(lib, error);
    begin(lib, jpeg);
    lib->color_space = d->jpeg_color_space;
    lib->watch.damaged = jpeg->damaged;
    exn_libjpeg_io_ask(lib, &jpeg->cancel);
    if (d->arith_code)
        exn_arithmetic_watch_open(&lib->watch, d);
    jpeg_read_coefficients(d);
    exn_libjpeg_arrays_end(&lib->decoded);
    return EXN_OK;
}

static exn_status read_all(exn_coefficients *c, const exn_jpeg *jpeg, const exn_libjpeg_arrays *how,
                           uint32_t *warnings, exn_error *error)
{
    exn_error cause = {0};
    *c = (exn_coefficients){.width = jpeg->width,
                            .height = jpeg->height,
                            .max_h = jpeg->max_h,
                            .max_v = jpeg->max_v,
                            .components = jpeg->components,
                            .cancel = &jpeg->cancel};
    exn_status status = require_all_components(jpeg, error);
    if (status != EXN_OK)
        return status;
    c->libjpeg = exn_libjpeg_io_open();
    if (!c->libjpeg)
        return exn_status_fail(error, EXN_MEMORY, "decoder");
    c->libjpeg->decoded = *how;
    status = read_arrays(c->libjpeg, jpeg, &cause);
    /* Between two scans libjpeg may find nothing to go on with; browsers show what was read. */
    if ((status == EXN_CORRUPT || status == EXN_UNSUPPORTED) && jpeg->damaged &&
        c->libjpeg->decoded.count == c->components && has_begun(&c->libjpeg->object.decompress))
        status = EXN_OK;
    if (status != EXN_OK)
        return exn_status_fail(error, status, "%s", cause.detail);
    status = judge(c->libjpeg, jpeg, warnings, error);
    return status == EXN_OK ? take_components(c, jpeg->damaged, error) : status;
}

exn_status exn_coefficients_read(exn_coefficients *c, const exn_jpeg *jpeg, uint32_t *warnings,
                                 exn_error *error)
{
    return read_all(c, jpeg, &(exn_libjpeg_arrays){0}, warnings, error);
}

bool exn_coefficients_may_pass(const exn_jpeg *jpeg)
{
    return jpeg->scan_count == 1 && !jpeg->progressive && !jpeg->arithmetic && !jpeg->damaged;
}

exn_status exn_coefficients_pass(exn_coefficients *c, const exn_jpeg *jpeg, uint32_t passing,
                                 exn_component_visitor *visit, void *context, uint32_t *warnings,
                                 exn_error *error)
{
    const exn_libjpeg_arrays how = {.passing = passing, .visit = visit, .context = context};
    exn_status status = read_all(c, jpeg, &how, warnings, error);
    /* The walk over its markers has found one scan alone. */
    return status == EXN_OK && c->libjpeg->decoded.is_broken
               ? exn_status_fail(error, EXN_CORRUPT, "more than one scan")
               : status;
}

bool exn_coefficients_same_colours(const exn_coefficients *a, const exn_coefficients *b)
{
    return a->libjpeg->color_space == b->libjpeg->color_space;
}

/* Puts each component's table into a slot, equal tables into the same one: there are four slots and
 * at most four components. The component's own slot number is kept where it is free. */
static void assign_quant(struct jpeg_compress_struct *c, const exn_coefficients *target,
                         const struct jpeg_decompress_struct *source)
{
    for (int slot = 0; slot < NUM_QUANT_TBLS; slot++)
        if (c->quant_tbl_ptrs[slot])
            c->quant_tbl_ptrs[slot] = NULL; /* of jpeg_set_defaults(); the pool still owns it */
    for (uint32_t i = 0; i < target->components; i++) {
        const uint16_t *quant = target->component[i].quant;
        int own = source->comp_info[i].quant_tbl_no; /* nobody has looked where no scan came */
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

/* jpeg_set_defaults() chooses a colour space and factors of its own, so all that follows it must
 * come after. */
static void set_parameters(struct exn_libjpeg *lib, const exn_coefficients *target,
                           const struct exn_libjpeg *source)
{
    struct jpeg_compress_struct *c = &lib->object.compress;
    const struct jpeg_decompress_struct *d = &source->object.decompress;
    c->image_width = target->width;
    c->image_height = target->height;
    c->input_components = (int)target->components;
    c->in_color_space = source->color_space;
    jpeg_set_defaults(c);
#if JPEG_LIB_VERSION >= 70 /* which scales, and takes the scaled size for the picture's */
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

exn_status exn_coefficients_turned(exn_coefficients *target, const exn_coefficients *source,
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
    set_parameters(lib, target, source->libjpeg);
    for (uint32_t i = 0; i < target->components; i++) {
        const exn_component *t = &target->component[i];
        lib->arrays[i] = c->mem->request_virt_barray(&lib->object.common, JPOOL_IMAGE, FALSE,
                                                     round_up(t->blocks_x, t->h),
                                                     round_up(t->blocks_y, t->v), t->v);
    }
    c->mem->realize_virt_arrays(&lib->object.common);
    lib->turn = o;
    lib->complete = source->libjpeg->complete;
    for (uint32_t i = 0; i < target->components && status == EXN_OK; i++)
        status = collect_rows(lib, lib->arrays[i], &target->component[i], true, error);
    return status;
}

/* Huffman codes of 8-bit JPEG hold AC values of 10 bits and DC differences of 11 (T.81, F.1.2);
 * libjpeg-turbo's encoder does not look. The order of blocks changes with a rotation, so the DC
 * values of a component must lie within one such difference of each other and of 0, where
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

/* The interval of all scans; 0 where they differ: libjpeg writes one for all. */
static uint32_t common_interval(const exn_jpeg *jpeg)
{
    uint32_t interval = jpeg->scans[0].restart_interval;
    for (size_t s = 1; s < jpeg->scan_count; s++)
        if (jpeg->scans[s].restart_interval != interval)
            return 0;
    return interval;
}

/* Conditioning values of arithmetic coding are the source's (DAC: T.81, B.2.4.3); an interval of
 * whole rows is given in rows, since those of the output have another length. */
static void set_coding(struct exn_libjpeg *lib, const exn_coefficients *target,
                       const exn_jpeg *jpeg, const struct jpeg_decompress_struct *source)
{
    struct jpeg_compress_struct *c = &lib->object.compress;
    c->arith_code = jpeg->arithmetic;
    c->optimize_coding = !jpeg->arithmetic && !jpeg->standard_huffman;
    if (jpeg->arithmetic) {
        for (int i = 0; i < NUM_ARITH_TBLS; i++)
            if (source->arith_dc_L[i] <= source->arith_dc_U[i]) { /* else it gave up at them */
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
    assign_quant(c, target, &source->libjpeg->object.decompress);
    set_coding(lib, target, jpeg, &source->libjpeg->object.decompress);
    exn_libjpeg_io_ask(lib, &jpeg->cancel);
    exn_libjpeg_io_write_to(lib, out, jpeg->file.size + 2 * exn_coefficients_bytes(jpeg), limit);
    /* No pixel is touched: libjpeg codes what the arrays hold. */
    jpeg_write_coefficients(c, lib->arrays);
    jpeg_finish_compress(c);
    return EXN_OK;
}

/* Only the tables of rows are ours: the blocks are in libjpeg's pool and go with it. */
void exn_coefficients_close(exn_coefficients *c)
{
    for (uint32_t i = 0; i < c->components; i++)
        free(c->component[i].rows);
    exn_libjpeg_io_close(c->libjpeg);
    *c = (exn_coefficients){0};
}
