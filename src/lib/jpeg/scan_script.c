/* SPDX-License-Identifier: MIT */
#include "scan_script.h"

#include <stdlib.h>

#include <jerror.h>

#include "progression.h"

/* Uses the source's scans as libjpeg's script. */
static void copy_script(const exn_jpeg *jpeg, jpeg_scan_info *script)
{
    for (size_t s = 0; s < jpeg->scan_count; s++) {
        const exn_jpeg_scan *from = &jpeg->scans[s];
        script[s].comps_in_scan = from->components;
        for (int i = 0; i < from->components; i++)
            script[s].component_index[i] = from->component[i];
        script[s].Ss = from->ss;
        script[s].Se = from->se;
        script[s].Ah = from->ah;
        script[s].Al = from->al;
    }
}

/* T.81, B.2.3: an MCU of several components has at most ten blocks. */
static bool fits_interleaved(const struct jpeg_compress_struct *c)
{
    int blocks = 0;
    for (int i = 0; i < c->num_components; i++)
        blocks += c->comp_info[i].h_samp_factor * c->comp_info[i].v_samp_factor;
    return c->num_components == 1 || blocks <= C_MAX_BLOCKS_IN_MCU;
}

/* One scan after another for every component: everything at once or, if progressive, DC and then
 * AC. */
static void separate_scans(const struct jpeg_compress_struct *c, bool progressive,
                           jpeg_scan_info *script)
{
    for (int i = 0; i < c->num_components; i++) {
        *script++ = (jpeg_scan_info){1, {i}, 0, progressive ? 0 : DCTSIZE2 - 1, 0, 0};
        if (progressive)
            *script++ = (jpeg_scan_info){1, {i}, 1, DCTSIZE2 - 1, 0, 0};
    }
}

/* Whether the source's scans, if they do not send all bits, still lose none: in a transposed
 * picture coefficients may fall into bands that are never sent, and in a requantized one anywhere.
 */
static bool sends_all(const exn_coefficients *target, const exn_jpeg *jpeg)
{
    exn_progression p;
    exn_progression_open(&p);
    for (size_t s = 0; s < jpeg->scan_count; s++)
        exn_progression_add(&p, jpeg, &jpeg->scans[s]);
    for (uint32_t i = 0; i < target->components; i++) {
        const exn_component *c = &target->component[i];
        int16_t unsent[64];
        if (p.bits[i][0] < 0)
            return false;
        for (int k = 0; k < 64; k++)
            unsent[exn_component_natural_order[k]] =
                (int16_t)(p.bits[i][k] < 0 ? -1 : (1 << p.bits[i][k]) - 1);
        for (uint32_t y = 0; y < c->blocks_y; y++) {
            if (exn_cancel_check(c->cancel, NULL) != EXN_OK)
                return false;
            for (uint32_t x = 0; x < c->blocks_x; x++)
                for (int k = 0; k < 64; k++)
                    if (c->rows[y][x][k] & unsent[k])
                        return false;
        }
    }
    return true;
}

void exn_scan_script_set(struct exn_libjpeg *lib, const exn_coefficients *target,
                         const exn_jpeg *jpeg)
{
    struct jpeg_compress_struct *c = &lib->object.compress;
    bool same = exn_progression_is_regular(jpeg) && (lib->complete || sends_all(target, jpeg));
    size_t separate = (size_t)c->num_components * (jpeg->progressive ? 2 : 1);
    if (!jpeg->progressive && jpeg->scan_count == 1 && lib->complete)
        return;
    /* jpeg_simple_progression() has one interleaved DC scan. */
    if (!same && fits_interleaved(c)) {
        if (jpeg->progressive)
            jpeg_simple_progression(c);
        return;
    }
    /* NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI): there is a scan */
    lib->script = calloc(same ? jpeg->scan_count : separate, sizeof *lib->script);
    if (!lib->script)
        ERREXIT1(c, JERR_OUT_OF_MEMORY, 0);
    if (same)
        copy_script(jpeg, lib->script);
    else
        separate_scans(c, jpeg->progressive, lib->script);
    c->scan_info = lib->script;
    c->num_scans = (int)(same ? jpeg->scan_count : separate);
}
