/* SPDX-License-Identifier: MIT */
#include "support/jpeg_gray.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static jvirt_barray_ptr fill(struct jpeg_compress_struct *c, const exn_test_jpeg_gray *spec)
{
    const JDIMENSION across = spec->blocks_x, down = spec->blocks_y;
    jvirt_barray_ptr array =
        c->mem->request_virt_barray((j_common_ptr)c, JPOOL_IMAGE, TRUE, across, down, 1);
    c->mem->realize_virt_arrays((j_common_ptr)c);
    for (JDIMENSION y = 0; y < down; y++) {
        JBLOCKROW row = c->mem->access_virt_barray((j_common_ptr)c, array, y, 1, TRUE)[0];
        for (JDIMENSION x = 0; x < across; x++)
            for (int k = 0; k < 64; k++)
                row[x][k] = (JCOEF)spec->coefficient(spec->context, y * across + x, k);
    }
    return array;
}

void exn_test_jpeg_gray_make(const exn_test_jpeg_gray *spec, exn_buffer *out)
{
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    unsigned long size = 0;

    c.err = jpeg_std_error(&errors);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &bytes, &size);
    c.image_width = 8 * spec->blocks_x;
    c.image_height = 8 * spec->blocks_y;
    c.input_components = 1;
    c.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&c);
#if JPEG_LIB_VERSION >= 70
    jpeg_calc_jpeg_dimensions(&c);
#endif
    c.arith_code = spec->arithmetic;
    if (spec->progressive)
        jpeg_simple_progression(&c);
    if (spec->scans) {
        c.scan_info = spec->scans;
        c.num_scans = spec->scan_count;
    }
    c.restart_interval = spec->restart_interval;
    jvirt_barray_ptr array = fill(&c, spec);
    jpeg_write_coefficients(&c, &array);
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    out->size = 0;
    assert_int_equal(exn_buffer_append(out, bytes, size), EXN_OK);
    free(bytes);
}
