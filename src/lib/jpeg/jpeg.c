/* SPDX-License-Identifier: MIT */
/* The JPEG entry in the table of formats, and decoding. */
#include "jpeg.h"

#include "coefficients.h"
#include "mcus.h"
#include "produce.h"
#include "read.h"
#include "show.h"
#include "turned.h"
#include "verify.h"

static exn_status decode_once(const exn_image *image, const exn_options *options,
                              exn_result *result, exn_error *error)
{
    exn_coefficients coefficients = {0};
    uint64_t blocks = EXN_JPEG_BLOCKS;
    const exn_jpeg *jpeg = image->state;
    if (jpeg->foreign.status != EXN_OK) {
        result->warnings |= 1u << EXN_WARN_NOT_DECODED;
        return EXN_OK;
    }
    exn_status status = exn_jpeg_read_to_end(image->state, options, error);
    if (status == EXN_OK)
        status = exn_jpeg_read_check_scans(image, options, error);
    if (status == EXN_OK)
        status = exn_mcus_charge(image->state, EXN_JPEG_FREE_PASSES, &blocks, error);
    if (status == EXN_OK)
        status = exn_turned_check_limits(image->state, options, 1, 0, error);
    if (status == EXN_OK && exn_coefficients_may_pass(jpeg))
        status = exn_coefficients_pass(&coefficients, jpeg, UINT32_MAX, NULL, NULL,
                                       &result->warnings, error);
    else if (status == EXN_OK)
        status = exn_coefficients_read(&coefficients, jpeg, &result->warnings, error);
    exn_coefficients_close(&coefficients);
    return status;
}

static exn_status decode(const exn_image *image, const exn_options *options, exn_result *result,
                         exn_error *error)
{
    exn_status status;
    do
        status = decode_once(image, options, result, error);
    while (exn_jpeg_read_again(&status, image, true, options, result, error));
    const exn_jpeg *jpeg = image->state;
    /* Decoders disagree about its height. That does not matter for a file that is kept as it is. */
    if (status == EXN_UNSUPPORTED && jpeg->other_height && !image->reasons) {
        result->warnings |= 1u << EXN_WARN_NOT_DECODED;
        if (error)
            *error = (exn_error){0};
        status = EXN_OK;
    }
    return status;
}

const exn_format_ops exn_jpeg_format = {
    .id = EXN_FORMAT_JPEG,
    .sniff = exn_jpeg_read_sniff,
    .scan = exn_jpeg_read_scan,
    .look = exn_jpeg_read_look,
    .produce = exn_jpeg_produce,
    .decode = decode,
    .verify = exn_jpeg_verify,
    .show = exn_jpeg_show,
    .close = exn_jpeg_read_close,
};
