/* SPDX-License-Identifier: MIT */
#include "labels_run.h"

#include <errno.h>

#include "arguments.h"
#include "formats.h"
#include "prefixes.h"
#include "sniff.h"

/* The error number does not matter: the call has been cancelled, and says so. */
static int read_source(void *context, void *to, size_t size, uint64_t offset)
{
    const exn_labels_run *r = context;
    if (exn_cancel_check(&r->cancel, NULL) != EXN_OK)
        return ECANCELED;
    return r->given->read(r->given->context, to, size, offset);
}

exn_status exn_labels_run_begin(exn_labels_run *r, const exn_source *source,
                                const exn_labels_options *given, exn_labels_options *own,
                                exn_labels_result *caller, exn_error *error)
{
    if (error)
        *error = (exn_error){0};
    exn_labels_options_init(own, sizeof *own);
    exn_status status = exn_arguments_labels_result(caller, error);
    if (status == EXN_OK)
        status = exn_arguments_given(source, "source", error);
    if (status == EXN_OK)
        status = exn_arguments_labels_options(given, own, error);
    if (status == EXN_OK && !exn_formats_of(r->result->format))
        status = exn_status_fail(error, EXN_BAD_ARGUMENT, "format is %u, which is none",
                                 (unsigned)r->result->format);
    /* Numbers are edited in place, and no format's reader expects two bytes per digit. */
    if (status == EXN_OK && exn_sniff_text_of(source) != EXN_SNIFF_BYTES)
        status = exn_status_fail(error, EXN_CORRUPT, "it is UTF-16: convert it to UTF-8");
    r->cancel = exn_cancel_keep(&r->memory, (exn_cancel){own->cancelled, own->cancelled_context});
    r->given = source;
    if (source)
        r->source = (exn_source){source->size, read_source, r};
    r->options = own;
    r->settings = (exn_label_settings){.yolo = own->yolo,
                                       .createml = own->createml,
                                       .keypoints = own->keypoints,
                                       .keypoint_numbers = own->keypoint_numbers,
                                       .prefixes = own->prefixes,
                                       .prefix_count = own->prefix_count};
    if (status == EXN_OK)
        status = exn_prefixes_check(&r->settings, error);
    r->account.limit = own->max_memory;
    r->images.account = r->edits.account = &r->account;
    r->error = error;
    return status;
}

/* Both walks come here for each image, shape and picture. Some formats hold the whole file in
 * memory and check for cancellation nowhere else. */
exn_status exn_labels_run_find(exn_labels_run *r, exn_span key, exn_images_entry **entry)
{
    exn_status status = exn_cancel_check(&r->cancel, r->error);
    return status == EXN_OK ? exn_images_find(&r->images, key, entry, r->error) : status;
}

/* The message about memory is written last, because only then is the amount known. */
exn_status exn_labels_run_end(exn_labels_run *r, exn_status status, exn_labels_result *caller)
{
    exn_images_free(&r->images);
    exn_buffer_free(&r->masks);
    status = exn_cancel_settle(&r->memory, status, r->error);
    exn_account_explain(&r->account, status, r->error);
    exn_arguments_give_labels(r->result, caller);
    return status == EXN_OK ? EXN_OK : exn_status_fail(r->error, status, "%s", "");
}
