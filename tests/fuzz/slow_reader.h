/* SPDX-License-Identifier: MIT */
/* libjpeg as it reads where input comes in small pieces: its fast decoding of Huffman codes, which
 * takes a code that is none for a zero without a word, then never runs. */
#ifndef EXN_FUZZ_SLOW_READER_H
#define EXN_FUZZ_SLOW_READER_H

#include <stdbool.h>

#include "buffer.h"

/* Whether libjpeg warns of a code that is none, or of any other damage, or fails. */
bool exn_slow_reader_complains(exn_span file);

#endif
