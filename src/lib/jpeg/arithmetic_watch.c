/* SPDX-License-Identifier: MIT */
#include "arithmetic_watch.h"

#include <string.h>

#include <jerror.h>

#include "component.h"

/* Honest encoders omit signs only where blocks repeat exactly and their signs happen to be those
 * that zeros decode to, as in some test patterns of 16 megapixels with one coefficient per block.
 */
enum {
    SIGNS_PER_BYTE = 16, /* twice the average */
    FREE_SIGNS = 1 << 18,
    MADE_UP_SIGNS = 64, /* reached by chance once in 2^64 pictures */
};

/* What a scan may have added to a block, in natural order: the AC coefficients of its band. */
typedef struct band {
    int16_t mask[64]; /* -1: in the band */
    int16_t refined;  /* the magnitude of a refinement's new coefficients; 0: not a refinement */
} band;

static void make_band(const struct jpeg_decompress_struct *d, band *b)
{
    memset(b, 0, sizeof *b);
    int first = d->progressive_mode ? d->Ss : 0, last = d->progressive_mode ? d->Se : 63;
    for (int k = first > 1 ? first : 1; k <= last; k++)
        b->mask[exn_component_natural_order[k]] = -1;
    if (d->progressive_mode && d->Ah > 0)
        b->refined = (int16_t)(1 << d->Al);
}

/* The coefficients of a block that the scan has made nonzero. */
static unsigned new_signs(const band *b, const JCOEF *block, int16_t added[64])
{
    unsigned count = 0;
    for (int k = 0; k < 64; k++) {
        int16_t value = (int16_t)(block[k] & b->mask[k]);
        bool is_new = value != 0;
        if (b->refined)
            is_new = value == b->refined || value == -b->refined;
        added[k] = (int16_t)(is_new ? value : 0);
        count += is_new;
    }
    return count;
}

/* Looks at a row of blocks; *repeats: the scan added the same as in the row before. */
static uint64_t look_at_row(const band *b, JBLOCKROW blocks, JBLOCKROW before, uint32_t count,
                            bool *repeats)
{
    uint64_t signs = 0;
    for (uint32_t x = 0; x < count; x++) {
        int16_t added[64], added_before[64];
        signs += new_signs(b, blocks[x], added);
        if (*repeats && before) {
            new_signs(b, before[x], added_before);
            *repeats = memcmp(added, added_before, sizeof added) == 0;
        }
    }
    return signs;
}

/* Looks at the rows of blocks in one iMCU row of the scan. */
static uint64_t look_at_rows(const exn_arithmetic_watch *watch, struct jpeg_decompress_struct *d,
                             bool *repeats)
{
    const j_common_ptr common = (j_common_ptr)d;
    uint64_t signs = 0;
    band b;
    make_band(d, &b);
    for (int n = 0; n < d->comps_in_scan; n++) {
        const jpeg_component_info *c = d->cur_comp_info[n];
        const jvirt_barray_ptr array = watch->arrays[c->component_index];
        const JDIMENSION height = (JDIMENSION)c->v_samp_factor, top = watch->row * height;
        for (JDIMENSION y = top; y < top + height && y < c->height_in_blocks; y++) {
            JBLOCKROW blocks = d->mem->access_virt_barray(common, array, y, 1, FALSE)[0];
            JBLOCKROW before =
                *repeats && y >= height
                    ? d->mem->access_virt_barray(common, array, y - height, 1, FALSE)[0]
                    : NULL;
            signs += look_at_row(&b, blocks, before, c->width_in_blocks, repeats);
        }
    }
    return signs;
}

/* Whether a restart interval begins inside the row, so that it has data of its own. */
static bool has_restart(const exn_arithmetic_watch *watch, const struct jpeg_decompress_struct *d)
{
    const uint64_t interval = d->restart_interval, per_row = d->MCUs_per_row;
    const uint64_t rows = d->comps_in_scan > 1 ? 1 : (uint64_t)d->cur_comp_info[0]->v_samp_factor;
    const uint64_t first = watch->row * rows * per_row, end = first + rows * per_row;
    return interval && (first + interval - 1) / interval * interval < end;
}

static void give_up(exn_arithmetic_watch *watch, j_common_ptr common, exn_status status)
{
    watch->status = status;
    common->err->msg_code = JWRN_HIT_MARKER;
    common->err->error_exit(common);
}

static void look(exn_arithmetic_watch *watch, struct jpeg_decompress_struct *d)
{
    const bool is_dry = watch->is_dry && !has_restart(watch, d);
    bool repeats = is_dry;
    const uint64_t signs = look_at_rows(watch, d, &repeats);
    watch->signs += signs;
    watch->made_up += is_dry && !repeats ? signs : 0;
    watch->row++;
    if (watch->signs > FREE_SIGNS + SIGNS_PER_BYTE * watch->data)
        give_up(watch, (j_common_ptr)d, EXN_LIMIT);
    if (watch->made_up > MADE_UP_SIGNS && !watch->damaged)
        give_up(watch, (j_common_ptr)d, EXN_CORRUPT);
}

/* Called before libjpeg decodes a row or reads the markers between two scans. */
static void on_progress(j_common_ptr common)
{
    exn_arithmetic_watch *watch = (exn_arithmetic_watch *)common->progress;
    struct jpeg_decompress_struct *d = (struct jpeg_decompress_struct *)common;
    const size_t left = d->src->bytes_in_buffer;
    if (exn_cancel_check(watch->cancel, NULL) != EXN_OK)
        give_up(watch, common, EXN_CANCELLED);
    if (watch->scan != d->input_scan_number) {
        watch->scan = d->input_scan_number;
        watch->row = 0;
        watch->is_dry = false;
    } else {
        watch->data += watch->left > left ? watch->left - left : 0;
    }
    watch->left = left;
    while (watch->row < d->input_iMCU_row)
        look(watch, d);
    watch->is_dry = d->unread_marker != 0;
}

/* Arrays of coefficients are requested in the order of the components. libjpeg returns them only
 * when everything has been read. */
static jvirt_barray_ptr on_request(j_common_ptr common, int pool, boolean zero, JDIMENSION width,
                                   JDIMENSION height, JDIMENSION access)
{
    exn_arithmetic_watch *watch = (exn_arithmetic_watch *)common->progress;
    jvirt_barray_ptr array = watch->request(common, pool, zero, width, height, access);
    if (watch->array_count < EXN_JPEG_MAX_COMPONENTS)
        watch->arrays[watch->array_count++] = array;
    return array;
}

void exn_arithmetic_watch_open(exn_arithmetic_watch *watch, struct jpeg_decompress_struct *d)
{
    watch->progress.progress_monitor = on_progress;
    watch->request = d->mem->request_virt_barray;
    watch->scan = d->input_scan_number;
    watch->left = d->src->bytes_in_buffer;
    d->progress = &watch->progress;
    d->mem->request_virt_barray = on_request;
}

const char *exn_arithmetic_watch_text(const exn_arithmetic_watch *watch)
{
    return watch->status == EXN_LIMIT
               ? "far more coefficients than its arithmetic-coded data hold"
               : "the data of an arithmetic-coded scan end inside the picture";
}
