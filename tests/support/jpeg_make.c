/* SPDX-License-Identifier: MIT */
#include "support/jpeg_make.h"

#include "support/jpeg_dct.h"
#include "support/naive.h"
#include "support/picture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <jerror.h>
#include <cmocka.h>

enum { MAX_SCANS = 16 };

const exn_test_sampling exn_test_samplings[] = {
    {"4:4:4", {1, 1, 1}, {1, 1, 1}},
    {"4:2:0", {2, 1, 1}, {2, 1, 1}},
    {"4:2:2", {2, 1, 1}, {1, 1, 1}},
    {"4:4:0", {1, 1, 1}, {2, 1, 1}},
    {"4:1:1", {4, 1, 1}, {1, 1, 1}},
    {"4:1:0", {4, 1, 1}, {2, 1, 1}},
    {"4:4:1", {1, 1, 1}, {4, 1, 1}},
    {"3x1", {3, 1, 1}, {1, 1, 1}},
    {"1x3", {1, 1, 1}, {3, 1, 1}},
    {"3x2", {3, 1, 1}, {2, 1, 1}},
    /* Chroma finer than luma. */
    {"1x1,2x2,2x2", {1, 2, 2}, {1, 2, 2}},
    /* Chroma unlike each other. */
    {"2x2,2x1,1x2", {2, 2, 1}, {2, 1, 2}},
    {"2x1,1x2,1x1", {2, 1, 1}, {1, 2, 1}},
    /* All factors of 2, as some cameras write 4:4:4; and 4:2:2 as 2x2,1x2. */
    {"2x2,2x2,2x2", {2, 2, 2}, {2, 2, 2}},
    {"2x2,1x2,1x2", {2, 1, 1}, {2, 2, 2}},
    /* Ratios that are not whole. */
    {"3x1,2x1,1x1", {3, 2, 1}, {1, 1, 1}},
    {"3x3,2x2,1x2", {3, 2, 1}, {3, 2, 2}},
    {"4x3,3x4,1x1", {4, 3, 1}, {3, 4, 1}},
    /* An MCU of more than ten blocks: only scans of one component can carry it. */
    {"4x4,1x1,1x1", {4, 1, 1}, {4, 1, 1}},
    {NULL, {0}, {0}},
};

typedef struct writer {
    struct jpeg_compress_struct cinfo;
    struct jpeg_error_mgr err;
    jmp_buf out;
    char *why;
    const exn_test_jpeg *spec;
    uint8_t *pixels; /* 4 components each, at full size */
    float *plane;    /* one component, its true size */
    FILE *file;
    double basis[8][8];
} writer;

static void on_error(j_common_ptr cinfo)
{
    writer *w = cinfo->client_data;

    w->err.format_message(cinfo, w->why);
    longjmp(w->out, 1);
}

/* A warning means that the file is not what was asked for. */
static void on_message(j_common_ptr cinfo, int level)
{
    if (level < 0)
        on_error(cinfo);
}

void exn_test_jpeg_init(exn_test_jpeg *jpeg, uint32_t width, uint32_t height)
{
    *jpeg = (exn_test_jpeg){
        .width = width,
        .height = height,
        .orientation = 1,
        .quality = 85,
        .noise = 3,
        .jfif = true,
        .x_density = 1,
        .y_density = 1,
    };
    exn_test_jpeg_space(jpeg, JCS_YCbCr);
    exn_test_jpeg_sampling(jpeg, "4:2:0");
}

void exn_test_jpeg_space(exn_test_jpeg *jpeg, J_COLOR_SPACE space)
{
    jpeg->color_space = space;
    for (int i = 0; i < 4; i++)
        jpeg->h[i] = jpeg->v[i] = 1;
}

bool exn_test_jpeg_sampling(exn_test_jpeg *jpeg, const char *name)
{
    for (const exn_test_sampling *s = exn_test_samplings; s->name; s++)
        if (!strcmp(s->name, name)) {
            for (int i = 0; i < 4; i++) {
                jpeg->h[i] = s->h[i % 3];
                jpeg->v[i] = s->v[i % 3];
            }
            return true;
        }
    return false;
}

int exn_test_jpeg_components(const exn_test_jpeg *jpeg)
{
    switch (jpeg->color_space) {
    case JCS_GRAYSCALE:
        return 1;
    case JCS_CMYK:
    case JCS_YCCK:
        return 4;
    default:
        return 3;
    }
}

/* Adobe's CMYK is stored inverted, and YCCK is Y'CbCr of the inverted CMY: so both look like RGB
 * beside a K of 255. A K with some drawing in it shows when it is lost. */
static void pixel_at(const exn_test_jpeg *spec, uint32_t x, uint32_t y, uint8_t out[4])
{
    uint32_t width = spec->width, height = spec->height;

    exn_test_naive_point(spec->orientation, width, height, &x, &y);
    if (spec->orientation >= 5) {
        width = spec->height;
        height = spec->width;
    }
    if (spec->color_space == JCS_RGB || spec->color_space == JCS_CMYK)
        exn_test_picture_rgb(x, y, width, height, spec->noise, out);
    else
        exn_test_picture_ycc(x, y, width, height, spec->noise, spec->wild, out);
    out[3] = (uint8_t)(255 - 60 * (uint64_t)x / width - 40 * (uint64_t)y / height);
}

static void draw(writer *w)
{
    const exn_test_jpeg *spec = w->spec;

    w->pixels = malloc((size_t)spec->width * spec->height * 4);
    w->plane = malloc((size_t)spec->width * spec->height * sizeof *w->plane);
    if (!w->pixels || !w->plane)
        ERREXIT1(&w->cinfo, JERR_OUT_OF_MEMORY, 0);
    if (spec->pixels) {
        memcpy(w->pixels, spec->pixels, (size_t)spec->width * spec->height * 4);
        return;
    }
    for (uint32_t y = 0; y < spec->height; y++)
        for (uint32_t x = 0; x < spec->width; x++)
            pixel_at(spec, x, y, w->pixels + ((size_t)y * spec->width + x) * 4);
}

static uint32_t min32(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* How much of pixel at sample s covers, in units of 1/factor pixel: s spans [s * max, (s + 1) *
 * max), a pixel spans factor. */
static uint32_t overlap(uint32_t s, uint32_t at, uint32_t factor, uint32_t max)
{
    const uint32_t from = s * max > at * factor ? s * max : at * factor;
    return min32((s + 1) * max, (at + 1) * factor) - from;
}

/* One sample of component i: the mean of the area it covers, inside of the picture. */
static float box_mean(const writer *w, int i, uint32_t sx, uint32_t sy)
{
    const exn_test_jpeg *spec = w->spec;
    const uint32_t h = (uint32_t)spec->h[i], v = (uint32_t)spec->v[i];
    const uint32_t max_h = (uint32_t)w->cinfo.max_h_samp_factor,
                   max_v = (uint32_t)w->cinfo.max_v_samp_factor;
    const uint32_t x_end = min32(((sx + 1) * max_h + h - 1) / h, spec->width),
                   y_end = min32(((sy + 1) * max_v + v - 1) / v, spec->height);
    double sum = 0, weights = 0;

    for (uint32_t y = sy * max_v / v; y < y_end; y++)
        for (uint32_t x = sx * max_h / h; x < x_end; x++) {
            const double weight = (double)overlap(sx, x, h, max_h) * overlap(sy, y, v, max_v);
            sum += weight * w->pixels[((size_t)y * spec->width + x) * 4 + (size_t)i];
            weights += weight;
        }
    return (float)(sum / weights);
}

/* ITU-T T.81, A.3.4 */
static void quantize(double basis[8][8], const double samples[64], const JQUANT_TBL *table,
                     JCOEF *out)
{
    double frequencies[64];

    exn_test_dct_forward(basis, samples, frequencies);
    for (int k = 0; k < 64; k++) {
        /* Baseline's 8-bit coefficients end at 1023 (T.81, table F.2); steps of 1 can pass that. */
        const double value = round(frequencies[k] / table->quantval[k]);
        out[k] = (JCOEF)fmax(-1023, fmin(1023, value));
    }
}

static void fill_component(writer *w, int i, jvirt_barray_ptr array)
{
    const jpeg_component_info *info = &w->cinfo.comp_info[i];
    const uint32_t max_h = (uint32_t)w->cinfo.max_h_samp_factor,
                   max_v = (uint32_t)w->cinfo.max_v_samp_factor;
    const uint32_t width = (w->spec->width * (uint32_t)w->spec->h[i] + max_h - 1) / max_h,
                   height = (w->spec->height * (uint32_t)w->spec->v[i] + max_v - 1) / max_v;
    double samples[64];

    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            w->plane[(size_t)y * width + x] = box_mean(w, i, x, y);
    for (uint32_t by = 0; by < (height + 7) / 8; by++) {
        JBLOCKARRAY rows =
            w->cinfo.mem->access_virt_barray((j_common_ptr)&w->cinfo, array, by, 1, TRUE);
        for (uint32_t bx = 0; bx < (width + 7) / 8; bx++) {
            for (uint32_t y = 0; y < 8; y++)
                for (uint32_t x = 0; x < 8; x++)
                    samples[y * 8 + x] = w->plane[(size_t)min32(by * 8 + y, height - 1) * width +
                                                  min32(bx * 8 + x, width - 1)];
            quantize(w->basis, samples, w->cinfo.quant_tbl_ptrs[info->quant_tbl_no], rows[0][bx]);
        }
    }
}

/* Steps that no transposition leaves alone, another set for each component. */
static void set_odd_tables(struct jpeg_compress_struct *cinfo, const exn_test_jpeg *spec)
{
    for (int i = 0; i < cinfo->num_components; i++) {
        unsigned steps[64];
        for (int k = 0; k < 64; k++)
            steps[k] = (unsigned)(2 + i + 3 * (k % 8) + (k / 8) + (k * 7 + i * 5) % 4);
        jpeg_add_quant_table(cinfo, i, steps, (110 - spec->quality) * 2, !spec->wide_tables);
        cinfo->comp_info[i].quant_tbl_no = i;
    }
}

/* One scan per component and pass, none interleaved. The progressive passes: all coefficients but
 * their last bit, then that. */
static void set_single_scans(struct jpeg_compress_struct *cinfo, bool progressive,
                             jpeg_scan_info scans[MAX_SCANS])
{
    static const jpeg_scan_info sequential[] = {{1, {0}, 0, 63, 0, 0}};
    static const jpeg_scan_info passes[] = {
        {1, {0}, 0, 0, 0, 1}, {1, {0}, 1, 63, 0, 1}, {1, {0}, 0, 0, 1, 0}, {1, {0}, 1, 63, 1, 0}};
    const jpeg_scan_info *models = progressive ? passes : sequential;
    const int count = progressive ? 4 : 1;

    cinfo->num_scans = 0;
    for (int pass = 0; pass < count; pass++)
        for (int i = 0; i < cinfo->num_components; i++) {
            jpeg_scan_info *scan = &scans[cinfo->num_scans++];
            *scan = models[pass];
            scan->component_index[0] = i;
        }
    cinfo->scan_info = scans;
}

static void set_table(struct jpeg_compress_struct *cinfo, JHUFF_TBL **slot, const JHUFF_TBL *table)
{
    if (!*slot)
        *slot = jpeg_alloc_huff_table((j_common_ptr)cinfo);
    if (*slot == table)
        return;
    memcpy((*slot)->bits, table->bits, sizeof table->bits);
    memcpy((*slot)->huffval, table->huffval, sizeof table->huffval);
}

static void set_huffman(struct jpeg_compress_struct *cinfo, const exn_test_jpeg *spec)
{
    for (int i = 0; spec->slots && i < cinfo->num_components; i++) {
        const int slot = cinfo->comp_info[i].dc_tbl_no = cinfo->comp_info[i].ac_tbl_no =
            spec->slots[i];
        set_table(cinfo, &cinfo->dc_huff_tbl_ptrs[slot], cinfo->dc_huff_tbl_ptrs[slot % 2]);
        set_table(cinfo, &cinfo->ac_huff_tbl_ptrs[slot], cinfo->ac_huff_tbl_ptrs[slot % 2]);
    }
    for (int slot = 0; spec->ac_table && slot < NUM_HUFF_TBLS; slot++)
        set_table(cinfo, &cinfo->ac_huff_tbl_ptrs[slot], spec->ac_table);
}

static void set_coding(struct jpeg_compress_struct *cinfo, const exn_test_jpeg *spec,
                       jpeg_scan_info scans[MAX_SCANS])
{
    int blocks = 0;

    for (int i = 0; i < cinfo->num_components; i++)
        blocks += spec->h[i] * spec->v[i];
    /* T.81, B.2.3: an interleaved MCU holds ten blocks at most. */
    const bool single = spec->noninterleaved || (blocks > 10 && cinfo->num_components > 1);
    cinfo->arith_code = spec->arithmetic;
    for (int i = 0; spec->arithmetic_k && i < NUM_ARITH_TBLS; i++)
        cinfo->arith_ac_K[i] = (UINT8)spec->arithmetic_k;
    cinfo->optimize_coding = spec->optimize;
    cinfo->restart_interval = spec->restart_interval;
    cinfo->restart_in_rows = spec->restart_in_rows;
    if (spec->scans) {
        cinfo->scan_info = spec->scans;
        cinfo->num_scans = spec->scan_count;
    } else if (single) {
        set_single_scans(cinfo, spec->progressive, scans);
    } else if (spec->progressive) {
        jpeg_simple_progression(cinfo);
    }
}

static void set_parameters(writer *w, jpeg_scan_info scans[MAX_SCANS])
{
    struct jpeg_compress_struct *cinfo = &w->cinfo;
    const exn_test_jpeg *spec = w->spec;

    cinfo->image_width = spec->width;
    cinfo->image_height = spec->height;
    cinfo->input_components = exn_test_jpeg_components(spec);
    cinfo->in_color_space = spec->color_space;
    jpeg_set_defaults(cinfo);
#if JPEG_LIB_VERSION >= 70
    jpeg_calc_jpeg_dimensions(cinfo);
#endif
    jpeg_set_colorspace(cinfo, spec->color_space);
    jpeg_set_quality(cinfo, spec->quality, !spec->wide_tables);
    if (spec->odd_tables)
        set_odd_tables(cinfo, spec);
    cinfo->max_h_samp_factor = cinfo->max_v_samp_factor = 1;
    for (int i = 0; i < cinfo->num_components; i++) {
        cinfo->comp_info[i].h_samp_factor = spec->h[i];
        cinfo->comp_info[i].v_samp_factor = spec->v[i];
        if (spec->h[i] > cinfo->max_h_samp_factor)
            cinfo->max_h_samp_factor = spec->h[i];
        if (spec->v[i] > cinfo->max_v_samp_factor)
            cinfo->max_v_samp_factor = spec->v[i];
    }
    set_coding(cinfo, spec, scans);
    set_huffman(cinfo, spec);
    cinfo->write_JFIF_header = cinfo->write_JFIF_header && spec->jfif;
    cinfo->density_unit = (UINT8)spec->density_unit;
    cinfo->X_density = (UINT16)spec->x_density;
    cinfo->Y_density = (UINT16)spec->y_density;
}

static JDIMENSION round_up(JDIMENSION a, JDIMENSION b)
{
    return (a + b - 1) / b * b;
}

static void make(writer *w)
{
    struct jpeg_compress_struct *cinfo = &w->cinfo;
    jvirt_barray_ptr arrays[4];
    jpeg_scan_info scans[MAX_SCANS];

    jpeg_create_compress(cinfo);
    jpeg_stdio_dest(cinfo, w->file);
    set_parameters(w, scans);
    draw(w);
    for (int i = 0; i < cinfo->num_components; i++) {
        /* Whole MCUs, for the coefficient controller reads these. */
        const JDIMENSION h = (JDIMENSION)w->spec->h[i], v = (JDIMENSION)w->spec->v[i];
        const JDIMENSION mcu_w = 8 * (JDIMENSION)cinfo->max_h_samp_factor,
                         mcu_h = 8 * (JDIMENSION)cinfo->max_v_samp_factor;
        arrays[i] = cinfo->mem->request_virt_barray(
            (j_common_ptr)cinfo, JPOOL_IMAGE, TRUE, round_up(cinfo->image_width, mcu_w) / mcu_w * h,
            round_up(cinfo->image_height, mcu_h) / mcu_h * v, v);
    }
    jpeg_write_coefficients(cinfo, arrays);
    exn_test_dct_basis(w->basis);
    for (int i = 0; i < cinfo->num_components; i++)
        fill_component(w, i, arrays[i]);
    jpeg_finish_compress(cinfo);
}

static bool make_or_fail(writer *w)
{
    if (setjmp(w->out))
        return false;
    make(w);
    return true;
}

static bool encode(const exn_test_jpeg *jpeg, exn_buffer *out, char why[JMSG_LENGTH_MAX])
{
    writer w = {.spec = jpeg, .why = why};
    char *file = NULL;
    size_t file_size = 0;
    bool done = false;

    snprintf(why, JMSG_LENGTH_MAX, "out of memory");
    w.cinfo.err = jpeg_std_error(&w.err);
    w.err.error_exit = on_error;
    w.err.emit_message = on_message;
    w.cinfo.client_data = &w;
    /* Not jpeg_mem_dest(): after an error it leaves no safe way to free its buffer. */
    w.file = open_memstream(&file, &file_size);
    if (w.file) {
        done = make_or_fail(&w);
        done = !fclose(w.file) && done && !exn_buffer_append(out, file, file_size);
    }
    jpeg_destroy_compress(&w.cinfo);
    free(file);
    free(w.plane);
    free(w.pixels);
    return done;
}

/* What was made last. Tests ask for the same few pictures again and again, with other metadata or
 * for other orientations, and to draw and encode them takes longer than what is tested. */
typedef struct made {
    exn_test_jpeg spec;
    exn_buffer file;
} made;

static made all_made[32];
static size_t next_made;

/* Whether all that makes the picture is in the description itself. */
static bool is_complete(const exn_test_jpeg *jpeg)
{
    return !jpeg->pixels && !jpeg->ac_table && !jpeg->slots && !jpeg->scans;
}

bool exn_test_jpeg_make(const exn_test_jpeg *jpeg, exn_buffer *out, char why[JMSG_LENGTH_MAX])
{
    if (!is_complete(jpeg))
        return encode(jpeg, out, why);
    made *m = all_made;
    /* Padding may differ: then it is made again. */
    while (m < all_made + sizeof all_made / sizeof *all_made &&
           (m->file.size == 0 || memcmp(&m->spec, jpeg, sizeof *jpeg) != 0))
        m++;
    if (m == all_made + sizeof all_made / sizeof *all_made) {
        m = &all_made[next_made++ % (sizeof all_made / sizeof *all_made)];
        m->file.size = 0;
        m->spec = *jpeg;
        if (!encode(jpeg, &m->file, why)) {
            m->file.size = 0;
            return false;
        }
    }
    return exn_buffer_append(out, m->file.data, m->file.size) == EXN_OK;
}

void exn_test_jpeg_made(const exn_test_jpeg *jpeg, exn_buffer *out)
{
    char why[JMSG_LENGTH_MAX];

    out->size = 0;
    if (!exn_test_jpeg_make(jpeg, out, why))
        fail_msg("%s", why);
}

JHUFF_TBL exn_test_jpeg_unfit_table(unsigned kind, bool backwards)
{
    enum { SYMBOLS = 162 };
    static const uint8_t lengths[][17] = {
        {[8] = SYMBOLS},
        {[16] = SYMBOLS},
        {0, 0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d},
    };
    JHUFF_TBL table = {0};
    UINT8 symbols[SYMBOLS];
    int n = 0;
    symbols[n++] = 0x00;
    for (int size = 1; size <= 10; size++)
        for (int run = 0; run < 16; run++)
            symbols[n++] = (UINT8)(run << 4 | size);
    symbols[n++] = 0xF0;
    memcpy(table.bits, lengths[kind % 3], sizeof table.bits);
    for (int k = 0; k < n; k++)
        table.huffval[k] = symbols[backwards ? n - 1 - k : k];
    return table;
}
