/* SPDX-License-Identifier: MIT */
/* ONE image, one page: scan -> rotate -> check the output. */
#include <stdlib.h>

#include "arguments.h"
#include "cancel.h"
#include "convert.h"
#include "rotate.h"
#include "scan.h"
#include "window.h"

void exn_bytes_free(exn_bytes *bytes)
{
    if (!bytes)
        return;
    free(bytes->data);
    *bytes = (exn_bytes){NULL, 0};
}

/* The promise has to match what this source requires, and not just some rotation that the output
 * happens to have. */
static exn_status check_promise(const exn_image *source, const exn_result *seen,
                                const exn_result *promised, exn_error *error)
{
    uint32_t width = source->width, height = source->height;
    exn_orientation_size(source->turn, &width, &height);
    if (promised->transform != exn_orientation_bits(source->turn) ||
        promised->orientation != seen->orientation || promised->width_out != width ||
        promised->height_out != height)
        return exn_status_fail(error, EXN_MISMATCH, "the source needs another rotation");
    return EXN_OK;
}

/* By the predicate that its source failed, an output must need nothing, and it must have the
 * promised size. */
static exn_status settle(exn_image *image, const exn_result *promised, exn_status failure,
                         exn_error *error)
{
    if (image->reasons)
        return exn_status_fail(error, failure, "the output still needs an edit");
    if (image->width != promised->width_out || image->height != promised->height_out)
        return exn_status_fail(error, failure, "the output is %ux%u, expected %ux%u", image->width,
                               image->height, promised->width_out, promised->height_out);
    return EXN_OK;
}

/* The output is read like any other file, from its bytes alone, so that a fault in writing cannot
 * hide in what the writer remembers. */
static exn_status check_output(exn_span output, const exn_options *options,
                               const exn_result *promised, exn_error *error)
{
    exn_image image;
    exn_options plain = *options;
    exn_result ignored = {0};
    exn_error cause = {0};
    plain.strict = false; /* the source was accepted, so its output may be as ambiguous */
    plain.orientation = 0;
    exn_status status = exn_scan(&image, output, &plain, &ignored, &cause);
    if (status == EXN_OK)
        status = settle(&image, promised, EXN_INTERNAL, error);
    else if (status == EXN_LIMIT) /* it has grown beyond what a source may have */
        status = exn_status_fail(error, EXN_LIMIT, "the output: %s", cause.detail);
    else if (status != EXN_MEMORY)
        status = exn_status_fail(error, EXN_INTERNAL, "unreadable output: %s", cause.detail);
    exn_scan_close(&image);
    return status;
}

/* Says so if an option does not help here. */
static void explain(const exn_options *options, const exn_result *result, exn_status status,
                    exn_error *error)
{
    if (!error || status != EXN_CORRUPT || result->format == EXN_FORMAT_JPEG ||
        options->on_damage == EXN_ON_DAMAGE_FAIL)
        return;
    const exn_error cause = *error;
    *error = (exn_error){0};
    exn_status_fail(error, status, "%s (--on-damage is for JPEGs only)", cause.detail);
}

/* The caller frees out, also on failure. */
static exn_status make_output(exn_span data, const exn_options *options, exn_buffer *out,
                              exn_result *result, exn_error *error)
{
    exn_image image;
    exn_status status = exn_scan(&image, data, options, result, error);
    if (status == EXN_OK)
        status = exn_rotate(&image, options, out, result, error);
    explain(options, result, status, error);
    exn_scan_close(&image);
    if (status == EXN_OK && out->size > 0)
        status = check_output(exn_buffer_span(out), options, result, error);
    return status;
}

/* Checks the arguments before anything is done. own: the caller's options, or the defaults. */
static exn_status begin(const exn_options *given, exn_options *own, exn_cancel_memory *memory,
                        const exn_result *result, exn_error *error)
{
    if (error)
        *error = (exn_error){0};
    exn_status status = exn_arguments_options(given, own, error);
    exn_cancel_remember(memory, own);
    return status == EXN_OK ? exn_arguments_result(result, error) : status;
}

/* The result of a failed call: what was found in the source stays, but nothing was done to it. */
static void forget(exn_result *result)
{
    result->outcome = EXN_OUTCOME_FAILED;
    result->method = EXN_METHOD_NONE;
    result->exact_components = 0;
    result->transform = 0;
}

/* orientation: exn_orient()'s; NULL: the options'. */
static exn_status run(const void *data, size_t size, const exn_options *options,
                      const uint32_t *orientation, exn_bytes *output, exn_result *result,
                      exn_error *error)
{
    exn_options own;
    exn_cancel_memory memory;
    exn_result found = {0};
    exn_buffer out = {0};
    exn_status status = begin(options, &own, &memory, result, error);
    if (status == EXN_OK && orientation)
        status = exn_arguments_orientation(*orientation, &own, error);
    if (status == EXN_OK)
        status = exn_arguments_data(data, size, "data", error);
    if (status == EXN_OK)
        status = exn_arguments_given(output, "output", error);
    if (status == EXN_OK)
        status = make_output((exn_span){data, size}, &own, &out, &found, error);
    status = exn_cancel_settle(&memory, status, error);
    if (status != EXN_OK) {
        forget(&found);
        exn_buffer_free(&out);
        exn_status_fail(error, status, "%s", "");
    }
    if (output)
        *output = (exn_bytes){out.data, out.size};
    exn_arguments_give(&found, result);
    return status;
}

exn_status exn_normalize(const void *data, size_t size, const exn_options *options,
                         exn_bytes *output, exn_result *result, exn_error *error)
{
    return run(data, size, options, NULL, output, result, error);
}

exn_status exn_orient(const void *data, size_t size, uint32_t orientation,
                      const exn_options *options, exn_bytes *output, exn_result *result,
                      exn_error *error)
{
    return run(data, size, options, &orientation, output, result, error);
}

/* The outcome that exn_normalize() would begin with. EXN_OUTCOME_LOSSLESS stands for any rotation:
 * whether the grid allows a lossless one is known only from the blocks. */
static exn_outcome foresee(const exn_image *image, const exn_options *options)
{
    if (image->is_copied)
        return exn_image_is_upright(image, options->orientation) ? EXN_OUTCOME_COPIED
                                                                 : EXN_OUTCOME_UNSUPPORTED;
    if (image->is_converted)
        return exn_convert_format(options) == EXN_FORMAT_PNG ? EXN_OUTCOME_LOSSLESS
                                                             : EXN_OUTCOME_REQUANTIZED;
    if (exn_image_is_settled(image))
        return EXN_OUTCOME_UNTOUCHED;
    return exn_orientation_is_identity(image->turn) ? EXN_OUTCOME_METADATA : EXN_OUTCOME_LOSSLESS;
}

/* A file that may lack data is read entirely and decoded, like exn_rotate() does, and on request so
 * is every file: a run relies on what exn_check() says about a file that needs nothing. */
static exn_status decode_source(const exn_source *source, const exn_options *options,
                                exn_result *result, exn_error *error)
{
    exn_window window;
    exn_buffer file = {0};
    exn_image image = {0};
    exn_options plain = *options;
    exn_result ignored = {0};
    plain.strict = false;
    exn_window_open(&window, source);
    exn_status status = exn_status_need_memory(error, source->size, options->max_memory);
    if (status == EXN_OK)
        status = exn_window_append(&window, 0, (size_t)source->size, &file, error);
    if (status == EXN_OK)
        status = exn_scan(&image, exn_buffer_span(&file), &plain, &ignored, error);
    if (status == EXN_OK)
        status = exn_image_decode(&image, options, result, error);
    exn_scan_close(&image);
    exn_buffer_free(&file);
    return status;
}

static exn_status look(const exn_source *source, const exn_options *options, exn_result *result,
                       exn_error *error)
{
    exn_image image;
    exn_status status = exn_scan_look(&image, source, options, result, error);
    if (status == EXN_OK && !image.is_copied && !image.is_converted &&
        (image.is_doubtful || options->decode_all))
        status = decode_source(source, options, result, error);
    if (status == EXN_OK) {
        result->outcome = foresee(&image, options);
        exn_orientation_size(image.turn, &result->width_out, &result->height_out);
        result->transform = exn_orientation_bits(image.turn);
        result->format_out = image.is_converted ? exn_convert_format(options) : EXN_FORMAT_UNKNOWN;
    }
    exn_scan_close(&image);
    return status;
}

/* name: of the argument that source was made from. */
static exn_status check(const exn_source *source, const char *name, const exn_options *options,
                        exn_result *result, exn_error *error)
{
    exn_options own;
    exn_cancel_memory memory;
    exn_result found = {0};
    exn_status status = begin(options, &own, &memory, result, error);
    const bool is_given = source && source->read;
    if (status == EXN_OK && !is_given)
        status = exn_arguments_given(NULL, source ? "source->read" : name, error);
    if (status == EXN_OK && is_given)
        status = look(source, &own, &found, error);
    status = exn_cancel_settle(&memory, status, error);
    if (status != EXN_OK) {
        forget(&found);
        exn_status_fail(error, status, "%s", "");
    }
    exn_arguments_give(&found, result);
    return status;
}

exn_status exn_check(const exn_source *source, const exn_options *options, exn_result *result,
                     exn_error *error)
{
    return check(source, "source", options, result, error);
}

exn_status exn_check_memory(const void *data, size_t size, const exn_options *options,
                            exn_result *result, exn_error *error)
{
    exn_span file = {data, size};
    const exn_source source = exn_window_source_of(&file);
    return check(data || size == 0 ? &source : NULL, "data", options, result, error);
}

static exn_status compare(exn_span source, exn_span output, const exn_options *options,
                          const exn_result *result, exn_error *error)
{
    exn_image before = {0}, after = {0};
    exn_result seen = {0}, ignored = {0};
    exn_options plain = *options;
    plain.strict = false;
    plain.orientation = result->orientation_given;

    exn_status status = exn_scan(&before, source, &plain, &seen, error);
    if (status == EXN_OK)
        status = check_promise(&before, &seen, result, error);
    plain.orientation = 0;
    if (status == EXN_OK)
        status = exn_scan(&after, output, &plain, &ignored, error);
    if (status == EXN_OK && !before.is_converted && (before.ops != after.ops || before.is_copied))
        status = exn_status_fail(error, EXN_MISMATCH, "the format differs");
    if (status == EXN_OK)
        status = settle(&after, result, EXN_MISMATCH, error);
    if (status == EXN_OK && before.is_converted)
        status = exn_convert_verify(&before, &after, options, error);
    else if (status == EXN_OK)
        /* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): else the format differs */
        status = before.ops->verify(&before, &after, options, result, error);
    exn_scan_close(&after);
    exn_scan_close(&before);
    return status;
}

exn_status exn_verify(const void *source, size_t source_size, const void *output,
                      size_t output_size, const exn_options *options, const exn_result *result,
                      exn_error *error)
{
    exn_options own;
    exn_cancel_memory memory;
    exn_result promised;
    exn_status status = begin(options, &own, &memory, NULL, error);
    if (status == EXN_OK)
        status = exn_arguments_data(source, source_size, "source", error);
    if (status == EXN_OK)
        status = exn_arguments_data(output, output_size, "output", error);
    if (status == EXN_OK)
        status = exn_arguments_returned(result, "result", &promised, error);
    if (status == EXN_OK)
        status = compare((exn_span){source, source_size}, (exn_span){output, output_size}, &own,
                         &promised, error);
    return exn_cancel_settle(&memory, status, error);
}
