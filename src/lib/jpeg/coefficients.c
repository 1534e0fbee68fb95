/* SPDX-License-Identifier: MIT */
#include "coefficients.h"

#include <stdlib.h>
#include <string.h>

#include "libjpeg_io.h"
#include "mcus.h"
#include "progression.h"

/* Arrays have whole MCUs whatever the scans have, because libjpeg pads them. */
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

/* libjpeg-turbo keeps arrays entirely in memory (jmemnobs.c has no backing store), so a row stays
 * where it is. A new array's rows have to be accessed in order with writable set, because that is
 * what initializes them. */
exn_status exn_coefficients_collect(struct exn_libjpeg *lib, struct jvirt_barray_control *array,
                                    exn_component *c, bool writable, exn_error *error)
{
    uint32_t rows = exn_divide_up(c->blocks_y, c->v) * c->v;
    c->rows = malloc(rows * sizeof *c->rows);
    if (!c->rows)
        return exn_status_fail(error, EXN_MEMORY, "row table");
    j_common_ptr common = &lib->object.common;
    for (uint32_t y = 0; y < rows; y++)
        c->rows[y] = common->mem->access_virt_barray(common, array, y, 1, writable)[0];
    return EXN_OK;
}

/* T.81, B.2.3 requires every component; libjpeg shows gray for one that never comes. A sequential
 * scan is complete whatever its header's parameters say. If components share an id, only their
 * order in a single scan of all of them tells them apart, and other scans could be anyone's. */
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

/* In a progressive file, coef_bits holds how many low bits of each coefficient are still missing;
 * -1: all. */
static bool all_bits_known(const struct jpeg_decompress_struct *d, const exn_jpeg *jpeg)
{
    if (!jpeg->progressive)
        return true;
    /* A second frame header, at which libjpeg stops, has already changed d's own numbers. */
    for (uint32_t i = 0; i < jpeg->components; i++)
        for (int k = 0; k < DCTSIZE2; k++)
            if (d->coef_bits[i][k] != 0)
                return false;
    return true;
}

/* libjpeg's warnings do not distinguish lost data from noise. A file without EOI has lost nothing
 * only if all of its data is known to be there; arithmetic decoding continues without data and
 * cannot know. */
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

/* The table that is currently in component i's slot, or NULL. */
static const JQUANT_TBL *table_now(const struct jpeg_decompress_struct *d, uint32_t i)
{
    const int slot = d->comp_info[i].quant_tbl_no;
    return slot >= 0 && slot < NUM_QUANT_TBLS ? d->quant_tbl_ptrs[slot] : NULL;
}

/* The table of a component without a scan, in a damaged file. All its coefficients are 0, so the
 * table only has to be written. */
static void take_unused_table(const struct jpeg_decompress_struct *d, uint32_t i,
                              uint16_t quant[64])
{
    const JQUANT_TBL *table = table_now(d, i);
    for (int k = 0; k < DCTSIZE2; k++)
        quant[k] = table && table->quantval[k] ? table->quantval[k] : 1;
}

/* The components as the decoder sees them from the headers before the first scan; blocks that pass
 * by are judged by these. */
static void take_header(exn_coefficients *c)
{
    const struct jpeg_decompress_struct *d = &c->libjpeg->object.decompress;
    c->libjpeg->color_space = d->jpeg_color_space;
    for (uint32_t i = 0; i < c->components; i++) {
        exn_component *to = &c->component[i];
        const JQUANT_TBL *table = table_now(d, i);
        to->h = (uint32_t)d->comp_info[i].h_samp_factor;
        to->v = (uint32_t)d->comp_info[i].v_samp_factor;
        if (table)
            memcpy(to->quant, table->quantval, sizeof to->quant);
        exn_component_measure(c, i);
    }
}

/* Called when everything has been read. Each component has the quantization table in force at its
 * first scan, which libjpeg kept; its slot may hold another by now. */
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
        if (from->quant_table)
            memcpy(to->quant, from->quant_table->quantval, sizeof to->quant);
        else
            take_unused_table(d, i, to->quant);
        if (lib->decoded.passing >> i & 1)
            continue;
        exn_status status = exn_coefficients_collect(lib, lib->decoded.array[i], to, false, error);
        if (status != EXN_OK)
            return status;
    }
    return EXN_OK;
}

/* Reads up to the first scan. The caller sets up libjpeg's error exit. */
static void begin(struct exn_libjpeg *lib, const exn_jpeg *jpeg)
{
    struct jpeg_decompress_struct *d = &lib->object.decompress;
    jpeg_create_decompress(d);
    d->mem->max_memory_to_use = 0; /* ignore JPEGMEM: the limit was checked from the header */
    exn_libjpeg_arrays_open(&lib->decoded, &lib->object.common);
    /* Decoders may find more scans than the walk, which stopped at damage. */
    if (jpeg->damaged)
        lib->most_scans = (int)jpeg->scan_count + (jpeg->has_eoi ? 0 : EXN_JPEG_FREE_PASSES);
    exn_libjpeg_io_read_from(lib, exn_segments_coded(jpeg));
    jpeg_read_header(d, TRUE);
}

/* Whether a row of the first scan was decoded; after an earlier failure there is nothing to show.
 * The numbers are those of the scan whose header was read last. */
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

/* Whether libjpeg has found the same frame as the walk: rows of blocks that pass by have the length
 * it says. */
static bool is_as_walked(const struct jpeg_decompress_struct *d, const exn_jpeg *jpeg)
{
    bool same = d->image_width == jpeg->width && d->image_height == jpeg->height &&
                (uint32_t)d->num_components == jpeg->components;
    for (uint32_t i = 0; same && i < jpeg->components; i++)
        same = (uint32_t)d->comp_info[i].h_samp_factor == jpeg->component[i].h &&
               (uint32_t)d->comp_info[i].v_samp_factor == jpeg->component[i].v;
    return same;
}

/* No local variable changes after setjmp(), so none has to be volatile. */
static exn_status read_header_of(exn_coefficients *c, const exn_jpeg *jpeg, exn_error *error)
{
    struct exn_libjpeg *lib = c->libjpeg;
    if (setjmp(lib->escape))
        return exn_libjpeg_io_escaped(lib, error);
    begin(lib, jpeg);
    if (!is_as_walked(&lib->object.decompress, jpeg))
        return exn_status_fail(error, EXN_CORRUPT, "decoders find another frame header");
    take_header(c);
    return EXN_OK;
}

static exn_status read_arrays(struct exn_libjpeg *lib, const exn_jpeg *jpeg, exn_error *error)
{
    struct jpeg_decompress_struct *d = &lib->object.decompress;
    if (setjmp(lib->escape))
        return exn_libjpeg_io_escaped(lib, error);
    lib->watch.damaged = jpeg->damaged;
    exn_libjpeg_io_ask(lib, &jpeg->cancel);
    if (d->arith_code)
        exn_arithmetic_watch_open(&lib->watch, d);
    jpeg_read_coefficients(d);
    exn_libjpeg_arrays_end(&lib->decoded);
    return EXN_OK;
}

exn_status exn_coefficients_begin(exn_coefficients *c, const exn_jpeg *jpeg, exn_error *error)
{
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
    return c->libjpeg ? read_header_of(c, jpeg, error)
                      : exn_status_fail(error, EXN_MEMORY, "decoder");
}

static exn_status read_all(exn_coefficients *c, const exn_jpeg *jpeg, const exn_libjpeg_arrays *how,
                           uint32_t *warnings, exn_error *error)
{
    exn_error cause = {0};
    exn_status status = exn_coefficients_begin(c, jpeg, error);
    if (status != EXN_OK)
        return status;
    c->libjpeg->decoded.passing = how->passing;
    c->libjpeg->decoded.visit = how->visit;
    c->libjpeg->decoded.context = how->context;
    status = read_arrays(c->libjpeg, jpeg, &cause);
    /* Between two scans libjpeg may find nothing that it can continue with; browsers show what was
     * read. */
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

exn_status exn_coefficients_pack(exn_coefficients *c, exn_error *error)
{
    exn_status status = EXN_OK;
    for (uint32_t i = 0; i < c->components && status == EXN_OK; i++) {
        exn_component *to = &c->component[i];
        status = exn_packed_open(&to->packed, to->blocks_x, to->blocks_y);
        for (uint32_t y = 0; y < to->blocks_y && status == EXN_OK; y++)
            status = exn_packed_append(&to->packed, to->rows[y]);
        free(to->rows);
        to->rows = NULL;
    }
    exn_libjpeg_arrays_close(&c->libjpeg->decoded);
    return status == EXN_OK ? EXN_OK : exn_status_fail(error, status, "coefficients");
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
    /* The walk over its markers found only one scan. */
    return status == EXN_OK && c->libjpeg->decoded.is_broken
               ? exn_status_fail(error, EXN_CORRUPT, "more than one scan")
               : status;
}

bool exn_coefficients_same_colours(const exn_coefficients *a, const exn_coefficients *b)
{
    return a->libjpeg->color_space == b->libjpeg->color_space;
}

void exn_coefficients_close(exn_coefficients *c)
{
    for (uint32_t i = 0; i < c->components; i++)
        exn_component_close(
            &c->component[i]); /* for passing rows only the table: their blocks are libjpeg's */
    exn_libjpeg_io_close(c->libjpeg);
    *c = (exn_coefficients){0};
}
