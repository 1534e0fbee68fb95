/* SPDX-License-Identifier: MIT */
/* Reads what a JPEG file says without decoding a coefficient: from memory (scan), or from headers
 * alone (look). Damage that does not matter for editing metadata is judged later, by those that
 * need the picture. */
#ifndef EXN_JPEG_READ_H
#define EXN_JPEG_READ_H

#include "image.h"
#include "segments.h"

/* sniff(), scan(), look() and close() of the JPEG format; see image.h. The state is an exn_jpeg. */
bool exn_jpeg_read_sniff(exn_span head);
exn_status exn_jpeg_read_scan(exn_image *image, const exn_options *options, exn_error *error);
exn_status exn_jpeg_read_look(exn_image *image, const exn_source *source,
                              const exn_options *options, exn_error *error);
void exn_jpeg_read_close(exn_image *image);

/* Walks to the end of the picture, even if only its last MCU tells where that is. */
exn_status exn_jpeg_read_to_end(exn_jpeg *jpeg, const exn_options *options, exn_error *error);

/* With strict, fails if the picture lacks some of its bits. */
exn_status exn_jpeg_read_check_scans(const exn_image *image, const exn_options *options,
                                     exn_error *error);

/* Whether everything should be done again with a file that failed as damaged: because it is whole
 * after all (mend.h; tried if mend is true), or because on_damage accepts what decoders show of it.
 * Each happens at most once. Otherwise *status and *error may describe the failure more precisely
 * than before. */
bool exn_jpeg_read_again(exn_status *status, const exn_image *image, bool mend,
                         const exn_options *options, exn_result *result, exn_error *error);

#endif
