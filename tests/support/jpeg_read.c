/* SPDX-License-Identifier: MIT */
#include "support/jpeg_read.h"

#include "support/jpeg_dct.h"

#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <jerror.h>

typedef struct reader {
    struct jpeg_decompress_struct cinfo;
    struct jpeg_error_mgr err;
    jmp_buf out;
    char *why;
} reader;

static void on_error(j_common_ptr cinfo)
{
    reader *r = cinfo->client_data;

    r->err.format_message(cinfo, r->why);
    longjmp(r->out, 1);
}

static void on_message(j_common_ptr cinfo, int level)
{
    reader *r = cinfo->client_data;

    if (level < 0) {
        r->err.num_warnings++;
        r->err.format_message(cinfo, r->why);
    }
}

static uint32_t ceil_div(uint32_t a, uint32_t b)
{
    return (uint32_t)(((uint64_t)a + b - 1) / b);
}

/* Through r->cinfo's error exit where anything fails. */
static void copy_component(reader *r, jvirt_barray_ptr array, const jpeg_component_info *info,
                           exn_test_component *to)
{
    const j_common_ptr common = (j_common_ptr)&r->cinfo;

    to->id = info->component_id;
    to->h = info->h_samp_factor;
    to->v = info->v_samp_factor;
    to->width_in_blocks = info->width_in_blocks;
    to->height_in_blocks = info->height_in_blocks;
    to->width =
        ceil_div(r->cinfo.image_width * (uint32_t)to->h, (uint32_t)r->cinfo.max_h_samp_factor);
    to->height =
        ceil_div(r->cinfo.image_height * (uint32_t)to->v, (uint32_t)r->cinfo.max_v_samp_factor);
    if (info->quant_table)
        for (int i = 0; i < 64; i++)
            to->quant[i] = info->quant_table->quantval[i];
    to->blocks = calloc((size_t)to->width_in_blocks * to->height_in_blocks, sizeof *to->blocks);
    if (!to->blocks)
        ERREXIT1(common, JERR_OUT_OF_MEMORY, 0);
    for (uint32_t row = 0; row < to->height_in_blocks; row++) {
        JBLOCKARRAY rows = r->cinfo.mem->access_virt_barray(common, array, row, 1, FALSE);
        memcpy(to->blocks[(size_t)row * to->width_in_blocks], rows[0],
               to->width_in_blocks * sizeof *to->blocks);
    }
}

static void copy_header(const struct jpeg_decompress_struct *cinfo, exn_test_coefs *to)
{
    to->width = cinfo->image_width;
    to->height = cinfo->image_height;
    to->components = cinfo->num_components;
    to->color_space = cinfo->jpeg_color_space;
    to->progressive = cinfo->progressive_mode;
    to->arithmetic = cinfo->arith_code;
    to->jfif = cinfo->saw_JFIF_marker;
    to->density_unit = cinfo->density_unit;
    to->x_density = cinfo->X_density;
    to->y_density = cinfo->Y_density;
    to->adobe = cinfo->saw_Adobe_marker;
    to->adobe_transform = cinfo->Adobe_transform;
}

static void read_all(reader *r, exn_span jpeg, exn_test_coefs *coefs)
{
    jpeg_create_decompress(&r->cinfo);
    jpeg_mem_src(&r->cinfo, jpeg.data, jpeg.size);
    jpeg_read_header(&r->cinfo, TRUE);
    if (r->cinfo.num_components > 4)
        ERREXIT2(&r->cinfo, JERR_COMPONENT_COUNT, r->cinfo.num_components, 4);
    copy_header(&r->cinfo, coefs);
    jvirt_barray_ptr *arrays = jpeg_read_coefficients(&r->cinfo);
    coefs->restart_interval = r->cinfo.restart_interval;
    for (int i = 0; i < coefs->components; i++)
        copy_component(r, arrays[i], &r->cinfo.comp_info[i], &coefs->component[i]);
    jpeg_finish_decompress(&r->cinfo);
    coefs->warnings = r->err.num_warnings;
}

bool exn_test_jpeg_read(exn_span jpeg, exn_test_coefs *coefs, char why[JMSG_LENGTH_MAX])
{
    reader r = {.why = why};

    memset(coefs, 0, sizeof *coefs);
    why[0] = 0;
    r.cinfo.err = jpeg_std_error(&r.err);
    r.err.error_exit = on_error;
    r.err.emit_message = on_message;
    r.cinfo.client_data = &r;
    if (setjmp(r.out)) {
        exn_test_coefs_free(coefs);
        jpeg_destroy_decompress(&r.cinfo);
        return false;
    }
    read_all(&r, jpeg, coefs);
    jpeg_destroy_decompress(&r.cinfo);
    return true;
}

void exn_test_coefs_free(exn_test_coefs *coefs)
{
    for (int i = 0; i < 4; i++)
        free(coefs->component[i].blocks);
    memset(coefs, 0, sizeof *coefs);
}

static void idct(double basis[8][8], const int16_t block[64], const uint16_t quant[64],
                 double out[8][8])
{
    double half[8][8] = {{0}}; /* [vertical frequency][x] */
    bool any[8] = {false};

    /* Most coefficients are 0 and add nothing. */
    for (int v = 0; v < 8; v++)
        for (int u = 0; u < 8; u++) {
            const int value = block[v * 8 + u] * quant[v * 8 + u];
            for (int x = 0; x < 8 && value != 0; x++)
                half[v][x] += basis[x][u] * value;
            any[v] |= value != 0;
        }
    for (int y = 0; y < 8; y++) {
        for (int x = 0; x < 8; x++)
            out[y][x] = 128;
        for (int v = 0; v < 8; v++)
            for (int x = 0; x < 8 && any[v]; x++)
                out[y][x] += basis[y][v] * half[v][x];
    }
}

float *exn_test_plane(const exn_test_component *component)
{
    float *plane = malloc(sizeof(float) * component->width * component->height);
    double basis[8][8], samples[8][8];

    if (!plane)
        return NULL;
    exn_test_dct_basis(basis);
    for (uint32_t by = 0; by < component->height_in_blocks; by++)
        for (uint32_t bx = 0; bx < component->width_in_blocks; bx++) {
            idct(basis, component->blocks[(size_t)by * component->width_in_blocks + bx],
                 component->quant, samples);
            for (uint32_t y = by * 8; y < by * 8 + 8 && y < component->height; y++)
                for (uint32_t x = bx * 8; x < bx * 8 + 8 && x < component->width; x++)
                    plane[(size_t)y * component->width + x] = (float)samples[y % 8][x % 8];
        }
    return plane;
}
