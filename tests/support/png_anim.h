/* SPDX-License-Identifier: MIT */
/* Makes animated PNG files and plays them: an oracle of its own for APNG (PNG 3rd edition, 4.9 and
 * 11.3.6), which takes the file apart, has libpng decode every frame as a file by itself, and
 * composes the canvases pixel by pixel. Shares no code with src/lib/png. */
#ifndef EXN_TEST_PNG_ANIM_H
#define EXN_TEST_PNG_ANIM_H

#include "support/png_make.h"

enum { EXN_TEST_ANIM_FRAMES = 12 }; /* at most */

typedef struct exn_test_frame {
    uint32_t x, y, width, height;
    uint16_t delay, delay_unit;
    uint8_t dispose, blend;
    uint32_t parts; /* chunks that its data lie in, at least 1 */
} exn_test_frame;

typedef struct exn_test_anim {
    exn_test_png canvas;
    bool hidden; /* the default image is no frame */
    uint32_t plays;
    uint32_t count; /* of frames; the first one is the default image where that is not hidden */
    exn_test_frame frames[EXN_TEST_ANIM_FRAMES];
} exn_test_anim;

/* Appends an APNG file with noise for pixels, a tEXt after the first data chunk of every frame
 * after IDAT that has more than one, and where tiff is not empty an eXIf. False on any error. */
bool exn_test_anim_write(const exn_test_anim *anim, exn_span tiff, exn_buffer *out);

/* What a player shows: canvases of width x height pixels, each four samples of 16 bits, RGBA. */
typedef struct exn_test_play {
    exn_test_anim anim;      /* as the file has it */
    uint64_t *canvases;      /* one for each frame, as it is shown */
    uint64_t *default_image; /* as a reader that knows no animation shows it */
} exn_test_play;

/* Fills in play; exn_test_play_free() is due in any case. False where the file breaks any rule: an
 * acTL, fcTLs and fdATs in order, numbered without a gap, right CRCs of those and of what they
 * need, frames on the canvas, whatever libpng says against one. */
bool exn_test_anim_play(exn_span file, exn_test_play *play);

void exn_test_play_free(exn_test_play *play);

#endif
