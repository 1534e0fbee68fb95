/* SPDX-License-Identifier: MIT */
/* Whether a JPEG's scan headers promise the whole picture (T.81, G.1.1.1). */
#ifndef EXN_JPEG_PROGRESSION_H
#define EXN_JPEG_PROGRESSION_H

#include "segments.h"

/* How many low bits of each coefficient, in zigzag order, are still missing; -1: all. */
typedef struct exn_progression {
    signed char bits[EXN_JPEG_MAX_COMPONENTS][64];
} exn_progression;

void exn_progression_open(exn_progression *progression);

/* Adds a scan of jpeg. A sequential one is complete whatever its header's parameters say. */
void exn_progression_add(exn_progression *progression, const exn_jpeg *jpeg,
                         const exn_jpeg_scan *scan);

/* Whether every bit of every coefficient is there. */
bool exn_progression_is_whole(const exn_progression *progression, const exn_jpeg *jpeg);

/* The same for all scans of a file, as far as they were walked. */
bool exn_progression_of(const exn_jpeg *jpeg);

/* Whether its scans are like those of encoders, so that libjpeg's would accept them (jcmaster.c,
 * validate_script()): components in order, no coefficient sent twice or refined by more than one
 * bit, no AC before DC, AC of one component at a time. */
bool exn_progression_is_regular(const exn_jpeg *jpeg);

#endif
