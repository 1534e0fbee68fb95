/* SPDX-License-Identifier: MIT */
#include "turned.h"

#include "coefficients_write.h"
#include "requantize.h"
#include "strip.h"

exn_status exn_turned_check_limits(const exn_jpeg *jpeg, const exn_options *options,
                                   unsigned arrays, unsigned planes, exn_error *error)
{
    uint64_t need = (jpeg->clean ? 4 : 3) * (uint64_t)jpeg->file.size +
                    arrays * exn_coefficients_bytes(jpeg) + planes * exn_strip_bytes(jpeg);
    exn_status status =
        exn_status_need_pixels(error, jpeg->width, jpeg->height, options->max_pixels);
    return status == EXN_OK ? exn_status_need_memory(error, need, options->max_memory) : status;
}

/* Luma, if there is one, is the first component (JFIF; Adobe's YCbCr and YCCK): if that is exact,
 * only colour was coded again. */
static void say_outcome(uint32_t exact, uint32_t components, exn_result *result)
{
    result->exact_components = exact;
    result->method = EXN_METHOD_PLANES;
    result->outcome = EXN_OUTCOME_REQUANTIZED;
    if (exact == (1u << components) - 1) {
        result->outcome = EXN_OUTCOME_LOSSLESS;
        result->method = EXN_METHOD_COEFFICIENTS;
    } else if (exact & 1) {
        result->outcome = EXN_OUTCOME_LUMA_LOSSLESS;
    }
}

static exn_status turn_components(const exn_coefficients *source, exn_coefficients *target,
                                  exn_orientation o, uint32_t exact, exn_quality quality,
                                  exn_error *error)
{
    exn_status status = EXN_OK;
    for (uint32_t i = 0; i < source->components && status == EXN_OK; i++) {
        if (exact >> i & 1)
            exn_component_move(&source->component[i], &target->component[i], o);
        else
            status = exn_requantize(source, target, i, o, quality, error);
    }
    return status;
}

/* Damage is reported before anything is refused. */
static exn_status check_edges(const exn_options *options, const exn_result *result,
                              exn_error *error)
{
    if (result->outcome == EXN_OUTCOME_LOSSLESS || options->edges != EXN_EDGES_REFUSE)
        return EXN_OK;
    return exn_status_fail(error, EXN_REFUSED, "the block grid does not allow a lossless rotation");
}

/* Rotates with libjpeg: bytes receives a JPEG without application segments. turned->coded points
 * into turned->bytes. */
static exn_status turn_arrays(exn_turned *turned, const exn_jpeg *jpeg, exn_orientation o,
                              const exn_options *options, exn_result *result, exn_error *error)
{
    exn_coefficients source = {0}, target = {0};
    exn_status status = exn_coefficients_read(&source, jpeg, &result->warnings, error);
    if (status == EXN_OK)
        say_outcome(exn_component_exact_set(&source, jpeg, o), jpeg->components, result);
    if (status == EXN_OK)
        status = check_edges(options, result, error);
    if (status == EXN_OK)
        status = exn_coefficients_write_open(&target, &source, o, error);
    if (status == EXN_OK)
        status =
            turn_components(&source, &target, o, result->exact_components, options->quality, error);
    if (status == EXN_OK)
        status = exn_coefficients_write(&target, &source, jpeg, options->max_memory, &turned->bytes,
                                        error);
    exn_coefficients_close(&target);
    exn_coefficients_close(&source);
    if (status != EXN_OK)
        return status;
    return exn_segments_parse(exn_buffer_span(&turned->bytes), &turned->coded, error);
}

/* Rotates in the entropy domain. turned owns the state in any case, even if the file is not
 * suitable. */
static exn_status turn_strings(exn_turned *turned, const exn_jpeg *jpeg, exn_orientation o,
                               const exn_options *options, exn_result *result, exn_error *error)
{
    exn_entropy *entropy = &turned->entropy;
    exn_status status =
        exn_entropy_open(entropy, jpeg, o, options->quality, options->max_memory, error);
    if (status == EXN_OK)
        say_outcome(entropy->exact, jpeg->components, result);
    if (status == EXN_OK)
        status = check_edges(options, result, error);
    if (status == EXN_OK)
        status = exn_entropy_rotate_kept(entropy, error);
    return status;
}

/* A decoder would combine layers that were not rotated with a picture that was. */
static exn_status check_layers(const exn_jpeg *jpeg, exn_error *error)
{
    for (size_t i = 0; i < jpeg->count; i++) {
        const char *format = exn_segment_layer(&jpeg->segments[i]);
        if (format)
            return exn_status_fail(error, EXN_UNSUPPORTED,
                                   "%s: its additional image data cannot be rotated", format);
    }
    return EXN_OK;
}

/* Limits and layers are checked before anything is decoded. The caller closes what is open, even
 * after a failure. */
exn_status exn_turned_open(exn_turned *turned, const exn_jpeg *jpeg, exn_orientation o,
                           const exn_options *options, exn_result *result, exn_error *error)
{
    exn_status status =
        exn_status_need_pixels(error, jpeg->width, jpeg->height, options->max_pixels);
    *turned = (exn_turned){0};
    if (status == EXN_OK)
        status = check_layers(jpeg, error);
    if (status != EXN_OK)
        return status;
    /* UNSUPPORTED there means that libjpeg has to judge the file, not that it cannot be rotated. */
    status = turn_strings(turned, jpeg, o, options, result, error);
    turned->in_entropy = status == EXN_OK;
    if (status != EXN_UNSUPPORTED)
        return status;
    exn_entropy_close(&turned->entropy);
    /* libjpeg holds all coefficients of source and output at once. */
    status = exn_turned_check_limits(jpeg, options, 2, 1, error);
    return status == EXN_OK ? turn_arrays(turned, jpeg, o, options, result, error) : status;
}

uint64_t exn_turned_bytes(const exn_turned *t)
{
    const exn_strings *strings = &t->entropy.strings;
    return t->in_entropy ? strings->need + strings->bytes.capacity
                         : t->bytes.capacity + 2 * (uint64_t)t->bytes.size;
}

/* Appends coded's segments up to and including the next one with a matching marker, or all but EOI.
 */
static exn_status weave_through(exn_turned *t, bool (*last)(uint8_t marker), exn_buffer *out)
{
    exn_status status = EXN_OK;
    bool done = false;
    while (!done && status == EXN_OK && t->next < t->coded.count) {
        const exn_segment *segment = &t->coded.segments[t->next];
        if (segment->marker == EXN_MARKER_EOI)
            break;
        done = last(segment->marker);
        if (segment->marker != EXN_MARKER_SOI)
            status = exn_buffer_append(out, t->coded.file.data + segment->offset, segment->size);
        t->next++;
    }
    return status;
}

static bool is_scan_header(uint8_t marker)
{
    return marker == EXN_MARKER_SOS;
}

static bool is_nothing(uint8_t marker)
{
    (void)marker;
    return false;
}

/* libjpeg's output is taken apart here and its segments are woven into the source's metadata, which
 * keeps its order relative to the scans. */
exn_status exn_turned_append_frame(exn_turned *t, exn_buffer *out)
{
    t->next = 0;
    t->scan = 0;
    if (t->in_entropy)
        return exn_entropy_append_frame(&t->entropy, out);
    /* Reserves once what would otherwise grow out step by step. */
    exn_status status = exn_buffer_reserve(out, t->bytes.size);
    return status == EXN_OK ? weave_through(t, exn_segment_is_frame_marker, out) : status;
}

exn_status exn_turned_append_scan(exn_turned *t, exn_buffer *out)
{
    if (t->in_entropy)
        return exn_entropy_append_scan(&t->entropy, t->scan++, out);
    return weave_through(t, is_scan_header, out);
}

exn_status exn_turned_append_rest(exn_turned *t, exn_buffer *out)
{
    return t->in_entropy ? EXN_OK : weave_through(t, is_nothing, out);
}

void exn_turned_close(exn_turned *t)
{
    exn_entropy_close(&t->entropy);
    exn_segments_free(&t->coded);
    exn_buffer_free(&t->bytes);
    *t = (exn_turned){0};
}
