/* SPDX-License-Identifier: MIT */
/* What a JPEG file says, without a coefficient decoded: from memory (scan), or from headers alone
 * (look). Damage that does not matter to who only edits metadata is judged later, by who needs the
 * picture. */
#ifndef EXN_JPEG_READ_H
#define EXN_JPEG_READ_H

#include "image.h"
#include "segments.h"

/* sniff(), scan(), look() and close() of the JPEG row; see image.h. The state is an exn_jpeg. */
bool exn_jpeg_read_sniff(exn_span head);
exn_status exn_jpeg_read_scan(exn_image *image, const exn_options *options, exn_error *error);
exn_status exn_jpeg_read_look(exn_image *image, const exn_source *source,
                              const exn_options *options, exn_error *error);
void exn_jpeg_read_close(exn_image *image);

/* Walks to the end of the picture, also where only its last MCU says where that is. */
exn_status exn_jpeg_read_to_end(exn_jpeg *jpeg, const exn_options *options, exn_error *error);

/* Who asks for certainty gets no picture that lacks some of its bits. */
exn_status exn_jpeg_read_check_scans(const exn_image *image, const exn_options *options,
                                     exn_error *error);

/* Whether all is to be done once more with a file whose reading failed as damaged: since it is
 * whole after all (mend.h; asked where mend is true), or since on_damage has what decoders show of
 * it taken as it is. Each comes once. Else *status and *error may say more of the failure than
 * before. */
bool exn_jpeg_read_again(exn_status *status, const exn_image *image, bool mend,
                         const exn_options *options, exn_result *result, exn_error *error);

#endif
