/* SPDX-License-Identifier: MIT */
/* Makes the same file without irot, imir and any orientation in Exif and XMP. Every byte stays in
 * place, so no offset in the file changes, and no picture's data. */
#ifndef EXN_HEIF_DROP_H
#define EXN_HEIF_DROP_H

#include "image.h"

/* exn_format_ops.produce(). */
exn_status exn_heif_drop(const exn_image *image, const exn_options *options, exn_buffer *out,
                         exn_result *result, exn_error *error);

/* exn_format_ops.verify(): both are the same except for the bytes that exn_heif_drop() may change.
 */
exn_status exn_heif_drop_verify(const exn_image *source, const exn_image *product,
                                const exn_options *options, const exn_result *result,
                                exn_error *error);

#endif
