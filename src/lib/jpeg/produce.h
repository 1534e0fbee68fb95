/* SPDX-License-Identifier: MIT */
/* Makes the new file. The order matters, since each step needs what an earlier one found out:
 *
 *   1. the segments to the end of the picture     exn_jpeg_read_to_end()
 *   2. what its index says of further pictures    exn_secondary_open()
 *   3. those rotated, for their new lengths       exn_secondary_rotate()
 *   4. the first picture's pixels rotated         exn_turned_open()
 *   5. its segments written, with an index that
 *      has the lengths from 3 and its own         exn_jpeg_picture_write()
 *   6. what follows its EOI, with the new
 *      pictures in their places                   exn_secondary_append_trailer()
 *   7. offsets in the index, known only now       exn_secondary_patch()
 *   8. the index read again by the code of 2 */
#ifndef EXN_JPEG_PRODUCE_H
#define EXN_JPEG_PRODUCE_H

#include "image.h"

/* produce() of the JPEG row; see image.h. */
exn_status exn_jpeg_produce(const exn_image *image, const exn_options *options, exn_buffer *out,
                            exn_result *result, exn_error *error);

#endif
